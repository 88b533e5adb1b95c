"""What a policy says of a request, statement by statement, with the key and value that decided (AUTH-30)."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from reach.policy.document import Document, Element, Literal, Principals, Statement
from reach.policy.globs import Lookup, folded, has_wildcard, lower, matches
from reach.policy.operators import holds, tokens_of
from reach.policy.request import Absent, Principal, Request, Text, Unknown, Values
from reach.policy.truth import F, T, Truth, U, all_of, any_of, negate, truth


class Outcome(StrEnum):
    """`not_allowed`: no statement allows it, and perhaps one denies it; `denied`: one certainly does."""

    ALLOWED = "allowed"
    DENIED = "denied"
    NOT_ALLOWED = "not_allowed"
    UNKNOWN = "unknown"


class Test(Struct, frozen=True):
    """One element of a statement against the request.

    `element` is Action, Resource, Principal (or their negations) or Condition; `key` the context key.
    `wanted` and `held` are the values of the policy and of the request.
    """

    element: str
    truth: Truth
    wanted: tuple[str, ...]
    held: str
    operator: str = ""
    key: str = ""

    def __str__(self) -> str:
        what = f"{self.operator} {self.key}" if self.key else self.element
        return f"{what} [{', '.join(self.wanted)}] (request: {self.held})"


class Match(Struct, frozen=True):
    """One statement and whether it matches the request."""

    statement: Statement
    truth: Truth
    tests: tuple[Test, ...]

    @property
    def deciding(self) -> tuple[Test, ...]:
        """The tests that made it so: the failed ones, else the open ones, else its conditions (or all)."""
        if self.truth is T:
            return tuple(t for t in self.tests if t.element == "Condition") or self.tests
        return tuple(t for t in self.tests if t.truth is self.truth)


class Decision(Struct, frozen=True):
    """The outcome and the statements that it rests on."""

    outcome: Outcome
    matches: tuple[Match, ...]

    @property
    def deciding(self) -> tuple[Match, ...]:
        """The statements that made it so: denials, allowances, or those that stay open."""
        denies = [m for m in self.matches if not m.statement.allow]
        allows = [m for m in self.matches if m.statement.allow]
        match self.outcome:
            case Outcome.DENIED:
                return tuple(m for m in denies if m.truth is T)
            case Outcome.ALLOWED:
                return tuple(m for m in allows if m.truth is T)
            case Outcome.NOT_ALLOWED:
                return tuple(allows)
        return tuple(m for m in (*denies, *allows) if m.truth is U)


def evaluate(document: Document, request: Request) -> Decision:
    """Decide a request by one policy, or by several `joined` ones.

    LAW: giving a value to what is not known never contradicts ALLOWED or DENIED, nor allows what was NOT_ALLOWED.

    Examples
    --------
    >>> from reach.policy.document import parse
    >>> from reach.policy.request import one
    >>> policy = parse({"Effect": "Allow", "Action": "s3:Get*", "Resource": "*",
    ...                 "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1"}}})
    >>> evaluate(policy, Request("s3:GetObject", context={"aws:SourceVpc": one("vpc-1")})).outcome
    <Outcome.ALLOWED: 'allowed'>
    >>> evaluate(policy, Request("s3:GetObject")).outcome
    <Outcome.UNKNOWN: 'unknown'>
    """
    found = tuple(_match(s, request) for s in document.statements)
    return Decision(_outcome(found), found)


def _outcome(found: tuple[Match, ...]) -> Outcome:
    denied = any_of(m.truth for m in found if not m.statement.allow)
    allowed = any_of(m.truth for m in found if m.statement.allow)
    if denied is T:
        return Outcome.DENIED
    if allowed is F:
        return Outcome.NOT_ALLOWED
    return Outcome.ALLOWED if allowed is T and denied is F else Outcome.UNKNOWN


def _match(statement: Statement, request: Request) -> Match:
    tests = tuple(_tests(statement, request))
    return Match(statement, all_of(t.truth for t in tests), tests)


def _tests(statement: Statement, request: Request) -> Iterator[Test]:
    lookup = _lookup(request) if statement.variables else None
    if statement.principal is not None:
        yield _principal(statement.principal, request, lookup)
    if statement.action is not None:
        yield _element(statement.action, request.action, None, fold=True)
    if statement.resource is not None:
        yield _element(statement.resource, request.resource, lookup)
    for condition in statement.conditions:
        key = request.key(condition.key)
        found = holds(condition, key, lookup)
        wanted = tuple(str(v) for v in condition.values)
        yield Test("Condition", found, wanted, str(key), condition.operator, condition.key)


def _lookup(request: Request) -> Lookup:
    def of(name: str) -> Text | None:
        match request.key(name):
            case Values(texts=(text,), more=False):
                return text
            case Absent():
                return None
        return Unknown(name)

    return of


def _element(element: Element, held: Text, lookup: Lookup | None, fold: bool = False) -> Test:
    """`Action` knows no capitals (AUTH-05); a resource of a policy that is `*` covers every resource."""
    text = lower(held) if fold else held
    found = any_of(_like(value, text, lookup, fold) for value in element.values)
    wanted = tuple(str(v) for v in element.values)
    return Test(element.name, negate(found) if element.negated else found, wanted, str(held))


def _like(value: Literal, text: Text, lookup: Lookup | None, fold: bool) -> Truth:
    if isinstance(value, Unknown) and value == text:
        return T
    tokens = tokens_of(value, lookup, wild=True)
    return matches(folded(tokens) if fold else tokens, text)


# -- who asks ---------------------------------------------------------------------------------------------


def _principal(element: Principals, request: Request, lookup: Lookup | None) -> Test:
    wanted = tuple(str(v) if kind == "*" else f"{kind}: {v}" for kind, v in element.values)
    who = request.principal
    if who is None:
        return Test(element.name, U, wanted, "not known")
    found = any_of(_is(who, kind, value, request.root_only) for kind, value in element.values)
    return Test(element.name, negate(found) if element.negated else found, wanted, str(who))


def _is(who: Principal, kind: str, value: Literal, root_only: bool) -> Truth:
    """A role is meant by its ARN, its account or `*`; a service by its name (AUTH-07)."""
    if value == "*" and kind in ("*", "AWS"):
        return T
    if isinstance(value, Unknown):
        return U
    if who.service or kind not in ("*", "AWS"):
        same = kind in ("*", "Service") and bool(who.service) and value.lower() == who.service.lower()
        return T if same else F
    account = _account(value)
    if account:
        return _of_account(who, account, root_only)
    if ":assumed-role/" in value:
        return U  # a session of the role, whose name is not known
    if has_wildcard(value):
        return F  # AWS takes no patterns here
    found = matches(tuple(value), who.arn) if who.arn else U
    return U if root_only and found is T else found  # a gateway endpoint's principal is to be `*`


def _account(value: str) -> str:
    """The account that an id or a root ARN stands for."""
    parts = value.split(":")
    if len(parts) == 6 and parts[2] == "iam" and parts[5] == "root":
        return parts[4]
    return value if value.isdigit() and len(value) == 12 else ""


def _of_account(who: Principal, account: str, root_only: bool) -> Truth:
    """Any principal of the account; at a gateway endpoint its root user alone."""
    mine = matches(tuple(account), who.account) if who.account else U
    if not root_only:
        return mine
    return all_of((mine, U if isinstance(who.arn, Unknown) else truth(who.arn.endswith(":root"))))
