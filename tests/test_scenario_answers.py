"""What an answer lists, and in which order: blockers, merging, `after`, delivered, lost, undecided, evidence."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from reach.answer import Answer, Asked
from reach.ask import ask
from tests.scenario import HM, NO, OK, PART, Steps, do, network, put
from tests.scenario_worlds import (
    ANY,
    BACK,
    DB,
    DENY_ALL,
    HIGH,
    NAT,
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

NO_OUT, NO_IN = (("tcp", 22, "10.99.0.0/16"),), (("tcp", 22, "10.99.0.0/16"),)
BLACKHOLE_52 = do("route", "rtb-fn", "52.0.0.0/8", "igw-gone", "blackhole")


def asked(steps: Steps, to: str, who: str = "orders") -> Answer:
    return ask(network(steps), who, to)


def listed(got: Answer) -> list[tuple[str, str, str | None]]:
    return [(b.code, b.resource, b.after) for b in got.blockers]


def test_blockers_come_in_the_order_in_which_a_user_meets_them() -> None:
    """State, name, way there, way back."""
    steps = (*NAT, put("orders", State="Failed"), dns(support=False), only(*NO_OUT), acl("subnet-a", DENY_ALL))
    got = asked(steps, "example.com")
    assert [(b.layer, b.direction, b.code) for b in got.blockers] == [
        ("state", "forward", "BAD_STATE"),
        ("dns", "forward", "DNS_DISABLED"),
        ("net", "forward", "ENI_SG_RULES_MISMATCH"),
        ("net", "return", "SUBNET_ACL_RESTRICTION"),
    ]
    assert got.layer == "state"
    assert "cannot run" in got.headline


def test_the_same_finding_of_two_subnets_is_one_blocker_with_both() -> None:
    got = asked(PRIVATE, "internet", "both")
    assert [(b.code, b.resource, b.subnets) for b in got.blockers] == [
        ("NO_ROUTE_TO_DESTINATION", "rtb-fn", ("subnet-a", "subnet-b"))
    ]


def test_different_resources_or_directions_are_different_blockers() -> None:
    steps = (*NAT, acl("subnet-a", HIGH, DENY_ALL), acl("subnet-b", DENY_ALL, DENY_ALL))
    got = asked(steps, "internet", "both")
    assert [(b.resource, b.direction, b.subnets) for b in got.blockers] == [
        ("acl-a", "forward", ("subnet-a",)),
        ("acl-b", "forward", ("subnet-b",)),
        ("acl-b", "return", ("subnet-b",)),
    ]


def test_what_is_found_behind_a_block_names_the_block() -> None:
    steps = (*PRIVATE, DB, only(*NO_OUT), acl("subnet-d", DENY_ALL, HIGH), admits(*NO_IN))
    assert listed(asked(steps, "rds:orders-db")) == [
        ("ENI_SG_RULES_MISMATCH", "sg-fn", None),
        ("SUBNET_ACL_RESTRICTION", "acl-d", "ENI_SG_RULES_MISMATCH"),
        ("ENI_SG_RULES_MISMATCH", "sg-db", "ENI_SG_RULES_MISMATCH"),
    ]


def test_a_blocker_that_comes_first_on_one_branch_stands_for_itself() -> None:
    """From subnet-a the ACL drops it before; from subnet-b the database's group is the first to."""
    steps = (*PRIVATE, DB, acl("subnet-a", HIGH, DENY_ALL), admits(*NO_IN))
    got = {b.resource: (b.after, b.subnets) for b in asked(steps, "rds:orders-db", "both").blockers}
    assert got == {"acl-a": (None, ("subnet-a",)), "sg-db": (None, ("subnet-a", "subnet-b"))}


def test_after_a_missing_route_the_far_end_is_still_asked() -> None:
    steps = (*PRIVATE, DB, put("rtb-fn", Routes=[]), acl("subnet-d", DENY_ALL, HIGH), admits(*NO_IN))
    assert listed(asked(steps, "rds:orders-db")) == [
        ("NO_ROUTE_TO_DESTINATION", "rtb-fn", None),
        ("SUBNET_ACL_RESTRICTION", "acl-d", "NO_ROUTE_TO_DESTINATION"),
        ("ENI_SG_RULES_MISMATCH", "sg-db", "NO_ROUTE_TO_DESTINATION"),
    ]


def test_after_an_internet_gateways_refusal_the_walk_ends() -> None:
    steps = (*NAT, do("route", "rtb-fn", ANY, "igw-1"), acl("subnet-a", DENY_ALL),
             lambda w: w["rtb-fn"]["Routes"].pop(1))  # fmt: skip
    assert [b.code for b in asked(steps, "internet").blockers] == ["IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"]


def test_a_block_is_listed_first_and_the_gap_before_it_too() -> None:
    steps = (*PRIVATE, do("drop", "SecurityGroups"))
    got = asked(steps, "internet")
    assert (got.verdict, got.layer) == (NO, "net")
    assert listed(got) == [("NO_ROUTE_TO_DESTINATION", "rtb-fn", None)]
    assert [(u.resource, u.needs) for u in got.unknowns] == [("sg-fn", "ec2:DescribeSecurityGroups")]


def test_the_whole_question_is_delivered_or_lost_or_undecided() -> None:
    whole = (Asked("tcp", ("93.184.216.34/32",), ("443",)),)
    unread = (*NAT, do("drop", "NatGateways"))
    for steps, place in ((NAT, "delivered"), (PRIVATE, "lost"), (unread, "undecided")):
        got = asked(steps, "93.184.216.34:443")
        parts = {name: getattr(got, name) for name in ("delivered", "lost", "undecided")}
        assert got.asked == whole
        assert parts == {"delivered": (), "lost": (), "undecided": ()} | {place: whole}


def test_ports_are_divided_between_delivered_and_lost() -> None:
    got = asked((*NAT, only(("tcp", 443, ANY))), "93.184.216.34:80,443,8000-8080")
    assert (got.verdict, got.dimension) == (PART, "ports")
    assert [a.ports for a in got.asked] == [("80", "443", "8000-8080")]
    assert [a.ports for a in got.delivered] == [("443",)]
    assert [a.ports for a in got.lost] == [("80", "8000-8080")]


def test_addresses_are_divided_exactly() -> None:
    got = asked((*NAT, BLACKHOLE_52), "internet")
    assert (got.verdict, got.dimension) == (PART, "addresses")
    lost = [IPv4Network(a) for a in got.lost[0].addresses]
    kept = [IPv4Network(a) for a in got.delivered[0].addresses]
    everything = [IPv4Network(a) for a in got.asked[0].addresses]
    inside = IPv4Network("52.0.0.0/8")
    assert lost
    assert all(a.subnet_of(inside) for a in lost)
    assert not any(a.overlaps(inside) for a in kept)
    assert sum(a.num_addresses for a in lost + kept) == sum(a.num_addresses for a in everything)


def test_addresses_are_sorted_and_minimal() -> None:
    got = asked((*NAT, BLACKHOLE_52), "internet")
    for part in (*got.asked, *got.delivered, *got.lost):
        blocks = [IPv4Network(a) for a in part.addresses]
        assert blocks == sorted(blocks)
        supernets = [a.supernet() for a in blocks if a.prefixlen]
        assert len(supernets) == len(set(supernets)), "two halves of one block are one block"


def test_one_part_unknown_another_lost_another_delivered() -> None:
    """EACH: a proven success and a proven failure are partial, whatever else is not known."""
    steps = (*NAT, BLACKHOLE_52, do("route", "rtb-fn", "9.0.0.0/8", "lgw-1"))
    got = asked(steps, "internet")
    assert got.verdict is PART
    assert [u.code for u in got.unknowns] == ["UNSUPPORTED_COMPONENT"]
    assert got.undecided[0].addresses == ("9.0.0.0/8",)


def test_one_part_unknown_and_the_rest_delivered_is_unknown() -> None:
    got = asked((*NAT, do("route", "rtb-fn", "9.0.0.0/8", "lgw-1")), "internet")
    assert (got.verdict, got.undecided[0].addresses) == (HM, ("9.0.0.0/8",))
    assert got.delivered
    assert not got.lost


def test_hidden_dimensions_fold_once_at_the_end() -> None:
    """The function's ACL admits replies to the lower ports, the database's ACL lets out the upper ones."""
    low, high = (1024, 32767), (32768, 65535)
    steps = (*PRIVATE, DB, acl("subnet-a", ((100, "allow", "tcp", low, ANY),)),
             acl("subnet-d", ((100, "allow", "-1", None, ANY),), ((100, "allow", "tcp", high, ANY),)))  # fmt: skip
    got = asked(steps, "rds:orders-db")
    assert got.verdict is NO
    assert {(b.resource, b.direction) for b in got.blockers} == {("acl-a", "return"), ("acl-d", "return")}


def test_all_groups_of_the_interface_are_named() -> None:
    steps = (*PRIVATE, DB, do("security_group", "vpc-1", NO_IN, id="sg-more"),
             put("orders-db", VpcSecurityGroups=[{"VpcSecurityGroupId": g, "Status": "active"}
                                                 for g in ("sg-db", "sg-more")]), admits(*NO_IN))  # fmt: skip
    first = asked(steps, "rds:orders-db").blockers[0]
    assert first.resources == ("sg-db", "sg-more")
    assert first.resource in first.resources


@pytest.mark.parametrize(
    ("steps", "evidence"),
    [
        ((*NAT, put("nat-1", State="deleted")), ("nat-1", "State", "deleted")),
        ((*NAT, lambda w: w["rtb-fn"]["Routes"][1].update(State="blackhole")),
         ("rtb-fn", "Routes[1].State", "blackhole")),
        ((*NAT, only()), ("sg-fn", "IpPermissionsEgress", [])),
        ((*NAT, put("orders", State="Failed")), ("orders", "State", "Failed")),
        ((*NAT, put("vpc-1", InstanceTenancy="dedicated")), ("vpc-1", "InstanceTenancy", "dedicated")),
    ],
)  # fmt: skip
def test_evidence_is_the_aws_field(steps: Steps, evidence: tuple[str, str, object]) -> None:
    got = asked(steps, "internet")
    shown = [(e.resource, e.field, e.value) for e in got.blockers[0].evidence]
    assert evidence in [(r.split(":function:")[-1], f, v) for r, f, v in shown]


def test_the_way_back_shows_as_hops_of_its_own() -> None:
    got = asked(NAT, "internet")
    (path,) = got.paths
    there = [h.kind for h in path.hops if h.direction == "forward"]
    back = [h.kind for h in path.hops if h.direction == "return"]
    assert there == ["function", "security_group", "network_acl", "route_table", "network_acl", "nat_gateway",
                     "network_acl", "route_table", "internet_gateway", "internet"]  # fmt: skip
    assert back == ["network_acl", "route_table", "network_acl"]  # both ways through the NAT subnet are one hop
    assert all(h.verdict is OK for h in path.hops)


def test_targets_are_spelled_one_way() -> None:
    got = asked((*PRIVATE, DB), "orders-db")
    assert (got.target_as_typed, got.verdict) == ("orders-db", OK)
    assert asked(NAT, "internet").target == "internet:443"
    assert asked(NAT, "internet:443").target == "internet:443"


def test_subnets_that_need_a_command_each_get_one_each() -> None:
    """Where no group can be named, one rule admits one subnet only: mending the first would leave a partial answer."""
    far = lambda w: w["pcx-1"]["AccepterVpcInfo"].update(Region="us-east-1")  # noqa: E731
    stranger = do("security_group", "vpc-2", [("tcp", 5432, "10.8.0.0/16")], id="sg-s")
    here = lambda w: w["eni-x"].update(Groups=[{"GroupId": "sg-s"}])  # noqa: E731
    (blocker,) = asked((*PRIVATE, *PEER, THERE, BACK, far, stranger, here), "10.9.1.9:5432", "both").blockers
    assert blocker.subnets == ("subnet-a", "subnet-b")
    command = "aws ec2 authorize-security-group-ingress --group-id sg-s --protocol tcp --port 5432 --cidr"
    region = " --region eu-west-1"
    assert blocker.fix.endswith(f"{command} 10.0.1.0/24{region} && {command} 10.0.2.0/24{region}")
    (alike,) = asked((*PRIVATE, *PEER, THERE, BACK, stranger, here), "10.9.1.9:5432", "both").blockers
    assert alike.fix.count("aws ec2") == 1  # the group of both can be named


@pytest.mark.parametrize(
    ("steps", "to", "way"),
    [
        ((*PRIVATE, S3_ROUTED), "s3", "the gateway endpoint vpce-s3"),
        (NAT, "secretsmanager", "the NAT path over nat-1"),
    ],
)
def test_what_an_endpoint_shadows_is_named(steps: Steps, to: str, way: str) -> None:
    """SVC-08: of S3 it may be the gateway endpoint, which is no NAT path."""
    closed = (*steps, endpoint(to), put("sg-vpce", IpPermissions=[]))
    (note,) = [n for n in asked(closed, to).notes if n.code == "ENDPOINT_SHADOWS_NAT"]
    assert note.text == f"vpce-i takes over the name of {to}: {way} would work, but is not used."


def test_the_name_that_a_client_would_set_for_an_endpoint_of_s3_is_one_that_it_can_call() -> None:
    """SVC-05: AWS lists `*.vpce-…`, and S3's guide puts `bucket` there."""
    names = put("vpce-i", DnsEntries=[{"DnsName": "*.vpce-i-ab.s3.eu-west-1.vpce.amazonaws.com"}])
    got = asked((*PRIVATE, endpoint("s3", private_dns=False), names), "s3")
    (note,) = [n for n in got.notes if n.code == "REACHABLE_WITH_ENDPOINT_URL"]
    assert "https://bucket.vpce-i-ab.s3.eu-west-1.vpce.amazonaws.com" in note.text


def test_an_interface_asked_by_its_own_id_is_named_by_it() -> None:
    eni = do("interface", "subnet-p", "10.0.0.66", ["sg-fn"], type="lambda", id="eni-fn")
    (blocker,) = asked((*NAT, eni), "internet", "eni-fn").blockers
    assert (blocker.code, blocker.cause) == ("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "LAMBDA_ENI_HAS_NO_PUBLIC_IP")
    assert "the network interface eni-fn has no public" in blocker.why
