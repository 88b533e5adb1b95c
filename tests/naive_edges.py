"""Where a walked packet leaves AWS's networks and its reply comes in: internet and egress-only gateways, endpoints.

Knows no reach.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from tests.naive_firewalls import firewall_of
from tests.naive_leg import End, Leg
from tests.naive_middle import Middle
from tests.naive_rules import OutOfScope, Record, member

RFC1918 = [IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16")]
RFC6598 = IPv4Network("100.64.0.0/10")
LIVE = ("available", "attached")
PUBLIC_V6, LOCAL_V6 = IPv6Network("2000::/3"), IPv6Network("fc00::/7")


class Edges(Middle):
    """The steps out and in."""

    def internet_gateway(self, leg: Leg, id: str) -> End:
        """Leave by an internet gateway (IGW-1 … IGW-6, BPA-2 … BPA-6)."""
        if leg.back:
            return self.block(leg, "NO_ROUTE_TO_DESTINATION")
        if not self.attachment(leg, "InternetGateways", "InternetGatewayId", id):
            return "lost"
        self.public_access(leg, outbound=self.behind_nat(leg))
        if isinstance(leg.dst, IPv6Address):
            return self.outside_six(leg, id)
        if not self.has_public_address(leg):
            return self.block(leg, "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")
        if any(leg.dst in block for block in RFC1918):
            return self.block(leg, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS")
        if leg.dst in RFC6598:
            return self.block(leg, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS")
        self.gate = id
        return self.in_again(leg)

    # -- reflection --------------------------------------------------------------------------------------

    def in_again(self, leg: Leg) -> End:
        """What is for a public address of these VPCs comes in again by the gateway of whoever has it (IGW-9)."""
        given = {a.get("PublicIp") for n in self.facts.known("NatGateways") for a in n["NatGatewayAddresses"]}
        if str(leg.dst) in given:
            return self.block(leg, "NO_POSSIBLE_DESTINATION")  # NAT-8: only replies come back
        for owner in self.facts.known("NetworkInterfaces"):
            for owned in owner["PrivateIpAddresses"]:
                if owned.get("Association", {}).get("PublicIp") == str(leg.dst):
                    self.names.append("reflection")
                    return self.received(leg, owner, str(owned["PrivateIpAddress"]))
        return "gateway"

    def received(self, leg: Leg, owner: Record, private: str) -> End:
        """In by the gateway of the owner's VPC, with the public address of the sender, and the reply out again."""
        home, place = str(owner["VpcId"]), str(owner["SubnetId"])
        self.entered(leg, home, place)
        doors = [g["InternetGatewayId"] for g in self.facts.known("InternetGateways")
                 if any(a["VpcId"] == home and a["State"] in LIVE for a in g["Attachments"])]  # fmt: skip
        self.goal = owner
        public = ip_address(self.public_address(leg))
        inward = Leg("", home, public, leg.sport, ip_address(private), leg.dport, entrance=(doors or [""])[0])
        end = self.follow(inward)
        if end != "arrived":
            return end
        self.groups(inward, "IpPermissions", tuple(g["GroupId"] for g in owner["Groups"]), public, ())
        outward = Leg(place, home, ip_address(private), leg.dport, public, leg.sport, True)
        self.acl(outward, place, True)
        route = self.facts.lookup(place, public) or {}
        target = str(route.get("GatewayId") or route.get("NetworkInterfaceId") or "")
        if target.startswith(("vpce-", "eni-")):
            return self.riddle(outward, "UNSUPPORTED_COMPONENT")
        if target not in doors or route.get("State") == "blackhole":
            return self.block(outward, "NO_ROUTE_TO_DESTINATION")
        if inward.seen:  # RT-17: it came in past a middlebox that the reply does not meet
            return self.block(outward, "INGRESS_RTB_TRAFFIC_REDIRECTION")
        return "gateway"

    def entered(self, leg: Leg, vpc: str, subnet: str) -> None:
        """Block Public Access lets nothing in but where both directions are excluded from it (BPA-2 … BPA-4)."""
        if self.public_mode() != "off" and "allow-bidirectional" not in self.excluded(vpc, subnet):
            self.block(leg, "VPC_BLOCK_PUBLIC_ACCESS_ENABLED")

    def public_address(self, leg: Leg) -> str:
        """The public address that the gateway writes in the place of the present source."""
        last = self.translators[-1] if self.translators else None
        if last is not None and last.kind == "nat":
            nat = self.facts.one("NatGateways", "NatGatewayId", last.id)
            given = [str(a["PublicIp"]) for a in nat["NatGatewayAddresses"] if a.get("PublicIp")]
            if len(given) > 1:
                raise OutOfScope("one of several public addresses")
            return given[0]
        owner = self.interface(leg.src, leg.vpc) or {"PrivateIpAddresses": []}
        return next(str(a["Association"]["PublicIp"]) for a in owner["PrivateIpAddresses"]
                    if a["PrivateIpAddress"] == str(leg.src))  # fmt: skip

    def follow(self, leg: Leg) -> End:
        raise NotImplementedError

    def egress_only(self, leg: Leg, id: str) -> End:
        """Leave over IPv6, outbound connections only (IGW-7)."""
        if leg.back:
            return self.block(leg, "NO_ROUTE_TO_DESTINATION")
        if not isinstance(leg.dst, IPv6Address):
            raise OutOfScope("IPv4 to an egress-only gateway")
        if not self.attachment(leg, "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId", id):
            return "lost"
        self.names.append("egress-only")
        self.public_access(leg, outbound=True)
        return self.outside_six(leg, id)

    def outside_six(self, leg: Leg, id: str) -> End:
        """Public IPv6 addresses, for public ones of this VPC (IGW-5, IGW-6)."""
        owner = self.facts.subnet(self.source.subnet)
        if owner["VpcId"] != leg.vpc:
            return self.block(leg, "GATEWAY_REJECTS_SPOOFED_TRAFFIC")
        said = any(a.get("Ipv6AddressAttribute") == "private" for a in owner["Ipv6CidrBlockAssociationSet"])
        if said or leg.src in LOCAL_V6:
            return self.block(leg, "PRIVATE_IPV6_SOURCE")
        if leg.dst not in PUBLIC_V6:
            return self.block(leg, "NO_POSSIBLE_DESTINATION")
        self.gate = id
        return "gateway"

    def attachment(self, leg: Leg, key: str, name: str, id: str) -> bool:
        """Ask whether the gateway is attached to this VPC (IN-1, IGW-1)."""
        states = {a["State"] for a in member(self.facts.one(key, name, id), "Attachments") if a["VpcId"] == leg.vpc}
        if not states & {"available", "attached"}:
            self.block(leg, "BAD_STATE_ATTACHMENT")
        return bool(states & {"available", "attached"})

    def behind_nat(self, leg: Leg) -> bool:
        """Say whether a NAT gateway sent it, and no appliance faces the internet gateway in its stead (BPA-5)."""
        boxes = [s for s in leg.seen if not s.startswith("vpce-")]
        return bool(self.translators) and self.translators[-1].kind == "nat" and not boxes

    def has_public_address(self, leg: Leg) -> bool:
        """Say whether a public IPv4 address is paired with the present source in this VPC (IGW-2, NAT-2, NAT-3)."""
        last = self.translators[-1] if self.translators else None
        if last is not None and last.kind == "nat":
            nat = self.facts.one("NatGateways", "NatGatewayId", last.id)
            given = [a for a in nat["NatGatewayAddresses"] if a.get("Status", "succeeded") == "succeeded"]
            public = nat.get("ConnectivityType", "public") == "public" and any(a.get("PublicIp") for a in given)
            return public and nat["VpcId"] == leg.vpc
        if last is None and self.source.kind == "function":
            return False
        owner = self.interface(leg.src, leg.vpc)
        return owner is not None and any("PublicIp" in owned.get("Association", {})
                                         for owned in owner["PrivateIpAddresses"]
                                         if owned["PrivateIpAddress"] == str(leg.src))  # fmt: skip

    def public_access(self, leg: Leg, outbound: bool) -> None:
        """Ask VPC Block Public Access about the subnet that faces the gateway.

        `outbound` says that only connections from inside can pass there anyway.
        """
        mode = self.public_mode()
        if mode == "off":
            return
        self.names.append("public access")
        allowed = self.excluded(leg.vpc, leg.subnet)
        endpoints = [s for s in leg.seen if s.startswith("vpce-")]  # BPA-6
        firewalls = self.facts.known("network-firewall:Firewalls")
        barred = any(firewall_of(firewalls, s) for s in endpoints) or (endpoints and not allowed)
        onward = outbound and (mode == "block-ingress" or "allow-egress" in allowed)
        if barred or ("allow-bidirectional" not in allowed and not onward):
            self.block(leg, "VPC_BLOCK_PUBLIC_ACCESS_ENABLED")

    def public_mode(self) -> str:
        """The mode of Block Public Access."""
        options = self.facts.known("VpcBlockPublicAccessOptions")
        return str(options[0]["InternetGatewayBlockMode"]) if options else "off"

    def excluded(self, vpc: str, subnet: str) -> set[str]:
        """The exclusions that cover a subnet."""
        mine = (f"vpc/{vpc}", f"subnet/{subnet or 'none'}")
        return {str(e["InternetGatewayExclusionMode"]) for e in self.facts.known("VpcBlockPublicAccessExclusions")
                if e["ResourceArn"].endswith(mine) and e["State"] in ("create-complete", "update-complete")}

    def gateway_endpoint(self, leg: Leg, record: Record) -> End:
        """Reach the service by its own addresses, from the endpoint's VPC only (VPCE-1, VPCE-6, VPCE-8)."""
        if leg.back:
            return self.block(leg, "NO_ROUTE_TO_DESTINATION")
        if str(record["State"]).lower() != "available":
            self.block(leg, "BAD_STATE")
        if leg.crossed and not self.translators:
            return self.block(leg, "GATEWAY_ENDPOINT_NOT_EXTENSIBLE")
        listed = [p for p in self.facts.known("ManagedPrefixLists") if p["PrefixListName"] == record["ServiceName"]]
        blocks = [block for p in listed for block in self.facts.list_entries(p["PrefixListId"])]
        if not any(leg.dst in block for block in blocks):
            return self.block(leg, "VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION")
        if self.packet.protocol != "tcp":
            return self.block(leg, "VPCE_GATEWAY_PROTOCOL_RESTRICTION")
        self.gate = str(record["VpcEndpointId"])
        return "gateway"

    gate = ""
