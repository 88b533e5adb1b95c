"""Which attachments join which VPCs: look-ups that links and checks share."""

from __future__ import annotations

import re

from reach.network import Attachment, Network, Subnet, TransitGateway, TransitPeering

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


def far_end(network: Network, peering: TransitPeering) -> TransitPeering:
    """A peering attachment as the other gateway knows it: in one Region that has an id of its own (TGW-11)."""
    told = network.things.get(peering.twin)
    if isinstance(told, TransitPeering):
        return told
    return next((p for p in network.all(TransitPeering) if p.twin == peering.id), peering)


LOCAL_ZONE = re.compile(r"[a-z]+(-[a-z]+)+-\d+-[a-z]+-\d+[a-z]")  # us-west-2-lax-1a


def zone_of(subnet: Subnet) -> tuple[str, str] | None:
    """The id and name of the zone whose attachment a subnet uses: for a Local Zone the parent's (TGW-2).

    In place of the name there may be what stands for it in a template. Either may be missing from a record; None for a
    Local Zone whose parent is not in the data.
    """
    if subnet.parent_zone is not None:
        return subnet.parent_zone
    return None if LOCAL_ZONE.fullmatch(subnet.zone) else (subnet.zone_id, subnet.zone or subnet.zone_open)


def same_zone(zone: tuple[str, str] | None, subnet: Subnet) -> bool | None:
    """Whether a subnet is in a zone: by id, which all accounts share, else by name; None if neither is known.

    Of two zones that one parameter of a template names it is known that they are the same.
    """
    id, name = zone or ("", "")
    if name.startswith("${"):
        return True if name == subnet.zone_open else None
    if id and subnet.zone_id:
        return id == subnet.zone_id
    return name == subnet.zone if name and subnet.zone else None
