"""The parameters of a stack: given by a user or a parent stack, from SSM, by default, or not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reach.sources.cloudformation.document import Table
from reach.sources.cloudformation.values import Unknown, plain, text_of

if TYPE_CHECKING:
    from reach.sources.cloudformation.stack import Stack

SSM = "AWS::SSM::Parameter::Value<"


def value_of(stack: Stack, name: str) -> Any:
    """The value of a declared parameter."""
    section = stack.template.section("Parameters")
    body = section[name]
    line = section.line_of(name)
    if not isinstance(body, Table):
        raise stack.fail(line, f"the parameter {name} is not a mapping", "it needs a Type")
    kind = str(body.get("Type") or "String")
    found = _found(stack, name, body)
    if found is None:
        why = f"the parameter {name} ({stack.template.name}:{line}) has no value and no default"
        return Unknown("${" + name + "}", f"--param {name}=…", why)
    if isinstance(found, Unknown | list):
        return found
    _check(stack, name, body, found, line)
    if kind.startswith(SSM):
        value = stack.parameter_of_ssm(found, line)
        return _typed(kind[len(SSM) : -1], value) if isinstance(value, str) else value
    return _typed(kind, found)


def _found(stack: Stack, name: str, body: Table) -> Any:
    if stack.inputs is not None:
        value = stack.inputs.get(name, body.get("Default"))
    else:
        given = stack.world.given.params
        value = given.get(f"{stack.name}:{name}", given.get(name, body.get("Default")))
    if isinstance(value, Unknown | list) or value is None:
        return value
    return text_of(value)


def _typed(kind: str, text: str) -> Any:
    if kind.startswith("List<") or kind == "CommaDelimitedList":
        return [part.strip() for part in text.split(",")] if text else []
    return text


def _check(stack: Stack, name: str, body: Table, value: str, line: int) -> None:
    allowed = body.get("AllowedValues")
    if isinstance(allowed, list) and value not in [text_of(one) for one in allowed]:
        listed = ", ".join(str(plain(one)) for one in allowed[:8])
        raise stack.fail(line, f"the parameter {name} cannot be {value!a}", f"it is one of: {listed}")
    if body.get("Type") == "Number" and not value.lstrip("+-").replace(".", "", 1).isdecimal():
        raise stack.fail(line, f"the parameter {name} is {value!a}, and must be a number")
