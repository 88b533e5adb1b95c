"""What CI formats have in common: one question or expectation, how it turned out, why, and where to look."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from msgspec import Struct

from reach.answer import Answer, Blocker, Evidence, Verdict
from reach.expectations import Outcome, Status
from reach.pasted import divided, steps
from reach.render.commands import LONGEST
from reach.render.outcomes import claim
from reach.render.planned import InFile, in_its_file
from reach.render.scene import clean

THROUGH = "MUST_NOT_BE_REACHABLE"  # of an expectation only: nothing is in the way of what should be
MADE = ("plan",)  # kinds of sources that nobody writes by hand
WORKSPACES = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")  # where GitHub and GitLab check a repository out
STATUS = {
    Verdict.REACHABLE: Status.PASSED,
    Verdict.PARTIAL: Status.FAILED,
    Verdict.BLOCKED: Status.FAILED,
    Verdict.UNKNOWN: Status.UNKNOWN,
}


class Case(Struct, frozen=True):
    """One line of a report.

    `code` is empty where all is well. `place` is where somebody would look first: a template's line, else
    the expectation's, else the file that was read. `counts` is false for what is only worth a warning.
    """

    function: str
    claim: str
    target: str
    status: Status
    why: str
    code: str = ""
    fix: str = ""
    because: str = ""
    needs: str | None = None
    caveat: str = ""
    resource: str = ""
    place: tuple[str, int] | None = None
    answer: Answer | None = None
    counts: bool = True

    @property
    def sentence(self) -> str:
        """What happened, and what was wanted."""
        because = f" (because {self.because})" if self.because else ""
        return clean(f"{self.function} {self.claim}{because}: {self.why}")

    @property
    def in_file(self) -> InFile | None:
        """The fix as the template or plan that it is about would say it."""
        return in_its_file(self.answer.network if self.answer is not None else None, self.resource, self.fix)

    @property
    def message(self) -> str:
        """The sentence, and the fix with each of its commands on a line of its own; for plain text."""
        words, line = divided(clean(self.fix, LONGEST))
        todo = self.in_file.text if self.in_file else " &&\n".join(steps(line))
        fix = [f"Fix: {words}".rstrip(), todo] if words or todo else []
        return "\n".join([self.sentence, *filter(None, fix)])


def of_answers(answers: Iterable[Answer], origins: Sequence[Any]) -> list[Case]:
    """Questions as cases: reachable is passed, blocked and partial are failed."""
    return [_of_answer(answer, _file(origins)) for answer in answers]


def of_outcomes(outcomes: Iterable[Outcome], *, tolerant: bool = False, origins: Sequence[Any] = ()) -> list[Case]:
    """Expectations as cases; `tolerant` makes a mere warning of what is unknown.

    A plan is made by the job that checks it, and no line of it is in the repository: the expectation is the place.
    """
    made = frozenset(str(o.name) for o in origins if str(o.kind) in MADE)
    return [_of_outcome(outcome, tolerant, made) for outcome in outcomes]


def _of_answer(answer: Answer, place: tuple[str, int] | None) -> Case:
    first = answer.first if answer.verdict is not Verdict.REACHABLE else None
    return Case(
        function=answer.source.name,
        claim=f"reaches {answer.target}",
        target=answer.target,
        status=STATUS[answer.verdict],
        why=_why(first, answer),
        code=first.code if first else "",
        fix=first.fix if first else "",
        needs=first.needs if first else None,
        resource=first.resource if first else "",
        place=_told(first.evidence if first else ()) or place,
        answer=answer,
    )


def _of_outcome(outcome: Outcome, tolerant: bool, made: frozenset[str]) -> Case:
    first, answer = outcome.first, outcome.deciding
    seen = first.evidence if first else _of_openings(outcome, answer)
    told = _told(seen)
    opened = "; ".join(f"{resource}: {says}" for resource, says in outcome.openings)
    return Case(
        function=outcome.function,
        claim=claim(outcome),
        target=outcome.target,
        status=outcome.status,
        why=outcome.why or (_why(first, answer) if answer is not None else ""),
        code=THROUGH if outcome.through else first.code if first else "UNKNOWN_RESOURCE" if outcome.why else "",
        fix=f"Narrow a rule or a route: {opened}" if opened else first.fix if first else "",
        because=outcome.because,
        needs=first.needs if first else outcome.needs,
        caveat=outcome.caveat,
        resource=first.resource if first else next((r for r, _ in outcome.openings), ""),
        place=told if told and told[0] not in made else (outcome.file, outcome.line),
        answer=answer,
        counts=not (tolerant and outcome.status is Status.UNKNOWN),
    )


def _why(first: Blocker | None, answer: Answer) -> str:
    return (first.why or first.title) if first else answer.headline


def _of_openings(outcome: Outcome, answer: Answer | None) -> tuple[Evidence, ...]:
    open_ids = {resource for resource, _ in outcome.openings}
    hops = (h for p in answer.paths for h in p.hops) if answer is not None else ()
    return tuple(e for h in hops for f in h.findings for e in f.evidence if e.resource in open_ids)


def _told(evidence: Iterable[Evidence]) -> tuple[str, int] | None:
    """The first place in a template that the evidence names."""
    for one in evidence:
        file, _, line = (one.where or "").rpartition(":")
        if file and line.isdigit():
            return file, int(line)
    return None


def _file(origins: Sequence[Any]) -> tuple[str, int] | None:
    """The file that was read, if there is one."""
    names = [str(o.name) for o in origins if str(o.kind) not in ("aws", "demo") and str(o.name) != "-"]
    return (names[0], 1) if names else None


def relative(path: str) -> str:
    """A path as seen from the root of the repository, with slashes; what is elsewhere stays as it is.

    CI systems know files by their place in the repository, whatever folder a step stands in.
    """
    name = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
    try:
        inside = os.path.relpath(name, _root(os.path.realpath(os.curdir)))
    except ValueError:  # another drive
        inside = ".."
    path = path if inside.startswith("..") else inside
    return path.replace(os.sep, "/")


@functools.cache
def _root(folder: str) -> str:
    """The git root above a folder; where a checkout came without git, what the CI system says; else the folder."""
    above = [folder, *map(str, Path(folder).parents)]
    told = {os.path.realpath(os.environ[name]) for name in WORKSPACES if os.environ.get(name)}
    git = (place for place in above if os.path.exists(os.path.join(place, ".git")))
    return next(git, next((place for place in above if place in told), folder))


def uri(path: str) -> str:
    """A path as a URI reference: relative to the root of the repository, or whole."""
    shown = relative(path)
    outside = os.path.isabs(shown) or shown.startswith("../")
    return "file://" + quote(os.path.abspath(path), safe="/._-~") if outside else quote(shown, safe="/._-~")
