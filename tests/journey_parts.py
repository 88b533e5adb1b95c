"""What random networks of several VPCs are made of: a home VPC, and one part per mechanism that a packet can meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.world_firewalls import firewall, group, gwlbe, stateless, uses
from tests.worlds import World

HERE, THERE, EGRESS, ROUTABLE = "10.0.0.0/16", "10.2.0.0/16", "10.9.0.0/16", "100.64.0.0/16"
HOST, HOST_SIX = "93.184.216.34", "2001:4860:4860::8888"
ANY = "0.0.0.0/0"
HOME_SUBNETS = {"subnet-1": "10.0.1.0/24", "subnet-2": "10.0.2.0/24", "subnet-p": "10.0.0.0/24",
                "subnet-m": "10.0.5.0/24", "subnet-d": "10.0.3.0/24"}  # fmt: skip
SENDERS = ("10.0.1.0/24", "10.0.2.0/24")


@dataclass
class Net:
    """A network that is being built, what its packets are for, and which parts it has."""

    w: World
    host: str = HOST  # where the part's packets go
    senders: tuple[str, ...] = ("subnet-1",)
    parts: list[str] = field(default_factory=list)
    six: bool = False

    def lead(self, table: str, destination: str, target: str) -> None:
        """Add a route, in place of one to the same destination."""
        self.w[table]["Routes"] = [r for r in self.w[table]["Routes"] if r.get("DestinationCidrBlock") != destination]
        self.w.route(table, destination, target)


Part = Callable[[st.DrawFn, Net], None]


def home(draw: st.DrawFn) -> Net:
    """A VPC with two private subnets, a public one with a NAT gateway, one for data, and one for middleboxes."""
    w = World()
    vpc = w.vpc(HERE, id="vpc-1")
    for id, block in HOME_SUBNETS.items():
        w.subnet(vpc, block, "b" if id == "subnet-2" else "a", id=id)
    igw = w.internet_gateway(vpc, id="igw-1")
    nat = w.nat_gateway("subnet-p", id="nat-1")
    w.route_table(vpc, ["subnet-1", "subnet-2"], [(ANY, nat)], id="rtb-fn")
    w.route_table(vpc, ["subnet-p"], [(ANY, igw)], id="rtb-p")
    w.route_table(vpc, ["subnet-m"], [(ANY, igw)], id="rtb-m")
    w.route_table(vpc, ["subnet-d"], [], id="rtb-d")
    w.security_group(vpc, id="sg-fn")
    admitted = draw(st.sampled_from((HERE, HERE, "sg-fn", "sg-fn", ANY)))
    w.security_group(vpc, [("tcp", 5432, admitted)], id="sg-d")
    place = draw(st.sampled_from(("subnet-d",) * 8 + ("subnet-1",)))
    w.interface(place, None, ["sg-d"], id="eni-d")
    senders = draw(st.sampled_from((("subnet-1",), ("subnet-1", "subnet-2"))))
    w.function("orders", list(senders), ["sg-fn"])
    return Net(w, senders=senders)


def data(net: Net) -> str:
    """The address of the home VPC's database."""
    return net.w.address("eni-d")


# -- within the VPC, and out of it -----------------------------------------------------------------------


def plain(draw: st.DrawFn, net: Net) -> None:
    """To the database or by the NAT gateway to the internet."""
    net.host = draw(st.sampled_from((HOST, data(net))))


def six_out(draw: st.DrawFn, net: Net) -> None:
    """To the internet over IPv6."""
    net.host = HOST_SIX


def box(draw: st.DrawFn, net: Net, place: str = "subnet-m", public: bool = True) -> str:
    """An interface that forwards."""
    w = net.w
    w.security_group("vpc-1", ["-1"], id="sg-m")
    w.interface(place, None, ["sg-m"], id="eni-m", instance="i-m", public_ip="54.99.0.9" if public else None)
    w["eni-m"]["SourceDestCheck"] = False
    if draw(st.booleans()):
        w.add("Instances", {"InstanceId": "i-m", "State": {"Name": "running"}}, "i-m")
    return "eni-m"


def glass(draw: st.DrawFn, net: Net) -> str:
    """An endpoint behind which somebody looks at packets: mostly a Network Firewall with stateless rules."""
    gwlbe("subnet-m", "vpce-m")(net.w)
    if draw(st.sampled_from((False, False, True))):
        passing = ["aws:forward_to_sfe", "aws:pass"]
        firewall("vpce-m", StatelessDefaultActions=[draw(st.sampled_from((*passing, *passing, "aws:drop")))],
                 groups=(group("rules", draw(rules()), "STATELESS"),), **uses("Stateless", "rules"))(net.w)  # fmt: skip
    return "vpce-m"


@st.composite
def rules(draw: st.DrawFn) -> Any:
    """Up to two stateless rules about the ports and addresses that packets here have."""
    ports = st.sampled_from(({"FromPort": 443, "ToPort": 443}, {"FromPort": 5432, "ToPort": 5432},
                             {"FromPort": 1024, "ToPort": 32767}))  # fmt: skip
    blocks = st.sampled_from((HERE, "10.0.1.0/24", "93.184.216.0/24", "10.0.3.0/24"))
    made = []
    for number in draw(st.lists(st.integers(1, 9), max_size=2, unique=True)):
        wanted: dict[str, Any] = {"Protocols": draw(st.sampled_from(([], [6], [6, 17])))}
        for key in draw(st.lists(st.sampled_from(("SourcePorts", "DestinationPorts")), max_size=1)):
            wanted[key] = [draw(ports)]
        for key in draw(st.lists(st.sampled_from(("Sources", "Destinations")), max_size=1)):
            wanted[key] = [{"AddressDefinition": draw(blocks)}]
        action = draw(st.sampled_from(("aws:pass", "aws:drop", "aws:forward_to_sfe", "aws:forward_to_sfe")))
        made.append((number, action, wanted))
    return stateless(*made)


def nat_instance(draw: st.DrawFn, net: Net) -> None:
    """Functions go out by an instance that masquerades."""
    place = draw(st.sampled_from(("subnet-m", "subnet-m", "subnet-p")))
    net.lead("rtb-fn", ANY, box(draw, net, place))


def within(draw: st.DrawFn, net: Net) -> None:
    """Requests to the database and their replies are led through somebody: for a subnet, or the whole local route."""
    middle = draw(st.sampled_from((box, glass)))(draw, net)
    there = draw(st.sampled_from(("10.0.3.0/24", HERE)))
    net.parts += ["local route replaced"] if there == HERE else []
    net.lead("rtb-fn", there, middle)
    for block in draw(st.sampled_from((SENDERS, SENDERS, (HERE,), SENDERS[:1]))):
        net.lead("rtb-d", block, middle)
    net.host = data(net)
    if draw(st.booleans()):  # a group cannot be told behind it
        net.w["sg-d"]["IpPermissions"].clear()
        net.w.ingress("sg-d", ("tcp", 5432, HERE))


def nat_within(draw: st.DrawFn, net: Net) -> None:
    """A NAT gateway stands before the database."""
    kind = draw(st.sampled_from(("public", "private")))
    there = draw(st.sampled_from(("10.0.3.0/24", HERE)))
    net.parts += ["local route replaced"] if there == HERE else []
    net.lead("rtb-fn", there, net.w.nat_gateway("subnet-m", connectivity=kind, id="nat-m"))
    net.host = data(net)


def edge(draw: st.DrawFn, net: Net) -> None:
    """What leaves the public subnet is looked at, and a table of the internet gateway's own leads replies there."""
    middle = draw(st.sampled_from((box, glass, glass)))(draw, net)
    net.lead("rtb-p", ANY, middle)
    blocks = draw(st.sampled_from((("10.0.0.0/24",),) * 5 + ((HERE,), ("10.0.0.0/24", "10.0.3.0/24"), ())))
    net.w.route_table("vpc-1", [], [(b, middle) for b in blocks], gateway="igw-1", id="rtb-edge")


def before_nat(draw: st.DrawFn, net: Net) -> None:
    """What functions send is looked at before the NAT gateway."""
    middle = draw(st.sampled_from((box, glass, glass)))(draw, net)
    net.lead("rtb-fn", ANY, middle)
    net.lead("rtb-m", ANY, "nat-1")
    for block in draw(st.sampled_from((SENDERS, SENDERS, SENDERS, SENDERS[:1]))):
        net.lead("rtb-p", block, middle)


def service(draw: st.DrawFn, net: Net) -> None:
    """A gateway endpoint for S3 on the functions' table or on the NAT gateway's."""
    table = draw(st.sampled_from(("rtb-fn", "rtb-fn", "rtb-p")))
    net.w.gateway_endpoint("vpc-1", "s3", [table], id="vpce-s3")
    net.host = "52.218.0.1"


# -- other VPCs ------------------------------------------------------------------------------------------


def other(draw: st.DrawFn, net: Net, target: str, block: str = THERE) -> None:
    """A second VPC with a database; the tables of both lead to `target`."""
    w = net.w
    vpc = w.vpc(THERE, id="vpc-2", secondary=[] if block == THERE else [block])
    at = "10.2.0.0/24" if block == THERE else block.replace("/16", "/24")
    w.subnet(vpc, at, draw(st.sampled_from("aab")), id="subnet-x")
    w.subnet(vpc, "10.2.9.0/24", "a", id="subnet-y")
    admitted = draw(st.sampled_from((HERE, "sg-fn", "sg-fn", ANY)))
    net.parts += ["group of another VPC"] if admitted == "sg-fn" else []
    w.security_group(vpc, [("tcp", 5432, admitted)], id="sg-x")
    w.interface("subnet-x", None, ["sg-x"], id="eni-x")
    w.route_table(vpc, ["subnet-x", "subnet-y"], [(HERE, target)], id="rtb-x")
    net.host = w.address("eni-x")
    net.lead("rtb-fn", block, target)


def peered(draw: st.DrawFn, net: Net) -> None:
    """A peering connection; now and then into another Region, where groups cannot be told."""
    other(draw, net, "pcx-1")
    pcx = net.w[net.w.peering("vpc-1", "vpc-2", id="pcx-1")]
    if draw(st.sampled_from((False, False, False, True))):
        pcx["AccepterVpcInfo"]["Region"] = "eu-west-2"
        net.parts.append("another region")
    if draw(st.sampled_from((True, False, False, False))):  # a rule that leads out may name the far group
        net.w["sg-fn"]["IpPermissionsEgress"].clear()
        net.w.egress("sg-fn", ("tcp", 5432, "sg-x"))


def gateway(net: Net, id: str, references: str) -> None:
    """A transit gateway with a table of its own."""
    w = net.w
    options = {"SecurityGroupReferencingSupport": references}
    w.add("TransitGateways", {"TransitGatewayId": id, "State": "available", "OwnerId": w.account, "Options": options},
          id)  # fmt: skip


def table(net: Net, id: str, gateway: str, *routes: tuple[str, str]) -> None:
    """A route table of a transit gateway."""
    w = net.w
    w.add("TransitGatewayRouteTables", {"TransitGatewayRouteTableId": id, "TransitGatewayId": gateway}, id)
    listed = [{"DestinationCidrBlock": block, "Type": "static", "State": "active",
               "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": to}]} for block, to in routes]  # fmt: skip
    w.add("TransitGatewayRoutes", {"TransitGatewayRouteTableId": id, "Routes": listed,
                                   "AdditionalRoutesAvailable": False}, f"{id}/routes")  # fmt: skip


def attach(net: Net, id: str, gateway: str, vpc: str, feet: list[str], table: str, **options: str) -> None:
    """A VPC's attachment, as both calls tell it."""
    w = net.w
    common = {"TransitGatewayAttachmentId": id, "TransitGatewayId": gateway, "State": "available"}
    w.add("TransitGatewayVpcAttachments", {**common, "VpcId": vpc, "SubnetIds": feet, "Options": {
        "Ipv6Support": "enable", **options}}, id)  # fmt: skip
    looked_up = {"TransitGatewayRouteTableId": table, "State": "associated"}
    w.add("TransitGatewayAttachments", {**common, "TransitGatewayOwnerId": w.account, "ResourceType": "vpc",
                                        "ResourceId": vpc, "Association": looked_up}, f"{id}/general")  # fmt: skip


def feet(draw: st.DrawFn) -> list[str]:
    """Where the home VPC is attached: in the functions' own subnets, or in another one of the same zone."""
    return draw(st.sampled_from((["subnet-1", "subnet-2"], ["subnet-1"], ["subnet-m", "subnet-2"], ["subnet-d"])))


def transit(draw: st.DrawFn, net: Net) -> None:
    """A transit gateway between two VPCs."""
    other(draw, net, "tgw-1")
    switch = st.sampled_from(("enable", "enable", "enable", "disable"))
    gateway(net, "tgw-1", draw(switch))
    table(net, "tgw-rtb-1", "tgw-1", (HERE, "tgw-attach-1"), (THERE, "tgw-attach-2"))
    name = "SecurityGroupReferencingSupport"
    attach(net, "tgw-attach-1", "tgw-1", "vpc-1", feet(draw), "tgw-rtb-1", **{name: draw(switch)})
    ends = draw(st.sampled_from((["subnet-x"], ["subnet-x"], ["subnet-y"])))
    attach(net, "tgw-attach-2", "tgw-1", "vpc-2", ends, "tgw-rtb-1", **{name: draw(switch)})


def forked(draw: st.DrawFn, net: Net) -> None:
    """A transit gateway that gives each connection a zone of the second VPC, or one of two attachments."""
    transit(draw, net)
    w, either = net.w, st.booleans()
    w.subnet("vpc-2", "10.2.8.0/24", "b", id="subnet-z")
    w.route_table("vpc-2", ["subnet-z"], [(HERE, "tgw-1")] if draw(either) else [], id="rtb-z")
    lets = [((100, "allow", "-1", None, block),) for block in (ANY, HERE, THERE, "10.0.1.0/24")]
    w.network_acl("vpc-2", ["subnet-z"], draw(st.sampled_from(lets)), draw(st.sampled_from(lets)), id="acl-z")
    w["tgw-attach-2"].update(SubnetIds=["subnet-y", "subnet-z"])
    w["tgw-attach-2"]["Options"]["ApplianceModeSupport"] = "enable"
    for route in w["tgw-rtb-1/routes"]["Routes"]:  # to both, or to one of them
        if draw(st.sampled_from((True, False, False))):
            route["TransitGatewayAttachments"] = [{"TransitGatewayAttachmentId": f"tgw-attach-{n}"} for n in (1, 2)]


def both(draw: st.DrawFn, net: Net) -> None:
    """A peering connection beside a transit gateway; requests take one of them, replies mostly the same."""
    transit(draw, net)
    net.w.peering("vpc-1", "vpc-2", id="pcx-1")
    there, other = draw(st.permutations(("pcx-1", "tgw-1")))
    net.lead("rtb-fn", THERE, there)
    net.lead("rtb-x", HERE, draw(st.sampled_from((there, there, other))))


def egress(draw: st.DrawFn, net: Net) -> None:
    """A VPC with the only way out, behind a transit gateway."""
    w = net.w
    vpc = w.vpc(EGRESS, id="vpc-9")
    w.subnet(vpc, "10.9.0.0/24", "a", id="subnet-n")
    w.subnet(vpc, "10.9.1.0/24", "a", id="subnet-t")
    igw, nat = w.internet_gateway(vpc, id="igw-9"), w.nat_gateway("subnet-n", id="nat-9")
    w.route_table(vpc, ["subnet-t"], [(ANY, nat)], id="rtb-t")
    w.route_table(vpc, ["subnet-n"], [(ANY, igw), (HERE, "tgw-1")], id="rtb-n")
    gateway(net, "tgw-1", "disable")
    table(net, "tgw-rtb-1", "tgw-1", (ANY, "tgw-attach-9"))
    table(net, "tgw-rtb-9", "tgw-1", (HERE, "tgw-attach-1"))
    attach(net, "tgw-attach-1", "tgw-1", "vpc-1", feet(draw), "tgw-rtb-1")
    attach(net, "tgw-attach-9", "tgw-1", "vpc-9", ["subnet-t"], "tgw-rtb-9")
    net.lead("rtb-fn", ANY, "tgw-1")
    if draw(st.sampled_from((False, False, True))):
        w.gateway_endpoint(vpc, "s3", [draw(st.sampled_from(("rtb-t", "rtb-n")))], id="vpce-9")
        net.host = draw(st.sampled_from(("52.218.0.1", HOST)))


def far_gateway(draw: st.DrawFn, net: Net) -> None:
    """Two transit gateways that are peered; in one Region each has an attachment of its own for that."""
    other(draw, net, "tgw-1")
    w = net.w
    w["rtb-x"]["Routes"][-1]["TransitGatewayId"] = "tgw-2"
    where = draw(st.sampled_from(("one region", "another region")))
    net.parts.append(where)
    ids = ("tgw-attach-p", "tgw-attach-q" if where == "one region" else "tgw-attach-p")
    for n in (1, 2):
        gateway(net, f"tgw-{n}", "enable")
    table(net, "tgw-rtb-1", "tgw-1", (HERE, "tgw-attach-1"), (THERE, ids[0]))
    table(net, "tgw-rtb-2", "tgw-2", (HERE, ids[1]), (THERE, "tgw-attach-2"))
    attach(net, "tgw-attach-1", "tgw-1", "vpc-1", feet(draw), "tgw-rtb-1")
    attach(net, "tgw-attach-2", "tgw-2", "vpc-2", ["subnet-x"], "tgw-rtb-2")
    ends = {"RequesterTgwInfo": {"TransitGatewayId": "tgw-1"}, "AccepterTgwInfo": {"TransitGatewayId": "tgw-2"}}
    w.add("TransitGatewayPeeringAttachments", {
        "TransitGatewayAttachmentId": ids[0], "AccepterTransitGatewayAttachmentId": ids[1], "State": "available",
        **ends}, "peering")  # fmt: skip
    for n, far in ((1, 2), (2, 1)):
        looked_up = {"TransitGatewayRouteTableId": f"tgw-rtb-{n}", "State": "associated"}
        w.add("TransitGatewayAttachments", {
            "TransitGatewayAttachmentId": ids[n - 1], "TransitGatewayId": f"tgw-{n}", "State": "available",
            "TransitGatewayOwnerId": w.account, "ResourceType": "peering", "ResourceId": f"tgw-{far}",
            "Association": looked_up}, f"peering of tgw-{n}")  # fmt: skip


def private_nat(draw: st.DrawFn, net: Net) -> None:
    """A private NAT gateway in a routable block stands before a peering or a transit gateway."""
    w = net.w
    w.secondary_cidr("vpc-1", "100.64.0.0/24")
    w.subnet("vpc-1", "100.64.0.0/24", "a", id="subnet-o")
    w.nat_gateway("subnet-o", id="nat-p", connectivity="private")
    by = draw(st.sampled_from(("pcx-1", "tgw-1")))
    other(draw, net, by, "100.65.0.0/16")
    w["sg-x"]["IpPermissions"].clear()
    net.parts[:] = [p for p in net.parts if p != "group of another VPC"]
    w.ingress("sg-x", ("tcp", 5432, draw(st.sampled_from(("100.64.0.0/24", "100.64.0.0/24", HERE, "sg-fn")))))
    w["rtb-x"]["Routes"].pop()
    if by == "tgw-1" or draw(st.booleans()):
        w.route("rtb-x", "100.64.0.0/24", by)
    net.lead("rtb-fn", "100.65.0.0/16", "nat-p")
    w.route_table("vpc-1", ["subnet-o"], [("100.65.0.0/16", by)], id="rtb-o")
    if by == "pcx-1":
        w.peering("vpc-1", "vpc-2", id="pcx-1")
        return
    gateway(net, "tgw-1", "enable")
    table(net, "tgw-rtb-1", "tgw-1", ("100.64.0.0/24", "tgw-attach-1"), ("100.65.0.0/16", "tgw-attach-2"))
    attach(net, "tgw-attach-1", "tgw-1", "vpc-1", ["subnet-o"], "tgw-rtb-1")
    attach(net, "tgw-attach-2", "tgw-1", "vpc-2", ["subnet-x"], "tgw-rtb-1")


PARTS: dict[str, Part] = {part.__name__: part for part in (
    plain, six_out, nat_instance, within, nat_within, edge, before_nat, service, peered, transit, both, egress,
    far_gateway, private_nat,
)}  # fmt: skip
