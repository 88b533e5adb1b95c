"""Internet gateways: attached to this VPC, a public address on this side, a public one on the other."""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Evidence, Finding, Reason, Verdict
from reach.checks.ends import NOBODY
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.checks.targets import BAD_ATTACHMENT, IDLE, lost, missing, unheard
from reach.flow import Flow
from reach.network import Function, Gap, InternetGateway, NatGateway, Network, RouteTable, Subnet, Thing
from reach.routes import table_of
from reach.traffic import IPV4, IPV6, NAMES, NOTHING, PUBLIC_V6, cidr, format_addresses, public_v4

_RA = "https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html"
NO_PUBLIC_IP = Reason(
    code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    title="The sender has no public IPv4 address",
    why="An internet gateway translates one to one between private and public addresses: it drops what comes from "
    "an interface without a public one. A Lambda function's interface never gets one, whatever its subnet; a "
    "private NAT gateway has none either.",
    fix="Put the function into private subnets whose route table sends 0.0.0.0/0 to a public NAT gateway.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html",
)
RFC1918 = Reason(
    code="IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
    title="An internet gateway does not carry traffic to private addresses",
    why="Addresses of RFC 1918 are not on the internet; the gateway drops what is sent there.",
    fix="Route the private range to what connects the two networks: a peering connection, a transit gateway, a VPN.",
    source=_RA,
)
RFC6598 = Reason(
    code="IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
    title="An internet gateway does not carry traffic to 100.64.0.0/10",
    why="The shared address space of RFC 6598 is not on the internet; the gateway drops what is sent there.",
    fix="Route the range to what connects the two networks.",
    source=_RA,
)
REFLECTION = Reason(
    code="IGW_NAT_REFLECTION",
    title="The path leaves the VPC and comes in again by an internet gateway",
    why="A public address of an interface in the same VPC is reached by way of the internet gateway, where the sender "
    "is the public address of a NAT gateway, or its own: rules that name groups or private ranges do not admit it.",
    fix="Ask for the private address: the way is shorter, costs less and keeps the groups.",
    source=_RA,
)
REASONS = (NO_PUBLIC_IP, RFC1918, RFC6598, REFLECTION)
PRIVATE_V4 = cidr("10.0.0.0/8") | cidr("172.16.0.0/12") | cidr("192.168.0.0/16")
SHARED_V4 = cidr("100.64.0.0/10")


def attached(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the gateway is attached to the VPC (IGW-1, IN-1)."""
    gateway = network.get(guard.resource)
    if not isinstance(gateway, InternetGateway):
        return missing(network, guard, flow, lost(gateway, guard.resource))
    if gateway.attachments is None:
        gap = Gap(gateway.id, "ec2:DescribeInternetGateways", f"the record of {gateway.id} has no Attachments")
        return unreadable(flow, gap)
    for i, (vpc, state) in enumerate(gateway.attachments):
        if vpc == guard.peer and state in ("available", "attached"):
            return passed(flow, gateway.id, gateway.proof(f"Attachments[{i}].State", state))
        if vpc == guard.peer and state not in IDLE:
            return unheard(network, flow, gateway.id, state)
    shown = gateway.proof("Attachments", [f"{vpc}: {state}" for vpc, state in gateway.attachments])
    return partition(
        flow,
        flow.traffic,
        gateway.id,
        BAD_ATTACHMENT,
        evidence=(shown,),
        why=f"{gateway.id} is not attached to {guard.peer}.",
        fix=f"aws ec2 attach-internet-gateway --internet-gateway-id {gateway.id} --vpc-id {guard.peer}",
    )


def source(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the sender's private address is paired with a public one (IGW-2, IGW-3, FNSRC-4, NAT-2, NAT-3)."""
    sender = flow.sender
    record = network.things.get(sender.of or sender.id) or sender
    if flow.crossed and flow.sender.vpc != guard.peer:
        return _foreign(flow, guard)  # of IPv6, which has nothing to be translated to, "ipv6_source" asks that
    if sender.public_ips and sender.type == "lambda":
        why = f"an Elastic IP is associated with the interface {_of(sender)}, which AWS does not support"
        return unreadable(flow, Gap(guard.resource, "a supported way out (a NAT gateway)", why))
    open_ = next((network.pending[ip] for ip in sender.public_ips if ip in network.pending), None)
    if open_ is not None:
        return unreadable(flow, open_)  # a template leaves open whether it gets one
    if sender.public_by is not None:
        return passed(flow, guard.resource, sender.public_by)
    if sender.public_ips:
        return _paired(flow, guard, record)
    ipv6 = flow.traffic.where(flow.header.src, IPV6)  # needs no translation; "ipv6_source" asks the rest
    if ipv6:
        rest = flow.of(flow.traffic - ipv6)
        return (*passed(flow.of(ipv6), guard.resource), *(source(network, guard, rest) if rest else ()))
    if isinstance(record, NatGateway) and record.unclear:
        why = f"an address of {record.id} has the unknown Status {record.unclear!r}"
        return unreadable(flow, Gap(record.id, "a known NatGatewayAddresses[].Status", why))
    what, fix = _without_address(network, record, sender.type)
    return tuple(
        _caused(f, sender.type)
        for f in partition(
            flow, flow.traffic, guard.resource, NO_PUBLIC_IP, evidence=(_absence(record),), why=what, fix=fix
        )
    )


def _paired(flow: Flow, guard: Guard, record: Thing) -> Findings:
    """Of an interface with several addresses each needs a public one of its own; who translates takes one that has."""
    sender = flow.sender
    shown = record.proof(_public_field(record), ", ".join(sender.public_ips))
    lone = sender.addresses - sender.paired if sender.paired and not flow.translations else NOTHING
    without = flow.traffic.where(flow.header.src, lone & IPV4)
    if not without:
        return passed(flow, guard.resource, shown)
    texts = ", ".join(format_addresses(lone & IPV4)).replace("/32", "")
    why = f"{texts} of {sender.id} has no public IPv4 address: the internet gateway drops what is sent from there."
    fix = f"Associate an Elastic IP with {texts} of {sender.id}, or send from an address that has one."
    shown = sender.proof("PrivateIpAddresses[].Association.PublicIp", ", ".join(sender.public_ips))
    return partition(flow, without, guard.resource, NO_PUBLIC_IP, evidence=(shown,), why=why, fix=fix)


def _foreign(flow: Flow, guard: Guard) -> Findings:
    """What came in through a transit gateway has no address of this VPC, let alone a public one (IGW-5, TGW-8)."""
    why = (
        f"{guard.resource} drops traffic of other VPCs: it came through {flow.crossed[-1]} and was not translated here."
    )
    fix = (
        "Let the transit gateway come in by a private subnet whose table sends 0.0.0.0/0 to a NAT gateway, "
        f"not to {guard.resource}."
    )
    shown = (Evidence(flow.sender.id, "VpcId", flow.sender.vpc),)
    ipv4 = flow.traffic - flow.traffic.where(flow.header.src, IPV6)
    return partition(flow, ipv4, guard.resource, NO_PUBLIC_IP, evidence=shown, why=why, fix=fix)


def _public_field(record: Thing) -> str:
    return "NatGatewayAddresses[].PublicIp" if isinstance(record, NatGateway) else "Association.PublicIp"


def _absence(record: Thing) -> Evidence:
    if isinstance(record, NatGateway):
        return record.proof("ConnectivityType", record.connectivity)
    return record.proof("Association.PublicIp", None)


def _of(thing: Thing) -> str:
    """Whose interface it is; asked by its id it is its own."""
    return f"of {thing.name}" if thing.name else thing.id


def _without_address(network: Network, record: Thing, type: str) -> tuple[str, str]:
    if isinstance(record, NatGateway):
        return (
            f"{record.id} is a {record.connectivity} NAT gateway without a public address.",
            "Create a public NAT gateway with an Elastic IP in a public subnet and point the route at it.",
        )
    if type == "lambda":
        return (
            f"The route leads to an internet gateway, but the network interface {_of(record)} has no public IPv4 "
            "address: Lambda never assigns one, also in a public subnet.",
            _move(network, record),
        )
    if type in ("workload", "managed_instance"):
        return (
            f"{record.name} has no public IPv4 address in this subnet.",
            f"Run {record.name} in private subnets whose route table sends 0.0.0.0/0 to a NAT gateway"
            f"{_nat_hint(network)}, or, where it can have one, give it a public address.",
        )
    return (
        f"{record.id} has no public IPv4 address.",
        f"Associate an Elastic IP with {record.id}, or route through a NAT gateway.",
    )


def _move(network: Network, record: Thing) -> str:
    """Into the subnets of its VPC that a NAT gateway serves, where there are some."""
    move = f"Move {record.name or 'the function'} to private subnets whose route table sends 0.0.0.0/0 to a NAT gateway"
    if not isinstance(record, Function):
        return f"{move}{_nat_hint(network)}."
    home = next((s for id in record.subnets if isinstance(s := network.get(id), Subnet)), None)
    served = [s.id for s in network.in_vpc(Subnet, home.vpc) if _behind_nat(network, s)] if home else []
    if not served:
        return f"{move}{_nat_hint(network)}."
    config = f"SubnetIds={','.join(served)},SecurityGroupIds={','.join(record.groups)}"
    return f"{move}: aws lambda update-function-configuration --function-name {record.name} --vpc-config {config}"


def _behind_nat(network: Network, subnet: Subnet) -> bool:
    table = table_of(network, subnet)
    for route in (table.routes or ()) if isinstance(table, RouteTable) else ():
        nat = network.things.get(route.target or "") if route.destination == "0.0.0.0/0" else None
        if isinstance(nat, NatGateway):
            return nat.state == "available" and nat.connectivity == "public" and nat.subnet != subnet.id
    return False


def _nat_hint(network: Network) -> str:
    nats = [n.id for n in network.all(NatGateway) if n.state == "available" and n.connectivity == "public"]
    return f" (there is {nats[0]})" if nats else ""


def _caused(finding: Finding, sender_type: str) -> Finding:
    if finding.verdict is Verdict.BLOCKED and sender_type == "lambda":
        return replace(finding, cause="LAMBDA_ENI_HAS_NO_PUBLIC_IP")
    return finding


def destination(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Only public addresses are beyond an internet gateway: no private, shared or reserved ones (IGW-4, RT-12)."""
    out: list[Finding] = []
    rest = flow.traffic
    for block, reason, name in ((PRIVATE_V4, RFC1918, "private"), (SHARED_V4, RFC6598, "shared")):
        part = rest.where(flow.header.dst, block)
        if part:
            why = f"{guard.resource} drops traffic to {name} addresses."
            out.append(Finding(part, Verdict.BLOCKED, guard.resource, (), reason, why=why, fix=reason.fix))
            rest = rest - part
    public = rest.where(flow.header.dst, public_v4() | PUBLIC_V6 | NAMES)
    nowhere = rest - public
    if nowhere:
        why = f"Nothing behind {guard.resource} has this address: it is not a public one."
        out.append(Finding(nowhere, Verdict.BLOCKED, guard.resource, (), NOBODY, why=why, fix=NOBODY.fix))
    return (*out, Finding(public, Verdict.REACHABLE, guard.resource)) if public else tuple(out)
