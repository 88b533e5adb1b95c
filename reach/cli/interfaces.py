"""`reach interfaces`: Lambda's network interfaces, who shares them, and who holds one that cannot be deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from reach.cli.options import account_option, format_option, from_option, live_options, output_options

if TYPE_CHECKING:
    from reach.interfaces import Shared

FORMAT = "reach-interfaces/1"
COLUMNS = ("vpc", "subnet", "security_groups", "state", "interfaces", "held_by")


@click.command("interfaces", short_help="Lambda's network interfaces, and who holds them.")
@click.argument("words", nargs=-1, metavar="[ID|FUNCTION]...")
@from_option
@live_options
@account_option
@format_option("text", "json", "csv")
@output_options
def interfaces(
    words: tuple[str, ...],
    sources: tuple[str, ...],
    profile: str | None,
    regions: tuple[str, ...],
    role_arns: tuple[str, ...],
    account: str | None,
    format_: str,
    output: str | None,
    quiet: bool,
    no_color: bool,
) -> None:
    """List the network interfaces that Lambda has or wants: one per subnet and set of security groups.

    All functions and published versions with the same subnet and groups share one. With the id of an
    interface (eni-…), security group, subnet or VPC, or with a function: only what concerns it, which
    is what to look at when AWS answers DependencyViolation.

    Exit code: 0, 2 bad usage or unreadable input, 4 AWS could not be read.
    """
    from reach.cli.output import emit, emit_page, new_page
    from reach.cli.reading import read_network
    from reach.interfaces import counts, holding, others

    network = read_network(sources, profile=profile, regions=regions, role_arns=role_arns, quiet=quiet)
    found = [s for s in holding(network, words) if _chosen(s, regions, account)]
    totals = [c for c in counts(network) if any(s.vpc == c.vpc for s in found)]
    rest = {word: others(network, word) for word in words}
    if format_ == "json":
        from reach import __version__
        from reach.render.json import dumps, origin_dict

        head = {"format": FORMAT, "reach": __version__, "source": [origin_dict(o) for o in network.origins]}
        body: dict[str, Any] = {
            "interfaces": [s.to_dict() for s in found],
            "vpcs": [c.to_dict() for c in totals],
            "also_held_by": {word: list(what) for word, what in rest.items()},
        }
        emit(dumps(head | body), output, quiet=quiet)
        return
    if format_ == "csv":
        from reach.render.csv_rows import render_rows

        emit(render_rows(COLUMNS, [_row(s) for s in found]), output, quiet=quiet)
        return
    from reach.render.interfaces import write_interfaces

    page = new_page(output)
    write_interfaces(page, found, totals, rest, quiet=quiet, explain=bool(words))
    emit_page(page, output, no_color=no_color, quiet=quiet)


def _chosen(one: Shared, regions: tuple[str, ...], account: str | None) -> bool:
    return (not regions or one.home.region in regions) and account in (None, one.home.account)


def _row(one: Shared) -> dict[str, Any]:
    """One row of the table."""
    row = one.to_dict()
    return {column: row[column] for column in COLUMNS} | {"interfaces": [i.id for i in one.interfaces]}
