"""Three-valued logic: a condition on a value that is not known is neither true nor false (AUTH-30)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """Kleene's three values."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def truth(fact: bool) -> Truth:
    """A fact that is known.

    >>> truth(1 > 2)
    <Truth.FALSE: 'false'>
    """
    return T if fact else F


def negate(value: Truth) -> Truth:
    """Not; what is unknown stays so.

    >>> negate(Truth.UNKNOWN)
    <Truth.UNKNOWN: 'unknown'>
    """
    return {T: F, F: T, U: U}[value]


def all_of(values: Iterable[Truth]) -> Truth:
    """And: one false decides it.

    >>> all_of([Truth.UNKNOWN, Truth.FALSE])
    <Truth.FALSE: 'false'>
    """
    seen = set(values)
    return F if F in seen else U if U in seen else T


def any_of(values: Iterable[Truth]) -> Truth:
    """Or: one true decides it.

    >>> any_of([Truth.UNKNOWN, Truth.TRUE])
    <Truth.TRUE: 'true'>
    """
    seen = set(values)
    return T if T in seen else U if U in seen else F


def agreed(values: Iterable[Truth]) -> Truth:
    """One of several cases holds, and it is not known which: decided only if they agree.

    >>> agreed([Truth.TRUE, Truth.FALSE])
    <Truth.UNKNOWN: 'unknown'>
    """
    seen = set(values)
    return seen.pop() if len(seen) == 1 else U
