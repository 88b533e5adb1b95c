"""Typed, total access to AWS's JSON records: a wrong or missing member is a default, never an exception."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from reach.network import ACTION_OF_KEY, Gap, Home

Record = Mapping[str, Any]


def text(record: Record, *keys: str) -> str:
    """The string at a key path, or an empty string."""
    value: Any = record
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


def word(record: Record, *keys: str) -> str:
    """A word of AWS's at a key path in lower case; what stands for one not known before deployment stays as it is."""
    value = text(record, *keys)
    return value if value.startswith("${") else value.lower()


def number(record: Record, *keys: str) -> int | None:
    """The integer at a key path, or None."""
    value: Any = record
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def flag(record: Record, key: str) -> bool:
    """Whether a boolean member is true."""
    return record.get(key) is True


def part(record: Record, key: str) -> Record:
    """The structure at a key, or an empty one."""
    value = record.get(key)
    return value if isinstance(value, Mapping) else {}


def rows(record: Record, key: str) -> list[Record]:
    """The structures of a list, absent = empty."""
    value = record.get(key)
    return [r for r in value if isinstance(r, Mapping)] if isinstance(value, list | tuple) else []


def deciding_rows(record: Record, key: str) -> list[Record] | None:
    """The structures of a list whose absence is a gap, not an empty list."""
    return rows(record, key) if isinstance(record.get(key), list | tuple) else None


def texts(record: Record, key: str) -> tuple[str, ...]:
    """The strings of a list, absent = empty."""
    value = record.get(key)
    return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list | tuple) else ()


def document(value: Any) -> str:
    """A policy as text, whether AWS gave a string or a template an object (AUTH-01)."""
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, sort_keys=True)


def name_tag(record: Record) -> str:
    """The Name tag."""
    return next((text(t, "Value") for t in rows(record, "Tags") if t.get("Key") == "Name"), "")


class Section(Struct, frozen=True):
    """All records of one account and region."""

    home: Home
    collections: Mapping[str, Sequence[Record]]
    gaps: Mapping[str, Gap]

    def rows(self, key: str) -> Iterator[Record]:
        """The records of one collection; none if it was not collected (ask `gap` which it is)."""
        return (r for r in self.collections.get(key, ()) if isinstance(r, Mapping))

    def gap(self, key: str) -> Gap | None:
        """Why a collection is missing or incomplete, None if it is whole."""
        if key in self.gaps:
            return self.gaps[key]
        if key in self.collections:
            return None
        why = f"{key} of {self.home.account}/{self.home.region} was not collected"
        return Gap(key, ACTION_OF_KEY.get(key, key), why)
