"""Where a route table sends traffic: the steps of each route that wins."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from reach.answer import Assumption, Note, Verdict
from reach.checks.ends import (
    BAD_ROUTE,
    CANNOT_ROUTE,
    HIGHER_PRIORITY,
    LOCAL_ONLY,
    MORE_SPECIFIC,
    NO_ROUTE,
    NOBODY,
    UNSUPPORTED,
)
from reach.checks.guard import UNKNOWN_RESOURCE, settled_by
from reach.links.joining import missing_route
from reach.links.nexthops import follow
from reach.links.nexthops.nat import return_to_sender
from reach.links.rivals import contested
from reach.links.steps import FORWARD, RETURN, End, Place, Step, Turn, passed_over, unreadable
from reach.network import Interface, Network, PrefixList, Route, RouteTable
from reach.routes import Choice, Chosen, NoRoute, Rivals, Undecided, choices
from reach.traffic import LINE, cidr

RESERVED = cidr("169.254.168.0/22") | cidr("fd00:ec2::/32")  # RT-12
LATTICE = cidr("169.254.171.0/24") | cidr("fd00:ec2:80::/64")  # a part of those (VPCE-24)


def routed(network: Network, place: Place, toward: Interface | None) -> Iterator[Step]:
    """All steps out of a route table."""
    table = network.get(place.resource)
    if not isinstance(table, RouteTable):
        yield unreadable(LINE, place.resource, "ec2:DescribeRouteTables", "the route table cannot be read", place.kind)
        return
    if place.direction is RETURN and toward and toward.type == "nat_gateway" and toward.vpc != table.vpc:
        returned = return_to_sender(network, table, place, toward)
        if returned:
            yield returned
            return
    yield _reserved(table)
    yield _lattice(table)
    for choice in choices(network, table):
        rest = replace(choice, covers=choice.covers - RESERVED)
        yield from _chosen(network, place, table, rest, toward) if rest.covers else ()


def _reserved(table: RouteTable) -> End:
    """AWS's own services answer in these ranges; no route forwards what is sent there (RT-12)."""
    why = f"No route forwards packets to this address: AWS keeps it for its own services. {table.id} is not asked."
    return End(RESERVED - LATTICE, Verdict.BLOCKED, table.id, "route_table", NOBODY, why=why, fix=NOBODY.fix)


def _lattice(table: RouteTable) -> End:
    """By these addresses a VPC has the services of its service network, without any route (VPCE-24)."""
    why = f"These addresses are VPC Lattice's: what the service network of {table.vpc} has there is not decided."
    needs, shown = "what VPC Lattice has there", (table.proof("VpcId", table.vpc),)
    return End(LATTICE, Verdict.UNKNOWN, table.id, "route_table", UNSUPPORTED, "", why, UNSUPPORTED.fix, shown, needs)


def _chosen(
    network: Network, place: Place, table: RouteTable, choice: Choice, toward: Interface | None
) -> Iterator[Step]:
    kind = "route_table"
    match choice:
        case NoRoute(covers):
            where = "to the destination" if place.direction is FORWARD else "back to the sender"
            why = f"{table.id} has no route {where}."
            shown = (table.proof("Routes", [r.text for r in table.routes or ()]),)
            fix = missing_route(network, table, covers, toward, place.came_by)
            found = (table.id, kind, NO_ROUTE, "", why, fix, shown)
            yield End(covers, Verdict.BLOCKED, *found, assumption=passed_over(table, covers), note=_listed(table))
        case Undecided(covers, _, gap):
            shown, fix = (table.proof("Routes", gap.why),), settled_by(gap.needs)
            found = (table.id, kind, UNKNOWN_RESOURCE, "", f"{gap.why}.", fix, shown)
            yield End(covers, Verdict.UNKNOWN, *found, needs=gap.needs)
        case Rivals(covers, _):
            way = Turn(place, table, choice.routes[0], covers, toward)
            yield from contested(network, place, table, choice, lambda r: _taken(network, replace(way, route=r), ()))
        case Chosen(covers, route, losers):
            yield from _taken(network, Turn(place, table, route, covers, toward), losers)


def _listed(table: RouteTable) -> Note | None:
    """What the table does list, where none of it covers the destination (RT-3, RT-4).

    Lists of a service's addresses are not worth a word: nobody takes them for a way to anything else.
    """
    live = [r for r in table.routes or () if r.state != "filtered"]
    listed = [r for r in live if r.target != "local"]
    others = [r.text for r in listed if not (r.is_prefix_list and (r.target or "").startswith("vpce-"))][:4]
    if listed and not others:
        return None
    if others:
        text = f"{table.id} lists {'; '.join(others)}: none of them covers this destination."
        return Note(CANNOT_ROUTE.code, text, table.id)
    blocks = ", ".join(r.destination for r in live)
    text = f"{table.id} has nothing but the local route, which covers {blocks} only."
    return Note(LOCAL_ONLY.code, text, table.id) if blocks else None


def _beaten(network: Network, turn: Turn, losers: tuple[Route, ...]) -> Note | None:
    """An active route that would lead elsewhere, but loses to the one that is taken (RT-4, RT-5).

    That a longer prefix wins is worth a word only where it leads nowhere.
    """
    mine = _blocks(network, turn.route)
    for other in (r for r in losers if r.state == "active" and r.target != turn.target):
        if mine & _blocks(network, other):
            text = f"{turn.table.id} also lists {other.text}, which has a lower priority."
            return Note(HIGHER_PRIORITY.code, text, turn.table.id)
        if turn.route.state == "blackhole":
            text = f"{turn.table.id} also lists {other.text}, but {turn.route.destination} is more specific."
            return Note(MORE_SPECIFIC.code, text, turn.table.id)
    return None


def _blocks(network: Network, route: Route) -> set[str]:
    held = network.things.get(route.destination)
    return set(held.cidrs or ()) if isinstance(held, PrefixList) else {route.destination}


def _taken(network: Network, turn: Turn, losers: tuple[Route, ...]) -> Iterator[Step]:
    """A blackhole still wins and drops (RT-10); else the target takes it from here."""
    route, table = turn.route, turn.table
    beaten = _beaten(network, turn, losers)
    if route.state == "active":
        yield from follow(network, replace(turn, beside=beaten))
        return
    if route.state != "blackhole":
        why = f"{table.id} lists {route.text} in the unknown state {route.state!r}."
        yield turn.undecided(why, resource=table.id)
        return
    why = f"{table.id} sends {route.destination} to {turn.target or 'a target that is gone'}, which is a blackhole."
    fix = f"aws ec2 replace-route --route-table-id {table.id} --destination-cidr-block {route.destination} …"
    shown = (table.proof(f"Routes[{route.index}].State", route.state), *turn.because.evidence)
    detail = turn.because.detail
    says = Assumption("RT-10", f"The blackhole route of {table.id} drops what it matches; nothing falls through it.")
    found = (table.id, "route_table", BAD_ROUTE, detail, why, fix, shown)
    yield End(turn.covers, Verdict.BLOCKED, *found, assumption=says, note=beaten)
