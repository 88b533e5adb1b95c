"""The condition of the function: can Lambda make its interfaces, its versions and aliases, what is odd about it."""

from __future__ import annotations

from typing import Any

from reach.answer import Verdict
from tests.scenario import HM, NO, OK, Row, Step, Steps, do, forget, put
from tests.scenario_ipv6 import dual
from tests.scenario_worlds import DB, HOST, NAT, NAT_WAY, PRIVATE, only

IDLE = put("orders", State="Inactive", StateReasonCode="Idle", StateReason="The function is idle.")
FULL = put("subnet-a", AvailableIpAddressCount=0)
TOMORROW: dict[str, Any] = {"who": "tomorrow", "config": "SubnetIds=subnet-a,SecurityGroupIds=sg-fn"}
SHARED = do("interface", "subnet-a", "10.0.1.20", ["sg-fn"], type="lambda", description="AWS Lambda VPC ENI-other-1234")
PARTED = do("interface", "subnet-a", "10.0.1.20", ["sg-fn"], description="AWS Lambda VPC ENI-x-1", status="available")
OTHER_VPC: Steps = (do("vpc", "10.7.0.0/16", id="vpc-7"), do("subnet", "vpc-7", "10.7.1.0/24", "b", id="subnet-7"))
FAR = do("security_group", "vpc-7", id="sg-far", egress=[("-1", None, "0.0.0.0/0")])
FAR_TOO: dict[str, Any] = {"who": "tomorrow", "config": "SubnetIds=subnet-a,SecurityGroupIds=sg-fn,sg-far"}
ENFORCED: dict[str, Any] = {"Mode": "enforce", "State": "available", "VpcEncryptionControlId": "vpcec-1"}
SPARED = {"ResourceExclusions": {"Lambda": {"State": "enabled"}}}


def refused(ids: str, about: str, cause: str, *steps: Step, says: str = "", **members: Any) -> Row:
    """A function that Lambda cannot attach: nothing gets out, before any packet."""
    return Row(ids=ids, about=about, world=(*NAT, *steps), to="internet", want=NO, code="BAD_STATE", cause=cause,
               layer="state", says=says, **members)  # fmt: skip


def noted(ids: str, about: str, note: str, *steps: Step, want: Verdict = OK, **members: Any) -> Row:
    """Worth a note, and no verdict."""
    return Row(ids=ids, about=about, world=(*NAT, *steps), to="internet", want=want, notes=(note,), **members)


def silent(ids: str, about: str, note: str, *steps: Step, **members: Any) -> Row:
    """No note either."""
    return Row(ids=ids, about=about, world=(*NAT, *steps), to="internet", want=OK, never=(note,), **members)


ATTACHMENT = (
    refused("FN-14 ST-03 U-28", "idle, and its subnet has no address left", "SUBNET_OUT_OF_IPS", IDLE, FULL,
            at="orders", says="subnet-a has no free address"),
    refused("FN-14", "not deployed yet, and the subnet has no address left", "SUBNET_OUT_OF_IPS", FULL, **TOMORROW),
    silent("FN-14 ENI-01 ENI-07", "another function's interface with the same groups is shared", "SUBNET_OUT_OF_IPS",
           FULL, SHARED, **TOMORROW),
    silent("FN-14 ENI-06", "one that has lost its type is told by its description", "SUBNET_OUT_OF_IPS",
           IDLE, FULL, PARTED),
    refused("FN-14 ENI-01", "one with other groups is not shared", "SUBNET_OUT_OF_IPS", FULL,
            do("security_group", "vpc-1", id="sg-else"),
            do("interface", "subnet-a", "10.0.1.20", ["sg-else"], type="lambda"), **TOMORROW),
    Row(ids="FN-14", about="whether there is an interface already is not known",
        world=(*NAT, FULL, do("drop", "NetworkInterfaces")), to="internet", want=HM, code="UNKNOWN_RESOURCE",
        needs="ec2:DescribeNetworkInterfaces", **TOMORROW),
    noted("FN-14 U-28", "an active function without an interface in a full subnet", "SUBNET_OUT_OF_IPS", FULL),
    noted("FN-14", "few addresses are left", "SUBNET_LOW_ON_IPS", put("subnet-a", AvailableIpAddressCount=7)),
    silent("FN-14", "eight are enough", "SUBNET_LOW_ON_IPS", put("subnet-a", AvailableIpAddressCount=8)),
    Row(ids="FN-14", about="a full subnet, and a closed group besides: both are named",
        world=(*NAT, FULL, only()), to="internet", want=NO, code="BAD_STATE", cause="SUBNET_OUT_OF_IPS",
        layer="state", more=("SG_HAS_NO_RULES",), **TOMORROW),
    refused("FN-15", "a subnet that does not exist", "INVALID_SUBNET", at="tomorrow", who="tomorrow",
            config="SubnetIds=subnet-a,subnet-404,SecurityGroupIds=sg-fn", says="subnet-404",
            subnets=("subnet-404", "subnet-a")),
    refused("FN-15", "a subnet that is not available", "INVALID_SUBNET",
            put("subnet-a", State="failed"), says="subnet-a of tomorrow is failed", **TOMORROW),
    refused("FN-15", "a VPC that is being deleted", "INVALID_SUBNET", put("vpc-1", State="deleting"), IDLE,
            says="vpc-1 is deleting"),
    noted("FN-15", "an active function in a subnet that is not available", "INVALID_SUBNET",
          put("subnet-a", State="unavailable")),
    refused("FN-15", "a group that does not exist", "INVALID_SECURITY_GROUP",
            who="tomorrow", config="SubnetIds=subnet-a,SecurityGroupIds=sg-404", says="sg-404"),
    refused("FN-08", "IPv6 and a subnet that is not dual-stack", "SUBNET_NOT_DUAL_STACK", who="tomorrow",
            config="SubnetIds=subnet-a,SecurityGroupIds=sg-fn,Ipv6AllowedForDualStack=true",
            says="Give subnet-a an IPv6 block first, or leave IPv6 off: aws lambda"),
    refused("FN-08", "an IPv6-only subnet", "INVALID_SUBNET", put("subnet-a", Ipv6Native=True), says="subnet-a",
            **TOMORROW),
    silent("FN-08", "IPv6 in dual-stack subnets", "SUBNET_NOT_DUAL_STACK", dual("subnet-a"), who="tomorrow",
           config="SubnetIds=subnet-a,SecurityGroupIds=sg-fn,Ipv6AllowedForDualStack=true"),
    refused("FN-10", "subnets of two VPCs", "SUBNETS_IN_DIFFERENT_VPCS", *OTHER_VPC, who="tomorrow",
            config="SubnetIds=subnet-a,subnet-7,SecurityGroupIds=sg-fn", says="vpc-1, vpc-7", more=("*",)),
    refused("FN-10", "seventeen subnets", "VPC_CONFIG_REFUSED", IDLE,
            put("orders", VpcConfig={"SubnetIds": [f"subnet-{n}" for n in range(17)], "SecurityGroupIds": ["sg-fn"]}),
            says="at most 16", more=("*",)),
    refused("FN-10", "six groups", "VPC_CONFIG_REFUSED", IDLE,
            put("orders", VpcConfig={"SubnetIds": ["subnet-a"],
                                     "SecurityGroupIds": ["sg-fn", *(f"sg-{n}" for n in range(5))]}),
            says="at most 5", more=("*",)),
    refused("FN-10 SG-15", "a group of another VPC", "VPC_CONFIG_REFUSED", *OTHER_VPC, FAR,
            lambda w: w.collections.update(SecurityGroupVpcAssociations=[]), **FAR_TOO,
            says="sg-far of tomorrow is a group of vpc-7, and its subnets are in vpc-1", more=("*",)),
    silent("FN-10 SG-15", "a group of another VPC that may be used in this one", "VPC_CONFIG_REFUSED", *OTHER_VPC, FAR,
           do("add", "SecurityGroupVpcAssociations", {"GroupId": "sg-far", "VpcId": "vpc-1", "State": "associated"}),
           **FAR_TOO),
    Row(ids="FN-10 SG-15", about="whether a group of another VPC may be used is not known",
        world=(*NAT, *OTHER_VPC, FAR, do("drop", "SecurityGroupVpcAssociations")), to="internet", want=HM,
        code="UNKNOWN_RESOURCE", needs="ec2:DescribeSecurityGroupVpcAssociations", **FAR_TOO),
    Row(ids="FN-16", about="host tenancy is taken for dedicated", world=(*NAT, put("vpc-1", InstanceTenancy="host")),
        to="internet", want=NO, code="DEDICATED_TENANCY", at="vpc-1", layer="state", assumes=("FN-16",)),
    Row(ids="FN-16 U-44", about="a function that is to be deployed into a dedicated VPC",
        world=(*NAT, put("vpc-1", InstanceTenancy="dedicated")), to="internet", want=NO, code="DEDICATED_TENANCY",
        at="vpc-1", layer="state", says="peer", **TOMORROW),
    refused("FN-21", "the VPC enforces encryption", "DISALLOWED_BY_VPC_ENCRYPTION_CONTROL",
            put("vpc-1", EncryptionControl=ENFORCED), **TOMORROW),
    silent("FN-21", "Lambda is excluded from it", "DISALLOWED_BY_VPC_ENCRYPTION_CONTROL",
           put("vpc-1", EncryptionControl=ENFORCED | SPARED), **TOMORROW),
    *(Row(ids="FN-21 IN-4", about=f"{about}: it may admit functions, or not", to="internet", want=HM,
          world=(*NAT, put("vpc-1", EncryptionControl=ENFORCED | changed)), code="UNKNOWN_RESOURCE", at="vpc-1",
          **TOMORROW)
      for about, changed in (
          ("it is not in force yet", {"State": "enforce-in-progress"}),
          ("its mode is one that nobody knows", {"Mode": "strict"}),
          ("the exclusion is being taken away", {"ResourceExclusions": {"Lambda": {"State": "disabling"}}}))),
    silent("FN-21", "it could not be put in force", "DISALLOWED_BY_VPC_ENCRYPTION_CONTROL",
           put("vpc-1", EncryptionControl={"Mode": "enforce", "State": "enforce-failed"}), **TOMORROW),
    noted("FN-21", "an active function in a VPC that enforces encryption", "DISALLOWED_BY_VPC_ENCRYPTION_CONTROL",
          put("vpc-1", EncryptionControl=ENFORCED)),
    noted("FN-21", "the VPC only watches", "VPC_ENCRYPTION_MONITORED",
          put("vpc-1", EncryptionControl={"Mode": "monitor", "State": "available"})),
    noted("FN-22", "the subnet is another account's", "SUBNET_OF_OTHER_ACCOUNT",
          put("subnet-a", OwnerId="999999999999"), want=OK),
    noted("FN-23", "a Local Zone", "UNUSUAL_ZONE", put("subnet-a", AvailabilityZone="us-west-2-lax-1a")),
    noted("FN-23", "an Outpost", "UNUSUAL_ZONE",
          put("subnet-a", OutpostArn="arn:aws:outposts:eu-west-1:123456789012:outpost/op-1")),
    silent("FN-23", "an Availability Zone", "UNUSUAL_ZONE"),
    noted("FN-13", "zones are compared by id, whatever an account calls them", "SINGLE_ZONE",
          put("subnet-b", AvailabilityZoneId="euw1-az1"), who="both"),
    silent("FN-13", "two zones", "SINGLE_ZONE", who="both"),
    noted("FN-18", "inbound rules on a group of functions alone", "LAMBDA_INBOUND_RULES",
          do("ingress", "sg-fn", ("tcp", 443, "0.0.0.0/0"))),
    silent("FN-18", "inbound rules on a group that something else carries", "LAMBDA_INBOUND_RULES",
           do("ingress", "sg-fn", ("tcp", 443, "0.0.0.0/0")), do("interface", "subnet-a", "10.0.1.77", ["sg-fn"])),
    noted("U-34 ST-03", "the first call after weeks", "FUNCTION_INACTIVE", IDLE),
    noted("U-34 ST-01", "an update while the function is being set up", "FUNCTION_PENDING",
          put("orders", State="Pending", StateReasonCode="Creating")),
)  # fmt: skip

FINE = (
    Row(ids="U-47 ENI-04", about="time-outs in bursts, and nothing in the way", world=NAT, to="internet", want=OK,
        notes=("NOT_THE_NETWORK",)),
    Row(ids="U-48", about="a Timeout of three seconds", world=(*PRIVATE, DB), to="rds:orders-db", want=OK,
        notes=("NOT_THE_NETWORK",)),
    Row(ids="U-48", about="a Timeout of half a minute says nothing", world=(*NAT, put("orders", Timeout=30)),
        to="internet", want=OK, never=("NOT_THE_NETWORK",)),
    Row(ids="U-48", about="nor is it said where the network is closed", world=PRIVATE, to="internet", want=NO,
        code="NO_ROUTE_TO_DESTINATION", at="rtb-fn", never=("NOT_THE_NETWORK",)),
    Row(ids="U-49 NEED-01", about="no logs: that is no matter of the VPC, and the network is fine", world=NAT,
        to="internet", want=OK, notes=("NOT_THE_NETWORK",)),
    Row(ids="U-50 NEED-13 FN-18", about="something in the VPC cannot connect to a function's interface",
        world=(*NAT, SHARED, do("function", "caller", ["subnet-b"], ["sg-fn"])), who="caller", to="10.0.1.20:443",
        want=NO, code="LAMBDA_CANNOT_RECEIVE_CONNECTIONS", more=("*",), says="Invoke the function through"),
)  # fmt: skip

VERSIONED: Steps = (
    *NAT,
    do("route_table", "vpc-1", ["subnet-b"], id="rtb-closed"),
    do("version", "orders", "1", ["subnet-b"], ["sg-fn"]),
    do("version", "orders", "2", ["subnet-a"], ["sg-fn"]),
    do("version", "orders", "3"),
    do("alias", "orders", "live", "2"),
    do("alias", "orders", "old", "1"),
    do("alias", "orders", "canary", "2", {"1": 0.1}),
    do("alias", "orders", "gone", "9"),
)
BLOCKED: dict[str, Any] = {"want": NO, "code": "NO_ROUTE_TO_DESTINATION", "at": "rtb-closed"}
VERSIONS = (
    Row(ids="FN-19", about="$LATEST is meant", world=VERSIONED, to="internet", want=OK, via=NAT_WAY,
        never=("FUNCTION_ALIAS",)),
    Row(ids="FN-19", about="a version with another subnet", world=VERSIONED, who="orders:1", to="internet", **BLOCKED),
    Row(ids="FN-19", about="the same by its ARN", world=VERSIONED, to="internet",
        who="arn:aws:lambda:eu-west-1:123456789012:function:orders:1", **BLOCKED),
    Row(ids="FN-19", about="$LATEST by its ARN", world=VERSIONED, to="internet", want=OK,
        who="arn:aws:lambda:eu-west-1:123456789012:function:orders:$LATEST"),
    Row(ids="FN-19", about="an alias leads to its version", world=VERSIONED, who="orders:old", to="internet",
        notes=("FUNCTION_ALIAS",), **BLOCKED),
    Row(ids="FN-19", about="an alias of a version that works", world=VERSIONED, who="orders:live", to="internet",
        want=OK, notes=("FUNCTION_ALIAS",)),
    Row(ids="FN-19 FN-03", about="a version in no VPC", world=VERSIONED, who="orders:3", to="10.0.3.4:5432",
        want=NO, code="DISCONNECTED_VPCS", cause="FUNCTION_NOT_IN_VPC"),
)  # fmt: skip
ODDITIES = (
    Row(ids="FN-19", about="versions that stand among the functions", to="internet", want=OK,
        world=(*NAT, do("version", "orders", "4", ["subnet-b"], ["sg-fn"], key="Functions"))),
    Row(ids="FN-15", about="the subnet of an active function is gone: nothing is decided by that",
        world=(*NAT, forget("Subnets", "subnet-a")), to="internet", want=HM, code="UNKNOWN_RESOURCE",
        notes=("INVALID_SUBNET",)),
    Row(ids="FN-17", about="ping from a version", world=VERSIONED, who="orders:2", to=f"{HOST}:*/icmp",
        want=NO, code="PROTOCOL_RESTRICTION"),
)  # fmt: skip
