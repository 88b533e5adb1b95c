"""Transit gateways, NAT instances, VPC Block Public Access: the same tables as for the rest of the data plane."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, do, put
from tests.scenario_worlds import ANY, NO_DEFAULT, PRIVATE, acl

# Function VPC 10.0/16, database VPC 10.2/16, egress VPC 10.9/16, all on one transit gateway with one table.
SPOKE_ROUTES = (("10.0.0.0/16", "tgw-attach-1"), ("10.2.0.0/16", "tgw-attach-2"))


def gateway(references: str = "disable") -> Step:
    """The transit gateway."""

    def change(w: Any) -> None:
        options = {"SecurityGroupReferencingSupport": references}
        record = {"TransitGatewayId": "tgw-1", "State": "available", "OwnerId": "123456789012", "Options": options}
        w.add("TransitGateways", record, "tgw-1")

    return change


def attach(id: str, vpc: str, subnets: list[str], table: str | None = "tgw-rtb-1", **options: str) -> Step:
    """An attachment, as both calls describe it."""

    def change(w: Any) -> None:
        common = {"TransitGatewayAttachmentId": id, "TransitGatewayId": "tgw-1", "State": "available"}
        w.add("TransitGatewayVpcAttachments", {**common, "VpcId": vpc, "SubnetIds": subnets, "Options": options}, id)
        general = {**common, "TransitGatewayOwnerId": "123456789012", "ResourceType": "vpc", "ResourceId": vpc}
        if table:
            general["Association"] = {"TransitGatewayRouteTableId": table, "State": "associated"}
        w.add("TransitGatewayAttachments", general, f"{id}/general")

    return change


def table(id: str, *routes: tuple[str, str | None], truncated: bool = False) -> Step:
    """A transit gateway route table; a route to None is a blackhole."""

    def change(w: Any) -> None:
        w.add("TransitGatewayRouteTables", {"TransitGatewayRouteTableId": id, "TransitGatewayId": "tgw-1"}, id)
        listed = [
            {
                "DestinationCidrBlock": block, "Type": "static", "State": "active" if to else "blackhole",
                "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": to, "ResourceType": "vpc"}] if to else [],
            }
            for block, to in routes
        ]  # fmt: skip
        record = {"TransitGatewayRouteTableId": id, "Routes": listed, "AdditionalRoutesAvailable": truncated}
        w.add("TransitGatewayRoutes", record, f"{id}/routes")

    return change


SPOKES: Steps = (
    *PRIVATE,
    do("vpc", "10.2.0.0/16", id="vpc-2"),
    do("subnet", "vpc-2", "10.2.1.0/24", "a", id="subnet-x"),
    do("route_table", "vpc-2", ["subnet-x"], [("10.0.0.0/16", "tgw-1")], id="rtb-x"),
    do("security_group", "vpc-2", [("tcp", 5432, "10.0.0.0/16")], id="sg-x"),
    do("db_instance", "far-db", ["subnet-x"], ["sg-x"], eni=True),
    do("route", "rtb-fn", "10.2.0.0/16", "tgw-1"),
    gateway(),
    attach("tgw-attach-1", "vpc-1", ["subnet-a"]),
    attach("tgw-attach-2", "vpc-2", ["subnet-x"]),
)
JOINED: Steps = (*SPOKES, table("tgw-rtb-1", *SPOKE_ROUTES))
FAR_WAY = ("rtb-fn", "tgw-attach-1", "tgw-1", "tgw-attach-2")


def egress_vpc(attached: str = "subnet-m", back: bool = True) -> Steps:
    """A VPC whose NAT gateway serves the others; `attached` is where the transit gateway comes in."""
    return (
        *PRIVATE,
        do("vpc", "10.9.0.0/16", id="vpc-9"),
        do("subnet", "vpc-9", "10.9.1.0/24", "a", id="subnet-m"),
        do("subnet", "vpc-9", "10.9.0.0/24", "a", id="subnet-n"),
        do("internet_gateway", "vpc-9", id="igw-9"),
        do("nat_gateway", "subnet-n", id="nat-9"),
        do("route_table", "vpc-9", ["subnet-m"], [(ANY, "nat-9")], id="rtb-m"),
        do("route_table", "vpc-9", ["subnet-n"],
           [(ANY, "igw-9"), *([("10.0.0.0/16", "tgw-1")] if back else [])], id="rtb-n"),
        do("route", "rtb-fn", ANY, "tgw-1"),
        gateway(),
        attach("tgw-attach-1", "vpc-1", ["subnet-a"]),
        attach("tgw-attach-9", "vpc-9", [attached], "tgw-rtb-9"),
        table("tgw-rtb-1", (ANY, "tgw-attach-9")),
        table("tgw-rtb-9", ("10.0.0.0/16", "tgw-attach-1")),
    )  # fmt: skip


TRANSIT = (
    Row(ids="TGW-1 TGW-3 TGW-4 TGW-7 TGW-9", about="two VPCs over a transit gateway", world=JOINED,
        to="rds:far-db", want=OK, via=FAR_WAY),
    Row(ids="T21 TGW-2", about="a zone without an attachment subnet", world=JOINED, who="both",
        to="rds:far-db", want=PART, code="TGW_ROUTE_AZ_RESTRICTION", at="tgw-attach-1", subnets=("subnet-b",),
        dimension="subnets"),
    Row(ids="T22 TGW-5", about="a blackhole inside an active range",
        world=(*SPOKES, table("tgw-rtb-1", *SPOKE_ROUTES, ("10.2.1.0/24", None))), to="rds:far-db",
        want=NO, code="TGW_RTB_BAD_STATE_ROUTE", at="tgw-rtb-1"),
    Row(ids="TGW-4", about="no route in the gateway's table",
        world=(*SPOKES, table("tgw-rtb-1", ("10.0.0.0/16", "tgw-attach-1"))), to="rds:far-db",
        want=NO, code="TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", at="tgw-rtb-1"),
    Row(ids="TGW-9 RET-3", about="no route back in the gateway's table",
        world=(*SPOKES, table("tgw-rtb-1", ("10.2.0.0/16", "tgw-attach-2"))), to="rds:far-db",
        want=NO, code="TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", at="tgw-rtb-1", back=True),
    Row(ids="IN-5", about="the gateway's table was cut off and does not show the route",
        world=(*SPOKES, table("tgw-rtb-1", ("10.0.0.0/16", "tgw-attach-1"), truncated=True)), to="rds:far-db",
        want=HM, code="TGW_RTB_ROUTES_ARE_UNKNOWN", needs="ec2:SearchTransitGatewayRoutes",
        says="--filters Name=route-search.longest-prefix-match,Values=10.2.1.4/32"),
    Row(ids="IN-5 TGW-4", about="the gateway's table was cut off: a route that it does not show may win over the one",
        world=(*SPOKES, table("tgw-rtb-1", *SPOKE_ROUTES, truncated=True)), to="rds:far-db", says="10.2.0.0/16",
        want=HM, code="TGW_RTB_ROUTES_ARE_UNKNOWN", at="tgw-rtb-1", needs="ec2:SearchTransitGatewayRoutes"),
    Row(ids="IN-5 TGW-5", about="the gateway's table was cut off: what it does not show may win over a blackhole",
        world=(*SPOKES, table("tgw-rtb-1", ("10.0.0.0/16", "tgw-attach-1"), ("10.2.0.0/16", None), truncated=True)),
        to="rds:far-db", want=HM, code="TGW_RTB_ROUTES_ARE_UNKNOWN", at="tgw-rtb-1"),
    Row(ids="IN-5 TGW-4", about="the gateway's table was cut off, but nothing wins over a static route to one address",
        world=(*SPOKES, table("tgw-rtb-1", ("10.0.0.0/16", "tgw-attach-1"), ("10.2.1.77/32", None), truncated=True),
               do("interface", "subnet-x", "10.2.1.77", ["sg-x"], id="eni-far")),
        to="10.2.1.77:5432", want=NO, code="TGW_RTB_BAD_STATE_ROUTE", at="tgw-rtb-1"),
    Row(ids="TGW-14", about="the gateway's routes were not read", world=SPOKES, to="rds:far-db",
        want=HM, code="TGW_RTB_ROUTES_ARE_UNKNOWN", needs="ec2:SearchTransitGatewayRoutes"),
    Row(ids="TGW-3", about="no table associated",
        world=(*JOINED, lambda w: w["tgw-attach-1/general"].pop("Association")), to="rds:far-db",
        want=NO, code="TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", at="tgw-attach-1"),
    Row(ids="TGW-1", about="an attachment that waits for acceptance",
        world=(*JOINED, put("tgw-attach-2", State="pendingAcceptance")), to="rds:far-db",
        want=NO, code="BAD_STATE_ATTACHMENT", at="tgw-attach-2", more=("BAD_STATE_ATTACHMENT",)),
    Row(ids="TGW-1", about="a gateway that is being deleted", world=(*JOINED, put("tgw-1", State="deleting")),
        to="rds:far-db", want=NO, code="BAD_STATE", at="tgw-1", more=("BAD_STATE",)),
    Row(ids="NACL-11", about="the attachment subnet's ACL is asked inbound on the way out",
        world=(*JOINED, acl("subnet-a", inbound=())), to="rds:far-db",
        want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-a"),
    Row(ids="TGW-9 PCX-4", about="the database's table does not lead back",
        world=(*JOINED, lambda w: w["rtb-x"]["Routes"].pop()), to="rds:far-db",
        want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-x", back=True),
    Row(ids="T23 TGW-8 NAT-10", about="central egress", world=egress_vpc(), to="internet", want=OK,
        via=("rtb-fn", "tgw-attach-1", "tgw-1", "tgw-attach-9", "rtb-m", "nat-9", "rtb-n", "igw-9")),
    Row(ids="T23 TGW-8 IGW-5", about="central egress attached in the public subnet",
        world=egress_vpc(attached="subnet-n"), to="internet",
        want=NO, code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", at="igw-9"),
    Row(ids="T23 TGW-8", about="central egress without a spoke route in the NAT gateway's table",
        world=egress_vpc(back=False), to="internet",
        want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-n", back=True),
    Row(ids="T24 SG-9", about="an inbound reference with referencing off",
        world=(*JOINED, lambda w: w["sg-x"]["IpPermissions"].clear(),
               lambda w: w.ingress("sg-x", ("tcp", 5432, "sg-fn"))), to="rds:far-db",
        want=NO, code="SG_REFERENCING_SUPPORT", at="sg-x", cause="DEST_SG_NO_MATCH"),
    Row(ids="T24 SG-9", about="an inbound reference with referencing on",
        world=(*JOINED, put("tgw-1", Options={"SecurityGroupReferencingSupport": "enable"}),
               lambda w: w["sg-x"]["IpPermissions"].clear(),
               lambda w: w.ingress("sg-x", ("tcp", 5432, "sg-fn"))), to="rds:far-db", want=OK, via=FAR_WAY),
    Row(ids="T24 SG-8", about="an outbound reference never holds across a transit gateway",
        world=(*JOINED, put("tgw-1", Options={"SecurityGroupReferencingSupport": "enable"}),
               lambda w: w["sg-fn"]["IpPermissionsEgress"].clear(),
               lambda w: w.egress("sg-fn", ("tcp", 5432, "sg-x"))), to="rds:far-db",
        want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-fn"),
    Row(ids="TGW-11 VGW-5", about="a VPN attachment",
        world=(*SPOKES, table("tgw-rtb-1", *SPOKE_ROUTES, ("10.77.0.0/16", "tgw-attach-v")),
               do("route", "rtb-fn", "10.77.0.0/16", "tgw-1"),
               do("add", "TransitGatewayAttachments",
                  {"TransitGatewayAttachmentId": "tgw-attach-v", "TransitGatewayId": "tgw-1", "State": "available",
                   "ResourceType": "vpn", "ResourceId": "vpn-1"}, "tgw-attach-v")),
        to="10.77.0.1:22", want=HM, code="LEAVES_AWS", at="tgw-attach-v"),
    Row(ids="VPCE-8", about="another VPC's gateway endpoint cannot be used through a transit gateway",
        world=(*egress_vpc(), do("gateway_endpoint", "vpc-9", "s3", ["rtb-m"], id="vpce-9")), to="s3",
        want=NO, code="GATEWAY_ENDPOINT_NOT_EXTENSIBLE", at="vpce-9"),
)  # fmt: skip


def nat_instance(**members: Any) -> Steps:
    """A NAT instance in the public subnet, to which the functions' table leads."""
    settings = {"SourceDestCheck": False, "Status": "in-use", **members}
    return (
        *NO_DEFAULT,
        do("security_group", "vpc-1", [("tcp", 443, "10.0.0.0/16")], id="sg-nat"),
        do("interface", "subnet-p", "10.0.0.20", ["sg-nat"], id="eni-nat", public_ip="54.1.2.3"),
        put("eni-nat", **settings),
        do("route", "rtb-fn", ANY, "eni-nat"),
    )


APPLIANCES = (
    Row(ids="NATI-1 NATI-4 NATI-5", about="a NAT instance in order", world=nat_instance(), to="internet", want=OK,
        via=("rtb-fn", "eni-nat", "rtb-p", "igw-1")),
    Row(ids="T26 NATI-2", about="source/destination check on", world=nat_instance(SourceDestCheck=True),
        to="internet", want=NO, code="ENI_SOURCE_DEST_CHECK_RESTRICTION", at="eni-nat"),
    Row(ids="NATI-1", about="detached", world=nat_instance(Status="available"), to="internet",
        want=NO, code="BAD_STATE", at="eni-nat"),
    Row(ids="NATI-1", about="its instance is stopped",
        world=(*nat_instance(Attachment={"InstanceId": "i-1", "Status": "attached"}),
               do("add", "Instances", {"InstanceId": "i-1", "State": {"Name": "stopped"}}, "i-1")),
        to="internet", want=NO, code="BAD_STATE", at="i-1"),
    Row(ids="NATI-3", about="its group does not admit the function", to="internet",
        world=(*nat_instance(), lambda w: w["sg-nat"]["IpPermissions"].clear()),
        want=NO, code="SG_HAS_NO_RULES", at="sg-nat", cause="DEST_SG_NO_MATCH"),
    Row(ids="NATI-4", about="no public address",
        world=(*nat_instance(), lambda w: w["eni-nat"].pop("Association", None),
               lambda w: [a.pop("Association", None) for a in w["eni-nat"]["PrivateIpAddresses"]]),
        to="internet", want=NO, code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", at="igw-1"),
    Row(ids="NATI-6 NACL-9", about="its subnet's ACL does not let replies in",
        world=(*nat_instance(), acl("subnet-p", inbound=((100, "allow", "tcp", 443, "10.0.0.0/16"),))),
        to="internet", want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-p", back=True),
    Row(ids="NATI-5", about="between private hosts nobody knows what it does",
        world=(*nat_instance(), do("route", "rtb-fn", "10.50.0.0/16", "eni-nat")), to="10.50.0.1:443",
        want=HM, code="UNSUPPORTED_COMPONENT", at="eni-nat"),
    Row(ids="RT-13 NATI-1", about="interfaces were not read", world=(*nat_instance(), do("drop", "NetworkInterfaces")),
        to="internet", want=HM, code="UNKNOWN_RESOURCE", needs="ec2:DescribeNetworkInterfaces"),
)  # fmt: skip
