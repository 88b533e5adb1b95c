"""JUnit XML, which every CI system shows as test results."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from reach.expectations import Status
from reach.render.case import THROUGH, Case, relative
from reach.render.terminal import safe
from reach.render.text import render_text, render_way


def render_junit(cases: Sequence[Case], name: str, seconds: float) -> str:
    """One test case per question or expectation, in a suite per function.

    What is not known is an error, or skipped where it is only worth a warning.
    """
    root = ET.Element("testsuites", _counts(cases, "reach") | {"time": f"{seconds:.3f}"})
    ordered = sorted(cases, key=lambda case: case.function)
    for function, some in groupby(ordered, key=lambda case: case.function):
        mine = list(some)
        suite = ET.SubElement(root, "testsuite", _counts(mine, f"{name}: {function}"))
        for case in mine:
            _testcase(suite, case)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _counts(cases: Sequence[Case], name: str) -> dict[str, str]:
    errors = [c for c in cases if c.status is Status.UNKNOWN]
    return {
        "name": safe(name),
        "tests": str(len(cases)),
        "failures": str(sum(c.status is Status.FAILED for c in cases)),
        "errors": str(sum(c.counts for c in errors)),
        "skipped": str(sum(not c.counts for c in errors)),
    }


def _testcase(suite: ET.Element, case: Case) -> None:
    where = {"file": safe(relative(case.place[0])), "line": str(case.place[1])} if case.place else {}
    one = ET.SubElement(suite, "testcase", {"classname": safe(case.function), "name": safe(case.claim)} | where)
    if case.status is Status.PASSED:
        return
    if not case.counts:
        ET.SubElement(one, "skipped", {"message": safe(case.sentence)})
        return
    tag = "failure" if case.status is Status.FAILED else "error"
    problem = ET.SubElement(one, tag, {"message": safe(case.sentence), "type": case.code})
    problem.text = details(case)


def details(case: Case) -> str:
    """The whole explanation as text; an answer that is in the way of what should work holds its fix."""
    if case.answer is None or case.code == THROUGH:
        way = "" if case.answer is None else "\n" + render_way(case.answer)
        return "".join(f"{safe(line)}\n" for line in case.message.split("\n")) + way
    return f"{safe(case.sentence)}\n\n{render_text(case.answer)}"
