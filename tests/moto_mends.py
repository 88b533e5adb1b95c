"""What moto leaves out of its answers, or has wrong, and AWS would say: put into a capture, or into the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.moto_world import REGION

Record = dict[str, Any]
Mend = Callable[[list[Record], Record], None]


def _with_groups(clusters: list[Record], world: Record) -> None:
    """Moto's clusters have no SecurityGroups and no CacheNodes, and those of a replication group are not listed."""
    if not any(cluster["CacheClusterId"] == "main-redis-001" for cluster in clusters):
        like = next(cluster for cluster in clusters if cluster["CacheClusterId"] == "main-cache")
        arn = like["ARN"].replace("main-cache", "main-redis-001")
        clusters.append({**like, "CacheClusterId": "main-redis-001", "ReplicationGroupId": "main-redis", "ARN": arn})
    for cluster in clusters:
        groups = world["groups_of"][cluster.get("ReplicationGroupId") or cluster["CacheClusterId"]]
        zone = cluster["PreferredAvailabilityZone"]
        host = {"Address": f"{cluster['CacheClusterId']}.abc.0001.euw1.cache.amazonaws.com", "Port": 6379}
        cluster["SecurityGroups"] = [{"SecurityGroupId": group, "Status": "active"} for group in groups]
        cluster["CacheNodes"] = [{"CacheNodeId": "0001", "Endpoint": host, "CustomerAvailabilityZone": zone}]


def _in_zone(groups: list[Record], world: Record) -> None:
    """Moto's replication groups are in us-east-1a, wherever they are."""
    for member in (m for group in groups for shard in group["NodeGroups"] for m in shard["NodeGroupMembers"]):
        member["PreferredAvailabilityZone"] = f"{REGION}a"


def _with_zones(groups: list[Record], world: Record) -> None:
    """Moto does not say in which zone a subnet of a cache subnet group is."""
    for subnet in (s for group in groups for s in group["Subnets"]):
        subnet["SubnetAvailabilityZone"] = {"Name": world["zone_of"][subnet["SubnetIdentifier"]]}


def _in_vpc(functions: list[Record], world: Record) -> None:
    """Moto has all functions in vpc-123abc."""
    for function in functions:
        if "VpcConfig" in function:
            function["VpcConfig"]["VpcId"] = world["vpc_of"][function["FunctionName"]]


def _dead_routes(tables: list[Record], world: Record) -> None:
    """In moto, routes to what was deleted stay active."""
    for route in (r for table in tables for r in table["Routes"]):
        if route.get("NatGatewayId") == world["ids"]["gone/nat"]:
            route["State"] = "blackhole"


def _denied_last(acls: list[Record], world: Record) -> None:
    """Moto's own ACLs lack the last entry, rule 32767, that AWS lists in both directions."""
    for acl in acls:
        for egress in (False, True):
            if not any(e["RuleNumber"] == 32767 and e["Egress"] == egress for e in acl["Entries"]):
                last = {"RuleNumber": 32767, "Egress": egress, "RuleAction": "deny", "Protocol": "-1"}
                acl["Entries"].append({**last, "CidrBlock": "0.0.0.0/0"})


MENDS: dict[str, tuple[str, Mend]] = {  # collection → the operation that it comes from, and what sets it right
    "CacheClusters": ("elasticache.DescribeCacheClusters", _with_groups),
    "ReplicationGroups": ("elasticache.DescribeReplicationGroups", _in_zone),
    "CacheSubnetGroups": ("elasticache.DescribeCacheSubnetGroups", _with_zones),
    "Functions": ("lambda.ListFunctions", _in_vpc),
    "RouteTables": ("ec2.DescribeRouteTables", _dead_routes),
    "NetworkAcls": ("ec2.DescribeNetworkAcls", _denied_last),
}


def mend_collections(collections: Record, world: Record) -> None:
    """Set a snapshot's records right, in place; `world` is what the builder printed."""
    for key, (_, mend) in MENDS.items():
        mend(collections[key], world)


def mend_answers(session: Any, world: Record) -> None:
    """Set the answers right that clients of this session get from now on."""
    for key, (operation, mend) in MENDS.items():
        session.events.register(f"after-call.{operation}", _amending(key, mend, world))
    one = "after-call.lambda.GetFunctionConfiguration"  # its answer is the record
    session.events.register(one, lambda parsed, **_: _in_vpc([parsed], world))


def _amending(key: str, mend: Mend, world: Record) -> Callable[..., None]:
    def amend(parsed: Record, **_: Any) -> None:
        mend(parsed[key], world)

    return amend
