"""A page of text for people: escaped, measured, wrapped, and coloured only if a terminal asks for it.

Names, tags and descriptions are written by strangers. Whatever they hold, what leaves here cannot move the
cursor, change colours, reorder or hide what stands beside it.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from typing import TextIO

from msgspec import Struct, field

COLUMNS = 80

Span = tuple[str, str]  # text, style ("" = none)

# What the page itself uses, for streams that cannot encode it.
ASCII = str.maketrans(
    {"✓": "+", "✕": "x", "◐": "~", "→": "->", "←": "<-", "λ": "fn", "…": "...", "·": "-", "–": "-", "—": "-"}
    | {"×": "x", "≤": "<=", "≥": ">=", "’": "'", "‘": "'", "“": '"', "”": '"', "\u00a0": " "}
)
ARGUMENT = re.compile(r"(?:'[^']*'|[^\s'])+|'")  # what a shell takes for one word
GLYPHS = "✓✕◐→λ…"

# Control characters, invisible format characters (bidi overrides, zero width), separators, lone surrogates,
# private use and unassigned code points: whatever is not a visible character or a plain space.
HIDDEN = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"})

# What CI systems take for a command in what a job prints: `##[…]` and `##vso[…]` anywhere, `::…::` where a line begins.
ANYWHERE = re.compile(r"#(?=#[a-z]*\[)")
IN_FRONT = re.compile(r"\s*::[A-Za-z][\w-]*(?:\s.*)?::")
COLON = "\\x3a"


def safe(text: str, *, ascii: bool = False) -> str:
    """Text in which everything that is not visible is written as an escape.

    Parameters
    ----------
    text
        Anything, also a hostile name.
    ascii
        Also replace what an ASCII stream cannot show.

    Examples
    --------
    >>> safe("orders\\x1b[2J")
    'orders\\\\x1b[2J'
    >>> safe("a → b", ascii=True)
    'a -> b'
    """
    if ascii:
        text = text.translate(ASCII)
    if "##" in text:
        text = ANYWHERE.sub(r"\\x23", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(char) if _hidden(char, ascii) else char for char in text)


def _hidden(char: str, ascii: bool) -> bool:
    return unicodedata.category(char) in HIDDEN or (ascii and not char.isascii())


def _escape(char: str) -> str:
    number = ord(char)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def width(text: str) -> int:
    """How many columns a terminal needs for text that is `safe`.

    >>> width("日本"), width("e\\u0301")
    (4, 1)
    """
    return len(text) if text.isascii() else sum(map(_char_width, text))


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) == "Me":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrap(text: str, columns: int) -> list[str]:
    """Break at spaces into lines of at most `columns`; a longer word is cut, after punctuation if it has any.

    >>> wrap("move it to private subnets", 12)
    ['move it to', 'private', 'subnets']
    """
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        both = f"{line} {word}" if line else word
        if width(both) <= columns:
            line = both
            continue
        if line:
            lines.append(line)
        *full, line = _cut(word, columns)
        lines += full
    return [*lines, line] if line or not lines else lines


def _cut(word: str, columns: int) -> Iterator[str]:
    while width(word) > columns:
        end = used = 0
        while end < len(word) and used + _char_width(word[end]) <= columns:
            used += _char_width(word[end])
            end += 1
        end = max(end, 1)  # a column narrower than one character: go on all the same
        at = max(word.rfind(mark, 0, end) for mark in ":/,.-_")
        if at >= columns // 2:
            end = at + 1
        yield word[:end]
        word = word[end:]
    yield word


def _harmless(lines: list[str], columns: int) -> Iterator[str]:
    """Lines of which none is a command to a CI system that reads them: `::error::`, at the front after a break."""
    for line in lines:
        if IN_FRONT.match(line):
            yield from _harmless(wrap(line.replace(":", COLON, 1), columns), columns)
        else:
            yield line


class Page(Struct):
    """Lines of styled text, at most `columns` wide wherever there is something to break.

    INVARIANT: every span is `safe`.
    """

    ascii: bool = False
    columns: int = COLUMNS
    lines: list[list[Span]] = field(default_factory=list)

    def safe(self, text: str) -> str:
        return safe(text, ascii=self.ascii)

    def line(self, *spans: Span) -> None:
        """One line, as it is."""
        shown = [(self.safe(text), style) for text, style in spans if text]
        if IN_FRONT.match("".join(text for text, _ in shown)):
            shown = [(text.replace(":", COLON, 1), style) if text.strip() else (text, style) for text, style in shown]
        self.lines.append(shown)

    def hang(self, head: list[Span], body: str, style: str = "") -> None:
        """`head`, then `body` wrapped beside it; further lines begin where the body began."""
        spans = [(self.safe(text), kind) for text, kind in head if text]
        body = self.safe(body)
        left = sum(width(text) for text, _ in spans)
        for part in _harmless(wrap(body, self.columns - left), self.columns - left):
            self.lines.append([*spans, (part, style)] if part else spans)
            spans = [(" " * left, "")]

    def command(self, text: str, indent: int = 4) -> None:
        """A shell command that can be copied: broken between options only, with a backslash."""
        line = " " * indent
        for word in _pieces(ARGUMENT.findall(self.safe(text)), self.columns - indent - len("   \\")):
            if line.strip() and width(line) + width(word) > self.columns - len(" \\"):
                self.lines.append([(f"{line}\\", "")])
                line = " " * (indent + 2)
            line += f"{word} "
        self.lines.append([(line.rstrip(), "")])

    def gap(self) -> None:
        """An empty line, unless the page begins here."""
        if self.lines:
            self.lines.append([])

    def plain(self) -> str:
        """The page without colour; ends with a line break unless it is empty."""
        return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in self.lines)


def _pieces(words: list[str], room: int) -> list[str]:
    """Words of a command, an option together with its first value if a line has room for both."""
    out: list[str] = []
    for word in words:
        joins = word == "&&" or (out and re.fullmatch(r"--[a-z0-9-]+", out[-1]) and not word.startswith("--"))
        both = f"{out[-1]} {word}" if out and joins else ""
        if both and width(both) <= room:
            out[-1] = both
        else:
            out.append(word)
    return out


def needs_ascii(stream: TextIO) -> bool:
    """Whether the stream's encoding lacks the glyphs that a page uses."""
    try:
        GLYPHS.encode(getattr(stream, "encoding", None) or "ascii")
    except (UnicodeError, LookupError):
        return True
    return False


def wants_colour(stream: TextIO, *, no_color: bool = False) -> bool:
    """Whether to colour: a terminal that can, and neither the flag nor NO_COLOR (https://no-color.org)."""
    if no_color or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def write(page: Page, stream: TextIO, *, colour: bool = False) -> None:
    """Put a page on a stream; rich is loaded only for colour."""
    if not colour:
        stream.write(page.plain())
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, force_terminal=True, highlight=False, markup=False, emoji=False)
    for line in page.lines:
        console.print(Text.assemble(*line), soft_wrap=True)
