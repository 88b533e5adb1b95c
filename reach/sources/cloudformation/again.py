"""What a stack makes that is there already: a VPC has one subnet of a block and one group of a name."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reach.snapshot import Record, Snapshot
from reach.sources.cloudformation.draft import Draft
from reach.sources.cloudformation.maps.vpc import permission, unknown_list
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.stack import Home
from reach.sources.cloudformation.values import Unknown
from reach.sources.cloudformation.world import World

PEERS = {"IpRanges": "CidrIp", "Ipv6Ranges": "CidrIpv6", "PrefixListIds": "PrefixListId", "UserIdGroupPairs": "GroupId"}
SUBNET, GROUP = "AWS::EC2::Subnet", "AWS::EC2::SecurityGroup"


def recognise(world: World, base: Snapshot | None) -> None:
    """Give what is there already its own id: the stack was deployed before, and is looked at as it is updated.

    AWS refuses a second subnet of the same addresses and a second group of the same name, so that nothing else can be
    meant if the deployment is to succeed.
    """
    for stack in world.stacks if base else ():
        there = _collections(base, stack.home) if base else {}
        for logical, r in stack.resources.items():
            if r.type in (SUBNET, GROUP) and logical not in stack.doubtful:
                _subnet(world, r, there) if r.type == SUBNET else _group(world, r, there)


def _collections(base: Snapshot, home: Home) -> Mapping[str, Sequence[Record]]:
    return base.accounts.get(home.account, {}).get(home.region, {})


def _subnet(world: World, r: Resource, there: Mapping[str, Sequence[Record]]) -> None:
    vpc_id, block = r.get("VpcId"), _network(r.get("CidrBlock"))
    if block is None:
        return
    for record in there.get("Subnets", ()):
        other = _network(record.get("CidrBlock"))
        if record.get("VpcId") != vpc_id or other is None or not other.overlaps(block):
            continue
        id = str(record["SubnetId"])
        if other == block:
            _is(world, r, id, f"that has {block} in {vpc_id} already")
        else:
            said = f"{r.logical} ({r.where}) has addresses of {id}, {other}: AWS refuses {block}"
            world.concluded[said] = frozenset({id, r.id})


def _group(world: World, r: Resource, there: Mapping[str, Sequence[Record]]) -> None:
    vpc_id, name = r.get("VpcId"), r.get("GroupName")
    for record in there.get("SecurityGroups", ()) if isinstance(name, str) else ():
        if (record.get("VpcId"), record.get("GroupName")) == (vpc_id, name):
            _is(world, r, str(record["GroupId"]), f"that has the name {name} in {vpc_id} already")


def _is(world: World, r: Resource, id: str, why: str) -> None:
    r.body["PhysicalId"], r.body["Again"] = id, True
    world.concluded[f"{r.logical} ({r.where}) is taken to be {id}, {why}"] = frozenset({id})


def doubt_rules(draft: Draft) -> None:
    """Rules that a group has and its template does not make may be another stack's, or go: nobody knows which."""
    for stack in draft.world.stacks:
        for r in stack.resources.values():
            record = draft.record(r.id) if r.type == GROUP and r.body.get("Again") else None
            for member in ("IpPermissions", "IpPermissionsEgress") if record else ():
                _doubt(draft, r, record or {}, member)


def _doubt(draft: Draft, r: Resource, record: dict[str, Any], member: str) -> None:
    mine, rows = set(_peers(record.get(member) or ())), record.get(member)
    left = [one for one in _peers(draft.bases[r.id].get(member) or ()) if one not in mine]
    if not left or not isinstance(rows, list):
        return
    said = "does not make: of another stack, or the deployment takes them away"
    why = f"{r.id} has rules that {r.logical} ({r.where}) {said}"
    listed = unknown_list(draft, Unknown("${" + f"rules of {r.id}" + "}", "the template of whoever made them", why), r)
    for protocol, first, last in dict.fromkeys(one[:3] for one in left):
        ports = {"FromPort": first, "ToPort": last} if first is not None else {}
        rows.append(permission(protocol, PrefixListIds=[{"PrefixListId": listed}]) | ports)


def _peers(rows: Sequence[Record]) -> Iterator[tuple[Any, ...]]:
    """Protocol, ports and each peer of permissions."""
    for row in rows:
        ports = (row.get("IpProtocol"), row.get("FromPort"), row.get("ToPort"))
        yield from ((*ports, peer.get(name)) for key, name in PEERS.items() for peer in row.get(key) or ())


def _network(value: Any) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(value, strict=False) if isinstance(value, str) else None
    except ValueError:  # which is said where it is read
        return None
