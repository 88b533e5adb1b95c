"""Security groups and network ACLs."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, cut, do, forget, put
from tests.scenario_worlds import (
    ANY,
    BACK,
    DB,
    DB_HERE,
    DENY_ALL,
    HIGH,
    HOST,
    NAT,
    NAT_WAY,
    OPEN,
    PEER,
    PRIVATE,
    S3_ROUTED,
    THERE,
    acl,
    admits,
    endpoint,
    only,
    unseen,
)
from tests.world_members import AclRule

TO_DB: Steps = (*PRIVATE, DB)
S3_LIST, S3_BLOCKS = "pl-6da54004", ("3.5.64.0/21", "52.92.0.0/17", "52.218.0.0/17")
PARTNERS = do("prefix_list", "partners", ["10.0.1.0/24"], id="pl-1")


def db(ids: str, about: str, *steps: Step, **want: Any) -> Row:
    """A question about the database, with steps after the usual ones."""
    return Row(ids=ids, about=about, world=(*TO_DB, *steps), to="rds:orders-db", **want)


def mismatch(at: str, cause: str | None = None) -> dict[str, Any]:
    """No rule of a group fits."""
    return {"want": NO, "code": "ENI_SG_RULES_MISMATCH", "at": at, "cause": cause}


def denied(at: str, back: bool = False, **more: object) -> dict[str, Any]:
    """An ACL denies."""
    return {"want": NO, "code": "SUBNET_ACL_RESTRICTION", "at": at, "back": back, **more}


def stale(world: object) -> None:
    """The reference's peering connection was deleted."""
    world["sg-db"]["IpPermissions"][0]["UserIdGroupPairs"] = [  # type: ignore[index]
        {"UserId": "123456789012", "GroupId": "sg-fn", "PeeringStatus": "deleted", "VpcPeeringConnectionId": "pcx-9"}
    ]


GROUPS = (
    db("SG-1", "the rules of all groups are united",
       do("security_group", "vpc-1", [], [("tcp", 5432, "10.0.0.0/8")], id="sg-2"),
       do("security_group", "vpc-1", [("tcp", 5432, ANY)], [], id="sg-3"),
       put("orders", VpcConfig={"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-2", "sg-3"], "VpcId": "vpc-1"}),
       admits(("tcp", 5432, "sg-3")), want=OK),
    db("SG-1", "no outbound rule at all", only(), want=NO, code="SG_HAS_NO_RULES", at="sg-fn"),
    db("SG-1", "no inbound rule at all", admits(), want=NO, code="SG_HAS_NO_RULES", cause="DEST_SG_NO_MATCH",
       at="sg-db"),
    db("SG-1", "both ends are closed: both are named", only(), admits(), want=NO, code="SG_HAS_NO_RULES", at="sg-fn",
       more=("SG_HAS_NO_RULES",)),
    db("SG-2", "inbound at the function and outbound at the database do not matter",
       put("sg-fn", IpPermissions=[]), put("sg-db", IpPermissionsEgress=[]), want=OK),
    db("SG-3", "a new group lets everything out", want=OK),
    Row(ids="SG-3", about="the rule for ::/0 lets no IPv4 out", world=(*NAT, only(("-1", None, "::/0"))),
        to="internet", **mismatch("sg-fn")),
    Row(ids="SG-3", about="outbound rule for one port", world=(*NAT, only(("tcp", 443, ANY))), to="internet",
        want=OK, via=NAT_WAY),
    Row(ids="SG-3", about="two ports asked, one is let out", world=(*NAT, only(("tcp", 443, ANY))),
        to="internet:80,443", want=PART, code="ENI_SG_RULES_MISMATCH", at="sg-fn", dimension="ports"),
    db("SG-4", "protocols by number", admits(("6", 5432, "sg-fn")), want=OK),
    db("SG-4", "the range's ends are inside", admits(("tcp", (5400, 5432), "sg-fn")), want=OK),
    db("SG-4", "just outside of a range", admits(("tcp", (5433, 5500), "sg-fn")),
       **mismatch("sg-db", "DEST_SG_PORT_MISMATCH")),
    db("SG-4", "a UDP rule does not admit TCP", admits(("udp", 5432, "sg-fn")), **mismatch("sg-db", "*")),
    db("SG-4", "an unusual protocol ignores ports and is not TCP", admits(("50", None, "sg-fn")),
       **mismatch("sg-db", "*")),
    db("SG-4 IN-6", "-1 without ports is everything",
       lambda w: w["sg-db"].update(IpPermissions=[{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": "sg-fn"}]}]),
       want=OK),
    db("SG-5", "peer by CIDR", admits(("tcp", 5432, "10.0.1.0/24")), want=OK),
    db("SG-5", "peer by another CIDR", admits(("tcp", 5432, "192.168.0.0/16")),
       **mismatch("sg-db", "DEST_SG_NO_MATCH")),
    db("SG-5", "peer by prefix list", PARTNERS, admits(("tcp", 5432, "pl-1")), want=OK),
    db("SG-5", "a list whose entries are not in the data", PARTNERS, admits(("tcp", 5432, "pl-1")),
       do("drop", "ManagedPrefixListEntries"), want=HM, code="UNKNOWN_RESOURCE",
       needs="ec2:GetManagedPrefixListEntries"),
    db("SG-5", "outbound to the database's group", only(("tcp", 5432, "sg-db")), want=OK),
    db("SG-6", "outbound to another group", do("security_group", "vpc-1", id="sg-else"),
       only(("tcp", 5432, "sg-else")), **mismatch("sg-fn")),
    db("SG-6", "the referenced group's own rules are not inherited", do("security_group", "vpc-1", id="sg-else"),
       admits(("tcp", 5432, "sg-else")), do("ingress", "sg-else", ("tcp", 5432, ANY)),
       **mismatch("sg-db", "DEST_SG_NO_MATCH")),
    db("SG-11", "a stale reference matches nothing", stale, want=NO, code="STALE_SG_REFERENCE",
       cause="DEST_SG_NO_MATCH", at="sg-db"),
    db("SG-12", "the function's own groups decide, though the referenced one is not in the data",
       admits(("tcp", 5432, "sg-0123")), **mismatch("sg-db", "DEST_SG_NO_MATCH")),
    Row(ids="SG-12", about="only a group reference could match and the other end's groups are not known",
        world=(*PRIVATE, only(("tcp", 443, "sg-db")), do("drop", "NetworkInterfaces")), to="10.0.3.50:443",
        want=HM, code="UNKNOWN_RESOURCE", at="sg-fn", needs="ec2:DescribeNetworkInterfaces",
        more=("UNKNOWN_RESOURCE",)),
    Row(ids="SG-12 PCX-8", about="the same across a peering connection whose other side is not in the data",
        world=(*PRIVATE, *PEER, THERE, BACK, only(("tcp", 5432, "sg-x")), unseen("vpc-2")), to="10.9.1.9:5432",
        want=HM, code="UNKNOWN_PEERED_SGS", at="sg-fn", more=("UNKNOWN_RESOURCE",)),
    Row(ids="SG-12 PCX-8", about="the same with the other side in the data",
        world=(*PRIVATE, *PEER, THERE, BACK, only(("tcp", 5432, "sg-x"))), to="10.9.1.9:5432", want=OK),
    Row(ids="SG-12 PCX-8", about="a rule by CIDR needs no knowledge of the other side's groups",
        world=(*PRIVATE, *PEER, THERE, BACK, only(("tcp", 443, "10.9.0.0/16")), unseen("vpc-2")),
        to="10.9.1.9:5432", want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-fn"),
    Row(ids="SG-13 DNS-1", about="no group is asked about the Amazon resolver",
        world=(*NAT, only(("tcp", 443, ANY))), to="example.com", want=OK),
    Row(ids="SG-13 NACL-10", about="no ACL is asked about the Amazon resolver",
        world=(*NAT, acl("subnet-a", HIGH, ((100, "allow", "tcp", 443, ANY),))), to="example.com", want=OK),
    Row(ids="SG-14", about="a NAT gateway and a gateway endpoint have no group",
        world=(*NAT, S3_ROUTED, only(("tcp", 443, ANY))), to="s3", want=OK, via=("rtb-fn", "vpce-s3")),
    db("SG-16", "a group of the function that is not in the data", forget("SecurityGroups", "sg-fn"),
       want=HM, code="UNKNOWN_RESOURCE", at="sg-fn", needs="ec2:DescribeSecurityGroups"),
    db("SG-16", "a group of the database that is not in the data", forget("SecurityGroups", "sg-db"),
       want=HM, code="UNKNOWN_RESOURCE", at="sg-db", needs="ec2:DescribeSecurityGroups"),
    db("SG-16 SG-1", "one group's rules suffice, whatever the missing one says",
       put("orders", VpcConfig={"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-fn", "sg-gone"],
                                "VpcId": "vpc-1"}), want=OK),
    db("SG-16 IN-6", "a group whose record has no rules member", cut("sg-db", "IpPermissions"),
       want=HM, code="UNKNOWN_RESOURCE", at="sg-db"),
    Row(ids="SG-5 VPCE-5", about="outbound to S3's prefix list only: S3",
        world=(*NAT, S3_ROUTED, only(("tcp", 443, S3_LIST))), to="s3", want=OK, via=("rtb-fn", "vpce-s3")),
    Row(ids="SG-5 VPCE-5", about="outbound to S3's prefix list only: internet",
        world=(*NAT, S3_ROUTED, only(("tcp", 443, S3_LIST))), to="internet", **mismatch("sg-fn")),
)  # fmt: skip


def out(*entries: AclRule) -> Step:
    """Outbound entries of the function subnet's ACL; everything may come in."""
    return acl("subnet-a", OPEN, entries)


ACLS = (
    db("NACL-1", "no ACL lists the subnet",
       lambda w: [a.update(Associations=[]) for a in w.collections["NetworkAcls"]],
       lambda w: [a.update(IsDefault=False) for a in w.collections["NetworkAcls"]],
       want=HM, code="UNKNOWN_RESOURCE", needs="ec2:DescribeNetworkAcls", more=("UNKNOWN_RESOURCE",) * 3),
    db("NACL-1", "not listed anywhere: the VPC's default ACL",
       lambda w: [a.update(Associations=[]) for a in w.collections["NetworkAcls"]], want=OK),
    db("NACL-1", "listed by its own ACL", acl("subnet-a", DENY_ALL, DENY_ALL),
       **denied("acl-a", more=("SUBNET_ACL_RESTRICTION",))),
    db("NACL-2", "numbers decide, not the order of the list",
       out((200, "allow", "-1", None, ANY), (100, "deny", "tcp", 5432, ANY)), **denied("acl-a", says="100")),
    db("NACL-2", "the first match decides for each part of the addresses",
       out((100, "deny", "tcp", 5432, "10.0.4.0/24"), (200, "allow", "-1", None, ANY)), want=OK),
    db("NACL-2", "no entry matches and no 32767 is listed: still denied",
       out((100, "allow", "tcp", 443, ANY)),
       lambda w: w["acl-a"].update(Entries=[e for e in w["acl-a"]["Entries"] if e["RuleNumber"] != 32767]),
       **denied("acl-a")),
    db("NACL-3", "the reply needs its own entry at the function's subnet",
       acl("subnet-a", ((100, "allow", "tcp", 443, ANY),), OPEN), **denied("acl-a", back=True)),
    db("NACL-3 NACL-9", "the entry for the request's port admits replies to that one source port",
       acl("subnet-a", ((100, "allow", "tcp", 5432, ANY),), OPEN),
       want=PART, code="SUBNET_ACL_RESTRICTION", at="acl-a", back=True, dimension="source ports"),
    db("NACL-3", "the request needs its entry at the database's subnet",
       acl("subnet-d", ((100, "allow", "tcp", (1024, 5431), ANY),), OPEN), **denied("acl-d")),
    Row(ids="NACL-4 RT-8", about="within a subnet no ACL is asked",
        world=(*PRIVATE, DB_HERE, acl("subnet-a", DENY_ALL, DENY_ALL)), to="rds:orders-db", want=OK),
    db("NACL-5", "inbound entries name the source, and the port is the destination's",
       acl("subnet-d", ((100, "allow", "tcp", 5432, "10.0.1.0/24"),), HIGH), want=OK),
    db("NACL-5", "an inbound entry for the database's own block admits nobody",
       acl("subnet-d", ((100, "allow", "tcp", 5432, "10.0.3.0/24"),), HIGH), **denied("acl-d")),
    Row(ids="NACL-5", about="an outbound entry for the endpoint's port does not let replies out",
        world=(*PRIVATE, endpoint(subnets=("subnet-d",)),
               acl("subnet-d", OPEN, ((100, "allow", "tcp", 443, "10.0.1.0/24"),))),
        to="secretsmanager", **denied("acl-d", back=True)),
    db("NACL-6", "a UDP entry does not match TCP", out((100, "allow", "udp", 5432, ANY)), **denied("acl-a")),
    db("NACL-6", "a TCP entry without ports is all ports", out((100, "allow", "tcp", None, ANY)), want=OK),
    db("NACL-6", "-1 ignores ports", out((100, "allow", "-1", None, ANY)), want=OK),
    db("NACL-6", "an IPv6 entry says nothing about IPv4",
       out((90, "deny", "-1", None, "::/0"), (100, "allow", "-1", None, ANY)), want=OK),
    Row(ids="NACL-6 SG-4", about="ping past entries with ICMP types",
        world=(*PRIVATE, do("interface", "subnet-a", "10.0.1.77", ["sg-fn"], id="eni-a1"),
               do("security_group", "vpc-1", ["-1"], id="sg-t"),
               do("interface", "subnet-d", "10.0.3.77", ["sg-t"], id="eni-t"),
               acl("subnet-d", ((100, "allow", "icmp", 8, ANY),), ((100, "allow", "icmp", 0, ANY),))),
        who="eni-a1", to="10.0.3.77:*/icmp", want=OK),
    Row(ids="NACL-6 NACL-3", about="ping whose replies are not let out",
        world=(*PRIVATE, do("interface", "subnet-a", "10.0.1.77", ["sg-fn"], id="eni-a1"),
               do("security_group", "vpc-1", ["-1"], id="sg-t"),
               do("interface", "subnet-d", "10.0.3.77", ["sg-t"], id="eni-t"),
               acl("subnet-d", OPEN, ((100, "allow", "icmp", 8, ANY),))),
        who="eni-a1", to="10.0.3.77:*/icmp", **denied("acl-d", back=True)),
    Row(ids="NACL-7 VPCE-5", about="the gateway endpoint's service addresses need entries of their own",
        world=(*PRIVATE, S3_ROUTED, acl("subnet-a", OPEN, ((100, "allow", "tcp", 443, "10.0.0.0/16"),))), to="s3",
        **denied("acl-a")),
    Row(ids="NACL-7 VPCE-5", about="entries for the service's addresses, there and back",
        world=(*PRIVATE, S3_ROUTED,
               acl("subnet-a", tuple((100 + i, "allow", "tcp", (1024, 65535), b) for i, b in enumerate(S3_BLOCKS)),
                   tuple((100 + i, "allow", "tcp", 443, b) for i, b in enumerate(S3_BLOCKS)))), to="s3", want=OK),
    Row(ids="NACL-7 VPCE-5", about="replies of the gateway endpoint's service are not let in",
        world=(*PRIVATE, S3_ROUTED, acl("subnet-a", ((100, "allow", "tcp", (1024, 65535), "10.0.0.0/16"),))), to="s3",
        **denied("acl-a", back=True)),
    db("NACL-8", "the default ACL allows everything", want=OK),
    db("NACL-8", "a custom ACL without entries denies everything", acl("subnet-d", DENY_ALL, DENY_ALL),
       **denied("acl-d", more=("SUBNET_ACL_RESTRICTION",))),
    db("NACL-9", "all ports from 1024 for replies suffice", acl("subnet-a", HIGH), want=OK),
    Row(ids="NACL-9 RET-1", about="replies over UDP",
        world=(*NAT, acl("subnet-a", ((100, "allow", "udp", (1024, 65535), ANY),))), to=f"{HOST}:53/udp", want=OK),
    Row(ids="NACL-3 VPCE-14", about="an interface endpoint's subnet is asked in both directions",
        world=(*PRIVATE, endpoint(subnets=("subnet-d",)), acl("subnet-d", OPEN, DENY_ALL)), to="secretsmanager",
        **denied("acl-d", back=True)),
    db("NACL-1 IN-6", "an ACL whose record has no entries member", acl("subnet-a"), cut("acl-a", "Entries"),
       want=HM, code="UNKNOWN_RESOURCE", at="acl-a", more=("UNKNOWN_RESOURCE",)),
)  # fmt: skip
