"""What mends a blocker, as commands with this network's own ids: for codes whose checks cannot know the whole of it.

A check says in general what to do; what is asked here is the network around it. What is not among REMEDIES, or has
no answer, keeps the fix of its check.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from reach.answer import Blocker
from reach.ask.asker import Asker
from reach.ask.remedies import functions, gateways, names, serving, transit, ways
from reach.ask.remedies.case import Case
from reach.ask.remedies.whose import placed
from reach.checks.guard import READ_AGAIN, READ_OWNER, is_action, settled_by, statement
from reach.destinations import Resolved
from reach.network import Network

Remedy = Callable[[Case], str | None]

# By cause, else by code; the first that has an answer.
REMEDIES: Mapping[str, tuple[Remedy, ...]] = {
    # the function and its VPC
    "DEDICATED_TENANCY": (functions.tenancy,),
    "DISALLOWED_BY_VPC_ENCRYPTION_CONTROL": (functions.lambda_encrypted,),
    "ENI_QUOTA": (functions.quota,),
    "FUNCTION_FAILED": (functions.failed,),
    "INVALID_SECURITY_GROUP": (functions.groups,),
    "INVALID_SUBNET": (functions.subnets,),
    "LAMBDA_CANNOT_RECEIVE_CONNECTIONS": (serving.receives_nothing,),
    "LAST_UPDATE_FAILED": (functions.failed,),
    "ROLE_LACKS_ENI_PERMISSIONS": (functions.role,),
    "SUBNET_OUT_OF_IPS": (functions.no_addresses,),
    "VPC_CONFIG_REFUSED": (functions.refused,),
    "FUNCTION_NOT_IN_VPC": (ways.disconnected,),
    # IPv6
    "DESTINATION_HAS_NO_IPV6": (functions.no_ipv6_there,),
    "PRIVATE_IPV6_SOURCE": (functions.private_ipv6,),
    "SOURCE_HAS_NO_IPV6": (functions.no_ipv6,),
    "UNASSOCIATED_COMPONENT": (functions.no_ipv4,),
    # encryption controls
    "ENCRYPTION_ENFORCED": (functions.peering_encrypted,),
    "ENCRYPTION_INSPECTION_UNSUPPORTED": (functions.monitored,),
    "ENCRYPTION_ZONE_UNSUPPORTED": (functions.monitored,),
    # ways
    "AMBIGUOUS_ROUTE": (gateways.ambiguous,),
    "ASYMMETRIC_INSPECTION": (gateways.asymmetric,),
    "BAD_STATE_ROUTE": (ways.dead_route,),
    "DEST_NOT_PUBLIC": (gateways.not_public,),
    "GATEWAY_ENDPOINT_NOT_EXTENSIBLE": (ways.own_gateway_endpoint,),
    "GATEWAY_REJECTS_SPOOFED_TRAFFIC": (gateways.own_egress_only,),
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS": (ways.private_destination,),
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS": (ways.private_destination,),
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS": (gateways.no_public_address,),
    "INGRESS_RTB_NO_PUBLIC_IP": (gateways.appliance_address,),
    "INGRESS_RTB_TRAFFIC_REDIRECTION": (gateways.redirected,),
    "NGW_REQUIRES_SOURCE_IN_VPC": (gateways.own_nat,),
    "NO_POSSIBLE_DESTINATION": (ways.nobody,),
    "NO_ROUTE_TO_DESTINATION": (transit.vpn_route, ways.no_route),
    "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR": (gateways.own_nat,),
    "PROTOCOL_RESTRICTION": (gateways.native_ipv6,),
    "REGIONAL_NGW_ROUTE_AZ_RESTRICTION": (gateways.zone_of_nat,),
    "ROUTING_LOOP": (gateways.loop,),
    # states, and what lies between networks
    "BAD_STATE": (gateways.dead_nat, ways.dead_peering, serving.endpoint_state, transit.state),
    "BAD_STATE_ATTACHMENT": (transit.attachment,),
    "BAD_STATE_VPN": (transit.vpn,),
    "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION": (transit.unassociated,),
    "TGW_BAD_STATE_VPN": (transit.vpn,),
    "TGW_ROUTE_AZ_RESTRICTION": (transit.zone,),
    "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT": (transit.no_route,),
    # the far end
    "DEST_NOT_AVAILABLE": (serving.database,),
    "DEST_SG_NO_MATCH": (ways.attached_first,),
    "FIREWALL_RULES_RESTRICTION": (serving.firewall_rule,),
    "NO_MOUNT_TARGET_IN_AZ": (serving.mount_target,),
    "NO_MOUNT_TARGET_IN_SUBNET": (serving.mount_target,),
    "RESOURCE_POLICY_DENIES": (serving.private_api,),
    "VPCE_SERVICE_NOT_INSTALLED_IN_AZ": (serving.endpoint_zone,),
    # names
    "CUSTOM_DNS_UNREACHABLE": (names.servers,),
    "DNS_FIREWALL_BLOCK": (names.firewall,),
    "DNS_NXDOMAIN": (names.hidden,),
    # what is not known
    "UNKNOWN_RESOURCE": (functions.unsettled, gateways.unsupported),
}


def remedied(network: Network, asker: Asker, resolved: Resolved, blocker: Blocker) -> Blocker:
    """The blocker with a fix that names what is there, and where its commands are to run."""
    return placed(network, asker, functions.anew(asker.function, _concrete(network, asker, resolved, blocker)))


def _concrete(network: Network, asker: Asker, resolved: Resolved, blocker: Blocker) -> Blocker:
    case = Case(network, asker, resolved, blocker)
    for key in (blocker.cause or "", blocker.code):
        for remedy in REMEDIES.get(key, ()):
            fix = remedy(case)
            if fix:
                return replace(blocker, fix=fix)
    if blocker.needs and is_action(blocker.needs) and '"Action"' not in blocker.fix:
        if blocker.fix.startswith((READ_AGAIN, READ_OWNER.partition("{")[0])):  # the permission alone would not help
            return replace(blocker, fix=f"{blocker.fix} That takes {statement(blocker.needs)}.")
        return replace(blocker, fix=f"{settled_by(blocker.needs)} Or: {blocker.fix[0].lower()}{blocker.fix[1:]}")
    return blocker
