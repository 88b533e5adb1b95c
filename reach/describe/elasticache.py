"""ElastiCache: cache clusters, replication groups, serverless caches, and every node a client must reach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reach.describe.nodes import Zoned, in_each, node, zoned
from reach.describe.rds import port_of
from reach.describe.records import Record, Section, deciding_rows, flag, number, rows, text, texts
from reach.network import Database, Gap, Node, Thing
from reach.traffic import NOTHING, Ranges


def read(section: Section) -> Iterator[Thing]:
    """All caches of an account and region."""
    groups = {text(g, "CacheSubnetGroupName"): g for g in section.rows("CacheSubnetGroups")}
    clusters = {text(c, "CacheClusterId"): c for c in section.rows("CacheClusters")}
    for record in clusters.values():
        yield _cluster(section, record, groups)
    for record in section.rows("ReplicationGroups"):
        yield _replication_group(section, record, clusters, groups)
    for record in section.rows("ServerlessCaches"):
        yield _serverless(section, record)


def _dual(record: Record) -> bool | None:
    """Whether it has IPv6 addresses, alone or as well (DST-26)."""
    kind = text(record, "NetworkType").lower()
    return kind in ("ipv6", "dual_stack") if kind else None


def only_ipv6(record: Record) -> bool:
    """Whether it has no IPv4 addresses at all; MemoryDB says so too (DST-26)."""
    return text(record, "NetworkType").lower() == "ipv6"


def _security_groups(record: Record) -> tuple[str, ...] | None:
    found = deciding_rows(record, "SecurityGroups")
    if found is None:
        return None
    return tuple(text(g, "SecurityGroupId") for g in found if text(g, "Status") in ("active", ""))


def _subnets(section: Section, cluster: Record, groups: Mapping[str, Record]) -> tuple[Zoned | None, str, Gap | None]:
    name = text(cluster, "CacheSubnetGroupName")
    group = groups.get(name)
    if not name:
        why = "what is in the data of the cache names no subnet group"
        id = text(cluster, "CacheClusterId")
        return None, "", section.gap("CacheClusters") or Gap(id, "elasticache:DescribeCacheClusters", why)
    if group is None or deciding_rows(group, "Subnets") is None:
        why = "the subnet group is not known"
        missing = section.gap("CacheSubnetGroups") or Gap(name, "elasticache:DescribeCacheSubnetGroups", why)
        return None, "", missing
    return zoned(group), text(group, "VpcId"), None


def _cluster(section: Section, record: Record, groups: Mapping[str, Record]) -> Database:
    group, vpc, gap = _subnets(section, record, groups)
    name = text(record, "CacheClusterId")
    zone = text(record, "PreferredAvailabilityZone")
    zone = "" if zone == "Multiple" else zone
    listed = rows(record, "CacheNodes")
    nodes = tuple(
        node(
            f"{name}/{text(n, 'CacheNodeId')}",
            group,
            text(n, "CustomerAvailabilityZone") or zone,
            gap,
            host=text(n, "Endpoint", "Address"),
        )
        for n in listed
    )
    first = listed[0] if listed else {}
    arn = text(record, "ARN") or _arn(section, "cluster", name)
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=name,
        kind="cache_cluster",
        vpc=vpc or None,
        status=text(record, "CacheClusterStatus").lower() or None,
        status_field="CacheClusterStatus",
        ports=port_of({**record, "node": first}, ("ConfigurationEndpoint", "Port"), ("node", "Endpoint", "Port")),
        groups=_security_groups(record),
        groups_field="SecurityGroups",
        dual=_dual(record),
        only_ipv6=only_ipv6(record),
        nodes=nodes or (node(name, group, zone, gap),),
        hosts=_hosts([record.get("ConfigurationEndpoint"), *(n.get("Endpoint") for n in listed)]),
        engine=text(record, "Engine"),
        member_of=text(record, "ReplicationGroupId") or None,
        told_by="elasticache:DescribeCacheClusters",
        hints=tls(name, flag(record, "TransitEncryptionEnabled")),
    )


def _replication_group(
    section: Section, record: Record, clusters: Mapping[str, Record], groups: Mapping[str, Record]
) -> Database:
    """Security and subnet groups stand only on the member clusters (DST-22)."""
    name = text(record, "ReplicationGroupId")
    members = [clusters[m] for m in texts(record, "MemberClusters") if m in clusters]
    member = members[0] if members else {}
    group, vpc, gap = _subnets(section, member, groups)
    if not members:
        gap = section.gap("CacheClusters") or _unlisted(name, texts(record, "MemberClusters"))
    shards = rows(record, "NodeGroups")
    listed = [m for shard in shards for m in rows(shard, "NodeGroupMembers")]
    primaries = [m for m in listed if text(m, "CurrentRole") == "primary"]
    every = flag(record, "ClusterEnabled") or text(record, "ClusterMode") in ("enabled", "compatible")

    def nodes(asked: list[Record]) -> tuple[Node, ...]:
        return tuple(
            node(
                text(m, "CacheClusterId"),
                group,
                text(m, "PreferredAvailabilityZone"),
                gap,
                text(m, "CurrentRole"),
                text(m, "ReadEndpoint", "Address"),
            )
            for m in asked
        )

    first = shards[0] if shards else {}
    held = {
        **record,
        "shard": first,
        "member": (listed or [{}])[0],
        "Engine": text(record, "Engine") or "redis",
    }
    port = port_of(
        held,
        ("ConfigurationEndpoint", "Port"),
        ("shard", "PrimaryEndpoint", "Port"),
        ("member", "ReadEndpoint", "Port"),
    )
    arn = text(record, "ARN") or _arn(section, "replicationgroup", name)
    endpoints = [record.get("ConfigurationEndpoint")]
    endpoints += [s.get(k) for s in shards for k in ("PrimaryEndpoint", "ReaderEndpoint")]
    endpoints += [m.get("ReadEndpoint") for m in listed]
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=name,
        kind="replication_group",
        vpc=vpc or None,
        status=text(record, "Status").lower() or None,
        status_field="Status",
        ports=port,
        groups=_security_groups(member) if member else None,
        groups_field="SecurityGroups",
        dual=_dual(record),
        only_ipv6=only_ipv6(record),
        nodes=nodes(listed if every else primaries) or (node(name, group, "", gap),),
        reader_nodes=nodes([m for m in listed if m not in primaries]) if primaries else (),
        hosts=_hosts(endpoints),
        reader_hosts=_hosts([s.get("ReaderEndpoint") for s in shards]),
        engine=text(record, "Engine"),
        told_by="elasticache:DescribeCacheClusters",
        hints=tls(name, flag(record, "TransitEncryptionEnabled")),
        gap=None if member else gap,
    )


def _unlisted(name: str, members: tuple[str, ...]) -> Gap:
    first = members[0] if members else name
    why = f"{first}, which holds the security and subnet groups of {name}, is not in the list of cache clusters"
    return Gap(first, "elasticache:DescribeCacheClusters", why)


def _serverless(section: Section, record: Record) -> Database:
    """A serverless cache has an endpoint interface in each of its subnets (DST-24)."""
    name = text(record, "ServerlessCacheName")
    engine = text(record, "Engine").lower()
    groups = record.get("SecurityGroupIds")
    gap = Gap(name, "elasticache:DescribeServerlessCaches", "the cache's subnets are not in the record")
    arn = text(record, "ARN") or _arn(section, "serverlesscache", name)
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=name,
        kind="serverless_cache",
        vpc=None,
        status=text(record, "Status").lower() or None,
        status_field="Status",
        ports=port_of(record, ("Endpoint", "Port")),
        groups=texts(record, "SecurityGroupIds") if isinstance(groups, list | tuple) else None,
        groups_field="SecurityGroupIds",
        dual=_dual(record),
        only_ipv6=only_ipv6(record),
        nodes=in_each(name, texts(record, "SubnetIds"), gap),
        hosts=_hosts([record.get("Endpoint"), record.get("ReaderEndpoint")]),
        engine=engine,
        note_ports=NOTHING if engine == "memcached" else Ranges.of(6380),
        reader_ports=Ranges.of(number(record, "ReaderEndpoint", "Port") or 6380) if engine != "memcached" else NOTHING,
        told_by="elasticache:DescribeServerlessCaches",
        hints=tls(name, True),
    )


def tls(name: str, required: bool) -> tuple[str, ...]:
    """What a client has to do besides: a plaintext client hangs although the network is fine (DST-24, DST-26)."""
    return (f"{name} speaks TLS: a client without it hangs although the network is fine.",) if required else ()


def _hosts(endpoints: list[Any]) -> tuple[str, ...]:
    found = {text(e, "Address") for e in endpoints if isinstance(e, dict)}
    return tuple(sorted(found - {""}))


def _arn(section: Section, kind: str, name: str) -> str:
    return f"arn:aws:elasticache:{section.home.region}:{section.home.account}:{kind}:{name}"
