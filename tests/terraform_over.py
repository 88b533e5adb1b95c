"""Plans over a network that is there: what a plan makes, under ids of AWS's own, and plans that leave or change it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from reach.snapshot import Snapshot
from reach.sources.cloudformation.maps.endpoints import WITH_LISTS, stand_in
from reach.sources.cloudformation.resource import made_id
from reach.sources.given import Given
from reach.sources.terraform import parse_plan
from reach.sources.terraform.ids import CALLED_BY_ARN, Ids
from reach.sources.terraform.making import references
from reach.sources.terraform.parts import FIREWALLS, TOLD
from reach.sources.terraform.plan import Instance
from reach.sources.terraform.providers import Places
from reach.sources.terraform.references import References
from tests.terraform_plans import PlanOf
from tests.test_terraform import snapshot_of

Row = dict[str, Any]
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
MADE = re.compile(rf"\b((?:[a-z]+-)+)([0-9a-f]{{17}})\b|\b(?!\d{{12}}\b)([0-9a-f]{{10,26}}|{UUID})\b")


def there(plan: PlanOf) -> tuple[Snapshot, dict[str, Row]]:
    """The network that a plan makes, and the attributes of each instance; with other ids than a plan would make up."""
    refs = _references(plan)
    found: dict[str, Row] = {}
    for instance in refs.plan.instances:
        values = copy.deepcopy(dict(instance.values))
        for path in _open(instance.unknown):
            get = refs.all if str(path[-1]).endswith(LISTS) else refs.get
            _put(values, path, get(instance, *path))
        values["id"] = _id(refs, instance)
        for name in (n for names in TOLD.get(instance.type, {}).values() for n in names[:1] if n not in ("id", "arn")):
            told = refs.ids.own(instance, name)
            if isinstance(told, str):
                values.setdefault(name, told)
        for type_, status in FIREWALLS.items():
            if instance.type == type_:
                values[status] = _firewall_status(refs, instance, values["subnet_mapping"])
        found[instance.address] = values
    made = snapshot_of(plan)
    pending = {_other(id): why for id, why in made.pending.items()}
    return replace(made, accounts=_other(made.accounts), pending=pending, places={}, logical={}), _other(found)


# Whose record has an id of its own, which others do not refer to.
PREFIXED = {
    "aws_alb_listener": "listener",
    "aws_lb_listener": "listener",
    "aws_mq_broker": "b",
    "aws_route53_resolver_firewall_rule_group_association": "rslvr-frgassoc",
    "aws_route53_resolver_rule_association": "rslvr-rrassoc",
}


def _id(refs: References, instance: Instance) -> str:
    """The `id` that the state has."""
    ids = refs.ids
    assert isinstance(ids, Ids)
    if instance.type in PREFIXED:
        return made_id(PREFIXED[instance.type], "terraform", instance.address)
    own = ids.own(instance, "id") if instance.type in CALLED_BY_ARN else ids.id_of(instance)
    return own if isinstance(own, str) and "$" not in own else f"id of {instance.address}"


def _firewall_status(refs: References, instance: Instance, mappings: Sequence[Row]) -> list[Row]:
    ends = zip(refs.ids.own(instance, "firewall_status"), mappings, strict=True)
    rows = [{"attachment": [{"endpoint_id": id, "subnet_id": row["subnet_id"]}]} for id, row in ends]
    return [{"sync_states" if instance.type.endswith("firewall") else "association_sync_state": rows}]


def _other(value: Any) -> Any:
    """The same with every id that is made up from an address replaced by another."""
    if isinstance(value, str):
        return MADE.sub(_turned, value)
    if isinstance(value, Mapping):
        return {key: _other(inner) for key, inner in value.items()}
    return [_other(inner) for inner in value] if isinstance(value, list | tuple) else value


def _turned(found: re.Match[str]) -> str:
    if found[0] in OF_AWS:
        return found[0]
    return f"{found[1]}{found[2].translate(TURNED)}" if found[1] else found[3].translate(TURNED)


OF_AWS = {stand_in(service, "eu-west-1") for service in WITH_LISTS}  # which reach calls by names of its own
TURNED = str.maketrans("0123456789abcdef", "fedcba9876543210")
LISTS = ("_ids", "subnets", "security_groups", "security_group_id_list", "roles", "cidr_blocks", "records", "groups")


def _references(plan: PlanOf) -> References:
    parsed = parse_plan(plan.text().encode(), "plan.json")
    return references(parsed, Places(parsed, Given(), None))


def _open(unknown: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if unknown is True and path[-1] not in ("id", "arn"):
        yield path
    inner = unknown.items() if isinstance(unknown, Mapping) else enumerate(unknown) if isinstance(unknown, list) else ()
    for key, value in inner:
        yield from _open(value, (*path, key))


def _put(values: Any, path: tuple[Any, ...], value: Any) -> None:
    for step in path[:-1]:
        values = values[step] if isinstance(step, int) else values.setdefault(step, [])
    values[path[-1]] = value


def over(plan: PlanOf, known: Mapping[str, Row], actions: Mapping[str, Sequence[str]] | None = None) -> Row:
    """The plan where everything is there already and is left alone, but for the `actions`."""
    document = copy.deepcopy(plan.json())
    for row in document["resource_changes"]:
        address = row["address"]
        doing = list((actions or {}).get(address, ["no-op"]))
        change = row["change"]
        change["actions"] = doing
        change["before"] = copy.deepcopy(known[address]) if doing != ["create"] else None
        change["after"], change["after_unknown"] = copy.deepcopy(known[address]), {}
        if "create" in doing:  # what it refers to is there, so only what AWS will call it is open
            change["after"].pop("id")
            change["after_unknown"] = {"id": True, "arn": True}
        if doing == ["delete"]:
            change["after"] = None
    return document
