"""One packet between VPCs, walked literally: over peerings, transit gateways and the NAT gateway of an egress VPC.

Knows the raw AWS records and nothing of reach. Everything of the one account and Region was read; IPv4 and TCP only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

from tests.naive_rules import Facts, OutOfScope, Packet, Record
from tests.naive_trip import Outcome, Source

Drop = tuple[str, str]
CARRIES = ("available", "modifying", "rollingBack")


@dataclass
class Leg:
    """A packet on its way from one subnet: its header, what it has crossed, and whether it still has its groups."""

    subnet: str
    src: IPv4Address
    dst: IPv4Address
    port: int
    back: bool = False
    crossed: list[str] = field(default_factory=list)
    translated: str | None = None  # the NAT gateway

    @property
    def way(self) -> str:
        return "return" if self.back else "forward"


def walk(document: Record, source: Source, packet: Packet, nat_port: int = 2048) -> Outcome:
    """Return what becomes of one packet and of its reply."""
    trip = Crossing(document, source, packet, nat_port)
    trip.go()
    if trip.blocked:
        return Outcome("blocked", trip.blocked[0][1], tuple(trip.blocked))
    return Outcome("delivered")


class Crossing:
    """The walk."""

    def __init__(self, document: Record, source: Source, packet: Packet, nat_port: int) -> None:
        self.facts = Facts(document, source.subnet)
        self.source, self.packet, self.nat_port = source, packet, nat_port
        self.blocked: list[Drop] = []

    def go(self) -> None:
        """There, and back if it arrived."""
        target, me = IPv4Address(self.packet.address), IPv4Address(self.source.address)
        goal = self.owner(target)
        there = Leg(self.source.subnet, me, target, self.packet.port)
        named = tuple(g["GroupId"] for g in goal["Groups"]) if goal else ()
        far = goal is not None and self.vpc(goal["SubnetId"]) != self.vpc(self.source.subnet)
        carried = named if not far or self.peered(self.source.subnet, goal["SubnetId"]) else ()  # type: ignore[index]
        self.groups(there, "IpPermissionsEgress", self.source.groups, target, carried)
        if not self.route(there):
            return
        if goal is not None:
            keeps = there.translated is None and self.references(there, goal["SubnetId"])
            self.groups(there, "IpPermissions", named, there.src, self.source.groups if keeps else ())
            self.route(Leg(goal["SubnetId"], target, there.src, self.source.port, True, list(there.crossed)))
            return
        nat = self.facts.one("NatGateways", "NatGatewayId", str(there.translated))["SubnetId"]
        back = Leg(nat, target, me, self.source.port, True, list(there.crossed))
        self.acl(back, nat, False, target, self.nat_port)
        self.route(back)

    # -- one leg ---------------------------------------------------------------------------------------

    def route(self, leg: Leg) -> bool:
        """Follow route tables until it arrives (True) or cannot go on."""
        for _ in range(12):
            here = IPv4Network(self.facts.subnet(leg.subnet)["CidrBlock"])
            if leg.dst in here:
                return self.there(leg)
            route = self.facts.lookup(leg.subnet, leg.dst)
            nat = str((route or {}).get("NatGatewayId", ""))
            inside = nat and self.facts.one("NatGateways", "NatGatewayId", nat)["SubnetId"] == leg.subnet
            if not inside:
                self.acl(leg, leg.subnet, True, leg.dst, leg.port)
            if route is None:
                return self.stop(leg, "NO_ROUTE_TO_DESTINATION")
            if route.get("State") == "blackhole":
                return self.stop(leg, "BAD_STATE_ROUTE")
            gateway = str(route.get("GatewayId", ""))
            if gateway == "local":
                return self.local(leg, self.vpc(leg.subnet))
            if gateway.startswith("igw-"):
                return self.out(leg)
            if "VpcPeeringConnectionId" in route:
                return self.peering(leg, str(route["VpcPeeringConnectionId"]))
            if nat:
                onward = self.nat(leg, nat, bool(inside))
            elif "TransitGatewayId" in route:
                onward = self.transit(leg, str(route["TransitGatewayId"]))
            else:
                raise OutOfScope(f"route {route}")
            if not onward:
                return False
        raise OutOfScope("a loop")

    def local(self, leg: Leg, vpc: str) -> bool:
        """Into the subnet of the VPC that has the address."""
        for subnet in self.facts.known("Subnets"):
            if subnet["VpcId"] == vpc and leg.dst in IPv4Network(subnet["CidrBlock"]):
                self.acl(leg, subnet["SubnetId"], False, leg.src, leg.port)
                leg.subnet = subnet["SubnetId"]
                return self.there(leg)
        return self.stop(leg, "NO_POSSIBLE_DESTINATION")

    def there(self, leg: Leg) -> bool:
        """In the right subnet: is it the host's?"""
        wanted = self.source.subnet if leg.back else str((self.owner(leg.dst) or {}).get("SubnetId"))
        return leg.subnet == wanted or self.stop(leg, "NO_POSSIBLE_DESTINATION")

    def out(self, leg: Leg) -> bool:
        """To the internet: only what a NAT gateway has translated, and to public addresses (IGW-2, TGW-8)."""
        if leg.back:
            return self.stop(leg, "NO_ROUTE_TO_DESTINATION")
        if leg.translated is None:
            return self.stop(leg, "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")
        private = leg.dst in IPv4Network("10.0.0.0/8")  # IGW-4
        return not private or self.stop(leg, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS")

    def nat(self, leg: Leg, id: str, inside: bool) -> bool:
        """Through a NAT gateway, which serves its own VPC and what a transit gateway brings (NAT-10)."""
        nat = self.facts.one("NatGateways", "NatGatewayId", id)
        if leg.back or leg.translated:
            raise OutOfScope("a reply, or a second translation")
        if not inside:
            self.acl(leg, nat["SubnetId"], False, leg.src, leg.port)
        leg.src, leg.translated = IPv4Address(nat["NatGatewayAddresses"][0]["PrivateIp"]), id
        leg.subnet = nat["SubnetId"]
        return True

    def peering(self, leg: Leg, id: str) -> bool:
        """Between the two VPCs' own addresses, over the connection of the request (PCX-1, PCX-2, PCX-4)."""
        pcx = self.facts.one("VpcPeeringConnections", "VpcPeeringConnectionId", id)
        sides = [pcx["RequesterVpcInfo"], pcx["AccepterVpcInfo"]]
        mine = self.vpc(leg.subnet)
        if leg.back and leg.crossed and leg.crossed[-1].startswith("pcx-") and leg.crossed[-1] != id:
            self.stop(leg, "NO_ROUTE_TO_DESTINATION")
        if pcx["Status"]["Code"] != "active":
            self.stop(leg, "BAD_STATE")
        (near,) = (s for s in sides if s["VpcId"] == mine)
        (far,) = (s for s in sides if s["VpcId"] != mine)
        if leg.src not in IPv4Network(near["CidrBlock"]) or leg.dst not in IPv4Network(far["CidrBlock"]):
            return self.stop(leg, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR")
        self.crossing(leg, id)
        return self.local(leg, str(far["VpcId"]))

    def transit(self, leg: Leg, id: str) -> bool:
        """In by this VPC's attachment, along its table, out by another one (TGW-1 … TGW-7, NACL-11)."""
        if leg.back and leg.crossed and leg.crossed[-1].startswith("pcx-"):
            self.stop(leg, "NO_ROUTE_TO_DESTINATION")
        mine = next(a for a in self.attachments() if a["VpcId"] == self.vpc(leg.subnet))
        self.state(leg, mine)
        zone = self.zone(leg.subnet)
        entry = self.foot(mine, zone)
        if entry is None:
            self.stop(leg, "TGW_ROUTE_AZ_RESTRICTION")
        entry = leg.subnet if leg.subnet in mine["SubnetIds"] else entry
        if entry is not None:
            self.acl(leg, entry, False, leg.src, leg.port)
        self.crossing(leg, id)
        general = self.facts.one("TransitGatewayAttachments", "TransitGatewayAttachmentId",
                                 mine["TransitGatewayAttachmentId"])  # fmt: skip
        table = self.facts.one("TransitGatewayRoutes", "TransitGatewayRouteTableId",
                               general["Association"]["TransitGatewayRouteTableId"])  # fmt: skip
        fits = [r for r in table["Routes"] if leg.dst in IPv4Network(r["DestinationCidrBlock"])]
        if not fits:
            return self.stop(leg, "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT")
        best = max(fits, key=lambda r: (IPv4Network(r["DestinationCidrBlock"]).prefixlen, r["Type"] == "static"))
        if best["State"] == "blackhole":
            return self.stop(leg, "TGW_RTB_BAD_STATE_ROUTE")
        (end,) = best["TransitGatewayAttachments"]
        wanted = end["TransitGatewayAttachmentId"]
        far = next(a for a in self.attachments() if a["TransitGatewayAttachmentId"] == wanted)
        self.state(leg, far)
        exit_ = self.foot(far, zone)
        if exit_ is None and len(far["SubnetIds"]) > 1:
            raise OutOfScope("any of several zones")
        leg.subnet = exit_ or far["SubnetIds"][0]
        return True

    # -- filters and facts -----------------------------------------------------------------------------

    def crossing(self, leg: Leg, id: str) -> None:
        """Remember the way there; on the way back strike it off."""
        if not leg.back:
            leg.crossed.append(id)
        elif leg.crossed[-1:] == [id]:
            leg.crossed.pop()

    def state(self, leg: Leg, attachment: Record) -> None:
        """An attachment that does not carry."""
        if attachment["State"] not in CARRIES:
            self.stop(leg, "BAD_STATE_ATTACHMENT")

    def acl(self, leg: Leg, subnet: str, egress: bool, peer: IPv4Address, port: int) -> None:
        """Ask an ACL."""
        if not self.facts.acl_allows(subnet, egress, peer, Packet("tcp", "", port)):
            self.stop(leg, "SUBNET_ACL_RESTRICTION")

    def groups(self, leg: Leg, key: str, groups: tuple[str, ...], peer: IPv4Address, named: tuple[str, ...]) -> None:
        """Ask the rules of some groups; `named` are the peer's that they can name."""
        answers = self.facts.group_answers(key, groups, peer, named, self.packet)
        if True not in answers:
            self.stop(leg, "GROUPS")

    def references(self, leg: Leg, goal: str) -> bool:
        """Say whether inbound rules know the sender's groups (SG-8, SG-9, SG-10)."""
        if not leg.crossed:
            return True
        if len(leg.crossed) > 1:
            return False
        if leg.crossed[0].startswith("pcx-"):
            return True
        gateway = self.facts.one("TransitGateways", "TransitGatewayId", leg.crossed[0])
        ends = [a for a in self.attachments() if a["VpcId"] in (self.vpc(self.source.subnet), self.vpc(goal))]
        on = [gateway["Options"].get("SecurityGroupReferencingSupport", "disable")]
        return {*on, *(a["Options"].get("SecurityGroupReferencingSupport", "enable") for a in ends)} == {"enable"}

    def peered(self, one: str, other: str) -> bool:
        """Say whether two subnets' VPCs have an active peering connection."""
        both = {self.vpc(one), self.vpc(other)}
        return any({p["RequesterVpcInfo"]["VpcId"], p["AccepterVpcInfo"]["VpcId"]} == both
                   and p["Status"]["Code"] == "active" for p in self.facts.known("VpcPeeringConnections"))  # fmt: skip

    def attachments(self) -> list[Record]:
        """The VPC attachments."""
        return self.facts.known("TransitGatewayVpcAttachments")

    def foot(self, attachment: Record, zone: str) -> str | None:
        """The attachment's subnet in a zone."""
        return next((s for s in attachment["SubnetIds"] if self.zone(s) == zone), None)

    def zone(self, subnet: str) -> str:
        """A subnet's zone."""
        return str(self.facts.subnet(subnet)["AvailabilityZoneId"])

    def vpc(self, subnet: str) -> str:
        """A subnet's VPC."""
        return str(self.facts.subnet(subnet)["VpcId"])

    def owner(self, address: IPv4Address) -> Record | None:
        """The interface that has an address."""
        return next((e for e in self.facts.known("NetworkInterfaces") if e["PrivateIpAddress"] == str(address)), None)

    def stop(self, leg: Leg, code: str) -> bool:
        """Note a block."""
        self.blocked.append((leg.way, code))
        return False
