"""`reach matrix`: every function × every destination."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reach.cli import exits
from reach.cli.options import format_option, output_options
from reach.cli.where import Where, resolve_option, where_options

if TYPE_CHECKING:
    from reach.cli.output import Out

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
@where_options
@resolve_option
@format_option("text", "json", "markdown", "csv")
@output_options
def matrix(
    targets: tuple[str, ...],
    expand: bool,
    where: Where,
    out: Out,
) -> None:
    """Say for every function whether it reaches the internet, S3, DynamoDB, and every database and cache.

    Functions that differ in nothing but their names are one class and asked once; so are destinations.
    -o FILE.html writes a page, -o FILE.svg, .png or .pdf a picture.

    Exit code: 0 all reachable, 1 something is blocked or partial, 2 bad usage or unreadable input,
    3 something is unknown, 4 AWS could not be read.
    """
    from reach.matrix import matrix as ask

    if expand and out.format != "json":
        raise click.UsageError("--expand is for -f json; the other formats have every cell.")
    region = where.region
    network = where.read(quiet=out.quiet)
    found = ask(network, targets, region=region, account=where.account)
    if out.format == "json":
        out.json(FORMAT, network, found.to_dict(expand=expand))
    elif out.format == "csv":
        from reach.render.csv import matrix_csv

        out.text(matrix_csv(found))
    elif out.format == "markdown":
        from reach.render.markdown import matrix_markdown

        out.text(matrix_markdown(found))
    elif out.is_html:
        from reach.render.page import matrix_page

        out.text(matrix_page(found))
    elif out.is_picture:
        from reach.render.diagram import write_matrix as draw

        draw(found, str(out.output))
        if not out.quiet:
            exits.say(f"wrote {out.output}")
    else:
        from reach.render.matrix import write_matrix

        page = out.page()
        write_matrix(page, found, quiet=out.quiet)
        out.show(page)
    verdicts = (verdict for verdict, count in found.counts().items() if count)
    click.get_current_context().exit(exits.worst(exits.OF_VERDICT[verdict] for verdict in verdicts))
