"""NAT gateways beyond the plain one: regional ones, private ones between overlapping networks, return to sender."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, do, put, put_in
from tests.scenario_transit import attach, gateway, table
from tests.scenario_worlds import ANY, HIGH, HOST, NAT, NO_DEFAULT, OPEN, PEER, PRIVATE, THERE, acl
from tests.world_members import regional_nat


def regional(*zones: str, automatic: str = "disabled", own_table: str | None = "rtb-nat", **members: Any) -> Step:
    """A regional NAT gateway with an address in each of the zones (a, b)."""

    record = regional_nat("nat-r", "vpc-1", own_table, "".join(zones), automatic=automatic, **members)
    return do("add", "NatGateways", record, "nat-r")


REGIONAL: Steps = (
    *PRIVATE,
    do("internet_gateway", "vpc-1", id="igw-1"),
    do("route_table", "vpc-1", [], [(ANY, "igw-1")], id="rtb-nat"),
    do("route", "rtb-fn", ANY, "nat-r"),
)
REGIONAL_WAY = ("rtb-fn", "nat-r", "rtb-nat", "igw-1")
REGIONALS = (
    Row(ids="NAT-5 NAT-6 NACL-12", about="a regional NAT gateway in both zones", who="both",
        world=(*REGIONAL, regional("a", "b")), to="internet", want=OK, via=REGIONAL_WAY, assumes=("NACL-12",)),
    Row(ids="NAT-6", about="zones by hand, one of two registered", who="both",
        world=(*REGIONAL, regional("a")), to="internet",
        want=PART, code="REGIONAL_NGW_ROUTE_AZ_RESTRICTION", at="nat-r", subnets=("subnet-b",), dimension="subnets",
        assumes=("NAT-6",)),
    Row(ids="NAT-6", about="zones by itself, which has not come to the second yet", who="both",
        world=(*REGIONAL, regional("a", automatic="enabled")), to="internet", want=OK, via=REGIONAL_WAY,
        notes=("AVAILABILITY_ZONE_CROSSED",)),
    Row(ids="NAT-6 IN-6", about="how it gets its zones is not in the record", who="both",
        world=(*REGIONAL, regional("a"), lambda w: w["nat-r"].pop("AutoProvisionZones")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="nat-r", needs="ec2:DescribeNatGateways"),
    Row(ids="NAT-6", about="its addresses name no zones",
        world=(*REGIONAL, regional("a"), lambda w: [a.pop(k) for a in w["nat-r"]["NatGatewayAddresses"]
                                                     for k in ("AvailabilityZone", "AvailabilityZoneId")]),
        to="internet", want=HM, code="UNKNOWN_RESOURCE", at="nat-r"),
    Row(ids="NAT-6 NAT-3", about="the address of the zone is still being associated",
        world=(*REGIONAL, regional("a", "b"), lambda w: w["nat-r"]["NatGatewayAddresses"][0].update(Status="failed")),
        to="internet", want=NO, code="REGIONAL_NGW_ROUTE_AZ_RESTRICTION", at="nat-r"),
    Row(ids="NAT-5 NAT-4", about="its own table has no way out",
        world=(*REGIONAL, regional("a"), lambda w: w["rtb-nat"]["Routes"].pop()), to="internet",
        want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-nat", says="0.0.0.0/0 --gateway-id igw-1"),
    Row(ids="NAT-5 NAT-9", about="its own table leads back to it",
        world=(*REGIONAL, regional("a"), do("route", "rtb-nat", "93.184.216.0/24", "nat-r")), to=f"{HOST}:443",
        want=NO, code="ROUTING_LOOP", at="rtb-nat"),
    Row(ids="NAT-5", about="its table is not listed: as AWS creates it",
        world=(*REGIONAL, regional("a", own_table="rtb-unlisted")), to="internet", want=OK,
        via=("rtb-fn", "nat-r", "igw-1"), assumes=("NAT-5",)),
    Row(ids="NAT-5", about="its record names no table", to="internet", want=OK, assumes=("NAT-5",),
        world=(*REGIONAL, regional("a", own_table=None))),
    Row(ids="NAT-5", about="its table is not listed, and no gateway is attached",
        world=(*REGIONAL, regional("a", own_table="rtb-unlisted"), put("igw-1", Attachments=[])), to="internet",
        want=HM, code="UNSUPPORTED_COMPONENT", at="nat-r", needs="ec2:DescribeRouteTables"),
    Row(ids="NAT-5 IN-6", about="route tables were not read, nothing is assumed of its own",
        world=(*REGIONAL, regional("a", own_table="rtb-elsewhere"), do("partial", "RouteTables")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", needs="ec2:DescribeRouteTables"),
    Row(ids="NAT-1", about="it is deleted", world=(*REGIONAL, regional("a", State="deleted")), to="internet",
        want=NO, code="BAD_STATE", at="nat-r"),
    Row(ids="NACL-12", about="only the function's ACL is asked, on both ways",
        world=(*REGIONAL, regional("a"), acl("subnet-a", inbound=((100, "allow", "tcp", (32768, 65535), ANY),))),
        to="internet", want=PART, code="SUBNET_ACL_RESTRICTION", at="acl-a", back=True, dimension="source ports"),
    Row(ids="NAT-5 IGW-4", about="a private address by the default route",
        world=(*REGIONAL, regional("a")), to="10.50.0.1:443",
        want=NO, code="IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", at="igw-1"),
    Row(ids="NAT-5 NAT-13", about="with which private address it would send into the VPC is not told",
        world=(*REGIONAL, regional("a"), do("route", "rtb-fn", "10.0.3.0/24", "nat-r"),
               do("db_instance", "orders-db", ["subnet-d"], ["sg-db"], eni=True)), to="rds:orders-db",
        want=HM, code="UNKNOWN_RESOURCE", at="nat-r", needs="nat-r's private address"),
    Row(ids="NAT-5 NAT-2", about="nor into other networks",
        world=(*REGIONAL, regional("a"), do("route", "rtb-nat", "10.50.0.0/16", "tgw-1")), to="10.50.0.1:443",
        want=HM, code="UNKNOWN_RESOURCE", at="nat-r"),
    Row(ids="NAT-5 SHR-2", about="not in the collected list",
        world=REGIONAL, to="internet", want=HM, code="UNKNOWN_RESOURCE", at="nat-r"),
)  # fmt: skip


# -- private NAT: two networks with the same range, joined by what they can route -------------------------


def overlapping() -> Steps:
    """Both VPCs are 10.0/16; each has a routable block, where a private NAT gateway and a database live."""
    return (
        *PRIVATE,
        do("secondary_cidr", "vpc-1", "100.64.0.0/24"),
        do("subnet", "vpc-1", "100.64.0.0/24", "a", id="subnet-o"),
        do("vpc", "10.0.0.0/16", id="vpc-2", secondary=["100.65.0.0/24"]),
        do("subnet", "vpc-2", "100.65.0.0/24", "a", id="subnet-x"),
        do("security_group", "vpc-2", [("tcp", 5432, "100.64.0.0/24")], id="sg-x"),
        do("interface", "subnet-x", "100.65.0.9", ["sg-x"], id="eni-x"),
        do("nat_gateway", "subnet-o", id="nat-p", connectivity="private"),
        do("route", "rtb-fn", "100.65.0.0/24", "nat-p"),
    )


BY_GATEWAY: Steps = (
    *overlapping(),
    gateway(),
    attach("tgw-attach-1", "vpc-1", ["subnet-o"]),
    attach("tgw-attach-2", "vpc-2", ["subnet-x"]),
    table("tgw-rtb-1", ("100.64.0.0/24", "tgw-attach-1"), ("100.65.0.0/24", "tgw-attach-2")),
    do("route_table", "vpc-1", ["subnet-o"], [("100.65.0.0/24", "tgw-1")], id="rtb-o"),
    do("route_table", "vpc-2", ["subnet-x"], [("100.64.0.0/24", "tgw-1")], id="rtb-x"),
)
OVERLAPPING = (
    Row(ids="NAT-2 NAT-8 TGW-6 T5", about="a private NAT gateway between networks with the same range",
        world=BY_GATEWAY, to="100.65.0.9:5432", want=OK,
        via=("rtb-fn", "nat-p", "rtb-o", "tgw-attach-1", "tgw-1", "tgw-attach-2")),
    Row(ids="NAT-8 SG-7", about="the far group admits the function's own range, which the NAT gateway hides",
        world=(*BY_GATEWAY, lambda w: w["sg-x"]["IpPermissions"].clear(),
               do("ingress", "sg-x", ("tcp", 5432, "10.0.0.0/16"))), to="100.65.0.9:5432",
        want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-x", cause="DEST_SG_NO_MATCH"),
    Row(ids="RET-3", about="the far table leads back to the function's range only",
        world=(*BY_GATEWAY, lambda w: w["rtb-x"]["Routes"].pop(), do("route", "rtb-x", "10.9.0.0/16", "tgw-1")),
        to="100.65.0.9:5432", want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-x", back=True),
    Row(ids="RET-2 NACL-11", about="replies from the attachment in the NAT gateway's own subnet meet no ACL",
        world=(*BY_GATEWAY, acl("subnet-o", inbound=((100, "allow", "tcp", 5432, ANY),))), to="100.65.0.9:5432",
        want=OK),
    Row(ids="T5 NAT-2", about="a private NAT gateway sends nothing to the internet",
        world=(*NO_DEFAULT, do("nat_gateway", "subnet-p", id="nat-p", connectivity="private"),
               do("route", "rtb-fn", ANY, "nat-p")), to="internet",
        want=NO, code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", at="igw-1"),
)  # fmt: skip


# -- return to sender: NAT gateway, peering, no way back --------------------------------------------------

# Functions → NAT gateway in a subnet of its own → peering; the far side admits the NAT gateway's subnet.
TO_PEER: Steps = (
    *PRIVATE,
    *PEER,
    do("subnet", "vpc-1", "10.0.9.0/24", "a", id="subnet-o"),
    do("nat_gateway", "subnet-o", id="nat-p", connectivity="private"),
    do("route_table", "vpc-1", ["subnet-o"], [("10.9.0.0/16", "pcx-1")], id="rtb-o"),
    do("route", "rtb-fn", "10.9.0.0/16", "nat-p"),
)
WRONG_WAY: Steps = (
    *TO_PEER[:-2],
    gateway(),
    attach("tgw-attach-1", "vpc-1", ["subnet-o"]),
    attach("tgw-attach-2", "vpc-2", ["subnet-x"]),
    table("tgw-rtb-1", ("10.0.0.0/16", "tgw-attach-1"), ("10.9.0.0/16", "tgw-attach-2")),
    do("route_table", "vpc-1", ["subnet-o"], [("10.9.0.0/16", "tgw-1")], id="rtb-o"),
    TO_PEER[-1],
)
TO_SENDER = (
    Row(ids="T19 NAT-11 RET-4", about="no return route, but a NAT gateway in between", world=TO_PEER,
        to="10.9.1.9:5432", want=OK, via=("rtb-fn", "nat-p", "rtb-o", "pcx-1"), assumes=("NAT-11",)),
    Row(ids="NAT-11 NACL-3", about="the far ACL does not let replies out",
        world=(*TO_PEER, do("network_acl", "vpc-2", ["subnet-x"], OPEN, (), id="acl-x")), to="10.9.1.9:5432",
        want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-x", back=True),
    Row(ids="NAT-11 RET-2", about="the NAT gateway's ACL does not let them in",
        world=(*TO_PEER, acl("subnet-o", inbound=((100, "allow", "tcp", 5432, "10.0.1.0/24"),))), to="10.9.1.9:5432",
        want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-o", back=True),
    Row(ids="T19 PCX-4", about="without a NAT gateway the return route is needed", world=(*PRIVATE, *PEER, THERE),
        to="10.9.1.9:5432", want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-x", back=True),
    Row(ids="NAT-11", about="only over the peering by which it came, not one that exists beside a transit gateway",
        world=WRONG_WAY, to="10.9.1.9:5432", want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-x", back=True),
)  # fmt: skip


# -- inside the VPC, to gateway endpoints, across zones, with a proxy -------------------------------------

DETOUR: Steps = (
    *PRIVATE,
    do("subnet", "vpc-1", "10.0.9.0/24", "a", id="subnet-o"),
    do("nat_gateway", "subnet-o", id="nat-p", connectivity="private"),
    do("route", "rtb-fn", "10.0.3.0/24", "nat-p"),
    do("db_instance", "orders-db", ["subnet-d"], ["sg-db"], eni=True),
)
WITHIN = (
    Row(ids="T18 NAT-13 SG-7", about="a NAT gateway inside the VPC hides the function's group", world=DETOUR,
        to="rds:orders-db", want=NO, code="SG_REFERENCES_NOT_PRESERVED", at="sg-db", cause="DEST_SG_NO_MATCH"),
    Row(ids="NAT-13 RT-6 NAT-8", about="the database admits the NAT gateway's subnet", to="rds:orders-db", want=OK,
        notes=("NGW_SOURCE_ADDRESS_REASSIGN", "REMAP_EPHEMERAL_PORT"),
        world=(*DETOUR, do("ingress", "sg-db", ("tcp", 5432, "10.0.9.0/24"))), via=("rtb-fn", "nat-p", "rtb-00000001")),
    Row(ids="NAT-12", about="the NAT gateway's table leads to a gateway endpoint",
        world=(*NAT, do("gateway_endpoint", "vpc-1", "s3", ["rtb-p"], id="vpce-s3")), to="s3", want=OK,
        via=("rtb-fn", "nat-1", "rtb-p", "vpce-s3"), assumes=("NAT-12",)),
    Row(ids="NAT-12 VPCE-6", about="which carries TCP only",
        world=(*NAT, do("gateway_endpoint", "vpc-1", "s3", ["rtb-p"], id="vpce-s3")), to="s3:53/udp",
        want=NO, code="VPCE_GATEWAY_PROTOCOL_RESTRICTION", at="vpce-s3"),
    Row(ids="NAT-16", about="a NAT gateway of another zone", world=NAT, who="both", to="internet", want=OK,
        notes=("AVAILABILITY_ZONE_CROSSED",)),
    Row(ids="NAT-16 NAT-8", about="one of the same zone", world=NAT, to="internet", want=OK,
        never=("AVAILABILITY_ZONE_CROSSED", "NGW_SOURCE_ADDRESS_REASSIGN", "REMAP_EPHEMERAL_PORT")),
    Row(ids="NAT-15", about="a proxy is attached to the NAT gateway", to="internet", want=OK,
        world=(*NAT, put("nat-1", AttachedAppliances=[
            {"Type": "network-firewall-proxy", "AttachmentState": "attached",
             "ApplianceArn": "arn:aws:network-firewall:eu-west-1:123456789012:proxy/p"}])),
        notes=("NAT_GATEWAY_PROXY",)),
    Row(ids="NAT-15", about="one that was detached", to="internet", want=OK, never=("NAT_GATEWAY_PROXY",),
        world=(*NAT, put("nat-1", AttachedAppliances=[
            {"Type": "network-firewall-proxy", "AttachmentState": "detached", "ApplianceArn": "arn:x"}]))),
    Row(ids="NAT-3", about="its only address failed", to="internet",
        world=(*NAT, put_in("nat-1", "NatGatewayAddresses", 0, Status="failed")),
        want=NO, code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", at="igw-1"),
    Row(ids="T8 NACL-9", about="the NAT subnet's ACL lets the replies in on high ports only, which is all it needs",
        world=(*NAT, acl("subnet-p", inbound=(*HIGH, (90, "allow", "tcp", 443, "10.0.0.0/16")))), to="internet",
        want=OK),
)  # fmt: skip
NATS = (*REGIONALS, *OVERLAPPING, *TO_SENDER, *WITHIN)
