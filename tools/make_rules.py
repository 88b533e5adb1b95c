"""Refresh the last column of docs/rules.md: which test files name each rule. `make_rules.py --check` only compares.

A rule that is decided now leaves the list of those left for later in docs/limits.md.

The sentences and addresses are written by hand; this tool says which are missing and never invents one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOC, TESTS = ROOT / "docs" / "rules.md", ROOT / "tests"
LIMITS, COVERAGE = ROOT / "docs" / "limits.md", TESTS / "test_rule_coverage.py"
FAMILIES = (
    "FNSRC", "RT", "SG", "NACL", "NAT", "NATI", "IGW", "BPA", "PCX", "TGW", "VGW", "FW", "VPCE", "DNS", "DBDST",
    "SHR", "ENC", "RET", "IN", "FN", "ENI", "ST", "PERM", "POL", "SRC", "NEED", "DST", "FIND", "SVC", "AUTH", "TPL",
    "U", "V6",
)  # fmt: skip
RULE = re.compile(rf"(?<![A-Za-z0-9_-])(?:{'|'.join(FAMILIES)})-[0-9]+(?![0-9A-Za-z])")
LINE = re.compile(r"\| (?P<id>[A-Z0-9]+-[0-9]+) \| (?P<text>.+) \| (?P<url>\S*) \| (?P<tests>.*) \|")

NOT_TESTS = ("test_rules.py", "test_rule_coverage.py")  # whose ids are examples, or a list of all


@dataclass(frozen=True, slots=True)
class Line:
    """One rule in the document."""

    id: str
    text: str
    url: str
    tests: tuple[str, ...]

    def __str__(self) -> str:
        return f"| {self.id} | {self.text} | {self.url} | {', '.join(self.tests)} |"


def named() -> dict[str, tuple[str, ...]]:
    """Every rule that a test file names, with the names of those files."""
    found: dict[str, set[str]] = {}
    for path in sorted(set(TESTS.rglob("*.py")) - {TESTS / name for name in NOT_TESTS}):
        for rule in RULE.findall(path.read_text(encoding="utf-8")):
            found.setdefault(rule, set()).add(path.stem)
    return {rule: tuple(sorted(files)) for rule, files in sorted(found.items())}


def lines(text: str) -> Iterator[Line]:
    """The rules of a document."""
    for found in map(LINE.fullmatch, text.splitlines()):
        if found:
            tests = tuple(t for t in found["tests"].split(", ") if t)
            yield Line(found["id"], found["text"], found["url"], tests)


def rewritten(text: str) -> str:
    """The document with its last column as the tests are now."""
    now = named()
    out = []
    for row in text.splitlines():
        found = LINE.fullmatch(row)
        out.append(str(Line(found["id"], found["text"], found["url"], now.get(found["id"], ()))) if found else row)
    return "\n".join(out) + "\n"


def decided(text: str) -> str:
    """docs/limits.md without the rules that tests/test_rule_coverage.py no longer has among those left for later."""
    later = re.search(r"^LATER\b[^=]*= \((.*?)\)$", COVERAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    left = set(RULE.findall(later[1] if later else ""))
    head, title, rest = text.partition("\n## Rules left for later\n")
    section, following, tail = rest.partition("\n## ")
    kept = [line for line in section.split("\n") if not line.startswith("- ") or left & {*RULE.findall(line)}]
    return head + title + "\n".join(kept) + following + tail


def main(arguments: list[str]) -> int:
    """Rewrite the document; 1 if it is stale (--check) or a rule is missing on either side."""
    text = DOC.read_text(encoding="utf-8")
    fresh = rewritten(text)
    if "--check" not in arguments:
        DOC.write_text(fresh, encoding="utf-8")
        LIMITS.write_text(decided(LIMITS.read_text(encoding="utf-8")), encoding="utf-8")
    known = {line.id for line in lines(text)}
    missing = [rule for rule in named() if rule not in known]
    for rule in missing:
        print(f"docs/rules.md lacks {rule}, which {', '.join(named()[rule])} name", file=sys.stderr)
    unnamed = [line.id for line in lines(fresh) if not line.tests]
    for rule in unnamed:
        print(f"no test names {rule}", file=sys.stderr)
    return 1 if missing or unnamed or ("--check" in arguments and fresh != text) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
