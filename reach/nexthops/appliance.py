"""NAT instances and other interfaces that forward for others."""

from __future__ import annotations

from collections.abc import Iterator

from reach.answer import Assumption, Verdict
from reach.checks.ends import UNSUPPORTED
from reach.checks.guard import Guard
from reach.network import Interface, Network
from reach.steps import RETURN, End, Link, Place, Step, Turn
from reach.traffic import LINE, NAMES, public_v4


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """A NAT instance or another interface that forwards (NATI-1 … NATI-6)."""
    found = network.get(turn.target, turn.table.home)
    if turn.target.startswith("i-"):
        found = next((i for i in network.all(Interface) if i.instance == turn.target), found)
    if not isinstance(found, Interface):
        gap = network.gap("NetworkInterfaces", turn.table.home)
        yield turn.lost(gap or found, "ec2:DescribeNetworkInterfaces", "nat_instance")
        return
    if turn.returning:
        yield turn.undecided(f"a reply that is routed to {found.id} is not decided.", resource=found.id)
        return
    acl = (Guard("acl", found.subnet, "network_acl", side="inbound"),) if found.subnet != turn.place.came_from else ()
    guards = (
        *acl,
        Guard("appliance_state", found.id, "nat_instance"),
        Guard("appliance_forwards", found.id, "nat_instance"),
        Guard("ingress", found.id, "security_group", found),
        Guard("egress", found.id, "security_group", found),
    )
    yield Link(turn.to(found.id, "nat_instance", turn.table.id), turn.covers, guards, turn.because)


def behind(network: Network, place: Place) -> Iterator[Step]:
    """Out of a NAT instance with its own address; what it does between private hosts cannot be known (NATI-5)."""
    found = network.things.get(place.resource)
    if not isinstance(found, Interface):
        return
    to = Place(found.subnet, "subnet", place.resource, place.direction)
    if place.direction is RETURN:
        yield Link(to, LINE)
        return
    public = public_v4() | NAMES
    text = f"{found.id} forwards and masquerades: its operating system is set up as a NAT instance."
    yield Link(to, public, translator=found, assumption=Assumption("NATI-5", text))
    why = f"what {found.id} does with traffic between private hosts is not decided."
    end = ("", why, UNSUPPORTED.fix, (), f"what {found.id} does with the traffic")
    yield End(LINE - public, Verdict.UNKNOWN, found.id, "unsupported", UNSUPPORTED, *end)
