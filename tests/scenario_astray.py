"""Ways that lead to the internet, though what is asked for is in another VPC; and routes to what is in another one."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, Row, Step, Steps, do, put
from tests.scenario_crossings import six
from tests.scenario_transit import JOINED
from tests.scenario_worlds import ANY, BACK, NAT, NAT_WAY, PEER, PRIVATE, THERE

# Another VPC, joined by nothing, whose range is somebody else's on the internet.
ELSEWHERE: Steps = (
    *NAT, do("vpc", "11.0.0.0/16", id="vpc-2"), do("subnet", "vpc-2", "11.0.1.0/24", "a", id="subnet-x"),
    do("security_group", "vpc-2", [("-1", None, ANY)], id="sg-x"),
    do("interface", "subnet-x", "11.0.1.9", ["sg-x"], id="eni-x"),
    do("db_instance", "far-db", ["subnet-x"], ["sg-x"], eni=True),
)  # fmt: skip
LOST: dict[str, Any] = {"want": NO, "code": "NO_ROUTE_TO_DESTINATION", "at": "rtb-fn", "via": ("rtb-fn",)}


def without(table: str, block: str) -> Step:
    """A table without its route for an IPv6 block."""

    def change(w: Any) -> None:
        w[table]["Routes"] = [r for r in w[table]["Routes"] if r.get("DestinationIpv6CidrBlock") != block]

    return change


# Two VPCs with IPv6; the sender's table leads to its own egress-only gateway instead of the other VPC.
OUT: Steps = (
    *six("tgw-attach-1", "tgw-attach-2"), without("rtb-fn", "2600:1f18:2::/56"), without("rtb-x", "2600:1f18:1::/56"),
    do("add", "EgressOnlyInternetGateways", {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [
        {"State": "attached", "VpcId": "vpc-1"}]}, "eigw-1"),
    do("route", "rtb-fn", "::/0", "eigw-1"),
)  # fmt: skip
IN: Steps = (*OUT, do("internet_gateway", "vpc-2", id="igw-2"), do("route", "rtb-x", "::/0", "igw-2"))


def over_six(ids: str, about: str, world: Steps, to: str = "[2600:1f18:2:1::66]:5432", **want: Any) -> Row:
    """A question over IPv6 whose way leads to the internet."""
    return Row(ids=ids, about=about, world=world, who="six", to=to, family="6", **want)


def box(vpc: str, block: str, name: str) -> Steps:
    """An appliance in a subnet of its own."""
    return (
        do("subnet", vpc, block, "a", id=f"subnet-{name}"),
        do("route_table", vpc, [f"subnet-{name}"], id=f"rtb-{name}"),
        do("security_group", vpc, [("-1", None, ANY)], id=f"sg-{name}"),
        do("interface", f"subnet-{name}", block.replace("0/24", "9"), [f"sg-{name}"], id=f"eni-{name}"),
        put(f"eni-{name}", SourceDestCheck=False),
    )  # fmt: skip


ASTRAY: tuple[Row, ...] = (
    Row(ids="IGW-3", about="an interface of a VPC with a public range is not on the internet", world=ELSEWHERE,
        to="eni-x:443", says="create-vpc-peering-connection", **LOST),
    Row(ids="IGW-3", about="nor is a database", world=ELSEWHERE, to="rds:far-db", **LOST),
    Row(ids="IGW-3 RT-20", about="who has the address on the internet is reached by it", world=ELSEWHERE,
        to="11.0.1.9:443", want=OK, via=NAT_WAY, notes=("OVERLAPPING_CIDRS",)),
    over_six("IGW-6 IGW-7", "an IPv6 host of a VPC that the internet does not lead to", OUT,
             want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-x", back=True, cause="DEST_NOT_PUBLIC",
             says="--destination-ipv6-cidr-block ::/0"),
    over_six("IGW-6 IGW-7", "an IPv6 host of a VPC that the internet leads to", IN, want=OK),
    over_six("IGW-6 SG-1", "an IPv6 host that does not admit the sender",
             (*IN, lambda w: w["sg-x"]["IpPermissions"].clear()),
             want=NO, code="SG_HAS_NO_RULES", at="sg-x", cause="DEST_SG_NO_MATCH"),
    over_six("IGW-6 IGW-8", "an IPv6 host that denies all traffic of internet gateways",
             (*IN, put("eni-six", DenyAllIgwTraffic=True)), want=HM, code="UNKNOWN_RESOURCE", at="eni-six"),
    over_six("IGW-6 RT-3", "an IPv6 address of a VPC that nobody has", IN, to="[2600:1f18:2:1::99]:5432",
             want=NO, code="NO_POSSIBLE_DESTINATION", at="vpc-2"),
    Row(ids="RT-4 PCX-4", about="a more specific route of the peer takes the reply to the internet", to="10.9.1.9:5432",
        world=(*PRIVATE, *PEER, THERE, BACK, do("internet_gateway", "vpc-2", id="igw-2"),
               do("route", "rtb-x", "10.0.1.0/24", "igw-2")), want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-x",
        back=True, says="replace-route --route-table-id rtb-x --destination-cidr-block 10.0.1.0/24 "
        "--vpc-peering-connection-id pcx-1"),
    Row(ids="RET-6 PCX-4", about="an appliance before a peering connection, whose replies come straight back",
        world=(*PRIVATE, *PEER, BACK, *box("vpc-1", "10.0.9.0/24", "q"), do("route", "rtb-q", "10.9.0.0/16", "pcx-1"),
               do("route", "rtb-fn", "10.9.0.0/16", "eni-q")), to="10.9.1.9:5432",
        want=NO, code="ASYMMETRIC_INSPECTION", at="rtb-fn", back=True,
        says="replace-route --route-table-id rtb-fn --destination-cidr-block 10.9.0.0/16 "
        "--vpc-peering-connection-id pcx-1"),
    Row(ids="RET-6 TGW-7", about="an appliance of the database's VPC, past which its own table leads",
        world=(*JOINED, *box("vpc-2", "10.2.30.0/24", "q"), do("route", "rtb-q", "10.0.0.0/16", "tgw-1"),
               do("subnet", "vpc-2", "10.2.20.0/24", "a", id="subnet-t"), put("tgw-attach-2", SubnetIds=["subnet-t"]),
               do("route_table", "vpc-2", ["subnet-t"], [("10.2.1.0/24", "eni-q")], id="rtb-t")), to="rds:far-db",
        want=NO, code="ASYMMETRIC_INSPECTION", at="rtb-x", back=True,
        says="create-route --route-table-id rtb-x --destination-cidr-block 10.0.1.0/24 --network-interface-id eni-q"),
    Row(ids="RT-13 RT-7", about="a route to an interface of another VPC, which AWS lets nobody make",
        world=(*PRIVATE, *PEER, THERE, BACK, put("eni-x", SourceDestCheck=False),
               do("route", "rtb-fn", "10.77.0.0/16", "eni-x")),
        to="10.77.0.1:443", want=HM, code="UNSUPPORTED_COMPONENT", at="eni-x", says="not in vpc-1"),
)  # fmt: skip
