"""What `cdk synth` writes for apps of other people, in small: what its authors meant is what is answered."""

from __future__ import annotations

import pytest

from tests.templated import network_of

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
