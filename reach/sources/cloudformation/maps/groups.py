"""Which security groups something has: those it names, else its VPC's default one; all of them or none are known."""

from __future__ import annotations

from typing import Any

from reach.snapshot import ELSEWHERE
from reach.sources.cloudformation.attributes import REFERRED_BY_ARN, arn_of
from reach.sources.cloudformation.draft import Draft
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Unknown, unknown_in

DEFAULT_VPC = "${default VPC}"  # stands for the account's own, which no template makes


def groups(draft: Draft, r: Resource, name: str, vpc_id: str) -> list[str] | None:
    """The ids in a property; None if one is not known, as that one may be any group."""
    return listed(draft, r, name, r.get(name), vpc_id)


def listed(draft: Draft, r: Resource, name: str, value: Any, vpc_id: str) -> list[str] | None:
    """As `groups`, for a value inside a property."""
    unknown = unknown_in(value)
    if unknown:
        draft.world.pending.setdefault(r.id, unknown)
        if r.type in REFERRED_BY_ARN:
            draft.world.pending.setdefault(arn_of(r), unknown)
        return None
    values = [] if value is None else value if isinstance(value, list) else [value]
    return [r.as_text(name, item) for item in values] or default_of(draft, r, vpc_id)


def default_of(draft: Draft, r: Resource, vpc_id: str) -> list[str] | None:
    """The default group of a VPC of the stacks, or of the network that they go into; else nobody knows it."""
    known = [*draft.every("SecurityGroups"), *draft.bases.values()]
    found = (g for g in known if g.get("VpcId") == vpc_id and g.get("GroupName") == "default")
    id = next((str(g["GroupId"]) for g in found if "GroupId" in g), "")
    if not id and vpc_id in draft.world.pending:
        draft.world.pending.setdefault(r.id, draft.world.pending[vpc_id])
    return [id] if id else None


def absent(draft: Draft, r: Resource, name: str) -> None:
    """A subnet group that the stacks do not make."""
    why = f"the subnet group {name}, which {r.logical} ({r.where}) is in, is not made by the template"
    draft.world.pending.setdefault(name, Unknown(name, ELSEWHERE, why))


def by_name(draft: Draft, r: Resource, vpc_id: str, value: Any) -> Any:
    """The group that a rule names instead of its id, which EC2 takes in a default VPC; None in one that is none.

    `Ref` of a group without a VPC gives its name, here its id: either finds it.
    """
    owner = draft.record(vpc_id)
    if value is None or isinstance(value, Unknown) or owner is not None:
        return value if isinstance(value, Unknown) and owner is None else None
    name = r.as_text("SourceSecurityGroupName", value)
    made = (g for g in draft.every("SecurityGroups") if g.get("VpcId") == vpc_id)
    id = next((str(g["GroupId"]) for g in made if name in (g["GroupId"], g.get("GroupName"))), "")
    why = f"{r.logical} ({r.where}) names the group {name} of the account's default VPC, and not its id"
    return id or Unknown("${" + f"group {name}" + "}", "its id, like SourceSecurityGroupId: sg-…", why)


def members(key: str, ids: list[str] | None, **more: str) -> list[dict[str, str]] | None:
    """Ids as AWS's records hold them."""
    return None if ids is None else [{key: id, **more} for id in ids]


def families(r: Resource, name: str) -> dict[str, Any]:
    """Which families of addresses something has, where that is said; what is not known may be IPv6 alone.

    Raises
    ------
    Undetermined
        If it is said, and not known.
    """
    return {name: r.known_text(name)} if r.has(name) else {}


def known(record: dict[str, Any]) -> dict[str, Any]:
    """A record without what is not known."""
    return {key: value for key, value in record.items() if value is not None}
