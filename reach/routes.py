"""Which route of a table wins for which destinations (RT-4 … RT-10), as a partition of the address line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_network

from msgspec import Struct

from reach.network import (
    Absent,
    Endpoint,
    Gap,
    Interface,
    NatGateway,
    Network,
    PrefixList,
    Route,
    RouteTable,
    Subnet,
)
from reach.traffic import IPV4, LINE, NAMES, NOTHING, Cover, Ranges, name_point, public_v4, together


class Chosen(Struct, frozen=True):
    """These destinations take this route."""

    covers: Ranges
    route: Route
    losers: tuple[Route, ...] = ()


class Undecided(Struct, frozen=True):
    """These destinations take one of these routes (None = no route at all), and we cannot tell which."""

    covers: Ranges
    routes: tuple[Route | None, ...]
    gap: Gap


class Rivals(Struct, frozen=True):
    """These destinations take one of these routes, always the same one, and AWS does not say which (RT-9)."""

    covers: Ranges
    routes: tuple[Route, ...]


class NoRoute(Struct, frozen=True):
    """No route of the table covers these destinations."""

    covers: Ranges


Choice = Chosen | Undecided | Rivals | NoRoute


def may_take(choice: Choice) -> tuple[Route, ...]:
    """The routes that these destinations take, or may be found to take, where all of the table was read."""
    match choice:
        case Chosen(_, route):
            return (route,)
        case Rivals(_, routes):
            return routes
        case _:
            return ()


class _Entry(Struct, frozen=True):
    """One CIDR of one route: a prefix-list route has one per CIDR of the list."""

    route: Route
    length: int
    cover: Cover

    @property
    def rank(self) -> tuple[int, int, int]:
        kind = 2 if self.route.propagated else 1 if self.route.is_prefix_list else 0
        return (-self.length, kind, self.route.index)


def table_of(network: Network, subnet: Subnet) -> RouteTable | Absent | Gap:
    """The table that governs a subnet: its explicit one, else the VPC's main table (RT-1)."""
    explicit = network.naming(RouteTable, subnet.id, subnet.vpc)
    if explicit:
        return explicit[0]
    gap = network.gap("RouteTables", subnet.home)
    tables = network.in_vpc(RouteTable, subnet.vpc)
    if gap is not None:  # an explicit association may stand in what was not read
        return Gap(f"route table of {subnet.id}", gap.needs, gap.why)
    vague = next((t for t in tables if not t.associations_known), None)
    if vague is not None:
        return unread_associations(network, vague)
    main = next((t for t in tables if t.main), None)
    if main is None:
        return Gap(f"main route table of {subnet.vpc}", "ec2:DescribeRouteTables", "no main route table in the data")
    return main


def unread_associations(network: Network, table: RouteTable) -> Gap:
    """Why nobody knows what a table serves: a template leaves it open, or the record does not say."""
    why = f"the record of {table.id} has no readable Associations"
    return network.pending.get(table.id, Gap(table.id, "ec2:DescribeRouteTables", why))


def choices(network: Network, table: RouteTable) -> tuple[Choice, ...]:
    """Partition the address line by the route that a packet to there takes.

    LAW: the `covers` of the result are disjoint and their union is the whole line.
    """
    if table.routes is None:
        gap = Gap(table.id, "ec2:DescribeRouteTables", f"the record of {table.id} has no Routes")
        return (Undecided(LINE, (), gap),)
    live = [r for r in table.routes if r.state != "filtered"]
    entries, vague = _entries(network, table, live)
    chosen, left = _longest_prefix(entries)
    out: list[Choice] = [*chosen, NoRoute(left)] if left else list(chosen)
    out = _names(out, entries)
    out = [part for choice in out for part in _ambiguous(choice, entries)]
    for route, cover, gap in vague:
        out = _clouded(out, route, cover, gap)
    return tuple(c for c in out if c.covers)


def _entries(
    network: Network, table: RouteTable, routes: Iterable[Route]
) -> tuple[list[_Entry], list[tuple[Route, Cover, Gap]]]:
    local = NOTHING
    for route in routes:
        if route.target == "local":
            local = local | network.cover(route.destination, table.home)[0].must
    entries: list[_Entry] = []
    vague: list[tuple[Route, Cover, Gap]] = []
    for route in routes:
        cover, gap = network.cover(route.destination, table.home)
        if route.propagated and not route.advertised:  # the local route beats it even where it is more specific (RT-6)
            cover = Cover(cover.must - local, cover.may - local)
        if gap is not None and network.skip_unknown_lists and not route.is_open:
            if route.target != "local":
                continue
            cover = Cover(cover.must, cover.may & _inside(network, table))  # where the replies go
        if gap is not None:
            inside = NOTHING if route.is_open and route.may_divert else local  # no list is for a VPC's own addresses
            vague.append((route, Cover(cover.must, cover.may - inside), gap))
            entries += [_Entry(route, length, part) for length, part in _by_length(network, route, table)]
        elif route.is_prefix_list:
            entries += [_Entry(route, length, part) for length, part in _by_length(network, route, table)]
        else:
            entries.append(_Entry(route, _length(route.destination), cover))
    return sorted(entries, key=lambda e: e.rank), [*vague, *_listed(network, table)]


def _inside(network: Network, table: RouteTable) -> Ranges:
    """What a VPC of unknown blocks may have of what is not the internet."""
    own = (subnet.addresses for subnet in network.in_vpc(Subnet, table.vpc))
    return (IPV4 - public_v4()) | together(own)


def _listed(network: Network, table: RouteTable) -> list[tuple[Route, Cover, Gap]]:
    """Gateway endpoints that list this table while it has no route to them: the reads disagree (VPCE-4)."""
    out = []
    for endpoint in network.in_vpc(Endpoint, table.vpc):
        if endpoint.type.lower() != "gateway" or table.id not in endpoint.route_tables or not endpoint.service:
            continue
        if endpoint.state != "available" or any(r.target == endpoint.id for r in table.routes or ()):
            continue
        covers = name_point(f"{endpoint.service}@{endpoint.service_region}")
        for listed in network.all(PrefixList):
            if listed.service == (endpoint.service, endpoint.service_region):
                covers = covers | network.cover(listed.id, table.home)[0].must
        route = Route(-1, "pl-?", endpoint.id, "GatewayId")
        why = f"{endpoint.id} lists {table.id}, but {table.id} has no route to it: the two reads disagree"
        out.append((route, Cover(NOTHING, covers), Gap(endpoint.id, "a fresh read of both", why)))
    return out


def _by_length(network: Network, route: Route, table: RouteTable) -> list[tuple[int, Cover]]:
    """One entry per CIDR of the list, each with its own length; a nameless service counts as longest."""
    cover, _ = network.cover(route.destination, table.home)
    names = cover.must & NAMES
    held = network.get(route.destination, table.home)
    cidrs = getattr(held, "cidrs", None) or ()
    out = [(_length(c), network.cover(c, table.home)[0]) for c in cidrs]
    if getattr(held, "service", None):  # AWS's own list holds that service's addresses and no other name's
        out = [(length, Cover(part.must - NAMES, part.must - NAMES)) for length, part in out]
    return [*out, (999, Cover(names, names))] if names else out


def _length(text: str) -> int:
    try:
        return ip_network(text, strict=False).prefixlen
    except ValueError:
        return -1


def _longest_prefix(entries: list[_Entry]) -> tuple[list[Chosen], Ranges]:
    left = LINE
    chosen: dict[int, tuple[Ranges, Route, list[Route]]] = {}
    for entry in entries:
        mine = left & entry.cover.must
        for other, (covers, _, losers) in chosen.items():
            if other != entry.route.index and covers & entry.cover.must and entry.route not in losers:
                losers.append(entry.route)
        if mine:
            covers, route, losers = chosen.get(entry.route.index, (NOTHING, entry.route, []))
            chosen[entry.route.index] = (covers | mine, route, losers)
            left = left - mine
    return [Chosen(covers, route, tuple(losers)) for covers, route, losers in chosen.values()], left


def _names(out: list[Choice], entries: list[_Entry]) -> list[Choice]:
    """A name without a number may lie in any narrower public block: one fact that we do not know."""
    narrower = [e for e in entries if e.cover.may & NAMES and not e.cover.must >= NAMES and e.length < 999]
    if not narrower:
        return out
    numbers = NOTHING
    for entry in narrower:
        numbers = numbers | (entry.cover.must - NAMES)
    everywhere = public_v4() <= numbers  # 0.0.0.0/1 and 128.0.0.0/1 together leave no other way
    result: list[Choice] = []
    for choice in out:
        names = choice.covers & NAMES
        own = choice.route if isinstance(choice, Chosen) else None
        possible: list[Route | None] = [] if everywhere else [own]
        possible += [e.route for e in narrower]
        if not names or (len({_way(r) for r in possible}) == 1 and not everywhere):
            result.append(choice)
            continue
        result.append(_without(choice, names))
        if len({_way(r) for r in possible}) == 1 and possible[0] is not None:
            result.append(Chosen(names, possible[0]))
        else:
            why = "the addresses behind the name are not known, and the table routes parts of the internet differently"
            result.append(Undecided(names, tuple(dict.fromkeys(possible)), Gap("name", "the addresses", why)))
    return result


def _ambiguous(choice: Choice, entries: list[_Entry]) -> Iterator[Choice]:
    """Where prefix lists overlap and lead elsewhere AWS picks one and keeps it, the longer prefix or not (RT-9)."""
    if not isinstance(choice, Chosen) or not any(_rival(e, choice.route, choice.covers) for e in entries):
        yield choice
        return
    cells: list[tuple[Ranges, tuple[Route, ...]]] = [(choice.covers, ())]
    for entry in entries:
        split = [(covers & entry.cover.must, (*routes, entry.route)) for covers, routes in cells]
        cells = [*split, *((covers - entry.cover.must, routes) for covers, routes in cells)]
        cells = [cell for cell in cells if cell[0]]
    found: dict[tuple[Route, ...], Ranges] = {}
    for covers, routes in cells:  # the routes that cover it in the order of their rank
        last = max((n for n, r in enumerate(routes) if r.is_prefix_list and _way(r) != _way(choice.route)), default=0)
        able = tuple(dict.fromkeys(routes[: last + 1]))
        found[able] = found.get(able, NOTHING) | covers
    for able, covers in found.items():
        yield Rivals(covers, able) if len(able) > 1 else Chosen(covers, choice.route, choice.losers)


def _rival(entry: _Entry, winner: Route, covers: Ranges) -> bool:
    lists = winner.is_prefix_list and entry.route.is_prefix_list
    return lists and _way(entry.route) != _way(winner) and bool(entry.cover.must & covers)


def _clouded(out: list[Choice], route: Route, cover: Cover, gap: Gap) -> list[Choice]:
    """A route whose prefix list cannot be read may take any of these destinations from the others."""
    result: list[Choice] = []
    for choice in out:
        part = choice.covers & cover.may
        same = isinstance(choice, Chosen) and _way(choice.route) == _way(route)
        if not part or same:
            result.append(choice)
            continue
        routes: tuple[Route | None, ...] = (None,)
        if isinstance(choice, Chosen):
            routes = (choice.route,)
        elif isinstance(choice, Undecided | Rivals):
            routes = choice.routes
        result += [_without(choice, part), Undecided(part, (*routes, route), gap)]
    return result


def next_door(network: Network, route: Route | None, subnet: Subnet) -> bool:
    """Whether a route's next hop has its interface in this very subnet, so that nothing leaves it (NACL-4)."""
    target = network.things.get(route.target or "") if route else None
    if isinstance(target, Endpoint) and target.type.lower() == "gatewayloadbalancer":
        return subnet.id in (target.subnets or ())
    return isinstance(target, NatGateway | Interface) and target.subnet == subnet.id


def _way(route: Route | None) -> tuple[str | None, bool]:
    return (route.target, route.state == "blackhole") if route else (None, False)


def _without(choice: Choice, covers: Ranges) -> Choice:
    left = choice.covers - covers
    match choice:
        case Chosen(_, route, losers):
            return Chosen(left, route, losers)
        case Undecided(_, routes, gap):
            return Undecided(left, routes, gap)
        case Rivals(_, able):
            return Rivals(left, able)
        case NoRoute():
            return NoRoute(left)
