"""Who answers for a name in a VPC: records of private zones, Resolver rules, DNS Firewall, servers of one's own."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, do, put
from tests.scenario_transit import JOINED
from tests.scenario_worlds import ANY, BACK, DB, NAT, NAT_WAY, PEER, PRIVATE, THERE, dns, endpoint, only, resolvers

Sets = dict[str, Any]
HOST_OF_DB = "orders-db.c1a2b3c4d5e6.eu-west-1.rds.amazonaws.com"
OWN_NAME = "vpce-i-abcd1234.secretsmanager.eu-west-1.vpce.amazonaws.com"
SQS = "sqs.eu-west-1.amazonaws.com"


def a(name: str, *addresses: str, **members: Any) -> Sets:
    return {"Name": f"{name}.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": v} for v in addresses], **members}


def cname(name: str, to: str, **members: Any) -> Sets:
    return {"Name": f"{name}.", "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": to}], **members}


def alias(name: str, to: str, zone: str = "Z0OTHER", **members: Any) -> Sets:
    target = {"HostedZoneId": zone, "DNSName": f"{to}.", "EvaluateTargetHealth": False}
    return {"Name": f"{name}.", "Type": "A", "AliasTarget": target, **members}


def zone(domain: str, *sets: Sets, id: str = "Z1", vpcs: tuple[str, ...] = ("vpc-1",), **members: Any) -> Step:
    """A private zone that is associated with VPCs, as asked for by VPC, with its records."""

    def change(w: Any) -> None:
        for vpc in vpcs:
            summary = {"HostedZoneId": id, "Name": f"{domain}.", "Owner": {"OwningAccount": w.account}, "VPCId": vpc}
            w.collections.setdefault("route53:HostedZones", []).append(summary)
        records = {"HostedZoneId": id, "ResourceRecordSets": list(sets), **members}
        w.collections.setdefault("route53:RecordSets", []).append(records)

    return change


def rule(domain: str, type: str = "FORWARD", *, id: str = "rslvr-rr-1", vpc: str = "vpc-1", read: bool = True) -> Step:
    """A Resolver rule, associated with a VPC."""

    def change(w: Any) -> None:
        name = "." if domain == "." else f"{domain}."
        record = {"Id": id, "DomainName": name, "RuleType": type, "TargetIps": [{"Ip": "172.16.0.53"}]}
        rules = w.collections.setdefault("route53resolver:ResolverRules", [])
        if read:
            rules.append(record)
        w.collections.setdefault("route53resolver:ResolverRuleAssociations", []).append(
            {"Id": f"rslvr-rrassoc-{id}", "ResolverRuleId": id, "VPCId": vpc, "Status": "COMPLETE"}
        )

    return change


def association(status: str, at: int = 0) -> Step:
    """The state of a DNS Firewall group's association."""
    return lambda w: w.collections["route53resolver:FirewallRuleGroupAssociations"][at].update(Status=status)


def firewall(
    *rules: tuple[str, str], id: str = "rslvr-frg-1", priority: int = 101, vpc: str = "vpc-1", **members: Any
) -> Step:
    """A DNS Firewall group: rules (action, domain; `managed` for a list of AWS's) by ascending priority."""

    def change(w: Any) -> None:
        groups = w.collections.setdefault("route53resolver:FirewallRuleGroupAssociations", [])
        groups.append(
            {
                "Id": f"rslvr-frgassoc-{id}",
                "FirewallRuleGroupId": id,
                "VpcId": vpc,
                "Priority": priority,
                "Status": "COMPLETE",
            }
        )
        found = w.collections.setdefault("route53resolver:FirewallRules", [])
        lists = w.collections.setdefault("route53resolver:FirewallDomainLists", [])
        domains = w.collections.setdefault("route53resolver:FirewallDomains", [])
        for n, (action, domain) in enumerate(rules, 1):
            fdl = f"rslvr-fdl-{id[-1]}{n}"
            record = {
                "FirewallRuleGroupId": id,
                "FirewallDomainListId": fdl,
                "Priority": n,
                "Action": action,
                "BlockResponse": "NXDOMAIN" if action == "BLOCK" else None,
                **members,
            }
            found.insert(0, {k: v for k, v in record.items() if v is not None})  # AWS does not sort them
            owner = {"ManagedOwnerName": "Route 53 Resolver DNS Firewall"} if domain == "managed" else {}
            lists.append({"Id": fdl, "Name": f"list-{n}", **owner})
            if not owner:
                domains.append({"FirewallDomainListId": fdl, "Domains": [f"{domain}."]})

    return change


def host(address: str, *ingress: Any, id: str, subnet: str = "subnet-d") -> Step:
    """Somebody in the VPC with a group of their own."""

    def change(w: Any) -> None:
        group = w.security_group("vpc-1", list(ingress), id=f"sg-{id}")
        w.interface(subnet, address, [group], id=f"eni-{id}")

    return change


WEB = ("tcp", 443, "10.0.0.0/16")
OPEN_HOST: Step = host("10.0.3.53", WEB, id="open")
SHUT_HOST: Step = host("10.0.3.54", ("tcp", 80, "10.0.0.0/16"), id="shut")
HOSTS: Steps = (*NAT, OPEN_HOST, SHUT_HOST)
API = "api.corp.example"
SHUT: dict[str, Any] = {"code": "ENI_SG_RULES_MISMATCH", "at": "sg-shut", "cause": "*"}
HIDDEN: dict[str, Any] = {"want": NO, "code": "DNS_NXDOMAIN", "layer": "dns"}
SENT: dict[str, Any] = {"want": HM, "code": "DNS_FORWARDED", "layer": "dns"}
BARRED: dict[str, Any] = {"want": NO, "code": "DNS_FIREWALL_BLOCK", "layer": "dns"}


def corp(about: str, *sets: Sets, ids: str = "DNS-5", world: Steps = HOSTS, to: str = API, **want: Any) -> Row:
    """A question about a name in the zone corp.example."""
    return Row(ids=ids, about=about, world=(*world, zone("corp.example", *sets)), to=to, **want)


ZONES = (
    corp("a record of the zone", a(API, "10.0.3.53"), want=OK, via=("rtb-fn",)),
    corp("a record that leads to a closed host", a(API, "10.0.3.54"), want=NO, **SHUT),
    corp("of several addresses a client is handed any", a(API, "10.0.3.53", "10.0.3.54"), want=PART,
         dimension="nodes", **SHUT),
    corp("an alias for another record of the zone", alias(API, "web.corp.example", "Z1"),
         a("web.corp.example", "10.0.3.53"), want=OK),
    corp("an alias for a record that the zone does not have", alias(API, "web.corp.example", "Z1"), at="Z1", **HIDDEN),
    corp("an alias for an endpoint's own name", alias(API, OWN_NAME), ids="DNS-5 DNS-8",
         world=(*PRIVATE, endpoint(private_dns=False)), want=OK, via=("vpce-i",)),
    corp("an alias for a load balancer that is not in the data",
         alias(API, "dualstack.internal-web-1234.eu-west-1.elb.amazonaws.com"), want=HM, code="UNKNOWN_RESOURCE"),
    corp("a CNAME for a database", cname(API, HOST_OF_DB), ids="DNS-5 DNS-8", world=(*PRIVATE, DB),
         to=f"{API}:5432", want=OK, via=("rtb-fn",)),
    corp("a CNAME for a public name", cname(API, "www.example.com"), want=OK, via=NAT_WAY),
    corp("a CNAME for a name in another private zone, which lacks it", cname(API, "web.other.example"),
         world=(*HOSTS, zone("other.example", id="Z2")), at="Z2", **HIDDEN),
    corp("CNAME records that go round", cname(API, "web.corp.example"), cname("web.corp.example", API), at="Z1",
         says="back to itself", **HIDDEN),
    corp("a record of another type only", {"Name": f"{API}.", "Type": "AAAA",
                                           "ResourceRecords": [{"Value": "fd00::1"}]},
         at="Z1", says="no A record", **HIDDEN),
    corp("a wildcard does not stand for a name that has records", a("*.corp.example", "10.0.3.53"),
         {"Name": f"{API}.", "Type": "TXT", "ResourceRecords": [{"Value": '"x"'}]}, at="Z1", **HIDDEN),
    corp("a wildcard stands for names several levels below", a("*.corp.example", "10.0.3.53"), to="v1.api.corp.example",
         want=OK),
    corp("but not below a name that exists", a("*.corp.example", "10.0.3.53"), a(API, "10.0.3.53"),
         to="v1.api.corp.example", at="Z1", **HIDDEN),
    corp("a wildcard as AWS writes it", a("\\052.corp.example", "10.0.3.53"), want=OK),
    corp("weighted records are all handed out", a(API, "10.0.3.53", SetIdentifier="1", Weight=9),
         a(API, "10.0.3.54", SetIdentifier="2", Weight=1), want=PART, dimension="nodes", **SHUT),
    corp("but those of weight 0", a(API, "10.0.3.53", SetIdentifier="1", Weight=9),
         a(API, "10.0.3.54", SetIdentifier="2", Weight=0), want=OK),
    corp("which of failover records holds now is not known", a(API, "10.0.3.53", SetIdentifier="1", Failover="PRIMARY"),
         a(API, "10.0.3.54", SetIdentifier="2", Failover="SECONDARY"), want=HM, code="UNKNOWN_RESOURCE"),
    corp("nor does it matter if both work", a(API, "10.0.3.53", SetIdentifier="1", Failover="PRIMARY"),
         a(API, "10.0.3.53", SetIdentifier="2", Failover="SECONDARY"), want=OK),
    corp("a subdomain that is delegated to other servers", {"Name": "eu.corp.example.", "Type": "NS",
         "ResourceRecords": [{"Value": "ns1.onprem.example"}]}, ids="DNS-6", to="db.eu.corp.example", at="Z1", **SENT),
    corp("not all records were read", ids="DNS-5", want=HM, code="UNKNOWN_RESOURCE", layer="dns",
         world=(*HOSTS, zone("api.corp.example", id="Z2", IsTruncated=True)), needs="route53:ListResourceRecordSets"),
    Row(ids="DNS-5", about="the most specific of two zones answers", to=API, want=OK,
        world=(*HOSTS, zone("corp.example", a(API, "10.0.3.54")), zone(API, a(API, "10.0.3.53"), id="Z2"))),
    Row(ids="DNS-5 DNS-3", about="private zones need enableDnsHostnames", to=SQS, want=OK, via=NAT_WAY,
        world=(*NAT, zone("amazonaws.com"), dns(hostnames=False))),
    Row(ids="DNS-3", about="attributes not collected: off, as in a new VPC", to=SQS, want=OK, via=NAT_WAY,
        world=(*NAT, zone("amazonaws.com"), do("drop", "VpcAttributes")), assumes=("DNS-2", "DNS-3")),
    Row(ids="DNS-5 DST-09", about="a zone over a database's name", to="rds:orders-db", at="Z1",
        world=(*PRIVATE, DB, zone("rds.amazonaws.com")), **HIDDEN),
    Row(ids="DNS-5 SVC-04", about="a bucket's own zone is more specific than S3's endpoint", at="Z1",
        to="reports.s3.eu-west-1.amazonaws.com", **HIDDEN,
        world=(*NAT, endpoint("s3"), zone("reports.s3.eu-west-1.amazonaws.com"))),
    Row(ids="DNS-5", about="not associated with this VPC", to=SQS, want=OK, via=NAT_WAY,
        world=(*NAT, do("vpc", "10.9.0.0/16", id="vpc-2"), zone("amazonaws.com", vpcs=("vpc-2",)))),
    Row(ids="DNS-5 FN-20", about="a function outside of VPCs sees no private zone", who="free", to=SQS, want=OK,
        world=(*NAT, zone("amazonaws.com"))),
    Row(ids="DNS-5", about="zones were not collected: none is assumed", to=SQS, want=OK, world=NAT,
        assumes=("DNS-5", "DNS-6", "DNS-7")),
)  # fmt: skip

RULES = (
    Row(ids="DNS-6", about="a rule for all names", world=(*NAT, rule(".")), to="example.com", at="rslvr-rr-1",
        says="--resolve example.com=", needs="the address of example.com", **SENT),
    Row(ids="DNS-6", about="a rule for all names does not capture an endpoint's name", want=OK, via=("vpce-i",),
        world=(*NAT, endpoint(), rule(".")), to="secretsmanager"),
    Row(ids="DNS-6", about="nor does one for amazonaws.com", want=OK, via=("vpce-i",),
        world=(*NAT, endpoint(), rule("amazonaws.com")), to="secretsmanager"),
    Row(ids="DNS-6", about="but one for the very name does", at="rslvr-rr-1", to="secretsmanager",
        world=(*NAT, endpoint(), rule("secretsmanager.eu-west-1.amazonaws.com")), **SENT),
    Row(ids="DNS-6 DNS-8", about="a rule for all names does not capture an instance's name", want=OK,
        world=(*HOSTS, rule(".")), to="ip-10-0-3-53.eu-west-1.compute.internal"),
    Row(ids="DNS-6", about="a private zone of a narrower domain", want=OK, to=API,
        world=(*HOSTS, zone(API, a(API, "10.0.3.53")), rule("corp.example"))),
    Row(ids="DNS-6 DNS-5", about="a private zone of the same domain", to=API, at="rslvr-rr-1",
        world=(*HOSTS, zone("corp.example", a(API, "10.0.3.53")), rule("corp.example")), **SENT),
    Row(ids="DNS-6", about="of two rules the narrower, which keeps the name", want=OK, via=NAT_WAY, to=SQS,
        world=(*NAT, rule("."), rule("amazonaws.com", "SYSTEM", id="rslvr-rr-2"))),
    Row(ids="DNS-6", about="the rule that sends what is left to the internet's resolvers", want=OK, via=NAT_WAY,
        world=(*NAT, rule(".", "RECURSIVE")), to="example.com"),
    Row(ids="DNS-6", about="a rule of another VPC", want=OK, to="example.com", world=(*NAT, rule(".", vpc="vpc-9"))),
    Row(ids="DNS-6", about="a rule that was not read may forward anything", want=HM, code="UNKNOWN_RESOURCE",
        layer="dns", world=(*NAT, rule(".", read=False)), to="example.com", needs="route53resolver:ListResolverRules"),
    Row(ids="DNS-6", about="an association that is being removed may still forward", to="example.com", at="rslvr-rr-1",
        world=(*NAT, rule("."), lambda w: w.collections["route53resolver:ResolverRuleAssociations"][0].update(
            Status="DELETING")), **SENT),
    Row(ids="DNS-6 DST-09", about="a database's name is forwarded", to="rds:orders-db", at="rslvr-rr-1",
        world=(*PRIVATE, DB, rule("amazonaws.com")), **SENT),
    Row(ids="DNS-6", about="what is forwarded may have a private address, which the group lets out to", at="rslvr-rr-1",
        to=API, world=(*HOSTS, rule("corp.example"), only(("tcp", 443, "10.0.0.0/16"))), **SENT),
    Row(ids="DNS-6", about="a group that lets nothing out decides before the name", to=API, want=NO, at="sg-fn",
        code="SG_HAS_NO_RULES", world=(*HOSTS, rule("corp.example"), only())),
    Row(ids="DNS-6 DNS-9", about="the user says what the other servers answer", to="db.corp.example", want=OK,
        world=(*HOSTS, rule("corp.example")), resolve=(("db.corp.example", "10.0.3.53"),), assumes=("DNS-9",)),
    Row(ids="DNS-6 DNS-9", about="and what they answer leads to a closed host", to="DB.corp.example.", want=NO,
        world=(*HOSTS, rule("corp.example")), resolve=(("db.corp.example", "10.0.3.54"),), **SHUT),
)  # fmt: skip

FIREWALL = (
    Row(ids="DNS-7", about="a rule blocks the name", world=(*NAT, firewall(("BLOCK", "example.com"))), at="rslvr-frg-1",
        to="example.com", says="list-1", **BARRED),
    Row(ids="DNS-7", about="a rule blocks a service's name", world=(*NAT, firewall(("BLOCK", "*.amazonaws.com"))),
        to="sqs", at="rslvr-frg-1", **BARRED),
    Row(ids="DNS-7", about="a rule blocks a database's name", to="rds:orders-db", at="rslvr-frg-1",
        world=(*PRIVATE, DB, firewall(("BLOCK", "*.rds.amazonaws.com"))), **BARRED),
    Row(ids="DNS-7", about="a wildcard does not stand for the domain itself", want=OK, to="example.com",
        world=(*NAT, firewall(("BLOCK", "*.example.com"))), assumes=("DNS-7",)),
    Row(ids="DNS-7", about="everything is blocked but what came before", want=OK, to="example.com",
        world=(*NAT, firewall(("ALLOW", "example.com"), ("BLOCK", "*")))),
    Row(ids="DNS-7", about="everything is blocked, and what is allowed comes too late", to="example.com",
        world=(*NAT, firewall(("BLOCK", "*"), ("ALLOW", "example.com"))), at="rslvr-frg-1", **BARRED),
    Row(ids="DNS-7", about="an alert lets pass", want=OK, to="example.com",
        world=(*NAT, firewall(("ALERT", "example.com"), ("BLOCK", "*")))),
    Row(ids="DNS-7", about="groups are asked by their priorities", want=OK, to="example.com",
        world=(*NAT, firewall(("BLOCK", "*"), priority=200), firewall(("ALLOW", "example.com"), id="rslvr-frg-2"))),
    Row(ids="DNS-7", about="AWS's own lists cannot be read", want=HM, code="UNKNOWN_RESOURCE", to="example.com",
        layer="dns", world=(*NAT, firewall(("BLOCK", "managed")))),
    Row(ids="DNS-7", about="nor need they, once the name is allowed", want=OK, to="example.com",
        world=(*NAT, firewall(("ALLOW", "example.com"), ("BLOCK", "managed")))),
    Row(ids="DNS-7", about="nor if a later rule blocks it anyway", to="example.com", at="rslvr-frg-1",
        world=(*NAT, firewall(("BLOCK", "managed"), ("BLOCK", "example.com"))), **BARRED),
    Row(ids="DNS-7", about="a list of AWS's that only alerts", want=OK, to="example.com",
        world=(*NAT, firewall(("ALERT", "managed")))),
    Row(ids="DNS-7", about="a rule for another type of query", want=OK, to="example.com",
        world=(*NAT, firewall(("BLOCK", "example.com"), Qtype="AAAA"))),
    *(Row(ids="DNS-7 IN-4", about=f"a group whose association is {status} may be asked, or not", to="example.com",
          world=(*NAT, firewall(("BLOCK", "*")), association(status)), want=HM, code="UNKNOWN_RESOURCE",
          at="rslvr-frg-1", needs="a settled association of rslvr-frg-1", layer="dns")
      for status in ("DELETING", "PONDERING")),
    Row(ids="DNS-7", about="one that is being removed and lets pass changes nothing", want=OK, to="example.com",
        world=(*NAT, firewall(("ALLOW", "example.com")), association("DELETING"))),
    Row(ids="DNS-7", about="one that is being removed, before another that blocks too", to="example.com",
        at="rslvr-frg-2", **BARRED,
        world=(*NAT, firewall(("BLOCK", "*")), firewall(("BLOCK", "*"), id="rslvr-frg-2", priority=200),
               association("DELETING"))),
    Row(ids="DNS-7", about="one that lets pass and is being removed, before another that blocks", to="example.com",
        world=(*NAT, firewall(("ALLOW", "*")), firewall(("BLOCK", "*"), id="rslvr-frg-2", priority=200),
               association("DELETING")), want=HM, code="UNKNOWN_RESOURCE", at="rslvr-frg-1", layer="dns"),
    Row(ids="DNS-7", about="one whose priority is being changed is at work", to="example.com", at="rslvr-frg-1",
        world=(*NAT, firewall(("BLOCK", "*")), association("UPDATING")), **BARRED),
    Row(ids="DNS-7", about="another VPC's firewall", want=OK, to="example.com",
        world=(*NAT, firewall(("BLOCK", "*"), vpc="vpc-9"))),
    Row(ids="DNS-7", about="the names that a CNAME leads to are asked about too", to=API, at="rslvr-frg-1", says="www.",
        world=(*HOSTS, zone("corp.example", cname(API, "www.example.com")), firewall(("BLOCK", "www.example.com"))),
        **BARRED),
    Row(ids="DNS-7", about="unless the rule for the first name trusts the rest", to=API, want=OK,
        world=(*HOSTS, zone("corp.example", cname(API, "www.example.com")),
               firewall(("ALLOW", API), ("BLOCK", "www.example.com"),
                        FirewallDomainRedirectionAction="TRUST_REDIRECTION_DOMAIN"))),
    Row(ids="DNS-7", about="rules that were not read", want=HM, code="UNKNOWN_RESOURCE", layer="dns", to="example.com",
        world=(*NAT, firewall(("BLOCK", "*")), lambda w: w.collections.pop("route53resolver:FirewallRules")),
        needs="route53resolver:ListFirewallRules"),
    Row(ids="DNS-7", about="a group whose rules are not in the data", want=HM, code="UNKNOWN_RESOURCE", layer="dns",
        to="example.com", at="rslvr-frg-1", world=(*NAT, firewall()), needs="route53resolver:ListFirewallRules"),
    Row(ids="DNS-7", about="a group that has no rules", want=OK, to="example.com",
        world=(*NAT, firewall(), lambda w: w.collections["route53resolver:FirewallRules"].append(
            {"FirewallRuleGroupId": "rslvr-frg-1", "FirewallRules": []}))),
    Row(ids="DNS-7 IN-4", about="an action that nobody knows may block", want=HM, code="UNKNOWN_RESOURCE", layer="dns",
        to="example.com", at="rslvr-frg-1", world=(*NAT, firewall(("PONDER", "example.com"))), needs="a known Action"),
    Row(ids="DNS-7 IN-4", about="but not a name that another rule allows first", want=OK, to="example.com",
        world=(*NAT, firewall(("ALLOW", "example.com"), ("PONDER", "*")))),
    Row(ids="DNS-7", about="domains that were not read", want=HM, code="UNKNOWN_RESOURCE", to="example.com",
        world=(*NAT, firewall(("BLOCK", "*")), lambda w: [w.collections.pop(f"route53resolver:Firewall{key}")
                                                          for key in ("Domains", "DomainLists")]),
        layer="dns", needs="route53resolver:ListFirewallDomains"),
    Row(ids="DNS-7", about="an address needs no name", want=OK, to="93.184.216.34:443", via=NAT_WAY,
        world=(*NAT, firewall(("BLOCK", "*")))),
    Row(ids="DNS-7 DNS-4", about="servers of one's own do not ask it", want=HM, code="CUSTOM_DNS", to="example.com",
        world=(*NAT, firewall(("BLOCK", "*")), resolvers("10.0.3.53"), host("10.0.3.53", ("udp", 53, ANY), id="dns")),
        layer="dns"),
)  # fmt: skip

# Servers of one's own in subnet-d that take queries from anywhere in the VPC.
ASKED = (("udp", 53, "10.0.0.0/16"), ("tcp", 53, "10.0.0.0/16"))
OWN: Steps = (resolvers("10.0.3.53"), host("10.0.3.53", *ASKED, id="dns"))
UNSURE: dict[str, Any] = {"want": HM, "code": "CUSTOM_DNS", "at": "vpc-1", "layer": "dns"}
OTHERS_ONLY = zone("corp.example", a(API, "10.9.1.9"), vpcs=("vpc-2",))
JOINED_BY_PEERING: Steps = (*NAT, *PEER, THERE, BACK)
NOT_HERE: dict[str, Any] = {"to": f"{API}:5432", "want": HM, "code": "UNKNOWN_RESOURCE", "at": API,
                            "needs": "the public address"}  # fmt: skip
NEXT_DOOR = (
    Row(ids="DNS-10", about="a peered VPC's private zone does not answer here", world=(*JOINED_BY_PEERING, OTHERS_ONLY),
        says="does not answer in vpc-1", **NOT_HERE),
    Row(ids="DNS-10", about="nor does one behind a transit gateway", says="does not answer in vpc-1",
        world=(*JOINED, OTHERS_ONLY), **NOT_HERE),
    Row(ids="DNS-10", about="nor for a function outside any VPC", who="free", says="in its VPCs only",
        world=(*JOINED_BY_PEERING, OTHERS_ONLY), **NOT_HERE),
    Row(ids="DNS-10 DNS-5", about="a zone that is associated with both VPCs does", to=f"{API}:5432", want=OK,
        world=(*JOINED_BY_PEERING, zone("corp.example", a(API, "10.9.1.9"), vpcs=("vpc-1", "vpc-2")))),
    Row(ids="DNS-10", about="a name that the other VPC's zone does not have is public", to="www.corp.example", want=OK,
        world=(*JOINED_BY_PEERING, OTHERS_ONLY), via=NAT_WAY),
    Row(ids="DNS-10", about="whether that zone has it was not read", **NOT_HERE,
        world=(*JOINED_BY_PEERING, OTHERS_ONLY, lambda w: w.collections.pop("route53:RecordSets"))),
    Row(ids="DNS-10 DNS-8", about="a service's name is public beside the other VPC's zone for it", to="sqs", want=OK,
        world=(*JOINED_BY_PEERING, zone(SQS, a(SQS, "10.9.1.9"), vpcs=("vpc-2",))), via=NAT_WAY),
    Row(ids="DNS-10", about="the resolver of a peered VPC answers nobody here", to="10.9.0.2:53/udp", want=NO,
        world=JOINED_BY_PEERING, code="NO_POSSIBLE_DESTINATION", at="vpc-2"),
    Row(ids="DNS-10", about="nor if a subnet holds that address and its interfaces were not read", to="10.9.1.2:53/udp",
        world=(*JOINED_BY_PEERING, do("drop", "NetworkInterfaces")), want=NO, code="NO_POSSIBLE_DESTINATION",
        at="subnet-x"),
    Row(ids="DNS-10 DNS-4", about="DHCP options that name a peered VPC's resolver", to="example.com", want=NO,
        world=(*JOINED_BY_PEERING, resolvers("10.9.0.2")), code="CUSTOM_DNS_UNREACHABLE", at="vpc-1", layer="dns"),
)  # fmt: skip
SERVERS = (
    Row(ids="DNS-4", about="whether they know the private zone is not known", to=SQS, **UNSURE,
        world=(*NAT, *OWN, zone("amazonaws.com"))),
    Row(ids="DNS-4", about="a closed endpoint does not matter to whom they give the public address",
        to="secretsmanager", world=(*NAT, *OWN, endpoint(), put("sg-vpce", IpPermissions=[])), **UNSURE),
    Row(ids="DNS-4", about="neither the endpoint nor the public address can be reached", to="secretsmanager",
        world=(*PRIVATE, *OWN, endpoint(), put("sg-vpce", IpPermissions=[])), want=NO, code="SG_HAS_NO_RULES",
        cause="ENDPOINT_SG_CLOSED", more=("NO_ROUTE_TO_DESTINATION",)),
    Row(ids="DNS-4 DNS-9", about="the user says what they answer", to="db.corp.example", want=OK,
        world=(*HOSTS, resolvers("10.0.3.53"), host("10.0.3.55", ("udp", 53, ANY), id="dns"), resolvers("10.0.3.55")),
        resolve=(("db.corp.example", "10.0.3.53"),)),
    Row(ids="DNS-4 DNS-9", about="but not how to reach them", to="db.corp.example", want=NO,
        world=(*HOSTS, resolvers("10.0.3.55"), host("10.0.3.55", id="dns")), code="CUSTOM_DNS_UNREACHABLE",
        resolve=(("db.corp.example", "10.0.3.53"),), at="sg-dns", layer="dns",
        says="aws ec2 authorize-security-group-ingress --group-id sg-dns"),
    Row(ids="DNS-4", about="an ACL is in the way", to="example.com", want=NO, code="CUSTOM_DNS_UNREACHABLE",
        layer="dns", at="acl-d", says="aws ec2 create-network-acl-entry --network-acl-id acl-d",
        world=(*NAT, *OWN, do("network_acl", "vpc-1", ["subnet-d"], [(100, "allow", "6", None, ANY)],
                              [(100, "allow", "-1", None, ANY)], id="acl-d"))),
    Row(ids="DNS-4", about="a missing route is in the way", to="example.com", want=NO, code="CUSTOM_DNS_UNREACHABLE",
        layer="dns", world=(*PRIVATE, resolvers("192.168.0.53")), at="rtb-fn", says="--vpc-id vpc-1", more=("*",)),
    Row(ids="DNS-4", about="nobody is there: the options are wrong", to="example.com", want=NO, layer="dns", at="vpc-1",
        code="CUSTOM_DNS_UNREACHABLE", world=(*NAT, resolvers("10.0.3.77")), says="AmazonProvidedDNS"),
    Row(ids="DNS-4", about="queries go over UDP", to="example.com", want=NO, code="CUSTOM_DNS_UNREACHABLE", layer="dns",
        world=(*NAT, resolvers("10.0.3.53"), host("10.0.3.53", ("tcp", 53, ANY), id="dns"))),
    Row(ids="DNS-4", about="long answers over TCP", to="example.com", notes=("CUSTOM_DNS_TCP_CLOSED",), **UNSURE,
        world=(*NAT, resolvers("10.0.3.53"), host("10.0.3.53", ("udp", 53, ANY), id="dns"))),
    Row(ids="DNS-4", about="one of two servers can be reached", to="example.com", **UNSURE,
        world=(*NAT, resolvers("10.0.3.53", "10.0.3.54"), host("10.0.3.53", ("udp", 53, ANY), id="dns"))),
    Row(ids="DNS-4 DNS-1", about="Amazon's resolver among them can always be asked", to="example.com", **UNSURE,
        world=(*NAT, resolvers("10.0.3.53", "10.0.0.2"), only(("tcp", 443, ANY)))),
    Row(ids="DNS-4 FNSRC-3", about="from one of two subnets they can be reached, and the user knows the answer",
        who="both", to="db.corp.example", want=PART, code="CUSTOM_DNS_UNREACHABLE", layer="dns", dimension="subnets",
        world=(*HOSTS, resolvers("10.0.3.55"), host("10.0.3.55", ("udp", 53, "10.0.1.0/24"), id="dns")),
        resolve=(("db.corp.example", "10.0.3.53"),), subnets=("subnet-b",)),
    Row(ids="DNS-9", about="a name that the user answers needs no server, where nothing else is in the way",
        to="db.corp.example:443", want=OK, world=HOSTS, resolve=(("db.corp.example", "10.0.3.53"),)),
    Row(ids="DNS-9 DNS-2", about="DNS that is off stays off", to="db.corp.example", want=NO, code="DNS_DISABLED",
        cause="VPC_DNS_OFF", layer="dns", world=(*HOSTS, dns(support=False)),
        resolve=(("db.corp.example", "10.0.3.53"),)),
    Row(ids="DNS-9", about="the user's answer holds for a service's name too", to="sqs", want=NO, world=HOSTS,
        resolve=((SQS, "10.0.3.54"),), **SHUT),
)  # fmt: skip
