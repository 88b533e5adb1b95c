"""Every scenario that a template can express, asked of its template: it never claims more than the account does."""

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
READ = "a stack makes whole what was not read whole here"
SETTLED = "what a template makes is there once it is deployed"
ROUTE = "a template cannot take a VPC's local route away, nor read two calls that disagree"
# Where a template says reachable and the account does not, by what a row is about, and why that is right.
OTHERWISE = {
    "across subnets the table is asked": ROUTE,
    "inside a VPC the local route brings replies back": ROUTE,
    "its own table has no way out": "AWS writes the way out into the table of a regional NAT gateway",
    "its group names the function's": PUBLIC,
    "its group admits private addresses only": PUBLIC,
    "it is in a private subnet: nothing leads back": PUBLIC,
    "Block Public Access lets the NAT gateway out, but nothing in": PUBLIC,
    "its subnet's ACL is asked with public addresses": PUBLIC,
    "a NAT gateway's own public address takes nothing in": PUBLIC,
    "a function outside any VPC, whose address is not admitted for sure": PUBLIC,
    "its replies go to an appliance: inwards that is not followed": PUBLIC,
    "the endpoint lists the table, the table has no route: the two reads disagree": ROUTE,
    "rules that were not read": READ,
    "whether that zone has it was not read": READ,
    "the ACL has no IPv6 entries": "an ACL of a VPC with IPv6 is made with entries for it",
    "NotIpAddress aws:SourceIp, over another address": PUBLIC,
    "NotIpAddressIfExists aws:SourceIp, over another address": PUBLIC,
    "both, the repaired form, over another address": PUBLIC,
    "a function in no VPC never has the address of one's own NAT gateway": PUBLIC,
    "a block in a state that nobody knows may be one": SETTLED,
    "one that lets pass and is being removed, before another that blocks": SETTLED,
    **{f"a block that is {word} is none": SETTLED
       for word in ("disassociated", "disassociating", "associating", "failed")},
    "a file system's policy: it denies the mount of this very file system": "as planned it has another id",
    "an entry whose block cannot be read might deny anything": READ,
    "an IPv6 host that denies all traffic of internet gateways": "AWS sets it on interfaces that it makes itself",
}


def asked_of_template(row: Row) -> Answer | None:
    """The answer of the row's network as a template; None if a template cannot say it, or names nothing asked for."""
    document = build(row.world).document()
    regions = [place for found in document["accounts"].values() for place in found.items()]
    if document.get("gaps") or len(regions) != 1:
        return None
    try:
        region, collections = regions[0]
        writer = Writer(collections, "t")
        data = json.dumps(writer.write()).encode()
    except Inexpressible:
        return None
    network = describe(read([File("t.yaml", data, "t")], given(region=region, params=ACCOUNT)))
    who, to, config = (writer.translated(text or "") for text in (row.who, row.to, row.config))
    try:
        return answer_in(network, replace(row, who=who, to=to, config=config or None))
    except QuestionError:
        return None


@pytest.mark.slow
def test_a_template_never_claims_more_without_a_reason() -> None:
    """Nothing is worse than a wrong `reachable`: where the account says otherwise, the reason stands above."""
    seen: Counter[str] = Counter()
    for row in (*VPC, *USER):
        planned = asked_of_template(row)
        if planned is None:
            continue
        captured = answer(row)
        seen[str(planned.verdict)] += 1
        claims = planned.verdict in (Verdict.REACHABLE, Verdict.PARTIAL) and planned.verdict is not captured.verdict
        assert not claims or row.about in OTHERWISE, f"{row}: {captured.headline}, the template: {planned.headline}"
        seen["otherwise"] += claims
    assert min(seen["reachable"], seen["blocked"]) > 300
    assert min(seen["partial"], seen["unknown"]) > 20
    assert 0 < seen["otherwise"] <= len(OTHERWISE)
