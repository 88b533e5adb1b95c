"""What Terraform calls things: errors in a plan name its address and attribute, and functions go by their addresses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from reach.errors import TemplateError
from reach.sources.terraform import parse_plan, read
from tests.command import run
from tests.terraform_plans import PlanOf
from tests.test_terraform import change, network_of, plan_with, vpc

WRONG = "10.0.0.0/99"
RULE = {"id": "sgr-1", "security_group_id": "sg-1", "type": "egress", "protocol": "tcp", "from_port": 1, "to_port": 2}


@pytest.mark.parametrize(
    ("type_", "values", "said"),
    [
        ("aws_vpc", {"cidr_block": WRONG}, "aws_vpc.it.cidr_block is '10.0.0.0/99'"),
        ("aws_vpc", {"cidr_block": "10.0.0.0/16", "enable_dns_support": "perhaps"}, "aws_vpc.it.enable_dns_support is"),
        ("aws_subnet", {"vpc_id": "vpc-1", "cidr_block": WRONG}, "aws_subnet.it.cidr_block is"),
        (
            "aws_route_table",
            {"vpc_id": "vpc-1", "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"},
                                          {"cidr_block": WRONG, "gateway_id": "igw-1"}]},
            "aws_route_table.it.route[1].cidr_block is '10.0.0.0/99'",
        ),
        ("aws_route", {"route_table_id": "rtb-1", "gateway_id": "igw-1"}, "no destination, such as destination_cidr"),
        ("aws_route", {"route_table_id": "rtb-1", "destination_cidr_block": "0.0.0.0/0"}, "such as nat_gateway_id"),
        ("aws_nat_gateway", {"vpc_id": "vpc-1"}, "the public NAT gateway aws_nat_gateway.it has no allocation_id"),
        (
            "aws_security_group",
            {"vpc_id": "vpc-1", "ingress": [{"protocol": "tcp", "from_port": 1, "to_port": 2, "cidr_blocks": [WRONG]}]},
            "aws_security_group.it.ingress[0].cidr_blocks[0] is",
        ),
        (
            "aws_security_group",
            {"vpc_id": "vpc-1", "egress": [{"protocol": "tcp", "from_port": "x", "to_port": 2,
                                            "cidr_blocks": ["10.0.0.0/8"]}]},
            "aws_security_group.it.egress[0].from_port is 'x', and must be a number",
        ),
        (
            "aws_security_group",
            {"vpc_id": "vpc-1", "egress": [{"protocol": "tcp", "from_port": 1, "to_port": 2,
                                            "security_groups": [["sg-1"]]}]},
            "aws_security_group.it.egress[0].security_groups[0] is a list, and must be a text",
        ),
        ("aws_security_group_rule", {**RULE, "cidr_blocks": [WRONG]}, "aws_security_group_rule.it.cidr_blocks[0] is"),
        (
            "aws_vpc_security_group_ingress_rule",
            {"security_group_id": "sg-1", "ip_protocol": "-1", "cidr_ipv4": WRONG},
            "aws_vpc_security_group_ingress_rule.it.cidr_ipv4 is",
        ),
        (
            "aws_vpc_security_group_ingress_rule",
            {"ip_protocol": "-1", "cidr_ipv4": "10.0.0.0/8"},
            "the rule aws_vpc_security_group_ingress_rule.it has no security_group_id",
        ),
        (
            "aws_vpc_security_group_ingress_rule",
            {"security_group_id": "sg-1", "ip_protocol": "-1"},
            "a rule of aws_vpc_security_group_ingress_rule.it names no peer",
        ),
        (
            "aws_network_acl_rule",
            {"network_acl_id": "acl-1", "rule_number": 1, "rule_action": "perhaps", "cidr_block": "0.0.0.0/0"},
            "needs a rule_number; its rule_action is allow or deny",
        ),
        (
            "aws_network_acl_rule",
            {"network_acl_id": "acl-1", "rule_number": 1, "rule_action": "deny", "cidr_block": WRONG},
            "aws_network_acl_rule.it.cidr_block is",
        ),
        (
            "aws_network_acl",
            {"vpc_id": "vpc-1", "ingress": [{"rule_no": "one", "action": "allow", "cidr_block": "0.0.0.0/0"}]},
            "aws_network_acl.it.ingress[0].rule_no is 'one', and must be a number",
        ),
        (
            "aws_default_network_acl",
            {"default_network_acl_id": "acl-1", "ingress": [{"action": "allow", "cidr_block": "0.0.0.0/0"}]},
            "the entry aws_default_network_acl.it.ingress[0] needs a rule_no; its action is allow or deny",
        ),
        ("aws_db_instance", {"identifier": "db", "engine": "postgres", "port": "http"}, "aws_db_instance.it.port is"),
        (
            "aws_lambda_alias",
            {"name": "live", "function_name": "f", "function_version": "1",
             "routing_config": [{"additional_version_weights": {"2": "half"}}]},
            "aws_lambda_alias.it.routing_config[0].additional_version_weights.2 has the weight 'half'",
        ),
        (
            "aws_elasticache_replication_group",
            {"replication_group_id": "c", "num_cache_clusters": 900},
            "aws_elasticache_replication_group.it.num_cache_clusters is 900",
        ),
    ],
)  # fmt: skip
def test_an_error_names_address_and_attribute(type_: str, values: dict[str, Any], said: str) -> None:
    plan = plan_with(change(type_, "it", ["create"], None, values))
    with pytest.raises(TemplateError) as error:
        read([parse_plan(json.dumps(plan).encode(), "plan.json")])
    assert said in str(error.value)
    assert str(error.value).startswith("plan.json:1: ")
    whole = f"{error.value} {error.value.hint}".replace("ElastiCache", "")
    assert not re.search(r"\b[A-Z][a-z]+[A-Z]", whole), "a word of CloudFormation's"


KEYS = ("a", "b/c", "d:e", "*", "!f", "[g]", "tag:h=i", "eu-west-1/j")


@pytest.mark.parametrize("key", KEYS)
def test_a_function_is_asked_for_by_any_address(key: str) -> None:
    plan = PlanOf()
    vpc(plan)
    plan.resource("aws_lambda_function", "f", {}, keys=KEYS)
    network = network_of(plan)
    address = f'aws_lambda_function.f["{key}"]'
    for words in (address, f"eu-west-1/{address}", f"000000000000/eu-west-1/{address}"):
        assert network.path(words, "internet").source.id == address


def test_a_first_file_names_every_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    plan = PlanOf()
    vpc(plan)
    plan.resource("aws_lambda_function", "f", {}, keys=KEYS)
    (tmp_path / "plan.json").write_text(plan.text())
    assert run("check", "--init", "--from", "plan.json").exit_code == 0
    assert run("check").exit_code == 0
