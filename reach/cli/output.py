"""Where results go: standard output, or a file that is either the old one or the whole new one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from reach.cli import exits
from reach.errors import ReachError
from reach.files import replace
from reach.render.terminal import Page, needs_ascii, wants_colour, write

if TYPE_CHECKING:
    from reach.network import Network
    from reach.render.text import Detail


class Out(Struct, frozen=True):
    """What the options said about the result; commands take it as `out`.

    Raises
    ------
    click.UsageError
        If it should be both quiet and verbose.
    """

    output: str | None = None  # a file; None or "-": standard output
    format: str = "text"
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False

    def __post_init__(self) -> None:
        if self.quiet and self.verbose:
            raise click.UsageError("-q and -v exclude each other.")

    @property
    def detail(self) -> Detail:
        """How much a page says: quiet, normal or verbose."""
        return "quiet" if self.quiet else "verbose" if self.verbose else "normal"

    @property
    def is_html(self) -> bool:
        """Whether a file for people is asked for as a page: by its suffix, unless another format is named."""
        return self.format == "text" and (self.output or "").lower().endswith((".html", ".htm"))

    @property
    def is_picture(self) -> bool:
        """Whether a file is asked for as a picture: by its suffix, unless another format is named."""
        return self.format == "text" and (self.output or "").lower().endswith((".svg", ".png", ".pdf"))

    def text(self, text: str) -> None:
        """Write a finished text."""
        emit(text, self.output, quiet=self.quiet)

    def json(self, kind: str, network: Network, body: dict[str, Any]) -> None:
        """Write a JSON document: `kind` (``reach-list/1``), what was read, and the body."""
        from reach import __version__
        from reach.render.json import dumps, heading

        self.text(dumps(heading(kind, network.origins, version=__version__) | body))

    def page(self) -> Page:
        """A page that the place it goes to can show; hand it to `show`."""
        return new_page(self.output)

    def show(self, page: Page) -> None:
        emit_page(page, self.output, no_color=self.no_color, quiet=self.quiet)


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
