"""Law: of every packet the engine says what a literal walk of that packet across whole networks says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from reach.answer import Verdict
from reach.ask import ask
from reach.ask.aim import resolve
from reach.ask.asker import askers
from reach.flow import Flow
from reach.network import Network
from reach.target import parse
from reach.trace import Trail, trace
from reach.traffic import ANY_PORT, DPORT, EPHEMERAL, PROTOCOL_NAMES, Ranges, Traffic, box, cidr
from tests import strategies_journey as drawn
from tests.journey_outward import ANSWERED, PARTS
from tests.journey_parts import Net
from tests.law_worlds import network_from
from tests.naive_journey import travel, walk, walks
from tests.naive_rules import OutOfScope, Packet
from tests.naive_trip import Source

SAID = {Verdict.REACHABLE: "delivered", Verdict.BLOCKED: "blocked", Verdict.UNKNOWN: "unknown"}
# The rules do not say which of the codes about groups a packet gets that no group admits.
GROUPS = {"ENI_SG_RULES_MISMATCH", "SG_HAS_NO_RULES", "SG_REFERENCES_NOT_PRESERVED", "SG_REFERENCING_SUPPORT",
          "STALE_SG_REFERENCE"}  # fmt: skip
PICKED = (1024, 5432, 32767, 32768, 65535)  # where rules about ports begin or end


def trails_of(network: Network, packet: Packet, source: Source) -> tuple[Trail, ...]:
    """Where the engine says that everything goes that is sent from one subnet to one address: one partition."""
    (asker,) = askers(network, "orders")
    ((destination,),) = resolve(network, asker, parse(f"{written(packet)}:{packet.port}/{packet.protocol}")).nodes
    sender = next(i for i in asker.interfaces if i.subnet == source.subnet)
    mine = sender.ipv6 if ":" in packet.address else sender.addresses
    sent = box(Ranges.of(PROTOCOL_NAMES[packet.protocol]), mine or cidr(source.address), EPHEMERAL,
               cidr(packet.address), ANY_PORT)  # fmt: skip
    return trace(network, Flow(Traffic((sent,)), sender, destination.receiver))


def written(packet: Packet) -> str:
    return f"[{packet.address}]" if ":" in packet.address else packet.address


def containing(trails: tuple[Trail, ...], source: Source, packet: Packet, nat_port: int) -> Iterator[Trail]:
    """The parts that hold one packet, if that is the port that NAT gateways pick."""
    point = (PROTOCOL_NAMES[packet.protocol], cidr(source.address).spans[0][0], source.port,
             cidr(packet.address).spans[0][0], packet.port)  # fmt: skip
    for trail in trails:
        if any(all(n in axis for n, axis in zip(point, one[: DPORT + 1], strict=True))
               and all(nat_port in axis for axis in one[6::2]) for one in trail.flow.traffic.boxes):  # fmt: skip
            yield trail


def first(trail: Trail, verdict: Verdict) -> tuple[str, str] | None:
    """The first thing that drops it, or that cannot be told."""
    found = ((h.direction.value, str(f.code)) for h in trail.hops for f in h.findings if f.verdict is verdict)
    way, code = next(found, ("", ""))
    return (way, "GROUPS" if code in GROUPS else code) if code else None


each_part = pytest.mark.parametrize("part", sorted(PARTS))


@each_part
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_a_packet_shares_the_fate_of_the_walked_one(part: str, data: st.DataObject) -> None:
    """The part of the engine's partition that holds a packet has the walk's verdict, and the same came first.

    NATI-1 NATI-2 NATI-3 NATI-4 RT-6 RT-7 RT-16 RT-17 FW-1 FW-2 FW-4 PCX-1 PCX-2 PCX-4 TGW-1 TGW-2 TGW-4 TGW-5 TGW-8
    TGW-9 TGW-11 TGW-12 NACL-11 SG-7 SG-8 SG-9 SG-10 NAT-10 NAT-11 NAT-13 NAT-14 BPA-2 BPA-3 BPA-4 BPA-5 BPA-6 FW-5
    ENC-3 VGW-1 VGW-2.
    """
    net = data.draw(drawn.journeys(part))
    document = net.w.document()
    network = network_from(document)
    for _ in range(3):
        packet = data.draw(drawn.packets(net))
        source = data.draw(drawn.sources(net, packet))
        nat_port = data.draw(st.sampled_from((1024, 40000)))
        try:
            truth = walk(document, source, packet, nat_port)
        except OutOfScope as error:
            event(f"out of scope: {error}")
            continue
        (trail,) = containing(trails_of(network, packet, source), source, packet, nat_port)
        assert SAID[trail.verdict] == truth.verdict, (truth, trail.hops)
        assert first(trail, Verdict.BLOCKED) == next(iter(truth.blocked), None), (truth, trail.hops)
        if truth.verdict == "unknown":
            assert first(trail, Verdict.UNKNOWN) == truth.unknown[0], (truth, trail.hops)


@pytest.mark.parametrize("part", sorted(ANSWERED))
@settings(deadline=None, max_examples=6)
@given(data=st.data())
def test_an_answer_is_what_its_packets_are_together(part: str, data: st.DataObject) -> None:
    """From every subnet, by whatever ports are picked: all alike, or a part proven each way, or not known."""
    net = data.draw(drawn.journeys(part))
    document = net.w.document()
    packet = data.draw(drawn.packets(net))
    try:
        together = folded(document, net, packet)
    except OutOfScope as error:
        event(f"out of scope: {error}")
        return
    answer = ask(network_from(document), "orders", f"{written(packet)}:{packet.port}/{packet.protocol}")
    event(f"{together}")
    assert answer.verdict is together, answer.headline


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_an_answer_is_what_its_packets_are_over_all_ways(data: st.DataObject) -> None:
    """Where a transit gateway gives connections one of several ways, a packet fares as each of them (TGW-6, TGW-10)."""
    net = data.draw(drawn.forks())
    document, packet = net.w.document(), data.draw(drawn.packets(net))
    words: set[str] = set()
    for source in _senders(net, packet):
        verdicts, told = walks(document, source, packet)
        assert told
        words |= set(verdicts)
        event(f"{len(verdicts)} ways")
    answer = ask(network_from(document), "orders", f"{written(packet)}:{packet.port}/{packet.protocol}")
    event(f"{together(words)}")
    assert answer.verdict is together(words), (answer.headline, words)


def folded(document: dict[str, object], net: Net, packet: Packet) -> Verdict:
    """What a walk makes of the packets at all corners of what may be picked."""
    some = next(iter(_senders(net, packet)))
    ports = PICKED if travel(document, some, packet, PICKED[0])[1] else PICKED[:1]  # nobody translates them
    return together(
        {walk(document, source, packet, port).verdict for source, port in product(_senders(net, packet), ports)}
    )


def together(words: set[str]) -> Verdict:
    """All alike: that; a success beside a failure is a part of each; else it is not known."""
    if words >= {"delivered", "blocked"}:
        return Verdict.PARTIAL
    if "unknown" in words:
        return Verdict.UNKNOWN
    return Verdict.REACHABLE if words == {"delivered"} else Verdict.BLOCKED


def _senders(net: Net, packet: Packet) -> list[Source]:
    out = []
    for subnet, port in product(net.senders, PICKED):
        address = str(net.w[subnet]["CidrBlock"]).replace(".0/24", ".77")
        if ":" in packet.address:
            block = str(net.w[subnet]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
            address = block.replace("::/64", "::77")
        out.append(Source(subnet, ("sg-fn",), address, port))
    return out


MECHANISMS = ("appliance", "masquerade", "inspected", "firewall", "edge table", "public nat", "private nat", "pcx-1",
              "tgw-1", "peered gateways", "public access", "egress-only")  # fmt: skip
SELDOM = ("virtual gateway", "reflection", "enforced", "local zone", "stateful rules")
IN_WORLDS = ("six", "local route replaced", "group of another VPC", "another region")


def test_random_packets_meet_everything() -> None:
    """Each verdict and each mechanism is in 3 of 100 packets, or of few in 1 of 200: the laws are about them."""
    seen: Counter[str] = Counter()
    for part in sorted(ANSWERED):

        @settings(max_examples=30, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
        @given(drawn.journeys(part), st.data())
        def count(net: Net, data: st.DataObject) -> None:
            document = net.w.document()
            for _ in range(2):
                packet = data.draw(drawn.packets(net))
                seen.update(_met(document, net, packet, data.draw(drawn.sources(net, packet))))

        count()
    share = {what: round(number / seen["all"], 3) for what, number in seen.most_common()}
    print(share)  # pytest -rP shows it
    wanted = (*MECHANISMS, *IN_WORLDS, "delivered", "blocked", "unknown", "partial")
    assert {what: share.get(what, 0) for what in wanted if share.get(what, 0) < 0.03} == {}, share
    assert {what: share.get(what, 0) for what in SELDOM if share.get(what, 0) < 0.005} == {}, share
    assert share.get("out of scope", 0) < 0.05, share


def _met(document: dict[str, object], net: Net, packet: Packet, source: Source) -> set[str]:
    """What a packet met and what became of it; "partial" if it is otherwise for another subnet or port."""
    try:
        truth, met = travel(document, source, packet, 1024)
        words = {walk(document, s, packet, port).verdict for s in _senders(net, packet)[:: len(PICKED) - 1]
                 for port in (1024, 65535)}  # fmt: skip
    except OutOfScope:
        return {"all", "out of scope"}
    partial = {truth.verdict, *words} >= {"delivered", "blocked"}
    return {"all", truth.verdict, *met, *net.parts, *(["partial"] if partial else [])}
