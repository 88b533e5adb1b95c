"""The drawer of records behind a test world: ids, collections by AWS response key, gaps, and the document."""

from __future__ import annotations

import copy
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

from reach.network import ACTION_OF_KEY

Record = dict[str, Any]

TAKEN = "2026-11-22T10:00:00Z"

# What every world holds, if only as empty lists, and the IAM action that reads it.
ACTIONS = {
    key: ACTION_OF_KEY[key]
    for key in (
        "Vpcs",
        "VpcAttributes",
        "Subnets",
        "RouteTables",
        "InternetGateways",
        "EgressOnlyInternetGateways",
        "NatGateways",
        "Addresses",
        "SecurityGroups",
        "NetworkAcls",
        "NetworkInterfaces",
        "PrefixLists",
        "ManagedPrefixLists",
        "ManagedPrefixListEntries",
        "VpcEndpoints",
        "VpcPeeringConnections",
        "TransitGateways",
        "TransitGatewayAttachments",
        "TransitGatewayVpcAttachments",
        "TransitGatewayPeeringAttachments",
        "TransitGatewayRouteTables",
        "TransitGatewayRoutes",
        "TransitGatewayPropagations",
        "DhcpOptions",
        "Functions",
        "DBInstances",
        "DBClusters",
        "DBProxies",
        "DBSubnetGroups",
        "CacheClusters",
        "ReplicationGroups",
        "ServerlessCaches",
        "CacheSubnetGroups",
        "DBClusterEndpoints",
        "DBProxyEndpoints",
        "DBProxyTargets",
        "memorydb:Clusters",
        "memorydb:SubnetGroups",
        "redshift:Clusters",
        "redshift:ClusterSubnetGroups",
        "redshift:EndpointAccessList",
        "redshift-serverless:workgroups",
        "opensearch:DomainStatusList",
        "opensearchserverless:collectionSummaries",
        "opensearchserverless:vpcEndpointDetails",
        "kafka:ClusterInfoList",
        "kafka:BootstrapBrokers",
        "kafka:Nodes",
        "mq:Brokers",
        "efs:FileSystems",
        "efs:MountTargets",
        "efs:MountTargetSecurityGroups",
        "efs:AccessPoints",
        "efs:FileSystemPolicies",
        "elbv2:LoadBalancers",
        "elbv2:Listeners",
        "dsql:clusters",
        "dsql:VpcEndpointServiceNames",
    )
}


class Records:
    """Collections of AWS records for one account and Region, with sequential readable ids."""

    def __init__(self, region: str = "eu-west-1", account: str = "123456789012") -> None:
        self.region = region
        self.account = account
        self.collections: dict[str, list[Record]] = {key: [] for key in ACTIONS}
        self.gaps: list[Record] = []
        self.elsewhere: dict[tuple[str, str], dict[str, list[Record]]] = {}
        self._by_id: dict[str, Record] = {}
        self._serial: Counter[str] = Counter()

    def __getitem__(self, name: str) -> Record:
        """Return the record with this id or name, to read or to change in place."""
        return self._by_id[name]

    def add(self, key: str, record: Record, name: str | None = None) -> Record:
        """Put a record into a collection (made if absent), optionally findable as `world[name]`.

        A function and a database may share a name: `world[name]` is then the first of them.
        """
        collection = self.collections.setdefault(key, [])
        if name is not None:
            if any(self._by_id.get(name) is other for other in collection):
                raise ValueError(f"{key} already has a {name}")
            self._by_id.setdefault(name, record)
        collection.append(record)
        return record

    def new_id(self, prefix: str, given: str | None = None) -> str:
        """Return the given id, else the next one: `vpc-00000001`, `vpc-00000002`, …"""
        if given is not None:
            return given
        self._serial[prefix] += 1
        return f"{prefix}-{self._serial[prefix]:08x}"

    @property
    def partition(self) -> str:
        """Return the partition as ARNs spell it."""
        others = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}
        return next((p for start, p in others.items() if self.region.startswith(start)), "aws")

    @property
    def domain(self) -> str:
        """Return how the hosts of AWS end."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"

    def _at(self, kind: str) -> str:
        """Return how the hosts of a kind of resource end; in China the Region stands behind the kind."""
        place = f"{kind}.{self.region}" if self.partition == "aws-cn" else f"{self.region}.{kind}"
        return f"{place}.{self.domain}"

    def arn(self, service: str, rest: str) -> str:
        """Return an ARN of this account and Region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{rest}"

    def zone(self, az: str) -> str:
        """Return the zone's name: `a` → `eu-west-1a`."""
        return az if az.startswith(self.region) else self.region + az

    def drop(self, *keys: str, error: str | None = None) -> None:
        """Forget collections as if their calls had been denied: no key, one gap each."""
        for key in keys:
            action = ACTION_OF_KEY[key]
            denied = "UnauthorizedOperation" if action.startswith("ec2:") else "AccessDeniedException"
            self.collections.pop(key, None)
            self.gaps.append(
                {
                    "account": self.account,
                    "region": self.region,
                    "action": action,
                    "keys": [key],
                    "error": error or denied,
                }
            )

    def partial(self, key: str, error: str = "Throttling") -> None:
        """Keep a collection, but say that reading it broke off half-way."""
        self.gaps.append(
            {"account": self.account, "region": self.region, "action": ACTIONS[key], "keys": [key], "error": error}
        )

    def move(self, account: str, region: str, *names: str) -> None:
        """Move records, and what names one of them as its VPC, to another account and Region, read whole as well."""
        place = self.elsewhere.setdefault((account, region), {key: [] for key in ACTIONS})
        wanted = [self._by_id[name] for name in names if name in self._by_id]
        for key, records in self.collections.items():
            gone = [r for r in records if r.get("VpcId") in names or any(r is w for w in wanted)]
            records[:] = [r for r in records if not any(r is g for g in gone)]
            place.setdefault(key, []).extend(gone)

    def document(self) -> Record:
        """Return the snapshot document, as `json.load` would, independent of later changes."""
        accounts: dict[str, dict[str, Any]] = {self.account: {self.region: self.collections}}
        for (account, region), collections in self.elsewhere.items():
            accounts.setdefault(account, {})[region] = collections
        return copy.deepcopy(
            {
                "format": "reach-snapshot/1",
                "taken": TAKEN,
                "source": "aws",
                "accounts": accounts,
                "gaps": self.gaps,
            }
        )

    def write(self, path: Path) -> Path:
        """Write the document (gzip if the name ends in .gz) and return the path."""
        data = json.dumps(self.document(), indent=1).encode()
        path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
        return path


def tags(name: str | None) -> Record:
    """Return the Tags member of a named resource; AWS leaves it out when there are no tags."""
    return {} if name is None else {"Tags": [{"Key": "Name", "Value": name}]}
