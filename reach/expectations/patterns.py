"""Which functions a pattern means: a name, a glob, `tag:key=value`, and `!` before any of them for all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct

from reach.ask.asker import Asker, askers
from reach.errors import ExpectationsError, QuestionError
from reach.network import Gap, Network

TAG = "tag:"


class Scope(Struct, frozen=True):
    """The network, and the region and account that choose among equal names."""

    network: Network
    file: str
    region: str | None = None
    account: str | None = None

    def asked(self, words: str) -> tuple[Asker, ...]:
        return askers(self.network, words, region=self.region, account=self.account)


def matched(scope: Scope, patterns: Sequence[tuple[str, int]]) -> tuple[Asker, ...]:
    """The functions that the patterns mean together, sorted by name.

    Raises
    ------
    ExpectationsError
        If one of them matches nothing, or nothing is left.
    """
    wanted = [p for p in patterns if not p[0].startswith("!")]
    others = [(text[1:], line) for text, line in patterns if text.startswith("!")]
    found = {key(a): a for p in wanted or [("*", patterns[0][1])] for a in _matching(scope, *p)}
    for text, line in others:
        for asker in _matching(scope, text, line):
            found.pop(key(asker), None)
    if not found:
        text, line = patterns[0]
        raise ExpectationsError(f"{scope.file}:{line}: {text!a} leaves no function", "it excludes all there are")
    return tuple(sorted(found.values(), key=lambda a: (a.info.id, a.info.account, a.info.region)))


def key(asker: Asker) -> str:
    """What tells a source from every other, also where equal names have no ARN."""
    info = asker.info
    return info.arn or f"{info.account}/{info.region}/{info.id}"


def _matching(scope: Scope, text: str, line: int) -> tuple[Asker, ...]:
    try:
        return _tagged(scope, text) if text.startswith(TAG) else scope.asked(text)
    except QuestionError as error:
        raise ExpectationsError(f"{scope.file}:{line}: {error.message}", error.hint) from None


def _tagged(scope: Scope, text: str) -> tuple[Asker, ...]:
    name, equals, value = text.removeprefix(TAG).partition("=")
    if not (name and equals):
        raise QuestionError(f"cannot read the pattern {text!a}", "form: tag:key=value")
    every = scope.asked("*")
    known = [(a, dict(a.function.tags)) for a in every if a.function is not None and a.function.tags is not None]
    found = tuple(a for a, tags in known if name in tags and fnmatchcase(tags[name], value))
    if not found:
        hint = "take the snapshot with: reach snapshot --tags" if len(known) < len(every) else None
        missing = ": the tags were not read" if hint else ""
        raise QuestionError(f"no function has the tag {name}={value!a}{missing}", hint)
    return found


def unlisted(scope: Scope, patterns: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int, Gap]]:
    """Patterns that may mean more functions than could be read, and why."""
    for text, line in patterns:
        if text.startswith(("!", TAG)) or any(c in text for c in "*?["):
            gaps = [gap for (_, _, name), gap in sorted(scope.network.gaps.items()) if name == "Functions"]
            yield from ((text, line, gap) for gap in gaps[:1])
        if text.lstrip("!").startswith(TAG):
            unread = next((f for f in scope.network.functions if f.tags is None), None)
            if unread is not None:
                why = f"the tags of {unread.name} were not read"
                yield text, line, Gap(unread.name, "tag:GetResources", why)
