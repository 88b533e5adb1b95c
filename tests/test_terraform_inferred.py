"""What a plan does not say outright: concluded and labelled on the answer, or a gap; never taken silently."""

from __future__ import annotations

from typing import Any

import pytest

from reach.answer import Answer
from tests.terraform_plans import Module, PlanOf
from tests.test_terraform import ANY, ZONES, network_of, snapshot_of, vpc, whole

OWN = {"vpc_id": "aws_vpc.main.id"}


def labels(answer: Answer) -> list[str]:
    return [a.text for a in answer.assumptions if a.rule == "INFERRED"]


def function(plan: PlanOf, subnets: Any = "aws_subnet.private", groups: Any = "aws_security_group.fn.id") -> None:
    plan.resource("aws_security_group", "fn", {"name": "fn", "egress": [ANY]}, OWN)
    config = {"subnet_ids": subnets, "security_group_ids": groups}
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})


def test_the_vpc_behind_a_local_value_is_labelled_on_the_answers_it_matters_to() -> None:
    plan = PlanOf()
    vpc(plan, subnet={"vpc_id": "local.vpc_id"})
    function(plan)
    plan.resource("aws_vpc", "other", {"cidr_block": "10.9.0.0/16"})
    plan.resource("aws_subnet", "far", {"cidr_block": "10.9.1.0/24", **ZONES[0]}, {"vpc_id": "aws_vpc.other.id"})
    plan.resource("aws_security_group", "far", {"name": "far", "egress": [ANY]}, {"vpc_id": "aws_vpc.other.id"})
    config = {"subnet_ids": "aws_subnet.far.id", "security_group_ids": "aws_security_group.far.id"}
    plan.resource("aws_lambda_function", "far", {"function_name": "far"}, {"vpc_config": [({}, config)]})
    network = network_of(plan)
    answer = network.path("orders", "internet")
    assert answer.verdict == "reachable"
    said = [text for text in labels(answer) if "vpc_id" in text]
    assert said == [
        f"aws_subnet.private[{i}].vpc_id is inferred to be aws_vpc.main, whose block holds its addresses (plan.json)."
        for i in (0, 1)
    ]
    text = answer.to_text()
    assert "assumed: " in text
    assert "is inferred to be aws_vpc.main" in text
    assert labels(network.path("far", "internet")) == []


def test_an_equal_index_is_labelled_and_a_written_one_is_not() -> None:
    said = labels(network_of(whole()).path("orders", "internet"))
    assert any("aws_route_table_association.private[0].subnet_id is inferred to be" in text for text in said)
    assert any("subnet_ids is inferred to be all 2 of aws_subnet.private" in text for text in said)
    assert not any("aws_route.out" in text or "aws_nat_gateway" in text for text in said)


def hidden_function(plan: PlanOf, module: Module | None = None, at: str = "", **given: Any) -> None:
    config = {"subnet_ids": "?", "security_group_ids": "?"}
    plan.resource(
        "aws_lambda_function", "orders", {"function_name": "orders"}, {},
        dynamic={"vpc_config": [({}, config)]}, module=module, at=(at,),
    )  # fmt: skip


def test_a_dynamic_block_is_no_empty_block() -> None:
    """A plan holds no expression of it: the function is in some VPC, and nobody knows in which."""
    plan = PlanOf()
    vpc(plan)
    hidden_function(plan)
    answer = network_of(plan).path("orders", "internet")
    assert answer.verdict == "unknown"
    assert "what sets it is not in the plan" in answer.unknowns[0].why
    assert "vpc_config.0." in answer.unknowns[0].why


def test_blocks_that_are_not_known_at_all_are_no_missing_blocks() -> None:
    plan = PlanOf()
    vpc(plan)
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {}, dynamic={"vpc_config": "?"})
    assert network_of(plan).path("orders", "internet").verdict == "unknown"


def test_a_dynamic_block_of_a_module_holds_what_the_module_is_given_under_its_name() -> None:
    plan = PlanOf()
    vpc(plan)
    plan.resource("aws_security_group", "fn", {"name": "fn", "egress": [ANY]}, OWN)
    inner = Module()
    hidden_function(plan, inner, "module.fn")
    plan.call(
        "fn", inner, {"vpc_subnet_ids": "aws_subnet.private", "vpc_security_group_ids": "aws_security_group.fn.id"}
    )
    answer = network_of(plan).path("orders", "internet")
    assert answer.verdict == "reachable", answer.to_text()
    assert any("what its module is given as vpc_security_group_ids" in text for text in labels(answer))
    two = {"vpc_subnet_ids": "aws_subnet.private", "more_subnet_ids": "aws_subnet.public.id"}
    plan.call("fn", inner, {**two, "vpc_security_group_ids": "aws_security_group.fn.id"})
    assert network_of(plan).path("orders", "internet").verdict == "unknown"


@pytest.mark.parametrize(
    ("subnets", "verdict"),
    [
        (["aws_subnet.private", "local.more"], "unknown"),  # a list joined with one that nobody sees
        (["aws_subnet.private", "aws_subnet.public.id"], "partial"),
        (["aws_subnet.private", "aws_subnet.public.id", "var.wide"], "unknown"),  # one of the two, and which?
        (["aws_subnet.private", "var.wide"], "reachable"),  # all or none of them
    ],
)
def test_a_list_is_whole_or_open(subnets: list[str], verdict: str) -> None:
    plan = PlanOf()
    vpc(plan)
    function(plan, subnets)
    document = plan.json() | {"variables": {"wide": {"value": True}}}
    answer = network_of(document).path("orders", "internet")
    assert answer.verdict == verdict, answer.to_text()


def test_a_value_that_was_known_all_along_is_not_the_whole_expression() -> None:
    """`coalesce(known, unknown)` refers to both; a known value alone would be known."""
    plan = PlanOf()
    vpc(plan)
    function(plan)
    plan.resource("aws_route_table", "odd", {"id": "rtb-old"}, OWN, actions=["no-op"])
    plan.resource("aws_subnet", "odd", {"cidr_block": "10.0.9.0/24", **ZONES[0]}, OWN)
    pair = {"subnet_id": "aws_subnet.odd.id", "route_table_id": ["aws_route_table.odd.id", "random_id.x.hex"]}
    plan.resource("aws_route_table_association", "odd", {}, pair)
    config = {"subnet_ids": "aws_subnet.odd.id", "security_group_ids": "aws_security_group.fn.id"}
    plan.resource("aws_lambda_function", "odd", {"function_name": "odd"}, {"vpc_config": [({}, config)]})
    assert network_of(plan).path("odd", "internet").verdict == "unknown"


def rules(plan: PlanOf, blocks: list[Any], rows: list[Any], **more: Any) -> str:
    """The database's group with these blocks in the configuration, and its rows in another order."""
    vpc(plan)
    function(plan)
    plan.resource("aws_security_group", "other", {"name": "other"}, OWN)
    plan.resource("aws_security_group", "db", {"name": "db"}, {**OWN, "ingress": blocks})
    plan.changes[-1]["change"]["after"]["ingress"] = [known for known, _ in rows]
    plan.changes[-1]["change"]["after_unknown"]["ingress"] = [dict.fromkeys(refs, True) for _, refs in rows]
    db = {"identifier": "orders-db", "engine": "postgres", "db_subnet_group_name": "db", **ZONES[0]}
    plan.resource("aws_db_subnet_group", "db", {"name": "db"}, {"subnet_ids": "aws_subnet.private"})
    plan.resource("aws_db_instance", "db", db, {"vpc_security_group_ids": "aws_security_group.db.id"})
    return network_of(plan).path("orders", "rds:orders-db").verdict.value


def port(number: int) -> dict[str, Any]:
    return {"from_port": number, "to_port": number, "protocol": "tcp"}


FN, OTHER = {"security_groups": "aws_security_group.fn.id"}, {"security_groups": "aws_security_group.other.id"}


def test_rows_of_a_set_find_their_blocks() -> None:
    """Terraform sorts sets: the first row need not be the first block."""
    plan = PlanOf()
    vpc(plan)
    plan.resource("aws_vpc", "other", {"cidr_block": "10.9.0.0/16"})
    here = ({"vpc_region": "eu-west-1"}, {"vpc_id": "aws_vpc.main.id"})
    there = ({"vpc_region": "us-east-1"}, {"vpc_id": "aws_vpc.other.id"})
    plan.resource("aws_route53_zone", "corp", {"name": "corp.internal"}, {"vpc": [here, there]})
    plan.changes[-1]["change"]["after"]["vpc"].reverse()
    ((regions),) = snapshot_of(plan).accounts.values()
    made = {one["CidrBlock"]: one["VpcId"] for one in regions["eu-west-1"]["Vpcs"]}
    (zone,) = regions["eu-west-1"]["route53:HostedZones"]
    assert {v["VPCRegion"]: v["VPCId"] for v in zone["VPCs"]} == {
        "eu-west-1": made["10.0.0.0/16"],
        "us-east-1": made["10.9.0.0/16"],
    }


BOTH = {"security_groups": ("aws_security_group.fn.id", "aws_security_group.other.id")}
NAMED = {"security_groups": ("aws_security_group.fn.id", "local.more")}


@pytest.mark.parametrize(
    ("blocks", "rows", "verdict"),
    [
        # the plan lists what all blocks refer to together
        ([(port(5432), FN)], None, "reachable"),
        ([(port(5432), OTHER)], None, "blocked"),
        ([(port(5432), FN), (port(22), FN)], None, "reachable"),
        ([(port(80), FN), (port(22), FN)], None, "blocked"),
        ([(port(5432), FN), (port(22), {})], None, "reachable"),
        # each row may be either's
        ([(port(5432), FN), (port(22), OTHER)], None, "unknown"),
        ([(port(5432), BOTH)], None, "unknown"),
        # more rows than there are references: one is a dynamic block's, and nobody knows what it refers to
        ([(port(22), OTHER)], [(port(5432), FN), (port(22), OTHER)], "unknown"),
        ([(port(22), FN)], [(port(5432), OTHER), (port(22), FN)], "unknown"),
        ([(port(22), {})], [(port(5432), FN), (port(22), {})], "unknown"),
        ([], [(port(5432), FN)], "unknown"),
        # beside what may be more of the same, another group instead, or what chooses
        ([(port(5432), NAMED)], None, "unknown"),
        ([(port(5432), {"security_groups": ("aws_security_group.other.id", "local.more")})], None, "unknown"),
        ([(port(5432), {"security_groups": "local.more"})], None, "unknown"),
        # of addresses nothing tells whose they are
        ([(port(5432), {"cidr_blocks": "aws_subnet.private"})], None, "unknown"),
    ],
)
def test_rules_inside_a_group_refer_to_what_all_of_them_do(blocks: Any, rows: Any, verdict: str) -> None:
    assert rules(PlanOf(), blocks, blocks if rows is None else rows) == verdict


def test_before_terraform_tells_of_attributes_as_blocks_they_are_hidden() -> None:
    """Until 1.1 the configuration in a plan leaves them out."""
    plan = PlanOf()
    assert rules(plan, [(port(5432), FN)], [(port(5432), FN)]) == "reachable"
    (group,) = (r for r in plan.root.resources if r["address"] == "aws_security_group.db")
    assert group["expressions"].pop("ingress") == {"references": ["aws_security_group.fn.id", "aws_security_group.fn"]}
    answer = network_of(plan).path("orders", "rds:orders-db")
    assert answer.verdict == "unknown"
    assert "what sets it is not in the plan" in answer.unknowns[0].why


def test_what_is_taken_of_several_references_is_labelled() -> None:
    two = [(port(5432), FN), (port(22), {"cidr_blocks": "aws_vpc.main.cidr_block"})]
    plan = PlanOf()
    rules(plan, two, two)
    said = labels(network_of(plan).path("orders", "rds:orders-db"))
    assert any("aws_security_group.fn.id, the only one of its kind that its blocks refer to" in text for text in said)
    plan = PlanOf()
    rules(plan, two[:1], two[:1])
    assert not any("of its kind" in text for text in labels(network_of(plan).path("orders", "rds:orders-db")))


def routed(*blocks: Any, **more: Any) -> PlanOf:
    """The private table with these routes inside, to a NAT gateway, a peering connection and others."""
    plan = PlanOf()
    vpc(plan, table={**OWN, "route": list(blocks)})
    function(plan)
    plan.changes = [row for row in plan.changes if row["address"] != "aws_route.out"]
    plan.root.resources = [row for row in plan.root.resources if row["address"] != "aws_route.out"]
    plan.resource("aws_vpc", "other", {"cidr_block": "10.9.0.0/16"})
    peering = {"vpc_id": "aws_vpc.main.id", "peer_vpc_id": "aws_vpc.other.id"}
    plan.resource("aws_vpc_peering_connection", "other", {"auto_accept": True}, peering)
    return plan


OUT = ({"cidr_block": "0.0.0.0/0"}, {"nat_gateway_id": "aws_nat_gateway.nat.id"})
PEER = ({"cidr_block": "10.9.0.0/16"}, {"vpc_peering_connection_id": "aws_vpc_peering_connection.other.id"})
GATEWAY = ({"cidr_block": "0.0.0.0/0"}, {"gateway_id": "aws_internet_gateway.igw.id"})


@pytest.mark.parametrize(
    ("blocks", "internet"),
    [
        ((OUT,), "reachable"),
        ((OUT, PEER), "reachable"),
        ((PEER,), "blocked"),
        ((GATEWAY, PEER), "blocked"),
        ((({"cidr_block": "0.0.0.0/0"}, {"nat_gateway_id": "local.nat"}),), "unknown"),
    ],
)
def test_routes_inside_a_table_go_by_the_kind_of_what_they_name(blocks: Any, internet: str) -> None:
    network = network_of(routed(*blocks))
    assert network.path("orders", "internet").verdict == internet
    answer = network.path("orders", "10.9.0.5:443")
    hops = {hop.resource.split("-")[0] for path in answer.paths for hop in path.hops}
    assert ("pcx" in hops) is (PEER in blocks)


def test_rules_of_a_module_follow_its_variables_one_reference_each() -> None:
    plan = PlanOf()
    vpc(plan)
    function(plan)
    group = Module()
    held = {"vpc_id": "var.vpc_id", "ingress": [(port(5432), {"security_groups": "var.clients"})]}
    plan.resource("aws_security_group", "this", {"name": "db"}, held, module=group, at=("module.db",))
    group.outputs = {"id": {"expression": {"references": ["aws_security_group.this.id", "aws_security_group.this"]}}}
    plan.call("db", group, {"vpc_id": "aws_vpc.main.id", "clients": ["aws_security_group.fn.id"]})
    db = {"identifier": "orders-db", "engine": "postgres", "db_subnet_group_name": "db", **ZONES[0]}
    plan.resource("aws_db_subnet_group", "db", {"name": "db"}, {"subnet_ids": "aws_subnet.private"})
    plan.resource("aws_db_instance", "db", db, {"vpc_security_group_ids": "module.db.id"})
    assert network_of(plan).path("orders", "rds:orders-db").verdict == "reachable"


def ruled(holder: str, given: dict[str, Any], *more: str) -> PlanOf:
    """A function in the group of a module, whose rule is for what `holder` refers to."""
    plan = PlanOf()
    vpc(plan)
    group = Module()
    plan.resource("aws_security_group", "other", {"name": "other"}, {"vpc_id": "aws_vpc.main.id"})
    for name in ("this", *more):
        held = {"vpc_id": "var.vpc_id"}
        plan.resource("aws_security_group", name, {"name": name}, held, module=group, at=("module.sg",))
    rule = {"type": "egress", "from_port": 0, "to_port": 0, "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}
    held = {"security_group_id": holder}
    plan.resource("aws_security_group_rule", "out", rule, held, module=group, at=("module.sg",))
    group.outputs = {"id": {"expression": {"references": ["aws_security_group.this.id", "aws_security_group.this"]}}}
    plan.call("sg", group, {"vpc_id": "aws_vpc.main.id", **given})
    config = {"subnet_ids": "aws_subnet.private", "security_group_ids": "module.sg.id"}
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})
    return plan


@pytest.mark.parametrize("given", [{}, {"peer_source_security_group_id": "aws_security_group.other.id"}])
def test_the_only_group_of_a_module_is_the_one_its_rules_are_for(given: dict[str, Any]) -> None:
    answer = network_of(ruled("local.this_sg_id", given)).path("orders", "internet")
    assert answer.verdict == "reachable", answer.to_text()
    assert any("the only group of its module" in text for text in labels(answer))
    assert network_of(ruled("local.this_sg_id", given, "more")).path("orders", "internet").verdict == "unknown"


@pytest.mark.parametrize(
    ("holder", "given"),
    [
        ("local.id", {"extra": "aws_security_group.other.id"}),  # the local value may stand for that
        ("local.id", {"extra_security_group_ids": "local.more"}),
        ("var.id", {"id": "local.more"}),  # it is somebody else's
        ("var.id", {"id": "data.aws_security_group.shared.id"}),
    ],
)
def test_a_rule_may_be_for_a_group_that_its_module_is_given(holder: str, given: dict[str, Any]) -> None:
    answer = network_of(ruled(holder, given)).path("orders", "internet")
    assert answer.verdict == "unknown"
    assert any("module.sg.aws_security_group_rule.out.security_group_id=" in f"{u.needs}" for u in answer.unknowns)


def test_without_its_configuration_a_plan_leaves_open_what_it_does_not_know() -> None:
    document = whole().json() | {"configuration": {}}
    network = network_of(document)
    for target in ("internet", "s3", "rds:orders-db"):
        assert network.path("orders", target).verdict == "unknown"


def test_a_variable_that_is_not_given_has_its_default() -> None:
    plan = PlanOf()
    vpc(plan)
    function(plan, "var.subnets")
    document = plan.json()
    assert network_of(document).path("orders", "internet").verdict == "unknown"
    document["configuration"]["root_module"]["variables"] = {"subnets": {"default": None}}
    assert network_of(document).path("orders", "internet").verdict == "unknown"


@pytest.mark.parametrize(
    ("subnets", "verdict"),
    [
        (("aws_subnet.private", "aws_subnet.public"), "partial"),  # concat(…)
        (("local.public", "aws_subnet.private", "aws_subnet.public"), "unknown"),  # local.public ? … : …
        (("local.ids", "aws_subnet.private"), "unknown"),  # coalescelist(local.ids, …)
        (("var.ids", "aws_subnet.private"), "unknown"),
    ],
)
def test_a_list_beside_something_hidden_may_be_another_list(subnets: tuple[str, ...], verdict: str) -> None:
    """`a ? b : c` refers to all three: what is hidden may be more, something else instead, or what chooses."""
    plan = PlanOf()
    vpc(plan)
    function(plan, subnets)
    assert network_of(plan).path("orders", "internet").verdict == verdict


def test_groups_beside_something_hidden_may_be_others() -> None:
    """The group that is seen lets everything out, and need not be the one that the function has."""
    plan = PlanOf()
    vpc(plan)
    function(plan, groups=("local.custom", "aws_security_group.fn.id"))
    assert network_of(plan).path("orders", "internet").verdict == "unknown"


@pytest.mark.parametrize(
    ("groups", "variables", "verdict"),
    [
        (("aws_security_group.fn.id", "aws_security_group.mute.id"), {}, "reachable"),  # both
        (("var.custom", "aws_security_group.fn.id", "aws_security_group.mute.id"), {"custom": True}, "unknown"),
        # var.stage == "prod" ? … : …
        (("var.stage", "aws_security_group.fn.id", "aws_security_group.mute.id"), {"stage": "prod"}, "unknown"),
        (("var.stage", "aws_security_group.fn.id"), {"stage": "prod"}, "reachable"),
        # var.custom ? var.more : [ … ]
        (("var.custom", "aws_security_group.fn.id", "var.more"), {"custom": True, "more": ["sg-old"]}, "unknown"),
    ],
)
def test_groups_by_what_chooses_among_them(groups: Any, variables: dict[str, Any], verdict: str) -> None:
    plan = PlanOf()
    vpc(plan)
    plan.resource("aws_security_group", "mute", {"name": "mute"}, OWN)
    function(plan, groups=groups)
    document = plan.json() | {"variables": {name: {"value": value} for name, value in variables.items()}}
    answer = network_of(document).path("orders", "internet")
    assert answer.verdict == verdict, answer.to_text()
