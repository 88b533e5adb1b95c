"""In which account and region each resource of a plan is made: what its provider is configured with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reach.snapshot import Snapshot
from reach.sources.cloudformation import USUAL_REGION
from reach.sources.given import Given
from reach.sources.terraform.plan import Instance, Object, Plan, listed

ACCOUNT = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:(\d{12}):")
REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")


class Places:
    """Regions by provider, and the account, as far as a plan tells."""

    def __init__(self, plan: Plan, given: Given, base: Snapshot | None) -> None:
        self.plan = plan
        self._given = given.region or given.params.get("AWS::Region")
        self._providers = dict(self._configured())
        self._keys = dict(self._provider_keys(plan.configuration.get("root_module") or {}, ""))
        accounts = list(base.accounts) if base else []
        regions = sorted({r for found in base.accounts.values() for r in found}) if base else []
        self.account = next(
            filter(
                None, (given.params.get("AWS::AccountId"), self._account(), *(accounts if len(accounts) == 1 else ()))
            ),
            None,
        )
        self._base = regions[0] if len(regions) == 1 else None
        found = self._providers.get("aws") or self._given or self._from_zones() or self._base
        self.usual = found or USUAL_REGION
        self.assumed = found is None

    def stack(self, region: str) -> str:
        """What stands for a stack's name in ids: regions of one plan are apart."""
        return "terraform" if region == self.usual else f"terraform@{region}"

    def region(self, instance: Instance) -> str:
        """Where an instance is made: its own region (provider version 6), its provider's, the plan's."""
        own = instance.values.get("region")
        if isinstance(own, str) and REGION.fullmatch(own):
            return own
        key = self._keys.get((re.sub(r"\[[^\]]*\]", "", instance.module), instance.type, instance.name), "aws")
        return self._providers.get(key) or self.usual

    def _configured(self) -> Iterator[tuple[str, str]]:
        found = self.plan.configuration.get("provider_config")
        for key, provider in found.items() if isinstance(found, Mapping) else ():
            expressions = provider.get("expressions") if isinstance(provider, Mapping) else None
            region = expressions.get("region") if isinstance(expressions, Mapping) else None
            value = self._value(region)
            if isinstance(value, str):
                yield key, value

    def _value(self, expression: Any) -> Any:
        """A constant, or a variable of the root module."""
        if not isinstance(expression, Mapping):
            return None
        if "constant_value" in expression:
            return expression["constant_value"]
        for name in listed(expression.get("references")):
            held = self.plan.variables.get(str(name).removeprefix("var.")) if str(name).startswith("var.") else None
            if isinstance(held, Mapping):
                return held.get("value")
        return None

    def _provider_keys(self, module: Object, address: str) -> Iterator[tuple[tuple[str, str, str], str]]:
        """The provider of each configured resource, by module (without keys), type and name."""
        waiting: list[tuple[Any, str]] = [(module, address)]
        while waiting:
            here, where = waiting.pop()
            if not isinstance(here, Mapping):
                continue
            for row in listed(here.get("resources")):
                if isinstance(row, Mapping):
                    key = str(row.get("provider_config_key") or "aws").rpartition(":")[2]
                    yield (where, str(row.get("type")), str(row.get("name"))), key
            calls = here.get("module_calls")
            for name, call in calls.items() if isinstance(calls, Mapping) else ():
                inner = call.get("module") if isinstance(call, Mapping) else None
                waiting.append((inner, f"{where}.module.{name}" if where else f"module.{name}"))

    def _account(self) -> str | None:
        """The account that data sources name, or that the ARNs of what exists hold."""
        for row in self.plan.data:
            if row.type == "aws_caller_identity" and isinstance(row.values.get("account_id"), str):
                return str(row.values["account_id"])
        for row in (*self.plan.instances, *self.plan.data):
            owner = row.values.get("owner_id")
            if row.before and isinstance(owner, str) and re.fullmatch(r"\d{12}", owner):
                return owner
            found = ACCOUNT.match(str(row.values.get("arn") or "")) if row.before else None
            if found:
                return found[1]
        return None

    def _from_zones(self) -> str | None:
        """The region of the zones that are named."""
        for row in self.plan.instances:
            zone = row.values.get("availability_zone")
            found = REGION.match(zone) if isinstance(zone, str) else None
            if found:
                return found[0]
        for row in self.plan.data:
            if row.type == "aws_region":
                name = row.values.get("region") or row.values.get("name")
                return name if isinstance(name, str) else None
        return None
