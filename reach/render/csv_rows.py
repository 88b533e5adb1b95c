"""Rows as CSV (RFC 4180): lists joined by spaces, and no cell that a spreadsheet would run as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from reach.render.terminal import IN_FRONT, safe

FORMULA = ("=", "+", "-", "@")


def render_rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    """A header and one line per row.

    >>> print(render_rows(["id", "groups"], [{"id": "=cmd", "groups": ["sg-1", "sg-2"]}]), end="")
    id,groups
    '=cmd,sg-1 sg-2
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)
    return safe(f"'{text}" if text.startswith(FORMULA) or IN_FRONT.match(text) else text)
