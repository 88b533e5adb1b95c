"""What `cdk synth` writes for apps of other people, in small: what its authors meant is what is answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import reach
from reach.errors import QuestionError, TemplateError
from reach.network import Peering
from reach.sources.cloudformation import File, read
from tests.templated import network_of, records, snapshot_of

NAT = """
  NatGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: d
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 0.0.0.0/0}]
  NatInstance:
    Type: AWS::EC2::Instance
    Properties:
      SecurityGroupIds: [!Ref NatGroup]
      SourceDestCheck: false
      SubnetId: !Ref Public
      ImageId: ami-1234
"""
PLACES = """
Parameters: {C: {Type: String}}
Conditions: {Maybe: !Equals [!Ref C, "yes"]}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: true}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Out: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OutPublic: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Out, SubnetId: !Ref Public}}
  OutRoute:
    {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Out, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Private: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  In: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  InPrivate: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref In, SubnetId: !Ref Private}}
  InRoute:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref In, DestinationCidrBlock: 0.0.0.0/0, WAY}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Vpc, EGRESS}}
  F:
    Type: AWS::Lambda::Function
    Properties: {VpcConfig: {SubnetIds: [!Ref Private], SecurityGroupIds: [!Ref Sg]}}
"""
GATEWAY = """
  Eip: {Type: AWS::EC2::EIP}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Eip.AllocationId}}
"""
RULE = """
  ToData:
    Type: AWS::EC2::SecurityGroupEgress
    CONDITION
    Properties: {GroupId: GROUP, IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: 10.0.0.0/16}
"""
ALL = "SecurityGroupEgress: [{IpProtocol: '-1', CidrIp: 0.0.0.0/0}]"


def behind(way: str, more: str, egress: str = "") -> str:
    return PLACES.replace("WAY", way).replace(", EGRESS", f", {egress}" if egress else "") + more


def ruled(condition: str = "", group: str = "!Ref Sg") -> str:
    return GATEWAY + RULE.replace("    CONDITION\n", f"    {condition}\n" if condition else "").replace("GROUP", group)


def test_a_nat_instance_has_some_address_of_its_subnet() -> None:
    """Which one is not known before it is made, and it forwards all the same (NATI-5)."""
    network = network_of(behind("InstanceId: !Ref NatInstance", NAT))
    assert network.path("F", "internet").verdict == "reachable"
    closed = network_of(
        behind("InstanceId: !Ref NatInstance", NAT.replace("'-1', CidrIp: 0.0.0.0/0", "'-1', CidrIp: 10.9.0.0/16"))
    )
    (blocker,) = closed.path("F", "internet").blockers
    assert blocker.code == "ENI_SG_RULES_MISMATCH"


@pytest.mark.parametrize(
    ("egress", "rule", "verdict"),
    [
        ("", "", "reachable"),
        (ALL, "", "reachable"),
        # `allowAllOutbound: false` and `connections.allowTo` of the CDK: the rule of its own takes EC2's away.
        ("", ruled(), "blocked"),
        ("", ruled("Condition: Maybe"), "unknown"),
        # People report the same of a rule that they wrote themselves; AWS does not say so.
        (ALL, ruled(), "unknown"),
        (ALL.replace("'-1'", "tcp, FromPort: 443, ToPort: 443"), ruled(), "reachable"),
        ("", ruled(group="!GetAtt Vpc.DefaultSecurityGroup"), "reachable"),
    ],
)  # fmt: skip
def test_an_egress_rule_of_its_own(egress: str, rule: str, verdict: str) -> None:
    network = network_of(behind("NatGatewayId: !Ref Nat", rule or GATEWAY, egress))
    answer = network.path("F", "internet")
    assert answer.verdict == verdict
    if verdict == "blocked":
        assert answer.blockers[0].code == "ENI_SG_RULES_MISMATCH"
        assert [e.value for e in answer.blockers[0].evidence] == ["tcp/5432 to 10.0.0.0/16"]
        assert any("takes away EC2's own" in a.text for a in answer.assumptions)
        assert network.path("F", "10.0.0.9:5432").verdict != "blocked"


# -- folders ----------------------------------------------------------------------------------------------

HASHES = {"Net": "a" * 64, "Work": "b" * 64, "Data": "c" * 64}


def vpc(zone: str = "eu-west-1a", block: str = "10.0.0.0/16") -> dict[str, Any]:
    place = {"VpcId": {"Ref": "Vpc"}, "CidrBlock": block.replace("/16", "/24"), "AvailabilityZone": zone}
    return {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": block}},
        "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": place},
        "Sg": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "d", "VpcId": {"Ref": "Vpc"}}},
    }


def function(subnet: Any, group: Any, path: str = "") -> dict[str, Any]:
    body: dict[str, Any] = {"Type": "AWS::Lambda::Function"}
    body["Properties"] = {"VpcConfig": {"SubnetIds": [subnet], "SecurityGroupIds": [group]}}
    return body | ({"Metadata": {"aws:cdk:path": path}} if path else {})


def assembly(folder: Path, stacks: dict[str, dict[str, Any]], **regions: str) -> Path:
    artifacts = {}
    for name, resources in stacks.items():
        (folder / f"{name}.template.json").write_text(json.dumps({"Resources": resources}))
        environment = f"aws://123456789012/{regions.get(name, 'eu-west-1')}"
        properties = {"templateFile": f"{name}.template.json"}
        artifacts[name] = {"type": "aws:cloudformation:stack", "environment": environment, "properties": properties}
    (folder / "manifest.json").write_text(json.dumps({"version": "36.0.0", "artifacts": artifacts}))
    return folder


@pytest.mark.parametrize("name", ["App/Api/Handler", "Api/Handler", "ApiHandler3F", "App/ApiHandler3F"])
def test_a_function_is_named_by_its_construct(tmp_path: Path, name: str) -> None:
    made = function({"Ref": "Subnet"}, {"Ref": "Sg"}, "App/Api/Handler/Resource")
    network = reach.load(assembly(tmp_path, {"App": vpc() | {"ApiHandler3F": made}}))
    assert network.path(name, "internet").blockers[0].code == "NO_ROUTE_TO_DESTINATION"
    with pytest.raises(QuestionError) as refused:
        network.path("App/Api/Handlr", "internet")
    assert "did you mean 'App/Api/Handler'?" in str(refused.value.hint)


def nested(name: str, **given: Any) -> dict[str, Any]:
    url = {"Fn::Join": ["", ["https://s3.eu-west-1.", {"Ref": "AWS::URLSuffix"}, f"/cdk-assets/{HASHES[name]}.json"]]}
    return {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": url, "Parameters": given}}


def parameters(*names: str) -> dict[str, Any]:
    return {name: {"Type": "String"} for name in names}


def test_nested_stacks_are_found_by_the_manifest_of_the_assets(tmp_path: Path) -> None:
    """Also where the CDK writes no metadata, and in whatever order their outputs go from one to the other."""
    out = {name: {"Fn::GetAtt": ["Net", f"Outputs.{name}"]} for name in ("Subnet", "Sg")}
    port = {"Fn::GetAtt": ["Data", "Outputs.Port"]}
    parent = {"Work": nested("Work", **out, Port=port), "Data": nested("Data"), "Net": nested("Net")}
    outputs = {name: {"Value": {"Ref": name}} for name in ("Subnet", "Sg")}
    rule = {"GroupId": {"Ref": "Sg"}, "IpProtocol": "tcp", "CidrIp": "10.0.0.0/16"}
    rule |= {"FromPort": {"Ref": "Port"}, "ToPort": {"Ref": "Port"}}
    files = {
        "Net": {"Resources": vpc(), "Outputs": outputs},
        "Work": {
            "Parameters": parameters("Subnet", "Sg", "Port"),
            "Resources": {
                "F": function({"Ref": "Subnet"}, {"Ref": "Sg"}),
                "Rule": {"Type": "AWS::EC2::SecurityGroupEgress", "Properties": rule},
            },
        },
        "Data": {
            "Resources": {"Db": {"Type": "AWS::RDS::DBInstance", "Properties": {"Engine": "postgres"}}},
            "Outputs": {"Port": {"Value": {"Fn::GetAtt": ["Db", "Endpoint.Port"]}}},
        },
    }
    assets = {}
    for name, body in files.items():
        (tmp_path / f"App{name}.nested.template.json").write_text(json.dumps(body))
        assets[HASHES[name]] = {"source": {"path": f"App{name}.nested.template.json", "packaging": "file"}}
    (tmp_path / "App.assets.json").write_text(json.dumps({"version": "36.0.0", "files": assets}))
    answer = reach.load(assembly(tmp_path, {"App": parent})).path("F", "internet")
    assert answer.blockers[0].code == "ENI_SG_RULES_MISMATCH"
    assert [e.value for e in answer.blockers[0].evidence] == ["tcp/5432 to 10.0.0.0/16"]
    (tmp_path / "App.assets.json").write_text("[]")
    warnings = read([File(str(tmp_path / "App.template.json"))]).warnings
    assert [w for w in warnings if "is not a local file" in w]


@pytest.mark.parametrize("path", ["../outside.json", "/etc/passwd", 7, None])
def test_a_manifest_of_assets_leads_nowhere_else(tmp_path: Path, path: Any) -> None:
    assembly(tmp_path, {"App": {"Net": nested("Net")}})
    assets = {"files": {HASHES["Net"]: {"source": {"path": path}}}}
    (tmp_path / "App.assets.json").write_text(json.dumps(assets))
    if isinstance(path, str):
        with pytest.raises(TemplateError, match="leads out of the folder"):
            reach.load(tmp_path)
    else:
        assert reach.load(tmp_path).functions == ()


def test_zones_that_were_not_looked_up_are_the_first_ones() -> None:
    found = snapshot_of({"Resources": vpc("dummy1b")})
    assert [s["AvailabilityZone"] for s in records(found, "Subnets")] == ["eu-west-1b"]
    assert any("dummy1a" in w for w in found.warnings)


def test_a_lookup_that_was_not_made_says_who_makes_it() -> None:
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "d", "VpcId": "vpc-12345"}}
    answer = network_of({"Resources": {"Sg": group, "F": function("p-12345", {"Ref": "Sg"})}}).path("F", "internet")
    assert answer.verdict == "unknown"
    assert {u.needs for u in answer.unknowns} == {"cdk synth with the account's credentials, which looks it up"}


def test_what_crosses_regions_is_followed(tmp_path: Path) -> None:
    """The CDK's writer in one region puts it where its reader in the other finds it."""
    name = "/cdk/exports/Eu/UsRefVpc"
    told = {"region": "eu-west-1", "exports": {name: {"Ref": "Vpc"}}}
    writer = {"Type": "Custom::CrossRegionExportWriter", "Properties": {"ServiceToken": "x", "WriterProps": told}}
    reader = {"Type": "Custom::CrossRegionExportReader", "Properties": {"ServiceToken": "x", "ReaderProps": {}}}
    peers = {"VpcId": {"Ref": "Vpc"}, "PeerRegion": "us-east-1", "PeerVpcId": {"Fn::GetAtt": ["Reader", name]}}
    peering = {"Type": "AWS::EC2::VPCPeeringConnection", "Properties": peers}
    stacks = {"Eu": vpc() | {"Reader": reader, "Peering": peering},
              "Us": vpc("us-east-1a", "10.1.0.0/16") | {"Writer": writer}}  # fmt: skip
    network = reach.load(assembly(tmp_path, stacks, Us="us-east-1"))
    (found,) = network.all(Peering)
    assert {v.id for v in network.vpcs} == {vpc_id for vpc_id, _, _ in found.sides}
