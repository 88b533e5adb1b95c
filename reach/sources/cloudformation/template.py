"""One template: its sections, checked for what CloudFormation would refuse, and who depends on whom."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from reach.errors import TemplateError
from reach.sources.cloudformation.document import Table, line_in, parse_document
from reach.sources.cloudformation.intrinsics import PLACEHOLDER

SECTIONS = (
    *("AWSTemplateFormatVersion", "Conditions", "Description", "Globals", "Hooks", "Mappings", "Metadata"),
    *("Outputs", "Parameters", "Resources", "Rules", "Transform"),
)
MACRO = "Fn::Transform"
MOST_RESOURCES = 5_000
NAME = re.compile(r"[A-Za-z0-9]{1,255}")


class Template(Struct, frozen=True):
    """A parsed template; `name` is its file as the user gave it."""

    name: str
    root: Table

    def section(self, key: str) -> Table:
        """A section, empty if the template has none."""
        found = self.root.get(key)
        if found is None:
            return Table(self.root.line)
        if not isinstance(found, Table):
            raise self.fail(self.root.line_of(key), f"{key} is not a mapping")
        return found

    @property
    def transforms(self) -> tuple[str, ...]:
        found = self.root.get("Transform")
        listed = found if isinstance(found, list) else [found]
        names = (one.get("Name") if isinstance(one, dict) else one for one in listed)
        return tuple(str(name) for name in names if name)

    def fail(self, line: int, text: str, hint: str | None = None) -> TemplateError:
        return TemplateError(f"{self.name}:{line}: {text}", hint)


def parse_template(data: bytes, name: str) -> Template:
    """Parse and check a template.

    Raises
    ------
    TemplateError
        With file and line, if it is not one.
    """
    root = parse_document(data, name)
    if not isinstance(root, Table):
        raise TemplateError(f"{name}:1: a template is a mapping with Resources, and this is something else")
    template = Template(name, root)
    for key in root:
        if key not in (*SECTIONS, MACRO):
            near = difflib.get_close_matches(key, SECTIONS, 1)
            hint = f"did you mean {near[0]}?" if near else f"a template has {', '.join(SECTIONS)}"
            raise template.fail(root.line_of(key), f"{key!a} is no section of a template", hint)
    if not template.section("Resources"):
        raise template.fail(root.line_of("Resources"), "the template has no Resources")
    return template


def without_macros(template: Template) -> tuple[Template, list[str]]:
    """The template without macros in the place of sections and their members, and what has to be said of them."""
    section = template.section("Resources")
    tables = (template.root, section, *(template.section(name) for name in ("Conditions", "Mappings", "Parameters")))
    places = [table.line_of(MACRO) for table in tables if MACRO in table]
    said = [f"{template.name}:{line}: {MACRO} is not run: what it adds is not known" for line in places]
    if not said:
        return template, []
    root, resources = Table(template.root.line), Table(section.line)
    for table, copy in ((template.root, root), (section, resources)):
        copy.update({key: value for key, value in table.items() if key != MACRO})
        copy.lines = table.lines
    root["Resources"] = resources
    return Template(template.name, root), said


def check_resources(template: Template) -> None:
    """Check what the resources look like, after loops were written out.

    Raises
    ------
    TemplateError
        Naming the resource.
    """
    section = template.section("Resources")
    if len(section) > MOST_RESOURCES:
        what = f"the template has {len(section):,} resources: more than {MOST_RESOURCES:,} are not read"
        raise template.fail(section.line, what, "CloudFormation takes 500 in one stack: split it into several")
    for logical, body in section.items():
        _check_resource(template, logical, body)


def _check_resource(template: Template, logical: str, body: Any) -> None:
    line = template.section("Resources").line_of(logical)
    if not NAME.fullmatch(logical):
        hint = "logical ids are letters and digits; loops need Transform: AWS::LanguageExtensions"
        raise template.fail(line, f"{logical!a} is no name of a resource", hint)
    if not isinstance(body, Table):
        raise template.fail(line, f"the resource {logical!a} is not a mapping", "it needs Type and Properties")
    if not isinstance(body.get("Type"), str):
        raise template.fail(line, f"the resource {logical!a} has no Type", "like Type: AWS::EC2::VPC")
    properties = body.get("Properties")
    if properties is not None and not isinstance(properties, Table):
        raise template.fail(body.line_of("Properties"), f"the Properties of {logical!a} are not a mapping")
    calls = [name for name in properties or () if name.startswith("Fn::") and name != MACRO]
    if properties is not None and calls:
        at = properties.line_of(calls[0])
        raise template.fail(at, f"the Properties of {logical!a} are {calls[0]}", "put it into each of the properties")


def check_dependencies(template: Template) -> list[str]:
    """The resources in an order in which they can be made; circles are refused.

    Raises
    ------
    TemplateError
        Naming the circle.
    """
    resources = template.section("Resources")
    needs = {
        logical: sorted({n for n in _references(body) if n in resources})
        for logical, body in resources.items()
        if isinstance(body, Table)
    }
    done: dict[str, None] = {}
    for start, named in needs.items():
        path: dict[str, Iterator[str]] = {start: iter(named)}
        while path and start not in done:
            here = next(reversed(path))
            step = next((n for n in path[here] if n not in done), None)
            if step is None:
                done[here] = None
                del path[here]
            elif step in path:
                circle = [*list(path)[list(path).index(step) :], step]
                text = f"{' → '.join(circle)} need each other, so none can be made first"
                raise template.fail(resources.line_of(step), text, _break_circle(resources, circle))
            else:
                path[step] = iter(needs.get(step, ()))
    return list(done)


def _break_circle(resources: Table, circle: list[str]) -> str:
    types = {resources[logical].get("Type") for logical in circle}
    if types == {"AWS::EC2::SecurityGroup"}:
        return "put one of the rules into a resource of its own, AWS::EC2::SecurityGroupIngress"
    return "take one of the references out"


def _references(body: Table) -> Iterator[str]:
    """The names that a resource refers to; anything deeper than a template can be was refused already."""
    depends = body.get("DependsOn")
    yield from (name for name in (depends if isinstance(depends, list) else [depends]) if isinstance(name, str))
    waiting: list[Any] = [body.get("Properties")]
    seen: set[int] = set()  # aliased parts are looked into once
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict | list):
            if id(value) in seen:
                continue
            seen.add(id(value))
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            yield from _called(value)
            waiting.extend(value.values())


def _called(value: dict[str, Any]) -> Iterator[str]:
    target = value.get("Ref")
    if isinstance(target, str):
        yield target
    owner = value.get("Fn::GetAtt")
    if isinstance(owner, str):
        yield owner.partition(".")[0]
    elif isinstance(owner, list) and owner and isinstance(owner[0], str):
        yield owner[0]
    if "Fn::Sub" in value:
        text = value["Fn::Sub"]
        given = text[1] if isinstance(text, list) and len(text) > 1 and isinstance(text[1], dict) else {}
        text = text[0] if isinstance(text, list) and text else text
        if isinstance(text, str):
            names = (found.group(1).partition(".")[0].strip() for found in PLACEHOLDER.finditer(text))
            yield from (name for name in names if name not in given)


def resource_line(template: Template, logical: str) -> int:
    return line_in(template.section("Resources"), logical, template.root.line)
