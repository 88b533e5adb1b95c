"""Plans that do not say everything: deferred changes, resources that are forgotten, plans that broke off."""

from __future__ import annotations

from typing import Any

import pytest

from reach.errors import TemplateError
from reach.network import SecurityGroup
from reach.snapshot import from_document
from tests.terraform_plans import PlanOf
from tests.test_terraform import ANY, ROUTE, RULE, below, change, network_of, plan_with, vpc
from tests.test_terraform_inferred import function, labels

WORLD = below()
ACL = WORLD.default_acl("vpc-1")
BASE = from_document(WORLD.document(), "live.json")
CLOSED = {"id": "sg-1", "vpc_id": "vpc-1", "egress": []}


def deferred(*changes: dict[str, Any]) -> dict[str, Any]:
    rows = [{"reason": "resource_config_unknown", "resource_change": one} for one in changes]
    return {**plan_with(), "complete": False, "deferred_changes": rows}


def test_the_network_without_the_plan_is_open() -> None:
    assert network_of(plan_with(), base=BASE).path("orders", "internet").verdict == "reachable"


@pytest.mark.parametrize(
    "one",
    [
        change("aws_route", "out", ["delete"], ROUTE, None),
        change("aws_route", "hole", ["create"], None, {"route_table_id": "rtb-a", "nat_gateway_id": "nat-1"}),
        change("aws_security_group", "g", ["update"], {**CLOSED, "egress": [ANY]}, CLOSED),
        change("aws_network_acl", "a", ["create"], None, {"vpc_id": "vpc-1", "subnet_ids": ["subnet-a"]}),
        change("aws_security_group_rule", "r", ["delete"], {**RULE, "id": "r"}, None),
        change("aws_network_acl_rule", "r", ["create"], None, {"network_acl_id": ACL, "rule_number": 1}),
    ],
    ids=lambda one: f"{one['type']}-{one['change']['actions'][0]}",
)  # fmt: skip
def test_what_is_deferred_is_not_known(one: dict[str, Any]) -> None:
    found = network_of(deferred(one), base=BASE).path("orders", "internet")
    assert found.verdict == "unknown", found.to_text()
    assert any("to a later plan (deferred_changes)" in unknown.why for unknown in found.unknowns), found.to_text()


@pytest.mark.parametrize("actions", [["create", "forget"], ["forget", "create"], ["ForgetThenCreate"]])
def test_what_is_replaced_and_forgotten_stays_as_it_is(actions: list[str]) -> None:
    """`destroy = false`: the old one is not destroyed, and the new one is another."""
    one = change("aws_security_group", "g", actions, {**CLOSED, "egress": [ANY]}, {**CLOSED, "id": None})
    network = network_of(plan_with(one), base=BASE)
    assert network.path("orders", "internet").verdict == "reachable"
    assert {g.id for g in network.all(SecurityGroup)} > {"sg-1"}
    assert len(network.all(SecurityGroup)) == len(network_of(plan_with(), base=BASE).all(SecurityGroup)) + 1


@pytest.mark.parametrize(
    "one",
    [
        change("aws_route", "out", ["explode"], ROUTE, None),
        change("aws_route", "out", ["update", "explode"], ROUTE, ROUTE),
        change("aws_security_group", "g", ["Recreate"], {**CLOSED, "egress": [ANY]}, CLOSED),
    ],
    ids=lambda one: f"{one['type']}-{'-'.join(one['change']['actions'])}",
)
def test_an_action_that_nobody_knows_leaves_open_what_becomes_of_it(one: dict[str, Any]) -> None:
    """Format 1.x may get more of them, as `forget` once was."""
    found = network_of(plan_with(one), base=BASE).path("orders", "internet")
    assert found.verdict == "unknown", found.to_text()
    assert any("is not known" in unknown.why and "the action" in unknown.why for unknown in found.unknowns)


@pytest.mark.parametrize(
    ("actions", "more"),
    [
        (["no-op"], {"previous_address": "aws_security_group.old"}),  # moved
        (["read"], {}),
        ([], {}),
    ],
)
def test_what_is_moved_or_read_again_stays_as_it_is(actions: list[str], more: dict[str, Any]) -> None:
    one = {
        **change("aws_security_group", "g", actions, {**CLOSED, "egress": [ANY]}, {**CLOSED, "egress": [ANY]}),
        **more,
    }
    assert network_of(plan_with(one), base=BASE).path("orders", "internet").verdict == "reachable"


@pytest.mark.parametrize(
    ("actions", "after", "verdict"), [(["no-op"], [ANY], "reachable"), (["update"], [], "blocked")]
)
def test_what_is_imported_is_what_it_was_until_it_is_changed(actions: list[str], after: Any, verdict: str) -> None:
    one = change("aws_security_group", "g", actions, {**CLOSED, "egress": [ANY]}, {**CLOSED, "egress": after})
    one["change"]["importing"] = {"id": "sg-1"}
    assert network_of(plan_with(one), base=BASE).path("orders", "internet").verdict == verdict


def test_drift_is_told_by_what_there_is() -> None:
    """What changed outside of Terraform stands in `resource_drift` and is in the network below, or in no plan."""
    drift = {"resource_drift": [change("aws_route", "out", ["delete"], ROUTE, None)]}
    assert network_of({**plan_with(), **drift}, base=BASE).path("orders", "internet").verdict == "reachable"


@pytest.mark.parametrize(
    "unknown",
    [
        ("aws_network_acl_rule", {"network_acl_id": ACL, "rule_number": 1, "egress": True, "protocol": "-1",
                                  "cidr_block": "0.0.0.0/0"}, "rule_action"),
        ("aws_network_acl_rule", {"network_acl_id": ACL, "rule_action": "deny", "egress": True, "protocol": "-1",
                                  "cidr_block": "0.0.0.0/0"}, "rule_number"),
        ("aws_network_acl_association", {"subnet_id": "subnet-a"}, "network_acl_id"),
        ("aws_route", {"route_table_id": "rtb-a", "network_interface_id": "eni-9"}, "destination_cidr_block"),
    ],
    ids=lambda one: f"{one[0]}.{one[2]}",
)  # fmt: skip
def test_what_is_not_known_of_something_that_is_there(unknown: tuple[str, dict[str, Any], str]) -> None:
    """A deny that may come first, an ACL that a subnet may get: the network below is not what there will be."""
    type_, values, open_ = unknown
    one = change(type_, "it", ["create"], None, values)
    one["change"]["after_unknown"] = {open_: True}
    found = network_of(plan_with(one), base=BASE).path("orders", "internet")
    assert found.verdict == "unknown", found.to_text()


@pytest.mark.parametrize("over", [True, False])
def test_what_is_forgotten_stays(over: bool) -> None:
    """A `removed` block without destroy: the resource is there as before, whether the network below tells it or not."""
    plan = PlanOf()
    vpc(plan)
    function(plan)
    document = plan.json()
    if over:
        document = plan_with(change("aws_route", "out", ["forget"], ROUTE, None))
        assert network_of(document, base=BASE).path("orders", "internet").verdict == "reachable"
        return
    (row,) = (r for r in document["resource_changes"] if r["address"] == "aws_route.out")
    held = {"id": "r-1", "route_table_id": "rtb-0", "destination_cidr_block": "10.9.0.0/16", "gateway_id": "igw-0"}
    row["change"] = {"actions": ["forget"], "before": held, "after": None, "after_unknown": {}}
    gap = network_of(document).path("orders", "internet")
    assert gap.verdict == "blocked", "that route is another table's, and the private one has none"
    row["change"]["actions"] = ["delete"]
    assert network_of(document).path("orders", "internet").verdict == "blocked"


@pytest.mark.parametrize(
    ("how", "said"), [({"errored": True}, "stopped with an error"), ({"complete": False}, "made with -target, or")]
)
def test_a_plan_that_broke_off_says_so_on_the_answer(how: dict[str, Any], said: str) -> None:
    plan = PlanOf()
    vpc(plan)
    function(plan)
    assert not any("not whole" in text for text in labels(network_of(plan).path("orders", "internet")))
    answer = network_of({**plan.json(), **how}).path("orders", "internet")
    assert any("plan.json is not whole" in text and said in text for text in labels(answer))


@pytest.mark.parametrize(
    ("type_", "rule", "contested"),
    [
        ("aws_security_group_rule", {"type": "egress", **ANY}, True),
        ("aws_security_group_rule", {"type": "ingress", **ANY}, False),
        ("aws_vpc_security_group_egress_rule", {"ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"}, True),
        ("aws_vpc_security_group_ingress_rule", {"ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"}, False),
    ],
)
def test_rules_inside_a_group_and_beside_it_are_labelled(type_: str, rule: dict[str, Any], contested: bool) -> None:
    plan = PlanOf()
    vpc(plan)
    function(plan)
    plan.resource(type_, "out", rule, {"security_group_id": "aws_security_group.fn.id"})
    answer = network_of(plan).path("orders", "internet")
    assert answer.verdict == "reachable"
    assert any("the provider forbids both" in text for text in labels(answer)) is contested


def test_a_plan_that_does_not_say_what_is_open_is_refused() -> None:
    """Planned values leave out what is not known: without the changes it would look as if nobody had set it."""
    plan = PlanOf()
    vpc(plan)
    function(plan)
    document = plan.json()
    rows = [{**row, "values": row["change"]["after"]} for row in document.pop("resource_changes")]
    document["planned_values"] = {"root_module": {"resources": rows}}
    with pytest.raises(TemplateError, match="this plan has no resource_changes"):
        network_of(document)
