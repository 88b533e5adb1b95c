"""What a name means to a function, read literally from the records of its VPC. Knows no reach.

Amazon's resolver only, and names that are asked for by their host name; DNS rules of section 14.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.naive_leg import Everything
from tests.naive_rules import OutOfScope, Record


@dataclass(frozen=True, slots=True)
class Meaning:
    """What Amazon's resolver answers: private addresses, or that the name is public, or nothing."""

    word: Literal["addresses", "public", "nothing", "refused", "off", "forwarded", "elsewhere"]
    addresses: tuple[str, ...] = ()


CODES = {"nothing": "DNS_NXDOMAIN", "refused": "DNS_FIREWALL_BLOCK", "off": "DNS_DISABLED"}


def meaning(document: Record, vpc: str, name: str) -> Meaning:
    """Return what a name means in a VPC."""
    facts = Everything(document)
    switches = next(a for a in facts.known("VpcAttributes") if a["VpcId"] == vpc)
    if not switches["EnableDnsSupport"]["Value"]:
        return Meaning("off")  # DNS-2
    private = switches["EnableDnsHostnames"]["Value"]  # DNS-3
    for _ in range(6):
        if refused(facts, vpc, name):
            return Meaning("refused")
        zones = [zone for zone in facts.known("route53:HostedZones") if private and in_vpc(zone, vpc)]
        captured = endpoint_of(facts, vpc, name) if private else None
        nearest = max((bare(z["Name"]) for z in zones if within(name, bare(z["Name"]))), key=len, default="")
        if forwarded(facts, vpc, name, nearest if captured is None else name):
            return Meaning("forwarded")
        if captured is not None:  # its own hidden zone is the most specific one there is
            return Meaning("addresses", captured)
        if not nearest:
            elsewhere = [z["Id"].rpartition("/")[2] for z in facts.known("route53:HostedZones")
                         if within(name, bare(z["Name"]))]  # fmt: skip
            # a name that is known from a zone which does not answer here may be public, or not be; AWS's own are
            known = not within(name, "amazonaws.com") and any(found(facts, [z], name) for z in elsewhere)
            return Meaning("elsewhere" if known else "public")
        record = found(facts, [z["Id"].rpartition("/")[2] for z in zones if bare(z["Name"]) == nearest], name)
        if record is None or record["Type"] not in ("A", "CNAME"):
            return Meaning("nothing")  # DNS-5
        values = tuple(r["Value"] for r in record.get("ResourceRecords", []))
        if record["Type"] == "A":
            return Meaning("addresses", values)
        name = bare(values[0])
    raise OutOfScope("names in a circle")


def bare(name: str) -> str:
    """Return a name without its last dot."""
    return name.rstrip(".").lower()


def within(name: str, domain: str) -> bool:
    """Say whether a name is a domain or below it; every name is below the root."""
    return not domain or name == domain or name.endswith("." + domain)


def in_vpc(zone: Record, vpc: str) -> bool:
    """Say whether a private zone is associated with a VPC."""
    return bool(zone["Config"]["PrivateZone"]) and any(v["VPCId"] == vpc for v in zone["VPCs"])


def found(facts: Everything, zones: list[str], name: str) -> Record | None:
    """Return the record of a name: its own, else the wildcard right below the nearest name above it that exists.

    A name exists, if only as a step to another one, that has a record somewhere below it.
    """
    sets = {bare(r["Name"]): r for one in facts.known("route53:RecordSets") if one["HostedZoneId"] in zones
            for r in one["ResourceRecordSets"]}  # fmt: skip
    if name in sets:
        return sets[name]
    while not any(other == name or other.endswith("." + name) for other in sets):
        if "." not in name:
            return None
        name = name.partition(".")[2]
        if any(other == name or other.endswith("." + name) for other in sets):
            return sets.get("*." + name)
    return None


def endpoint_of(facts: Everything, vpc: str, name: str) -> tuple[str, ...] | None:
    """Return the addresses of the endpoint that takes a service's name over (VPCE-15, VPCE-16)."""
    for vpce in facts.known("VpcEndpoints"):
        mine = vpce["VpcEndpointType"] == "Interface" and vpce["VpcId"] == vpc
        up = str(vpce["State"]).lower() == "available"  # VPCE-1
        service = ".".join(reversed(vpce["ServiceName"].split(".")))  # sqs.eu-west-1.amazonaws.com
        if mine and up and vpce["PrivateDnsEnabled"] and name == service:
            return tuple(e["PrivateIpAddress"] for e in facts.known("NetworkInterfaces")
                         if e["NetworkInterfaceId"] in vpce["NetworkInterfaceIds"])  # fmt: skip
    return None


def forwarded(facts: Everything, vpc: str, name: str, nearest: str) -> bool:
    """Say whether other servers are asked: the most specific rule wins over a zone that is no narrower (DNS-6)."""
    mine = {a["ResolverRuleId"] for a in facts.known("route53resolver:ResolverRuleAssociations") if a["VPCId"] == vpc}
    fits = [r for r in facts.known("route53resolver:ResolverRules")
            if r["Id"] in mine and within(name, bare(r["DomainName"]))]  # fmt: skip
    if not fits:
        return False
    best = max(fits, key=lambda r: len(bare(r["DomainName"])))
    return best["RuleType"] == "FORWARD" and len(bare(best["DomainName"])) >= len(nearest)


def refused(facts: Everything, vpc: str, name: str) -> bool:
    """Say whether DNS Firewall blocks a name: groups and rules by priority, the first that matches (DNS-7)."""
    groups = [a for a in facts.known("route53resolver:FirewallRuleGroupAssociations") if a["VpcId"] == vpc]
    lists = {d["FirewallDomainListId"]: d["Domains"] for d in facts.known("route53resolver:FirewallDomains")}
    for group in sorted(groups, key=lambda a: int(a["Priority"])):
        rules = [r for r in facts.known("route53resolver:FirewallRules")
                 if r["FirewallRuleGroupId"] == group["FirewallRuleGroupId"]]  # fmt: skip
        for rule in sorted(rules, key=lambda r: int(r["Priority"])):
            if any(listed(name, bare(domain)) for domain in lists[rule["FirewallDomainListId"]]):
                if rule["Action"] in ("ALLOW", "BLOCK"):
                    return bool(rule["Action"] == "BLOCK")
                return False  # ALERT lets pass
    return False


def listed(name: str, domain: str) -> bool:
    """Say whether an entry of a domain list stands for a name; `*.x` is what is below x, `*` everything."""
    return domain == "*" or name == domain or (domain.startswith("*.") and name.endswith(domain[1:]))
