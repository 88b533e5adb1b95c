"""Misspelt types, attributes and properties: CloudFormation refuses the template, so no answer rests on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reach.errors import TemplateError
from reach.sources.cloudformation.document import parse_document
from reach.sources.cloudformation.legal import check_names
from reach.sources.cloudformation.maps import MAPS
from reach.sources.cloudformation.template import Template
from tests.templated import ONE_VPC, TEMPLATES, snapshot_of

ROOT = Path(__file__).resolve().parent.parent
NETWORK = "Resources:" + ONE_VPC
FUNCTION = """
  F:
    Type: AWS::Lambda::Function
    Properties:
      VpcConfig:
        SubnetIDs: [!Ref Subnet]
        SecurityGroupIds: [!GetAtt Vpc.DefaultSecurityGroup]
"""
GROUP = """
  G:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      {}
"""
SAM = """Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    {}
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
      {}
"""
# What stands beside a VPC with a subnet, the line, what is said, what was meant.
MISSPELT = [
    ("a member", NETWORK + FUNCTION, 18, "VpcConfig of F has 'SubnetIDs', which AWS::", "SubnetIds"),
    ("a part", NETWORK + FUNCTION.replace("VpcConfig", "VPCConfig"), 17, "F has 'VPCConfig'", "VpcConfig"),
    ("rules", NETWORK + GROUP.format("SecurityGroupEgres: []"), 18, "G has 'Security", "SecurityGroupEgress"),
    ("in a list", NETWORK + GROUP.format("SecurityGroupIngress: [{IpProtocol: tcp, CidrIP: 10.0.0.0/8}]"), 18,
     "SecurityGroupIngress of G has 'CidrIP'", "CidrIp"),
    ("in an Fn::If", "Conditions: {C: !Equals [a, a]}\n" + NETWORK
     + GROUP.format("SecurityGroupIngress: [!If [C, {IpProtocl: tcp}, !Ref AWS::NoValue]]"), 19,
     "SecurityGroupIngress of G has 'IpProtocl'", "IpProtocol"),
    ("a type", NETWORK + "  R: {Type: 'AWS::EC2::RouteTabel'}\n", 13, "R is of the type 'AWS::EC2::RouteTabel'",
     "AWS::EC2::RouteTable"),
    ("capitals of a type", NETWORK + "  R: {Type: 'AWS::EC2::Vpc'}\n", 13, "R is of the type", "AWS::EC2::VPC"),
    ("a service", NETWORK + "  R: {Type: 'AWS::EC::VPC'}\n", 13, "R is of the type 'AWS::EC::VPC'", "AWS::EC2::VPC"),
    ("an attribute", NETWORK + "  R: {Type: 'AWS::EC2::EIP', Conditon: C}\n", 13, "R has 'Conditon'", "Condition"),
    ("Properties", NETWORK + "  R:\n    Type: AWS::EC2::EIP\n    properties: {}\n", 15, "R has 'prop", "Properties"),
    ("of SAM", SAM.format("Timeout: 3", "VPCConfig: {}"), 10, "F has 'VPCConfig', which AWS::", "VpcConfig"),
    ("Globals", SAM.format("VpcConfg: {}", "Handler: a.b"), 4, "the Globals of Function has 'VpcConfg'", "VpcConfig"),
    ("in SAM", SAM.format("VpcConfig: {SubnetId: []}", "Handler: a.b"), 4, "VpcConfig of the Globals", "SubnetIds"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "said", "meant"), [row[1:] for row in MISSPELT], ids=[r[0] for r in MISSPELT])
def test_a_misspelt_name_is_refused(text: str, line: int, said: str, meant: str) -> None:
    with pytest.raises(TemplateError) as caught:
        snapshot_of(text)
    assert caught.value.message.startswith(f"one.yaml:{line}: {said}"), caught.value.message
    assert caught.value.hint == f"did you mean {meant}?"


# The name of a resource where its id belongs, the line, and what is said.
BARE = [
    ("a VPC", NETWORK + "  T: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: Vpc}}\n", 13, "VpcId of T", "Vpc"),
    ("in a list", NETWORK + FUNCTION.replace("IDs: [!Ref Subnet]", "Ids: [Subnet]"), 18, "SubnetIds of F", "Subnet"),
    ("of a group", NETWORK + GROUP.format("SecurityGroupIngress: [{IpProtocol: tcp, SourceSecurityGroupId: G}]"), 18,
     "SourceSecurityGroupId of G", "G"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "place", "name"), [row[1:] for row in BARE], ids=[row[0] for row in BARE])
def test_a_name_in_the_place_of_an_id_is_refused(text: str, line: int, place: str, name: str) -> None:
    with pytest.raises(TemplateError) as caught:
        snapshot_of(text)
    said = f"one.yaml:{line}: {place} is the text {name!r}, and that is the name of a resource here"
    assert caught.value.message == said
    assert caught.value.hint == f"write !Ref {name}"


# Names that the table has not, and like none, or beside the one that they are like: AWS may have added them.
TOLD = [
    (
        "a new property",
        GROUP.format("Flavour: vanilla"),
        "Flavour of G is not read: AWS::EC2::SecurityGroup has no such",
    ),
    ("beside the like", GROUP.format("VpcIds: [a]"), "VpcIds of G is not read"),
    ("a new attribute", "  R: {Type: 'AWS::EC2::EIP', Flavour: a}\n", "Flavour of R is not read: no resource has it"),
]


@pytest.mark.parametrize(("text", "said"), [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_a_name_that_is_like_none_is_told(text: str, said: str) -> None:
    assert any(said in warning for warning in snapshot_of(NETWORK + text).warnings)


UNTOUCHED = [
    ("a macro takes what it likes", f"Transform: Own\n{NETWORK}{FUNCTION}"),
    ("a macro in the resource", NETWORK + FUNCTION.replace("      Vpc", "      Fn::Transform: {Name: X}\n      Vpc")),
    ("a type of one's own", NETWORK + "  R: {Type: 'Custom::Thing', Properties: {VPCID: a}, Version: '1.0'}\n"),
    ("ids of others", NETWORK + "  T: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: vpc-1}}\n"),
    ("a module", NETWORK + "  R: {Type: 'My::Own::Vpc::MODULE', Properties: {VPCID: a}}\n"),
    ("a type that nobody knows", NETWORK + "  R: {Type: 'AWS::Quantum::Thing', Properties: {A: a}}\n"),
    ("free names", NETWORK + FUNCTION.replace("IDs:", "Ids:") + "      Environment: {Variables: {a: b}}\n"),
    ("SAM's own names", SAM.format("Timeout: 3", "Policies: [A]\n      Tags: {a: b}\n      AutoPublishAlias: live")),
]  # fmt: skip


@pytest.mark.parametrize("text", [row[1] for row in UNTOUCHED], ids=[row[0] for row in UNTOUCHED])
def test_what_is_no_mistake(text: str) -> None:
    said = ("has no such property", "no resource has it")
    assert not [warning for warning in snapshot_of(text).warnings if warning.endswith(said)]


def test_every_type_that_is_read_has_its_names() -> None:
    found = json.loads((ROOT / "reach" / "properties.json").read_text())
    assert {type_ for type_ in MAPS if type_.startswith("AWS::")} <= found["properties"].keys()
    assert all(type_.rpartition("::")[2] in found["types"][type_.rpartition("::")[0]]
               for type_ in found["properties"] if not type_.startswith("AWS::Serverless"))  # fmt: skip


TEMPLATED = sorted(
    [*ROOT.glob("graphs/*/template.yaml"), *ROOT.glob("tests/cdk/**/*.template.json"), *TEMPLATES.glob("desk/*.yaml")]
)


def test_the_names_of_all_templates_here_are_known() -> None:
    """What real templates use, cdk synth's among them, is in the table."""
    assert len(TEMPLATED) > 90
    for path in TEMPLATED:
        root = parse_document(path.read_bytes(), path.name)
        if "Resources" in root:
            assert check_names(Template(path.name, root)) == []
