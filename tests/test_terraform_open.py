"""LAW: what a local value hides in a plan only unsettles an answer, which says what to give for it.

Networks of the scenario rows, written as plans. One attribute after the other is known after apply, and the
configuration says of it only that it refers to a local value. The answer is the original one or `unknown`, names the
attribute, and with the value given it is the original one again.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from reach.answer import Answer, Verdict
from reach.describe import describe
from reach.errors import QuestionError
from reach.sources.given import Given
from reach.sources.terraform import parse_plan, read
from tests.open_plans import Hideable, Plan, hidden, hideable
from tests.scenario import answer_in
from tests.scenario_all import USER, VPC
from tests.terraform_writer import PlanWriter
from tests.test_template_conditions import ACCOUNT, Written, denied, written
from tests.writer_base import Inexpressible

SEED = os.environ.get("REACH_OPEN_SEED", "1")  # of another draw, when all is to be seen
PER_FIELD = int(os.environ.get("REACH_OPEN_MANY", "1"))  # networks of each verdict in which one attribute is hidden
NAMES = ("function_name", "identifier", "name")  # what people call the thing that a question is about


def asked(one: Written, plan: Plan, **params: str) -> Answer:
    data = json.dumps(plan).encode()
    given = Given({**ACCOUNT, **params})
    return answer_in(describe(read([parse_plan(data, "plan.json")], given)), one.row)


@cache
def every() -> list[tuple[Written, Plan]]:
    """The rows that can be written as plans, each in one of the ways people write them."""
    out = []
    for number, one in enumerate(written((*VPC, *USER))):
        try:
            writer = PlanWriter(json.loads(json.dumps(one.document)), random.Random(number))
            out.append((one, json.loads(writer.write().text())))
        except Inexpressible:
            continue
    return out


def is_id(site: Hideable) -> bool:
    """An id that is written out: one that a local value hides until apply is that of something which is made."""
    values = site.value if isinstance(site.value, list) else [site.value]
    return any(str(value).startswith(("sg-", "vpc-", "subnet-")) for value in values)


def chosen() -> Iterator[tuple[Written, Plan, Answer, list[Hideable]]]:
    def order(place: tuple[Written, Plan]) -> bytes:
        row = place[0].row
        return hashlib.sha1(f"{SEED} {row} {row.who} {row.to}".encode()).digest()

    seen: Counter[tuple[str, str, bool, Verdict]] = Counter()
    for one, plan in sorted(every(), key=order):
        sites = [site for site in hideable(plan) if site.path[0] not in NAMES and not is_id(site)]
        whole, mine = asked(one, plan), []
        for site in sites:
            key = (site.type, site.field, site.value is None, whole.verdict)
            if seen[key] < PER_FIELD:
                seen[key] += 1
                mine.append(site)
        if mine:
            yield one, plan, whole, mine


@pytest.mark.slow
def test_what_a_local_value_hides_only_unsettles_and_is_named() -> None:
    said: list[object] = []
    seen: Counter[str] = Counter()
    for one, plan, whole, sites in chosen():
        for site in sites:
            place = (one.row.about, one.row.who, one.row.to, site.address, site.field)
            try:
                answer = asked(one, hidden(plan, site))
            except QuestionError:  # it is not found by what it is asked for
                seen["refused"] += 1
                continue
            if answer.verdict is not Verdict.UNKNOWN:
                seen["settled"] += 1
                if answer.verdict is not whole.verdict and not denied(whole):
                    said.append((place, whole.headline, answer.headline))
            elif whole.verdict is not Verdict.UNKNOWN:
                seen["unknown"] += 1
                if not any(site.is_named_in(f"{u.needs} {u.why}") for u in answer.unknowns):
                    said.append((place, [(u.code, u.needs, u.why) for u in answer.unknowns]))
                elif site.text and len(site.path) == 1 and any(site.param in f"{u.needs}" for u in answer.unknowns):
                    seen["given"] += 1
                    again = asked(one, hidden(plan, site), **{site.param: site.text})
                    if again.headline != whole.headline:
                        said.append((place, site.text, whole.headline, again.headline))
    assert not said, "\n".join(map(str, said))
    assert min(seen["settled"], seen["unknown"], seen["given"]) > 40, seen
