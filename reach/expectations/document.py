"""YAML and TOML as one tree of texts, lists and members, each with its line; bounded in time and depth.

Scalars stay as they are written: `0123` is no number and `no` is no truth value here.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, NoReturn

from msgspec import Struct

from reach.errors import ExpectationsError

LARGEST = 1_000_000  # characters
DEEPEST = 20
TAGS = ("!", *(f"tag:yaml.org,2002:{kind}" for kind in ("bool", "float", "int", "map", "null", "seq", "str")))


class Text(Struct, frozen=True):
    """A scalar; `null` and nothing at all are the empty text."""

    text: str
    line: int


class Items(Struct, frozen=True):
    """A list."""

    items: tuple[Node, ...]
    line: int


class Members(Struct, frozen=True):
    """A mapping, in the order of the file."""

    members: tuple[tuple[Text, Node], ...]
    line: int


Node = Text | Items | Members


def refuse(name: str, line: int, what: str, hint: str | None = None) -> NoReturn:
    """Raise the error that says where in the file something is wrong."""
    raise ExpectationsError(f"{name}:{line}: {what}", hint)


def _bounded(text: str, name: str) -> None:
    if len(text) > LARGEST:
        line = text.count("\n", 0, LARGEST) + 1
        what = f"{name}:{line}: the file is too large: more than {LARGEST:,} characters"
        raise ExpectationsError(what, f"at most {LARGEST} are read: split it, and check each part with -c")


# -- YAML -------------------------------------------------------------------------------------------------


def yaml_tree(text: str, name: str) -> Node:
    """Read one YAML document.

    Raises
    ------
    ExpectationsError
        If it is no YAML, holds a key twice, or is nested too deeply.

    Examples
    --------
    >>> yaml_tree("a: [1, no]", "f").members[0][1].items[1]
    Text(text='no', line=1)
    """
    import yaml

    _bounded(text, name)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _Composer(name).compose(yaml.parse(text, Loader=loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).splitlines()[0]
        line = mark.line + 1 if mark else 1
        hint = "look at the indentation, the brackets and the quotes of this line and the one before it"
        raise ExpectationsError(f"{name}:{line}: this is not YAML: {what}", hint) from None


class _Composer:
    """Builds the tree from events, without recursion; an alias is the very node that it names."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.anchors: dict[str, Node] = {}
        self.open: list[tuple[Any, list[Node]]] = []
        self.roots: list[Node] = []

    def compose(self, events: Iterator[Any]) -> Node:
        for event in events:
            self._take(event)
        if len(self.roots) != 1:
            what = "the file is empty" if not self.roots else "the file holds several documents, and one is needed"
            refuse(self.name, self.roots[1].line if self.roots else 1, what, "it begins with: version: 1")
        return self.roots[0]

    def _take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        self._refuse_tag(event, line)
        match type(event).__name__:
            case "ScalarEvent":
                null = event.implicit[0] and event.value in ("", "~", "null")
                self._add(Text("" if null else event.value, line), event.anchor)
            case "AliasEvent":
                if event.anchor not in self.anchors:
                    what = f"*{event.anchor} stands for nothing before it"
                    refuse(self.name, line, what, f'a text that begins with * needs quotes: "*{event.anchor}"')
                self._add(self.anchors[event.anchor], None)
            case "SequenceStartEvent" | "MappingStartEvent":
                if len(self.open) >= DEEPEST:
                    refuse(self.name, line, "the file is nested too deeply", f"at most {DEEPEST} levels are read")
                self.open.append((event, []))
            case "SequenceEndEvent" | "MappingEndEvent":
                start, nodes = self.open.pop()
                at = start.start_mark.line + 1
                many = type(start).__name__ == "SequenceStartEvent"
                self._add(Items(tuple(nodes), at) if many else self._members(nodes, at), start.anchor)

    def _refuse_tag(self, event: Any, line: int) -> None:
        """`!Ref orders` means what another file says: here it would be read as the word behind it."""
        tag = getattr(event, "tag", None)
        if tag and tag not in TAGS:
            hint = "write the name itself; functions of a template go by their logical ids, too"
            refuse(self.name, line, f"the tag {tag!a} means nothing here", hint)

    def _members(self, nodes: list[Node], line: int) -> Members:
        pairs: dict[str, tuple[Text, Node]] = {}
        for key, value in zip(nodes[::2], nodes[1::2], strict=True):
            if not isinstance(key, Text):
                refuse(self.name, key.line, "a key must be a word", "like function: orders")
            if key.text in pairs:
                refuse(self.name, key.line, f"{key.text!a} is here twice", f"first on line {pairs[key.text][0].line}")
            pairs[key.text] = (key, value)
        return Members(tuple(pairs.values()), line)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        (self.open[-1][1] if self.open else self.roots).append(node)


# -- TOML -------------------------------------------------------------------------------------------------

_TOKEN = re.compile(
    r'"""(?P<a>.*?)"""' r"|'''(?P<b>.*?)'''" r'|"(?P<c>(?:\\.|[^"\\\n])*)"' r"|'(?P<d>[^'\n]*)'"
    r"|(?P<comment>#[^\n]*)" r"|(?P<bare>[A-Za-z0-9_.+-]+)",
    re.DOTALL,
)  # fmt: skip


def toml_tree(text: str, name: str, *tables: str) -> Node | None:
    """Read one table of a TOML file; None if it is not there.

    Raises
    ------
    ExpectationsError
        If it is no TOML.

    Examples
    --------
    >>> toml_tree('[tool.reach]\\nunknown = "warn"', "f", "tool", "reach").members[0][1]
    Text(text='warn', line=2)
    """
    _bounded(text, name)
    try:
        value: Any = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        last = text.rstrip().count("\n") + 1
        line = int(found[1]) if found else last
        refuse(name, line, f"this is not TOML: {error}", "look at the brackets and the quotes of this line")
    words = _Words(text)
    for table in tables:
        value = value.get(table) if isinstance(value, dict) else None
        if value is None:
            return None
    words.skip_to(tables)
    return _toml_node(value, words)


class _Words:
    """The words of a TOML file in order, which tell the lines that tomllib does not."""

    def __init__(self, text: str) -> None:
        self.words: list[tuple[str, int]] = []
        line, done = 1, 0
        for found in _TOKEN.finditer(text):
            if found["comment"] is None:
                line += text.count("\n", done, found.start())
                done = found.start()
                self.words.append((next(v for k, v in found.groupdict().items() if v is not None), line))
        self.at = 0
        self.line = 1

    def skip_to(self, tables: tuple[str, ...]) -> None:
        """Go to the first header that names these tables."""
        wanted = ".".join(tables)
        for at, (word, line) in enumerate(self.words):
            if word == wanted or word.startswith(f"{wanted}."):
                self.at, self.line = at, line
                return

    def next(self, word: str) -> int:
        """The line of the next occurrence; the last known one if it is written in another way."""
        for at in range(self.at, len(self.words)):
            known, line = self.words[at]
            if known == word or word in known.split("."):
                self.at, self.line = at + (known == word), line
                break
        return self.line


def _toml_node(value: Any, words: _Words) -> Node:
    if isinstance(value, dict):
        line = words.line
        return Members(tuple((Text(k, words.next(k)), _toml_node(v, words)) for k, v in value.items()), line)
    if isinstance(value, list):
        line = words.line
        return Items(tuple(_toml_node(item, words) for item in value), line)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return Text(text, words.next(text))
