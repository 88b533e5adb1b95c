"""LAW: a template over a network that is there answers what one template of both would: whatever is there already."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from msgspec.structs import replace as with_

from reach.describe import describe
from reach.errors import ReachError
from reach.snapshot import Snapshot, merge
from reach.sources.cloudformation import File, read
from reach.sources.given import given
from tests.scenario import Row, answer_in, build
from tests.scenario_all import USER, VPC
from tests.template_parted import FUNCTION, Body, Parts
from tests.template_writer import Inexpressible, Writer
from tests.writer_base import logical

ACCOUNT = {"AWS::AccountId": "123456789012"}
EVERY = (*VPC, *USER)
# Of two places with one address the first is looked at; which that is depends on what comes first.
EITHER = ("two peers have the address, and either may be meant",)


def snapshot_of(body: Body, region: str, base: Snapshot | None = None) -> Snapshot:
    return read([File("t.yaml", json.dumps(body).encode(), "t")], given(region=region, params=ACCOUNT), base)


def as_read(snapshot: Snapshot) -> Snapshot:
    """What a template makes, as an account would tell it: where it came from is not known."""
    return with_(snapshot, source="aws", places={}, logical={}, warnings=())


def running(snapshot: Snapshot) -> Snapshot:
    """With functions that run: of those of a template it is first asked whether Lambda can attach them."""
    accounts = {
        account: {
            region: {**found, "Functions": [{**one, "State": "Active"} for one in found.get("Functions", ())]}
            for region, found in regions.items()
        }
        for account, regions in snapshot.accounts.items()
    }
    return with_(snapshot, accounts=accounts)


def ids_of(writer: Writer, resources: Body) -> dict[str, str]:
    """What `Ref` and `Fn::GetAtt` give that the writer uses."""
    found = {}
    for id, reference in writer.references.items():
        what = reference.get("Ref") or ".".join(reference.get("Fn::GetAtt", ()))
        if id in writer.ids and what:
            found[what] = writer.ids[id]
    return found | {logical(id): made for id, made in writer.ids.items() if logical(id) in resources}


def drawn(rows: tuple[Row, ...], seed: int) -> Iterator[tuple[Row, str, Body, Body, Body]]:
    """Scenarios that a template can express: the question, the Region, the whole template and its two parts."""
    for row in rows:
        document = build(row.world).document()
        regions = [place for found in document["accounts"].values() for place in found.items()]
        if document.get("gaps") or len(regions) != 1:
            continue
        region, collections = regions[0]
        writer = Writer(collections, "t")
        try:
            body = writer.write()
        except Inexpressible:
            continue
        who, to, config = (writer.translated(text or "") for text in (row.who, row.to, row.config))
        parts = Parts(body["Resources"], ids_of(writer, body["Resources"]))
        there, laid = parts.drawn(random.Random(f"{row} {seed}"))
        if there["Resources"]:
            yield replace(row, who=who, to=to, config=config or None), region, body, there, laid


def told(snapshot: Snapshot, row: Row) -> Any:
    try:
        answer = answer_in(describe(snapshot), row)
    except ReachError as error:
        return (str(error),)
    blockers = sorted(
        (b.code, str(b.cause), b.resource, b.direction.value, sorted(b.subnets), b.after or "") for b in answer.blockers
    )
    return str(answer.verdict), answer.layer, blockers, sorted((u.code, u.resource) for u in answer.unknowns)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_template_over_what_is_there_answers_as_the_whole(seed: int) -> None:
    seen: Counter[str] = Counter()
    for row, region, body, there, laid in drawn(EVERY[seed::4], seed):
        base = as_read(snapshot_of(there, region))
        whole, over = snapshot_of(body, region), merge([base, snapshot_of(laid, region, base)])
        if any(one["Type"] == FUNCTION for one in there["Resources"].values()):
            whole, over = running(whole), running(over)
        want, got = told(whole, row), told(over, row)
        assert got == want or row.about in EITHER, f"{row}\nover: {list(laid['Resources'])}\n{want}\n{got}"
        seen[want[0]] += 1
    assert min(seen["reachable"], seen["blocked"], seen["unknown"]) > 40


def test_the_law_would_see_what_is_not_laid_over() -> None:
    """One resource less, and the answer differs."""
    differs: set[str] = set()
    for row, region, body, there, laid in drawn(EVERY[:60], 3):
        base = as_read(snapshot_of(there, region))
        named = json.dumps([one.get("Properties") for one in laid["Resources"].values()])
        leaf = next((name for name in laid["Resources"] if f'"{name}' not in named), None)
        left = {name: one for name, one in laid["Resources"].items() if name != leaf}
        if left and told(merge([base, snapshot_of({"Resources": left}, region, base)]), row) != told(
            snapshot_of(body, region), row
        ):
            differs.add(row.about)
    assert len(differs) > 3
