"""Host names inside a VPC: of databases, endpoints, instances, AWS services, public hosts; no resolver is asked."""

from __future__ import annotations

from reach.databases import named_nodes, resolve_database
from reach.destinations import Destination, Resolved
from reach.dns.services import HTTPS, resolve_service
from reach.dns.zones import by_rule, by_zone, resolver
from reach.network import Database, Endpoint, Gap, Interface, Network, Subnet, Vpc
from reach.placement import of_endpoint
from reach.services import by_host
from reach.traffic import IPV4, NAMES, name_point


def _its_own(vpc: Vpc | None, endpoint: Endpoint, name: str) -> bool:
    """Whether a name that an endpoint lists is public, or a private one that holds in this VPC (VPCE-15).

    An AWS service's own name is listed too; resolve_service decides it.
    """
    if ".vpce." in name:
        return True
    if vpc is None or endpoint.vpc != vpc.id or vpc.dns_support is False or vpc.dns_hostnames is False:
        return False
    return endpoint.private_dns and endpoint.state in ("available", "partial") and by_host(name) is None


def _of_zone(network: Network, interfaces: tuple[Interface, ...], name: str) -> tuple[Interface, ...]:
    """An endpoint's zonal name holds the zone and stands for the interface there only; others for all."""
    subnets = {i.id: network.get(i.subnet) for i in interfaces}
    here = [i for i in interfaces if isinstance(s := subnets[i.id], Subnet) and s.zone and f"-{s.zone}." in name]
    return tuple(here) or interfaces


def resolve_host(network: Network, vpc: Vpc | None, host: str) -> Resolved:
    """A host name: a database's or cache's, an endpoint's, a service's, an instance's, else a public host."""
    name = host.lower().rstrip(".")
    for database in network.all(Database):
        if name in {h.lower() for h in database.hosts}:
            return resolve_database(network, vpc, database, named_nodes(database, name), resolver(vpc))
    for endpoint in network.all(Endpoint):
        if name in {h.lower() for h in endpoint.dns_names} and _its_own(vpc, endpoint, name):
            interfaces = of_endpoint(network, endpoint)
            if not isinstance(interfaces, Gap):
                interfaces = _of_zone(network, interfaces, name)
                nodes = tuple((Destination(i.id, i.addresses, i, i.exact),) for i in interfaces)
                return Resolved(nodes, HTTPS, first=resolver(vpc), private=True)
    for interface in sorted(network.all(Interface), key=lambda i: vpc is None or i.vpc != vpc.id):
        if name in interface.private_dns_names:
            there = Destination(interface.id, interface.addresses & IPV4, interface)
            return Resolved(((there,),), HTTPS, first=resolver(vpc), private=True)
    service = by_host(name)
    if service is not None:
        return resolve_service(network, vpc, *service)
    decided = vpc and (
        by_rule(network, vpc, name, HTTPS, resolver(vpc)) or by_zone(network, vpc, name, HTTPS, resolver(vpc))
    )
    if decided:
        return decided
    gap = _unknown_private(network, vpc, name)
    if gap is not None:
        return Resolved(((Destination(name, IPV4 | NAMES, exact=False, gap=gap),),), HTTPS, first=resolver(vpc))
    return Resolved(((Destination(name, name_point(name)),),), HTTPS, first=resolver(vpc))


# Public names that mean private addresses (DST-09, DNS-8), and the collections that would tell which.
PRIVATE_NAMES = {
    ".internal": (),
    ".local": (),
    ".vpce.amazonaws.com": ("VpcEndpoints",),
    ".rds.amazonaws.com": ("DBInstances", "DBClusters", "DBProxies"),
    ".cache.amazonaws.com": ("CacheClusters", "ReplicationGroups", "ServerlessCaches"),
}


def _unknown_private(network: Network, vpc: Vpc | None, name: str) -> Gap | None:
    """A name that leads to a private address, of something that is not in the data."""
    keys = next((k for suffix, k in PRIVATE_NAMES.items() if name.endswith(suffix)), None)
    if keys is None:
        return None
    homes = (vpc.home,) if vpc else network.homes
    unread = next((g for home in homes for key in keys if (g := network.gap(key, home)) is not None), None)
    return Gap(name, unread.needs if unread else "its address", f"{name} is a private name that is not in the data")
