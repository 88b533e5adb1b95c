"""The table of AWS services: it is what the generator makes, and every name leads back to its service."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import botocore
import botocore.config
import botocore.session
import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from reach import services
from reach.spellings import kind_of, spelling_of

ROOT = Path(__file__).resolve().parent.parent
REGIONS = ["us-east-1", "eu-west-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"]
STALE = "reach/services.json is stale: run make services"

# Their endpoint services serve hosts below the client's own, such as `<api>.execute-api.<region>`.
SERVE_SUBDOMAINS = {"apigatewaymanagementapi", "deadline", "location"}


# Prefixes that no policy of AWS's own names.
UNWRITTEN = {"managedblockchain-query", "repostspace", "snow-device-management"}


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_services", ROOT / "tools" / "make_services.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def shipped() -> str:
    return (ROOT / "reach" / "services.json").read_text(encoding="utf-8")


def pinned_botocore() -> str | None:
    constraints = ROOT / "constraints.txt"
    text = constraints.read_text(encoding="utf-8") if constraints.exists() else ""
    found = re.search(r"^botocore==(\S+)", text, re.MULTILINE)
    return found.group(1) if found else None


def test_the_file_was_made_from_the_pinned_botocore() -> None:
    pinned = pinned_botocore()
    if pinned is None:
        pytest.skip("constraints.txt does not pin botocore")
    assert json.loads(shipped())["botocore"] == pinned, STALE


@pytest.mark.slow
def test_the_file_is_what_the_generator_makes(generator: ModuleType) -> None:
    table = generator.build()
    if table["botocore"] == json.loads(shipped())["botocore"]:
        assert generator.render(table) == shipped(), STALE
        return
    # Another botocore than the one of the file: of the services that both know, hardly any host has moved.
    old = json.loads(shipped())["services"]
    common = set(old) & set(table["services"])
    same = sum(old[name]["host"] == table["services"][name]["host"] for name in common)
    assert same >= 0.95 * len(common) >= 0.85 * len(old)


def test_the_tables_of_the_generator_name_nothing_that_is_unused(generator: ModuleType) -> None:
    data = json.loads(shipped())["services"]
    served = {endpoint for record in data.values() for endpoint in record.get("endpoints", ())}
    by_hand = {*generator.ENDPOINTS, *generator.PORTS, *generator.GATEWAY, *generator.NO_PRIVATE_DNS}
    assert by_hand <= set(data)
    assert set(generator.PRIVATELINK) <= served


def test_the_file_is_small_and_has_a_line_for_each_service() -> None:
    lines = shipped().splitlines()
    assert len(shipped()) < 60_000
    assert sum(line.startswith('"') and '"host"' in line for line in lines) == len(services.names())


@pytest.mark.parametrize("region", REGIONS)
def test_law_a_host_leads_back_to_a_service_with_that_host(region: str) -> None:
    for name in services.names():
        host = services.find(name).host(region)  # type: ignore[union-attr]
        found = services.by_host(host)
        assert found is not None, host
        assert found[0].host(found[1]) == host


@pytest.mark.parametrize("region", REGIONS)
def test_law_an_endpoint_service_leads_back_to_a_service_with_the_same_host(region: str) -> None:
    for name in services.names():
        service = services.find(name)
        assert service is not None
        for endpoint in service.endpoint_services(region):
            found = services.by_endpoint_service(endpoint)
            assert found is not None, endpoint
            if name not in SERVE_SUBDOMAINS:
                assert found.host(region) == service.host(region), endpoint


@pytest.mark.parametrize(
    ("name", "region", "host", "endpoints"),
    [  # SVC-02, row by row
        ("secretsmanager", "eu-west-1", "secretsmanager.eu-west-1.amazonaws.com", ["secretsmanager"]),
        ("s3", "eu-west-1", "s3.eu-west-1.amazonaws.com", ["s3"]),
        ("s3", "us-east-1", "s3.amazonaws.com", ["s3"]),  # SVC-11
        ("s3express", "eu-west-1", "s3express-control.eu-west-1.amazonaws.com", ["s3express"]),
        ("s3control", "eu-west-1", "s3-control.eu-west-1.amazonaws.com", []),
        ("dynamodb", "eu-west-1", "dynamodb.eu-west-1.amazonaws.com", ["dynamodb"]),
        ("dynamodbstreams", "eu-west-1", "streams.dynamodb.eu-west-1.amazonaws.com", ["dynamodb-streams"]),
        ("cloudwatch", "eu-west-1", "monitoring.eu-west-1.amazonaws.com", ["monitoring"]),
        ("stepfunctions", "eu-west-1", "states.eu-west-1.amazonaws.com", ["states"]),
        ("sync-states", "eu-west-1", "sync-states.eu-west-1.amazonaws.com", ["sync-states"]),
        ("kinesis", "eu-west-1", "kinesis.eu-west-1.amazonaws.com", ["kinesis-streams"]),
        ("firehose", "eu-west-1", "firehose.eu-west-1.amazonaws.com", ["kinesis-firehose"]),
        ("ecr", "eu-west-1", "api.ecr.eu-west-1.amazonaws.com", ["ecr.api"]),
        ("ecr.dkr", "eu-west-1", "*.dkr.ecr.eu-west-1.amazonaws.com", ["ecr.dkr"]),
        ("execute-api", "eu-west-1", "*.execute-api.eu-west-1.amazonaws.com", ["execute-api"]),
        ("apigateway", "eu-west-1", "apigateway.eu-west-1.amazonaws.com", ["apigateway"]),
        ("efs", "eu-west-1", "elasticfilesystem.eu-west-1.amazonaws.com", ["elasticfilesystem"]),
        ("sagemaker", "eu-west-1", "api.sagemaker.eu-west-1.amazonaws.com", ["sagemaker.api"]),
        (
            "sagemaker-runtime",
            "eu-west-1",
            "runtime.sagemaker.eu-west-1.amazonaws.com",
            ["sagemaker.runtime"],
        ),
        ("keyspaces", "eu-west-1", "cassandra.eu-west-1.amazonaws.com", ["cassandra"]),
        ("memorydb", "eu-west-1", "memory-db.eu-west-1.amazonaws.com", ["memory-db"]),
        ("iot-data", "eu-west-1", "data-ats.iot.eu-west-1.amazonaws.com", ["iot.data"]),
        ("cognito-idp", "eu-west-1", "cognito-idp.eu-west-1.amazonaws.com", ["cognito-idp"]),
        ("sts", "eu-west-1", "sts.eu-west-1.amazonaws.com", ["sts"]),  # SVC-12
        ("email-smtp", "eu-west-1", "email-smtp.eu-west-1.amazonaws.com", ["email-smtp"]),
        # SVC-21: nothing but the internet
        ("sesv2", "eu-west-1", "email.eu-west-1.amazonaws.com", []),
        ("waf", "eu-west-1", "waf.amazonaws.com", []),
        ("shield", "eu-west-1", "shield.us-east-1.amazonaws.com", []),
        ("budgets", "eu-west-1", "budgets.amazonaws.com", []),
        ("support", "eu-west-1", "support.us-east-1.amazonaws.com", []),
    ],
)
def test_svc_02_host_and_endpoint_service(name: str, region: str, host: str, endpoints: list[str]) -> None:
    service = services.find(name)
    assert service is not None
    assert service.host(region) == host
    assert service.endpoint_services(region) == tuple(f"com.amazonaws.{region}.{e}" for e in endpoints)


@pytest.mark.parametrize(
    ("name", "region", "expected"),
    [
        ("iam", "eu-west-1", ("com.amazonaws.iam",)),
        ("route53", "eu-west-1", ("com.amazonaws.route53",)),
        (
            "organizations",
            "eu-west-1",
            ("com.amazonaws.us-east-1.organizations",),
        ),  # the host's region, SVC-10
        ("freetier", "us-east-1", ("aws.api.us-east-1.freetier",)),  # SVC-03
        ("keyspacesstreams", "us-east-1", ("api.aws.us-east-1.cassandra-streams",)),
        ("sqs", "cn-north-1", ("cn.com.amazonaws.cn-north-1.sqs",)),
        ("kms", "cn-north-1", ("com.amazonaws.cn-north-1.kms",)),
        ("s3", "cn-north-1", ("com.amazonaws.cn-north-1.s3", "cn.com.amazonaws.cn-north-1.s3")),
        ("sqs", "us-gov-west-1", ("com.amazonaws.us-gov-west-1.sqs",)),
    ],
)
def test_svc_03_endpoint_services_outside_the_usual_form(name: str, region: str, expected: tuple[str, ...]) -> None:
    service = services.find(name)
    assert service is not None
    assert service.endpoint_services(region) == expected


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("sqs", "cn-north-1"),
        ("kms", "us-gov-west-1"),
        ("iam", "eu-west-1"),
        ("s3", "us-east-1"),
        ("s3", "cn-north-1"),
        ("ecr", "ap-south-1"),
        ("rds", "eu-central-1"),
    ],
)
def test_the_host_is_the_one_that_a_real_client_calls(name: str, region: str) -> None:
    """SVC-01: hosts are those of botocore's own resolver."""
    session = botocore.session.get_session()
    client = session.create_client(name, region_name=region, aws_access_key_id="none", aws_secret_access_key="none")
    service = services.find(name)
    assert service is not None
    assert f"https://{service.host(region)}" == client.meta.endpoint_url


def test_svc_20_three_services_have_a_gateway_endpoint() -> None:
    """SVC-20: everything else on a gateway endpoint is a mistake."""
    having = [name for name in services.names() if services.find(name).gateway]  # type: ignore[union-attr]
    assert having == ["dynamodb", "s3", "s3express"]


def test_svc_14_no_private_name_for_dynamodb() -> None:
    without = [n for n in services.names() if not services.find(n).private_dns]  # type: ignore[union-attr]
    assert without == ["dynamodb", "s3express"]


def test_svc_02_ports() -> None:
    ports = {n: services.find(n).ports for n in services.names()}  # type: ignore[union-attr]
    assert ports["sqs"] == (443,)
    assert {name: p for name, p in ports.items() if p != (443,)} == {
        "dsql": (443, 5432),
        "email-smtp": (465, 587, 2465, 2587),
        "iot-data": (443, 8883),
        "keyspaces": (443, 9142),
    }


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("sqs.eu-west-1.amazonaws.com", ("sqs", "eu-west-1")),
        ("SQS.eu-west-1.amazonaws.com.", ("sqs", "eu-west-1")),
        ("rds.eu-west-1.amazonaws.com", ("rds", "eu-west-1")),  # shared with docdb and neptune
        ("iam.amazonaws.com", ("iam", "us-east-1")),
        ("reports.s3.eu-west-1.amazonaws.com", ("s3", "eu-west-1")),
        ("a.b.s3.amazonaws.com", ("s3", "us-east-1")),
        ("s3.us-east-1.amazonaws.com", ("s3", "us-east-1")),
        ("s3.dualstack.eu-west-1.amazonaws.com", ("s3", "eu-west-1")),
        ("s3-eu-west-1.amazonaws.com", ("s3", "eu-west-1")),
        ("reports.s3-website-eu-west-1.amazonaws.com", ("s3", "eu-west-1")),
        ("reports.s3.cn-north-1.amazonaws.com.cn", ("s3", "cn-north-1")),
        ("b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com", ("s3express", "us-east-1")),
        ("123456789012.ddb.eu-west-1.amazonaws.com", ("dynamodb", "eu-west-1")),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", ("ecr.dkr", "eu-west-1")),
        ("abc123.execute-api.eu-west-1.amazonaws.com", ("execute-api", "eu-west-1")),
        ("api.example.com", None),
        ("amazonaws.com", None),
        ("reports.s3.evil.example", None),
        ("s3.mars-north-1.amazonaws.com", None),
        ("orders.abc.eu-west-1.rds.amazonaws.com", None),
        ("notsqs.eu-west-1.amazonaws.com", None),
        ("vpce-1.sqs.eu-west-1.vpce.amazonaws.com", None),
        ("", None),
    ],
)
def test_by_host(host: str, expected: tuple[str, str] | None) -> None:
    found = services.by_host(host)
    assert (found and (found[0].name, found[1])) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("com.amazonaws.eu-west-1.s3", "s3"),
        ("com.amazonaws.eu-west-1.kinesis-streams", "kinesis"),
        ("com.amazonaws.eu-west-1.execute-api", "execute-api"),
        ("com.amazonaws.eu-west-1.rds", "rds"),
        ("com.amazonaws.eu-west-1.email", "ses"),  # not in the table, but it says which host it serves
        ("aws.api.eu-west-1.kendra-ranking", "kendra-ranking"),
        ("cn.com.amazonaws.cn-north-1.sqs", "sqs"),
        ("com.amazonaws.iam", "iam"),
        ("com.amazonaws.eu-west-1.kms-fips", "kms"),  # SVC-03: its FIPS hosts
        ("com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d", None),
        ("com.example.s3", None),
        ("", None),
    ],
)
def test_svc_03_by_endpoint_service(name: str, expected: str | None) -> None:
    found = services.by_endpoint_service(name)
    assert (found and found.name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("com.amazonaws.eu-west-1.s3", ("s3", "eu-west-1")),
        ("com.amazonaws.cn-north-1.dynamodb", ("dynamodb", "cn-north-1")),
        ("com.amazonaws.eu-west-1.s3express", ("s3express", "eu-west-1")),
        ("com.amazonaws.eu-west-1.sqs", None),
        ("com.amazonaws.global.cloudfront.origin-facing", None),
        ("com.amazonaws.eu-west-1.ec2-instance-connect", None),
        ("office", None),
    ],
)
def test_by_prefix_list(name: str, expected: tuple[str, str] | None) -> None:
    found = services.by_prefix_list(name)
    assert (found and (found[0].name, found[1])) == expected


def test_names_are_sorted_and_botocore_s_own() -> None:
    names = services.names()
    assert list(names) == sorted(names)
    if json.loads(shipped())["botocore"] == botocore.__version__:
        assert set(botocore.session.get_session().get_available_services()) <= set(names)
    assert services.find("s4") is None


@pytest.mark.parametrize(
    ("host", "expected"),
    [  # SVC-01, SVC-03: name, Region, FIPS, both families
        ("sqs.eu-west-1.amazonaws.com", ("sqs", "eu-west-1", False, False)),
        ("KMS-FIPS.us-east-1.amazonaws.com.", ("kms", "us-east-1", True, False)),
        ("kms-fips.us-east-1.api.aws", ("kms", "us-east-1", True, True)),
        ("api.ecr-fips.us-east-1.amazonaws.com", ("ecr", "us-east-1", True, False)),
        ("123456789012.dkr.ecr-fips.us-east-1.amazonaws.com", ("ecr.dkr", "us-east-1", True, False)),
        ("fips.batch.us-east-1.amazonaws.com", ("batch", "us-east-1", True, False)),
        ("iam-fips.amazonaws.com", ("iam", "us-east-1", True, False)),
        ("iam.global.api.aws", ("iam", "us-east-1", False, True)),
        ("ecr.us-east-1.api.aws", ("ecr", "us-east-1", False, True)),
        ("efs.eu-west-1.api.aws", ("efs", "eu-west-1", False, True)),
        ("streams-dynamodb.eu-west-1.api.aws", ("dynamodbstreams", "eu-west-1", False, True)),
        ("123456789012.ddb.eu-west-1.api.aws", ("dynamodb", "eu-west-1", False, True)),
        ("sqs.cn-north-1.api.amazonwebservices.com.cn", ("sqs", "cn-north-1", False, True)),
        ("b.s3-fips.us-gov-west-1.amazonaws.com", ("s3", "us-gov-west-1", True, False)),
        ("b.s3-fips.dualstack.us-east-1.amazonaws.com", ("s3", "us-east-1", True, True)),
        ("b.s3.dualstack.eu-west-1.amazonaws.com", ("s3", "eu-west-1", False, True)),
        ("my-fips.s3.eu-west-1.amazonaws.com", ("s3", "eu-west-1", False, False)),
        ("s3-control.dualstack.eu-west-1.amazonaws.com", ("s3control", "eu-west-1", False, True)),
        ("sqs.cn-north-1.api.aws", None),
        ("api.aws", None),
        ("x.api.aws", None),
        ("kms-fips.example.com", None),
        ("", None),
    ],
)
def test_svc_03_spelling_of(host: str, expected: tuple[str, str, bool, bool] | None) -> None:
    found = spelling_of(host)
    assert (found and (found.service.name, found.region, found.fips, found.dual)) == expected


@pytest.mark.parametrize("region", REGIONS)
def test_law_the_dual_stack_host_leads_back_to_a_service_with_that_host(region: str) -> None:
    for name in services.names():
        service = services.find(name)
        assert service is not None
        host = service.dual_host(region).removeprefix("*.")
        home = next((label for label in host.split(".") if services.is_region(label)), region)
        if services.partition_of(home) != services.partition_of(region):  # not offered in this partition
            continue
        found = spelling_of(host) or spelling_of(f"x.{host}")
        assert found is not None, host
        assert found.service.dual_host(found.region).removeprefix("*.") == host


@pytest.mark.parametrize(("name", "region"), [("sqs", "eu-west-1"), ("kms", "cn-north-1"), ("sts", "us-east-1")])
@pytest.mark.parametrize("flag", ["use_dualstack_endpoint", "use_fips_endpoint"])
def test_fn_09_the_hosts_that_a_client_calls_with_these_settings(name: str, region: str, flag: str) -> None:
    """FN-09, SVC-03: hosts are those of botocore's own resolver."""
    client = botocore.session.get_session().create_client(
        name, region_name=region, config=botocore.config.Config(**{flag: True}),
        aws_access_key_id="none", aws_secret_access_key="none",
    )  # fmt: skip
    host = client.meta.endpoint_url.removeprefix("https://")
    found = spelling_of(host)
    assert found is not None
    assert found.service.host(found.region) == services.find(name).host(region)  # type: ignore[union-attr]
    if flag == "use_dualstack_endpoint":
        assert found.service.dual_host(region) == host
    else:
        assert found.fips


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("db.c1.eu-west-1.rds.amazonaws.com", "rds"),
        ("db.c1.rds.cn-north-1.amazonaws.com.cn", "rds"),
        ("web-1.elb.eu-west-1.amazonaws.com", "elb"),
        ("x.a1b2.euw1.cache.amazonaws.com", "cache"),
        ("rds.eu-west-1.amazonaws.com", None),
        ("amazonaws.com", None),
        ("example.com", None),
    ],
)
def test_dst_09_kind_of(host: str, expected: str | None) -> None:
    assert kind_of(host) == expected


@pytest.mark.slow
def test_prefixes_of_actions_are_those_of_policies_that_aws_wrote() -> None:
    """AUTH-04: a prefix that no policy has would make every endpoint policy seem to refuse the service."""
    written = set(re.findall(r'"([a-z0-9-]+):[a-z*]', aws_managed_policies_data.lower()))
    known = [s for name in services.names() if (s := services.find(name)) is not None]
    assert {s.actions for s in known if s.endpoint_services("eu-west-1")} - written == UNWRITTEN
