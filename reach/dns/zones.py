"""Private hosted zones and Resolver rules: who decides a name inside a VPC before the public DNS does."""

from __future__ import annotations

from fnmatch import fnmatchcase

from reach.checks.guard import Guard
from reach.destinations import Destination, Resolved, of_addresses
from reach.network import Gap, NameOverride, Network, Vpc
from reach.traffic import IPV4, NAMES, NOTHING, Ranges, cidr, name_point


def resolver(vpc: Vpc | None) -> tuple[Guard, ...]:
    """The guard that a host name needs in a VPC."""
    return (Guard("resolver", vpc.id, "dns"),) if vpc else ()


def by_rule(network: Network, vpc: Vpc, host: str, ports: Ranges, first: tuple[Guard, ...]) -> Resolved | None:
    """A forwarding rule or a firewall association comes before everything else (DNS-6, SVC-04)."""
    for override in network.all(NameOverride):
        if override.kind != "zone" and override.covers(host, vpc.id):
            guard = Guard("forwarded", override.id, "dns", peer=host)
            return Resolved(((_anywhere(host, None),),), ports, first=(*first, guard))
    return None


def by_zone(network: Network, vpc: Vpc, host: str, ports: Ranges, first: tuple[Guard, ...]) -> Resolved | None:
    """The most specific private zone wins over the public name; without a record the name does not exist (DNS-5)."""
    if vpc.dns_support is False or vpc.dns_hostnames is False:  # then private zones do not work (DNS-3)
        return None
    zones = [z for z in network.all(NameOverride) if z.kind == "zone" and z.covers(host, vpc.id)]
    if not zones:
        return None
    zone = max(zones, key=lambda z: (len(z.suffix), z.vpc is not None, z.id))
    if zone.vpc is None:
        why = f"the private zone {zone.suffix} ({zone.id}) hides {host} if it is associated with {vpc.id}"
        gap = Gap(zone.id, "route53:GetHostedZone", why)
        return Resolved(((_anywhere(host, gap),),), ports, first=first)
    if zone.records is None:
        gap = Gap(
            zone.id, "route53:ListResourceRecordSets", f"the records of the private zone {zone.suffix} were not read"
        )
        return Resolved(((_anywhere(host, gap),),), ports, first=first)
    return _answer(network, vpc, host, ports, first, zone)


def _answer(
    network: Network, vpc: Vpc, host: str, ports: Ranges, first: tuple[Guard, ...], zone: NameOverride
) -> Resolved:
    named = [addresses for name, addresses in zone.records or () if name == host]
    named = named or [
        addresses for name, addresses in zone.records or () if name.startswith("*.") and fnmatchcase(host, name)
    ]
    if not named:
        guard = Guard("hidden", zone.id, "dns", peer=host)
        return Resolved(((Destination(host, name_point(host)),),), ports, first=(*first, guard))
    found = NOTHING
    for addresses in named:
        if addresses is None:
            gap = Gap(
                zone.id, f"the target of the alias {host}", f"{host} is an alias in the private zone {zone.suffix}"
            )
            return Resolved(((_anywhere(host, gap),),), ports, first=first)
        for address in addresses:
            found = found | cidr(address)
    return Resolved(of_addresses(network, vpc, found), ports, first=first, private=True)


def _anywhere(host: str, gap: Gap | None) -> Destination:
    return Destination(host, IPV4 | NAMES, exact=False, gap=gap)
