"""What a policy's decision looks like in an answer: the finding, its evidence, the statement in words."""

from __future__ import annotations

from reach.answer import Evidence, Finding, Layer, Reason, Verdict
from reach.network import Thing
from reach.policy import Decision
from reach.trace import Trail


def refusal(trail: Trail, resource: str, reason: Reason, why: str, fix: str, evidence: tuple[Evidence, ...]) -> Finding:
    assert reason.layer is Layer.AUTHZ
    return Finding(trail.flow.traffic, Verdict.BLOCKED, resource, evidence, reason, why=why, fix=fix)


def proof(thing: Thing, field: str, decision: Decision) -> tuple[Evidence, ...]:
    """The statements that decided, by AWS's key path, with the tests that made them match or fail."""
    out = []
    for match in decision.deciding[:3]:
        path = f"{field}.Statement[{match.statement.index}]"
        said = "; ".join(str(t) for t in match.deciding[:2]) or match.statement.name
        out.append(thing.proof(path, f"{'Allow' if match.statement.allow else 'Deny'}: {said}"))
    return tuple(out) or (thing.proof(field, "no statement allows it"),)


def because(decision: Decision) -> str:
    """Which statement it was, and by which condition."""
    first = next(iter(decision.deciding), None)
    if first is None:
        return ": it allows nothing of the kind"
    tests = "; ".join(str(t) for t in first.deciding[:2])
    return f": {first.statement.name} ({tests})" if tests else f": {first.statement.name}"
