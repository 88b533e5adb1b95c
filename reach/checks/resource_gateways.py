"""Where VPC Lattice lets a resource endpoint's traffic into the resource's VPC: a zone that both have (VPCE-23)."""

from __future__ import annotations

from collections.abc import Iterable

from reach.answer import Assumption, Evidence, Reason
from reach.checks.guard import Findings, partition, unreadable
from reach.flow import Flow
from reach.network import Endpoint, Gap, Network, ResourceConfiguration, ResourceGateway, Subnet
from reach.transits import same_zone

NO_COMMON_ZONE = Reason(
    code="VPCE_SERVICE_NOT_INSTALLED_IN_AZ",
    title="The endpoint shares no Availability Zone with the resource gateway",
    why="Traffic goes from a resource endpoint to the resource gateway in the resource's VPC, and the two need a zone "
    "in common.",
    fix="Create the endpoint in a subnet of a zone that the resource gateway is in, or a resource gateway there.",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/resource-gateway.html",
)
REASONS = (NO_COMMON_ZONE,)
WORKING = ("active", "update_in_progress", "update_failed", "")  # a failed update leaves what was there before


def zones(network: Network, endpoint: Endpoint, flow: Flow) -> Findings:
    """What stops for want of a common zone, or because it cannot be told; nothing if there is one, or AWS's own
    word has to do because the gateway is not in the source (it is often another account's)."""
    gateways = _gateways(network, endpoint)
    for gateway in gateways or ():
        gap = _gap(network, endpoint, gateway)
        if gap is not None:
            return unreadable(flow, gap)
    if not gateways or any(_common(network, endpoint, gateway) is not False for gateway in gateways):
        return ()
    shown = tuple(e for g in gateways for e in _zones_of(network, g.subnets or ()))
    shown = (*_zones_of(network, endpoint.subnets or ()), *shown)
    names = " and ".join(g.id for g in gateways)
    why = f"{endpoint.id} is in no Availability Zone that {names} is in."
    return partition(flow, flow.traffic, endpoint.id, NO_COMMON_ZONE, evidence=shown, why=why, fix=NO_COMMON_ZONE.fix)


def reading(network: Network, endpoint: Endpoint, subnet: object) -> Assumption | None:
    """What is taken for granted where `zones` stops nothing."""
    gateways = _gateways(network, endpoint)
    if not gateways:
        text = f"{endpoint.id} and the resource gateway behind it, which was not read, have a zone in common."
        return Assumption("VPCE-23", text)
    if not isinstance(subnet, Subnet) or any(_within(network, subnet, gateway) for gateway in gateways):
        return None
    text = f"{endpoint.id} leads to the resource from {subnet.zone or subnet.zone_id} too, where it has no gateway."
    return Assumption("VPCE-23", text)


def _gateways(network: Network, endpoint: Endpoint) -> tuple[ResourceGateway, ...] | None:
    """The gateways of all that the endpoint leads to; None if one of them is not known."""
    out: dict[str, ResourceGateway] = {}
    for id in endpoint.resources:
        gateway = network.things.get(_gateway_of(network, id))
        if not isinstance(gateway, ResourceGateway):
            return None
        out[gateway.id] = gateway
    return tuple(out[id] for id in sorted(out))


def _gateway_of(network: Network, configuration: str) -> str:
    """The gateway's id; a configuration in a group has the group's."""
    found = network.things.get(configuration)
    if isinstance(found, ResourceConfiguration) and not found.gateway and found.group != configuration:
        found = network.things.get(found.group)
    return found.gateway if isinstance(found, ResourceConfiguration) else ""


def _gap(network: Network, endpoint: Endpoint, gateway: ResourceGateway) -> Gap | None:
    """Why it cannot be told whether the two have a zone in common."""
    if gateway.subnets is None:
        return Gap(gateway.id, "vpc-lattice:ListResourceGateways", f"the record of {gateway.id} has no subnetIds")
    if gateway.status not in WORKING:
        why = f"{gateway.id} is {gateway.status}, and whether it lets anything in is not known"
        return Gap(gateway.id, f"{gateway.id} in status ACTIVE", why)
    if endpoint.subnets is None:
        return Gap(endpoint.id, "ec2:DescribeVpcEndpoints", f"the record of {endpoint.id} has no SubnetIds")
    if _common(network, endpoint, gateway) is not None:
        return None
    why = f"the Availability Zones of {endpoint.id} and {gateway.id} are not all known"
    subnets = map(network.things.get, (*endpoint.subnets, *gateway.subnets))
    left = [network.pending[s.zone_open] for s in subnets if isinstance(s, Subnet) and s.zone_open in network.pending]
    return left[0] if left else Gap(gateway.id, "ec2:DescribeSubnets", why)


def _common(network: Network, endpoint: Endpoint, gateway: ResourceGateway) -> bool | None:
    """Whether some zone of the endpoint is one of the gateway's; None: not known."""
    found = [_within(network, network.things.get(id), gateway) for id in endpoint.subnets or ()]
    return True if True in found else None if None in found else False


def _within(network: Network, subnet: object, gateway: ResourceGateway) -> bool | None:
    """Whether a subnet of the endpoint is in one of the gateway's zones; names differ from account to account."""
    found: list[bool | None] = []
    for other in (network.things.get(id) for id in gateway.subnets or ()):
        if not isinstance(subnet, Subnet) or not isinstance(other, Subnet):
            found.append(None)
            continue
        name = (subnet.zone or subnet.zone_open) if subnet.home.account == other.home.account else ""
        found.append(same_zone((subnet.zone_id, name), other))
    return True if True in found else None if None in found else False


def _zones_of(network: Network, subnets: Iterable[str]) -> tuple[Evidence, ...]:
    held = [s for s in map(network.things.get, sorted(subnets)) if isinstance(s, Subnet)]
    return tuple(
        s.proof("AvailabilityZoneId", s.zone_id) if s.zone_id else s.proof("AvailabilityZone", s.zone) for s in held
    )
