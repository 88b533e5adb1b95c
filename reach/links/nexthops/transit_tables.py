"""A transit gateway's route table: which route takes which destinations (TGW-4 … TGW-6), and where none does."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Evidence, Note, Verdict
from reach.checks.ends import NO_ATTACHMENT_ROUTE, TRANSIT_BLACKHOLE, TRANSIT_ROUTES_UNKNOWN
from reach.links.steps import End
from reach.network import Gap, Interface, Network, PrefixList, TransitRoute, TransitTable
from reach.traffic import LINE, NOTHING, Ranges, cidr, format_addresses
from reach.transits import attachment_of

KIND = "transit_gateway_route_table"
# Of propagated routes with one prefix, whose comes first; a gateway shows only the one that it prefers.
PREFERRED = ("vpc", "direct-connect-gateway", "connect", "vpn", "vpn-concentrator", "client-vpn", "peering")
SETTLED = ("active", "blackhole", "deleted")


class Taken(Struct, frozen=True):
    """These destinations take this route; `losers` cover some of them too, `equals` are no worse in anything."""

    covers: Ranges
    route: TransitRoute
    losers: tuple[TransitRoute, ...] = ()
    equals: tuple[TransitRoute, ...] = ()
    unbeaten: bool = False  # no route that was not read could win over it


class _Entry(Struct, frozen=True):
    """One block of one route."""

    length: int
    rank: int
    covers: Ranges
    route: TransitRoute

    @property
    def order(self) -> tuple[int, int, int]:
        return (-self.length, self.rank, self.route.index)


def longest(network: Network, table: TransitTable) -> list[Taken]:
    """Routes by prefix length, a list's by that of each of its blocks; then static before list before propagated."""
    entries = sorted((e for r in _live(table) for e in _entries(network, r)), key=lambda e: e.order)
    left, out = LINE, []
    for number, entry in enumerate(entries):
        part = left & entry.covers
        left = left - part
        if part:
            others = [e for e in entries[number + 1 :] if e.covers & part and e.route != entry.route]
            equals = tuple(dict.fromkeys(e.route for e in others if _equal(entry, e)))
            losers = tuple(dict.fromkeys(e.route for e in others if e.route not in equals))
            out.append(Taken(part, entry.route, losers, equals, entry.rank == 0 and entry.covers.size == 1))
    return out


def _equal(one: _Entry, other: _Entry) -> bool:
    """Whether nothing that AWS documents prefers one of two active routes, which lead to different attachments."""
    same = (one.length, one.rank) == (other.length, other.rank) and one.route.state == other.route.state == "active"
    return same and one.route.attachments != other.route.attachments


def _live(table: TransitTable) -> Iterator[TransitRoute]:
    return (r for r in table.routes or () if r.state != "deleted")


def _entries(network: Network, route: TransitRoute) -> Iterator[_Entry]:
    held = network.things.get(route.destination)
    blocks = (held.cidrs or ()) if isinstance(held, PrefixList) else (route.destination,)
    rank = 1 if route.listed else 0 if route.static else 2 + _preference(route)
    return (_Entry(_length(b), rank, cidr(b), route) for b in blocks)


def _preference(route: TransitRoute) -> int:
    kind = route.types[0] if route.types else ""
    return PREFERRED.index(kind) if kind in PREFERRED else len(PREFERRED)


def _length(text: str) -> int:
    try:
        return ip_network(text, strict=False).prefixlen
    except ValueError:
        return -1


def unread_lists(network: Network, table: TransitTable) -> tuple[Ranges, Gap | None]:
    """What routes by lists without entries may take, the longest prefix or not."""
    vague, found = NOTHING, None
    for route in _live(table):
        if route.destination.startswith("pl-"):
            cover, gap = network.cover(route.destination, table.home)
            if gap is not None:
                vague, found = vague | cover.may, found or gap
    return vague, found


# -- where a lookup ends -----------------------------------------------------------------------------------


def unread(id: str, covers: Ranges, why: str = "", needs: str = "ec2:SearchTransitGatewayRoutes") -> End:
    """The routes of a table are not known, or not all of them (IN-5, TGW-14)."""
    why = why or f"the routes of {id} were not read, or not all of them"
    shown = (Evidence(id, "Routes", why),)
    reason = TRANSIT_ROUTES_UNKNOWN
    return End(covers, Verdict.UNKNOWN, id, KIND, reason, "", f"{why}.", reason.fix, shown, needs)


def cut_off(table: TransitTable, covers: Ranges, taken: Taken | None, toward: Interface | None) -> End:
    """Of a table that was cut off the rest may hold the route, or one that wins over what is there (IN-5)."""
    why = f"{table.id} was not read whole: the route may be in the rest"
    if taken is not None:
        why = f"{table.id} was not read whole: a route may be missing that wins over that for {taken.route.destination}"
    mine = (toward.addresses | toward.ipv6) & covers if toward and toward.exact else NOTHING
    one = Ranges.of(mine.spans[0][0]) if mine else NOTHING
    if not one:
        return unread(table.id, covers, why)
    matched = f"Name=route-search.longest-prefix-match,Values={format_addresses(one)[0]}"
    command = "aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id"
    fix = f"Ask the table for this address: {command} {table.id} --filters {matched}"
    return replace(unread(table.id, covers, why), fix=fix)


def changing(table: TransitTable, taken: Taken) -> End:
    """A route that is just being added or removed, or in a state nobody knows, may take the traffic or not (IN-4)."""
    route = taken.route
    why = f"the route of {table.id} for {route.destination} is {route.state}"
    return unread(table.id, taken.covers, why, "a fresh read of the table")


def blackhole(table: TransitTable, taken: Taken, reply: str) -> End:
    """The route that wins drops what it matches (TGW-5)."""
    route = taken.route
    why = f"{table.id} has a blackhole route for {route.destination}{reply}."
    verb = "delete-transit-gateway-route" if not route.listed else "delete-transit-gateway-prefix-list-reference"
    what = f"--prefix-list-id {route.listed}" if route.listed else f"--destination-cidr-block {route.destination}"
    fix = f"aws ec2 {verb} --transit-gateway-route-table-id {table.id} {what}"
    shown = (table.proof(f"Routes[{route.index}].State", route.state),)
    reason, note = TRANSIT_BLACKHOLE, beaten(table, taken)
    return End(taken.covers, Verdict.BLOCKED, table.id, KIND, reason, "", why, fix, shown, note=note)


def beaten(table: TransitTable, taken: Taken) -> Note | None:
    """An active route that would lead elsewhere, but loses to the one that is taken."""
    other = next((r for r in taken.losers if r.state == "active" and r.attachments != taken.route.attachments), None)
    if other is None:
        return None
    to, by = ", ".join(other.attachments), taken.route
    if other.destination == by.destination:
        text = f"{table.id} also lists {other.destination} → {to}, which has a lower priority."
        return Note("TGW_RTB_HIGHER_PRIORITY_ROUTE", text, table.id)
    text = f"{table.id} also lists {other.destination} → {to}, but {by.destination} is more specific."
    return Note("TGW_RTB_MORE_SPECIFIC_ROUTE", text, table.id)


def no_route(network: Network, table: TransitTable, covers: Ranges, toward: Interface | None, reply: str) -> End:
    """No route of the table covers it (TGW-4, TGW-6)."""
    why, fix = _missing(network, table, toward, reply)
    shown = (table.proof("Routes", [r.destination for r in table.routes or ()]),)
    listed = [f"{r.destination} → {', '.join(r.attachments)}" for r in _live(table) if r.state == "active"][:4]
    text = f"{table.id} lists {'; '.join(listed)}: none of them covers this destination."
    note = Note("TGW_RTB_CANNOT_ROUTE", text, table.id) if listed else None
    reason = NO_ATTACHMENT_ROUTE
    return End(covers, Verdict.BLOCKED, table.id, KIND, reason, "", why, fix, shown, note=note)


def _missing(network: Network, table: TransitTable, toward: Interface | None, reply: str) -> tuple[str, str]:
    """Why the route is not there, and the command that adds it, as far as the data tells whose it would be."""
    why = f"{table.id} has no route {'back to the sender' if reply else 'to the destination'}."
    wanted = attachment_of(network, table.gateway, toward.vpc) if toward and toward.vpc and table.gateway else None
    if wanted is None or toward is None:
        return why, NO_ATTACHMENT_ROUTE.fix
    block = (format_addresses(toward.addresses) or ["CIDR"])[0]
    subnet = network.things.get(toward.subnet)
    block = getattr(subnet, "cidr", "") or block
    ids = f"--transit-gateway-route-table-id {table.id} --transit-gateway-attachment-id {wanted.id}"
    fix = f"aws ec2 create-transit-gateway-route {ids} --destination-cidr-block {block}"
    if table.propagating is not None and wanted.id not in table.propagating:
        fix = f"aws ec2 enable-transit-gateway-route-table-propagation {ids}"
    elif table.propagating is not None:
        why = f"{why[:-1]}, although {wanted.id} propagates into it: ranges that overlap another's are left out."
    return why, fix
