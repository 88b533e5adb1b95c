"""Law: for every single packet the engine says what a literal walk of that packet through AWS's records says."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from hypothesis import event, given, settings
from hypothesis import strategies as st

from reach.answer import Path, Verdict
from reach.ask import ask
from reach.ask.aim import resolve
from reach.ask.asker import Asker, askers
from reach.flow import Flow
from reach.network import Network
from reach.target import parse
from reach.trace import Trail, trace
from reach.traffic import DPORT, DST, PROTOCOL_NAMES, SPECIAL_V4, SPORT, SRC, Ranges, Traffic, box, cidr
from tests import strategies_ipv6
from tests.law_worlds import network_of
from tests.naive import Outcome, OutOfScope, Packet, Source, folded, walk, worlds
from tests.strategies import Case, cases, in_scope, nat_ports, packets, sources


def union_of(blocks: tuple[str, ...]) -> Ranges:
    return Ranges.of(*(span for block in blocks for span in cidr(block).spans))


SAID = {Verdict.REACHABLE: "delivered", Verdict.BLOCKED: "blocked", Verdict.UNKNOWN: "unknown"}
# Where a rule about ports begins or ends in the worlds, for the ports that are not asked but picked.
PICKED = (1024, 2048, 5432, 32767, 32768, 49151, 49152, 65535)
# Addresses that no host has; the walk does not know them, and would send them to the internet.
RESERVED = union_of(SPECIAL_V4) - union_of(("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
LISTED = st.sampled_from(("52.218.0.1", "52.218.127.1", "93.184.216.34", "93.184.216.99"))
Drops = tuple[tuple[str, str], ...]
NOBODY, ENTRANCE = ("forward", "NO_POSSIBLE_DESTINATION"), ("forward", "SUBNET_ACL_RESTRICTION")
AT_A_GATEWAY = (
    "BAD_STATE_ATTACHMENT",
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
    "PRIVATE_IPV6_SOURCE",
)


@dataclass(frozen=True)
class Fate:
    """What became of one packet: the word, and everything that dropped it in walking order."""

    word: str
    blocked: Drops


def fates(network: Network, asker: Asker, source: Source, packet: Packet, nat_port: int) -> list[Fate]:
    """What the engine says of exactly one packet, for each of the ways that AWS may have picked (RT-9)."""
    (node,) = resolve(network, asker, parse(f"{bracketed(packet.address)}:{packet.port}/{packet.protocol}")).nodes
    (destination,) = node
    sender = next(i for i in asker.interfaces if i.subnet == source.subnet)
    (src,), (dst,) = cidr(source.address).spans, cidr(packet.address).spans
    point = (PROTOCOL_NAMES[packet.protocol], src[0], source.port, dst[0], packet.port)
    traffic = Traffic((box(*map(Ranges.of, point)),))
    trails = [t for t in trace(network, Flow(traffic, sender, destination.receiver)) if picks(t, nat_port)]
    assert len(trails) == 1 or all(t.flow.guesses for t in trails), trails
    return [Fate(SAID[t.verdict], drops(t)) for t in trails]


def bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def picks(trail: Trail, nat_port: int) -> bool:
    """Whether every NAT gateway on the way may have chosen this port; at a fork all are the same."""
    return any(all(nat_port in axis for axis in one[6::2]) for one in trail.flow.traffic.boxes)


def drops(way: Trail | Path) -> Drops:
    return tuple(
        (hop.direction.value, str(finding.code))
        for hop in way.hops
        for finding in hop.findings
        if finding.verdict is Verdict.BLOCKED
    )


def agrees(network: Network, asker: Asker, case: Case, source: Source, packet: Packet, nat_port: int) -> Outcome:
    """Ask both about one packet; the verdict, and all that drops it, are the same."""
    truths = worlds(case.document(), source, packet, None, nat_port)
    said = fates(network, asker, source, packet, nat_port)
    assert len(said) == len(truths), (said, truths)
    for truth in truths:
        fit = [f for f in said if f.word == truth.verdict and same_drops(f.blocked, truth.blocked)]
        assert fit, (said, truth)
        said.remove(fit[0])
    return folded(truths)


def same_drops(said: Drops, truth: Drops) -> bool:
    """The same code comes first, and none is missing or made up.

    Two liberties, where the walk is less exact than the rules. It does not ask the ACL of a subnet in which
    nobody has the address. And it lists every refusal of one internet gateway, which ends the way at the first.
    """
    refusals = [drop for drop in truth if drop[1] in AT_A_GATEWAY]
    needed = [drop for drop in truth if drop not in refusals[1:]]
    if NOBODY in needed and ENTRANCE in said[: said.index(NOBODY) if NOBODY in said else 0]:
        needed = [*needed[: needed.index(NOBODY)], ENTRANCE, *needed[needed.index(NOBODY) :]]
    return said[:1] == tuple(needed[:1]) and set(said) == set(needed)


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_packet_of_a_function_shares_the_fate_of_the_walked_one(data: st.DataObject) -> None:
    case = data.draw(cases())
    source, packet = data.draw(sources(case)), data.draw(packets(case))
    network = network_of(case.world)
    (asker,) = askers(network, case.function)
    truth = agrees(network, asker, case, source, packet, data.draw(nat_ports))
    event(f"{truth.verdict} {truth.code}")


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_a_packet_of_an_interface_shares_the_fate_of_the_walked_one(data: st.DataObject) -> None:
    case = data.draw(cases())
    w = case.world
    place = data.draw(st.sampled_from(sorted({s["SubnetId"] for s in w.collections["Subnets"]
                                              if s["VpcId"] == case.vpc})))  # fmt: skip
    public = data.draw(st.sampled_from((None, "54.99.0.1")))
    eni = w.interface(place, None, case.groups, public_ip=public)
    source = Source(place, case.groups, w.address(eni), data.draw(st.sampled_from(PICKED)), "interface")
    packet = data.draw(packets(case))
    network = network_of(w)
    (asker,) = askers(network, eni)
    truth = agrees(network, asker, case, source, packet, data.draw(nat_ports))
    event(f"{truth.verdict} {truth.code}")


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_an_answer_holds_whichever_of_overlapping_lists_is_picked(data: st.DataObject) -> None:
    """RT-9: each pick is one of the engine's ways; where they end differently the answer is open and says why."""
    case = data.draw(cases(max_twists=1, last=("lists",)))
    listed = st.builds(Packet, st.just("tcp"), LISTED, st.just(443))
    source, packet = data.draw(sources(case)), data.draw(listed | packets(case))
    network = network_of(case.world)
    (asker,) = askers(network, case.function)
    truth = agrees(network, asker, case, source, packet, 2048)
    event(f"{truth.verdict} {truth.code}")
    answer = ask(network, case.function, f"{packet.address}:{packet.port}/{packet.protocol}")
    if truth.code == "AMBIGUOUS_ROUTE":
        assert answer.verdict in (Verdict.UNKNOWN, Verdict.PARTIAL)  # in part by another subnet or port
        assert "AMBIGUOUS_ROUTE" in [u.code for u in answer.unknowns] or answer.verdict is Verdict.PARTIAL


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_a_packet_over_ipv6_shares_the_fate_of_the_walked_one(data: st.DataObject) -> None:
    case = data.draw(strategies_ipv6.dual_cases())
    source, packet = data.draw(strategies_ipv6.sources(case)), data.draw(strategies_ipv6.packets(case))
    network = network_of(case.world)
    (asker,) = askers(network, case.function)
    truth = agrees(network, asker, case, source, packet, data.draw(nat_ports))
    event(f"{truth.verdict} {truth.code}")


# -- answers about many packets ------------------------------------------------------------------------


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_every_path_of_an_answer_does_what_it_says(data: st.DataObject) -> None:
    """Corners of each path's traffic, walked one by one: a path that delivers, delivers; one that blocks, blocks."""
    case = data.draw(cases())
    network = network_of(case.world)
    words = data.draw(st.sampled_from(targets(case)))
    answer = ask(network, case.function, words)
    document, scope = case.document(), in_scope(case)
    event(f"{answer.verdict} {words.split(':')[0]}")
    walked: set[str] = set()
    for path in answer.paths:
        for point in corners(path):
            if not scope(IPv4Address(point[DST])) or point[DST] in RESERVED or not is_host(case, point[SRC]):
                continue
            source = Source(path.subnet or "", case.groups, str(IPv4Address(point[SRC])), point[SPORT])
            packet = Packet("tcp", str(IPv4Address(point[DST])), point[DPORT])
            # the NAT gateways' ports are not in a path's traffic: one of them does what the path says
            try:
                outcomes = [o for port in PICKED for o in worlds(document, source, packet, None, port)]
            except OutOfScope:
                continue
            assert SAID[path.verdict] in {o.verdict for o in outcomes}, (path, packet, source)
            assert any(same_drops(drops(path), o.blocked) for o in outcomes), (drops(path), outcomes)
            walked |= {o.verdict for o in outcomes}
    if answer.verdict in (Verdict.REACHABLE, Verdict.BLOCKED):
        assert walked <= {SAID[answer.verdict]}
    if answer.verdict is Verdict.PARTIAL:
        assert walked == {"delivered", "blocked"}


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_a_definite_answer_holds_for_packets_drawn_at_random(data: st.DataObject) -> None:
    """Reachable: each is delivered. Blocked: none is. Whatever source and ports the connection picks."""
    case = data.draw(cases())
    network = network_of(case.world)
    packet = data.draw(packets(case))
    asked = data.draw(st.sampled_from((f"{packet.address}:{packet.port}", f"{packet.address}:*", "internet:*")))
    answer = ask(network, case.function, f"{asked}/{packet.protocol}")
    inside = any(int(IPv4Address(packet.address)) in p.traffic.along(DST) for p in answer.paths)
    event(f"{answer.verdict} {asked.split(':')[1]} {inside}")
    if not inside:
        return
    source = data.draw(sources(case))
    outcomes = {walk(case.document(), source, packet, None, port).verdict for port in PICKED}
    if answer.verdict is Verdict.REACHABLE:
        assert outcomes == {"delivered"}
    if answer.verdict is Verdict.BLOCKED:
        assert outcomes == {"blocked"}


def targets(case: Case) -> list[str]:
    """The service with its list, the internet, the database by name and by interface, addresses."""
    enis = [e["NetworkInterfaceId"] for e in case.world.collections["NetworkInterfaces"]
            if e["PrivateIpAddress"] in case.goals]  # fmt: skip
    return ["internet", "s3", "dynamodb", f"rds:{case.database}", *(f"{e}:5432" for e in enis), "10.0.0.0/16:5432",
            "0.0.0.0/0:443", "93.184.216.0/24:443", "52.0.0.0/8:*"]  # fmt: skip


def corners(path: Path) -> list[tuple[int, ...]]:
    """The first and the last packet of some of a path's boxes, and a few between."""
    out: list[tuple[int, ...]] = []
    for one in path.traffic.boxes[:6]:
        axes = [(axis.spans[0][0], axis.spans[-1][1]) for axis in one]
        middle = tuple(axis.spans[len(axis.spans) // 2][0] for axis in one)
        out += [tuple(a for a, _ in axes), tuple(b for _, b in axes), middle]
        low = [a for a, _ in axes]
        out += [(*low[:SPORT], sport, *low[DST:]) for sport in axes[SPORT]]
    return out


def is_host(case: Case, address: int) -> bool:
    """Whether nobody else has this source address."""
    return str(IPv4Address(address)) not in case.goals
