"""Route 53 Resolver: forwarding rules, DNS Firewall, and the VPCs in which they are at work."""

from __future__ import annotations

from collections.abc import Iterator

from reach.describe.records import Record, Section, number, rows, text, texts
from reach.network import Thing
from reach.network.domains import (
    DomainList,
    FirewallAssociation,
    FirewallGroup,
    FirewallRule,
    ResolverRule,
    RuleAssociation,
    plain,
)

IDLE = ("FAILED", "OVERRIDDEN")  # an association in such a state decides nothing
AT_WORK = ("COMPLETE", "UPDATING", "")  # states of a rule group's; DELETING does not say since when it is not asked
LAST = 2**31


def read(section: Section) -> Iterator[Thing]:
    """All Resolver rules and DNS Firewall groups of an account and region, with their associations."""
    for record in section.rows("route53resolver:ResolverRules"):
        yield ResolverRule(
            id=text(record, "Id"),
            home=section.home,
            name=text(record, "Name"),
            domain=plain(text(record, "DomainName") or text(record, "DelegationRecord") or "."),
            type=(text(record, "RuleType") or "FORWARD").upper(),
            targets=tuple(text(t, "Ip") or text(t, "Ipv6") for t in rows(record, "TargetIps")),
        )
    for record in section.rows("route53resolver:ResolverRuleAssociations"):
        rule, vpc = text(record, "ResolverRuleId"), text(record, "VPCId")
        if text(record, "Status") not in IDLE and "autodefined" not in rule:
            yield RuleAssociation(id=text(record, "Id") or f"{rule}@{vpc}", home=section.home, rule=rule, vpc=vpc)
    yield from _firewall(section)


def _firewall(section: Section) -> Iterator[Thing]:
    for record in section.rows("route53resolver:FirewallRuleGroupAssociations"):
        group, vpc = text(record, "FirewallRuleGroupId"), text(record, "VpcId")
        status = text(record, "Status").upper()
        if status not in IDLE:
            yield FirewallAssociation(
                id=text(record, "Id") or f"{group}@{vpc}",
                home=section.home,
                name=text(record, "Name"),
                group=group,
                vpc=vpc,
                priority=_priority(record),
                doubt="" if status in AT_WORK else f"its association with {vpc} is {status}",
            )
    groups: dict[str, list[FirewallRule]] = {}
    for record in section.rows("route53resolver:FirewallRules"):
        whole = isinstance(record.get("FirewallRules"), list | tuple)  # one answer per group, kept whole
        if whole:
            groups.setdefault(text(record, "FirewallRuleGroupId"), [])
        for one in rows(record, "FirewallRules") if whole else [record]:
            group = text(one, "FirewallRuleGroupId") or text(record, "FirewallRuleGroupId")
            mine = groups.setdefault(group, [])
            mine.append(_rule(len(mine), group, one))
    for id, found in groups.items():
        yield FirewallGroup(id=id, home=section.home, rules=tuple(sorted(found, key=lambda r: (r.priority, r.path))))
    yield from _lists(section)


def _rule(index: int, group: str, record: Record) -> FirewallRule:
    return FirewallRule(
        path=f"FirewallRules[{index}]",
        group=group,
        priority=_priority(record),
        action=text(record, "Action").upper(),
        domains=text(record, "FirewallDomainListId"),
        response=text(record, "BlockResponse"),
        override=text(record, "BlockOverrideDomain"),
        trusts_chain=text(record, "FirewallDomainRedirectionAction") == "TRUST_REDIRECTION_DOMAIN",
        query=text(record, "Qtype").upper(),
    )


def _priority(record: Record) -> int:
    known = number(record, "Priority")
    return LAST if known is None else known


def _lists(section: Section) -> Iterator[DomainList]:
    """Domain lists; those of AWS itself are named, their domains cannot be read."""
    read = {text(r, "FirewallDomainListId"): r for r in section.rows("route53resolver:FirewallDomains")}
    names = {text(r, "Id"): r for r in section.rows("route53resolver:FirewallDomainLists")}
    for id in sorted({*read, *names}):
        record = read.get(id)
        listed = record is not None and isinstance(record.get("Domains"), list | tuple)
        managed = bool(text(names.get(id, {}), "ManagedOwnerName"))
        yield DomainList(
            id=id,
            home=section.home,
            name=text(names.get(id, {}), "Name"),
            domains=texts(record, "Domains") if record is not None and listed and not managed else None,
        )
