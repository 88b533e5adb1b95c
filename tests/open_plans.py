"""Where a Terraform plan could leave a value open, and the plan with it hidden by a local value. No reach in it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.open_values import Path, field_of

Plan = dict[str, Any]
MADE = ("id", "arn")  # what no configuration sets


@dataclass(frozen=True)
class Hideable:
    """An attribute of the resource at a place among the changes; its value is None if the plan does not know it."""

    at: int
    type: str
    name: str
    address: str
    path: Path
    value: Any

    @property
    def field(self) -> str:
        return field_of(self.path)

    @property
    def param(self) -> str:
        """What a user gives it by."""
        return ".".join((self.address, *map(str, self.path)))

    @property
    def text(self) -> str | None:
        """What a user would give for it; None if it is not one value."""
        if isinstance(self.value, bool):
            return str(self.value).lower()
        return str(self.value) if isinstance(self.value, str | int) else None

    def is_named_in(self, text: str) -> bool:
        """Whether a text names it, or what it stands in."""
        return self.address in text and str(self.path[0]) in text


def hideable(plan: Plan) -> Iterator[Hideable]:
    """All that a configuration sets: values, blocks, lists of blocks, and references."""
    for at, change in enumerate(plan["resource_changes"]):
        body = change["change"]
        open_ = [((name,), None) for name, what in body["after_unknown"].items() if what is True and name not in MADE]
        for path, value in (*_leaves(body["after"]), *open_):
            if path and isinstance(path[-1], str):
                yield Hideable(at, change["type"], change["name"], change["address"], path, value)


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, name))
        return
    yield path, value
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        for number, row in enumerate(value):
            yield from _leaves(row, (*path, number))


def hidden(plan: Plan, site: Hideable) -> Plan:
    """The plan if a local value sets the attribute, which is known after apply."""
    made = copy.deepcopy(plan)
    body = made["resource_changes"][site.at]["change"]
    known, unknown = body["after"], body["after_unknown"]
    for step in site.path[:-1]:
        known = known[step]
        if isinstance(unknown, dict):
            unknown = unknown.setdefault(step, [{} for _ in known])
        else:
            unknown = unknown[step]
    known.pop(site.path[-1], None)
    unknown[site.path[-1]] = True
    _refer(_configured(made, made["resource_changes"][site.at]), site.path)
    return made


def _refer(expressions: Any, path: Path) -> None:
    """Of an attribute that is written as blocks all of them share the references."""
    first = expressions.get(path[0])
    if len(path) > 1 and isinstance(first, dict):
        expressions[path[0]] = {"references": [*first.get("references", ()), "local.open"]}
        return
    for step in path[:-1]:
        expressions = expressions[step]
    expressions[path[-1]] = {"references": ["local.open"]}


def _configured(plan: Plan, change: Any) -> Any:
    waiting = [plan["configuration"]["root_module"]]
    while waiting:
        module = waiting.pop()
        waiting += [call["module"] for call in module["module_calls"].values()]
        for row in module["resources"]:
            if (row["type"], row["name"]) == (change["type"], change["name"]):
                return row["expressions"]
    raise AssertionError(change["address"])
