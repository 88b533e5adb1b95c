"""Patterns with `*` and `?` and policy variables, matched against texts that may be known only in part.

A pattern is a list of tokens: a character, ANY (a run of any), ONE (any one), HOLE (text that is not known).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from msgspec.structs import replace

from reach.policy.request import Text, Unknown
from reach.policy.truth import F, T, Truth, U, agreed

ANY, ONE, HOLE = "<any>", "<one>", "<hole>"  # longer than a character: no text holds them
Tokens = tuple[str, ...]
VARIABLE = re.compile(r"\$\{([^{}]*)\}")
LITERALS = {"*": "*", "?": "?", "$": "$"}  # ${*} is a star that stands for itself
Lookup = Callable[[str], Text | None]  # None: the key is not in the request


def pattern(value: str, *, wild: bool = True, lookup: Lookup | None = None) -> Tokens:
    """Read a policy value; without `lookup` variables are plain text, as in policies of 2008 (AUTH-32).

    >>> pattern("a*")
    ('a', '<any>')
    >>> pattern("${aws:x}b", lookup=lambda name: None)
    ('<hole>', 'b')
    >>> pattern("${aws:x, 'a'}b", lookup=lambda name: None)
    ('a', 'b')
    """
    out: list[str] = []
    at = 0
    for found in VARIABLE.finditer(value) if lookup else ():
        out += _plain(value[at : found.start()], wild)
        out += _variable(found[1], lookup) if lookup else []
        at = found.end()
    return (*out, *_plain(value[at:], wild))


def _plain(value: str, wild: bool) -> list[str]:
    return [{"*": ANY, "?": ONE}.get(c, c) for c in value] if wild else list(value)


def _variable(name: str, lookup: Lookup) -> list[str]:
    """`${key}` or `${key, 'default'}`; what is not known, or missing without a default, leaves a hole (AUTH-06)."""
    if name in LITERALS:
        return [LITERALS[name]]
    key, _, default = name.partition(",")
    found, default = lookup(key.strip()), default.strip()
    if found is None and len(default) > 1 and default[0] == "'" == default[-1]:
        return list(default[1:-1])
    return list(found) if isinstance(found, str) else [HOLE]


def folded(tokens: Tokens) -> Tokens:
    """Without regard to capitals."""
    return tuple(t if len(t) > 1 else t.lower() for t in tokens)


def lower(value: Text) -> Text:
    """A text without capitals.

    >>> lower(Unknown("any action", "S3:*")).like
    's3:*'
    """
    if isinstance(value, str):
        return value.lower()
    return replace(value, like=value.like.lower(), among=tuple(v.lower() for v in value.among))


def matches(tokens: Tokens, value: Text) -> Truth:
    """Whether a text matches a pattern.

    >>> matches(pattern("arn:aws:s3:::orders/*"), Unknown("an object", "arn:aws:s3:::orders/*"))
    <Truth.TRUE: 'true'>
    >>> matches(pattern("arn:aws:s3:::orders/public/*"), Unknown("an object", "arn:aws:s3:::orders/*"))
    <Truth.UNKNOWN: 'unknown'>
    """
    if isinstance(value, Unknown) and value.among:
        return agreed(matches(tokens, v) for v in value.among)
    text = pattern(value.like) if isinstance(value, Unknown) else tuple(value)
    if not overlap(tuple(ANY if t == HOLE else t for t in tokens), text):
        return F
    return T if HOLE not in tokens and contains(tokens, text) else U


def overlap(first: Tokens, second: Tokens) -> bool:
    """Whether some text matches both patterns.

    >>> overlap(pattern("a*"), pattern("*b")), overlap(pattern("a?"), pattern("a"))
    (True, False)
    """
    reached = {0}  # positions in `second` that fit what was read of `first`
    for token in first:
        reached = _skip(reached, second)
        reached = _after(token, reached, second)
        if not reached:
            return False
    return len(second) in _skip(reached, second)


def _skip(reached: set[int], tokens: Tokens) -> set[int]:
    """Also the positions behind runs that may be empty."""
    out = set(reached)
    for at in sorted(reached):
        if at < len(tokens) and tokens[at] == ANY:
            out |= _run(at, tokens)
    return out


def _run(at: int, tokens: Tokens) -> set[int]:
    end = next((n for n in range(at, len(tokens)) if tokens[n] != ANY), len(tokens))
    return set(range(at, end + 1))


def _after(token: str, reached: set[int], tokens: Tokens) -> set[int]:
    if token == ANY:
        return set(range(min(reached), len(tokens) + 1))
    out = set()
    for at in reached:
        if at == len(tokens):
            continue
        if tokens[at] == ANY:
            out.add(at)
        elif ONE in (token, tokens[at]) or token == tokens[at]:
            out.add(at + 1)
    return out


def contains(outer: Tokens, inner: Tokens) -> bool:
    """Whether every text of `inner` matches `outer`; a yes is sure, a no may be for want of cleverness.

    >>> contains(pattern("a*"), pattern("ab*")), contains(pattern("ab*"), pattern("a*"))
    (True, False)
    """
    return _contains(outer, inner)


@cache
def _contains(outer: Tokens, inner: Tokens) -> bool:
    reached = {0}  # positions in `outer` that fit what was read of `inner`
    for token in inner:
        reached = _skip(reached, outer)
        reached = {at for at in reached if at < len(outer) and outer[at] == ANY} | {
            at + 1 for at in reached if at < len(outer) and _takes(outer[at], token)
        }
    return len(outer) in _skip(reached, outer)


def _takes(outer: str, token: str) -> bool:
    """Whether one token of the outer pattern takes one token of the inner whole."""
    return token != ANY and outer in (token, ONE)


def parts(tokens: Tokens, count: int = 6) -> list[Tokens]:
    """The colon-separated parts of an ARN pattern; the last keeps its colons."""
    out: list[list[str]] = [[]]
    for token in tokens:
        if token == ":" and len(out) < count:
            out.append([])
        else:
            out[-1].append(token)
    return [tuple(p) for p in out]


def arn_matches(tokens: Tokens, value: Text) -> Truth:
    """As Arn operators do: each of the six parts on its own, so that `*` does not run over a colon.

    >>> arn_matches(pattern("arn:aws:iam::*:role/x"), "arn:aws:iam::1:2:role/x")
    <Truth.FALSE: 'false'>
    """
    if isinstance(value, Unknown) and value.among:
        return agreed(arn_matches(tokens, v) for v in value.among)
    text = pattern(value.like) if isinstance(value, Unknown) else tuple(value)
    ours, theirs = parts(tokens), parts(text)
    whole = matches(tokens, value)
    if tokens == (ANY,):
        return whole
    if whole is F or len(ours) != 6:
        return F if whole is F else U
    if len(theirs) != 6 or any(ANY in part for part in theirs[:5]):
        return F if isinstance(value, str) else U
    each = [_part_matches(o, t) for o, t in zip(ours, theirs, strict=True)]
    return F if F in each else U if U in each or HOLE in tokens else T


def _part_matches(ours: Tokens, theirs: Tokens) -> Truth:
    if not overlap(tuple(ANY if t == HOLE else t for t in ours), theirs):
        return F
    return T if HOLE not in ours and contains(ours, theirs) else U


def has_wildcard(value: str) -> bool:
    """Whether a value of a policy is a pattern."""
    return "*" in value or "?" in value
