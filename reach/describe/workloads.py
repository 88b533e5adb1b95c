"""What else runs in a VPC with subnets and groups of its own: a table of where each service says so (SRC-04 …)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from reach.describe.records import Record, Section, part, rows, text, texts
from reach.network import Thing
from reach.senders import CapacityProvider, Workload


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a service's record says in which subnets it runs, with which groups.

    `keys`: the collection as AWS spells it, and with a capital. `config`: the path to the structure that holds both.
    """

    word: str
    keys: tuple[str, ...]
    name: str
    arn: str
    config: tuple[str, ...]
    subnets: str
    groups: str


SHAPES = (
    Shape("ecs", ("ecs:services", "ecs:Services"), "serviceName", "serviceArn",
          ("networkConfiguration", "awsvpcConfiguration"), "subnets", "securityGroups"),
    Shape("codebuild", ("codebuild:projects", "codebuild:Projects"), "name", "arn", ("vpcConfig",), "subnets",
          "securityGroupIds"),
    Shape("glue", ("glue:ConnectionList", "glue:Connections"), "Name", "", ("PhysicalConnectionRequirements",),
          "SubnetId", "SecurityGroupIdList"),
    Shape("sagemaker", ("sagemaker:Models",), "ModelName", "ModelArn", ("VpcConfig",), "Subnets", "SecurityGroupIds"),
    Shape("apprunner", ("apprunner:VpcConnectors",), "VpcConnectorName", "VpcConnectorArn", (), "Subnets",
          "SecurityGroups"),
    Shape("synthetics", ("synthetics:Canaries",), "Name", "", ("VpcConfig",), "SubnetIds", "SecurityGroupIds"),
    Shape("mwaa", ("mwaa:Environments",), "Name", "Arn", ("NetworkConfiguration",), "SubnetIds", "SecurityGroupIds"),
    Shape("emr-serverless", ("emr-serverless:applications",), "name", "arn", ("networkConfiguration",), "subnetIds",
          "securityGroupIds"),
)  # fmt: skip


def read(section: Section) -> Iterator[Thing]:
    """All of them that are in a VPC, and the capacity providers of functions."""
    for shape in SHAPES:
        for key in shape.keys:
            for record in section.rows(key):
                yield from _workload(section, shape, record)
    for record in section.rows("EventSourceMappings"):
        yield from _poller(section, record)
    for record in section.rows("CapacityProviders"):
        config = part(record, "VpcConfig")
        arn = text(record, "CapacityProviderArn")
        yield CapacityProvider(
            id=arn, home=section.home, name=arn.rpartition(":")[2], state=text(record, "State"),
            subnets=texts(config, "SubnetIds"), groups=texts(config, "SecurityGroupIds"),
        )  # fmt: skip


def _workload(section: Section, shape: Shape, record: Record) -> Iterator[Workload]:
    config: Record = record
    for step in shape.config:
        config = part(config, step)
    single = text(config, shape.subnets)
    subnets = (single,) if single else texts(config, shape.subnets)
    name = text(record, shape.name)
    if shape.word == "ecs":
        name = f"{text(record, 'clusterArn').rpartition('/')[2] or 'default'}/{name}"
    if not subnets or not name:
        return  # it runs in no VPC of the account
    public = text(config, "assignPublicIp") == "ENABLED"
    yield _made(section, f"{shape.word}:{name}", name, text(record, shape.arn), subnets, texts(config, shape.groups),
                ".".join((*shape.config, shape.groups)),
                public_by=".".join((*shape.config, "assignPublicIp")) if public else "",
                isolated=record.get("EnableNetworkIsolation") is True)  # fmt: skip


def _made(
    section: Section, word: str, name: str, arn: str, subnets: tuple[str, ...], groups: tuple[str, ...], field: str,
    **more: Any,
) -> Workload:  # fmt: skip
    id = arn or f"{section.home.account}/{section.home.region}/{word}"
    return Workload(
        id=id, home=section.home, name=name, word=word, arn=arn, subnets=tuple(sorted(set(subnets))),
        groups=tuple(sorted(set(groups))), groups_field=field, **more,
    )  # fmt: skip


def _poller(section: Section, record: Record) -> Iterator[Workload]:
    """An event source mapping polls from the network of its source, never from the function's (NEED-06 … NEED-11)."""
    arn, uuid = text(record, "EventSourceArn"), text(record, "UUID")
    found: dict[str, list[str]] = {"VPC_SUBNET": [], "VPC_SECURITY_GROUP": []}
    for access in rows(record, "SourceAccessConfigurations"):
        found.setdefault(text(access, "Type"), []).append(text(access, "URI").rpartition(":")[2])
    subnets, groups = tuple(found["VPC_SUBNET"]), tuple(found["VPC_SECURITY_GROUP"])
    field = "SourceAccessConfigurations"
    for cluster in section.rows("kafka:ClusterInfoList"):
        if arn and text(cluster, "ClusterArn") == arn:
            nodes = part(part(cluster, "Provisioned"), "BrokerNodeGroupInfo") or part(cluster, "BrokerNodeGroupInfo")
            subnets, groups = texts(nodes, "ClientSubnets"), texts(nodes, "SecurityGroups")
            field = "BrokerNodeGroupInfo.SecurityGroups"
    for broker in section.rows("mq:Brokers"):
        if arn and text(broker, "BrokerArn") == arn:
            subnets, groups, field = texts(broker, "SubnetIds"), texts(broker, "SecurityGroups"), "SecurityGroups"
    for cluster in section.rows("DBClusters"):
        if arn and text(cluster, "DBClusterArn") == arn:  # DocumentDB's (NEED-11)
            name = text(cluster, "DBSubnetGroup")
            within = [g for g in section.rows("DBSubnetGroups") if name and text(g, "DBSubnetGroupName") == name]
            subnets = tuple(text(s, "SubnetIdentifier") for g in within for s in rows(g, "Subnets"))
            groups = tuple(text(g, "VpcSecurityGroupId") for g in rows(cluster, "VpcSecurityGroups"))
            field = "VpcSecurityGroups"
    if subnets and uuid:
        yield _made(section, f"esm:{uuid}", uuid, text(record, "EventSourceMappingArn"), subnets, groups, field)
