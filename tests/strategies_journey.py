"""Random networks of several VPCs, mostly sound, and packets for them, drawn so that every mechanism is met often."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network, ip_address
from typing import Any

from hypothesis import strategies as st

from tests import journey_parts as parts
from tests.journey_outward import ANSWERED, PARTS, encrypted, far_zone
from tests.journey_parts import ANY, EGRESS, HERE, HOST, HOST_SIX, THERE, Net
from tests.journey_six import dual
from tests.naive_rules import Packet, Record
from tests.naive_trip import Source

PORTS = (1024, 5432, 32767, 32768, 65535)
OPEN = (100, "allow", "-1", None, ANY)
ENTRIES = (
    (90, "deny", "tcp", 5432, HERE), (90, "allow", "tcp", (1024, 65535), THERE), (80, "deny", "tcp", 443, ANY),
    (80, "deny", "tcp", (32768, 65535), ANY), (70, "allow", "tcp", 5432, "10.2.0.0/24"),
    (60, "deny", "-1", None, "93.184.216.0/24"), (50, "deny", "tcp", (1024, 65535), "10.0.1.0/24"),
)  # fmt: skip
RULES = (
    "-1", ("tcp", 5432, HERE), ("tcp", 443, ANY), ("tcp", 5432, "sg-fn"), ("tcp", None, "10.0.1.0/24"),
    ("tcp", 5432, "100.64.0.0/24"), ("tcp", (443, 5432), ANY), ("udp", None, ANY),
)  # fmt: skip
BLOCKS = (ANY, HERE, THERE, "93.184.216.0/24", "10.0.3.0/24", "10.0.1.0/24", "10.2.0.0/24", EGRESS)


@st.composite
def journeys(draw: st.DrawFn, part: str = "", damages: int = 2) -> Net:
    """Draw a home VPC, one part of `PARTS`, now and then IPv6 and Block Public Access, and some damage."""
    net = parts.home(draw)
    name = part or draw(st.sampled_from(sorted(PARTS)))
    net.parts.append(name)
    ANSWERED[name](draw, net)
    if name == "six_out" or (name in SIX and draw(st.sampled_from((True, True, False, False, False)))):
        dual(draw, net)
    if draw(st.sampled_from((True, False, False, False, False) if name in FACING else (False,))):
        public_access(draw, net)
    for damage in draw(st.lists(st.sampled_from(sorted(DAMAGES)), max_size=damages)):
        DAMAGES[damage](draw, net)
    away(net)
    return net


@st.composite
def forks(draw: st.DrawFn) -> Net:
    """Draw a home VPC behind a transit gateway that has several ways for a packet."""
    net = parts.home(draw)
    parts.forked(draw, net)
    return net


SIX = ("plain", "within", "peered", "transit", "far_gateway", "edge")
FACING = ("plain", "six_out", "nat_instance", "edge", "before_nat", "egress")


def away(net: Net) -> None:
    """Take what belongs to the other Region there."""
    if "another region" in net.parts:
        ids = ("vpc-2", "tgw-2", "tgw-attach-2", "tgw-attach-2/general", "tgw-rtb-2", "tgw-rtb-2/routes",
               "peering of tgw-2")  # fmt: skip
        net.w.move(net.w.account, "eu-west-2", *ids)


def public_access(draw: st.DrawFn, net: Net) -> None:
    """Block public access, with exclusions of some subnet or a VPC."""
    mode = draw(st.sampled_from(("block-bidirectional", "block-bidirectional", "block-ingress")))
    w = net.w
    w.collections["VpcBlockPublicAccessOptions"] = [{"InternetGatewayBlockMode": mode, "State": "update-complete"}]
    places = [*(f"subnet/{s['SubnetId']}" for s in w.collections["Subnets"]), "vpc/vpc-1", "vpc/vpc-9"]
    facing = ["subnet/subnet-p", "subnet/subnet-m", "vpc/vpc-1", "subnet/subnet-n"]
    w.collections["VpcBlockPublicAccessExclusions"] = [
        {"ExclusionId": f"vpcbpa-exclude-{n}", "ResourceArn": w.arn("ec2", place), "State": "create-complete",
         "InternetGatewayExclusionMode": draw(st.sampled_from(("allow-egress", "allow-bidirectional")))}
        for n, place in enumerate(draw(st.lists(st.sampled_from(places + facing * 3), max_size=2, unique=True)))
    ]  # fmt: skip
    net.parts.append("public access")


# -- damage: what a person might have done -----------------------------------------------------------------


def _acl(draw: st.DrawFn, net: Net) -> None:
    subnet = draw(st.sampled_from(net.w.collections["Subnets"]))
    sides = [draw(st.lists(st.sampled_from(ENTRIES), max_size=2, unique_by=lambda e: e[0])) for _ in range(2)]
    made = [[*side, OPEN] if draw(st.sampled_from((True, True, True, False))) else side for side in sides]
    acl = net.w.network_acl(subnet["VpcId"], [subnet["SubnetId"]], *made)
    if net.six:
        net.w[acl]["Entries"] += [{"RuleNumber": 101, "Protocol": "-1", "RuleAction": "allow", "Egress": out,
                                   "Ipv6CidrBlock": "::/0"} for out in (True, draw(st.booleans()))]  # fmt: skip


def _ports(draw: st.DrawFn, net: Net) -> None:
    """Only a part of the ports gets replies, in the functions' subnets or the NAT gateway's."""
    half = [(80, "deny", "tcp", draw(st.sampled_from(((1024, 32767), (32768, 65535)))), ANY), OPEN]
    acl = net.w.network_acl("vpc-1", [draw(st.sampled_from(("subnet-1", "subnet-2", "subnet-p")))], half, [OPEN])
    if net.six:
        net.w[acl]["Entries"] += [{"RuleNumber": 101, "Protocol": "-1", "RuleAction": "allow", "Egress": out,
                                   "Ipv6CidrBlock": "::/0"} for out in (True, False)]  # fmt: skip


def _group(draw: st.DrawFn, net: Net) -> None:
    named = [g["GroupId"] for g in net.w.collections["SecurityGroups"] if g["GroupName"] != "default"]
    id = draw(st.sampled_from(named))
    key, add = draw(st.sampled_from((("IpPermissions", net.w.ingress), ("IpPermissionsEgress", net.w.egress))))
    net.w[id][key].clear()
    for rule in draw(st.lists(st.sampled_from(RULES), max_size=2, unique=True)):
        add(id, rule)  # type: ignore[arg-type]


def _tables(net: Net) -> list[Record]:
    return [t for t in net.w.collections["RouteTables"] if not t["RouteTableId"].startswith("rtb-0")]


def _route(draw: st.DrawFn, net: Net) -> None:
    """A route is lost, becomes a blackhole, or leads elsewhere."""
    spots = [(t, r) for t in _tables(net) for r in t["Routes"] if r.get("GatewayId") != "local"]
    if not spots:
        return
    table, route = draw(st.sampled_from(spots))
    what = draw(st.sampled_from(("lost", "blackhole", "elsewhere")))
    table["Routes"].remove(route)
    if what == "blackhole":
        table["Routes"].append(route | {"State": "blackhole"})
    elif what == "elsewhere" and "DestinationCidrBlock" in route:
        targets = _targets(net, table, route["DestinationCidrBlock"])
        if targets:
            net.w.route(table["RouteTableId"], route["DestinationCidrBlock"], draw(st.sampled_from(targets)))


def _detour(draw: st.DrawFn, net: Net) -> None:
    """A further route, perhaps narrower than the one that was meant."""
    table = draw(st.sampled_from(_tables(net)))
    block = draw(st.sampled_from(BLOCKS))
    targets = _targets(net, table, block)
    if targets:
        net.lead(table["RouteTableId"], block, draw(st.sampled_from(targets)))


def _targets(net: Net, table: Record, block: str) -> list[str]:
    """What a table may lead these addresses to: inside the VPC a whole subnet, to somebody in the way (RT-6)."""
    w, vpc = net.w, table["VpcId"]
    nats = [n["NatGatewayId"] for n in w.collections["NatGateways"] if n["VpcId"] == vpc]
    boxes = [e for e in ("eni-m",) if any(i["NetworkInterfaceId"] == e for i in w.collections["NetworkInterfaces"])]
    glass = [e["VpcEndpointId"] for e in w.collections["VpcEndpoints"]
             if e["VpcId"] == vpc and e["VpcEndpointType"] == "GatewayLoadBalancer"]  # fmt: skip
    middle = [*(boxes if vpc == "vpc-1" else []), *glass]
    if any("GatewayId" in a for a in table["Associations"]):
        return middle if block in _subnets(w, vpc) or block == w[vpc]["CidrBlock"] else []
    if IPv4Network(block).subnet_of(IPv4Network(w[vpc]["CidrBlock"])):
        return [*nats, *middle] if block in _subnets(w, vpc) or block == w[vpc]["CidrBlock"] else []
    igws = [i["InternetGatewayId"] for i in w.collections["InternetGateways"]
            if any(a["VpcId"] == vpc for a in i["Attachments"])]  # fmt: skip
    ways = [p["VpcPeeringConnectionId"] for p in w.collections["VpcPeeringConnections"]
            if vpc in (p["RequesterVpcInfo"]["VpcId"], p["AccepterVpcInfo"]["VpcId"])]  # fmt: skip
    ways += [a["TransitGatewayId"] for a in w.collections["TransitGatewayVpcAttachments"] if a["VpcId"] == vpc]
    return [*nats, *middle, *igws, *ways, *ways]


def _subnets(w: Any, vpc: str) -> set[str]:
    return {s["CidrBlock"] for s in w.collections["Subnets"] if s["VpcId"] == vpc}


def _state(draw: st.DrawFn, net: Net) -> None:
    """One component is down, detached, or lacks what it needs."""
    w = net.w
    changes: list[Callable[[], object]] = []
    for nat in w.collections["NatGateways"]:
        changes += [lambda n=nat: n.update(State="deleted"), lambda n=nat: n.update(ConnectivityType="private"),
                    lambda n=nat: n["NatGatewayAddresses"][0].update(Status="failed")]  # fmt: skip
    for igw in w.collections["InternetGateways"]:
        changes.append(lambda i=igw: i["Attachments"].clear())
    for pcx in w.collections["VpcPeeringConnections"]:
        changes += [lambda p=pcx: p.update(Status={"Code": "deleted"})] * 2
    for one in (*w.collections["TransitGatewayVpcAttachments"], *w.collections["TransitGatewayPeeringAttachments"]):
        changes.append(lambda a=one: a.update(State="deleting"))
    for one in w.collections["TransitGatewayAttachments"]:
        changes.append(lambda a=one: a["Association"].update(State="associating"))
    for one in (e for e in w.collections["NetworkInterfaces"] if e["NetworkInterfaceId"] == "eni-m"):
        changes += [lambda e=one: e.update(SourceDestCheck=True), lambda e=one: e.update(Status="available"),
                    lambda e=one: _unpublic(e)] * 2  # fmt: skip
    for one in w.collections.get("Instances", []):
        changes.append(lambda i=one: i.update(State={"Name": "stopped"}))
    for one in w.collections["VpcEndpoints"]:
        changes.append(lambda e=one: e.update(State="failed"))
    for one in w.collections.get("network-firewall:Firewalls", []):
        changes.append(lambda f=one: f["FirewallStatus"].update(Status="PROVISIONING"))
    draw(st.sampled_from(changes))()


def _unpublic(eni: Record) -> None:
    eni.pop("Association", None)
    eni["PrivateIpAddresses"][0].pop("Association", None)


def _tables_of_gateways(draw: st.DrawFn, net: Net) -> None:
    """A transit gateway's table loses a route, or has a blackhole or another way in it."""
    found = [t for t in net.w.collections["TransitGatewayRoutes"] if t["Routes"]]
    if not found:
        _zone(draw, net)
        return
    table = draw(st.sampled_from(found))
    route = draw(st.sampled_from(table["Routes"]))
    what = draw(st.sampled_from(("lost", "blackhole", "narrow")))
    if what == "lost":
        table["Routes"].remove(route)
    elif what == "blackhole":
        route.update(State="blackhole", TransitGatewayAttachments=[])
    else:
        block = draw(st.sampled_from(("10.0.1.0/24", "10.2.0.0/24", "93.184.216.0/24")))
        end = draw(st.sampled_from([r["TransitGatewayAttachments"] for r in table["Routes"]]))
        state = "active" if end else "blackhole"
        table["Routes"].append({**route, "DestinationCidrBlock": block, "State": state,
                                "TransitGatewayAttachments": end})  # fmt: skip


def _zone(draw: st.DrawFn, net: Net) -> None:
    """A subnet is in another zone."""
    region = net.w.region
    net.w[draw(st.sampled_from(net.w.collections["Subnets"]))["SubnetId"]].update(
        AvailabilityZone=f"{region}c", AvailabilityZoneId="euw1-az3")  # fmt: skip


DAMAGES: dict[str, Callable[[st.DrawFn, Net], None]] = {
    "encrypted": encrypted, "far zone": far_zone,
    "acl": _acl, "ports": _ports, "group": _group, "route": _route, "detour": _detour, "state": _state,
    "tables of gateways": _tables_of_gateways,
}  # fmt: skip


# -- packets ---------------------------------------------------------------------------------------------


def packets(net: Net) -> st.SearchStrategy[Packet]:
    """Mostly what the network was made for."""
    hosts = [net.host] * 10 + [HOST, net.w.address("eni-d")]
    if net.six:
        hosts += [HOST_SIX] * 2 + [a["Ipv6Address"] for e in net.w.collections["NetworkInterfaces"]
                                   for a in e["Ipv6Addresses"] if e["NetworkInterfaceId"] in ("eni-d", "eni-x")] * 6
        hosts += ["64:ff9b::5db8:d822"]
    return st.sampled_from(hosts).flatmap(
        lambda host: st.builds(Packet, st.sampled_from(("tcp",) * 9 + ("udp",)), st.just(host), st.sampled_from(
            (5432,) * 6 + (443,) if str(host) in _inside(net) else (443,) * 6 + (5432,))))  # fmt: skip


def _inside(net: Net) -> set[str]:
    return {e["PrivateIpAddress"] for e in net.w.collections["NetworkInterfaces"]} | {
        a["Ipv6Address"] for e in net.w.collections["NetworkInterfaces"] for a in e["Ipv6Addresses"]
    }


def sources(net: Net, packet: Packet) -> st.SearchStrategy[Source]:
    """An address of one of the function's subnets, of the packet's family."""

    def at(subnet: str) -> st.SearchStrategy[Source]:
        if ip_address(packet.address).version == 6:
            block = net.w[subnet]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
            named = st.just(block.replace("::/64", "::77"))
        else:
            named = st.sampled_from([str(IPv4Network(net.w[subnet]["CidrBlock"])[n]) for n in (77, 200)])
        return st.builds(Source, st.just(subnet), st.just(("sg-fn",)), named, st.sampled_from(PORTS))

    return st.sampled_from(net.senders).flatmap(at)
