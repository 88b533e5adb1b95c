"""Whether a security group rule that names a group still finds it behind a peering or transit gateway."""

from __future__ import annotations

from reach.answer import Reason
from reach.network import Gap, Network, Peering, Vpc
from reach.transits import gateways_between

SUPPORT = Reason(
    code="SG_REFERENCING_SUPPORT",
    title="The transit gateway does not carry security group references",
    why="A rule that names a group of another VPC matches across a transit gateway only if security group "
    "referencing is enabled on the gateway and on both attachments, and only inbound.",
    fix="aws ec2 modify-transit-gateway --transit-gateway-id TGW --options SecurityGroupReferencingSupport=enable; "
    "or allow the address range instead.",
    source="https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html",
)


def carried_out(network: Network, sender: str, receiver: str) -> bool:
    """Outbound rules may name groups of the same VPC and of one peered in the same region (SG-8, SG-10)."""
    return sender == receiver or any(_same_region(p, sender, receiver) for p in network.all(Peering))


def carried_in(network: Network, sender: str, receiver: str, crossed: tuple[str, ...]) -> bool:
    """Inbound rules may too, and across a transit gateway where it and both attachments agree (SG-9)."""
    if sender == receiver:
        return True
    ways = [network.things.get(id) for id in crossed]
    peerings = [p for p in ways if isinstance(p, Peering)]
    if peerings:
        return all(_same_region(p, sender, receiver) for p in peerings)
    return any(
        gateway.group_references and one.group_references and other.group_references
        for gateway, one, other in gateways_between(network, sender, receiver)
        if gateway.id in crossed
    )


def unread(network: Network, sender: str, receiver: str) -> Gap | None:
    """Why two VPCs may be joined by something that was not read; None if that is ruled out."""
    if sender == receiver:
        return None
    homes = [vpc.home for id in (sender, receiver) if isinstance(vpc := network.things.get(id), Vpc)]
    keys = ("VpcPeeringConnections", "TransitGateways", "TransitGatewayVpcAttachments")
    return next((g for home in homes for key in keys if (g := network.gap(key, home)) is not None), None)


def _same_region(peering: Peering, sender: str, receiver: str) -> bool:
    vpcs = {vpc for vpc, _, _ in peering.sides}
    return (
        peering.status == "active" and {sender, receiver} == vpcs and len({h.region for _, _, h in peering.sides}) == 1
    )
