"""What instances are called: AWS's id where they exist, the same id on every reading where they do not yet."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

from reach.sources.cloudformation.attributes import ARNS
from reach.sources.cloudformation.maps.endpoints import list_of
from reach.sources.cloudformation.maps.transit import OWN_TABLE
from reach.sources.cloudformation.resource import NAMES, PREFIXES, made_id
from reach.sources.cloudformation.values import Unknown
from reach.sources.terraform.acceptance import ACCEPTERS
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
SAME = ("id", "allocation_id", "association_id", "name", "identifier", "cluster_identifier", "function_name")
ADOPTED = {
    "aws_default_network_acl": ("default_network_acl_id", "default_network_acl_id"),
    "aws_default_route_table": ("default_route_table_id", "default_route_table_id"),
    "aws_default_security_group": ("vpc_id", "default_security_group_id"),
}


# What accepts something is called as that is.
SHARED = dict(ACCEPTERS.values())


class Ids:
    """The ids of one plan."""

    refs: References

    def __init__(self, plan: Plan, places: Places) -> None:
        self.plan = plan
        self.places = places

    def _stack(self, instance: Instance) -> str:
        return self.places.stack(self.places.region(instance))

    def id_of(self, instance: Instance) -> Any:
        """AWS's id or name of an instance."""
        if instance.type in ADOPTED:
            return self._adopted(instance)
        if instance.type in SHARED:
            return self.refs.get(instance, SHARED[instance.type])
        known = TYPES.get(instance.type)
        type_ = known.type if known else ""
        if type_ in NAMES:
            attribute = known.properties.get(NAMES[type_], "name") if known else "name"
            name = instance.values.get(attribute)
            return name if isinstance(name, str) and name else instance.address
        if instance.before:
            return instance.before
        prefix = PREFIXES.get(type_)
        if prefix:
            return made_id(prefix, self._stack(instance), instance.address)
        return Unknown("${" + instance.address + "}", AFTER, f"{instance.address} gets its id when it is made")

    def _adopted(self, instance: Instance) -> Any:
        """What came with a VPC: the id that the VPC says."""
        attribute, named = ADOPTED[instance.type]
        found = self.refs.get(instance, attribute)
        if attribute != "vpc_id":
            return found
        owner = next((i for i in self.plan.instances if i.type == "aws_vpc" and self.id_of(i) == found), None)
        return self.own(owner, named) if owner else found

    def own(self, instance: Instance, name: str) -> Any:
        """An attribute that is not known before an instance is made, as far as it can be told all the same."""
        if instance.type == "aws_vpc" and name in OF_A_VPC:
            held = instance.values.get(name)
            part, prefix = OF_A_VPC[name]
            return held or made_id(prefix, self._stack(instance), f"{instance.address}/{part}")
        known = TYPES.get(instance.type)
        type_ = known.type if known else ""
        if name in SAME and not instance.data:
            return self.id_of(instance)
        if name in ("arn", "invoke_arn", "qualified_arn") and type_ in ARNS:
            service, kind = ARNS[type_]
            home = f"{self.places.region(instance)}:{self.places.account or '000000000000'}"
            return f"arn:aws:{service}:{home}:{kind}{self.id_of(instance)}"
        if instance.type == "aws_vpc_endpoint" and name == "prefix_list_id":
            words = str(instance.values.get("service_name") or "").split(".")
            return list_of(words[-1], words[2]) if len(words) == 4 else self._later(instance, name)
        if instance.type == "aws_ec2_transit_gateway" and name.endswith("default_route_table_id"):
            return made_id("tgw-rtb", self._stack(instance), f"{instance.address}/{OWN_TABLE}")
        if instance.type == "aws_instance" and name == "primary_network_interface_id":
            return made_id("eni", self._stack(instance), f"{instance.address}/0")
        if self.refs.configured(instance, name):
            return self.refs.get(instance, name)
        return self._later(instance, name)

    def _later(self, instance: Instance, name: str) -> Unknown:
        why = f"{name} of {instance.address} ({self.plan.file}) is known after terraform apply"
        return Unknown("${" + f"{instance.address}.{name}" + "}", AFTER, why)

    def parts(self, instance: Instance) -> dict[str, str]:
        """The ids of what came with an existing VPC, by part."""
        if instance.type != "aws_vpc":
            return {}
        found = ((part, instance.values.get(name)) for name, (part, _) in OF_A_VPC.items())
        return {part: id for part, id in found if isinstance(id, str) and id}

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
