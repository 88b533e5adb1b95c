"""`reach interfaces`: Lambda's network interfaces, who shares them, and who holds one that cannot be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reach.cli.options import format_option, output_options
from reach.cli.where import Where, where_options

if TYPE_CHECKING:
    from reach.cli.output import Out
    from reach.interfaces import Shared

FORMAT = "reach-interfaces/1"
COLUMNS = ("vpc", "subnet", "security_groups", "state", "interfaces", "held_by")


@click.command("interfaces", short_help="Lambda's network interfaces, and who holds them.")
@click.argument("words", nargs=-1, metavar="[ID|FUNCTION]...")
@where_options
@format_option("text", "json", "csv")
@output_options
def interfaces(
    words: tuple[str, ...],
    where: Where,
    out: Out,
) -> None:
    """List the network interfaces that Lambda has or wants: one per subnet and set of security groups.

    All functions and published versions with the same subnet and groups share one. With the id of an
    interface (eni-…), security group, subnet or VPC, or with a function: only what concerns it, which
    is what to look at when AWS answers DependencyViolation.

    Exit code: 0, 2 bad usage or unreadable input, 4 AWS could not be read.
    """
    from reach.interfaces import counts, holding, others

    network = where.read(quiet=out.quiet)
    found = [s for s in holding(network, words) if where.chooses(s.home)]
    totals = [c for c in counts(network) if any(s.vpc == c.vpc for s in found)]
    rest = {word: others(network, word) for word in words}
    if out.format == "json":
        body: dict[str, Any] = {
            "interfaces": [s.to_dict() for s in found],
            "vpcs": [c.to_dict() for c in totals],
            "also_held_by": {word: list(what) for word, what in rest.items()},
        }
        out.json(FORMAT, network, body)
        return
    if out.format == "csv":
        from reach.render.csv_rows import render_rows

        out.text(render_rows(COLUMNS, [_row(s) for s in found]))
        return
    from reach.render.interfaces import write_interfaces

    page = out.page()
    write_interfaces(page, found, totals, rest, quiet=out.quiet, explain=bool(words))
    out.show(page)


def _row(one: Shared) -> dict[str, Any]:
    """One row of the table."""
    row = one.to_dict()
    return {column: row[column] for column in COLUMNS} | {"interfaces": [i.id for i in one.interfaces]}
