"""A matrix as text and for notebooks: one line per class of functions, then what is in the way, by code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from reach.answer import Verdict
from reach.matrix import Matrix
from reach.render.palette import VERDICT_COLOUR, VERDICT_GLYPH
from reach.render.scene import clean
from reach.render.terminal import Page, width
from reach.render.text import GLYPH, STYLE

NAME = 28  # columns for a function's name
FEW = 3  # names of a class in a line
MOST_ROWS = 200  # of a table in a notebook


def write_matrix(page: Page, matrix: Matrix, *, quiet: bool = False) -> None:
    """The numbered targets, the grid, the reasons; `quiet` is the grid alone."""
    if not quiet:
        page.line((f"{many(len(matrix.rows), 'function')} × {many(len(matrix.columns), 'target')}", "bold"))
    for number, column in enumerate(matrix.columns, 1):
        page.line((f"  {number:>3} ", "dim"), (column.target, ""))
    page.gap()
    _write_grid(page, matrix)
    if not quiet:
        _write_reasons(page, matrix)
    page.gap()
    page.line((tally(matrix), "bold"))


def many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def tally(matrix: Matrix) -> str:
    """How many cells have each verdict."""
    return ", ".join(f"{count} {verdict.value}" for verdict, count in matrix.counts().items() if count)


def _names(matrix: Matrix) -> dict[int, list[str]]:
    """The functions of each class."""
    found: dict[int, list[str]] = {}
    for row in matrix.rows:
        found.setdefault(row.kind, []).append(row.function)
    return found


def _write_grid(page: Page, matrix: Matrix) -> None:
    names = _names(matrix)
    widest = max(width(page.safe(some[0])) for some in names.values())
    cell = len(str(len(matrix.columns))) + 2
    room = max((page.columns - min(widest, NAME) - 4) // cell, 1)
    for first in range(0, len(matrix.columns), room):
        part = matrix.columns[first : first + room]
        head = "".join(f"{number:>{cell}}" for number in range(first + 1, first + len(part) + 1))
        page.line((" " * (2 + min(widest, NAME)) + head, "dim"))
        for kind, some in names.items():
            name = page.safe(some[0])
            pad = " " * max(min(widest, NAME) - width(name), 0)
            verdicts = [matrix.verdicts[kind, column.kind][0] for column in part]
            marks = [(" " * (cell - 1) + GLYPH[v], STYLE[v]) for v in verdicts]
            page.line((f"  {name}{pad}", ""), *marks, (f"   {likewise(some)}" if len(some) > 1 else "", "dim"))


def likewise(some: Sequence[str]) -> str:
    return f"and {len(some) - 1} like it"


def few(some: Sequence[str]) -> str:
    more = f" and {len(some) - FEW} more" if len(some) > FEW else ""
    return ", ".join(some[:FEW]) + more


def _write_reasons(page: Page, matrix: Matrix) -> None:
    """Which functions do not reach which targets, under the code that says why."""
    names = _names(matrix)
    for (verdict, code), kinds in sorted(by_code(matrix).items(), key=lambda item: (item[0][0].value, item[0][1])):
        page.gap()
        page.line((f"{GLYPH[verdict]} {verdict.value.upper():<10} ", STYLE[verdict]), (code, ""))
        for kind, targets in kinds.items():
            page.hang([(f"  {few(names[kind])} → ", "")], few(targets))


def by_code(matrix: Matrix) -> dict[tuple[Verdict, str], dict[int, list[str]]]:
    out: dict[tuple[Verdict, str], dict[int, list[str]]] = {}
    for kind in _names(matrix):
        for column in matrix.columns:
            verdict, code = matrix.verdicts[kind, column.kind]
            if verdict is not Verdict.REACHABLE:
                out.setdefault((verdict, code or ""), {}).setdefault(kind, []).append(column.target)
    return out


def matrix_bundle(matrix: Matrix) -> dict[str, str]:
    """The representations for a notebook by media type: the picture, and behind it the table."""
    from reach.render.diagram import matrix_svg
    from reach.render.page.data import as_image

    page = Page()
    write_matrix(page, matrix)
    svg = matrix_svg(matrix)
    image = f'<img alt="{escape(tally(matrix))}" src="{as_image(svg)}">'
    table = f"<details><summary>The same as a table</summary>{''.join(_html(matrix))}</details>"
    return {"image/svg+xml": svg, "text/html": f"{image}\n{table}", "text/plain": page.plain()}


def _html(matrix: Matrix) -> Iterator[str]:
    head = "".join(f"<th>{escape(clean(c.target))}</th>" for c in matrix.columns)
    yield f"<table><caption>{escape(tally(matrix))}</caption><thead><tr><th>function</th>{head}</tr></thead><tbody>"
    for row in matrix.rows[:MOST_ROWS]:
        cells = (matrix.verdicts[row.kind, column.kind] for column in matrix.columns)
        yield f"<tr><th>{escape(clean(row.function))}</th>{''.join(_cell(v, code) for v, code in cells)}</tr>"
    yield "</tbody></table>"
    if len(matrix.rows) > MOST_ROWS:
        yield f"<p>and {len(matrix.rows) - MOST_ROWS} more functions</p>"


def _cell(verdict: Verdict, code: str | None) -> str:
    style, title = f"color:{VERDICT_COLOUR[verdict]}", escape(code or "")
    return f'<td style="{style}" title="{title}">{VERDICT_GLYPH[verdict]} {verdict.value}</td>'
