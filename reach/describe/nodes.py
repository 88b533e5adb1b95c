"""Where a node of a database, cache or broker can be: the subnets of a group, told apart by zone (DST-02)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from reach.describe.records import Record, rows, text
from reach.network import Database, Gap, Node, Subnet, Thing
from reach.traffic import IPV4, NOTHING, Ranges, cidr

Zoned = tuple[tuple[str, str], ...]  # (subnet, zone name)


def zoned(group: Record, subnet: str = "SubnetIdentifier", zone: str = "SubnetAvailabilityZone") -> Zoned:
    """The subnets of a subnet group with their zones."""
    return tuple((text(s, subnet), text(s, zone, "Name")) for s in rows(group, "Subnets"))


def lapsed(group: Record) -> tuple[str, ...]:
    """The subnets of a subnet group that AWS itself no longer calls active (DST-10)."""
    found = {text(s, "SubnetIdentifier"): text(s, "SubnetStatus").lower() for s in rows(group, "Subnets")}
    return tuple(sorted(id for id, status in found.items() if status not in ("active", "")))


def in_zone(group: Zoned, zone: str) -> tuple[str, ...]:
    """The subnets of a zone; all of them when the zone is not known or holds none."""
    here = tuple(subnet for subnet, where in group if zone and where == zone)
    return here or tuple(subnet for subnet, _ in group)


def node(id: str, group: Zoned | None, zone: str, gap: Gap | None, role: str = "", host: str = "") -> Node:
    """A node that is in one of a group's subnets, those of its zone now."""
    if group is None:
        return Node(id, None, None, role, gap, zone, host)
    return Node(id, in_zone(group, zone), tuple(s for s, _ in group), role, None, zone, host)


def in_each(name: str, subnets: Iterable[str], gap: Gap, role: str = "") -> tuple[Node, ...]:
    """One node per subnet, of which a client is handed any; without subnets one that cannot be placed."""
    found = tuple(Node(f"{name}@{s}", (s,), (s,), role) for s in sorted(set(subnets)))
    return found or (Node(name, None, None, role, gap),)


def located(id: str, subnet: str, address: str, interface: str = "", host: str = "") -> Node:
    """A node whose record says exactly where it is."""
    here = (subnet,) if subnet else ()
    return Node(id, here, here, host=host, addresses=one_address(address), interface=interface)


def one_address(text: str) -> Ranges:
    """An IPv4 address as the line has it; nothing if it is none."""
    return cidr(text) & IPV4 if text else NOTHING


def in_their_vpcs(things: Mapping[str, Thing]) -> dict[str, Thing]:
    """What serves is in the VPC of its subnets, where its own record does not name one."""
    out: dict[str, Thing] = {}
    for database in [t for t in things.values() if isinstance(t, Database) and t.vpc is None]:
        held = (things.get(s) for n in database.nodes for s in n.now or ())
        vpc = next((s.vpc for s in held if isinstance(s, Subnet)), None)
        if vpc:
            out[database.id] = replace(database, vpc=vpc)
    return out
