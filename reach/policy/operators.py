"""The condition operators of IAM: what one of them says of a key that is there, missing, or not known."""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct

from reach.policy.document import Condition, Literal
from reach.policy.globs import HOLE, Lookup, Tokens, arn_matches, folded, lower, matches, pattern
from reach.policy.request import Absent, Key, Text, Undecided, Unknown, Values
from reach.policy.truth import F, T, Truth, U, agreed, all_of, any_of, negate, truth

Test = Callable[[Literal, Text, Lookup | None], Truth]  # policy value, request value → does it match
SPELLING = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$")


class Operator(Struct, frozen=True):
    """A condition operator in its parts. `test` None: not known to us."""

    base: str
    over: str = ""  # ForAllValues, ForAnyValue
    if_exists: bool = False
    negated: bool = False
    test: Test | None = None


def operator(name: str) -> Operator:
    """Take the name of an operator apart.

    >>> found = operator("ForAnyValue:StringNotLikeIfExists")
    >>> found.base, found.over, found.if_exists, found.negated
    ('StringNotLike', 'ForAnyValue', True, True)
    """
    found = SPELLING.match(name.strip())
    if not found:
        return Operator(name)
    over, base, if_exists = found.groups()
    positive = base.replace("Not", "", 1) if base not in ("Null",) else base
    return Operator(base, over or "", bool(if_exists), positive != base, TESTS.get(positive))


def holds(condition: Condition, key: Key, lookup: Lookup | None) -> Truth:
    """Whether a condition is met (AUTH-21, AUTH-31, POL-05)."""
    op = operator(condition.operator)
    if op.base == "Null":
        return U if op.over else any_of(_null(v, key) for v in condition.values)
    match key:
        case Absent():
            return _missing(op)
        case Undecided():
            there = _present(op, condition, Values((Unknown(condition.key),), key.multivalued), lookup)
            return agreed((_missing(op), there))
    found = _present(op, condition, key, lookup)
    return found if key.texts else agreed((_missing(op), found))  # a list of which not even the length is known


def _null(value: Literal, key: Key) -> Truth:
    if isinstance(value, Unknown) or value.lower() not in ("true", "false"):
        return U
    wanted = value.lower() == "true"
    match key:
        case Absent():
            return truth(wanted)
        case Values(texts=(_, *_)):
            return truth(not wanted)
    return U


def _missing(op: Operator) -> Truth:
    """Of a key that is not in the request: only negation, IfExists and ForAllValues are content with that."""
    if op.test is None:
        return U
    if op.over == "ForAnyValue" and not op.if_exists:
        return F
    return truth(op.negated or op.if_exists or op.over == "ForAllValues")


def _present(op: Operator, condition: Condition, key: Values, lookup: Lookup | None) -> Truth:
    if op.test is None or (key.multivalued and not op.over):
        return U  # a plain operator on a list is not defined (POL-09)
    each = [_one(op, condition, text, lookup) for text in key.texts]
    if key.more:
        each.append(_one(op, condition, Unknown(condition.key), lookup))
    if op.over == "ForAllValues":
        return all_of(each)
    return any_of(each) if op.over == "ForAnyValue" else all_of(each)


def _one(op: Operator, condition: Condition, text: Text, lookup: Lookup | None) -> Truth:
    """One value of the request against all of the policy's: any, or for negated operators none."""
    assert op.test is not None
    if isinstance(text, Unknown) and text.among:
        return agreed(_one(op, condition, t, lookup) for t in text.among)
    found = any_of(op.test(value, text, lookup) for value in condition.values)
    return negate(found) if op.negated else found


# -- what a pair of values says ---------------------------------------------------------------------------


def tokens_of(value: Literal, lookup: Lookup | None, *, wild: bool) -> Tokens:
    """A policy value as a pattern; one that a template left open may be any text."""
    return (HOLE,) if isinstance(value, Unknown) else pattern(value, wild=wild, lookup=lookup)


def _text_test(*, wild: bool, fold: bool = False, arn: bool = False) -> Test:
    def test(value: Literal, text: Text, lookup: Lookup | None) -> Truth:
        if isinstance(value, Unknown) and value == text:
            return T  # the same reference on both sides
        tokens = tokens_of(value, lookup, wild=wild)
        if fold:
            tokens, text = folded(tokens), lower(text)
        return arn_matches(tokens, text) if arn else matches(tokens, text)

    return test


def _address(value: Literal, text: Text, lookup: Lookup | None) -> Truth:
    """Whether an address lies in a block; an address known by its subnet is decided by whole subnets."""
    block = _network(value)
    held = _network(text.within if isinstance(text, Unknown) else text)
    if block is not None and isinstance(text, Unknown) and any(_holds(o, block) for o in text.outside):
        return F
    if block is None or held is None:
        return U
    if block.version != held.version:
        return F
    inside = held.network_address in block and held.broadcast_address in block
    return T if inside else U if held.overlaps(block) else F


def _holds(outer: str, block: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    known = _network(outer)
    if isinstance(known, ipaddress.IPv4Network) and isinstance(block, ipaddress.IPv4Network):
        return block.subnet_of(known)
    both = isinstance(known, ipaddress.IPv6Network) and isinstance(block, ipaddress.IPv6Network)
    return both and block.subnet_of(known)  # type: ignore[arg-type]


def _network(value: Literal) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(value, strict=False) if isinstance(value, str) and value else None
    except ValueError:
        return None


def _ordered(read: Callable[[str], float | None], compare: Callable[[float, float], bool]) -> Test:
    def test(value: Literal, text: Text, lookup: Lookup | None) -> Truth:
        ours = read(value) if isinstance(value, str) else None
        theirs = read(text) if isinstance(text, str) else None
        return U if ours is None or theirs is None else truth(compare(theirs, ours))

    return test


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _moment(text: str) -> float | None:
    if text.isdigit() and len(text) > 4:
        return float(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


ORDERS: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanEquals": lambda a, b: a >= b,
}
# By the positive name; `StringNotEquals` is `StringEquals` negated, `NotIpAddress` likewise.
TESTS: dict[str, Test] = {
    "StringEquals": _text_test(wild=False),
    "StringEqualsIgnoreCase": _text_test(wild=False, fold=True),
    "StringLike": _text_test(wild=True),
    "ArnEquals": _text_test(wild=True, arn=True),
    "ArnLike": _text_test(wild=True, arn=True),
    "IpAddress": _address,
    "Bool": _text_test(wild=False, fold=True),
    "BinaryEquals": _text_test(wild=False),
    **{f"Numeric{name}": _ordered(_number, compare) for name, compare in ORDERS.items()},
    **{f"Date{name}": _ordered(_moment, compare) for name, compare in ORDERS.items()},
}
