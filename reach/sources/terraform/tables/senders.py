"""Who sends from a VPC, and the roles they have: functions, their versions and pollers, containers, builds, jobs."""

from __future__ import annotations

from collections.abc import Mapping

from reach.sources.terraform.reading import Type, block, blocks, type_of

INSIDE = {"SubnetIds": "subnet_ids[]", "SecurityGroupIds": "security_group_ids[]"}

SENDERS: Mapping[str, Type] = {
    "aws_lambda_function": type_of("Lambda::Function", FunctionName="function_name"),
    "aws_lambda_alias": type_of(
        "Lambda::Alias", Name="name", FunctionName="function_name", FunctionVersion="function_version"
    ),
    "aws_lambda_capacity_provider": type_of(
        "Lambda::CapacityProvider", CapacityProviderName="name", VpcConfig=block("vpc_config", **INSIDE)
    ),
    "aws_lambda_event_source_mapping": type_of(
        "Lambda::EventSourceMapping", EventSourceArn="event_source_arn", FunctionName="function_name",
        SourceAccessConfigurations=blocks("source_access_configuration", Type="type", URI="uri"),
        ProvisionedPollerConfig=block("provisioned_poller_config", MinimumPollers="minimum_pollers"),
        SelfManagedEventSource=block("self_managed_event_source", Endpoints="endpoints"),
    ),
    "aws_ecs_cluster": type_of("ECS::Cluster", ClusterName="name"),
    "aws_ecs_service": type_of("ECS::Service", ServiceName="name", Cluster="cluster"),
    "aws_codebuild_project": type_of(
        "CodeBuild::Project", Name="name",
        VpcConfig=block("vpc_config", VpcId="vpc_id", Subnets="subnets[]", SecurityGroupIds="security_group_ids[]"),
    ),
    "aws_glue_connection": type_of("Glue::Connection"),
    "aws_sagemaker_model": type_of(
        "SageMaker::Model", ModelName="name", EnableNetworkIsolation="enable_network_isolation",
        VpcConfig=block("vpc_config", Subnets="subnets[]", SecurityGroupIds="security_group_ids[]"),
    ),
    "aws_apprunner_vpc_connector": type_of(
        "AppRunner::VpcConnector", VpcConnectorName="vpc_connector_name", Subnets="subnets[]",
        SecurityGroups="security_groups[]",
    ),
    "aws_synthetics_canary": type_of("Synthetics::Canary", Name="name", VPCConfig=block("vpc_config", **INSIDE)),
    "aws_mwaa_environment": type_of(
        "MWAA::Environment", Name="name", NetworkConfiguration=block("network_configuration", **INSIDE)
    ),
    "aws_emrserverless_application": type_of(
        "EMRServerless::Application", Name="name", NetworkConfiguration=block("network_configuration", **INSIDE)
    ),
    "aws_iam_role": type_of(
        "IAM::Role", RoleName="name", Path="path", ManagedPolicyArns="managed_policy_arns[]",
        PermissionsBoundary="permissions_boundary",
        Policies=blocks("inline_policy", PolicyName="name", PolicyDocument="policy!"),
    ),
    "aws_iam_role_policy": type_of(
        "IAM::RolePolicy", RoleName="role", PolicyName="name", PolicyDocument="policy!"
    ),
    "aws_iam_policy": type_of("IAM::ManagedPolicy", ManagedPolicyName="name", Path="path", PolicyDocument="policy!"),
    "aws_iam_role_policy_attachment": Type("Terraform::RolePolicyAttachment", {"Roles": "role", "Arn": "policy_arn"}),
    "aws_iam_policy_attachment": Type("Terraform::RolePolicyAttachment", {"Roles": "roles[]", "Arn": "policy_arn"}),
}  # fmt: skip
