"""Lambda's network interfaces: recognised, shared, counted, and who holds one that cannot be deleted."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from reach import QuestionError
from reach.ask import ask
from reach.ask.asker import planned
from reach.interfaces import Shared, counts, holding, others, role_of, shared
from reach.network import Interface, Network
from reach.placement import is_lambda
from reach.vpc_config import read
from tests.command import run
from tests.law_worlds import network_of
from tests.scenario import Steps, build, do, network, put
from tests.scenario_worlds import PRIVATE

OLD = "AWS Lambda VPC ENI-gone-2a0ef611-99a0-4a90-a1bc-5729f75b6833"
WORLD: Steps = (
    *PRIVATE,
    do("security_group", "vpc-1", id="sg-more"),
    do("function", "twin", ["subnet-a"], ["sg-fn"]),
    do("function", "mixed", ["subnet-a", "subnet-b"], ["sg-more", "sg-fn", "sg-db"]),
    do("version", "orders", "1", ["subnet-e"], ["sg-fn"]),
    do("interface", "subnet-a", "10.0.1.20", ["sg-fn"], type="lambda", id="eni-shared",
       description="AWS Lambda VPC ENI-orders-1", requester="AROAEXAMPLE:awslambda_7_20260101000000000"),
    do("interface", "subnet-e", "10.0.4.20", ["sg-fn"], type="lambda", id="eni-version"),
    do("interface", "subnet-d", "10.0.3.20", ["sg-more"], description=OLD, status="available", id="eni-left"),
    do("interface", "subnet-d", "10.0.3.21", ["sg-db"], type="efs", description="EFS mount target for fs-1 (fsmt-1)",
       id="eni-efs"),
)  # fmt: skip


def of(found: Network, subnet: str, *groups: str) -> Shared:
    return next(s for s in shared(found) if (s.subnet, s.groups) == (subnet, groups))


def test_eni_01_one_interface_per_subnet_and_set_of_groups() -> None:
    """ENI-01: two subnets and three groups on one function are two interfaces, not six."""
    found = network(WORLD)
    mixed = [s for s in shared(found) if s.holders == ("mixed",)]
    assert [(s.subnet, s.groups, s.state) for s in mixed] == [
        ("subnet-a", ("sg-db", "sg-fn", "sg-more"), "wanted"),
        ("subnet-b", ("sg-db", "sg-fn", "sg-more"), "wanted"),
    ]
    both = of(found, "subnet-a", "sg-fn")
    assert (both.holders, both.state) == (("both", "orders", "twin"), "shared")


def test_eni_02_new_functions_add_only_new_pairs() -> None:
    """ENI-02: the same subnets and groups add nothing, another set of groups adds one per subnet."""
    (before,) = counts(network(WORLD))
    same = network((*WORLD, do("function", "third", ["subnet-a", "subnet-b"], ["sg-fn"])))
    other = network((*WORLD, do("function", "third", ["subnet-a", "subnet-b"], ["sg-db"])))
    assert counts(same)[0].wanted == before.wanted
    assert counts(other)[0].wanted == before.wanted + 2


def test_eni_02_published_versions_count() -> None:
    """ENI-02 FN-19: the version alone holds the interface in its subnet."""
    held = of(network(WORLD), "subnet-e", "sg-fn")
    assert (held.holders, [i.id for i in held.interfaces]) == (("orders:1",), ["eni-version"])


def quota(value: float) -> Steps:
    record = {"QuotaCode": "L-9FEE3D26", "ServiceCode": "lambda", "Value": value}
    return (lambda w: w.add("service-quotas:Quotas", record),)


@pytest.mark.parametrize(
    ("steps", "limit", "known", "near"),
    [((), 500, False, False), (quota(7), 7, True, True), (quota(8), 8, True, False)],
)
def test_eni_03_the_quota(steps: Steps, limit: int, known: bool, near: bool) -> None:
    """ENI-03: file systems share it; near it (nine tenths) an answer carries a note."""
    found = network((*WORLD, *steps))
    (count,) = counts(found)
    assert (count.quota, count.quota_known, count.near) == (limit, known, near)
    assert count.existing == 4  # two of Lambda's in use, one left over, one of a file system
    assert (count.wanted, count.missing, count.used) == (5, 3, 7)
    assert ("ENI_QUOTA" in {n.code for n in ask(found, "orders", "10.0.3.4:5432").notes}) == near


@pytest.mark.parametrize(
    ("members", "lambdas"),
    [
        ({"InterfaceType": "lambda"}, True),
        ({"InterfaceType": "interface", "Description": OLD}, True),
        ({"InterfaceType": "interface", "Description": "AWS Lambda VPC ENI: old form"}, True),
        ({"InterfaceType": "interface", "Description": "Primary network interface"}, False),
        ({"InterfaceType": "natGateway"}, False),
        ({"InterfaceType": "nat_gateway"}, False),
        ({"InterfaceType": "evs"}, False),
        ({"InterfaceType": "something new"}, False),
    ],
)
def test_eni_05_eni_06_eni_12_recognition(members: dict[str, Any], lambdas: bool) -> None:
    """ENI-05, ENI-06, ENI-12: by type or by description, and no type is too new."""
    found = network((*WORLD, put("eni-shared", **{"Description": "", **members})))
    interface = found["eni-shared"]
    assert isinstance(interface, Interface)
    assert is_lambda(interface) is lambdas


def test_eni_06_eni_10_what_nobody_holds_says_how_to_be_rid_of_it() -> None:
    """ENI-06: detached, it goes by itself; ENI-10: unless its role is gone."""
    left = of(network(WORLD), "subnet-d", "sg-more")
    assert (left.state, left.holders) == ("left over", ())
    assert "about 20 minutes" in left.advice
    assert "role is gone" in left.advice
    busy = of(network((*WORLD, put("eni-left", Status="in-use"))), "subnet-d", "sg-more")
    assert "an older version may" in busy.advice


def test_eni_07_never_by_the_name_in_the_description() -> None:
    """ENI-07: the description names the first function that used it, which may be long gone."""
    found = network((*WORLD, put("eni-left", Description="AWS Lambda VPC ENI-orders-9")))
    assert of(found, "subnet-d", "sg-more").holders == ()


def test_eni_08_the_role_that_made_it() -> None:
    """ENI-08: the caller's name holds the id of the role."""
    found = network(WORLD)
    made = {i.id: role_of(i) for i in found.all(Interface)}
    assert made["eni-shared"] == "AROAEXAMPLE"
    assert made["eni-efs"] == ""


def test_eni_09_interfaces_that_were_not_read_may_exist() -> None:
    """ENI-09: idle and planned functions have none; without the data nothing is said."""
    world = build(WORLD)
    world.drop("NetworkInterfaces")
    assert of(network_of(world), "subnet-a", "sg-fn").state == "unknown"


@pytest.mark.parametrize(
    ("word", "subnets"),
    [
        ("eni-shared", ["subnet-a"]),
        ("sg-more", ["subnet-a", "subnet-b", "subnet-d"]),
        ("subnet-e", ["subnet-e"]),
        ("vpc-1", ["subnet-a", "subnet-a", "subnet-b", "subnet-b", "subnet-d", "subnet-e"]),
        ("orders", ["subnet-a", "subnet-e"]),
        ("orders:1", ["subnet-e"]),
        ("free", []),
    ],
)
def test_u_30_who_holds_it(word: str, subnets: list[str]) -> None:
    """U-30: DependencyViolation on a group, a subnet, a VPC: these hold it."""
    assert [s.subnet for s in holding(network(WORLD), [word])] == subnets


def test_u_30_what_is_not_there_holds_nothing_and_is_said() -> None:
    """U-30: an id of nothing is refused, and one that could not be looked up names the action."""
    with pytest.raises(QuestionError, match="'sg-404' is not in the source"):
        holding(network(WORLD), ["sg-404"])
    world = build(WORLD)
    world.drop("SecurityGroups")
    with pytest.raises(QuestionError, match="ec2:DescribeSecurityGroups"):
        holding(network_of(world), ["sg-404"])


def test_u_30_what_else_holds_it() -> None:
    """U-30: interfaces that are not Lambda's, and rules that name the group."""
    found = network(WORLD)
    assert others(found, "sg-db") == ("eni-efs (EFS mount target for fs-1 (fsmt-1))",)
    assert others(found, "sg-fn") == ("a rule of sg-db",)
    assert others(found, "eni-efs") == ()
    with pytest.raises(QuestionError, match="functions: both, free, mixed"):
        holding(found, ["nobody"])


def test_u_29_the_quota_is_used_up() -> None:
    """U-29: the state says so, and so does the count."""
    failed = put("orders", State="Failed", StateReasonCode="EniLimitExceeded")
    got = ask(network((*WORLD, failed, *quota(7))), "orders", "10.0.3.4:5432")
    assert (got.blockers[0].code, got.blockers[0].cause, got.layer) == ("BAD_STATE", "ENI_QUOTA", "state")
    assert "7 of 7" in next(n.text for n in got.notes if n.code == "ENI_QUOTA")


def test_u_29_a_function_that_needs_more_is_not_deployed() -> None:
    """U-29, ENI-03: at the quota, if it was read, and if no other function has made its interfaces."""
    full = network((*WORLD, *quota(3)))
    fresh = planned(full, "new", read("SubnetIds=subnet-d,SecurityGroupIds=sg-fn,sg-more"))
    got = ask(fresh, "new", "10.0.3.4:5432")
    assert (got.blockers[0].code, got.blockers[0].cause, got.layer) == ("BAD_STATE", "ENI_QUOTA", "state")
    assert "needs more in subnet-d" in got.blockers[0].why
    shares = planned(full, "new", read("SubnetIds=subnet-a,SecurityGroupIds=sg-fn"))
    assert "ENI_QUOTA" not in [b.cause for b in ask(shares, "new", "10.0.3.4:5432").blockers]
    usual = planned(network(WORLD), "new", read("SubnetIds=subnet-d,SecurityGroupIds=sg-fn,sg-more"))
    assert "ENI_QUOTA" not in [b.cause for b in ask(usual, "new", "10.0.3.4:5432").blockers]


def test_st_07_an_encryption_control_that_refused_the_function() -> None:
    """ST-07 FN-21: the state's code leads to the same diagnosis as the VPC's own setting."""
    failed = put("orders", State="Failed", StateReasonCode="DisallowedByVpcEncryptionControl")
    first = ask(network((*WORLD, failed)), "orders", "10.0.3.4:5432").blockers[0]
    assert (first.code, first.cause, first.layer) == ("BAD_STATE", "DISALLOWED_BY_VPC_ENCRYPTION_CONTROL", "state")


# -- the command --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(build(WORLD).write(tmp_path_factory.mktemp("net") / "net.json"))


def test_the_view_as_text(net: str) -> None:
    result = run("interfaces", "--from", net)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "network interfaces of Lambda, one per subnet and set of groups (6)"
    assert any("eni-shared" in line and "both and 2 more" in line for line in lines)
    assert lines[-2].startswith("  vpc-1: 7 of 500 interfaces of Lambda")
    assert run("interfaces", "--from", net, "-q").stdout.split() == ["eni-shared", "eni-left", "eni-version"]
    one = run("interfaces", "sg-more", "--from", net).stdout
    assert "eni-left: detached: Lambda deletes it" in one
    assert run("interfaces", "nobody", "--from", net).exit_code == 2


def test_the_view_as_json_and_csv(net: str) -> None:
    shown = json.loads(run("interfaces", "sg-fn", "--from", net, "-f", "json").stdout)
    assert (shown["format"], shown["also_held_by"]) == ("reach-interfaces/1", {"sg-fn": ["a rule of sg-db"]})
    first = next(i for i in shown["interfaces"] if i["state"] == "shared")
    assert first["held_by"] == ["both", "orders", "twin"]
    assert first["interfaces"][0]["role"] == "AROAEXAMPLE"
    rows = list(csv.DictReader(io.StringIO(run("interfaces", "--from", net, "-f", "csv").stdout)))
    assert [r["state"] for r in rows] == ["wanted", "shared", "wanted", "wanted", "left over", "one"]
    assert rows[1]["interfaces"] == "eni-shared"
    assert run("interfaces", "--from", net, "--region", "us-east-1", "-f", "csv").stdout.count("\n") == 1
