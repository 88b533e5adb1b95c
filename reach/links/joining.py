"""What joins two VPCs, and the route to the other one that a table lacks: what a person would add."""

from __future__ import annotations

from reach.checks.ends import NO_ROUTE
from reach.network import Interface, Network, Peering, RouteTable, Subnet, Vpc
from reach.traffic import IPV4, IPV6, Ranges, cidr, format_addresses
from reach.transits import gateways_between


def missing_route(network: Network, table: RouteTable, covers: Ranges, toward: Interface | None, came_by: str) -> str:
    """The command for the route to `toward`, if its VPC is another one and joined to the table's.

    `covers` has no route yet; a reply goes back by what its request `came_by`.
    """
    if toward is None or toward.vpc in ("", table.vpc):
        return NO_ROUTE.fix
    way = came_by or _joined(network, table.vpc, toward.vpc)
    key = {"pcx": "vpc-peering-connection", "tgw": "transit-gateway"}.get(way.partition("-")[0])
    block = _block(network, toward, covers)
    if key is None or not block:
        return NO_ROUTE.fix
    verb = "create-route"
    if any(r.destination == block and r.target == way for r in table.routes or ()):  # it loses to a more specific one
        inside = [r.destination for r in table.routes or () if covers & cidr(r.destination) and r.destination != block]
        narrower = [named for named in inside if cidr(named) <= cidr(block)]
        verb, block = ("replace-route", narrower[0]) if narrower else (verb, block)
    named = "destination-ipv6-cidr-block" if ":" in block else "destination-cidr-block"
    return f"aws ec2 {verb} --route-table-id {table.id} --{named} {block} --{key}-id {way}"


def _joined(network: Network, here: str, there: str) -> str:
    """An active peering connection between two VPCs, else a transit gateway that both are attached to."""
    peerings = [p for p in network.all(Peering) if p.status == "active"]
    direct = next((p.id for p in peerings if {vpc for vpc, _, _ in p.sides} == {here, there}), "")
    return direct or next((gateway.id for gateway, _, _ in gateways_between(network, here, there)), "")


def _block(network: Network, toward: Interface, covers: Ranges) -> str:
    """The VPC's block that holds the address, as people route whole VPCs; without its record the subnet's."""
    held = toward.addresses | toward.ipv6
    wanted = held & covers & IPV4 or held & covers & IPV6
    vpc, subnet = network.things.get(toward.vpc), network.things.get(toward.subnet)
    blocks = [*(vpc.cidr_texts if isinstance(vpc, Vpc) else ())]
    blocks += format_addresses(subnet.addresses) if isinstance(subnet, Subnet) else ()
    return next((block for block in blocks if wanted and wanted <= cidr(block)), "")
