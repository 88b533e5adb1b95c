"""S3 access points of one VPC, limits of endpoint policies, and what a role needs to mount a file system."""

from __future__ import annotations

from typing import Any

from tests.scenario import NO, OK, Row, Step, do, put
from tests.scenario_needs import HERE, POINT, S3_POINT, mounts
from tests.scenario_policies import AT_BUCKET, AT_ENDPOINT, OF_VPCE, allow, bucket, gateway, over, policy
from tests.scenario_roles import LOGS, REST, SEED, role
from tests.scenario_roles import allow as permit
from tests.scenario_workloads import REGION, record
from tests.scenario_worlds import NAT, PRIVATE, S3_ROUTED, endpoint

ARN = REGION.format("s3", "accesspoint/reports-in")
ALIAS = "reports-in-abc-s3alias"
OBJECTS = [f"{ARN}/object/*", "arn:aws:s3:::reports/*"]


def point(vpc: str = "") -> Step:
    """An access point of the bucket `reports`, of one VPC or of the internet."""
    origin: dict[str, Any] = {"NetworkOrigin": "Internet"}
    if vpc:
        origin = {"NetworkOrigin": "VPC", "VpcConfiguration": {"VpcId": vpc}}
    return record("s3control:AccessPointList", Name="reports-in", Bucket="reports", AccessPointArn=ARN, Alias=ALIAS,
                  **origin)  # fmt: skip


REFUSED: dict[str, Any] = {"want": NO, "code": "ACCESS_POINT_OF_OTHER_VPC", "at": "reports-in", "layer": "authz"}
POINTS = (
    over("AUTH-27", "through the gateway endpoint of the access point's VPC", S3_ROUTED, point("vpc-1"), to=ARN,
         want=OK, assumes=("AUTH-03",)),
    over("AUTH-27", "the same by its alias", S3_ROUTED, point("vpc-1"), to=f"s3://{ALIAS}", want=OK,
         never=("POLICY_NOT_DECIDED",)),
    over("AUTH-27", "through an endpoint of another VPC", S3_ROUTED, point("vpc-9"), to=ARN, **REFUSED),
    over("AUTH-27", "through a NAT gateway", point("vpc-1"), to=ARN, world=NAT, says="from 54.72.0.1", **REFUSED),
    over("AUTH-27", "from a function in no VPC", point("vpc-1"), to=f"s3://{ALIAS}", world=NAT, who="free", **REFUSED),
    over("AUTH-27", "one of the internet is open to all of them", point(), to=ARN, world=NAT, want=OK,
         never=("POLICY_NOT_DECIDED",)),
    over("AUTH-27", "one that was not read", to=ARN, world=NAT, want=OK, notes=("POLICY_NOT_DECIDED",)),
    over("AUTH-27 AUTH-22", "the policy of its bucket counts too", point(), bucket(OF_VPCE), to=ARN, world=NAT,
         **AT_BUCKET),
    over("AUTH-27 AUTH-05", "an endpoint policy has to admit the access point and the bucket",
         *gateway(allow(["s3:Get*", "s3:Put*"], OBJECTS), allow("s3:ListBucket", [ARN, "arn:aws:s3:::reports"])),
         point("vpc-1"), to=ARN, want=OK, never=("ENDPOINT_POLICY_DENIES", "POLICY_NOT_DECIDED")),
    Row(ids="AUTH-27", about="one that admits the bucket alone", to=ARN, **AT_ENDPOINT, world=(
        *PRIVATE, *gateway(allow("s3:*", ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"])), point("vpc-1"))),
)  # fmt: skip


def limited(about: str, statement: dict[str, Any], says: bool = True) -> Row:
    """The policy of an endpoint on the way, which AWS would store or not."""
    text = policy({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **statement})
    way = endpoint("secretsmanager", PolicyDocument=text)
    noted = {"notes" if says else "never": ("ENDPOINT_POLICY_SYNTAX",)}
    return Row(ids="AUTH-08", about=about, world=(*PRIVATE, way), to="secretsmanager", want=OK, **noted)


def when(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {"Condition": {operator: {key: list(values)}}}


LIMITS = (
    limited("an ordinary one", when("StringLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/*"), says=False),
    limited("a wildcard for an account", when("StringLike", "aws:PrincipalAccount", "1234*", "*")),
    limited("a number for an account", when("NumericEquals", "aws:PrincipalAccount", "123456789012")),
    limited("too little text beside a wildcard", when("StringLikeIfExists", "aws:PrincipalTag/team", "ab*")),
    limited("enough of it", when("StringLikeIfExists", "aws:PrincipalTag/team", "payments*"), says=False),
    limited("an account id with a wildcard in it",
            {"Resource": ["*", "arn:aws:secretsmanager:eu-west-1:1234*:secret:x"]}),
    limited("longer than AWS stores", {"Sid": "x" * 20_480}),
)  # fmt: skip

LACKS = "ROLE_LACKS_MOUNT_PERMISSIONS"
BASE = (*SEED, *REST, *LOGS)
FILES = do("file_system", "fs-1", ["subnet-a"], ["sg-db"])


def mounting(about: str, mount: Step, *actions: str, lacks: bool = True) -> Row:
    return Row(ids="PERM-08", about=about, world=(*NAT, *HERE, FILES, mount, role(own=permit(*BASE, *actions))),
               to="internet", want=OK, **{"notes" if lacks else "never": (LACKS,)})  # fmt: skip


MOUNTING = (
    mounting("a role that may not mount", mounts(POINT)),
    mounting("one that may mount and not write reads", mounts(POINT), "elasticfilesystem:ClientMount", lacks=False),
    mounting("S3 Files asks for reading the bucket too", mounts(S3_POINT), "s3files:Client*"),
    mounting("and then no more", mounts(S3_POINT), "s3files:Client*", "s3:GetObject*", lacks=False),
    mounting("a function that mounts nothing", put("orders", FileSystemConfigs=[]), lacks=False),
)
POINTS_AND_LIMITS = (*POINTS, *LIMITS, *MOUNTING)
