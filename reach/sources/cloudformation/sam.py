"""SAM: `Globals` merged into each resource, and the serverless types as the Lambda types that they become."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reach.sources.cloudformation.document import Row, Table
from reach.sources.cloudformation.template import Template

TRANSFORM = "AWS::Serverless"
BECOMES = {
    "AWS::Serverless::CapacityProvider": "AWS::Lambda::CapacityProvider",
    "AWS::Serverless::Function": "AWS::Lambda::Function",
}
# The events that are polled from a VPC, with the property that says which source it is.
POLLED = {"DocumentDB": "Cluster", "MQ": "Broker", "MSK": "Stream", "SelfManagedKafka": "KafkaBootstrapServers"}
CONNECTOR = "AWS::Serverless::Connector"
PROVIDER = "CapacityProviderConfig"
SECTIONS = {"AWS::Serverless::CapacityProvider": "CapacityProvider", "AWS::Serverless::Function": "Function"}


def is_sam(template: Template) -> bool:
    return any(name.startswith(TRANSFORM) for name in template.transforms)


def check_transform(template: Template) -> None:
    """Refuse serverless types in a template that is not SAM's: nobody would make them.

    Raises
    ------
    TemplateError
        Naming the first of them.
    """
    section = template.section("Resources")
    for logical, body in section.items():
        if isinstance(body, Table) and str(body.get("Type")).startswith(f"{TRANSFORM}::") and not is_sam(template):
            text = f"{logical} is a {body['Type']}, and the template has no Transform for it"
            raise template.fail(section.line_of(logical), text, "add Transform: AWS::Serverless-2016-10-31")


def transformed(template: Template) -> Template:
    """The template with its functions as CloudFormation makes them; other serverless types have no network.

    Raises
    ------
    TemplateError
        If Globals are not mappings.
    """
    resources = Table(template.section("Resources").line)
    for logical, body in template.section("Resources").items():
        _put(resources, logical, _resource(template, body), template.section("Resources").line_of(logical))
        if isinstance(body, Table) and body.get("Type") in BECOMES:
            for suffix, made in _companions(logical, body).items():
                _put(resources, logical + suffix, made, template.section("Resources").line_of(logical))
    root = Table(template.root.line)
    for key, value in template.root.items():
        _put(root, key, resources if key == "Resources" else value, template.root.line_of(key))
    return Template(template.name, root)


def _put(table: Table, key: str, value: Any, line: int) -> None:
    table[key] = value
    table.lines[key] = line


def _resource(template: Template, body: Any) -> Any:
    if not isinstance(body, Table) or body.get("Type") not in BECOMES:
        return body
    kind = str(body["Type"])
    common = template.section("Globals").get(SECTIONS[kind])
    if common is not None and not isinstance(common, Table):
        line = template.section("Globals").line_of(SECTIONS[kind])
        raise template.fail(line, f"Globals.{SECTIONS[kind]} is not a mapping")
    common = _heeded(template, body, common)
    own = body.get("Properties")
    made = Table(body.line)
    for key, value in body.items():
        _put(made, key, value, body.line_of(key))
    made["Type"] = BECOMES[kind]
    merged = merge(common, own if own is not None else Table(body.line)) if common is not None else own
    if isinstance(merged, Table):
        _put(made, "Properties", _renamed(merged), body.line_of("Properties"))
    return made


IGNORE = "IgnoreGlobals"


def _heeded(template: Template, body: Table, common: Table | None) -> Table | None:
    """The globals without those that a resource ignores: all of them for `*`, else the properties that it lists."""
    ignored = body.get(IGNORE)
    if ignored is None or common is None:
        return common
    if ignored == "*":
        return None
    if not isinstance(ignored, list) or any(not isinstance(name, str) or name not in common for name in ignored):
        line, hint = body.line_of(IGNORE), f"'*', or a list of {', '.join(common)}"
        raise template.fail(line, f"{IGNORE} names what is not in the Globals", hint)
    kept = Table(common.line)
    for key, value in common.items():
        if key not in ignored:
            _put(kept, key, value, common.line_of(key))
    return kept


def _renamed(properties: Table) -> Table:
    """What SAM writes in another form: tags as a mapping (here left out), the capacity provider by its ARN."""
    out = Table(properties.line)
    for key, value in properties.items():
        line = properties.line_of(key)
        if key == PROVIDER and isinstance(value, Table) and "Arn" in value:
            _put(out, key, _within(line, "LambdaManagedInstancesCapacityProviderConfig",
                                   _within(line, "CapacityProviderArn", value["Arn"])), line)  # fmt: skip
        elif key != "Tags" or not isinstance(value, Table):
            _put(out, key, value, line)
    return out


def _within(line: int, key: str, value: Any) -> Table:
    table = Table(line)
    _put(table, key, value, line)
    return table


def remarks(template: Template) -> Iterator[str]:
    """What of SAM is left out on purpose."""
    found = [b for b in template.section("Resources").values() if isinstance(b, Table) and b.get("Type") == CONNECTOR]
    if found:
        yield f"{template.name}: the policies that {CONNECTOR} makes are not evaluated: they change no network"


def merge(common: Any, own: Any) -> Any:
    """Globals under a resource's own values: mappings are merged, lists put together, anything else replaced.

    A function such as `Fn::If` counts as one value.
    """
    if isinstance(common, Table) and isinstance(own, Table) and not (_is_call(common) or _is_call(own)):
        out = Table(own.line)
        for key, value in common.items():
            _put(out, key, value, common.line_of(key))
        for key, value in own.items():
            _put(out, key, merge(out[key], value) if key in out else value, own.line_of(key))
        return out
    if isinstance(common, Row) and isinstance(own, Row):
        row = Row(own.line)
        row.extend([*common, *own])
        row.lines = [*common.lines, *own.lines]
        return row
    return own


def _is_call(value: Table) -> bool:
    return len(value) == 1 and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::"))


def _companions(logical: str, body: Table) -> dict[str, Table]:
    """What SAM makes beside a function, so that references to it can be followed: its role, its published version."""
    made: dict[str, Table] = {}
    properties = body.get("Properties")
    if body["Type"] == "AWS::Serverless::Function":
        if not isinstance(properties, Table) or "Role" not in properties:
            made["Role"] = _bare("AWS::IAM::Role", body)
        if isinstance(properties, Table) and "AutoPublishAlias" in properties:
            made["Version"] = _bare("AWS::Lambda::Version", body, FunctionName={"Ref": logical})
            made["Alias" + str(properties["AutoPublishAlias"])] = _bare("AWS::Lambda::Alias", body)
        events = properties.get("Events") if isinstance(properties, Table) else None
        for name, event in events.items() if isinstance(events, Table) and not _is_call(events) else ():
            mapping = _mapping(logical, event)
            if mapping is not None:
                made[name] = mapping
    return made


def _mapping(logical: str, event: Any) -> Table | None:
    """The event source mapping that an event of a function becomes, if it polls from a VPC (NEED-06)."""
    kind = event.get("Type") if isinstance(event, Table) else None
    properties = event.get("Properties") if isinstance(event, Table) else None
    if kind not in POLLED or not isinstance(properties, Table):
        return None
    made = _bare("AWS::Lambda::EventSourceMapping", event, FunctionName={"Ref": logical})
    for key, value in properties.items():
        line = properties.line_of(key)
        if key == POLLED[kind] and kind == "SelfManagedKafka":
            servers = _within(line, "Endpoints", _within(line, key, value))
            _put(made["Properties"], "SelfManagedEventSource", servers, line)
        elif key == POLLED[kind]:
            _put(made["Properties"], "EventSourceArn", value, line)
        elif key in ("SourceAccessConfigurations", "ProvisionedPollerConfig"):
            _put(made["Properties"], key, value, line)
    return made


def _bare(type_: str, body: Table, **properties: Any) -> Table:
    made = Table(body.line)
    _put(made, "Type", type_, body.line)
    inner = Table(body.line)
    for key, value in properties.items():
        call = Table(body.line)
        for name, argument in value.items():
            _put(call, name, argument, body.line)
        _put(inner, key, call, body.line)
    _put(made, "Properties", inner, body.line)
    if "Condition" in body:
        _put(made, "Condition", body["Condition"], body.line_of("Condition"))
    return made
