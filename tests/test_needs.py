"""`--with-needs`: which targets are added for a function and its pollers, which never are, and how that is shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reach import Verdict
from reach.ask.asker import askers
from reach.ask.needs import needs
from tests.command import run
from tests.scenario import Step, Steps, build, do, network, put
from tests.scenario_needs import HERE, LAYER, POINT, S3_POINT, layered, mounts
from tests.scenario_pollers import DOCUMENTS, KAFKA, RABBIT
from tests.scenario_roles import allow, role
from tests.scenario_workloads import ON_INSTANCES, REGION, fleet, record
from tests.scenario_worlds import DB, NAT, PRIVATE
from tests.schema import validate_answers

ORDERS = REGION.format("lambda", "function:orders")
AWS = "901920570463"
FILES = do("file_system", "fs-1", ["subnet-d"], ["sg-db"])
SECRET = role(own=allow("secretsmanager:GetSecretValue", "ssm:GetParameter*", "kms:Sign", "kms:Decrypt"))
SCRAM = [{"Type": "SASL_SCRAM_512_AUTH", "URI": "arn:aws:secretsmanager:eu-west-1:1:secret:x"}]


def calls_orders(**members: Any) -> Step:
    """The last event source mapping is the function's."""
    return lambda w: w.collections["EventSourceMappings"][-1].update(FunctionArn=f"{ORDERS}:live", **members)


def listed(world: Any) -> None:
    """The mappings of the account were read."""
    world.collections.setdefault("EventSourceMappings", [])


def needed(*steps: Step, who: str = "orders", world: Steps = PRIVATE) -> list[str]:
    """What a function needs: `source → target rule`, `?` for what could not be looked up."""
    seen = network((*world, listed, *steps))
    (asker,) = askers(seen, who)
    found = needs(seen, asker)
    assert all(n.why and (n.target is None) == (n.gap is not None) for n in found)
    return [f"{n.who.info.id} → {n.words} {n.rule}" + ("?" if n.gap else "") for n in found]


def test_an_ordinary_function_needs_nothing() -> None:
    """NEED-01, NEED-03, NEED-18: no logs, no keys, no STS, no ECR: what Lambda does itself needs no path."""
    quiet = put("orders", TracingConfig={"Mode": "Active"}, KMSKeyArn=REGION.format("kms", "key/1"),
                PackageType="Image", DeadLetterConfig={"TargetArn": REGION.format("sqs", "dead")})  # fmt: skip
    assert needed(quiet, role(own=allow("*")), DB) == []
    assert needed(quiet, role(own=allow("kms:Decrypt", "logs:PutLogEvents", "xray:PutTraceSegments"))) == []


def test_queues_and_streams_need_nothing() -> None:
    """NEED-12: Lambda polls them from outside."""
    sources = [REGION.format("sqs", "jobs"), REGION.format("kinesis", "stream/s"),
               REGION.format("dynamodb", "table/t/stream/2026")]  # fmt: skip
    assert needed(*(record("EventSourceMappings", UUID=f"0a{n}", EventSourceArn=arn, FunctionArn=ORDERS)
                    for n, arn in enumerate(sources))) == []  # fmt: skip


def test_file_systems() -> None:
    """NEED-04, NEED-05: the file system behind an access point; one that is not in the data is a gap."""
    assert needed(FILES, mounts(POINT)) == ["orders → efs:fs-1 NEED-04"]
    assert needed(*HERE, mounts(S3_POINT)) == ["orders → s3files:fs-0s3 NEED-05"]
    assert needed(mounts(POINT, S3_POINT)) == ["orders → efs:fsap-1 NEED-04?", "orders → s3files:fs-0s3 NEED-05?"]
    assert needed(mounts(POINT), do("drop", "efs:AccessPoints")) == ["orders → efs:fsap-1 NEED-04?"]


def test_secrets_parameters_keys() -> None:
    """NEED-14, NEED-03: what the role names; the keys that services decrypt with are theirs."""
    assert needed(SECRET) == ["orders → secretsmanager NEED-14", "orders → ssm NEED-14", "orders → kms NEED-03"]
    assert needed(role(own=allow("secretsmanager:*"))) == ["orders → secretsmanager NEED-14"]
    assert needed(role(own=allow("secretsmanager:ListSecrets"))) == []
    denied = allow("secretsmanager:GetSecretValue", effect="Deny")
    assert needed(role(own=denied)) == []


def test_the_role_of_a_poller_reads_the_pollers_secret() -> None:
    """NEED-14, NEED-06: the permission for the cluster's password is not the function's need."""
    found = needed(SECRET, *KAFKA, calls_orders(SourceAccessConfigurations=SCRAM))
    assert "orders → secretsmanager NEED-14" not in found
    assert "esm:0a1b → secretsmanager NEED-06" in found


def test_extensions() -> None:
    """NEED-02: what a layer is known to call."""
    secrets = (AWS, "AWS-Parameters-and-Secrets-Lambda-Extension-Arm64")
    assert needed(layered(secrets)) == ["orders → secretsmanager NEED-02", "orders → ssm NEED-02"]
    assert needed(layered(secrets), role(own=allow("ssm:GetParameter"))) == ["orders → ssm NEED-14"]
    assert needed(layered((AWS, "LambdaInsightsExtension-Arm64"), ("464622532012", "Datadog-Extension"))) == [
        "orders → logs NEED-02", "orders → internet NEED-02"]  # fmt: skip
    assert needed(layered((AWS, "aws-otel-python-amd64-ver-1-25-0"))) == ["orders → xray NEED-02"]
    assert needed(layered((AWS, "my-libraries"), ("x", ""))) == []
    assert needed(put("orders", Layers=[{"Arn": "odd"}, {}, {"Arn": LAYER.format(1, "")}])) == []


def test_duties() -> None:
    """NEED-17, NEED-14: a custom resource answers to a bucket; rotation calls Secrets Manager."""
    custom = record("cloudformation:CustomResources", ServiceToken=ORDERS, LogicalResourceId="Seed")
    assert needed(custom) == ["orders → s3://cloudformation-custom-resource-response-euwest1 NEED-17"]
    rotation = record("secretsmanager:SecretList", RotationEnabled=True, RotationLambdaARN=ORDERS)
    assert needed(rotation, rotation) == ["orders → secretsmanager NEED-14"]
    assert needed(record("secretsmanager:SecretList", RotationEnabled=False)) == []


def test_functions_on_managed_instances_send_their_telemetry_themselves() -> None:
    """SRC-01, NEED-01: there logs do need a path, and traces if they are switched on."""
    assert needed(*ON_INSTANCES, fleet("subnet-a"), who="big") == ["big → logs SRC-01"]
    traced = put("big", TracingConfig={"Mode": "Active"})
    assert needed(*ON_INSTANCES, traced, fleet("subnet-a"), who="big") == ["big → logs SRC-01", "big → xray SRC-01"]


def test_kafka() -> None:
    """NEED-06, NEED-07: brokers on the port of the way to log in, Lambda, STS, and Secrets Manager for a password."""
    both = do("kafka_cluster", "events", ["subnet-d", "subnet-e"], ["sg-db"], ports=(9096, 9098))
    mapping = KAFKA[1]
    assert needed(both, mapping, calls_orders()) == [
        "esm:0a1b → kafka:events:9098 NEED-07", "esm:0a1b → lambda NEED-06", "esm:0a1b → sts NEED-06"]  # fmt: skip
    assert needed(both, mapping, calls_orders(SourceAccessConfigurations=SCRAM)) == [
        "esm:0a1b → kafka:events:9096 NEED-07", "esm:0a1b → lambda NEED-06", "esm:0a1b → sts NEED-06",
        "esm:0a1b → secretsmanager NEED-06"]  # fmt: skip


def test_provisioned_pollers_need_their_source_only() -> None:
    """NEED-06: with pollers of its own a mapping calls nothing through the VPC."""
    provisioned = calls_orders(ProvisionedPollerConfig={"MinimumPollers": 1, "MaximumPollers": 2})
    assert needed(*KAFKA, provisioned) == ["esm:0a1b → kafka:events:9098 NEED-07"]


def test_brokers_and_documents() -> None:
    """NEED-10, NEED-11: STS for ActiveMQ only; nothing for a public broker."""
    assert needed(*RABBIT, calls_orders()) == [
        "esm:0b2c → mq:jobs:5671 NEED-07", "esm:0b2c → lambda NEED-06",
        "esm:0b2c → secretsmanager NEED-06"]  # fmt: skip
    active = needed(*RABBIT, put("jobs", EngineType="ACTIVEMQ"), calls_orders())
    assert "esm:0b2c → sts NEED-06" in active
    assert needed(*RABBIT, put("jobs", PubliclyAccessible=True), calls_orders()) == []
    assert needed(*DOCUMENTS, calls_orders()) == [
        "esm:0d3e → docdb:docs NEED-07", "esm:0d3e → lambda NEED-06", "esm:0d3e → secretsmanager NEED-06"]  # fmt: skip


def test_a_cluster_of_ones_own() -> None:
    """NEED-09: its bootstrap servers; one with public brokers needs nothing."""
    own = {"SelfManagedEventSource": {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["b2.example.com:9094", "no port"]}}}
    where = [{"Type": "VPC_SUBNET", "URI": "subnet:subnet-d"},
             {"Type": "VPC_SECURITY_GROUP", "URI": "security_group:sg-db"}]  # fmt: skip
    mapping = record("EventSourceMappings", UUID="0c1d", FunctionArn=ORDERS, SourceAccessConfigurations=where, **own)
    assert needed(mapping) == [
        "esm:0c1d → b2.example.com:9094 NEED-09", "esm:0c1d → no port NEED-09?", "esm:0c1d → lambda NEED-06",
        "esm:0c1d → sts NEED-06"]  # fmt: skip
    assert needed(record("EventSourceMappings", UUID="0c1e", FunctionArn=ORDERS, **own)) == []


@pytest.mark.parametrize(
    ("steps", "asks_for"),
    [
        ((do("drop", "EventSourceMappings"),), "lambda:ListEventSourceMappings"),
        ((*KAFKA, calls_orders(), do("drop", "kafka:ClusterInfoList")), "kafka:ListClustersV2"),
        ((*RABBIT, calls_orders(), do("drop", "mq:Brokers")), "mq:DescribeBroker"),
        ((*DOCUMENTS, calls_orders(), do("drop", "DBClusters")), "rds:DescribeDBClusters"),
        ((*DOCUMENTS, calls_orders(), do("drop", "DBSubnetGroups")), "rds:DescribeDBSubnetGroups"),
        ((FILES, mounts(POINT), do("drop", "efs:AccessPoints")), "elasticfilesystem:DescribeAccessPoints"),
        ((mounts(S3_POINT), do("drop", "s3files:fileSystems")), "s3files:GetFileSystem"),
    ],
)  # fmt: skip
def test_what_was_not_read_is_unknown_never_nothing(steps: Steps, asks_for: str, tmp_path: Path) -> None:
    """NEED-04 … NEED-11: an answer that says which action would tell, in every format."""
    source = str(build((*PRIVATE, listed, *steps)).write(tmp_path / "net.json"))
    arguments = ("path", "orders", "rds:x", "--with-needs", "--from", source)
    document = json.loads(run("path", "orders", "10.0.1.9:80", *arguments[3:], "-f", "json").stdout)
    validate_answers(document)
    unknown = [a for a in document["answers"] if a["verdict"] == "unknown"]
    assert [a["unknowns"][0]["needs"] for a in unknown] == [asks_for]
    assert unknown[0]["notes"][0]["code"] == "NEEDED_BESIDES"
    for format_ in ("text", "markdown", "junit", "sarif", "github", "csv"):
        shown = run("path", "orders", "10.0.1.9:80", *arguments[3:], "-f", format_)
        assert shown.exit_code in (1, 3), shown.output
        assert "UNKNOWN_RESOURCE" in shown.stdout, shown.output
    assert asks_for in run("path", "orders", "10.0.1.9:80", *arguments[3:]).stdout


def test_a_poller_that_cannot_be_placed_is_no_source(tmp_path: Path) -> None:
    """NEED-06: never taken for something outside of any VPC."""
    source = str(build((*PRIVATE, *KAFKA, do("drop", "kafka:ClusterInfoList"))).write(tmp_path / "net.json"))
    shown = run("path", "esm:0a1b", "sts", "--from", source)
    assert (shown.exit_code, "kafka:ListClustersV2" in shown.output) == (2, True), shown.output


def test_the_command(tmp_path: Path) -> None:
    """NEED-04, NEED-06: needs stand behind the targets, with who needs them; what is named twice is asked once."""
    world = (*NAT, listed, FILES, mounts(POINT), SECRET, *KAFKA, calls_orders())
    source = str(build(world).write(tmp_path / "net.json"))
    shown = json.loads(run("path", "orders", "secretsmanager", "--with-needs", "--from", source, "-f", "json").stdout)
    asked = [(a["source"]["id"], a["target"], a["verdict"]) for a in shown["answers"]]
    assert asked == [
        ("orders", "secretsmanager:443", "reachable"), ("orders", "efs:fs-1:2049", "blocked"),
        ("orders", "ssm:443", "reachable"), ("orders", "kms:443", "reachable"),
        ("esm:0a1b", "kafka:events:9098", "blocked"), ("esm:0a1b", "lambda:443", "blocked"),
        ("esm:0a1b", "sts:443", "blocked"),
    ]  # fmt: skip
    assert all("NEEDED_BESIDES" in [n["code"] for n in a["notes"]] for a in shown["answers"])
    text = run("path", "both", "*", "--with-needs", "--from", source)
    assert text.exit_code == 2, "a glob is no target"
    every = run("path", "*", "internet", "--with-needs", "--from", source)
    assert every.stdout.count("esm:0a1b → sts") == 1
    assert "mounts the file system fs-1 through fsap-1 (NEED-04)" in every.stdout


def test_expectations(tmp_path: Path) -> None:
    """NEED-04, NEED-17: what functions of the file need is expected of them, with the reason; gaps stay unknown."""
    world = (*PRIVATE, listed, FILES, mounts(POINT), *KAFKA, calls_orders())
    source = str(build(world).write(tmp_path / "net.json"))
    (tmp_path / "reach.yaml").write_text(
        "version: 1\nexpect:\n- function: orders\n  can: ['10.0.1.9:443', 'efs:fs-1']\n"
        "- {function: both, cannot: [s3]}\n"
    )
    given = ("check", "-c", str(tmp_path / "reach.yaml"), "--from", source, "-f", "json")
    assert len(json.loads(run(*given).stdout)["expectations"]) == 3
    found = json.loads(run(*given, "--with-needs").stdout)["expectations"]
    more = [(o["function"], o["target"], o["status"], o["line"]) for o in found[3:]]
    assert more == [("esm:0a1b", "kafka:events:9098", "failed", 3), ("esm:0a1b", "lambda", "failed", 3),
                    ("esm:0a1b", "sts", "failed", 3)]  # fmt: skip
    assert all("polls" in o["because"] for o in found[3:])
    assert run(*given, "--with-needs").exit_code == 1


def test_an_expectation_of_what_could_not_be_looked_up_is_unknown(tmp_path: Path) -> None:
    """NEED-06: exit code 3, with the action to grant."""
    source = str(build((*NAT, do("drop", "EventSourceMappings"))).write(tmp_path / "net.json"))
    (tmp_path / "reach.yaml").write_text("version: 1\nexpect:\n- {function: orders, can: [internet]}\n")
    given = ("check", "-c", str(tmp_path / "reach.yaml"), "--from", source)
    assert run(*given).exit_code == 0
    shown = run(*given, "--with-needs")
    assert (shown.exit_code, "lambda:ListEventSourceMappings" in shown.stdout) == (3, True), shown.output


def test_a_need_is_said_of_the_target_that_meets_it() -> None:
    """NEED-14: also where it was not asked for as a need."""
    answer = network((*NAT, SECRET)).path("orders", "secretsmanager")
    assert answer.verdict is Verdict.REACHABLE
    assert [n.text for n in answer.notes if n.code == "NEEDED_BESIDES"] == [
        "The role of orders is for calling secretsmanager:GetSecretValue (NEED-14)."]  # fmt: skip
