"""What else runs in a VPC with subnets and groups of its own: a table of where each service says so (SRC-04 …)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from reach.describe.records import Record, Section, part, text, texts
from reach.network import Thing
from reach.network.senders import CapacityProvider, Workload


class Shape(Struct, frozen=True):
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
    Shape("microvm", ("lambda-core:NetworkConnectors",), "Name", "Arn", ("Configuration", "VpcEgressConfiguration"),
          "SubnetIds", "SecurityGroupIds"),
)  # fmt: skip
# What gives a workload a public IPv4 address when it starts: the member of its network's structure and its value.
PUBLIC = ((("assignPublicIp",), "ENABLED"), (("ElasticIpConfiguration", "Type"), "ServiceManaged"))


def read(section: Section) -> Iterator[Thing]:
    """All of them that are in a VPC, and the capacity providers of functions."""
    for shape in SHAPES:
        for key in shape.keys:
            for record in section.rows(key):
                yield from _workload(section, shape, record)
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
    public = next((".".join((*shape.config, *path)) for path, value in PUBLIC if text(config, *path) == value), "")
    word, arn = f"{shape.word}:{name}", text(record, shape.arn)
    yield Workload(
        id=arn or f"{section.home.account}/{section.home.region}/{word}", home=section.home, name=name, word=word,
        arn=arn, subnets=tuple(sorted(set(subnets))), groups=tuple(sorted(set(texts(config, shape.groups)))),
        groups_field=".".join((*shape.config, shape.groups)),
        public_by=public,
        public_open=next((t for path, _ in PUBLIC if (t := text(config, *path)).startswith("${")), ""),
        isolated=record.get("EnableNetworkIsolation") is True,
    )  # fmt: skip
