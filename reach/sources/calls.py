"""The API calls that read a network: one table, from which collecting, the IAM policy and the docs are made.

It knows what depends on what, so that nothing is asked that nobody needs; it does not know boto3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reach.snapshot import Record
from reach.sources.call import Arguments, Call, Data, each, listing, routes
from reach.sources.inspected import INSPECTED
from reach.sources.naming import NAMING
from reach.sources.policies import POLICIES
from reach.sources.running import RUNNING
from reach.sources.sending import SENDING
from reach.sources.served import SERVED

SERVICE_LISTS = ("s3", "dynamodb")  # `internet` is everything but these, so their ranges are always needed
FILTER_VALUES = 200  # EC2 takes no more values in one filter


# -- plans: what earlier answers make necessary -----------------------------------------------------------


def _attached(data: Data) -> list[Arguments]:
    """Functions in a VPC; ListFunctions does not say in which state they are."""
    return [
        {"FunctionName": f["FunctionName"]}
        for f in data.get("Functions", ())
        if f.get("FunctionName") and (f.get("VpcConfig") or {}).get("SubnetIds")
    ]


def _versioned(data: Data) -> list[Arguments]:
    """Functions with a published version in a VPC: only those have aliases that matter."""
    found = {
        str(f["FunctionName"])
        for f in data.get("Versions", ())
        if f.get("FunctionName") and f.get("Version") != "$LATEST" and (f.get("VpcConfig") or {}).get("SubnetIds")
    }
    return [{"FunctionName": name} for name in sorted(found)]


def _lists(data: Data) -> list[Arguments]:
    """Prefix lists that something refers to, unless DescribePrefixLists has told their ranges."""
    wanted = {r.get("DestinationPrefixListId") for t in data.get("RouteTables", ()) for r in t.get("Routes") or ()}
    for group in data.get("SecurityGroups", ()):
        for permission in [*(group.get("IpPermissions") or ()), *(group.get("IpPermissionsEgress") or ())]:
            wanted |= {p.get("PrefixListId") for p in permission.get("PrefixListIds") or ()}
    for record in [*data.get("PrefixLists", ()), *data.get("ManagedPrefixLists", ())]:
        if str(record.get("PrefixListName")).rpartition(".")[2] in SERVICE_LISTS:
            wanted.add(record.get("PrefixListId"))
    told = {r.get("PrefixListId") for r in data.get("PrefixLists", ()) if r.get("Cidrs")}
    return [{"PrefixListId": id} for id in sorted(filter(None, wanted - told))]


def _transit(data: Data) -> list[Arguments]:
    """Once if there is a transit gateway, or if it cannot be known that there is none."""
    known = "TransitGateways" in data and "RouteTables" in data
    return [{}] if not known or data["TransitGateways"] or any(r.get("TransitGatewayId") for r in routes(data)) else []


def _vpns(data: Data) -> list[Arguments]:
    """Once if a gateway that VPN connections lead to is there, or may be."""
    return [{}] if data.get("VpnGateways", True) or _transit(data) else []


def _carriers(data: Data) -> list[Arguments]:
    """Once if a route leads to a carrier gateway."""
    return [{}] if any(r.get("CarrierGatewayId") for r in routes(data)) else []


def _instances(data: Data) -> list[Arguments]:
    """Instances that a route sends traffic to."""
    owner = {
        str(r.get("NetworkInterfaceId")): str((r.get("Attachment") or {}).get("InstanceId") or "")
        for r in data.get("NetworkInterfaces", ())
    }
    wanted = {str(r.get("InstanceId") or owner.get(str(r.get("NetworkInterfaceId")), "")) for r in routes(data)}
    ids = sorted(wanted - {""})
    return [
        {"Filters": [{"Name": "instance-id", "Values": ids[i : i + FILTER_VALUES]}]}
        for i in range(0, len(ids), FILTER_VALUES)
    ]


def _references(data: Data) -> list[tuple[Record, Record]]:
    """Every rule's reference to a group, with the group whose rule it is."""
    return [
        (group, pair)
        for group in data.get("SecurityGroups", ())
        for permission in [*(group.get("IpPermissions") or ()), *(group.get("IpPermissionsEgress") or ())]
        for pair in permission.get("UserIdGroupPairs") or ()
    ]


def _stale(data: Data) -> list[Arguments]:
    """VPCs whose groups refer to groups behind a peering connection."""
    vpcs = {str(group["VpcId"]) for group, pair in _references(data) if group.get("VpcId") and _is_far(pair)}
    return [{"VpcId": vpc} for vpc in sorted(vpcs)]


def _is_far(pair: Record) -> bool:
    return bool(pair.get("VpcPeeringConnectionId") or pair.get("PeeringStatus"))


def _zones(data: Data) -> list[Arguments]:
    """Once if a subnet may be in a Local Zone, whose parent tells how it reaches a transit gateway."""
    zones = {str(s.get("AvailabilityZone") or "") for s in data.get("Subnets", ())}
    return _transit(data)[:1] if any(zone.count("-") > 2 for zone in zones) else []


def _associations(data: Data) -> list[Arguments]:
    """Once if some interface carries a group of another VPC, or a rule names one that no peering connection brings."""
    homes = {g.get("GroupId"): g.get("VpcId") for g in data.get("SecurityGroups", ())}
    held = data.get("NetworkInterfaces", ())
    used = {(g.get("GroupId"), i.get("VpcId")) for i in held for g in i.get("Groups") or ()}
    used |= {(p.get("GroupId"), g.get("VpcId")) for g, p in _references(data) if not _is_far(p)}
    return [{}] if any(homes.get(group, vpc) != vpc for group, vpc in used) else []


# -- the table --------------------------------------------------------------------------------------------


def _transit_list(operation: str, key: str) -> Call:
    return Call("ec2", operation, key, key, stage=2, plan=_transit)


def _per_table(operation: str, key: str, **arguments: Any) -> Call:
    plan = each("TransitGatewayRouteTables", "TransitGatewayRouteTableId", **arguments)
    needs = ("TransitGatewayRouteTables",)
    return Call("ec2", operation, key, stage=3, plan=plan, owner="TransitGatewayRouteTableId", needs=needs)


LIVE_ROUTES = [{"Name": "state", "Values": ["active", "blackhole"]}]

# DescribeVpcs comes alone: if even that fails for want of credentials or of a connection, nothing else is tried.
TABLE: tuple[Call, ...] = (
    listing("ec2", "DescribeVpcs", "Vpcs", stage=0),
    listing("ec2", "DescribeSubnets", "Subnets"),
    listing("ec2", "DescribeRouteTables", "RouteTables"),
    listing("ec2", "DescribeInternetGateways", "InternetGateways"),
    listing("ec2", "DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways"),
    listing("ec2", "DescribeNatGateways", "NatGateways"),
    listing("ec2", "DescribeAddresses", "Addresses"),
    listing("ec2", "DescribeSecurityGroups", "SecurityGroups"),
    listing("ec2", "DescribeNetworkAcls", "NetworkAcls"),
    listing("ec2", "DescribeNetworkInterfaces", "NetworkInterfaces", arguments={"IncludeManagedResources": True}),
    listing("ec2", "DescribePrefixLists", "PrefixLists"),
    listing("ec2", "DescribeManagedPrefixLists", "ManagedPrefixLists", result="PrefixLists"),
    listing("ec2", "DescribeVpcEndpoints", "VpcEndpoints"),
    listing("ec2", "DescribeVpcPeeringConnections", "VpcPeeringConnections"),
    listing("ec2", "DescribeVpnGateways", "VpnGateways"),
    listing("ec2", "DescribeDhcpOptions", "DhcpOptions"),
    listing("ec2", "DescribeVpcBlockPublicAccessOptions", "VpcBlockPublicAccessOptions"),
    listing("ec2", "DescribeVpcBlockPublicAccessExclusions", "VpcBlockPublicAccessExclusions"),
    listing("ec2", "DescribeTransitGateways", "TransitGateways"),
    listing("lambda", "ListFunctions", "Functions"),
    listing("lambda", "ListFunctions", "Versions", result="Functions", arguments={"FunctionVersion": "ALL"}),
    listing("rds", "DescribeDBInstances", "DBInstances"),
    listing("rds", "DescribeDBClusters", "DBClusters"),
    listing("rds", "DescribeDBProxies", "DBProxies"),
    listing("rds", "DescribeDBSubnetGroups", "DBSubnetGroups"),
    listing("elasticache", "DescribeCacheClusters", "CacheClusters", arguments={"ShowCacheNodeInfo": True}),
    listing("elasticache", "DescribeReplicationGroups", "ReplicationGroups"),
    listing("elasticache", "DescribeServerlessCaches", "ServerlessCaches"),
    listing("elasticache", "DescribeCacheSubnetGroups", "CacheSubnetGroups"),
    Call(
        "ec2",
        "GetManagedPrefixListEntries",
        "ManagedPrefixListEntries",
        stage=2,
        plan=_lists,
        owner="PrefixListId",
    ),
    Call(
        "ec2",
        "DescribeInstances",
        "Instances",
        "Reservations.Instances",
        stage=2,
        plan=_instances,
        needs=("RouteTables",),
    ),
    Call(
        "ec2",
        "DescribeAvailabilityZones",
        "AvailabilityZones",
        "AvailabilityZones",
        stage=2,
        plan=_zones,
        needs=("Subnets",),
    ),
    Call(
        "ec2",
        "DescribeStaleSecurityGroups",
        "StaleSecurityGroupSet",
        "StaleSecurityGroupSet",
        stage=2,
        plan=_stale,
        needs=("SecurityGroups",),
    ),
    Call(
        "ec2",
        "DescribeSecurityGroupVpcAssociations",
        "SecurityGroupVpcAssociations",
        "SecurityGroupVpcAssociations",
        stage=2,
        plan=_associations,
        needs=("SecurityGroups",),
    ),
    Call("lambda", "GetFunctionConfiguration", "Functions", stage=2, plan=_attached),
    Call("lambda", "ListAliases", "Aliases", "Aliases", stage=2, plan=_versioned, needs=("Versions",)),
    listing("ec2", "DescribeVpnConnections", "VpnConnections", stage=2, plan=_vpns),
    listing("ec2", "DescribeCarrierGateways", "CarrierGateways", stage=2, plan=_carriers, needs=("RouteTables",)),
    _transit_list("DescribeTransitGatewayAttachments", "TransitGatewayAttachments"),
    _transit_list("DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments"),
    _transit_list("DescribeTransitGatewayPeeringAttachments", "TransitGatewayPeeringAttachments"),
    _transit_list("DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables"),
    _per_table("SearchTransitGatewayRoutes", "TransitGatewayRoutes", Filters=LIVE_ROUTES),
    _per_table("GetTransitGatewayRouteTableAssociations", "TransitGatewayAssociations"),
    _per_table("GetTransitGatewayRouteTablePropagations", "TransitGatewayPropagations"),
    *NAMING,
    *SERVED,
    *INSPECTED,
    *POLICIES,
    *SENDING,
    *RUNNING,
)
# Asked with --tags only: other collections bring their tags along, ListFunctions does not.
TAGGED: tuple[Call, ...] = (
    Call(
        "resourcegroupstaggingapi",
        "GetResources",
        "resourcegroupstaggingapi:ResourceTagMappingList",
        "ResourceTagMappingList",
        {"ResourceTypeFilters": ["lambda:function"]},
    ),
)
STAGES = sorted({call.stage for call in TABLE})
KEYS: Mapping[str, tuple[Call, ...]] = {
    key: tuple(call for call in (*TABLE, *TAGGED) if call.key == key)
    for key in dict.fromkeys(call.key for call in (*TABLE, *TAGGED))
}
WHO_AM_I = "sts:GetCallerIdentity"


def calls(*, tags: bool = False) -> tuple[Call, ...]:
    """The calls that read a network, with all its tags or without."""
    return (*TABLE, *TAGGED) if tags else TABLE


def services(*, tags: bool = False) -> tuple[str, ...]:
    """The services that these calls go to."""
    return tuple(dict.fromkeys(call.service for call in calls(tags=tags)))


def policy(*, tags: bool = False) -> dict[str, Any]:
    """Return the IAM policy that allows exactly these calls.

    >>> "ec2:DescribeRouteTables" in policy()["Statement"][0]["Action"]
    True
    """
    actions = sorted({call.action for call in calls(tags=tags)} | {WHO_AM_I})
    statement = {"Sid": "ReachSnapshot", "Effect": "Allow", "Action": actions, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}
