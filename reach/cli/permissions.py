"""`reach permissions`: the IAM policy that `reach snapshot` needs, made from its own table of calls."""

from __future__ import annotations

import json

import click


@click.command("permissions", short_help="The read-only IAM policy that 'snapshot' needs.")
@click.option("--tags", is_flag=True, help="Also what 'snapshot --tags' asks.")
def permissions(tags: bool) -> None:
    """Print the exact read-only IAM policy that 'reach snapshot' needs, as JSON.

    For --role-arn, attach it to each role, and allow the caller sts:AssumeRole on them.
    """
    from reach.sources.calls import policy

    click.echo(json.dumps(policy(tags=tags), indent=2))
