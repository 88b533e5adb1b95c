"""Databases and caches of test worlds: RDS instances, clusters, proxies; ElastiCache in its three forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.world_interfaces import Interfaces
from tests.world_records import Record


class Databases(Interfaces):
    """Records with databases; each has a subnet group, and interfaces only if a test asks for them."""

    def db_instance(
        self,
        name: str,
        subnets: Sequence[str],
        groups: Sequence[str],
        *,
        az: str | None = None,
        port: int = 5432,
        engine: str = "postgres",
        status: str = "available",
        public: bool = False,
        eni: bool = False,
        subnet_group: str | None = None,
        **members: Any,
    ) -> str:
        """Make an RDS instance in zone `az` (default: the first subnet's), with its interface if `eni`."""
        zone = self.zone(az) if az else str(self[subnets[0]]["AvailabilityZone"])
        self.add(
            "DBInstances",
            {
                "DBInstanceIdentifier": name,
                "DBInstanceClass": "db.t4g.micro",
                "Engine": engine,
                "DBInstanceStatus": status,
                "Endpoint": {"Address": self._rds_host(name), "Port": port, "HostedZoneId": "Z29XKXDKYMONMX"},
                "VpcSecurityGroups": _rds_groups(groups),
                "AvailabilityZone": zone,
                "DBSubnetGroup": self._rds_subnet_group(subnet_group or f"{name}-subnets", subnets),
                "MultiAZ": False,
                "PubliclyAccessible": public,
                "DbInstancePort": 0,
                "DBInstanceArn": self.arn("rds", f"db:{name}"),
                "NetworkType": "IPV4",
                **members,
            },
            name,
        )
        for subnet in [s for s in subnets if self[s]["AvailabilityZone"] == zone][: 1 if eni else 0]:
            self.interface(subnet, None, groups, description="RDSNetworkInterface", requester="amazon-rds")
        return name

    def db_cluster(
        self,
        name: str,
        subnets: Sequence[str],
        groups: Sequence[str],
        *,
        zones: Sequence[str] = ("a",),
        port: int = 5432,
        engine: str = "aurora-postgresql",
        status: str = "available",
        eni: bool = False,
        **members: Any,
    ) -> str:
        """Make a cluster with one instance per zone, `name-1`, `name-2`, …; the first is the writer."""
        instances = [f"{name}-{number}" for number in range(1, len(zones) + 1)]
        for instance, az in zip(instances, zones, strict=True):
            self.db_instance(
                instance,
                subnets,
                groups,
                az=az,
                port=port,
                engine=engine,
                eni=eni,
                subnet_group=f"{name}-subnets",
                DBClusterIdentifier=name,
            )
        self._rds_subnet_group(f"{name}-subnets", subnets)
        self.add(
            "DBClusters",
            {
                "AvailabilityZones": sorted({str(self[s]["AvailabilityZone"]) for s in subnets}),
                "Status": status,
                "DBClusterIdentifier": name,
                "DBSubnetGroup": f"{name}-subnets",
                "MultiAZ": len(zones) > 1,
                "Endpoint": self._rds_host(f"{name}.cluster"),
                "ReaderEndpoint": self._rds_host(f"{name}.cluster-ro"),
                "Engine": engine,
                "Port": port,
                "VpcSecurityGroups": _rds_groups(groups),
                "NetworkType": "IPV4",
                "DBClusterMembers": [
                    {
                        "DBInstanceIdentifier": instance,
                        "IsClusterWriter": instance == instances[0],
                        "DBClusterParameterGroupStatus": "in-sync",
                        "PromotionTier": 1,
                    }
                    for instance in instances
                ],
                "DBClusterArn": self.arn("rds", f"cluster:{name}"),
                **members,
            },
            name,
        )
        return name

    def db_proxy(
        self,
        name: str,
        subnets: Sequence[str],
        groups: Sequence[str],
        *,
        family: str = "POSTGRESQL",
        status: str = "available",
        **members: Any,
    ) -> str:
        """Make an RDS Proxy, which has an interface in each of its subnets."""
        self.add(
            "DBProxies",
            {
                "DBProxyName": name,
                "DBProxyArn": self.arn("rds", f"db-proxy:{name}"),
                "Status": status,
                "EngineFamily": family,
                "VpcId": self[subnets[0]]["VpcId"],
                "VpcSecurityGroupIds": list(groups),
                "VpcSubnetIds": list(subnets),
                "Endpoint": self._rds_host(f"{name}.proxy"),
                "RequireTLS": False,
                **members,
            },
            name,
        )
        return name

    def cache_cluster(
        self,
        name: str,
        subnets: Sequence[str],
        groups: Sequence[str],
        *,
        zones: Sequence[str] = ("a",),
        engine: str = "memcached",
        port: int | None = None,
        status: str = "available",
        eni: bool = False,
        subnet_group: str | None = None,
        **members: Any,
    ) -> str:
        """Make a cache cluster with one node per zone; Memcached also has a configuration endpoint."""
        port = port or (11211 if engine == "memcached" else 6379)
        group = subnet_group or f"{name}-subnets"
        self._cache_subnet_group(group, subnets)
        nodes = [
            {
                "CacheNodeId": f"{number:04d}",
                "CacheNodeStatus": "available",
                "Endpoint": {"Address": self._cache_host(f"{name}.{number:04d}"), "Port": port},
                "CustomerAvailabilityZone": self.zone(az),
            }
            for number, az in enumerate(zones, 1)
        ]
        entry = {"ConfigurationEndpoint": {"Address": self._cache_host(f"{name}.cfg"), "Port": port}}
        self.add(
            "CacheClusters",
            {
                "CacheClusterId": name,
                **(entry if engine == "memcached" else {}),
                "CacheNodeType": "cache.t4g.micro",
                "Engine": engine,
                "CacheClusterStatus": status,
                "NumCacheNodes": len(nodes),
                "PreferredAvailabilityZone": self.zone(zones[0]) if len(set(zones)) == 1 else "Multiple",
                "CacheSubnetGroupName": group,
                "CacheNodes": nodes,
                "SecurityGroups": _cache_groups(groups),
                "ARN": self.arn("elasticache", f"cluster:{name}"),
                "NetworkType": "ipv4",
                **members,
            },
            name,
        )
        for az in zones if eni else ():
            subnet = next(s for s in subnets if self[s]["AvailabilityZone"] == self.zone(az))
            self.interface(subnet, None, groups, description=f"ElastiCache {name}", requester="amazon-elasticache")
        return name

    def replication_group(
        self,
        name: str,
        subnets: Sequence[str],
        groups: Sequence[str],
        *,
        cluster_mode: bool = False,
        shards: int = 1,
        zones: Sequence[str] = ("a", "b"),
        port: int = 6379,
        engine: str = "valkey",
        status: str = "available",
        eni: bool = False,
        **members: Any,
    ) -> str:
        """Make a replication group: per shard one node in each zone, the first being the primary."""
        node_groups, clusters = [], []
        for shard in range(1, shards + 1):
            nodes = []
            for number, az in enumerate(zones, 1):
                node = f"{name}-{shard:04d}-{number:03d}" if cluster_mode else f"{name}-{number:03d}"
                self.cache_cluster(
                    node,
                    subnets,
                    groups,
                    zones=[az],
                    engine=engine,
                    port=port,
                    eni=eni,
                    subnet_group=f"{name}-subnets",
                    ReplicationGroupId=name,
                )
                clusters.append(node)
                role = (
                    {}
                    if cluster_mode
                    else {
                        "ReadEndpoint": {"Address": self._cache_host(node), "Port": port},
                        "CurrentRole": "primary" if number == 1 else "replica",
                    }
                )
                nodes.append(
                    {"CacheClusterId": node, "CacheNodeId": "0001", "PreferredAvailabilityZone": self.zone(az), **role}
                )
            ends = (
                {}
                if cluster_mode
                else {
                    "PrimaryEndpoint": {"Address": self._cache_host(f"{name}.primary"), "Port": port},
                    "ReaderEndpoint": {"Address": self._cache_host(f"{name}-ro"), "Port": port},
                }
            )
            node_groups.append(
                {"NodeGroupId": f"{shard:04d}", "Status": "available", **ends, "NodeGroupMembers": nodes}
            )
        entry = {"ConfigurationEndpoint": {"Address": self._cache_host(f"clustercfg.{name}"), "Port": port}}
        self.add(
            "ReplicationGroups",
            {
                "ReplicationGroupId": name,
                "Description": name,
                "Status": status,
                "MemberClusters": clusters,
                "NodeGroups": node_groups,
                **(entry if cluster_mode else {}),
                "ClusterEnabled": cluster_mode,
                "CacheNodeType": "cache.t4g.micro",
                "ARN": self.arn("elasticache", f"replicationgroup:{name}"),
                "NetworkType": "ipv4",
                "ClusterMode": "enabled" if cluster_mode else "disabled",
                "Engine": engine,
                "AutomaticFailover": "enabled" if len(zones) > 1 else "disabled",
                "MultiAZ": "enabled" if len(set(zones)) > 1 else "disabled",
                **members,
            },
            name,
        )
        return name

    def serverless_cache(
        self,
        name: str,
        subnets: Sequence[str],
        groups: Sequence[str],
        *,
        engine: str = "valkey",
        port: int | None = None,
        status: str = "available",
        **members: Any,
    ) -> str:
        """Make a serverless cache; Valkey and Redis have a reader port of their own."""
        port = port or (11211 if engine == "memcached" else 6379)
        host = self._cache_host(f"{name}.serverless")
        reader = {} if engine == "memcached" else {"ReaderEndpoint": {"Address": host, "Port": 6380}}
        self.add(
            "ServerlessCaches",
            {
                "ServerlessCacheName": name,
                "Status": status,
                "Engine": engine,
                "SecurityGroupIds": list(groups),
                "Endpoint": {"Address": host, "Port": port},
                **reader,
                "SubnetIds": list(subnets),
                "NetworkType": "ipv4",
                "ARN": self.arn("elasticache", f"serverlesscache:{name}"),
                **members,
            },
            name,
        )
        return name

    def _rds_host(self, name: str) -> str:
        first, _, rest = name.partition(".")
        return f"{first}.{rest + '-' if rest else ''}c1a2b3c4d5e6.{self._at('rds')}"

    def _cache_host(self, name: str) -> str:
        return f"{name}.a1b2c3.euw1.cache.{self.domain}"

    def _rds_subnet_group(self, name: str, subnets: Sequence[str]) -> Record:
        """Return the group's record, made on first use."""
        known = [g for g in self.collections["DBSubnetGroups"] if g["DBSubnetGroupName"] == name]
        if known:
            return known[0]
        return self.add(
            "DBSubnetGroups",
            {
                "DBSubnetGroupName": name,
                "DBSubnetGroupDescription": name,
                "VpcId": self[subnets[0]]["VpcId"],
                "SubnetGroupStatus": "Complete",
                "DBSubnetGroupArn": self.arn("rds", f"subgrp:{name}"),
                "Subnets": [
                    {
                        "SubnetIdentifier": s,
                        "SubnetAvailabilityZone": {"Name": self[s]["AvailabilityZone"]},
                        "SubnetOutpost": {},
                        "SubnetStatus": "Active",
                    }
                    for s in subnets
                ],
            },
        )

    def _cache_subnet_group(self, name: str, subnets: Sequence[str]) -> None:
        if any(g["CacheSubnetGroupName"] == name for g in self.collections["CacheSubnetGroups"]):
            return
        self.add(
            "CacheSubnetGroups",
            {
                "CacheSubnetGroupName": name,
                "CacheSubnetGroupDescription": name,
                "VpcId": self[subnets[0]]["VpcId"],
                "ARN": self.arn("elasticache", f"subnetgroup:{name}"),
                "Subnets": [
                    {"SubnetIdentifier": s, "SubnetAvailabilityZone": {"Name": self[s]["AvailabilityZone"]}}
                    for s in subnets
                ],
            },
        )


def _rds_groups(groups: Sequence[str]) -> list[Record]:
    return [{"VpcSecurityGroupId": group, "Status": "active"} for group in groups]


def _cache_groups(groups: Sequence[str]) -> list[Record]:
    return [{"SecurityGroupId": group, "Status": "active"} for group in groups]
