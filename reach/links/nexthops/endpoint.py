"""VPC endpoints that a route can name: gateway endpoints, and those that lead to inspection."""

from __future__ import annotations

from collections.abc import Iterator

from reach.checks.guard import Guard
from reach.checks.inspection import firewall_of
from reach.links.steps import Link, Place, Step, Turn, unreadable
from reach.network import Endpoint, Network
from reach.traffic import LINE


def gateway_load_balancer(network: Network, id: str) -> Endpoint | None:
    """The Gateway Load Balancer endpoint of this id, if it is known to be one (IN-3)."""
    found = network.things.get(id)
    return found if isinstance(found, Endpoint) and found.type.lower() == "gatewayloadbalancer" else None


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """A gateway endpoint (VPCE-1, VPCE-6) or one for inspection (FW-1); no route leads to the other types."""
    endpoint = network.get(turn.target, turn.table.home)
    if not isinstance(endpoint, Endpoint):
        yield turn.lost(endpoint, "ec2:DescribeVpcEndpoints", "gateway_endpoint")
        return
    if gateway_load_balancer(network, endpoint.id):
        yield _inspected(network, turn, endpoint)
        return
    if endpoint.type.lower() != "gateway" or turn.returning:
        yield turn.undecided(f"what {turn.target} ({endpoint.type}) does with the traffic is not decided.")
        return
    guards = (
        Guard("endpoint_state", endpoint.id, "gateway_endpoint"),
        Guard("gateway_endpoint_traffic", endpoint.id, "gateway_endpoint"),
    )
    yield Link(turn.to(endpoint.id, "gateway_endpoint", turn.table.id), turn.covers, guards, turn.because)


def _inspected(network: Network, turn: Turn, endpoint: Endpoint) -> Step:
    """Into an endpoint that hands everything to a firewall or appliances and takes it back (FW-1, FW-2)."""
    id, came_from = endpoint.id, turn.place.came_from
    kind = "network_firewall" if firewall_of(network, id) else "gateway_load_balancer_endpoint"
    if not endpoint.subnets:
        return unreadable(turn.covers, id, "ec2:DescribeVpcEndpoints", f"the record of {id} has no SubnetIds", kind)
    subnet = endpoint.subnets[0]
    acl = (Guard("acl", subnet, "network_acl", side="inbound"),) if subnet != came_from else ()
    able = (
        Guard("endpoint_state", id, kind),
        Guard("gwlb_zone", id, kind, side=endpoint.service_name, peer=subnet),
        Guard("firewall_state", id, kind),
        Guard("inspected_encryption", id, kind, peer=subnet),
    )
    if turn.returning:
        gateway = came_from if came_from.startswith(("igw-", "vgw-")) else ""
        seen = Guard("request_seen", id, "route_table", side=gateway, peer=turn.table.id)
        guards = (seen, *acl, *able, Guard("inspected_reply", id, kind, peer=subnet))
    else:
        placed = Guard("middlebox_subnet", id, kind, peer=subnet)
        guards = (*acl, placed, *able, Guard("inspected_request", id, kind, peer=subnet))
    return Link(turn.to(id, kind, turn.table.id), turn.covers, guards, turn.because)


def behind(network: Network, place: Place) -> Iterator[Step]:
    """Out of the same endpoint, unchanged, by the table of its subnet (FW-1)."""
    endpoint = gateway_load_balancer(network, place.resource)
    subnet = (endpoint.subnets or ("",))[0] if endpoint else ""
    yield Link(Place(subnet, "subnet", place.resource, place.direction), LINE, inspector=place.resource)
