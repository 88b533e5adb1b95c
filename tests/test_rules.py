"""docs/rules.md is complete: every rule that a test names is explained there, and no line stands without a test."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.scenario_all import USER, VPC
from tools.make_rules import DOC, FAMILIES, RULE, Line, lines, named, rewritten

TEXT = DOC.read_text(encoding="utf-8")
LINES = tuple(lines(TEXT))
AWS = re.compile(r"https://(docs\.aws\.amazon\.com|github\.com/(aws|awsdocs|awslabs)|www\.iana\.org)/\S+")


def test_every_rule_that_a_test_names_is_in_the_document() -> None:
    missing = {rule: files for rule, files in named().items() if rule not in {line.id for line in LINES}}
    assert not missing, f"write a sentence and the AWS page for {missing} into docs/rules.md"


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.id)
def test_a_line_is_a_sentence_with_its_page_and_the_tests_that_name_it(line: Line) -> None:
    assert line.text[0].isupper() or line.text[0] in "`0123456789"
    assert line.text.endswith(".")
    assert line.text.count(". ") == 0, "one sentence"
    assert AWS.fullmatch(line.url), line.url
    assert line.tests == named().get(line.id), "run tools/make_rules.py"
    assert line.tests


def test_the_document_is_what_the_tool_writes_and_names_each_rule_once() -> None:
    assert rewritten(TEXT) == TEXT, "run tools/make_rules.py"
    twice = [rule for rule, times in Counter(line.id for line in LINES).items() if times > 1]
    assert not twice
    # A line that the pattern does not read would escape all checks.
    assert len(LINES) == len([row for row in TEXT.splitlines() if re.match(r"\| [A-Z]+[0-9]*-[0-9]", row)])


def test_rows_carry_ids_that_the_document_knows() -> None:
    """A row's ids are rules of a known family, or a number of the minimum matrix (T1 … T40)."""
    for row in (*VPC, *USER):
        for word in row.ids.split():
            assert RULE.fullmatch(word) or re.fullmatch(r"T[0-9]{1,2}", word), f"{word} in {row}"


def test_the_pattern_finds_rules_and_nothing_else() -> None:
    text = "RT-4, (NACL-9) subnet-1 sg-2 T-3 eni-4 XRT-5 RT-4b IPV4-32 FN-06: U-1x"
    assert RULE.findall(text.replace("U-1x", "")) == ["RT-4", "NACL-9", "FN-06"]
    assert len(FAMILIES) == len(set(FAMILIES))
