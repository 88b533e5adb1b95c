"""Internet gateways and egress-only ones: from a route to the internet, and back into the VPC."""

from __future__ import annotations

from collections.abc import Iterator

from reach.answer import Verdict
from reach.checks.ends import NO_ROUTE
from reach.checks.guard import Guard
from reach.links.joining import missing_route
from reach.links.nexthops.local import to_subnets
from reach.links.steps import End, Link, Place, Step, Turn, unreadable
from reach.network import Endpoint, Gap, Interface, Network, RouteTable, Vpc
from reach.routes import unread_associations
from reach.traffic import IPV6, LINE

LIVE = ("available", "attached")  # of an attachment (IN-1)


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """Out through the internet gateway, if it is attached and the source has a public address (IGW-1 … IGW-4)."""
    if turn.returning:  # a reply to a private address: the default route is no way back to it
        why = f"{turn.table.id} has no route for the reply but {turn.because.detail}, which leads to the internet."
        fix = missing_route(network, turn.table, turn.covers, turn.toward, turn.place.came_by)
        yield turn.stopped(NO_ROUTE, why, fix)
        return
    vpc = turn.table.vpc
    guards = outward(turn.target, vpc, turn.place.came_from)
    yield Link(turn.to(turn.target, "internet_gateway", vpc), turn.covers, guards, turn.because)


def outward(gateway: str, vpc: str, came_from: str) -> tuple[Guard, ...]:
    """What stands at an internet gateway; `came_from` is the subnet, or regional NAT gateway, that faces it."""
    kind = "internet_gateway"
    return (
        Guard("igw_attached", gateway, kind, peer=vpc),
        Guard("public_access", gateway, kind, peer=came_from),
        Guard("igw_source", gateway, kind, peer=vpc),
        Guard("ipv6_source", gateway, kind, peer=vpc),
        Guard("igw_destination", gateway, kind, peer=vpc),
    )


def follow_egress_only(network: Network, turn: Turn) -> Iterator[Step]:
    """An egress-only internet gateway: IPv6 only, connections from inside only (IGW-7)."""
    target, kind, table = turn.target, "egress_only_internet_gateway", turn.table
    if turn.covers - IPV6:
        found = ("", f"{target} carries IPv6 only.", NO_ROUTE.fix, turn.because.evidence)
        yield End(turn.covers - IPV6, Verdict.BLOCKED, table.id, "route_table", NO_ROUTE, *found)
    guards = (
        Guard("igw_attached", target, kind, peer=table.vpc),
        Guard("public_access", target, kind, peer=turn.place.came_from),
        Guard("ipv6_source", target, kind, peer=table.vpc),
        Guard("igw_destination", target, kind, peer=table.vpc),
    )
    yield Link(turn.to(target, kind, table.vpc), turn.covers & IPV6, guards, turn.because)


def into_vpc(network: Network, place: Place, toward: Interface | None) -> Iterator[Step]:
    """From a gateway into its VPC: by its own (edge) table if it has one, else straight to the subnets (RT-2).

    A gateway whose record cannot be read is taken to be the sender's VPC's: whether it is, its guards say.
    """
    if toward is not None and toward.type == "nat_gateway" and not toward.subnet:  # a regional one, in no subnet
        yield Link(Place(toward.id, "interface", place.resource, place.direction), LINE)
        return
    vpc = place.came_from if place.came_from.startswith("vpc-") else _vpc_of(network, place.resource)
    vpc = vpc or (toward.vpc if toward else "")
    edge = next((t for t in network.in_vpc(RouteTable, vpc) if place.resource in t.gateways), None)
    gap = None if edge or place.kind == "gateway_endpoint" else _unread_edge(network, vpc, place.resource)
    if edge is not None:
        yield Link(Place(edge.id, "route_table", place.resource, place.direction), LINE)
    elif gap is not None:
        yield unreadable(LINE, place.resource, gap.needs, gap.why, "route_table")
    else:
        yield from to_subnets(network, vpc, LINE, place, None)


def _unread_edge(network: Network, vpc: str, gateway: str) -> Gap | None:
    """A gateway's own table may be among the route tables that were not read."""
    vague = next((t for t in network.in_vpc(RouteTable, vpc) if not t.associations_known), None)
    if vague is not None:
        return unread_associations(network, vague)
    found = network.things.get(vpc)
    gap = network.gap("RouteTables", found.home) if isinstance(found, Vpc) else None
    return (
        Gap(gateway, gap.needs, f"whether {gateway} has a route table of its own is not known: {gap.why}")
        if gap
        else None
    )


def _vpc_of(network: Network, id: str) -> str:
    thing = network.things.get(id)
    if isinstance(thing, Endpoint):
        return thing.vpc
    attachments = getattr(thing, "attachments", None) or (("", ""),)
    return str(attachments[0][0])
