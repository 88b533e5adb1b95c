"""The nouns of AWS Network Firewall: firewalls with their endpoints, policies, rule groups and what a rule matches."""

from __future__ import annotations

from msgspec import Struct

from reach.network.things import Thing
from reach.traffic import Ranges


class EndpointService(Thing, frozen=True, kw_only=True):
    """A service that endpoints can be made for; its id is its name."""

    zones: tuple[str, ...]  # names and ids, as far as the record has them
    names: tuple[str, ...] | None = None  # that its endpoints take over with private DNS; None: it is not said


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
