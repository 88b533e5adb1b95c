"""What AWS CLI takes, from botocore's models of the services: operations, options, structures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

from reach.render.commands import Command

API_NAMES = {"s3api": "s3"}
GLOBAL = {"query", "output", "region", "profile"}
# Options that the command line has of its own, and the members that they stand for.
OWN = {
    "authorize-security-group-ingress": {"protocol": "", "port": "", "cidr": "", "source-group": ""},
    "authorize-security-group-egress": {"protocol": "", "port": "", "cidr": ""},
    "create-network-acl-entry": {"icmp-type-code": "", "ingress": "", "egress": ""},
    "modify-network-interface-attribute": {"source-dest-check": "SourceDestCheck"},
    "invoke": {},
}


@cache
def service(name: str) -> ServiceModel | None:
    try:
        return botocore.session.get_session().get_service_model(API_NAMES.get(name, name))
    except UnknownServiceError:
        return None


@cache
def waiters(name: str) -> set[str]:
    loader = botocore.session.get_session().get_component("data_loader")
    held: dict[str, Any] = loader.load_service_model(API_NAMES.get(name, name), "waiters-2")
    return {kebab(waiter) for waiter in held["waiters"]}


def kebab(name: str) -> str:
    return xform_name(name).replace("_", "-")


def complaints(command: Command) -> Iterator[str]:
    """What is wrong with a command; nothing if AWS CLI would send it."""
    model = service(command.service)
    if model is None:
        yield f"no service {command.service}"
        return
    if command.name == "wait":
        return
    names = {kebab(name): name for name in model.operation_names}
    if command.name not in names:
        yield f"{command.service} has no {command.name}"
        return
    yield from _options(command, model.operation_model(names[command.name]))


def _options(command: Command, operation: OperationModel) -> Iterator[str]:
    shape = operation.input_shape
    members = dict(shape.members) if shape else {}
    takes = {kebab(name): name for name in members}
    own = OWN.get(command.name, {})
    given = set()
    for option, values in command.options.items():
        bare = option.removeprefix("no-")
        name = takes.get(option) or (takes.get(bare) if option.startswith("no-") else None)
        if option in GLOBAL or option in own or bare in own:
            continue
        if name is None:
            yield f"{command.name} has no --{option}"
            continue
        given.add(name)
        yield from _value(command, option, values, members[name])
    tokens = {n for n, s in members.items() if "idempotencyToken" in getattr(s, "metadata", {})}
    for needed in shape.required_members if shape else ():
        if needed not in given and needed not in tokens and kebab(needed) not in own:
            yield f"{command.name} needs --{kebab(needed)}"


def _value(command: Command, option: str, values: list[str], shape: Shape) -> Iterator[str]:
    kind = shape.type_name
    if kind == "boolean" or (kind == "structure" and not values):  # {"Value": true}
        if values and values != ["true"]:
            yield f"--{option} takes no value"
        return
    if not values:
        yield f"--{option} needs a value"
        return
    text = values[0]
    choices = shape.metadata.get("enum")
    if kind == "string" and choices and text not in choices:
        yield f"--{option} is one of {', '.join(choices)}, not {text}"
    if kind in ("structure", "list") and text[:1] in "{[" and not text.startswith(("[$", "[s")):
        try:
            yield from _json(option, json.loads(text), shape)
        except ValueError:
            yield f"--{option} is no JSON: {text}"
    elif isinstance(shape, StructureShape) and kind == "structure":
        yield from _shorthand(option, text, shape)
    elif kind in ("integer", "long", "double") and not re.fullmatch(r"-?[0-9.]+", text):
        yield f"--{option} is a number, not {text}"
    elif kind == "list" and shape.member.type_name == "structure":
        yield from _shorthand(option, text, shape.member)


def _json(option: str, value: Any, shape: Shape) -> Iterator[str]:
    """The members of structures, all the way down."""
    if shape.type_name == "list":
        for one in value:
            yield from _json(option, one, shape.member)
    elif isinstance(shape, StructureShape) and shape.type_name == "structure":
        for name, held in value.items():
            if name not in shape.members:
                yield f"--{option} has no {name}"
            else:
                yield from _json(option, held, shape.members[name])


def _shorthand(option: str, text: str, shape: StructureShape) -> Iterator[str]:
    """A=1,B=2: the names before the equals signs, also those in braces."""
    members = set(shape.members)
    inner = {m for s in shape.members.values() for m in _below(s)}
    for name in re.findall(r"(?:^|[,{\[])(\w+)=", text):
        if name not in members | inner:
            yield f"--{option} has no {name}"


def _below(shape: Shape) -> set[str]:
    if shape.type_name == "list":
        return _below(shape.member)
    return set(shape.members) if isinstance(shape, StructureShape) and shape.type_name == "structure" else set()
