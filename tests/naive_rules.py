"""The single rules that the naive walk asks: route lookup, ACL and group matching, on raw AWS records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Any

Record = dict[str, Any]
Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
# RT-5: among equally long prefixes the higher rank wins.
RANKS = {"cidr": 0, "prefix list": -1, "propagated": -2}


class OutOfScope(Exception):
    """The packet met something that this walk does not model."""


class Missing(Exception):
    """Something that decides was not collected, or two reads disagree."""


@dataclass(frozen=True, slots=True)
class Packet:
    """What is sent; for ICMP `port` is the type and `icmp_code` the code."""

    protocol: str
    address: str
    port: int
    icmp_code: int = 0


class Facts:
    """The collections of the account and Region that hold a subnet, read with plain scans.

    `picker` says which of so many routes AWS picked, where it picks one and keeps it (RT-9).
    """

    picker: Callable[[str, int], int]

    def __init__(self, document: Record, subnet: str) -> None:
        places = [
            (account, region, data)
            for account, regions in document["accounts"].items()
            for region, data in regions.items()
        ]
        holding = [p for p in places if any(s["SubnetId"] == subnet for s in p[2].get("Subnets", []))]
        account, region, self.data = (holding or places)[0]
        gaps = [g for g in document["gaps"] if (g["account"], g["region"]) == (account, region)]
        self.gap_keys = {key for gap in gaps for key in gap["keys"]}

    def every(self, key: str) -> list[Record]:
        """Return a collection, or Missing if it was not collected."""
        if key not in self.data:
            raise Missing
        return list(self.data[key])

    def known(self, key: str) -> list[Record]:
        """Return what is known of a collection."""
        return list(self.data.get(key, []))

    def complete(self, key: str) -> bool:
        """Say whether what is not in the collection does not exist."""
        return key in self.data and key not in self.gap_keys

    def one(self, key: str, id_member: str, wanted: str) -> Record:
        """Return the record with this id; that it is named elsewhere but not there makes it Missing."""
        for record in self.every(key):
            if record[id_member] == wanted:
                return record
        raise Missing

    def subnet(self, subnet: str) -> Record:
        """Return a subnet's record."""
        return self.one("Subnets", "SubnetId", subnet)

    def list_entries(self, list_id: str) -> list[Network]:
        """Return a prefix list's CIDRs (RT-14)."""
        for record in self.known("ManagedPrefixListEntries"):
            if record["PrefixListId"] == list_id:
                return [ip_network(entry["Cidr"]) for entry in member(record, "Entries")]
        for record in self.known("PrefixLists"):
            if record["PrefixListId"] == list_id and "Cidrs" in record:
                return list(map(ip_network, record["Cidrs"]))
        raise Missing

    # -- route tables ----------------------------------------------------------------------------------

    def table_of(self, subnet: str) -> Record:
        """Return the subnet's route table: its own, else the VPC's main one (RT-1)."""
        vpc = self.subnet(subnet)["VpcId"]
        tables = [t for t in self.every("RouteTables") if t["VpcId"] == vpc]
        for table in tables:
            for a in table.get("Associations", []):
                state = a.get("AssociationState", {}).get("State", "associated")
                if a.get("SubnetId") == subnet and state == "associated":
                    return table
        if not self.complete("RouteTables") or any("Associations" not in t for t in tables):
            raise Missing
        for table in tables:
            if any(a.get("Main") for a in table["Associations"]):
                return table
        raise Missing

    def lookup(self, subnet: str, address: Address) -> Record | None:
        """Return the route of a subnet's table that wins."""
        return self.choose(self.table_of(subnet), address)

    def choose(self, table: Record, address: Address) -> Record | None:
        """Return the route that wins (RT-4 to RT-7), None if none matches, Missing if that cannot be told."""
        routes = [r for r in member(table, "Routes") if r.get("State") != "filtered"]
        matches: list[tuple[tuple[int, int], Record]] = []  # ((prefix length, rank), route)
        doubts = self.promised_routes(table, routes, address)
        for route in routes:
            try:
                nets = self.destinations(route)
            except Missing:
                doubts.append((32, RANKS["prefix list"]))
                continue
            matches += [((net.prefixlen, RANKS[kind_of(route)]), route) for net in nets if address in net]
        if any(route.get("GatewayId") == "local" for _, route in matches):  # RT-6
            matches = [m for m in matches if kind_of(m[1]) != "propagated"]
        best = max((key for key, _ in matches), default=(-1, 0))
        if any(doubt >= best for doubt in doubts):
            raise Missing
        ranked = [route for _, route in sorted(matches, key=lambda match: match[0], reverse=True)]
        return self.one_of(table, rivals(ranked)) if ranked else None

    def one_of(self, table: Record, routes: list[Record]) -> Record:
        """Return the one that AWS is taken to have picked (RT-9); always the same of the same routes."""
        if len(routes) == 1:
            return routes[0]
        lists = sorted(str(route.get("DestinationPrefixListId")) for route in routes)
        return routes[self.picker(f"{table['RouteTableId']} {' '.join(lists)}", len(routes))]

    def destinations(self, route: Record) -> list[Network]:
        """Return the CIDRs that a route covers."""
        if "DestinationPrefixListId" in route:
            return self.list_entries(route["DestinationPrefixListId"])
        named = (route.get("DestinationCidrBlock"), route.get("DestinationIpv6CidrBlock"))
        return [ip_network(block) for block in named if block]

    def promised_routes(self, table: Record, routes: list[Record], address: Address) -> list[tuple[int, int]]:
        """Return the gateway-endpoint routes that the endpoint lists but the table lacks (VPCE-4)."""
        found = []
        for vpce in self.known("VpcEndpoints"):
            routed = any(r.get("GatewayId") == vpce["VpcEndpointId"] for r in routes)
            if table["RouteTableId"] in vpce.get("RouteTableIds", []) and not routed:
                for service in self.known("PrefixLists"):
                    nets = service["Cidrs"] if service["PrefixListName"] == vpce["ServiceName"] else []
                    found += [
                        (IPv4Network(net).prefixlen, RANKS["prefix list"])
                        for net in nets
                        if address in IPv4Network(net)
                    ]
        return found

    # -- filters ---------------------------------------------------------------------------------------

    def acl_allows(self, subnet: str, egress: bool, peer: Address, header: Packet) -> bool:
        """Say what the first matching entry says; no match denies (NACL-1 to NACL-6)."""
        acls = self.every("NetworkAcls")
        chosen = [a for a in acls if any(x["SubnetId"] == subnet for x in a.get("Associations", []))]
        if not chosen and self.complete("NetworkAcls") and all("Associations" in a for a in acls):
            vpc = self.subnet(subnet)["VpcId"]
            chosen = [a for a in acls if a["VpcId"] == vpc and a["IsDefault"]]
        if not chosen:
            raise Missing
        entries = [e for e in member(chosen[0], "Entries") if e["Egress"] == egress]
        for entry in sorted(entries, key=lambda e: int(e["RuleNumber"])):
            ports, icmp = entry.get("PortRange", {}), entry.get("IcmpTypeCode", {})
            first, last = ports.get("From", icmp.get("Type")), ports.get("To", icmp.get("Code"))
            if covers(str(entry["Protocol"]), first, last, header) and peer in ip_network(
                entry.get("CidrBlock") or entry["Ipv6CidrBlock"]
            ):
                return str(entry["RuleAction"]) == "allow"
        return False

    def group_answers(
        self,
        key: str,
        groups: tuple[str, ...],
        peer: Address | None,
        peer_groups: tuple[str, ...] | None,
        header: Packet,
    ) -> list[bool | None]:
        """Return what every rule of the groups says, None where it cannot be told (SG-1, SG-16)."""
        answers: list[bool | None] = []
        for group in groups:
            try:
                rules = member(self.one("SecurityGroups", "GroupId", group), key)
            except Missing:
                answers.append(None)
                continue
            answers += [self.rule_allows(rule, peer, peer_groups, header) for rule in rules]
        return answers

    def rule_allows(
        self, rule: Record, peer: Address | None, peer_groups: tuple[str, ...] | None, header: Packet
    ) -> bool | None:
        """Match one permission; `peer` or `peer_groups` None: not known (SG-4 to SG-6)."""
        if not covers(str(rule["IpProtocol"]), rule.get("FromPort"), rule.get("ToPort"), header):
            return False
        answers: list[bool | None] = []
        for item in rule.get("IpRanges", []):
            answers.append(None if peer is None else peer in IPv4Network(item["CidrIp"]))
        for item in rule.get("Ipv6Ranges", []):
            answers.append(None if peer is None else peer in IPv6Network(item["CidrIpv6"]))
        for item in rule.get("PrefixListIds", []):
            try:
                nets = self.list_entries(item["PrefixListId"])
                answers.append(None if peer is None else any(peer in net for net in nets))
            except Missing:
                answers.append(None)
        live = (p for p in rule.get("UserIdGroupPairs", []) if p.get("PeeringStatus", "active") == "active")
        for pair in live:  # SG-11
            answers.append(None if peer_groups is None else pair["GroupId"] in peer_groups)
        return True if True in answers else None if None in answers else False


def member(record: Record, name: str) -> list[Record]:
    """Return a member that decides; absent, it is a gap (IN-6)."""
    if name not in record:
        raise Missing
    return list(record[name])


def blocks(place: Record) -> list[Network]:
    """Return the CIDRs of a subnet or VPC that are associated."""
    named = [place["CidrBlock"]] if "SubnetId" in place else []
    named += [
        c["CidrBlock"] for c in place.get("CidrBlockAssociationSet", []) if c["CidrBlockState"]["State"] == "associated"
    ]
    named += [
        c["Ipv6CidrBlock"]
        for c in place.get("Ipv6CidrBlockAssociationSet", [])
        if c["Ipv6CidrBlockState"]["State"] == "associated"
    ]
    return [ip_network(block) for block in named]


def kind_of(route: Record) -> str:
    """Return which of the three classes of RT-5 a route is in."""
    if "DestinationPrefixListId" in route:
        return "prefix list"
    return "propagated" if route.get("Origin") == "EnableVgwRoutePropagation" else "cidr"


def rivals(ranked: list[Record]) -> list[Record]:
    """Of the routes that match, the best first, those that AWS may have picked (RT-9).

    Where prefix lists overlap and lead elsewhere it is any of these, or what lies between them.
    """
    best = ranked[0]
    if kind_of(best) != "prefix list":
        return [best]
    others = [n for n, r in enumerate(ranked) if kind_of(r) == "prefix list" and way_of(r) != way_of(best)]
    return [r for n, r in enumerate(ranked[: max(others, default=0) + 1]) if r not in ranked[:n]]


def way_of(route: Record) -> Record:
    """Return what a route does, whatever its destination: its target and state."""
    return {k: v for k, v in route.items() if k != "Origin" and not k.startswith("Destination")}


def covers(named: str, first: int | None, last: int | None, header: Packet) -> bool:
    """Say whether a rule's protocol and ports (ICMP: type, code; -1 any) cover the header (SG-4, NACL-6)."""
    protocol = PROTOCOLS.get(named, named.lower())
    if protocol == "-1":
        return True
    if protocol != header.protocol:
        return False
    if protocol == "icmp":
        return first in (None, -1, header.port) and last in (None, -1, header.icmp_code)
    if protocol not in ("tcp", "udp") or first is None or last is None:
        return True
    return first <= header.port <= last
