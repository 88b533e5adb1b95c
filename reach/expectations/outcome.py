"""How an expectation turned out."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from reach.answer import Answer, Blocker, Direction, Hop, Layer, Path, Verdict


class Status(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Verb(StrEnum):
    """`can`: reachable from every subnet. `cannot`: blocked from every subnet."""

    CAN = "can"
    CANNOT = "cannot"

    @property
    def wanted(self) -> Verdict:
        return Verdict.REACHABLE if self is Verb.CAN else Verdict.BLOCKED


class Outcome(Struct, frozen=True):
    """One function and one target of a file, the answers that were asked for, and whether it holds.

    `answers` is empty where nothing could be asked; `why` then says so. `line` is the target's.
    """

    file: str
    line: int
    verb: Verb
    function: str
    target: str
    because: str
    answers: tuple[Answer, ...]
    status: Status
    why: str = ""
    needs: str | None = None

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"

    @property
    def deciding(self) -> Answer | None:
        """The answer that gave the status: the first that is not as wanted, else the first."""
        order = [a for a in self.answers if status_of(self.verb, (a,)) is self.status]
        return next(iter(order or self.answers), None)

    @property
    def through(self) -> bool:
        """Whether it failed because something gets through that should not."""
        return self.status is Status.FAILED and self.verb is Verb.CANNOT

    @property
    def openings(self) -> tuple[tuple[str, str], ...]:
        """What lets it through, where it should not: the groups and the function's own routes, and what they say."""
        answer = self.deciding if self.through else None
        paths = [p for p in answer.paths if p.verdict is Verdict.REACHABLE] if answer is not None else []
        return tuple(dict.fromkeys((h.resource, h.detail) for p in paths for h in _own_guards(p)))

    @property
    def first(self) -> Blocker | None:
        """What is in the way of what should work, or not known."""
        answer = None if self.through else self.deciding
        return answer.first if answer is not None and self.status is not Status.PASSED else None

    @property
    def caveat(self) -> str:
        """What somebody should know who relies on it, although it holds; mostly empty."""
        if self.status is not Status.PASSED:
            return ""
        later = {a.after_failover.verdict for a in self.answers if a.after_failover} - {self.verb.wanted}
        if later:
            return f"not after a failover: then it is {later.pop().value}"
        if self.verb is Verb.CAN:
            return ""
        if {b.layer for a in self.answers for b in a.blockers} == {Layer.STATE}:
            return "only because something does not run"
        around = (n.resource for a in self.answers for n in a.notes if n.code == "REACHABLE_WITH_ENDPOINT_URL")
        return next((f"unless a client sets endpoint_url to {endpoint}" for endpoint in around), "")


def _own_guards(path: Path) -> Iterator[Hop]:
    """The groups passed on the way there, and the first route table: the others are shared with more traffic."""
    there = [h for h in path.hops if h.direction is Direction.FORWARD]
    yield from (h for h in there if h.kind == "security_group")
    yield from [h for h in there if h.kind == "route_table"][:1]


def status_of(verb: Verb, answers: tuple[Answer, ...]) -> Status:
    """All answers as wanted: passed. One proven otherwise: failed. Else it is not known."""
    verdicts = {answer.verdict for answer in answers}
    if verdicts == {verb.wanted}:
        return Status.PASSED
    return Status.FAILED if verdicts - {verb.wanted, Verdict.UNKNOWN} else Status.UNKNOWN
