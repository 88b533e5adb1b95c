"""What each AWS CLI command of a fix makes or changes: types and members of CloudFormation and Terraform."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from reach.render.commands import Command, Options, one
from reach.render.pieces import Blocks, Member, Piece, Value, document
from reach.render.resource_owners import OWNERS, listed
from reach.render.resource_tables import ACTIONS, FLAGS, GONE, PLAIN, ROUTE_TARGETS, SILENT, Named

SILENCE = Piece("", "", [])


def piece_of(command: Command) -> Piece | None:
    """The piece of a command; an empty one of those that only wait or read, None of those that are not known."""
    key = f"{command.service} {command.name}"
    if command.name == "wait" or key in SILENT:
        return SILENCE
    make = MAKERS.get(key)
    made = make(command.options) if make else _plain(key, command.options)
    if made is None or not command.keeps:
        return made
    kept = KEPT.get(made.cloudformation, ("", "id"))
    return Piece(
        made.cloudformation, made.terraform, made.members, made.of, made.block, True, kept[0], kept[1], made.gone
    )


# What of a resource other commands name, where it is not what Ref and `id` give.
KEPT: Mapping[str, tuple[str, str]] = {
    "AWS::EC2::EIP": ("AllocationId", "id"),
    "AWS::EC2::SecurityGroup": ("GroupId", "id"),
    "AWS::Route53Resolver::FirewallDomainList": ("Id", "id"),
    "AWS::EC2::EgressOnlyInternetGateway": ("Id", "id"),
}


def _rule(ingress: bool) -> Callable[[Options], Piece | None]:
    """A rule of a security group, spelled with --port or with --ip-permissions."""

    def make(options: Options) -> Piece | None:
        said = _permission(options) if options.get("ip-permissions") else _plainly(options)
        if said is None or not options.get("group-id"):
            return None
        protocol, first, last, member, peer = said
        side = "SourceSecurityGroupId" if ingress else "DestinationSecurityGroupId"
        whom: Member = {
            "GroupId": (side, "referenced_security_group_id", peer),
            "CidrIp": ("CidrIp", "cidr_ipv4", peer),
            "CidrIpv6": ("CidrIpv6", "cidr_ipv6", peer),
        }[member]
        ports: list[Member] = []
        if protocol != "-1":
            ports = [("FromPort", "from_port", first), ("ToPort", "to_port", last)]
        return Piece(
            f"AWS::EC2::SecurityGroup{'Ingress' if ingress else 'Egress'}",
            f"aws_vpc_security_group_{'ingress' if ingress else 'egress'}_rule",
            [
                ("GroupId", "security_group_id", one(options, "group-id")),
                ("IpProtocol", "ip_protocol", protocol),
                *ports,
                whom,
            ],
        )

    return make


Said = tuple[str, str, str, str, str]  # protocol, first port, last port, the member that names the peer, the peer


def _plainly(options: Options) -> Said | None:
    port, group = one(options, "port"), one(options, "source-group")
    if not port or not (group or options.get("cidr")):
        return None
    first, _, last = (port, "", port) if port.startswith("-") else port.partition("-")
    whom = ("GroupId", group) if group else ("CidrIp", one(options, "cidr"))
    return (one(options, "protocol"), first, last or first, *whom)


def _permission(options: Options) -> Said | None:
    """IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}]; a group of another account too."""
    text = one(options, "ip-permissions")
    found = re.fullmatch(
        r"IpProtocol=([^,]+),FromPort=(-?\d+),ToPort=(-?\d+),\w+=\[\{(GroupId|CidrIp|CidrIpv6)=([^,}]+)(?:,[^}]*)?\}\]",
        text,
    )
    return (found[1], found[2], found[3], found[4], found[5]) if found else None


def _acl_entry(options: Options) -> Piece | None:
    """An entry of a network ACL; CloudFormation takes the protocol by number."""
    protocol = {"tcp": "6", "udp": "17"}.get(one(options, "protocol"), one(options, "protocol"))
    ports = dict(part.split("=") for part in one(options, "port-range").split(",") if "=" in part)
    six = bool(options.get("ipv6-cidr-block"))
    block = one(options, "ipv6-cidr-block" if six else "cidr-block")
    members: list[Member] = [
        ("NetworkAclId", "network_acl_id", one(options, "network-acl-id")),
        ("Egress", "egress", "true" if "egress" in options else "false"),
        ("RuleNumber", "rule_number", one(options, "rule-number")),
        ("Protocol", "protocol", protocol),
        ("RuleAction", "rule_action", one(options, "rule-action")),
        ("Ipv6CidrBlock", "ipv6_cidr_block", block) if six else ("CidrBlock", "cidr_block", block),
    ]
    if ports:
        members.append(("PortRange", "", {"From": ports["From"], "To": ports["To"]}))
        members += [("", "from_port", ports["From"]), ("", "to_port", ports["To"])]
    elif "icmp-type-code" in options:
        members.append(("Icmp", "", {"Type": "-1", "Code": "-1"}))
        members += [("", "icmp_type", "-1"), ("", "icmp_code", "-1")]
    return Piece("AWS::EC2::NetworkAclEntry", "aws_network_acl_rule", members)


def _attribute(options: Options) -> Piece | None:
    """The DNS attributes of a VPC that exists."""
    names = (
        ("enable-dns-support", "EnableDnsSupport", "enable_dns_support"),
        ("enable-dns-hostnames", "EnableDnsHostnames", "enable_dns_hostnames"),
    )
    members: list[Member] = [(cfn, tf, "true") for name, cfn, tf in names if name in options]
    return Piece("AWS::EC2::VPC", "aws_vpc", members, of=one(options, "vpc-id")) if members else None


def _existing_endpoint(options: Options) -> Piece | None:
    """Private DNS, the policy or further route tables of an endpoint that exists."""
    which = one(options, "vpc-endpoint-id")
    for name, value in (("private-dns-enabled", "true"), ("no-private-dns-enabled", "false")):
        if name in options:
            members: list[Member] = [("PrivateDnsEnabled", "private_dns_enabled", value)]
            return Piece("AWS::EC2::VPCEndpoint", "aws_vpc_endpoint", members, of=which)
    if options.get("dns-options"):
        everyone = one(options, "dns-options").endswith("=false")
        word = "AllResolvers" if everyone else "OnlyInboundResolver"
        inside = {"private_dns_only_for_inbound_resolver_endpoint": not everyone}
        held: Value = {"PrivateDnsOnlyForInboundResolverEndpoint": word}
        members = [("DnsOptions", "", held), ("", "dns_options", Blocks(inside))]
        return Piece("AWS::EC2::VPCEndpoint", "aws_vpc_endpoint", members, of=which)
    if options.get("policy-document"):
        policy = document(one(options, "policy-document"))
        members = [("PolicyDocument", "", policy), ("", "vpc_endpoint_id", which), ("", "policy", policy)]
        return Piece("AWS::EC2::VPCEndpoint", "aws_vpc_endpoint_policy", members, of=f"+{which}")
    if options.get("add-subnet-ids"):
        subnets: Value = list(options["add-subnet-ids"])
        members = [("SubnetIds", "", subnets), ("", "vpc_endpoint_id", which), ("", "subnet_id", _first(subnets))]
        return Piece("AWS::EC2::VPCEndpoint", "aws_vpc_endpoint_subnet_association", members, of=f"+{which}")
    tables = options.get("add-route-table-ids", [])
    if not tables:
        return None
    members = [("RouteTableIds", "", list(tables)), ("", "vpc_endpoint_id", which), ("", "route_table_id", tables[0])]
    return Piece("AWS::EC2::VPCEndpoint", "aws_vpc_endpoint_route_table_association", members, of=f"+{which}")


def _first(values: Value) -> Value:
    return values[0] if isinstance(values, list) and values else ""


def _replaced(options: Options) -> Piece | None:
    """A route that is there, in a template as in the table: only its target changes."""
    made = _route(options)
    if made is None:
        return None
    table, block = (value for _, _, value in made.members[:2])
    return Piece(made.cloudformation, made.terraform, made.members, of=f"the route of {table} for {block}")


def _route(options: Options) -> Piece | None:
    target = next(((cfn, tf, one(options, name)) for name, cfn, tf in ROUTE_TARGETS if options.get(name)), None)
    if target is None:
        return None
    destinations = (
        ("destination-cidr-block", "DestinationCidrBlock", "destination_cidr_block"),
        ("destination-ipv6-cidr-block", "DestinationIpv6CidrBlock", "destination_ipv6_cidr_block"),
        ("destination-prefix-list-id", "DestinationPrefixListId", "destination_prefix_list_id"),
    )
    members: list[Member] = [("RouteTableId", "route_table_id", one(options, "route-table-id"))]
    members += [(cfn, tf, one(options, name)) for name, cfn, tf in destinations if options.get(name)]
    return Piece("AWS::EC2::Route", "aws_route", [*members, target])


def _endpoint(options: Options) -> Piece | None:
    members: list[Member] = [
        ("VpcId", "vpc_id", one(options, "vpc-id")),
        ("ServiceName", "service_name", one(options, "service-name")),
        ("VpcEndpointType", "vpc_endpoint_type", one(options, "vpc-endpoint-type") or "Gateway"),
    ]
    lists = (
        ("SubnetIds", "subnet_ids", "subnet-ids"),
        ("SecurityGroupIds", "security_group_ids", "security-group-ids"),
        ("RouteTableIds", "route_table_ids", "route-table-ids"),
    )
    members += [(cfn, tf, list(options[name])) for cfn, tf, name in lists if options.get(name)]
    members += [("PrivateDnsEnabled", "private_dns_enabled", "true")] if "private-dns-enabled" in options else []
    return Piece("AWS::EC2::VPCEndpoint", "aws_vpc_endpoint", members)


def _table(options: Options) -> Piece:
    """A route table for a subnet or a gateway."""
    members: list[Member] = [("RouteTableId", "route_table_id", one(options, "route-table-id"))]
    if options.get("gateway-id"):
        members.append(("GatewayId", "gateway_id", one(options, "gateway-id")))
        return Piece("AWS::EC2::GatewayRouteTableAssociation", "aws_route_table_association", members)
    members.append(("SubnetId", "subnet_id", one(options, "subnet-id")))
    return Piece("AWS::EC2::SubnetRouteTableAssociation", "aws_route_table_association", members)


def _options_of(cloudformation: str, terraform: str, id: str, prefix: str = "") -> Callable[[Options], Piece | None]:
    """The options of a transit gateway or of its attachment: Ipv6Support=enable."""

    def make(options: Options) -> Piece | None:
        found: list[Member] = []
        if options.get("add-subnet-ids"):
            subnets: Value = list(options["add-subnet-ids"])
            found = [("AddSubnetIds", "subnet_ids", subnets)]
        for name, value in listed(one(options, "options")).items():
            snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
            nested: Value = {name: value}
            found += [(prefix, "", nested), ("", snake, value)] if prefix else [(name, snake, value)]
        return Piece(cloudformation, terraform, found, of=one(options, id)) if found else None

    return make


MAKERS: Mapping[str, Callable[[Options], Piece | None]] = {
    "ec2 authorize-security-group-ingress": _rule(True),
    "ec2 authorize-security-group-egress": _rule(False),
    "ec2 create-route": _route,
    "ec2 replace-route": _replaced,
    "ec2 create-vpc-endpoint": _endpoint,
    "ec2 create-network-acl-entry": _acl_entry,
    "ec2 modify-vpc-attribute": _attribute,
    "ec2 modify-vpc-endpoint": _existing_endpoint,
    "ec2 associate-route-table": _table,
    "ec2 modify-transit-gateway": _options_of(
        "AWS::EC2::TransitGateway", "aws_ec2_transit_gateway", "transit-gateway-id"
    ),
    "ec2 modify-transit-gateway-vpc-attachment": _options_of(
        "AWS::EC2::TransitGatewayVpcAttachment",
        "aws_ec2_transit_gateway_vpc_attachment",
        "transit-gateway-attachment-id",
        "Options",
    ),
    **OWNERS,
}


def _plain(key: str, options: Options) -> Piece | None:
    """A command whose options are members by another name."""
    if key in ACTIONS:
        return Piece("", ACTIONS[key][0], [("", tf, _value(options, name)) for name, tf in ACTIONS[key][1]])
    if key not in PLAIN:
        return None
    named: Named = PLAIN[key]
    members: list[Member] = [
        (cfn, tf, _value(options, name)) for name, cfn, tf in named.members if options.get(name) is not None
    ]
    fixed: list[Member] = [(cfn, tf, [value[1:-1]] if value[0] == "[" else value) for cfn, tf, value in named.fixed]
    of = one(options, named.of) if named.of else ""
    return Piece(named.cloudformation, named.terraform, [*members, *fixed], of=of, gone=key in GONE)


def _value(options: Options, name: str) -> Value:
    """What an option says, in templates' words."""
    if name in FLAGS:
        return FLAGS[name]
    values = options.get(name, [])
    if name.endswith(("-ids", "-groups", "domains")):
        return list(values)
    text = values[0] if values else "true"
    if text.startswith(("{", "[{")):
        return document(text)
    return text
