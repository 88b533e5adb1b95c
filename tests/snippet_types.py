"""What templates take: properties of CloudFormation types, from AWS's resource schemas, and arguments of Terraform's.

Only of the types that fixes use; of Terraform's what reach.sources.terraform does not know already.
"""

from __future__ import annotations

CLOUDFORMATION = {
    "AWS::ApiGateway::RestApi": (
        "ApiKeySourceType BinaryMediaTypes Body BodyS3Location CloneFrom Description "
        "DisableExecuteApiEndpoint EndpointAccessMode EndpointConfiguration FailOnWarnings "
        "MinimumCompressionSize Mode Name Parameters Policy SecurityPolicy Version"
    ),
    "AWS::CodeBuild::Project": (
        "Artifacts AutoRetryLimit BadgeEnabled BuildBatchConfig Cache ConcurrentBuildLimit Description "
        "EncryptionKey Environment FileSystemLocations LogsConfig Name QueuedTimeoutInMinutes "
        "ResourceAccessRole SecondaryArtifacts SecondarySourceVersions SecondarySources ServiceRole Source "
        "SourceVersion TimeoutInMinutes Triggers Visibility VpcConfig"
    ),
    "AWS::EC2::DHCPOptions": (
        "DomainName DomainNameServers Ipv6AddressPreferredLeaseTime NetbiosNameServers NetbiosNodeType NtpServers"
    ),
    "AWS::EC2::EIP": "Address Domain InstanceId IpamPoolId NetworkBorderGroup PublicIpv4Pool TransferAddress",
    "AWS::EC2::EIPAssociation": "AllocationId EIP InstanceId NetworkInterfaceId PrivateIpAddress",
    "AWS::EC2::EgressOnlyInternetGateway": "VpcId",
    "AWS::EC2::GatewayRouteTableAssociation": "GatewayId RouteTableId",
    "AWS::EC2::InternetGateway": "",
    "AWS::EC2::NatGateway": (
        "AllocationId AvailabilityMode AvailabilityZoneAddresses ConnectivityType MaxDrainDurationSeconds "
        "PrivateIpAddress SecondaryAllocationIds SecondaryPrivateIpAddressCount SecondaryPrivateIpAddresses "
        "SubnetId VpcId"
    ),
    "AWS::EC2::NetworkAclEntry": (
        "CidrBlock Egress Icmp Ipv6CidrBlock NetworkAclId PortRange Protocol RuleAction RuleNumber"
    ),
    "AWS::EC2::NetworkInterface": (
        "ConnectionTrackingSpecification Description EnablePrimaryIpv6 GroupSet InterfaceType Ipv4PrefixCount "
        "Ipv4Prefixes Ipv6AddressCount Ipv6Addresses Ipv6PrefixCount Ipv6Prefixes PrivateIpAddress "
        "PrivateIpAddresses PublicIpDnsHostnameTypeSpecification SecondaryPrivateIpAddressCount "
        "SourceDestCheck SubnetId"
    ),
    "AWS::EC2::Route": (
        "CarrierGatewayId CoreNetworkArn DestinationCidrBlock DestinationIpv6CidrBlock "
        "DestinationPrefixListId EgressOnlyInternetGatewayId GatewayId InstanceId LocalGatewayId NatGatewayId "
        "NetworkInterfaceId OdbNetworkArn RouteTableId TransitGatewayId VpcEndpointId VpcPeeringConnectionId"
    ),
    "AWS::EC2::RouteTable": "VpcId",
    "AWS::EC2::SecurityGroup": "GroupDescription GroupName SecurityGroupEgress SecurityGroupIngress VpcId",
    "AWS::EC2::SecurityGroupEgress": (
        "CidrIp CidrIpv6 Description DestinationPrefixListId DestinationSecurityGroupId FromPort GroupId "
        "IpProtocol ToPort"
    ),
    "AWS::EC2::SecurityGroupIngress": (
        "CidrIp CidrIpv6 Description FromPort GroupId GroupName IpProtocol SourcePrefixListId "
        "SourceSecurityGroupId SourceSecurityGroupName SourceSecurityGroupOwnerId ToPort"
    ),
    "AWS::EC2::Subnet": (
        "AssignIpv6AddressOnCreation AvailabilityZone AvailabilityZoneId CidrBlock EnableDns64 "
        "EnableLniAtDeviceIndex Ipv4IpamPoolId Ipv4NetmaskLength Ipv6CidrBlock Ipv6IpamPoolId Ipv6Native "
        "Ipv6NetmaskLength MapPublicIpOnLaunch OutpostArn PrivateDnsNameOptionsOnLaunch VpcId"
    ),
    "AWS::EC2::SubnetRouteTableAssociation": "RouteTableId SubnetId",
    "AWS::EC2::TransitGateway": (
        "AmazonSideAsn AssociationDefaultRouteTableId AutoAcceptSharedAttachments "
        "DefaultRouteTableAssociation DefaultRouteTablePropagation Description DnsSupport EncryptionSupport "
        "MulticastSupport PropagationDefaultRouteTableId SecurityGroupReferencingSupport "
        "TransitGatewayCidrBlocks VpnEcmpSupport"
    ),
    "AWS::EC2::TransitGatewayPeeringAttachment": "PeerAccountId PeerRegion PeerTransitGatewayId TransitGatewayId",
    "AWS::EC2::TransitGatewayRoute": (
        "Blackhole DestinationCidrBlock TransitGatewayAttachmentId TransitGatewayRouteTableId"
    ),
    "AWS::EC2::TransitGatewayRouteTable": "TransitGatewayId",
    "AWS::EC2::TransitGatewayRouteTableAssociation": "TransitGatewayAttachmentId TransitGatewayRouteTableId",
    "AWS::EC2::TransitGatewayRouteTablePropagation": "TransitGatewayAttachmentId TransitGatewayRouteTableId",
    "AWS::EC2::TransitGatewayVpcAttachment": "AddSubnetIds Options RemoveSubnetIds SubnetIds TransitGatewayId VpcId",
    "AWS::EC2::VPC": "CidrBlock EnableDnsHostnames EnableDnsSupport InstanceTenancy Ipv4IpamPoolId Ipv4NetmaskLength",
    "AWS::EC2::VPCBlockPublicAccessExclusion": "InternetGatewayExclusionMode SubnetId VpcId",
    "AWS::EC2::VPCCidrBlock": (
        "AmazonProvidedIpv6CidrBlock CidrBlock Ipv4IpamPoolId Ipv4NetmaskLength Ipv6CidrBlock "
        "Ipv6CidrBlockNetworkBorderGroup Ipv6IpamPoolId Ipv6NetmaskLength Ipv6Pool VpcId"
    ),
    "AWS::EC2::VPCDHCPOptionsAssociation": "DhcpOptionsId VpcId",
    "AWS::EC2::VPCEncryptionControl": (
        "EgressOnlyInternetGatewayExclusionInput ElasticFileSystemExclusionInput "
        "InternetGatewayExclusionInput LambdaExclusionInput Mode NatGatewayExclusionInput "
        "VirtualPrivateGatewayExclusionInput VpcId VpcLatticeExclusionInput VpcPeeringExclusionInput"
    ),
    "AWS::EC2::VPCEndpoint": (
        "DnsOptions IpAddressType PolicyDocument PrivateDnsEnabled ResourceConfigurationArn RouteTableIds "
        "SecurityGroupIds ServiceName ServiceNetworkArn ServiceRegion SubnetIds VpcEndpointType VpcId"
    ),
    "AWS::EC2::VPCGatewayAttachment": "InternetGatewayId VpcId VpnGatewayId",
    "AWS::EC2::VPCPeeringConnection": "AssumeRoleRegion PeerOwnerId PeerRegion PeerRoleArn PeerVpcId VpcId",
    "AWS::EC2::VPNConnectionRoute": "DestinationCidrBlock VpnConnectionId",
    "AWS::EC2::VPNGateway": "AmazonSideAsn Type",
    "AWS::ECS::Service": (
        "AvailabilityZoneRebalancing CapacityProviderStrategy Cluster DeploymentConfiguration "
        "DeploymentController DesiredCount EnableECSManagedTags EnableExecuteCommand ForceNewDeployment "
        "GatewayConnectors HealthCheckGracePeriodSeconds LaunchType LoadBalancers Monitoring "
        "NetworkConfiguration PlacementConstraints PlacementStrategies PlatformVersion PropagateTags Role "
        "SchedulingStrategy ServiceConnectConfiguration ServiceName ServiceRegistries TaskDefinition "
        "VolumeConfigurations VpcLatticeConfigurations"
    ),
    "AWS::EFS::FileSystem": (
        "AvailabilityZoneName BackupPolicy BypassPolicyLockoutSafetyCheck Encrypted FileSystemPolicy "
        "FileSystemProtection FileSystemTags KmsKeyId LifecyclePolicies PerformanceMode "
        "ProvisionedThroughputInMibps ReplicationConfiguration ThroughputMode"
    ),
    "AWS::EFS::MountTarget": "FileSystemId IpAddress IpAddressType Ipv6Address SecurityGroups SubnetId",
    "AWS::IAM::Role": (
        "AssumeRolePolicyDocument Description ManagedPolicyArns MaxSessionDuration Path PermissionsBoundary "
        "Policies RoleName"
    ),
    "AWS::IAM::RolePolicy": "PolicyDocument PolicyName RoleName",
    "AWS::Lambda::Function": (
        "Architectures CapacityProviderConfig Code CodeSigningConfigArn DeadLetterConfig Description "
        "DurableConfig Environment EphemeralStorage FileSystemConfigs FunctionName FunctionScalingConfig "
        "Handler ImageConfig KmsKeyArn Layers LoggingConfig MemorySize PackageType PublishToLatestPublished "
        "RecursiveLoop ReservedConcurrentExecutions Role Runtime RuntimeManagementConfig SnapStart "
        "TenancyConfig Timeout TracingConfig VpcConfig"
    ),
    "AWS::NetworkFirewall::RuleGroup": "Capacity Description RuleGroup RuleGroupName SummaryConfiguration Type",
    "AWS::Route53::RecordSet": (
        "AliasTarget CidrRoutingConfig Comment Failover GeoLocation GeoProximityLocation HealthCheckId "
        "HostedZoneId HostedZoneName MultiValueAnswer Name Region ResourceRecords SetIdentifier TTL Type "
        "Weight"
    ),
    "AWS::Route53Resolver::FirewallDomainList": "DomainFileUrl Domains Name",
    "AWS::Route53Resolver::FirewallRuleGroup": "FirewallRules Name",
    "AWS::S3::AccessPoint": "Bucket BucketAccountId Name Policy PublicAccessBlockConfiguration VpcConfiguration",
    "AWS::S3::BucketPolicy": "Bucket PolicyDocument",
    "AWS::S3Files::MountTarget": "FileSystemId IpAddressType Ipv4Address Ipv6Address SecurityGroups SubnetId",
}

TERRAFORM = {
    "aws_api_gateway_rest_api_policy": "rest_api_id policy",
    "aws_codebuild_project": "vpc_config vpc_id subnets security_group_ids",
    "aws_ec2_transit_gateway": "security_group_referencing_support encryption_support",
    "aws_ec2_transit_gateway_peering_attachment": (
        "transit_gateway_id peer_transit_gateway_id peer_account_id peer_region"
    ),
    "aws_ec2_transit_gateway_peering_attachment_accepter": "transit_gateway_attachment_id",
    "aws_ec2_transit_gateway_route": (
        "transit_gateway_attachment_id transit_gateway_route_table_id destination_cidr_block"
    ),
    "aws_ec2_transit_gateway_vpc_attachment": (
        "transit_gateway_id vpc_id subnet_ids ipv6_support appliance_mode_support security_group_referencing_support"
    ),
    "aws_ec2_transit_gateway_vpc_attachment_accepter": "transit_gateway_attachment_id",
    "aws_ecs_service": "network_configuration subnets security_groups assign_public_ip",
    "aws_eip_association": "private_ip_address",
    "aws_efs_file_system_policy": "file_system_id policy",
    "aws_efs_mount_target": "file_system_id subnet_id security_groups",
    "aws_eip": "domain",
    "aws_iam_role_policy_attachment": "role policy_arn",
    "aws_lambda_function": "vpc_config subnet_ids security_group_ids ipv6_allowed_for_dual_stack",
    "aws_nat_gateway": "availability_zone_address allocation_ids availability_zone",
    "aws_network_acl_rule": "from_port to_port icmp_type icmp_code",
    "aws_network_interface": "source_dest_check ipv6_address_count",
    "aws_networkfirewall_rule_group": (
        "name type capacity rules rule_group rules_source stateless_rules_and_custom_actions stateless_rule priority "
        "rule_definition actions match_attributes protocols source destination address_definition source_port "
        "destination_port from_port to_port"
    ),
    "aws_route53_record": "zone_id name type ttl records",
    "aws_route53_resolver_firewall_domain_list": "name domains",
    "aws_route53_resolver_firewall_rule": "name action priority firewall_domain_list_id firewall_rule_group_id",
    "aws_s3_access_point": "bucket name vpc_configuration vpc_id",
    "aws_s3_bucket_policy": "bucket policy",
    "aws_s3files_mount_target": "file_system_id subnet_id security_groups",
    "aws_servicequotas_service_quota": "service_code quota_code value",
    "aws_subnet": "enable_dns64 ipv6_cidr_block availability_zone",
    "aws_vpc": "instance_tenancy enable_dns_support enable_dns_hostnames",
    "aws_vpc_dhcp_options": "domain_name_servers",
    "aws_vpc_encryption_control": "mode lambda_exclusion vpc_peering_exclusion",
    "aws_vpc_endpoint": (
        "vpc_id service_name vpc_endpoint_type subnet_ids security_group_ids route_table_ids private_dns_enabled "
        "dns_options private_dns_only_for_inbound_resolver_endpoint"
    ),
    "aws_vpc_endpoint_policy": "vpc_endpoint_id policy",
    "aws_vpc_endpoint_route_table_association": "vpc_endpoint_id route_table_id",
    "aws_vpc_endpoint_subnet_association": "vpc_endpoint_id subnet_id",
    "aws_vpc_peering_connection": "vpc_id peer_vpc_id peer_owner_id peer_region",
    "aws_vpc_peering_connection_accepter": "vpc_peering_connection_id auto_accept",
    "aws_vpc_security_group_egress_rule": (
        "security_group_id ip_protocol from_port to_port cidr_ipv4 cidr_ipv6 referenced_security_group_id"
    ),
    "aws_vpc_security_group_ingress_rule": (
        "security_group_id ip_protocol from_port to_port cidr_ipv4 cidr_ipv6 referenced_security_group_id"
    ),
}
