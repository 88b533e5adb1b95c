"""Templates over a network that is there: what they add, change and take, and whose word counts."""

from __future__ import annotations

from typing import Any

import pytest

from reach.describe import describe
from reach.errors import TemplateError
from reach.network import Network
from reach.snapshot import Snapshot, from_document, merge
from reach.sources.cloudformation import File, read
from reach.sources.given import given
from tests.world_members import acl_entry
from tests.worlds import World

Record = dict[str, Any]
ANYWHERE = ("-1", None, "0.0.0.0/0")


def live() -> World:
    """A function that reaches the internet by a NAT gateway, and one in a subnet that has the main table."""
    world = World()
    home = world.vpc("10.0.0.0/16", id="vpc-1")
    private, spare = world.subnet(home, "10.0.1.0/24", id="subnet-a"), world.subnet(home, "10.0.2.0/24", id="subnet-b")
    public, lone = world.subnet(home, "10.0.0.0/24", id="subnet-p"), world.subnet(home, "10.0.7.0/24", id="subnet-o")
    igw, nat = world.internet_gateway(home, id="igw-1"), world.nat_gateway(public, id="nat-1")
    world.route_table(home, [public], [("0.0.0.0/0", igw)], id="rtb-p")
    world.route_table(home, [private, spare], [("0.0.0.0/0", nat)], id="rtb-a")
    world.route_table(home, [], [], id="rtb-none")
    group = world.security_group(home, id="sg-1", egress=[ANYWHERE])
    world.security_group(home, id="sg-mute")
    world.function("orders", [private], [group])
    world.function("odd", [lone], [group])
    return world


def over(text: str, world: World | None = None, **options: Any) -> tuple[Snapshot, Network]:
    base = from_document((world or live()).document(), "live.json")
    found = merge([base, read([File("t.yaml", text.encode(), "t")], given(**options), base)])
    return found, describe(found)


def resources(*lines: str, parameters: str = "") -> str:
    """A template with a resource on each line: `Name Type property: value, …`; a `?` before it makes it conditional."""
    conditions = "Conditions: {Open: !Equals [!Ref Maybe, x]}" if "Maybe" in parameters else ""
    out = [f"Parameters: {{{parameters}}}", conditions, "Resources:"]
    for line in lines:
        name, type_, properties = line.split(" ", 2)
        condition = "Condition: Open, " if name.startswith("?") else ""
        out.append(f"  {name.lstrip('?')}: {{{condition}Type: 'AWS::{type_}', Properties: {{{properties}}}}}")
    return "\n".join(out)


DEFAULT = "RouteTableId: rtb-a, DestinationCidrBlock: 0.0.0.0/0"
MOVE = "EC2::SubnetRouteTableAssociation"
DENY = "NetworkAclId: acl-1, RuleAction: deny, Egress: true, Protocol: -1, CidrBlock: 0.0.0.0/0"
MAYBE = "Maybe: {Type: String}"
OK, NO, WHO, PART = "reachable", "blocked", "unknown", "partial"
FIXED = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"


@pytest.mark.parametrize(
    ("line", "parameters", "who", "verdict", "code"),
    [
        ("X SNS::Topic DisplayName: x", "", "orders", OK, None),
        ("X SNS::Topic DisplayName: x", "", "odd", NO, "NO_ROUTE_TO_DESTINATION"),
        # Of a route for the same destination there is one.
        (f"X EC2::Route {DEFAULT}, GatewayId: igw-1", "", "orders", NO, FIXED),
        (f"X EC2::Route {DEFAULT}, NatGatewayId: nat-1", "", "orders", OK, None),
        (f"X EC2::Route {DEFAULT}, NetworkInterfaceId: eni-gone", "", "orders", WHO, "UNKNOWN_RESOURCE"),
        (f"?X EC2::Route {DEFAULT}, GatewayId: igw-1", MAYBE, "orders", WHO, "UNKNOWN_RESOURCE"),
        (f"?X EC2::Route {DEFAULT}, GatewayId: igw-1", MAYBE, "odd", NO, "NO_ROUTE_TO_DESTINATION"),
        ("X EC2::Route RouteTableId: rtb-a, DestinationCidrBlock: 0.0.0.0/1, GatewayId: igw-1", "",
         "orders", PART, FIXED),
        # A subnet has one table.
        (f"X {MOVE} RouteTableId: rtb-a, SubnetId: subnet-o", "", "odd", OK, None),
        (f"X {MOVE} RouteTableId: rtb-none, SubnetId: subnet-a", "", "orders", NO, "NO_ROUTE_TO_DESTINATION"),
        (f"X {MOVE} RouteTableId: rtb-p, SubnetId: subnet-a", "", "orders", NO, FIXED),
        (f"X {MOVE} RouteTableId: rtb-none, SubnetId: subnet-b", "", "orders", OK, None),
        (f"X {MOVE} RouteTableId: rtb-none, SubnetId: !Ref S", "S: {Type: String}", "orders", WHO, "UNKNOWN_RESOURCE"),
        (f"X {MOVE} RouteTableId: !Ref S, SubnetId: subnet-a", "S: {Type: String}", "orders", WHO, "UNKNOWN_RESOURCE"),
        (f"?X {MOVE} RouteTableId: rtb-none, SubnetId: subnet-a", MAYBE, "orders", WHO, "UNKNOWN_RESOURCE"),
        # Of an ACL's entry of a number and direction there is one.
        (f"X EC2::NetworkAclEntry RuleNumber: 100, {DENY}", "", "orders", NO, "SUBNET_ACL_RESTRICTION"),
        (f"X EC2::NetworkAclEntry RuleNumber: 101, {DENY}", "", "orders", OK, None),
        (f"?X EC2::NetworkAclEntry RuleNumber: 100, {DENY}", MAYBE, "orders", WHO, "UNKNOWN_RESOURCE"),
    ],
)  # fmt: skip
def test_a_row_takes_the_place_of_the_one_that_is_there(
    line: str, parameters: str, who: str, verdict: str, code: str | None
) -> None:
    world = live()
    line = line.replace("acl-1", world.default_acl("vpc-1"))
    answer = over(resources(line, parameters=parameters), world)[1].path(who, "internet")
    reasons = [*answer.blockers, *answer.unknowns]
    assert (answer.verdict, reasons[0].code if reasons else None) == (verdict, code), answer.to_text()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"X EC2::Route {DEFAULT}, GatewayId: igw-1",
         "X (t.yaml:4) takes the place of the route of rtb-a for 0.0.0.0/0, which leads to nat-1"),
        (f"X {MOVE} RouteTableId: rtb-none, SubnetId: subnet-a",
         "X (t.yaml:4) takes subnet-a from rtb-a, with which it is associated"),
        (f"X EC2::NetworkAclEntry RuleNumber: 100, {DENY}",
         "X (t.yaml:4) takes the place of the outbound entry 100 of acl-1"),
    ],
)  # fmt: skip
def test_which_is_said_on_the_answers_that_rest_on_it(line: str, said: str) -> None:
    world = live()
    acl = world.default_acl("vpc-1")
    found, network = over(resources(line.replace("acl-1", acl)), world)
    said = said.replace("acl-1", acl)
    assert said in found.warnings
    assert f"{said}." in {a.text for a in network.path("orders", "internet").assumptions}


def test_the_same_again_says_nothing() -> None:
    """A stack that is there already."""
    lines = (f"X EC2::Route {DEFAULT}, NatGatewayId: nat-1", f"Y {MOVE} RouteTableId: rtb-a, SubnetId: subnet-a")
    found, network = over(resources(*lines))
    assert not found.warnings
    assert not found.inferred
    assert network.path("orders", "internet").verdict == OK


def test_what_was_added_says_where_it_stands_in_the_file() -> None:
    world = live()
    acl = world.default_acl("vpc-1")
    line = f"X EC2::NetworkAclEntry RuleNumber: 90, {DENY}".replace("acl-1", acl)
    (reason, *_) = over(resources(line), world)[1].path("orders", "internet").blockers
    shown = [(e.resource, e.where) for e in reason.evidence]
    assert shown == [(acl, "t.yaml:4")]


@pytest.mark.parametrize(
    ("key", "member", "line"),
    [
        ("RouteTables", "Routes", f"X EC2::Route {DEFAULT}, GatewayId: igw-1"),
        ("SecurityGroups", "IpPermissionsEgress",
         "X EC2::SecurityGroupEgress GroupId: sg-1, IpProtocol: udp, CidrIp: 10.0.0.0/8"),
        ("NetworkAcls", "Entries", f"X EC2::NetworkAclEntry RuleNumber: 90, {DENY}"),
    ],
)  # fmt: skip
def test_one_row_more_does_not_tell_the_others(key: str, member: str, line: str) -> None:
    """A list that was not read stays a gap."""
    world = live()
    line = line.replace("acl-1", world.default_acl("vpc-1"))
    for record in world.collections[key]:
        record.pop(member)
    assert over(resources(line), world)[1].path("orders", "internet").verdict == WHO


def test_a_second_gateway_is_refused() -> None:
    lines = (
        "I EC2::InternetGateway Tags: []",
        "A EC2::VPCGatewayAttachment VpcId: vpc-1, InternetGatewayId: !Ref I",
        "V EC2::VPC CidrBlock: 10.9.0.0/16",
        "B EC2::VPCGatewayAttachment VpcId: !Ref V, InternetGatewayId: igw-1",
    )
    first, second = over(resources(*lines))[0].warnings
    assert first.startswith("A (t.yaml:5) attaches igw-")
    assert first.endswith("to vpc-1, and that has igw-1: AWS refuses that until the other is detached")
    assert "B (t.yaml:7) attaches igw-1 to vpc-" in second
    assert second.endswith("and it is attached to vpc-1: AWS refuses that until the other is detached")
    again = "A EC2::VPCGatewayAttachment VpcId: vpc-1, InternetGatewayId: igw-1"
    found, network = over(resources(again))
    assert (found.warnings, network.path("orders", "internet").verdict) == ((), OK)


INTERFACE = (
    "E EC2::VPCEndpoint VpcId: vpc-1, ServiceName: com.amazonaws.eu-west-1.sqs, VpcEndpointType: Interface, "
    "SubnetIds: [subnet-a], SecurityGroupIds: [sg-mute], PrivateDnsEnabled: true"
)
GATEWAY = (
    "E EC2::VPCEndpoint VpcId: vpc-1, ServiceName: com.amazonaws.eu-west-1.s3, RouteTableIds: [rtb-a], "
    "PolicyDocument: {Statement: [{Effect: Deny, Principal: '*', Action: '*', Resource: '*'}]}"
)


def with_endpoints() -> World:
    world = live()
    open_ = world.security_group("vpc-1", id="sg-https", ingress=[("tcp", 443, "10.0.0.0/16")])
    world.interface_endpoint("vpc-1", "sqs", ["subnet-a"], [open_], id="vpce-sqs")
    world.gateway_endpoint("vpc-1", "s3", ["rtb-a", "rtb-p"], id="vpce-s3")
    return world


@pytest.mark.parametrize(
    ("line", "target", "code"), [(INTERFACE, "sqs", "SG_HAS_NO_RULES"), (GATEWAY, "s3", "ENDPOINT_POLICY_DENIES")]
)
def test_one_endpoint_answers_for_a_service(line: str, target: str, code: str) -> None:
    """AWS has one of them by private name, and one by route in a table: that of the template."""
    assert over(resources("X SNS::Topic DisplayName: x"), with_endpoints())[1].path("orders", target).verdict == OK
    answer = over(resources(line), with_endpoints())[1].path("orders", target)
    assert (answer.verdict, [b.code for b in answer.blockers]) == (NO, [code])
    assert any("place of" in a.text for a in answer.assumptions)
    assert not answer.unknowns


TYPED = "S: {Type: 'List<AWS::EC2::Subnet::Id>', Default: PUT-YOURS-HERE}, G: {Type: 'AWS::EC2::SecurityGroup::Id'}"
NEW = "F Lambda::Function FunctionName: new, VpcConfig: {SubnetIds: !Ref S, SecurityGroupIds: [!Ref G]}"


def test_ids_of_the_wrong_kind_are_refused() -> None:
    """As CloudFormation does; a default that can be no id is there to be replaced."""
    text = resources(NEW, parameters=TYPED)
    answer = over(text, params={"G": "sg-1"})[1].path("new", "internet")
    assert (answer.verdict, [u.needs for u in answer.unknowns]) == (WHO, ["--param S=…"])
    assert "by default 'PUT-YOURS-HERE', and must be the id of a subnet" in answer.unknowns[0].why
    assert over(text, params={"S": "subnet-a,subnet-b", "G": "sg-1"})[1].path("new", "internet").verdict == OK
    for params in ({"S": "subnet-a", "G": "subnet-a"}, {"S": "subnet-a,vpc-1", "G": "sg-1"}):
        with pytest.raises(TemplateError, match="and must be the id of a"):
            over(text, params=params)


SIX = "B EC2::VPCCidrBlock VpcId: vpc-1, Ipv6CidrBlock: '2001:db8:1::/56', Ipv6Pool: ipv6pool-ec2-1"
DUAL = (
    SIX,
    "S EC2::Subnet VpcId: vpc-1, CidrBlock: 10.0.9.0/24, Ipv6CidrBlock: '2001:db8:1::/64'",
    "E EC2::EgressOnlyInternetGateway VpcId: vpc-1",
    "T EC2::RouteTable VpcId: vpc-1",
    "R EC2::Route RouteTableId: !Ref T, DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: !Ref E",
    f"A {MOVE} RouteTableId: !Ref T, SubnetId: !Ref S",
    "F Lambda::Function FunctionName: new, VpcConfig: {SubnetIds: [!Ref S], SecurityGroupIds: [sg-1], "
    "Ipv6AllowedForDualStack: true}",
)


@pytest.mark.parametrize(
    ("entries", "egress", "code"),
    [
        (None, [ANYWHERE], None),
        ([(90, "deny", "tcp", 22, "0.0.0.0/0"), (100, "allow", "-1", None, "0.0.0.0/0")], [ANYWHERE],
         "SUBNET_ACL_RESTRICTION"),
        (None, [("tcp", 443, "0.0.0.0/0")], "ENI_SG_RULES_MISMATCH"),
        (None, [ANYWHERE, ("tcp", 443, "10.0.0.0/8")], "ENI_SG_RULES_MISMATCH"),
    ],
)  # fmt: skip
def test_the_first_ipv6_block_opens_what_is_as_it_was_made(entries: Any, egress: Any, code: str | None) -> None:
    """EC2 lets IPv6 through the default ACL and groups that let everything out; what was changed it leaves alone."""
    world = live()
    acl = world[world.default_acl("vpc-1")]
    for record in [group for group in world.collections["SecurityGroups"] if group["GroupId"] == "sg-1"]:
        record["IpPermissionsEgress"] = []
    world.egress("sg-1", *egress)
    if entries:
        acl["Entries"] = [acl_entry(rule, side) for side in (True, False) for rule in entries]
    answer = over(resources(*DUAL), world)[1].path("new", "internet", "6")
    assert (answer.verdict, [b.code for b in answer.blockers][:1]) == (NO if code else OK, [code] if code else [])
    assert any("is the first IPv6 block of vpc-1: AWS lets IPv6 through" in a.text for a in answer.assumptions)


def test_whether_it_opens_them_is_as_open_as_the_block() -> None:
    answer = over(resources("?" + DUAL[0], *DUAL[1:], parameters=MAYBE))[1].path("new", "internet", "6")
    assert (answer.verdict, {u.needs for u in answer.unknowns}) == (WHO, {"--param Maybe=…"})


FIREWALL = (
    "P NetworkFirewall::FirewallPolicy FirewallPolicyName: p, FirewallPolicy: {StatelessDefaultActions: ['aws:pass'], "
    "StatelessFragmentDefaultActions: ['aws:pass']}",
    "W NetworkFirewall::Firewall FirewallName: w, VpcId: vpc-1, FirewallPolicyArn: !Ref P, "
    "SubnetMappings: [{SubnetId: subnet-o}]",
    f"R EC2::Route {DEFAULT}, VpcEndpointId: !Select [1, !Split [':', !Select [0, !GetAtt W.EndpointIds]]]",
    "N EC2::Route RouteTableId: rtb-none, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: nat-1",
    f"A {MOVE} RouteTableId: rtb-none, SubnetId: subnet-o",
    "B EC2::Route RouteTableId: rtb-p, DestinationCidrBlock: 10.0.1.0/24, VpcEndpointId: "
    "!Select [1, !Split [':', !Select [0, !GetAtt W.EndpointIds]]]",
)  # fmt: skip


def test_a_firewall_in_a_subnet_that_is_there() -> None:
    """Its endpoint is called by the zone of the subnet, which the network tells."""
    answer = over(resources(*FIREWALL))[1].path("orders", "internet")
    assert answer.verdict == OK, answer.to_text()
    assert any(via.startswith("vpce-") for path in answer.paths for via in path.via)


def test_a_regional_nat_gateway_where_the_gateway_is_attached_with_it() -> None:
    world = World()
    home = world.vpc("10.0.0.0/16", id="vpc-1")
    world.subnet(home, "10.0.1.0/24", id="subnet-a")
    world.internet_gateway(None, id="igw-1")
    world.function("orders", ["subnet-a"], [world.security_group(home, id="sg-1", egress=[ANYWHERE])])
    lines = (
        "A EC2::VPCGatewayAttachment VpcId: vpc-1, InternetGatewayId: igw-1",
        "N EC2::NatGateway AvailabilityMode: regional, VpcId: vpc-1",
        "T EC2::RouteTable VpcId: vpc-1",
        "R EC2::Route RouteTableId: !Ref T, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref N",
        f"M {MOVE} RouteTableId: !Ref T, SubnetId: subnet-a",
    )
    assert over(resources(*lines), world)[1].path("orders", "internet").verdict == OK


STACK = (
    "S EC2::Subnet VpcId: vpc-1, CidrBlock: 10.0.1.0/24",
    "T EC2::RouteTable VpcId: vpc-1",
    f"A {MOVE} RouteTableId: !Ref T, SubnetId: !Ref S",
    "R EC2::Route RouteTableId: !Ref T, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: nat-1",
    "G EC2::SecurityGroup VpcId: vpc-1, GroupName: api, GroupDescription: x",
    "F Lambda::Function FunctionName: api, VpcConfig: {SubnetIds: [!Ref S], SecurityGroupIds: [!Ref G]}",
)


def deployed() -> World:
    """With the group of the stack, which a rule of somebody else's names."""
    world = live()
    world.security_group("vpc-1", id="sg-api", name="api", egress=[ANYWHERE])
    closed = world.security_group("vpc-1", id="sg-db", ingress=[("tcp", 5432, "sg-api")])
    world.db_instance("db", ["subnet-b"], [closed])
    return world


def test_what_a_stack_made_before_is_known_again() -> None:
    """By what AWS has once in a VPC: a subnet's block, a group's name. Else there would be two subnets in one place."""
    found, network = over(resources(*STACK), deployed())
    for who, target in (("api", "internet"), ("orders", "internet"), ("api", "rds:db"), ("orders", "10.0.2.9:443")):
        answer = network.path(who, target)
        assert answer.verdict == (NO if target.startswith("10") else OK), answer.to_text()
        assert all(b.code != "UNKNOWN_RESOURCE" for b in answer.blockers)
    assert [path.subnet for path in network.path("api", "internet").paths] == ["subnet-a"]
    assert network["subnet-a"].zone == "eu-west-1a"  # type: ignore[union-attr]
    said = "S (t.yaml:4) is taken to be subnet-a, that has 10.0.1.0/24 in vpc-1 already"
    assert said in found.warnings
    assert f"{said}." in {a.text for a in network.path("orders", "internet").assumptions}


@pytest.mark.parametrize(("target", "verdict"), [("10.0.2.9:5432", WHO), ("10.0.2.9:22", NO), ("10.0.2.9:443", OK)])
def test_a_rule_that_a_group_has_and_its_template_does_not_make(target: str, verdict: str) -> None:
    """Another stack has made it, or this one has and takes it away."""
    world = live()
    rules = [("tcp", 5432, "10.0.0.0/16"), ("tcp", 443, "10.0.0.0/8")]
    world.security_group("vpc-1", id="sg-web", name="web", ingress=rules)
    world.interface("subnet-b", "10.0.2.9", ["sg-web"])
    rule = "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/8}"
    line = f"G EC2::SecurityGroup VpcId: vpc-1, GroupName: web, GroupDescription: x, SecurityGroupIngress: [{rule}]"
    answer = over(resources(line), world)[1].path("orders", target)
    assert answer.verdict == verdict, answer.to_text()
    assert all("does not make: of another stack" in u.why for u in answer.unknowns)


def test_a_subnet_that_overlaps_one_that_is_there_is_refused() -> None:
    found, _ = over(resources("S EC2::Subnet VpcId: vpc-1, CidrBlock: 10.0.1.128/25"))
    assert found.warnings == ("S (t.yaml:4) has addresses of subnet-a, 10.0.1.0/24: AWS refuses 10.0.1.128/25",)
    elsewhere = ("V EC2::VPC CidrBlock: 10.0.0.0/16", "S EC2::Subnet VpcId: !Ref V, CidrBlock: 10.0.1.0/24")
    assert not over(resources(*elsewhere))[0].inferred
