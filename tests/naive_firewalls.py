"""What a Network Firewall does with a walked packet: stateless rules, then stateful ones, read literally (FW-4, FW-5).

Knows no reach. Rules that look into the packet, and lists of names, raise OutOfScope where they could decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from tests.naive_leg import Leg, Traveller
from tests.naive_rules import PROTOCOLS, Address, Missing, OutOfScope, Record

NUMBERS = {name: int(number) for number, name in PROTOCOLS.items()}
DEFAULT_ORDER = ("PASS", "DROP", "REJECT", "ALERT")
OPAQUE = "RulesString", "RulesSourceList"


class Firewalls(Traveller):
    """The two engines."""

    def stateless(self, leg: Leg, policy: Record) -> str:
        """What the first rule that matches does, else the default (FW-4)."""
        for reference in by_priority(policy.get("StatelessRuleGroupReferences", [])):
            rules = self.group(reference)["RulesSource"]["StatelessRulesAndCustomActions"]["StatelessRules"]
            for rule in by_priority(rules):
                wanted = rule["RuleDefinition"]["MatchAttributes"]
                if self.matches(leg, wanted):
                    if wanted.get("TCPFlags") and self.packet.protocol == "tcp":
                        raise OutOfScope("a rule that asks for TCP flags")
                    return str(rule["RuleDefinition"]["Actions"][0])
        return str(policy["StatelessDefaultActions"][0])

    def stateful(self, leg: Leg, policy: Record) -> bool:
        """Say whether the connection that this packet opens passes (FW-5)."""
        strict = policy.get("StatefulEngineOptions", {}).get("RuleOrder") == "STRICT_ORDER"
        if policy.get("TLSInspectionConfigurationArn"):
            raise OutOfScope("TLS is opened on the way")
        references = policy.get("StatefulRuleGroupReferences", [])
        said = [one for r in (by_priority(references) if strict else references) for one in self.said(leg, r, policy)]
        if not strict:
            said.sort(key=lambda action: DEFAULT_ORDER.index(action) if action in DEFAULT_ORDER else 0.5)
        self.names += ["stateful rules"] * bool(said)
        for action in said:
            if action == "OPAQUE":
                raise OutOfScope("rules that look into the packet")
            if action != "ALERT":
                return action == "PASS"
        defaults = policy.get("StatefulDefaultActions", [])
        return not (strict and {"aws:drop_strict", "aws:drop_established"} & set(defaults))

    def said(self, leg: Leg, reference: Record, policy: Record) -> Iterator[str]:
        """The actions of the rules of a group that match, in their order; OPAQUE for rules that nobody can read."""
        try:
            group = self.group(reference)
        except StopIteration:
            yield "OPAQUE"
            return
        source = group["RulesSource"]
        if any(name in source for name in OPAQUE):
            yield "OPAQUE"
        given = policy.get("PolicyVariables", {}).get("RuleVariables", {})
        variables = {**group.get("RuleVariables", {}).get("IPSets", {}), **given}
        ports = group.get("RuleVariables", {}).get("PortSets", {})
        for rule in source.get("StatefulRules", []):
            plain = all(o["Keyword"] in ("sid", "msg") for o in rule["RuleOptions"])
            if self.fits(leg, rule["Header"], variables, ports):
                yield str(rule["Action"]) if plain else "OPAQUE"

    def fits(self, leg: Leg, header: Record, sets: Record, ports: Record) -> bool:
        """Say whether a rule is about the packet, there or, if it names no direction, back."""
        protocol = str(header["Protocol"]).upper()
        if protocol not in ("IP", "TCP", "UDP", "ICMP"):
            raise OutOfScope("a protocol inside the packet")
        if protocol not in ("IP", self.packet.protocol.upper()):
            return False
        there = self.ended(leg.src, leg.sport, leg.dst, leg.dport, header, sets, ports)
        back = self.ended(leg.dst, leg.dport, leg.src, leg.sport, header, sets, ports)
        if back and not there and str(header["Direction"]) == "FORWARD":
            raise OutOfScope("a rule about replies alone")
        return there or (back and str(header["Direction"]) == "ANY")

    def ended(
        self, src: Address, sport: int, dst: Address, dport: int, header: Record, sets: Record, ports: Record
    ) -> bool:
        """Say whether both ends of a packet are those of a rule."""
        return (
            self.within(str(header["Source"]), src, sets) and self.within(str(header["Destination"]), dst, sets)
            and numbered(str(header["SourcePort"]), sport, ports)
            and numbered(str(header["DestinationPort"]), dport, ports)
        )  # fmt: skip

    def within(self, words: str, address: Address, sets: Record) -> bool:
        """Say whether an address is one that a rule's words mean: ANY, blocks, variables, lists, and what is not."""
        words = words.strip()
        if words.startswith("["):
            parts = [w.strip() for w in words[1:-1].split(",")]
            wanted = [w for w in parts if not w.startswith("!")] or ["ANY"]
            refused = [w[1:] for w in parts if w.startswith("!")]
            return any(self.within(w, address, sets) for w in wanted) and not any(
                self.within(w, address, sets) for w in refused)  # fmt: skip
        if words.startswith("!"):
            return not self.within(words[1:], address, sets)
        if words.upper() == "ANY":
            return True
        if words == "$EXTERNAL_NET" and "EXTERNAL_NET" not in sets:
            return not self.within("$HOME_NET", address, sets)
        if words.startswith("$"):
            return self.named(words[1:], address, sets)
        if words.startswith("@"):
            raise OutOfScope("a reference to a list")
        return address in ip_network(words)

    def named(self, name: str, address: Address, sets: Record) -> bool:
        """A variable; the one for home means the firewall's own VPC unless somebody says otherwise."""
        if name in sets:
            return any(self.within(w, address, sets) for w in sets[name]["Definition"])
        if name != "HOME_NET":
            raise OutOfScope(f"the variable {name}")
        blocks = [v["CidrBlock"] for v in self.facts.known("Vpcs") if v["VpcId"] == self.firewall_vpc]
        return any(address in ip_network(b) for b in blocks)

    firewall_vpc = ""

    def group(self, reference: Record) -> Record:
        """Return the rule group that a policy refers to."""
        arn = reference["ResourceArn"]
        return next(dict(g["RuleGroup"]) for g in self.facts.known("network-firewall:RuleGroups")
                    if g["RuleGroupArn"] == arn)  # fmt: skip

    def matches(self, leg: Leg, wanted: Record) -> bool:
        """Say whether a packet has all that a stateless rule asks for; what it does not name is any."""
        if wanted.get("Protocols") and NUMBERS[self.packet.protocol] not in wanted["Protocols"]:
            return False
        ends = (("Sources", leg.src), ("Destinations", leg.dst))
        if not all(among(wanted[key], address) for key, address in ends if wanted.get(key)):
            return False
        ports = (("SourcePorts", leg.sport), ("DestinationPorts", leg.dport))
        return all(any(p["FromPort"] <= port <= p["ToPort"] for p in wanted[key])
                   for key, port in ports if wanted.get(key))  # fmt: skip


def by_priority(rows: list[Record]) -> list[Record]:
    """Return rows in the order in which they are asked."""
    return sorted(rows, key=lambda r: int(r["Priority"]))


def numbered(words: str, port: int, sets: Record) -> bool:
    """Say whether a port is one that a rule's words mean.

    >>> numbered("[80, 440:450]", 443, {}), numbered("!443", 443, {})
    (True, False)
    """
    words = words.strip()
    if words.startswith("["):
        parts = [w.strip() for w in words[1:-1].split(",")]
        wanted = [w for w in parts if not w.startswith("!")] or ["ANY"]
        refused = [w[1:] for w in parts if w.startswith("!")]
        return any(numbered(w, port, sets) for w in wanted) and not any(numbered(w, port, sets) for w in refused)
    if words.startswith("!"):
        return not numbered(words[1:], port, sets)
    if words.upper() == "ANY":
        return True
    if words.startswith("$"):
        if words[1:] not in sets:
            raise OutOfScope(f"the variable {words[1:]}")
        return any(numbered(w, port, sets) for w in sets[words[1:]]["Definition"])
    low, _, high = words.partition(":")
    return int(low or 0) <= port <= int(high or (low if ":" not in words else 65535))


def among(named: list[Record], address: Address) -> bool:
    """Say whether an address is in one of the blocks that a stateless rule names."""
    return any(address in ip_network(n["AddressDefinition"]) for n in named)


def firewall_of(firewalls: list[Record], endpoint: str) -> Record | None:
    """Return the firewall of an endpoint."""
    return next((f for f in firewalls if endpoint in set(endpoints(f))), None)


def endpoints(firewall: Record) -> Iterator[str]:
    """Return the ids of a firewall's endpoints."""
    if "FirewallStatus" not in firewall:
        raise Missing
    for state in firewall["FirewallStatus"]["SyncStates"].values():
        yield str(state["Attachment"]["EndpointId"])
