"""Terraform's AWS resource types in CloudFormation's words: one table, provider versions 4 to 6.

A name with `[]` is a list. Types whose shape differs more than in names are written out in blocks.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class Type(Struct, frozen=True):
    """The CloudFormation type that a Terraform type is, and where its properties come from."""

    type: str
    properties: Mapping[str, str] = field(default_factory=dict)  # property: attribute


def _type(name: str, **properties: str) -> Type:
    return Type(f"AWS::{name}", properties)


NETWORK = {"SubnetIds": "subnet_ids[]", "SecurityGroupIds": "security_group_ids[]"}
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

TYPES: Mapping[str, Type] = {
    "aws_vpc": _type(
        "EC2::VPC", CidrBlock="cidr_block", EnableDnsSupport="enable_dns_support",
        EnableDnsHostnames="enable_dns_hostnames", InstanceTenancy="instance_tenancy",
    ),
    "aws_vpc_ipv4_cidr_block_association": _type("EC2::VPCCidrBlock", VpcId="vpc_id", CidrBlock="cidr_block"),
    "aws_vpc_ipv6_cidr_block_association": _type(
        "EC2::VPCCidrBlock", VpcId="vpc_id", Ipv6CidrBlock="ipv6_cidr_block",
        AmazonProvidedIpv6CidrBlock="assign_generated_ipv6_cidr_block",
    ),
    "aws_subnet": _type(
        "EC2::Subnet", VpcId="vpc_id", CidrBlock="cidr_block", Ipv6CidrBlock="ipv6_cidr_block",
        AvailabilityZone="availability_zone", AvailabilityZoneId="availability_zone_id",
        MapPublicIpOnLaunch="map_public_ip_on_launch", EnableDns64="enable_dns64", Ipv6Native="ipv6_native",
        AssignIpv6AddressOnCreation="assign_ipv6_address_on_creation",
    ),
    "aws_vpc_dhcp_options": _type("EC2::DHCPOptions", DomainNameServers="domain_name_servers[]"),
    "aws_vpc_dhcp_options_association": _type(
        "EC2::VPCDHCPOptionsAssociation", VpcId="vpc_id", DhcpOptionsId="dhcp_options_id"
    ),
    "aws_route_table": _type("EC2::RouteTable", VpcId="vpc_id"),
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
    "aws_route_table_association": _type(
        "EC2::SubnetRouteTableAssociation", RouteTableId="route_table_id", SubnetId="subnet_id", GatewayId="gateway_id"
    ),
    "aws_main_route_table_association": Type(
        "Terraform::MainRouteTable", {"VpcId": "vpc_id", "RouteTableId": "route_table_id"}
    ),
    "aws_internet_gateway": _type("EC2::InternetGateway"),
    "aws_security_group": _type(
        "EC2::SecurityGroup", VpcId="vpc_id", GroupName="name", GroupDescription="description"
    ),
    "aws_network_acl": _type("EC2::NetworkAcl"),
    "aws_instance": _type("EC2::Instance"),
    "aws_lambda_function": _type("Lambda::Function", FunctionName="function_name"),
    "aws_ec2_transit_gateway": _type("EC2::TransitGateway"),
    "aws_route53_zone": _type("Route53::HostedZone"),
    "aws_internet_gateway_attachment": _type(
        "EC2::VPCGatewayAttachment", InternetGatewayId="internet_gateway_id", VpcId="vpc_id"
    ),
    "aws_egress_only_internet_gateway": _type("EC2::EgressOnlyInternetGateway", VpcId="vpc_id"),
    "aws_eip": _type("EC2::EIP", InstanceId="instance", NetworkInterfaceId="network_interface"),
    "aws_eip_association": _type(
        "EC2::EIPAssociation", AllocationId="allocation_id", InstanceId="instance_id",
        NetworkInterfaceId="network_interface_id",
    ),
    "aws_nat_gateway": _type(
        "EC2::NatGateway", AllocationId="allocation_id", SubnetId="subnet_id", ConnectivityType="connectivity_type",
        PrivateIpAddress="private_ip", AvailabilityMode="availability_mode", VpcId="vpc_id",
    ),
    "aws_vpn_gateway": _type("EC2::VPNGateway"),
    "aws_vpn_gateway_attachment": _type("EC2::VPCGatewayAttachment", VpnGatewayId="vpn_gateway_id", VpcId="vpc_id"),
    "aws_vpn_gateway_route_propagation": _type(
        "EC2::VPNGatewayRoutePropagation", RouteTableIds="route_table_id[]", VpnGatewayId="vpn_gateway_id"
    ),
    "aws_network_acl_rule": _type(
        "EC2::NetworkAclEntry", NetworkAclId="network_acl_id", RuleNumber="rule_number", RuleAction="rule_action",
        Egress="egress", Protocol="protocol", CidrBlock="cidr_block", Ipv6CidrBlock="ipv6_cidr_block",
    ),
    "aws_network_acl_association": _type(
        "EC2::SubnetNetworkAclAssociation", NetworkAclId="network_acl_id", SubnetId="subnet_id"
    ),
    "aws_ec2_managed_prefix_list": _type("EC2::PrefixList", PrefixListName="name", AddressFamily="address_family"),
    "aws_vpc_endpoint": _type(
        "EC2::VPCEndpoint", VpcId="vpc_id", ServiceName="service_name", VpcEndpointType="vpc_endpoint_type",
        RouteTableIds="route_table_ids[]", SubnetIds="subnet_ids[]", SecurityGroupIds="security_group_ids[]",
        PrivateDnsEnabled="private_dns_enabled", PolicyDocument="policy", ServiceRegion="service_region",
    ),
    "aws_vpc_peering_connection": _type(
        "EC2::VPCPeeringConnection", VpcId="vpc_id", PeerVpcId="peer_vpc_id", PeerOwnerId="peer_owner_id",
        PeerRegion="peer_region",
    ),
    "aws_network_interface": _type(
        "EC2::NetworkInterface", SubnetId="subnet_id", GroupSet="security_groups[]", PrivateIpAddress="private_ip",
        SourceDestCheck="source_dest_check", Description="description",
    ),
    "aws_network_interface_attachment": _type(
        "EC2::NetworkInterfaceAttachment", NetworkInterfaceId="network_interface_id", InstanceId="instance_id"
    ),
    "aws_ec2_transit_gateway_peering_attachment": _type(
        "EC2::TransitGatewayPeeringAttachment", TransitGatewayId="transit_gateway_id",
        PeerTransitGatewayId="peer_transit_gateway_id", PeerRegion="peer_region", PeerAccountId="peer_account_id",
    ),
    "aws_ec2_transit_gateway_vpc_attachment": _type(
        "EC2::TransitGatewayVpcAttachment", TransitGatewayId="transit_gateway_id", VpcId="vpc_id",
        SubnetIds="subnet_ids[]",
    ),
    "aws_ec2_transit_gateway_route_table": _type(
        "EC2::TransitGatewayRouteTable", TransitGatewayId="transit_gateway_id"
    ),
    "aws_ec2_transit_gateway_route_table_association": _type(
        "EC2::TransitGatewayRouteTableAssociation", TransitGatewayAttachmentId="transit_gateway_attachment_id",
        TransitGatewayRouteTableId="transit_gateway_route_table_id",
    ),
    "aws_ec2_transit_gateway_route_table_propagation": _type(
        "EC2::TransitGatewayRouteTablePropagation", TransitGatewayAttachmentId="transit_gateway_attachment_id",
        TransitGatewayRouteTableId="transit_gateway_route_table_id",
    ),
    "aws_ec2_transit_gateway_route": _type(
        "EC2::TransitGatewayRoute", DestinationCidrBlock="destination_cidr_block", Blackhole="blackhole",
        TransitGatewayAttachmentId="transit_gateway_attachment_id",
        TransitGatewayRouteTableId="transit_gateway_route_table_id",
    ),
    "aws_vpc_block_public_access_options": _type(
        "EC2::VPCBlockPublicAccessOptions", InternetGatewayBlockMode="internet_gateway_block_mode"
    ),
    "aws_vpc_block_public_access_exclusion": _type(
        "EC2::VPCBlockPublicAccessExclusion", VpcId="vpc_id", SubnetId="subnet_id",
        InternetGatewayExclusionMode="internet_gateway_exclusion_mode",
    ),
    "aws_db_subnet_group": _type("RDS::DBSubnetGroup", DBSubnetGroupName="name", SubnetIds="subnet_ids[]"),
    "aws_db_instance": _type(
        "RDS::DBInstance", DBInstanceIdentifier="identifier", Engine="engine", Port="port",
        DBSubnetGroupName="db_subnet_group_name", VPCSecurityGroups="vpc_security_group_ids[]",
        AvailabilityZone="availability_zone", PubliclyAccessible="publicly_accessible",
    ),
    "aws_rds_cluster": _type(
        "RDS::DBCluster", DBClusterIdentifier="cluster_identifier", Engine="engine", Port="port",
        DBSubnetGroupName="db_subnet_group_name", VpcSecurityGroupIds="vpc_security_group_ids[]",
    ),
    "aws_rds_cluster_instance": _type(
        "RDS::DBInstance", DBInstanceIdentifier="identifier", DBClusterIdentifier="cluster_identifier", Engine="engine",
        AvailabilityZone="availability_zone", PubliclyAccessible="publicly_accessible",
    ),
    "aws_db_proxy": _type(
        "RDS::DBProxy", DBProxyName="name", EngineFamily="engine_family", VpcSubnetIds="vpc_subnet_ids[]",
        VpcSecurityGroupIds="vpc_security_group_ids[]", RequireTLS="require_tls",
    ),
    "aws_elasticache_subnet_group": _type(
        "ElastiCache::SubnetGroup", CacheSubnetGroupName="name", SubnetIds="subnet_ids[]"
    ),
    "aws_elasticache_cluster": _type(
        "ElastiCache::CacheCluster", ClusterName="cluster_id", Engine="engine", Port="port",
        NumCacheNodes="num_cache_nodes", CacheSubnetGroupName="subnet_group_name",
        VpcSecurityGroupIds="security_group_ids[]", PreferredAvailabilityZone="availability_zone",
        PreferredAvailabilityZones="preferred_availability_zones[]",
    ),
    "aws_elasticache_replication_group": _type(
        "ElastiCache::ReplicationGroup", ReplicationGroupId="replication_group_id", Engine="engine", Port="port",
        NumCacheClusters="num_cache_clusters", NumNodeGroups="num_node_groups",
        ReplicasPerNodeGroup="replicas_per_node_group", CacheSubnetGroupName="subnet_group_name",
        SecurityGroupIds="security_group_ids[]", PreferredCacheClusterAZs="preferred_cache_cluster_azs[]",
    ),
    "aws_elasticache_serverless_cache": _type(
        "ElastiCache::ServerlessCache", ServerlessCacheName="name", Engine="engine", **NETWORK
    ),
}  # fmt: skip

# Types of the same services that change nothing about who reaches what.
HARMLESS = (
    "aws_flow_log", "aws_key_pair", "aws_ebs_", "aws_ami", "aws_launch_template", "aws_db_parameter_group",
    "aws_db_option_group", "aws_rds_cluster_parameter_group", "aws_elasticache_parameter_group", "aws_elasticache_user",
    "aws_lambda_permission", "aws_lambda_layer", "aws_lambda_event_source_mapping", "aws_lambda_function_url",
    "aws_lambda_provisioned", "aws_lambda_function_event", "aws_customer_gateway", "aws_vpc_endpoint_policy",
    "aws_db_snapshot", "aws_db_event", "aws_volume_attachment", "aws_placement_group", "aws_spot_", "aws_vpc_ipam",
    "aws_vpc_endpoint_service", "aws_vpc_endpoint_connection", "aws_db_proxy_default", "aws_db_proxy_target",
    "aws_default_vpc_dhcp_options", "aws_lambda_code_signing", "aws_ec2_tag", "aws_ec2_serial", "aws_ec2_image",
)  # fmt: skip
THAT_MATTER = (
    "aws_vpc", "aws_subnet", "aws_route", "aws_internet", "aws_egress", "aws_nat", "aws_network", "aws_security",
    "aws_ec2_", "aws_default_", "aws_vpn", "aws_dx_", "aws_lambda", "aws_db_", "aws_rds_", "aws_elasticache",
    "aws_memorydb_cluster", "aws_docdb_cluster", "aws_neptune_cluster", "aws_redshift", "aws_msk_cluster",
    "aws_mq_broker", "aws_opensearch_domain", "aws_efs_mount_target", "aws_lb", "aws_instance", "aws_networkfirewall",
    "aws_networkmanager", "aws_vpclattice", "aws_route53_resolver", "aws_route53_zone",
)  # fmt: skip
