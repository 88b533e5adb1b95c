"""What an attribute that is not known yet will be: the references of its expression, followed through modules.

Function calls are not in a plan, only what they refer to. So where several instances are referred to, one is chosen by
an equal index and marked as inferred; where nothing tells, the value is unknown and says what it refers to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct, field

from reach.sources.cloudformation.values import Unknown
from reach.sources.terraform.addresses import bare, longest, spelled
from reach.sources.terraform.configuration import HIDDEN, Configuration, Together
from reach.sources.terraform.following import Search, followed, given_by_name, named_in, scope_of
from reach.sources.terraform.hidden import in_turn, moot, namesake, only_local, uncover, unset
from reach.sources.terraform.plan import Instance, Plan
from reach.sources.terraform.providers import Places
from reach.sources.terraform.together import of_row
from reach.sources.terraform.unwritten import may_be_unwritten, unwritten

WHOLE = re.compile(r"(?:\[\*\])?(?:\.id)?$")  # a resource, as people spell all of its ids
AFTER = "the network as it is after terraform apply (--from aws), or the state: terraform show -json"
# What the ids begin with that an attribute holds.
KINDS: Mapping[str, str | tuple[str, ...]] = {
    "egress_only_gateway_id": "eigw-",
    "nat_gateway_id": "nat-",
    "network_interface_id": "eni-",
    "route_table_id": "rtb-",
    "security_group_id": "sg-",
    "subnet_id": "subnet-",
    "transit_gateway_id": "tgw-",
    "vpc_endpoint_id": "vpce-",
    "vpc_id": "vpc-",
    "vpc_peering_connection_id": "pcx-",
    # lists
    **dict.fromkeys(("client_subnets", "subnet_ids", "subnets", "vpc_subnet_ids"), "subnet-"),
    **dict.fromkeys(("security_group_ids", "security_groups", "vpc_security_group_ids"), "sg-"),
    "route_table_ids": "rtb-",
}


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

    def chosen(self, found: list[Any], beside: list[str]) -> list[Any]:
        """Those of several values that are meant, as far as what else an expression refers to tells."""

    def infer(self, instance: Instance, name: str) -> tuple[Any, str] | None:
        """What an attribute can be that refers to something the plan does not hold, and why."""


class References(Struct):
    """The attributes of a plan's instances."""

    plan: Plan
    ids: Ids
    configuration: Configuration
    inferred: dict[tuple[str, str], str] = field(default_factory=dict)  # address, attribute → what was taken, and why
    _named: dict[tuple[bool, str, str, str], list[Instance]] = field(default_factory=dict)
    _types: dict[str, list[Instance]] = field(default_factory=dict)
    _named_by: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)  # what a user says that attributes will be, by ADDRESS.PATH
    taken: set[str] = field(default_factory=set)  # those of it that were asked for
    modules: tuple[str, ...] = ()  # the addresses of all module instances

    def __post_init__(self) -> None:
        every = (*self.plan.instances, *self.plan.data)
        for one in sorted(every, key=_place):
            self._named.setdefault((one.data, one.module, one.type, one.name), []).append(one)
        for one in self.plan.instances:
            self._types.setdefault(one.type, []).append(one)
        self.modules = tuple(sorted({one.module for one in every}))

    def of_type(self, type_: str) -> Sequence[Instance]:
        """The instances of a type."""
        return self._types.get(type_, ())

    def named_by(self, type_: str, attribute: str) -> frozenset[str]:
        """What the instances of a type name by an attribute."""
        if (type_, attribute) not in self._named_by:
            found = (self.get(one, attribute) for one in self.of_type(type_))
            self._named_by[type_, attribute] = frozenset(one for one in found if isinstance(one, str))
        return self._named_by[type_, attribute]

    def instances(self, module: str, type_: str, name: str, *, data: bool) -> Sequence[Instance]:
        """The instances of a resource or data source of a module."""
        return self._named.get((data, module, type_, name), ())

    def get(self, instance: Instance, *path: str | int) -> Any:
        """One value, None where nothing is set, `Unknown` where nobody can tell."""
        known, unknown = _walk(instance.values, path), _walk(instance.unknown, path)
        if unknown is not True:
            return known
        given = self._told(instance, path)
        if given:
            return given[0]
        search = None if moot(instance, path) else self._searched(instance, path, many=False)
        if search is None:
            return None
        if isinstance(search, Unknown):
            return search
        found = search.of_kind(KINDS.get(str(path[-1]), ""))
        if len(found) > 1:
            found = namesake(instance, search) or found
        if len(found) > 1:
            found = self.ids.chosen(found, [one for one in search.found if isinstance(one, str)])
        # A value that was known all along would have made the attribute known: then a function stands around it.
        if len(found) == 1 and not (search.open or isinstance(found[0], Unknown) or found[0] in search.known):
            self._note(instance, path, search, found)
            return found[0]
        name = str(path[-1])
        able = len(path) == 1 and (name != "security_group_id" or only_local(self, instance, search, name, KINDS[name]))
        guessed = self.ids.infer(instance, name) if able else None
        if guessed is None:
            told = len(found) == 1 and isinstance(found[0], Unknown) and not search.open
            return found[0] if told else self.open(instance, path, one=True)
        self.inferred[instance.address, spelled(path)] = guessed[1]
        return guessed[0]

    def all(self, instance: Instance, *path: str | int) -> list[Any]:
        """A list of values; in the place of what is not known is an `Unknown`."""
        known, unknown = _walk(instance.values, path), _walk(instance.unknown, path)
        if not _any(unknown):
            return [value for value in known or () if value is not None] if isinstance(known, list | tuple) else []
        given = self._told(instance, path)
        if given:
            return given
        search = None if moot(instance, path) else self._searched(instance, path, many=True)
        if search is None:
            return []
        if isinstance(search, Unknown):
            return [search]
        found = search.of_kind(KINDS.get(str(path[-1]), ""))
        taken = {value for values in search.taken.values() for value in values}
        picks = (
            search.switches and len(search.taken) + bool({*found} - taken) > 1
        )  # by what is no id: one of several lists
        # What is hidden may be more of the same, but also another list instead, or what chooses between the two.
        if not found or picks or search.open or (isinstance(unknown, list) and len(unknown) != len(found)):
            return [self.open(instance, path, one=True)]
        self._note(instance, path, search, found)
        return found

    def rows(self, instance: Instance, *path: str | int) -> int | Unknown:
        """How many blocks of a kind an instance has, or a block of it."""
        if _walk(instance.unknown, path) is True:
            expression = self.configuration.expression(instance, path)
            if expression is None and may_be_unwritten(instance, str(path[-1])):
                return unwritten(self, instance, str(path[-1]))
            return len(expression) if isinstance(expression, list) else self.open(instance, path)
        known = _walk(instance.values, path)
        return len(known) if isinstance(known, list) else 0

    def whole(self, instance: Instance, *path: str | int) -> Any:
        """A text that is more than what it refers to, such as a policy: as it is known, else `Unknown`.

        None if nobody sets it: that AWS will then say what it is by default is nothing that is not known.
        """
        if not _any(_walk(instance.unknown, path)):
            return _walk(instance.values, path)
        return self.open(instance, path) if self.configuration.expression(instance, path) is not None else None

    def configured(self, instance: Instance, name: str) -> bool:
        """Whether the configuration sets an attribute at all."""
        return self.configuration.expression(instance, (name,)) is not None

    def _told(self, instance: Instance, path: Sequence[str | int]) -> list[Any]:
        """What a user says that an attribute will be: texts, or what the plan makes under these addresses."""
        names = [f"{address}.{spelled(path)}" for address in (instance.address, bare(instance.address)) if self.given]
        name = next((one for one in names if one in self.given), None)
        if name is None:
            return []
        said = self.given[name]
        self.taken.add(name)
        if said in ("true", "false"):
            return [said == "true"]
        every = (*self.plan.instances, *self.plan.data)
        out: list[Any] = []
        for word in filter(None, (one.strip() for one in said.split(","))):
            address = WHOLE.sub("", word)
            found = [one for one in every if one.address == address]
            found = found or sorted((i for i in every if bare(i.address) == address), key=_place)
            out += [self.ids.id_of(one) for one in found] or [word]
        return out

    def open(self, instance: Instance, path: Sequence[str | int], *, one: bool = False) -> Unknown:
        """An attribute that nobody can tell, with what it refers to; of `one` that is no block a user can."""
        name = spelled(path)
        expression = self.configuration.expression(instance, path)
        shared = expression.expression if isinstance(expression, Together) else expression
        names = sorted(set(longest(named_in(shared))))
        to = f" (it refers to {', '.join(names[:4])})" if names else ""
        if expression is HIDDEN:
            to = ": what sets it is not in the plan"
        why = f"{name} of {instance.address} ({self.plan.file}) is not known before terraform apply{to}"
        word = f"{instance.address}.{name}"
        needs = f"--param '{word}=…' (an id, or the address of what it is), or {AFTER}" if one else AFTER
        return Unknown("${" + word + "}", needs, why)

    def attribute(self, target: Instance, name: str) -> tuple[Any, bool]:
        """An attribute of an instance that another refers to, and whether the plan knows it."""
        if _walk(target.unknown, (name,)) is not True and target.values.get(name) is not None:
            return target.values[name], True
        return self.ids.own(target, name), False

    def _searched(self, instance: Instance, path: Sequence[str | int], many: bool) -> Search | Unknown | None:
        """What an expression refers to, None if the configuration does not set the attribute."""
        expression = self.configuration.expression(instance, path)
        if expression is None:
            return None
        if expression is HIDDEN:
            return given_by_name(self, instance, path, many) or self.open(instance, path, one=True)
        if isinstance(expression, Together):
            found = of_row(self, instance, path, expression.expression, many)
            return found if found is not None else self.open(instance, path, one=True)
        if unset(expression, path):
            self.inferred[instance.address, spelled(path)] = "not set, as nothing that is made decides it"
            return None
        kind = KINDS.get(str(path[-1]), "")
        search = followed(self, expression, scope_of(self, instance), Search(many))
        uncover(self, instance, path, search, kind)
        if search.open and not many:
            search = in_turn(self, instance, expression, kind) or search
        return None if search.nothing and len(path) == 1 else search  # so the provider fills it in

    def _note(self, instance: Instance, path: Sequence[str | int], search: Search, found: Sequence[Any]) -> None:
        """Remember what was concluded: which of several was taken, or that all were."""
        said = [*search.inferred]
        if search.switches and not said and len(search.taken) > 1:
            said += [f"of {name}, by what else it refers to" for name, of in search.taken.items() if {*of} & {*found}]
        if said:
            self.inferred[instance.address, spelled(path)] = " and ".join(dict.fromkeys(said))


def _place(instance: Instance) -> tuple[str, int]:
    """Sorts the instances of a resource as `[*]` lists them: by number under `count`, by key under `for_each`."""
    return ("", instance.index) if isinstance(instance.index, int) else (str(instance.index), 0)


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
