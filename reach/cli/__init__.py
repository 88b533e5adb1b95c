"""The command line: parse, call, render, exit code."""

from __future__ import annotations

import click

from reach.cli.group import LazyGroup

# INVARIANT: `reach --help` reads this table and imports no command.
COMMANDS = {
    "demo": ("reach.cli.demo:demo", "Built-in networks: all four verdicts and their pictures."),
    "path": ("reach.cli.path:path", "One function to one or more targets, hop by hop."),
    "list": ("reach.cli.list:list_", "What can be asked about, by name."),
    "matrix": ("reach.cli.matrix:matrix", "Every function × every destination."),
    "report": ("reach.cli.report:report", "The whole network on one HTML page."),
    "diagram": ("reach.cli.diagram:diagram", "Draw a path or a whole VPC."),
    "check": ("reach.cli.check:check", "Whether the expectations of a file hold; for CI."),
    "snapshot": ("reach.cli.snapshot:snapshot", "Read an account, read-only, into one file."),
    "permissions": ("reach.cli.permissions:permissions", "The read-only IAM policy that 'snapshot' needs."),
    "interfaces": ("reach.cli.interfaces:interfaces", "Lambda's network interfaces, and who holds them."),
    "policy": ("reach.cli.policy:policy", "Would a policy let this function be deployed into this network."),
    "explain": ("reach.cli.explain:explain", "What a reason code means and how to fix it."),
    "completion": ("reach.cli.completion:completion", "The completion script for a shell."),
}


def _print_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        from reach import __version__

        click.echo(f"reach {__version__}")
        ctx.exit()


@click.group(
    "reach",
    cls=LazyGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version and exit.",
)
def reach() -> None:
    """Explain what an AWS Lambda function can reach, and where its packets end.

    \b
    try it       reach demo
    read AWS     reach snapshot -o net.json --region eu-west-1
    ask          reach path FUNCTION --from net.json
    understand   reach explain CODE

    'reach COMMAND --help' ends with examples.
    """


def main() -> None:
    """Entry point of the command `reach`."""
    reach()
