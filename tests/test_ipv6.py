"""IPv6: egress-only gateways, private ranges, what a function needs to send it, the option and the note."""

from __future__ import annotations

from typing import Any

import pytest

from reach import Verdict
from reach.ask import ask
from tests.command import run
from tests.scenario import Step, Steps, do, network
from tests.scenario_worlds import NAT, only
from tests.worlds import World

OK, NO, HM = Verdict.REACHABLE, Verdict.BLOCKED, Verdict.UNKNOWN
ALL6 = ("-1", "::/0")


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


SIX: Step = do("function", "six", ["subnet-a"], ["sg-fn"], ipv6=True)
READY: Steps = (*NAT, dual("subnet-a", "subnet-b"), only(("-1", None, "0.0.0.0/0"), ("-1", None, "::/0")), SIX)

ROWS: tuple[tuple[str, Steps, str, Verdict, str | None, str | None], ...] = (
    ("T31 IGW-7 FN-09 egress-only gateway", (*READY, gateway()), "six", OK, None, None),
    ("FN-08 flag not set", (*READY, gateway()), "orders", NO, "SOURCE_HAS_NO_IPV6", "LAMBDA_IPV6_NOT_ENABLED"),
    ("FNSRC-5 one subnet without a block",
     (*NAT, dual("subnet-a"), do("function", "six", ["subnet-a", "subnet-b"], ["sg-fn"], ipv6=True), gateway()),
     "six", NO, "SOURCE_HAS_NO_IPV6", "SUBNET_NOT_DUAL_STACK"),
    ("RT-4 the IPv4 default route does not carry IPv6", READY, "six", NO, "NO_ROUTE_TO_DESTINATION", None),
    ("SG-3 the group lets only IPv4 out", (*READY, only(("-1", None, "0.0.0.0/0")), gateway()), "six",
     NO, "ENI_SG_RULES_MISMATCH", None),
    ("IGW-7 gateway detached", (*READY, gateway("detached")), "six", NO, "BAD_STATE_ATTACHMENT", None),
    ("T31 IGW-6 unique local source", (*NAT, dual("subnet-a", private=True),
     only(("-1", None, "::/0")), SIX, gateway()), "six", NO, "PRIVATE_IPV6_SOURCE", None),
    ("IGW-8 a plain internet gateway", (*READY, default("igw-1", "GatewayId")), "six", OK, None, None),
    ("NAT-14 a NAT gateway carries no native IPv6", (*READY, default("nat-1", "NatGatewayId")), "six",
     NO, "PROTOCOL_RESTRICTION", None),
    ("NACL-6 NACL-8 no IPv6 entries in the ACL", (*READY, gateway(), lambda w: [
        a["Entries"].remove(e) for a in w.collections["NetworkAcls"] for e in list(a["Entries"])
        if "Ipv6CidrBlock" in e]), "six", NO, "SUBNET_ACL_RESTRICTION", None),
)  # fmt: skip


@pytest.mark.parametrize(("about", "world", "who", "want", "code", "cause"), ROWS, ids=[r[0] for r in ROWS])
def test_internet_over_ipv6(
    about: str, world: Steps, who: str, want: Verdict, code: str | None, cause: str | None
) -> None:
    answer = ask(network(world), who, "internet", family="6")
    assert answer.verdict is want, answer
    if code:
        assert (answer.blockers[0].code, answer.blockers[0].cause) == (code, cause), answer


def test_an_assumption_is_on_record_for_the_plain_gateway() -> None:
    answer = ask(network((*READY, default("igw-1", "GatewayId"))), "six", "internet", family="6")
    assert "IGW-8" in {a.rule for a in answer.assumptions}


def test_both_families_are_two_halves_of_one_question() -> None:
    net = network(READY)  # IPv4 by the NAT gateway, no IPv6 route
    assert ask(net, "six", "internet").verdict is OK
    assert ask(net, "six", "internet", family="both").verdict is Verdict.PARTIAL
    assert ask(network((*READY, gateway())), "six", "internet", family="both").verdict is OK


def test_a_function_with_ipv6_gets_the_other_verdict_as_a_note() -> None:
    notes = {n.code: n.text for n in ask(network(READY), "six", "internet").notes}
    assert "blocked" in notes["IPV6_VERDICT"]
    assert "IPV6_VERDICT" not in {n.code for n in ask(network(READY), "orders", "internet").notes}


def test_an_address_decides_for_itself_and_a_name_is_not_guessed() -> None:
    net = network((*READY, gateway()))
    assert ask(net, "six", "[2606:4700::1111]:443").verdict is OK
    assert ask(net, "orders", "[2606:4700::1111]:443").blockers[0].cause == "LAMBDA_IPV6_NOT_ENABLED"
    assert ask(net, "six", "sqs", family="6").verdict is HM  # FN-09: whether the name has an address is not known


def test_the_option(tmp_path: Any) -> None:
    world = World()
    for step in (*READY, gateway()):
        step(world)
    source = str(world.write(tmp_path / "net.json"))
    assert run("path", "six", "internet", "--family", "6", "--from", source, "-q").exit_code == 0
    assert run("path", "orders", "internet", "--family", "6", "--from", source, "-q").exit_code == 1
