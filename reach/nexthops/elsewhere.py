"""Targets that are not modelled: beyond them nothing is decided."""

from __future__ import annotations

from collections.abc import Iterator

from reach.network import Network
from reach.steps import Step, Turn


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """Local gateways, core networks and whatever else a route may name (RT-13)."""
    yield turn.undecided(_why(turn), resource=turn.target or turn.route.target_key or "unknown target")


def _why(turn: Turn) -> str:
    target = turn.target or turn.route.target_key or "an unknown target"
    return f"{turn.table.id} sends {turn.route.destination} to {target}; what happens behind it is not decided."
