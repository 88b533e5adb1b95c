"""Lambda's network interfaces as text: one per subnet and set of groups, and the count against the quota."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reach.interfaces import Count, Shared
from reach.render.table import write_table
from reach.render.terminal import Page

COLUMNS = ("subnet", "security_groups", "state", "interfaces", "held_by")


def write_interfaces(
    page: Page,
    found: Sequence[Shared],
    totals: Sequence[Count],
    others: Mapping[str, Sequence[str]],
    *,
    quiet: bool = False,
    explain: bool = False,
) -> None:
    """A table; with `explain` also what keeps each from being deleted; with `quiet` the ids alone."""
    if quiet:
        for one in found:
            for interface in one.interfaces:
                page.line((interface.id, ""))
        return
    rows = [
        {
            "subnet": one.subnet,
            "security_groups": one.groups,
            "state": one.state,
            "interfaces": [i.id for i in one.interfaces],
            "held_by": one.holders,
        }
        for one in found
    ]
    write_table(page, "network interfaces of Lambda, one per subnet and set of groups", COLUMNS, rows)
    for one in found if explain else ():
        page.gap()
        name = ", ".join(i.id for i in one.interfaces) or f"{one.subnet} with {', '.join(one.groups)}"
        page.hang([(f"{name}: ", "bold")], one.advice)
        for interface in one.interfaces:
            page.hang([("  seen     ", "dim")], f"{interface.id} {interface.status}: {interface.description or '-'}")
    for word, held in others.items():
        if held:
            page.gap()
            page.hang([(f"{word} is also held by ", "bold")], ", ".join(held))
    if totals:
        page.gap()
    for count in totals:
        page.hang([("! " if count.near else "  ", "bold yellow" if count.near else "")], count.text)
