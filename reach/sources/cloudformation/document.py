"""The text of a template as plain values that know their lines; limits keep time and memory in bounds.

Short tags become the long form: `!Ref Vpc` is `{"Ref": "Vpc"}`. Dates stay text. What a value means is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from reach.errors import TemplateError
from reach.files import utf8

MOST_BYTES = 4_000_000  # CloudFormation itself takes one million
MOST_VALUES = 400_000  # with every alias written out
DEEPEST = 100  # mappings and lists inside each other
SIMPLE = ("Ref", "Condition")  # short tags whose long form has no `Fn::`
INTEGER = re.compile(r"[-+]?(?:0|[1-9]\d*)")
FLOAT = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?")
TWO_TAGS = re.compile(r"![A-Z]\w+\s+![A-Z]\w+")
TRUE, FALSE = ("true", "yes", "on"), ("false", "no", "off")


class Table(dict[str, Any]):
    """A mapping; `lines` has the line of each key."""

    __slots__ = ("line", "lines", "size")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}
        self.size = 1

    def line_of(self, key: str) -> int:
        return self.lines.get(key, self.line)


class Row(list[Any]):
    """A list; `lines` has the line of each item."""

    __slots__ = ("line", "lines", "size")

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []
        self.size = 1


def line_in(value: Any, key: str | int, default: int) -> int:
    """The line of a member of a mapping or list."""
    if isinstance(value, Table) and isinstance(key, str):
        return value.lines.get(key, value.line)
    if isinstance(value, Row) and isinstance(key, int) and key < len(value.lines):
        return value.lines[key]
    return default


def parse_document(data: bytes, name: str) -> Any:
    """Parse YAML or JSON.

    Raises
    ------
    TemplateError
        With the line, where the text is broken, too large, too deep, or repeats a key.
    """
    import yaml

    if len(data) > MOST_BYTES:
        raise too_large(data, name)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = _decoded(data, name)
    try:
        return _compose(yaml.parse(text, Loader=loader), name)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = f"{name}:{mark.line + 1}" if mark else name
        said = error.problem or error.context or "it cannot be parsed"
        raise TemplateError(f"{at}: this is not YAML: {said}", _advice(text, mark)) from None
    except yaml.YAMLError as error:  # a character that no text has
        place = getattr(error, "position", 0)
        line = text.encode()[:place].count(b"\n") + 1
        raise TemplateError(f"{name}:{line}: this is not YAML: {str(error).splitlines()[0]}") from None


def too_large(data: bytes, name: str) -> TemplateError:
    """The error for what has more bytes than any template."""
    text = f"{name} has {len(data):,} bytes: that is no template, CloudFormation takes at most 1,000,000"
    return TemplateError(text, "give the template itself, or a snapshot")


def _decoded(data: bytes, name: str) -> str:
    data = utf8(data)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TemplateError(f"{name}:{line}: this is not UTF-8: {error.reason}", "save the file as UTF-8") from None
    if text.lstrip()[:1] == "{":  # JSON may be indented by tabs, which YAML refuses; within strings it has none
        return ESCAPED.sub(_character, text.replace("\t", " ").replace("\x7f", " "))
    return text


# JSON writes a character beyond the first 65,536 as a pair of halves, which YAML does not know.
FIRST, SECOND = r"\\u[dD][89abAB][0-9a-fA-F]{2}", r"\\u[dD][c-fC-F][0-9a-fA-F]{2}"
ESCAPED = re.compile(rf"\\\\|{FIRST}(?:{SECOND})?|{SECOND}")


def _character(found: re.Match[str]) -> str:
    if found[0] == "\\\\":
        return found[0]
    halves = [int(half, 16) for half in found[0].split("\\u")[1:]]
    if len(halves) < 2:
        return "\ufffd"
    return chr(0x10000 + ((halves[0] - 0xD800) << 10) + (halves[1] - 0xDC00))


def _advice(text: str, mark: Any) -> str | None:
    lines = text.splitlines()
    if mark and mark.line < len(lines) and "\t" in lines[mark.line]:
        return "indent with spaces: YAML takes no tabs"
    if mark and TWO_TAGS.search("\n".join(lines[max(0, mark.line - 1) : mark.line + 1])):
        return "YAML takes one short form at a time: write the outer function in full, like Fn::ImportValue: !Sub …"
    if any(line.startswith(("<" * 7 + " ", ">" * 7 + " ")) for line in lines):
        return "a merge of git is not finished: look for <<<<<<< and >>>>>>>"
    if text.lstrip()[:1] == "{":
        return "it begins as JSON: look for a comma or a bracket too many or too few there and in the line before"
    return "check the indentation and the quotes there and in the line before"


def _compose(events: Iterator[Any], name: str) -> Any:
    """Build values from parse events in one loop: no recursion, so that depth is ours to bound."""
    composer = _Composer(name)
    for event in events:
        composer.take(type(event).__name__, event)
    return composer.root


class _Composer:
    def __init__(self, name: str) -> None:
        self.name = name
        self.root: Any = None
        self.documents = 0
        self.open: list[tuple[Any, str | None, str | None]] = []  # (collection, anchor, tag)
        self.merges: list[list[Table]] = []  # of each open collection: what `<<` puts under its own keys
        self.keys: list[str | None] = []  # of each open collection: the key that waits for its value
        self.anchors: dict[str, Any] = {}
        self.line = 1

    def fail(self, text: str, hint: str | None = None) -> TemplateError:
        return TemplateError(f"{self.name}:{self.line}: {text}", hint)

    def take(self, kind: str, event: Any) -> None:
        if kind == "ScalarEvent":
            self.line = event.start_mark.line + 1
            self._scalar(event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self.line = event.start_mark.line + 1
            if len(self.open) >= DEEPEST:
                raise self.fail(f"mappings and lists lie inside each other more than {DEEPEST} deep")
            made: Table | Row = Table(self.line) if kind[0] == "M" else Row(self.line)
            if event.anchor:
                self.anchors[event.anchor] = None  # not known until it is closed
            self.open.append((made, event.anchor, event.tag))
            self.merges.append([])
            self.keys.append(None)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            made, anchor, tag = self.open.pop()
            self.keys.pop()
            _merge(made, self.merges.pop())
            self._put(made, anchor, tag, made.line)
        elif kind == "AliasEvent":
            self.line = event.start_mark.line + 1
            self._alias(event.anchor)
        elif kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                self.line = event.start_mark.line + 1
                raise self.fail("a second document begins here, and a template is one", "split the file at '---'")

    def _alias(self, anchor: str) -> None:
        if anchor not in self.anchors:
            raise self.fail(f"there is no anchor &{anchor} before this alias")
        if self.anchors[anchor] is None:
            raise self.fail(f"the alias *{anchor} lies inside what it stands for: it would never end")
        value = self.anchors[anchor]
        self._put(value, None, None, self.line)

    def _scalar(self, event: Any) -> None:
        text = event.value
        if self.open and type(self.open[-1][0]) is Table and self.keys[-1] is None and not event.tag:
            if event.anchor:
                self.anchors[event.anchor] = text
            self._key(text)
            return
        value = _plain(text) if event.implicit[0] and event.tag is None else text
        self._put(value, event.anchor, event.tag, self.line)

    def _key(self, key: str) -> None:
        table = self.open[-1][0]
        if key in table and key != "<<":
            raise self.fail(f"{key!a} stands twice in one mapping, first in line {table.line_of(key)}")
        self.keys[-1] = key
        table.lines[key] = self.line

    def _put(self, value: Any, anchor: str | None, tag: str | None, line: int) -> None:
        if tag is not None and tag[:1] == "!" and tag != "!":
            value = _tagged(tag[1:], value, line)
        if anchor:
            self.anchors[anchor] = value
        if not self.open:
            self.root = value
            return
        holder = self.open[-1][0]
        holder.size += getattr(value, "size", 1)
        if holder.size > MOST_VALUES:
            raise self.fail(f"with its aliases written out the document has more than {MOST_VALUES:,} values")
        if type(holder) is Row:
            holder.append(value)
            holder.lines.append(line)
            return
        key = self.keys[-1]
        if key is None:
            self.line = line
            raise self.fail("a key of a mapping is text, and this is a list or a mapping")
        self.keys[-1] = None
        if key == "<<" and isinstance(value, Table | Row):
            self.merges[-1] += [part for part in (value if isinstance(value, Row) else [value]) if type(part) is Table]
        else:
            holder[key] = value


def _merge(holder: Any, parts: list[Table]) -> None:
    """`<<: *other`: what the mapping does not say itself."""
    for part in parts:
        for key, inner in part.items():
            holder.setdefault(key, inner)
            holder.lines.setdefault(key, part.line_of(key))


def _tagged(tag: str, value: Any, line: int) -> Table:
    made = Table(line)
    key = tag if tag in SIMPLE else f"Fn::{tag}"
    made[key] = value
    made.lines[key] = line
    made.size = 1 + getattr(value, "size", 1)
    return made


def _plain(text: str) -> Any:
    """What an unquoted word is: a number, true or false, nothing, else text.

    >>> [_plain(t) for t in ("5432", "true", "2012-10-17", "10.0.0.0/16", "012345678901", "")]
    [5432, True, '2012-10-17', '10.0.0.0/16', '012345678901', None]
    """
    if not text or text == "~":
        return None
    first = text[0]
    if first.isdigit() or first in "+-.":
        if len(text) < 20 and INTEGER.fullmatch(text):
            return int(text)
        return float(text) if FLOAT.fullmatch(text) else text
    if first in "tTyYoOfFnN" and len(text) < 6:
        lower = text.lower()
        return True if lower in TRUE else False if lower in FALSE else None if lower == "null" else text
    return text
