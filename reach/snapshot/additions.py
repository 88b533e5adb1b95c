"""Rows that a file adds to lists in records of another source: where they go, and whose place they take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from reach.snapshot.records import Addition, Record

Places = dict[str, dict[str, dict[str, dict[Any, Record]]]]  # by account, region, collection, identity

# Lists whose absence is a gap: one row more does not tell the others.
DECIDING = (
    *("Associations", "Attachments", "Entries", "IpPermissions", "IpPermissionsEgress", "Routes", "VpcAttachments"),
)
# What AWS keeps once in a list: the members that make two rows the same one.
ONCE: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("NetworkAcls", "Entries"): ("RuleNumber", "Egress"),
    ("RouteTables", "Routes"): ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"),
    ("RouteTables", "Associations"): ("SubnetId", "GatewayId"),
    ("NetworkAcls", "Associations"): ("SubnetId",),
    ("InternetGateways", "Attachments"): ("VpcId",),
    ("VpnGateways", "VpcAttachments"): ("VpcId",),
}
# Members of a row that say nothing about where traffic goes.
INCIDENTAL = ("Origin", "State", "RouteTableAssociationId", "NetworkAclAssociationId", "AssociationState")


class Joined(Struct):
    """What came of the additions."""

    waiting: list[Addition] = field(default_factory=list)  # whose record is nowhere
    places: dict[str, str] = field(default_factory=dict)  # file:line, by `id member[index]`
    replaced: dict[str, frozenset[str]] = field(default_factory=dict)  # what takes whose place → the things concerned


def join(accounts: Places, additions: Iterable[Addition]) -> Joined:
    """Put rows into the lists of the records that they are for.

    A row that says of the same thing something else takes the place of the one that is there: a stack that made that
    one changes it, and everybody else AWS would refuse a second one.
    """
    out = Joined()
    for addition in additions:
        found = accounts.get(addition.account, {}).get(addition.region, {}).get(addition.key, {})
        record = found.get((addition.id,))
        if record is None:
            out.waiting.append(addition)
            continue
        member = addition.member
        if member in DECIDING and not isinstance(record.get(member), list | tuple):
            continue
        rows = list(record.get(member) or ())
        index = _same(rows, addition)
        if index is None:
            index = len(rows)
            rows.append(addition.row)
        else:
            _replace(out, addition, rows[index])
            rows[index] = addition.row
        found[(addition.id,)] = {**record, member: rows}
        if addition.where:
            out.places[f"{addition.id} {member}[{index}]"] = addition.where
    return out


def _same(rows: list[Any], addition: Addition) -> int | None:
    """The row that is there already and of which AWS keeps one."""
    names = [n for n in ONCE.get((addition.key, addition.member), ()) if addition.row.get(n) is not None]
    if not names:
        return None
    return next((i for i, row in enumerate(rows) if all(row.get(n) == addition.row[n] for n in names)), None)


def _replace(out: Joined, addition: Addition, old: Record) -> None:
    new = addition.row
    if {k: v for k, v in new.items() if k not in INCIDENTAL} == {k: v for k, v in old.items() if k not in INCIDENTAL}:
        return
    if addition.member == "Routes":
        target = next((str(v) for k, v in old.items() if k not in INCIDENTAL and not k.startswith("Destination")), "")
        where = next(str(v) for k, v in new.items() if k.startswith("Destination"))
        what = f"the route of {addition.id} for {where}, which leads to {target or 'nothing'}"
    elif addition.member == "Entries":
        side = "outbound" if new.get("Egress") else "inbound"
        what = f"the {side} entry {new.get('RuleNumber')} of {addition.id}"
    else:
        return
    out.replaced[f"{addition.by or addition.where} takes the place of {what}"] = frozenset({addition.id})
