"""Names that CloudFormation takes: types of resources, their attributes and properties. A misspelt one is refused.

The properties come from `properties.json`, which may be older than AWS: a name that is like none of them is told, and
is no error.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from reach.sources.cloudformation.document import Table
from reach.sources.cloudformation.template import MACRO, Template
from reach.sources.cloudformation.values import only_key

EXTENSIONS = "AWS::LanguageExtensions"
ATTRIBUTES = (
    *("Condition", "CreationPolicy", "DeletionPolicy", "DependsOn", "Metadata", "Properties", "Type", "UpdatePolicy"),
    *("UpdateReplacePolicy", "Version"),
)
OF_SAM = ("Connectors", "IgnoreGlobals")  # attributes
# Properties that take ids of EC2's, whatever the type.
IDS = frozenset(
    (
        *(
            "AllocationId",
            "DestinationSecurityGroupId",
            "EgressOnlyInternetGatewayId",
            "GatewayId",
            "GroupId",
            "GroupSet",
        ),
        *("InstanceId", "InternetGatewayId", "NatGatewayId", "NetworkAclId", "NetworkInterfaceId", "PeerVpcId"),
        *("RouteTableId", "RouteTableIds", "SecurityGroupIds", "SourceSecurityGroupId", "SubnetId", "SubnetIds"),
        *("TransitGatewayId", "VPCId", "VPCSecurityGroups", "VpcEndpointId", "VpcId", "VpcPeeringConnectionId"),
        "VpcSecurityGroupIds",
    )
)
GLOBALS = {"Function": "AWS::Serverless::Function"}
ALIKE = 0.8  # of difflib; `SubnetIDs` and `SubnetIds` are 0.9
Names = Mapping[str, Any]  # each with the names that may stand in it, or nothing where anything may


@cache
def _known() -> tuple[Mapping[str, list[str]], Mapping[str, Names]]:
    """The names of the types in each namespace, and the properties of the types that are read."""
    found = json.loads(files("reach").joinpath("properties.json").read_text(encoding="utf-8"))
    return found["types"], found["properties"]


def check_names(template: Template) -> list[str]:
    """Refuse misspelt names; return what has to be said of names that are not known.

    Raises
    ------
    TemplateError
        With the line, if a name is like one that CloudFormation takes there, and is not it.
    """
    usual = (EXTENSIONS, "AWS::Serverless")
    if any(not name.startswith(usual) for name in template.transforms) or MACRO in template.root:
        return []  # a macro may take names of its own
    said: list[str] = []
    for kind, properties in template.section("Globals").items():
        if kind in GLOBALS:
            said += _check(template, properties, _known()[1][GLOBALS[kind]], f"the Globals of {kind}", GLOBALS[kind])
    for logical, body in template.section("Resources").items():
        if MACRO in body or MACRO in (body.get("Properties") or ()):
            continue
        said += _check_attributes(template, logical, body)
        _check_type(template, logical, body)
        _check_ids(template, logical, body.get("Properties"))
        names = _known()[1].get(body["Type"])
        if names is not None:
            said += _check(template, body.get("Properties"), names, logical, body["Type"])
    return said


def _check_attributes(template: Template, logical: str, body: Table) -> Iterator[str]:
    for name in body:
        if name in ATTRIBUTES or name in OF_SAM:
            continue
        near = _near(name, ATTRIBUTES, body)
        if near:
            raise template.fail(
                body.line_of(name), f"{logical} has {name!a}, which no resource has", f"did you mean {near}?"
            )
        yield f"{template.name}:{body.line_of(name)}: {name} of {logical} is not read: no resource has it"


def _check_type(template: Template, logical: str, body: Table) -> None:
    type_, (types, _) = body["Type"], _known()
    space, _, name = type_.rpartition("::")
    if not type_.startswith("AWS::") or space == "AWS::Serverless" or name in types.get(space, ()):
        return
    if space in types:
        near = _near(name, types[space], ())
    else:
        alike = difflib.get_close_matches(space, types, 9, ALIKE)
        space = next((one for one in alike if name in types[one]), "")
        near = name if space else None
    if near:
        text = f"{logical} is of the type {type_!a}, which there is not"
        raise template.fail(body.line_of("Type"), text, f"did you mean {space}::{near}?")


def _check_ids(template: Template, logical: str, value: Any) -> None:
    """Refuse the bare name of a resource where an id stands: AWS's ids have a dash, which logical ids cannot have."""
    resources = template.section("Resources")
    for item in value if isinstance(value, list) else ():
        _check_ids(template, logical, item)
    for name, inner in value.items() if isinstance(value, Table) else ():
        if name not in IDS:
            _check_ids(template, logical, inner)
            continue
        for text in inner if isinstance(inner, list) else [inner]:
            if isinstance(text, str) and text in resources:
                what = f"{name} of {logical} is the text {text!a}, and that is the name of a resource here"
                raise template.fail(value.line_of(name), what, f"write !Ref {text}")


def _check(template: Template, value: Any, names: Names, owner: str, type_: str) -> Iterator[str]:
    """What is unknown and like nothing; what is misspelt is refused."""
    for table, name, known, within in _strange(value, names, ""):
        near = _near(name, known, table)
        place = f"{within} of {owner}" if within else owner
        if near:
            text = f"{place} has {name!a}, which {type_} does not take there"
            raise template.fail(table.line_of(name), text, f"did you mean {near}?")
        yield f"{template.name}:{table.line_of(name)}: {name} of {place} is not read: {type_} has no such property"


def _strange(value: Any, names: Names, within: str) -> Iterator[tuple[Table, str, Names, str]]:
    """The names that are not known, with the mapping that has them, what may stand there, and which part it is."""
    if isinstance(value, list):
        for item in value:
            yield from _strange(item, names, within)
    if not isinstance(value, Table):
        return
    function = only_key(value)
    if function == "Fn::If":
        chosen = value[function]
        yield from _strange(chosen[1:] if isinstance(chosen, list) else None, names, within)
    elif function is None and MACRO not in value:
        for name, inner in value.items():
            if name not in names:
                yield value, name, names, within
            elif names[name]:
                yield from _strange(inner, names[name], name)


def _near(name: str, known: Collection[str], present: Collection[str]) -> str | None:
    """What was meant: spelled alike but for capitals, or like a name that is not there as well."""
    same = next((one for one in known if one.lower() == name.lower()), None)
    return same or next(iter(difflib.get_close_matches(name, [k for k in known if k not in present], 1, ALIKE)), None)
