"""A first file of expectations: what holds today, so that it is noticed when it no longer does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from reach.answer import Answer, Verdict
from reach.ask import default_targets
from reach.ask.asker import Asker, askers, named
from reach.errors import QuestionError
from reach.expectations.evaluate import answers_for
from reach.expectations.outcome import Status, Verb, status_of
from reach.network import Network
from reach.target import parse

PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*")
NO_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


class Holds(Struct, frozen=True):
    """What holds for a function today; `open` are targets that neither verb describes, and why."""

    can: tuple[str, ...]
    cannot: tuple[str, ...]
    open: tuple[tuple[str, str], ...]


def first_file(
    network: Network,
    sources: Sequence[str],
    schema: str,
    *,
    params: Mapping[str, str] | None = None,
    more: str = "",
    region: str | None = None,
    account: str | None = None,
) -> str:
    """The text of a reach.yaml that passes on this network.

    Parameters
    ----------
    sources, params
        What the network was read from, as the file has to say it.
    more
        Options that it was read with besides, which the file can only mention.
    schema
        Where editors find the JSON Schema of the file.

    Raises
    ------
    reach.errors.QuestionError
        If there is no function to say anything about, or nothing that holds.
    """
    besides = [f"# Read with {_printable(more)}, for which this file has no key: reach check needs that, too."]
    lines = [
        f"# yaml-language-server: $schema={schema}",
        "# What held when this file was written; edit it until it says what you mean.",
        *(besides if more else ()),
        "version: 1",
        f"from: [{', '.join(_quoted(s) for s in sources)}]",
        *_params(params or {}),
        "expect:",
    ]
    alike: dict[Holds, list[str]] = {}
    for name, asker in named(askers(network, "*", region=region, account=account)):
        alike.setdefault(_holding(network, asker), []).append(name)
    if not any(holds.can or holds.cannot for holds in alike):
        raise _nothing_holds(alike)
    for holds, names in alike.items():
        lines += _entry(holds, names)
    return "\n".join([*lines, "unknown: fail"]) + "\n"


def _nothing_holds(alike: Mapping[Holds, Sequence[str]]) -> QuestionError:
    """A file without an expectation cannot be read back, and says nothing."""
    found = dict.fromkeys(f"{target} is {why}" for holds in alike for target, why in holds.open)
    what = "there is nothing to write: neither 'can' nor 'cannot' holds for any function today"
    return QuestionError(what, "\n".join([*list(found)[:5], *(["…"] if len(found) > 5 else [])]))


def _params(params: Mapping[str, str]) -> list[str]:
    pairs = ", ".join(f"{_quoted(name)}: {_quoted(value)}" for name, value in params.items())
    return [f"params: {{{pairs}}}"] if pairs else []


def _holding(network: Network, asker: Asker) -> Holds:
    can, cannot, neither = [], [], []
    for words in default_targets(network, asker):
        target = parse(words)
        reached = tuple(answers_for(network, asker, Verb.CAN, target))
        if status_of(Verb.CAN, reached) is Status.PASSED:
            can.append(words)
        elif status_of(Verb.CANNOT, tuple(answers_for(network, asker, Verb.CANNOT, target))) is Status.PASSED:
            cannot.append(words)
        else:
            neither.append((words, _why(reached[0])))
    return Holds(tuple(can), tuple(cannot), tuple(neither))


def _why(answer: Answer) -> str:
    """The verdict, and for an unknown one what would settle it."""
    needs = answer.first.needs if answer.verdict is Verdict.UNKNOWN and answer.first else None
    return f"{answer.verdict.value} (needs {needs})" if needs else answer.verdict.value


def _entry(holds: Holds, names: Sequence[str]) -> list[str]:
    """One expectation; of a function for which nothing holds only the remarks."""
    who = _quoted(names[0]) if len(names) == 1 else f"[{', '.join(map(_quoted, names))}]"
    remarks = [f"    # {_printable(f'{target}: {why}')} today, so neither holds" for target, why in holds.open]
    if not (holds.can or holds.cannot):
        return [f"  # function: {who}", *(line.replace("    #", "  #") for line in remarks)]
    lines = [f"  - function: {who}"]
    for verb, targets in ((Verb.CAN, holds.can), (Verb.CANNOT, holds.cannot)):
        if targets:
            lines.append(f"    {verb.value}: [{', '.join(map(_quoted, targets))}]")
    return lines + remarks


def _printable(text: str) -> str:
    """A comment ends with its line, so that is all it may hold."""
    return "".join(char if char.isprintable() else " " for char in text)


def _quoted(text: str) -> str:
    """A YAML scalar that is read as this text, whoever reads it.

    >>> _quoted("rds:orders-db"), _quoted("no"), _quoted("a: b")
    ('rds:orders-db', '"no"', '"a: b"')
    """
    if PLAIN.fullmatch(text) and text.lower() not in NO_WORDS:
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if " " <= char <= "~":
        return f"\\{char}" if char in '"\\' else char
    if "\ud800" <= char <= "\udfff":
        return "?"  # half a character, which YAML has no word for; a pattern in which this is any one
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
