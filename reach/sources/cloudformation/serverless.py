"""The resources that SAM makes beside a serverless one, and the pieces of a template that they are put together of."""

from __future__ import annotations

from typing import Any

from reach.sources.cloudformation.document import Row, Table

AWS = "arn:aws:iam::aws:policy/"
SERVICE = f"{AWS}service-role/"
OF_SERVICES = ("AWSLambdaBasicExecutionRole", "AWSLambdaENIManagementAccess", "AWSLambdaVPCAccessExecutionRole")
BASIC, IN_A_VPC = f"{SERVICE}AWSLambdaBasicExecutionRole", f"{SERVICE}AWSLambdaVPCAccessExecutionRole"


def put(table: Table, key: str, value: Any, line: int) -> None:
    table[key] = value
    table.lines[key] = line


def within(line: int, key: str, value: Any) -> Table:
    table = Table(line)
    put(table, key, value, line)
    return table


def row_of(items: list[Any], line: int) -> Row:
    row = Row(line)
    row.extend(items)
    row.lines = [line] * len(items)
    return row


def is_call(value: Table) -> bool:
    return len(value) == 1 and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::"))


def bare(type_: str, body: Table, **calls: dict[str, Any]) -> Table:
    """A resource of this type on the lines and under the condition of another; `calls` are its properties."""
    made = Table(body.line)
    put(made, "Type", type_, body.line)
    inner = Table(body.line)
    for key, value in calls.items():
        call = Table(body.line)
        for name, argument in value.items():
            put(call, name, row_of(argument, body.line) if isinstance(argument, list) else argument, body.line)
        put(inner, key, call, body.line)
    put(made, "Properties", inner, body.line)
    if "Condition" in body:
        put(made, "Condition", body["Condition"], body.line_of("Condition"))
    return made


def role(body: Table, properties: Table) -> Table:
    """The role that SAM makes for a function that has none: AWS's own policies, then those that the function lists.

    Policies of other services only allow what is of no interest here. One that cannot be told (a policy template, one
    behind a condition) is one that nobody can read.
    """
    made = bare("AWS::IAM::Role", body)
    given, line = properties.get("Policies"), properties.line_of("Policies")
    listed = given if isinstance(given, list) else [] if given is None else [given]
    arns: list[Any] = [BASIC, *([IN_A_VPC] if properties.get("VpcConfig") else [])]
    inline: list[Any] = []
    for number, one in enumerate(listed):
        if isinstance(one, str):
            arns.append(one if one.startswith("arn:") else f"{SERVICE if one in OF_SERVICES else AWS}{one}")
            continue
        told = isinstance(one, Table) and "Statement" in one
        document = one if told else within(line, "Fn::Transform", within(line, "Name", "AWS::Serverless"))
        policy = within(line, "PolicyName", f"Policy{number}")
        put(policy, "PolicyDocument", document, line)
        inline.append(policy)
    inner = made["Properties"]
    put(inner, "ManagedPolicyArns", row_of(arns, line), line)
    if inline:
        put(inner, "Policies", row_of(inline, line), line)
    if "RolePath" in properties:
        put(inner, "Path", properties["RolePath"], properties.line_of("RolePath"))
    return made
