"""The entries of the gallery: those written by hand in graphs/gallery.yaml, and one network for each reason code.

The networks of the codes are rows of the scenario tables in tests/: the simplest one that provokes the code.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from reach.answer import Answer
    from tests.scenario import Row

ROOT = Path(__file__).resolve().parent.parent
GRAPHS = ROOT / "graphs"
TAKEN = "2026-11-22T10:00:00Z"


@dataclass(frozen=True)
class Entry:
    """One network and the question that its page answers.

    Attributes
    ----------
    words
        What stands behind ``reach path``, without ``--from``.
    codes
        The reason codes that it shows.
    row
        The scenario that its snapshot.json is made from, or None if that is written by hand.
    """

    slug: str
    about: str
    words: tuple[str, ...]
    codes: tuple[str, ...] = ()
    row: Row | None = None

    @cached_property
    def answer(self) -> Answer:
        """What its page shows."""
        if self.row is not None:
            from reach.describe import describe
            from reach.snapshot import parse
            from tests.scenario import answer_in

            who, to, config = (_long(text or "") for text in (self.row.who, self.row.to, self.row.config))
            row = replace(self.row, who=who, to=to, config=config or None)
            return answer_in(describe(parse(_snapshot(self.row), "world")), row)
        import reach

        return reach.load(GRAPHS / self.slug / "snapshot.json").path(*self.words)

    @property
    def snapshot(self) -> str | None:
        """The text of its snapshot.json, if that is made."""
        return _snapshot(self.row) if self.row is not None else None


def entries() -> tuple[Entry, ...]:
    """All of them: the hand-written first, then by slug."""
    return (*_written(), *sorted(_of_codes(), key=lambda entry: entry.slug))


def _written() -> Iterator[Entry]:
    for slug, entry in yaml.safe_load((GRAPHS / "gallery.yaml").read_text()).items():
        yield Entry(slug, entry["about"].strip(), (entry["source"], entry["target"]))


def _of_codes() -> Iterator[Entry]:
    from reach.checks import CATALOGUE

    chosen: dict[Row, list[str]] = {}
    for code in CATALOGUE:
        row = _simplest(code, chosen)
        if row is not None:
            chosen.setdefault(row, []).append(code)
    for row, codes in chosen.items():
        reason = CATALOGUE[codes[0]][0]
        about = f"{reason.title}. Here: {row.about}."
        yield Entry(codes[0].lower().replace("_", "-"), about, _words(row), tuple(codes), row)


def _simplest(code: str, chosen: dict[Row, list[str]]) -> Row | None:
    """The row that shows a code best; one that is chosen already before another, a small world before a large one."""
    from tests.scenario_all import USER, VPC

    found = [(_rank(row, code), row not in chosen, len(row.world), at, row) for at, row in enumerate((*VPC, *USER))]
    best = min((f for f in found if f[0] is not None), key=lambda f: f[:4], default=None)
    return best[4] if best else None


def _rank(row: Row, code: str) -> tuple[int, int] | None:
    """What is in the way first before what is only named; with little else to say before with much."""
    from tests.scenario import answer
    from tests.scenario_all import codes

    got = answer(row)
    every = list(codes(got))
    if code not in every:
        return None
    first = got.first
    is_first = first is not None and code in (first.code, first.cause)
    return (0 if is_first else 1), len(every)


def _words(row: Row) -> tuple[str, ...]:
    out = [_long(row.who), _long(row.to)]
    out += ["--family", row.family] if row.family != "4" else []
    out += [word for action in row.actions for word in ("--action", action)]
    out += ["--vpc-config", _long(row.config)] if row.config else []
    for host, address in row.resolve:
        out += ["--resolve", f"{host}={address}"]
    return tuple(out)


def _snapshot(row: Row) -> str:
    from reach.snapshot import from_document, lines
    from tests.scenario import build

    document = {**build(row.world).document(), "taken": TAKEN}
    return _long("".join(lines(from_document(document, "world"))))


def _long(text: str) -> str:
    """Ids as long as AWS's: the rows' are short for their reader, and botocore's models refuse some of them."""
    text = re.sub(r"\bsubnet-([a-z])\b", r"subnet-0000000\1", text)
    return re.sub(r'((?:"UUID": "|\besm:)[0-9a-f]{4})(?="|$)', r"\g<1>0000-0000-4000-8000-000000000000", text)


if str(ROOT) not in sys.path:  # the rows are in tests/
    sys.path.insert(0, str(ROOT))
