"""VPC Block Public Access: what an account lets through its internet gateways, and the exclusions from it."""

from __future__ import annotations

from reach.answer import Evidence, Reason
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.flow import Flow
from reach.network import Exclusion, Gap, Network, Subnet, Vpc

BLOCKED = Reason(
    code="VPC_BLOCK_PUBLIC_ACCESS_ENABLED",
    title="VPC Block Public Access stops it",
    why="The account's setting blocks internet gateways: bidirectional for everything, ingress for all but NAT "
    "gateways and egress-only gateways. Exclusions on a VPC or subnet make exceptions for the subnet that faces "
    "the gateway.",
    fix="aws ec2 create-vpc-block-public-access-exclusion --subnet-id SUBNET --internet-gateway-exclusion-mode "
    "allow-egress (allow-bidirectional for an interface with a public address of its own)",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html",
)
REASONS = (BLOCKED,)
LIVE = ("create-complete", "update-complete", "")


def check(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Setting × exclusion × who faces the gateway (BPA-1 … BPA-5); `guard.peer` is the subnet that faces it."""
    subnet = network.get(guard.peer)
    vpc = network.things.get(subnet.vpc) if isinstance(subnet, Subnet) else None
    mode = vpc.block_mode if isinstance(vpc, Vpc) else None
    if not isinstance(subnet, Subnet) or not isinstance(vpc, Vpc) or mode in (None, "off"):
        return passed(flow, guard.resource)
    by_nat = flow.sender.type == "nat_gateway"
    if mode == "block-ingress" and by_nat:
        return passed(flow, guard.resource)
    if mode not in ("block-ingress", "block-bidirectional"):
        return _unsure(flow, guard, f"VPC Block Public Access of {vpc.id} is {mode}, which this version does not know")
    modes = {e.mode for e in network.all(Exclusion) if e.covers(vpc.id, subnet.id) and e.state in LIVE}
    if "allow-bidirectional" in modes or ("allow-egress" in modes and mode == "block-bidirectional" and by_nat):
        return passed(flow, guard.resource)
    gap = network.gap("VpcBlockPublicAccessExclusions", subnet.home)
    if gap is not None or vpc.block_changing:
        why = gap.why if gap else "VPC Block Public Access is being changed"
        return _unsure(flow, guard, why, gap.needs if gap else "a settled setting")
    shown = (Evidence(vpc.id, "VpcBlockPublicAccessOptions.InternetGatewayBlockMode", mode),)
    why = f"VPC Block Public Access is {mode}, and no exclusion of {subnet.id} or {vpc.id} admits this."
    return partition(flow, flow.traffic, guard.resource, BLOCKED, evidence=shown, why=why, fix=BLOCKED.fix)


def _unsure(flow: Flow, guard: Guard, why: str, needs: str = "a newer version of reach") -> Findings:
    return unreadable(flow, Gap(guard.resource, needs, why))
