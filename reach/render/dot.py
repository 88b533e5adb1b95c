"""A scene as a Graphviz digraph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reach.answer import Answer
from reach.network import Network
from reach.render.palette import PRIVATE_BORDER, PUBLIC_BORDER, STROKES, VPC_BORDER
from reach.render.path_scene import path_scene
from reach.render.scene import Edge, Node, Scene, State, SubnetBox, clean
from reach.render.vpc_scene import Asked, vpc_scene

_STYLE = {
    State.OK: "solid",
    State.PLAIN: "solid",
    State.BLOCKED: "dashed",
    State.UNKNOWN: "dotted",
    State.OFF: "dotted",
}


def path_dot(answer: Answer) -> str:
    """The path of an answer in the DOT language."""
    return _digraph(path_scene(answer))


def vpc_dot(network: Network, vpc: Asked = None, answers: Sequence[Answer] = ()) -> str:
    """Whole VPCs in the DOT language."""
    return _digraph(vpc_scene(network, vpc, answers))


def quoted(*rows: str) -> str:
    r"""A DOT string of one or more rows; nothing in it is an escape or an entity.

    >>> print(quoted('say "hi"', "a\\N"))
    "say \"hi\"\na\\N"
    """
    safe = (clean(r).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for r in rows if r)
    return '"' + "\\n".join(safe) + '"'


def _digraph(scene: Scene) -> str:
    ids = {n.key: f"n{i}" for i, n in enumerate(scene.nodes, 1)}
    out = [
        "digraph reach {",
        f"  graph [rankdir=LR, compound=true, fontname={quoted('DejaVu Sans')}, "
        f"label={quoted(scene.title)}, labelloc=t, tooltip={quoted(*scene.description.splitlines())}];",
        f"  node [shape=box, style=rounded, fontname={quoted('DejaVu Sans')}, fontsize=10];",
        f"  edge [fontname={quoted('DejaVu Sans')}, fontsize=9];",
    ]
    for number, vpc in enumerate(scene.vpcs, 1):
        out += [
            f"  subgraph cluster_v{number} {{",
            f"    label={quoted(vpc.title, vpc.detail)}; color={quoted(VPC_BORDER)}; style=solid;",
            *_zones(scene, vpc.id, number, ids),
            *(f"    {_node(n, ids)}" for n in scene.nodes if n.border_of == vpc.id),
            "  }",
        ]
    out += [f"  {_node(n, ids)}" for n in scene.nodes if n.subnet is None and n.border_of is None]
    for number, edge in enumerate(scene.edges, 1):
        out += [f"  {line}" for line in _edge(edge, number, ids)]
    return "\n".join([*out, "}"]) + "\n"


def _zones(scene: Scene, vpc: str, number: int, ids: dict[str, str]) -> Iterator[str]:
    boxes = [b for b in scene.subnets if b.vpc == vpc]
    for at, zone in enumerate(sorted({b.zone for b in boxes}, key=lambda z: (not z, z)), 1):
        if zone:
            yield f"    subgraph cluster_v{number}z{at} {{"
            yield f"      label={quoted(f'AZ {zone}')}; color={quoted('#5A6B86')}; style=dashed;"
        for box in (b for b in boxes if b.zone == zone):
            yield from _subnet(scene, box, scene.subnets.index(box) + 1, ids)
        if zone:
            yield "    }"


def _subnet(scene: Scene, box: SubnetBox, number: int, ids: dict[str, str]) -> Iterator[str]:
    inside = [n for n in scene.nodes if n.subnet == box.id]
    if box.bare:
        yield from (f"      {_node(n, ids)}" for n in inside)
        return
    colour = {True: PUBLIC_BORDER, False: PRIVATE_BORDER, None: STROKES[State.PLAIN].colour}[box.public]
    table = f"route table {box.table}" if box.table else ""
    yield f"      subgraph cluster_s{number} {{"
    yield f"        label={quoted(box.title, box.cidr, table)}; color={quoted(colour)}; style=solid;"
    if not inside:  # a cluster without nodes is not drawn
        yield f"        s{number} [shape=point, style=invis];"
    yield from (f"        {_node(n, ids)}" for n in inside)
    yield "      }"


def _node(node: Node, ids: dict[str, str]) -> str:
    stroke = STROKES[node.state]
    shape = ", shape=ellipse, style=solid" if node.subnet is None and node.border_of is None else ""
    style = ', style="rounded,dashed"' if node.state in (State.OFF, State.UNKNOWN) and not shape else ""
    wide = 2 if node.state in (State.BLOCKED, State.PARTIAL) else 1
    label = quoted(node.title, node.detail)
    return f"{ids[node.key]} [label={label}, color={quoted(stroke.colour)}, penwidth={wide}{shape}{style}];"


def _edge(edge: Edge, number: int, ids: dict[str, str]) -> Iterator[str]:
    target = ids[edge.target] if edge.target else f"x{number}"
    mark = {State.BLOCKED: "✕", State.UNKNOWN: "?"}.get(edge.state, "") if edge.tag or not edge.target else ""
    if not edge.target:
        yield f"{target} [label={quoted(mark or '✕')}, shape=circle, style=solid, width=0.3];"
    label = " ".join(w for w in (mark, str(edge.badge or ""), edge.tag) if w)
    head = ", arrowhead=tee" if edge.state is State.BLOCKED else ", dir=none" if edge.joins else ""
    colour = quoted(STROKES[edge.state].colour)
    text = f", label={quoted(label)}" if label else ""
    looks = f"style={_STYLE[edge.state]}, color={colour}, penwidth=2{head}{text}"
    yield f"{ids[edge.source]} -> {target} [{looks}];"
