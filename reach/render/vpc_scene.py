"""What the map of a VPC shows: subnets by zone and what stands in them, gateways, route tables by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from reach.errors import QuestionError
from reach.network import (
    Endpoint,
    InternetGateway,
    NatGateway,
    Network,
    Peering,
    RouteTable,
    Subnet,
    Vpc,
)
from reach.render.place import database_node, public_subnets, subnet_box, vpc_box
from reach.render.scene import Edge, Line, Node, Scene, State, SubnetBox, clean

MOST_IN_SUBNET, MOST_SUBNETS, MOST_BORDER = 4, 9, 6
PRIVATE_COLUMNS, PUBLIC_COLUMN = 2, 2
_ORDER = {"nat_gateway": 0, "database": 1, "cache": 1, "interface_endpoint": 2, "function": 3}


def vpc_of_question(network: Network, vpc: str | None) -> str:
    """The VPC to draw: the one named by id or name, else the only one, else the only one with functions.

    Raises
    ------
    reach.errors.QuestionError
        If there is no such VPC, or several and none is named.
    """
    ids = {v.id for v in network.vpcs}
    if vpc is not None:
        named = [v.id for v in network.vpcs if vpc in (v.id, v.name)]
        if len(named) == 1:
            return named[0]
        what = "several VPCs are called" if named else "no VPC"
        raise QuestionError(f"{what} {clean(vpc)!r}", f"VPCs: {_listed(network.vpcs)}")
    homes = {s.vpc for s in network.all(Subnet) for f in network.functions if s.id in f.subnets}
    for choice in (ids, homes & ids):
        if len(choice) == 1:
            return choice.pop()
    if not ids:
        raise QuestionError("there is no VPC to draw", "read a network that has one, or name SOURCE and TARGET")
    raise QuestionError(f"there are {len(ids)} VPCs", f"choose with --vpc: {_listed(network.vpcs)}")


def _listed(vpcs: Iterable[Vpc]) -> str:
    every = [clean(f"{v.id} ({v.name})" if v.name else v.id) for v in vpcs]
    return ", ".join(every[:12]) + (f" and {len(every) - 12} more" if len(every) > 12 else "")


def vpc_scene(network: Network, vpc: str | None = None) -> Scene:
    """The scene of one VPC as a whole."""
    id = vpc_of_question(network, vpc)
    tables, lines = _tables(network, id)
    boxes, left_out = _boxes(network, id, tables)
    kept = {b.id for b in boxes}
    residents = [n for b in boxes for n in _residents(network, b.id)]
    border = _border(network, id)
    outside, beyond = _outside(border)
    nodes = (*residents, *border, *outside)
    edges = (*_ways_out(network, id, kept, border), *beyond)
    shown = {n.key for n in nodes}
    lines += [Line("Also", text) for text in left_out]
    box = vpc_box(network, id)
    return Scene(
        question=clean(f"{box.title} ({id})" if box.title != "VPC" else f"VPC {id}"),
        verdict=None,
        pill="",
        vpcs=(box,),
        subnets=tuple(boxes),
        nodes=nodes,
        edges=tuple(e for e in edges if e.source in shown and e.target in shown),
        lines=tuple(lines),
        description="\n".join(_described(boxes, nodes, lines)),
    )


def _described(boxes: Iterable[SubnetBox], nodes: Iterable[Node], lines: Iterable[Line]) -> Iterator[str]:
    nodes = list(nodes)
    for box in boxes:
        inside = ", ".join(f"{n.title} ({n.detail})" for n in nodes if n.subnet == box.id)
        yield f"{box.zone} {box.title} {box.id} {box.cidr}, route table {box.table}: {inside or 'empty'}"
    for node in nodes:
        if node.subnet is None:
            yield f"{node.title} {node.detail}"
    for line in lines:
        yield f"{line.label}: {line.text}"


# -- subnets and their tables -----------------------------------------------------------------------


def _tables(network: Network, vpc: str) -> tuple[dict[str, int], list[Line]]:
    """The number of each subnet's route table, and what the tables say."""
    tables = network.in_vpc(RouteTable, vpc)
    main = next((t for t in tables if t.main), None)
    own = {s: t for t in tables for s in t.subnets}
    used: dict[str, int] = {}
    lines: list[Line] = []
    numbers: dict[str, int] = {}
    for subnet in _sorted(network.in_vpc(Subnet, vpc)):
        table = own.get(subnet.id, main)
        if table is None:
            continue
        if table.id not in used:
            used[table.id] = len(used) + 1
            lines.append(Line(str(used[table.id]), _table_text(table), State.PLAIN))
        numbers[subnet.id] = used[table.id]
    return numbers, lines


def _table_text(table: RouteTable) -> str:
    name = f" {table.name}" if table.name and table.name != table.id else ""
    main = " (main)" if table.main else ""
    if table.routes is None:
        return clean(f"{table.id}{name}{main}: routes not known")
    routes = [
        f"{r.destination} → {r.target or 'nothing'}{' (blackhole)' if r.state == 'blackhole' else ''}"
        for r in table.routes
    ]
    return clean(f"{table.id}{name}{main}: {';  '.join(routes) or 'no routes'}")


def _sorted(subnets: Iterable[Subnet]) -> list[Subnet]:
    return sorted(subnets, key=lambda s: (s.zone, s.addresses.spans[:1], s.id))


def _boxes(network: Network, vpc: str, tables: dict[str, int]) -> tuple[list[SubnetBox], list[str]]:
    """The subnets, public ones in the last column; those that hold something first if there are too many."""
    public = public_subnets(network, vpc)
    busy = {s.id for s in network.in_vpc(Subnet, vpc) if _residents(network, s.id)}
    by_zone: dict[str, list[Subnet]] = {}
    for subnet in _sorted(network.in_vpc(Subnet, vpc)):
        by_zone.setdefault(subnet.zone, []).append(subnet)
    boxes: list[SubnetBox] = []
    left_out = []
    any_public = any(public.values())
    for zone, subnets in by_zone.items():
        kept = sorted(subnets, key=lambda s: s.id not in busy)[:MOST_SUBNETS]
        if len(subnets) > len(kept):
            rest = [s.id for s in subnets if s not in kept]
            left_out.append(clean(f"{len(rest)} more subnets in {zone}: {', '.join(rest)}"))
        count = 0
        for subnet in (s for s in subnets if s in kept):
            box = replace(subnet_box(subnet, public.get(subnet.id)), table=tables.get(subnet.id))
            if public.get(subnet.id):
                boxes.append(replace(box, column=PUBLIC_COLUMN))
                continue
            boxes.append(replace(box, column=count % (PRIVATE_COLUMNS if any_public else PUBLIC_COLUMN + 1)))
            count += 1
    return _packed(boxes), left_out


def _packed(boxes: list[SubnetBox]) -> list[SubnetBox]:
    """The same boxes without empty columns."""
    used = sorted({b.column for b in boxes if b.column is not None})
    return [replace(b, column=used.index(b.column)) if b.column is not None else b for b in boxes]


# -- nodes ------------------------------------------------------------------------------------------


def _residents(network: Network, subnet: str) -> list[Node]:
    """What stands in a subnet; the last of too many says how many more there are."""
    found: list[Node] = []
    for gate in network.all(NatGateway):
        if gate.subnet == subnet:
            state = "" if gate.state == "available" else f" {gate.state}"
            detail = clean(" ".join([gate.id + state, *gate.public_ips[:1]]))
            found.append(Node(gate.id, "nat_gateway", "NAT gateway", detail, State.PLAIN, subnet))
    for database in network.databases:
        if any(subnet in (node.now or ()) for node in database.nodes):
            found.append(replace(database_node(database, subnet), state=State.PLAIN))
    for point in network.all(Endpoint):
        if point.type != "Gateway" and subnet in (point.subnets or ()):
            found.append(_endpoint(point, f"{point.id}@{subnet}", subnet))
    for function in network.functions:
        if subnet in function.subnets:
            name = clean(function.name or function.id)
            key = f"{function.id}@{subnet}"
            found.append(Node(key, "function", name, "Lambda function", State.PLAIN, subnet))
    found.sort(key=lambda n: (_ORDER[n.kind], n.title, n.key))
    if len(found) > MOST_IN_SUBNET:
        rest = len(found) - MOST_IN_SUBNET + 1
        more = Node(f"more@{subnet}", "more", f"{rest} more", "not drawn", State.PLAIN, subnet)
        found = [*found[: MOST_IN_SUBNET - 1], more]
    return found


def _endpoint(point: Endpoint, key: str, subnet: str | None = None, border: str | None = None) -> Node:
    kind = "gateway_endpoint" if point.type == "Gateway" else "interface_endpoint"
    name = clean(f"{point.service or point.service_name.rsplit('.', 1)[-1]} endpoint")
    return Node(key, kind, name, clean(point.id), State.PLAIN, subnet, border)


def _border(network: Network, vpc: str) -> list[Node]:
    """What stands on the VPC's border."""
    out: list[Node] = []
    for gate in network.all(InternetGateway):
        if any(attached == vpc for attached, _ in gate.attachments or ()):
            name = "Egress-only GW" if gate.egress_only else "Internet GW"
            out.append(Node(gate.id, "internet_gateway", name, clean(gate.id), State.PLAIN, border_of=vpc))
    for point in network.in_vpc(Endpoint, vpc):
        if point.type == "Gateway":
            out.append(_endpoint(point, point.id, border=vpc))
    for peering in network.all(Peering):
        if any(side[0] == vpc for side in peering.sides):
            detail = clean(f"{peering.id} {peering.status}")
            out.append(Node(peering.id, "vpc_peering_connection", "VPC peering", detail, State.PLAIN, border_of=vpc))
    if len(out) > MOST_BORDER:
        rest = len(out) - MOST_BORDER + 1
        more = Node("more@border", "more", f"{rest} more", "gateways", State.PLAIN, border_of=vpc)
        out = [*out[: MOST_BORDER - 1], more]
    return out


def _outside(border: Iterable[Node]) -> tuple[list[Node], list[Edge]]:
    """What lies behind the gateways."""
    nodes: dict[str, Node] = {}
    edges = []
    for gate in border:
        if gate.kind == "internet_gateway":
            node = Node("internet", "internet", "Internet", "0.0.0.0/0", State.PLAIN)
        elif gate.kind == "gateway_endpoint":
            service = gate.title.removesuffix(" endpoint")
            kind = service if service in ("s3", "dynamodb") else "service"
            title = {"s3": "Amazon S3", "dynamodb": "DynamoDB"}.get(service, service)
            node = Node(f"service:{service}", kind, title, "AWS service", State.PLAIN)
        else:
            continue
        nodes[node.key] = node
        edges.append(Edge(gate.key, node.key, State.PLAIN))
    return list(nodes.values()), edges


def _ways_out(network: Network, vpc: str, kept: set[str], border: list[Node]) -> Iterator[Edge]:
    """A line from each NAT gateway whose subnet's table leads to an internet gateway."""
    gates = {n.key for n in border}
    tables = network.in_vpc(RouteTable, vpc)
    main = next((t for t in tables if t.main), None)
    own = {s: t for t in tables for s in t.subnets}
    for gate in network.in_vpc(NatGateway, vpc):
        table = own.get(gate.subnet or "", main)
        if gate.subnet not in kept or table is None:
            continue
        for target in sorted({r.target for r in table.routes or () if r.target in gates and r.target}):
            if target.startswith("igw-"):
                yield Edge(gate.id, target, State.PLAIN)
