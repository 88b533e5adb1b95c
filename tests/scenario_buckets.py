"""Buckets by their global host, and endpoints by their own names: which Region, and which policy, decides."""

from __future__ import annotations

import json
from typing import Any

from tests.scenario import HM, NO, OK, Row, Step, do, put
from tests.scenario_policies import bucket
from tests.scenario_worlds import NAT, NAT_WAY, PEER, PRIVATE, S3_ROUTED, THERE, endpoint

GLOBAL = "reports.s3.amazonaws.com"
OWN = "vpce-i-abcd1234.{}.eu-west-1.vpce.amazonaws.com"
NO_WAY: dict[str, Any] = {"want": NO, "code": "NO_ROUTE_TO_DESTINATION", "at": "rtb-fn"}
OTHERS = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "arn:aws:s3:::others*"}]}
NOTHING = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
REFUSED: dict[str, Any] = {"want": NO, "code": "ENDPOINT_POLICY_DENIES", "at": "vpce-i", "layer": "authz"}
AT_GATEWAY: dict[str, Any] = {**REFUSED, "at": "vpce-s3"}
VIRGINIA = do("__init__", "us-east-1")


def placed(region: str | None) -> Step:
    """Where a bucket is; us-east-1 has no name in the answer."""
    return do("add", "s3:BucketLocations", {"Bucket": "reports", "LocationConstraint": region})


def says(id: str, policy: dict[str, Any]) -> Step:
    """An endpoint's policy."""
    return put(id, PolicyDocument=json.dumps(policy))


def star(w: Any) -> None:
    """The names of an endpoint for S3 as AWS lists them."""
    w["vpce-i"]["DnsEntries"] = [{"DnsName": "*." + OWN.format("s3"), "HostedZoneId": "Z1"}]


GLOBALS = (
    Row(ids="SVC-11 SVC-15", about="the global host of a bucket of this Region, by the gateway endpoint", to=GLOBAL,
        world=(*PRIVATE, S3_ROUTED, placed("eu-west-1")), want=OK, via=("rtb-fn", "vpce-s3"), assumes=("SVC-11",)),
    Row(ids="SVC-11 SVC-15", about="the global host of a bucket of another Region", to=GLOBAL,
        world=(*PRIVATE, S3_ROUTED, placed("eu-central-1")), cause="GATEWAY_ENDPOINT_OTHER_REGION", **NO_WAY),
    Row(ids="SVC-11 SVC-15", about="the global host of a bucket of us-east-1", to=GLOBAL,
        world=(*PRIVATE, S3_ROUTED, placed(None)), cause="GATEWAY_ENDPOINT_OTHER_REGION", **NO_WAY),
    Row(ids="SVC-11", about="the global host of a bucket whose Region was not read", to=GLOBAL, want=HM,
        world=(*PRIVATE, S3_ROUTED), code="UNKNOWN_RESOURCE",
        needs="the Region of the bucket (reach snapshot --bucket reports)"),
    Row(ids="SVC-11", about="no matter where all Regions are reached", to=GLOBAL, want=OK, world=NAT, via=NAT_WAY),
    Row(ids="SVC-11", about="nor where none is", to=GLOBAL, world=PRIVATE, **NO_WAY),
    Row(ids="SVC-11", about="an interface endpoint does not take the global host over, wherever the bucket is",
        to=GLOBAL, world=(*PRIVATE, endpoint("s3"), placed("eu-west-1")), notes=("LEGACY_HOSTNAME_NOT_COVERED",),
        cause="*", **NO_WAY),
    Row(ids="SVC-11", about="the global host of a bucket in a Region that is younger than its rule", to=GLOBAL,
        world=(*NAT, placed("af-south-1")), want=OK, notes=("LEGACY_HOSTNAME_NOT_COVERED",)),
    Row(ids="SVC-11", about="of another there is nothing to remark", to=GLOBAL, world=(*NAT, placed("eu-west-1")),
        want=OK, never=("LEGACY_HOSTNAME_NOT_COVERED",)),
    Row(ids="SVC-11 U-18", about="in us-east-1 a bucket that was not read is taken to be there", to=GLOBAL, want=OK,
        world=(VIRGINIA, *PRIVATE, S3_ROUTED), assumes=("U-18",), via=("rtb-fn", "vpce-s3")),
    Row(ids="SVC-11", about="the global host without a bucket is us-east-1's", to="s3.amazonaws.com",
        world=(*PRIVATE, S3_ROUTED, placed("eu-west-1")), cause="GATEWAY_ENDPOINT_OTHER_REGION", **NO_WAY),
    Row(ids="SVC-11 AUTH-11", about="by the gateway endpoint its policy counts", to=GLOBAL, **AT_GATEWAY,
        world=(*PRIVATE, S3_ROUTED, placed("eu-west-1"), says("vpce-s3", OTHERS))),
)  # fmt: skip
OWN_NAMES = (
    *(Row(ids="AUTH-03 AUTH-11", about=f"the policy of an endpoint for {service}, by its own name", **REFUSED,
          to=OWN.format(service), world=(*PRIVATE, endpoint(service), says("vpce-i", NOTHING)))
      for service in ("kms", "kms-fips", "dynamodb", "execute-api")),
    Row(ids="AUTH-03 SVC-03", about="the policy of an endpoint for FIPS hosts, by the host", **REFUSED,
        to="kms-fips.eu-west-1.amazonaws.com", world=(*PRIVATE, endpoint("kms-fips"), says("vpce-i", NOTHING))),
    Row(ids="AUTH-03 SVC-03", about="of one that has a dual-stack host too", to="kms.eu-west-1.api.aws", **REFUSED,
        world=(*PRIVATE, endpoint("kms"), says("vpce-i", NOTHING), do("add", "ServiceDetails", {
            "ServiceName": "com.amazonaws.eu-west-1.kms",
            "PrivateDnsNames": [{"PrivateDnsName": f"kms.eu-west-1.{end}"} for end in ("amazonaws.com", "api.aws")]}))),
    Row(ids="AUTH-11 SVC-03", about="one that is not on the way does not count", to="kms-fips.eu-west-1.amazonaws.com",
        world=(*NAT, endpoint("kms"), says("vpce-i", NOTHING)), want=OK, via=NAT_WAY),
    *(Row(ids="AUTH-05 AUTH-11", about=f"a bucket before the own name of an endpoint for S3: {about}", **want,
          to=f"reports.bucket.{OWN.format('s3')}", world=(*PRIVATE, endpoint("s3"), star, says("vpce-i", policy)))
      for about, policy, want in (
          ("another bucket is allowed", OTHERS, REFUSED),
          ("this one is", {"Statement": [OTHERS["Statement"][0] | {"Resource": "arn:aws:s3:::reports*"}]},
           {"want": OK, "via": ("vpce-i",)}))),
    Row(ids="AUTH-22 AUTH-11", about="a bucket's policy, by the own name of an endpoint", layer="authz", want=NO,
        world=(*PRIVATE, endpoint("s3"), star, bucket(NOTHING["Statement"][0])),
        to=f"reports.bucket.{OWN.format('s3')}", code="RESOURCE_POLICY_DENIES", at="reports",
        cause="RESOURCE_POLICY_DENIES_PATH"),
    Row(ids="AUTH-02 VPCE-26", about="of somebody else's service no policy counts", to=OWN.format("secretsmanager"),
        world=(*PRIVATE, endpoint(ServiceName="com.amazonaws.vpce.eu-west-1.vpce-svc-1"), says("vpce-i", NOTHING)),
        want=OK),
    *(Row(ids="AUTH-02", about=f"the policy of an endpoint whose service {about}", to="kms",
          world=(*PRIVATE, endpoint("kms"), says("vpce-i", NOTHING), do("add", "ServiceDetails", {
              "ServiceName": "com.amazonaws.eu-west-1.kms", **told})), **want)
      for about, told, want in (("supports no policies", {"VpcEndpointPolicySupported": False}, {"want": OK}),
                                ("supports them", {"VpcEndpointPolicySupported": True}, REFUSED),
                                ("does not say", {}, REFUSED))),
    Row(ids="SVC-08", about="an own name is not taken over from anything", to=OWN.format("secretsmanager"), want=NO,
        world=(*NAT, endpoint(), put("sg-vpce", IpPermissions=[])), code="SG_HAS_NO_RULES", at="sg-vpce",
        cause="ENDPOINT_SG_CLOSED", never=("ENDPOINT_SHADOWS_NAT",)),
    Row(ids="SVC-17 AUTH-11", about="the own name of an endpoint for APIs takes no public API over", want=OK,
        world=(*PRIVATE, endpoint("execute-api")), to=OWN.format("execute-api"),
        never=("PRIVATE_DNS_CAPTURES_EXECUTE_API",)),
)  # fmt: skip
SHADOWS = (
    Row(ids="SVC-08 SVC-19", about="a closed endpoint for S3 beside a gateway endpoint", to="s3", want=NO,
        world=(*NAT, S3_ROUTED, endpoint("s3"), put("sg-vpce", IpPermissions=[])), code="SG_HAS_NO_RULES",
        at="sg-vpce", cause="ENDPOINT_SG_CLOSED", notes=("ENDPOINT_SHADOWS_NAT",)),
    Row(ids="SVC-08", about="a closed endpoint beside no other way", to="secretsmanager", want=NO, at="sg-vpce",
        world=(*PRIVATE, *PEER, THERE, endpoint(), put("sg-vpce", IpPermissions=[])), code="SG_HAS_NO_RULES",
        cause="ENDPOINT_SG_CLOSED", never=("ENDPOINT_SHADOWS_NAT",)),
)  # fmt: skip
