"""Behind a public address: from the internet to the interface that has it, and the replies back out (DBDST-4, FN-05).

A way to a public address is first followed to the internet; what is added here is the other end.
"""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Assumption, Direction, Evidence, Finding, Hop, Note, Verdict
from reach.checks.ends import NO_ROUTE, NOBODY
from reach.checks.guard import Guard, undecided
from reach.destinations import Destination
from reach.links import arrival
from reach.links.joining import missing_route
from reach.network import Gap, Interface, NatGateway, Network, RouteTable
from reach.trace import Trail, past
from reach.traffic import DST, EPHEMERAL, IPV6, LINE, SENT, cidrs


def beyond(network: Network, trail: Trail, start: Interface, receiver: Interface) -> tuple[Trail, ...]:
    """A trail that arrived at the internet goes on to the interface there, also if it was dropped or in doubt before.

    A doubt about the sender, such as a failed update, hides no refusal of the other end (ST-06).
    """
    if trail.verdict is not Verdict.REACHABLE and not _out(trail):
        return (trail,)
    flow = replace(trail.flow, header=SENT, translations=(), sender=start, receiver=receiver)
    source = _seen_from_outside(network, trail, start)
    if isinstance(source, Gap):
        hop = Hop(source.resource, "internet", Direction.FORWARD, source.why, (undecided(flow.traffic, source),))
        return (replace(trail.then(hop, flow), end=source.resource),)
    trail = _reflected(network, trail, source, receiver)
    flow = replace(flow, groups_kept=False) if source is start else flow.translated(source, EPHEMERAL)
    there = (
        Guard("public_access", receiver.vpc, "internet_gateway", peer=receiver.subnet),
        Guard("acl", receiver.subnet, "network_acl", side="inbound"),
        *arrival(network, receiver),
    )
    back = (
        Guard("acl", receiver.subnet, "network_acl", side="outbound"),
        Guard("way_back", receiver.subnet, "route_table"),
    )
    arrived = past(network, there, replace(trail, flow=flow, end=receiver.id), Direction.FORWARD)
    return tuple(
        done for one in arrived for done in past(network, back, replace(one, flow=one.flow.reply()), Direction.RETURN)
    )


def astray(network: Network, trail: Trail, start: Interface, to: Destination) -> tuple[Trail, ...]:
    """A trail for what is inside a VPC may end on the internet: it is not there, unless IPv6 leads in again.

    IPv4 ranges of a VPC are never advertised, public ones neither (IGW-3): whoever has the address there answers.
    """
    receiver = to.receiver
    if not _out(trail):
        return (trail,)
    if trail.flow.traffic.along(DST) <= IPV6:
        if receiver is not None and not receiver.denies_igw:
            return beyond(network, trail, start, receiver)
        return (_not_there(trail, to.within) if receiver is None else _denied(trail, receiver),)
    if to.within:
        text = f"The way leads to the internet, where {to.within}, which has this address too, is not."
        return (replace(trail, notes=(*trail.notes, Note("OVERLAPPING_CIDRS", text, to.within))),)
    return (_unrouted(network, trail, receiver),) if receiver is not None else (trail,)


def _not_there(trail: Trail, vpc: str) -> Trail:
    """An IPv6 address of a VPC that nobody has."""
    why = f"No network interface in {vpc} has this address."
    shown = (Evidence(vpc, "Ipv6CidrBlockAssociationSet", "the address is one of its range"),)
    found = Finding(trail.flow.traffic, Verdict.BLOCKED, vpc, shown, NOBODY, resources=(vpc,), why=why, fix=NOBODY.fix)
    return replace(trail.then(Hop(vpc, "subnet", Direction.FORWARD, "", (found,))), end=vpc)


def _denied(trail: Trail, receiver: Interface) -> Trail:
    """An interface that is closed to internet gateways, which is not documented any further (Q-8)."""
    why = f"{receiver.id} has DenyAllIgwTraffic; what that does to connections from the internet is not documented"
    gap = Gap(receiver.id, "what DenyAllIgwTraffic lets in", why)
    hop = Hop(receiver.id, "interface", Direction.FORWARD, "", (undecided(trail.flow.traffic, gap),))
    return replace(trail.then(hop), end=receiver.id)


def _unrouted(network: Network, trail: Trail, receiver: Interface) -> Trail:
    """The sender's own table has no route to the receiver's VPC, only one that leads to the internet."""
    at = next(n for n, hop in enumerate(trail.hops) if hop.kind == "route_table")
    hop = trail.hops[at]
    table = network.things.get(hop.resource)
    why = f"{hop.resource} has no route to {receiver.vpc} but {hop.detail}, which leads to the internet: "
    why += f"{receiver.id} is not there."
    fix = missing_route(network, table, LINE, receiver, "") if isinstance(table, RouteTable) else NO_ROUTE.fix
    shown = tuple(evidence for finding in hop.findings for evidence in finding.evidence)
    stop = (trail.flow.traffic, Verdict.BLOCKED, hop.resource, shown, NO_ROUTE)
    found = Finding(*stop, resources=(hop.resource,), why=why, fix=fix)
    hops = (*trail.hops[:at], replace(hop, findings=(*hop.findings, found)))
    return replace(trail, hops=hops, end=hop.resource, notes=(), assumptions=())


def _out(trail: Trail) -> bool:
    """Whether the way there led to the internet, whatever became of it on the way."""
    return any(h.kind == "internet" and h.direction is Direction.FORWARD for h in trail.hops)


def _reflected(network: Network, trail: Trail, source: Interface, receiver: Interface) -> Trail:
    """Out by an internet gateway and in again by the same one, which AWS does not describe (IGW-9)."""
    sender = network.things.get(source.id)
    if getattr(sender, "vpc", "") != receiver.vpc and source.vpc != receiver.vpc:
        return trail
    text = f"The way to {receiver.id} leads out of {receiver.vpc} and in again by its public address."
    known = Assumption("IGW-9", f"{receiver.vpc}'s internet gateway hands back what is sent to its own addresses.")
    note = Note("IGW_NAT_REFLECTION", text, receiver.id)
    return replace(trail, notes=(*trail.notes, note), assumptions=(*trail.assumptions, known))


def _seen_from_outside(network: Network, trail: Trail, start: Interface) -> Interface | Gap:
    """Who the traffic comes from on the internet: the last translator's public addresses, else the sender's own."""
    if not start.subnet:
        return start  # in Lambda's own network: any public address
    if trail.flow.traffic.along(DST) <= IPV6:
        return start  # nobody translates it
    kinds = ("nat_gateway", "nat_instance")
    way = [h for h in trail.hops if h.direction is Direction.FORWARD and h.kind in kinds]
    by = network.things.get(way[-1].resource) if way else start
    public = cidrs(by.public_ips) if isinstance(by, NatGateway | Interface) else cidrs(())
    if not public:
        who = way[-1].resource if way else start.id
        return Gap(who, "ec2:DescribeAddresses", f"the public address of {who} is not known")
    return Interface(id=by.id if by else start.id, home=start.home, subnet="", vpc="", addresses=public, type="public")
