"""IPv6: egress-only gateways, private ranges, and what a function needs to send it."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, do
from tests.scenario_worlds import DB, NAT, only


def dual(*subnets: str, private: bool = False) -> Step:
    """Give the VPC and subnets IPv6 blocks."""
    start = "fd12:3456:789a" if private else "2600:1f18:1234"

    def change(w: Any) -> None:
        state = {"State": "associated"}
        w["vpc-1"]["Ipv6CidrBlockAssociationSet"] = [{"Ipv6CidrBlock": f"{start}::/56", "Ipv6CidrBlockState": state}]
        for n, id in enumerate(subnets):
            block = {"Ipv6CidrBlock": f"{start}:{n + 1}::/64", "Ipv6CidrBlockState": state}
            w[id]["Ipv6CidrBlockAssociationSet"] = [block]
        for table in w.collections["RouteTables"]:
            local = {"DestinationIpv6CidrBlock": f"{start}::/56", "GatewayId": "local", "State": "active"}
            table["Routes"].append({**local, "Origin": "CreateRouteTable"})
        for acl in w.collections["NetworkAcls"]:
            for out in (True, False):
                entry = {"RuleNumber": 101, "Protocol": "-1", "RuleAction": "allow", "Egress": out}
                acl["Entries"].append({**entry, "Ipv6CidrBlock": "::/0"})

    return change


def gateway(state: str = "attached") -> Step:
    """An egress-only internet gateway to which the functions' table leads."""

    def change(w: Any) -> None:
        record = {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"VpcId": "vpc-1", "State": state}]}
        w.add("EgressOnlyInternetGateways", record, "eigw-1")
        route = {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "State": "active"}
        w["rtb-fn"]["Routes"].append({**route, "Origin": "CreateRoute"})

    return change


def default(target: str, key: str) -> Step:
    """Another default route for IPv6."""
    route = {"DestinationIpv6CidrBlock": "::/0", key: target, "State": "active", "Origin": "CreateRoute"}
    return lambda w: w["rtb-fn"]["Routes"].append(dict(route))


def unheard(subnet: str) -> Step:
    """The state of its IPv6 block is one that AWS has invented since."""
    return lambda w: w[subnet]["Ipv6CidrBlockAssociationSet"][0].update(Ipv6CidrBlockState={"State": "dozing"})


SIX: Step = do("function", "six", ["subnet-a"], ["sg-fn"], ipv6=True)
READY: Steps = (*NAT, dual("subnet-a", "subnet-b"), only(("-1", None, "0.0.0.0/0"), ("-1", None, "::/0")), SIX)

BOTH_STACKS: Step = do("function", "six", ["subnet-a", "subnet-b"], ["sg-fn"], ipv6=True)


def _no_ipv6_entries(w: Any) -> None:
    for acl in w.collections["NetworkAcls"]:
        acl["Entries"] = [e for e in acl["Entries"] if "Ipv6CidrBlock" not in e]


def six(ids: str, about: str, *world: Step, **wanted: Any) -> Row:
    """A row that asks the function with IPv6 for the internet over IPv6."""
    return Row(ids=ids, about=about, world=world, **{"to": "internet", "who": "six", "family": "6", **wanted})


IPV6 = (
    six("T31 IGW-7 FN-09", "an egress-only gateway", *READY, gateway(), want=OK, via=("rtb-fn", "eigw-1")),
    six("FN-09 DST-10", "over both families a database with IPv4 alone is had by half of its addresses", *READY, DB,
        to="rds:orders-db", family="both", want=PART, dimension="addresses", code="DESTINATION_HAS_NO_IPV6",
        layer="dns"),
    six("FN-08 U-33", "the flag is not set", *READY, gateway(), who="orders",
        want=NO, code="SOURCE_HAS_NO_IPV6", cause="LAMBDA_IPV6_NOT_ENABLED", at="orders",
        says="SubnetIds=subnet-a,SecurityGroupIds=sg-fn,Ipv6AllowedForDualStack=true"),
    six("U-33", "an egress-only gateway is no way out for IPv4", *READY, gateway(),
        lambda w: w["rtb-fn"]["Routes"].remove(next(r for r in w["rtb-fn"]["Routes"] if r.get("NatGatewayId"))),
        family="4", want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn"),
    *(six("FN-08 FNSRC-5", f"a block that is {word} is none", *READY, gateway(),
          lambda w, word=word: w["subnet-a"]["Ipv6CidrBlockAssociationSet"][0].update(
              Ipv6CidrBlockState={"State": word}),
          want=NO, code="SOURCE_HAS_NO_IPV6", cause="SUBNET_NOT_DUAL_STACK")
      for word in ("disassociated", "disassociating", "associating", "failed")),
    six("FNSRC-5 IN-4", "a block in a state that nobody knows may be one", *READY, gateway(), unheard("subnet-a"),
        want=HM, code="UNKNOWN_RESOURCE", at="subnet-a", needs="a known Ipv6CidrBlockState.State",
        more=("UNKNOWN_RESOURCE",)),
    six("FNSRC-5 IN-4", "but another subnet has none", *NAT, dual("subnet-a"), BOTH_STACKS, gateway(),
        unheard("subnet-a"), want=NO, code="SOURCE_HAS_NO_IPV6", cause="SUBNET_NOT_DUAL_STACK"),
    Row(ids="RT-3 IN-4", about="an address in a block of which nobody knows whether it is there", who="six", want=HM,
        world=(*READY, unheard("subnet-b")), to="[2600:1f18:1234:2::53]:443", code="UNKNOWN_RESOURCE", at="subnet-b",
        needs="a known Ipv6CidrBlockState.State", more=("*",)),
    six("FNSRC-5", "one of two subnets has no block", *NAT, dual("subnet-a"), BOTH_STACKS, gateway(),
        want=NO, code="SOURCE_HAS_NO_IPV6", cause="SUBNET_NOT_DUAL_STACK"),
    six("RT-4", "the IPv4 default route does not carry IPv6", *READY,
        want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn", says="aws ec2 create-route --route-table-id rtb-fn "
        "--destination-ipv6-cidr-block ::/0 --egress-only-internet-gateway-id $EIGW"),
    six("RT-4 IGW-7", "there is a gateway, but no route to it", *READY, gateway(),
        lambda w: w["rtb-fn"]["Routes"].pop(), want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn",
        says="--destination-ipv6-cidr-block ::/0 --egress-only-internet-gateway-id eigw-1"),
    six("SG-3", "the group lets only IPv4 out", *READY, only(("-1", None, "0.0.0.0/0")), gateway(),
        want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-fn", says="Ipv6Ranges=[{CidrIpv6=::/0}]"),
    six("IGW-7", "a gateway that is detached", *READY, gateway("detached"),
        want=NO, code="BAD_STATE_ATTACHMENT", at="eigw-1"),
    six("IGW-7 IN-4", "a gateway whose attachment is in a state that nobody knows", *READY, gateway("dozing"),
        want=HM, code="UNKNOWN_RESOURCE", at="eigw-1", needs="a known State"),
    six("T31 IGW-6", "a unique local source", *NAT, dual("subnet-a", private=True), only(("-1", None, "::/0")), SIX,
        gateway(), want=NO, code="PRIVATE_IPV6_SOURCE", at="eigw-1"),
    six("IGW-8", "a plain internet gateway", *READY, default("igw-1", "GatewayId"),
        want=OK, via=("rtb-fn", "igw-1"), assumes=("IGW-8",)),
    *(Row(ids="IGW-6 RT-20", about=f"{what}: nobody's on the internet", to=f"[{address}]:443", who="six", want=NO,
          world=(*READY, gateway()), code="NO_POSSIBLE_DESTINATION", at="eigw-1")
      for what, address in (("an address for documentation", "2001:db8::1"), ("one for benchmarks", "2001:2::1"),
                            ("a unique local one", "fd00::1"), ("a multicast one", "ff02::1"))),
    Row(ids="IGW-6 RT-20", about="beside the special ranges it is public", to="[2001:db9::1]:443", who="six", want=OK,
        world=(*READY, gateway())),
    six("NAT-14", "a NAT gateway carries no native IPv6", *READY, default("nat-1", "NatGatewayId"),
        want=NO, code="PROTOCOL_RESTRICTION", at="nat-1", more=("NO_ROUTE_TO_DESTINATION",)),
    six("SG-5 RT-14", "a list that is not in the data may hold IPv6 blocks", *READY, gateway(),
        only(("tcp", 443, "pl-unread")), to="[2600:9000::1]:443",
        want=HM, code="UNKNOWN_RESOURCE", needs="ec2:GetManagedPrefixListEntries"),
    six("SG-5 RT-14", "a list of IPv4 blocks holds none, read or not", *READY, gateway(),
        do("prefix_list", "partners", ["93.184.216.0/24"], id="pl-1"), do("drop", "ManagedPrefixListEntries"),
        only(("tcp", 443, "pl-1")), to="[2600:9000::1]:443", want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-fn"),
    six("NACL-6 NACL-8", "the ACL has no IPv6 entries", *READY, gateway(), _no_ipv6_entries,
        want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-00000001", more=("SUBNET_ACL_RESTRICTION",)),
)  # fmt: skip
