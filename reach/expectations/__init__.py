"""Expectations: what a file says that functions can and cannot reach, and whether it holds. No IO."""

from __future__ import annotations

from reach.expectations.evaluate import evaluate
from reach.expectations.outcome import Outcome, Status, Verb
from reach.expectations.reading import Claim, Expectation, Expectations, parse_toml, parse_yaml, stated

__all__ = [
    "Claim",
    "Expectation",
    "Expectations",
    "Outcome",
    "Status",
    "Verb",
    "evaluate",
    "parse_toml",
    "parse_yaml",
    "stated",
]
