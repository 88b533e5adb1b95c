"""EC2: networks, routes, filters, gateways, transit gateways."""

from __future__ import annotations

from collections.abc import Mapping

from reach.sources.terraform.reading import Type, block, type_of

ROUTE_TARGETS = {
    "CarrierGatewayId": "carrier_gateway_id",
    "CoreNetworkArn": "core_network_arn",
    "EgressOnlyInternetGatewayId": "egress_only_gateway_id",
    "GatewayId": "gateway_id",
    "InstanceId": "instance_id",
    "LocalGatewayId": "local_gateway_id",
    "NatGatewayId": "nat_gateway_id",
    "NetworkInterfaceId": "network_interface_id",
    "TransitGatewayId": "transit_gateway_id",
    "VpcEndpointId": "vpc_endpoint_id",
    "VpcPeeringConnectionId": "vpc_peering_connection_id",
}


def _of_endpoint(**properties: str) -> Type:
    return Type("Terraform::EndpointPart", {"Id": "vpc_endpoint_id", **properties})


NETWORK: Mapping[str, Type] = {
    "aws_vpc": type_of(
        "EC2::VPC", CidrBlock="cidr_block", EnableDnsSupport="enable_dns_support",
        EnableDnsHostnames="enable_dns_hostnames", InstanceTenancy="instance_tenancy",
    ),
    "aws_vpc_ipv4_cidr_block_association": type_of("EC2::VPCCidrBlock", VpcId="vpc_id", CidrBlock="cidr_block"),
    "aws_vpc_ipv6_cidr_block_association": type_of(
        "EC2::VPCCidrBlock", VpcId="vpc_id", Ipv6CidrBlock="ipv6_cidr_block",
        AmazonProvidedIpv6CidrBlock="assign_generated_ipv6_cidr_block",
    ),
    "aws_subnet": type_of(
        "EC2::Subnet", VpcId="vpc_id", CidrBlock="cidr_block", Ipv6CidrBlock="ipv6_cidr_block",
        AvailabilityZone="availability_zone", AvailabilityZoneId="availability_zone_id",
        MapPublicIpOnLaunch="map_public_ip_on_launch", EnableDns64="enable_dns64", Ipv6Native="ipv6_native",
        AssignIpv6AddressOnCreation="assign_ipv6_address_on_creation",
    ),
    "aws_vpc_dhcp_options": type_of("EC2::DHCPOptions", DomainNameServers="domain_name_servers[]"),
    "aws_vpc_dhcp_options_association": type_of(
        "EC2::VPCDHCPOptionsAssociation", VpcId="vpc_id", DhcpOptionsId="dhcp_options_id"
    ),
    "aws_default_subnet": type_of(
        "EC2::Subnet", VpcId="vpc_id", CidrBlock="cidr_block", AvailabilityZone="availability_zone",
        AvailabilityZoneId="availability_zone_id", MapPublicIpOnLaunch="map_public_ip_on_launch",
    ),
    "aws_vpc_encryption_control": type_of(
        "EC2::VPCEncryptionControl", VpcId="vpc_id", Mode="mode",
        EgressOnlyInternetGatewayExclusionInput="egress_only_internet_gateway_exclusion",
        ElasticFileSystemExclusionInput="elastic_file_system_exclusion",
        InternetGatewayExclusionInput="internet_gateway_exclusion", LambdaExclusionInput="lambda_exclusion",
        NatGatewayExclusionInput="nat_gateway_exclusion",
        VirtualPrivateGatewayExclusionInput="virtual_private_gateway_exclusion",
        VpcLatticeExclusionInput="vpc_lattice_exclusion", VpcPeeringExclusionInput="vpc_peering_exclusion",
    ),
    "aws_route_table": type_of("EC2::RouteTable", VpcId="vpc_id"),
    "aws_route": Type(
        "AWS::EC2::Route",
        {
            "RouteTableId": "route_table_id",
            "DestinationCidrBlock": "destination_cidr_block",
            "DestinationIpv6CidrBlock": "destination_ipv6_cidr_block",
            "DestinationPrefixListId": "destination_prefix_list_id",
            **ROUTE_TARGETS,
        },
    ),
    "aws_route_table_association": type_of(
        "EC2::SubnetRouteTableAssociation", RouteTableId="route_table_id", SubnetId="subnet_id", GatewayId="gateway_id"
    ),
    "aws_main_route_table_association": Type(
        "Terraform::MainRouteTable",
        {"VpcId": "vpc_id", "RouteTableId": "route_table_id", "Original": "original_route_table_id"},
    ),
    "aws_internet_gateway": type_of("EC2::InternetGateway"),
    "aws_security_group": type_of(
        "EC2::SecurityGroup", VpcId="vpc_id", GroupName="name", GroupDescription="description"
    ),
    "aws_network_acl": type_of("EC2::NetworkAcl"),
    "aws_instance": type_of("EC2::Instance"),
    "aws_ec2_transit_gateway": type_of("EC2::TransitGateway"),
    "aws_internet_gateway_attachment": type_of(
        "EC2::VPCGatewayAttachment", InternetGatewayId="internet_gateway_id", VpcId="vpc_id"
    ),
    "aws_egress_only_internet_gateway": type_of("EC2::EgressOnlyInternetGateway", VpcId="vpc_id"),
    "aws_eip": type_of("EC2::EIP", InstanceId="instance", NetworkInterfaceId="network_interface"),
    "aws_eip_association": type_of(
        "EC2::EIPAssociation", AllocationId="allocation_id", InstanceId="instance_id",
        NetworkInterfaceId="network_interface_id",
    ),
    "aws_nat_gateway": type_of(
        "EC2::NatGateway", AllocationId="allocation_id", SubnetId="subnet_id", ConnectivityType="connectivity_type",
        PrivateIpAddress="private_ip", AvailabilityMode="availability_mode", VpcId="vpc_id",
    ),
    "aws_ec2_carrier_gateway": type_of("EC2::CarrierGateway", VpcId="vpc_id"),
    "aws_vpn_gateway": type_of("EC2::VPNGateway"),
    "aws_vpn_connection": type_of(
        "EC2::VPNConnection", CustomerGatewayId="customer_gateway_id", VpnGatewayId="vpn_gateway_id",
        TransitGatewayId="transit_gateway_id", StaticRoutesOnly="static_routes_only", Type="type",
    ),
    "aws_vpn_connection_route": type_of(
        "EC2::VPNConnectionRoute", VpnConnectionId="vpn_connection_id", DestinationCidrBlock="destination_cidr_block"
    ),
    "aws_vpn_gateway_attachment": type_of("EC2::VPCGatewayAttachment", VpnGatewayId="vpn_gateway_id", VpcId="vpc_id"),
    "aws_vpn_gateway_route_propagation": type_of(
        "EC2::VPNGatewayRoutePropagation", RouteTableIds="route_table_id[]", VpnGatewayId="vpn_gateway_id"
    ),
    "aws_network_acl_rule": type_of(
        "EC2::NetworkAclEntry", NetworkAclId="network_acl_id", RuleNumber="rule_number", RuleAction="rule_action",
        Egress="egress", Protocol="protocol", CidrBlock="cidr_block", Ipv6CidrBlock="ipv6_cidr_block",
    ),
    "aws_vpc_security_group_vpc_association": type_of(
        "EC2::SecurityGroupVpcAssociation", GroupId="security_group_id", VpcId="vpc_id"
    ),
    "aws_network_interface_sg_attachment": Type(
        "Terraform::InterfaceGroup",
        {"NetworkInterfaceId": "network_interface_id", "SecurityGroupId": "security_group_id"},
    ),
    "aws_network_acl_association": type_of(
        "EC2::SubnetNetworkAclAssociation", NetworkAclId="network_acl_id", SubnetId="subnet_id"
    ),
    "aws_ec2_managed_prefix_list": type_of("EC2::PrefixList", PrefixListName="name", AddressFamily="address_family"),
    "aws_vpc_endpoint": type_of(
        "EC2::VPCEndpoint", VpcId="vpc_id", ServiceName="service_name", VpcEndpointType="vpc_endpoint_type",
        RouteTableIds="route_table_ids[]", SubnetIds="subnet_ids[]", SecurityGroupIds="security_group_ids[]",
        PrivateDnsEnabled="private_dns_enabled", PolicyDocument="policy!", ServiceRegion="service_region",
        IpAddressType="ip_address_type", ResourceConfigurationArn="resource_configuration_arn",
        ServiceNetworkArn="service_network_arn",
        DnsOptions=block(
            "dns_options", DnsRecordIpType="dns_record_ip_type",
            PrivateDnsOnlyForInboundResolverEndpoint="private_dns_only_for_inbound_resolver_endpoint",
        ),
    ),
    "aws_vpclattice_resource_gateway": type_of(
        "VpcLattice::ResourceGateway", Name="name", VpcIdentifier="vpc_id", SubnetIds="subnet_ids[]",
    ),
    "aws_vpclattice_resource_configuration": type_of(
        "VpcLattice::ResourceConfiguration", Name="name", ResourceGatewayId="resource_gateway_identifier",
        ResourceConfigurationGroupId="resource_configuration_group_id",
    ),
    "aws_vpc_endpoint_service": type_of(
        "EC2::VPCEndpointService", AcceptanceRequired="acceptance_required",
        GatewayLoadBalancerArns="gateway_load_balancer_arns[]", NetworkLoadBalancerArns="network_load_balancer_arns[]",
    ),
    "aws_vpc_endpoint_policy": _of_endpoint(PolicyDocument="policy!"),
    "aws_vpc_endpoint_private_dns": _of_endpoint(PrivateDnsEnabled="private_dns_enabled"),
    "aws_vpc_endpoint_route_table_association": _of_endpoint(RouteTableId="route_table_id"),
    "aws_vpc_endpoint_security_group_association": _of_endpoint(
        SecurityGroupId="security_group_id", Replaces="replace_default_association"
    ),
    "aws_vpc_endpoint_subnet_association": _of_endpoint(SubnetId="subnet_id"),
    "aws_vpc_peering_connection": type_of(
        "EC2::VPCPeeringConnection", VpcId="vpc_id", PeerVpcId="peer_vpc_id", PeerOwnerId="peer_owner_id",
        PeerRegion="peer_region",
    ),
    "aws_network_interface": type_of(
        "EC2::NetworkInterface", SubnetId="subnet_id", GroupSet="security_groups[]", PrivateIpAddress="private_ip",
        SourceDestCheck="source_dest_check", Description="description",
    ),
    "aws_network_interface_attachment": type_of(
        "EC2::NetworkInterfaceAttachment", NetworkInterfaceId="network_interface_id", InstanceId="instance_id"
    ),
    "aws_ec2_transit_gateway_peering_attachment": type_of(
        "EC2::TransitGatewayPeeringAttachment", TransitGatewayId="transit_gateway_id",
        PeerTransitGatewayId="peer_transit_gateway_id", PeerRegion="peer_region", PeerAccountId="peer_account_id",
    ),
    "aws_ec2_transit_gateway_vpc_attachment": type_of(
        "EC2::TransitGatewayVpcAttachment", TransitGatewayId="transit_gateway_id", VpcId="vpc_id",
        SubnetIds="subnet_ids[]",
    ),
    "aws_ec2_transit_gateway_route_table": type_of(
        "EC2::TransitGatewayRouteTable", TransitGatewayId="transit_gateway_id"
    ),
    "aws_ec2_transit_gateway_route_table_association": type_of(
        "EC2::TransitGatewayRouteTableAssociation", TransitGatewayAttachmentId="transit_gateway_attachment_id",
        TransitGatewayRouteTableId="transit_gateway_route_table_id",
    ),
    "aws_ec2_transit_gateway_route_table_propagation": type_of(
        "EC2::TransitGatewayRouteTablePropagation", TransitGatewayAttachmentId="transit_gateway_attachment_id",
        TransitGatewayRouteTableId="transit_gateway_route_table_id",
    ),
    "aws_ec2_transit_gateway_route": type_of(
        "EC2::TransitGatewayRoute", DestinationCidrBlock="destination_cidr_block", Blackhole="blackhole",
        TransitGatewayAttachmentId="transit_gateway_attachment_id",
        TransitGatewayRouteTableId="transit_gateway_route_table_id",
    ),
    "aws_ec2_transit_gateway_connect": type_of(
        "EC2::TransitGatewayConnect", TransportTransitGatewayAttachmentId="transport_attachment_id",
        TransitGatewayId="transit_gateway_id",
    ),
    "aws_ec2_transit_gateway_prefix_list_reference": Type(
        "Terraform::TransitGatewayPrefixList",
        {
            "Blackhole": "blackhole",
            "PrefixListId": "prefix_list_id",
            "TransitGatewayAttachmentId": "transit_gateway_attachment_id",
            "TransitGatewayRouteTableId": "transit_gateway_route_table_id",
        },
    ),
    "aws_vpc_block_public_access_options": type_of(
        "EC2::VPCBlockPublicAccessOptions", InternetGatewayBlockMode="internet_gateway_block_mode"
    ),
    "aws_vpc_block_public_access_exclusion": type_of(
        "EC2::VPCBlockPublicAccessExclusion", VpcId="vpc_id", SubnetId="subnet_id",
        InternetGatewayExclusionMode="internet_gateway_exclusion_mode",
    ),
}  # fmt: skip
