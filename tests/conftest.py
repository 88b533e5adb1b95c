"""Hypothesis profiles, and which tests are the quick ones."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# No deadline: shared machines are slow now and then. CI draws the same examples every time; at a desk, new ones.
settings.register_profile("desk", deadline=None)
settings.register_profile(
    "ci", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "desk"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Doctests are quick by nature: they belong to the smoke subset. Among parallel workers, slow tests go first."""
    for item in items:
        if isinstance(item, pytest.DoctestItem):
            item.add_marker("smoke")
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)


# The app that made cdk.out needs the CDK; the tests read what is kept of its output.
collect_ignore = ["cdk/app.py"]
