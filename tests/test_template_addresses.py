"""Addresses that AWS gives when things are made: an answer holds for any of them, or it is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from reach.sources.cloudformation.resource import made_id
from tests.templated import network_of

NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Private: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Data: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Up: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  UpFor: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Public, RouteTableId: !Ref Up}}
  UpOut: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Up, DestinationCidrBlock: 0.0.0.0/0, \
GatewayId: !Ref Igw}}
  Down: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  DownFor: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Private, RouteTableId: !Ref Down}}
  Groups: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: f, VpcId: !Ref Vpc}}
  Forwards: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: n, VpcId: !Ref Vpc, \
SecurityGroupIngress: [{IpProtocol: -1, CidrIp: 10.0.0.0/16}]}}
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: fn, VpcConfig: {SubnetIds: [!Ref Private], \
SecurityGroupIds: [!Ref Groups]}}}
"""
ADDRESS = """
  Eip: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
"""
BY_INSTANCE = ADDRESS + """
  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Public, SourceDestCheck: false, \
SecurityGroupIds: [!Ref Forwards]}}
  Its: {Type: AWS::EC2::EIPAssociation, Properties: {AllocationId: !GetAtt Eip.AllocationId, InstanceId: !Ref Host}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Down, DestinationCidrBlock: 0.0.0.0/0, \
InstanceId: !Ref Host}}
"""
BY_INTERFACE = ADDRESS + """
  Eni: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref Public, SourceDestCheck: false, \
GroupSet: [!Ref Forwards]}}
  Host: {Type: AWS::EC2::Instance, Properties: {NetworkInterfaces: [{DeviceIndex: '0', NetworkInterfaceId: !Ref Eni}]}}
  Its: {Type: AWS::EC2::EIPAssociation, Properties: {AllocationId: !GetAtt Eip.AllocationId, \
NetworkInterfaceId: !Ref Eni}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Down, DestinationCidrBlock: 0.0.0.0/0, \
NetworkInterfaceId: !Ref Eni}}
"""
BY_GATEWAY = ADDRESS + """
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Eip.AllocationId}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Down, DestinationCidrBlock: 0.0.0.0/0, \
NatGatewayId: !Ref Nat}}
"""
WAYS = {"instance": BY_INSTANCE, "interface": BY_INTERFACE, "gateway": BY_GATEWAY}


def acl(outbound: str) -> str:
    """A network ACL of the public subnet that lets in everything and out what comes from one block."""
    entry = "Protocol: -1, RuleAction: allow, RuleNumber: 100, NetworkAclId: !Ref Acl"
    return f"""
  Acl: {{Type: AWS::EC2::NetworkAcl, Properties: {{VpcId: !Ref Vpc}}}}
  Of: {{Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {{SubnetId: !Ref Public, NetworkAclId: !Ref Acl}}}}
  In: {{Type: AWS::EC2::NetworkAclEntry, Properties: {{{entry}, CidrBlock: {outbound}}}}}
  Leave: {{Type: AWS::EC2::NetworkAclEntry, Properties: {{{entry}, Egress: true, CidrBlock: 0.0.0.0/0}}}}
"""


def serves(block: str) -> str:
    """A database that admits one block, to which the function goes through the private address of a NAT gateway."""
    return f"""
  Only: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: d, VpcId: !Ref Vpc, \
SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, CidrIp: {block}}}]}}}}
  Names: {{Type: AWS::RDS::DBSubnetGroup, Properties: {{DBSubnetGroupDescription: d, SubnetIds: [!Ref Data]}}}}
  Db: {{Type: AWS::RDS::DBInstance, Properties: {{DBInstanceIdentifier: db, Engine: postgres, \
DBSubnetGroupName: !Ref Names, VPCSecurityGroups: [!Ref Only]}}}}
  Nat: {{Type: AWS::EC2::NatGateway, Properties: {{SubnetId: !Ref Public, ConnectivityType: private}}}}
  Through: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Down, DestinationCidrBlock: 10.0.2.0/24, \
NatGatewayId: !Ref Nat}}}}
"""


def asked(more: str, target: str = "internet") -> Any:
    return network_of(NETWORK + more).path("fn", target)


@pytest.mark.parametrize("way", WAYS)
def test_what_sends_on_with_an_address_that_is_not_given_yet(way: str) -> None:
    found = asked(WAYS[way])
    assert found.verdict == "reachable", found.to_text()


@pytest.mark.parametrize("way", WAYS)
def test_it_is_judged_for_every_address_of_its_subnet(way: str) -> None:
    whole, none = asked(WAYS[way] + acl("0.0.0.0/0")), asked(WAYS[way] + acl("10.9.0.0/16"))
    assert (whole.verdict, none.verdict) == ("reachable", "blocked")
    assert {b.code for b in none.blockers} == {"SUBNET_ACL_RESTRICTION"}


@pytest.mark.parametrize(("block", "verdict"), [
    ("10.0.0.0/24", "reachable"), ("10.0.0.0/25", "unknown"), ("10.0.1.0/24", "blocked"),
])  # fmt: skip
def test_a_rule_for_a_part_of_its_subnet_may_admit_it_or_not(block: str, verdict: str) -> None:
    """One address is true and nobody knows which: that is not `partial`, of which one part is proven to work."""
    found = asked(serves(block), "rds:db")
    assert found.verdict == verdict, found.to_text()
    for unknown in found.unknowns:
        assert "which address nat-" in unknown.why


def test_a_host_of_a_template_is_anywhere_in_its_subnet() -> None:
    """As a destination and as a source: its rules decide, not that its address is not given yet."""
    network = network_of(NETWORK + BY_INSTANCE)
    host = made_id("i", "one", "Host")
    assert network.path("fn", f"{host}:5432").verdict == "reachable"
    assert network.path(host, "internet").verdict == "reachable"
    shut = network_of(NETWORK + BY_INSTANCE.replace("!Ref Forwards", "!Ref Groups"))
    assert {b.code for b in shut.path("fn", f"{host}:5432").blockers} == {"SG_HAS_NO_RULES"}
