"""The same fix for those who write templates: an AWS CLI command as CloudFormation and as Terraform.

It knows the commands that fixes are made of; of any other there is no snippet.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping

Options = Mapping[str, list[str]]
Pieces = tuple[str, str, list[tuple[str, str, str]]]  # CloudFormation type, Terraform type, (CFN, Terraform, value)
COMMAND = re.compile(r"aws ec2 [a-z-]+ [^()…]*$")


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
    pieces = make(_options(words[3:])) if make else None
    return (_cloudformation(*pieces), _terraform(*pieces)) if pieces else None


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
    """A rule of a security group; the form with --ip-permissions says too much for a snippet."""

    def make(options: Options) -> Pieces | None:
        if not options.get("group-id") or not options.get("port"):
            return None
        first, _, last = _one(options, "port").partition("-")
        peer = _one(options, "source-group")
        side = ("SourceSecurityGroupId" if ingress else "DestinationSecurityGroupId", "referenced_security_group_id")
        whom = (*side, peer) if peer else ("CidrIp", "cidr_ipv4", _one(options, "cidr"))
        return (
            f"AWS::EC2::SecurityGroup{'Ingress' if ingress else 'Egress'}",
            f"aws_vpc_security_group_{'ingress' if ingress else 'egress'}_rule",
            [
                ("GroupId", "security_group_id", _one(options, "group-id")),
                ("IpProtocol", "ip_protocol", _one(options, "protocol")),
                ("FromPort", "from_port", first),
                ("ToPort", "to_port", last or first),
                whom,
            ],
        )

    return make


ROUTE_TARGETS = (
    ("nat-gateway-id", "NatGatewayId", "nat_gateway_id"),
    ("gateway-id", "GatewayId", "gateway_id"),
    ("vpc-peering-connection-id", "VpcPeeringConnectionId", "vpc_peering_connection_id"),
    ("transit-gateway-id", "TransitGatewayId", "transit_gateway_id"),
)


def _route(options: Options) -> Pieces | None:
    target = next(((cfn, tf, _one(options, name)) for name, cfn, tf in ROUTE_TARGETS if options.get(name)), None)
    if target is None:
        return None
    table, block = _one(options, "route-table-id"), _one(options, "destination-cidr-block")
    block_names = ("DestinationCidrBlock", "destination_cidr_block", block)
    return "AWS::EC2::Route", "aws_route", [("RouteTableId", "route_table_id", table), block_names, target]


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
    return "AWS::EC2::VPCEndpoint", "aws_vpc_endpoint", members


MAKERS: Mapping[str, Callable[[Options], Pieces | None]] = {
    "authorize-security-group-ingress": _rule(True),
    "authorize-security-group-egress": _rule(False),
    "create-route": _route,
    "replace-route": _route,
    "create-vpc-endpoint": _endpoint,
}


def _cloudformation(kind: str, _: str, members: list[tuple[str, str, str]]) -> str:
    lines = ["Fix:", f"  Type: {kind}", "  Properties:"]
    return "\n".join([*lines, *(f"    {name}: {_yaml(value)}" for name, _, value in members)])


def _yaml(value: str) -> str:
    return value if value.startswith("[") or re.fullmatch(r"true|[0-9]+|[A-Za-z][\w.-]*", value) else f'"{value}"'


def _terraform(_: str, kind: str, members: list[tuple[str, str, str]]) -> str:
    wide = max(len(name) for _, name, _ in members)
    lines = [f"  {name:<{wide}} = {_hcl(value)}" for _, name, value in members]
    return "\n".join([f'resource "{kind}" "fix" {{', *lines, "}"])


def _hcl(value: str) -> str:
    if value.startswith("["):
        return "[" + ", ".join(f'"{v}"' for v in value[1:-1].split(", ")) + "]"
    return value if re.fullmatch(r"true|[0-9]+", value) else f'"{value}"'
