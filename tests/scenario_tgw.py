"""Transit gateways in detail: states, tables and their routes, zones, central egress, peerings, IPv6, accounts."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, cut, do, forget, put
from tests.scenario_transit import FAR_WAY, JOINED, SPOKE_ROUTES, SPOKES, attach, table
from tests.scenario_worlds import ANY

DB = "rds:far-db"
INSTANCE = "ec2-54-9-9-9.eu-west-1.compute.amazonaws.com:5432"


def routes(id: str, *records: dict[str, Any]) -> Step:
    """The routes of a table as the call returns them: destination or list, attachments, type, state."""

    def change(w: Any) -> None:
        w.add("TransitGatewayRouteTables", {"TransitGatewayRouteTableId": id, "TransitGatewayId": "tgw-1"}, id)
        w.add("TransitGatewayRoutes", {"TransitGatewayRouteTableId": id, "Routes": list(records)}, f"{id}/routes")

    return change


def to(destination: str, *attachments: str, type: str = "static", state: str = "active", **more: str) -> dict[str, Any]:
    """One route."""
    ends = [{"TransitGatewayAttachmentId": a, "ResourceType": "vpc"} for a in attachments]
    kind = {"DestinationCidrBlock": destination} if destination else {}
    return {**kind, "Type": type, "State": state, "TransitGatewayAttachments": ends, **more}


BACK = to("10.0.0.0/16", "tgw-attach-1")


def told(ids: str, about: str, *records: dict[str, Any], **want: Any) -> Row:
    """A row about the routes of the one table."""
    return Row(ids=ids, about=about, world=(*SPOKES, routes("tgw-rtb-1", *records)), to=DB, **want)


BLACK = {"want": NO, "code": "TGW_RTB_BAD_STATE_ROUTE", "at": "tgw-rtb-1"}
OPEN_QUESTION = {"want": HM, "code": "TGW_RTB_ROUTES_ARE_UNKNOWN", "at": "tgw-rtb-1"}

STATES: tuple[Row, ...] = (
    *(Row(ids="TGW-1", about=f"the sender's attachment is {state}", world=(*JOINED, put("tgw-attach-1", State=state)),
          to=DB, want=NO, code="BAD_STATE_ATTACHMENT", at="tgw-attach-1", more=("BAD_STATE_ATTACHMENT",))
      for state in ("initiating", "pendingAcceptance", "deleting", "failed", "rejected")),
    *(Row(ids="TGW-1", about=f"an attachment that is {state} still carries",
          world=(*JOINED, put("tgw-attach-1", State=state)), to=DB, want=OK, via=FAR_WAY)
      for state in ("modifying", "rollingBack")),
    Row(ids="TGW-1", about="a gateway that is being modified carries", world=(*JOINED, put("tgw-1", State="modifying")),
        to=DB, want=OK),
    Row(ids="TGW-1 IN-4", about="an attachment in a state that nobody knows",
        world=(*JOINED, put("tgw-attach-1", State="pondering")), to=DB,
        want=HM, code="UNKNOWN_RESOURCE", at="tgw-attach-1", more=("UNKNOWN_RESOURCE",)),
    Row(ids="TGW-1 IN-4", about="a gateway in a state that nobody knows", world=(*JOINED, put("tgw-1", State="dozing")),
        to=DB, want=HM, code="UNKNOWN_RESOURCE", at="tgw-1", more=("UNKNOWN_RESOURCE",)),
    Row(ids="TGW-1", about="what waits for acceptance: the fix accepts it",
        world=(*JOINED, put("tgw-attach-2", State="pendingAcceptance")), to=DB, want=NO, code="BAD_STATE_ATTACHMENT",
        at="tgw-attach-2", more=("BAD_STATE_ATTACHMENT",),
        says="accept-transit-gateway-vpc-attachment --transit-gateway-attachment-id tgw-attach-2"),
    *(Row(ids="TGW-1 RT-11", about=f"only the call for all attachments knows that {id} is being deleted",
          world=(*JOINED, put(f"{id}/general", State="deleting")), to=DB,
          want=NO, code="BAD_STATE_ATTACHMENT", at=id, more=("BAD_STATE_ATTACHMENT",))
      for id in ("tgw-attach-1", "tgw-attach-2")),
    Row(ids="TGW-1", about="a deleted attachment beside the one that took its place",
        world=(*JOINED, attach("tgw-attach-0", "vpc-1", ["subnet-a"]), put("tgw-attach-0", State="deleted")),
        to=DB, want=OK, via=FAR_WAY),
    Row(ids="TGW-1 RT-13", about="the VPC is not attached, as far as the data tells",
        world=(*JOINED, forget("TransitGatewayVpcAttachments", "tgw-attach-1"),
               forget("TransitGatewayAttachments", "tgw-attach-1/general")), to=DB,
        want=HM, code="UNKNOWN_RESOURCE", at="tgw-1", needs="ec2:DescribeTransitGatewayVpcAttachments"),
    # TGW-3
    Row(ids="TGW-3", about="an association that is being made",
        world=(*JOINED, lambda w: w["tgw-attach-1/general"]["Association"].update(State="associating")), to=DB,
        want=NO, code="TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", at="tgw-attach-1"),
    Row(ids="TGW-3 IN-4", about="an association in a state that nobody knows",
        world=(*JOINED, lambda w: w["tgw-attach-1/general"]["Association"].update(State="dozing")), to=DB,
        want=HM, code="TGW_RTB_ROUTES_ARE_UNKNOWN", at="tgw-attach-1", says="is dozing"),
    Row(ids="TGW-3 IN-6", about="neither call that tells the associations was made", to=DB,
        world=(*JOINED, do("drop", "TransitGatewayAttachments"), do("drop", "TransitGatewayAssociations")),
        want=HM, code="TGW_RTB_ROUTES_ARE_UNKNOWN", at="tgw-attach-1", needs="ec2:DescribeTransitGatewayAttachments",
        says="was not read"),
    Row(ids="TGW-3 TGW-9", about="the far attachment has no table: the reply is dropped",
        world=(*JOINED, cut("tgw-attach-2/general", "Association")), to=DB,
        want=NO, code="TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", at="tgw-attach-2", back=True),
    Row(ids="TGW-3", about="associations as the tables tell them", to=DB, want=OK, via=FAR_WAY,
        world=(*JOINED, cut("tgw-attach-1/general", "Association"), cut("tgw-attach-2/general", "Association"),
               do("add", "TransitGatewayAssociations", {"TransitGatewayRouteTableId": "tgw-rtb-1", "Associations": [
                   {"TransitGatewayAttachmentId": f"tgw-attach-{n}", "State": "associated"} for n in (1, 2)]}))),
)  # fmt: skip

ROUTES: tuple[Row, ...] = (
    told("TGW-4", "the longest prefix wins", BACK, to("10.2.0.0/16", "tgw-attach-2"), to(ANY, state="blackhole"),
         want=OK, via=FAR_WAY),
    told("TGW-4", "static before propagated at equal length", BACK, to("10.2.0.0/16", state="blackhole"),
         to("10.2.0.0/16", "tgw-attach-2", type="propagated"), notes=("TGW_RTB_HIGHER_PRIORITY_ROUTE",), **BLACK),
    told("TGW-4", "static before a prefix list at equal length", BACK, to("10.2.0.0/16", "tgw-attach-2"),
         to("10.2.0.0/16", state="blackhole", PrefixListId="pl-1"), want=OK),
    told("TGW-4", "a prefix list before propagated at equal length", BACK,
         to("10.2.0.0/16", "tgw-attach-2", type="propagated"),
         to("10.2.0.0/16", state="blackhole", PrefixListId="pl-1"), notes=("TGW_RTB_HIGHER_PRIORITY_ROUTE",),
         says="delete-transit-gateway-prefix-list-reference --transit-gateway-route-table-id tgw-rtb-1 "
         "--prefix-list-id pl-1", **BLACK),
    told("TGW-4", "a propagated VPC before a propagated VPN", BACK,
         to("10.2.0.0/16", "tgw-attach-v", type="propagated") | {"TransitGatewayAttachments": [
             {"TransitGatewayAttachmentId": "tgw-attach-v", "ResourceType": "vpn"}]},
         to("10.2.0.0/16", "tgw-attach-2", type="propagated"), want=OK, via=FAR_WAY),
    told("TGW-4", "routes that are deleted are none", BACK, to("10.2.1.0/24", state="deleted"),
         to("10.2.0.0/16", "tgw-attach-2"), want=OK),
    told("TGW-4", "only other ranges: they are shown", BACK, to("10.3.0.0/16", "tgw-attach-2"),
         want=NO, code="TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", at="tgw-rtb-1", notes=("TGW_RTB_CANNOT_ROUTE",)),
    *(told("TGW-4", f"a route that is {state} may take it or not", BACK, to("10.2.1.0/24", state=state),
           to("10.2.0.0/16", "tgw-attach-2"), **OPEN_QUESTION) for state in ("pending", "deleting")),
    told("TGW-4 IN-4", "a route in a state that nobody knows does not fall through to a shorter one", BACK,
         to("10.2.1.0/24", state="dreaming"), to("10.2.0.0/16", "tgw-attach-2"), **OPEN_QUESTION),
    told("TGW-4", "one that is pending and shorter changes nothing", BACK, to("10.0.0.0/8", state="pending"),
         to("10.2.0.0/16", "tgw-attach-2"), want=OK),
    told("T22 TGW-5", "a blackhole that is more specific: the other route is shown", BACK,
         to("10.2.0.0/16", "tgw-attach-2"), to("10.2.1.0/24", state="blackhole"),
         notes=("TGW_RTB_MORE_SPECIFIC_ROUTE",), says="aws ec2 delete-transit-gateway-route "
         "--transit-gateway-route-table-id tgw-rtb-1 --destination-cidr-block 10.2.1.0/24", **BLACK),
    told("TGW-5 RET-3", "a blackhole for the reply", to("10.0.0.0/16", state="blackhole"),
         to("10.2.0.0/16", "tgw-attach-2"), back=True, **BLACK),
    told("TGW-4", "no route: the fix adds it to this table and attachment", BACK,
         want=NO, code="TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", at="tgw-rtb-1",
         says="create-transit-gateway-route --transit-gateway-route-table-id tgw-rtb-1 "
         "--transit-gateway-attachment-id tgw-attach-2 --destination-cidr-block 10.2.1.0/24"),
    Row(ids="TGW-4", about="no route, and the attachment does not propagate: the fix makes it",
        world=(*SPOKES, routes("tgw-rtb-1", BACK), do("add", "TransitGatewayPropagations", {
            "TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayRouteTablePropagations": []})), to=DB,
        want=NO, code="TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", at="tgw-rtb-1",
        says="enable-transit-gateway-route-table-propagation --transit-gateway-route-table-id tgw-rtb-1 "
        "--transit-gateway-attachment-id tgw-attach-2"),
    Row(ids="TGW-6", about="it propagates, and yet there is no route: ranges overlap",
        world=(*SPOKES, routes("tgw-rtb-1", BACK), do("add", "TransitGatewayPropagations", {
            "TransitGatewayRouteTableId": "tgw-rtb-1", "TransitGatewayRouteTablePropagations": [
                {"TransitGatewayAttachmentId": "tgw-attach-2", "State": "enabled"}]})), to=DB,
        want=NO, code="TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", at="tgw-rtb-1", says="overlap"),
    told("TGW-6", "several attachments on one route, all of them good", to("10.0.0.0/16", "tgw-attach-1"),
         to("10.2.0.0/16", "tgw-attach-2", "tgw-attach-2"), want=OK),
    Row(ids="TGW-6", about="several attachments on one route: some connections take the one that is gone",
        world=(*SPOKES, routes("tgw-rtb-1", BACK, to("10.2.0.0/16", "tgw-attach-2", "tgw-attach-3")),
               attach("tgw-attach-3", "vpc-3", ["subnet-z"]), put("tgw-attach-3", State="deleted"),
               put("tgw-attach-3/general", State="deleted"), do("vpc", "10.3.0.0/16", id="vpc-3"),
               do("subnet", "vpc-3", "10.3.0.0/24", id="subnet-z")), to=DB,
        want=PART, code="BAD_STATE_ATTACHMENT", at="tgw-attach-3", dimension="source ports",
        more=("NO_ROUTE_TO_DESTINATION",)),
    told("TGW-4 TGW-6", "two routes that nothing tells apart, to the same end", BACK, to("10.2.0.0/16", "tgw-attach-2"),
         to("10.2.0.0/16", "tgw-attach-2"), want=OK, via=FAR_WAY),
    told("TGW-4 TGW-6", "two routes that nothing tells apart, one of them to nowhere", BACK,
         to("10.2.0.0/16", "tgw-attach-1", type="propagated"), to("10.2.0.0/16", "tgw-attach-2", type="propagated"),
         want=HM, code="UNKNOWN_RESOURCE"),
    told("TGW-4 TGW-6", "nor in the other order", BACK, to("10.2.0.0/16", "tgw-attach-2", type="propagated"),
         to("10.2.0.0/16", "tgw-attach-1", type="propagated"), want=HM, code="UNKNOWN_RESOURCE"),
    told("TGW-6", "several attachments on the reply's route, one of which leads elsewhere",
         to("10.0.0.0/16", "tgw-attach-1", "tgw-attach-2"), to("10.2.0.0/16", "tgw-attach-2"), want=PART, back=True,
         code="ROUTING_LOOP", at="rtb-x", dimension="source ports"),
    Row(ids="TGW-6 VGW-5", about="two VPN attachments on one route",
        world=(*SPOKES, routes("tgw-rtb-1", BACK, to("10.77.0.0/16", "tgw-attach-v", "tgw-attach-w")),
               do("route", "rtb-fn", "10.77.0.0/16", "tgw-1"),
               *(do("add", "TransitGatewayAttachments", {
                   "TransitGatewayAttachmentId": f"tgw-attach-{x}", "TransitGatewayId": "tgw-1", "State": "available",
                   "ResourceType": "vpn", "ResourceId": f"vpn-{x}"}, f"tgw-attach-{x}") for x in "vw")),
        to="10.77.0.1:22", want=HM, code="LEAVES_AWS", at="tgw-attach-v", more=("LEAVES_AWS",)),
    # TGW-9: two tables, one for each direction.
    Row(ids="TGW-9 RET-3", about="asymmetric tables on purpose",
        world=(*SPOKES, table("tgw-rtb-1", ("10.2.0.0/16", "tgw-attach-2")),
               table("tgw-rtb-2", ("10.0.0.0/16", "tgw-attach-1")),
               lambda w: w["tgw-attach-2/general"]["Association"].update(TransitGatewayRouteTableId="tgw-rtb-2")),
        to=DB, want=OK, via=FAR_WAY),
    Row(ids="TGW-9", about="the far attachment's own table has no route back",
        world=(*SPOKES, table("tgw-rtb-1", *SPOKE_ROUTES), table("tgw-rtb-2", ("10.9.0.0/16", "tgw-attach-1")),
               lambda w: w["tgw-attach-2/general"]["Association"].update(TransitGatewayRouteTableId="tgw-rtb-2")),
        to=DB, want=NO, code="TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", at="tgw-rtb-2", back=True),
)  # fmt: skip


def option(id: str, **options: str) -> Step:
    """Options of a gateway or an attachment."""

    def change(w: Any) -> None:
        w[id]["Options"] = {**w[id]["Options"], **options}

    return change


def attributes(vpc: str) -> Step:
    """A VPC whose hosts have no names."""

    def change(w: Any) -> None:
        for record in w.collections["VpcAttributes"]:
            if record["VpcId"] == vpc:
                record["EnableDnsHostnames"] = {"Value": False}

    return change


PUBLIC: Steps = (
    *JOINED, put("far-db", PubliclyAccessible=True),
    do("interface", "subnet-x", "10.2.1.77", ["sg-x"], id="eni-far", public_ip="54.9.9.9"),
)  # fmt: skip
PRIVATELY: dict[str, Any] = {"want": OK, "via": FAR_WAY}
# No way to the internet: as a public address it is not reached.
PUBLICLY: dict[str, Any] = {"want": NO, "code": "NO_ROUTE_TO_DESTINATION", "at": "rtb-fn"}
UNTOLD: dict[str, Any] = {"want": HM, "code": "UNKNOWN_RESOURCE"}


def names(ids: str, about: str, *steps: Step, to: str = DB, **want: Any) -> Row:
    """A row about a public name of a host in the other VPC."""
    return Row(ids=ids, about=about, world=(*PUBLIC, *steps), to=to, **want)


NAMES = (
    names("TGW-13 DST-13", "a public database's name is private across a gateway, whose default is DNS support",
          assumes=("DST-13",), **PRIVATELY),
    names("TGW-13 DNS-8", "so is an instance's", to=INSTANCE, **PRIVATELY),
    names("TGW-13", "the gateway's DNS support is on", option("tgw-1", DnsSupport="enable"), **PRIVATELY),
    names("TGW-13 DST-13", "the gateway's DNS support is off", option("tgw-1", DnsSupport="disable"), **PUBLICLY),
    *(names("TGW-13 DST-13", f"the DNS support of {id} is off", option(id, DnsSupport="disable"), **PUBLICLY)
      for id in ("tgw-attach-1", "tgw-attach-2")),
    names("TGW-13 IN-4", "a template leaves the gateway's option open", option("tgw-1", DnsSupport="unspecified"),
          needs="ec2:DescribeTransitGateways", **UNTOLD),
    names("TGW-13 IN-1", "an attachment of which only the general call tells", cut("tgw-attach-2", "Options"),
          needs="ec2:DescribeTransitGatewayVpcAttachments", **UNTOLD),
    names("TGW-13", "what is off settles it, whatever else is not known", cut("tgw-attach-2", "Options"),
          option("tgw-1", DnsSupport="disable"), **PUBLICLY),
    *(names("TGW-13 DNS-3 DST-13", f"{about} has enableDnsHostnames off", attributes(vpc), **PUBLICLY)
      for about, vpc in (("the sender's VPC", "vpc-1"), ("the far VPC", "vpc-2"))),
    names("TGW-13", "an attachment that is not there yet", put("tgw-attach-2", State="pendingAcceptance"), **PUBLICLY),
    names("TGW-13 PCX-7", "a peering connection beside it that says no does not matter",
          do("peering", "vpc-1", "vpc-2", id="pcx-1"), **PRIVATELY),
)  # fmt: skip
