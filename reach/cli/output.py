"""Where results go: standard output, or a file that is either the old one or the whole new one."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from pathlib import Path

from reach.cli import exits
from reach.errors import ReachError
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
        replace(Path(output), text.encode())
    except OSError as error:
        raise _unwritable(output, error) from error
    if not quiet:
        exits.say(f"wrote {output}")


def replace(path: Path, data: bytes) -> None:
    """Put a whole file in place of whatever was there; a reader never sees half of it.

    A device or a pipe is written to, not replaced; a link stays a link.
    """
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_umask()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _to_stdout(output: str | None) -> bool:
    return output is None or output == "-"


def _unwritable(what: str, error: OSError) -> Exception:
    if isinstance(error, BrokenPipeError):
        return error
    if what == "standard output":
        exits.abandon_stdout()
    return ReachError(f"cannot write {what}: {error.strerror or error}")
