"""Who stands in the way of a walked packet: NAT gateways, appliances, inspected endpoints. Knows no reach."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from tests.naive_firewalls import Firewalls, firewall_of
from tests.naive_leg import End, Leg, Translator
from tests.naive_outward import Outward
from tests.naive_rules import Record

NAT64 = IPv6Network("64:ff9b::/96")
PRIVATE = [IPv4Network(b) for b in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]


class Middle(Firewalls, Outward):
    """The steps through them."""

    # -- NAT gateways ------------------------------------------------------------------------------------

    def nat_gateway(self, leg: Leg, id: str) -> End:
        """Be translated, and go on from the NAT gateway's subnet, or by a regional one's own table."""
        nat = self.facts.one("NatGateways", "NatGatewayId", id)
        if leg.back:  # only the one that waits for the reply knows the connection; whether it is routed to it so
            waiting = self.translators and self.translators[-1].id == id
            return self.riddle(leg, "UNSUPPORTED_COMPONENT") if waiting else self.block(leg, "ASYMMETRIC_INSPECTION")
        regional = nat.get("AvailabilityMode") == "regional"
        if not regional and nat["SubnetId"] != leg.subnet:
            self.acl(leg, nat["SubnetId"], False)
        if nat["VpcId"] != leg.vpc or (leg.crossed and leg.crossed[-1].startswith("pcx-")):
            self.block(leg, "NGW_REQUIRES_SOURCE_IN_VPC")  # NAT-10
        if nat["State"] != "available":
            self.block(leg, "BAD_STATE")  # NAT-1
        if regional and not self.serves(nat, leg.subnet):
            self.block(leg, "REGIONAL_NGW_ROUTE_AZ_RESTRICTION")  # NAT-6
        after = leg.dst
        if isinstance(after, IPv6Address):  # NAT-14
            if after in NAT64:
                after = IPv4Address(int(after) & 0xFFFFFFFF)
            else:
                return self.block(leg, "PROTOCOL_RESTRICTION")
        if self.again(id):
            return self.block(leg, "ROUTING_LOOP")  # NAT-9
        self.names += [f"{nat.get('ConnectivityType', 'public')} nat"] + ["regional"] * regional
        if regional:
            behind = replace(leg, subnet="", table=nat["RouteTableId"], src=ip_address("0.0.0.0"))
        else:
            main = next(a for a in nat["NatGatewayAddresses"] if a.get("IsPrimary", True))
            behind = replace(leg, subnet=nat["SubnetId"], table=None, src=ip_address(main["PrivateIp"]))
        self.translate(leg, replace(behind, vpc=nat["VpcId"], sport=self.nat_port, dst=after), id, "nat")
        return "on the way"

    def serves(self, nat: Record, subnet: str) -> bool:
        """Say whether a regional NAT gateway takes traffic of the subnet's zone (NAT-6)."""
        zones = {a["AvailabilityZoneId"] for a in nat["NatGatewayAddresses"] if a["Status"] == "succeeded"}
        return nat["AutoProvisionZones"] == "enabled" or self.zone(subnet) in zones

    def translate(self, leg: Leg, behind: Leg, id: str, kind: str) -> None:
        """Remember the header before, and turn the leg into the one behind; who inspects it begins anew."""
        before = replace(leg, crossed=list(leg.crossed), seen=list(leg.seen))
        self.translators.append(Translator(id, "nat" if kind == "nat" else "box", before, behind.subnet))
        leg.subnet, leg.vpc, leg.table, leg.src = behind.subnet, behind.vpc, behind.table, behind.src
        leg.sport, leg.dst, leg.seen = behind.sport, behind.dst, []

    def again(self, id: str) -> bool:
        """Say whether it was met before on the way there, and remember it."""
        met = id in self.visited
        self.visited.add(id)
        return met

    # -- appliances --------------------------------------------------------------------------------------

    def appliance(self, leg: Leg, record: Record) -> End:
        """Enter an interface that forwards for others, and leave it again (NATI-1 … NATI-7)."""
        id, place = str(record["NetworkInterfaceId"]), str(record["SubnetId"])
        if leg.back and id not in leg.seen:
            return self.stranger(leg)
        if place != leg.subnet:
            self.acl(leg, place, False)
        if not leg.back:
            self.misplaced(leg, place)
        self.able(leg, record)
        if leg.entrance and "PublicIp" not in record.get("Association", {}):
            self.block(leg, "INGRESS_RTB_NO_PUBLIC_IP")  # RT-16
        if leg.back and id in leg.met:
            return self.block(leg, "ROUTING_LOOP")
        self.names.append("appliance")
        if leg.back:
            leg.met.append(id)
        else:
            held = tuple(g["GroupId"] for g in record["Groups"])
            kept = () if self.translators or leg.seen or leg.crossed else self.source.groups
            self.groups(leg, "IpPermissions", held, leg.src, kept)
            self.groups(leg, "IpPermissionsEgress", held, leg.dst, self.goal_groups(leg))
            if self.again(id):
                return self.block(leg, "ROUTING_LOOP")
            if isinstance(leg.dst, IPv6Address):
                return self.riddle(leg, "UNSUPPORTED_COMPONENT")  # NATI-7
            if (unclear := self.forwarded(leg, record)) is not None:
                return unclear
        leg.subnet, leg.vpc, leg.table, leg.entrance = place, str(record["VpcId"]), None, ""
        return "on the way"

    def forwarded(self, leg: Leg, record: Record) -> End | None:
        """Masquerade what goes out of the VPC by an internet gateway, pass on unchanged what is for private hosts."""
        id, place = str(record["NetworkInterfaceId"]), str(record["SubnetId"])
        route = self.facts.lookup(place, leg.dst)
        outward = str((route or {}).get("GatewayId", "")).startswith("igw-")
        public = not any(leg.dst in block for block in PRIVATE)
        if outward and not public:
            return self.riddle(leg, "UNSUPPORTED_COMPONENT")  # a tunnel, or nothing that is known
        if not outward or (self.redirects_to(id) and self.has_public_address(leg)):
            leg.seen.append(id)
            return None
        self.names.append("masquerade")
        behind = replace(leg, subnet=place, vpc=record["VpcId"], sport=self.nat_port,
                         src=ip_address(record["PrivateIpAddress"]))  # fmt: skip
        self.translate(leg, behind, id, "box")
        return None

    def able(self, leg: Leg, record: Record) -> None:
        """Ask whether it is up, and forwards what is not its own (NATI-1, NATI-2)."""
        instance = record.get("Attachment", {}).get("InstanceId")
        states = [i["State"]["Name"] for i in self.facts.known("Instances") if i["InstanceId"] == instance]
        if record["Status"] != "in-use" or (states and states[0] != "running"):
            self.block(leg, "BAD_STATE")
        if record["SourceDestCheck"]:
            self.block(leg, "ENI_SOURCE_DEST_CHECK_RESTRICTION")

    def redirects_to(self, id: str) -> bool:
        """Say whether an internet gateway's own table leads to this interface (RT-16)."""
        return any(id in (r.get("NetworkInterfaceId"),) for table in self.facts.known("RouteTables")
                   if any("GatewayId" in a for a in table["Associations"]) for r in table["Routes"])  # fmt: skip

    def misplaced(self, leg: Leg, place: str) -> None:
        """A middlebox in the subnet of one of the two ends (RT-18)."""
        sender = self.translators[-1].leg_subnet if self.translators else self.source.subnet
        if place == sender or self.holds(place, leg.dst):
            self.riddle(leg, "UNSUPPORTED_COMPONENT")

    def goal_groups(self, leg: Leg) -> tuple[str, ...]:
        """The groups of the far end that a box in its VPC can name."""
        same = self.goal is not None and self.goal["VpcId"] == leg.vpc
        return tuple(g["GroupId"] for g in self.goal["Groups"]) if same and self.goal else ()

    def has_public_address(self, leg: Leg) -> bool:
        raise NotImplementedError

    # -- endpoints of Gateway Load Balancers and firewalls -----------------------------------------------

    def inspected(self, leg: Leg, record: Record) -> End:
        """Into the endpoint and out of it again, unchanged (FW-1 … FW-4)."""
        id, place = str(record["VpcEndpointId"]), str(record["SubnetIds"][0])
        if leg.back and id not in leg.seen:
            return self.stranger(leg)
        if place != leg.subnet:
            self.acl(leg, place, False)
        if not leg.back:
            self.misplaced(leg, place)
        if str(record["State"]).lower() != "available":
            self.block(leg, "BAD_STATE")
        if leg.back and id in leg.met:
            return self.block(leg, "ROUTING_LOOP")
        self.names.append("inspected")
        if not leg.back:
            self.encrypted_inside(leg, str(record["VpcId"]), "ENCRYPTION_INSPECTION_UNSUPPORTED")
        self.judged(leg, id)
        if not leg.back and self.again(id):
            return self.block(leg, "ROUTING_LOOP")
        (leg.met if leg.back else leg.seen).append(id)
        leg.subnet, leg.vpc, leg.table, leg.entrance = place, str(record["VpcId"]), None, ""
        return "on the way"

    def stranger(self, leg: Leg) -> End:
        """A reply is led to somebody who did not see the request (RT-17, FW-2)."""
        return self.block(leg, "INGRESS_RTB_TRAFFIC_REDIRECTION" if leg.entrance else "ASYMMETRIC_INSPECTION")

    def judged(self, leg: Leg, endpoint: str) -> None:
        """Ask the firewall that the endpoint belongs to, else nobody can tell (FW-3, FW-4, FW-5)."""
        found = firewall_of(self.facts.known("network-firewall:Firewalls"), endpoint)
        if found is None:
            if not leg.back:
                self.riddle(leg, "PATH_THROUGH_GWLB_NOT_CHECKED")
            return
        self.names.append("firewall")
        status = found["FirewallStatus"]
        attached = next(s["Attachment"] for s in status["SyncStates"].values()
                        if s["Attachment"]["EndpointId"] == endpoint)  # fmt: skip
        if not {status["Status"], attached["Status"]} <= {"READY"}:
            self.block(leg, "BAD_STATE")
        policies = self.facts.known("network-firewall:FirewallPolicies")
        arn = found["Firewall"]["FirewallPolicyArn"]
        policy = next(p["FirewallPolicy"] for p in policies if p["FirewallPolicyArn"] == arn)
        self.firewall_vpc = str(found["Firewall"]["VpcId"])
        said = self.stateless(leg, policy)
        if said == "aws:drop":
            self.block(leg, "FIREWALL_RULES_RESTRICTION")
        elif said == "aws:forward_to_sfe":  # which knows the connections whose beginning it saw
            if not leg.back:
                self.handled.add(endpoint)
                if not self.stateful(leg, policy):
                    self.block(leg, "FIREWALL_RULES_RESTRICTION")
            elif endpoint not in self.handled:
                self.riddle(leg, "PATH_THROUGH_GWLB_NOT_CHECKED")
