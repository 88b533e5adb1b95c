"""VPC encryption controls in mode enforce: what they admit only with an exclusion, or not at all."""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Finding, Note, Reason, Verdict
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.flow import Flow
from reach.network import Gap, Network, Peering, Subnet, TransitGateway, Vpc

_UG = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html"
PEERED = Reason(
    code="ENCRYPTION_ENFORCED",
    title="The VPC enforces encryption, and the peer does not",
    why="Between two VPCs of one Region that both enforce encryption a peering connection is encrypted. To any other "
    "VPC, one that enforces it has a peering connection only if those are excluded from its encryption control.",
    fix="Exclude peering connections from the VPC's encryption control, or enforce encryption in the peer too.",
    source=_UG,
)
INSPECTED = Reason(
    code="ENCRYPTION_INSPECTION_UNSUPPORTED",
    title="What inspects the traffic is not supported where encryption is enforced",
    why="A VPC whose encryption control is in mode enforce supports neither Network Firewall nor Gateway Load Balancer "
    "endpoints: what they do with traffic there is not described.",
    fix="Take the inspection out of this VPC, or set its encryption control to monitor.",
    source=_UG,
)
LOCAL = Reason(
    code="ENCRYPTION_ZONE_UNSUPPORTED",
    title="A Local Zone in a VPC that enforces encryption",
    why="Encryption controls in mode enforce do not support subnets in Local Zones: what becomes of their traffic is "
    "not described.",
    fix="Use subnets of Availability Zones, or set the VPC's encryption control to monitor.",
    source=_UG,
)
REASONS = (PEERED, INSPECTED, LOCAL)


def open_mode(network: Network, vpc: Vpc) -> Gap | None:
    """Why it is not known yet whether a VPC enforces encryption, as a template may leave that open."""
    return network.pending.get(vpc.encryption) if vpc.encryption.startswith("${") else None


def peering(network: Network, guard: Guard, flow: Flow) -> Findings:
    """A VPC that enforces encryption is peered with its like, or has an exclusion (ENC-3)."""
    found = network.get(guard.resource)
    sides = [network.things.get(vpc) for vpc, _, _ in found.sides] if isinstance(found, Peering) else []
    for vpc in sides:
        gap = open_mode(network, vpc) if isinstance(vpc, Vpc) else None
        if isinstance(vpc, Vpc) and gap is not None:
            both = [
                peering(network.changed(replace(vpc, encryption=mode)), guard, flow) for mode in ("enforce", "monitor")
            ]
            decided = {tuple(f.verdict for f in told) for told in both}
            return both[0] if len(decided) == 1 else unreadable(flow, gap)
    enforcing = [v for v in sides if isinstance(v, Vpc) and v.encryption == "enforce"]
    alike = len(enforcing) == 2 and enforcing[0].home.region == enforcing[1].home.region
    told = sorted(enforcing, key=lambda v: v.encryption_spares_peering is None)
    strict = [v for v in told if not v.encryption_spares_peering]
    if not isinstance(found, Peering) or not strict or alike:
        return passed(flow, guard.resource)
    vpc = strict[0]
    other, _, home = next(side for side in found.sides if side[0] != vpc.id)
    if not isinstance(network.things.get(other), Vpc) and home.region == vpc.home.region:
        why = f"whether {other}, the peer of {vpc.id}, which enforces encryption, does so too is not known"
        return unreadable(flow, Gap(other, "ec2:DescribeVpcs", why))
    if vpc.encryption_spares_peering is None:
        why = f"whether {vpc.id}, which enforces encryption, excludes peering connections is not known"
        return unreadable(flow, Gap(vpc.id, "ec2:DescribeVpcs", why))
    shown = (vpc.proof("EncryptionControl.ResourceExclusions.VpcPeering.State", "disabled"),)
    apart = f"is in {home.region}" if home.region != vpc.home.region else "does not"
    why = f"{vpc.id} enforces encryption and does not exclude peering connections; {other} {apart}."
    return partition(flow, flow.traffic, found.id, PEERED, evidence=shown, why=why, fix=PEERED.fix)


def inspection(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Nothing that inspects is supported in a VPC that enforces encryption (ENC-3); `guard.peer` is its subnet."""
    subnet = network.get(guard.peer)
    vpc = network.things.get(subnet.vpc) if isinstance(subnet, Subnet) else None
    gap = open_mode(network, vpc) if isinstance(vpc, Vpc) else None
    if gap is not None:
        return unreadable(flow, gap)
    if not isinstance(vpc, Vpc) or vpc.encryption != "enforce" or not flow:
        return passed(flow, guard.resource)
    why = f"{guard.resource} inspects traffic in {vpc.id}, which enforces encryption: AWS does not support that."
    shown = (vpc.proof("EncryptionControl.Mode", vpc.encryption),)
    needs = f"a way without {guard.resource}"
    found = Finding(flow.traffic, Verdict.UNKNOWN, guard.resource, shown, INSPECTED, why=why, fix=INSPECTED.fix)
    return (replace(found, needs=needs),)


def zone(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Subnets of Local Zones are not supported in a VPC that enforces encryption (ENC-3); `guard.peer` is one."""
    subnet = network.get(guard.peer)
    vpc = network.things.get(subnet.vpc) if isinstance(subnet, Subnet) else None
    gap = open_mode(network, vpc) if isinstance(vpc, Vpc) else None
    if gap is not None:
        return unreadable(flow, gap)
    if not isinstance(subnet, Subnet) or not isinstance(vpc, Vpc) or vpc.encryption != "enforce" or not flow:
        return passed(flow, guard.resource)
    why = f"{subnet.id} is in the Local Zone {subnet.zone}, where {vpc.id} cannot enforce encryption: unsupported."
    shown = (vpc.proof("EncryptionControl.Mode", vpc.encryption), subnet.proof("AvailabilityZone", subnet.zone))
    found = Finding(flow.traffic, Verdict.UNKNOWN, subnet.id, shown, LOCAL, why=why, fix=LOCAL.fix)
    return (replace(found, needs="a way without the Local Zone"),)


def unencrypted(network: Network, vpc: str, gateway: TransitGateway) -> Note | None:
    """A transit gateway carries what comes from such a VPC, encrypted or not (ENC-3)."""
    held = network.things.get(vpc)
    if not isinstance(held, Vpc) or held.encryption != "enforce" or gateway.encrypts:
        return None
    text = f"{vpc} enforces encryption; {gateway.id} does not support it and carries what is not encrypted."
    return Note("TGW_WITHOUT_ENCRYPTION", text, gateway.id)
