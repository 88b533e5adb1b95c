"""Laws of what is not known: filling a gap only settles an unknown, and nothing that is read makes the engine raise."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from reach import QuestionError, ReachError, SnapshotError
from reach.answer import Answer, Verdict
from reach.ask import ask, ask_all
from reach.ask.asker import askers
from reach.describe import describe
from reach.network import Network
from reach.snapshot import Snapshot
from tests import law_worlds
from tests.law_holes import NAMED, ON_A_PATH, holes
from tests.law_worlds import furnished, network_from, network_of
from tests.naive import Packet, Source
from tests.strategies import Case, cases, nat_ports, packets, sources
from tests.test_laws_oracle import fates
from tests.world_records import Record
from tests.worlds import World

TARGETS = (
    *("internet", "s3", "dynamodb", "secretsmanager", "sqs", "rds:orders-db", "rds:ledger", "rds:ledger:reader"),
    *("rds:pool", "elasticache:sessions", "elasticache:carts", "internet:*", "8.8.8.8:53/udp", "10.0.0.0/16:443"),
    *("10.0.1.9:5432", "10.1.0.0/16:443", "10.2.0.4:443", "93.184.216.34:443", "52.0.0.0/8:443"),
    *("10.9.0.1:22", "example.com:443", "[2001:4860::1]:443", "[64:ff9b::5db8:d822]:443", "[64:ff9b::a00:104]:5432"),
)


def only_settled(poorer: Verdict | str, fuller: Verdict | str) -> bool:
    return poorer in (fuller, "unknown")


def verdict(network: Network, words: str) -> Verdict | None:
    """The verdict, None where the words name nothing in this network."""
    try:
        return ask(network, "orders", words).verdict
    except QuestionError:
        return None


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_filling_a_gap_only_settles_an_unknown(data: st.DataObject) -> None:
    document = data.draw(furnished()).document()
    words = data.draw(st.sampled_from(TARGETS))
    whole = verdict(network_from(document), words)
    poorer = verdict(network_from(data.draw(holes(document))), words)
    event(f"{whole} → {poorer}")
    if whole is None:
        assert poorer is None
    else:
        assert poorer is not None
        assert only_settled(poorer, whole)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_without_the_records_that_place_a_target_it_is_unknown_or_the_same(data: st.DataObject) -> None:
    document = data.draw(furnished(law_worlds.databases)).document()
    words = data.draw(st.sampled_from([t for t in TARGETS if ":" in t and t.startswith(("rds", "elasticache"))]))
    whole = verdict(network_from(document), words)
    poorer = verdict(network_from(data.draw(holes(document, NAMED))), words)
    event(f"{whole} → {poorer}")
    if whole is not None and poorer is not None:
        assert only_settled(poorer, whole)


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_gap_leaves_each_packet_its_fate_or_makes_it_unknown(data: st.DataObject) -> None:
    case = data.draw(cases())
    source, packet = data.draw(sources(case)), data.draw(packets(case))
    nat_port = data.draw(nat_ports)
    document = case.document()
    whole = _fate(network_from(document), case, source, packet, nat_port)
    poorer = _fate(network_from(data.draw(holes(document))), case, source, packet, nat_port)
    event(f"{whole} → {poorer}")
    assert only_settled(poorer, whole)


def _fate(network: Network, case: Case, source: Source, packet: Packet, nat_port: int) -> str:
    (asker,) = askers(network, case.function)
    words = {one.word for one in fates(network, asker, source, packet, nat_port)}
    return words.pop() if len(words) == 1 else "unknown"


@pytest.mark.parametrize("key", ON_A_PATH)
def test_a_denied_call_on_the_path_is_an_unknown_that_names_the_permission(key: str) -> None:
    """Each of the keys, in a world where everything works and everything is needed."""
    w = sound()
    assert {verdict(network_of(w), t) for t in ("internet", "rds:orders-db", "10.1.0.9:443")} == {Verdict.REACHABLE}
    w.drop(key)
    network = network_of(w)
    answers = [ask(network, "orders", t) for t in ("internet", "rds:orders-db", "secretsmanager", "10.1.0.9:443")]
    unknown = [a for a in answers if a.verdict is Verdict.UNKNOWN]
    assert unknown, key
    assert all(a.verdict in (Verdict.UNKNOWN, Verdict.REACHABLE) for a in answers)
    actions = {u.needs for a in unknown for u in a.unknowns}
    assert w.gaps[0]["action"] in actions, actions


def sound() -> World:
    """A network in which the function reaches everything."""
    w = World()
    vpc, peer = w.vpc("10.0.0.0/16"), w.vpc("10.1.0.0/16")
    private, public, there = w.subnet(vpc, "10.0.1.0/24"), w.subnet(vpc, "10.0.0.0/24"), w.subnet(peer, "10.1.0.0/24")
    pcx = w.peering(vpc, peer)
    w.route_table(vpc, [public], [("0.0.0.0/0", w.internet_gateway(vpc))])
    w.route_table(vpc, [private], [("0.0.0.0/0", w.nat_gateway(public)), ("10.1.0.0/16", pcx)])
    w.route_table(peer, [there], [("10.0.0.0/16", pcx)])
    group = w.security_group(vpc)
    w.interface(there, "10.1.0.9", [w.security_group(peer, [("tcp", 443, "10.0.0.0/16")])])
    w.db_instance("orders-db", [public], [w.security_group(vpc, [("tcp", 5432, group)])], eni=True)
    w.function("orders", [private], [group])
    return w


# -- nothing at all ------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_with_everything_but_the_function_dropped_all_is_unknown(data: st.DataObject) -> None:
    document = data.draw(furnished()).document()
    for regions in document["accounts"].values():
        for records in regions.values():
            for key in set(records) - {"Functions"}:
                del records[key]
    network = network_from(document)
    failed = document["accounts"]["123456789012"]["eu-west-1"]["Functions"][0]["State"] == "Failed"
    services = ("internet", "s3", "secretsmanager", "10.0.1.9:5432", "8.8.8.8:53/udp", "example.com:443")
    for words in (*services, "rds:orders-db", "elasticache:sessions", "eni-00000001:443"):
        answer = ask(network, "orders", words)
        assert answer.verdict is (Verdict.BLOCKED if failed else Verdict.UNKNOWN), words
        assert failed or answer.unknowns


@pytest.mark.parametrize("accounts", [{}, {"1": {}}, {"1": {"eu-west-1": {}}}, {"1": {"eu-west-1": {"Functions": []}}}])
def test_of_an_empty_snapshot_nobody_can_ask(accounts: Any) -> None:
    network = describe(Snapshot(accounts=accounts))
    for words in TARGETS:
        with pytest.raises(QuestionError):
            ask(network, "orders", words)


# -- broken records ------------------------------------------------------------------------------------

JUNK: tuple[Any, ...] = (
    *(None, "", "nonsense", "10.0.0.0/99", "300.1.2.3", "::/0", "10.0.1.0/24", "0.0.0.0/0", "Ünïcode", "pl-1"),
    *("-1", "tcp", "available", "blackhole", -1, 0, 70000, 2**40, 1.5, True, False, [], {}, [None], [[]], ["x"], "*"),
    *({"Value": None}, {"Key": "Name"}, "arn:aws:rds:::", "vpce-", "nat-", "\x00", " ", "1.2.3.4", "local"),
)


def _spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of all members and items of a document."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if path else []
    for key, child in children:
        found += _spots(child, (*path, key))
    return found


@st.composite
def mutilated(draw: st.DrawFn) -> Record:
    """A document in which members are gone, null, swapped for others of the same kind, or junk."""
    document: Record = copy.deepcopy(draw(furnished()).document())
    for (account, region), records in [((a, r), d) for a, rs in document["accounts"].items() for r, d in rs.items()]:
        for _ in range(draw(st.integers(1, 6))):
            # a collection first, so that long ones do not take all of the blows
            key = draw(st.sampled_from(sorted(records)))
            spots = [s for s in _spots(records[key]) if not (key == "Functions" and s[-1] == "FunctionName")]
            if not spots:
                continue
            *way, last = draw(st.sampled_from(spots))
            holder = document["accounts"][account][region][key]
            for step in way:
                holder = holder[step]
            blow = draw(st.sampled_from(("delete", "junk", "swap", "repeat")))
            if blow == "delete":
                del holder[last]
            elif blow == "junk":
                holder[last] = copy.deepcopy(draw(st.sampled_from(JUNK)))
            elif blow == "repeat" and isinstance(holder, list):
                holder.append(copy.deepcopy(holder[last]))
            elif isinstance(holder[last], str):
                holder[last] = draw(st.sampled_from(_strings(records)))
    return document


def _strings(records: Record) -> list[str]:
    """Ids and CIDRs of this world, to cross its wires with."""
    found = {v for key in ("Vpcs", "Subnets", "RouteTables", "NatGateways", "SecurityGroups", "NetworkInterfaces")
             for record in records.get(key) or () if isinstance(record, dict)
             for name, v in record.items() if isinstance(v, str) and name.endswith(("Id", "CidrBlock"))}  # fmt: skip
    return sorted(found) or ["vpc-1"]


@settings(deadline=None, max_examples=200)
@given(mutilated(), st.lists(st.sampled_from(TARGETS), min_size=3, max_size=3, unique=True))
def test_a_mutilated_snapshot_is_refused_or_answered(document: Record, targets: list[str]) -> None:
    try:
        network = network_from(document)
    except SnapshotError:
        event("refused")
        return
    _answers(network, targets)


@settings(deadline=None, max_examples=200)
@given(mutilated(), st.lists(st.sampled_from(TARGETS), min_size=3, max_size=3, unique=True))
def test_describe_is_total_even_for_records_that_nobody_checked(document: Record, targets: list[str]) -> None:
    _answers(describe(Snapshot(accounts=document["accounts"])), targets)


def _answers(network: Network, targets: list[str]) -> None:
    """Each question ends with an answer that can be written, or with an error of ours."""
    for words in targets:
        try:
            answers: tuple[Answer, ...] = ask_all(network, "orders", [words])
        except ReachError as error:
            event(type(error).__name__)
            continue
        for answer in answers:
            event(str(answer.verdict))
            assert answer.to_dict()["verdict"] == answer.verdict
            assert str(answer)
    try:
        ask_all(network, "*")
    except ReachError as error:
        event(f"usual targets: {type(error).__name__}")
