"""AWS Network Firewall: firewalls, policies, rule groups; the blocks are those of its API."""

from __future__ import annotations

from collections.abc import Mapping

from reach.sources.terraform.reading import Block, Type, block, blocks, type_of

PORTS = {"FromPort": "from_port", "ToPort": "to_port"}
MATCH = block(
    "match_attributes",
    Protocols="protocols[]",
    Sources=blocks("source", AddressDefinition="address_definition"),
    Destinations=blocks("destination", AddressDefinition="address_definition"),
    SourcePorts=blocks("source_port", **PORTS),
    DestinationPorts=blocks("destination_port", **PORTS),
    TCPFlags=blocks("tcp_flag", Flags="flags[]", Masks="masks[]"),
)
STATELESS = block(
    "stateless_rules_and_custom_actions",
    StatelessRules=blocks(
        "stateless_rule",
        Priority="priority",
        RuleDefinition=block("rule_definition", Actions="actions[]", MatchAttributes=MATCH),
    ),
    CustomActions=blocks("custom_action", ActionName="action_name"),
)
STATEFUL = blocks(
    "stateful_rule",
    Action="action",
    Header=block(
        "header", Protocol="protocol", Source="source", SourcePort="source_port", Direction="direction",
        Destination="destination", DestinationPort="destination_port",
    ),
    RuleOptions=blocks("rule_option", Keyword="keyword", Settings="settings[]"),
)  # fmt: skip
VARIABLES = block(
    "rule_variables",
    IPSets=Block("ip_sets", {"Definition": "ip_set.definition[]"}, key="key"),
    PortSets=Block("port_sets", {"Definition": "port_set.definition[]"}, key="key"),
)
RULES = block(
    "rule_group",
    RuleVariables=VARIABLES,
    RulesSource=block(
        "rules_source",
        RulesString="rules_string!",
        RulesSourceList=block(
            "rules_source_list", GeneratedRulesType="generated_rules_type", TargetTypes="target_types[]",
            Targets="targets[]",
        ),
        StatefulRules=STATEFUL,
        StatelessRulesAndCustomActions=STATELESS,
    ),
    StatefulRuleOptions=block("stateful_rule_options", RuleOrder="rule_order"),
)  # fmt: skip
POLICY = block(
    "firewall_policy",
    StatelessDefaultActions="stateless_default_actions[]",
    StatelessFragmentDefaultActions="stateless_fragment_default_actions[]",
    StatefulDefaultActions="stateful_default_actions[]",
    StatelessRuleGroupReferences=blocks(
        "stateless_rule_group_reference", Priority="priority", ResourceArn="resource_arn"
    ),
    StatefulRuleGroupReferences=blocks(
        "stateful_rule_group_reference", Priority="priority", ResourceArn="resource_arn",
        Override=block("override", Action="action"),
    ),
    StatefulEngineOptions=block(
        "stateful_engine_options", RuleOrder="rule_order", StreamExceptionPolicy="stream_exception_policy"
    ),
    PolicyVariables=block(
        "policy_variables", RuleVariables=Block("rule_variables", {"Definition": "ip_set.definition[]"}, key="key")
    ),
    TLSInspectionConfigurationArn="tls_inspection_configuration_arn",
)  # fmt: skip
MAPPINGS = blocks("subnet_mapping", SubnetId="subnet_id", IPAddressType="ip_address_type")

FIREWALLS: Mapping[str, Type] = {
    "aws_networkfirewall_firewall": type_of(
        "NetworkFirewall::Firewall", FirewallName="name", FirewallPolicyArn="firewall_policy_arn", VpcId="vpc_id",
        SubnetMappings=MAPPINGS, TransitGatewayId="transit_gateway_id",
    ),
    "aws_networkfirewall_firewall_policy": type_of(
        "NetworkFirewall::FirewallPolicy", FirewallPolicyName="name", FirewallPolicy=POLICY
    ),
    "aws_networkfirewall_rule_group": type_of("NetworkFirewall::RuleGroup", RuleGroupName="name", Type="type"),
    "aws_networkfirewall_vpc_endpoint_association": type_of(
        "NetworkFirewall::VpcEndpointAssociation", FirewallArn="firewall_arn", VpcId="vpc_id",
        SubnetMapping=block("subnet_mapping", SubnetId="subnet_id"),
    ),
}  # fmt: skip
