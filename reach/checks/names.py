"""What stands between a name and its address inside a VPC: forwarding rules, DNS Firewall, private zones."""

from __future__ import annotations

from reach.answer import Evidence, Finding, Layer, Reason, Verdict
from reach.checks.guard import Findings, Guard, passed
from reach.flow import Flow
from reach.network import NameOverride, Network, Vpc

_ZONES = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html"
NXDOMAIN = Reason(
    code="DNS_NXDOMAIN",
    title="A private hosted zone hides the name",
    why="The most specific private zone of the VPC answers for all names under its domain; a name that it has no "
    "record for does not exist, whatever the public DNS says.",
    fix="Add a record for the name to the private zone, or make the zone's domain more specific.",
    layer=Layer.DNS,
    source=_ZONES,
)
FORWARDED = Reason(
    code="DNS_FORWARDED",
    title="Another DNS server decides what the name means",
    why="A Resolver rule forwards the query, or DNS Firewall filters it: the answer cannot be read from AWS.",
    fix="Ask the server that the rule names, or look at the rule group's domain lists.",
    layer=Layer.DNS,
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-using-rules.html",
)
UNREACHABLE = Reason(
    code="CUSTOM_DNS_UNREACHABLE",
    title="The VPC's own DNS servers cannot be reached",
    why="The DHCP options name DNS servers that are not Amazon's, and security groups, ACLs and routes apply to "
    "queries to them as to all traffic.",
    fix="Allow UDP and TCP 53 from the function to the DNS servers, or use AmazonProvidedDNS.",
    layer=Layer.DNS,
    source="https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html",
)
REASONS = (NXDOMAIN, FORWARDED, UNREACHABLE)


def hidden(network: Network, guard: Guard, flow: Flow) -> Findings:
    """The zone has no record for the name `guard.peer` (DNS-5)."""
    zone = network.things.get(guard.resource)
    if not isinstance(zone, NameOverride) or not flow:
        return passed(flow, guard.resource)
    shown = (Evidence(zone.id, "ResourceRecordSets", [name for name, _ in zone.records or ()][:20]),)
    why = f"The private zone {zone.suffix} ({zone.id}) has no record for {guard.peer}, so it does not resolve."
    return (Finding(flow.traffic, Verdict.BLOCKED, zone.id, shown, NXDOMAIN, why=why, fix=NXDOMAIN.fix),)


def forwarded(network: Network, guard: Guard, flow: Flow) -> Findings:
    """A rule that may decide the name `guard.peer` (DNS-6, DNS-7)."""
    rule = network.things.get(guard.resource)
    if not isinstance(rule, NameOverride) or not flow:
        return passed(flow, guard.resource)
    what = "DNS Firewall rule group" if rule.kind == "firewall" else "Resolver rule"
    why = f"The {what} {rule.id} for {rule.suffix or 'all names'} may decide what {guard.peer} means."
    shown = (Evidence(rule.id, "DomainName", rule.domain),)
    needs = f"the answer of {rule.id}"
    found = Finding(flow.traffic, Verdict.UNKNOWN, rule.id, shown, FORWARDED, why=why, fix=FORWARDED.fix, needs=needs)
    return (found,)


def servers_unreachable(network: Network, guard: Guard, flow: Flow) -> Findings:
    """None of the VPC's own DNS servers can be reached (DNS-4); ask.py has traced that."""
    vpc = network.things.get(guard.resource)
    if not isinstance(vpc, Vpc) or not flow:
        return passed(flow, guard.resource)
    shown = (vpc.proof("DhcpOptionsId", vpc.dhcp_options),)
    servers = ", ".join(vpc.dns_servers or ())
    why = f"{vpc.id} resolves names through {servers}, and port 53 there is blocked: {guard.peer}."
    return (Finding(flow.traffic, Verdict.BLOCKED, vpc.id, shown, UNREACHABLE, why=why, fix=UNREACHABLE.fix),)
