"""From the text of a file to expectations; whatever is wrong is said with its line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from reach.errors import QuestionError
from reach.expectations.document import Items, Members, Node, Text, refuse, toml_tree, yaml_tree
from reach.expectations.outcome import Verb
from reach.network.served import COLLECTIONS
from reach.ports import Ports, looks_like, parse_ports
from reach.target import Target, parse

TOP = ("version", "from", "params", "expect", "unknown")
ENTRY = ("function", "can", "cannot", "because")
MOST = 20_000  # targets in one file
GLOB = re.compile(r"(?P<service>[a-z][a-z0-9-]*):(?P<pattern>[A-Za-z0-9_.*?\[\]!-]*[*?\[][A-Za-z0-9_.*?\[\]!-]*)")


class Several(Struct, frozen=True):
    """All databases, caches and the like of one service whose names match a pattern."""

    service: str
    pattern: str
    ports: Ports | None = None


class Claim(Struct, frozen=True):
    """One target of an expectation."""

    verb: Verb
    typed: str
    line: int
    target: Target | Several


class Expectation(Struct, frozen=True):
    """What some functions can and cannot reach. `functions` are patterns with their lines."""

    functions: tuple[tuple[str, int], ...]
    claims: tuple[Claim, ...]
    because: str
    line: int


class Expectations(Struct, frozen=True):
    """A whole file."""

    file: str
    expect: tuple[Expectation, ...]
    sources: tuple[str, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)
    tolerant: bool = False  # `unknown: warn`
    lines: Mapping[tuple[str, str], int] = field(default_factory=dict)  # of ("from", source) and ("params", name)

    def place(self, member: str, name: str) -> str:
        """The file and line that name a source or give a parameter."""
        return f"{self.file}:{self.lines.get((member, name), 1)}"


def parse_yaml(text: str, name: str) -> Expectations:
    """Read a reach.yaml.

    Raises
    ------
    ExpectationsError
        With file and line, if anything in it is not understood.

    Examples
    --------
    >>> file = parse_yaml("version: 1\\nexpect:\\n- {function: orders, can: [s3]}", "reach.yaml")
    >>> file.expect[0].claims[0].typed
    's3'
    """
    return _expectations(yaml_tree(text, name), name)


def parse_toml(text: str, name: str) -> Expectations | None:
    """Read ``[tool.reach]`` of a pyproject.toml; None if it has none.

    Raises
    ------
    ExpectationsError
        With file and line, if anything in it is not understood.
    """
    tree = toml_tree(text, name, "tool", "reach")
    return None if tree is None else _expectations(tree, name)


def stated(
    file: str, line: int, function: str, can: Iterable[str], cannot: Iterable[str], because: str
) -> Expectations:
    """An expectation that no file holds, with the place in a program that states it.

    Raises
    ------
    ExpectationsError
        If a target cannot be read, or there is none.
    """
    claims = tuple(
        _claim(verb, text, line, file) for verb, some in ((Verb.CAN, can), (Verb.CANNOT, cannot)) for text in some
    )
    if not claims:
        refuse(file, line, "nothing is expected: name a target")
    entry = Expectation(((function, line),), claims, because, line)
    _refuse_repetition((entry,), file)
    return Expectations(file, (entry,))


def _expectations(tree: Node, name: str) -> Expectations:
    top = _members(tree, name, TOP, "the file")
    if "version" in top and _text(top["version"], name, "version") != "1":
        refuse(name, top["version"].line, "this version of reach reads 'version: 1' only", "write version: 1")
    if "expect" not in top:
        refuse(name, tree.line, "there is no 'expect'", "a list of {function: …, can: […], cannot: […]}")
    entries = top["expect"]
    if not isinstance(entries, Items) or not entries.items:
        what = "'expect' must be a list with at least one expectation"
        refuse(name, entries.line, what, "- {function: …, can: […], cannot: […]}")
    expect = _bounded(entries, name)
    _refuse_repetition(expect, name)
    unknown = _text(top["unknown"], name, "unknown") if "unknown" in top else "fail"
    if unknown not in ("fail", "warn"):
        refuse(name, top["unknown"].line, f"'unknown' is fail or warn, not {unknown!a}", "write unknown: fail")
    sources = dict(_texts(top["from"], name, "from")) if "from" in top else {}
    params = _params(top.get("params"), name)
    lines = {("from", source): line for source, line in sources.items()}
    lines |= {("params", param): line for param, (_, line) in params.items()}
    given = {param: value for param, (value, _) in params.items()}
    return Expectations(name, expect, tuple(sources), given, unknown == "warn", lines)


def _bounded(entries: Items, name: str) -> tuple[Expectation, ...]:
    """All entries; an alias costs one character and may stand for thousands of targets."""
    out: list[Expectation] = []
    count = 0
    for entry in entries.items:
        out.append(_expectation(entry, name))
        count += len(out[-1].claims)
        if count > MOST:
            refuse(name, entry.line, f"more than {MOST} targets in one file")
    return tuple(out)


def _expectation(entry: Node, name: str) -> Expectation:
    members = _members(entry, name, ENTRY, "an expectation")
    if "function" not in members:
        refuse(name, entry.line, "the expectation names no 'function'", 'a name, a glob, "!glob", or tag:key=value')
    claims = tuple(
        _claim(verb, text, line, name)
        for verb in Verb
        if verb in members
        for text, line in _texts(members[verb], name, verb.value)
    )
    if not claims:
        refuse(name, entry.line, "the expectation has neither 'can' nor 'cannot'", "like can: [s3], cannot: [internet]")
    because = _text(members["because"], name, "because") if "because" in members else ""
    return Expectation(tuple(_texts(members["function"], name, "function")), claims, because, entry.line)


def _claim(verb: Verb, text: str, line: int, name: str) -> Claim:
    try:
        return Claim(verb, text, line, _several(text) or parse(text, every_port=verb is Verb.CANNOT))
    except QuestionError as error:
        refuse(name, line, error.message, error.hint)


def _several(text: str) -> Several | None:
    """`rds:audit-*`, `rds:*`; of a service that has no things of its own a lone `*` is every port (`sqs:*`)."""
    name, colon, last = text.rpartition(":")
    ported = bool(colon and ":" in name and looks_like(last))
    found = GLOB.fullmatch(name if ported else text)
    every = found is not None and found["pattern"] == "*" and found["service"] in COLLECTIONS
    if found is None or (looks_like(found["pattern"]) and not every):
        return None
    return Several(found["service"], found["pattern"], parse_ports(last) if ported else None)


def _params(node: Node | None, name: str) -> dict[str, tuple[str, int]]:
    """Each parameter's value and line."""
    if node is None:
        return {}
    if not isinstance(node, Members):
        refuse(name, node.line, "'params' must be names with values", "like params: {VpcCidr: 10.0.0.0/16}")
    nameless = next((key for key, _ in node.members if not key.text.strip()), None)
    if nameless is not None:
        refuse(name, nameless.line, "a parameter in 'params' has no name", "like params: {VpcCidr: 10.0.0.0/16}")
    return {key.text: (_value(value, name, key.text), key.line) for key, value in node.members}


def _value(node: Node, name: str, what: str) -> str:
    """A parameter's value as the AWS CLI takes it: a list with commas, in which a value may be repeated."""
    if isinstance(node, Text):
        return node.text
    items = node.items if isinstance(node, Items) and node.items else (node,)
    return ",".join(text for item in items for text, _ in _texts(Items((item,), item.line), name, what))


def _refuse_repetition(expect: Iterable[Expectation], name: str) -> None:
    """The same function pattern and target twice is an error, whether it agrees with itself or not."""
    seen: dict[object, Claim] = {}
    for entry in expect:
        patterns = ", ".join(sorted(pattern for pattern, _ in entry.functions))
        for claim in entry.claims:
            known = seen.setdefault((patterns, claim.target), claim)
            if known is not claim:
                _refuse_second(known, claim, patterns, name)


def _refuse_second(first: Claim, second: Claim, pattern: str, name: str) -> None:
    if first.verb is second.verb:
        what = f"{pattern!a} {second.verb} {second.typed!a} is here twice"
    else:
        what = f"a contradiction: {pattern!a} {second.verb} {second.typed!a}, and {first.verb} {first.typed!a}"
    refuse(name, second.line, what, f"first on line {first.line}")


# -- nodes ------------------------------------------------------------------------------------------------


def _members(node: Node, name: str, known: tuple[str, ...], what: str) -> dict[str, Node]:
    if not isinstance(node, Members):
        refuse(name, node.line, f"{what} must have members: {', '.join(known)}", f"like {known[0]}: …")
    for key, _ in node.members:
        if key.text not in known:
            close = difflib.get_close_matches(key.text, known, 1)
            meant = f"did you mean {close[0]!r}?\n" if close else ""
            refuse(name, key.line, f"unknown key {key.text!a}", f"{meant}{what} has: {', '.join(known)}")
    return {key.text: value for key, value in node.members}


def _text(node: Node, name: str, what: str) -> str:
    if not isinstance(node, Text):
        refuse(name, node.line, f"{what!r} must be one text", f'write it on one line, in quotes: {what}: "…"')
    return node.text


def _texts(node: Node, name: str, what: str) -> list[tuple[str, int]]:
    """One text or a list of them, with their lines; none may be empty or repeated."""
    items = node.items if isinstance(node, Items) else (node,)
    out: dict[str, int] = {}
    for item in items:
        if not isinstance(item, Text):
            refuse(name, item.line, f"{what!a} must be a text or a list of texts", f"{what}: [one, two]")
        if not item.text.strip():
            refuse(name, item.line, f"{what!a} is empty", f"name something, or leave {what!a} out")
        if item.text in out:
            refuse(name, item.line, f"{item.text!a} is here twice", f"first on line {out[item.text]}")
        out[item.text] = item.line
    if not out:
        refuse(name, node.line, f"{what!a} is empty", f"name something, or leave {what!a} out")
    return list(out.items())
