"""One packet, walked through a snapshot by the most literal reading of the rules: a truth to test reach with.

Knows the raw AWS records and nothing of reach. In scope: IPv4, routes, security groups, network ACLs on both
legs, internet gateways, zonal NAT gateways, gateway endpoints, and interfaces of the same VPC. Anything else
that a packet meets raises OutOfScope rather than being guessed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network
from typing import Literal

from tests.naive_rules import Facts, Missing, OutOfScope, Packet, Record, member

__all__ = ["Goal", "OutOfScope", "Outcome", "Packet", "Source", "walk"]

RFC1918 = [IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/12"), IPv4Network("192.168.0.0/16")]
RFC6598 = IPv4Network("100.64.0.0/10")
RESERVED = IPv4Network("169.254.168.0/22")


@dataclass(frozen=True, slots=True)
class Source:
    """Who sends: `kind` is "function" (never a public address) or "interface"."""

    subnet: str
    groups: tuple[str, ...]
    address: str
    port: int = 50000
    kind: Literal["function", "interface"] = "function"


@dataclass(frozen=True, slots=True)
class Goal:
    """The interface in the VPC that owns the packet's destination: its subnet and groups."""

    subnet: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: the verdict, the code met first, and all (direction, code) in walking order."""

    verdict: Literal["delivered", "blocked", "unknown"]
    code: str | None = None
    blocked: tuple[tuple[str, str], ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Sender:
    """The headers of one leg: the function's or interface's own, then one for every NAT gateway."""

    subnet: str
    address: str
    port: int
    groups: tuple[str, ...]
    nat: str | None = None


def walk(document: Record, source: Source, packet: Packet, goal: Goal | None = None,
         nat_port: int = 2048) -> Outcome:
    """Return what becomes of one packet and of its reply.

    Without `goal` the owner of the destination is looked up in the snapshot. A definite block beats
    a gap, wherever on the way either is; filters that drop do not end the walk, so `blocked` lists what comes
    after them too.
    """
    trip = _Walk(document, source, packet, nat_port)
    trip.go(goal)
    if trip.blocked:
        return Outcome("blocked", trip.blocked[0][1], tuple(trip.blocked), tuple(trip.unknown))
    if trip.unknown:
        return Outcome("unknown", trip.unknown[0][1], (), tuple(trip.unknown))
    return Outcome("delivered")


@dataclass
class _Walk:
    document: Record
    source: Source
    packet: Packet
    nat_port: int
    blocked: list[tuple[str, str]] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    direction: str = "forward"

    def __post_init__(self) -> None:
        self.facts = Facts(self.document, self.source.subnet)
        self.target = IPv4Address(self.packet.address)
        sender = self.source
        self.senders = [_Sender(sender.subnet, sender.address, sender.port, sender.groups)]

    # -- the way there ---------------------------------------------------------------------------------

    def go(self, goal: Goal | None) -> None:
        """Walk to where the packet ends; if it arrived, walk back with the reply."""
        if self.target in RESERVED:
            raise OutOfScope(f"{self.target} is answered by AWS itself")
        if self.source.kind == "function" and self.packet.protocol == "icmp":
            self.block("PROTOCOL_RESTRICTION")  # FNSRC-8
        try:
            self.vpc = str(self.facts.subnet(self.source.subnet)["VpcId"])
            self.goal, self.goal_known = self.find_goal(goal)
        except Missing:
            self.goal, self.goal_known = None, False
            self.ask_groups("IpPermissionsEgress", self.source.groups, self.target, None)
            self.not_known()
            return
        peer_groups = self.goal.groups if self.goal else () if self.goal_known else None
        self.ask_groups("IpPermissionsEgress", self.source.groups, self.target, peer_groups)
        end = "on the way"
        while end == "on the way":
            end = self.hop()
        if end == "lost" and self.goal is not None:
            self.arrive()  # the far end is asked once, whatever stopped the packet before
        elif end == "not known" and self.goal is not None:  # nor is who will stand there as the sender
            self.ask_groups("IpPermissions", self.goal.groups, None, None)
        elif end in ("goal", "gateway"):
            self.direction = "return"
            self.reply(end)

    def find_goal(self, goal: Goal | None) -> tuple[Goal | None, bool]:
        """Return the interface that owns the destination in this VPC, and whether that is certain."""
        if goal is not None:
            place = self.facts.subnet(goal.subnet)
            if place["VpcId"] != self.vpc:
                return None, True
            if self.target not in IPv4Network(place["CidrBlock"]):
                raise ValueError(f"{self.target} is not in {goal.subnet}")
            return goal, True
        for eni in self.owners():
            if eni["InterfaceType"] in ("nat_gateway", "lambda"):
                raise OutOfScope(f"a destination of type {eni['InterfaceType']}")
            return Goal(eni["SubnetId"], tuple(g["GroupId"] for g in eni["Groups"])), True
        return None, self.facts.complete("NetworkInterfaces")

    def hop(self) -> str:
        """Take one step from the present sender's subnet: on the way, lost, not known, goal, or gateway."""
        sender = self.senders[-1]
        if self.goal is not None and self.goal.subnet == sender.subnet:
            return self.arrive()  # RT-8: switched within the subnet
        try:
            if self.target in IPv4Network(self.facts.subnet(sender.subnet)["CidrBlock"]):
                return self.nobody()
            route = self.facts.lookup(sender.subnet, self.target)
        except Missing:
            self.ask_acl(sender.subnet, True, self.target, self.packet.port)
            return self.not_known()
        if route is None or not self.stays_in_subnet(route, sender.subnet):
            self.ask_acl(sender.subnet, True, self.target, self.packet.port)
        if route is None:
            return self.block("NO_ROUTE_TO_DESTINATION")
        if route.get("State") == "blackhole":  # RT-10
            return self.block("BAD_STATE_ROUTE")
        gateway = str(route.get("GatewayId", ""))
        if gateway == "local":
            return self.local()
        if gateway.startswith("igw-"):
            return self.internet_gateway(gateway)
        if gateway.startswith("vpce-"):
            return self.gateway_endpoint(gateway)
        if "NatGatewayId" in route:
            return self.nat_gateway(str(route["NatGatewayId"]))
        raise OutOfScope(f"route {route}")

    def stays_in_subnet(self, route: Record, subnet: str) -> bool:
        """Say whether the next hop has its interface in this very subnet: then no ACL is crossed (NACL-4)."""
        nats = self.facts.known("NatGateways")
        return any(n["NatGatewayId"] == route.get("NatGatewayId") and n["SubnetId"] == subnet for n in nats)

    def local(self) -> str:
        """Deliver inside the VPC (RT-3)."""
        vpcs = [v for v in self.facts.known("Vpcs") if v["VpcId"] == self.vpc]
        cidrs = [IPv4Network(c["CidrBlock"]) for v in vpcs for c in v["CidrBlockAssociationSet"]
                 if c["CidrBlockState"]["State"] == "associated"]
        if vpcs and not any(self.target in cidr for cidr in cidrs):
            return self.block("VPC_LOCAL_ROUTE_CIDR_RESTRICTION")
        return self.nobody() if self.goal is None else self.arrive()

    def nobody(self) -> str:
        """End where no interface is known to have the address: a fact only if all interfaces are known."""
        mine = [s for s in self.facts.known("Subnets") if s["VpcId"] == self.vpc]
        in_subnet = any(self.target in IPv4Network(s["CidrBlock"]) for s in mine)
        certain = self.goal_known if in_subnet else self.facts.complete("Subnets")
        return self.block("NO_POSSIBLE_DESTINATION") if certain else self.not_known()

    def arrive(self) -> str:
        """Enter the goal's subnet and its interface."""
        assert self.goal is not None
        sender = self.senders[-1]
        if sender.subnet != self.goal.subnet:
            self.ask_acl(self.goal.subnet, False, IPv4Address(sender.address), self.packet.port)
        self.ask_endpoint()
        self.ask_groups("IpPermissions", self.goal.groups, IPv4Address(sender.address), sender.groups)
        return "goal"

    def is_endpoint(self) -> bool:
        """Say whether the destination is an interface of a VPC endpoint."""
        return any(eni["InterfaceType"] == "vpc_endpoint" for eni in self.owners())

    def ask_endpoint(self) -> None:
        """Ask whether the endpoint that owns the destination is up (VPCE-1)."""
        if not self.is_endpoint():
            return
        ids = {eni["NetworkInterfaceId"] for eni in self.owners()}
        states = [str(vpce["State"]) for vpce in self.facts.known("VpcEndpoints")
                  if ids & set(vpce["NetworkInterfaceIds"])]
        if not states:
            self.not_known()
        elif states[0].lower() != "available":
            self.block("BAD_STATE")

    def owners(self) -> list[Record]:
        """Return the interfaces of this VPC that have the destination address (one, or none)."""
        return [eni for eni in self.facts.known("NetworkInterfaces") for owned in eni["PrivateIpAddresses"]
                if eni["VpcId"] == self.vpc and owned["PrivateIpAddress"] == self.packet.address]

    # -- gateways --------------------------------------------------------------------------------------

    def nat_gateway(self, nat_id: str) -> str:
        """Enter the NAT gateway's subnet, be translated, and go on from its subnet."""
        sender = self.senders[-1]
        if any(s.nat == nat_id for s in self.senders):
            return self.block("ROUTING_LOOP")  # NAT-9
        try:
            nat = self.facts.one("NatGateways", "NatGatewayId", nat_id)
        except Missing:
            return self.not_known()
        if nat.get("AvailabilityMode") == "regional":
            raise OutOfScope("regional NAT gateway")
        if nat["SubnetId"] != sender.subnet:
            self.ask_acl(nat["SubnetId"], False, IPv4Address(sender.address), self.packet.port)
        if nat["State"] != "available":
            self.block("BAD_STATE")  # NAT-1
        if self.packet.protocol not in ("tcp", "udp", "icmp"):
            self.block("PROTOCOL_RESTRICTION")  # NAT-7
        main = next(a for a in nat["NatGatewayAddresses"] if a.get("IsPrimary", True))
        # NAT-8, SG-7: another address and port, and no groups any more
        self.senders.append(_Sender(nat["SubnetId"], main["PrivateIp"], self.nat_port, (), nat_id))
        return "on the way"

    def internet_gateway(self, igw_id: str) -> str:
        """Leave the VPC, if the gateway is attached, the sender public, and the destination not private."""
        if any(a.get("GatewayId") == igw_id
               for table in self.facts.known("RouteTables") for a in table.get("Associations", [])):
            raise OutOfScope("gateway route table")
        if self.packet.address in [eni.get("Association", {}).get("PublicIp")
                                   for eni in self.facts.known("NetworkInterfaces")]:
            raise OutOfScope("IGW-9: reflection to a public address of the VPC")
        refused = False
        try:
            igw = self.facts.one("InternetGateways", "InternetGatewayId", igw_id)
            states = [a["State"] for a in member(igw, "Attachments") if a["VpcId"] == self.vpc]
            if not set(states) & {"available", "attached"}:  # IN-1, IGW-1
                self.block("BAD_STATE_ATTACHMENT")
                refused = True
        except Missing:
            self.not_known()
        try:
            if not self.has_public_address(self.senders[-1]):  # IGW-2, FNSRC-4, NAT-2, NAT-3
                self.block("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS")
                refused = True
        except Missing:
            self.not_known()
        if any(self.target in block for block in RFC1918):  # IGW-4
            return self.block("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS")
        if self.target in RFC6598:
            return self.block("IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS")
        return "lost" if refused else "gateway"

    def has_public_address(self, sender: _Sender) -> bool:
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

    # -- the way back ----------------------------------------------------------------------------------

    def reply(self, start: str) -> None:
        """Walk back from the goal or the gateway, each NAT gateway undoing its translation (section 17)."""
        last = self.senders[-1]
        if start == "goal" and self.goal is not None and self.goal.subnet != last.subnet:
            self.ask_acl(self.goal.subnet, True, IPv4Address(last.address), last.port)
            if not self.is_endpoint():  # RET-4
                self.reply_route(self.goal.subnet, IPv4Address(last.address))
            self.ask_acl(last.subnet, False, self.target, last.port)
        if start == "gateway":
            self.ask_acl(last.subnet, False, self.target, last.port)
        for nat, client in reversed(list(zip(self.senders[1:], self.senders, strict=False))):
            if nat.subnet != client.subnet:
                self.ask_acl(nat.subnet, True, IPv4Address(client.address), client.port)
                self.ask_acl(client.subnet, False, self.target, client.port)

    def reply_route(self, subnet: str, to: IPv4Address) -> None:
        """Ask the goal's route table for the way back, which must be the local route (RET-3, RET-6)."""
        try:
            route = self.facts.lookup(subnet, to)
        except Missing:
            self.not_known()
            return
        if route is None:
            self.block("NO_ROUTE_TO_DESTINATION")
        elif route.get("State") == "blackhole":
            self.block("BAD_STATE_ROUTE")
        elif route.get("GatewayId") != "local":
            self.block("ASYMMETRIC_INSPECTION")

    # -- filters and notes -----------------------------------------------------------------------------

    def ask_acl(self, subnet: str, egress: bool, peer: IPv4Address, port: int) -> None:
        """Ask the subnet's ACL; the port is always the header's destination port (NACL-5)."""
        if self.packet.protocol == "icmp":  # an echo request (8) is answered by an echo reply (0)
            echoed = self.direction == "return" and self.packet.port == 8
            port = 0 if echoed else self.packet.port
        header = replace(self.packet, port=port)
        try:
            if not self.facts.acl_allows(subnet, egress, peer, header):
                self.block("SUBNET_ACL_RESTRICTION")
        except Missing:
            self.not_known()

    def ask_groups(self, key: str, groups: tuple[str, ...], peer: IPv4Address | None,
                   peer_groups: tuple[str, ...] | None) -> None:
        """Ask the union of the groups' rules (SG-1), then say why none matched."""
        answers = self.facts.group_answers(key, groups, peer, peer_groups, self.packet)
        if True in answers:
            return
        if None in answers:
            self.not_known()
            return
        if key == "IpPermissions" and len(self.senders) > 1:
            first = self.senders[0].groups
            if True in self.facts.group_answers(key, groups, peer, first, self.packet):  # SG-7
                self.block("SG_REFERENCES_NOT_PRESERVED")
                return
        self.block("ENI_SG_RULES_MISMATCH" if answers else "SG_HAS_NO_RULES")

    def block(self, code: str) -> str:
        """Note a definite block."""
        self.blocked.append((self.direction, code))
        return "lost"

    def not_known(self) -> str:
        """Note that the snapshot cannot tell."""
        self.unknown.append((self.direction, "UNKNOWN_RESOURCE"))
        return "not known"
