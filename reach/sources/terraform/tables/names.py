"""Route 53: Resolver rules and DNS Firewall; zones and records are made in names.py."""

from __future__ import annotations

from collections.abc import Mapping

from reach.sources.terraform.reading import Type, blocks, type_of

NAMES: Mapping[str, Type] = {
    "aws_route53_resolver_rule": type_of(
        "Route53Resolver::ResolverRule", DomainName="domain_name", RuleType="rule_type", Name="name",
        ResolverEndpointId="resolver_endpoint_id", TargetIps=blocks("target_ip", Ip="ip", Ipv6="ipv6", Port="port"),
    ),
    "aws_route53_resolver_rule_association": type_of(
        "Route53Resolver::ResolverRuleAssociation", ResolverRuleId="resolver_rule_id", VPCId="vpc_id"
    ),
    "aws_route53_resolver_firewall_rule_group": type_of("Route53Resolver::FirewallRuleGroup", Name="name"),
    "aws_route53_resolver_firewall_rule_group_association": type_of(
        "Route53Resolver::FirewallRuleGroupAssociation", FirewallRuleGroupId="firewall_rule_group_id", VpcId="vpc_id",
        Priority="priority",
    ),
    "aws_route53_resolver_firewall_domain_list": type_of(
        "Route53Resolver::FirewallDomainList", Name="name", Domains="domains[]"
    ),
    "aws_route53_resolver_firewall_rule": Type(
        "Terraform::FirewallRule",
        {
            "FirewallRuleGroupId": "firewall_rule_group_id",
            "FirewallDomainListId": "firewall_domain_list_id",
            "FirewallDomainRedirectionAction": "firewall_domain_redirection_action",
            "Action": "action",
            "BlockResponse": "block_response",
            "BlockOverrideDomain": "block_override_domain",
            "Priority": "priority",
            "Qtype": "q_type",
        },
    ),
}  # fmt: skip
