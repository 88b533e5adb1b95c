"""Public names of hosts in a VPC next door: whether they mean private addresses here (PCX-7, TGW-13, DNS-8)."""

from __future__ import annotations

import re
from dataclasses import replace

from reach.destinations import Destination, Resolved, of_addresses
from reach.dns.zones import private_names
from reach.network import Gap, Interface, Network, Peering, Vpc
from reach.traffic import IPV4, Ranges, cidr
from reach.transits import gateways_between

PUBLIC_NAME = re.compile(r"ec2-(\d+)-(\d+)-(\d+)-(\d+)\.(?:[a-z0-9-]+\.compute|compute-1)\.amazonaws\.com(?:\.cn)?")


def sees_private(network: Network, vpc: Vpc, other: str) -> bool | None:
    """Whether public names of another VPC's hosts mean private addresses in a VPC; None if that cannot be told."""
    there = network.things.get(other)
    if vpc.id == other:
        return private_names(network, vpc)
    if not isinstance(there, Vpc) or not (private_names(network, vpc) and private_names(network, there)):
        return False if isinstance(there, Vpc) else None
    said = [
        p.resolves_privately(other)
        for p in network.all(Peering)
        if p.status == "active" and {vpc.id, other} == {id for id, _, _ in p.sides}
    ]
    if True in said:
        return True
    return None if None in said or gateways_between(network, vpc.id, other) else False


def of_instance(network: Network, vpc: Vpc | None, name: str) -> Resolved | None:
    """The public name of an instance, which spells its public address: private inside the VPC, public elsewhere."""
    found = PUBLIC_NAME.fullmatch(name)
    public = cidr(".".join(found.groups())) if found else Ranges()
    if not public:
        return None
    outside = Resolved(of_addresses(network, vpc, public), Ranges.of(443))
    text = ".".join(found.groups()) if found else ""
    holder = next((i for i in network.all(Interface) if text in i.public_ips), None)
    if vpc is None:
        return outside
    if holder is None:
        gap = network.gap("NetworkInterfaces", vpc.home)
        inside = () if gap is None else (_somewhere(vpc, name, gap),)
        return replace(outside, nodes=tuple((*node, *inside) for node in outside.nodes))
    there = Destination(holder.id, holder.addresses & IPV4, holder, exact=(holder.addresses & IPV4).size == 1)
    seen = sees_private(network, vpc, holder.vpc)
    if seen is None:
        return replace(outside, nodes=tuple((*node, there) for node in outside.nodes))
    return replace(outside, nodes=((there,),), private=True) if seen else outside


def _somewhere(vpc: Vpc, name: str, gap: Gap) -> Destination:
    """The instance may be in this VPC, where nobody could look."""
    why = f"whether {name} is an instance of {vpc.id} is not known: {gap.why}"
    return Destination(name, vpc.cidrs & IPV4 or IPV4, exact=False, gap=Gap(name, gap.needs, why))
