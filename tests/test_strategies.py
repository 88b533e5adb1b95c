"""Random networks are varied enough to test with, and the naive walk keeps its own laws on them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from tests import strategies
from tests.naive import Packet, Source, walk


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_the_owner_of_an_address_is_found_in_the_snapshot(data: st.DataObject) -> None:
    case, source, packet, nat_port = _question(data)
    document = case.document()
    goal = case.goals.get(packet.address)
    event(walk(document, source, packet, goal, nat_port).verdict)
    assert walk(document, source, packet, goal, nat_port) == walk(document, source, packet, None, nat_port)


@settings(max_examples=150, deadline=None)
@given(
    st.data(),
    st.sampled_from(
        [
            "RouteTables",
            "NatGateways",
            "InternetGateways",
            "SecurityGroups",
            "NetworkAcls",
            "NetworkInterfaces",
            "VpcEndpoints",
            "ManagedPrefixListEntries",
            "Subnets",
        ]
    ),
)
def test_filling_a_gap_only_settles_an_unknown(data: st.DataObject, key: str) -> None:
    case, source, packet, nat_port = _question(data)
    whole = walk(case.document(), source, packet, None, nat_port)
    case.world.drop(key)
    holed = walk(case.document(), source, packet, None, nat_port)
    event(f"{whole.verdict} → {holed.verdict}")
    assert holed.verdict in (whole.verdict, "unknown")


def test_random_questions_have_all_kinds_of_answers() -> None:
    """At least a fifth delivered, a fifth blocked, and some where only part of the source ports pass."""
    verdicts: Counter[str] = Counter()

    @settings(max_examples=300, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(st.data())
    def count(data: st.DataObject) -> None:
        case, source, packet, nat_port = _question(data)
        document = case.document()
        ways = {
            walk(document, replace(source, port=port), packet, None, other).verdict
            for port in (1024, 40000, 65535)
            for other in (nat_port, 1024, 65535)
        }
        verdicts["part" if len(ways) > 1 else ways.pop()] += 1

    count()
    share = {verdict: number / verdicts.total() for verdict, number in verdicts.items()}
    assert share["delivered"] >= 0.2, share
    assert share["blocked"] >= 0.2, share
    assert share["part"] > 0, share


def _question(data: st.DataObject) -> tuple[strategies.Case, Source, Packet, int]:
    case = data.draw(strategies.cases())
    source, packet = data.draw(strategies.sources(case)), data.draw(strategies.packets(case))
    return case, source, packet, data.draw(strategies.nat_ports)
