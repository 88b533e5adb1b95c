"""Scenario tables of real user problems and of the AWS guide's two sample networks."""

from __future__ import annotations

import pytest

from tests.scenario import Row, answer, check, rows
from tests.scenario_all import USER
from tests.scenario_databases import SHUT_E
from tests.scenario_worlds import PRIVATE, do


@pytest.mark.parametrize("row", rows(USER))
def test_scenario(row: Row) -> None:
    check(row)


def test_u_39_says_which_subnet_breaks_after_the_failover() -> None:
    """U-39: reachable now, and the verdict after a failover stands beside it with its own blockers."""
    got = answer(next(row for row in USER if row.ids.startswith("U-39")))
    assert got.after_failover is not None
    assert got.after_failover.verdict == "blocked"
    assert [(b.code, b.resource) for b in got.after_failover.blockers] == [("SUBNET_ACL_RESTRICTION", "acl-e")]
    note = next(n for n in got.notes if n.code == "DEST_FAILOVER_SUBNET")
    assert note.text.endswith("may move to subnet-e, where it is blocked.")


def test_of_several_other_subnets_the_note_names_those_that_fare_worse() -> None:
    """Now in subnet-d; subnet-a would do as well, subnet-e is shut: one of both is a failure (DST-02)."""
    anywhere = do("db_instance", "orders-db", ["subnet-d", "subnet-e", "subnet-a"], ["sg-db"], eni=True)
    row = Row(ids="DST-02", about="three", world=(*PRIVATE, anywhere, SHUT_E), to="rds:orders-db", want="reachable")
    got = answer(row)
    assert got.verdict == "reachable"
    assert got.after_failover is not None
    assert got.after_failover.verdict == "partial"
    note = next(n for n in got.notes if n.code == "DEST_FAILOVER_SUBNET")
    assert note.text.endswith("may move to subnet-e, where it is blocked.")

