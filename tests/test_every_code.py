"""Every code that `reach explain` knows is provoked by some scenario row or deployment."""

from __future__ import annotations

from functools import cache

import pytest

from reach.checks import CATALOGUE
from tests import deployments
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
