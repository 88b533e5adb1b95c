"""Routes between which AWS picks without saying which: each is followed, as one of several ways (RT-9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from reach.answer import Note
from reach.checks.ends import AMBIGUOUS
from reach.checks.guard import Guard
from reach.flow import Doubt
from reach.links.steps import Fork, Place, Step
from reach.network import Network, Route, RouteTable, Subnet
from reach.routes import Rivals, next_door
from reach.traffic import Ranges


def contested(
    network: Network, place: Place, table: RouteTable, choice: Rivals, follow: Callable[[Route], Iterable[Step]]
) -> Iterator[Fork]:
    """One fork for each part of the destinations in which each of the routes is one step."""
    doubt = _doubt(place, table, choice)
    note = Note(AMBIGUOUS.code, f"{doubt.why} Each of them was followed.", table.id)
    cells: list[tuple[Ranges, tuple[Step, ...]]] = [(choice.covers, ())]
    for route in choice.routes:
        steps = [_past_acl(network, place, choice, route, step) for step in follow(route)]
        cells = [
            (both, (*ways, replace(step, covers=both)))
            for covers, ways in cells
            for step in steps
            if (both := covers & step.covers)
        ]
    for covers, ways in cells:
        yield Fork(covers, ways, doubt, note=note)


def _past_acl(network: Network, place: Place, choice: Rivals, route: Route, step: Step) -> Step:
    """Where one of the routes stays in the sender's subnet, the others pass its ACL only here (NACL-4)."""
    subnet = network.things.get(place.came_from)
    if not isinstance(subnet, Subnet) or next_door(network, route, subnet):
        return step
    if not any(next_door(network, r, subnet) for r in choice.routes):
        return step
    acl = Guard("acl", subnet.id, "network_acl", side="outbound")
    if isinstance(step, Fork):
        return replace(step, ways=tuple(_past_acl(network, place, choice, route, way) for way in step.ways))
    return replace(step, guards=(acl, *step.guards))


def _doubt(place: Place, table: RouteTable, choice: Rivals) -> Doubt:
    """What is said where the routes' ends differ."""
    words = " and ".join(route.text for route in choice.routes)
    why = f"{table.id} lists {words}: the prefix lists overlap, AWS picks one of the routes and keeps it."
    shown = tuple(table.proof(f"Routes[{route.index}]", route.text) for route in choice.routes)
    fact = f"which of the routes {words} of {table.id} AWS picked"
    return Doubt(fact, place.direction, AMBIGUOUS, table.id, why, AMBIGUOUS.fix, shown, "a single route")
