"""Resolver rules: which queries of a VPC are forwarded to servers of one's own (DNS-6)."""

from __future__ import annotations

from reach.dns.zones import hostnames_on
from reach.network import Network, Vpc
from reach.network.domains import ResolverRule, RuleAssociation, within

KEEPS = ("SYSTEM", "RECURSIVE")  # Amazon's resolver answers itself


def forwarding(network: Network, vpc: Vpc, name: str, private: str | None) -> str | None:
    """The id of the rule that forwards a name; None if Amazon's resolver answers it itself.

    The most specific domain decides, and `private` is that of the private zone that answers otherwise: for each
    such zone, and for the names of instances, there is an autodefined rule that only an equal domain overrides.
    A rule that is associated but was not read may forward anything.
    """
    best: ResolverRule | None = None
    for association in network.all(RuleAssociation):
        if association.vpc != vpc.id:
            continue
        rule = network.things.get(association.rule)
        if not isinstance(rule, ResolverRule):
            return association.rule
        if _about(rule, name) and (best is None or len(rule.domain) > len(best.domain)):
            best = rule
    if best is None or best.type in KEEPS:
        return None
    own = [private] if private is not None else []
    own += [d for d in _instance_domains(vpc) if within(name, d) and hostnames_on(network, vpc)]
    return None if any(len(d) > len(best.domain) for d in own) else best.id


def _about(rule: ResolverRule, name: str) -> bool:
    """A delegation acts on the name servers that a zone names, which the zone's answer shows (see zones.answer)."""
    return rule.type != "DELEGATE" and within(name, rule.domain)


def _instance_domains(vpc: Vpc) -> tuple[str, ...]:
    region = vpc.home.region
    if region == "us-east-1":
        return ("ec2.internal", "compute-1.internal", "compute-1.amazonaws.com")
    return (f"{region}.compute.internal", f"{region}.compute.amazonaws.com")
