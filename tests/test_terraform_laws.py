"""LAW: a network written as a Terraform plan answers what it answers as a snapshot, however it is written."""

from __future__ import annotations

import json
import random
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from reach.answer import Verdict
from reach.describe import describe
from reach.network import Network
from reach.sources.given import Given
from reach.sources.terraform import parse_plan, read
from tests.law_worlds import network_of
from tests.strategies import Case, cases
from tests.template_writer import Writer
from tests.terraform_over import there
from tests.terraform_plans import PlanOf
from tests.terraform_writer import PlanWriter
from tests.test_template_laws import ACCOUNT, TARGETS, expressible, told
from tests.writer_base import Inexpressible

SLOW = [HealthCheck.filter_too_much, HealthCheck.too_slow]


def planned_of(plan: PlanOf) -> Network:
    return describe(read([parse_plan(plan.text().encode(), "plan.json")], Given({"AWS::AccountId": ACCOUNT})))


def both(case: Case, seed: int) -> tuple[Network, Network, dict[str, str]]:
    """The plan's network, the snapshot's with what a plan cannot know left out, and the ids between them."""
    template = Writer(case.world.collections)
    writer = PlanWriter(json.loads(json.dumps(template.write())), random.Random(seed))
    planned = planned_of(writer.write())
    case.world.collections["NetworkInterfaces"].clear()
    case.world.partial("NetworkInterfaces")
    case.world.collections["ManagedPrefixListEntries"].clear()
    case.world.collections.pop("PrefixLists")
    return planned, network_of(case.world), writer.ids(template.ids)


DRAWN = (cases(max_twists=3, interfaces=False), st.sampled_from(TARGETS), st.integers(0, 9999))


@settings(max_examples=60, suppress_health_check=SLOW)
@given(*DRAWN)
def test_plan_and_snapshot_agree(case: Case, target: str, seed: int) -> None:
    assume(expressible(case))
    try:
        planned, captured, ids = both(case, seed)
    except Inexpressible:
        assume(False)
    assert told(planned.path("orders", target), {}) == told(captured.path("orders", target), ids)


@settings(max_examples=40, suppress_health_check=SLOW)
@given(DRAWN[0], st.sampled_from(("rds:orders-db", "internet")), DRAWN[2])
def test_what_a_plan_cannot_tell_is_unknown_and_never_another_answer(case: Case, target: str, seed: int) -> None:
    """Of two groups that the rules of one refer to, or two NAT gateways, a plan does not say which is whose."""
    assume(expressible(case))
    document = json.loads(json.dumps(Writer(case.world.collections).write()))
    document["Resources"] = second_groups(document["Resources"]) | document["Resources"]
    bold = planned_of(PlanWriter(document, random.Random(seed), bold=True).write()).path("orders", target)
    plain = planned_of(PlanWriter(document, random.Random(seed)).write()).path("orders", target)
    assert bold.verdict in (plain.verdict, Verdict.UNKNOWN), bold.to_text()


def second_groups(resources: dict[str, Any]) -> dict[str, Any]:
    """Of each group whose rules name a group, one more rule that names another, for a port that nobody asks for."""
    groups = [name for name, row in resources.items() if row["Type"] == "AWS::EC2::SecurityGroup"]
    out: dict[str, Any] = {}
    for name, row in resources.items():
        peer = row["Properties"].get("SourceSecurityGroupId", {}).get("Ref") if "Properties" in row else None
        others = [group for group in groups if group != peer]
        if peer and others:
            more = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "SourceSecurityGroupId": {"Ref": others[0]}}
            out[f"{name}Second"] = {**row, "Properties": {"GroupId": row["Properties"]["GroupId"], **more}}
    return out


@settings(max_examples=30, suppress_health_check=SLOW)
@given(*DRAWN)
def test_a_state_answers_as_its_plan_did(case: Case, target: str, seed: int) -> None:
    assume(expressible(case))
    plan = PlanWriter(json.loads(json.dumps(Writer(case.world.collections).write())), random.Random(seed)).write()
    before, after = planned_of(plan).path("orders", target), state_of(plan).path("orders", target)
    codes = [sorted((b.code, str(b.cause), b.direction) for b in answer.blockers) for answer in (before, after)]
    assert (after.verdict, codes[1]) == (before.verdict, codes[0]), after.to_text()


def state_of(plan: PlanOf) -> Network:
    """The network of `terraform show -json` after the plan was applied: all ids are known, and no configuration."""
    _, values = there(plan)
    modules: dict[str, list[dict[str, Any]]] = {}
    for row in plan.changes:
        told = {
            name: row[name] for name in ("address", "mode", "type", "name", "index", "provider_name") if name in row
        }
        modules.setdefault(row.get("module_address", ""), []).append({**told, "values": values[row["address"]]})
    root = {"resources": modules.pop("", [])}
    below = [{"address": address, "resources": rows} for address, rows in modules.items()]
    state = {
        "format_version": "1.0",
        "terraform_version": "1.9.5",
        "values": {"root_module": {**root, "child_modules": below}},
    }
    given = Given({"AWS::AccountId": ACCOUNT}, region="eu-west-1")
    return describe(read([parse_plan(json.dumps(state).encode(), "state.json")], given))


def test_the_laws_see_all_verdicts_and_all_spellings() -> None:
    """The draws are worth something: the verdicts and the ways to write the same all occur."""
    verdicts: set[str] = set()
    spelled: set[str] = set()

    @settings(max_examples=60, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(*DRAWN)
    def draw(case: Case, target: str, seed: int) -> None:
        assume(expressible(case))
        document = json.loads(json.dumps(Writer(case.world.collections).write()))
        plan = PlanWriter(document, random.Random(seed), bold=True).write()
        verdicts.add(str(planned_of(plan).path("orders", target).verdict))
        spelled.update(row["type"] for row in plan.changes)
        spelled.update(f"{row['type']}.{name}" for row in plan.changes for name in row["change"]["after"])
        spelled.update(row.get("module_address", "root") for row in plan.changes)

    draw()
    assert {"reachable", "blocked", "partial"} <= verdicts
    assert {
        *("aws_security_group.ingress", "aws_security_group_rule", "aws_vpc_security_group_egress_rule"),
        *("aws_route_table.route", "aws_route", "aws_network_acl.egress", "aws_network_acl_rule", "aws_eip.vpc"),
        *("aws_eip.domain", "aws_internet_gateway_attachment", "root", "module.net[0]", 'module.net["blue"]'),
    } <= spelled
