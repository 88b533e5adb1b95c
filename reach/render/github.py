"""GitHub Actions: annotations as workflow commands, and the step summary."""

from __future__ import annotations

from collections.abc import Sequence

from reach.expectations import Status
from reach.render.case import Case, relative
from reach.render.markdown import cases_markdown
from reach.render.scene import clean

SECTION = "\n### "
LARGEST = 900_000  # bytes; GitHub drops a summary of more than 1 MiB


def render_github(cases: Sequence[Case], tally: str) -> str:
    """One command per case that is not as wanted, then the count."""
    lines = [_command(case) for case in cases if case.status is not Status.PASSED]
    return "\n".join([*lines, tally]) + "\n"


def _command(case: Case) -> str:
    level = "error" if case.counts else "warning"
    where = {"file": relative(case.place[0]), "line": str(case.place[1])} if case.place else {}
    properties = where | {"title": f"reach {case.code}"}
    return f"::{level} {','.join(f'{k}={_property(v)}' for k, v in properties.items())}::{_data(case.message)}"


def _data(text: str) -> str:
    """What a workflow command takes for text; anything else would end it or start another.

    >>> _data("50%\\n::error::")
    '50%25%0A::error::'
    """
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(clean(text)).replace(":", "%3A").replace(",", "%2C")


def step_summary(cases: Sequence[Case], tally: str) -> str:
    """Markdown for the summary page: the table, and a diagram for each case that failed."""
    text = cases_markdown(cases, tally, diagrams=True)
    if len(text.encode()) <= LARGEST:
        return text
    return _cut(cases_markdown(cases, tally, diagrams=False))


def _cut(text: str) -> str:
    """The whole sections that there is room for: half a code block would swallow what other steps add below it."""
    head, *sections = text.split(SECTION)
    if not sections or len(head.encode()) > LARGEST:
        head = head.encode()[:LARGEST].decode(errors="ignore").rpartition("\n")[0]
        sections = []
    kept = head
    for section in sections:
        if len(kept.encode()) + len(section.encode()) > LARGEST:
            break
        kept += SECTION + section
    return f"{kept.rstrip()}\n\nThere is more, and no room for it here: the log of the job names every case.\n"
