"""Policies that do not do what they look like: remarks about a document alone, before any request."""

from __future__ import annotations

from collections.abc import Iterator

from reach.answer import Note, Reason
from reach.policy.document import Condition, Document, Statement
from reach.policy.globs import folded, overlap, pattern
from reach.policy.operators import operator
from reach.policy.reasons import (
    ALTERNATIVES,
    DENY_OF_ALL,
    LIST_OPERATOR,
    NEVER_THERE,
    NO_VPC_PASSES,
    SINGLE_OPERATOR,
)
from reach.policy.request import Unknown, is_multivalued

VPCS, SUBNETS, GROUPS = "lambda:VpcIds", "lambda:SubnetIds", "lambda:SecurityGroupIds"
NETWORK_KEYS = (VPCS, SUBNETS, GROUPS)
CREATE, UPDATE = "lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"
CARRIERS = {VPCS: (CREATE, UPDATE)} | dict.fromkeys(
    (SUBNETS, GROUPS), (CREATE, UPDATE, "lambda:CreateCapacityProvider")
)
SINGLE = frozenset(k.lower() for k in (VPCS, "aws:SourceVpc", "aws:SourceVpce", "aws:SourceIp", "aws:PrincipalArn"))


def lint(document: Document) -> tuple[Note, ...]:
    """What is odd about a policy, as notes on its statements (POL-01, POL-08, POL-09, POL-10).

    >>> from reach.policy.document import parse
    >>> [n.code for n in lint(parse({"Effect": "Deny", "Action": "lambda:*", "Resource": "*",
    ...     "Condition": {"StringEquals": {"lambda:SubnetIds": "subnet-1"}}}))]
    ['POLICY_LIST_NEEDS_SET_OPERATOR']
    """
    found = [note for s in document.statements for note in (*_operators(s), *_for_all(s), *_never_there(s))]
    return tuple(dict.fromkeys([*found, *_alternatives(document)]))


def _note(reason: Reason, statement: Statement, text: str) -> Note:
    return Note(reason.code, f"{statement.name}: {text}", statement.name)


def _operators(statement: Statement) -> Iterator[Note]:
    for c in statement.conditions:
        over, base = operator(c.operator).over, c.operator.rpartition(":")[2]
        if base == "Null":
            continue
        if is_multivalued(c.key) and not over:
            choices = f"ForAnyValue:{base} or ForAllValues:{base}"
            yield _note(LIST_OPERATOR, statement, f"{c.key} holds a list; write {choices} instead of {base}.")
        if c.key.lower() in SINGLE and over:
            yield _note(SINGLE_OPERATOR, statement, f"{c.key} has one value; write {base} instead of {c.operator}.")


def _for_all(statement: Statement) -> Iterator[Note]:
    """ForAllValues where the key may be missing (POL-08)."""
    over = [c for c in _network(statement) if operator(c.operator).over == "ForAllValues"]
    if not over or any(_demands(c) for c in _network(statement)):
        return
    for c in over:
        if statement.allow:
            add = f'"Null": {{"{c.key}": "false"}}'
            yield _note(NO_VPC_PASSES, statement, f"a function in no VPC passes {c.operator} {c.key}; add {add}.")
        else:
            better = c.operator.replace("ForAllValues", "ForAnyValue")
            text = f"{c.operator} {c.key} denies functions in no VPC and lets mixtures pass; use {better}."
            yield _note(DENY_OF_ALL, statement, text)


def _demands(condition: Condition) -> bool:
    """Whether a condition fails for a function in no VPC."""
    op = operator(condition.operator)
    if op.base == "Null":
        return condition.values == ("false",)
    return (op.over == "ForAnyValue" and not op.if_exists) or not (op.over or op.negated or op.if_exists)


def _never_there(statement: Statement) -> Iterator[Note]:
    if statement.action is None or statement.action.negated:
        return
    for c in _network(statement):
        key = next(k for k in NETWORK_KEYS if k.lower() == c.key.lower())
        if not any(_covers(statement, action) for action in CARRIERS[key]):
            actions = ", ".join(str(v) for v in statement.action.values)
            yield _note(NEVER_THERE, statement, f"{c.key} is in no request for {actions}.")


def _covers(statement: Statement, action: str) -> bool:
    """Whether the statement is, or may be, about an action."""
    if statement.action is None:
        return True
    wanted = tuple(action.lower())
    said = any(isinstance(v, Unknown) or overlap(folded(pattern(v)), wanted) for v in statement.action.values)
    return said != statement.action.negated


def _network(statement: Statement) -> list[Condition]:
    wanted = {k.lower() for k in NETWORK_KEYS}
    return [c for c in statement.conditions if c.key.lower() in wanted]


def _alternatives(document: Document) -> Iterator[Note]:
    """A limit that one Allow sets and another for the same action does not (POL-10)."""
    for action in (CREATE, UPDATE):
        allows = [s for s in document.statements if s.allow and _covers(s, action)]
        denied = {c.key.lower() for s in document.statements if not s.allow for c in _network(s)}
        for key in NETWORK_KEYS:
            limits = [s for s in allows if any(c.key.lower() == key.lower() for c in s.conditions)]
            wider = [s for s in allows if s not in limits]
            if limits and wider and key.lower() not in denied:
                names = " and ".join(s.name for s in wider)
                text = (
                    f"the limit on {key} has no effect: {names} allow{'s' * (len(wider) == 1)} the same without it. "
                    f"Put the conditions into one statement."
                )
                yield _note(ALTERNATIVES, limits[0], text)
