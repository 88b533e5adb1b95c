"""Which resource types become which records of AWS's answers, in which order: one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from reach.sources.cloudformation.attributes import REFERRED_BY_ARN, arn_of
from reach.sources.cloudformation.draft import Draft
from reach.sources.cloudformation.maps import (
    caches,
    databases,
    endpoints,
    filters,
    firewalls,
    functions,
    interfaces,
    lattice,
    names,
    outside,
    redshift,
    roles,
    routing,
    served,
    transit,
    vpc,
    vpn,
    workloads,
)
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Undetermined, Unknown

Make = Callable[[Draft, Resource], None]


class Map(Struct, frozen=True):
    """How one type is read.

    `stage`: those that others refer to come first. `keys`: the collections that are not whole if the resource
    cannot be told. `lists`: (property with the id, collection, member) of what it adds rows to instead. `known`: the
    properties without which it cannot be told. `perhaps`: how it is read where everything is known but whether it
    will be made.
    """

    stage: int
    make: Make
    keys: tuple[str, ...] = ()
    lists: tuple[tuple[str, str, str], ...] = ()
    lost: Make | None = None
    known: tuple[str, ...] = ()
    perhaps: Make | None = None

    def lose(self, draft: Draft, resource: Resource, unknown: Unknown) -> None:
        """Say what is not known because this resource is not."""
        for name, key, member in self.lists:
            for id in resource.texts(name):
                draft.lose(key, id, member, unknown, resource)
        if self.lost:
            try:
                self.lost(draft, resource)
            except Undetermined:  # nor what it would be about
                text = f"whether {resource.logical} ({resource.where}) is made as it says is not known: {unknown.why}"
                draft.warn(text)
                draft.world.unsee(resource.stack, text)
        if not self.lists:
            draft.miss(resource, unknown, *self.keys)
            if resource.type in REFERRED_BY_ARN:
                draft.world.pending.setdefault(arn_of(resource), unknown)


TABLE_ROWS = (("RouteTableId", "RouteTables", "Associations"),)
ON = ("InstanceId", "NetworkInterfaceId")
OF_TABLE = ("TransitGatewayRouteTableId", "TransitGatewayAttachmentId")
TRANSIT = ("TransitGatewayAttachments", "TransitGatewayVpcAttachments")

MAPS: Mapping[str, tuple[Map, ...]] = {
    "AWS::EC2::VPC": (Map(0, vpc.vpc, ("Vpcs",)), Map(2, vpc.implicit)),
    "AWS::EC2::VPCCidrBlock": (Map(1, vpc.vpc_block, ("Vpcs",), lost=vpc.perhaps_block),),
    "AWS::EC2::Subnet": (Map(2, vpc.subnet, ("Subnets",)),),
    "AWS::EC2::SubnetCidrBlock": (Map(3, vpc.subnet_block, ("Subnets",), lost=vpc.perhaps_six),),
    "AWS::EC2::DHCPOptions": (Map(2, vpc.dhcp_options, ("DhcpOptions",)),),
    "AWS::EC2::VPCDHCPOptionsAssociation": (Map(3, vpc.dhcp_association, ("Vpcs",), lost=vpc.perhaps_dhcp),),
    "AWS::EC2::RouteTable": (Map(2, routing.route_table),),
    "AWS::EC2::Route": (Map(4, routing.route, lost=routing.perhaps_route),),
    "AWS::EC2::SubnetRouteTableAssociation": (
        Map(4, routing.association, lists=TABLE_ROWS, lost=routing.perhaps_moved),
    ),
    "AWS::EC2::GatewayRouteTableAssociation": (
        Map(4, routing.association, lists=TABLE_ROWS, lost=routing.perhaps_moved),
    ),
    "AWS::EC2::VPNGatewayRoutePropagation": (
        Map(4, routing.propagation, lists=(("RouteTableIds", "RouteTables", "PropagatingVgws"),)),
    ),
    "AWS::EC2::InternetGateway": (Map(2, routing.internet_gateway, ("InternetGateways",)),),
    "AWS::EC2::VPNGateway": (Map(2, vpn.gateway, ("VpnGateways",)),),
    "AWS::EC2::VPCGatewayAttachment": (
        Map(
            4,
            routing.attachment,
            lists=(
                ("InternetGatewayId", "InternetGateways", "Attachments"),
                ("VpnGatewayId", "VpnGateways", "VpcAttachments"),
            ),
        ),
    ),
    "AWS::EC2::EgressOnlyInternetGateway": (Map(2, routing.egress_only, ("EgressOnlyInternetGateways",)),),
    "AWS::EC2::EIP": (
        Map(2, routing.elastic_ip, ("Addresses",)),
        Map(5, interfaces.address, lost=interfaces.perhaps_public, known=ON),
    ),
    "AWS::EC2::EIPAssociation": (Map(5, interfaces.address, lost=interfaces.perhaps_public, known=ON),),
    "AWS::EC2::NatGateway": (
        Map(3, routing.nat_gateway, ("NatGateways",), known=("AvailabilityZoneAddresses",)),
        Map(5, routing.regional_way_out),
    ),
    "AWS::EC2::VPNConnection": (Map(3, vpn.connection, ("VpnConnections",)),),
    "AWS::EC2::VPNConnectionRoute": (
        Map(4, vpn.static_route, lists=(("VpnConnectionId", "VpnConnections", "Routes"),)),
    ),
    "AWS::EC2::CarrierGateway": (Map(2, vpn.carrier_gateway, ("CarrierGateways",)),),
    "AWS::EC2::SecurityGroupVpcAssociation": (Map(4, filters.in_another_vpc, ("SecurityGroupVpcAssociations",)),),
    "AWS::EC2::VPCPeeringConnection": (Map(3, routing.peering, ("VpcPeeringConnections",)),),
    "AWS::EC2::VPCBlockPublicAccessExclusion": (
        Map(3, routing.exclusion, ("VpcBlockPublicAccessExclusions",), known=("VpcId", "SubnetId")),
    ),
    "AWS::EC2::VPCBlockPublicAccessOptions": (
        Map(3, routing.public_access, ("VpcBlockPublicAccessOptions",), lost=routing.perhaps_blocked),
    ),
    "AWS::EC2::NetworkAcl": (Map(2, filters.network_acl, ("NetworkAcls",)),),
    "AWS::EC2::NetworkAclEntry": (Map(4, filters.acl_entry, lost=filters.perhaps_entry),),
    "AWS::EC2::SubnetNetworkAclAssociation": (
        Map(
            4,
            filters.acl_association,
            lists=(("NetworkAclId", "NetworkAcls", "Associations"),),
            lost=filters.perhaps_associated,
        ),
    ),
    "AWS::EC2::SecurityGroup": (Map(3, filters.security_group, ("SecurityGroups",)),),
    "AWS::EC2::SecurityGroupIngress": (Map(4, filters.ingress, lost=filters.perhaps_ingress),),
    "AWS::EC2::SecurityGroupEgress": (Map(4, filters.egress, lost=filters.perhaps_egress),),
    "Custom::VpcRestrictDefaultSG": (Map(4, filters.closed_default_group),),
    "AWS::EC2::PrefixList": (Map(2, filters.prefix_list, ("ManagedPrefixLists",)),),
    "AWS::EC2::VPCEndpoint": (
        Map(4, endpoints.endpoint, ("VpcEndpoints",), lost=endpoints.perhaps_routed, perhaps=endpoints.perhaps),
    ),
    "AWS::EC2::VPCEncryptionControl": (Map(3, vpc.encryption, ("Vpcs",), lost=vpc.perhaps_encrypted),),
    "AWS::VpcLattice::ResourceGateway": (Map(3, lattice.resource_gateway, ("vpc-lattice:ResourceGateways",)),),
    "AWS::VpcLattice::ResourceConfiguration": (Map(3, lattice.configuration, ("vpc-lattice:ResourceConfigurations",)),),
    "AWS::EC2::VPCEndpointService": (Map(5, endpoints.endpoint_service, ("ServiceDetails",)),),
    "AWS::NetworkFirewall::Firewall": (
        Map(3, firewalls.firewall, ("network-firewall:Firewalls",), lost=firewalls.lost_firewall),
    ),
    "AWS::NetworkFirewall::FirewallPolicy": (Map(2, firewalls.policy, ("network-firewall:FirewallPolicies",)),),
    "AWS::NetworkFirewall::RuleGroup": (Map(2, firewalls.rule_group, ("network-firewall:RuleGroups",)),),
    "AWS::NetworkFirewall::VpcEndpointAssociation": (Map(3, firewalls.association),),
    "AWS::EC2::NetworkInterface": (Map(3, interfaces.interface, ("NetworkInterfaces",)),),
    "AWS::EC2::NetworkInterfaceAttachment": (
        Map(4, interfaces.attachment, ("NetworkInterfaces",), lost=interfaces.perhaps_attached, known=ON),
    ),
    "AWS::EC2::Instance": (
        Map(
            4,
            interfaces.instance,
            ("Instances", "NetworkInterfaces"),
            lost=interfaces.perhaps_attached,
        ),
    ),
    "AWS::EC2::TransitGateway": (Map(2, transit.gateway, ("TransitGateways",)),),
    "AWS::EC2::TransitGatewayRouteTable": (Map(3, transit.table, ("TransitGatewayRouteTables",)),),
    "AWS::EC2::TransitGatewayAttachment": (Map(3, transit.attachment, TRANSIT, known=("TransitGatewayId",)),),
    "AWS::EC2::TransitGatewayVpcAttachment": (Map(3, transit.attachment, TRANSIT, known=("TransitGatewayId",)),),
    "AWS::EC2::TransitGatewayPeeringAttachment": (Map(3, transit.peering, TRANSIT),),
    "AWS::EC2::TransitGatewayConnect": (Map(4, transit.connect, TRANSIT),),
    "AWS::EC2::TransitGatewayRouteTableAssociation": (
        Map(4, transit.association, TRANSIT, lost=transit.perhaps_associated, known=OF_TABLE),
    ),
    "AWS::EC2::TransitGatewayRouteTablePropagation": (
        Map(4, transit.propagation, lost=transit.lost_route, known=OF_TABLE),
    ),
    "AWS::EC2::TransitGatewayRoute": (Map(5, transit.route, lost=transit.lost_route, known=OF_TABLE),),
    "AWS::Lambda::Function": (Map(4, functions.function, ("Functions",)),),
    "AWS::Lambda::Version": (Map(5, functions.version, ("Versions",)),),
    "AWS::Lambda::Alias": (Map(6, functions.alias, ("Aliases",)),),
    "AWS::Lambda::CapacityProvider": (Map(4, workloads.capacity_provider, ("CapacityProviders",)),),
    "AWS::Lambda::EventSourceMapping": (Map(5, workloads.poller, ("EventSourceMappings",)),),
    "AWS::Lambda::NetworkConnector": (Map(4, workloads.network_connector, ("lambda-core:NetworkConnectors",)),),
    "AWS::ECS::Service": (Map(4, workloads.service, ("ecs:services",)),),
    "AWS::CodeBuild::Project": (Map(4, workloads.build_project, ("codebuild:projects",)),),
    "AWS::Glue::Connection": (Map(4, workloads.glue_connection, ("glue:ConnectionList",)),),
    "AWS::SageMaker::Model": (Map(4, workloads.model, ("sagemaker:Models",)),),
    "AWS::AppRunner::VpcConnector": (Map(4, workloads.connector, ("apprunner:VpcConnectors",)),),
    "AWS::Synthetics::Canary": (Map(4, workloads.canary, ("synthetics:Canaries",)),),
    "AWS::MWAA::Environment": (Map(4, workloads.airflow, ("mwaa:Environments",)),),
    "AWS::EMRServerless::Application": (Map(4, workloads.spark, ("emr-serverless:applications",)),),
    "AWS::IAM::Role": (Map(2, roles.role, ("iam:PolicyNames",)),),
    "AWS::IAM::Policy": (Map(3, roles.policy, ("iam:RolePolicies",), lost=roles.lost_policy),),
    "AWS::IAM::RolePolicy": (Map(3, roles.policy, ("iam:RolePolicies",), lost=roles.lost_policy),),
    "AWS::IAM::ManagedPolicy": (
        Map(3, roles.managed_policy, ("iam:PolicyVersions", "iam:AttachedPolicies"), lost=roles.lost_policy),
    ),
    "AWS::S3::Bucket": (Map(2, outside.bucket, ("s3:BucketLocations",)),),
    "AWS::S3::BucketPolicy": (Map(3, outside.bucket_policy, ("s3:BucketPolicies",), lost=outside.undecided_policy),),
    "AWS::ApiGateway::RestApi": (Map(3, outside.rest_api, ("apigateway:items",)),),
    "AWS::DSQL::Cluster": (Map(3, outside.dsql_cluster, ("dsql:clusters",)),),
    "AWS::OpenSearchServerless::Collection": (
        Map(3, outside.collection, ("opensearchserverless:collectionSummaries",)),
    ),
    "AWS::OpenSearchServerless::VpcEndpoint": (
        Map(4, outside.search_endpoint, ("opensearchserverless:vpcEndpointDetails",)),
    ),
    "AWS::RDS::DBSubnetGroup": (Map(3, databases.subnet_group, ("DBSubnetGroups",)),),
    "AWS::RDS::DBCluster": (Map(4, databases.cluster, ("DBClusters",)),),
    "AWS::RDS::DBInstance": (Map(5, databases.instance, ("DBInstances",)),),
    "AWS::RDS::DBProxy": (Map(4, databases.proxy, ("DBProxies",)),),
    "AWS::RDS::DBProxyEndpoint": (Map(4, databases.proxy_endpoint, ("DBProxyEndpoints",)),),
    "AWS::RDS::DBProxyTargetGroup": (Map(6, databases.proxy_targets, ("DBProxyTargets",)),),
    "AWS::ElastiCache::SubnetGroup": (Map(3, caches.subnet_group, ("CacheSubnetGroups",)),),
    "AWS::ElastiCache::CacheCluster": (Map(4, caches.cluster, ("CacheClusters",)),),
    "AWS::ElastiCache::ReplicationGroup": (Map(4, caches.replication_group, ("ReplicationGroups", "CacheClusters")),),
    "AWS::ElastiCache::ServerlessCache": (Map(4, caches.serverless, ("ServerlessCaches",)),),
    "AWS::DocDB::DBSubnetGroup": (Map(3, databases.subnet_group, ("DBSubnetGroups",)),),
    "AWS::DocDB::DBCluster": (Map(4, databases.cluster, ("DBClusters",)),),
    "AWS::DocDB::DBInstance": (Map(5, databases.instance, ("DBInstances",)),),
    "AWS::Neptune::DBSubnetGroup": (Map(3, databases.subnet_group, ("DBSubnetGroups",)),),
    "AWS::Neptune::DBCluster": (Map(4, databases.cluster, ("DBClusters",)),),
    "AWS::Neptune::DBInstance": (Map(5, databases.instance, ("DBInstances",)),),
    "AWS::MemoryDB::SubnetGroup": (Map(3, served.memorydb_group, ("memorydb:SubnetGroups",)),),
    "AWS::MemoryDB::Cluster": (Map(4, served.memorydb_cluster, ("memorydb:Clusters",)),),
    "AWS::Redshift::ClusterSubnetGroup": (Map(3, redshift.subnet_group, ("redshift:ClusterSubnetGroups",)),),
    "AWS::Redshift::Cluster": (Map(4, redshift.cluster, ("redshift:Clusters",)),),
    "AWS::Redshift::EndpointAccess": (Map(5, redshift.endpoint, ("redshift:EndpointAccessList",)),),
    "AWS::RedshiftServerless::Workgroup": (Map(4, redshift.workgroup, ("redshift-serverless:workgroups",)),),
    "AWS::Elasticsearch::Domain": (Map(4, served.domain, ("opensearch:DomainStatusList",)),),
    "AWS::OpenSearchService::Domain": (Map(4, served.domain, ("opensearch:DomainStatusList",)),),
    "AWS::AmazonMQ::Broker": (Map(4, served.broker, ("mq:Brokers",)),),
    "AWS::MSK::Cluster": (Map(4, served.kafka, ("kafka:ClusterInfoList",)),),
    "AWS::MSK::ServerlessCluster": (Map(4, served.kafka_serverless, ("kafka:ClusterInfoList",)),),
    "AWS::EFS::AccessPoint": (Map(4, served.access_point, ("efs:AccessPoints",)),),
    "AWS::EFS::FileSystem": (
        Map(3, served.file_system, ("efs:FileSystems",)),
        Map(4, outside.system_policy, ("efs:FileSystemPolicies",), lost=outside.undecided_system_policy),
    ),
    "AWS::EFS::MountTarget": (
        Map(4, served.mount_target, ("efs:MountTargets", "efs:MountTargetSecurityGroups"), known=("FileSystemId",)),
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (Map(4, served.load_balancer, ("elbv2:LoadBalancers",)),),
    "AWS::ElasticLoadBalancingV2::Listener": (Map(5, served.listener, ("elbv2:Listeners",)),),
    "AWS::Route53::HostedZone": (
        Map(2, names.zone, ("route53:HostedZones",), lost=names.perhaps_zone, known=("VPCs",)),
    ),
    "AWS::Route53::RecordSet": (Map(3, names.record_set, ("route53:RecordSets",), lost=names.perhaps_records),),
    "AWS::Route53::RecordSetGroup": (
        Map(3, names.record_set_group, ("route53:RecordSets",), lost=names.perhaps_records),
    ),
    "AWS::Route53Resolver::ResolverRule": (
        Map(2, names.rule, ("route53resolver:ResolverRules",), lost=names.perhaps_rule, known=("DomainName",)),
    ),
    "AWS::Route53Resolver::ResolverRuleAssociation": (
        Map(
            3,
            names.rule_association,
            ("route53resolver:ResolverRuleAssociations",),
            lost=names.perhaps_forwarded,
            known=("VPCId", "ResolverRuleId"),
        ),
    ),
    "AWS::Route53Resolver::FirewallRuleGroup": (Map(2, names.firewall_group, ("route53resolver:FirewallRules",)),),
    "AWS::Route53Resolver::FirewallDomainList": (
        Map(
            2,
            names.domain_list,
            ("route53resolver:FirewallDomainLists", "route53resolver:FirewallDomains"),
            known=("Domains",),
        ),
    ),
    "AWS::Route53Resolver::FirewallRuleGroupAssociation": (
        Map(
            3,
            names.firewall_association,
            ("route53resolver:FirewallRuleGroupAssociations", "route53resolver:FirewallRules"),
            lost=names.perhaps_filtered,
        ),
    ),
}
# Every type that begins with `Custom::`, unless it is above. They are named among what was not read all the same.
CUSTOM = (Map(5, workloads.custom_resource, ("cloudformation:CustomResources",)),)
MAPPED = frozenset(key for maps in MAPS.values() for one in maps for key in one.keys) - {"VpcBlockPublicAccessOptions"}

# What the CDK makes itself by functions of its own: logs, files, and values that cross Regions.
OF_THE_CDK = (
    *("CDKBucketDeployment", "CDKECRDeployment", "CrossRegionExportReader", "CrossRegionExportWriter"),
    *("ECRAutoDeleteImages", "LogRetention", "S3AutoDeleteObjects", "S3BucketNotifications", "Trigger"),
)
# Types that no map reads and that change nothing about who reaches what; others of these services are named.
HARMLESS = frozenset(
    f"AWS::EC2::{name}"
    for name in (
        *("EC2Fleet", "EnclaveCertificateIamRoleAssociation", "FlowLog", "Host", "IPAM", "IPAMPool", "IPAMScope"),
        *("KeyPair", "LaunchTemplate", "NetworkInsightsAnalysis", "NetworkInsightsPath", "NetworkInterfacePermission"),
        *("PlacementGroup", "SnapshotBlockPublicAccess", "SpotFleet", "Volume"),
        *("ApplicationStatusCheck", "CapacityManagerDataExport", "CapacityReservationFleet", "FpgaImage"),
        *("IPAMAllocation", "IPAMPoolCidr", "IPAMResourceDiscovery", "IPAMResourceDiscoveryAssociation", "IPv4Pool"),
        *("InstanceConnectEndpoint", "InstanceEventWindow", "IpamExternalResourceVerificationToken"),
        *("NetworkInsightsAccessScope", "NetworkInsightsAccessScopeAnalysis", "NetworkPerformanceMetricSubscription"),
        *("TrafficMirrorFilterRule", "TrafficMirrorTarget", "TransitGatewayMeteringPolicy"),
        *("TransitGatewayMeteringPolicyEntry", "TransitGatewayMulticastDomain"),
        *("TransitGatewayMulticastDomainAssociation", "TransitGatewayMulticastGroupMember"),
        *("TransitGatewayMulticastGroupSource", "VPCEndpointConnectionNotification", "VPCEndpointServicePermissions"),
        *("VolumeAttachment", "CustomerGateway", "TrafficMirrorFilter", "TrafficMirrorSession", "CapacityReservation"),
    )
) | {
    *(f"Custom::{name}" for name in OF_THE_CDK),
    "AWS::NetworkFirewall::LoggingConfiguration",
    "AWS::Route53Resolver::ResolverDNSSECConfig",
    "AWS::Route53Resolver::ResolverQueryLoggingConfig",
    "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
    "AWS::VpcLattice::AccessLogSubscription",
}
THAT_MATTER = (
    *("AWS::EC2::", "AWS::NetworkFirewall::", "AWS::Route53Resolver::", "AWS::VpcLattice::", "AWS::NetworkManager::"),
    *("AWS::ElastiCache::", "AWS::Route53Profiles::", "AWS::DirectConnect::", "AWS::RDS::GlobalCluster"),
    *("AWS::ElasticLoadBalancing::LoadBalancer", "AWS::DAX::Cluster", "AWS::DocDBElastic::Cluster"),
    *("AWS::Redshift::EndpointAuthorization", "AWS::RDS::DBShardGroup", "AWS::S3Files::"),
    "AWS::ServiceDiscovery::PrivateDnsNamespace",
    *("AWS::ECS::TaskSet", "AWS::ECS::ExpressGatewayService", "AWS::MSK::VpcConnection"),
    *("AWS::CloudFormation::CustomResource", "AWS::CloudFormation::Macro", "AWS::CloudFormation::Stack", "Custom::"),
)
SMALL = (
    "ParameterGroup",
    "OptionGroup",
    "SecurityGroup",
    "User",
    "UserGroup",
    "GlobalReplicationGroup",
    "Subscription",
)


def maps_of(type_: str, maps: Mapping[str, tuple[Map, ...]] = MAPS) -> tuple[Map, ...]:
    """How a type is read; custom resources all alike."""
    custom = type_.startswith("Custom::") or type_ == "AWS::CloudFormation::CustomResource"
    return maps.get(type_, CUSTOM if custom else ())


def matters(type_: str) -> bool:
    """Whether a type that is not read could change an answer."""
    if type_ in MAPS or type_ in HARMLESS or type_.endswith(SMALL):
        return False
    return type_.startswith(THAT_MATTER)
