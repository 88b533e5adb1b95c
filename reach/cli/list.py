"""`reach list`: what can be asked about, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from reach.cli.options import format_option, output_options
from reach.cli.where import Where, where_options
from reach.network import Database, Function, Network, Subnet, Thing, Vpc

if TYPE_CHECKING:
    from reach.cli.output import Out

FORMAT = "reach-list/1"
Row = dict[str, Any]


def function_row(function: Function, network: Network) -> Row:
    subnets = (network.get(id, function.home) for id in function.subnets)
    decided = next((s.vpc for s in subnets if isinstance(s, Subnet)), function.vpc_config)
    return {
        "name": function.name or function.id,
        "vpc": decided if function.attached else None,
        "subnets": list(function.subnets),
        "security_groups": list(function.groups),
        "account": function.home.account,
        "region": function.home.region,
    }


def database_row(database: Database, _: Network) -> Row:
    return {
        "name": target_of(database),
        "engine": database.engine,
        "kind": database.kind,
        "vpc": database.vpc,
        "account": database.home.account,
        "region": database.home.region,
    }


def vpc_row(vpc: Vpc, _: Network) -> Row:
    return {
        "id": vpc.id,
        "name": vpc.name,
        "cidrs": list(vpc.cidr_texts),
        "account": vpc.home.account,
        "region": vpc.home.region,
    }


def target_of(database: Database) -> str:
    """The database as `reach path` takes it."""
    return database.word


KINDS: Mapping[str, tuple[Callable[[Network], Sequence[Thing]], Callable[[Any, Network], Row]]] = {
    "functions": (lambda network: network.functions, function_row),
    "databases": (lambda network: network.databases, database_row),
    "vpcs": (lambda network: network.vpcs, vpc_row),
}
# What the table shows; JSON has every member.
COLUMNS = {
    "functions": ("name", "vpc", "subnets", "region"),
    "databases": ("name", "engine", "vpc", "region"),
    "vpcs": ("id", "name", "cidrs", "region"),
}


@click.command("list", short_help="What can be asked about, by name.")
@click.argument("kind", required=False, type=click.Choice(tuple(KINDS)), metavar="[functions|databases|vpcs]")
@where_options
@format_option("text", "json")
@output_options
def list_(
    kind: str | None,
    where: Where,
    out: Out,
) -> None:
    """List the functions, databases and VPCs that were read; without a word all three.

    The names are those that 'reach path' takes. With -q the names alone.
    """
    network = where.read(quiet=out.quiet)
    kinds = (kind,) if kind else tuple(KINDS)
    rows = {kind: _rows(network, kind, where) for kind in kinds}
    if out.format == "json":
        out.json(FORMAT, network, rows)
        return
    from reach.render.table import write_table

    several = len({row["account"] for some in rows.values() for row in some}) > 1
    beside = ("account",) if several else ()  # else the same name twice could not be told apart
    page = out.page()
    for kind, some in rows.items():
        if out.quiet:
            for row in some:
                page.line((row[COLUMNS[kind][0]], ""))
        else:
            page.gap()
            write_table(page, kind, (*COLUMNS[kind], *beside), some)
    out.show(page)


def _rows(network: Network, kind: str, where: Where) -> Sequence[Row]:
    things, row = KINDS[kind]
    return [row(thing, network) for thing in things(network) if where.chooses(thing.home)]
