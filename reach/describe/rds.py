"""RDS: instances, clusters and proxies, and the subnets that can hold what serves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reach.describe.records import Record, Section, deciding_rows, flag, number, rows, text, texts
from reach.engines import default_port
from reach.network import Database, Gap, Node, Thing
from reach.traffic import NOTHING, Ranges

PROXY_PORTS = {"MYSQL": 3306, "POSTGRESQL": 5432, "SQLSERVER": 1433}
Zoned = tuple[tuple[str, str], ...]  # (subnet, zone name)


def read(section: Section) -> Iterator[Thing]:
    """All instances, clusters and proxies of an account and region."""
    groups = {text(g, "DBSubnetGroupName"): g for g in section.rows("DBSubnetGroups")}
    clusters = {text(c, "DBClusterIdentifier"): c for c in section.rows("DBClusters")}
    instances = {text(i, "DBInstanceIdentifier"): i for i in section.rows("DBInstances")}
    for record in instances.values():
        yield _instance(section, record, clusters, groups)
    for record in clusters.values():
        yield _cluster(section, record, instances, groups)
    for record in section.rows("DBProxies"):
        yield _proxy(section, record)


def port_of(record: Record, *paths: tuple[str, ...]) -> Ranges:
    """The first positive port among several members, else the engine's default."""
    for path in paths:
        port = number(record, *path)
        if port:
            return Ranges.of(port)
    default = default_port(text(record, "Engine"))  # where AWS reports none: creating, or a template
    return Ranges.of(default) if default else NOTHING


def _security_groups(record: Record) -> tuple[str, ...] | None:
    """Memberships that are in force (DST-04)."""
    found = deciding_rows(record, "VpcSecurityGroups")
    if found is None:
        return None
    return tuple(text(g, "VpcSecurityGroupId") for g in found if text(g, "Status") in ("active", ""))


def _subnets(section: Section, record: Record, groups: Mapping[str, Record]) -> tuple[Zoned | None, str, Gap | None]:
    """Subnets with zones, the VPC, or why they cannot be told. Clusters name their group, instances hold it."""
    held = record.get("DBSubnetGroup")
    name = held if isinstance(held, str) else text(record, "DBSubnetGroup", "DBSubnetGroupName")
    group = held if isinstance(held, dict) and deciding_rows(held, "Subnets") is not None else groups.get(name)
    if group is None:
        gap = section.gap("DBSubnetGroups") or _unknown_group(record, name)
        return None, text(record, "DBSubnetGroup", "VpcId"), gap
    found = rows(group, "Subnets")
    zoned = tuple((text(s, "SubnetIdentifier"), text(s, "SubnetAvailabilityZone", "Name")) for s in found)
    return zoned, text(group, "VpcId"), None


def _unknown_group(record: Record, name: str) -> Gap:
    id = name or text(record, "DBInstanceIdentifier") or text(record, "DBClusterIdentifier") or "DBSubnetGroups"
    return Gap(id, "rds:DescribeDBSubnetGroups", "the subnet group is not known")


def in_zone(zoned: Zoned, zone: str) -> tuple[str, ...]:
    """The subnets of a zone; all of them when the zone is not known or holds none."""
    here = tuple(subnet for subnet, where in zoned if zone and where == zone)
    return here or tuple(subnet for subnet, _ in zoned)


def _node(id: str, zoned: Zoned | None, zone: str, gap: Gap | None, role: str = "") -> Node:
    if zoned is None:
        return Node(id, None, None, role, gap, zone)
    return Node(id, in_zone(zoned, zone), tuple(s for s, _ in zoned), role, None, zone)


def _instance(
    section: Section, record: Record, clusters: Mapping[str, Record], groups: Mapping[str, Record]
) -> Database:
    cluster = clusters.get(text(record, "DBClusterIdentifier"))
    holder = record if "DBSubnetGroup" in record or cluster is None else cluster
    zoned, vpc, gap = _subnets(section, holder, groups)
    name = text(record, "DBInstanceIdentifier")
    return Database(
        id=text(record, "DBInstanceArn") or _arn(section, "db", name),
        arn=text(record, "DBInstanceArn") or _arn(section, "db", name),
        home=section.home,
        name=name,
        kind="db_instance",
        vpc=vpc or None,
        status=text(record, "DBInstanceStatus").lower() or None,
        status_field="DBInstanceStatus",
        ports=port_of(record, ("Endpoint", "Port"), ("DbInstancePort",)),
        groups=_security_groups(record),
        groups_field="VpcSecurityGroups",
        nodes=(_node(name, zoned, text(record, "AvailabilityZone"), gap),),
        hosts=tuple(h for h in (text(record, "Endpoint", "Address"),) if h),
        engine=text(record, "Engine"),
        public=flag(record, "PubliclyAccessible"),
        member_of=text(record, "DBClusterIdentifier") or None,
    )


def _cluster(
    section: Section, record: Record, instances: Mapping[str, Record], groups: Mapping[str, Record]
) -> Database:
    zoned, vpc, gap = _subnets(section, record, groups)
    name = text(record, "DBClusterIdentifier")
    members = rows(record, "DBClusterMembers")
    writer = [text(m, "DBInstanceIdentifier") for m in members if flag(m, "IsClusterWriter")]
    readers = [text(m, "DBInstanceIdentifier") for m in members if not flag(m, "IsClusterWriter")]

    def nodes(ids: list[str], role: str) -> tuple[Node, ...]:
        return tuple(_node(i, zoned, text(instances.get(i, {}), "AvailabilityZone"), gap, role) for i in sorted(ids))

    return Database(
        id=text(record, "DBClusterArn") or _arn(section, "cluster", name),
        arn=text(record, "DBClusterArn") or _arn(section, "cluster", name),
        home=section.home,
        name=name,
        kind="db_cluster",
        vpc=vpc or None,
        status=text(record, "Status").lower() or None,
        status_field="Status",
        ports=port_of(record, ("Port",)),
        groups=_security_groups(record),
        groups_field="VpcSecurityGroups",
        nodes=nodes(writer, "writer") or (_node(name, zoned, "", gap, "writer"),),
        reader_nodes=nodes(readers or writer, "reader"),
        hosts=tuple(h for h in (text(record, "Endpoint"), text(record, "ReaderEndpoint")) if h),
        reader_hosts=tuple(h for h in (text(record, "ReaderEndpoint"),) if h),
        engine=text(record, "Engine"),
        public=flag(record, "PubliclyAccessible"),
    )


def _proxy(section: Section, record: Record) -> Database:
    """A proxy has an interface in each of its subnets: a client is handed any of them (DST-12)."""
    name = text(record, "DBProxyName")
    subnets = texts(record, "VpcSubnetIds") if isinstance(record.get("VpcSubnetIds"), list | tuple) else None
    gap = Gap(name, "rds:DescribeDBProxies", "the proxy's subnets are not in the record")
    port = PROXY_PORTS.get(text(record, "EngineFamily").upper())
    groups = record.get("VpcSecurityGroupIds")
    nodes = [Node(f"{name}@{s}", (s,), (s,), "proxy") for s in sorted(subnets or ())]
    return Database(
        id=text(record, "DBProxyArn") or _arn(section, "db-proxy", name),
        arn=text(record, "DBProxyArn") or _arn(section, "db-proxy", name),
        home=section.home,
        name=name,
        kind="db_proxy",
        vpc=text(record, "VpcId") or None,
        status=text(record, "Status").lower() or None,
        status_field="Status",
        ports=Ranges.of(port) if port else NOTHING,
        groups=texts(record, "VpcSecurityGroupIds") if isinstance(groups, list | tuple) else None,
        groups_field="VpcSecurityGroupIds",
        nodes=tuple(nodes) or (Node(name, None, None, "proxy", gap),),
        hosts=tuple(h for h in (text(record, "Endpoint"),) if h),
        engine=text(record, "EngineFamily"),
    )


def _arn(section: Section, kind: str, name: str) -> str:
    return f"arn:aws:rds:{section.home.region}:{section.home.account}:{kind}:{name}"
