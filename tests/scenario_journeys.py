"""What walking single packets through random networks found: rows for each mistake that the walks brought to light."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, Row, Step, Steps, cut, do, put
from tests.scenario_crossings import FAR, far_gateway
from tests.scenario_dns import API, HIDDEN, HOSTS, SHUT, a, zone
from tests.scenario_inspection import INSPECTED_NAT, INSPECTED_WAY, TO_BOX, public
from tests.scenario_public_access import INGRESS, NONE, STOPPED, block, exclusion
from tests.scenario_tgw import DB
from tests.scenario_worlds import NAT

BOXED: Steps = (*INSPECTED_NAT, public(), TO_BOX, block(INGRESS))

PUBLIC_ACCESS: tuple[Row, ...] = (
    Row(ids="BPA-5 BPA-3", about="an appliance faces the gateway, though a NAT gateway stands before it",
        world=(*BOXED, NONE), to="internet", says="allow-bidirectional", **STOPPED),
    Row(ids="BPA-5", about="an exclusion for what may only go out does not help the appliance",
        world=(*BOXED, exclusion("subnet-m", "allow-egress")), to="internet", **STOPPED),
    Row(ids="BPA-5", about="an exclusion of the NAT gateway's subnet does not either",
        world=(*BOXED, exclusion("subnet-p", "allow-bidirectional")), to="internet", **STOPPED),
    Row(ids="BPA-5 BPA-4", about="one for both directions on the appliance's subnet does", to="internet",
        world=(*BOXED, exclusion("subnet-m", "allow-bidirectional")), want=OK, via=INSPECTED_WAY),
)  # fmt: skip

NATS: tuple[Row, ...] = (
    Row(ids="NAT-2 T5", about="a private NAT gateway whose record lists a public address", to="internet",
        world=(*NAT, put("nat-1", ConnectivityType="private")),
        want=NO, code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", at="igw-1"),
    Row(ids="IGW-2 T2", about="an instance without a public address, in a public subnet", to="internet", who="i-1",
        world=(*NAT, do("interface", "subnet-p", "10.0.0.60", ["sg-fn"], id="eni-i", instance="i-1")),
        want=NO, code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", at="igw-1",
        says="associate-address --network-interface-id eni-i"),
)  # fmt: skip


# -- gateways of one Region: each has an attachment of its own for their peering -----------------------------

def own_attachments(listed: bool = True) -> Steps:
    """The accepter's gateway knows the peering as tgw-attach-q; `listed`: also as a peering."""

    def change(w: Any) -> None:
        w["tgw-attach-p"]["AccepterTransitGatewayAttachmentId"] = "tgw-attach-q"
        w["peering of tgw-2"]["TransitGatewayAttachmentId"] = "tgw-attach-q"
        w["tgw-rtb-2/routes"]["Routes"][0]["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"] = (
            "tgw-attach-q"
        )
        if listed:
            q = {**w["tgw-attach-p"], "TransitGatewayAttachmentId": "tgw-attach-q"}
            w.add("TransitGatewayPeeringAttachments", q, "tgw-attach-q")

    return (*far_gateway(), change)


def associations(*without: str) -> Step:
    """Both tables tell with which attachments they are associated; so nothing else is."""

    def change(w: Any) -> None:
        for n, ids in ((1, ("tgw-attach-1", "tgw-attach-p")), (2, ("tgw-attach-2", "tgw-attach-q"))):
            rows = [{"TransitGatewayAttachmentId": id, "State": "associated"} for id in ids if id not in without]
            w.add("TransitGatewayAssociations", {"TransitGatewayRouteTableId": f"tgw-rtb-{n}", "Associations": rows})

    return change


SAME_REGION: tuple[Row, ...] = (
    Row(ids="TGW-11", about="gateways of one Region know their peering by two ids", world=own_attachments(), to=DB,
        want=OK, via=("rtb-fn", "tgw-attach-1", "tgw-1", "tgw-attach-p", "tgw-attach-q", "tgw-2", "tgw-attach-2")),
    Row(ids="TGW-11", about="only the requester's side is listed as a peering", to=DB, want=OK,
        world=own_attachments(listed=False)),
    Row(ids="TGW-11 TGW-3", about="the tables tell their associations", to=DB, want=OK,
        world=(*own_attachments(), associations(), cut("peering of tgw-1", "Association"),
               cut("peering of tgw-2", "Association"))),
    Row(ids="TGW-11 TGW-3", about="the accepter's attachment is associated with no table", to=DB, want=NO,
        world=(*own_attachments(), associations("tgw-attach-q"), cut("peering of tgw-2", "Association")),
        code="TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", at="tgw-attach-q"),
    Row(ids="TGW-11", about="the accepter's attachment is not in the data", to=DB, want=HM, at="tgw-attach-p",
        world=(*own_attachments(listed=False),
               lambda w: w.collections["TransitGatewayAttachments"].remove(w["peering of tgw-2"])),
        code="TGW_RTB_ROUTES_ARE_UNKNOWN"),
    Row(ids="TGW-11 TGW-1 RT-11", about="one of two Regions was read when the peering was going away", to=DB, want=NO,
        world=(*far_gateway(), put("tgw-attach-p", State="deleting"), FAR), code="BAD_STATE_ATTACHMENT",
        at="tgw-attach-p", more=("BAD_STATE_ATTACHMENT",)),
    Row(ids="TGW-11", about="the accepter is another account", to=DB, want=OK,
        world=(*own_attachments(), put("tgw-2", OwnerId="222222222222"),
               do("move", "222222222222", "eu-west-1", "vpc-2", "far-db", "subnet-x", "tgw-2", "tgw-attach-2",
                  "tgw-attach-2/general", "tgw-rtb-2", "tgw-rtb-2/routes", "peering of tgw-2", "sg-x",
                  "tgw-attach-q"))),
)  # fmt: skip
# -- wildcards deeper than the top of their zone -----------------------------------------------------------

WILD = a("*.corp.example", "10.0.3.53")
NAMES: tuple[Row, ...] = (
    Row(ids="DNS-5", about="a wildcard of a subdomain, of which nothing else is in the zone", to=API, want=OK,
        world=(*HOSTS, zone("example", WILD)), via=("rtb-fn",)),
    Row(ids="DNS-5", about="it stands before one nearer to the top", to=API, want=NO,
        world=(*HOSTS, zone("example", a("*.corp.example", "10.0.3.54"), a("*.example", "10.0.3.53"))), **SHUT),
    Row(ids="DNS-5", about="it also stands for names several levels below", to="v1.api.corp.example", want=OK,
        world=(*HOSTS, zone("example", WILD, a("*.example", "10.0.3.54")))),
    Row(ids="DNS-5", about="not for a name that is only a step to another one", to=API, at="Z1",
        world=(*HOSTS, zone("example", WILD, a("v1.api.corp.example", "10.0.3.53"))), **HIDDEN),
)  # fmt: skip
JOURNEYS = (*NAMES, *PUBLIC_ACCESS, *NATS, *SAME_REGION)
