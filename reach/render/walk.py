"""The hops of a path cut into steps from station to station; what is no place of its own is asked on the way."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Hop, Layer, Path
from reach.network import Vpc
from reach.render.place import Places
from reach.render.scene import Node

GUARDS = frozenset(
    {
        *("security_group", "network_acl", "route_table", "subnet", "dns"),
        *("transit_gateway_attachment", "transit_gateway_route_table"),
    }
)
AGAIN = " again "  # behind the key of a place that traffic comes to a second time


class Step(Struct):
    """From one station to the next, with all that was asked on it."""

    source: Node
    asked: list[Hop]
    hop: Hop | None = None  # the station that it leads to
    target: Node | None = None


def walk(places: Places, path: Path, hops: list[Hop]) -> list[Step]:
    """The steps of a path; the sender's own hops are asked on the first.

    Traffic goes on to the right: what it comes to again is drawn again if it goes on from there (a transit
    gateway behind an inspection), else it is asked about on the step that comes back to it.
    """
    steps = [Step(places.function(path.subnet), [])]
    for at, hop in enumerate(hops):
        gateway = places.gateway_of(hop)
        if gateway is not None and not same_place(steps[-1].source.key, gateway.resource):
            _go(steps, gateway, places.station(gateway, path, steps[-1].source))
        if _is_asked(places, hop, at, steps):
            steps[-1].asked.append(hop)
            continue
        station = _seen_from_outside(places, places.station(hop, path, steps[-1].source), steps)
        if is_policy(hop):
            _policy(steps, hop, station)
            continue
        steps[-1].asked.append(hop)
        here = same_place(station.key, steps[-1].source.key)
        before = any(same_place(station.key, s.source.key) for s in steps)
        if not here and (not before or hop.kind == "transit_gateway"):
            _go(steps, hop, station)
    arrival = places.arrival(path, steps[-1].source) if steps[-1].asked else None
    arrival = arrival and _seen_from_outside(places, arrival, steps)
    if arrival is not None and not any(same_place(arrival.key, s.source.key) for s in steps):
        steps[-1].target = arrival
        steps.append(Step(arrival, []))
    return steps


def _seen_from_outside(places: Places, station: Node, steps: list[Step]) -> Node:
    """What traffic comes back to over the internet, in a VPC that it has left, is drawn where it comes from."""
    here = steps[-1].source
    left = {places.vpc_of(s.source.subnet) for s in steps if s.source.subnet}
    if here.subnet or here.border_of or not station.subnet or places.vpc_of(station.subnet) not in left:
        return station
    return replace(station, subnet=None, column=0, detail=f"in {station.subnet}")


def _go(steps: list[Step], hop: Hop, station: Node) -> None:
    visits = sum(same_place(station.key, s.source.key) for s in steps)
    if visits:
        station = replace(station, key=f"{station.key}{AGAIN}{visits + 1}", detail=f"{station.detail}, again")
    steps[-1].hop, steps[-1].target = hop, station
    steps.append(Step(station, []))


def _is_asked(places: Places, hop: Hop, at: int, steps: list[Step]) -> bool:
    """Whether a hop is no place of its own: a guard, the sender itself, a VPC as a whole."""
    if hop.kind in GUARDS or places.is_a(hop.resource, Vpc):
        return True
    sends = hop.kind in ("function", "interface")
    return sends and (at == 0 or (len(steps) == 1 and hop.resource == places.answer.source.id))


def _policy(steps: list[Step], hop: Hop, station: Node) -> None:
    """A policy is asked where traffic leaves its resource, or on the last step if that is where traffic ends."""
    leaving = [s for s in steps[:-1] if same_place(s.source.key, station.key)]
    if leaving:
        leaving[-1].asked.append(hop)
    elif same_place(steps[-1].source.key, station.key):
        (steps[-2] if len(steps) > 1 else steps[-1]).asked.append(hop)
    else:
        steps[-1].asked.append(hop)
        _go(steps, hop, station)


def is_policy(hop: Hop) -> bool:
    """Whether a hop asks a policy about the request, not the network about the packets."""
    return any(f.reason is not None and f.reason.layer is Layer.AUTHZ for f in hop.findings)


def same_place(one: str, other: str) -> bool:
    """Whether two keys mean one place, visited once or again."""
    return one.partition(AGAIN)[0] == other.partition(AGAIN)[0]
