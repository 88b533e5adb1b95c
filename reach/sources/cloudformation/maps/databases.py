"""RDS instances, clusters, proxies and subnet groups."""

from __future__ import annotations

from typing import Any

from reach.snapshot import ELSEWHERE, Record
from reach.sources.cloudformation.attributes import engine_of, port_of, source_of
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.groups import absent, families, groups, known, members
from reach.sources.cloudformation.maps.hosts import database_service, host
from reach.sources.cloudformation.maps.zones import zone_in
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Unknown


def in_subnets(draft: Draft, ids: list[str]) -> tuple[str, list[Entry]]:
    """The VPC of some subnets, and the subnets as subnet groups list them."""
    rows = []
    vpc_id = ""
    for id in ids:
        held = draft.record(id) or draft.bases.get(id) or {}
        vpc_id = vpc_id or str(held.get("VpcId", ""))
        name = zone_in(held)
        rows.append({"SubnetIdentifier": id, **({"SubnetAvailabilityZone": {"Name": name}} if name else {})})
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
        any_ = "what names no subnet group is in the default one of the account's default VPC"
        draft.world.pending.setdefault("default", Unknown("default", "DBSubnetGroupName", any_))
        return {"DBSubnetGroupName": "default"}
    held = next((g for g in draft.rows(r.stack.home, "DBSubnetGroups") if g["DBSubnetGroupName"] == name), None)
    if held is None and name in draft.world.pending:
        draft.world.pending.setdefault(r.id, draft.world.pending[name])
    if held is None:
        absent(draft, r, name)
    return held or {"DBSubnetGroupName": name}


def _members(draft: Draft, r: Resource, group: Entry, name: str = "VPCSecurityGroups") -> list[dict[str, str]] | None:
    ids = groups(draft, r, name, str(group.get("VpcId", "")))
    return members("VpcSecurityGroupId", ids, Status="active")


def _port(r: Resource) -> dict[str, int]:
    port = port_of(r)
    if isinstance(port, Unknown):
        r.stack.world.pending.setdefault(r.id, port)
        return {}
    return {"Port": r.as_number("Port", port)}


def _engine(r: Resource) -> str:
    engine, source = engine_of(r), source_of(r)
    if engine is None and source is not None:
        return _engine(source)
    return "" if engine is None else r.as_text("Engine", engine)


def _own_group(draft: Draft, r: Resource) -> Entry:
    """The subnet group of an instance: a read replica of the same Region that names none has its source's."""
    name, source = r.text("DBSubnetGroupName"), source_of(r)
    if name or not r.has("SourceDBInstanceIdentifier"):
        return _group(draft, r, name)
    if source is not None:
        return _own_group(draft, source)
    held = _copied(draft, r).get("DBSubnetGroup")
    if held is not None:
        return dict(held)
    told = r.text("SourceDBInstanceIdentifier")
    group = f"subnet group of {told}"
    why = f"{told}, in whose subnet group its replica {r.logical} ({r.where}) will be, is not made by the template"
    known = draft.world.pending.get(told)
    draft.world.pending.setdefault(group, known or Unknown(group, ELSEWHERE, why))
    return {"DBSubnetGroupName": group}


def _copied(draft: Draft, r: Resource) -> Record:
    """What a replica copies of an instance that was there before; empty if it is not known."""
    told = r.get("SourceDBInstanceIdentifier")
    before = draft.before(r.stack.home, "DBInstances").values() if isinstance(told, str) else ()
    return next((row for row in before if told in (row.get("DBInstanceIdentifier"), row.get("DBInstanceArn"))), {})


def instance(draft: Draft, r: Resource) -> None:
    """An instance, perhaps a member of a cluster, whose network it then shares."""
    cluster = r.text("DBClusterIdentifier")
    owner = next((c for c in draft.every("DBClusters") if c["DBClusterIdentifier"] == cluster), None)
    copied = _copied(draft, r)
    port = {key: value for key, value in (copied.get("Endpoint") or {}).items() if key == "Port"}
    record: Entry = {
        "DBInstanceIdentifier": r.id,
        "DBInstanceArn": r.arn("rds", f"db:{r.id}"),
        "DBInstanceStatus": "available",
        "Engine": _engine(r) or str((owner or copied).get("Engine", "")),
        "Endpoint": {"Address": host(r, database_service(r), r.id), **port, **_port(r)},
        "PubliclyAccessible": r.get("PubliclyAccessible") is not None and r.flag("PubliclyAccessible"),
    }
    for member in ("AvailabilityZone", "NetworkType"):  # which has IPv4 addresses in any case
        if isinstance(r.get(member), str):
            record[member] = r.get(member)
    if owner is not None:
        record |= {"DBClusterIdentifier": cluster, "VpcSecurityGroups": owner.get("VpcSecurityGroups")}
        group = _group(draft, r, str(owner.get("DBSubnetGroup", "")))
        members = owner["DBClusterMembers"]
        members.append({"DBInstanceIdentifier": r.id, "IsClusterWriter": not members})
    else:
        group = _own_group(draft, r)
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


def proxy(draft: Draft, r: Resource) -> None:
    subnets = r.texts("VpcSubnetIds")
    vpc_id, _ = in_subnets(draft, subnets)
    if isinstance(r.get("EngineFamily"), Unknown):  # which its port follows from
        draft.world.pending.setdefault(r.id, r.get("EngineFamily"))
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
    record |= families(r, "EndpointNetworkType")
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
    record |= families(r, "EndpointNetworkType")
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
