"""Random small worlds and packets, drawn so that delivered, blocked and partly delivered all happen often.

A world starts sound (private subnets behind a NAT gateway, open groups and ACLs) and then suffers a few
changes, each of which a person could have made. Nothing is drawn that the naive walk does not model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from hypothesis import strategies as st

from tests.naive import Goal, Packet, Source
from tests.world_members import AclRule, Ports, Route, Rule, regional_nat
from tests.world_records import Record
from tests.worlds import World

VPC_CIDR = "10.0.0.0/16"
SUBNETS = ("10.0.0.0/24", "10.0.1.0/24", "10.0.2.0/24", "10.0.2.0/25", "10.0.3.0/28", "10.0.128.0/17")
# Ranges that overlap each other, whole and in part; none covers special-purpose addresses in part.
PUBLIC_CIDRS = (
    "0.0.0.0/0",
    "0.0.0.0/1",
    "52.0.0.0/8",
    "52.218.0.0/16",
    "52.218.0.0/18",
    "93.184.216.0/24",
    "93.184.216.34/32",
    "128.0.0.0/1",
)
PEER_CIDRS = (
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.0.0.0/16",
    "10.0.0.0/24",
    "10.0.1.0/24",
    "10.0.2.0/23",
    "10.0.2.4/32",
    "52.0.0.0/8",
    "52.218.0.0/17",
    "93.184.216.34/32",
    "192.168.0.0/16",
)
HOSTS = (
    "8.8.8.8",
    "52.0.0.0",
    "52.218.0.1",
    "52.218.127.255",
    "52.218.128.0",
    "52.94.24.9",
    "93.184.216.34",
    "93.184.216.35",
    "127.255.255.255",
    "128.0.0.0",
    "223.255.255.255",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "10.0.77.7",
    "10.9.0.1",
)
SPECIAL = [IPv4Network(cidr) for cidr in ("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3")]
PORTS = (22, 80, 443, 1024, 5432, 6379, 32768, 65535)
RANGES: tuple[Ports, ...] = (
    None,
    443,
    5432,
    (0, 65535),
    (1, 1023),
    (443, 5432),
    (1024, 65535),
    (32768, 65535),
    (1024, 32767),
)


@dataclass(frozen=True)
class Case:
    """One drawn world: a function in `subnets` with `groups`, and the interfaces it may want to reach."""

    world: World
    vpc: str
    function: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    goals: dict[str, Goal]  # by address
    database: str | None = None
    twists: list[str] = field(default_factory=list)

    def document(self) -> Record:
        """Return the snapshot document."""
        return self.world.document()


@st.composite
def cases(draw: st.DrawFn, *, max_twists: int = 4, interfaces: bool = True, last: tuple[str, ...] = ()) -> Case:
    """Draw a world; with `interfaces=False` its database has no interface, only a subnet group.

    `last` are twists that it has in any case.
    """
    w = World()
    vpc = w.vpc(VPC_CIDR)
    if draw(st.booleans()):
        other = w.vpc(VPC_CIDR)
        w.route_table(other, [w.subnet(other, "10.0.1.0/24")], [("0.0.0.0/0", w.internet_gateway(other))])
    cidrs = _disjoint(draw(st.lists(st.sampled_from(SUBNETS), min_size=1, max_size=4, unique=True)))
    subnets = [w.subnet(vpc, cidr, draw(st.sampled_from("ab"))) for cidr in cidrs]
    public = w.subnet(vpc, "10.0.64.0/24")
    igw, nat = w.internet_gateway(vpc), w.nat_gateway(public)
    w.route_table(vpc, [public], [("0.0.0.0/0", igw)])
    private = w.route_table(vpc, main=True, routes=[("0.0.0.0/0", nat)])
    sg = w.security_group(vpc)
    dbsg = w.security_group(vpc, [("tcp", 5432, sg)])
    attached = tuple(draw(st.permutations(subnets))[: draw(st.sampled_from((1, 2, 2)))])
    home = draw(st.sampled_from([*subnets, public]))
    database = w.db_instance("orders-db", [home], [dbsg], eni=interfaces)
    goals = {
        w.address(e["NetworkInterfaceId"]): Goal(home, (dbsg,))
        for e in w.collections["NetworkInterfaces"]
        if e["Description"] == "RDSNetworkInterface"
    }
    if not interfaces:
        goals[str(IPv4Network(w[home]["CidrBlock"])[10])] = Goal(home, (dbsg,))
    case = Case(w, vpc, "orders", attached, (sg,), goals, database)
    tools = _Tools(case, [*subnets, public], public, igw, nat, private, sg, dbsg)
    for name in (*draw(st.lists(st.sampled_from(sorted(TWISTS)), min_size=1, max_size=max_twists)), *last):
        case.twists.append(name)
        TWISTS[name](draw, tools)
    w.function("orders", attached, [sg])
    return case


def sources(case: Case) -> st.SearchStrategy[Source]:
    """Draw a sender: an address of one of the function's subnets, and a source port."""

    def at(subnet: str) -> st.SearchStrategy[Source]:
        taken = {IPv4Address(e["PrivateIpAddress"]) for e in case.world.collections["NetworkInterfaces"]}
        net = IPv4Network(case.world[subnet]["CidrBlock"])
        free = [a for a in (*list(net)[4:12], net[-3], net[-2]) if a not in taken and str(a) not in case.goals]
        return st.builds(
            Source,
            st.just(subnet),
            st.just(case.groups),
            st.sampled_from(free).map(str),
            st.sampled_from((1024, 2048, 32767, 32768, 50000, 65535)),
            st.just("function"),
        )

    return st.sampled_from(case.subnets).flatmap(at)


def packets(case: Case) -> st.SearchStrategy[Packet]:
    """Draw a packet for an address and a port where the world's rules begin or end."""
    data = case.world.collections
    cidrs = {
        r["CidrIp"]
        for g in data["SecurityGroups"]
        for key in ("IpPermissions", "IpPermissionsEgress")
        for p in g[key]
        for r in p["IpRanges"]
    }
    cidrs |= {e["CidrBlock"] for acl in data["NetworkAcls"] for e in acl["Entries"]}
    cidrs |= {
        r["DestinationCidrBlock"] for t in data["RouteTables"] for r in t["Routes"] if "DestinationCidrBlock" in r
    }
    cidrs |= {e["Cidr"] for known in data["ManagedPrefixListEntries"] for e in known["Entries"]}
    edges = {net[i] + step for net in map(IPv4Network, cidrs) for i, step in ((0, 0), (-1, 0))}
    edges |= {net[-1] + 1 for net in map(IPv4Network, cidrs) if int(net[-1]) < 2**32 - 1}
    asked = in_scope(case)
    usable = sorted(str(address) for address in edges if asked(address))
    near = [address for address in HOSTS if asked(IPv4Address(address))]
    favourite, odd = st.sampled_from((443, 5432)), st.one_of(st.sampled_from(PORTS), st.integers(1, 65535))
    protocol = st.sampled_from(("tcp", "tcp", "tcp", "udp"))
    away = st.builds(Packet, protocol, st.sampled_from(near + usable), favourite | favourite | odd)
    public = st.builds(Packet, protocol, st.sampled_from(near[:8]), favourite | odd)
    inside = st.builds(Packet, st.just("tcp"), st.sampled_from(sorted(case.goals)), st.just(5432) | favourite | odd)
    return st.one_of(away, public, inside)


def in_scope(case: Case) -> Callable[[IPv4Address], bool]:
    """Return whether the naive walk can be asked for an address."""
    enis = case.world.collections["NetworkInterfaces"]
    nets = [IPv4Network(s["CidrBlock"]) for s in case.world.collections["Subnets"]]
    refused = {e["Association"]["PublicIp"] for e in enis if "Association" in e}
    refused |= {e["PrivateIpAddress"] for e in enis if e["InterfaceType"] in ("nat_gateway", "lambda")}
    refused |= {str(net[i]) for net in nets for i in (0, 1, 2, 3, -1)} | {str(IPv4Network(VPC_CIDR)[2])}
    return lambda address: str(address) not in refused and not any(address in net for net in SPECIAL)


nat_ports = st.sampled_from((1024, 2048, 32767, 32768, 65535))


# -- twists: what a person might have done to the sound network ------------------------------------


@dataclass
class _Tools:
    case: Case
    subnets: list[str]
    public: str
    igw: str
    nat: str
    private: str
    sg: str
    dbsg: str

    @property
    def w(self) -> World:
        return self.case.world


def _disjoint(cidrs: list[str]) -> list[str]:
    """Leave out a CIDR that overlaps one before it."""
    kept: list[str] = []
    for cidr in cidrs:
        if not any(IPv4Network(cidr).overlaps(IPv4Network(other)) for other in kept):
            kept.append(cidr)
    return kept


def _rule(draw: st.DrawFn, t: _Tools) -> Rule:
    lists = [record["PrefixListId"] for record in t.w.collections["ManagedPrefixLists"]]
    peer = draw(
        st.one_of(
            st.sampled_from(PEER_CIDRS[:3]),
            st.sampled_from(PEER_CIDRS),
            st.sampled_from([t.sg, t.dbsg, "self", *lists]),
        )
    )
    protocol = draw(st.sampled_from(("tcp", "tcp", "tcp", "udp", "-1", "6")))
    return protocol, draw(st.sampled_from(RANGES)), peer


def _acl_rules(draw: st.DrawFn, *, friendly: bool) -> list[AclRule]:
    """Draw entries in random order; a friendly list ends by allowing everything."""
    numbers = draw(st.lists(st.integers(1, 200), max_size=3, unique=True))
    action = st.sampled_from(("deny", "deny", "allow") if friendly else ("allow", "allow", "deny"))
    rules: list[AclRule] = [
        (
            number,
            draw(action),
            draw(st.sampled_from(("tcp", "tcp", "udp", "-1"))),
            draw(st.sampled_from(RANGES)),
            draw(st.sampled_from(PEER_CIDRS)),
        )
        for number in numbers
    ]
    return [*rules, (300, "allow", "-1", None, "0.0.0.0/0")] if friendly else rules


def _acl(draw: st.DrawFn, t: _Tools) -> None:
    friendly = draw(st.sampled_from((True, True, False)))
    side = draw(st.sampled_from(("in", "out", "both")))
    sound: list[AclRule] = [(100, "allow", "-1", None, "0.0.0.0/0")]
    inbound = sound if side == "out" else _acl_rules(draw, friendly=friendly)
    outbound = sound if side == "in" else _acl_rules(draw, friendly=friendly)
    t.w.network_acl(t.case.vpc, [draw(st.sampled_from(t.subnets))], inbound, outbound)


def _group(draw: st.DrawFn, t: _Tools) -> None:
    group, direction = draw(st.sampled_from(((t.sg, "IpPermissionsEgress"), (t.dbsg, "IpPermissions"))))
    t.w[group][direction].clear()
    for rule in draw(st.lists(_rules(t), min_size=draw(st.sampled_from((0, 1, 1, 1))), max_size=3)):
        (t.w.egress if direction == "IpPermissionsEgress" else t.w.ingress)(group, rule)


def _rules(t: _Tools) -> st.SearchStrategy[Rule]:
    return st.composite(_rule)(t)


def _open_database(draw: st.DrawFn, t: _Tools) -> None:
    t.w.ingress(t.dbsg, _rule(draw, t))


def _routes(draw: st.DrawFn, t: _Tools, targets: list[str]) -> list[Route]:
    """Draw public routes with distinct destinations; some are blackholes."""
    destinations = draw(st.lists(st.sampled_from(PUBLIC_CIDRS), min_size=1, max_size=3, unique=True))
    states = st.sampled_from(("active", "active", "blackhole"))
    return [(cidr, draw(st.sampled_from(targets)), draw(states)) for cidr in destinations]


def _table(draw: st.DrawFn, t: _Tools) -> None:
    chosen = draw(st.lists(st.sampled_from(t.case.subnets), min_size=1, max_size=1))
    routes = _routes(draw, t, [t.nat, t.nat, t.igw])
    if draw(st.booleans()):
        routes.insert(draw(st.integers(0, len(routes))), ("0.0.0.0/0", t.nat))
        routes = list({route[0]: route for route in routes}.values())
    t.w.route_table(t.case.vpc, chosen, routes)


def _gateway_down(draw: st.DrawFn, t: _Tools) -> None:
    if draw(st.booleans()):
        t.w[t.igw]["Attachments"] = []
    else:
        t.w[t.nat]["State"] = draw(st.sampled_from(("pending", "failed", "deleting", "deleted")))


def _ephemeral(draw: st.DrawFn, t: _Tools) -> None:
    """Admit only some of the ports that replies come back to."""
    ports: Ports = draw(st.sampled_from(((1024, 32767), (32768, 65535), (49152, 65535))))
    rules: list[AclRule] = [(90, "allow", "tcp", (1, 1023), "0.0.0.0/0"), (100, "allow", "tcp", ports, "0.0.0.0/0")]
    sound: list[AclRule] = [(100, "allow", "-1", None, "0.0.0.0/0")]
    t.w.network_acl(t.case.vpc, [draw(st.sampled_from([*t.case.subnets, t.public]))], rules, sound)


def _propagated(draw: st.DrawFn, t: _Tools) -> None:
    """Add propagated routes that lose: inside the local route, or as long as a static one (RT-5, RT-6)."""
    tables = [r for r in t.w.collections["RouteTables"] if r["VpcId"] == t.case.vpc]
    table = draw(st.sampled_from(tables))
    losing = [str(t.w[s]["CidrBlock"]) for s in t.subnets]
    losing += [
        r["DestinationCidrBlock"]
        for r in table["Routes"]
        if r.get("GatewayId") != "local" and "DestinationCidrBlock" in r
    ]
    t.w.route(
        table["RouteTableId"], draw(st.sampled_from(losing)), "vgw-00000001", "active", "EnableVgwRoutePropagation"
    )


def _second_nat(draw: st.DrawFn, t: _Tools) -> None:
    """Put a NAT gateway anywhere, often wrongly, and send a subnet to it."""
    nat = t.w.nat_gateway(draw(st.sampled_from(t.subnets)), connectivity=draw(st.sampled_from(("public", "private"))))
    t.w.route_table(t.case.vpc, [draw(st.sampled_from(t.subnets))], [("0.0.0.0/0", nat)])


def _endpoint(draw: st.DrawFn, t: _Tools) -> None:
    """Add a gateway endpoint to tables that have no route for its service yet."""
    service = draw(st.sampled_from(("s3", "dynamodb")))
    list_id = t.w[f"com.amazonaws.{t.w.region}.{service}"]["PrefixListId"]
    tables = [
        r["RouteTableId"]
        for r in t.w.collections["RouteTables"]
        if r["VpcId"] == t.case.vpc and not any(x.get("DestinationPrefixListId") == list_id for x in r["Routes"])
    ]
    chosen = draw(st.lists(st.sampled_from(tables), unique=True, max_size=2)) if tables else []
    state = draw(st.sampled_from(("available", "available", "available", "Deleting")))
    t.w.gateway_endpoint(t.case.vpc, service, chosen, state=state)


def _lists(draw: st.DrawFn, t: _Tools) -> None:
    """Send customers' prefix lists, which may overlap, to targets of their own (RT-9)."""
    table = draw(st.sampled_from([t.private, str(t.w.collections["RouteTables"][-1]["RouteTableId"])]))
    blocks = ("52.218.0.0/16", "52.218.0.0/18", "93.184.216.0/24", "93.184.216.34/32", "10.9.0.0/16", "128.0.0.0/1")
    for _ in range(draw(st.sampled_from((2, 2, 3)))):
        entries = draw(st.lists(st.sampled_from(blocks), min_size=2, max_size=4, unique=True))
        listed = t.w.prefix_list(t.w.new_id("list"), entries)
        t.w.route(table, listed, draw(st.sampled_from((t.nat, t.igw))), draw(st.sampled_from(("active", "blackhole"))))


def _interface(draw: st.DrawFn, t: _Tools) -> None:
    """Add another interface to reach: a plain one, or that of an interface endpoint."""
    subnet = draw(st.sampled_from(t.subnets))
    group = t.w.security_group(t.case.vpc, [_rule(draw, t)])
    if draw(st.booleans()):
        eni = t.w.interface(subnet, None, [group, t.dbsg])
        t.case.goals[t.w.address(eni)] = Goal(subnet, (group, t.dbsg))
        return
    vpce = t.w.interface_endpoint(t.case.vpc, "secretsmanager", [subnet], [group], private_dns=False)
    t.case.goals[t.w.address(t.w[vpce]["NetworkInterfaceIds"][0])] = Goal(subnet, (group,))


def _detour(draw: st.DrawFn, t: _Tools) -> None:
    """Send a function subnet's traffic for a whole other subnet through the NAT gateway (RT-6, NAT-13)."""
    taken = [str(t.w[s]["CidrBlock"]) for s in t.subnets if s != t.public]
    here = draw(st.sampled_from(t.case.subnets))
    t.w.route_table(t.case.vpc, [here], [("0.0.0.0/0", t.nat), (draw(st.sampled_from(taken)), t.nat)])


def _regional(draw: st.DrawFn, t: _Tools) -> None:
    """Send a subnet to a regional NAT gateway, which serves some zones and has a table of its own (NAT-5, NAT-6)."""
    nat = t.w.new_id("nat")
    out = draw(st.sampled_from((t.igw, t.igw, t.igw, nat)))
    table = t.w.route_table(t.case.vpc, [], [("0.0.0.0/0", out, draw(st.sampled_from(("active", "blackhole"))))])
    zones, automatic = draw(st.sampled_from(("a", "b", "ab"))), draw(st.sampled_from(("disabled", "enabled")))
    t.w.add("NatGateways", regional_nat(nat, t.case.vpc, table, zones, t.w.region, automatic), nat)
    t.w.route_table(t.case.vpc, [draw(st.sampled_from(t.case.subnets))], [("0.0.0.0/0", nat)])


def _public_access(draw: st.DrawFn, t: _Tools) -> None:
    """Block public access, with exclusions of some subnet or the VPC (BPA-2 to BPA-5)."""
    mode = draw(st.sampled_from(("off", "block-bidirectional", "block-bidirectional", "block-ingress")))
    options = {"InternetGatewayBlockMode": mode, "State": "update-complete"}
    t.w.collections["VpcBlockPublicAccessOptions"] = [options]
    exclusions = t.w.collections.setdefault("VpcBlockPublicAccessExclusions", [])
    places = [*(f"subnet/{s}" for s in t.subnets), f"vpc/{t.case.vpc}"]
    for place in draw(st.lists(st.sampled_from(places), max_size=2)):
        exclusions.append(
            {
                "ExclusionId": t.w.new_id("vpcbpa-exclude"),
                "ResourceArn": t.w.arn("ec2", place),
                "InternetGatewayExclusionMode": draw(st.sampled_from(("allow-egress", "allow-bidirectional"))),
                "State": draw(st.sampled_from(("create-complete", "update-complete", "delete-complete"))),
            }
        )


TWISTS: dict[str, Any] = {
    "acl": _acl,
    "group": _group,
    "open database": _open_database,
    "table": _table,
    "gateway down": _gateway_down,
    "second nat": _second_nat,
    "ephemeral": _ephemeral,
    "propagated": _propagated,
    "endpoint": _endpoint,
    "interface": _interface,
    "lists": _lists,
    "detour": _detour,
    "regional": _regional,
    "public access": _public_access,
}
