"""Expectations as a test runner shows them: one line each, details of those that fail, the count at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reach.expectations import Outcome, Status, Verb
from reach.render.terminal import Page, width
from reach.render.text import Detail, write_answer, write_way

GLYPH = {Status.PASSED: "✓", Status.FAILED: "✕", Status.UNKNOWN: "?"}
STYLE = {Status.PASSED: "green", Status.FAILED: "bold red", Status.UNKNOWN: "bold magenta"}
WIDEST = 32  # columns of a function's name; a longer one pushes its own line only


def write_outcomes(page: Page, outcomes: Sequence[Outcome], seconds: float, detail: Detail = "normal") -> None:
    """All of them; `quiet` leaves out what holds and the details."""
    quiet = detail == "quiet"
    names = [width(page.safe(o.function)) for o in outcomes]
    column = min(max(names, default=0), WIDEST)
    for outcome in outcomes:
        if not quiet or outcome.status is not Status.PASSED:
            _write_line(page, outcome, column)
    for outcome in () if quiet else outcomes:
        if outcome.status is not Status.PASSED:
            _write_details(page, outcome, detail)
    page.gap()
    page.line((f"{tally(outcomes)} in {seconds:.1f} s", "bold"))


def render_failures(outcomes: Sequence[Outcome]) -> str:
    """The details of those that do not hold, as plain text."""
    page = Page()
    for outcome in outcomes:
        if outcome.status is not Status.PASSED:
            _write_details(page, outcome, "normal")
    return page.plain()


def tally(outcomes: Sequence[Outcome]) -> str:
    """How many of each, e.g. ``7 passed, 1 failed, 1 unknown``."""
    seen = Counter(outcome.status for outcome in outcomes)
    return ", ".join(f"{seen[s]} {s.value}" for s in Status if seen[s] or s is Status.PASSED)


def claim(outcome: Outcome) -> str:
    """What was expected, in words.

    Without a port `cannot` is about all of them, which the words must say.
    """
    everything = outcome.verb is Verb.CANNOT and len(outcome.answers) > 1
    return f"{outcome.verb.value} reach {outcome.target}" + (" on any TCP or UDP port" if everything else "")


def _write_line(page: Page, outcome: Outcome, column: int) -> None:
    mark = f"{GLYPH[outcome.status]} {outcome.status.value.upper():<8} "
    name = page.safe(outcome.function)
    remark = f"  ({outcome.caveat})" if outcome.caveat else ""
    code = f"  [{outcome.first.code}]" if outcome.first else ""
    page.line(
        (mark, STYLE[outcome.status]),
        (name + " " * (column - width(name)), ""),
        (f"  {outcome.verb.value:<6}  {outcome.target}{code}{remark}", ""),
    )


def _write_details(page: Page, outcome: Outcome, detail: Detail) -> None:
    page.gap()
    because = f", because {outcome.because}" if outcome.because else ""
    page.hang([("expected ", "dim")], f"{outcome.function} {claim(outcome)} ({outcome.place}){because}", "bold")
    if outcome.deciding is not None and outcome.through:
        write_way(page, outcome.deciding, detail)
        _write_openings(page, outcome)
    elif outcome.deciding is not None:
        write_answer(page, outcome.deciding, detail)
    else:
        _write_gap(page, outcome)


def _write_openings(page: Page, outcome: Outcome) -> None:
    for number, (resource, says) in enumerate(outcome.openings):
        page.hang([("  " + ("" if number else "open by").ljust(9), "dim")], f"{resource}: {says}")
    page.hang([("  fix      ", "dim")], "Narrow a rule or a route on each way that gets through.")


def _write_gap(page: Page, outcome: Outcome) -> None:
    page.hang([("  because  ", "dim")], outcome.why)
    if outcome.needs:
        page.hang([("  needs    ", "dim")], outcome.needs)
