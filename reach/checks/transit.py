"""Transit gateways: is the attachment up, does it carry this, and has it a foot in the sender's zone."""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Assumption, Finding, Note, Reason, Verdict
from reach.checks.encryption import unencrypted
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.checks.targets import BAD_ATTACHMENT, BAD_STATE, PROTOCOL, unheard
from reach.flow import Flow
from reach.network import Attachment, Gap, Network, Subnet, TransitGateway, TransitPeering
from reach.traffic import IPV6
from reach.transits import attachment_of, same_zone, zone_of

_TGW = "https://docs.aws.amazon.com/vpc/latest/tgw/"
_HOW = _TGW + "how-transit-gateways-work.html"
_COMMAND = "aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id"
ZONE = Reason(
    code="TGW_ROUTE_AZ_RESTRICTION",
    title="The transit gateway has no attachment subnet in this Availability Zone",
    why="A subnet reaches the transit gateway only if the VPC's attachment has a subnet in the same zone; one in a "
    "Local Zone uses its parent zone.",
    fix="Add a subnet of this zone to the attachment: aws ec2 modify-transit-gateway-vpc-attachment --add-subnet-ids …",
    source=_TGW + "tgw-vpc-attachments.html",
)
MORE_SPECIFIC = Reason(
    code="TGW_RTB_MORE_SPECIFIC_ROUTE",
    title="A transit gateway route that loses to a more specific one",
    why="The route is listed and would lead elsewhere, but a longer prefix takes the traffic.",
    fix="Remove or change the more specific route, if it is not meant.",
    source=_HOW,
)
HIGHER_PRIORITY = Reason(
    code="TGW_RTB_HIGHER_PRIORITY_ROUTE",
    title="A transit gateway route that loses to another for the same prefix",
    why="Of routes with one prefix a static one comes first, then one by a prefix list, then propagated ones.",
    fix="Remove or change the route that comes first, if it is not meant.",
    source=_HOW,
)
CANNOT_ROUTE = Reason(
    code="TGW_RTB_CANNOT_ROUTE",
    title="Transit gateway routes that do not cover the destination",
    why="The table has routes, but none whose range holds this address.",
    fix="Add a route for it, or let the destination's attachment propagate into the table.",
    source=_HOW,
)
PINNED = Reason(
    code="TGW_ATTACH_VPC_AZ_RESTRICTION",
    title="Request and reply reach different appliances, zone by zone",
    why="Without appliance mode a transit gateway hands traffic over in the zone that it comes from: the reply of a "
    "host in another zone reaches that zone's appliance, which keeps no state of the request.",
    fix="aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id ATTACHMENT "
    "--options ApplianceModeSupport=enable",
    source=_TGW + "transit-gateway-appliance-scenario.html",
)
RECOMMENDED = Reason(
    code="TRANSIT_GATEWAY_APPLIANCE_MODE_RECOMMENDED",
    title="An appliance VPC in several zones without appliance mode",
    why="Its appliances keep state, and hosts of different zones would reach different ones of them.",
    fix=PINNED.fix,
    source="https://docs.aws.amazon.com/vpc/latest/reachability/additional-detail-codes.html",
)
REASONS = (ZONE, PINNED, RECOMMENDED, MORE_SPECIFIC, HIGHER_PRIORITY, CANNOT_ROUTE)
FORWARDING = ("available", "modifying", "rollingback")
IDLE = (
    *("initiating", "initiatingrequest", "pendingacceptance", "pending", "deleting", "deleted"),
    *("failing", "failed", "rejecting", "rejected"),
)
GATEWAY_IDLE = ("pending", "deleting", "deleted")


def state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Gateway and attachment in a state that forwards (TGW-1, TGW-11)."""
    attachment = network.things.get(guard.resource)
    gateway = network.things.get(guard.peer)
    if not isinstance(gateway, TransitGateway):
        why = f"{guard.peer} is not in the data"
        return unreadable(flow, Gap(guard.peer, "ec2:DescribeTransitGateways", why))
    if gateway.state in GATEWAY_IDLE:
        why, shown = f"{gateway.id} is {gateway.state}.", (gateway.proof("State", gateway.state),)
        return partition(flow, flow.traffic, gateway.id, BAD_STATE, evidence=shown, why=why, fix=BAD_STATE.fix)
    if gateway.state not in ("available", "modifying"):
        return unheard(network, flow, gateway.id, gateway.state)
    if not isinstance(attachment, Attachment | TransitPeering):
        why = f"{guard.resource} is not in the data"
        return unreadable(flow, Gap(guard.resource, "ec2:DescribeTransitGatewayAttachments", why))
    note = unencrypted(network, attachment.vpc, gateway) if isinstance(attachment, Attachment) else None
    return tuple(replace(f, note=note) for f in _attached(network, attachment, flow))


def _attached(network: Network, attachment: Attachment | TransitPeering, flow: Flow) -> Findings:
    shown = attachment.proof("State", attachment.state)
    if attachment.state in FORWARDING:
        return passed(flow, attachment.id, shown)
    if attachment.state not in IDLE:
        return unheard(network, flow, attachment.id, attachment.state)
    kind = "peering" if isinstance(attachment, TransitPeering) else "vpc"
    fix = "Create the attachment again; its routes have to be pointed at the new one."
    if attachment.state == "pendingacceptance":
        fix = f"aws ec2 accept-transit-gateway-{kind}-attachment --transit-gateway-attachment-id {attachment.id}"
    why = f"{attachment.id} is {attachment.state}, not available."
    return partition(flow, flow.traffic, attachment.id, BAD_ATTACHMENT, evidence=(shown,), why=why, fix=fix)


def ipv6(network: Network, guard: Guard, flow: Flow) -> Findings:
    """IPv6 crosses only attachments that support it (TGW-12)."""
    native = flow.to(IPV6)
    rest = passed(flow.of(flow.traffic - native.traffic), guard.resource)
    attachment = network.things.get(guard.resource)
    if not native or not isinstance(attachment, Attachment) or attachment.ipv6:
        return (*rest, *passed(native, guard.resource))
    if attachment.ipv6 is None:
        why = f"whether {attachment.id} carries IPv6 is not in the data"
        gap = Gap(attachment.id, "ec2:DescribeTransitGatewayVpcAttachments", why)
        return (*rest, *unreadable(native, gap))
    shown = (attachment.proof("Options.Ipv6Support", "disable"),)
    why, fix = f"{attachment.id} does not carry IPv6.", f"{_COMMAND} {attachment.id} --options Ipv6Support=enable"
    stopped = partition(native, native.traffic, attachment.id, PROTOCOL, evidence=shown, why=why, fix=fix)
    return (*rest, *stopped)


def zone(network: Network, guard: Guard, flow: Flow) -> Findings:
    """The sender's zone must hold one of the attachment's subnets (TGW-2)."""
    attachment = network.things.get(guard.resource)
    subnet = network.get(guard.peer)
    if not isinstance(attachment, Attachment) or attachment.subnets is None:
        why = f"the subnets of {guard.resource} are not in the data"
        return unreadable(flow, Gap(guard.resource, "ec2:DescribeTransitGatewayVpcAttachments", why))
    feet = [network.get(id) for id in attachment.subnets]
    if not isinstance(subnet, Subnet) or len([s for s in feet if isinstance(s, Subnet)]) < len(feet):
        gap = Gap(guard.peer, "ec2:DescribeSubnets", f"the zones of {attachment.id} are not known")
        open_ = (network.pending[id] for id in attachment.subnets if id in network.pending)
        return unreadable(flow, next(open_, gap))
    shown = (attachment.proof("SubnetIds", list(attachment.subnets)),)
    mine = zone_of(subnet)
    if mine is None:
        why = f"the parent zone of {subnet.zone}, where {subnet.id} is, is not in the data"
        return unreadable(flow, Gap(subnet.id, "ec2:DescribeAvailabilityZones", why))
    here = [s is subnet or same_zone(mine, s) for s in feet if isinstance(s, Subnet)]
    if True in here:
        beside = None if subnet.id in attachment.subnets else _beside(attachment, subnet)
        return tuple(replace(f, assumption=beside) for f in passed(flow, attachment.id, *shown))
    if None in here:
        why = f"the zones of {subnet.id} and of the subnets of {attachment.id} are not all known"
        left = (network.pending.get(s.zone_open) for s in (subnet, *feet) if isinstance(s, Subnet))
        return unreadable(flow, next(filter(None, left), Gap(subnet.id, "ec2:DescribeSubnets", why)))
    name = mine[1] or mine[0]
    whose = f"the parent zone of {subnet.id}" if subnet.parent_zone else f"the zone of {subnet.id}"
    why = f"{attachment.id} has no subnet in {name}, {whose}."
    added = "SUBNET_OF_" + name if subnet.parent_zone else subnet.id
    fix = f"{_COMMAND} {attachment.id} --add-subnet-ids {added}"
    return partition(flow, flow.traffic, attachment.id, ZONE, evidence=shown, why=why, fix=fix)


def _beside(attachment: Attachment, subnet: Subnet) -> Assumption:
    """Two pages of AWS read differently; that one subnet serves its whole zone is the reading taken (TGW-2)."""
    text = f"A subnet of {attachment.id} in the zone of {subnet.id} serves {subnet.id} too."
    return Assumption("TGW-2", text)


def symmetry(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Remark on an appliance VPC that the traffic leaves, if its zones may part request and reply (TGW-10)."""
    attachment = network.things.get(guard.resource)
    inspected = any(_in_vpc(network, id, attachment) for id in flow.inspected)
    if not inspected or not isinstance(attachment, Attachment) or not _parts(attachment):
        return passed(flow, guard.resource)
    text = f"{attachment.resource} has appliances in several zones, and {attachment.id} is not in appliance mode."
    note = Note(RECOMMENDED.code, text, attachment.id)
    return tuple(replace(f, note=note) for f in passed(flow, guard.resource))


def _parts(attachment: Attachment) -> bool:
    return attachment.appliance_mode is not True and len(attachment.subnets or ()) > 1


def _in_vpc(network: Network, id: str, attachment: object) -> bool:
    return getattr(network.things.get(id), "vpc", None) == getattr(attachment, "resource", "")


def parted(network: Network, flow: Flow, missed: str, met: tuple[str, ...]) -> Finding | None:
    """Why a reply may have met the appliance of another zone than its request: no verdict (TGW-10)."""
    for gateway in flow.crossed or sorted({a.gateway for a in network.all(Attachment)}):
        attachment = attachment_of(network, gateway, str(getattr(network.things.get(missed), "vpc", "")))
        if attachment is None or not _parts(attachment) or not any(_in_vpc(network, id, attachment) for id in met):
            continue
        why = f"Request and reply may meet different appliances of {attachment.resource}: {attachment.id} spans zones."
        shown = (attachment.proof("Options.ApplianceModeSupport", "disable"),)
        fix = f"{_COMMAND} {attachment.id} --options ApplianceModeSupport=enable"
        unsure = Finding(flow.traffic, Verdict.UNKNOWN, attachment.id, shown, PINNED, why=why, fix=fix)
        return replace(unsure, needs="one appliance for both zones")
    return None
