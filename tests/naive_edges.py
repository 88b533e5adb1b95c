"""Where a walked packet leaves AWS's networks and its reply comes in: internet and egress-only gateways, endpoints.

Knows no reach.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network

from tests.naive_leg import End, Leg
from tests.naive_middle import Middle, firewall_of
from tests.naive_rules import OutOfScope, Record, member

RFC1918 = [IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16")]
RFC6598 = IPv4Network("100.64.0.0/10")
PUBLIC_V6, LOCAL_V6 = IPv6Network("2000::/3"), IPv6Network("fc00::/7")


class Edges(Middle):
    """The steps out and in."""

    def internet_gateway(self, leg: Leg, id: str) -> End:
        """Leave by an internet gateway (IGW-1 … IGW-6, BPA-2 … BPA-6)."""
        if leg.back:
            return self.block(leg, "NO_ROUTE_TO_DESTINATION")
        if any(str(leg.dst) == e.get("Association", {}).get("PublicIp")
               for e in self.facts.known("NetworkInterfaces")):
            raise OutOfScope("IGW-9: reflection to a public address of the VPC")
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
        return "gateway"

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
        options = self.facts.known("VpcBlockPublicAccessOptions")
        mode = options[0]["InternetGatewayBlockMode"] if options else "off"
        if mode == "off":
            return
        self.names.append("public access")
        mine = (f"vpc/{leg.vpc}", f"subnet/{leg.subnet or 'none'}")
        allowed = {e["InternetGatewayExclusionMode"] for e in self.facts.known("VpcBlockPublicAccessExclusions")
                   if e["ResourceArn"].endswith(mine) and e["State"] in ("create-complete", "update-complete")}
        endpoints = [s for s in leg.seen if s.startswith("vpce-")]  # BPA-6
        firewalls = self.facts.known("network-firewall:Firewalls")
        barred = any(firewall_of(firewalls, s) for s in endpoints) or (endpoints and not allowed)
        onward = outbound and (mode == "block-ingress" or "allow-egress" in allowed)
        if barred or ("allow-bidirectional" not in allowed and not onward):
            self.block(leg, "VPC_BLOCK_PUBLIC_ACCESS_ENABLED")

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
