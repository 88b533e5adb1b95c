"""The pictures: nothing overlaps, nothing is cut off, the block is visible, the bytes are always the same."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pytest
from hypothesis import given, settings
from matplotlib.text import Text
from msgspec.structs import replace
from PIL import Image

import reach
from reach.answer import Answer, Verdict
from reach.describe import describe
from reach.errors import QuestionError, ReachError
from reach.network import Network
from reach.render import diagram, jupyter, layout
from reach.render import paint as paint_module
from reach.render.compose import WIDEST, compose
from reach.render.drawing import Area, Box, Disc, Drawing, Label, Stretch
from reach.render.figure import path_figure
from reach.render.lettering import letters, shorten, two_lines, width, wrap
from reach.render.paint import directed, paint, pdf_bytes, png_bytes, svg_text
from reach.render.palette import STROKES, THEMES, contrast
from reach.render.path_scene import path_scene
from reach.render.scene import Line, Scene, State, clean
from reach.render.vpc_figure import vpc_figure
from reach.render.vpc_scene import overview_scene, vpc_scene
from reach.render.wording import TAGS
from reach.snapshot import from_document
from tests import pictured, scenario, scenario_all
from tests.command import run
from tests.geometry import problems
from tests.pictured import ALL, BASE, BLOCKED, HOSTILE, answer, fn, function, hop, network, path, subnet, vpc
from tests.strategies import Case, cases
from tests.worlds import World

SVG = "{http://www.w3.org/2000/svg}"


def crowded() -> Network:
    """Six zones, more functions than fit, databases, endpoints, subnets without anything in them."""
    zones = pictured.many_zones(6).network
    assert zones is not None
    functions = [function(f"worker-{i}", *(f"subnet-0f{z}0" for z in "abcdef"[: 1 + i % 3])) for i in range(9)]
    empty = [subnet(f"subnet-0e{i:02}", "c", f"10.0.{200 + i}.0/24") for i in range(14)]
    points = [pictured.endpoint(f"vpce-0{i}", "Gateway", s) for i, s in enumerate(("s3", "dynamodb"))]
    return network(*zones, *functions, *empty, *points, pictured.database("orders-db", "subnet-0fa0"))


SCENES: dict[str, Scene] = {name: path_scene(make()) for name, make in ALL.items()} | {
    "map": vpc_scene(BASE),
    "map_crowded": vpc_scene(crowded()),
    "map_hostile": vpc_scene(ALL["hostile"]().network or BASE),
    "map_empty": vpc_scene(network(vpc())),
}
BLOCKED_ONES = sorted(n for n, s in SCENES.items() if any(e.state is State.BLOCKED for e in s.edges))


def drawn(name: str, theme: str = "light") -> Drawing:
    return compose(SCENES[name], THEMES[theme])


def boxes(drawing: Drawing, role: str) -> dict[str, Area]:
    return {s.of: s.area for s in drawing.shapes if isinstance(s, Box) and s.role == role}


def labels(drawing: Drawing) -> list[Label]:
    return [s for s in drawing.shapes if isinstance(s, Label)]


def apart(areas: dict[str, Area]) -> list[tuple[str, str]]:
    """Pairs that overlap."""
    return [(a, b) for a, b in itertools.combinations(areas, 2) if areas[a].touches(areas[b])]


# -- geometry ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCENES)
def test_no_two_boxes_or_labels_overlap(name: str) -> None:
    drawing = drawn(name)
    nodes, subnets = boxes(drawing, "node"), boxes(drawing, "subnet")
    assert not apart(nodes)
    assert not apart(subnets)
    assert not apart(boxes(drawing, "vpc"))
    assert not apart({f"{i}:{label.text}": label.area for i, label in enumerate(labels(drawing))})
    marks = {f"{i}": s.area for i, s in enumerate(drawing.shapes) if isinstance(s, Disc)}
    assert not apart(marks)
    for label in (x for x in labels(drawing) if x.role in ("tag", "title")):
        assert not [n for n, area in nodes.items() if area.touches(label.area)], label.text
        assert not [m for m in marks.values() if m.touches(label.area)], label.text


@pytest.mark.parametrize("name", SCENES)
def test_every_node_of_the_scene_is_drawn_inside_its_subnet(name: str) -> None:
    scene, drawing = SCENES[name], drawn(name)
    nodes, subnets, vpcs = (boxes(drawing, r) for r in ("node", "subnet", "vpc"))
    assert set(nodes) == {n.key for n in scene.nodes}
    for node in scene.nodes:
        if node.subnet in subnets:
            assert subnets[node.subnet].holds(nodes[node.key])
        if node.border_of:
            area = nodes[node.key]
            assert (area.left + area.right) / 2 == pytest.approx(vpcs[node.border_of].right)
    for box in scene.subnets:
        if not box.bare:
            assert vpcs[box.vpc].holds(subnets[box.id])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", SCENES)
def test_every_text_lies_within_the_figure_and_is_as_wide_as_measured(name: str, theme: str) -> None:
    drawing = drawn(name, theme)
    page = Area(0, 0, drawing.wide, drawing.high)
    assert all(page.holds(label.area) for label in labels(drawing))
    if name == "hostile":
        return  # the page fonts lack some of its letters
    figure = paint(drawing)
    figure.set_dpi(72)
    frame = figure.bbox
    texts = {t.get_zorder(): t for t in figure.findobj(Text)}
    painted = [(texts[at], label) for at, label in enumerate(drawing.shapes) if isinstance(label, Label)]
    assert len(painted) >= 3
    for text, label in painted:
        if not label.text:
            continue
        extent = text.get_window_extent()
        seen = Area(extent.x0, extent.y0, extent.x1 - 0.5, extent.y1)
        assert Area(frame.x0, frame.y0, frame.x1, frame.y1).holds(seen), text.get_text()
        assert text.get_text() == label.text
        assert extent.width == pytest.approx(label.area.right - label.area.left, rel=0.12, abs=2.5)


@pytest.mark.parametrize("dpi", [72, 80, 100])
def test_nothing_runs_out_of_the_page_at_any_resolution(dpi: int) -> None:
    """Hinted letters are wider than they were measured; the margin stays white."""
    for name in ("partial", "unattached", "map"):
        scene = SCENES[name]
        line = Line("1", " ".join(["igw-0thumbs leads to an internet gateway that has no address"] * 9), State.OK)
        drawing = compose(replace(scene, lines=(line,)), THEMES["light"])
        file = io.BytesIO()
        paint(drawing).savefig(file, dpi=dpi)
        picture = Image.open(file).convert("L")
        margin = picture.crop((picture.width - 12 * dpi // 72, 0, picture.width, picture.height))
        assert margin.getextrema() == (255, 255), name


@pytest.mark.parametrize("name", SCENES)
def test_lines_are_orthogonal_and_run_through_no_node_and_no_tag(name: str) -> None:
    drawing = drawn(name)
    nodes = boxes(drawing, "node")
    tags = [x for x in labels(drawing) if x.role == "tag"]
    for line in (s for s in drawing.shapes if isinstance(s, Stretch)):
        source, _, target = line.of.partition(">")
        for a, b in itertools.pairwise(line.points):
            assert abs(a[0] - b[0]) < 0.5 or abs(a[1] - b[1]) < 0.5
            run = Area(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
            crossed = {n for n, area in nodes.items() if area.touches(run)}
            assert crossed <= {source, target}, line.of
            assert not [t.text for t in tags if t.area.touches(run)], line.of


@pytest.mark.parametrize("name", SCENES)
def test_no_line_runs_along_a_border(name: str) -> None:
    drawing = drawn(name)
    borders = [s for s in drawing.shapes if isinstance(s, Box) and s.role in ("vpc", "zone", "subnet")]
    for line in (s for s in drawing.shapes if isinstance(s, Stretch)):
        for (x0, y0), (x1, y1) in itertools.pairwise(line.points):
            for area in (b.area for b in borders):
                beside = min(abs(x0 - x) for x in (area.left, area.right)) < 5 and abs(x0 - x1) < 0.5
                above = min(abs(y0 - y) for y in (area.top, area.bottom)) < 5 and abs(y0 - y1) < 0.5
                high = min(max(y0, y1), area.bottom) - max(min(y0, y1), area.top)
                wide = min(max(x0, x1), area.right) - max(min(x0, x1), area.left)
                assert not (beside and high > 12), line.of
                assert not (above and wide > 12), line.of


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_fits_a_page(name: str) -> None:
    assert drawn(name).wide <= WIDEST + 1
    assert len({b.zone for b in SCENES[name].subnets if name != "map_crowded"}) <= 6


# -- the block is visible ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", BLOCKED_ONES)
def test_each_blocked_edge_is_dashed_and_ends_at_a_cross(name: str) -> None:
    scene, drawing = SCENES[name], drawn(name)
    crosses = {s.of: s for s in drawing.shapes if isinstance(s, Disc) and s.mark == "x"}
    dashed = [s for s in drawing.shapes if isinstance(s, Stretch) and s.state is State.BLOCKED]
    for edge in (e for e in scene.edges if e.state is State.BLOCKED):
        same = [e for e in scene.edges if (e.source, e.badge, e.reply) == (edge.source, edge.badge, edge.reply)]
        key, cross = next((k, crosses[k]) for e in same if (k := f"{e.source}>{e.target or ''}") in crosses)
        ends = [line.points[-1] for line in dashed if line.of == key]
        assert ends
        assert all(not line.arrow for line in dashed)
        assert any(abs(x - cross.x) == pytest.approx(cross.radius) and y == pytest.approx(cross.y) for x, y in ends)


def test_states_differ_without_colour() -> None:
    """In grey-scale, or to a reader who does not tell red from blue."""
    looks = {state: (s.dash, s.width) for state, s in STROKES.items()}
    assert len(set(looks.values())) == len(looks)
    assert not STROKES[State.OK].dash
    assert STROKES[State.BLOCKED].dash
    blocked = [s for s in drawn("partial").shapes if isinstance(s, Disc) and s.mark == "x"]
    assert len(blocked) == 1


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", SCENES)
def test_texts_stand_out_from_what_they_stand_on(name: str, theme: str) -> None:
    for label in labels(drawn(name, theme)):
        assert label.on, label.role
        assert contrast(label.colour, label.on) >= 4.5, (label.role, label.text, label.colour, label.on)


# -- what is shown ----------------------------------------------------------------------------------


def states(name: str) -> dict[str, State]:
    return {n.key.split("@")[0]: n.state for n in SCENES[name].nodes}


def tags(name: str) -> list[str]:
    return [e.tag for e in SCENES[name].edges if e.tag]


SHOWN = [
    ("reachable", {"function": "ok", "nat-04e5": "ok", "igw-0c77": "ok", "internet": "ok"}, []),
    ("public_subnet", {"function": "blocked", "igw-0c77": "off", "internet": "off"}, ["no public IP"]),
    ("egress_refused", {"function": "blocked", "nat-04e5": "off", "internet": "off"}, ["security group"]),
    ("nat_without_way_out", {"function": "ok", "nat-0bad": "blocked"}, ["routing loop"]),
    ("reply_denied", {"function": "blocked"}, ["reply: network ACL"]),
    ("reply_denied_far", {"nat-04e5": "blocked", "nat-09f1": "ok"}, ["reply: network ACL"]),
    ("unattached_private", {"function": "blocked"}, ["not in a VPC"]),
    ("unknown", {"function": "ok"}, ["not known"]),
    ("unknown_nat", {"nat-04e5": "unknown", "internet": "unknown"}, ["not known"]),
    ("bare_interface", {"function": "ok", "eni-0aa": "ok"}, []),
    ("peering", {"function": "ok", "pcx-0aa": "ok", "stock-db": "ok"}, []),
    ("peering_refused", {"function": "ok", "pcx-0aa": "ok", "stock-db": "blocked"}, ["security group"]),
    ("by_addresses", {"function": "blocked", "nat-04e5": "ok"}, ["blackhole"]),
]


@pytest.mark.parametrize(("name", "expected", "said"), SHOWN, ids=[row[0] for row in SHOWN])
def test_states_and_tags(name: str, expected: dict[str, str], said: list[str]) -> None:
    found = states(name)
    assert {key: found[key].value for key in expected} == expected
    assert tags(name) == said


def test_the_group_of_a_database_blocks_at_the_database_and_other_candidates_are_ghosts() -> None:
    nodes = {n.key: n for n in SCENES["database_refuses"].nodes}
    assert nodes["orders-db@subnet-0c92a7"].state is State.BLOCKED
    ghost = nodes["orders-db@subnet-0b81f2"]
    assert ghost.ghost
    assert ghost.detail == "may be here"
    assert not any("orders-db@subnet-0b81f2" in (e.source, e.target) for e in SCENES["database_refuses"].edges)


def test_a_database_that_may_stand_in_either_subnet_says_so_wherever_it_is_drawn() -> None:
    world = World()
    home = world.vpc("10.0.0.0/16")
    subnets = [world.subnet(home, f"10.0.{at}.0/24", zone) for at, zone in enumerate("ab")]
    group = world.security_group(home, [("tcp", 5432, "10.0.0.0/16")])
    world.db_instance("orders-db", subnets, [group])
    world.function("orders", subnets[:1], [group])
    for zone_known in (True, False):
        if not zone_known:
            world.collections["DBInstances"][0].pop("AvailabilityZone")
        net = describe(from_document(world.document(), "placed"))
        for scene in (vpc_scene(net), path_scene(net.path("orders", "rds:orders-db"))):
            found = {(n.subnet, n.detail) for n in scene.nodes if n.kind == "database"}
            detail = "postgres" if zone_known else "postgres, may be here"
            assert found == {(s, detail) for s in subnets[: 1 if zone_known else 2]}
        assert {n.ghost for n in vpc_scene(net).nodes if n.kind == "database"} == {not zone_known}


def test_what_was_not_read_is_called_by_its_own_words() -> None:
    rows = (*scenario_all.VPC, *scenario_all.USER)
    row = next(r for r in rows if r.about.startswith("DSQL: the endpoints of the VPC were not read"))
    scene = path_scene(scenario.answer(row))
    assert ("Vpc Endpoints", "not read") in {(n.title, n.detail) for n in scene.nodes}


def test_behind_a_question_mark_nothing_is_drawn_again_that_passes_anyway() -> None:
    row = next(r for r in scenario_all.VPC if r.about == "how it gets its zones is not in the record")
    scene = path_scene(scenario.answer(row))
    assert [e.tag for e in scene.edges if e.state is State.UNKNOWN] == ["not known"]
    assert len({line.text for line in scene.lines}) == len(scene.lines)


def test_equal_reasons_share_a_cross() -> None:
    crosses = [s for s in drawn("endpoint_refuses").shapes if isinstance(s, Disc) and s.mark]
    edges = SCENES["endpoint_refuses"].edges
    assert (len(crosses), len(edges), {e.badge for e in edges}) == (2, 4, {1})


def test_nothing_follows_where_there_is_no_route() -> None:
    edges = list(SCENES["nat_deleted"].edges)
    assert [e.target for e in edges] == [None, None]
    assert {e.badge for e in edges} == {1}  # the same reason has one number


def test_a_question_mark_stands_where_nothing_is_known() -> None:
    discs = [s for s in drawn("unknown").shapes if isinstance(s, Disc) and s.mark]
    assert [d.mark for d in discs] == ["?"]
    assert "ec2:DescribeRouteTables" in SCENES["unknown"].lines[0].text


def test_rows_of_different_networks_are_level() -> None:
    """Lambda's own network has no zones and no subnets; a line from there need not turn."""
    drawing = compose(path_scene(reach.demo("dest-sg-no-match").path("free", "rds:far-db")), THEMES["light"])
    tops = {round(area.top) for area in boxes(drawing, "node").values()}
    assert len(tops) == 1


def test_a_lost_reply_says_whose_it_is() -> None:
    lines = path_scene(reach.demo("cannot-route").path("both", "10.9.1.9:5432")).lines
    assert [x.text for x in lines if x.state is State.BLOCKED] == [
        "rtb-x has no route back to the sender. This is so for subnet-0000000b only."
    ]


def test_a_lone_long_word_is_halved() -> None:
    assert two_lines("tomorrow", width("tomorro", 7.4, bold=True) + 0.1, 7.4, bold=True) == ["tomo", "rrow"]


def test_a_peer_vpc_stands_to_the_right() -> None:
    vpcs = boxes(drawn("peering"), "vpc")
    assert vpcs["vpc-0peer"].left > vpcs["vpc-0a1b2c3d"].right


def test_equal_rows_are_collapsed_beyond_six_and_said_so() -> None:
    scene = SCENES["ten_zones"]
    rows = {n.subnet for n in scene.nodes if n.kind == "function"}
    assert len(rows) == 2
    same = [line.text for line in scene.lines if line.label == "Same"]
    assert sorted(len(re.findall(r"subnet-\w+", text)) for text in same) == [3, 7]


def test_every_other_blocker_is_listed_and_the_fix_comes_last() -> None:
    first = hop("sg-a", "security_group", "no rule", BLOCKED, "SG_HAS_NO_RULES", "sg-a is empty.", fix="Fill sg-a.")
    second = hop("acl-b", "network_acl", "denies", BLOCKED, "SUBNET_ACL_RESTRICTION", "acl-b denies it.")
    scene = path_scene(answer(BASE, BLOCKED, path("subnet-0b81f2", fn("subnet-0b81f2"), first, second)))
    assert [(line.label, line.text) for line in scene.lines] == [
        ("1", "sg-a is empty."),
        ("Also", "acl-b denies it."),
        ("Fix", "Fill sg-a."),
    ]


def test_the_map_numbers_route_tables_and_counts_what_it_leaves_out() -> None:
    scene = SCENES["map"]
    by_id = {b.id: b for b in scene.subnets}
    table = {line.label: line.text for line in scene.lines}
    assert table[str(by_id["subnet-0b81f2"].table)].startswith("rtb-private: ")
    assert "(main)" in table[str(by_id["subnet-0c92a7"].table)]
    assert by_id["subnet-0d17c4"].public
    assert by_id["subnet-0c92a7"].public is False
    assert any(e.source == "nat-04e5" and e.target == "igw-0c77" for e in scene.edges)
    crowd = SCENES["map_crowded"]
    assert "7 more" in {n.title for n in crowd.nodes}
    assert any("more subnets in eu-west-1c" in line.text for line in crowd.lines)


VPC_QUESTIONS = [
    (network(vpc()), None, "vpc-0a1b2c3d"),
    (network(vpc(), vpc("vpc-0b", "b"), pictured.PRIVATE_A, function("f", "subnet-0b81f2")), None, "vpc-0a1b2c3d"),
    (network(vpc(), vpc("vpc-0b", "other")), "other", "vpc-0b"),
    (network(vpc(), vpc("vpc-0b", "other")), "vpc-0b", "vpc-0b"),
    (network(vpc(), vpc("vpc-0b", "other")), None, "there are 2 VPCs"),
    (network(vpc(), vpc("vpc-0b", "main")), "main", "several VPCs"),
    (network(vpc()), "vpc-none", "no VPC 'vpc-none'"),
    (network(), None, "no VPC to draw"),
]  # fmt: skip


@pytest.mark.parametrize(("net", "asked", "expected"), VPC_QUESTIONS)
def test_which_vpc_is_drawn(net: Network, asked: str | None, expected: str) -> None:
    if expected.startswith("vpc-"):
        assert [b.id for b in vpc_scene(net, asked).vpcs] == [expected]
    else:
        with pytest.raises(QuestionError, match=re.escape(expected)):
            vpc_figure(net, asked)


# -- names ------------------------------------------------------------------------------------------


def test_long_names_are_shortened_by_width_with_both_ends_kept() -> None:
    found = [x for x in labels(drawn("long_names")) if x.role == "name" and x.of.startswith("function@")]
    assert len(found) == 2
    assert found[0].text.startswith("customer-")
    assert found[1].text.endswith("-blue")
    room = layout.NODE_W - 38
    assert all(x.area.right - x.area.left <= room + 0.01 for x in found)
    assert all(x.size >= 6.8 for name in SCENES for x in labels(drawn(name)))


@pytest.mark.parametrize("text", ["i" * 80, "W" * 80, "ab", "", "漢字" * 30, "…" * 50])
@pytest.mark.parametrize("room", [0, 5, 40, 90])
def test_shortened_and_wrapped_texts_fit(text: str, room: float) -> None:
    short = shorten(text, room, 8)
    assert width(short, 8) <= room or len(short) <= 1
    for line in wrap(f"{text} {text}", room + 20, 8):
        assert width(line, 8) <= room + 20


def test_lines_run_from_left_to_right_whatever_their_names_are_of() -> None:
    """A name of Arabic letters must not turn `A → internet` round, nor change places with the address behind it."""
    mark = "\u200e"
    assert directed("orders → internet") == "orders → internet"
    assert directed("طلبات-الدفع → internet") == f"{mark}طلبات-الدفع{mark} → internet"
    assert directed("rtb-1 قاعدة: 10.0.0.0/16") == f"{mark}rtb-1 قاعدة{mark}: 10.0.0.0/16"
    assert directed("א ב → ג") == f"{mark}א ב{mark} → ג{mark}"
    figure = paint(compose(replace(SCENES["partial"], question="طلبات → internet"), THEMES["light"]))
    (told,) = [t for t in figure.findobj(Text) if "طلبات" in t.get_text()]
    assert told.get_text().startswith(mark)


def test_a_letter_keeps_its_marks_when_a_name_is_cut() -> None:
    flags = "🇪🇺🇫🇷🇩🇪🇮🇹🇪🇸🇵🇹"
    assert letters(flags) == ["🇪🇺", "🇫🇷", "🇩🇪", "🇮🇹", "🇪🇸", "🇵🇹"]
    assert set(letters(shorten(flags, 40, 8))) <= {*letters(flags), "…"}
    thai = "กำ่กำ่กำ่กำ่กำ่กำ่"
    cut = shorten(thai, 30, 8)
    assert unicodedata.category(cut[cut.index("…") + 1]) != "Mn"
    assert all(unicodedata.category(row[0]) != "Mn" for row in wrap("ก่" * 40, 60, 8, most=9))


def test_letters_that_the_font_lacks_are_taken_from_fonts_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paint_module, "_installed", lambda: ("Noto Sans CJK SC",))
    scene = replace(SCENES["partial"], question="支払い → internet")
    figure = paint(compose(scene, THEMES["light"]))
    families = {t.get_text(): t.get_fontfamily() for t in figure.findobj(Text)}
    assert families["支払い → internet"] == ["DejaVu Sans", "Noto Sans CJK SC"]
    assert families["Internet"] == ["DejaVu Sans"]
    assert "CJK" not in svg_text(figure, "t", "d")  # the viewer chooses, and the bytes are the same everywhere


def test_hostile_text_is_one_printable_line() -> None:
    line = clean(HOSTILE)
    assert line.isprintable()
    assert len(line) <= 300
    assert clean("a\u200fb\u2067c\ud800\x07\n\td") == "abc d"
    assert len(clean("x" + "\u0301" * 500)) < 10


# -- bytes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["partial", "hostile", "reply_denied_far"])
def test_the_same_answer_gives_the_same_bytes(name: str) -> None:
    figures = [path_figure(ALL[name]()) for _ in range(2)]
    assert len({svg_text(f, "t", "d") for f in figures}) == 1
    assert len({png_bytes(f, "d") for f in figures}) == 1
    assert len({pdf_bytes(f, "t") for f in figures}) == 1


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ALL)
def test_svg_has_a_name_a_description_and_no_markup_from_names(name: str, theme: str) -> None:
    made = ALL[name]()
    text = diagram.path_svg(made, theme)
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "t d"
    title, desc = list(root)[:2]
    assert (title.tag, title.get("id")) == (f"{SVG}title", "t")
    assert (desc.tag, desc.get("id")) == (f"{SVG}desc", "d")
    assert made.verdict.value.upper() in (title.text or "")
    assert diagram.alt_text(made) == f"{title.text}\n{desc.text}"
    assert not root.findall(f".//{SVG}script")
    assert "<!--" not in text
    assert "matplotlib" not in text
    assert not re.search(r"\d{4}-\d\d-\d\dT", text)


def test_dollar_signs_are_not_mathematics() -> None:
    root = ElementTree.fromstring(diagram.path_svg(ALL["hostile"]()))
    words = [t.text or "" for t in root.iter(f"{SVG}text")]
    assert any(w.startswith("<script>alert('$x^2$ & \"y\"')</script> kcab[31m") for w in words)
    figure = path_figure(pictured.answer(BASE, BLOCKED, path("subnet-0b81f2", fn("x"), verdict=BLOCKED), name="$x^2$"))
    texts = figure.findobj(Text)
    assert [t for t in texts if "$x^2$" in t.get_text()]
    assert not [t for t in texts if t.get_parse_math()]


def test_png_says_what_it_shows_and_nothing_of_its_maker(tmp_path: Path) -> None:
    from PIL import Image

    made = ALL["public_subnet"]()
    diagram.write_path(made, tmp_path / "p.png")
    with Image.open(tmp_path / "p.png") as image:
        assert "Software" not in image.info
        assert "BLOCKED" in image.info["Description"]
        wide = path_figure(made).get_size_inches()[0] * 144
        assert image.size[0] == pytest.approx(wide, abs=2)


def test_bytes_depend_on_no_hash_seed_and_pyplot_is_not_loaded() -> None:
    code = (
        "import sys, hashlib; from tests import pictured; from reach.render import diagram;"
        "text = diagram.path_svg(pictured.many_zones(4)) + diagram.vpc_svg(pictured.BASE);"
        "assert 'matplotlib.pyplot' not in sys.modules;"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    root = Path(__file__).parent.parent
    text = diagram.path_svg(pictured.many_zones(4)) + diagram.vpc_svg(BASE)
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == hashlib.sha256(text.encode()).hexdigest()


# -- files ------------------------------------------------------------------------------------------

MAGIC = {
    ".svg": b"<?xml",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF",
    ".mmd": b"flowchart LR",
    ".dot": b"digraph",
    ".SVG": b"<?xml",
}


@pytest.mark.parametrize("suffix", MAGIC)
def test_the_suffix_decides(suffix: str, tmp_path: Path) -> None:
    one, other = tmp_path / f"path{suffix}", tmp_path / f"vpc{suffix}"
    diagram.write_path(ALL["partial"](), one, theme="dark")
    diagram.write_vpc(BASE, other)
    assert one.read_bytes().startswith(MAGIC[suffix])
    assert other.read_bytes().startswith(MAGIC[suffix])
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted((one.name, other.name))


@pytest.mark.parametrize(("name", "said"), [("p.gif", "'.gif'"), ("p", "no suffix"), ("p.json", ".svg")])
def test_an_unknown_suffix_lists_the_known_ones(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(QuestionError) as caught:
        diagram.write_path(ALL["partial"](), tmp_path / name)
    assert said in str(caught.value)
    assert ".svg .png .pdf .mmd .dot" in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_a_file_is_the_old_one_or_the_whole_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "p.svg"
    target.write_text("old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(ReachError, match="No space left"):
        diagram.write_path(ALL["partial"](), target)
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["p.svg"]


def test_an_unwritable_place_is_an_error_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ReachError, match="cannot write"):
        diagram.write_path(ALL["partial"](), tmp_path / "nowhere" / "p.svg")


def test_an_unknown_theme_is_refused() -> None:
    with pytest.raises(QuestionError, match="sepia"):
        path_figure(ALL["partial"](), theme="sepia")


# -- notebooks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["partial", "hostile"])
def test_an_answer_in_a_notebook(name: str) -> None:
    made: Answer = ALL[name]()
    bundle = jupyter.answer_bundle(made)
    assert set(bundle) == {"image/svg+xml", "text/html", "text/markdown", "text/plain"}
    table = bundle["text/html"][bundle["text/html"].index("<table>") :]
    assert table.count("<tr>") == 1 + sum(len(p.hops) for p in made.paths)
    ElementTree.fromstring(table)
    assert "<script" not in bundle["text/html"]
    assert "<script" not in bundle["text/markdown"]


def test_a_path_in_a_notebook() -> None:
    """Alone: its own verdict, its own blockers, its hops with what proves them."""
    found = reach.demo("one-subnet-lacks-route").path("orders", "internet")
    good, bad = found.paths
    assert (good.verdict, bad.verdict) == (Verdict.REACHABLE, Verdict.BLOCKED)
    for one in found.paths:
        bundle = one._repr_mimebundle_()
        assert set(bundle) == {"image/svg+xml", "text/html", "text/plain"}
        table = bundle["text/html"][bundle["text/html"].index("<table>") :]
        assert len(ElementTree.fromstring(table).findall("tbody/tr")) == len(one.hops)
        assert "IpPermissionsEgress[0]" in table
        assert bundle["text/plain"].count("\n") == len(one.hops)
        assert str(one.subnet) in bundle["text/plain"]
    assert "Fix" not in good._repr_mimebundle_()["image/svg+xml"]
    assert "REACHABLE" in good._repr_mimebundle_()["image/svg+xml"]
    assert "create-route" in bad._repr_mimebundle_()["image/svg+xml"]
    assert "PARTIAL" not in bad._repr_mimebundle_()["image/svg+xml"]
    whole = bad.of
    assert whole is not None
    assert (whole.paths, whole.headline) == ((), found.headline)
    alone = jupyter.path_bundle(replace(bad, of=None))
    assert set(alone) == {"text/html", "text/plain"}


def test_hostile_names_stay_text_in_a_path() -> None:
    for one in ALL["hostile"]().paths:
        assert "<script" not in jupyter.path_bundle(one)["text/html"]


def test_a_network_in_a_notebook() -> None:
    bundle = jupyter.network_bundle(BASE)
    assert "orders-api" in bundle["text/html"]
    assert "image/svg+xml" in bundle
    two = jupyter.network_bundle(network(vpc(), vpc("vpc-0b", HOSTILE)))
    assert "vpc-0b" in two["image/svg+xml"]
    assert "<script" not in two["text/html"]


# -- the graph and the command ----------------------------------------------------------------------


def test_the_graph_is_written_as_graphml_and_as_node_link_json(tmp_path: Path) -> None:
    graph = BASE.graph
    diagram.write_graph(BASE, tmp_path / "g.graphml")
    diagram.write_graph(BASE, tmp_path / "g.json")
    read = nx.read_graphml(tmp_path / "g.graphml", force_multigraph=True)
    linked = nx.node_link_graph(json.loads((tmp_path / "g.json").read_text()), edges="edges")  # type: ignore[call-arg]
    for copy in (read, linked):
        assert set(copy.nodes) == set(graph.nodes)
        assert sorted((a, b) for a, b, _ in copy.edges) == sorted((a, b) for a, b, _ in graph.edges)
    assert all(read.nodes[n]["kind"] == graph.nodes[n]["kind"] for n in graph)
    with pytest.raises(QuestionError, match="graphml"):
        diagram.write_graph(BASE, tmp_path / "g.svg")


def test_hostile_names_fit_into_graphml(tmp_path: Path) -> None:
    diagram.write_graph(network(vpc(name=HOSTILE), function(HOSTILE, "subnet-0a")), tmp_path / "g.graphml")
    ElementTree.parse(tmp_path / "g.graphml")


@pytest.fixture(scope="module")
def net_json(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A VPC behind a NAT gateway with two functions."""
    world = World()
    home = world.vpc("10.0.0.0/16", name="main")
    private, public = world.subnet(home, "10.0.1.0/24"), world.subnet(home, "10.0.0.0/24")
    gate, nat = world.internet_gateway(home), world.nat_gateway(public)
    world.route_table(home, [private], [("0.0.0.0/0", nat)])
    world.route_table(home, [public], [("0.0.0.0/0", gate)])
    group = world.security_group(home)
    world.function("orders", [private], [group])
    world.function("thumbs", [public], [group])
    file = tmp_path_factory.mktemp("diagram") / "net.json"
    file.write_text(json.dumps(world.document()))
    return str(file)


DRAWN = [
    (("orders", "internet"), "p.svg", b"REACHABLE"),
    (("thumbs", "internet"), "p.svg", b"BLOCKED"),
    (("thumbs", "internet", "--theme", "dark"), "p.svg", b"#16191f"),
    (("thumbs", "internet"), "p.mmd", b"no public IP"),
    ((), "v.svg", b"VPC main"),
    (("--vpc", "main"), "v.dot", b"cluster_v1"),
    ((), "g.graphml", b"<graphml"),
    ((), "g.json", b'"multigraph": true'),
]


@pytest.mark.parametrize(("args", "name", "holds"), DRAWN)
def test_the_command_draws(args: tuple[str, ...], name: str, holds: bytes, net_json: str, tmp_path: Path) -> None:
    done = run("diagram", *args, "--from", net_json, "-o", str(tmp_path / name))
    assert done.exit_code == 0, done.output
    assert holds in (tmp_path / name).read_bytes()
    assert f"wrote {tmp_path / name}" in done.stderr
    assert not done.stdout


REFUSED = [
    (("orders",), "p.svg", "SOURCE needs a TARGET"),
    (("orders", "internet", "--vpc", "main"), "p.svg", "--vpc is for a whole VPC"),
    (("orders", "internet"), "p.graphml", "leave SOURCE and TARGET out"),
    (("orders", "internet"), "p", "no suffix"),
    (("order", "internet"), "p.svg", "orders"),
    (("*", "internet"), "p.svg", "2 functions"),
    (("--vpc", "other"), "p.svg", "no VPC 'other'"),
    (("orders", "internet"), "nowhere/p.svg", "does not exist"),
]


@pytest.mark.parametrize(("args", "name", "said"), REFUSED)
def test_the_command_refuses(args: tuple[str, ...], name: str, said: str, net_json: str, tmp_path: Path) -> None:
    done = run("diagram", *args, "--from", net_json, "-o", str(tmp_path / name))
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@settings(max_examples=15, deadline=None)
@given(cases())
def test_drawn_answers_of_random_worlds_hold_together(case: Case) -> None:
    """Whatever the engine answers, the picture shows each node once and marks each block."""
    net = describe(from_document(case.document(), "drawn"))
    for target in ("internet", "s3", "rds:orders-db"):
        made = net.path(case.function, target)
        scene = path_scene(made)
        drawing = compose(scene, THEMES["light"])
        assert not apart(boxes(drawing, "node"))
        assert set(boxes(drawing, "node")) == {n.key for n in scene.nodes}
        page = Area(0, 0, drawing.wide, drawing.high)
        assert all(page.holds(x.area) for x in labels(drawing))
        crosses = [s for s in drawing.shapes if isinstance(s, Disc) and s.mark == "x"]
        fails = any(p.verdict is BLOCKED for p in made.paths)
        assert bool(crosses) == fails


def test_a_reply_that_is_lost_where_nothing_stands_still_has_its_cross() -> None:
    lost = hop("acl-0f3", "network_acl", "inbound", BLOCKED, "SUBNET_ACL_RESTRICTION", direction=pictured.BACK)
    made = answer(BASE, BLOCKED, path("subnet-0b81f2", fn("subnet-0b81f2"), lost), target="10.0.9.9:1")
    drawing = compose(path_scene(made), THEMES["light"])
    assert [s.mark for s in drawing.shapes if isinstance(s, Disc) and s.mark] == ["x"]
    assert "reply: network ACL" in {x.text for x in labels(drawing)}


def test_a_definite_block_is_drawn_before_a_gap_on_the_same_step() -> None:
    gap = pictured.group(verdict=pictured.UNKNOWN, code="UNKNOWN_RESOURCE", why="sg-lambda is not known.")
    gone = hop("nat-04e5", "nat_gateway", "pending", BLOCKED, "BAD_STATE", "nat-04e5 is pending.")
    scene = path_scene(answer(BASE, BLOCKED, path("subnet-0b81f2", fn("subnet-0b81f2"), gap, gone)))
    assert next((e.state, e.tag) for e in scene.edges) == (State.BLOCKED, "bad state")
    assert [line.text for line in scene.lines if line.label == "Also"] == ["sg-lambda is not known."]


@pytest.mark.slow
def test_every_blocker_has_words_for_its_cross() -> None:
    """A few words that a person would use, not the code cut short."""
    blocked = {b.code for row in (*scenario_all.VPC, *scenario_all.USER) for b in scenario.answer(row).blockers}
    assert blocked - set(TAGS) == set()
    assert [tag for tag in TAGS.values() if len(tag.split()) > 4] == []


# -- maps of several VPCs, with verdicts ------------------------------------------------------------


def joined_vpcs() -> World:
    """Two peered VPCs and one that is joined to the second only; functions of all verdicts but unknown."""
    world = World()
    home, data, tools = (world.vpc(f"10.{at}.0.0/16", name=name) for at, name in enumerate(("main", "data", "tools")))
    private, other = world.subnet(home, "10.0.1.0/24"), world.subnet(home, "10.0.2.0/24", "b")
    public, far = world.subnet(home, "10.0.0.0/24"), world.subnet(data, "10.1.1.0/24")
    world.route_table(home, [public], [("0.0.0.0/0", world.internet_gateway(home))])
    world.route_table(home, [private], [("0.0.0.0/0", world.nat_gateway(public))])
    world.route_table(home, [other])
    world.peering(home, data)
    world.peering(data, tools)
    group = world.security_group(home)
    world.db_instance("far-db", [far], [world.security_group(data)])
    for name, subnets in (("good", [private]), ("half", [private, other]), ("bad", [other]), ("free", [])):
        world.function(name, subnets, [group] if subnets else [])
    return world


def test_a_map_of_several_vpcs_joins_the_sides_of_a_peering_connection() -> None:
    net = describe(from_document(joined_vpcs().document(), "joined"))
    scene = vpc_scene(net)
    main, data, tools = sorted(v.id for v in net.vpcs)
    assert [v.id for v in scene.vpcs] == [main, data]
    (joint,) = [e for e in scene.edges if e.joins]
    assert {scene.node(k).border_of for k in (joint.source, joint.target or "")} == {main, data}
    assert [line.text for line in scene.lines if line.label == "Also"] == [f"{data} is joined to {tools}: not drawn"]
    areas = boxes(compose(scene, THEMES["light"]), "vpc")
    assert areas[main].right == areas[data].right
    assert areas[main].bottom < areas[data].top
    assert [v.id for v in vpc_scene(net, ("tools", "data")).vpcs] == [tools, data]
    assert [v.id for v in vpc_scene(net, "main").vpcs] == [main]


def test_a_network_of_many_vpcs_shows_the_busiest_and_names_the_others() -> None:
    world = World()
    vpcs = [world.vpc(f"10.{at}.0.0/16", name=f"team-{at}") for at in range(6)]
    homes = [world.subnet(v, f"10.{at}.1.0/24") for at, v in enumerate(vpcs)]
    for name, at in (("a", 2), ("b", 4), ("c", 4)):
        world.function(name, [homes[at]], [])
    world.peering(vpcs[4], vpcs[5])
    net = describe(from_document(world.document(), "many"))
    scene = overview_scene(net)
    assert [b.id for b in scene.vpcs] == [vpcs[4], vpcs[5], vpcs[2]]
    assert [x.text for x in scene.lines if x.label == "Also"] == [
        f"3 more VPCs: {vpcs[0]} (team-0), {vpcs[1]} (team-1), {vpcs[3]} (team-3): not drawn"
    ]
    assert problems(scene, compose(scene, THEMES["light"]), THEMES["light"]) == []
    assert overview_scene(describe(from_document(joined_vpcs().document(), "joined"))).lines


def test_a_map_with_a_target_marks_each_function_where_it_stands() -> None:
    net = describe(from_document(joined_vpcs().document(), "joined"))
    scene = vpc_scene(net, None, diagram.asked_of(net, None, "internet"))
    told = sorted((n.title, n.detail, n.state.value) for n in scene.nodes if n.kind == "function")
    assert told == [
        ("bad", "✕ blocked: no route", "blocked"),
        ("good", "✓ reachable", "ok"),
        ("half", "✓ reachable", "ok"),
        ("half", "✕ blocked: no route", "blocked"),
    ]
    assert [(line.label, line.text) for line in scene.lines if line.label in "✕◐✓?"] == [
        ("✕", "blocked: bad (no route)"),
        ("◐", "partial: half (no route)"),
        ("✓", "reachable: free (in no VPC), good"),
    ]
    assert scene.question == "VPC main, VPC data → internet:443"


def test_more_zones_than_a_page_holds_are_listed() -> None:
    world = World()
    home = world.vpc("10.0.0.0/16")
    subnets = [world.subnet(home, f"10.0.{at}.0/24", zone) for at, zone in enumerate("abcdefgh")]
    world.function("orders", subnets[-2:], [world.security_group(home)])
    scene = vpc_scene(describe(from_document(world.document(), "zones")))
    assert len({b.zone for b in scene.subnets}) == 6
    assert {n.subnet for n in scene.nodes if n.kind == "function"} == set(subnets[-2:])
    assert sum("not drawn" in line.text for line in scene.lines) == 2


@pytest.mark.parametrize("suffix", ["svg", "mmd", "dot", "html"])
def test_the_command_draws_joined_vpcs_with_verdicts(suffix: str, tmp_path: Path) -> None:
    file = joined_vpcs().write(tmp_path / "net.json")
    out = tmp_path / f"map.{suffix}"
    done = run("diagram", "--from", str(file), "--vpc", "main", "--vpc", "data", "--to", "internet", "-o", str(out))
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (0, f"wrote {out}")
    text = out.read_text(encoding="utf-8")
    assert "half" in text
    assert "internet:443" in text
    refused = run("diagram", "good", "internet", "--to", "s3", "--from", str(file), "-o", str(out))
    assert (refused.exit_code, "--to is for a whole VPC" in refused.stderr) == (2, True)
