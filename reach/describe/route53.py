"""Route 53: what may change the meaning of a public name inside a VPC (private zones, Resolver and firewall rules).

Only whether something may interfere is read here; what it answers is not modelled yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from reach.describe.records import Section, part, text
from reach.network import NameOverride, Thing


def read(section: Section) -> Iterator[Thing]:
    """All private zones, forwarding rules and DNS Firewall associations of an account and region."""
    for key in ("route53:HostedZones", "route53:HostedZoneSummaries"):
        for record in section.rows(key):
            public = key.endswith("Zones") and part(record, "Config").get("PrivateZone") is not True
            if not public:
                yield _override(section, text(record, "Id") or text(record, "HostedZoneId"), text(record, "Name"), "")
    rules = {text(r, "Id"): r for r in section.rows("route53resolver:ResolverRules")}
    for record in section.rows("route53resolver:ResolverRuleAssociations"):
        rule = rules.get(text(record, "ResolverRuleId"), {})
        if text(rule, "RuleType") in ("FORWARD", "") and "autodefined" not in text(record, "ResolverRuleId"):
            domain = text(rule, "DomainName") or "."
            yield _override(section, text(record, "ResolverRuleId"), domain, text(record, "VPCId"))
    for record in section.rows("route53resolver:FirewallRuleGroupAssociations"):
        yield _override(section, text(record, "FirewallRuleGroupId"), ".", text(record, "VpcId"))


def _override(section: Section, id: str, domain: str, vpc: str) -> Thing:
    return NameOverride(id=f"{id}/{vpc}" if vpc else id, home=section.home, name=domain, domain=domain, vpc=vpc or None)
