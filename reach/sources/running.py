"""The calls that read what else runs in a VPC: tasks, builds, jobs, environments, and what polls for functions.

A list costs one call per Region; only what it names is asked about. Of a record only its name and its network are
kept: the rest holds settings, variables and secrets that no answer needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from reach.sources.call import Arguments, Call, Data, Plan, listing

SERVICES = 10  # DescribeServices takes no more services
PROJECTS = 100  # BatchGetProjects takes no more names
MODELS = 100  # the largest page of ListModels, which gives ten unless told, and there are often thousands


def _names(data: Data, key: str, member: str) -> list[str]:
    """The names in a member of each record: one, or a list."""
    held = [record.get(member) or () for record in data.get(key, ())]
    return sorted({str(name) for names in held for name in ([names] if isinstance(names, str) else names)})


def _each_name(key: str, member: str, argument: str) -> Plan:
    """One call per name."""
    return lambda data: [{argument: name} for name in _names(data, key, member)]


def _batches(names: list[str], argument: str, size: int, **more: Any) -> Iterator[Arguments]:
    return ({argument: names[i : i + size], **more} for i in range(0, len(names), size))


def _projects(data: Data) -> Iterable[Arguments]:
    return _batches(_names(data, "codebuild:ProjectNames", "projects"), "names", PROJECTS)


def _services(data: Data) -> Iterable[Arguments]:
    """The services of each cluster."""
    for record in data.get("ecs:serviceArns", ()):
        yield from _batches(list(record.get("serviceArns") or ()), "services", SERVICES, cluster=record["cluster"])


RUNNING: tuple[Call, ...] = (
    Call("ecs", "ListClusters", "ecs:clusterArns"),
    Call("ecs", "ListServices", "ecs:serviceArns", stage=2, owner="cluster", needs=("ecs:clusterArns",),
         plan=_each_name("ecs:clusterArns", "clusterArns", "cluster")),
    listing("ecs", "DescribeServices", "ecs:services", stage=3, plan=_services, needs=("ecs:serviceArns",),
            keep=("serviceArn", "serviceName", "clusterArn", "networkConfiguration")),
    Call("codebuild", "ListProjects", "codebuild:ProjectNames"),
    listing("codebuild", "BatchGetProjects", "codebuild:projects", stage=2, plan=_projects,
            needs=("codebuild:ProjectNames",), keep=("name", "arn", "vpcConfig")),
    listing("glue", "GetConnections", "glue:ConnectionList", arguments={"HidePassword": True},
            keep=("Name", "ConnectionType", "PhysicalConnectionRequirements")),
    listing("sagemaker", "ListModels", "sagemaker:ModelSummaries", result="Models", arguments={"MaxResults": MODELS},
            keep=("ModelName", "ModelArn")),
    Call("sagemaker", "DescribeModel", "sagemaker:Models", stage=2, needs=("sagemaker:ModelSummaries",),
         plan=_each_name("sagemaker:ModelSummaries", "ModelName", "ModelName"),
         keep=("ModelName", "ModelArn", "VpcConfig", "EnableNetworkIsolation")),
    listing("apprunner", "ListVpcConnectors", "apprunner:VpcConnectors",
            keep=("VpcConnectorName", "VpcConnectorArn", "Subnets", "SecurityGroups")),
    listing("synthetics", "DescribeCanaries", "synthetics:Canaries", keep=("Id", "Name", "VpcConfig")),
    Call("mwaa", "ListEnvironments", "mwaa:EnvironmentNames"),
    Call("mwaa", "GetEnvironment", "mwaa:Environments", "Environment", stage=2, needs=("mwaa:EnvironmentNames",),
         plan=_each_name("mwaa:EnvironmentNames", "Environments", "Name"),
         keep=("Name", "Arn", "NetworkConfiguration")),
    listing("emr-serverless", "ListApplications", "emr-serverless:applicationSummaries", result="applications",
            keep=("id", "arn", "name")),
    Call("emr-serverless", "GetApplication", "emr-serverless:applications", "application", stage=2,
         needs=("emr-serverless:applicationSummaries",),
         plan=_each_name("emr-serverless:applicationSummaries", "id", "applicationId"),
         keep=("applicationId", "arn", "name", "networkConfiguration")),
    listing("lambda", "ListEventSourceMappings", "EventSourceMappings",
            keep=("UUID", "EventSourceMappingArn", "EventSourceArn", "FunctionArn", "SourceAccessConfigurations",
                  "ProvisionedPollerConfig", "SelfManagedEventSource", "State")),
    listing("lambda-core", "ListNetworkConnectors", "lambda-core:NetworkConnectorSummaries",
            result="NetworkConnectors", keep=("Name", "Arn")),
    Call("lambda-core", "GetNetworkConnector", "lambda-core:NetworkConnectors", stage=2,
         needs=("lambda-core:NetworkConnectorSummaries",),
         plan=_each_name("lambda-core:NetworkConnectorSummaries", "Arn", "Identifier"),
         keep=("Name", "Arn", "Configuration", "State")),
)  # fmt: skip
