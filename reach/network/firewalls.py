"""The nouns of AWS Network Firewall: firewalls with their endpoints, policies, rule groups and what a rule matches."""

from __future__ import annotations

from msgspec import Struct

from reach.network.domains import plain, within
from reach.network.things import Subnet, Thing
from reach.traffic import Ranges


class EndpointService(Thing, frozen=True, kw_only=True):
    """A service that endpoints can be made for; its id is its name."""

    zones: tuple[str, ...]  # names, in the words of the account that asked
    zone_ids: tuple[str, ...] = ()  # the same in every account
    names: tuple[str, ...] | None = None  # that its endpoints take over with private DNS; None: it is not said
    policed: bool = True  # policies of its endpoints count; some services of AWS support none (AUTH-02)

    def serves(self, subnet: Subnet) -> bool | None:
        """Whether it is in the subnet's zone: by id, which all accounts share, else by name; None: not known."""
        if self.zone_ids and subnet.zone_id:
            return subnet.zone_id in self.zone_ids
        same = self.zones and subnet.zone and self.home.account == subnet.home.account
        return subnet.zone in self.zones if same else None


class FirewallEndpoint(Struct, frozen=True):
    """One endpoint of a firewall, in one Availability Zone."""

    id: str
    subnet: str
    zone: str
    status: str
    path: str  # "FirewallStatus.SyncStates.eu-west-1a.Attachment"


class Firewall(Thing, frozen=True, kw_only=True):
    """`endpoints` None: only listed, not described."""

    vpc: str
    status: str
    policy: str  # ARN
    endpoints: tuple[FirewallEndpoint, ...] | None

    def endpoint(self, id: str) -> FirewallEndpoint | None:
        """Its endpoint of this id."""
        return next((e for e in self.endpoints or () if e.id == id), None)


class DomainNames(Struct, frozen=True):
    """Domains that the server's name of TLS and HTTP connections is held against; `allows`: all others are refused."""

    allows: bool
    targets: tuple[str, ...]
    ports: Ranges  # where its protocols are taken to be spoken: TLS on 443, HTTP on 80

    def holds(self, host: str) -> bool | None:
        """Whether a name is listed. `*.example.com` is some name there or below: None if only some of these are.

        >>> listed = DomainNames(True, (".example.com", "api.example.org"), Ranges.of(443))
        >>> [listed.holds(n) for n in ("a.example.com", "example.com", "x.api.example.org", "*.example.org")]
        [True, True, False, None]
        """
        domain = host.removeprefix("*.")
        above = any(within(domain, t[1:]) if t.startswith(".") else t == host for t in map(plain, self.targets))
        below = domain != host and any(within(plain(t).removeprefix("."), domain) for t in self.targets)
        return True if above else None if below else False


class FirewallRule(Struct, frozen=True):
    """What one rule matches, in AWS's words (firewall_terms.py reads them), and what it does with it.

    `doubt`: why it may match some, all or none of the packets that fit; empty if it matches them all.
    """

    path: str  # "RuleGroup.RulesSource.StatefulRules[0]"
    action: str  # pass, drop, reject, alert, forward; "?" where that cannot be told
    protocols: Ranges
    source: str = "ANY"
    source_port: str = "ANY"
    destination: str = "ANY"
    destination_port: str = "ANY"
    both_ways: bool = False
    doubt: str = ""
    names: DomainNames | None = None

    @property
    def text(self) -> str:
        """The rule in one glance."""
        ends = f"{self.source}:{self.source_port} → {self.destination}:{self.destination_port}"
        return f"{self.action} {ends}" if self.action != "?" else self.doubt


class RuleGroup(Thing, frozen=True, kw_only=True):
    """A group of rules in the order in which they count, and its variables."""

    stateless: bool
    rules: tuple[FirewallRule, ...]
    address_sets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    port_sets: tuple[tuple[str, tuple[str, ...]], ...] = ()


class GroupUse(Struct, frozen=True):
    """A policy's reference to a rule group; `silenced`: what it would drop it only reports."""

    group: str  # ARN
    priority: int
    silenced: bool = False


class FirewallPolicy(Thing, frozen=True, kw_only=True):
    """Which groups a firewall asks, in which order, and what it does with what none of them names."""

    stateless: tuple[GroupUse, ...]
    stateless_default: str  # pass, drop, forward
    stateful: tuple[GroupUse, ...]
    strict: bool
    stateful_defaults: tuple[str, ...]
    home_nets: tuple[str, ...] | None = None  # what the policy says HOME_NET is
    tls_inspection: bool = False
