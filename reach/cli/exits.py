"""The one place that turns answers and errors into exit codes and error lines.

0 all reachable · 1 blocked or partial · 2 bad usage or unreadable input · 3 unknown ·
4 AWS could not be read · 130 interrupted · 141 nobody reads our output any more (what a shell
reports for SIGPIPE).
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterable

import click

from reach.answer import Answer, Verdict
from reach.errors import ReachError
from reach.render.terminal import Page, needs_ascii

OK, FAILED, USAGE, UNKNOWN, AWS, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 3, 4, 130, 141
PRECEDENCE = (USAGE, AWS, FAILED, UNKNOWN, OK)
OF_VERDICT = {
    Verdict.REACHABLE: OK,
    Verdict.PARTIAL: FAILED,
    Verdict.BLOCKED: FAILED,
    Verdict.UNKNOWN: UNKNOWN,
}
DEBUG = "reach.debug"  # key of the click context's meta


def worst(codes: Iterable[int]) -> int:
    """The code that wins when several apply.

    >>> worst([0, 3, 1])
    1
    """
    return min(codes, key=PRECEDENCE.index, default=OK)


def of_answers(answers: Iterable[Answer]) -> int:
    """The exit code of some answers; notes and what happens after a failover never change it."""
    return worst(OF_VERDICT[answer.verdict] for answer in answers)


def report(error: BaseException, *, debug: bool = False) -> int:
    """Say on stderr what went wrong and return the exit code.

    Errors of ours say whose input is wrong; anything else is a bug, and says so.
    """
    if isinstance(error, BrokenPipeError):
        abandon_stdout()
        return BROKEN_PIPE
    if debug:
        traceback.print_exception(error)
    if isinstance(error, KeyboardInterrupt):
        say("interrupted")
        return INTERRUPTED
    if isinstance(error, ReachError):
        complain(error.message, error.hint)
        return error.exit_code
    if isinstance(error, MemoryError):
        complain("there is not enough memory to read this input", "give less at once: one template, plan or Region")
        return USAGE
    where = "" if debug else "run it again with --debug for the traceback and report it"
    complain(f"this is a bug in reach: {type(error).__name__}: {error}", where)
    return USAGE


def complain(message: str, hint: str | None = None) -> None:
    """`error: message` on stderr, and what to do about it on the next lines; a terminal may wrap them."""
    first, *further = message.splitlines() or [""]
    say(f"error: {first}", *(f"  {line}" for line in (*further, *(hint or "").splitlines())))


def say(*lines: str) -> None:
    """Remarks on stderr, one per line, escaped."""
    page = Page(ascii=needs_ascii(sys.stderr))
    for line in lines:
        page.line((line, ""))
    click.echo(page.plain(), err=True, nl=False)


def abandon_stdout() -> None:
    """Nobody reads stdout any more: keep the interpreter from complaining when it flushes at exit."""
    try:
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, sys.stdout.fileno())
        os.close(devnull)
    except (OSError, ValueError, AttributeError):  # stdout is no file, as in a test
        pass
