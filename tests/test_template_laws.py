"""LAW: a network written as a template answers what it answers as a snapshot."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from reach.answer import Answer
from reach.network import Network
from tests.law_worlds import network_of
from tests.strategies import Case, cases
from tests.template_writer import Inexpressible, Writer
from tests.templated import network_of as network_of_template
from tests.worlds import World

TARGETS = ("internet", "internet:*", "s3", "dynamodb", "sqs", "rds:orders-db", "rds:orders-db:443", "192.168.1.1:443")
ACCOUNT = "123456789012"
# The twists of a world that the writer has words for; interfaces with public addresses are told by AWS alone.
WRITTEN = frozenset(
    {
        *("acl", "detour", "endpoint", "ephemeral", "group", "open database", "public access", "regional"),
        *("second nat", "table"),
    }
)


def expressible(case: Case) -> bool:
    """Whether a template can say it: it makes things whole, and leaves the main table as EC2 makes it."""
    try:
        Writer(case.world.collections).write()
    except Inexpressible:
        return False
    data = case.world.collections
    permissions = [p for g in data["SecurityGroups"] for p in (*g["IpPermissions"], *g["IpPermissionsEgress"])]
    lists = {e["PrefixListId"] for p in permissions for e in p["PrefixListIds"]}  # what AWS's hold, AWS tells alone
    return set(case.twists) <= WRITTEN and not lists


def both(case: Case) -> tuple[Network, Network, dict[str, str]]:
    """The template's network, the snapshot's with what a template cannot know left out, and the ids between them."""
    writer = Writer(case.world.collections)
    planned = network_of_template(writer.write(), params={"AWS::AccountId": ACCOUNT})
    data = case.world.collections
    data["NetworkInterfaces"].clear()
    case.world.partial("NetworkInterfaces")
    data["ManagedPrefixListEntries"].clear()
    data.pop("PrefixLists")
    return planned, network_of(case.world), writer.ids


def told(answer: Answer, ids: dict[str, str]) -> Any:
    """An answer without ids that differ by nature."""

    def name(id: str) -> str:
        return ids.get(id, id)

    def subnets(blocker: Any) -> list[str]:
        return sorted(map(name, blocker.subnets))

    blockers = sorted(
        (b.code, str(b.cause), b.layer.value, name(b.resource), b.direction.value, subnets(b), b.after or "")
        for b in answer.blockers
    )
    paths = sorted((name(p.subnet or ""), str(p.verdict), [name(v) for v in p.via]) for p in answer.paths)
    return answer.verdict, answer.layer, blockers, len(answer.unknowns), paths


@settings(max_examples=60, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(cases(max_twists=3, interfaces=False), st.sampled_from(TARGETS))
def test_template_and_snapshot_agree(case: Case, target: str) -> None:
    assume(expressible(case))
    planned, captured, ids = both(case)
    assert told(planned.path("orders", target), {}) == told(captured.path("orders", target), ids)


def test_the_law_sees_all_verdicts() -> None:
    """The draws are worth something: reachable, blocked and partial all occur."""
    seen: set[str] = set()

    @settings(max_examples=80, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(cases(max_twists=3, interfaces=False), st.sampled_from(TARGETS))
    def draw(case: Case, target: str) -> None:
        assume(expressible(case))
        seen.add(str(network_of_template(Writer(case.world.collections).write()).path("orders", target).verdict))

    draw()
    assert {"reachable", "blocked", "partial"} <= seen


@pytest.mark.parametrize("target", TARGETS)
def test_a_difference_would_be_seen(target: str) -> None:
    """A law that cannot fail is none: a rule less in the template is another answer."""
    w = World()
    vpc = w.vpc("10.0.0.0/16")
    subnet = w.subnet(vpc, "10.0.0.0/24")
    group = w.security_group(vpc)
    w.route_table(vpc, [subnet], [("0.0.0.0/0", w.nat_gateway(subnet))])
    w.db_instance("orders-db", [subnet], [group], eni=False)
    w.function("orders", [subnet], [group])
    document = Writer(w.collections).write()
    for resource in document["Resources"].values():
        if resource["Type"] == "AWS::EC2::SecurityGroup":
            rule = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "CidrIp": "10.9.0.0/16"}
            resource["Properties"]["SecurityGroupEgress"] = [rule]
    answer = network_of_template(document).path("orders", target)
    assert "ENI_SG_RULES_MISMATCH" in {b.code for b in answer.blockers}
