"""Virtual private gateways: attached to this VPC, and for addresses of its own interfaces; VPN connections: up."""

from __future__ import annotations

from reach.answer import Evidence, Reason
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.checks.targets import BAD_ATTACHMENT, IDLE, PROTOCOL, unheard
from reach.flow import Flow
from reach.network import Gap, Network, VpnGateway

_RA = "https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html"
DOWN = Reason(
    code="BAD_STATE_VPN",
    title="The VPN connection is down",
    why="A VPN connection carries traffic while it is available and at least one of its tunnels is up.",
    fix="Look at the tunnels (aws ec2 describe-vpn-connections) and at the device at the other end.",
    source=_RA,
)
TRANSIT_DOWN = Reason(
    code="TGW_BAD_STATE_VPN",
    title="The transit gateway's VPN connection is down",
    why="A static route of a transit gateway goes on leading to a VPN attachment whose connection is not available, or "
    "whose tunnels are all down; nothing gets through.",
    fix=DOWN.fix,
    source=_RA,
)
FOREIGN_SOURCE = Reason(
    code="VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS",
    title="A virtual private gateway serves only its own VPC's interfaces",
    why="It takes packets whose source is the private address of an interface of the VPC, nothing that another "
    "network sends through.",
    fix="Attach the VPN or Direct Connect to the transit gateway, or give the other network its own.",
    source=_RA,
)
VPN_IPV6 = Reason(
    code=PROTOCOL.code,
    title="A VPN on a virtual private gateway carries no IPv6",
    why="Site-to-Site VPN connections of a virtual private gateway carry IPv4 only.",
    fix="Use a VPN attachment of a transit gateway, which can carry IPv6, or ask for the IPv4 address.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html",
)
REASONS = (DOWN, TRANSIT_DOWN, FOREIGN_SOURCE, VPN_IPV6)


def attached(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the gateway is available and attached to the VPC (VGW-1, IN-1).

    One that was not read is not the question: what lies behind it is not decided either way.
    """
    gateway = network.get(guard.resource)
    if not isinstance(gateway, VpnGateway):
        return passed(flow, guard.resource)
    if gateway.attachments is None:
        gap = Gap(gateway.id, "ec2:DescribeVpnGateways", f"the record of {gateway.id} has no VpcAttachments")
        return unreadable(flow, gap)
    if gateway.state not in ("available", "pending", "deleting", "deleted"):
        return unheard(network, flow, gateway.id, gateway.state)
    for i, (vpc, state) in enumerate(gateway.attachments):
        if vpc == guard.peer and state in ("attached", "available") and gateway.state == "available":
            return passed(flow, gateway.id, gateway.proof(f"VpcAttachments[{i}].State", state))
        if vpc == guard.peer and state not in IDLE and gateway.state == "available":
            return unheard(network, flow, gateway.id, state)
    shown = gateway.proof("VpcAttachments", [f"{vpc}: {state}" for vpc, state in gateway.attachments])
    why = f"{gateway.id} is not attached to {guard.peer}."
    fix = f"aws ec2 attach-vpn-gateway --vpn-gateway-id {gateway.id} --vpc-id {guard.peer}"
    if gateway.state != "available":
        shown, why = gateway.proof("State", gateway.state), f"{gateway.id} is {gateway.state}, not available."
        fix = BAD_ATTACHMENT.fix
    return partition(flow, flow.traffic, gateway.id, BAD_ATTACHMENT, evidence=(shown,), why=why, fix=fix)


def source(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the sender is an interface of the VPC, or a NAT gateway of it (VGW-3, VGW-6)."""
    if flow.sender.vpc == guard.peer or not flow.crossed:
        return passed(flow, guard.resource)
    why = f"{guard.resource} drops traffic of other networks: it came through {flow.crossed[-1]}."
    shown = (Evidence(flow.sender.id, "VpcId", flow.sender.vpc),)
    return partition(
        flow, flow.traffic, guard.resource, FOREIGN_SOURCE, evidence=shown, why=why, fix=FOREIGN_SOURCE.fix
    )
