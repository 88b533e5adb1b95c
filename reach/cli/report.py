"""`reach report`: the whole network on one page that can be explored."""

from __future__ import annotations

import click

from reach.cli.options import debug_option
from reach.cli.where import Where, resolve_option, where_options


@click.command("report", short_help="The whole network on one HTML page.")
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to write the page; ends in .html.")
@click.option(
    "--to",
    "targets",
    multiple=True,
    metavar="TARGET",
    help="Ask for this target, as for 'reach path', instead of the usual ones. Repeatable.",
)
@where_options
@resolve_option
@click.option("-q", "--quiet", is_flag=True, help="Say less: no remarks.")
@debug_option
def report(
    output: str,
    targets: tuple[str, ...],
    where: Where,
    quiet: bool,
) -> None:
    """Ask for every function and destination, and write one page: a table to filter, each cell explained.

    The page is one file. It loads nothing, so it can be mailed, archived, or attached to a ticket.
    """
    from pathlib import Path

    from reach.cli import exits
    from reach.matrix import matrix

    if not output.lower().endswith((".html", ".htm")):  # before an account is read
        raise click.BadParameter(f"{output!r} does not end in .html", param_hint="'-o'")
    if not Path(output).parent.is_dir():
        raise click.BadParameter(f"the folder {str(Path(output).parent)!r} does not exist", param_hint="'-o'")
    region = where.region
    network = where.read(quiet=quiet)
    matrix(network, targets, region=region, account=where.account).report(output)
    if not quiet:
        exits.say(f"wrote {output}")
