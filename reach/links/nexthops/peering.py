"""VPC peering connections: into one, and out of it into the other VPC."""

from __future__ import annotations

from collections.abc import Iterator

from reach.checks.guard import Guard
from reach.links.nexthops.local import to_subnets
from reach.links.steps import Link, Place, Step, Turn, unreadable
from reach.network import Network, Peering, Subnet
from reach.traffic import LINE


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """Into an active peering connection, for addresses of the two VPCs only (PCX-1, PCX-2)."""
    kind = "vpc_peering_connection"
    back = (Guard("same_way_back", turn.table.id, "route_table", peer=turn.target),) if turn.returning else ()
    guards = (
        *back,
        Guard("peering_state", turn.target, kind, peer=turn.table.vpc),
        Guard("peering_encryption", turn.target, kind),
        Guard("peering_addresses", turn.target, kind, peer=turn.table.vpc),
    )
    yield Link(turn.to(turn.target, kind, turn.table.vpc), turn.covers, guards, turn.because)


def behind(network: Network, place: Place) -> Iterator[Step]:
    """Into the other VPC's subnets (PCX-2, PCX-8)."""
    peering = network.things.get(place.resource)
    other = next((v for v, _, _ in peering.sides if v != place.came_from), "") if isinstance(peering, Peering) else ""
    if network.in_vpc(Subnet, other):
        yield from to_subnets(network, other, LINE, place, None)
        return
    why = f"the other side of {place.resource} ({other or 'unknown VPC'}) is not in the data"
    unread = network.gap("Subnets", peering.home) if peering is not None else None
    needs = unread.needs if unread is not None else "ec2:DescribeSubnets"
    yield unreadable(LINE, other or place.resource, needs, why, "subnet")
