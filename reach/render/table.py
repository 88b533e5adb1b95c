"""Rows as a table of text: columns as wide as their content, nothing cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reach.render.terminal import Page, width


def write_table(page: Page, title: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    """A title with the number of rows, a header, and one line per row.

    >>> page = Page()
    >>> write_table(page, "vpcs", ("id", "cidrs"), [{"id": "vpc-1", "cidrs": ["10.0.0.0/16"]}])
    >>> print(page.plain(), end="")
    vpcs (1)
      ID     CIDRS
      vpc-1  10.0.0.0/16
    """
    page.line((f"{title} ({len(rows)})", "bold"))
    if not rows:
        return
    cells = [[page.safe(_cell(row[column])) for column in columns] for row in rows]
    head = [column.upper().replace("_", " ") for column in columns]
    widths = [max(map(width, column)) for column in zip(head, *cells, strict=True)]
    page.line(("  " + _joined(head, widths), "dim"))
    for row_cells in cells:
        page.line(("  " + _joined(row_cells, widths), ""))


def _cell(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        rest = f" and {len(value) - 1} more" if len(value) > 1 else ""
        return f"{value[0]}{rest}" if value else "-"
    return "-" if value in (None, "") else str(value)


def _joined(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell + " " * (wide - width(cell)) for cell, wide in zip(cells, widths, strict=True)]
    return "  ".join(padded).rstrip()
