"""Markdown for pull requests and tickets; nothing that AWS says is Markdown or HTML in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from reach.expectations import Status
from reach.matrix import Matrix
from reach.pasted import divided, steps
from reach.render.case import Case
from reach.render.commands import LONGEST
from reach.render.mermaid import path_mermaid
from reach.render.outcomes import GLYPH as STATUS_GLYPH
from reach.render.scene import clean
from reach.render.snippets import snippets
from reach.render.text import GLYPH

MOST_DIAGRAMS = 20
# GitHub and GitLab look for mentions once the text is HTML, where an entity or a backslash is gone again: a space of
# no width between the sign and the name is what they do not take for one.
MENTION = "&#64;&#8203;"


def plain(text: str) -> str:
    """Text in which nothing is Markdown, HTML or a mention.

    >>> plain("<b>*a* @b|")
    '&lt;b&gt;\\\\*a\\\\* &#64;&#8203;b\\\\|'
    """
    marked = "".join(f"\\{c}" if c in "\\`*_{}[]()#!|~$" else c for c in clean(text))
    marked = re.sub(r"^(\d*)(?=[-+.])", r"\1\\", marked)  # would begin a list
    marked = re.sub(r"^::", r"\\::", marked)  # would begin a command, where a job prints it
    marked = marked.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return marked.replace("@", MENTION)


def shell(line: str) -> Sequence[str]:
    """The commands of a line, one below the other; each begins with a word, and none ends the block around them."""
    return " &&\n".join(steps(clean(line, LONGEST))).splitlines()


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table of cells that are `plain` already."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(row)} |" for row in rows]


def cases_markdown(cases: Sequence[Case], tally: str, *, diagrams: bool = True) -> str:
    """A table of all, then what failed or is unknown, each with its fix and its diagram."""
    rows = (
        (f"{STATUS_GLYPH[c.status]} {c.status.value}", plain(c.function), plain(c.claim), c.code or plain(c.caveat))
        for c in cases
    )
    lines = [f"**{plain(tally)}**", "", *table(("", "function", "", "code"), rows)]
    drawn = 0
    for case in cases:
        if case.status is Status.PASSED:
            continue
        title = f"### {STATUS_GLYPH[case.status]} {plain(case.function)} {plain(case.claim)}"
        lines += ["", title, "", plain(case.why)]
        words, line = divided(case.fix)
        planned = case.in_file
        fix = words or (f"in {planned.name}" if planned else "in a shell" if line else "")
        facts = (("Because", case.because), ("Needs", case.needs or ""), ("Fix", fix))
        lines += ["", *(f"- {name}: {plain(text)}" for name, text in facts if text)]
        if planned is not None:
            lines += ["", f"```{planned.language}", planned.text, "```"]
        elif line:
            lines += ["", "```sh", *shell(line), "```"]
        made = snippets(case.fix) if planned is None else None
        if made:
            lines += ["", "<details><summary>The fix as CloudFormation and as Terraform</summary>"]
            lines += ["", "```yaml", made[0], "```", "", "```hcl", made[1], "```", "", "</details>"]
        if diagrams and case.answer is not None and drawn < MOST_DIAGRAMS:
            drawn += 1
            lines += ["", "```mermaid", path_mermaid(case.answer).rstrip("\n"), "```"]
    return "\n".join(lines) + "\n"


def matrix_markdown(matrix: Matrix) -> str:
    """Functions as rows, targets as columns."""
    head = ("function", *(plain(c.target) for c in matrix.columns))
    rows = ((plain(row.function), *(_cell(matrix, row.kind, c.kind) for c in matrix.columns)) for row in matrix.rows)
    return "\n".join(table(head, rows)) + "\n"


def _cell(matrix: Matrix, row: int, column: int) -> str:
    verdict, code = matrix.verdicts[row, column]
    return f"{GLYPH[verdict]} {verdict.value}" + (f"<br>{plain(code)}" if code else "")
