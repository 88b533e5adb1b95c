"""Which attachments join which VPCs: look-ups that links and checks share."""

from __future__ import annotations

from reach.network import Attachment, Network, Subnet, TransitGateway

GONE = ("deleted", "deleting", "rejected", "failed")


def attachment_of(network: Network, gateway: str, vpc: str) -> Attachment | None:
    """The attachment of a VPC to a transit gateway; one that is gone only if there is no other."""
    mine = [a for a in network.in_vpc(Attachment, vpc) if a.gateway == gateway]
    live = [a for a in mine if a.state not in GONE]
    return next(iter(live or mine), None)


def gateways_between(network: Network, one: str, other: str) -> list[tuple[TransitGateway, Attachment, Attachment]]:
    """Transit gateways to which both VPCs are attached."""
    out = []
    for gateway in network.all(TransitGateway):
        a, b = attachment_of(network, gateway.id, one), attachment_of(network, gateway.id, other)
        if a and b:
            out.append((gateway, a, b))
    return out


def same_zone(id: str, name: str, subnet: Subnet) -> bool | None:
    """Whether a subnet is in a zone: by id, which all accounts share, else by name; None if neither is known."""
    if id and subnet.zone_id:
        return id == subnet.zone_id
    return name == subnet.zone if name and subnet.zone else None
