"""What the configuration in a plan says of an attribute: its expression, which holds references only.

It leaves out what dynamic blocks say, and before Terraform 1.1 attributes that are written as blocks: a value that one
of them sets is `HIDDEN`. Later ones tell of such an attribute what all its blocks refer to, `Together`. Blocks are sets
to Terraform: which one made which row is told by what is known of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from reach.sources.terraform.addresses import modules
from reach.sources.terraform.plan import Instance, Object, Plan, listed


class _Hidden:
    """Set by something whose expression a plan does not hold."""


HIDDEN: Final = _Hidden()


class Together(Struct, frozen=True):
    """What all rows of an attribute refer to (together.py says which of it a row means)."""

    expression: Object


class Configuration:
    """The configuration of one plan."""

    def __init__(self, plan: Plan) -> None:
        self._root: Any = plan.configuration.get("root_module") or {}
        self._made: dict[tuple[str, str], list[Any]] = {}  # the blocks of rows, by address and kind of block
        self._modules: dict[str, Object] = {}
        self._resources: dict[str, dict[tuple[Any, ...], Object]] = {}

    def module(self, address: str) -> Object:
        """The configuration of a module, empty if there is none."""
        if address not in self._modules:
            here = self._root
            for name, _ in modules(address):
                call = _inner(_inner(here, "module_calls"), name)
                here = _inner(call, "module")
            self._modules[address] = here if isinstance(here, Mapping) else {}
        return self._modules[address]

    def call(self, parent: str, name: str) -> Object:
        """How a module is called."""
        found = _inner(_inner(self.module(parent), "module_calls"), name)
        return found if isinstance(found, Mapping) else {}

    def resource(self, instance: Instance) -> Object:
        """The configuration of a resource, empty if there is none."""
        wanted = ("data" if instance.data else "managed", instance.type, instance.name)
        return self._held(instance.module).get(wanted, {})

    def declares(self, module: str, type_: str, name: str) -> bool:
        """Whether a module has such a resource, perhaps without instances."""
        return ("managed", type_, name) in self._held(module)

    def _held(self, module: str) -> dict[tuple[Any, ...], Object]:
        if module not in self._resources:
            rows = [row for row in listed(self.module(module).get("resources")) if isinstance(row, Mapping)]
            names = ((str(row.get("mode")), str(row.get("type")), str(row.get("name"))) for row in rows)
            self._resources[module] = dict(zip(names, rows, strict=True))
        return self._resources[module]

    def expression(self, instance: Instance, path: Sequence[str | int]) -> Any:
        """The expression of an attribute; None if nothing sets it, `HIDDEN` if something unseen does, or `Together`."""
        resource = self.resource(instance)
        here: Any = resource.get("expressions")
        if not resource:  # then it says nothing of what is not set either
            return HIDDEN
        if len(path) == 1:
            return _inner(here, path[0])
        block, at, *rest = path
        written = _inner(here, block)
        if isinstance(written, Mapping) and "references" in written:
            return Together(written)
        made = self._blocks(instance, str(block), here)
        if not isinstance(at, int) or at >= len(made) or made[at] is None:
            return HIDDEN
        found = made[at]
        for step in rest:
            found = found[0] if isinstance(found, list) and isinstance(step, str) and len(found) == 1 else found
            found = found[step] if isinstance(found, list) and isinstance(step, int) and step < len(found) else (
                found if isinstance(found, Mapping) and isinstance(step, int) else _inner(found, step)
            )  # fmt: skip
        return HIDDEN if found is None else found  # in a block, what is not set is known not to be

    def _blocks(self, instance: Instance, block: str, expressions: Any) -> list[Any]:
        """The block that made each row, None where none is seen that can have made it."""
        key = (instance.address, block)
        if key not in self._made:
            written = _inner(expressions, block)
            written = [written] if isinstance(written, Mapping) and not _is_expression(written) else written
            rows = instance.values.get(block)
            open_ = instance.unknown.get(block)
            self._made[key] = _paired(
                [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else [],
                open_ if isinstance(open_, list) else [],
                [one for one in written if isinstance(one, Mapping)] if isinstance(written, list) else [],
            )
        return self._made[key]


def _inner(value: Any, key: Any) -> Any:
    return value.get(key) if isinstance(value, Mapping) else None


def _is_expression(value: Object) -> bool:
    return "references" in value or "constant_value" in value


def _paired(rows: Sequence[Object], unknown: Sequence[Any], blocks: Sequence[Object]) -> list[Any]:
    """For each row a block that fits, each block once; what is not known must be something that it refers to."""
    left = list(blocks)
    out: list[Any] = []
    for at, row in enumerate(rows):
        open_ = [name for name, inner in unknown[at].items() if inner] if at < len(unknown) and isinstance(
            unknown[at], Mapping
        ) else []  # fmt: skip
        fits = [block for block in left if _fits(row, block, open_)]
        best = max(fits, key=lambda block: sum(name in block for name in open_), default=None)
        if best is not None:
            left.remove(best)
        out.append(best)
    return out


def _fits(row: Object, block: Object, unknown: Sequence[str]) -> bool:
    for name, expression in block.items():
        if name in unknown or not isinstance(expression, Mapping) or "constant_value" not in expression:
            continue
        if _comparable(row.get(name)) != _comparable(expression["constant_value"]):
            return False
    return True


def _comparable(value: Any) -> Any:
    """A value as both sides spell it: a port may be a text, a set has no order, what is empty is not set."""
    if isinstance(value, list):
        return tuple(sorted(str(v) for v in value)) or None
    return None if value in (None, "", False) else str(value)
