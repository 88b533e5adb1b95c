"""The function's side: attachment, subnets, state, protocols, IPv6."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, cut, do, put
from tests.scenario_ipv6 import dual
from tests.scenario_worlds import (
    ANY,
    CACHE,
    DB,
    DENY_ALL,
    HOST,
    NAT,
    NAT_WAY,
    NO_DEFAULT,
    PRIVATE,
    S3_ROUTED,
    acl,
    admits,
    only,
)

FREE_ARN = "arn:aws:lambda:eu-west-1:123456789012:function:free"
MIXED: Steps = (*NO_DEFAULT, do("route_table", "vpc-1", ["subnet-a"], [(ANY, "nat-1")], id="rtb-good"))
SIX = "[2600:1f18::1]:443"
# What else an IPv4 world lacks for IPv6: a rule of the group, an entry of the ACL, a route.


def unattached(spelling: str) -> Row:
    """AWS has four ways to say that a function is in no VPC (FN-01)."""
    world = (*PRIVATE, DB, do("function", "loose", unattached=spelling))
    return Row(ids="FN-01 FNSRC-1", about=f"not attached, spelled {spelling}", world=world, who="loose",
               to="rds:orders-db", want=NO, code="DISCONNECTED_VPCS", cause="FUNCTION_NOT_IN_VPC",
               at="arn:aws:lambda:eu-west-1:123456789012:function:loose")  # fmt: skip


def failed(reason: str, cause: str) -> Row:
    """A function that could not be set up, by Lambda's reason code."""
    world = (*NAT, put("orders", State="Failed", StateReasonCode=reason, StateReason="set-up failed"))
    return Row(ids="FNSRC-6 ST-04 ST-07", about=f"State Failed, {reason}", world=world, to="internet",
               want=NO, code="BAD_STATE", cause=cause, at="orders", layer="state", says=reason)  # fmt: skip


def noted(ids: str, about: str, note: str, *steps: Step, **members: Any) -> Row:
    """A state that is worth a note and changes no verdict."""
    world = (*NAT, put("orders", **members), *steps)
    return Row(ids=ids, about=about, world=world, to="internet", want=OK, notes=(note,))


SOURCE = (
    *(unattached(s) for s in ("absent", "null", "empty", "empty-vpc")),
    Row(ids="FN-03 FNSRC-1", about="not attached, internet", world=NAT, who="free", to="internet", want=OK),
    Row(ids="FN-03 FNSRC-1", about="not attached, S3", world=PRIVATE, who="free", to="s3", want=OK),
    Row(ids="FN-03 FNSRC-1", about="not attached, any AWS service", world=PRIVATE, who="free", to="sqs", want=OK),
    Row(ids="FN-03 FNSRC-1", about="not attached, a private address", world=(*PRIVATE, DB), who="free",
        to="10.0.3.4:5432", want=NO, code="DISCONNECTED_VPCS", cause="FUNCTION_NOT_IN_VPC", at=FREE_ARN),
    Row(ids="FN-03 DST-25 DBDST-6", about="not attached, a cache", world=(*PRIVATE, CACHE), who="free",
        to="elasticache:sessions", want=NO, code="DISCONNECTED_VPCS", cause="FUNCTION_NOT_IN_VPC", at=FREE_ARN),
    Row(ids="FN-04", about="not attached, an IPv6 address", world=PRIVATE, who="free", to=SIX,
        want=NO, code="SOURCE_HAS_NO_IPV6", cause="LAMBDA_IPV6_NOT_ENABLED", at="free"),
    Row(ids="FN-05", about="not attached, a public database in a subnet that leads nowhere",
        world=(*PRIVATE, do("db_instance", "open-db", ["subnet-d"], ["sg-db"], public=True)), who="free",
        to="rds:open-db", want=NO, code="ENI_SG_RULES_MISMATCH", cause="DEST_SG_NO_MATCH", at="sg-db",
        more=("NO_ROUTE_TO_DESTINATION",), says="Attach free to vpc-1 and let sg-db admit its group, rather than "
        "0.0.0.0/0, which is anybody"),
    Row(ids="FNSRC-1 FN-02", about="attachment takes the internet away when the subnet has no way out",
        world=PRIVATE, to="internet", want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn"),
    Row(ids="FN-02 FN-07", about="a function that does not exist yet, in a subnet without a way out", world=NO_DEFAULT,
        who="tomorrow", config="SubnetIds=subnet-a,SecurityGroupIds=sg-fn", to="internet", want=NO,
        code="NO_ROUTE_TO_DESTINATION", at="rtb-fn", notes=("FUNCTION_PLANNED",), never=("STATE_NOT_EVALUATED",)),
    Row(ids="FN-02 FN-07", about="the same in a subnet that has one", world=NAT, who="tomorrow", to="internet",
        config="SubnetIds=subnet-a,SecurityGroupIds=sg-fn", want=OK, via=NAT_WAY),
    Row(ids="FN-07", about="a NAT gateway that no route of the function's subnet names", world=NO_DEFAULT,
        to="internet", want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn", says="--nat-gateway-id nat-1"),
    Row(ids="FNSRC-2", about="the function's address is not known and a rule admits half of its subnet",
        world=(*PRIVATE, DB, admits(("tcp", 5432, "10.0.1.0/25"))), to="rds:orders-db",
        want=HM, code="UNKNOWN_RESOURCE", needs="ec2:DescribeNetworkInterfaces"),
    Row(ids="FNSRC-2", about="the function's interface is reported and its address admitted",
        world=(*PRIVATE, DB, admits(("tcp", 5432, "10.0.1.0/25")),
               do("interface", "subnet-a", "10.0.1.20", ["sg-fn"], type="lambda")),
        to="rds:orders-db", want=OK),
    Row(ids="FNSRC-2", about="an interface with other groups is not this function's",
        world=(*PRIVATE, DB, admits(("tcp", 5432, "10.0.1.0/25")), do("security_group", "vpc-1", id="sg-else"),
               do("interface", "subnet-a", "10.0.1.20", ["sg-else"], type="lambda")),
        to="rds:orders-db", want=HM, code="UNKNOWN_RESOURCE"),
    Row(ids="FNSRC-3 FN-12", about="one of two subnets has a way out", world=MIXED, who="both", to="internet",
        want=PART, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn", subnets=("subnet-b",), dimension="subnets"),
    Row(ids="FNSRC-3 FN-12", about="both subnets have a way out", world=NAT, who="both", to="internet",
        want=OK, via=NAT_WAY, never=("SG_IN_OTHER_VPC",)),
    Row(ids="FNSRC-3 FN-12", about="no subnet has a way out", world=PRIVATE, who="both", to="internet",
        want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn", subnets=("subnet-a", "subnet-b")),
    Row(ids="FNSRC-4 FN-06", about="MapPublicIpOnLaunch changes nothing",
        world=(*NO_DEFAULT, put("subnet-a", MapPublicIpOnLaunch=True), do("route", "rtb-fn", ANY, "igw-1")),
        to="internet", want=NO, code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", cause="LAMBDA_ENI_HAS_NO_PUBLIC_IP",
        at="igw-1"),
    Row(ids="FN-06", about="from a public subnet a private destination is still reachable",
        world=(*NO_DEFAULT, DB, do("function", "public", ["subnet-p"], ["sg-fn"])), who="public",
        to="rds:orders-db", want=OK),
    Row(ids="FNSRC-4", about="an Elastic IP on a function's interface is unsupported: not decided",
        world=(*NO_DEFAULT, do("route", "rtb-fn", ANY, "igw-1"),
               do("interface", "subnet-a", "10.0.1.20", ["sg-fn"], type="lambda", public_ip="54.72.9.9")),
        to="internet", want=HM, code="UNKNOWN_RESOURCE", at="igw-1"),
    Row(ids="FNSRC-5 FN-08", about="IPv6 flag off", world=NAT, to=SIX,
        want=NO, code="SOURCE_HAS_NO_IPV6", cause="LAMBDA_IPV6_NOT_ENABLED", at="orders"),
    Row(ids="FNSRC-5 FN-08", about="IPv6 flag on, subnet without an IPv6 block",
        world=(*NAT, do("function", "six", ["subnet-a"], ["sg-fn"], ipv6=True)), who="six", to=SIX,
        want=NO, code="SOURCE_HAS_NO_IPV6", cause="SUBNET_NOT_DUAL_STACK", at="six"),
    noted("FN-08", "the answer says that it is about IPv4", "IPV6_VERDICT", dual("subnet-a"),
          VpcConfig={"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-fn"], "VpcId": "vpc-1",
                     "Ipv6AllowedForDualStack": True}),
    failed("SubnetOutOfIPAddresses", "SUBNET_OUT_OF_IPS"),
    failed("InvalidSubnet", "INVALID_SUBNET"),
    failed("InvalidSecurityGroup", "INVALID_SECURITY_GROUP"),
    failed("EniLimitExceeded", "ENI_QUOTA"),
    failed("InsufficientRolePermissions", "ROLE_LACKS_ENI_PERMISSIONS"),
    failed("InternalError", "FUNCTION_FAILED"),
    failed("SomethingNewer", "FUNCTION_FAILED"),
    noted("FNSRC-6 ST-01", "State Pending", "FUNCTION_PENDING", State="Pending", StateReasonCode="Creating"),
    noted("FNSRC-6 ST-03", "State Inactive", "FUNCTION_INACTIVE", State="Inactive", StateReasonCode="Idle"),
    noted("FNSRC-6 ST-05", "an update is running", "FUNCTION_UPDATING", LastUpdateStatus="InProgress"),
    noted("FNSRC-6 ST-02", "ListFunctions alone: the state is not evaluated", "STATE_NOT_EVALUATED",
          cut("orders", "State", "LastUpdateStatus")),
    Row(ids="ST-02", about="Active and Successful says nothing", world=NAT, to="internet", want=OK,
        never=("FUNCTION_PENDING", "FUNCTION_INACTIVE", "FUNCTION_UPDATING", "STATE_NOT_EVALUATED")),
    Row(ids="FNSRC-6 ST-06", about="the last update failed: the configuration shown may not run",
        world=(*NAT, put("orders", LastUpdateStatus="Failed", LastUpdateStatusReasonCode="SubnetOutOfIPAddresses")),
        to="internet", want=HM, code="LAST_UPDATE_FAILED", at="orders", layer="state"),
    Row(ids="ST-07 NEED-04", about="the mount failed: which mount target is out of reach is a question of its own",
        world=(*NAT, put("orders", State="Failed", StateReasonCode="EFSMountConnectivityError")), to="internet",
        want=NO, code="BAD_STATE", cause="FUNCTION_FAILED", layer="state", at="orders",
        says="reach path orders --with-needs"),
    Row(ids="FN-03", about="a function in no VPC asks a private address", world=NAT, who="free", to="10.0.3.9:5432",
        want=NO, code="DISCONNECTED_VPCS", cause="FUNCTION_NOT_IN_VPC", says="10.0.3.9 is a private address"),
    Row(ids="ST-06", about="a definite block beats the doubt about the last update",
        world=(*PRIVATE, put("orders", LastUpdateStatus="Failed")), to="internet",
        want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn"),
    Row(ids="FNSRC-7 FN-16", about="dedicated tenancy", world=(*NAT, put("vpc-1", InstanceTenancy="dedicated")),
        to="internet", want=NO, code="DEDICATED_TENANCY", at="vpc-1", layer="state"),
    Row(ids="FNSRC-8 FN-17", about="ping from a function", world=NAT, to=f"{HOST}:*/icmp",
        want=NO, code="PROTOCOL_RESTRICTION", at="orders"),
    Row(ids="FNSRC-8 FN-17", about="UDP from a function", world=NAT, to=f"{HOST}:53/udp", want=OK),
    Row(ids="FNSRC-8 FN-17", about="ping from a function that is not attached", world=NAT, who="free",
        to=f"{HOST}:*/icmp", want=NO, code="PROTOCOL_RESTRICTION", at="free"),
    Row(ids="FNSRC-9", about="a group of another VPC is still evaluated",
        world=(*NAT, do("vpc", "10.9.0.0/16", id="vpc-2"), do("security_group", "vpc-2", [], [], id="sg-far"),
               do("function", "odd", ["subnet-a"], ["sg-far"])),
        who="odd", to="internet", want=NO, code="SG_HAS_NO_RULES", at="sg-far",
        notes=("SG_IN_OTHER_VPC",)),
    Row(ids="FN-11", about="a made-up VpcId: the subnets decide",
        world=(*NAT, put("orders", VpcConfig={"SubnetIds": ["subnet-a"], "SecurityGroupIds": ["sg-fn"],
                                              "VpcId": "vpc-123abc"})),
        to="internet", want=OK, notes=("VPC_ID_DISAGREES",)),
    Row(ids="FN-11", about="a VpcId that agrees says nothing", world=NAT, to="internet", want=OK,
        never=("VPC_ID_DISAGREES",)),
    Row(ids="FN-13", about="all subnets in one zone", world=NAT, to="internet", want=OK, notes=("SINGLE_ZONE",)),
    Row(ids="FN-13", about="subnets in two zones", world=NAT, who="both", to="internet", want=OK,
        never=("SINGLE_ZONE",)),
    Row(ids="FN-18", about="nothing connects to a function's interface",
        world=(*PRIVATE, do("interface", "subnet-b", "10.0.2.20", ["sg-fn"], type="lambda", id="eni-f"),
               do("ingress", "sg-fn", "-1")),
        to="eni-f:443", want=NO, code="LAMBDA_CANNOT_RECEIVE_CONNECTIONS"),
    Row(ids="FN-18 SG-2", about="the function's group needs no inbound rule",
        world=(*PRIVATE, DB), to="rds:orders-db", want=OK),
    Row(ids="FN-02", about="outbound rules of the function's group hold for every destination",
        world=(*NAT, S3_ROUTED, DB, only()), to="s3", want=NO, code="SG_HAS_NO_RULES", at="sg-fn"),
    Row(ids="FN-12", about="one of two subnets has an ACL that denies",
        world=(*NAT, acl("subnet-b", DENY_ALL, DENY_ALL)), who="both", to="internet",
        want=PART, code="SUBNET_ACL_RESTRICTION", at="acl-b", subnets=("subnet-b",), dimension="subnets",
        more=("SUBNET_ACL_RESTRICTION",)),
)  # fmt: skip
