"""The calls that read who answers for names in a VPC: private zones, Resolver rules, DNS Firewall, Lattice endpoints.

What is at work in a VPC costs a call per Region (zones: per VPC in use); only what that names is read further.
"""

from __future__ import annotations

from typing import Any

from reach.snapshot import Record
from reach.sources.call import Arguments, Call, Data, Plan, listing

REGION = "{region}"  # stands in arguments for the Region that is read
ZONES, RULES = "route53:HostedZones", "route53resolver:ResolverRuleAssociations"
GROUPS, LISTS = "route53resolver:FirewallRuleGroupAssociations", "route53resolver:FirewallDomainLists"
FIREWALL_RULES = "route53resolver:FirewallRules"


def used_vpcs(data: Data) -> list[str]:
    """The VPCs with something in them: names are resolved nowhere else."""
    vpcs = [str(r["VpcId"]) for r in data.get("Vpcs", ()) if r.get("VpcId")]
    if "Functions" not in data or "Subnets" not in data:
        return vpcs
    subnets = {s for f in data["Functions"] for s in (f.get("VpcConfig") or {}).get("SubnetIds") or ()}
    used = {r.get("VpcId") for r in data["Subnets"] if r.get("SubnetId") in subnets}
    for key in ("NetworkInterfaces", "VpcEndpoints", "CacheSubnetGroups"):
        used |= {r.get("VpcId") for r in data.get(key, ())}
    used |= {r.get("VpcId") for r in data.get("DBProxies", ())}
    used |= {(r.get("DBSubnetGroup") or {}).get("VpcId") for r in data.get("DBInstances", ())}
    return [vpc for vpc in vpcs if vpc in used]


def _attributes(data: Data) -> list[Arguments]:
    return [
        {"VpcId": vpc, "Attribute": attribute}
        for vpc in used_vpcs(data)
        for attribute in ("enableDnsSupport", "enableDnsHostnames")
    ]


def _zones_of_vpcs(data: Data) -> list[Arguments]:
    """Private zones are listed by VPC: so those of other accounts are seen too."""
    return [{"VPCId": vpc, "VPCRegion": REGION} for vpc in used_vpcs(data)]


def _zones(data: Data) -> list[Arguments]:
    """Zones with records; the hidden ones of endpoints cannot be listed."""
    listed = [zone for answer in data.get(ZONES, ()) for zone in answer.get("HostedZoneSummaries") or ()]
    return [{"HostedZoneId": id} for id in sorted({str(z["HostedZoneId"]) for z in listed if _of_account(z)})]


def _of_account(zone: Record) -> bool:
    return not str((zone.get("Owner") or {}).get("OwningService") or "").startswith("vpce")


def _own_rules(data: Data) -> list[Arguments]:
    """Once if a rule is associated with a VPC that AWS did not make itself."""
    return [{}] if any("autodefined" not in str(r.get("ResolverRuleId")) for r in data.get(RULES, ())) else []


def _groups(data: Data) -> list[Arguments]:
    return [{"FirewallRuleGroupId": id} for id in sorted({str(r["FirewallRuleGroupId"]) for r in data.get(GROUPS, ())})]


def _domains(data: Data) -> list[Arguments]:
    """The lists that rules name, but for AWS's own, which nobody can read."""
    named = {str(r.get("FirewallDomainListId") or "") for r in data.get(FIREWALL_RULES, ())} - {""}
    managed = {str(r.get("Id")) for r in data.get(LISTS, ()) if r.get("ManagedOwnerName")}
    return [{"FirewallDomainListId": id} for id in sorted(named - managed)]


def _lattice(data: Data) -> list[Arguments]:
    """Once if an endpoint leads to a resource or a service network of VPC Lattice."""
    kinds = {str(e.get("VpcEndpointType")) for e in data.get("VpcEndpoints", ())}
    return [{}] if kinds & {"Resource", "ServiceNetwork"} else []


def _resources(data: Data) -> list[Arguments]:
    """Once if an endpoint leads to a resource: its gateway has to be in one of the endpoint's zones."""
    return [{}] if any(e.get("VpcEndpointType") == "Resource" for e in data.get("VpcEndpoints", ())) else []


def _after(operation: str, key: str, needs: str, plan: Plan, **more: Any) -> Call:
    service = key.partition(":")[0] if ":" in key else "ec2"
    return Call(service, operation, key, needs=(needs,), plan=plan, **{"stage": 2, **more})


NAMING: tuple[Call, ...] = (
    listing("route53resolver", "ListResolverRuleAssociations", RULES),
    listing("route53resolver", "ListFirewallRuleGroupAssociations", GROUPS),
    _after("DescribeVpcAttribute", "VpcAttributes", "Vpcs", _attributes, owner="VpcId"),
    _after(
        "DescribeVpcEndpointAssociations",
        "VpcEndpointAssociations",
        "VpcEndpoints",
        _lattice,
        result="VpcEndpointAssociations",
    ),
    *(
        Call(
            "vpc-lattice",
            f"List{what}",
            f"vpc-lattice:{what}",
            "items",
            stage=2,
            plan=_resources,
            needs=("VpcEndpoints",),
        )
        for what in ("ResourceConfigurations", "ResourceGateways")
    ),
    _after("ListHostedZonesByVPC", ZONES, "Vpcs", _zones_of_vpcs, owner="VPCId"),
    _after("ListResourceRecordSets", "route53:RecordSets", ZONES, _zones, stage=3, owner="HostedZoneId"),
    _after("ListResolverRules", "route53resolver:ResolverRules", RULES, _own_rules, result="ResolverRules"),
    _after("ListFirewallRules", FIREWALL_RULES, GROUPS, _groups, result="FirewallRules"),
    _after(
        "ListFirewallDomainLists",
        LISTS,
        GROUPS,
        lambda data: [{}] if data.get(GROUPS) else [],
        result="FirewallDomainLists",
    ),
    _after(
        "ListFirewallDomains",
        "route53resolver:FirewallDomains",
        FIREWALL_RULES,
        _domains,
        stage=3,
        owner="FirewallDomainListId",
    ),
)
