"""Random networks for the laws of the engine: the worlds of `strategies`, furnished further, with holes in the data.

The laws that compare with the naive walk keep to what that walk models; all others also hold here, where
there are peerings, endpoints, caches, names without numbers, IPv6, and things that were not read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from reach.describe import describe
from reach.network import Network
from reach.snapshot import from_document
from tests.journey_parts import Net
from tests.law_holes import DROPPABLE, NAMED, ON_A_PATH, OUTWARD, holes
from tests.law_outward import outward, six
from tests.law_senders import senders
from tests.strategies import Case, cases
from tests.strategies_journey import journeys
from tests.world_firewalls import firewall, gwlbe, stateful, stateless, uses
from tests.world_firewalls import group as rule_group
from tests.world_records import Record
from tests.worlds import World

Furnish = Callable[[st.DrawFn, Case], None]
OTHER_VPC = "10.1.0.0/16"
def network_of(world: World) -> Network:
    """The network of a world, by way of the checked snapshot document."""
    return network_from(world.document())


def network_from(document: Record) -> Network:
    return describe(from_document(document, "world.json"))


# -- more furniture -----------------------------------------------------------------------------------


def _peer(draw: st.DrawFn, case: Case) -> None:
    """Another VPC, peered, with a subnet and an interface of its own, routed to or not."""
    w = case.world
    vpc = w.vpc(OTHER_VPC)
    there = w.subnet(vpc, "10.1.0.0/24")
    pcx = w.peering(case.vpc, vpc, draw(st.sampled_from(("active", "active", "pending-acceptance", "deleted"))))
    for table in draw(_some(_tables(w, case.vpc))):
        w.route(table, OTHER_VPC, pcx)
    for table in draw(_some(_tables(w, vpc))):
        w.route(table, "10.0.0.0/16", pcx)
    group = w.security_group(vpc, [("tcp", 443, draw(st.sampled_from(("10.0.0.0/16", *case.groups))))])
    w.interface(there, None, [group])


def _private_dns(draw: st.DrawFn, case: Case) -> None:
    """An interface endpoint that takes a service's name over."""
    w = case.world
    subnets = sorted({s["SubnetId"] for s in w.collections["Subnets"] if s["VpcId"] == case.vpc})
    chosen = draw(st.lists(st.sampled_from(subnets), min_size=1, max_size=2, unique=True))
    group = w.security_group(case.vpc, [("tcp", draw(st.sampled_from((443, 80))), "10.0.0.0/16")])
    service = draw(st.sampled_from(("secretsmanager", "secretsmanager", "sqs")))
    state = draw(st.sampled_from(("available", "available", "Pending")))
    w.interface_endpoint(case.vpc, service, chosen, [group], state=state)


def _lists(draw: st.DrawFn, case: Case) -> None:
    """A customer's prefix list in a route and in a rule; its entries may not be known."""
    w = case.world
    entries = draw(st.sampled_from((["52.0.0.0/8"], ["93.184.216.0/24", "10.9.0.0/16"], ["0.0.0.0/1"], [])))
    listed = w.prefix_list("partners", entries)
    nat = w.collections["NatGateways"][0]["NatGatewayId"]
    igw = w.collections["InternetGateways"][-1]["InternetGatewayId"]
    for table in draw(_some(_tables(w, case.vpc))):
        w.route(table, listed, draw(st.sampled_from((nat, igw))))
    w.egress(case.groups[0], ("tcp", 443, listed))


def _narrow(draw: st.DrawFn, case: Case) -> None:
    """Rules that name a part of the internet, where a name without a number may or may not lie."""
    w = case.world
    blocks = draw(st.lists(st.sampled_from(("52.0.0.0/8", "0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/8")), min_size=1))
    if draw(st.booleans()):
        w[case.groups[0]]["IpPermissionsEgress"].clear()
    for block in blocks:
        w.egress(case.groups[0], ("tcp", 443, block))
    rules = [(10 + n, draw(st.sampled_from(("allow", "deny"))), "tcp", 443, b) for n, b in enumerate(blocks)]
    sound = (100, draw(st.sampled_from(("allow", "deny"))), "-1", None, "0.0.0.0/0")
    if draw(st.booleans()):
        w.network_acl(case.vpc, [case.subnets[0]], [(100, "allow", "-1", None, "0.0.0.0/0")], [*rules, sound])


def databases(draw: st.DrawFn, case: Case) -> None:
    w = case.world
    subnets = sorted({s["SubnetId"] for s in w.collections["Subnets"] if s["VpcId"] == case.vpc})
    chosen = draw(st.lists(st.sampled_from(subnets), min_size=1, max_size=3, unique=True))
    group = w.security_group(case.vpc, [("tcp", 6379, draw(st.sampled_from(("10.0.0.0/16", *case.groups))))])
    status = draw(st.sampled_from(("available", "available", "deleting", "dreaming")))
    w.replication_group("sessions", chosen, [group], zones=[str(w[chosen[0]]["AvailabilityZone"])], status=status)
    w.serverless_cache("carts", chosen, [group], status=status)
    w.db_cluster("ledger", chosen, [group], zones=[str(w[s]["AvailabilityZone"]) for s in chosen], status=status)
    w.db_proxy("pool", chosen, [group])


def _stale(draw: st.DrawFn, case: Case) -> None:
    """References to a group that is gone, on one port."""
    for group in case.world.collections["SecurityGroups"]:
        for permission in group["IpPermissions"]:
            if permission["UserIdGroupPairs"] and draw(st.booleans()):
                permission["UserIdGroupPairs"][0]["PeeringStatus"] = "deleted"


def _other_targets(draw: st.DrawFn, case: Case) -> None:
    """Routes to what is not modelled, to what is not there, and over IPv6."""
    w = case.world
    for table in draw(_some(_tables(w, case.vpc))):
        target = draw(st.sampled_from(("vgw-00000009", "tgw-00000009", "nat-00000999", "igw-00000999", "eni-00000999")))
        w.route(table, draw(st.sampled_from(("192.168.0.0/16", "52.0.0.0/8"))), target)
        w.route(table, "::/0", "eigw-00000009")


def _asker(draw: st.DrawFn, case: Case) -> None:
    """A function that fails, a VPC of dedicated tenancy or closed to the public, DNS that is off or another."""
    w = case.world
    what = draw(st.sampled_from(("failed", "update", "dedicated", "dns", "custom dns", "public access")))
    if what == "failed":
        w[case.function]["State"] = "Failed"
    if what == "update":
        w[case.function]["LastUpdateStatus"] = "Failed"
    if what == "dedicated":
        w[case.vpc]["InstanceTenancy"] = "dedicated"
    if what == "public access":
        w[case.vpc]["BlockPublicAccessStates"]["InternetGatewayBlockMode"] = "block-bidirectional"
    if what == "dns":
        w.collections["VpcAttributes"][0]["EnableDnsSupport"]["Value"] = False
    if what == "custom dns":
        w.collections["DhcpOptions"][0]["DhcpConfigurations"][1]["Values"] = [{"Value": "10.0.0.53"}]


def _vague_nat(draw: st.DrawFn, case: Case) -> None:
    """A NAT gateway whose address is not credible, or whose kind is not modelled."""
    nat = case.world.collections["NatGateways"][0]
    if draw(st.booleans()):
        nat["NatGatewayAddresses"][0]["PrivateIp"] = "172.31.0.9"
    else:
        nat["AvailabilityMode"] = "regional"


def _dual(draw: st.DrawFn, case: Case) -> None:
    w = case.world
    for subnet in case.subnets:
        w[subnet]["Ipv6CidrBlockAssociationSet"] = [
            {"Ipv6CidrBlock": "2001:db8:1::/64", "Ipv6CidrBlockState": {"State": "associated"}}
        ]
    w[case.function]["VpcConfig"]["Ipv6AllowedForDualStack"] = draw(st.booleans())


def _nat_instance(draw: st.DrawFn, case: Case) -> None:
    """An interface that forwards, or does not, as the target of a route; its instance may be known."""
    w = case.world
    subnets = sorted({s["SubnetId"] for s in w.collections["Subnets"] if s["VpcId"] == case.vpc})
    group = w.security_group(case.vpc, [("tcp", draw(st.sampled_from((443, None))), "10.0.0.0/16")])
    public = draw(st.sampled_from((None, "54.99.0.7")))
    eni = w.interface(draw(st.sampled_from(subnets)), None, [group], public_ip=public, instance="i-00000001",
                      status=draw(st.sampled_from(("in-use", "in-use", "available"))))  # fmt: skip
    w[eni]["SourceDestCheck"] = draw(st.sampled_from((False, False, True)))
    for table in draw(_some(_tables(w, case.vpc))):
        w.route(table, draw(st.sampled_from(("52.0.0.0/8", "93.184.216.0/24"))), eni)
    if draw(st.booleans()):
        state = draw(st.sampled_from(("running", "running", "stopped")))
        w.add("Instances", {"InstanceId": "i-00000001", "State": {"Name": state}})


def _transit(draw: st.DrawFn, case: Case) -> None:
    """A transit gateway between this VPC and another."""
    w = case.world
    vpc = w.vpc("10.2.0.0/16")
    there, beside = (w.subnet(vpc, f"10.2.{n}.0/24", draw(st.sampled_from("abc"))) for n in (0, 1))
    peer = draw(st.sampled_from(("10.0.0.0/16", *case.groups)))
    w.interface(there, None, [w.security_group(vpc, [("tcp", 443, peer)])])
    if draw(st.booleans()):
        w.network_acl(vpc, [beside])
    options = {"SecurityGroupReferencingSupport": draw(st.sampled_from(("enable", "disable")))}
    w.add("TransitGateways", {"TransitGatewayId": "tgw-00000001", "State": "available", "OwnerId": w.account,
                              "Options": options})  # fmt: skip
    routes = []
    feet = draw(st.sampled_from(([there], [beside], [there, beside])))
    sides = ((case.vpc, [case.subnets[0]], "10.0.0.0/16"), (vpc, feet, "10.2.0.0/16"))
    for n, (home, subnets, block) in enumerate(sides):
        id = f"tgw-attach-0000000{n}"
        held = {"TransitGatewayId": "tgw-00000001", "TransitGatewayAttachmentId": id,
                "State": draw(st.sampled_from(("available", "available", "deleting")))}  # fmt: skip
        table = {"TransitGatewayRouteTableId": "tgw-rtb-00000001", "State": "associated"}
        given = draw(st.sampled_from(({}, {"Options": {}}, {"Options": {"ApplianceModeSupport": "enable"}})))
        w.add("TransitGatewayVpcAttachments", {**held, "VpcId": home, "SubnetIds": subnets, **given})
        w.add("TransitGatewayAttachments", {**held, "ResourceType": "vpc", "ResourceId": home, "Association": table})
        ends = [id] if draw(st.sampled_from((True, True, False))) else [id, "tgw-attach-00000009"]
        route = {"DestinationCidrBlock": block, "Type": draw(st.sampled_from(("static", "propagated"))),
                 "State": draw(st.sampled_from(("active", "active", "blackhole", "pending"))),
                 "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": end} for end in ends]}  # fmt: skip
        routes += [route] if draw(st.sampled_from((True, True, False))) else []
    w.add("TransitGatewayRouteTables", {"TransitGatewayRouteTableId": "tgw-rtb-00000001", "State": "available",
                                        "TransitGatewayId": "tgw-00000001"})  # fmt: skip
    w.add("TransitGatewayRoutes", {"TransitGatewayRouteTableId": "tgw-rtb-00000001", "Routes": routes,
                                   "AdditionalRoutesAvailable": draw(st.booleans())})  # fmt: skip
    for table in _tables(w, case.vpc):
        w.route(table, "10.2.0.0/16", "tgw-00000001")
    for table in draw(_some(_tables(w, vpc))):
        w.route(table, "10.0.0.0/16", "tgw-00000001")


def _names(draw: st.DrawFn, case: Case) -> None:
    """A private zone, a forwarding rule and a firewall that may change what public names mean."""
    w = case.world
    zone = {"Id": "/hostedzone/Z0001", "Name": draw(st.sampled_from(("example.com.", "amazonaws.com."))),
            "Config": {"PrivateZone": True}, "VPCs": [{"VPCId": case.vpc, "VPCRegion": w.region}]}  # fmt: skip
    w.add("route53:HostedZones", zone)
    if draw(st.booleans()):
        sets = draw(st.lists(_record, max_size=3))
        w.add("route53:RecordSets", {"HostedZoneId": "Z0001", "ResourceRecordSets": sets})
    if draw(st.booleans()):
        rule = {"Id": "rslvr-rr-1", "RuleType": draw(st.sampled_from(("FORWARD", "SYSTEM"))),
                "DomainName": draw(st.sampled_from((".", "example.com.")))}  # fmt: skip
        w.add("route53resolver:ResolverRules", rule)
        w.add("route53resolver:ResolverRuleAssociations", {"ResolverRuleId": "rslvr-rr-1", "VPCId": case.vpc})
    if draw(st.booleans()):
        group = {"FirewallRuleGroupId": "rslvr-frg-1"}
        w.add("route53resolver:FirewallRuleGroupAssociations", {"VpcId": case.vpc, "Priority": 101, **group})
        for rule in draw(st.lists(_firewall_rule, max_size=3)):
            w.add("route53resolver:FirewallRules", {**rule, **group})
        for list_id, domains in (("rslvr-fdl-1", ["example.com."]), ("rslvr-fdl-2", ["*.amazonaws.com"])):
            w.add("route53resolver:FirewallDomains", {"FirewallDomainListId": list_id, "Domains": domains})


_ways = st.sampled_from((
    {"Type": "A", "ResourceRecords": [{"Value": "10.0.1.9"}]}, {"Type": "A", "ResourceRecords": [{"Value": "8.8.8.8"}]},
    {"Type": "CNAME", "ResourceRecords": [{"Value": "other.example.com"}]}, {"Type": "AAAA"},
    {"Type": "CNAME", "ResourceRecords": [{"Value": "example.com"}]}, {"Type": "NS"},
    {"Type": "A", "AliasTarget": {"HostedZoneId": "Z0001", "DNSName": "other.example.com."}},
    {"Type": "A", "Failover": "PRIMARY", "ResourceRecords": [{"Value": "10.0.1.9"}]},
))  # fmt: skip
_record = st.builds(
    lambda name, way: {"Name": name, **way},
    st.sampled_from(("example.com.", "other.example.com.", "*.amazonaws.com.", "sqs.eu-west-1.amazonaws.com.")),
    _ways,
)
_firewall_rule = st.builds(
    lambda priority, action, listed: {"Priority": priority, "Action": action, "FirewallDomainListId": listed},
    st.integers(1, 5),
    st.sampled_from(("ALLOW", "BLOCK", "ALERT")),
    st.sampled_from(("rslvr-fdl-1", "rslvr-fdl-2", "rslvr-fdl-managed")),
)


def _inspection(draw: st.DrawFn, case: Case) -> None:
    """An appliance, endpoint or firewall in a subnet of its own, to which some tables lead; both ways or not."""
    w = case.world
    igws = [g["InternetGatewayId"] for g in w.collections["InternetGateways"]]
    nat = w.collections["NatGateways"][0]["NatGatewayId"]
    place = w.subnet(case.vpc, "10.0.65.0/24", draw(st.sampled_from("ab")))
    w.route_table(case.vpc, [place], [("0.0.0.0/0", draw(st.sampled_from((igws[-1], igws[-1], nat))))])
    if draw(st.booleans()):
        group = w.security_group(case.vpc, [("tcp", draw(st.sampled_from((443, None))), "10.0.0.0/16")])
        box = w.interface(place, None, [group], public_ip=draw(st.sampled_from((None, "54.99.0.9"))))
        w[box]["SourceDestCheck"] = False
    else:
        box = "vpce-0000000f"
        gwlbe(place, box, State=draw(st.sampled_from(("available", "available", "failed"))))(w)
        if draw(st.booleans()):
            actions, words = st.sampled_from(("PASS", "DROP", "ALERT")), st.sampled_from(("TCP", "IP", "TLS"))
            ends, ports = st.sampled_from(("ANY", "$HOME_NET", "@LIST")), st.sampled_from(("ANY", "443"))
            rules = [(draw(actions), draw(words), draw(ends), "ANY", "ANY", draw(ports)) for _ in range(2)]
            strict = {"StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER"}} if draw(st.booleans()) else {}
            packets = stateless((1, draw(st.sampled_from(("aws:pass", "aws:drop"))), {"Protocols": [17]}))
            held = (rule_group("g", stateful(*rules)), rule_group("s", packets, "STATELESS"))
            firewall(box, groups=held, **uses("Stateful", "g"), **uses("Stateless", "s"), **strict,
                     StatefulDefaultActions=draw(st.sampled_from(([], ["aws:drop_strict"]))))(w)  # fmt: skip
    blocks = [s["CidrBlock"] for s in w.collections["Subnets"] if s["VpcId"] == case.vpc]
    for table in draw(_some(_tables(w, case.vpc))):
        w.route(table, draw(st.sampled_from(("0.0.0.0/0", *blocks))), box)
    if draw(st.booleans()):
        w.route_table(case.vpc, [], [(draw(st.sampled_from(blocks)), box)], gateway=igws[-1])


FURNITURE: tuple[Furnish, ...] = (
    _peer, _private_dns, _lists, _narrow, databases, _stale, _other_targets, _asker, _vague_nat, _dual,
    _nat_instance, _inspection, _transit, _names, outward, six, senders,
)  # fmt: skip


def _some(found: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(found), max_size=2, unique=True)


def _tables(w: World, vpc: str) -> list[str]:
    return [t["RouteTableId"] for t in w.collections["RouteTables"] if t["VpcId"] == vpc]


@st.composite
def furnished(draw: st.DrawFn, *always: Furnish) -> Case:
    """A world with up to three more things in it besides those that are asked for, all of it read."""
    case = draw(cases(max_twists=2, interfaces=draw(st.booleans())))
    chosen = draw(st.lists(st.sampled_from(FURNITURE), max_size=3, unique=True))
    for furnish in dict.fromkeys((*always, *chosen)):
        case.twists.append(furnish.__name__)
        furnish(draw, case)
    return case


# -- not read whole, or of several VPCs ----------------------------------------------------------------


@st.composite
def documents(draw: st.DrawFn, *always: Furnish) -> Record:
    """A furnished world's snapshot document, with or without holes."""
    document: Record = draw(furnished(*always)).document()
    keys = (*ON_A_PATH, *OUTWARD, *NAMED, "VpcAttributes", "DhcpOptions", "ManagedPrefixListEntries", "PrefixLists")
    return draw(holes(document, keys)) if draw(st.booleans()) else document


def networks(*always: Furnish) -> st.SearchStrategy[Network]:
    """Any network, perhaps not read whole: a furnished world, or several VPCs if nothing is asked for in it."""
    one = documents(*always).map(network_from)
    return one if always else one | journeys().flatmap(_of_several).map(network_from)


def _of_several(net: Net) -> st.SearchStrategy[Record]:
    document = net.w.document()
    return st.just(document) | holes(document, (*DROPPABLE, "TransitGatewayPeeringAttachments"))


def one_of(draw: st.DrawFn, found: Any) -> Any:
    return draw(st.sampled_from(list(found)))
