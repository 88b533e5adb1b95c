"""Holding records against the shapes of AWS's answers (`shapes.json`, generated from botocore's models)."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from reach.errors import SnapshotError
from reach.snapshot.records import BARE_SERVICES, Record, never_stored
from reach.traffic import cidr

WORDS = {
    str: "a string",
    int: "a number",
    float: "a number",
    bool: "true or false",
    dict: "an object",
    list: "a list",
    type(None): "null",
}
LETTERS: Mapping[str, tuple[frozenset[type], str]] = {
    "s": (frozenset((str,)), "a string"),
    "i": (frozenset((int,)), "a whole number"),
    "f": (frozenset((int, float)), "a number"),
    "b": (frozenset((bool,)), "true or false"),
    "t": (frozenset((str, int, float)), "a time"),
    "u": (frozenset((str,)), "a string"),  # which may be the ARN of a secret
    "j": (frozenset((str, dict)), "a policy document"),
}


# Members that must be CIDR blocks: a verdict on a block that is none would be a guess.
BLOCKS = frozenset(
    {
        *("CidrBlock", "Ipv6CidrBlock", "CidrIp", "CidrIpv6", "Cidr"),
        *("DestinationCidrBlock", "DestinationIpv6CidrBlock"),
    }
)


class _Misfit(Exception):
    """A value of the wrong type; the path grows from the inside out."""

    def __init__(self, expected: str, found: Any, shown: bool = False) -> None:
        super().__init__(expected)
        self.path = ""
        what = ascii(found)[:60] if shown else WORDS.get(type(found), type(found).__name__)
        self.text = f"expected {expected}, found {what}"

    def within(self, step: str) -> _Misfit:
        self.path = step + self.path
        return self


def an(kind: type, value: Any, name: str, path: str) -> Any:
    """The value, if it is of this type."""
    if type(value) is kind:
        return value
    raise SnapshotError(f"{name}: {path or 'the document'}: {_Misfit(WORDS[kind], value).text}")


@cache
def shapes() -> Mapping[str, Any]:
    """The member trees of what is read, and the names of all other list keys, per service."""
    return json.loads(Path(__file__).parent.with_name("shapes.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@cache
def names() -> Mapping[str, frozenset[str]]:
    """The keys of each service's answers, by boto3 name."""
    return {service: frozenset(keys.split()) for service, keys in shapes()["names"].items()}


def check_collections(
    found: dict[str, Any], name: str, place: str, warnings: dict[str, None]
) -> dict[str, list[Record]]:
    """Check the collections of one region: types, and keys that nobody knows (a warning)."""
    out: dict[str, list[Record]] = {}
    for key, records in found.items():
        if records is None:
            continue
        if not known_key(key):
            warnings[f"{name}: {place}{key} is not a known key of AWS's answers{_meant(key)}"] = None
            if type(records) is not list:
                continue
        checked = check_records("Instances" if key == "Reservations" else key, records, name, place + key)
        out.setdefault("Instances" if key == "Reservations" else key, []).extend(checked)
    return out


def check_records(key: str, records: Any, name: str, path: str) -> list[Record]:
    """Check the records of one collection in place: drop what is null or never stored, refuse wrong types."""
    tree = shapes()["read"].get(key, {})
    found: list[Any] = an(list, records, name, path)
    records = [record for record in found if record is not None]
    if key == "Instances":  # DescribeInstances groups them
        records = [instance for record in records for instance in _instances(record)]
    try:
        for index, record in enumerate(records):
            if key == "VpcAttributes" and type(record) is dict:
                record.update({k: {"Value": v} for k, v in record.items() if type(v) is bool})
            try:
                _fit(record, tree)
            except _Misfit as misfit:
                raise misfit.within(f"[{index}]") from None
    except _Misfit as misfit:
        raise SnapshotError(f"{name}: {path}{misfit.path}: {misfit.text}") from None
    return list(records)


def _instances(record: Any) -> list[Any]:
    grouped = record.get("Instances") if type(record) is dict else None
    return grouped if type(grouped) is list else [record]


def _fit(value: Any, tree: Any) -> None:
    """Hold a value against its tree. Absent and unknown members are fine: AWS adds some every month."""
    if type(tree) is dict:
        if type(value) is not dict:
            raise _Misfit("an object", value)
        _fit_members(value, tree)
    elif type(tree) is list:
        if type(value) is not list:
            raise _Misfit("a list", value)
        inner = tree[0]
        for index, item in enumerate(value):
            try:
                _fit(item, inner)
            except _Misfit as misfit:
                raise misfit.within(f"[{index}]") from None
    elif type(value) not in LETTERS[tree][0]:
        raise _Misfit(LETTERS[tree][1], value)


@lru_cache(maxsize=65536)
def _is_block(text: str) -> bool:
    """Whether it is a CIDR block; an empty string counts as absent."""
    return not text or bool(cidr(text))


def _fit_members(value: dict[str, Any], tree: dict[str, Any]) -> None:
    any_key = tree.get("*")
    doomed = []
    for name, member in value.items():
        if member is None:
            doomed.append(name)
            continue
        wanted = tree.get(name, any_key)
        if wanted is None or (wanted == "s" and type(member) is str):
            if wanted and name in BLOCKS and not _is_block(member):
                raise _Misfit("a CIDR block such as '10.0.0.0/16'", member, shown=True).within(f".{name}")
            continue
        if wanted == "-" or (wanted == "u" and never_stored(name, member)):
            doomed.append(name)
            continue
        try:
            _fit(member, wanted)
        except _Misfit as misfit:
            raise misfit.within(f".{name}") from None
    for name in doomed:
        del value[name]


def known_key(key: str) -> bool:
    """Whether a top-level key is one of AWS's, or of the per-resource lists.

    >>> known_key("Vpcs"), known_key("memorydb:Clusters"), known_key("Vpc")
    (True, True, False)
    """
    service, colon, rest = key.partition(":")
    if key in shapes()["read"]:
        return True
    if colon:
        return rest in names().get(service, ())
    return any(key in names()[service] for service in BARE_SERVICES)


def _meant(key: str) -> str:
    """Suggest the same key of other services, else the nearest name."""
    service, colon, _ = key.partition(":")
    found = [f"{owner}:{key}" for owner, keys in sorted(names().items()) if key in keys][:6]
    if colon:
        known = [f"{service}:{name}" for name in names().get(service, ())]
        found = difflib.get_close_matches(key, known, n=1) or difflib.get_close_matches(service, names(), n=1)
    elif not found:
        found = difflib.get_close_matches(key, shapes()["read"], n=1)
    return f"; did you mean {' or '.join(map(repr, found))}?" if found else ""
