"""Transit gateways: is the attachment up, and does it have a foot in the sender's zone."""

from __future__ import annotations

from reach.answer import Reason
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.checks.targets import BAD_ATTACHMENT, BAD_STATE
from reach.flow import Flow
from reach.network import Attachment, Gap, Network, Subnet, TransitGateway
from reach.transits import same_zone

ZONE = Reason(
    code="TGW_ROUTE_AZ_RESTRICTION",
    title="The transit gateway has no attachment subnet in this Availability Zone",
    why="A subnet reaches the transit gateway only if the VPC's attachment has a subnet in the same zone.",
    fix="Add a subnet of this zone to the attachment: aws ec2 modify-transit-gateway-vpc-attachment --add-subnet-ids …",
    source="https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html",
)
REASONS = (ZONE,)
FORWARDING = ("available", "modifying", "rollingback")


def state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Gateway and attachment in a state that forwards (TGW-1)."""
    attachment = network.things.get(guard.resource)
    gateway = network.things.get(guard.peer)
    if not isinstance(gateway, TransitGateway):
        why = f"{guard.peer} is not in the data"
        return unreadable(flow, Gap(guard.peer, "ec2:DescribeTransitGateways", why))
    if gateway.state not in ("available", "modifying"):
        why, shown = f"{gateway.id} is {gateway.state}.", (gateway.proof("State", gateway.state),)
        return partition(flow, flow.traffic, gateway.id, BAD_STATE, evidence=shown, why=why, fix=BAD_STATE.fix)
    if not isinstance(attachment, Attachment):
        why = f"{guard.resource} is not in the data"
        return unreadable(flow, Gap(guard.resource, "ec2:DescribeTransitGatewayAttachments", why))
    shown = (attachment.proof("State", attachment.state),)
    if attachment.state in FORWARDING:
        return passed(flow, attachment.id, *shown)
    why = f"{attachment.id} is {attachment.state}, not available."
    fix = "Accept or re-create the attachment."
    return partition(flow, flow.traffic, attachment.id, BAD_ATTACHMENT, evidence=shown, why=why, fix=fix)


def zone(network: Network, guard: Guard, flow: Flow) -> Findings:
    """The sender's zone must hold one of the attachment's subnets (TGW-2)."""
    attachment = network.things.get(guard.resource)
    subnet = network.get(guard.peer)
    if not isinstance(attachment, Attachment) or attachment.subnets is None:
        why = f"the subnets of {guard.resource} are not in the data"
        return unreadable(flow, Gap(guard.resource, "ec2:DescribeTransitGatewayVpcAttachments", why))
    feet = [network.get(id) for id in attachment.subnets]
    if not isinstance(subnet, Subnet) or len([s for s in feet if isinstance(s, Subnet)]) < len(feet):
        return unreadable(flow, Gap(guard.peer, "ec2:DescribeSubnets", f"the zones of {attachment.id} are not known"))
    shown = (attachment.proof("SubnetIds", list(attachment.subnets)),)
    here = [s is subnet or same_zone(subnet.zone_id, subnet.zone, s) for s in feet if isinstance(s, Subnet)]
    if True in here:
        return passed(flow, attachment.id, *shown)
    if None in here:
        why = f"the zones of {subnet.id} and of the subnets of {attachment.id} are not all known"
        return unreadable(flow, Gap(subnet.id, "ec2:DescribeSubnets", why))
    why = f"{attachment.id} has no subnet in {subnet.zone or subnet.zone_id}, the zone of {subnet.id}."
    fix = (
        "aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id "
        f"{attachment.id} --add-subnet-ids {subnet.id}"
    )
    return partition(flow, flow.traffic, attachment.id, ZONE, evidence=shown, why=why, fix=fix)
