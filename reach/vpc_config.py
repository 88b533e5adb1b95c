"""The VPC configuration that a function would be given, in the AWS CLI's own spelling."""

from __future__ import annotations

import json
import re
from typing import Any

from msgspec import Struct

from reach.errors import QuestionError

MEMBERS = ("SubnetIds", "SecurityGroupIds", "Ipv6AllowedForDualStack")
MOST = {"SubnetIds": 16, "SecurityGroupIds": 5}
PREFIX = {"SubnetIds": "subnet-", "SecurityGroupIds": "sg-"}
AN_ID = re.compile(r"[\w-]+")
MEMBER = re.compile(r"(?:^|,)\s*([A-Za-z0-9]+)\s*=")
# What people paste that Lambda answers, and does not take.
ANSWERED = {
    "VpcId": "leave VpcId out: Lambda answers it, and tells it from the subnets\n",
    "VpcConfig": "give what VpcConfig holds, without its name\n",
}
EXAMPLE = "write --vpc-config SubnetIds=subnet-1,subnet-2,SecurityGroupIds=sg-1, as for aws lambda create-function"


class VpcConfig(Struct, frozen=True):
    """Subnets and groups; two empty lists are no VPC at all."""

    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    ipv6: bool = False


def read(text: str) -> VpcConfig:
    """Read ``SubnetIds=…,SecurityGroupIds=…`` or the same as JSON (FN-10).

    Raises
    ------
    QuestionError
        If it cannot be read, or if Lambda would refuse it.

    Examples
    --------
    >>> read("SubnetIds=subnet-1,subnet-2,SecurityGroupIds=sg-1")
    VpcConfig(subnets=('subnet-1', 'subnet-2'), groups=('sg-1',), ipv6=False)
    >>> read("SubnetIds=[],SecurityGroupIds=[]")
    VpcConfig(subnets=(), groups=(), ipv6=False)
    """
    members = _json(text) if text.lstrip().startswith("{") else _shorthand(text)
    unknown = sorted(set(members) - set(MEMBERS))
    if unknown:
        near = next((name for name in MEMBERS if name.lower().startswith(unknown[0].lower()[:6])), None)
        meant = f"did you mean {near!r}?\n" if near else ANSWERED.get(unknown[0], "")
        raise _wrong(f"{unknown[0]!a} is not a member", f"{meant}the members are {', '.join(MEMBERS)}")
    subnets, groups = (_ids(members, name) for name in PREFIX)
    if bool(subnets) != bool(groups):
        given, missing = ("SubnetIds", "SecurityGroupIds") if subnets else ("SecurityGroupIds", "SubnetIds")
        raise _wrong(f"{given} is given and {missing} is not", f"Lambda takes both or neither; {EXAMPLE}")
    return VpcConfig(subnets, groups, _flag(members.get("Ipv6AllowedForDualStack", "false")))


def _wrong(what: str, hint: str = EXAMPLE) -> QuestionError:
    return QuestionError(f"--vpc-config: {what}", hint)


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong(f"not JSON ({error})") from None
    return found if isinstance(found, dict) else {}


def _shorthand(text: str) -> dict[str, Any]:
    found = list(MEMBER.finditer(text))
    if not found or found[0].start() != 0:
        raise _wrong(f"{text!a} is not of the form Name=value", _form(text))
    out: dict[str, Any] = {}
    for this, following in zip(found, [*found[1:], None], strict=True):
        if this[1] in out:
            raise _wrong(f"{this[1]} is given twice")
        value = text[this.end() : following.start() if following else len(text)].strip()
        run_on = next((name for name in MEMBERS if f"{name}=" in value), None)
        if run_on is not None:  # behind a space or a line break, where a comma belongs
            raise _wrong(f"there is no comma before {run_on}", f"members are separated by commas; {EXAMPLE}")
        if value.startswith("[") != value.endswith("]"):
            raise _wrong(f"a bracket of {this[1]} is not closed")
        out[this[1]] = [v for v in (w.strip().strip("'\"") for w in value.strip("[]").split(",")) if v]
    return out


def _form(text: str) -> str:
    """What the commands of reach read themselves."""
    if text.startswith("file://"):
        return f'give what is in the file: --vpc-config "$(cat {text.removeprefix("file://")})"'
    return EXAMPLE


def _ids(members: dict[str, Any], name: str) -> tuple[str, ...]:
    value = members.get(name, [])
    found = [value] if isinstance(value, str) else value
    if not isinstance(found, list) or not all(isinstance(v, str) for v in found):
        raise _wrong(f"{name} is a list of ids")
    odd = next((v for v in found if not v.startswith(PREFIX[name])), None)
    if odd is not None:
        raise _wrong(f"{odd!a} in {name} does not begin with {PREFIX[name]}")
    odd = next((v for v in found if not AN_ID.fullmatch(v)), None)
    if odd is not None:
        raise _wrong(f"{odd!a} in {name} cannot be an id", "ids are separated by commas")
    if len(set(found)) > MOST[name]:
        raise _wrong(f"{len(set(found))} {name}", f"Lambda takes at most {MOST[name]}")
    return tuple(sorted(set(found)))


def _flag(value: Any) -> bool:
    text = str(value[0] if isinstance(value, list) and value else value).lower()
    if text not in ("true", "false"):
        raise _wrong(f"Ipv6AllowedForDualStack is {text!a}", "it is true or false")
    return text == "true"
