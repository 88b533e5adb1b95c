"""Several snapshots laid over each other: data beats a gap, the later file beats the earlier."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from reach.snapshot.additions import Places, join
from reach.snapshot.records import Record, Removal, Snapshot, identity

LAID_OVER = ("template",)  # what says what there will be, not what there is


def merge(snapshots: Sequence[Snapshot]) -> Snapshot:
    """Lay snapshots over each other from left to right: of two records with one id the later counts.

    A collection that one of them read whole is not a gap any more; but what a template leaves open of what there will
    be nobody has read. Records that several accounts see (a shared subnet) stay with each account; that the owner's
    word counts is decided by who reads them.
    """
    if len(snapshots) == 1:
        return snapshots[0]
    accounts: Places = {}
    whole: set[tuple[str, str, str]] = set()
    for snapshot in snapshots:
        broken = {(g.account, g.region, key) for g in snapshot.gaps for key in g.keys}
        _without(accounts, snapshot.removals)
        for account, region, key, records in _collections(snapshot):
            into = accounts.setdefault(account, {}).setdefault(region, {}).setdefault(key, {})
            into.update({identity(key, record): record for record in records})
            if (account, region, key) not in broken:
                whole.add((account, region, key))
    gaps = (
        replace(g, keys=tuple(k for k in g.keys if s.source in LAID_OVER or (g.account, g.region, k) not in whole))
        for s in snapshots
        for g in s.gaps
    )
    joined = join(accounts, (a for s in snapshots for a in s.additions))
    return Snapshot(
        accounts={
            account: {
                region: {key: list(found.values()) for key, found in keys.items()} for region, keys in regions.items()
            }
            for account, regions in accounts.items()
        },
        gaps=tuple(dict.fromkeys(g for g in gaps if g.keys)),
        taken=max((s.taken for s in snapshots if s.taken), default=None),
        source=snapshots[-1].source if snapshots else "aws",
        origins=tuple(origin for s in snapshots for origin in s.origins),
        warnings=tuple(dict.fromkeys([*(w for s in snapshots for w in s.warnings), *joined.replaced])),
        places={k: v for s in snapshots for k, v in s.places.items()} | joined.places,
        logical={k: v for s in snapshots for k, v in s.logical.items()},
        constructs={k: v for s in snapshots for k, v in s.constructs.items()},
        pending={k: v for s in snapshots for k, v in s.pending.items()},
        additions=tuple(joined.waiting),
        inferred={k: v for s in snapshots for k, v in s.inferred.items()} | joined.replaced,
    )


# What makes two rows the same one; of rows of other members, all that the taken one says.
SAME_ROW = {
    "Routes": ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId", "PrefixListId"),
    "Associations": ("SubnetId", "GatewayId", "Main", "TransitGatewayAttachmentId"),
    "Entries": ("RuleNumber", "Egress"),
    "Attachments": ("VpcId",),
    "AttachedPolicies": ("PolicyArn",),
    "CidrBlockAssociationSet": ("CidrBlock",),
    "Groups": ("GroupId",),
    "Ipv6CidrBlockAssociationSet": ("Ipv6CidrBlock",),
    "TransitGatewayRouteTablePropagations": ("TransitGatewayAttachmentId",),
    "VPCs": ("VPCId",),
}
PEERS = ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")
NAMES = ("CidrIp", "CidrIpv6", "PrefixListId", "GroupId")


def _without(accounts: Places, removals: Sequence[Removal]) -> None:
    """Take away records, and rows of records."""
    for removal in removals:
        found = accounts.get(removal.account, {}).get(removal.region, {}).get(removal.key, {})
        record = found.get(removal.id)
        if record is None:
            continue
        if removal.row is None:
            del found[removal.id]
            continue
        rows = record.get(removal.member) or ()
        take = _less_peers if removal.member.startswith("IpPermissions") else _less_row
        left = [kept for row in rows for kept in take(row, removal.row, removal.member)]
        found[removal.id] = {**record, removal.member: left}


def _less_row(row: Any, gone: Any, member: str) -> list[Any]:
    if not isinstance(row, Mapping) or not isinstance(gone, Mapping):  # ids, not records
        return [] if row == gone else [row]
    if str(gone.get("GatewayId", "")).startswith("vpce-") and "DestinationPrefixListId" in gone:
        # A gateway endpoint's own route: files do not know AWS's id of the list.
        return [] if row.get("GatewayId") == gone["GatewayId"] and "DestinationPrefixListId" in row else [row]
    names = [name for name in SAME_ROW.get(member, ()) if name in gone or name in row] or list(gone)
    return [] if names and all(row.get(name) == gone.get(name) for name in names) else [row]


def _less_peers(row: Any, gone: Any, member: str) -> list[Record]:
    """A permission without the peers of another for the same protocol and ports; without any it is none."""
    if any(row.get(name) != gone.get(name) for name in ("IpProtocol", "FromPort", "ToPort")):
        return [row]
    taken = {peer[name] for kind in PEERS for peer in gone.get(kind) or () for name in NAMES if name in peer}
    left = {kind: [p for p in row.get(kind) or () if not taken & {p.get(n) for n in NAMES}] for kind in PEERS}
    return [{**row, **left}] if any(left.values()) else []


def _collections(snapshot: Snapshot) -> Iterator[tuple[str, str, str, Sequence[Record]]]:
    for account, regions in snapshot.accounts.items():
        for region, collections in regions.items():
            for key, records in collections.items():
                yield account, region, key, records
