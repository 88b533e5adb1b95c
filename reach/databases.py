"""What a database's or cache's name stands for as seen from a VPC or from outside: its nodes, each in its subnets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reach.checks.guard import Guard
from reach.destinations import Destination, Resolved
from reach.network import Database, Gap, Interface, Network, Node, SecurityGroup, Subnet, Vpc
from reach.placement import of_node
from reach.traffic import IPV4, Ranges


def resolve_database(
    network: Network, vpc: Vpc | None, database: Database, nodes: tuple[Node, ...], first: tuple[Guard, ...]
) -> Resolved:
    """A database's or cache's name: private addresses, but for a public database seen from elsewhere (DST-13)."""
    found = replace(of_database(network, database, nodes, after=True), first=first)
    if database.public and (vpc is None or (database.vpc is not None and database.vpc != vpc.id)):
        why = f"from outside its VPC the name of {database.name} resolves to a public address, which is not decided"
        gap = Gap(database.name, "the database's public address", why)
        there = Destination(database.name, IPV4, exact=False, gap=gap)
        return replace(found, nodes=((there,),), failover=None, private=False)
    return found


def named_nodes(database: Database, name: str) -> tuple[Node, ...]:
    """The nodes that one of a database's names stands for: the readers, a single node, or what the others mean."""
    if name in {h.lower() for h in database.reader_hosts}:
        return database.reader_nodes or database.nodes
    single = [n for n in (*database.nodes, *database.reader_nodes) if n.host.lower() == name]
    return tuple(single[:1]) or database.nodes


def of_database(network: Network, database: Database, nodes: tuple[Node, ...], after: bool = False) -> Resolved:
    """The nodes of a database or cache, each in the subnets that can hold it (DST-02, DBDST-2)."""
    return Resolved(
        nodes=tuple(_node(network, database, node, node.now) for node in nodes),
        failover=tuple(_each_robust(network, database, nodes)) if after else None,
        ports=database.ports,
        database=database,
        private=True,
    )


def _node(network: Network, database: Database, node: Node, subnets: tuple[str, ...] | None) -> tuple[Destination, ...]:
    if subnets is None or database.gap is not None:
        gap = (
            database.gap or node.gap or Gap(database.name, "its subnets", f"the subnets of {database.name} are unknown")
        )
        return (_unplaced(network, database, node, gap),)
    found = of_node(network, database, node, subnets)
    missing = [s for s in subnets if not isinstance(network.get(s, database.home), Subnet)]
    out = [Destination(node.id, i.addresses, i, i.exact) for i in found]
    if missing and not any(i.exact for i in found):
        why = f"subnet {missing[0]} of {database.name} is not in the data"
        gap = Gap(missing[0], "ec2:DescribeSubnets", why)
        out.append(_unplaced(network, database, node, gap))
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
            if subnet not in seen:
                seen.add(subnet)
                yield _node(network, database, Node(f"{node.id}@{subnet}", (subnet,), (subnet,)), (subnet,))


def _anywhere(network: Network, database: Database) -> Ranges:
    """Where an unplaced database may be: its VPC, else any private or public address."""
    vpc = network.things.get(database.vpc or "")
    return vpc.cidrs & IPV4 if isinstance(vpc, Vpc) and vpc.cidrs & IPV4 else IPV4
