"""`reach diagram`: a path, a whole VPC, or the graph itself, into a file."""

from __future__ import annotations

import click

from reach.cli import exits
from reach.cli.options import debug_option
from reach.cli.where import Where, resolve_option, where_options


@click.command("diagram", short_help="Draw a path or a whole VPC.")
@click.argument("source", required=False)
@click.argument("target", required=False)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="Where to draw; the suffix decides: .svg .png .pdf .mmd (Mermaid) .dot .html (a page); .graphml and .json"
    " hold the graph itself.",
)
@click.option("--vpc", "vpcs", metavar="ID", multiple=True, help="Without SOURCE: a VPC, by id or name. Repeatable.")
@click.option("--to", "to", metavar="TARGET", help="Without SOURCE: mark each function with its verdict towards this.")
@click.option(
    "--theme",
    type=click.Choice(("light", "dark"), case_sensitive=False),
    default="light",
    show_default=True,
    help="Colours of the page.",
)
@where_options
@resolve_option
@click.option("-q", "--quiet", is_flag=True, help="Say less: no remarks.")
@debug_option
def diagram(
    source: str | None,
    target: str | None,
    output: str,
    vpcs: tuple[str, ...],
    to: str | None,
    theme: str,
    where: Where,
    quiet: bool,
) -> None:
    """Draw whether SOURCE reaches TARGET, or without both a whole VPC.

    SOURCE and TARGET are as for 'reach path', one of each. The picture says the verdict, where traffic
    ends and why, so that it can be pasted alone. A whole VPC is drawn with those that it is joined to, unless
    --vpc chooses.
    """
    from pathlib import Path

    from reach.render.diagram import GRAPHS, asked_of, picture_suffix, write_graph, write_path, write_vpc

    if source is not None and target is None:
        raise click.UsageError("SOURCE needs a TARGET, such as internet; without both the whole VPC is drawn.")
    for option, given in (("--vpc", vpcs), ("--to", to)):
        if source is not None and given:
            raise click.UsageError(f"{option} is for a whole VPC, without SOURCE.")
    if source is not None and output.lower().endswith(GRAPHS):
        raise click.UsageError("the whole graph goes into .graphml and .json: leave SOURCE and TARGET out.")
    suffix = picture_suffix(output, also=GRAPHS if source is None else ())  # before an account is read
    if not Path(output).parent.is_dir():
        raise click.BadParameter(f"the folder {str(Path(output).parent)!r} does not exist", param_hint="'-o'")
    region = where.region
    network = where.read(quiet=quiet)
    if source is not None and target is not None:
        from reach.ask import ask_all

        found = ask_all(network, source, (target,), region=region, account=where.account)
        if len(found) != 1:
            raise click.UsageError(f"{source!r} stands for {len(found)} functions; name one of them.")
        write_path(found[0], output, theme=theme)
    elif suffix in GRAPHS:
        write_graph(network, output)
    else:
        answers = asked_of(network, vpcs, to) if to else ()
        write_vpc(network, output, vpcs, theme=theme, answers=answers)
    if not quiet:
        exits.say(f"wrote {output}")
