"""The CI formats of `path` and `check`: from cases to text, and GitHub's step summary."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reach.errors import ReachError

if TYPE_CHECKING:
    from reach.render.case import Case

CASES = ("markdown", "junit", "sarif", "github", "csv")
SUMMARY = "GITHUB_STEP_SUMMARY"


def render_cases(format_: str, cases: Sequence[Case], tally: str, *, name: str, seconds: float = 0) -> str:
    """The cases in one of the formats.

    Parameters
    ----------
    tally
        How many there are of each kind, in words.
    name
        What was checked, for formats that name it.
    """
    match format_:
        case "junit":
            from reach.render.junit import render_junit

            return render_junit(cases, name, seconds)
        case "sarif":
            from reach import __version__
            from reach.checks import CATALOGUE
            from reach.render.sarif import render_sarif

            return render_sarif(cases, CATALOGUE, version=__version__)
        case "github":
            from reach.render.github import render_github

            return render_github(cases, tally)
        case "csv":
            from reach.render.csv import cases_csv

            return cases_csv(cases)
        case _:
            from reach.render.markdown import cases_markdown

            return cases_markdown(cases, tally)


def append_summary(cases: Sequence[Case], tally: str) -> None:
    """Add to the summary page of the job, if GitHub says where that is.

    Raises
    ------
    ReachError
        If it cannot be written.
    """
    place = os.environ.get(SUMMARY)
    if not place:
        return
    from reach.render.github import step_summary

    try:
        with open(place, "a", encoding="utf-8") as file:
            file.write(step_summary(cases, tally))
    except OSError as error:
        raise ReachError(f"cannot write {place} ({SUMMARY}): {error.strerror}") from None
