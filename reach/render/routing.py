"""Where the lines of a scene run: orthogonal, never through a box, with cross, badge and tag.

Several ways are tried for each line; the cheapest is taken, and what is drawn already counts as a cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from msgspec import Struct, field

from reach.render.drawing import Area, Disc, Label, Shape, Stretch
from reach.render.layout import (
    BADGE_AT,
    BADGE_R,
    CROSS_AT,
    CROSS_R,
    JOIN_GAP,
    PAD,
    ROW_GAP,
    TAG_SIZE,
    ZONE_HEADER,
    Plan,
    stops,
)
from reach.render.lettering import width
from reach.render.palette import STROKES, WHITE, Theme
from reach.render.scene import Edge, Scene, State

Point = tuple[float, float]
Way = tuple[Point, ...]
BEND, SHARED, THROUGH, OVER = 1.0, 12.0, 15.0, 200.0
ASIDE = 15.0  # a stub or a reply runs this far beside the line


class Routing(Struct):
    """The lines of one scene, drawn one after the other."""

    scene: Scene
    plan: Plan
    theme: Theme
    lines: list[Stretch] = field(default_factory=list)
    marks: list[Shape] = field(default_factory=list)
    taken: list[Area] = field(default_factory=list)  # crosses, badges, tags
    strict: bool = False  # leave out a line that would cross a box
    titles: list[Area] = field(default_factory=list)  # of zones
    measured: dict[Way, tuple[Area, ...]] = field(default_factory=dict)

    def run(self) -> list[Shape]:
        """All lines, then all marks."""
        self.titles = self._titles()
        crosses = self._crosses()
        forward = [e for e in self.scene.edges if not e.reply]
        for edge in (e for e in forward if e.target and _reason(e) in crosses and not self._spared(e)):
            self._rest(edge, crosses[_reason(edge)])
        labels: list[tuple[Way, Edge]] = []
        for edge in sorted(forward, key=lambda e: e.state is State.OFF):
            if stops(edge) or edge.joins:
                continue
            way, cost = self._way(edge)
            if self.strict and cost >= OVER:
                continue
            self.lines.append(Stretch(way, edge.state, of=_name(edge)))
            labels.append((way, edge))
        for edge in (e for e in self.scene.edges if e.reply and _reason(e) in crosses):
            self._reply(edge, crosses[_reason(edge)])
        for way, edge in labels:
            self._badge(way, edge)
        self._join([e for e in self.scene.edges if e.joins])
        quiet = [x for x in self.lines if x.state is State.OFF]
        return [*quiet, *(x for x in self.lines if x.state is not State.OFF), *self.marks]

    def _spared(self, edge: Edge) -> bool:
        """Whether the way on from a cross is clear without this line: each end has one on its own level."""

        def level(e: Edge) -> bool:
            source, target = self.plan.nodes[e.source], self.plan.nodes[e.target or ""]
            return abs(source.top - target.top) < 0.5

        there = [e for e in self.scene.edges if e.target and not e.reply and level(e)]
        leaves = any(_reason(e) == _reason(edge) for e in there)
        return leaves and not level(edge) and any(e.target == edge.target for e in there)

    # -- ways ---------------------------------------------------------------------------------------

    def _ends(self, edge: Edge) -> tuple[Point, Point]:
        assert edge.target is not None
        source, target = self.plan.nodes[edge.source], self.plan.nodes[edge.target]
        return (source.right, (source.top + source.bottom) / 2), (
            target.left,
            (target.top + target.bottom) / 2,
        )

    def _way(self, edge: Edge, start: Point | None = None) -> tuple[Way, float]:
        """The cheapest way for an edge, and what it costs."""
        out, into = self._ends(edge)
        walls, fields = list(self._walls(edge)), list(self._fields(edge))
        best, least = None, float("inf")
        for way in self._ways(edge, start or out, into):
            cost = self._cost(way, walls, fields, edge.state, least)
            if cost < least - 1e-9:
                best, least = way, cost
            if least <= BEND * 2:
                break
        assert best is not None
        return best, least

    def _walls(self, edge: Edge) -> Iterator[Area]:
        """What a line never crosses."""
        for key, area in self.plan.nodes.items():
            if key not in (edge.source, edge.target):
                yield area.grown(6)
        yield from (a.grown(3) for a in self.taken)

    def _fields(self, edge: Edge) -> Iterator[Area]:
        """What a line keeps out of where it can: the subnets that it has nothing to do with."""
        own = {self.scene.node(k).subnet for k in (edge.source, edge.target) if k}
        yield from (area.grown(4) for id, area in self.plan.subnets.items() if id not in own)

    def _titles(self) -> list[Area]:
        """Where the names of zones stand: a line may cross their boxes, not their names."""
        said = ((area, width(f"Availability Zone {zone}", 8, bold=True)) for _, zone, area in self.plan.zones if zone)
        return [Area(a.left + 6, a.top + 1, min(a.left + 10 + long, a.right), a.top + 15) for a, long in said]

    def _ways(self, edge: Edge, out: Point, into: Point) -> Iterator[Way]:
        if abs(out[1] - into[1]) < 0.5:
            yield (out, into)
        tracks = self._tracks(edge, out, into)
        for x in tracks:
            yield _tidy((out, (x, out[1]), (x, into[1]), into))
        for level in self._levels():
            for first in (out[0] + self.plan.channel - 16, out[0] + 40, out[0] + 20):
                for x in tracks[:3]:
                    yield _tidy((out, (first, out[1]), (first, level), (x, level), (x, into[1]), into))

    def _tracks(self, edge: Edge, out: Point, into: Point) -> list[float]:
        """Where a line may turn: in the channel before its target, then nearer to its source."""
        subnet = self.scene.node(edge.target or "").subnet
        edge_x = max(self.plan.subnets[subnet].left, into[0] - PAD) if subnet else into[0]
        middle = 29 if self.plan.gap >= 34 else self.plan.gap / 2  # keeps off the borders on either side
        offsets = (middle, 20, 38, 15, 44) if subnet else (min(24, self.plan.channel / 2 + 2), 34, 16)
        if subnet and not self.scene.node(edge.source).subnet:  # in the channel before a VPC
            offsets = (50, 46, 54, 43, 57)
        near = [edge_x - o for o in offsets] + [out[0] + PAST for PAST in (14 + 29, 14 + 20, 14 + 40)]
        return [x for x in near if out[0] + 8 < x < into[0] - 11] or [(out[0] + into[0]) / 2]

    def _levels(self) -> list[float]:
        """Free heights between and around the rows."""
        rows = sorted({(a.top, a.bottom) for a in self.plan.subnets.values()})
        between = [
            a[1] + (ROW_GAP / 2 + PAD if b[0] - a[1] > ZONE_HEADER + PAD else (b[0] - a[1]) / 2)
            for a, b in pairwise(rows)
            if b[0] > a[1]
        ]
        return [*between, rows[-1][1] + PAD + 7, rows[0][0] - ZONE_HEADER - 8] if rows else []

    def _cost(self, way: Way, walls: list[Area], fields: list[Area], state: State, least: float) -> float:
        """What a way costs, or more than `least` as soon as that is clear."""
        cost = BEND * (len(way) - 2)
        runs = [_between(one, two) for one, two in pairwise(way)]
        for area in runs:
            cost += OVER * sum(area.touches(w) for w in walls)
            cost += (OVER if self.strict else THROUGH) * sum(area.touches(f) for f in fields)
            cost += THROUGH * sum(area.touches(title) for title in self.titles)
        if cost >= least:
            return cost
        others = [run for line in self.lines if line.state is not state for run in self._runs(line)]
        return cost + SHARED * sum(_alongside(area, run) for area in runs for run in others)

    def _runs(self, line: Stretch) -> tuple[Area, ...]:
        """The stretches of a line that is drawn."""
        if line.points not in self.measured:
            self.measured[line.points] = tuple(_between(a, b) for a, b in pairwise(line.points))
        return self.measured[line.points]

    def _join(self, edges: list[Edge]) -> None:
        """Lines without direction between nodes of one border: out to the right, along, and back."""
        for at, edge in enumerate(edges):
            source, target = self.plan.nodes[edge.source], self.plan.nodes[edge.target or ""]
            x = source.right + JOIN_GAP * (1 + at)
            levels = (source.top + source.bottom) / 2, (target.top + target.bottom) / 2
            ways = ((source.right, levels[0]), (x, levels[0]), (x, levels[1]), (target.right, levels[1]))
            self.lines.append(Stretch(ways, edge.state, False, _name(edge)))

    # -- crosses ------------------------------------------------------------------------------------

    def _crosses(self) -> dict[object, Point]:
        """Draw a cross for each reason to stop at each node; what finds no room is left to the list."""
        out: dict[object, Point] = {}
        stopped = [e for e in self.scene.edges if stops(e)]
        for key in dict.fromkeys(map(_anchor, stopped)):
            mine = [e for e in stopped if _anchor(e) == key]
            for edge, side in self._sides(key, mine):
                out[_reason(edge)] = self._stub(edge, side)
        return out

    def _sides(self, key: str, stopped: list[Edge]) -> Iterator[tuple[Edge, float]]:
        """One edge for each reason, and how far beside the middle of its node it runs."""
        firsts = list({_reason(e): e for e in reversed(stopped)}.values())[::-1]
        firsts.sort(key=lambda e: e.state is not State.BLOCKED)  # what is proven goes first
        replies = [e for e in firsts if e.reply]
        yield from ((e, ASIDE) for e in replies[:1])
        ahead = [e for e in self.scene.edges if e.source == key and not stops(e) and e.target and not e.reply]
        if ahead:
            top = self.plan.nodes[key].top
            below = any(self.plan.nodes[e.target or ""].top > top + 1 for e in ahead)
            room = [-ASIDE, ASIDE] if below else [ASIDE, -ASIDE]
        else:
            room = [0.0, 1.4 * ASIDE]
        if replies:
            room = [-ASIDE]
        yield from zip((e for e in firsts if not e.reply), room, strict=False)

    def _stub(self, edge: Edge, side: float) -> Point:
        """The cross of an edge with its badge and tag, and the line up to it."""
        out, border = self._exit(edge)
        at = (border + CROSS_AT, out[1] + side)
        self._cross(edge, at, side)
        if not edge.reply:
            way = ((out[0], at[1]), (at[0] - CROSS_R, at[1]))
            self.lines.append(Stretch(way, edge.state, False, _name(edge)))
        return at

    def _rest(self, edge: Edge, at: Point) -> None:
        """The dotted way that traffic would have taken from its cross."""
        rest = State.UNKNOWN if edge.state is State.UNKNOWN else State.OFF
        way, _ = self._way(edge, (at[0] + BADGE_AT + BADGE_R + 2, at[1]))
        self.lines.append(Stretch(((at[0] + CROSS_R + 2, at[1]), *way), rest, True, _name(edge)))

    def _reply(self, edge: Edge, at: Point) -> None:
        """From the far end back to the cross, beside the line that got there and without crossing it."""
        far, near = self.plan.nodes[edge.source], self.plan.nodes[edge.target or ""]
        y = (far.top + far.bottom) / 2 + ASIDE
        there = next((x.points for x in self.lines if x.of == f"{edge.target}>{edge.source}"), ())
        turn = there[-2][0] if len(there) > 2 else far.left - 24
        beside = 13 if far.top < near.top else -13
        if far.left - (turn + beside) > self.plan.channel - 6 and self.scene.node(edge.source).border_of:
            beside = 13  # else it would run along the zone's border
        nodes = [a for k, a in self.plan.nodes.items() if k not in (edge.source, edge.target)]
        for aside in (beside, -beside, 2 * beside, -2 * beside):
            way = _tidy(((far.left, y), (turn + aside, y), (turn + aside, at[1]), (at[0] + CROSS_R, at[1])))
            runs = [_between(a, b) for a, b in pairwise(way)]
            if not any(_skirts(run, box) for run in runs for box in self.plan.subnets.values()):
                break
        if any(run.touches(n) for run in runs for n in nodes):
            way = (
                (at[0] + BADGE_AT + BADGE_R + 14, at[1]),
                (at[0] + CROSS_R, at[1]),
            )  # its end is all that fits
        self.lines.append(Stretch(way, edge.state, False, _name(edge)))

    def _exit(self, edge: Edge) -> tuple[Point, float]:
        """Where a stopped line leaves its node, and the border behind which its cross stands."""
        key = _anchor(edge)
        node = self.plan.nodes[key]
        subnet = self.scene.node(key).subnet
        box = self.plan.subnets.get(subnet or "")
        border = box.right if box and box.right - node.right < 20 else node.right - 5
        return (node.right, (node.top + node.bottom) / 2), border

    def _cross(self, edge: Edge, at: Point, side: float) -> None:
        colour = STROKES[edge.state].colour
        mark = "x" if edge.state is State.BLOCKED else "?"
        page = WHITE if mark == "x" else colour
        self._add(Disc(*at, CROSS_R, page, colour, 2.2, mark, "cross", _name(edge)))
        badge = (at[0] + BADGE_AT, at[1])
        if edge.badge is not None:
            self._numbered(badge, edge)
        if not edge.tag:
            return
        if edge.target is None:
            x, y = badge[0] + BADGE_R + 6, at[1] + 2.9
        elif side > 0:
            x, y = at[0] - CROSS_R, at[1] + CROSS_R + 10
        else:
            x, y = at[0] - CROSS_R, at[1] - CROSS_R - 5
        ink = self.theme.said[edge.state]
        self._add(Label(x, y, edge.tag, TAG_SIZE, ink, bold=True, role="tag", of=_name(edge), on=self.theme.page))

    # -- badges -------------------------------------------------------------------------------------

    def _badge(self, way: Way, edge: Edge) -> None:
        """The number of an edge on its longest stretch, where it meets nothing."""
        if edge.badge is None:
            return
        runs = sorted(pairwise(way), key=lambda p: -_length(*p))
        spots = [_along(a, b, part) for a, b in runs for part in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)]
        free = [s for s in spots if self._free(s)]
        alone = (s for s in free if not self._crossed(s, way))
        self._numbered(next(alone, free[0] if free else spots[0]), edge)

    def _free(self, at: Point) -> bool:
        area = Disc(*at, BADGE_R + 2, "").area
        nodes = self.plan.nodes.values()
        return not any(area.touches(a) for a in (*nodes, *self.taken))

    def _crossed(self, at: Point, way: Way) -> bool:
        """Whether another line meets this one here."""
        area = Disc(*at, BADGE_R + 1, "").area
        others = [x.points for x in self.lines if x.points != way]
        return any(_between(a, b).touches(area) and at not in (a, b) for p in others for a, b in pairwise(p))

    def _numbered(self, at: Point, edge: Edge) -> None:
        colour = STROKES[edge.state].colour
        self._add(Disc(*at, BADGE_R, colour, self.theme.page, 1.5, role="badge", of=_name(edge)))
        text = str(edge.badge)
        size = 7.5 if len(text) < 2 else 6.8
        label = Label(at[0], at[1] + 0.36 * size, text, size, WHITE, True, False, "center", "number", on=colour)
        self.marks.append(label)

    def _add(self, mark: Disc | Label) -> None:
        self.marks.append(mark)
        self.taken.append(mark.area)


def _anchor(edge: Edge) -> str:
    """The node beside which the cross of an edge stands."""
    return edge.target if edge.reply and edge.target else edge.source


def _reason(edge: Edge) -> tuple[object, ...]:
    """What edges share that have one cross."""
    return _anchor(edge), edge.state, edge.badge, edge.tag, edge.reply, edge.target is None


def _name(edge: Edge) -> str:
    return f"{edge.source}>{edge.target or ''}"


def _tidy(way: Way) -> Way:
    """A way without turns that do not turn."""
    out = [way[0]]
    for point in way[1:]:
        if abs(point[0] - out[-1][0]) + abs(point[1] - out[-1][1]) > 0.5:
            out.append(point)
    return tuple(out)


def _between(one: Point, two: Point) -> Area:
    return Area(min(one[0], two[0]), min(one[1], two[1]), max(one[0], two[0]), max(one[1], two[1]))


def _alongside(one: Area, two: Area) -> bool:
    """Whether two stretches run on top of each other for more than a crossing."""
    wide = min(one.right, two.right) - max(one.left, two.left)
    high = min(one.bottom, two.bottom) - max(one.top, two.top)
    return (wide > 12 and -4 <= high <= 4) or (high > 12 and -4 <= wide <= 4)


def _skirts(run: Area, box: Area) -> bool:
    """Whether a stretch runs along a border of a box, so near that it looks like one with it."""
    upright, level = run.right - run.left < 0.5, run.bottom - run.top < 0.5
    beside = upright and min(abs(run.left - x) for x in (box.left, box.right)) < 6
    above = level and min(abs(run.top - y) for y in (box.top, box.bottom)) < 6
    high = min(run.bottom, box.bottom) - max(run.top, box.top)
    wide = min(run.right, box.right) - max(run.left, box.left)
    return (beside and high > 12) or (above and wide > 12)


def _length(one: Point, two: Point) -> float:
    return abs(one[0] - two[0]) + abs(one[1] - two[1])


def _along(one: Point, two: Point, part: float) -> Point:
    return one[0] + (two[0] - one[0]) * part, one[1] + (two[1] - one[1]) * part
