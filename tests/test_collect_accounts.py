"""Which account and region is read, what is said when nothing can be, and the command over HTTP."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.session import get_session
from moto import mock_aws

from reach.errors import AwsError
from reach.network import ACTION_OF_KEY, KEY_OF_PREFIX
from reach.snapshot import load, parse
from reach.sources.aws import collect
from reach.sources.call import Call
from reach.sources.calls import KEYS, TABLE, WHO_AM_I, policy
from tests import wire
from tests.aws_account import (
    ACCOUNT,
    MOTO_LACKS,
    OTHER,
    REGION,
    answering,
    api_of,
    build,
    here,
    offline,
    refusing,
    some,
    timeless,
)

ACTIONS = sorted({call.action for call in TABLE})


@pytest.fixture(autouse=True)
def no_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the machine's own AWS configuration, and no metadata service."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def aws(no_configuration: None) -> Iterator[None]:
    with mock_aws():
        yield


def test_the_policy_is_read_only_and_every_action_exists() -> None:
    session = get_session()
    for action in policy()["Statement"][0]["Action"]:
        service, operation = api_of(action)
        assert operation in session.get_service_model(service).operation_names
        assert re.match("Describe|List|Get|Search|BatchGet", operation)


def test_an_empty_region_takes_few_calls(aws: None) -> None:
    called: list[str] = []
    groups = "FirewallRuleGroupAssociations"
    session = answering(f"route53resolver:List{groups}", lambda _: {groups: []})
    session.events.register_first("before-call.*.*", lambda model, **_: called.append(model.name))  # type: ignore[attr-defined]
    collect(session)
    once = [call.operation for call in TABLE if call.plan is None]
    entries = ["GetManagedPrefixListEntries"] * 2  # s3 and dynamodb
    # The lists that name these are not moto's; that of the connectors has a second page.
    ours = ["GetEnvironment", "ListNetworkConnectors", *["GetNetworkConnector"] * len(wire.CONNECTORS)]
    assert sorted(called) == sorted([*once, *entries, *ours, WHO_AM_I.partition(":")[2]])


# -- accounts and regions ----------------------------------------------------------------------------------


def test_two_regions(aws: None) -> None:
    ids = {region: build(offline(), region) for region in (REGION, "us-east-1")}
    snapshot = collect(offline(), regions=["us-east-1", REGION, "us-east-1"])
    assert list(snapshot.accounts) == [ACCOUNT]
    for region, found in ids.items():
        assert found["vpc"] in [r["VpcId"] for r in here(snapshot, region=region)["Vpcs"]]
    # The second region is not enabled for the account: a gap for each of its calls.
    session = refusing("ec2:DescribeVpcs", "AuthFailure", after=1)
    half = collect(session, regions=[REGION, "us-east-1"])
    closed = {gap.region for gap in half.gaps if gap.error == "AuthFailure"}
    assert len(closed) == 1
    assert {gap.action for gap in half.gaps if gap.error == "AuthFailure"} == set(ACTIONS)
    assert [*half.accounts[ACCOUNT]] == [*{REGION, "us-east-1"} - closed]


def test_a_role_reads_its_own_account(aws: None) -> None:
    role = f"arn:aws:iam::{OTHER}:role/read"
    given = offline().client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    other = boto3.session.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    ids = build(other)
    snapshot = collect(offline(), role_arns=[role])
    assert list(snapshot.accounts) == [OTHER]
    assert ids["vpc"] in [r["VpcId"] for r in here(snapshot, OTHER)["Vpcs"]]
    both = collect(offline(), role_arns=[role, f"arn:aws:iam::{ACCOUNT}:role/read"])
    assert sorted(both.accounts) == [ACCOUNT, OTHER]


def test_a_role_that_cannot_be_assumed(aws: None) -> None:
    role, good = (f"arn:aws:iam::{account}:role/read" for account in (OTHER, ACCOUNT))
    with pytest.raises(AwsError, match="role/read cannot be assumed"):
        collect(refusing("sts:AssumeRole"), role_arns=[role])
    snapshot = collect(refusing("sts:AssumeRole", after=1), role_arns=[good, role])
    assert list(snapshot.accounts) == [ACCOUNT]
    (gap,) = [gap for gap in snapshot.gaps if gap.account == OTHER]
    assert (gap.action, gap.keys) == ("sts:AssumeRole", tuple(sorted(KEYS)))
    with pytest.raises(AwsError, match="is not the ARN of a role"):
        collect(offline(), role_arns=["reader"])


# -- nothing could be read ---------------------------------------------------------------------------------


def everything(error: Exception) -> boto3.session.Session:
    session = offline()

    def refuse(**_: Any) -> None:
        raise error

    session.events.register_first("before-call.*.*", refuse)  # type: ignore[attr-defined]
    return session


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (ClientError({"Error": {"Code": "ExpiredToken"}}, "x"), "credentials have expired", "aws sso login"),
        (
            ClientError({"Error": {"Code": "AuthFailure"}}, "x"),
            "does not accept these credentials in eu-west-1",
            "keys",
        ),
        (ClientError({"Error": {"Code": "AccessDenied"}}, "x"), "refused every call", "reach permissions"),
        (EndpointConnectionError(endpoint_url="http://x"), "cannot be reached in eu-west-1", "AWS_ENDPOINT_URL"),
    ],
)
def test_nothing_could_be_read(aws: None, error: Exception, message: str, hint: str) -> None:
    with pytest.raises(AwsError, match=message) as caught:
        collect(everything(error))
    assert hint in (caught.value.hint or "")
    assert caught.value.exit_code == 4


def test_no_credentials() -> None:
    with pytest.raises(AwsError, match="there are no AWS credentials"):
        collect(regions=[REGION])


def test_no_region(aws: None) -> None:
    with pytest.raises(AwsError, match="no AWS region is configured"):
        collect(boto3.session.Session())


def test_a_profile_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(os.environ["AWS_CONFIG_FILE"]).write_text("[profile production]\nregion = eu-west-1\n")
    with pytest.raises(AwsError, match="no AWS profile 'prodction'") as caught:
        collect(profile="prodction")
    assert "did you mean production?" in (caught.value.hint or "")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    with pytest.raises(AwsError, match="no AWS profile 'nobody'"):
        collect()


def closed_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def command(*arguments: str, endpoint: str, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION}
    return subprocess.run(
        [sys.executable, "-m", "reach", *arguments], capture_output=True, text=True, check=False, timeout=timeout,
        env=os.environ | keys | {"AWS_ENDPOINT_URL": endpoint},
    )  # fmt: skip


def test_an_endpoint_that_nobody_listens_on_answers_in_seconds(tmp_path: Path) -> None:
    began = time.monotonic()
    done = command("snapshot", "-o", str(tmp_path / "net.json"), endpoint=f"http://127.0.0.1:{closed_port()}")
    assert done.returncode == 4, done.stderr
    assert "error: AWS cannot be reached in eu-west-1" in done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - began < 30
    assert list(tmp_path.iterdir()) == []


@pytest.mark.server
@pytest.mark.slow
def test_the_command_reads_a_server_over_http(tmp_path: Path) -> None:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        endpoint = "http://{}:{}".format(*server.get_host_and_port())
        session = boto3.session.Session("testing", "testing", region_name=REGION)

        class Clients:
            """A session whose clients talk to the server."""

            def client(self, name: str, region_name: str) -> Any:
                return session.client(name, region_name=region_name, endpoint_url=endpoint)  # type: ignore[call-overload]

        ids = build(Clients())
        target = tmp_path / "net.json.gz"
        done = command("snapshot", "-o", str(target), endpoint=endpoint)
        assert done.returncode == 0, done.stderr
        assert done.stdout == ""
        lacking = len(MOTO_LACKS) + 7  # what tests answer themselves in this process, nobody answers over HTTP
        assert f"2 VPCs, 5 subnets, 2 functions in 1 region, {lacking} gaps" in done.stderr
        assert done.stderr.count("\ngap: ") == lacking
        assert ids["nat"] in some(load(target), "NatGateways", "NatGatewayId")
        piped = command("snapshot", "-o", "-", "-q", endpoint=endpoint)
        assert (piped.returncode, piped.stderr) == (0, "")
        assert timeless(parse(piped.stdout, "-")) == timeless(load(target))
    finally:
        server.stop()
    assert threading.active_count() < 50


def test_the_permissions_command_prints_the_policy() -> None:
    done = command("permissions", endpoint="http://127.0.0.1:1")
    assert json.loads(done.stdout) == policy()
    assert (done.returncode, done.stderr) == (0, "")


def test_calls_describe_themselves() -> None:
    assert all(isinstance(call, Call) and call.needs == tuple(k for k in call.needs if k in KEYS) for call in TABLE)
    assert len({(call.action, call.key) for call in TABLE}) == len(TABLE)


def test_every_collection_has_an_action_that_a_gap_can_name() -> None:
    made = {(call.key, call.action) for call in TABLE}
    assert set(ACTION_OF_KEY) == {call.key for call in TABLE}
    assert set(ACTION_OF_KEY.items()) <= made
    assert set(KEY_OF_PREFIX.values()) <= set(ACTION_OF_KEY)
