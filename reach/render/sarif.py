"""SARIF 2.1.0, which code scanning shows beside the lines of a template."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from reach.answer import Reason
from reach.expectations import Status
from reach.render.case import THROUGH, Case, uri
from reach.render.scene import clean

SCHEMA = "https://json.schemastore.org/sarif-2.1.0-rtm.5.json"
ROOT = "%SRCROOT%"  # what code scanning takes for the root of the repository
OPEN = Reason(
    THROUGH,
    "Something that must not be reachable is",
    "An expectation says 'cannot', and nothing on the way is closed for some of the traffic.",
    "Narrow a rule of a security group or a route; without a port 'cannot' means every TCP and UDP port.",
)


def render_sarif(cases: Sequence[Case], reasons: Mapping[str, Sequence[Reason]], *, version: str) -> str:
    """What failed and what is unknown as results; what holds is none.

    Parameters
    ----------
    reasons
        What each code means.
    """
    found = [case for case in cases if case.status is not Status.PASSED]
    known = {code: some[0] for code, some in reasons.items()} | {THROUGH: OPEN}
    codes = sorted({case.code for case in found})
    driver = {
        "name": "reach",
        "semanticVersion": version,
        "rules": [_rule(code, known.get(code)) for code in codes],
    }
    run = {"tool": {"driver": driver}, "columnKind": "utf16CodeUnits", "results": [_result(c, codes) for c in found]}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str, reason: Reason | None) -> dict[str, Any]:
    title = reason.title if reason else code
    text = f"{reason.why}\n\nFix: {reason.fix}" if reason else title
    more = "" if code == THROUGH else f"\n\n`reach explain {code}` says more."
    rule: dict[str, Any] = {
        "id": code,
        "shortDescription": {"text": title},
        "fullDescription": {"text": (reason.why if reason else "") or title},
        "help": {"text": text, "markdown": f"{text}{more}"},
        "defaultConfiguration": {"level": "error"},
    }
    return rule | {"helpUri": reason.source} if reason and reason.source.startswith("https://") else rule


def _result(case: Case, codes: Sequence[str]) -> dict[str, Any]:
    return {
        "ruleId": case.code,
        "ruleIndex": codes.index(case.code),
        "level": "error" if case.counts and case.status is Status.FAILED else "warning",
        "message": {"text": case.message},
        "locations": [_location(case)],
        "partialFingerprints": {"reach/v1": _fingerprint(case)},
    }


def _location(case: Case) -> dict[str, Any]:
    """Code scanning refuses a whole file for one result without a place: a name must do where no file was read."""
    file, line = (uri(case.place[0]), case.place[1]) if case.place else (quote(clean(case.function) or "-", safe=""), 1)
    artifact = {"uri": file} | ({} if file.startswith("file:") else {"uriBaseId": ROOT})
    return {
        "physicalLocation": {"artifactLocation": artifact, "region": {"startLine": line}},
        "logicalLocations": [{"fullyQualifiedName": clean(case.resource or case.function), "kind": "resource"}],
    }


def _fingerprint(case: Case) -> str:
    """The same for the same finding, wherever its line has moved to."""
    who = case.answer.source.arn if case.answer is not None else None
    said = "\0".join((who or case.function, case.claim, case.code))
    return hashlib.sha256(said.encode(errors="backslashreplace")).hexdigest()
