"""Rules that name groups of other VPCs and accounts: over peering connections, transit gateways, translators."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, Row, Step, Steps, cut, do, put
from tests.scenario_transit import FAR_WAY, JOINED, SPOKES, attach, table
from tests.scenario_worlds import BACK, PEER, PRIVATE, THERE, only, unseen
from tests.world_members import Rule

PARTNER = "222222222222"
ON = {"SecurityGroupReferencingSupport": "enable"}
OFF = {"SecurityGroupReferencingSupport": "disable"}
PEERED: Steps = (*PRIVATE, *PEER, THERE, BACK)
HOST = "10.9.1.9:5432"


def admits(group: str, *rules: Rule) -> Step:
    """A group with exactly these inbound rules."""

    def change(world: Any) -> None:
        world[group]["IpPermissions"].clear()
        world.ingress(group, *rules)

    return change


def reference(group: str, **pair: str) -> Step:
    """The one inbound rule of a group, by a reference with these members."""
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [pair], "IpRanges": []}
    return lambda world: world[group].update(IpPermissions=[rule])


def peering(id: str, **accepter: str) -> Step:
    """The accepter's side of a peering connection, of another account or Region."""
    return lambda world: world[id]["AccepterVpcInfo"].update(accepter)


def associated(group: str, vpc: str, state: str = "associated") -> Step:
    """A group that may be used in another VPC."""
    record = {"GroupId": group, "VpcId": vpc, "VpcOwnerId": "123456789012", "State": state}
    return do("add", "SecurityGroupVpcAssociations", record)


def zone(subnet: str, id: str, name: str) -> Step:
    """Another Availability Zone."""
    return put(subnet, AvailabilityZoneId=id, AvailabilityZone=name)


def stopped(at: str, code: str = "ENI_SG_RULES_MISMATCH", cause: str | None = "DEST_SG_NO_MATCH") -> dict[str, Any]:
    """A group's refusal."""
    return {"want": NO, "code": code, "at": at, "cause": cause}


BY_GROUP = admits("sg-x", ("tcp", 5432, "sg-fn"))
REFERRED: Steps = (*JOINED, put("tgw-1", Options=ON), BY_GROUP)
UNSUPPORTED = stopped("sg-x", "SG_REFERENCING_SUPPORT")
STALE = stopped("sg-x", "STALE_SG_REFERENCE")
FAR = {"UserId": "123456789012", "GroupId": "sg-fn", "VpcId": "vpc-1", "VpcPeeringConnectionId": "pcx-1"}
# The database's own subnet is attached in zone c, where the function's VPC is not.
INSPECTED: Steps = (
    *SPOKES, put("tgw-1", Options=ON), BY_GROUP,
    do("vpc", "10.8.0.0/16", id="vpc-8"),
    do("subnet", "vpc-8", "10.8.1.0/24", "a", id="subnet-i"),
    do("route_table", "vpc-8", ["subnet-i"], [("10.0.0.0/8", "tgw-1")], id="rtb-i"),
    attach("tgw-attach-8", "vpc-8", ["subnet-i"], "tgw-rtb-8"),
    table("tgw-rtb-1", ("10.0.0.0/8", "tgw-attach-8")),
    table("tgw-rtb-8", ("10.0.0.0/16", "tgw-attach-1"), ("10.2.0.0/16", "tgw-attach-2")),
)  # fmt: skip

# A group of the first VPC on an interface of the second, over a transit gateway that carries no references.
LENT: Steps = (
    *JOINED, do("security_group", "vpc-1", [("tcp", 5432, "10.0.0.0/16")], id="sg-lent"),
    associated("sg-lent", "vpc-2"), do("interface", "subnet-x", "10.2.1.9", ["sg-lent"], id="eni-lent"),
)  # fmt: skip

REFERENCES: tuple[Row, ...] = (
    # SG-8, SG-10: peering connections.
    Row(ids="SG-8 PCX-6", about="inbound by group over a peering connection", world=(*PEERED, BY_GROUP),
        to=HOST, want=OK, via=("rtb-fn", "pcx-1")),
    Row(ids="SG-8 PCX-6", about="outbound by group over a peering connection", to=HOST, want=OK,
        world=(*PEERED, only(("tcp", 5432, "sg-x")))),
    Row(ids="SG-8", about="inbound by a group of another account", to=HOST, want=OK,
        world=(*PEERED, peering("pcx-1", OwnerId=PARTNER), put("sg-x", OwnerId=PARTNER), reference("sg-x", **FAR))),
    Row(ids="SG-8 SHR-1", about="inbound by a group that is written with its account", to=HOST, want=OK,
        world=(*PEERED, reference("sg-x", GroupId="123456789012/sg-fn"))),
    Row(ids="SG-8", about="the evidence names the other account", to=HOST,
        world=(*PEERED, reference("sg-x", UserId=PARTNER, GroupId="sg-else")), **stopped("sg-x"),
        says=f"{PARTNER}/sg-else"),
    Row(ids="SG-10", about="inbound by group over a peering connection between Regions",
        world=(*PEERED, peering("pcx-1", Region="eu-west-2"), BY_GROUP), to=HOST, **stopped("sg-x"),
        says="eu-west-1 and eu-west-2"),
    Row(ids="SG-10", about="outbound by group over a peering connection between Regions",
        world=(*PEERED, peering("pcx-1", Region="eu-west-2"), only(("tcp", 5432, "sg-x"))), to=HOST,
        **stopped("sg-fn", cause=None), says="--ip-permissions 'IpProtocol=tcp,FromPort=5432,ToPort=5432,"
        "IpRanges=[{CidrIp=10.9.1.9/32}]'"),
    Row(ids="SG-10", about="between Regions by address range", to=HOST, want=OK,
        world=(*PEERED, peering("pcx-1", Region="eu-west-2"))),
    # SG-7: what rewrites the address.
    Row(ids="SG-7 NAT-11", about="inbound by group behind a NAT gateway, over a peering connection",
        world=(*PRIVATE, *PEER, BY_GROUP, do("subnet", "vpc-1", "10.0.0.0/24", "a", id="subnet-p"),
               do("internet_gateway", "vpc-1", id="igw-1"),
               do("nat_gateway", "subnet-p", id="nat-1"),
               do("route_table", "vpc-1", ["subnet-p"], [("10.9.0.0/16", "pcx-1")], id="rtb-p"),
               do("route", "rtb-fn", "10.9.0.0/16", "nat-1")),
        to=HOST, **stopped("sg-x", "SG_REFERENCES_NOT_PRESERVED")),
    # SG-9: transit gateways.
    Row(ids="SG-9", about="the gateway carries references, the attachments by default", world=REFERRED,
        to="rds:far-db", want=OK, via=FAR_WAY),
    Row(ids="SG-9", about="the gateway does not carry references: the fix switches it on", world=(*JOINED, BY_GROUP),
        to="rds:far-db", **UNSUPPORTED, says="aws ec2 modify-transit-gateway --transit-gateway-id tgw-1 --options"),
    *(Row(ids="SG-9", about=f"the {whose} attachment does not", world=(*REFERRED, put(id, Options=OFF)),
          to="rds:far-db", **UNSUPPORTED,
          says=f"modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id {id}")
      for whose, id in (("sender's", "tgw-attach-1"), ("receiver's", "tgw-attach-2"))),
    Row(ids="SG-9 SG-5", about="by address range no option matters", world=JOINED, to="rds:far-db", want=OK),
    Row(ids="SG-9", about="what a template leaves out about an attachment is not known",
        world=(*REFERRED, cut("tgw-attach-2", "Options")), to="rds:far-db",
        want=HM, code="UNKNOWN_RESOURCE", at="sg-x", needs="ec2:DescribeTransitGatewayVpcAttachments"),
    Row(ids="SG-9", about="an attachment in use1-az3",
        world=(*REFERRED, zone("subnet-x", "use1-az3", "us-east-1e"), zone("subnet-a", "use1-az3", "us-east-1e")),
        to="rds:far-db", **UNSUPPORTED, says="use1-az3"),
    Row(ids="SG-9", about="through an inspection VPC", world=INSPECTED, to="rds:far-db", **UNSUPPORTED,
        says="tgw-1, tgw-1"),
    Row(ids="SG-9 SG-5", about="through an inspection VPC by address range", to="rds:far-db", want=OK,
        world=(*INSPECTED, admits("sg-x", ("tcp", 5432, "10.0.0.0/16")))),
    Row(ids="SG-9 VPCE-13", about="an endpoint's group, over a transit gateway",
        world=(*JOINED, put("tgw-1", Options=ON),
               do("security_group", "vpc-2", [("tcp", 443, "sg-fn")], id="sg-e"),
               do("interface_endpoint", "vpc-2", "sqs", ["subnet-x"], ["sg-e"], id="vpce-e",
                  NetworkInterfaceIds=["eni-e"]),
               do("interface", "subnet-x", "10.2.1.88", ["sg-e"], type="vpc_endpoint", id="eni-e")),
        to="eni-e:443", want=NO, code="SG_REFERENCING_SUPPORT", at="sg-e", cause="ENDPOINT_SG_CLOSED"),
    Row(ids="SG-8 T24", about="outbound by group over a transit gateway that carries references",
        world=(*JOINED, put("tgw-1", Options=ON), only(("tcp", 5432, "sg-x"))), to="rds:far-db",
        **stopped("sg-fn", cause=None), says="outbound rules name groups of the same VPC or of a peered one only"),
    # SG-11: stale references.
    Row(ids="T36 SG-11", about="the peering connection of the reference was deleted",
        world=(*PEERED, reference("sg-x", **FAR | {"PeeringStatus": "deleted"})), to=HOST, **STALE),
    Row(ids="T36 SG-11", about="the referenced group was deleted: AWS leaves its account out",
        world=(*PEERED, reference("sg-x", GroupId="sg-old", VpcId="vpc-1", VpcPeeringConnectionId="pcx-1")), to=HOST,
        **STALE),
    Row(ids="SG-11", about="the call for stale groups says so", to=HOST, **STALE,
        world=(*PEERED, reference("sg-x", **FAR),
               do("add", "StaleSecurityGroupSet", {"GroupId": "sg-x", "VpcId": "vpc-2", "StaleIpPermissions": [
                   {"IpProtocol": "tcp", "UserIdGroupPairs": [{"GroupId": "sg-fn"}]}]}))),
    Row(ids="SG-11", about="a stale rule beside one that holds", to=HOST, want=OK,
        world=(*PEERED, reference("sg-x", **FAR | {"PeeringStatus": "deleted"}),
               do("ingress", "sg-x", ("tcp", 5432, "10.0.0.0/16")))),
    Row(ids="SG-11", about="an active peering revives the reference", to=HOST, want=OK,
        world=(*PEERED, reference("sg-x", **FAR | {"PeeringStatus": "active"}))),
    # SG-12: groups of an interface of which nothing is known.
    Row(ids="SG-12", about="only a reference could match, and the far VPC is not in the data",
        world=(*PEERED, only(("tcp", 5432, "sg-x")), unseen("vpc-2"), peering("pcx-1", OwnerId=PARTNER)), to=HOST,
        want=HM, code="UNKNOWN_PEERED_SGS", at="sg-fn", more=("UNKNOWN_RESOURCE",)),
    # SG-15: groups used in another VPC.
    Row(ids="SG-15", about="an interface carries a group of another VPC that is associated with its own",
        world=(*PEERED, do("security_group", "vpc-1", [("tcp", 5432, "10.0.0.0/16")], id="sg-lent"),
               associated("sg-lent", "vpc-2"), put("eni-x", Groups=[{"GroupId": "sg-lent"}])), to=HOST, want=OK),
    Row(ids="SG-15", about="its group refers to the lent group, in one VPC", who="eni-y", to=HOST, want=OK,
        world=(*PEERED, do("security_group", "vpc-1", [("tcp", 5432, "sg-lent")], id="sg-lent"),
               associated("sg-lent", "vpc-2"), do("interface", "subnet-x", "10.9.1.8", ["sg-lent"], id="eni-y"),
               admits("sg-x", ("tcp", 5432, "sg-lent")))),
    Row(ids="SG-15 SG-9", about="whether it counts from afar where references are off is not documented",
        world=(*JOINED, BY_GROUP, associated("sg-fn", "vpc-2")), to="rds:far-db",
        want=HM, code="UNKNOWN_RESOURCE", at="sg-x", needs="a rule by address range"),
    Row(ids="SG-15 SG-8", about="a lent group that an outbound rule names, carried next door", to="10.2.1.9:5432",
        world=(*LENT, only(("tcp", 5432, "sg-lent"))), want=HM, code="UNKNOWN_RESOURCE", at="sg-fn",
        needs="a rule by address range"),
    Row(ids="SG-15 SG-8", about="the same without an association", to="10.2.1.9:5432", want=NO,
        world=(*LENT, only(("tcp", 5432, "sg-lent")), lambda w: w.collections["SecurityGroupVpcAssociations"].clear()),
        code="ENI_SG_RULES_MISMATCH", at="sg-fn"),
    Row(ids="SG-15 SG-9", about="a lent group that names itself, carried at both ends", to="10.2.1.9:5432", who="lent",
        world=(*LENT, admits("sg-lent", ("tcp", 5432, "sg-lent")), do("function", "lent", ["subnet-a"], ["sg-lent"])),
        want=HM, code="UNKNOWN_RESOURCE", at="sg-lent", needs="a rule by address range"),
    Row(ids="SG-15 SG-9", about="by address range nothing is in doubt", to="10.2.1.9:5432", world=LENT, want=OK),
    *(Row(ids="SG-15 SG-9", about=f"an association that is {state} is not one", world=(*JOINED, BY_GROUP, associated(
          "sg-fn", "vpc-2", state)), to="rds:far-db", **UNSUPPORTED)
      for state in ("associating", "disassociating", "disassociated")),
    Row(ids="SG-15 SG-9", about="where references are on it is no matter", to="rds:far-db", want=OK, via=FAR_WAY,
        world=(*JOINED, put("tgw-1", Options=ON), BY_GROUP, associated("sg-fn", "vpc-2"))),
    Row(ids="SG-15 SG-9", about="an association that failed counts for nothing",
        world=(*JOINED, BY_GROUP, associated("sg-fn", "vpc-2", "association-failed")), to="rds:far-db", **UNSUPPORTED),
)  # fmt: skip
