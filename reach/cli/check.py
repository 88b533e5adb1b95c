"""`reach check`: whether what a file expects of the network holds; for CI."""

from __future__ import annotations

import shlex
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource
from msgspec.structs import replace

from reach.cli import exits
from reach.cli.formats import CASES
from reach.cli.options import format_option, needs_option, output_options, verbose_option
from reach.cli.where import Where, resolve_option, where_options
from reach.expectations import Outcome, Status

if TYPE_CHECKING:
    from reach.cli.output import Out

EXIT = {Status.PASSED: exits.OK, Status.FAILED: exits.FAILED, Status.UNKNOWN: exits.UNKNOWN}


class Check(click.Command):
    """Says where a file goes that stands alone."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if "extra argument" not in error.message:
                raise
            more = "name the file of expectations with -c FILE, a source with --from SRC"
            raise click.UsageError(f"{error.message}: {more}", ctx) from None


def _only(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> str | None:
    """A second file must not replace the first without a word: what it expects would go unchecked."""
    if len(value) > 1:
        raise click.BadParameter(f"one file at a time, and there are {len(value)}: run it once for each", ctx, param)
    return value[0] if value else None


@click.command("check", cls=Check, short_help="Whether the expectations of a file hold; for CI.")
@click.option(
    "-c",
    "--config",
    multiple=True,
    callback=_only,
    metavar="FILE",
    help="The expectations; by default reach.yaml, here or further up to the git root, else [tool.reach] in"
    " pyproject.toml.",
)
@click.option(
    "--unknown",
    type=click.Choice(("fail", "warn")),
    help="Whether what cannot be decided makes the exit code 3; replaces 'unknown:' of the file.  [default: fail]",
)
@click.option("--init", is_flag=True, help="Write a first file from what holds today; never over an existing one.")
@needs_option
@where_options
@resolve_option
@format_option("text", "json", *CASES)
@output_options
@verbose_option
def check(
    config: str | None,
    unknown: str | None,
    init: bool,
    with_needs: bool,
    where: Where,
    out: Out,
) -> None:
    """Check that functions reach what they should, and nothing that they should not.

    The file says which: 'can' is reachable from every subnet on the target's own ports, 'cannot' is blocked
    from every subnet, on every TCP and UDP port unless it names some. --from replaces its 'from:'.

    Exit code: 0 all expectations hold, 1 one failed, 2 bad usage or unreadable input, 3 none failed but
    one is unknown (0 with --unknown warn), 4 AWS could not be read.
    """
    from reach.cli.finding import find, given_of, named_by
    from reach.expectations import evaluate

    if init:
        _write_first(config, where, quiet=out.quiet)
        return
    began = time.monotonic()
    expectations = find(config)
    values = given_of(expectations, replaced=bool(where.sources))
    if expectations.sources and _from_environment():
        exits.say(f"warning: REACH_FROM replaces 'from:' of {expectations.file}")
    if not where.sources:
        named = named_by(expectations)
        where = replace(where, sources=tuple(named), named=named)
    region = where.region
    network = where.read(quiet=out.quiet, given=values)
    outcomes = evaluate(network, expectations, region=region, account=where.account, with_needs=with_needs)
    tolerant = expectations.tolerant if unknown is None else unknown == "warn"
    seconds = time.monotonic() - began
    if out.format == "json":
        from reach import __version__
        from reach.render.check_json import render_check

        out.text(render_check(outcomes, network.origins, version=__version__))
    elif out.format in CASES:
        from reach.cli.formats import append_summary, render_cases
        from reach.render.case import of_outcomes, relative
        from reach.render.outcomes import tally

        cases = of_outcomes(outcomes, tolerant=tolerant, origins=network.origins)
        words = tally(outcomes)
        out.text(render_cases(out.format, cases, words, name=relative(expectations.file), seconds=seconds))
        if out.output not in (None, "-") and not out.quiet:
            exits.say(words)  # else the log of a job shows a failure and no reason
        if out.format == "github":
            append_summary(cases, words)
    else:
        from reach.render.outcomes import write_outcomes

        page = out.page()
        write_outcomes(page, outcomes, seconds, out.detail)
        out.show(page)
    click.get_current_context().exit(exit_code(outcomes, tolerant=tolerant))


def _from_environment() -> bool:
    """Whether nobody typed where the network is described, and the environment says it."""
    return click.get_current_context().get_parameter_source("sources") is ParameterSource.ENVIRONMENT


def _write_first(config: str | None, where: Where, *, quiet: bool) -> None:
    from reach.cli import finding
    from reach.cli.given import given_now
    from reach.errors import ReachError
    from reach.expectations.first import first_file
    from reach.files import create

    path = finding.new_file(config)  # before an account is read
    network = where.read(quiet=quiet)
    seen = finding.as_seen_from(path, where.sources or ("aws",))
    region = where.region
    now = given_now(regions=where.regions)
    more = finding.options_besides(where, now)
    text = first_file(
        network, seen, finding.schema_for(path), params=now.params, more=more, region=region, account=where.account
    )
    try:
        create(path, text.encode())
    except OSError as error:
        raise ReachError(f"cannot write {path}: {error.strerror}") from error
    if not quiet:
        words = ["reach check", *(["-c", shlex.quote(str(path))] if config else []), *([more] if more else [])]
        exits.say(f"wrote {path}; check it: {' '.join(words)}" + (" < INPUT" if "-" in seen else ""))


def exit_code(outcomes: Sequence[Outcome], *, tolerant: bool) -> int:
    """1 if an expectation failed, 3 if one is unknown and that is not tolerated."""
    return exits.worst(EXIT[o.status] for o in outcomes if not (tolerant and o.status is Status.UNKNOWN))
