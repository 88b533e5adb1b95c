"""Every rule of the data plane is named by a scenario row, and every point that AWS leaves open is an assumption."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reach.links.nexthops.elsewhere import KINDS
from tests.scenario import answer
from tests.scenario_all import USER, VPC
from tools.make_rules import DOC, lines, named

# How many rules each family of the data plane has.
FAMILIES = {
    "IN": 6, "FNSRC": 9, "RT": 21, "SG": 16, "NACL": 12, "NAT": 16, "NATI": 7, "IGW": 11, "BPA": 6, "PCX": 8,
    "TGW": 14, "VGW": 7, "FW": 7, "VPCE": 26, "DNS": 10, "DBDST": 7, "SHR": 3, "V6": 1, "ENC": 3, "RET": 7,
}  # fmt: skip
# The same of what stands at the two ends of a path; those whose numbers have two digits.
ENDS = {
    "FN": 23, "ENI": 12, "ST": 10, "PERM": 9, "POL": 13, "SRC": 10, "NEED": 18, "DST": 36, "FIND": 4, "SVC": 22,
    "AUTH": 32, "TPL": 4, "U": 50,
}  # fmt: skip
NO_RULES = {"DST-19", "DST-28", "DST-29", *(f"AUTH-{n}" for n in range(12, 20))}  # numbers that nobody gave away
# Rules that no verdict depends on; docs/rules.md lists them with the reason.
ADVICE = ("VPCE-11", "DST-18", "POL-13", "ST-09")
# Rules that this version does not decide yet; where one of them would, the answer is unknown or says what it assumes.
LATER: tuple[str, ...] = ()
# What AWS documents twice, or not at all, and the rule under which an answer says which reading it takes.
UNCONFIRMED = {
    "BPA-1": "whether a subnet's own field already counts exclusions",
    "RT-21": "the rank of a route server's routes",
    "RT-10": "that a blackhole drops and nothing falls through to a wider route",
    "NAT-12": "a NAT gateway whose subnet leads to a gateway endpoint",
    "NAT-6": "zones in which a regional NAT gateway has not been registered yet",
    "NACL-12": "that no ACL stands at a regional NAT gateway",
    "NATI-3": "a group that a NAT instance's own group names",
    "IGW-9": "that an internet gateway hands back what is sent to its own VPC's public addresses",
    "IGW-8": "IPv6 from a function through an internet gateway",
    "DNS-4": "that functions ask the DNS servers of the VPC's DHCP options",
    "TGW-2": "that one attachment subnet serves its whole zone",
    "NAT-10": "that a NAT gateway serves senders behind a transit gateway",
    "NAT-11": "that replies return to a NAT gateway without a route of the peer's",
    "VPCE-23": "that one zone in common serves the endpoint's interfaces in other zones too",
    "PCX-4": "a reply that takes another way than the peering connection of its request",
}
MATRIX = {f"T{n}" for n in range(1, 41)}
NAMED = {word for row in (*VPC, *USER) for word in row.ids.split()}
RULES = [f"{family}-{n}" for family, count in FAMILIES.items() for n in range(1, count + 1)]
END_RULES = [f"{family}-{n:02}" for family, count in ENDS.items() for n in range(1, count + 1)]
IN_TESTS = named()
LIMITS = (Path(__file__).resolve().parent.parent / "docs" / "limits.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", RULES)
def test_a_row_names_the_rule(rule: str) -> None:
    assert rule in NAMED or rule in ADVICE or rule in LATER, f"no scenario row names {rule}"


@pytest.mark.parametrize("rule", [rule for rule in END_RULES if rule not in NO_RULES])
def test_a_row_or_a_test_names_the_rule_of_an_end(rule: str) -> None:
    assert rule in IN_TESTS or rule in ADVICE or rule in LATER, f"no test names {rule}"


@pytest.mark.parametrize("rule", sorted({*LATER, *NO_RULES} & {*END_RULES}))
def test_what_is_left_for_later_is_not_claimed(rule: str) -> None:
    assert rule not in NAMED
    assert rule not in {line.id for line in lines(DOC.read_text(encoding="utf-8"))}


def test_the_minimum_matrix_is_whole() -> None:
    assert NAMED >= MATRIX


@pytest.mark.parametrize("rule", ADVICE)
def test_what_is_advice_only_is_listed_with_its_reason(rule: str) -> None:
    assert re.search(rf"^- {rule}: .{{20,}}$", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    assert rule not in NAMED


@pytest.mark.parametrize("rule", sorted(UNCONFIRMED))
def test_a_reading_of_what_is_not_confirmed_is_on_record(rule: str) -> None:
    assert any(a.rule == rule for row in VPC for a in answer(row).assumptions), UNCONFIRMED[rule]


@pytest.mark.parametrize(("section", "rules"), [("Rules left for later", LATER), ("Readings", tuple(UNCONFIRMED))])
def test_what_is_left_out_and_what_is_read_into_aws_is_told_to_users(section: str, rules: tuple[str, ...]) -> None:
    text = LIMITS.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^- ((?:[A-Z0-9]+-\d+(?:, )?)+):", text, re.MULTILINE)
    told = [rule for line in lines for rule in line.split(", ")]
    assert sorted(told) == sorted(rules), f"docs/limits.md, {section!r}, and this list differ"


def test_components_behind_which_nothing_is_decided_are_told_to_users() -> None:
    table = LIMITS.partition("\n## Components\n")[2].partition("\n## ")[0]
    untold = [words for key, words in KINDS.items() if key != "GatewayId" and words.removeprefix("the ") not in table]
    assert untold == []
