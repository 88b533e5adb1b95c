"""The worlds of `strategies` with IPv6: a dual-stack function, ways out for it, rules that name its addresses."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.naive import Packet, Source
from tests.strategies import Case, cases
from tests.world_records import Record

BLOCKS = (*(("2600:1f18:1234:5600::/56",) * 5), "fd12:3456:789a:5600::/56")
NETS = ("::/0", "::/0", "2600:1f18:1234::/48", "2001:4860::/32", "2000::/4", "fd00::/8")
HOSTS = (
    "2001:4860:4860::8888",
    "2606:2800:220:1::1",
    "2a00:1450:4001:80b::200e",
    "2600:1f18:9999::1",
    "fd00:1::1",
    "fe80::1",
    "64:ff9b::5db8:d822",
    "64:ff9b::808:808",
    "64:ff9b::a32:1",
)
PORTS = (443, 443, 80, 5432)


@st.composite
def dual_cases(draw: st.DrawFn) -> Case:
    """Draw a world, then make it dual-stack."""
    case = draw(cases(max_twists=2))
    dual(draw, case)
    return case


def dual(draw: st.DrawFn, case: Case) -> None:
    """Give a world's VPC, subnets, tables, ACLs and groups IPv6, mostly soundly."""
    w = case.world
    block = draw(st.sampled_from(BLOCKS))
    attribute = draw(st.sampled_from((*(("public",) * 6), "private")))
    sound = draw(st.sampled_from((True, True, True, False)))
    _associate(w[case.vpc], block, attribute)
    mine = [s for s in w.collections["Subnets"] if s["VpcId"] == case.vpc]
    for number, subnet in enumerate(mine):
        _associate(subnet, block.replace("5600::/56", f"56{number:02x}::/64"), attribute)
    w[case.function]["VpcConfig"]["Ipv6AllowedForDualStack"] = True
    igw = next(
        i["InternetGatewayId"]
        for i in w.collections["InternetGateways"]
        if not i["Attachments"] or i["Attachments"][0]["VpcId"] == case.vpc
    )
    nat = w.collections["NatGateways"][0]["NatGatewayId"]
    state = draw(st.sampled_from(("attached", "attached", "attached", "detached")))
    eigw = {"EgressOnlyInternetGatewayId": "eigw-1", "Attachments": [{"VpcId": case.vpc, "State": state}]}
    w.add("EgressOnlyInternetGateways", eigw, "eigw-1")
    targets = [("EgressOnlyInternetGatewayId", "eigw-1")] * 4 + [("GatewayId", igw), ("NatGatewayId", nat)]
    for table in (t for t in w.collections["RouteTables"] if t["VpcId"] == case.vpc):
        table["Routes"].append(_route(block, "GatewayId", "local"))
        if sound:
            table["Routes"].append(_route("::/0", "EgressOnlyInternetGatewayId", "eigw-1"))
        if draw(st.booleans()):
            table["Routes"].append(_route("64:ff9b::/96", "NatGatewayId", nat))
        for net in draw(st.lists(st.sampled_from(NETS[2:] if sound else NETS), max_size=2, unique=True)):
            route = _route(net, *draw(st.sampled_from(targets)))
            table["Routes"].append(route | {"State": draw(st.sampled_from(("active", "active", "blackhole")))})
    for acl in w.collections["NetworkAcls"]:
        acl["Entries"] += [e for out in (True, False) for e in draw(_entries(out))]
    if sound:
        w.egress(case.groups[0], ("-1", None, "::/0"))
    for net in draw(st.lists(st.sampled_from(NETS), max_size=2)):
        w.egress(case.groups[0], (draw(st.sampled_from(("tcp", "-1"))), draw(st.sampled_from((443, None))), net))


def _associate(place: Record, block: str, attribute: str) -> None:
    state = {"State": "associated"}
    place["Ipv6CidrBlockAssociationSet"] = [
        {"Ipv6CidrBlock": block, "Ipv6CidrBlockState": state, "Ipv6AddressAttribute": attribute}
    ]


def _route(net: str, member: str, target: str) -> Record:
    return {"DestinationIpv6CidrBlock": net, member: target, "State": "active", "Origin": "CreateRoute"}


@st.composite
def _entries(draw: st.DrawFn, egress: bool) -> list[Record]:
    """Draw IPv6 entries of one direction: mostly all is allowed in the end."""
    out = []
    for number in draw(st.lists(st.integers(1, 90), max_size=1)):
        entry = {"RuleNumber": number, "Protocol": "6", "RuleAction": draw(st.sampled_from(("deny", "allow")))}
        entry["PortRange"] = draw(st.sampled_from(({"From": 443, "To": 443}, {"From": 1024, "To": 32767})))
        out.append(entry | {"Egress": egress, "Ipv6CidrBlock": draw(st.sampled_from(NETS))})
    if draw(st.sampled_from((True, True, True, False))):
        out.append({"RuleNumber": 101, "Protocol": "-1", "RuleAction": "allow", "Egress": egress,
                    "Ipv6CidrBlock": "::/0"})  # fmt: skip
    return out


def sources(case: Case) -> st.SearchStrategy[Source]:
    """Draw an IPv6 address of one of the function's subnets, and a source port."""

    def at(subnet: str) -> st.SearchStrategy[Source]:
        block = str(case.world[subnet]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
        ports = st.sampled_from((1024, 32767, 32768, 65535))
        address = block.replace("::/64", "::9")
        return st.builds(Source, st.just(subnet), st.just(case.groups), st.just(address), ports, st.just("function"))

    return st.sampled_from(case.subnets).flatmap(at)


def packets(case: Case) -> st.SearchStrategy[Packet]:
    """Draw a packet to some IPv6 address: public, private, or in the VPC, where nobody has one."""
    block = str(case.world[case.vpc]["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"])
    hosts = (*HOSTS, *HOSTS[:3], block.replace("5600::/56", "5600::77"), block.replace("5600::/56", "56f0::1"))
    return st.builds(Packet, st.sampled_from(("tcp", "tcp", "udp")), st.sampled_from(hosts), st.sampled_from(PORTS))
