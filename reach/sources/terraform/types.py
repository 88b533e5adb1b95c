"""Terraform's AWS resource types in CloudFormation's words, provider versions 4 to 6, and which of the others matter.

The tables are by room of AWS; types whose shape differs more than in names are made in blocks.py and makers.py.
"""

from __future__ import annotations

from collections.abc import Mapping

from reach.sources.terraform.reading import Type
from reach.sources.terraform.tables.firewalls import FIREWALLS
from reach.sources.terraform.tables.names import NAMES
from reach.sources.terraform.tables.network import NETWORK
from reach.sources.terraform.tables.senders import SENDERS
from reach.sources.terraform.tables.served import SERVED

TYPES: Mapping[str, Type] = {
    **NETWORK,
    **NAMES,
    **SERVED,
    **SENDERS,
    **FIREWALLS,
    "aws_alb": Type("AWS::ElasticLoadBalancingV2::LoadBalancer"),
    "aws_lb": Type("AWS::ElasticLoadBalancingV2::LoadBalancer"),
    "aws_route53_record": Type("AWS::Route53::RecordSet"),
    "aws_route53_zone": Type("AWS::Route53::HostedZone"),
}

# Types of the same services that change nothing about who reaches what.
HARMLESS = (
    "aws_flow_log", "aws_key_pair", "aws_ebs_", "aws_ami", "aws_launch_template", "aws_db_parameter_group",
    "aws_db_option_group", "aws_rds_cluster_parameter_group", "aws_rds_global_cluster", "aws_rds_certificate",
    "aws_rds_cluster_role", "aws_rds_cluster_activity", "aws_rds_cluster_snapshot", "aws_rds_export",
    "aws_rds_integration", "aws_elasticache_parameter_group", "aws_elasticache_user", "aws_elasticache_global",
    "aws_lambda_permission", "aws_lambda_layer", "aws_lambda_function_url", "aws_lambda_provisioned",
    "aws_lambda_function_event", "aws_lambda_function_recursion", "aws_lambda_runtime", "aws_lambda_code_signing",
    "aws_lambda_invocation", "aws_customer_gateway", "aws_db_snapshot", "aws_db_event", "aws_db_cluster_snapshot",
    "aws_db_instance_role", "aws_db_instance_automated", "aws_db_proxy_default", "aws_volume_attachment",
    "aws_placement_group", "aws_spot_", "aws_vpc_ipam", "aws_vpc_endpoint_service_allowed",
    "aws_vpc_endpoint_service_private", "aws_vpc_endpoint_connection", "aws_vpc_peering_connection_accepter",
    "aws_vpc_peering_connection_options", "aws_vpc_network_performance",
    "aws_default_vpc_dhcp_options", "aws_ec2_tag", "aws_ec2_serial", "aws_ec2_image", "aws_ec2_host",
    "aws_ec2_capacity", "aws_ec2_fleet", "aws_ec2_instance", "aws_ec2_availability", "aws_ec2_network_insights",
    "aws_ec2_subnet_cidr_reservation", "aws_ec2_traffic_mirror", "aws_ec2_allowed_images", "aws_ec2_default_credit",
    "aws_ec2_transit_gateway_multicast", "aws_ec2_transit_gateway_connect_peer",
    "aws_ec2_transit_gateway_peering_attachment_accepter", "aws_ec2_transit_gateway_vpc_attachment_accepter",
    "aws_network_interface_permission", "aws_networkfirewall_logging", "aws_networkfirewall_resource_policy",
    "aws_networkfirewall_tls", "aws_networkfirewall_vpc_endpoint_association_", "aws_redshift_parameter_group",
    "aws_redshift_snapshot", "aws_redshift_event", "aws_redshift_scheduled", "aws_redshift_authentication",
    "aws_redshift_hsm", "aws_redshift_cluster_iam", "aws_redshift_logging", "aws_redshift_partner",
    "aws_redshift_resource_policy", "aws_redshift_usage", "aws_redshift_data", "aws_redshift_cluster_snapshot",
    "aws_redshiftserverless_namespace", "aws_redshiftserverless_snapshot", "aws_redshiftserverless_resource",
    "aws_redshiftserverless_usage", "aws_redshiftserverless_custom_domain", "aws_lb_target", "aws_lb_listener_",
    "aws_lb_cookie", "aws_lb_ssl", "aws_lb_trust", "aws_instance_state", "aws_route53_query", "aws_route53_health",
    "aws_route53_traffic", "aws_route53_delegation", "aws_route53_key", "aws_route53_hosted_zone_dnssec",
    "aws_route53_cidr", "aws_route53_vpc_association_authorization", "aws_route53_resolver_query",
    "aws_route53_resolver_dnssec", "aws_route53_resolver_config", "aws_route53_resolver_endpoint",
    "aws_route53_resolver_firewall_config", "aws_vpclattice_access_log", "aws_vpclattice_target",
    "aws_docdb_cluster_parameter", "aws_docdb_cluster_snapshot", "aws_neptune_cluster_parameter",
    "aws_neptune_cluster_snapshot", "aws_opensearch_domain_", "aws_lambda_capacity_provider_", "aws_securityhub_",
    "aws_securitylake_", "aws_internetmonitor_", "aws_networkflowmonitor_", "aws_networkmonitor_",
    "aws_route53_domains_", "aws_route53_recovery", "aws_rds_reserved_", "aws_rds_custom_",
    "aws_redshift_integration", "aws_redshiftdata_",
    "aws_elasticache_reserved_", "aws_msk_cluster_policy", "aws_mskconnect_custom_", "aws_mskconnect_worker_",
    "aws_opensearchserverless_access_", "aws_opensearchserverless_lifecycle_",
    "aws_opensearchserverless_security_config",
)  # fmt: skip
THAT_MATTER = (
    "aws_vpc", "aws_subnet", "aws_route", "aws_internet", "aws_egress", "aws_nat", "aws_network", "aws_security",
    "aws_ec2_", "aws_default_", "aws_vpn", "aws_dx_", "aws_lambda", "aws_db_", "aws_rds_", "aws_elasticache",
    "aws_memorydb_cluster", "aws_docdb_cluster", "aws_docdbelastic", "aws_neptune_cluster", "aws_neptunegraph",
    "aws_redshift", "aws_msk_cluster", "aws_mskconnect", "aws_mq_broker", "aws_opensearch_domain",
    "aws_opensearchserverless",
    "aws_efs_mount_target", "aws_lb", "aws_elb", "aws_dax_cluster", "aws_instance", "aws_networkfirewall",
    "aws_networkmanager", "aws_vpclattice", "aws_route53", "aws_client_vpn", "aws_s3files", "aws_cloudformation_stack",
    "aws_service_discovery_private_dns_namespace", "aws_odb_network", "aws_ecs_task_set", "aws_msk_vpc_connection",
    "awscc_ec2_", "awscc_elasticache_", "awscc_elasticloadbalancing", "awscc_lambda_", "awscc_networkfirewall_",
    "awscc_networkmanager_", "awscc_rds_", "awscc_route53", "awscc_vpclattice_",
)  # fmt: skip
