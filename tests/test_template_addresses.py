"""Addresses that AWS gives when things are made: an answer holds for any of them, or it is unknown."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from reach.describe import describe
from reach.network import Interface
from reach.snapshot import merge
from reach.sources.cloudformation import File, read
from reach.sources.cloudformation.resource import made_id
from reach.sources.given import given
from tests.templated import network_of, snapshot_of
from tests.test_terraform import network_of as planned
from tests.test_terraform_types import plan_of

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


@pytest.mark.parametrize("way", WAYS)
def test_nor_is_it_given_where_the_interfaces_of_the_network_below_were_all_read(way: str) -> None:
    below = snapshot_of(NETWORK)
    for collections in below.accounts["000000000000"].values():
        collections["NetworkInterfaces"] = []
    below = replace(below, gaps=())
    text = WAYS[way]
    for name, kind in {"Down": "rtb", "Public": "subnet", "Forwards": "sg"}.items():
        text = text.replace(f"!Ref {name}", made_id(kind, "one", name))
    over = read([File("two.yaml", f"Resources:\n{text}".encode(), "two")], given(region="eu-west-1"), below)
    found = describe(merge([below, over])).path("fn", "internet")
    assert found.verdict == "reachable", found.to_text()


SIX = """
Parameters: {Open: {Type: String}, True: {Type: String, Default: 'true'}, False: {Type: String, Default: 'false'}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Its: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  Subnet: {Type: AWS::EC2::Subnet, DependsOn: Its, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, \
AssignIpv6AddressOnCreation: ASSIGNS, Ipv6CidrBlock: !Select [0, \
!Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 4, 64]]}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  For: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationIpv6CidrBlock: '::/0', \
GatewayId: !Ref Igw}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Vpc, \
SecurityGroupIngress: [{IpProtocol: -1, CidrIpv6: '::/0'}], SecurityGroupEgress: [{IpProtocol: -1, CidrIpv6: '::/0'}]}}
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: fn, VpcConfig: {SubnetIds: [!Ref Subnet], \
SecurityGroupIds: [!Ref Group], Ipv6AllowedForDualStack: true}}}
  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group], OWN}}
"""
OPEN = "!Ref Open"


@pytest.mark.parametrize(("assigns", "own", "verdict"), [
    ("true", "", "reachable"),
    ("!Ref True", "", "reachable"),
    ("false", "", "blocked"),
    ("!Ref False", "", "blocked"),
    ("false", "Ipv6AddressCount: 1", "reachable"),
    ("false", "NetworkInterfaces: [{DeviceIndex: '0', SubnetId: !Ref Subnet, GroupSet: [!Ref Group], "
     "Ipv6AddressCount: '1'}]", "reachable"),
    ("true", "Ipv6AddressCount: 0", "blocked"),
    (OPEN, "", "unknown"),
    (OPEN, "Ipv6AddressCount: 1", "reachable"),
    ("true", f"Ipv6AddressCount: {OPEN}", "unknown"),
])  # fmt: skip
def test_whether_a_host_has_ipv6_is_asked_for_or_up_to_its_subnet(assigns: str, own: str, verdict: str) -> None:
    network = network_of(SIX.replace("ASSIGNS", assigns).replace("OWN", own))
    host = made_id("i", "one", "Host")
    for found in (network.path(host, "internet", family="6"), network.path("fn", f"{host}:22", family="6")):
        assert found.verdict == verdict, found.to_text()
        assert {u.needs for u in found.unknowns} == ({"--param Open=…"} if verdict == "unknown" else set())
    assert network.path("fn", f"{host}:22", family="4").verdict == "blocked"  # the group admits IPv6 only


@pytest.mark.parametrize(("assigns", "own", "verdict"), [
    (True, {}, "reachable"), (False, {}, "blocked"), (False, {"ipv6_address_count": 1}, "reachable"),
    (True, {"ipv6_addresses": "@aws_vpc.main.ipv6_cidr_block"}, "unknown"),
])  # fmt: skip
def test_and_so_it_is_in_a_plan(assigns: bool, own: dict[str, Any], verdict: str) -> None:
    inside = {"vpc_id": "@aws_vpc.main.id"}
    every = {"from_port": 0, "to_port": 0, "protocol": "-1", "ipv6_cidr_blocks": ["::/0"]}
    out = {"route_table_id": "@aws_route_table.six.id", "destination_ipv6_cidr_block": "::/0",
           "gateway_id": "@aws_internet_gateway.main.id"}  # fmt: skip
    network = planned(plan_of(
        ("aws_vpc", "main", {"cidr_block": "10.0.0.0/16", "assign_generated_ipv6_cidr_block": True}),
        ("aws_internet_gateway", "main", inside),
        ("aws_subnet", "six", {**inside, "cidr_block": "10.0.7.0/24", "assign_ipv6_address_on_creation": assigns,
                               "ipv6_cidr_block": "@aws_vpc.main.ipv6_cidr_block"}),
        ("aws_route_table", "six", inside),
        ("aws_route_table_association", "six", {"subnet_id": "@aws_subnet.six.id",
                                                "route_table_id": "@aws_route_table.six.id"}),
        ("aws_route", "six", out),
        ("aws_security_group", "six", {**inside, "name": "six", "ingress": [every], "egress": [every]}),
        ("aws_instance", "host", {"subnet_id": "@aws_subnet.six.id",
                                  "vpc_security_group_ids": ["@aws_security_group.six.id"], **own}),
    ))  # fmt: skip
    (host,) = [i.instance for i in network.all(Interface) if i.instance]
    answer = network.path(host, "internet", family="6")
    assert answer.verdict == verdict, answer.to_text()


@pytest.mark.parametrize(("public", "verdict"), [("true", "reachable"), ("false", "blocked"), ("!Ref Open", "unknown")])
def test_whether_a_host_gets_a_public_address_may_be_open(public: str, verdict: str) -> None:
    """Its subnet gives it none: what the host itself says counts, and nobody has said that yet."""
    host = f"""
  Host: {{Type: AWS::EC2::Instance, Properties: {{SourceDestCheck: false, NetworkInterfaces: [{{DeviceIndex: '0', \\
SubnetId: !Ref Public, AssociatePublicIpAddress: {public}, GroupSet: [!Ref Forwards]}}]}}}}
  Out: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Down, DestinationCidrBlock: 0.0.0.0/0, \\
InstanceId: !Ref Host}}}}
Parameters:
  Open: {{Type: String}}
""".replace("\\\n", "")
    answer = asked(host)
    assert answer.verdict == verdict, answer.to_text()
    assert verdict != "unknown" or {u.needs for u in answer.unknowns} == {"--param Open=…"}
