"""Plans of modules as people use them: of a plan as much is concluded as its state proves, and nothing else.

`terraform/*.gz` are what Terraform 1.11 itself printed (plan, and state after apply) of modules with the expressions of
the most used ones for VPCs, endpoints, groups, databases and functions: `element(…, count.index)`, `coalescelist`,
`try`, local values named as variables, `for_each` over maps of objects, dynamic blocks. The provider was a stand-in
that has the schema of AWS's (6.25), fills in what that computes, and makes nothing.
"""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import reach
from reach.describe import describe
from reach.errors import TemplateError
from reach.network import Network
from reach.sources.terraform import parse_plan, read
from tests.command import run
from tests.terraform_plans import Module, PlanOf
from tests.test_terraform import ANY, ZONES, network_of, vpc
from tests.test_terraform_inferred import labels

FOLDER = Path(__file__).parent / "terraform"
OWN = {"vpc_id": "aws_vpc.main.id"}


@cache
def network(name: str) -> Network:
    data = gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes())
    return describe(read([parse_plan(data, f"{name}.json")]))


OK, NO, HM = "reachable", "blocked", "unknown"
ASKED = [
    ("one_nat", "api", "internet", OK),
    ("one_nat", "api", "orders:5432", OK),
    ("one_nat", "api", "s3", OK),
    ("one_nat", "api", "secretsmanager", OK),
    ("one_nat", "isolated", "internet", NO),
    ("one_nat", "isolated", "orders:5432", OK),
    ("one_nat", "isolated", "s3", OK),
    ("one_nat", "isolated", "secretsmanager", OK),
    ("zones", "api", "internet", OK),
    ("zones", "api", "orders:5432", OK),
    ("zones", "api", "orders:443", NO),  # the rule before that one is the bastion's
    ("zones", "api", "s3", OK),
    ("zones", "api", "dynamodb", OK),
    ("zones", "api", "sqs", OK),
    ("zones", "api", "kms", OK),
]


@pytest.mark.parametrize(("name", "function", "target", "verdict"), ASKED)
def test_a_plan_says_what_its_state_says(name: str, function: str, target: str, verdict: str) -> None:
    before, after = (network(f"{name}.{kind}").path(function, target) for kind in ("plan", "state"))
    assert (before.verdict, after.verdict) == (verdict, verdict), before.to_text()
    assert [b.code for b in before.blockers] == [b.code for b in after.blockers]
    assert labels(before)
    assert not labels(after)


@pytest.mark.parametrize(("function", "hides"), [("locals", "local.private_subnet_ids"), ("sliced", "private_subnets")])
def test_what_nothing_tells_stays_a_gap_that_names_it(function: str, hides: str) -> None:
    answer = network("zones.plan").path(function, "internet")
    assert answer.verdict == HM
    assert hides in answer.unknowns[0].why
    assert network("zones.state").path(function, "internet").verdict == OK


PARAM = "aws_lambda_function.locals.vpc_config.0.subnet_ids"


@pytest.mark.parametrize(
    "said", ["module.vpc.aws_subnet.private", "module.vpc.aws_subnet.private[*].id", "module.vpc.aws_subnet.private[0]"]
)
def test_a_user_says_what_a_plan_hides(said: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(gzip.decompress((FOLDER / "zones.plan.json.gz").read_bytes()))
    needs = reach.load(path).path("locals", "internet").unknowns[0].needs
    assert needs is not None
    assert needs.startswith(f"--param '{PARAM}=…'")
    answer = reach.load(path, params={PARAM: said}).path("locals", "internet")
    assert answer.verdict == OK
    assert len(answer.source.subnets) == (1 if "[0]" in said else 6)
    ids = ",".join(answer.source.subnets)
    assert reach.load(path, params={PARAM: ids}).path("locals", "internet").source.subnets == answer.source.subnets


def test_what_is_said_of_a_resource_is_said_of_its_instances(tmp_path: Path) -> None:
    """A plan of `for_each` over local values that keeps some of the subnets: nothing tells which ones."""
    path = tmp_path / "plan.json"
    path.write_bytes(gzip.decompress((FOLDER / "each.plan.json.gz").read_bytes()))
    some = 'aws_subnet.this["a"],aws_subnet.this["b"]'
    names = ("aws_lambda_function.fn.vpc_config.0.subnet_ids", "aws_vpc_endpoint.this.subnet_ids",
             "aws_network_acl.private.subnet_ids", "aws_elasticache_serverless_cache.c.subnet_ids")  # fmt: skip
    assert reach.load(path).path("fn-one", "ssm").verdict == HM
    # The keys of these gateways are made of each.key, and a plan has no text of an expression.
    routes = {
        f'aws_route_table.private["{zone}"].route.0.nat_gateway_id': f'aws_nat_gateway.nat["p{zone}"]' for zone in "ab"
    }
    told = reach.load(path, params=dict.fromkeys(names, some) | routes)
    for target in ("internet", "aurora", "ssm", "ecr.api", "elasticache:sc:6379"):
        answer = told.path("fn-one", target)
        assert answer.verdict == network("each.state").path("fn-one", target).verdict == OK, answer.to_text()


def test_what_a_user_says_of_nothing_is_told(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(gzip.decompress((FOLDER / "zones.plan.json.gz").read_bytes()))
    with pytest.raises(TemplateError, match="is for a template") as raised:
        reach.load(path, params={"aws_lambda_function.nobody.role": "x"})
    assert "ADDRESS.ATTRIBUTE" in str(raised.value.hint)
    given = "aws_lambda_function.locals.function_name=x"
    result = run("path", "api", "internet", "--from", str(path), "--param", given)
    assert "aws_lambda_function.locals.function_name was given, and is not asked for" in result.stderr


def test_the_gap_behind_a_destination_is_said_in_the_plans_words() -> None:
    answer = network("zones.plan").path("api", "elasticache:cache")
    assert answer.verdict == HM
    assert "local.private_subnet_ids" in answer.unknowns[0].why
    assert "elasticache:" not in str(answer.unknowns[0].needs)


@pytest.mark.parametrize("order", [("one_nat.state", "without_nat.plan"), ("without_nat.plan", "one_nat.state")])
@pytest.mark.parametrize(
    ("function", "target", "verdict"),
    [
        ("api", "internet", NO),  # the NAT gateway that the state has goes
        ("api", "orders:5432", OK),
        ("api", "s3", OK),
        ("isolated", "internet", NO),  # it is let go as it is, its role's policies go
    ],
)
def test_a_plan_is_laid_over_a_state(
    function: str, target: str, verdict: str, order: tuple[str, str], tmp_path: Path
) -> None:
    for name in order:
        (tmp_path / f"{name}.json").write_bytes(gzip.decompress((FOLDER / f"{name}.json.gz").read_bytes()))
    found = reach.load(*(tmp_path / f"{name}.json" for name in order))
    assert found.path(function, target).verdict == verdict


def rules(entries: list[dict[str, Any]], given: list[str], groups: int = 2) -> Network:
    """A module whose rules are entries of a map, asked from a function whose group is the first one given."""
    plan = PlanOf()
    vpc(plan)
    for number in range(groups):
        plan.resource("aws_security_group", f"g{number}", {"name": f"g{number}", "egress": [ANY]}, OWN)
    config = {"subnet_ids": "aws_subnet.private", "security_group_ids": "aws_security_group.g0.id"}
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})
    module = Module()
    at = ("module.db",)
    plan.resource("aws_security_group", "this", {"name": "db"}, {"vpc_id": "var.vpc_id"}, module=module, at=at)
    each = [{"protocol": "tcp", "type": "ingress", "self": False, **entry} for entry in entries]
    plan.resource(
        "aws_security_group_rule", "this", {},
        {"security_group_id": "aws_security_group.this.id", "source_security_group_id": ["each.value"]},
        keys=tuple(f"r{n}" for n in range(len(entries))), each=each, module=module, at=at, loop=["var.rules"],
    )  # fmt: skip
    plan.resource("aws_db_subnet_group", "db", {"name": "db"}, {"subnet_ids": "aws_subnet.private"})
    database = {"identifier": "db", "engine": "postgres", "port": 5432, "db_subnet_group_name": "db"}
    plan.resource("aws_db_instance", "db", database, {"vpc_security_group_ids": "module.db.id"})
    module.outputs = {"id": {"expression": {"references": ["aws_security_group.this.id", "aws_security_group.this"]}}}
    plan.call("db", module, {"vpc_id": "aws_vpc.main.id"})
    expression = [name for one in given for name in (one, one.removesuffix(".id"))]
    plan.root.calls["db"]["expressions"]["rules"] = {"references": expression}
    return network_of(plan)


PORT = {"from_port": 5432, "to_port": 5432}
OTHER = {"from_port": 22, "to_port": 22}
G0, G1 = "aws_security_group.g0.id", "aws_security_group.g1.id"


@pytest.mark.parametrize(
    ("entries", "given", "verdict"),
    [
        ([PORT], [G0], OK),
        ([PORT], [G1], NO),
        # The provider fills the group in where addresses are given: that rule lets nobody's group in.
        ([{**PORT, "cidr_blocks": ["192.0.2.0/24"]}, OTHER], [G0], NO),
        ([{**PORT, "self": True}, OTHER], [G0], NO),
        # Two rules and two groups: which is whose stands in no plan. Twice the same group is no question.
        ([PORT, OTHER], [G0, G1], HM),
        ([PORT, OTHER], [G0, G0], OK),
        # One group, and two rules that are not known: one of them has none.
        ([PORT, OTHER], [G0], HM),
    ],
)
def test_a_rule_among_others_of_a_map(entries: list[dict[str, Any]], given: list[str], verdict: str) -> None:
    answer = rules(entries, given).path("orders", "rds:db")
    assert answer.verdict == verdict, answer.to_text()


def by_number(tables: int, subnets: int, names: list[str]) -> PlanOf:
    """A module that associates subnets with tables it is given, by number."""
    plan = PlanOf()
    plan.resource("aws_vpc", "main", {"cidr_block": "10.0.0.0/16"})
    each = [{"cidr_block": f"10.0.{n}.0/24", **ZONES[0]} for n in range(subnets)]
    plan.resource("aws_subnet", "s", {}, OWN, keys=range(subnets), each=each)
    plan.resource("aws_route_table", "t", {}, OWN, keys=range(tables))
    plan.resource("aws_internet_gateway", "igw", {}, OWN)
    route = {"route_table_id": f"aws_route_table.t[{tables - 1}].id", "gateway_id": "aws_internet_gateway.igw.id"}
    plan.resource("aws_route", "out", {"destination_cidr_block": "0.0.0.0/0"}, route)
    module = Module()
    plan.resource(
        "aws_route_table_association", "a", {},
        {"subnet_id": ["var.subnets", "count.index"], "route_table_id": ["var.tables", "count.index"]},
        keys=range(subnets), module=module, at=("module.net",),
    )  # fmt: skip
    plan.call("net", module, {"subnets": "aws_subnet.s", "tables": names})
    return plan


def test_elements_are_taken_by_number_and_counted_around() -> None:
    plan = by_number(2, 12, ["aws_route_table.t"])
    snapshot = read([parse_plan(plan.text().encode(), "plan.json")])
    held = next(iter(next(iter(snapshot.accounts.values())).values()))
    block = {one["SubnetId"]: one["CidrBlock"] for one in held["Subnets"]}
    out = {
        block[row["SubnetId"]]: any(r.get("DestinationCidrBlock") == "0.0.0.0/0" for r in table["Routes"])
        for table in held["RouteTables"]
        for row in table["Associations"]
        if "SubnetId" in row
    }
    assert out == {f"10.0.{n}.0/24": n % 2 == 1 for n in range(12)}


def test_a_table_that_is_not_known_leaves_the_other_subnets_alone() -> None:
    plan = PlanOf()
    vpc(plan)
    config = {"subnet_ids": "aws_subnet.private", "security_group_ids": "aws_security_group.fn.id"}
    plan.resource("aws_security_group", "fn", {"name": "fn", "egress": [ANY]}, OWN)
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})
    plan.resource("aws_subnet", "late", {"cidr_block": "10.0.99.0/24", **ZONES[0]}, OWN)
    late = {"subnet_id": "aws_subnet.late.id", "route_table_id": "local.table"}
    plan.resource("aws_route_table_association", "late", {}, late)
    config = {"subnet_ids": "aws_subnet.late.id", "security_group_ids": "aws_security_group.fn.id"}
    plan.resource("aws_lambda_function", "late", {"function_name": "late"}, {"vpc_config": [({}, config)]})
    made = network_of(plan)
    assert made.path("orders", "internet").verdict == OK
    answer = made.path("late", "internet")
    assert answer.verdict == HM
    assert "local.table" in answer.unknowns[0].why


def test_a_local_value_that_may_be_either_of_two_is_a_gap() -> None:
    """The module makes a group and is given one: its local value of that name may hold one, the other, or both."""
    plan = PlanOf()
    vpc(plan)
    plan.resource("aws_security_group", "fn", {"name": "fn", "egress": [ANY]}, OWN)
    module = Module()
    plan.resource("aws_security_group", "own", {"name": "own"}, OWN, module=module, at=("module.api",))
    config = {"subnet_ids": "var.subnets", "security_group_ids": "local.security_group_ids"}
    plan.resource(
        "aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]},
        module=module, at=("module.api",),
    )  # fmt: skip
    given = {"subnets": "aws_subnet.private", "security_group_ids": "aws_security_group.fn.id"}
    plan.call("api", module, given)
    assert network_of(plan).path("orders", "internet").verdict == HM
    plan.changes = [one for one in plan.changes if one["name"] != "own"]
    answer = network_of(plan).path("orders", "internet")
    assert answer.verdict == OK
    assert any("what module.api is given as security_group_ids" in text for text in labels(answer))


@pytest.mark.parametrize("also", [{}, {"number_cache_clusters": 2}])
def test_the_mode_of_a_cache_is_no_block_any_more(also: dict[str, Any]) -> None:
    """Since version 5 of the provider `cluster_mode` is a text that it fills in."""
    plan = PlanOf()
    vpc(plan)
    plan.resource("aws_security_group", "fn", {"name": "fn", "egress": [ANY], "ingress": [ANY]}, OWN)
    config = {"subnet_ids": "aws_subnet.private", "security_group_ids": "aws_security_group.fn.id"}
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})
    plan.resource("aws_elasticache_subnet_group", "c", {"name": "c"}, {"subnet_ids": "aws_subnet.private"})
    known = {"replication_group_id": "c", "engine": "redis", "port": 6379, "subnet_group_name": "c", **also}
    cache_refs = {"security_group_ids": "aws_security_group.fn.id"}
    plan.resource("aws_elasticache_replication_group", "c", {"num_cache_clusters": 2, **known}, cache_refs)
    change = plan.changes[-1]["change"]
    change["after_unknown"] |= {"cluster_mode": True, "num_node_groups": True, "replicas_per_node_group": True}
    answer = network_of(json.loads(plan.text())).path("orders", "elasticache:c")
    assert answer.verdict == OK, answer.to_text()


def nat_instance(**also: Any) -> PlanOf:
    """A NAT instance as version 6 of the provider plans it: it fills in blocks that nobody writes."""
    plan = PlanOf()
    plan.resource("aws_vpc", "main", {"cidr_block": "10.0.0.0/16"})
    for number, name in enumerate(("private", "public")):
        plan.resource("aws_subnet", name, {"cidr_block": f"10.0.{number}.0/24", **ZONES[0]}, OWN)
        plan.resource("aws_route_table", name, {}, OWN)
        both = {"subnet_id": f"aws_subnet.{name}.id", "route_table_id": f"aws_route_table.{name}.id"}
        plan.resource("aws_route_table_association", name, {}, both)
    plan.resource("aws_internet_gateway", "igw", {}, OWN)
    out = {"route_table_id": "aws_route_table.public.id", "gateway_id": "aws_internet_gateway.igw.id"}
    plan.resource("aws_route", "public", {"destination_cidr_block": "0.0.0.0/0"}, out)
    nat = {
        "route_table_id": "aws_route_table.private.id",
        "network_interface_id": "aws_instance.nat.primary_network_interface_id",
    }
    plan.resource("aws_route", "private", {"destination_cidr_block": "0.0.0.0/0"}, nat)
    plan.resource("aws_security_group", "fn", {"name": "fn", "egress": [ANY], "ingress": [ANY]}, OWN)
    groups = {"vpc_security_group_ids": "aws_security_group.fn.id"}
    known = {"source_dest_check": False, "associate_public_ip_address": True, "private_ip": "10.0.1.9"}
    plan.resource("aws_instance", "nat", known, {"subnet_id": "aws_subnet.public.id", **groups})
    plan.changes[-1]["change"]["after_unknown"] |= {
        "network_interface": True, "primary_network_interface": True, "primary_network_interface_id": True, **also
    }  # fmt: skip
    config = {"subnet_ids": "aws_subnet.private.id", "security_group_ids": "aws_security_group.fn.id"}
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})
    return plan


def test_an_instance_that_is_given_no_interface_has_its_own() -> None:
    answer = network_of(nat_instance()).path("orders", "internet")
    assert answer.verdict == OK, answer.to_text()
    assert any("primary_network_interface is inferred to be none" in text for text in labels(answer))


def test_whether_it_gets_a_public_address_may_be_hidden() -> None:
    plan, name = nat_instance(), "associate_public_ip_address"
    change = plan.changes[-2]["change"]
    del change["after"][name]
    change["after_unknown"][name] = True
    expressions = plan.root.resources[-2]["expressions"]
    expressions[name] = {"references": ["local.public"]}
    answer = network_of(plan).path("orders", "internet")
    assert answer.verdict == HM, answer.to_text()
    assert any(f"aws_instance.nat.{name}=" in f"{u.needs}" for u in answer.unknowns)
    del expressions[name]  # nobody sets it, so the subnet decides
    assert network_of(plan).path("orders", "internet").verdict == "blocked"


@pytest.mark.parametrize("known", [{"ipv6_cidr_block": "2001:db8::/56"}, {}])
def test_a_pool_gives_a_vpc_its_block_of_ipv6(known: dict[str, Any]) -> None:
    plan = PlanOf()
    pool = {"ipv6_ipam_pool_id": "ipam-pool-1", "assign_generated_ipv6_cidr_block": None}
    plan.resource("aws_vpc", "main", {"cidr_block": "10.0.0.0/16", **pool, **known})
    plan.changes[-1]["change"]["after_unknown"] |= {} if known else {"ipv6_cidr_block": True}
    snapshot = read([parse_plan(plan.text().encode(), "plan.json")])
    held = next(iter(next(iter(snapshot.accounts.values())).values()))
    (one,) = held["Vpcs"]
    blocks = [row["Ipv6CidrBlock"] for row in one["Ipv6CidrBlockAssociationSet"]]
    assert len(blocks) == 1
    assert blocks == [known["ipv6_cidr_block"]] if known else blocks[0].endswith("/56")
