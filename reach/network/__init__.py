"""The whole world as one frozen value: `network[id]` is a Thing, an Absent or a Gap.

The nouns themselves are in things.py, gateways.py, firewalls.py, served.py and senders.py; they can be imported
from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from reach.answer import Note
from reach.network.collected import ACTION_OF_KEY, KEY_OF_PREFIX
from reach.network.firewalls import EndpointService, Firewall, FirewallPolicy, RuleGroup
from reach.network.gateways import (
    CarrierGateway,
    Exclusion,
    InternetGateway,
    NatGateway,
    ResourceConfiguration,
    ResourceGateway,
    VpnConnection,
    VpnGateway,
)
from reach.network.senders import Alias, Function
from reach.network.served import Database, Node
from reach.network.things import (
    Absent,
    AclEntry,
    Endpoint,
    Gap,
    GroupRule,
    Home,
    Instance,
    Interface,
    NetworkAcl,
    Peering,
    PrefixList,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Thing,
    Vpc,
)
from reach.network.transit_gateways import (
    Attachment,
    TransitGateway,
    TransitPeering,
    TransitRoute,
    TransitSide,
    TransitTable,
)
from reach.traffic import (
    IPV4,
    IPV6,
    LINE,
    NAMES,
    NOTHING,
    Cover,
    Ranges,
    cidr,
    cidr_cover,
    cidrs,
    name_point,
    public_v4,
    together,
)

if TYPE_CHECKING:
    import networkx as nx

    from reach.answer import Answer
    from reach.matrix import Matrix
    from reach.render.jupyter import Explorer

__all__ = [
    "ACTION_OF_KEY",
    "KEY_OF_PREFIX",
    "Absent",
    "AclEntry",
    "Alias",
    "Attachment",
    "CarrierGateway",
    "Database",
    "Endpoint",
    "EndpointService",
    "Exclusion",
    "Firewall",
    "FirewallPolicy",
    "Function",
    "Gap",
    "GroupRule",
    "Home",
    "Instance",
    "Interface",
    "InternetGateway",
    "NatGateway",
    "Network",
    "NetworkAcl",
    "Node",
    "Peering",
    "PrefixList",
    "ResourceConfiguration",
    "ResourceGateway",
    "Route",
    "RouteTable",
    "RuleGroup",
    "SecurityGroup",
    "Subnet",
    "Thing",
    "TransitGateway",
    "TransitPeering",
    "TransitRoute",
    "TransitSide",
    "TransitTable",
    "Vpc",
    "VpnConnection",
    "VpnGateway",
]

T = TypeVar("T", bound=Thing)
Named = TypeVar("Named", RouteTable, NetworkAcl)


class Network(Struct, frozen=True, eq=False):
    """Everything that was read, as values that refer to each other by id.

    `complete` says which collections were read whole, per account and region. `gaps` says why the
    others were not.
    """

    things: Mapping[str, Thing]
    complete: frozenset[tuple[str, str, str]] = frozenset()  # (account, region, key)
    gaps: Mapping[tuple[str, str, str], Gap] = field(default_factory=dict)
    homes: tuple[Home, ...] = ()
    notes: tuple[Note, ...] = ()
    origins: tuple[Any, ...] = ()
    pending: Mapping[str, Gap] = field(default_factory=dict)  # ids, or what stands for them, not known yet
    inferred: Mapping[str, frozenset[str]] = field(default_factory=dict)  # what a file implies → the things concerned
    told: Mapping[str, Ranges] = field(default_factory=dict)  # what --resolve says: plain host name → addresses
    assume_inspected: bool = False  # what inspects and cannot be looked into is taken to let everything pass (FW-3)
    skip_unknown_lists: bool = False  # routes of lists without entries never touch "internet" (RT-20)
    _cache: dict[Any, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        counts = (len(self.all(Function)), len(self.vpcs), len(self.all(Subnet)))
        return "Network({} functions, {} VPCs, {} subnets)".format(*counts)

    def __getitem__(self, id: str) -> Thing | Absent | Gap:
        return self.get(id)

    def get(self, id: str, home: Home | None = None) -> Thing | Absent | Gap:
        """Look an id up; `home` is the account and region where it would be if it exists."""
        thing = self.things.get(id)
        if thing is not None:
            return thing
        if id in self.pending:
            return self.pending[id]
        key = next((k for p, k in KEY_OF_PREFIX.items() if id.startswith(p)), "")
        if not key or not self.homes:
            return Gap(id, ACTION_OF_KEY.get(key, "a source that holds it"), f"{id} is of no collected kind")
        for place in (home,) if home else self.homes:
            gap = self.gap(key, place)
            if gap is not None:
                return Gap(id, gap.needs, gap.why)
        return Absent(id)

    def gap(self, key: str, home: Home) -> Gap | None:
        """Why a collection was not read whole in an account and region; None if it was."""
        where = (home.account, home.region, key)
        if where in self.complete:
            return None
        known = self.gaps.get(where)
        if known is not None:
            return known
        action = ACTION_OF_KEY.get(key, key)
        return Gap(key, action, f"{key} of {home.account}/{home.region} was not collected")

    def unheard(self, id: str, state: str) -> Gap:
        """Why a state tells nothing: it is not known before deployment, or AWS invented it since (IN-4)."""
        later = self.pending.get(state)
        if later is not None:
            return Gap(id, later.needs, f"whether {id} will be there is not known: {later.why}", later.fix)
        return Gap(id, "a known State", f"{id} is in the unknown state {state!r}")

    def has_collected(self, *keys: str) -> bool:
        """Whether one of these collections was read somewhere."""
        return any(key in keys for _, _, key in self.complete)

    def all(self, kind: type[T]) -> tuple[T, ...]:
        """All things of a kind, sorted by id."""
        if kind not in self._cache:
            found = [t for t in self.things.values() if isinstance(t, kind)]
            self._cache[kind] = tuple(sorted(found, key=lambda t: t.id))
        return self._cache[kind]  # type: ignore[no-any-return]

    def in_vpc(self, kind: type[T], vpc: str) -> tuple[T, ...]:
        """All things of a kind in one VPC, sorted by id."""
        index = self._cache.get((kind, "vpc"))
        if index is None:
            index = {}
            for thing in self.all(kind):
                index.setdefault(getattr(thing, "vpc", None), []).append(thing)
            self._cache[(kind, "vpc")] = index
        return tuple(index.get(vpc, ()))

    def naming(self, kind: type[Named], subnet: str, vpc: str) -> tuple[Named, ...]:
        """The route tables or ACLs of a VPC that name a subnet, sorted by id."""
        index = self._cache.get((kind, "subnet"))
        if index is None:
            index = {}
            for thing in self.all(kind):
                for id in thing.subnets or ():
                    index.setdefault((id, thing.vpc), []).append(thing)
            self._cache[(kind, "subnet")] = index
        return tuple(index.get((subnet, vpc), ()))

    def in_subnet(self, subnet: str) -> tuple[Interface, ...]:
        """The network interfaces of one subnet, sorted by id."""
        index = self._cache.get("subnet")
        if index is None:
            index = {}
            for interface in self.all(Interface):
                index.setdefault(interface.subnet, []).append(interface)
            self._cache["subnet"] = index
        return tuple(index.get(subnet, ()))

    def cover(self, destination: str, home: Home) -> tuple[Cover, Gap | None]:
        """What a CIDR or prefix list id covers on the address line, and the gap if that is not known."""
        if not destination.startswith("pl-"):
            return cidr_cover(destination), None
        return self._list_cover(self.get(destination, home), destination, home)

    def _list_cover(self, found: Thing | Absent | Gap, id: str, home: Home) -> tuple[Cover, Gap | None]:
        if isinstance(found, PrefixList):
            own = name_point("@".join(found.service)) if found.service else NOTHING
            if found.cidrs is not None:
                numbers = cidrs(found.cidrs) | own
                return Cover(numbers, numbers), None
            if found.service and self.skip_unknown_lists:
                return Cover(own, own), None
            if found.service:  # its name is told by the list's name, its numbers by nothing (RT-14)
                gap = self.gap("ManagedPrefixListEntries", home)
                why = gap.why if gap else f"the entries of {id} were not collected"
                unread = Gap(id, "ec2:GetManagedPrefixListEntries", why)
                return Cover(own, own | self._unlisted()), self.pending.get(id, unread)
        family = found.family if isinstance(found, PrefixList) else ""
        anything = {"IPv4": IPV4 | NAMES, "IPv6": IPV6 | NAMES}.get(family, LINE)
        if id in self.pending:
            return Cover(NOTHING, anything), self.pending[id]
        gap = found if isinstance(found, Gap) else self.gap("ManagedPrefixListEntries", home)
        why = gap.why if gap else f"the entries of {id} are not in the data"
        return Cover(NOTHING, anything), Gap(id, "ec2:GetManagedPrefixListEntries", why)

    def _unlisted(self) -> Ranges:
        """The public addresses that no list of another AWS service is known to hold."""
        if "unlisted" not in self._cache:
            known = (cidr(c) for t in self.all(PrefixList) if t.service for c in t.cidrs or ())
            self._cache["unlisted"] = public_v4() - together(known)
        return self._cache["unlisted"]  # type: ignore[no-any-return]

    def changed(self, *things: Thing) -> Network:
        """Another network, in which these things are as given; this one stays as it is."""
        return replace(self, things={**self.things, **{t.id: t for t in things}}, _cache={})

    def __iter__(self) -> Iterator[Thing]:
        return iter(sorted(self.things.values(), key=lambda t: t.id))

    # -- the doors that design promises: each opens a later room, loaded when it is opened ---------

    @property
    def functions(self) -> tuple[Function, ...]:
        """All functions, sorted by name; a published version stands only for a function that is not there itself."""
        latest = {(f.home, f.name) for f in self.all(Function) if not f.published}
        found = (f for f in self.all(Function) if not f.published or (f.home, f.name) not in latest)
        return tuple(sorted(found, key=lambda f: (f.name, f.id)))

    @property
    def databases(self) -> tuple[Database, ...]:
        """All databases and caches that can be asked about, sorted by id."""
        return tuple(d for d in self.all(Database) if d.member_of is None)

    @property
    def vpcs(self) -> tuple[Vpc, ...]:
        """All VPCs, sorted by id."""
        return self.all(Vpc)

    @property
    def graph(self) -> nx.MultiDiGraph[str]:
        """What is wired to what, as networkx sees it; see `reach.graph.graph`."""
        from reach.graph import graph

        return graph(self)

    def path(
        self,
        source: str,
        target: str,
        family: str = "4",
        *,
        inspection: str = "unknown",
        resolve: Mapping[str, str | Sequence[str]] | None = None,
        actions: Sequence[str] = (),
    ) -> Answer:
        """Ask whether `source` reaches `target`; both as on the command line, `family` 4, 6 or both.

        `inspection`: what firewalls and appliances that cannot be looked into do, "unknown" or "assume-pass".
        `resolve` says what host names mean whose answers cannot be read from AWS: name → address(es).
        `actions` are what policies on the way are asked about (``s3:GetObject``), else the usual ones.

        Raises
        ------
        reach.errors.QuestionError
            If either is not in the network, is ambiguous, or cannot be parsed.
        """
        from reach.ask import ask
        from reach.told import assuming, told

        return ask(assuming(told(self, resolve), inspection), source, target, family, tuple(actions))

    def matrix(self, *targets: str) -> Matrix:
        """Every function × every target; without targets the internet, S3, DynamoDB, databases and caches.

        Raises
        ------
        reach.errors.QuestionError
            If a target is not in the network or cannot be parsed, or there is no function.
        """
        from reach.matrix import matrix

        return matrix(self, targets)

    def explore(self) -> Explorer:
        """The page of everything, inside a notebook: filter, choose a cell, read why."""
        from reach.render.jupyter import Explorer

        return Explorer(self.matrix())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from reach.render.jupyter import network_bundle

        return network_bundle(self)
