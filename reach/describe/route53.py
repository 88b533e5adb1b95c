"""Route 53: what may change the meaning of a public name inside a VPC (private zones, Resolver and firewall rules).

What a forwarding rule or the firewall answers is not modelled: only that it may interfere.
"""

from __future__ import annotations

from collections.abc import Iterator

from reach.describe.records import Record, Section, deciding_rows, part, rows, text
from reach.network import NameOverride, Thing


def read(section: Section) -> Iterator[Thing]:
    """All private zones, forwarding rules and DNS Firewall associations of an account and region."""
    yield from _zones(section)
    rules = {text(r, "Id"): r for r in section.rows("route53resolver:ResolverRules")}
    for record in section.rows("route53resolver:ResolverRuleAssociations"):
        rule = rules.get(text(record, "ResolverRuleId"), {})
        if text(rule, "RuleType") in ("FORWARD", "") and "autodefined" not in text(record, "ResolverRuleId"):
            domain = text(rule, "DomainName") or "."
            yield _override(section, text(record, "ResolverRuleId"), domain, text(record, "VPCId"), "rule")
    for record in section.rows("route53resolver:FirewallRuleGroupAssociations"):
        yield _override(section, text(record, "FirewallRuleGroupId"), ".", text(record, "VpcId"), "firewall")


def _zones(section: Section) -> Iterator[NameOverride]:
    """Private zones, once per VPC that they are associated with; for any VPC where that is not known."""
    records = {text(r, "HostedZoneId"): r for r in section.rows("route53:RecordSets")}
    for key in ("route53:HostedZones", "route53:HostedZoneSummaries"):
        for record in section.rows(key):
            if key.endswith("Zones") and part(record, "Config").get("PrivateZone") is not True:
                continue
            id = (text(record, "Id") or text(record, "HostedZoneId")).rpartition("/")[2]
            held = records.get(id) or records.get(f"/hostedzone/{id}")
            known = None if held is None else _records(held)
            for vpc in [text(v, "VPCId") for v in rows(record, "VPCs")] or [""]:
                yield _override(section, id, text(record, "Name"), vpc, "zone", known)


def _records(held: Record) -> tuple[tuple[str, tuple[str, ...] | None], ...] | None:
    """Names with their addresses; only A records and whatever else stands under the same names."""
    sets = deciding_rows(held, "ResourceRecordSets")
    if sets is None:
        return None
    out: list[tuple[str, tuple[str, ...] | None]] = []
    for one in sets:
        name = text(one, "Name").rstrip(".").lower().replace("\\052", "*")
        if text(one, "Type") == "A" and rows(one, "ResourceRecords"):
            out.append((name, tuple(text(r, "Value") for r in rows(one, "ResourceRecords"))))
        elif text(one, "Type") in ("A", "CNAME"):
            out.append((name, None))
    return tuple(out)


def _override(
    section: Section,
    id: str,
    domain: str,
    vpc: str,
    kind: str,
    records: tuple[tuple[str, tuple[str, ...] | None], ...] | None = None,
) -> NameOverride:
    return NameOverride(
        id=f"{id}@{vpc}" if vpc else id,
        home=section.home,
        name=domain,
        domain=domain,
        vpc=vpc or None,
        kind=kind,
        records=records,
    )
