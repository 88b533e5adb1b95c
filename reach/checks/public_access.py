"""VPC Block Public Access: what an account lets through its internet gateways, and the exclusions from it.

Setting and exclusions may be changing, or not be known: each is a set of possible worlds, and only what is the
same in all of them is decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from msgspec.structs import replace

from reach.answer import Assumption, Evidence, Reason
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.checks.inspection import firewall_of
from reach.flow import Flow
from reach.network import Exclusion, Gap, Home, NatGateway, Network, Subnet, Vpc

BLOCKED = Reason(
    code="VPC_BLOCK_PUBLIC_ACCESS_ENABLED",
    title="VPC Block Public Access stops it",
    why="The account's setting blocks internet gateways: bidirectional for everything, ingress for all but NAT "
    "gateways and egress-only gateways. Exclusions on a VPC or subnet make exceptions for the subnet that faces "
    "the gateway.",
    fix="aws ec2 create-vpc-block-public-access-exclusion --subnet-id SUBNET --internet-gateway-exclusion-mode "
    "allow-egress (allow-bidirectional for an interface with a public address of its own)",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html",
)
REASONS = (BLOCKED,)


class Lets(IntEnum):
    """What passes an internet gateway."""

    NOTHING = 0
    OUTBOUND = 1  # what NAT gateways and egress-only gateways start
    ALL = 2


# Account's setting × exclusion of what faces the gateway (BPA-2 … BPA-4).
TABLE = {
    "off": {"": Lets.ALL, "allow-bidirectional": Lets.ALL, "allow-egress": Lets.ALL},
    "block-bidirectional": {"": Lets.NOTHING, "allow-bidirectional": Lets.ALL, "allow-egress": Lets.OUTBOUND},
    "block-ingress": {"": Lets.OUTBOUND, "allow-bidirectional": Lets.ALL, "allow-egress": Lets.OUTBOUND},
}
EXCLUSION_MODES = ("allow-bidirectional", "allow-egress")
COUNTED = ("create-complete", "update-complete", "")
NOT_COUNTED = ("create-failed", "delete-complete", "disable-complete")


def check(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the setting lets it pass; `guard.peer` is the subnet, or regional NAT gateway, that faces the gateway."""
    face = network.get(guard.peer)
    vpc = network.things.get(face.vpc) if isinstance(face, Subnet | NatGateway) else None
    if not isinstance(face, Subnet | NatGateway) or not isinstance(vpc, Vpc) or vpc.block_mode is None:
        return passed(flow, guard.resource)  # not collected: taken to be off, on record (BPA-1)
    if vpc.block_mode in network.pending:
        return unreadable(flow, network.pending[vpc.block_mode])
    if vpc.block_mode not in TABLE:
        why = f"VPC Block Public Access of {vpc.id} is {vpc.block_mode}, which this version does not know"
        return unreadable(flow, Gap(guard.resource, "a newer version of reach", why))
    needed = Lets.OUTBOUND if _only_outbound(guard, flow) else Lets.ALL
    modes = tuple(TABLE) if vpc.block_changing else (vpc.block_mode,)
    worlds = {
        TABLE[mode][exclusion] >= needed and not _bars_inspection(network, flow, mode, exclusion)
        for mode in modes
        for exclusion in _exclusions(network, vpc, face, mode)
    }
    if worlds == {True}:
        return passed(flow, guard.resource)
    if len(worlds) > 1:
        return unreadable(flow, _unsettled(network, guard, vpc, face))
    shown = (Evidence(vpc.id, vpc.block_field, vpc.block_mode),)
    place = "" if isinstance(face, NatGateway) else f"{face.id} or "
    why = f"VPC Block Public Access is {vpc.block_mode}, and no exclusion of {place}{vpc.id} admits this."
    found = partition(flow, flow.traffic, guard.resource, BLOCKED, evidence=shown, why=why, fix=_fix(face, needed))
    return tuple(replace(f, assumption=_assumed(vpc, face)) for f in found)


def _bars_inspection(network: Network, flow: Flow, mode: str, exclusion: str) -> bool:
    """What comes out of inspection needs an exclusion even as outbound, and none helps a Network Firewall (BPA-6)."""
    endpoint = next((id for id in flow.inspected if id.startswith("vpce-")), "")
    if not endpoint or mode == "off":
        return False
    return not exclusion or firewall_of(network, endpoint) is not None


def _only_outbound(guard: Guard, flow: Flow) -> bool:
    """Whether only connections from inside are possible there: NAT gateways, egress-only gateways (BPA-3).

    Behind an appliance it is the appliance that faces the gateway, whoever sent to it (BPA-5).
    """
    appliance = any(not id.startswith("vpce-") for id in flow.inspected)
    by_nat = flow.sender.type == "nat_gateway" and not appliance
    return by_nat or guard.kind == "egress_only_internet_gateway"


def _exclusions(network: Network, vpc: Vpc, face: Subnet | NatGateway, mode: str) -> Iterator[str]:
    """The exclusions that may decide; of several on subnet and VPC the widest does (BPA-4, BPA-5)."""
    subnet = face.id if isinstance(face, Subnet) else ""
    mine = [e for e in network.all(Exclusion) if e.covers(vpc.id, subnet)]
    sure = [e.mode for e in mine if e.state in COUNTED and e.mode in EXCLUSION_MODES]
    least = max(["", *sure], key=TABLE[mode].__getitem__)
    yield least
    vague = [e for e in mine if e.state not in (*COUNTED, *NOT_COUNTED)]
    if _unread(network, vpc) is not None:
        yield "allow-bidirectional"
    yield from (max(least, e.mode, key=TABLE[mode].__getitem__) for e in vague if e.mode in EXCLUSION_MODES)
    yield from ("allow-bidirectional" for e in mine if e.mode not in EXCLUSION_MODES)


def _unread(network: Network, vpc: Vpc) -> Gap | None:
    """The exclusions are the owner's; a participant cannot list them (BPA-1)."""
    return network.gap("VpcBlockPublicAccessExclusions", Home(vpc.owner or vpc.home.account, vpc.home.region))


def _unsettled(network: Network, guard: Guard, vpc: Vpc, face: Subnet | NatGateway) -> Gap:
    if vpc.block_changing:
        return Gap(guard.resource, "a settled setting", "VPC Block Public Access is being changed")
    gap = _unread(network, vpc)
    if gap is not None:
        return Gap(guard.resource, gap.needs, gap.why)
    return Gap(guard.resource, "a settled exclusion", f"an exclusion of {face.id} or {vpc.id} is being changed")


def _fix(face: Subnet | NatGateway, needed: Lets) -> str:
    mode = "allow-egress" if needed is Lets.OUTBOUND else "allow-bidirectional"
    where = f"--vpc-id {face.vpc}" if isinstance(face, NatGateway) else f"--subnet-id {face.id}"
    return f"aws ec2 create-vpc-block-public-access-exclusion {where} --internet-gateway-exclusion-mode {mode}"


def _assumed(vpc: Vpc, face: Subnet | NatGateway) -> Assumption | None:
    if isinstance(face, NatGateway):
        return Assumption("BPA-5", f"Only an exclusion of {vpc.id} can admit {face.id}, which is in no subnet.")
    if vpc.block_field.startswith("BlockPublicAccessStates"):
        text = f"The mode that {vpc.id} shows is its account's setting, before exclusions."
        return Assumption("BPA-1", text)
    return None
