"""SAM templates mean what aws-sam-translator makes of them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

import reach
from reach.errors import TemplateError
from tests.templated import network_of, records, snapshot_of

NET: dict[str, Any] = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "A": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}},
    "B": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"}},
    "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "x", "VpcId": {"Ref": "Vpc"}}},
}
A, B, GROUP = {"Ref": "A"}, {"Ref": "B"}, {"Ref": "Group"}
DEFAULT = {"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]}
BASIC = {"Runtime": "python3.13", "Handler": "a.b", "CodeUri": "s3://bucket/key"}
# name, Globals.Function, the function's own properties
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("all in globals", {"VpcConfig": {"SubnetIds": [A], "SecurityGroupIds": [GROUP]}}, {}),
    ("all in the function", {}, {"VpcConfig": {"SubnetIds": [A, B], "SecurityGroupIds": [GROUP]}}),
    ("neither", {"Timeout": 7}, {}),
    (
        "lists are put together",
        {"VpcConfig": {"SubnetIds": [A], "SecurityGroupIds": [GROUP]}},
        {"VpcConfig": {"SubnetIds": [B], "SecurityGroupIds": [DEFAULT]}},
    ),
    (
        "mappings are merged",
        {"VpcConfig": {"SubnetIds": [A]}, "Timeout": 7},
        {"VpcConfig": {"SecurityGroupIds": [GROUP], "Ipv6AllowedForDualStack": True}, "Timeout": 9},
    ),
    (
        "a function replaces a list",
        {"VpcConfig": {"SubnetIds": [A], "SecurityGroupIds": [GROUP]}},
        {"VpcConfig": {"SubnetIds": {"Fn::Split": [",", {"Fn::Join": [",", [A, B]]}]}}},
    ),
    (
        "a list replaces a function",
        {"VpcConfig": {"SubnetIds": {"Fn::Split": [",", {"Fn::Join": [",", [A, B]]}]}, "SecurityGroupIds": [GROUP]}},
        {"VpcConfig": {"SubnetIds": [B]}},
    ),
    ("an alias", {}, {"VpcConfig": {"SubnetIds": [A], "SecurityGroupIds": [GROUP]}, "AutoPublishAlias": "live"}),
    ("tags", {"Tags": {"a": "b"}}, {"Tags": {"c": "d"}, "FunctionName": "orders"}),
]  # fmt: skip


def sam(common: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    function = {"Type": "AWS::Serverless::Function", "Properties": BASIC | own}
    document = {"Transform": "AWS::Serverless-2016-10-31", "Resources": NET | {"Api": function}}
    return document | ({"Globals": {"Function": common}} if common else {})


def translated(document: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    translator = pytest.importorskip("samtranslator.translator.transform")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    class Policies:
        def load(self) -> dict[str, str]:
            return {}

    found: dict[str, Any] = translator.transform(copy.deepcopy(document), {}, Policies())
    return found


@pytest.mark.parametrize(("common", "own"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_as_the_translator_says(common: dict[str, Any], own: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    document = sam(common, own)
    ours, theirs = snapshot_of(document), snapshot_of(translated(document, monkeypatch))
    network = {"FunctionName", "Version", "VpcConfig", "Timeout", "CapacityProviderConfig"}
    (mine,), (other,) = (
        [{k: v for k, v in r.items() if k in network} for r in records(s, "Functions") if r["Version"] == "$LATEST"]
        for s in (ours, theirs)
    )
    assert mine == other
    assert len(records(ours, "Functions")) == len(records(theirs, "Functions"))


VPC_CONFIG = {"VpcConfig": {"SubnetIds": [A], "SecurityGroupIds": [GROUP]}, "Timeout": 30}


@pytest.mark.parametrize(
    ("ignored", "attached", "timeout"),
    [(None, True, 30), ("*", False, None), (["VpcConfig"], False, 30), (["Timeout"], True, None), ([], True, 30)],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_globals_may_be_ignored(
    ignored: Any, attached: bool, timeout: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = sam(VPC_CONFIG, {})
    document["Resources"]["Api"] |= {} if ignored is None else {"IgnoreGlobals": ignored}
    for one in (document, translated(document, monkeypatch)):
        (function,) = [r for r in records(snapshot_of(one), "Functions") if r["Version"] == "$LATEST"]
        there = bool((function.get("VpcConfig") or {}).get("SubnetIds"))
        assert (there, function.get("Timeout")) == (attached, timeout)


@pytest.mark.parametrize("ignored", ["VpcConfig", ["Memory"], [1], {"a": 1}])
def test_ignoring_what_is_not_there_is_refused(ignored: Any) -> None:
    document = sam(VPC_CONFIG, {})
    document["Resources"]["Api"]["IgnoreGlobals"] = ignored
    with pytest.raises(TemplateError, match="IgnoreGlobals names what is not in the Globals"):
        snapshot_of(document)


def test_a_nested_application_is_transformed_too(tmp_path: Path) -> None:
    (tmp_path / "inner.json").write_text(json.dumps(sam(VPC_CONFIG, {"FunctionName": "inner"})))
    outer = {"Type": "AWS::Serverless::Application", "Properties": {"Location": "inner.json"}}
    document = {"Transform": "AWS::Serverless-2016-10-31", "Resources": {"App": outer}}
    (tmp_path / "outer.json").write_text(json.dumps(document))
    (function,) = reach.load(tmp_path / "outer.json").functions
    assert (function.name, len(function.subnets)) == ("inner", 1)


def test_loops_of_a_nested_stack_are_written_out(tmp_path: Path) -> None:
    made = {"F${N}": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": {"Ref": "N"}}}}
    inner = {"Transform": "AWS::LanguageExtensions", "Resources": {"Fn::ForEach::L": ["N", {"Ref": "Names"}, made]}}
    inner |= {"Parameters": {"Names": {"Type": "CommaDelimitedList"}}}
    given = {"TemplateURL": "inner.json", "Parameters": {"Names": "a,b"}}
    outer = {"Resources": {"In": {"Type": "AWS::CloudFormation::Stack", "Properties": given}}}
    (tmp_path / "inner.json").write_text(json.dumps(inner))
    (tmp_path / "outer.json").write_text(json.dumps(outer))
    assert [f.name for f in reach.load(tmp_path / "outer.json").functions] == ["a", "b"]


@pytest.mark.parametrize("listed", [True, False])
def test_a_nested_stack_is_given_a_list_of_which_some_is_not_known(listed: bool, tmp_path: Path) -> None:
    inner = {
        "Parameters": {"Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"}},
        "Resources": {
            "F": {
                "Type": "AWS::Lambda::Function",
                "Properties": {"VpcConfig": {"SubnetIds": {"Ref": "Subnets"}, "SecurityGroupIds": ["sg-1"]}},
            }
        },
    }
    subnets: Any = ["subnet-1", {"Ref": "Open"}]
    outer = {
        "Parameters": {"Open": {"Type": "String"}},
        "Resources": {
            "In": {
                "Type": "AWS::CloudFormation::Stack",
                "Properties": {
                    "TemplateURL": "inner.json",
                    "Parameters": {"Subnets": subnets if listed else {"Fn::Join": [",", subnets]}},
                },
            }
        },
    }
    (tmp_path / "inner.json").write_text(json.dumps(inner))
    (tmp_path / "outer.json").write_text(json.dumps(outer))
    answer = reach.load(tmp_path / "outer.json").path("F", "internet")
    assert answer.verdict == "unknown"
    assert "--param Open=…" in [unknown.needs for unknown in answer.unknowns]


def test_serverless_types_need_their_transform() -> None:
    document = sam({}, {})
    del document["Transform"]
    with pytest.raises(TemplateError, match="Api is a AWS::Serverless::Function, and the template has no Transform"):
        snapshot_of(document)


def test_the_cases_are_different() -> None:
    found = {str(records(snapshot_of(sam(*case[1:])), "Functions")[0].get("VpcConfig")) for case in CASES}
    assert len(found) >= 6


def test_an_answer() -> None:
    network = network_of(sam({"VpcConfig": {"SubnetIds": [A], "SecurityGroupIds": [GROUP]}}, {}))
    answer = network.path("Api", "internet")
    assert (answer.verdict, answer.blockers[0].code) == ("blocked", "NO_ROUTE_TO_DESTINATION")


@pytest.mark.parametrize("in_globals", [False, True])
def test_references_that_sam_makes(in_globals: bool) -> None:
    published = {"AutoPublishAlias": "live"}
    attached = {"VpcConfig": {"SubnetIds": [A], "SecurityGroupIds": [GROUP]}}
    document = sam(published if in_globals else {}, attached | ({} if in_globals else published))
    document["Outputs"] = {
        "Role": {"Value": {"Fn::GetAtt": ["ApiRole", "Arn"]}, "Export": {"Name": "role"}},
        "Version": {"Value": {"Ref": "Api.Version"}, "Export": {"Name": "version"}},
        "Alias": {"Value": {"Ref": "Api.Alias"}, "Export": {"Name": "alias"}},
    }
    asker = {
        "Resources": {
            "V": {
                "Type": "AWS::EC2::VPC",
                "Properties": {
                    "CidrBlock": "10.0.0.0/16",
                    "Tags": [{"Key": "Name", "Value": {"Fn::Join": ["", [
                        {"Fn::ImportValue": "role"}, {"Fn::ImportValue": "version"}, {"Fn::ImportValue": "alias"},
                    ]]}}],
                },
            }
        }
    }  # fmt: skip
    assert network_of(document, asker).functions


CODE = {"Fn::Sub": "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Api.Arn}/invocations"}
REST: dict[str, Any] = {
    "Type": "AWS::Serverless::Api",
    "Properties": {
        "StageName": "prod",
        "Variables": {"name": {"Ref": "Api"}},
        "DefinitionBody": {"swagger": "2.0", "paths": {}, "x": CODE},
    },
}
ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Dimensions": [{"Name": "R", "Value": {"Ref": "Api"}}]}}
EVENT = {"Type": "Api", "Properties": {"Path": "/", "Method": "get"}}
NAMED = {"Type": "Api", "Properties": EVENT["Properties"] | {"RestApiId": {"Ref": "Rest"}}}


@pytest.mark.parametrize(
    ("own", "more"),
    [
        ({"Events": {"Get": NAMED}}, {"Rest": REST}),
        ({"DeploymentPreference": {"Type": "AllAtOnce", "Alarms": [{"Ref": "Alarm"}]}}, {"Alarm": ALARM}),
        ({"DeploymentPreference": {"Type": "AllAtOnce", "Hooks": {"PreTraffic": {"Ref": "Hook"}}}},
         {"Hook": {"Type": "AWS::Serverless::Function", "Properties": BASIC | {"Description": {"Ref": "Api"}}}}),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_what_sam_makes_beside_a_function_is_no_circle(
    own: dict[str, Any], more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    document = sam(VPC_CONFIG, own | {"AutoPublishAlias": "live"})
    document["Resources"] |= more
    ours, theirs = snapshot_of(document), snapshot_of(translated(document, monkeypatch))
    assert {r["FunctionName"] for r in records(ours, "Functions")} == {
        r["FunctionName"] for r in records(theirs, "Functions")
    }


def test_a_circle_of_functions_is_one_with_sam_too() -> None:
    document = sam({}, {"Environment": {"Variables": {"OTHER": {"Ref": "Other"}}}})
    document["Resources"]["Other"] = {
        "Type": "AWS::Serverless::Function",
        "Properties": BASIC | {"Environment": {"Variables": {"OTHER": {"Ref": "Api"}}}},
    }
    with pytest.raises(TemplateError, match="Api → Other → Api need each other"):
        snapshot_of(document)


PRIVATE = {"Type": "PRIVATE", "VPCEndpointIds": [{"Ref": "Endpoint"}]}
ENDPOINT = {
    "Type": "AWS::EC2::VPCEndpoint",
    "Properties": {"VpcId": {"Ref": "Vpc"}, "VpcEndpointType": "Interface", "SubnetIds": [A],
                   "ServiceName": "com.amazonaws.eu-west-1.execute-api"},
}  # fmt: skip


@pytest.mark.parametrize("endpoints", [None, "EDGE", "REGIONAL", "PRIVATE", {"Type": "REGIONAL"}, PRIVATE])
@pytest.mark.parametrize("common", [False, True])
@pytest.mark.parametrize("named", [False, True])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")
def test_apis_are_as_open_as_the_translator_makes_them(
    endpoints: Any, common: bool, named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An API of its own, and the one that SAM makes for events that name none."""
    document = sam({}, {"Events": {"Get": NAMED if named else EVENT}})
    if named:
        document["Resources"]["Rest"] = copy.deepcopy(REST)
    document["Resources"]["Endpoint"] = ENDPOINT
    told = {} if endpoints is None else {"EndpointConfiguration": endpoints}
    if common:
        document["Globals"] = {"Api": told}
    elif named:
        document["Resources"]["Rest"]["Properties"] |= told
    ours, theirs = (
        [(r["name"], r["endpointConfiguration"]) for r in records(snapshot_of(one), "apigateway:items")]
        for one in (document, translated(document, monkeypatch))
    )
    assert ours == theirs
    assert [name for name, _ in ours] == ["Rest" if named else "ServerlessRestApi"]


def test_an_api_whose_policy_sam_writes_is_not_known() -> None:
    document = sam({}, {"Events": {"Get": NAMED}})
    document["Resources"]["Rest"] = copy.deepcopy(REST)
    document["Resources"]["Rest"]["Properties"]["Auth"] = {"ResourcePolicy": {"IpRangeWhitelist": ["10.0.0.0/8"]}}
    assert not records(snapshot_of(document), "apigateway:items")


def test_capacity_providers_are_read_and_connectors_are_not() -> None:
    document = sam({}, {"CapacityProviderConfig": {"Arn": "arn:aws:lambda:eu-west-1:123456789012:capacity-provider:p"}})
    wire = {"Source": {"Id": "Api"}, "Destination": {"Id": "A"}}
    document["Resources"] = document["Resources"] | {"Wire": {"Type": "AWS::Serverless::Connector", "Properties": wire}}
    (function,) = network_of(document).functions
    assert function.capacity_provider == "arn:aws:lambda:eu-west-1:123456789012:capacity-provider:p"
    assert any("AWS::Serverless::Connector" in w for w in snapshot_of(document).warnings)
