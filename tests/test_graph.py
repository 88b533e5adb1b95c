"""The graph: documented attributes, exactly the links that trace follows, and networkx's own algorithms work on it."""

from __future__ import annotations

import json
import re
from io import BytesIO
from pathlib import Path

import networkx as nx
import pytest

import reach
from reach import trace
from reach.answer import Direction
from reach.graph import node_of
from reach.links import links
from reach.links.steps import Link, Place, Step
from reach.network import Interface, Network
from reach.traffic import format_addresses
from tests.worlds import World

GRAPHS = Path(__file__).resolve().parent.parent / "graphs"
DOCUMENTED = (Path(__file__).resolve().parent.parent / "docs" / "graph.md").read_text().partition("\nKinds: ")[2]
KINDS = set(re.findall(r"`(\w+)`", DOCUMENTED.partition("\n\n")[0]))
TARGETS = ("internet", "s3", "dynamodb", "secretsmanager", "rds:orders-db", "10.0.0.9:443", "10.9.1.4:22")


def rich_world() -> Network:
    """A function, a NAT gateway, endpoints of both kinds, a database, a peered VPC."""
    w = World()
    vpc, peer = w.vpc("10.0.0.0/16"), w.vpc("10.9.0.0/16")
    pcx = w.peering(vpc, peer)
    private, public, data = (
        w.subnet(vpc, cidr, az=az) for cidr, az in (("10.0.1.0/24", "a"), ("10.0.0.0/24", "a"), ("10.0.2.0/24", "b"))
    )
    far = w.subnet(peer, "10.9.1.0/24")
    w.route(w.main_table(peer), "10.0.0.0/16", pcx)
    igw, nat = w.internet_gateway(vpc), w.nat_gateway(public)
    own = w.route_table(vpc, subnets=[private], routes=[("0.0.0.0/0", nat), ("10.9.0.0/16", pcx)])
    w.route_table(vpc, subnets=[public], routes=[("0.0.0.0/0", igw)])
    group = w.security_group(vpc)
    inside = w.security_group(vpc, ingress=[("tcp", 5432, group), ("tcp", 443, group)])
    w.function("orders", [private], [group])
    w.function("mixed", [private, public], [group])
    w.db_instance("orders-db", [private, data], [inside], az="a", port=5432, engine="postgres")
    w.gateway_endpoint(vpc, "s3", [own])
    w.interface_endpoint(vpc, "secretsmanager", [private, data], [inside], private_dns=True)
    w.interface(far, "10.9.1.4", [w.default_group(peer)])
    from reach.describe import describe
    from reach.snapshot import parse

    return describe(parse(json.dumps(w.document()), "world"))


def networks() -> list[Network]:
    snapshots = sorted(GRAPHS.glob("*/snapshot.json"))
    return [rich_world(), *(reach.load(s) for s in snapshots)]


@pytest.mark.parametrize("network", networks())
def test_nodes_and_edges_have_the_documented_attributes(network: Network) -> None:
    graph = network.graph
    assert graph.number_of_edges() > 3
    for node, attributes in graph.nodes(data=True):
        assert set(attributes) == {"kind", "resource", "name", "vpc"}, node
        assert attributes["kind"] in KINDS
    for _, _, attributes in graph.edges(data=True):
        assert set(attributes) == {"destinations", "route", "guards", "came_from", "translates"}


@pytest.mark.parametrize("network", networks())
def test_trace_follows_only_links_of_the_graph(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    followed: list[tuple[Place, Link]] = []

    def recording(network: Network, place: Place, toward: Interface | None) -> tuple[Step, ...]:
        steps = links(network, place, toward)
        followed.extend((place, s) for s in steps if isinstance(s, Link) and place.direction is Direction.FORWARD)
        return steps

    monkeypatch.setattr(trace, "links", recording)
    graph = network.graph
    for function in network.functions:
        for target in TARGETS:
            try:
                network.path(function.name, target)
            except reach.QuestionError:
                continue  # this network has no such database
    assert followed or "route_table" not in {kind for _, kind in graph.nodes(data="kind")}  # no route was read at all
    for place, link in followed:
        found = graph.get_edge_data(node_of(place), node_of(link.to), default={}).values()
        covers = ",".join(format_addresses(link.covers))
        assert covers in {edge["destinations"] for edge in found}, (place, link.to)


def test_every_edge_is_a_link_or_an_ownership() -> None:
    """The other way round: nothing in the graph is made up."""
    network = rich_world()
    graph = network.graph
    for a, b, edge in graph.edges(data=True):
        kind, end = graph.nodes[a]["kind"], graph.nodes[b]["kind"]
        if kind == "function" or end in ("database", "cache", "interface_endpoint"):
            continue  # a function's own interface; what an interface belongs to
        if kind == "interface":
            assert end == "subnet"
            continue
        place = Place(graph.nodes[a]["resource"], kind.removesuffix("_entry"), edge["came_from"],
                      entering=kind == "subnet_entry")  # fmt: skip
        residents = [None, *(r for r in ends(network) if r.subnet == place.resource)]
        steps = [s for r in residents for s in links(network, place, r) if isinstance(s, Link)]
        assert (b, edge["destinations"]) in {(node_of(s.to), ",".join(format_addresses(s.covers))) for s in steps}


def ends(network: Network) -> list[Interface]:
    from reach.graph import _residents

    return list(_residents(network))


def test_networkx_algorithms_answer_questions() -> None:
    graph = rich_world().graph
    assert nx.has_path(graph, "orders", "internet")
    assert nx.has_path(graph, "orders", "orders-db")
    path = nx.shortest_path(graph, "orders", "internet")
    assert [graph.nodes[n]["kind"] for n in path] == [
        *("function", "subnet", "route_table", "nat_gateway", "subnet", "route_table", "internet_gateway", "internet")
    ]
    assert {n for n in nx.descendants(graph, "orders") if n.startswith("pcx-")}


@pytest.mark.parametrize("network", networks())
def test_it_survives_graphml_and_node_link_json(network: Network) -> None:
    graph = network.graph
    buffer = BytesIO()
    nx.write_graphml(graph, buffer)
    buffer.seek(0)
    again = nx.read_graphml(buffer, force_multigraph=True)
    assert dict(again.nodes(data=True)) == dict(graph.nodes(data=True))
    assert again.number_of_edges() == graph.number_of_edges()
    data = json.loads(json.dumps(nx.node_link_data(graph, edges="edges")))
    assert nx.utils.graphs_equal(nx.node_link_graph(data, edges="edges"), graph)
