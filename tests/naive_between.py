"""Between VPCs: peering connections, transit gateways and their peerings, walked literally. Knows no reach."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_network

from tests.naive_leg import End, Leg
from tests.naive_outward import Outward
from tests.naive_rules import Missing, OutOfScope, Record

CARRIES = ("available", "modifying", "rollingBack")


class Between(Outward):
    """The steps from one VPC into another."""

    def local(self, leg: Leg, vpc: str) -> End:
        raise NotImplementedError

    # -- peering -----------------------------------------------------------------------------------------

    def peering(self, leg: Leg, id: str) -> End:
        """Between the two VPCs' own addresses; a reply must take the connection of its request (PCX-1 … PCX-4)."""
        pcx = self.facts.one("VpcPeeringConnections", "VpcPeeringConnectionId", id)
        sides = [pcx["RequesterVpcInfo"], pcx["AccepterVpcInfo"]]
        self.same_way_back(leg, id)
        if pcx["Status"]["Code"] != "active":
            self.block(leg, "BAD_STATE")
        (near,) = (s for s in sides if s["VpcId"] == leg.vpc)
        (far,) = (s for s in sides if s["VpcId"] != leg.vpc)
        if not leg.back:
            self.encrypted_between(leg, near, far)
        if not inside(leg.src, near) or not inside(leg.dst, far):
            return self.block(leg, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR")
        self.crossing(leg, id)
        leg.subnet, leg.vpc = "", str(far["VpcId"])
        return self.local(leg, leg.vpc)

    def same_way_back(self, leg: Leg, id: str) -> None:
        """A request over a peering is answered over the same one."""
        if leg.back and leg.crossed and leg.crossed[-1].startswith("pcx-") and leg.crossed[-1] != id:
            self.block(leg, "NO_ROUTE_TO_DESTINATION")

    def crossing(self, leg: Leg, id: str) -> None:
        """Remember the way there; on the way back strike it off."""
        self.names.append(id)
        if not leg.back:
            leg.crossed.append(id)
        elif leg.crossed[-1:] == [id]:
            leg.crossed.pop()

    # -- transit gateways --------------------------------------------------------------------------------

    def transit(self, leg: Leg, id: str) -> End:
        """In by this VPC's attachment, along its table, perhaps into a peered gateway, out by another attachment."""
        self.same_way_back(leg, id)
        gateway = self.facts.one("TransitGateways", "TransitGatewayId", id)
        if gateway["State"] not in ("available", "modifying"):
            self.block(leg, "BAD_STATE")
        mine = self.attached(id, leg.vpc)
        self.carries(leg, mine)
        zone = self.serving_zone(leg.subnet)
        entry = leg.subnet if leg.subnet in mine["SubnetIds"] else self.foot(mine, zone)
        if entry is None:
            self.block(leg, "TGW_ROUTE_AZ_RESTRICTION")  # TGW-2
        else:
            self.acl(leg, entry, False)  # NACL-11
        incoming = str(mine["TransitGatewayAttachmentId"])
        for _ in range(4):
            self.crossing(leg, id)
            found = self.next_attachment(leg, id, incoming)
            if not isinstance(found, str):
                return found[0]
            if (left := self.over_vpn(leg, found)) is not None:
                return left
            peer = self.peer(leg, id, found)
            if peer is None:
                return self.out(leg, found, zone)
            id, incoming = peer
            self.names.append("peered gateways")
        raise OutOfScope("transit gateways in a circle")

    def next_attachment(self, leg: Leg, gateway: str, incoming: str) -> str | tuple[End]:
        """Look the destination up in the table of the attachment by which it came (TGW-3 … TGW-5)."""
        ends = [a for a in self.facts.known("TransitGatewayAttachments")
                if a["TransitGatewayAttachmentId"] == incoming and a["TransitGatewayId"] == gateway]
        if not ends:
            raise Missing
        association = ends[0].get("Association", {})
        if association.get("State") != "associated":
            return (self.block(leg, "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"),)
        table = self.facts.one("TransitGatewayRoutes", "TransitGatewayRouteTableId",
                               association["TransitGatewayRouteTableId"])  # fmt: skip
        fits = [r for r in table["Routes"] if leg.dst in ip_network(r["DestinationCidrBlock"])]
        if not fits:
            return (self.block(leg, "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"),)
        best = max(fits, key=lambda r: (ip_network(r["DestinationCidrBlock"]).prefixlen, r["Type"] == "static"))
        if best["State"] == "blackhole":
            return (self.block(leg, "TGW_RTB_BAD_STATE_ROUTE"),)
        ways = best["TransitGatewayAttachments"]  # each connection takes one of them (TGW-6)
        end = ways[self.pick(len(ways), told=True) if len(ways) > 1 else 0]
        return str(end["TransitGatewayAttachmentId"])

    def peer(self, leg: Leg, gateway: str, attachment: str) -> tuple[str, str] | None:
        """Return the gateway behind a peering, and its id for the peering; None for a VPC's attachment (TGW-11).

        Within one Region each of the two gateways has an attachment of its own.
        """
        for record in self.facts.known("TransitGatewayPeeringAttachments"):
            first = str(record["TransitGatewayAttachmentId"])
            second = str(record.get("AccepterTransitGatewayAttachmentId", first))
            if attachment in (first, second):
                self.carries(leg, record)
                asked = record["RequesterTgwInfo"]["TransitGatewayId"] == gateway
                far = record["AccepterTgwInfo" if asked else "RequesterTgwInfo"]["TransitGatewayId"]
                return str(far), second if asked else first
        return None

    def out(self, leg: Leg, attachment: str, zone: str) -> End:
        """Appear in the attachment's subnet of the sender's zone, else in any; in appliance mode in the one that is
        picked for the connection, reply included (TGW-7, TGW-10)."""
        far = self.facts.one("TransitGatewayVpcAttachments", "TransitGatewayAttachmentId", attachment)
        self.carries(leg, far)
        feet, exit_ = list(map(str, far["SubnetIds"])), self.foot(far, zone)
        appliance = far.get("Options", {}).get("ApplianceModeSupport", "disable") == "enable"
        if len(feet) > 1 and (appliance or exit_ is None):
            exit_ = feet[self.pick(len(feet), told=appliance, kept=attachment if appliance else "")]
        leg.subnet, leg.vpc = exit_ or feet[0], str(far["VpcId"])
        return "on the way"

    def carries(self, leg: Leg, attachment: Record) -> None:
        """Ask an attachment's state, which two calls tell (TGW-1, RT-11), and its support of IPv6 (TGW-12)."""
        same = "TransitGatewayAttachmentId"
        told = [r["State"] for r in self.facts.known("TransitGatewayAttachments") if r[same] == attachment[same]]
        if not {attachment["State"], *told} <= set(CARRIES):
            self.block(leg, "BAD_STATE_ATTACHMENT")
        peering = "RequesterTgwInfo" in attachment
        six = attachment.get("Options", {}).get("Ipv6Support", "disable")
        if isinstance(leg.dst, IPv6Address) and not peering and six != "enable":
            self.block(leg, "PROTOCOL_RESTRICTION")

    def attached(self, gateway: str, vpc: str) -> Record:
        """Return a VPC's attachment to a gateway."""
        for record in self.facts.known("TransitGatewayVpcAttachments"):
            if (record["TransitGatewayId"], record["VpcId"]) == (gateway, vpc):
                return record
        raise Missing

    def foot(self, attachment: Record, zone: str) -> str | None:
        """Return the attachment's subnet in a zone."""
        return next((s for s in attachment["SubnetIds"] if self.zone(s) == zone), None)

    # -- references to groups ----------------------------------------------------------------------------

    def known_from_here(self, subnet: str, goal: Record) -> bool:
        """Say whether rules going out may name the far end's groups: in one VPC or over a peering (SG-8, SG-10)."""
        return self.vpc(subnet) == goal["VpcId"] or self.near_peers(self.vpc(subnet), goal["VpcId"])

    def near_peers(self, one: str, other: str) -> bool:
        """Say whether two VPCs of one Region have an active peering connection."""
        for pcx in self.facts.known("VpcPeeringConnections"):
            sides = [pcx["RequesterVpcInfo"], pcx["AccepterVpcInfo"]]
            same = {s["VpcId"] for s in sides} == {one, other} and len({s.get("Region") for s in sides}) == 1
            if same and pcx["Status"]["Code"] == "active":
                return True
        return False

    def known_there(self, leg: Leg, goal: Record) -> bool:
        """Say whether rules at the far end know the sender's groups, after all that it crossed (SG-7 … SG-10)."""
        if self.translators or leg.seen:
            return False
        if not leg.crossed:
            return True
        home = self.vpc(self.source.subnet)
        if len(leg.crossed) > 1:  # a second gateway or VPC in between
            return False
        if leg.crossed[0].startswith("pcx-"):
            return self.near_peers(home, goal["VpcId"])
        gateway = self.facts.one("TransitGateways", "TransitGatewayId", leg.crossed[0])
        switch = "SecurityGroupReferencingSupport"
        ends = [self.attached(leg.crossed[0], v)["Options"].get(switch, "enable") for v in (home, goal["VpcId"])]
        return {gateway["Options"].get(switch, "disable"), *ends} == {"enable"}


def inside(address: object, side: Record) -> bool:
    """Say whether an address is in one of the blocks of a side of a peering connection."""
    named = [side["CidrBlock"], *(c["CidrBlock"] for c in side.get("CidrBlockSet", []))]
    named += [c["Ipv6CidrBlock"] for c in side.get("Ipv6CidrBlockSet", [])]
    return any(address in ip_network(block) for block in named)
