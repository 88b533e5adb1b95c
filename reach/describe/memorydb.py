"""MemoryDB: clusters, of which a client must reach every node (DST-27)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reach.describe.elasticache import only_ipv6, tls
from reach.describe.nodes import node, zoned
from reach.describe.records import Record, Section, deciding_rows, number, rows, text
from reach.network import Database, Gap, Thing
from reach.traffic import Ranges


def read(section: Section) -> Iterator[Thing]:
    """All clusters of an account and region."""
    groups = {text(g, "Name"): g for g in section.rows("memorydb:SubnetGroups")}
    for record in section.rows("memorydb:Clusters"):
        yield _cluster(section, record, groups)


def _cluster(section: Section, record: Record, groups: Mapping[str, Record]) -> Database:
    name = text(record, "Name")
    group = groups.get(text(record, "SubnetGroupName"))
    gap = None
    if group is None:
        why = "the subnet group is not known"
        unread = section.gap("memorydb:SubnetGroups")
        gap = unread or Gap(text(record, "SubnetGroupName") or name, "memorydb:DescribeSubnetGroups", why)
    here = None if group is None else zoned(group, "Identifier", "AvailabilityZone")
    listed = [n for shard in rows(record, "Shards") for n in rows(shard, "Nodes")]
    nodes = tuple(
        node(text(n, "Name"), here, text(n, "AvailabilityZone"), gap, host=text(n, "Endpoint", "Address"))
        for n in listed
    )
    found = deciding_rows(record, "SecurityGroups")
    arn = text(record, "ARN") or f"arn:aws:memorydb:{section.home.region}:{section.home.account}:cluster/{name}"
    endpoints = [text(record, "ClusterEndpoint", "Address"), *(n.host for n in nodes)]
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=name,
        kind="memorydb_cluster",
        vpc=text(group or {}, "VpcId") or None,
        status=text(record, "Status").lower() or None,
        status_field="Status",
        ports=Ranges.of(number(record, "ClusterEndpoint", "Port") or 6379),
        groups=None
        if found is None
        else tuple(text(g, "SecurityGroupId") for g in found if text(g, "Status") in ("active", "")),
        groups_field="SecurityGroups",
        nodes=nodes or (node(name, here, "", gap),),
        hosts=tuple(h for h in endpoints if h),
        engine=text(record, "Engine") or "memorydb",
        dual=text(record, "NetworkType").lower() in ("ipv6", "dual_stack") if "NetworkType" in record else None,
        only_ipv6=only_ipv6(record),
        told_by="memorydb:DescribeClusters",
        hints=tls(name, record.get("TLSEnabled") is not False),
    )
