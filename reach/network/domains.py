"""The nouns of name resolution inside a VPC: private zones and their records, Resolver rules, DNS Firewall."""

from __future__ import annotations

from msgspec import Struct

from reach.network.things import Thing


def plain(name: str) -> str:
    """A domain name as it is compared: lower case, without the dot at its end; the root is empty.

    >>> plain("API.Example.com."), plain("\\\\052.example.com"), plain(".")
    ('api.example.com', '*.example.com', '')
    """
    return name.lower().replace("\\052", "*").rstrip(".")


def within(name: str, domain: str) -> bool:
    """Whether a plain name is the domain or lies below it; everything lies below the root.

    >>> within("api.example.com", "example.com"), within("myexample.com", "example.com"), within("a.b", "")
    (True, False, True)
    """
    return not domain or name == domain or name.endswith(f".{domain}")


class RecordSet(Struct, frozen=True):
    """One record set of a zone. `policy` says how one of several sets of the same name and type is picked."""

    path: str  # "ResourceRecordSets[3]"
    name: str
    type: str
    values: tuple[str, ...] = ()
    alias: str = ""  # DNSName of an AliasTarget
    alias_zone: str = ""  # its HostedZoneId
    policy: str = ""  # weighted, multivalue, failover, or any other that depends on where or how well
    weight: int | None = None


class HostedZone(Thing, frozen=True, kw_only=True):
    """A private hosted zone. `vpcs` None: with which VPCs it is associated is not known.

    `records` None: they were not read; `whole` False: only some of them were. `open`: a template leaves its name open,
    and `domain` is what it lies in.
    """

    domain: str
    open: bool = False
    vpcs: tuple[str, ...] | None = None
    records: tuple[RecordSet, ...] | None = None
    whole: bool = True

    def serves(self, vpc: str) -> bool:
        """Whether it answers in this VPC, as far as is known."""
        return self.vpcs is None or vpc in self.vpcs


class ResolverRule(Thing, frozen=True, kw_only=True):
    domain: str
    type: str  # FORWARD, SYSTEM, RECURSIVE, DELEGATE
    targets: tuple[str, ...] = ()


class RuleAssociation(Thing, frozen=True, kw_only=True):
    """A Resolver rule at work in a VPC."""

    rule: str
    vpc: str


class FirewallRule(Struct, frozen=True):
    """One rule of a DNS Firewall rule group; without a `domains` list it looks for threats instead of names."""

    path: str  # "FirewallRules[0]"
    group: str
    priority: int
    action: str  # ALLOW, BLOCK, ALERT
    domains: str = ""  # id of a domain list
    response: str = ""  # NODATA, NXDOMAIN, OVERRIDE
    override: str = ""
    trusts_chain: bool = False  # TRUST_REDIRECTION_DOMAIN: names that a CNAME leads to are not looked at
    query: str = ""  # A, AAAA, …; empty = any
    doubt: str = ""  # why it may not be at work in the VPC that is asked for


class FirewallGroup(Thing, frozen=True, kw_only=True):
    """A DNS Firewall rule group; `rules` in the order in which they are asked."""

    rules: tuple[FirewallRule, ...]


class FirewallAssociation(Thing, frozen=True, kw_only=True):
    """A rule group at work in a VPC; of several the lowest priority is asked first."""

    group: str
    vpc: str
    priority: int
    doubt: str = ""  # why it may not be at work


class DomainList(Thing, frozen=True, kw_only=True):
    """The domains of a DNS Firewall list. `domains` None: not readable, as those of AWS's own lists."""

    domains: tuple[str, ...] | None

    def holds(self, name: str) -> bool | None:
        """Whether a plain name is on the list; `*.example.com` stands for all names below it. None: not known."""
        if self.domains is None:
            return None
        return any(
            d == "*" or d == name or (d.startswith("*.") and name.endswith(d[1:])) for d in map(plain, self.domains)
        )
