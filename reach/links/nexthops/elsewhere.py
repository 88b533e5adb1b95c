"""Targets that are not modelled: beyond them nothing is decided."""

from __future__ import annotations

from collections.abc import Iterator

from reach.links.steps import Step, Turn
from reach.network import Network


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """Local gateways, core networks and whatever else a route may name (RT-13, IGW-10)."""
    if turn.target in network.pending:  # a file leaves open what it is
        yield turn.lost(network.pending[turn.target], "", "unsupported")
        return
    yield turn.undecided(_why(turn), resource=turn.target or "unknown target")


# What the member of a route names, in words; a member that is not here is named itself.
KINDS = {
    "LocalGatewayId": "the local gateway",
    "CoreNetworkArn": "the Cloud WAN core network",
    "OdbNetworkArn": "the Oracle Database@AWS network",
    "GatewayId": "the gateway",
}


def _why(turn: Turn) -> str:
    key = turn.route.target_key
    target = f"{KINDS.get(key, key)} {turn.target}".strip() if turn.target else "a target that its record does not name"
    return f"{turn.table.id} sends {turn.route.destination} to {target}; what happens behind it is not decided."
