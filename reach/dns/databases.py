"""What a database's or cache's name stands for as seen from a VPC or from outside: its nodes, each in its subnets."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from msgspec.structs import replace

from reach.answer import Assumption, Note
from reach.checks.databases import is_up
from reach.checks.endpoints import IDLE
from reach.checks.guard import Guard
from reach.destinations import Destination, Resolved, at_endpoint
from reach.dns.neighbours import sees_private, withheld
from reach.dns.takeover import USABLE
from reach.network import Absent, Database, Endpoint, Gap, Interface, Network, Node, SecurityGroup, Vpc
from reach.placement import of_node
from reach.traffic import IPV4, IPV6, Ranges, cidrs, name_point


def resolve_database(
    network: Network, vpc: Vpc | None, database: Database, nodes: tuple[Node, ...], first: tuple[Guard, ...]
) -> Resolved:
    """A database's or cache's name: private addresses, but for a public one seen from elsewhere (DST-13)."""
    if database.outside:
        return replace(_outside(network, vpc, database), first=first)
    found = replace(of_database(network, database, nodes, after=True), first=first)
    public = [database.public if n.public is None else n.public for n in nodes]
    private = _seen_privately(network, vpc, database) if any(p is not False for p in public) else True
    if private is True:
        return replace(found, assumptions=_like_instances(vpc, database)) if database.public else found
    pairs = zip(found.nodes, public, strict=True)
    seen = tuple(_as_seen(database, there, is_public, private) for there, is_public in pairs)
    aside = withheld(network, vpc, database.vpc) if vpc and database.vpc and private is False else ""
    return replace(found, nodes=seen, failover=None, private=False, aside=aside)


def _as_seen(
    database: Database, there: tuple[Destination, ...], public: bool | Gap, private: bool | Gap
) -> tuple[Destination, ...]:
    """One node from where its name does not mean its private address for sure."""
    if public is False:
        return there
    outside = tuple(_public(d, database) for d in there)
    doubt = next((g for g in (public, private) if isinstance(g, Gap)), None)
    return outside if doubt is None else tuple(replace(d, doubt=doubt) for d in (*there, *outside))


def _seen_privately(network: Network, vpc: Vpc | None, database: Database) -> bool | Gap:
    """Whether a public database's name resolves to its private address here; a gap if that cannot be told (DST-13)."""
    if vpc is None or database.vpc is None or database.kind == "load_balancer":  # those are public to everybody
        return False
    return database.vpc == vpc.id or sees_private(network, vpc, database.vpc)


def _like_instances(vpc: Vpc | None, database: Database) -> tuple[Assumption, ...]:
    """AWS describes the options that make names private next door for instances only."""
    if vpc is None or database.vpc == vpc.id:
        return ()
    text = f"The name of {database.name} is private in {vpc.id} as those of instances of {database.vpc} are."
    return (Assumption("DST-13", text),)


def _public(there: Destination, database: Database) -> Destination:
    """The same place under its public address, which an interface tells if it is reported."""
    if there.receiver is None or there.gap is not None:
        return there
    host = next(iter(database.hosts), database.name)
    if there.addresses <= IPV6:
        why = f"{host} has public IPv6 addresses only, and which ones is not in the data"
        return replace(there, receiver=None, gap=Gap(host, "the IPv6 address of the host", why), exact=False)
    known = cidrs(there.receiver.public_ips)
    public = Destination(f"{there.label} (public)", known or name_point(host), inside=there.receiver)
    return replace(public, guards=there.guards)


def _outside(network: Network, vpc: Vpc | None, database: Database) -> Resolved:
    """A public endpoint without a VPC; an interface endpoint of its own service takes the name over."""
    host = next(iter(database.hosts), database.name)
    public = Destination(host, name_point(host))
    found = Resolved(((public,),), database.ports, database=database)
    mine = [e for e in network.in_vpc(Endpoint, vpc.id) if _may_serve(e, database)] if vpc else []
    if vpc is None or False in (vpc.dns_support, vpc.dns_hostnames):
        return found
    unseen = _unseen(network, vpc, database)
    if not mine and unseen is not None:
        there = Destination("an endpoint", vpc.cidrs & IPV4 or IPV4, exact=False, gap=unseen)
        return replace(found, nodes=((public, there),))
    if not mine:
        return found
    doubt = _doubtful(network, mine, database)
    if doubt is not None:
        there = Destination(doubt.resource, vpc.cidrs & IPV4 or IPV4, exact=False, gap=doubt)
        return replace(found, nodes=((public, there),))
    nodes = [n for e in mine if e.service_name == database.private_service for n in at_endpoint(network, e)]
    return replace(found, nodes=tuple(nodes), private=True)


def _doubtful(network: Network, mine: list[Endpoint], database: Database) -> Gap | None:
    """Why endpoints that may serve a database need not: their state tells nothing, or they are another's."""
    odd = next((e for e in mine if e.state not in USABLE), None)
    if odd is not None:
        return network.unheard(odd.id, odd.state)
    if any(e.service_name == database.private_service for e in mine):
        return None
    why = f"{mine[0].id} may be for {database.name} or for another cluster"
    return Gap(mine[0].id, f"{database.service}:GetVpcEndpointServiceName", why)


def _unseen(network: Network, vpc: Vpc, database: Database) -> Gap | None:
    """Why an endpoint that cannot be seen may take the name over; None if there can be none."""
    if not database.private_service:
        return None
    managed = database.service == "opensearchserverless"
    return network.gap("opensearchserverless:vpcEndpointDetails" if managed else "VpcEndpoints", vpc.home)


def _may_serve(endpoint: Endpoint, database: Database) -> bool:
    """An endpoint with private DNS for this service, as far as its name tells."""
    usable = endpoint.private_dns and endpoint.state not in IDLE
    return usable and bool(database.private_service) and fnmatchcase(endpoint.service_name, database.private_service)


def named_nodes(database: Database, name: str) -> tuple[Node, ...]:
    """The nodes that one of a database's names stands for: the readers, a single node, or what the others mean."""
    if name in {h.lower() for h in database.reader_hosts}:
        return database.reader_nodes or database.nodes
    single = [n for n in (*database.nodes, *database.reader_nodes) if n.host.lower() == name]
    return tuple(single[:1]) or database.nodes


def of_database(network: Network, database: Database, nodes: tuple[Node, ...], after: bool = False) -> Resolved:
    """The nodes of a database or cache, each in the subnets that can hold it (DST-02, DBDST-2)."""
    return Resolved(
        nodes=tuple(_alone(network, database, node, _node(network, database, node, node.now)) for node in nodes),
        failover=tuple(_each_robust(network, database, nodes)) if after else None,
        ports=database.ports,
        notes=_fewer_places(network, database, nodes) if after else (),
        database=database,
        private=True,
    )


def _fewer_places(network: Network, database: Database, nodes: tuple[Node, ...]) -> tuple[Note, ...]:
    """Subnets of its group that do not exist any more, or that AWS does not use: it cannot move there (DST-10)."""
    listed = sorted({s for n in nodes for s in n.robust or ()})
    gone = [s for s in listed if isinstance(network.get(s, database.home), Absent)]
    said = ((s, "does not exist any more") for s in gone)
    more = ((s, "AWS does not call active") for s in database.lapsed if s not in gone)
    begins = f"The subnet group of {database.name} lists"
    text = "it cannot be used there, and fewer subnets are left for a failover"
    return tuple(Note("DEST_SUBNET_GONE", f"{begins} {s}, which {what}: {text}.", s) for s, what in (*said, *more))


def _alone(network: Network, database: Database, node: Node, there: tuple[Destination, ...]) -> tuple[Destination, ...]:
    """An instance of a cluster may be down while the cluster is up (DST-06, DST-11)."""
    instance = network.things.get(node.instance)
    if not isinstance(instance, Database) or is_up(instance):
        return there
    return tuple(replace(d, guards=(*d.guards, Guard("database_state", instance.id, database.hop))) for d in there)


def _node(network: Network, database: Database, node: Node, subnets: tuple[str, ...] | None) -> tuple[Destination, ...]:
    if subnets is None or database.gap is not None:
        gap = (
            database.gap or node.gap or Gap(database.name, "its subnets", f"the subnets of {database.name} are unknown")
        )
        return (_unplaced(network, database, node, network.pending.get(gap.resource, gap)),)
    found = of_node(network, database, node, subnets)
    unread = [s for s in subnets if isinstance(network.get(s, database.home), Gap)]
    zone = node.zone if database.same_zone or database.same_subnet else ""
    out = [Destination(node.id, i.addresses, i, i.exact, zone=zone) for i in found]
    if unread and not any(i.exact for i in found):
        why = f"subnet {unread[0]} of {database.name} is not in the data"
        gap = network.pending.get(unread[0], Gap(unread[0], "ec2:DescribeSubnets", why))
        out.append(_unplaced(network, database, node, gap))
    if not out and subnets:  # where AWS says that it is there is no subnet: one of the two was read at another time
        why = f"{', '.join(subnets)}, where {database.name} is by its record, does not exist"
        out.append(_unplaced(network, database, node, Gap(subnets[0], "a fresh read of it and of the subnets", why)))
    if not out:
        gap = Gap(database.name, "its subnets", f"the subnet group of {database.name} lists no subnet")
        out.append(_unplaced(network, database, node, gap))
    return tuple(out)


def _unplaced(network: Network, database: Database, node: Node, gap: Gap) -> Destination:
    """A database that is somewhere; rules that name its groups still know it by them (SG-12)."""
    somewhere = _anywhere(network, database)
    holder = Interface(
        id=node.id,
        home=database.home,
        name=database.name,
        subnet="",
        vpc=database.vpc or _vpc_of_groups(network, database),
        addresses=somewhere,
        exact=False,
        groups=database.groups,
        type="database",
        of=database.id,
    )
    return Destination(node.id, somewhere, holder, exact=False, gap=gap)


def _vpc_of_groups(network: Network, database: Database) -> str:
    held = [network.things.get(g) for g in database.groups or ()]
    return next((g.vpc for g in held if isinstance(g, SecurityGroup) and g.vpc), "")


def _each_robust(network: Network, database: Database, nodes: tuple[Node, ...]) -> Iterator[tuple[Destination, ...]]:
    """After a failover a node may be in any subnet of the group: each of them has to work."""
    seen: set[str] = set()
    for node in nodes:
        for subnet in node.robust or ():
            if subnet not in seen and not isinstance(network.get(subnet, database.home), Absent):
                seen.add(subnet)
                yield _node(network, database, Node(f"{node.id}@{subnet}", (subnet,), (subnet,)), (subnet,))


def _anywhere(network: Network, database: Database) -> Ranges:
    """Where an unplaced database may be: its VPC, else any private or public address."""
    vpc = network.things.get(database.vpc or "")
    return vpc.cidrs & IPV4 if isinstance(vpc, Vpc) and vpc.cidrs & IPV4 else IPV4
