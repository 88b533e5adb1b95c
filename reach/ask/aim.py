"""What is asked for: a parsed target → destinations in this network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from reach.answer import Assumption
from reach.ask.asker import Asker
from reach.ask.dualstack import assumed, over_ipv6
from reach.checks.guard import Guard
from reach.destinations import Destination, Resolved, internet, of_addresses, of_interface
from reach.dns import resolve_database, resolve_host, resolve_service
from reach.network import Database, Gap, Home, Interface, Network, PrefixList, RouteTable
from reach.network.served import COLLECTIONS, ENGINE_SERVICES, KINDS, Bucket
from reach.services import find, partition_of
from reach.target import (
    Address,
    Arn,
    AwsService,
    Host,
    Instance,
    Internet,
    Named,
    NetworkInterface,
    Target,
    unknown,
)
from reach.target import Database as DatabaseTarget
from reach.traffic import IPV4, IPV6, NAMES, NAT64, NOTHING, TO_NAT64, V6_FIRST, Ranges, cidr

# Where what a target says exactly is listed: rds:proxy/NAME, or the word in an ARN of RDS.
RDS_KEYS_OF = {
    "cluster": ("DBClusters",),
    **dict.fromkeys(("instance", "db"), ("DBInstances",)),
    **dict.fromkeys(("proxy", "db-proxy"), ("DBProxies",)),
    **dict.fromkeys(("endpoint", "cluster-endpoint"), ("DBClusters", "DBClusterEndpoints", "DBProxyEndpoints")),
}
HTTPS = Ranges.of(443)
RDS_KINDS = {"cluster": "db_cluster", "instance": "db_instance", "proxy": "db_proxy", "endpoint": "db_endpoint"}


def resolve(network: Network, asker: Asker, target: Target, family: str = "4") -> Resolved:
    """Destinations of a target as seen by the asker, over IPv4, IPv6 or both.

    Raises
    ------
    QuestionError
        If the target is not in the network.
    """
    ipv4 = _over_ipv4(network, asker, target)
    guard = Guard("ipv6", asker.function.id if asker.function else asker.info.id, "function")
    if isinstance(target.what, Address):
        return ipv4
    if family == "4":  # a name may mean an IPv6 address all the same: that of an endpoint which has no other (VPCE-19)
        only_ipv6 = any(d.addresses and d.addresses <= IPV6 for node in ipv4.nodes for d in node)
        return replace(ipv4, first=(*ipv4.first, guard)) if only_ipv6 else ipv4
    ipv6 = over_ipv6(network, asker, target, ipv4)
    nodes = ipv6 if family == "6" else (*ipv4.nodes, *ipv6)
    assumptions = (*ipv4.assumptions, *assumed(network, target, ipv4))
    return replace(ipv4, nodes=nodes, first=(*ipv4.first, guard), failover=None, assumptions=assumptions)


def _over_ipv4(network: Network, asker: Asker, target: Target) -> Resolved:
    match target.what:
        case Internet():
            return _internet(network, asker)
        case AwsService(name, region, bucket):
            guessed = bucket is not None and region is None
            return _bucket(network, asker, bucket or "") if guessed else _service(network, asker, name, region)
        case DatabaseTarget():
            return _database(network, asker, target, target.what)
        case Host(name):
            left = next((network.pending[id] for id in asker.info.subnets if id in network.pending), None)
            if asker.vpc is None and left is not None:  # which VPC's names it would see
                there = Destination(name, IPV4 | NAMES, exact=False, gap=left)
                return Resolved(((there,),), Ranges.of(443))
            return resolve_host(network, asker.vpc, name)
        case Address(block):
            return _addresses(network, asker, cidr(str(block)))
        case NetworkInterface(id) | Instance(id):
            return _interface(network, target, id)
        case Arn():
            return _arn(network, asker, target)
        case Named(name):
            return _named(network, asker, target, name)


def _internet(network: Network, asker: Asker) -> Resolved:
    addresses, assumptions = internet(network, asker.vpc)
    vague = _routed_lists(network, asker)
    if vague:
        text = f"Routes to {', '.join(vague)}, whose entries were not collected, do not touch the internet at large."
        assumptions = (*assumptions, Assumption("RT-20", text))
    return Resolved(
        ((Destination("internet", addresses),),),
        HTTPS,
        assumptions=assumptions,
        network=replace(network, skip_unknown_lists=True, _cache={}) if vague or _unread_services(network) else None,
    )


def _unread_services(network: Network) -> bool:
    """Whether a security group may name a list of AWS whose entries are not known; none is a part of the internet."""
    return any(listed.service and listed.cidrs is None for listed in network.all(PrefixList))


def _routed_lists(network: Network, asker: Asker) -> list[str]:
    """Prefix lists without entries that a route of the asker's VPC names."""
    tables = network.in_vpc(RouteTable, asker.vpc.id) if asker.vpc else ()
    named = {r.destination for t in tables for r in t.routes or () if r.is_prefix_list and not r.is_open}
    held = {i: network.things.get(i) for i in named}
    return sorted(i for i, t in held.items() if not (isinstance(t, PrefixList) and t.cidrs is not None))


def _bucket(network: Network, asker: Asker, bucket: str) -> Resolved:
    """A bucket in its own Region, if that was read (U-18); else in the asker's, which then is a guess."""
    region = asker.info.region
    found = network.things.get(f"arn:{partition_of(region)}:s3:::{bucket}")
    if isinstance(found, Bucket) and found.region:
        return _service(network, asker, "s3", found.region)
    text = f"The bucket {bucket} is in {region}; its location was not read (reach snapshot --bucket {bucket})."
    there = _service(network, asker, "s3", region)
    return replace(there, assumptions=(*there.assumptions, Assumption("U-18", text)))


def _service(network: Network, asker: Asker, name: str, region: str | None) -> Resolved:
    service = find(name)
    if service is None:
        raise unknown(name)
    return resolve_service(network, asker.vpc, service, region or asker.info.region)


def _database(network: Network, asker: Asker, target: Target, what: DatabaseTarget) -> Resolved:
    found = [d for d in network.all(Database) if _of_word(d, what.service) and d.named(what.name)]
    if what.kind:
        found = [d for d in found if d.kind == RDS_KINDS[what.kind]]
    if not found:
        keys = RDS_KEYS_OF.get(what.kind or "", COLLECTIONS[what.service])
        known = [d.word for d in network.databases if _of_word(d, what.service)]
        return _unread(network, target, what.name, keys, network.homes, known)
    return _of_database(network, asker, _nearest(asker, found), what.reader)


def _of_word(database: Database, word: str) -> bool:
    """Whether a word means this kind of thing; `rds` also finds the engines that share its records (DST-30)."""
    return database.service == word or (word == "rds" and database.service in ENGINE_SERVICES)


def _nearest(asker: Asker, found: list[Database]) -> Database:
    """Of equal names the one in the asker's account and region, a cluster before its members."""
    order, home = list(KINDS), asker.info
    return min(
        found,
        key=lambda d: (d.home.account != home.account, d.home.region != home.region, order.index(d.kind), d.id),
    )


def _of_database(network: Network, asker: Asker, database: Database, reader: bool = False) -> Resolved:
    nodes = database.reader_nodes if reader and database.reader_nodes else database.nodes
    found = resolve_database(network, asker.vpc, database, nodes)
    return replace(found, ports=database.reader_ports) if reader and database.reader_ports else found


def _unread(
    network: Network, target: Target, name: str, keys: Iterable[str], homes: Iterable[Home], known: list[str]
) -> Resolved:
    """A name that is not among what was read: a mistake, unless not everything was, which leaves it open.

    Raises
    ------
    QuestionError
        If everything that could have the name was read.
    """
    error = unknown(name if isinstance(target.what, NetworkInterface | Instance) else target.typed, known)
    gap = next((g for home in homes for key in keys if (g := network.gap(key, home)) is not None), None)
    if gap is None:
        raise error
    near = re.search(r"did you mean [^\n]+", error.hint or "")
    why = f"{name} is not among what was read{f' ({near.group()})' if near else ''}, and {gap.why}"
    there = Destination(name, IPV4, exact=False, gap=Gap(name, gap.needs, why))
    return Resolved(((there,),), NOTHING)


def _addresses(network: Network, asker: Asker, asked: Ranges) -> Resolved:
    public = asked & internet(network, None)[0]
    if asked and asked.spans[0][0] >= V6_FIRST:
        who = asker.function.id if asker.function else asker.info.id
        guard = Guard("ipv6", who, "function")
        nodes = of_addresses(network, asker.vpc, asked - NAT64) if asker.vpc else ((Destination("addresses", asked),),)
        return Resolved((*nodes, *_translated(network, asker, asked)), HTTPS, first=(guard,))
    parts = (public, asked - public) if asker.vpc is None else (asked,)
    nodes = tuple(node for part in parts if part for node in of_addresses(network, asker.vpc, part))
    return Resolved(nodes, HTTPS, private=not public, assumptions=tuple(_nobodys(network, public)))


def _nobodys(network: Network, public: Ranges) -> Iterator[Assumption]:
    """A public address may belong to an interface that was not read (IGW-9)."""
    gap = next((g for home in network.homes if (g := network.gap("NetworkInterfaces", home)) is not None), None)
    if public and gap is not None:
        yield Assumption("IGW-9", f"No interface of this network has the address; {gap.why}.")


def _translated(network: Network, asker: Asker, asked: Ranges) -> Iterator[tuple[Destination, ...]]:
    """IPv6 addresses that stand for IPv4 ones are for whoever has those (NAT-14)."""
    if asker.vpc is None or not asked & NAT64:
        return
    for node in of_addresses(network, asker.vpc, (asked & NAT64).shifted(-TO_NAT64)):
        yield tuple(replace(d, addresses=d.addresses.shifted(TO_NAT64)) for d in node)


def _interface(network: Network, target: Target, id: str) -> Resolved:
    mine = [i for i in network.all(Interface) if id in (i.id, i.instance)]
    if not mine:
        known = [i.id for i in network.all(Interface)] + [i.instance or "" for i in network.all(Interface)]
        return _unread(network, target, id, ("NetworkInterfaces",), network.homes, [k for k in known if k])
    return Resolved(tuple((of_interface(network, i),) for i in mine), HTTPS, private=True)


def _arn(network: Network, asker: Asker, target: Target) -> Resolved:
    what = target.what
    assert isinstance(what, Arn)
    found = [d for d in network.all(Database) if d.named(what.arn)]
    if found:
        return _of_database(network, asker, _nearest(asker, found))
    if what.service in COLLECTIONS:
        keys = COLLECTIONS[what.service]
        keys = RDS_KEYS_OF.get(what.resource.partition(":")[0], keys) if what.service == "rds" else keys
        known = [d.arn for d in network.databases]
        return _unread(network, target, what.arn, keys, _homes_of(what, network), known)
    if what.service == "s3" and what.region is None:
        return _bucket(network, asker, what.resource.partition("/")[0])
    return _service(network, asker, what.service, what.region)


def _homes_of(arn: Arn, network: Network) -> tuple[Home, ...]:
    """The account and Region that an ARN names, whether anything of them was read or not."""
    account = arn.arn.split(":")[4]
    return (Home(account, arn.region),) if account and arn.region else network.homes


def _named(network: Network, asker: Asker, target: Target, name: str) -> Resolved:
    found = [d for d in network.databases if d.named(name)]
    if not found:
        raise unknown(target.typed, [d.name for d in network.databases])
    return _of_database(network, asker, _nearest(asker, found))
