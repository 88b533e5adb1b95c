"""What a route can name as its next hop, one file per kind: how traffic gets there and what is behind it.

`follow(network, turn)` answers for a route that traffic takes; `BEHIND` for a place of that kind.
LAW: the `covers` of the steps partition those of the turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from reach.network import Network
from reach.nexthops import appliance, elsewhere, endpoint, internet, local, nat, peering, transit, vpn
from reach.steps import Place, Step, Turn

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

# By the kind of the place that was reached.
BEHIND: Mapping[str, Callable[[Network, Place], Iterator[Step]]] = {
    "nat_gateway": nat.behind,
    "implied_route_table": nat.as_created,
    "nat_instance": appliance.behind,
    "transit_gateway": transit.behind,
    "transit_gateway_attachment": transit.into_vpc,
    "vpc_peering_connection": peering.behind,
    "virtual_private_gateway": vpn.behind,
}


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """Where a route's target takes the traffic. RT-11: whether the target works is asked of it, not of the route."""
    hidden = nat.hidden_source(network, turn)
    if hidden is not None:
        yield hidden
        return
    kind = next((way for prefix, way in FOLLOW.items() if turn.target.startswith(prefix)), elsewhere.follow)
    yield from kind(network, turn)
