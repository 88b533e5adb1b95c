"""Delivery inside a VPC: to the subnet that holds the address."""

from __future__ import annotations

from collections.abc import Iterator

from reach.answer import Verdict
from reach.checks.ends import NOBODY
from reach.checks.guard import Guard
from reach.checks.ipv6 import unsettled
from reach.links.steps import Because, End, Link, Place, Step, Turn, unreadable
from reach.network import Gap, Home, Network, Subnet, Vpc
from reach.traffic import Ranges, together


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """The local route (RT-3)."""
    yield from to_subnets(network, turn.table.vpc, turn.covers, turn.place, turn.because)


def to_subnets(network: Network, vpc: str, covers: Ranges, place: Place, because: Because | None) -> Iterator[Step]:
    """Local delivery: to the subnet that holds the address, past its inbound ACL."""
    shares, left = _shared_out(network.in_vpc(Subnet, vpc), covers)
    for subnet, part in shares:
        guards = (Guard("acl", subnet.id, "network_acl", side="inbound"),)
        to = Place(subnet.id, "subnet", place.resource, place.direction, entering=True)
        yield Link(to, part, guards, because)
    for subnet in network.in_vpc(Subnet, vpc):
        if part := left & subnet.ipv6_doubt:
            left = left - part
            gap = unsettled(subnet)
            yield unreadable(part, subnet.id, gap.needs, gap.why, "subnet")
    if left:
        home = _home(network, vpc)
        unread = network.gap("Subnets", home) if home else Gap(vpc, "ec2:DescribeSubnets", f"{vpc} was not collected")
        unread = unread or _unshared(network, vpc)
        if unread is not None:
            yield unreadable(left, vpc, unread.needs, unread.why, "subnet")
        else:
            why = f"No subnet of {vpc} has this address."
            yield End(left, Verdict.BLOCKED, vpc, "subnet", NOBODY, why=why, fix=NOBODY.fix)


def _shared_out(subnets: tuple[Subnet, ...], covers: Ranges) -> tuple[list[tuple[Subnet, Ranges]], Ranges]:
    """What each subnet holds, and what none does; of subnets that overlap, which no VPC has, the first comes first."""
    shares = [(subnet, part) for subnet in subnets if (part := covers & subnet.addresses)]
    whole = together(part for _, part in shares)
    left = covers - whole
    if sum(part.size for _, part in shares) == whole.size:
        return shares, left
    once, rest = [], covers
    for subnet, part in shares:
        mine = part & rest
        once += [(subnet, mine)] if mine else []
        rest = rest - mine
    return once, left


def _home(network: Network, vpc: str) -> Home | None:
    found = network.things.get(vpc)
    if isinstance(found, Vpc):
        return found.home
    subnets = network.in_vpc(Subnet, vpc)
    return subnets[0].home if subnets else network.homes[0] if len(network.homes) == 1 else None


def _unshared(network: Network, vpc: str) -> Gap | None:
    """Whom a VPC's subnets are shared with sees those subnets only (SHR-1)."""
    found = network.things.get(vpc)
    if not isinstance(found, Vpc) or found.owner in (None, found.home.account):
        return None
    return Gap(vpc, "ec2:DescribeSubnets", f"{vpc} belongs to {found.owner}, and only the owner sees all its subnets")
