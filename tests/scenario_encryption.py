"""VPC encryption controls beyond endpoints: peers, transit gateways, inspection; and what never sends on its own."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, Row, Step, Steps, do, put
from tests.scenario_firewalls import FW_WAY, INSPECTED, PASSING
from tests.scenario_transit import FAR_WAY, JOINED
from tests.scenario_worlds import BACK, DB, PEER, PRIVATE, THERE, unseen


def enforced(vpc: str, mode: str = "enforce", **excluded: bool) -> Step:
    """An encryption control of a VPC, with what it says about exclusions."""
    told = {k: {"State": "enabled" if v else "disabled"} for k, v in excluded.items()}
    control = {"Mode": mode, "State": "available", "VpcEncryptionControlId": f"vpcec-{vpc[4:]}"}
    return put(vpc, EncryptionControl={**control, "ResourceExclusions": told})


NEXT_DOOR: Steps = (*PRIVATE, *PEER, THERE, BACK)
def unsettled(vpc: str, mode: str = "enforce", state: str = "enforce-in-progress", **excluded: bool) -> Steps:
    """A control of which it cannot be told whether it enforces."""
    return enforced(vpc, mode, **excluded), lambda w: w[vpc]["EncryptionControl"].update(State=state)


STRICT: Step = enforced("vpc-1", VpcPeering=False)


def peered(about: str, *steps: Step, **want: Any) -> Row:
    """A row about a peering connection."""
    return Row(ids="ENC-3", about=about, world=(*NEXT_DOOR, *steps), to="10.9.1.9:5432", **want)


REFUSED: dict[str, Any] = {"want": NO, "code": "ENCRYPTION_ENFORCED", "at": "pcx-1", "more": ("*",)}
UNTOLD: dict[str, Any] = {"want": HM, "code": "UNKNOWN_RESOURCE", "at": "vpc-1",
                          "needs": "a settled EncryptionControl.State"}  # fmt: skip
ENCRYPTION = (
    peered("the peer does not enforce encryption, and peering is not excluded", STRICT, **REFUSED,
           says="Exclude peering connections"),
    peered("it is the peer that enforces it", enforced("vpc-2", VpcPeering=False), **REFUSED),
    peered("a peer that only monitors does not enforce it", STRICT, enforced("vpc-2", "monitor"), **REFUSED),
    peered("peering is excluded", enforced("vpc-1", VpcPeering=True), want=OK, via=("rtb-fn", "pcx-1")),
    peered("both enforce it: what is between them is encrypted", STRICT, enforced("vpc-2", VpcPeering=False), want=OK),
    peered("only one of both excludes peering", STRICT, enforced("vpc-2", VpcPeering=True), want=OK),
    peered("a peer in another Region", STRICT, unseen("vpc-2"),
           lambda w: w["pcx-1"]["AccepterVpcInfo"].update(Region="eu-central-1"), **REFUSED),
    peered("whether peering is excluded is not in the record", enforced("vpc-1"),
           want=HM, code="UNKNOWN_RESOURCE", at="vpc-1", needs="ec2:DescribeVpcs", more=("UNKNOWN_RESOURCE",)),
    peered("whether the peer enforces it was not read", STRICT, unseen("vpc-2"), want=HM, code="UNKNOWN_RESOURCE",
           at="vpc-2", needs="ec2:DescribeVpcs"),
    peered("what is not known does not hide a closed group", enforced("vpc-1"), put("sg-x", IpPermissions=[]),
           want=NO, code="SG_HAS_NO_RULES", at="sg-x", cause="*"),
    *(peered(f"the control of the sender's VPC is {word}", *unsettled("vpc-1", mode, state, VpcPeering=False),
             **UNTOLD, more=("UNKNOWN_RESOURCE",))
      for word, mode, state in (("in a mode that nobody knows", "strict", "available"),
                                ("in a state that nobody knows", "enforce", "dozing"),
                                ("about to enforce", "monitor", "enforce-in-progress"),
                                ("about to stop enforcing", "monitor", "monitor-in-progress"),
                                ("being deleted", "enforce", "deleting"),
                                ("still there, for all that it was to be deleted", "enforce", "delete-failed"))),
    *(peered(f"the control of the sender's VPC is {word}", *unsettled("vpc-1", mode, state, VpcPeering=False), want=OK)
      for word, mode, state in (("deleted", "enforce", "deleted"), ("one that could not enforce", "enforce",
                                                                    "enforce-failed"),
                                ("being made, only to monitor", "monitor", "creating"))),
    peered("whether it enforces is not known, but peering is excluded", *unsettled("vpc-1", VpcPeering=True), want=OK),
    peered("the peer's control is about to enforce", STRICT, *unsettled("vpc-2", VpcPeering=True), want=HM,
           code="UNKNOWN_RESOURCE", at="vpc-2", needs="a settled EncryptionControl.State", more=("UNKNOWN_RESOURCE",)),
    peered("whether peering is excluded is changing", lambda w: w["vpc-1"].update(EncryptionControl={
        "Mode": "enforce", "State": "available", "ResourceExclusions": {"VpcPeering": {"State": "disabling"}}}),
           want=HM, code="UNKNOWN_RESOURCE", at="vpc-1", more=("UNKNOWN_RESOURCE",)),
    Row(ids="ENC-3 IN-4", about="a Network Firewall where encryption may be enforced", to="internet",
        world=(*INSPECTED, PASSING, *unsettled("vpc-1", "strict", "available")), **UNTOLD, more=("UNKNOWN_RESOURCE",)),
    Row(ids="ENC-3 IN-4", about="a Local Zone where encryption may be enforced", to="rds:orders-db", **UNTOLD,
        world=(*PRIVATE, DB, *unsettled("vpc-1"), put("subnet-d", AvailabilityZone="eu-west-1-ham-1a"))),
    Row(ids="ENC-3", about="a Network Firewall where encryption is enforced", to="internet", want=HM,
        world=(*INSPECTED, PASSING, enforced("vpc-1")), code="ENCRYPTION_INSPECTION_UNSUPPORTED", at="vpce-fw",
        via=FW_WAY, more=("ENCRYPTION_INSPECTION_UNSUPPORTED",)),
    Row(ids="ENC-3 ENC-1", about="a Network Firewall where encryption is monitored", to="internet", want=OK,
        world=(*INSPECTED, PASSING, enforced("vpc-1", "monitor"))),
    *(Row(ids="ENC-3", about=f"a Local Zone where encryption is enforced: the {who} is there", to="rds:orders-db",
          world=(*PRIVATE, DB, enforced("vpc-1"), put(subnet, AvailabilityZone="eu-west-1-ham-1a")), want=HM,
          code="ENCRYPTION_ZONE_UNSUPPORTED", at=subnet)
      for who, subnet in (("function", "subnet-a"), ("database", "subnet-d"))),
    Row(ids="ENC-3", about="a closed group beats what is not known of a Local Zone", to="rds:orders-db", want=NO,
        world=(*PRIVATE, DB, enforced("vpc-1"), put("subnet-d", AvailabilityZone="eu-west-1-ham-1a"),
               put("sg-db", IpPermissions=[])), code="SG_HAS_NO_RULES", at="sg-db", cause="*"),
    Row(ids="ENC-3 ENC-1", about="a Local Zone where encryption is monitored", to="rds:orders-db", want=OK,
        world=(*PRIVATE, DB, enforced("vpc-1", "monitor"), put("subnet-a", AvailabilityZone="eu-west-1-ham-1a"))),
    Row(ids="ENC-3", about="a transit gateway without encryption support is a note", to="rds:far-db", want=OK,
        world=(*JOINED, enforced("vpc-1")), via=FAR_WAY, notes=("TGW_WITHOUT_ENCRYPTION",)),
    Row(ids="ENC-3", about="a transit gateway with encryption support", to="rds:far-db", want=OK,
        world=(*JOINED, enforced("vpc-1"), lambda w: w["tgw-1"].update(
            Options={"EncryptionSupport": {"EncryptionState": "enabled"}})), never=("TGW_WITHOUT_ENCRYPTION",)),
    *(Row(ids="VPCE-20", about=f"{who} {kind} opens no connection", to="eni-h:5432", who="eni-v",
          world=(*PRIVATE, do("interface", "subnet-d", "10.0.3.70", ["sg-fn"], id="eni-v", type=kind),
                 put("eni-v", RequesterManaged=managed),
                 do("interface", "subnet-d", "10.0.3.71", ["sg-db"], id="eni-h")),
          want=NO, code="VPCE_INTRA_VPC_TRAFFIC", at="eni-v")
      for who, kind, managed in (("one's own", "vpc_endpoint", False), ("a service's", "vpc_endpoint", True),
                                 ("a service's", "gateway_load_balancer_endpoint", True))),
)  # fmt: skip
