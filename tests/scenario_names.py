"""Names inside a VPC: private zones, Resolver rules, DNS servers of the VPC's own."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, Row, Step, do
from tests.scenario_worlds import NAT, NAT_WAY, admits, endpoint, only, resolvers

SQS = "sqs.eu-west-1.amazonaws.com"


def zone(domain: str, *records: tuple[str, str], vpc: str | None = "vpc-1", read: bool = True) -> Step:
    """A private hosted zone, associated with a VPC, with its A records."""

    def change(w: Any) -> None:
        record: dict[str, Any] = {"Id": "/hostedzone/Z1", "Name": f"{domain}.", "Config": {"PrivateZone": True}}
        if vpc:
            record["VPCs"] = [{"VPCId": vpc, "VPCRegion": "eu-west-1"}]
        w.collections.setdefault("route53:HostedZones", []).append(record)
        sets = [{"Name": f"{n}.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": v}]} for n, v in records]
        if read:
            w.collections["route53:RecordSets"] = [{"HostedZoneId": "Z1", "ResourceRecordSets": sets}]

    return change


def rule(domain: str) -> Step:
    """A Resolver rule that forwards a domain, associated with the VPC."""

    def change(w: Any) -> None:
        record = {"Id": "rslvr-rr-1", "DomainName": domain, "RuleType": "FORWARD"}
        w.collections["route53resolver:ResolverRules"] = [record]
        w.collections["route53resolver:ResolverRuleAssociations"] = [
            {"Id": "rslvr-rrassoc-1", "ResolverRuleId": "rslvr-rr-1", "VPCId": "vpc-1", "Status": "COMPLETE"}
        ]

    return change


DNS_HOST: Step = do("interface", "subnet-d", "10.0.3.53", ["sg-db"], id="eni-dns")

NAMES = (
    Row(ids="T30 DNS-5", about="a private zone over amazonaws.com hides the service",
        world=(*NAT, zone("amazonaws.com")), to="sqs",
        want=NO, code="DNS_NXDOMAIN", at="Z1", layer="dns"),
    Row(ids="DNS-5", about="a zone of another domain does not", world=(*NAT, zone("corp.example")), to="sqs",
        want=OK, via=NAT_WAY),
    Row(ids="DNS-5", about="a zone of another VPC does not", world=(*NAT, zone("amazonaws.com", vpc="vpc-7")), to="sqs",
        want=OK, via=NAT_WAY),
    Row(ids="DNS-5 SVC-04", about="an endpoint's own name is more specific than the zone",
        world=(*NAT, endpoint("sqs"), zone("amazonaws.com")), to="sqs", want=OK),
    Row(ids="DNS-5 SVC-04", about="the zone has a record: follow its address",
        world=(*NAT, zone("amazonaws.com", (SQS, "10.0.3.53")), DNS_HOST, admits(("tcp", 443, "sg-fn"))), to="sqs",
        want=OK),
    Row(ids="DNS-5", about="the record's host does not admit it",
        world=(*NAT, zone("amazonaws.com", (SQS, "10.0.3.53")), DNS_HOST), to="sqs",
        want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-db", cause="DEST_SG_PORT_MISMATCH"),
    Row(ids="DNS-5", about="a wildcard record", want=OK,
        world=(*NAT, zone("corp.example", ("*.corp.example", "10.0.3.53")), DNS_HOST, admits(("tcp", 443, "sg-fn"))),
        to="api.corp.example"),
    Row(ids="DNS-5", about="its records were not read", world=(*NAT, zone("amazonaws.com", read=False)), to="sqs",
        want=HM, code="UNKNOWN_RESOURCE", layer="dns", needs="route53:ListResourceRecordSets"),
    Row(ids="DNS-5", about="not known whether it is associated with the VPC",
        world=(*NAT, zone("amazonaws.com", vpc=None)), to="sqs",
        want=HM, code="UNKNOWN_RESOURCE", layer="dns", needs="route53:GetHostedZone"),
    Row(ids="DNS-6", about="a Resolver rule for the domain", world=(*NAT, rule("amazonaws.com.")), to="sqs",
        want=HM, code="DNS_FORWARDED", at="rslvr-rr-1", layer="dns",
        needs="the address of sqs.eu-west-1.amazonaws.com"),
    Row(ids="DNS-6", about="a Resolver rule for another domain", world=(*NAT, rule("corp.example.")), to="sqs",
        want=OK, via=NAT_WAY),
    Row(ids="T29 DNS-4", about="a DNS server of the VPC's own, to which port 53 is closed",
        world=(*NAT, resolvers("10.0.3.53"), DNS_HOST, only(("tcp", 443, "0.0.0.0/0"))), to="sqs",
        want=NO, code="CUSTOM_DNS_UNREACHABLE", at="sg-fn", layer="dns",
        says="aws ec2 authorize-security-group-egress --group-id sg-fn"),
    Row(ids="DNS-4", about="a DNS server of the VPC's own that can be reached",
        world=(*NAT, resolvers("10.0.3.53"), DNS_HOST, admits(("udp", 53, "10.0.0.0/16"))), to="sqs",
        want=HM, code="CUSTOM_DNS", at="vpc-1", layer="dns", needs="what the custom DNS servers answer"),
    Row(ids="DNS-4", about="an address needs no DNS server",
        world=(*NAT, resolvers("10.0.3.53"), DNS_HOST, only(("tcp", 443, "0.0.0.0/0"))), to="93.184.216.34:443",
        want=OK, via=NAT_WAY),
)  # fmt: skip
