"""Scenario tables of the VPC data plane: one row per situation, named by the rules that decide it."""

from __future__ import annotations

import pytest

from tests.scenario import Row, check, rows
from tests.scenario_matrix import MATRIX
from tests.scenario_routes import ROUTES
from tests.scenario_source import SOURCE


@pytest.mark.parametrize("row", rows(MATRIX, ROUTES, SOURCE))
def test_scenario(row: Row) -> None:
    check(row)
