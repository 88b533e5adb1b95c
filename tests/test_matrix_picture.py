"""The picture of a matrix keeps the rules of `geometry`, says every cell, and what it leaves out."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import reach
from reach.answer import Verdict
from reach.describe import describe
from reach.errors import QuestionError
from reach.matrix import Matrix, matrix
from reach.render.diagram import matrix_svg
from reach.render.drawing import Box, Drawing, Label
from reach.render.matrix_drawing import MOST_COLUMNS, MOST_ROWS, matrix_description, matrix_drawing, matrix_title
from reach.render.palette import THEMES, VERDICT_GLYPH, mixed
from reach.snapshot import from_document
from tests.command import run
from tests.geometry import Look
from tests.worlds import World

ODD = ("orders", "支払い", "تقرير", "🚀", "x" * 40, "<script>alert(1)</script>", "\u202egnp", "a|b")


def asked(functions: int, targets: int = 0, outcomes: int = 4) -> Matrix:
    """Functions of odd names that fare in up to four ways; targets that are ports of a database, if some are asked."""
    w = World()
    vpc = w.vpc("10.0.0.0/16")
    one, two, out = (w.subnet(vpc, f"10.0.{at}.0/24", zone) for at, zone in enumerate("aba"))
    w.route_table(vpc, [out], [("0.0.0.0/0", w.internet_gateway(vpc))])
    w.route_table(vpc, [one], [("0.0.0.0/0", w.nat_gateway(out))])
    w.route_table(vpc, [two])
    group = w.security_group(vpc)
    w.db_instance("orders-db", [one, two], [w.security_group(vpc, [("tcp", 5432, "10.0.0.0/16")])])
    for at in range(functions):
        homes = ([one], [two], [one, two], [])[at % outcomes]
        w.function(f"{ODD[at % len(ODD)]}-{at}"[:64], homes, [group] if homes else [])
    network = describe(from_document(w.document(), "asked"))
    return matrix(network, [f"10.0.1.9:{port}" for port in range(1, targets + 1)])


def problems(drawing: Drawing, theme: str) -> list[str]:
    look = Look(None, drawing, THEMES[theme])  # type: ignore[arg-type]  # these rules ask no scene
    cells = [b for b in drawing.shapes if isinstance(b, Box) and b.role == "cell"]
    out = [*look.apart(), *look.legible(), *look.page()]
    for at, one in enumerate(cells):
        out += [f"{one.of} overlaps {two.of}" for two in cells[at + 1 :] if one.area.touches(two.area)]
    for label in look.labels:
        near = [b for b in cells if b.area.touches(label.area)]
        if label.role in ("said", "glyph") and not any(b.area.grown(-1).holds(label.area) for b in near):
            out.append(f"{label.text!r} leaves its cell")
        if label.role in ("function", "head", "question", "list") and near:
            out.append(f"{label.text!r} meets a cell")
    return out


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("functions", "targets"), [(1, 0), (8, 0), (MOST_ROWS, 8), (MOST_ROWS + 1, 0), (60, 23)])
def test_nothing_overlaps_and_everything_is_on_the_page(functions: int, targets: int, theme: str) -> None:
    drawing = matrix_drawing(asked(functions, targets), THEMES[theme])
    assert problems(drawing, theme) == []
    assert drawing.wide <= 900


def test_each_cell_says_its_verdict_in_shape_word_and_border() -> None:
    found = asked(8)
    drawing = matrix_drawing(found, THEMES["light"])
    boxes = {b.of: b for b in drawing.shapes if isinstance(b, Box) and b.role == "cell"}
    assert len(boxes) == len(found)
    words = [x for x in drawing.shapes if isinstance(x, Label) and x.role in ("said", "glyph")]
    for cell in found:
        box = boxes[f"{cell.function}>{cell.target}"]
        said = [x.text for x in words if box.area.holds(x.area)]
        assert said[:2] == [VERDICT_GLYPH[cell.verdict], cell.verdict.value]
        assert len(said) == (2 if cell.code is None else 3)
        assert bool(box.dash) is (cell.verdict is not Verdict.REACHABLE)


def test_many_functions_that_fare_alike_share_rows_and_are_named() -> None:
    found = asked(40)
    drawing = matrix_drawing(found, THEMES["light"])
    rows = [x.text for x in drawing.shapes if isinstance(x, Label) and x.role == "function"]
    assert rows.count("and 9 like it") == 4
    listed = " ".join(x.text for x in drawing.shapes if isinstance(x, Label) and x.role == "list")
    assert listed.count("and 3 more") >= 4  # of each row six are named behind the first
    assert all(row.function in matrix_description(found) for row in found.rows if row.function.isascii())


def test_targets_beyond_a_page_are_named() -> None:
    found = asked(2, MOST_COLUMNS + 2)
    drawing = matrix_drawing(found, THEMES["light"])
    heads = [x for x in drawing.shapes if isinstance(x, Label) and x.role == "head"]
    assert len({x.of for x in heads}) == MOST_COLUMNS
    listed = " ".join(x.text for x in drawing.shapes if isinstance(x, Label) and x.role == "list")
    assert "2 more targets: 10.0.1.9:22, 10.0.1.9:23: not drawn" in listed


def test_svg_has_a_name_and_no_markup_from_names() -> None:
    found = asked(16)
    text = matrix_svg(found)
    assert text == matrix_svg(found)
    root = ElementTree.fromstring(text)
    title, desc = root[0], root[1]
    assert (title.text, desc.text) == (matrix_title(found), matrix_description(found))
    assert not re.search(r"<script", text)


def test_a_notebook_gets_picture_table_and_text() -> None:
    bundle = reach.demo("one-subnet-lacks-route").matrix()._repr_mimebundle_()
    assert set(bundle) == {"image/svg+xml", "text/html", "text/plain"}
    assert bundle["image/svg+xml"].startswith("<?xml")
    assert "data:image/svg+xml;base64," in bundle["text/html"]


STARTS = [(".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF"), (".html", b"<!doc")]


@pytest.mark.parametrize(("suffix", "start"), STARTS)
def test_the_suffix_decides(suffix: str, start: bytes, tmp_path: Path) -> None:
    target = tmp_path / f"m{suffix}"
    result = run("matrix", "--from", "demo:one-subnet-lacks-route", "-o", str(target))
    assert (result.exit_code, result.stdout) == (1, "")
    assert target.read_bytes().startswith(start)
    reach.demo("one-subnet-lacks-route").matrix().diagram(str(tmp_path / f"own{suffix}"))
    assert (tmp_path / f"own{suffix}").read_bytes().startswith(start)


def test_a_named_format_is_that_format_whatever_the_file_is_called(tmp_path: Path) -> None:
    run("matrix", "--from", "demo:nat", "-f", "csv", "-o", str(tmp_path / "m.svg"))
    assert (tmp_path / "m.svg").read_text().startswith("function,")
    with pytest.raises(QuestionError, match=r"no format is called '\.gif'"):
        reach.demo("nat").matrix().diagram(str(tmp_path / "m.gif"))


def test_a_colour_on_a_page() -> None:
    assert (mixed("#0072B2", "#FFFFFF", 1), mixed("#0072B2", "#FFFFFF", 0)) == ("#0072B2", "#FFFFFF")
