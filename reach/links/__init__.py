"""What is wired to what: from a place, which next hop carries which destinations, past which guards.

`links(network, place, toward)` is the only wiring there is: trace follows it, graph.py collects it.
It decides nothing about packets but where they would go; the guards on a link decide whether they may.

LAW: the `covers` of a place's links and ends partition the address line.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from reach.answer import Verdict
from reach.checks.attachment import KINDS
from reach.checks.guard import Guard
from reach.links.nexthops import BEHIND, BEHIND_TOWARD
from reach.links.nexthops.internet import into_vpc
from reach.links.routed import routed
from reach.links.steps import FORWARD, RETURN, End, Link, Place, Step, nobody, unreadable
from reach.network import Database, Endpoint, Gap, Interface, Network, RouteTable, Subnet
from reach.placement import hosts
from reach.routes import choices, may_take, next_door, table_of
from reach.traffic import IPV6, LINE, Ranges
from reach.transits import LOCAL_ZONE

ROUTED_TO = "gateway_load_balancer_endpoint"  # type of an interface that takes only what routes lead to it
WITHOUT_GROUPS = ("nat_gateway", "natgateway", ROUTED_TO, "transit_gateway")


def departure(network: Network, interface: Interface) -> tuple[Guard, ...]:
    """What traffic passes when it leaves an interface: can the function run, may its groups send."""
    return (*_sending(interface), *_local_zone(network, interface))


def _local_zone(network: Network, interface: Interface) -> tuple[Guard, ...]:
    """A Local Zone is a place to ask about, whoever has an interface there (ENC-3)."""
    subnet = network.things.get(interface.subnet)
    there = isinstance(subnet, Subnet) and LOCAL_ZONE.fullmatch(subnet.zone)
    return (Guard("zone_encryption", interface.subnet, "subnet", peer=interface.subnet),) if there else ()


def _sending(interface: Interface) -> tuple[Guard, ...]:
    egress = Guard("egress", interface.id, "security_group", interface)
    if interface.type == "lambda" and interface.of and not interface.subnet:
        return (
            Guard("function_state", interface.of, "function"),
            Guard("function_protocol", interface.name, "function"),
        )
    if interface.type == "managed_instance":
        return (Guard("function_state", interface.of, "function"), egress)
    if interface.type == "workload":
        return (Guard("isolation", interface.of, "interface"), egress)
    if interface.type != "lambda" or not interface.of:
        return () if interface.type in WITHOUT_GROUPS else (*_attached(interface), egress)
    return (
        Guard("function_state", interface.of, "function"),
        Guard("tenancy", interface.vpc, "function"),
        *(Guard("attachment", interface.of, "function", side=kind) for kind in KINDS),
        Guard("function_protocol", interface.name, "function"),
        egress,
    )


def arrival(network: Network, interface: Interface) -> tuple[Guard, ...]:
    """What traffic passes when it arrives at an interface: may it come in, does somebody listen."""
    return (*_local_zone(network, interface), *_receiving(network, interface))


def _receiving(network: Network, interface: Interface) -> tuple[Guard, ...]:
    if interface.type in ("lambda", "nat_gateway", "natgateway", ROUTED_TO):
        return (Guard("function_inbound", interface.id, "interface", interface),)
    guards = () if _groupless(interface) else (Guard("ingress", interface.id, "security_group", interface),)
    owner = network.things.get(interface.of)
    if isinstance(owner, Database):
        return (*guards, Guard("database_state", owner.id, owner.hop))
    if isinstance(owner, Endpoint):
        return (*guards, Guard("endpoint_state", owner.id, "interface_endpoint"))
    if interface.type == "vpc_endpoint":
        guards = (*guards, Guard("endpoint_unread", interface.id, "interface_endpoint", interface))
    return (*guards, *_attached(interface))


def _groupless(interface: Interface) -> bool:
    """Some interfaces have no groups to ask; of network load balancers those that were made without (DST-36)."""
    return interface.type in WITHOUT_GROUPS or (interface.type == "network_load_balancer" and interface.groups == ())


def _attached(interface: Interface) -> tuple[Guard, ...]:
    """A reported interface carries traffic only while it is attached to something that runs."""
    return (Guard("appliance_state", interface.id, "interface"),) if interface.id.startswith("eni-") else ()


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
            return tuple(routed(network, place, toward))
        case "internet_gateway" | "egress_only_internet_gateway" if place.direction is FORWARD:
            return (Link(Place("internet", "internet", place.resource), LINE),)
        case "gateway_endpoint" if place.direction is FORWARD:
            return (Link(Place(_service(network, place.resource), "service", place.resource), LINE),)
        case "internet_gateway" | "egress_only_internet_gateway" | "gateway_endpoint":
            return tuple(into_vpc(network, place, toward))
        case "internet" | "service" if place.direction is RETURN:
            kind = "internet_gateway" if place.kind == "internet" else "gateway_endpoint"
            if place.came_from.startswith("eigw-"):
                kind = "egress_only_internet_gateway"
            return (Link(Place(place.came_from, kind, place.resource, RETURN), LINE),)
        case kind if kind in BEHIND:
            return tuple(BEHIND[kind](network, place))
        case kind if kind in BEHIND_TOWARD:
            return tuple(BEHIND_TOWARD[kind](network, place, toward))
        case _:
            return (End(LINE, Verdict.REACHABLE, place.resource, place.kind),)


def _service(network: Network, endpoint_id: str) -> str:
    endpoint = network.things.get(endpoint_id)
    return (endpoint.service or endpoint.service_name) if isinstance(endpoint, Endpoint) else endpoint_id


def _leaving(network: Network, place: Place, toward: Interface | None) -> Iterator[Step]:
    """Out of an interface: within the subnet by layer 2, else past the ACL to the route table (RT-8, NACL-4)."""
    subnet = network.get(place.resource)
    if not isinstance(subnet, Subnet):
        which = place.resource or f"the subnet of {place.came_from}"
        yield unreadable(LINE, which, "ec2:DescribeSubnets", f"{which} cannot be read", "subnet")
        return
    yield from _within(subnet, place, toward)
    acl = (Guard("acl", subnet.id, "network_acl", side="outbound"),)
    table = table_of(network, subnet)
    rest = LINE - subnet.addresses
    if isinstance(table, RouteTable):
        to = Place(table.id, "route_table", subnet.id, place.direction, came_by=place.came_by)
        inside = rest & _next_door(network, table, subnet)
        yield from (Link(to, part, guards) for part, guards in ((inside, ()), (rest - inside, acl)) if part)
        return
    why = table.why if isinstance(table, Gap) else f"{subnet.id} has no route table in the data"
    needs = table.needs if isinstance(table, Gap) else "ec2:DescribeRouteTables"
    yield unreadable(rest, table.resource, needs, why, "route_table", acl)


def _next_door(network: Network, table: RouteTable, subnet: Subnet) -> Ranges:
    """Where the next hop has its interface in this very subnet, nothing leaves the subnet (NACL-4).

    Of rival routes some may have it; there the ACL stands behind the fork.
    """
    found = Ranges()
    for choice in choices(network, table):
        if any(next_door(network, route, subnet) for route in may_take(choice)):
            found = found | choice.covers
    return found


def _residents(network: Network, place: Place, toward: Interface | None) -> Iterator[Step]:
    subnet = network.get(place.resource)
    room = subnet.addresses if isinstance(subnet, Subnet) else LINE
    if isinstance(subnet, Subnet):
        others = _others(network, subnet, toward) if place.direction is FORWARD else Ranges()
        if others:
            why = f"somebody in {subnet.vpc} has this address too: ranges overlap, and the routes differ by subnet"
            yield unreadable(others, subnet.id, "ranges that do not overlap", why, "subnet")
        yield from (s for s in (_less(step, others) for step in _within(subnet, place, toward)) if s.covers)
    if LINE - room:
        yield nobody(LINE - room, place.resource)


def _others(network: Network, subnet: Subnet, toward: Interface | None) -> Ranges:
    """Addresses of this subnet that others have than the receiver, who is in another VPC with the same range."""
    if toward is not None and toward.vpc == subnet.vpc:
        return Ranges()
    if network.gap("NetworkInterfaces", subnet.home) is not None:
        return hosts(subnet) | subnet.addresses & IPV6
    found = Ranges()
    for interface in network.in_subnet(subnet.id):
        if interface.type not in WITHOUT_GROUPS:
            found = found | (interface.addresses & subnet.addresses)
    return found


def _less(step: Step, covers: Ranges) -> Step:
    return replace(step, covers=step.covers - covers) if covers else step


def _within(subnet: Subnet, place: Place, toward: Interface | None) -> Iterator[Step]:
    """Delivery by address inside one subnet; the guards of arrival are the receiver's (see trace)."""
    mine = (toward.addresses | toward.ipv6) & subnet.addresses if toward and toward.subnet == subnet.id else Ranges()
    if toward and mine:
        seen = (Guard("reply_seen", toward.id, "route_table"),) if place.direction is RETURN else ()
        yield Link(Place(toward.id, "interface", subnet.id, place.direction), mine, seen)
    rest = subnet.addresses - mine
    if rest:
        yield nobody(rest, subnet.id)
