"""The words of a picture: its question, its pill, its tags and the list that stands in for it."""

from __future__ import annotations

import re

from reach.answer import Answer, Direction, Finding, Hop, Verdict
from reach.render.scene import LONGEST, clean

# At most three words beside a cross; the sentence is in the list.
TAGS = {
    "NO_ROUTE_TO_DESTINATION": "no route",
    "BAD_STATE_ROUTE": "blackhole",
    "BAD_STATE": "bad state",
    "BAD_STATE_ATTACHMENT": "not attached",
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS": "no public IP",
    "ENI_SG_RULES_MISMATCH": "security group",
    "SG_HAS_NO_RULES": "no group rules",
    "SUBNET_ACL_RESTRICTION": "network ACL",
    "DISCONNECTED_VPCS": "not in a VPC",
    "ROUTING_LOOP": "routing loop",
    "DNS_DISABLED": "DNS is off",
    "DNS_NXDOMAIN": "no such name",
    "ENDPOINT_PRIVATE_DNS_OFF": "private DNS off",
    "SOURCE_HAS_NO_IPV6": "no IPv6",
    "PROTOCOL_RESTRICTION": "protocol",
    "DEDICATED_TENANCY": "dedicated VPC",
    "VPC_BLOCK_PUBLIC_ACCESS_ENABLED": "public access off",
    "REGIONAL_NGW_ROUTE_AZ_RESTRICTION": "zone not served",
    "BAD_STATE_VPN": "VPN is down",
    "TGW_BAD_STATE_VPN": "VPN is down",
    "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS": "foreign source",
    "PRIVATE_IPV6_SOURCE": "private IPv6",
    "DESTINATION_HAS_NO_IPV6": "no IPv6 there",
    "NETWORK_ISOLATION": "isolated",
    "UNASSOCIATED_COMPONENT": "no address there",
    "VPCE_INTRA_VPC_TRAFFIC": "starts no connections",
    "PRIVATE_DNS_CAPTURES_EXECUTE_API": "captured by endpoint",
    "ENDPOINT_POLICY_DENIES": "endpoint policy",
    "RESOURCE_POLICY_DENIES": "resource policy",
    "UNKNOWN_RESOURCE": "not known",
    "NO_POSSIBLE_DESTINATION": "no such address",
    "ASYMMETRIC_INSPECTION": "other way back",
    "CUSTOM_DNS_UNREACHABLE": "no DNS server",
    "DNS_FIREWALL_BLOCK": "DNS Firewall",
    "ENI_SOURCE_DEST_CHECK_RESTRICTION": "source/dest check",
    "GATEWAY_ENDPOINT_NOT_EXTENSIBLE": "other VPC's endpoint",
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS": "private address",
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS": "shared address",
    "INGRESS_RTB_NO_PUBLIC_IP": "no public IP",
    "INGRESS_RTB_TRAFFIC_REDIRECTION": "redirected reply",
    "LAMBDA_CANNOT_RECEIVE_CONNECTIONS": "takes no connections",
    "NGW_REQUIRES_SOURCE_IN_VPC": "other VPC's NAT",
    "NO_MOUNT_TARGET_IN_AZ": "no mount target",
    "NO_MOUNT_TARGET_IN_SUBNET": "no mount target",
    "ACCESS_POINT_OF_OTHER_VPC": "for another VPC",
    "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR": "not the peer's",
    "SG_REFERENCES_NOT_PRESERVED": "group is lost",
    "SG_REFERENCING_SUPPORT": "no group references",
    "STALE_SG_REFERENCE": "stale rule",
    "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION": "no route table",
    "TGW_ROUTE_AZ_RESTRICTION": "zone not attached",
    "TGW_RTB_BAD_STATE_ROUTE": "blackhole",
    "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT": "no TGW route",
    "VPCE_GATEWAY_PROTOCOL_RESTRICTION": "TCP only",
    "FIREWALL_RULES_RESTRICTION": "firewall rule",
    "ENCRYPTION_ENFORCED": "not encrypted",
    "TGW_ATTACH_VPC_AZ_RESTRICTION": "other zone",
    "VPCE_SERVICE_NOT_INSTALLED_IN_AZ": "zone not served",
    "VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION": "not its service",
    "GATEWAY_REJECTS_SPOOFED_TRAFFIC": "another VPC's address",
}
CAUSE_TAGS = {
    "FUNCTION_FAILED": "function failed",
    "GATEWAY_ENDPOINT_NOT_ASSOCIATED": "no endpoint route",
    "SUBNET_OUT_OF_IPS": "out of addresses",
    "INVALID_SUBNET": "subnet is gone",
    "INVALID_SECURITY_GROUP": "group is gone",
    "ENI_QUOTA": "interface quota",
    "ROLE_LACKS_ENI_PERMISSIONS": "role lacks permissions",
    "VPC_CONFIG_REFUSED": "Lambda refuses this",
    "SUBNETS_IN_DIFFERENT_VPCS": "2+ VPCs",
    "DISALLOWED_BY_VPC_ENCRYPTION_CONTROL": "encryption enforced",
    "DEST_NOT_AVAILABLE": "not available",
}


def question(answer: Answer) -> str:
    """Who asks for what, as a headline."""
    source, target = _short(answer.source.id), answer.target_as_typed or answer.target
    return clean(f"{clean(source, LONGEST // 3)} → {clean(target, LONGEST // 3)}{_ports(answer)}")


def _ports(answer: Answer) -> str:
    if not answer.asked or re.search(r":[\d,*-]+(/\w+)?$", answer.target_as_typed):
        return ""  # or the ports were typed
    asked = answer.asked[0]
    ports = ",".join(asked.ports)
    return f" ({asked.protocol}/{ports})" if ports else f" ({asked.protocol})"


def pill(answer: Answer) -> str:
    """The verdict in capitals, with how many subnets fare well if that is what differs."""
    word = answer.verdict.value.upper()
    subnets: dict[str | None, set[Verdict]] = {}
    for path in answer.paths:
        subnets.setdefault(path.subnet, set()).add(path.verdict)
    if answer.verdict is not Verdict.PARTIAL:
        return word
    if answer.dimension not in (None, "subnets"):
        return clean(f"{word} by {answer.dimension}")
    good = sum(found == {Verdict.REACHABLE} for found in subnets.values())
    return f"{word} {good} of {len(subnets)} subnets" if len(subnets) > 1 else word


def tag_of(hop: Hop, finding: Finding | None) -> str:
    """Two or three words for the cross."""
    if hop.verdict is Verdict.UNKNOWN:
        return "not known"
    if finding is None or finding.reason is None:
        return "blocked"
    return tag_for(finding.reason.code, finding.cause)


def tag_for(code: str, cause: str | None = None) -> str:
    """Two or three words for a code; its cause says more."""
    known = CAUSE_TAGS.get(cause or "") or TAGS.get(code)
    return known or clean(" ".join(code.lower().split("_")[:3]))


def said_by(hop: Hop, finding: Finding | None) -> str:
    """The sentence of the list for a hop that fails."""
    said = (finding.why or (finding.reason.why if finding.reason else "")) if finding else ""
    if not said:
        said = hop.detail or "no reason was given"
    if finding and finding.needs and finding.needs not in said:
        said = f"{said.rstrip('.')} (needs {finding.needs})"
    mine = [_short(r) for r in (hop.resource, *((finding.resource, *finding.resources) if finding else ()))]
    return clean(said if any(r and r in said for r in mine) else f"{mine[0]}: {said}")


def _short(resource: str) -> str:
    return resource.rsplit(":", 1)[-1] if resource.startswith("arn:") else resource


def listing(answer: Answer) -> list[str]:
    """The hops of every path, one line each: what a screen reader gets instead of the picture."""
    out: list[str] = []
    for path in answer.paths:
        out.append(clean(f"From {path.subnet or 'outside any VPC'}: {path.verdict.value}."))
        direction = Direction.FORWARD
        for hop in path.hops:
            if hop.direction is not direction:
                out.append("Reply:")
                direction = hop.direction
            mark = "" if hop.verdict is Verdict.REACHABLE else f" [{hop.verdict.value}]"
            name = clean(f"{hop.kind.replace('_', ' ')} {hop.resource}")
            out.append(f"- {name}{': ' + clean(hop.detail) if hop.detail else ''}{mark}")
    return out
