"""`reach report`: the whole network on one page that can be explored."""

from __future__ import annotations

import click

from reach.cli.options import account_option, debug_option, from_option, live_options, resolve_option


@click.command("report", short_help="The whole network on one HTML page.")
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to write the page; ends in .html.")
@click.option(
    "--to",
    "targets",
    multiple=True,
    metavar="TARGET",
    help="Ask for this target, as for 'reach path', instead of the usual ones. Repeatable.",
)
@from_option
@live_options
@account_option
@resolve_option
@click.option("-q", "--quiet", is_flag=True, help="Say less: no remarks.")
@debug_option
def report(
    output: str,
    targets: tuple[str, ...],
    sources: tuple[str, ...],
    profile: str | None,
    regions: tuple[str, ...],
    role_arns: tuple[str, ...],
    account: str | None,
    answers: tuple[str, ...],
    quiet: bool,
) -> None:
    """Ask for every function and destination, and write one page: a table to filter, each cell explained.

    The page is one file. It loads nothing, so it can be mailed, archived, or attached to a ticket.
    """
    from pathlib import Path

    from reach.cli import exits
    from reach.cli.reading import chosen_region, read_network
    from reach.matrix import matrix
    from reach.told import pairs, told

    if not output.lower().endswith((".html", ".htm")):  # before an account is read
        raise click.BadParameter(f"{output!r} does not end in .html", param_hint="'-o'")
    if not Path(output).parent.is_dir():
        raise click.BadParameter(f"the folder {str(Path(output).parent)!r} does not exist", param_hint="'-o'")
    region = chosen_region(sources, regions)
    network = read_network(sources, profile=profile, regions=regions, role_arns=role_arns, quiet=quiet)
    network = told(network, pairs(answers))
    matrix(network, targets, region=region, account=account).report(output)
    if not quiet:
        exits.say(f"wrote {output}")
