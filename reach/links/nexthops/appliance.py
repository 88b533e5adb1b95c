"""NAT instances, firewalls and other interfaces that forward for others."""

from __future__ import annotations

from collections.abc import Iterator

from reach.answer import Assumption, Note, Verdict
from reach.checks.ends import UNSUPPORTED
from reach.checks.guard import Guard
from reach.links.steps import RETURN, End, Link, Place, Step, Turn, unreadable
from reach.network import Absent, Gap, Interface, Network, Route, RouteTable, Subnet, Thing
from reach.placement import placed
from reach.routes import Chosen, Rivals, choices, table_of
from reach.traffic import IPV6, LINE, NAMES, NOTHING, Ranges, cidr, public_v4


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """An interface that forwards: request and reply both pass it, its groups are asked once (NATI-1 … NATI-6)."""
    found = _interface(network, turn)
    if not isinstance(found, Interface):
        gap = network.gap("NetworkInterfaces", turn.table.home)
        yield turn.lost(gap or found, "ec2:DescribeNetworkInterfaces", "nat_instance")
        return
    kind, came_from = "nat_instance", turn.place.came_from
    acl = (Guard("acl", found.subnet, "network_acl", side="inbound"),) if found.subnet != came_from else ()
    gateway = came_from if came_from.startswith(("igw-", "vgw-")) else ""
    able = (Guard("appliance_state", found.id, kind), Guard("appliance_forwards", found.id, kind))
    if turn.returning:
        seen = Guard("request_seen", found.id, "route_table", side=gateway, peer=turn.table.id)
        public = (Guard("ingress_target", found.id, kind, peer=turn.table.id),) if came_from.startswith("igw-") else ()
        guards = (seen, *acl, *able, *public)
    else:
        groups = (
            Guard("appliance_ingress", found.id, "security_group", found),
            Guard("egress", found.id, "security_group", found),
        )
        guards = (*acl, Guard("middlebox_subnet", found.id, kind, peer=found.subnet), *able, *groups)
    yield Link(turn.to(found.id, kind, turn.table.id), turn.covers, guards, turn.because)


def _interface(network: Network, turn: Turn) -> Thing | Absent | Gap:
    """The interface that a route names: by its id, its instance's id, or its address in the VPC (RT-13, RT-21)."""
    mine = (i for i in network.in_vpc(Interface, turn.table.vpc) if _names(turn.route, i))
    lost = Absent(turn.target) if turn.route.target_key == "IpAddress" else network.get(turn.target, turn.table.home)
    return next(mine, lost)


def behind(network: Network, place: Place) -> Iterator[Step]:
    """Out of an appliance by its own subnet's table: masqueraded towards the internet, else unchanged (NATI-5)."""
    found = network.things.get(place.resource)
    if not isinstance(found, Interface):
        return
    to = Place(found.subnet, "subnet", place.resource, place.direction)
    if place.direction is RETURN:
        yield Link(to, LINE, inspector=found.id)
        return
    outward, unclear = _to_the_internet(network, found)
    public = outward & (public_v4() | NAMES)
    inward = LINE - outward - unclear - IPV6
    yield from _unchanged(found, to, inward)
    yield from _outward(network, found, to, public)
    yield _not_known(found, LINE - inward - public, "may masquerade it, tunnel it, forward IPv6, or not")


def _unchanged(appliance: Interface, to: Place, covers: Ranges) -> Iterator[Step]:
    if covers:
        says = Assumption("NATI-5", f"{appliance.id} forwards what is not addressed to it, unchanged.")
        yield Link(to, covers, inspector=appliance.id, note=_unseen(appliance), assumption=says)


def _outward(network: Network, appliance: Interface, to: Place, covers: Ranges) -> Iterator[Step]:
    """Towards an internet gateway it masquerades; if the gateway sends replies to it, only for private senders."""
    redirected = _redirected(network, appliance) if covers else False
    if isinstance(redirected, Gap):
        yield unreadable(covers, appliance.id, redirected.needs, redirected.why, "nat_instance")
    elif covers:
        text = f"{appliance.id} forwards what is not addressed to it, with its own address as the sender's"
        text += " where the sender has no public one." if redirected else "."
        says, inspector = Assumption("NATI-5", text), appliance.id if redirected else ""
        yield Link(to, covers, (), None, placed(network, appliance), inspector, _unseen(appliance), says)


def _unseen(appliance: Interface) -> Note:
    text = f"What the operating system behind {appliance.id} does is not visible: it is taken to forward."
    return Note("ASSUMES_INSTANCE_FORWARDS", text, appliance.id)


def _not_known(appliance: Interface, covers: Ranges, what: str) -> End:
    found = ("", f"{appliance.id} {what}.", UNSUPPORTED.fix, (), f"what {appliance.id} does with the traffic")
    return End(covers, Verdict.UNKNOWN, appliance.id, "unsupported", UNSUPPORTED, *found)


def _to_the_internet(network: Network, appliance: Interface) -> tuple[Ranges, Ranges]:
    """Where its own table leads to an internet gateway, and where it may (RT-9).

    There only its own public address gets through.
    """
    subnet = network.get(appliance.subnet)
    table = table_of(network, subnet) if isinstance(subnet, Subnet) else None
    out, perhaps = NOTHING, NOTHING
    for choice in choices(network, table) if isinstance(table, RouteTable) else ():
        if isinstance(choice, Chosen) and (choice.route.target or "").startswith("igw-"):
            out = out | choice.covers
        elif isinstance(choice, Rivals) and any((r.target or "").startswith("igw-") for r in choice.routes):
            perhaps = perhaps | choice.covers
    return out, perhaps


def _redirected(network: Network, appliance: Interface) -> bool | Gap:
    """Whether an internet gateway's own table hands what comes in to this interface (RT-16)."""
    tables = [t for t in network.in_vpc(RouteTable, appliance.vpc) if t.gateways]
    if any(_names(route, appliance) for t in tables for route in t.routes or ()):
        return True
    return network.gap("RouteTables", appliance.home) or False


def _names(route: Route, interface: Interface) -> bool:
    if route.target_key == "IpAddress":
        return bool(cidr(route.target or "")) and cidr(route.target or "") <= interface.addresses
    return route.target is not None and route.target in (interface.id, interface.instance)
