"""Commands that say where a function, service or project runs, who may do what, and what names mean."""

from __future__ import annotations

import re

from reach.render.commands import Options, one
from reach.render.pieces import Blocks, Member, Piece, Text, Value, document


def listed(text: str) -> dict[str, str]:
    """The members of AWS's shorthand, whose values may be lists: A=1,2,B=3."""
    return dict(re.findall(r"(\w+)=([^=]+?)(?=,\w+=|$)", text))


def function(options: Options) -> Piece | None:
    """The network of a function that exists."""
    said = listed(one(options, "vpc-config"))
    names = (
        ("SubnetIds", "subnet_ids"),
        ("SecurityGroupIds", "security_group_ids"),
        ("Ipv6AllowedForDualStack", "ipv6_allowed_for_dual_stack"),
    )
    if not said or not set(said) <= {cfn for cfn, _ in names}:
        return None
    held: dict[str, Value] = {
        cfn: said[cfn] if cfn.startswith("Ipv6") else list(said[cfn].split(",")) for cfn, _ in names if cfn in said
    }
    members: list[Member] = [("VpcConfig", "", held), *(("", tf, held[cfn]) for cfn, tf in names if cfn in held)]
    who = one(options, "function-name")
    return Piece("AWS::Lambda::Function", "aws_lambda_function", members, of=who, block="vpc_config")


def record(options: Options) -> Piece | None:
    """A record of a hosted zone."""
    batch = document(one(options, "change-batch")).document
    changes = batch.get("Changes", []) if isinstance(batch, dict) else []
    held = changes[0].get("ResourceRecordSet", {}) if changes else {}
    values: Value = [str(r["Value"]) for r in held.get("ResourceRecords", [])]
    members: list[Member] = [
        ("HostedZoneId", "zone_id", one(options, "hosted-zone-id")),
        ("Name", "name", str(held.get("Name", ""))),
        ("Type", "type", str(held.get("Type", ""))),
        ("TTL", "ttl", str(held.get("TTL", ""))),
        ("ResourceRecords", "records", values),
    ]
    return Piece("AWS::Route53::RecordSet", "aws_route53_record", members) if held else None


def api_policy(options: Options) -> Piece | None:
    """The resource policy of a REST API."""
    which = one(options, "rest-api-id")
    patches = document(one(options, "patch-operations")).document
    if not isinstance(patches, list) or not patches:
        return None
    policy = document(str(patches[0].get("value", "")))
    members: list[Member] = [("Policy", "", policy), ("", "rest_api_id", which), ("", "policy", policy)]
    return Piece("AWS::ApiGateway::RestApi", "aws_api_gateway_rest_api_policy", members, of=which)


def system_policy(options: Options) -> Piece:
    """The policy of a file system: one of its properties, and a resource of its own in Terraform."""
    which, policy = one(options, "file-system-id"), document(one(options, "policy"))
    members: list[Member] = [("FileSystemPolicy", "", policy), ("", "file_system_id", which), ("", "policy", policy)]
    return Piece("AWS::EFS::FileSystem", "aws_efs_file_system_policy", members, of=which)


def firewall_rule(options: Options) -> Piece:
    """A rule of DNS Firewall, which CloudFormation writes among its group's."""
    names = (
        ("", "firewall_rule_group_id", "firewall-rule-group-id"),
        ("FirewallDomainListId", "firewall_domain_list_id", "firewall-domain-list-id"),
        ("Priority", "priority", "priority"),
        ("Action", "action", "action"),
        ("", "name", "name"),
    )
    inline: dict[str, Value] = {cfn: one(options, name) for cfn, _, name in names if cfn}
    members: list[Member] = [("FirewallRules", "", [inline]), *(("", tf, one(options, name)) for _, tf, name in names)]
    group = one(options, "firewall-rule-group-id")
    of = f"+{group}"
    return Piece("AWS::Route53Resolver::FirewallRuleGroup", "aws_route53_resolver_firewall_rule", members, of=of)


def workload_network(options: Options) -> Piece | None:
    """Where the tasks of an ECS service run."""
    text = one(options, "network-configuration")
    found = dict(re.findall(r"(\w+)=(\[[^\]]*\]|\w+)", text.partition("{")[2]))
    if "subnets" not in found:
        return None
    lists: dict[str, Value] = {k: list(v[1:-1].split(",")) if v.startswith("[") else v for k, v in found.items()}
    cfn: dict[str, Value] = {k[0].upper() + k[1:]: v for k, v in lists.items()}
    public = lists.get("assignPublicIp")
    members: list[Member] = [
        ("NetworkConfiguration", "", {"AwsvpcConfiguration": cfn}),
        ("", "subnets", lists["subnets"]),
        ("", "security_groups", lists.get("securityGroups", [])),
        *([("", "assign_public_ip", "true" if public == "ENABLED" else "false")] if public else []),
    ]
    who = f"{one(options, 'cluster')}/{one(options, 'service')}"
    return Piece("AWS::ECS::Service", "aws_ecs_service", members, of=who, block="network_configuration")


def build(options: Options) -> Piece | None:
    """Where the builds of a CodeBuild project run."""
    said = listed(one(options, "vpc-config").replace("[", "").replace("]", ""))
    names = (("vpcId", "VpcId", "vpc_id"), ("subnets", "Subnets", "subnets"))
    both = (*names, ("securityGroupIds", "SecurityGroupIds", "security_group_ids"))
    if not {n for n, _, _ in both} <= set(said):
        return None
    held: dict[str, Value] = {n: said[n] if n == "vpcId" else list(said[n].split(",")) for n, _, _ in both}
    members: list[Member] = [("VpcConfig", "", {cfn: held[n] for n, cfn, _ in both})]
    members += [("", tf, held[n]) for n, _, tf in both]
    name = one(options, "name")
    return Piece("AWS::CodeBuild::Project", "aws_codebuild_project", members, of=name, block="vpc_config")


def role_policy(options: Options) -> Piece:
    """A managed policy of a role."""
    role, policy = one(options, "role-name"), one(options, "policy-arn")
    members: list[Member] = [("ManagedPolicyArns", "", [policy]), ("", "role", role), ("", "policy_arn", policy)]
    return Piece("AWS::IAM::Role", "aws_iam_role_policy_attachment", members, of=f"+{role}")


def rule_group(options: Options) -> Piece:
    """A rule group of a Network Firewall: rules in Suricata's language, or the structure of stateless ones."""
    rules, group = one(options, "rules"), one(options, "rule-group")
    members: list[Member] = [
        ("RuleGroupName", "name", one(options, "rule-group-name")),
        ("Type", "type", one(options, "type")),
        ("Capacity", "capacity", one(options, "capacity")),
    ]
    if rules:
        members += [("RuleGroup", "", {"RulesSource": {"RulesString": Text(rules)}}), ("", "rules", Text(rules))]
    else:
        held = document(group)
        inside = held.document if isinstance(held.document, dict) else {}
        members += [("RuleGroup", "", held), ("", "rule_group", Blocks(inside))]
    return Piece("AWS::NetworkFirewall::RuleGroup", "aws_networkfirewall_rule_group", members)


def nat_zone(options: Options) -> Piece:
    """A zone more of a regional NAT gateway."""
    zone, which = one(options, "availability-zone"), one(options, "nat-gateway-id")
    addresses: Value = list(options.get("allocation-ids", []))
    inline: dict[str, Value] = {"AllocationIds": addresses, "AvailabilityZone": zone}
    members: list[Member] = [
        ("AvailabilityZoneAddresses", "", [inline]),
        ("", "allocation_ids", addresses),
        ("", "availability_zone", zone),
    ]
    block = "availability_zone_address"
    return Piece("AWS::EC2::NatGateway", "aws_nat_gateway", members, of=f"+{which}", block=block)


def access_point(options: Options) -> Piece:
    """An access point of a bucket, of the internet or of one VPC."""
    bucket, name = one(options, "bucket"), one(options, "name")
    members: list[Member] = [("Bucket", "bucket", bucket), ("Name", "name", name)]
    vpc = one(options, "vpc-configuration").removeprefix("VpcId=")
    if vpc:
        inline: dict[str, Value] = {"VpcId": vpc}
        members += [("VpcConfiguration", "", inline), ("", "vpc_configuration", Blocks({"vpc_id": vpc}))]
    return Piece("AWS::S3::AccessPoint", "aws_s3_access_point", members)


OWNERS = {
    "s3control create-access-point": access_point,
    "ec2 associate-nat-gateway-address": nat_zone,
    "network-firewall create-rule-group": rule_group,
    "lambda update-function-configuration": function,
    "route53 change-resource-record-sets": record,
    "route53resolver create-firewall-rule": firewall_rule,
    "apigateway update-rest-api": api_policy,
    "efs put-file-system-policy": system_policy,
    "ecs update-service": workload_network,
    "codebuild update-project": build,
    "iam attach-role-policy": role_policy,
}
