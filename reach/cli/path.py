"""`reach path`: can this function reach that, and if not, where does it end and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from reach.cli import exits
from reach.cli.formats import CASES
from reach.cli.options import (
    action_option,
    family_option,
    format_option,
    inspection_option,
    needs_option,
    output_options,
    verbose_option,
    vpc_config_option,
)
from reach.cli.where import Where, resolve_option, where_options

if TYPE_CHECKING:
    from reach.cli.output import Out

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
    sources = tuple(ctx.params.get("sources") or ())
    if not sources or not all(_cheap(source) for source in sources):
        return []
    from reach.cli.reading import read_network

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
@where_options
@family_option
@action_option
@vpc_config_option
@needs_option
@resolve_option
@inspection_option
@format_option("text", "json", *CASES, "mermaid")
@output_options
@verbose_option
def path(
    source: str,
    targets: tuple[str, ...],
    where: Where,
    family: str,
    actions: tuple[str, ...],
    vpc_config: str | None,
    with_needs: bool,
    inspection: str,
    out: Out,
) -> None:
    """Say whether SOURCE reaches each TARGET, with every hop, the cause and the fix.

    SOURCE is a function: its name, ARN, name:alias or a glob such as 'orders-*', with REGION/ or
    ACCOUNT/REGION/ before it where names repeat; or eni-…, i-…, ecs:CLUSTER/SERVICE and the like.

    TARGET is internet, s3, dynamodb or another AWS service by its boto3 name; s3://BUCKET; rds:NAME,
    elasticache:NAME, likewise memorydb:, docdb:, redshift:, opensearch:, kafka:, mq:, efs:, elbv2:, dsql:;
    HOST[:PORTS], IP:PORTS or CIDR:PORTS. Without TARGET: internet, s3, dynamodb and the databases and
    caches of the function's VPC.

    Of AWS services, endpoint and bucket policies on the way are asked; whether IAM lets the caller do it is not.

    Exit code: 0 all reachable, 1 something is blocked or partial, 2 bad usage or unreadable input,
    3 something is unknown, 4 AWS could not be read.
    """
    from reach.ask import ask_all
    from reach.told import assuming
    from reach.vpc_config import read

    region = where.region
    config = read(vpc_config) if vpc_config is not None else None
    if config is not None and not config.subnets and not out.quiet:  # a shell also makes it of empty variables
        exits.say("note: --vpc-config names no subnet and no group: the function is taken to be outside any VPC")
    network = assuming(where.read(quiet=out.quiet), inspection)
    found = ask_all(
        network,
        source,
        targets,
        region=region,
        account=where.account,
        family=family,
        actions=actions,
        vpc_config=config,
        with_needs=with_needs,
    )
    if out.format == "json":
        from reach import __version__
        from reach.render.json import render_json

        out.text(render_json(found, network.origins, version=__version__))
    elif out.format in CASES:
        from reach.cli.formats import append_summary, render_cases
        from reach.render.case import of_answers
        from reach.render.text import tally

        cases, words = of_answers(found, network.origins), tally(found)
        out.text(render_cases(out.format, cases, words, name="reach path"))
        if out.format == "github":
            append_summary(cases, words)
    elif out.format == "mermaid":
        from reach.render.mermaid import path_mermaid

        if len(found) > 1:
            raise click.UsageError(f"a Mermaid diagram shows one answer, not {len(found)}: name one TARGET.")
        out.text(path_mermaid(found[0]))
    elif out.is_html:
        from reach.render.page import answers_page

        out.text(answers_page(found))
    else:
        from reach.render.text import write_answers

        page = out.page()
        write_answers(page, found, detail=out.detail)
        out.show(page)
    click.get_current_context().exit(exits.of_answers(found))
