"""Through a transit gateway: in by the sender's attachment, along its route table, out by another attachment.

Two places: the gateway as entered from a VPC (`transit_gateway`, came from the subnet that sent), and an
attachment as left towards its VPC (`transit_gateway_attachment`, came from the zone of the sender).
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from reach.answer import Evidence, Verdict
from reach.checks.ends import (
    LEAVES_AWS,
    NO_ATTACHMENT_ROUTE,
    TRANSIT_BLACKHOLE,
    TRANSIT_ROUTES_UNKNOWN,
    UNASSOCIATED,
    UNSUPPORTED,
)
from reach.checks.guard import Guard
from reach.checks.network_acls import acl_of
from reach.network import (
    Attachment,
    Gap,
    Network,
    NetworkAcl,
    PrefixList,
    RouteTable,
    Subnet,
    TransitRoute,
    TransitTable,
)
from reach.routes import table_of
from reach.steps import Because, End, Link, Place, Step, Turn, unreadable
from reach.traffic import LINE, NOTHING, Ranges, cidr
from reach.transits import attachment_of, same_zone

BEYOND = ("vpn", "vpn-concentrator", "direct-connect-gateway", "connect", "client-vpn")


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """From a VPC's route table into the transit gateway, by the VPC's attachment (TGW-1, TGW-2)."""
    table, target, sender = turn.table, turn.target, turn.place.came_from
    found = network.get(target, table.home)
    gap = found if isinstance(found, Gap) else None
    mine = attachment_of(network, target, table.vpc)
    if mine is None:
        missing = network.gap("TransitGatewayVpcAttachments", table.home) or gap
        why = missing.why if missing else f"no attachment of {table.vpc} to {target} is in the data"
        needs = missing.needs if missing else "ec2:DescribeTransitGatewayVpcAttachments"
        yield unreadable(turn.covers, target, needs, why, "transit_gateway")
        return
    guards = [
        Guard("transit_state", mine.id, "transit_gateway_attachment", peer=target),
        Guard("transit_zone", mine.id, "transit_gateway_attachment", peer=sender),
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
    return f"{subnet.zone_id},{subnet.zone}" if isinstance(subnet, Subnet) else ","


def _subnet_in_zone(network: Network, attachment: Attachment, zone: str) -> Subnet | None:
    """The attachment's subnet in a zone; there is one per zone."""
    id, _, name = zone.partition(",")
    for foot in attachment.subnets or ():
        subnet = network.get(foot)
        if isinstance(subnet, Subnet) and same_zone(id, name, subnet):
            return subnet
    return None


def behind(network: Network, place: Place) -> Iterator[Step]:
    """Look the destination up in the table of the attachment by which the traffic came in (TGW-3 … TGW-5)."""
    came, _, zone = place.came_from.partition("|")
    attachment = network.things.get(came)
    if not isinstance(attachment, Attachment):
        yield unreadable(LINE, came, "ec2:DescribeTransitGatewayAttachments", "the attachment is not known", place.kind)
        return
    if attachment.table is None:
        yield _unassociated(network, attachment)
        return
    table = network.things.get(attachment.table)
    if not isinstance(table, TransitTable) or table.routes is None:
        yield _unread(network, attachment.table, LINE)
        return
    left = LINE
    vague, gap = unread_lists(network, table)
    if gap is not None:
        left = left - vague
        yield _unread(network, table.id, vague, gap.why, gap.needs)
    for covers, route in longest(network, table):
        part = left & covers
        left = left - part
        if part:
            yield from _along(network, place, table, route, part, zone)
    if left and table.truncated:
        yield _unread(network, table.id, left)
    elif left:
        why = f"{table.id} has no route to there" + _direction(place) + "."
        shown = (table.proof("Routes", [r.destination for r in table.routes]),)
        kind = "transit_gateway_route_table"
        yield End(left, Verdict.BLOCKED, table.id, kind, NO_ATTACHMENT_ROUTE, "", why, NO_ATTACHMENT_ROUTE.fix, shown)


def _direction(place: Place) -> str:
    return " for the reply" if place.direction.value == "return" else ""


def _unassociated(network: Network, attachment: Attachment) -> End:
    if not attachment.table_known:
        needs = "ec2:GetTransitGatewayRouteTableAssociations"
        why = f"which route table {attachment.id} is associated with is visible only to the gateway's owner"
        return _unread(network, attachment.id, LINE, why, needs)
    why = f"{attachment.id} is associated with no transit gateway route table."
    shown = (attachment.proof("Association", None),)
    return End(
        LINE, Verdict.BLOCKED, attachment.id, "transit_gateway", UNASSOCIATED, "", why, UNASSOCIATED.fix, shown
    )  # fmt: skip


def _unread(
    network: Network, id: str, covers: Ranges, why: str = "", needs: str = "ec2:SearchTransitGatewayRoutes"
) -> End:
    why = why or f"the routes of {id} were not read, or not all of them"
    shown = (Evidence(id, "Routes", why),)
    reason = TRANSIT_ROUTES_UNKNOWN
    return End(
        covers, Verdict.UNKNOWN, id, "transit_gateway_route_table", reason, "", f"{why}.", reason.fix, shown, needs
    )


def longest(network: Network, table: TransitTable) -> list[tuple[Ranges, TransitRoute]]:
    """Routes by prefix length, a list's by that of each of its blocks; then static before list before propagated."""
    entries = []
    for route in table.routes or ():
        if route.state not in ("active", "blackhole"):
            continue
        listed = network.things.get(route.destination)
        blocks = (listed.cidrs or ()) if isinstance(listed, PrefixList) else (route.destination,)
        rank = 2 if not route.static else 1 if isinstance(listed, PrefixList) else 0
        entries += [(-_length(b), rank, route.index, cidr(b), route) for b in blocks]
    return [(covers, route) for *_, covers, route in sorted(entries, key=lambda e: e[:3])]


def unread_lists(network: Network, table: TransitTable) -> tuple[Ranges, Gap | None]:
    """What routes by lists without entries may take, the longest prefix or not."""
    vague, found = NOTHING, None
    for route in table.routes or ():
        if route.state in ("active", "blackhole") and route.destination.startswith("pl-"):
            cover, gap = network.cover(route.destination, table.home)
            if gap is not None:
                vague, found = vague | cover.may, found or gap
    return vague, found


def _length(text: str) -> int:
    try:
        return ip_network(text, strict=False).prefixlen
    except ValueError:
        return -1


def _along(
    network: Network, place: Place, table: TransitTable, route: TransitRoute, covers: Ranges, zone: str
) -> Iterator[Step]:
    kind = "transit_gateway_route_table"
    shown = (table.proof(f"Routes[{route.index}].State", route.state),)
    if route.state == "blackhole":
        why = f"{table.id} has a blackhole route for {route.destination}{_direction(place)}."
        yield End(
            covers, Verdict.BLOCKED, table.id, kind, TRANSIT_BLACKHOLE, "", why, TRANSIT_BLACKHOLE.fix, shown
        )  # fmt: skip
        return
    targets = [network.get(a) for a in route.attachments]
    target = targets[0] if len(targets) == 1 else None
    if not isinstance(target, Attachment) or target.type != "vpc":
        yield _elsewhere(table, route, covers, target if isinstance(target, Attachment) else None)
        return
    because = Because(covers, f"{route.destination} → {target.id}", shown)
    guards = (Guard("transit_state", target.id, "transit_gateway_attachment", peer=table.gateway or target.gateway),)
    to = Place(target.id, "transit_gateway_attachment", zone, place.direction)
    yield Link(to, covers, guards, because)


def _elsewhere(table: TransitTable, route: TransitRoute, covers: Ranges, target: Attachment | None) -> End:
    """An attachment that is not a VPC's, or several, or one that the data does not hold (TGW-11)."""
    names = ", ".join(route.attachments) or "an attachment that is not in the data"
    what = target.type if target else "unknown"
    reason = LEAVES_AWS if what in BEYOND else UNSUPPORTED
    why = f"{table.id} sends {route.destination} to {names} ({what}); what happens behind it is not decided."
    shown = (table.proof(f"Routes[{route.index}]", route.destination),)
    resource = route.attachments[0] if route.attachments else table.id
    return End(
        covers, Verdict.UNKNOWN, resource, "unsupported", reason, "", why, reason.fix, shown, f"what is behind {names}"
    )  # fmt: skip


def into_vpc(network: Network, place: Place) -> Iterator[Step]:
    """Out of an attachment: the packet appears in its subnet of the sender's zone, and that table routes it (TGW-7)."""
    attachment = network.things.get(place.resource)
    if not isinstance(attachment, Attachment):
        return
    subnet = _exit_subnet(network, attachment, place.came_from)
    if isinstance(subnet, Gap):
        yield unreadable(LINE, subnet.resource, subnet.needs, subnet.why, "transit_gateway")
        return
    yield Link(Place(subnet.id, "subnet", attachment.id, place.direction), LINE)


def _exit_subnet(network: Network, attachment: Attachment, zone: str) -> Subnet | Gap:
    """The attachment's subnet in the sender's zone; in another zone any, if all of them are alike."""
    if attachment.subnets is None:
        needs = "ec2:DescribeTransitGatewayVpcAttachments"
        return Gap(attachment.id, needs, f"the subnets of {attachment.id} are not in the data")
    found = [s for id in attachment.subnets if isinstance(s := network.get(id), Subnet)]
    if len(found) < len(attachment.subnets) or not found:
        return Gap(
            attachment.id,
            "ec2:DescribeSubnets",
            f"the subnets of {attachment.id} ({attachment.resource}) are not in the data",
        )
    here = _subnet_in_zone(network, attachment, zone)
    if here is not None and not attachment.appliance_mode:
        return here
    if len({_rules(network, s) for s in found}) == 1:
        return here or found[0]
    why = f"{attachment.id} may hand the traffic to any of its zones, whose route tables or network ACLs differ"
    return Gap(attachment.id, "the zone that the transit gateway picks", why)


def _rules(network: Network, subnet: Subnet) -> tuple[str, str]:
    """What decides over traffic that leaves a subnet: its route table and its ACL."""
    table, acl = table_of(network, subnet), acl_of(network, subnet)
    return (
        table.id if isinstance(table, RouteTable) else subnet.id,
        acl.id if isinstance(acl, NetworkAcl) else subnet.id,
    )
