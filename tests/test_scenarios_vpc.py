"""Scenario tables of the VPC data plane: one row per situation, named by the rules that decide it."""

from __future__ import annotations

import pytest

from tests.scenario import Row, check, rows
from tests.scenario_matrix import MATRIX


@pytest.mark.parametrize("row", rows(MATRIX))
def test_matrix(row: Row) -> None:
    check(row)
