"""Which host a target means: FIPS and dual-stack hosts, other partitions, other Regions, names of resources unseen."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, Row, Step, Steps, do
from tests.scenario_ipv6 import READY
from tests.scenario_ipv6 import gateway as egress_only
from tests.scenario_policies import bucket
from tests.scenario_worlds import ANY, DB, NAT, NAT_WAY, PRIVATE, S3_ROUTED, admits, endpoint, only

SECRETS = "secretsmanager.eu-west-1.amazonaws.com"
FIPS = "secretsmanager-fips.eu-west-1.amazonaws.com"
DUAL = "secretsmanager.eu-west-1.api.aws"
FIPS_SERVICE = endpoint(ServiceName="com.amazonaws.eu-west-1.secretsmanager-fips")
UNTOLD: dict[str, Any] = {"want": HM, "code": "UNKNOWN_RESOURCE", "needs": "ec2:DescribeVpcEndpointServices"}
NO_ROUTE: dict[str, Any] = {"want": NO, "code": "NO_ROUTE_TO_DESTINATION", "at": "rtb-fn"}
NOT_COVERED: dict[str, Any] = {**NO_ROUTE, "cause": "HOSTNAME_NOT_COVERED", "notes": ("HOSTNAME_NOT_COVERED",)}
NO_SIX_KNOWN: dict[str, Any] = {"want": HM, "code": "UNKNOWN_RESOURCE", "needs": "the IPv6 address of the host"}


def takes(*names: str, service: str = "com.amazonaws.eu-west-1.secretsmanager") -> Step:
    """The endpoint service as DescribeVpcEndpointServices shows it, with its private names."""
    return do("add", "ServiceDetails", {
        "ServiceName": service, "ServiceType": [{"ServiceType": "Interface"}], "AvailabilityZones": ["eu-west-1a"],
        "PrivateDnsNames": [{"PrivateDnsName": name} for name in names]})  # fmt: skip


def row(ids: str, about: str, *steps: Step, to: str, world: Steps = PRIVATE, **want: Any) -> Row:
    """A question from private subnets, unless another world is given."""
    return Row(ids=ids, about=about, world=(*world, *steps), to=to, **want)


# -- FIPS and dual-stack hosts -----------------------------------------------------------------------------

HOSTS = (
    row("SVC-03", "a FIPS host over the NAT gateway", to=FIPS, world=NAT, want=OK, via=NAT_WAY),
    row("SVC-03", "a FIPS host has an endpoint service of its own, unless the data says otherwise", endpoint(),
        to=FIPS, assumes=("SVC-03",), **NOT_COVERED),
    row("SVC-03", "so it takes the NAT gateway", endpoint(), to=FIPS, world=NAT, want=OK, via=NAT_WAY,
        assumes=("SVC-03",)),
    row("SVC-03", "the endpoint service lists the FIPS host", endpoint(), takes(SECRETS, FIPS), to=FIPS, want=OK,
        via=("vpce-i",)),
    row("SVC-03", "so does the endpoint's own record", endpoint(),
        lambda w: w["vpce-i"]["DnsEntries"].append({"DnsName": FIPS, "HostedZoneId": "Z1"}), to=FIPS, want=OK,
        via=("vpce-i",)),
    row("SVC-03 SVC-08", "and shadows the NAT gateway for it", endpoint(), takes(SECRETS, FIPS), to=FIPS, world=NAT,
        want=OK, via=("vpce-i",)),
    row("SVC-03", "the endpoint service lists other hosts only", endpoint(), takes(SECRETS), to=FIPS,
        says=f"call {SECRETS}", **NOT_COVERED),
    row("SVC-03", "then the NAT gateway carries it", endpoint(), takes(SECRETS), to=FIPS, world=NAT, want=OK,
        via=NAT_WAY, notes=("HOSTNAME_NOT_COVERED", "REACHABLE_WITH_ENDPOINT_URL")),
    row("SVC-03", "an endpoint service for FIPS hosts", FIPS_SERVICE, to=FIPS, want=OK, via=("vpce-i",)),
    row("SVC-03", "does not take the usual host over", FIPS_SERVICE,
        lambda w: w["vpce-i"]["DnsEntries"].clear(), to="secretsmanager", says="call the FIPS host", **NOT_COVERED),
    row("SVC-03 SVC-05", "private DNS is off: no host at all is taken over", endpoint(private_dns=False),
        takes(SECRETS, FIPS), to=FIPS, cause="ENDPOINT_PRIVATE_DNS_OFF", **NO_ROUTE),
    row("SVC-03", "no endpoint at all: the one to create must hold the FIPS host", to=FIPS,
        says=f"PrivateDnsNames must hold {FIPS}", **NO_ROUTE),
    row("SVC-03", "a dual-stack host over IPv4", to=DUAL, world=NAT, want=OK, via=NAT_WAY),
    row("SVC-03", "a dual-stack host, and nothing says whether the endpoint has it", endpoint(), to=DUAL, **UNTOLD),
    row("SVC-03", "the endpoint service lists it", endpoint(), takes(SECRETS, DUAL), to=DUAL, want=OK, via=("vpce-i",)),
    row("SVC-03", "FIPS and dual-stack at once", endpoint(), takes("secretsmanager-fips.eu-west-1.api.aws"),
        to="secretsmanager-fips.eu-west-1.api.aws", want=OK, via=("vpce-i",)),
    row("SVC-03", "image registries are wildcards", endpoint("ecr.dkr"),
        takes("*.dkr.ecr.eu-west-1.amazonaws.com", "*.dkr.ecr-fips.eu-west-1.amazonaws.com",
              service="com.amazonaws.eu-west-1.ecr.dkr"),
        to="123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com", want=OK, via=("vpce-i",)),
    row("SVC-11", "S3's interface endpoint does not take FIPS hosts over", endpoint("s3"),
        to="reports.s3-fips.eu-west-1.amazonaws.com", says="s3.eu-west-1.amazonaws.com", **NOT_COVERED),
    row("SVC-11 SVC-15", "the gateway endpoint goes by addresses", S3_ROUTED,
        to="reports.s3-fips.eu-west-1.amazonaws.com", want=OK, via=("rtb-fn", "vpce-s3"), assumes=("SVC-15",)),
    row("SVC-15 SVC-14", "the dual-stack host of DynamoDB over IPv4 by its gateway endpoint",
        do("gateway_endpoint", "vpc-1", "dynamodb", ["rtb-fn"], id="vpce-ddb"), to="dynamodb.eu-west-1.api.aws",
        want=OK, via=("rtb-fn", "vpce-ddb"), assumes=("SVC-15",)),
    row("SVC-10", "a FIPS host of another Region", endpoint(), to="secretsmanager-fips.us-east-1.amazonaws.com",
        **NO_ROUTE),
)  # fmt: skip

# -- hosts over IPv6 ---------------------------------------------------------------------------------------

SIX_WAY = ("rtb-fn", "eigw-1")


def six(ids: str, about: str, *world: Step, to: str, **want: Any) -> Row:
    """A question over IPv6 of a function that sends it, with an egress-only gateway."""
    return Row(ids=ids, about=about, world=(*READY, *world), to=to, **{"who": "six", "family": "6", **want})


OVER_SIX = (
    six("FN-09 U-33", "the dual-stack host by an egress-only gateway", egress_only(), to=DUAL, want=OK, via=SIX_WAY,
        assumes=("FN-09",)),
    six("FN-09 U-33", "whose usual host is not known to have IPv6 addresses", egress_only(), to="kms",
        says="AWS_USE_DUALSTACK_ENDPOINT=true call kms.eu-west-1.api.aws", **NO_SIX_KNOWN),
    *(six("FN-09", f"the usual host of {name} has addresses of both families", egress_only(), to=name, want=OK,
          via=SIX_WAY, assumes=("FN-09",)) for name in ("sqs", "sns", "secretsmanager", "cognito-idp")),
    six("FN-09", "and so the same host spelled out", egress_only(), to="sqs.eu-west-1.amazonaws.com", want=OK,
        via=SIX_WAY, assumes=("FN-09",)),
    six("FN-09", "its FIPS host is another one", egress_only(), to="sqs-fips.eu-west-1.amazonaws.com",
        **NO_SIX_KNOWN),
    six("FN-09 RT-4", "a dual-stack host without a route for IPv6", to=DUAL, **NO_ROUTE),
    six("FN-09 SG-3", "a group that lets out to some IPv6 addresses: it depends on which the host has",
        egress_only(), only(("tcp", 443, "2600:1f00::/24"), ("-1", None, ANY)), to=DUAL, want=HM,
        code="UNKNOWN_RESOURCE"),
    six("FN-09 SVC-16", "a dual-stack bucket past an endpoint whose list has IPv4 addresses only", S3_ROUTED,
        egress_only(), to="reports.s3.dualstack.eu-west-1.amazonaws.com", want=OK, via=SIX_WAY, assumes=("FN-09",)),
    six("FN-09 SVC-16", "and dropped without a route for IPv6", S3_ROUTED,
        to="reports.s3.dualstack.eu-west-1.amazonaws.com", **NO_ROUTE),
    six("FN-09 DNS-9", "the user says which IPv4 address the host has", egress_only(), to="sqs", who="six",
        resolve=(("sqs.eu-west-1.amazonaws.com", "10.0.3.77"),), want=HM, code="UNKNOWN_RESOURCE"),
)  # fmt: skip

UNSEEN = (
    *(row("DST-09", f"{what} that is not in the data may be inside a VPC", to=f"{host}:443", world=NAT, want=HM,
          code="UNKNOWN_RESOURCE")
      for what, host in (
          ("an OpenSearch domain by its newer host", "vpc-logs-abc.aos.eu-west-1.on.aws"),
          ("serverless MSK", "boot-abc.c1.kafka-serverless.eu-west-1.amazonaws.com"),
          ("a broker by its newer host", "b-1234-1.mq.eu-west-1.on.aws"),
          ("an elastic cluster of DocumentDB", "x-123.eu-west-1.docdb-elastic.amazonaws.com"),
          ("a Neptune graph", "g-abc.eu-west-1.neptune-graph.amazonaws.com"),
          ("InfluxDB", "abc.timestream-influxdb.eu-west-1.on.aws"),
          ("the API of an EKS cluster", "abc.gr7.eu-west-1.eks.amazonaws.com"),
          ("an SFTP server", "s-abc.server.transfer.eu-west-1.amazonaws.com"),
          ("a global database's writer", "x.global-abc.global.rds.amazonaws.com"))),
    row("DST-32", "a public OpenSearch domain by its newer host", to="search-logs-abc.aos.eu-west-1.on.aws", world=NAT,
        want=OK),
    *(row("SVC-01", f"the API of {what} is public", to=host, world=NAT, want=OK)
      for what, host in (("EKS", "eks.eu-west-1.amazonaws.com"), ("Transfer", "transfer.eu-west-1.amazonaws.com"))),
)  # fmt: skip

# -- China and GovCloud --------------------------------------------------------------------------------------

CHINA, GOV = do("__init__", "cn-north-1"), do("__init__", "us-gov-west-1")
IN_CHINA: Steps = (CHINA, *PRIVATE)
IN_GOV: Steps = (GOV, *PRIVATE)
CN_SQS = endpoint("sqs", ServiceName="cn.com.amazonaws.cn-north-1.sqs")

PARTITIONS = (
    row("SVC-03 SVC-01", "an endpoint service with China's owner", CN_SQS, to="sqs", world=IN_CHINA, want=OK,
        via=("vpce-i",)),
    row("SVC-01", "the host as it is spelled there", CN_SQS, to="sqs.cn-north-1.amazonaws.com.cn", world=IN_CHINA,
        want=OK, via=("vpce-i",)),
    row("SVC-01", "its name elsewhere means nothing to the endpoint", CN_SQS, to="sqs.cn-north-1.amazonaws.com",
        world=IN_CHINA, **NO_ROUTE),
    row("SVC-03", "a service whose endpoint service has the usual owner", endpoint("kms"), to="kms", world=IN_CHINA,
        want=OK, via=("vpce-i",)),
    row("SVC-04", "nothing at all: the fix names China's endpoint service", to="sqs", world=IN_CHINA,
        says="--service-name cn.com.amazonaws.cn-north-1.sqs", **NO_ROUTE),
    row("SVC-15", "S3 by its gateway endpoint", S3_ROUTED, to="s3", world=IN_CHINA, want=OK, via=("rtb-fn", "vpce-s3")),
    row("SVC-15", "a bucket by its host", S3_ROUTED, to="reports.s3.cn-north-1.amazonaws.com.cn", world=IN_CHINA,
        want=OK, via=("rtb-fn", "vpce-s3")),
    row("SVC-10 U-18", "China's other Region is another one", S3_ROUTED, to="s3@cn-northwest-1", world=IN_CHINA,
        cause="GATEWAY_ENDPOINT_OTHER_REGION", **NO_ROUTE),
    row("U-18", "a bucket by an ARN of that partition", S3_ROUTED, bucket(region="cn-northwest-1"),
        to="arn:aws-cn:s3:::reports", world=IN_CHINA, cause="GATEWAY_ENDPOINT_OTHER_REGION", **NO_ROUTE),
    row("SVC-04", "the fix for S3 has the usual owner everywhere", to="s3", world=IN_CHINA,
        says="--service-name com.amazonaws.cn-north-1.s3 ", **NO_ROUTE),
    row("DST-10 DST-09", "a database by its host there", DB, admits(("tcp", 5432, "sg-fn")),
        to="orders-db.c1a2b3c4d5e6.rds.cn-north-1.amazonaws.com.cn:5432", world=IN_CHINA, want=OK),
    row("DST-09", "a database's host that is not in the data is no public host", to="gone.c1a2b3c4d5e6.rds."
        "cn-north-1.amazonaws.com.cn:5432", world=(CHINA, *NAT), want=HM, code="UNKNOWN_RESOURCE"),
    row("SVC-01", "in GovCloud the hosts are spelled as usual", endpoint("sts"), to="sts.us-gov-west-1.amazonaws.com",
        world=IN_GOV, want=OK, via=("vpce-i",)),
    row("SVC-04", "and so are its endpoint services", to="secretsmanager", world=IN_GOV,
        says="--service-name com.amazonaws.us-gov-west-1.secretsmanager", **NO_ROUTE),
    row("SVC-03", "IAM has one host for the whole partition", to="iam", world=(GOV, *NAT), want=OK, via=NAT_WAY),
    row("SVC-11 SVC-15", "FIPS is the rule there", S3_ROUTED, to="s3-fips.us-gov-west-1.amazonaws.com",
        world=IN_GOV, want=OK, via=("rtb-fn", "vpce-s3"), assumes=("SVC-15",)),
    row("FN-09", "dual-stack hosts have a suffix of their own in China", world=(CHINA, *NAT),
        to="kms.cn-north-1.api.amazonwebservices.com.cn", want=OK, via=NAT_WAY),
    row("FN-06", "a function's ARN of that partition", to="internet", world=IN_GOV,
        who="arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:orders", **NO_ROUTE),
)  # fmt: skip

# -- other Regions, and names of what is not in the data ------------------------------------------------------

ELSEWHERE = (
    row("U-18 SVC-10", "a bucket that was read is in another Region: by its ARN", S3_ROUTED,
        bucket(region="us-west-2"), to="arn:aws:s3:::reports", cause="GATEWAY_ENDPOINT_OTHER_REGION", **NO_ROUTE),
    row("U-18", "a bucket that was not read is taken for one of the function's Region, and the answer says so",
        S3_ROUTED, to="s3://reports", want=OK, assumes=("U-18",)),
    row("U-18 SVC-10", "the user says where it is", S3_ROUTED, to="s3://reports@us-west-2",
        cause="GATEWAY_ENDPOINT_OTHER_REGION", **NO_ROUTE),
    row("U-18 SVC-10", "its host says where it is", S3_ROUTED, to="reports.s3.us-west-2.amazonaws.com",
        cause="GATEWAY_ENDPOINT_OTHER_REGION", **NO_ROUTE),
    row("SVC-10", "a table of another Region by its ARN",
        do("gateway_endpoint", "vpc-1", "dynamodb", ["rtb-fn"], id="vpce-ddb"),
        to="arn:aws:dynamodb:eu-central-1:123456789012:table/orders", cause="GATEWAY_ENDPOINT_OTHER_REGION",
        **NO_ROUTE),
    row("SVC-10", "a table of this Region by its ARN",
        do("gateway_endpoint", "vpc-1", "dynamodb", ["rtb-fn"], id="vpce-ddb"),
        to="arn:aws:dynamodb:eu-west-1:123456789012:table/orders", want=OK, via=("rtb-fn", "vpce-ddb")),
    row("SVC-10", "a table of another Region over the NAT gateway",
        do("gateway_endpoint", "vpc-1", "dynamodb", ["rtb-fn"], id="vpce-ddb"), world=NAT, to="dynamodb@eu-central-1",
        want=OK, via=NAT_WAY),
    row("SVC-10", "a secret of another Region, with an endpoint for this one", endpoint(), world=NAT,
        to="arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf", want=OK, via=NAT_WAY),
    row("SVC-10", "S3 of another Region by an endpoint that serves it",
        endpoint("s3", ServiceName="com.amazonaws.us-west-2.s3", ServiceRegion="us-west-2",
                 DnsEntries=[]), to="reports.s3.us-west-2.amazonaws.com", want=OK, via=("vpce-i",)),
    *(row("DST-09", f"{what} that is not in the data has a private address, which nobody says", to=f"{host}:5432",
          world=NAT, want=HM, code="UNKNOWN_RESOURCE") for what, host in (
        ("a database", "gone.c1a2b3c4d5e6.eu-west-1.rds.amazonaws.com"),
        ("a DocumentDB cluster", "gone.cluster-c1a2.eu-west-1.docdb.amazonaws.com"),
        ("a Neptune cluster", "gone.cluster-c1a2.eu-west-1.neptune.amazonaws.com"),
        ("a cache", "gone.a1b2c3.0001.euw1.cache.amazonaws.com"),
        ("a MemoryDB cluster", "clustercfg.gone.a1b2c3.memorydb.eu-west-1.amazonaws.com"),
        ("a warehouse", "gone.abc.eu-west-1.redshift.amazonaws.com"),
        ("a workgroup", "gone.123456789012.eu-west-1.redshift-serverless.amazonaws.com"),
        ("a Kafka broker", "b-1.gone.abc.c2.kafka.eu-west-1.amazonaws.com"),
        ("a broker", "b-1234-1.mq.eu-west-1.amazonaws.com"),
        ("a file system", "fs-0123456789abcdef0.efs.eu-west-1.amazonaws.com"),
        ("a domain in a VPC", "vpc-gone-abc.eu-west-1.es.amazonaws.com"),
        ("a load balancer", "internal-gone-1.eu-west-1.elb.amazonaws.com"),
        ("a network load balancer", "gone-1.elb.eu-west-1.amazonaws.com"),
        ("somebody else's endpoint", "vpce-0a1b-x.sqs.eu-west-1.vpce.amazonaws.com"))),
    row("DST-32", "a public domain's host is a part of the internet", world=NAT,
        to="search-logs-abc.eu-west-1.es.amazonaws.com", want=OK, via=NAT_WAY),
    row("DST-09", "the service's own host is none of these", world=NAT, to="kafka.eu-west-1.amazonaws.com",
        want=OK, via=NAT_WAY),
)  # fmt: skip
HOST_ROWS = (*HOSTS, *UNSEEN, *OVER_SIX, *PARTITIONS, *ELSEWHERE)
