"""IPv6: does the sender have it, and may its addresses be seen on the internet."""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Assumption, Evidence, Finding, Layer, Reason, Verdict
from reach.checks.ends import NO_IPV6
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.flow import Flow
from reach.network import Function, Gap, Network, Subnet
from reach.traffic import IPV6, Ranges, cidr

PRIVATE_SOURCE = Reason(
    code="PRIVATE_IPV6_SOURCE",
    title="The sender's IPv6 address is private",
    why="Internet and egress-only gateways carry IPv6 from public addresses only; unique local addresses and private "
    "ranges from IPAM are dropped, and nothing translates them.",
    fix="Associate an Amazon-provided or other public IPv6 block with the VPC and the subnet.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-ip-addressing.html",
)
FOREIGN_SOURCE = Reason(
    code="GATEWAY_REJECTS_SPOOFED_TRAFFIC",
    title="The gateway serves only addresses of its own VPC",
    why="Nothing translates IPv6 on its way out, so an internet gateway or an egress-only one sees the sender's own "
    "address, and drops it unless it is that of an interface in its VPC.",
    fix="Give the sender's own VPC an egress-only internet gateway: IPv6 cannot leave through another VPC's.",
    source="https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html",
)
NONE_THERE = Reason(
    code="DESTINATION_HAS_NO_IPV6",
    title="The destination has no IPv6 address",
    why="Its name has no IPv6 record and its interface no IPv6 address, and no resolver makes one up: DNS64 is off in "
    "the sender's subnet.",
    fix="Ask over IPv4, give the destination an IPv6 address (network type dual), or set up DNS64 and NAT64: "
    "aws ec2 modify-subnet-attribute --subnet-id SUBNET --enable-dns64, and a route for 64:ff9b::/96 to a NAT gateway.",
    layer=Layer.DNS,
    source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html",
)
NO_IPV4 = Reason(
    code="UNASSOCIATED_COMPONENT",
    title="The source has no IPv4 address",
    why="An interface in an IPv6-only subnet sends IPv6 only. It reaches IPv4 hosts through DNS64, which gives their "
    "names addresses in 64:ff9b::/96, and a NAT gateway that translates those.",
    fix="Ask with --family 6; for IPv4 hosts route 64:ff9b::/96 to a NAT gateway and enable DNS64 on the subnet.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html",
)
REASONS = (PRIVATE_SOURCE, FOREIGN_SOURCE, NONE_THERE, NO_IPV4)
LOCAL = cidr("fc00::/7")


def sender(network: Network, guard: Guard, flow: Flow) -> Findings:
    """A function needs its flag and dual-stack subnets, an interface an IPv6 address (FNSRC-5, FN-08)."""
    ipv6 = flow.to(IPV6)
    if not ipv6 or (flow.sender.ipv6 and not flow.sender.ipv6_open and not _open(network, guard)):
        return passed(flow, guard.resource)
    return (*passed(flow.of(flow.traffic - ipv6.traffic), guard.resource), *_without(network, guard, ipv6))


def _open(network: Network, guard: Guard) -> bool:
    """Whether it is not known if the function sends IPv6, or if a subnet of it is dual-stack."""
    function = network.things.get(guard.resource)
    if not isinstance(function, Function):
        return False
    found = (network.get(id, function.home) for id in function.subnets)
    unsure = (isinstance(s, Subnet) and not s.ipv6 and bool(s.ipv6_open or s.ipv6_doubt) for s in found)
    return bool(function.ipv6_open) or any(unsure)


def _without(network: Network, guard: Guard, flow: Flow) -> Findings:
    function = network.things.get(guard.resource)
    subnet = network.get(flow.sender.subnet)
    starting = flow.sender.type in ("workload", "managed_instance")
    if starting and isinstance(subnet, Subnet) and not (subnet.ipv6 or subnet.ipv6_open or subnet.ipv6_doubt):
        shown = subnet.proof("Ipv6CidrBlockAssociationSet", [])
        return (_none(flow, flow.sender.name, None, f"{subnet.id} has no IPv6 block.", shown),)
    if starting:
        why = f"whether {flow.sender.name} is given an IPv6 address in {flow.sender.subnet} is not known"
        return unreadable(flow, Gap(flow.sender.name, "its IPv6 address", why))
    if not isinstance(function, Function) and flow.sender.ipv6_open:
        gap = Gap(flow.sender.id, "its IPv6 address", f"whether {flow.sender.id} is given one is not known")
        return unreadable(flow, network.pending.get(flow.sender.ipv6_open, gap))
    if not isinstance(function, Function):
        why, shown = f"{flow.sender.id} has no IPv6 address.", Evidence(flow.sender.id, "Ipv6Addresses", [])
        return (_none(flow, flow.sender.id, None, why, shown),)
    if function.ipv6_open:
        why = f"whether {function.name} sends IPv6 is not known"
        open_ = network.pending.get(function.ipv6_open, Gap(function.name, "Ipv6AllowedForDualStack", why))
        return unreadable(flow, open_)
    shown = function.proof("VpcConfig.Ipv6AllowedForDualStack", function.ipv6)
    if not function.ipv6:
        why = f"{function.name} does not send IPv6: Ipv6AllowedForDualStack is not set."
        return (_none(flow, function.name, "LAMBDA_IPV6_NOT_ENABLED", why, shown),)
    doubt: Gap | None = None
    for id in function.subnets:
        subnet = network.get(id, function.home)
        if not isinstance(subnet, Subnet):
            doubt = doubt or Gap(id, "ec2:DescribeSubnets", f"whether {id} is dual-stack is not known")
        elif subnet.ipv6_native or not (subnet.ipv6 or subnet.ipv6_open or subnet.ipv6_doubt):
            why = f"{id}, a subnet of {function.name}, is not dual-stack."
            shown = subnet.proof("Ipv6CidrBlockAssociationSet", [])
            return (_none(flow, function.name, "SUBNET_NOT_DUAL_STACK", why, shown),)
        elif not subnet.ipv6:
            doubt = doubt or network.pending.get(subnet.ipv6_open) or unsettled(subnet)
    return unreadable(flow, doubt) if doubt else passed(flow, guard.resource)


def unsettled(subnet: Subnet) -> Gap:
    """That nobody knows whether a subnet has its IPv6 block: the association's state is a new one (IN-4)."""
    why = f"whether {subnet.id} has its IPv6 block is not known: the state of the association is a new one"
    return Gap(subnet.id, "a known Ipv6CidrBlockState.State", why)


def _none(flow: Flow, resource: str, cause: str | None, why: str, shown: Evidence) -> Finding:
    return Finding(flow.traffic, Verdict.BLOCKED, resource, (shown,), NO_IPV6, cause=cause, why=why, fix=NO_IPV6.fix)


def none_there(network: Network, guard: Guard, flow: Flow) -> Findings:
    """A destination that has no IPv6 address (FN-09)."""
    shown = (Evidence(guard.resource, "Ipv6Addresses", []),)
    why = f"{guard.resource} has no IPv6 address, and DNS64 makes none up in {flow.sender.subnet or 'this network'}."
    return partition(flow, flow.traffic, guard.resource, NONE_THERE, evidence=shown, why=why, fix=NONE_THERE.fix)


def no_ipv4(network: Network, guard: Guard, flow: Flow) -> Findings:
    """An interface that has only IPv6 addresses sends no IPv4 (V6-1)."""
    subnet = network.things.get(guard.resource)
    shown = (Evidence(guard.resource, "PrivateIpAddresses", []),)
    why = f"{guard.resource} has IPv6 addresses only."
    if isinstance(subnet, Subnet):
        shown = (subnet.proof("Ipv6Native", subnet.ipv6_native),)
        why = f"{subnet.id} is IPv6-only: {flow.sender.name or flow.sender.id} has no IPv4 address there."
    return partition(flow, flow.traffic, guard.resource, NO_IPV4, evidence=shown, why=why, fix=NO_IPV4.fix)


def public_source(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Only public IPv6 addresses pass a gateway (IGW-6), and only its own VPC's (IGW-5); that a plain one serves
    functions is assumed (IGW-8)."""
    if flow.crossed and flow.sender.vpc != guard.peer:
        foreign = flow.traffic.where(flow.header.src, IPV6)
        why = f"{guard.resource} drops IPv6 of other VPCs: it came through {flow.crossed[-1]}."
        shown = (Evidence(flow.sender.id, "VpcId", flow.sender.vpc),)
        return partition(flow, foreign, guard.resource, FOREIGN_SOURCE, evidence=shown, why=why, fix=FOREIGN_SOURCE.fix)
    subnet = network.get(flow.sender.subnet)
    hidden: Ranges = IPV6 if isinstance(subnet, Subnet) and subnet.ipv6_private else LOCAL
    stopped = flow.traffic.where(flow.header.src, hidden)
    ipv4 = flow.traffic - flow.traffic.where(flow.header.src, IPV6)
    rest = flow.of(flow.traffic - stopped - ipv4)
    out: list[Finding] = []
    if stopped:
        why = f"{flow.sender.id} has private IPv6 addresses, which {guard.resource} drops."
        shown = (Evidence(flow.sender.subnet, "Ipv6CidrBlockAssociationSet", "private"),)
        found = Finding(stopped, Verdict.BLOCKED, guard.resource, shown, PRIVATE_SOURCE)
        out.append(replace(found, why=why, fix=PRIVATE_SOURCE.fix))
    return (*out, *passed(flow.of(ipv4), guard.resource), *_plain_gateway(guard, rest))


def _plain_gateway(guard: Guard, flow: Flow) -> Findings:
    found = passed(flow, guard.resource)
    if not guard.resource.startswith("igw-") or flow.sender.type != "lambda":
        return found
    if flow.sender.denies_igw:
        whose = flow.sender.name or flow.sender.id
        why = f"the interface of {whose} has DenyAllIgwTraffic; what that does to replies is not documented"
        return unreadable(flow, Gap(guard.resource, "an egress-only internet gateway", why))
    text = f"{guard.resource} carries the function's IPv6 as it does an instance's; AWS does not say so of functions."
    return tuple(replace(f, assumption=Assumption("IGW-8", text)) for f in found)
