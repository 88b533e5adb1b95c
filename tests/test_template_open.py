"""LAW: a value that a template leaves open only unsettles an answer, and the answer says what to give for it.

Networks of the scenario rows, written as templates. One value after the other (a scalar, a list, an item) becomes a
parameter without a value, an import of an export that nobody gives, or an `Fn::If` of an open condition. The answer is
the original one or `unknown`, is turned round by no value, names the parameter or export, and with the value given it
is the original one again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from reach.answer import Answer, Verdict
from reach.describe import describe
from reach.errors import QuestionError, ReachError
from reach.sources.cloudformation import File, read
from reach.sources.given import given
from tests.open_values import EXPORT, Document, Site, is_reference, left_open, put, sites
from tests.scenario import answer_in
from tests.scenario_all import USER, VPC
from tests.test_template_conditions import ACCOUNT, ASSUMED, Written, denied, written

LONGEST = 4096  # characters of a parameter, in CloudFormation
SEED = os.environ.get("REACH_OPEN_SEED", "1")  # of another draw, when all is to be seen
PER_FIELD = 1  # networks in which one property of one type is left open
# What people call the thing that a question is about: without it, or outside any VPC, it is not found by that name.
NAMES = (
    *("Cluster", "ClusterName", "DBInstanceIdentifier", "DBProxyName", "FunctionName", "ModelName", "ServiceName"),
    *("ServerlessCacheName", "NetworkConfiguration", "NetworkConfiguration.AwsvpcConfiguration", "VpcConfig"),
    *("EnableNetworkIsolation", "Fsmt", "EventSourceArn"),
)
# Rows whose answer is unknown for another reason as well, which is named first: what the servers of a rule answer, a
# language that nobody reads, the Region of a bucket.
BESIDE = (
    *("a rule of another VPC", "an undecidable group cannot drop what a rule passes, in default order"),
    *("by the gateway endpoint its policy counts", "what passes packets passes whatever they say"),
)
# Somebody says what the name means: that the servers which may be reached answer so is taken for granted (DNS-9).
TOLD = ("but not how to reach them", "from one of two subnets they can be reached, and the user knows the answer")


def asked(one: Written, document: Document, **params: str) -> Answer:
    data = json.dumps(document).encode()
    options = given(region=one.region, params={**ACCOUNT, **params})
    return answer_in(describe(read([File("t.yaml", data, "t")], options)), one.row)


@cache
def every() -> list[tuple[Written, Site]]:
    return [(one, site) for one in written((*VPC, *USER)) for site in sites(one.document)]


def chosen() -> Iterator[tuple[Written, Site]]:
    """Some networks for each property of each type: a new row changes little of which those are."""

    def order(place: tuple[Written, Site]) -> bytes:
        one, site = place
        return hashlib.sha1(f"{SEED} {one.row} {one.row.who} {one.row.to} {site.at}".encode()).digest()

    seen: Counter[tuple[str, str]] = Counter()
    for one, site in sorted(every(), key=order):
        key = (site.type, site.field)
        if not site.type.startswith(ASSUMED) and seen[key] < PER_FIELD:
            seen[key] += 1
            yield one, site


def others(one: Written, site: Site, values: list[Any]) -> Iterator[tuple[str, Document]]:
    """What the template would be with other values: those of other networks, other resources, shorter lists."""
    value, document = site.value, one.document
    if site.field in NAMES or site.field == "CidrBlock":  # which would be had twice
        values = []
    elif isinstance(value, bool):
        values = [not value]
    elif is_reference(value):
        name = value.get("Ref")
        type_ = document["Resources"].get(name, {}).get("Type")
        alike = [n for n, body in document["Resources"].items() if body["Type"] == type_]
        values = [{"Ref": n} for n in alike if n not in (name, site.logical)][:3]
    elif isinstance(value, list):
        values = [value[:at] + value[at + 1 :] for at in range(min(len(value), 3))]
    for other in values:
        if other != value:
            yield f"with {other}", put(document, site.at, other)


@pytest.mark.slow
def test_an_open_value_only_unsettles_and_is_named() -> None:
    found = list(chosen())
    values: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for _, site in every():
        known = values[site.type, site.field]
        if not isinstance(site.value, dict | list) and site.value not in known and len(known) < 5:
            known.append(site.value)
    wholes: dict[str, Answer] = {}
    said: list[Any] = []
    seen: Counter[str] = Counter()
    for one, site in found:
        key = f"{one.row} {one.row.who} {one.row.to}"
        if key not in wholes:
            wholes[key] = asked(one, one.document)
        whole = wholes[key]
        for needs, opened in left_open(one.document, site):
            place = (site.type, site.field, site.logical, str(one.row), needs)
            try:
                answer = asked(one, opened)
            except ReachError as error:
                if needs not in str(error) and not (site.field in NAMES and isinstance(error, QuestionError)):
                    said.append((place, str(error)))
                seen["refused"] += 1
                continue
            free = denied(whole) or one.row.about in TOLD
            if answer.verdict not in (whole.verdict, Verdict.UNKNOWN) and not free:
                said.append((place, whole.headline, answer.headline))
            if answer.verdict is not Verdict.UNKNOWN and not free:
                rest = others(one, site, values[site.type, site.field]) if site.plain else iter(())
                said += turned(one, place, answer, [*rest, ("without it", put(one.document, site.at))])
                seen["settled"] += 1
            elif answer.verdict is Verdict.UNKNOWN is not whole.verdict:
                seen["unknown"] += 1
                named = any(needs in f"{u.needs} {u.fix}" for u in answer.unknowns)
                if not named and one.row.about not in BESIDE:
                    said.append((place, [(u.code, u.needs, u.why) for u in answer.unknowns]))
            short = site.text is not None and len(site.text) <= LONGEST
            if needs.startswith("--param") and short and "Conditions" not in opened:
                again = asked(one, opened, Open=str(site.text))
                if (again.verdict, again.headline) != (whole.verdict, whole.headline):
                    said.append((place, site.text, whole.headline, again.headline))
                seen["given"] += 1
    assert not said, "\n".join(map(str, said))
    assert len(found) > 350, len(found)
    assert min(seen[word] for word in ("settled", "unknown", "given")) > 200, seen


def turned(one: Written, place: Any, answer: Answer, rest: list[tuple[str, Document]]) -> Iterator[tuple[Any, ...]]:
    """The values with which a settled answer would be another; what cannot be deployed counts as none."""
    for how, document in rest:
        try:
            other = asked(one, document)
        except ReachError:
            continue
        if other.verdict in (answer.verdict, Verdict.UNKNOWN) or denied(other):
            continue
        yield place, how, answer.headline, other.headline


def test_an_export_that_is_given_settles_it() -> None:
    one, site = next((o, s) for o, s in chosen() if s.field == "CidrBlock" and s.type == "AWS::EC2::Subnet")
    imported = dict(left_open(one.document, site))[f"--export {EXPORT}=…"]
    data = json.dumps(imported).encode()
    options = given(region=one.region, params=ACCOUNT, exports={EXPORT: str(site.value)})
    answer = answer_in(describe(read([File("t.yaml", data, "t")], options)), one.row)
    assert answer.headline == asked(one, one.document).headline


def zoned(one: Written, *, by_zone: bool) -> Document:
    """The template with a parameter for each zone, or for each subnet."""
    document, names = one.document, set()
    for site in (s for s in sites(one.document) if s.field == "AvailabilityZone" and s.type == "AWS::EC2::Subnet"):
        name = f"Zone{str(site.value)[-1] if by_zone else site.logical}"
        names.add(name)
        document = put(document, site.at, {"Ref": name})
    return document | {"Parameters": {name: {"Type": "AWS::EC2::AvailabilityZone::Name"} for name in sorted(names)}}


def test_subnets_of_one_open_zone_are_in_one_zone() -> None:
    """A transit gateway serves the zones of its attachment's subnets: one parameter is one zone, whichever it is."""
    rows = (o for o in written(VPC) if "transit gateway, attached in subnets of their own" in o.row.about)
    one = next(o for o in rows if asked(o, o.document).verdict is Verdict.REACHABLE)
    assert asked(one, zoned(one, by_zone=True)).verdict is Verdict.REACHABLE
    apart = asked(one, zoned(one, by_zone=False))
    assert apart.verdict is Verdict.UNKNOWN
    assert {u.needs for u in apart.unknowns} == {"--param ZoneSubnetA=…", "--param ZoneSubnetX=…"}
