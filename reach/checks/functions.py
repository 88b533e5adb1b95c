"""The function itself: can it run, which protocols it sends, can it resolve names."""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Assumption, Finding, Layer, Reason, Verdict
from reach.checks.attachment import CANNOT_ATTACH
from reach.checks.ends import NOBODY
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.checks.targets import PROTOCOL
from reach.flow import Flow
from reach.network import Function, Gap, Network, Vpc
from reach.traffic import TCP, UDP, Ranges, Traffic

FUNCTION_STATE = Reason(
    code="BAD_STATE",
    title="The function cannot run",
    why="Lambda could not set the function up: an invocation fails before any code runs.",
    fix="Repair what the reason code names, then update or re-create the function.",
    layer=Layer.STATE,
    source="https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html",
)
UPDATE_FAILED = Reason(
    code="LAST_UPDATE_FAILED",
    title="The function's last update failed",
    why="The configuration before the update stays in force; the one that AWS shows may never have run.",
    fix="Update the function again and ask when LastUpdateStatus is Successful.",
    layer=Layer.STATE,
    source="https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html",
)
UNSETTLED = Reason(
    code="UNKNOWN_RESOURCE",
    title="The function's state does not tell whether it can be invoked",
    why="It is between two states, or in one that this version does not know.",
    fix="Ask again when its state is Active.",
    layer=Layer.STATE,
    source="https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html",
)
TENANCY = Reason(
    code="DEDICATED_TENANCY",
    title="Lambda cannot attach to a VPC with dedicated tenancy",
    why="Functions cannot be attached to a VPC whose instance tenancy is dedicated.",
    fix="Attach the function to a VPC of default tenancy and peer it with the dedicated one.",
    layer=Layer.STATE,
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
)
NO_INBOUND = Reason(
    code="LAMBDA_CANNOT_RECEIVE_CONNECTIONS",
    title="Nothing can connect to a function's network interface",
    why="The interface of a Lambda function carries only connections that the function starts.",
    fix="Invoke the function through the Lambda API, a function URL, an API or a load balancer.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-networking.html",
)
# What Lambda's StateReasonCode says, as the cause of a function that cannot run or be attached.
FAILURES = tuple(
    Reason(code, title, why, fix, Layer.STATE, FUNCTION_STATE.source)
    for code, title, why, fix in (
        (
            "FUNCTION_FAILED",
            "The function failed to be set up",
            "Its State is Failed, and every invocation ends with an error before code runs. StateReason says why.",
            "Repair what StateReason names, then update the function. One that failed when it was created AWS says to "
            "delete and create again.",
        ),
        (
            "SUBNET_OUT_OF_IPS",
            "A subnet has no free address",
            "Lambda needs an address in each subnet for its interface. Without one, creating or updating the "
            "function fails, and so does waking it after weeks without use: SubnetOutOfIPAddresses.",
            "Let functions share their set of groups (they then share interfaces), or give it a larger subnet.",
        ),
        (
            "INVALID_SUBNET",
            "A configured subnet does not exist",
            "A subnet of the function was deleted, or is not available. Lambda makes no interface there: the "
            "function cannot be deployed, updated or woken up.",
            "Update the function's VPC configuration with subnets that are there.",
        ),
        (
            "INVALID_SECURITY_GROUP",
            "A configured group does not exist",
            "A security group of the function was deleted. Lambda makes no interface without it: the function "
            "cannot be deployed, updated or woken up.",
            "Update the function's VPC configuration with groups that are there.",
        ),
        (
            "ENI_QUOTA",
            "The quota of network interfaces is used up",
            "Each pair of a subnet and a set of groups takes an interface, and a VPC has a quota of them. At the "
            "quota new functions and new pairs fail with EniLimitExceeded; what has its interfaces goes on.",
            "Share sets of groups, delete old versions (reach interfaces), or raise the quota of Lambda.",
        ),
        (
            "ROLE_LACKS_ENI_PERMISSIONS",
            "The execution role may not create network interfaces",
            "Lambda makes, describes and deletes interfaces in the name of the role. Without these permissions "
            "the function cannot be attached: InsufficientRolePermissions.",
            "Attach AWSLambdaVPCAccessExecutionRole to the role.",
        ),
    )
)
# What its State says of a function that is not Active, as notes.
WAITING = tuple(
    Reason(code, title, why, fix, Layer.STATE, FUNCTION_STATE.source)
    for code, title, why, fix in (
        (
            "FUNCTION_PENDING",
            "The function is still being set up",
            "Lambda makes its network interfaces, which takes a minute or several. Until it is Active it can "
            "neither be invoked nor updated.",
            "Wait, and ask again: aws lambda wait function-active-v2 --function-name NAME",
        ),
        (
            "FUNCTION_INACTIVE",
            "The function is idle",
            "After about two weeks without a call Lambda takes its network interfaces back. The next call fails, "
            "and sets it up again: until it is Active, further calls fail too.",
            "Invoke it once, wait (aws lambda wait function-active-v2 --function-name NAME), and ask again.",
        ),
        (
            "FUNCTION_UPDATING",
            "The function is being updated",
            "Until the update is done the configuration before it runs; which of the two AWS shows meanwhile is "
            "not documented, and the answer is about the one that it shows.",
            "Wait, and ask again: aws lambda wait function-updated-v2 --function-name NAME",
        ),
    )
)
REASONS = (FUNCTION_STATE, UPDATE_FAILED, UNSETTLED, TENANCY, NO_INBOUND, *FAILURES, *WAITING)
CAUSES = {
    "SubnetOutOfIPAddresses": "SUBNET_OUT_OF_IPS",
    "InvalidSubnet": "INVALID_SUBNET",
    "InvalidSecurityGroup": "INVALID_SECURITY_GROUP",
    "EniLimitExceeded": "ENI_QUOTA",
    "InsufficientRolePermissions": "ROLE_LACKS_ENI_PERMISSIONS",
    "DisallowedByVpcEncryptionControl": "DISALLOWED_BY_VPC_ENCRYPTION_CONTROL",
}
# What to do beyond repairing what the code names (ST-07).
HINTS = {
    "EFSMountConnectivityError": "See which mount target is out of reach: reach path {name} --with-needs",
    "EFSMountTimeout": "The file system is reachable and does not answer in time: look at its load and its policy.",
    "EFSMountFailure": "The file system is reachable and refuses the mount: look at its policy and its access point.",
    "EFSIOError": "The file system is reachable; reading or writing failed.",
    "EC2RequestLimitExceeded": "EC2 throttled Lambda's calls: update the function again later.",
}


def state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """State Failed blocks; a failed update leaves it open which configuration runs (FNSRC-6, ST-04, ST-06)."""
    function = network.things.get(guard.resource)
    if not isinstance(function, Function):
        return passed(flow, guard.resource)
    if function.capacity_provider and not function.managed:
        why = f"{function.name} runs in the network of {function.capacity_provider}, which was not read"
        unread = Gap(function.name, "lambda:GetCapacityProvider", why)
        return unreadable(flow, network.pending.get(function.capacity_provider, unread))
    if function.setting_up and bool(function.groups) and not function.subnets and function.gap is None:
        return _half(flow, function)
    proof = function.proof("State", function.state)
    if function.state == "Failed":
        code = function.state_code or "no reason code"
        finding = Finding(
            flow.traffic,
            Verdict.BLOCKED,
            function.name,
            (proof, function.proof("StateReasonCode", function.state_code)),
            FUNCTION_STATE,
            cause=CAUSES.get(code, "FUNCTION_FAILED"),
            why=f"{function.name} is Failed ({code}): {function.state_reason or 'an invocation fails at once'}.",
            fix=HINTS.get(code, FUNCTION_STATE.fix).format(name=function.name),
        )
        return (finding,)
    if function.state not in (None, "Active", "Pending", "Inactive"):
        why = f"{function.name} is {function.state}, which does not tell whether it can be invoked."
        return (
            Finding(
                flow.traffic, Verdict.UNKNOWN, function.name, (proof,), UNSETTLED, why=why, fix=UNSETTLED.fix,
                needs="a function that is Active",
            ),
        )  # fmt: skip
    if function.update_status == "Failed":
        why = (
            f"The last update of {function.name} failed ({function.update_code}): the configuration shown may not run."
        )
        shown = function.proof("LastUpdateStatus", function.update_status)
        needs = "a successful update of the function"
        fix = UPDATE_FAILED.fix
        return (
            Finding(
                flow.traffic, Verdict.UNKNOWN, function.name, (shown,), UPDATE_FAILED, why=why, fix=fix, needs=needs
            ),
        )
    return passed(flow, function.name, *((proof,) if function.state else ()))


def _half(flow: Flow, function: Function) -> Findings:
    """Groups without subnets: Lambda takes both or neither (FN-10)."""
    shown = (function.proof("VpcConfig.SecurityGroupIds", list(function.groups)),)
    why = f"{function.name} has security groups and no subnets: Lambda takes both or neither."
    fix = "Name the subnets too, or leave the groups out."
    return (
        Finding(
            flow.traffic, Verdict.BLOCKED, function.name, shown, CANNOT_ATTACH, cause="VPC_CONFIG_REFUSED", why=why,
            fix=fix,
        ),
    )  # fmt: skip


def tenancy(network: Network, guard: Guard, flow: Flow) -> Findings:
    """No attachment to a VPC with dedicated tenancy (FNSRC-7, FN-16); `host` is taken for the same."""
    vpc = network.get(guard.resource)
    if not isinstance(vpc, Vpc):
        return passed(flow, guard.resource)
    proof = vpc.proof("InstanceTenancy", vpc.tenancy)
    if vpc.tenancy not in ("default", "dedicated", "host"):
        why = f"{vpc.id} has the unknown tenancy {vpc.tenancy!r}"
        return unreadable(flow, Gap(vpc.id, "a known InstanceTenancy", why))
    stopped = flow.traffic if vpc.tenancy in ("dedicated", "host") else Traffic()
    why = f"{vpc.id} has {vpc.tenancy} tenancy."
    found = partition(flow, stopped, vpc.id, TENANCY, evidence=(proof,), why=why, fix=TENANCY.fix)
    if vpc.tenancy != "host":
        return found
    text = f"A VPC of host tenancy, as {vpc.id} is, takes no function either; AWS says so of dedicated ones only."
    return tuple(replace(f, assumption=Assumption("FN-16", text)) for f in found)


def protocol(network: Network, guard: Guard, flow: Flow) -> Findings:
    """TCP and UDP only (FNSRC-8, FN-17)."""
    sent = flow.traffic.where(flow.header.protocol, Ranges.of(TCP, UDP))
    why = "Lambda functions send TCP and UDP only; ping never works from a function."
    return partition(flow, flow.traffic - sent, guard.resource, PROTOCOL, evidence=(), why=why, fix=PROTOCOL.fix)


def inbound(network: Network, guard: Guard, flow: Flow) -> Findings:
    """A function's interface takes no connections (FN-18), nor a NAT gateway's (NAT-8), nor one of FW-1."""
    if guard.interface is not None and guard.interface.type == "gateway_load_balancer_endpoint":
        why = f"{guard.resource} belongs to a Gateway Load Balancer endpoint, which takes only what routes lead to it."
        return partition(flow, flow.traffic, guard.resource, NOBODY, evidence=(), why=why, fix=NOBODY.fix)
    if guard.interface is not None and guard.interface.type != "lambda":
        why = f"{guard.resource} belongs to a NAT gateway, which only sends on what its own VPC sends out."
        fix = "Ask for the host that is meant: no connection comes in through a NAT gateway."
        return partition(flow, flow.traffic, guard.resource, NOBODY, evidence=(), why=why, fix=fix)
    why = f"{guard.resource} belongs to a Lambda function, which only starts connections."
    return partition(flow, flow.traffic, guard.resource, NO_INBOUND, evidence=(), why=why, fix=NO_INBOUND.fix)
