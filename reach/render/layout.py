"""Where the boxes and nodes of a scene stand: a grid of one row per zone and one column per step.

All lengths are points. Subnets of a zone share a lane as long as no line has to pass between them;
the room that a cross, its badge and its tag take is part of the grid, so that nothing meets later.
"""

from __future__ import annotations

from msgspec import Struct, field

from reach.render.drawing import Area
from reach.render.lettering import width
from reach.render.scene import Edge, Node, Scene, State, SubnetBox
from reach.render.sequence import sequence

PAGE, HEADER_ROOM = 20, 50
NODE_W, NODE_H, SLOT_GAP = 118, 52, 18
# Nodes, gaps and channels where a path has too many steps for a page.
NARROWER = ((96.0, 40.0, 44.0), (84.0, 34.0, 44.0), (78.0, 28.0, 34.0), (74.0, 20.0, 28.0))
PAD, VPC_HEADER, ZONE_HEADER = 14, 28, 22
SUBNET_HEADER, SUBNET_FOOT = 32, 18
GAP, ROW_GAP, LANE_GAP, CHANNEL = 58, 16, 14, 44
REPLY_TURN = 44  # a reply turns before the line that it answers
VPC_GAP, JOIN_GAP = 24, 10  # in a map: between VPCs, and between the lines that join them
CROSS_AT, CROSS_R, BADGE_AT, BADGE_R, TAG_SIZE = 34, 10, 22, 7.5, 8.0
WIDEST_HEADER = 320
EVERYWHERE = 99


class Plan(Struct):
    """Areas of everything, by key; zones and lanes in the order of their rows."""

    nodes: dict[str, Area] = field(default_factory=dict)
    subnets: dict[str, Area] = field(default_factory=dict)
    zones: list[tuple[str, str, Area]] = field(default_factory=list)  # vpc, zone, area
    vpcs: dict[str, Area] = field(default_factory=dict)
    bottom: float = 0
    right: float = 0
    node_w: float = NODE_W
    gap: float = GAP
    channel: float = CHANNEL


class _Lane(Struct):
    taken: set[int] = field(default_factory=set)
    subnets: list[SubnetBox] = field(default_factory=list)
    top: float = 0
    high: float = 0


def stub_room(edge: Edge) -> float:
    """How far from its subnet's border the cross of an edge, its badge and its tag reach."""
    tag = width(edge.tag, TAG_SIZE, bold=True)
    if edge.target:  # the tag stands above the line
        return max(CROSS_AT + BADGE_AT + BADGE_R, CROSS_AT - CROSS_R + tag) + 12
    return CROSS_AT + BADGE_AT + BADGE_R + 6 + tag + PAD


def stops(edge: Edge) -> bool:
    """Whether an edge has a cross or a question mark on it."""
    return edge.state is State.BLOCKED or edge.target is None or (edge.state is State.UNKNOWN and bool(edge.tag))


def plan(
    scene: Scene,
    gap: float = GAP,
    slot_gap: float = SLOT_GAP,
    node_w: float = NODE_W,
    channel: float = CHANNEL,
    *,
    stacked: bool = False,
) -> Plan:
    """Place everything in a scene.

    Parameters
    ----------
    gap, slot_gap
        Between columns, and between nodes above each other.
    node_w
        How wide a node is.
    channel
        The least room on either side of what stands on a VPC's border.
    stacked
        VPCs stand above each other with one right border, as in a map, else beside each other.

    Returns
    -------
    Plan
        INVARIANT: no two nodes touch, no two subnets touch, and a node is inside its subnet.
    """
    out = Plan(node_w=node_w, gap=gap, channel=channel)
    left = float(PAGE)
    parts = sequence(scene)
    if stacked:
        blocks = [_Block(scene, part, gap, slot_gap, node_w, channel) for part in parts if isinstance(part, str)]
        left = _above_each_other(out, blocks) + sum(e.joins for e in scene.edges) * JOIN_GAP
        left += _channel(scene, {n.key for n in scene.nodes if n.border_of}, channel)
        parts = [part for part in parts if not isinstance(part, str)]
    made = {part: _Block(scene, part, gap, slot_gap, node_w, channel) for part in parts if isinstance(part, str)}
    head = max((block.head for block in made.values()), default=0)
    for part in parts:
        if isinstance(part, str):
            block = made[part]  # its first row is level with the others'
            left = block.place(out, left, HEADER_ROOM + (head - block.head if block.boxes else 0))
            keys = {n.key for n in scene.nodes if n.border_of == part}
        else:
            _stack(out, scene, part, left, _middle(out))
            left += node_w
            keys = {n.key for n in part}
        left += _channel(scene, keys, channel)
    areas = [*out.nodes.values(), *out.vpcs.values()]
    out.right = max((a.right for a in areas), default=300)
    out.bottom = max((a.bottom for a in areas), default=120)
    return out


def _above_each_other(out: Plan, blocks: list[_Block]) -> float:
    """Put VPCs on one right border; the right end of what stands on it."""
    wide = max((block.place(Plan(node_w=out.node_w), PAGE) for block in blocks), default=float(PAGE))
    top = float(HEADER_ROOM)
    for block in blocks:
        short = wide - block.place(Plan(node_w=out.node_w), PAGE)
        block.place(out, PAGE, top, short)
        inside = [out.nodes[n.key].bottom for n in block.borders]
        top = max([out.vpcs[block.vpc].bottom, *inside]) + VPC_GAP
    return wide


def _middle(out: Plan) -> float:
    """Half the height of the VPCs that are placed."""
    tops = [a.top for a in out.vpcs.values()]
    return (min(tops) + max(a.bottom for a in out.vpcs.values())) / 2 if tops else HEADER_ROOM + 40


def _channel(scene: Scene, keys: set[str], least: float) -> float:
    """The room right of nodes on a border or outside, more if something is stopped there."""
    ends = [e for e in scene.edges if stops(e) and (e.target if e.reply else e.source) in keys]
    inside = {n.key for n in scene.nodes if n.subnet}
    return max([least, *(stub_room(e) + _turn_room(e, inside) for e in ends)])


def _turn_room(edge: Edge, inside: set[str]) -> float:
    """The room behind a cross in which a line turns to another row of the next VPC."""
    return REPLY_TURN if edge.reply else 30 if edge.target in inside else 0


def _stack(out: Plan, scene: Scene, nodes: list[Node], left: float, middle: float) -> None:
    """Nodes above each other, each as level as possible with what leads to it."""
    wanted: list[tuple[float, str]] = []
    straight: set[float] = set()
    feeding = [e for e in scene.edges if e.source in out.nodes and not e.joins]
    for node in nodes:
        level = {_centre(out.nodes[e.source]) for e in feeding if e.target == node.key}
        straight |= level if len(level) == 1 else set()
        wanted.append((level.pop() if len(level) == 1 else _snapped(middle, out), node.key))
    pitch = NODE_H + 24
    at = None
    spots = []
    for level_at, key in sorted(wanted):
        at = level_at if at is None else max(level_at, at + pitch)
        spots.append((at, key))
    # A node that is level with its only source stays so; the others share the room.
    level_one = any(
        abs(at - want) < 0.5 and want in straight for (want, _), (at, _) in zip(sorted(wanted), spots, strict=True)
    )
    slack = 0 if level_one or not spots else (spots[-1][0] - max(w for w, _ in wanted)) / 2
    for at, key in spots:
        top = max(at - slack, HEADER_ROOM + 10 + NODE_H / 2) - NODE_H / 2
        out.nodes[key] = Area(left, top, left + out.node_w, top + NODE_H)


def _centre(area: Area) -> float:
    return (area.top + area.bottom) / 2


def _snapped(middle: float, out: Plan) -> float:
    """The level of a row that is nearly in the middle, else the middle."""
    near = [c for c in map(_centre, out.nodes.values()) if abs(c - middle) <= 20]
    return min(near, key=lambda c: abs(c - middle), default=middle)


class _Block:
    """One VPC: its zones, their lanes, its columns."""

    def __init__(self, scene: Scene, vpc: str, gap: float, slot_gap: float, node_w: float, channel: float) -> None:
        self.scene, self.vpc, self.gap, self.slot_gap, self.node_w = scene, vpc, gap, slot_gap, node_w
        self.channel = channel
        self.boxes = [b for b in scene.subnets if b.vpc == vpc]
        self.nodes = {b.id: [n for n in scene.nodes if n.subnet == b.id] for b in self.boxes}
        self.borders = [n for n in scene.nodes if n.border_of == vpc]
        self.column_of: dict[str, int] = {}
        self.zones: dict[str, list[_Lane]] = {}
        for zone in sorted({b.zone for b in self.boxes}, key=lambda z: (not z, z)):
            self.zones[zone] = []
        for box in self.boxes:
            self._choose_lane(box)
        self.gaps = self._gaps()

    @property
    def head(self) -> int:
        """How far below the block's top its first nodes stand."""
        if not self.boxes:
            return 0
        first = next(iter(self.zones))
        return VPC_HEADER + (ZONE_HEADER if first else 0) + (0 if self.boxes[0].bare else SUBNET_HEADER)

    # -- which lane and which columns ---------------------------------------------------------------

    def _columns(self, box: SubnetBox) -> set[int]:
        if box.column is not None:
            return {box.column}
        found = {n.column for n in self.nodes[box.id]}
        return set(range(min(found), max(found) + 1)) if found else {0}

    def _reserved(self, box: SubnetBox) -> set[int]:
        """The cells that lines from this subnet pass on their lane."""
        out: set[int] = set()
        last = max(self._columns(box))
        for node in self.nodes[box.id]:
            for edge in (e for e in self.scene.edges if e.source == node.key and not e.reply):
                target = self.scene.node(edge.target) if edge.target else None
                if target is None:
                    out.add(last + 1)
                elif target.subnet in self.nodes:
                    out |= set(range(node.column + 1, target.column))
                else:
                    out |= set(range(node.column + 1, EVERYWHERE))
        return out - self._columns(box)

    def _choose_lane(self, box: SubnetBox) -> None:
        need = self._columns(box)
        lanes = self.zones[box.zone]
        lane = next((x for x in lanes if not need & x.taken), None)
        ahead = {c for s in (lane.subnets if lane else []) for c in self._columns(s)}
        if lane is None or self._reserved(box) & ahead:
            lane = _Lane()
            lanes.append(lane)
        lane.taken |= need | self._reserved(box)
        lane.subnets.append(box)
        slots = max(self._slots(box).values(), default=0)
        body = slots * NODE_H + max(slots - 1, 0) * self.slot_gap if slots else 8
        frame = 8 if box.bare else SUBNET_HEADER + SUBNET_FOOT
        lane.high = max(lane.high, frame + body)

    def _slots(self, box: SubnetBox) -> dict[int, int]:
        """How many nodes stand above each other in each column of a subnet."""
        count: dict[int, int] = {}
        for node in self.nodes[box.id]:
            at = box.column if box.column is not None else node.column
            count[at] = count.get(at, 0) + 1
        return count

    # -- how wide the gaps are ----------------------------------------------------------------------

    def _gaps(self) -> list[float]:
        """The gap behind each column; the last one is what the zone's border keeps clear."""
        last = max((c for b in self.boxes for c in self._columns(b)), default=0)
        gaps = [self.gap] * last + [0.0]
        for lane in (x for lanes in self.zones.values() for x in lanes):
            ends = {c for b in lane.subnets for c in self._columns(b)}
            for box in lane.subnets:
                for at, edges in self._stops_from(box).items():
                    if at == last or at + 1 in ends or any(e.target for e in edges):
                        room = max(map(stub_room, edges)) + max(self._turn(e, box, at) for e in edges)
                        gaps[at] = max(gaps[at], room)
        return gaps

    def _turn(self, edge: Edge, box: SubnetBox, at: int) -> float:
        """The room that a line needs behind its cross to reach a node of another row."""
        far = edge.source if edge.reply else edge.target
        node = self.scene.node(far) if far else None
        turns = node is not None and node.subnet not in (None, box.id) and node.column == at + 1
        return (REPLY_TURN if edge.reply else 30) if turns else 0

    def _stops_from(self, box: SubnetBox) -> dict[int, list[Edge]]:
        """The edges with a cross in a subnet, by the column of the node beside which it stands."""
        out: dict[int, list[Edge]] = {}
        columns = {n.key: n.column for n in self.nodes[box.id]}
        for edge in filter(stops, self.scene.edges):
            near = edge.target if edge.reply else edge.source
            if near in columns:
                out.setdefault(columns[near], []).append(edge)
        return out

    def _header(self) -> float:
        """How wide the VPC's own line of text wants to be."""
        box = next(v for v in self.scene.vpcs if v.id == self.vpc)
        return min(46 + width(box.title, 8, bold=True) + width(box.detail, 6.8, mono=True), WIDEST_HEADER)

    # -- coordinates --------------------------------------------------------------------------------

    def place(self, out: Plan, left: float, top: float = HEADER_ROOM, more: float = 0) -> float:
        """Put the block at `left`, `more` wider than it need be; the right end of all that belongs to it."""
        subnet_w = self.node_w + 2 * PAD
        named = [z for z in self.zones if z]
        inset = PAD if named else 0
        xs = [left + PAD + inset]
        for gap in self.gaps[:-1]:
            xs.append(xs[-1] + subnet_w + gap)
        right = xs[-1] + subnet_w + max(self.gaps[-1], inset) if self.boxes else left
        right = max(right, left + self._header() - (self.channel + self.node_w / 2 if self.borders else PAD)) + more
        at = top + VPC_HEADER
        for zone, lanes in self.zones.items():
            start = at
            at += ZONE_HEADER if zone else 0
            for lane in lanes:
                self._place_lane(out, lane, xs, at)
                at += lane.high + LANE_GAP
            at += (PAD if zone else 0) - LANE_GAP
            if zone:
                out.zones.append((self.vpc, zone, Area(left + PAD, start, right, at)))
            at += ROW_GAP
        bottom = at - ROW_GAP + PAD if self.zones else at + NODE_H
        if self.borders:
            edge = right + self.channel + self.node_w / 2
            bottom = max(bottom, top + VPC_HEADER + len(self.borders) * (NODE_H + 24) + 10)
            _stack(out, self.scene, self.borders, edge - self.node_w / 2, (top + VPC_HEADER + bottom - PAD) / 2)
            bottom = max(bottom, *(out.nodes[n.key].bottom + PAD for n in self.borders))
        else:
            edge = right + PAD
        out.vpcs[self.vpc] = Area(left, top, edge, bottom)
        return edge + (self.node_w / 2 if self.borders else 0)

    def _place_lane(self, out: Plan, lane: _Lane, xs: list[float], top: float) -> None:
        for box in lane.subnets:
            columns = self._columns(box)
            area = Area(xs[min(columns)], top, xs[max(columns)] + self.node_w + 2 * PAD, top + lane.high)
            out.subnets[box.id] = area
            used: dict[int, int] = {}
            for node in self.nodes[box.id]:
                at = box.column if box.column is not None else node.column
                slot = used.get(at, 0)
                used[at] = slot + 1
                head = 0 if box.bare else SUBNET_HEADER
                x, y = xs[at] + PAD, top + head + slot * (NODE_H + self.slot_gap)
                out.nodes[node.key] = Area(x, y, x + self.node_w, y + NODE_H)
