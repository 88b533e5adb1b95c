"""`reach check`: whether what a file expects of the network holds; for CI."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import click

from reach.cli import exits
from reach.cli.formats import CASES
from reach.cli.options import (
    account_option,
    format_option,
    from_option,
    live_options,
    output_options,
    resolve_option,
    verbose_option,
)
from reach.expectations import Outcome, Status

EXIT = {Status.PASSED: exits.OK, Status.FAILED: exits.FAILED, Status.UNKNOWN: exits.UNKNOWN}


@click.command("check", short_help="Whether the expectations of a file hold; for CI.")
@click.option(
    "-c",
    "--config",
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
@from_option
@live_options
@account_option
@resolve_option
@format_option("text", "json", *CASES)
@output_options
@verbose_option
def check(
    config: str | None,
    unknown: str | None,
    init: bool,
    sources: tuple[str, ...],
    profile: str | None,
    regions: tuple[str, ...],
    role_arns: tuple[str, ...],
    account: str | None,
    answers: tuple[str, ...],
    format_: str,
    output: str | None,
    quiet: bool,
    verbose: bool,
    no_color: bool,
) -> None:
    """Check that functions reach what they should, and nothing that they should not.

    The file says which: 'can' is reachable from every subnet on the target's own ports, 'cannot' is blocked
    from every subnet, on every TCP and UDP port unless it names some. --from replaces its 'from:'.

    Exit code: 0 all expectations hold, 1 one failed, 2 bad usage or unreadable input, 3 none failed but
    one is unknown (0 with --unknown warn), 4 AWS could not be read.
    """
    from reach.cli.finding import find, sources_of
    from reach.cli.reading import chosen_region, read_network
    from reach.expectations import evaluate
    from reach.told import pairs, told

    if quiet and verbose:
        raise click.UsageError("-q and -v exclude each other.")
    if init:
        live = {"profile": profile, "regions": regions, "role_arns": role_arns}
        _write_first(config, sources, regions, account, quiet, live)
        return
    began = time.monotonic()
    expectations = find(config)
    chosen = sources or sources_of(expectations)
    region = chosen_region(chosen, regions)
    given = expectations.params
    network = read_network(chosen, profile=profile, regions=regions, role_arns=role_arns, quiet=quiet, params=given)
    network = told(network, pairs(answers))
    outcomes = evaluate(network, expectations, region=region, account=account)
    tolerant = expectations.tolerant if unknown is None else unknown == "warn"
    seconds = time.monotonic() - began
    if format_ == "json":
        from reach import __version__
        from reach.cli.output import emit
        from reach.render.check_json import render_check

        emit(render_check(outcomes, network.origins, version=__version__), output, quiet=quiet)
    elif format_ in CASES:
        from reach.cli.formats import append_summary, render_cases
        from reach.cli.output import emit
        from reach.render.case import of_outcomes
        from reach.render.outcomes import tally

        cases = of_outcomes(outcomes, tolerant=tolerant)
        words = tally(outcomes)
        emit(render_cases(format_, cases, words, name=expectations.file, seconds=seconds), output, quiet=quiet)
        if format_ == "github":
            append_summary(cases, words)
    else:
        from reach.cli.output import emit_page, new_page
        from reach.render.outcomes import write_outcomes

        page = new_page(output)
        write_outcomes(page, outcomes, seconds, "quiet" if quiet else "verbose" if verbose else "normal")
        emit_page(page, output, no_color=no_color, quiet=quiet)
    click.get_current_context().exit(exit_code(outcomes, tolerant=tolerant))


def _write_first(
    config: str | None,
    sources: Sequence[str],
    regions: Sequence[str],
    account: str | None,
    quiet: bool,
    live: dict[str, Any],
) -> None:
    from reach.cli import finding
    from reach.cli.given import given_now
    from reach.cli.reading import chosen_region, read_network
    from reach.errors import ReachError
    from reach.expectations.first import first_file
    from reach.files import create

    path = finding.new_file(config)  # before an account is read
    chosen = tuple(sources) or ("aws",)
    network = read_network(chosen, quiet=quiet, **live)
    seen = finding.as_seen_from(path, chosen)
    region = chosen_region(chosen, regions)
    params = given_now(regions=regions).params
    text = first_file(network, seen, finding.schema_for(path), params=params, region=region, account=account)
    try:
        create(path, text.encode())
    except OSError as error:
        raise ReachError(f"cannot write {path}: {error.strerror}") from error
    if not quiet:
        exits.say(f"wrote {path}; check it: reach check" + (f" -c {path}" if config else ""))


def exit_code(outcomes: Sequence[Outcome], *, tolerant: bool) -> int:
    """1 if an expectation failed, 3 if one is unknown and that is not tolerated."""
    return exits.worst(EXIT[o.status] for o in outcomes if not (tolerant and o.status is Status.UNKNOWN))
