"""VPC Block Public Access: setting × exclusion × what faces the gateway, each cell of AWS's table a row."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, do, put
from tests.scenario_ipv6 import READY, gateway
from tests.scenario_ipv6 import default as default_v6
from tests.scenario_nat import REGIONAL, regional
from tests.scenario_transit import JOINED, nat_instance
from tests.scenario_worlds import ANY, HOST, NAT, NO_DEFAULT

BLOCK, INGRESS = "block-bidirectional", "block-ingress"


def block(mode: str, **state: str) -> Step:
    """The account's setting."""
    record = {"InternetGatewayBlockMode": mode, "State": "update-complete", **state}
    return do("add", "VpcBlockPublicAccessOptions", record, "options")


def exclusion(of: str, mode: str, state: str = "create-complete") -> Step:
    """An exclusion for a subnet or a VPC."""
    kind = of.partition("-")[0]
    record = {
        "ExclusionId": "vpcbpa-exclude-1", "InternetGatewayExclusionMode": mode, "State": state,
        "ResourceArn": f"arn:aws:ec2:eu-west-1:123456789012:{kind}/{of}",
    }  # fmt: skip
    return do("add", "VpcBlockPublicAccessExclusions", record, "exclusion")


NONE: Step = lambda w: w.collections.setdefault("VpcBlockPublicAccessExclusions", [])  # noqa: E731
STOPPED: dict[str, Any] = {"want": NO, "code": "VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "at": "igw-1"}

# What faces the gateway: its world, the subnet that does, and who asks for what.
HOST_WORLD: Steps = (
    *NO_DEFAULT,
    do("security_group", "vpc-1", id="sg-host"),
    do("interface", "subnet-p", "10.0.0.30", ["sg-host"], id="eni-host", public_ip="54.1.2.9"),
)
FACES: dict[str, tuple[Steps, str, dict[str, Any]]] = {
    "nat gateway": (NAT, "subnet-p", {}),
    "nat instance": (nat_instance(), "subnet-p", {}),
    "host": (HOST_WORLD, "subnet-p", {"who": "eni-host"}),
    "egress-only": ((*READY, gateway()), "subnet-a", {"who": "six", "family": "6"}),
    "ipv6 by igw": ((*READY, default_v6("igw-1", "GatewayId")), "subnet-a", {"who": "six", "family": "6"}),
}
# AWS's table, cell by cell: setting, exclusion of the facing subnet, who passes.
PASSES: dict[tuple[str, str], set[str]] = {
    ("off", "none"): set(FACES),
    ("off", "allow-bidirectional"): set(FACES),
    ("off", "allow-egress"): set(FACES),
    (BLOCK, "none"): set(),
    (BLOCK, "allow-bidirectional"): set(FACES),
    (BLOCK, "allow-egress"): {"nat gateway", "egress-only"},
    (INGRESS, "none"): {"nat gateway", "egress-only"},
    (INGRESS, "allow-bidirectional"): set(FACES),
    (INGRESS, "allow-egress"): {"nat gateway", "egress-only"},
}
GATE = {"egress-only": "eigw-1"}


def _cell(mode: str, excluded: str, face: str, of: str = "") -> Row:
    world, subnet, question = FACES[face]
    step = NONE if excluded == "none" else exclusion(of or subnet, excluded)
    wanted: dict[str, Any] = {**STOPPED, "at": GATE.get(face, "igw-1")}
    if face in PASSES[mode, excluded]:
        wanted = {"want": OK}
    about = f"{mode}, {excluded} on the {'VPC' if of else 'subnet'}, {face}"
    return Row(ids="T25 BPA-2 BPA-3 BPA-4", about=about, world=(*world, block(mode), step), to="internet",
               **question, **wanted)  # fmt: skip


CELLS = tuple(_cell(mode, excluded, face) for mode, excluded in PASSES for face in FACES)
VPC_CELLS = tuple(
    _cell(mode, excluded, face, "vpc-1")
    for mode, excluded in PASSES
    if mode != "off" and excluded != "none"
    for face in ("nat gateway", "nat instance", "egress-only")
)

UNSETTLED: dict[str, Any] = {"want": HM, "code": "UNKNOWN_RESOURCE", "at": "igw-1"}
CHANGING: Step = block(BLOCK, State="update-in-progress")
ODD = (
    Row(ids="BPA-5", about="an exclusion of the function's own subnet does not help",
        world=(*NAT, block(BLOCK), exclusion("subnet-a", "allow-bidirectional")), to="internet", **STOPPED),
    Row(ids="BPA-5", about="nor one of another VPC", to="internet", **STOPPED,
        world=(*NAT, block(BLOCK), exclusion("vpc-9", "allow-bidirectional"))),
    Row(ids="BPA-5", about="a regional NAT gateway faces the gateway without a subnet",
        world=(*REGIONAL, regional("a"), block(BLOCK), exclusion("subnet-a", "allow-bidirectional")),
        to="internet", **STOPPED, assumes=("BPA-5",)),
    Row(ids="BPA-5", about="for which an exclusion of the VPC does", to="internet", want=OK,
        world=(*REGIONAL, regional("a"), block(BLOCK), exclusion("vpc-1", "allow-egress"))),
    Row(ids="BPA-3", about="and which passes where only ingress is blocked", to="internet", want=OK,
        world=(*REGIONAL, regional("a"), block(INGRESS), NONE)),
    Row(ids="BPA-1", about="being changed", world=(*NAT, CHANGING, NONE), to="internet", **UNSETTLED,
        needs="a settled setting"),
    Row(ids="BPA-1", about="being changed to off, as shown", to="internet", **UNSETTLED,
        world=(*NAT, block("off", State="update-in-progress"), NONE)),
    Row(ids="BPA-1 BPA-4", about="being changed, but excluded whatever it becomes", to="internet", want=OK,
        world=(*NAT, CHANGING, exclusion("subnet-p", "allow-bidirectional"))),
    Row(ids="BPA-1", about="being changed, and something else blocks for certain",
        world=(*NAT, CHANGING, NONE, put("nat-1", State="failed")), to="internet",
        want=NO, code="BAD_STATE", at="nat-1"),
    *(
        Row(ids="BPA-4", about=f"an exclusion in state {state}", to="internet", **UNSETTLED,
            world=(*NAT, block(BLOCK), exclusion("subnet-p", "allow-egress", state)))
        for state in ("create-in-progress", "update-in-progress", "delete-in-progress", "disable-in-progress")
    ),
    *(
        Row(ids="BPA-4", about=f"an exclusion in state {state}", to="internet", **STOPPED,
            world=(*NAT, block(BLOCK), exclusion("subnet-p", "allow-egress", state)))
        for state in ("create-failed", "delete-complete", "disable-complete")
    ),
    Row(ids="BPA-4", about="an updated exclusion", to="internet", want=OK,
        world=(*NAT, block(BLOCK), exclusion("subnet-p", "allow-egress", "update-complete"))),
    Row(ids="BPA-4 IN-4", about="an exclusion of a mode that nobody knows", to="internet", **UNSETTLED,
        world=(*NAT, block(BLOCK), exclusion("subnet-p", "allow-some"))),
    Row(ids="BPA-1 IN-4", about="a setting that nobody knows", to="internet",
        want=HM, code="UNKNOWN_RESOURCE", at="igw-1", world=(*NAT, block("block-some"), NONE)),
    Row(ids="BPA-1", about="on, and exclusions were not read", world=(*NAT, block(BLOCK)), to="internet", **UNSETTLED,
        needs="ec2:DescribeVpcBlockPublicAccessExclusions"),
    Row(ids="BPA-3", about="ingress blocked, which needs no exclusion for a NAT gateway", to="internet", want=OK,
        world=(*NAT, block(INGRESS))),
    Row(ids="BPA-1", about="only the VPC shows the mode", to="internet", **STOPPED, assumes=("BPA-1",),
        world=(*NAT, NONE, put("vpc-1", BlockPublicAccessStates={"InternetGatewayBlockMode": BLOCK}))),
    Row(ids="BPA-1 SHR-1", about="the owner's setting counts, not the participant's", to="internet", want=OK,
        world=(*NAT, block(BLOCK), NONE, put("vpc-1", OwnerId="999999999999"))),
    Row(ids="BPA-1 SHR-1", about="the owner blocks; its exclusions are not to be seen",
        world=(*NAT, NONE, put("vpc-1", OwnerId="999999999999",
                               BlockPublicAccessStates={"InternetGatewayBlockMode": BLOCK})),
        to="internet", **UNSETTLED, needs="ec2:DescribeVpcBlockPublicAccessExclusions"),
    Row(ids="BPA-2 IGW-11", about="AWS services by the internet path are stopped too",
        world=(*NAT, block(BLOCK), NONE), to="secretsmanager", **STOPPED),
    Row(ids="BPA-6", about="gateway endpoints are no public access", to="s3", want=OK,
        world=(*NAT, block(BLOCK), NONE, do("gateway_endpoint", "vpc-1", "s3", ["rtb-fn"], id="vpce-s3"))),
    Row(ids="BPA-6", about="nor are interface endpoints", to="secretsmanager", want=OK,
        world=(*NAT, block(BLOCK), NONE, do("security_group", "vpc-1", [("tcp", 443, "sg-fn")], id="sg-vpce"),
               do("interface_endpoint", "vpc-1", "secretsmanager", ["subnet-a"], ["sg-vpce"], id="vpce-i"))),
    Row(ids="BPA-6", about="nor transit gateways", world=(*JOINED, block(BLOCK), NONE), to="rds:far-db", want=OK),
    Row(ids="BPA-2", about="a part of the internet that goes another way", to="93.184.0.0/16:443", want=PART,
        code="VPC_BLOCK_PUBLIC_ACCESS_ENABLED", at="igw-1", dimension="addresses",
        world=(*NO_DEFAULT, do("interface", "subnet-p", "10.0.0.40", ["sg-db"], id="eni-other"),
               do("route", "rtb-fn", ANY, "nat-1"), block(BLOCK), exclusion("subnet-p", "allow-egress"),
               do("subnet", "vpc-1", "10.0.8.0/24", "a", id="subnet-q"), do("nat_gateway", "subnet-q", id="nat-q"),
               do("route_table", "vpc-1", ["subnet-q"], [(ANY, "igw-1")]),
               do("route", "rtb-fn", "93.184.216.0/24", "nat-q"))),
    Row(ids="BPA-2", about="one address of it", to=f"{HOST}:443", **STOPPED, world=(*NAT, block(BLOCK), NONE)),
)  # fmt: skip
PUBLIC_ACCESS = (*CELLS, *VPC_CELLS, *ODD)
