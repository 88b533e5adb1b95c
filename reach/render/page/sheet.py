"""What the page's table holds: functions in classes that fare alike, destinations, a cell for each pair of them."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from reach.answer import SEVERITY, Answer, Verdict
from reach.matrix import Matrix


class Cell(Struct, frozen=True):
    """How one class of functions fares towards one destination; `answer` explains it, if it was kept."""

    verdict: Verdict
    code: str = ""
    answer: Answer | None = None


class Sheet(Struct, frozen=True):
    """A table of verdicts.

    Attributes
    ----------
    functions
        (name, where it lives, index of its row), in the order of the table.
    targets
        The destinations, one per column.
    rows
        One per class of functions: the index of a cell for each destination.
    cells
        All distinct cells.
    """

    functions: tuple[tuple[str, str, int], ...]
    targets: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    cells: tuple[Cell, ...]


MOST_EXPLAINED = 1_000  # pairs of classes; the page says how to ask about the others


def cell_of(answer: Answer) -> Cell:
    """The cell that an answer fills.

    Its code is that of the first blocker, else of what is not known.
    """
    listed = answer.unknowns if answer.verdict is Verdict.UNKNOWN else answer.blockers
    return Cell(answer.verdict, listed[0].code if listed else "", answer)


def of_answers(answers: Iterable[Answer]) -> Sheet:
    """A table of single answers; a pair that was not asked about is a cell that says so."""
    by_pair = {(a.source.id, a.source.account, a.source.region, a.target): a for a in answers}
    sources = list(dict.fromkeys(key[:3] for key in by_pair))
    targets = tuple(dict.fromkeys(key[3] for key in by_pair))
    cells: list[Cell] = []
    rows = []
    for source in sources:
        row = []
        for target in targets:
            answer = by_pair.get((*source, target))
            cells.append(Cell(Verdict.UNKNOWN, "NOT_ASKED") if answer is None else cell_of(answer))
            row.append(len(cells) - 1)
        rows.append(tuple(row))
    functions = tuple((id, f"{account}/{region}", at) for at, (id, account, region) in enumerate(sources))
    return Sheet(functions, targets, tuple(rows), tuple(cells))


def of_matrix(matrix: Matrix) -> Sheet:
    """A table of a whole matrix; the worst pairs of classes are explained, as told for the first function of each."""
    first_row = {row.kind: row.function for row in reversed(matrix.rows)}
    first_column = {column.kind: column.target for column in reversed(matrix.columns)}
    pairs = sorted(matrix.verdicts, key=lambda pair: -SEVERITY[matrix.verdicts[pair][0]])
    numbers = {pair: at for at, pair in enumerate(pairs)}
    cells = []
    for at, (row, column) in enumerate(pairs):
        verdict, code = matrix.verdicts[row, column]
        explained = matrix.cell(first_row[row], first_column[column]).answer if at < MOST_EXPLAINED else None
        cells.append(Cell(verdict, code or "", explained))
    kinds = sorted(first_row)
    places = {kind: at for at, kind in enumerate(kinds)}
    return Sheet(
        tuple((r.function, f"{r.source.account}/{r.source.region}", places[r.kind]) for r in matrix.rows),
        tuple(column.target for column in matrix.columns),
        tuple(tuple(numbers[kind, column.kind] for column in matrix.columns) for kind in kinds),
        tuple(cells),
    )
