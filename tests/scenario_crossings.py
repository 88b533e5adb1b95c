"""Between VPCs, accounts and Regions: zones, central egress, peered gateways, IPv6, and what peering does not do."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, cut, do, put
from tests.scenario_legs import spokes
from tests.scenario_tgw import DB, routes, to
from tests.scenario_transit import FAR_WAY, JOINED, SPOKE_ROUTES, SPOKES, attach, egress_vpc, gateway, table
from tests.scenario_worlds import ANY, BACK, DENY_ALL, NAT, PEER, PRIVATE, THERE, unseen

DATABASE = do("db_instance", "orders-db", ["subnet-d"], ["sg-db"], eni=True)
PARTNER, FAR_REGION = "222222222222", "eu-west-2"
PEERED: Steps = (*PRIVATE, *PEER, THERE, BACK)
HOST = "10.9.1.9:5432"


def acl(vpc: str, subnet: str, inbound: tuple[Any, ...] = DENY_ALL, outbound: tuple[Any, ...] = DENY_ALL) -> Step:
    """A network ACL of one subnet's own, closed unless said otherwise."""
    return do("network_acl", vpc, [subnet], inbound, outbound, id=f"acl-{subnet[-1]}")


def unroute(table: str, destination: str) -> Step:
    """A table without one of its routes."""

    def change(w: Any) -> None:
        w[table]["Routes"] = [r for r in w[table]["Routes"] if r.get("DestinationCidrBlock") != destination]

    return change


def unroute_transit(table: str) -> Step:
    """A transit gateway route table without routes."""
    return lambda w: w[f"{table}/routes"]["Routes"].clear()


def feet(*zones: str, appliance: str = "disable") -> Steps:
    """The far VPC attached by subnets of its own in these zones, each with an ACL of its own that lets all through."""
    OPEN = ((100, "allow", "-1", None, ANY),)
    made: list[Step] = []
    for n, zone in enumerate(zones):
        made.append(do("subnet", "vpc-2", f"10.2.{10 + n}.0/24", zone, id=f"subnet-{n}"))
        made.append(acl("vpc-2", f"subnet-{n}", OPEN, OPEN))
    names = [f"subnet-{n}" for n in range(len(zones))]
    options = {"ApplianceModeSupport": appliance}
    on = {"Main": False, "AssociationState": {"State": "associated"}}
    return (*JOINED, *made, put("tgw-attach-2", SubnetIds=names, Options=options),
            lambda w: w["rtb-x"]["Associations"].extend({"SubnetId": s, **on} for s in names))  # fmt: skip


def close(subnet: str) -> Step:
    """Let an ACL of `feet` let nothing through."""

    def change(w: Any) -> None:
        w[f"acl-{subnet[-1]}"]["Entries"] = [e for e in w[f"acl-{subnet[-1]}"]["Entries"] if e["RuleNumber"] != 100]

    return change


def local_zone(parent: str = "") -> Step:
    """The function's subnet in a Local Zone, whose parent is told or not; the attachment has a subnet beside it."""

    def change(w: Any) -> None:
        w.subnet("vpc-1", "10.0.9.0/24", "a", id="subnet-t")
        w["tgw-attach-1"]["SubnetIds"] = ["subnet-t"]
        w["subnet-a"].update(AvailabilityZone="eu-west-1-ham-1a", AvailabilityZoneId="euw1-ham1-az1")
        if parent:
            w.add("AvailabilityZones", {"ZoneName": "eu-west-1-ham-1a", "ZoneType": "local-zone",
                                        "ParentZoneName": f"eu-west-1{parent}",
                                        "ParentZoneId": f"euw1-az{ord(parent) - 96}"})  # fmt: skip

    return change


Z = "TGW_ROUTE_AZ_RESTRICTION"
ZONES: tuple[Row, ...] = (
    Row(ids="TGW-2", about="a subnet beside the attachment's, in its zone", world=spokes("subnet-t", "subnet-y"),
        to=DB, want=OK, assumes=("TGW-2",)),
    Row(ids="TGW-2 TGW-9", about="the database's zone has no attachment subnet: the reply is lost",
        world=(*JOINED, do("subnet", "vpc-2", "10.2.8.0/24", "b", id="subnet-w"),
               put("tgw-attach-2", SubnetIds=["subnet-w"])), to=DB, want=NO, code=Z, at="tgw-attach-2", back=True),
    Row(ids="TGW-2", about="a Local Zone uses its parent zone", world=(*JOINED, local_zone("a")), to=DB, want=OK),
    Row(ids="TGW-2", about="a Local Zone whose parent has no attachment subnet", world=(*JOINED, local_zone("b")),
        to=DB, want=NO, code=Z, at="tgw-attach-1"),
    Row(ids="TGW-2", about="a Local Zone whose parent is not in the data", world=(*JOINED, local_zone()), to=DB,
        want=HM, code="UNKNOWN_RESOURCE", at="subnet-a", needs="ec2:DescribeAvailabilityZones"),
    Row(ids="TGW-7", about="the far attachment in the sender's zone: that subnet's ACL counts",
        world=(*feet("a", "b"), close("subnet-1")), to=DB, want=OK),
    Row(ids="TGW-7 NACL-11", about="the far attachment in the sender's zone: it is closed",
        world=(*feet("a", "b"), close("subnet-0")), to=DB, want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-0",
        more=("SUBNET_ACL_RESTRICTION",)),
    Row(ids="TGW-7", about="the far attachment in other zones: any of them, and one is closed",
        world=(*feet("b", "c"), put("subnet-x", AvailabilityZone="eu-west-1b", AvailabilityZoneId="euw1-az2"),
               close("subnet-1")), to=DB, want=HM, code="UNKNOWN_RESOURCE",
        needs="the zone in which tgw-attach-2 hands it over"),
    Row(ids="TGW-7", about="the far attachment in other zones: all of them are closed",
        world=(*feet("b", "c"), put("subnet-x", AvailabilityZone="eu-west-1b", AvailabilityZoneId="euw1-az2"),
               close("subnet-0"), close("subnet-1")), to=DB, want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-0",
        more=("SUBNET_ACL_RESTRICTION", "SUBNET_ACL_RESTRICTION")),
    Row(ids="TGW-10 TGW-7", about="appliance mode: connections take either zone, and one is closed",
        world=(*feet("a", "b", appliance="enable"), close("subnet-1")), to=DB, want=PART,
        code="SUBNET_ACL_RESTRICTION", at="acl-1", dimension="source ports"),
    Row(ids="TGW-10 TGW-7", about="appliance mode, both zones open", world=feet("a", "b", appliance="enable"), to=DB,
        want=OK),
)  # fmt: skip


def inspection(*zones: str, far: str = "a", appliance: str = "disable", shared: bool = False) -> Steps:
    """An appliance VPC on the way, with an attachment subnet and an appliance in each of these zones."""
    made: list[Step] = [do("vpc", "10.8.0.0/16", id="vpc-8"), do("security_group", "vpc-8", ["-1"], id="sg-i")]
    for n, zone in enumerate(zones):
        box = "eni-i0" if shared else f"eni-i{n}"
        made += [do("subnet", "vpc-8", f"10.8.{n}.0/24", zone, id=f"subnet-i{n}"),
                 do("subnet", "vpc-8", f"10.8.{10 + n}.0/24", zone, id=f"subnet-j{n}"),
                 do("interface", f"subnet-j{n}", f"10.8.{10 + n}.9", ["sg-i"], id=f"eni-i{n}"),
                 put(f"eni-i{n}", SourceDestCheck=False),
                 do("route_table", "vpc-8", [f"subnet-i{n}"], [("10.0.0.0/8", box)], id=f"rtb-i{n}"),
                 do("route_table", "vpc-8", [f"subnet-j{n}"], [("10.0.0.0/8", "tgw-1")], id=f"rtb-j{n}")]  # fmt: skip
    ids = [f"subnet-i{n}" for n in range(len(zones))]
    return (
        *SPOKES, *made, attach("tgw-attach-8", "vpc-8", ids, "tgw-rtb-8", ApplianceModeSupport=appliance),
        routes("tgw-rtb-1", to("10.0.0.0/8", "tgw-attach-8")),
        routes("tgw-rtb-8", to("10.0.0.0/16", "tgw-attach-1"), to("10.2.0.0/16", "tgw-attach-2")),
        put("subnet-x", AvailabilityZone=f"eu-west-1{far}", AvailabilityZoneId=f"euw1-az{ord(far) - 96}"),
    )  # fmt: skip


OWNER = "999999999999"


def shared(*steps: Step) -> Steps:
    """The VPC and its subnets belong to another account: a participant lists neither NAT gateways nor endpoints."""
    held = ("vpc-1", "subnet-a", "subnet-b", "subnet-d", "subnet-e", "rtb-fn", "rtb-db")
    return (*NAT, *steps, lambda w: [w[id].update(OwnerId=OWNER) for id in held],
            lambda w: w.collections["NatGateways"].clear())  # fmt: skip


SHARED: tuple[Row, ...] = (
    Row(ids="T35 SHR-2 SHR-1", about="a participant's route leads to a NAT gateway that only the owner can list",
        world=shared(), to="internet", want=HM, code="UNKNOWN_RESOURCE", at="nat-1"),
    Row(ids="SHR-3", about="a participant's function in a shared subnet, by the participant's own group",
        world=shared(DATABASE), to="rds:orders-db", want=OK),
    Row(ids="SHR-3 SHR-1", about="the owner's group is named as account/group", to="rds:orders-db", want=OK,
        world=shared(DATABASE, lambda w: w["sg-fn"].update(OwnerId=OWNER), lambda w: w["sg-db"].update(IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432,
             "UserIdGroupPairs": [{"UserId": OWNER, "GroupId": "sg-fn"}]}]))),
)  # fmt: skip
PINNED = {"want": HM, "code": "TGW_ATTACH_VPC_AZ_RESTRICTION", "at": "tgw-attach-8", "back": True}
ADVICE = "TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED"
APPLIANCES: tuple[Row, ...] = (
    Row(ids="TGW-10 RET-6", about="both hosts in one zone meet one appliance", world=inspection("a", "b"), to=DB,
        want=OK, notes=(ADVICE,)),
    Row(ids="TGW-10 RET-6", about="hosts in two zones meet two appliances", world=inspection("a", "b", far="b"), to=DB,
        notes=(ADVICE,), **PINNED),
    *(Row(ids="TGW-10 TGW-7 RET-6", about=f"in appliance mode the reply meets the appliance of its request, {where}",
          world=inspection("a", "b", far=far, appliance="enable"), to=DB, want=OK, never=(ADVICE,))
      for where, far in (("in one zone", "a"), ("hosts in two zones", "b"))),
    Row(ids="TGW-10", about="in appliance mode one of two appliances is down: some connections fail",
        world=(*inspection("a", "b", appliance="enable"), put("eni-i1", Status="available")), to=DB, want=PART,
        code="BAD_STATE", at="eni-i1", more=("BAD_STATE",), dimension="source ports"),
    Row(ids="TGW-10", about="two zones that share one appliance", to=DB, want=OK,
        world=inspection("a", "b", far="b", shared=True)),
    Row(ids="TGW-10", about="an appliance in one zone only", world=inspection("a"), to=DB, want=OK, never=(ADVICE,)),
)  # fmt: skip
LOST = {"want": NO, "code": "NO_ROUTE_TO_DESTINATION"}
UNROUTED = {"want": NO, "code": "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"}
EGRESS: tuple[Row, ...] = (
    Row(ids="TGW-8", about="central egress: the function's table does not lead to the gateway",
        world=(*egress_vpc(), unroute("rtb-fn", ANY)), to="internet", at="rtb-fn", **LOST),
    Row(ids="TGW-8", about="central egress: the spokes' table has no default route",
        world=(*egress_vpc(), unroute_transit("tgw-rtb-1")), to="internet", at="tgw-rtb-1", **UNROUTED),
    Row(ids="TGW-8", about="central egress: the attachment's subnet does not lead to the NAT gateway",
        world=(*egress_vpc(), unroute("rtb-m", ANY)), to="internet", at="rtb-m", **LOST),
    Row(ids="TGW-8", about="central egress: the NAT gateway's subnet does not lead out",
        world=(*egress_vpc(), unroute("rtb-n", ANY)), to="internet", at="rtb-n", **LOST),
    Row(ids="TGW-8 RET-3", about="central egress: the egress VPC's table of the gateway has no way back",
        world=(*egress_vpc(), unroute_transit("tgw-rtb-9")), to="internet", at="tgw-rtb-9", back=True, **UNROUTED),
    Row(ids="TGW-8 TGW-3", about="central egress: the egress VPC's attachment has no table",
        world=(*egress_vpc(), cut("tgw-attach-9/general", "Association")), to="internet", want=NO,
        code="TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", at="tgw-attach-9", back=True),
    Row(ids="TGW-8 TGW-2", about="central egress: the NAT gateway's zone has no attachment subnet",
        world=(*egress_vpc(), put("subnet-n", AvailabilityZone="eu-west-1b", AvailabilityZoneId="euw1-az2")),
        to="internet", want=NO, code=Z, at="tgw-attach-9", back=True),
    Row(ids="TGW-8 NAT-10", about="central egress from two zones, one of them attached", who="both",
        world=egress_vpc(), to="internet", want=PART, code=Z, at="tgw-attach-1", subnets=("subnet-b",),
        dimension="subnets"),
)  # fmt: skip


def far_gateway(state: str = "available") -> Steps:
    """The database's VPC on a gateway of its own, which is peered with the function's."""

    def side(gateway: str, far: str, table: str) -> Step:
        general = {
            "TransitGatewayAttachmentId": "tgw-attach-p", "TransitGatewayId": gateway, "State": state,
            "TransitGatewayOwnerId": "123456789012", "ResourceType": "peering", "ResourceId": far,
            "Association": {"TransitGatewayRouteTableId": table, "State": "associated"},
        }  # fmt: skip
        return do("add", "TransitGatewayAttachments", general, f"peering of {gateway}")

    def both(w: Any) -> None:
        ends = {"RequesterTgwInfo": {"TransitGatewayId": "tgw-1"}, "AccepterTgwInfo": {"TransitGatewayId": "tgw-2"}}
        record = {"TransitGatewayAttachmentId": "tgw-attach-p", "State": state, **ends}
        w.add("TransitGatewayPeeringAttachments", record, "tgw-attach-p")
        options = {"SecurityGroupReferencingSupport": "enable"}
        far = {"TransitGatewayId": "tgw-2", "State": "available", "OwnerId": "123456789012", "Options": options}
        w.add("TransitGateways", far, "tgw-2")
        for id in ("tgw-attach-2", "tgw-attach-2/general"):
            w[id]["TransitGatewayId"] = "tgw-2"
        w["tgw-attach-2/general"]["Association"]["TransitGatewayRouteTableId"] = "tgw-rtb-2"
        w["tgw-rtb-2"]["TransitGatewayId"] = "tgw-2"
        w["rtb-x"]["Routes"][-1]["TransitGatewayId"] = "tgw-2"

    return (
        *SPOKES,
        routes("tgw-rtb-1", to("10.0.0.0/16", "tgw-attach-1"), to("10.2.0.0/16", "tgw-attach-p")),
        routes("tgw-rtb-2", to("10.0.0.0/16", "tgw-attach-p"), to("10.2.0.0/16", "tgw-attach-2")),
        both, side("tgw-1", "tgw-2", "tgw-rtb-1"), side("tgw-2", "tgw-1", "tgw-rtb-2"),
    )  # fmt: skip


FAR_RECORDS = ("vpc-2", "far-db", "subnet-x", "tgw-2", "tgw-attach-2", "tgw-attach-2/general", "tgw-rtb-2",
               "tgw-rtb-2/routes", "peering of tgw-2", "sg-x")  # fmt: skip
FAR: Step = do("move", "123456789012", FAR_REGION, *FAR_RECORDS)
THEIRS: Step = do("move", PARTNER, FAR_REGION, *FAR_RECORDS)
GATEWAYS = ("rtb-fn", "tgw-attach-1", "tgw-1", "tgw-attach-p", "tgw-2", "tgw-attach-2")

PEERED_GATEWAYS: tuple[Row, ...] = (
    Row(ids="TGW-11", about="two peered gateways in two Regions", world=(*far_gateway(), FAR), to=DB, want=OK,
        via=GATEWAYS),
    Row(ids="TGW-11", about="two peered gateways of two accounts", to=DB, want=OK, via=GATEWAYS,
        world=(*far_gateway(), put("tgw-2", OwnerId=PARTNER),
               put("tgw-attach-2/general", TransitGatewayOwnerId=PARTNER),
               put("peering of tgw-2", TransitGatewayOwnerId=PARTNER), THEIRS)),
    Row(ids="TGW-11 TGW-1", about="the peering waits for acceptance",
        world=(*far_gateway("pendingAcceptance"), FAR), to=DB, want=NO, code="BAD_STATE_ATTACHMENT",
        at="tgw-attach-p", more=("BAD_STATE_ATTACHMENT",),
        says="accept-transit-gateway-peering-attachment --transit-gateway-attachment-id tgw-attach-p"),
    Row(ids="TGW-11 TGW-6", about="the far table has no static route to the VPC",
        world=(*far_gateway(), lambda w: w["tgw-rtb-2/routes"]["Routes"].pop(), FAR), to=DB,
        at="tgw-rtb-2", **UNROUTED),
    Row(ids="TGW-11 TGW-9", about="the far table has no static route back over the peering",
        world=(*far_gateway(), lambda w: w["tgw-rtb-2/routes"]["Routes"].pop(0), FAR), to=DB,
        at="tgw-rtb-2", back=True, **UNROUTED),
    Row(ids="TGW-11 TGW-3", about="the peering has no table on the far side",
        world=(*far_gateway(), cut("peering of tgw-2", "Association"), FAR), to=DB, want=NO,
        code="TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", at="tgw-attach-p"),
    Row(ids="TGW-11 TGW-14", about="the far Region was not read",
        world=(*far_gateway(), FAR, lambda w: w.elsewhere.clear()), to="10.2.1.4:5432", want=HM,
        code="UNKNOWN_RESOURCE", at="tgw-2", more=("TGW_RTB_ROUTES_ARE_UNKNOWN",)),
    Row(ids="TGW-11 SG-9", about="groups cannot be named across peered gateways", to=DB, want=NO,
        world=(*far_gateway(), FAR, put("tgw-1", Options={"SecurityGroupReferencingSupport": "enable"}),
               lambda w: w["sg-x"]["IpPermissions"].clear(), lambda w: w.ingress("sg-x", ("tcp", 5432, "sg-fn"))),
        code="SG_REFERENCING_SUPPORT", at="sg-x", cause="DEST_SG_NO_MATCH"),
    Row(ids="TGW-14", about="the gateway is another account's, which was not read",
        world=(*SPOKES, put("tgw-1", OwnerId=PARTNER)), to=DB, want=HM, code="TGW_RTB_ROUTES_ARE_UNKNOWN",
        at="tgw-rtb-1"),
    Row(ids="TGW-14", about="the gateway is another account's, which was read too", to=DB, want=OK, via=FAR_WAY,
        world=(*JOINED, put("tgw-1", OwnerId=PARTNER), do("move", PARTNER, "eu-west-1", "tgw-1", "tgw-rtb-1",
               "tgw-rtb-1/routes", "tgw-attach-1/general", "tgw-attach-2/general"))),
    Row(ids="TGW-11 RT-13", about="an attachment of a kind that nobody knows",
        world=(*SPOKES, table("tgw-rtb-1", *SPOKE_ROUTES, ("10.77.0.0/16", "tgw-attach-f")),
               do("route", "rtb-fn", "10.77.0.0/16", "tgw-1"),
               do("add", "TransitGatewayAttachments", {
                   "TransitGatewayAttachmentId": "tgw-attach-f", "TransitGatewayId": "tgw-1", "State": "available",
                   "ResourceType": "holodeck", "ResourceId": "x"}, "tgw-attach-f")),
        to="10.77.0.1:22", want=HM, code="UNSUPPORTED_COMPONENT", at="tgw-attach-f"),
)  # fmt: skip


def six(*attachments: str) -> Steps:
    """Both VPCs with IPv6, routed over the gateway; these attachments carry it."""

    def change(w: Any) -> None:
        state = {"State": "associated"}
        w["sg-fn"]["IpPermissionsEgress"].clear()
        w.egress("sg-fn", ("-1", None, "::/0"))
        w.ingress("sg-x", ("tcp", 5432, "::/0"))
        for vpc, subnet, n in (("vpc-1", "subnet-a", 1), ("vpc-2", "subnet-x", 2)):
            block = {"Ipv6CidrBlock": f"2600:1f18:{n}::/56", "Ipv6CidrBlockState": state}
            w[vpc]["Ipv6CidrBlockAssociationSet"] = [block]
            w[subnet]["Ipv6CidrBlockAssociationSet"] = [block | {"Ipv6CidrBlock": f"2600:1f18:{n}:1::/64"}]
            local = {"DestinationIpv6CidrBlock": f"2600:1f18:{n}::/56", "GatewayId": "local", "State": "active"}
            w["rtb-fn" if n == 1 else "rtb-x"]["Routes"].append(local)
        w.route("rtb-fn", "2600:1f18:2::/56", "tgw-1")
        w.route("rtb-x", "2600:1f18:1::/56", "tgw-1")
        for acl in w.collections["NetworkAcls"]:
            entry = {"RuleNumber": 101, "Protocol": "-1", "RuleAction": "allow", "Ipv6CidrBlock": "::/0"}
            acl["Entries"] += [{**entry, "Egress": out} for out in (True, False)]
        for id in attachments:
            w[id]["Options"] = {"Ipv6Support": "enable"}
        eni = w.interface("subnet-x", "10.2.1.66", ["sg-x"], id="eni-six")
        w[eni]["Ipv6Addresses"] = [{"Ipv6Address": "2600:1f18:2:1::66"}]

    return (
        *SPOKES, do("function", "six", ["subnet-a"], ["sg-fn"], ipv6=True),
        routes("tgw-rtb-1", *(to(b, f"tgw-attach-{n}") for b, n in (
            ("10.0.0.0/16", 1), ("10.2.0.0/16", 2), ("2600:1f18:1::/56", 1), ("2600:1f18:2::/56", 2)))), change,
    )  # fmt: skip


def over_six(about: str, *attachments: str, **want: Any) -> Row:
    """A question over IPv6."""
    target = "[2600:1f18:2:1::66]:5432"
    return Row(ids="TGW-12", about=about, world=six(*attachments), who="six", to=target, family="6", **want)


STOPPED = {"want": NO, "code": "PROTOCOL_RESTRICTION", "more": ("PROTOCOL_RESTRICTION",)}
IPV6: tuple[Row, ...] = (
    over_six("both attachments carry IPv6", "tgw-attach-1", "tgw-attach-2", want=OK),
    over_six("the sender's attachment does not carry IPv6", "tgw-attach-2", at="tgw-attach-1", **STOPPED),
    over_six("the receiver's attachment does not carry IPv6", "tgw-attach-1", at="tgw-attach-2", **STOPPED),
)


def twice(vpc: str = "vpc-2") -> Steps:
    """Two VPCs that are peered and also on one transit gateway; which way is taken is up to the routes."""
    return (
        *PRIVATE, *PEER, gateway(), attach("tgw-attach-1", "vpc-1", ["subnet-a"]),
        attach("tgw-attach-2", vpc, ["subnet-x"]),
        table("tgw-rtb-1", ("10.0.0.0/16", "tgw-attach-1"), ("10.9.0.0/16", "tgw-attach-2")),
    )  # fmt: skip


PEERING: tuple[Row, ...] = (
    Row(ids="PCX-1", about="only what waits for acceptance can be accepted",
        world=(*PEERED, put("pcx-1", Status={"Code": "expired"})), to=HOST, want=NO, code="BAD_STATE", at="pcx-1",
        more=("BAD_STATE",), says="Create the peering connection again"),
    Row(ids="PCX-1 IN-4", about="a state that nobody knows", world=(*PEERED, put("pcx-1", Status={"Code": "dreaming"})),
        to=HOST, want=HM, code="UNKNOWN_RESOURCE", at="pcx-1", more=("UNKNOWN_RESOURCE",)),
    Row(ids="PCX-2", about="what came in through a transit gateway cannot leave by a peering connection",
        world=(*SPOKES, do("vpc", "10.3.0.0/16", id="vpc-3"), do("subnet", "vpc-3", "10.3.1.0/24", id="subnet-z"),
               do("interface", "subnet-z", "10.3.1.9", ["sg-x"], id="eni-z"),
               do("peering", "vpc-2", "vpc-3", id="pcx-3"),
               do("route", "rtb-fn", "10.3.0.0/16", "tgw-1"), do("route", "rtb-x", "10.3.0.0/16", "pcx-3"),
               table("tgw-rtb-1", *SPOKE_ROUTES, ("10.3.0.0/16", "tgw-attach-2"))), to="10.3.1.9:5432",
        want=NO, code="PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", at="pcx-3"),
    Row(ids="PCX-2 VPCE-8", about="a peer's gateway endpoint cannot be used", to="s3",
        world=(*PEERED, do("gateway_endpoint", "vpc-2", "s3", ["rtb-x"], id="vpce-x"),
               do("route", "rtb-fn", "pl-6da54004", "pcx-1")),
        want=NO, code="PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", at="pcx-1", cause="*"),
    Row(ids="PCX-3 VPCE-13", about="an interface endpoint in the peer is an address like any other",
        world=(*PEERED, do("security_group", "vpc-2", [("tcp", 443, "10.0.0.0/16")], id="sg-e"),
               do("interface_endpoint", "vpc-2", "sqs", ["subnet-x"], ["sg-e"], id="vpce-e")), to="10.9.1.4:443",
        want=OK, via=("rtb-fn", "pcx-1", "vpce-e")),
    Row(ids="PCX-4 RET-3", about="the reply leaves by a transit gateway, though the request came by peering",
        world=(*twice(), THERE, do("route", "rtb-x", "10.0.0.0/16", "tgw-1")), to=HOST, want=NO,
        code="NO_ROUTE_TO_DESTINATION", at="rtb-x", back=True, assumes=("PCX-4",),
        says="replace-route --route-table-id rtb-x --destination-cidr-block 10.0.0.0/16 "
        "--vpc-peering-connection-id pcx-1"),
    Row(ids="TGW-9", about="the reply may leave by peering when the request came by a transit gateway",
        world=(*twice(), do("route", "rtb-fn", "10.9.0.0/16", "tgw-1"), BACK), to=HOST, want=OK),
    Row(ids="PCX-4", about="only a part of this VPC has a route back", who="both", to=HOST, want=PART,
        world=(*PRIVATE, *PEER, THERE, do("route", "rtb-x", "10.0.1.0/24", "pcx-1")),
        code="NO_ROUTE_TO_DESTINATION", at="rtb-x", back=True, subnets=("subnet-b",), dimension="subnets"),
    Row(ids="PCX-5", about="ranges that overlap are remarked on", to=HOST, want=OK, notes=("OVERLAPPING_CIDRS",),
        world=(*PEERED, do("secondary_cidr", "vpc-1", "10.77.0.0/16"), do("secondary_cidr", "vpc-2", "10.77.0.0/16"))),
    Row(ids="PCX-5", about="ranges that are disjoint are not", to=HOST, want=OK, never=("OVERLAPPING_CIDRS",),
        world=PEERED),
    Row(ids="PCX-8", about="the peer is in another account that was not read", to=HOST,
        world=(*PEERED, lambda w: w["pcx-1"]["AccepterVpcInfo"].update(OwnerId=PARTNER), unseen("vpc-2")),
        want=HM, code="UNKNOWN_RESOURCE", at="vpc-2"),
    Row(ids="PCX-8 SG-8 DST-14", about="the peer is in another account that was read, and names this one's group",
        world=(*PEERED, lambda w: w["pcx-1"]["AccepterVpcInfo"].update(OwnerId=PARTNER),
               lambda w: w["sg-x"].update(OwnerId=PARTNER, IpPermissions=[]),
               lambda w: w.ingress("sg-x", ("tcp", 5432, "sg-fn")),
               do("move", PARTNER, "eu-west-1", "vpc-2")), to=HOST, want=OK, via=("rtb-fn", "pcx-1")),
    Row(ids="PCX-8 SG-10", about="the peer is in another Region, and names this one's group",
        world=(*PEERED, lambda w: w["pcx-1"]["AccepterVpcInfo"].update(Region=FAR_REGION),
               lambda w: w["sg-x"].update(IpPermissions=[]), lambda w: w.ingress("sg-x", ("tcp", 5432, "sg-fn")),
               do("move", "123456789012", FAR_REGION, "vpc-2")), to=HOST, want=NO, code="ENI_SG_RULES_MISMATCH",
        at="sg-x", cause="DEST_SG_NO_MATCH"),
    Row(ids="PCX-8", about="the peer is in another Region, by address range", to=HOST, want=OK,
        world=(*PEERED, lambda w: w["pcx-1"]["AccepterVpcInfo"].update(Region=FAR_REGION),
               do("move", "123456789012", FAR_REGION, "vpc-2"))),
)  # fmt: skip
CROSSINGS: tuple[Row, ...] = (*SHARED, *ZONES, *APPLIANCES, *EGRESS, *PEERED_GATEWAYS, *IPV6, *PEERING)
