"""Every code that `reach explain` knows is provoked by some scenario row."""

from __future__ import annotations

from functools import cache

import pytest

from reach.checks import CATALOGUE
from tests.scenario import answer
from tests.scenario_all import USER, VPC, codes

# Their tables come with the components that emit them.
LATER = {
    "ASYMMETRIC_INSPECTION": "appliances on one way only",
    "ENI_SOURCE_DEST_CHECK_RESTRICTION": "NAT instances",
    "SG_REFERENCING_SUPPORT": "transit gateways",
    "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION": "transit gateways",
    "TGW_ROUTE_AZ_RESTRICTION": "transit gateways",
    "TGW_RTB_BAD_STATE_ROUTE": "transit gateways",
    "TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT": "transit gateways",
    "TGW_RTB_ROUTES_ARE_UNKNOWN": "transit gateways",
    "VPC_BLOCK_PUBLIC_ACCESS_ENABLED": "the exclusions of VPC Block Public Access",
}


@cache
def provoked() -> frozenset[str]:
    return frozenset(code for row in (*VPC, *USER) for code in codes(answer(row)))


@pytest.mark.parametrize("code", sorted(set(CATALOGUE) - set(LATER)))
def test_some_row_provokes(code: str) -> None:
    assert code in provoked()


def test_answers_name_only_what_can_be_explained() -> None:
    assert provoked() <= set(CATALOGUE)


def test_the_list_of_codes_that_come_later_is_up_to_date() -> None:
    assert not provoked() & set(LATER)
    assert set(LATER) <= set(CATALOGUE)
