"""What a gateway refuses for the addresses on the packet: senders of another VPC, receivers that are not behind it."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, cut, do, put
from tests.scenario_crossings import six
from tests.scenario_tgw import to
from tests.scenario_worlds import ANY, HOST, PRIVATE, S3_ROUTED, dns

V6_HOST = "[2001:db9::1]:443"
DYNAMODB = "pl-6fa54006"
FOREIGN: dict[str, Any] = {"want": NO, "code": "GATEWAY_REJECTS_SPOOFED_TRAFFIC"}
NOBODY: dict[str, Any] = {"want": NO, "code": "VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION", "at": "vpce-s3"}


def leaves_by(gate: str) -> Step:
    """The default route of IPv6 leads through the second VPC, and out by its gateway."""

    def change(w: Any) -> None:
        if gate.startswith("eigw-"):
            held = {"EgressOnlyInternetGatewayId": gate, "Attachments": [{"VpcId": "vpc-2", "State": "attached"}]}
            w.add("EgressOnlyInternetGateways", held, gate)
        else:
            w.internet_gateway("vpc-2", id=gate)
        key = "EgressOnlyInternetGatewayId" if gate.startswith("eigw-") else "GatewayId"
        w["rtb-x"]["Routes"].append({"DestinationIpv6CidrBlock": "::/0", key: gate, "State": "active"})
        w.route("rtb-fn", "::/0", "tgw-1")
        w["tgw-rtb-1/routes"]["Routes"].append(to("::/0", "tgw-attach-2"))

    return change


def routed_back(known: bool) -> Step:
    """Whether the gateway knows the first VPC's IPv6 block."""

    def change(w: Any) -> None:
        held = w["tgw-rtb-1/routes"]["Routes"]
        held[:] = [r for r in held if known or not r["DestinationCidrBlock"].startswith("2600:1f18:1")]

    return change


def s3(about: str, *steps: Step, asks: str, ids: str = "VPCE-8", **want: Any) -> Row:
    """A question to what a gateway endpoint for S3 may get to see."""
    return Row(ids=ids, about=about, world=(*PRIVATE, S3_ROUTED, *steps), to=asks, **want)


def without_entries(w: Any) -> None:
    """What is on AWS's lists was not read."""
    w.drop("PrefixLists")
    w.drop("ManagedPrefixListEntries")


TARGET = "[2600:1f18:2:1::66]:5432"
UNREAD: dict[str, Any] = {"want": HM, "code": "UNKNOWN_RESOURCE", "needs": "ec2:DescribeTransitGatewayVpcAttachments"}


def over_six(about: str, *steps: Step, to: str = TARGET, ids: str = "TGW-12", **want: Any) -> Row:
    """A question over IPv6 through two attachments that carry it, but for one thing."""
    world = (*six("tgw-attach-1", "tgw-attach-2"), *steps)
    return Row(ids=ids, about=about, world=world, who="six", to=to, family="6", **want)


ATTACHED = (
    over_six("an attachment whose options name no IPv6 has none", put("tgw-attach-1", Options={}), want=NO,
             code="PROTOCOL_RESTRICTION", at="tgw-attach-1", more=("PROTOCOL_RESTRICTION",),
             says="modify-transit-gateway-vpc-attachment"),
    over_six("an attachment without options, as only the general call tells it", cut("tgw-attach-2", "Options"),
             at="tgw-attach-2", more=("UNKNOWN_RESOURCE",), **UNREAD),
    over_six("a definite refusal beats that", cut("tgw-attach-2", "Options"), put("tgw-attach-1", Options={}), want=NO,
             code="PROTOCOL_RESTRICTION", at="tgw-attach-1", more=("PROTOCOL_RESTRICTION",)),
    over_six("the gateway has a route for the request, none for the reply", routed_back(False), ids="TGW-12 TGW-9",
             want=NO, code="TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", at="tgw-rtb-1", back=True),
    Row(ids="TGW-12", about="IPv4 is not the attachments' IPv6", to="10.2.1.66:5432", want=OK,
        world=(*six("tgw-attach-1", "tgw-attach-2"), put("tgw-attach-1", Options={}), put("tgw-attach-2", Options={}),
               do("egress", "sg-fn", ("tcp", 5432, "10.0.0.0/8")))),
)  # fmt: skip
REFUSED = (
    *ATTACHED,
    *(Row(ids="IGW-5 TGW-8", about=f"IPv6 of another VPC is not let out by {what}", who="six", family="6", at=gate,
          world=(*six("tgw-attach-1", "tgw-attach-2"), leaves_by(gate)), to=V6_HOST, **FOREIGN)
      for what, gate in (("an egress-only internet gateway", "eigw-9"), ("an internet gateway", "igw-9"))),
    s3("another service, by its prefix list", do("route", "rtb-fn", DYNAMODB, "vpce-s3"), asks="dynamodb", **NOBODY),
    s3("a host that is not S3's, by a route to its gateway endpoint", do("route", "rtb-fn", "93.184.0.0/16", "vpce-s3"),
       asks=f"{HOST}:443", **NOBODY),
    s3("the internet, by a default route to a gateway endpoint", do("route", "rtb-fn", ANY, "vpce-s3"),
       asks="internet", **NOBODY),
    s3("an address of S3's, by the endpoint's own route", ids="VPCE-4 VPCE-8", asks="52.92.0.9:443", want=OK),
    s3("a range of which a part is S3's", do("route", "rtb-fn", "52.92.0.0/14", "vpce-s3"), asks="52.92.0.0/16:443",
       dimension="addresses", **NOBODY | {"want": PART}),
    s3("a host, while the entries of the list were not read", do("route", "rtb-fn", "93.184.0.0/16", "vpce-s3"),
       without_entries, ids="RT-14 VPCE-8", asks=f"{HOST}:443", want=HM, code="UNKNOWN_RESOURCE",
       needs="ec2:GetManagedPrefixListEntries"),
    s3("the service by its name, while the entries of its list were not read", without_entries, ids="RT-14 VPCE-8",
       asks="s3", want=OK),
    s3("UDP to a part that is S3's is refused as UDP", do("route", "rtb-fn", "52.92.0.0/14", "vpce-s3"),
       ids="VPCE-6 VPCE-8", asks="52.92.0.0/16:443/udp", want=NO, at="vpce-s3",
       code="VPCE_GATEWAY_PROTOCOL_RESTRICTION", more=(NOBODY["code"],)),
    s3("hostnames off beside a route that leads to nobody", do("route", "rtb-fn", "93.184.0.0/16", "vpce-s3"),
       dns(hostnames=False), ids="VPCE-8 VPCE-9", asks=f"{HOST}:443", **NOBODY),
)  # fmt: skip
