"""IPv6 for random networks of several VPCs: blocks, routes beside the IPv4 ones, rules and entries of its own."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.journey_parts import Net

BLOCKS = {"vpc-1": "2600:1f18:1:", "vpc-2": "2600:1f18:2:", "vpc-9": "2600:1f18:9:"}
PRIVATE = "fd12:3456:1:"
CARRIES = ("VpcPeeringConnectionId", "TransitGatewayId", "NetworkInterfaceId", "GatewayId")
STATE = {"State": "associated"}


def dual(draw: st.DrawFn, net: Net) -> None:
    """Make every VPC dual-stack; what leads to other networks over IPv4 leads there over IPv6."""
    w = net.w
    net.six = True
    net.parts.append("six")
    start = dict(BLOCKS)
    if draw(st.sampled_from((False,) * 7 + (True,))):
        start["vpc-1"] = PRIVATE
    for vpc in w.collections["Vpcs"]:
        vpc["Ipv6CidrBlockAssociationSet"] = [
            {"Ipv6CidrBlock": f"{start[vpc['VpcId']]}:/56", "Ipv6CidrBlockState": STATE}
        ]
    for number, subnet in enumerate(w.collections["Subnets"]):
        block = f"{start[subnet['VpcId']]}{number + 1:x}::/64"
        subnet["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": block, "Ipv6CidrBlockState": STATE}]
    for eni in w.collections["NetworkInterfaces"]:
        if eni["NetworkInterfaceId"] in ("eni-d", "eni-x"):
            block = w[eni["SubnetId"]]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
            eni["Ipv6Addresses"] = [{"Ipv6Address": block.replace("::/64", "::d")}]
    _routes(draw, net, start)
    for pcx in w.collections["VpcPeeringConnections"]:
        for side in ("RequesterVpcInfo", "AccepterVpcInfo"):
            pcx[side]["Ipv6CidrBlockSet"] = [{"Ipv6CidrBlock": f"{start[pcx[side]['VpcId']]}:/56"}]
    for one in w.collections["TransitGatewayRoutes"]:
        one["Routes"] += [r | {"DestinationCidrBlock": translated(r["DestinationCidrBlock"], start)}
                          for r in one["Routes"] if translated(r["DestinationCidrBlock"], start)]  # fmt: skip
    for one in w.collections["TransitGatewayVpcAttachments"]:
        one["Options"]["Ipv6Support"] = draw(st.sampled_from(("enable",) * 9 + ("disable",)))
    for acl in w.collections["NetworkAcls"]:
        acl["Entries"] += [{"RuleNumber": 101, "Protocol": "-1", "RuleAction": "allow", "Egress": out,
                            "Ipv6CidrBlock": "::/0"} for out in (True, False)]  # fmt: skip
    w["orders"]["VpcConfig"]["Ipv6AllowedForDualStack"] = True
    _groups(draw, net, start)


def _routes(draw: st.DrawFn, net: Net, start: dict[str, str]) -> None:
    w = net.w
    attached = {"VpcId": "vpc-1", "State": draw(st.sampled_from(("attached",) * 9 + ("detached",)))}
    w.add("EgressOnlyInternetGateways", {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [attached]}, "eigw-1")
    for table in w.collections["RouteTables"]:
        home = {"DestinationIpv6CidrBlock": f"{start[table['VpcId']]}:/56", "GatewayId": "local", "State": "active",
                "Origin": "CreateRouteTable"}  # fmt: skip
        beside = _beside(table["Routes"], start, w)
        replaced = any(r["DestinationIpv6CidrBlock"] == home["DestinationIpv6CidrBlock"] for r in beside)
        table["Routes"] += [*([] if replaced else [home]), *beside]
    out = draw(st.sampled_from((("EgressOnlyInternetGatewayId", "eigw-1"),) * 5 + (("GatewayId", "igw-1"),)))
    w["rtb-fn"]["Routes"].append({"DestinationIpv6CidrBlock": "::/0", out[0]: out[1], "State": "active",
                                  "Origin": "CreateRoute"})  # fmt: skip
    w["rtb-fn"]["Routes"].append({"DestinationIpv6CidrBlock": "64:ff9b::/96", "NatGatewayId": "nat-1",
                                  "State": "active", "Origin": "CreateRoute"})  # fmt: skip


def _beside(routes: list[Any], start: dict[str, str], w: Any) -> list[Any]:
    """What leads to a block of another VPC or of a subnet leads to its IPv6 block, too."""
    made = []
    for route in routes:
        block, six = route.get("DestinationCidrBlock", ""), translated(route.get("DestinationCidrBlock", ""), start)
        for subnet in w.collections["Subnets"]:
            if subnet["CidrBlock"] == block:
                six = str(subnet["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
        if six and route.get("GatewayId") != "local":
            kept = {k: v for k, v in route.items() if k != "DestinationCidrBlock"}
            made.append({"DestinationIpv6CidrBlock": six, **kept})
    return made


def translated(block: str, start: dict[str, str]) -> str:
    """The IPv6 block of the VPC that has an IPv4 one."""
    vpc = {"10.0.0.0/16": "vpc-1", "10.2.0.0/16": "vpc-2", "10.9.0.0/16": "vpc-9"}.get(block)
    return f"{start[vpc]}:/56" if vpc else ""


def _groups(draw: st.DrawFn, net: Net, start: dict[str, str]) -> None:
    w = net.w
    if w["sg-fn"]["IpPermissionsEgress"] and draw(st.sampled_from((True,) * 9 + (False,))):
        w.egress("sg-fn", ("-1", None, "::/0"))
    for id in ("sg-d", "sg-x"):
        if any(g["GroupId"] == id for g in w.collections["SecurityGroups"]) and draw(st.booleans()):
            w.ingress(id, ("tcp", 5432, f"{start['vpc-1']}:/56"))
