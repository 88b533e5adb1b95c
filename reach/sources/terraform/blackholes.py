"""Routes that lead nowhere once a plan has taken away what they lead to: AWS keeps them, as blackholes (RT-10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from reach.snapshot import Record, Removal, Snapshot, identity

KEY = "RouteTables"
Tables = dict[tuple[str, str], dict[str, Record]]  # by account and region, by id


def blackholed(over: Snapshot, left: Snapshot, removals: Sequence[Removal]) -> Snapshot:
    """What is laid over the network that is left, with the routes of both that lead to what is gone as blackholes."""
    made = {name for names in _ids(over) for name in names}
    gone = {name for removal in removals if removal.row is None for name in removal.id} - made
    tables: Tables = {}
    for snapshot in (left, over):
        for account, regions in snapshot.accounts.items():
            for region, found in regions.items():
                for table in found.get(KEY, ()):
                    tables.setdefault((account, region), {})[table["RouteTableId"]] = table
    dead = {
        place: {id: _without_ends(table, gone) for id, table in held.items() if _leads_to(table, gone)}
        for place, held in tables.items()
    }
    accounts = {account: {**regions} for account, regions in over.accounts.items()}
    for (account, region), changed in dead.items():
        if changed:
            here = accounts.setdefault(account, {})
            found = {**here.get(region, {})}
            others = [table for table in found.get(KEY, ()) if table["RouteTableId"] not in changed]
            here[region] = {**found, KEY: [*others, *changed.values()]}
    return replace(over, accounts=accounts)


def _ids(snapshot: Snapshot) -> Iterator[tuple[str, ...]]:
    for regions in snapshot.accounts.values():
        for collections in regions.values():
            for key, records in collections.items():
                for record in records:
                    own = identity(key, record)
                    if isinstance(own, tuple):
                        yield own


def _dead(route: Mapping[str, Any], gone: set[str]) -> bool:
    return any(value in gone for name, value in route.items() if isinstance(value, str) and name[:11] != "Destination")


def _leads_to(table: Record, gone: set[str]) -> bool:
    return any(_dead(route, gone) for route in table.get("Routes") or ())


def _without_ends(table: Record, gone: set[str]) -> Record:
    routes = [{**route, "State": "blackhole"} if _dead(route, gone) else route for route in table["Routes"]]
    return {**table, "Routes": routes}
