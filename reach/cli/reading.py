"""From `--from` to a Network, with one line on stderr that says what was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from reach.cli import exits
from reach.cli.given import given_now
from reach.describe import API_CALL
from reach.errors import QuestionError
from reach.network import Network, Subnet
from reach.snapshot import Snapshot

if TYPE_CHECKING:
    from reach.sources.given import Given

MOST_GAPS = 3
TO_GIVE = ("--param", "--ssm", "--export")


def read_network(
    sources: Sequence[str],
    *,
    profile: str | None = None,
    regions: Sequence[str] = (),
    role_arns: Sequence[str] = (),
    quiet: bool = False,
    given: Given | None = None,
    named: Mapping[str, str] | None = None,
) -> Network:
    """Read and describe all sources; `()` is the live account.

    What the options of the command give for templates counts, and `given` where they give nothing. `named` are the
    lines of a file that name sources.

    Raises
    ------
    reach.errors.ReachError
        If one of them cannot be read.
    """
    from reach.describe import describe
    from reach.sources import read

    snapshot = read(
        tuple(sources) or ("aws",),
        profile=profile,
        regions=tuple(regions),
        role_arns=tuple(role_arns),
        progress=None if quiet else exits.say,
        given=given_now(given, regions),
        named=named,
    )
    network = describe(snapshot)
    if not quiet:
        exits.say(f"read {', '.join(sources) or 'aws'}: {count(network)}")
        exits.say(*remarks(snapshot))
    return network


def remarks(snapshot: Snapshot) -> list[str]:
    """What was odd in the input, and which calls are missing from it."""
    out = [f"warning: {warning}" for warning in snapshot.warnings]
    calls = [gap for gap in snapshot.gaps if API_CALL.fullmatch(gap.action)]
    gaps = list(dict.fromkeys(f"{gap.action} ({gap.error})" for gap in calls))
    if gaps:
        more = f" and {len(gaps) - MOST_GAPS} more" if len(gaps) > MOST_GAPS else ""
        out.append(f"note: not read: {', '.join(gaps[:MOST_GAPS])}{more}; what depends on it is unknown")
    asked = [p for p in snapshot.pending.values() if p.needs.startswith(TO_GIVE)]
    for needs in list(dict.fromkeys(p.needs for p in asked))[:MOST_GAPS]:
        why = next(p.why for p in asked if p.needs == needs)
        out.append(f"note: {why}: give it with {needs}")
    return out


def count(network: Network) -> str:
    """How much there is of what a user asks about.

    >>> count(Network({}))
    '0 functions, 0 VPCs, 0 subnets'
    """
    return ", ".join(
        (
            _many(len(network.functions), "function"),
            _many(len(network.vpcs), "VPC"),
            _many(len(network.all(Subnet)), "subnet"),
        )
    )


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def chosen_region(sources: Sequence[str], regions: Sequence[str]) -> str | None:
    """Which region chooses among equal names: for live reads several may be read, none of them chosen.

    Raises
    ------
    QuestionError
        If several are given and nothing is read from them.
    """
    if len(regions) == 1:
        return regions[0]
    if regions and "aws" not in (tuple(sources) or ("aws",)):
        raise QuestionError(
            f"--region is given {len(regions)} times, and one is needed to choose among equal names",
            "several regions can be read from 'aws' only",
        )
    return None
