"""Holes for snapshot documents: what was denied, not called, broken off, or left out of a record."""

from __future__ import annotations

import copy
from collections.abc import Callable

from hypothesis import strategies as st

from tests.world_records import Record

# A member whose absence from a record is a gap (the others are then empty), by collection.
DECIDING = (
    ("RouteTables", "Routes"),
    ("RouteTables", "Associations"),
    ("NetworkAcls", "Entries"),
    ("NetworkAcls", "Associations"),
    ("SecurityGroups", "IpPermissions"),
    ("SecurityGroups", "IpPermissionsEgress"),
    ("InternetGateways", "Attachments"),
    ("VpcEndpoints", "SubnetIds"),
)
# Keys without which something on a path is not known. Those that are not here are assumed (VpcAttributes,
# DhcpOptions, entries of AWS's own lists), name who asks or who is asked for, or are of no meaning to a path.
ON_A_PATH = (
    *("Subnets", "RouteTables", "NetworkAcls", "SecurityGroups", "NatGateways", "InternetGateways"),
    *("VpcEndpoints", "VpcPeeringConnections", "NetworkInterfaces"),
)
OUTWARD = ("EgressOnlyInternetGateways", "VpcBlockPublicAccessExclusions", "VpnGateways", "VpnConnections")
TRANSIT = (
    *("network-firewall:Firewalls", "network-firewall:FirewallPolicies", "network-firewall:RuleGroups"),
    *("TransitGateways", "TransitGatewayAttachments", "TransitGatewayVpcAttachments"),
    *("TransitGatewayRouteTables", "TransitGatewayRoutes"),
)
# Not read while what refers to them is: then the answer is unknown.
NAMING = ("route53:RecordSets", "route53resolver:ResolverRules", "route53resolver:FirewallRules",
          "route53resolver:FirewallDomains")  # fmt: skip
NAMED = ("DBSubnetGroups", "CacheSubnetGroups", "CacheClusters", "DBClusters", "DBInstances", "ReplicationGroups")
DROPPABLE = (*ON_A_PATH, *OUTWARD, *TRANSIT, *NAMING)


@st.composite
def holes(draw: st.DrawFn, document: Record, keys: tuple[str, ...] = DROPPABLE) -> Record:
    """A poorer copy of a snapshot document: collections denied or broken off, records without a deciding member."""
    poorer = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        HOLES[draw(st.sampled_from(sorted(HOLES)))](draw, poorer, keys)
    return poorer


def _places(document: Record) -> list[tuple[str, str, Record]]:
    return [(a, r, data) for a, regions in document["accounts"].items() for r, data in regions.items()]


def _gap(draw: st.DrawFn, document: Record, key: str, error: str) -> Record:
    account, region, data = draw(st.sampled_from(_places(document)))
    document["gaps"].append(
        {"account": account, "region": region, "action": f"ec2:Describe{key}", "keys": [key], "error": error}
    )
    return data


def _denied(draw: st.DrawFn, document: Record, keys: tuple[str, ...]) -> None:
    key = draw(st.sampled_from(keys))
    _gap(draw, document, key, "UnauthorizedOperation").pop(key, None)


def _not_called(draw: st.DrawFn, document: Record, keys: tuple[str, ...]) -> None:
    """Neither the key nor a word about it."""
    for _, _, data in _places(document):
        data.pop(draw(st.sampled_from(keys)), None)


def _broken_off(draw: st.DrawFn, document: Record, keys: tuple[str, ...]) -> None:
    """Reading broke off: some records are there, others may exist."""
    key = draw(st.sampled_from(keys))
    data = _gap(draw, document, key, "Throttling")
    if key in data:
        data[key] = [record for record in data[key] if draw(st.booleans())]


def _without_member(draw: st.DrawFn, document: Record, keys: tuple[str, ...]) -> None:
    key, member = draw(st.sampled_from(DECIDING))
    for _, _, data in _places(document):
        for record in data.get(key, []):
            if draw(st.booleans()):
                record.pop(member, None)


HOLES: dict[str, Callable[[st.DrawFn, Record, tuple[str, ...]], None]] = {
    "denied": _denied, "not called": _not_called, "broken off": _broken_off, "without member": _without_member,
}  # fmt: skip
