"""What is wrong with a picture: every rule that a drawing keeps, checked on its shapes, in plain words.

Shares no code with the layout: it knows the scene that was asked for and the shapes that came out.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from reach.render.drawing import Area, Box, Disc, Drawing, Label, Stretch
from reach.render.palette import STROKES, Theme, contrast
from reach.render.scene import Edge, Scene, State

MARGIN = 4.0  # nothing comes nearer to the edge of the page
LEAST_CONTRAST, LEAST_SIZE = 4.5, 6.8
LONGEST_TAG = 4  # words
WIDEST, MORE = 901, 100  # points for up to four steps, and for each further one


def problems(scene: Scene, drawing: Drawing, theme: Theme) -> list[str]:
    """Everything that breaks a rule; empty for a picture that may be pasted."""
    look = Look(scene, drawing, theme)
    rules = (
        *(look.apart, look.whole, look.inside, look.clear_of_nodes, look.lines, look.borders),
        *(look.crosses, look.legible, look.order, look.page),
    )
    return [found for rule in rules for found in rule()]


def illegible(scene: Scene, drawing: Drawing, theme: Theme) -> list[str]:
    """What of `problems` depends on the theme."""
    return list(Look(scene, drawing, theme).legible())


class Look:
    """The shapes of one drawing by what they stand for."""

    def __init__(self, scene: Scene, drawing: Drawing, theme: Theme) -> None:
        self.scene, self.drawing, self.theme = scene, drawing, theme
        self.boxes = [s for s in drawing.shapes if isinstance(s, Box)]
        self.labels = [s for s in drawing.shapes if isinstance(s, Label) and s.text]
        self.discs = [s for s in drawing.shapes if isinstance(s, Disc)]
        self.stretches = [s for s in drawing.shapes if isinstance(s, Stretch)]
        self.nodes = {b.of: b.area for b in self.boxes if b.role == "node"}
        self.subnets = {b.of: b.area for b in self.boxes if b.role == "subnet"}
        self.vpcs = {b.of: b.area for b in self.boxes if b.role == "vpc"}

    def apart(self) -> Iterator[str]:
        """No two boxes of a kind, no two labels, no two discs meet."""
        kinds: dict[str, list[tuple[str, Area]]] = {}
        for box in self.boxes:
            if box.role in ("node", "subnet", "zone", "vpc", "pill", "tile"):
                kinds.setdefault(box.role, []).append((box.of, box.area))
        kinds["label"] = [(x.text, x.area) for x in self.labels]
        kinds["disc"] = [(d.of, d.area) for d in self.discs]
        for kind, areas in kinds.items():
            for (a, one), (b, two) in itertools.combinations(areas, 2):
                if one.touches(two):
                    yield f"{kind} {a!r} overlaps {kind} {b!r}"

    def whole(self) -> Iterator[str]:
        """What the scene holds is drawn, once."""
        drawn = [b.of for b in self.boxes if b.role == "node"]
        if sorted(drawn) != sorted(n.key for n in self.scene.nodes):
            yield f"nodes drawn: {sorted(drawn)}"
        if set(self.subnets) != {b.id for b in self.scene.subnets if not b.bare}:
            yield f"subnets drawn: {sorted(self.subnets)}"
        named = [(n.title, n.detail, n.subnet, n.border_of) for n in self.scene.nodes if not n.ghost]
        for one in sorted({n for n in named if named.count(n) > 1}):
            yield f"{one} is drawn twice"

    def inside(self) -> Iterator[str]:
        """Nodes stand in their subnets, subnets in their VPCs, gateways on the border, texts in their boxes."""
        for node in self.scene.nodes:
            area = self.nodes.get(node.key)
            if area is None:
                continue
            if node.subnet in self.subnets and not self.subnets[node.subnet].holds(area):
                yield f"{node.key} is not inside {node.subnet}"
            if node.border_of and abs((area.left + area.right) / 2 - self.vpcs[node.border_of].right) > 0.5:
                yield f"{node.key} is not on the border of {node.border_of}"
            if node.subnet is None and node.border_of is None:
                yield from (f"{node.key} is inside {v}" for v, a in self.vpcs.items() if a.touches(area))
        for box in self.scene.subnets:
            if not box.bare and not self.vpcs[box.vpc].holds(self.subnets[box.id]):
                yield f"{box.id} is not inside {box.vpc}"
        homes = {"name": self.nodes, "title": self.subnets | self.vpcs}
        for label in self.labels:
            home = homes.get(label.role, {}).get(label.of)
            if home is not None and not home.grown(-1).holds(label.area):
                yield f"text {label.text!r} leaves its box"
            if label.role == "glyph" and not any(b.area.holds(label.area) for b in self.boxes if b.role == "tile"):
                yield f"glyph {label.text!r} leaves its tile"
            if label.role == "verdict" and not any(
                b.area.grown(-2).holds(label.area) for b in self.boxes if b.role == "pill"
            ):
                yield f"verdict {label.text!r} leaves its pill"
            if label.role == "number" and not any(d.area.grown(1).holds(label.area) for d in self.discs):
                yield f"number {label.text!r} leaves its disc"

    def clear_of_nodes(self) -> Iterator[str]:
        """What is not part of a node does not meet one; words do not meet discs."""
        for label in self.labels:
            for key, area in self.nodes.items():
                if area.touches(label.area) and not area.holds(label.area):
                    yield f"text {label.text!r} meets node {key}"
            if label.role != "number":
                yield from (f"text {label.text!r} meets a disc" for d in self.discs if d.area.touches(label.area))
        for disc in self.discs:
            yield from (f"disc {disc.of} meets node {k}" for k, a in self.nodes.items() if a.touches(disc.area))

    def lines(self) -> Iterator[str]:
        """Lines are orthogonal and run through no node and no text."""
        texts = [x for x in self.labels if x.role != "number"]
        for line in self.stretches:
            source, _, target = line.of.partition(">")
            for run in _runs(line):
                if min(run.right - run.left, run.bottom - run.top) > 0.5:
                    yield f"line {line.of} is slanted"
                for key, area in self.nodes.items():
                    if key not in (source, target) and area.touches(run.grown(1)):
                        yield f"line {line.of} runs through {key}"
                    if key in (source, target) and area.grown(-3).touches(run):
                        yield f"line {line.of} runs through its own end {key}"
                for text in texts:
                    if text.area.touches(run.grown(0.5)):
                        yield f"line {line.of} runs through {text.text!r}"

    def borders(self) -> Iterator[str]:
        """No line runs along the border of a container."""
        for line in self.stretches:
            for run in _runs(line):
                for box in self.boxes:
                    if box.role in ("vpc", "zone", "subnet") and _along(run, box.area):
                        yield f"line {line.of} runs along the border of {box.role} {box.of}"

    def crosses(self) -> Iterator[str]:
        """Each blocked edge is dashed and ends at a cross; nothing else has one."""
        marks = {(d.of, d.mark): d for d in self.discs if d.mark}
        blocked = [e for e in self.scene.edges if e.state is State.BLOCKED]
        if not blocked and any(d.mark == "x" for d in self.discs):
            yield "a cross where nothing is blocked"
        for edge in blocked:
            alike = [e for e in blocked if _reason(e) == _reason(edge)]
            found = [(marks[_name(e), "x"], _name(e)) for e in alike if (_name(e), "x") in marks]
            if not found:
                yield f"no cross for {_name(edge)}"
                continue
            cross, name = found[0]
            ends = [s for s in self.stretches if s.of == name and s.state is State.BLOCKED]
            if not any(abs(abs(s.points[-1][0] - cross.x) - cross.radius) < 0.5 and
                       abs(s.points[-1][1] - cross.y) < 0.5 for s in ends):
                yield f"the line of {name} does not end at its cross"
        yield from (f"{s.of} is blocked and has an arrow" for s in self.stretches
                    if s.state is State.BLOCKED and s.arrow)
        if not STROKES[State.BLOCKED].dash or STROKES[State.OK].dash:
            yield "blocked and reachable look alike without colour"
        yield from (f"tag {e.tag!r} is too long" for e in self.scene.edges if len(e.tag.split()) > LONGEST_TAG + 1)

    def legible(self) -> Iterator[str]:
        """Each text stands out from what is really painted below it."""
        painted: list[Box | Disc] = []
        for label in self.drawing.shapes:
            if isinstance(label, Box | Disc):
                painted.append(label)
            if not isinstance(label, Label) or not label.text:
                continue
            below = self._below(painted, label)
            ratio = contrast(label.colour, below)
            if ratio < LEAST_CONTRAST:
                yield f"{label.text!r} has contrast {ratio:.1f} on {below}"
            if label.size < LEAST_SIZE:
                yield f"{label.text!r} is set in {label.size} pt"
        for disc in (d for d in self.discs if d.mark == "?"):
            if contrast("#FFFFFF", disc.fill) < LEAST_CONTRAST:
                yield f"the question mark of {disc.of} is faint"

    def _below(self, painted: list[Box | Disc], label: Label) -> str:
        x, y = (label.area.left + label.area.right) / 2, (label.area.top + label.area.bottom) / 2
        point = Area(x, y, x, y)
        return next((s.fill for s in reversed(painted) if s.fill and s.area.holds(point)), self.drawing.page)

    def order(self) -> Iterator[str]:
        """Traffic goes from left to right."""
        for edge in self.scene.edges:
            if edge.target and not edge.reply and not edge.joins:
                source, target = self.nodes[edge.source], self.nodes[edge.target]
                if target.left < source.right:
                    yield f"{edge.source} → {edge.target} does not go to the right"

    def page(self) -> Iterator[str]:
        """Nothing is outside the figure, or at its very edge; a path of few steps fits a page."""
        steps = len({round(a.left) for a in self.nodes.values()})
        if self.drawing.wide > WIDEST + MORE * max(steps - 4, 0):
            yield f"{steps} steps take {self.drawing.wide:.0f} points"
        page = Area(0, 0, self.drawing.wide, self.drawing.high).grown(-MARGIN)
        for shape in self.drawing.shapes:
            areas = list(_runs(shape)) if isinstance(shape, Stretch) else [shape.area]
            if not all(page.holds(area) for area in areas):
                yield f"{shape!r} leaves the page"


def _runs(line: Stretch) -> Iterator[Area]:
    for (x0, y0), (x1, y1) in itertools.pairwise(line.points):
        yield Area(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _along(run: Area, area: Area) -> bool:
    upright, level = run.right - run.left < 0.5, run.bottom - run.top < 0.5
    beside = upright and min(abs(run.left - x) for x in (area.left, area.right)) < 5
    above = level and min(abs(run.top - y) for y in (area.top, area.bottom)) < 5
    high = min(run.bottom, area.bottom) - max(run.top, area.top)
    wide = min(run.right, area.right) - max(run.left, area.left)
    return (beside and high > 12) or (above and wide > 12)


def _reason(edge: Edge) -> tuple[object, ...]:
    return (edge.target if edge.reply else edge.source, edge.badge, edge.tag, edge.reply, edge.target is None)


def _name(edge: Edge) -> str:
    return f"{edge.source}>{edge.target or ''}"
