"""`Fn::ForEach` of AWS::LanguageExtensions: one body, written out for each item of a list."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from reach.sources.cloudformation.document import Row, Table
from reach.sources.cloudformation.template import Template
from reach.sources.cloudformation.values import unknown_in

LOOP = "Fn::ForEach::"
MOST_VALUES = 200_000  # in all that is written out; CloudFormation takes 500 resources
LONGEST = 1000  # characters of an item
Listed = Callable[[Any, int], Any]


class Unrolled:
    """Writes loops out; `listed` evaluates the list of a loop."""

    def __init__(self, template: Template, listed: Listed) -> None:
        self.template = template
        self.listed = listed
        self.made = 0

    def value(self, value: Any, names: dict[str, str]) -> Any:
        """A copy without loops, with `names` put in."""
        self.made += 1
        if self.made > MOST_VALUES:
            raise self.template.fail(1, f"the loops of this template write out more than {MOST_VALUES:,} values")
        if isinstance(value, str):
            return _put_in(value, names)
        if isinstance(value, Row):
            row = Row(value.line)
            row.lines = value.lines
            row.extend(self.value(item, names) for item in value)
            return row
        if not isinstance(value, Table):
            return value
        if len(value) == 1 and isinstance(value.get("Ref"), str) and value["Ref"] in names:
            return names[value["Ref"]]
        table = Table(value.line)
        for key, inner in value.items():
            line = value.line_of(key)
            if key.startswith(LOOP):
                self._loop(table, key, inner, names, line)
            else:
                self._add(table, _put_in(key, names), self.value(inner, names), line)
        return table

    def _add(self, table: Table, key: str, value: Any, line: int) -> None:
        if key in table:
            raise self.template.fail(line, f"the loop writes {key!a} twice", "put its variable into the name")
        table[key] = value
        table.lines[key] = line

    def _loop(self, table: Table, key: str, argument: Any, names: dict[str, str], line: int) -> None:
        if not isinstance(argument, Row) or len(argument) != 3 or not isinstance(argument[0], str):
            raise self.template.fail(line, f"{key} takes a variable, a list and a body")
        variable, items, body = argument
        found = self.listed(self.value(items, names), line)
        if not isinstance(found, list) or not all(isinstance(item, str | int) for item in found):
            unknown = unknown_in(found)
            what = "is not known before deployment" if unknown else "holds more than texts"
            hint = f"{unknown.why}: give {unknown.needs}" if unknown else "like [a, b], or a list parameter"
            raise self.template.fail(line, f"the list of {key} {what}", hint)
        if not isinstance(body, Table):
            raise self.template.fail(line, f"the body of {key} is not a mapping")
        for item in found:
            if len(str(item)) > LONGEST:
                raise self.template.fail(line, f"an item of {key} has more than {LONGEST} characters")
            for inner_key, inner in self.value(body, names | {variable: str(item)}).items():
                self._add(table, inner_key, inner, body.line_of(inner_key) if inner_key in body else line)


def _put_in(text: str, names: dict[str, str]) -> str:
    for name, item in names.items():
        text = text.replace("${" + name + "}", item).replace("&{" + name + "}", re.sub(r"[^A-Za-z0-9]", "", item))
    return text


def unroll(template: Template, listed: Listed) -> Template:
    """The template with all its loops written out.

    Raises
    ------
    TemplateError
        If a list is not known, or a loop writes a name twice.
    """
    root = Unrolled(template, listed).value(template.root, {})
    return Template(template.name, root)
