"""Redshift: clusters with their subnet groups, managed endpoints, serverless workgroups."""

from __future__ import annotations

from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.databases import in_subnets
from reach.sources.cloudformation.maps.groups import absent, groups, known, members
from reach.sources.cloudformation.maps.hosts import host
from reach.sources.cloudformation.maps.served import optional, port
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Unknown

PORT = 5439


def subnet_group(draft: Draft, r: Resource) -> None:
    vpc_id, found = in_subnets(draft, r.texts("SubnetIds"))
    record = {"ClusterSubnetGroupName": r.id, "VpcId": vpc_id or None, "Subnets": found}
    draft.put("redshift:ClusterSubnetGroups", known(record), r)


def _group(draft: Draft, r: Resource, name: str) -> Entry:
    key = "redshift:ClusterSubnetGroups"
    own = (g for g in draft.rows(r.stack.home, key) if g["ClusterSubnetGroupName"] == name)
    held = next(own, dict(draft.before(r.stack.home, key).get(name, {})))
    if name and not held:
        absent(draft, r, name)
    return held


def cluster(draft: Draft, r: Resource) -> None:
    name = r.text("ClusterSubnetGroupName")
    vpc_id = str(_group(draft, r, name).get("VpcId", ""))
    ids = groups(draft, r, "VpcSecurityGroupIds", vpc_id)
    record = {
        "ClusterIdentifier": r.id,
        "ClusterStatus": "available",
        "ClusterSubnetGroupName": name,
        "VpcId": vpc_id or None,
        "Endpoint": {"Address": host(r, "redshift", r.id), **port(r, "Port", PORT)},
        "PubliclyAccessible": r.flag("PubliclyAccessible"),
        "VpcSecurityGroups": members("VpcSecurityGroupId", ids, Status="active"),
        **optional(r, AvailabilityZone="AvailabilityZone"),
    }
    draft.put("redshift:Clusters", known(record), r, r.arn("redshift", f"cluster:{r.id}"))


def endpoint(draft: Draft, r: Resource) -> None:
    """A managed endpoint: in which subnets of its group its interfaces are is known when they are made."""
    group = _group(draft, r, r.text("SubnetGroupName"))
    vpc_id = str(group.get("VpcId", ""))
    ids = groups(draft, r, "VpcSecurityGroupIds", vpc_id)
    key, name = "redshift:Clusters", r.text("ClusterIdentifier")
    own = (c for c in draft.rows(r.stack.home, key) if c["ClusterIdentifier"] == name)
    owner = next(own, draft.before(r.stack.home, key).get(name, {}))
    record: Entry = {
        "EndpointName": r.id,
        "EndpointStatus": "active",
        "Address": host(r, "redshift", r.id, "endpoint-"),
        "Port": owner.get("Endpoint", {}).get("Port", PORT),
        "VpcSecurityGroups": members("VpcSecurityGroupId", ids, Status="active"),
    }
    subnets = [s["SubnetIdentifier"] for s in group.get("Subnets", ())]
    inside: Entry = {"VpcId": vpc_id} if vpc_id else {}
    if len(subnets) == 1:
        inside["NetworkInterfaces"] = [{"SubnetId": subnets[0]}]
    record["VpcEndpoint"] = inside
    draft.put("redshift:EndpointAccessList", known(record), r, r.arn("redshift", f"managed-vpc-endpoint:{r.id}"))


def workgroup(draft: Draft, r: Resource) -> None:
    """A serverless workgroup; without subnets it is in the default VPC."""
    subnets = r.texts("SubnetIds")
    vpc_id, _ = in_subnets(draft, subnets)
    arn = r.arn("redshift-serverless", f"workgroup/{r.id}")
    if not subnets:
        why = f"{r.logical} ({r.where}) is in subnets of the account's default VPC"
        draft.world.pending.setdefault(r.id, Unknown(r.id, "SubnetIds", why))
    given = r.get("Port")
    record = {
        "workgroupName": r.id,
        "workgroupArn": arn,
        "status": "AVAILABLE",
        "endpoint": {"address": host(r, "redshift-serverless", r.id)},
        "subnetIds": subnets,
        "securityGroupIds": groups(draft, r, "SecurityGroupIds", vpc_id),
        "port": None if isinstance(given, Unknown) else r.number("Port", PORT),
        "publiclyAccessible": r.flag("PubliclyAccessible"),
    }
    draft.put("redshift-serverless:workgroups", known(record), r, arn)
