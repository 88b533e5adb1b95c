"""Scenario tables of the VPC data plane: one row per situation, named by the rules that decide it."""

from __future__ import annotations

import pytest

from reach.ask import ask
from reach.errors import QuestionError
from tests.scenario import HM, Row, Steps, answer, build, check, do, network, rows
from tests.scenario_all import VPC
from tests.scenario_matrix import MATRIX
from tests.scenario_worlds import CACHE, DB, NAT, PRIVATE
from tests.world_records import ACTIONS

MINIMUM = {f"T{n}" for n in (*range(1, 21), 28, 32, 33, 34, 37, 38, 39, 40)}


@pytest.mark.parametrize("row", rows(VPC))
def test_scenario(row: Row) -> None:
    check(row)


def test_the_minimum_matrix_is_complete_and_row_names_are_unique() -> None:
    assert {word for row in VPC for word in row.ids.split()} >= MINIMUM
    names = [str(row) for row in VPC]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    ("key", "target", "world"),
    [
        ("DBInstances", "rds:orders-db", (*PRIVATE, DB)),
        ("DBClusters", "rds:orders-db", (*PRIVATE, do("db_cluster", "orders-db", ["subnet-d"], ["sg-db"]))),
        ("CacheClusters", "elasticache:sessions", (*PRIVATE, CACHE)),
    ],
)
def test_a_name_that_could_not_be_read_is_unknown_and_says_what_to_grant(key: str, target: str, world: Steps) -> None:
    """IN-6: what was denied is unknown, also a whole destination; what is certain before it still counts."""
    got = ask(network((*world, do("drop", key))), "orders", target)
    assert got.verdict is HM
    assert [u.needs for u in got.unknowns] == [ACTIONS[key]]


def test_a_function_that_could_not_be_read_is_an_error_that_says_what_to_grant() -> None:
    """IN-6: without the function there is nobody to ask about."""
    with pytest.raises(QuestionError) as caught:
        ask(network((*NAT, do("drop", "Functions"))), "orders", "internet")
    assert ACTIONS["Functions"] in str(caught.value)


# What design assumes when it was not read (a verdict may then differ, with the assumption on record).
ASSUMED = {"Vpcs", "VpcAttributes", "DhcpOptions"}


@pytest.mark.parametrize("key", sorted(set(ACTIONS) - ASSUMED))
def test_law_what_was_not_read_never_turns_an_answer_round(key: str) -> None:
    """Filling a gap only ever settles an unknown: without a collection the verdict is the same or unknown."""
    for row in MATRIX:
        if not build(row.world).collections.get(key):
            continue
        try:
            got = ask(network((*row.world, do("drop", key))), row.who, row.to)
        except QuestionError:  # the name itself was in what was not read
            continue
        assert got.verdict in (answer(row).verdict, HM), f"{row}: {row.want} without {key} is {got.verdict}"
