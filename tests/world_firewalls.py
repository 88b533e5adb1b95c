"""Gateway Load Balancer endpoints and AWS Network Firewall in test worlds, with records as AWS returns them."""

from __future__ import annotations

from typing import Any

from tests.scenario import Step
from tests.world_records import Record

ARN = "arn:aws:network-firewall:eu-west-1:123456789012"


def gwlbe(subnet: str, id: str = "vpce-fw", **members: Any) -> Step:
    """A Gateway Load Balancer endpoint in one subnet; who stands behind it its record does not say."""

    def change(world: Any) -> None:
        place = world[subnet]
        eni = world.interface(subnet, None, [], type="gateway_load_balancer_endpoint", requester="727180483921")
        world.add("VpcEndpoints", {
            "VpcEndpointId": id, "VpcEndpointType": "GatewayLoadBalancer", "VpcId": place["VpcId"],
            "ServiceName": f"com.amazonaws.vpce.{world.region}.vpce-svc-0a1b2c3d4e5f60718", "State": "available",
            "RouteTableIds": [], "SubnetIds": [subnet], "Groups": [], "PrivateDnsEnabled": False,
            "RequesterManaged": False, "NetworkInterfaceIds": [eni], "DnsEntries": [], "Tags": [],
            "OwnerId": world.account, **members,
        }, id)  # fmt: skip

    return change


def firewall(
    endpoint: str = "vpce-fw",
    *,
    status: str = "READY",
    attachment: str = "READY",
    groups: tuple[Record, ...] = (),
    described: bool = True,
    **policy: Any,
) -> Step:
    """A Network Firewall whose endpoint it is, with a policy of these members and these rule groups."""

    def change(world: Any) -> None:
        held = world[endpoint]
        zone = world[held["SubnetIds"][0]]["AvailabilityZone"]
        attached = {"SubnetId": held["SubnetIds"][0], "EndpointId": endpoint, "Status": attachment}
        one = {"FirewallName": "fw", "FirewallArn": f"{ARN}:firewall/fw", "VpcId": held["VpcId"],
               "FirewallPolicyArn": f"{ARN}:firewall-policy/fwp", "FirewallId": "0f1e2d3c-4b5a-4697-8879-6a5b4c3d2e1f",
               "SubnetMappings": [{"SubnetId": held["SubnetIds"][0]}]}  # fmt: skip
        state = {"Status": status, "ConfigurationSyncStateSummary": "IN_SYNC",
                 "SyncStates": {zone: {"Attachment": attached}}}  # fmt: skip
        record = {"FirewallName": "fw", "FirewallArn": one["FirewallArn"]}
        more = {"Firewall": one, "FirewallStatus": state} if described else {}
        world.add("network-firewall:Firewalls", record | more, "fw")
        world.add("network-firewall:FirewallPolicies", {
            "FirewallPolicyArn": one["FirewallPolicyArn"],
            "FirewallPolicyResponse": {"FirewallPolicyName": "fwp", "FirewallPolicyArn": one["FirewallPolicyArn"],
                                       "FirewallPolicyId": "p-1"},
            "FirewallPolicy": {"StatelessDefaultActions": ["aws:forward_to_sfe"],
                               "StatelessFragmentDefaultActions": ["aws:forward_to_sfe"], **policy},
        }, "fwp")  # fmt: skip
        world.collections.setdefault("network-firewall:RuleGroups", [])
        for group in groups:
            world.add("network-firewall:RuleGroups", group, group["RuleGroupResponse"]["RuleGroupName"])

    return change


def uses(kind: str, *names: str, **members: Any) -> Record:
    """The member of a policy that refers to groups, in this order."""
    path = "stateless-rulegroup" if kind == "Stateless" else "stateful-rulegroup"
    found = [{"ResourceArn": n if ":" in n else f"{ARN}:{path}/{n}", "Priority": 10 * (i + 1), **members}
             for i, n in enumerate(names)]  # fmt: skip
    return {f"{kind}RuleGroupReferences": found}


def group(name: str, source: Record, kind: str = "STATEFUL", **members: Any) -> Record:
    """A rule group's record."""
    arn = f"{ARN}:{kind.lower()}-rulegroup/{name}"
    return {"RuleGroupArn": arn,
            "RuleGroupResponse": {"RuleGroupArn": arn, "RuleGroupName": name, "RuleGroupId": f"g-{name}", "Type": kind},
            "RuleGroup": {"RulesSource": source, **members}}  # fmt: skip


def stateful(*rules: tuple[str, ...], options: tuple[str, ...] = ("sid",)) -> Record:
    """Rules as (action, protocol, source, source port, destination, destination port[, direction])."""
    return {"StatefulRules": [
        {"Action": r[0], "RuleOptions": [{"Keyword": o, "Settings": ["1"]} for o in options],
         "Header": {"Protocol": r[1], "Source": r[2], "SourcePort": r[3], "Destination": r[4], "DestinationPort": r[5],
                    "Direction": r[6] if len(r) > 6 else "FORWARD"}}
        for r in rules]}  # fmt: skip


def stateless(*rules: tuple[int, str, Record]) -> Record:
    """Rules as (priority, action, match attributes)."""
    return {"StatelessRulesAndCustomActions": {"StatelessRules": [
        {"Priority": p, "RuleDefinition": {"Actions": [a], "MatchAttributes": m}} for p, a, m in rules]}}  # fmt: skip
