"""VPC endpoints: are they available, and do they take this protocol."""

from __future__ import annotations

from dataclasses import replace

from reach.answer import Assumption, Reason
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.checks.targets import BAD_STATE, missing
from reach.flow import Flow
from reach.network import Absent, Endpoint, Gap, Network
from reach.traffic import ICMP, TCP, Ranges

GATEWAY_PROTOCOL = Reason(
    code="VPCE_GATEWAY_PROTOCOL_RESTRICTION",
    title="A gateway endpoint carries TCP and ping only",
    why="Gateway endpoints for S3 and DynamoDB take TCP and ICMP echo requests, no other protocol.",
    fix="Use HTTPS over TCP.",
    source="https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html",
)
NOT_EXTENSIBLE = Reason(
    code="GATEWAY_ENDPOINT_NOT_EXTENSIBLE",
    title="A gateway endpoint serves only its own VPC",
    why="Traffic that entered the VPC through a peering connection, a transit gateway or a VPN cannot use its "
    "gateway endpoints.",
    fix="Create a gateway endpoint in the sender's own VPC, or use an interface endpoint.",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
)
REASONS = (GATEWAY_PROTOCOL, NOT_EXTENSIBLE)


def state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the endpoint is available (VPCE-1, IN-2, SVC-09)."""
    endpoint = network.get(guard.resource)
    if not isinstance(endpoint, Endpoint):
        lost = endpoint if isinstance(endpoint, Absent | Gap) else Absent(guard.resource)
        return missing(network, guard, flow, lost)
    proof = endpoint.proof("State", endpoint.state)
    if endpoint.state == "available":
        return passed(flow, endpoint.id, proof)
    if endpoint.state == "partial":  # some of its interfaces work, and which ones cannot be read (SVC-09)
        why = f"{endpoint.id} is only partly available, and which of its interfaces answer cannot be read"
        return unreadable(flow, Gap(endpoint.id, f"{endpoint.id} in state available", why))
    why = f"{endpoint.id} is {endpoint.state}, not available."
    fix = f"Wait until {endpoint.id} is available, or create it anew."
    return partition(flow, flow.traffic, endpoint.id, BAD_STATE, evidence=(proof,), why=why, fix=fix)


def gateway_traffic(network: Network, guard: Guard, flow: Flow) -> Findings:
    """TCP and ICMP echo, from inside the VPC (VPCE-6, VPCE-8); a NAT gateway counts as inside (NAT-12)."""
    endpoint = network.get(guard.resource)
    if isinstance(endpoint, Endpoint) and flow.sender.vpc != endpoint.vpc:
        why = f"{endpoint.id} serves only senders in {endpoint.vpc}."
        shown = (endpoint.proof("VpcId", endpoint.vpc),)
        return partition(
            flow, flow.traffic, endpoint.id, NOT_EXTENSIBLE, evidence=shown, why=why, fix=NOT_EXTENSIBLE.fix
        )
    taken = flow.traffic.where(flow.header.protocol, Ranges.of(ICMP, TCP))
    why = f"{guard.resource} carries TCP and ping only."
    fix = GATEWAY_PROTOCOL.fix
    found = partition(flow, flow.traffic - taken, guard.resource, GATEWAY_PROTOCOL, evidence=(), why=why, fix=fix)
    if not flow.translations:
        return found
    text = f"{flow.sender.id} may send through {guard.resource} of its own subnet's table."
    return tuple(replace(f, assumption=Assumption("NAT-12", text)) for f in found)
