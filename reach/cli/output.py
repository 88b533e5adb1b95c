"""Where results go: standard output, or a file that is either the old one or the whole new one."""

from __future__ import annotations

import sys

from reach.cli import exits
from reach.errors import ReachError
from reach.files import replace
from reach.render.terminal import Page, needs_ascii, wants_colour, write


def new_page(output: str | None) -> Page:
    """A page that the place it goes to can show."""
    return Page(ascii=_to_stdout(output) and needs_ascii(sys.stdout))


def emit_page(page: Page, output: str | None, *, no_color: bool = False, quiet: bool = False) -> None:
    """Write a page; coloured only on a terminal."""
    if not _to_stdout(output):
        emit(page.plain(), output, quiet=quiet)
        return
    try:
        write(page, sys.stdout, colour=wants_colour(sys.stdout, no_color=no_color))
        sys.stdout.flush()
    except OSError as error:
        raise _unwritable("standard output", error) from error


def emit(text: str, output: str | None, *, quiet: bool = False) -> None:
    """Write text to standard output or, atomically, to a file.

    Raises
    ------
    ReachError
        If it cannot be written.
    BrokenPipeError
        If the reader of standard output went away.
    """
    if output is None or _to_stdout(output):
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except OSError as error:
            raise _unwritable("standard output", error) from error
        return
    try:
        replace(output, text.encode())
    except OSError as error:
        raise _unwritable(output, error) from error
    if not quiet:
        exits.say(f"wrote {output}")


def _to_stdout(output: str | None) -> bool:
    return output is None or output == "-"


def _unwritable(what: str, error: OSError) -> Exception:
    if isinstance(error, BrokenPipeError):
        return error
    if what == "standard output":
        exits.abandon_stdout()
    return ReachError(f"cannot write {what}: {error.strerror or error}")
