"""Intrinsic functions, parameters, conditions: what an expression is worth (TPL-04)."""

from __future__ import annotations

from pathlib import Path

import pytest

import reach
from reach.errors import TemplateError
from reach.sources.cloudformation.document import parse_document
from tests.templated import ONE_VPC, network_of, records, snapshot_of, worth_of

# fmt: off
WORTH = [
    ("!Ref Word", "word"),
    ("!Ref AWS::Region", "eu-west-1"),
    ("!Ref AWS::StackName", "one"),
    ("!Ref AWS::Partition", "aws"),
    ("!Ref AWS::URLSuffix", "amazonaws.com"),
    ('!Join ["-", [a, !Ref Word, 3, true]]', "a-word-3-true"),
    ('!Join [",", !Ref Listed]', "a,b,c"),
    ("!Select [1, !Ref Listed]", "b"),
    ('!Select ["2", [x, y, z]]', "z"),
    ('!Select [1, !Split ["|", "a|b|c"]]', "b"),
    ('!Sub "${Word}/${AWS::Region}"', "word/eu-west-1"),
    ('!Sub ["${x}-${Word}-${!Kept}", {x: !Select [0, !Ref Listed]}]', "a-word-${Kept}"),
    ("!FindInMap [Sizes, !Ref AWS::Region, small]", "1"),
    ("!Select [1, !FindInMap [Sizes, !Ref AWS::Region, list]]", "y"),
    ("!FindInMap [Sizes, nowhere, small, {DefaultValue: !Ref Word}]", "word"),
    ("{Ref: {'Fn::Join': ['', [Wo, rd]]}}", "word"),  # as AWS::LanguageExtensions allows
    ("{'Fn::GetAtt': [{'Fn::Join': ['', [V, pc]]}, CidrBlock]}", "10.0.0.0/16"),
    ("!If [IsWord, then, else]", "then"),
    ("!If [Other, then, else]", "else"),
    ("!If [Who, same, same]", "same"),  # whatever the condition is
    ("!Select [1, !Cidr [10.0.0.0/16, 4, 8]]", "10.0.1.0/24"),
    ('!Select [3, !Cidr ["10.0.0.0/22", "4", "8"]]', "10.0.3.0/24"),
    ('!Select [1, !Cidr ["2600:1f00::/56", 2, 64]]', "2600:1f00:0:1::/64"),
    ('!Select [1, !GetAZs ""]', "eu-west-1b"),
    ("!Select [0, !GetAZs us-west-2]", "us-west-2a"),
    ("!Length [1, 2, 3]", "3"),
    ("{'Fn::Length': !Ref Listed}", "3"),
    ("!Base64 abc", "YWJj"),
    ("!ToJsonString {a: [1, !Ref Word]}", '{"a":[1,"word"]}'),
    ("'{{resolve:ssm:/net/name:3}}'", "from-ssm"),
    ("!ImportValue net-name", "from-export"),
    ('!Select [1, !Split ["/", !Ref AWS::StackId]]', "one"),
    ("!If [NoItem, none, some]", "none"),
    ("{'Fn::Length': !Ref Nothing}", "1"),  # as CloudFormation counts
    ('!Sub "<${Nothing}>"', "<>"),
    ("!Join ['+', !Ref Chosen]", "b+c"),
]
# fmt: on


@pytest.mark.parametrize(("expression", "worth"), WORTH, ids=[w[0] for w in WORTH])
def test_functions(expression: str, worth: str) -> None:
    given = {"ssm": {"/net/name": "from-ssm"}, "exports": {"net-name": "from-export"}}
    assert worth_of(expression, **given) == worth


# What nobody knows has a text that stands for it.
OPEN = [
    ("!Ref Open", "${Open}"),
    ('!Sub "a-${Open}"', "a-${Open}"),
    ("{Ref: {'Fn::Sub': '${Open}'}}", "${Open}"),
    ("!If [Who, a, b]", "${Who}"),
    ("!ImportValue elsewhere", "${import:elsewhere}"),
    ("'{{resolve:ssm:/other}}'", "${ssm:/other}"),
    ("'{{resolve:secretsmanager:x:SecretString:y}}'", "${secretsmanager:x:SecretString:y}"),
    ("!Ref AWS::AccountId", "000000000000"),
    ("{'Fn::Transform': {Name: Upper, Parameters: {}}}", "${Upper}"),
]


@pytest.mark.parametrize(("expression", "text"), OPEN, ids=[w[0] for w in OPEN])
def test_what_is_not_known(expression: str, text: str) -> None:
    assert worth_of(expression) == text


def test_parameters_decide() -> None:
    assert worth_of("!If [IsWord, then, else]", params={"Word": "other"}) == "else"
    assert worth_of("!If [Who, a, b]", params={"Open": "word"}) == "a"
    assert worth_of("!Ref AWS::AccountId", params={"AWS::AccountId": "123456789012"}) == "123456789012"
    assert worth_of("!Select [0, !Ref Listed]", params={"Listed": ["x", "y"]}) == "x"
    assert worth_of("!Ref Word", params={"one:Word": "mine", "Word": "every"}) == "mine"


def test_the_digits_of_a_stack_id_are_its_own() -> None:
    digits = worth_of('!Select [2, !Split ["/", !Ref AWS::StackId]]')
    assert [len(part) for part in digits.split("-")] == [8, 4, 4, 4, 12]


def test_an_empty_list_parameter_is_an_empty_property() -> None:
    text = """
Parameters:
  Groups: {Type: CommaDelimitedList, Default: ""}
Resources:"""
    text += ONE_VPC.replace("[!GetAtt Vpc.DefaultSecurityGroup]", "!Ref Groups")
    (function,) = records(snapshot_of(text), "Functions")
    assert not function["VpcConfig"].get("SecurityGroupIds")
    attached = text.replace("[!Ref Subnet]", "!Ref Groups")
    assert not network_of(attached).functions[0].subnets


def test_each_item_of_a_list_is_one_of_the_values_allowed() -> None:
    assert worth_of("!Select [1, !Ref Chosen]", params={"Chosen": "a, c"}) == "c"
    with pytest.raises(TemplateError, match="the parameter Chosen cannot be 'x'"):
        worth_of("!Select [1, !Ref Chosen]", params={"Chosen": "a,x"})


INCLUDE = "'Fn::Transform': {Name: AWS::Include, Parameters: {Location: s3://b/part.yaml}}"
GROUP = "[!GetAtt Vpc.DefaultSecurityGroup]"
# Where a macro stands, and a name that it may make.
BY_MACRO = [
    ("Transform: Mine\n", "[!Ref Made]"),
    ("Transform: [AWS::LanguageExtensions, Mine]\n", "[!GetAtt Made.GroupId]"),
    (f"{INCLUDE}\n", "!Split [',', !Sub '${Made}']"),
    (f"Mappings: {{{INCLUDE}}}\n", "[!FindInMap [Made, a, b]]"),
    (f"Mappings: {{Partly: {{a: {{{INCLUDE}}}}}}}\n", "[!FindInMap [Partly, a, b]]"),
    (f"Mappings: {{Partly: {{{INCLUDE}}}}}\n", "[!FindInMap [Partly, a, b]]"),
    (f"Parameters: {{{INCLUDE}}}\n", "!Ref Made"),
    (f"Conditions: {{{INCLUDE}}}\n", "!If [Made, [sg-1], [sg-2]]"),
]


@pytest.mark.parametrize(("head", "groups"), BY_MACRO, ids=[head.splitlines()[0][:40] for head, _ in BY_MACRO])
def test_what_a_macro_may_make_is_not_known(head: str, groups: str) -> None:
    """Nobody runs it here; without it the name would be a typing error."""
    text = head + "Resources:" + ONE_VPC.replace(GROUP, groups)
    answer = network_of(text).path("orders", "10.0.1.9:443")
    assert (answer.verdict, answer.unknowns[0].needs) == ("unknown", "the template as the macro leaves it")
    if "Partly" not in text:
        with pytest.raises(TemplateError, match="Made"):
            network_of("Resources:" + ONE_VPC.replace(GROUP, groups))


@pytest.mark.parametrize("named", ["!Ref Mine.Group", "!Ref MineGroup", "!GetAtt MineGroup.GroupId"])
def test_what_a_module_makes_is_not_known(named: str) -> None:
    module = "  Mine: {Type: 'My::Own::Network::MODULE', Properties: {VpcId: !Ref Vpc}}\n"
    answer = network_of("Resources:" + ONE_VPC.replace(GROUP, f"[{named}]") + module).path("orders", "10.0.1.9:443")
    assert (answer.verdict, answer.unknowns[0].needs) == ("unknown", "the template with the module written out")
    assert "the module Mine is not read: what it makes is not known" in str(answer.assumptions)
    with pytest.raises(TemplateError, match="there is no such parameter or resource"):
        network_of("Resources:" + ONE_VPC.replace(GROUP, "[!Ref Other]") + module)


NO_VALUE = """
Conditions:
  Dual: !Equals [a, b]
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      VpcId: !Ref Vpc
      SecurityGroupEgress: !If [Dual, [{IpProtocol: "-1", CidrIp: 10.0.0.0/8}], !Ref AWS::NoValue]
      SecurityGroupIngress:
        - !If [Dual, {IpProtocol: "-1", CidrIp: 10.0.0.0/8}, !Ref AWS::NoValue]
        - {IpProtocol: tcp, FromPort: "443", ToPort: 443.0, CidrIp: 10.0.0.1/8}
"""


def test_no_value_is_as_if_not_written() -> None:
    group = next(g for g in records(snapshot_of(NO_VALUE), "SecurityGroups") if g["GroupName"] != "default")
    assert group["IpPermissionsEgress"][0]["IpProtocol"] == "-1"  # EC2's own: nothing inline, nothing replaced
    (rule,) = group["IpPermissions"]
    assert (rule["FromPort"], rule["ToPort"], rule["IpRanges"]) == (443, 443, [{"CidrIp": "10.0.0.0/8"}])


def test_stacks_export_to_each_other() -> None:
    net = (
        "Resources:"
        + ONE_VPC
        + """
Outputs:
  Subnet: {Value: !Ref Subnet, Export: {Name: !Sub "${AWS::StackName}-subnet"}}
  Group: {Value: !GetAtt Vpc.DefaultSecurityGroup, Export: {Name: group}}
"""
    )
    app = """
Parameters: {Net: {Type: String, Default: two}}
Resources:
  Api:
    Type: AWS::Lambda::Function
    Properties:
      VpcConfig:
        SubnetIds: [!ImportValue {"Fn::Sub": "${Net}-subnet"}]
        SecurityGroupIds: [!ImportValue group]
"""
    network = network_of(app, net)
    orders, api = (next(f for f in network.functions if f.name == name) for name in ("orders", "Api"))
    assert (api.subnets, api.groups) == (orders.subnets, orders.groups)
    assert api.logical == "one/Api"
    assert network.path("one/Api", "internet").verdict == "blocked"


def test_an_import_of_nobody_is_a_gap_that_names_it() -> None:
    text = "Resources:" + ONE_VPC.replace("[!Ref Subnet]", "[!ImportValue net-subnet]")
    answer = network_of(text).path("orders", "internet")
    assert answer.verdict == "unknown"
    assert any("--export net-subnet=" in str(blocker.needs) for blocker in answer.unknowns)
    assert any("net-subnet (one.yaml:" in blocker.why for blocker in answer.unknowns)


def test_a_parameter_without_a_value_is_a_gap_that_names_it() -> None:
    text = "Parameters:\n  Subnets: {Type: 'List<AWS::EC2::Subnet::Id>'}\nResources:" + ONE_VPC.replace(
        "[!Ref Subnet]", "!Ref Subnets"
    )
    answer = network_of(text).path("orders", "internet")
    assert answer.verdict == "unknown"
    assert {blocker.needs for blocker in answer.unknowns} == {"--param Subnets=…"}


def test_ssm_parameters() -> None:
    text = "Parameters:\n  Cidr: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /net/cidr}\nResources:"
    text += ONE_VPC.replace("10.0.1.0/24", "!Ref Cidr")
    assert network_of(text, ssm={"/net/cidr": "10.0.1.0/24"}).path("orders", "internet").verdict == "blocked"
    answer = network_of(text).path("orders", "internet")
    assert {blocker.needs for blocker in answer.unknowns} == {"--ssm /net/cidr=…"}


def test_a_condition_that_is_not_known_decides_nothing() -> None:
    text = (
        "Parameters: {Stage: {Type: String}}\nConditions: {Prod: !Equals [!Ref Stage, prod]}\nResources:"
        + ONE_VPC
        + """
  Gateway: {Type: "AWS::EC2::InternetGateway"}
  Attached: {Type: "AWS::EC2::VPCGatewayAttachment", Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Table: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Vpc}}
  TableOf:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
  Way:
    Type: AWS::EC2::Route
    Condition: Prod
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
"""
    )
    assert network_of(text).path("orders", "internet").verdict == "unknown"
    assert network_of(text, params={"Stage": "prod"}).path("orders", "internet").blockers[0].code == (
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
    )
    assert network_of(text, params={"Stage": "dev"}).path("orders", "internet").blockers[0].code == (
        "NO_ROUTE_TO_DESTINATION"
    )


def test_a_destination_that_is_not_known_may_be_the_internet() -> None:
    text = (
        "Parameters: {Where: {Type: String}}\nResources:"
        + ONE_VPC
        + """
  Gateway: {Type: "AWS::EC2::InternetGateway"}
  Attached: {Type: "AWS::EC2::VPCGatewayAttachment", Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Table: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Vpc}}
  TableOf:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
  Way:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: !Ref Where, GatewayId: !Ref Gateway}
"""
    )
    answer = network_of(text).path("orders", "internet")
    assert (answer.verdict, answer.unknowns[0].needs) == ("unknown", "--param Where=…")


def test_yaml_as_cloudformation_reads_it() -> None:
    text = b"a: 2012-10-17\nb: 012345678901\nc: yes\nd: 1.5\ne: ~\nf: &x [1]\ng: *x\nh: {<<: {p: 1}, q: 2}\n"
    found = parse_document(text, "t.yaml")
    assert dict(found) == {
        "a": "2012-10-17", "b": "012345678901", "c": True, "d": 1.5, "e": None, "f": [1], "g": [1],
        "h": {"q": 2, "p": 1},
    }  # fmt: skip
    assert found.line_of("g") == 7


WRITTEN = {
    "indented": "---\n  # a comment first\n  Resources:\n    V: {Type: X}\n",
    "double quotes": '"Resources":\n  "V": {"Type": "X"}\n',
    "single quotes": "'AWSTemplateFormatVersion': '2010-09-09'\n'Resources' :\n  'V': {'Type': 'X'}\n",
    "byte order mark": "\ufeffResources:\n  V: {Type: X}\n",
    "byte order mark, JSON": '\ufeff{"Resources": {"V": {"Type": "X"}}}',
    "carriage returns": "Resources:\r\n  V: {Type: X}\r\n",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_a_template_is_one_however_it_is_written(text: str, tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_bytes(text.encode())
    assert not reach.load(tmp_path / "t.yaml").functions


def test_json_may_have_tabs() -> None:
    assert parse_document(b'{\n\t"a": "b/c \\u00e9"\n}', "t.json") == {"a": "b/c é"}


def test_values_that_only_seem_small() -> None:
    doubling = "".join(
        f"  A{i}: {{Type: X, Properties: {{P: !Sub '${{A{i + 1}.P}}${{A{i + 1}.P}}'}}}}\n" for i in range(40)
    )
    text = f"Resources:\n{doubling}  A40: {{Type: X, Properties: {{P: xxxxxxxx}}}}\n"
    text += "  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !GetAtt A0.P}}\n"
    with pytest.raises(TemplateError, match="1,000,000 characters"):
        snapshot_of(text)


def test_ssm_parameters_of_another_stack() -> None:
    """What one stack stores, another reads when it is deployed; its own are not there yet."""
    made = """
Resources:
  Stored: {Type: "AWS::SSM::Parameter", Properties: {Name: /net/block, Type: String, Value: 10.7.0.0/16}}
"""
    asks = """
Parameters: {Block: {Type: "AWS::SSM::Parameter::Value<String>", Default: /net/block}}
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: !Ref Block}}
"""
    assert records(snapshot_of(made, asks), "Vpcs")[0]["CidrBlock"] == "10.7.0.0/16"
    assert records(snapshot_of(asks, made), "Vpcs")[0]["CidrBlock"] == "10.7.0.0/16"
    assert records(snapshot_of(made, asks, ssm={"/net/block": "10.8.0.0/16"}), "Vpcs")[0]["CidrBlock"] == "10.8.0.0/16"
    alone = asks + made.partition("Resources:\n")[2]
    assert records(snapshot_of(alone), "Vpcs") == []
