"""Redshift: clusters, Redshift-managed endpoints and serverless workgroups (DST-31)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reach.describe.nodes import in_each, lapsed, located, node, zoned
from reach.describe.records import Record, Section, deciding_rows, flag, number, part, rows, text, texts
from reach.network import Database, Gap, Node, Thing
from reach.traffic import Ranges

PORT = 5439


def read(section: Section) -> Iterator[Thing]:
    """All clusters, endpoints and workgroups of an account and region."""
    groups = {text(g, "ClusterSubnetGroupName"): g for g in section.rows("redshift:ClusterSubnetGroups")}
    for record in section.rows("redshift:Clusters"):
        yield _cluster(section, record, groups)
    for record in section.rows("redshift:EndpointAccessList"):
        yield _endpoint(section, record)
    for record in section.rows("redshift-serverless:workgroups"):
        yield _workgroup(section, record)


def _groups(record: Record) -> tuple[str, ...] | None:
    found = deciding_rows(record, "VpcSecurityGroups")
    if found is None:
        return None
    return tuple(text(g, "VpcSecurityGroupId") for g in found if text(g, "Status") in ("active", ""))


def _cluster(section: Section, record: Record, groups: Mapping[str, Record]) -> Database:
    """A client talks to the leader node, which is in the cluster's zone."""
    name = text(record, "ClusterIdentifier")
    group = groups.get(text(record, "ClusterSubnetGroupName"))
    gap = None
    if group is None:
        unread = section.gap("redshift:ClusterSubnetGroups")
        why = "the subnet group is not known"
        gap = unread or Gap(text(record, "ClusterSubnetGroupName") or name, "redshift:DescribeClusterSubnetGroups", why)
    here = None if group is None else zoned(group)
    arn = f"arn:aws:redshift:{section.home.region}:{section.home.account}:cluster:{name}"
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=name,
        kind="redshift_cluster",
        vpc=text(record, "VpcId") or text(group or {}, "VpcId") or None,
        status=text(record, "ClusterStatus").lower() or None,
        status_field="ClusterStatus",
        ports=Ranges.of(number(record, "Endpoint", "Port") or PORT),
        groups=_groups(record),
        groups_field="VpcSecurityGroups",
        nodes=(node(name, here, text(record, "AvailabilityZone"), gap),),
        hosts=tuple(h for h in (text(record, "Endpoint", "Address"), text(record, "CustomDomainName")) if h),
        engine="redshift",
        public=flag(record, "PubliclyAccessible"),
        lapsed=lapsed(group or {}),
        told_by="redshift:DescribeClusters",
    )


def _endpoint(section: Section, record: Record) -> Database:
    """A Redshift-managed endpoint: its record says where its interfaces are."""
    name = text(record, "EndpointName")
    action = "redshift:DescribeEndpointAccess"
    gap = Gap(name, action, f"the interfaces of {name} are not in the record")
    arn = f"arn:aws:redshift:{section.home.region}:{section.home.account}:managed-vpc-endpoint:{name}"
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=name,
        kind="redshift_endpoint",
        vpc=text(record, "VpcEndpoint", "VpcId") or None,
        status=text(record, "EndpointStatus").lower() or None,
        status_field="EndpointStatus",
        ports=Ranges.of(number(record, "Port") or PORT),
        groups=_groups(record),
        groups_field="VpcSecurityGroups",
        nodes=_interfaces(part(record, "VpcEndpoint"), "NetworkInterfaces", name) or (Node(name, None, None, gap=gap),),
        hosts=tuple(h for h in (text(record, "Address"),) if h),
        engine="redshift",
        told_by=action,
    )


def _interfaces(endpoint: Record, key: str, name: str) -> tuple[Node, ...]:
    """The interfaces of an endpoint, in the spelling of either API."""
    found = []
    for listed in rows(endpoint, key):
        subnet, address, id = (
            text(listed, member) or text(listed, member[0].lower() + member[1:])
            for member in ("SubnetId", "PrivateIpAddress", "NetworkInterfaceId")
        )
        found.append(located(f"{name}@{subnet}", subnet, address, id))
    return tuple(sorted((n for n in found if n.now), key=lambda n: n.id))


def _workgroup(section: Section, record: Record) -> Database:
    name = text(record, "workgroupName")
    endpoint = part(record, "endpoint")
    known = tuple(n for e in rows(endpoint, "vpcEndpoints") for n in _interfaces(e, "networkInterfaces", name))
    action = "redshift-serverless:ListWorkgroups"
    gap = Gap(name, action, f"the subnets of {name} are not in the record")
    region, account = section.home.region, section.home.account
    arn = text(record, "workgroupArn") or f"arn:aws:redshift-serverless:{region}:{account}:workgroup/{name}"
    vpcs = [text(e, "vpcId") for e in rows(endpoint, "vpcEndpoints")]
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=name,
        kind="redshift_workgroup",
        vpc=next((v for v in vpcs if v), None),
        status=text(record, "status").lower() or None,
        status_field="status",
        ports=Ranges.of(number(endpoint, "port") or number(record, "port") or PORT),
        groups=texts(record, "securityGroupIds") if "securityGroupIds" in record else None,
        groups_field="securityGroupIds",
        nodes=known or in_each(name, texts(record, "subnetIds"), gap),
        hosts=tuple(h for h in (text(endpoint, "address"), text(record, "customDomainName")) if h),
        engine="redshift",
        public=flag(record, "publiclyAccessible"),
        told_by=action,
    )
