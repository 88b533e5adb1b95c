"""Law: the algebra of Ranges and Traffic is the algebra of sets of points, and keeps its normal form."""

from __future__ import annotations

from ipaddress import ip_network
from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from reach.traffic import (
    IPV4,
    IPV6,
    LINE,
    NAME_FIRST,
    NAMES,
    NOTHING,
    V6_FIRST,
    Box,
    Ranges,
    Traffic,
    cidr,
    cidr_cover,
    format_addresses,
    format_ports,
    name_point,
    public_v4,
    union,
)

# A universe small enough to count: a line of twelve points, boxes of three axes.
LAST = 11
WHOLE = Ranges.of((0, LAST))
EDGES = (3, 3, 2)  # how many points each axis of a box has

Points = frozenset[int]
Packets = frozenset[tuple[int, ...]]

spans = st.tuples(st.integers(0, LAST), st.integers(0, LAST)).map(lambda s: (min(s), max(s)))
ranges = st.lists(st.one_of(spans, st.integers(0, LAST)), max_size=5).map(lambda found: Ranges.of(*found))
boxes = st.tuples(*(st.sets(st.integers(0, size - 1), min_size=1).map(lambda held: Ranges.of(*held)) for size in EDGES))
traffic = st.lists(boxes, max_size=4).map(lambda found: Traffic.of(*found))


def points(found: Ranges) -> Points:
    return frozenset(p for first, last in found.spans for p in range(first, last + 1))


def packets(found: Traffic, edges: tuple[int, ...] = EDGES) -> Packets:
    """The points of a set of packets, by asking for each: this uses `in` and nothing else."""
    return frozenset(p for p in product(*map(range, edges)) if p in found)


def is_normal(found: Ranges) -> bool:
    """Sorted, disjoint, not adjacent, none empty."""
    each = all(first <= last for first, last in found.spans)
    return each and all(a[1] + 1 < b[0] for a, b in pairwise(found.spans))


def is_disjoint(found: Traffic) -> bool:
    """No box is empty, none is ill-formed, and no packet is in two of them: sizes add up."""
    size = 0
    for one in found.boxes:
        assert all(axis and is_normal(axis) for axis in one), one
        volume = 1
        for axis in one:
            volume *= axis.size
        size += volume
    every = {p for one in found.boxes for p in product(*(sorted(points(axis)) for axis in one))}
    return size == len(every)


# -- Ranges -------------------------------------------------------------------------------------------


@given(st.lists(spans, max_size=6))
def test_ranges_of_pairs_in_any_order_hold_exactly_their_points(found: list[tuple[int, int]]) -> None:
    built = Ranges.of(*found)
    assert is_normal(built)
    assert points(built) == {p for first, last in found for p in range(first, last + 1)}


@given(ranges, ranges)
def test_ranges_behave_as_sets_of_points(a: Ranges, b: Ranges) -> None:
    pa, pb = points(a), points(b)
    for made, expected in ((a & b, pa & pb), (a | b, pa | pb), (a - b, pa - pb)):
        assert points(made) == expected
        assert is_normal(made)
    assert (a <= b) == (pa <= pb)
    assert (a == b) == (pa == pb)
    assert bool(a) == bool(pa)
    assert a.size == len(pa)
    assert all((p in a) == (p in pa) for p in range(-1, LAST + 2))


@given(ranges, ranges)
def test_ranges_split_into_what_is_shared_and_what_is_not(a: Ranges, b: Ranges) -> None:
    assert (a & b) | (a - b) == a
    assert not (a & b) & (a - b)
    assert WHOLE - (WHOLE - a) == a


# -- Traffic ------------------------------------------------------------------------------------------


@given(st.lists(boxes, max_size=5))
def test_traffic_of_overlapping_boxes_holds_their_packets_once(found: list[Box]) -> None:
    built = Traffic.of(*found)
    assert is_disjoint(built)
    assert packets(built) == {
        p
        for p in product(*map(range, EDGES))
        if any(all(c in axis for c, axis in zip(p, one, strict=True)) for one in found)
    }


@given(traffic, traffic)
def test_traffic_behaves_as_sets_of_packets(a: Traffic, b: Traffic) -> None:
    pa, pb = packets(a), packets(b)
    for made, expected in ((a & b, pa & pb), (a | b, pa | pb), (a - b, pa - pb)):
        assert packets(made) == expected
        assert is_disjoint(made)
    assert (a <= b) == (pa <= pb)
    assert a.same(b) == (pa == pb)
    assert bool(a) == bool(pa)


@given(st.lists(traffic, max_size=4))
def test_union_is_the_union_of_all(found: list[Traffic]) -> None:
    assert packets(union(found)) == frozenset().union(*map(packets, found))
    assert is_disjoint(union(found))


@given(traffic, st.integers(0, len(EDGES) - 1), ranges)
def test_where_keeps_the_packets_with_such_a_coordinate(found: Traffic, axis: int, values: Ranges) -> None:
    kept = found.where(axis, values)
    assert packets(kept) == {p for p in packets(found) if p[axis] in values}
    assert is_disjoint(kept)


@given(traffic, st.integers(0, len(EDGES) - 1))
def test_along_is_the_projection_on_one_axis(found: Traffic, axis: int) -> None:
    assert points(found.along(axis)) == {p[axis] for p in packets(found)}
    assert is_normal(found.along(axis))


@given(traffic, st.sets(st.integers(0, 1), min_size=1))
def test_widened_packets_are_the_old_ones_with_any_of_the_new_coordinates(found: Traffic, more: set[int]) -> None:
    wide = found.widened(Ranges.of(*more))
    assert packets(wide, (*EDGES, 2)) == {(*p, m) for p in packets(found) for m in more}
    assert is_disjoint(wide)


# -- the address line ---------------------------------------------------------------------------------

v4_blocks = st.builds(lambda base, length: f"{ip_network((base, length), strict=False)}",
                      st.integers(0, 2**32 - 1), st.integers(0, 32))  # fmt: skip
v6_blocks = st.builds(lambda base, length: f"{ip_network((base, length), strict=False)}",
                      st.integers(2**32, 2**128 - 1), st.integers(0, 128))  # fmt: skip
blocks = v4_blocks | v6_blocks
ascii_names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40)


@given(blocks | st.sampled_from(["0.0.0.0/0", "::/0", "52.0.0.0/8", "10.0.0.0/8", "0.0.0.0/1", "nonsense", ""]))
def test_what_a_cidr_surely_covers_it_possibly_covers(text: str) -> None:
    cover = cidr_cover(text)
    assert cover.must <= cover.may
    assert cover.may - cover.must <= NAMES
    assert cidr(text) <= cover.must


@given(v4_blocks)
def test_a_block_may_hold_a_public_name_exactly_if_it_holds_a_public_address(text: str) -> None:
    assert bool(cidr_cover(text).may & NAMES) == bool(cidr(text) & public_v4())


@given(st.lists(blocks, max_size=6))
def test_addresses_are_formatted_as_minimal_blocks_in_order_and_read_back(found: list[str]) -> None:
    addresses = NOTHING
    for block in found:
        addresses = addresses | cidr(block)
    texts = format_addresses(addresses)
    back = NOTHING
    for text in texts:
        back = back | cidr(text)
    assert back == addresses
    assert sum(cidr(t).size for t in texts) == addresses.size, "blocks overlap"
    assert texts == sorted(texts, key=lambda t: (":" in t, ip_network(t)))
    for a, b in pairwise(texts):  # two blocks that fit into one are one
        one, two = ip_network(a), ip_network(b)
        whole = one.version == two.version and one.prefixlen == two.prefixlen > 0
        assert not (whole and one.supernet() == two.supernet())


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_any_interval_of_addresses_is_formatted_whole(one: int, two: int) -> None:
    addresses = Ranges.of((min(one, two), V6_FIRST + max(one, two)))
    back = NOTHING
    for text in format_addresses(addresses):
        back = back | cidr(text)
    assert back == addresses


@given(ascii_names, ascii_names)
def test_names_are_points_of_their_own_and_print_as_themselves(one: str, two: str) -> None:
    assert (name_point(one) == name_point(two)) == (one == two)
    assert name_point(one) <= NAMES
    assert format_addresses(name_point(one)) == [one]
    assert not NAMES & (IPV4 | IPV6)
    assert LINE >= NAMES | IPV4 | IPV6
    assert NAME_FIRST not in name_point(one)


@given(st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 65535)), max_size=5))
def test_ports_are_formatted_and_read_back(found: list[tuple[int, int]]) -> None:
    ports = Ranges.of(*((min(s), max(s)) for s in found))
    read = [(int(first), int(last or first)) for first, _, last in (t.partition("-") for t in format_ports(ports))]
    assert Ranges.of(*read) == ports
