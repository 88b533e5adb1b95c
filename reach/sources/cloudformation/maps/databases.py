"""RDS instances, clusters, proxies and subnet groups."""

from __future__ import annotations

from typing import Any

from reach.sources.cloudformation.attributes import engine_of, port_of
from reach.sources.cloudformation.draft import ELSEWHERE, Draft, Entry
from reach.sources.cloudformation.maps.groups import groups, known, members
from reach.sources.cloudformation.maps.hosts import database_service, host
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Unknown


def in_subnets(draft: Draft, ids: list[str]) -> tuple[str, list[Entry]]:
    """The VPC of some subnets, and the subnets as subnet groups list them."""
    rows = []
    vpc_id = ""
    for id in ids:
        held = draft.record(id) or draft.bases.get(id) or {}
        vpc_id = vpc_id or str(held.get("VpcId", ""))
        zone = {"SubnetAvailabilityZone": {"Name": held["AvailabilityZone"]}} if "AvailabilityZone" in held else {}
        rows.append({"SubnetIdentifier": id, **zone})
    return vpc_id, rows


def subnet_group(draft: Draft, r: Resource) -> None:
    vpc_id, subnets = in_subnets(draft, r.texts("SubnetIds"))
    listed = [{**subnet, "SubnetStatus": "Active"} for subnet in subnets]
    record: Entry = {"DBSubnetGroupName": r.id, "SubnetGroupStatus": "Complete", "Subnets": listed}
    draft.put("DBSubnetGroups", record | ({"VpcId": vpc_id} if vpc_id else {}), r)


def _group(draft: Draft, r: Resource, name: str) -> Entry:
    """The subnet group of a database, whole if the stacks make it."""
    if not name:
        why = f"{r.logical} ({r.where}) is in the default subnet group of the account's default VPC"
        draft.world.pending.setdefault(r.id, Unknown(r.id, "DBSubnetGroupName", why))
        return {"DBSubnetGroupName": "default"}
    held = next((g for g in draft.rows(r.stack.home, "DBSubnetGroups") if g["DBSubnetGroupName"] == name), None)
    if held is None:
        why = f"the subnet group {name}, which {r.logical} ({r.where}) is in, is not made by the template"
        draft.world.pending.setdefault(name, Unknown(name, ELSEWHERE, why))
    return held or {"DBSubnetGroupName": name}


def _members(draft: Draft, r: Resource, group: Entry, name: str = "VPCSecurityGroups") -> list[dict[str, str]] | None:
    ids = groups(draft, r, name, str(group.get("VpcId", "")))
    return members("VpcSecurityGroupId", ids, Status="active")


def _port(r: Resource) -> dict[str, int]:
    port = port_of(r)
    return {} if isinstance(port, Unknown) else {"Port": r.as_number("Port", port)}


def _engine(r: Resource) -> str:
    engine = engine_of(r)
    return "" if engine is None else r.as_text("Engine", engine)


def instance(draft: Draft, r: Resource) -> None:
    """An instance, perhaps a member of a cluster, whose network it then shares."""
    cluster = r.text("DBClusterIdentifier")
    owner = next((c for c in draft.every("DBClusters") if c["DBClusterIdentifier"] == cluster), None)
    record: Entry = {
        "DBInstanceIdentifier": r.id,
        "DBInstanceArn": r.arn("rds", f"db:{r.id}"),
        "DBInstanceStatus": "available",
        "Engine": _engine(r) or str((owner or {}).get("Engine", "")),
        "Endpoint": {"Address": host(r, database_service(r), r.id), **_port(r)},
        "PubliclyAccessible": r.get("PubliclyAccessible") is not None and r.flag("PubliclyAccessible"),
    }
    for member in ("AvailabilityZone", "NetworkType"):
        if isinstance(r.get(member), str):
            record[member] = r.get(member)
    if owner is not None:
        record |= {"DBClusterIdentifier": cluster, "VpcSecurityGroups": owner.get("VpcSecurityGroups")}
        group = _group(draft, r, str(owner.get("DBSubnetGroup", "")))
        members = owner["DBClusterMembers"]
        members.append({"DBInstanceIdentifier": r.id, "IsClusterWriter": not members})
    else:
        group = _group(draft, r, r.text("DBSubnetGroupName"))
        record["VpcSecurityGroups"] = _members(draft, r, group)
    record["DBSubnetGroup"] = group
    draft.put("DBInstances", known(record), r, record["DBInstanceArn"])


def cluster(draft: Draft, r: Resource) -> None:
    name = r.text("DBSubnetGroupName")
    group = _group(draft, r, name)
    record: Entry = {
        "DBClusterIdentifier": r.id,
        "DBClusterArn": r.arn("rds", f"cluster:{r.id}"),
        "Status": "available",
        "Engine": _engine(r),
        "DBSubnetGroup": group["DBSubnetGroupName"],
        "VpcSecurityGroups": _members(draft, r, group, "VpcSecurityGroupIds"),
        "DBClusterMembers": [],
        "Endpoint": host(r, database_service(r), r.id, "cluster-"),
        "ReaderEndpoint": host(r, database_service(r), r.id, "cluster-ro-"),
        **_port(r),
    }
    if isinstance(r.get("NetworkType"), str):
        record["NetworkType"] = r.get("NetworkType")
    draft.put("DBClusters", known(record), r, record["DBClusterArn"])


def _of_endpoint(r: Resource) -> dict[str, Any]:
    """Which families of addresses a proxy has, where that is said."""
    found = r.get("EndpointNetworkType")
    return {"EndpointNetworkType": found} if isinstance(found, str) else {}


def proxy(draft: Draft, r: Resource) -> None:
    subnets = r.texts("VpcSubnetIds")
    vpc_id, _ = in_subnets(draft, subnets)
    record: dict[str, Any] = {
        "DBProxyName": r.id,
        "DBProxyArn": r.arn("rds", f"db-proxy:{r.id}"),
        "Status": "available",
        "EngineFamily": r.text("EngineFamily"),
        "Endpoint": host(r, "rds", r.id, "proxy-"),
        "VpcSubnetIds": subnets,
        "VpcSecurityGroupIds": groups(draft, r, "VpcSecurityGroupIds", vpc_id),
        "RequireTLS": r.flag("RequireTLS"),
    }
    record |= _of_endpoint(r)
    draft.put("DBProxies", known(record | {"VpcId": vpc_id or None}), r, record["DBProxyArn"])


def proxy_endpoint(draft: Draft, r: Resource) -> None:
    """A further endpoint of a proxy, with subnets and groups of its own."""
    subnets = r.texts("VpcSubnetIds")
    vpc_id, _ = in_subnets(draft, subnets)
    record: dict[str, Any] = {
        "DBProxyEndpointName": r.id,
        "DBProxyEndpointArn": r.arn("rds", f"db-proxy-endpoint:{r.id}"),
        "DBProxyName": r.text("DBProxyName"),
        "Endpoint": host(r, "rds", r.id, "endpoint.proxy-"),
        "Status": "available",
        "VpcSubnetIds": subnets,
        "VpcSecurityGroupIds": groups(draft, r, "VpcSecurityGroupIds", vpc_id),
        "IsDefault": False,
    }
    record |= _of_endpoint(r)
    draft.put("DBProxyEndpoints", known(record | {"VpcId": vpc_id or None}), r, record["DBProxyEndpointArn"])


def proxy_targets(draft: Draft, r: Resource) -> None:
    """What is behind a proxy: instances, or the members of a cluster."""
    found = [{"RdsResourceId": id, "Type": "RDS_INSTANCE"} for id in r.texts("DBInstanceIdentifiers")]
    for name in r.texts("DBClusterIdentifiers"):
        owner = next((c for c in draft.every("DBClusters") if c["DBClusterIdentifier"] == name), None)
        members = [m["DBInstanceIdentifier"] for m in (owner or {}).get("DBClusterMembers", ())]
        found += [{"RdsResourceId": id, "Type": "RDS_INSTANCE"} for id in members]
        found.append({"RdsResourceId": name, "Type": "TRACKED_CLUSTER"})
    draft.put("DBProxyTargets", {"DBProxyName": r.text("DBProxyName"), "Targets": found}, r)
