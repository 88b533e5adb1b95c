"""The values of a snapshot, and what makes two of AWS's records the same one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

FORMAT = "reach-snapshot/1"
Record = Mapping[str, Any]
Collections = Mapping[str, Sequence[Record]]

# Services whose response keys stand bare; those of all others carry the boto3 name: `memorydb:Clusters`.
BARE_SERVICES = ("ec2", "lambda", "rds", "elasticache")

# INVARIANT: no member of these names, however deep, is ever written to a snapshot.
NEVER_STORED = frozenset(
    [
        "AuthToken",
        "CustomerGatewayConfiguration",
        "Environment",
        "MasterUserPassword",
        "MasterPasswordSecretArn",
        "MasterUserSecret",
        "Passwords",
        "PreSharedKey",
        "SecretArn",
        "TdeCredentialArn",
        "TdeCredentialPassword",
        "UserData",
    ]
)


def never_stored(name: str, value: Any) -> bool:
    """Whether a member is dropped wherever it stands: by its name, or as the ARN of a secret that a poller uses.

    >>> never_stored("URI", "arn:aws:secretsmanager:eu-west-1:1:secret:kafka"), never_stored("URI", "subnet:subnet-1")
    (True, False)
    """
    return name in NEVER_STORED or (name == "URI" and str(value).startswith("arn:"))


# The members that name a record. Of a collection that is not listed here, whole records are compared.
IDENTITY: Mapping[str, tuple[str, ...]] = {
    "Addresses": ("AllocationId", "PublicIp"),
    "Aliases": ("AliasArn",),
    "CacheClusters": ("CacheClusterId",),
    "CacheSubnetGroups": ("CacheSubnetGroupName",),
    "CarrierGateways": ("CarrierGatewayId",),
    "CapacityProviders": ("CapacityProviderArn",),
    "EventSourceMappings": ("UUID",),
    "DBClusters": ("DBClusterIdentifier",),
    "DBInstances": ("DBInstanceIdentifier",),
    "DBProxies": ("DBProxyName",),
    "DBSubnetGroups": ("DBSubnetGroupName",),
    "DhcpOptions": ("DhcpOptionsId",),
    "iam:AttachedPolicies": ("RoleName",),
    "iam:Policies": ("Arn",),
    "iam:PolicyNames": ("RoleName",),
    "iam:PolicyVersions": ("PolicyArn",),
    "iam:RolePolicies": ("RoleName", "PolicyName"),
    "service-quotas:Quotas": ("ServiceCode", "QuotaCode"),
    "EgressOnlyInternetGateways": ("EgressOnlyInternetGatewayId",),
    "Functions": ("FunctionName", "Version"),
    "Instances": ("InstanceId",),
    "InternetGateways": ("InternetGatewayId",),
    "ManagedPrefixListEntries": ("PrefixListId",),
    "ManagedPrefixLists": ("PrefixListId",),
    "NatGateways": ("NatGatewayId",),
    "NetworkAcls": ("NetworkAclId",),
    "NetworkInterfaces": ("NetworkInterfaceId",),
    "PrefixLists": ("PrefixListId",),
    "ReplicationGroups": ("ReplicationGroupId",),
    "RouteTables": ("RouteTableId",),
    "resourcegroupstaggingapi:ResourceTagMappingList": ("ResourceARN",),
    "SecurityGroupVpcAssociations": ("GroupId", "VpcId"),
    "SecurityGroups": ("GroupId",),
    "ServerlessCaches": ("ServerlessCacheName",),
    "Subnets": ("SubnetId",),
    "TransitGatewayAssociations": ("TransitGatewayRouteTableId",),
    "TransitGatewayAttachments": ("TransitGatewayAttachmentId",),
    "TransitGatewayPeeringAttachments": ("TransitGatewayAttachmentId",),
    "TransitGatewayPrefixListReferences": ("TransitGatewayRouteTableId",),
    "TransitGatewayPropagations": ("TransitGatewayRouteTableId",),
    "TransitGatewayRouteTables": ("TransitGatewayRouteTableId",),
    "TransitGatewayRoutes": ("TransitGatewayRouteTableId",),
    "TransitGatewayVpcAttachments": ("TransitGatewayAttachmentId",),
    "TransitGateways": ("TransitGatewayId",),
    "Versions": ("FunctionName", "Version"),
    "VpcAttributes": ("VpcId",),
    "VpcEndpointAssociations": ("Id",),
    "vpc-lattice:ResourceConfigurations": ("id",),
    "vpc-lattice:ResourceGateways": ("id",),
    "VpcBlockPublicAccessExclusions": ("ExclusionId",),
    "VpcBlockPublicAccessOptions": ("AwsAccountId", "AwsRegion"),
    "VpcEndpoints": ("VpcEndpointId",),
    "VpcPeeringConnections": ("VpcPeeringConnectionId",),
    "Vpcs": ("VpcId",),
    "route53:HostedZones": ("Id", "HostedZoneId", "VPCId"),
    "route53:RecordSets": ("HostedZoneId",),
    "route53resolver:FirewallDomainLists": ("Id",),
    "route53resolver:FirewallDomains": ("FirewallDomainListId",),
    "route53resolver:FirewallRuleGroupAssociations": ("Id",),
    "route53resolver:FirewallRules": (
        *("FirewallRuleGroupId", "FirewallDomainListId", "FirewallThreatProtectionId", "Qtype"),
    ),
    "route53resolver:ResolverRuleAssociations": ("Id",),
    "route53resolver:ResolverRules": ("Id",),
    "VpnConnections": ("VpnConnectionId",),
    "VpnGateways": ("VpnGatewayId",),
    "apigateway:items": ("id",),
    "s3:BucketLocations": ("Bucket",),
    "s3:BucketPolicies": ("Bucket",),
    "s3control:AccessPointList": ("AccessPointArn",),
    "DBClusterEndpoints": ("DBClusterEndpointIdentifier",),
    "DBProxyEndpoints": ("DBProxyEndpointName",),
    "DBProxyTargets": ("DBProxyName",),
    "dsql:VpcEndpointServiceNames": ("identifier",),
    "dsql:clusters": ("identifier",),
    "efs:AccessPoints": ("AccessPointId",),
    "efs:FileSystemPolicies": ("FileSystemId",),
    "efs:FileSystems": ("FileSystemId",),
    "efs:MountTargetSecurityGroups": ("MountTargetId",),
    "efs:MountTargets": ("MountTargetId",),
    "s3files:fileSystems": ("fileSystemId",),
    "s3files:mountTargetSummaries": ("mountTargetId",),
    "s3files:mountTargets": ("mountTargetId",),
    "lambda-core:NetworkConnectors": ("Arn",),
    "elbv2:Listeners": ("ListenerArn",),
    "elbv2:LoadBalancers": ("LoadBalancerArn",),
    "kafka:BootstrapBrokers": ("ClusterArn",),
    "kafka:ClusterInfoList": ("ClusterArn",),
    "kafka:Nodes": ("ClusterArn",),
    "apprunner:VpcConnectors": ("VpcConnectorArn",),
    "codebuild:projects": ("name",),
    "ecs:serviceArns": ("cluster",),
    "ecs:services": ("serviceArn",),
    "emr-serverless:applicationSummaries": ("id",),
    "emr-serverless:applications": ("applicationId",),
    "glue:ConnectionList": ("Name",),
    "mwaa:Environments": ("Name",),
    "sagemaker:ModelSummaries": ("ModelName",),
    "sagemaker:Models": ("ModelName",),
    "synthetics:Canaries": ("Name",),
    "memorydb:Clusters": ("Name",),
    "memorydb:SubnetGroups": ("Name",),
    "mq:BrokerSummaries": ("BrokerId",),
    "mq:Brokers": ("BrokerId",),
    "opensearch:DomainNames": ("DomainName",),
    "opensearch:DomainStatusList": ("DomainName",),
    "opensearchserverless:collectionSummaries": ("id",),
    "opensearchserverless:vpcEndpointDetails": ("id",),
    "opensearchserverless:vpcEndpointSummaries": ("id",),
    "redshift-serverless:workgroups": ("workgroupName",),
    "redshift:ClusterSubnetGroups": ("ClusterSubnetGroupName",),
    "redshift:Clusters": ("ClusterIdentifier",),
    "redshift:EndpointAccessList": ("EndpointName",),
    "ServiceDetails": ("ServiceName",),
    "network-firewall:FirewallPolicies": ("FirewallPolicyArn",),
    "network-firewall:Firewalls": ("FirewallArn",),
    "network-firewall:RuleGroups": ("RuleGroupArn",),
}


ELSEWHERE = "--from aws, or a snapshot that has it"  # what tells what a template or plan does not
PLANNED = ("template", "plan")  # the kinds of origins of which nothing need be there yet


class Origin(Struct, frozen=True):
    """What one source was: `kind` is aws, snapshot, folder or demo; `name` as the user gave it."""

    kind: str
    name: str
    taken: str | None = None


class SnapshotGap(Struct, frozen=True):
    """A call that was denied or broke off, and the collections that are missing or partial because of it."""

    account: str
    region: str
    action: str
    keys: tuple[str, ...]
    error: str


class Pending(Struct, frozen=True):
    """Why something that a file names is not known before deployment, and what would settle it."""

    needs: str
    why: str


class Addition(Struct, frozen=True):
    """A row that a file adds to a list in a record of somebody else: a rule to a group, a route to a table."""

    account: str
    region: str
    key: str  # the collection of the record
    id: str  # the record
    member: str
    row: Record
    where: str  # file:line
    by: str = ""  # what adds it, with its place


class Removal(Struct, frozen=True):
    """A record that a file takes away from the network below, or a row of a list in it."""

    account: str
    region: str
    key: str
    id: tuple[str, ...]
    member: str = ""
    row: Record | str | None = None


class Snapshot(Struct, frozen=True):
    """Records by account, region and AWS's response key; an absent key was not collected.

    The last seven members are of sources that describe what is not deployed yet, and are never saved: `places`
    has file:line by id (or `id Member[index]`), `logical` STACK/LogicalId by id, `constructs` the path in the CDK's
    tree by id, `pending` the ids and the texts in their places that are not known yet, `additions` what waits
    for records of another source, `removals` what they lose, `inferred` what a file does not say outright and was
    concluded from it, with the ids of the things that it concerns.

    Examples
    --------
    >>> from reach.snapshot import parse
    >>> text = '{"format": "reach-snapshot/1", "accounts": {"123456789012": {"eu-west-1": {"Vpcs": []}}}}'
    >>> parse(text, "net.json").accounts
    {'123456789012': {'eu-west-1': {'Vpcs': []}}}
    """

    accounts: Mapping[str, Mapping[str, Collections]]
    gaps: tuple[SnapshotGap, ...] = ()
    taken: str | None = None
    source: str = "aws"
    origins: tuple[Origin, ...] = ()
    warnings: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict)
    logical: Mapping[str, str] = field(default_factory=dict)
    constructs: Mapping[str, str] = field(default_factory=dict)
    pending: Mapping[str, Pending] = field(default_factory=dict)
    additions: tuple[Addition, ...] = ()
    removals: tuple[Removal, ...] = ()
    inferred: Mapping[str, frozenset[str]] = field(default_factory=dict)


def identity(key: str, record: Record) -> Any:
    """What makes a record of a collection the same one; of an unknown collection, all of it."""
    words = tuple(str(record[member]) for member in IDENTITY.get(key, ()) if record.get(member))
    return words or json.dumps(record, sort_keys=True)
