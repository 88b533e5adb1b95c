"""What a deployment policy says, as text: the outcome, the request, and each statement with what decided it."""

from __future__ import annotations

from collections.abc import Sequence

from reach.answer import Note
from reach.deployment import Deployment
from reach.policy import Match, Outcome, Truth
from reach.render.terminal import Page

GLYPH = {Outcome.ALLOWED: "✓", Outcome.DENIED: "✕", Outcome.NOT_ALLOWED: "✕", Outcome.UNKNOWN: "?"}
WORD = {Outcome.ALLOWED: "ALLOWED", Outcome.DENIED: "DENIED", Outcome.NOT_ALLOWED: "DENIED", Outcome.UNKNOWN: "UNKNOWN"}
STYLE = {Outcome.ALLOWED: "bold green", Outcome.UNKNOWN: "bold magenta"}
SAYS = {Truth.TRUE: "matches", Truth.FALSE: "does not match", Truth.UNKNOWN: "cannot be decided"}
VERDICT_COLUMN = 13


def write_deployments(
    page: Page, found: Sequence[Deployment], remarks: Sequence[Note], *, quiet: bool = False, verbose: bool = False
) -> None:
    """All outcomes, then what is odd about the policy itself."""
    for deployment in found:
        if not quiet:
            page.gap()
        _write(page, deployment, quiet, verbose)
    if remarks and not quiet:
        page.gap()
        page.line(("about the policy", "bold"))
        for note in remarks:
            page.hang([("  ! ", "bold yellow")], f"{note.text} [{note.code}]")


def _write(page: Page, deployment: Deployment, quiet: bool, verbose: bool) -> None:
    outcome = deployment.outcome
    tag = f"  [{deployment.code}]" if deployment.code else ""
    action = str(deployment.request.action).partition(":")[2]
    head = [(f"{GLYPH[outcome]} {WORD[outcome]}".ljust(VERDICT_COLUMN), STYLE.get(outcome, "bold red"))]
    page.hang(head, f"{action} {deployment.function}{tag}", "bold")
    if quiet:
        return
    page.hang([("  because  ", "dim")], deployment.why)
    label = "request"
    for key, value in deployment.request.context.items():
        page.hang([(f"  {label:<8} ", "dim")], f"{key} = {value}")
        label = ""
    for match in deployment.decision.matches:
        if verbose or match in deployment.decision.deciding:
            _write_match(page, match)
    if deployment.code:
        page.hang([("  fix      ", "dim")], deployment.fix)
        page.hang([("  more     ", "dim")], f"reach explain {deployment.code}")
    for note in deployment.notes:
        page.hang([("  note:    ", "dim")], note.text)


def _write_match(page: Page, match: Match) -> None:
    effect = "Allow" if match.statement.allow else "Deny"
    origin = f" of {match.statement.origin}" if match.statement.origin else ""
    page.hang([("  trace    ", "dim")], f"{effect} {match.statement.name}{origin} {SAYS[match.truth]}")
    for test in match.tests:
        mark = {Truth.TRUE: "✓", Truth.FALSE: "✕", Truth.UNKNOWN: "?"}[test.truth]
        page.hang([(f"           {mark} ", "")], str(test))
