"""Answers made by hand, so that output can be tested without the engine that finds them."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from reach.answer import (
    AfterFailover,
    Answer,
    Asked,
    Assumption,
    Blocker,
    Direction,
    Evidence,
    Finding,
    Hop,
    Layer,
    Note,
    Path,
    Reason,
    SourceInfo,
    Verdict,
)
from reach.traffic import Traffic

OK, NO, PART, HM = Verdict.REACHABLE, Verdict.BLOCKED, Verdict.PARTIAL, Verdict.UNKNOWN
THERE, BACK = Direction.FORWARD, Direction.RETURN
A, B = "subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"
NO_PUBLIC_IP = Reason(
    "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    "The sender has no public IPv4 address",
    "It needs one.",
    "Use a NAT.",
)
ACL = Reason("SUBNET_ACL_RESTRICTION", "The subnet's network ACL does not admit it", "Ordered.", "Add an entry.")
NO_ROUTE = Reason("NO_ROUTE_TO_DESTINATION", "The route table has no route to there", "None fits.", "Add a route.")
GAP = Reason("UNKNOWN_RESOURCE", "Something on the path could not be read", "Denied.", "Grant it.")

SOURCE = SourceInfo(
    kind="function",
    id="orders",
    arn="arn:aws:lambda:eu-west-1:123456789012:function:orders",
    account="123456789012",
    region="eu-west-1",
    qualifier="$LATEST",
    vpc="vpc-0cccccccccccccccc",
    subnets=(A, B),
    security_groups=("sg-0dddddddddddddddd",),
)
EVERYWHERE = Asked("tcp", ("0.0.0.0/0",), ("443",))


def finding(verdict: Verdict = OK, reason: Reason | None = None, resource: str = "rtb-1") -> Finding:
    seen = Evidence(resource, "Routes[1].State", "blackhole")
    return Finding(Traffic(), verdict, resource, (seen,), reason)


def hop(kind: str, resource: str, detail: str = "", way: Direction = THERE, *findings: Finding) -> Hop:
    return Hop(resource, kind, way, detail, findings)


def hops(end: str, *findings: Finding, table: str = "rtb-0eeeeeeeeeeeeeeee") -> tuple[Hop, ...]:
    return (
        hop("function", "orders"),
        hop("security_group", "sg-0dddddddddddddddd", "outbound tcp/443 to 0.0.0.0/0"),
        hop("network_acl", "acl-0ffffffffffffffff", "100 allow"),
        hop("route_table", table, f"0.0.0.0/0 → {end}"),
        hop("internet_gateway", end, "", THERE, *findings),
    )


def path(subnet: str | None, verdict: Verdict, steps: tuple[Hop, ...], **other: Any) -> Path:
    via = tuple(h.resource for h in steps if h.kind in ("route_table", "internet_gateway", "nat_gateway"))
    values: dict[str, Any] = {
        "addresses": ("0.0.0.0/0",),
        "ports": ("443",),
        "via": via,
        "end": steps[-1].resource,
    }
    return Path(subnet, verdict, hops=steps, **(values | other))


def blocker(reason: Reason = NO_PUBLIC_IP, resource: str = "igw-0123", **other: Any) -> Blocker:
    values: dict[str, Any] = {
        "cause": None,
        "layer": reason.layer,
        "resources": (resource,),
        "direction": THERE,
        "subnets": (A,),
        "after": None,
        "title": reason.title,
        "why": f"{resource} is why.",
        "fix": f"Mend {resource}.",
        "evidence": (Evidence(resource, "Routes[1].State", "blackhole"),),
    }
    return Blocker(code=reason.code, resource=resource, **(values | other))


def answer(verdict: Verdict, paths: tuple[Path, ...], **other: Any) -> Answer:
    values: dict[str, Any] = {
        "source": SOURCE,
        "target": "internet:443",
        "target_as_typed": "internet",
        "layer": None if verdict is OK else Layer.NET,
        "headline": f"It is {verdict.value}.",
        "asked": (EVERYWHERE,),
        "delivered": (EVERYWHERE,) if verdict in (OK, PART) else (),
        "lost": (EVERYWHERE,) if verdict in (NO, PART) else (),
        "undecided": (EVERYWHERE,) if verdict is HM else (),
        "blockers": (),
        "unknowns": (),
    }
    return Answer(verdict=verdict, paths=paths, **(values | other))


REACHABLE = answer(OK, (path(A, OK, hops("igw-0123")), path(B, OK, hops("igw-0123"))))
BLOCKED = answer(
    NO,
    tuple(path(s, NO, hops("igw-0123", finding(NO, NO_PUBLIC_IP))) for s in (A, B)),
    blockers=(
        blocker(cause="LAMBDA_ENI_HAS_NO_PUBLIC_IP", subnets=(A, B)),
        blocker(ACL, "acl-0ffffffffffffffff", direction=BACK, after=NO_PUBLIC_IP.code),
    ),
    notes=(Note("IPV6", "Over IPv6 it is reachable."),),
    assumptions=(Assumption("DNS-4", "The VPC uses Amazon's DNS."),),
)
LOST = (*hops("igw-0123")[:3], hop("route_table", "rtb-0main", "", THERE, finding(NO, NO_ROUTE)))
PARTIAL = answer(
    PART,
    (path(A, OK, hops("igw-0123")), path(B, NO, LOST)),
    blockers=(blocker(NO_ROUTE, "rtb-0main", subnets=(B,)),),
    dimension="subnets",
    after_failover=AfterFailover(NO, (blocker(ACL, "acl-0ffffffffffffffff"),)),
)
UNKNOWN = answer(
    HM,
    (path(A, HM, hops("igw-0123", finding(HM, GAP))),),
    unknowns=(blocker(GAP, "igw-0123", needs="ec2:DescribeInternetGateways", evidence=()),),
)
UNATTACHED = replace(
    answer(OK, (path(None, OK, (hop("function", "orders"), hop("internet", "internet"))),)),
    source=replace(SOURCE, vpc=None, subnets=(), security_groups=()),
)
RETURN_DENIED = answer(
    NO,
    (
        path(
            A,
            NO,
            (
                *hops("igw-0123"),
                hop("internet_gateway", "igw-0123", "", BACK),
                hop("network_acl", "acl-0ffffffffffffffff", "inbound", BACK, finding(NO, ACL)),
            ),
        ),
    ),
    blockers=(blocker(ACL, "acl-0ffffffffffffffff", direction=BACK),),
)
EVERY = (REACHABLE, BLOCKED, PARTIAL, UNKNOWN, UNATTACHED, RETURN_DENIED)
