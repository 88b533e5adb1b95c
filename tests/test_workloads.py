"""Sources beside functions: what they are called, and what is said of those that are not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reach import QuestionError
from reach.ask.asker import askers
from reach.describe import describe
from reach.snapshot import Snapshot
from tests.command import run
from tests.scenario import build, network
from tests.scenario_workloads import CANARY, MSK, PROJECT, record, service
from tests.scenario_worlds import NAT

WORLD = (*NAT, service(), PROJECT, CANARY, *MSK)


def test_globs_and_names() -> None:
    """SRC-04: each by its word; a glob stays with the words."""
    found = network(WORLD)
    assert [a.info.id for a in askers(found, "ecs:*")] == ["ecs:shop/web"]
    assert [(a.info.kind, a.info.subnets) for a in askers(found, "esm:0a1b")] == [("workload", ("subnet-a",))]
    assert [a.info.id for a in askers(found, "*")] == ["both", "free", "orders"]


@pytest.mark.parametrize(
    ("words", "says"),
    [("ecs:shop/wbe", "did you mean 'ecs:shop/web'"), ("glue:lake", "known: codebuild:build"),
     ("arn:aws:states:eu-west-1:1:stateMachine:x", "for any other: eni-")],
)  # fmt: skip
def test_what_is_not_there(words: str, says: str) -> None:
    """SRC-10: a state machine has no interface of its own."""
    with pytest.raises(QuestionError) as caught:
        askers(network(WORLD), words)
    assert says in str(caught.value)


def test_queues_and_streams_are_polled_from_no_vpc() -> None:
    """NEED-12: a mapping of a queue is no source, since nothing of it is in a VPC."""
    queue = record("EventSourceMappings", UUID="0e4f", EventSourceArn="arn:aws:sqs:eu-west-1:123456789012:jobs")
    with pytest.raises(QuestionError):
        askers(network((*WORLD, queue)), "esm:0e4f")


def test_the_command(tmp_path: Path) -> None:
    source = str(build(WORLD).write(tmp_path / "net.json"))
    shown = run("path", "ecs:shop/web", "internet", "--from", source)
    assert (shown.exit_code, "REACHABLE" in shown.stdout) == (0, True), shown.output
    answer = json.loads(run("path", "codebuild:build", "internet", "--from", source, "-f", "json").stdout)["answers"][0]
    assert (answer["source"]["kind"], answer["source"]["security_groups"]) == ("workload", ["sg-fn"])
    assert run("path", "ecs:nobody", "internet", "--from", source).exit_code == 2


@pytest.mark.parametrize("odd", [None, 7, "x", [], {}, [None], {"subnets": 3}, {"awsvpcConfiguration": []}])
def test_records_of_any_shape_are_described(odd: object) -> None:
    """A record that is not what the service's API returns is left out, never an exception."""
    keys = ("ecs:services", "codebuild:projects", "glue:ConnectionList", "sagemaker:Models", "synthetics:Canaries")
    members = ("networkConfiguration", "vpcConfig", "PhysicalConnectionRequirements", "VpcConfig")
    rows = [{"name": "x", "serviceName": "x", "Name": "x", "ModelName": "x", **dict.fromkeys(members, odd)}]
    assert describe(Snapshot(accounts={"1": {"eu-west-1": dict.fromkeys(keys, rows)}})).functions == ()
