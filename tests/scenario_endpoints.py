"""AWS services: gateway endpoints, interface endpoints, and what names resolve to."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, cut, do, put
from tests.scenario_worlds import (
    ANY,
    DB,
    DENY_ALL,
    NAT,
    NAT_WAY,
    NO_DEFAULT,
    PRIVATE,
    S3_ROUTED,
    acl,
    dns,
    endpoint,
    only,
    resolvers,
)

OFF: dict[str, Any] = {
    "want": NO,
    "code": "NO_ROUTE_TO_DESTINATION",
    "cause": "ENDPOINT_PRIVATE_DNS_OFF",
    "at": "rtb-fn",
}
SHUT: dict[str, Any] = {"want": NO, "code": "SUBNET_ACL_RESTRICTION"}
TO_FN = ((100, "allow", "tcp", (1024, 65535), "10.0.0.0/16"),)
VIRGINIA = do("__init__", "us-east-1")
HOST_OF_DB = "orders-db.c1a2b3c4d5e6.eu-west-1.rds.amazonaws.com"


def no_route(cause: str | None = None) -> dict[str, Any]:
    """The functions' table leads nowhere."""
    return {"want": NO, "code": "NO_ROUTE_TO_DESTINATION", "cause": cause, "at": "rtb-fn"}


def secret(ids: str, about: str, *steps: Step, to: str = "secretsmanager", **want: Any) -> Row:
    """A question about Secrets Manager from private subnets."""
    return Row(ids=ids, about=about, world=(*PRIVATE, *steps), to=to, **want)


GATEWAY = (
    secret("VPCE-1 IN-2", "a gateway endpoint that is not available", S3_ROUTED, put("vpce-s3", State="Deleting"),
           to="s3", want=NO, code="BAD_STATE", at="vpce-s3"),
    secret("IN-2 IN-3", "states in capitals; the route names a gateway endpoint as GatewayId", S3_ROUTED,
           put("vpce-s3", State="Available"), to="s3", want=OK, via=("rtb-fn", "vpce-s3")),
    secret("IN-3", "an endpoint of the type GatewayLoadBalancer hands on by the table of its subnet",
           do("add", "VpcEndpoints", {"VpcEndpointId": "vpce-fw", "VpcEndpointType": "GatewayLoadBalancer",
                                      "VpcId": "vpc-1", "State": "available", "SubnetIds": ["subnet-d"]}, "vpce-fw"),
           do("route", "rtb-fn", ANY, "vpce-fw"), to="internet", want=NO, code="NO_ROUTE_TO_DESTINATION",
           at="rtb-db"),
    secret("VPCE-4", "the endpoint lists the table, the table has no route: the two reads disagree",
           S3_ROUTED, lambda w: w["rtb-fn"]["Routes"].pop(), to="s3", want=HM, code="UNKNOWN_RESOURCE"),
    secret("VPCE-6", "UDP through a gateway endpoint", S3_ROUTED, to="s3:443/udp",
           want=NO, code="VPCE_GATEWAY_PROTOCOL_RESTRICTION", at="vpce-s3"),
    secret("VPCE-7 SVC-10", "another Region's bucket and no other way", S3_ROUTED, to="s3@eu-central-1",
           **no_route("GATEWAY_ENDPOINT_OTHER_REGION")),
    secret("VPCE-8", "a route to another VPC's gateway endpoint", do("vpc", "10.9.0.0/16", id="vpc-2"),
           do("route_table", "vpc-2", id="rtb-y"), do("gateway_endpoint", "vpc-2", "s3", ["rtb-y"], id="vpce-far"),
           do("route", "rtb-fn", "pl-6da54004", "vpce-far"), to="s3",
           want=NO, code="GATEWAY_ENDPOINT_NOT_EXTENSIBLE", at="vpce-far"),
    secret("SVC-15 RT-1", "the endpoint is on the main table, the subnet has its own",
           lambda w: w.gateway_endpoint("vpc-1", "s3", [w.main_table("vpc-1")], id="vpce-s3"), to="s3",
           **no_route("GATEWAY_ENDPOINT_NOT_ASSOCIATED")),
    secret("SVC-15 RET-4", "DynamoDB by its own gateway endpoint",
           do("gateway_endpoint", "vpc-1", "dynamodb", ["rtb-fn"], id="vpce-ddb"), to="dynamodb", want=OK,
           via=("rtb-fn", "vpce-ddb")),
    secret("SVC-04", "S3's gateway endpoint does not serve DynamoDB", S3_ROUTED, to="dynamodb", **no_route()),
    secret("SVC-18", "nor directory buckets, which have an endpoint of their own", S3_ROUTED, to="s3express",
           **no_route()),
    secret("SVC-04", "nothing at all: the fix names the gateway endpoint", to="s3", says="create-vpc-endpoint",
           **no_route()),
    secret("SVC-04", "nothing at all: the fix names the interface endpoint",
           says="com.amazonaws.eu-west-1.secretsmanager", **no_route()),
)  # fmt: skip

INTERFACE = (
    secret("VPCE-12 VPCE-14", "endpoint in the function's subnet", endpoint(), want=OK),
    secret("VPCE-12 VPCE-14 SVC-07", "endpoint in other subnets and zones", endpoint(subnets=("subnet-d", "subnet-e")),
           want=OK),
    secret("VPCE-12 SVC-07", "one of the endpoint's subnets is shut: some connections fail",
           endpoint(subnets=("subnet-d", "subnet-e")), acl("subnet-e", DENY_ALL, TO_FN),
           want=PART, code="SUBNET_ACL_RESTRICTION", at="acl-e", dimension="nodes"),
    secret("VPCE-13", "no group chosen: the VPC's default group admits only itself", endpoint(group=""),
           want=NO, code="ENI_SG_RULES_MISMATCH", cause="ENDPOINT_SG_CLOSED", never=("ENDPOINT_SHADOWS_NAT",)),
    secret("VPCE-13", "the endpoint group's outbound rules do not matter", endpoint(),
           put("sg-vpce", IpPermissionsEgress=[]),
           want=OK),
    secret("VPCE-13 SG-1", "an endpoint group without any rule", endpoint(),
           put("sg-vpce", IpPermissions=[]),
           want=NO, code="SG_HAS_NO_RULES", cause="ENDPOINT_SG_CLOSED", at="sg-vpce"),
    secret("VPCE-14", "the function's group must let the request out to the endpoint", endpoint(),
           only(("tcp", 5432, ANY)), want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-fn"),
    secret("VPCE-15 SVC-06 DNS-3", "private DNS and enableDnsHostnames false", endpoint(), dns(hostnames=False),
           says="modify-vpc-attribute --vpc-id vpc-1 --enable-dns-hostnames", **OFF),
    Row(ids="VPCE-15 SVC-05", about="private DNS off and a NAT gateway: the public name works",
        world=(*NAT, endpoint(private_dns=False)), to="secretsmanager", want=OK, via=NAT_WAY,
        notes=("ENDPOINT_PRIVATE_DNS_OFF",)),
    secret("VPCE-15 SVC-05 DNS-8", "the endpoint's own name works without private DNS", endpoint(private_dns=False),
           to="vpce-i-abcd1234.secretsmanager.eu-west-1.vpce.amazonaws.com", want=OK),
    Row(ids="VPCE-16 SVC-08", about="an open endpoint takes the name over from the NAT gateway",
        world=(*NAT, endpoint()), to="secretsmanager", want=OK, via=("vpce-i",), never=("ENDPOINT_SHADOWS_NAT",)),
    Row(ids="VPCE-16", about="an ACL before the endpoint: no falling back to the NAT gateway",
        world=(*NAT, endpoint(subnets=("subnet-d",)), acl("subnet-d", DENY_ALL, TO_FN)), to="secretsmanager",
        at="acl-d", **SHUT),
    *(Row(ids="VPCE-1 SVC-09", about=f"interface endpoint {state}: its names stay public",
          world=(*NAT, endpoint(state=state)), to="secretsmanager", want=OK, via=NAT_WAY, notes=("BAD_STATE",))
      for state in ("pendingAcceptance", "pending", "rejected", "failed", "expired", "deleting", "deleted")),
    secret("VPCE-1 SVC-09", "interface endpoint pending and no other way", endpoint(state="pending"),
           notes=("BAD_STATE",), **no_route()),
    secret("VPCE-1", "asked for by its own address while pending", endpoint(state="pending"),
           to="vpce-i-abcd1234.secretsmanager.eu-west-1.vpce.amazonaws.com",
           want=NO, code="BAD_STATE", at="vpce-i"),
    secret("SVC-09", "an endpoint that is only partly there proves neither success nor failure",
           endpoint(state="partial"), want=HM, code="UNKNOWN_RESOURCE", at="vpce-i"),
    *(Row(ids="VPCE-15 IN-4", about=f"an endpoint of a {what} that nobody knows may take the name or leave it public",
          world=(*NAT, endpoint(), put("vpce-i", **{member: "Dozing"}), put("sg-vpce", IpPermissions=[])),
          to="secretsmanager", want=HM, code=code, at="vpce-i", more=("*",))
      for what, member, code in (("state", "State", "UNKNOWN_RESOURCE"),
                                 ("type", "VpcEndpointType", "UNSUPPORTED_COMPONENT"))),
    Row(ids="VPCE-19", about="an endpoint's interface answers no ping, whatever its group admits", who="eni-a1",
        world=(*NAT, do("interface", "subnet-a", "10.0.1.77", ["sg-fn"], id="eni-a1"), endpoint(),
               lambda w: w.ingress("sg-vpce", "-1")),
        to="vpce-i-abcd1234.secretsmanager.eu-west-1.vpce.amazonaws.com:*/icmp",
        want=NO, code="PROTOCOL_RESTRICTION", at="vpce-i", says="ping"),
    Row(ids="VPCE-18 SVC-14", about="DynamoDB's interface endpoint does not take the name from the NAT gateway",
        world=(*NAT, endpoint("dynamodb")), to="dynamodb", want=OK, via=NAT_WAY),
    secret("SVC-10", "an endpoint does not serve another Region", endpoint(), to="secretsmanager@eu-central-1",
           **no_route()),
    secret("SVC-10", "a cross-Region endpoint serves its ServiceRegion",
           endpoint("s3", ServiceName="com.amazonaws.eu-central-1.s3", ServiceRegion="eu-central-1"),
           to="s3@eu-central-1", want=OK, via=("vpce-i",)),
    secret("SVC-10", "a cross-Region endpoint does not serve its own Region",
           endpoint("s3", ServiceName="com.amazonaws.eu-central-1.s3", ServiceRegion="eu-central-1"), to="s3",
           **no_route()),
    Row(ids="SVC-11 U-26", about="us-east-1: SDKs still call a name that S3's interface endpoint does not cover",
        world=(VIRGINIA, *PRIVATE, endpoint("s3")), to="s3", notes=("LEGACY_HOSTNAME_NOT_COVERED",),
        says="AWS_S3_US_EAST_1_REGIONAL_ENDPOINT=regional", **no_route("LEGACY_HOSTNAME_NOT_COVERED")),
    secret("SVC-19", "S3's interface endpoint with private DNS and no gateway endpoint", endpoint("s3"), to="s3",
           want=OK),
    secret("SHR-2 VPCE-22", "a shared VPC's endpoints may exist without being listed",
           put("vpc-1", OwnerId="999999999999"), to="secretsmanager", says="Read account 999999999999 too",
           want=HM, code="UNKNOWN_RESOURCE", needs="ec2:DescribeVpcEndpoints"),
)  # fmt: skip

# A DNS server of the customer's own, which answers everybody in the VPC.
OWN_DNS: Steps = (
    resolvers("10.0.3.53"),
    do("security_group", "vpc-1", [("udp", 53, "10.0.0.0/16"), ("tcp", 53, "10.0.0.0/16")], id="sg-dns"),
    do("interface", "subnet-d", "10.0.3.53", ["sg-dns"], id="eni-dns"),
)
NAMES = (
    Row(ids="DNS-1", about="Amazon's resolver by its other names", world=(*NAT, resolvers("10.0.0.2")),
        to="example.com", want=OK),
    Row(ids="DNS-1", about="Amazon's resolver by its link-local address", world=(*NAT, resolvers("169.254.169.253")),
        to="example.com", want=OK),
    Row(ids="DNS-2", about="no resolver: AWS services cannot be named either", world=(*NAT, dns(support=False)),
        to="sqs", want=NO, code="DNS_DISABLED", cause="VPC_DNS_OFF", at="vpc-1", layer="dns"),
    Row(ids="DNS-2 DST-09", about="no resolver: a database has only a name",
        world=(*PRIVATE, DB, dns(support=False)), to="rds:orders-db",
        want=NO, code="DNS_DISABLED", cause="VPC_DNS_OFF", at="vpc-1", layer="dns"),
    Row(ids="DNS-2", about="no resolver and no route: both are named, the name first",
        world=(*PRIVATE, dns(support=False)), to="sqs", want=NO, code="DNS_DISABLED", cause="VPC_DNS_OFF",
        at="vpc-1", layer="dns", more=("NO_ROUTE_TO_DESTINATION",)),
    Row(ids="DNS-2", about="a function outside the VPC does not use its resolver",
        world=(*NAT, dns(support=False)), who="free", to="example.com", want=OK),
    Row(ids="DNS-3", about="enableDnsHostnames false alone does not stop public names",
        world=(*NAT, dns(hostnames=False)), to="example.com", want=OK),
    Row(ids="DNS-3", about="attributes not collected, an endpoint with private DNS is: assumed on",
        world=(*PRIVATE, endpoint(), do("drop", "VpcAttributes")), to="secretsmanager", want=OK, assumes=("DNS-3",)),
    Row(ids="DNS-4", about="custom DNS servers: what they answer is not known",
        world=(*NAT, *OWN_DNS), to="example.com", want=HM, code="CUSTOM_DNS", at="vpc-1", layer="dns"),
    Row(ids="DNS-4", about="custom DNS servers do not matter to an address",
        world=(*NAT, *OWN_DNS), to="93.184.216.34:443", want=OK),
    Row(ids="DNS-4", about="no DHCP option set at all means Amazon's resolver",
        world=(*NAT, put("vpc-1", DhcpOptionsId="default")), to="example.com", want=OK),
    Row(ids="DNS-4", about="DHCP options not collected: Amazon's resolver is assumed",
        world=(*NAT, do("drop", "DhcpOptions")), to="example.com", want=OK, assumes=("DNS-4",)),
    Row(ids="DNS-4", about="a block on the path beats the doubt about custom DNS servers",
        world=(*PRIVATE, *OWN_DNS), to="example.com", want=NO, code="NO_ROUTE_TO_DESTINATION",
        at="rtb-fn"),
    Row(ids="DNS-8 DST-09", about="a database's name is its private address inside its VPC",
        world=(*PRIVATE, DB), to=f"{HOST_OF_DB}:5432", want=OK),
    Row(ids="DNS-8 DST-09", about="a public database's name is its private address inside its VPC",
        world=(*PRIVATE, do("db_instance", "orders-db", ["subnet-d"], ["sg-db"], eni=True, public=True)),
        to=f"{HOST_OF_DB}:5432", want=OK),
    Row(ids="DNS-8", about="a regional service name is public without an endpoint",
        world=NAT, to="sqs.eu-west-1.amazonaws.com", want=OK, via=NAT_WAY),
    Row(ids="DNS-8 VPCE-16", about="a regional service name is the endpoint's with private DNS",
        world=(*NAT, endpoint()), to="secretsmanager.eu-west-1.amazonaws.com", want=OK, via=("vpce-i",)),
    Row(ids="DNS-8 DBDST-6", about="a cache's name is private",
        world=(*PRIVATE, do("cache_cluster", "sessions", ["subnet-d"], ["sg-db"], engine="redis", port=5432)),
        to="sessions.0001.a1b2c3.euw1.cache.amazonaws.com:5432", want=OK),
    Row(ids="DNS-8", about="an instance's private name", to="ip-10-0-3-77.eu-west-1.compute.internal:22",
        world=(*PRIVATE, do("security_group", "vpc-1", ["-1"], id="sg-t"),
               do("interface", "subnet-d", "10.0.3.77", ["sg-t"], id="eni-t")), want=OK),
    Row(ids="DNS-5", about="a private zone may decide the name: not decided",
        world=(*NAT, do("add", "route53:HostedZones", {
            "Id": "/hostedzone/Z1", "Name": "example.com.", "Config": {"PrivateZone": True}})),
        to="api.example.com", want=HM, code="UNKNOWN_RESOURCE", layer="dns"),
    Row(ids="DNS-8 SVC-04", about="a public name from a public subnet", world=(*NO_DEFAULT,
        do("route", "rtb-fn", ANY, "igw-1")), to="example.com", want=NO,
        code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", cause="LAMBDA_ENI_HAS_NO_PUBLIC_IP", at="igw-1"),
    Row(ids="VPCE-13 IN-6", about="an endpoint record without groups: its interface's groups count",
        world=(*PRIVATE, endpoint(), cut("vpce-i", "Groups")),
        to="secretsmanager", want=OK),
)  # fmt: skip
