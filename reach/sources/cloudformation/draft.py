"""Records as AWS would answer them once the stacks are made, with file and line, and gaps where nobody knows."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from reach.snapshot import ELSEWHERE, Addition, Pending, Record, identity
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.stack import Home
from reach.sources.cloudformation.values import Undetermined, Unknown, unknown_in
from reach.sources.cloudformation.world import World

# What the CDK writes where a lookup has not been made, and who makes it.
DUMMY = frozenset(("vpc-12345", "s-12345", "s-67890", "p-12345", "p-67890", "sg-12345678"))
LOOKUP = "cdk synth with the account's credentials, which looks it up"
# What exists in a VPC: of a VPC that the stacks use but do not make, they know only a part.
OF_A_VPC = (
    *("EgressOnlyInternetGateways", "InternetGateways", "NatGateways", "NetworkAcls", "RouteTables"),
    *("SecurityGroups", "Subnets", "VpcEndpoints", "VpcPeeringConnections", "Vpcs"),
)
Entry = dict[str, Any]


def who_tells(id: str) -> str:
    """Where what no template makes is told: by the CDK if the id only stands for one."""
    return LOOKUP if id in DUMMY else ELSEWHERE


class Draft(Struct):
    """Collections of records that grow, by account and region."""

    world: World
    records: dict[tuple[str, str], dict[str, list[Entry]]] = field(default_factory=dict)
    owners: dict[str, tuple[str, Entry]] = field(default_factory=dict)  # by AWS's id: collection and record
    places: dict[str, str] = field(default_factory=dict)  # file:line, by id and by `id member[index]`
    logical: dict[str, str] = field(default_factory=dict)  # STACK/LogicalId by id
    constructs: dict[str, str] = field(default_factory=dict)  # path in the CDK's tree by id
    partial: dict[tuple[str, str, str], Unknown] = field(default_factory=dict)  # by account, region, collection
    lost: list[tuple[Entry, str, str, Unknown]] = field(default_factory=list)  # record, member, id, why
    doubtful: set[str] = field(default_factory=set)  # subnets that may have another ACL than the default one
    open_out: dict[str, list[Entry]] = field(default_factory=dict)  # by group: what lets everything out of it at first
    assigning: dict[str, Unknown] = field(default_factory=dict)  # subnets that may give IPv6 addresses to hosts, or not
    additions: list[Addition] = field(default_factory=list)
    warnings: dict[str, None] = field(default_factory=dict)
    bases: dict[str, Record] = field(default_factory=dict)  # records that were there before, by AWS's id
    below: dict[tuple[str, str], dict[str, dict[str, Record]]] = field(default_factory=dict)  # by place, collection, id

    def collection(self, home: Home, key: str) -> list[Entry]:
        return self.records.setdefault((home.account, home.region), {}).setdefault(key, [])

    def put(self, key: str, record: Entry, resource: Resource, id: str | None = None) -> Entry:
        """Add a record that a resource makes; `id` is what `describe` will call it, else what names the record."""
        self.collection(resource.stack.home, key).append(record)
        own = identity(key, record)
        for name in (*(own if isinstance(own, tuple) else ()), *([id] if id else ())):
            if name not in ("$LATEST",):
                self.owners.setdefault(name, (key, record))
                self.places.setdefault(name, resource.where)
                self.logical.setdefault(name, f"{resource.stack.name}/{resource.logical}")
                if resource.construct:
                    self.constructs.setdefault(name, resource.construct)
        return record

    def rows(self, home: Home, key: str) -> list[Entry]:
        return self.records.get((home.account, home.region), {}).get(key, [])

    def every(self, key: str) -> Iterator[Entry]:
        """The records of a collection, wherever they are."""
        for collections in self.records.values():
            yield from collections.get(key, ())

    def record(self, id: str) -> Entry | None:
        found = self.owners.get(id)
        return found[1] if found else None

    def before(self, home: Home, key: str) -> dict[str, Record]:
        """The records of a collection that were there before where a stack goes, by their id."""
        return self.below.get((home.account, home.region), {}).get(key, {})

    def changed(self, home: Home, key: str, id: str) -> Entry | None:
        """The record to change: one that is made here, or a copy of the one before, to be laid over it."""
        own = next((row for row in self.rows(home, key) if identity(key, row)[0] == id), None)
        if own is None and id in self.before(home, key):
            self.world.copied[home.account, home.region, key, id] = self.before(home, key)[id]
            own = copy.deepcopy(dict(self.before(home, key)[id]))
            self.collection(home, key).append(own)
            self.owners.setdefault(id, (key, own))
        return own

    def held(self, resource: Resource, name: str) -> Record:
        """The record that a property names, made here or there before.

        Raises
        ------
        Undetermined
            If it is neither: what hangs on it is not known.
        """
        id = resource.known_text(name)
        found = self.record(id) or self.bases.get(id)
        if found is not None:
            return found
        why = f"{id}, which {resource.logical} ({resource.where}) names, is not made by the template"
        raise Undetermined(self.world.pending.get(id) or Unknown(id, ELSEWHERE, why))

    def add(self, key: str, id: str, member: str, value: Entry, resource: Resource) -> None:
        """Add a row to a list inside the record of another resource; one that is not ours waits for its record."""
        record = self._own(id, key, resource.stack.home)
        if record is None and id not in self.bases and self._stands_for(id):
            self.lose(key, id, member, self.world.pending[id], resource)
            return
        if record is None:
            home = resource.stack.home
            by = f"{resource.logical} ({resource.where})"
            self.additions.append(Addition(home.account, home.region, key, id, member, value, resource.where, by))
            if id not in self.bases:
                why = f"{resource.logical} ({resource.where}) adds to {id}, which is not made by the template"
                self.partial.setdefault((home.account, home.region, key), Unknown(id, ELSEWHERE, why))
            return
        rows = record.setdefault(member, [])
        self.places[f"{id} {member}[{len(rows)}]"] = resource.where
        rows.append(value)

    def join(self, key: str, id: str, member: str, value: Entry, home: Home, where: str = "") -> None:
        """Add a row to a list of a record that is made here, or that another source has."""
        record = self._own(id, key, home)
        if record is not None:
            record.setdefault(member, []).append(value)
        else:
            self.additions.append(Addition(home.account, home.region, key, id, member, value, where))

    def _own(self, id: str, key: str, home: Home) -> Entry | None:
        """A record that is made here. To a changed copy of one that was there rows are added as to that one: last."""
        return None if (home.account, home.region, key, id) in self.world.copied else self.record(id)

    def leave(self, key: str, joined: str, member: str, resource: Resource) -> list[str]:
        """What a property names has one record of a kind: it leaves those that it had before; which ones, by id."""
        home, moved = resource.stack.home, resource.known_text(member)
        left = []
        for id, held in list(self.before(home, key).items()):
            if id != joined and any(row.get(member) == moved for row in held.get("Associations") or ()):
                record = self.changed(home, key, id)
                if record is not None and isinstance(record.get("Associations"), list):
                    record["Associations"] = [row for row in record["Associations"] if row.get(member) != moved]
                    left.append(id)
        return left

    def perhaps_leave(self, key: str, joined: str, member: str, resource: Resource) -> None:
        """Nobody knows whether it keeps the one that it has; whose that is, neither, if it is not known what moves."""
        moved, home = resource.get(member), resource.stack.home
        unknown = resource.stack.doubtful.get(resource.logical) or unknown_in([moved, resource.get(joined)])
        if unknown is None:
            return
        for id, held in list(self.before(home, key).items()):
            rows = [row for row in held.get("Associations") or () if row.get(member)]
            if any(not isinstance(moved, str) or row[member] == moved for row in rows):
                self.lose(key, id, "Associations", unknown, resource)

    def _stands_for(self, id: str) -> bool:
        """Whether it is a text in the place of an id that is not known."""
        return id.startswith("${") and id in self.world.pending

    def lose(self, key: str, id: str, member: str, unknown: Unknown, resource: Resource) -> None:
        """A list inside a record cannot be told, as one of its rows is not known: of one that was there before, too."""
        record = self.record(id) or self.changed(resource.stack.home, key, id)
        if record is not None:
            self.lost.append((record, member, id, unknown))
            return
        home = resource.stack.home
        self.miss(resource, unknown, key)
        if self._stands_for(id):  # it may be any of them
            for name in list(self.before(home, key)):
                self.changed(home, key, name)
            for other in self.rows(home, key):
                self.lost.append((other, member, str(identity(key, other)[0]), unknown))

    def miss(self, resource: Resource, unknown: Unknown, *keys: str, id: str | None = None) -> None:
        """A record cannot be told at all: its id is not known yet, and its collection is not whole."""
        home = resource.stack.home
        self.world.pending.setdefault(id or resource.id, unknown)
        for key in keys:
            self.partial.setdefault((home.account, home.region, key), unknown)

    def conclude(self, resource: Resource, text: str, *ids: str) -> None:
        """Say what is taken to be so of a resource, and on every answer that rests on one of the things."""
        self.world.concluded[f"{resource.logical} ({resource.where}) {text}"] = frozenset(ids)

    def warn(self, text: str) -> None:
        self.warnings[text] = None

    def pendings(self) -> dict[str, Pending]:
        """Why the ids are not known that stand in the records."""
        return {text: Pending(u.needs, u.why) for text, u in sorted(self.world.pending.items())}
