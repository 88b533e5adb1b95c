"""What SAM makes beside a function, connector or API is what aws-sam-translator makes, as far as a network has it."""

from __future__ import annotations

from typing import Any

import pytest

from reach.snapshot import Snapshot
from tests.templated import network_of, records, snapshot_of
from tests.test_sam import GROUP, VPC_CONFIG, A, sam, translated

KAFKA = "arn:aws:kafka:eu-west-1:123456789012:cluster/c/0bd4-1"
POLLS = {
    "Events": {"Poll": {"Type": "MSK", "Properties": {"Stream": KAFKA, "Topics": ["t"], "StartingPosition": "LATEST"}}}
}
DENY = {"Statement": [{"Effect": "Deny", "Action": "ec2:CreateNetworkInterface", "Resource": "*"}]}
BASIC_ONLY = {"Role": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/own"}}
KEYS = ("Functions", "Versions", "Aliases", "EventSourceMappings", "iam:PolicyNames", "iam:RolePolicies")
# What is said of the function in Globals, and in the function.
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("an alias", {}, {"AutoPublishAlias": "live"}),
    ("an alias in globals", {"AutoPublishAlias": "live"}, {}),
    ("an alias by a parameter", {}, {"AutoPublishAlias": {"Ref": "Stage"}}),
    ("a poller", {}, POLLS),
    ("a poller of an alias", {"AutoPublishAlias": "live"}, POLLS),
    ("traces", {"Tracing": "Active"}, {}),
    ("no traces", {"Tracing": "Active"}, {"Tracing": "Disabled"}),
    ("a role of its own", {}, BASIC_ONLY),
    ("a policy by name", {}, {"Policies": "AWSLambdaBasicExecutionRole"}),
    ("a path", {"RolePath": "/x/"}, {}),
    ("no network", {}, {"VpcConfig": {"Ref": "AWS::NoValue"}}),
]


# AWS's policies for what is of no interest here: they only allow it.
OTHERS = ("AWSLambdaMSKExecutionRole", "AWSXrayWriteOnlyAccess")


def policies(snapshot: Snapshot) -> set[str]:
    rows = [p for r in records(snapshot, "iam:AttachedPolicies") for p in r["AttachedPolicies"]]
    return {p["PolicyArn"] for p in rows if not p["PolicyArn"].endswith(OTHERS)}


@pytest.mark.parametrize(("common", "own"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_as_the_translator_makes_it(
    common: dict[str, Any], own: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = sam(common, VPC_CONFIG | own) | {"Parameters": {"Stage": {"Type": "String", "Default": "prod"}}}
    ours, theirs = snapshot_of(document), snapshot_of(translated(document, monkeypatch))
    for key in KEYS:
        assert records(ours, key) == records(theirs, key), key
    assert policies(ours) == policies(theirs)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_a_network_connector(monkeypatch: pytest.MonkeyPatch) -> None:
    document = sam({}, VPC_CONFIG)
    network = {"SubnetIds": [A], "SecurityGroupIds": [GROUP], "NetworkProtocol": "IPv4"}
    document["Resources"]["Wire"] = {"Type": "AWS::Serverless::NetworkConnector", "Properties": {"VpcConfig": network}}
    key, made = "lambda-core:NetworkConnectors", translated(document, monkeypatch)
    ours, theirs = (records(snapshot_of(one), key) for one in (document, made))
    assert ours == theirs
    assert len(ours) == 1


def test_an_alias_can_be_asked_about() -> None:
    network = network_of(sam({"AutoPublishAlias": "live"}, VPC_CONFIG))
    answer = network.path("Api:live", "internet")
    assert (answer.verdict, answer.to_dict()["source"]["qualifier"]) == ("blocked", "1")


@pytest.mark.parametrize(
    ("listed", "code", "read"),
    [
        (None, "NO_ROUTE_TO_DESTINATION", True),
        (["AWSLambdaBasicExecutionRole", DENY], "BAD_STATE", True),
        ([{"S3ReadPolicy": {"BucketName": "b"}}], "NO_ROUTE_TO_DESTINATION", False),
        ([{"Fn::If": ["Maybe", DENY, {"Ref": "AWS::NoValue"}]}], "NO_ROUTE_TO_DESTINATION", False),
    ],
)  # fmt: skip
def test_the_role_that_sam_makes_may_make_interfaces(listed: Any, code: str, read: bool) -> None:
    document = sam({}, VPC_CONFIG | ({"Policies": listed} if listed else {}))
    document["Conditions"] = {"Maybe": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}
    answer = network_of(document).path("Api", "internet")
    assert answer.blockers[0].code == code
    assert ("PERM-01" not in {a.rule for a in answer.assumptions}) == read


def test_a_poller_goes_with_its_function() -> None:
    """A function that is not made has no mapping that could name it."""
    document = sam({}, VPC_CONFIG | POLLS)
    document["Conditions"] = {"Never": {"Fn::Equals": ["a", "b"]}}
    document["Resources"]["Api"]["Condition"] = "Never"
    found = snapshot_of(document)
    assert not records(found, "EventSourceMappings") + records(found, "Functions")


@pytest.mark.parametrize("name", ["Rest.Stage", "ServerlessHttpApi"])
def test_names_that_sam_gives_are_not_known_yet(name: str) -> None:
    document = sam({}, VPC_CONFIG)
    api = {"StageName": "prod", "DefinitionBody": {"swagger": "2.0", "info": {"title": "a"}, "paths": {}}}
    document["Resources"]["Rest"] = {"Type": "AWS::Serverless::Api", "Properties": api}
    tags = [{"Key": "Name", "Value": {"Ref": name}}]
    document["Resources"]["Other"] = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16", "Tags": tags}}
    assert len(records(snapshot_of(document), "Vpcs")) == 2
