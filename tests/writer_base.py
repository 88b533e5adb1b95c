"""The ground of the template writer: resources by logical id, and what the snapshot's ids become. No reach in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

Record = dict[str, Any]
ACCOUNT, REGION = "123456789012", "eu-west-1"


class Inexpressible(Exception):
    """A template cannot say something of the network: the text says what and why."""


def logical(id: str) -> str:
    """A logical id: letters and digits only.

    >>> logical("subnet-0a"), logical("orders-db/reader")
    ('Subnet0A', 'OrdersDbReader')
    """
    return "".join(part.title() for part in re.split(r"[^A-Za-z0-9]+", id))


class Base:
    """Resources of a template, by logical id.

    `data` is a network as AWS answers it, `stack` the name under which the template will be read, on which the ids that
    stand for AWS's depend (docs/templates.md says how: prefix and digest).
    """

    def __init__(self, data: Mapping[str, Sequence[Record]], stack: str = "one") -> None:
        self.data = {key: list(records) for key, records in data.items()}
        self.stack = stack
        self.resources: dict[str, Any] = {}
        self.ids: dict[str, str] = {}
        self.references: dict[str, Any] = {}  # what stands for an id that is not a resource's own

    def rows(self, key: str) -> list[Record]:
        return self.data.get(key, [])

    def put(self, name: str, type_: str, **properties: Any) -> None:
        if name in self.resources:
            raise Inexpressible(f"two records of one thing, {name}")
        body = {key: value for key, value in properties.items() if value is not None}
        self.resources[name] = {"Type": f"AWS::{type_}"} | ({"Properties": body} if body else {})

    def own(self, id: str, type_: str, **properties: Any) -> None:
        """A resource that AWS gives an id."""
        self.ids[id] = self.made(id)
        self.put(logical(id), type_, **properties)

    def named(self, id: str, name: str, type_: str, reference: Any = None, **properties: Any) -> None:
        """A resource with a name of its own, which others know by `id`."""
        self.references[id] = reference or {"Ref": logical(name)}
        self.put(logical(name), type_, **properties)

    def made(self, id: str, name: str = "", prefix: str = "") -> str:
        """The id in place of this one."""
        digest = hashlib.sha1(f"{self.stack}/{name or logical(id)}".encode()).hexdigest()
        prefix = prefix or id.rpartition("-")[0]
        return f"{prefix}-{digest[:17]}"

    def digits(self, name: str, *sizes: int) -> str:
        """An id that is digits without a prefix, in groups."""
        digest = iter(hashlib.sha1(f"{self.stack}/{name}".encode()).hexdigest())
        return "-".join("".join(islice(digest, size)) for size in sizes)

    def ref(self, id: str) -> Any:
        if id in self.references:
            return self.references[id]
        return {"Ref": logical(id)} if id in self.ids else id

    def refs(self, ids: Sequence[str]) -> list[Any]:
        return [self.ref(id) for id in ids]

    def replaced(self, value: Any) -> Any:
        """A value with all ids in it as references: whole texts, and within them by `Fn::Sub`."""
        if isinstance(value, dict):
            return {key: self.replaced(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.replaced(inner) for inner in value]
        if not isinstance(value, str) or not self.ids:
            return value
        if value in self.references or value in self.ids:
            return self.ref(value)
        known = "|".join(sorted(map(re.escape, self.ids), key=len, reverse=True))
        text, count = re.subn(rf"(?<![\w-])({known})(?![\w-])", lambda m: "${" + logical(m[1]) + "}", value)
        return {"Fn::Sub": text} if count else value

    def translated(self, text: str) -> str:
        """A text about the network, with the ids that the template's will have."""
        known = "|".join(sorted(map(re.escape, self.ids), key=len, reverse=True)) or "(?!)"
        return re.sub(rf"(?<![\w-])({known})(?![\w-])", lambda m: self.ids[m[1]], text)


def name_of(record: Record) -> list[Record] | None:
    """The Name tag, if it has one."""
    tags = [tag for tag in record.get("Tags") or () if tag.get("Key") == "Name"]
    return tags or None
