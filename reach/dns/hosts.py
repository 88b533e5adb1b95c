"""Host names: of databases, endpoints, instances, AWS services, public hosts; no resolver is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace

from reach.checks.endpoints import IDLE
from reach.destinations import Destination, Resolved, at_endpoint
from reach.dns import databases
from reach.dns.buckets import GLOBAL, of_global_host
from reach.dns.databases import named_nodes
from reach.dns.neighbours import of_instance
from reach.dns.resolver import Meaning, look_up, unknown
from reach.dns.services import HTTPS, host_of, of_service
from reach.dns.zones import may_hold, private_names
from reach.network import Database, Endpoint, Gap, Interface, Network, Node, Subnet, Vpc
from reach.network.domains import HostedZone, plain, within
from reach.network.served import COLLECTIONS
from reach.placement import of_endpoint
from reach.services import Service
from reach.spellings import kind_of, spelling_of
from reach.traffic import IPV4, name_point


def resolve_host(network: Network, vpc: Vpc | None, host: str, type: str = "A") -> Resolved:
    """A host name as seen from a VPC, or from outside (None)."""
    return replace(look_up(network, vpc, plain(host), meaning(network, type), type), said=plain(host))


def resolve_service(network: Network, vpc: Vpc | None, service: Service, region: str, type: str = "A") -> Resolved:
    """The default host name of an AWS service."""
    host = host_of(service, region)

    def means(seen: Vpc | None, name: str) -> Resolved:
        if name == host:
            return of_service(network, seen, service, region, name, type)
        return meaning(network, type)(seen, name)

    return replace(look_up(network, vpc, host, means, type), said=_said(service, region, host))


def _said(service: Service, region: str, host: str) -> str:
    """The name that clients say: of some services it begins with a bucket, an API or an account."""
    if service.name == "dynamodb":
        return f"*.{host.partition('.')[2]}"
    return f"*.{host}" if service.name == "s3" or service.host(region).startswith("*.") else host


def resolve_database(
    network: Network, vpc: Vpc | None, database: Database, nodes: tuple[Node, ...], type: str = "A"
) -> Resolved:
    """A database or cache, by the name that its clients use."""
    readers = nodes == database.reader_nodes and database.reader_hosts
    hosts = database.reader_hosts if readers else database.hosts
    host = plain(next(iter(hosts), database.name))

    def means(seen: Vpc | None, name: str) -> Resolved:
        if name == host:
            return databases.resolve_database(network, seen, database, nodes, ())
        return meaning(network, type)(seen, name)

    return look_up(network, vpc, host, means, type)


def meaning(network: Network, type: str = "A") -> Meaning:
    """What names mean where no private zone or rule says otherwise."""
    return lambda vpc, name: _meaning(network, vpc, name, type)


def _meaning(network: Network, vpc: Vpc | None, name: str, type: str) -> Resolved:
    for endpoint in network.all(Endpoint):
        if _lists(endpoint, name) and _its_own(network, vpc, endpoint, name):
            interfaces = of_endpoint(network, endpoint)
            if not isinstance(interfaces, Gap):
                interfaces = _of_zone(network, interfaces, name)
                nodes = tuple((Destination(i.id, i.addresses, i, i.exact),) for i in interfaces)
                zone = None if ".vpce." in name or LATTICE.search(name) else name
                service = (endpoint.service, endpoint.service_region) if endpoint.service else None
                return Resolved(nodes, HTTPS, private=True, zone=zone, service=service)
    for database in network.all(Database):
        if name in {h.lower() for h in database.hosts}:
            found = databases.resolve_database(network, vpc, database, named_nodes(database, name), ())
            ports = dict(database.host_ports).get(name)
            return found if ports is None else replace(found, ports=ports)
    for interface in sorted(network.all(Interface), key=lambda i: vpc is None or i.vpc != vpc.id):
        if name in interface.private_dns_names:
            there = Destination(interface.id, interface.addresses & IPV4, interface)
            return Resolved(((there,),), HTTPS, private=True)
    through = _through_endpoint(network, name)
    if through is not None:
        return through
    instance = of_instance(network, vpc, name)
    if instance is not None:
        return instance
    host = spelling_of(name)
    if host is not None and host.service.name == "s3" and name.endswith(GLOBAL):
        return of_global_host(network, vpc, host.service, name, type)
    if host is not None:
        return of_service(network, vpc, host.service, host.region, name, type)
    gap = _unknown_private(network, vpc, name)
    if gap is not None:
        return unknown(name, type, gap)
    return Resolved(((Destination(name, name_point(name)),),), HTTPS)


def _lists(endpoint: Endpoint, name: str) -> bool:
    """Whether it is one of the endpoint's names; S3's begin with `*.`, for a bucket and what it is asked as."""
    own = [plain(h) for h in endpoint.dns_names]
    stars = [h.removeprefix("*.") for h in own if ".vpce." in h and (h.startswith("*.") or endpoint.service == "s3")]
    return name in own or any(within(name, h) for h in stars)


def _its_own(network: Network, vpc: Vpc | None, endpoint: Endpoint, name: str) -> bool:
    """Whether a name that an endpoint lists is public, or a private one that holds in this VPC (VPCE-15).

    An AWS service's own name is listed too; of_service decides it.
    """
    if ".vpce." in name or LATTICE.search(name):
        return True
    if vpc is None or endpoint.vpc != vpc.id or not private_names(network, vpc):
        return False
    return endpoint.private_dns and endpoint.state not in IDLE and spelling_of(name) is None


def _through_endpoint(network: Network, name: str) -> Resolved | None:
    """A private API by the public name that it has at an endpoint: the endpoint's addresses (AUTH-29)."""
    found = API_AT_ENDPOINT.match(name)
    endpoint = network.things.get(found[1]) if found else None
    if not isinstance(endpoint, Endpoint) or endpoint.service != "execute-api":
        return None
    return Resolved(
        tuple(at_endpoint(network, endpoint)),
        HTTPS,
        private=True,
        service=("execute-api", endpoint.service_region),
        host=name,
    )


def _of_zone(network: Network, interfaces: tuple[Interface, ...], name: str) -> tuple[Interface, ...]:
    """An endpoint's zonal name holds the zone and stands for the interface there only; others for all."""
    subnets = {i.id: network.get(i.subnet) for i in interfaces}
    here = [i for i in interfaces if isinstance(s := subnets[i.id], Subnet) and s.zone and f"-{s.zone}." in name]
    return tuple(here) or interfaces


API_AT_ENDPOINT = re.compile(r"[a-z0-9]+-(vpce-[a-z0-9]+)\.execute-api\.")
LATTICE = re.compile(r"\.vpc-lattice-(svcs|rsc)\.[a-z0-9-]+\.on\.aws")  # a public name with addresses of the VPC alone
PRIVATE_DOMAINS = (".internal", ".local")
# Public names that mean private addresses (DST-09, DNS-8), by the kind of resource that they hold, and the collections
# that would tell which.
PRIVATE_KINDS: Mapping[str, tuple[str, ...]] = {
    **{
        kind: COLLECTIONS[kind] for kind in ("rds", "memorydb", "redshift", "redshift-serverless", "kafka", "mq", "efs")
    },
    "vpce": ("VpcEndpoints",),
    "elb": COLLECTIONS["elbv2"],
    "cache": COLLECTIONS["elasticache"],
    "docdb": COLLECTIONS["docdb"],
    "neptune": COLLECTIONS["neptune"],
    "kafka-serverless": COLLECTIONS["kafka"],
    **dict.fromkeys(("dax-clusters", "fsx"), ()),
}
# Of these a host may mean private addresses or public ones, and nothing in the data tells which.
EITHER = frozenset(
    ("airflow", "docdb-elastic", "eks", "managedblockchain", "neptune-graph", "odb", "timestream-influxdb", "transfer")
)


def _unknown_private(network: Network, vpc: Vpc | None, name: str) -> Gap | None:
    """A name that leads to a private address, of something that is not in the data."""
    elsewhere = next((z for z in network.all(HostedZone) if may_hold(z, name)), None)
    if elsewhere is not None:  # no peering connection or transit gateway carries a zone to another VPC (DNS-10)
        here = f"does not answer in {vpc.id}" if vpc else "answers in its VPCs only"
        zone = f"the private zone {elsewhere.domain} ({elsewhere.id})"
        why = f"{zone} {here}, and whether public DNS knows {name} is open"
        gap = Gap(name, "the public address", why)
        return network.pending.get(elsewhere.id, gap) if elsewhere.open else gap
    if LATTICE.search(name):
        why = f"{name} is VPC Lattice's: what a service network has there for its VPCs is not read"
        return Gap(name, "what VPC Lattice answers there", why)
    keys = _keys(name)
    if keys is None:
        return None
    if kind_of(name) in EITHER:
        return Gap(name, "its address", f"{name} may mean a private address, and what has it is not in the data")
    homes = (vpc.home,) if vpc else network.homes
    unread = next((g for home in homes for key in keys if (g := network.gap(key, home)) is not None), None)
    return Gap(name, unread.needs if unread else "its address", f"{name} is a private name that is not in the data")


def _keys(name: str) -> tuple[str, ...] | None:
    """The collections that would tell a private name's address; None for a name that may be anybody's."""
    if name.endswith(PRIVATE_DOMAINS):
        return ()
    kind = kind_of(name)
    if kind in EITHER:
        return ()
    if kind == "rds" and ".cluster-custom-" in name:
        return (*COLLECTIONS["rds"], "DBClusterEndpoints")
    if kind in ("es", "aos"):  # a domain's name says whether it is inside a VPC
        return ("opensearch:DomainStatusList",) if name.startswith("vpc-") else None
    return PRIVATE_KINDS.get(kind or "")
