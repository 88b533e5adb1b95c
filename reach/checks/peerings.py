"""Peering connections: are they active, and do they carry traffic between these addresses."""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Assumption, Note, Reason
from reach.checks.ends import NO_ROUTE
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.checks.targets import BAD_STATE, lost, missing
from reach.flow import Flow
from reach.network import Gap, Network, Peering, RouteTable, Vpc
from reach.traffic import LINE, Ranges, Traffic, cidr, format_addresses

OUTSIDE_PEER = Reason(
    code="PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
    title="A peering connection carries only traffic between the two VPCs' own addresses",
    why="Peering is not transitive: the peer's internet gateway, NAT gateway, endpoints and further peerings "
    "cannot be used through it.",
    fix="Give this VPC its own NAT gateway or endpoint, or join the VPCs by a transit gateway.",
    source="https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html",
)
OVERLAP = Reason(
    code="OVERLAPPING_CIDRS",
    title="Ranges of the two peered VPCs overlap",
    why="VPCs whose ranges overlap cannot be peered; what the data shows is out of date or not what AWS has.",
    fix="Read both VPCs again; of two networks that have to talk, one needs other ranges.",
    source="https://docs.aws.amazon.com/vpc/latest/peering/invalid-peering-configurations.html",
)
REASONS = (OUTSIDE_PEER, OVERLAP)

IDLE = (
    *("initiating-request", "pending-acceptance", "provisioning", "expired", "failed", "rejected"),
    *("deleting", "deleted"),
)


def state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the peering connection is active (PCX-1)."""
    peering = network.get(guard.resource)
    if not isinstance(peering, Peering):
        return missing(network, guard, flow, lost(peering, guard.resource))
    proof = peering.proof("Status.Code", peering.status)
    if peering.status == "active":
        return tuple(replace(f, note=_overlap(network, peering)) for f in passed(flow, peering.id, proof))
    why = f"{peering.id} is {peering.status}, not active."
    if peering.status not in IDLE:
        gap = Gap(peering.id, "a known Status.Code", f"{peering.id} is in the unknown state {peering.status!r}")
        return unreadable(flow, gap)
    fix = "Create the peering connection again, accept it, and point the routes of both sides at it."
    if peering.status == "pending-acceptance":
        fix = f"aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id {peering.id}"
    return partition(flow, flow.traffic, peering.id, BAD_STATE, evidence=(proof,), why=why, fix=fix)


def addresses(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Source in this VPC's blocks and destination in the peer's (PCX-2)."""
    peering = network.get(guard.resource)
    if not isinstance(peering, Peering):
        return missing(network, guard, flow, lost(peering, guard.resource))
    here = Ranges()
    there = Ranges()
    perhaps: list[Vpc] = []  # those that may have more blocks than is known
    for id, reported, _ in peering.sides:
        held = network.things.get(id)
        blocks = reported | held.cidrs if isinstance(held, Vpc) else reported
        if not blocks:
            why = f"{peering.id} does not name the blocks of {id or 'the other VPC'}, which is not in the data"
            return unreadable(flow, Gap(peering.id, "ec2:DescribeVpcPeeringConnections", why))
        perhaps += [held] if isinstance(held, Vpc) and held.perhaps_by else []
        if id == guard.peer:
            here = here | blocks
        else:
            there = there | blocks
    fits = flow.traffic.where(flow.header.dst, there).where(flow.header.src, here)
    stopped: Traffic = flow.traffic - fits
    for vpc in perhaps:
        mine = stopped.where(flow.header.src if vpc.id == guard.peer else flow.header.dst, vpc.perhaps or LINE)
        if mine:
            why = f"which blocks {vpc.id} has is not known before deployment"
            gap = network.pending.get(vpc.perhaps_by, Gap(vpc.id, vpc.perhaps_by, why))
            rest = flow.of(flow.traffic - mine)
            return (*unreadable(flow.of(mine), gap), *(addresses(network, guard, rest) if rest else ()))
    why = f"{peering.id} carries only traffic between the blocks of the two VPCs that it joins."
    ends = zip(("RequesterVpcInfo", "AccepterVpcInfo"), peering.sides, strict=True)
    shown = tuple(peering.proof(f"{end}.CidrBlockSet", format_addresses(told)) for end, (_, told, _) in ends if told)
    return partition(flow, stopped, peering.id, OUTSIDE_PEER, evidence=shown, why=why, fix=OUTSIDE_PEER.fix)


def _overlap(network: Network, peering: Peering) -> Note | None:
    """Ranges that both VPCs have (PCX-5)."""
    held = [network.things.get(vpc) for vpc, _, _ in peering.sides]
    blocks = [v.cidrs if isinstance(v, Vpc) else told for v, (_, told, _) in zip(held, peering.sides, strict=True)]
    both = blocks[0] & blocks[1] if len(blocks) == 2 else Ranges()
    if not both:
        return None
    shared = ", ".join(format_addresses(both)[:3])
    return Note("OVERLAPPING_CIDRS", f"Both sides of {peering.id} have {shared}.", peering.id)


def same_way_back(network: Network, guard: Guard, flow: Flow) -> Findings:
    """A reply has to take the peering connection that its request came by (PCX-4)."""
    came = flow.crossed[-1] if flow.crossed else ""
    if not came.startswith("pcx-") or came == guard.peer:
        return passed(flow, guard.resource)
    table = network.things.get(guard.resource)
    routes = (table.routes or ()) if isinstance(table, RouteTable) else ()
    taken = next((r for r in routes if r.target == guard.peer and cidr(r.destination) & flow.destinations), None)
    shown = (table.proof(f"Routes[{taken.index}]", taken.text),) if taken and isinstance(table, RouteTable) else ()
    why = f"{guard.resource} sends the reply to {guard.peer}, but the request came by {came}."
    fix = (
        f"aws ec2 replace-route --route-table-id {guard.resource} --destination-cidr-block "
        f"{taken.destination if taken else 'CIDR'} --vpc-peering-connection-id {came}"
    )
    says = Assumption("PCX-4", f"A reply that does not return over {came}, by which its request came, is lost.")
    found = partition(flow, flow.traffic, guard.resource, NO_ROUTE, evidence=shown, why=why, fix=fix)
    return tuple(replace(f, assumption=says) for f in found)
