"""The shell line at the end of a fix: which AWS CLI commands it runs, and what it keeps of their answers."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from msgspec import Struct

LONGEST = 8000  # characters of a fix: a command that is cut off cannot be copied
Options = Mapping[str, list[str]]


class Command(Struct, frozen=True):
    """One AWS CLI command; `keeps` is the shell variable that holds its answer."""

    service: str
    name: str
    options: Options
    keeps: str = ""


def commands(line: str) -> tuple[Command, ...]:
    """The commands of a line; none if the shell would not read it.

    >>> [(c.name, c.keeps) for c in commands("A=$(aws ec2 allocate-address --domain vpc) && aws ec2 describe-vpcs ")]
    [('allocate-address', 'A'), ('describe-vpcs', '')]
    """
    try:
        words = shlex.split(line)
    except ValueError:
        return ()
    out: list[Command] = []
    while words:
        end = words.index("&&") if "&&" in words else len(words)
        made = _command(words[:end])
        if made is None:
            return ()
        out.append(made)
        words = words[end + 1 :]
    return tuple(out)


def _command(words: list[str]) -> Command | None:
    keeps = ""
    if words and words[0].endswith("=$(aws") and words[-1].endswith(")"):
        keeps = words[0].removesuffix("=$(aws")
        words = ["aws", *words[1:-1], words[-1][:-1]]
    if len(words) < 3 or words[0] != "aws":
        return None
    return Command(words[1], words[2], _options(words[3:]), keeps)


def _options(words: list[str]) -> Options:
    out: dict[str, list[str]] = {}
    name = ""
    for word in words:
        if word.startswith("--"):
            name = word[2:]
            out[name] = []
        elif name:
            out[name].append(word)
    return out


def one(options: Options, name: str) -> str:
    """The first value of an option, or nothing."""
    return (options.get(name) or [""])[0]
