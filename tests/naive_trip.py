"""What one packet and its reply meet on the way: the state of a walk, and the filters that it asks. Knows no reach."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import Literal

from tests.naive_rules import Address, Facts, Missing, Packet, Record


@dataclass(frozen=True, slots=True)
class Source:
    """Who sends: `kind` is "function" (never a public address) or "interface"."""

    subnet: str
    groups: tuple[str, ...]
    address: str
    port: int = 50000
    kind: Literal["function", "interface"] = "function"


@dataclass(frozen=True, slots=True)
class Goal:
    """The interface in the VPC that owns the packet's destination: its subnet and groups."""

    subnet: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: the verdict, the code met first, and all (direction, code) in walking order."""

    verdict: Literal["delivered", "blocked", "unknown"]
    code: str | None = None
    blocked: tuple[tuple[str, str], ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Sender:
    """The headers of one leg: the function's or interface's own, then one for every NAT gateway."""

    subnet: str
    address: str
    port: int
    groups: tuple[str, ...]
    nat: str | None = None
    table: str | None = None  # of a regional NAT gateway, which is in no subnet
    before: Address | None = None  # where the packet was for when it came to the NAT gateway


@dataclass
class Trip:
    """A packet under way, and what has stopped it so far."""

    document: Record
    source: Source
    packet: Packet
    nat_port: int
    blocked: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    direction: str = "forward"
    picks: dict[str, int] = field(default_factory=dict)  # the routes that AWS picked, by where it picks (RT-9)
    met: dict[str, int] = field(default_factory=dict)  # where that mattered, and how many there were

    def __post_init__(self) -> None:
        self.facts = Facts(self.document, self.source.subnet)
        self.facts.picker = self.picked
        self.target = ip_address(self.packet.address)
        sender = self.source
        self.senders = [Sender(sender.subnet, sender.address, sender.port, sender.groups)]
        self.vpc = ""

    def picked(self, key: str, count: int) -> int:
        """Say which of so many routes AWS picked, the first if nobody says another."""
        self.met[key] = count
        return self.picks.get(key, 0)

    # -- filters and notes -----------------------------------------------------------------------------

    def ask_acl(self, subnet: str, egress: bool, peer: Address, port: int) -> None:
        """Ask the subnet's ACL; the port is always the header's destination port (NACL-5)."""
        if self.packet.protocol == "icmp":  # an echo request (8) is answered by an echo reply (0)
            echoed = self.direction == "return" and self.packet.port == 8
            port = 0 if echoed else self.packet.port
        header = replace(self.packet, port=port)
        try:
            if not self.facts.acl_allows(subnet, egress, peer, header):
                self.block("SUBNET_ACL_RESTRICTION")
        except Missing:
            self.not_known()

    def ask_groups(
        self, key: str, groups: tuple[str, ...], peer: Address | None, peer_groups: tuple[str, ...] | None
    ) -> None:
        """Ask the union of the groups' rules (SG-1), then say why none matched."""
        answers = self.facts.group_answers(key, groups, peer, peer_groups, self.packet)
        if True in answers:
            return
        if None in answers:
            self.not_known()
            return
        if key == "IpPermissions" and len(self.senders) > 1:
            first = self.senders[0].groups
            if True in self.facts.group_answers(key, groups, peer, first, self.packet):  # SG-7
                self.block("SG_REFERENCES_NOT_PRESERVED")
                return
        self.block("ENI_SG_RULES_MISMATCH" if answers else "SG_HAS_NO_RULES")

    def block(self, code: str) -> str:
        """Note a definite block."""
        self.blocked.append((self.direction, code))
        return "lost"

    def not_known(self) -> str:
        """Note that the snapshot cannot tell."""
        self.unknown.append((self.direction, "UNKNOWN_RESOURCE"))
        return "not known"
