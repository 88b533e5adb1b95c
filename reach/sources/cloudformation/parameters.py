"""The parameters of a stack: given by a user or a parent stack, from SSM, by default, or not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reach.sources.cloudformation.document import Table
from reach.sources.cloudformation.values import Blank, Unknown, plain, text_of

if TYPE_CHECKING:
    from reach.sources.cloudformation.stack import Stack

MOST = 4096  # characters of a value
SSM = "AWS::SSM::Parameter::Value<"
IDS = {
    "AWS::EC2::SecurityGroup::Id": ("sg-", "a security group"),
    "AWS::EC2::Subnet::Id": ("subnet-", "a subnet"),
    "AWS::EC2::VPC::Id": ("vpc-", "a VPC"),
}


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
    odd = _no_id(kind, found)
    if odd is not None:
        said = f"{odd!a}, and must be the id of {IDS[_one(kind)][1]}"
        if stack.inputs is None and any(key in stack.world.given.params for key in (name, f"{stack.name}:{name}")):
            raise stack.fail(line, f"the parameter {name} is {said}", f"it begins with {IDS[_one(kind)][0]}")
        why = f"the parameter {name} ({stack.template.name}:{line}) is by default {said}"
        return Unknown("${" + name + "}", f"--param {name}=…", why)
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


def _one(kind: str) -> str:
    return kind.removeprefix("List<").removesuffix(">")


def _no_id(kind: str, text: str) -> str | None:
    """The first value that cannot be the id that the type asks for, as CloudFormation finds out before it deploys."""
    if _one(kind) not in IDS or not text:
        return None
    values = _typed(kind, text)
    listed = values if isinstance(values, list) else [values]
    return next((one for one in listed if not one.startswith((IDS[_one(kind)][0], "${"))), None)


def _typed(kind: str, text: str) -> Any:
    return _parts(text) if _is_list(kind) else text


def _is_list(kind: str) -> bool:
    return kind.startswith("List<") or kind == "CommaDelimitedList"


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text else Blank([""])


def _check(stack: Stack, name: str, body: Table, value: str, line: int) -> None:
    if len(value) > MOST:
        what = f"the parameter {name} has {len(value):,} characters, and CloudFormation takes {MOST:,}"
        raise stack.fail(line, what, "give a shorter value, or put it into a Mapping")
    allowed = body.get("AllowedValues")
    for one in _parts(value) if _is_list(str(body.get("Type"))) else [value]:
        if isinstance(allowed, list) and one not in [text_of(other) for other in allowed]:
            listed = ", ".join(str(plain(other)) for other in allowed[:8])
            raise stack.fail(line, f"the parameter {name} cannot be {one!a}", f"it is one of: {listed}")
    if body.get("Type") == "Number" and not value.lstrip("+-").replace(".", "", 1).isdecimal():
        raise stack.fail(line, f"the parameter {name} is {value!a}, and must be a number")
