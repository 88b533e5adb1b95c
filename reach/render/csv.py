"""CSV for spreadsheets, in which no name becomes a formula, or a command of the CI job that prints it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from reach.matrix import Matrix
from reach.render.case import Case
from reach.render.scene import clean
from reach.render.terminal import ANYWHERE, IN_FRONT

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def inert(text: str) -> str:
    """A cell that a spreadsheet takes for text.

    >>> inert("=1+1"), inert("orders")
    ("'=1+1", 'orders')
    """
    shown = ANYWHERE.sub(r"\\x23", clean(text))
    return f"'{shown}" if shown.startswith(FORMULA) or IN_FRONT.match(shown) else shown


def render_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A header and rows, as RFC 4180 has them but for the line breaks."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    writer.writerows([inert(cell) for cell in row] for row in rows)
    return out.getvalue()


def cases_csv(cases: Iterable[Case]) -> str:
    """One row per question or expectation."""
    rows = ((c.function, c.claim, c.target, c.status.value, c.code, c.resource, c.why, c.fix) for c in cases)
    return render_csv(("function", "claim", "target", "status", "code", "resource", "why", "fix"), rows)


def matrix_csv(matrix: Matrix) -> str:
    """One row per cell."""
    sources = {row.function: row.source for row in matrix.rows}
    rows = (
        (c.function, sources[c.function].account, sources[c.function].region, c.target, c.verdict.value, c.code or "")
        for c in matrix
    )
    return render_csv(("function", "account", "region", "target", "verdict", "code"), rows)
