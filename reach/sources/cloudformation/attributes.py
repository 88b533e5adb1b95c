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
ARNS = {
    "AWS::Lambda::CapacityProvider": ("lambda", "capacity-provider:"),
    "AWS::Lambda::Function": ("lambda", "function:"),
    "AWS::EC2::PrefixList": ("ec2", "prefix-list/"),
    "AWS::ElastiCache::ServerlessCache": ("elasticache", "serverlesscache:"),
    "AWS::RDS::DBCluster": ("rds", "cluster:"),
    "AWS::RDS::DBInstance": ("rds", "db:"),
    "AWS::RDS::DBProxy": ("rds", "db-proxy:"),
}
# Attributes that give what `Ref` gives.
OWN_ID = frozenset(
    {
        *("AllocationId", "DhcpOptionsId", "GroupId", "HostedZoneId", "InstanceId", "InternetGatewayId"),
        *("NatGatewayId", "NetworkAclId", "PrefixListId", "ResolverRuleId", "RouteTableId", "SubnetId"),
        *("TransitGatewayRouteTableId", "VPNGatewayId", "VpcId", "Id", "ExclusionId", "CarrierGatewayId"),
    }
)


def attribute(resource: Resource, path: str, line: int) -> Any:
    """The value of an attribute; what only AWS knows is `Unknown`."""
    special = SPECIAL.get((resource.type, path))
    if special is not None:
        return special(resource)
    if path in ("Arn", "DBClusterArn", "DBInstanceArn", "DBProxyArn", "ARN") and resource.type in ARNS:
        service, kind = ARNS[resource.type]
        return resource.arn(service, kind + resource.id)
    if path.endswith("Port") and resource.type.startswith(WITH_PORTS):
        return port_of(resource)
    owner = resource.type.rpartition("::")[2]
    if path in OWN_ID and (path != "VpcId" or owner == "VPC") and not resource.id.startswith("${"):
        return resource.id
    if resource.has(path) and is_flat(resource.get(path)):
        return resource.get(path)
    why = f"{path} of {resource.logical} ({resource.where}) is known when it is made"
    return Unknown("${" + f"{resource.logical}.{path}" + "}", AFTER, why)


def port_of(resource: Resource) -> Any:
    """The port in the template, else the engine's own."""
    given = resource.get("Port") or resource.get("DBPort")
    if given is not None:
        return given if isinstance(given, Unknown) else str(given)
    engine = engine_of(resource)
    if unknown_in(engine):
        return engine
    if engine is None and resource.has("DBClusterIdentifier"):
        clusters = (r for r in resource.stack.resources.values() if r.type.endswith("::DBCluster"))
        owner = next((r for r in clusters if r.id == resource.text("DBClusterIdentifier")), None)
        return port_of(owner) if owner else _no_port(resource)
    word = str(engine or ("redis" if resource.type == "AWS::ElastiCache::ReplicationGroup" else ""))
    port = default_port(word)
    return str(port) if port else _no_port(resource)


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
    found = [r for r in resource.stack.resources.values() if r.type == "AWS::EC2::VPCCidrBlock"]
    mine = [r for r in found if r.text("VpcId") == resource.id]
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


def _own_interface(resource: Resource) -> str:
    return resource.part_id("eni", "0")


SPECIAL: dict[tuple[str, str], Callable[[Resource], Any]] = {
    ("AWS::EC2::Subnet", "Ipv6CidrBlocks"): _subnet_blocks,
    ("AWS::EC2::VPC", "CidrBlockAssociations"): _associations,
    ("AWS::EC2::VPC", "DefaultNetworkAcl"): _default_acl,
    ("AWS::EC2::VPC", "DefaultSecurityGroup"): _default_group,
    ("AWS::EC2::VPC", "Ipv6CidrBlocks"): _ipv6_blocks,
}
