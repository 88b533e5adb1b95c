"""VPN gateways and connections, carrier gateways: beyond them nothing is decided, but they may be down."""

from __future__ import annotations

from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.transit import vpn
from reach.sources.cloudformation.resource import Resource


def gateway(draft: Draft, r: Resource) -> None:
    record = {"VpnGatewayId": r.id, "State": "available", "Type": "ipsec.1", "VpcAttachments": [], "Tags": r.tags()}
    draft.put("VpnGateways", record, r)


def connection(draft: Draft, r: Resource) -> None:
    """A connection; whether its tunnels are up is known when they are there."""
    record: Entry = {
        "VpnConnectionId": r.id,
        "State": "available",
        "Options": {"StaticRoutesOnly": r.flag("StaticRoutesOnly")},
        "Routes": [],
        "Tags": r.tags(),
    }
    record |= {name: r.text(name) for name in ("VpnGatewayId", "TransitGatewayId") if r.has(name)}
    draft.put("VpnConnections", record, r)
    if r.has("TransitGatewayId"):
        vpn(draft, r)


def static_route(draft: Draft, r: Resource) -> None:
    row = {"DestinationCidrBlock": r.block("DestinationCidrBlock"), "State": "available", "Source": "Static"}
    draft.add("VpnConnections", r.text("VpnConnectionId"), "Routes", row, r)


def carrier_gateway(draft: Draft, r: Resource) -> None:
    draft.put("CarrierGateways", {"CarrierGatewayId": r.id, "VpcId": r.known_text("VpcId"), "State": "available"}, r)
