"""From stacks to a Snapshot: every resource mapped, what is implicit added, what is not known said."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from reach.snapshot import ELSEWHERE, PARTS, Origin, Pending, Snapshot, SnapshotGap, identity
from reach.sources.calls import KEYS
from reach.sources.cloudformation.again import doubt_rules
from reach.sources.cloudformation.draft import DUMMY, LOOKUP, Draft
from reach.sources.cloudformation.maps import MAPPED, MAPS, Map, endpoints, maps_of, matters, vpc
from reach.sources.cloudformation.resource import PREFIXES, Resource
from reach.sources.cloudformation.stack import Home, Stack
from reach.sources.cloudformation.values import Undetermined
from reach.sources.cloudformation.world import World

KINDS = sorted({*PREFIXES.values(), "lgw"}, key=len, reverse=True)
AN_ID = re.compile(rf"(?:{'|'.join(KINDS)})-\w+")
# Interfaces get their addresses when they are made: only those of the template itself are known.
NOT_WHOLE = {"NetworkInterfaces": "which interfaces there will be, and their addresses, is known after deployment"}
# Collections of which a template does not speak: that it makes none says nothing.
OF_THE_ACCOUNT = ("VpcBlockPublicAccessOptions", "VpcBlockPublicAccessExclusions", "PrefixLists")


def finished(
    world: World, origins: tuple[Origin, ...], base: Snapshot | None, maps: Mapping[str, tuple[Map, ...]] = MAPS
) -> Snapshot:
    """Map all resources in the order of the stages, and put the snapshot together."""
    draft = Draft(world)
    draft.warnings |= world.warnings
    _know(draft, base)
    homes = sorted({stack.home for stack in world.stacks}, key=lambda h: (h.account, h.region))
    todo: dict[int, list[tuple[Map, Resource]]] = {}
    for stack in world.stacks:
        for resource in stack.resources.values():
            for one in maps_of(resource.type, maps):
                todo.setdefault(one.stage, []).append((one, resource))
    for stage in sorted(todo):
        for one, resource in todo[stage]:
            _map(draft, one, resource)
    for home in homes:
        vpc.unassociated(draft, home)
        endpoints.service_lists(draft, home)
    doubt_rules(draft)
    for record, member, id, unknown in draft.lost:
        record.pop(member, None)
        world.pending.setdefault(id, unknown)
    _unmodelled(draft)
    return _snapshot(draft, homes, origins, base)


def _map(draft: Draft, one: Map, resource: Resource) -> None:
    doubt = resource.stack.doubtful.get(resource.logical)
    if doubt and not one.perhaps:
        one.lose(draft, resource, doubt)
        return
    make = one.perhaps if doubt and one.perhaps else one.make
    try:
        for name in one.known:
            resource.known(name)
        make(draft, resource)
    except Undetermined as why:
        one.lose(draft, resource, doubt or why.unknown)


def _know(draft: Draft, base: Snapshot | None) -> None:
    """What is there before, by id; of records with one id, a thing's own before those of its parts."""
    for account, regions in base.accounts.items() if base else ():
        for region, collections in regions.items():
            found = draft.below.setdefault((account, region), {})
            for key, records in collections.items():
                for record in records:
                    own = identity(key, record)
                    if key == "Subnets" and record.get("AvailabilityZone"):
                        draft.world.zones[record["SubnetId"]] = record["AvailabilityZone"]
                    for name in own if isinstance(own, tuple) else ():
                        found.setdefault(key, {})[name] = record
                        if key not in PARTS or name not in draft.bases:
                            draft.bases[name] = record


def _unmodelled(draft: Draft) -> None:
    """Name the types that could matter and are not read."""
    found: dict[Stack, Counter[str]] = {}
    for stack in draft.world.stacks:
        for logical, resource in stack.resources.items():
            if matters(resource.type) and logical not in stack.children:
                found.setdefault(stack, Counter())[resource.type] += 1
    for stack, types in found.items():
        listed = ", ".join(f"{type_} ({count})" if count > 1 else type_ for type_, count in sorted(types.items()))
        draft.warn(f"{stack.template.name}: not read, though it could matter: {listed}")


def _snapshot(draft: Draft, homes: list[Home], origins: tuple[Origin, ...], base: Snapshot | None) -> Snapshot:
    accounts: dict[str, dict[str, dict[str, list[Any]]]] = {}
    gaps: list[SnapshotGap] = []
    for home in homes:
        found = draft.records.get((home.account, home.region), {})
        held = base.accounts.get(home.account, {}).get(home.region) if base else None
        if base is None or held is None:  # nothing else is there: what the stacks do not make does not exist
            none: dict[str, list[Any]] = {key: [] for key in KEYS if _is_told(key)}
            accounts.setdefault(home.account, {})[home.region] = dict(sorted((none | found).items()))
            gaps += [SnapshotGap(home.account, home.region, ELSEWHERE, (key,), why) for key, why in NOT_WHOLE.items()]
        else:
            accounts.setdefault(home.account, {})[home.region] = dict(sorted(found.items()))
            gaps += _still_unread(base, home, found)
    for (account, region, key), unknown in sorted(draft.partial.items()):
        gaps.append(SnapshotGap(account, region, unknown.needs, (key,), unknown.why))
    pending = draft.pendings()
    _outside(draft, pending)
    if draft.world.region_used and draft.world.assumed_region:
        draft.warn(f"no region was given: {draft.world.assumed_region} is assumed (--region)")
    return Snapshot(
        accounts=accounts,
        gaps=tuple(gaps),
        source="template",
        origins=origins,
        warnings=tuple(dict.fromkeys((*draft.warnings, *draft.world.concluded))),
        places=draft.places,
        logical=draft.logical,
        constructs=draft.constructs,
        pending=pending,
        additions=tuple(draft.additions),
        inferred=draft.world.concluded
        | {text: frozenset(_of_stack(draft, name)) for text, name in draft.world.unseen.items()},
    )


def _of_stack(draft: Draft, name: str) -> Iterator[str]:
    """The ids of what a stack makes."""
    return (id for id, where in draft.logical.items() if where.startswith(f"{name}/"))


def _is_told(key: str) -> bool:
    """Whether a template that makes none of these says that there are none: only of what is read at all."""
    return key in MAPPED or (":" not in key and key not in OF_THE_ACCOUNT)


def _still_unread(base: Snapshot, home: Home, found: Mapping[str, Any]) -> Iterator[SnapshotGap]:
    """Collections that were not read whole where the stacks go: that the stacks add to them tells no more."""
    held = base.accounts[home.account][home.region]
    broken = {
        key: gap for gap in base.gaps if (gap.account, gap.region) == (home.account, home.region) for key in gap.keys
    }
    for key in found:
        if key in broken:
            yield replace(broken[key], keys=(key,))
        elif key not in held:
            action = KEYS[key][0].action if key in KEYS else key
            yield SnapshotGap(home.account, home.region, action, (key,), "NotCollected")


def _outside(draft: Draft, pending: dict[str, Pending]) -> None:
    """Literal ids that no stack makes: they exist, and only AWS knows what they are."""
    for collections in draft.records.values():
        for records in collections.values():
            for record in records:
                for text in _texts(record):
                    if text in draft.owners or text in draft.bases:
                        continue
                    if text in DUMMY:
                        pending[text] = Pending(LOOKUP, f"{text} stands for a lookup that the CDK has not made")
                        draft.warn(f"{text} stands for a lookup that the CDK has not made: {LOOKUP}")
                    elif text not in pending and AN_ID.fullmatch(text):
                        pending[text] = Pending(ELSEWHERE, f"{text} is not made by the template")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
