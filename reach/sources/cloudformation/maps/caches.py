"""ElastiCache: clusters, replication groups with the clusters that they consist of, serverless caches."""

from __future__ import annotations

from reach.snapshot import ELSEWHERE
from reach.sources.cloudformation.attributes import port_of
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.databases import in_subnets
from reach.sources.cloudformation.maps.groups import families, groups, known, members
from reach.sources.cloudformation.maps.hosts import host
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Unknown

MOST_NODES = 600  # more than ElastiCache has in one cache


def subnet_group(draft: Draft, r: Resource) -> None:
    vpc_id, subnets = in_subnets(draft, r.texts("SubnetIds"))
    record: Entry = {"CacheSubnetGroupName": r.id, "Subnets": subnets}
    draft.put("CacheSubnetGroups", record | ({"VpcId": vpc_id} if vpc_id else {}), r)


def _vpc_of(draft: Draft, r: Resource, name: str) -> str:
    groups = draft.rows(r.stack.home, "CacheSubnetGroups")
    held = next((g for g in groups if g["CacheSubnetGroupName"] == name), None)
    if held is None:
        where = name or "of the default VPC"
        why = f"the cache subnet group {where}, which {r.logical} ({r.where}) is in, is not made by the template"
        draft.world.pending.setdefault(name or r.id, Unknown(name, ELSEWHERE, why))
    return str((held or {}).get("VpcId", ""))


def _groups(draft: Draft, r: Resource, vpc_id: str, name: str) -> list[dict[str, str]] | None:
    return members("SecurityGroupId", groups(draft, r, name, vpc_id), Status="active")


def _count(r: Resource, name: str, default: int) -> int:
    count = r.number(name, default) or default
    if not 0 < count <= MOST_NODES:
        raise r.fail(name, f"is {count}, and ElastiCache takes 1 to {MOST_NODES}", value=count)
    return count


def _endpoint(r: Resource, name: str) -> Entry:
    port = port_of(r)
    if isinstance(port, Unknown):
        r.stack.world.pending.setdefault(r.id, port)
    address = {"Address": host(r, "cache", name)}
    return address if isinstance(port, Unknown) else address | {"Port": r.as_number("Port", port)}


def cluster(draft: Draft, r: Resource) -> None:
    """A cluster of its own; with several nodes and zones each node may be in any of them."""
    name = r.text("CacheSubnetGroupName")
    vpc_id = _vpc_of(draft, r, name)
    zones = r.texts("PreferredAvailabilityZones")
    nodes = []
    for index in range(_count(r, "NumCacheNodes", 1)):
        zone = {"CustomerAvailabilityZone": zones[index]} if index < len(zones) else {}
        id = f"{index + 1:04}"
        endpoint = _endpoint(r, f"{r.id}.{id}")
        nodes.append({"CacheNodeId": id, "CacheNodeStatus": "available", **zone, "Endpoint": endpoint})
    record: Entry = {
        "CacheClusterId": r.id,
        "ARN": r.arn("elasticache", f"cluster:{r.id}"),
        "CacheClusterStatus": "available",
        "Engine": r.text("Engine"),
        "CacheSubnetGroupName": name,
        "SecurityGroups": _groups(draft, r, vpc_id, "VpcSecurityGroupIds"),
        "CacheNodes": nodes,
        **families(r, "NetworkType"),
    }
    if isinstance(r.get("PreferredAvailabilityZone"), str):
        record["PreferredAvailabilityZone"] = r.get("PreferredAvailabilityZone")
    draft.put("CacheClusters", known(record), r, record["ARN"])


def replication_group(draft: Draft, r: Resource) -> None:
    """Shards with their members; each member is a cluster of one node, which holds the groups (DST-22)."""
    name = r.text("CacheSubnetGroupName")
    vpc_id = _vpc_of(draft, r, name)
    shards = _count(r, "NumNodeGroups", 1)
    replicas = r.number("ReplicasPerNodeGroup", 0) or 0
    members = _count(r, "NumCacheClusters", 1 + replicas) if not r.has("NumNodeGroups") else 1 + replicas
    if shards * members > MOST_NODES:
        raise r.fail("NumNodeGroups", f"makes {shards * members} nodes, and ElastiCache takes {MOST_NODES}")
    zones = r.texts("PreferredCacheClusterAZs")
    made: list[Entry] = []
    clusters = []
    for shard in range(shards):
        rows = []
        for index in range(members):
            id = f"{r.id}-{shard + 1:04}-{index + 1:03}" if shards > 1 else f"{r.id}-{index + 1:03}"
            zone = {"PreferredAvailabilityZone": zones[index]} if index < len(zones) else {}
            role = "primary" if index == 0 else "replica"
            rows.append({"CacheClusterId": id, "CacheNodeId": "0001", "CurrentRole": role, **zone})
            clusters.append((id, zone))
        primary = _endpoint(r, f"{r.id}-{shard + 1:04}")
        made.append({"NodeGroupId": f"{shard + 1:04}", "PrimaryEndpoint": primary, "NodeGroupMembers": rows})
    engine = r.text("Engine", "redis")
    record: Entry = {
        "ReplicationGroupId": r.id,
        "ARN": r.arn("elasticache", f"replicationgroup:{r.id}"),
        "Status": "available",
        "Engine": engine,
        "MemberClusters": [id for id, _ in clusters],
        "NodeGroups": made,
        "ClusterEnabled": shards > 1 or r.text("ClusterMode") in ("enabled", "compatible"),
        **families(r, "NetworkType"),
    }
    draft.put("ReplicationGroups", record, r, record["ARN"])
    for id, zone in clusters:
        member: Entry = {
            "CacheClusterId": id,
            "ARN": r.arn("elasticache", f"cluster:{id}"),
            "CacheClusterStatus": "available",
            "Engine": engine,
            "ReplicationGroupId": r.id,
            "CacheSubnetGroupName": name,
            "SecurityGroups": _groups(draft, r, vpc_id, "SecurityGroupIds"),
            "CacheNodes": [{"CacheNodeId": "0001", "CacheNodeStatus": "available", "Endpoint": _endpoint(r, id)}],
            **zone,
            **families(r, "NetworkType"),
        }
        draft.put("CacheClusters", known(member), r, member["ARN"])


def serverless(draft: Draft, r: Resource) -> None:
    subnets = r.texts("SubnetIds")
    vpc_id, _ = in_subnets(draft, subnets)
    record: Entry = {
        "ServerlessCacheName": r.id,
        "ARN": r.arn("elasticache", f"serverlesscache:{r.id}"),
        "Status": "available",
        "Engine": r.text("Engine"),
        "Endpoint": _endpoint(r, f"{r.id}.serverless"),
        "SecurityGroupIds": groups(draft, r, "SecurityGroupIds", vpc_id),
        **families(r, "NetworkType"),
    }
    if subnets:
        record["SubnetIds"] = subnets
    else:
        why = f"{r.logical} ({r.where}) is in subnets of the account's default VPC"
        draft.world.pending.setdefault(r.id, Unknown(r.id, "SubnetIds", why))
    draft.put("ServerlessCaches", known(record), r, record["ARN"])
