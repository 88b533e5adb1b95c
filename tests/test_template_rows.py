"""Every scenario that a template can express: its template says the same, or `unknown`, or it is said why not."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace

import pytest

from reach.answer import Answer, Verdict
from reach.describe import describe
from reach.errors import QuestionError
from reach.sources.cloudformation import File, read
from reach.sources.given import given
from tests.scenario import Row, answer, answer_in, build
from tests.scenario_all import USER, VPC
from tests.template_writer import Inexpressible, Writer

ACCOUNT = {"AWS::AccountId": "123456789012"}
PUBLIC = "a public address that AWS gives to something here is, before that, an address of somebody else"
SERVED = "AWS gives the host names"
READ = "a stack makes whole what was not read whole here"
ROUTE = "a template cannot take a VPC's local route away, nor read two calls that disagree"
# What a template answers otherwise, by what a row is about, and why that is right.
OTHERWISE = {
    "an Elastic IP on a function's interface is unsupported: not decided": READ,
    "the local route's target is a NAT gateway": ROUTE,
    "across subnets the table is asked": ROUTE,
    "inside a VPC the local route brings replies back": ROUTE,
    "its own table has no way out": "AWS writes the way out into the table of a regional NAT gateway",
    "its table is not listed, and no gateway is attached": READ,
    "associations as the tables tell them": READ,
    "static before a prefix list at equal length": "CloudFormation has no prefix lists in a transit gateway's table",
    "an exclusion in state delete-in-progress": READ,
    "on, and exclusions were not read": READ,
    "its group names the function's": PUBLIC,
    "its group admits private addresses only": PUBLIC,
    "it is in a private subnet: nothing leads back": PUBLIC,
    "Block Public Access lets the NAT gateway out, but nothing in": PUBLIC,
    "its subnet's ACL is asked with public addresses": PUBLIC,
    "a NAT gateway's own public address takes nothing in": PUBLIC,
    "a function outside any VPC, whose address is not admitted for sure": PUBLIC,
    "its replies go to an appliance: inwards that is not followed": PUBLIC,
    "the endpoint lists the table, the table has no route: the two reads disagree": ROUTE,
    "it takes over the FIPS name": SERVED,
    "China's endpoint services have a name of their own": "the tests' stack is in Ireland",
    "not all records were read": READ,
    "rules that were not read": READ,
    "whether that zone has it was not read": READ,
    "the ACL has no IPv6 entries": "an ACL of a VPC with IPv6 is made with entries for it",
    "MSK: one broker by its host": SERVED,
    "NotIpAddress aws:SourceIp, over another address": PUBLIC,
    "NotIpAddressIfExists aws:SourceIp, over another address": PUBLIC,
    "both, the repaired form, over another address": PUBLIC,
    "an entry whose block cannot be read might deny anything": READ,
}


def asked_of_template(row: Row) -> Answer | None:
    """The answer of the row's network as a template; None if a template cannot say it, or names nothing asked for."""
    document = build(row.world).document()
    regions = [collections for found in document["accounts"].values() for collections in found.values()]
    if document.get("gaps") or len(regions) != 1:
        return None
    try:
        writer = Writer(regions[0], "t")
        data = json.dumps(writer.write()).encode()
    except Inexpressible:
        return None
    network = describe(read([File("t.yaml", data, "t")], given(region="eu-west-1", params=ACCOUNT)))
    who, to, config = (writer.translated(text or "") for text in (row.who, row.to, row.config))
    try:
        return answer_in(network, replace(row, who=who, to=to, config=config or None))
    except QuestionError:
        return None


def refused_only_before(planned: Answer, captured: Answer) -> bool:
    """The VPC would refuse a function that it holds already: the state comes first, the rest is alike."""
    first, other = planned.first, captured.first
    return first is not None and first.layer.value == "state" and (other is None or other.layer.value != "state")


@pytest.mark.slow
def test_a_template_never_answers_otherwise_without_a_reason() -> None:
    seen: Counter[str] = Counter()
    used: set[str] = set()
    for row in (*VPC, *USER):
        planned = asked_of_template(row)
        if planned is None:
            continue
        captured = answer(row)
        seen[str(planned.verdict)] += 1
        if planned.verdict in (captured.verdict, Verdict.UNKNOWN) or refused_only_before(planned, captured):
            continue
        assert row.about in OTHERWISE, f"{row}: {captured.headline}, the template: {planned.headline}"
        used.add(row.about)
    assert used == OTHERWISE.keys()
    assert min(seen["reachable"], seen["blocked"]) > 300
    assert min(seen["partial"], seen["unknown"]) > 20
