"""`reach path`: can this function reach that, and if not, where does it end and why."""

from __future__ import annotations

from pathlib import Path

import click
from click.shell_completion import CompletionItem

from reach.cli import exits
from reach.cli.formats import CASES
from reach.cli.options import (
    account_option,
    action_option,
    family_option,
    format_option,
    from_option,
    inspection_option,
    live_options,
    output_options,
    resolve_option,
    verbose_option,
    vpc_config_option,
)

TARGET_WORDS = {
    "internet": "every public address",
    "s3": "Amazon S3",
    "dynamodb": "Amazon DynamoDB",
    "secretsmanager": "AWS Secrets Manager",
    "sqs": "Amazon SQS",
    "sns": "Amazon SNS",
    "kms": "AWS KMS",
    "ssm": "AWS Systems Manager",
    "lambda": "AWS Lambda",
    "rds:": "a database by name",
    "elasticache:": "a cache by name",
}
CHEAP = 20_000_000  # bytes of a snapshot that may be read while somebody waits for a completion


def complete_target(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The fixed words; names of databases hold colons, which shells cut at."""
    words = [word for word in TARGET_WORDS if word.startswith(incomplete)]
    return [CompletionItem(word, help=TARGET_WORDS[word]) for word in words]


def complete_source(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Function names, if they are in files that were named already: nothing here waits for AWS."""
    from reach.cli.reading import read_network

    sources = tuple(ctx.params.get("sources") or ())
    if not sources or not all(_cheap(source) for source in sources):
        return []
    try:
        network = read_network(sources, quiet=True)
    except Exception:  # whatever is wrong is said when the command runs, not between two keys
        return []
    return [CompletionItem(f.name) for f in network.functions if f.name.startswith(incomplete)]


def _cheap(source: str) -> bool:
    try:
        return source.startswith("demo:") or (Path(source).is_file() and Path(source).stat().st_size < CHEAP)
    except OSError:
        return False


@click.command("path", short_help="One function to one or more targets, hop by hop.")
@click.argument("source", shell_complete=complete_source)
@click.argument("targets", nargs=-1, metavar="[TARGET]...", shell_complete=complete_target)
@from_option
@live_options
@account_option
@family_option
@action_option
@vpc_config_option
@resolve_option
@inspection_option
@format_option("text", "json", *CASES, "mermaid")
@output_options
@verbose_option
def path(
    source: str,
    targets: tuple[str, ...],
    sources: tuple[str, ...],
    profile: str | None,
    regions: tuple[str, ...],
    role_arns: tuple[str, ...],
    account: str | None,
    family: str,
    actions: tuple[str, ...],
    vpc_config: str | None,
    answers: tuple[str, ...],
    inspection: str,
    format_: str,
    output: str | None,
    quiet: bool,
    verbose: bool,
    no_color: bool,
) -> None:
    """Say whether SOURCE reaches each TARGET, with every hop, the cause and the fix.

    SOURCE is a function: its name, ARN, name:alias or a glob such as 'orders-*', with REGION/ or
    ACCOUNT/REGION/ before it where names repeat; or eni-…, i-…, ecs:CLUSTER/SERVICE and the like.

    TARGET is internet, s3, dynamodb or another AWS service by its boto3 name; s3://BUCKET; rds:NAME,
    elasticache:NAME, likewise memorydb:, docdb:, redshift:, opensearch:, kafka:, mq:, efs:, elbv2:, dsql:;
    HOST[:PORTS], IP:PORTS or CIDR:PORTS. Without TARGET: internet, s3, dynamodb and the databases and
    caches of the function's VPC.

    Exit code: 0 all reachable, 1 something is blocked or partial, 2 bad usage or unreadable input,
    3 something is unknown, 4 AWS could not be read.
    """
    from reach.ask import ask_all
    from reach.cli.output import emit, emit_page, new_page
    from reach.cli.reading import chosen_region, read_network
    from reach.told import assuming, pairs, told
    from reach.vpc_config import read

    if quiet and verbose:
        raise click.UsageError("-q and -v exclude each other.")
    region = chosen_region(sources, regions)
    config = read(vpc_config) if vpc_config is not None else None
    network = read_network(sources, profile=profile, regions=regions, role_arns=role_arns, quiet=quiet)
    network = assuming(told(network, pairs(answers)), inspection)
    found = ask_all(
        network, source, targets, region=region, account=account, family=family, actions=actions, vpc_config=config
    )
    if format_ == "json":
        from reach import __version__
        from reach.render.json import render_json

        emit(render_json(found, network.origins, version=__version__), output, quiet=quiet)
    elif format_ in CASES:
        from reach.cli.formats import append_summary, render_cases
        from reach.render.case import of_answers
        from reach.render.text import tally

        cases, words = of_answers(found, network.origins), tally(found)
        emit(render_cases(format_, cases, words, name="reach path"), output, quiet=quiet)
        if format_ == "github":
            append_summary(cases, words)
    elif format_ == "mermaid":
        from reach.render.mermaid import path_mermaid

        if len(found) > 1:
            raise click.UsageError(f"a Mermaid diagram shows one answer, not {len(found)}: name one TARGET.")
        emit(path_mermaid(found[0]), output, quiet=quiet)
    else:
        from reach.render.text import write_answers

        page = new_page(output)
        write_answers(page, found, detail="quiet" if quiet else "verbose" if verbose else "normal")
        emit_page(page, output, no_color=no_color, quiet=quiet)
    click.get_current_context().exit(exits.of_answers(found))
