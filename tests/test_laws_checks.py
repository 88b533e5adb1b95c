"""Laws of every check: its findings partition the flow, and asking about a part gives that part of the findings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from reach.answer import Finding, Verdict
from reach.checks import CHECKS
from reach.checks.attachment import KINDS
from reach.checks.guard import Guard
from reach.flow import Flow
from reach.network import (
    Attachment,
    Database,
    Endpoint,
    Function,
    GroupRule,
    Home,
    Interface,
    InternetGateway,
    NatGateway,
    Network,
    Peering,
    RouteTable,
    SecurityGroup,
    Subnet,
    TransitGateway,
    Vpc,
    VpnGateway,
)
from reach.network.domains import HostedZone, ResolverRule
from reach.network.senders import Workload
from reach.placement import of_endpoint, of_function, of_nat, of_node
from reach.traffic import (
    ANY_PORT,
    ANY_PROTOCOL,
    EPHEMERAL,
    ICMP,
    IPV4,
    IPV6,
    LINE,
    NAMES,
    TCP,
    UDP,
    Box,
    Ranges,
    Traffic,
    cidr,
    name_point,
    public_v4,
    union,
)
from tests import law_worlds
from tests.law_senders import senders

HOME = Home("123456789012", "eu-west-1")
PROTOCOLS = (
    *(Ranges.of(TCP), Ranges.of(TCP), Ranges.of(UDP), Ranges.of(TCP, UDP)),
    *(Ranges.of(ICMP), Ranges.of(47), ANY_PROTOCOL),
)
PORTS = (
    *(ANY_PORT, EPHEMERAL, Ranges.of(443), Ranges.of(80, 443, 5432), Ranges.of((1024, 32767))),
    *(Ranges.of((0, 1023)), Ranges.of(6379), Ranges.of((32768, 65535)), Ranges.of(8 * 256)),
)
BLOCKS = (
    *("10.0.0.0/8", "10.0.0.0/16", "10.1.0.0/16", "10.0.1.0/24", "10.0.2.4/32", "52.0.0.0/8", "0.0.0.0/1"),
    *("93.184.216.34/32", "93.184.216.0/24", "172.16.0.0/12", "100.64.0.0/10", "2001:db8::/32", "128.0.0.0/1"),
)
ADDRESSES = (
    *(LINE, IPV4, IPV6, NAMES, public_v4(), public_v4() | NAMES, name_point("s3@eu-west-1"), name_point("x.example")),
    *map(cidr, BLOCKS),
)


# -- flows --------------------------------------------------------------------------------------------


def interfaces(network: Network) -> list[Interface]:
    """Real ones, those that functions, databases, endpoints and NAT gateways will have, and odd ones."""
    out = list(network.all(Interface))
    out += [i for f in network.functions for i in of_function(network, f)]
    out += [i for n in network.all(NatGateway) if (i := of_nat(network, n)) is not None]
    for endpoint in network.all(Endpoint):
        found = of_endpoint(network, endpoint)
        out += list(found) if isinstance(found, tuple) else []
    for database in network.all(Database):
        out += [i for node in database.nodes for i in of_node(network, database, node, node.now or ())]
    odd = Interface(id="eni-odd", home=HOME, subnet="subnet-odd", vpc="vpc-odd", addresses=cidr("10.0.1.9"))
    groups = tuple(g.id for g in network.all(SecurityGroup))[:2]
    out += [odd, replace(odd, groups=None), replace(odd, groups=(*groups, "sg-gone"))]
    return [*out, replace(odd, groups=groups)]


@st.composite
def boxes(draw: st.DrawFn, more: int) -> Box:
    """A box with the five axes of a header and those of `more` translators."""
    axes = [draw(st.sampled_from(pool)) for pool in (PROTOCOLS, ADDRESSES, PORTS, ADDRESSES, PORTS)]
    for _ in range(more):
        axes += [draw(st.sampled_from(ADDRESSES[8:12])), draw(st.sampled_from(PORTS))]
    return tuple(axes)


def traffic(more: int) -> st.SearchStrategy[Traffic]:
    return st.lists(boxes(more), min_size=1, max_size=3).map(lambda found: Traffic.of(*found))


def crossings(network: Network) -> st.SearchStrategy[tuple[str, ...]]:
    """Peerings and transit gateways on the way, that are in the data or not."""
    ids = [t.id for kind in (Peering, TransitGateway) for t in network.all(kind)]
    return st.just(()) | st.lists(st.sampled_from([*ids, "pcx-gone", "tgw-gone"]), max_size=2).map(tuple)


@st.composite
def flows(draw: st.DrawFn, network: Network) -> Flow:
    """Traffic on its way there, behind a translator, or coming back."""
    known = st.sampled_from(interfaces(network))
    flow = Flow(draw(traffic(0)), draw(known), draw(st.none() | known), crossed=draw(crossings(network)))
    if draw(st.booleans()):
        flow = flow.inspected_by(draw(known).id)
    if draw(st.booleans()):
        flow = flow.translated(draw(known), EPHEMERAL)
    if flow and draw(st.booleans()):
        flow = flow.reply()
        if flow.translations and draw(st.booleans()):
            flow = flow.undone()
    return flow


# -- guards -------------------------------------------------------------------------------------------


def _ids(network: Network, kind: type, *more: str) -> list[str]:
    """Things of the right kind, one that is not there, one of the wrong kind."""
    other = [v.id for v in network.vpcs][:1]
    return [t.id for t in network.all(kind)] * 3 + [*more, *other, "nonsense"]


def _plain(check: str, kind: type, hop: str, *gone: str) -> Callable[[Network], st.SearchStrategy[Guard]]:
    """Guards of which the resource says all."""

    def make(network: Network) -> st.SearchStrategy[Guard]:
        peers = [t.id for kind in (Vpc, Subnet, TransitGateway) for t in network.all(kind)]
        peers += [t.id for t in network.all(Peering)]
        peers += ["vpc-gone", "subnet-gone", "rtb-00000001"]
        ids = st.sampled_from(_ids(network, kind, *gone))
        return st.builds(lambda id, peer: Guard(check, id, hop, peer=peer), ids, st.sampled_from(peers))

    return make


def _firewall(network: Network) -> st.SearchStrategy[Guard]:
    """A query of one of the VPCs for a name that rules may be about."""
    vpcs = st.sampled_from(_ids(network, Vpc, "vpc-gone"))
    names = st.sampled_from(("example.com", "api.example.com", "sqs.eu-west-1.amazonaws.com"))
    return st.builds(lambda vpc, name, type: Guard("dns_firewall", vpc, "dns", peer=name, side=type),
                     vpcs, names, st.sampled_from(("A", "AAAA")))  # fmt: skip


def _groups(check: str) -> Callable[[Network], st.SearchStrategy[Guard]]:
    def make(network: Network) -> st.SearchStrategy[Guard]:
        known = st.sampled_from(interfaces(network))
        return known.map(lambda i: Guard(check, i.id, "security_group", i))

    return make


def _acl(network: Network) -> st.SearchStrategy[Guard]:
    ids = st.sampled_from(_ids(network, Subnet, "subnet-gone"))
    return st.builds(
        lambda id, side: Guard("acl", id, "network_acl", side=side), ids, st.sampled_from(("inbound", "outbound"))
    )


def _subnets(check: str) -> Callable[[Network], st.SearchStrategy[Guard]]:
    def make(network: Network) -> st.SearchStrategy[Guard]:
        return st.sampled_from(_ids(network, Subnet, "subnet-gone")).map(lambda id: Guard(check, id, "subnet", peer=id))

    return make


def _attachment(network: Network) -> st.SearchStrategy[Guard]:
    ids = st.sampled_from(_ids(network, Function))
    kinds = st.sampled_from(tuple(KINDS))
    return st.builds(lambda id, kind: Guard("attachment", id, "function", side=kind), ids, kinds)


GUARDS: dict[str, Callable[[Network], st.SearchStrategy[Guard]]] = {
    "function_state": _plain("function_state", Function, "function"),
    "tenancy": _plain("tenancy", Vpc, "function", "vpc-gone"),
    "function_protocol": _plain("function_protocol", Function, "function"),
    "function_inbound": _plain("function_inbound", Interface, "interface"),
    "ipv6": _plain("ipv6", Function, "function"),
    "public_access": _plain("public_access", InternetGateway, "internet_gateway", "igw-gone"),
    "no_ipv6": _plain("no_ipv6", Interface, "interface"),
    "no_ipv4": _plain("no_ipv4", Interface, "interface"),
    "ipv6_source": _plain("ipv6_source", InternetGateway, "internet_gateway", "eigw-gone"),
    "forwarded": _plain("forwarded", ResolverRule, "dns", "rslvr-rr-gone"),
    "hidden": _plain("hidden", HostedZone, "dns", "Z0GONE"),
    "dns_firewall": _firewall,
    "servers_unreachable": _plain("servers_unreachable", Vpc, "dns", "vpc-gone"),
    "resolver": _plain("resolver", Vpc, "dns", "vpc-gone"),
    "egress": _groups("egress"),
    "ingress": _groups("ingress"),
    "acl": _acl,
    "nat_state": _plain("nat_state", NatGateway, "nat_gateway", "nat-gone"),
    "nat_traffic": _plain("nat_traffic", NatGateway, "nat_gateway", "nat-gone"),
    "nat_zone": _plain("nat_zone", NatGateway, "nat_gateway", "nat-gone"),
    "vgw_attached": _plain("vgw_attached", VpnGateway, "virtual_private_gateway", "vgw-gone"),
    "vgw_source": _plain("vgw_source", VpnGateway, "virtual_private_gateway", "vgw-gone"),
    "igw_attached": _plain("igw_attached", InternetGateway, "internet_gateway", "igw-gone"),
    "appliance_state": _plain("appliance_state", Interface, "nat_instance", "eni-gone"),
    "appliance_forwards": _plain("appliance_forwards", Interface, "nat_instance", "eni-gone"),
    "appliance_ingress": _groups("appliance_ingress"),
    "gwlb_zone": _plain("gwlb_zone", Endpoint, "gateway_load_balancer_endpoint", "vpce-gone"),
    "firewall_state": _plain("firewall_state", Endpoint, "network_firewall", "vpce-gone"),
    "inspected_request": _plain("inspected_request", Endpoint, "network_firewall", "vpce-gone"),
    "inspected_reply": _plain("inspected_reply", Endpoint, "network_firewall", "vpce-gone"),
    "request_seen": _plain("request_seen", Interface, "nat_instance", "eni-gone"),
    "reply_seen": _plain("reply_seen", Interface, "interface", "eni-gone"),
    "middlebox_subnet": _plain("middlebox_subnet", Interface, "nat_instance", "eni-gone"),
    "ingress_target": _plain("ingress_target", Interface, "nat_instance", "eni-gone"),
    "transit_state": _plain("transit_state", Attachment, "transit_gateway_attachment", "tgw-attach-gone"),
    "same_way_back": _plain("same_way_back", RouteTable, "route_table", "rtb-gone"),
    "transit_ipv6": _plain("transit_ipv6", Attachment, "transit_gateway_attachment", "tgw-attach-gone"),
    "transit_symmetry": _plain("transit_symmetry", Attachment, "transit_gateway_attachment", "tgw-attach-gone"),
    "transit_zone": _plain("transit_zone", Attachment, "transit_gateway_attachment", "tgw-attach-gone"),
    "igw_source": _plain("igw_source", InternetGateway, "internet_gateway", "igw-gone"),
    "igw_destination": _plain("igw_destination", InternetGateway, "internet_gateway", "igw-gone"),
    "peering_state": _plain("peering_state", Peering, "vpc_peering_connection", "pcx-gone"),
    "peering_addresses": _plain("peering_addresses", Peering, "vpc_peering_connection", "pcx-gone"),
    "endpoint_unread": _groups("endpoint_unread"),
    "endpoint_state": _plain("endpoint_state", Endpoint, "gateway_endpoint", "vpce-gone"),
    "gateway_endpoint_traffic": _plain("gateway_endpoint_traffic", Endpoint, "gateway_endpoint", "vpce-gone"),
    "peering_encryption": _plain("peering_encryption", Peering, "vpc_peering_connection", "pcx-gone"),
    "inspected_encryption": _plain("inspected_encryption", Endpoint, "network_firewall", "vpce-gone"),
    "zone_encryption": _subnets("zone_encryption"),
    "never_opens": _groups("never_opens"),
    "attachment": _attachment,
    "isolation": _plain("isolation", Workload, "interface"),
    "mount_target": _plain("mount_target", Database, "file_system"),
    "way_back": _plain("way_back", Subnet, "route_table", "subnet-gone"),
    "database_state": _plain("database_state", Database, "database"),
}


# What a world has to hold for a check to say more than that it has no objection.
NEEDS_SENDERS = ("attachment", "isolation", "inspected_encryption", "peering_encryption", "zone_encryption")
WORLDS = dict.fromkeys(NEEDS_SENDERS, (senders,))


def test_every_check_of_the_table_is_held_to_the_laws() -> None:
    assert set(GUARDS) == set(CHECKS)


# -- laws ---------------------------------------------------------------------------------------------


def _question(data: st.DataObject, check: str) -> tuple[Network, Guard, Flow]:
    network = data.draw(law_worlds.networks(*WORLDS.get(check, ())))
    return network, data.draw(GUARDS[check](network)), data.draw(flows(network))


@pytest.mark.parametrize("check", sorted(CHECKS))
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_findings_partition_the_flow_and_say_why(check: str, data: st.DataObject) -> None:
    network, guard, flow = _question(data, check)
    findings = CHECKS[check](network, guard, flow)
    partitions(findings, flow)
    for finding in findings:
        event(f"{finding.verdict} {finding.code}")
        assert finding.verdict is not Verdict.PARTIAL, "a finding is about packets that share one fate"
        assert (finding.reason is None) == (finding.verdict is Verdict.REACHABLE)
        assert finding.resource
        if finding.verdict is not Verdict.REACHABLE:
            assert finding.why
            assert finding.fix
        assert bool(finding.needs) == (finding.verdict is Verdict.UNKNOWN)


@pytest.mark.parametrize("check", sorted(CHECKS))
@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_a_part_of_the_flow_gets_its_part_of_the_findings(check: str, data: st.DataObject) -> None:
    network, guard, flow = _question(data, check)
    translators = (len(flow.traffic.boxes[0]) - 5) // 2 if flow else 0
    part = flow.of(flow.traffic & data.draw(traffic(translators)))
    whole, mine = CHECKS[check](network, guard, flow), CHECKS[check](network, guard, part)
    partitions(mine, part)
    for what in {(f.verdict, f.code) for f in (*whole, *mine)}:
        expected = _said(whole, what) & part.traffic
        event(f"{what} {bool(expected)}")
        assert _said(mine, what).same(expected), (check, what)


def test_two_ports_of_which_one_has_a_stale_rule_get_two_codes() -> None:
    """The code belongs to the packet: what else is asked in the same flow does not change it."""
    here = Interface(id="eni-1", home=HOME, subnet="s", vpc="v", addresses=cidr("10.0.0.5"), groups=("sg-1",))
    rule = GroupRule("IpPermissions[0]", Ranges.of(TCP), Ranges.of(443), stale_groups=("sg-gone",))
    group = SecurityGroup(id="sg-1", home=HOME, vpc="v", ingress=(rule,), egress=())
    network = Network(things={"sg-1": group}, homes=(HOME,))
    box = (Ranges.of(TCP), cidr("10.0.0.9"), EPHEMERAL, cidr("10.0.0.5"), Ranges.of(443, 5432))
    found = CHECKS["ingress"](network, Guard("ingress", "eni-1", "security_group", here), Flow(Traffic((box,)), here))
    by_port = {port: f.code for f in found for port in (443, 5432) if port in f.traffic.along(4)}
    assert by_port == {443: "STALE_SG_REFERENCE", 5432: "ENI_SG_RULES_MISMATCH"}


def partitions(findings: tuple[Finding, ...], flow: Flow) -> None:
    """Disjoint, and together the whole flow."""
    for n, one in enumerate(findings):
        for other in findings[n + 1 :]:
            assert not one.traffic & other.traffic, (one.code, other.code)
    assert union(f.traffic for f in findings).same(flow.traffic), "something got lost or was made up"


def _said(findings: tuple[Finding, ...], what: tuple[Verdict, str | None]) -> Traffic:
    return union(f.traffic for f in findings if (f.verdict, f.code) == what)
