"""What else runs in a VPC is read with its network only, and what belongs to others is asked to be shown too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from reach.describe import describe
from reach.network.senders import Workload
from reach.snapshot import Snapshot, load, parse, save
from reach.sources.aws import collect
from reach.sources.files import read_folder
from reach.sources.running import RUNNING
from tests.aws_account import REGION, answering, build, here, offline, refusing
from tests.command import run

CLUSTER = f"arn:aws:ecs:{REGION}:123456789012:cluster/shop"
SECRET = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:kafka"
KAFKA_ACCESS = [
    {"Type": "VPC_SUBNET", "URI": "subnet:subnet-1"},
    {"Type": "SASL_SCRAM_512_AUTH", "URI": SECRET},
]


@pytest.fixture(scope="module")
def world() -> Iterator[dict[str, str]]:
    with mock_aws():
        yield build(offline())


@pytest.fixture(scope="module")
def snapshot(world: dict[str, str]) -> Snapshot:
    return collect(offline())


def test_they_are_sources(world: dict[str, str], snapshot: Snapshot, tmp_path: Path) -> None:
    """SRC-04 SRC-05 SRC-06 SRC-07 SRC-08 SRC-09: from the account to an answer."""
    words = {w.word for w in describe(snapshot).all(Workload)}
    assert words == {"apprunner:outward", "codebuild:build", "ecs:shop/web", "emr-serverless:spark", "glue:lake",
                     "microvm:inward", "microvm:outward", "mwaa:flows", "sagemaker:score"}  # fmt: skip
    save(snapshot, tmp_path / "net.json")
    for source in ("glue:lake", "sagemaker:score"):
        shown = run("path", source, "10.0.1.9:5432", "--from", str(tmp_path / "net.json"), "-f", "json")
        (answer,) = json.loads(shown.stdout)["answers"]
        assert (answer["source"]["id"], answer["source"]["vpc"]) == (source, world["vpc"])


def test_only_names_and_networks_are_kept(snapshot: Snapshot) -> None:
    assert "hunter2" not in json.dumps(snapshot.accounts)
    for call in [c for c in RUNNING if c.keep and here(snapshot).get(c.key)]:  # some moto does not answer
        assert {name for record in here(snapshot)[call.key] for name in record} <= set(call.keep)


@pytest.mark.parametrize("services", [0, 1, 10, 11, 25])
def test_services_are_described_ten_at_a_time(world: dict[str, str], services: int) -> None:
    arns = [f"{CLUSTER}/s{n}" for n in range(services)]
    asked: list[list[str]] = []
    session = answering("ecs:ListServices", lambda _: {"serviceArns": arns})

    def describes(params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        asked.append(json.loads(params["body"])["services"])
        head = type("H", (), {"status_code": 200, "headers": {}})()
        return head, {"services": [], "ResponseMetadata": {"HTTPStatusCode": 200}}

    session.events.register_first("before-call.ecs.DescribeServices", describes)  # type: ignore[attr-defined]
    collect(session)
    assert sorted(arn for batch in asked for arn in batch) == sorted(arns)
    assert all(len(batch) <= 10 for batch in asked)


def test_every_model_on_every_page_is_described(world: dict[str, str], tmp_path: Path) -> None:
    """SRC-07: a list names the models, a call each tells their network; an isolated one sends nothing."""
    config = {"Subnets": [world["subneta"]], "SecurityGroupIds": [world["sg"]]}
    models: dict[str, dict[str, Any]] = {
        "inner": {"VpcConfig": config},
        "alone": {"VpcConfig": config, "EnableNetworkIsolation": True},
        "outer": {"EnableNetworkIsolation": False},
    }
    pages = {None: (["inner", "alone"], {"NextToken": "two"}), "two": (["outer"], {})}
    sizes: list[int] = []

    def lists(params: dict[str, Any]) -> dict[str, Any]:
        asked = json.loads(params["body"])
        sizes.append(asked["MaxResults"])
        names, more = pages[asked.get("NextToken")]
        return {"Models": [{"ModelName": n, "ModelArn": f"arn:{n}", "CreationTime": 0} for n in names], **more}

    def describes(params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        name = json.loads(params["body"])["ModelName"]
        secret = {"PrimaryContainer": {"Environment": {"PASSWORD": "hunter2"}}, "ExecutionRoleArn": "arn:role"}
        told = {"ModelName": name, "ModelArn": f"arn:{name}", **secret, **models[name]}
        return type("H", (), {"status_code": 200, "headers": {}})(), told

    session = answering("sagemaker:ListModels", lists)
    session.events.register_first("before-call.sagemaker.DescribeModel", describes)  # type: ignore[attr-defined]
    found = collect(session)
    assert sizes == [100, 100]
    named = [{"ModelName": name, "ModelArn": f"arn:{name}"} for name in sorted(models)]
    assert here(found)["sagemaker:ModelSummaries"] == named
    assert here(found)["sagemaker:Models"] == [record | models[record["ModelName"]] for record in named]
    save(found, tmp_path / "net.json")
    shown = run("path", "sagemaker:*", "10.0.1.9:5432", "--from", str(tmp_path / "net.json"), "-f", "json")
    blamed = {a["source"]["id"]: [b["code"] for b in a["blockers"]] for a in json.loads(shown.stdout)["answers"]}
    assert set(blamed) == {"sagemaker:alone", "sagemaker:inner"}
    assert "NETWORK_ISOLATION" in blamed["sagemaker:alone"]
    assert "NETWORK_ISOLATION" not in blamed["sagemaker:inner"]


def test_a_refused_list_says_so_for_what_it_would_have_named(world: dict[str, str]) -> None:
    found = collect(refusing("ecs:ListClusters"))
    (gap,) = [g for g in found.gaps if g.error == "AccessDenied"]
    assert (gap.action, gap.keys) == ("ecs:ListClusters", ("ecs:clusterArns", "ecs:serviceArns", "ecs:services"))


def test_no_reference_to_a_secret_is_stored(world: dict[str, str], tmp_path: Path) -> None:
    """NEED-09: of what a poller is allowed to use only the network is kept, whoever made the file."""
    mapping = {"UUID": "0a1b", "SourceAccessConfigurations": KAFKA_ACCESS}
    found = collect(answering("lambda:ListEventSourceMappings", lambda _: {"EventSourceMappings": [mapping]}))
    kept = [{"Type": "VPC_SUBNET", "URI": "subnet:subnet-1"}, {"Type": "SASL_SCRAM_512_AUTH"}]
    assert here(found)["EventSourceMappings"] == [{"UUID": "0a1b", "SourceAccessConfigurations": kept}]
    document = {"format": "reach-snapshot/1", "accounts": {"1": {REGION: {"EventSourceMappings": [mapping]}}}}
    loaded = parse(json.dumps(document), "given")
    assert loaded.accounts["1"][REGION]["EventSourceMappings"][0]["SourceAccessConfigurations"] == kept
    save(loaded, tmp_path / "net.json")
    assert SECRET not in (tmp_path / "net.json").read_text(encoding="utf-8")
    assert load(tmp_path / "net.json").accounts == loaded.accounts


def test_a_saved_list_of_names_is_no_error(tmp_path: Path) -> None:
    """`aws ecs list-clusters` names things and describes none."""
    (tmp_path / "clusters.json").write_text(json.dumps({"clusterArns": [CLUSTER]}), encoding="utf-8")
    (tmp_path / "vpcs.json").write_text(json.dumps({"Vpcs": [{"VpcId": "vpc-1"}]}), encoding="utf-8")
    found = read_folder(str(tmp_path))
    assert [set(c) for regions in found.accounts.values() for c in regions.values()] == [{"Vpcs"}]


def test_interfaces_that_services_manage_are_asked_for(world: dict[str, str]) -> None:
    """ENI-11: without the parameter AWS leaves out the interfaces that the account hides."""
    asked: list[Any] = []
    session = offline()
    session.events.register("before-call.ec2.DescribeNetworkInterfaces", lambda params, **_: asked.append(params))  # type: ignore[attr-defined]
    collect(session)
    assert [params["body"].get("IncludeManagedResources") for params in asked] == ["true"]
