"""Plans and states in the documented shape of `terraform show -json` (format 1.2), written from short descriptions.

`known` are attributes with values; `refs` those that are known after apply, with what their expressions refer to.
Nested blocks are lists of the same two kinds. No reach in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Refs = Mapping[str, Any]  # attribute → references, or a list of blocks


def spelled(*references: str) -> list[str]:
    """References as Terraform lists them: `aws_vpc.a.id` is followed by `aws_vpc.a`."""
    out: list[str] = []
    for name in references:
        out.append(name)
        head = name.split(".")
        while len(head) > 2 and head[0] not in ("var", "local", "count", "each"):
            head = head[:-1]
            out.append(".".join(head))
    return list(dict.fromkeys(out))


# Attributes to Terraform that are written as blocks: a plan has one expression for all of them.
AS_BLOCKS = ("egress", "ingress", "route")


def together(blocks: Sequence[tuple[Mapping[str, Any], Refs]]) -> dict[str, Any]:
    """The expression of an attribute that is written as blocks: every reference of each, or all that is known."""
    found = [ref for _, refs in blocks for value in refs.values()
             for ref in spelled(*([value] if isinstance(value, str) else value))]  # fmt: skip
    return {"references": found} if found else {"constant_value": [dict(known) for known, _ in blocks]}


def expressions(known: Mapping[str, Any], refs: Refs) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in known.items():
        blocks = isinstance(value, list) and value and all(isinstance(v, dict) for v in value)
        if blocks and name in AS_BLOCKS:
            out[name] = together([(block, {}) for block in value])
        else:
            out[name] = [expressions(block, {}) for block in value] if blocks else {"constant_value": value}
    for name, value in refs.items():
        if isinstance(value, list) and value and isinstance(value[0], tuple):  # blocks: (known, refs)
            out[name] = together(value) if name in AS_BLOCKS else [expressions(k, r) for k, r in value]
        else:
            out[name] = {"references": spelled(*([value] if isinstance(value, str) else value))}
    return out


def after_unknown(refs: Refs) -> dict[str, Any]:
    out: dict[str, Any] = {"id": True, "arn": True}
    for name, value in refs.items():
        if isinstance(value, list) and value and isinstance(value[0], tuple):
            out[name] = [{k: v for k, v in after_unknown(r).items() if k in r} for _, r in value]
        else:
            out[name] = True
    return out


def after(known: Mapping[str, Any], refs: Refs) -> dict[str, Any]:
    out = dict(known)
    for name, value in refs.items():
        if isinstance(value, list) and value and isinstance(value[0], tuple):
            out[name] = [after(k, r) for k, r in value]
    return out


@dataclass
class Module:
    """One module's configuration; the root if it has no name."""

    resources: list[dict[str, Any]] = field(default_factory=list)
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        return {"resources": self.resources, "module_calls": self.calls, "outputs": self.outputs}


class PlanOf:
    """A plan in the making."""

    def __init__(self, region: str = "eu-west-1") -> None:
        self.root = Module()
        self.changes: list[dict[str, Any]] = []
        self.prior: list[dict[str, Any]] = []
        self.region = region

    def resource(
        self,
        type_: str,
        name: str,
        known: Mapping[str, Any] | None = None,
        refs: Refs | None = None,
        *,
        keys: Sequence[Any] = (None,),
        each: Sequence[Mapping[str, Any]] = (),
        module: Module | None = None,
        at: Sequence[str] = ("",),
        loop: Sequence[str] = (),
        actions: Sequence[str] = ("create",),
        dynamic: Refs | None = None,
    ) -> None:
        """Instances of a resource: one for each of `keys` in each module instance of `at`.

        `dynamic` are blocks of which the configuration in a plan says nothing.
        """
        known, refs, dynamic = known or {}, refs or {}, dynamic or {}
        address = f"{type_}.{name}"
        row = {"address": address, "mode": "managed", "type": type_, "name": name, "provider_config_key": "aws"}
        row["expressions"] = expressions(known, refs)
        if loop:
            row["for_each_expression"] = {"references": list(loop)}
        (module or self.root).resources.append(row)
        for place in at:
            for number, key in enumerate(keys):
                mine = dict(known) | (dict(each[number]) if each else {})
                index = "" if key is None else f"[{json.dumps(key)}]"
                every = {**refs, **dynamic}
                change = {"actions": list(actions), "before": None, "after": after(mine, every)}
                change["after_unknown"] = {k: v for k, v in after_unknown(every).items() if k not in mine}
                self.changes.append({
                    "address": f"{place}.{address}{index}" if place else f"{address}{index}",
                    **({"module_address": place} if place else {}),
                    "mode": "managed", "type": type_, "name": name, **({} if key is None else {"index": key}),
                    "provider_name": "registry.terraform.io/hashicorp/aws", "change": change,
                })  # fmt: skip

    def call(
        self, name: str, module: Module, refs: Refs, outer: Module | None = None, loop: Sequence[str] = ()
    ) -> None:
        """A module call: what it gives to the module's variables."""
        body: dict[str, Any] = {"source": f"./{name}", "expressions": expressions({}, refs), "module": module.json()}
        if loop:
            body["for_each_expression"] = {"references": list(loop)}
        (outer or self.root).calls[name] = body

    def json(self) -> dict[str, Any]:
        return {
            "format_version": "1.2",
            "terraform_version": "1.9.5",
            "planned_values": {"root_module": {}},
            "resource_changes": self.changes,
            "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": self.prior}}},
            "configuration": {
                "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": self.region}}}},
                "root_module": self.root.json(),
            },
        }

    def text(self, indent: int | None = None) -> str:
        return json.dumps(self.json(), indent=indent)
