"""What a name resolves to inside a VPC, offline: AWS services, database hosts, endpoint names, public hosts.

Order (SVC-04): the most specific private name first (an interface endpoint's own hidden zone), then the
public name, only then the route. Nothing here asks a resolver.
"""

from __future__ import annotations

from dataclasses import replace

from reach.answer import Assumption, Note
from reach.checks.guard import Guard
from reach.destinations import Destination, Resolved, of_database
from reach.network import Database, Endpoint, Gap, Interface, Network, Node, PrefixList, Subnet, Vpc
from reach.placement import of_endpoint
from reach.services import Service, by_host
from reach.traffic import IPV4, NAMES, NOTHING, Ranges, cidr, name_point
from reach.zones import by_rule, by_zone

HTTPS = Ranges.of(443)


def resolver(vpc: Vpc | None) -> tuple[Guard, ...]:
    """The guard that a host name needs in a VPC."""
    return (Guard("resolver", vpc.id, "dns"),) if vpc else ()


def resolve_service(network: Network, vpc: Vpc | None, service: Service, region: str) -> Resolved:
    """The default host name of an AWS service as seen from a VPC, or from outside (None)."""
    ports = HTTPS if 443 in service.ports else Ranges.of(*service.ports)
    public, assumptions = _public(network, service, region)
    if vpc is None:
        return Resolved((public,), ports, service=(service.name, region))
    host = service.host(region).removeprefix("*.")
    ruled = by_rule(network, vpc, host, ports, resolver(vpc))
    if ruled is not None:
        return replace(ruled, service=(service.name, region))
    notes: list[Note] = []
    mine = [e for e in network.in_vpc(Endpoint, vpc.id) if _serves(e, service, region)]
    taking = [e for e in mine if _captures(network, vpc, e, service, region, notes)]
    assumptions = (*assumptions, *_attributes_assumed(vpc, mine))
    known = Resolved((public,), ports, None, resolver(vpc), tuple(notes), assumptions, service=(service.name, region))
    if taking:
        nodes = tuple(node for endpoint in taking for node in _endpoint_nodes(network, vpc, endpoint))
        return replace(known, nodes=nodes)
    gap = _unseen_endpoints(network, vpc, service, region)
    unseen = Destination("an endpoint", vpc.cidrs & IPV4 or IPV4, exact=False, gap=gap)
    zoned = by_zone(network, vpc, host, ports, resolver(vpc))
    if zoned is not None:
        found = replace(zoned, service=(service.name, region), notes=tuple(notes))
        return found if gap is None else replace(known, nodes=((unseen,),))  # its name would be more specific
    if gap is None:
        return known
    return replace(known, nodes=((*public, unseen),))


def _unseen_endpoints(network: Network, vpc: Vpc, service: Service, region: str) -> Gap | None:
    """Why an endpoint that we cannot see may capture the name; None if there can be none (VPCE-22)."""
    if not service.private_dns or not service.endpoint_services(region):
        return None
    gap = network.gap("VpcEndpoints", vpc.home)
    if gap is None and vpc.owner is not None and vpc.owner != vpc.home.account:
        why = f"{vpc.id} belongs to {vpc.owner}, whose endpoints only the owner can list"
        gap = Gap(vpc.id, "ec2:DescribeVpcEndpoints", why)
    return gap


def _serves(endpoint: Endpoint, service: Service, region: str) -> bool:
    named = endpoint.service_name in service.endpoint_services(region)
    return endpoint.type.lower() == "interface" and (
        named or (endpoint.service == service.name and endpoint.service_region == region)
    )


def _captures(network: Network, vpc: Vpc, endpoint: Endpoint, service: Service, region: str, notes: list[Note]) -> bool:
    """Whether the endpoint's hidden zone takes the default name over (VPCE-15 … VPCE-18, SVC-05, SVC-06)."""
    own = next(iter(endpoint.dns_names), "its own DNS name")
    url = Note(
        "REACHABLE_WITH_ENDPOINT_URL",
        f"A client that sets endpoint_url=https://{own} uses {endpoint.id}.",
        endpoint.id,
    )
    if endpoint.state not in ("available", "partial"):
        text = f"{endpoint.id} is {endpoint.state}: it does not take over the name of {service.name}."
        notes.append(Note("BAD_STATE", text, endpoint.id))
        return False
    if not service.private_dns or not endpoint.private_dns:
        why = f"{service.name} has no private DNS" if not service.private_dns else "its private DNS is off"
        notes += [
            Note(
                "ENDPOINT_PRIVATE_DNS_OFF",
                f"{endpoint.id} exists, but {why}: the name stays public.",
                endpoint.id,
            ),
            url,
        ]
        return False
    if endpoint.inbound_resolver_only:
        text = f"{endpoint.id} answers only clients of inbound resolvers: in the VPC the name stays public."
        notes += [Note("ENDPOINT_PRIVATE_DNS_OFF", text, endpoint.id), url]
        return False
    if vpc.dns_support is False or vpc.dns_hostnames is False:
        off = "enableDnsSupport" if vpc.dns_support is False else "enableDnsHostnames"
        text = f"{endpoint.id} has private DNS, but {off} of {vpc.id} is false: the name stays public."
        notes += [Note("ENDPOINT_PRIVATE_DNS_OFF", text, endpoint.id), url]
        return False
    if service.name == "s3" and service.host(region) == "s3.amazonaws.com":
        text = f"{endpoint.id} does not cover s3.amazonaws.com, which SDKs still call in {region}."
        notes += [Note("LEGACY_HOSTNAME_NOT_COVERED", text, endpoint.id), url]
        return False
    return True


def _attributes_assumed(vpc: Vpc, endpoints: list[Endpoint]) -> tuple[Assumption, ...]:
    if vpc.dns_support is not None or not any(e.private_dns for e in endpoints):
        return ()
    text = f"Both DNS attributes of {vpc.id} are on, as an endpoint with private DNS requires; they were not collected."
    return (Assumption("DNS-3", text),)


def _endpoint_nodes(network: Network, vpc: Vpc, endpoint: Endpoint) -> list[tuple[Destination, ...]]:
    """Every interface of the endpoint: a connection is handed any of them (VPCE-12)."""
    found = of_endpoint(network, endpoint)
    if isinstance(found, Gap) or not found:
        gap = found if isinstance(found, Gap) else Gap(endpoint.id, "ec2:DescribeVpcEndpoints", "it has no interface")
        return [(Destination(endpoint.id, vpc.cidrs & IPV4 or IPV4, exact=False, gap=gap),)]
    return [(Destination(i.id, i.addresses, i, i.exact),) for i in found]


def _public(network: Network, service: Service, region: str) -> tuple[tuple[Destination, ...], tuple[Assumption, ...]]:
    """The service's public addresses: its prefix list's where they are known, else one point for its name."""
    numbers = NOTHING
    named = False
    for listed in network.all(PrefixList):
        if listed.service == (service.name, region):
            named = named or listed.cidrs is None
            for block in listed.cidrs or ():
                numbers = numbers | (cidr(block) & IPV4)
    if numbers:
        return (Destination(service.name, numbers),), ()
    assumptions: tuple[Assumption, ...] = ()
    if named:
        text = f"The entries of the {service.name} prefix list were not collected: rules match it by its name."
        assumptions = (Assumption("RT-14", text),)
    return (Destination(service.name, name_point(f"{service.name}@{region}")),), assumptions


def resolve_database(network: Network, vpc: Vpc | None, database: Database, nodes: tuple[Node, ...]) -> Resolved:
    """A database's or cache's name: private addresses, but for a public database seen from elsewhere (DST-13)."""
    found = replace(of_database(network, database, nodes, after=True), first=resolver(vpc))
    if database.public and (vpc is None or (database.vpc is not None and database.vpc != vpc.id)):
        why = f"from outside its VPC the name of {database.name} resolves to a public address, which is not decided"
        gap = Gap(database.name, "the database's public address", why)
        there = Destination(database.name, IPV4, exact=False, gap=gap)
        return replace(found, nodes=((there,),), failover=None, private=False)
    return found


def _named_nodes(database: Database, name: str) -> tuple[Node, ...]:
    """The nodes that one of a database's names stands for: the readers, a single node, or what the others mean."""
    if name in {h.lower() for h in database.reader_hosts}:
        return database.reader_nodes or database.nodes
    single = [n for n in (*database.nodes, *database.reader_nodes) if n.host.lower() == name]
    return tuple(single[:1]) or database.nodes


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
            return resolve_database(network, vpc, database, _named_nodes(database, name))
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
