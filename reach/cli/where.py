"""Where the network is read from, and which of equal names is meant: the options of every command that asks one."""

from __future__ import annotations

import functools
import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import Struct

from reach.cli.given import template_options

if TYPE_CHECKING:
    from reach.network import Home, Network
    from reach.sources.given import Given

F = TypeVar("F", bound=Callable[..., Any])


class Where(Struct, frozen=True):
    """What the options said; commands take it as `where`."""

    sources: tuple[str, ...] = ()  # () is the live account
    profile: str | None = None
    regions: tuple[str, ...] = ()
    role_arns: tuple[str, ...] = ()
    account: str | None = None
    answers: tuple[str, ...] = ()  # of --resolve, where a command has it
    named: Mapping[str, str] = {}  # the file and line that name a source, where a file does

    @property
    def region(self) -> str | None:
        """The region that chooses among equal names. Ask before anything is read: it may be a usage error."""
        from reach.cli.reading import chosen_region

        return chosen_region(self.sources, self.regions)

    def read(self, *, quiet: bool, given: Given | None = None) -> Network:
        """Read all sources into one network; `given` counts where no option gives a template's parameter.

        Raises
        ------
        reach.errors.ReachError
            If one of them cannot be read.
        """
        from reach.cli.reading import read_network
        from reach.told import pairs, told

        answers = pairs(self.answers)  # refused before an account is read
        network = read_network(
            self.sources,
            profile=self.profile,
            regions=self.regions,
            role_arns=self.role_arns,
            quiet=quiet,
            given=given,
            named=self.named,
        )
        return told(network, answers)

    def chooses(self, home: Home) -> bool:
        """Whether --region and --account leave in what lives there."""
        return (not self.regions or home.region in self.regions) and self.account in (None, home.account)


def where_options(command: F) -> F:
    """`--from` and what templates leave open, how to read a live account, `--account`; handed over as `where`."""

    @functools.wraps(command)
    def with_where(**values: Any) -> Any:
        names = [name for name in Where.__struct_fields__ if name in values]
        return command(where=Where(**{name: values.pop(name) for name in names}), **values)

    return _from_option(live_options(_account_option(with_where)))  # type: ignore[return-value]


class Source(click.types.StringParamType):
    """What `--from` names; several may stand in REACH_FROM, separated by spaces, quoted as in a shell."""

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        if os.path.exists(rv):  # one path that has spaces in it
            return [rv]
        try:
            return shlex.split(rv, posix=os.name == "posix")
        except ValueError as error:
            raise click.UsageError(f"REACH_FROM cannot be split into sources: {error}") from None


def _from_option(command: F) -> F:
    """`--from`, repeatable, by default the live account, and what templates among the sources leave open."""
    return click.option(
        "--from",
        "sources",
        type=Source(),
        multiple=True,
        envvar="REACH_FROM",
        show_envvar=True,
        metavar="SRC",
        help="Where the network is described: 'aws' (the default), demo:NAME, a snapshot, a folder of AWS CLI"
        " JSON, a CloudFormation or SAM template (STACK=FILE names its stack), a cdk.out folder, the JSON of a"
        " Terraform plan or state, or '-' for standard input. Repeatable: all are read into one network.",
        shell_complete=click.Path().shell_complete,
    )(template_options(command))


def live_options(command: F) -> F:
    """How to read a live account."""
    for option in (
        click.option(
            "--role-arn",
            "role_arns",
            multiple=True,
            metavar="ARN",
            help="Assume this role to read AWS. Repeatable.",
        ),
        click.option(
            "--region",
            "regions",
            multiple=True,
            metavar="REGION",
            help="Read this AWS region; with another source: choose among equal names. Repeatable.",
        ),
        click.option("--profile", metavar="NAME", help="Read AWS with this profile of your AWS configuration."),
    ):
        command = option(command)
    return command


def _account_option(command: F) -> F:
    return click.option("--account", metavar="ID", help="Choose among equal names: the one in this AWS account.")(
        command
    )


def resolve_option(command: F) -> F:
    """Answers of DNS servers that cannot be read from AWS; they are in what `where.read` returns."""
    return click.option(
        "--resolve",
        "answers",
        multiple=True,
        metavar="HOST=IP",
        help="Take HOST to be at this address, where its DNS answer cannot be read from AWS. Repeatable: of several"
        " addresses a client is handed any.",
    )(command)
