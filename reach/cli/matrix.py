"""`reach matrix`: every function × every destination."""

from __future__ import annotations

import click

from reach.cli import exits
from reach.cli.options import account_option, format_option, from_option, live_options, output_options, resolve_option

FORMAT = "reach-matrix/1"


@click.command("matrix", short_help="Every function × every destination.")
@click.option(
    "--to",
    "targets",
    multiple=True,
    metavar="TARGET",
    help="Ask for this target, as for 'reach path', instead of the usual ones. Repeatable.",
)
@click.option("--expand", is_flag=True, help="With -f json: every cell, instead of one per pair of classes.")
@from_option
@live_options
@account_option
@resolve_option
@format_option("text", "json", "markdown", "csv")
@output_options
def matrix(
    targets: tuple[str, ...],
    expand: bool,
    sources: tuple[str, ...],
    profile: str | None,
    regions: tuple[str, ...],
    role_arns: tuple[str, ...],
    account: str | None,
    answers: tuple[str, ...],
    format_: str,
    output: str | None,
    quiet: bool,
    no_color: bool,
) -> None:
    """Say for every function whether it reaches the internet, S3, DynamoDB, and every database and cache.

    Functions that differ in nothing but their names are one class and asked once; so are destinations.

    Exit code: 0 all reachable, 1 something is blocked or partial, 2 bad usage or unreadable input,
    3 something is unknown, 4 AWS could not be read.
    """
    from reach.cli.output import emit, emit_page, new_page
    from reach.cli.reading import chosen_region, read_network
    from reach.matrix import matrix as ask
    from reach.told import pairs, told

    if expand and format_ != "json":
        raise click.UsageError("--expand is for -f json; the other formats have every cell.")
    region = chosen_region(sources, regions)
    network = read_network(sources, profile=profile, regions=regions, role_arns=role_arns, quiet=quiet)
    network = told(network, pairs(answers))
    found = ask(network, targets, region=region, account=account)
    if format_ == "json":
        from reach import __version__
        from reach.render.json import dumps, origin_dict

        head = {"format": FORMAT, "reach": __version__, "source": [origin_dict(o) for o in network.origins]}
        emit(dumps(head | found.to_dict(expand=expand)), output, quiet=quiet)
    elif format_ == "csv":
        from reach.render.csv import matrix_csv

        emit(matrix_csv(found), output, quiet=quiet)
    elif format_ == "markdown":
        from reach.render.markdown import matrix_markdown

        emit(matrix_markdown(found), output, quiet=quiet)
    else:
        from reach.render.matrix import write_matrix

        page = new_page(output)
        write_matrix(page, found, quiet=quiet)
        emit_page(page, output, no_color=no_color, quiet=quiet)
    verdicts = (verdict for verdict, count in found.counts().items() if count)
    click.get_current_context().exit(exits.worst(exits.OF_VERDICT[verdict] for verdict in verdicts))
