"""What instances are called: AWS's id where they exist, the same id on every reading where they do not yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from typing import Any

from reach.sources.cloudformation import NO_ACCOUNT
from reach.sources.cloudformation.attributes import arn_of, endpoint_part
from reach.sources.cloudformation.document import Table
from reach.sources.cloudformation.maps.endpoints import stand_in
from reach.sources.cloudformation.maps.transit import OWN_TABLE
from reach.sources.cloudformation.resource import BALANCER, DIGITS, NAMES, PREFIXES, Resource, made_id
from reach.sources.cloudformation.stack import Home, Stack
from reach.sources.cloudformation.template import Template
from reach.sources.cloudformation.values import Unknown
from reach.sources.cloudformation.world import World
from reach.sources.given import Given
from reach.sources.terraform.acceptance import SHARED
from reach.sources.terraform.parts import parts_of
from reach.sources.terraform.plan import Instance, Plan
from reach.sources.terraform.providers import Places
from reach.sources.terraform.references import AFTER, References
from reach.sources.terraform.types import TYPES

# Attributes of a VPC that name what comes with it: the part that it is called by, and the prefix of its id.
OF_A_VPC = {
    "default_security_group_id": ("DefaultSecurityGroup", "sg"),
    "default_network_acl_id": ("DefaultNetworkAcl", "acl"),
    "default_route_table_id": ("MainRouteTable", "rtb"),
    "main_route_table_id": ("MainRouteTable", "rtb"),
}
SAME = (
    *("id", "allocation_id", "association_id", "name", "identifier", "cluster_identifier", "function_name"),
    *("zone_id", "bucket", "workgroup_name", "cluster_name", "broker_name", "domain_name", "collection_id"),
)
ARN = ("arn", "invoke_arn", "qualified_arn", "ecs_cluster_arn")
# Whose `id` is the ARN.
CALLED_BY_ARN = frozenset(
    {
        *("aws_apprunner_vpc_connector", "aws_codebuild_project", "aws_ecs_cluster", "aws_ecs_service"),
        *("aws_elasticsearch_domain", "aws_iam_policy", "aws_msk_cluster", "aws_msk_serverless_cluster"),
        *("aws_networkfirewall_firewall", "aws_networkfirewall_firewall_policy", "aws_networkfirewall_rule_group"),
        "aws_opensearch_domain",
    }
)
# Properties that an ARN holds besides the name.
OF_AN_ARN: Mapping[str, Mapping[str, str]] = {
    "AWS::ECS::Service": {"Cluster": "cluster"},
    "AWS::IAM::ManagedPolicy": {"Path": "path"},
    "AWS::IAM::Role": {"Path": "path"},
    "AWS::Lambda::Alias": {"FunctionName": "function_name", "Name": "name"},
    "AWS::NetworkFirewall::RuleGroup": {"Type": "type"},
}
ADOPTED = {
    "aws_default_network_acl": ("default_network_acl_id", "default_network_acl_id"),
    "aws_default_route_table": ("default_route_table_id", "default_route_table_id"),
    "aws_default_security_group": ("vpc_id", "default_security_group_id"),
}


class Ids:
    """The ids of one plan."""

    refs: References

    def __init__(self, plan: Plan, places: Places) -> None:
        self.plan = plan
        self.places = places
        self._stacks: dict[str, Stack] = {}
        self._known: dict[str, Any] = {}  # by address, of what has an id

    def _stack(self, instance: Instance) -> str:
        return self.places.stack(self.places.region(instance))

    def id_of(self, instance: Instance) -> Any:
        """What an instance is called where others refer to it: AWS's id or name; of some types their ARN."""
        known: Any = self._known.get(instance.address)
        if known is None:
            known = self._id_of(instance)
            if isinstance(known, str):
                self._known[instance.address] = known
        return known

    def _id_of(self, instance: Instance) -> Any:
        if instance.type in ADOPTED:
            return self._adopted(instance)
        if instance.type in SHARED:
            return self.refs.get(instance, SHARED[instance.type])
        if TYPES.get(instance.type) is None:
            return instance.before or self._later(instance, "id")
        resource = self._resource(instance)
        if resource.type not in NAMES and resource.type not in PREFIXES and instance.before:
            return instance.before
        return self._later(instance, "id") if resource.id.startswith("${") else resource.id

    def _resource(self, instance: Instance) -> Resource:
        """An instance as a resource of a template, with what its id and its ARN are made of."""
        type_ = TYPES[instance.type].type
        body, inner = Table(1), Table(1)
        body["Type"], body["Properties"] = type_, inner
        for name, attribute in OF_AN_ARN.get(type_, {}).items():
            told = self.refs.get(instance, attribute)
            if isinstance(told, str):
                inner[name] = told
        if type_ in NAMES:
            spec = TYPES[instance.type].properties.get(NAMES[type_], "name")
            given = instance.values.get(spec) if isinstance(spec, str) else None
            inner[NAMES[type_]] = given if isinstance(given, str) and given else instance.address
        if instance.before and (type_ in PREFIXES or type_ in DIGITS or type_ == BALANCER):
            body["PhysicalId"] = instance.before
        body["Parts"] = self.parts(instance)
        return Resource(self._shell(instance), instance.address, body)

    def _shell(self, instance: Instance) -> Stack:
        """A stack without resources, of the region where an instance is made."""
        region = self.places.region(instance)
        if region not in self._stacks:
            home = Home(self.places.account or NO_ACCOUNT, region, self.places.account is not None)
            template = Template(self.plan.file, Table(1))
            self._stacks[region] = Stack(self.places.stack(region), template, home, World(Given()))
        return self._stacks[region]

    def _adopted(self, instance: Instance) -> Any:
        """What came with a VPC: the id that the VPC says."""
        attribute, named = ADOPTED[instance.type]
        found = self.refs.get(instance, attribute)
        if attribute != "vpc_id":
            return found
        owner = next((i for i in self.refs.of_type("aws_vpc") if self.id_of(i) == found), None)
        return self.own(owner, named) if owner else found

    def own(self, instance: Instance, name: str) -> Any:
        """An attribute that is not known before an instance is made, as far as it can be told all the same."""
        if instance.type == "aws_vpc" and name in OF_A_VPC and not instance.data:
            held = instance.values.get(name)
            part, prefix = OF_A_VPC[name]
            return held or made_id(prefix, self._stack(instance), f"{instance.address}/{part}")
        by_arn = name in ARN or (name == "id" and instance.type in CALLED_BY_ARN)
        if by_arn and instance.type in TYPES and not instance.data:
            arn = arn_of(self._resource(instance))
            if arn:
                return arn
        elif name in SAME and not instance.data:
            return self.id_of(instance)
        special = OF_ITS_OWN.get((instance.type, name))
        if special is not None:
            return special(self, instance)
        if instance.type == "aws_ec2_transit_gateway" and name.endswith("default_route_table_id"):
            return made_id("tgw-rtb", self._stack(instance), f"{instance.address}/{OWN_TABLE}")
        if self.refs.configured(instance, name):
            return self.refs.get(instance, name)
        return self._later(instance, name)

    def _later(self, instance: Instance, name: str) -> Unknown:
        why = f"{name} of {instance.address} ({self.plan.file}) is known after terraform apply"
        return Unknown("${" + f"{instance.address}.{name}" + "}", AFTER, why)

    def parts(self, instance: Instance) -> dict[str, str]:
        """The ids of what came with something that exists, by part."""
        return parts_of(instance)

    def chosen(self, found: list[Any], beside: list[str]) -> list[Any]:
        """Of the endpoints of firewalls those in the subnets or zones that are named beside them."""
        subnets = [i for i in self.refs.of_type("aws_subnet") if self._is_beside(i, beside)]
        own = {
            self._resource(i).part_id("vpce", endpoint_part(subnet))
            for i in self.refs.of_type("aws_networkfirewall_firewall")
            for subnet in map(str, map(self.id_of, subnets))
        }
        return [one for one in found if one in own] or found

    def _is_beside(self, subnet: Instance, beside: list[str]) -> bool:
        return self.id_of(subnet) in beside or subnet.values.get("availability_zone") in beside

    def infer(self, instance: Instance, name: str) -> tuple[str, str] | None:
        """What is named by a local value: the VPC that has the addresses, the only VPC, the only group of a module."""
        if name == "security_group_id" and instance.module:
            own = [i for i in self.plan.instances if (i.type, i.module) == ("aws_security_group", instance.module)]
            return (self.id_of(own[0]), f"{own[0].address}, the only group of its module") if len(own) == 1 else None
        if name != "vpc_id":
            return None
        every = [i for i in self.plan.instances if i.type == "aws_vpc"]
        near = [i for i in every if i.module == instance.module] or every
        block = _block(instance.values.get("cidr_block")) if instance.type == "aws_subnet" else None
        if block is not None:
            near = [i for i in near if (held := _block(i.values.get("cidr_block"))) and _within(block, held)]
        if len(near) != 1:
            return None
        reason = "whose block holds its addresses" if block is not None else "the only VPC there"
        return str(self.id_of(near[0])), f"{near[0].address}, {reason}"


def _block(text: object) -> IPv4Network | None:
    try:
        return IPv4Network(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _within(inner: IPv4Network, outer: IPv4Network) -> bool:
    return inner.subnet_of(outer)


# -- attributes that only one type has -----------------------------------------------------------------


def _prefix_list(ids: Ids, i: Instance) -> Any:
    words = str(i.values.get("service_name") or "").split(".")
    return stand_in(words[-1], words[2]) if len(words) == 4 else ids._later(i, "prefix_list_id")


def _own_interface(ids: Ids, i: Instance) -> Any:
    return made_id("eni", ids._stack(i), f"{i.address}/0")


def _service_name(ids: Ids, i: Instance) -> Any:
    return f"com.amazonaws.vpce.{ids.places.region(i)}.{ids.id_of(i)}"


def _firewall_endpoints(ids: Ids, i: Instance) -> Any:
    """The endpoints of a firewall, one for each of its subnets."""
    count = ids.refs.rows(i, "subnet_mapping")
    if isinstance(count, Unknown):
        return count
    subnets = [ids.refs.get(i, "subnet_mapping", at, "subnet_id") for at in range(count)]
    resource = ids._resource(i)
    return [s if isinstance(s, Unknown) else resource.part_id("vpce", endpoint_part(s)) for s in subnets]


def _version(ids: Ids, i: Instance) -> Any:
    if ids.refs.get(i, "publish") is not True:
        return "$LATEST"
    return "1" if i.before is None else ids._later(i, "version")


OF_ITS_OWN: Mapping[tuple[str, str], Callable[[Ids, Instance], Any]] = {
    ("aws_instance", "primary_network_interface_id"): _own_interface,
    ("aws_lambda_function", "version"): _version,
    ("aws_networkfirewall_firewall", "firewall_status"): _firewall_endpoints,
    ("aws_networkfirewall_vpc_endpoint_association", "vpc_endpoint_association_status"): _firewall_endpoints,
    ("aws_networkfirewall_vpc_endpoint_association", "vpc_endpoint_id"): _firewall_endpoints,
    ("aws_vpc_endpoint", "prefix_list_id"): _prefix_list,
    ("aws_vpc_endpoint_service", "service_name"): _service_name,
}
