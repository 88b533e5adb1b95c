"""Laws of wiring and walking: every packet goes exactly one way, and none gets lost on it."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from hypothesis import event, given, settings
from hypothesis import strategies as st

from reach import QuestionError
from reach.answer import Answer, Direction, Verdict
from reach.ask import question
from reach.ask.aim import resolve
from reach.ask.asker import Asker, askers
from reach.flow import Flow
from reach.links import links
from reach.links.steps import Link, Place, ways
from reach.network import Interface, NatGateway, Network, RouteTable
from reach.placement import of_nat
from reach.routes import choices
from reach.target import Target, parse
from reach.trace import Trail, trace
from reach.traffic import (
    ANY_PORT,
    ANY_PROTOCOL,
    DPORT,
    DST,
    EPHEMERAL,
    ICMP,
    ICMPV6,
    IPV4,
    IPV6,
    LINE,
    NOTHING,
    PROTOCOL,
    SPORT,
    SRC,
    Box,
    Ranges,
    Traffic,
    box,
    union,
)
from tests import law_worlds
from tests.test_laws_checks import interfaces, traffic

TARGETS = (
    *("internet", "s3", "dynamodb", "secretsmanager", "sqs", "rds:orders-db", "rds:ledger", "rds:ledger:reader"),
    *("rds:pool", "elasticache:sessions", "elasticache:carts", "internet:*", "internet:443/udp", "8.8.8.8:53/udp"),
    *("10.0.0.0/16:443", "10.0.1.9:5432", "10.1.0.0/16:443", "10.2.0.0/16:443", "93.184.216.34:443"),
    *("0.0.0.0/0:443", "10.9.0.1:22"),
    *("example.com:443", "[2001:db8::1]:443", "10.0.0.0/8:*/icmp", "eni-00000001:443", "172.16.0.1:*", "s3@us-east-1"),
)


# -- wiring -------------------------------------------------------------------------------------------


def is_partition(pieces: list[Ranges]) -> None:
    """Disjoint, none of them empty, and together the whole address line."""
    together = NOTHING
    for piece in pieces:
        assert piece, "an empty piece"
        assert not piece & together, "two pieces overlap"
        together = together | piece
    assert together == LINE, f"missing: {(LINE - together).spans[:5]}"


@settings(deadline=None)
@given(law_worlds.networks())
def test_choices_of_a_table_partition_the_line(network: Network) -> None:
    for table in network.all(RouteTable):
        is_partition([choice.covers for choice in choices(network, table)])


@settings(deadline=None, max_examples=60)
@given(law_worlds.networks(), st.data())
def test_links_from_every_place_that_can_be_met_partition_the_line(network: Network, data: st.DataObject) -> None:
    known = interfaces(network)
    for toward in (None, *data.draw(st.lists(st.sampled_from(known), max_size=3))):
        places = [Place(i.subnet, "subnet", i.id, way) for i in known for way in Direction]
        met: set[Place] = set()
        while places:
            place = places.pop()
            if place in met:
                continue
            met.add(place)
            found = links(network, place, toward)
            is_partition([step.covers for step in found])
            onward = [way.to for step in found for way in ways(step) if isinstance(way, Link)]
            places += [to for to in onward if to.kind != "interface"]
            places += [Place(to.resource, to.kind, to.came_from, Direction.RETURN, to.entering) for to in onward]
        event(f"places: {len(met) // 20 * 20}…")


TRANSLATORS = ("nat_gateway", "nat_instance")
PINGS, NO_PORTS = Ranges.of(ICMP, ICMPV6), Ranges.of(0)

# -- walking ------------------------------------------------------------------------------------------


def padded(one: Box, width: int) -> Box:
    """A box with further axes, on which it holds everything."""
    missing = (width - len(one)) // 2
    return (*one, *((LINE, ANY_PORT) * missing))


def share(network: Network, trail: Trail) -> Fraction:
    """How many packets a trail has, as their senders wrote them.

    A translator's address and port are picked per connection: a trail with half of its ports has half a packet.
    """
    passed = [h.resource for h in trail.hops if h.kind in TRANSLATORS and h.direction is Direction.FORWARD]
    met = [by for id in dict.fromkeys(passed) if (by := translator(network, id))]  # the last may have stopped it
    total = Fraction(0)
    for one in trail.flow.traffic.boxes:
        part = Fraction(volume(one[:5]))
        ports = NO_PORTS if one[PROTOCOL] <= PINGS else EPHEMERAL
        pairs = list(zip(one[5::2], one[6::2], strict=True))
        for addresses, _ in (pair for pair in pairs if pair[1] == ANY_PORT):  # a fork of the way
            part *= Fraction(addresses.size, LINE.size)
        pairs = [pair for pair in pairs if pair[1] != ANY_PORT]
        left = iter(met)  # an appliance may also pass on unchanged what is for private hosts
        for addresses, sports in pairs:
            by = next(m for m in left if addresses <= m.addresses)
            assert sports <= ports
            part *= Fraction(addresses.size, by.addresses.size) * Fraction(sports.size, ports.size)
        total += part
    return total


def translator(network: Network, id: str) -> Interface | None:
    thing = network[id]
    found = of_nat(network, thing) if isinstance(thing, NatGateway) else thing
    return found if isinstance(found, Interface) else None


def trails_partition(network: Network, flow: Flow, trails: tuple[Trail, ...]) -> None:
    """No packet is on two trails, none is on no trail, none was made up."""
    width = max((len(one) for t in trails for one in t.flow.traffic.boxes), default=5)
    wide = [Traffic(tuple(padded(one, width) for one in t.flow.traffic.boxes)) for t in trails]
    for (n, a), (m, b) in combinations(enumerate(wide), 2):
        assert not a & b, (n, m, trails[n].hops[-1], trails[m].hops[-1])
    assert union(Traffic((one[:5],)) for t in trails for one in t.flow.traffic.boxes).same(flow.traffic)
    assert sum(share(network, t) for t in trails) == sum(volume(one) for one in flow.traffic.boxes)


def volume(one: Box) -> int:
    out = 1
    for axis in one:
        out *= axis.size
    return out


def sendable(one: Box) -> Traffic:
    """A box as traffic is asked about: ICMP has no ports of its own; where they stand is the reply's type."""
    pings = Traffic(((*one[:SPORT], NO_PORTS, *one[DST:]),)).where(PROTOCOL, PINGS)
    return Traffic((one,)).where(PROTOCOL, ANY_PROTOCOL - PINGS) | pings


@settings(deadline=None, max_examples=120)
@given(law_worlds.networks(), st.data())
def test_trails_of_any_traffic_partition_it(network: Network, data: st.DataObject) -> None:
    known = [i for i in interfaces(network) if i.type != "nat_gateway"]
    sender = data.draw(st.sampled_from(known))
    receiver = data.draw(st.none() | st.sampled_from(known))
    sent = union(map(sendable, data.draw(traffic(0)).where(SRC, sender.addresses).boxes))
    if receiver is not None and data.draw(st.booleans()):
        sent = union(Traffic(((*one[:DST], receiver.addresses, one[DPORT]),)) for one in sent.boxes)
    if not sent:
        sent = sendable(box(src=sender.addresses, dst=LINE))
    flow = Flow(sent, sender, receiver)
    trails = trace(network, flow)
    for trail in trails:
        event(f"{trail.verdict}, {len(trail.flow.traffic.boxes[0])} axes")
    trails_partition(network, flow, trails)
    for trail in trails:
        assert trail.flow, "an empty trail"
        assert trail.end


@settings(deadline=None, max_examples=100)
@given(law_worlds.networks(), st.sampled_from(TARGETS))
def test_paths_of_an_answer_account_for_everything_asked(network: Network, words: str) -> None:
    asker, target, answer = asked(network, words)
    if answer is None:
        return
    event(f"{answer.verdict} {words}")
    for subnet in {i.subnet for i in asker.interfaces}:
        wanted = expected(network, asker, target, subnet)
        accounted = union(p.traffic for p in answer.paths if p.subnet == subnet)
        assert accounted.same(wanted), subnet
    assert {p.subnet for p in answer.paths} == {i.subnet for i in asker.interfaces}
    verdicts = {p.verdict for p in answer.paths}
    assert Verdict.PARTIAL not in verdicts, "a path is about packets that share one fate"
    if answer.verdict in (Verdict.REACHABLE, Verdict.BLOCKED):
        assert verdicts == {answer.verdict}
    if answer.verdict is Verdict.PARTIAL:
        assert verdicts >= {Verdict.REACHABLE, Verdict.BLOCKED}
        assert answer.dimension
    assert bool(answer.blockers) == (Verdict.BLOCKED in verdicts)
    assert bool(answer.delivered) == (Verdict.REACHABLE in verdicts)
    assert bool(answer.lost) == (Verdict.BLOCKED in verdicts)
    assert bool(answer.undecided) == (Verdict.UNKNOWN in verdicts)
    if answer.verdict is Verdict.UNKNOWN:
        assert answer.unknowns
        assert all(u.needs for u in answer.unknowns)


def asked(network: Network, words: str) -> tuple[Asker, Target, Answer | None]:
    """The answer to a question, None where the words name nothing in this network."""
    (asker,) = askers(network, "orders")
    target = parse(words)
    try:
        return asker, target, question(network, asker, target)
    except QuestionError:
        return asker, target, None


def expected(network: Network, asker: Asker, target: Target, subnet: str) -> Traffic:
    """The packets that the words stand for, from one of the asker's interfaces."""
    found = resolve(network, asker, target)
    protocol, ports = Ranges.of(6), found.ports or ANY_PORT
    if target.ports is not None:
        protocol = Ranges.of({"tcp": 6, "udp": 17, "icmp": 1}[target.ports.protocol])
        ports = Ranges.of(*target.ports.ranges)
    sources = EPHEMERAL
    if protocol == Ranges.of(1):
        sources, ports = Ranges.of(0), Ranges.of(8 * 256)  # an echo request; the source port axis is the reply's
    return union(
        Traffic((box(protocol, senders(i, destination.addresses), sources, destination.addresses, ports),))
        for i in asker.interfaces if i.subnet == subnet
        for node in found.nodes for destination in node
    )  # fmt: skip


def senders(interface: Interface, to: Ranges) -> Ranges:
    """The interface's addresses of the destination's family; without any it may have any, and a guard says so."""
    if to <= IPV6:
        return interface.ipv6 or IPV6
    return interface.addresses & IPV4 or interface.addresses
