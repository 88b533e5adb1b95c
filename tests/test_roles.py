"""Execution roles of a live account, and the built-in copies of AWS's own policies."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from reach import Verdict
from reach.ask import ask
from reach.ask.asker import planned
from reach.checks.roles import lacking
from reach.describe import describe
from reach.policy import Document, Outcome, Request, evaluate, parse
from reach.policy.managed import ACTIONS, managed
from reach.snapshot import Snapshot
from reach.sources.aws import collect
from reach.vpc_config import VpcConfig
from tests.aws_account import here, offline
from tests.scenario_roles import BASIC, LOGS, REST, SEED, VPC_ACCESS, allow

TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture(scope="module")
def account() -> Iterator[Any]:
    with mock_aws(config={"iam": {"load_aws_managed_policies": True}}):
        yield offline()


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_perm_02_the_built_in_copies_are_what_aws_publishes(account: Any, name: str) -> None:
    """PERM-02: as moto has them from AWS."""
    iam = account.client("iam")
    arn = f"arn:aws:iam::aws:policy/service-role/{name}"
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    published = parse(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
    own = managed(arn)
    assert isinstance(published, Document)
    assert own is not None
    assert {s.action.values for s in published.statements if s.action} != set()
    for action in {*ACTIONS[name], *SEED, *REST, *LOGS, "s3:GetObject"}:
        wanted = evaluate(published, Request(action)).outcome
        assert evaluate(own, Request(action)).outcome is wanted
        assert (wanted is Outcome.ALLOWED) == (action in ACTIONS[name])


@pytest.fixture(scope="module")
def snapshot(account: Any) -> Snapshot:
    """A function whose role carries an inline, a managed and an own policy; another with the basic role."""
    iam, ec2, functions = (account.client(s) for s in ("iam", "ec2", "lambda"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc)["GroupId"]
    own = iam.create_policy(PolicyName="own", PolicyDocument=json.dumps(allow(*SEED)))["Policy"]["Arn"]
    for name, arns in (("whole", (own, BASIC)), ("basic", (BASIC,)), ("unused", (VPC_ACCESS,))):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST, Path="/service-role/")
        for arn in arns:
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    iam.put_role_policy(RoleName="whole", PolicyName="rest", PolicyDocument=json.dumps(allow(*REST)))
    for name in ("whole", "basic"):
        functions.create_function(
            FunctionName=name, Runtime="python3.13", Role=f"arn:aws:iam::123456789012:role/service-role/{name}",
            Handler="a.b", Code={"ZipFile": b"x"}, VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [group]},
        )  # fmt: skip
    return collect(account)


def test_perm_01_roles_of_attached_functions_are_read_and_no_others(snapshot: Snapshot) -> None:
    """PERM-01: inline, attached and AWS's own policies together."""
    assert [r["RoleName"] for r in here(snapshot)["iam:AttachedPolicies"]] == ["basic", "whole"]
    assert "unused" not in json.dumps(here(snapshot)["iam:PolicyNames"])
    network = describe(snapshot)
    found = {f.name: lacking(network, f) for f in network.functions}
    assert found["whole"] is not None
    assert (found["whole"].needed, found["whole"].useful, found["whole"].logging) == ((), (), ())
    assert found["basic"] is not None
    assert set(found["basic"].needed) == set(SEED)


def test_perm_01_of_a_function_that_is_to_be_moved(snapshot: Snapshot) -> None:
    """PERM-01: the role that it has decides about the new network too."""
    network = describe(snapshot)
    (function,) = [f for f in network.functions if f.name == "basic"]
    moved = planned(network, "basic", VpcConfig(function.subnets, function.groups))
    got = ask(moved, "basic", "internet")
    assert (got.verdict, got.blockers[0].cause) == (Verdict.BLOCKED, "ROLE_LACKS_ENI_PERMISSIONS")
