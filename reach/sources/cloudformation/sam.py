"""SAM: `Globals` merged into each resource, and the serverless types as the Lambda types that they become."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reach.sources.cloudformation.document import Row, Table
from reach.sources.cloudformation.serverless import bare, is_call, put, role, row_of, within
from reach.sources.cloudformation.template import Template

TRANSFORM = "AWS::Serverless"
BECOMES = {
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::CapacityProvider": "AWS::Lambda::CapacityProvider",
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::NetworkConnector": "AWS::Lambda::NetworkConnector",
}
# The events that are polled from a VPC, with the property that says which source it is.
POLLED = {"DocumentDB": "Cluster", "MQ": "Broker", "MSK": "Stream", "SelfManagedKafka": "KafkaBootstrapServers"}
CONNECTOR = "AWS::Serverless::Connector"
PROVIDER = "CapacityProviderConfig"
API, FUNCTION, PROVIDERS = "AWS::Serverless::Api", "AWS::Serverless::Function", "AWS::Serverless::CapacityProvider"
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
        bodies[IMPLICIT] = _merged(template, bare(API, asking))
    for logical, body in bodies.items():
        line = section.line_of(logical) if logical in section else body.line
        put(resources, logical, _resource(logical, body), line)
        if isinstance(body, Table) and body.get("Type") in BECOMES:
            for suffix, made in _companions(logical, body).items():
                put(resources, logical + suffix, made, line)
    root = Table(template.root.line)
    for key, value in template.root.items():
        put(root, key, resources if key == "Resources" else value, template.root.line_of(key))
    return Template(template.name, root)



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


def _resource(logical: str, body: Any) -> Any:
    if not isinstance(body, Table) or body.get("Type") not in BECOMES:
        return body
    properties = body.get("Properties")
    made = _with(body, Type=BECOMES[body["Type"]])
    if isinstance(properties, Table):
        written = _api if body["Type"] == API else _connector if body["Type"].endswith("NetworkConnector") else _renamed
        made["Properties"] = written(properties)
    if body["Type"] == FUNCTION and (not isinstance(properties, Table) or "Role" not in properties):
        own = made["Properties"] if isinstance(made.get("Properties"), Table) else Table(body.line)
        put(own, "Role", within(body.line, "Fn::GetAtt", row_of([f"{logical}Role", "Arn"], body.line)), body.line)
        put(made, "Properties", own, body.line_of("Properties"))
    return made


def _with(body: Table, **values: Any) -> Table:
    """A copy with other values."""
    made = Table(body.line)
    for key, value in body.items():
        put(made, key, value, body.line_of(key))
    for key, value in values.items():
        put(made, key, value, body.line_of(key))
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
    for name, event in events.items() if isinstance(events, Table) and not is_call(events) else ():
        if isinstance(event, Table):
            yield name, event


def _api(properties: Table) -> Table:
    """What of an API decides who reaches it, as API Gateway has it; stages and domains are resources beside it."""
    out = Table(properties.line)
    for key, value in properties.items():
        line = properties.line_of(key)
        if key == "EndpointConfiguration":
            put(out, key, _endpoints(value, line), line)
        elif key in ("Name", "DefinitionBody"):
            put(out, {"DefinitionBody": "Body"}.get(key, key), value, line)
        elif key == "Auth" and isinstance(value, Table) and "ResourcePolicy" in value:
            call = within(line, "Fn::Transform", within(line, "Name", "AWS::Serverless"))  # SAM writes the policy
            put(out, "Policy", call, line)
    return out


def _connector(properties: Table) -> Table:
    """The network of a connector, a level deeper."""
    out = Table(properties.line)
    for key, value in properties.items():
        line = properties.line_of(key)
        if key == "VpcConfig":
            put(out, "Configuration", within(line, "VpcEgressConfiguration", value), line)
        elif key != "Tags" or not isinstance(value, Table):
            put(out, key, value, line)
    return out


def _endpoints(value: Any, line: int) -> Any:
    """SAM takes one type as a text, too."""
    if not isinstance(value, Table) or is_call(value):
        return within(line, "Types", row_of([value], line))
    made = Table(line)
    for key, inner in value.items():
        name, listed = {"Type": ("Types", True), "VPCEndpointIds": ("VpcEndpointIds", False)}.get(key, (key, False))
        put(made, name, row_of([inner], line) if listed else inner, value.line_of(key))
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
            put(kept, key, value, common.line_of(key))
    return kept


# What SAM puts into resources beside the function, which need it: the function itself waits for nothing in them.
BESIDE = ("DeploymentPreference", "EventInvokeConfig", "Events", "FunctionUrlConfig", "ProvisionedConcurrencyConfig")


def _renamed(properties: Table) -> Table:
    """What SAM writes in another form: tags as a mapping (here left out), the capacity provider by its ARN, traces."""
    out = Table(properties.line)
    for key, value in properties.items():
        line = properties.line_of(key)
        if key == PROVIDER and isinstance(value, Table) and "Arn" in value:
            put(out, key, within(line, "LambdaManagedInstancesCapacityProviderConfig",
                                   within(line, "CapacityProviderArn", value["Arn"])), line)  # fmt: skip
        elif key == "Tracing":
            if value != "Disabled":
                put(out, "TracingConfig", within(line, "Mode", value), line)
        elif key not in BESIDE and (key != "Tags" or not isinstance(value, Table)):
            put(out, key, value, line)
    return out



def remarks(template: Template) -> Iterator[str]:
    """What of SAM is left out on purpose."""
    found = [b for b in template.section("Resources").values() if isinstance(b, Table) and b.get("Type") == CONNECTOR]
    if found:
        yield f"{template.name}: the policies that {CONNECTOR} makes are not evaluated: they change no network"


def merge(common: Any, own: Any) -> Any:
    """Globals under a resource's own values: mappings are merged, lists put together, anything else replaced.

    A function such as `Fn::If` counts as one value.
    """
    if isinstance(common, Table) and isinstance(own, Table) and not (is_call(common) or is_call(own)):
        out = Table(own.line)
        for key, value in common.items():
            put(out, key, value, common.line_of(key))
        for key, value in own.items():
            put(out, key, merge(out[key], value) if key in out else value, own.line_of(key))
        return out
    if isinstance(common, Row) and isinstance(own, Row):
        row = Row(own.line)
        row.extend([*common, *own])
        row.lines = [*common.lines, *own.lines]
        return row
    return own



def _companions(logical: str, body: Table) -> dict[str, Table]:
    """What SAM makes beside a resource, so that references to it can be followed: roles, versions, aliases, events."""
    made: dict[str, Table] = {}
    found = body.get("Properties")
    properties = found if isinstance(found, Table) else Table(body.line)
    if body["Type"] == PROVIDERS and "OperatorRole" not in properties:
        made["OperatorRole"] = bare("AWS::IAM::Role", body)
    if body["Type"] != FUNCTION:
        return made
    if "Role" not in properties:
        made["Role"] = role(body, properties)
    called: dict[str, Any] = {"Ref": logical}
    name = properties.get("AutoPublishAlias")
    if name is not None and name != {"Ref": "AWS::NoValue"}:
        number: dict[str, Any] = {"Fn::GetAtt": [f"{logical}Version", "Version"]}
        made["Version"] = bare("AWS::Lambda::Version", body, FunctionName=called)
        suffix = f"Alias{name}" if isinstance(name, str) else "Alias"
        made[suffix] = bare("AWS::Lambda::Alias", body, FunctionName=called, FunctionVersion=number)
        put(made[suffix]["Properties"], "Name", name, properties.line_of("AutoPublishAlias"))
        called = {"Ref": logical + suffix}
    for event_name, event in _events(body):
        mapping = _mapping(body, event, called)
        if mapping is not None:
            made[event_name] = mapping
    return made


def _mapping(body: Table, event: Table, called: dict[str, Any]) -> Table | None:
    """The event source mapping that an event of a function becomes, if it polls from a VPC (NEED-06)."""
    kind, properties = event.get("Type"), event.get("Properties")
    if kind not in POLLED or not isinstance(properties, Table):
        return None
    made = bare("AWS::Lambda::EventSourceMapping", event, FunctionName=called)
    if "Condition" in body:
        put(made, "Condition", body["Condition"], body.line_of("Condition"))
    for key, value in properties.items():
        line = properties.line_of(key)
        if key == POLLED[kind] and kind == "SelfManagedKafka":
            servers = within(line, "Endpoints", within(line, key, value))
            put(made["Properties"], "SelfManagedEventSource", servers, line)
        elif key == POLLED[kind]:
            put(made["Properties"], "EventSourceArn", value, line)
        elif key in ("SourceAccessConfigurations", "ProvisionedPollerConfig"):
            put(made["Properties"], key, value, line)
    return made
