"""Where the stations of an answer's paths stand: in which subnet, on which VPC's border, or outside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from reach.answer import Answer, Direction, Hop, Path
from reach.network import (
    Attachment,
    Database,
    Endpoint,
    Instance,
    Interface,
    InternetGateway,
    NatGateway,
    Network,
    RouteTable,
    Subnet,
    Thing,
    TransitTable,
    Vpc,
    VpnConnection,
    VpnGateway,
)
from reach.network.served import Node as ServedNode
from reach.render.scene import Node, State, SubnetBox, VpcBox, clean

LAMBDA = "lambda"  # the network of functions that are attached to no VPC
BETWEEN_VPCS = frozenset({"vpc_peering_connection", "transit_gateway"})
ON_BORDER = BETWEEN_VPCS | {
    *("internet_gateway", "egress_only_internet_gateway", "virtual_private_gateway"),
    *("gateway_endpoint", "unsupported"),
}
OUTSIDE = frozenset({"internet", "service"})
_TITLES = {
    "nat_gateway": "NAT gateway",
    "nat_instance": "NAT instance",
    "gateway_load_balancer_endpoint": "GWLB endpoint",
    "network_firewall": "Network Firewall",
    "internet_gateway": "Internet GW",
    "egress_only_internet_gateway": "Egress-only GW",
    "virtual_private_gateway": "VPN gateway",
    "transit_gateway": "Transit GW",
    "gateway_endpoint": "Endpoint",
    "interface_endpoint": "Endpoint",
    "vpc_peering_connection": "VPC peering",
    "internet": "Internet",
}
_COLLECTION = re.compile(r"(?:[a-z0-9-]+:)?[A-Z][a-z]+(?:[A-Z][a-z]+)+")  # VpcEndpoints: all that one call answers
_SERVICES = {"s3": "Amazon S3", "dynamodb": "DynamoDB"}


def public_subnets(network: Network, vpc: str) -> dict[str, bool | None]:
    """For each subnet of a VPC whether its route table leads to an internet gateway; None: not known."""
    tables = network.in_vpc(RouteTable, vpc)
    main = next((t for t in tables if t.main), None)
    own = {s: t for t in tables for s in t.subnets}
    return {s.id: _is_public(own.get(s.id, main)) for s in network.in_vpc(Subnet, vpc)}


def _is_public(table: RouteTable | None) -> bool | None:
    if table is None or table.routes is None:
        return None
    return any((r.target or "").startswith("igw-") for r in table.routes)


def subnet_box(subnet: Subnet, public: bool | None) -> SubnetBox:
    """A subnet as a box."""
    kind = {True: "Public subnet", False: "Private subnet", None: "Subnet"}[public]
    name = clean(subnet.name)
    return SubnetBox(
        id=subnet.id,
        vpc=subnet.vpc,
        zone=clean(subnet.zone),
        title=f"{kind} · {name}" if name and name != subnet.id else kind,
        cidr=clean(subnet.cidr),
        public=public,
    )


def vpc_box(network: Network | None, id: str) -> VpcBox:
    """A VPC as a box, also when it was not collected."""
    vpc = network.get(id) if network else None
    if not isinstance(vpc, Vpc):
        return VpcBox(id, "VPC", clean(id))
    name = clean(vpc.name)
    cidrs = [clean(c) for c in vpc.cidr_texts[:2]] + (["…"] if len(vpc.cidr_texts) > 2 else [])
    return VpcBox(id, f"VPC {name}" if name and name != id else "VPC", "  ".join([id, *cidrs]))


def database_detail(database: Database, meant: Iterable[ServedNode]) -> str:
    """What a database is, and whether it is not known in which of several subnets it stands."""
    engine = clean(database.engine or database.kind.replace("_", " "))
    unsure = any(len(node.now or ()) > 1 for node in meant)
    return f"{engine}, may be here" if unsure else engine


def database_node(database: Database, subnet: str | None) -> Node:
    """A database or cache as a node."""
    name = clean(database.name or database.id)
    detail = database_detail(database, database.nodes)
    return Node(f"{database.id}@{subnet}", database.hop, name, detail, State.OK, subnet, tile=database.kind)


class Places(Struct):
    """Looks up where the components of one answer stand."""

    answer: Answer
    _public: dict[str, dict[str, bool | None]] = field(default_factory=dict)
    _homeless: dict[str, str] = field(default_factory=dict)  # subnet-like place → its VPC

    @property
    def network(self) -> Network | None:
        return self.answer.network

    def _thing(self, id: str) -> Thing | None:
        found = self.network.get(id) if self.network else None
        return found if isinstance(found, Thing) else self._database(id)

    def _database(self, name: str) -> Database | None:
        """Hops name a database, a cache or one of its nodes as its owner does, not by its ARN."""
        databases = self.network.all(Database) if self.network else ()
        named = [d for d in databases if name in (d.name, d.id)]
        named += [d for d in databases if any(name == n.id for n in d.nodes)]
        return next(iter(named), None)

    def is_a(self, resource: str, kind: type[Thing]) -> bool:
        """Whether the network knows a resource as a thing of some kind."""
        return isinstance(self._thing(resource), kind)

    def function(self, subnet: str | None) -> Node:
        """The asking function's interface in one of its subnets."""
        source = self.answer.source
        kind = "function" if source.kind == "function" else "interface"
        name = clean(source.id.rsplit(":", 1)[-1] if source.id.startswith("arn:") else source.id)
        if subnet is None:
            self._homeless[LAMBDA] = LAMBDA
            return Node(f"function@{LAMBDA}", kind, name, "no VPC attached", subnet=LAMBDA)
        return Node(f"function@{subnet}", kind, name, clean(subnet), subnet=subnet)

    def station(self, hop: Hop, path: Path, before: Node) -> Node:
        """The node of a hop that is a place of its own; an instance stands where its interface does."""
        if self.is_a(hop.resource, Instance):
            hop = replace(hop, resource=self._interface_of(hop.resource, path))
        if hop.kind in OUTSIDE:
            return self._outside(hop)
        if self.is_a(hop.resource, VpnConnection):
            return Node(hop.resource, "vpn_connection", "VPN connection", clean(hop.resource))
        if hop.kind == "interface_endpoint" and before.kind == hop.kind and not self.is_a(hop.resource, Endpoint):
            return Node(hop.resource, "service", clean(hop.resource), "behind the endpoint")
        thing = self._thing(hop.resource)
        tile = thing.kind if isinstance(thing, Database) else ""
        node = Node(hop.resource, hop.kind, self._title(hop), self._detail(hop), tile=tile)
        if hop.kind == "unsupported" and hop.resource.startswith("subnet-"):  # of a target, and not read
            column = before.column + 1 if before.subnet else 0
            return replace(node, title=self._asked_for(), subnet=hop.resource, column=column)
        if before.kind == "transit_gateway" and hop.kind in ("transit_gateway", "unsupported"):
            return node
        if hop.kind in ON_BORDER:
            return replace(node, border_of=self._attached_to(hop.resource) or self._vpc_of(before))
        if hop.kind == "function":
            return self.function(path.subnet)
        subnet = self._arrived_in(hop, path) or self._subnet_of(hop, before) or self._nameless(hop, before)
        if subnet is None:
            return node
        same_vpc = self.vpc_of(subnet) == self._vpc_of(before)
        column = before.column + 1 if same_vpc and before.subnet else 0
        key = hop.resource if hop.kind in ("nat_gateway", "nat_instance") else f"{hop.resource}@{subnet}"
        return replace(node, key=key, subnet=subnet, column=column)

    def _interface_of(self, instance: str, path: Path) -> str:
        """The interface of an instance that a path goes through, else its only one, else the instance itself."""
        mine = [i.id for i in self.network.all(Interface) if i.instance == instance] if self.network else []
        met = [h.resource for h in path.hops if h.resource in mine]
        return next(iter(met), mine[0] if len(mine) == 1 else instance)

    def gateway_of(self, hop: Hop) -> Hop | None:
        """The transit gateway that traffic has come to when its table is asked, or an attachment that is no VPC's."""
        match self._thing(hop.resource):
            case TransitTable(gateway=gateway):
                return Hop(gateway, "transit_gateway", hop.direction)
            case Attachment(gateway=gateway, type=type) if type not in ("vpc", "peering"):
                return Hop(gateway, "transit_gateway", hop.direction)
        return None

    def _attached_to(self, resource: str) -> str | None:
        """The VPC on whose border a component stands, whatever leads to it."""
        match self._thing(resource):
            case InternetGateway(attachments=attached) | VpnGateway(attachments=attached):
                return next((vpc for vpc, _ in attached or ()), None)
            case Endpoint(vpc=vpc):
                return vpc or None
        return None

    def _asked_for(self) -> str:
        """The target's own name."""
        return clean(self._target_word().rpartition(":")[2])

    def _target_word(self) -> str:
        """The target without its ports."""
        return re.sub(r":[\d,*-]+(/\w+)?$", "", self.answer.target)

    def _nameless(self, hop: Hop, before: Node) -> str | None:
        """A component whose subnet is not known stands in a nameless box of its VPC."""
        vpc = getattr(self._thing(hop.resource), "vpc", None) or self._vpc_of(before)
        if hop.kind == "interface" or vpc == LAMBDA:  # an address somewhere, or a VPC that is not read
            return None
        place = f"?{hop.resource}"
        self._homeless[place] = str(vpc)
        return place

    def _outside(self, hop: Hop) -> Node:
        if hop.kind == "internet":
            return self._over_internet()
        name = hop.resource.split("@")[0].split("://")[0].split(":")[0]
        kind = name if name in _SERVICES else "service"
        word = self._target_word()
        detail = word if hop.resource == name and word != name else hop.resource
        if detail in _SERVICES:
            detail = self.answer.source.region
        return Node("service", kind, _SERVICES.get(name, clean(name)), clean(detail))

    def _over_internet(self) -> Node:
        """What is reached over the internet: everything, an AWS service, or one host."""
        word = self._target_word()
        if word != "internet" and re.fullmatch(r"[a-z][a-z0-9-]*(@[a-z0-9-]+|://.*)?", word):
            return self._outside(Hop(word, "service", Direction.FORWARD))
        node = self._internet()
        return node if word == "internet" else replace(node, detail=clean(word))

    def _internet(self) -> Node:
        asked = self.answer.asked[0].addresses if self.answer.asked else ()
        detail = asked[0] if len(asked) == 1 and len(self.answer.asked) == 1 else "public addresses"
        return Node("internet", "internet", "Internet", clean(detail))

    def goal(self) -> Node | None:
        """The target, if it stands outside all VPCs."""
        for path in self.answer.paths:
            for hop in path.hops:
                if hop.kind in OUTSIDE:
                    return self._outside(hop)
        word = re.split(r"[:@]", self.answer.target)[0]
        return self._over_internet() if word == "internet" or word in _SERVICES else None

    def _title(self, hop: Hop) -> str:
        thing = self._thing(hop.resource)
        if isinstance(thing, Endpoint) and hop.kind not in ("network_firewall", "gateway_load_balancer_endpoint"):
            return clean(f"{thing.service or thing.service_name.rsplit('.', 1)[-1]} endpoint")
        if hop.kind in _TITLES:
            return _TITLES[hop.kind]
        if _COLLECTION.fullmatch(hop.resource):
            return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", hop.resource.rpartition(":")[2])
        name = thing.name if thing and thing.name else hop.resource
        return clean(name.rsplit(":", 1)[-1] if name.startswith("arn:") else name)

    def _detail(self, hop: Hop) -> str:
        thing = self._thing(hop.resource)
        if _COLLECTION.fullmatch(hop.resource):
            return "not read"
        if isinstance(thing, NatGateway):
            return clean(" ".join([thing.id, *thing.public_ips[:1]]))
        if isinstance(thing, Database):
            return database_detail(thing, [n for n in thing.nodes if n.id == hop.resource] or thing.nodes)
        return clean(hop.resource)

    def _vpc_of(self, node: Node) -> str:
        """The VPC that traffic is in when it leaves a node."""
        if node.kind in BETWEEN_VPCS:
            return f"beyond {node.key}"
        return node.border_of or (self.vpc_of(node.subnet) if node.subnet else LAMBDA)

    def vpc_of(self, subnet: str) -> str:
        """The VPC of a subnet, or of what stands in for one."""
        if subnet in self._homeless:
            return self._homeless[subnet]
        thing = self._thing(subnet)
        return thing.vpc if isinstance(thing, Subnet) else self.answer.source.vpc or "vpc"

    def arrival(self, path: Path, before: Node) -> Node | None:
        """The interface at which a path ends that has no hop of its own."""
        interface = self._thing(path.end)
        if path.end == self.answer.source.id:  # it got no further than itself
            return None
        if not isinstance(interface, Interface) or before.kind in ("database", "cache", "interface_endpoint"):
            return None
        return self.station(Hop(path.end, "interface", Direction.FORWARD), path, before)

    def _arrived_in(self, hop: Hop, path: Path) -> str | None:
        """The subnet of the interface at which a path ends."""
        if hop.kind not in ("database", "cache", "interface_endpoint", "interface"):
            return None
        candidate = re.search(r"@(subnet-\w+)$", path.end)
        interface = self._thing(path.end)
        if isinstance(interface, Interface):
            return interface.subnet
        return candidate[1] if candidate else None

    def _subnet_of(self, hop: Hop, before: Node) -> str | None:
        named = re.search(r"subnet-[0-9A-Za-z]+", hop.detail)
        if named:
            return named.group()
        candidates = self._candidates(hop.resource)
        zones = self._thing(before.subnet) if before.subnet else None
        near = zones.zone if isinstance(zones, Subnet) else None
        same_zone = [s for s in candidates if near and getattr(self._thing(s), "zone", None) == near]
        return next(iter(same_zone or candidates), None)

    def _candidates(self, resource: str) -> list[str]:
        """The subnets that can hold a component, as far as the network knows."""
        match self._thing(resource):
            case NatGateway(subnet=str(subnet)) | Interface(subnet=subnet):
                return [subnet]
            case Endpoint(subnets=tuple(subnets)):
                return sorted(subnets)
            case Database(nodes=nodes):
                meant = [n for n in nodes if n.id == resource] or nodes
                return list(dict.fromkeys(s for n in meant for s in n.now or ()))
        return []

    def ghosts(self, nodes: Mapping[str, Node]) -> tuple[Node, ...]:
        """Where a database may stand as well: its other candidate subnets."""
        out: dict[str, Node] = {}
        for node in nodes.values():
            if node.kind not in ("database", "cache"):
                continue
            for subnet in self._candidates(node.key.rpartition("@")[0])[:6]:
                key = f"{node.key.rpartition('@')[0]}@{subnet}"
                if key not in nodes:
                    out[key] = replace(node, key=key, subnet=subnet, detail="may be here", state=State.OFF, ghost=True)
        return tuple(out.values())

    def boxes(self, nodes: Iterable[Node]) -> tuple[SubnetBox, ...]:
        """The boxes of all subnets that hold a node, in the order of their first use."""
        return tuple(self._box(s) for s in dict.fromkeys(n.subnet for n in nodes if n.subnet))

    def _box(self, id: str) -> SubnetBox:
        if id == LAMBDA:
            return SubnetBox(LAMBDA, LAMBDA, "", "", bare=True)
        thing = self._thing(id)
        if isinstance(thing, Subnet) and self.network:
            if thing.vpc not in self._public:
                self._public[thing.vpc] = public_subnets(self.network, thing.vpc)
            return subnet_box(thing, self._public[thing.vpc].get(id))
        if id in self._homeless:
            held = self._thing(id.removeprefix("?"))
            regional = isinstance(held, NatGateway) and held.regional
            word = "In no subnet" if regional else "Subnet not known"
            return SubnetBox(id, self._homeless[id], "", word, public=None)
        return SubnetBox(id, self.vpc_of(id), "", "Subnet", public=None)

    def vpc_box(self, id: str) -> VpcBox:
        if id == LAMBDA:
            return VpcBox(LAMBDA, "Lambda's own network", "", lambda_network=True)
        if id.startswith("beyond "):
            return VpcBox(id, "Peer VPC", "not read")
        return vpc_box(self.network, id)
