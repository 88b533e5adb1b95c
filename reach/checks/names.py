"""What stands between a name and its address inside a VPC: forwarding rules, private zones, servers of one's own."""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Evidence, Finding, Layer, Reason, Verdict
from reach.checks.ends import NOBODY
from reach.checks.guard import Findings, Guard, passed, unreadable
from reach.flow import Flow
from reach.network import Gap, Network, Vpc
from reach.network.domains import HostedZone, ResolverRule

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
    why="A Resolver rule, or a delegation in a private zone, sends the query to servers whose answers AWS"
    " does not know.",
    fix="Ask the server that the rule names, and say what it answers: --resolve HOST=ADDRESS.",
    layer=Layer.DNS,
    source="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-overview-forward-vpc-to-network-using-rules.html",
)
DNS_DISABLED = Reason(
    code="DNS_DISABLED",
    title="The VPC's DNS is switched off",
    why="With enableDnsSupport false the Amazon resolver does not answer in this VPC, so no host name resolves.",
    fix="aws ec2 modify-vpc-attribute --vpc-id VPC --enable-dns-support",
    layer=Layer.DNS,
    source="https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
)
CUSTOM_DNS = Reason(
    code="CUSTOM_DNS",
    title="The VPC uses its own DNS servers",
    why="The DHCP options name servers that are not Amazon's: what they answer cannot be read from AWS.",
    fix="Ask one of them and say what it answers: --resolve HOST=ADDRESS. Or use AmazonProvidedDNS.",
    layer=Layer.DNS,
    source="https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html",
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
REASONS = (DNS_DISABLED, CUSTOM_DNS, UNREACHABLE, NXDOMAIN, FORWARDED)


def hidden(network: Network, guard: Guard, flow: Flow) -> Findings:
    """The zone has no record for the name `guard.peer`, none of the type `guard.side`, or a loop (DNS-5)."""
    zone = network.things.get(guard.resource)
    if not isinstance(zone, HostedZone) or not flow:
        return passed(flow, guard.resource)
    names = sorted({r.name for r in zone.records or ()})
    what = f"no {guard.side} record" if guard.side else "no record"
    why = f"The private zone {zone.domain} ({zone.id}) has {what} for {guard.peer}, so it does not resolve."
    if guard.side == "loop":
        why = f"The CNAME records of {zone.domain} ({zone.id}) lead {guard.peer} back to itself."
    fix = (
        f"aws route53 change-resource-record-sets --hosted-zone-id {zone.id} --change-batch "
        f"(UPSERT of {guard.peer}, with the address that it should have)"
    )
    shown = (Evidence(zone.id, "ResourceRecordSets[].Name", names[:20]),)
    return (Finding(flow.traffic, Verdict.BLOCKED, zone.id, shown, NXDOMAIN, why=why, fix=fix),)


def forwarded(network: Network, guard: Guard, flow: Flow) -> Findings:
    """A rule, or a delegation in a zone, sends the query for `guard.peer` to servers of one's own (DNS-6)."""
    if not flow:
        return ()
    rule = network.things.get(guard.resource)
    if isinstance(rule, HostedZone):
        why = f"The private zone {rule.domain} ({rule.id}) delegates {guard.peer} to other name servers."
        shown = Evidence(rule.id, "ResourceRecordSets[].Type", "NS")
    elif isinstance(rule, ResolverRule):
        to = f" to {', '.join(rule.targets)}" if rule.targets else ""
        why = f"The Resolver rule {rule.id} forwards queries for {rule.domain or 'all names'}{to}: also {guard.peer}."
        shown = Evidence(rule.id, "RuleType", rule.type)
    else:
        why = f"the Resolver rule {guard.resource} is associated with the VPC, and what it forwards was not read"
        return unreadable(flow, Gap(guard.resource, "route53resolver:ListResolverRules", why))
    needs = f"the address of {guard.peer}"
    fix = f"Find out what the name means there, then: --resolve {guard.peer}=ADDRESS"
    return (Finding(flow.traffic, Verdict.UNKNOWN, rule.id, (shown,), FORWARDED, why=why, fix=fix, needs=needs),)


def resolver(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether a host name resolves at all in the VPC (DNS-2, DNS-4); side `told`: the user knows the answer."""
    vpc = network.get(guard.resource)
    if not isinstance(vpc, Vpc) or not flow:
        return passed(flow, guard.resource)  # on by default; the answer says that it was assumed
    proof = vpc.proof("EnableDnsSupport.Value", vpc.dns_support)
    if vpc.dns_servers:
        shown = vpc.proof("DhcpOptionsId", vpc.dhcp_options)
        if guard.side == "told":
            return passed(flow, vpc.id, shown)
        why = f"{vpc.id} resolves names through {', '.join(vpc.dns_servers)}, whose answers cannot be read."
        needs = "what the custom DNS servers answer"
        found = Finding(flow.traffic, Verdict.UNKNOWN, vpc.id, (shown,), CUSTOM_DNS, why=why, fix=CUSTOM_DNS.fix)
        return (replace(found, needs=needs),)
    open_ = network.pending.get(vpc.dhcp_options or "")
    if vpc.dns_servers is None and open_ is not None:
        return unreadable(flow, open_)  # which DHCP options it will have, and so which servers have to be reached
    if vpc.dns_support_open in network.pending:
        return unreadable(flow, network.pending[vpc.dns_support_open])
    if vpc.dns_support is False:
        fix = f"aws ec2 modify-vpc-attribute --vpc-id {vpc.id} --enable-dns-support"
        why = f"enableDnsSupport of {vpc.id} is false: host names do not resolve."
        found = Finding(flow.traffic, Verdict.BLOCKED, vpc.id, (proof,), DNS_DISABLED, why=why, fix=fix)
        return (replace(found, cause="VPC_DNS_OFF"),)
    return passed(flow, vpc.id, proof)


def servers_unreachable(network: Network, guard: Guard, flow: Flow) -> Findings:
    """None of the VPC's own DNS servers can be reached from this interface (DNS-4); nameservers.py has traced that.

    `guard.interface` is the sender that was asked for, `guard.closed` what keeps the first server from it: that is
    named, unless nobody is at the server's address, so that the options themselves are wrong. On side "unheard" it is
    what leaves open whether any can be reached.
    """
    vpc = network.things.get(guard.resource)
    mine = guard.interface is None or guard.interface.id == flow.sender.id
    if not isinstance(vpc, Vpc) or not flow or not mine:
        return passed(flow, guard.resource)
    shown = (vpc.proof("DhcpOptionsId", vpc.dhcp_options),)
    servers = ", ".join(vpc.dns_servers or ())
    first = guard.closed[0] if guard.closed else None
    if guard.side == "unheard" and first is not None:
        why = f"whether {vpc.id} reaches its DNS servers, {servers}, is not known: {first.why.rstrip('.')}"
        return unreadable(flow, Gap(first.resource, first.needs or "what settles it", why))
    said = first.why.rstrip(".") if first else "nobody is there"
    why = f"{vpc.id} resolves names through {servers}, and UDP 53 there is blocked: {said}."
    if first is None or first.code == NOBODY.code:
        return (Finding(flow.traffic, Verdict.BLOCKED, vpc.id, shown, UNREACHABLE, why=why, fix=UNREACHABLE.fix),)
    found = Finding(flow.traffic, Verdict.BLOCKED, first.resource, (*shown, *first.evidence), UNREACHABLE, why=why)
    return (replace(found, resources=first.resources, fix=first.fix),)
