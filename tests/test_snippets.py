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
    "aws ec2 authorize-security-group-egress --group-id sg-1 --ip-permissions "
    "'IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}]'": (
        "AWS::EC2::SecurityGroupEgress", {"GroupId": "sg-1", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
                                          "CidrIp": "0.0.0.0/0"}),
    "aws ec2 authorize-security-group-egress --group-id sg-1 --ip-permissions "
    "'IpProtocol=tcp,FromPort=443,ToPort=443,Ipv6Ranges=[{CidrIpv6=::/0}]'": (
        "AWS::EC2::SecurityGroupEgress", {"GroupId": "sg-1", "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
                                          "CidrIpv6": "::/0"}),
    "aws ec2 create-network-acl-entry --network-acl-id acl-1 --egress --rule-number 90 --protocol tcp --port-range "
    "From=443,To=443 --cidr-block 0.0.0.0/0 --rule-action allow": (
        "AWS::EC2::NetworkAclEntry", {"NetworkAclId": "acl-1", "Egress": True, "RuleNumber": 90, "Protocol": 6,
                                      "RuleAction": "allow", "CidrBlock": "0.0.0.0/0",
                                      "PortRange": {"From": 443, "To": 443}}),
    "aws ec2 create-network-acl-entry --network-acl-id acl-1 --ingress --rule-number 90 --protocol 58 --icmp-type-code "
    "Type=-1,Code=-1 --ipv6-cidr-block ::/0 --rule-action allow": (
        "AWS::EC2::NetworkAclEntry", {"NetworkAclId": "acl-1", "Egress": False, "RuleNumber": 90, "Protocol": 58,
                                      "RuleAction": "allow", "Ipv6CidrBlock": "::/0",
                                      "Icmp": {"Type": -1, "Code": -1}}),
    "aws lambda update-function-configuration --function-name orders --vpc-config SubnetIds=subnet-1,subnet-2,"
    "SecurityGroupIds=sg-1,Ipv6AllowedForDualStack=true": (
        "AWS::Lambda::Function", {"VpcConfig": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"],
                                                "Ipv6AllowedForDualStack": True}}),
    "aws ec2 modify-vpc-attribute --vpc-id vpc-1 --enable-dns-support": (
        "AWS::EC2::VPC", {"EnableDnsSupport": True}),
    "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1 --private-dns-enabled": (
        "AWS::EC2::VPCEndpoint", {"PrivateDnsEnabled": True}),
    "aws ec2 modify-vpc-endpoint --vpc-endpoint-id vpce-1 --add-route-table-ids rtb-1": (
        "AWS::EC2::VPCEndpoint", {"RouteTableIds": ["rtb-1"]}),
    "aws efs create-mount-target --file-system-id fs-1 --subnet-id subnet-1 --security-groups sg-1": (
        "AWS::EFS::MountTarget", {"FileSystemId": "fs-1", "SubnetId": "subnet-1", "SecurityGroups": ["sg-1"]}),
    "aws ec2 enable-transit-gateway-route-table-propagation --transit-gateway-route-table-id tgw-rtb-1 "
    "--transit-gateway-attachment-id tgw-attach-2": (
        "AWS::EC2::TransitGatewayRouteTablePropagation", {"TransitGatewayAttachmentId": "tgw-attach-2",
                                                          "TransitGatewayRouteTableId": "tgw-rtb-1"}),
}  # fmt: skip


def named(members: object) -> list[str]:
    """Every id, address and number among a snippet's members, as text."""
    if isinstance(members, dict):
        return [text for value in members.values() for text in named(value)]
    if isinstance(members, list):
        return [text for value in members for text in named(value)]
    return [str(members).lower() if isinstance(members, bool) else str(members)]


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
    assert 'resource "aws_' in made[1]
    assert made[1].count("{") == made[1].count("}")
    for text in named(COMMANDS[command][1]):
        assert text in made[1]


@pytest.mark.parametrize(
    "fix",
    [
        "",
        "Wait.",
        "aws ec2 start-instances --instance-ids i-1",
        "aws ec2 create-route '",
        # names are hostile text: nothing of theirs may end a string or a block
        "aws lambda update-function-configuration --function-name 'a\"b' --vpc-config SubnetIds=s",
        "aws ec2 modify-vpc-attribute --vpc-id '`x`' --enable-dns-support",
    ],
)
def test_of_anything_else_there_is_none(fix: str) -> None:
    assert snippets(fix) is None
