"""Odd data: overlapping ranges, participants' views, names that stand for a part, records that leave things out."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, cut, do, put
from tests.scenario_transit import SPOKES, attach, table
from tests.scenario_worlds import ANY, BACK, DB_HERE, DENY_ALL, NAT, PEER, PRIVATE, THERE, acl, dns, endpoint, only

OWNER = "999999999999"
AT_10_1: Steps = (do("subnet", "vpc-1", "10.0.5.0/24", "c", id="subnet-c"), acl("subnet-c", DENY_ALL, DENY_ALL))


def twin(*routes: tuple[str, str]) -> Steps:
    """Another peered VPC with the range of the first, where nobody has the address, and routes of the functions."""
    return (
        do("vpc", "10.9.0.0/16", id="vpc-0"),
        do("subnet", "vpc-0", "10.9.1.0/24", "a", id="subnet-w"),
        do("peering", "vpc-1", "vpc-0", id="pcx-0"),
        *(do("route", rtb, "10.9.0.0/16", pcx) for rtb, pcx in routes),
    )


def listed() -> Step:
    """Prefix lists without their entries."""

    def change(world: Any) -> None:
        for record in (*world.collections["PrefixLists"], *world.collections["ManagedPrefixListEntries"]):
            record.pop("Cidrs", None)
            record.pop("Entries", None)

    return change


def by_list(*cidrs: str) -> Step:
    """A route of the transit gateway's table by a customer's prefix list, beside a blackhole for everything."""

    def change(world: Any) -> None:
        world.prefix_list("spokes", cidrs, id="pl-spokes")
        end = {"TransitGatewayAttachmentId": "tgw-attach-2", "ResourceType": "vpc"}
        record = {"PrefixListId": "pl-spokes", "Type": "static", "State": "active", "TransitGatewayAttachments": [end]}
        world["tgw-rtb-1/routes"]["Routes"].append(record)

    return change


def owned_by(account: str, *ids: str) -> Step:
    """What another account shares with this one."""
    return lambda world: [world[id].update(OwnerId=account) for id in ids]


def versions(world: Any) -> None:
    """A published version of the function, in no VPC."""
    record = dict(world["orders"], Version="1", FunctionArn=f"{world['orders']['FunctionArn']}:1", VpcConfig=None)
    world.collections["Functions"].append(record)


READERS: Step = do("db_cluster", "sales", ["subnet-a", "subnet-c"], ["sg-db"], zones=("a", "c"))
CACHES: Step = do("replication_group", "cart", ["subnet-a", "subnet-c"], ["sg-db"], zones=("a", "c"), port=5432)
SALES = "sales.cluster-ro-c1a2b3c4d5e6.eu-west-1.rds.amazonaws.com"
DB_HOST = "orders-db.c1a2b3c4d5e6.eu-west-1.rds.amazonaws.com"
ZONAL = "vpce-i-abcd1234-eu-west-1{}.secretsmanager.eu-west-1.vpce.amazonaws.com"
TWO_ZONES: Steps = (*PRIVATE, endpoint(subnets=("subnet-d", "subnet-e")), acl("subnet-e", DENY_ALL, DENY_ALL))
SPOKES_BLACK = (*SPOKES, table("tgw-rtb-1", ("10.0.0.0/16", "tgw-attach-1"), (ANY, None)))

ODD: tuple[Row, ...] = (
    # Ranges that overlap: the route tells which VPC is meant.
    Row(ids="PCX-4 PCX-5", about="two peered VPCs with the same range, the route leads to the right one",
        world=(*PRIVATE, *twin(), *PEER, THERE, BACK), to="10.9.1.9:5432", want=OK),
    Row(ids="PCX-5 RT-3", about="the same, the route leads to the one where nobody has the address",
        world=(*PRIVATE, *twin(("rtb-fn", "pcx-0")), *PEER), to="10.9.1.9:5432",
        want=NO, code="NO_POSSIBLE_DESTINATION", at="subnet-w"),
    Row(ids="PCX-5", about="two of the function's subnets lead to different VPCs of the same range", who="both",
        world=(*PRIVATE, *twin(("rtb-fn", "pcx-0")), *PEER, BACK,
               do("route_table", "vpc-1", ["subnet-b"], [("10.9.0.0/16", "pcx-1")])),
        to="10.9.1.9:5432", want=PART, code="NO_POSSIBLE_DESTINATION", at="subnet-w", subnets=("subnet-a",),
        dimension="subnets"),
    Row(ids="TGW-6", about="two attached VPCs with the same range, the gateway's route leads to the right one",
        world=(*SPOKES, table("tgw-rtb-1", ("10.0.0.0/16", "tgw-attach-1"), ("10.2.0.0/16", "tgw-attach-2")),
               do("vpc", "10.2.0.0/16", id="vpc-0"), do("subnet", "vpc-0", "10.2.1.0/24", "a", id="subnet-w"),
               do("interface", "subnet-w", "10.2.1.77", ["sg-x"]), do("interface", "subnet-x", "10.2.1.77", ["sg-x"]),
               attach("tgw-attach-0", "vpc-0", ["subnet-w"])), to="10.2.1.77:5432", want=OK),
    # Prefix lists.
    Row(ids="TGW-4", about="a transit route by a prefix list is longer than the blackhole for everything",
        world=(*SPOKES_BLACK, by_list("10.2.0.0/16")), to="rds:far-db", want=OK),
    Row(ids="TGW-4 RT-14", about="a transit route by a list whose entries are not known",
        world=(*SPOKES_BLACK, by_list(), listed()), to="rds:far-db", want=HM, code="TGW_RTB_ROUTES_ARE_UNKNOWN",
        at="tgw-rtb-1"),
    Row(ids="RT-14", about="an address that may be S3's, whose list has no entries in the data",
        world=(*PRIVATE, do("gateway_endpoint", "vpc-1", "s3", ["rtb-fn"], id="vpce-s3"), listed()),
        to="52.218.1.1:443", want=HM, code="UNKNOWN_RESOURCE", needs="ec2:GetManagedPrefixListEntries"),
    Row(ids="RT-14", about="S3 by name all the same",
        world=(*PRIVATE, do("gateway_endpoint", "vpc-1", "s3", ["rtb-fn"], id="vpce-s3"), listed()),
        to="s3", want=OK, assumes=("RT-14",)),
    Row(ids="RT-14 SG-5", about="a group that admits S3's list only, without entries, asked for an address",
        world=(*NAT, only(("tcp", 443, "pl-6da54004")), listed()), to="52.218.1.1:443",
        want=HM, code="UNKNOWN_RESOURCE", needs="ec2:GetManagedPrefixListEntries"),
    Row(ids="RT-20 SG-5", about="the same group never lets the internet out",
        world=(*NAT, only(("tcp", 443, "pl-6da54004")), listed()), to="internet",
        want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-fn"),
    # Names that stand for a part of a thing.
    Row(ids="DST-11", about="a cluster's reader endpoint, the reader's subnet is closed",
        world=(*PRIVATE, *AT_10_1, READERS), to=SALES, want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-c",
        more=("SUBNET_ACL_RESTRICTION",)),
    Row(ids="DST-20", about="a replication group's reader endpoint, the replica's subnet is closed",
        world=(*PRIVATE, *AT_10_1, CACHES), to="cart-ro.a1b2c3.euw1.cache.amazonaws.com:5432",
        want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-c", more=("SUBNET_ACL_RESTRICTION",)),
    Row(ids="VPCE-12", about="an endpoint's zonal name, the other zone is closed", world=TWO_ZONES,
        to=ZONAL.format("a"), want=OK),
    Row(ids="VPCE-12", about="an endpoint's zonal name in the closed zone", world=TWO_ZONES, to=ZONAL.format("b"),
        want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-e", more=("SUBNET_ACL_RESTRICTION",)),
    Row(ids="VPCE-15", about="a service's host, an endpoint of another VPC lists the name",
        world=(*NAT, *PEER, do("interface_endpoint", "vpc-2", "sqs", ["subnet-x"], ["sg-x"])),
        to="sqs.eu-west-1.amazonaws.com", want=OK),
    Row(ids="VPCE-15 FN-20", about="a service's host from a function without a VPC", who="free",
        world=(*PRIVATE, endpoint("sqs")), to="sqs.eu-west-1.amazonaws.com", want=OK),
    Row(ids="VPCE-15 DNS-3", about="a service's host, the VPC's host names are off",
        world=(*PRIVATE, endpoint("sqs"), dns(hostnames=False)), to="sqs.eu-west-1.amazonaws.com",
        want=NO, code="NO_ROUTE_TO_DESTINATION", cause="*"),
    Row(ids="DST-13", about="a public database by its host from a function without a VPC", who="free",
        world=(*PRIVATE, DB_HERE, put("orders-db", PubliclyAccessible=True)), to=f"{DB_HOST}:5432",
        want=NO, code="ENI_SG_RULES_MISMATCH", cause="DEST_SG_NO_MATCH", at="sg-db",
        more=("NO_ROUTE_TO_DESTINATION",)),
    # Views of a part.
    Row(ids="SHR-1 RT-3", about="a participant asks for an address in a subnet that is not shared",
        world=(*PRIVATE, owned_by(OWNER, "vpc-1", "subnet-a")), to="10.0.77.7:443",
        want=HM, code="UNKNOWN_RESOURCE", at="vpc-1", needs="ec2:DescribeSubnets"),
    Row(ids="FN-03", about="a block that is partly public from a function without a VPC", world=PRIVATE, who="free",
        to="172.0.0.0/8:443", want=PART, code="DISCONNECTED_VPCS", cause="FUNCTION_NOT_IN_VPC", dimension="addresses"),
    # Records that leave things out.
    Row(ids="FN-01", about="a VpcConfig that names a VPC and no subnets",
        world=(*NAT, put("orders", VpcConfig={"VpcId": "vpc-1", "SecurityGroupIds": ["sg-fn"]})), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="orders", needs="lambda:GetFunctionConfiguration"),
    Row(ids="DST-10", about="a database without its subnet group",
        world=(*PRIVATE, DB_HERE, cut("orders-db", "DBSubnetGroup")), to="rds:orders-db",
        want=HM, code="UNKNOWN_RESOURCE", at="orders-db", needs="rds:DescribeDBSubnetGroups"),
    Row(ids="DST-10", about="a database whose subnet group lists no subnet",
        world=(*PRIVATE, DB_HERE, lambda w: w["orders-db"]["DBSubnetGroup"]["Subnets"].clear()), to="rds:orders-db",
        want=HM, code="UNKNOWN_RESOURCE", at="orders-db"),
    Row(ids="FNSRC-5", about="a function's subnet without IPv4 addresses", world=(*NAT, cut("subnet-a", "CidrBlock")),
        to="internet", want=HM, code="UNKNOWN_RESOURCE", at="subnet-a", needs="ec2:DescribeSubnets"),
    Row(ids="TGW-4", about="the gateway's routes without the list of its tables",
        world=(*SPOKES, table("tgw-rtb-1", ("10.0.0.0/16", "tgw-attach-1"), ("10.2.0.0/16", "tgw-attach-2")),
               lambda w: w.collections["TransitGatewayRouteTables"].clear()), to="rds:far-db", want=OK),
    Row(ids="FN-19", about="a published version beside $LATEST, which the name alone means",
        world=(*NAT, versions), to="internet", want=OK),
    Row(ids="FN-10 SG-12", about="a function whose groups are not in its record",
        world=(*PRIVATE, DB_HERE, lambda w: w["orders"]["VpcConfig"].pop("SecurityGroupIds")), to="rds:orders-db",
        want=HM, code="UNKNOWN_RESOURCE", at="orders", needs="lambda:GetFunctionConfiguration",
        more=("UNKNOWN_RESOURCE",)),
    Row(ids="NATI-1", about="an interface without addresses as target",
        world=(*PRIVATE, do("interface", "subnet-d", "10.0.3.9", ["sg-db"], id="eni-1"),
               cut("eni-1", "PrivateIpAddress", "PrivateIpAddresses")), to="eni-1:5432",
        want=HM, code="UNKNOWN_RESOURCE", at="eni-1", needs="ec2:DescribeNetworkInterfaces"),
    Row(ids="PCX-2", about="a peering that does not name the blocks of a VPC that is in the data",
        world=(*PRIVATE, *PEER, THERE, BACK,
               lambda w: [w["pcx-1"]["AccepterVpcInfo"].pop(k) for k in ("CidrBlock", "CidrBlockSet")]),
        to="10.9.1.9:5432", want=OK),
    Row(ids="TGW-2", about="the zone of the function's subnet is not in the data",
        world=(*SPOKES, table("tgw-rtb-1", ("10.0.0.0/16", "tgw-attach-1"), ("10.2.0.0/16", "tgw-attach-2")),
               cut("subnet-a", "AvailabilityZone", "AvailabilityZoneId")), to="rds:far-db", want=OK),
    Row(ids="TGW-2", about="neither zone is in the data", who="both",
        world=(*SPOKES, table("tgw-rtb-1", ("10.0.0.0/16", "tgw-attach-1"), ("10.2.0.0/16", "tgw-attach-2")),
               cut("subnet-b", "AvailabilityZone", "AvailabilityZoneId")), to="rds:far-db",
        want=HM, code="UNKNOWN_RESOURCE", at="subnet-b", needs="ec2:DescribeSubnets"),
    Row(ids="IN-4 FNSRC-6", about="a function in a state that says nothing of invoking it",
        world=(*NAT, put("orders", State="Deactivated")), to="internet", want=HM, code="UNKNOWN_RESOURCE", at="orders",
        needs="a function that is Active", layer="state"),
    Row(ids="NATI-1", about="an interface that is attached to nothing, as target",
        world=(*PRIVATE, do("interface", "subnet-d", "10.0.3.9", ["sg-db"], id="eni-1"),
               put("eni-1", Status="available")),
        to="10.0.3.9:5432", want=NO, code="BAD_STATE", at="eni-1"),
    Row(ids="NATI-1", about="a stopped instance as target",
        world=(*PRIVATE, do("interface", "subnet-d", "10.0.3.9", ["sg-db"], id="eni-1"),
               put("eni-1", Attachment={"InstanceId": "i-1", "Status": "attached"}),
               do("add", "Instances", {"InstanceId": "i-1", "State": {"Name": "stopped"}}, "i-1")),
        to="i-1:5432", want=NO, code="BAD_STATE", at="i-1"),
    Row(ids="NAT-8", about="a NAT gateway's own interface as target", world=NAT, to="10.0.0.4:443",
        want=NO, code="NO_POSSIBLE_DESTINATION"),
    Row(ids="NACL-2", about="an entry whose block cannot be read might deny anything",
        world=(*NAT, lambda w: w[w.default_acl("vpc-1")]["Entries"][0].pop("CidrBlock")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", needs="ec2:DescribeNetworkAcls", more=("UNKNOWN_RESOURCE",)),
)  # fmt: skip
