"""Execution roles: what they must allow, what of it is certain, and what that means for a function's network."""

from __future__ import annotations

from typing import Any

from reach.answer import Verdict
from tests.scenario import NO, OK, Row, Step, do, put
from tests.scenario_functions import IDLE, TOMORROW
from tests.scenario_worlds import NAT

SERVICE_ROLE = "arn:aws:iam::aws:policy/service-role/"
VPC_ACCESS, ENI_ACCESS, BASIC = (
    f"{SERVICE_ROLE}{n}"
    for n in ("AWSLambdaVPCAccessExecutionRole", "AWSLambdaENIManagementAccess", "AWSLambdaBasicExecutionRole")
)
SEED = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"]
REST = ["ec2:DescribeSubnets", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"]
LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"]
LACKS, ADDRESSES, NO_LOGS = "ROLE_LACKS_ENI_PERMISSIONS", "ROLE_LACKS_ADDRESS_PERMISSIONS", "ROLE_LACKS_LOGS"


def allow(*actions: str, resource: Any = "*", effect: str = "Allow", **condition: Any) -> dict[str, Any]:
    """A policy of one statement."""
    statement = {"Effect": effect, "Action": list(actions), "Resource": resource}
    statement |= {"Condition": condition} if condition else {}
    return {"Version": "2012-10-17", "Statement": [statement]}


def role(*attached: str, read: Any = None, **inline: Any) -> Step:
    """The role of the function `orders`."""
    return do("role", "orders", inline, dict.fromkeys(attached, read))


ALL = allow(*SEED, *REST, *LOGS)
MISSES_SEED = allow(*SEED[:2], *REST, *LOGS)


def idle(ids: str, about: str, *steps: Step, lacks: bool = True, **members: Any) -> Row:
    """A function that has to get its interfaces back: the role decides."""
    refused: dict[str, Any] = {"want": NO, "code": "BAD_STATE", "cause": LACKS, "layer": "state"}
    more = refused if lacks else {"want": OK}
    return Row(ids=ids, about=about, world=(*NAT, IDLE, *steps), to="internet", **(more | members))


def active(ids: str, about: str, *steps: Step, want: Verdict = OK, **members: Any) -> Row:
    """A function that runs: what its role lacks is a note."""
    return Row(ids=ids, about=about, world=(*NAT, *steps), to="internet", want=want, **members)


ROLES = (
    idle("PERM-01 U-27", "the basic role alone", role(BASIC), says="attach-role-policy --role-name orders"),
    idle("PERM-01 U-27", "the statement to add is there to be copied", role(BASIC),
         says='"Action": ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces"'),
    idle("PERM-01", "no policy at all", role()),
    idle("PERM-01", "one of the three is missing", role(own=MISSES_SEED), says="lacks ec2:DeleteNetworkInterface"),
    idle("PERM-01", "all six, inline", role(own=ALL), lacks=False, never=(LACKS, ADDRESSES, NO_LOGS)),
    idle("PERM-01", "the other three are missing: worth a note", role(own=allow(*SEED, *LOGS)), lacks=False,
         notes=(ADDRESSES,)),
    idle("PERM-01", "everything", role(own=allow("*")), lacks=False, never=(LACKS, ADDRESSES, NO_LOGS)),
    idle("PERM-02", "AWS's policy for VPC access, known without reading it", role(VPC_ACCESS), lacks=False,
         never=(LACKS, ADDRESSES, NO_LOGS)),
    idle("PERM-02", "AWS's policy for interfaces lacks DescribeSubnets", role(ENI_ACCESS), lacks=False,
         notes=(ADDRESSES, NO_LOGS)),
    idle("PERM-02", "in another partition", role(VPC_ACCESS.replace("arn:aws:", "arn:aws-cn:")), lacks=False,
         never=(ADDRESSES,)),
    idle("PERM-02", "a document that was read counts before the built-in one", role(VPC_ACCESS, read=allow(*LOGS))),
    idle("PERM-03", "Describe calls know no resources",
         role(own=allow("ec2:*", resource="arn:aws:ec2:*:*:network-interface/*"),
              two=allow("ec2:CreateNetworkInterface", resource="*"), three=allow(*LOGS)),
         says="lacks ec2:DescribeNetworkInterfaces, ec2:DescribeSubnets."),
    idle("PERM-03", "creating an interface also takes the subnet and the groups",
         role(own=allow("ec2:CreateNetworkInterface", resource="arn:aws:ec2:*:*:network-interface/*"),
              two=allow(*SEED[1:], *REST, *LOGS)), says="lacks ec2:CreateNetworkInterface."),
    idle("PERM-03", "a resource list that may cover it is no certain lack",
         role(own=allow("ec2:DeleteNetworkInterface", resource="arn:aws:ec2:eu-west-1:*:network-interface/eni-0*"),
              two=allow(*SEED[:2], *REST, *LOGS)), lacks=False, never=(LACKS,)),
    active("PERM-04", "an active function keeps running", role(BASIC), notes=(LACKS,)),
    active("PERM-04", "and says nothing if the role is right", role(VPC_ACCESS), never=(LACKS, ADDRESSES)),
    idle("PERM-05", "the recommended denial for the function's own code", role(
        own=ALL, hard=allow("ec2:*", effect="Deny", ArnEquals={
            "lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:orders"})), lacks=False,
        never=(LACKS,)),
    idle("PERM-05", "turned round it hits Lambda's own calls", role(
        own=ALL, hard=allow("ec2:*", effect="Deny", ArnNotEquals={
            "lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:orders"}))),
    idle("PERM-06", "a denial by source VPC is not decided", role(
        own=ALL, far=allow("ec2:*", effect="Deny", StringNotEquals={"aws:SourceVpc": "vpc-1"})), lacks=False,
        never=(LACKS,)),
    idle("PERM-06", "other policies may deny too, and the answer says so", role(),
         says="A service control policy or boundary could deny them too"),
    Row(ids="PERM-01", about="a function that is to be deployed", world=(*NAT, do("function", "tomorrow"), do(
        "role", "tomorrow", {}, {BASIC: None})), to="internet", want=NO, code="BAD_STATE", cause=LACKS, layer="state",
        **TOMORROW),
    Row(ids="PERM-01", about="a role that was not read is taken to be right", world=(*NAT, IDLE), to="internet",
        want=OK, assumes=("PERM-01",)),
    idle("PERM-01", "a policy that was not read may allow it", role("arn:aws:iam::123456789012:policy/own"),
         lacks=False, assumes=("PERM-01",), never=(LACKS,)),
    idle("PERM-01", "a policy that is none decides nothing", role(own="not a policy"), lacks=False, never=(LACKS,)),
    active("U-49 PERM-01", "no logs since the function is in a VPC: the role, not the network",
           role(own=allow(*SEED, *REST)), notes=(NO_LOGS,)),
    active("U-49 NEED-01", "and of a function in no VPC", put("free", Role="arn:aws:iam::123456789012:role/orders"),
           role(own=allow(*SEED, *REST)), who="free", notes=(NO_LOGS,), never=(LACKS, ADDRESSES)),
    Row(ids="U-27 ST-07 ST-08", about="the deployment failed for want of permissions", to="internet", want=NO,
        world=(*NAT, put("orders", State="Failed", StateReasonCode="InsufficientRolePermissions")),
        code="BAD_STATE", cause=LACKS, at="orders", layer="state"),
)  # fmt: skip
