"""Policy documents as people and AWS hand them over: text, URL-encoded text, an object, a list, a fragment.

It knows the grammar of a statement and not what a statement means.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import replace

from reach.policy.request import Unknown

VARIABLES_SINCE = "2012-10-17"  # in older policies ${…} is plain text (AUTH-32)
ELEMENTS = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
PAIRS = (("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"))

Literal = str | Unknown  # a value of a policy; not known where a template leaves it open


class Element(Struct, frozen=True):
    """`Action`, `Resource` or their negations, with the values."""

    name: str
    values: tuple[Literal, ...]

    @property
    def negated(self) -> bool:
        return self.name.startswith("Not")


class Principals(Struct, frozen=True):
    """`Principal` or `NotPrincipal`: pairs of a kind (AWS, Service, …) and a value; `*` is of any kind."""

    name: str
    values: tuple[tuple[str, Literal], ...]

    @property
    def negated(self) -> bool:
        return self.name.startswith("Not")


class Condition(Struct, frozen=True):
    """One operator on one key, as written."""

    operator: str
    key: str
    values: tuple[Literal, ...]

    def __str__(self) -> str:
        return f"{self.operator} {self.key} [{', '.join(str(v) for v in self.values)}]"


class Statement(Struct, frozen=True):
    """One statement. `variables`: whether ${…} stands for a value. `origin`: the policy that it is part of."""

    index: int
    allow: bool
    sid: str = ""
    action: Element | None = None
    resource: Element | None = None
    principal: Principals | None = None
    conditions: tuple[Condition, ...] = ()
    variables: bool = False
    origin: str = ""

    @property
    def name(self) -> str:
        """What a person finds it by.

        >>> Statement(0, True).name, Statement(1, False, "EnforceVpc").name
        ('Statement[0]', 'EnforceVpc')
        """
        return self.sid or f"Statement[{self.index}]"


class Document(Struct, frozen=True):
    """A policy. `remarks` say what had to be completed to read it."""

    statements: tuple[Statement, ...]
    version: str = ""
    remarks: tuple[str, ...] = ()


class Unreadable(Struct, frozen=True):
    """Text that is no policy, and why: no verdict comes from it."""

    why: str


# What a resource has that nobody restricted: everything is allowed (AUTH-01).
FULL_ACCESS = Document((Statement(0, True, principal=Principals("Principal", (("*", "*"),))),))


def joined(documents: Iterable[Document]) -> Document:
    """Several policies that apply together, as one."""
    found = list(documents)
    statements = [s for d in found for s in d.statements]
    return Document(tuple(replace(s, index=n) for n, s in enumerate(statements)))


def parse(source: Any, origin: str = "") -> Document | Unreadable:
    """Read a policy in whatever shape it comes (POL-11, AUTH-01).

    Parameters
    ----------
    source
        JSON text (maybe URL-encoded, maybe a fragment), a document, a list of statements or one statement.
    origin
        The name of the policy, for traces.

    Examples
    --------
    >>> parse('{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}').statements[0].action.values
    ('s3:*',)
    >>> parse("hello").why
    'line 1, column 1: this is not JSON'
    """
    remarks: tuple[str, ...] = ()
    if isinstance(source, str):
        loaded = _load(source)
        if isinstance(loaded, Unreadable):
            return loaded
        source, remarks = loaded
    try:
        version, statements = _statements(source)
        read = [_statement(s, n, version, origin) for n, s in enumerate(statements)]
    except _Wrong as wrong:
        return Unreadable(str(wrong))
    return Document(tuple(read), version, remarks)


class _Wrong(Exception):
    """Where the grammar is broken; never leaves this module."""


# -- JSON, whole or in pieces -----------------------------------------------------------------------------


def _load(text: str) -> tuple[Any, tuple[str, ...]] | Unreadable:
    text = text.removeprefix("\ufeff").strip()
    if text[:3].upper() in ("%7B", "%5B"):
        text = unquote(text)
    if not text:
        return Unreadable("the text is empty")
    try:
        return _json(text), ()
    except json.JSONDecodeError as error:
        first = error
    except _Wrong as error:
        return Unreadable(str(error))
    except RecursionError:
        return Unreadable("the text is nested too deeply")
    except ValueError:  # Python counts the digits of a number before it reads them
        return Unreadable("a number in it has more than 4,300 digits")
    mended, remarks = _mended(text)
    for candidate in (mended, f"[{mended}]", f"{{{mended}}}") if remarks or text[0] in '{"' else ():
        try:
            return _json(candidate), remarks or _fragment("brackets around it were added")
        except (ValueError, _Wrong, RecursionError):
            continue
    what = "this is not JSON" if first.msg == "Expecting value" else first.msg[0].lower() + first.msg[1:]
    return Unreadable(f"line {first.lineno}, column {first.colno}: {what}")


def _json(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        names = [k for k, _ in pairs]
        raise _Wrong(f"{next(n for n in names if names.count(n) > 1)!r} stands twice in one object")
    return out


def _no_constant(name: str) -> Any:
    raise _Wrong(f"{name} is not JSON")


def _mended(text: str) -> tuple[str, tuple[str, ...]]:
    """Close what was left open and drop what closes nothing, as in the pieces that the AWS guide prints."""
    kept: list[str] = []
    open_: list[str] = []
    dropped, quoted, at = 0, False, 0
    while at < len(text):
        char = text[at]
        if quoted:
            kept.append(text[at : at + 2] if char == "\\" else char)
            at += 1 + (char == "\\")
            quoted = char != '"'
            continue
        quoted = char == '"'
        if char in "[{":
            if not open_ and "".join(kept[-200:]).rstrip().endswith(("}", "]")):
                kept.append(",")
            open_.append("]" if char == "[" else "}")
        if char in "]}":
            if not open_:
                dropped, char = dropped + 1, ""
            elif open_.pop() != char:
                return text, ()
        kept.append(char)
        at += 1
    if quoted:
        return text, ()
    missing = "".join(reversed(open_))
    added = [f"{missing!r} was added at its end"] if missing else []
    less = [f"{dropped} closing bracket{'s' * (dropped > 1)} without a beginning ignored"] if dropped else []
    return "".join(kept).rstrip().rstrip(",") + missing, _fragment(*added, *less)


def _fragment(*done: str) -> tuple[str, ...]:
    return (f"the text is a fragment: {', '.join(done)}",) if done else ()


# -- the grammar of a policy ------------------------------------------------------------------------------


def _statements(source: Any) -> tuple[str, list[Any]]:
    """The version and the statements of whatever came."""
    version = ""
    if isinstance(source, Mapping) and "Statement" in source:
        version, extra = source.get("Version") or "", set(source) - {"Version", "Id", "Statement"}
        if extra:
            raise _Wrong(f"{min(extra)!r} is no part of a policy")
        source = source["Statement"]
    elif isinstance(source, list | tuple) and any(isinstance(s, Mapping) and "Statement" in s for s in source):
        return _pieces(source)
    found = list(source) if isinstance(source, list | tuple) else [source]
    if not all(isinstance(s, Mapping) for s in found):
        raise _Wrong("a statement is an object with Effect, Action and Resource")
    return str(version), found


def _pieces(source: Iterable[Any]) -> tuple[str, list[Any]]:
    """A document and further statements behind it: the fragments of one policy, in a row."""
    version = ""
    found: list[Any] = []
    for piece in source:
        its, statements = _statements(piece)
        version, found = version or its, [*found, *statements]
    return version, found


def _statement(record: Mapping[str, Any], index: int, version: str, origin: str) -> Statement:
    where = f"Statement[{index}]"
    unknown = sorted(set(record) - ELEMENTS, key=str)
    if unknown:
        raise _Wrong(f"{where}: {unknown[0]!r} is no element of a statement")
    effect = record.get("Effect")
    if effect not in ("Allow", "Deny"):
        said = "is missing" if effect is None else f"is {effect!r}"
        raise _Wrong(f"{where}.Effect {said}; it is Allow or Deny")
    for pair in PAIRS:
        if all(name in record for name in pair):
            raise _Wrong(f"{where}: {pair[0]} and {pair[1]} exclude each other")
    principal, action, resource = (next((n for n in pair if n in record), "") for pair in PAIRS)
    return Statement(
        index=index,
        allow=effect == "Allow",
        sid=str(record.get("Sid") or ""),
        action=Element(action, _values(record[action], f"{where}.{action}")) if action else None,
        resource=Element(resource, _values(record[resource], f"{where}.{resource}")) if resource else None,
        principal=_principals(principal, record[principal], where) if principal else None,
        conditions=_conditions(record.get("Condition"), where),
        variables=version >= VARIABLES_SINCE,
        origin=origin,
    )


def _values(value: Any, where: str) -> tuple[Literal, ...]:
    """One value or a list; what a template has not resolved is a value that is not known."""
    found = list(value) if isinstance(value, list | tuple) else [value]
    return tuple(_value(v, where) for v in found)


def _value(value: Any, where: str) -> Literal:
    match value:
        case str() | Unknown():
            return value
        case bool():
            return str(value).lower()
        case int() | float():
            return str(value)
        case Mapping():
            return Unknown(f"{where} (not resolved)")
    raise _Wrong(f"{where} holds {'null' if value is None else type(value).__name__}, where a text belongs")


def _principals(name: str, value: Any, where: str) -> Principals:
    if isinstance(value, Mapping) and not any(k.startswith(("Fn::", "Ref")) for k in value):
        pairs = [(str(kind), v) for kind, held in value.items() for v in _values(held, f"{where}.{name}.{kind}")]
        return Principals(name, tuple(pairs))
    return Principals(name, tuple(("*", v) for v in _values(value, f"{where}.{name}")))


def _conditions(value: Any, where: str) -> tuple[Condition, ...]:
    if value is None:
        return ()
    if not isinstance(value, Mapping) or not all(isinstance(v, Mapping) for v in value.values()):
        raise _Wrong(f"{where}.Condition is an object of operators, each an object of keys")
    return tuple(
        Condition(str(operator), str(key), _values(held, f"{where}.Condition.{operator}.{key}"))
        for operator, keys in value.items()
        for key, held in keys.items()
    )
