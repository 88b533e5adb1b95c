"""A matrix as a picture: functions down, targets across, the verdict and a few words for it in each cell.

What is too much for a page is drawn in parts or told as a number: targets beyond seven stand in a further block
below, functions that fare alike share a row where there are many, and what is left out is said in the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from msgspec import Struct

from reach.answer import SEVERITY, Verdict
from reach.matrix import Column, Matrix, Row
from reach.render.compose import PAGE_END, listed
from reach.render.drawing import Area, Box, Drawing, Label, Shape
from reach.render.lettering import shorten, two_lines, width
from reach.render.matrix import by_code, few, likewise, many, tally
from reach.render.palette import STROKES, VERDICT_COLOUR, VERDICT_GLYPH, VERDICT_STATE, WHITE, Theme, mixed
from reach.render.scene import Line, State, clean
from reach.render.wording import tag_for

MOST_ROWS, MOST_COLUMNS, ACROSS = 24, 21, 7
MOST_LINES = 8  # of one kind in the list below
PAGE, TOP, NAME_W, CELL_W, CELL_H, GAP, HEAD_H = 20, 44, 168, 94, 28, 4, 30
NARROWEST = 430


class Drawn(Struct, frozen=True):
    """A row of the picture: functions that fare the same, `members` the first one and those like it."""

    members: tuple[str, ...]
    kind: int


def matrix_title(matrix: Matrix) -> str:
    """The accessible name of the picture."""
    return f"{_size(matrix)}: {tally(matrix)}"


def matrix_description(matrix: Matrix) -> str:
    """What the picture shows, a line for each row."""
    rows, _ = _rows(matrix)
    return "\n".join(
        f"{clean(', '.join(row.members))}: {'; '.join(_said(matrix, row, column) for column in matrix.columns)}"
        for row in rows
    )


def _said(matrix: Matrix, row: Drawn, column: Column) -> str:
    verdict, code = matrix.verdicts[row.kind, column.kind]
    return clean(f"{column.target} {verdict.value}{f' ({code})' if code else ''}")


def matrix_drawing(matrix: Matrix, theme: Theme) -> Drawing:
    """Lay a matrix out and say what to paint.

    Parameters
    ----------
    matrix
        What to draw: at most 24 rows and 21 targets of it.
    theme
        The colours.

    Returns
    -------
    Drawing
        At most 900 points wide.
    """
    rows, left_out = _rows(matrix)
    columns = matrix.columns[:MOST_COLUMNS]
    blocks = ceil(len(columns) / ACROSS)
    across = ceil(len(columns) / blocks) if blocks else 0
    head, header_w = _header(matrix, theme)
    wide = max(2 * PAGE + NAME_W + across * (CELL_W + GAP) - GAP, header_w, NARROWEST)
    shapes: list[Shape] = head
    y = float(TOP)
    for at in range(0, len(columns), max(across, 1)):
        shapes += _block(matrix, rows, columns[at : at + across], y, theme)
        y += HEAD_H + len(rows) * (CELL_H + GAP) + 14
    lines = [*_reasons(matrix), *_same(rows), *_left_out(left_out, matrix.columns[MOST_COLUMNS:])]
    below, high = listed(tuple(lines), y + 12, wide, theme)
    return Drawing(wide, high if lines else y + PAGE_END, theme.page, (*shapes, *below))


# -- what to draw -----------------------------------------------------------------------------------


def _rows(matrix: Matrix) -> tuple[list[Drawn], list[Drawn]]:
    """The rows of the picture, and those that it has no room for: the best ones."""
    if len(matrix.rows) <= MOST_ROWS:
        return [Drawn((row.function,), row.kind) for row in matrix.rows], []
    alike: dict[object, list[Row]] = {}
    for row in matrix.rows:
        fares = tuple(matrix.verdicts[row.kind, column.kind] for column in matrix.columns)
        alike.setdefault(fares, []).append(row)
    drawn = [Drawn(tuple(r.function for r in some), some[0].kind) for some in alike.values()]
    worst = sorted(drawn, key=lambda row: -_badness(matrix, row))[:MOST_ROWS]
    return [row for row in drawn if row in worst], [row for row in drawn if row not in worst]


def _badness(matrix: Matrix, row: Drawn) -> int:
    return sum(SEVERITY[matrix.verdicts[row.kind, column.kind][0]] for column in matrix.columns)


# -- the table --------------------------------------------------------------------------------------


def _size(matrix: Matrix) -> str:
    return f"{many(len(matrix.rows), 'function')} × {many(len(matrix.columns), 'target')}"


def _header(matrix: Matrix, theme: Theme) -> tuple[list[Shape], float]:
    """How much was asked and how it fares; the room that this takes."""
    text = _size(matrix)
    out: list[Shape] = [Label(PAGE, 27, text, 11, theme.ink, bold=True, role="question", on=theme.page)]
    x = PAGE + width(text, 11, bold=True) + 16
    for verdict, count in matrix.counts().items():
        if not count:
            continue
        colour = VERDICT_COLOUR[verdict]
        words = f"{VERDICT_GLYPH[verdict]} {count:,} {verdict.value}"
        area = Area(x, 14, x + width(words, 8.2, bold=True) + 14, 32)
        out.append(Box(area, colour, None, radius=3, role="pill"))
        out.append(Label(x + 7, 26, words, 8.2, WHITE, bold=True, role="verdict", on=colour))
        x = area.right + 6
    return out, x - 6 + PAGE


def _block(
    matrix: Matrix, rows: Sequence[Drawn], columns: Sequence[Column], top: float, theme: Theme
) -> Iterator[Shape]:
    for at, column in enumerate(columns):
        yield from _head(clean(column.target), _left(at), top, theme)
    for index, row in enumerate(rows):
        y = top + HEAD_H + index * (CELL_H + GAP)
        yield from _name(row, y, theme)
        for at, column in enumerate(columns):
            verdict, code = matrix.verdicts[row.kind, column.kind]
            of = f"{row.members[0]}>{column.target}"
            yield from _cell(verdict, code, Area(_left(at), y, _left(at) + CELL_W, y + CELL_H), of, theme)


def _left(at: int) -> float:
    return PAGE + NAME_W + at * (CELL_W + GAP)


def _head(target: str, left: float, top: float, theme: Theme) -> Iterator[Shape]:
    """A target on one line, or on two."""
    whole = width(target, 8, bold=True) <= CELL_W
    rows = [target] if whole else two_lines(target, CELL_W, 8, bold=True)
    for at, row in enumerate(rows):
        y = top + HEAD_H - 8 - 11 * (len(rows) - 1 - at)
        yield Label(left, y, row, 8, theme.ink, True, role="head", of=target, on=theme.page)


def _name(row: Drawn, top: float, theme: Theme) -> Iterator[Shape]:
    room = NAME_W - 12
    name = shorten(clean(row.members[0]), room, 8.5, bold=True)
    alone = len(row.members) == 1
    yield Label(PAGE, top + (17 if alone else 13), name, 8.5, theme.ink, True, role="function", on=theme.page)
    if not alone:
        text = likewise(row.members)
        yield Label(PAGE, top + 23, text, 6.8, theme.muted, role="function", on=theme.page)


def _cell(verdict: Verdict, code: str | None, area: Area, of: str, theme: Theme) -> Iterator[Shape]:
    """A verdict in its colour, shape, word and border; below the word, what stops it."""
    state, colour = VERDICT_STATE[verdict], VERDICT_COLOUR[verdict]
    fill = mixed(colour, theme.page, theme.tint)
    dash = STROKES[state].dash if state is not State.OK else ()
    yield Box(area, fill, theme.said[state], 0.9, dash, 3, role="cell", of=of)
    tile = Area(area.left + 5, area.top + 7, area.left + 19, area.top + 21)
    yield Box(tile, colour, None, radius=2, role="tile", of=of)
    glyph = VERDICT_GLYPH[verdict]
    middle = (tile.left + tile.right) / 2, tile.top + 10
    yield Label(*middle, glyph, 8.5, WHITE, True, align="center", role="glyph", on=colour)
    tag = shorten(tag_for(code), CELL_W - 28, 6.8) if code else ""
    x, y = area.left + 24, area.top + (12.5 if tag else 17)
    yield Label(x, y, verdict.value, 8, theme.ink, True, role="said", of=of, on=fill)
    if tag:
        yield Label(x, area.top + 22.5, tag, 6.8, theme.ink, role="said", of=of, on=fill)


# -- the list ---------------------------------------------------------------------------------------


def _reasons(matrix: Matrix) -> Iterator[Line]:
    """Who does not reach what, by the code that `reach explain` knows."""
    names: dict[int, list[str]] = {}
    for row in matrix.rows:
        names.setdefault(row.kind, []).append(row.function)
    found = sorted(by_code(matrix).items(), key=lambda item: (-SEVERITY[item[0][0]], item[0][1]))
    for (verdict, code), kinds in found[:MOST_LINES]:
        by_targets: dict[tuple[str, ...], list[str]] = {}
        for kind, targets in kinds.items():
            by_targets.setdefault(tuple(targets), []).extend(names[kind])
        told = (f"{few(some)} → {few(targets)}" for targets, some in by_targets.items())
        yield Line(VERDICT_GLYPH[verdict], clean(f"{code}: {';  '.join(told)}"), VERDICT_STATE[verdict])
    if len(found) > MOST_LINES:
        yield Line("Also", clean(", ".join(code for (_, code), _ in found[MOST_LINES:])))


def _same(rows: Sequence[Drawn]) -> Iterator[Line]:
    shared = [row for row in rows if len(row.members) > 1]
    for row in shared[:MOST_LINES]:
        rest = row.members[1:]
        more = f" and {len(rest) - 6} more" if len(rest) > 6 else ""
        yield Line("Same", clean(f"{row.members[0]}: {', '.join(rest[:6])}{more}"))


def _left_out(rows: Sequence[Drawn], columns: Sequence[Column]) -> Iterator[Line]:
    if rows:
        count = sum(len(row.members) for row in rows)
        yield Line("Also", f"{many(count, 'function')} that fare better on the whole: not drawn")
    if columns:
        yield Line("Also", clean(f"{many(len(columns), 'more target')}: {few([c.target for c in columns])}: not drawn"))
