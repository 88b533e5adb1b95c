"""The options about the question and the result that several commands share, spelled and explained once."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from reach.cli import exits
from reach.errors import QuestionError

F = TypeVar("F", bound=Callable[..., Any])
MOST_TEXT = 1_000_000  # characters of a file that holds an option's value


def action_option(command: F) -> F:
    """What the function does there, for endpoint and bucket policies."""
    return click.option(
        "--action",
        "actions",
        multiple=True,
        metavar="ACTION",
        callback=_actions,
        help="Ask policies about this action, such as s3:GetObject; by default the usual ones. Repeatable.",
    )(command)


def _actions(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    for action in value:
        if not re.fullmatch(r"[a-z0-9-]+:[A-Za-z0-9*?]+", action):
            raise click.BadParameter(f"{action!r} is no action; write it as in IAM, for example s3:GetObject")
    return value


def family_option(command: F) -> F:
    """Which IP version the question is about."""
    return click.option(
        "--family",
        type=click.Choice(["4", "6", "both"]),
        default="4",
        show_default=True,
        help="IP version of the traffic; an address as target decides for itself.",
    )(command)


def inspection_option(command: F) -> F:
    """What to think of firewalls and appliances that cannot be looked into."""
    return click.option(
        "--inspection",
        type=click.Choice(["unknown", "assume-pass"]),
        default="unknown",
        show_default=True,
        help="What firewalls and appliances on the way do where that cannot be read: leave the answer unknown, or"
        " take them to let everything pass.",
    )(command)


def needs_option(command: F) -> F:
    """What functions need besides."""
    return click.option(
        "--with-needs",
        is_flag=True,
        help="Ask also for what a function needs besides: file systems that it mounts, secrets that its role is for,"
        " what its extensions call, CloudFormation's bucket if it answers for a custom resource, and what the"
        " pollers of its event source mappings have to reach. What needs no path is not asked for.",
    )(command)


def vpc_config_option(command: F) -> F:
    """The network of a function that is about to be deployed."""
    return click.option(
        "--vpc-config",
        metavar="CONFIG",
        callback=_of_file,
        help="Ask about the function as if it had this configuration, whether it exists yet or not:"
        " SubnetIds=…,SecurityGroupIds=…, JSON or file://… as for the AWS CLI.",
    )(command)


def _of_file(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """What stands in a file that is named as the AWS CLI does it."""
    if value is None or not value.startswith("file://"):
        return value
    path = os.path.expanduser(value.removeprefix("file://"))
    try:
        with open(path, encoding="utf-8") as file:
            return file.read(MOST_TEXT)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not a text"
        hint = "name a file with the configuration"
        raise QuestionError(f"--vpc-config: {path} cannot be read: {why}", hint) from None


def format_option(*formats: str) -> Callable[[F], F]:
    """`-f`; the first format is the default."""
    return click.option(
        "-f",
        "--format",
        "format",
        type=click.Choice(formats, case_sensitive=False),
        default=formats[0],
        show_default=True,
        help="How to write the result.",
    )


def output_options(command: F) -> F:
    """Where the result goes and how it looks there; handed over as `out` (`reach.cli.output.Out`)."""

    @functools.wraps(command)
    def with_out(**values: Any) -> Any:
        from reach.cli.output import Out

        names = [name for name in Out.__struct_fields__ if name in values]
        return command(out=Out(**{name: values.pop(name) for name in names}), **values)

    wrapped: Any = with_out
    for option in (
        debug_option,
        click.option("--no-color", is_flag=True, help="Never colour. So does the environment variable NO_COLOR."),
        click.option("-q", "--quiet", is_flag=True, help="Say less: results in their shortest form, no remarks."),
        click.option(
            "-o",
            "--output",
            metavar="FILE",
            callback=_writable,
            help="Write the result to this file instead of standard output.",
        ),
    ):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[no-any-return]


def debug_option(command: F) -> F:
    return click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        callback=_remember_debug,
        is_eager=True,
        help="Show the traceback of any error.",
    )(command)


def verbose_option(command: F) -> F:
    return click.option(
        "-v", "--verbose", is_flag=True, help="Say more: everything that was asked, not only what decides."
    )(command)


def _remember_debug(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    ctx.meta[exits.DEBUG] = ctx.meta.get(exits.DEBUG, False) or value


def _writable(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Refuse early what cannot work: reading an account takes a while."""
    if value is None or value == "-" or ctx.resilient_parsing:
        return value
    path = Path(value)
    if path.is_dir():
        raise click.BadParameter(f"{value!r} is a folder")
    if not path.parent.is_dir():
        raise click.BadParameter(f"the folder {str(path.parent)!r} does not exist")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise click.BadParameter(f"{value!r} cannot be written")
    return value
