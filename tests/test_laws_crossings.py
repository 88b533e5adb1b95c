"""Law: between VPCs, too, the engine says of every packet what a literal walk of that packet says."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from reach.answer import Verdict
from reach.ask.aim import resolve
from reach.ask.asker import askers
from reach.flow import Flow
from reach.target import parse
from reach.trace import Trail, trace
from reach.traffic import PROTOCOL_NAMES, Ranges, Traffic, box
from tests import naive_crossings
from tests.law_worlds import network_of
from tests.naive_rules import OutOfScope, Packet
from tests.naive_trip import Source
from tests.worlds import World

HERE, THERE, EGRESS, HOST = "10.0.0.0/16", "10.2.0.0/16", "10.9.0.0/16", "93.184.216.34"
SAID = {Verdict.REACHABLE: "delivered", Verdict.BLOCKED: "blocked", Verdict.UNKNOWN: "unknown"}
GROUPS = {"ENI_SG_RULES_MISMATCH", "SG_HAS_NO_RULES", "SG_REFERENCES_NOT_PRESERVED", "SG_REFERENCING_SUPPORT"}
OPEN = (100, "allow", "-1", None, "0.0.0.0/0")
ENTRIES = (
    OPEN, OPEN, (90, "deny", "tcp", 5432, HERE), (90, "allow", "tcp", (1024, 65535), THERE),
    (80, "deny", "tcp", (32768, 65535), "0.0.0.0/0"), (70, "allow", "tcp", 5432, "10.2.0.0/24"),
)  # fmt: skip


def acls(draw: st.DrawFn, w: World, vpc: str, subnets: tuple[str, ...]) -> None:
    """Now and then an ACL of a subnet's own, nearly always open."""
    for subnet in subnets:
        if draw(st.sampled_from((True,) + (False,) * 9)):
            picked = [draw(st.lists(st.sampled_from(ENTRIES), max_size=3, unique=True)) for _ in range(2)]
            w.network_acl(vpc, [subnet], *[sorted({e[0]: e for e in [OPEN, *side]}.values()) if draw(
                st.booleans()) else side for side in picked])  # fmt: skip


@st.composite
def crossings(draw: st.DrawFn) -> tuple[World, dict[str, Any]]:
    """Two VPCs that are peered and on one transit gateway, and an egress VPC behind it; mostly sound."""
    w = World()
    a, b, e = (w.vpc(block) for block in (HERE, THERE, EGRESS))
    mine = tuple(w.subnet(a, f"10.0.{n}.0/24", zone) for n, zone in enumerate("aab"))
    far = tuple(w.subnet(b, f"10.2.{n}.0/24", zone) for n, zone in enumerate("ab"))
    m, n = w.subnet(e, "10.9.0.0/24", "a"), w.subnet(e, "10.9.1.0/24", draw(st.sampled_from("aab")))
    igw, nat = w.internet_gateway(e), w.nat_gateway(n)
    pcx = w.peering(a, b, draw(st.sampled_from(("active",) * 9 + ("deleted",))))
    _gateway(draw, w, {a: mine, b: far, e: (m,)})
    maybe = st.sampled_from((True,) * 9 + (False,))
    way, other = (draw(st.sampled_from((pcx, "tgw-1"))) for _ in range(2))
    back = draw(st.sampled_from((way,) * 6 + (other,)))
    near = w.route_table(a, mine, [(THERE, way)] if draw(maybe) else [])
    w.route(near, "0.0.0.0/0", draw(st.sampled_from(("tgw-1",) * 6 + (pcx,))))
    w.route_table(b, far, [(draw(st.sampled_from((HERE,) * 5 + ("10.0.0.0/24",))), back)] if draw(maybe) else [])
    w.route_table(e, [m], [("0.0.0.0/0", draw(st.sampled_from((nat,) * 6 + (igw,))))] if draw(maybe) else [])
    w.route_table(e, [n], [("0.0.0.0/0", igw), *([(HERE, "tgw-1")] if draw(maybe) else [])])
    for vpc, subnets in ((a, mine), (b, far), (e, (m, n))):
        acls(draw, w, vpc, subnets)
    out = [("tcp", 5432, "sg-db"), *["-1"] * 6, ("tcp", None, HERE)]
    group = w.security_group(a, [], [draw(st.sampled_from(out))], id="sg-fn")
    peers = st.sampled_from((HERE, "sg-fn", "sg-fn", "10.0.0.0/24", "0.0.0.0/0"))
    w.security_group(b, [("tcp", 5432, draw(peers))], id="sg-db")
    eni = w.interface(draw(st.sampled_from(far)), None, ["sg-db"])
    subnet = draw(st.sampled_from(mine))
    w.function("orders", [subnet], [group])
    return w, {"subnet": subnet, "database": w.address(eni)}


def _gateway(draw: st.DrawFn, w: World, places: dict[str, tuple[str, ...]]) -> None:
    switch = st.sampled_from(("enable", "enable", "disable"))
    w.add("TransitGateways", {"TransitGatewayId": "tgw-1", "State": "available", "OwnerId": w.account,
                              "Options": {"SecurityGroupReferencingSupport": draw(switch)}})  # fmt: skip
    feet: dict[str, list[str]] = {}
    for number, (vpc, subnets) in enumerate(places.items()):
        wide = draw(st.sampled_from((True, True, False))) and len(subnets) > 1
        feet[vpc] = [subnets[0], subnets[-1]] if wide else [draw(st.sampled_from(subnets))]
        id, table = f"tgw-attach-{number}", f"tgw-rtb-{number}"
        common = {"TransitGatewayAttachmentId": id, "TransitGatewayId": "tgw-1",
                  "State": draw(st.sampled_from(("available",) * 20 + ("deleting",)))}  # fmt: skip
        w.add("TransitGatewayVpcAttachments", {**common, "VpcId": vpc, "SubnetIds": feet[vpc], "Options": {
            "SecurityGroupReferencingSupport": draw(switch)}})  # fmt: skip
        looked_up = {"TransitGatewayRouteTableId": table, "State": "associated"}
        w.add("TransitGatewayAttachments", {**common, "TransitGatewayOwnerId": w.account, "ResourceType": "vpc",
                                            "ResourceId": vpc, "Association": looked_up})  # fmt: skip
        w.add("TransitGatewayRouteTables", {"TransitGatewayRouteTableId": table, "TransitGatewayId": "tgw-1"})
        routes = [_route(draw, block, f"tgw-attach-{k}") for k, block in enumerate((HERE, THERE, "0.0.0.0/0"))
                  if draw(st.sampled_from((True,) * 15 + (False,)))]  # fmt: skip
        if draw(st.sampled_from((True,) + (False,) * 7)):
            routes.append(_route(draw, draw(st.sampled_from(("10.2.1.0/24", "10.0.1.0/24"))), "tgw-attach-1"))
        w.add("TransitGatewayRoutes", {"TransitGatewayRouteTableId": table, "Routes": routes,
                                       "AdditionalRoutesAvailable": False})  # fmt: skip


def _route(draw: st.DrawFn, block: str, to: str) -> dict[str, Any]:
    black = draw(st.sampled_from((False,) * 25 + (True,)))
    return {"DestinationCidrBlock": block, "Type": "static", "State": "blackhole" if black else "active",
            "TransitGatewayAttachments": [] if black else [{"TransitGatewayAttachmentId": to}]}  # fmt: skip


def code_of(trail: Trail) -> tuple[str, str] | None:
    """The first thing that drops it."""
    drops = ((h.direction.value, str(f.code)) for h in trail.hops for f in h.findings if f.verdict is Verdict.BLOCKED)
    way, code = next(drops, ("", ""))
    return (way, "GROUPS" if code in GROUPS else code) if code else None


@settings(deadline=None, max_examples=250)
@given(crossings(), st.data())
def test_a_packet_between_vpcs_shares_the_fate_of_the_walked_one(made: tuple[World, Any], data: st.DataObject) -> None:
    """PCX-1 PCX-2 PCX-4 TGW-1 TGW-2 TGW-4 TGW-5 TGW-8 TGW-9 NACL-11 SG-8 SG-9 NAT-10."""
    w, facts = made
    host = data.draw(st.sampled_from((facts["database"], facts["database"], HOST)))
    port = data.draw(st.sampled_from((5432,) * 6 + (443,)))
    number = int(facts["subnet"][-1]) - 1
    source = Source(facts["subnet"], ("sg-fn",), f"10.0.{number}.{data.draw(st.sampled_from((5, 200)))}",
                    data.draw(st.sampled_from((1024, 32767, 32768, 65535))))  # fmt: skip
    nat_port = data.draw(st.sampled_from((1024, 40000)))
    try:
        truth = naive_crossings.walk(w.document(), source, Packet("tcp", host, port), nat_port)
    except OutOfScope as error:
        event(f"out of scope: {error}")
        return
    network = network_of(w)
    (asker,) = askers(network, "orders")
    ((destination,),) = resolve(network, asker, parse(f"{host}:{port}")).nodes
    point = (PROTOCOL_NAMES["tcp"], int(IPv4Address(source.address)), source.port, int(IPv4Address(host)), port)
    flow = Flow(Traffic((box(*map(Ranges.of, point)),)), asker.interfaces[0], destination.receiver)
    found = [t for t in trace(network, flow) if all(nat_port in a for one in t.flow.traffic.boxes for a in one[6::2])]
    assert len(found) == 1, found
    event(f"{truth.verdict} {truth.blocked[:1]} {'internet' if host == HOST else 'database'}")
    assert SAID[found[0].verdict] == truth.verdict, (truth, code_of(found[0]))
    assert code_of(found[0]) == (truth.blocked[0] if truth.blocked else None), (truth, found[0].hops)
