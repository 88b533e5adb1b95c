"""What serves inside a VPC, and what is outside and still decides: databases, caches, brokers, buckets, APIs."""

from __future__ import annotations

from collections.abc import Mapping

from reach.sources.terraform.reading import Type, block, blocks, flag, type_of

INSIDE = {"SubnetIds": "subnet_ids[]", "SecurityGroupIds": "security_group_ids[]"}

GROUPS = {"VpcSecurityGroupIds": "vpc_security_group_ids[]"}


def _clusters(family: str, word: str, group: str) -> dict[str, Type]:
    """DocumentDB and Neptune are spelled as RDS is."""
    return {
        f"aws_{word}_subnet_group": type_of(
            f"{family}::DBSubnetGroup", DBSubnetGroupName="name", SubnetIds="subnet_ids[]"
        ),
        f"aws_{word}_cluster": type_of(
            f"{family}::DBCluster", DBClusterIdentifier="cluster_identifier", Port="port", DBSubnetGroupName=group,
            **GROUPS,
        ),
        f"aws_{word}_cluster_instance": type_of(
            f"{family}::DBInstance", DBInstanceIdentifier="identifier", DBClusterIdentifier="cluster_identifier",
            AvailabilityZone="availability_zone", PubliclyAccessible="publicly_accessible",
        ),
    }  # fmt: skip


def _search(version: str) -> Type:
    domain = "Elasticsearch" if version == "elasticsearch_version" else "OpenSearchService"
    return type_of(
        f"{domain}::Domain", DomainName="domain_name", EngineVersion=version, VPCOptions=block("vpc_options", **INSIDE)
    )


def _listener() -> Type:
    return type_of(
        "ElasticLoadBalancingV2::Listener", LoadBalancerArn="load_balancer_arn", Port="port", Protocol="protocol"
    )


SASL = block("sasl", Iam=block("iam", Enabled="enabled"))

SERVED: Mapping[str, Type] = {
    "aws_db_subnet_group": type_of("RDS::DBSubnetGroup", DBSubnetGroupName="name", SubnetIds="subnet_ids[]"),
    "aws_db_instance": type_of(
        "RDS::DBInstance", DBInstanceIdentifier="identifier", Engine="engine", Port="port",
        DBSubnetGroupName="db_subnet_group_name", VPCSecurityGroups="vpc_security_group_ids[]",
        AvailabilityZone="availability_zone", PubliclyAccessible="publicly_accessible", NetworkType="network_type",
        SourceDBInstanceIdentifier="replicate_source_db",
    ),
    "aws_rds_cluster": type_of(
        "RDS::DBCluster", DBClusterIdentifier="cluster_identifier", Engine="engine", Port="port",
        DBSubnetGroupName="db_subnet_group_name", NetworkType="network_type", **GROUPS,
    ),
    "aws_rds_cluster_instance": type_of(
        "RDS::DBInstance", DBInstanceIdentifier="identifier", DBClusterIdentifier="cluster_identifier", Engine="engine",
        AvailabilityZone="availability_zone", PubliclyAccessible="publicly_accessible",
    ),
    "aws_db_proxy": type_of(
        "RDS::DBProxy", DBProxyName="name", EngineFamily="engine_family", VpcSubnetIds="vpc_subnet_ids[]",
        RequireTLS="require_tls", EndpointNetworkType="endpoint_network_type", **GROUPS,
    ),
    "aws_db_proxy_endpoint": type_of(
        "RDS::DBProxyEndpoint", DBProxyEndpointName="db_proxy_endpoint_name", DBProxyName="db_proxy_name",
        VpcSubnetIds="vpc_subnet_ids[]", TargetRole="target_role", **GROUPS,
    ),
    "aws_db_proxy_target": type_of(
        "RDS::DBProxyTargetGroup", DBProxyName="db_proxy_name", DBInstanceIdentifiers="db_instance_identifier",
        DBClusterIdentifiers="db_cluster_identifier",
    ),
    **_clusters("DocDB", "docdb", "db_subnet_group_name"),
    **_clusters("Neptune", "neptune", "neptune_subnet_group_name"),
    "aws_elasticache_subnet_group": type_of(
        "ElastiCache::SubnetGroup", CacheSubnetGroupName="name", SubnetIds="subnet_ids[]"
    ),
    "aws_elasticache_cluster": type_of(
        "ElastiCache::CacheCluster", ClusterName="cluster_id", Engine="engine", Port="port",
        NumCacheNodes="num_cache_nodes", CacheSubnetGroupName="subnet_group_name",
        VpcSecurityGroupIds="security_group_ids[]", PreferredAvailabilityZone="availability_zone",
        PreferredAvailabilityZones="preferred_availability_zones[]", NetworkType="network_type",
    ),
    "aws_elasticache_replication_group": type_of(
        "ElastiCache::ReplicationGroup", ReplicationGroupId="replication_group_id", Engine="engine", Port="port",
        NumCacheClusters="num_cache_clusters|number_cache_clusters",
        NumNodeGroups="num_node_groups|cluster_mode.num_node_groups",
        ReplicasPerNodeGroup="replicas_per_node_group|cluster_mode.replicas_per_node_group",
        CacheSubnetGroupName="subnet_group_name", SecurityGroupIds="security_group_ids[]",
        PreferredCacheClusterAZs="preferred_cache_cluster_azs[]|availability_zones[]", NetworkType="network_type",
    ),
    "aws_elasticache_serverless_cache": type_of(
        "ElastiCache::ServerlessCache", ServerlessCacheName="name", Engine="engine", **INSIDE
    ),
    "aws_memorydb_subnet_group": type_of("MemoryDB::SubnetGroup", SubnetGroupName="name", SubnetIds="subnet_ids[]"),
    "aws_memorydb_cluster": type_of(
        "MemoryDB::Cluster", ClusterName="name", SubnetGroupName="subnet_group_name", Engine="engine", Port="port",
        SecurityGroupIds="security_group_ids[]", TLSEnabled="tls_enabled", NetworkType="network_type",
    ),
    "aws_redshift_subnet_group": type_of(
        "Redshift::ClusterSubnetGroup", ClusterSubnetGroupName="name", SubnetIds="subnet_ids[]"
    ),
    "aws_redshift_cluster": type_of(
        "Redshift::Cluster", ClusterIdentifier="cluster_identifier", ClusterSubnetGroupName="cluster_subnet_group_name",
        Port="port", AvailabilityZone="availability_zone", PubliclyAccessible="publicly_accessible", **GROUPS,
    ),
    "aws_redshift_endpoint_access": type_of(
        "Redshift::EndpointAccess", EndpointName="endpoint_name", ClusterIdentifier="cluster_identifier",
        SubnetGroupName="subnet_group_name", **GROUPS,
    ),
    "aws_redshiftserverless_workgroup": type_of(
        "RedshiftServerless::Workgroup", WorkgroupName="workgroup_name", Port="port",
        PubliclyAccessible="publicly_accessible", **INSIDE,
    ),
    "aws_opensearch_domain": _search("engine_version"),
    "aws_elasticsearch_domain": _search("elasticsearch_version"),
    "aws_opensearchserverless_collection": type_of("OpenSearchServerless::Collection", Name="name", Type="type"),
    "aws_opensearchserverless_vpc_endpoint": type_of(
        "OpenSearchServerless::VpcEndpoint", Name="name", VpcId="vpc_id", **INSIDE
    ),
    "aws_mq_broker": type_of(
        "AmazonMQ::Broker", BrokerName="broker_name", EngineType="engine_type", DeploymentMode="deployment_mode",
        SubnetIds="subnet_ids[]", SecurityGroups="security_groups[]", PubliclyAccessible="publicly_accessible",
    ),
    "aws_msk_cluster": type_of(
        "MSK::Cluster", ClusterName="cluster_name",
        BrokerNodeGroupInfo=block(
            "broker_node_group_info", ClientSubnets="client_subnets[]", SecurityGroups="security_groups[]"
        ),
        ClientAuthentication=block(
            "client_authentication",
            Sasl=block("sasl", Iam=flag("iam"), Scram=flag("scram")),
            Tls=block("tls", Enabled="=true", CertificateAuthorityArnList="certificate_authority_arns[]"),
            Unauthenticated=flag("unauthenticated"),
        ),
        EncryptionInfo=block(
            "encryption_info",
            EncryptionInTransit=block("encryption_in_transit", ClientBroker="client_broker", InCluster="in_cluster"),
        ),
    ),
    "aws_msk_serverless_cluster": type_of(
        "MSK::ServerlessCluster", ClusterName="cluster_name",
        VpcConfigs=blocks("vpc_config", SubnetIds="subnet_ids[]", SecurityGroups="security_group_ids[]"),
        ClientAuthentication=block("client_authentication", Sasl=SASL),
    ),
    "aws_efs_file_system": type_of("EFS::FileSystem"),
    "aws_efs_file_system_policy": Type(
        "Terraform::FileSystemPolicy", {"FileSystemId": "file_system_id", "FileSystemPolicy": "policy!"}
    ),
    "aws_efs_mount_target": type_of(
        "EFS::MountTarget", FileSystemId="file_system_id", SubnetId="subnet_id", SecurityGroups="security_groups[]",
        IpAddress="ip_address", IpAddressType="ip_address_type",
    ),
    "aws_efs_access_point": type_of("EFS::AccessPoint", FileSystemId="file_system_id"),
    "aws_lb_listener": _listener(),
    "aws_alb_listener": _listener(),
    "aws_s3_bucket": type_of("S3::Bucket", BucketName="bucket"),
    "aws_s3_bucket_policy": type_of("S3::BucketPolicy", Bucket="bucket", PolicyDocument="policy!"),
    "aws_api_gateway_rest_api": type_of(
        "ApiGateway::RestApi", Name="name", Policy="policy!",
        EndpointConfiguration=block("endpoint_configuration", Types="types[]", VpcEndpointIds="vpc_endpoint_ids[]"),
    ),
    "aws_api_gateway_rest_api_policy": Type(
        "Terraform::RestApiPolicy", {"RestApiId": "rest_api_id", "Policy": "policy!"}
    ),
    "aws_dsql_cluster": type_of("DSQL::Cluster"),
}  # fmt: skip
