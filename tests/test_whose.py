"""Where the commands of a fix are to run: every one says its Region, and its account where there are several."""

from __future__ import annotations

import json
import re

import pytest
from msgspec.structs import replace

from reach.answer import Blocker, Direction, Layer, SourceInfo
from reach.ask.asker import Asker
from reach.ask.remedies.whose import placed
from reach.describe import describe
from reach.network import Network
from reach.pasted import divided
from reach.render.commands import commands
from reach.snapshot import parse
from tests.test_fixes import lines

HERE, THERE = "111111111111", "222222222222"


def network(*, accounts: bool = True, region: str = "eu-west-1") -> Network:
    """A VPC, group and route table here, as much in another Region (and account), a peering connection from here."""
    far = THERE if accounts else HERE

    def of(name: str, account: str) -> dict[str, object]:
        vpc, cidr = f"vpc-{name}", "10.1.0.0/16" if name == "a" else "10.2.0.0/16"
        return {
            "Vpcs": [{"VpcId": vpc, "CidrBlock": cidr, "OwnerId": account}],
            "SecurityGroups": [{"GroupId": f"sg-{name}", "VpcId": vpc, "OwnerId": account}],
            "RouteTables": [{"RouteTableId": f"rtb-{name}", "VpcId": vpc, "OwnerId": account, "Routes": []}],
        }

    side = {
        "a": {"VpcId": "vpc-a", "OwnerId": HERE, "Region": region, "CidrBlock": "10.1.0.0/16"},
        "b": {"VpcId": "vpc-b", "OwnerId": far, "Region": "us-east-1", "CidrBlock": "10.2.0.0/16"},
    }
    peering = {
        "VpcPeeringConnectionId": "pcx-1", "RequesterVpcInfo": side["a"], "AccepterVpcInfo": side["b"],
        "Status": {"Code": "pending-acceptance"},
    }  # fmt: skip
    near = of("a", HERE) | {"VpcPeeringConnections": [peering]}
    held = {HERE: {region: near}}
    held.setdefault(far, {})["us-east-1"] = of("b", far)
    return describe(parse(json.dumps({"format": "reach-snapshot/1", "accounts": held, "gaps": []}), "world"))


def fix(text: str, resource: str, of: Network, region: str = "eu-west-1") -> str:
    """The fix as it stands in an answer to a sender in the first account."""
    info = SourceInfo("function", "orders", None, HERE, region, None, "vpc-a", (), ())
    blocker = Blocker(
        code="X", cause=None, layer=Layer.NET, resource=resource, resources=(resource,), direction=Direction.FORWARD,
        subnets=(), after=None, title="", why="", fix=text, evidence=(), needs=None,
    )  # fmt: skip
    return placed(of, Asker(info, (), None, None), blocker).fix


ROUTE = "aws ec2 create-route --route-table-id rtb-{} --destination-cidr-block 10.{}.0.0/16"
ROWS = {
    "what it changes decides, not what it names besides": (
        "Open it: aws ec2 authorize-security-group-ingress --group-id sg-b --source-group sg-a",
        "Open it: aws ec2 authorize-security-group-ingress --group-id sg-b --source-group sg-a --region us-east-1",
    ),
    "the Region stands before what is asked of the answer": (
        "IGW=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text) && "
        "aws ec2 attach-internet-gateway --internet-gateway-id $IGW --vpc-id vpc-b",
        "IGW=$(aws ec2 create-internet-gateway --region us-east-1 --query InternetGateway.InternetGatewayId "
        "--output text) && aws ec2 attach-internet-gateway --internet-gateway-id $IGW --vpc-id vpc-b "
        "--region us-east-1",
    ),
    "each command of a line has its own": (
        f"{ROUTE.format('a', 2)} && {ROUTE.format('b', 1)}",
        f"{ROUTE.format('a', 2)} --region eu-west-1 && {ROUTE.format('b', 1)} --region us-east-1",
    ),
    "who accepts a peering connection is its other side": (
        "aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id pcx-1",
        "aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id pcx-1 --region us-east-1",
    ),
    "also of one that is about to be made": (
        "PCX=$(aws ec2 create-vpc-peering-connection --vpc-id vpc-a --peer-vpc-id vpc-b --peer-region us-east-1 "
        "--query VpcPeeringConnection.VpcPeeringConnectionId --output text) && "
        "aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id $PCX",
        "PCX=$(aws ec2 create-vpc-peering-connection --vpc-id vpc-a --peer-vpc-id vpc-b --peer-region us-east-1 "
        "--region eu-west-1 --query VpcPeeringConnection.VpcPeeringConnectionId --output text) && "
        "aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id $PCX --region us-east-1",
    ),
    "a group is made where it is used": (
        "SG=$(aws ec2 create-security-group --group-name x --description y --query GroupId --output text) && "
        "aws ec2 create-vpc-endpoint --vpc-id vpc-b --security-group-ids $SG",
        "SG=$(aws ec2 create-security-group --group-name x --description y --region us-east-1 --query GroupId "
        "--output text) && aws ec2 create-vpc-endpoint --vpc-id vpc-b --security-group-ids $SG --region us-east-1",
    ),
    "IAM and Route 53 have no Region": (
        "aws iam attach-role-policy --role-name r --policy-arn p && aws route53 get-hosted-zone --id Z1",
        "aws iam attach-role-policy --role-name r --policy-arn p && aws route53 get-hosted-zone --id Z1",
    ),
    "words without a command stay as they are": ("Use HTTPS.", "Use HTTPS."),
}  # fmt: skip


@pytest.mark.parametrize(("given", "want"), ROWS.values(), ids=ROWS)
def test_a_command_says_its_region(given: str, want: str) -> None:
    assert fix(given, "rtb-a", network(accounts=False)) == want


def test_what_is_the_same_everywhere_says_the_partition_by_its_region() -> None:
    world = network(accounts=False, region="cn-north-1")
    assert fix("aws iam get-role --role-name r", "rtb-a", world, "cn-north-1").endswith(" --region cn-north-1")


def test_a_region_that_the_data_does_not_tell_is_not_said() -> None:
    world = network(accounts=False, region="unknown")
    assert fix(ROUTE.format("a", 2), "rtb-a", world, "unknown") == ROUTE.format("a", 2)


SHARED = {
    "words": (
        "Open it: aws ec2 authorize-security-group-ingress --group-id sg-b",
        f"Open it (in account {THERE}): aws ec2 authorize-security-group-ingress --group-id sg-b --region us-east-1",
    ),
    "no words": (
        ROUTE.format("a", 2),
        f"In account {HERE}: {ROUTE.format('a', 2)} --region eu-west-1",
    ),
    "two accounts": (
        f"{ROUTE.format('a', 2)} && {ROUTE.format('b', 1)} && {ROUTE.format('a', 3)}",
        f"Commands 1, 3 in account {HERE}; 2 in account {THERE}: {ROUTE.format('a', 2)} --region eu-west-1 && "
        f"{ROUTE.format('b', 1)} --region us-east-1 && {ROUTE.format('a', 3)} --region eu-west-1",
    ),
}


@pytest.mark.parametrize(("given", "want"), SHARED.values(), ids=SHARED)
def test_of_several_accounts_it_says_which(given: str, want: str) -> None:
    said = fix(given, "rtb-a", network())
    assert said == want
    assert commands(divided(said)[1])  # it is still a line to paste


def test_a_fix_that_has_its_place_gets_no_second_one() -> None:
    world = network()
    info = SourceInfo("function", "orders", None, HERE, "eu-west-1", None, "vpc-a", (), ())
    blocker = Blocker(
        code="X", cause=None, layer=Layer.NET, resource="rtb-a", resources=(), direction=Direction.FORWARD,
        subnets=(), after=None, title="", why="", fix=ROUTE.format("a", 2), evidence=(), needs=None,
    )  # fmt: skip
    asker = Asker(info, (), None, None)
    once = placed(world, asker, blocker)
    assert placed(world, asker, replace(blocker, fix=divided(once.fix)[1])).fix == once.fix


ELSEWHERE = {"iam", "route53"}  # one for all Regions
UNTOLD = {"s3api"}  # the rows do not tell the bucket's Region; AWS CLI follows S3 to it


def test_every_command_of_every_answer_says_its_region() -> None:
    missing = []
    for line in lines():
        for command in commands(divided(line.text)[1]):
            said = command.options.get("region", [])
            if command.service not in ELSEWHERE | UNTOLD and not (said and re.fullmatch(r"[a-z-]+-\d", said[0])):
                missing.append(line.text)
    assert missing == []
