"""Public names of hosts in a VPC next door: whether they mean private addresses here (PCX-7, TGW-13, DNS-8)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from reach.checks.transit import FORWARDING
from reach.destinations import Destination, Resolved, of_addresses
from reach.dns.zones import private_names
from reach.network import Gap, Interface, Network, Peering, Vpc
from reach.traffic import IPV4, Ranges, cidr
from reach.transits import gateways_between

PUBLIC_NAME = re.compile(r"ec2-(\d+)-(\d+)-(\d+)-(\d+)\.(?:[a-z0-9-]+\.compute|compute-1)\.amazonaws\.com(?:\.cn)?")


def sees_private(network: Network, vpc: Vpc, other: str) -> bool | Gap:
    """Whether public names of another VPC's hosts mean private addresses in a VPC; a gap if that cannot be told."""
    there = network.things.get(other)
    if not private_names(network, vpc) or (isinstance(there, Vpc) and not private_names(network, there)):
        return False
    if vpc.id == other:
        return True
    said = [*_by_peering(network, vpc, other), *_by_transit(network, vpc, other)]
    unknown = next((s for s in said if isinstance(s, Gap)), None)
    if True in said and not isinstance(there, Vpc):
        return Gap(other, "ec2:DescribeVpcAttribute", f"whether {other} gives its hosts names is not known")
    return True if True in said else unknown or False


def withheld(network: Network, vpc: Vpc, other: str) -> str:
    """What would make public names of a peered VPC private here, where only the connection's option is in the way."""
    there = network.things.get(other)
    if not private_names(network, vpc) or not isinstance(there, Vpc) or not private_names(network, there):
        return ""
    for peering in network.all(Peering):
        joins = peering.status == "active" and {vpc.id, other} == {id for id, _, _ in peering.sides}
        if joins and peering.resolves_privately(other) is False:
            side = "requester" if peering.sides[0][0] == other else "accepter"
            option = f"AllowDnsResolutionFromRemoteVpc of its {side}"
            return f"In {vpc.id} its name means its public address; over {peering.id} it could be private ({option})."
    return ""


def _by_peering(network: Network, vpc: Vpc, other: str) -> Iterator[bool | Gap]:
    """What the far side of each peering connection says about its names (PCX-7)."""
    for peering in network.all(Peering):
        if peering.status == "active" and {vpc.id, other} == {id for id, _, _ in peering.sides}:
            told = peering.resolves_privately(other)
            why = f"whether names of {other} mean private addresses over {peering.id} is not known"
            yield Gap(peering.id, "ec2:DescribeVpcPeeringConnections", why) if told is None else told
    unread = network.gap("VpcPeeringConnections", vpc.home)
    if unread is not None:
        yield Gap(vpc.id, unread.needs, f"whether {vpc.id} and {other} are peered is not known: {unread.why}")


def _by_transit(network: Network, vpc: Vpc, other: str) -> Iterator[bool | Gap]:
    """What each transit gateway that joins both VPCs, and both attachments, say (TGW-13)."""
    for gateway, *ends in gateways_between(network, vpc.id, other):
        if not {gateway.state, *(a.state for a in ends)} <= set(FORWARDING):
            continue
        options = {gateway.id: gateway.dns, **{a.id: a.dns for a in ends}}
        unsaid = next((id for id, told in options.items() if told is None), None)
        if unsaid is None or False in options.values():
            yield False not in options.values()
        else:
            call = "TransitGateways" if unsaid == gateway.id else "TransitGatewayVpcAttachments"
            yield Gap(unsaid, f"ec2:Describe{call}", f"whether {unsaid} supports DNS (DnsSupport) is not known")
    there = network.things.get(other)
    homes = dict.fromkeys((vpc.home, there.home if there else vpc.home))
    gaps = (network.gap(key, home) for home in homes for key in ("TransitGateways", "TransitGatewayVpcAttachments"))
    unread = next((g for g in gaps if g is not None), None)
    if unread is not None:
        why = f"whether a transit gateway joins {vpc.id} and {other} is not known: {unread.why}"
        yield Gap(vpc.id, unread.needs, why)


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
    if isinstance(seen, Gap):
        either = ((*node, there) for node in outside.nodes)
        return replace(outside, nodes=tuple(tuple(replace(d, doubt=seen) for d in node) for node in either))
    if not seen:
        return replace(outside, aside=withheld(network, vpc, holder.vpc))
    return replace(outside, nodes=((there,),), private=True)


def _somewhere(vpc: Vpc, name: str, gap: Gap) -> Destination:
    """The instance may be in this VPC, where nobody could look."""
    why = f"whether {name} is an instance of {vpc.id} is not known: {gap.why}"
    return Destination(name, vpc.cidrs & IPV4 or IPV4, exact=False, gap=Gap(name, gap.needs, why))
