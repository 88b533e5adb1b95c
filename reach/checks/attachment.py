"""Whether Lambda can give a function its network interfaces: asked before it is deployed and when it wakes up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from reach.answer import Evidence, Finding, Layer, Reason, Verdict
from reach.checks.encryption import doubt
from reach.checks.guard import Findings, Guard, passed, unreadable
from reach.checks.roles import MANAGED, lacking, statement
from reach.flow import Flow
from reach.interfaces import counts
from reach.network import Absent, Function, Gap, Network, SecurityGroup, Subnet, Vpc
from reach.network.senders import Quota
from reach.placement import lambda_interfaces

_LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html"
CANNOT_ATTACH = Reason(
    code="BAD_STATE",
    title="The function cannot get its network interfaces",
    why="Lambda makes an interface in each configured subnet when a function is deployed, and again when it is called "
    "after weeks without use. If it cannot, the deployment or the call fails before any code runs.",
    fix="Repair what is named, then deploy or invoke the function again.",
    layer=Layer.STATE,
    source=_LAMBDA,
)
REASONS = (CANNOT_ATTACH,)
MOST_SUBNETS, MOST_GROUPS = 16, 5


class Problem(Struct, frozen=True):
    """One thing in the way of an attachment; `cause` is the code of the diagnosis."""

    cause: str
    why: str
    fix: str
    evidence: tuple[Evidence, ...]


Found = Problem | Gap | None


def check(network: Network, guard: Guard, flow: Flow) -> Findings:
    """One of KINDS, for a function whose interfaces Lambda has yet to make (FN-10, FN-14, FN-15, FN-21, ST-03)."""
    function = network.things.get(guard.resource)
    if not isinstance(function, Function) or not function.attached or not function.setting_up:
        return passed(flow, guard.resource)
    found = KINDS[guard.side](network, function)
    if isinstance(found, Gap):
        return unreadable(flow, found)
    if found is None:
        return passed(flow, guard.resource)
    return (
        Finding(
            flow.traffic, Verdict.BLOCKED, function.name, found.evidence, CANNOT_ATTACH,
            cause=found.cause, why=found.why, fix=found.fix,
        ),
    )  # fmt: skip


def _update(function: Function, subnets: str = "SUBNETS", groups: str = "") -> str:
    kept = groups or ",".join(function.groups) or "GROUPS"
    return (
        f"aws lambda update-function-configuration --function-name {function.name} "
        f"--vpc-config SubnetIds={subnets},SecurityGroupIds={kept}"
    )


def subnets(network: Network, function: Function) -> Found:
    """Every subnet exists and is available, there are not too many, and all are in one VPC (FN-10, FN-15)."""
    shown = function.proof("VpcConfig.SubnetIds", list(function.subnets))
    if len(function.subnets) > MOST_SUBNETS:
        why = f"{function.name} has {len(function.subnets)} subnets; Lambda takes at most {MOST_SUBNETS}."
        return Problem("VPC_CONFIG_REFUSED", why, _update(function), (shown,))
    held = {id: network.get(id, function.home) for id in function.subnets}
    missing = [id for id, thing in held.items() if isinstance(thing, Absent)]
    if missing:
        why = f"{', '.join(missing)} of {function.name} does not exist."
        left = ",".join(i for i in function.subnets if i not in missing) or "SUBNETS"
        return Problem("INVALID_SUBNET", why, _update(function, left), (shown,))
    found = [t for t in held.values() if isinstance(t, Subnet)]
    for thing in found:
        if thing.state not in ("", "available"):
            why = f"{thing.id} of {function.name} is {thing.state}."
            return Problem("INVALID_SUBNET", why, _update(function), (thing.proof("State", thing.state),))
    return _stacks(network, function, found) or _vpc(network, function, found)


def _stacks(network: Network, function: Function, found: list[Subnet]) -> Found:
    """Lambda takes no IPv6-only subnet, and with IPv6 none but dual-stack ones (FN-08); asked before a deployment."""
    if function.state is not None or function.managed:
        return None
    native = next((s for s in found if s.ipv6_native), None)
    if native is not None:
        why = f"{native.id} of {function.name} is an IPv6-only subnet, which Lambda does not support."
        left = ",".join(s.id for s in found if not s.ipv6_native) or "SUBNETS"
        return Problem("INVALID_SUBNET", why, _update(function, left), (native.proof("Ipv6Native", True),))
    open_ = next((s for s in found if s.ipv6_open), None) if function.ipv6 else None
    if open_ is not None:
        why = f"whether {open_.id} of {function.name} is dual-stack is not known"
        return network.pending.get(open_.ipv6_open, Gap(open_.id, "ec2:DescribeSubnets", why))
    single = next((s for s in found if not s.ipv6), None) if function.ipv6 else None
    if single is None:
        return None
    why = f"{function.name} is to send IPv6, and its subnet {single.id} is not dual-stack: Lambda takes all or none."
    fix = f"Give {single.id} an IPv6 block first, or leave IPv6 off: "
    fix += f"{_update(function, ','.join(function.subnets))},Ipv6AllowedForDualStack=false"
    return Problem("SUBNET_NOT_DUAL_STACK", why, fix, (single.proof("Ipv6CidrBlockAssociationSet", []),))


def _vpc(network: Network, function: Function, found: list[Subnet]) -> Found:
    vpcs = sorted({s.vpc for s in found if s.vpc})
    if len(vpcs) > 1:
        shown = tuple(s.proof("VpcId", s.vpc) for s in found)
        why = f"The subnets of {function.name} are in {len(vpcs)} VPCs, {', '.join(vpcs)}: Lambda attaches to one."
        mine = ",".join(s.id for s in found if s.vpc == vpcs[0])
        return Problem("SUBNETS_IN_DIFFERENT_VPCS", why, _update(function, mine), shown)
    vpc = network.things.get(vpcs[0]) if vpcs else None
    if isinstance(vpc, Vpc) and vpc.state not in ("", "available"):
        return Problem(
            "INVALID_SUBNET", f"{vpc.id} is {vpc.state}.", _update(function), (vpc.proof("State", vpc.state),)
        )
    return None


def groups(network: Network, function: Function) -> Found:
    """Every security group exists, in the subnets' VPC, and there are not too many (FN-10, FN-15)."""
    shown = function.proof("VpcConfig.SecurityGroupIds", list(function.groups))
    subnets = ",".join(function.subnets)
    if len(function.groups) > MOST_GROUPS:
        why = f"{function.name} has {len(function.groups)} security groups; Lambda takes at most {MOST_GROUPS}."
        return Problem("VPC_CONFIG_REFUSED", why, _update(function, subnets, "GROUPS"), (shown,))
    open_ = function.name in network.pending  # its groups are not known yet, which is not none
    if not function.groups and not function.managed and function.state is None and not open_:
        why = f"{function.name} has subnets and no security group: Lambda takes both or neither."
        return Problem("VPC_CONFIG_REFUSED", why, _update(function, subnets, "GROUPS"), (shown,))
    missing = [id for id in function.groups if isinstance(network.get(id, function.home), Absent)]
    if not missing:
        return _foreign(network, function)
    kept = [id for id in function.groups if isinstance(network.things.get(id), SecurityGroup)]
    why = f"{', '.join(missing)} of {function.name} does not exist."
    return Problem("INVALID_SECURITY_GROUP", why, _update(function, subnets, ",".join(kept) or "GROUPS"), (shown,))


def _foreign(network: Network, function: Function) -> Found:
    """EC2 makes no interface whose group is of another VPC, unless it is associated with this one (SG-15)."""
    vpcs = {s.vpc for i in function.subnets if isinstance(s := network.get(i, function.home), Subnet) and s.vpc}
    if len(vpcs) != 1:
        return None
    (vpc,) = vpcs
    held = [g for id in function.groups if isinstance(g := network.get(id, function.home), SecurityGroup)]
    odd = next((g for g in held if g.vpc and vpc not in (g.vpc, *g.associated)), None)
    if odd is None:
        return None
    gap = network.gap("SecurityGroupVpcAssociations", odd.home)
    if gap is not None:
        why = f"{odd.id} of {function.name} is of {odd.vpc}; whether it may be used in {vpc} is not known: {gap.why}"
        return Gap(odd.id, gap.needs, why)
    why = f"{odd.id} of {function.name} is a group of {odd.vpc}, and its subnets are in {vpc}."
    kept = ",".join(g.id for g in held if g.vpc == vpc) or "GROUPS"
    fix = _update(function, ",".join(function.subnets), kept)
    return Problem("VPC_CONFIG_REFUSED", why, fix, (odd.proof("VpcId", odd.vpc),))


def capacity(network: Network, function: Function) -> Found:
    """A subnet without a free address takes no further interface; one that is there is shared (FN-14)."""
    for id in function.subnets:
        subnet = network.get(id, function.home)
        if not isinstance(subnet, Subnet) or subnet.free_addresses != 0:
            continue
        if lambda_interfaces(network, id, function.groups):
            continue
        gap = network.gap("NetworkInterfaces", subnet.home)
        if gap is not None:
            why = f"{id} has no free address, and whether Lambda has an interface in it already is not known: {gap.why}"
            return Gap(id, gap.needs, why)
        why = f"{id} has no free address for the interface of {function.name}."
        left = ",".join(i for i in function.subnets if i != id) or "LARGER_SUBNET"
        return Problem("SUBNET_OUT_OF_IPS", why, _update(function, left), (subnet.proof("AvailableIpAddressCount", 0),))
    return None


def quota(network: Network, function: Function) -> Found:
    """At the quota Lambda makes no further interface; only a quota that was read counts (ENI-03)."""
    if not network.all(Quota):
        return None
    held = [network.get(id, function.home) for id in function.subnets]
    vpc = next((s.vpc for s in held if isinstance(s, Subnet) and s.vpc), "")
    count = next((c for c in counts(network) if c.vpc == vpc), None)
    if count is None or not count.quota_known or count.existing < count.quota:
        return None
    new = [id for id in function.subnets if not lambda_interfaces(network, id, function.groups)]
    gap = network.gap("NetworkInterfaces", function.home)
    if not new or gap is not None:
        return Gap(vpc, gap.needs, gap.why) if new and gap is not None else None
    why = f"{vpc} has {count.existing} of {count.quota} interfaces, and {function.name} needs more in {', '.join(new)}."
    fix = "Give it subnets and groups that other functions have, delete old versions (reach interfaces), or raise the "
    fix += "quota L-9FEE3D26 of Lambda."
    return Problem("ENI_QUOTA", why, fix, (Evidence(vpc, "Quota.Value", count.quota),))


def encryption(network: Network, function: Function) -> Found:
    """A VPC that enforces encryption and does not exclude Lambda takes no function (FN-21)."""
    first = network.get(function.subnets[0], function.home)
    vpc = network.things.get(first.vpc) if isinstance(first, Subnet) else None
    if not isinstance(vpc, Vpc) or vpc.encryption_spares_lambda:
        return None
    if vpc.encryption == "enforce" and vpc.encryption_spares_lambda is None:
        why = f"whether {vpc.id}, which enforces encryption, excludes Lambda is changing"
        return Gap(vpc.id, "a settled EncryptionControl.ResourceExclusions.Lambda.State", why)
    if vpc.encryption != "enforce":
        return doubt(network, vpc)
    why = f"{vpc.id} enforces encryption in transit, and Lambda is not among the exclusions."
    fix = "Exclude Lambda from the VPC's encryption control, or attach the function to another VPC."
    return Problem("DISALLOWED_BY_VPC_ENCRYPTION_CONTROL", why, fix, (vpc.proof("EncryptionControl.Mode", "enforce"),))


def role(network: Network, function: Function) -> Found:
    """The execution role may make, describe and delete interfaces (PERM-01); only what it certainly lacks counts."""
    found = lacking(network, function)
    if found is None or not found.needed:
        return None
    missing = (*found.needed, *found.useful)
    why = (
        f"The role {found.role.name} of {function.name} lacks {', '.join(missing)}. "
        "A service control policy or boundary could deny them too; those are not read."
    )
    fix = (
        f"Add the statement {statement(missing)} to the role, or: aws iam attach-role-policy "
        f"--role-name {found.role.name} --policy-arn {MANAGED}"
    )
    shown = found.role.proof("AttachedPolicies", [name for name, _ in found.role.policies])
    return Problem("ROLE_LACKS_ENI_PERMISSIONS", why, fix, (shown,))


KINDS: Mapping[str, Callable[[Network, Function], Found]] = {
    "subnets": subnets,
    "groups": groups,
    "capacity": capacity,
    "quota": quota,
    "encryption": encryption,
    "role": role,
}
