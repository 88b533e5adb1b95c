"""Public addresses of one's own interfaces: out by an internet gateway, and in again."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, Row, Steps, do, put
from tests.scenario_public_access import NONE, block
from tests.scenario_worlds import ANY, NAT, NAT_WAY, acl

WEB = "54.9.9.7:443"
EIP = "54.72.0.1"  # of nat-1


def web(*ingress: Any, subnet: str = "subnet-p") -> Steps:
    """A host with a public address beside the NAT gateway, or elsewhere; its group is `sg-w`."""
    return (*NAT, do("security_group", "vpc-1", list(ingress), id="sg-w"),
            do("interface", subnet, "10.0.0.50" if subnet == "subnet-p" else "10.0.3.50", ["sg-w"], id="eni-w",
               public_ip="54.9.9.7"))  # fmt: skip


def edge(target: str) -> Steps:
    """The internet gateway's own table, which leads to subnet-p by a target."""
    return (do("security_group", "vpc-1", ["-1"], id="sg-box"),
            do("subnet", "vpc-1", "10.0.8.0/24", "a", id="subnet-x"),
            do("interface", "subnet-x", "10.0.8.9", ["sg-box"], id="eni-box", public_ip="54.9.9.8"),
            put("eni-box", SourceDestCheck=False),
            do("route_table", "vpc-1", (), [("10.0.0.0/24", target)] if target else (),
               gateway="igw-1", id="rtb-e"))  # fmt: skip


AROUND: dict[str, Any] = {"notes": ("IGW_NAT_REFLECTION",), "assumes": ("IGW-9",)}
REFLECTED = (
    Row(ids="IGW-9", about="a neighbour's public address: out and in again, open to everybody", to=WEB, want=OK,
        world=web(("tcp", 443, ANY)), via=NAT_WAY, **AROUND),
    Row(ids="IGW-9", about="its group admits the NAT gateway's public address", to=WEB, want=OK, via=NAT_WAY, **AROUND,
        world=web(("tcp", 443, f"{EIP}/32"))),
    Row(ids="IGW-9 SG-7", about="its group names the function's", to=WEB, want=NO, code="SG_REFERENCES_NOT_PRESERVED",
        at="sg-w", cause="DEST_SG_NO_MATCH", world=web(("tcp", 443, "sg-fn")), **AROUND),
    Row(ids="IGW-9", about="its group admits private addresses only", to=WEB, want=NO, code="ENI_SG_RULES_MISMATCH",
        at="sg-w", cause="DEST_SG_NO_MATCH", world=web(("tcp", 443, "10.0.0.0/8")), **AROUND),
    Row(ids="IGW-9 IGW-2", about="it is in a private subnet: nothing leads back", to=WEB, want=NO,
        code="NO_ROUTE_TO_DESTINATION", cause="DEST_NOT_PUBLIC", at="rtb-db", back=True,
        world=web(("tcp", 443, ANY), subnet="subnet-d"), **AROUND),
    Row(ids="IGW-9 BPA-3", about="Block Public Access lets the NAT gateway out, but nothing in", to=WEB, want=NO,
        code="VPC_BLOCK_PUBLIC_ACCESS_ENABLED", at="vpc-1", **AROUND,
        world=(*web(("tcp", 443, ANY)), block("block-ingress"), NONE)),
    Row(ids="IGW-9 NACL-5", about="its subnet's ACL is asked with public addresses", to=WEB, want=NO,
        code="SUBNET_ACL_RESTRICTION", at="acl-p", **AROUND,
        world=(*web(("tcp", 443, ANY)), acl("subnet-p", ((90, "deny", "tcp", 443, f"{EIP}/32"),
                                                         (100, "allow", "-1", None, ANY))))),
    Row(ids="IGW-9 NAT-8", about="a NAT gateway's own public address takes nothing in", to=f"{EIP}:443", want=NO,
        code="NO_POSSIBLE_DESTINATION", world=NAT, **AROUND),
    Row(ids="IGW-9 FNSRC-1", about="a function outside any VPC: no reflection", who="free", to=WEB, want=OK,
        world=web(("tcp", 443, ANY)), never=("IGW_NAT_REFLECTION",)),
    Row(ids="IGW-9 FNSRC-1", about="a function outside any VPC, whose address is not admitted for sure", who="free",
        to=WEB, want=HM, code="UNKNOWN_RESOURCE", world=web(("tcp", 443, "52.0.0.0/8"))),
    Row(ids="IGW-9 IN-6", about="interfaces were not read: it is taken to be nobody's here", to=WEB, want=OK,
        world=(*web(("tcp", 443, ANY)), do("drop", "NetworkInterfaces")), assumes=("IGW-9",)),
    *(Row(ids="IGW-9 RT-10", about=f"its table has a dead way out{late}", to=WEB, want=NO, code="BAD_STATE_ROUTE",
          at="rtb-w", back=True, **AROUND,
          world=(*web(("tcp", 443, ANY), subnet="subnet-d"), do("route_table", "vpc-1", ["subnet-d"], [
              (ANY, target, "blackhole")], id="rtb-w")))
      for late, target in ((" to a gateway that is there", "igw-1"), ("", "igw-9"))),
    Row(ids="IGW-9 IN-4", about="its table has a way out in a state that nobody knows", to=WEB, want=HM,
        code="UNKNOWN_RESOURCE", at="rtb-w", back=True, needs="a known State", **AROUND,
        world=(*web(("tcp", 443, ANY), subnet="subnet-d"), do("route_table", "vpc-1", ["subnet-d"], [
            (ANY, "igw-1", "dozing")], id="rtb-w"))),
    Row(ids="IGW-9 RT-17", about="the gateway's own table turns what comes in to an appliance", to=WEB, want=NO,
        code="INGRESS_RTB_TRAFFIC_REDIRECTION", at="rtb-e", back=True, more=("*",),
        world=(*web(("tcp", 443, ANY)), *edge("eni-box"))),
    Row(ids="IGW-9 RT-17", about="the gateway's own table leads straight to it", to=WEB, want=OK,
        world=(*web(("tcp", 443, ANY)), *edge(""))),
    Row(ids="IGW-9 FW-2", about="its replies go to an appliance: inwards that is not followed", who="free", to=WEB,
        want=HM, code="UNSUPPORTED_COMPONENT", back=True, at="rtb-p",
        world=(*web(("tcp", 443, ANY)), *edge("eni-box"), lambda w: w["rtb-p"]["Routes"].pop(),
               do("route", "rtb-p", ANY, "eni-box"))),
)  # fmt: skip
