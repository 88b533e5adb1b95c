"""Sets of packets: intervals on a line, boxes of intervals, unions of boxes, and their algebra.

A packet is a point; `Traffic` is a set of points. The first five axes are the header that the sender
wrote (protocol, src, sport, dst, dport). A translator such as a NAT gateway adds two axes (the source
address and port that it writes), so that a packet keeps its identity on the whole trip: what happens to
it can be folded once, at the end. A `Header` says which axis plays which role on the wire right now; the
reply is the same packet read through a swapped header.

The address line: IPv4 at 0 … 2³²-1, IPv6 behind it, then one point per name that has no number yet.

INVARIANT: intervals are inclusive, sorted, disjoint and not adjacent; the boxes of a Traffic are disjoint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_network, summarize_address_range
from typing import NamedTuple

from msgspec import Struct

V4_LAST = 2**32 - 1
V6_FIRST = 2**32
V6_LAST = V6_FIRST + 2**128 - 1
NAME_FIRST = V6_LAST + 1  # names for hosts reached over IPv4, see `name_point`
NAME_LAST = NAME_FIRST + 2**1024 - 1

PROTOCOL, SRC, SPORT, DST, DPORT = range(5)
AXES = ("protocol", "src", "sport", "dst", "dport")
ICMP, TCP, UDP, ICMPV6 = 1, 6, 17, 58
PROTOCOL_NAMES = {"icmp": ICMP, "tcp": TCP, "udp": UDP, "icmpv6": ICMPV6}


class Ranges(Struct, frozen=True):
    """A set of integers as sorted, disjoint, inclusive intervals.

    >>> Ranges.of((1, 3), (2, 9)) - Ranges.of(5)
    Ranges(spans=((1, 4), (6, 9)))
    """

    spans: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, *spans: int | tuple[int, int]) -> Ranges:
        """Build from points and (first, last) pairs in any order."""
        return cls(_normal([(s, s) if isinstance(s, int) else s for s in spans]))

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __contains__(self, point: int) -> bool:
        return any(first <= point <= last for first, last in self.spans)

    def __and__(self, other: Ranges) -> Ranges:
        a, b = self.spans, other.spans
        if a == b:
            return self
        out: list[tuple[int, int]] = []
        i = j = 0
        while i < len(a) and j < len(b):
            first, last = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
            if first <= last:
                out.append((first, last))
            if a[i][1] < b[j][1]:
                i += 1
            else:
                j += 1
        return Ranges(tuple(out))

    def __or__(self, other: Ranges) -> Ranges:
        if not other.spans or self.spans == other.spans:
            return self
        return Ranges(_normal([*self.spans, *other.spans])) if self.spans else other

    def __sub__(self, other: Ranges) -> Ranges:
        out: list[tuple[int, int]] = []
        holes = other.spans
        k = 0
        for first, last in self.spans:
            while k < len(holes) and holes[k][1] < first:
                k += 1
            at, j = first, k
            while j < len(holes) and holes[j][0] <= last:
                if holes[j][0] > at:
                    out.append((at, holes[j][0] - 1))
                at = max(at, holes[j][1] + 1)
                j += 1
            if at <= last:
                out.append((at, last))
        return Ranges(tuple(out))

    def __le__(self, other: Ranges) -> bool:
        return not self - other

    def shifted(self, by: int) -> Ranges:
        """The same set further up the line."""
        return Ranges(tuple((first + by, last + by) for first, last in self.spans))

    @property
    def size(self) -> int:
        """How many points the set has."""
        return sum(last - first + 1 for first, last in self.spans)


def _normal(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    out: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if out and first <= out[-1][1] + 1:
            if last > out[-1][1]:
                out[-1] = (out[-1][0], last)
        else:
            out.append((first, last))
    return tuple(out)


NOTHING = Ranges()
ANY_PROTOCOL = Ranges.of((0, 255))
ANY_PORT = Ranges.of((0, 65535))
EPHEMERAL = Ranges.of((1024, 65535))
IPV4 = Ranges.of((0, V4_LAST))
IPV6 = Ranges.of((V6_FIRST, V6_LAST))
NAMES = Ranges.of((NAME_FIRST, NAME_LAST))
LINE = Ranges.of((0, NAME_LAST))


@lru_cache(maxsize=65536)
def cidr(text: str) -> Ranges:
    """Addresses of a CIDR block or a single address, as points on the line; empty if it is not one.

    >>> cidr("10.0.0.0/30")
    Ranges(spans=((167772160, 167772163),))
    """
    try:
        net = ip_network(text, strict=False)
    except ValueError:
        return NOTHING
    base = 0 if net.version == 4 else V6_FIRST
    return Ranges.of((base + int(net.network_address), base + int(net.broadcast_address)))


def cidrs(texts: Iterable[str]) -> Ranges:
    """The union of several blocks or addresses; what is none of them adds nothing.

    >>> cidrs(["10.0.0.0/31", "10.0.0.2"])
    Ranges(spans=((167772160, 167772162),))
    """
    return together(cidr(text) for text in texts)


def together(parts: Iterable[Ranges]) -> Ranges:
    """The union of many sets, in one pass."""
    return Ranges.of(*(span for part in parts for span in part.spans))


def name_point(name: str) -> Ranges:
    """The point of a public name whose addresses are not known, e.g. ``s3@eu-west-1``.

    Injective for names of at most 128 bytes, so that no table of names has to be kept.
    """
    raw = name.encode()[:128]
    return Ranges.of(NAME_FIRST + int.from_bytes(raw, "big"))


def format_addresses(addresses: Ranges) -> list[str]:
    """Minimal CIDRs in numeric order, IPv4 first, then names.

    >>> format_addresses(Ranges.of((0, 2**32 - 1)))
    ['0.0.0.0/0']
    """
    return list(_formatted(addresses))


@lru_cache(maxsize=4096)
def _formatted(addresses: Ranges) -> tuple[str, ...]:
    """The same route covers and subnets are printed again and again."""
    out: list[str] = []
    for first, last in addresses.spans:
        if first <= V4_LAST:
            top = min(last, V4_LAST)
            out += map(str, summarize_address_range(IPv4Address(first), IPv4Address(top)))
        if first <= V6_LAST and last >= V6_FIRST:
            low, high = max(first, V6_FIRST) - V6_FIRST, min(last, V6_LAST) - V6_FIRST
            out += map(str, summarize_address_range(IPv6Address(low), IPv6Address(high)))
        if last >= NAME_FIRST:
            out.append(_point_name(first) if first == last else "any name")
    return tuple(out)


def _point_name(point: int) -> str:
    number = point - NAME_FIRST
    return number.to_bytes((number.bit_length() + 7) // 8, "big").decode(errors="replace")


def format_ports(ports: Ranges) -> list[str]:
    """Ports and port ranges as the JSON answer writes them.

    >>> format_ports(Ranges.of(80, (1024, 65535)))
    ['80', '1024-65535']
    """
    return [str(first) if first == last else f"{first}-{last}" for first, last in ports.spans]


class Header(NamedTuple):
    """Which axis of a box plays which role on the wire."""

    protocol: int = PROTOCOL
    src: int = SRC
    sport: int = SPORT
    dst: int = DST
    dport: int = DPORT

    def reply(self) -> Header:
        """The header of the answer: source and destination swap."""
        return Header(self.protocol, self.dst, self.dport, self.src, self.sport)


SENT = Header()

Box = tuple[Ranges, ...]


def box(
    protocol: Ranges = ANY_PROTOCOL,
    src: Ranges = LINE,
    sport: Ranges = ANY_PORT,
    dst: Ranges = LINE,
    dport: Ranges = ANY_PORT,
) -> Box:
    """A product of intervals; what is not given is everything."""
    return (protocol, src, sport, dst, dport)


class Traffic(Struct, frozen=True):
    """A set of packets: a union of disjoint boxes with the same axes.

    >>> web = Traffic.of(box(dport=Ranges.of(80, 443)))
    >>> (web - Traffic.of(box(dport=Ranges.of(80)))) <= web
    True
    """

    boxes: tuple[Box, ...] = ()

    @classmethod
    def of(cls, *boxes: Box) -> Traffic:
        """The union of boxes that may overlap."""
        out = cls()
        for one in boxes:
            out = out | cls((one,) if all(one) else ())
        return out

    def __bool__(self) -> bool:
        return bool(self.boxes)

    def __contains__(self, packet: tuple[int, ...]) -> bool:
        return any(all(p in axis for p, axis in zip(packet, one, strict=True)) for one in self.boxes)

    def __and__(self, other: Traffic) -> Traffic:
        out = []
        for a in self.boxes:
            for b in other.boxes:
                both = _meet(a, b)
                if both is not None:
                    out.append(both)
        return Traffic(tuple(out))

    def __sub__(self, other: Traffic) -> Traffic:
        left: list[Box] = list(self.boxes)
        for hole in other.boxes:
            left = [piece for one in left for piece in _cut(one, hole)]
        return Traffic(tuple(left))

    def __or__(self, other: Traffic) -> Traffic:
        if not self.boxes:
            return other
        return Traffic(self.boxes + (other - self).boxes)

    def __le__(self, other: Traffic) -> bool:
        return not self - other

    def same(self, other: Traffic) -> bool:
        """Whether both hold the same packets, however they are cut into boxes."""
        return self <= other and other <= self

    def where(self, axis: int, values: Ranges) -> Traffic:
        """The packets whose coordinate on `axis` is among `values`."""
        out = []
        for one in self.boxes:
            kept = one[axis] & values
            if kept:
                out.append((*one[:axis], kept, *one[axis + 1 :]))
        return Traffic(tuple(out))

    def along(self, axis: int) -> Ranges:
        """All coordinates that occur on `axis`."""
        out = NOTHING
        for one in self.boxes:
            out = out | one[axis]
        return out

    def widened(self, *axes: Ranges) -> Traffic:
        """The same packets with further axes behind the present ones."""
        return Traffic(tuple(one + axes for one in self.boxes))


def _meet(a: Box, b: Box) -> Box | None:
    out = []
    for x, y in zip(a, b, strict=True):
        both = x & y
        if not both:
            return None
        out.append(both)
    return tuple(out)


def _cut(one: Box, hole: Box) -> Iterator[Box]:
    """`one` without `hole`, as disjoint boxes: peel off axis by axis what the hole does not touch."""
    both = _meet(one, hole)
    if both is None:
        yield one
        return
    for axis, (mine, shared) in enumerate(zip(one, both, strict=True)):
        outside = mine - shared
        if outside:
            yield (*both[:axis], outside, *one[axis + 1 :])


def union(parts: Iterable[Traffic]) -> Traffic:
    """The union of several sets of packets."""
    out = Traffic()
    for part in parts:
        out = out | part
    return out


class Cover(Struct, frozen=True):
    """What a rule covers when not all of its facts are known: surely `must`, at most `may`.

    INVARIANT: must ⊆ may.
    """

    must: Ranges = NOTHING
    may: Ranges = NOTHING

    def __or__(self, other: Cover) -> Cover:
        return Cover(self.must | other.must, self.may | other.may)


# IANA special-purpose registries: what no packet on the public internet carries as its destination.
SPECIAL_V4 = (
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
    *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
    *("224.0.0.0/4", "240.0.0.0/4"),
)


NAT64 = cidr("64:ff9b::/96")  # IPv6 addresses that stand for IPv4 ones
TO_NAT64 = NAT64.spans[0][0]  # how far an IPv4 address is from the one that stands for it
# All that IANA has given out for global unicast, but for benchmarks, ORCHID and documentation.
PUBLIC_V6 = cidr("2000::/3") - cidr("2001:2::/48") - cidr("2001:10::/28") - cidr("2001:db8::/32") - cidr("3fff::/20")


@lru_cache(maxsize=1)
def public_v4() -> Ranges:
    """All globally routable unicast IPv4 addresses."""
    out = IPV4
    for block in SPECIAL_V4:
        out = out - cidr(block)
    return out


@lru_cache(maxsize=65536)
def cidr_cover(text: str) -> Cover:
    """What a rule that names a CIDR covers: its numbers, and names that have no number yet.

    A name without a number is some public address: 0.0.0.0/0 surely covers it, a narrower block
    that holds public addresses possibly does.
    """
    numbers = cidr(text)
    if numbers >= IPV4:
        return Cover(numbers | NAMES, numbers | NAMES)
    if numbers & public_v4():
        return Cover(numbers, numbers | NAMES)
    return Cover(numbers, numbers)
