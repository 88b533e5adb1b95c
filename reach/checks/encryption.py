"""VPC encryption controls in mode enforce: what they admit only with an exclusion, or not at all."""

from __future__ import annotations

from itertools import product

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
MODES = ("enforce", "monitor")


def doubt(network: Network, vpc: Vpc) -> Gap | None:
    """Why it cannot be told whether a VPC enforces encryption: a template leaves that open, or its words are new."""
    if vpc.encryption.startswith("${"):
        why = f"whether {vpc.id} enforces encryption is not known"
        return network.pending.get(vpc.encryption, Gap(vpc.id, "ec2:DescribeVpcs", why))
    if not vpc.encryption_doubt:
        return None
    why = f"whether {vpc.id} enforces encryption is not known: {vpc.encryption_doubt}"
    return Gap(vpc.id, "a settled EncryptionControl.State", why)


def peering(network: Network, guard: Guard, flow: Flow) -> Findings:
    """A VPC that enforces encryption is peered with its like, or has an exclusion (ENC-3).

    One of which it cannot be told is asked about both ways; what both say, holds.
    """
    found = network.get(guard.resource)
    sides = [network.things.get(vpc) for vpc, _, _ in found.sides] if isinstance(found, Peering) else []
    vpcs = [v for v in sides if isinstance(v, Vpc)]
    if not isinstance(found, Peering) or not flow:
        return passed(flow, guard.resource)
    ways = product(*([v] if doubt(network, v) is None else [replace(v, encryption=m) for m in MODES] for v in vpcs))
    said = [_peered(network, found, list(way), flow) for way in ways]
    gap = next((gap for v in vpcs if (gap := doubt(network, v))), None)
    alike = all([f.verdict for f in other] == [f.verdict for f in said[0]] for other in said)
    return said[0] if alike or gap is None else unreadable(flow, gap)


def _peered(network: Network, found: Peering, vpcs: list[Vpc], flow: Flow) -> Findings:
    enforcing = [v for v in vpcs if v.encryption == "enforce"]
    alike = len(enforcing) == 2 and enforcing[0].home.region == enforcing[1].home.region
    told = sorted(enforcing, key=lambda v: v.encryption_spares_peering is None)
    strict = [v for v in told if not v.encryption_spares_peering]
    if not strict or alike:
        return passed(flow, found.id)
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
    if isinstance(vpc, Vpc) and (gap := doubt(network, vpc)):
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
    if isinstance(vpc, Vpc) and (gap := doubt(network, vpc)):
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
