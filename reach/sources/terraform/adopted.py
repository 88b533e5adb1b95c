"""Maps for what only Terraform has: the main table, default group and default ACL of a VPC, adopted and changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps import Map
from reach.sources.cloudformation.maps.filters import rules_of
from reach.sources.cloudformation.resource import Resource

HIGHEST = 32766  # of an entry that somebody can write; AWS's own come after it


def _in_vpc(draft: Draft, r: Resource, key: str, name: str, vpc_id: str) -> Iterator[Entry]:
    """The records of a VPC, to be changed: made here, or there before."""
    held = draft.before(r.stack.home, key)
    ids = {str(one[name]) for one in (*draft.every(key), *held.values()) if one.get("VpcId") == vpc_id}
    for id in sorted(ids):
        record = draft.changed(r.stack.home, key, id) or draft.record(id)
        if record is not None:
            yield record


def main_table(draft: Draft, r: Resource) -> None:
    """Another table becomes the main one of a VPC."""
    vpc_id, table = r.text("VpcId"), r.text("RouteTableId")
    for record in _in_vpc(draft, r, "RouteTables", "RouteTableId", vpc_id):
        if record["RouteTableId"] != table:
            record["Associations"] = [row for row in record.get("Associations") or () if not row.get("Main")]
    row: Entry = {
        "RouteTableAssociationId": r.part_id("rtbassoc"),
        "RouteTableId": table,
        "Main": True,
        "AssociationState": {"State": "associated"},
    }
    draft.add("RouteTables", table, "Associations", row, r)


def default_group(draft: Draft, r: Resource) -> None:
    """The default group of a VPC with the rules that are given, and no others."""
    for record in _in_vpc(draft, r, "SecurityGroups", "GroupId", r.text("VpcId")):
        if record["GroupName"] == "default":
            record["IpPermissions"], record["IpPermissionsEgress"] = [], []
            rules_of(draft, r, record)


def default_acl(draft: Draft, r: Resource) -> None:
    """The default ACL of a VPC without the entries that let everything through."""
    record = draft.changed(r.stack.home, "NetworkAcls", r.text("NetworkAclId"))
    if record is not None:
        record["Entries"] = [row for row in record.get("Entries") or () if row["RuleNumber"] > HIGHEST]


ADOPTED: Mapping[str, tuple[Map, ...]] = {
    "Terraform::DefaultNetworkAcl": (Map(3, default_acl, ("NetworkAcls",)),),
    "Terraform::DefaultSecurityGroup": (Map(4, default_group, ("SecurityGroups",)),),
    "Terraform::MainRouteTable": (Map(4, main_table, ("RouteTables",)),),
}
