"""Where a template could leave a value open, and the template with it left open. No reach in it.

The ways are a parameter without a value, an import, and an `Fn::If` of a condition that nobody can decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Path = tuple[Any, ...]
Document = dict[str, Any]
REFERENCES = ("Ref", "Fn::GetAtt", "Fn::Sub")
NO_VALUE = {"Ref": "AWS::NoValue"}
EXPORT = "net-open"
CONDITION = {
    "Parameters": {"Open": {"Type": "String"}},
    "Conditions": {"Perhaps": {"Fn::Equals": [{"Ref": "Open"}, "yes"]}},
}


def field_of(path: Path) -> str:
    """A property or attribute in its own words, whatever the position in lists."""
    return ".".join("[]" if isinstance(step, int) else step for step in path)


@dataclass(frozen=True)
class Site:
    """One value of a template: a scalar, a reference, a list or a mapping."""

    logical: str
    type: str
    path: Path
    value: Any

    @property
    def field(self) -> str:
        return field_of(self.path)

    @property
    def at(self) -> Path:
        return ("Resources", self.logical, "Properties", *self.path)

    @property
    def listed(self) -> bool:
        return isinstance(self.value, list)

    @property
    def plain(self) -> bool:
        """Whether a parameter could hold it: a scalar or a list of them."""
        parts = self.value if isinstance(self.value, list) else [self.value]
        return all(not isinstance(part, dict | list) or is_reference(part) for part in parts)

    @property
    def text(self) -> str | None:
        """What a user would give for it; None if it holds references."""
        parts = self.value if isinstance(self.value, list) else [self.value]
        if not all(isinstance(part, str | int | float) for part in parts):
            return None
        return ",".join(str(part).lower() if isinstance(part, bool) else str(part) for part in parts)


def is_reference(value: Any) -> bool:
    return isinstance(value, dict) and len(value) == 1 and next(iter(value)) in REFERENCES


def sites(document: Document) -> Iterator[Site]:
    """All values of a template's resources, but for what stands inside a function."""
    for logical, body in document["Resources"].items():
        for path, value in _leaves(body.get("Properties", {})):
            if path and not any(str(step).startswith("Fn::") for step in path):
                yield Site(logical, body["Type"], path, value)


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield path, value
    if is_reference(value):
        return
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield from _leaves(one, (*path, step))


def put(document: Document, path: Path, *value: Any) -> Document:
    """A document with another value at a path, or with none; what is beside it is shared."""
    made: Any = document.copy()
    holder = made
    for step in path[:-1]:
        holder[step] = holder[step].copy()
        holder = holder[step]
    if value:
        holder[path[-1]] = value[0]
    else:
        del holder[path[-1]]
    return made  # type: ignore[no-any-return]


def left_open(document: Document, site: Site) -> Iterator[tuple[str, Document]]:
    """The ways to leave a value open, by what a user has to give."""
    if site.plain:
        number = isinstance(site.value, int | float) and not isinstance(site.value, bool)
        kind = "CommaDelimitedList" if site.listed else "Number" if number else "String"
        opened = put(document, site.at, {"Ref": "Open"})
        yield "--param Open=…", opened | {"Parameters": {"Open": {"Type": kind}}}
        yield f"--export {EXPORT}=…", put(document, site.at, {"Fn::ImportValue": EXPORT})
    doubtful = put(document, site.at, {"Fn::If": ["Perhaps", site.value, NO_VALUE]})
    yield "--param Open=…", doubtful | CONDITION
