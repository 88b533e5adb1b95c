"""How AWS spells routes, rules' ports, ACL entries and regional NAT gateways, from the short forms of test worlds."""

from __future__ import annotations

from typing import Any

from tests.world_records import Record

Ports = int | tuple[int, int] | None
Rule = str | tuple[str, Ports, str]
AclRule = tuple[int, str, str, Ports, str]
Route = tuple[str, ...]

PROTOCOL_NUMBERS = {"icmp": "1", "tcp": "6", "udp": "17", "icmpv6": "58", "-1": "-1"}
ROUTE_TARGETS = {
    "igw": "GatewayId",
    "vgw": "GatewayId",
    "vpce": "GatewayId",
    "local": "GatewayId",
    "nat": "NatGatewayId",
    "eni": "NetworkInterfaceId",
    "pcx": "VpcPeeringConnectionId",
    "tgw": "TransitGatewayId",
    "i": "InstanceId",
    "eigw": "EgressOnlyInternetGatewayId",
    "cagw": "CarrierGatewayId",
    "lgw": "LocalGatewayId",
}


def route_record(destination: str, target: str, state: str, origin: str) -> Record:
    """Return a route; the ids' prefixes say which members AWS would fill."""
    member = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    member = "DestinationPrefixListId" if destination.startswith("pl-") else member
    return {member: destination, ROUTE_TARGETS[target.split("-", 1)[0]]: target, "Origin": origin, "State": state}


def port_members(protocol: str, ports: Ports) -> Record:
    """Return FromPort and ToPort; for ICMP they are type and code, -1 meaning any."""
    if protocol not in {"tcp", "udp", "icmp", "icmpv6", "1", "6", "17", "58"}:
        return {}
    if ports is None:
        low, high = (-1, -1) if protocol in ("icmp", "icmpv6", "1", "58") else (0, 65535)
    else:
        low, high = (
            ports if isinstance(ports, tuple) else (ports, -1 if protocol in ("icmp", "icmpv6", "1", "58") else ports)
        )
    return {"FromPort": low, "ToPort": high}


def acl_entry(rule: AclRule, egress: bool) -> Record:
    """Return one entry of a network ACL."""
    number, action, protocol, ports, cidr = rule
    entry: Record = {
        "Ipv6CidrBlock" if ":" in cidr else "CidrBlock": cidr,
        "Egress": egress,
        "Protocol": PROTOCOL_NUMBERS.get(protocol, protocol),
        "RuleAction": action,
        "RuleNumber": number,
    }
    if entry["Protocol"] in ("6", "17") and ports is not None:
        low, high = ports if isinstance(ports, tuple) else (ports, ports)
        entry["PortRange"] = {"From": low, "To": high}
    if entry["Protocol"] in ("1", "58"):
        code = port_members("icmp", ports)
        entry["IcmpTypeCode"] = {"Type": code["FromPort"], "Code": code["ToPort"]}
    return entry


def regional_nat(id: str, vpc: str, table: str | None, zones: str, region: str = "eu-west-1",
                 automatic: str = "disabled", **members: Any) -> Record:  # fmt: skip
    """Return a regional NAT gateway with an Elastic IP in each of the zones ("ab")."""
    short = f"{region[:2]}{region[3]}{region[-1]}"
    addresses = [
        {"AllocationId": f"eipalloc-{z}", "PublicIp": f"54.72.9.{n + 1}", "Status": "succeeded",
         "AvailabilityZone": f"{region}{z}", "AvailabilityZoneId": f"{short}-az{ord(z) - 96}"}
        for n, z in enumerate(zones)
    ]  # fmt: skip
    return {
        "NatGatewayId": id, "VpcId": vpc, "State": "available", "ConnectivityType": "public",
        "AvailabilityMode": "regional", "AutoProvisionZones": automatic, "AutoScalingIps": automatic,
        "NatGatewayAddresses": addresses, **({"RouteTableId": table} if table else {}), **members,
    }  # fmt: skip
