"""What else sends from a VPC: ECS services, CodeBuild, Glue and their like, pollers, capacity providers."""

from __future__ import annotations

from typing import Any

from reach.snapshot import ELSEWHERE
from reach.sources.cloudformation.attributes import arn_of, cluster_of
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.databases import in_subnets
from reach.sources.cloudformation.maps.groups import default_of
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Unknown

STATES = {"State": "Active"}


def _texts(r: Resource, name: str, value: Any) -> list[str]:
    """Ids in a part of a property; one that is not known is the text that stands for it, and will be a gap."""
    listed = [] if value is None else value if isinstance(value, list) else [value]
    return [r.as_text(name, item) for item in listed]


def _inside(draft: Draft, r: Resource, name: str, part: dict[str, Any], subnets: str, groups: str) -> tuple[Any, Any]:
    """Subnets and groups; without groups those of the VPC's default one."""
    ids, sgs = (_texts(r, name, part.get(key)) for key in (subnets, groups))
    if ids and not sgs:
        vpc_id, _ = in_subnets(draft, ids)
        why = f"the default group, which {r.logical} ({r.where}) gets, is not in the template"
        unknown = Unknown("${" + f"default group of {vpc_id}" + "}", ELSEWHERE, why)
        sgs = default_of(draft, r, vpc_id) or [r.stack.pend(unknown)]
    return ids, sgs


def service(draft: Draft, r: Resource) -> None:
    """An ECS service; one without awsvpc sends from the instance that it runs on."""
    config = r.part("NetworkConfiguration").get("AwsvpcConfiguration")
    if isinstance(config, dict):
        subnets, groups = _inside(draft, r, "NetworkConfiguration", config, "Subnets", "SecurityGroups")
        public = config.get("AssignPublicIp")
        inner = {"subnets": subnets, "securityGroups": groups}
        inner |= {} if public is None else {"assignPublicIp": r.as_text("NetworkConfiguration", public)}
        arn = arn_of(r)
        record: Entry = {"serviceName": r.id, "serviceArn": arn, "clusterArn": r.arn("ecs", f"cluster/{cluster_of(r)}")}
        record |= {"status": "ACTIVE", "networkConfiguration": {"awsvpcConfiguration": inner}}
        draft.put("ecs:services", record, r, arn)


def build_project(draft: Draft, r: Resource) -> None:
    config = r.part("VpcConfig")
    if config:
        subnets, groups = _inside(draft, r, "VpcConfig", config, "Subnets", "SecurityGroupIds")
        arn = arn_of(r)
        inner = {"subnets": subnets, "securityGroupIds": groups}
        inner |= {"vpcId": r.as_text("VpcConfig", config["VpcId"])} if "VpcId" in config else {}
        draft.put("codebuild:projects", {"name": r.id, "arn": arn, "vpcConfig": inner}, r, arn)


def glue_connection(draft: Draft, r: Resource) -> None:
    given = r.part("ConnectionInput")
    config = given.get("PhysicalConnectionRequirements")
    if isinstance(config, dict) and config.get("SubnetId") is not None:
        subnets, groups = _inside(draft, r, "ConnectionInput", config, "SubnetId", "SecurityGroupIdList")
        inner = {"SubnetId": subnets[0], "SecurityGroupIdList": groups}
        name = r.as_text("ConnectionInput", given["Name"]) if given.get("Name") is not None else r.stack.named(r)
        draft.put("glue:ConnectionList", {"Name": name, "PhysicalConnectionRequirements": inner}, r)


def model(draft: Draft, r: Resource) -> None:
    """A SageMaker model; isolated, it sends nothing at all."""
    config = r.part("VpcConfig")
    arn = arn_of(r)
    record: Entry = {"ModelName": r.id, "ModelArn": arn, "EnableNetworkIsolation": r.flag("EnableNetworkIsolation")}
    if config:
        subnets, groups = _inside(draft, r, "VpcConfig", config, "Subnets", "SecurityGroupIds")
        record["VpcConfig"] = {"Subnets": subnets, "SecurityGroupIds": groups}
    draft.put("sagemaker:Models", record, r, arn)


def connector(draft: Draft, r: Resource) -> None:
    arn = arn_of(r)
    subnets, groups = r.texts("Subnets"), r.texts("SecurityGroups")
    if not groups:
        subnets, groups = _inside(draft, r, "Subnets", {"Subnets": r.get("Subnets")}, "Subnets", "SecurityGroups")
    record = {"VpcConnectorName": r.id, "VpcConnectorArn": arn, "Subnets": subnets, "SecurityGroups": groups}
    draft.put("apprunner:VpcConnectors", record | {"Status": "ACTIVE"}, r, arn)


def canary(draft: Draft, r: Resource) -> None:
    config = r.part("VPCConfig")
    if config:
        subnets, groups = _inside(draft, r, "VPCConfig", config, "SubnetIds", "SecurityGroupIds")
        inner = {"SubnetIds": subnets, "SecurityGroupIds": groups}
        draft.put("synthetics:Canaries", {"Name": r.id, "VpcConfig": inner}, r)


def airflow(draft: Draft, r: Resource) -> None:
    config = r.part("NetworkConfiguration")
    subnets, groups = _inside(draft, r, "NetworkConfiguration", config, "SubnetIds", "SecurityGroupIds")
    arn = arn_of(r)
    inner = {"SubnetIds": subnets, "SecurityGroupIds": groups}
    draft.put("mwaa:Environments", {"Name": r.id, "Arn": arn, "NetworkConfiguration": inner}, r, arn)


def spark(draft: Draft, r: Resource) -> None:
    """An EMR Serverless application."""
    config = r.part("NetworkConfiguration")
    arn = arn_of(r)
    if config:
        subnets, groups = _inside(draft, r, "NetworkConfiguration", config, "SubnetIds", "SecurityGroupIds")
        inner = {"subnetIds": subnets, "securityGroupIds": groups}
        record = {"applicationId": r.id, "name": r.text("Name") or r.logical, "arn": arn, "networkConfiguration": inner}
        draft.put("emr-serverless:applications", record, r, arn)


def poller(draft: Draft, r: Resource) -> None:
    """An event source mapping; of its secrets only that there are any."""
    arn = arn_of(r)
    name = r.text("FunctionName")
    called = name if name.startswith(("arn:", "${")) else r.arn("lambda", f"function:{name}")
    record: Entry = {"UUID": r.id, "EventSourceMappingArn": arn, "State": "Enabled", "FunctionArn": called}
    if r.has("ProvisionedPollerConfig"):
        record["ProvisionedPollerConfig"] = {"MinimumPollers": 1}  # that there are some is what matters
    servers = r.part("SelfManagedEventSource").get("Endpoints")
    if isinstance(servers, dict):
        plain = servers.get("KAFKA_BOOTSTRAP_SERVERS")  # as Terraform has it
        given = [h.strip() for h in plain.split(",")] if isinstance(plain, str) else plain
        hosts = _texts(r, "SelfManagedEventSource", servers.get("KafkaBootstrapServers", given))
        record["SelfManagedEventSource"] = {"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": hosts}}
    if r.has("EventSourceArn"):
        record["EventSourceArn"] = r.text("EventSourceArn")
    access = [_access(r, row) for row in r.rows("SourceAccessConfigurations")]
    record |= {"SourceAccessConfigurations": access} if access else {}
    draft.put("EventSourceMappings", record, r, arn)


def _access(r: Resource, row: dict[str, Any]) -> Entry:
    kind, uri = (r.as_text("SourceAccessConfigurations", row.get(key, "")) for key in ("Type", "URI"))
    return {"Type": kind} if uri.startswith("arn:") or not uri else {"Type": kind, "URI": uri}


def capacity_provider(draft: Draft, r: Resource) -> None:
    """The instances on which functions run, in subnets of their own."""
    subnets, groups = _inside(draft, r, "VpcConfig", r.part("VpcConfig"), "SubnetIds", "SecurityGroupIds")
    arn = arn_of(r)
    record = {"CapacityProviderArn": arn, "VpcConfig": {"SubnetIds": subnets, "SecurityGroupIds": groups}} | STATES
    draft.put("CapacityProviders", record, r, arn)


def network_connector(draft: Draft, r: Resource) -> None:
    """The way of MicroVMs into a VPC (SRC-02)."""
    config = r.part("Configuration").get("VpcEgressConfiguration")
    if isinstance(config, dict):
        subnets, groups = _inside(draft, r, "Configuration", config, "SubnetIds", "SecurityGroupIds")
        inner: Entry = {"SubnetIds": subnets, "SecurityGroupIds": groups}
        addresses = config.get("ElasticIpConfiguration")
        if isinstance(addresses, dict) and isinstance(addresses.get("Type"), str):
            inner["ElasticIpConfiguration"] = {"Type": addresses["Type"]}
        arn = arn_of(r)
        record = {"Name": r.id, "Arn": arn, "Configuration": {"VpcEgressConfiguration": inner}}
        draft.put("lambda-core:NetworkConnectors", record, r, arn)


def custom_resource(draft: Draft, r: Resource) -> None:
    """A function that answers for a custom resource (NEED-17); a topic in its place needs nothing of the VPC."""
    token = r.text("ServiceToken")
    if ":function:" in token or token.startswith("${"):
        record = {"ServiceToken": token, "LogicalResourceId": r.logical, "ResourceType": r.type}
        draft.collection(r.stack.home, "cloudformation:CustomResources").append(record)
