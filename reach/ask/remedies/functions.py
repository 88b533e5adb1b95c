"""What mends a function that cannot run or sends no IPv6: its subnets, groups, role, and what its VPC excludes."""

from __future__ import annotations

from shlex import quote

from msgspec.structs import replace

from reach.answer import Blocker, Layer
from reach.ask.made import (
    Made,
    free_ipv6,
    is_public,
    nat_gateway,
    new_subnet,
    private_subnets,
    route,
    script,
    security_group,
    target,
    update,
)
from reach.ask.remedies.case import Case
from reach.checks.attachment import MOST_GROUPS, MOST_SUBNETS
from reach.checks.roles import MANAGED
from reach.network import Function, Interface, RouteTable, SecurityGroup, Subnet, Vpc
from reach.network.senders import Quota, role_name
from reach.pasted import divided
from reach.routes import table_of

SIZES = (24, 26, 28)  # prefixes of a subnet that is made, the largest that there is room for
INTERFACES = "L-9FEE3D26"  # Lambda's quota of network interfaces per VPC
DEFAULT_QUOTA = 500
NAT64 = "64:ff9b::/96"


def subnets(case: Case) -> str | None:
    """Subnets that do not exist, are not available, or are too many."""
    function = case.function
    if function is None:
        return None
    kept = [s.id for s in _held(case, function)][:MOST_SUBNETS]
    chosen = Made(",".join(kept)) if kept else _instead(case, function)
    return _updated(case, function, chosen, "Give it subnets that are there") if chosen else None


def _held(case: Case, function: Function) -> list[Subnet]:
    """The function's subnets that are there and available."""
    found = [case.network.get(id, function.home) for id in function.subnets]
    vpcs = [case.network.things.get(s.vpc) for s in found if isinstance(s, Subnet)]
    gone = {v.id for v in vpcs if isinstance(v, Vpc) and v.state not in ("", "available")}
    return [s for s in found if isinstance(s, Subnet) and s.state in ("", "available") and s.vpc not in gone]


def _instead(case: Case, function: Function) -> Made | None:
    """Subnets of the VPC that the function's groups are for."""
    held = [case.network.things.get(id) for id in function.groups]
    vpc = next((g.vpc for g in held if isinstance(g, SecurityGroup) and g.vpc), function.vpc_config or "")
    if not vpc:
        return None
    private = [s for s in case.network.in_vpc(Subnet, vpc) if not is_public(case.network, s)]
    mine = [s for s in private if s.state in ("", "available") and s.free_addresses != 0]
    return Made(",".join(s.id for s in mine[:2])) if mine else private_subnets(case.network, vpc, "")


def _updated(case: Case, function: Function, subnets: Made, words: str, groups: Made | None = None) -> str:
    named = groups or Made(",".join(function.groups[:MOST_GROUPS]))
    if not named.id:
        vpc = next((s.vpc for id in subnets.id.split(",") if isinstance(s := case.network.get(id), Subnet)), case.vpc)
        named = security_group(vpc, f"{function.name}-lambda", "what the function sends")
    return f"{words}: {script(subnets, named, update(function, subnets.id, named.id))}"


def no_addresses(case: Case) -> str | None:
    """A subnet is full: the others, else a new one that is routed as this one is."""
    function = case.function
    if function is None:
        return None
    held = _held(case, function)
    roomy = [s.id for s in held if s.free_addresses != 0 and s.free_addresses is not None]
    full = next((s for s in held if s.free_addresses == 0), held[0] if held else None)
    if roomy and full is not None and full.id not in roomy:
        words = f"Leave out {full.id}, or let functions share their sets of groups"
        return _updated(case, function, Made(",".join(roomy)), words)
    fresh = _larger(case, full) if full is not None else None
    if fresh is None:
        return None
    return _updated(case, function, fresh, "Let functions share their sets of groups, or add a larger subnet")


def _larger(case: Case, full: Subnet) -> Made | None:
    table = table_of(case.network, full)
    sizes = (new_subnet(case.network, full.vpc, full.zone, "SUBNET", size) for size in SIZES)
    fresh = next((s for s in sizes if s is not None), None)
    if fresh is None or not isinstance(table, RouteTable):
        return fresh
    routed = f"aws ec2 associate-route-table --route-table-id {table.id} --subnet-id {fresh.id}"
    return Made(fresh.id, (*fresh.lines, routed))


def groups(case: Case) -> str | None:
    """Groups that do not exist, are of another VPC, too many, or none."""
    function = case.function
    if function is None:
        return None
    there = [g for id in function.groups if isinstance(g := case.network.things.get(id), SecurityGroup)]
    subnets_ = _held(case, function)
    held, vpcs = [s.id for s in subnets_], {s.vpc for s in subnets_}
    kept = [g.id for g in there if not g.vpc or vpcs & {g.vpc, *g.associated}]
    if not held:
        return subnets(case)
    words = "Give it groups that are there" if len(kept) == len(there) else "Give it groups of its subnets' VPC"
    if len(function.groups) > MOST_GROUPS:
        kept = list(function.groups[:MOST_GROUPS])
        words = f"Move the rules of {', '.join(function.groups[MOST_GROUPS:])} into the others, then leave it out"
    named = Made(",".join(kept)) if kept else None
    if named is None:
        named = security_group(case.vpc, f"{function.name}-lambda", "what the function sends")
    return _updated(case, function, Made(",".join(held)), words, named)


def refused(case: Case) -> str | None:
    """Too many subnets or groups, one without the other, or groups of another VPC."""
    function = case.function
    if function is None:
        return None
    too_many = len(function.subnets) > MOST_SUBNETS or not function.subnets
    return subnets(case) if too_many else groups(case)


def quota(case: Case) -> str | None:
    """The quota of interfaces is used up."""
    now = next((q.value for q in case.network.all(Quota) if q.code == INTERFACES), DEFAULT_QUOTA)
    words = "Give it subnets and groups that other functions have, delete old versions (reach interfaces), or raise"
    command = "aws service-quotas request-service-quota-increase --service-code lambda"
    return f"{words} the quota: {command} --quota-code {INTERFACES} --desired-value {int(now * 2)}"


def role(case: Case) -> str | None:
    """The role may not make interfaces; what it lacks is said where its policies were read."""
    function = case.function
    if function is None or "aws iam" in case.blocker.fix or not role_name(function.role):
        return None
    command = f"aws iam attach-role-policy --role-name {quote(role_name(function.role))} --policy-arn {MANAGED}"
    return f"Let the role make network interfaces, then update the function: {command}"


def lambda_encrypted(case: Case) -> str | None:
    """A VPC that enforces encryption: Lambda becomes an exclusion."""
    held = case.asker.vpc or case.network.things.get(case.vpc)
    return _control(held, "--lambda-exclusion enable", "Exclude Lambda from the encryption control of")


def peering_encrypted(case: Case) -> str | None:
    """The same for peering connections."""
    if not case.blocker.evidence or not case.blocker.resource.startswith("pcx-"):
        return None
    held = case.network.things.get(case.blocker.evidence[0].resource)
    words = "Exclude peering connections from the encryption control of"
    return _control(held, "--vpc-peering-exclusion enable", words)


def monitored(case: Case) -> str | None:
    """What is not supported where encryption is enforced."""
    held = case.network.things.get(case.blocker.evidence[0].resource) if case.blocker.evidence else None
    words = "Take it out of the VPC, or switch to mode monitor the encryption control of"
    return _control(held, "--mode monitor", words)


def _control(held: object, option: str, words: str) -> str | None:
    if not isinstance(held, Vpc) or not held.encryption_control:
        return None
    command = f"aws ec2 modify-vpc-encryption-control --vpc-encryption-control-id {held.encryption_control} {option}"
    return f"{words} {held.id}: {command}"


def tenancy(case: Case) -> str | None:
    """A VPC's tenancy can be changed to default, and to nothing else."""
    words = "Attach it to a VPC of default tenancy and peer the two, or change this one's (what runs stays as it is)"
    return f"{words}: aws ec2 modify-vpc-tenancy --vpc-id {case.blocker.resource} --instance-tenancy default"


def failed(case: Case) -> str | None:
    """Set up again once the reason is gone."""
    function = case.function
    if function is None or not function.attached or "--with-needs" in case.blocker.fix:
        return None
    if case.blocker.fix.startswith(("The file system", "EC2 throttled")):
        words = case.blocker.fix.rstrip(".").replace(": ", ", ") + "; then have Lambda set the function up again"
    else:
        words = "Repair what the reason names, then have Lambda set the function up again"
    return f"{words}: {update(function, ','.join(function.subnets), ','.join(function.groups))}"


def anew(function: Function | None, blocker: Blocker) -> Blocker:
    """AWS says to delete a function that failed when it was created; whether an update helps is not said (ST-04)."""
    words, line = divided(blocker.fix)
    mine = function is not None and function.state == "Failed" and blocker.resource == function.name
    if not mine or blocker.layer is not Layer.STATE or not line:
        return blocker
    again = "if Lambda does not update a Failed function, delete it and create it again"
    return replace(blocker, fix=f"{words.removesuffix(':') or 'Update it'}; {again}: {line}")


def unsettled(case: Case) -> str | None:
    """A function between two states."""
    function = case.function
    if function is None or case.blocker.needs != "a function that is Active":
        return None
    wait = f"aws lambda wait function-active-v2 --function-name {quote(function.name)}"
    return f"Ask again when its state is Active: {wait}"


def no_ipv6(case: Case) -> str | None:
    """Dual-stack subnets, and for a function its flag."""
    function = case.function
    mine = [s for id in case.asker.info.subnets if isinstance(s := case.network.get(id), Subnet)]
    held = case.network.things.get(case.blocker.resource)
    if isinstance(held, Interface):
        place = case.network.get(held.subnet)
        if isinstance(place, Subnet) and place.ipv6:
            command = f"aws ec2 assign-ipv6-addresses --network-interface-id {held.id} --ipv6-address-count 1"
            return f"Use the IPv4 address, or give it an IPv6 address: {command}"
        mine = [place] if isinstance(place, Subnet) else mine
    if not mine:
        return "Use the IPv4 address, or attach the function to dual-stack subnets." if function else None
    lacking = [s for s in mine if not s.ipv6]
    steps: list[Made | str] = []
    free = free_ipv6(case.network, mine[0].vpc)
    for subnet in lacking:
        block = next(free, None)
        if block is None:
            return _first_block(case, mine[0].vpc)
        steps.append(f"aws ec2 associate-subnet-cidr-block --subnet-id {subnet.id} --ipv6-cidr-block {block}")
    both = [s.id for s in mine if not s.ipv6_native]  # Lambda takes no subnet of IPv6 alone
    if function is not None and not both:
        fresh = new_subnet(case.network, mine[0].vpc, mine[0].zone, "SUBNET", SIZES[-1])
        block = next(free, None)
        if fresh is None or block is None:
            return None
        six = f"aws ec2 associate-subnet-cidr-block --subnet-id {fresh.id} --ipv6-cidr-block {block}"
        line = script(fresh, six, update(function, fresh.id, ",".join(function.groups), ipv6=True))
        return f"Use the IPv4 address, or give it a subnet that has both: {line}"
    if function is not None:
        steps.append(update(function, ",".join(both), ",".join(function.groups), ipv6=True))
    return f"Use the IPv4 address, or let it send IPv6: {script(*steps)}" if steps else None


def _first_block(case: Case, vpc: str) -> str:
    words = f"Use the IPv4 address, or give {vpc} an IPv6 block; asked again, reach says what its subnets need"
    return f"{words}: aws ec2 associate-vpc-cidr-block --vpc-id {vpc} --amazon-provided-ipv6-cidr-block"


def private_ipv6(case: Case) -> str | None:
    """Private IPv6 addresses: a public block for the VPC."""
    if case.subnet is None:
        return None
    words = f"Associate a public IPv6 block with {case.subnet.vpc} and a part of it with {case.subnet.id}"
    return f"{words}: aws ec2 associate-vpc-cidr-block --vpc-id {case.subnet.vpc} --amazon-provided-ipv6-cidr-block"


def no_ipv6_there(case: Case) -> str | None:
    """A destination without IPv6: DNS64 in the sender's subnet and a NAT gateway that translates."""
    return _dns64(case, "Ask over IPv4, give the destination an IPv6 address, or set up DNS64 and NAT64")


def no_ipv4(case: Case) -> str | None:
    """A sender without IPv4: the same."""
    if case.function is not None:  # in a subnet of IPv6 alone Lambda gives it no IPv6 either
        mine = [s for id in case.asker.info.subnets if isinstance(s := case.network.get(id), Subnet)]
        both = ",".join(s.id for s in mine if not s.ipv6_native)
        left = Made(both) if both else private_subnets(case.network, case.vpc, case.zone)
        if left is None:
            return None
        line = script(left, update(case.function, left.id, ",".join(case.function.groups or ())))
        return f"Give it subnets that have IPv4: {line}"
    return _dns64(case, "Ask with --family 6, or let it reach IPv4 hosts by DNS64 and NAT64")


def _dns64(case: Case, words: str) -> str | None:
    held = case.network.things.get(case.blocker.resource)
    subnet = case.subnet or case.network.get(str(getattr(held, "subnet", "")))
    table = table_of(case.network, subnet) if isinstance(subnet, Subnet) else None
    if not isinstance(subnet, Subnet) or not isinstance(table, RouteTable):
        return None
    nat = nat_gateway(case.network, subnet.vpc, subnet.zone, table.id)
    switched = f"aws ec2 modify-subnet-attribute --subnet-id {subnet.id} --enable-dns64"
    return f"{words}: {script(switched, nat, route(table, NAT64, target(nat.id)))}"
