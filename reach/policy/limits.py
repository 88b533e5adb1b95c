"""What AWS refuses to store as an endpoint policy, although it is a policy (AUTH-08)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from reach.policy.document import Condition, Document, Statement, parse

LONGEST = 20_480  # characters, white space included
NEIGHBOURS = 6  # characters that must stand together beside a wildcard
SYSTEM_IDS = ("aws:principalaccount", "aws:sourcevpc")
WILD = re.compile(r"[*?]+")
ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:([^:]*):")


def limits(text: str) -> tuple[str, ...]:
    """What is wrong with a policy as that of an endpoint, in words.

    >>> limits('{"Effect": "Allow", "Action": "*", "Resource": "*"}')
    ('Statement[0] names no Principal',)
    """
    read = parse(text)
    if not isinstance(read, Document):
        return ()
    found = [f"it has {len(text):,} characters, of {LONGEST:,} at most"] if len(text) > LONGEST else []
    for statement in read.statements:
        found += [f"{statement.name} {what}" for what in _of_statement(statement)]
    return tuple(dict.fromkeys(found))


def _of_statement(statement: Statement) -> Iterator[str]:
    if statement.principal is None:
        yield "names no Principal"
    for condition in statement.conditions:
        yield from _of_condition(condition)
    resources = statement.resource.values if statement.resource else ()
    principals = tuple(v for _, v in statement.principal.values) if statement.principal else ()
    values = (*resources, *principals, *(v for c in statement.conditions for v in c.values))
    for value in values:
        found = ACCOUNT.match(value) if isinstance(value, str) else None
        if found and WILD.search(found[1]) and WILD.sub("", found[1]):
            yield f"mixes an account id and a wildcard in {value}"


def _of_condition(condition: Condition) -> Iterator[str]:
    base = condition.operator.rpartition(":")[2]
    wild = [v for v in condition.values if isinstance(v, str) and WILD.search(v)]
    if condition.key.lower() in SYSTEM_IDS:
        if base.startswith("Numeric"):
            yield f"compares {condition.key} as a number"
        if wild:
            yield f"has a wildcard for {condition.key}, which holds an id"
    elif base.startswith("String"):
        lonely = (v for v in wild if v.strip("*?") and not _anchored(v))
        yield from (f"has fewer than {NEIGHBOURS} characters beside a wildcard of {v}" for v in lonely)


def _anchored(value: str) -> bool:
    """Whether every wildcard has enough plain text at one of its sides."""
    parts = WILD.split(value)
    return all(max(len(a), len(b)) >= NEIGHBOURS for a, b in pairwise(parts))
