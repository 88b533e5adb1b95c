"""What functions need besides: S3 file systems, and what pollers may do at the endpoints that they go through."""

from __future__ import annotations

import json
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
SYSTEM = REGION.format("elasticfilesystem", "file-system/fs-1")
ROLE_ARN = "arn:aws:iam::123456789012:role/orders"


def says(*statements: dict[str, Any] | str) -> Step:
    """A policy of the file system's own."""
    text = statements[0] if isinstance(statements[0], str) else json.dumps(
        {"Version": "2012-10-17", "Statement": list(statements)})  # fmt: skip
    return lambda w: w.add("efs:FileSystemPolicies", {"FileSystemId": "fs-1", "Policy": text})


def client(effect: str, *actions: str, who: Any = "*", **condition: Any) -> dict[str, Any]:
    """A statement on what clients do."""
    found: dict[str, Any] = {"Effect": effect, "Principal": who, "Resource": "*"}
    found["Action"] = [f"elasticfilesystem:Client{a}" for a in actions] or "*"
    return found | ({"Condition": condition} if condition else {})


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


def efs(about: str, *steps: Step, ids: str = "PERM-08", **want: Any) -> Row:
    """A file system that the function mounts, and that it can be reached from there."""
    nfs = do("security_group", "vpc-1", [("tcp", 2049, "sg-fn")], id="sg-nfs")
    world = (*PRIVATE, nfs, do("file_system", "fs-1", ["subnet-d"], ["sg-nfs"]), mounts(POINT), *steps)
    return Row(ids=ids, about=f"a file system's policy: {about}", world=world, to="efs:fs-1", **want)


FOR_ROLE = {"AWS": ROLE_ARN}
TLS_ONLY = client("Deny", Bool={"aws:SecureTransport": "false"})
BY_TARGET = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
NO_MOUNT: dict[str, Any] = {"want": NO, "code": "RESOURCE_POLICY_DENIES", "at": "fs-1", "layer": "authz",
                            "says": "aws efs put-file-system-policy --file-system-id fs-1"}  # fmt: skip
UNDECIDED: dict[str, Any] = {"want": OK, "notes": ("POLICY_NOT_DECIDED",)}
DECIDED: dict[str, Any] = {"want": OK, "never": ("POLICY_NOT_DECIDED", "RESOURCE_POLICY_DENIES")}
MAY_MOUNT = role(own=allow("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"))
EFS_POLICIES = (
    efs("it has none", **DECIDED),
    efs("it was not read", do("drop", "efs:FileSystemPolicies"), **UNDECIDED),
    efs("it cannot be read", says("not known"), **UNDECIDED),
    efs("everybody over TLS and a mount target", says(client("Allow", "Mount", "Write", **BY_TARGET), TLS_ONLY),
        **DECIDED),
    efs("the role, at its access point", says(client("Allow", "Mount", "Write", who=FOR_ROLE, StringEquals={
        "elasticfilesystem:AccessPointArn": POINT})), **DECIDED),
    efs("the role, at another access point, whatever the role itself may do", says(client("Allow", "Mount", "Write",
        who=FOR_ROLE, StringEquals={"elasticfilesystem:AccessPointArn": POINT[:-1] + "2"})), **UNDECIDED),
    efs("the role, at another access point, and the role itself may not",
        says(client("Allow", "Mount", "Write", who=FOR_ROLE, StringEquals={
            "elasticfilesystem:AccessPointArn": POINT[:-1] + "2"})), role(own=allow("logs:*")), **NO_MOUNT),
    efs("another role, and this one is allowed by itself", says(client("Allow", "Mount", "Write", who={
        "AWS": ROLE_ARN + "-2"})), MAY_MOUNT, **UNDECIDED),
    efs("it denies the mount", says(client("Allow", "Mount", "Write"), client("Deny", "Mount")), **NO_MOUNT),
    efs("it denies the mount, whatever the role may do", says(client("Deny", "Mount")), MAY_MOUNT, **NO_MOUNT),
    efs("it denies whatever comes through a mount target", says(client("Allow", "Mount", "Write"),
        client("Deny", **BY_TARGET)), ids="PERM-08 AUTH-30", **NO_MOUNT),
    efs("it denies the mount of this very file system", says(client("Deny", "Mount") | {"Resource": SYSTEM}),
        **NO_MOUNT),
    efs("it denies writing: it can still be mounted", says(client("Allow", "Mount", "Write"), client("Deny", "Write")),
        want=OK, notes=("RESOURCE_POLICY_DENIES",)),
    efs("it denies writing, which is asked for", says(client("Allow", "Mount", "Write"), client("Deny", "Write")),
        actions=("elasticfilesystem:ClientWrite",), **NO_MOUNT),
    efs("it denies all but one VPC, a condition that EFS does not know", says(client("Allow", "Mount", "Write"),
        client("Deny", StringNotEquals={"aws:SourceVpc": "vpc-1"})), ids="PERM-08 AUTH-30", **UNDECIDED),
    efs("it denies the mount, and no packet arrives either", says(client("Deny", "Mount")),
        put("sg-nfs", IpPermissions=[]), want=NO, code="SG_HAS_NO_RULES", at="sg-nfs", cause="*",
        more=("RESOURCE_POLICY_DENIES",)),
)  # fmt: skip

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
NEEDS = (*EFS_POLICIES, *S3_FILES, *AT_ENDPOINTS, *NEEDED)
