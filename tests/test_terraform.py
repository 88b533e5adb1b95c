"""Terraform plans and states: the same answers as the network's snapshot, before anything is applied."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import reach
from reach.describe import describe
from reach.errors import TemplateError
from reach.network import Network
from reach.snapshot import Snapshot, from_document, merge
from reach.sources.terraform import parse_plan, read
from tests.command import run
from tests.terraform_plans import Module, PlanOf
from tests.test_shapes import invalid
from tests.worlds import World

ANY = {"from_port": 0, "to_port": 0, "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}
ZONES = ({"availability_zone": "eu-west-1a"}, {"availability_zone": "eu-west-1b"})
PRIVATE = tuple({"cidr_block": f"10.0.{i + 1}.0/24", **zone} for i, zone in enumerate(ZONES))


def network_of(*plans: PlanOf | dict[str, Any], base: Snapshot | None = None) -> Network:
    return describe(snapshot_of(*plans, base=base))


def snapshot_of(*plans: PlanOf | dict[str, Any], base: Snapshot | None = None) -> Snapshot:
    texts = [json.dumps(plan.json() if isinstance(plan, PlanOf) else plan).encode() for plan in plans]
    found = read([parse_plan(text, f"plan{i or ''}.json") for i, text in enumerate(texts)], None, base)
    return merge([base, found]) if base else found


def vpc(plan: PlanOf, module: Module | None = None, at: tuple[str, ...] = ("",), **more: Any) -> None:
    """A VPC with two private subnets, a public one, and a NAT gateway that the private ones use."""
    here = {"module": module, "at": at}
    own = {"vpc_id": "aws_vpc.main.id"}
    plan.resource(
        "aws_vpc", "main", {"cidr_block": "10.0.0.0/16", "enable_dns_hostnames": True, "tags": {"Name": "main"}}, **here
    )
    plan.resource("aws_subnet", "private", {}, more.get("subnet", own), keys=(0, 1), each=PRIVATE, **here)
    plan.resource("aws_subnet", "public", {"cidr_block": "10.0.0.0/24", **ZONES[0]}, own, **here)
    plan.resource("aws_internet_gateway", "igw", {}, own, **here)
    plan.resource("aws_eip", "nat", {"domain": "vpc"}, **here)
    nat = {"allocation_id": "aws_eip.nat.id", "subnet_id": "aws_subnet.public.id"}
    plan.resource("aws_nat_gateway", "nat", {}, nat, **here)
    out = {**own, "route": [({"cidr_block": "0.0.0.0/0"}, {"gateway_id": "aws_internet_gateway.igw.id"})]}
    plan.resource("aws_route_table", "public", {}, out, **here)
    plan.resource("aws_route_table", "private", {}, more.get("table", own), **here)
    route = {"route_table_id": "aws_route_table.private.id", "nat_gateway_id": "aws_nat_gateway.nat.id"}
    plan.resource("aws_route", "out", {"destination_cidr_block": "0.0.0.0/0"}, route, **here)
    pair = {"subnet_id": ("aws_subnet.private", "count.index"), "route_table_id": "aws_route_table.private.id"}
    plan.resource("aws_route_table_association", "private", {}, pair, keys=(0, 1), **here)
    one = {"subnet_id": "aws_subnet.public.id", "route_table_id": "aws_route_table.public.id"}
    plan.resource("aws_route_table_association", "public", {}, one, **here)


def whole() -> PlanOf:
    """The VPC with endpoints, a database, a cache and three functions, all in the root module."""
    plan = PlanOf()
    vpc(plan)
    own = {"vpc_id": "aws_vpc.main.id"}
    s3 = {"service_name": "com.amazonaws.eu-west-1.s3", "vpc_endpoint_type": "Gateway"}
    plan.resource("aws_vpc_endpoint", "s3", s3, {**own, "route_table_ids": "aws_route_table.private.id"})
    secrets = {"service_name": "com.amazonaws.eu-west-1.secretsmanager", "vpc_endpoint_type": "Interface"}
    plan.resource(
        "aws_vpc_endpoint", "secrets", {**secrets, "private_dns_enabled": True},
        {**own, "subnet_ids": "aws_subnet.private", "security_group_ids": "aws_security_group.endpoint.id"},
    )  # fmt: skip
    plan.resource("aws_security_group", "fn", {"name": "fn", "egress": [ANY]}, own)
    plan.resource("aws_security_group", "mute", {"name": "mute"}, own)
    from_fn = {"security_groups": "aws_security_group.fn.id"}
    https = {"from_port": 443, "to_port": 443, "protocol": "tcp"}
    plan.resource("aws_security_group", "endpoint", {"name": "endpoint"}, {**own, "ingress": [(https, from_fn)]})
    plan.resource("aws_security_group", "db", {"name": "db"}, own)
    rule = {"from_port": 5432, "to_port": 5432, "ip_protocol": "tcp"}
    peer = {
        "security_group_id": "aws_security_group.db.id",
        "referenced_security_group_id": "aws_security_group.fn.id",
    }
    plan.resource("aws_vpc_security_group_ingress_rule", "db", rule, peer)
    plan.resource("aws_security_group", "cache", {"name": "cache"}, own)
    old = {"type": "ingress", "from_port": 6379, "to_port": 6379, "protocol": "tcp"}
    both = {
        "security_group_id": "aws_security_group.cache.id",
        "source_security_group_id": "aws_security_group.fn.id",
    }
    plan.resource("aws_security_group_rule", "cache", old, both)
    plan.resource("aws_db_subnet_group", "db", {"name": "db"}, {"subnet_ids": "aws_subnet.private"})
    db = {"identifier": "orders-db", "engine": "postgres", "db_subnet_group_name": "db", **ZONES[0]}
    plan.resource("aws_db_instance", "db", db, {"vpc_security_group_ids": "aws_security_group.db.id"})
    plan.resource("aws_elasticache_subnet_group", "cache", {"name": "cache"}, {"subnet_ids": "aws_subnet.private"})
    cache = {"cluster_id": "orders-cache", "engine": "redis", "num_cache_nodes": 1, "subnet_group_name": "cache"}
    plan.resource("aws_elasticache_cluster", "cache", cache, {"security_group_ids": "aws_security_group.cache.id"})
    for name, group, subnets in (
        ("orders", "fn", "aws_subnet.private"),
        ("muted", "mute", "aws_subnet.private"),
        ("lost", "fn", "aws_subnet.public"),
    ):
        config = {"subnet_ids": subnets, "security_group_ids": f"aws_security_group.{group}.id"}
        plan.resource("aws_lambda_function", name, {"function_name": name}, {"vpc_config": [({}, config)]})
    return plan


EXPECTED = {
    ("orders", "internet"): "reachable", ("orders", "s3"): "reachable", ("orders", "dynamodb"): "reachable",
    ("orders", "secretsmanager"): "reachable", ("orders", "rds:orders-db"): "reachable",
    ("orders", "elasticache:orders-cache"): "reachable", ("muted", "internet"): "blocked",
    ("muted", "rds:orders-db"): "blocked", ("lost", "internet"): "blocked", ("lost", "rds:orders-db"): "reachable",
    ("lost", "secretsmanager"): "reachable",
}  # fmt: skip


@pytest.mark.parametrize(("function", "target"), EXPECTED)
def test_a_plan_answers_before_it_is_applied(function: str, target: str) -> None:
    answer = network_of(whole()).path(function, target)
    assert answer.verdict == EXPECTED[function, target], answer.to_text()


def test_records_fit_botocore() -> None:
    document = {"accounts": json.loads(json.dumps(snapshot_of(whole()).accounts))}
    assert invalid(document) == []


def test_the_same_plan_gives_the_same_snapshot_and_an_address_is_a_name() -> None:
    assert snapshot_of(whole()) == snapshot_of(whole())
    network = network_of(whole())
    assert network.path("aws_lambda_function.orders", "s3").source.id == "orders"


def test_a_group_without_egress_lets_nothing_out() -> None:
    """Terraform takes AWS's default rule away (U-07)."""
    answer = network_of(whole()).path("muted", "internet")
    assert [b.code for b in answer.blockers] == ["SG_HAS_NO_RULES"]


# -- modules, count, for_each -------------------------------------------------------------------------


def in_modules(key: str | None = "blue") -> PlanOf:
    """The network in a module that is called once per key, the function in another that gets its outputs."""
    plan = PlanOf()
    place = "module.net" if key is None else f'module.net["{key}"]'
    net = Module()
    vpc(plan, net, (place,))
    net.outputs = {
        "private": {"expression": {"references": ["aws_subnet.private"]}},
        "vpc": {"expression": {"references": ["aws_vpc.main.id", "aws_vpc.main"]}},
    }
    plan.call("net", net, {}, loop=() if key is None else ("local.colours",))
    api = Module()
    plan.resource(
        "aws_security_group",
        "fn",
        {"name": "fn", "egress": [ANY]},
        {"vpc_id": "var.vpc"},
        module=api,
        at=("module.api",),
    )
    config = {"subnet_ids": "var.subnets", "security_group_ids": "aws_security_group.fn.id"}
    plan.resource(
        "aws_lambda_function", "worker", {}, {"vpc_config": [({}, config)]},
        keys=("a", "b"), each=({"function_name": "worker-a"}, {"function_name": "worker-b"}),
        module=api, at=("module.api",), loop=("var.names",),
    )  # fmt: skip
    out = "module.net" if key is None else f'module.net["{key}"]'
    plan.call("api", api, {"subnets": f"{out}.private", "vpc": f"{out}.vpc"})
    return plan


@pytest.mark.parametrize("key", [None, "blue"])
def test_references_are_followed_through_modules(key: str | None) -> None:
    network = network_of(in_modules(key))
    for name in ("worker-a", 'module.api.aws_lambda_function.worker["b"]'):
        answer = network.path(name, "internet")
        assert (answer.verdict, len(answer.source.subnets)) == ("reachable", 2), answer.to_text()


def test_for_each_over_a_resource_pairs_by_key() -> None:
    plan = PlanOf()
    plan.resource("aws_vpc", "main", {"cidr_block": "10.0.0.0/16"})
    rows = ({"cidr_block": "10.0.1.0/24", **ZONES[0]}, {"cidr_block": "10.0.2.0/24", **ZONES[1]})
    plan.resource("aws_subnet", "s", {}, {"vpc_id": "aws_vpc.main.id"}, keys=("a", "b"), each=rows)
    plan.resource("aws_route_table", "t", {}, {"vpc_id": "aws_vpc.main.id"}, keys=("a", "b"))
    plan.resource(
        "aws_route_table_association", "x", {},
        {"subnet_id": "each.value.id", "route_table_id": ("aws_route_table.t", "each.key")},
        keys=("a", "b"), loop=("aws_subnet.s",),
    )  # fmt: skip
    found = snapshot_of(plan)
    ((_, regions),) = found.accounts.items()
    tables = regions["eu-west-1"]["RouteTables"]
    pairs = [[a.get("SubnetId") for a in t["Associations"]] for t in tables if not t["Associations"][0].get("Main")]
    subnets = {s["CidrBlock"]: s["SubnetId"] for s in regions["eu-west-1"]["Subnets"]}
    assert sorted(pairs) == sorted([[subnets["10.0.1.0/24"]], [subnets["10.0.2.0/24"]]])
    assert any("is inferred to be" in warning for warning in found.warnings)


def test_what_a_local_value_hides_is_inferred_from_the_addresses_or_unknown() -> None:
    hidden = {"vpc_id": "local.vpc_id"}
    plan = PlanOf()
    vpc(plan, subnet=hidden, table=hidden)
    plan.resource("aws_security_group", "fn", {"name": "fn", "egress": [ANY]}, {"vpc_id": "aws_vpc.main.id"})
    config = {"subnet_ids": "aws_subnet.private", "security_group_ids": "aws_security_group.fn.id"}
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})
    found = snapshot_of(plan)
    assert describe(found).path("orders", "internet").verdict == "reachable"
    assert any("is inferred to be" in warning for warning in found.warnings)
    other = {**config, "subnet_ids": "local.subnets"}
    plan.resource("aws_lambda_function", "hidden", {"function_name": "hidden"}, {"vpc_config": [({}, other)]})
    answer = network_of(plan).path("hidden", "internet")
    assert answer.verdict == "unknown"
    assert "local.subnets" in answer.unknowns[0].why


def test_the_wrong_one_of_several_is_never_chosen() -> None:
    """Two tables and no index that could pair them with the subnet: nobody knows which is meant."""
    plan = PlanOf()
    vpc(plan)
    plan.resource("aws_route_table", "more", {}, {"vpc_id": "aws_vpc.main.id"}, keys=(0, 1))
    plan.resource("aws_subnet", "odd", {"cidr_block": "10.0.9.0/24", **ZONES[0]}, {"vpc_id": "aws_vpc.main.id"})
    row = {"subnet_id": "aws_subnet.odd.id", "route_table_id": ("aws_route_table.more", "var.which")}
    plan.resource("aws_route_table_association", "odd", {}, row)
    plan.resource("aws_security_group", "fn", {"name": "fn", "egress": [ANY]}, {"vpc_id": "aws_vpc.main.id"})
    config = {"subnet_ids": "aws_subnet.odd.id", "security_group_ids": "aws_security_group.fn.id"}
    plan.resource("aws_lambda_function", "odd", {"function_name": "odd"}, {"vpc_config": [({}, config)]})
    assert network_of(plan).path("odd", "internet").verdict == "unknown"


# -- the same network in modules ----------------------------------------------------------------------

PARTS = {"net": "module.net", "data": "module.data", "app": 'module.app["eu"]'}


def apart() -> PlanOf:
    """The network of `whole` in three modules: subnets by count, functions by for_each, in a module by for_each."""
    plan = PlanOf()
    net, data, app = Module(), Module(), Module()
    vpc(plan, net, (PARTS["net"],))
    own = {"vpc_id": "aws_vpc.main.id"}
    at = {"module": net, "at": (PARTS["net"],)}
    s3 = {"service_name": "com.amazonaws.eu-west-1.s3", "vpc_endpoint_type": "Gateway"}
    plan.resource("aws_vpc_endpoint", "s3", s3, {**own, "route_table_ids": "aws_route_table.private.id"}, **at)
    secrets = {"service_name": "com.amazonaws.eu-west-1.secretsmanager", "vpc_endpoint_type": "Interface"}
    held = {**own, "subnet_ids": "aws_subnet.private", "security_group_ids": "aws_security_group.endpoint.id"}
    plan.resource("aws_vpc_endpoint", "secrets", {**secrets, "private_dns_enabled": True}, held, **at)
    inside = {"from_port": 443, "to_port": 443, "protocol": "tcp", "cidr_blocks": ["10.0.0.0/16"]}
    plan.resource("aws_security_group", "endpoint", {"name": "endpoint", "ingress": [inside]}, own, **at)
    net.outputs = {
        name: {"expression": {"references": [reference]}}
        for name, reference in (
            ("vpc", "aws_vpc.main.id"),
            ("private", "aws_subnet.private"),
            ("public", "aws_subnet.public.id"),
        )
    }
    plan.call("net", net, {})

    at = {"module": app, "at": (PARTS["app"],)}
    for name, known in (("fn", {"name": "fn", "egress": [ANY]}), ("mute", {"name": "mute"})):
        plan.resource("aws_security_group", name, known, {"vpc_id": "var.vpc"}, **at)
    app.outputs = {"group": {"expression": {"references": ["aws_security_group.fn.id", "aws_security_group.fn"]}}}
    for name, group, subnets in (
        ("inner", "fn", "var.private"),
        ("muted", "mute", "var.private"),
        ("outer", "fn", "var.public"),
    ):
        config = {"subnet_ids": subnets, "security_group_ids": f"aws_security_group.{group}.id"}
        keys = {"inner": ("orders",), "muted": ("muted",), "outer": ("lost",)}[name]
        each = tuple({"function_name": key} for key in keys)
        plan.resource(
            "aws_lambda_function", name, {}, {"vpc_config": [({}, config)]}, keys=keys, each=each,
            loop=(f"var.{name}",), **at,
        )  # fmt: skip
    given = {"vpc": "module.net.vpc", "private": "module.net.private", "public": "module.net.public"}
    plan.call("app", app, given, loop=("var.places",))

    at = {"module": data, "at": (PARTS["data"],)}
    for name in ("db", "cache"):
        plan.resource("aws_security_group", name, {"name": name}, {"vpc_id": "var.vpc"}, **at)
        port = {"db": 5432, "cache": 6379}[name]
        rule = {"from_port": port, "to_port": port, "ip_protocol": "tcp"}
        peer = {"security_group_id": f"aws_security_group.{name}.id", "referenced_security_group_id": "var.client"}
        plan.resource("aws_vpc_security_group_ingress_rule", name, rule, peer, **at)
    plan.resource("aws_db_subnet_group", "db", {"name": "db"}, {"subnet_ids": "var.subnets"}, **at)
    plan.resource("aws_elasticache_subnet_group", "cache", {"name": "cache"}, {"subnet_ids": "var.subnets"}, **at)
    db = {"identifier": "orders-db", "engine": "postgres", "db_subnet_group_name": "db", **ZONES[0]}
    plan.resource("aws_db_instance", "db", db, {"vpc_security_group_ids": "aws_security_group.db.id"}, **at)
    cache = {"cluster_id": "orders-cache", "engine": "redis", "num_cache_nodes": 1, "subnet_group_name": "cache"}
    plan.resource(
        "aws_elasticache_cluster", "cache", cache, {"security_group_ids": "aws_security_group.cache.id"}, **at
    )
    given = {"vpc": "module.net.vpc", "subnets": "module.net.private", "client": 'module.app["eu"].group'}
    plan.call("data", data, given)
    return plan


@pytest.mark.parametrize(("function", "target"), EXPECTED)
def test_the_same_network_in_modules_gives_the_same_answers(function: str, target: str) -> None:
    answer = network_of(apart()).path(function, target)
    assert answer.verdict == EXPECTED[function, target], answer.to_text()


# -- what Terraform adopts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extra", "verdict"),
    [
        (None, "reachable"),
        (("aws_default_security_group", {}, {"vpc_id": "aws_vpc.main.id"}), "blocked"),
        (("aws_default_security_group", {"egress": [ANY]}, {"vpc_id": "aws_vpc.main.id"}), "reachable"),
        (("aws_default_network_acl", {}, {"default_network_acl_id": "aws_vpc.main.default_network_acl_id"}), "blocked"),
    ],
)
def test_default_objects_are_adopted(extra: Any, verdict: str) -> None:
    plan = PlanOf()
    vpc(plan)
    group = "aws_vpc.main.default_security_group_id"
    config = {"subnet_ids": "aws_subnet.private", "security_group_ids": group}
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})
    if extra:
        plan.resource(extra[0], "it", extra[1], extra[2])
    assert network_of(plan).path("orders", "internet").verdict == verdict


def test_another_table_becomes_the_main_one() -> None:
    plan = PlanOf()
    vpc(plan)
    plan.resource("aws_subnet", "odd", {"cidr_block": "10.0.9.0/24", **ZONES[0]}, {"vpc_id": "aws_vpc.main.id"})
    group = "aws_vpc.main.default_security_group_id"
    config = {"subnet_ids": "aws_subnet.odd.id", "security_group_ids": group}
    plan.resource("aws_lambda_function", "odd", {"function_name": "odd"}, {"vpc_config": [({}, config)]})
    assert network_of(plan).path("odd", "internet").verdict == "blocked"
    main = {"vpc_id": "aws_vpc.main.id", "route_table_id": "aws_route_table.private.id"}
    plan.resource("aws_main_route_table_association", "main", {}, main)
    assert network_of(plan).path("odd", "internet").verdict == "reachable"


# -- over a network that is there ---------------------------------------------------------------------


def below() -> World:
    """A live network whose function reaches the internet through a NAT gateway."""
    world = World()
    home = world.vpc("10.0.0.0/16", id="vpc-1")
    private, public = world.subnet(home, "10.0.1.0/24", id="subnet-a"), world.subnet(home, "10.0.0.0/24", id="subnet-p")
    igw = world.internet_gateway(home, id="igw-1")
    nat = world.nat_gateway(public, id="nat-1")
    world.route_table(home, [public], [("0.0.0.0/0", igw)], id="rtb-p")
    world.route_table(home, [private], [("0.0.0.0/0", nat)], id="rtb-a")
    group = world.security_group(home, id="sg-1", egress=[("-1", None, "0.0.0.0/0")])
    world.function("orders", [private], [group])
    return world


def change(type_: str, name: str, actions: list[str], before: Any, after: Any) -> dict[str, Any]:
    return {
        "address": f"{type_}.{name}", "mode": "managed", "type": type_, "name": name,
        "change": {"actions": actions, "before": before, "after": after, "after_unknown": {}},
    }  # fmt: skip


def plan_with(*changes: dict[str, Any]) -> dict[str, Any]:
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.5",
        "resource_changes": list(changes),
        "configuration": {},
    }


ROUTE = {"id": "r-1", "route_table_id": "rtb-a", "destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"}
RULE = {
    "id": "sgr-1", "security_group_id": "sg-1", "type": "egress", "protocol": "-1", "from_port": 0, "to_port": 0,
    "cidr_blocks": ["0.0.0.0/0"],
}  # fmt: skip
VPC_TAGS = {"id": "vpc-1", "cidr_block": "10.0.0.0/16", "enable_dns_support": True, "tags": {"Name": "old"}}


@pytest.mark.parametrize(
    ("changes", "verdict", "code"),
    [
        ((), "reachable", None),
        ((change("aws_route", "out", ["no-op"], ROUTE, ROUTE),), "reachable", None),
        ((change("aws_route", "out", ["delete"], ROUTE, None),), "blocked", "NO_ROUTE_TO_DESTINATION"),
        (
            (change("aws_route", "out", ["update"], ROUTE, {**ROUTE, "nat_gateway_id": None, "gateway_id": "igw-1"}),),
            "blocked",
            "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        ),
        (
            (
                change(
                    "aws_nat_gateway",
                    "nat",
                    ["delete"],
                    {"id": "nat-1", "subnet_id": "subnet-p", "allocation_id": "eipalloc-1"},
                    None,
                ),
            ),
            "blocked",
            "BAD_STATE_ROUTE",
        ),
        ((change("aws_security_group_rule", "out", ["delete"], RULE, None),), "blocked", "SG_HAS_NO_RULES"),
        ((change("aws_vpc", "it", ["update"], VPC_TAGS, {**VPC_TAGS, "tags": {"Name": "new"}}),), "reachable", None),
        (
            (
                change(
                    "aws_security_group_rule",
                    "out",
                    ["delete", "create"],
                    RULE,
                    {**RULE, "cidr_blocks": ["10.0.0.0/8"]},
                ),
            ),
            "blocked",
            "ENI_SG_RULES_MISMATCH",
        ),
    ],
)
def test_a_plan_over_a_live_network(changes: tuple[dict[str, Any], ...], verdict: str, code: str | None) -> None:
    base = from_document(below().document(), "live.json")
    answer = network_of(plan_with(*changes), base=base).path("orders", "internet")
    assert answer.verdict == verdict, answer.to_text()
    assert code is None or answer.blockers[0].code == code


def test_a_new_function_in_existing_subnets() -> None:
    config = {"subnet_ids": ["subnet-a"], "security_group_ids": ["sg-1"]}
    fresh = change("aws_lambda_function", "new", ["create"], None, {"function_name": "new", "vpc_config": [config]})
    base = from_document(below().document(), "live.json")
    assert network_of(plan_with(fresh), base=base).path("new", "internet").verdict == "reachable"
    alone = network_of(plan_with(fresh)).path("new", "internet")
    assert alone.verdict == "unknown"
    assert {"subnet-a", "sg-1"} >= {unknown.resource for unknown in alone.unknowns} > set()


def test_what_a_plan_changes_is_said(tmp_path: Path) -> None:
    config = {"subnet_ids": ["subnet-a"], "security_group_ids": ["sg-1"]}
    nat = {"id": "nat-1", "subnet_id": "subnet-p", "allocation_id": "eipalloc-1"}
    plan = plan_with(
        change("aws_lambda_function", "new", ["create"], None, {"function_name": "new", "vpc_config": [config]}),
        change("aws_route", "out", ["update"], ROUTE, {**ROUTE, "nat_gateway_id": "nat-2"}),
        change("aws_nat_gateway", "nat", ["delete"], nat, None),
    )
    (tmp_path / "plan.json").write_text(json.dumps(plan))
    live = below().write(tmp_path / "live.json")
    result = run("path", "new", "internet", "--from", str(live), "--from", str(tmp_path / "plan.json"))
    assert "adds 1 Functions, changes 1 RouteTables, removes 1 NatGateways" in result.stderr
    assert result.exit_code == 3


S3 = {"vpc_endpoint_id": "vpce-1", "route_table_id": "rtb-a", "id": "a-1"}
SECOND = {"id": "vpc-cidr-assoc-1", "vpc_id": "vpc-1", "cidr_block": "10.5.0.0/16"}


@pytest.mark.parametrize(
    ("type_", "row", "action", "tables", "blocks"),
    [
        ("aws_vpc_endpoint_route_table_association", S3, "delete", 0, 2),
        ("aws_vpc_endpoint_route_table_association", S3, "no-op", 1, 2),
        ("aws_vpc_ipv4_cidr_block_association", SECOND, "delete", 1, 1),
        ("aws_vpc_ipv4_cidr_block_association", SECOND, "no-op", 1, 2),
    ],
)
def test_what_is_taken_from_something_leaves_the_rest_of_it(
    type_: str, row: dict[str, Any], action: str, tables: int, blocks: int
) -> None:
    world = below()
    world.secondary_cidr("vpc-1", "10.5.0.0/16")
    world.gateway_endpoint("vpc-1", "s3", ["rtb-a"], id="vpce-1")
    one = change(type_, "it", [action], row, None if action == "delete" else row)
    network = network_of(plan_with(one), base=from_document(world.document(), "live.json"))
    (endpoint,) = (t for t in network if type(t).__name__ == "Endpoint")
    table = network["rtb-a"]
    assert len(endpoint.route_tables) == tables  # type: ignore[attr-defined]
    assert len([r for r in table.routes if r.target == "vpce-1"]) == tables  # type: ignore[union-attr]
    assert [len(vpc.cidrs.spans) for vpc in network.vpcs] == [blocks]
    assert network.path("orders", "internet").verdict == "reachable"


# -- states, formats, files ---------------------------------------------------------------------------


def held(type_: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"address": f"{type_}.it", "mode": "managed", "type": type_, "name": "it", "values": values}


def test_a_state_has_all_ids() -> None:
    arn = "arn:aws:ec2:eu-west-3:123456789012:vpc/vpc-1"
    home = {"id": "vpc-1", "cidr_block": "10.0.0.0/16", "default_security_group_id": "sg-9", "arn": arn}
    subnet = {"id": "subnet-1", "vpc_id": "vpc-1", "cidr_block": "10.0.1.0/24", "availability_zone": "eu-west-3a"}
    config = {"subnet_ids": ["subnet-1"], "security_group_ids": ["sg-9"]}
    inner = [held("aws_lambda_function", {"function_name": "orders", "vpc_config": [config]})]
    root = {
        "resources": [held("aws_vpc", home), held("aws_subnet", subnet)],
        "child_modules": [{"address": "module.api", "resources": inner}],
    }
    network = network_of({"format_version": "1.0", "terraform_version": "1.9.5", "values": {"root_module": root}})
    (function,) = network.functions
    assert (function.home.account, function.home.region, function.subnets) == (
        "123456789012",
        "eu-west-3",
        ("subnet-1",),
    )
    assert network.path("orders", "internet").blockers[0].code == "NO_ROUTE_TO_DESTINATION"


@pytest.mark.parametrize("format_version", ["0.1", "0.2", "1.0", "1.2", "1.10"])
def test_known_formats(format_version: str) -> None:
    assert len(network_of({**whole().json(), "format_version": format_version}).functions) == 3


def test_regions_of_one_plan_are_apart() -> None:
    plan = PlanOf().json()
    plan["resource_changes"] = [
        change("aws_vpc", "here", ["create"], None, {"cidr_block": "10.0.0.0/16"}),
        change("aws_vpc", "there", ["create"], None, {"cidr_block": "10.1.0.0/16", "region": "us-east-1"}),
    ]
    assert {v.home.region for v in network_of(plan).vpcs} == {"eu-west-1", "us-east-1"}


def test_types_that_are_not_read_are_named_if_they_could_matter() -> None:
    plan = plan_with(
        change("aws_vpclattice_service_network", "f", ["create"], None, {}),
        change("aws_sqs_queue", "b", ["create"], None, {}),
    )
    (warning,) = [w for w in snapshot_of(plan).warnings if "not read" in w]
    assert "aws_vpclattice_service_network" in warning
    assert "aws_sqs_queue" not in warning


def test_evidence_names_the_line_of_a_plan_that_has_lines(tmp_path: Path) -> None:
    text = whole().text(indent=1)
    (tmp_path / "plan.json").write_text(text)
    network = reach.load(tmp_path / "plan.json")
    line = next(n for n, row in enumerate(text.splitlines(), 1) if '"address": "aws_nat_gateway.nat"' in row)
    nat = next(thing for thing in network if thing.id.startswith("nat-"))
    assert nat.where == f"{tmp_path / 'plan.json'}:{line}"


BROKEN: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("format", lambda p: {**p, "format_version": "2.0"}, "format_version is '2.0'"),
    ("no format", lambda p: {k: v for k, v in p.items() if k != "format_version"}, "format_version is None"),
    ("raw state", lambda p: {"terraform_version": "1.9", "version": 4, "resources": []}, "terraform show -json"),
    ("changes", lambda p: {**p, "resource_changes": {"a": 1}}, "resource_changes is not a list of objects"),
    ("change", lambda p: {**p, "resource_changes": [{"change": 3}]}, "change is not an object"),
    (
        "nothing",
        lambda p: {"format_version": "1.0", "terraform_version": "1", "variables": {}},
        "neither planned_values",
    ),
    ("no state", lambda p: {"format_version": "1.0"}, "what terraform show -json prints where there is no state"),
    ("an empty state", lambda p: {"format_version": "1.0", "terraform_version": "1"}, "where there is no state"),
    ("a number", lambda p: {**p, "format_version": 1.2}, "format_version is 1.2"),
    ("three numbers", lambda p: {**p, "format_version": "1.2.0"}, "format_version is '1.2.0'"),
    (
        "actions",
        lambda p: plan_with({**change("aws_vpc", "v", ["create"], None, {}), "change": {"actions": "create"}}),
        "actions is not a list of words",
    ),
    (
        "block",
        lambda p: plan_with(change("aws_vpc", "v", ["create"], None, {"cidr_block": "10.0.0.0/99"})),
        "10.0.0.0/99",
    ),
]


@pytest.mark.parametrize(("about", "broken", "said"), BROKEN, ids=[name for name, _, _ in BROKEN])
def test_a_broken_plan_is_refused_with_file_and_reason(
    about: str, broken: Callable[[dict[str, Any]], Any], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(broken(whole().json())))
    result = run("path", "orders", "internet", "--from", str(file))
    assert result.exit_code == 2, result.stderr
    assert said in result.stderr
    assert "plan.json" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_truncated_plan_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(whole().text()[:500])
    result = run("path", "orders", "internet", "--from", str(file))
    assert (result.exit_code, "Traceback" in result.stderr) == (2, False)


def test_references_in_a_circle_end() -> None:
    plan = PlanOf()
    loop = Module()
    loop.outputs = {"o": {"expression": {"references": ["module.in.o", "module.in"]}}}
    plan.resource("aws_vpc", "v", {"cidr_block": "10.0.0.0/16"})
    plan.resource("aws_subnet", "s", {"cidr_block": "10.0.0.0/24"}, {"vpc_id": "module.in.o"})
    plan.resource("aws_vpc", "w", {"cidr_block": "10.9.0.0/16"}, module=loop, at=("module.in",))
    plan.call("in", loop, {})
    inner = plan.root.calls["in"]["module"]
    inner["module_calls"] = {"in": plan.root.calls["in"]}
    text = json.dumps({**plan.json(), "configuration": {}})
    with pytest.raises(ValueError, match="Circular"):
        json.dumps(plan.json())  # no file can hold the circle itself
    assert parse_plan(text.encode(), "plan.json").instances


def test_parse_refuses_what_is_no_json() -> None:
    with pytest.raises(TemplateError, match=r"plan\.json:1: this is not JSON"):
        parse_plan(b"{", "plan.json")
