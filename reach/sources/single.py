"""Answers of the AWS CLI about one thing: the record itself, as of `describe-model`, or what holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

# What describes one thing of AWS Network Firewall: the member that names it, its collection, and the ARN in it.
FIREWALL_ANSWERS = (
    ("Firewall", "network-firewall:Firewalls", "FirewallArn"),
    ("FirewallPolicyResponse", "network-firewall:FirewallPolicies", "FirewallPolicyArn"),
    ("RuleGroupResponse", "network-firewall:RuleGroups", "RuleGroupArn"),
)


class Whole(Struct, frozen=True):
    """An answer that is a record of a collection: it has all of `members`, the first of which are text."""

    key: str
    members: tuple[str, ...]


class Held(Struct, frozen=True):
    """An answer that holds a record under one member; the record has `inside`."""

    key: str
    member: str
    inside: str


WHOLE = (
    Whole("Functions", ("FunctionArn", "FunctionName")),  # get-function-configuration
    Whole("mq:Brokers", ("BrokerArn", "BrokerId", "BrokerName")),  # describe-broker
    Whole("sagemaker:Models", ("ModelArn", "ModelName")),  # describe-model
    Whole("efs:FileSystemPolicies", ("FileSystemId", "Policy")),  # describe-file-system-policy
    Whole("s3files:mountTargets", ("mountTargetId", "fileSystemId", "subnetId")),  # get-mount-target
    Whole("s3files:fileSystems", ("fileSystemArn", "fileSystemId")),  # get-file-system
    Whole("iam:RolePolicies", ("RoleName", "PolicyName", "PolicyDocument")),  # get-role-policy
)
HELD = (
    Held("Functions", "Configuration", "FunctionArn"),  # get-function
    Held("CapacityProviders", "CapacityProvider", "CapacityProviderArn"),
    Held("mwaa:Environments", "Environment", "NetworkConfiguration"),
    Held("emr-serverless:applications", "application", "applicationId"),
    Held("service-quotas:Quotas", "Quota", "QuotaCode"),
)


def single(document: Mapping[str, Any]) -> tuple[str, list[Any]] | None:
    """Return the collection and the record of an answer about one thing; None if it is no such answer.

    >>> single({"ModelName": "scores", "ModelArn": "arn:aws:sagemaker:eu-west-1:123456789012:model/scores"})[0]
    'sagemaker:Models'
    """
    for held in HELD:
        inner = document.get(held.member)
        if isinstance(inner, Mapping) and held.inside in inner:
            return held.key, [inner]
    for whole in WHOLE:
        if all(isinstance(document.get(m), str) for m in whole.members[:1]) and document.keys() >= {*whole.members}:
            return whole.key, [document]
    if isinstance(document.get("HostedZone"), Mapping):  # get-hosted-zone
        return "route53:HostedZones", [document]
    for member, key, arn in FIREWALL_ANSWERS:
        inner = document.get(member)
        if isinstance(inner, Mapping) and isinstance(inner.get(arn), str):  # describe-firewall and its like
            return key, [{arn: inner[arn], **document}]
    if "VpcId" in document and {"EnableDnsSupport", "EnableDnsHostnames"} & document.keys():
        return "VpcAttributes", [document]
    host = document.get("clusterVpcEndpoint")
    if isinstance(host, str) and "serviceName" in document:  # get-vpc-endpoint-service-name of DSQL
        return "dsql:VpcEndpointServiceNames", [{"identifier": host.partition(".")[0], **document}]
    return None
