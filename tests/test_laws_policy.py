"""Laws of the policy evaluator: what is not known, once it is known, never contradicts what was decided (AUTH-30).

A second, naive evaluator that knows everything stands against it where nothing is unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from reach.policy import ABSENT, UNDECIDED, Document, Key, Outcome, Request, Unknown, Values, evaluate, parse
from reach.policy.globs import ANY, ONE, Tokens, contains, matches, overlap, pattern
from reach.policy.truth import Truth

WORDS = ("a", "b", "ab", "B", "")
PATTERNS = ("a", "b", "*", "a*", "?", "*b", "${k:one}", "${k:one, 'a'}*", "${*}", "ab")
SINGLE, LISTS = ("k:one", "k:two"), ("lambda:SubnetIds", "aws:TagKeys")
BASES = ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
         "StringNotEqualsIgnoreCase")  # fmt: skip

words, patterns = st.sampled_from(WORDS), st.sampled_from(PATTERNS)
unknowns = st.builds(
    Unknown, st.sampled_from(("x", "y")), st.sampled_from(("*", "a*", "?")),
    st.lists(words, max_size=2, unique=True).map(tuple),
)  # fmt: skip


def usable(text: Unknown) -> bool:
    """An unknown that some word can be."""
    return bool(choices(text))


def choices(text: Unknown) -> list[str]:
    """The words that an unknown can turn out to be."""
    return list(text.among) or [w for w in WORDS if matches(pattern(text.like), w) is Truth.TRUE]


texts = st.one_of(words, unknowns.filter(usable))
operators = st.one_of(
    st.builds(lambda over, base, tail: over + base + tail, st.sampled_from(("", "ForAllValues:", "ForAnyValue:")),
              st.sampled_from(BASES), st.sampled_from(("", "IfExists"))),
    st.just("Null"),
)  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    """A condition block."""
    out: dict[str, Any] = {}
    for operator in draw(st.lists(operators, max_size=2, unique=True)):
        values = ["true", "false"] if operator == "Null" else PATTERNS
        held = st.lists(st.sampled_from(values), min_size=1, max_size=2)
        key = st.sampled_from(SINGLE + LISTS)
        out[operator] = draw(st.dictionaries(key, held, min_size=1, max_size=2))
    return out


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    action = draw(st.sampled_from(("Action", "NotAction")))
    resource = draw(st.sampled_from(("Resource", "NotResource")))
    return {
        "Effect": draw(st.sampled_from(("Allow", "Deny"))),
        action: draw(st.lists(patterns, min_size=1, max_size=2)),
        resource: draw(st.lists(patterns, min_size=1, max_size=2)),
        "Condition": draw(conditions()),
    }


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    version = draw(st.sampled_from(("2012-10-17", "2008-10-17")))
    return {"Version": version, "Statement": draw(st.lists(statements(), max_size=3))}


singles: st.SearchStrategy[Key] = st.one_of(st.just(ABSENT), st.just(UNDECIDED), texts.map(lambda t: Values((t,))))
lists: st.SearchStrategy[Key] = st.one_of(
    st.just(ABSENT),
    st.builds(Values, st.lists(texts, max_size=3).map(tuple), st.just(True), st.booleans()),
)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    context = {k: draw(singles) for k in SINGLE} | {k: draw(lists) for k in LISTS}
    return Request(draw(texts), draw(texts), context=context)


def settled_text(draw: st.DrawFn, text: Any, names: dict[Unknown, str]) -> str:
    """One of the words that a text can be; the same unknown is the same word everywhere."""
    if isinstance(text, Unknown):
        return names.setdefault(text, draw(st.sampled_from(choices(text))))
    return str(text)


@st.composite
def settled(draw: st.DrawFn, request: Request) -> Request:
    """The request with everything known, in one of the ways that it can turn out."""
    names: dict[Unknown, str] = {}

    def of(key: Key) -> Key:
        if key == UNDECIDED:
            return draw(st.one_of(st.just(ABSENT), words.map(lambda w: Values((w,)))))
        if not isinstance(key, Values):
            return key
        further = draw(st.lists(words, max_size=2)) if key.more else []
        found = (*(settled_text(draw, t, names) for t in key.texts), *further)
        return Values(found, key.multivalued) if found else ABSENT

    context = {k: of(v) for k, v in request.context.items()}
    action, resource = (settled_text(draw, t, names) for t in (request.action, request.resource))
    return replace(request, action=action, resource=resource, context=context)


def read(document: Mapping[str, Any]) -> Document:
    found = parse(document)
    assert isinstance(found, Document)
    return found


@given(documents(), requests(), st.data())
def test_auth_30_settling_an_unknown_contradicts_no_decision(
    document: dict[str, Any], request: Request, data: st.DataObject
) -> None:
    before = evaluate(read(document), request)
    after = evaluate(read(document), data.draw(settled(request)))
    if before.outcome is Outcome.NOT_ALLOWED:
        assert after.outcome in (Outcome.NOT_ALLOWED, Outcome.DENIED, Outcome.UNKNOWN)
        assert not any(m.truth is Truth.TRUE for m in after.matches if m.statement.allow)
    elif before.outcome is not Outcome.UNKNOWN:
        assert after.outcome is before.outcome
    for old, new in zip(before.matches, after.matches, strict=True):
        if old.truth is not Truth.UNKNOWN:
            assert new.truth is old.truth
        for had, has in zip(old.tests, new.tests, strict=True):
            assert had.truth in (Truth.UNKNOWN, has.truth), had


# -- the naive evaluator: two values, everything known, written from the table of operators ------------------


def naive_outcome(document: dict[str, Any], request: Request) -> Outcome:
    effects = {s["Effect"] for s in document["Statement"] if naive_match(s, document["Version"], request)}
    if "Deny" in effects:
        return Outcome.DENIED
    return Outcome.ALLOWED if "Allow" in effects else Outcome.NOT_ALLOWED


def naive_match(statement: dict[str, Any], version: str, request: Request) -> bool:
    context = {k: list(v.texts) for k, v in request.context.items() if isinstance(v, Values)}
    for name, text, fold in (("Action", request.action, True), ("Resource", request.resource, False)):
        negated = f"Not{name}" in statement
        variables = {} if name == "Action" else context
        said = any(naive_like(p, str(text), fold, version, variables, name != "Action")
                   for p in statement[f"Not{name}" if negated else name])  # fmt: skip
        if said == negated:
            return False
    return all(
        naive_condition(operator, values, context.get(key, []), version, context)
        for operator, keys in statement["Condition"].items()
        for key, values in keys.items()
    )


def naive_condition(name: str, values: list[str], held: Any, version: str, context: Any) -> bool:
    if name == "Null":
        return any((v == "true") == (not held) for v in values)
    over, _, base = name.rpartition(":")
    exists = base.endswith("IfExists")
    base = base.removesuffix("IfExists")
    negated, fold, like = "Not" in base, "Case" in base, "Like" in base
    if not held:
        return exists or (over != "ForAnyValue" and (negated or over == "ForAllValues"))
    each = []
    for text in held:
        found = any(naive_like(v, text, fold, version, context, True, like) for v in values)
        each.append(found != negated)
    return any(each) if over == "ForAnyValue" else all(each)


def naive_like(
    value: str, text: str, fold: bool, version: str, context: Any, variables: bool, wild: bool = True
) -> bool:
    if variables and version == "2012-10-17":
        value = value.replace("${*}", "\0")
        for written in ("${k:one, 'a'}", "${k:one}"):
            held = context.get("k:one") or (["a"] if "'" in written else None)
            if written in value:
                assume(held is not None)  # a variable without a value decides nothing
                value = value.replace(written, held[0])
    expression = "".join(
        ".*" if c == "*" and wild else "." if c == "?" and wild else re.escape("*" if c == "\0" else c) for c in value
    )
    return re.fullmatch(expression, text, re.IGNORECASE if fold else 0) is not None


@given(documents(), requests(), st.data())
def test_what_is_known_is_decided_as_the_naive_evaluator_does(
    document: dict[str, Any], request: Request, data: st.DataObject
) -> None:
    known = data.draw(settled(request))
    for statement in document["Statement"]:
        for operator, keys in statement["Condition"].items():
            plain = operator != "Null" and ":" not in operator
            assume(not (plain and set(keys) & set(LISTS)))  # a plain operator on a list is not defined (POL-09)
    assert evaluate(read(document), known).outcome is naive_outcome(document, known)


# -- patterns -----------------------------------------------------------------------------------------------

tokens = st.lists(st.sampled_from(("a", "b", ANY, ONE)), max_size=5).map(tuple)


def regex(of: Tokens) -> re.Pattern[str]:
    return re.compile("".join({ANY: ".*", ONE: "."}.get(t, t) for t in of))


@given(tokens, tokens, st.text("ab", max_size=6))
def test_patterns_overlap_and_contain_as_their_texts_do(first: Tokens, second: Tokens, text: str) -> None:
    one, two = regex(first).fullmatch(text), regex(second).fullmatch(text)
    if one and two:
        assert overlap(first, second)
    if contains(first, second) and two:
        assert one
    assert (matches(first, text) is Truth.TRUE) == bool(one)


@given(tokens, tokens)
def test_overlap_is_proven_by_a_text(first: Tokens, second: Tokens) -> None:
    """If two short patterns overlap, some short text matches both."""
    every = ("".join(t) for n in range(9) for t in _texts(n))
    both = any(regex(first).fullmatch(t) and regex(second).fullmatch(t) for t in every)
    assert overlap(first, second) == both


def _texts(length: int) -> list[tuple[str, ...]]:
    out: list[tuple[str, ...]] = [()]
    for _ in range(length):
        out = [(*t, c) for t in out for c in "ab"]
    return out
