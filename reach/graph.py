"""The network as a networkx graph: the places that traffic can be at, and exactly the links that trace follows.

Its kinds of nodes and their attributes are described for users in docs/graph.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from reach.links import arrival, departure, links
from reach.links.steps import Link, Place, ways
from reach.network import Database, Endpoint, Function, Gap, Interface, Network, Subnet
from reach.placement import of_endpoint, of_function, of_node
from reach.traffic import format_addresses

if TYPE_CHECKING:
    import networkx as nx


def graph(network: Network) -> nx.MultiDiGraph[str]:
    """Everything that is wired to something, as a MultiDiGraph.

    Node attributes (all strings): ``kind``, ``resource`` (AWS id or name), ``name``, ``vpc``.
    Edge attributes (all strings): ``destinations`` (CIDRs, comma separated), ``route`` (``0.0.0.0/0 → nat-…``
    or empty), ``guards`` (``check:resource``, comma separated: what may still drop the traffic),
    ``came_from`` (the side that the link holds for), ``translates`` (``true`` where the source is rewritten).

    A path in this graph is what the wiring allows; whether packets get through is what `Network.path` answers.

    Examples
    --------
    >>> import networkx as nx, reach
    >>> g = reach.demo("vpc-privatepublic").graph
    >>> nx.has_path(g, "orders", "internet")
    True
    """
    import networkx

    out: nx.MultiDiGraph[str] = networkx.MultiDiGraph()
    ends = {end.id: end for end in _residents(network)}
    for sender, name in _senders(network):
        _function_edge(network, out, sender, name)
    todo = [Place(i.subnet, "subnet", i.id) for i, _ in _senders(network)]
    seen: set[Place] = set()
    while todo:
        place = todo.pop()
        if place in seen:
            continue
        seen.add(place)
        for link in _links(network, place, ends):
            _edge(network, out, place, link, ends)
            if link.to.kind != "interface":
                todo.append(link.to)
    for end in ends.values():
        owner = network.things.get(end.of)
        if end.id in out and isinstance(owner, Database | Endpoint):
            _owner_edge(network, out, end, owner)
    return out


def _senders(network: Network) -> list[tuple[Interface, str]]:
    """Every interface that can start traffic, with the node it starts from."""
    names = [f.name for f in network.functions]
    found = [
        (interface, function.name if names.count(function.name) == 1 else function.arn)
        for function in network.functions
        for interface in of_function(network, function)
    ]
    return found + [(i, i.id) for i in network.all(Interface) if i.type not in ("lambda", "nat_gateway", "natgateway")]


def _residents(network: Network) -> Iterator[Interface]:
    """Every interface that traffic can be for: reported ones, and those of databases and endpoints."""
    yield from network.all(Interface)
    for database in network.all(Database):
        for node in (*database.nodes, *database.reader_nodes):
            for subnet in sorted({*(node.now or ()), *(node.robust or ())}):  # today's, and after a failover
                yield from of_node(network, database, node, (subnet,))
    for endpoint in network.all(Endpoint):
        found = of_endpoint(network, endpoint) if endpoint.type.lower() == "interface" else ()
        if not isinstance(found, Gap):
            yield from found


def _links(network: Network, place: Place, ends: dict[str, Interface]) -> Iterator[Link]:
    """All links of a place, whomever the traffic is for."""
    here = [e for e in ends.values() if e.subnet == place.resource] if place.kind == "subnet" else []
    seen: set[tuple[Place, str]] = set()
    for toward in (None, *here):
        for step in (way for found in links(network, place, toward) for way in ways(found)):
            key = (step.to, str(step.covers)) if isinstance(step, Link) else None
            if isinstance(step, Link) and key not in seen and key is not None:
                seen.add(key)
                yield step


def node_of(place: Place) -> str:
    """The node of a place: its resource; a subnet entered from outside is a node of its own."""
    return f"{place.resource}/entry" if place.kind == "subnet" and place.entering else place.resource


def _edge(network: Network, out: nx.MultiDiGraph[str], place: Place, link: Link, ends: dict[str, Interface]) -> None:
    guards = link.guards
    if link.to.kind == "interface" and link.to.resource in ends:
        guards = (*guards, *arrival(network, ends[link.to.resource]))
    for p in (place, link.to):
        _node(
            network,
            out,
            node_of(p),
            "subnet_entry" if p.kind == "subnet" and p.entering else p.kind,
            p.resource,
        )
    attributes = {
        "destinations": ",".join(format_addresses(link.covers)),
        "route": link.because.detail if link.because else "",
        "guards": ",".join(f"{g.check}:{g.resource}" for g in guards),
        "came_from": place.came_from if place.kind != "subnet" else "",
        "translates": "true" if link.translator else "",
    }
    _add(out, node_of(place), node_of(link.to), attributes)


def _function_edge(network: Network, out: nx.MultiDiGraph[str], sender: Interface, name: str) -> None:
    kind = "function" if isinstance(network.things.get(sender.of), Function) else "interface"
    _node(network, out, name, kind, sender.of or sender.id)
    _node(network, out, sender.subnet, "subnet", sender.subnet)
    guards = ",".join(f"{g.check}:{g.resource}" for g in departure(network, sender))
    _add(out, name, sender.subnet, _plain(guards))


def _owner_edge(network: Network, out: nx.MultiDiGraph[str], end: Interface, owner: Database | Endpoint) -> None:
    kind = "interface_endpoint" if isinstance(owner, Endpoint) else owner.hop
    name = owner.id if isinstance(owner, Endpoint) else owner.name
    _node(network, out, name, kind, owner.id)
    _add(out, end.id, name, _plain(""))


def _plain(guards: str) -> dict[str, str]:
    return {"destinations": "", "route": "", "guards": guards, "came_from": "", "translates": ""}


def _node(network: Network, out: nx.MultiDiGraph[str], node: str, kind: str, resource: str) -> None:
    if node in out:
        return
    thing: Any = network.things.get(resource)
    vpc = getattr(thing, "vpc", None) or (thing.id if resource.startswith("vpc-") and thing else "")
    name = getattr(thing, "name", "") or ""
    if isinstance(thing, Subnet) or thing is not None:
        out.add_node(node, kind=kind, resource=resource, name=name, vpc=vpc or "")
    else:
        out.add_node(node, kind=kind, resource=resource, name="", vpc="")


def _add(out: nx.MultiDiGraph[str], a: str, b: str, attributes: dict[str, str]) -> None:
    """One edge per distinct set of attributes."""
    known: dict[Any, Any] = out.get_edge_data(a, b, default={})
    if attributes not in known.values():
        out.add_edge(a, b, **attributes)
