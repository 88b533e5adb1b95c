"""What the page's table holds: functions in classes that fare alike, destinations, a cell for each pair of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reach.answer import Answer, Verdict


@dataclass(frozen=True, slots=True)
class Cell:
    """How one class of functions fares towards one destination; `answer` explains it, if it was kept."""

    verdict: Verdict
    code: str = ""
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
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
