"""The consecutive blocks of Fn::Cidr, which a template may ask for in any number."""

from __future__ import annotations

import ipaddress
from functools import lru_cache

MOST_BLOCKS = 4096  # of Fn::Cidr; CloudFormation itself takes 256


class NoRoom(Exception):
    """There is room for fewer blocks: so many."""


@lru_cache(maxsize=64)
def blocks(text: str, count: int, bits: int | None) -> tuple[str, ...]:
    """A template asks for the same blocks once per subnet."""
    block = ipaddress.ip_network(text, strict=False)
    bits = bits if bits is not None else (8 if block.version == 4 else 64)
    if not 0 <= bits <= block.max_prefixlen:  # a power of two of any size would be computed
        raise ValueError
    prefix = block.max_prefixlen - bits
    room = 2 ** (prefix - block.prefixlen) if prefix >= block.prefixlen else 0
    if not 0 < count <= min(room, MOST_BLOCKS):
        raise NoRoom(room)
    first, step = int(block.network_address), 2**bits
    kind = ipaddress.IPv4Address if block.version == 4 else ipaddress.IPv6Address
    return tuple(f"{kind(first + index * step)}/{prefix}" for index in range(count))
