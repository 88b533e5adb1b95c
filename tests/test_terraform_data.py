"""Data sources in plans: what they found counts, what waits for apply is followed where it can be, else a gap."""

from __future__ import annotations

from typing import Any

import pytest

from reach.network import Network
from reach.snapshot import from_document
from tests.terraform_plans import PlanOf, expressions
from tests.test_terraform import ANY, ZONES, below, network_of, snapshot_of, vpc
from tests.test_terraform_inferred import OWN, function

NAME = "registry.terraform.io/hashicorp/aws"
S3 = "com.amazonaws.eu-west-1.s3"
BLOCKS = ["52.218.0.0/17", "3.5.64.0/21"]


def found(plan: PlanOf, type_: str, name: str, values: dict[str, Any]) -> None:
    """A data source that was read when the plan was made."""
    head = {"address": f"data.{type_}.{name}", "mode": "data", "type": type_, "name": name}
    plan.root.resources.append({**head, "provider_config_key": "aws", "expressions": {}})
    plan.prior.append({**head, "provider_name": NAME, "values": values})


def waiting(plan: PlanOf, type_: str, name: str, refs: dict[str, Any], *unknown: str) -> None:
    """A data source that is read when the plan is applied, because it asks for something that is made."""
    head = {"address": f"data.{type_}.{name}", "mode": "data", "type": type_, "name": name}
    plan.root.resources.append({**head, "provider_config_key": "aws", "expressions": expressions({}, refs)})
    change = {"actions": ["read"], "before": None, "after": {}, "after_unknown": dict.fromkeys(("id", *unknown), True)}
    plan.changes.append({**head, "provider_name": NAME, "change": change})


def with_group(plan: PlanOf, egress: dict[str, Any], *, endpoint: bool = True) -> Network:
    """The VPC, perhaps with a gateway endpoint of S3, and a function whose group has one rule."""
    vpc(plan)
    gateway = {"service_name": S3, "vpc_endpoint_type": "Gateway"}
    if endpoint:
        plan.resource("aws_vpc_endpoint", "s3", gateway, {**OWN, "route_table_ids": "aws_route_table.private.id"})
    plan.resource("aws_security_group", "fn", {"name": "fn", "egress": [egress]}, OWN)
    config = {"subnet_ids": "aws_subnet.private", "security_group_ids": "aws_security_group.fn.id"}
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})
    return network_of(plan)


def to_list(id: str) -> dict[str, Any]:
    return {"from_port": 443, "to_port": 443, "protocol": "tcp", "prefix_list_ids": [id]}


AWS_LIST = {"id": "pl-6da54004", "name": S3}


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("aws_prefix_list", {**AWS_LIST, "cidr_blocks": BLOCKS}),
        ("aws_ec2_managed_prefix_list", {**AWS_LIST, "owner_id": "AWS", "entries": [{"cidr": c} for c in BLOCKS]}),
    ],
)
def test_a_list_of_aws_is_the_one_of_its_name(type_: str, values: dict[str, Any]) -> None:
    """What a group lets out to the list of S3 goes to S3 and nowhere else."""
    plan = PlanOf()
    found(plan, type_, "s3", values)
    network = with_group(plan, to_list("pl-6da54004"))
    verdicts = {target: network.path("orders", target).verdict.value for target in ("s3", "dynamodb", "internet")}
    assert verdicts == {"s3": "reachable", "dynamodb": "blocked", "internet": "blocked"}


def test_a_list_that_no_data_source_tells_is_a_gap() -> None:
    network = with_group(PlanOf(), to_list("pl-6da54004"))
    assert {network.path("orders", target).verdict.value for target in ("s3", "internet")} == {"unknown"}


@pytest.mark.parametrize(("address", "verdict"), [("8.8.8.8", "reachable"), ("9.9.9.9", "blocked")])
def test_a_customers_list_has_the_entries_that_were_found(address: str, verdict: str) -> None:
    plan = PlanOf()
    entries = [{"cidr": "8.8.8.0/24", "description": "resolvers"}]
    found(plan, "aws_ec2_managed_prefix_list", "corp", {"id": "pl-0c", "name": "corp", "entries": entries})
    network = with_group(plan, to_list("pl-0c"), endpoint=False)
    assert network.path("orders", f"{address}:443").verdict == verdict


def test_what_the_network_below_has_it_tells_itself() -> None:
    """A data source may be older than the network that the plan is laid over."""
    world = below()
    world.collections["ManagedPrefixLists"] = [
        {"PrefixListId": "pl-0c", "PrefixListName": "corp", "AddressFamily": "IPv4", "OwnerId": "123456789012"}
    ]
    world.collections["ManagedPrefixListEntries"] = [{"PrefixListId": "pl-0c", "Entries": [{"Cidr": "9.9.9.0/24"}]}]
    base = from_document(world.document(), "live.json")
    plan = PlanOf()
    stale = {"id": "pl-0c", "name": "corp", "entries": [{"cidr": "8.8.8.0/24"}]}
    found(plan, "aws_ec2_managed_prefix_list", "corp", stale)
    (regions,) = snapshot_of(plan, base=base).accounts.values()
    assert [one["Entries"] for one in regions["eu-west-1"]["ManagedPrefixListEntries"]] == [[{"Cidr": "9.9.9.0/24"}]]


def test_a_data_source_of_something_that_is_made_is_that() -> None:
    plan = PlanOf()
    vpc(plan)
    waiting(plan, "aws_vpc", "v", {"id": "aws_vpc.main.id"}, "cidr_block", "main_route_table_id")
    waiting(plan, "aws_security_group", "g", {"id": "aws_security_group.real.id"}, "vpc_id")
    plan.resource("aws_subnet", "x", {"cidr_block": "10.0.9.0/24", **ZONES[0]}, {"vpc_id": "data.aws_vpc.v.id"})
    pair = {"subnet_id": "aws_subnet.x.id", "route_table_id": "aws_route_table.private.id"}
    plan.resource("aws_route_table_association", "x", {}, pair)
    plan.resource("aws_security_group", "real", {"name": "real", "egress": [ANY]}, OWN)
    config = {"subnet_ids": "aws_subnet.x.id", "security_group_ids": "data.aws_security_group.g.id"}
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})
    assert network_of(plan).path("orders", "internet").verdict == "reachable"


@pytest.mark.parametrize(
    ("type_", "refs", "attribute"),
    [
        ("aws_subnets", {"filter": [({"name": "vpc-id"}, {"values": "aws_vpc.main.id"})]}, "ids"),
        ("aws_subnet", {"vpc_id": "aws_vpc.main.id"}, "id"),
    ],
)
def test_what_a_data_source_will_find_is_not_known(type_: str, refs: dict[str, Any], attribute: str) -> None:
    plan = PlanOf()
    vpc(plan)
    waiting(plan, type_, "s", refs, "ids")
    function(plan, f"data.{type_}.s.{attribute}")
    answer = network_of(plan).path("orders", "internet")
    assert answer.verdict == "unknown"
    assert f"data.{type_}.s" in answer.unknowns[0].why


def test_the_main_table_of_a_vpc_that_a_data_source_will_find_is_not_made_up() -> None:
    plan = PlanOf()
    vpc(plan)
    waiting(plan, "aws_vpc", "v", {"tags": "local.tags"}, "main_route_table_id")
    out = {"route_table_id": "data.aws_vpc.v.main_route_table_id", "nat_gateway_id": "aws_nat_gateway.nat.id"}
    plan.resource("aws_route", "m", {"destination_cidr_block": "0.0.0.0/0"}, out)
    plan.resource("aws_subnet", "x", {"cidr_block": "10.0.9.0/24", **ZONES[0]}, OWN)
    function(plan, "aws_subnet.x.id")
    answer = network_of(plan).path("orders", "internet")
    assert answer.verdict == "unknown"
    assert "main_route_table_id of data.aws_vpc.v (plan.json) is known after terraform apply" in answer.unknowns[0].why
