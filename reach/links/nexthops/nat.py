"""NAT gateways: into one, out of it with its own address, and how replies find back to it."""

from __future__ import annotations

from collections.abc import Iterator

from reach.answer import Assumption, Verdict
from reach.checks.ends import ASYMMETRIC, UNSUPPORTED
from reach.checks.guard import Guard
from reach.checks.nat_gateways import cross_zone
from reach.links.nexthops.internet import LIVE, outward
from reach.links.nexthops.local import to_subnets
from reach.links.steps import FORWARD, RETURN, End, Link, Place, Step, Turn, unreadable
from reach.network import Gap, Interface, InternetGateway, NatGateway, Network, Peering, RouteTable, Subnet
from reach.placement import of_nat
from reach.traffic import LINE, NAMES, NAT64, TO_NAT64, public_v4

KIND = "nat_gateway"
UNLISTED = "/routes"  # behind the id of a regional one: its table, which is not in the data
# Where it matters which private address the packet carries; an internet gateway writes its own over it.
SHOWS_THE_SOURCE = ("local", "nat-", "eni-", "i-", "tgw-", "pcx-", "vgw-")


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """Into a NAT gateway, past the ACL of its subnet if it is in one (NAT-1, NAT-6, NAT-7, NAT-10)."""
    nat = network.get(turn.target, turn.table.home)
    if turn.returning and not (turn.toward and turn.toward.id == turn.target):
        why = f"{turn.table.id} sends the reply to {turn.target}, through which the request did not come."
        yield turn.stopped(ASYMMETRIC, why)
        return
    if not isinstance(nat, NatGateway):
        yield turn.lost(nat, "ec2:DescribeNatGateways", KIND)
        return
    interface = of_nat(network, nat)
    if interface is None or turn.returning:
        what = f"a reply is routed to {nat.id}" if turn.returning else f"the record of {nat.id} names no subnet"
        yield turn.undecided(f"{what}: what becomes of the traffic is not decided.")
        return
    came_from = turn.place.came_from
    guards = (
        *(_around(interface, came_from) if not nat.regional else ()),
        Guard("nat_state", nat.id, KIND, peer=turn.table.id),
        Guard("nat_zone", nat.id, KIND, peer=came_from),
        Guard("nat_traffic", nat.id, KIND),
    )
    subnet = network.get(came_from)
    note = cross_zone(network, nat, subnet) if isinstance(subnet, Subnet) else None
    known = None
    if nat.regional:
        known = Assumption("NACL-12", f"{nat.id} is in no subnet: no network ACL stands before or behind it.")
    yield Link(turn.to(nat.id, KIND, came_from), turn.covers, guards, turn.because, note=note, assumption=known)


def _around(interface: Interface, came_from: str) -> tuple[Guard, ...]:
    """The ACL of its subnet, for what comes from another one."""
    return (Guard("acl", interface.subnet, "network_acl", side="inbound"),) if interface.subnet != came_from else ()


def behind(network: Network, place: Place) -> Iterator[Step]:
    """Out of it with its own address: into its subnet, or along a regional one's own table (NAT-4, NAT-5, NAT-8)."""
    nat = network.get(place.resource)
    interface = of_nat(network, nat) if isinstance(nat, NatGateway) else None
    if interface is None or not isinstance(nat, NatGateway):
        yield unreadable(LINE, place.resource, "ec2:DescribeNatGateways", "the NAT gateway cannot be read", place.kind)
        return
    translator = interface if place.direction is FORWARD else None
    if not nat.regional:
        to = Place(interface.subnet, "subnet", place.resource, place.direction)
    elif isinstance(network.things.get(nat.table or ""), RouteTable) or _unlisted(network, nat) is not None:
        # on the way back the next hop depends on the zone, which is that of the subnet by which it came
        came_from = nat.id if place.direction is FORWARD else place.came_from
        to = Place(nat.table or f"the route table of {nat.id}", "route_table", came_from, place.direction)
    else:
        to = Place(f"{nat.id}{UNLISTED}", "implied_route_table", place.came_from, place.direction)
    if translator is None:
        yield Link(to, LINE)
        return
    yield Link(to, LINE - NAT64, translator=translator)
    yield Link(to, NAT64, translator=translator, shift=-TO_NAT64)  # NAT-14


def _unlisted(network: Network, nat: NatGateway) -> Gap | None:
    """Why its table may be in what was not read; None if AWS does not list it."""
    return network.gap("RouteTables", nat.home) or network.gap("InternetGateways", nat.home)


def as_created(network: Network, place: Place) -> Iterator[Step]:
    """AWS creates its table with a route to the internet gateway; where it is not listed, that is assumed (NAT-5)."""
    nat = network.things.get(place.resource.removesuffix(UNLISTED))
    if not isinstance(nat, NatGateway):
        return
    text = f"The route table of {nat.id}, which is not listed, is as AWS creates it: to the internet gateway."
    known = Assumption("NAT-5", text)
    igw = next((g for g in network.all(InternetGateway) if not g.egress_only and _attached(g, nat.vpc)), None)
    if place.direction is RETURN:
        yield from to_subnets(network, nat.vpc, LINE, place, None)
        return
    public = public_v4() | NAMES
    shown = (nat.proof("RouteTableId", nat.table),)
    if igw is not None:
        to = Place(igw.id, "internet_gateway", nat.vpc, place.direction)
        yield Link(to, public, outward(igw.id, nat.vpc, nat.id), assumption=known)
    rest = LINE - public if igw else LINE
    why = f"the route table of {nat.id} is not in the data"
    fix = "Read the route tables again, and ask again."
    needs = "ec2:DescribeRouteTables"
    yield End(rest, Verdict.UNKNOWN, nat.id, "unsupported", UNSUPPORTED, "", f"{why}.", fix, shown, needs)


def _attached(gateway: InternetGateway, vpc: str) -> bool:
    return any(id == vpc and state in LIVE for id, state in gateway.attachments or ())


def hidden_source(network: Network, turn: Turn) -> End | None:
    """A regional NAT gateway sends to private networks with an address that no record tells."""
    nat = network.things.get(turn.place.came_from)
    if not isinstance(nat, NatGateway) or not nat.regional or turn.returning:
        return None
    if turn.target == nat.id or not turn.target.startswith(SHOWS_THE_SOURCE):
        return None
    why = f"with which private address {nat.id} sends along {turn.because.detail} cannot be read"
    return unreadable(turn.covers, nat.id, f"{nat.id}'s private address", why, KIND)


def return_to_sender(network: Network, table: RouteTable, place: Place, toward: Interface) -> Link | None:
    """Replies to a NAT gateway that sent over a peering connection return by it without a route (NAT-11)."""
    peering = network.things.get(place.came_by)
    if not isinstance(peering, Peering) or {vpc for vpc, _, _ in peering.sides} != {table.vpc, toward.vpc}:
        return None
    text = f"Replies from {table.vpc} return over {peering.id} to {toward.id} without a route of their own."
    to = Place(peering.id, "vpc_peering_connection", table.vpc, RETURN)
    return Link(to, LINE, assumption=Assumption("NAT-11", text))
