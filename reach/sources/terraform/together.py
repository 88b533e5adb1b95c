"""Attributes that are written as blocks, such as `ingress`: a plan tells what all rows of one refer to, together.

Each block in the configuration adds its references to the list, none is left out or told once only; those of dynamic
blocks are not in it. So a row that is not known is told where one reference can be meant, and it is there as often as
there are rows that it can stand in: then none of them comes from a dynamic block, or from something that is not seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reach.sources.cloudformation.values import Unknown
from reach.sources.terraform.addresses import longest
from reach.sources.terraform.following import LOOP, Scope, Search, followed, named_in, scope_of
from reach.sources.terraform.plan import Instance, Object, listed

if TYPE_CHECKING:
    from reach.sources.terraform.references import References

# What the ids begin with that an attribute of a row holds. Of addresses nothing tells whose they are.
KINDS: Mapping[str, str | tuple[str, ...]] = {
    "carrier_gateway_id": "cagw-",
    "destination_prefix_list_id": "pl-",
    "egress_only_gateway_id": "eigw-",
    "gateway_id": ("igw-", "vgw-"),
    "instance_id": "i-",
    "local_gateway_id": "lgw-",
    "nat_gateway_id": "nat-",
    "network_interface_id": "eni-",
    "prefix_list_ids": "pl-",
    "security_groups": "sg-",
    "transit_gateway_id": "tgw-",
    "vpc_endpoint_id": "vpce-",
    "vpc_peering_connection_id": "pcx-",
}


def of_row(
    refs: References, instance: Instance, path: Sequence[str | int], expression: Object, many: bool
) -> Search | None:
    """What an attribute of one row refers to; None if nobody can tell."""
    block, attribute = str(path[0]), str(path[-1])
    kind = KINDS.get(attribute)
    if kind is None or len(path) != 3:
        return None
    raw = named_in(expression)
    scope = scope_of(refs, instance)
    loop = [name for name in raw if _head(name) in LOOP and not name.startswith("each.value")]
    told: list[tuple[str, Search]] = []
    open_: list[str] = []
    for name in longest(raw):
        search = _behind(refs, name, loop, scope, many, kind)
        if search.found:
            told.append((name, search))
        open_ += search.open
    if len(told) != 1:
        return None
    name, search = told[0]
    if raw.count(name) != _open_rows(instance, block, attribute):
        return None
    search.open = open_
    if len({*longest(raw)} - {*loop}) > 1 and not search.inferred:
        search.inferred.append(f"{name}, the only one of its kind that its blocks refer to")
    return search


def _behind(
    refs: References, name: str, loop: Sequence[str], scope: Scope, many: bool, kind: str | tuple[str, ...]
) -> Search:
    """What one reference leads to that is of a kind, and was not known before: what was would have been told."""
    search = followed(refs, {"references": [name, *loop]}, scope, Search(many))
    found = search.of_kind(kind)
    if any(isinstance(value, Unknown) for value in found):
        search.open.append(name)
    search.found = [value for value in found if not isinstance(value, Unknown) and value not in search.known]
    return search


def _open_rows(instance: Instance, block: str, attribute: str) -> int:
    """How many rows have an attribute that is not known."""
    rows = listed(instance.unknown.get(block))
    return sum(row is True or _any(row.get(attribute) if isinstance(row, dict) else None) for row in rows)


def _head(name: str) -> str:
    return name.partition(".")[0].partition("[")[0]


def _any(unknown: Any) -> bool:
    return unknown is True or (isinstance(unknown, list) and any(map(_any, unknown)))
