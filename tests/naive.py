"""One packet, walked through a snapshot by the most literal reading of the rules: a truth to test reach with.

Knows the raw AWS records and nothing of reach. In scope: IPv4 and IPv6, routes, security groups, network ACLs on
both legs, internet and egress-only gateways, Block Public Access, NAT gateways (zonal, regional, private), gateway
endpoints, and interfaces of the same VPC. Anything else that a packet meets raises OutOfScope rather than being
guessed.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, ip_address

from tests.naive_gateways import Gateways
from tests.naive_rules import Address, Missing, OutOfScope, Packet, Record, blocks
from tests.naive_trip import Goal, Outcome, Source

__all__ = ["Goal", "OutOfScope", "Outcome", "Packet", "Source", "folded", "walk", "worlds"]

RESERVED = IPv4Network("169.254.168.0/22")


def walk(document: Record, source: Source, packet: Packet, goal: Goal | None = None, nat_port: int = 2048) -> Outcome:
    """Return what becomes of one packet and of its reply.

    Without `goal` the owner of the destination is looked up in the snapshot. A definite block beats
    a gap, wherever on the way either is; filters that drop do not end the walk, so `blocked` lists what comes
    after them too.
    """
    return folded(worlds(document, source, packet, goal, nat_port))


def folded(outcomes: list[Outcome]) -> Outcome:
    """What is known of a packet that fares in one of these ways, always the same one (RT-9)."""
    if len({outcome.verdict for outcome in outcomes}) == 1:
        return outcomes[0]
    return Outcome("unknown", "AMBIGUOUS_ROUTE", (), (("forward", "AMBIGUOUS_ROUTE"),))


def worlds(
    document: Record, source: Source, packet: Packet, goal: Goal | None = None, nat_port: int = 2048
) -> list[Outcome]:
    """Return what becomes of the packet for each of the routes that AWS may have picked where it picks one."""
    out, waiting = [], [dict[str, int]()]
    while waiting:
        trip = _Walk(document, source, packet, nat_port, picks=waiting.pop())
        told = dict(trip.picks)
        trip.go(goal)
        out.append(trip.outcome())
        for key, count in trip.met.items():
            if key not in told:
                waiting += [{**told, key: other} for other in range(1, count)]
                told[key] = 0
    return out


class _Walk(Gateways):
    """The steps that are not a gateway's."""

    def outcome(self) -> Outcome:
        """What became of it."""
        if self.blocked:
            return Outcome("blocked", self.blocked[0][1], tuple(self.blocked), tuple(self.unknown))
        if self.unknown:
            return Outcome("unknown", self.unknown[0][1], (), tuple(self.unknown))
        return Outcome("delivered")

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
            if not any(self.target in block for block in blocks(place)):
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
            if sender.table is not None:  # a regional NAT gateway's, outside any subnet
                route = self.facts.choose(self.facts.one("RouteTables", "RouteTableId", sender.table), self.target)
            elif any(self.target in block for block in blocks(self.facts.subnet(sender.subnet))):
                return self.nobody()
            else:
                route = self.facts.lookup(sender.subnet, self.target)
        except Missing:
            if sender.table is None:
                self.ask_acl(sender.subnet, True, self.target, self.packet.port)
            return self.not_known()
        if sender.table is None and (route is None or not self.stays_in_subnet(route, sender.subnet)):
            self.ask_acl(sender.subnet, True, self.target, self.packet.port)
        if route is None:
            return self.block("NO_ROUTE_TO_DESTINATION")
        if route.get("State") == "blackhole":  # RT-10
            return self.block("BAD_STATE_ROUTE")
        gateway = str(route.get("GatewayId", ""))
        if gateway == "local":
            if sender.table is not None:
                raise OutOfScope("a regional NAT gateway's private address")
            return self.local()
        if gateway.startswith("igw-"):
            return self.internet_gateway(gateway)
        if gateway.startswith("vpce-"):
            return self.gateway_endpoint(gateway)
        if "NatGatewayId" in route:
            return self.nat_gateway(str(route["NatGatewayId"]))
        if "EgressOnlyInternetGatewayId" in route:
            if not isinstance(self.target, IPv6Address):
                raise OutOfScope("IPv4 to an egress-only gateway")
            return self.egress_only(str(route["EgressOnlyInternetGatewayId"]))
        raise OutOfScope(f"route {route}")

    def stays_in_subnet(self, route: Record, subnet: str) -> bool:
        """Say whether the next hop has its interface in this very subnet: then no ACL is crossed (NACL-4)."""
        nats = self.facts.known("NatGateways")
        return any(n["NatGatewayId"] == route.get("NatGatewayId") and n.get("SubnetId") == subnet for n in nats)

    def local(self) -> str:
        """Deliver inside the VPC (RT-3)."""
        vpcs = [v for v in self.facts.known("Vpcs") if v["VpcId"] == self.vpc]
        if vpcs and not any(self.target in block for vpc in vpcs for block in blocks(vpc)):
            return self.block("VPC_LOCAL_ROUTE_CIDR_RESTRICTION")
        return self.nobody() if self.goal is None else self.arrive()

    def nobody(self) -> str:
        """End where no interface is known to have the address: a fact only if all interfaces are known."""
        mine = [s for s in self.facts.known("Subnets") if s["VpcId"] == self.vpc]
        in_subnet = any(self.target in block for s in mine for block in blocks(s))
        certain = self.goal_known if in_subnet else self.facts.complete("Subnets")
        return self.block("NO_POSSIBLE_DESTINATION") if certain else self.not_known()

    def arrive(self) -> str:
        """Enter the goal's subnet and its interface."""
        assert self.goal is not None
        sender = self.senders[-1]
        if sender.subnet != self.goal.subnet:
            self.ask_acl(self.goal.subnet, False, ip_address(sender.address), self.packet.port)
        self.ask_endpoint()
        self.ask_groups("IpPermissions", self.goal.groups, ip_address(sender.address), sender.groups)
        return "goal"

    def is_endpoint(self) -> bool:
        """Say whether the destination is an interface of a VPC endpoint."""
        return any(eni["InterfaceType"] == "vpc_endpoint" for eni in self.owners())

    def ask_endpoint(self) -> None:
        """Ask whether the endpoint that owns the destination is up (VPCE-1)."""
        if not self.is_endpoint():
            return
        ids = {eni["NetworkInterfaceId"] for eni in self.owners()}
        states = [
            str(vpce["State"]) for vpce in self.facts.known("VpcEndpoints") if ids & set(vpce["NetworkInterfaceIds"])
        ]
        if not states:
            self.not_known()
        elif states[0].lower() != "available":
            self.block("BAD_STATE")

    def owners(self) -> list[Record]:
        """Return the interfaces of this VPC that have the destination address (one, or none)."""
        return [
            eni
            for eni in self.facts.known("NetworkInterfaces")
            for owned in eni["PrivateIpAddresses"]
            if eni["VpcId"] == self.vpc and owned["PrivateIpAddress"] == self.packet.address
        ]

    # -- the way back ----------------------------------------------------------------------------------

    def reply(self, start: str) -> None:
        """Walk back from the goal or the gateway, each NAT gateway undoing its translation (section 17)."""
        last = self.senders[-1]
        if start == "goal" and self.goal is not None and self.goal.subnet != last.subnet:
            self.ask_acl(self.goal.subnet, True, ip_address(last.address), last.port)
            if not self.is_endpoint():  # RET-4
                self.reply_route(self.goal.subnet, ip_address(last.address))
            self.ask_acl(last.subnet, False, self.target, last.port)
        if start == "gateway" and last.table is None:
            self.ask_acl(last.subnet, False, self.target, last.port)
        for nat, client in reversed(list(zip(self.senders[1:], self.senders, strict=False))):
            assert nat.before is not None
            self.target = nat.before  # the reply comes from there again
            if nat.table is None and nat.subnet != client.subnet:
                self.ask_acl(nat.subnet, True, ip_address(client.address), client.port)
            if client.table is None and nat.subnet != client.subnet:
                self.ask_acl(client.subnet, False, self.target, client.port)

    def reply_route(self, subnet: str, to: Address) -> None:
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
