"""How a property of CloudFormation's is read from the attributes of a resource: a little language for tables.

``"port"`` is an attribute, ``"cluster_mode.num_node_groups"`` one inside a block, ``"a|b"`` whichever is set,
``"=true"`` what goes without saying, ``"subnet_ids[]"`` a list, ``"policy!"`` a text that is taken whole or not at all,
and a `Block` a nested block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from reach.sources.cloudformation.values import Unknown
from reach.sources.terraform.plan import Instance
from reach.sources.terraform.references import References


class Flag(Struct, frozen=True):
    """A switch that is an attribute here and a mapping with `Enabled` there."""

    name: str


class Block(Struct, frozen=True):
    """A nested block: its first row, all rows if there may be `many`, or those by a `key` of their own."""

    name: str
    properties: Mapping[str, Spec]
    many: bool = False
    key: str = ""


Spec = str | Block | Flag


class Type(Struct, frozen=True):
    """The CloudFormation type that a Terraform type is, and where its properties come from."""

    type: str
    properties: Mapping[str, Spec] = field(default_factory=dict)


def type_of(name: str, **properties: Spec) -> Type:
    return Type(f"AWS::{name}", properties)


def block(name: str, **properties: Spec) -> Block:
    return Block(name, properties)


def flag(name: str) -> Flag:
    return Flag(name)


def blocks(name: str, **properties: Spec) -> Block:
    return Block(name, properties, many=True)


def properties_of(refs: References, i: Instance, specs: Mapping[str, Spec], *at: str | int) -> dict[str, Any]:
    """The properties that are set."""
    found = ((name, value(refs, i, spec, *at)) for name, spec in specs.items())
    return {name: value for name, value in found if value not in (None, "", [])}


def value(refs: References, i: Instance, spec: Spec, *at: str | int) -> Any:
    """One property: what is not known is `Unknown`, what is not set None."""
    if isinstance(spec, Block):
        return _block(refs, i, spec, *at)
    if isinstance(spec, Flag):
        found = refs.get(i, *at, spec.name)
        return None if found is None else {"Enabled": found}
    for name in spec.split("|"):
        found = _attribute(refs, i, name, at)
        if found not in (None, "", []):
            return found
    return None


def _attribute(refs: References, i: Instance, name: str, at: tuple[str | int, ...]) -> Any:
    if name.startswith("="):
        return name[1:]
    for outer in name.split(".")[:-1]:
        if not at and i.unknown.get(outer) is True and not refs.configured(i, outer):
            return None  # it is no block any more, and the provider fills it in (cluster_mode since version 5)
        at = (*at, outer, 0)
    last = name.rpartition(".")[2]
    if last.endswith("[]"):
        return refs.all(i, *at, last.removesuffix("[]"))
    if last.endswith("!"):
        return refs.whole(i, *at, last.removesuffix("!"))
    return refs.get(i, *at, last)


def _block(refs: References, i: Instance, spec: Block, *at: str | int) -> Any:
    count = refs.rows(i, *at, spec.name)
    if isinstance(count, Unknown):
        return count
    rows = [properties_of(refs, i, spec.properties, *at, spec.name, row) for row in range(count)]
    if spec.key:
        return dict(_by_key(refs, i, spec, rows, *at)) or None
    if spec.many:
        return rows
    return rows[0] if rows else None


def _by_key(
    refs: References, i: Instance, spec: Block, rows: list[dict[str, Any]], *at: str | int
) -> Iterator[tuple[str, Any]]:
    for number, row in enumerate(rows):
        name = refs.get(i, *at, spec.name, number, spec.key)
        yield (name.text if isinstance(name, Unknown) else str(name)), row
