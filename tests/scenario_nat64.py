"""IPv6 beyond the plain way out: NAT64 and DNS64, IPv6-only interfaces, dual-stack destinations, pings."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, Row, Step, Steps, do, put
from tests.scenario_ipv6 import READY, default, dual
from tests.scenario_ipv6 import gateway as egress_only
from tests.scenario_nat import REGIONAL, regional
from tests.scenario_public_access import NONE, block
from tests.scenario_worlds import ANY, NAT, S3_ROUTED, acl, admits, only

STANDS_FOR_HOST = "[64:ff9b::5db8:d822]:443"  # 93.184.216.34
ALL_SIX = ("-1", None, "::/0")


def translated(target: str = "nat-1", table: str = "rtb-fn") -> Step:
    """A route of 64:ff9b::/96 to a NAT gateway."""
    route = {"DestinationIpv6CidrBlock": "64:ff9b::/96", "NatGatewayId": target, "State": "active"}
    return lambda w: w[table]["Routes"].append({**route, "Origin": "CreateRoute"})


def dns64(*subnets: str) -> Step:
    """DNS64 switched on."""
    return lambda w: [w[s].update(EnableDns64=True) for s in subnets]


SIX_DB: Step = do("db_instance", "orders-db", ["subnet-d"], ["sg-db"], eni=True)
SIX_WORLD: Steps = (*READY, translated())  # the functions' table leads to nat-1 over IPv4 and for NAT64
NAT64_WAY = ("rtb-fn", "nat-1", "rtb-p", "igw-1")


def six(ids: str, about: str, *world: Step, to: str = STANDS_FOR_HOST, **wanted: Any) -> Row:
    """A row that asks the function with IPv6."""
    return Row(ids=ids, about=about, world=world, to=to, **{"who": "six", "family": "6", **wanted})


NAT64 = (
    six("NAT-14", "NAT64 reaches an IPv4 host", *SIX_WORLD, want=OK, via=NAT64_WAY),
    six("NAT-14", "a plain default route to a NAT gateway covers it too", *READY, default("nat-1", "NatGatewayId"),
        want=OK, via=NAT64_WAY),
    six("NAT-14 RT-4", "without a route for it", *READY, want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn",
        says="--destination-ipv6-cidr-block 64:ff9b::/96 --nat-gateway-id nat-1"),
    six("NAT-14 SG-3", "the group lets IPv6 out to the internet's addresses only", *SIX_WORLD,
        only(("tcp", 443, "2000::/3"), ("-1", None, ANY)), want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-fn"),
    six("NAT-14 SG-3", "the group names the range", *SIX_WORLD, only(("tcp", 443, "64:ff9b::/96")), want=OK),
    six("NAT-14 NACL-6", "the function's ACL lets IPv4 replies in only", *SIX_WORLD,
        lambda w: w.network_acl("vpc-1", ["subnet-a"], [(100, "allow", "-1", None, ANY)],
                                [(100, "allow", "-1", None, "::/0")], id="acl-a"),
        want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-a", back=True, says="--ipv6-cidr-block 64:ff9b::"),
    six("NAT-14 NACL-5", "replies come from the range on high ports", *SIX_WORLD,
        lambda w: w.network_acl("vpc-1", ["subnet-a"], [(100, "allow", "tcp", (1024, 65535), "64:ff9b::/96")],
                                [(100, "allow", "tcp", 443, "64:ff9b::/96")], id="acl-a"), want=OK),
    six("NAT-14 NAT-4", "behind the NAT gateway it is IPv4: no IPv4 route out", *SIX_WORLD,
        lambda w: w["rtb-p"]["Routes"].__delitem__(1), want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-p",
        says="--destination-cidr-block 0.0.0.0/0 --gateway-id igw-1"),
    six("NAT-14 IGW-4", "a private address behind it", *SIX_WORLD, to="[64:ff9b::a32:1]:443",
        want=NO, code="IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", at="igw-1"),
    six("NAT-14 NAT-13", "a database of the VPC through NAT64", *SIX_WORLD, SIX_DB,
        admits(("tcp", 5432, "10.0.0.0/24")), to="[64:ff9b::a00:304]:5432", want=OK,
        via=("rtb-fn", "nat-1", "rtb-p")),
    six("NAT-14 SG-7", "which does not see the function's group", *SIX_WORLD, SIX_DB, to="[64:ff9b::a00:304]:5432",
        want=NO, code="SG_REFERENCES_NOT_PRESERVED", at="sg-db", cause="DEST_SG_NO_MATCH"),
    six("NAT-14 NAT-1", "the NAT gateway is gone", *SIX_WORLD, put("nat-1", State="deleted"),
        want=NO, code="BAD_STATE", at="nat-1"),
    six("NAT-14 BPA-2", "public access is blocked", *SIX_WORLD, block("block-bidirectional"), NONE,
        want=NO, code="VPC_BLOCK_PUBLIC_ACCESS_ENABLED", at="igw-1"),
    six("NAT-14 NAT-5", "a regional NAT gateway does it too", *REGIONAL, regional("a"), dual("subnet-a", "subnet-b"),
        only(ALL_SIX), do("function", "six", ["subnet-a"], ["sg-fn"], ipv6=True), translated("nat-r"), want=OK,
        via=("rtb-fn", "nat-r", "rtb-nat", "igw-1")),
    six("NAT-14 FN-08", "a function that sends no IPv6", *SIX_WORLD, who="orders",
        want=NO, code="SOURCE_HAS_NO_IPV6", cause="LAMBDA_IPV6_NOT_ENABLED", at="orders"),
)  # fmt: skip

# -- an interface in an IPv6-only subnet ------------------------------------------------------------------

NATIVE: Steps = (
    *SIX_WORLD,
    do("interface", "subnet-a", "10.0.1.50", ["sg-fn"], id="eni-six"),
    put("eni-six", PrivateIpAddresses=[], PrivateIpAddress="",
        Ipv6Addresses=[{"Ipv6Address": "2600:1f18:1234:1::50"}]),
    put("subnet-a", Ipv6Native=True),
)  # fmt: skip
INTERFACES = (
    six("V6-1 NAT-14", "an IPv6-only interface reaches IPv4 hosts by NAT64", *NATIVE, who="eni-six", want=OK,
        via=NAT64_WAY),
    six("V6-1", "it sends no IPv4", *NATIVE, to="internet", family="4", who="eni-six",
        want=NO, code="UNASSOCIATED_COMPONENT", at="eni-six"),
    six("V6-1 FNSRC-5", "a function in an IPv6-only subnet sends no IPv6", *SIX_WORLD, put("subnet-a", Ipv6Native=True),
        want=NO, code="SOURCE_HAS_NO_IPV6", cause="SUBNET_NOT_DUAL_STACK"),
    six("V6-1 FNSRC-5", "nor IPv4", *SIX_WORLD, put("subnet-a", Ipv6Native=True),
        lambda w: w["subnet-a"].pop("CidrBlock"), to="internet", family="4", want=NO,
        code="UNASSOCIATED_COMPONENT", at="subnet-a", says="six has no IPv4 address there"),
    six("FN-08", "an interface without IPv6 addresses", *SIX_WORLD,
        do("interface", "subnet-a", "10.0.1.51", ["sg-fn"], id="eni-four"), who="eni-four", to="internet",
        want=NO, code="SOURCE_HAS_NO_IPV6", at="eni-four"),
    six("NACL-6 FNSRC-8", "a ping over IPv6 needs ICMPv6 entries", *NATIVE,
        lambda w: w.network_acl("vpc-1", ["subnet-a"], [(100, "allow", "icmpv6", None, "::/0")],
                                [(100, "allow", "icmpv6", None, "::/0")], id="acl-a"),
        lambda w: w["rtb-fn"]["Routes"].append({"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1",
                                                "State": "active"}),
        who="eni-six", to="internet:*/icmp", want=OK),
    six("NACL-6", "entries for IPv4's ICMP do not", *NATIVE,
        lambda w: w.network_acl("vpc-1", ["subnet-a"], [(100, "allow", "icmp", None, "::/0")],
                                [(100, "allow", "icmp", None, "::/0")], id="acl-a"),
        lambda w: w["rtb-fn"]["Routes"].append({"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1",
                                                "State": "active"}),
        who="eni-six", to="internet:*/icmp", want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-a",
        more=("SUBNET_ACL_RESTRICTION",)),
    six("NAT-14", "a ping through NAT64", *NATIVE, who="eni-six", to="[64:ff9b::5db8:d822]:*/icmp",
        want=HM, code="UNKNOWN_RESOURCE", at="nat-1"),
)  # fmt: skip

# -- destinations that have IPv6 addresses, or have none --------------------------------------------------

DUAL_DB: Steps = (
    *READY, SIX_DB, dual("subnet-a", "subnet-b", "subnet-d", "subnet-e"),
    put("orders-db", NetworkType="DUAL"),
    lambda w: [e.update(Ipv6Addresses=[{"Ipv6Address": "2600:1f18:1234:3::9"}])
               for e in w.collections["NetworkInterfaces"] if e["Description"] == "RDSNetworkInterface"],
    lambda w: w["sg-db"]["IpPermissions"].clear(),
    do("ingress", "sg-db", ("tcp", 5432, "2600:1f18:1234::/56")),
)  # fmt: skip
DB: dict[str, Any] = {"to": "rds:orders-db"}
NO_SIX: dict[str, Any] = {"want": NO, "code": "DESTINATION_HAS_NO_IPV6", "layer": "dns"}
DESTINATIONS = (
    six("DST-10 FN-09", "a dual-stack database over IPv6", *DUAL_DB, **DB, want=OK, via=("rtb-fn",)),
    six("DST-10 SG-6", "by the function's group", *DUAL_DB, admits(("tcp", 5432, "sg-fn")), **DB, want=OK),
    six("DST-10 SG-5", "whose group admits the function over IPv4 only", *DUAL_DB, admits(("tcp", 5432, "10.0.0.0/16")),
        **DB, want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-db", cause="DEST_SG_NO_MATCH"),
    six("DST-10 NACL-6", "whose ACL has no IPv6 entries", *DUAL_DB, acl("subnet-d"), **DB,
        want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-d", more=("SUBNET_ACL_RESTRICTION",)),
    six("DST-10 FN-09", "a database of network type IPv4 has no IPv6 address", *READY, SIX_DB,
        put("orders-db", NetworkType="IPV4"), **DB, **NO_SIX),
    six("NAT-14 DST-10", "which DNS64 makes up", *SIX_WORLD, SIX_DB, put("orders-db", NetworkType="IPV4"),
        dns64("subnet-a"), admits(("tcp", 5432, "10.0.0.0/24")), **DB, want=OK, via=("rtb-fn", "nat-1", "rtb-p")),
    six("NAT-14", "DNS64 without a route for what it makes up", *READY, SIX_DB, put("orders-db", NetworkType="IPV4"),
        dns64("subnet-a"), admits(("tcp", 5432, "10.0.0.0/24")), **DB,
        want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn"),
    six("FN-09 IN-6", "network type and interface are not told", *READY,
        do("db_instance", "orders-db", ["subnet-d"], ["sg-db"]), lambda w: w["orders-db"].pop("NetworkType", None),
        **DB, want=HM, code="UNKNOWN_RESOURCE"),
    six("VPCE-19 FN-09 SVC-16", "an endpoint for IPv4 only", *READY, do("security_group", "vpc-1", [("tcp", 443, ANY)],
        id="sg-vpce"), do("interface_endpoint", "vpc-1", "secretsmanager", ["subnet-a"], ["sg-vpce"], id="vpce-i"),
        to="secretsmanager", **NO_SIX),
    six("VPCE-19", "a dual-stack endpoint", *READY, do("security_group", "vpc-1", [("tcp", 443, "::/0")], id="sg-vpce"),
        do("interface_endpoint", "vpc-1", "secretsmanager", ["subnet-d"], ["sg-vpce"], id="vpce-i",
           IpAddressType="dualstack", DnsOptions={"DnsRecordIpType": "dualstack"}),
        dual("subnet-a", "subnet-b", "subnet-d"),
        lambda w: [e.update(Ipv6Addresses=[{"Ipv6Address": "2600:1f18:1234:3::a"}])
                   for e in w.collections["NetworkInterfaces"] if e["InterfaceType"] == "vpc_endpoint"],
        to="secretsmanager", want=OK, via=("rtb-fn", "vpce-i")),
    six("FN-09", "an interface by its id, which has none", *READY,
        do("interface", "subnet-d", "10.0.3.77", ["sg-db"], id="eni-x"), to="eni-x:443", **NO_SIX),
    six("FN-09 FNSRC-5", "one that has", *DUAL_DB, do("interface", "subnet-d", "10.0.3.77", ["sg-db"], id="eni-x"),
        put("eni-x", Ipv6Addresses=[{"Ipv6Address": "2600:1f18:1234:3::77"}]), to="eni-x:5432", want=OK),
    six("FN-09", "a public host may have one or not", *READY, to="example.com", want=HM, code="UNKNOWN_RESOURCE",
        needs="the IPv6 address of the host"),
    six("IGW-6 NAT-14", "a private IPv6 source behind NAT64 is no matter", *NAT, dual("subnet-a", private=True),
        only(ALL_SIX), do("function", "six", ["subnet-a"], ["sg-fn"], ipv6=True), translated(), want=OK, via=NAT64_WAY),
)  # fmt: skip

# -- services whose prefix list has IPv6 addresses --------------------------------------------------------

LISTED: Steps = (*READY, do("prefix_list", "s3", ["3.5.64.0/21", "2600:1fa0:4000::/40"]))
SERVICES = (
    six("VPCE-10", "a gateway endpoint by a list that has IPv6 addresses", *LISTED, S3_ROUTED, to="s3",
        want=OK, via=("rtb-fn", "vpce-s3"), assumes=("VPCE-10",)),
    six("VPCE-10", "the dual-stack host of a bucket", *LISTED, S3_ROUTED,
        to="reports.s3.dualstack.eu-west-1.amazonaws.com", want=OK, via=("rtb-fn", "vpce-s3"), assumes=("VPCE-10",)),
    six("VPCE-10 FN-09", "the usual host has no IPv6 address that we know of", *LISTED, S3_ROUTED,
        to="s3.eu-west-1.amazonaws.com", want=HM, code="UNKNOWN_RESOURCE", needs="the IPv6 address of the host"),
    six("VPCE-10", "no route of the list, and none for IPv6", *LISTED, to="s3",
        want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn"),
    six("VPCE-10", "past the endpoint by an egress-only gateway", *LISTED, egress_only(), to="s3", want=OK,
        via=("rtb-fn", "eigw-1")),
    six("VPCE-10 FN-09", "a list with IPv4 addresses only tells nothing of IPv6", *READY, S3_ROUTED, to="s3",
        want=HM, code="UNKNOWN_RESOURCE"),
    six("VPCE-10 FN-09", "a service without a list", *LISTED, S3_ROUTED, to="kms", want=HM, code="UNKNOWN_RESOURCE"),
)  # fmt: skip
NAT64_ROWS = (*NAT64, *INTERFACES, *DESTINATIONS, *SERVICES)
