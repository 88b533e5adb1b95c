"""Intrinsic functions: from what a template says to values, as far as anybody can know them before deployment."""

from __future__ import annotations

import base64
import difflib
import json
import re
from collections.abc import Callable
from typing import Any, Protocol

from reach.errors import TemplateError
from reach.sources.cloudformation.blocks import MOST_BLOCKS, NoRoom, blocks
from reach.sources.cloudformation.document import Row, line_in
from reach.sources.cloudformation.values import NO_VALUE, Blank, Unknown, joined, only_key, plain, text_of, unknown_in

ZONES = "abcdef"
PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")
RESOLVE = re.compile(r"\{\{resolve:([a-z-]+):([^{}]*)\}\}")


class Scope(Protocol):
    """What the functions ask of the stack that they are in."""

    region: str

    def ref(self, name: str, line: int) -> Any: ...
    def get_att(self, name: str, attribute: str, line: int) -> Any: ...
    def mapped(self, name: str, line: int) -> Any: ...
    def condition(self, name: str, line: int) -> bool | Unknown: ...
    def imported(self, name: Any, line: int) -> Any: ...
    def parameter_of_ssm(self, name: str, line: int) -> Any: ...
    def fail(self, line: int, text: str, hint: str | None = None) -> TemplateError: ...
    def spend(self, work: int, line: int) -> None: ...


def evaluate(scope: Scope, value: Any, line: int) -> Any:
    """A value with all its functions called; `NO_VALUE` members are gone, what is not known is `Unknown`."""
    if isinstance(value, str):
        return _resolved(scope, value, line) if "{{resolve:" in value else value
    if isinstance(value, dict):
        name = only_key(value)
        if name is not None:
            return call(scope, name, value[name], line_in(value, name, line))
        beside = next((key for key in value if key.startswith("Fn::")), None)
        if beside is not None:
            return _beside(scope, beside, value[beside], line_in(value, beside, line))
        pairs = ((key, evaluate(scope, inner, line_in(value, key, line))) for key, inner in value.items())
        return {key: [] if type(inner) is Blank else inner for key, inner in pairs if inner is not NO_VALUE}
    if isinstance(value, list):
        items = (evaluate(scope, inner, line_in(value, index, line)) for index, inner in enumerate(value))
        return [item for item in items if item is not NO_VALUE]
    return value


def _beside(scope: Scope, name: str, argument: Any, line: int) -> Unknown:
    """A function beside other keys: only a macro may stand there, and nobody knows what it makes of them."""
    if name != "Fn::Transform":
        raise scope.fail(line, f"{name} stands beside other keys", "a function is the only key of its mapping")
    return _transform(scope, argument, line)


def call(scope: Scope, name: str, argument: Any, line: int) -> Any:
    """Call one function."""
    function = FUNCTIONS.get(name)
    if function is None:
        near = difflib.get_close_matches(name, FUNCTIONS, 1)
        raise scope.fail(line, f"there is no function {name}", f"did you mean {near[0]}?" if near else None)
    return function(scope, argument, line)


def truth(scope: Scope, value: Any, line: int) -> bool | Unknown:
    """A condition: Fn::And, Fn::Equals, Fn::Not, Fn::Or, or the name of another."""
    if isinstance(value, dict) and len(value) == 1:
        name, argument = next(iter(value.items()))
        line = line_in(value, name, line)
        if name == "Condition" and isinstance(argument, str):
            return scope.condition(argument, line)
        if name in CONDITIONS:
            found = CONDITIONS[name](scope, argument, line)
            return found if isinstance(found, Unknown) else bool(found)
    result = evaluate(scope, value, line)
    if isinstance(result, Unknown | bool):
        return result
    if result in ("true", "false"):
        return bool(result == "true")
    hint = "a condition is made of Fn::Equals, Fn::And, Fn::Or, Fn::Not and {Condition: Name}"
    raise scope.fail(line, "this is no condition", hint)


# -- the functions, alphabetically ----------------------------------------------------------------------------


def _and(scope: Scope, argument: Any, line: int) -> bool | Unknown:
    found = [truth(scope, part, line) for part in _items(scope, "Fn::And", argument, line, 2, 10)]
    if any(part is False for part in found):
        return False
    return next((part for part in found if isinstance(part, Unknown)), True)


def _base64(scope: Scope, argument: Any, line: int) -> Any:
    text = evaluate(scope, argument, line)
    if isinstance(text, Unknown):
        return text
    return base64.b64encode(str(_text(scope, "Fn::Base64", text, line)).encode()).decode()


def _cidr(scope: Scope, argument: Any, line: int) -> Any:
    """Consecutive blocks, each with `bits` bits for its hosts."""
    values = [evaluate(scope, part, line) for part in _items(scope, "Fn::Cidr", argument, line, 2, 3)]
    unknown = unknown_in(values)
    if unknown:
        return unknown
    try:
        return list(blocks(str(values[0]), int(values[1]), int(values[2]) if len(values) > 2 else None))
    except NoRoom as full:
        text = f"Fn::Cidr: {values[0]} has no room for {values[1]} such blocks (it has {full})"
        hint = f"the third value is the number of bits that are left for hosts; at most {MOST_BLOCKS} blocks are made"
        raise scope.fail(line, text, hint) from None
    except (ValueError, TypeError):
        raise scope.fail(line, f"Fn::Cidr cannot work with {plain(values)!a}", "like [10.0.0.0/16, 4, 8]") from None


def _equals(scope: Scope, argument: Any, line: int) -> bool | Unknown:
    one, other = (evaluate(scope, part, line) for part in _items(scope, "Fn::Equals", argument, line, 2, 2))
    unknown = unknown_in([one, other])
    if unknown:
        return unknown
    if text_of(one) is not None and text_of(other) is not None:
        return text_of(one) == text_of(other)
    return bool(one == other)


def _find_in_map(scope: Scope, argument: Any, line: int) -> Any:
    parts = _items(scope, "Fn::FindInMap", argument, line, 3, 4)
    default = parts[3].get("DefaultValue") if len(parts) > 3 and isinstance(parts[3], dict) else None
    found: Any = None
    above: Any = None
    path: list[str] = []
    for index, part in enumerate(parts[:3]):
        key = evaluate(scope, part, line)
        if isinstance(key, Unknown):
            return key
        path.append(str(_text(scope, "Fn::FindInMap", key, line)))
        found = scope.mapped(path[0], line) if index == 0 else _lookup(found, path[-1])
        if isinstance(found, Unknown):
            return found
        if found is None and isinstance(above, dict) and "Fn::Transform" in above:
            return _transform(scope, above["Fn::Transform"], line)
        if found is None and default is not None:
            return evaluate(scope, default, line)
        if found is None:
            there = ", ".join(map(str, list(above)[:8])) if isinstance(above, dict) else "no more keys"
            hint = f"--region: {there}" if path[-1] == scope.region else f"it has {there}"
            raise scope.fail(line, f"the mapping {path[0]} has no {' → '.join(path[1:])}", hint)
        above = found
    return evaluate(scope, found, line) if isinstance(found, str) else found


def _lookup(found: Any, key: str) -> Any:
    if not isinstance(found, dict):
        return None
    return found.get(key, next((v for k, v in found.items() if str(k) == key), None))


def _get_att(scope: Scope, argument: Any, line: int) -> Any:
    argument = _named(scope, argument, line)
    parts = argument.split(".", 1) if isinstance(argument, str) else argument
    if isinstance(parts, Unknown):
        return parts
    owner = _named(scope, parts[0], line) if isinstance(parts, list) and len(parts) == 2 else None
    if isinstance(owner, Unknown):
        return owner
    if not isinstance(owner, str):
        raise scope.fail(line, f"Fn::GetAtt takes a resource and an attribute, not {plain(argument)!a}")
    attribute = evaluate(scope, parts[1], line)
    if isinstance(attribute, Unknown):
        return attribute
    return scope.get_att(owner, str(attribute), line)


def _named(scope: Scope, value: Any, line: int) -> Any:
    """What a function gives in the place of a name, as AWS::LanguageExtensions lets it; all else as it is."""
    return evaluate(scope, value, line) if only_key(value) is not None else value


def _get_azs(scope: Scope, argument: Any, line: int) -> Any:
    region = evaluate(scope, argument, line)
    if isinstance(region, Unknown):
        return region
    return [f"{region or scope.region}{letter}" for letter in ZONES]


def _if(scope: Scope, argument: Any, line: int) -> Any:
    name, one, other = _items(scope, "Fn::If", argument, line, 3, 3)
    if not isinstance(name, str):
        raise scope.fail(line, "Fn::If takes the name of a condition first")
    holds = scope.condition(name, line)
    if not isinstance(holds, Unknown):
        return evaluate(scope, one if holds else other, line_in(argument, 1 if holds else 2, line))
    first, second = evaluate(scope, one, line), evaluate(scope, other, line)
    if first is not NO_VALUE and first == second:
        return first
    perhaps = NO_VALUE in (first, second)
    only = next((one for one in (first, second) if isinstance(one, str) and perhaps), "")
    return Unknown("${" + name + "}", holds.needs, holds.why, perhaps, only)


def _import_value(scope: Scope, argument: Any, line: int) -> Any:
    return scope.imported(evaluate(scope, argument, line), line)


def _join(scope: Scope, argument: Any, line: int) -> Any:
    delimiter, values = _items(scope, "Fn::Join", argument, line, 2, 2)
    parts = evaluate(scope, values, line)
    if isinstance(parts, Unknown):
        return parts
    if not isinstance(parts, list) or not isinstance(delimiter, str):
        raise scope.fail(line, "Fn::Join takes a delimiter and a list")
    scope.spend(len(parts), line)
    text = joined(parts, delimiter)
    if text is None:
        raise scope.fail(line, "Fn::Join joins texts, and one of its parts is a list or a mapping")
    return text


def _length(scope: Scope, argument: Any, line: int) -> Any:
    value = evaluate(scope, argument, line)
    if isinstance(value, Unknown):
        return value
    if not isinstance(value, list):
        raise scope.fail(line, "Fn::Length takes a list")
    return _perhaps(value) or len(value)


def _perhaps(items: list[Any]) -> Unknown | None:
    """The first item of which nobody knows whether it is there: what follows has no certain place."""
    return next((item for item in items if isinstance(item, Unknown) and item.perhaps), None)


def _not(scope: Scope, argument: Any, line: int) -> bool | Unknown:
    found = truth(scope, _items(scope, "Fn::Not", argument, line, 1, 1)[0], line)
    return found if isinstance(found, Unknown) else not found


def _or(scope: Scope, argument: Any, line: int) -> bool | Unknown:
    found = [truth(scope, part, line) for part in _items(scope, "Fn::Or", argument, line, 2, 10)]
    if any(part is True for part in found):
        return True
    return next((part for part in found if isinstance(part, Unknown)), False)


def _ref(scope: Scope, argument: Any, line: int) -> Any:
    name = _named(scope, argument, line)
    if isinstance(name, Unknown):
        return name
    if not isinstance(name, str):
        raise scope.fail(line, f"Ref takes a name, not {plain(name)!a}")
    return scope.ref(name, line)


def _select(scope: Scope, argument: Any, line: int) -> Any:
    which, values = _items(scope, "Fn::Select", argument, line, 2, 2)
    index, items = evaluate(scope, which, line), evaluate(scope, values, line)
    unknown = unknown_in(index) or (items if isinstance(items, Unknown) else None)
    if unknown:
        return Unknown(f"{unknown.text}[{plain(index)}]", unknown.needs, unknown.why)
    number = int(index) if str(index).isdecimal() else -1
    if not isinstance(items, list) or not 0 <= number < len(items):
        size = f"a list of {len(items)}" if isinstance(items, list) else "no list"
        raise scope.fail(line, f"Fn::Select cannot take item {plain(index)!a} of {size}", "the first item is 0")
    return _perhaps(items[: number + 1]) or items[number]


def _split(scope: Scope, argument: Any, line: int) -> Any:
    delimiter, value = _items(scope, "Fn::Split", argument, line, 2, 2)
    text = evaluate(scope, value, line)
    if isinstance(text, Unknown):
        return text
    if not isinstance(delimiter, str) or not delimiter:
        raise scope.fail(line, "Fn::Split takes a delimiter first")
    found = str(_text(scope, "Fn::Split", text, line))
    scope.spend(len(found), line)
    return found.split(delimiter)


def _sub(scope: Scope, argument: Any, line: int) -> Any:
    """`${Name}`, `${Name.Attribute}`, variables of its own, and `${!Literal}`."""
    names: dict[str, Any] = {}
    text = argument
    if isinstance(argument, list):
        text, given = _items(scope, "Fn::Sub", argument, line, 2, 2)
        if not isinstance(given, dict):
            raise scope.fail(line, "Fn::Sub takes a text and a mapping of its variables")
        names = {key: evaluate(scope, value, line_in(given, key, line)) for key, value in given.items()}
    if not isinstance(text, str):
        raise scope.fail(line, "Fn::Sub takes a text")
    parts: list[Any] = []
    end = 0
    for found in PLACEHOLDER.finditer(text):
        parts += [text[end : found.start()], _substitute(scope, found.group(1), names, line)]
        end = found.end()
    scope.spend(len(text), line)
    whole = joined([*parts, text[end:]])
    if whole is None:
        raise scope.fail(line, f"Fn::Sub puts texts into {text[:60]!a}, and one of them is a list")
    return _resolved(scope, whole, line) if isinstance(whole, str) and "{{resolve:" in whole else whole


def _substitute(scope: Scope, name: str, names: dict[str, Any], line: int) -> Any:
    if name.startswith("!"):
        return "${" + name[1:] + "}"
    name = name.strip()
    if name in names:
        return names[name]
    resource, dot, attribute = name.partition(".")
    found = scope.get_att(resource, attribute, line) if dot else scope.ref(name, line)
    return joined(found, ",") if isinstance(found, list) else found


def _to_json(scope: Scope, argument: Any, line: int) -> Any:
    value = evaluate(scope, argument, line)
    text = json.dumps(plain(value), separators=(",", ":"))
    unknown = unknown_in(value)
    return Unknown(text, unknown.needs, unknown.why) if unknown else text


def _transform(scope: Scope, argument: Any, line: int) -> Unknown:
    name = argument.get("Name") if isinstance(argument, dict) else None
    why = f"what the macro {plain(name)!s} makes of line {line} is known after it ran only"
    return Unknown("${" + str(name) + "}", "the template as the macro leaves it", why)


def _resolved(scope: Scope, text: str, line: int) -> Any:
    """Dynamic references: SSM parameters may be given, secrets never are."""
    parts: list[Any] = []
    end = 0
    for found in RESOLVE.finditer(text):
        kind, name = found.groups()
        if kind == "ssm":
            base, colon, version = name.rpartition(":")
            value = scope.parameter_of_ssm(base if colon and version.isdecimal() else name, line)
        else:
            why = f"{found.group()[2:-2]} is read when the stack is deployed"
            value = Unknown("${" + f"{kind}:{name}" + "}", "a plain value in its place", why)
        parts += [text[end : found.start()], value]
        end = found.end()
    return joined([*parts, text[end:]])


def _items(scope: Scope, name: str, argument: Any, line: int, least: int, most: int) -> list[Any]:
    if not isinstance(argument, Row | list) or not least <= len(argument) <= most:
        wanted = str(least) if least == most else f"{least} to {most}"
        given = f"{len(argument)}" if isinstance(argument, list) else "no list"
        raise scope.fail(line, f"{name} takes a list of {wanted}, and here is {given}")
    return argument


def _text(scope: Scope, name: str, value: Any, line: int) -> str:
    text = text_of(value)
    if text is None:
        raise scope.fail(line, f"{name} takes a text here, not a {'list' if isinstance(value, list) else 'mapping'}")
    return text


Function = Callable[[Scope, Any, int], Any]
CONDITIONS: dict[str, Function] = {"Fn::And": _and, "Fn::Equals": _equals, "Fn::Not": _not, "Fn::Or": _or}
FUNCTIONS: dict[str, Function] = {
    **CONDITIONS,
    "Fn::Base64": _base64,
    "Fn::Cidr": _cidr,
    "Fn::FindInMap": _find_in_map,
    "Fn::GetAZs": _get_azs,
    "Fn::GetAtt": _get_att,
    "Fn::If": _if,
    "Fn::ImportValue": _import_value,
    "Fn::Join": _join,
    "Fn::Length": _length,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::Sub": _sub,
    "Fn::ToJsonString": _to_json,
    "Fn::Transform": _transform,
    "Ref": _ref,
}
