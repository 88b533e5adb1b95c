"""A scene as a Mermaid flowchart, for READMEs and pull requests: the text is the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from reach.answer import Answer
from reach.network import Network
from reach.render.palette import STROKES
from reach.render.path_scene import path_scene
from reach.render.scene import Edge, Node, Scene, State, SubnetBox, clean
from reach.render.vpc_scene import Asked, vpc_scene

SHAPES = {"internet": ("([", "])"), "service": ("([", "])"), "s3": ("([", "])"), "dynamodb": ("([", "])")}
GLYPHS = {"function": "λ ", "database": "DB ", "cache": "Cache "}
LONGEST_LABEL = 60  # characters
# What Mermaid, its Markdown labels or the HTML that it makes of them would take for more than a letter.
SPECIAL = re.compile(r'[#"<>&%`\\{}\[\]|;*_~$^]')


def path_mermaid(answer: Answer) -> str:
    """The path of an answer as Mermaid text."""
    return _flowchart(path_scene(answer))


def vpc_mermaid(network: Network, vpc: Asked = None, answers: Sequence[Answer] = ()) -> str:
    """Whole VPCs as Mermaid text."""
    return _flowchart(vpc_scene(network, vpc, answers))


def brief(text: str) -> str:
    """A name as long as a label bears: its beginning and its end.

    >>> len(brief("x" * 200))
    60
    """
    tail = LONGEST_LABEL // 3
    return text if len(text) <= LONGEST_LABEL else f"{text[: LONGEST_LABEL - tail - 1]}…{text[-tail:]}"


def mermaid_text(text: str) -> str:
    """A text that is safe inside a quoted Mermaid label or an accessible title.

    >>> mermaid_text('<b>"x"</b>')
    '#lt;b#gt;#quot;x#quot;#lt;/b#gt;'
    """
    named = {'"': "quot", "<": "lt", ">": "gt", "&": "amp"}
    out = SPECIAL.sub(lambda m: f"#{named.get(m[0], ord(m[0]))};", clean(text))
    if "style" in out.lower() or "classdef" in out.lower():
        out = out.replace(":", "#58;")  # Mermaid strips a semicolon from what looks like a style line
    return re.sub(r"^(?=[-+] |\d+[.)] )(.)", _not_a_list, out)


def _not_a_list(match: re.Match[str]) -> str:
    """A label that begins like a Markdown list is refused by Mermaid 11."""
    return f"#{ord(match[0])};"


def _flowchart(scene: Scene) -> str:
    ids = {n.key: f"n{i}" for i, n in enumerate(scene.nodes, 1)}
    lines = ["flowchart LR"]
    lines.append(f"  accTitle: {mermaid_text(scene.title)}")
    lines.append(f"  accDescr: {_summary(scene)}")
    for number, vpc in enumerate(scene.vpcs, 1):
        detail = f" · {vpc.detail}" if vpc.detail else ""
        lines.append(f'  subgraph v{number}["{mermaid_text(brief(vpc.title) + detail)}"]')
        lines += _zones(scene, vpc.id, number, ids)
        lines += [f"    {_node(n, ids)}" for n in scene.nodes if n.border_of == vpc.id]
        lines.append("  end")
    outside = [n for n in scene.nodes if n.subnet is None and n.border_of is None]
    lines += [f"  {_node(n, ids)}" for n in outside]
    drawn = list(_edges(scene, ids))
    lines += [f"  {text}" for text, _ in drawn]
    lines += _styles(scene, ids, [state for _, state in drawn])
    return "\n".join(lines) + "\n"


def _summary(scene: Scene) -> str:
    """The numbered list on one line."""
    said = [f"{mermaid_text(line.label)}: {mermaid_text(line.text)}" for line in scene.lines]
    return " ".join(said) or mermaid_text(scene.question)


def _zones(scene: Scene, vpc: str, number: int, ids: dict[str, str]) -> Iterator[str]:
    boxes = [b for b in scene.subnets if b.vpc == vpc]
    for at, zone in enumerate(sorted({b.zone for b in boxes}, key=lambda z: (not z, z)), 1):
        if zone:
            yield f'    subgraph v{number}z{at}["AZ {mermaid_text(zone)}"]'
        for box in (b for b in boxes if b.zone == zone):
            yield from _subnet(scene, box, f"s{scene.subnets.index(box) + 1}", ids)
        if zone:
            yield "    end"


def _subnet(scene: Scene, box: SubnetBox, id: str, ids: dict[str, str]) -> Iterator[str]:
    inside = [n for n in scene.nodes if n.subnet == box.id]
    if box.bare:
        yield from (f"      {_node(n, ids)}" for n in inside)
        return
    table = f" · table {box.table}" if box.table else ""
    title = brief(box.title)
    label = mermaid_text(f"{title} · {box.cidr}" if box.cidr else title) + table
    if not inside:  # an empty subgraph is drawn badly
        yield f'      {id}["{label}"]'
        return
    yield f'      subgraph {id}["{label}"]'
    yield from (f"        {_node(n, ids)}" for n in inside)
    yield "      end"


def _node(node: Node, ids: dict[str, str]) -> str:
    opening, closing = SHAPES.get(node.kind, ("[", "]"))
    name = mermaid_text(GLYPHS.get(node.kind, "") + brief(node.title))
    detail = f"<br/>{mermaid_text(brief(node.detail))}" if node.detail else ""
    return f'{ids[node.key]}{opening}"{name}{detail}"{closing}'


def _edges(scene: Scene, ids: dict[str, str]) -> Iterator[tuple[str, State]]:
    """The lines of the flowchart with their states; a line that ends nowhere ends at a node of its own."""
    ends = 0
    for edge in scene.edges:
        target = ids[edge.target] if edge.target else ""
        if not target:
            ends += 1
            target = f'x{ends}(("{"✕" if edge.state is State.BLOCKED else "?"}"))'
        yield f"{ids[edge.source]} {_arrow(edge)} {target}", edge.state


def _arrow(edge: Edge) -> str:
    if edge.joins:
        return "---"
    number = f"{edge.badge}" if edge.badge else ""
    if edge.state is State.BLOCKED:
        return f'-. "✕ {number} {mermaid_text(edge.tag)}" .-x'
    if edge.state is State.UNKNOWN and edge.tag:
        return f'-. "? {number} {mermaid_text(edge.tag)}" .->'
    if edge.state in (State.OFF, State.UNKNOWN):
        return "-.->"
    return f"-->|{number}|" if number else "-->"


def _styles(scene: Scene, ids: dict[str, str], states: list[State]) -> Iterator[str]:
    well = (State.OK,) if scene.verdict is None else ()  # of a map; of a path all but what is marked
    for state in (State.BLOCKED, State.PARTIAL, State.UNKNOWN, State.OFF, *well):
        members = [ids[n.key] for n in scene.nodes if n.state is state]
        stroke = STROKES[state]
        dash = "" if state in (State.BLOCKED, State.PARTIAL, State.OK) else ",stroke-dasharray:3 3"
        if members:
            yield f"  classDef {state.value} stroke:{stroke.colour},stroke-width:2px{dash}"
            yield f"  class {','.join(members)} {state.value}"
    for state in (State.BLOCKED, State.UNKNOWN, State.OFF, State.OK):
        numbers = [str(i) for i, s in enumerate(states) if s is state]
        if numbers:
            stroke = STROKES[state]
            yield f"  linkStyle {','.join(numbers)} stroke:{stroke.colour},stroke-width:2px"
