"""Furniture for random networks: ways out of AWS by VPN, carriers, and IPv6 in all its forms."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.strategies import Case
from tests.strategies_ipv6 import dual
from tests.world_records import Record

OFFICE = ("10.9.0.0/16", "0.0.0.0/0", "93.184.216.0/24")


def outward(draw: st.DrawFn, case: Case) -> None:
    """A virtual private gateway with VPN connections in any state, routed to from some tables; a carrier gateway."""
    w = case.world
    attached = {"VpcId": draw(st.sampled_from((case.vpc, case.vpc, "vpc-0other"))), "State": "attached"}
    state = draw(st.sampled_from(("available", "available", "deleted")))
    w.add("VpnGateways", {"VpnGatewayId": "vgw-1", "State": state, "VpcAttachments": [attached]}, "vgw-1")
    w.collections.setdefault("VpnConnections", [])
    for number in range(draw(st.integers(0, 2))):
        w.add("VpnConnections", draw(_connections(f"vpn-{number}")), f"vpn-{number}")
    state = draw(st.sampled_from(("available", "deleted")))
    w.add("CarrierGateways", {"CarrierGatewayId": "cagw-1", "VpcId": case.vpc, "State": state}, "cagw-1")
    tables = [t["RouteTableId"] for t in w.collections["RouteTables"] if t["VpcId"] == case.vpc]
    for table in draw(st.lists(st.sampled_from(tables), min_size=1, max_size=2, unique=True)):
        known = {r.get("DestinationCidrBlock") for r in w[table]["Routes"]}
        for block in draw(st.lists(st.sampled_from(OFFICE), min_size=1, max_size=2, unique=True)):
            if block not in known:
                w.route(table, block, draw(st.sampled_from(("vgw-1", "vgw-1", "cagw-1"))))


@st.composite
def _connections(draw: st.DrawFn, id: str) -> Record:
    routes = draw(st.lists(st.sampled_from(("10.9.0.0/16", "93.184.0.0/16", "0.0.0.0/0")), max_size=2, unique=True))
    return {
        "VpnConnectionId": id, "VpnGatewayId": "vgw-1",
        "State": draw(st.sampled_from(("available", "available", "available", "pending", "deleted"))),
        "Options": {"StaticRoutesOnly": draw(st.booleans())},
        "Routes": [{"DestinationCidrBlock": r, "State": "available"} for r in routes],
        "VgwTelemetry": [{"Status": s} for s in draw(st.lists(st.sampled_from(("UP", "DOWN")), max_size=2))],
    }  # fmt: skip


def six(draw: st.DrawFn, case: Case) -> None:
    """IPv6 everywhere, NAT64 routes, and DNS64 on some subnets; the database may be dual-stack."""
    w = case.world
    dual(draw, case)
    for subnet in w.collections["Subnets"]:
        subnet["EnableDns64"] = draw(st.booleans())
    for database in w.collections["DBInstances"]:
        database["NetworkType"] = draw(st.sampled_from(("DUAL", "IPV4")))
