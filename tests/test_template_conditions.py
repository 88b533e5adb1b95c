"""LAW: what stands under a condition that nobody can decide is there and not there: the answer turns for neither.

Networks of the scenario rows, written as templates. One resource after the other, with all that names it, is put under
an open condition; the answer is `unknown`, or what both worlds answer.
"""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_network
from typing import Any

import pytest

from reach.answer import Answer, Layer, Verdict
from reach.describe import describe
from reach.errors import QuestionError
from reach.sources.cloudformation import File, read
from reach.sources.given import given
from tests.scenario import Row, answer_in, build
from tests.scenario_all import USER, VPC
from tests.template_writer import Inexpressible, Writer

Document = dict[str, Any]
ACCOUNT = {"AWS::AccountId": "123456789012"}
OPEN = {
    "Parameters": {"Open": {"Type": "String"}},
    "Conditions": {"Perhaps": {"Fn::Equals": [{"Ref": "Open"}, "yes"]}},
}
NO_VALUE = {"Ref": "AWS::NoValue"}
PER_TYPE, TRIES = 3, 20  # of one type: networks in which it decides, and in which it is looked whether it does
# Interfaces whose own IPv6 address would be in no block at all: nobody can deploy that.
NOT_DEPLOYABLE = frozenset({"a ping over IPv6 needs ICMPv6 entries"})
# What a role may do is assumed where its policies are not known, and stands on the answer as such (PERM-01).
ASSUMED = ("AWS::IAM::",)


@dataclass(frozen=True)
class Written:
    """A row's network as a template, and what it is asked in the template's ids."""

    document: Document
    region: str
    row: Row

    def asked(self, document: Document) -> Answer | None:
        """The answer of a template like it; None if that has not what is asked for."""
        data = json.dumps(document).encode()
        network = describe(read([File("t.yaml", data, "t")], given(region=self.region, params=ACCOUNT)))
        try:
            return answer_in(network, self.row)
        except QuestionError:
            return None


def written(rows: tuple[Row, ...]) -> Iterator[Written]:
    """The rows that a template can say, in an order that has nothing to do with what they are about."""
    for row in random.Random(1).sample(rows, len(rows)):
        document = build(row.world).document()
        places = [place for found in document["accounts"].values() for place in found.items()]
        if document.get("gaps") or len(places) != 1 or row.config or row.about in NOT_DEPLOYABLE:
            continue
        region, collections = places[0]
        try:
            writer = Writer(collections, "t")
            body = writer.write()
        except Inexpressible:
            continue
        who, to, config = (writer.translated(text or "") for text in (row.who, row.to, row.config))
        yield Written(body, region, replace(row, who=who, to=to, config=config or None))


def names(value: Any) -> Iterator[str]:
    """The logical ids that a value refers to."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref":
                yield inner
            elif key == "Fn::GetAtt":
                yield inner[0]
            elif key == "Fn::Sub":
                yield from (part.partition("}")[0] for part in str(inner).split("${")[1:])
            else:
                yield from names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names(inner)


def with_dependents(document: Document, logical: str) -> set[str]:
    """A resource and all that cannot be without it: of a VPC's second block the subnets in it, too."""
    uses = {name: set(names(body)) for name, body in document["Resources"].items()}
    found: set[str] = set()
    body = document["Resources"][logical]
    second = body["Properties"].get("CidrBlock") if body["Type"] == "AWS::EC2::VPCCidrBlock" else None
    more = {logical, *subnets_in(document, second, "CidrBlock")}
    while more:
        found |= more
        more = {name for name, used in uses.items() if used & found} - found
    return found


def subnets_in(document: Document, block: str | None, member: str = "Ipv6CidrBlock") -> list[str]:
    """The subnets whose block is a part of this one."""
    found = []
    for name, body in document["Resources"].items():
        own = body.get("Properties", {}).get(member)
        if block and body["Type"] == "AWS::EC2::Subnet" and own and ip_network(own).subnet_of(ip_network(block)):
            found.append(name)
    return found


def worlds(document: Document, logical: str) -> tuple[Document, Document]:
    """The template without a resource, and with it under an open condition."""
    without, doubtful = copy.deepcopy(document), copy.deepcopy(document)
    for name in with_dependents(document, logical):
        del without["Resources"][name]
        doubtful["Resources"][name]["Condition"] = "Perhaps"
    body = document["Resources"][logical]
    block = body.get("Properties", {}).get("Ipv6CidrBlock") if body["Type"] == "AWS::EC2::VPCCidrBlock" else None
    for name in subnets_in(document, block):
        own = without["Resources"][name]["Properties"].pop("Ipv6CidrBlock")
        doubtful["Resources"][name]["Properties"]["Ipv6CidrBlock"] = {"Fn::If": ["Perhaps", own, NO_VALUE]}
    return without, doubtful | OPEN


def denied(answer: Answer) -> bool:
    """Blocked by policies alone, which count only where they are known: else they are a note."""
    return answer.verdict is Verdict.BLOCKED and {b.layer for b in answer.blockers} == {Layer.AUTHZ}


@pytest.mark.slow
def test_no_answer_turns_when_a_condition_is_decided() -> None:
    seen: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    decided: Counter[str] = Counter()
    named: Counter[bool] = Counter()  # whether the answer says which parameter it takes
    for one in written((*VPC, *USER)):
        whole = None
        for logical, body in one.document["Resources"].items():
            type_ = body["Type"]
            if seen[type_] >= PER_TYPE or tried[type_] >= TRIES or type_.startswith(ASSUMED):
                continue
            tried[type_] += 1
            whole = one.asked(one.document) if whole is None else whole
            if whole is None:
                break
            without, doubtful = worlds(one.document, logical)
            off = one.asked(without)
            if off is None or off.verdict is whole.verdict:
                continue  # what is asked for is gone, or it decides nothing here
            seen[type_] += 1
            answer = one.asked(doubtful)
            assert answer is not None, (type_, one.row)
            policy = denied(whole) or denied(off)
            said = (type_, logical, one.row, whole.headline, off.headline, answer.headline)
            assert answer.verdict is Verdict.UNKNOWN or (policy and answer.verdict is Verdict.REACHABLE), said
            decided[str(answer.verdict)] += 1
            if Verdict.UNKNOWN not in (whole.verdict, off.verdict) and not policy:  # it is for the condition alone
                named[any("Open" in f"{u.needs} {u.why}" for u in answer.unknowns)] += 1
    assert len(seen) > 40, sorted(seen)
    assert decided["unknown"] > 90, decided
    assert named[True] > 20 * named[False], named


@pytest.mark.slow
def test_nor_does_one_where_the_condition_decides_nothing() -> None:
    """Where both worlds answer alike the open one may be unknown, but never says the opposite."""
    count = 0
    for one in written((*VPC, *USER)):
        logical = random.Random(str(one.row)).choice(sorted(one.document["Resources"]))
        without, doubtful = worlds(one.document, logical)
        if not without["Resources"] or count >= 200:
            continue
        found = [one.asked(document) for document in (one.document, without, doubtful)]
        if any(answer is None for answer in found):
            continue
        count += 1
        whole, off, answer = (a for a in found if a is not None)
        policy = denied(whole) or denied(off) or one.document["Resources"][logical]["Type"].startswith(ASSUMED)
        allowed = {Verdict.UNKNOWN} | ({whole.verdict} if whole.verdict is off.verdict else set())
        allowed |= {Verdict.REACHABLE} if policy else set()
        assert answer.verdict in allowed, (one.row, logical, whole.headline, off.headline, answer.headline)
    assert count == 200


def test_whether_the_dns_servers_can_be_asked_matters_where_the_user_says_what_they_answer() -> None:
    rows = tuple(row for row in (*VPC, *USER) if row.about == "the user says what they answer")
    (one,) = (found for found in written(rows) if "IOfEniDns" in found.document["Resources"])
    without, doubtful = worlds(one.document, "IOfEniDns")
    found = [one.asked(document) for document in (one.document, without, doubtful)]
    told = [str(answer.verdict) for answer in found if answer is not None]
    assert told == ["reachable", "blocked", "unknown"]
    assert found[2] is not None
    assert [u.needs for u in found[2].unknowns] == ["--param Open=…"]
