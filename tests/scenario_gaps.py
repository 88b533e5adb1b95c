"""What was not read: unknown where it decides, assumed where a default is safe, silent where it is not needed."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, Row, Steps, cut, do, forget, put
from tests.scenario_worlds import (
    ANY,
    BACK,
    CACHE,
    DB,
    DB_BOTH,
    DENY_ALL,
    HIGH,
    NAT,
    NAT_WAY,
    NO_DEFAULT,
    PEER,
    PRIVATE,
    S3_ROUTED,
    THERE,
    acl,
    admits,
    dns,
    endpoint,
    only,
)
from tests.world_records import ACTIONS

ONE, THREE = ("UNKNOWN_RESOURCE",), ("UNKNOWN_RESOURCE",) * 3


def gap(key: str, to: str, world: Steps, more: tuple[str, ...] = (), ids: str = "IN-6", **want: Any) -> Row:
    """A collection on the path that was denied: unknown, and what to grant."""
    want = {"want": HM, "code": "UNKNOWN_RESOURCE", "needs": ACTIONS[key]} | want
    return Row(ids=ids, about=f"{key} not read, {to}", world=(*world, do("drop", key)), to=to, more=more, **want)


def beaten(key: str, about: str, world: Steps, **want: Any) -> Row:
    """A definite block elsewhere on the path beats the gap."""
    return Row(ids="IN-6", about=f"{key} not read, but {about}", world=(*world, do("drop", key)), want=NO, **want)


SHUT_OUT = {"code": "SG_HAS_NO_RULES", "at": "sg-fn"}

DECIDING = (
    gap("RouteTables", "internet", NAT),
    gap("RouteTables", "rds:orders-db", (*PRIVATE, DB)),
    gap("NetworkAcls", "internet", NAT, THREE),
    gap("NetworkAcls", "rds:orders-db", (*PRIVATE, DB), THREE),
    gap("SecurityGroups", "internet", NAT, at="sg-fn"),
    gap("SecurityGroups", "rds:orders-db", (*PRIVATE, DB), ONE, at="sg-fn"),
    gap("NatGateways", "internet", NAT, at="nat-1", ids="SHR-2"),
    gap("NatGateways", "sqs", NAT, at="nat-1", ids="SHR-2"),
    gap("InternetGateways", "internet", NAT, at="igw-1"),
    gap("VpcEndpoints", "s3", (*PRIVATE, S3_ROUTED), ONE, at="vpce-s3", ids="VPCE-22"),
    gap("VpcEndpoints", "secretsmanager", NAT, ids="VPCE-22"),
    gap("VpcPeeringConnections", "10.9.1.9:5432", (*PRIVATE, *PEER, THERE, BACK), at="pcx-1"),
    gap("TransitGateways", "internet", (*PRIVATE, do("route", "rtb-fn", ANY, "tgw-1")), at="tgw-1"),
    gap("DBSubnetGroups", "rds:orders-db", (*PRIVATE, do("db_cluster", "orders-db", ["subnet-d"], ["sg-db"]))),
    gap("CacheSubnetGroups", "elasticache:sessions", (*PRIVATE, CACHE)),
    gap("CacheClusters", "elasticache:sessions",
        (*PRIVATE, do("replication_group", "sessions", ["subnet-d"], ["sg-db"], zones=("a",)))),
    gap("NetworkInterfaces", "10.0.3.4:5432", (*PRIVATE, DB), ids="DST-35"),
    gap("ManagedPrefixListEntries", "93.184.216.34:443",
        (*NO_DEFAULT, do("prefix_list", "partners", ["93.184.216.0/24"], id="pl-1"),
         do("route", "rtb-fn", "pl-1", "nat-1")), ids="RT-14"),
    Row(ids="IN-6", about="Subnets not read, internet", world=(*NAT, do("drop", "Subnets")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", needs="ec2:DescribeSubnets"),
    gap("DBInstances", "orders-db.c1a2b3c4d5e6.eu-west-1.rds.amazonaws.com:5432", (*NAT, DB), ids="DST-09"),
    gap("CacheClusters", "sessions.0001.a1b2c3.euw1.cache.amazonaws.com:6379", (*NAT, CACHE), ids="DST-09 DBDST-6"),
    gap("VpcEndpoints", "vpce-i-abcd1234.sqs.eu-west-1.vpce.amazonaws.com", NAT, ids="DNS-8"),
    Row(ids="DST-09", about="a database's name that nobody in the data has is still private", world=NAT,
        to="other.c1a2b3c4d5e6.eu-west-1.rds.amazonaws.com:5432", want=HM, code="UNKNOWN_RESOURCE"),
    Row(ids="SG-12 IN-6", about="Subnets not read: the database's groups are known all the same",
        world=(*PRIVATE, DB, only(("tcp", 5432, "sg-db")), do("drop", "Subnets")), to="rds:orders-db",
        want=HM, code="UNKNOWN_RESOURCE", needs="ec2:DescribeSubnets"),
    Row(ids="SG-12 IN-6", about="neither subnets nor interfaces read: whose the address is, is not known",
        world=(*PRIVATE, only(("tcp", 5432, "sg-db")), do("drop", "Subnets"), do("drop", "NetworkInterfaces")),
        to="10.0.3.50:5432", want=HM, code="UNKNOWN_RESOURCE", more=ONE),
    Row(ids="SG-8 IN-6", about="peerings not read: whether the groups of the other VPC can be named is not known",
        world=(*PRIVATE, *PEER, THERE, BACK, only(("tcp", 5432, "sg-x")), do("drop", "VpcPeeringConnections")),
        to="10.9.1.9:5432", want=HM, code="UNKNOWN_RESOURCE", needs="ec2:DescribeVpcPeeringConnections", more=ONE),
    Row(ids="DNS-2 IN-6", about="Vpcs not read, their attributes are", layer="dns",
        world=(*NAT, dns(support=False), do("drop", "Vpcs")), to="example.com",
        want=NO, code="DNS_DISABLED", cause="VPC_DNS_OFF", at="vpc-1"),
)  # fmt: skip

BEATEN = (
    beaten("NatGateways", "the function's group lets nothing out", (*NAT, only()), to="internet", **SHUT_OUT),
    beaten("RouteTables", "the function's group lets nothing out", (*NAT, only()), to="internet", **SHUT_OUT),
    beaten("NetworkAcls", "the table has no route", PRIVATE, to="internet", code="NO_ROUTE_TO_DESTINATION",
           at="rtb-fn"),
    beaten("SecurityGroups", "the table has no route", PRIVATE, to="internet", code="NO_ROUTE_TO_DESTINATION",
           at="rtb-fn"),
    beaten("InternetGateways", "the NAT gateway is gone", (*NAT, put("nat-1", State="deleted")), to="internet",
           code="BAD_STATE", at="nat-1"),
    beaten("NetworkInterfaces", "the ACL of every subnet that may hold the database denies",
           (*PRIVATE, DB_BOTH, acl("subnet-d", DENY_ALL, HIGH)), to="rds:orders-db", code="SUBNET_ACL_RESTRICTION",
           at="acl-d"),
    beaten("VpcEndpoints", "the function's group lets nothing out", (*NAT, only()), to="s3", **SHUT_OUT),
    beaten("DBSubnetGroups", "the function's group lets nothing out",
           (*PRIVATE, do("db_cluster", "orders-db", ["subnet-d"], ["sg-db"]), only()), to="rds:orders-db", **SHUT_OUT),
    beaten("CacheSubnetGroups", "the cache is not up", (*PRIVATE, CACHE, admits(("tcp", 6379, "sg-fn")), only()),
           to="elasticache:sessions", **SHUT_OUT),
)  # fmt: skip

ASSUMED = (
    *(Row(ids="IN-6", about=f"{key} not read and not needed", world=(*NAT, do("drop", key)), to="internet", want=OK,
          via=NAT_WAY)
      for key in ("Addresses", "NetworkInterfaces", "VpcEndpoints", "VpcPeeringConnections", "DBInstances",
                  "TransitGateways", "EgressOnlyInternetGateways", "Vpcs", "DhcpOptions", "VpcAttributes",
                  "ManagedPrefixLists", "PrefixLists", "CacheClusters")),
    Row(ids="DNS-2 IN-6", about="VpcAttributes not read: DNS support is assumed",
        world=(*NAT, do("drop", "VpcAttributes")), to="sqs", want=OK, assumes=("DNS-2",)),
    Row(ids="BPA-1 IN-6", about="Block Public Access not read: assumed off",
        world=(*NAT, cut("vpc-1", "BlockPublicAccessStates")), to="internet", want=OK, assumes=("BPA-1",)),
    Row(ids="BPA-1", about="Block Public Access on, and its exclusions were not read",
        world=(*NAT, put("vpc-1", BlockPublicAccessStates={"InternetGatewayBlockMode": "block-bidirectional"})),
        to="internet", want=HM, code="UNKNOWN_RESOURCE", at="igw-1"),
    Row(ids="DNS-5 IN-6", about="hosted zones not read: none is assumed", world=NAT, to="sqs", want=OK,
        assumes=("DNS-5",)),
    Row(ids="RT-14 IN-6", about="S3's entries not read: the list is matched by its name",
        world=(*PRIVATE, S3_ROUTED, do("drop", "PrefixLists"), do("drop", "ManagedPrefixListEntries")), to="s3",
        want=OK, assumes=("RT-14",)),
)  # fmt: skip

RECORDS = (
    *(Row(ids="IN-6", about=f"{id} without {member}", world=(*world, cut(id, member)), to=to, want=HM,
          code="UNKNOWN_RESOURCE", at=id, more=more)
      for id, member, to, world, more in (
          ("rtb-fn", "Routes", "internet", NAT, ()),
          ("acl-a", "Entries", "internet", (*NAT, acl("subnet-a")), ONE),
          ("sg-fn", "IpPermissionsEgress", "internet", NAT, ()),
          ("sg-db", "IpPermissions", "rds:orders-db", (*PRIVATE, DB), ()),
          ("igw-1", "Attachments", "internet", NAT, ()),
          ("vpce-i", "SubnetIds", "secretsmanager", (*PRIVATE, endpoint()), ()),
      )),
    Row(ids="IN-6 RT-1", about="a main table without Associations may be anybody's", to="internet",
        world=(*PRIVATE, lambda w: w[w.main_table("vpc-1")].pop("Associations"),
               do("subnet", "vpc-1", "10.0.9.0/24", id="subnet-m"), do("function", "main", ["subnet-m"], ["sg-fn"])),
        who="main", want=HM, code="UNKNOWN_RESOURCE", needs="ec2:DescribeRouteTables"),
    Row(ids="RT-11 SHR-2", about="an active route to a NAT gateway that is not in the collected list",
        world=(*NAT, forget("NatGateways", "nat-1")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="nat-1", needs="ec2:DescribeNatGateways"),
    Row(ids="RT-10 SHR-2", about="a blackhole route to a NAT gateway that is not in the collected list",
        world=(*NAT, forget("NatGateways", "nat-1"), lambda w: w["rtb-fn"]["Routes"][-1].update(State="blackhole")),
        to="internet", want=NO, code="BAD_STATE_ROUTE", at="rtb-fn"),
    Row(ids="SHR-2", about="a participant of a shared VPC sees no NAT gateway: not proven gone",
        world=(*NAT, forget("NatGateways", "nat-1"),
               lambda w: [r.update(OwnerId="999999999999") for k in ("Vpcs", "Subnets", "RouteTables")
                          for r in w.collections[k]]), says="Read account 999999999999 too",
        to="internet", want=HM, code="UNKNOWN_RESOURCE", at="nat-1", needs="ec2:DescribeNatGateways"),
    Row(ids="IN-6", about="NAT gateways read in part, ours among them", world=(*NAT, do("partial", "NatGateways")),
        to="internet", want=OK, via=NAT_WAY),
    Row(ids="IN-6", about="NAT gateways read in part, ours not among them",
        world=(*NAT, forget("NatGateways", "nat-1"), do("partial", "NatGateways")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="nat-1", needs="ec2:DescribeNatGateways"),
    Row(ids="IN-6", about="endpoints read in part, one that serves among them",
        world=(*PRIVATE, endpoint(), do("partial", "VpcEndpoints")), to="secretsmanager", want=OK),
)  # fmt: skip
