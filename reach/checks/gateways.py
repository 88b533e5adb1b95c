"""Internet gateways, NAT gateways and peering connections: are they up, and do they take these packets."""

from __future__ import annotations

from dataclasses import replace

from reach.answer import Evidence, Finding, Note, Reason, Verdict
from reach.checks.ends import NOBODY
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.flow import Flow
from reach.network import (
    KEY_OF_PREFIX,
    Absent,
    Gap,
    InternetGateway,
    NatGateway,
    Network,
    Peering,
    Subnet,
    Thing,
    Vpc,
)
from reach.traffic import ICMP, IPV6, NAMES, PUBLIC_V6, TCP, UDP, Ranges, Traffic, cidr, public_v4

_RA = "https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html"
BAD_ATTACHMENT = Reason(
    code="BAD_STATE_ATTACHMENT",
    title="The gateway is not attached to this VPC",
    why="An internet gateway carries traffic only for the VPC that it is attached to.",
    fix="Attach the gateway, or point the route at the gateway that is attached.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html",
)
NO_PUBLIC_IP = Reason(
    code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    title="The sender has no public IPv4 address",
    why="An internet gateway translates one to one between private and public addresses: it drops what comes from "
    "an interface without a public one. A Lambda function's interface never gets one, in no subnet; a private "
    "NAT gateway has none either.",
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
BAD_STATE = Reason(
    code="BAD_STATE",
    title="A component on the path is not working in its present state",
    why="A NAT gateway, endpoint, peering connection or database carries traffic only while it is available; a route "
    "to it may still look active.",
    fix="Replace or restart the component, and point the route at one that is available.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html",
)
PROTOCOL = Reason(
    code="PROTOCOL_RESTRICTION",
    title="The component does not take this protocol",
    why="A Lambda function sends TCP and UDP only; NAT gateways carry TCP, UDP and ICMP.",
    fix="Test with a TCP connection instead of ping.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-networking.html",
)
OUTSIDE_PEER = Reason(
    code="PCX_REQUIRES_ADDRESS_IN_VPC_CIDR",
    title="A peering connection carries only traffic between the two VPCs' own addresses",
    why="Peering is not transitive: the peer's internet gateway, NAT gateway, endpoints and further peerings "
    "cannot be used through it.",
    fix="Give this VPC its own NAT gateway or endpoint, or join the VPCs by a transit gateway.",
    source="https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html",
)
NAT_SOURCE = Reason(
    code="NGW_REQUIRES_SOURCE_IN_VPC",
    title="The NAT gateway does not serve this sender",
    why="A NAT gateway serves interfaces of its own VPC and traffic that arrives through a transit gateway, "
    "not through a peering connection or a VPN.",
    fix="Use a NAT gateway in the sender's own VPC.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
)
REASONS = (BAD_ATTACHMENT, NO_PUBLIC_IP, RFC1918, RFC6598, BAD_STATE, PROTOCOL, OUTSIDE_PEER, NAT_SOURCE)
PRIVATE_V4 = cidr("10.0.0.0/8") | cidr("172.16.0.0/12") | cidr("192.168.0.0/16")
SHARED_V4 = cidr("100.64.0.0/10")
NAT64 = cidr("64:ff9b::/96")


def missing(network: Network, guard: Guard, flow: Flow, found: Absent | Gap) -> Findings:
    """A target that a route names and the data does not hold: not proof that it is gone."""
    if isinstance(found, Gap):
        return unreadable(flow, found)
    why = f"{guard.resource} is the target of an active route but not among what was collected"
    key = next((v for p, v in KEY_OF_PREFIX.items() if guard.resource.startswith(p)), None)
    return unreadable(flow, Gap(guard.resource, key[1] if key else guard.resource, why))


def igw_attached(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the gateway is attached to the VPC (IGW-1, IN-1)."""
    gateway = network.get(guard.resource)
    if not isinstance(gateway, InternetGateway):
        return missing(network, guard, flow, _lost(gateway, guard.resource))
    if gateway.attachments is None:
        gap = Gap(gateway.id, "ec2:DescribeInternetGateways", f"the record of {gateway.id} has no Attachments")
        return unreadable(flow, gap)
    for i, (vpc, state) in enumerate(gateway.attachments):
        if vpc == guard.peer and state in ("available", "attached"):
            return passed(flow, gateway.id, gateway.proof(f"Attachments[{i}].State", state))
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


def igw_source(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the sender's private address is paired with a public one (IGW-2, IGW-3, FNSRC-4, NAT-2, NAT-3)."""
    sender = flow.sender
    record = network.things.get(sender.of or sender.id) or sender
    if flow.crossed and not flow.translations:
        return _foreign(flow, guard)
    if sender.public_ips and sender.type == "lambda":
        why = f"an Elastic IP is associated with the interface of {sender.name}, which AWS does not support"
        return unreadable(flow, Gap(guard.resource, "a supported way out (a NAT gateway)", why))
    if sender.public_ips:
        return passed(flow, guard.resource, record.proof(_public_field(record), ", ".join(sender.public_ips)))
    ipv6 = flow.traffic.where(flow.header.src, IPV6)  # needs no translation; "ipv6_source" asks the rest
    if ipv6:
        rest = flow.of(flow.traffic - ipv6)
        return (*passed(flow.of(ipv6), guard.resource), *(igw_source(network, guard, rest) if rest else ()))
    what, fix = _without_address(network, record, sender.type)
    return tuple(
        _caused(f, sender.type)
        for f in partition(
            flow, flow.traffic, guard.resource, NO_PUBLIC_IP, evidence=(_absence(record),), why=what, fix=fix
        )
    )


def _foreign(flow: Flow, guard: Guard) -> Findings:
    """What came in through a transit gateway has no address of this VPC, let alone a public one (IGW-5, TGW-8)."""
    why = f"{guard.resource} drops traffic of other VPCs: it came through {flow.crossed[-1]} and was not translated."
    fix = (
        "Let the transit gateway come in by a private subnet whose table sends 0.0.0.0/0 to a NAT gateway, "
        f"not to {guard.resource}."
    )
    shown = (Evidence(flow.sender.id, "VpcId", flow.sender.vpc),)
    return partition(flow, flow.traffic, guard.resource, NO_PUBLIC_IP, evidence=shown, why=why, fix=fix)


def _public_field(record: Thing) -> str:
    return "NatGatewayAddresses[].PublicIp" if isinstance(record, NatGateway) else "Association.PublicIp"


def _absence(record: Thing) -> Evidence:
    if isinstance(record, NatGateway):
        return record.proof("ConnectivityType", record.connectivity)
    return record.proof("Association.PublicIp", None)


def _without_address(network: Network, record: Thing, type: str) -> tuple[str, str]:
    if isinstance(record, NatGateway):
        return (
            f"{record.id} is a {record.connectivity} NAT gateway without a public address.",
            "Create a public NAT gateway with an Elastic IP in a public subnet and point the route at it.",
        )
    if type == "lambda":
        return (
            f"The route leads to an internet gateway, but the network interface of {record.name} has no public IPv4 "
            "address: Lambda never assigns one, also in a public subnet.",
            f"Move {record.name} to private subnets whose route table sends 0.0.0.0/0 to a NAT gateway"
            + _nat_hint(network)
            + ".",
        )
    return (
        f"{record.id} has no public IPv4 address.",
        f"Associate an Elastic IP with {record.id}, or route through a NAT gateway.",
    )


def _nat_hint(network: Network) -> str:
    nats = [n.id for n in network.all(NatGateway) if n.state == "available" and n.connectivity == "public"]
    return f" (there is {nats[0]})" if nats else ""


def _caused(finding: Finding, sender_type: str) -> Finding:
    if finding.verdict is Verdict.BLOCKED and sender_type == "lambda":
        return replace(finding, cause="LAMBDA_ENI_HAS_NO_PUBLIC_IP")
    return finding


def igw_destination(network: Network, guard: Guard, flow: Flow) -> Findings:
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


def nat_state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the NAT gateway is available (NAT-1, RT-11)."""
    nat = network.get(guard.resource)
    if not isinstance(nat, NatGateway):
        return missing(network, guard, flow, _lost(nat, guard.resource))
    proof = nat.proof("State", nat.state)
    if nat.state == "available":
        return passed(flow, nat.id, proof)
    if nat.state not in ("pending", "failed", "deleting", "deleted"):
        return unreadable(flow, Gap(nat.id, "a known State", f"{nat.id} is in the unknown state {nat.state!r}"))
    transient = " It is being removed and may still pass traffic for a moment." if nat.state == "deleting" else ""
    failure = f" ({nat.failure})" if nat.failure else ""
    return partition(
        flow,
        flow.traffic,
        nat.id,
        BAD_STATE,
        evidence=(proof,),
        why=f"{nat.id} is {nat.state}{failure}.{transient}",
        fix="Create a NAT gateway in a public subnet and replace the route: aws ec2 replace-route --route-table-id "
        f"{guard.peer or 'RTB'} --destination-cidr-block 0.0.0.0/0 --nat-gateway-id NEW_NAT_ID",
    )


def nat_traffic(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Which protocols and senders a NAT gateway takes (NAT-7, NAT-10)."""
    nat = network.get(guard.resource)
    carried = Ranges.of(ICMP, TCP, UDP)
    stopped = flow.traffic - flow.traffic.where(flow.header.protocol, carried)
    by_transit = any(id.startswith("tgw-") for id in flow.crossed)
    if isinstance(nat, NatGateway) and flow.sender.vpc != nat.vpc and not by_transit:
        why = f"{nat.id} in {nat.vpc} does not serve senders of {flow.sender.vpc}."
        return partition(flow, flow.traffic, nat.id, NAT_SOURCE, evidence=(), why=why, fix=NAT_SOURCE.fix)
    ipv6 = flow.to(IPV6)
    if ipv6:
        return (*_nat_ipv6(guard, ipv6), *nat_traffic(network, guard, flow.of(flow.traffic - ipv6.traffic)))
    why = f"{guard.resource} carries TCP, UDP and ICMP only."
    return partition(flow, stopped, guard.resource, PROTOCOL, evidence=(), why=why, fix=PROTOCOL.fix)


def _nat_ipv6(guard: Guard, flow: Flow) -> Findings:
    """Native IPv6 does not pass a NAT gateway; NAT64 is not modelled yet (NAT-14)."""
    synthesised = flow.to(NAT64)
    native = flow.of(flow.traffic - synthesised.traffic)
    why = f"what {guard.resource} translates to is behind 64:ff9b::/96, which is not decided"
    out = unreadable(synthesised, Gap(guard.resource, "the IPv4 address", why))
    why = f"{guard.resource} does not carry native IPv6 to the internet."
    fix = "Route ::/0 to an egress-only internet gateway."
    return (*out, *partition(native, native.traffic, guard.resource, PROTOCOL, evidence=(), why=why, fix=fix))


def peering_state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the peering connection is active (PCX-1)."""
    peering = network.get(guard.resource)
    if not isinstance(peering, Peering):
        return missing(network, guard, flow, _lost(peering, guard.resource))
    proof = peering.proof("Status.Code", peering.status)
    if peering.status == "active":
        return passed(flow, peering.id, proof)
    why = f"{peering.id} is {peering.status}, not active."
    fix = f"aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id {peering.id}"
    return partition(flow, flow.traffic, peering.id, BAD_STATE, evidence=(proof,), why=why, fix=fix)


def peering_addresses(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Source in this VPC's blocks and destination in the peer's (PCX-2)."""
    peering = network.get(guard.resource)
    if not isinstance(peering, Peering):
        return missing(network, guard, flow, _lost(peering, guard.resource))
    here = Ranges()
    there = Ranges()
    for vpc, reported, _ in peering.sides:
        held = network.things.get(vpc)
        blocks = reported | held.cidrs if isinstance(held, Vpc) else reported
        if not blocks:
            why = f"{peering.id} does not name the blocks of {vpc or 'the other VPC'}, which is not in the data"
            return unreadable(flow, Gap(peering.id, "ec2:DescribeVpcPeeringConnections", why))
        if vpc == guard.peer:
            here = here | blocks
        else:
            there = there | blocks
    fits = flow.traffic.where(flow.header.dst, there).where(flow.header.src, here)
    stopped: Traffic = flow.traffic - fits
    why = f"{peering.id} carries only traffic between the blocks of the two VPCs that it joins."
    return partition(flow, stopped, peering.id, OUTSIDE_PEER, evidence=(), why=why, fix=OUTSIDE_PEER.fix)


def _lost(found: Thing | Absent | Gap, id: str) -> Absent | Gap:
    return found if isinstance(found, Absent | Gap) else Gap(id, f"a record of {id}", f"{id} is something else")


def cross_zone(network: Network, nat: NatGateway, subnet: Subnet) -> Note | None:
    """A NAT gateway of another zone works, but depends on that zone (NAT-16)."""
    other = network.get(nat.subnet or "")
    if isinstance(other, Subnet) and other.zone and subnet.zone and other.zone != subnet.zone:
        text = f"{subnet.id} ({subnet.zone}) uses {nat.id} in {other.zone}: it depends on that zone and pays to cross."
        return Note("AVAILABILITY_ZONE_CROSSED", text, nat.id)
    return None
