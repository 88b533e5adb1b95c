"""Scenario tables of real user problems and of the AWS guide's two sample networks."""

from __future__ import annotations

import pytest

from tests.scenario import Row, answer, check, rows
from tests.scenario_all import USER


@pytest.mark.parametrize("row", rows(USER))
def test_scenario(row: Row) -> None:
    check(row)


def test_u_39_says_which_subnet_breaks_after_the_failover() -> None:
    """U-39: reachable now, and the verdict after a failover stands beside it with its own blockers."""
    got = answer(next(row for row in USER if row.ids.startswith("U-39")))
    assert got.after_failover is not None
    assert got.after_failover.verdict == "partial"
    assert [(b.code, b.resource) for b in got.after_failover.blockers] == [("SUBNET_ACL_RESTRICTION", "acl-e")]
    note = next(n for n in got.notes if n.code == "DEST_FAILOVER_SUBNET")
    assert "subnet-e" in note.text
