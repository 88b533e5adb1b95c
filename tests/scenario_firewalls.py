"""Gateway Load Balancer endpoints and AWS Network Firewall on the way: wiring, both directions, both engines' rules."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, Row, Step, Steps, do, put
from tests.scenario_inspection import ADMITS_A
from tests.scenario_public_access import block, exclusion
from tests.scenario_worlds import ANY, DB, HOST, NAT, PRIVATE
from tests.world_firewalls import firewall, group, gwlbe, stateful, stateless, uses

# A NAT gateway in subnet-p whose way out leads through an endpoint in subnet-m, and back by the gateway's table.
ENDPOINT: Steps = (
    *NAT,
    do("subnet", "vpc-1", "10.0.5.0/24", "a", id="subnet-m"),
    do("route_table", "vpc-1", ["subnet-m"], [(ANY, "igw-1")], id="rtb-m"),
    gwlbe("subnet-m"),
    lambda w: w["rtb-p"]["Routes"].pop(),
    do("route", "rtb-p", ANY, "vpce-fw"),
)
TO_ENDPOINT: Step = do("route_table", "vpc-1", [], [("10.0.0.0/24", "vpce-fw")], gateway="igw-1", id="rtb-edge")
INSPECTED: Steps = (*ENDPOINT, TO_ENDPOINT)
FW_WAY = ("rtb-fn", "nat-1", "rtb-p", "vpce-fw", "rtb-m", "igw-1")
PASSING: Step = firewall()
GWLB: dict[str, Any] = {"want": HM, "code": "PATH_THROUGH_GWLB_NOT_CHECKED", "at": "vpce-fw"}
DROPPED: dict[str, Any] = {"want": NO, "code": "FIREWALL_RULES_RESTRICTION", "at": "vpce-fw"}


def ruled(*groups: Any, strict: bool = False, defaults: tuple[str, ...] = (), **policy: Any) -> Steps:
    """The inspected way out with a firewall of these stateful groups."""
    names = [g if isinstance(g, str) else g["RuleGroupResponse"]["RuleGroupName"] for g in groups]
    order = {"StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER"}} if strict else {}
    more = {"StatefulDefaultActions": list(defaults)} if defaults else {}
    held = tuple(g for g in groups if not isinstance(g, str))
    return (*INSPECTED, firewall(groups=held, **uses("Stateful", *names), **order, **more, **policy))


def unruled(*rules: Any, default: str = "aws:forward_to_sfe") -> Steps:
    """The inspected way out with a firewall of one stateless group."""
    held = group("plain", stateless(*rules), "STATELESS")
    return (*INSPECTED, firewall(groups=(held,), **uses("Stateless", "plain"), StatelessDefaultActions=[default]))


WEB_OUT = {"Protocols": [6], "Sources": [{"AddressDefinition": "10.0.0.0/16"}],
           "DestinationPorts": [{"FromPort": 443, "ToPort": 443}]}  # fmt: skip
WEB_BACK = {"Protocols": [6], "SourcePorts": [{"FromPort": 443, "ToPort": 443}]}
SYN = {"Protocols": [6], "TCPFlags": [{"Flags": ["SYN"], "Masks": ["SYN", "ACK"]}]}
WEB = ("TCP", "$HOME_NET", "ANY", "$EXTERNAL_NET", "443")
ALL = ("IP", "ANY", "ANY", "ANY", "ANY")
SURICATA = group("text", {"RulesString": 'pass tls any any -> any any (tls.sni; content:"x"; sid:1;)'})
NAMES = group("names", {"RulesSourceList": {"Targets": [".example.com"], "TargetTypes": ["TLS_SNI"],
                                            "GeneratedRulesType": "ALLOWLIST"}})  # fmt: skip
MANAGED = "arn:aws:network-firewall:eu-west-1:aws-managed:stateful-rulegroup/ThreatSignaturesBotnet"

ENDPOINTS = (
    Row(ids="T27 FW-1 FW-3", about="appliances behind a Gateway Load Balancer endpoint cannot be looked into",
        world=INSPECTED, to="internet", via=FW_WAY, **GWLB),
    Row(ids="T27 FW-2 FW-3", about="a function's default route leads to the endpoint, the reply past it",
        world=(*ENDPOINT, TO_ENDPOINT, lambda w: w["rtb-fn"]["Routes"].pop(), do("route", "rtb-fn", ANY, "vpce-fw"),
               lambda w: w["rtb-m"]["Routes"].pop(), do("route", "rtb-m", ANY, "nat-1"),
               lambda w: w["rtb-p"]["Routes"].pop(), do("route", "rtb-p", ANY, "igw-1"),
               lambda w: w.collections["RouteTables"].remove(w["rtb-edge"])),
        to="internet", want=NO, code="ASYMMETRIC_INSPECTION", at="rtb-p", back=True,
        says="--destination-cidr-block 10.0.1.0/24 --vpc-endpoint-id vpce-fw"),
    Row(ids="FW-2 RT-6", about="the function's default route leads to the endpoint, and the NAT gateway's reply too",
        world=(*ENDPOINT, lambda w: w["rtb-fn"]["Routes"].pop(), do("route", "rtb-fn", ANY, "vpce-fw"),
               lambda w: w["rtb-m"]["Routes"].pop(), do("route", "rtb-m", ANY, "nat-1"),
               lambda w: w["rtb-p"]["Routes"].pop(), do("route", "rtb-p", ANY, "igw-1"),
               do("route", "rtb-p", "10.0.1.0/24", "vpce-fw")),
        to="internet", **GWLB),
    Row(ids="FW-2", about="the internet gateway delivers past the endpoint", world=ENDPOINT, to="internet",
        want=NO, code="ASYMMETRIC_INSPECTION", at="igw-1", back=True, says="associate-route-table --gateway-id igw-1"),
    Row(ids="FW-2 RT-17", about="the gateway's table redirects, but the subnet does not",
        world=(*INSPECTED, lambda w: w["rtb-p"]["Routes"].pop(), do("route", "rtb-p", ANY, "igw-1")), to="internet",
        want=NO, code="INGRESS_RTB_TRAFFIC_REDIRECTION", at="rtb-edge", back=True, says="--vpc-endpoint-id vpce-fw"),
    Row(ids="FW-1 VPCE-1", about="an endpoint that is not available",
        world=(*INSPECTED, put("vpce-fw", State="failed")), to="internet",
        want=NO, code="BAD_STATE", at="vpce-fw", more=("BAD_STATE",)),
    Row(ids="FW-1", about="the endpoint's service is not in its zone",
        world=(*INSPECTED, lambda w: w.add("ServiceDetails", {"ServiceName": w["vpce-fw"]["ServiceName"],
                                                              "AvailabilityZones": ["eu-west-1b"]})),
        to="internet", want=NO, code="VPCE_SERVICE_NOT_INSTALLED_IN_AZ", at="vpce-fw",
        more=("VPCE_SERVICE_NOT_INSTALLED_IN_AZ",)),
    Row(ids="FW-3", about="a definite block before the endpoint stays one",
        world=(*INSPECTED, lambda w: w["sg-fn"]["IpPermissionsEgress"].clear()), to="internet",
        want=NO, code="SG_HAS_NO_RULES", at="sg-fn"),
    Row(ids="FW-3 IGW-1", about="a definite block behind the endpoint stays one",
        world=(*INSPECTED, put("igw-1", Attachments=[])), to="internet",
        want=NO, code="BAD_STATE_ATTACHMENT", at="igw-1"),
    Row(ids="FW-7 SG-7", about="a group reference is lost behind an endpoint",
        world=(*PRIVATE, DB, do("subnet", "vpc-1", "10.0.5.0/24", "a", id="subnet-m"), gwlbe("subnet-m"),
               do("route", "rtb-fn", "10.0.3.0/24", "vpce-fw"), do("route", "rtb-db", "10.0.1.0/24", "vpce-fw")),
        to="rds:orders-db", want=NO, code="SG_REFERENCES_NOT_PRESERVED", at="sg-db", cause="*"),
    Row(ids="RT-18 FW-1", about="an endpoint in the receiver's subnet",
        world=(*PRIVATE, DB, ADMITS_A, gwlbe("subnet-d"), do("route", "rtb-fn", "10.0.3.0/24", "vpce-fw")),
        to="rds:orders-db", want=NO, code="ASYMMETRIC_INSPECTION", at="rtb-db", back=True),
    Row(ids="RT-19", about="a prefix list cannot lead to an endpoint",
        world=(*INSPECTED, do("prefix_list", "partners", ["93.184.216.0/24"], id="pl-1"),
               do("route", "rtb-fn", "pl-1", "vpce-fw")),
        to=f"{HOST}:443", want=HM, code="UNSUPPORTED_COMPONENT", at="vpce-fw", says="prefix list"),
    Row(ids="FW-1", about="the endpoint's subnet has a table that leads nowhere",
        world=(*INSPECTED, lambda w: w["rtb-m"]["Routes"].pop()), to="internet",
        want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-m"),
    Row(ids="FW-1", about="the endpoint's subnet leads back to the endpoint",
        world=(*INSPECTED, lambda w: w["rtb-m"]["Routes"].pop(), do("route", "rtb-m", ANY, "vpce-fw")), to="internet",
        want=NO, code="ROUTING_LOOP", at="rtb-m"),
)  # fmt: skip

FIREWALLS = (
    Row(ids="FW-5", about="a firewall that has no rules passes what it forwards", world=(*INSPECTED, PASSING),
        to="internet", want=OK, via=FW_WAY),
    Row(ids="FW-1", about="a firewall that is not ready", world=(*INSPECTED, firewall(status="FAILED")), to="internet",
        want=NO, code="BAD_STATE", at="vpce-fw", more=("BAD_STATE",), says="FAILED"),
    Row(ids="FW-1", about="a firewall whose endpoint is being created",
        world=(*INSPECTED, firewall(attachment="CREATING")), to="internet",
        want=NO, code="BAD_STATE", at="vpce-fw", more=("BAD_STATE",)),
    Row(ids="FW-1 IN-4", about="a firewall whose endpoint is in a state that nobody knows",
        world=(*INSPECTED, firewall(attachment="DOZING")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="vpce-fw", more=("UNKNOWN_RESOURCE",)),
    Row(ids="FW-4", about="a stateless rule drops", world=unruled((1, "aws:drop", WEB_OUT)), to="internet",
        says="plain", **DROPPED),
    Row(ids="FW-4", about="the rule of the lower number decides",
        world=unruled((1, "aws:pass", WEB_OUT), (2, "aws:pass", WEB_BACK), (9, "aws:drop", {})),
        to="internet", want=OK),
    Row(ids="FW-4 RET-1", about="a reply meets the stateless rules on its own",
        world=unruled((1, "aws:pass", WEB_OUT), (9, "aws:drop", {})), to="internet", back=True, **DROPPED),
    Row(ids="FW-4", about="the default action drops what no rule names",
        world=unruled((1, "aws:pass", {"Protocols": [17]}), default="aws:drop"), to="internet",
        says="names", more=("FIREWALL_RULES_RESTRICTION",), **DROPPED),
    Row(ids="FW-4", about="a rule that looks at TCP flags cannot be decided",
        world=unruled((1, "aws:drop", SYN)), to="internet", more=("PATH_THROUGH_GWLB_NOT_CHECKED",), **GWLB),
    Row(ids="FW-4", about="TCP flags do not matter to another protocol", world=unruled((1, "aws:drop", SYN)),
        to=f"{HOST}:53/udp", want=OK),
    Row(ids="FW-4", about="the stateful rules would see replies of a request that they did not see",
        world=unruled((1, "aws:pass", WEB_OUT)), to="internet", back=True, **GWLB),
    Row(ids="FW-5", about="a stateful rule drops", world=ruled(group("g", stateful(("DROP", *WEB)))), to="internet",
        says="drop $HOME_NET:ANY → $EXTERNAL_NET:443", **DROPPED),
    Row(ids="FW-5", about="a stateful rule rejects", world=ruled(group("g", stateful(("REJECT", *WEB)))),
        to="internet", **DROPPED),
    Row(ids="FW-5", about="by default order pass comes before drop, wherever it stands",
        world=ruled(group("g", stateful(("DROP", *ALL), ("PASS", *WEB)))), to="internet", want=OK),
    Row(ids="FW-5", about="in strict order the first rule decides",
        world=ruled(group("g", stateful(("DROP", *ALL), ("PASS", *WEB))), strict=True), to="internet", **DROPPED),
    Row(ids="FW-5", about="in strict order the group of the lower number decides",
        world=ruled(group("one", stateful(("PASS", *WEB))), group("two", stateful(("DROP", *ALL))), strict=True),
        to="internet", want=OK),
    Row(ids="FW-5", about="in strict order the default action drops what no rule passes",
        world=ruled(group("g", stateful(("PASS", "TCP", "ANY", "ANY", "ANY", "80"))), strict=True,
                    defaults=("aws:drop_strict", "aws:alert_strict")), to="internet", **DROPPED),
    Row(ids="FW-5", about="dropping established connections drops what is not passed",
        world=ruled(group("g", stateful(("PASS", "TCP", "ANY", "ANY", "ANY", "80"))), strict=True,
                    defaults=("aws:drop_established",)), to="internet", says="opens", **DROPPED),
    Row(ids="FW-5", about="a default action of a kind that is not known",
        world=ruled(group("g", stateful(("PASS", "TCP", "ANY", "ANY", "ANY", "80"))), strict=True,
                    defaults=("aws:drop_established_app_layer",)), to="internet", **GWLB),
    Row(ids="FW-5", about="alerts stop nothing", world=ruled(group("g", stateful(("ALERT", *ALL)))), to="internet",
        want=OK),
    Row(ids="FW-5", about="a rule of any direction matches the other way round",
        world=ruled(group("g", stateful(("DROP", "TCP", "ANY", "443", "10.0.0.0/16", "ANY", "ANY")))), to="internet",
        **DROPPED),
    Row(ids="FW-5", about="a rule that would drop the replies", to="internet",
        world=ruled(group("g", stateful(("DROP", "TCP", "ANY", "443", "10.0.0.0/16", "ANY")))), **GWLB),
    Row(ids="FW-5", about="lists, negations, ranges and variables of a rule group",
        world=ruled(group("g", stateful(("DROP", "TCP", "$APPS", "ANY", "[93.184.0.0/16, !93.184.217.0/24]",
                                         "[$WEB, 8000:8100]")),
                          RuleVariables={"IPSets": {"APPS": {"Definition": ["10.0.0.0/24"]}},
                                         "PortSets": {"WEB": {"Definition": ["443"]}}})),
        to=f"{HOST}:443", **DROPPED),
    Row(ids="FW-5", about="beside what a negation takes out the rule does not match", to="93.184.217.1:443", want=OK,
        world=ruled(group("g", stateful(("DROP", "TCP", "ANY", "ANY", "[93.184.0.0/16, !93.184.217.0/24]", "ANY"))))),
    Row(ids="FW-5", about="another policy's word for the home network", to="internet", want=OK,
        world=ruled(group("g", stateful(("DROP", *WEB))), PolicyVariables={
            "RuleVariables": {"HOME_NET": {"Definition": ["192.168.0.0/16"]}}})),
    Row(ids="FW-6", about="rules in Suricata's language", world=ruled(SURICATA), to="internet",
        says="Suricata", **GWLB),
    Row(ids="FW-6", about="a list of host names", world=ruled(NAMES), to="internet", says="host names", **GWLB),
    Row(ids="FW-6", about="a list of host names does not matter to ICMP", world=(*ruled(NAMES), *(
        do("interface", "subnet-a", None, ["sg-fn"], id="eni-i"),)), who="eni-i", to=f"{HOST}:*/icmp", want=OK),
    Row(ids="FW-6", about="a group that AWS manages", world=ruled(MANAGED), to="internet", says="AWS's own", **GWLB),
    Row(ids="FW-6", about="a managed group that only reports",
        world=(*INSPECTED, firewall(**uses("Stateful", MANAGED, Override={"Action": "DROP_TO_ALERT"}))),
        to="internet", want=OK),
    Row(ids="FW-6", about="a rule with an option that looks inside",
        world=ruled(group("g", stateful(("DROP", *WEB), options=("sid", "content")))), to="internet", **GWLB),
    Row(ids="FW-6", about="a rule for an application's protocol",
        world=ruled(group("g", stateful(("DROP", "TLS", "ANY", "ANY", "ANY", "ANY")))), to="internet", **GWLB),
    Row(ids="FW-6", about="a reference to a list elsewhere",
        world=ruled(group("g", stateful(("DROP", "TCP", "@LIST", "ANY", "ANY", "ANY")))), to="internet", **GWLB),
    Row(ids="FW-6", about="TLS inspection", to="internet", says="inside TLS",
        world=ruled(TLSInspectionConfigurationArn="arn:aws:network-firewall:eu-west-1:1:tls-configuration/t"), **GWLB),
    Row(ids="FW-6", about="an undecidable group behind the deciding one, in strict order",
        world=ruled(group("g", stateful(("PASS", *WEB))), SURICATA, strict=True), to="internet", want=OK),
    Row(ids="FW-6", about="an undecidable group before the deciding one, in strict order",
        world=ruled(SURICATA, group("g", stateful(("DROP", *WEB))), strict=True), to="internet", **GWLB),
    Row(ids="FW-6", about="an undecidable group may pass what a rule drops, in default order",
        world=ruled(SURICATA, group("g", stateful(("DROP", *WEB)))), to="internet", **GWLB),
    Row(ids="FW-6", about="an undecidable group cannot drop what a rule passes, in default order",
        world=ruled(SURICATA, group("g", stateful(("PASS", *WEB)))), to="internet", want=OK),
    Row(ids="BPA-6 FW-7", about="no exclusion opens Block Public Access for what a firewall has seen",
        world=(*INSPECTED, PASSING, block("block-bidirectional"), exclusion("subnet-m", "allow-bidirectional")),
        to="internet", want=NO, code="VPC_BLOCK_PUBLIC_ACCESS_ENABLED", at="igw-1"),
    Row(ids="BPA-6", about="behind an endpoint an exclusion is needed, although a NAT gateway stands before it",
        world=(*INSPECTED, block("block-ingress"), do("add", "VpcBlockPublicAccessExclusions", {
            "ExclusionId": "vpcbpa-exclude-x", "ResourceArn": "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-b",
            "InternetGatewayExclusionMode": "allow-bidirectional", "State": "create-complete"})),
        to="internet", want=NO, code="VPC_BLOCK_PUBLIC_ACCESS_ENABLED", at="igw-1"),
    Row(ids="BPA-6 FW-3", about="an exclusion of the endpoint's subnet opens it",
        world=(*INSPECTED, block("block-bidirectional"), exclusion("subnet-m", "allow-bidirectional")),
        to="internet", **GWLB),
    Row(ids="FW-1 IN-6", about="the firewall's policy was not read",
        world=(*INSPECTED, PASSING, lambda w: w.collections.pop("network-firewall:FirewallPolicies")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", needs="network-firewall:DescribeFirewallPolicy"),
    Row(ids="FW-5 IN-6", about="a rule group was not read",
        world=(*ruled(group("g", stateful(("PASS", *ALL)))),
               lambda w: w.collections.pop("network-firewall:RuleGroups")),
        to="internet", needs="network-firewall:DescribeRuleGroup", **GWLB),
)  # fmt: skip
