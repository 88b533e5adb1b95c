"""Whose table a route table is: a NAT gateway's or instance's own needs an internet gateway, not another NAT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reach.network import Interface, NatGateway, Network, RouteTable, Subnet
from reach.routes import table_of


def serves_translators(network: Network, table: RouteTable, senders: Sequence[str]) -> bool:
    """Whether NAT gateways or instances send by this table (NAT-4, NATI-4), and the senders' subnets do not."""
    if any(_governs(network, table, id) for id in senders):
        return False
    own = any(nat.table == table.id for nat in network.in_vpc(NatGateway, table.vpc))
    return own or any(_governs(network, table, id) for id in _translating(network, table.vpc))


def serves_others(network: Network, table: RouteTable) -> bool:
    """Whether it is also the table of subnets in which nothing translates: a way to the internet makes them public."""
    own = set(_translating(network, table.vpc))
    return any(s.id not in own and table_of(network, s) == table for s in network.in_vpc(Subnet, table.vpc))


def _translating(network: Network, vpc: str) -> Iterator[str]:
    """The subnets of a VPC's NAT gateways, and of interfaces with public addresses that routes lead to."""
    yield from (nat.subnet for nat in network.in_vpc(NatGateway, vpc) if nat.subnet)
    targets = {r.target for t in network.in_vpc(RouteTable, vpc) for r in t.routes or () if r.target}
    for interface in network.in_vpc(Interface, vpc):
        if interface.public_ips and targets & {interface.id, interface.instance}:
            yield interface.subnet


def _governs(network: Network, table: RouteTable, subnet_id: str) -> bool:
    subnet = network.things.get(subnet_id)
    return isinstance(subnet, Subnet) and table_of(network, subnet) == table
