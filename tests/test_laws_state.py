"""LAW: a doubt about the function's state hides no refusal of the network (ST-06)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.scenario import HM, NO, OK, Row, answer, build, put
from tests.scenario_all import USER, VPC


def asks_for_a_function(row: Row) -> bool:
    records = build(row.world).collections.get("Functions", [])
    return row.config is None and row.who in {r["FunctionName"] for r in records}


REFUSED = [row for row in (*VPC, *USER) if row.want is not OK and asks_for_a_function(row)]


@pytest.mark.parametrize("part", range(4))
def test_a_failed_update_hides_no_refusal(part: int) -> None:
    assert len(REFUSED) > 1000
    for row in REFUSED[part::4]:
        before = answer(row)
        doubtful = answer(replace(row, world=(*row.world, put(row.who, LastUpdateStatus="Failed"))))
        assert doubtful.verdict is (NO if before.verdict is NO else HM), str(row)
        told = [[(b.code, b.cause, b.resource, b.direction, b.after) for b in a.blockers] for a in (before, doubtful)]
        assert told[0] == told[1], str(row)
