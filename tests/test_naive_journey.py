"""The walk across networks agrees with the scenario rows, whose answers were worked out by hand."""

from __future__ import annotations

import re
from ipaddress import IPv4Network

from tests import scenario_all
from tests.journey_parts import HOST
from tests.naive_journey import folded, walks
from tests.naive_rules import OutOfScope, Packet, Record
from tests.naive_trip import Source
from tests.scenario import HM, NO, OK, PART, Row, build
from tests.worlds import World

# What the walk knows nothing of: by rule, and by what a row is about.
BEYOND = ("TGW-13", "BPA-1", "RT-12", "IN-6", "FN-01", "FN-06", "NAT-5", "TGW-3", "TGW-4",
          "IGW-10", "DST-", "DNS-1", "RT-20", "SHR-1", "SG-15")  # fmt: skip
ABOUT = ("service is not in its zone", "was not read", "use1-az3", "the call for stale", "not in the data",
         "is in the data", "attached to nothing", "stale reference matches nothing", "account",
         "with the same range",  # which of two interfaces of one address is meant
         "nor is a database")  # fmt: skip  (whoever has its address on the internet is not it)
OPEN = ("VGW-", "ENC-", "TGW-2")  # rules by which nobody can tell where a packet gets
FORKED = ("TGW-6", "TGW-7", "TGW-10")  # rules by which a packet takes one of several ways
ASKED = {"internet": (HOST, 443), "rds:orders-db": ("", 5432), "rds:far-db": ("", 5432)}


def question(row: Row, world: World) -> tuple[Source, Packet] | None:
    """The packet of a row that asks for one address from one subnet, None for other questions."""
    sender = next((f for f in world.collections["Functions"] if f["FunctionName"] == row.who), None)
    if sender is None or len(sender.get("VpcConfig", {}).get("SubnetIds", [])) != 1 or row.config or row.family != "4":
        return None
    address, port = ASKED.get(row.to, ("", 0))
    if literal := re.fullmatch(r"(\d+\.\d+\.\d+\.\d+):(\d+)", row.to):
        address, port = literal[1], int(literal[2])
    if row.to.startswith("rds:"):
        held = [e for e in world.collections["NetworkInterfaces"] if e["Description"] == "RDSNetworkInterface"]
        address = str(held[0]["PrivateIpAddress"]) if len(held) == 1 else ""
    if not address:
        return None
    subnet, groups = sender["VpcConfig"]["SubnetIds"][0], tuple(sender["VpcConfig"]["SecurityGroupIds"])
    if not any(s["SubnetId"] == subnet and "CidrBlock" in s for s in world.collections.get("Subnets", [])):
        return None
    me = str(IPv4Network(world[subnet]["CidrBlock"])[99])
    return Source(subnet, groups, me, 40000), Packet("tcp", address, port)


def walked(row: Row) -> tuple[str, int] | None:
    """What the walk says of a row's packet, and over how many ways; None if it is none of its questions."""
    world = build(row.world)
    asked = question(row, world)
    document: Record = world.document()
    if asked is None or document["gaps"]:
        return None
    try:
        verdicts, told = walks(document, *asked)
    except OutOfScope:
        return None
    return folded(verdicts, told), len(verdicts)


def within(row: Row) -> bool:
    beyond = any(rule in row.ids for rule in BEYOND) or any(what in row.about for what in ABOUT)
    settled = row.want in (OK, NO) or any(rule in row.ids.split() for rule in FORKED) or untold(row)
    return row.layer == "net" and settled and not beyond and not row.to.startswith("rds:proxy")


def untold(row: Row) -> bool:
    return row.want is HM and any(rule in row.ids for rule in OPEN)


ROWS = [row for row in scenario_all.VPC if within(row)]
WORDS = {OK: "delivered", NO: "blocked", PART: "partial", HM: "unknown"}


def test_the_walk_answers_as_the_rows_do() -> None:
    """All rows that ask one address from one subnet, over some hundred worlds; of some, over each of several ways."""
    forked, told, otherwise = 0, 0, {}
    for row in ROWS:
        found = walked(row)
        if found is None or (row.want in (PART, HM) and found[1] == 1 and not untold(row)):
            continue  # one packet of many is no part of an answer
        forked, told = forked + (found[1] > 1), told + 1
        if found[0] != WORDS[row.want]:
            otherwise[str(row)] = (found, row.want)
    assert told > 300
    assert forked >= 10
    assert otherwise == {}
