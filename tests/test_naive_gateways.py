"""The naive walk at gateways agrees with answers worked out by hand: regional NAT, Block Public Access, IPv6."""

from __future__ import annotations

from typing import Any

import pytest

from tests.naive import Outcome, Packet, Source, walk
from tests.test_naive import ANY, Home, home
from tests.world_members import regional_nat


def regional(zones: str, automatic: str = "disabled") -> Home:
    """The function's table leads to a regional NAT gateway, whose own table leads out."""
    h = home()
    own = h.w.route_table(h.vpc, [], [(ANY, h.igw)], id="rtb-own")
    h.w.add("NatGateways", regional_nat("nat-r", h.vpc, own, zones, automatic=automatic), "nat-r")
    h.w[h.table]["Routes"] = [r for r in h.w[h.table]["Routes"] if r.get("GatewayId") == "local"]
    h.w.route(h.table, ANY, "nat-r")
    return h


@pytest.mark.parametrize(("zones", "automatic", "code"), [
    ("a", "disabled", None), ("ab", "disabled", None), ("b", "enabled", None),
    ("b", "disabled", "REGIONAL_NGW_ROUTE_AZ_RESTRICTION"),
])  # fmt: skip
def test_nat6_a_regional_nat_gateway_serves_its_zones(zones: str, automatic: str, code: str | None) -> None:
    assert regional(zones, automatic).ask().code == code


def test_nat5_a_regional_nat_gateway_has_a_table_and_no_acl() -> None:
    h = regional("a")
    h.w.network_acl(h.vpc, [h.pub])  # which denies everything, and is nobody's on this way
    assert h.ask() == Outcome("delivered")
    h.w["rtb-own"]["Routes"].pop()
    assert h.ask().code == "NO_ROUTE_TO_DESTINATION"
    h.w.route("rtb-own", ANY, "nat-r")
    assert h.ask().code == "ROUTING_LOOP"
    h.w.network_acl(h.vpc, [h.a], [], [(100, "allow", "-1", None, ANY)])
    assert ("return", "SUBNET_ACL_RESTRICTION") not in h.ask().blocked


def block(h: Home, mode: str, of: str = "", allowed: str = "") -> None:
    h.w.collections["VpcBlockPublicAccessOptions"] = [{"InternetGatewayBlockMode": mode, "State": "update-complete"}]
    arn = h.w.arn("ec2", of)
    exclusion = {"ResourceArn": arn, "InternetGatewayExclusionMode": allowed, "State": "create-complete"}
    h.w.collections["VpcBlockPublicAccessExclusions"] = [exclusion] if of else []


@pytest.mark.parametrize(("mode", "allowed", "passes"), [
    ("off", "", True), ("block-ingress", "", True), ("block-bidirectional", "", False),
    ("block-bidirectional", "allow-egress", True), ("block-bidirectional", "allow-bidirectional", True),
])  # fmt: skip
def test_bpa4_what_a_nat_gateway_sends(mode: str, allowed: str, passes: bool) -> None:
    for place in ("subnet", "vpc"):
        h = home()
        block(h, mode, f"{place}/{h.pub if place == 'subnet' else h.vpc}" if allowed else "", allowed)
        assert (h.ask() == Outcome("delivered")) is passes
    h = home()
    block(h, mode, f"subnet/{h.a}" if allowed else "", allowed)  # BPA-5: not the subnet that faces the gateway
    assert (h.ask() == Outcome("delivered")) is (mode != "block-bidirectional")


def over_ipv6(block: str = "2600:1f18:1234:5600") -> Home:
    """The function's subnet is dual-stack and leads to an egress-only gateway; everything else lets IPv6 through."""
    h = home()
    state = {"State": "associated"}
    h.w[h.a]["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": f"{block}::/64", "Ipv6CidrBlockState": state}]
    gateway = {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"VpcId": h.vpc, "State": "attached"}]}
    h.w.add("EgressOnlyInternetGateways", gateway, "eigw-1")
    h.w[h.table]["Routes"].append(
        {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "State": "active"}
    )
    h.w[h.w.default_acl(h.vpc)]["Entries"] += [
        {"RuleNumber": 101, "Protocol": "-1", "RuleAction": "allow", "Egress": out, "Ipv6CidrBlock": "::/0"}
        for out in (True, False)
    ]
    h.w.egress(h.sg, ("-1", None, "::/0"))
    return h


def send(h: Home, address: str = "2001:4860:4860::8888", sender: str = "2600:1f18:1234:5600::9") -> Outcome:
    source = Source(h.a, (h.sg,), sender, 50000)
    return walk(h.w.document(), source, Packet("tcp", address, 443), None, 2048)


def test_igw7_ipv6_goes_out_by_an_egress_only_gateway() -> None:
    assert send(over_ipv6()) == Outcome("delivered")
    assert send(over_ipv6(), "fe80::1").code == "NO_POSSIBLE_DESTINATION"


def test_igw6_not_from_a_private_address() -> None:
    h = over_ipv6("fd12:3456:789a:5600")
    assert send(h, sender="fd12:3456:789a:5600::9").code == "PRIVATE_IPV6_SOURCE"
    h = over_ipv6()
    h.w[h.a]["Ipv6CidrBlockAssociationSet"][0]["Ipv6AddressAttribute"] = "private"
    assert send(h).code == "PRIVATE_IPV6_SOURCE"


def test_nacl6_ipv6_needs_entries_and_rules_of_its_own() -> None:
    h = over_ipv6()
    h.w[h.w.default_acl(h.vpc)]["Entries"][-1]["Egress"] = True  # what lets replies in is gone
    assert send(h).blocked == (("return", "SUBNET_ACL_RESTRICTION"),)
    h = over_ipv6()
    h.w[h.sg]["IpPermissionsEgress"][0]["Ipv6Ranges"].clear()
    assert send(h).code == "ENI_SG_RULES_MISMATCH"


def test_nat14_no_native_ipv6_through_a_nat_gateway() -> None:
    h = over_ipv6()
    route: dict[str, Any] = h.w[h.table]["Routes"][-1]
    route["NatGatewayId"] = h.nat
    del route["EgressOnlyInternetGatewayId"]
    assert send(h).code == "PROTOCOL_RESTRICTION"
    assert send(h, "64:ff9b::5db8:d822") == Outcome("delivered")  # 93.184.216.34
    h.w[h.w.default_acl(h.vpc)]["Entries"][-1]["Ipv6CidrBlock"] = "2000::/3"  # the reply comes from 64:ff9b::…
    assert send(h, "64:ff9b::5db8:d822").blocked == (("return", "SUBNET_ACL_RESTRICTION"),)
