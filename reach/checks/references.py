"""Whether a security group rule that names a group still finds it at the other end of the way."""

from __future__ import annotations

from msgspec import Struct

from reach.answer import Reason
from reach.flow import Flow
from reach.network import Attachment, Gap, Interface, Network, Peering, Subnet, TransitGateway, Vpc
from reach.transits import attachment_of

SUPPORT = Reason(
    code="SG_REFERENCING_SUPPORT",
    title="The transit gateway does not carry security group references",
    why="A rule that names a group of another VPC matches across a transit gateway only if security group "
    "referencing is enabled on the gateway and on both attachments, and only inbound. It never matches across two "
    "gateways that are peered, through an inspection VPC, at an endpoint, or in the zone use1-az3.",
    fix="aws ec2 modify-transit-gateway --transit-gateway-id TGW --options SecurityGroupReferencingSupport=enable; "
    "or allow the address range instead.",
    source="https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html",
)
WITHOUT_SUPPORT = ("use1-az3",)  # zones in which a transit gateway carries no references


class Carriage(Struct, frozen=True):
    """Whether rules may name groups of the other end: surely, possibly (a gap says why), or not (`why`)."""

    surely: bool = False
    gap: Gap | None = None
    why: str = ""
    fix: str = ""  # what would make them match, if anything does

    @property
    def possible(self) -> bool:
        return self.surely or self.gap is not None


CARRIED = Carriage(surely=True)


def carried_out(network: Network, sender: str, receiver: str) -> Carriage:
    """Outbound rules may name groups of the same VPC and of one peered in the same Region (SG-8, SG-10)."""
    if sender == receiver:
        return CARRIED
    joining = [p for p in network.all(Peering) if p.status == "active" and _joins(p, sender, receiver)]
    if any(_same_region(p) for p in joining):
        return CARRIED
    if joining:
        return _across_regions(joining[0])
    why = "outbound rules name groups of the same VPC or of a peered one only"
    return Carriage(gap=_unread(network, sender, receiver), why=why)


def carried_in(network: Network, flow: Flow, receiver: Interface) -> Carriage:
    """Inbound rules may too, and across one transit gateway where it and both attachments agree (SG-9)."""
    sender = flow.sender.vpc
    if not flow.crossed:
        return CARRIED if sender == receiver.vpc else Carriage(gap=_unread(network, sender, receiver.vpc))
    if len(flow.crossed) > 1:
        why = "references end where a second gateway or a VPC between the two is crossed: " + ", ".join(flow.crossed)
        return Carriage(why=why)
    way = network.things.get(flow.crossed[0])
    if isinstance(way, Peering):
        return CARRIED if _same_region(way) else _across_regions(way)
    return _through(network, flow, receiver, flow.crossed[0])


def _through(network: Network, flow: Flow, receiver: Interface, gateway_id: str) -> Carriage:
    if receiver.type == "vpc_endpoint":
        return Carriage(why="an endpoint's groups know the other end of a transit gateway by its address only")
    zones = [z for i in (flow.sender, receiver) if isinstance(s := network.get(i.subnet), Subnet) and (z := s.zone_id)]
    if set(zones) & set(WITHOUT_SUPPORT):
        return Carriage(why=f"transit gateways carry no references in {WITHOUT_SUPPORT[0]}")
    gateway = network.things.get(gateway_id)
    if not isinstance(gateway, TransitGateway):
        return Carriage(gap=Gap(gateway_id, "ec2:DescribeTransitGateways", f"{gateway_id} is not in the data"))
    if not gateway.group_references:
        return _switched_off(gateway.id, "modify-transit-gateway --transit-gateway-id")
    ends = [attachment_of(network, gateway.id, vpc) for vpc in (flow.sender.vpc, receiver.vpc)]
    off = next((a for a in ends if a is not None and a.group_references is False), None)
    if off is not None:
        return _switched_off(off.id, "modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id")
    vague = next((a for a in ends if a is None or a.group_references is None), CARRIED)
    return CARRIED if vague is CARRIED else Carriage(gap=_options_of(vague, gateway.id))


def _options_of(attachment: object, gateway: str) -> Gap:
    id = attachment.id if isinstance(attachment, Attachment) else gateway
    why = f"whether {id} carries security group references is not in the data"
    return Gap(id, "ec2:DescribeTransitGatewayVpcAttachments", why)


def _switched_off(id: str, command: str) -> Carriage:
    """An option of the gateway or of an attachment, and the command that sets it."""
    fix = f"aws ec2 {command} {id} --options SecurityGroupReferencingSupport=enable"
    return Carriage(why=f"security group referencing is off on {id}", fix=fix)


def _across_regions(peering: Peering) -> Carriage:
    regions = " and ".join(sorted({home.region for _, _, home in peering.sides}))
    return Carriage(why=f"{peering.id} joins {regions}, and references do not cross Regions")


def _unread(network: Network, sender: str, receiver: str) -> Gap | None:
    """Why two VPCs may be joined by something that was not read; None if that is ruled out."""
    homes = [vpc.home for id in (sender, receiver) if isinstance(vpc := network.things.get(id), Vpc)]
    keys = ("VpcPeeringConnections", "TransitGateways", "TransitGatewayVpcAttachments")
    return next((g for home in homes for key in keys if (g := network.gap(key, home)) is not None), None)


def _joins(peering: Peering, one: str, other: str) -> bool:
    return {vpc for vpc, _, _ in peering.sides} == {one, other}


def _same_region(peering: Peering) -> bool:
    return len({home.region for _, _, home in peering.sides}) == 1
