"""The same fix for those who write templates: an AWS CLI command as CloudFormation and as Terraform.

It knows the commands that fixes are made of; of any other there is no snippet.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from typing import NamedTuple

Options = Mapping[str, list[str]]
Member = tuple[str, str, str]  # CloudFormation name, Terraform name, value; a value in brackets is a list
COMMAND = re.compile(r"aws (?:ec2|lambda|efs|route53resolver) [a-z-]+ [^()…]*$")


SAFE = re.compile(r"[A-Za-z0-9:/.,*@+_{} \[\]-]*")  # nothing that could end a string or a block of either language


class Pieces(NamedTuple):
    """What both languages have to say; `of` names the resource if it exists and only these members are to change."""

    cloudformation: str
    terraform: str
    members: list[Member]
    of: str = ""
    block: str = ""  # the block of the Terraform resource that the members stand in


def snippets(fix: str) -> tuple[str, str] | None:
    """CloudFormation and Terraform for the command at the end of a fix; None if there is none that they know.

    Examples
    --------
    >>> print(snippets("aws ec2 create-route --route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0 "
    ...                "--nat-gateway-id nat-1")[1])
    resource "aws_route" "fix" {
      route_table_id         = "rtb-1"
      destination_cidr_block = "0.0.0.0/0"
      nat_gateway_id         = "nat-1"
    }
    """
    found = COMMAND.search(fix)
    if found is None:
        return None
    try:
        words = shlex.split(found.group())
    except ValueError:
        return None
    make = MAKERS.get(words[2])
    options = _options(words[3:])
    pieces = make(options) if make else _plain(words[2], options)
    if pieces is None or not all(map(SAFE.fullmatch, (pieces.of, *(value for _, _, value in pieces.members)))):
        return None
    return _cloudformation(pieces), _terraform(pieces)


def _options(words: list[str]) -> Options:
    out: dict[str, list[str]] = {}
    name = ""
    for word in words:
        if word.startswith("--"):
            name = word[2:]
            out[name] = []
        elif name:
            out[name].append(word)
    return out


def _one(options: Options, name: str) -> str:
    return (options.get(name) or [""])[0]


def _rule(ingress: bool) -> Callable[[Options], Pieces | None]:
    """A rule of a security group, spelled with --port or with --ip-permissions."""

    def make(options: Options) -> Pieces | None:
        said = _permission(options) if options.get("ip-permissions") else _plainly(options)
        if said is None or not options.get("group-id"):
            return None
        protocol, first, last, member, peer = said
        side = "SourceSecurityGroupId" if ingress else "DestinationSecurityGroupId"
        whom = {
            "GroupId": (side, "referenced_security_group_id", peer),
            "CidrIp": ("CidrIp", "cidr_ipv4", peer),
            "CidrIpv6": ("CidrIpv6", "cidr_ipv6", peer),
        }[member]
        ports = [] if protocol == "-1" else [("FromPort", "from_port", first), ("ToPort", "to_port", last)]
        return Pieces(
            f"AWS::EC2::SecurityGroup{'Ingress' if ingress else 'Egress'}",
            f"aws_vpc_security_group_{'ingress' if ingress else 'egress'}_rule",
            [
                ("GroupId", "security_group_id", _one(options, "group-id")),
                ("IpProtocol", "ip_protocol", protocol),
                *ports,
                whom,
            ],
        )

    return make


Said = tuple[str, str, str, str, str]  # protocol, first port, last port, the member that names the peer, the peer


def _plainly(options: Options) -> Said | None:
    port, group = _one(options, "port"), _one(options, "source-group")
    if not port or not (group or options.get("cidr")):
        return None
    first, _, last = (port, "", port) if port.startswith("-") else port.partition("-")
    whom = ("GroupId", group) if group else ("CidrIp", _one(options, "cidr"))
    return (_one(options, "protocol"), first, last or first, *whom)


def _permission(options: Options) -> Said | None:
    """IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0}]; a group of another account is left out."""
    texts = options["ip-permissions"]
    text = texts[0] if len(texts) == 1 else ""  # several would be as many resources
    found = re.fullmatch(
        r"IpProtocol=([^,]+),FromPort=(-?\d+),ToPort=(-?\d+),\w+=\[\{(GroupId|CidrIp|CidrIpv6)=([^,}]+)\}\]", text
    )
    return (found[1], found[2], found[3], found[4], found[5]) if found else None


def _acl_entry(options: Options) -> Pieces | None:
    """An entry of a network ACL; CloudFormation takes the protocol by number."""
    protocol = {"tcp": "6", "udp": "17"}.get(_one(options, "protocol"), _one(options, "protocol"))
    ports = dict(part.split("=") for part in _one(options, "port-range").split(",") if "=" in part)
    six = bool(options.get("ipv6-cidr-block"))
    block = _one(options, "ipv6-cidr-block" if six else "cidr-block")
    egress = "true" if "egress" in options else "false"
    members = [
        ("NetworkAclId", "network_acl_id", _one(options, "network-acl-id")),
        ("Egress", "egress", egress),
        ("RuleNumber", "rule_number", _one(options, "rule-number")),
        ("Protocol", "protocol", protocol),
        ("RuleAction", "rule_action", _one(options, "rule-action")),
        ("Ipv6CidrBlock", "ipv6_cidr_block", block) if six else ("CidrBlock", "cidr_block", block),
    ]
    if ports:
        members.append(("PortRange", "", f"{{From: {ports['From']}, To: {ports['To']}}}"))
        members += [("", "from_port", ports["From"]), ("", "to_port", ports["To"])]
    elif "icmp-type-code" in options:
        members += [("Icmp", "", "{Type: -1, Code: -1}"), ("", "icmp_type", "-1"), ("", "icmp_code", "-1")]
    return Pieces("AWS::EC2::NetworkAclEntry", "aws_network_acl_rule", members)


def _function(options: Options) -> Pieces | None:
    """The network of a function that exists."""
    said = dict(re.findall(r"(\w+)=([^=]+?)(?=,\w+=|$)", _one(options, "vpc-config")))
    names = (
        ("SubnetIds", "subnet_ids"),
        ("SecurityGroupIds", "security_group_ids"),
        ("Ipv6AllowedForDualStack", "ipv6_allowed_for_dual_stack"),
    )
    if not said or not set(said) <= {cfn for cfn, _ in names}:
        return None
    lists = {cfn: said[cfn] if cfn.startswith("Ipv6") else f"[{', '.join(said[cfn].split(','))}]" for cfn in said}
    inside = ", ".join(f"{cfn}: {value}" for cfn, value in lists.items())
    members = [("VpcConfig", "", f"{{{inside}}}"), *(("", tf, lists[cfn]) for cfn, tf in names if cfn in said)]
    who = _one(options, "function-name")
    return Pieces("AWS::Lambda::Function", "aws_lambda_function", members, of=who, block="vpc_config")


def _attribute(options: Options) -> Pieces | None:
    """The DNS attributes of a VPC that exists."""
    names = (
        ("enable-dns-support", "EnableDnsSupport", "enable_dns_support"),
        ("enable-dns-hostnames", "EnableDnsHostnames", "enable_dns_hostnames"),
    )
    members = [(cfn, tf, "true") for name, cfn, tf in names if name in options]
    return Pieces("AWS::EC2::VPC", "aws_vpc", members, of=_one(options, "vpc-id")) if members else None


def _existing_endpoint(options: Options) -> Pieces | None:
    """Private DNS or further route tables of an endpoint that exists."""
    which = _one(options, "vpc-endpoint-id")
    for name, value in (("private-dns-enabled", "true"), ("no-private-dns-enabled", "false")):
        if name in options:
            members = [("PrivateDnsEnabled", "private_dns_enabled", value)]
            return Pieces("AWS::EC2::VPCEndpoint", "aws_vpc_endpoint", members, of=which)
    tables = options.get("add-route-table-ids", [])
    if not tables:
        return None
    members = [
        ("RouteTableIds", "", f"[{', '.join(tables)}]"),
        ("", "vpc_endpoint_id", which),
        ("", "route_table_id", tables[0]),
    ]
    return Pieces("AWS::EC2::VPCEndpoint", "aws_vpc_endpoint_route_table_association", members, of=f"+{which}")


# Commands whose options are members by another name: types, then (option, CloudFormation, Terraform).
_ATTACHED = ("transit-gateway-attachment-id", "TransitGatewayAttachmentId", "transit_gateway_attachment_id")
_TABLE = ("transit-gateway-route-table-id", "TransitGatewayRouteTableId", "transit_gateway_route_table_id")
PLAIN: Mapping[str, tuple[str, str, tuple[Member, ...]]] = {
    "create-mount-target": (
        "AWS::EFS::MountTarget",
        "aws_efs_mount_target",
        (
            ("file-system-id", "FileSystemId", "file_system_id"),
            ("subnet-id", "SubnetId", "subnet_id"),
            ("security-groups", "SecurityGroups", "security_groups"),
        ),
    ),
    "attach-internet-gateway": (
        "AWS::EC2::VPCGatewayAttachment",
        "aws_internet_gateway_attachment",
        (("internet-gateway-id", "InternetGatewayId", "internet_gateway_id"), ("vpc-id", "VpcId", "vpc_id")),
    ),
    "associate-address": (
        "AWS::EC2::EIPAssociation",
        "aws_eip_association",
        (
            ("network-interface-id", "NetworkInterfaceId", "network_interface_id"),
            ("allocation-id", "AllocationId", "allocation_id"),
        ),
    ),
    "create-vpc-block-public-access-exclusion": (
        "AWS::EC2::VPCBlockPublicAccessExclusion",
        "aws_vpc_block_public_access_exclusion",
        (
            ("subnet-id", "SubnetId", "subnet_id"),
            ("vpc-id", "VpcId", "vpc_id"),
            ("internet-gateway-exclusion-mode", "InternetGatewayExclusionMode", "internet_gateway_exclusion_mode"),
        ),
    ),
    "associate-transit-gateway-route-table": (
        "AWS::EC2::TransitGatewayRouteTableAssociation",
        "aws_ec2_transit_gateway_route_table_association",
        (_ATTACHED, _TABLE),
    ),
    "enable-transit-gateway-route-table-propagation": (
        "AWS::EC2::TransitGatewayRouteTablePropagation",
        "aws_ec2_transit_gateway_route_table_propagation",
        (_ATTACHED, _TABLE),
    ),
    "create-transit-gateway-route": (
        "AWS::EC2::TransitGatewayRoute",
        "aws_ec2_transit_gateway_route",
        (_ATTACHED, _TABLE, ("destination-cidr-block", "DestinationCidrBlock", "destination_cidr_block")),
    ),
}
LISTS = ("security-groups",)


def _plain(command: str, options: Options) -> Pieces | None:
    if command not in PLAIN:
        return None
    cloudformation, terraform, names = PLAIN[command]
    members = [
        (cfn, tf, f"[{', '.join(options[name])}]" if name in LISTS else _one(options, name))
        for name, cfn, tf in names
        if options.get(name)
    ]
    return Pieces(cloudformation, terraform, members)


ROUTE_TARGETS = (
    ("nat-gateway-id", "NatGatewayId", "nat_gateway_id"),
    ("gateway-id", "GatewayId", "gateway_id"),
    ("vpc-peering-connection-id", "VpcPeeringConnectionId", "vpc_peering_connection_id"),
    ("transit-gateway-id", "TransitGatewayId", "transit_gateway_id"),
    ("network-interface-id", "NetworkInterfaceId", "network_interface_id"),
    ("vpc-endpoint-id", "VpcEndpointId", "vpc_endpoint_id"),
    ("egress-only-internet-gateway-id", "EgressOnlyInternetGatewayId", "egress_only_gateway_id"),
)


def _route(options: Options) -> Pieces | None:
    target = next(((cfn, tf, _one(options, name)) for name, cfn, tf in ROUTE_TARGETS if options.get(name)), None)
    if target is None:
        return None
    table, block = _one(options, "route-table-id"), _one(options, "destination-cidr-block")
    block_names = ("DestinationCidrBlock", "destination_cidr_block", block)
    if options.get("destination-ipv6-cidr-block"):
        block = _one(options, "destination-ipv6-cidr-block")
        block_names = ("DestinationIpv6CidrBlock", "destination_ipv6_cidr_block", block)
    return Pieces("AWS::EC2::Route", "aws_route", [("RouteTableId", "route_table_id", table), block_names, target])


def _endpoint(options: Options) -> Pieces | None:
    interface = _one(options, "vpc-endpoint-type") == "Interface"
    members = [
        ("VpcId", "vpc_id", _one(options, "vpc-id")),
        ("ServiceName", "service_name", _one(options, "service-name")),
        ("VpcEndpointType", "vpc_endpoint_type", "Interface" if interface else "Gateway"),
    ]
    lists = (
        ("SubnetIds", "subnet_ids", "subnet-ids"),
        ("SecurityGroupIds", "security_group_ids", "security-group-ids"),
        ("RouteTableIds", "route_table_ids", "route-table-ids"),
    )
    members += [(cfn, tf, "[" + ", ".join(options[name]) + "]") for cfn, tf, name in lists if options.get(name)]
    members += [("PrivateDnsEnabled", "private_dns_enabled", "true")] if "private-dns-enabled" in options else []
    return Pieces("AWS::EC2::VPCEndpoint", "aws_vpc_endpoint", members)


MAKERS: Mapping[str, Callable[[Options], Pieces | None]] = {
    "authorize-security-group-ingress": _rule(True),
    "authorize-security-group-egress": _rule(False),
    "create-route": _route,
    "replace-route": _route,
    "create-vpc-endpoint": _endpoint,
    "create-network-acl-entry": _acl_entry,
    "update-function-configuration": _function,
    "modify-vpc-attribute": _attribute,
    "modify-vpc-endpoint": _existing_endpoint,
}


def _cloudformation(made: Pieces) -> str:
    members = [f"    {name}: {_yaml(value)}" for name, _, value in made.members if name]
    lines = ["Fix:", f"  Type: {made.cloudformation}", "  Properties:", *members]
    if made.of:
        what = "add to what" if made.of.startswith("+") else "set in the resource that"
        lines = [f"# {what} {made.of.lstrip('+')} {'has' if made.of.startswith('+') else 'is'}", *lines]
    return "\n".join(lines)


def _yaml(value: str) -> str:
    plain = value.startswith(("[", "{")) or re.fullmatch(r"true|false|-?[0-9]+|[A-Za-z][\w.-]*", value)
    return value if plain else f'"{value}"'


def _terraform(made: Pieces) -> str:
    members = [(name, value) for _, name, value in made.members if name]
    wide = max(len(name) for name, _ in members)
    lines = [f"  {name:<{wide}} = {_hcl(value)}" for name, value in members]
    if made.block:
        lines = [f"  {made.block} {{", *(f"  {line}" for line in lines), "  }"]
    head = [f"# set in the resource that {made.of} is"] if made.of and not made.of.startswith("+") else []
    return "\n".join([*head, f'resource "{made.terraform}" "fix" {{', *lines, "}"])


def _hcl(value: str) -> str:
    if value.startswith("["):
        return "[" + ", ".join(f'"{v}"' for v in value[1:-1].split(", ")) + "]"
    return value if re.fullmatch(r"true|false|-?[0-9]+", value) else f'"{value}"'
