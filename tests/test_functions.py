"""Versions and aliases: what an alias means, what a wrong one says, and that a live account is read with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from reach import QuestionError, Verdict
from reach.ask import ask, ask_all
from reach.ask.asker import askers
from reach.describe import describe
from reach.snapshot import Snapshot
from reach.sources.aws import collect
from tests.aws_account import here, offline
from tests.command import run
from tests.law_worlds import network_of
from tests.scenario import build, network
from tests.scenario_functions import VERSIONED

OK, NO = Verdict.REACHABLE, Verdict.BLOCKED


def test_fn_19_an_alias_with_weights_is_each_of_its_versions() -> None:
    """FN-19: one answer per version, each with its share of the invocations."""
    answers = ask_all(network(VERSIONED), "orders:canary", ["internet"])
    assert [(a.source.qualifier, a.verdict) for a in answers] == [("1", NO), ("2", OK)]
    said = [next(n.text for n in a.notes if n.code == "FUNCTION_ALIAS") for a in answers]
    assert said == [
        "orders:canary sends 10% of its invocations to version 1.",
        "orders:canary sends 90% of its invocations to version 2.",
    ]
    with pytest.raises(QuestionError, match="names 2 functions or versions") as caught:
        ask(network(VERSIONED), "orders:canary", "internet")
    assert "orders:1, orders:2" in str(caught.value)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("orders:nope", "known: $LATEST, 1, 2, 3, canary, gone, live, old"),
        ("orders:gone", "no version or alias '9' of 'orders'"),
        ("both:1", "known: $LATEST"),
    ],
)
def test_fn_19_a_version_that_is_not_there(words: str, says: str) -> None:
    with pytest.raises(QuestionError) as caught:
        ask(network(VERSIONED), words, "internet")
    assert says in str(caught.value)


def test_fn_19_versions_that_were_not_read_are_said_to_be_missing() -> None:
    world = build(VERSIONED)
    del world.collections["Versions"], world.collections["Aliases"]
    with pytest.raises(QuestionError, match=r"known: \$LATEST") as caught:
        ask(network_of(world), "orders:live", "internet")
    assert "grant lambda:ListFunctions and read again" in str(caught.value)


def test_names_and_globs_mean_latest_alone() -> None:
    found = network(VERSIONED)
    assert [f.name for f in found.functions] == ["both", "free", "orders"]
    assert [(a.info.id, a.info.qualifier) for a in askers(found, "*")] == [
        ("both", "$LATEST"),
        ("free", "$LATEST"),
        ("orders", "$LATEST"),
    ]


def test_the_version_stands_in_the_answer(tmp_path: Any) -> None:
    source = str(build(VERSIONED).write(tmp_path / "net.json"))
    result = run("path", "orders:old", "internet", "--from", source)
    assert result.exit_code == 1
    assert result.stdout.startswith("✕ BLOCKED    orders:1 → internet:443")
    both = run("path", "orders:canary", "internet", "--from", source, "-f", "json")
    assert [a["source"]["qualifier"] for a in json.loads(both.stdout)["answers"]] == ["1", "2"]


# -- a live account ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def snapshot() -> Iterator[Snapshot]:
    """A function whose first version has another network, and two aliases."""
    with mock_aws():
        session = offline()
        ec2, functions, iam = (session.client(s) for s in ("ec2", "lambda", "iam"))
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        first, second = (ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24")["Subnet"]["SubnetId"] for n in (1, 2))
        group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
        trust = json.dumps({"Version": "2012-10-17", "Statement": []})
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        functions.create_function(
            FunctionName="orders", Runtime="python3.13", Role=role, Handler="a.b", Code={"ZipFile": b"x"},
            VpcConfig={"SubnetIds": [first], "SecurityGroupIds": [group]}, Publish=True,
        )  # fmt: skip
        functions.create_alias(FunctionName="orders", Name="live", FunctionVersion="1")
        functions.update_function_configuration(
            FunctionName="orders", VpcConfig={"SubnetIds": [second], "SecurityGroupIds": [group]}
        )
        yield collect(session)


def test_fn_19_versions_and_aliases_of_a_live_account(snapshot: Snapshot) -> None:
    """FN-19: a version keeps the network that it was published with."""
    (alias,) = here(snapshot)["Aliases"]
    assert (alias["Name"], alias["FunctionVersion"]) == ("live", "1")
    assert {"1"} <= {r["Version"] for r in here(snapshot)["Versions"]}
    found = describe(snapshot)
    subnets = {a.info.qualifier: a.info.subnets for w in ("orders", "orders:live") for a in askers(found, w)}
    assert set(subnets) == {"$LATEST", "1"}
    assert subnets["$LATEST"] != subnets["1"]
    assert [f.qualifier for f in found.functions] == ["$LATEST"]
