"""What Terraform calls a property: errors name address and attribute as the user wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from reach.sources.terraform.plan import Instance
from reach.sources.terraform.reading import Block, Flag, Spec
from reach.sources.terraform.types import TYPES

# Words that are more than CloudFormation's in another spelling; and those of blocks inside another resource.
WORDS = {
    "CidrIp": "cidr_ipv4, or cidr_blocks",
    "GroupId": "security_group_id",
    "Icmp": "icmp_type",
    "PortRange": "from_port",
    "SecurityGroupEgress": "egress",
    "SecurityGroupIngress": "ingress",
}
INLINE = {"DestinationCidrBlock": "cidr_block", "RuleAction": "action", "RuleNumber": "rule_no"}
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Spelling(Struct, frozen=True):
    """The words of one instance, or of the part of it that `suffix` names."""

    instance: Instance
    suffix: str = ""

    def place(self, name: str, value: Any = None) -> str:
        """Address and path of a property: of the attribute that holds the value, else of its own word.

        >>> vpc = Instance("aws_vpc.a", "", "aws_vpc", "a", None, False, {"cidr_block": "10.0.0.0/99"}, {})
        >>> Spelling(vpc).place("CidrBlock", "10.0.0.0/99"), Spelling(vpc).place("VpcId")
        ('aws_vpc.a.cidr_block', 'aws_vpc.a.vpc_id')
        """
        address = self.instance.address
        held = [path for path, found in _leaves(self.instance.values) if value is not None and _same(found, value)]
        inside = [path for path in held if path.startswith(self.suffix)] or held
        word = self.word(name).partition(",")[0]
        best = min(inside, key=lambda path: (word not in path, len(path), path), default="")
        if best:
            return f"{address}.{best}"
        return f"{address}.{self.suffix}.{word}" if self.suffix.endswith("]") else f"{address}.{word}"

    def word(self, name: str) -> str:
        """What an attribute is called that holds a property."""
        if self.suffix.endswith("]") and name in INLINE:
            return INLINE[name]
        type_ = TYPES.get(self.instance.type)
        spec = type_.properties.get(name) if type_ else None
        return _written(spec) if spec is not None else WORDS.get(name) or HUMP.sub("_", name).lower()


def _written(spec: Spec) -> str:
    if isinstance(spec, Block | Flag):
        return spec.name
    return spec.partition("|")[0].rstrip("[]!")


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Everything inside a value with its path, as Terraform writes paths."""
    if path:
        yield path, value
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{index}]")


def _same(found: Any, value: Any) -> bool:
    scalar = isinstance(found, str | int | float) and isinstance(value, str | int | float)
    return type(found) is type(value) and found == value if not scalar else str(found) == str(value)
