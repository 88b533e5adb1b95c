"""RDS: instances, clusters, custom endpoints, and the subnets that can hold what serves them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from reach.describe.nodes import Zoned, lapsed, node, zoned
from reach.describe.records import Record, Section, deciding_rows, flag, number, rows, text, texts
from reach.engines import default_port
from reach.network import Database, Gap, Node, Thing
from reach.traffic import NOTHING, Ranges


def read(section: Section) -> Iterator[Thing]:
    """All instances, clusters and custom endpoints of an account and region."""
    groups = {text(g, "DBSubnetGroupName"): g for g in section.rows("DBSubnetGroups")}
    clusters = {text(c, "DBClusterIdentifier"): c for c in section.rows("DBClusters")}
    instances = {text(i, "DBInstanceIdentifier"): i for i in section.rows("DBInstances")}
    for record in instances.values():
        yield _instance(section, record, clusters, groups)
    for record in clusters.values():
        yield _cluster(section, record, instances, groups)
    told = [r for r in section.rows("DBClusterEndpoints") if text(r, "EndpointType") == "CUSTOM"]
    for record in told:
        yield _endpoint(section, record, clusters, instances, groups)
    known = {text(r, "Endpoint").lower() for r in told}
    for record in clusters.values():
        for host in texts(record, "CustomEndpoints"):
            if host.lower() not in known:
                yield _untold(section, host, _cluster(section, record, instances, groups))


def port_of(record: Record, *paths: tuple[str, ...]) -> Ranges:
    """The first positive port among several members, else the engine's default."""
    for path in paths:
        port = number(record, *path)
        if port:
            return Ranges.of(port)
    default = default_port(text(record, "Engine"))  # where AWS reports none: creating, or a template
    return Ranges.of(default) if default else NOTHING


def _dual(record: Record) -> bool | None:
    """Whether it has IPv6 addresses as well (DST-10)."""
    kind = text(record, "NetworkType").upper()
    return kind == "DUAL" if kind else None


def _security_groups(record: Record) -> tuple[str, ...] | None:
    """Memberships that are in force (DST-04)."""
    found = deciding_rows(record, "VpcSecurityGroups")
    if found is None:
        return None
    return tuple(text(g, "VpcSecurityGroupId") for g in found if text(g, "Status") in ("active", ""))


def _subnets(section: Section, record: Record, groups: Mapping[str, Record]) -> tuple[Zoned | None, str, Gap | None]:
    """Subnets with zones, the VPC, or why they cannot be told. Clusters name their group, instances hold it."""
    group, name = _group(record, groups)
    if group is None:
        gap = section.gap("DBSubnetGroups") or _unknown_group(record, name)
        return None, text(record, "DBSubnetGroup", "VpcId"), gap
    return zoned(group), text(group, "VpcId"), None


def _group(record: Record, groups: Mapping[str, Record]) -> tuple[Record | None, str]:
    """The subnet group and its name."""
    held = record.get("DBSubnetGroup")
    name = held if isinstance(held, str) else text(record, "DBSubnetGroup", "DBSubnetGroupName")
    return (held if isinstance(held, dict) and deciding_rows(held, "Subnets") is not None else groups.get(name)), name


def _unknown_group(record: Record, name: str) -> Gap:
    id = name or text(record, "DBInstanceIdentifier") or text(record, "DBClusterIdentifier") or "DBSubnetGroups"
    return Gap(id, "rds:DescribeDBSubnetGroups", "the subnet group is not known")


def _instance(
    section: Section, record: Record, clusters: Mapping[str, Record], groups: Mapping[str, Record]
) -> Database:
    cluster = clusters.get(text(record, "DBClusterIdentifier"))
    holder = record if "DBSubnetGroup" in record or cluster is None else cluster
    group, vpc, gap = _subnets(section, holder, groups)
    name = text(record, "DBInstanceIdentifier")
    listener = text(record, "ListenerEndpoint", "Address")  # of an availability group of SQL Server (DST-10)
    port = number(record, "ListenerEndpoint", "Port")
    return Database(
        id=_instance_arn(section, record, name),
        arn=_instance_arn(section, record, name),
        home=section.home,
        name=name,
        kind="db_instance",
        vpc=vpc or None,
        status=text(record, "DBInstanceStatus").lower() or None,
        status_field="DBInstanceStatus",
        ports=port_of(record, ("Endpoint", "Port"), ("DbInstancePort",)),
        groups=_security_groups(record),
        groups_field="VpcSecurityGroups",
        nodes=(node(name, group, text(record, "AvailabilityZone"), gap),),
        hosts=tuple(h for h in (text(record, "Endpoint", "Address"), listener) if h),
        host_ports=((listener.lower(), Ranges.of(port)),) if listener and port else (),
        engine=text(record, "Engine"),
        dual=_dual(record),
        public=flag(record, "PubliclyAccessible"),
        outside=cluster is not None and cluster.get("VPCNetworkingEnabled") is False,
        member_of=text(record, "DBClusterIdentifier") or None,
        lapsed=lapsed(_group(holder, groups)[0] or {}),
        told_by="rds:DescribeDBInstances",
    )


def _cluster(
    section: Section, record: Record, instances: Mapping[str, Record], groups: Mapping[str, Record]
) -> Database:
    group, vpc, gap = _subnets(section, record, groups)
    name = text(record, "DBClusterIdentifier")
    members = rows(record, "DBClusterMembers")
    writer = [text(m, "DBInstanceIdentifier") for m in members if flag(m, "IsClusterWriter")]
    readers = [text(m, "DBInstanceIdentifier") for m in members if not flag(m, "IsClusterWriter")]
    public = flag(record, "PubliclyAccessible")  # of a Multi-AZ cluster; else each instance says so itself
    every = (*writer, *readers)
    own: dict[str, bool | Gap] = {i: flag(instances[i], "PubliclyAccessible") for i in every if i in instances}

    def one(id: str, role: str) -> Node:
        found = instances.get(id, {})
        there = node(id, group, text(found, "AvailabilityZone"), gap, role)
        unread = None if found else section.gap("DBInstances")
        seen = public or own.get(id, unread or False)
        serves = bool(found) and id in writer  # a reader that is not up gets no connections: others do
        return replace(there, public=seen, instance=_instance_arn(section, found, id) if serves else "")

    def nodes(ids: list[str], role: str) -> tuple[Node, ...]:
        return tuple(one(i, role) for i in sorted(ids))

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
        nodes=nodes(writer, "writer") or (node(name, group, "", gap, "writer"),),
        reader_nodes=nodes(readers or writer, "reader"),
        hosts=tuple(h for h in (text(record, "Endpoint"), text(record, "ReaderEndpoint")) if h),
        reader_hosts=tuple(h for h in (text(record, "ReaderEndpoint"),) if h),
        engine=text(record, "Engine"),
        dual=_dual(record),
        public=public or any(own.values()),
        outside=record.get("VPCNetworkingEnabled") is False,
        lapsed=lapsed(_group(record, groups)[0] or {}),
        told_by="rds:DescribeDBClusters",
    )


def _endpoint(
    section: Section,
    record: Record,
    clusters: Mapping[str, Record],
    instances: Mapping[str, Record],
    groups: Mapping[str, Record],
) -> Database:
    """A custom endpoint rotates over the members that it names, or over all but those that it excludes (DST-11)."""
    name = text(record, "DBClusterEndpointIdentifier")
    cluster = clusters.get(text(record, "DBClusterIdentifier"), {})
    whole = _cluster(section, cluster, instances, groups)
    static, excluded = texts(record, "StaticMembers"), texts(record, "ExcludedMembers")
    members = tuple(
        replace(n, instance=n.instance or whole.id)  # nothing answers while the cluster is stopped
        for n in {n.id: n for n in (*whole.nodes, *whole.reader_nodes)}.values()
        if (n.id in static if static else n.id not in excluded)
        and not (text(record, "CustomEndpointType") == "READER" and n.role == "writer" and not static)
    )
    gap = section.gap("DBClusters") or Gap(name, "rds:DescribeDBClusters", f"the members of {name} are not known")
    arn = text(record, "DBClusterEndpointArn") or _arn(section, "cluster-endpoint", name)
    return replace(
        whole,
        id=arn,
        arn=arn,
        name=name,
        kind="db_endpoint",
        status=text(record, "Status").lower() or None,
        nodes=members or (Node(name, None, None, "custom", gap),),
        reader_nodes=(),
        hosts=tuple(h for h in (text(record, "Endpoint"),) if h),
        reader_hosts=(),
        member_of=text(record, "DBClusterIdentifier") or None,
        gap=None if cluster else gap,
    )


def _untold(section: Section, host: str, whole: Database) -> Database:
    """A custom endpoint of which the cluster tells the host only: it may mean any of the members (DST-11)."""
    members = {n.id: n for n in (*whole.nodes, *whole.reader_nodes)}.values()
    now = sorted({s for n in members for s in n.now or ()})
    gap = next((n.gap for n in members if n.gap is not None), None)
    robust = whole.nodes[0].robust
    public = whole.public if len({n.public for n in members}) < 2 else _which(section, host)
    name = host.partition(".")[0]
    arn = _arn(section, "cluster-endpoint", name)
    one = Node(name, tuple(now) or None, robust, "custom", gap, public=public)
    return replace(
        whole, id=arn, arn=arn, name=name, kind="db_endpoint", nodes=(one,), reader_nodes=(), hosts=(host,),
        reader_hosts=(), member_of=whole.name, told_by="rds:DescribeDBClusterEndpoints",
    )  # fmt: skip


def _which(section: Section, host: str) -> Gap:
    """Which members an endpoint stands for is not known, and it matters."""
    why = f"the members of {host} are not known"
    return section.gap("DBClusterEndpoints") or Gap(host, "rds:DescribeDBClusterEndpoints", why)


def _arn(section: Section, kind: str, name: str) -> str:
    return f"arn:aws:rds:{section.home.region}:{section.home.account}:{kind}:{name}"


def _instance_arn(section: Section, record: Record, name: str) -> str:
    return text(record, "DBInstanceArn") or _arn(section, "db", name)
