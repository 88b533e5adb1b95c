"""IPv6 blocks that stand for those that AWS will give to subnets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv6Network

from reach.snapshot import Record
from reach.sources.cloudformation.draft import Draft
from reach.sources.cloudformation.resource import Resource


def block_in(draft: Draft, subnet: str) -> str | None:
    """A /64 of the VPC's block that no other subnet has, counted from the end: people count from the start."""
    held = draft.record(subnet) or draft.bases.get(subnet) or {}
    vpc_id = str(held.get("VpcId"))
    owner = draft.record(vpc_id) or draft.bases.get(vpc_id) or {}
    taken = set(_blocks((*draft.every("Subnets"), *draft.bases.values())))
    for block in (one for one in _blocks([owner]) if ":" in one):
        whole = IPv6Network(block)
        for number in range(2 ** max(64 - whole.prefixlen, 0) - 1, -1, -1):
            found = f"{whole.network_address + (number << 64)}/64"
            if found not in taken:
                return found
    return None


def any_block(r: Resource) -> str:
    """A /64 for a subnet of a VPC of which no block is known: made of its names, like ids."""
    digits = r.part_id("x", "Ipv6CidrBlock")[2:]
    return f"2600:1f{digits[:2]}:{digits[2:6]}:{digits[6:10]}::/64"


def _blocks(records: Iterable[Record]) -> Iterator[str]:
    for record in records:
        yield from (str(row.get("Ipv6CidrBlock")) for row in record.get("Ipv6CidrBlockAssociationSet") or ())
