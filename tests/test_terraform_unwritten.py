"""`known after apply` of what nobody wrote: concluded and labelled where no block can hide behind it, else a gap."""

from __future__ import annotations

from typing import Any

import pytest

from tests.terraform_plans import PlanOf
from tests.test_terraform import ANY, network_of, snapshot_of, vpc
from tests.test_terraform_inferred import OWN, function, labels


def unknown(plan: PlanOf, address: str, **members: Any) -> None:
    """What a plan says of attributes that the configuration leaves to the provider."""
    (row,) = (row for row in plan.changes if row["address"] == address)
    for name, value in members.items():
        row["change"]["after"].pop(name, None)
        row["change"]["after_unknown"][name] = value


def test_rules_and_routes_that_nobody_wrote_are_none_and_labelled() -> None:
    plan = PlanOf()
    vpc(plan)
    function(plan)
    plan.resource("aws_security_group", "muted", {"name": "muted"}, OWN)
    config = {"subnet_ids": "aws_subnet.private", "security_group_ids": "aws_security_group.muted.id"}
    plan.resource("aws_lambda_function", "muted", {"function_name": "muted"}, {"vpc_config": [({}, config)]})
    plan.resource("aws_route_table", "isolated", {}, OWN)
    unknown(plan, "aws_security_group.muted", ingress=True, egress=True)
    unknown(plan, "aws_security_group.fn", ingress=True)
    unknown(plan, "aws_route_table.isolated", route=True)
    unknown(plan, "aws_route_table.private", route=True)
    network = network_of(plan)
    answer = network.path("muted", "internet")
    assert [b.code for b in answer.blockers] == ["SG_HAS_NO_RULES"]
    said = "aws_security_group.muted.egress is inferred to be none, as no block of it is written (plan.json)."
    assert said in labels(answer)
    other = network.path("orders", "internet")
    assert other.verdict == "reachable"
    assert not [text for text in labels(other) if "aws_route_table.private" in text], "its route stands beside it"


def test_rules_beside_a_group_leave_nothing_to_conclude() -> None:
    plan = PlanOf()
    vpc(plan)
    plan.resource("aws_security_group", "fn", {"name": "fn"}, OWN)
    rule = {"ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"}
    plan.resource("aws_vpc_security_group_egress_rule", "out", rule, {"security_group_id": "aws_security_group.fn.id"})
    config = {"subnet_ids": "aws_subnet.private", "security_group_ids": "aws_security_group.fn.id"}
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})
    unknown(plan, "aws_security_group.fn", ingress=True, egress=True)
    answer = network_of(plan).path("orders", "internet")
    assert answer.verdict == "reachable"
    assert not [text for text in labels(answer) if "aws_security_group" in text]


@pytest.mark.parametrize("block", ["ingress", "egress"])
def test_a_dynamic_block_of_unknown_number_is_a_gap(block: str) -> None:
    """Terraform shows it as one row of which nothing is known."""
    plan = PlanOf()
    vpc(plan)
    function(plan)
    plan.resource("aws_security_group", "db", {"name": "db", "ingress": [ANY]}, OWN)
    plan.resource("aws_db_subnet_group", "db", {"name": "db"}, {"subnet_ids": "aws_subnet.private"})
    plan.resource(
        "aws_db_instance", "db", {"identifier": "db", "engine": "postgres", "db_subnet_group_name": "db"},
        {"vpc_security_group_ids": "aws_security_group.db.id"},
    )  # fmt: skip
    group = {"ingress": "db", "egress": "fn"}[block]
    row = dict.fromkeys(("cidr_blocks", "from_port", "to_port", "protocol", "security_groups", "self"), True)
    unknown(plan, f"aws_security_group.{group}", **{block: [row]})
    (held,) = (r for r in plan.changes if r["address"] == f"aws_security_group.{group}")
    held["change"]["after"][block] = [{}]
    answer = network_of(plan).path("orders", "rds:db")
    assert answer.verdict == "unknown", answer.to_text()
    assert f"aws_security_group.{group}" in answer.unknowns[0].why


def test_a_dynamic_route_of_unknown_number_is_a_gap() -> None:
    plan = PlanOf()
    vpc(plan)
    function(plan)
    plan.resource("aws_route_table", "hidden", {}, OWN)
    (held,) = (r for r in plan.changes if r["address"] == "aws_route_table.private")
    held["change"]["after"]["route"] = [{}]
    held["change"]["after_unknown"]["route"] = [dict.fromkeys(("cidr_block", "gateway_id", "nat_gateway_id"), True)]
    plan.changes = [row for row in plan.changes if row["address"] != "aws_route.out"]
    assert network_of(plan).path("orders", "internet").verdict == "unknown"


@pytest.mark.parametrize(("beside", "verdict"), [(False, "unknown"), (True, "reachable")])
def test_entries_of_a_list_that_are_not_known_are_not_none(beside: bool, verdict: str) -> None:
    """They are blocks to Terraform: a dynamic one whose number is open looks like none."""
    plan = PlanOf()
    vpc(plan)
    plan.resource("aws_ec2_managed_prefix_list", "all", {"name": "all", "address_family": "IPv4", "max_entries": 1})
    plan.resource("aws_security_group", "fn", {"name": "fn"}, OWN)
    rule = {"security_group_id": "aws_security_group.fn.id", "prefix_list_id": "aws_ec2_managed_prefix_list.all.id"}
    plan.resource("aws_vpc_security_group_egress_rule", "out", {"ip_protocol": "-1"}, rule)
    config = {"subnet_ids": "aws_subnet.private", "security_group_ids": "aws_security_group.fn.id"}
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})
    unknown(plan, "aws_ec2_managed_prefix_list.all", entry=True)
    if beside:
        listed = {"prefix_list_id": "aws_ec2_managed_prefix_list.all.id"}
        plan.resource("aws_ec2_managed_prefix_list_entry", "all", {"cidr": "0.0.0.0/0"}, listed)
    assert network_of(plan).path("orders", "internet").verdict == verdict


def test_a_policy_that_nobody_wrote_is_what_aws_gives() -> None:
    """An endpoint's own policy then lets everything through (AUTH-01); a bucket has none."""
    plan = PlanOf()
    vpc(plan)
    function(plan)
    gateway = {**OWN, "route_table_ids": "aws_route_table.private.id"}
    plan.resource("aws_vpc_endpoint", "s3", {"service_name": "com.amazonaws.eu-west-1.s3"}, gateway)
    plan.resource("aws_s3_bucket", "logs", {"bucket": "logs"})
    unknown(plan, "aws_vpc_endpoint.s3", policy=True)
    unknown(plan, "aws_s3_bucket.logs", policy=True)
    ((regions),) = snapshot_of(plan).accounts.values()
    collections = regions["eu-west-1"]
    (endpoint,) = collections["VpcEndpoints"]
    assert "PolicyDocument" not in endpoint
    assert not collections["s3:BucketPolicies"]
    plan.changes[-2]["change"]["after_unknown"]["policy"] = True
    plan.root.resources[-2]["expressions"]["policy"] = {"references": ["data.aws_iam_policy_document.p.json"]}
    ((regions),) = snapshot_of(plan).accounts.values()
    assert regions["eu-west-1"]["VpcEndpoints"][0]["PolicyDocument"] == "not known"


@pytest.mark.parametrize("count", [1, 2])
def test_a_function_mounts_every_file_system_it_names(count: int) -> None:
    plan = PlanOf()
    vpc(plan)
    arns = [f"arn:aws:elasticfilesystem:eu-west-1:123456789012:access-point/fsap-{n}" for n in range(count)]
    mounts = [{"arn": arn, "local_mount_path": "/mnt/a"} for arn in arns]
    config = {"subnet_ids": "aws_subnet.private", "security_group_ids": "aws_vpc.main.default_security_group_id"}
    named = {"function_name": "orders", "file_system_config": mounts}
    plan.resource("aws_lambda_function", "orders", named, {"vpc_config": [({}, config)]})
    (function_,) = network_of(plan).functions
    assert list(function_.mounts) == arns
    unknown(plan, "aws_lambda_function.orders", file_system_config=True)
    (function_,) = network_of(plan).functions
    assert len(function_.mounts) == count, "which ones is not known; that there are some is"
    plan.root.resources[-1]["expressions"].pop("file_system_config")
    assert len(network_of(plan).functions[0].mounts) == 1, "perhaps one, in a dynamic block"
