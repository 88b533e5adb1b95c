"""Scenario tables of the VPC data plane: one row per situation, named by the rules that decide it."""

from __future__ import annotations

import pytest

from tests.scenario import Row, check, rows
from tests.scenario_databases import CACHES, RDS
from tests.scenario_endpoints import GATEWAY, INTERFACE, NAMES
from tests.scenario_filters import ACLS, GROUPS
from tests.scenario_matrix import MATRIX
from tests.scenario_routes import ROUTES
from tests.scenario_source import SOURCE


@pytest.mark.parametrize("row", rows(MATRIX, SOURCE, ROUTES, GROUPS, ACLS, GATEWAY, INTERFACE, NAMES, RDS, CACHES))
def test_scenario(row: Row) -> None:
    check(row)
