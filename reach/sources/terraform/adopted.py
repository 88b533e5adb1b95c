"""Maps for what only Terraform has: the main table, default group and default ACL of a VPC, adopted and changed."""

from __future__ import annotations

from collections.abc import Mapping

from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps import Map
from reach.sources.cloudformation.maps.filters import rules_of
from reach.sources.cloudformation.resource import Resource


def main_table(draft: Draft, r: Resource) -> None:
    """Another table becomes the main one of a VPC."""
    vpc_id, table = r.text("VpcId"), r.text("RouteTableId")
    for record in draft.every("RouteTables"):
        if record["VpcId"] == vpc_id and record["RouteTableId"] != table:
            record["Associations"] = [row for row in record["Associations"] if not row.get("Main")]
    row: Entry = {
        "RouteTableAssociationId": r.part_id("rtbassoc"),
        "RouteTableId": table,
        "Main": True,
        "AssociationState": {"State": "associated"},
    }
    draft.add("RouteTables", table, "Associations", row, r)


def default_group(draft: Draft, r: Resource) -> None:
    """The default group of a VPC with the rules that are given, and no others."""
    vpc_id = r.text("VpcId")
    for record in draft.every("SecurityGroups"):
        if record["VpcId"] == vpc_id and record["GroupName"] == "default":
            record["IpPermissions"], record["IpPermissionsEgress"] = [], []
            rules_of(draft, r, record)


def default_acl(draft: Draft, r: Resource) -> None:
    """The default ACL of a VPC without the entries that let everything through."""
    record = draft.record(r.text("NetworkAclId"))
    if record is not None:
        record["Entries"] = [row for row in record["Entries"] if row["RuleAction"] == "deny"]


ADOPTED: Mapping[str, tuple[Map, ...]] = {
    "Terraform::DefaultNetworkAcl": (Map(3, default_acl, ("NetworkAcls",)),),
    "Terraform::DefaultSecurityGroup": (Map(4, default_group, ("SecurityGroups",)),),
    "Terraform::MainRouteTable": (Map(4, main_table, ("RouteTables",)),),
}
