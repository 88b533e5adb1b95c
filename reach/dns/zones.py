"""Private hosted zones: which one answers for a name in a VPC, and what its records say (DNS-3, DNS-5)."""

from __future__ import annotations

from msgspec import Struct

from reach.checks.guard import Guard
from reach.network import Endpoint, Gap, Network, Vpc
from reach.network.domains import HostedZone, RecordSet, plain, within

CHOSEN = ("", "weighted", "multivalue")  # the resolver hands out all of these; of the others one is true


class Option(Struct, frozen=True):
    """What a record leads to: an `address`, an `alias` that the zone resolves, or a `cname` that the client follows."""

    kind: str
    value: str


class Said(Struct, frozen=True):
    """A zone's answer: nodes that are all handed out, of each one option being true; or why there is none."""

    nodes: tuple[tuple[Option, ...], ...] = ()
    guard: Guard | None = None
    gap: Gap | None = None


def hostnames_on(network: Network, vpc: Vpc) -> bool:
    """enableDnsHostnames; not collected, it is on if an endpoint needs it, else off as in a new VPC (DNS-3)."""
    if vpc.dns_hostnames is not None:
        return vpc.dns_hostnames
    return any(e.private_dns and e.type.lower() != "gateway" for e in network.in_vpc(Endpoint, vpc.id))


def private_names(network: Network, vpc: Vpc) -> bool:
    """Whether Amazon's resolver answers private names in a VPC: both attributes must be on (DNS-3)."""
    return vpc.dns_support is not False and hostnames_on(network, vpc)


def zones_over(network: Network, vpc: Vpc, name: str) -> list[HostedZone]:
    """The zones that a name lies in, or may, and that are, or may be, associated with a VPC; the most specific last."""
    mine = [z for z in network.all(HostedZone) if z.serves(vpc.id) and within(name, z.domain)]
    return sorted(mine, key=lambda z: (z.open, len(z.domain), z.vpcs is not None, z.id))


def zone_of(network: Network, vpc: Vpc, name: str) -> HostedZone | None:
    """The zone that answers for a name."""
    found = zones_over(network, vpc, name) if private_names(network, vpc) else []
    return found[-1] if found else None


def may_hold(zone: HostedZone, name: str) -> bool:
    """Whether a zone has a record for a name, or may have one among those that were not read."""
    if zone.open or not within(name, zone.domain):
        return zone.open and within(name, zone.domain)
    return zone.records is None or not zone.whole or bool(_matching(zone, name))


def answer(network: Network, vpc: Vpc, zone: HostedZone, name: str, query: str, seen: tuple[str, ...] = ()) -> Said:
    """What a zone says about a name: its own records, never the public ones (DNS-5)."""
    if zone.vpcs is None:
        why = f"the private zone {zone.domain} ({zone.id}) hides {name} if it is associated with {vpc.id}"
        return Said(gap=network.pending.get(zone.id, Gap(zone.id, "route53:GetHostedZone", why)))
    if zone.open:
        return Said(gap=_unread(network, zone, "the name of the private zone {} is not known"))
    if zone.records is None:
        return Said(gap=_unread(network, zone, "the records of the private zone {} were not read"))
    cut = [r for r in zone.records if r.type == "NS" and r.name != zone.domain and within(name, r.name)]
    if cut:
        return Said(guard=Guard("forwarded", zone.id, "dns", peer=name))
    found = _matching(zone, name)
    if not zone.whole and not any(r.name == name and not r.policy and r.type in (query, "CNAME") for r in found):
        return Said(gap=_unread(network, zone, "not all records of the private zone {} were read"))
    if not found:
        return Said(guard=Guard("hidden", zone.id, "dns", peer=name))
    wanted = [r for r in found if r.type == query] or [r for r in found if r.type == "CNAME"]
    if not wanted:
        return Said(guard=Guard("hidden", zone.id, "dns", peer=name, side=query))
    return _said(network, vpc, zone, wanted, name, query, (*seen, name))


def _unread(network: Network, zone: HostedZone, why: str) -> Gap:
    """What a template leaves open of a zone's records, else the call that was not answered."""
    gap = Gap(zone.id, "route53:ListResourceRecordSets", why.format(f"{zone.domain} ({zone.id})"))
    return network.pending.get(zone.id, gap)


def _matching(zone: HostedZone, name: str) -> list[RecordSet]:
    """Records of the very name, else of the wildcard at the nearest domain above it that exists."""
    records = zone.records or ()
    exact = [r for r in records if r.name == name]
    if exact or any(within(r.name, name) for r in records):
        return exact
    above = name
    while above != zone.domain and "." in above:
        above = above.partition(".")[2]
        if above == zone.domain or any(within(r.name, above) for r in records):
            break
    return [r for r in records if r.name == f"*.{above}"]


def _said(
    network: Network, vpc: Vpc, zone: HostedZone, found: list[RecordSet], name: str, query: str, seen: tuple[str, ...]
) -> Said:
    weights = any(r.weight for r in found)
    live = [r for r in found if r.weight is None or r.weight > 0 or not weights]
    nodes: list[tuple[Option, ...]] = []
    for record in live:
        for option in _options(record):
            if option.kind == "alias" and within(option.value, zone.domain) and _own(zone, record):
                if option.value in seen:
                    return Said(guard=Guard("hidden", zone.id, "dns", peer=name, side="loop"))
                inner = answer(network, vpc, zone, option.value, query, seen)
                if inner.guard or inner.gap:
                    return inner
                nodes += inner.nodes
            else:
                nodes.append((option,))
    if any(r.policy not in CHOSEN for r in live):  # which one is handed out depends on place or health
        return Said((tuple(o for node in nodes for o in node),))
    return Said(tuple(nodes))


def _own(zone: HostedZone, record: RecordSet) -> bool:
    """Whether an alias stands for another record of the same zone."""
    return not record.alias_zone or record.alias_zone == zone.id


def _options(record: RecordSet) -> list[Option]:
    if record.alias:
        return [Option("alias", record.alias)]
    kind = "cname" if record.type == "CNAME" else "address"
    return [Option(kind, plain(v) if kind == "cname" else v) for v in record.values]
