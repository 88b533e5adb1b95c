"""DNS Firewall: which rule decides about a name that a VPC asks Amazon's resolver for (DNS-7)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Assumption, Evidence, Finding, Layer, Reason, Verdict
from reach.checks.guard import UNREAD_NAME, Findings, Guard, passed, undecided
from reach.flow import Flow
from reach.network import Gap, Network, Vpc
from reach.network.domains import DomainList, FirewallAssociation, FirewallGroup, FirewallRule

BLOCKED = Reason(
    code="DNS_FIREWALL_BLOCK",
    title="DNS Firewall blocks the name",
    why="Rule groups of the VPC, and the rules in each, are asked in the order of their priorities; the first whose "
    "domain list holds the name decides, and here it says BLOCK. Names that a CNAME leads to are asked about too.",
    fix="Take the name off the domain list, or put a rule that allows it before the one that blocks it.",
    layer=Layer.DNS,
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-overview.html",
)
REASONS = (BLOCKED,)
ACTIONS = ("ALLOW", "ALERT", "BLOCK")
QUERIES = {"A": ("", "A", "TYPE1"), "AAAA": ("", "AAAA", "TYPE28")}


class Opinion(Struct, frozen=True):
    """What the firewall says about a name: the rule that decides, and what may come before it."""

    rule: FirewallRule | None  # None: no rule does, so the query passes
    perhaps: tuple[FirewallRule | Gap, ...] = ()  # of these it cannot be read whether they hold the name


def opinion(network: Network, vpc: str, name: str, query: str) -> Opinion:
    """Ask all rules of a VPC in their order (DNS-7)."""
    perhaps: list[FirewallRule | Gap] = []
    for rule in _rules(network, vpc):
        if isinstance(rule, Gap):
            perhaps.append(rule)
        elif rule.query in QUERIES[query]:
            held = _holds(network, rule, name)
            if held is not False and rule.action not in ACTIONS:
                why = f"rule {rule.priority} has the unknown action {rule.action!r}"
                gap = Gap(rule.group, "a known Action", why)
                perhaps.append(gap if held else network.pending.get(rule.domains, gap))
            elif held and rule.doubt:
                perhaps.append(rule)
            elif held:
                return Opinion(rule, tuple(perhaps))
            if held is None:
                perhaps.append(rule)
    return Opinion(None, tuple(perhaps))


def _rules(network: Network, vpc: str) -> Iterator[FirewallRule | Gap]:
    mine = [a for a in network.all(FirewallAssociation) if a.vpc == vpc]
    for association in sorted(mine, key=lambda a: (a.priority, a.id)):
        if gap := network.gap("route53resolver:FirewallRules", association.home):  # any of its rules may be missing
            yield Gap(association.group, gap.needs, gap.why)
        group = network.things.get(association.group)
        if isinstance(group, FirewallGroup):
            yield from (replace(rule, doubt=association.doubt) for rule in group.rules)
        elif gap is None:
            why = "none of its rules is in the data"
            yield Gap(association.group, "route53resolver:ListFirewallRules", why)


def _holds(network: Network, rule: FirewallRule, name: str) -> bool | None:
    held = network.things.get(rule.domains)
    return held.holds(name) if isinstance(held, DomainList) else None


def check(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the query for the name `guard.peer` passes the firewall of a VPC; `guard.side` is its type (DNS-7)."""
    said = opinion(network, guard.resource, guard.peer, guard.side or "A")
    rule = said.rule
    if not flow:
        return ()
    blocks = rule is not None and rule.action == "BLOCK"
    doubt = next((p for p in said.perhaps if isinstance(p, Gap) or (p.action == "BLOCK") is not blocks), None)
    if doubt is not None:
        return (replace(undecided(flow.traffic, _gap(network, doubt, guard.peer)), reason=UNREAD_NAME),)
    if rule is not None and blocks:
        return (_refusal(network, rule, guard.peer, flow),)
    return passed(flow, guard.resource) if rule is None else passed(flow, rule.group, _proof(rule))


def _proof(rule: FirewallRule) -> Evidence:
    return Evidence(rule.group, f"{rule.path}.Action", rule.action)


def _refusal(network: Network, rule: FirewallRule, name: str, flow: Flow) -> Finding:
    held = network.things.get(rule.domains)
    listed = held.name or held.id if isinstance(held, DomainList) else rule.domains
    answer = f"answers {rule.response}" if rule.response else "answers nothing"
    if rule.override:
        answer = f"answers with {rule.override} instead"
    why = f"Rule {rule.priority} of {rule.group} blocks {name}, which is on the list {listed}, and {answer}."
    fix = (
        f"Allow it before that rule: aws route53resolver create-firewall-rule --firewall-rule-group-id {rule.group} "
        f"--firewall-domain-list-id LIST_WITH_{name} --priority {max(rule.priority - 1, 1)} --action ALLOW "
        f"--name allow"
    )
    shown = (_proof(rule), Evidence(rule.group, f"{rule.path}.FirewallDomainListId", rule.domains))
    return Finding(flow.traffic, Verdict.BLOCKED, rule.group, shown, BLOCKED, why=why, fix=fix)


def _gap(network: Network, doubt: FirewallRule | Gap, name: str) -> Gap:
    if isinstance(doubt, Gap):
        return Gap(doubt.resource, doubt.needs, f"the rules of {doubt.resource} may block {name}: {doubt.why}")
    held = network.things.get(doubt.domains)
    if doubt.doubt:
        what = f"rule {doubt.priority} of {doubt.group} decides about {name}, if it is asked: {doubt.doubt}"
        return Gap(doubt.group, f"a settled association of {doubt.group}", what)
    if not doubt.domains:
        what = f"rule {doubt.priority} of {doubt.group} looks for threats"
        return Gap(doubt.group, f"what DNS Firewall Advanced thinks of {name}", f"{what}, and may block {name}")
    if doubt.domains in network.pending:
        return network.pending[doubt.domains]
    what = f"the domains of {held.name or held.id if isinstance(held, DomainList) else doubt.domains} cannot be read"
    readable = not isinstance(held, DomainList)
    needs = "route53resolver:ListFirewallDomains" if readable else f"whether {doubt.domains} holds {name}"
    return Gap(doubt.group, needs, f"{what}, and rule {doubt.priority} of {doubt.group} may decide {name} by them")


def asked_about(network: Network, vpc: Vpc, chain: tuple[str, ...], query: str) -> tuple[str, ...]:
    """The names of a CNAME chain that the firewall looks at: all, unless the first's rule trusts the rest."""
    first = opinion(network, vpc.id, chain[0], query).rule
    return chain[:1] if first is not None and first.trusts_chain else chain


def has_rules(network: Network, vpc: Vpc) -> bool:
    """Whether a firewall is at work in a VPC."""
    return any(a.vpc == vpc.id for a in network.all(FirewallAssociation))


def unseen_chain(name: str) -> Assumption:
    """A public name may be a CNAME for others, which cannot be looked up offline."""
    return Assumption("DNS-7", f"DNS Firewall does not block a name that {name} may be a CNAME for.")
