"""The calls that read what serves inside a VPC beside RDS and ElastiCache: a list each, then what it names.

A list costs one call per Region; only where it is not empty is anything else asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from reach.sources.call import Arguments, Call, Data, Plan, each, listing

S3_FILES = re.compile(r"arn:[a-z-]+:s3files:[^/]*:file-system/(fs-[0-9a-z]+)/")
BATCH = 5  # DescribeDomains takes no more names


def _batches(key: str, member: str, argument: str, size: int) -> Plan:
    """Calls that take several names at once."""

    def plan(data: Data) -> Iterable[Arguments]:
        names = [str(r[member]) for r in data.get(key, ()) if r.get(member)]
        return [{argument: names[i : i + size]} for i in range(0, len(names), size)]

    return plan


def _one_for_all(key: str) -> Plan:
    """One call, if the collection has anything."""
    return lambda data: [{}] if data.get(key) else []


def _unread_targets(data: Data) -> Iterable[Arguments]:
    """Mount targets whose groups their network interface does not tell."""
    read = {i.get("NetworkInterfaceId") for i in data.get("NetworkInterfaces", ())}
    found = [t for t in data.get("efs:MountTargets", ()) if t.get("NetworkInterfaceId") not in read]
    return [{"MountTargetId": t["MountTargetId"]} for t in found if t.get("MountTargetId")]


def _mounted_buckets(data: Data) -> Iterable[Arguments]:
    """The S3 file systems that functions mount: they stand in the ARNs of their access points."""
    arns = (str(c.get("Arn")) for f in data.get("Functions", ()) for c in f.get("FileSystemConfigs") or ())
    found = (S3_FILES.match(arn) for arn in arns)
    return [{"fileSystemId": id} for id in sorted({m[1] for m in found if m})]


def _each_of(key: str, member: str, service: str, operation: str, into: str, **more: Any) -> Call:
    """One call per record of a collection; `owner` puts what it was asked for into the record."""
    return Call(service, operation, into, stage=2, plan=each(key, member), needs=(key,), **more)


SERVED: tuple[Call, ...] = (
    listing("rds", "DescribeDBProxyEndpoints", "DBProxyEndpoints", stage=2, plan=_one_for_all("DBProxies")),
    listing("rds", "DescribeDBClusterEndpoints", "DBClusterEndpoints", stage=2, plan=_one_for_all("DBClusters")),
    _each_of("DBProxies", "DBProxyName", "rds", "DescribeDBProxyTargets", "DBProxyTargets", owner="DBProxyName"),
    listing("memorydb", "DescribeClusters", "memorydb:Clusters", arguments={"ShowShardDetails": True}),
    listing("memorydb", "DescribeSubnetGroups", "memorydb:SubnetGroups", stage=2,
            plan=_one_for_all("memorydb:Clusters")),
    listing("redshift", "DescribeClusters", "redshift:Clusters"),
    listing("redshift", "DescribeClusterSubnetGroups", "redshift:ClusterSubnetGroups", stage=2,
            plan=_one_for_all("redshift:Clusters")),
    listing("redshift", "DescribeEndpointAccess", "redshift:EndpointAccessList"),
    listing("redshift-serverless", "ListWorkgroups", "redshift-serverless:workgroups"),
    listing("opensearch", "ListDomainNames", "opensearch:DomainNames"),
    listing("opensearch", "DescribeDomains", "opensearch:DomainStatusList", stage=2, needs=("opensearch:DomainNames",),
            plan=_batches("opensearch:DomainNames", "DomainName", "DomainNames", BATCH)),
    listing("opensearchserverless", "ListCollections", "opensearchserverless:collectionSummaries"),
    listing("opensearchserverless", "ListVpcEndpoints", "opensearchserverless:vpcEndpointSummaries"),
    listing("opensearchserverless", "BatchGetVpcEndpoint", "opensearchserverless:vpcEndpointDetails", stage=2,
            needs=("opensearchserverless:vpcEndpointSummaries",),
            plan=_batches("opensearchserverless:vpcEndpointSummaries", "id", "ids", 50)),
    listing("kafka", "ListClustersV2", "kafka:ClusterInfoList"),
    _each_of("kafka:ClusterInfoList", "ClusterArn", "kafka", "GetBootstrapBrokers", "kafka:BootstrapBrokers",
             owner="ClusterArn"),
    _each_of("kafka:ClusterInfoList", "ClusterArn", "kafka", "ListNodes", "kafka:Nodes", owner="ClusterArn"),
    listing("mq", "ListBrokers", "mq:BrokerSummaries"),
    _each_of("mq:BrokerSummaries", "BrokerId", "mq", "DescribeBroker", "mq:Brokers"),
    listing("efs", "DescribeFileSystems", "efs:FileSystems"),
    _each_of("efs:FileSystems", "FileSystemId", "efs", "DescribeMountTargets", "efs:MountTargets",
             result="MountTargets"),
    _each_of("efs:FileSystems", "FileSystemId", "efs", "DescribeFileSystemPolicy", "efs:FileSystemPolicies"),
    listing("efs", "DescribeAccessPoints", "efs:AccessPoints", stage=2, plan=_one_for_all("efs:FileSystems")),
    Call("s3files", "GetFileSystem", "s3files:fileSystems", stage=2, plan=_mounted_buckets, needs=("Functions",),
         keep=("fileSystemArn", "fileSystemId", "name", "status", "ownerId")),
    listing("s3files", "ListMountTargets", "s3files:mountTargetSummaries", result="mountTargets", stage=2,
            plan=_mounted_buckets, needs=("Functions",), keep=("mountTargetId", "fileSystemId")),
    Call("s3files", "GetMountTarget", "s3files:mountTargets", stage=3, needs=("s3files:mountTargetSummaries",),
         plan=each("s3files:mountTargetSummaries", "mountTargetId")),
    Call("efs", "DescribeMountTargetSecurityGroups", "efs:MountTargetSecurityGroups", stage=3, plan=_unread_targets,
         owner="MountTargetId", needs=("efs:MountTargets",)),
    listing("elbv2", "DescribeLoadBalancers", "elbv2:LoadBalancers"),
    _each_of("elbv2:LoadBalancers", "LoadBalancerArn", "elbv2", "DescribeListeners", "elbv2:Listeners",
             result="Listeners"),
    listing("dsql", "ListClusters", "dsql:clusters"),
    _each_of("dsql:clusters", "identifier", "dsql", "GetVpcEndpointServiceName", "dsql:VpcEndpointServiceNames",
             owner="identifier"),
)  # fmt: skip
