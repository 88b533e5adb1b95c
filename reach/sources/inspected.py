"""The calls that read what inspects traffic, where a route leads to a Gateway Load Balancer endpoint; and the services
behind endpoints."""

from __future__ import annotations

from reach.snapshot import Record
from reach.sources.call import Arguments, Call, Data, Plan, each, routes

FIREWALLS, POLICIES = "network-firewall:Firewalls", "network-firewall:FirewallPolicies"


def _inspecting(data: Data) -> list[Record]:
    """Gateway Load Balancer endpoints that a route leads to; all that may be some, if endpoints were not read."""
    routed = {r.get("GatewayId") for r in routes(data) if str(r.get("GatewayId")).startswith("vpce-")}
    if "VpcEndpoints" not in data:
        return [{"VpcEndpointId": id} for id in sorted(map(str, routed))]
    kind = "GatewayLoadBalancer"
    return [e for e in data["VpcEndpoints"] if e.get("VpcEndpointType") == kind and e.get("VpcEndpointId") in routed]


def _firewalls(data: Data) -> list[Arguments]:
    """Once, if an endpoint that a route leads to may be a Network Firewall's."""
    return [{}] if _inspecting(data) else []


def _services(data: Data) -> list[Arguments]:
    """The services behind such endpoints and others: in which zones they are, and which hosts they take over."""
    endpoints = [*_inspecting(data), *(e for e in data.get("VpcEndpoints", ()) if _matters(data, e))]
    names = sorted({str(e["ServiceName"]) for e in endpoints if e.get("ServiceName")})
    return [{"ServiceNames": [name]} for name in names]


def _matters(data: Data, endpoint: Record) -> bool:
    """An endpoint for a service of somebody's own, whose zones are theirs to choose, or one that takes names over.

    Of a service of another Region the call would have to name that.
    """
    zones = [str(s.get("AvailabilityZone")) for s in data.get("Subnets", ())]
    region = endpoint.get("ServiceRegion")
    here = region is None or any(zone.startswith(str(region)) for zone in zones)
    if ".vpce-svc-" in str(endpoint.get("ServiceName")):
        return here and endpoint.get("VpcEndpointType") == "Interface"
    return here and bool(endpoint.get("PrivateDnsEnabled"))


def _policies(data: Data) -> list[Arguments]:
    found = {str((f.get("Firewall") or {}).get("FirewallPolicyArn") or "") for f in data.get(FIREWALLS, ())}
    return [{"FirewallPolicyArn": arn} for arn in sorted(found - {""})]


def _rule_groups(data: Data) -> list[Arguments]:
    """The groups that policies refer to; those of AWS's own cannot be described."""
    wanted = {
        str(use.get("ResourceArn"))
        for record in data.get(POLICIES, ())
        for key in ("StatelessRuleGroupReferences", "StatefulRuleGroupReferences")
        for use in (record.get("FirewallPolicy") or {}).get(key) or ()
    }
    return [{"RuleGroupArn": arn} for arn in sorted(wanted) if ":aws-managed:" not in arn]


def _described(operation: str, key: str, owner: str, stage: int, plan: Plan, *needs: str) -> Call:
    return Call("network-firewall", operation, key, stage=stage, plan=plan, owner=owner, needs=needs)


INSPECTED: tuple[Call, ...] = (
    Call("ec2", "DescribeVpcEndpointServices", "ServiceDetails", "ServiceDetails", stage=2, plan=_services),
    Call("network-firewall", "ListFirewalls", FIREWALLS, "Firewalls", stage=2, plan=_firewalls),
    _described("DescribeFirewall", FIREWALLS, "FirewallArn", 3, each(FIREWALLS, "FirewallArn"), FIREWALLS),
    _described("DescribeFirewallPolicy", POLICIES, "FirewallPolicyArn", 4, _policies, FIREWALLS),
    _described(
        "DescribeRuleGroup", "network-firewall:RuleGroups", "RuleGroupArn", 5, _rule_groups, FIREWALLS, POLICIES
    ),
)
