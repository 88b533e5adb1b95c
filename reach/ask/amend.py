"""Policies at the ends as they would have to be, so that a request passes: documents to paste."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from reach.ask.request import Asked, Way
from reach.policy import Decision, Outcome, Text

Document = dict[str, Any]
VERSION = "2012-10-17"


def endpoint_policy(policy: str, decisions: Sequence[Decision], asked: Asked, actions: Iterable[Text]) -> str | None:
    """The policy of an endpoint without the statements that deny it, and with one that allows it (AUTH-03)."""
    document = _read(policy)
    if document is None:
        return None
    gone = _denying(decisions)
    document["Statement"] = [s for n, s in enumerate(document["Statement"]) if n not in gone]
    names = [a if isinstance(a, str) else a.like or "*" for a in actions]
    if not gone or not any(s.get("Effect") == "Allow" for s in document["Statement"]):
        document["Statement"].append(_allow(names, _resources(asked)))
    return json.dumps(document)


def bucket_policy(policy: str, decisions: Sequence[Decision], way: Way) -> str | None:
    """A bucket's policy whose denials do not count for requests on this way (AUTH-23)."""
    document = _read(policy)
    but = _not_this_way(way)
    if document is None or but is None:
        return None
    for index in _denying(decisions):
        _narrow(document["Statement"][index], *but)
    return json.dumps(document)


def api_policy(policy: str, decision: Decision | None, endpoint: str, arn: str) -> str | None:
    """The resource policy of a private API that admits an endpoint (AUTH-29)."""
    document = _read(policy)
    if document is None:
        return None
    denied = decision is not None and decision.outcome is Outcome.DENIED
    for index in _denying([decision] if decision and denied else []):
        _narrow(document["Statement"][index], "StringNotEquals", "aws:SourceVpce", endpoint)
    if not any(s.get("Effect") == "Allow" for s in document["Statement"]) or not denied:
        allow = _allow(["execute-api:Invoke"], [f"{arn}/*"])
        allow["Condition"] = {"StringEquals": {"aws:SourceVpce": endpoint}}
        document["Statement"].append(allow)
    return json.dumps(document)


def system_policy(
    policy: str, decisions: Sequence[Decision], actions: Sequence[str], system: str, role: str
) -> str | None:
    """The policy of a file system without the statements that deny the mount, and with one that allows it (PERM-08)."""
    document = _read(policy)
    if document is None:
        return None
    gone = _denying(decisions)
    document["Statement"] = [s for n, s in enumerate(document["Statement"]) if n not in gone]
    document["Statement"].append(_allow(list(actions), [system]) | {"Principal": {"AWS": role or "*"}})
    return json.dumps(document)


def _read(policy: str) -> Document | None:
    """The document with its statements as a list; None if it is not JSON of that shape."""
    try:
        document = json.loads(policy) if policy else {"Version": VERSION, "Statement": []}
    except ValueError:
        return None
    if not isinstance(document, dict):
        return None
    held = document.get("Statement", [])
    statements = held if isinstance(held, list) else [held]
    if not all(isinstance(s, dict) for s in statements):
        return None
    return deepcopy(document | {"Statement": statements})


def _denying(decisions: Iterable[Decision]) -> set[int]:
    return {m.statement.index for d in decisions if d.outcome is Outcome.DENIED for m in d.deciding}


def _allow(actions: list[str], resources: list[str]) -> Document:
    return {"Effect": "Allow", "Principal": "*", "Action": actions, "Resource": resources}


def _resources(asked: Asked) -> list[str]:
    point = [asked.point, f"{asked.point}/object/*"] if asked.point.startswith("arn:") else []
    if asked.bucket:
        return [asked.bucket_arn, f"{asked.bucket_arn}/*", *point]
    return point or [asked.resource or "*"]


def _not_this_way(way: Way) -> tuple[str, str, str] | None:
    """The condition that is false on this way, and on it alone."""
    if way.endpoint is not None:
        return "StringNotEquals", "aws:SourceVpce", way.endpoint.id
    return ("NotIpAddress", "aws:SourceIp", f"{way.public_ips[0]}/32") if len(way.public_ips) == 1 else None


def _narrow(statement: Document, operator: str, key: str, value: str) -> None:
    """Let a denial not count for one value of a key, beside those for which it does not count already."""
    conditions = statement.setdefault("Condition", {})
    name = next((o for o in conditions if o.lower() == operator.lower()), operator)
    held = conditions.setdefault(name, {})
    spelled = next((k for k in held if k.lower() == key.lower()), key)
    before = held.get(spelled, [])
    held[spelled] = [*(before if isinstance(before, list) else [before]), value]
