"""`reach snapshot`: read an account, read-only, into one file."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reach.cli import exits
from reach.cli.options import debug_option
from reach.cli.where import live_options

if TYPE_CHECKING:
    from reach.snapshot import Snapshot

SHOWN = {"Vpcs": "VPC", "Subnets": "subnet", "Functions": "function"}
REFUSALS = ("AccessDenied", "UnauthorizedOperation", "NotAuthorized")


def _place(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Refuse early what cannot work: reading an account takes a while."""
    if value != "-" and not ctx.resilient_parsing and not Path(value).parent.is_dir():
        raise click.BadParameter(f"the folder {str(Path(value).parent)!r} does not exist")
    return value


@click.command("snapshot", short_help="Read an account, read-only, into one file.")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, writable=True, allow_dash=True),
    callback=_place,
    help="Where to write it: net.json, net.json.gz, or '-' for standard output.",
)
@live_options
@click.option(
    "--bucket",
    "buckets",
    multiple=True,
    metavar="NAME",
    help="Read the policy and Region of this S3 bucket too. Repeatable; no other bucket is read.",
)
@click.option("--tags", is_flag=True, help="Keep all tags; without it only Name.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing about progress and gaps.")
@debug_option
def snapshot(
    output: str,
    profile: str | None,
    regions: tuple[str, ...],
    role_arns: tuple[str, ...],
    buckets: tuple[str, ...],
    tags: bool,
    quiet: bool,
) -> None:
    """Read what 'reach' needs to know of an account into one file, with Describe, List and Get calls only.

    Environment variables, code locations and secrets are never stored. What may not be read becomes a gap
    in the file, and answers that need it are 'unknown'. With --role-arn the roles' accounts are read.
    'reach permissions' prints the policy that is needed.
    """
    from reach.snapshot import lines, save
    from reach.sources.aws import collect

    say = (lambda text: None) if quiet else exits.say
    found = collect(profile=profile, regions=regions, role_arns=role_arns, progress=say, tags=tags, buckets=buckets)
    if output == "-":
        sys.stdout.writelines(lines(found))
        sys.stdout.flush()
    else:
        save(found, output)
    for line in summary(found, "standard output" if output == "-" else output):
        say(line)


def summary(found: Snapshot, output: str) -> Iterator[str]:
    """Yield what was read in one line, then one line per gap.

    >>> from reach.snapshot import Snapshot
    >>> list(summary(Snapshot({"123456789012": {"eu-west-1": {"Vpcs": [{}]}}}), "net.json"))
    ['wrote net.json: 1 VPC, 0 subnets, 0 functions in 1 region, no gaps']
    >>> two = {account: {"eu-west-1": {}} for account in ("111111111111", "222222222222")}
    >>> list(summary(Snapshot(two), "-"))[0].partition(" in ")[2]
    '1 region of 2 accounts, no gaps'
    """
    count = Counter(
        {
            key: sum(len(keys.get(key, ())) for regions in found.accounts.values() for keys in regions.values())
            for key in SHOWN
        }
    )
    words = ", ".join(_many(count[key], noun) for key, noun in SHOWN.items())
    gaps = _many(len(found.gaps), "gap") if found.gaps else "no gaps"
    where = _many(len({region for regions in found.accounts.values() for region in regions}), "region")
    where += f" of {len(found.accounts)} accounts" if len(found.accounts) > 1 else ""
    yield f"wrote {output}: {words} in {where}, {gaps}"
    for gap in found.gaps:
        yield f"gap: {gap.account}/{gap.region} {', '.join(gap.keys)}: {gap.action} ({gap.error})"
    if any(word in gap.error for gap in found.gaps for word in REFUSALS):
        yield "'reach permissions' prints the read-only policy that closes the refused ones"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
