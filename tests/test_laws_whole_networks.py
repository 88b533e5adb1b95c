"""Laws of whole networks: a gap makes a packet's fate unknown or leaves it; the order of records says nothing."""

from __future__ import annotations

import copy
import random
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from reach import QuestionError
from reach.answer import Verdict
from reach.ask import ask
from reach.network import Network
from tests import strategies_journey as drawn
from tests.law_holes import DROPPABLE, holes
from tests.law_worlds import furnished, network_from
from tests.naive_rules import Packet
from tests.naive_trip import Source
from tests.test_laws_gaps import TARGETS
from tests.test_laws_journeys import containing, each_part, trails_of, written
from tests.world_records import Record

KEYS = (*DROPPABLE, "TransitGatewayPeeringAttachments", "Instances")


@each_part
@settings(deadline=None, max_examples=15)
@given(data=st.data())
def test_a_gap_leaves_each_packet_its_fate_or_makes_it_unknown(part: str, data: st.DataObject) -> None:
    net = data.draw(drawn.journeys(part, damages=1))
    document = net.w.document()
    packet = data.draw(drawn.packets(net))
    source = data.draw(drawn.sources(net, packet))
    whole = _fates(network_from(document), packet, source)
    poorer = _fates(network_from(data.draw(holes(document, KEYS))), packet, source)
    event(f"{sorted(whole)} → {sorted(poorer)}")
    assert poorer
    assert poorer <= {*whole, Verdict.UNKNOWN}


def _fates(network: Network, packet: Packet, source: Source) -> set[Verdict]:
    """Of one packet, whichever of several ways it takes where it is not known which."""
    return {trail.verdict for trail in containing(trails_of(network, packet, source), source, packet, 1024)}


# -- order ---------------------------------------------------------------------------------------------


def shuffled(document: Record, seed: int, deep: bool) -> Record:
    """The same records in another order; `deep`: what records list in another order, too."""
    dice, other = random.Random(seed), copy.deepcopy(document)
    for regions in other["accounts"].values():
        for data in regions.values():
            for records in data.values():
                dice.shuffle(records)
                if deep:
                    _mix(records, dice)
    return other


def _mix(value: Any, dice: random.Random) -> None:
    for child in value.values() if isinstance(value, dict) else value:
        if isinstance(child, dict | list):
            _mix(child, dice)
        if isinstance(child, list) and all(isinstance(item, dict) for item in child):
            dice.shuffle(child)


@each_part
@settings(deadline=None, max_examples=6)
@given(data=st.data())
def test_the_order_of_records_says_nothing_in_whole_networks(part: str, data: st.DataObject) -> None:
    net = data.draw(drawn.journeys(part))
    packet = data.draw(drawn.packets(net))
    _same_in_any_order(net.w.document(), f"{written(packet)}:{packet.port}/{packet.protocol}", data)


@settings(deadline=None, max_examples=60)
@given(furnished(), st.sampled_from(TARGETS), st.data())
def test_the_order_of_records_says_nothing(case: Any, words: str, data: st.DataObject) -> None:
    _same_in_any_order(case.document(), words, data)


def _same_in_any_order(document: Record, words: str, data: st.DataObject) -> None:
    seed = data.draw(st.integers(0, 999))
    try:
        answer = ask(network_from(document), "orders", words)
    except QuestionError:
        return
    event(str(answer.verdict))
    assert ask(network_from(shuffled(document, seed, deep=False)), "orders", words).to_dict() == answer.to_dict()
    mixed = ask(network_from(shuffled(document, seed, deep=True)), "orders", words)
    assert mixed.verdict == answer.verdict
    assert {(b.code, b.resource, b.direction) for b in mixed.blockers} == {
        (b.code, b.resource, b.direction) for b in answer.blockers
    }
