"""The state of a packet that is walked across whole networks, and the filters it meets. Knows no reach.

Everything of every account and Region was read; what is named and not there cannot be told.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from tests.naive_rules import Address, Facts, Missing, Packet, Record, blocks
from tests.naive_trip import Source

End = Literal["on the way", "arrived", "gateway", "lost", "not known"]


class Everything(Facts):
    """The collections of all accounts and Regions as one; ids are unique."""

    def __init__(self, document: Record) -> None:
        self.data: Record = {}
        self.gap_keys = {key for gap in document["gaps"] for key in gap["keys"]}
        for regions in document["accounts"].values():
            for data in regions.values():
                for key, records in data.items():
                    self.data[key] = self.data.get(key, []) + records


@dataclass
class Leg:
    """A packet on one of its legs: the header as it is now, where it is, and what it has passed.

    `subnet` is the one whose router has it; behind a regional NAT gateway there is none, but a `table`.
    """

    subnet: str
    vpc: str
    src: Address
    sport: int
    dst: Address
    dport: int
    back: bool = False
    table: str | None = None
    entrance: str = ""  # the internet gateway whose own table was the last to be asked
    crossed: list[str] = field(default_factory=list)  # peerings and transit gateways, there less back
    seen: list[str] = field(default_factory=list)  # who inspected it since it was translated last
    met: list[str] = field(default_factory=list)  # of those, whom the reply has met

    @property
    def way(self) -> str:
        return "return" if self.back else "forward"


@dataclass(frozen=True)
class Translator:
    """Who wrote its own address into the header, and what stood there before."""

    id: str
    kind: Literal["nat", "box"]
    before: Leg
    leg_subnet: str  # where it stands; a regional one stands nowhere


@dataclass(frozen=True)
class Fork:
    """A place where a packet takes one of several ways."""

    count: int
    told: bool


class Traveller:
    """What is common to all steps: facts, filters, and what has stopped the packet so far."""

    def __init__(self, document: Record, source: Source, packet: Packet, nat_port: int) -> None:
        self.facts = Everything(document)
        self.facts.picker = lambda key, count: self.pick(count, told=False, kept=key)
        self.source, self.packet, self.nat_port = source, packet, nat_port
        self.blocked: list[tuple[str, str]] = []
        self.unknown: list[tuple[str, str]] = []
        self.translators: list[Translator] = []
        self.names: list[str] = []  # who was passed, for the statistics of the tests
        self.handled: set[str] = set()  # firewalls that handed the request to their stateful rules
        self.visited: set[str] = set()
        self.goal: Record | None = None
        self.picks: list[int] = []  # which way to take at the forks to come
        self.forks: list[Fork] = []  # those that were met, in their order
        self.kept: dict[str, int] = {}  # what was picked where replies are given the way of their request

    def pick(self, count: int, *, told: bool, kept: str = "") -> int:
        """Take one of several ways, the one that the caller has picked for this fork, else the first.

        `told`: each connection is given one of them, else it is always the same one and nobody knows which.
        """
        if kept in self.kept:
            return self.kept[kept]
        number = self.picks[len(self.forks)] if len(self.forks) < len(self.picks) else 0
        self.forks.append(Fork(count, told))
        if kept:
            self.kept[kept] = number
        return number

    # -- what stops it -----------------------------------------------------------------------------------

    def block(self, leg: Leg, code: str) -> End:
        """Note a definite block."""
        self.blocked.append((leg.way, code))
        return "lost"

    def riddle(self, leg: Leg, code: str = "UNKNOWN_RESOURCE") -> End:
        """Note that nobody can tell."""
        self.unknown.append((leg.way, code))
        return "not known"

    def acl(self, leg: Leg, subnet: str, egress: bool) -> None:
        """Ask an ACL about the other end's address and the destination port (NACL-5)."""
        try:
            peer = leg.dst if egress else leg.src
            if not self.facts.acl_allows(subnet, egress, peer, replace(self.packet, port=leg.dport)):
                self.block(leg, "SUBNET_ACL_RESTRICTION")
        except Missing:
            self.riddle(leg)

    def groups(
        self, leg: Leg, key: str, groups: tuple[str, ...], peer: Address | None, named: tuple[str, ...] | None
    ) -> None:
        """Ask the union of some groups' rules; `named` are the other end's groups that rules can name."""
        answers = self.facts.group_answers(key, groups, peer, named, self.packet)
        if True in answers:
            return
        if None in answers:
            self.riddle(leg)
        else:
            self.block(leg, "GROUPS")

    # -- facts -------------------------------------------------------------------------------------------

    def holds(self, subnet: str, address: Address) -> bool:
        """Say whether an address is in a subnet."""
        return any(address in block for block in blocks(self.facts.subnet(subnet)))

    def interface(self, address: Address, vpc: str | None = None) -> Record | None:
        """Return the interface that has an address, in a VPC or in the only one that has it."""
        found = [e for e in self.facts.known("NetworkInterfaces") if str(address) in addresses(e)]
        mine = [e for e in found if vpc is None or e["VpcId"] == vpc]
        return mine[0] if mine else None

    def vpc(self, subnet: str) -> str:
        """Return a subnet's VPC."""
        return str(self.facts.subnet(subnet)["VpcId"])

    def zone(self, subnet: str) -> str:
        """Return a subnet's zone."""
        return str(self.facts.subnet(subnet)["AvailabilityZoneId"])

    def own_address(self, record: Record, like: Address) -> Address | None:
        """Return an interface's address of the family of another one."""
        if isinstance(like, IPv6Address):
            six = [a["Ipv6Address"] for a in record.get("Ipv6Addresses", [])]
            return IPv6Address(six[0]) if six else None
        return IPv4Address(record["PrivateIpAddress"])


def addresses(interface: Record) -> set[str]:
    """Return all addresses of an interface."""
    four = {owned["PrivateIpAddress"] for owned in interface["PrivateIpAddresses"]}
    return four | {str(IPv6Address(owned["Ipv6Address"])) for owned in interface.get("Ipv6Addresses", [])}
