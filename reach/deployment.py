"""Would a policy let this function be deployed into this network: the request as IAM sees it, and the answer.

Only what Lambda documents of the request is known here; any other key that a policy asks about stays open.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from reach.answer import Note
from reach.ask.asker import Asker, askers, planned
from reach.errors import QuestionError
from reach.network import Function, Network, Subnet
from reach.policy import (
    ABSENT,
    Decision,
    Document,
    Key,
    Match,
    Outcome,
    Request,
    Test,
    Text,
    Unknown,
    Values,
    evaluate,
    many,
    one,
)
from reach.policy.lint import CREATE, GROUPS, SUBNETS, UPDATE, VPCS
from reach.policy.operators import operator
from reach.policy.reasons import DENIED, DEPLOYER
from reach.vpc_config import VpcConfig

ACTIONS = {"create": CREATE, "update": UPDATE}
NEEDED = ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:GetSecurityGroupsForVpc")
MOST_ADVICE = 3
WAITING = "ec2:DescribeNetworkInterfaces"  # PERM-09
UNNAMED = "new-function"


class Deployment(Struct, frozen=True):
    """One request that deploys a function, and what a policy says of it."""

    function: str
    arn: str
    request: Request
    decision: Decision
    notes: tuple[Note, ...] = ()

    @property
    def outcome(self) -> Outcome:
        return self.decision.outcome

    @property
    def code(self) -> str | None:
        if self.outcome is Outcome.ALLOWED:
            return None
        return "UNKNOWN_RESOURCE" if self.outcome is Outcome.UNKNOWN else DENIED.code

    @property
    def why(self) -> str:
        """The statements and keys that it rests on, in one sentence."""
        found = self.decision.deciding
        names = ", ".join(m.statement.name for m in found)
        match self.outcome:
            case Outcome.DENIED:
                return f"{names} denies it: {_tests(found[0])}."
            case Outcome.ALLOWED:
                return f"{names} allows it."
            case Outcome.NOT_ALLOWED:
                return f"No statement allows it{': ' if found else '.'}{_misses(found)}"
        return f"{names} cannot be decided: {_tests(found[0])}." if found else "It cannot be decided."

    @property
    def fix(self) -> str:
        """Which ids to leave out, or which statement to change."""
        if self.outcome is Outcome.ALLOWED:
            return ""
        if self.outcome is Outcome.UNKNOWN:
            return "Read the network that the request names, or give the values that the trace calls not known."
        tests = [(m, t) for m in self.decision.deciding for t in m.deciding if t.key]
        found = [f"{_advice(self.request, t, self.outcome)}, or change {m.statement.name}." for m, t in tests]
        return " ".join(dict.fromkeys(found[:MOST_ADVICE])) or DENIED.fix

    def to_dict(self) -> dict[str, Any]:
        deciding = self.decision.deciding
        return {
            "function": self.function,
            "arn": self.arn,
            "action": self.request.action,
            "verdict": self.outcome.value,
            "code": self.code,
            "why": self.why,
            "fix": self.fix,
            "context": {key: _plain(value) for key, value in self.request.context.items()},
            "statements": [match_dict(m, m in deciding) for m in self.decision.matches],
            "notes": [n.to_dict() for n in self.notes],
        }


def match_dict(found: Match, decides: bool) -> dict[str, Any]:
    """One statement of the trace."""
    return {
        "statement": found.statement.name,
        "effect": "Allow" if found.statement.allow else "Deny",
        "matches": found.truth.value,
        "decides": decides,
        "tests": [
            {"element": t.element, "operator": t.operator, "key": t.key, "policy": list(t.wanted), "request": t.held,
             "holds": t.truth.value}
            for t in found.tests
        ],
    }  # fmt: skip


def _advice(request: Request, test: Test, outcome: Outcome) -> str:
    """What to change about the request, for one condition that stands in its way."""
    key = request.key(test.key)
    held = [str(t) for t in key.texts] if isinstance(key, Values) else []
    if not held:
        return f"Give the function what {test.key} is about: subnets and groups"
    inside = (outcome is Outcome.DENIED) != operator(test.operator).negated
    wrong = [h for h in held if (h in test.wanted) == inside] or held
    if test.key.lower() == VPCS.lower():
        return f"Use subnets of another VPC than {', '.join(wrong)}"
    return f"Leave {', '.join(wrong)} out of {test.key}"


def _plain(key: Key) -> Any:
    if not isinstance(key, Values):
        return None
    texts = [str(t) for t in key.texts]
    return texts if key.multivalued else texts[0]


def _tests(found: Match) -> str:
    return "; ".join(str(t) for t in found.deciding)


def _misses(found: tuple[Match, ...]) -> str:
    return "; ".join(f"{m.statement.name} wants {_tests(m)}" for m in found) + "." if found else ""


def deployments(
    network: Network,
    document: Document,
    words: tuple[str, ...] = (),
    *,
    config: VpcConfig | None = None,
    action: str | None = None,
    region: str | None = None,
    account: str | None = None,
) -> tuple[Deployment, ...]:
    """Every function that the words name, or all, as the source has them; or one with another configuration.

    Parameters
    ----------
    config
        The network that the deployment would give the function.
    action
        ``create`` or ``update``; without it an existing function is updated and any other created (POL-03).

    Raises
    ------
    QuestionError
        If a function is not in the source, or it is not clear which is meant.
    """
    place = {"region": region, "account": account}
    if config is not None:
        if len(words) > 1:
            raise QuestionError("--vpc-config is about one function", "name one, or none for a new one")
        name = words[0] if words else UNNAMED
        exists = bool(words) and _exists(network, name, **place)
        network = planned(network, name, config, **place)
        found = askers(network, name, **place)
        return tuple(_deployment(network, document, a, action or ("update" if exists else "create")) for a in found)
    every = [a for word in words or ("*",) for a in askers(network, word, **place)]
    return tuple(_deployment(network, document, a, action or _usual(a)) for a in dict.fromkeys(every) if a.function)


def _exists(network: Network, name: str, region: str | None, account: str | None) -> bool:
    try:
        return bool(askers(network, name, region=region, account=account))
    except QuestionError:
        return False


def _usual(asker: Asker) -> str:
    """What a template describes is created, what an account has is updated."""
    return "create" if asker.function and asker.function.where else "update"


def _deployment(network: Network, document: Document, asker: Asker, action: str) -> Deployment:
    function = asker.function
    assert function is not None
    request = request_of(network, function, ACTIONS[action])
    found = evaluate(document, request)
    return Deployment(function.name, function.arn, request, found, tuple(_deployer(document, function)))


def request_of(network: Network, function: Function, action: str) -> Request:
    """The request that deploys a function as it is configured (POL-01, POL-03)."""
    context: dict[str, Key] = {VPCS: ABSENT, SUBNETS: ABSENT, GROUPS: ABSENT}
    if function.gap is not None:
        context = {
            VPCS: one(function.vpc_config or Unknown("a VPC that was not read")),
            SUBNETS: many(more=True),
            GROUPS: many(*function.groups, more=not function.groups),
        }
    elif function.attached:
        context = {
            VPCS: one(_vpc(network, function)),
            SUBNETS: many(*(_id(network, s) for s in function.subnets)),
            GROUPS: many(*(_id(network, g) for g in function.groups)),
        }
    return Request(action, function.arn, context=context | {"aws:RequestedRegion": one(function.home.region)})


def _vpc(network: Network, function: Function) -> Text:
    """The VPC of the subnets; Lambda derives it the same way."""
    for id in function.subnets:
        subnet = network.get(id, function.home)
        if isinstance(subnet, Subnet) and subnet.vpc:
            return _id(network, subnet.vpc)
    return Unknown(f"the VPC of {function.subnets[0]}, which was not read")


def _id(network: Network, id: str) -> Text:
    """An id that a policy can name; what a template creates gets its id only when it is deployed (POL-12)."""
    thing = network.things.get(id)
    made = thing is not None and thing.where is not None
    return Unknown(f"the id of {id}") if made or not id.startswith(("vpc-", "subnet-", "sg-")) else id


def _deployer(document: Document, function: Function) -> Iterator[Note]:
    """What else the holder of the policy needs to attach a function (PERM-07)."""
    if not function.attached:
        return
    missing = [a for a in NEEDED if evaluate(document, Request(a)).outcome in (Outcome.DENIED, Outcome.NOT_ALLOWED)]
    if missing:
        text = f"To attach a function its deployer also needs {', '.join(missing)}, which this policy does not allow."
        if evaluate(document, Request(WAITING)).outcome in (Outcome.DENIED, Outcome.NOT_ALLOWED):
            text += f" CloudFormation also needs {WAITING}, to wait until interfaces are gone."
        yield Note(DEPLOYER.code, text, function.name)
