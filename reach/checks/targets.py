"""What a route names as its target: is it in the data, is it up, is it attached; the reasons that all kinds share."""

from __future__ import annotations

from reach.answer import Reason
from reach.checks.guard import READ_AGAIN, Findings, Guard, unreadable
from reach.flow import Flow
from reach.network import ACTION_OF_KEY, KEY_OF_PREFIX, Absent, Gap, Network, Thing

BAD_ATTACHMENT = Reason(
    code="BAD_STATE_ATTACHMENT",
    title="The gateway is not attached to this VPC",
    why="An internet gateway carries traffic only for the VPC that it is attached to.",
    fix="Attach the gateway, or point the route at the gateway that is attached.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html",
)
BAD_STATE = Reason(
    code="BAD_STATE",
    title="A component on the path is not working in its present state",
    why="A NAT gateway, endpoint, peering connection or database carries traffic only while it is available; a route "
    "to it may still look active.",
    fix="Replace or restart the component, and point the route at one that is available.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html",
)
PROTOCOL = Reason(
    code="PROTOCOL_RESTRICTION",
    title="The component does not take this protocol",
    why="A Lambda function sends TCP and UDP only; NAT gateways carry TCP, UDP and ICMP.",
    fix="Test with a TCP connection instead of ping.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-networking.html",
)
REASONS = (BAD_ATTACHMENT, BAD_STATE, PROTOCOL)
IDLE = ("attaching", "detaching", "detached")  # of an attachment to a VPC


def missing(network: Network, guard: Guard, flow: Flow, found: Absent | Gap) -> Findings:
    """A target that a route names and the data does not hold: not proof that it is gone."""
    if isinstance(found, Gap):
        return unreadable(flow, found)
    why = f"{guard.resource} is the target of an active route but not among what was collected"
    key = next((k for p, k in KEY_OF_PREFIX.items() if guard.resource.startswith(p)), "")
    return unreadable(flow, Gap(guard.resource, ACTION_OF_KEY.get(key, guard.resource), why, READ_AGAIN))


def unheard(network: Network, flow: Flow, id: str, state: str) -> Findings:
    """A state that AWS has invented since this was written tells neither that it works nor that it does not (IN-4)."""
    return unreadable(flow, network.unheard(id, state))


def lost(found: Thing | Absent | Gap, id: str) -> Absent | Gap:
    return found if isinstance(found, Absent | Gap) else Gap(id, f"a record of {id}", f"{id} is something else")
