"""Terraform types whose shape is another than CloudFormation's: rules, routes and settings inside blocks, what is
attached by an attribute, and the objects of a VPC that Terraform adopts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reach.sources.cloudformation.values import Unknown
from reach.sources.terraform.plan import Instance
from reach.sources.terraform.reading import properties_of
from reach.sources.terraform.references import References
from reach.sources.terraform.tables.network import ROUTE_TARGETS
from reach.sources.terraform.types import TYPES
from reach.sources.terraform.unwritten import contested

Made = tuple[str, str, dict[str, Any]]  # suffix of the logical id, type, properties
Maker = Callable[[References, Instance, str], Iterator[Made]]


def _set(**properties: Any) -> dict[str, Any]:
    """Properties without those that are not set."""
    return {name: value for name, value in properties.items() if value not in (None, "", [])}


def _rows(refs: References, i: Instance, block: str) -> range | Unknown:
    count = refs.rows(i, block)
    return count if isinstance(count, Unknown) else range(count)


# -- routes -------------------------------------------------------------------------------------------


def inline_routes(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """The `route` blocks of a table."""
    rows = _rows(refs, i, "route")
    if isinstance(rows, Unknown):
        yield "route", "AWS::EC2::Route", {"RouteTableId": own, "DestinationCidrBlock": rows, "GatewayId": rows}
        return
    if rows:
        contested(refs, i, "route")
    for at in rows:
        targets = {name: refs.get(i, "route", at, attribute) for name, attribute in ROUTE_TARGETS.items()}
        found = _set(
            RouteTableId=own,
            DestinationCidrBlock=refs.get(i, "route", at, "cidr_block"),
            DestinationIpv6CidrBlock=refs.get(i, "route", at, "ipv6_cidr_block"),
            DestinationPrefixListId=refs.get(i, "route", at, "destination_prefix_list_id"),
            **targets,
        )
        if any(name in found for name in ROUTE_TARGETS):
            yield f"route[{at}]", "AWS::EC2::Route", found
    for at, gateway in enumerate(refs.all(i, "propagating_vgws")):
        propagation = {"RouteTableIds": [own], "VpnGatewayId": gateway}
        yield f"propagating_vgws[{at}]", "AWS::EC2::VPNGatewayRoutePropagation", propagation


def default_table(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """The main table that came with a VPC, adopted: its routes are the blocks'."""
    yield from inline_routes(refs, i, refs.get(i, "default_route_table_id"))


# -- security groups ----------------------------------------------------------------------------------


def group_rules(refs: References, i: Instance, own: str) -> dict[str, Any]:
    """The rules inside a group. Without egress blocks Terraform leaves none, unlike CloudFormation."""
    out: dict[str, Any] = {"DefaultEgress": False}
    for block, name in (("ingress", "SecurityGroupIngress"), ("egress", "SecurityGroupEgress")):
        rows = _rows(refs, i, block)
        if isinstance(rows, Unknown):
            out[name] = rows
        else:
            if rows:
                contested(refs, i, block)
            out[name] = [row for at in rows for row in _permissions(refs, i, own, block, at)]
    return out


def _permissions(refs: References, i: Instance, own: str, block: str, at: int) -> Iterator[dict[str, Any]]:
    ports = _ports(*(refs.get(i, block, at, name) for name in ("protocol", "from_port", "to_port")))
    peers = _peers(lambda name: refs.all(i, block, at, name), lambda name: refs.get(i, block, at, name), block, own)
    yield from ({**ports, **peer} for peer in peers)


def _ports(protocol: Any, first: Any, last: Any) -> dict[str, Any]:
    """Protocol and ports; `-1` and `all` have none."""
    word = str(protocol) if not isinstance(protocol, Unknown) else protocol
    if word in ("-1", "all"):
        return {"IpProtocol": "-1"}
    return _set(IpProtocol=word) | {k: v for k, v in (("FromPort", first), ("ToPort", last)) if v is not None}


def _peers(
    all_: Callable[[str], list[Any]], one: Callable[[str], Any], side: str, own: str
) -> Iterator[dict[str, Any]]:
    inbound = side == "ingress"
    group, listed = ("Source", "Source") if inbound else ("Destination", "Destination")
    for attribute, name in (
        ("cidr_blocks", "CidrIp"),
        ("ipv6_cidr_blocks", "CidrIpv6"),
        ("prefix_list_ids", f"{listed}PrefixListId"),
        ("security_groups", f"{group}SecurityGroupId"),
    ):
        yield from ({name: value} for value in all_(attribute))
    itself = one("self")
    if itself is True or isinstance(itself, Unknown):
        yield {f"{group}SecurityGroupId": own if itself is True else itself}


def group_rule(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """aws_security_group_rule: one type for both directions, several peers in one."""
    side = refs.get(i, "type")
    holder = refs.get(i, "security_group_id")
    ports = _ports(*(refs.get(i, name) for name in ("protocol", "from_port", "to_port")))
    if isinstance(side, Unknown):  # in each direction it may be there
        for kind in ("Ingress", "Egress"):
            yield kind, f"AWS::EC2::SecurityGroup{kind}", {"GroupId": holder, **ports, "CidrIp": side}
        return
    peers = list(_peers(lambda name: refs.all(i, name), lambda name: refs.get(i, name), str(side), holder))
    other = refs.get(i, "source_security_group_id")
    if other is not None:
        peers.append({f"{'Source' if side == 'ingress' else 'Destination'}SecurityGroupId": other})
    kind = "Ingress" if side == "ingress" else "Egress"
    for at, peer in enumerate(peers):
        yield f"{at}" if at else "", f"AWS::EC2::SecurityGroup{kind}", {"GroupId": holder, **ports, **peer}


def vpc_rule(side: str) -> Maker:
    """aws_vpc_security_group_ingress_rule and …_egress_rule: one peer each."""
    end = "Source" if side == "Ingress" else "Destination"

    def make(refs: References, i: Instance, own: str) -> Iterator[Made]:
        ports = _ports(*(refs.get(i, name) for name in ("ip_protocol", "from_port", "to_port")))
        peer = _set(
            CidrIp=refs.get(i, "cidr_ipv4"),
            CidrIpv6=refs.get(i, "cidr_ipv6"),
            **{
                f"{end}PrefixListId": refs.get(i, "prefix_list_id"),
                f"{end}SecurityGroupId": refs.get(i, "referenced_security_group_id"),
            },
        )
        if str(peer.get(f"{end}SecurityGroupId", "")).count("/") == 1:  # ACCOUNT/sg-…
            account, _, group = peer[f"{end}SecurityGroupId"].partition("/")
            peer |= {f"{end}SecurityGroupId": group, f"{end}SecurityGroupOwnerId": account}
        yield "", f"AWS::EC2::SecurityGroup{side}", {"GroupId": refs.get(i, "security_group_id"), **ports, **peer}

    return make


def default_group(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """The default group of a VPC, adopted: it has the rules of the blocks and no others."""
    yield "", "Terraform::DefaultSecurityGroup", {"VpcId": refs.get(i, "vpc_id"), **group_rules(refs, i, own)}


# -- network ACLs -------------------------------------------------------------------------------------


def acl(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """An ACL with its entries and subnets inside."""
    yield "", "AWS::EC2::NetworkAcl", _set(VpcId=refs.get(i, "vpc_id"))
    yield from _entries(refs, i, own)
    for at, subnet in enumerate(refs.all(i, "subnet_ids")):
        row = {"NetworkAclId": own, "SubnetId": subnet}
        yield f"subnet_ids[{at}]", "AWS::EC2::SubnetNetworkAclAssociation", row


def default_acl(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """The default ACL of a VPC, adopted: it has the entries of the blocks and no others."""
    held = refs.get(i, "default_network_acl_id")
    yield "", "Terraform::DefaultNetworkAcl", {"NetworkAclId": held}
    yield from _entries(refs, i, held)


def _entries(refs: References, i: Instance, acl_id: Any) -> Iterator[Made]:
    for block in ("ingress", "egress"):
        rows = _rows(refs, i, block)
        if isinstance(rows, Unknown):
            yield block, "AWS::EC2::NetworkAclEntry", {"NetworkAclId": acl_id, "RuleNumber": rows, "RuleAction": rows}
            continue
        for at in rows:
            found = {name: refs.get(i, block, at, name) for name in _ENTRY}
            row = entry(acl_id, found, block == "egress", found["rule_no"], found["action"])
            yield f"{block}[{at}]", "AWS::EC2::NetworkAclEntry", row


_ENTRY = (
    *("rule_no", "action", "protocol", "from_port", "to_port", "cidr_block", "ipv6_cidr_block"),
    *("icmp_type", "icmp_code"),
)


_NUMBERS = {"all": "-1", "tcp": "6", "udp": "17", "icmp": "1", "icmpv6": "58"}


def acl_rule(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """aws_network_acl_rule."""
    names = (*_ENTRY, "rule_number", "rule_action", "egress")
    found = {name: refs.get(i, name) for name in names}
    row = entry(
        refs.get(i, "network_acl_id"), found, found["egress"] or False, found["rule_number"], found["rule_action"]
    )
    yield "", "AWS::EC2::NetworkAclEntry", row


def entry(acl_id: Any, found: Mapping[str, Any], egress: Any, number: Any, action: Any) -> dict[str, Any]:
    """An entry; only TCP and UDP have ports, only ICMP has types."""
    protocol = found["protocol"]
    numbered = protocol if isinstance(protocol, Unknown) else _NUMBERS.get(str(protocol).lower(), str(protocol))
    row = _set(
        NetworkAclId=acl_id, RuleNumber=number, RuleAction=action, Protocol=numbered,
        CidrBlock=found["cidr_block"], Ipv6CidrBlock=found["ipv6_cidr_block"],
    )  # fmt: skip
    row["Egress"] = egress
    if numbered in ("6", "17"):
        row["PortRange"] = {"From": found["from_port"] or 0, "To": found["to_port"] or 0}
    if numbered in ("1", "58"):
        row["Icmp"] = {"Type": _or(found["icmp_type"], -1), "Code": _or(found["icmp_code"], -1)}
    return row


def _or(value: Any, default: int) -> Any:
    return default if value is None else value


# -- gateways, endpoints, others ----------------------------------------------------------------------


def attached(type_: str, member: str) -> Maker:
    """A gateway with the VPC that it is attached to."""

    def make(refs: References, i: Instance, own: str) -> Iterator[Made]:
        yield "", type_, {}
        vpc = refs.get(i, "vpc_id")
        if vpc is not None:
            yield "vpc_id", "AWS::EC2::VPCGatewayAttachment", {member: own, "VpcId": vpc}

    return make


def transit_gateway(refs: References, i: Instance, own: str) -> Iterator[Made]:
    yield "", "AWS::EC2::TransitGateway", _set(
        DefaultRouteTableAssociation=refs.get(i, "default_route_table_association"),
        DefaultRouteTablePropagation=refs.get(i, "default_route_table_propagation"),
        SecurityGroupReferencingSupport=refs.get(i, "security_group_referencing_support"),
        DnsSupport=refs.get(i, "dns_support"),
        AutoAcceptSharedAttachments=refs.get(i, "auto_accept_shared_attachments"),
    )  # fmt: skip


def prefix_list(refs: References, i: Instance, own: str) -> Iterator[Made]:
    rows = _rows(refs, i, "entry")
    entries: Any = rows if isinstance(rows, Unknown) else [{"Cidr": refs.get(i, "entry", at, "cidr")} for at in rows]
    others = refs.of_type("aws_ec2_managed_prefix_list_entry")
    if not isinstance(entries, Unknown):
        entries += [{"Cidr": refs.get(o, "cidr")} for o in others if refs.get(o, "prefix_list_id") == own]
    yield "", "AWS::EC2::PrefixList", _set(
        PrefixListName=refs.get(i, "name"), AddressFamily=refs.get(i, "address_family"), Entries=entries
    )  # fmt: skip


def list_entry(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """An entry of a list; one that the plan makes has it already."""
    yield "", "Terraform::PrefixListEntry", {"PrefixListId": refs.get(i, "prefix_list_id"), "Cidr": refs.get(i, "cidr")}


def instance(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """An instance: its first interface is its own, or one that exists."""
    groups = refs.all(i, "vpc_security_group_ids") or refs.all(i, "security_groups")
    found = _set(
        SubnetId=refs.get(i, "subnet_id"), SecurityGroupIds=groups, PrivateIpAddress=refs.get(i, "private_ip"),
        SourceDestCheck=refs.get(i, "source_dest_check"), **_six(refs, i),
    )  # fmt: skip
    public = refs.get(i, "associate_public_ip_address")
    given = _given_interface(refs, i)
    if given is not None:
        found["NetworkInterfaces"] = [{"DeviceIndex": "0", "NetworkInterfaceId": given}]
    elif public is not None:
        first = _set(SubnetId=found.get("SubnetId"), GroupSet=groups, PrivateIpAddress=found.get("PrivateIpAddress"))
        found["NetworkInterfaces"] = [{"DeviceIndex": "0", "AssociatePublicIpAddress": public, **first}]
    yield "", "AWS::EC2::Instance", found


def _six(refs: References, i: Instance) -> dict[str, Any]:
    """What is written of its IPv6 addresses; of what nobody writes the subnet decides."""
    listed = [{"Ipv6Address": address} for address in refs.all(i, "ipv6_addresses")]
    return {"Ipv6Addresses": listed, "Ipv6AddressCount": refs.get(i, "ipv6_address_count")}


def _given_interface(refs: References, i: Instance) -> Any:
    """The interface that an instance is given as its first, None if it gets one of its own."""
    if refs.rows(i, "primary_network_interface"):
        return refs.get(i, "primary_network_interface", 0, "network_interface_id")
    rows = refs.rows(i, "network_interface")
    for at in range(0 if isinstance(rows, Unknown) else rows):
        if refs.get(i, "network_interface", at, "device_index") in (0, "0"):
            return refs.get(i, "network_interface", at, "network_interface_id")
    return None


def interface(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """An interface, perhaps attached to an instance."""
    address = refs.get(i, "private_ip")
    addresses = [] if address else refs.all(i, "private_ips")
    yield "", "AWS::EC2::NetworkInterface", _set(
        SubnetId=refs.get(i, "subnet_id"), GroupSet=refs.all(i, "security_groups"),
        PrivateIpAddress=address or (addresses[0] if addresses else None),
        SourceDestCheck=refs.get(i, "source_dest_check"), Description=refs.get(i, "description"), **_six(refs, i),
    )  # fmt: skip
    rows = refs.rows(i, "attachment")
    if not isinstance(rows, Unknown) and rows:
        held = {"NetworkInterfaceId": own, "InstanceId": refs.get(i, "attachment", 0, "instance")}
        yield "attachment", "AWS::EC2::NetworkInterfaceAttachment", held


def nat_gateway(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """A NAT gateway; a regional one may say which addresses it has in which zones."""
    found = properties_of(refs, i, TYPES[i.type].properties)
    rows = refs.rows(i, "availability_zone_address")
    if rows:
        found["AvailabilityZoneAddresses"] = rows if isinstance(rows, Unknown) else [
            _set(
                AllocationIds=refs.all(i, "availability_zone_address", at, "allocation_ids"),
                AvailabilityZone=refs.get(i, "availability_zone_address", at, "availability_zone"),
                AvailabilityZoneId=refs.get(i, "availability_zone_address", at, "availability_zone_id"),
            )
            for at in range(rows)
        ]
    yield "", "AWS::EC2::NatGateway", found


def attachment(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """A VPC's attachment; the gateway's default tables may be declined here."""
    yield "", "AWS::EC2::TransitGatewayVpcAttachment", _set(
        TransitGatewayId=refs.get(i, "transit_gateway_id"), VpcId=refs.get(i, "vpc_id"),
        SubnetIds=refs.all(i, "subnet_ids"), Options=_options(refs, i),
        DefaultRouteTableAssociation=refs.get(i, "transit_gateway_default_route_table_association"),
        DefaultRouteTablePropagation=refs.get(i, "transit_gateway_default_route_table_propagation"),
    )  # fmt: skip


def _options(refs: References, i: Instance) -> dict[str, Any]:
    names = {
        "ApplianceModeSupport": "appliance_mode_support",
        "DnsSupport": "dns_support",
        "Ipv6Support": "ipv6_support",
        "SecurityGroupReferencingSupport": "security_group_referencing_support",
    }
    return _set(**{name: refs.get(i, attribute) for name, attribute in names.items()})


MAKERS: Mapping[str, Maker] = {
    "aws_default_network_acl": default_acl,
    "aws_default_route_table": default_table,
    "aws_default_security_group": default_group,
    "aws_ec2_managed_prefix_list": prefix_list,
    "aws_ec2_managed_prefix_list_entry": list_entry,
    "aws_ec2_transit_gateway": transit_gateway,
    "aws_ec2_transit_gateway_vpc_attachment": attachment,
    "aws_instance": instance,
    "aws_nat_gateway": nat_gateway,
    "aws_network_interface": interface,
    "aws_internet_gateway": attached("AWS::EC2::InternetGateway", "InternetGatewayId"),
    "aws_network_acl": acl,
    "aws_network_acl_rule": acl_rule,
    "aws_security_group_rule": group_rule,
    "aws_vpc_security_group_egress_rule": vpc_rule("Egress"),
    "aws_vpc_security_group_ingress_rule": vpc_rule("Ingress"),
    "aws_vpn_gateway": attached("AWS::EC2::VPNGateway", "VpnGatewayId"),
}
