"""Virtual private gateways, Site-to-Site VPN, Direct Connect, carriers: decided up to where AWS's records end."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, Row, Step, Steps, do, forget, put
from tests.scenario_ipv6 import READY
from tests.scenario_transit import SPOKE_ROUTES, SPOKES, egress_vpc, table
from tests.scenario_worlds import ANY, PRIVATE

OFFICE = "10.50.0.1:443"


def vgw(vpc: str = "vpc-1", state: str = "attached", **members: Any) -> Step:
    """A virtual private gateway."""
    record = {
        "VpnGatewayId": "vgw-1", "State": "available", "Type": "ipsec.1", "AmazonSideAsn": 64512,
        "VpcAttachments": [{"VpcId": vpc, "State": state}], **members,
    }  # fmt: skip
    return do("add", "VpnGateways", record, "vgw-1")


def vpn(id: str = "vpn-1", *tunnels: str, routes: tuple[str, ...] | None = None, of: str = "vgw-1",
        **members: Any) -> Step:  # fmt: skip
    """A VPN connection; with `routes` it is static, else it speaks BGP."""
    record = {
        "VpnConnectionId": id, "State": "available", "Type": "ipsec.1", "CustomerGatewayId": "cgw-1",
        "VpnGatewayId" if of.startswith("vgw-") else "TransitGatewayId": of,
        "Options": {"StaticRoutesOnly": routes is not None},
        "Routes": [{"DestinationCidrBlock": r, "Source": "Static", "State": "available"} for r in routes or ()],
        "VgwTelemetry": [{"Status": t, "OutsideIpAddress": f"52.18.0.{n + 1}"} for n, t in enumerate(tunnels)],
        **members,
    }  # fmt: skip
    return do("add", "VpnConnections", record, id)


NO_VPN: Step = lambda w: w.collections.setdefault("VpnConnections", [])  # noqa: E731
TO_OFFICE: Steps = (*PRIVATE, do("route", "rtb-fn", "10.50.0.0/16", "vgw-1"))
LEAVES: dict[str, Any] = {"want": HM, "code": "LEAVES_AWS", "at": "vgw-1", "via": ("rtb-fn", "vgw-1")}
VPN = (
    Row(ids="VGW-1 VGW-5", about="a VPN with BGP and a tunnel that is up",
        world=(*TO_OFFICE, vgw(), vpn("vpn-1", "UP", "DOWN")), to=OFFICE, **LEAVES, says="vpn-1"),
    Row(ids="VGW-2 VGW-5", about="static routing that knows the way",
        world=(*TO_OFFICE, vgw(), vpn("vpn-1", "UP", routes=("10.50.0.0/16",))), to=OFFICE, **LEAVES),
    Row(ids="VGW-2", about="static routing without a route for it",
        world=(*TO_OFFICE, vgw(), vpn("vpn-1", "UP", routes=("10.60.0.0/16",))), to=OFFICE,
        want=NO, code="NO_ROUTE_TO_DESTINATION", at="vgw-1", assumes=("VGW-1",), says="vpn-1"),
    Row(ids="VGW-2", about="static routing with a route that is being deleted", to=OFFICE,
        world=(*TO_OFFICE, vgw(), vpn("vpn-1", "UP", routes=("10.50.0.0/16",)),
               lambda w: w["vpn-1"]["Routes"][0].update(State="deleting")),
        want=NO, code="NO_ROUTE_TO_DESTINATION", at="vgw-1"),
    Row(ids="VGW-2", about="a second VPN with BGP may know it", to=OFFICE, **LEAVES,
        world=(*TO_OFFICE, vgw(), vpn("vpn-1", "UP", routes=("10.60.0.0/16",)), vpn("vpn-2", "UP"))),
    Row(ids="VGW-2 IN-6", about="how it routes is not in the record", to=OFFICE, **LEAVES,
        world=(*TO_OFFICE, vgw(), vpn("vpn-1", "UP", routes=(), Options={}))),
    Row(ids="VGW-2", about="a part of the range has a static route", to="10.50.0.0/16:443",
        world=(*TO_OFFICE, vgw(), vpn("vpn-1", "UP", routes=("10.50.0.0/17",))),
        want=HM, code="LEAVES_AWS", at="vgw-1"),
    Row(ids="VGW-1", about="all tunnels are down", world=(*TO_OFFICE, vgw(), vpn("vpn-1", "DOWN", "DOWN")), to=OFFICE,
        want=NO, code="BAD_STATE_VPN", at="vpn-1", assumes=("VGW-1",), says="DOWN"),
    Row(ids="VGW-1", about="one of two VPNs is down", to=OFFICE, **LEAVES,
        world=(*TO_OFFICE, vgw(), vpn("vpn-1", "DOWN", "DOWN"), vpn("vpn-2", "UP"))),
    Row(ids="VGW-1", about="a VPN that is being created", to=OFFICE,
        world=(*TO_OFFICE, vgw(), vpn("vpn-1", State="pending")), want=NO, code="BAD_STATE_VPN", at="vpn-1"),
    Row(ids="VGW-5", about="a deleted VPN that is still listed leaves Direct Connect", to=OFFICE, **LEAVES,
        world=(*TO_OFFICE, vgw(), vpn("vpn-1", "DOWN", State="deleted"))),
    Row(ids="VGW-5", about="no VPN at all: Direct Connect, of which nothing is read", to=OFFICE, **LEAVES,
        world=(*TO_OFFICE, vgw(), NO_VPN)),
    Row(ids="VGW-2", about="VPN connections were not read", world=(*TO_OFFICE, vgw()), to=OFFICE, **LEAVES,
        needs="ec2:DescribeVpnConnections"),
    Row(ids="VGW-1 RT-11", about="the gateway is attached to another VPC", to=OFFICE,
        world=(*TO_OFFICE, vgw("vpc-9"), vpn("vpn-1", "UP")), want=NO, code="BAD_STATE_ATTACHMENT", at="vgw-1"),
    Row(ids="VGW-1", about="it is being detached", world=(*TO_OFFICE, vgw(state="detaching"), vpn("vpn-1", "UP")),
        to=OFFICE, want=NO, code="BAD_STATE_ATTACHMENT", at="vgw-1"),
    Row(ids="VGW-1", about="it is deleted", world=(*TO_OFFICE, vgw(State="deleted"), vpn("vpn-1", "UP")), to=OFFICE,
        want=NO, code="BAD_STATE_ATTACHMENT", at="vgw-1"),
    Row(ids="VGW-1 IN-4", about="a gateway in a state that nobody knows", to=OFFICE,
        world=(*TO_OFFICE, vgw(State="dozing"), vpn("vpn-1", "UP")),
        want=HM, code="UNKNOWN_RESOURCE", at="vgw-1", needs="a known State", more=("LEAVES_AWS",)),
    Row(ids="VGW-1 IN-4", about="an attachment in a state that nobody knows", to=OFFICE,
        world=(*TO_OFFICE, vgw(state="dozing"), vpn("vpn-1", "UP")),
        want=HM, code="UNKNOWN_RESOURCE", at="vgw-1", needs="a known State", more=("LEAVES_AWS",)),
    Row(ids="VGW-1 IN-6", about="its record lacks the attachments", to=OFFICE,
        world=(*TO_OFFICE, vgw(), vpn("vpn-1", "UP"), lambda w: w["vgw-1"].pop("VpcAttachments")),
        want=HM, code="UNKNOWN_RESOURCE", at="vgw-1", needs="ec2:DescribeVpnGateways", more=("LEAVES_AWS",)),
    Row(ids="VGW-5", about="an internet breakout at the office", to="internet", **LEAVES,
        world=(*PRIVATE, do("route", "rtb-fn", ANY, "vgw-1"), vgw(), vpn("vpn-1", "UP"))),
    Row(ids="RT-5 VGW-1", about="a propagated route", to=OFFICE, **LEAVES,
        world=(*PRIVATE, do("route", "rtb-fn", "10.50.0.0/16", "vgw-1", "active", "EnableVgwRoutePropagation"),
               vgw(), vpn("vpn-1", "UP"))),
    Row(ids="VGW-4", about="a VPN of a virtual private gateway carries no IPv6", who="six",
        world=(*READY, vgw(), vpn("vpn-1", "UP"), lambda w: w["rtb-fn"]["Routes"].append(
            {"DestinationIpv6CidrBlock": "2001:4860::/32", "GatewayId": "vgw-1", "State": "active"})),
        to="[2001:4860::1]:443", want=NO, code="PROTOCOL_RESTRICTION", at="vgw-1", assumes=("VGW-1",)),
    Row(ids="VGW-4", about="Direct Connect may carry it", who="six",
        world=(*READY, vgw(), NO_VPN, lambda w: w["rtb-fn"]["Routes"].append(
            {"DestinationIpv6CidrBlock": "2001:4860::/32", "GatewayId": "vgw-1", "State": "active"})),
        to="[2001:4860::1]:443", **LEAVES),
    Row(ids="NAT-2 VGW-3", about="what a NAT gateway of the VPC sends has an address of the VPC",
        world=(*PRIVATE, do("subnet", "vpc-1", "10.0.9.0/24", "a", id="subnet-o"),
               do("nat_gateway", "subnet-o", id="nat-p", connectivity="private"),
               do("route", "rtb-fn", "10.50.0.0/16", "nat-p"),
               do("route_table", "vpc-1", ["subnet-o"], [("10.50.0.0/16", "vgw-1")], id="rtb-o"),
               vgw(), vpn("vpn-1", "UP")), to=OFFICE,
        want=HM, code="LEAVES_AWS", at="vgw-1", via=("rtb-fn", "nat-p", "rtb-o", "vgw-1")),
    Row(ids="VGW-3 VGW-6", about="another VPC's packets through a transit gateway are dropped",
        world=(*egress_vpc(), vgw("vpc-9"), vpn("vpn-1", "UP"), do("route", "rtb-m", "10.50.0.0/16", "vgw-1")),
        to=OFFICE, want=NO, code="VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS", at="vgw-1"),
    Row(ids="SG-1 VGW-5", about="a definite block before the gateway beats what lies behind it",
        world=(*TO_OFFICE, vgw(), vpn("vpn-1", "UP"), lambda w: w["sg-fn"]["IpPermissionsEgress"].clear()),
        to=OFFICE, want=NO, code="SG_HAS_NO_RULES", at="sg-fn"),
)  # fmt: skip
CARRIER = (
    Row(ids="IGW-10 VGW-7", about="a carrier gateway", to=OFFICE,
        world=(*PRIVATE, do("route", "rtb-fn", "10.50.0.0/16", "cagw-1"),
               do("add", "CarrierGateways", {"CarrierGatewayId": "cagw-1", "VpcId": "vpc-1", "State": "available"})),
        want=HM, code="UNSUPPORTED_COMPONENT", at="cagw-1"),
    Row(ids="IGW-10", about="a carrier gateway that is gone", to=OFFICE,
        world=(*PRIVATE, do("route", "rtb-fn", "10.50.0.0/16", "cagw-1"),
               do("add", "CarrierGateways", {"CarrierGatewayId": "cagw-1", "VpcId": "vpc-1", "State": "deleted"})),
        want=NO, code="BAD_STATE", at="cagw-1"),
    Row(ids="IGW-10", about="carrier gateways were not read", to=OFFICE,
        world=(*PRIVATE, do("route", "rtb-fn", "10.50.0.0/16", "cagw-1")),
        want=HM, code="UNSUPPORTED_COMPONENT", at="cagw-1"),
    Row(ids="VGW-7", about="a core network", to=OFFICE,
        world=(*PRIVATE, lambda w: w["rtb-fn"]["Routes"].append(
            {"DestinationCidrBlock": "10.50.0.0/16", "State": "active", "Origin": "CreateRoute",
             "CoreNetworkArn": "arn:aws:networkmanager::123456789012:core-network/core-network-1"})),
        want=HM, code="UNSUPPORTED_COMPONENT"),
)  # fmt: skip
TO_TRANSIT: Steps = (
    *SPOKES, table("tgw-rtb-1", *SPOKE_ROUTES, ("10.50.0.0/16", "tgw-attach-v")),
    do("route", "rtb-fn", "10.50.0.0/16", "tgw-1"),
    do("add", "TransitGatewayAttachments",
       {"TransitGatewayAttachmentId": "tgw-attach-v", "TransitGatewayId": "tgw-1", "State": "available",
        "ResourceType": "vpn", "ResourceId": "vpn-1"}, "tgw-attach-v"),
)  # fmt: skip
BEHIND_TRANSIT: dict[str, Any] = {"to": OFFICE, "want": HM, "code": "LEAVES_AWS", "at": "tgw-attach-v"}
TRANSIT = (
    Row(ids="VGW-1 TGW-11", about="a transit gateway's VPN with a tunnel that is up", **BEHIND_TRANSIT,
        world=(*TO_TRANSIT, vpn("vpn-1", "UP", "DOWN", of="tgw-1"))),
    Row(ids="VGW-1 TGW-11", about="a transit gateway's VPN whose tunnels are down", to=OFFICE, want=NO,
        world=(*TO_TRANSIT, vpn("vpn-1", "DOWN", "DOWN", of="tgw-1")), code="TGW_BAD_STATE_VPN", at="vpn-1",
        says="DOWN"),
    Row(ids="VGW-1 TGW-11", about="a transit gateway's VPN that is being deleted", to=OFFICE, want=NO,
        world=(*TO_TRANSIT, vpn("vpn-1", "UP", of="tgw-1", State="deleting")), code="TGW_BAD_STATE_VPN", at="vpn-1"),
    Row(ids="VGW-1 TGW-11", about="a transit gateway's VPN whose tunnels are not in the record", **BEHIND_TRANSIT,
        world=(*TO_TRANSIT, vpn("vpn-1", of="tgw-1"))),
    Row(ids="TGW-1 TGW-11", about="a VPN attachment that is being deleted", to=OFFICE, want=NO,
        world=(*TO_TRANSIT, vpn("vpn-1", "UP", of="tgw-1"), put("tgw-attach-v", State="deleting")),
        code="BAD_STATE_ATTACHMENT", at="tgw-attach-v", more=("*",)),
    Row(ids="TGW-6 VGW-1", about="one of two VPN connections that share the traffic is down", to=OFFICE, want=HM,
        world=(*TO_TRANSIT, vpn("vpn-1", "DOWN", of="tgw-1"), vpn("vpn-2", "UP", of="tgw-1"),
               do("add", "TransitGatewayAttachments",
                  {"TransitGatewayAttachmentId": "tgw-attach-w", "TransitGatewayId": "tgw-1", "State": "available",
                   "ResourceType": "vpn", "ResourceId": "vpn-2"}, "tgw-attach-w"),
               lambda w: w["tgw-rtb-1/routes"]["Routes"][-1]["TransitGatewayAttachments"].append(
                   {"TransitGatewayAttachmentId": "tgw-attach-w", "ResourceType": "vpn"})),
        code="LEAVES_AWS", at="tgw-attach-w"),
    Row(ids="TGW-11 VGW-7", about="a Connect attachment, which stays in AWS, is named", to=OFFICE, want=HM,
        world=(*TO_TRANSIT, put("tgw-attach-v", ResourceType="connect", ResourceId="tgw-attach-2")),
        code="UNSUPPORTED_COMPONENT", at="tgw-attach-v"),
    Row(ids="TGW-11 IN-6", about="a VPN attachment that only the route tells of", **BEHIND_TRANSIT,
        world=(*TO_TRANSIT, lambda w: w["tgw-rtb-1/routes"]["Routes"][-1]["TransitGatewayAttachments"][0].update(
            ResourceType="vpn"), forget("TransitGatewayAttachments", "tgw-attach-v"))),
)  # fmt: skip
OUTWARD = (*VPN, *TRANSIT, *CARRIER)
