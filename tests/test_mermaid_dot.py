"""Mermaid and DOT: the same scene as text, in which no name is syntax."""

from __future__ import annotations

import re

import pytest

from reach.render.dot import path_dot, quoted, vpc_dot
from reach.render.mermaid import mermaid_text, path_mermaid, vpc_mermaid
from reach.render.path_scene import path_scene
from reach.render.scene import State
from tests.pictured import ALL, BASE, HOSTILE

TEXT = r'"(?:[^"\n])*"'
ID = r"[a-z][a-z0-9_]*"
NODE = rf"{ID}(?:\[{TEXT}\]|\(\[{TEXT}\]\)|\(\({TEXT}\)\))"
# Every statement that the writer may make, and nothing else.
STATEMENT = re.compile(
    rf"flowchart LR|  acc(?:Title|Descr): [^\n]+| *subgraph {ID}\[{TEXT}\]| *end| *{NODE}"
    rf"|  {ID} (?:-->(?:\|\d+\|)?|-\.->|---|-\. {TEXT} \.-(?:x|>)) (?:{ID}|{NODE})"
    rf"|  classDef [a-z]+ [^;\n]+|  class [a-z0-9,]+ [a-z]+|  linkStyle [\d,]+ [^;\n]+"
)
CHARTS = {name: path_mermaid(make()) for name, make in ALL.items()} | {"map": vpc_mermaid(BASE)}
GRAPHS = {name: path_dot(make()) for name, make in ALL.items()} | {"map": vpc_dot(BASE)}


@pytest.mark.parametrize("name", CHARTS)
def test_mermaid_holds_only_known_statements_and_balanced_subgraphs(name: str) -> None:
    lines = CHARTS[name].splitlines()
    assert [x for x in lines if not STATEMENT.fullmatch(x)] == []
    assert sum(x.strip().startswith("subgraph ") for x in lines) == sum(x.strip() == "end" for x in lines)
    assert lines[1].startswith("  accTitle: ")
    assert lines[2].startswith("  accDescr: ")


@pytest.mark.parametrize("name", CHARTS)
def test_mermaid_names_each_node_once_and_styles_existing_links(name: str) -> None:
    text = CHARTS[name]
    declared = re.findall(rf"^ *({ID})(?=\[\"|\(\[)", text, re.M)
    assert len(declared) == len(set(declared))
    links = len(re.findall(r"^  \w+ -", text, re.M))
    styled = [int(n) for row in re.findall(r"linkStyle ([\d,]+)", text) for n in row.split(",")]
    assert len(styled) == len(set(styled))
    assert all(n < links for n in styled)


def test_mermaid_of_a_blocked_path() -> None:
    text = CHARTS["public_subnet"]
    assert '  n1 -. "✕ 1 no public IP" .-x n2\n' in text
    assert "  n2 -.-> n3\n" in text
    assert '  n3(["Internet<br/>0.0.0.0/0"])\n' in text
    assert '    subgraph v1z1["AZ eu-west-1a"]\n      subgraph s1["Public subnet · 10.0.0.0/20"]\n' in text
    assert "  accTitle: orders-api → internet (tcp/443): BLOCKED\n" in text


SYNTAX = [
    ('say "hi"', "say #quot;hi#quot;"),
    ("<script>", "#lt;script#gt;"),
    ("a & b # c", "a #amp; b #35; c"),
    ("%%{init: 1}%%", "#37;#37;#123;init: 1#125;#37;#37;"),
    ("`**x**`", "#96;#42;#42;x#42;#42;#96;"),
    ("one\ntwo", "one two"),
    ("1. first", "#49;. first"),
    ("- item", "#45; item"),
    ("10.0.0.0/16", "10.0.0.0/16"),
    ('style x:"red"', "style x#58;#quot;red#quot;"),
    ("$$x$$", "#36;#36;x#36;#36;"),
    ("a|b;c]", "a#124;b#59;c#93;"),
]


@pytest.mark.parametrize(("text", "expected"), SYNTAX)
def test_mermaid_text(text: str, expected: str) -> None:
    assert mermaid_text(text) == expected


def test_hostile_names_reach_neither_syntax() -> None:
    chart, graph = CHARTS["hostile"], GRAPHS["hostile"]
    assert "<script" not in chart
    assert "%%" not in chart
    assert "\u202e" not in chart + graph
    assert "\x00" not in chart + graph
    assert "\x1b" not in chart + graph
    assert vpc_mermaid(ALL["hostile"]().network or BASE).count("<script") == 0


def test_dot_strings() -> None:
    assert quoted('a"b\\') == '"a\\"b\\\\"'
    assert quoted("x\ny", "", "&lt;") == '"x y\\n&amp;lt;"'


STRING = r'"(?:[^"\\]|\\.)*"'


@pytest.mark.parametrize("name", GRAPHS)
def test_dot_is_balanced_once_its_strings_are_taken_out(name: str) -> None:
    bare = re.sub(STRING, "S", GRAPHS[name])
    assert '"' not in bare
    assert "<" not in bare
    assert "\\" not in bare
    assert bare.count("{") == bare.count("}")
    assert bare.count("[") == bare.count("]")
    assert re.fullmatch(r"[\w\s{}\[\]=,;.>-]+", bare)


@pytest.mark.parametrize("name", ALL)
def test_both_draw_all_edges_and_mark_each_block(name: str) -> None:
    scene = path_scene(ALL[name]())
    blocked = sum(e.state is State.BLOCKED for e in scene.edges)
    assert GRAPHS[name].count(" -> n") + GRAPHS[name].count(" -> x") >= len(scene.edges)
    assert len(re.findall(r"arrowhead=tee", GRAPHS[name])) == blocked
    assert len(re.findall(r"\.-x ", CHARTS[name])) == blocked


def test_the_same_bytes_twice() -> None:
    assert {n: path_mermaid(make()) for n, make in ALL.items()} == {n: CHARTS[n] for n in ALL}
    assert HOSTILE not in CHARTS["hostile"]
