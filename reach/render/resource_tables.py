"""Commands whose options are members of a resource by another name; and those that no template can say."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

Names = tuple[tuple[str, str, str], ...]  # option, CloudFormation name, Terraform name


class Named(Struct, frozen=True):
    """A resource type in both languages, and the names of its members. `fixed`: what they say besides."""

    cloudformation: str
    terraform: str
    members: Names
    fixed: Names = ()  # CloudFormation name, Terraform name, value
    of: str = ""  # the option that names the resource which exists


_ATTACHED = ("transit-gateway-attachment-id", "TransitGatewayAttachmentId", "transit_gateway_attachment_id")
_TABLE = ("transit-gateway-route-table-id", "TransitGatewayRouteTableId", "transit_gateway_route_table_id")
_DESTINATION = ("destination-cidr-block", "DestinationCidrBlock", "destination_cidr_block")
_VPC = ("vpc-id", "VpcId", "vpc_id")
_SUBNET = ("subnet-id", "SubnetId", "subnet_id")
_ROUTES = ("route-table-id", "RouteTableId", "route_table_id")
_GROUPS = ("security-groups", "SecurityGroups", "security_groups")

PLAIN: Mapping[str, Named] = {
    # the VPC and what is in it
    "ec2 create-subnet": Named(
        "AWS::EC2::Subnet",
        "aws_subnet",
        (
            _VPC,
            ("cidr-block", "CidrBlock", "cidr_block"),
            ("availability-zone", "AvailabilityZone", "availability_zone"),
        ),
    ),
    "ec2 create-route-table": Named("AWS::EC2::RouteTable", "aws_route_table", (_VPC,)),
    "ec2 create-security-group": Named(
        "AWS::EC2::SecurityGroup",
        "aws_security_group",
        (("group-name", "GroupName", "name"), ("description", "GroupDescription", "description"), _VPC),
    ),
    "ec2 modify-subnet-attribute": Named(
        "AWS::EC2::Subnet", "aws_subnet", (("enable-dns64", "EnableDns64", "enable_dns64"),), of="subnet-id"
    ),
    "ec2 associate-subnet-cidr-block": Named(
        "AWS::EC2::Subnet", "aws_subnet", (("ipv6-cidr-block", "Ipv6CidrBlock", "ipv6_cidr_block"),), of="subnet-id"
    ),
    "ec2 associate-vpc-cidr-block": Named(
        "AWS::EC2::VPCCidrBlock",
        "aws_vpc_ipv6_cidr_block_association",
        (_VPC, ("amazon-provided-ipv6-cidr-block", "AmazonProvidedIpv6CidrBlock", "assign_generated_ipv6_cidr_block")),
    ),
    "ec2 modify-vpc-tenancy": Named(
        "AWS::EC2::VPC", "aws_vpc", (("instance-tenancy", "InstanceTenancy", "instance_tenancy"),), of="vpc-id"
    ),
    "ec2 modify-vpc-encryption-control": Named(
        "AWS::EC2::VPCEncryptionControl",
        "aws_vpc_encryption_control",
        (
            ("mode", "Mode", "mode"),
            ("lambda-exclusion", "LambdaExclusionInput", "lambda_exclusion"),
            ("vpc-peering-exclusion", "VpcPeeringExclusionInput", "vpc_peering_exclusion"),
        ),
        of="vpc-encryption-control-id",
    ),
    "ec2 modify-network-interface-attribute": Named(
        "AWS::EC2::NetworkInterface",
        "aws_network_interface",
        (("no-source-dest-check", "SourceDestCheck", "source_dest_check"),),
        of="network-interface-id",
    ),
    "ec2 create-dhcp-options": Named(
        "AWS::EC2::DHCPOptions",
        "aws_vpc_dhcp_options",
        (),
        fixed=(("DomainNameServers", "domain_name_servers", "[AmazonProvidedDNS]"),),
    ),
    "ec2 associate-dhcp-options": Named(
        "AWS::EC2::VPCDHCPOptionsAssociation",
        "aws_vpc_dhcp_options_association",
        (_VPC, ("dhcp-options-id", "DhcpOptionsId", "dhcp_options_id")),
    ),
    "ec2 create-vpc-block-public-access-exclusion": Named(
        "AWS::EC2::VPCBlockPublicAccessExclusion",
        "aws_vpc_block_public_access_exclusion",
        (
            _SUBNET,
            _VPC,
            ("internet-gateway-exclusion-mode", "InternetGatewayExclusionMode", "internet_gateway_exclusion_mode"),
        ),
    ),
    "ec2 delete-route": Named("AWS::EC2::Route", "aws_route", (_ROUTES, _DESTINATION)),
    # its gateways
    "ec2 create-internet-gateway": Named("AWS::EC2::InternetGateway", "aws_internet_gateway", ()),
    "ec2 attach-internet-gateway": Named(
        "AWS::EC2::VPCGatewayAttachment",
        "aws_internet_gateway_attachment",
        (("internet-gateway-id", "InternetGatewayId", "internet_gateway_id"), _VPC),
    ),
    "ec2 create-egress-only-internet-gateway": Named(
        "AWS::EC2::EgressOnlyInternetGateway", "aws_egress_only_internet_gateway", (_VPC,)
    ),
    "ec2 create-vpn-gateway": Named("AWS::EC2::VPNGateway", "aws_vpn_gateway", (("type", "Type", ""),)),
    "ec2 attach-vpn-gateway": Named(
        "AWS::EC2::VPCGatewayAttachment",
        "aws_vpn_gateway_attachment",
        (("vpn-gateway-id", "VpnGatewayId", "vpn_gateway_id"), _VPC),
    ),
    "ec2 create-vpn-connection-route": Named(
        "AWS::EC2::VPNConnectionRoute",
        "aws_vpn_connection_route",
        (("vpn-connection-id", "VpnConnectionId", "vpn_connection_id"), _DESTINATION),
    ),
    "ec2 allocate-address": Named("AWS::EC2::EIP", "aws_eip", (("domain", "Domain", "domain"),)),
    "ec2 associate-address": Named(
        "AWS::EC2::EIPAssociation",
        "aws_eip_association",
        (
            ("network-interface-id", "NetworkInterfaceId", "network_interface_id"),
            ("allocation-id", "AllocationId", "allocation_id"),
            ("private-ip-address", "PrivateIpAddress", "private_ip_address"),
        ),
    ),
    "ec2 create-nat-gateway": Named(
        "AWS::EC2::NatGateway",
        "aws_nat_gateway",
        (
            _SUBNET,
            ("allocation-id", "AllocationId", "allocation_id"),
            _VPC,
            ("availability-mode", "AvailabilityMode", "availability_mode"),
        ),
    ),
    # between networks
    "ec2 create-vpc-peering-connection": Named(
        "AWS::EC2::VPCPeeringConnection",
        "aws_vpc_peering_connection",
        (
            _VPC,
            ("peer-vpc-id", "PeerVpcId", "peer_vpc_id"),
            ("peer-owner-id", "PeerOwnerId", "peer_owner_id"),
            ("peer-region", "PeerRegion", "peer_region"),
        ),
    ),
    "ec2 create-transit-gateway-vpc-attachment": Named(
        "AWS::EC2::TransitGatewayVpcAttachment",
        "aws_ec2_transit_gateway_vpc_attachment",
        (
            ("transit-gateway-id", "TransitGatewayId", "transit_gateway_id"),
            _VPC,
            ("subnet-ids", "SubnetIds", "subnet_ids"),
        ),
    ),
    "ec2 create-transit-gateway-route-table": Named(
        "AWS::EC2::TransitGatewayRouteTable",
        "aws_ec2_transit_gateway_route_table",
        (("transit-gateway-id", "TransitGatewayId", "transit_gateway_id"),),
    ),
    "ec2 associate-transit-gateway-route-table": Named(
        "AWS::EC2::TransitGatewayRouteTableAssociation",
        "aws_ec2_transit_gateway_route_table_association",
        (_ATTACHED, _TABLE),
    ),
    "ec2 enable-transit-gateway-route-table-propagation": Named(
        "AWS::EC2::TransitGatewayRouteTablePropagation",
        "aws_ec2_transit_gateway_route_table_propagation",
        (_ATTACHED, _TABLE),
    ),
    "ec2 create-transit-gateway-route": Named(
        "AWS::EC2::TransitGatewayRoute", "aws_ec2_transit_gateway_route", (_ATTACHED, _TABLE, _DESTINATION)
    ),
    "ec2 create-transit-gateway-peering-attachment": Named(
        "AWS::EC2::TransitGatewayPeeringAttachment",
        "aws_ec2_transit_gateway_peering_attachment",
        (
            ("transit-gateway-id", "TransitGatewayId", "transit_gateway_id"),
            ("peer-transit-gateway-id", "PeerTransitGatewayId", "peer_transit_gateway_id"),
            ("peer-account-id", "PeerAccountId", "peer_account_id"),
            ("peer-region", "PeerRegion", "peer_region"),
        ),
    ),
    "ec2 delete-transit-gateway-prefix-list-reference": Named(
        "",
        "aws_ec2_transit_gateway_prefix_list_reference",
        (_TABLE, ("prefix-list-id", "", "prefix_list_id")),
    ),
    "ec2 assign-ipv6-addresses": Named(
        "AWS::EC2::NetworkInterface",
        "aws_network_interface",
        (("ipv6-address-count", "Ipv6AddressCount", "ipv6_address_count"),),
        of="network-interface-id",
    ),
    "ec2 delete-transit-gateway-route": Named(
        "AWS::EC2::TransitGatewayRoute", "aws_ec2_transit_gateway_route", (_TABLE, _DESTINATION)
    ),
    # what serves
    "efs create-mount-target": Named(
        "AWS::EFS::MountTarget",
        "aws_efs_mount_target",
        (("file-system-id", "FileSystemId", "file_system_id"), _SUBNET, _GROUPS),
    ),
    "s3files create-mount-target": Named(
        "AWS::S3Files::MountTarget",
        "aws_s3files_mount_target",
        (("file-system-id", "FileSystemId", "file_system_id"), _SUBNET, _GROUPS),
    ),
    "s3api put-bucket-policy": Named(
        "AWS::S3::BucketPolicy",
        "aws_s3_bucket_policy",
        (("bucket", "Bucket", "bucket"), ("policy", "PolicyDocument", "policy")),
    ),
    "iam put-role-policy": Named(
        "AWS::IAM::RolePolicy",
        "aws_iam_role_policy",
        (
            ("role-name", "RoleName", "role"),
            ("policy-name", "PolicyName", "name"),
            ("policy-document", "PolicyDocument", "policy"),
        ),
    ),
    # names
    "route53resolver create-firewall-domain-list": Named(
        "AWS::Route53Resolver::FirewallDomainList",
        "aws_route53_resolver_firewall_domain_list",
        (("name", "Name", "name"),),
    ),
}
# Of these the resource is to be taken out of the template.
GONE = (
    "ec2 delete-route",
    "ec2 delete-transit-gateway-route",
    "ec2 delete-transit-gateway-prefix-list-reference",
)
# Without a resource in CloudFormation: the type in Terraform, and option → member.
ACTIONS: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "ec2 accept-vpc-peering-connection": (
        "aws_vpc_peering_connection_accepter",
        (("vpc-peering-connection-id", "vpc_peering_connection_id"), ("auto-accept", "auto_accept")),
    ),
    "ec2 accept-transit-gateway-vpc-attachment": (
        "aws_ec2_transit_gateway_vpc_attachment_accepter",
        (("transit-gateway-attachment-id", "transit_gateway_attachment_id"),),
    ),
    "ec2 accept-transit-gateway-peering-attachment": (
        "aws_ec2_transit_gateway_peering_attachment_accepter",
        (("transit-gateway-attachment-id", "transit_gateway_attachment_id"),),
    ),
    "service-quotas request-service-quota-increase": (
        "aws_servicequotas_service_quota",
        (("service-code", "service_code"), ("quota-code", "quota_code"), ("desired-value", "value")),
    ),
}
# What an option without a value says.
FLAGS: Mapping[str, str] = {
    "enable-dns64": "true",
    "no-source-dest-check": "false",
    "amazon-provided-ipv6-cidr-block": "true",
    "auto-accept": "true",
}
# Commands that only read, or only bring into effect what the others have changed.
SILENT = ("apigateway get-stages", "apigateway create-deployment")
ROUTE_TARGETS: Names = (
    ("nat-gateway-id", "NatGatewayId", "nat_gateway_id"),
    ("gateway-id", "GatewayId", "gateway_id"),
    ("vpc-peering-connection-id", "VpcPeeringConnectionId", "vpc_peering_connection_id"),
    ("transit-gateway-id", "TransitGatewayId", "transit_gateway_id"),
    ("network-interface-id", "NetworkInterfaceId", "network_interface_id"),
    ("vpc-endpoint-id", "VpcEndpointId", "vpc_endpoint_id"),
    ("egress-only-internet-gateway-id", "EgressOnlyInternetGatewayId", "egress_only_gateway_id"),
)
