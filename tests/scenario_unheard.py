"""Values of enums that nobody knew when this was written: they leave open what depends on them (IN-4)."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, cut, do, put, put_in
from tests.scenario_worlds import ANY, HIGH, HOST, NAT, NAT_WAY, NO_DEFAULT, PRIVATE, acl, only
from tests.worlds import World


def _action(world: World) -> None:
    world["acl-a"]["Entries"][0]["RuleAction"] = "ponder"


def _associated(state: str) -> Steps:
    """The functions' table, associated with their subnets in some state."""
    return (*NAT, lambda w: [a.update(AssociationState={"State": state}) for a in w["rtb-fn"]["Associations"]])


# An interface of an instance.
HOSTED: Steps = (
    *PRIVATE,
    do("interface", "subnet-d", "10.0.3.9", ["sg-db"], id="eni-1"),
    put("eni-1", Attachment={"InstanceId": "i-1", "Status": "attached"}),
)

def rule(**members: Any) -> Step:
    """Change the first outbound rule of the functions' group."""
    return lambda w: w["sg-fn"]["IpPermissionsEgress"][0].update(members)


UNHEARD = (
    Row(ids="IN-4 RT-10", about="a route in a state that nobody knows",
        world=(*NO_DEFAULT, do("route", "rtb-fn", ANY, "nat-1", "pondering")), to="internet",
        want=HM, code="UNSUPPORTED_COMPONENT", at="rtb-fn"),
    Row(ids="IN-4 RT-10", about="such a route does not matter to what another one takes",
        world=(*NAT, do("route", "rtb-fn", "8.8.8.0/24", "nat-1", "pondering")), to=f"{HOST}:443",
        want=OK, via=NAT_WAY),
    Row(ids="IN-4 RT-1", about="an association in a state that nobody knows", world=_associated("pondering"),
        to="internet", want=HM, code="UNKNOWN_RESOURCE", at="rtb-fn", needs="ec2:DescribeRouteTables"),
    Row(ids="IN-4 RT-1", about="an association that failed is none", world=_associated("failed"),
        to="internet", want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-00000001"),
    Row(ids="IN-4 IGW-1", about="an internet gateway attached in a state that nobody knows",
        world=(*NAT, put("igw-1", Attachments=[{"VpcId": "vpc-1", "State": "pondering"}])), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="igw-1"),
    Row(ids="IN-4 NAT-2", about="a NAT gateway of a connectivity that nobody knows",
        world=(*NAT, put("nat-1", ConnectivityType="pondering")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="nat-1"),
    Row(ids="IN-4 NAT-5", about="a NAT gateway of an availability that nobody knows",
        world=(*NAT, put("nat-1", AvailabilityMode="pondering")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="nat-1"),
    Row(ids="IN-4 NAT-3", about="a NAT gateway whose address has a status that nobody knows",
        world=(*NAT, put_in("nat-1", "NatGatewayAddresses", 0, Status="pondering")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="nat-1"),
    Row(ids="IN-4 NAT-4", about="a zonal NAT gateway whose record names no subnet",
        world=(*NAT, cut("nat-1", "SubnetId")), to="internet", want=HM, code="UNSUPPORTED_COMPONENT", at="nat-1"),
    Row(ids="IN-4 NACL-2", about="an entry that does what nobody knows",
        world=(*NAT, acl("subnet-a", HIGH), _action), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="acl-a", more=("UNKNOWN_RESOURCE",)),
    Row(ids="IN-4 FNSRC-7", about="a VPC of a tenancy that nobody knows",
        world=(*NAT, put("vpc-1", InstanceTenancy="pondering")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="vpc-1"),
    Row(ids="IN-4 NATI-1", about="an instance in a state that nobody knows",
        world=(*HOSTED, do("add", "Instances", {"InstanceId": "i-1", "State": {"Name": "pondering"}}, "i-1")),
        to="i-1:5432", want=HM, code="UNKNOWN_RESOURCE", at="i-1"),
    Row(ids="IN-4 NATI-1", about="an interface in a status that nobody knows",
        world=(*HOSTED, put("eni-1", Status="pondering")), to="eni-1:5432",
        want=HM, code="UNKNOWN_RESOURCE", at="eni-1"),
    *(Row(ids="NATI-1", about=f"an interface that is in use while its attachment is {state}", to="i-1:5432",
          world=(*HOSTED, put("eni-1", Attachment={"InstanceId": "i-1", "Status": state})),
          want=want, code=code, at="eni-1")
      for state, want, code in (("detaching", NO, "BAD_STATE"), ("pondering", HM, "UNKNOWN_RESOURCE"))),
    Row(ids="IN-4 SG-4", about="a rule for a protocol that nobody knows may be the one that allows",
        world=(*NAT, only(("tcp", 443, ANY)), rule(IpProtocol="pondering")), to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="sg-fn"),
    Row(ids="IN-4 SG-4", about="such a rule for somebody else decides nothing",
        world=(*NAT, only(("tcp", 443, "10.0.0.0/8")), rule(IpProtocol="pondering")), to=f"{HOST}:443",
        want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-fn"),
    Row(ids="SG-4", about="the command names every range of ports that is missing",
        world=(*NAT, only(("tcp", 443, ANY))), to=f"{HOST}:*", want=PART, code="ENI_SG_RULES_MISMATCH", at="sg-fn",
        dimension="ports", says="'IpProtocol=tcp,FromPort=444,ToPort=65535,IpRanges=[{CidrIp=93.184.216.34/32}]'"),
)  # fmt: skip
