"""Execution roles: may Lambda make, describe and delete network interfaces in the function's name (PERM-01 … PERM-06).

Only the role's own policies are judged; service control policies and boundaries cannot be read here and may still deny.
"""

from __future__ import annotations

import json
from functools import lru_cache

from msgspec import Struct

from reach.network import Function, Network
from reach.network.senders import Role, role_id, role_name
from reach.policy import ABSENT, Document, Outcome, Request, Statement, Unknown, evaluate, joined, parse
from reach.policy.managed import managed
from reach.policy.truth import F

# Without the first three nothing is attached; the other three serve addresses and deletion.
NEEDED = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")
USEFUL = ("ec2:DescribeSubnets", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses")
MOUNTING = ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")  # if the file system has a policy
MOUNTING_S3 = ("s3files:ClientMount", "s3files:ClientWrite", "s3:GetObject", "s3:GetObjectVersion")
LOGGING = ("logs:CreateLogStream", "logs:PutLogEvents")
MANAGED = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
REFUSED = (Outcome.DENIED, Outcome.NOT_ALLOWED)


class Lacking(Struct, frozen=True):
    """What a role's own policies certainly do not allow."""

    role: Role
    needed: tuple[str, ...]
    useful: tuple[str, ...]
    logging: tuple[str, ...]
    mounting: tuple[str, ...] = ()  # of file systems (PERM-08)


def lacking(network: Network, function: Function) -> Lacking | None:
    """What the function's role lacks; None if its policies were not all read."""
    role = network.things.get(role_id(function.home.account, role_name(function.role)))
    if not isinstance(role, Role) or role.gap is not None:
        return None
    document = _document(role.policies)
    if document is None:
        return None
    partition = function.arn.split(":")[1] if function.arn.startswith("arn:") else "aws"
    place = f"arn:{partition}:ec2:{function.home.region}:{function.home.account}:"
    return Lacking(
        role,
        tuple(a for a in NEEDED if _refused(document, a, place, function)),
        tuple(a for a in USEFUL if _refused(document, a, place, function)),
        tuple(a for a in LOGGING if _refused_of(document, a, "its log group")),
        tuple(a for a in _mounting(function) if _refused_of(document, a, "a file system or bucket")),
    )


@lru_cache(maxsize=1024)
def _document(policies: tuple[tuple[str, str], ...]) -> Document | None:
    """All policies as one; None if one cannot be read, since it might deny or allow."""
    found = []
    for name, text in policies:
        source = json.loads(text)
        own = managed(source) if isinstance(source, str) else None
        document = own or parse(source, name)
        if not isinstance(document, Document):
            return None
        found.append(document)
    return joined(found)


def _refused(document: Document, action: str, place: str, function: Function) -> bool:
    """Lambda's own call: it comes from no function's code, and Describe calls know no resource (PERM-03, PERM-05)."""
    resources: list[str | Unknown] = [Unknown("a network interface", like=f"{place}network-interface/eni-*")]
    if action.startswith("ec2:Describe"):
        resources = ["*"]
    elif action == "ec2:CreateNetworkInterface":
        resources += [f"{place}subnet/{id}" for id in function.subnets]
        resources += [f"{place}security-group/{id}" for id in function.groups]
    context = {"lambda:SourceFunctionArn": ABSENT}
    return any(evaluate(document, Request(action, r, context=context)).outcome in REFUSED for r in resources)


def allows_by_name(network: Network, function: Function, action: str) -> bool:
    """Whether a policy of the role that was read allows an action of this very service, not just `*` (NEED-14)."""
    role = network.things.get(role_id(function.home.account, role_name(function.role)))
    document = _document(role.policies) if isinstance(role, Role) else None
    service, wanted = action.split(":", maxsplit=1)[0], Request(action, Unknown("what it is for"))
    return any(
        m.statement.allow and m.truth is not F and _names(m.statement, service)
        for m in (evaluate(document, wanted).matches if document else ())
    )


def _names(statement: Statement, service: str) -> bool:
    values = statement.action.values if statement.action and not statement.action.negated else ()
    return any(isinstance(v, str) and v.lower().startswith(f"{service}:") for v in values)


def _refused_of(document: Document, action: str, what: str) -> bool:
    return evaluate(document, Request(action, Unknown(what, like="arn:*"))).outcome in REFUSED


def _mounting(function: Function) -> tuple[str, ...]:
    """What mounting the function's file systems takes."""
    s3 = [":s3files:" in arn for arn in function.mounts]
    return (*(MOUNTING if False in s3 else ()), *(MOUNTING_S3 if True in s3 else ()))


def statement(actions: tuple[str, ...]) -> str:
    """The policy statement to add.

    >>> statement(("ec2:DescribeSubnets",))
    '{"Effect": "Allow", "Action": ["ec2:DescribeSubnets"], "Resource": "*"}'
    """
    return json.dumps({"Effect": "Allow", "Action": list(actions), "Resource": "*"})
