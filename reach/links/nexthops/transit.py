"""Through a transit gateway: in by the sender's attachment, along its route table, out by another attachment.

Two places: the gateway as entered (`transit_gateway`, came from an attachment and the zone of the sender), and an
attachment as left towards its VPC (`transit_gateway_attachment`, came from the zone of the sender).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from reach.answer import Verdict
from reach.checks.ends import LEAVES_AWS, UNASSOCIATED, UNSUPPORTED
from reach.checks.guard import UNKNOWN_RESOURCE, Guard, settled_by
from reach.checks.network_acls import acl_of
from reach.checks.virtual_gateways import TRANSIT_DOWN
from reach.flow import Doubt
from reach.links.nexthops import transit_tables as tables
from reach.links.nexthops.transit_tables import Taken
from reach.links.steps import Because, End, Fork, Link, Place, Step, Turn, unreadable
from reach.network import (
    Attachment,
    Gap,
    Interface,
    Network,
    NetworkAcl,
    RouteTable,
    Subnet,
    TransitGateway,
    TransitPeering,
    TransitRoute,
    TransitTable,
    VpnConnection,
)
from reach.routes import table_of
from reach.traffic import LINE, Ranges
from reach.transits import attachment_of, far_end, same_zone, zone_of

BEYOND = ("vpn", "vpn-concentrator", "direct-connect-gateway", "client-vpn")  # a Connect attachment stays in AWS
STATE, IPV6 = "transit_state", "transit_ipv6"
ATTACHMENT = "transit_gateway_attachment"


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """From a VPC's route table into the transit gateway, by the VPC's attachment (TGW-1, TGW-2)."""
    table, target, sender = turn.table, turn.target, turn.place.came_from
    found = network.get(target, table.home)
    mine = attachment_of(network, target, table.vpc)
    if mine is None:
        missing = network.gap("TransitGatewayVpcAttachments", table.home) or (found if isinstance(found, Gap) else None)
        why = missing.why if missing else f"no attachment of {table.vpc} to {target} is in the data"
        needs = missing.needs if missing else "ec2:DescribeTransitGatewayVpcAttachments"
        yield unreadable(turn.covers, target, needs, why, "transit_gateway")
        return
    back = (Guard("same_way_back", table.id, "route_table", peer=target),) if turn.returning else ()
    guards = [
        *back,
        *(() if turn.returning else (Guard("transit_symmetry", mine.id, ATTACHMENT),)),
        Guard(STATE, mine.id, ATTACHMENT, peer=target),
        Guard(IPV6, mine.id, ATTACHMENT),
        Guard("transit_zone", mine.id, ATTACHMENT, peer=sender),
    ]
    entry = _entry(network, mine, sender)
    if entry is not None:  # NACL-11: what goes to the gateway is asked inbound, also within one subnet
        guards.append(Guard("acl", entry.id, "network_acl", side="inbound"))
    to = turn.to(target, "transit_gateway", f"{mine.id}|{_zone(network, sender)}")
    yield Link(to, turn.covers, tuple(guards), turn.because)


def _entry(network: Network, attachment: Attachment, sender: str) -> Subnet | None:
    """The attachment's subnet that takes in what a subnet sends: that very one, else the one of its zone."""
    here = network.get(sender)
    if isinstance(here, Subnet) and sender in (attachment.subnets or ()):
        return here
    return _subnet_in_zone(network, attachment, _zone(network, sender))


def _zone(network: Network, subnet_id: str) -> str:
    """The zone of a subnet as its id and its name; either may be missing from a record."""
    subnet = network.get(subnet_id)
    return ",".join(zone_of(subnet) or ("", "")) if isinstance(subnet, Subnet) else ","


def _subnet_in_zone(network: Network, attachment: Attachment, zone: str) -> Subnet | None:
    """The attachment's subnet in a zone; there is one per zone."""
    id, _, name = zone.partition(",")
    for foot in attachment.subnets or ():
        subnet = network.get(foot)
        if isinstance(subnet, Subnet) and same_zone((id, name), subnet):
            return subnet
    return None


def behind(network: Network, place: Place, toward: Interface | None) -> Iterator[Step]:
    """Look the destination up in the table of the attachment by which the traffic came in (TGW-3 … TGW-5)."""
    came, _, zone = place.came_from.partition("|")
    table = _incoming(network, place.resource, came)
    if isinstance(table, End):
        yield table
        return
    left = LINE
    vague, gap = tables.unread_lists(network, table)
    if gap is not None:
        left = left - vague
        yield tables.unread(table.id, vague, gap.why, gap.needs)
    reply = " for the reply" if place.direction.value == "return" else ""
    for taken in tables.longest(network, table):
        part = left & taken.covers
        left = left - part
        if part and table.truncated and not taken.unbeaten:
            yield tables.cut_off(table, part, taken, toward)
        elif part:
            yield _along(network, place, table, replace(taken, covers=part), zone, reply)
    if left and table.truncated:
        yield tables.cut_off(table, left, None, toward)
    elif left:
        yield tables.no_route(network, table, left, toward, reply)


def _incoming(network: Network, gateway: str, came: str) -> TransitTable | End:
    """The table that is looked up for what comes in by an attachment or by a peering of gateways."""
    found = network.things.get(came)
    side = found.side(gateway) if isinstance(found, TransitPeering) else found
    if not isinstance(found, Attachment | TransitPeering) or side is None or isinstance(side, TransitPeering):
        why = "the attachment is not known"
        return unreadable(LINE, came, "ec2:DescribeTransitGatewayAttachments", why, "transit_gateway")
    id, known = getattr(side, "table", None), getattr(side, "table_known", False)
    if id is None and not known:
        return _untold_table(network, came, gateway, getattr(side, "told", ""))
    if id is None:
        return _unassociated(found, gateway)
    table = network.things.get(id)
    return table if isinstance(table, TransitTable) and table.routes is not None else tables.unread(id, LINE)


def _untold_table(network: Network, came: str, gateway: str, told: str) -> End:
    """Which table it is was not read, is not for everybody to read, or is just changing (TGW-14, IN-4)."""
    held = network.things.get(gateway)
    here = network.things.get(came)
    if told:
        why, needs = f"the association of {came} with a route table is {told}", f"a known state of {came}'s association"
        return replace(tables.unread(came, LINE, why, needs), fix=settled_by(needs))
    if here is not None and isinstance(held, TransitGateway) and held.owner in (None, here.home.account):
        needs = "ec2:DescribeTransitGatewayAttachments"
        why = f"which route table {came} is associated with was not read"
        return replace(tables.unread(came, LINE, why, needs), fix=settled_by(needs))
    why = f"which route table {came} is associated with is visible only to the owner of {gateway}"
    return tables.unread(came, LINE, why, "ec2:GetTransitGatewayRouteTableAssociations")


def _unassociated(attachment: Attachment | TransitPeering, gateway: str) -> End:
    id = attachment.id
    why = f"{id} is associated with no route table of {gateway}."
    fix = f"aws ec2 associate-transit-gateway-route-table --transit-gateway-attachment-id {id} " + (
        "--transit-gateway-route-table-id TGW_RTB"
    )
    shown = (attachment.proof("Association", None),)
    return End(LINE, Verdict.BLOCKED, id, "transit_gateway", UNASSOCIATED, "", why, fix, shown)


def _along(network: Network, place: Place, table: TransitTable, taken: Taken, zone: str, reply: str) -> Step:
    """Follow one route; several attachments share the traffic, each connection takes one of them (TGW-6)."""
    route = taken.route
    if route.state == "blackhole":
        return tables.blackhole(table, taken, reply)
    if route.state not in tables.SETTLED:
        return tables.changing(table, taken)
    out = tuple(_to(network, place, table, taken, id, zone) for id in route.attachments)
    rivals = tuple(_to(network, place, table, taken, id, zone) for r in taken.equals for id in r.attachments)
    if rivals and out:
        return Fork(taken.covers, (*out, *rivals), _untold(place, table, taken))
    if len(out) > 1:
        return Fork(taken.covers, out)
    return out[0] if out else _elsewhere(network, table, route, taken.covers, "", None)


def _untold(place: Place, table: TransitTable, taken: Taken) -> Doubt:
    """Of routes for one block that nothing tells apart one is taken, and nobody can say which."""
    both = (taken.route, *taken.equals)
    words = " and ".join(f"{', '.join(r.attachments)}" for r in both)
    block = taken.route.destination
    why = f"{table.id} has routes for {block} to {words}, and nothing tells which it prefers."
    shown = tuple(table.proof(f"Routes[{r.index}].TransitGatewayAttachments", ", ".join(r.attachments)) for r in both)
    fix = f"Keep one of the routes for {block}."
    fact = f"which of its routes for {block} {table.id} prefers"
    return Doubt(fact, place.direction, UNKNOWN_RESOURCE, table.id, why, fix, shown)


def _to(network: Network, place: Place, table: TransitTable, taken: Taken, id: str, zone: str) -> Link | End:
    """Out by one attachment of a route."""
    target, route, gateway = network.get(id), taken.route, place.resource
    shown = (table.proof(f"Routes[{route.index}].State", route.state),)
    because = Because(taken.covers, f"{route.destination} → {id}", shown)
    note = tables.beaten(table, taken) if taken.losers and taken.losers[0].destination == route.destination else None
    state = Guard(STATE, id, ATTACHMENT, peer=table.gateway or gateway)
    if isinstance(target, TransitPeering):
        return _across(network, target, place, because, state, zone)
    if not isinstance(target, Attachment) or target.type != "vpc":
        end = _elsewhere(network, table, route, taken.covers, id, target if isinstance(target, Attachment) else None)
        return replace(end, guards=(state,)) if isinstance(target, Attachment) else end
    to = Place(id, ATTACHMENT, zone, place.direction)
    return Link(to, taken.covers, (state, Guard(IPV6, id, ATTACHMENT)), because, note=note)


def _across(
    network: Network, peering: TransitPeering, place: Place, because: Because, state: Guard, zone: str
) -> Link | End:
    """Into the gateway at the other end of a peering, which looks up in its own table (TGW-11)."""
    far, there = peering.beyond(place.resource), far_end(network, peering)
    if far is None:
        needs = "ec2:DescribeTransitGatewayPeeringAttachments"
        why = f"which gateway is at the other end of {peering.id} is not in the data"
        return unreadable(because.covers, peering.id, needs, why, "transit_gateway")
    to = Place(far.gateway, "transit_gateway", f"{there.id}|{zone}", place.direction)
    return Link(to, because.covers, (state, Guard(STATE, there.id, ATTACHMENT, peer=far.gateway)), because)


def _elsewhere(
    network: Network, table: TransitTable, route: TransitRoute, covers: Ranges, id: str, target: Attachment | None
) -> End:
    """An attachment that is not a VPC's, or one that the data does not hold (TGW-11, VGW-5)."""
    name = id or "an attachment that is not in the data"
    told = dict(zip(route.attachments, route.types, strict=False)).get(id, "")
    what = (target.type if target else told) or "unknown"
    vpn = network.things.get(target.resource) if target and target.type == "vpn" else None
    if isinstance(vpn, VpnConnection) and vpn.fault:
        return _vpn_down(vpn, id, covers)
    reason = LEAVES_AWS if what in BEYOND else UNSUPPORTED
    why = f"{table.id} sends {route.destination} to {name} ({what}); what happens behind it is not decided."
    shown = (table.proof(f"Routes[{route.index}]", route.destination),)
    needs = f"what is behind {name}"
    return End(covers, Verdict.UNKNOWN, id or table.id, "unsupported", reason, "", why, reason.fix, shown, needs)


def _vpn_down(vpn: VpnConnection, attachment: str, covers: Ranges) -> End:
    """A VPN connection that carries nothing now (VGW-1)."""
    field, value = vpn.fault or ("", "")
    why = f"{vpn.id}, to which {attachment} leads, is not up: {field} is {value}."
    return End(covers, Verdict.BLOCKED, vpn.id, "transit_gateway", TRANSIT_DOWN, "", why, TRANSIT_DOWN.fix,
               (vpn.proof(field, value),))  # fmt: skip


def into_vpc(network: Network, place: Place, toward: Interface | None) -> Iterator[Step]:
    """Out of an attachment: the packet appears in one of its subnets, and that subnet's table routes it (TGW-7)."""
    attachment = network.things.get(place.resource)
    if not isinstance(attachment, Attachment):
        return
    feet = _feet(network, attachment)
    if isinstance(feet, Gap):
        yield unreadable(LINE, feet.resource, feet.needs, feet.why, "transit_gateway")
        return
    ways = tuple(Link(Place(s.id, "subnet", attachment.id, place.direction), LINE) for s in feet)
    here = _subnet_in_zone(network, attachment, place.came_from)
    alike = len({_rules(network, s) for s in feet}) == 1 and not (toward and toward.subnet in {s.id for s in feet})
    if here is not None and (alike or attachment.appliance_mode is False):
        yield ways[feet.index(here)]
    elif alike or len(ways) == 1:
        yield ways[0]
    elif attachment.appliance_mode:  # a zone is picked for each connection, replies included (TGW-10)
        yield Fork(LINE, ways, kept=True)
    else:
        fact = f"the zone in which {attachment.id} hands it over"
        why = f"It depends on {fact}: its subnets there differ in routes or network ACL."
        shown = (attachment.proof("SubnetIds", list(attachment.subnets or ())),)
        fix = f"Make all of the possible subnets alike: {attachment.id} needs one route table and one ACL for them."
        yield Fork(LINE, ways, Doubt(fact, place.direction, UNKNOWN_RESOURCE, attachment.id, why, fix, shown))


def _feet(network: Network, attachment: Attachment) -> tuple[Subnet, ...] | Gap:
    """The attachment's subnets, one per zone."""
    if attachment.subnets is None:
        needs = "ec2:DescribeTransitGatewayVpcAttachments"
        return Gap(attachment.id, needs, f"the subnets of {attachment.id} are not in the data")
    found = [s for id in attachment.subnets if isinstance(s := network.get(id), Subnet)]
    if len(found) < len(attachment.subnets) or not found:
        why = f"the subnets of {attachment.id} ({attachment.resource}) are not in the data"
        left = (network.pending[id] for id in attachment.subnets if id in network.pending)
        return next(left, Gap(attachment.id, "ec2:DescribeSubnets", why))
    return tuple(found)


def _rules(network: Network, subnet: Subnet) -> tuple[str, str]:
    """What decides over traffic that leaves a subnet: its route table and its ACL."""
    table, acl = table_of(network, subnet), acl_of(network, subnet)
    return (
        table.id if isinstance(table, RouteTable) else subnet.id,
        acl.id if isinstance(acl, NetworkAcl) else subnet.id,
    )
