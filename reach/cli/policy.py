"""`reach policy`: would this policy let a function be deployed into this network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from reach.cli import exits
from reach.cli.options import format_option, output_options, verbose_option, vpc_config_option
from reach.cli.path import complete_source
from reach.cli.where import Where, where_options

if TYPE_CHECKING:
    from reach.cli.output import Out
    from reach.deployment import Deployment
    from reach.policy import Document

FORMAT = "reach-policy/1"
LARGEST = 1_000_000  # bytes; IAM's own limits are far below


@click.command("policy", short_help="Would a policy let this function be deployed into this network.")
@click.argument("file", metavar="FILE", type=click.Path(dir_okay=False, exists=True, allow_dash=True))
@click.argument("functions", nargs=-1, metavar="[FUNCTION]...", shell_complete=complete_source)
@where_options
@vpc_config_option
@click.option(
    "--action",
    type=click.Choice(["create", "update"]),
    help="The request to judge; by default update for a function that exists, create for any other.",
)
@format_option("text", "json")
@output_options
@verbose_option
def policy(
    file: str,
    functions: tuple[str, ...],
    where: Where,
    vpc_config: str | None,
    action: str | None,
    out: Out,
) -> None:
    """Say whether the IAM policy in FILE lets a function be created or updated with its network.

    lambda:VpcIds, lambda:SubnetIds and lambda:SecurityGroupIds are taken from FUNCTION as the source has it
    (all functions without one), or from --vpc-config. FILE is JSON: a policy, a list of statements or one,
    or a piece of a policy; '-' reads standard input. Other policies and IAM boundaries are not looked at.

    Exit code: 0 allowed, 1 denied, 2 bad usage or unreadable input, 3 undecided, 4 AWS could not be read.
    """
    from reach.deployment import deployments
    from reach.policy.lint import lint
    from reach.render.deployment import write_deployments
    from reach.vpc_config import read

    if file == "-" and "-" in where.sources:
        raise click.UsageError("FILE and --from cannot both be standard input.")
    config = read(vpc_config) if vpc_config is not None else None
    document = read_policy(file)
    region = where.region
    network = where.read(quiet=out.quiet)
    found = deployments(
        network, document, functions, config=config, action=action, region=region, account=where.account
    )
    remarks = lint(document)
    if not out.quiet:
        exits.say(*(f"note: {file}: {remark}" for remark in document.remarks))
    if out.format == "json":
        about = {"name": file, "remarks": list(document.remarks), "lints": [n.to_dict() for n in remarks]}
        out.json(FORMAT, network, {"policy": about, "deployments": [d.to_dict() for d in found]})
    else:
        page = out.page()
        write_deployments(page, found, remarks, quiet=out.quiet, verbose=out.verbose)
        out.show(page)
    click.get_current_context().exit(exits.worst(_codes(found)))


def _codes(found: Iterable[Deployment]) -> Iterable[int]:
    from reach.policy import Outcome

    of = {Outcome.ALLOWED: exits.OK, Outcome.UNKNOWN: exits.UNKNOWN}
    return [of.get(d.outcome, exits.FAILED) for d in found]


def read_policy(file: str) -> Document:
    """The policy in a file.

    Raises
    ------
    PolicyError
        If it is none, with the place in the text.
    """
    from reach.errors import PolicyError
    from reach.files import read, utf8
    from reach.policy import Unreadable, parse

    try:
        data = read(file, LARGEST)
        text = utf8(data).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{file} cannot be read: {error}") from None
    if len(data) > LARGEST:
        raise PolicyError(f"{file} is larger than any IAM policy can be", "is it a snapshot? that belongs to --from")
    found = parse(text)
    if isinstance(found, Unreadable):
        raise PolicyError(f"{file} is not an IAM policy: {found.why}", "a policy has Version and Statement")
    return found
