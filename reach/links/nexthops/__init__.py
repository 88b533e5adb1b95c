"""What a route can name as its next hop, one file per kind: how traffic gets there and what is behind it.

`follow(network, turn)` answers for a route that traffic takes; `BEHIND` for a place of that kind.
LAW: the `covers` of the steps partition those of the turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from reach.links.nexthops import appliance, elsewhere, endpoint, internet, local, nat, peering, transit, vpn
from reach.links.steps import Place, Step, Turn
from reach.network import Interface, Network, Vpc

# By the first letters of the target's id; RT-13 lists them.
FOLLOW: Mapping[str, Callable[[Network, Turn], Iterator[Step]]] = {
    "local": local.follow,
    "nat-": nat.follow,
    "igw-": internet.follow,
    "eigw-": internet.follow_egress_only,
    "vpce-": endpoint.follow,
    "eni-": appliance.follow,
    "i-": appliance.follow,
    "tgw-": transit.follow,
    "pcx-": peering.follow,
    "vgw-": vpn.follow,
    "cagw-": vpn.follow_carrier,
}

MIDDLEBOXES = ("eni-", "i-", "vpce-")

# By the kind of the place that was reached.
BEHIND: Mapping[str, Callable[[Network, Place], Iterator[Step]]] = {
    "nat_gateway": nat.behind,
    "implied_route_table": nat.as_created,
    "nat_instance": appliance.behind,
    "gateway_load_balancer_endpoint": endpoint.behind,
    "network_firewall": endpoint.behind,
    "vpc_peering_connection": peering.behind,
    "virtual_private_gateway": vpn.behind,
}

# The same, where it matters whom the traffic is for.
BEHIND_TOWARD: Mapping[str, Callable[[Network, Place, Interface | None], Iterator[Step]]] = {
    "transit_gateway": transit.behind,
    "transit_gateway_attachment": transit.into_vpc,
}


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """Where a route's target takes the traffic. RT-11: whether the target works is asked of it, not of the route."""
    way = next((way for prefix, way in FOLLOW.items() if turn.target.startswith(prefix)), elsewhere.follow)
    if turn.route.target_key == "IpAddress":  # a Route Server's next hop is an interface by its address (RT-21)
        way = appliance.follow
    stopped = nat.hidden_source(network, turn) or _refused(network, turn)
    yield from (stopped,) if stopped else way(network, turn)


def _refused(network: Network, turn: Turn) -> Step | None:
    """Routes that AWS lets nobody make: what a record of one means cannot be told (RT-6, RT-16, RT-19)."""
    if turn.route.is_prefix_list and endpoint.gateway_load_balancer(network, turn.target):
        return turn.undecided(f"{turn.table.id} sends a prefix list to {turn.target}, which AWS does not allow.")
    held = network.things.get(turn.target)
    through = held if isinstance(held, Interface) else endpoint.gateway_load_balancer(network, turn.target)
    owner = through.vpc if through else ""
    if owner not in ("", turn.table.vpc):
        why = f"{turn.table.id} leads to {turn.target}, which is not in {turn.table.vpc}: AWS does not allow that."
        return turn.undecided(why)
    if turn.route.target_key == "IpAddress" or turn.target.startswith(MIDDLEBOXES) or turn.target == "local":
        return None
    if turn.place.came_from.startswith(("igw-", "vgw-")):
        return turn.undecided(f"{turn.table.id} belongs to {turn.place.came_from} and may not lead to {turn.target}.")
    vpc = network.things.get(turn.table.vpc)
    inside = isinstance(vpc, Vpc) and bool(turn.covers) and turn.covers <= vpc.cidrs
    if inside and not turn.route.propagated and not turn.target.startswith(("nat-", "lgw-")):
        why = f"{turn.table.id} sends {turn.route.destination}, which is inside {turn.table.vpc}, to {turn.target}: "
        return turn.undecided(why + "AWS allows that for NAT gateways, network interfaces and endpoints only.")
    return None
