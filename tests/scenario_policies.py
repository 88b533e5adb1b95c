"""What endpoint policies, bucket policies and private APIs refuse on a path that packets can take (AUTH-..)."""

from __future__ import annotations

import json
from typing import Any

from tests.scenario import NO, OK, Row, Step, Steps, do, put
from tests.scenario_worlds import NAT, PRIVATE, S3_ROUTED, endpoint

OPEN = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
EIP = "54.72.0.1"  # of nat-1


def policy(*statements: dict[str, Any]) -> str:
    """A policy document as AWS returns it."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str | list[str], resource: str | list[str] = "*", **members: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource, **members}


def deny(operator: str, key: str, *values: str, **more: Any) -> dict[str, Any]:
    """A denial of everything under one condition, and further ones."""
    condition = {operator: {key: list(values)}, **more}
    return {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": condition}


def bucket(*statements: dict[str, Any], name: str = "reports", region: str = "") -> Step:
    """A bucket whose policy was read."""

    def change(world: Any) -> None:
        world.add("s3:BucketPolicies", {"Bucket": name, "Policy": policy(*statements)})
        if region:
            world.add("s3:BucketLocations", {"Bucket": name, "LocationConstraint": region})

    return change


def gateway(*statements: dict[str, Any]) -> Steps:
    """The S3 gateway endpoint with this policy."""
    return (S3_ROUTED, put("vpce-s3", PolicyDocument=policy(*statements)))


S3 = "s3://reports"
AT_ENDPOINT: dict[str, Any] = {"want": NO, "code": "ENDPOINT_POLICY_DENIES", "at": "vpce-s3", "layer": "authz"}
AT_BUCKET: dict[str, Any] = {"want": NO, "code": "RESOURCE_POLICY_DENIES", "cause": "RESOURCE_POLICY_DENIES_PATH",
                             "at": "reports", "layer": "authz"}  # fmt: skip
OWN = ["arn:aws:s3:::own", "arn:aws:s3:::own/*"]


def over(ids: str, about: str, *steps: Step, to: str = S3, world: Steps = PRIVATE, **want: Any) -> Row:
    """A question whose way goes through the S3 gateway endpoint, unless the steps say otherwise."""
    return Row(ids=ids, about=about, world=(*world, *steps), to=to, **want)


ENDPOINT_POLICIES = (
    over("AUTH-01", "no policy is full access", S3_ROUTED, put("vpce-s3", PolicyDocument=None), want=OK),
    over("AUTH-01", "text that is no policy decides nothing", S3_ROUTED, put("vpce-s3", PolicyDocument="nonsense"),
         want=OK, notes=("POLICY_NOT_DECIDED",)),
    over("VPCE-21 AUTH-03 AUTH-04", "the open default", *gateway(OPEN), want=OK, never=("POLICY_NOT_DECIDED",)),
    over("AUTH-03 AUTH-04 U-20 AUTH-09", "a policy for one's own buckets shuts out another",
         *gateway(allow("s3:*", OWN)), says="vpce-s3", **AT_ENDPOINT),
    over("AUTH-04", "the bucket that the policy names", *gateway(allow("s3:*", OWN)), to="s3://own", want=OK),
    over("AUTH-04", "without a bucket it depends on which one", *gateway(allow("s3:*", OWN)), to="s3", want=OK,
         notes=("POLICY_NOT_DECIDED",)),
    over("AUTH-04", "a policy that allows nothing of the service", *gateway(allow("dynamodb:*")), to="s3",
         **AT_ENDPOINT),
    over("VPCE-21 AUTH-03", "a denial beside a full allowance", *gateway(OPEN, {**allow("s3:*"), "Effect": "Deny"}),
         **AT_ENDPOINT),
    over("AUTH-05", "objects are allowed, the bucket itself is not: a part of the usual actions",
         *gateway(allow("s3:*", "arn:aws:s3:::reports/*")), want=OK, notes=("ENDPOINT_POLICY_DENIES",)),
    over("AUTH-05", "actions know no capitals", *gateway(allow("S3:getobject", "arn:aws:s3:::reports/*"),
         allow("s3:put*", "*"), allow("s3:list*", "*")), want=OK, never=("ENDPOINT_POLICY_DENIES",)),
    over("AUTH-07", "an account at a gateway endpoint is its root user",
         *gateway({**OPEN, "Principal": {"AWS": "123456789012"}}), **AT_ENDPOINT),
    over("AUTH-07", "narrowed by the role's ARN",
         *gateway({**OPEN, "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/orders"}}}),
         want=OK, never=("POLICY_NOT_DECIDED",)),
    over("AUTH-07", "narrowed to another role", *gateway(
         {**OPEN, "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/other"}}}),
         **AT_ENDPOINT),
    over("VPCE-21 AUTH-02", "an endpoint of nobody's service has no say", endpoint(
         "secretsmanager", PolicyDocument=policy(allow("secretsmanager:*"))), to="secretsmanager", want=OK),
    over("AUTH-04", "another service: nothing of it is allowed", endpoint(
         "secretsmanager", PolicyDocument=policy(allow("kms:*"))), to="secretsmanager", want=NO,
         code="ENDPOINT_POLICY_DENIES", at="vpce-i", layer="authz"),
    over("AUTH-04", "another service: some actions are allowed", endpoint(
         "secretsmanager", PolicyDocument=policy(allow("secretsmanager:GetSecretValue"))), to="secretsmanager",
         want=OK, notes=("POLICY_NOT_DECIDED",)),
    over("AUTH-05", "an action on the bucket itself is written without capitals",
         *gateway(allow("s3:*", "arn:aws:s3:::reports")), actions=("s3:listbucket",), want=OK),
    over("AUTH-05", "settings of a bucket are its own, whatever the action is called",
         *gateway(allow("s3:*", "arn:aws:s3:::reports")), actions=("s3:GetLifecycleConfiguration",), want=OK),
    over("AUTH-04 AUTH-05", "a pattern asks about several actions, of which the policy lets some pass",
         *gateway(allow("s3:GetObject")), actions=("s3:Get*",), want=OK, notes=("POLICY_NOT_DECIDED",)),
    over("AUTH-04 AUTH-05", "a pattern of which the policy lets nothing pass",
         *gateway(allow("s3:GetObject")), actions=("s3:Put*",), **AT_ENDPOINT),
    over("AUTH-07", "a role at a gateway endpoint, whose principal is to be everybody",
         *gateway({**OPEN, "Principal": {"AWS": "arn:aws:iam::123456789012:role/orders"}}), want=OK,
         notes=("POLICY_NOT_DECIDED",)),
    *(over("AUTH-04", f"the actions of {to} begin with {prefix}",
           endpoint(suffix, PolicyDocument=policy(allow(f"{prefix}:*"))), to=to, want=OK, never=("POLICY_NOT_DECIDED",))
      for to, suffix, prefix in (
          ("appconfigdata", "appconfigdata", "appconfig"), ("stepfunctions", "states", "states"),
          ("cloudwatch", "monitoring", "cloudwatch"), ("bedrock-agent", "bedrock-agent", "bedrock"),
          ("lexv2-runtime", "runtime-v2-lex", "lex"), ("emr", "elasticmapreduce", "elasticmapreduce"),
          ("resourcegroupstaggingapi", "tagging", "tag"))),
    over("AUTH-10", "DynamoDB: the policy must admit what the client does",
         do("gateway_endpoint", "vpc-1", "dynamodb", ["rtb-fn"], id="vpce-ddb",
            PolicyDocument=policy(allow("dynamodb:DescribeEndpoints"))), to="dynamodb", want=NO,
         code="ENDPOINT_POLICY_DENIES", at="vpce-ddb", layer="authz"),
    over("AUTH-11", "the policy of an endpoint that is not on the way is not asked",
         do("gateway_endpoint", "vpc-1", "s3", ["rtb-db"], id="vpce-s3", PolicyDocument=policy(allow("s3:*", OWN))),
         world=NAT, want=OK),
    over("AUTH-11 AUTH-03", "a blocked path meets the policy all the same", *gateway(allow("s3:*", OWN)),
         put("sg-fn", IpPermissionsEgress=[]), want=NO, code="SG_HAS_NO_RULES", at="sg-fn",
         more=("ENDPOINT_POLICY_DENIES",)),
)  # fmt: skip

OF_VPCE = deny("StringNotEquals", "aws:SourceVpce", "vpce-s3")
OF_IP = deny("NotIpAddress", "aws:SourceIp", EIP)
TABLE = {  # the policy's decisive statement: over the endpoint, another endpoint, a listed address, another address
    "StringNotEquals aws:SourceVpce": (OF_VPCE, "ADDD"),
    "StringNotEqualsIfExists aws:SourceVpce": (deny("StringNotEqualsIfExists", "aws:SourceVpce", "vpce-s3"), "ADDD"),
    "NotIpAddress aws:SourceIp": (OF_IP, "DDAD"),
    "NotIpAddressIfExists aws:SourceIp": (deny("NotIpAddressIfExists", "aws:SourceIp", EIP), "DDAD"),
    "both, the repaired form": (
        deny("NotIpAddress", "aws:SourceIp", EIP, StringNotEquals={"aws:SourceVpce": ["vpce-s3"]}), "ADAD"),
    "StringNotEquals aws:SourceVpc": (deny("StringNotEquals", "aws:SourceVpc", "vpc-1"), "ADDD"),
    "Allow StringEquals aws:SourceVpc": (
        allow("s3:*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}}), "Addd"),
    "Allow IpAddress aws:SourceIp private": (
        allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/16"}}), "dddd"),
}  # fmt: skip
# The same policy on four ways: an endpoint of vpc-1, one of another VPC (as the policy names them), two addresses.
OTHER: Step = do("gateway_endpoint", "vpc-1", "s3", ["rtb-fn"], id="vpce-b")


def _table() -> tuple[Row, ...]:
    out = []
    for name, (statement, outcomes) in TABLE.items():
        plain = () if statement["Effect"] == "Allow" else (allow("s3:*"),)
        foreign = json.loads(json.dumps(statement).replace("vpc-1", "vpc-9"))
        ways: tuple[tuple[str, Steps, dict[str, Any]], ...] = (
            ("an endpoint", (*PRIVATE, S3_ROUTED), statement),
            ("another endpoint", (*PRIVATE, OTHER), foreign),
            ("a listed address", NAT, statement),
            ("another address", NAT, json.loads(json.dumps(statement).replace(EIP, "203.0.113.9"))),
        )
        for (way, world, said), outcome in zip(ways, outcomes, strict=True):
            want: dict[str, Any] = AT_BUCKET if outcome == "D" else {"want": OK}
            notes = ("POLICY_NOT_DECIDED",) if outcome == "d" else ()
            out.append(Row(ids="AUTH-20 AUTH-21 AUTH-22 AUTH-25", about=f"{name}, over {way}",
                           world=(*world, bucket(*plain, said)), to=S3, notes=notes, **want))  # fmt: skip
    return tuple(out)


BUCKET_POLICIES = (
    over("AUTH-23 U-19", "an endpoint was added, and the policy lists addresses", S3_ROUTED,
         bucket(allow("s3:*"), OF_IP), says="aws:SourceVpce vpce-s3", **AT_BUCKET),
    over("AUTH-23 U-19", "before, over the NAT gateway, it worked", bucket(allow("s3:*"), OF_IP), world=NAT, want=OK),
    over("AUTH-22", "a function in no VPC, where an endpoint is demanded", bucket(OF_VPCE), world=NAT, who="free",
         **AT_BUCKET),
    over("AUTH-24", "private ranges never match an address of the internet",
         bucket(allow("s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})), world=NAT, want=OK,
         notes=("POLICY_NOT_DECIDED",)),
    over("AUTH-26", "a denial of insecure transport does not concern a client of the SDK", S3_ROUTED,
         bucket({**allow("s3:*"), "Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}), want=OK),
    over("AUTH-20", "a bucket that was not read", S3_ROUTED, to="s3://unread", want=OK),
    over("U-18 SVC-10", "the bucket is in another Region, as its location says", S3_ROUTED,
         bucket(allow("s3:*"), region="us-west-2"), want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn",
         cause="GATEWAY_ENDPOINT_OTHER_REGION"),
    over("U-18 SVC-10", "the same with a NAT gateway", S3_ROUTED, bucket(allow("s3:*"), region="us-west-2"), world=NAT,
         want=OK),
    over("AUTH-30 AUTH-20", "nothing but a denial that stays open: the role may allow, the denial may hold",
         bucket(deny("NotIpAddress", "aws:SourceIp", "198.51.100.0/24")), world=NAT, who="free", want=OK,
         notes=("POLICY_NOT_DECIDED",)),
    over("AUTH-22 AUTH-20", "a function in no VPC never has the address of one's own NAT gateway",
         bucket(allow("s3:*"), OF_IP), world=NAT, who="free", **AT_BUCKET),
    over("AUTH-24 AUTH-20", "nor a private one",
         bucket(allow("s3:*"), deny("NotIpAddress", "aws:SourceIp", "10.0.0.0/8")), world=NAT, who="free", **AT_BUCKET),
    over("U-18", "a bucket of this Region", S3_ROUTED, bucket(allow("s3:*"), region="eu-west-1"), want=OK),
)  # fmt: skip
API = "abc123.execute-api.eu-west-1.amazonaws.com"


def api(*types: str, **members: Any) -> Step:
    """A REST API."""
    return lambda w: w.add("apigateway:items", {
        "id": "abc123", "name": "shop", "endpointConfiguration": {"types": list(types)}, **members})  # fmt: skip


INVOKE = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
CAPTURE = endpoint("execute-api")
APIS = (
    over("SVC-17 U-24", "a public API behind an endpoint for private ones", CAPTURE, api("REGIONAL"), to=API, want=NO,
         code="PRIVATE_DNS_CAPTURES_EXECUTE_API", at="vpce-i", layer="authz", says="--no-private-dns-enabled"),
    over("SVC-17 U-24", "an API of which nothing is known", CAPTURE, to=API, want=OK,
         notes=("PRIVATE_DNS_CAPTURES_EXECUTE_API",)),
    over("AUTH-29", "a private API without a policy", CAPTURE, api("PRIVATE"), to=API, want=NO,
         code="RESOURCE_POLICY_DENIES", at="abc123", layer="authz"),
    over("AUTH-29", "a private API that admits everybody", CAPTURE, api("PRIVATE", policy=policy(INVOKE)), to=API,
         want=OK),
    over("AUTH-28 AUTH-29", "a private API that admits another endpoint", CAPTURE, api("PRIVATE", policy=policy(
         {**INVOKE, "Condition": {"StringEquals": {"aws:SourceVpce": "vpce-other"}}})), to=API, want=NO,
         code="RESOURCE_POLICY_DENIES", at="abc123", layer="authz"),
    over("AUTH-29", "a private API past the endpoints, through a NAT gateway", api("PRIVATE", policy=policy(INVOKE)),
         to=API, world=NAT, want=NO, code="RESOURCE_POLICY_DENIES", at="abc123", layer="authz"),
    over("AUTH-29", "a private API called by a function in no VPC", api("PRIVATE", policy=policy(INVOKE)),
         to=API, world=NAT, who="free", want=NO, code="RESOURCE_POLICY_DENIES", at="abc123", layer="authz"),
    over("AUTH-29", "a public API by the same ways", api("REGIONAL"), to=API, world=NAT, want=OK),
    over("AUTH-29", "its name at an endpoint leads there without private DNS",
         endpoint("execute-api", PrivateDnsEnabled=False), api("PRIVATE", policy=policy(INVOKE)),
         to="abc123-vpce-i.execute-api.eu-west-1.amazonaws.com", want=OK),
    over("AUTH-29 SVC-08", "past the endpoint's group all the same",
         endpoint("execute-api", PrivateDnsEnabled=False), api("PRIVATE", policy=policy(INVOKE)),
         put("sg-vpce", IpPermissions=[]), to="abc123-vpce-i.execute-api.eu-west-1.amazonaws.com", want=NO,
         code="SG_HAS_NO_RULES", cause="ENDPOINT_SG_CLOSED", at="sg-vpce"),
)  # fmt: skip
POLICIES = (*ENDPOINT_POLICIES, *_table(), *BUCKET_POLICIES, *APIS)
