"""One file per kind of guard: pure functions that partition traffic, and the reasons that they give.

`CHECKS` is the table of all guards that a link can carry; `CATALOGUE` holds every code that an answer can
name, for `reach explain`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reach.answer import Reason
from reach.checks import (
    appliances,
    attachment,
    authorization,
    causes,
    databases,
    dns_firewall,
    encryption,
    endpoints,
    ends,
    functions,
    inbound,
    inspection,
    internet_gateways,
    ipv6,
    middleboxes,
    names,
    nat_gateways,
    network_acls,
    peerings,
    public_access,
    resource_gateways,
    security_groups,
    targets,
    transit,
    virtual_gateways,
    workloads,
)
from reach.checks.guard import UNKNOWN_RESOURCE, Findings, Guard
from reach.flow import Flow
from reach.network import Network
from reach.policy import reasons as policies

Check = Callable[[Network, Guard, Flow], Findings]

CHECKS: Mapping[str, Check] = {
    "function_state": functions.state,
    "tenancy": functions.tenancy,
    "attachment": attachment.check,
    "isolation": workloads.isolation,
    "function_protocol": functions.protocol,
    "function_inbound": functions.inbound,
    "ipv6": ipv6.sender,
    "ipv6_source": ipv6.public_source,
    "no_ipv6": ipv6.none_there,
    "no_ipv4": ipv6.no_ipv4,
    "never_opens": endpoints.never_opens,
    "resolver": names.resolver,
    "forwarded": names.forwarded,
    "hidden": names.hidden,
    "dns_firewall": dns_firewall.check,
    "servers_unreachable": names.servers_unreachable,
    "egress": security_groups.egress,
    "ingress": security_groups.ingress,
    "acl": network_acls.check,
    "nat_state": nat_gateways.state,
    "nat_traffic": nat_gateways.traffic,
    "nat_zone": nat_gateways.zone,
    "vgw_attached": virtual_gateways.attached,
    "vgw_source": virtual_gateways.source,
    "igw_attached": internet_gateways.attached,
    "public_access": public_access.check,
    "appliance_state": appliances.state,
    "appliance_forwards": appliances.forwards,
    "appliance_ingress": appliances.ingress,
    "gwlb_zone": inspection.zone,
    "firewall_state": inspection.firewall_state,
    "inspected_encryption": encryption.inspection,
    "zone_encryption": encryption.zone,
    "inspected_request": inspection.request,
    "inspected_reply": inspection.reply,
    "request_seen": middleboxes.request_seen,
    "reply_seen": middleboxes.reply_seen,
    "middlebox_subnet": middleboxes.subnet,
    "ingress_target": middleboxes.ingress_target,
    "igw_source": internet_gateways.source,
    "igw_destination": internet_gateways.destination,
    "peering_state": peerings.state,
    "peering_encryption": encryption.peering,
    "peering_addresses": peerings.addresses,
    "same_way_back": peerings.same_way_back,
    "transit_state": transit.state,
    "transit_ipv6": transit.ipv6,
    "transit_zone": transit.zone,
    "transit_symmetry": transit.symmetry,
    "endpoint_unread": endpoints.unread,
    "endpoint_state": endpoints.state,
    "gateway_endpoint_traffic": endpoints.gateway_traffic,
    "database_state": databases.state,
    "mount_target": databases.mount_target,
    "way_back": inbound.way_back,
}


def _catalogue() -> dict[str, tuple[Reason, ...]]:
    out: dict[str, tuple[Reason, ...]] = {}
    rooms = (
        functions,
        attachment,
        workloads,
        ipv6,
        names,
        dns_firewall,
        security_groups,
        network_acls,
        authorization,
        targets,
        inspection,
        internet_gateways,
        middleboxes,
        nat_gateways,
        virtual_gateways,
        peerings,
        public_access,
        appliances,
        transit,
        encryption,
        endpoints,
        resource_gateways,
        databases,
        ends,
        causes,
        policies,
    )
    for reason in (UNKNOWN_RESOURCE, *(r for room in rooms for r in room.REASONS)):
        out[reason.code] = (*out.get(reason.code, ()), reason)
    return dict(sorted(out.items()))


CATALOGUE: Mapping[str, tuple[Reason, ...]] = _catalogue()

__all__ = ["CATALOGUE", "CHECKS", "Check", "Findings", "Flow", "Guard"]
