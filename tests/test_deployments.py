"""`reach policy`: deployments by the rules, the command, and the spelling of --vpc-config."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reach.deployment import deployments
from reach.errors import QuestionError
from reach.policy import Document, Outcome, parse
from reach.policy.lint import lint
from reach.vpc_config import VpcConfig, read
from tests.command import call, run
from tests.deployments import (
    CASES,
    FREELY,
    ONLY_SUBNET_1,
    ONLY_VPC_1,
    WORLD,
    Case,
    codes,
    document,
    judged,
    rule,
    world,
)
from tests.scenario import build

pytestmark = pytest.mark.smoke
LINTS = {"POLICY_ALLOWS_ARE_ALTERNATIVES", "POLICY_ADMITS_NO_VPC", "POLICY_DENIES_ONLY_IF_ALL",
         "POLICY_LIST_NEEDS_SET_OPERATOR", "POLICY_SET_OPERATOR_ON_SINGLE_VALUE",
         "POLICY_KEY_NOT_IN_REQUEST"}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_deployments(case: Case) -> None:
    got = judged(case)
    assert (got.outcome, got.request.action) == (case.want, case.does), got.why
    assert case.says in f"{got.why} {got.fix}"
    assert (got.outcome is Outcome.ALLOWED) == (got.code is None) == (got.fix == "")
    assert set(case.codes) <= codes(case)
    assert {n.code for n in lint(document(case))} == LINTS & set(case.codes), "no more and no fewer lints"


def test_perm_07_the_deployer_is_told_what_else_it_needs() -> None:
    lacking = {c.about for c in CASES if "DEPLOYER_LACKS_EC2_PERMISSIONS" in codes(c)}
    assert "a deployer that may look" not in lacking
    assert "in another VPC" in lacking
    partly = Case(ids="", about="", policy=(rule("Allow", "", "lambda:*"), rule("Allow", "", "ec2:Describe*")),
                  want=Outcome.ALLOWED)  # fmt: skip
    (note,) = judged(partly).notes
    assert "ec2:GetSecurityGroupsForVpc," in note.text
    assert "DescribeSubnets" not in note.text
    assert "to wait until interfaces are gone" not in note.text
    (other,) = judged(next(c for c in CASES if c.about == "in another VPC")).notes
    assert "CloudFormation also needs ec2:DescribeNetworkInterfaces" in other.text, "PERM-09"


def test_every_function_of_the_source_is_judged_when_none_is_named() -> None:
    found = deployments(world(CASES[0]), document(CASES[0]))
    assert [(d.function, d.outcome) for d in found] == [
        ("inside", Outcome.ALLOWED),
        ("loose", Outcome.DENIED),
        ("vague", Outcome.ALLOWED),
    ]


# -- the spelling of --vpc-config (FN-10) -------------------------------------------------------------------

SPELLINGS = {
    "SubnetIds=subnet-1,SecurityGroupIds=sg-1": VpcConfig(("subnet-1",), ("sg-1",)),
    "SubnetIds=subnet-2,subnet-1,SecurityGroupIds=sg-1,sg-2": VpcConfig(("subnet-1", "subnet-2"), ("sg-1", "sg-2")),
    "SubnetIds=[subnet-1, subnet-2],SecurityGroupIds=['sg-1']": VpcConfig(("subnet-1", "subnet-2"), ("sg-1",)),
    "SecurityGroupIds=sg-1,SubnetIds=subnet-1,Ipv6AllowedForDualStack=true": VpcConfig(("subnet-1",), ("sg-1",), True),
    "SubnetIds=,SecurityGroupIds=": VpcConfig((), ()),
    "SubnetIds=[],SecurityGroupIds=[]": VpcConfig((), ()),
    "{}": VpcConfig((), ()),
    "SubnetIds=subnet-1,,SecurityGroupIds=sg-1": VpcConfig(("subnet-1",), ("sg-1",)),
    "SubnetIds = subnet-1, subnet-2, SecurityGroupIds=sg-1": VpcConfig(("subnet-1", "subnet-2"), ("sg-1",)),
    'SubnetIds="subnet-1","subnet-2",SecurityGroupIds="sg-1"': VpcConfig(("subnet-1", "subnet-2"), ("sg-1",)),
    '{"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "Ipv6AllowedForDualStack": false}': VpcConfig(
        ("subnet-1",), ("sg-1",)
    ),
}
WRONG = {
    "": "not of the form",
    "subnet-1": "not of the form",
    "SubnetIds=subnet-1": "SecurityGroupIds is not",
    "SecurityGroupIds=sg-1": "SubnetIds is not",
    "Subnets=subnet-1": "did you mean 'SubnetIds'?",
    "subnetIds=subnet-1,SecurityGroupIds=sg-1": "'subnetIds' is not a member",
    "securitygroupids=sg-1,SubnetIds=subnet-1": "did you mean 'SecurityGroupIds'?",
    '{"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"}': "leave VpcId out",
    '{"VpcConfig": {"SubnetIds": ["subnet-1"]}}': "give what VpcConfig holds",
    "SubnetIds=subnet-1;subnet-2,SecurityGroupIds=sg-1": "'subnet-1;subnet-2' in SubnetIds cannot be an id",
    "SubnetIds=subnet-1 SecurityGroupIds=sg-1": "there is no comma before SecurityGroupIds",
    "SecurityGroupIds=sg-1\nSubnetIds=subnet-1": "there is no comma before SubnetIds",
    "file://config.json": '--vpc-config "$(cat config.json)"',
    "[]": "not of the form",
    '{"SubnetIds": null}': "a list of ids",
    "SubnetIds=$SUBNETS,SecurityGroupIds=sg-1": "'$SUBNETS' in SubnetIds does not begin with subnet-",
    "SubnetIds=sg-1,SecurityGroupIds=sg-1": "does not begin with subnet-",
    "SubnetIds=subnet-1,SubnetIds=subnet-2": "given twice",
    "SubnetIds=[subnet-1,SecurityGroupIds=sg-1": "not closed",
    "SubnetIds=subnet-1,SecurityGroupIds=sg-1,Ipv6AllowedForDualStack=perhaps": "is 'perhaps'",
    "{": "not JSON",
    '{"SubnetIds": 1}': "a list of ids",
    "SubnetIds=" + ",".join(f"subnet-{n}" for n in range(17)) + ",SecurityGroupIds=sg-1": "17 SubnetIds",
    "SubnetIds=subnet-1,SecurityGroupIds=" + ",".join(f"sg-{n}" for n in range(6)): "6 SecurityGroupIds",
}


@pytest.mark.parametrize("text", SPELLINGS)
def test_fn_10_spellings(text: str) -> None:
    assert read(text) == SPELLINGS[text]


@pytest.mark.parametrize("text", WRONG, ids=lambda t: t[:40])
def test_fn_10_what_lambda_would_refuse_is_refused(text: str) -> None:
    """FN-10: at most 16 subnets and 5 groups, both or neither."""
    with pytest.raises(QuestionError, match="--vpc-config") as caught:
        read(text)
    assert WRONG[text] in str(caught.value)


# -- the command --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(build(WORLD).write(tmp_path_factory.mktemp("net") / "net.json"))


@pytest.fixture
def policy(tmp_path: Path) -> Any:
    def write(*statements: Any) -> str:
        path = tmp_path / "policy.json"
        path.write_text(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}), encoding="utf-8")
        return str(path)

    return write


@pytest.mark.parametrize(
    ("statements", "arguments", "code", "word"),
    [
        ([FREELY], ["inside"], 0, "ALLOWED"),
        ([ONLY_SUBNET_1], ["inside"], 1, "DENIED"),
        ([ONLY_SUBNET_1], ["vague"], 3, "UNKNOWN"),
        ([ONLY_SUBNET_1], ["inside", "vague"], 1, "UNKNOWN"),
        ([ONLY_VPC_1], [], 1, "DENIED"),
        ([ONLY_VPC_1], ["--vpc-config", "SubnetIds=subnet-1,SecurityGroupIds=sg-1"], 0, "CreateFunction new-function"),
        ([ONLY_VPC_1], ["nobody"], 2, "no function 'nobody'"),
        ([ONLY_VPC_1], ["a", "b", "--vpc-config", "SubnetIds=,SecurityGroupIds="], 2, "about one function"),
        ([ONLY_VPC_1], ["in*", "--vpc-config", "SubnetIds=,SecurityGroupIds="], 2, "cannot be the name"),
        ([ONLY_VPC_1], ["--vpc-config", "SubnetIds=subnet-1"], 2, "SecurityGroupIds is not"),
    ],
)
def test_exit_codes(statements: list[Any], arguments: list[str], code: int, word: str, net: str, policy: Any) -> None:
    for format_ in ("text", "json"):
        result = run("policy", policy(*statements), *arguments, "--from", net, "-f", format_)
        assert result.exit_code == code, result.output
        assert word in result.output or (format_ == "json" and code != 2)


def test_text_names_statement_key_and_values(net: str, policy: Any) -> None:
    result = run("policy", policy(ONLY_VPC_1, ONLY_SUBNET_1), "inside", "--from", net)
    lines = result.stdout.splitlines()
    assert lines[0] == "✓ ALLOWED    UpdateFunctionConfiguration inside"
    assert "  trace    Allow OnlyVpc1 matches" in lines
    assert "           ✓ StringEquals lambda:VpcIds [vpc-1] (request: vpc-1)" in lines
    assert "[POLICY_ALLOWS_ARE_ALTERNATIVES]" in result.stdout
    assert all(len(line) <= 80 for line in lines)
    assert run("policy", policy(FREELY), "--from", net, "-q").stdout.splitlines() == [
        f"✓ ALLOWED    UpdateFunctionConfiguration {name}" for name in ("inside", "loose", "vague")
    ]


def test_json_carries_the_whole_trace(net: str, policy: Any) -> None:
    shown = json.loads(run("policy", policy(ONLY_SUBNET_1), "inside", "--from", net, "-f", "json").stdout)
    assert list(shown) == ["format", "reach", "source", "policy", "deployments"]
    assert shown["format"] == "reach-policy/1"
    assert [n["code"] for n in shown["policy"]["lints"]] == ["POLICY_ADMITS_NO_VPC"]
    (one,) = shown["deployments"]
    assert (one["verdict"], one["code"]) == ("not_allowed", "POLICY_DENIES_DEPLOYMENT")
    assert one["context"]["lambda:SubnetIds"] == ["subnet-1", "subnet-2"]
    (statement,) = one["statements"]
    assert (statement["effect"], statement["matches"], statement["decides"]) == ("Allow", "false", True)
    assert [t["holds"] for t in statement["tests"]] == ["true", "true", "false"]


def test_standard_input_and_fragments_as_a_process(net: str) -> None:
    """POL-11: a piece of a policy as a guide prints it, through a pipe."""
    piece = '{"Version": "2012-10-17", "Statement": [' + json.dumps(FREELY)
    done = call("policy", "-", "inside", "--from", net, stdin=piece.encode())
    assert done.returncode == 0, done.stderr
    assert b"the text is a fragment: ']}' was added" in done.stderr
    both = call("policy", "-", "inside", "--from", "-", stdin=b"{}")
    assert (both.returncode, b"cannot both be" in both.stderr) == (2, True)


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "the text is empty"), (b"\xff\xfe", "cannot be read"), (b"{}", "Effect is missing"),
     (b"x" * 2_000_000, "larger than any IAM policy"), (b'{"Statement": [{"Effect": "Allow"', "fragment")],
)  # fmt: skip
def test_bad_policies(data: bytes, says: str, net: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.json"
    path.write_bytes(data)
    result = run("policy", str(path), "inside", "--from", net)
    assert result.exit_code == (0 if says == "fragment" else 2)
    assert says in result.output
    assert "Traceback" not in result.output


def test_hostile_names_stay_text(net: str, policy: Any) -> None:
    result = run("policy", policy(rule("Allow", "\x1b[31mred\u202e", "*")), "inside", "--from", net)
    assert result.exit_code == 0
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


# -- `reach path --vpc-config` ------------------------------------------------------------------------------


def test_path_of_a_function_that_does_not_exist_yet(net: str) -> None:
    """Also of one that does, as if it had been moved; the network itself stays as it is."""
    config = ("--vpc-config", "SubnetIds=subnet-1,SecurityGroupIds=sg-1")
    for name in ("brand-new", "loose"):
        shown = json.loads(run("path", name, "10.0.2.9:443", "--from", net, *config, "-f", "json").stdout)
        (answer,) = shown["answers"]
        assert answer["source"]["subnets"] == ["subnet-1"]
        assert (answer["source"]["id"], answer["source"]["vpc"]) == (name, "vpc-1")
        assert "FUNCTION_PLANNED" in {n["code"] for n in answer["notes"]}
    detached = run("path", "inside", "internet", "--from", net, "--vpc-config", "SubnetIds=,SecurityGroupIds=")
    assert detached.exit_code == 0, detached.output
    assert "note: --vpc-config names no subnet and no group" in detached.stderr
    assert run("path", "inside", "internet", "--from", net).exit_code == 1
    assert run("path", "i-robot", "internet", "--from", net, *config).exit_code == 1  # a name like any other


def test_the_configuration_may_stand_in_a_file(net: str, tmp_path: Path) -> None:
    """As the AWS CLI takes it: shorthand or JSON."""
    as_json = '{"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}'
    for text in (as_json, "SubnetIds=subnet-1,SecurityGroupIds=sg-1\n"):
        (tmp_path / "config.json").write_text(text, encoding="utf-8")
        named = ("--vpc-config", f"file://{tmp_path / 'config.json'}", "-f", "json")
        (answer,) = json.loads(run("path", "new", "10.0.2.9:443", "--from", net, *named).stdout)["answers"]
        assert answer["source"]["subnets"] == ["subnet-1"]
    (tmp_path / "config.bin").write_bytes(b"\xff\xfe")
    for name, why in (("gone.json", "No such file"), ("config.bin", "it is not a text"), ("", "Is a directory")):
        wrong = run("path", "new", "internet", "--from", net, "--vpc-config", f"file://{tmp_path / name}")
        assert wrong.exit_code == 2, wrong.output
        assert f"cannot be read: {why}" in wrong.output


def test_path_of_a_planned_function_needs_one_place(tmp_path: Path) -> None:
    world_ = build(WORLD).document()
    world_["accounts"]["123456789012"]["us-east-1"] = {"Vpcs": []}
    path = tmp_path / "two.json"
    path.write_text(json.dumps(world_), encoding="utf-8")
    away = ("--vpc-config", "SubnetIds=subnet-404,SecurityGroupIds=sg-404", "--from", str(path))
    assert "could be in 2 accounts and regions" in run("path", "new", "internet", *away).output
    assert run("path", "us-east-1/new", "internet", *away).exit_code == 3
    assert "no region to put" in run("path", "eu-north-1/new", "internet", *away).output
    known = ("--vpc-config", "SubnetIds=subnet-1,SecurityGroupIds=sg-1", "--from", str(path))
    assert run("path", "new", "internet", *known).exit_code == 1


def test_pol_11_lints_of_a_fragment() -> None:
    found = parse(json.dumps(ONLY_SUBNET_1) + "]}")
    assert isinstance(found, Document)
    assert [n.resource for n in lint(found)] == ["OnlySubnet1"]
