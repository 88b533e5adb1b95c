"""What the picture of an answer shows: its paths as nodes and edges, each edge with a numbered reason.

Reads the hops, decides nothing: which hop failed is in the hop's own findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from reach.answer import Answer, Blocker, Direction, Finding, Hop, Path, Verdict
from reach.render.place import Places
from reach.render.scene import Edge, Line, Node, Scene, State, SubnetBox, VpcBox, clean
from reach.render.sequence import to_the_right
from reach.render.walk import GUARDS, Step, is_policy, same_place, walk
from reach.render.wording import listing, pill, question, said_by, tag_of

MOST_ROWS = 6
_STATE = {Verdict.BLOCKED: State.BLOCKED, Verdict.UNKNOWN: State.UNKNOWN}
_RANK = {State.BLOCKED: 0, State.OK: 1, State.UNKNOWN: 2, State.OFF: 3, State.PLAIN: 4}


def path_scene(answer: Answer) -> Scene:
    """The scene of an answer: one row for each of the function's subnets, equal rows collapsed beyond six."""
    paths, same = _rows(answer)
    draft = _Draft(Places(answer))
    for path in paths:
        draft.add(path)
    if not paths:
        draft.alone()
    lines = draft.lines
    lines += [Line("Same", f"{clean(first)}: {clean(', '.join(rest))}") for first, rest in same.items()]
    lines += _further(answer, draft.shown)
    places = draft.places
    nodes = to_the_right(draft.nodes.values(), draft.edges, places.vpc_of)
    nodes += places.ghosts({n.key: n for n in nodes})
    boxes = places.boxes(nodes)
    return Scene(
        question=question(answer),
        verdict=answer.verdict,
        pill=pill(answer),
        vpcs=_vpcs(places, nodes, boxes),
        subnets=boxes,
        nodes=nodes,
        edges=tuple(draft.edges),
        lines=tuple(lines),
        description=clean_listing(answer),
    )


def clean_listing(answer: Answer) -> str:
    """The hops of all paths as lines of plain text."""
    return "\n".join([clean(answer.headline), *listing(answer)])


def _vpcs(places: Places, nodes: tuple[Node, ...], boxes: tuple[SubnetBox, ...]) -> tuple[VpcBox, ...]:
    homes = {b.id: b.vpc for b in boxes}
    ids = (n.border_of or homes.get(n.subnet or "") for n in nodes)
    return tuple(places.vpc_box(id) for id in dict.fromkeys(ids) if id)


def _rows(answer: Answer) -> tuple[list[Path], dict[str, list[str]]]:
    """The paths to draw, and for a drawn subnet those that fare the same and are left out."""
    by_subnet: dict[str | None, list[Path]] = {}
    for path in answer.paths:
        by_subnet.setdefault(path.subnet, []).append(path)
    if len(by_subnet) <= MOST_ROWS:
        return _distinct(p for paths in by_subnet.values() for p in paths), {}
    groups: dict[object, list[str | None]] = {}
    for subnet, paths in by_subnet.items():
        groups.setdefault(tuple(_signature(p) for p in paths), []).append(subnet)
    kept = [members[0] for members in groups.values()][:MOST_ROWS]
    same = {str(m[0]): [str(s) for s in m[1:]] for m in groups.values() if len(m) > 1 and m[0] in kept}
    left = [str(s) for m in list(groups.values())[MOST_ROWS:] for s in m]
    if left:
        same["not drawn"] = left
    return _distinct(p for s in kept for p in by_subnet[s]), same


def _distinct(paths: Iterable[Path]) -> list[Path]:
    """Paths that differ only in the addresses or ports that take them are drawn once."""
    seen: dict[object, Path] = {}
    for path in paths:
        seen.setdefault((path.subnet, path.verdict, tuple(_step(h) for h in path.hops)), path)
    return list(seen.values())


def _step(hop: Hop) -> object:
    said = tuple(f.why for f in hop.findings)
    return (hop.resource, hop.kind, hop.direction, hop.detail, hop.verdict, said)


def _signature(path: Path) -> object:
    return (path.verdict, tuple((h.kind, h.direction, h.verdict) for h in path.hops))


def _further(answer: Answer, shown: set[tuple[str, str]]) -> Iterator[Line]:
    """Blockers that have no badge, then what to do about the one that gives the verdict."""
    for blocker in (b for b in (*answer.blockers, *answer.unknowns) if not _is_shown(b, shown)):
        state = State.BLOCKED if blocker in answer.blockers else State.UNKNOWN
        said = blocker.why or blocker.title
        yield Line("Also", clean(said if blocker.resource in said else f"{blocker.resource}: {said}"), state)
    if first := answer.first:
        if first.fix:
            yield Line("Fix", clean(first.fix))
        elif first.needs:
            yield Line("Fix", clean(f"Allow {first.needs} and read the network again."))


def _is_shown(blocker: Blocker, shown: set[tuple[str, str]]) -> bool:
    return any((blocker.code, r) in shown for r in (blocker.resource, *blocker.resources))


class _Draft(Struct):
    """A scene in the making."""

    places: Places
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    shown: set[tuple[str, str]] = field(default_factory=set)

    def alone(self) -> None:
        """An answer without paths: the function, by itself."""
        for subnet in self.places.answer.source.subnets or (None,):
            self._node(self.places.function(subnet), State.OFF)

    def add(self, path: Path) -> None:
        """Draw one path; the first hop that fares like the whole path is where it fails."""
        forward = [h for h in path.hops if h.direction is Direction.FORWARD]
        bad = next((h for h in path.hops if h.verdict is path.verdict and h.verdict in _STATE), None)
        steps = walk(self.places, path, forward)
        self._node(steps[0].source, State.OK)
        state = State.OK
        for step in steps:
            state = self._step(step, state, bad)
        if bad is None and path.verdict in _STATE:
            state = _STATE[path.verdict]
            word = "blocked" if state is State.BLOCKED else "not known"
            number = self._number(clean(f"{path.end}: {word}"), state)
            self._edge(Edge(steps[-1].source.key, None, state, number, word))
        self._to_goal(steps, bad, state)
        if bad is not None and bad.direction is Direction.RETURN:
            self._reply(path, bad)

    def _step(self, step: Step, before: State, bad: Hop | None) -> State:
        """Draw one step; the state in which traffic leaves it."""
        if before is not State.OFF:
            unsure = (h for h in step.asked if h.verdict is Verdict.UNKNOWN)
            hop = next((h for h in step.asked if h is bad), None) or next(unsure, None)
            if hop is not None:
                return self._stop(step, hop, before)
        if step.target:
            if not self._passes_anyway(step.source.key, step.target.key, before):
                number = None if before is State.OFF else self._number(_passed(step.asked), before)
                self._edge(Edge(step.source.key, step.target.key, before, number))
            self._node(step.target, before)
        return before

    def _passes_anyway(self, source: str, target: str, before: State) -> bool:
        """Whether other traffic passes where this would go on behind its question mark: that is drawn already."""
        there = (e for e in self.edges if (e.source, e.target, e.reply) == (source, target, False))
        return before is State.UNKNOWN and any(e.state is State.OK for e in there)

    def _stop(self, step: Step, hop: Hop, before: State) -> State:
        """The step on which a hop refuses or cannot be decided."""
        state = _STATE.get(hop.verdict, State.BLOCKED)
        finding = _finding(hop)
        badge = self._number(said_by(hop, finding), state)
        self._mark(hop, finding)
        target = None if _leads_nowhere(hop, finding) else step.target
        self._edge(Edge(step.source.key, target.key if target else None, state, badge, tag_of(hop, finding)))
        ours = _is_of_source(step, hop, finding)
        self._node(step.source, state if ours and state is State.BLOCKED else before)
        after = State.UNKNOWN if state is State.UNKNOWN else State.OFF
        if step.target:
            owner = state if not ours else after
            self._node(step.target, owner)
        return after

    def _to_goal(self, steps: list[Step], bad: Hop | None, state: State) -> None:
        """A gateway that refuses ends the walk: show what lies behind it, greyed."""
        last = steps[-1].source
        if bad is None or state is State.OK or last.border_of is None or _ends_there(bad):
            return
        goal = self.places.goal()
        if goal is not None and goal.key != last.key:
            self._edge(Edge(last.key, goal.key, State.UNKNOWN if state is State.UNKNOWN else State.OFF))
            self._node(goal, State.UNKNOWN if state is State.UNKNOWN else State.OFF)

    def _reply(self, path: Path, bad: Hop) -> None:
        """A reply that is lost: a second line beside the step on which it dies."""
        before = path.hops[: path.hops.index(bad)]
        turn = max((i for i, h in enumerate(before) if h.direction is Direction.FORWARD), default=-1) + 1
        there = [h for h in path.hops[:turn] if h.direction is Direction.FORWARD]
        order, back = [s.source for s in walk(self.places, path, there)], path.hops[turn:]
        if len(order) < 2:  # nothing stands at the far end
            state, finding = _STATE[bad.verdict], _finding(bad)
            number = self._number(said_by(bad, finding), state)
            self._mark(bad, finding)
            self._edge(Edge(order[0].key, None, state, number, f"reply: {tag_of(bad, finding)}"))
            return
        at = len(order) - 1
        guards: list[Hop] = []
        for hop in back:
            arrives, here = self._seen_from(hop, path, order, at)
            if here is not None:
                at, guards = min(here + arrives, len(order) - 1), []
            guards.append(hop)
            if hop is bad:
                break
            at = at - 1 if arrives else at
        at = max(at, 1)
        source, target = order[at], order[at - 1]
        state, finding = _STATE[bad.verdict], _finding(bad)
        badge = self._number(said_by(bad, finding) + self._only_from(bad), state)
        self._mark(bad, finding)
        self._edge(Edge(source.key, target.key, state, badge, f"reply: {tag_of(bad, finding)}", reply=True))
        if state is State.BLOCKED:
            owner = source if _is_of_source(Step(source, guards), bad, finding) else target
            self._node(owner, state)

    def _only_from(self, bad: Hop) -> str:
        """Which subnets a lost reply is for, where the replies to others pass the same place."""
        paths = self.places.answer.paths
        here = (bad.resource, bad.direction, bad.verdict)
        hit = {str(p.subnet) for p in paths if any((h.resource, h.direction, h.verdict) == here for h in p.hops)}
        every = {str(p.subnet) for p in paths}
        return f" This is so for {clean(', '.join(sorted(hit)))} only." if hit != every else ""

    def _seen_from(self, hop: Hop, path: Path, order: list[Node], at: int) -> tuple[bool, int | None]:
        """Whether a hop of the reply lets it in rather than out, and the station that it belongs to."""
        if hop.kind not in GUARDS:
            key = self.places.station(hop, path, order[at]).key
            return False, next((i for i in range(at, -1, -1) if same_place(order[i].key, key)), None)
        named = re.match(r"(inbound|outbound) of (subnet-\w+)", hop.detail)
        if named is None:
            return False, None
        here = next((i for i in range(at, -1, -1) if order[i].subnet == named[2]), None)
        return named[1] == "inbound" and here is not None, here

    def _mark(self, hop: Hop, finding: Finding | None) -> None:
        if finding and finding.code:
            for resource in (hop.resource, finding.resource, *finding.resources):
                self.shown.add((finding.code, resource))

    def _number(self, text: str, state: State) -> int | None:
        """The badge of a line of the list, the same for the same text."""
        if not text:
            return None
        for line in self.lines:
            if (line.text, line.state) == (text, state):
                return int(line.label)
        self.lines.append(Line(str(len(self.lines) + 1), text, state))
        return len(self.lines)

    def _edge(self, edge: Edge) -> None:
        ends = (edge.source, edge.target, edge.reply)
        same = [e for e in self.edges if (e.source, e.target, e.reply) == ends]
        if any(e.state is edge.state and e.tag == edge.tag for e in same):
            return
        if edge.target and not edge.reply and same:
            if edge.state is State.OFF:
                return
            off = [e for e in same if e.state is State.OFF]
            self.edges = [e for e in self.edges if e not in off]
            if not off and edge.state is not State.OK:  # it also passes: a stub beside the line
                edge = replace(edge, target=None)
        self.edges.append(edge)

    def _node(self, node: Node, state: State) -> None:
        old = self.nodes.get(node.key)
        if old is None:
            self.nodes[node.key] = replace(node, state=state)
            return
        best = min(old.state, state, key=_RANK.__getitem__)
        self.nodes[node.key] = replace(old, state=best, column=max(old.column, node.column))


def _finding(hop: Hop) -> Finding | None:
    """The finding that made a hop fail."""
    return next((f for f in hop.findings if f.verdict is hop.verdict), None)


def _passed(hops: list[Hop]) -> str:
    """What let the traffic through: the route, then the groups."""
    routes = [f"{h.resource}: {h.detail}" for h in hops if h.kind == "route_table" and h.detail]
    groups = [f"{h.resource} {h.detail}" for h in hops if h.kind == "security_group" and h.detail]
    names = [h.detail for h in hops if h.kind == "dns" and h.detail]
    return clean(";  ".join([*routes, *groups, *names]))


def _ends_there(hop: Hop) -> bool:
    """Whether a gateway has no way on, so that nothing lies behind it."""
    return hop.kind == "transit_gateway_route_table" and hop.verdict is Verdict.BLOCKED


def _leads_nowhere(hop: Hop, finding: Finding | None) -> bool:
    """Whether there is no next hop, whatever is drawn later."""
    if hop.kind == "route_table":
        return hop.verdict is Verdict.BLOCKED
    return bool(finding and finding.code in ("DISCONNECTED_VPCS", "NO_ROUTE_TO_DESTINATION"))


def _is_of_source(step: Step, hop: Hop, finding: Finding | None) -> bool:
    """Whether the failing guard belongs to the near end of a step, else to the far end."""
    if finding and finding.code == "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS":
        return True  # the gateway is fine; the sender lacks an address
    if hop is step.hop or is_policy(hop):
        return False
    if re.match(r"(egress|outbound)\b", hop.detail):
        return True
    if re.match(r"(ingress|inbound)\b", hop.detail):
        return False
    tables = [i for i, h in enumerate(step.asked) if h.kind == "route_table"]
    at = next((i for i, h in enumerate(step.asked) if h is hop), 0)
    return not tables or at <= tables[0]
