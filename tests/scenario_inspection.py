"""Middleboxes on the way: route targets of every kind, appliances, gateway route tables, both directions alike."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, Row, Step, Steps, do, put
from tests.scenario_worlds import ANY, DB, DB_HERE, HOST, NAT, NAT_WAY, PRIVATE, acl, admits

ADMITS_A: Step = admits(("tcp", 5432, "10.0.1.0/24"))


def route_with(table: str, destination: str, member: str, target: str, origin: str = "CreateRoute") -> Step:
    """A route of which the row names AWS's own member."""
    record = {"DestinationCidrBlock": destination, member: target, "State": "active", "Origin": origin}

    def change(world: Any) -> None:
        routes = world[table]["Routes"]
        routes[:] = [r for r in routes if r.get("DestinationCidrBlock") != destination] + [record]

    return change


def box(subnet: str = "subnet-m", ingress: tuple[str, Any, str] | str = "-1", **members: Any) -> Steps:
    """An appliance `eni-m` that may forward, in a subnet `subnet-m` with a table `rtb-m` of its own."""
    return (
        do("subnet", "vpc-1", "10.0.5.0/24", "a", id="subnet-m"),
        do("route_table", "vpc-1", ["subnet-m"], id="rtb-m"),
        do("security_group", "vpc-1", [ingress], id="sg-m"),
        do("interface", subnet, None, ["sg-m"], id="eni-m", instance="i-m"),
        put("eni-m", SourceDestCheck=False, **members),
    )


def public(ip: str | None = "54.72.9.9") -> Step:
    """The appliance's public address, or none."""

    def change(world: Any) -> None:
        held = {"Association": {"PublicIp": ip}} if ip else {}
        world["eni-m"].update(held)
        world["eni-m"]["PrivateIpAddresses"][0].update(held)

    return change


V6 = ((100, "allow", "-1", None, ANY), (101, "allow", "-1", None, "::/0"))
OUT: Step = do("route", "rtb-fn", "10.0.3.0/24", "eni-m")
HOME: Step = do("route", "rtb-db", "10.0.1.0/24", "eni-m")
BOX: Steps = (*PRIVATE, DB, ADMITS_A, *box())
THROUGH: Steps = (*BOX, OUT, HOME)

TARGETS = (
    Row(ids="RT-13 VGW-7 IGW-10", about="a carrier gateway is named",
        world=(*PRIVATE, do("route", "rtb-fn", ANY, "cagw-1")), to="internet",
        want=HM, code="UNSUPPORTED_COMPONENT", at="cagw-1", says="cagw-1"),
    Row(ids="RT-13 VGW-7", about="a core network is named",
        world=(*PRIVATE, route_with("rtb-fn", ANY, "CoreNetworkArn", "arn:aws:networkmanager::1:core-network/c-1")),
        to="internet", want=HM, code="UNSUPPORTED_COMPONENT", says="Cloud WAN core network arn:aws:networkmanager"),
    Row(ids="RT-13 VGW-7", about="a network of Oracle Database@AWS is named",
        world=(*PRIVATE, route_with("rtb-fn", ANY, "OdbNetworkArn", "arn:aws:odb:eu-west-1:1:odb-network/o-1")),
        to="internet", want=HM, code="UNSUPPORTED_COMPONENT", says="Oracle Database@AWS network arn:aws:odb"),
    Row(ids="RT-13 IN-4", about="a target of a new kind is named with its new key",
        world=(*PRIVATE, route_with("rtb-fn", ANY, "QuantumGatewayId", "qgw-1")), to="internet",
        want=HM, code="UNSUPPORTED_COMPONENT", at="qgw-1", says="QuantumGatewayId qgw-1"),
    Row(ids="RT-12", about="a route does not forward to reserved addresses, whatever its target",
        world=(*NAT, do("route", "rtb-fn", "169.254.168.0/22", "pcx-gone")), to="169.254.170.2:80",
        want=NO, code="NO_POSSIBLE_DESTINATION", at="rtb-fn", says="for its own services"),
    Row(ids="RT-12", about="beside the reserved range routes are asked as ever",
        world=(*PRIVATE, do("route", "rtb-fn", "169.254.0.0/16", "lgw-1")), to="169.254.1.1:80",
        want=HM, code="UNSUPPORTED_COMPONENT", at="lgw-1"),
    Row(ids="RT-6", about="a part of the VPC cannot be routed to a transit gateway",
        world=(*PRIVATE, DB, do("route", "rtb-fn", "10.0.3.0/24", "tgw-1")), to="rds:orders-db",
        want=HM, code="UNSUPPORTED_COMPONENT", at="tgw-1", says="inside vpc-1"),
    Row(ids="RT-21", about="a Route Server's next hop is an interface by its address",
        world=(*BOX, HOME, lambda w: route_with("rtb-fn", "10.9.0.0/16", "IpAddress", w.address("eni-m"),
                                                "Advertisement")(w),
               do("route", "rtb-m", "10.9.0.0/16", "lgw-1")),
        to="10.9.0.1:443", want=HM, code="UNSUPPORTED_COMPONENT", at="lgw-1", notes=("DYNAMIC_ROUTE",),
        assumes=("RT-21", "NATI-5"), via=("rtb-fn", "eni-m")),
    Row(ids="RT-21", about="nobody has the next hop's address",
        world=(*BOX, route_with("rtb-fn", ANY, "IpAddress", "10.0.5.200", "Advertisement")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="10.0.5.200"),
    Row(ids="RT-21 RT-6", about="a Route Server's route may be more specific than the local one",
        world=(*BOX, HOME, lambda w: route_with("rtb-fn", "10.0.3.0/24", "IpAddress", w.address("eni-m"),
                                                "Advertisement")(w)),
        to="rds:orders-db", want=OK, via=("rtb-fn", "eni-m", "rtb-m"), notes=("DYNAMIC_ROUTE",), assumes=("RT-21",)),
)  # fmt: skip

APPLIANCES = (
    Row(ids="NATI-5 RT-6 RET-6 RET-3", about="between private hosts through an appliance, there and back",
        world=THROUGH, to="rds:orders-db", want=OK, via=("rtb-fn", "eni-m", "rtb-m"),
        notes=("ASSUMES_INSTANCE_FORWARDS",), assumes=("NATI-5",)),
    Row(ids="RT-7 NATI-5", about="the local route's target is an appliance, in both tables",
        world=(*BOX, do("route", "rtb-fn", "10.0.0.0/16", "eni-m"), do("route", "rtb-db", "10.0.0.0/16", "eni-m")),
        to="rds:orders-db", want=OK, via=("rtb-fn", "eni-m", "rtb-m")),
    Row(ids="RT-13 NATI-1", about="a route that names the instance",
        world=(*BOX, HOME, route_with("rtb-fn", "10.0.3.0/24", "InstanceId", "i-m")), to="rds:orders-db", want=OK),
    Row(ids="T18 SG-7 NATI-5", about="a group reference is lost behind an appliance",
        world=(*THROUGH, admits(("tcp", 5432, "sg-fn"))), to="rds:orders-db",
        want=NO, code="SG_REFERENCES_NOT_PRESERVED", at="sg-db", cause="*"),
    Row(ids="RET-6", about="the reply goes past the appliance", world=(*BOX, OUT), to="rds:orders-db",
        want=NO, code="ASYMMETRIC_INSPECTION", at="rtb-db", back=True,
        says="--route-table-id rtb-db --destination-cidr-block 10.0.1.0/24 --network-interface-id eni-m"),
    Row(ids="RET-6", about="the reply meets an appliance that did not see the request", world=(*BOX, HOME),
        to="rds:orders-db", want=NO, code="ASYMMETRIC_INSPECTION", at="rtb-db", back=True),
    Row(ids="NATI-2 RT-6", about="source/destination check on between private hosts",
        world=(*THROUGH, put("eni-m", SourceDestCheck=True)), to="rds:orders-db",
        want=NO, code="ENI_SOURCE_DEST_CHECK_RESTRICTION", at="eni-m", more=("ENI_SOURCE_DEST_CHECK_RESTRICTION",)),
    Row(ids="NATI-1 RT-6", about="the appliance's instance is stopped",
        world=(*THROUGH, do("add", "Instances", {"InstanceId": "i-m", "State": {"Name": "stopped"}}, "i-m")),
        to="rds:orders-db", want=NO, code="BAD_STATE", at="i-m", more=("BAD_STATE",)),
    Row(ids="NATI-3 SG-1", about="its own group does not let the connection in",
        world=(*PRIVATE, DB, ADMITS_A, *box(ingress=("tcp", 443, ANY)), OUT, HOME), to="rds:orders-db",
        want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-m", cause="*"),
    Row(ids="NATI-3 SG-1", about="its own group does not let the connection out",
        world=(*THROUGH, lambda w: w["sg-m"]["IpPermissionsEgress"].clear()), to="rds:orders-db",
        want=NO, code="SG_HAS_NO_RULES", at="sg-m", cause="*"),
    Row(ids="NATI-3", about="its own group names the function's group, which counts on an assumption",
        world=(*PRIVATE, DB, ADMITS_A, *box(ingress=("tcp", 5432, "sg-fn")), OUT, HOME), to="rds:orders-db",
        want=OK, assumes=("NATI-3", "NATI-5")),
    Row(ids="NATI-6 RET-1", about="the appliance's subnet closes to the reply",
        world=(*THROUGH, acl("subnet-m", inbound=((100, "allow", "tcp", 5432, "10.0.1.0/24"),))),
        to="rds:orders-db", want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-m", back=True),
    Row(ids="NATI-6", about="the appliance's subnet closes to the request, on its way out",
        world=(*THROUGH, acl("subnet-m", outbound=((100, "allow", "tcp", (1024, 5000), ANY),))),
        to="rds:orders-db", want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-m", more=("SUBNET_ACL_RESTRICTION",)),
    Row(ids="RT-18", about="an appliance in the database's subnet",
        world=(*PRIVATE, DB, ADMITS_A, *box("subnet-d"), OUT), to="rds:orders-db",
        want=NO, code="ASYMMETRIC_INSPECTION", at="rtb-db", back=True),
    Row(ids="RT-18", about="an appliance in the database's subnet that both directions are sent to",
        world=(*PRIVATE, DB, ADMITS_A, *box("subnet-d"), OUT, do("route_table", "vpc-1", ["subnet-d"], id="rtb-d2"),
               do("route", "rtb-d2", "10.0.1.0/24", "eni-m")),
        to="rds:orders-db", want=NO, code="ROUTING_LOOP", back=True),
    Row(ids="RT-8 RT-18", about="within one subnet nothing can be sent through an appliance",
        world=(*PRIVATE, DB_HERE, *box(), do("route", "rtb-fn", "10.0.1.0/24", "eni-m")), to="rds:orders-db",
        want=OK, via=()),
    Row(ids="NATI-7", about="whether it forwards IPv6 is not known",
        world=(*BOX, route_with("rtb-fn", ANY, "NetworkInterfaceId", "eni-m"),
               put("rtb-fn", Routes=[{"DestinationIpv6CidrBlock": "::/0", "NetworkInterfaceId": "eni-m",
                                      "State": "active", "Origin": "CreateRoute"}]),
               put("subnet-a", Ipv6CidrBlockAssociationSet=[
                   {"Ipv6CidrBlock": "2001:db8:1::/64", "Ipv6CidrBlockState": {"State": "associated"}}]),
               lambda w: w["orders"]["VpcConfig"].update(Ipv6AllowedForDualStack=True),
               lambda w: w.egress("sg-fn", ("tcp", None, "::/0")),
               lambda w: w.ingress("sg-m", ("tcp", None, "::/0")), lambda w: w.egress("sg-m", ("tcp", None, "::/0")),
               acl("subnet-a", V6, V6), acl("subnet-m", V6, V6)),
        to="[2600:1f18::1]:443", want=HM, code="UNSUPPORTED_COMPONENT", at="eni-m", says="forward IPv6"),
)  # fmt: skip

INSPECTED_NAT: Steps = (
    *NAT, *box(), do("route", "rtb-m", ANY, "igw-1"), do("route", "rtb-p", ANY, "eni-m"),
    lambda w: w["rtb-p"]["Routes"].pop(-2),
)  # fmt: skip
TO_BOX: Step = do("route_table", "vpc-1", [], [("10.0.0.0/24", "eni-m")], gateway="igw-1", id="rtb-edge")
INSPECTED_WAY = ("rtb-fn", "nat-1", "rtb-p", "eni-m", "rtb-m", "igw-1")

EDGE = (
    Row(ids="RT-2 RT-16 RET-4", about="a gateway's table sends replies to the appliance that saw the request",
        world=(*INSPECTED_NAT, public(), TO_BOX), to="internet", want=OK, via=INSPECTED_WAY, assumes=("NATI-5",)),
    Row(ids="RT-16", about="the appliance behind the gateway's table has no public address",
        world=(*INSPECTED_NAT, TO_BOX), to="internet", want=NO, code="INGRESS_RTB_NO_PUBLIC_IP", at="eni-m", back=True),
    Row(ids="RT-16 NATI-1", about="the instance behind the gateway's table is stopped",
        world=(*INSPECTED_NAT, public(), TO_BOX,
               do("add", "Instances", {"InstanceId": "i-m", "State": {"Name": "stopped"}}, "i-m")),
        to="internet", want=NO, code="BAD_STATE", at="i-m", more=("BAD_STATE",)),
    Row(ids="NATI-4 NATI-5", about="without a gateway's table the appliance masquerades",
        world=(*INSPECTED_NAT, public()), to="internet", want=OK, via=INSPECTED_WAY, assumes=("NATI-5",)),
    Row(ids="RT-17", about="a NAT gateway's subnet is redirected, but its own table leads straight out",
        world=(*NAT, *box(), public(), do("route", "rtb-m", ANY, "igw-1"), TO_BOX), to="internet",
        want=NO, code="INGRESS_RTB_TRAFFIC_REDIRECTION", at="rtb-edge", back=True,
        says="--route-table-id rtb-p --destination-cidr-block 0.0.0.0/0 --network-interface-id eni-m"),
    Row(ids="RT-17", about="an instance with a public address whose subnet is redirected",
        world=(*NAT, *box(), public(), do("route", "rtb-m", ANY, "igw-1"), TO_BOX,
               do("interface", "subnet-p", None, ["sg-fn"], id="eni-i", public_ip="54.72.8.8")),
        who="eni-i", to=f"{HOST}:443", want=NO, code="INGRESS_RTB_TRAFFIC_REDIRECTION", at="rtb-edge", back=True),
    Row(ids="RT-17", about="another subnet is redirected",
        world=(*NAT, *box(), public(),
               do("route_table", "vpc-1", [], [("10.0.3.0/24", "eni-m")], gateway="igw-1", id="rtb-edge")),
        to="internet", want=OK, via=NAT_WAY),
    Row(ids="RT-16", about="a gateway's table may not lead to a NAT gateway",
        world=(*NAT, do("route_table", "vpc-1", [], [("10.0.0.0/24", "nat-1")], gateway="igw-1", id="rtb-edge")),
        to="internet", want=HM, code="UNSUPPORTED_COMPONENT", at="nat-1", back=True),
    Row(ids="RT-21 RT-16", about="a Route Server writes into the gateway's table",
        world=(*INSPECTED_NAT, public(), do("route_table", "vpc-1", [], [], gateway="igw-1", id="rtb-edge"),
               lambda w: route_with("rtb-edge", "10.0.0.0/24", "IpAddress", w.address("eni-m"), "Advertisement")(w)),
        to="internet", want=OK, via=INSPECTED_WAY, notes=("DYNAMIC_ROUTE",)),
)  # fmt: skip
