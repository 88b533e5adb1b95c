"""One resource of a stack: its id, its place in the file, and its properties as they are asked for."""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from reach.errors import TemplateError
from reach.sources.cloudformation.document import Table
from reach.sources.cloudformation.intrinsics import evaluate
from reach.sources.cloudformation.values import (
    MOST_TEXT,
    NO_VALUE,
    Blank,
    Undetermined,
    Unknown,
    plain,
    text_of,
    unknown_in,
)

if TYPE_CHECKING:
    from reach.sources.cloudformation.stack import Stack

# The prefix of AWS's id, by type; the types that are known by a name instead have a property that may hold it.
PREFIXES = {
    "AWS::EC2::CarrierGateway": "cagw",
    "AWS::EC2::DHCPOptions": "dopt",
    "AWS::EC2::EIP": "eipalloc",
    "AWS::EC2::EgressOnlyInternetGateway": "eigw",
    "AWS::EC2::Instance": "i",
    "AWS::EC2::InternetGateway": "igw",
    "AWS::EC2::NatGateway": "nat",
    "AWS::EC2::NetworkAcl": "acl",
    "AWS::EC2::NetworkInterface": "eni",
    "AWS::EC2::PrefixList": "pl",
    "AWS::EC2::RouteTable": "rtb",
    "AWS::EC2::SecurityGroup": "sg",
    "AWS::EC2::Subnet": "subnet",
    "AWS::EC2::TransitGateway": "tgw",
    "AWS::EC2::TransitGatewayAttachment": "tgw-attach",
    "AWS::EC2::TransitGatewayPeeringAttachment": "tgw-attach",
    "AWS::EC2::TransitGatewayRouteTable": "tgw-rtb",
    "AWS::EC2::TransitGatewayVpcAttachment": "tgw-attach",
    "AWS::EC2::VPC": "vpc",
    "AWS::EC2::VPCBlockPublicAccessExclusion": "vpcbpa-exclude",
    "AWS::EC2::VPCEndpoint": "vpce",
    "AWS::EC2::VPCEndpointService": "vpce-svc",
    "AWS::EC2::VPCPeeringConnection": "pcx",
    "AWS::EC2::VPNConnection": "vpn",
    "AWS::EC2::VPNGateway": "vgw",
    "AWS::EFS::AccessPoint": "fsap",
    "AWS::EFS::FileSystem": "fs",
    "AWS::EFS::MountTarget": "fsmt",
    "AWS::OpenSearchServerless::VpcEndpoint": "vpce",
    "AWS::Route53::HostedZone": "Z",
    "AWS::Route53Resolver::FirewallDomainList": "rslvr-fdl",
    "AWS::Route53Resolver::FirewallRuleGroup": "rslvr-frg",
    "AWS::Route53Resolver::ResolverRule": "rslvr-rr",
    "AWS::VpcLattice::ResourceConfiguration": "rcfg",
    "AWS::VpcLattice::ResourceGateway": "rgw",
}
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
UUID = (8, 4, 4, 4, 12)
# Types whose id is digits without a prefix: how many, in groups that dashes part.
DIGITS = {
    "AWS::ApiGateway::RestApi": (10,),
    "AWS::DSQL::Cluster": (26,),
    "AWS::EMRServerless::Application": (16,),
    "AWS::Lambda::EventSourceMapping": UUID,
    "AWS::OpenSearchServerless::Collection": (20,),
}
NAMES = {
    "AWS::AmazonMQ::Broker": "BrokerName",
    "AWS::AppRunner::VpcConnector": "VpcConnectorName",
    "AWS::CodeBuild::Project": "Name",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::Service": "ServiceName",
    "AWS::Elasticsearch::Domain": "DomainName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::MWAA::Environment": "Name",
    "AWS::NetworkFirewall::Firewall": "FirewallName",
    "AWS::NetworkFirewall::FirewallPolicy": "FirewallPolicyName",
    "AWS::NetworkFirewall::RuleGroup": "RuleGroupName",
    "AWS::RDS::DBProxyEndpoint": "DBProxyEndpointName",
    "AWS::Redshift::EndpointAccess": "EndpointName",
    "AWS::RedshiftServerless::Workgroup": "WorkgroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SageMaker::Model": "ModelName",
    "AWS::Synthetics::Canary": "Name",
    "AWS::DocDB::DBCluster": "DBClusterIdentifier",
    "AWS::DocDB::DBInstance": "DBInstanceIdentifier",
    "AWS::DocDB::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::MSK::Cluster": "ClusterName",
    "AWS::MSK::ServerlessCluster": "ClusterName",
    "AWS::MemoryDB::Cluster": "ClusterName",
    "AWS::MemoryDB::SubnetGroup": "SubnetGroupName",
    "AWS::Neptune::DBCluster": "DBClusterIdentifier",
    "AWS::Neptune::DBInstance": "DBInstanceIdentifier",
    "AWS::Neptune::DBSubnetGroup": "DBSubnetGroupName",
    "AWS::OpenSearchService::Domain": "DomainName",
    "AWS::Redshift::Cluster": "ClusterIdentifier",
    "AWS::Redshift::ClusterSubnetGroup": "ClusterSubnetGroupName",
    "AWS::ElastiCache::CacheCluster": "ClusterName",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::ElastiCache::ServerlessCache": "ServerlessCacheName",
    "AWS::ElastiCache::SubnetGroup": "CacheSubnetGroupName",
    "AWS::Lambda::CapacityProvider": "CapacityProviderName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::NetworkConnector": "Name",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::RDS::DBProxy": "DBProxyName",
    "AWS::RDS::DBSubnetGroup": "DBSubnetGroupName",
}

CONSTRUCT = "aws:cdk:path"  # in a resource's Metadata


def made_id(prefix: str, stack: str, logical: str) -> str:
    """The id that stands for one that AWS will give: the same for the same stack and logical id.

    >>> made_id("vpc", "net", "Vpc")
    'vpc-2dca8cd57d96ea8c3'
    """
    digest = _digest(stack, logical)[:17]
    return f"{prefix}{'' if prefix == 'Z' else '-'}{digest.upper() if prefix == 'Z' else digest}"


def _digest(stack: str, logical: str) -> str:
    return hashlib.sha1(f"{stack}/{logical}".encode(), usedforsecurity=False).hexdigest()


def made_uuid(stack: str, logical: str) -> str:
    """The UUID that stands for one that AWS will give.

    >>> made_uuid("net", "AWS::StackId")
    '404b48ae-7263-f29c-ab28-97005e824b1d'
    """
    return _grouped(UUID, stack, logical)


def _grouped(sizes: tuple[int, ...], stack: str, logical: str) -> str:
    digits = iter(_digest(stack, logical))
    return "-".join("".join(islice(digits, size)) for size in sizes)


class Resource:
    """A resource and its evaluated properties; what is asked with `known…` must be known."""

    def __init__(self, stack: Stack, logical: str, body: Table) -> None:
        self.stack = stack
        self.logical = logical
        self.type: str = body["Type"]
        self.body = body
        self.props: Table = body.get("Properties") or Table(body.line)
        self.line = stack.line_of(logical)
        self.where = f"{stack.template.name}:{self.line}"
        self._values: dict[str, Any] = {}
        self._open: set[str] = set()

    @property
    def construct(self) -> str:
        """The path of the construct that the CDK made it of, which is what people wrote; empty if it says none."""
        metadata = self.body.get("Metadata")
        path = metadata.get(CONSTRUCT) if isinstance(metadata, dict) else None
        return path.removesuffix("/Resource").removesuffix("/Default") if isinstance(path, str) else ""

    @property
    def id(self) -> str:
        """What `Ref` gives, or stands for it; what exists already has its own."""
        if self.body.get("PhysicalId"):
            return str(self.body["PhysicalId"])
        if self.type in PREFIXES:
            return made_id(PREFIXES[self.type], self.stack.name, self.logical)
        if self.type == BALANCER:
            return self.arn("elasticloadbalancing", f"loadbalancer/{self.part_id('lb')}")
        if self.type in NAMES:
            return self.text(NAMES[self.type]) or self.stack.named(self)
        if self.type in DIGITS:
            return _grouped(DIGITS[self.type], self.stack.name, self.logical)
        return "${" + self.logical + "}"

    def part_id(self, prefix: str, part: str = "") -> str:
        """The id of something that comes with this resource."""
        held = (self.body.get("Parts") or {}).get(part)
        if held:
            return str(held)
        return made_id(prefix, self.stack.name, f"{self.logical}/{part}" if part else self.logical)

    def arn(self, service: str, rest: str) -> str:
        home = self.stack.home
        return f"arn:{self.stack.partition}:{service}:{home.region}:{home.account}:{rest}"

    def line_of(self, name: str) -> int:
        return self.props.lines.get(name, self.line)

    def fail(self, name: str, text: str, hint: str | None = None, value: Any = None) -> TemplateError:
        """The error of a property; `value` is the part of it that is wrong."""
        spelling = self.body.get("Spelling")
        place = spelling.place(name, value) if spelling else f"{name} of {self.logical}"
        return self.stack.fail(self.line_of(name), f"{place} {text}", hint)

    def word(self, name: str) -> str:
        """What the property is called where the resource was written."""
        spelling = self.body.get("Spelling")
        return str(spelling.word(name)) if spelling else name

    # -- properties ----------------------------------------------------------------------------------------

    def get(self, name: str) -> Any:
        """A property, None if it is not there."""
        if name not in self._values:
            if name in self._open:
                raise self.fail(name, "refers to itself")
            self._open.add(name)
            try:
                value = evaluate(self.stack, self.props.get(name), self.line_of(name))
            except OverflowError:
                raise self.fail(name, f"becomes a text of more than {MOST_TEXT:,} characters") from None
            self._open.discard(name)
            self._values[name] = None if value is NO_VALUE else [] if type(value) is Blank else value
        return self._values[name]

    def has(self, name: str) -> bool:
        return self.get(name) is not None

    def known(self, name: str) -> Any:
        """A property without anything unknown in it.

        Raises
        ------
        Undetermined
            If something in it is not known.
        """
        value = self.get(name)
        unknown = unknown_in(value)
        if unknown:
            raise Undetermined(unknown)
        return value

    def text(self, name: str, default: str = "") -> str:
        """A text; what is not known is the text that stands for it, and will be a gap."""
        value = self.get(name)
        return default if value is None else self.as_text(name, value)

    def as_text(self, name: str, value: Any) -> str:
        if isinstance(value, Unknown):
            return self.stack.pend(value)
        text = text_of(value)
        if text is None:
            kind = "list" if isinstance(value, list) else "mapping"
            raise self.fail(name, f"is a {kind}, and must be a text", value=value)
        return text

    def known_text(self, name: str, default: str = "") -> str:
        value = self.known(name)
        return default if value is None else self.as_text(name, value)

    def texts(self, name: str) -> list[str]:
        """A list of texts; a list that is not known has one member that stands for all."""
        value = self.get(name)
        listed = [] if value is None else value if isinstance(value, list) else [value]
        return [self.as_text(name, item) for item in listed]

    def texts_in(self, name: str, value: Any) -> list[str]:
        """The texts of a list inside a property; one text is a list of it.

        Raises
        ------
        Undetermined
            If the list is not known.
        """
        if isinstance(value, Unknown):
            raise Undetermined(value)
        listed = [] if value is None else value if isinstance(value, list) else [value]
        return [self.as_text(name, item) for item in listed]

    def number(self, name: str, default: int | None = None) -> int | None:
        value = self.known(name)
        return default if value is None else self.as_number(name, value)

    def as_number(self, name: str, value: Any) -> int:
        text = str(value).removesuffix(".0")
        if isinstance(value, bool) or not text.lstrip("-").isdecimal():
            raise self.fail(name, f"is {plain(value)!a}, and must be a number", value=value)
        return int(text)

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.known(name)
        if value is None:
            return default
        if str(value).lower() not in ("true", "false"):
            raise self.fail(name, f"is {plain(value)!a}, and must be true or false", value=value)
        return str(value).lower() == "true"

    def block(self, name: str) -> str:
        """A CIDR block, as EC2 would store it."""
        text = self.known_text(name)
        return self.as_block(name, text) if text else ""

    def as_block(self, name: str, text: str) -> str:
        try:
            return str(ipaddress.ip_network(text, strict=False))
        except ValueError:
            said = f"is {text!a}, and must be a CIDR block"
            raise self.fail(name, said, "like 10.0.0.0/16", value=text) from None

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The mappings of a list, which must itself be known."""
        value = self.get(name)
        if isinstance(value, Unknown):
            raise Undetermined(value)
        for item in [] if value is None else value if isinstance(value, list) else [value]:
            if isinstance(item, Unknown):
                raise Undetermined(item)
            if not isinstance(item, dict):
                raise self.fail(name, "is a list of mappings, and this is something else", value=value)
            yield item

    def part(self, name: str) -> dict[str, Any]:
        """A mapping, empty if it is not there."""
        return next(self.rows(name), {})

    def mapping(self, name: str, value: Any) -> dict[str, Any]:
        """A mapping, whatever in it is known."""
        if not isinstance(value, dict):
            raise self.fail(name, f"is {plain(value)!a}, and must be a mapping", value=value)
        return value

    def known_part(self, name: str) -> dict[str, Any]:
        """A mapping that must be known, empty if it is not there."""
        value = self.known(name)
        return {} if value is None else self.mapping(name, value)

    def tags(self) -> list[dict[str, str]]:
        """The Name tag; where there is none, people know the resource by its logical id."""
        value = self.get("Tags")
        listed = value if isinstance(value, list) else []
        named = (tag.get("Value") for tag in listed if isinstance(tag, dict) and tag.get("Key") == "Name")
        return [{"Key": "Name", "Value": next(filter(None, map(text_of, named)), self.logical)}]
