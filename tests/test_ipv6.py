"""IPv6 beside the scenario rows: the option, the note, addresses and names."""

from __future__ import annotations

from pathlib import Path

from reach import Verdict
from reach.ask import ask
from tests.command import run
from tests.scenario import network
from tests.scenario_ipv6 import READY, gateway
from tests.worlds import World

OK, HM = Verdict.REACHABLE, Verdict.UNKNOWN


def test_both_families_are_two_halves_of_one_question() -> None:
    net = network(READY)  # IPv4 by the NAT gateway, no IPv6 route
    assert ask(net, "six", "internet").verdict is OK
    assert ask(net, "six", "internet", family="both").verdict is Verdict.PARTIAL
    assert ask(network((*READY, gateway())), "six", "internet", family="both").verdict is OK


def test_a_function_with_ipv6_gets_the_other_verdict_as_a_note() -> None:
    notes = {n.code: n.text for n in ask(network(READY), "six", "internet").notes}
    assert "blocked" in notes["IPV6_VERDICT"]
    assert "IPV6_VERDICT" not in {n.code for n in ask(network(READY), "orders", "internet").notes}


def test_an_address_decides_for_itself_and_a_name_is_not_guessed() -> None:
    net = network((*READY, gateway()))
    assert ask(net, "six", "[2606:4700::1111]:443").verdict is OK
    assert ask(net, "orders", "[2606:4700::1111]:443").blockers[0].cause == "LAMBDA_IPV6_NOT_ENABLED"
    assert ask(net, "six", "kms", family="6").verdict is HM  # FN-09: whether the name has an address is not known


def test_the_option(tmp_path: Path) -> None:
    world = World()
    for step in (*READY, gateway()):
        step(world)
    source = str(world.write(tmp_path / "net.json"))
    assert run("path", "six", "internet", "--family", "6", "--from", source, "-q").exit_code == 0
    assert run("path", "orders", "internet", "--family", "6", "--from", source, "-q").exit_code == 1
