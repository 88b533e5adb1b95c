"""Traffic under way: which packets, what their header looks like now, and between which interfaces."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Direction, Evidence, Reason
from reach.network import Interface
from reach.traffic import ANY_PORT, ICMP, ICMPV6, LINE, SENT, Header, Ranges, Traffic

ICMPS = Ranges.of(ICMP, ICMPV6)


class Translation(Struct, frozen=True):
    """What a translator wrote over a packet's source, so that the reply can be undone.

    `header` is the one that the packet had before.
    """

    by: Interface
    header: Header
    sender: Interface
    groups_kept: bool
    entered: str = ""  # the subnet from which the packet came to the translator
    inspected: tuple[str, ...] = ()
    shift: int = 0  # how far it moved the destination, which stays on its axis


class Doubt(Struct, frozen=True):
    """A fact that nobody can tell and that decides which of several ways is taken: always the same one.

    The rest is what is said of it where the ways end differently.
    """

    fact: str
    direction: Direction
    reason: Reason
    resource: str
    why: str
    fix: str
    evidence: tuple[Evidence, ...] = ()
    needs: str = ""


class Flow(Struct, frozen=True):
    """A set of packets on their way from `sender` to `receiver`.

    `receiver` is the interface that the name resolved to, None for a public destination. `groups_kept`
    turns False where the source address is rewritten or somebody forwards: membership in a group is lost (SG-7).
    """

    traffic: Traffic
    sender: Interface
    receiver: Interface | None = None
    header: Header = SENT
    groups_kept: bool = True
    translations: tuple[Translation, ...] = ()
    crossed: tuple[str, ...] = ()  # peerings and transit gateways on the way
    inspected: tuple[str, ...] = ()  # who keeps state of it since the last translator; the reply must meet them too
    met: tuple[str, ...] = ()  # of those, whom the reply has met
    router: str = ""  # the route table or gateway that sent it here
    host: str = ""  # the name by which a client asks for it, "*.x" for some name below x; empty = not known
    picked: tuple[tuple[str, str], ...] = ()  # (place, where it went on): choices that hold for the replies too
    guesses: tuple[tuple[Doubt, int], ...] = ()  # facts that are not known, and the axis of what they may be
    unplaced: tuple[tuple[str, int], ...] = ()  # translators whose address is not known, and the axis that it is on

    def __bool__(self) -> bool:
        return bool(self.traffic)

    def of(self, traffic: Traffic) -> Flow:
        """The same way for a part of the packets."""
        return replace(self, traffic=traffic)

    def to(self, addresses: Ranges) -> Flow:
        """The part whose present destination is among `addresses`."""
        return self.of(self.traffic.where(self.header.dst, addresses))

    def matching(self, protocols: Ranges, ports: Ranges, peer_axis: int, peers: Ranges) -> Traffic:
        """The packets that a rule names: protocol, present destination port, and one side's address."""
        part = self.traffic.where(self.header.protocol, protocols)
        return part.where(self.header.dport, ports).where(peer_axis, peers)

    @property
    def sources(self) -> Ranges:
        return self.traffic.along(self.header.src)

    @property
    def destinations(self) -> Ranges:
        return self.traffic.along(self.header.dst)

    @property
    def ports(self) -> Ranges:
        return self.traffic.along(self.header.dport)

    def reply(self) -> Flow:
        """The answers to these packets, before any translation is undone."""
        return replace(self, header=self.header.reply())

    def translated(self, by: Interface, ports: Ranges, entered: str = "", shift: int = 0) -> Flow:
        """Behind a translator: its address and ports are the source now; the old ones are remembered.

        A destination that it rewrites is moved by `shift` on its own axis: a packet is still the same packet.
        """
        width = len(self.traffic.boxes[0]) if self.traffic.boxes else len(self.header)
        header = self.header._replace(src=width, sport=width + 1)
        past = Translation(by, self.header, self.sender, self.groups_kept, entered, self.inspected, shift)
        rewritten = self._rewritten(by.addresses, ports)
        return replace(
            self,
            traffic=_moved(rewritten, header.dst, shift),
            header=header,
            sender=by,
            groups_kept=False,
            translations=(*self.translations, past),
            inspected=(),
            unplaced=self.unplaced if by.exact else (*self.unplaced, (by.id, header.src)),
        )

    def _rewritten(self, addresses: Ranges, ports: Ranges) -> Traffic:
        """New axes for the translator's address and port; ICMP has no ports, its types stay as they are."""
        out = []
        for one in self.traffic.boxes:
            protocols = one[self.header.protocol]
            for part, sports in ((protocols - ICMPS, ports), (protocols & ICMPS, one[self.header.sport])):
                if part:
                    at = self.header.protocol
                    out.append((*one[:at], part, *one[at + 1 :], addresses, sports))
        return Traffic(tuple(out))

    def crossing(self, id: str, back: bool) -> Flow:
        """Into a peering connection or transit gateway; on the way back what the request crossed is crossed off."""
        if not back:
            return replace(self, crossed=(*self.crossed, id))
        return replace(self, crossed=self.crossed[:-1]) if self.crossed[-1:] == (id,) else self

    def forked(self, number: int, of: int, doubt: Doubt | None) -> Flow:
        """One way of a fork: a pair of axes, as a translator adds one, tells its packets from those of the others.

        Where the same fact has decided before, it decides alike.
        INVARIANT: the first axes of all ways together hold the whole line, so none is lost and none counted twice.
        """
        before = next((axis for known, axis in self.guesses if doubt and known.fact == doubt.fact), None)
        width = len(self.traffic.boxes[0]) if self.traffic.boxes else len(self.header)
        mine = Ranges.of(number) if number < of - 1 else LINE - Ranges.of((0, of - 2))
        if before is not None:
            return self.of(self.traffic.where(before, mine))
        traffic = self.traffic.widened(mine, ANY_PORT)
        return replace(self, traffic=traffic, guesses=(*self.guesses, *([(doubt, width)] if doubt else [])))

    def undone(self) -> Flow:
        """A reply at its translator: the destination is the original sender again."""
        past = self.translations[-1]
        return replace(
            self,
            traffic=_moved(self.traffic, past.header.dst, -past.shift),
            header=past.header.reply(),
            sender=past.sender,
            groups_kept=past.groups_kept,
            translations=self.translations[:-1],
            inspected=past.inspected,
            met=(),
        )

    def as_sent(self) -> Flow:
        """The packets as their sender wrote them, with every destination where it was."""
        traffic = self.traffic
        for past in self.translations:
            traffic = _moved(traffic, past.header.dst, -past.shift)
        return replace(self, traffic=traffic, translations=tuple(replace(t, shift=0) for t in self.translations))

    def inspected_by(self, id: str) -> Flow:
        """Behind somebody who forwards without rewriting and keeps state: groups are lost (SG-7)."""
        return replace(self, groups_kept=False, inspected=(*self.inspected, id))

    def recognised_by(self, id: str) -> Flow:
        """A reply behind somebody who saw the request."""
        return replace(self, met=(*self.met, id))

    @property
    def missed(self) -> tuple[str, ...]:
        """Who saw the request and has not met the reply."""
        return tuple(i for i in self.inspected if i not in self.met)


def _moved(traffic: Traffic, axis: int, by: int) -> Traffic:
    """The same packets, each further up one axis."""
    if not by:
        return traffic
    return Traffic(tuple((*one[:axis], one[axis].shifted(by), *one[axis + 1 :]) for one in traffic.boxes))
