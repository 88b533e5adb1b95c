"""Every code that `reach explain` knows is provoked by some scenario row or deployment."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from reach.checks import CATALOGUE
from tests import deployments
from tests.analyzer_codes import CODES
from tests.scenario import answer
from tests.scenario_all import USER, VPC, codes

# Codes whose component is not traced yet, each with the reason; empty while everything is provoked.
LATER: dict[str, str] = {}


@cache
def provoked() -> frozenset[str]:
    paths = {code for row in (*VPC, *USER) for code in codes(answer(row))}
    return frozenset(paths | {code for case in deployments.CASES for code in deployments.codes(case)})


@pytest.mark.parametrize("code", sorted(set(CATALOGUE) - set(LATER)))
def test_some_row_provokes(code: str) -> None:
    assert code in provoked()


def test_answers_name_only_what_can_be_explained() -> None:
    assert provoked() <= set(CATALOGUE)


def test_the_list_of_codes_that_come_later_is_up_to_date() -> None:
    assert not provoked() & set(LATER)
    assert set(LATER) <= set(CATALOGUE)


def unused() -> dict[str, str]:
    """The codes of Reachability Analyzer that docs/comparison.md says are not used here, with the reason."""
    page = Path(__file__).resolve().parent.parent / "docs" / "comparison.md"
    table = page.read_text(encoding="utf-8").partition("\n### Its codes that")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([A-Z][A-Z0-9_, ]+) \| (.+) \|$", table, re.MULTILINE)
    return {code: why for codes, why in rows for code in codes.split(", ")}


def test_every_code_of_reachability_analyzer_is_used_or_the_document_says_why_not() -> None:
    assert len(set(CODES)) == len(CODES) == 100
    assert set(CODES) - set(CATALOGUE) == set(unused())
    assert all(len(why) > 20 for why in unused().values())
