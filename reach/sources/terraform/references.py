"""What an attribute that is not known yet will be: the references of its expression, followed through modules.

Function calls are not in a plan, only what they refer to. So where several instances are referred to, one is chosen by
an equal index and marked as inferred; where nothing tells, the value is unknown and says what it refers to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from reach.sources.cloudformation.values import Unknown
from reach.sources.terraform.plan import Instance, Object, Plan
from reach.sources.terraform.providers import Places

DEEPEST = 25  # modules and outputs that lead to each other
TOKEN = re.compile(r'([A-Za-z_][\w-]*)((?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])*)')
KEY = re.compile(r'\[(?:"((?:[^"\\]|\\.)*)"|(\d+))\]')
LOOP = ("count", "each")
AFTER = "the network as it is after terraform apply (--from aws), or the state: terraform show -json"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: a module instance, its configuration, and the key that count or each gives."""

    module: str
    configuration: Object
    index: int | str | None
    loop: tuple[str, ...] = ()  # what for_each refers to


class Ids(Protocol):
    """What is known of instances besides their attributes."""

    @property
    def places(self) -> Places: ...

    def id_of(self, instance: Instance) -> Any:
        """What AWS calls it."""

    def parts(self, instance: Instance) -> dict[str, str]:
        """The ids of what comes with it."""

    def own(self, target: Instance, name: str) -> Any:
        """What an instance says of itself before it is made."""

    def infer(self, instance: Instance, name: str) -> tuple[Any, str] | None:
        """What an attribute can be that refers to something the plan does not hold, and why."""


@dataclass(slots=True)
class References:
    """The attributes of a plan's instances."""

    plan: Plan
    ids: Ids
    inferred: dict[str, str] = field(default_factory=dict)  # address.attribute → what was taken, and why

    def get(self, instance: Instance, *path: str | int) -> Any:
        """One value, None where nothing is set, `Unknown` where nobody can tell."""
        known, unknown = _walk(instance.values, path), _walk(instance.unknown, path)
        if unknown is not True:
            return known
        found = self._found(instance, path)
        if found is None:
            return None
        distinct = list(dict.fromkeys(found)) if all(isinstance(f, str) for f in found) else found
        if len(distinct) == 1 and not isinstance(distinct[0], Unknown):
            return distinct[0]
        guessed = self.ids.infer(instance, str(path[-1])) if len(path) == 1 else None
        if guessed is None:
            return distinct[0] if len(distinct) == 1 else self._open(instance, path)
        self.inferred[f"{instance.address}.{path[-1]}"] = guessed[1]
        return guessed[0]

    def all(self, instance: Instance, *path: str | int) -> list[Any]:
        """A list of values; one that is not known at all is a list with one unknown."""
        known, unknown = _walk(instance.values, path), _walk(instance.unknown, path)
        if not _any(unknown):
            return [value for value in known or () if value is not None] if isinstance(known, list | tuple) else []
        found = self._found(instance, path, many=True)
        if found is None:
            return []
        return list(dict.fromkeys(found)) if all(isinstance(f, str) for f in found) else found

    def rows(self, instance: Instance, block: str) -> int | Unknown:
        """How many blocks of a kind an instance has."""
        if _walk(instance.unknown, (block,)) is True:
            expression = self._expression(instance, (block,))
            if expression is None:
                return 0
            return len(expression) if isinstance(expression, list) else self._open(instance, (block,))
        known = instance.values.get(block)
        return len(known) if isinstance(known, list) else 0

    def configured(self, instance: Instance, name: str) -> bool:
        """Whether the configuration sets an attribute at all."""
        return self._expression(instance, (name,)) is not None

    def _open(self, instance: Instance, path: Sequence[str | int]) -> Unknown:
        spelled = _spelled(path)
        names = sorted(set(_longest(_references(self._expression(instance, path)))))
        to = f" (it refers to {', '.join(names[:4])})" if names else ""
        why = f"{spelled} of {instance.address} ({self.plan.file}) is not known before terraform apply{to}"
        return Unknown("${" + f"{instance.address}.{spelled}" + "}", AFTER, why)

    # -- from an attribute to its expression ---------------------------------------------------------------

    def _found(self, instance: Instance, path: Sequence[str | int], many: bool = False) -> list[Any] | None:
        """The values that an expression refers to, None if the configuration does not set the attribute."""
        expression = self._expression(instance, path)
        if expression is None:
            return None
        if isinstance(expression, Mapping) and "constant_value" in expression:
            value = expression["constant_value"]
            return list(value) if isinstance(value, list) else [value]
        found = self._followed(expression, self._scope(instance), many, 0, f"{instance.address}.{_spelled(path)}")
        return found or [self._open(instance, path)]

    def _expression(self, instance: Instance, path: Sequence[str | int]) -> Any:
        resource = self._resource(instance)
        here: Any = resource.get("expressions")
        for step in path:
            if isinstance(here, list) and isinstance(step, str):
                here = here[0] if len(here) == 1 else None
            if isinstance(here, Mapping) and isinstance(step, str):
                here = here.get(step)
            elif isinstance(here, list) and isinstance(step, int):
                here = here[step] if step < len(here) else None
            elif not (isinstance(here, Mapping) and isinstance(step, int)):
                return None
        return here

    def _resource(self, instance: Instance) -> Object:
        wanted = ("data" if instance.data else "managed", instance.type, instance.name)
        for row in self._module(instance.module).get("resources") or ():
            if isinstance(row, Mapping) and (row.get("mode"), row.get("type"), row.get("name")) == wanted:
                return row
        return {}

    def _module(self, address: str) -> Object:
        here: Any = self.plan.configuration.get("root_module") or {}
        for name, _ in _modules(address):
            calls = here.get("module_calls") if isinstance(here, Mapping) else None
            call = calls.get(name) if isinstance(calls, Mapping) else None
            here = call.get("module") if isinstance(call, Mapping) else None
        return here if isinstance(here, Mapping) else {}

    def _scope(self, instance: Instance) -> Scope:
        loop = _references(self._resource(instance).get("for_each_expression"))
        return Scope(instance.module, self._module(instance.module), instance.index, tuple(loop))

    # -- from an expression to values ----------------------------------------------------------------------

    def _followed(self, expression: Any, scope: Scope, many: bool, depth: int, asker: str) -> list[Any]:
        if depth > DEEPEST:
            return []
        names = _longest(_references(expression))
        paired = any(name.split(".")[0].split("[")[0] in LOOP for name in names)
        if any(name.startswith("each.value") for name in names):
            names = [*(n for n in names if not n.startswith("each.")), *_each(names, scope.loop)]
        out: list[Any] = []
        for name in names:
            out += self._named(name, scope, many, paired, depth, asker)
        return out

    def _named(self, name: str, scope: Scope, many: bool, paired: bool, depth: int, asker: str) -> Iterator[Any]:
        """The values of one reference."""
        parts = _parts(name)
        if not parts or parts[0][0] in (*LOOP, "path", "terraform", "self", "local"):
            return
        if parts[0][0] == "var" and len(parts) > 1:
            yield from self._variable(parts[1][0], scope, many, depth, asker)
        elif parts[0][0] == "module" and len(parts) > 1:
            yield from self._output(parts, scope, many, paired, depth, asker)
        else:
            data = parts[0][0] == "data"
            rest = parts[1:] if data else parts
            if len(rest) > 1:
                yield from self._resources(rest, data, scope, many, paired, asker)

    def _variable(self, name: str, scope: Scope, many: bool, depth: int, asker: str) -> Iterator[Any]:
        """A module's variable is what its caller gives."""
        modules = list(_modules(scope.module))
        if not modules:
            held = self.plan.variables.get(name)
            value = held.get("value") if isinstance(held, Mapping) else None
            yield from (value if isinstance(value, list) else [value] if isinstance(value, str) else [])
            return
        parent = _joined(modules[:-1])
        called, key = modules[-1]
        outer = self._module(parent)
        call = (outer.get("module_calls") or {}).get(called) or {}
        expression = (call.get("expressions") or {}).get(name)
        if isinstance(expression, Mapping) and "constant_value" in expression:
            value = expression["constant_value"]
            yield from (value if isinstance(value, list) else [value])
            return
        loop = tuple(_references(call.get("for_each_expression")))
        yield from self._followed(expression, Scope(parent, outer, key, loop), many, depth + 1, asker)

    def _output(
        self, parts: Sequence[tuple[str, Any]], scope: Scope, many: bool, paired: bool, depth: int, asker: str
    ) -> Iterator[Any]:
        """An output of a module is what its own expression refers to."""
        if len(parts) < 3:
            return
        name, key = parts[1]
        output = parts[2][0]
        start = f"{scope.module}." if scope.module else ""
        found = {i.module for i in (*self.plan.instances, *self.plan.data)}
        addresses = sorted({a for m in found for a in [_prefix(m, f"{start}module.{name}")] if a is not None})
        for address in self._chosen(
            [(a, list(_modules(a))[-1][1]) for a in addresses], key, scope, many, paired, asker
        ):
            inner = self._module(address)
            body = (inner.get("outputs") or {}).get(output) or {}
            index = list(_modules(address))[-1][1]
            yield from self._followed(body.get("expression"), Scope(address, inner, index), many, depth + 1, asker)

    def _resources(
        self, parts: Sequence[tuple[str, Any]], data: bool, scope: Scope, many: bool, paired: bool, asker: str
    ) -> Iterator[Any]:
        (type_, _), (name, key) = parts[0], parts[1]
        attribute = parts[2][0] if len(parts) > 2 else "id"
        among = self.plan.data if data else self.plan.instances
        targets = [i for i in among if (i.module, i.type, i.name) == (scope.module, type_, name)]
        for target in self._chosen([(t, t.index) for t in targets], key, scope, many, paired, asker):
            value = self.attribute(target, attribute)
            yield from (value if isinstance(value, list) else [] if value is None else [value])

    def _chosen(
        self, targets: Sequence[tuple[Any, Any]], key: Any, scope: Scope, many: bool, paired: bool, asker: str
    ) -> Iterable[Any]:
        """Which of several instances are meant: a written key, all of them for a list, the one with the same index."""
        if key is not None:
            return [target for target, index in targets if index == key]
        if len(targets) <= 1 or (many and not paired):
            return [target for target, _ in targets]
        if paired and scope.index is not None:
            same = [target for target, index in targets if index == scope.index]
            if same:
                self.inferred[asker] = f"{getattr(same[0], 'address', same[0])}, which has the same index"
                return same
        return []

    def attribute(self, target: Instance, name: str) -> Any:
        """An attribute of an instance that another refers to."""
        if _walk(target.unknown, (name,)) is not True and target.values.get(name) is not None:
            return target.values[name]
        return self.ids.own(target, name)


def _walk(value: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        if value is True:
            return True
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _any(unknown: Any) -> bool:
    if isinstance(unknown, Mapping):
        return any(map(_any, unknown.values()))
    return any(map(_any, unknown)) if isinstance(unknown, list) else unknown is True


def _spelled(path: Sequence[str | int]) -> str:
    return ".".join(str(step) for step in path)


def _references(expression: Any) -> list[str]:
    """All references inside an expression, with those of nested blocks."""
    if isinstance(expression, Mapping):
        own = expression.get("references")
        if isinstance(own, list):
            return [name for name in own if isinstance(name, str)]
        return [name for inner in expression.values() for name in _references(inner)]
    if isinstance(expression, list):
        return [name for inner in expression for name in _references(inner)]
    return []


def _longest(names: Iterable[str]) -> list[str]:
    """`aws_vpc.a.id` also lists `aws_vpc.a`: only the longer one says what is meant."""
    every = list(dict.fromkeys(names))
    return [n for n in every if not any(o != n and o.startswith((f"{n}.", f"{n}[")) for o in every)]


def _each(names: Sequence[str], loop: Sequence[str]) -> list[str]:
    """`each.value.id` over a resource is that attribute of the instance with this key."""
    tails = [name.removeprefix("each.value") for name in names if name.startswith("each.value")]
    return [f"{name}{tail}" for name in _longest(loop) for tail in tails]


def _parts(name: str) -> list[tuple[str, Any]]:
    """`module.a["x"].out` → [("module", None), ("a", "x"), ("out", None)]."""
    out = []
    for found in TOKEN.finditer(name):
        key = KEY.search(found[2])
        out.append((found[1], None if key is None else int(key[2]) if key[2] is not None else key[1]))
    return out


def _modules(address: str) -> Iterator[tuple[str, Any]]:
    """The names and keys of the modules of an address."""
    parts = _parts(address)
    for at in range(0, len(parts) - 1, 2):
        yield parts[at + 1]


def _joined(modules: Sequence[tuple[str, Any]]) -> str:
    words = []
    for name, key in modules:
        spelled = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
        words.append(f"module.{name}{spelled}")
    return ".".join(words)


def _prefix(module: str, start: str) -> str | None:
    """The instance of the module `start` that a module address lies in, None if it lies elsewhere."""
    wanted = [name for name, _ in _modules(start)]
    held = list(_modules(module))[: len(wanted)]
    found = _joined(held)
    same = [name for name, _ in held] == wanted
    parent = _joined(list(_modules(start))[:-1])
    return found if same and _joined(held[:-1]) == parent else None
