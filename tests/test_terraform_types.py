"""What each type of Terraform's AWS provider decides, told by answers: a table of resources beside one VPC.

In these rows ``@aws_vpc.main.id`` is a reference, known only after apply.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from reach.sources.cloudformation.maps import MAPS
from reach.sources.given import Given
from reach.sources.terraform import parse_plan
from reach.sources.terraform.acceptance import SHARED
from reach.sources.terraform.blocks import MAKERS
from reach.sources.terraform.makers import OTHERS
from reach.sources.terraform.making import made, references
from reach.sources.terraform.providers import Places
from reach.sources.terraform.types import TYPES
from tests.terraform_plans import PlanOf
from tests.test_shapes import invalid
from tests.test_terraform import network_of, snapshot_of

Attributes = dict[str, Any]
Piece = tuple[str, str, Attributes]  # type, name, attributes


def split(attributes: Attributes) -> tuple[Attributes, Attributes]:
    """What is known of some attributes, and what they refer to."""
    known: Attributes = {}
    refs: Attributes = {}
    for name, value in attributes.items():
        listed = value if isinstance(value, list) else [value]
        if any(isinstance(one, str) and one.startswith("@") for one in listed):
            refs[name] = [one.removeprefix("@") for one in listed]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            parts = [split(one) for one in value]
            if any(inner for _, inner in parts):
                refs[name] = parts
            else:
                known[name] = value
        else:
            known[name] = value
    return known, refs


def plan_of(*pieces: Piece) -> PlanOf:
    plan = PlanOf()
    for type_, name, attributes in pieces:
        plan.resource(type_, name, *split(attributes))
    return plan


VPC = {"vpc_id": "@aws_vpc.main.id"}
ZONE = {"availability_zone": "eu-west-1a"}
EVERY = {"from_port": 0, "to_port": 0, "protocol": "-1", "cidr_blocks": ["0.0.0.0/0"]}
INSIDE = {"subnet_ids": ["@aws_subnet.main.id"], "security_group_ids": ["@aws_security_group.wide.id"]}
CONFIG = {"function_name": "orders", "vpc_config": [INSIDE]}


def subnet(name: str, block: str, zone: str = "eu-west-1a") -> tuple[Piece, ...]:
    pair = {"subnet_id": f"@aws_subnet.{name}.id", "route_table_id": f"@aws_route_table.{name}.id"}
    return (
        ("aws_subnet", name, {**VPC, "availability_zone": zone, "cidr_block": block}),
        ("aws_route_table", name, VPC),
        ("aws_route_table_association", name, pair),
    )


BASE: tuple[Piece, ...] = (
    ("aws_vpc", "main", {"cidr_block": "10.0.0.0/16", "enable_dns_hostnames": True}),
    ("aws_internet_gateway", "main", VPC),
    *subnet("main", "10.0.1.0/24"),
    *subnet("public", "10.0.0.0/24"),
    ("aws_route", "public", {"route_table_id": "@aws_route_table.public.id", "destination_cidr_block": "0.0.0.0/0",
                             "gateway_id": "@aws_internet_gateway.main.id"}),
    ("aws_security_group", "wide", {**VPC, "name": "wide", "ingress": [EVERY], "egress": [EVERY]}),
    ("aws_security_group", "shut", {**VPC, "name": "shut"}),
)  # fmt: skip
FUNCTION: Piece = ("aws_lambda_function", "orders", CONFIG)


def way(to: str, attribute: str, target: str, name: str = "main") -> Piece:
    held = {"route_table_id": f"@aws_route_table.{name}.id", "destination_cidr_block": to, attribute: target}
    return ("aws_route", f"{name}_{to}", held)


NAT: tuple[Piece, ...] = (
    ("aws_eip", "nat", {"domain": "vpc"}),
    ("aws_nat_gateway", "nat", {"subnet_id": "@aws_subnet.public.id", "allocation_id": "@aws_eip.nat.id"}),
)
BY_NAT = (*NAT, way("0.0.0.0/0", "nat_gateway_id", "@aws_nat_gateway.nat.id"))


# -- firewalls ----------------------------------------------------------------------------------------

STATUS = "aws_networkfirewall_firewall.wall.firewall_status[0].sync_states"


def firewall(default: str, port: int, *mappings: str, endpoint: Any = f"@{STATUS}") -> tuple[Piece, ...]:
    match = {"protocols": [6], "destination_port": [{"from_port": port, "to_port": 443}]}
    rule = {"priority": 1, "rule_definition": [{"actions": ["aws:drop"], "match_attributes": [match]}]}
    source = [{"stateless_rules_and_custom_actions": [{"stateless_rule": [rule]}]}]
    policy = {
        "stateless_default_actions": [default],
        "stateless_fragment_default_actions": ["aws:drop"],
        "stateless_rule_group_reference": [{"priority": 10, "resource_arn": "@aws_networkfirewall_rule_group.g.arn"}],
    }
    group = {"name": "g", "type": "STATELESS", "capacity": 10, "rule_group": [{"rules_source": source}]}
    wall = {
        **VPC, "name": "wall", "firewall_policy_arn": "@aws_networkfirewall_firewall_policy.p.arn",
        "subnet_mapping": [{"subnet_id": f"@aws_subnet.{name}.id"} for name in mappings],
    }  # fmt: skip
    return (
        *NAT,
        *subnet("guarded", "10.0.9.0/24"),
        *subnet("second", "10.0.8.0/24", "eu-west-1b"),
        ("aws_networkfirewall_rule_group", "g", group),
        ("aws_networkfirewall_firewall_policy", "p", {"name": "p", "firewall_policy": [policy]}),
        ("aws_networkfirewall_firewall", "wall", wall),
        way("0.0.0.0/0", "nat_gateway_id", "@aws_nat_gateway.nat.id", "guarded"),
        way("0.0.0.0/0", "vpc_endpoint_id", endpoint),
        way("10.0.1.0/24", "vpc_endpoint_id", endpoint, "public"),
    )


SURICATA = "drop tcp any any -> any 443 (sid: 1;)"
GUARDED_ONLY = [f"@{STATUS}", "@aws_subnet.guarded.id"]

# -- transit gateways ---------------------------------------------------------------------------------

HUB = "@aws_ec2_transit_gateway.hub.id"
FAR = {"vpc_id": "@aws_vpc.far.id"}


def hub(**more: Any) -> tuple[Piece, ...]:
    attach = "aws_ec2_transit_gateway_vpc_attachment"
    return (
        ("aws_ec2_transit_gateway", "hub", more),
        ("aws_vpc", "far", {"cidr_block": "10.9.0.0/16"}),
        ("aws_subnet", "far", {**FAR, **ZONE, "cidr_block": "10.9.0.0/24"}),
        ("aws_route_table", "far", FAR),
        ("aws_route_table_association", "far",
         {"subnet_id": "@aws_subnet.far.id", "route_table_id": "@aws_route_table.far.id"}),
        (attach, "here", {**VPC, "transit_gateway_id": HUB, "subnet_ids": ["@aws_subnet.main.id"]}),
        (attach, "there", {**FAR, "transit_gateway_id": HUB, "subnet_ids": ["@aws_subnet.far.id"]}),
        way("10.0.0.0/16", "transit_gateway_id", HUB, "far"),
        ("aws_security_group", "far", {**FAR, "name": "far", "ingress": [EVERY]}),
        ("aws_instance", "far", {"subnet_id": "@aws_subnet.far.id", "private_ip": "10.9.0.9",
                                 "vpc_security_group_ids": ["@aws_security_group.far.id"]}),
        way("10.9.0.0/16", "transit_gateway_id", HUB),
    )  # fmt: skip


OWN_TABLE: tuple[Piece, ...] = (
    ("aws_ec2_transit_gateway_route_table", "own", {"transit_gateway_id": HUB}),
    *(
        (f"aws_ec2_transit_gateway_route_table_{kind}", "own", {
            "transit_gateway_attachment_id": f"@aws_ec2_transit_gateway_vpc_attachment.{end}.id",
            "transit_gateway_route_table_id": "@aws_ec2_transit_gateway_route_table.own.id",
        })
        for kind, end in (("association", "here"), ("propagation", "there"))
    ),
)  # fmt: skip
IN_OWN = {"transit_gateway_route_table_id": "@aws_ec2_transit_gateway_route_table.own.id", "blackhole": True}
APART = {"default_route_table_association": "disable"}
LIST: Piece = (
    "aws_ec2_managed_prefix_list",
    "l",
    {"name": "l", "address_family": "IPv4", "max_entries": 3, "entry": [{"cidr": "10.9.0.0/16"}]},
)

# -- names --------------------------------------------------------------------------------------------

DB: tuple[Piece, ...] = (
    ("aws_db_subnet_group", "db", {"name": "db", "subnet_ids": ["@aws_subnet.main.id"]}),
    ("aws_db_instance", "db", {"identifier": "db", "engine": "postgres", **ZONE, "db_subnet_group_name": "db",
                               "vpc_security_group_ids": ["@aws_security_group.wide.id"]}),
)  # fmt: skip
FORWARD: tuple[Piece, ...] = (
    ("aws_route53_resolver_rule", "f", {"domain_name": "amazonaws.com", "rule_type": "FORWARD",
                                        "target_ip": [{"ip": "10.0.0.53", "port": 53}]}),
    ("aws_route53_resolver_rule_association", "f", {**VPC, "resolver_rule_id": "@aws_route53_resolver_rule.f.id"}),
)  # fmt: skip
DNS_WALL: tuple[Piece, ...] = (
    ("aws_route53_resolver_firewall_domain_list", "d", {"name": "d", "domains": ["*.amazonaws.com."]}),
    ("aws_route53_resolver_firewall_rule_group", "g", {"name": "g"}),
    ("aws_route53_resolver_firewall_rule", "r", {
        "name": "r", "action": "BLOCK", "block_response": "NODATA", "priority": 1,
        "firewall_domain_list_id": "@aws_route53_resolver_firewall_domain_list.d.id",
        "firewall_rule_group_id": "@aws_route53_resolver_firewall_rule_group.g.id"}),
    ("aws_route53_resolver_firewall_rule_group_association", "a", {
        **VPC, "name": "a", "priority": 200,
        "firewall_rule_group_id": "@aws_route53_resolver_firewall_rule_group.g.id"}),
)  # fmt: skip
HOST: Piece = ("aws_instance", "host", {"subnet_id": "@aws_subnet.main.id", "private_ip": "10.0.1.9",
                                        "vpc_security_group_ids": ["@aws_security_group.wide.id"]})  # fmt: skip


def zone(name: str, record: str, *values: str, beside: bool = False) -> tuple[Piece, ...]:
    within = {} if beside else {"vpc": [VPC]}
    found: list[Piece] = [
        HOST,
        ("aws_route53_zone", "z", {"name": name, **within}),
        ("aws_route53_record", "r", {"zone_id": "@aws_route53_zone.z.zone_id", "name": record, "type": "A", "ttl": 60,
                                     "records": list(values)}),
    ]  # fmt: skip
    if beside:
        found.append(("aws_route53_zone_association", "z", {**VPC, "zone_id": "@aws_route53_zone.z.zone_id"}))
    return tuple(found)


# -- policies and roles -------------------------------------------------------------------------------


def said(action: str, effect: str = "Allow", **more: Any) -> str:
    statement = {"Effect": effect, "Action": action, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


WITH_ROLE: Piece = ("aws_lambda_function", "orders", {**CONFIG, "role": "@aws_iam_role.orders.arn"})
ROLE: Piece = ("aws_iam_role", "orders", {"name": "orders", "assume_role_policy": "{}"})
OF_ROLE = {"role": "@aws_iam_role.orders.id"}
VPC_ACCESS = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
ENDPOINT: Piece = ("aws_vpc_endpoint", "s3", {
    **VPC, "service_name": "com.amazonaws.eu-west-1.s3", "vpc_endpoint_type": "Gateway",
    "route_table_ids": ["@aws_route_table.main.id"]})  # fmt: skip
BARE: Piece = (ENDPOINT[0], "s3", {k: v for k, v in ENDPOINT[2].items() if k != "route_table_ids"})
OF_S3 = {"vpc_endpoint_id": "@aws_vpc_endpoint.s3.id"}
DENY = said("s3:*", "Deny", Principal="*")
BUCKET: Piece = ("aws_s3_bucket", "reports", {"bucket": "reports"})


ACL_ROW = {"rule_no": 100, "action": "allow", "protocol": "-1", "from_port": 0, "to_port": 0,
           "cidr_block": "0.0.0.0/0"}  # fmt: skip
ACL_PARTS: tuple[Piece, ...] = (
    ("aws_network_acl_association", "a", {"network_acl_id": "@aws_network_acl.a.id",
                                          "subnet_id": "@aws_subnet.other.id"}),
    *(
        ("aws_network_acl_rule", f"r{egress}", {
            "network_acl_id": "@aws_network_acl.a.id", "rule_number": 100, "rule_action": "allow", "protocol": "-1",
            "cidr_block": "0.0.0.0/0", "egress": egress})
        for egress in (True, False)
    ),
)  # fmt: skip
OTHER: Piece = ("aws_instance", "other", {"subnet_id": "@aws_subnet.other.id", "private_ip": "10.0.5.9",
                                          "vpc_security_group_ids": ["@aws_security_group.wide.id"]})  # fmt: skip


@dataclass(frozen=True)
class Row:
    """Resources beside the base; who asks for what; the verdict, and the code or cause that comes first."""

    about: str
    more: tuple[Piece, ...]
    to: str
    want: str
    code: str = ""
    who: str = "orders"
    function: Piece = field(default=FUNCTION, hash=False)

    def __str__(self) -> str:
        return self.about


def served(type_: str, name: str, attributes: Attributes, to: str, *more: Piece) -> tuple[Row, ...]:
    """The same with a group that admits everybody and one that admits nobody; ``%`` stands for its name."""
    return tuple(
        Row(
            f"{type_} admits {want}",
            (*more, (type_, name, json.loads(json.dumps(attributes).replace("%", group)))),
            to, want, code,
        )
        for group, want, code in (("wide", "reachable", ""), ("shut", "blocked", "SG_HAS_NO_RULES"))
    )  # fmt: skip


GROUP = "@aws_security_group.%.id"
MAIN = ["@aws_subnet.main.id"]
BOTH = {"subnet_ids": MAIN, "security_group_ids": [GROUP]}
LISTENING: Piece = ("aws_lb_listener", "l", {"load_balancer_arn": "@aws_lb.lb.arn", "port": 443, "protocol": "HTTPS"})


def group(type_: str) -> Piece:
    return (type_, "g", {"name": "g", "subnet_ids": MAIN})


def clustered(word: str, name: str, group_name: str) -> tuple[Row, ...]:
    """A cluster of DocumentDB or Neptune with one instance."""
    cluster = {"cluster_identifier": "c", group_name: "g", "vpc_security_group_ids": [GROUP]}
    of = {"identifier": "c1", "cluster_identifier": "c", **ZONE}
    more = (group(f"aws_{word}_subnet_group"), (f"aws_{word}_cluster_instance", "c1", of))
    return served(f"aws_{word}_cluster", "c", cluster, name, *more)


ROWS: tuple[Row, ...] = (
    # -- firewalls
    Row("a rule of a firewall drops", firewall("aws:pass", 443, "guarded"), "internet", "blocked",
        "FIREWALL_RULES_RESTRICTION"),
    Row("a firewall passes what no rule drops", firewall("aws:pass", 443, "guarded"), "internet:80", "reachable"),
    Row("of two endpoints nobody knows which", firewall("aws:pass", 443, "guarded", "second"), "internet:80",
        "unknown", "UNKNOWN_RESOURCE"),
    Row("the endpoint in the subnet that is named", firewall("aws:pass", 443, "guarded", "second",
        endpoint=GUARDED_ONLY), "internet:80", "reachable"),
    Row("rules in Suricata's language", (
        *(p for p in firewall("aws:forward_to_sfe", 443, "guarded") if p[0] != "aws_networkfirewall_rule_group"),
        ("aws_networkfirewall_rule_group", "g", {"name": "g", "type": "STATEFUL", "capacity": 10, "rules": SURICATA})),
        "internet", "unknown"),
    # -- NAT gateways, gateways of other kinds
    Row("a NAT gateway", BY_NAT, "internet", "reachable"),
    Row("a regional NAT gateway", (
        ("aws_nat_gateway", "nat", {**VPC, "availability_mode": "regional"}),
        way("0.0.0.0/0", "nat_gateway_id", "@aws_nat_gateway.nat.id")), "internet", "reachable"),
    Row("a regional NAT gateway that has not this zone", (
        ("aws_nat_gateway", "nat", {**VPC, "availability_mode": "regional", "availability_zone_address": [
            {"availability_zone": "eu-west-1b", "allocation_ids": ["eipalloc-1"]}]}),
        way("0.0.0.0/0", "nat_gateway_id", "@aws_nat_gateway.nat.id")), "internet", "blocked",
        "REGIONAL_NGW_ROUTE_AZ_RESTRICTION"),
    Row("beyond a VPN nobody sees", (
        ("aws_vpn_gateway", "v", VPC),
        ("aws_vpn_connection", "v", {"vpn_gateway_id": "@aws_vpn_gateway.v.id", "customer_gateway_id": "cgw-1",
                                     "type": "ipsec.1", "static_routes_only": True}),
        ("aws_vpn_connection_route", "v", {"vpn_connection_id": "@aws_vpn_connection.v.id",
                                           "destination_cidr_block": "192.168.0.0/16"}),
        way("192.168.0.0/16", "gateway_id", "@aws_vpn_gateway.v.id")), "192.168.1.9:443", "unknown"),
    Row("a VPN gateway that no VPC has", (
        ("aws_vpn_gateway", "v", {}), way("192.168.0.0/16", "gateway_id", "@aws_vpn_gateway.v.id")),
        "192.168.1.9:443", "blocked", "BAD_STATE_ATTACHMENT"),
    Row("a carrier gateway", (
        ("aws_ec2_carrier_gateway", "c", VPC), way("0.0.0.0/0", "carrier_gateway_id", "@aws_ec2_carrier_gateway.c.id")),
        "internet", "unknown"),
    # -- transit gateways
    Row("by default attachments are associated and propagate", hub(), "10.9.0.9:443", "reachable"),
    Row("without an association", hub(**APART), "10.9.0.9:443", "blocked", "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"),
    Row("a table of its own", (*hub(**APART), *OWN_TABLE), "10.9.0.9:443", "blocked"),  # nothing leads back
    Row("a static route beats what is propagated", (*hub(), *OWN_TABLE, (
        "aws_ec2_transit_gateway_route", "hole", {**IN_OWN, "destination_cidr_block": "10.9.0.0/16"})),
        "10.9.0.9:443", "blocked", "TGW_RTB_BAD_STATE_ROUTE"),
    Row("a prefix list of a transit gateway's table", (*hub(), *OWN_TABLE, LIST, (
        "aws_ec2_transit_gateway_prefix_list_reference", "hole",
        {**IN_OWN, "prefix_list_id": "@aws_ec2_managed_prefix_list.l.id"})),
        "10.9.0.9:443", "blocked", "TGW_RTB_BAD_STATE_ROUTE"),
    Row("a prefix list that nobody knows", (*hub(), *OWN_TABLE, (
        "aws_ec2_transit_gateway_prefix_list_reference", "hole", {**IN_OWN, "prefix_list_id": "pl-1"})),
        "10.9.0.9:443", "unknown"),
    # -- prefix lists
    *(
        Row(f"a route of a prefix list, {about}", (*BY_NAT, LIST, *entry, (
            "aws_route", "hole", {"route_table_id": "@aws_route_table.main.id",
                                  "destination_prefix_list_id": "@aws_ec2_managed_prefix_list.l.id",
                                  "vpc_peering_connection_id": "pcx-1"})), "52.1.2.3:443", want)
        for about, entry, want in (
            ("which has another block", (), "reachable"),
            ("which an entry of its own adds", (("aws_ec2_managed_prefix_list_entry", "e", {
                "prefix_list_id": "@aws_ec2_managed_prefix_list.l.id", "cidr": "52.1.0.0/16"}),), "unknown"),
        )
    ),
    # -- encryption, Block Public Access
    Row("encryption is enforced, Lambda is not spared", (*BY_NAT, (
        "aws_vpc_encryption_control", "e", {**VPC, "mode": "enforce"})), "internet", "blocked",
        "DISALLOWED_BY_VPC_ENCRYPTION_CONTROL"),
    Row("public access is blocked", (*BY_NAT, (
        "aws_vpc_block_public_access_options", "o", {"internet_gateway_block_mode": "block-bidirectional"})),
        "internet", "blocked", "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"),
    Row("public access is blocked, but not for this VPC", (*BY_NAT, (
        "aws_vpc_block_public_access_options", "o", {"internet_gateway_block_mode": "block-bidirectional"}), (
        "aws_vpc_block_public_access_exclusion", "x",
        {**VPC, "internet_gateway_exclusion_mode": "allow-bidirectional"})), "internet", "reachable"),
    # -- names
    Row("a private zone hides the database's name", (*DB, (
        "aws_route53_zone", "z", {"name": "rds.amazonaws.com", "vpc": [VPC]})), "rds:db", "blocked", "DNS_NXDOMAIN"),
    Row("a Resolver rule forwards", (*BY_NAT, *FORWARD), "sqs", "unknown"),
    Row("DNS Firewall blocks the name", (*BY_NAT, *DNS_WALL), "sqs", "blocked", "DNS_FIREWALL_BLOCK"),
    Row("DNS servers of one's own", (*BY_NAT, ("aws_vpc_dhcp_options", "d", {"domain_name_servers": ["10.0.1.53"]}), (
        "aws_vpc_dhcp_options_association", "d", {**VPC, "dhcp_options_id": "@aws_vpc_dhcp_options.d.id"})),
        "sqs", "unknown"),
    Row("a record of a private zone", zone("corp.internal", "host.corp.internal", "10.0.1.9"),
        "host.corp.internal:443", "reachable"),
    Row("a relative name, in a zone that is associated beside", zone("corp.internal", "host", "10.0.1.9", beside=True),
        "host.corp.internal:443", "reachable"),
    Row("a record that refers to what is made", zone("corp.internal", "host", "@aws_eip.x.public_ip"),
        "host.corp.internal:443", "unknown"),
    Row("a name that the zone does not have", zone("corp.internal", "other", "10.0.1.9"), "host.corp.internal:443",
        "blocked", "DNS_NXDOMAIN"),
    # -- policies and roles
    Row("the role cannot make interfaces", (*BY_NAT, ROLE, (
        "aws_iam_role_policy", "p", {**OF_ROLE, "name": "p", "policy": said("sqs:*")})), "internet", "blocked",
        "ROLE_LACKS_ENI_PERMISSIONS", function=WITH_ROLE),
    Row("a policy of its own", (*BY_NAT, ROLE, (
        "aws_iam_role_policy", "p", {**OF_ROLE, "name": "p", "policy": said("*")})), "internet", "reachable",
        function=WITH_ROLE),
    Row("a policy inside the role", (*BY_NAT, (
        ROLE[0], ROLE[1], {**ROLE[2], "inline_policy": [{"name": "p", "policy": said("sqs:*")}]})), "internet",
        "blocked", "ROLE_LACKS_ENI_PERMISSIONS", function=WITH_ROLE),
    Row("AWS's policy for functions in VPCs", (*BY_NAT, ROLE, (
        "aws_iam_role_policy_attachment", "p", {**OF_ROLE, "policy_arn": VPC_ACCESS})), "internet", "reachable",
        function=WITH_ROLE),
    Row("another managed policy", (*BY_NAT, ROLE, ("aws_iam_policy", "m", {"name": "m", "policy": said("sqs:*")}), (
        "aws_iam_role_policy_attachment", "p", {**OF_ROLE, "policy_arn": "@aws_iam_policy.m.arn"})), "internet",
        "blocked", "ROLE_LACKS_ENI_PERMISSIONS", function=WITH_ROLE),
    Row("a policy that is not known says nothing of the role", (*BY_NAT, ROLE, (
        "aws_iam_role_policy", "p", {**OF_ROLE, "name": "p", "policy": "@aws_sqs_queue.q.arn"})), "internet",
        "reachable", function=WITH_ROLE),
    Row("a gateway endpoint", (ENDPOINT,), "s3", "reachable"),
    Row("a gateway endpoint without tables", (BARE,), "s3", "blocked"),
    Row("a table that is associated beside the endpoint", (BARE, ("aws_vpc_endpoint_route_table_association", "a", {
        **OF_S3, "route_table_id": "@aws_route_table.main.id"})), "s3", "reachable"),
    Row("an endpoint's policy denies", ((ENDPOINT[0], "s3", {**ENDPOINT[2], "policy": DENY}),), "s3", "blocked",
        "ENDPOINT_POLICY_DENIES"),
    Row("an endpoint's policy beside it denies", (ENDPOINT, (
        "aws_vpc_endpoint_policy", "p", {**OF_S3, "policy": DENY})), "s3", "blocked", "ENDPOINT_POLICY_DENIES"),
    Row("a bucket's policy denies", (ENDPOINT, BUCKET, ("aws_s3_bucket_policy", "p", {
        "bucket": "@aws_s3_bucket.reports.id", "policy": DENY})), "s3://reports", "blocked",
        "RESOURCE_POLICY_DENIES_PATH"),
    Row("a bucket's policy inside it denies", (ENDPOINT, (BUCKET[0], BUCKET[1], {"bucket": "reports", "policy": DENY})),
        "s3://reports", "blocked", "RESOURCE_POLICY_DENIES_PATH"),
    Row("a bucket's policy that is not known", (ENDPOINT, BUCKET, ("aws_s3_bucket_policy", "p", {
        "bucket": "@aws_s3_bucket.reports.id", "policy": "@aws_vpc_endpoint.s3.id"})), "s3://reports", "reachable"),
    # -- interface endpoints and what stands beside them
    *(
        Row(f"an interface endpoint, {about}", (("aws_vpc_endpoint", "sqs", {
            **VPC, "service_name": "com.amazonaws.eu-west-1.sqs", "vpc_endpoint_type": "Interface",
            "private_dns_enabled": True, **own}), *more), "sqs", want)
        for about, own, more, want in (
            ("whole", {"subnet_ids": MAIN, "security_group_ids": ["@aws_security_group.wide.id"]}, (), "reachable"),
            ("with a group that admits nobody",
             {"subnet_ids": MAIN, "security_group_ids": ["@aws_security_group.shut.id"]}, (), "blocked"),
            ("with parts beside it", {}, (
                ("aws_vpc_endpoint_subnet_association", "a",
                 {"vpc_endpoint_id": "@aws_vpc_endpoint.sqs.id", "subnet_id": "@aws_subnet.main.id"}),
                ("aws_vpc_endpoint_security_group_association", "a",
                 {"vpc_endpoint_id": "@aws_vpc_endpoint.sqs.id", "replace_default_association": True,
                  "security_group_id": "@aws_security_group.wide.id"})), "reachable"),
            ("without its name", {"subnet_ids": MAIN, "security_group_ids": ["@aws_security_group.wide.id"]}, (
                ("aws_vpc_endpoint_private_dns", "a",
                 {"vpc_endpoint_id": "@aws_vpc_endpoint.sqs.id", "private_dns_enabled": False}),), "blocked"),
        )
    ),
    Row("appliances behind an endpoint", (
        *NAT,
        *subnet("guarded", "10.0.9.0/24"),
        ("aws_lb", "gw", {"name": "gw", "load_balancer_type": "gateway", "subnets": MAIN}),
        ("aws_vpc_endpoint_service", "s", {"acceptance_required": False,
                                           "gateway_load_balancer_arns": ["@aws_lb.gw.arn"]}),
        ("aws_vpc_endpoint", "g", {**VPC, "service_name": "@aws_vpc_endpoint_service.s.service_name",
                                   "vpc_endpoint_type": "GatewayLoadBalancer", "auto_accept": True,
                                   "subnet_ids": ["@aws_subnet.guarded.id"]}),
        way("0.0.0.0/0", "vpc_endpoint_id", "@aws_vpc_endpoint.g.id"),
        way("10.0.1.0/24", "vpc_endpoint_id", "@aws_vpc_endpoint.g.id", "public"),
        way("0.0.0.0/0", "nat_gateway_id", "@aws_nat_gateway.nat.id", "guarded")), "internet", "unknown",
        "PATH_THROUGH_GWLB_NOT_CHECKED"),
    # -- interfaces
    Row("a group that is attached beside", (HOST, (
        "aws_instance", "closed", {"subnet_id": "@aws_subnet.main.id", "private_ip": "10.0.1.8",
                                   "vpc_security_group_ids": ["@aws_security_group.shut.id"]}), (
        "aws_network_interface_sg_attachment", "a", {
            "network_interface_id": "@aws_instance.closed.primary_network_interface_id",
            "security_group_id": "@aws_security_group.wide.id"})), "10.0.1.8:443", "reachable"),
    Row("an interface that is attached to an instance", (
        ("aws_network_interface", "n", {"subnet_id": "@aws_subnet.main.id", "private_ips": ["10.0.1.7"],
                                        "security_groups": ["@aws_security_group.wide.id"]}),
        ("aws_instance", "n", {"network_interface": [{
            "device_index": 0, "network_interface_id": "@aws_network_interface.n.id"}]})), "10.0.1.7:443",
        "reachable"),
    Row("an interface that is attached beside", (
        ("aws_network_interface", "n", {"subnet_id": "@aws_subnet.main.id", "private_ip": "10.0.1.7",
                                        "security_groups": ["@aws_security_group.wide.id"]}),
        HOST,
        ("aws_network_interface_attachment", "n", {
            "network_interface_id": "@aws_network_interface.n.id", "instance_id": "@aws_instance.host.id",
            "device_index": 1})), "10.0.1.7:443", "reachable"),
    # -- filters
    Row("an ACL that lets nothing in", (HOST, *subnet("other", "10.0.5.0/24"), (
        "aws_network_acl", "a", {**VPC, "subnet_ids": ["@aws_subnet.other.id"], "egress": [ACL_ROW]}), OTHER),
        "10.0.5.9:443", "blocked", "SUBNET_ACL_RESTRICTION"),
    Row("an ACL whose rules and subnets stand beside it", (*subnet("other", "10.0.5.0/24"), (
        "aws_network_acl", "a", VPC), *ACL_PARTS, OTHER), "10.0.5.9:443", "reachable"),
    Row("rules of a group beside it", (
        *BY_NAT,
        ("aws_security_group", "mute", {**VPC, "name": "mute"}),
        ("aws_vpc_security_group_egress_rule", "out", {"security_group_id": "@aws_security_group.mute.id",
                                                       "ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"})), "internet",
        "reachable", function=("aws_lambda_function", "orders", {"function_name": "orders", "vpc_config": [
            {"subnet_ids": MAIN, "security_group_ids": ["@aws_security_group.mute.id"]}]})),
    # -- what serves in a VPC
    *served("aws_db_instance", "d", {"identifier": "d", "engine": "mysql", **ZONE, "db_subnet_group_name": "g",
                                     "vpc_security_group_ids": [GROUP]}, "rds:d", group("aws_db_subnet_group")),
    *served("aws_rds_cluster", "c", {"cluster_identifier": "c", "engine": "aurora-mysql", "db_subnet_group_name": "g",
                                     "vpc_security_group_ids": [GROUP]}, "rds:c", group("aws_db_subnet_group"),
            ("aws_rds_cluster_instance", "c1", {"identifier": "c1", "cluster_identifier": "c",
                                                "engine": "aurora-mysql", **ZONE})),
    *served("aws_db_proxy", "p", {"name": "p", "engine_family": "MYSQL", "vpc_subnet_ids": MAIN,
                                  "vpc_security_group_ids": [GROUP]}, "rds:p"),
    *served("aws_db_proxy_endpoint", "e", {"db_proxy_endpoint_name": "e", "db_proxy_name": "p", "vpc_subnet_ids": MAIN,
                                           "vpc_security_group_ids": [GROUP]}, "rds:e",
            ("aws_db_proxy", "p", {"name": "p", "engine_family": "MYSQL", "vpc_subnet_ids": MAIN})),
    *clustered("docdb", "rds:c", "db_subnet_group_name"),
    *clustered("neptune", "rds:c", "neptune_subnet_group_name"),
    *served("aws_elasticache_cluster", "c", {"cluster_id": "c", "engine": "memcached", "num_cache_nodes": 1,
                                             "subnet_group_name": "g", "security_group_ids": [GROUP]},
            "elasticache:c", group("aws_elasticache_subnet_group")),
    *served("aws_elasticache_replication_group", "r", {
        "replication_group_id": "r", "engine": "redis", "number_cache_clusters": 2, "subnet_group_name": "g",
        "security_group_ids": [GROUP]}, "elasticache:r", group("aws_elasticache_subnet_group")),
    *served("aws_elasticache_replication_group", "m", {
        "replication_group_id": "m", "engine": "redis", "cluster_mode": [
            {"num_node_groups": 2, "replicas_per_node_group": 1}], "subnet_group_name": "g",
        "security_group_ids": [GROUP]}, "elasticache:m", group("aws_elasticache_subnet_group")),
    *served("aws_elasticache_serverless_cache", "s", {"name": "s", "engine": "valkey", **BOTH}, "elasticache:s"),
    *served("aws_memorydb_cluster", "m", {"name": "m", "subnet_group_name": "g", "node_type": "x", "acl_name": "a",
                                          "security_group_ids": [GROUP]}, "memorydb:m",
            group("aws_memorydb_subnet_group")),
    *served("aws_redshift_cluster", "r", {"cluster_identifier": "r", "cluster_subnet_group_name": "g",
                                          "vpc_security_group_ids": [GROUP]}, "redshift:r",
            group("aws_redshift_subnet_group")),
    *served("aws_redshift_endpoint_access", "e", {"endpoint_name": "e", "cluster_identifier": "r",
                                                  "subnet_group_name": "g", "vpc_security_group_ids": [GROUP]},
            "redshift:e", group("aws_redshift_subnet_group")),
    *served("aws_redshiftserverless_workgroup", "w", {"workgroup_name": "wrk", "namespace_name": "n", **BOTH},
            "redshift-serverless:wrk"),
    *served("aws_opensearch_domain", "o", {"domain_name": "logs", "vpc_options": [BOTH]}, "opensearch:logs"),
    *served("aws_elasticsearch_domain", "o", {"domain_name": "logs", "vpc_options": [BOTH]}, "opensearch:logs"),
    *served("aws_mq_broker", "b", {"broker_name": "b", "engine_type": "ActiveMQ", "subnet_ids": MAIN,
                                   "security_groups": [GROUP]}, "mq:b"),
    *served("aws_msk_cluster", "k", {"cluster_name": "k", "broker_node_group_info": [
        {"client_subnets": MAIN, "security_groups": [GROUP]}], "client_authentication": [
        {"sasl": [{"iam": True, "scram": False}]}]}, "kafka:k"),
    *served("aws_msk_serverless_cluster", "k", {"cluster_name": "k", "vpc_config": [BOTH], "client_authentication": [
        {"sasl": [{"iam": [{"enabled": True}]}]}]}, "kafka:k"),
    *served("aws_efs_mount_target", "m", {"file_system_id": "@aws_efs_file_system.f.id",
                                          "subnet_id": "@aws_subnet.main.id", "security_groups": [GROUP]},
            "efs:aws_efs_file_system.f", ("aws_efs_file_system", "f", {})),
    *served("aws_lb", "lb", {"name": "lb", "internal": True, "load_balancer_type": "application", "subnets": MAIN,
                             "security_groups": [GROUP]}, "elbv2:lb", LISTENING),
    *served("aws_alb", "lb", {"name": "lb", "internal": True, "subnet_mapping": [{"subnet_id": MAIN[0]}],
                              "security_groups": [GROUP]}, "elbv2:lb", (
        "aws_alb_listener", "l", {"load_balancer_arn": "@aws_alb.lb.arn", "port": 443, "protocol": "HTTPS"})),
    # -- what else sends
    *(
        Row(f"{who} sends", (*BY_NAT, (type_, "it", attributes)), "internet", "reachable", who=who)
        for type_, attributes, who in (
            ("aws_ecs_service", {"name": "web", "cluster": "shop", "network_configuration": [
                {"subnets": MAIN, "security_groups": ["@aws_security_group.wide.id"]}]}, "ecs:shop/web"),
            ("aws_codebuild_project", {"name": "build", "vpc_config": [
                {**VPC, "subnets": MAIN, "security_group_ids": ["@aws_security_group.wide.id"]}]}, "codebuild:build"),
            ("aws_glue_connection", {"name": "g", "physical_connection_requirements": [
                {"subnet_id": "@aws_subnet.main.id", "security_group_id_list": ["@aws_security_group.wide.id"]}]},
             "glue:g"),
            ("aws_sagemaker_model", {"name": "m", "vpc_config": [
                {"subnets": MAIN, "security_group_ids": ["@aws_security_group.wide.id"]}]}, "sagemaker:m"),
            ("aws_apprunner_vpc_connector", {"vpc_connector_name": "apps", "subnets": MAIN,
                                             "security_groups": ["@aws_security_group.wide.id"]}, "apprunner:apps"),
            ("aws_synthetics_canary", {"name": "c", "vpc_config": [INSIDE]}, "synthetics:c"),
            ("aws_mwaa_environment", {"name": "e", "network_configuration": [INSIDE]}, "mwaa:e"),
            ("aws_emrserverless_application", {"name": "s", "network_configuration": [INSIDE]}, "emr-serverless:s"),
        )
    ),
    Row("a poller is where its source is", (
        *BY_NAT,
        ("aws_msk_cluster", "k", {"cluster_name": "k", "broker_node_group_info": [
            {"client_subnets": MAIN, "security_groups": ["@aws_security_group.wide.id"]}]}),
        ("aws_lambda_event_source_mapping", "p", {"function_name": "orders",
                                                  "event_source_arn": "@aws_msk_cluster.k.arn"})),
        "internet", "reachable", who="esm:*"),
    Row("a function on managed instances", (*BY_NAT, (
        "aws_lambda_capacity_provider", "p", {"name": "p", "vpc_config": [INSIDE]})), "internet", "reachable",
        function=("aws_lambda_function", "orders", {"function_name": "orders", "capacity_provider_config": [
            {"lambda_managed_instances_capacity_provider_config": [
                {"capacity_provider_arn": "@aws_lambda_capacity_provider.p.arn"}]}]})),
    Row("a published version, by its alias", (*BY_NAT, (
        "aws_lambda_alias", "live", {"name": "live", "function_name": "orders",
                                     "function_version": "@aws_lambda_function.orders.version"})),
        "internet", "reachable", who="orders:live", function=(FUNCTION[0], FUNCTION[1], {**CONFIG, "publish": True})),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_a_type_decides(row: Row) -> None:
    net = network_of(plan_of(*BASE, *row.more, row.function))
    poller = next((t.name for t in net if t.name and "event-source" in t.id), "")
    answer = net.path(f"esm:{poller}" if row.who == "esm:*" else row.who, row.to)
    first = answer.first
    assert answer.verdict == row.want, (answer.headline, first)
    if row.code:
        assert first is not None
        assert row.code in (first.code, first.cause)


@dataclass(frozen=True)
class Told:
    """Resources beside the base, and a part of the record that they make."""

    key: str
    more: tuple[Piece, ...]
    holds: tuple[str, ...]  # words of the only record that has all of them

    def __str__(self) -> str:
        return f"{self.key}: {self.more[-1][0]}"


BROUGHT: tuple[Told, ...] = (
    Told("EgressOnlyInternetGateways", (("aws_egress_only_internet_gateway", "e", VPC),), ("attached",)),
    Told("NetworkInterfaces", (HOST, ("aws_eip", "e", {"domain": "vpc"}), ("aws_eip_association", "e", {
        "allocation_id": "@aws_eip.e.id", "instance_id": "@aws_instance.host.id"})), ("10.0.1.9", "PublicIp")),
    Told("InternetGateways", (("aws_internet_gateway", "i", {}), ("aws_internet_gateway_attachment", "i", {
        **VPC, "internet_gateway_id": "@aws_internet_gateway.i.id"})), ("aws_internet_gateway.i", "available")),
    Told("Vpcs", (("aws_vpc_ipv4_cidr_block_association", "c", {**VPC, "cidr_block": "10.7.0.0/16"}),),
         ("10.7.0.0/16",)),
    Told("Vpcs", (("aws_vpc_ipv6_cidr_block_association", "c", {**VPC, "ipv6_cidr_block": "2001:db8::/56"}),),
         ("2001:db8::/56",)),
    Told("SecurityGroupVpcAssociations", (("aws_vpc", "b", {"cidr_block": "10.2.0.0/16"}), (
        "aws_vpc_security_group_vpc_association", "a", {
            "vpc_id": "@aws_vpc.b.id", "security_group_id": "@aws_security_group.wide.id"})), ("associated",)),
    Told("VpnGateways", (("aws_vpn_gateway", "v", {}), ("aws_vpn_gateway_attachment", "v", {
        **VPC, "vpn_gateway_id": "@aws_vpn_gateway.v.id"})), ("attached",)),
    Told("RouteTables", (("aws_vpn_gateway", "v", VPC), ("aws_vpn_gateway_route_propagation", "v", {
        "route_table_id": "@aws_route_table.main.id", "vpn_gateway_id": "@aws_vpn_gateway.v.id"})),
        ("aws_route_table.main", "'PropagatingVgws': [{'GatewayId'")),
    Told("TransitGatewayAttachments", (*hub(), ("aws_ec2_transit_gateway_connect", "c", {
        "transit_gateway_id": HUB, "transport_attachment_id": "@aws_ec2_transit_gateway_vpc_attachment.here.id"})),
        ("connect",)),
    Told("VpcEndpoints", (*firewall("aws:pass", 443, "guarded"), ("aws_vpc", "b", {"cidr_block": "10.2.0.0/16"}), (
        "aws_subnet", "b", {"vpc_id": "@aws_vpc.b.id", **ZONE, "cidr_block": "10.2.0.0/24"}), (
        "aws_networkfirewall_vpc_endpoint_association", "a", {
            "vpc_id": "@aws_vpc.b.id", "firewall_arn": "@aws_networkfirewall_firewall.wall.arn",
            "subnet_mapping": [{"subnet_id": "@aws_subnet.b.id"}]})),
        ("GatewayLoadBalancer", "aws_networkfirewall_vpc_endpoint_association.a")),
    Told("efs:AccessPoints", (("aws_efs_file_system", "f", {}), ("aws_efs_access_point", "a", {
        "file_system_id": "@aws_efs_file_system.f.id"})), ("fsap-", "fs-")),
    Told("efs:FileSystemPolicies", (("aws_efs_file_system", "f", {}), ("aws_efs_file_system_policy", "p", {
        "file_system_id": "@aws_efs_file_system.f.id", "policy": said("elasticfilesystem:ClientMount")})),
        ("fs-", "ClientMount")),
    Told("DBProxyTargets", (("aws_db_proxy", "p", {"name": "p", "engine_family": "MYSQL", "vpc_subnet_ids": MAIN}), (
        "aws_db_proxy_target", "t", {"db_proxy_name": "p", "db_instance_identifier": "d",
                                     "target_group_name": "default"})), ("'p'", "'d'", "RDS_INSTANCE")),
    Told("iam:AttachedPolicies", (ROLE, ("aws_iam_policy_attachment", "a", {
        "name": "a", "roles": ["@aws_iam_role.orders.id"], "policy_arn": VPC_ACCESS})), ("orders", VPC_ACCESS)),
    Told("ecs:services", (("aws_ecs_cluster", "c", {"name": "shop"}), ("aws_ecs_service", "s", {
        "name": "web", "cluster": "@aws_ecs_cluster.c.id", "network_configuration": [
            {"subnets": MAIN, "security_groups": ["@aws_security_group.wide.id"]}]})), ("cluster/shop", "shop/web")),
    Told("vpc-lattice:ResourceConfigurations", (("aws_vpclattice_resource_gateway", "g", {
        **VPC, "name": "way-in", "subnet_ids": MAIN}), ("aws_vpclattice_resource_configuration", "c", {
            "name": "shared", "port_ranges": ["443"],
            "resource_gateway_identifier": "@aws_vpclattice_resource_gateway.g.id"})),
        ("rcfg-", "'shared'", "'resourceGatewayId': 'rgw-")),
    Told("vpc-lattice:ResourceGateways", (("aws_vpclattice_resource_gateway", "g", {
        **VPC, "name": "way-in", "subnet_ids": MAIN}),), ("rgw-", "'vpcIdentifier': 'vpc-", "'subnetIds': ['subnet-")),
    Told("apigateway:items", (("aws_api_gateway_rest_api", "a", {"name": "a", "endpoint_configuration": [
        {"types": ["PRIVATE"]}], "policy": said("execute-api:Invoke")}),), ("PRIVATE", "execute-api:Invoke")),
    Told("apigateway:items", (("aws_api_gateway_rest_api", "a", {"name": "a"}), (
        "aws_api_gateway_rest_api_policy", "a", {"rest_api_id": "@aws_api_gateway_rest_api.a.id",
                                                 "policy": said("execute-api:Invoke")})), ("execute-api:Invoke",)),
    Told("dsql:clusters", (("aws_dsql_cluster", "d", {}),), ("cluster/",)),
    Told("opensearchserverless:collectionSummaries", (
        ("aws_opensearchserverless_collection", "c", {"name": "logs", "type": "SEARCH"}),), ("logs", "ACTIVE")),
    Told("opensearchserverless:vpcEndpointDetails", (
        ("aws_opensearchserverless_vpc_endpoint", "e", {**VPC, **INSIDE, "name": "end"}),), ("vpce-", "subnet-")),
)  # fmt: skip


@pytest.mark.parametrize("told", BROUGHT, ids=str)
def test_what_a_type_brings(told: Told) -> None:
    found = snapshot_of(plan_of(*BASE, *told.more))
    ((_, regions),) = found.accounts.items()
    records = [str(record) for record in regions["eu-west-1"][told.key]]
    assert len([one for one in records if all(word in one for word in told.holds)]) == 1, records


# Types whose rows are elsewhere: what Terraform adopts and the main table in test_terraform, what has to be accepted in
# test_terraform_accepted.
ELSEWHERE = {
    *("aws_default_network_acl", "aws_default_route_table", "aws_default_security_group", "aws_default_subnet"),
    *("aws_main_route_table_association", "aws_security_group_rule", "aws_vpc_security_group_ingress_rule"),
    *("aws_vpc_peering_connection", "aws_ec2_transit_gateway_peering_attachment", *SHARED),
}


def test_every_type_decides_something() -> None:
    shown = {piece[0] for row in ROWS for piece in (*BASE, *row.more, row.function)}
    shown |= {piece[0] for told in BROUGHT for piece in told.more}
    assert {*TYPES, *MAKERS, *OTHERS} - shown - ELSEWHERE == set()


def test_every_type_of_a_template_is_one_of_terraform_too() -> None:
    """What a template can say, a plan can say."""
    made_of: set[str] = set()
    for pieces in (*((*row.more, row.function) for row in ROWS), *(told.more for told in BROUGHT)):
        plan = parse_plan(plan_of(*BASE, *pieces).text().encode(), "plan.json")
        found = made(references(plan, Places(plan, Given(), None)), plan.instances)
        made_of |= {one.body["Type"] for one in found.values()}
    assert set(MAPS) - made_of - {*ONLY_IN_TEMPLATES, *SHOWN_ELSEWHERE} == set()


# What has another type in Terraform, or none.
ONLY_IN_TEMPLATES = {
    *("AWS::EC2::GatewayRouteTableAssociation", "AWS::EC2::SubnetCidrBlock", "AWS::EC2::TransitGatewayAttachment"),
    *("AWS::Lambda::Version", "AWS::IAM::Policy", "AWS::Route53::RecordSetGroup", "Custom::VpcRestrictDefaultSG"),
    "AWS::Lambda::NetworkConnector",  # no provider resource is known
}
SHOWN_ELSEWHERE = {
    *("AWS::EC2::SecurityGroupIngress", "AWS::EC2::TransitGatewayPeeringAttachment", "AWS::EC2::VPCPeeringConnection"),
}


def test_records_fit_botocore() -> None:
    found: set[str] = set()
    for pieces in (*((*row.more, row.function) for row in ROWS), *(told.more for told in BROUGHT)):
        document = {"accounts": json.loads(json.dumps(snapshot_of(plan_of(*BASE, *pieces)).accounts))}
        found |= {line for report in invalid(document) for line in report.splitlines()}
    # What AWS always answers and nobody reads (an owner, a size, a time) is left out.
    unread = ("Missing required", "NetworkConfiguration.SubnetIds, value: 1")  # MWAA wants two subnets
    assert {line for line in found if not any(words in line for words in unread)} == set()
