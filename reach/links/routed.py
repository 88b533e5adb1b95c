"""Where a route table sends traffic: the steps of each route that wins."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from reach.answer import Assumption, Verdict
from reach.checks.ends import AMBIGUOUS, BAD_ROUTE, NO_ROUTE, NOBODY
from reach.checks.guard import UNKNOWN_RESOURCE
from reach.links.nexthops import follow
from reach.links.nexthops.nat import return_to_sender
from reach.links.steps import FORWARD, RETURN, End, Place, Step, Turn, unreadable
from reach.network import Interface, Network, RouteTable
from reach.routes import Choice, Chosen, NoRoute, Undecided, choices
from reach.traffic import LINE, cidr

RESERVED = cidr("169.254.168.0/22") | cidr("fd00:ec2::/32")  # RT-12


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
    for choice in choices(network, table):
        rest = replace(choice, covers=choice.covers - RESERVED)
        yield from _chosen(network, place, table, rest, toward) if rest.covers else ()


def _reserved(table: RouteTable) -> End:
    """AWS's own services answer in these ranges; no route forwards what is sent there (RT-12)."""
    why = f"No route forwards packets to this address: AWS keeps it for its own services. {table.id} is not asked."
    return End(RESERVED, Verdict.BLOCKED, table.id, "route_table", NOBODY, why=why, fix=NOBODY.fix)


def _chosen(
    network: Network, place: Place, table: RouteTable, choice: Choice, toward: Interface | None
) -> Iterator[Step]:
    kind = "route_table"
    match choice:
        case NoRoute(covers):
            why = f"{table.id} has no route to there" + ("" if place.direction is FORWARD else " for the reply") + "."
            shown = (table.proof("Routes", [r.text for r in table.routes or ()]),)
            yield End(covers, Verdict.BLOCKED, table.id, kind, NO_ROUTE, "", why, NO_ROUTE.fix, shown)
        case Undecided(covers, _, gap):
            reason = AMBIGUOUS if gap.resource == "AMBIGUOUS_ROUTE" else UNKNOWN_RESOURCE
            shown = (table.proof("Routes", gap.why),)
            fix = AMBIGUOUS.fix if reason is AMBIGUOUS else f"Supply {gap.needs} and ask again."
            why = f"{gap.why}."
            yield End(covers, Verdict.UNKNOWN, table.id, kind, reason, "", why, fix, shown, gap.needs)
        case Chosen(covers, route, _):
            yield from _taken(network, Turn(place, table, route, covers, toward))


def _taken(network: Network, turn: Turn) -> Iterator[Step]:
    """A blackhole still wins and drops (RT-10); else the target takes it from here."""
    route, table = turn.route, turn.table
    if route.state != "blackhole":
        yield from follow(network, turn)
        return
    why = f"{table.id} sends {route.destination} to {turn.target or 'a target that is gone'}, which is a blackhole."
    fix = f"aws ec2 replace-route --route-table-id {table.id} --destination-cidr-block {route.destination} …"
    shown = (table.proof(f"Routes[{route.index}].State", route.state), *turn.because.evidence)
    detail = turn.because.detail
    says = Assumption("RT-10", f"The blackhole route of {table.id} drops what it matches; nothing falls through it.")
    found = (table.id, "route_table", BAD_ROUTE, detail, why, fix, shown)
    yield End(turn.covers, Verdict.BLOCKED, *found, assumption=says)
