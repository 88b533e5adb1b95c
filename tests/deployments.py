"""Deployments as rows: a policy, a function of a small world, a network to give it, and what the rules demand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reach.deployment import Deployment, deployments
from reach.network import Network
from reach.policy import Document, Outcome, parse
from reach.policy.lint import lint
from reach.vpc_config import read
from tests.scenario import Steps, do, network, put

ALLOWED, DENIED, NOT_ALLOWED, OPEN = Outcome.ALLOWED, Outcome.DENIED, Outcome.NOT_ALLOWED, Outcome.UNKNOWN
VPC, SUBNETS, GROUPS = "lambda:VpcIds", "lambda:SubnetIds", "lambda:SecurityGroupIds"
BOTH = ["lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"]

WORLD: Steps = (
    do("vpc", "10.0.0.0/16", id="vpc-1"),
    do("vpc", "10.9.0.0/16", id="vpc-9"),
    do("subnet", "vpc-1", "10.0.1.0/24", "a", id="subnet-1"),
    do("subnet", "vpc-1", "10.0.2.0/24", "b", id="subnet-2"),
    do("subnet", "vpc-9", "10.9.1.0/24", "a", id="subnet-9"),
    do("security_group", "vpc-1", id="sg-1"),
    do("security_group", "vpc-9", id="sg-9"),
    do("function", "inside", ["subnet-1", "subnet-2"], ["sg-1"]),
    do("function", "loose"),
    do("function", "vague", ["subnet-1"], ["sg-1"]),
    put("vague", VpcConfig={"VpcId": "vpc-1", "SecurityGroupIds": ["sg-1"]}),
)


def rule(effect: str, sid: str = "", action: Any = BOTH, **operators: Any) -> dict[str, Any]:
    """One statement; `ForAllValues__StringEquals` stands for the colon."""
    condition = {name.replace("__", ":"): keys for name, keys in operators.items()}
    found = {"Sid": sid, "Effect": effect, "Action": action, "Resource": "*", "Condition": condition}
    return {k: v for k, v in found.items() if v}


FREELY = rule("Allow", "Freely", "*")
MUST_BE_INSIDE = rule("Deny", "MustBeInside", Null={VPC: "true"})
NOT_SUBNET_2 = rule("Deny", "NotSubnet2", ForAnyValue__StringEquals={SUBNETS: ["subnet-2"]})
ONLY_VPC_1 = rule("Allow", "OnlyVpc1", StringEquals={VPC: "vpc-1"})
ONLY_SUBNET_1 = rule("Allow", "OnlySubnet1", ForAllValues__StringEquals={SUBNETS: ["subnet-1"]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One deployment. `says` stands in the explanation or the fix, `codes` are those of notes and lints."""

    ids: str
    about: str
    policy: tuple[dict[str, Any], ...]
    want: Outcome
    who: tuple[str, ...] = ("inside",)
    config: str | None = None
    action: str | None = None
    does: str = "lambda:UpdateFunctionConfiguration"
    says: str = ""
    codes: tuple[str, ...] = ()
    world: Steps = WORLD

    def __str__(self) -> str:
        return f"{self.ids}: {self.about}"


INSIDE = "SubnetIds=subnet-1,SecurityGroupIds=sg-1"
CASES = (
    Case(ids="POL-03 POL-04", about="an update keeps the network that the function has",
         policy=(FREELY, MUST_BE_INSIDE), want=ALLOWED),
    Case(ids="POL-03 POL-04", about="a function in no VPC", policy=(FREELY, MUST_BE_INSIDE), who=("loose",),
         want=DENIED, says="MustBeInside denies it"),
    Case(ids="POL-03 POL-04", about="detaching a function", policy=(FREELY, MUST_BE_INSIDE),
         config="SubnetIds=[],SecurityGroupIds=[]", want=DENIED, says="MustBeInside"),
    Case(ids="POL-03", about="attaching a loose function", policy=(FREELY, MUST_BE_INSIDE), who=("loose",),
         config=INSIDE, want=ALLOWED),
    Case(ids="POL-03", about="a function that does not exist is created", policy=(rule("Allow", "C", BOTH[0]),),
         who=(), config=INSIDE, does=BOTH[0], want=ALLOWED),
    Case(ids="POL-03", about="an existing one is updated, which this policy does not allow",
         policy=(rule("Allow", "C", BOTH[0]),), want=NOT_ALLOWED, says="C wants Action"),
    Case(ids="POL-03", about="asked as if it were created", policy=(rule("Allow", "C", BOTH[0]),), action="create",
         does=BOTH[0], want=ALLOWED),
    Case(ids="POL-07", about="one of its subnets is forbidden", policy=(FREELY, NOT_SUBNET_2), want=DENIED,
         says="Leave subnet-2 out of lambda:SubnetIds"),
    Case(ids="POL-07", about="without the forbidden subnet", policy=(FREELY, NOT_SUBNET_2), config=INSIDE,
         want=ALLOWED),
    Case(ids="POL-05", about="in another VPC", policy=(ONLY_VPC_1,), config="SubnetIds=subnet-9,SecurityGroupIds=sg-9",
         want=NOT_ALLOWED, says="Use subnets of another VPC than vpc-9",
         codes=("POLICY_DENIES_DEPLOYMENT", "DEPLOYER_LACKS_EC2_PERMISSIONS")),
    Case(ids="POL-10", about="separate allowances let the other subnet in", policy=(ONLY_VPC_1, ONLY_SUBNET_1),
         want=ALLOWED, says="OnlyVpc1 allows it", codes=("POLICY_ALLOWS_ARE_ALTERNATIVES", "POLICY_ADMITS_NO_VPC")),
    Case(ids="POL-10", about="a denial beside the wide allowance is no mistake",
         policy=(FREELY, ONLY_VPC_1, rule("Deny", "D", StringNotEquals={VPC: "vpc-1"})), want=ALLOWED, codes=()),
    Case(ids="POL-08", about="Null closes the way for functions in no VPC",
         policy=(rule("Allow", "Only", ForAllValues__StringEquals={SUBNETS: ["subnet-1"]}, Null={SUBNETS: "false"}),),
         who=("loose",), want=NOT_ALLOWED, says="Give the function"),
    Case(ids="POL-08", about="the demand for a VPC closes it too",
         policy=(rule("Allow", "Only", StringEquals={VPC: "vpc-1"},
                      ForAllValues__StringEquals={SUBNETS: ["subnet-1"]}),), who=("loose",), want=NOT_ALLOWED),
    Case(ids="POL-08", about="a denial over all values",
         policy=(FREELY, rule("Deny", "D", ForAllValues__StringEquals={SUBNETS: ["subnet-1"]})), want=ALLOWED,
         codes=("POLICY_DENIES_ONLY_IF_ALL",)),
    Case(ids="POL-02 POL-09", about="a plain operator on a list is not decided",
         policy=(rule("Allow", "Plain", StringEquals={SUBNETS: ["subnet-1"]}),), want=OPEN,
         says="Plain cannot be decided", codes=("POLICY_LIST_NEEDS_SET_OPERATOR", "UNKNOWN_RESOURCE")),
    Case(ids="POL-02 POL-09", about="a set operator on the one VPC",
         policy=(rule("Allow", "Set", ForAnyValue__StringEquals={VPC: ["vpc-1"]}),), want=ALLOWED,
         codes=("POLICY_SET_OPERATOR_ON_SINGLE_VALUE",)),
    Case(ids="POL-01", about="invoking carries no network key",
         policy=(FREELY, rule("Deny", "D", "lambda:InvokeFunction", StringEquals={VPC: "vpc-1"})), want=ALLOWED,
         codes=("POLICY_KEY_NOT_IN_REQUEST",)),
    Case(ids="POL-01", about="a capacity provider has subnets and no VPC",
         policy=(FREELY, rule("Deny", "D", "lambda:CreateCapacityProvider", StringEquals={VPC: "vpc-1"},
                              ForAnyValue__StringEquals={SUBNETS: ["subnet-1"]})), want=ALLOWED,
         codes=("POLICY_KEY_NOT_IN_REQUEST",)),
    Case(ids="POL-03", about="the subnets of the function were not read", policy=(ONLY_SUBNET_1,), who=("vague",),
         want=OPEN, codes=("UNKNOWN_RESOURCE", "POLICY_ADMITS_NO_VPC")),
    Case(ids="POL-03", about="its VPC was", policy=(ONLY_VPC_1,), who=("vague",), want=ALLOWED),
    Case(ids="POL-03", about="a subnet that is not in the data has an unknown VPC", policy=(ONLY_VPC_1,), who=(),
         config="SubnetIds=subnet-77,SecurityGroupIds=sg-1", does=BOTH[0], want=OPEN, says="which was not read"),
    Case(ids="POL-12", about="a key that nobody fills stays open",
         policy=(rule("Allow", "Org", StringEquals={"aws:PrincipalOrgID": "o-1"}),), want=OPEN, says="not known"),
    Case(ids="PERM-07", about="a deployer that may look", policy=(FREELY,), want=ALLOWED),
)  # fmt: skip


def world(case: Case) -> Network:
    return network(case.world)


def document(case: Case) -> Document:
    found = parse({"Version": "2012-10-17", "Statement": list(case.policy)})
    assert isinstance(found, Document)
    return found


def judged(case: Case) -> Deployment:
    """What reach says of the one deployment of a case."""
    config = read(case.config) if case.config is not None else None
    (found,) = deployments(world(case), document(case), case.who, config=config, action=case.action)
    return found


def codes(case: Case) -> set[str]:
    """Every code that a case provokes."""
    got = judged(case)
    return {n.code for n in (*got.notes, *lint(document(case)))} | ({got.code} if got.code else set())
