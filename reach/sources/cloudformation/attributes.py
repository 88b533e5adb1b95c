"""`Fn::GetAtt`: what a resource says of itself, as far as it is known before it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from reach.engines import default_port
from reach.sources.cloudformation.values import Unknown, is_flat, unknown_in

if TYPE_CHECKING:
    from reach.sources.cloudformation.resource import Resource

WITH_PORTS = ("AWS::DocDB::", "AWS::ElastiCache::", "AWS::Neptune::", "AWS::RDS::")
AFTER = "the network as it is after deployment (--from aws)"
READER = "Custom::CrossRegionExportReader"  # the CDK's, for what stacks of other Regions export
# The service of a type's ARN, and what stands before its name; services without regions are GLOBAL.
ARNS = {
    "AWS::AmazonMQ::Broker": ("mq", "broker:"),
    "AWS::CodeBuild::Project": ("codebuild", "project/"),
    "AWS::DSQL::Cluster": ("dsql", "cluster/"),
    "AWS::EC2::PrefixList": ("ec2", "prefix-list/"),
    "AWS::ECS::Cluster": ("ecs", "cluster/"),
    "AWS::EFS::AccessPoint": ("elasticfilesystem", "access-point/"),
    "AWS::EFS::FileSystem": ("elasticfilesystem", "file-system/"),
    "AWS::EMRServerless::Application": ("emr-serverless", "/applications/"),
    "AWS::ElastiCache::ServerlessCache": ("elasticache", "serverlesscache:"),
    "AWS::Elasticsearch::Domain": ("es", "domain/"),
    "AWS::Lambda::CapacityProvider": ("lambda", "capacity-provider:"),
    "AWS::Lambda::EventSourceMapping": ("lambda", "event-source-mapping:"),
    "AWS::Lambda::Function": ("lambda", "function:"),
    "AWS::Lambda::NetworkConnector": ("lambda", "network-connector:"),
    "AWS::MWAA::Environment": ("airflow", "environment/"),
    "AWS::MemoryDB::Cluster": ("memorydb", "cluster/"),
    "AWS::NetworkFirewall::Firewall": ("network-firewall", "firewall/"),
    "AWS::NetworkFirewall::FirewallPolicy": ("network-firewall", "firewall-policy/"),
    "AWS::OpenSearchServerless::Collection": ("aoss", "collection/"),
    "AWS::OpenSearchService::Domain": ("es", "domain/"),
    "AWS::RDS::DBCluster": ("rds", "cluster:"),
    "AWS::RDS::DBInstance": ("rds", "db:"),
    "AWS::RDS::DBProxy": ("rds", "db-proxy:"),
    "AWS::RDS::DBProxyEndpoint": ("rds", "db-proxy-endpoint:"),
    "AWS::SageMaker::Model": ("sagemaker", "model/"),
    "AWS::VpcLattice::ResourceConfiguration": ("vpc-lattice", "resourceconfiguration/"),
    "AWS::VpcLattice::ResourceGateway": ("vpc-lattice", "resourcegateway/"),
}
# Types of which `Ref` gives the ARN, not the name.
REFERRED_BY_ARN = frozenset(
    {
        *("AWS::AppRunner::VpcConnector", "AWS::ECS::Service", "AWS::IAM::ManagedPolicy", "AWS::MSK::Cluster"),
        *("AWS::Lambda::Alias", "AWS::Lambda::Version"),
        *("AWS::MSK::ServerlessCluster", "AWS::NetworkFirewall::Firewall", "AWS::NetworkFirewall::FirewallPolicy"),
        *("AWS::NetworkFirewall::RuleGroup", "AWS::SageMaker::Model"),
        *("AWS::VpcLattice::ResourceConfiguration", "AWS::VpcLattice::ResourceGateway"),
    }
)
# Attributes that give what `Ref` gives.
OWN_ID = frozenset(
    {
        *("AllocationId", "DhcpOptionsId", "GroupId", "HostedZoneId", "InstanceId", "InternetGatewayId"),
        *("NatGatewayId", "NetworkAclId", "PrefixListId", "ResolverRuleId", "RouteTableId", "SubnetId"),
        *("TransitGatewayRouteTableId", "VPNGatewayId", "VpcId", "Id", "ExclusionId", "CarrierGatewayId"),
        *("AccessPointId", "ApplicationId", "FileSystemId", "Identifier", "MountTargetId", "RestApiId", "ServiceId"),
        *("TransitGatewayAttachmentId", "VpcEndpointId", "VpnConnectionId"),
    }
)


def attribute(resource: Resource, path: str, line: int) -> Any:
    """The value of an attribute; what only AWS knows is `Unknown`."""
    if resource.type == READER:
        found = resource.stack.world.crossed(resource.stack, path)
        if found is not None:
            return found
    special = SPECIAL.get((resource.type, path))
    if special is not None:
        return special(resource)
    owner = resource.type.rpartition("::")[2]
    if path in ("Arn", "ARN", "ResourceArn", f"{owner}Arn"):
        arn = arn_of(resource)
        if arn:
            return arn
    if path.endswith("Port") and resource.type.startswith(WITH_PORTS):
        return port_of(resource)
    if path in OWN_ID and (path != "VpcId" or owner == "VPC") and not resource.id.startswith("${"):
        return resource.id
    if resource.has(path) and is_flat(resource.get(path)):
        return resource.get(path)
    why = f"{path} of {resource.logical} ({resource.where}) is known when it is made"
    return Unknown("${" + f"{resource.logical}.{path}" + "}", AFTER, why)


def arn_of(resource: Resource) -> str:
    """The ARN of a resource, empty where its shape is not known here."""
    if resource.type in ARNS:
        service, kind = ARNS[resource.type]
        return resource.arn(service, kind + resource.id)
    own = OWN_ARNS.get(resource.type)
    return own(resource) if own else ""


def _of_iam(resource: Resource, kind: str) -> str:
    home = resource.stack.home
    return f"arn:{resource.stack.partition}:iam::{home.account}:{kind}{resource.text('Path', '/')}{resource.id}"


def role_arn(resource: Resource) -> str:
    return _of_iam(resource, "role")


def policy_arn(resource: Resource) -> str:
    return _of_iam(resource, "policy")


def _bucket_arn(resource: Resource) -> str:
    return f"arn:{resource.stack.partition}:s3:::{resource.id}"


def _kafka_arn(resource: Resource) -> str:
    return resource.arn("kafka", f"cluster/{resource.id}/{resource.part_id('msk')}")


def _rule_group_arn(resource: Resource) -> str:
    return resource.arn("network-firewall", f"{resource.text('Type').lower()}-rulegroup/{resource.id}")


def _service_arn(resource: Resource) -> str:
    return resource.arn("ecs", f"service/{cluster_of(resource)}/{resource.id}")


def cluster_of(resource: Resource) -> str:
    """The name of the cluster of an ECS service, which may name it by its ARN."""
    return resource.text("Cluster").rpartition("/")[2] or "default"


def _connector_arn(resource: Resource) -> str:
    told = (resource.body.get("Parts") or {}).get("Arn")
    if told:
        return str(told)
    return resource.arn("apprunner", f"vpcconnector/{resource.id}/1/{resource.part_id('x')[2:]}")


def function_name(resource: Resource) -> str:
    """The function of a version or an alias, which may name it by its ARN."""
    return resource.text("FunctionName").rpartition(":function:")[2]


def version_of(resource: Resource) -> str:
    """The number of a published version: they are counted as they stand in the template."""
    mine = [r for r in resource.stack.of_type(resource.type) if function_name(r) == function_name(resource)]
    return str(1 + mine.index(resource))


def _alias_arn(resource: Resource) -> str:
    return resource.arn("lambda", f"function:{function_name(resource)}:{resource.text('Name')}")


def _version_arn(resource: Resource) -> str:
    return resource.arn("lambda", f"function:{function_name(resource)}:{version_of(resource)}")


OWN_ARNS: dict[str, Callable[[Resource], str]] = {
    "AWS::AppRunner::VpcConnector": _connector_arn,
    "AWS::ECS::Service": _service_arn,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": lambda resource: resource.id,
    "AWS::IAM::ManagedPolicy": policy_arn,
    "AWS::IAM::Role": role_arn,
    "AWS::Lambda::Alias": _alias_arn,
    "AWS::Lambda::Version": _version_arn,
    "AWS::MSK::Cluster": _kafka_arn,
    "AWS::MSK::ServerlessCluster": _kafka_arn,
    "AWS::NetworkFirewall::RuleGroup": _rule_group_arn,
    "AWS::S3::Bucket": _bucket_arn,
}


def port_of(resource: Resource) -> Any:
    """The port in the template, else the engine's own."""
    given = resource.get("Port") or resource.get("DBPort")
    if given is not None:
        return given if isinstance(given, Unknown) else str(given)
    engine = engine_of(resource)
    if unknown_in(engine):
        return engine
    source = source_of(resource)
    if engine is None and source is not None:
        return port_of(source)
    if engine is None and resource.has("DBClusterIdentifier"):
        clusters = (r for r in resource.stack.resources.values() if r.type.endswith("::DBCluster"))
        owner = next((r for r in clusters if r.id == resource.text("DBClusterIdentifier")), None)
        return port_of(owner) if owner else _no_port(resource)
    word = str(engine or ("redis" if resource.type == "AWS::ElastiCache::ReplicationGroup" else ""))
    port = default_port(word)
    return str(port) if port else _no_port(resource)


def source_of(resource: Resource) -> Resource | None:
    """The instance that a read replica copies, by its name or ARN, if it is made in the same place."""
    if resource.type != "AWS::RDS::DBInstance" or not isinstance(resource.get("SourceDBInstanceIdentifier"), str):
        return None
    told, home = resource.text("SourceDBInstanceIdentifier"), resource.stack.home
    beside = (s for s in resource.stack.world.stacks if (s.home.account, s.home.region) == (home.account, home.region))
    rows = (r for stack in beside for r in stack.of_type(resource.type))
    return next((r for r in rows if told in (r.id, arn_of(r))), None)


def engine_of(resource: Resource) -> Any:
    """The engine: of DocumentDB and Neptune the type says it."""
    family = resource.type.split("::")[1].lower()
    return family if family in ("docdb", "neptune") else resource.get("Engine")


def _no_port(resource: Resource) -> Unknown:
    why = f"the port of {resource.logical} ({resource.where}) is not in the template"
    return Unknown("${" + f"{resource.logical}.Port" + "}", f"Port of {resource.logical}", why)


def _default_group(resource: Resource) -> str:
    return resource.part_id("sg", "DefaultSecurityGroup")


def _default_acl(resource: Resource) -> str:
    return resource.part_id("acl", "DefaultNetworkAcl")


def _associations(resource: Resource) -> list[str]:
    return [resource.part_id("vpc-cidr-assoc")]


def _ipv6_blocks(resource: Resource) -> list[Any]:
    """The IPv6 blocks that other resources associate with a VPC."""
    mine = [r for r in resource.stack.of_type("AWS::EC2::VPCCidrBlock") if r.text("VpcId") == resource.id]
    return [block for r in mine if (block := ipv6_block_of(r)) is not None]


def ipv6_block_of(resource: Resource) -> Any:
    """The IPv6 block of a VPCCidrBlock; for one that Amazon picks, a public block that stands for it."""
    if resource.flag("AmazonProvidedIpv6CidrBlock"):
        digits = resource.part_id("x", "Ipv6CidrBlock")[2:]
        return f"2600:1f{digits[:2]}:{digits[2:6]}:{digits[6:8]}00::/56"
    given = resource.get("Ipv6CidrBlock")
    if given is None and resource.has("Ipv6Pool"):
        why = f"the IPv6 block of {resource.logical} ({resource.where}) comes from a pool"
        return Unknown("${" + f"{resource.logical}.Ipv6CidrBlock" + "}", AFTER, why)
    return given


def _subnet_blocks(resource: Resource) -> list[Any]:
    return [resource.get("Ipv6CidrBlock")] if resource.has("Ipv6CidrBlock") else []


def endpoint_part(subnet: str) -> str:
    """The part of a firewall that is its endpoint in a subnet."""
    return f"Endpoint/{subnet}"


def _firewall_endpoints(resource: Resource) -> Any:
    """`zone:vpce-…` for each subnet; AWS lists several in no order that anybody could tell before."""
    value = resource.get("SubnetMappings")
    rows = value if isinstance(value, list) else [value]
    left = next((row for row in rows if isinstance(row, Unknown)), None)
    if left is not None:
        return left
    found = [_zoned(resource, row.get("SubnetId")) for row in value or () if isinstance(row, dict)]
    if len(found) < 2:
        return found
    why = f"AWS lists the endpoints of {resource.logical} ({resource.where}) in no particular order"
    return [Unknown("${" + f"{resource.logical}.EndpointIds[{i}]" + "}", AFTER, why) for i in range(len(found))]


def _zoned(resource: Resource, subnet: Any) -> Any:
    """A firewall's endpoint as `EndpointIds` and `EndpointId` give it, with the zone of its subnet."""
    if isinstance(subnet, Unknown):
        return subnet
    others = (r for stack in resource.stack.world.stacks for r in stack.resources.values())
    held = next((r for r in others if r.type == "AWS::EC2::Subnet" and r.id == subnet), None)
    zone = held.get("AvailabilityZone") if held else resource.stack.world.zones.get(str(subnet))
    if not isinstance(zone, str):
        why = f"the zone of {subnet}, in which {resource.logical} ({resource.where}) has an endpoint, is not known"
        return zone if isinstance(zone, Unknown) else Unknown("${" + f"zone of {subnet}" + "}", AFTER, why)
    return f"{zone}:{resource.part_id('vpce', endpoint_part(str(subnet)))}"


def _association_endpoint(resource: Resource) -> Any:
    mapping = resource.get("SubnetMapping")
    return _zoned(resource, mapping.get("SubnetId")) if isinstance(mapping, dict) else mapping


def _workgroup_arn(resource: Resource) -> str:
    return resource.arn("redshift-serverless", f"workgroup/{resource.id}")


SPECIAL: dict[tuple[str, str], Callable[[Resource], Any]] = {
    ("AWS::EC2::Subnet", "Ipv6CidrBlocks"): _subnet_blocks,
    ("AWS::EC2::VPC", "CidrBlockAssociations"): _associations,
    ("AWS::EC2::VPC", "DefaultNetworkAcl"): _default_acl,
    ("AWS::EC2::VPC", "DefaultSecurityGroup"): _default_group,
    ("AWS::EC2::VPC", "Ipv6CidrBlocks"): _ipv6_blocks,
    ("AWS::EC2::NatGateway", "RouteTableId"): lambda r: r.part_id("rtb", "NatGatewayRouteTable"),
    ("AWS::IAM::ManagedPolicy", "PolicyArn"): policy_arn,
    ("AWS::Lambda::Version", "Version"): version_of,
    ("AWS::NetworkFirewall::Firewall", "EndpointIds"): _firewall_endpoints,
    ("AWS::NetworkFirewall::Firewall", "TransitGatewayAttachmentId"): lambda r: r.part_id("tgw-attach"),
    ("AWS::NetworkFirewall::VpcEndpointAssociation", "EndpointId"): _association_endpoint,
    ("AWS::RedshiftServerless::Workgroup", "Workgroup.WorkgroupArn"): _workgroup_arn,
}
