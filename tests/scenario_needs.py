"""What functions need besides: S3 file systems, and what pollers may do at the endpoints that they go through."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, do, put
from tests.scenario_policies import policy
from tests.scenario_pollers import KAFKA, TWO
from tests.scenario_roles import allow, role
from tests.scenario_workloads import REGION, record
from tests.scenario_worlds import NAT, PRIVATE, endpoint

LAYER = "arn:aws:lambda:eu-west-1:{}:layer:{}:14"
POINT = REGION.format("elasticfilesystem", "access-point/fsap-1")
S3_POINT = REGION.format("s3files", "file-system/fs-0s3/access-point/fsap-2")


def mounts(*arns: str, who: str = "orders") -> Step:
    """A function that mounts file systems."""
    return put(who, FileSystemConfigs=[{"Arn": a, "LocalMountPath": f"/mnt/{n}"} for n, a in enumerate(arns)])


def layered(*layers: tuple[str, str], who: str = "orders") -> Step:
    """A function with layers: (account, name)."""
    return put(who, Layers=[{"Arn": LAYER.format(*layer), "CodeSize": 1} for layer in layers])


# Mount targets for NFS in the functions' own subnets, with a group that admits them.
HERE: Steps = (
    do("security_group", "vpc-1", [("tcp", 2049, "sg-fn")], id="sg-nfs"),
    do("s3_file_system", "fs-0s3", ["subnet-a"], ["sg-nfs"]),
)


def s3_files(about: str, *steps: Step, **want: Any) -> Row:
    return Row(ids="NEED-05", about=about, world=(*PRIVATE, *HERE, mounts(S3_POINT), *steps), to="s3files:fs-0s3",
               **want)  # fmt: skip


S3_FILES = (
    s3_files("a mount target in the function's subnet", want=OK, notes=("NEEDED_BESIDES",)),
    s3_files("none in one of two subnets", mounts(S3_POINT, who="both"), who="both", want=PART, at="fs-0s3",
             code="NO_MOUNT_TARGET_IN_SUBNET", subnets=("subnet-b",), dimension="subnets",
             says="aws s3files create-mount-target"),
    s3_files("one next door in the same zone does not serve", put("fsmt-0s31", subnetId="subnet-d"), want=NO,
             code="NO_MOUNT_TARGET_IN_SUBNET", at="fs-0s3", says="it has some in subnet-d"),
    s3_files("one that is being made is none", put("fsmt-0s31", status="creating"), want=NO,
             code="NO_MOUNT_TARGET_IN_SUBNET", at="fs-0s3"),
    s3_files("its group lets no NFS in", put("sg-nfs", IpPermissions=[]), want=NO, code="SG_HAS_NO_RULES", at="sg-nfs",
             cause="*"),
    s3_files("mount targets not read", do("drop", "s3files:mountTargets"), want=HM, code="UNKNOWN_RESOURCE",
             needs="s3files:GetMountTarget"),
    s3_files("its groups not told", lambda w: w["fsmt-0s31"].pop("securityGroups"), want=HM, code="UNKNOWN_RESOURCE",
             needs="s3files:GetMountTarget"),
)  # fmt: skip


# -- endpoint policies on the way of a poller -----------------------------------------------------------------

POLLED: Steps = (
    *KAFKA,
    lambda w: w.collections["EventSourceMappings"][0].update(
        FunctionArn=REGION.format("lambda", "function:orders"),
        SourceAccessConfigurations=[{"Type": "SASL_SCRAM_512_AUTH"}]),
    do("security_group", "vpc-1", [("tcp", 443, "sg-db")], id="sg-open"),
)  # fmt: skip
LAMBDA = {"Service": "lambda.amazonaws.com"}


def through(about: str, service: str, statement: dict[str, Any], **want: Any) -> Row:
    """A poller's call through the endpoint of a service with this policy."""
    text = policy({"Effect": "Allow", "Resource": "*", **statement})
    way = endpoint(service, group="sg-open", PolicyDocument=text)
    return Row(ids="NEED-08", about=about, world=(*PRIVATE, *POLLED, way), who="esm:0a1b", to=service, **want)


REFUSED: dict[str, Any] = {"want": NO, "code": "ENDPOINT_POLICY_DENIES", "at": "vpce-i", "layer": "authz"}
AT_ENDPOINTS = (
    through("Lambda itself assumes the role", "sts", {"Principal": LAMBDA, "Action": "sts:AssumeRole"}, want=OK,
            never=("POLICY_NOT_DECIDED",)),
    through("a policy for the function's role does not let Lambda pass", "sts",
            {"Principal": {"AWS": "arn:aws:iam::123456789012:role/orders"}, "Action": "sts:AssumeRole"}, **REFUSED),
    through("another action", "sts", {"Principal": "*", "Action": "sts:GetCallerIdentity"}, **REFUSED),
    through("Lambda itself invokes", "lambda", {"Principal": LAMBDA, "Action": "lambda:InvokeFunction"}, want=OK,
            never=("POLICY_NOT_DECIDED",)),
    through("invoking is not among the actions", "lambda", {"Principal": LAMBDA, "Action": "lambda:Get*"}, **REFUSED),
    through("a list of resources leaves it open: AWS asks for *", "lambda",
            {"Principal": LAMBDA, "Action": "lambda:InvokeFunction", "Resource": REGION.format("lambda", "function:x")},
            want=OK, notes=("POLICY_NOT_DECIDED",)),
    through("the secret is read with the function's role", "secretsmanager",
            {"Principal": {"AWS": "arn:aws:iam::123456789012:role/orders"}, "Action": "secretsmanager:GetSecretValue"},
            want=OK, never=("POLICY_NOT_DECIDED",), notes=("NEEDED_BESIDES",)),
    through("and not by Lambda itself", "secretsmanager",
            {"Principal": LAMBDA, "Action": "secretsmanager:GetSecretValue"}, **REFUSED),
)  # fmt: skip


# -- what is named as needed ----------------------------------------------------------------------------------

GET_SECRET = role(own=allow("secretsmanager:GetSecretValue"))
NEEDED = (
    Row(ids="NEED-14", about="a role that is for reading a secret", world=(*NAT, GET_SECRET), to="secretsmanager",
        want=OK, notes=("NEEDED_BESIDES",)),
    Row(ids="NEED-14", about="a role that allows everything is for nothing in particular",
        world=(*NAT, role(own=allow("*"))), to="secretsmanager", want=OK, never=("NEEDED_BESIDES",)),
    Row(ids="NEED-02", about="an extension that sends metrics to CloudWatch Logs",
        world=(*NAT, layered(("580247275435", "LambdaInsightsExtension"))), to="logs", want=OK,
        notes=("NEEDED_BESIDES",)),
    Row(ids="NEED-01 U-49", about="logs of an ordinary function need no path: their endpoint is no need",
        world=PRIVATE, to="logs", want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn", notes=("NOT_THE_NETWORK",),
        never=("NEEDED_BESIDES",)),
    Row(ids="NEED-09", about="a cluster of one's own is polled from the subnets that the mapping names",
        world=(*PRIVATE, record(
            "EventSourceMappings", UUID="0f5a", FunctionArn=REGION.format("lambda", "function:orders"),
            SourceAccessConfigurations=[{"Type": "VPC_SUBNET", "URI": f"subnet:{s}"} for s in TWO]
            + [{"Type": "VPC_SECURITY_GROUP", "URI": "security_group:sg-db"}],
            SelfManagedEventSource={"Endpoints": {"KAFKA_BOOTSTRAP_SERVERS": ["10.0.1.20:9092"]}}),
            do("security_group", "vpc-1", [("tcp", 9092, "sg-db")], id="sg-kafka"),
            do("interface", "subnet-a", "10.0.1.20", ["sg-kafka"], id="eni-kafka")),
        who="esm:0f5a", to="10.0.1.20:9092", want=OK, notes=("NEEDED_BESIDES",)),
    Row(ids="SRC-02", about="a connector of MicroVMs sends from its subnets", world=(*NAT, record(
        "lambda-core:NetworkConnectors", Name="out", Arn=REGION.format("lambda", "network-connector:out"),
        Configuration={"VpcEgressConfiguration": {"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-fn"]}})),
        who="microvm:out", to="internet", want=OK),
    Row(ids="SRC-02", about="in a public subnet without an address it does not get out", world=(*NAT, record(
        "lambda-core:NetworkConnectors", Name="out", Arn=REGION.format("lambda", "network-connector:out"),
        Configuration={"VpcEgressConfiguration": {"SubnetIds": ["subnet-p"], "SecurityGroupIds": ["sg-fn"]}})),
        who="microvm:out", to="internet", want=NO, code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", at="igw-1",
        cause="*"),
    Row(ids="SRC-02", about="with Elastic IPs of the service it does", world=(*NAT, record(
        "lambda-core:NetworkConnectors", Name="out", Arn=REGION.format("lambda", "network-connector:out"),
        Configuration={"VpcEgressConfiguration": {"SubnetIds": ["subnet-p"], "SecurityGroupIds": ["sg-fn"],
                                                  "ElasticIpConfiguration": {"Type": "ServiceManaged"}}})),
        who="microvm:out", to="internet", want=OK, via=("rtb-p", "igw-1")),
)  # fmt: skip
NEEDS = (*S3_FILES, *AT_ENDPOINTS, *NEEDED)
