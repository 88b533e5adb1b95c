"""Other sources than functions: tasks, builds, jobs, models, pollers, and functions on managed instances."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, Row, Step, Steps, do, put
from tests.scenario_worlds import ANY, DB, NAT, NAT_WAY, NO_DEFAULT, PRIVATE, acl, only

REGION = "arn:aws:{}:eu-west-1:123456789012:{}"
IN_PUBLIC: Steps = NO_DEFAULT  # subnet-p's table leads to the internet gateway


def record(key: str, **members: Any) -> Step:
    """A record of another service."""
    return lambda world: world.add(key, {**members})  # a world's own, to be changed by later steps


def service(subnet: str = "subnet-a", public: str = "DISABLED", key: str = "ecs:services") -> Step:
    """An ECS service in awsvpc mode."""
    config = {"subnets": [subnet], "securityGroups": ["sg-fn"], "assignPublicIp": public}
    return record(key, serviceName="web", serviceArn=REGION.format("ecs", "service/shop/web"),
                  clusterArn=REGION.format("ecs", "cluster/shop"),
                  networkConfiguration={"awsvpcConfiguration": config})  # fmt: skip


def source(ids: str, who: str, *steps: Step, about: str = "through the NAT gateway") -> tuple[Row, Row]:
    """A kind of source: out by NAT, and not out without it."""
    return (
        Row(ids=ids, about=f"{who}: {about}", world=(*NAT, *steps), who=who, to="internet", want=OK, via=NAT_WAY),
        Row(ids=ids, about=f"{who}: no way out", world=(*PRIVATE, *steps), who=who, to="internet", want=NO,
            code="NO_ROUTE_TO_DESTINATION", at="rtb-fn"),
    )  # fmt: skip


VPC = {"subnets": ["subnet-a"], "securityGroupIds": ["sg-fn"]}
IDS = {"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-fn"]}
PROJECT = record("codebuild:projects", name="build", arn=REGION.format("codebuild", "project/build"), vpcConfig=VPC)
JOB = record(
    "glue:ConnectionList",
    Name="lake",
    PhysicalConnectionRequirements={"SubnetId": "subnet-a", "SecurityGroupIdList": ["sg-fn"]},
)
MODEL = record(
    "sagemaker:Models", ModelName="score", VpcConfig={"Subnets": ["subnet-a"], "SecurityGroupIds": ["sg-fn"]}
)
CONNECTOR = record("apprunner:VpcConnectors", VpcConnectorName="out", Subnets=["subnet-a"], SecurityGroups=["sg-fn"])
CANARY = record("synthetics:Canaries", Name="probe", VpcConfig=IDS)
AIRFLOW = record("mwaa:Environments", Name="flows", NetworkConfiguration=IDS)
SPARK = record(
    "emr-serverless:applications",
    name="spark",
    networkConfiguration={"subnetIds": ["subnet-a"], "securityGroupIds": ["sg-fn"]},
)
KAFKA = REGION.format("kafka", "cluster/events/1")
MSK: Steps = (
    record(
        "kafka:ClusterInfoList",
        ClusterArn=KAFKA,
        ClusterName="events",
        State="ACTIVE",
        Provisioned={"BrokerNodeGroupInfo": {"ClientSubnets": ["subnet-a"], "SecurityGroups": ["sg-fn"]}},
    ),
    record("EventSourceMappings", UUID="0a1b", EventSourceArn=KAFKA),
)
OWN_KAFKA = record(
    "EventSourceMappings",
    UUID="0c1d",
    SourceAccessConfigurations=[
        {"Type": "VPC_SUBNET", "URI": "subnet:subnet-a"},
        {"Type": "VPC_SECURITY_GROUP", "URI": "security_group:sg-fn"},
    ],
)

PROVIDER = REGION.format("lambda", "capacity-provider:fleet")
ON_INSTANCES: Steps = (
    do("function", "big"),
    put(
        "big",
        CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": PROVIDER}},
    ),
)


def fleet(subnet: str) -> Step:
    """The capacity provider of the function `big`."""
    return record(
        "CapacityProviders",
        CapacityProviderArn=PROVIDER,
        State="Active",
        VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": ["sg-fn"]},
    )


WORKLOADS = (
    *source("SRC-04", "ecs:shop/web", service()),
    *source("SRC-05", "codebuild:build", PROJECT),
    *source("SRC-06", "glue:lake", JOB),
    *source("SRC-07", "sagemaker:score", MODEL),
    *source("SRC-08", "apprunner:out", CONNECTOR),
    *source("SRC-09", "synthetics:probe", CANARY),
    *source("SRC-09", "mwaa:flows", AIRFLOW),
    *source("SRC-09", "emr-serverless:spark", SPARK),
    *source("NEED-06", "esm:0a1b", *MSK, about="an MSK mapping polls from the cluster's subnets"),
    *source("NEED-09", "esm:0c1d", OWN_KAFKA, about="a mapping of one's own Kafka from the subnets that it names"),
    Row(ids="SRC-04", about="the key with a capital, and the ARN as source", who=REGION.format(
        "ecs", "service/shop/web"), world=(*NAT, service(key="ecs:Services")), to="internet", want=OK, via=NAT_WAY),
    Row(ids="SG-13 NACL-10", about="a task's metadata, with everything shut", who="ecs:shop/web", want=OK,
        to="169.254.170.2:80", world=(*PRIVATE, service(), only(), acl("subnet-a", (), ()))),
    Row(ids="SRC-04", about="assignPublicIp makes the internet gateway work", who="ecs:shop/web", to="internet",
        world=(*IN_PUBLIC, service("subnet-p", "ENABLED")), want=OK, via=("rtb-p", "igw-1")),
    Row(ids="SRC-04", about="without it the gateway drops what comes", who="ecs:shop/web", to="internet", want=NO,
        world=(*IN_PUBLIC, service("subnet-p")), code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", at="igw-1"),
    Row(ids="SRC-04 DBDST-3", about="a task and a database", who="ecs:shop/web", world=(*PRIVATE, DB, service()),
        to="rds:orders-db", want=OK),
    Row(ids="SRC-04", about="ping is no matter of Lambda here", who="ecs:shop/web", world=(*NAT, service()),
        to="93.184.216.34:*/icmp", want=OK),
    Row(ids="SRC-04", about="a subnet without an IPv6 block", who="ecs:shop/web", world=(*NAT, service()), family="6",
        to="internet", want=NO, code="SOURCE_HAS_NO_IPV6", at="shop/web"),
    Row(ids="SRC-04", about="the doubt whether a task gets an IPv6 address hides no closed group",
        who="ecs:shop/web", world=(*NAT, put("subnet-a", Ipv6CidrBlockAssociationSet=[{
            "Ipv6CidrBlock": "2600:1f18::/64", "Ipv6CidrBlockState": {"State": "associated"}}]), service()),
        family="6", to="internet", want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-fn", more=("*",)),
    Row(ids="SRC-05", about="a build in a public subnet has no public address", who="codebuild:build", want=NO,
        world=(*NAT, do("route_table", "vpc-1", ["subnet-a"], [(ANY, "igw-1")], id="rtb-open"), PROJECT),
        to="internet", code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", at="igw-1"),
    Row(ids="SRC-07", about="network isolation", who="sagemaker:score", to="internet", want=NO, layer="state",
        world=(*NAT, record("sagemaker:Models", ModelName="score", EnableNetworkIsolation=True, VpcConfig={
            "Subnets": ["subnet-a"], "SecurityGroupIds": ["sg-fn"]})),
        code="NETWORK_ISOLATION", at="sagemaker:score"),
    Row(ids="SRC-01", about="managed instances, whose provider was not read", world=(*NAT, *ON_INSTANCES), who="big",
        to="internet", want=HM, code="UNKNOWN_RESOURCE", needs="lambda:GetCapacityProvider"),
    Row(ids="SRC-01", about="managed instances have the network of their provider", who="big", to="internet",
        world=(*NAT, *ON_INSTANCES, fleet("subnet-a")), want=OK, via=NAT_WAY),
    Row(ids="SRC-01 FN-06", about="in a public subnet they get public addresses", who="big", to="internet",
        world=(*IN_PUBLIC, *ON_INSTANCES, fleet("subnet-p")), want=OK, via=("rtb-p", "igw-1")),
    Row(ids="SRC-01", about="unless the subnet gives none", who="big", to="internet", want=NO,
        world=(*IN_PUBLIC, put("subnet-p", MapPublicIpOnLaunch=False), *ON_INSTANCES, fleet("subnet-p")),
        code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", at="igw-1"),
    Row(ids="SRC-03", about="a replica at the edge is in no VPC", who="edge", to="internet", want=OK,
        world=(*PRIVATE, do("function", "edge"), put("edge", MasterArn=REGION.format("lambda", "function:edge:1")))),
)  # fmt: skip
