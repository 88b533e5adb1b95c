"""What a template leaves to others (macros, values that may be none) is a gap, a label or an error, never dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reach.describe import describe
from reach.errors import TemplateError
from reach.network import Network
from reach.snapshot import merge
from reach.sources.cloudformation import File, read
from reach.sources.cloudformation.resource import made_id
from reach.sources.given import given
from tests.templated import network_of, snapshot_of

HEAD = "Parameters: {C: {Type: String}}\nConditions: {Maybe: !Equals [!Ref C, x], Sure: !Equals [a, a]}\n"
PLACE = """Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Six: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  Sub: {Type: AWS::EC2::Subnet, DependsOn: Six, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, \
Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 4, 64]]}}
  Pub: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Att: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Eip: {Type: AWS::EC2::EIP}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Pub, AllocationId: !GetAtt Eip.AllocationId}}
  Eigw: {Type: AWS::EC2::EgressOnlyInternetGateway, Properties: {VpcId: !Ref Vpc}}
  Main: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Pair: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Sub, RouteTableId: !Ref Main}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Main, DestinationCidrBlock: 0.0.0.0/0, \
NatGatewayId: !Ref Nat}}
  Out6: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Main, DestinationIpv6CidrBlock: '::/0', \
EgressOnlyInternetGatewayId: !Ref Eigw}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Other: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Pub, RouteTableId: !Ref Table}}
  Up: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, \
GatewayId: !Ref Igw}}
"""
GROUP = "  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Vpc}}\n"
INSIDE = "SubnetIds: [!Ref Sub], SecurityGroupIds: [!Ref Sg]"
FUNCTION = f"  Fn: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: fn, VpcConfig: {{{INSIDE}}}}}}}\n"


def answer(text: str, target: str = "internet", **options: Any) -> Any:
    network: Network = network_of(text)
    return network.path("fn", target, **options)


def function(properties: str) -> str:
    made = f"  Fn: {{Type: AWS::Lambda::Function, Properties: {{FunctionName: fn, {properties}}}}}\n"
    return HEAD + PLACE + GROUP + made


def test_the_network_itself_is_open() -> None:
    assert answer(HEAD + PLACE + GROUP + FUNCTION).verdict == "reachable"


RULES = "  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Vpc, %s}}\n"
MACRO = "Fn::Transform: {Name: AWS::Include, Parameters: {Location: 's3://bucket/rules.yaml'}}"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + PLACE + RULES % MACRO + FUNCTION,  # beside other properties
        HEAD + PLACE + RULES % "SecurityGroupEgress: !Transform {Name: Rules}" + FUNCTION,
        HEAD + PLACE + RULES % "SecurityGroupEgress: [{'Fn::Transform': {Name: Rules}}]" + FUNCTION,
        HEAD + PLACE + RULES % f"SecurityGroupEgress: [{{IpProtocol: '-1', CidrIp: 0.0.0.0/0, {MACRO}}}]" + FUNCTION,
        function(f"VpcConfig: {{{INSIDE}, {MACRO}}}"),
        HEAD + PLACE + GROUP + FUNCTION + f"  R: {{Type: AWS::EC2::Route, {MACRO}, Properties: {{RouteTableId: !Ref "
        "Main, DestinationCidrBlock: 52.0.0.0/8, NatGatewayId: !Ref Nat}}\n",
    ],
)
def test_what_a_macro_makes_is_not_known(text: str) -> None:
    found = answer(text)
    assert found.verdict == "unknown", found.to_text()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"Transform: [Mine]\n{PLACE}{GROUP}{FUNCTION}", "the macro Mine is not run"),
        (f"{MACRO}\n{PLACE}{GROUP}{FUNCTION}", "one.yaml:1: Fn::Transform is not run: what it adds is not known"),
        (f"{PLACE}{GROUP}{FUNCTION}  {MACRO}\n", "Fn::Transform is not run: what it adds is not known"),
        (f"{PLACE}{GROUP}{FUNCTION}  More: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: "
         "'https://s3.amazonaws.com/b/more.yaml'}}\n", "the nested stack More is not a local file"),
    ],
)  # fmt: skip
def test_what_is_not_run_or_read_stands_on_the_answer(text: str, what: str) -> None:
    found = answer(text)
    assert found.verdict == "reachable"
    assert any(what in a.text for a in found.assumptions if a.rule == "INFERRED"), found.assumptions


@pytest.mark.parametrize(
    ("properties", "what"),
    [
        ("VpcConfig: [a]", "VpcConfig of Fn is ['a'], and must be a mapping"),
        ("VpcConfig: subnet-1", "VpcConfig of Fn is 'subnet-1', and must be a mapping"),
        ("CapacityProviderConfig: [a]", "CapacityProviderConfig of Fn is ['a'], and must be a mapping"),
        (f"VpcConfig: {{{INSIDE}, 'Fn::If': [Maybe, a, b]}}", "Fn::If stands beside other keys"),
        ("'Fn::If': [Maybe, {}, {}]", "the Properties of 'Fn' are Fn::If"),
        ("Description: !ImportValue [a]", "Fn::ImportValue takes the name of an export"),
    ],
)
def test_what_would_be_dropped_is_refused(properties: str, what: str) -> None:
    text = function(properties)
    if "Description" in properties:  # which is not read where it stands
        text = text.replace("Description: ", "VpcConfig: ")
    with pytest.raises(TemplateError) as caught:
        answer(text)
    assert what in caught.value.message
    assert "one.yaml:" in caught.value.message


@pytest.mark.parametrize(
    "listed",
    [
        "!Select [1, [!If [Maybe, 10.0.0.0/8, !Ref 'AWS::NoValue'], 0.0.0.0/0, 10.0.0.0/8]]",
        "!Select [0, [!If [Maybe, !Ref 'AWS::NoValue', 0.0.0.0/0], 10.0.0.0/8]]",
    ],
)
def test_an_item_behind_one_that_may_be_none_is_not_known(listed: str) -> None:
    rule = RULES % f"SecurityGroupEgress: [{{IpProtocol: '-1', CidrIp: {listed}}}]"
    assert answer(HEAD + PLACE + rule + FUNCTION).verdict == "unknown"
    first = RULES % "SecurityGroupEgress: [{IpProtocol: '-1', CidrIp: !Select [0, [0.0.0.0/0, !If [Maybe, a, b]]]}]"
    assert answer(HEAD + PLACE + first + FUNCTION).verdict == "reachable"


def test_whether_a_function_runs_on_managed_instances_may_not_be_known() -> None:
    provider = "{LambdaManagedInstancesCapacityProviderConfig: {CapacityProviderArn: x}}"
    found = answer(function(f"CapacityProviderConfig: !If [Maybe, {provider}, !Ref 'AWS::NoValue']"))
    assert found.verdict == "unknown"
    assert found.unknowns[0].needs == "--param C=…", found.unknowns


def test_whether_a_function_sends_ipv6_may_not_be_known() -> None:
    text = function(f"VpcConfig: {{{INSIDE}, Ipv6AllowedForDualStack: !Ref C}}")
    found = answer(text, family="6")
    assert "--param C=…" in {u.needs for u in found.unknowns}
    assert "IPV6_VERDICT" in {note.code for note in answer(text).notes}
    assert answer(text.replace("!Ref C}}", "true}}"), family="6").verdict == "reachable"
    assert answer(text.replace("!Ref C}}", "false}}"), family="6").verdict == "blocked"


def test_an_export_of_several_stacks_is_none_of_them() -> None:
    out = "Outputs: {V: {Value: !Ref Vpc, Export: {Name: net}}}\n"
    one = f"Resources:\n  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}\n{out}"
    asks = f"{PLACE}{GROUP}{FUNCTION}".replace("VpcId: !Ref Vpc}}\n  Fn", "VpcId: !ImportValue net}}\n  Fn")
    found = network_of(one, one.replace("10.0", "10.1"), asks).path("fn", "internet")
    assert found.verdict == "unknown"
    assert any("is of several stacks: one and two" in u.why for u in found.unknowns)


# -- resources that may not be made -----------------------------------------------------------------------

PAIR = "VPCs: [{VPCId: !Ref Vpc, VPCRegion: eu-west-1}]"
LISTED = "FirewallRules: [{Action: BLOCK, BlockResponse: NXDOMAIN, Priority: 1, FirewallDomainListId: !Ref List}]"
FORWARD = "DomainName: amazonaws.com, RuleType: FORWARD, TargetIps: [{Ip: 10.0.0.9}]"
MAYBE: list[tuple[str, str, str]] = [  # type, properties, the target that it decides about
    ("EC2::Route", "RouteTableId: !Ref Main, DestinationCidrBlock: 52.0.0.0/8, NetworkInterfaceId: eni-1", "internet"),
    ("EC2::SubnetNetworkAclAssociation", "SubnetId: !Ref Sub, NetworkAclId: !Ref Acl", "internet"),
    ("EC2::VPCEndpoint", "VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.s3, RouteTableIds: [!Ref Main]", "s3"),
    ("EC2::VPCEndpoint", "VpcId: !Ref Vpc, VpcEndpointType: Interface, PrivateDnsEnabled: true, SubnetIds: [!Ref Sub], "
     "ServiceName: com.amazonaws.eu-west-1.sqs", "sqs"),
    ("EC2::VPCDHCPOptionsAssociation", "VpcId: !Ref Vpc, DhcpOptionsId: !Ref Dhcp", "sqs"),
    ("EC2::VPCBlockPublicAccessOptions", "InternetGatewayBlockMode: block-bidirectional", "internet"),
    ("Route53::HostedZone", f"Name: example.com, {PAIR}", "api.example.com:443"),
    ("Route53::RecordSet", "HostedZoneId: !Ref Zone, Name: a.corp.com, Type: A, ResourceRecords: [10.0.1.9]",
     "a.corp.com:443"),
    ("Route53::RecordSetGroup", "RecordSets: [{HostedZoneId: !Ref Zone, Name: a.corp.com, Type: A, ResourceRecords: "
     "[10.0.1.9]}]", "a.corp.com:443"),
    ("Route53Resolver::ResolverRule", FORWARD, "sqs"),
    ("Route53Resolver::ResolverRuleAssociation", "VPCId: !Ref Vpc, ResolverRuleId: !Ref Forward", "sqs"),
    ("Route53Resolver::FirewallRuleGroupAssociation", "VpcId: !Ref Vpc, FirewallRuleGroupId: !Ref Rules, Priority: 101",
     "sqs"),
]  # fmt: skip
# Parts of other resources.
MAYBE += [
    ("EC2::VPCCidrBlock", "VpcId: !Ref Vpc, CidrBlock: 52.0.0.0/16", "52.0.1.9:443"),
    ("EC2::VPCEncryptionControl", "VpcId: !Ref Vpc, Mode: enforce", "internet"),
    ("EC2::NetworkAclEntry", "NetworkAclId: !GetAtt Vpc.DefaultNetworkAcl, RuleNumber: 1, RuleAction: deny, "
     "Egress: true, Protocol: -1, CidrBlock: 0.0.0.0/0", "internet"),
]
OF_THE_VPC = ("EC2::NetworkAclEntry",)  # it names what has no logical id
# Where one world is unknown itself, or the answer of both is the same for reasons of its own.
SHY = {("EC2::VPCEndpoint", "s3")}  # by the NAT gateway or by the endpoint
BESIDE = f"""
  Acl: {{Type: AWS::EC2::NetworkAcl, Properties: {{VpcId: !Ref Vpc}}}}
  Dhcp: {{Type: AWS::EC2::DHCPOptions, Properties: {{DomainNameServers: [10.0.0.9]}}}}
  Zone: {{Type: AWS::Route53::HostedZone, Properties: {{Name: corp.com, {PAIR}}}}}
  Forward: {{Type: AWS::Route53Resolver::ResolverRule, Properties: {{{FORWARD}}}}}
  List: {{Type: AWS::Route53Resolver::FirewallDomainList, Properties: {{Domains: ['*.amazonaws.com']}}}}
  Rules: {{Type: AWS::Route53Resolver::FirewallRuleGroup, Properties: {{{LISTED}}}}}
"""
PAIRING = "Type: AWS::Route53Resolver::ResolverRuleAssociation, Properties: {VPCId: !Ref Vpc, ResolverRuleId: !Ref It}"
EXTRA = {"Route53Resolver::ResolverRule": f"  Pairing: {{{PAIRING}}}\n"}


IDS = {
    "Vpc": "vpc", "Main": "rtb", "Sub": "subnet", "Sg": "sg", "Acl": "acl", "Dhcp": "dopt", "Zone": "Z",
    "Forward": "rslvr-rr", "Rules": "rslvr-frg",
}  # fmt: skip


def doubted(type_: str, properties: str, condition: str) -> str:
    whole = PLACE.replace("CidrBlock: 10.0.0.0/16", "CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true")
    made = f"  It: {{Type: AWS::{type_}, {condition}Properties: {{{properties}}}}}\n{EXTRA.get(type_, '')}"
    return HEAD + whole + GROUP + FUNCTION + BESIDE + made


@pytest.mark.parametrize(("type_", "properties", "target"), MAYBE, ids=[f"{m[0]} {m[2]}" for m in MAYBE])
def test_what_may_not_be_made_is_neither_there_nor_not(type_: str, properties: str, target: str) -> None:
    found = answer(doubted(type_, properties, "Condition: Maybe, "), target)
    assert found.verdict == "unknown", found.to_text()


@pytest.mark.parametrize(("type_", "properties", "target"), MAYBE, ids=[f"{m[0]} {m[2]}" for m in MAYBE])
def test_nor_over_a_network_that_is_there(type_: str, properties: str, target: str) -> None:
    """What the network below was read to hold says nothing of what a template may add to it."""
    if type_ in OF_THE_VPC:
        properties = properties.replace("!GetAtt Vpc.DefaultNetworkAcl", made_id("acl", "one", "Vpc/DefaultNetworkAcl"))
    base = snapshot_of(doubted(type_, properties, "Condition: Sure, ").split("  It: ")[0])
    text = f"  It: {{Type: AWS::{type_}, Condition: Maybe, Properties: {{{properties}}}}}\n{EXTRA.get(type_, '')}"
    for name, prefix in IDS.items():
        text = text.replace(f"!Ref {name}", made_id(prefix, "one", name))
    files = [File("two.yaml", f"{HEAD}Resources:\n{text}".encode(), "two")]
    over = read(files, given(region="eu-west-1"), base)
    found = describe(merge([base, over])).path("fn", target)
    assert found.verdict == "unknown", found.to_text()


@pytest.mark.parametrize(("type_", "properties", "target"), MAYBE, ids=[f"{m[0]} {m[2]}" for m in MAYBE])
def test_both_worlds_differ(type_: str, properties: str, target: str) -> None:
    """Otherwise `unknown` would be no more than shy."""
    whole = doubted(type_, properties, "Condition: Sure, ")
    verdicts = {answer(text, target).verdict for text in (whole, whole.split("  It: ")[0])}
    assert len(verdicts) == 2 or (type_, target) in SHY, verdicts


@pytest.mark.parametrize(
    ("properties", "verdict"),
    [
        ("Mode: enforce", "unknown"),
        ("Mode: !Ref C", "unknown"),
        ("Mode: monitor", "reachable"),
        ("Mode: enforce, LambdaExclusionInput: enable", "reachable"),
        ("Mode: enforce, LambdaExclusionInput: !Ref C", "unknown"),
        ("Mode: !Ref C, LambdaExclusionInput: enable", "reachable"),
    ],
)
def test_an_encryption_control_decides_only_where_it_could_enforce(properties: str, verdict: str) -> None:
    found = answer(doubted("EC2::VPCEncryptionControl", f"VpcId: !Ref Vpc, {properties}", "Condition: Maybe, "))
    assert found.verdict == verdict, found.to_text()
    assert verdict != "unknown" or {u.needs for u in found.unknowns} == {"--param C=…"}


@pytest.mark.parametrize("condition", ["Condition: Maybe, ", ""])
def test_a_second_block_of_a_vpc_decides_about_its_own_addresses_only(condition: str) -> None:
    block = "CidrBlock: 100.64.0.0/16" if condition else "CidrBlock: !Ref C"
    text = doubted("EC2::VPCCidrBlock", f"VpcId: !Ref Vpc, {block}", condition)
    assert answer(text, "100.64.1.9:443").verdict == "unknown"
    assert answer(text, "internet").verdict == ("reachable" if condition else "unknown")  # any block, where it is open
    found = answer(text, "100.64.1.9:443").unknowns
    assert {u.needs for u in found} == {"--param C=…"}
    assert "the parameter C (one.yaml:1) has no value" in found[0].why


def test_whether_a_network_has_ipv6_is_no_matter_over_ipv4() -> None:
    """The pattern of people's templates: EnableIpv6 puts blocks, routes and flags under one condition."""
    text = doubted("EC2::VPCEncryptionControl", "VpcId: !Ref Vpc, Mode: monitor", "")
    text = text.replace("Six: {Type: AWS::EC2::VPCCidrBlock,", "Six: {Type: AWS::EC2::VPCCidrBlock, Condition: Maybe,")
    text = text.replace("Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 4, 64]]",
                        "Ipv6CidrBlock: !If [Maybe, !Select [0, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 4, 64"
                        "]], !Ref 'AWS::NoValue']")  # fmt: skip
    text = text.replace("SecurityGroupIds: [!Ref Sg]",
                        "SecurityGroupIds: [!Ref Sg], Ipv6AllowedForDualStack: !If [Maybe, true, false]")  # fmt: skip
    assert answer(text).verdict == "reachable"
    assert answer(text, family="6").verdict == "unknown"
    assert {u.needs for u in answer(text, family="6").unknowns} == {"--param C=…"}


OTHERS = [
    ("EC2::Route", "RouteTableId: !Ref Main, DestinationCidrBlock: 52.0.0.0/8, NatGatewayId: !Ref Nat", "8.8.8.8:443"),
    ("EC2::Route", "RouteTableId: !Ref Main, DestinationIpv6CidrBlock: '2001::/16', GatewayId: !Ref Igw", "internet"),
    ("EC2::SecurityGroupIngress", "GroupId: !Ref Sg, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0",
     "internet"),
    ("EC2::SecurityGroupEgress", "GroupId: !Ref Shut, IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 0.0.0.0/0",
     "internet"),
    ("EC2::NetworkAclEntry", "NetworkAclId: !GetAtt Vpc.DefaultNetworkAcl, RuleNumber: 1, RuleAction: deny, "
     "Egress: true, Protocol: 6, PortRange: {From: 25, To: 25}, CidrBlock: 0.0.0.0/0", "internet"),
    ("EC2::VPCCidrBlock", "VpcId: !Ref Vpc, CidrBlock: 100.64.0.0/16", "internet"),
    ("Route53::RecordSet", "HostedZoneId: !Ref Zone, Name: a.corp.com, Type: A, ResourceRecords: [10.0.1.9]", "sqs"),
    ("EC2::VPCEndpoint", "VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.s3, RouteTableIds: [!Ref Main]", "sqs"),
    ("EC2::VPCEndpoint", "VpcId: !Ref Vpc, VpcEndpointType: Interface, PrivateDnsEnabled: true, SubnetIds: [!Ref Sub], "
     "ServiceName: com.amazonaws.eu-west-1.sqs", "secretsmanager"),
    ("EC2::RouteTable", "VpcId: !Ref Vpc", "internet"),
    ("NetworkFirewall::Firewall", "FirewallName: f, VpcId: !Ref Vpc, FirewallPolicyArn: a, SubnetMappings: "
     "[{SubnetId: !Ref Sub}]", "sqs"),
]  # fmt: skip
SHUT = """
  Shut:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: d
      VpcId: !Ref Vpc
      SecurityGroupEgress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}]
"""


@pytest.mark.parametrize(("type_", "properties", "target"), OTHERS, ids=[f"{m[0]} {m[2]}" for m in OTHERS])
def test_what_it_does_not_concern_is_answered_all_the_same(type_: str, properties: str, target: str) -> None:
    """A route to one block, a rule for one port, an entry for one port: the rest is as if it were not there."""
    text = doubted(type_, properties, "Condition: Maybe, ") + SHUT
    if "Shut" in properties:
        text = text.replace("SecurityGroupIds: [!Ref Sg]", "SecurityGroupIds: [!Ref Shut]")
    found = answer(text, target)
    assert found.verdict == "reachable", found.to_text()


def test_an_endpoint_that_may_be_made_takes_over_what_it_would() -> None:
    """Both ways are shown, and no note says that the endpoint has taken the name."""
    text = doubted(*MAYBE[3][:2], "Condition: Maybe, ") + SHUT
    found = answer(text, "sqs")
    assert {u.needs for u in found.unknowns} == {"--param C=…"}
    assert {p.verdict for p in found.paths} >= {"reachable"}
    assert "ENDPOINT_SHADOWS_NAT" not in {n.code for n in found.notes}


# -- the text ---------------------------------------------------------------------------------------------

TEMPLATE = {"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "fn"}}}}


@pytest.mark.parametrize("text", ["\U0001f600", "a\\ud83d", "\\\\", "\\u00e9 \x7f \u2028", '"\\/', "\ud83d"])
@pytest.mark.parametrize("ascii_only", [True, False])
def test_json_means_what_json_means(text: str, ascii_only: bool) -> None:
    if not ascii_only and text == "\ud83d":
        pytest.skip("half a character cannot be written")
    written = json.dumps({"Description": text, **TEMPLATE}, ensure_ascii=ascii_only)
    assert [f.name for f in network_of(written).functions] == ["fn"]


def test_a_pair_of_halves_is_one_character() -> None:
    named = json.dumps(TEMPLATE).replace('"fn"', json.dumps("f\U0001f600"))
    assert "\\ud83d\\ude00" in named
    assert [f.name for f in network_of(named).functions] == ["f\U0001f600"]


@pytest.mark.parametrize("order", ["<<: *a, Properties: {FunctionName: fn}", "Properties: {FunctionName: fn}, <<: *a"])
def test_a_mapping_beats_what_is_merged_into_it(order: str) -> None:
    held = "Metadata: &a {Type: AWS::Lambda::Function, Properties: {FunctionName: x}}"
    assert [f.name for f in network_of(f"{held}\nResources:\n  F: {{{order}}}\n").functions] == ["fn"]


def test_a_character_that_no_text_has_is_found() -> None:
    with pytest.raises(TemplateError, match=r"one\.yaml:3: this is not YAML: unacceptable character #x0001"):
        network_of("Resources:\n  F:\n    Type: a\x01\n")


@pytest.mark.parametrize(("condition", "verdict"), [("", "reachable"), ("Condition: Maybe, ", "unknown")])
def test_the_way_out_of_a_regional_nat_gateway_hangs_on_the_internet_gateways_attachment(
    condition: str, verdict: str
) -> None:
    """NAT-5: AWS writes the route only where a gateway is attached; whether one is may not be known."""
    made = HEAD + PLACE + GROUP + FUNCTION
    made = made.replace("Att: {Type", f"Att: {{{condition}Type")
    zonal = "{SubnetId: !Ref Pub, AllocationId: !GetAtt Eip.AllocationId}"
    assert zonal in made
    made = made.replace(zonal, "{AvailabilityMode: regional, VpcId: !Ref Vpc}")
    assert answer(made).verdict == verdict
