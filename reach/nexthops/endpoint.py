"""VPC endpoints that a route can name."""

from __future__ import annotations

from collections.abc import Iterator

from reach.checks.guard import Guard
from reach.network import Endpoint, Network
from reach.steps import Link, Step, Turn


def gateway_load_balancer(network: Network, id: str) -> Endpoint | None:
    """The Gateway Load Balancer endpoint of this id, if it is known to be one (IN-3)."""
    found = network.things.get(id)
    return found if isinstance(found, Endpoint) and found.type.lower() == "gatewayloadbalancer" else None


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """A gateway endpoint (VPCE-1, VPCE-6); the other types are not modelled."""
    endpoint = network.get(turn.target, turn.table.home)
    if not isinstance(endpoint, Endpoint):
        yield turn.lost(endpoint, "ec2:DescribeVpcEndpoints", "gateway_endpoint")
        return
    if endpoint.type.lower() != "gateway" or turn.returning:
        yield turn.undecided(f"what {turn.target} ({endpoint.type}) does with the traffic is not decided.")
        return
    guards = (
        Guard("endpoint_state", endpoint.id, "gateway_endpoint"),
        Guard("gateway_endpoint_traffic", endpoint.id, "gateway_endpoint"),
    )
    yield Link(turn.to(endpoint.id, "gateway_endpoint", turn.table.id), turn.covers, guards, turn.because)
