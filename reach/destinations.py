"""What a question is traced to: addresses, the interfaces that hold them, and what is not known of either."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Assumption, Note
from reach.built_in import BuiltIn, built_in
from reach.checks.guard import Guard
from reach.links.nexthops.transit_tables import longest
from reach.network import (
    Attachment,
    Database,
    Endpoint,
    Gap,
    Home,
    Interface,
    Network,
    Peering,
    PrefixList,
    RouteTable,
    Subnet,
    Thing,
    TransitGateway,
    TransitPeering,
    TransitTable,
    Vpc,
)
from reach.placement import hosts, of_endpoint, placed
from reach.routes import choices, may_take
from reach.traffic import IPV4, IPV6, LINE, Ranges, cidr, cidrs, public_v4, together
from reach.transits import attachment_of, gateways_between


class Destination(Struct, frozen=True):
    """One place that the traffic may be for.

    `exact` False: it is at one of `addresses`, we do not know which. With a `gap` it cannot be placed:
    only what stands before it can be asked.
    """

    label: str
    addresses: Ranges
    receiver: Interface | None = None
    exact: bool = True
    gap: Gap | None = None
    guards: tuple[Guard, ...] = ()  # that stand before this one place only, such as the answer of a private zone
    nowhere: bool = False  # a name without an address, as its guards say: there is nothing to walk to
    inside: Interface | None = None  # the interface behind a public address
    zone: str = ""  # only senders in this zone (or subnet, by its id) use it
    built_in: BuiltIn | None = None  # the service of AWS's own that answers there inside a VPC
    doubt: Gap | None = None  # why it is not known whether this or another place is meant
    within: str = ""  # the VPC in whose range it is, if the address alone was asked for


class Resolved(Struct, frozen=True):
    """What target words or a name stand for.

    `nodes`: each must answer (asked for, or picked per connection); of a node's destinations exactly one is
    true, and we may not know which. `failover` are the same nodes after a failover. `first` are the guards
    that stand before everything else, such as the resolver.
    """

    nodes: tuple[tuple[Destination, ...], ...]
    ports: Ranges
    failover: tuple[tuple[Destination, ...], ...] | None = None
    first: tuple[Guard, ...] = ()
    notes: tuple[Note, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    service: tuple[str, str] | None = None  # (boto3 name, region)
    host: str = ""  # the service's host that was asked for
    database: Database | None = None
    private: bool = False  # only inside some VPC
    network: Network | None = None  # what to trace in, if not the whole
    zone: str | None = None  # domain of the endpoint's hidden zone that gave the answer
    said: str = ""  # the name that a client says, see Flow.host
    perhaps: Destination | None = None  # an endpoint that may take the name over, but cannot be seen
    aside: str = ""  # why the name means what it does, where another setting would give another way


def internet(network: Network, vpc: Vpc | None) -> tuple[Ranges, tuple[Assumption, ...]]:
    """All public addresses but the VPC's own, its peers', and those of the region's service lists (RT-20)."""
    addresses = public_v4()
    if vpc is None:
        return addresses, ()
    addresses = addresses - vpc.own
    for peering in network.all(Peering):
        if vpc.id in {v for v, _, _ in peering.sides}:
            for _, blocks, _ in peering.sides:
                addresses = addresses - blocks
    for listed in network.all(PrefixList):
        if listed.service and listed.service[1] == vpc.home.region:
            for block in listed.cidrs or ():
                addresses = addresses - cidr(block)
    return addresses, ()


def of_addresses(network: Network, vpc: Vpc | None, asked: Ranges) -> tuple[tuple[Destination, ...], ...]:
    """Addresses as typed: who holds them in this VPC, in a peered one, or nobody we know."""
    own, doubt = built_in(vpc, asked) if vpc and asked.size == 1 else (None, None)
    if own is None:
        return _held(network, vpc, asked)
    there = Destination(own.name, asked, built_in=own)
    if doubt is None:
        return ((there,),)
    doubt = network.pending.get(doubt.resource, doubt)
    return tuple(tuple(replace(d, doubt=doubt) for d in (there, *node)) for node in _held(network, vpc, asked))


def _held(network: Network, vpc: Vpc | None, asked: Ranges) -> tuple[tuple[Destination, ...], ...]:
    """Addresses that no service of AWS's own has."""
    nodes: list[tuple[Destination, ...]] = []
    left = asked
    for candidate, covers in (*_led_to(network, vpc), *((v, LINE) for v in _vpcs_near(network, vpc))):
        part = left & _blocks(network, candidate) & covers
        if part:
            left = left - part
            nodes += [(replace(d, within=candidate.id),) for d in _in_vpc(network, candidate, part)]
    for foreign in _unseen_peers(network, vpc):
        part = left & foreign.addresses
        if part:
            left = left - part
            nodes.append((Destination(foreign.id, part, replace(foreign, addresses=part)),))
    for interface in network.all(Interface):
        part = left & _public(interface)
        if part:
            left = left - part
            nodes.append((Destination(f"{interface.id} (public)", part, inside=_as_endpoint(network, interface)),))
    if left:
        nodes.append((Destination("addresses", left),))
    return tuple(nodes)


def _blocks(network: Network, vpc: Vpc) -> Ranges:
    """A VPC's addresses; of one whose blocks a template leaves open, also those of its subnets."""
    subnets = network.in_vpc(Subnet, vpc.id) if vpc.perhaps_by else ()
    return vpc.own | together(subnet.addresses for subnet in subnets)


def _unseen_peers(network: Network, vpc: Vpc | None) -> Iterator[Interface]:
    """Whoever has an address in a peered VPC that is not in the data; its groups are not known (SG-12, PCX-8)."""
    for peering in network.all(Peering):
        ours = vpc is not None and vpc.id in {v for v, _, _ in peering.sides}
        for other, blocks, home in peering.sides if ours else ():
            seen = network.things.get(other)
            if not (isinstance(seen, Vpc) and seen.cidrs):
                yield _anybody(other, home, blocks)


def _anybody(vpc: str, home: Home, addresses: Ranges, subnet: str = "") -> Interface:
    """Whoever has an address of which nothing else is known."""
    return Interface(
        id=f"address@{subnet or vpc}",
        home=home,
        subnet=subnet,
        vpc=vpc,
        addresses=addresses,
        groups=None,
        type="unknown",
    )


def _public(interface: Interface) -> Ranges:
    """The public addresses of an interface (IGW-9)."""
    return cidrs(interface.public_ips)


def _led_to(network: Network, vpc: Vpc | None) -> Iterator[tuple[Vpc, Ranges]]:
    """The VPC itself, then what its routes lead to, by which addresses: so overlapping ranges are told apart."""
    if vpc is None:
        return
    yield vpc, LINE
    for table in network.in_vpc(RouteTable, vpc.id):
        for choice in choices(network, table):
            targets = (network.things.get(route.target or "") for route in may_take(choice))
            for target in targets:
                for id, covers in _behind(network, vpc.id, target):
                    other = network.things.get(id)
                    if isinstance(other, Vpc):
                        yield other, choice.covers & covers


def _behind(network: Network, vpc: str, target: Thing | None) -> Iterator[tuple[str, Ranges]]:
    """The VPCs at the other end of a peering connection or transit gateway."""
    if isinstance(target, Peering):
        yield from ((other, LINE) for other, _, _ in target.sides if other != vpc)
    if isinstance(target, TransitGateway):
        mine = attachment_of(network, target.id, vpc)
        yield from _behind_gateway(network, target.id, mine.table if mine else None, frozenset())


def _behind_gateway(
    network: Network, gateway: str, table_id: str | None, seen: frozenset[str]
) -> Iterator[tuple[str, Ranges]]:
    """The VPCs that a transit gateway's table leads to, also across gateways that are peered with it."""
    table = network.things.get(table_id or "")
    for taken in longest(network, table) if isinstance(table, TransitTable) and table.id not in seen else ():
        for end in (network.things.get(id) for id in taken.route.attachments):
            if isinstance(end, Attachment):
                yield end.resource, taken.covers
            far = end.beyond(gateway) if isinstance(end, TransitPeering) else None
            for vpc, covers in _behind_gateway(network, far.gateway, far.table, seen | {table_id or ""}) if far else ():
                yield vpc, covers & taken.covers


def _vpcs_near(network: Network, vpc: Vpc | None) -> list[Vpc]:
    """The VPC itself, then those that it is peered with or shares a transit gateway with, then all others."""
    near: list[Vpc] = [vpc] if vpc else []
    if vpc:
        for peering in network.all(Peering):
            ids = [v for v, _, _ in peering.sides]
            if vpc.id in ids:
                near += [v for i in ids if isinstance(v := network.things.get(i), Vpc) and v not in near]
        near += [v for v in network.vpcs if v not in near and gateways_between(network, vpc.id, v.id)]
    return near + [v for v in network.vpcs if v not in near]


def _in_vpc(network: Network, vpc: Vpc, asked: Ranges) -> Iterator[Destination]:
    left = asked
    for interface in network.in_vpc(Interface, vpc.id):
        part = left & interface.addresses
        if part:
            left = left - part
            yield Destination(interface.id, part, _as_endpoint(network, interface))
    for subnet in network.in_vpc(Subnet, vpc.id):
        part = left & (hosts(subnet) | subnet.addresses & IPV6)  # nobody can have AWS's own (DNS-10)
        foreign = subnet.owner is not None and subnet.owner != subnet.home.account
        gap = network.gap("NetworkInterfaces", subnet.home)
        if part and (gap is not None or foreign):
            left = left - part
            unknown = _anybody(vpc.id, subnet.home, part, subnet.id)
            yield Destination(unknown.id, part, unknown)
    if not left:
        return
    unread = network.gap("Subnets", vpc.home) and network.gap("NetworkInterfaces", vpc.home)
    yield Destination("addresses", left, _anybody(vpc.id, vpc.home, left) if unread else None)


def _as_endpoint(network: Network, interface: Interface) -> Interface:
    """An endpoint's interface carries the endpoint's own groups, whatever its record says."""
    for endpoint in network.in_vpc(Endpoint, interface.vpc):
        if interface.id in endpoint.interfaces and endpoint.type.lower() != "gatewayloadbalancer":
            found = of_endpoint(network, endpoint)
            placed = () if isinstance(found, Gap) else found
            return next((i for i in placed if i.id == interface.id), replace(interface, of=endpoint.id))
    return interface


def at_endpoint(network: Network, endpoint: Endpoint) -> list[tuple[Destination, ...]]:
    """Every interface of an endpoint: a connection is handed any of them (VPCE-12)."""
    found = of_endpoint(network, endpoint)
    if isinstance(found, Gap) or not found:
        gap = found if isinstance(found, Gap) else Gap(endpoint.id, "ec2:DescribeVpcEndpoints", "it has no interface")
        vpc = network.things.get(endpoint.vpc)
        room = vpc.cidrs & IPV4 if isinstance(vpc, Vpc) else IPV4
        return [(Destination(endpoint.id, room or IPV4, exact=False, gap=gap),)]
    return [(Destination(i.id, i.addresses, i, i.exact),) for i in found]


def of_interface(network: Network, interface: Interface) -> Destination:
    """One interface under its addresses."""
    interface = placed(network, interface)
    addresses = interface.addresses & IPV4
    if not addresses:
        gap = Gap(interface.id, "ec2:DescribeNetworkInterfaces", f"the IPv4 addresses of {interface.id} are not known")
        return Destination(interface.id, IPV4, interface, exact=False, gap=gap)
    return Destination(interface.id, addresses, _as_endpoint(network, interface), interface.exact)
