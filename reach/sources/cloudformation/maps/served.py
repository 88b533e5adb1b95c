"""What else serves inside a VPC: MemoryDB, OpenSearch, MQ, MSK, EFS, load balancers."""

from __future__ import annotations

from typing import Any

from reach.sources.cloudformation.attributes import arn_of
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.databases import in_subnets
from reach.sources.cloudformation.maps.groups import absent, families, groups, known, listed, members
from reach.sources.cloudformation.maps.hosts import host
from reach.sources.cloudformation.maps.zones import zone_in
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Unknown


def optional(r: Resource, **properties: str) -> Entry:
    """Members that a record has if the property is known."""
    return {member: r.get(name) for member, name in properties.items() if isinstance(r.get(name), str)}


def port(r: Resource, name: str, default: int) -> Entry:
    """The port of an endpoint; none if it is not known."""
    value = r.get(name)
    if isinstance(value, Unknown):
        r.stack.world.pending.setdefault(r.id, value)
        return {}
    return {"Port": r.number(name, default)}


# -- MemoryDB: subnet groups -------------------------------------------------------------------------------


def memorydb_group(draft: Draft, r: Resource) -> None:
    vpc_id, found = in_subnets(draft, r.texts("SubnetIds"))
    subnets = [
        {"Identifier": s["SubnetIdentifier"], "AvailabilityZone": s.get("SubnetAvailabilityZone", {})} for s in found
    ]
    draft.put("memorydb:SubnetGroups", known({"Name": r.id, "VpcId": vpc_id or None, "Subnets": subnets}), r)


def memorydb_cluster(draft: Draft, r: Resource) -> None:
    group = r.text("SubnetGroupName")
    held = next((g for g in draft.rows(r.stack.home, "memorydb:SubnetGroups") if g["Name"] == group), {})
    if group and not held:
        absent(draft, r, group)
    ids = groups(draft, r, "SecurityGroupIds", str(held.get("VpcId", "")))
    arn = r.arn("memorydb", f"cluster/{r.id}")
    record = {
        "Name": r.id,
        "ARN": arn,
        "Status": "available",
        **families(r, "NetworkType"),
        "Engine": r.text("Engine", "redis"),
        "SubnetGroupName": group,
        "ClusterEndpoint": {"Address": host(r, "memorydb", f"clustercfg.{r.id}"), **port(r, "Port", 6379)},
        "SecurityGroups": members("SecurityGroupId", ids, Status="active"),
        "TLSEnabled": r.flag("TLSEnabled", True),
    }
    draft.put("memorydb:Clusters", known(record), r, arn)


# -- those that name their subnets ---------------------------------------------------------------------------


def _inside(draft: Draft, r: Resource, name: str, part: dict[str, Any], subnets: str, sgs: str) -> Entry:
    """Subnets and groups in a part of a resource, under the names that the property has for them."""
    value = part.get(subnets)
    ids = [r.as_text(name, v) for v in (value if isinstance(value, list) else [] if value is None else [value])]
    vpc_id, _ = in_subnets(draft, ids)
    return {"subnets": ids, "groups": listed(draft, r, name, part.get(sgs), vpc_id), "vpc": vpc_id or None}


def domain(draft: Draft, r: Resource) -> None:
    """An OpenSearch domain; without VPC options it is outside."""
    arn = r.arn("es", f"domain/{r.id}")
    record: Entry = {"DomainName": r.id, "ARN": arn, **optional(r, EngineVersion="EngineVersion")}
    options = r.part("VPCOptions")
    if options:
        found = _inside(draft, r, "VPCOptions", options, "SubnetIds", "SecurityGroupIds")
        inner = {"SubnetIds": found["subnets"], "SecurityGroupIds": found["groups"], "VPCId": found["vpc"]}
        record["VPCOptions"] = known(inner)
        record["Endpoints"] = {"vpc": host(r, "es", f"vpc-{r.id}")}
    else:
        record["Endpoint"] = host(r, "es", f"search-{r.id}")
    draft.put("opensearch:DomainStatusList", record, r, arn)


def broker(draft: Draft, r: Resource) -> None:
    subnets = r.texts("SubnetIds")
    vpc_id, _ = in_subnets(draft, subnets)
    arn = r.arn("mq", f"broker:{r.id}")
    record = {
        "BrokerId": r.part_id("b"),
        "BrokerName": r.id,
        "BrokerArn": arn,
        "BrokerState": "RUNNING",
        "EngineType": r.text("EngineType").upper(),
        "SubnetIds": subnets,
        "SecurityGroups": groups(draft, r, "SecurityGroups", vpc_id),
        "PubliclyAccessible": r.flag("PubliclyAccessible"),
    }
    draft.put("mq:Brokers", known(record), r, arn)


def _switches(value: Any) -> Any:
    """A mapping whose booleans are booleans: those of a parameter, or in quotes, are texts."""
    if isinstance(value, dict):
        return {key: _switches(inner) for key, inner in value.items()}
    return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value


def kafka(draft: Draft, r: Resource) -> None:
    """A provisioned MSK cluster; which ports it has follows from how clients log in."""
    info = r.part("BrokerNodeGroupInfo")
    found = _inside(draft, r, "BrokerNodeGroupInfo", info, "ClientSubnets", "SecurityGroups")
    arn = arn_of(r)
    provisioned = {
        "BrokerNodeGroupInfo": known({"ClientSubnets": found["subnets"], "SecurityGroups": found["groups"]}),
        "ClientAuthentication": _switches(r.known_part("ClientAuthentication")),
        "EncryptionInfo": _switches(r.known_part("EncryptionInfo")),
    }
    record = {"ClusterName": r.id, "ClusterArn": arn, "State": "ACTIVE", "ClusterType": "PROVISIONED"}
    draft.put("kafka:ClusterInfoList", record | {"Provisioned": provisioned}, r, arn)


def kafka_serverless(draft: Draft, r: Resource) -> None:
    """A serverless MSK cluster, perhaps in several VPCs."""
    configs = []
    for row in r.rows("VpcConfigs"):
        found = _inside(draft, r, "VpcConfigs", row, "SubnetIds", "SecurityGroups")
        configs.append(known({"SubnetIds": found["subnets"], "SecurityGroupIds": found["groups"]}))
    arn = arn_of(r)
    record = {"ClusterName": r.id, "ClusterArn": arn, "State": "ACTIVE", "ClusterType": "SERVERLESS"}
    draft.put("kafka:ClusterInfoList", record | {"Serverless": {"VpcConfigs": configs}}, r, arn)


def file_system(draft: Draft, r: Resource) -> None:
    arn = r.arn("elasticfilesystem", f"file-system/{r.id}")
    record = {"FileSystemId": r.id, "FileSystemArn": arn, "LifeCycleState": "available", "Name": r.logical}
    draft.put("efs:FileSystems", record, r, arn)


def access_point(draft: Draft, r: Resource) -> None:
    arn = arn_of(r)
    record = {"AccessPointId": r.id, "AccessPointArn": arn, "FileSystemId": r.text("FileSystemId")}
    draft.put("efs:AccessPoints", record | {"LifeCycleState": "available"}, r)


def mount_target(draft: Draft, r: Resource) -> None:
    """The interface of a file system in one subnet, with groups of its own."""
    subnet = draft.held(r, "SubnetId")
    record = {
        "MountTargetId": r.id,
        "FileSystemId": r.text("FileSystemId"),
        "SubnetId": r.text("SubnetId"),
        "VpcId": subnet["VpcId"],
        "LifeCycleState": "available",
        "AvailabilityZoneName": zone_in(subnet) or None,
        **optional(r, IpAddress="IpAddress"),
        **families(r, "IpAddressType"),
    }
    draft.put("efs:MountTargets", known(record), r)
    ids = groups(draft, r, "SecurityGroups", str(subnet["VpcId"]))
    if ids is None and r.id in draft.world.pending:  # people ask for the file system
        draft.world.pending.setdefault(r.text("FileSystemId"), draft.world.pending[r.id])
    told = known({"MountTargetId": r.id, "SecurityGroups": ids})
    draft.collection(r.stack.home, "efs:MountTargetSecurityGroups").append(told)


def load_balancer(draft: Draft, r: Resource) -> None:
    """A load balancer; a network one without groups admits everybody."""
    subnets = r.texts("Subnets") or [r.as_text("SubnetMappings", m.get("SubnetId")) for m in r.rows("SubnetMappings")]
    vpc_id, _ = in_subnets(draft, subnets)
    kind = r.known_text("Type", "application")
    ids = groups(draft, r, "SecurityGroups", vpc_id) if kind != "network" or r.has("SecurityGroups") else None
    record = {
        "LoadBalancerName": r.text("Name") or r.logical,
        "LoadBalancerArn": r.id,
        "Type": kind,
        "Scheme": r.known_text("Scheme", "internet-facing"),
        "State": {"Code": "active"},
        "VpcId": vpc_id or None,
        "DNSName": host(r, "elb", r.text("Name") or r.logical),
        "AvailabilityZones": [{"SubnetId": subnet} for subnet in subnets],
        "SecurityGroups": ids,
        **families(r, "IpAddressType"),
    }
    draft.put("elbv2:LoadBalancers", known(record), r, r.id)


def listener(draft: Draft, r: Resource) -> None:
    record = {
        "ListenerArn": r.part_id("listener"),
        "LoadBalancerArn": r.text("LoadBalancerArn"),
        "Port": r.number("Port"),
        "Protocol": r.known_text("Protocol"),
    }
    draft.put("elbv2:Listeners", known(record), r)
