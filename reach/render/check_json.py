"""Expectations as the JSON document ``reach-check/1``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from reach.expectations import Outcome, Status
from reach.render.json import dumps, heading

FORMAT = "reach-check/1"


def check_document(outcomes: Sequence[Outcome], origins: Iterable[Any], *, version: str) -> dict[str, Any]:
    """The document as Python values; arguments as for the answers' document."""
    return heading(FORMAT, origins, version=version) | {
        "summary": {status.value: sum(o.status is status for o in outcomes) for status in Status},
        "expectations": [outcome_dict(outcome) for outcome in outcomes],
    }


def outcome_dict(outcome: Outcome) -> dict[str, Any]:
    """One function and one target."""
    return {
        "function": outcome.function,
        "expected": outcome.verb.value,
        "target": outcome.target,
        "status": outcome.status.value,
        "because": outcome.because or None,
        "file": outcome.file,
        "line": outcome.line,
        "why": outcome.why or None,
        "needs": outcome.needs,
        "caveat": outcome.caveat or None,
        "answers": [answer.to_dict() for answer in outcome.answers],
    }


def render_check(outcomes: Sequence[Outcome], origins: Iterable[Any], *, version: str) -> str:
    """The document as ASCII text."""
    return dumps(check_document(outcomes, origins, version=version))
