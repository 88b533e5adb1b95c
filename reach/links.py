"""What is wired to what: from a place, which next hop carries which destinations, past which guards.

`links(network, place, toward)` is the only wiring there is: trace follows it, `graph` in graph.py draws it.
It decides nothing about packets but where they would go; the guards on a link decide whether they may.

LAW: the `covers` of a place's links and ends partition the address line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reach.answer import Assumption, Direction, Evidence, Note, Reason, Verdict
from reach.checks.ends import AMBIGUOUS, BAD_ROUTE, LEAVES_AWS, NO_ROUTE, NOBODY, UNSUPPORTED
from reach.checks.gateways import cross_zone
from reach.checks.guard import UNKNOWN_RESOURCE, Guard
from reach.network import (
    Database,
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
from reach.routes import Choice, Chosen, NoRoute, Undecided, choices, table_of
from reach.traffic import LINE, Ranges

FORWARD, RETURN = Direction.FORWARD, Direction.RETURN
WITHOUT_GROUPS = ("nat_gateway", "natgateway", "gateway_load_balancer_endpoint", "transit_gateway")


@dataclass(frozen=True, slots=True)
class Place:
    """Where traffic is, and the side it came in by: the next hop can depend on that.

    `entering` tells a subnet reached through its router from the same subnet left by one of its interfaces.
    """

    resource: str
    kind: str  # as Hop.kind
    came_from: str = ""
    direction: Direction = FORWARD
    entering: bool = False


@dataclass(frozen=True, slots=True)
class Because:
    """Why these destinations go this way: a readable detail and the field that proves it."""

    covers: Ranges
    detail: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Traffic to `covers` goes on to `to`, if the guards let it. `translator` rewrites its source there."""

    to: Place
    covers: Ranges
    guards: tuple[Guard, ...] = ()
    because: Because | None = None
    translator: Interface | None = None
    note: Note | None = None
    assumption: Assumption | None = None


@dataclass(frozen=True, slots=True)
class End:
    """Traffic to `covers` goes no further: delivered (no reason), stopped, or not decidable."""

    covers: Ranges
    verdict: Verdict
    resource: str
    kind: str
    reason: Reason | None = None
    detail: str = ""
    why: str = ""
    fix: str = ""
    evidence: tuple[Evidence, ...] = ()
    needs: str | None = None
    guards: tuple[Guard, ...] = ()


Step = Link | End


def departure(interface: Interface) -> tuple[Guard, ...]:
    """What traffic passes when it leaves an interface: can the function run, may its groups send."""
    egress = Guard("egress", interface.id, "security_group", interface)
    if interface.type == "lambda" and interface.of and not interface.subnet:
        return (Guard("function_state", interface.of, "function"), Guard("function_protocol", interface.name, "function"))
    if interface.type != "lambda" or not interface.of:
        return () if interface.type in WITHOUT_GROUPS else (egress,)
    return (
        Guard("function_state", interface.of, "function"),
        Guard("tenancy", interface.vpc, "function"),
        Guard("function_protocol", interface.name, "function"),
        egress,
    )


def arrival(network: Network, interface: Interface) -> tuple[Guard, ...]:
    """What traffic passes when it arrives at an interface: may it come in, does somebody listen."""
    if interface.type == "lambda":
        return (Guard("function_inbound", interface.id, "interface"),)
    guards = () if interface.type in WITHOUT_GROUPS else (Guard("ingress", interface.id, "security_group", interface),)
    owner = network.things.get(interface.of)
    if isinstance(owner, Database):
        kind = "cache" if owner.is_cache else "database"
        return (*guards, Guard("database_state", owner.id, kind))
    if isinstance(owner, Endpoint):
        return (*guards, Guard("endpoint_state", owner.id, "interface_endpoint"))
    return guards


def links(network: Network, place: Place, toward: Interface | None) -> tuple[Step, ...]:
    """Partition the address line by where traffic goes from `place`.

    `toward` is the interface that the destination's name resolved to, None for a public destination.
    """
    match place.kind:
        case "subnet" if place.entering:
            return tuple(_residents(network, place, toward))
        case "subnet":
            return tuple(_leaving(network, place, toward))
        case "route_table":
            return tuple(_routed(network, place, toward))
        case "nat_gateway":
            return tuple(_behind_nat(network, place))
        case "internet_gateway" if place.direction is FORWARD:
            return (Link(Place("internet", "internet", place.resource), LINE),)
        case "gateway_endpoint" if place.direction is FORWARD:
            return (Link(Place(_service(network, place.resource), "service", place.resource), LINE),)
        case "internet_gateway" | "gateway_endpoint":
            return tuple(_into_vpc(network, place))
        case "vpc_peering_connection":
            return tuple(_across(network, place))
        case "internet" | "service" if place.direction is RETURN:
            kind = "internet_gateway" if place.kind == "internet" else "gateway_endpoint"
            return (Link(Place(place.came_from, kind, place.resource, RETURN), LINE),)
        case _:
            return (End(LINE, Verdict.REACHABLE, place.resource, place.kind),)


def _service(network: Network, endpoint_id: str) -> str:
    endpoint = network.things.get(endpoint_id)
    return (endpoint.service or endpoint.service_name) if isinstance(endpoint, Endpoint) else endpoint_id


def _leaving(network: Network, place: Place, toward: Interface | None) -> Iterator[Step]:
    """Out of an interface: within the subnet by layer 2, else past the ACL to the route table (RT-8, NACL-4)."""
    subnet = network.get(place.resource)
    if not isinstance(subnet, Subnet):
        yield _unreadable(LINE, place.resource, "ec2:DescribeSubnets", f"{place.resource} cannot be read", "subnet")
        return
    yield from _within(subnet, place, toward)
    acl = (Guard("acl", subnet.id, "network_acl", side="outbound"),)
    table = table_of(network, subnet)
    rest = LINE - subnet.addresses
    if isinstance(table, RouteTable):
        yield Link(Place(table.id, "route_table", subnet.id, place.direction), rest, acl)
        return
    why = table.why if isinstance(table, Gap) else f"{subnet.id} has no route table in the data"
    needs = table.needs if isinstance(table, Gap) else "ec2:DescribeRouteTables"
    yield _unreadable(rest, table.resource, needs, why, "route_table", acl)


def _residents(network: Network, place: Place, toward: Interface | None) -> Iterator[Step]:
    subnet = network.get(place.resource)
    room = subnet.addresses if isinstance(subnet, Subnet) else LINE
    if isinstance(subnet, Subnet):
        yield from _within(subnet, place, toward)
    if LINE - room:
        yield _nobody(LINE - room, place.resource)


def _within(subnet: Subnet, place: Place, toward: Interface | None) -> Iterator[Step]:
    """Delivery by address inside one subnet; the guards of arrival are the receiver's (see trace)."""
    mine = toward.addresses & subnet.addresses if toward and toward.subnet == subnet.id else Ranges()
    if toward and mine:
        yield Link(Place(toward.id, "interface", subnet.id, place.direction), mine)
    rest = subnet.addresses - mine
    if rest:
        yield _nobody(rest, subnet.id)


def _nobody(covers: Ranges, resource: str) -> End:
    why = f"No network interface in {resource} has this address."
    return End(covers, Verdict.BLOCKED, resource, "subnet", NOBODY, why=why, fix=NOBODY.fix)


def _unreadable(
    covers: Ranges, resource: str, needs: str, why: str, kind: str, guards: tuple[Guard, ...] = ()
) -> End:
    evidence = (Evidence(resource, "-", why),)
    fix = f"Grant or supply {needs}, read again and ask again."
    return End(covers, Verdict.UNKNOWN, resource, kind, UNKNOWN_RESOURCE, "", f"{why}.", fix, evidence, needs, guards)


def _routed(network: Network, place: Place, toward: Interface | None) -> Iterator[Step]:
    table = network.get(place.resource)
    if not isinstance(table, RouteTable):
        yield _unreadable(LINE, place.resource, "ec2:DescribeRouteTables", "the route table cannot be read", place.kind)
        return
    if place.direction is RETURN and toward and toward.type == "nat_gateway" and toward.vpc != table.vpc:
        returned = _return_to_sender(network, table, toward)
        if returned:
            yield returned
            return
    for choice in choices(network, table):
        yield from _chosen(network, place, table, choice)


def _return_to_sender(network: Network, table: RouteTable, toward: Interface) -> Link | None:
    """Replies to a NAT gateway in a peered VPC find back without a route (NAT-11)."""
    for peering in network.all(Peering):
        vpcs = {vpc for vpc, _, _ in peering.sides}
        if peering.status == "active" and vpcs == {table.vpc, toward.vpc}:
            text = f"Replies from {table.vpc} return over {peering.id} to {toward.id} without a route of their own."
            to = Place(peering.id, "vpc_peering_connection", table.vpc, RETURN)
            return Link(to, LINE, assumption=Assumption("NAT-11", text))
    return None


def _chosen(network: Network, place: Place, table: RouteTable, choice: Choice) -> Iterator[Step]:
    match choice:
        case NoRoute(covers):
            why = f"{table.id} has no route to there" + ("" if place.direction is FORWARD else " for the reply") + "."
            shown = (table.proof("Routes", [_route_text(r) for r in table.routes or ()]),)
            yield End(covers, Verdict.BLOCKED, table.id, "route_table", NO_ROUTE, "no route", why, NO_ROUTE.fix, shown)
        case Undecided(covers, _, gap):
            reason = AMBIGUOUS if gap.resource == "AMBIGUOUS_ROUTE" else UNKNOWN_RESOURCE
            evidence = (table.proof("Routes", gap.why),)
            fix = AMBIGUOUS.fix if reason is AMBIGUOUS else f"Supply {gap.needs} and ask again."
            yield End(
                covers, Verdict.UNKNOWN, table.id, "route_table", reason, "", f"{gap.why}.", fix, evidence, gap.needs
            )
        case Chosen(covers, route, _):
            yield from _along(network, place, table, route, covers)


def _along(network: Network, place: Place, table: RouteTable, route: Route, covers: Ranges) -> Iterator[Step]:
    """Follow one route. RT-11: whether its target works is asked of the target, not of the route."""
    because = Because(covers, _route_text(route), (_route_proof(table, route),))
    target = route.target or ""
    if route.state == "blackhole":
        why = f"{table.id} sends {route.destination} to {target or 'a target that is gone'}, which is a blackhole."
        fix = f"aws ec2 replace-route --route-table-id {table.id} --destination-cidr-block {route.destination} …"
        shown = (table.proof(f"Routes[{route.index}].State", route.state), *because.evidence)
        yield End(covers, Verdict.BLOCKED, table.id, "route_table", BAD_ROUTE, because.detail, why, fix, shown)
    elif target == "local":
        yield from _to_subnets(network, table.vpc, covers, place, because)
    elif target.startswith("nat-"):
        yield _to_nat(network, place, table, target, because)
    elif target.startswith("igw-"):
        yield _to_igw(place, table, target, because)
    elif target.startswith("vpce-"):
        yield _to_endpoint(network, place, table, target, because)
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
    return End(
        because.covers, Verdict.UNKNOWN, target, "unsupported", reason, because.detail, why, reason.fix, because.evidence,
        f"what {target} does with the traffic",
    )  # fmt: skip


def _to_subnets(network: Network, vpc: str, covers: Ranges, place: Place, because: Because | None) -> Iterator[Step]:
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
        if gap is not None:
            yield _unreadable(left, vpc, gap.needs, gap.why, "subnet")
        else:
            why = f"No subnet of {vpc} has this address."
            yield End(left, Verdict.BLOCKED, vpc, "subnet", NOBODY, why=why, fix=NOBODY.fix)


def _home(network: Network, vpc: str) -> Home | None:
    found = network.things.get(vpc)
    if isinstance(found, Vpc):
        return found.home
    subnets = network.in_vpc(Subnet, vpc)
    return subnets[0].home if subnets else network.homes[0] if len(network.homes) == 1 else None


def _to_nat(network: Network, place: Place, table: RouteTable, target: str, because: Because) -> Step:
    nat = network.get(target, table.home)
    state = Guard("nat_state", target, "nat_gateway", peer=table.id)
    if not isinstance(nat, NatGateway):
        needs = nat.needs if isinstance(nat, Gap) else "ec2:DescribeNatGateways"
        why = nat.why if isinstance(nat, Gap) else f"{target} is the target of an active route but was not collected"
        return _unreadable(because.covers, target, needs, why, "nat_gateway")
    interface = of_nat(network, nat)
    if interface is None or nat.availability != "zonal" or place.direction is RETURN:
        what = "a reply that is routed to" if place.direction is RETURN else f"the {nat.availability} NAT gateway"
        why = f"{what} {nat.id} is not decided."
        return End(
            because.covers, Verdict.UNKNOWN, nat.id, "unsupported", UNSUPPORTED, because.detail, why, UNSUPPORTED.fix,
            because.evidence, f"what {nat.id} does with the traffic",
        )  # fmt: skip
    acl = (Guard("acl", interface.subnet, "network_acl", side="inbound"),) if interface.subnet != place.came_from else ()
    guards = (*acl, state, Guard("nat_traffic", nat.id, "nat_gateway"))
    subnet = network.get(place.came_from)
    note = cross_zone(network, nat, subnet) if isinstance(subnet, Subnet) else None
    return Link(Place(nat.id, "nat_gateway", table.id), because.covers, guards, because, note=note)


def _behind_nat(network: Network, place: Place) -> Iterator[Step]:
    """Out of the NAT gateway into its own subnet, with its own address (NAT-4, NAT-8)."""
    nat = network.get(place.resource)
    interface = of_nat(network, nat) if isinstance(nat, NatGateway) else None
    if interface is None:
        yield _unreadable(LINE, place.resource, "ec2:DescribeNatGateways", "the NAT gateway cannot be read", place.kind)
        return
    translator = interface if place.direction is FORWARD else None
    yield Link(Place(interface.subnet, "subnet", place.resource, place.direction), LINE, translator=translator)


def _to_igw(place: Place, table: RouteTable, target: str, because: Because) -> Step:
    guards = (
        Guard("igw_attached", target, "internet_gateway", peer=table.vpc),
        Guard("igw_source", target, "internet_gateway", peer=table.id),
        Guard("igw_destination", target, "internet_gateway", peer=table.id),
    )
    return Link(Place(target, "internet_gateway", table.vpc, place.direction), because.covers, guards, because)


def _to_endpoint(network: Network, place: Place, table: RouteTable, target: str, because: Because) -> Step:
    endpoint = network.get(target, table.home)
    if not isinstance(endpoint, Endpoint):
        needs = endpoint.needs if isinstance(endpoint, Gap) else "ec2:DescribeVpcEndpoints"
        why = endpoint.why if isinstance(endpoint, Gap) else f"{target} is a route's target but was not collected"
        return _unreadable(because.covers, target, needs, why, "gateway_endpoint")
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


def _into_vpc(network: Network, place: Place) -> Iterator[Step]:
    """From a gateway into its VPC: by its own (edge) table if it has one, else straight to the subnets."""
    vpc = place.came_from if place.came_from.startswith("vpc-") else _vpc_of_gateway(network, place.resource)
    edge = next((t for t in network.in_vpc(RouteTable, vpc) if place.resource in t.gateways), None)
    if edge is None:
        yield from _to_subnets(network, vpc, LINE, place, None)
        return
    for choice in choices(network, edge):
        yield from _chosen(network, place, edge, choice)


def _vpc_of_gateway(network: Network, id: str) -> str:
    thing = network.things.get(id)
    if isinstance(thing, Endpoint):
        return thing.vpc
    attachments = getattr(thing, "attachments", None) or (("", ""),)
    return str(attachments[0][0])


def _across(network: Network, place: Place) -> Iterator[Step]:
    """Through a peering connection into the other VPC's subnets (PCX-2, PCX-8)."""
    peering = network.things.get(place.resource)
    other = next((v for v, _, _ in peering.sides if v != place.came_from), "") if isinstance(peering, Peering) else ""
    if network.in_vpc(Subnet, other):
        yield from _to_subnets(network, other, LINE, place, None)
        return
    why = f"the other side of {place.resource} ({other or 'unknown VPC'}) is not in the data"
    yield _unreadable(LINE, other or place.resource, "ec2:DescribeSubnets", why, "subnet")


