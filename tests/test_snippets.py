"""Fixes as CloudFormation and Terraform: of the commands that are known, and of no others."""

from __future__ import annotations

import pytest
import yaml

from reach.render.snippets import snippets

RULE = "aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port 5432 "
COMMANDS = {
    RULE + "--source-group sg-2": ("AWS::EC2::SecurityGroupIngress", {"GroupId": "sg-1", "FromPort": 5432,
                                   "ToPort": 5432, "IpProtocol": "tcp", "SourceSecurityGroupId": "sg-2"}),
    RULE + "--cidr 10.0.0.0/16": ("AWS::EC2::SecurityGroupIngress", {"GroupId": "sg-1", "FromPort": 5432,
                                  "ToPort": 5432, "IpProtocol": "tcp", "CidrIp": "10.0.0.0/16"}),
    "aws ec2 replace-route --route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0 --nat-gateway-id nat-1": (
        "AWS::EC2::Route", {"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"}),
    "aws ec2 create-vpc-endpoint --vpc-id vpc-1 --service-name com.amazonaws.eu-west-1.s3 --route-table-ids rtb-1": (
        "AWS::EC2::VPCEndpoint", {"VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3",
                                  "VpcEndpointType": "Gateway", "RouteTableIds": ["rtb-1"]}),
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_cloudformation_is_yaml_with_the_same_ids(command: str) -> None:
    kind, members = COMMANDS[command]
    made = snippets(f"Do this: {command}")
    assert made is not None
    assert yaml.safe_load(made[0]) == {"Fix": {"Type": kind, "Properties": members}}


@pytest.mark.parametrize("command", COMMANDS)
def test_terraform_names_the_same_ids(command: str) -> None:
    made = snippets(command)
    assert made is not None
    assert made[1].startswith('resource "aws_')
    for value in COMMANDS[command][1].values():
        assert (value[0] if isinstance(value, list) else str(value)) in made[1]


@pytest.mark.parametrize("fix", ["", "Wait.", "aws ec2 start-instances --instance-ids i-1", "aws ec2 create-route '"])
def test_of_anything_else_there_is_none(fix: str) -> None:
    assert snippets(fix) is None
