"""What stands in a VPC and on its border, for the map: residents of a subnet, gateways, what joins VPCs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from msgspec.structs import replace

from reach.answer import SEVERITY, Answer, Verdict
from reach.network import (
    Attachment,
    Endpoint,
    Function,
    InternetGateway,
    NatGateway,
    Network,
    Peering,
    RouteTable,
    VpnGateway,
)
from reach.render.palette import VERDICT_GLYPH, VERDICT_STATE
from reach.render.place import database_detail, database_node
from reach.render.scene import Edge, Node, State, clean
from reach.render.wording import tag_for

MOST_IN_SUBNET, MOST_BORDER = 4, 6
Answers = Mapping[str, Answer]  # by the id of the function
_ORDER = {"nat_gateway": 0, "database": 1, "cache": 1, "interface_endpoint": 2, "function": 3}


# -- in a subnet ------------------------------------------------------------------------------------


def residents(network: Network, subnet: str, answers: Answers) -> list[Node]:
    """What stands in a subnet; the last of too many says how many more there are."""
    found: list[tuple[tuple[int, int, str, str], Node]] = []
    for node in _standing(network, subnet):
        found.append(((_ORDER[node.kind], 0, node.title, node.key), node))
    for function in network.functions:
        if subnet in function.subnets:
            node, rank = _function(function, subnet, answers.get(function.id))
            found.append(((_ORDER[node.kind], rank, node.title, node.key), node))
    nodes = [node for _, node in sorted(found, key=lambda pair: pair[0])]
    if len(nodes) > MOST_IN_SUBNET:
        left = nodes[MOST_IN_SUBNET - 1 :]
        what = ", ".join(dict.fromkeys(n.detail.split(":")[0] for n in left)) if answers else "not drawn"
        more = Node(f"more@{subnet}", "more", f"{len(left)} more", what, State.PLAIN, subnet)
        nodes = [*nodes[: MOST_IN_SUBNET - 1], more]
    return nodes


def _standing(network: Network, subnet: str) -> Iterator[Node]:
    for gate in network.all(NatGateway):
        if gate.subnet == subnet:
            state = "" if gate.state == "available" else f" {gate.state}"
            detail = clean(" ".join([gate.id + state, *gate.public_ips[:1]]))
            yield Node(gate.id, "nat_gateway", "NAT gateway", detail, State.PLAIN, subnet)
    for database in network.databases:
        if any(subnet in (node.now or ()) for node in database.nodes):
            here = [node for node in database.nodes if subnet in (node.now or ())]
            detail = database_detail(database, here)
            sure = any(len(node.now or ()) == 1 for node in here)
            yield replace(database_node(database, subnet), detail=detail, state=State.PLAIN, ghost=not sure)
    for point in network.all(Endpoint):
        if point.type != "Gateway" and subnet in (point.subnets or ()):
            yield _endpoint(point, f"{point.id}@{subnet}", subnet)


def _function(function: Function, subnet: str, answer: Answer | None) -> tuple[Node, int]:
    """A function in one of its subnets, and its rank: the worst verdict first."""
    node = Node(f"{function.id}@{subnet}", "function", clean(function.name or function.id), "Lambda function")
    node = replace(node, state=State.PLAIN, subnet=subnet)
    if answer is None:
        return node, 0
    verdict = verdict_in(answer, subnet)
    tag = tag_in(answer, subnet) if verdict in (Verdict.BLOCKED, Verdict.PARTIAL) else ""
    detail = f"{VERDICT_GLYPH[verdict]} {verdict.value}{f': {tag}' if tag else ''}"
    return replace(node, detail=detail, state=VERDICT_STATE[verdict]), -SEVERITY[verdict]


def verdict_in(answer: Answer, subnet: str) -> Verdict:
    """How a function fares from one of its subnets."""
    found = {p.verdict for p in answer.paths if p.subnet == subnet}
    if not found:
        return answer.verdict
    if len(found) == 1:
        return found.pop()
    return Verdict.PARTIAL if {Verdict.REACHABLE, Verdict.BLOCKED} <= found else Verdict.UNKNOWN


def tag_in(answer: Answer, subnet: str | None = None) -> str:
    """Two or three words for why it fails."""
    here = [b for b in answer.blockers if subnet is None or not b.subnets or subnet in b.subnets]
    return next((tag_for(b.code, b.cause) for b in here), "")


def _endpoint(point: Endpoint, key: str, subnet: str | None = None, border: str | None = None) -> Node:
    kind = "gateway_endpoint" if point.type == "Gateway" else "interface_endpoint"
    name = clean(f"{point.service or point.service_name.rsplit('.', 1)[-1]} endpoint")
    return Node(key, kind, name, clean(point.id), State.PLAIN, subnet, border)


# -- on the border ----------------------------------------------------------------------------------


def border(network: Network, vpc: str, drawn: Iterable[str]) -> list[Node]:
    """What stands on a VPC's border: first what joins it to another one that is drawn."""
    others = set(drawn) - {vpc}
    out = [n for n in _joints(network, vpc) if others & _ends(network, n)]
    rest = [*_gateways(network, vpc), *(n for n in _joints(network, vpc) if n not in out)]
    room = max(MOST_BORDER - len(out), 2)
    if len(rest) > room:
        more = Node(f"more@{vpc}", "more", f"{len(rest) - room + 1} more", "gateways", State.PLAIN, border_of=vpc)
        rest = [*rest[: room - 1], more]
    return [*rest, *out]


def _gateways(network: Network, vpc: str) -> Iterator[Node]:
    for gate in network.all(InternetGateway):
        if any(attached == vpc for attached, _ in gate.attachments or ()):
            kind = "egress_only_internet_gateway" if gate.egress_only else "internet_gateway"
            name = "Egress-only GW" if gate.egress_only else "Internet GW"
            yield Node(gate.id, kind, name, clean(gate.id), State.PLAIN, border_of=vpc)
    for point in network.in_vpc(Endpoint, vpc):
        if point.type == "Gateway":
            yield _endpoint(point, point.id, border=vpc)
    for vgw in network.all(VpnGateway):
        if any(attached == vpc for attached, _ in vgw.attachments or ()):
            yield Node(vgw.id, "virtual_private_gateway", "VPN gateway", clean(vgw.id), State.PLAIN, border_of=vpc)


def _joints(network: Network, vpc: str) -> Iterator[Node]:
    """Peering connections and transit gateways, as seen from one VPC."""
    for peering in network.all(Peering):
        if any(side[0] == vpc for side in peering.sides):
            state = "" if peering.status == "active" else f" {peering.status}"
            detail = clean(peering.id + state)
            yield Node(f"{peering.id}@{vpc}", "vpc_peering_connection", "VPC peering", detail, State.PLAIN, None, vpc)
    for gateway in sorted({a.gateway for a in network.all(Attachment) if a.vpc == vpc}):
        yield Node(f"{gateway}@{vpc}", "transit_gateway", "Transit GW", clean(gateway), State.PLAIN, None, vpc)


def _ends(network: Network, joint: Node) -> set[str]:
    """The VPCs that a peering connection or transit gateway joins."""
    id = joint.key.rpartition("@")[0]
    sides = {side[0] for p in network.all(Peering) if p.id == id for side in p.sides}
    return sides | {a.vpc for a in network.all(Attachment) if a.gateway == id and a.vpc}


def joined(network: Network, vpc: str) -> set[str]:
    """The VPCs that a VPC is joined to, by whatever is in use."""
    out: set[str] = set()
    for peering in network.all(Peering):
        ends = {side[0] for side in peering.sides}
        if vpc in ends and peering.status == "active":
            out |= ends
    attached = [a for a in network.all(Attachment) if a.vpc and a.state == "available"]
    own = {a.gateway for a in attached if a.vpc == vpc}
    return (out | {a.vpc for a in attached if a.gateway in own}) - {vpc}


def joins(nodes: Iterable[Node]) -> Iterator[Edge]:
    """A line between the two sides of each peering connection and transit gateway."""
    sides: dict[str, list[Node]] = {}
    for node in nodes:
        if node.kind in ("vpc_peering_connection", "transit_gateway"):
            sides.setdefault(node.key.rpartition("@")[0], []).append(node)
    for same in sides.values():
        yield from (Edge(a.key, b.key, State.PLAIN, joins=True) for a, b in pairwise(same))


def outside(gates: Iterable[Node]) -> tuple[list[Node], list[Edge]]:
    """What lies behind the gateways."""
    nodes: dict[str, Node] = {}
    edges = []
    for gate in gates:
        if gate.kind in ("internet_gateway", "egress_only_internet_gateway"):
            node = Node("internet", "internet", "Internet", "0.0.0.0/0", State.PLAIN)
        elif gate.kind == "gateway_endpoint":
            service = gate.title.removesuffix(" endpoint")
            kind = service if service in ("s3", "dynamodb") else "service"
            title = {"s3": "Amazon S3", "dynamodb": "DynamoDB"}.get(service, service)
            node = Node(f"service:{service}", kind, title, "AWS service", State.PLAIN)
        elif gate.kind == "virtual_private_gateway":
            node = Node(f"behind {gate.key}", "vpn_connection", "VPN", "outside AWS", State.PLAIN)
        else:
            continue
        nodes[node.key] = node
        edges.append(Edge(gate.key, node.key, State.PLAIN))
    return list(nodes.values()), edges


def ways_out(network: Network, vpc: str, kept: set[str], gates: Iterable[Node]) -> Iterator[Edge]:
    """A line from each NAT gateway whose subnet's table leads to an internet gateway."""
    keys = {n.key for n in gates}
    tables = network.in_vpc(RouteTable, vpc)
    main = next((t for t in tables if t.main), None)
    own = {s: t for t in tables for s in t.subnets}
    for gate in network.in_vpc(NatGateway, vpc):
        table = own.get(gate.subnet or "", main)
        if gate.subnet not in kept or table is None:
            continue
        for target in sorted({r.target for r in table.routes or () if r.target in keys and r.target}):
            if target.startswith("igw-"):
                yield Edge(gate.id, target, State.PLAIN)
