"""AWS Network Firewall: firewalls with their endpoints, policies, rule groups."""

from __future__ import annotations

from typing import Any

from reach.sources.cloudformation.attributes import arn_of, endpoint_part
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.transit import join_defaults
from reach.sources.cloudformation.maps.vpc import external
from reach.sources.cloudformation.maps.zones import zone_in
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import text_of, unknown_in

NUMBERS = ("Priority", "FromPort", "ToPort")


def lost_firewall(draft: Draft, r: Resource) -> None:
    """A firewall of which something is not known: nor is what its endpoints are."""
    unknown = r.stack.doubtful.get(r.logical) or unknown_in([r.get(name) for name in r.props])
    for row in r.rows("SubnetMappings"):
        id = r.part_id("vpce", endpoint_part(r.as_text("SubnetMappings", row.get("SubnetId"))))
        if unknown is not None:
            draft.world.pending.setdefault(id, unknown)


def firewall(draft: Draft, r: Resource) -> None:
    """A firewall, ready, with an endpoint in each of its subnets; or one that a transit gateway hands traffic to."""
    arn = arn_of(r)
    states: dict[str, Entry] = {}
    for row in r.rows("SubnetMappings"):
        subnet = r.as_text("SubnetMappings", row.get("SubnetId"))
        id = r.part_id("vpce", endpoint_part(subnet))
        held = draft.record(subnet) or draft.bases.get(subnet) or {}
        zone = zone_in(held) or f"the zone of {subnet}"
        states[zone] = {"Attachment": {"EndpointId": id, "SubnetId": subnet, "Status": "READY"}}
        _endpoint(draft, r, id, r.known_text("VpcId"), subnet)
    inner: Entry = {"FirewallName": r.id, "FirewallArn": arn, "FirewallPolicyArn": r.text("FirewallPolicyArn")}
    inner["SubnetMappings"] = [{"SubnetId": one["Attachment"]["SubnetId"]} for one in states.values()]
    inner |= {"VpcId": r.known_text("VpcId")} if r.has("VpcId") else {}
    status = {"Status": "READY", "ConfigurationSyncStateSummary": "IN_SYNC", "SyncStates": states}
    record = {"FirewallName": r.id, "FirewallArn": arn, "Firewall": inner, "FirewallStatus": status}
    draft.put("network-firewall:Firewalls", record, r, arn)
    if r.has("TransitGatewayId"):
        gateway, attached = r.text("TransitGatewayId"), r.part_id("tgw-attach")
        general = {"TransitGatewayAttachmentId": attached, "TransitGatewayId": gateway, "State": "available"}
        general |= {"ResourceType": "network-function", "ResourceId": arn}
        join_defaults(draft, r, general)


def association(draft: Draft, r: Resource) -> None:
    """One more endpoint of a firewall, perhaps in another VPC."""
    subnet = r.as_text("SubnetMapping", r.part("SubnetMapping").get("SubnetId"))
    _endpoint(draft, r, r.part_id("vpce", endpoint_part(subnet)), r.known_text("VpcId"), subnet)


def _endpoint(draft: Draft, r: Resource, id: str, vpc_id: str, subnet: str) -> None:
    external(draft, r, vpc_id)
    record = {
        "VpcEndpointId": id,
        "VpcEndpointType": "GatewayLoadBalancer",
        "VpcId": vpc_id,
        "ServiceName": f"com.amazonaws.vpce.{r.stack.home.region}.{r.part_id('vpce-svc', 'Service')}",
        "State": "available",
        "OwnerId": r.stack.home.account,
        "SubnetIds": [subnet],
        "Groups": [],
        "RouteTableIds": [],
        "NetworkInterfaceIds": [],
        "DnsEntries": [],
        "PrivateDnsEnabled": False,
        "RequesterManaged": False,
        "Tags": r.tags(),
    }
    draft.put("VpcEndpoints", record, r)


def policy(draft: Draft, r: Resource) -> None:
    arn = arn_of(r)
    response = {"FirewallPolicyName": r.id, "FirewallPolicyArn": arn, "FirewallPolicyId": r.part_id("x")[2:]}
    record = {"FirewallPolicyArn": arn, "FirewallPolicyResponse": response}
    known = _typed(r.known_part("FirewallPolicy"))
    draft.put("network-firewall:FirewallPolicies", record | {"FirewallPolicy": known}, r, arn)


def rule_group(draft: Draft, r: Resource) -> None:
    arn = arn_of(r)
    kind = r.known_text("Type").upper()
    response = {"RuleGroupName": r.id, "RuleGroupArn": arn, "RuleGroupId": r.part_id("x")[2:], "Type": kind}
    record = {"RuleGroupArn": arn, "RuleGroupResponse": response, "RuleGroup": _typed(r.known_part("RuleGroup"))}
    draft.put("network-firewall:RuleGroups", record, r, arn)


def _typed(value: Any, key: str = "") -> Any:
    """Numbers as numbers and words as text, as AWS answers them: a template may write either as the other."""
    if isinstance(value, dict):
        return {name: _typed(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [_typed(inner, key) for inner in value]
    text = text_of(value) or ""
    if key in NUMBERS or (key == "Protocols" and text.isdecimal()):
        return int(text) if text.isdecimal() else value
    return text
