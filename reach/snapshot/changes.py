"""What laying one snapshot over another changes: how much is new, different, gone, in AWS's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from reach.snapshot.records import Snapshot, identity

MOST = 6
# Collections that hold nothing of their own: parts of other records, or lists that AWS keeps.
PARTS = frozenset(
    {
        *("VpcAttributes", "ManagedPrefixListEntries", "PrefixLists", "TransitGatewayAssociations"),
        *("TransitGatewayPropagations", "TransitGatewayRoutes"),
    }
)


def changes(below: Snapshot, over: Snapshot) -> str:
    """One line for people: ``adds 2 Subnets, changes 1 RouteTables, removes 1 NatGateways``.

    >>> changes(Snapshot({}), Snapshot({"1": {"r": {"Vpcs": [{"VpcId": "vpc-1"}]}}}))
    'adds 1 Vpcs'
    """
    before = dict(_records(below))
    adds: Counter[str] = Counter()
    changed: set[tuple[str, str, str, Any]] = {(a.account, a.region, a.key, (a.id,)) for a in over.additions}
    changed |= {(r.account, r.region, r.key, r.id) for r in over.removals if r.row is not None}
    kept = set()
    for place, record in _records(over):
        kept.add(place)
        if place not in before:
            adds[place[2]] += 1
        elif record != before[place]:
            changed.add(place)
    gone = {(r.account, r.region, r.key, r.id) for r in over.removals if r.row is None}
    removes = Counter(place[2] for place in gone - kept if place in before)
    counted = (("adds", adds), ("changes", Counter(p[2] for p in changed if p in before)), ("removes", removes))
    return ", ".join(_said(verb, count) for verb, count in counted if count) or "changes nothing"


def _said(verb: str, count: Counter[str]) -> str:
    listed = [f"{number} {key}" for key, number in sorted(count.items(), key=lambda item: (-item[1], item[0]))]
    more = f" and {len(listed) - MOST} more kinds" if len(listed) > MOST else ""
    return f"{verb} {', '.join(listed[:MOST])}{more}"


def _records(snapshot: Snapshot) -> Iterator[tuple[tuple[str, str, str, Any], Any]]:
    for account, regions in snapshot.accounts.items():
        for region, collections in regions.items():
            for key, records in collections.items():
                if key in PARTS:
                    continue
                for record in records:
                    own = identity(key, record)
                    if isinstance(own, tuple) and record.get("OwnerId") != "AWS":
                        yield (account, region, key, own), record
