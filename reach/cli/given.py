"""What the options of any command that reads a network give to templates: parameters, SSM values, exports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec.structs import replace

if TYPE_CHECKING:
    from reach.sources.given import Given

F = TypeVar("F", bound=Callable[..., Any])
GIVEN = "reach.given"


def template_options(command: F) -> F:
    """`--param`, `--param-file`, `--ssm`, `--export`; commands need not know them, `given_now` does."""
    for name, metavar, text in (
        ("--export", "NAME=VALUE", "What a stack that is not among the sources exports. Repeatable."),
        ("--ssm", "NAME=VALUE", "The value of an SSM parameter that a template asks for. Repeatable."),
        ("--param-file", "FILE", "Parameters of templates, as the AWS CLI or the CDK takes them. Repeatable."),
        ("--param", "NAME=VALUE", "A template's parameter (STACK:NAME for one stack), or a plan's ADDRESS.ATTRIBUTE."),
    ):
        command = click.option(
            name, name[2:].replace("-", "_"), multiple=True, metavar=metavar, help=text, expose_value=False,
            callback=_remember,
        )(command)  # fmt: skip
    return command


def _remember(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> None:
    ctx.meta.setdefault(GIVEN, {})[param.name] = value


def given_now(held: Given | None = None, regions: Sequence[str] = ()) -> Given:
    """What this command was given; `held` (by a file of expectations) where no option says otherwise.

    Raises
    ------
    reach.errors.ReachError
        If an option has no NAME=VALUE form, or a file of parameters cannot be read.
    """
    from reach.sources.given import given, pairs

    ctx = click.get_current_context(silent=True)
    typed: dict[str, Sequence[str]] = ctx.meta.get(GIVEN, {}) if ctx else {}
    options = given(
        pairs("--param", typed.get("param", ())),
        files=typed.get("param_file", ()),
        ssm=pairs("--ssm", typed.get("ssm", ())),
        exports=pairs("--export", typed.get("export", ())),
        region=regions[0] if len(regions) == 1 else None,
    )
    if held is None:
        return options
    kept = {name: place for name, place in held.places.items() if name not in options.params}
    params = {**held.params, **options.params}
    return replace(options, params=params, places=kept, spare=held.spare & kept.keys())
