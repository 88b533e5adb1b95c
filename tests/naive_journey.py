"""One packet and its reply, walked through whole networks by the most literal reading of the rules.

Knows the raw AWS records of all accounts and Regions and nothing of reach: several VPCs, peerings, transit gateways
and their peerings, NAT of every kind, appliances, inspected endpoints, gateways with route tables of their own, Block
Public Access, virtual private gateways and VPN connections, encryption controls, IPv4 and IPv6. What it meets beyond
that raises OutOfScope rather than being guessed.
"""

from __future__ import annotations

from ipaddress import ip_address

from tests.naive_between import Between
from tests.naive_edges import Edges
from tests.naive_leg import End, Leg, addresses
from tests.naive_rules import Missing, OutOfScope, Packet, Record, blocks
from tests.naive_trip import Outcome, Source


def walk(document: Record, source: Source, packet: Packet, nat_port: int = 2048) -> Outcome:
    """Return what becomes of one packet and of its reply."""
    return travel(document, source, packet, nat_port)[0]


def travel(document: Record, source: Source, packet: Packet, nat_port: int) -> tuple[Outcome, list[str]]:
    """As `walk`, and by whom it came."""
    trip = Journey(document, source, packet, nat_port)
    trip.go()
    if trip.forks:
        raise OutOfScope("one of several ways")
    if trip.blocked:
        return Outcome("blocked", trip.blocked[0][1], tuple(trip.blocked), tuple(trip.unknown)), trip.names
    if trip.unknown:
        return Outcome("unknown", trip.unknown[0][1], (), tuple(trip.unknown)), trip.names
    return Outcome("delivered"), trip.names


def walks(document: Record, source: Source, packet: Packet, nat_port: int = 2048) -> tuple[list[str], bool]:
    """The verdict for each way that the packet and its reply may take, and whether all of them are taken by some."""
    out, told, waiting = [], True, [list[int]()]
    while waiting:
        trip = Journey(document, source, packet, nat_port)
        trip.picks = waiting.pop()
        trip.go()
        out.append("blocked" if trip.blocked else "unknown" if trip.unknown else "delivered")
        told = told and all(fork.told for fork in trip.forks)
        first = len(trip.picks)  # forks before it have been gone through by whoever asked for this walk
        taken = trip.picks + [0] * (len(trip.forks) - first)
        for at in range(first, len(trip.forks)):
            waiting += [[*taken[:at], other] for other in range(1, trip.forks[at].count)]
        if len(out) > 200:
            raise OutOfScope("too many ways")
    return out, told


def folded(verdicts: list[str], told: bool) -> str:
    """All alike: that; of ways that connections are given, a success beside a failure is partial; else unknown."""
    if len(set(verdicts)) == 1:
        return verdicts[0]
    return "partial" if told and {"delivered", "blocked"} <= set(verdicts) else "unknown"


class Journey(Between, Edges):
    """The whole walk."""

    def go(self) -> None:
        """There, and back if it arrived."""
        target, me = ip_address(self.packet.address), ip_address(self.source.address)
        home = self.vpc(self.source.subnet)
        self.goal = self.interface(target, home) or self.interface(target)
        leg = Leg(self.source.subnet, home, me, self.source.port, target, self.packet.port)
        goal = self.goal
        held = tuple(g["GroupId"] for g in goal["Groups"]) if goal else ()
        named = held if goal and self.known_from_here(self.source.subnet, goal) else ()
        self.groups(leg, "IpPermissionsEgress", self.source.groups, target, named)
        self.encrypted_place(leg, self.source.subnet)
        end = self.follow(leg)
        if end == "arrived":
            assert goal is not None
            known = self.source.groups if self.known_there(leg, goal) else ()
            self.groups(leg, "IpPermissions", held, leg.src, known)
            self.encrypted_place(leg, str(goal["SubnetId"]))
            self.back(self.reply(leg, str(goal["SubnetId"])))
        elif end == "gateway":
            back = self.reply(leg, "")
            if self.gate.startswith("igw-"):
                back.entrance = self.gate
            self.back(back)
        elif end == "not known" and goal is not None and goal["VpcId"] == home:
            self.groups(leg, "IpPermissions", held, None, None)  # nor is who will stand there as the sender

    def reply(self, leg: Leg, subnet: str) -> Leg:
        """The answer to a packet as it arrived."""
        return Leg(subnet, leg.vpc, leg.dst, leg.dport, leg.src, leg.sport, True,
                   crossed=list(leg.crossed), seen=list(leg.seen))  # fmt: skip

    def back(self, leg: Leg) -> None:
        """Walk back from translator to translator, each undoing what it wrote (section 17)."""
        while True:
            end = self.follow(leg)
            if end != "arrived":
                return
            if set(leg.seen) - set(leg.met):  # RET-6, FW-2
                self.block(leg, "ASYMMETRIC_INSPECTION")
            if not self.translators:
                return
            last = self.translators.pop()
            old = last.before
            table = None if last.leg_subnet else self.own_table(last.id)
            leg = Leg(last.leg_subnet, leg.vpc, old.dst, old.dport, old.src, old.sport, True, table,
                      crossed=leg.crossed, seen=list(old.seen))  # fmt: skip

    def own_table(self, nat: str) -> str:
        """The route table of a regional NAT gateway."""
        return str(self.facts.one("NatGateways", "NatGatewayId", nat)["RouteTableId"])

    # -- one leg -----------------------------------------------------------------------------------------

    def follow(self, leg: Leg) -> End:
        """Follow route tables until it arrives, cannot go on, or comes by the same router with the same header."""
        met: set[tuple[object, ...]] = set()
        while (here := (leg.subnet, leg.table, leg.vpc, leg.src, leg.dst, len(leg.met))) not in met:
            met.add(here)
            try:
                end = self.step(leg)
            except Missing:
                return self.riddle(leg)
            if end != "on the way":
                return end
        return self.block(leg, "ROUTING_LOOP")

    def step(self, leg: Leg) -> End:
        """From one router to the next."""
        if not leg.subnet and leg.table is None:
            return self.enter(leg)
        if leg.subnet and self.holds(leg.subnet, leg.dst):
            return self.there(leg)  # RT-8
        if self.to_sender(leg):
            return self.straight_back(leg)
        if leg.table is not None:
            route = self.facts.choose(self.facts.one("RouteTables", "RouteTableId", leg.table), leg.dst)
        else:
            route = self.facts.lookup(leg.subnet, leg.dst)
        if leg.subnet and not self.beside(route, leg.subnet):
            self.acl(leg, leg.subnet, True)
        return self.take(leg, route)

    def to_sender(self, leg: Leg) -> bool:
        """Say whether a reply leaves the peer of a NAT gateway, to which it returns by itself (NAT-11)."""
        if not leg.back or not self.translators or leg.subnet != str((self.goal or {}).get("SubnetId")):
            return False
        last = self.translators[-1]
        beyond = leg.crossed[len(last.before.crossed) :]
        return last.kind == "nat" and len(beyond) == 1 and beyond[0].startswith("pcx-")

    def straight_back(self, leg: Leg) -> End:
        """Over the peering to the NAT gateway, whatever the tables say; ACLs are asked (NAT-11)."""
        self.acl(leg, leg.subnet, True)
        leg.vpc = self.vpc(self.translators[-1].leg_subnet)
        leg.crossed.pop()
        return self.local(leg, leg.vpc)

    def take(self, leg: Leg, route: Record | None) -> End:
        """Go where a route leads."""
        if route is None:
            return self.block(leg, "NO_ROUTE_TO_DESTINATION")
        if route.get("State") == "blackhole":  # RT-10
            return self.block(leg, "BAD_STATE_ROUTE")
        gateway = str(route.get("GatewayId", ""))
        if gateway == "local":
            return self.local(leg, leg.vpc)
        if gateway.startswith("vgw-"):
            return self.virtual_gateway(leg, gateway)
        if gateway.startswith("igw-"):
            return self.internet_gateway(leg, gateway)
        if gateway.startswith("vpce-"):
            record = self.facts.one("VpcEndpoints", "VpcEndpointId", gateway)
            through = record["VpcEndpointType"] == "GatewayLoadBalancer"
            return self.inspected(leg, record) if through else self.gateway_endpoint(leg, record)
        if "EgressOnlyInternetGatewayId" in route:
            return self.egress_only(leg, str(route["EgressOnlyInternetGatewayId"]))
        if "NatGatewayId" in route:
            return self.nat_gateway(leg, str(route["NatGatewayId"]))
        if "NetworkInterfaceId" in route:
            return self.appliance(leg, self.facts.one("NetworkInterfaces", "NetworkInterfaceId",
                                                      route["NetworkInterfaceId"]))  # fmt: skip
        if "VpcPeeringConnectionId" in route:
            return self.peering(leg, str(route["VpcPeeringConnectionId"]))
        if "TransitGatewayId" in route:
            return self.transit(leg, str(route["TransitGatewayId"]))
        raise OutOfScope(f"route {route}")

    def enter(self, leg: Leg) -> End:
        """A reply at a gateway: by the gateway's own table, else straight to its subnet (RT-2, RT-16, RET-4)."""
        for table in self.facts.known("RouteTables"):
            if leg.entrance and any(a.get("GatewayId") == leg.entrance for a in table["Associations"]):
                self.names.append("edge table")
                return self.take(leg, self.facts.choose(table, leg.dst))
        return self.local(leg, leg.vpc)

    def local(self, leg: Leg, vpc: str) -> End:
        """Into the subnet of the VPC that has the address (RT-3)."""
        if leg.back and self.regional(leg):
            return "arrived"
        for subnet in self.facts.known("Subnets"):
            if subnet["VpcId"] == vpc and any(leg.dst in block for block in blocks(subnet)):
                self.acl(leg, subnet["SubnetId"], False)
                leg.subnet = subnet["SubnetId"]
                return self.there(leg)
        return self.block(leg, "NO_POSSIBLE_DESTINATION")

    def regional(self, leg: Leg) -> bool:
        """Say whether the reply is at a regional NAT gateway, which is in no subnet (NACL-12)."""
        return bool(self.translators) and not self.translators[-1].leg_subnet

    def there(self, leg: Leg) -> End:
        """In the right subnet: is it the one who is meant?"""
        if not leg.back:
            wanted = str((self.goal or {}).get("SubnetId"))
            mine = self.goal is not None and str(leg.dst) in addresses(self.goal)
            return "arrived" if mine and leg.subnet == wanted else self.block(leg, "NO_POSSIBLE_DESTINATION")
        wanted = self.translators[-1].leg_subnet if self.translators else self.source.subnet
        return "arrived" if leg.subnet == wanted else self.block(leg, "NO_POSSIBLE_DESTINATION")

    def beside(self, route: Record | None, subnet: str) -> bool:
        """Say whether the next hop has its interface in this very subnet: then no ACL is crossed (NACL-4)."""
        if route is None:
            return False
        facts, where = self.facts, ""
        if "NatGatewayId" in route:
            found = [n for n in facts.known("NatGateways") if n["NatGatewayId"] == route["NatGatewayId"]]
            where = found[0].get("SubnetId", "") if found else ""
        if "NetworkInterfaceId" in route:
            found = [e for e in facts.known("NetworkInterfaces")
                     if e["NetworkInterfaceId"] == route["NetworkInterfaceId"]]  # fmt: skip
            where = found[0]["SubnetId"] if found else ""
        for vpce in facts.known("VpcEndpoints"):
            if vpce["VpcEndpointId"] == route.get("GatewayId") and vpce["VpcEndpointType"] == "GatewayLoadBalancer":
                where = vpce["SubnetIds"][0]
        return where == subnet
