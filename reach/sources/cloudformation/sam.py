"""SAM: `Globals` merged into each resource, and the serverless types as the Lambda types that they become."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reach.sources.cloudformation.document import Row, Table
from reach.sources.cloudformation.template import Template

TRANSFORM = "AWS::Serverless"
BECOMES = {
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::CapacityProvider": "AWS::Lambda::CapacityProvider",
    "AWS::Serverless::Function": "AWS::Lambda::Function",
}
# The events that are polled from a VPC, with the property that says which source it is.
POLLED = {"DocumentDB": "Cluster", "MQ": "Broker", "MSK": "Stream", "SelfManagedKafka": "KafkaBootstrapServers"}
CONNECTOR = "AWS::Serverless::Connector"
PROVIDER = "CapacityProviderConfig"
API, FUNCTION = "AWS::Serverless::Api", "AWS::Serverless::Function"
IMPLICIT = "ServerlessRestApi"  # the API of all events that name none


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
    section = template.section("Resources")
    resources = Table(section.line)
    bodies = {logical: _merged(template, body) for logical, body in section.items()}
    asking = next((b for b in bodies.values() if isinstance(b, Table) and any(_unnamed_apis(b))), None)
    if asking is not None and IMPLICIT not in bodies:
        bodies[IMPLICIT] = _merged(template, _bare(API, asking))
    for logical, body in bodies.items():
        line = section.line_of(logical) if logical in section else body.line
        _put(resources, logical, _resource(body), line)
        if isinstance(body, Table) and body.get("Type") in BECOMES:
            for suffix, made in _companions(logical, body).items():
                _put(resources, logical + suffix, made, line)
    root = Table(template.root.line)
    for key, value in template.root.items():
        _put(root, key, resources if key == "Resources" else value, template.root.line_of(key))
    return Template(template.name, root)


def _put(table: Table, key: str, value: Any, line: int) -> None:
    table[key] = value
    table.lines[key] = line


def _merged(template: Template, body: Any) -> Any:
    """A resource with what the Globals say of its type."""
    if not isinstance(body, Table) or body.get("Type") not in BECOMES:
        return body
    kind = str(body["Type"]).rpartition("::")[2]
    common = template.section("Globals").get(kind)
    if common is not None and not isinstance(common, Table):
        raise template.fail(template.section("Globals").line_of(kind), f"Globals.{kind} is not a mapping")
    common = _heeded(template, body, common)
    if common is None:
        return body
    own = body.get("Properties")
    return _with(body, Properties=merge(common, own if own is not None else Table(body.line)))


def _resource(body: Any) -> Any:
    if not isinstance(body, Table) or body.get("Type") not in BECOMES:
        return body
    properties = body.get("Properties")
    made = _with(body, Type=BECOMES[body["Type"]])
    if isinstance(properties, Table):
        made["Properties"] = _api(properties) if body["Type"] == API else _renamed(properties)
    return made


def _with(body: Table, **values: Any) -> Table:
    """A copy with other values."""
    made = Table(body.line)
    for key, value in body.items():
        _put(made, key, value, body.line_of(key))
    for key, value in values.items():
        _put(made, key, value, body.line_of(key))
    return made


def _unnamed_apis(body: Table) -> Iterator[str]:
    """The events of a function that are of an API, and say not which."""
    for name, event in _events(body):
        properties = event.get("Properties")
        if event.get("Type") == "Api" and isinstance(properties, Table) and "RestApiId" not in properties:
            yield name


def _events(body: Table) -> Iterator[tuple[str, Table]]:
    properties = body.get("Properties") if body.get("Type") == FUNCTION else None
    events = properties.get("Events") if isinstance(properties, Table) else None
    for name, event in events.items() if isinstance(events, Table) and not _is_call(events) else ():
        if isinstance(event, Table):
            yield name, event


def _api(properties: Table) -> Table:
    """What of an API decides who reaches it, as API Gateway has it; stages and domains are resources beside it."""
    out = Table(properties.line)
    for key, value in properties.items():
        line = properties.line_of(key)
        if key == "EndpointConfiguration":
            _put(out, key, _endpoints(value, line), line)
        elif key in ("Name", "DefinitionBody"):
            _put(out, {"DefinitionBody": "Body"}.get(key, key), value, line)
        elif key == "Auth" and isinstance(value, Table) and "ResourcePolicy" in value:
            call = _within(line, "Fn::Transform", _within(line, "Name", "AWS::Serverless"))  # SAM writes the policy
            _put(out, "Policy", call, line)
    return out


def _endpoints(value: Any, line: int) -> Any:
    """SAM takes one type as a text, too."""
    if not isinstance(value, Table) or _is_call(value):
        return _within(line, "Types", _row([value], line))
    made = Table(line)
    for key, inner in value.items():
        name, listed = {"Type": ("Types", True), "VPCEndpointIds": ("VpcEndpointIds", False)}.get(key, (key, False))
        _put(made, name, _row([inner], line) if listed else inner, value.line_of(key))
    return made


def _row(items: list[Any], line: int) -> Row:
    row = Row(line)
    row.extend(items)
    row.lines = [line] * len(items)
    return row


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


# What SAM puts into resources beside the function, which need it: the function itself waits for nothing in them.
BESIDE = ("DeploymentPreference", "EventInvokeConfig", "Events", "FunctionUrlConfig", "ProvisionedConcurrencyConfig")


def _renamed(properties: Table) -> Table:
    """What SAM writes in another form: tags as a mapping (here left out), the capacity provider by its ARN."""
    out = Table(properties.line)
    for key, value in properties.items():
        line = properties.line_of(key)
        if key == PROVIDER and isinstance(value, Table) and "Arn" in value:
            _put(out, key, _within(line, "LambdaManagedInstancesCapacityProviderConfig",
                                   _within(line, "CapacityProviderArn", value["Arn"])), line)  # fmt: skip
        elif key not in BESIDE and (key != "Tags" or not isinstance(value, Table)):
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
    if body["Type"] == FUNCTION:
        if not isinstance(properties, Table) or "Role" not in properties:
            made["Role"] = _bare("AWS::IAM::Role", body)
        if isinstance(properties, Table) and "AutoPublishAlias" in properties:
            made["Version"] = _bare("AWS::Lambda::Version", body, FunctionName={"Ref": logical})
            made["Alias" + str(properties["AutoPublishAlias"])] = _bare("AWS::Lambda::Alias", body)
        for name, event in _events(body):
            mapping = _mapping(logical, event)
            if mapping is not None:
                made[name] = mapping
    return made


def _mapping(logical: str, event: Table) -> Table | None:
    """The event source mapping that an event of a function becomes, if it polls from a VPC (NEED-06)."""
    kind, properties = event.get("Type"), event.get("Properties")
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
