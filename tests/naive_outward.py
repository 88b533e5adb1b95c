"""Where a walked packet leaves for networks that AWS does not describe, and encryption controls. Knows no reach."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_network

from tests.naive_leg import End, Leg, Traveller
from tests.naive_rules import Missing, Record, member

GONE = ("deleted",)
KNOWN = {"pending", "available", "deleting", "deleted", "attaching", "attached", "detaching", "detached"}


class Outward(Traveller):
    """Virtual private gateways, VPN connections, and what VPCs that enforce encryption refuse."""

    def virtual_gateway(self, leg: Leg, id: str) -> End:
        """Over a VPN, else over Direct Connect, as far as AWS tells (VGW-1 … VGW-5)."""
        if leg.back:
            return self.block(leg, "NO_ROUTE_TO_DESTINATION")
        gateway = self.facts.one("VpnGateways", "VpnGatewayId", id)
        states = {a["State"] for a in member(gateway, "VpcAttachments") if a["VpcId"] == leg.vpc}
        if {gateway["State"], *states} - KNOWN:
            self.riddle(leg)  # IN-4
        elif gateway["State"] != "available" or not states & {"attached", "available"}:
            return self.block(leg, "BAD_STATE_ATTACHMENT")
        if leg.crossed and not any(t.before.crossed == leg.crossed for t in self.translators):
            return self.block(leg, "VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS")  # VGW-3
        self.names.append("virtual gateway")
        lines = [v for v in self.facts.known("VpnConnections")
                 if v.get("VpnGatewayId") == id and v["State"] not in GONE]  # fmt: skip
        if not lines:
            return self.riddle(leg, "LEAVES_AWS")  # Direct Connect, of which nothing is read
        if isinstance(leg.dst, IPv6Address):
            return self.block(leg, "PROTOCOL_RESTRICTION")  # VGW-4
        working = [line for line in lines if works(line)]
        if not working:
            return self.block(leg, "BAD_STATE_VPN")
        if not any(knows(line, leg) for line in working):
            return self.block(leg, "NO_ROUTE_TO_DESTINATION")  # VGW-2
        return self.riddle(leg, "LEAVES_AWS")

    def over_vpn(self, leg: Leg, attachment: str) -> End | None:
        """Out of a transit gateway by a VPN attachment (TGW-11, VGW-1); None if it is one of another kind."""
        found = [a for a in self.facts.known("TransitGatewayAttachments")
                 if a["TransitGatewayAttachmentId"] == attachment]  # fmt: skip
        if not found or found[0]["ResourceType"] != "vpn":
            return None
        if found[0]["State"] not in ("available", "modifying"):
            self.block(leg, "BAD_STATE_ATTACHMENT")
        self.names.append("transit vpn")
        lines = [v for v in self.facts.known("VpnConnections") if v["VpnConnectionId"] == found[0]["ResourceId"]]
        if not lines:
            raise Missing
        if not works(lines[0]):
            return self.block(leg, "TGW_BAD_STATE_VPN")
        return self.riddle(leg, "LEAVES_AWS")

    # -- encryption controls -----------------------------------------------------------------------------

    def enforces(self, vpc: str) -> bool | None:
        """Say whether a VPC enforces encryption now; None if its control says something that nobody knows (ENC-1)."""
        found = [v for v in self.facts.known("Vpcs") if v["VpcId"] == vpc]
        control = found[0].get("EncryptionControl") if found else {"Mode": "?", "State": "?"}
        if not control or control["State"] in ("deleted", "enforce-failed"):
            return False
        if control["Mode"] == "monitor" and control["State"] in ("available", "creating", "deleting", "delete-failed"):
            return False
        return True if (control["Mode"], control["State"]) == ("enforce", "available") else None

    def encrypted_between(self, leg: Leg, near: Record, far: Record) -> None:
        """Peered VPCs both enforce it in one Region, or whoever enforces it excludes peering (ENC-3)."""
        modes = [self.enforces(str(side["VpcId"])) for side in (near, far)]
        apart = near.get("Region") != far.get("Region")
        said = {self.refused(first, second, apart, near, far)
                for first in ((True, False) if modes[0] is None else (modes[0],))
                for second in ((True, False) if modes[1] is None else (modes[1],))}  # fmt: skip
        if said == {False}:
            return
        self.names.append("enforced")
        if said == {True}:
            self.block(leg, "ENCRYPTION_ENFORCED")
        else:
            self.riddle(leg)

    def refused(self, near_does: bool, far_does: bool, apart: bool, near: Record, far: Record) -> bool | None:
        """Say whether one of two peers that enforce it, or do not, refuses the other."""
        if near_does and far_does and not apart:
            return False
        excluded = [self.excludes(s) for s, does in ((near, near_does), (far, far_does)) if does]
        return True if False in excluded else None if None in excluded else False

    def excludes(self, side: Record) -> bool | None:
        """Say whether a VPC excludes peering connections from its encryption control."""
        for vpc in self.facts.known("Vpcs"):
            if vpc["VpcId"] == side["VpcId"]:
                told = vpc.get("EncryptionControl", {}).get("ResourceExclusions", {}).get("VpcPeering", {})
                return {"enabled": True, "disabled": False}.get(told.get("State"))
        return None

    def encrypted_inside(self, leg: Leg, vpc: str, code: str) -> None:
        """What is not supported in a VPC that enforces encryption: nobody can tell what it does there (ENC-3)."""
        if self.enforces(vpc) is not False:
            self.names.append("enforced")
            self.riddle(leg, code if self.enforces(vpc) else "UNKNOWN_RESOURCE")

    def encrypted_place(self, leg: Leg, subnet: str) -> None:
        """A Local Zone is such a place."""
        place = self.facts.subnet(subnet)
        if place["AvailabilityZone"].count("-") > 2:
            self.encrypted_inside(leg, str(place["VpcId"]), "ENCRYPTION_ZONE_UNSUPPORTED")

    # -- Local Zones -------------------------------------------------------------------------------------

    def serving_zone(self, subnet: str) -> str:
        """The zone whose attachment subnet serves a subnet: its own, for a Local Zone also the parent (TGW-2)."""
        place = self.facts.subnet(subnet)
        if place["AvailabilityZone"].count("-") <= 2:
            return str(place["AvailabilityZoneId"])
        self.names.append("local zone")
        for zone in self.facts.known("AvailabilityZones"):
            if zone["ZoneName"] == place["AvailabilityZone"]:
                return str(zone["ParentZoneId"])
        raise Missing


def works(line: Record) -> bool:
    """Say whether a VPN connection is up, as far as its record tells (VGW-1)."""
    told = [t["Status"] for t in line.get("VgwTelemetry", [])]
    return line["State"] == "available" and not (told and set(told) == {"DOWN"})


def knows(line: Record, leg: Leg) -> bool:
    """Say whether a VPN connection may lead to an address: by BGP, or by a static route of its own (VGW-2)."""
    if line.get("Options", {}).get("StaticRoutesOnly") is not True:
        return True
    return any(leg.dst in ip_network(r["DestinationCidrBlock"]) for r in line["Routes"] if r["State"] == "available")
