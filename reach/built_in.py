"""What AWS itself answers inside a VPC, past groups, ACLs and routes: resolver, clock, metadata, activation (SG-13)."""

from __future__ import annotations

from msgspec import Struct

from reach.network import Gap, Interface, Vpc
from reach.traffic import IPV4, TCP, UDP, Ranges, cidr, cidrs


class BuiltIn(Struct, frozen=True):
    """One such service, for all senders, or for EC2 instances or ECS tasks only: a function has no part in those."""

    name: str
    addresses: Ranges
    protocols: Ranges
    ports: Ranges
    serves_only: str = "instances"  # or tasks; "" = everybody

    def serves(self, sender: Interface) -> bool:
        match self.serves_only:
            case "instances":
                return sender.instance is not None
            case "tasks":
                return sender.id.startswith("ecs:")
        return True


RESOLVER = BuiltIn(
    name="the Amazon resolver",
    addresses=cidrs(("169.254.169.253", "fd00:ec2::253")),
    protocols=Ranges.of(TCP, UDP),
    ports=Ranges.of(53),
    serves_only="",
)
CLOCK = BuiltIn(
    name="the Amazon Time Sync Service",
    addresses=cidrs(("169.254.169.123", "fd00:ec2::123")),
    protocols=Ranges.of(UDP),
    ports=Ranges.of(123),
)
ACTIVATION = BuiltIn(
    name="the activation of Windows licences",
    addresses=cidrs(("169.254.169.250", "169.254.169.251")),
    protocols=Ranges.of(TCP),
    ports=Ranges.of(1688),
)
METADATA = BuiltIn(
    name="the instance metadata service",
    addresses=cidrs(("169.254.169.254", "fd00:ec2::254")),
    protocols=Ranges.of(TCP),
    ports=Ranges.of(80),
)
TASK = BuiltIn(
    name="the metadata and credentials of ECS tasks",
    addresses=cidrs(("169.254.170.2",)),
    protocols=Ranges.of(TCP),
    ports=Ranges.of(80),
    serves_only="tasks",
)


def built_in(vpc: Vpc, address: Ranges) -> tuple[BuiltIn | None, Gap | None]:
    """Whose address it is, of these services, and why that is not certain.

    The resolver also has the third address of the VPC (DNS-1); with enableDnsSupport off it does not answer (DNS-2).
    """
    for service in (CLOCK, METADATA, ACTIVATION, TASK):
        if address and address <= service.addresses:
            return service, None
    blocks = (vpc.first_block,) if vpc.first_block else vpc.cidr_texts
    thirds = Ranges.of(*(cidr(b).spans[0][0] + 2 for b in blocks if cidr(b) & IPV4))
    if not address or vpc.dns_support is False or not address <= RESOLVER.addresses | thirds:
        return None, None
    if address <= thirds and not vpc.first_block:
        return RESOLVER, Gap(vpc.id, "ec2:DescribeVpcs", f"with which IPv4 block {vpc.id} was made is not known")
    if vpc.dns_support is None:
        why = f"whether enableDnsSupport of {vpc.id} is on is not known"
        return RESOLVER, Gap(vpc.dns_support_open or vpc.id, "ec2:DescribeVpcAttribute", why)
    return RESOLVER, None
