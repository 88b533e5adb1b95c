"""Where a route table sends traffic: one step per route that wins, with the guards of its target."""

from __future__ import annotations

from collections.abc import Iterator

from reach.answer import Assumption, Evidence, Verdict
from reach.checks.ends import AMBIGUOUS, ASYMMETRIC, BAD_ROUTE, LEAVES_AWS, NO_ROUTE, NOBODY, UNSUPPORTED
from reach.checks.guard import UNKNOWN_RESOURCE, Guard
from reach.checks.nat_gateways import cross_zone
from reach.network import (
    Endpoint,
    Gap,
    Home,
    Interface,
    NatGateway,
    Network,
    Peering,
    Route,
    RouteTable,
    Subnet,
    Vpc,
)
from reach.placement import of_nat
from reach.routes import Choice, Chosen, NoRoute, Undecided, choices
from reach.steps import FORWARD, RETURN, Because, End, Link, Place, Step, unreadable
from reach.traffic import IPV6, LINE, NAMES, Ranges, public_v4
from reach.transit import to_gateway


def routed(network: Network, place: Place, toward: Interface | None) -> Iterator[Step]:
    table = network.get(place.resource)
    if not isinstance(table, RouteTable):
        yield unreadable(LINE, place.resource, "ec2:DescribeRouteTables", "the route table cannot be read", place.kind)
        return
    if place.direction is RETURN and toward and toward.type == "nat_gateway" and toward.vpc != table.vpc:
        returned = _return_to_sender(network, table, toward)
        if returned:
            yield returned
            return
    for choice in choices(network, table):
        yield from chosen(network, place, table, choice, toward)


def _return_to_sender(network: Network, table: RouteTable, toward: Interface) -> Link | None:
    """Replies to a NAT gateway in a peered VPC find back without a route (NAT-11)."""
    for peering in network.all(Peering):
        vpcs = {vpc for vpc, _, _ in peering.sides}
        if peering.status == "active" and vpcs == {table.vpc, toward.vpc}:
            text = f"Replies from {table.vpc} return over {peering.id} to {toward.id} without a route of their own."
            to = Place(peering.id, "vpc_peering_connection", table.vpc, RETURN)
            return Link(to, LINE, assumption=Assumption("NAT-11", text))
    return None


def chosen(
    network: Network, place: Place, table: RouteTable, choice: Choice, toward: Interface | None = None
) -> Iterator[Step]:
    match choice:
        case NoRoute(covers):
            why = f"{table.id} has no route to there" + ("" if place.direction is FORWARD else " for the reply") + "."
            shown = (table.proof("Routes", [_route_text(r) for r in table.routes or ()]),)
            yield End(
                covers,
                Verdict.BLOCKED,
                table.id,
                "route_table",
                NO_ROUTE,
                "",
                why,
                NO_ROUTE.fix,
                shown,
            )
        case Undecided(covers, _, gap):
            reason = AMBIGUOUS if gap.resource == "AMBIGUOUS_ROUTE" else UNKNOWN_RESOURCE
            evidence = (table.proof("Routes", gap.why),)
            fix = AMBIGUOUS.fix if reason is AMBIGUOUS else f"Supply {gap.needs} and ask again."
            yield End(
                covers,
                Verdict.UNKNOWN,
                table.id,
                "route_table",
                reason,
                "",
                f"{gap.why}.",
                fix,
                evidence,
                gap.needs,
            )
        case Chosen(covers, route, _):
            yield from _along(network, place, table, route, covers, toward)


def _along(
    network: Network, place: Place, table: RouteTable, route: Route, covers: Ranges, toward: Interface | None
) -> Iterator[Step]:
    """Follow one route. RT-11: whether its target works is asked of the target, not of the route."""
    because = Because(covers, _route_text(route), (_route_proof(table, route),))
    target = route.target or ""
    if route.state == "blackhole":
        why = f"{table.id} sends {route.destination} to {target or 'a target that is gone'}, which is a blackhole."
        fix = f"aws ec2 replace-route --route-table-id {table.id} --destination-cidr-block {route.destination} …"
        shown = (table.proof(f"Routes[{route.index}].State", route.state), *because.evidence)
        yield End(covers, Verdict.BLOCKED, table.id, "route_table", BAD_ROUTE, because.detail, why, fix, shown)
    elif target == "local":
        yield from to_subnets(network, table.vpc, covers, place, because)
    elif target.startswith("nat-"):
        if place.direction is RETURN and not (toward and toward.id == target):
            yield _asymmetric(table, target, because)
        else:
            yield _to_nat(network, place, table, target, because)
    elif target.startswith("igw-"):
        yield _to_igw(place, table, target, because)
    elif target.startswith("eigw-"):
        yield from _to_egress_only(place, table, target, because)
    elif target.startswith("vpce-"):
        yield _to_endpoint(network, place, table, target, because)
    elif target.startswith(("eni-", "i-")):
        yield _to_appliance(network, place, table, target, because)
    elif target.startswith("tgw-"):
        yield to_gateway(network, place, table, target, because)
    elif target.startswith("pcx-"):
        guards = (
            Guard("peering_state", target, "vpc_peering_connection", peer=table.vpc),
            Guard("peering_addresses", target, "vpc_peering_connection", peer=table.vpc),
        )
        yield Link(Place(target, "vpc_peering_connection", table.vpc, place.direction), covers, guards, because)
    else:
        yield _unsupported(table, route, because)


def _route_text(route: Route) -> str:
    gone = " (blackhole)" if route.state == "blackhole" else ""
    return f"{route.destination} → {route.target or route.target_key or '?'}{gone}"


def _route_proof(table: RouteTable, route: Route) -> Evidence:
    return table.proof(f"Routes[{route.index}].{route.target_key or 'GatewayId'}", route.target)


def _unsupported(table: RouteTable, route: Route, because: Because) -> End:
    target = route.target or "an unknown target"
    reason = LEAVES_AWS if target.startswith("vgw-") else UNSUPPORTED
    why = f"{table.id} sends {route.destination} to {target}; what happens behind it is not decided."
    needs = f"what {target} does with the traffic"
    found = (because.detail, why, reason.fix, because.evidence, needs)
    return End(because.covers, Verdict.UNKNOWN, target, "unsupported", reason, *found)


def to_subnets(network: Network, vpc: str, covers: Ranges, place: Place, because: Because | None) -> Iterator[Step]:
    """Local delivery: to the subnet that holds the address, past its inbound ACL."""
    left = covers
    subnets = network.in_vpc(Subnet, vpc)
    for subnet in subnets:
        part = left & subnet.addresses
        if part:
            left = left - part
            guards = (Guard("acl", subnet.id, "network_acl", side="inbound"),)
            to = Place(subnet.id, "subnet", place.resource, place.direction, entering=True)
            yield Link(to, part, guards, because)
    if left:
        home = _home(network, vpc)
        gap = network.gap("Subnets", home) if home else Gap(vpc, "ec2:DescribeSubnets", f"{vpc} was not collected")
        gap = gap or _unshared(network, vpc)
        if gap is not None:
            yield unreadable(left, vpc, gap.needs, gap.why, "subnet")
        else:
            why = f"No subnet of {vpc} has this address."
            yield End(left, Verdict.BLOCKED, vpc, "subnet", NOBODY, why=why, fix=NOBODY.fix)


def _home(network: Network, vpc: str) -> Home | None:
    found = network.things.get(vpc)
    if isinstance(found, Vpc):
        return found.home
    subnets = network.in_vpc(Subnet, vpc)
    return subnets[0].home if subnets else network.homes[0] if len(network.homes) == 1 else None


def _unshared(network: Network, vpc: str) -> Gap | None:
    """Whom a VPC's subnets are shared with sees those subnets only (SHR-1)."""
    found = network.things.get(vpc)
    if not isinstance(found, Vpc) or found.owner in (None, found.home.account):
        return None
    return Gap(vpc, "ec2:DescribeSubnets", f"{vpc} belongs to {found.owner}, and only the owner sees all its subnets")


def _asymmetric(table: RouteTable, target: str, because: Because) -> End:
    why = f"{table.id} sends the reply to {target}, through which the request did not come."
    return End(
        because.covers, Verdict.BLOCKED, table.id, "route_table", ASYMMETRIC, because.detail, why, ASYMMETRIC.fix,
        because.evidence,
    )  # fmt: skip


def _to_nat(network: Network, place: Place, table: RouteTable, target: str, because: Because) -> Step:
    nat = network.get(target, table.home)
    state = Guard("nat_state", target, "nat_gateway", peer=table.id)
    if not isinstance(nat, NatGateway):
        needs = nat.needs if isinstance(nat, Gap) else "ec2:DescribeNatGateways"
        why = nat.why if isinstance(nat, Gap) else f"{target} is the target of an active route but was not collected"
        return unreadable(because.covers, target, needs, why, "nat_gateway")
    interface = of_nat(network, nat)
    if interface is None or nat.availability != "zonal" or place.direction is RETURN:
        what = "a reply that is routed to" if place.direction is RETURN else f"the {nat.availability} NAT gateway"
        why = f"{what} {nat.id} is not decided."
        return End(
            because.covers, Verdict.UNKNOWN, nat.id, "unsupported", UNSUPPORTED, because.detail, why, UNSUPPORTED.fix,
            because.evidence, f"what {nat.id} does with the traffic",
        )  # fmt: skip
    acl = (
        (Guard("acl", interface.subnet, "network_acl", side="inbound"),) if interface.subnet != place.came_from else ()
    )
    guards = (*acl, state, Guard("nat_traffic", nat.id, "nat_gateway"))
    subnet = network.get(place.came_from)
    note = cross_zone(network, nat, subnet) if isinstance(subnet, Subnet) else None
    return Link(Place(nat.id, "nat_gateway", table.id), because.covers, guards, because, note=note)


def _to_egress_only(place: Place, table: RouteTable, target: str, because: Because) -> Iterator[Step]:
    """An egress-only internet gateway: IPv6 only, connections from inside only (IGW-7)."""
    if because.covers - IPV6:
        why = f"{target} carries IPv6 only."
        found = ("", why, NO_ROUTE.fix, because.evidence)
        yield End(because.covers - IPV6, Verdict.BLOCKED, table.id, "route_table", NO_ROUTE, *found)
    kind = "egress_only_internet_gateway"
    guards = (
        Guard("igw_attached", target, kind, peer=table.vpc),
        Guard("public_access", target, kind, peer=place.came_from),
        Guard("ipv6_source", target, kind, peer=table.id),
        Guard("igw_destination", target, kind, peer=table.id),
    )
    yield Link(Place(target, kind, table.vpc, place.direction), because.covers & IPV6, guards, because)


def _to_appliance(network: Network, place: Place, table: RouteTable, target: str, because: Because) -> Step:
    """A NAT instance or another interface that forwards (NATI-1 … NATI-6)."""
    found = network.get(target, table.home)
    if target.startswith("i-"):
        found = next((i for i in network.all(Interface) if i.instance == target), found)
    if not isinstance(found, Interface):
        gap = found if isinstance(found, Gap) else network.gap("NetworkInterfaces", table.home)
        why = gap.why if gap else f"{target} is the target of an active route but was not collected"
        return unreadable(because.covers, target, "ec2:DescribeNetworkInterfaces", why, "nat_instance")
    if place.direction is RETURN:
        why = f"a reply that is routed to {found.id} is not decided."
        shown = (because.detail, why, UNSUPPORTED.fix, because.evidence, f"what {found.id} does with the traffic")
        return End(because.covers, Verdict.UNKNOWN, found.id, "unsupported", UNSUPPORTED, *shown)
    acl = (Guard("acl", found.subnet, "network_acl", side="inbound"),) if found.subnet != place.came_from else ()
    guards = (
        *acl,
        Guard("appliance_state", found.id, "nat_instance"),
        Guard("appliance_forwards", found.id, "nat_instance"),
        Guard("ingress", found.id, "security_group", found),
        Guard("egress", found.id, "security_group", found),
    )
    return Link(Place(found.id, "nat_instance", table.id), because.covers, guards, because)


def behind_appliance(network: Network, place: Place) -> Iterator[Step]:
    """Out of a NAT instance with its own address; what it does between private hosts cannot be known (NATI-5)."""
    found = network.things.get(place.resource)
    if not isinstance(found, Interface):
        return
    to = Place(found.subnet, "subnet", place.resource, place.direction)
    if place.direction is RETURN:
        yield Link(to, LINE)
        return
    public = public_v4() | NAMES
    text = f"{found.id} forwards and masquerades: its operating system is set up as a NAT instance."
    yield Link(to, public, translator=found, assumption=Assumption("NATI-5", text))
    why = f"what {found.id} does with traffic between private hosts is not decided."
    end = ("", why, UNSUPPORTED.fix, (), f"what {found.id} does with the traffic")
    yield End(LINE - public, Verdict.UNKNOWN, found.id, "unsupported", UNSUPPORTED, *end)


def _to_igw(place: Place, table: RouteTable, target: str, because: Because) -> Step:
    if place.direction is RETURN:  # a reply to a private address: the default route is no way back to it
        why = f"{table.id} has no route for the reply but {because.detail}, which leads to the internet."
        found = ("", why, NO_ROUTE.fix, because.evidence)
        return End(because.covers, Verdict.BLOCKED, table.id, "route_table", NO_ROUTE, *found)
    guards = (
        Guard("igw_attached", target, "internet_gateway", peer=table.vpc),
        Guard("public_access", target, "internet_gateway", peer=place.came_from),
        Guard("igw_source", target, "internet_gateway", peer=table.id),
        Guard("ipv6_source", target, "internet_gateway", peer=table.id),
        Guard("igw_destination", target, "internet_gateway", peer=table.id),
    )
    return Link(Place(target, "internet_gateway", table.vpc, place.direction), because.covers, guards, because)


def _to_endpoint(network: Network, place: Place, table: RouteTable, target: str, because: Because) -> Step:
    endpoint = network.get(target, table.home)
    if not isinstance(endpoint, Endpoint):
        needs = endpoint.needs if isinstance(endpoint, Gap) else "ec2:DescribeVpcEndpoints"
        why = endpoint.why if isinstance(endpoint, Gap) else f"{target} is a route's target but was not collected"
        return unreadable(because.covers, target, needs, why, "gateway_endpoint")
    if endpoint.type.lower() != "gateway" or place.direction is RETURN:
        why = f"what {target} ({endpoint.type}) does with the traffic is not decided."
        return End(
            because.covers, Verdict.UNKNOWN, target, "unsupported", UNSUPPORTED, because.detail, why, UNSUPPORTED.fix,
            because.evidence, f"what {target} does with the traffic",
        )  # fmt: skip
    guards = (
        Guard("endpoint_state", target, "gateway_endpoint"),
        Guard("gateway_endpoint_traffic", target, "gateway_endpoint"),
    )
    return Link(Place(target, "gateway_endpoint", table.vpc), because.covers, guards, because)
