"""NAT gateways: into one, out of it with its own address, and how replies find back to it."""

from __future__ import annotations

from collections.abc import Iterator

from reach.answer import Assumption
from reach.checks.ends import ASYMMETRIC
from reach.checks.guard import Guard
from reach.checks.nat_gateways import cross_zone
from reach.network import Interface, NatGateway, Network, Peering, RouteTable, Subnet
from reach.placement import of_nat
from reach.steps import FORWARD, RETURN, Link, Place, Step, Turn, unreadable
from reach.traffic import LINE


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """Into a NAT gateway, past the ACL of its subnet (NAT-1, NAT-7, NAT-10)."""
    nat = network.get(turn.target, turn.table.home)
    if turn.returning and not (turn.toward and turn.toward.id == turn.target):
        why = f"{turn.table.id} sends the reply to {turn.target}, through which the request did not come."
        yield turn.stopped(ASYMMETRIC, why)
        return
    if not isinstance(nat, NatGateway):
        yield turn.lost(nat, "ec2:DescribeNatGateways", "nat_gateway")
        return
    interface = of_nat(network, nat)
    if interface is None or nat.availability != "zonal" or turn.returning:
        what = "a reply that is routed to" if turn.returning else f"the {nat.availability} NAT gateway"
        yield turn.undecided(f"what {what} {nat.id} is not decided.")
        return
    came_from = turn.place.came_from
    acl = (Guard("acl", interface.subnet, "network_acl", side="inbound"),) if interface.subnet != came_from else ()
    state = Guard("nat_state", nat.id, "nat_gateway", peer=turn.table.id)
    guards = (*acl, state, Guard("nat_traffic", nat.id, "nat_gateway"))
    subnet = network.get(came_from)
    note = cross_zone(network, nat, subnet) if isinstance(subnet, Subnet) else None
    yield Link(turn.to(nat.id, "nat_gateway", turn.table.id), turn.covers, guards, turn.because, note=note)


def behind(network: Network, place: Place) -> Iterator[Step]:
    """Out of the NAT gateway into its own subnet, with its own address (NAT-4, NAT-8)."""
    nat = network.get(place.resource)
    interface = of_nat(network, nat) if isinstance(nat, NatGateway) else None
    if interface is None:
        yield unreadable(LINE, place.resource, "ec2:DescribeNatGateways", "the NAT gateway cannot be read", place.kind)
        return
    translator = interface if place.direction is FORWARD else None
    yield Link(Place(interface.subnet, "subnet", place.resource, place.direction), LINE, translator=translator)


def return_to_sender(network: Network, table: RouteTable, toward: Interface) -> Link | None:
    """Replies to a NAT gateway in a peered VPC find back without a route (NAT-11)."""
    for peering in network.all(Peering):
        vpcs = {vpc for vpc, _, _ in peering.sides}
        if peering.status == "active" and vpcs == {table.vpc, toward.vpc}:
            text = f"Replies from {table.vpc} return over {peering.id} to {toward.id} without a route of their own."
            to = Place(peering.id, "vpc_peering_connection", table.vpc, RETURN)
            return Link(to, LINE, assumption=Assumption("NAT-11", text))
    return None
