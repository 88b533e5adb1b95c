"""The gateways that a walked packet meets: NAT, internet and egress-only ones, gateway endpoints. Knows no reach."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from tests.naive_rules import Missing, OutOfScope, Record, member
from tests.naive_trip import Sender, Trip

RFC1918 = [IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16")]
RFC6598 = IPv4Network("100.64.0.0/10")
PUBLIC_V6, LOCAL_V6, NAT64 = IPv6Network("2000::/3"), IPv6Network("fc00::/7"), IPv6Network("64:ff9b::/96")


class Gateways(Trip):
    """The steps through them."""

    def nat_gateway(self, nat_id: str) -> str:
        """Enter the NAT gateway's subnet, be translated, and go on from its subnet, or by a regional one's table."""
        sender = self.senders[-1]
        if any(s.nat == nat_id for s in self.senders):
            return self.block("ROUTING_LOOP")  # NAT-9
        try:
            nat = self.facts.one("NatGateways", "NatGatewayId", nat_id)
        except Missing:
            return self.not_known()
        regional = nat.get("AvailabilityMode") == "regional"
        if not regional and nat["SubnetId"] != sender.subnet:
            self.ask_acl(nat["SubnetId"], False, ip_address(sender.address), self.packet.port)
        if nat["State"] != "available":
            self.block("BAD_STATE")  # NAT-1
        if regional and not self.serves(nat, sender.subnet):
            self.block("REGIONAL_NGW_ROUTE_AZ_RESTRICTION")  # NAT-6
        before = self.target
        if isinstance(self.target, IPv6Address):
            if self.target in NAT64 and self.packet.protocol in ("tcp", "udp"):
                self.target = ip_address(int(self.target) & 0xFFFFFFFF)  # NAT-14
            else:
                self.block("PROTOCOL_RESTRICTION")  # no native IPv6
        elif self.packet.protocol not in ("tcp", "udp", "icmp"):
            self.block("PROTOCOL_RESTRICTION")  # NAT-7
        # NAT-8, SG-7: another address and port, and no groups any more
        if regional:
            self.senders.append(Sender("", "0.0.0.0", self.nat_port, (), nat_id, nat["RouteTableId"], before))
        else:
            main = next(a for a in nat["NatGatewayAddresses"] if a.get("IsPrimary", True))
            self.senders.append(Sender(nat["SubnetId"], main["PrivateIp"], self.nat_port, (), nat_id, None, before))
        return "on the way"

    def serves(self, nat: Record, subnet: str) -> bool:
        """Say whether a regional NAT gateway takes traffic of the subnet's zone (NAT-6)."""
        zones = {a["AvailabilityZoneId"] for a in nat["NatGatewayAddresses"] if a["Status"] == "succeeded"}
        return nat["AutoProvisionZones"] == "enabled" or self.facts.subnet(subnet)["AvailabilityZoneId"] in zones

    def internet_gateway(self, igw_id: str) -> str:
        """Leave the VPC, if the gateway is attached, the sender public, and the destination not private."""
        if any(
            a.get("GatewayId") == igw_id
            for table in self.facts.known("RouteTables")
            for a in table.get("Associations", [])
        ):
            raise OutOfScope("gateway route table")
        if self.packet.address in [
            eni.get("Association", {}).get("PublicIp") for eni in self.facts.known("NetworkInterfaces")
        ]:
            raise OutOfScope("IGW-9: reflection to a public address of the VPC")
        refused = not self.attached("InternetGateways", "InternetGatewayId", igw_id)
        if not refused:
            self.ask_public_access(outbound=self.senders[-1].nat is not None)
        try:
            six = isinstance(self.target, IPv6Address)
            if not six and not self.has_public_address(self.senders[-1]):  # IGW-2, FNSRC-4, NAT-2, NAT-3
                self.block("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")
                refused = True
        except Missing:
            self.not_known()
        return self.outside(refused)

    def egress_only(self, eigw_id: str) -> str:
        """Leave the VPC over IPv6 (IGW-7); nothing is translated."""
        refused = not self.attached("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId", eigw_id)
        if not refused:
            self.ask_public_access(outbound=True)
        return self.outside(refused)

    def attached(self, key: str, id_member: str, wanted: str) -> bool:
        """Say whether a gateway is attached to the VPC; one that is not known may be (IN-1, IGW-1)."""
        try:
            gateway = self.facts.one(key, id_member, wanted)
            states = [a["State"] for a in member(gateway, "Attachments") if a["VpcId"] == self.vpc]
        except Missing:
            self.not_known()
            return True
        if not set(states) & {"available", "attached"}:
            self.block("BAD_STATE_ATTACHMENT")
            return False
        return True

    def outside(self, refused: bool) -> str:
        """Say what lies behind an internet gateway: public addresses, for public ones (IGW-4, IGW-6)."""
        if isinstance(self.target, IPv6Address):
            if self.senders[-1].nat is None and self.private_source():
                self.block("PRIVATE_IPV6_SOURCE")
                refused = True
            if refused:
                return "lost"
            return "gateway" if self.target in PUBLIC_V6 else self.block("NO_POSSIBLE_DESTINATION")
        if any(self.target in block for block in RFC1918):
            return self.block("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS")
        if self.target in RFC6598:
            return self.block("IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS")
        return "lost" if refused else "gateway"

    def private_source(self) -> bool:
        """Say whether the sender's IPv6 address is never advertised (IGW-6)."""
        subnet = self.facts.subnet(self.senders[-1].subnet)
        said = any(a.get("Ipv6AddressAttribute") == "private" for a in subnet["Ipv6CidrBlockAssociationSet"])
        return said or ip_address(self.senders[-1].address) in LOCAL_V6

    def ask_public_access(self, outbound: bool) -> None:
        """Ask VPC Block Public Access about the subnet that faces the gateway (BPA-2 to BPA-5).

        `outbound` says that only connections from inside can pass there anyway.
        """
        options = self.facts.known("VpcBlockPublicAccessOptions")
        mode = options[0]["InternetGatewayBlockMode"] if options else "off"
        if mode == "off":
            return
        mine = ("vpc/" + self.vpc, "subnet/" + (self.senders[-1].subnet or "none"))
        allowed = {
            e["InternetGatewayExclusionMode"]
            for e in self.facts.known("VpcBlockPublicAccessExclusions")
            if e["ResourceArn"].endswith(mine) and e["State"] in ("create-complete", "update-complete")
        }
        if "allow-bidirectional" in allowed:
            return
        if outbound and (mode == "block-ingress" or "allow-egress" in allowed):
            return
        self.block("VPC_BLOCK_PUBLIC_ACCESS_ENABLED")

    def has_public_address(self, sender: Sender) -> bool:
        """Say whether a public IPv4 address is paired with the sender's private one."""
        if sender.nat is not None:
            nat = self.facts.one("NatGateways", "NatGatewayId", sender.nat)
            given = [a for a in nat["NatGatewayAddresses"] if a.get("Status", "succeeded") == "succeeded"]
            return nat.get("ConnectivityType", "public") == "public" and any(a.get("PublicIp") for a in given)
        if self.source.kind == "function":
            return False
        for eni in self.facts.known("NetworkInterfaces"):
            for owned in eni["PrivateIpAddresses"]:
                if eni["VpcId"] == self.vpc and owned["PrivateIpAddress"] == sender.address:
                    return "PublicIp" in owned.get("Association", {})
        raise Missing

    def gateway_endpoint(self, vpce_id: str) -> str:
        """Reach the service through its gateway endpoint (VPCE-1, VPCE-6)."""
        try:
            endpoint = self.facts.one("VpcEndpoints", "VpcEndpointId", vpce_id)
        except Missing:
            return self.not_known()
        if str(endpoint["VpcEndpointType"]).lower() != "gateway":
            raise OutOfScope("endpoint of another type as a next hop")
        if str(endpoint["State"]).lower() != "available":
            self.block("BAD_STATE")
        echo = self.packet.protocol == "icmp" and self.packet.port == 8
        if self.packet.protocol != "tcp" and not echo:
            self.block("VPCE_GATEWAY_PROTOCOL_RESTRICTION")
        return "gateway"
