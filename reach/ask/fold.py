"""Fold what happened to every packet into one verdict, once, at the end.

EACH and CHOSEN branches (asked addresses and ports, the function's subnet, its source port, a NAT gateway's
port, the node that answers) fold by `each`; POSSIBLE ones (an address that is not assigned yet, the subnet
that holds a database) fold by `possible`, outermost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Asked, Verdict, each, possible
from reach.destinations import Destination
from reach.flow import Doubt
from reach.network import Interface
from reach.trace import Trail
from reach.traffic import (
    DPORT,
    DST,
    IPV6,
    PROTOCOL,
    PROTOCOL_NAMES,
    SRC,
    Ranges,
    Traffic,
    format_addresses,
    format_ports,
    union,
)

# An axis of the traffic, or the translator whose address is on an axis of its own behind it.
Axis = int | str


class Branch(Struct, frozen=True):
    """The trails from one interface of the source to one place that the target may be."""

    subnet: str
    node: int
    destination: Destination
    source: Interface | None
    trails: tuple[Trail, ...]

    @property
    def verdict(self) -> Verdict:
        """Over all packets of the branch; source and destination address fold as possible worlds."""
        return over_guesses(self.trails, self._axes)

    @property
    def doubts(self) -> Mapping[str, Doubt]:
        """The facts that forks depend on and that make a difference to the verdict."""
        return _doubts(self.trails, self._axes)

    @property
    def _axes(self) -> list[Axis]:
        axes: list[Axis] = []
        if self.source is not None and not self.source.exact:
            axes.append(SRC)
        if not self.destination.exact:
            axes.append(DST)
        return [*axes, *self.unplaced]

    @property
    def unplaced(self) -> list[str]:
        """The translators on the way whose address is not known."""
        return list(dict.fromkeys(id for t in self.trails for id, _ in t.flow.unplaced))

    def hangs_on(self, translator: str) -> bool:
        """Whether the address of a translator alone makes the difference."""
        return over_guesses(self.trails, [translator]) is Verdict.UNKNOWN


def over_guesses(trails: Sequence[Trail], axes: Sequence[Axis]) -> Verdict:
    """The verdict if each fact that a fork depends on is one of those that it may be, and we do not know which."""
    doubt = _first_doubt(trails)
    if doubt is None:
        return over_worlds(trails, axes)
    return possible(over_guesses(world, axes) for world in _worlds(trails, doubt))


def _doubts(trails: Sequence[Trail], axes: Sequence[Axis]) -> dict[str, Doubt]:
    doubt = _first_doubt(trails)
    if doubt is None:
        return {}
    worlds = _worlds(trails, doubt)
    out = {doubt.fact: doubt} if len({over_guesses(world, axes) for world in worlds}) > 1 else {}
    for world in worlds:
        out |= _doubts(world, axes)
    return out


def _first_doubt(trails: Sequence[Trail]) -> Doubt | None:
    """A fact that may make a difference; in one order, whatever the trails' is."""
    if len({t.verdict for t in trails}) <= 1:
        return None
    return min((doubt for t in trails for doubt, _ in t.flow.guesses), key=lambda d: d.fact, default=None)


def _worlds(trails: Sequence[Trail], doubt: Doubt) -> list[list[Trail]]:
    """The trails of each world in which that fact is settled."""
    axes = [next((axis for d, axis in t.flow.guesses if d.fact == doubt.fact), None) for t in trails]
    mine = list(zip(trails, axes, strict=True))
    pieces = dict.fromkeys(one[axis] for t, axis in mine if axis is not None for one in t.flow.traffic.boxes)
    return [
        [
            _settled(t, doubt)
            for t, axis in mine
            if axis is None or any(one[axis] == piece for one in t.flow.traffic.boxes)
        ]
        for piece in pieces
    ]


def _settled(trail: Trail, doubt: Doubt) -> Trail:
    left = tuple(guess for guess in trail.flow.guesses if guess[0].fact != doubt.fact)
    return replace(trail, flow=replace(trail.flow, guesses=left))


def over_worlds(trails: Sequence[Trail], axes: Sequence[Axis]) -> Verdict:
    """The verdict if, on each of `axes`, one coordinate is true and we do not know which."""
    if not axes or len({t.verdict for t in trails}) <= 1:
        return each(t.verdict for t in trails)
    first, rest = axes[0], axes[1:]
    placed = [(t, _axis(t, first)) for t in trails]
    aside = [t for t, axis in placed if axis is None]  # they do not pass the translator
    worlds = []
    for atom in atoms(one[axis] for t, axis in placed if axis is not None for one in t.flow.traffic.boxes):
        inside = [_only(t, axis, atom) for t, axis in placed if axis is not None]
        worlds.append(over_worlds([*aside, *(t for t in inside if t.flow)], rest))
    return possible(worlds)


def _axis(trail: Trail, axis: Axis) -> int | None:
    return axis if isinstance(axis, int) else dict(trail.flow.unplaced).get(axis)


def _only(trail: Trail, axis: int, atom: Ranges) -> Trail:
    return Trail(trail.flow.of(trail.flow.traffic.where(axis, atom)), trail.hops)


def atoms(on_axis: Iterable[Ranges]) -> list[Ranges]:
    """The coarsest pieces of an axis on which every box is either whole or absent."""
    spans = set(on_axis)
    pieces: list[Ranges] = []
    for span in spans:
        fresh = span
        split: list[Ranges] = []
        for piece in pieces:
            both, only = piece & span, piece - span
            split += [p for p in (both, only) if p]
            fresh = fresh - piece
        pieces = [*split, fresh] if fresh else split
    return pieces


def fold(branches: Sequence[Branch]) -> Verdict:
    """All branches: each node must answer; of a node's destinations one is true."""
    if not any(b.trails for b in branches):
        return Verdict.UNKNOWN  # nothing was followed, so nothing is proven
    nodes = []
    for number in sorted({b.node for b in branches}):
        mine = [b for b in branches if b.node == number]
        labels = list(dict.fromkeys(id(b.destination) for b in mine))
        worlds = [each(b.verdict for b in mine if id(b.destination) == label) for label in labels]
        nodes.append(possible(worlds))
    return each(nodes)


def dimension(branches: Sequence[Branch], typed: bool = False) -> str:
    """What distinguishes the part that works from the part that fails; `typed` addresses are no server's nodes."""
    keys: tuple[tuple[str, Callable[[Branch], object]], ...] = (
        ("subnets", lambda b: b.subnet),
        ("addresses", lambda b: b.destination.addresses <= IPV6),  # one server, by both families
        ("nodes", lambda b: b.node),
    )
    for name, key in keys[: 1 if typed else 3]:
        groups = {k: fold([b for b in branches if key(b) == k]) for k in {key(b) for b in branches}}
        if len(set(groups.values())) > 1 and set(groups.values()) <= {Verdict.REACHABLE, Verdict.BLOCKED}:
            return name
    trails = [t for b in branches for t in b.trails]
    works = shadow(t for t in trails if t.verdict is Verdict.REACHABLE)
    fails = shadow(t for t in trails if t.verdict is Verdict.BLOCKED)
    for name, axis in (("addresses", DST), ("ports", DPORT)):
        if not works.along(axis) & fails.along(axis):
            return name
    if not works.where(PROTOCOL, fails.along(PROTOCOL)):
        return "protocols"
    both = {b.subnet for b in branches}
    if len(both) > 1 and len({fold([b for b in branches if b.subnet == s]) for s in both}) > 1:
        return "subnets"
    return "addresses" if _disjoint(works, fails, DST) else "source ports"


def _disjoint(works: Traffic, fails: Traffic, axis: int) -> bool:
    return bool(works.along(axis) - fails.along(axis)) or bool(fails.along(axis) - works.along(axis))


def shadow(trails: Iterable[Trail]) -> Traffic:
    """The packets of trails as their senders wrote them: the first five axes."""
    return union(Traffic((one[:5],)) for trail in trails for one in trail.flow.traffic.boxes)


def asked(traffic: Traffic) -> tuple[Asked, ...]:
    """What people read: addresses and ports per protocol."""
    names = {v: k for k, v in PROTOCOL_NAMES.items()}
    out = []
    for first, last in traffic.along(PROTOCOL).spans:
        for protocol in range(first, last + 1):
            part = traffic.where(PROTOCOL, Ranges.of(protocol))
            ports = format_ports(part.along(DPORT)) if protocol in (6, 17) else []
            addresses = format_addresses(part.along(DST))
            out.append(Asked(names.get(protocol, str(protocol)), tuple(addresses), tuple(ports)))
    return tuple(out)
