"""How wide a text is in the two fonts that matplotlib ships, and how to make it fit.

Widths are sums of advances read from the font files once per character: no drawing, no kerning. Texts are cut
between letters, never between a letter and its marks.
Sizes and widths are in points.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.ft2font import FT2Font

SANS, MONO = "DejaVu Sans", "DejaVu Sans Mono"
_FILES = {(False, False): "DejaVuSans", (True, False): "DejaVuSans-Bold", (False, True): "DejaVuSansMono"}


@cache
def _font(bold: bool, mono: bool) -> FT2Font:
    import matplotlib
    from matplotlib.ft2font import FT2Font

    font = FT2Font(f"{matplotlib.get_data_path()}/fonts/ttf/{_FILES[bold and not mono, mono]}.ttf")
    font.set_size(100, 72)
    return font


@cache
def _no_hinting() -> Any:
    from matplotlib import ft2font

    flags = getattr(ft2font, "LoadFlags", None)  # an enumeration since matplotlib 3.10
    return flags.NO_HINTING if flags else getattr(ft2font, "LOAD_NO_HINTING")  # noqa: B009


@lru_cache(maxsize=8192)
def _advance(char: str, bold: bool, mono: bool) -> float:
    """The width of one character in units of the font size."""
    font = _font(bold, mono)
    if not font.get_char_index(ord(char)):  # drawn by whatever font the viewer has
        return 1.05 if unicodedata.east_asian_width(char) in "WF" else 0.85
    return font.load_char(ord(char), flags=_no_hinting()).linearHoriAdvance / 65536 / 100


def lacks(text: str, *, bold: bool = False, mono: bool = False) -> bool:
    """Whether the font has no picture of some letter.

    >>> lacks("orders"), lacks("注文")
    (False, True)
    """
    font = _font(bold, mono)
    return any(not font.get_char_index(ord(char)) for char in text)


def width(text: str, size: float, *, bold: bool = False, mono: bool = False) -> float:
    """How wide a text is.

    >>> width("iii", 10) < width("WWW", 10)
    True
    """
    return size * sum(_advance(c, bold, mono) for c in text)


def shorten(text: str, room: float, size: float, *, bold: bool = False, mono: bool = False) -> str:
    """The text itself, or its beginning and end around an ellipsis, so that it fits into `room`.

    >>> shorten("subnet-0b81f2a3c4d5e6f70", 60, 7, mono=True)
    'subnet-0…e6f70'
    """
    if width(text, size, bold=bold, mono=mono) <= room:
        return text
    parts = letters(text)
    low, high = 0, len(parts) - 1
    while low < high:
        keep = (low + high + 1) // 2
        if width(_middle(parts, keep), size, bold=bold, mono=mono) <= room:
            low = keep
        else:
            high = keep - 1
    return _middle(parts, low)


def letters(text: str) -> list[str]:
    """The letters of a text, each with its marks; the two halves of a flag are one.

    >>> len(letters("ne" + chr(0x301) + "e"))
    3
    """
    out: list[str] = []
    for char in text:
        halves = bool(out) and _is_half(char) and _is_half(out[-1])
        if out and (halves or unicodedata.category(char)[0] == "M" or "\U0001f3fb" <= char <= "\U0001f3ff"):
            out[-1] += char
        else:
            out.append(char)
    return out


def _is_half(text: str) -> bool:
    """Whether this is one of the two characters of a flag."""
    return "\U0001f1e6" <= text <= "\U0001f1ff" and len(text) == 1


def _middle(parts: list[str], keep: int) -> str:
    head = (keep * 3 + 2) // 5
    tail = keep - head
    return "".join([*parts[:head], "…", *(parts[-tail:] if tail else ())])


def two_lines(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """The text broken once, at a separator if one is near, the whole shortened to what two lines hold."""
    first = ""
    for letter in letters(text):
        if width(first + letter, size, bold=bold) > room:
            break
        first += letter
    cut = max((i + 1 for i, c in enumerate(first) if c in "-_./ "), default=0)
    if not set(text) & set("-_./ ") and len(text) <= 2 * len(first) - 2:
        cut = (len(text) + 1) // 2  # a lone word: two halves read better than all but its last letter
    elif cut < len(first) // 2 and not (cut and width(text[cut:], size, bold=bold) <= room):
        cut = len(first)
    return [text[:cut].rstrip(), shorten(text[cut:].lstrip(), room, size, bold=bold)]


def wrap(text: str, room: float, size: float, most: int = 4) -> list[str]:
    """The text as at most `most` lines no wider than `room`; words that are too long are broken."""
    lines = [""]
    for word in text.split():
        for piece in _pieces(word, room, size):
            longer = f"{lines[-1]} {piece}" if lines[-1] else piece
            if width(longer, size) <= room:
                lines[-1] = longer
            else:
                lines.append(piece)
    if len(lines) > most:
        rest = " ".join(lines[most - 1 :])
        lines = [*lines[: most - 1], _ended(rest, room, size)]
    return lines


def _pieces(word: str, room: float, size: float) -> list[str]:
    if width(word, size) <= room:
        return [word]
    out = [""]
    for letter in letters(word):
        if out[-1] and width(out[-1] + letter, size) > room:
            out.append("")
        out[-1] += letter
    return out


def _ended(text: str, room: float, size: float) -> str:
    """As much of the beginning as fits, with an ellipsis behind it."""
    parts = letters(text)
    while parts and width("".join(parts) + " …", size) > room:
        parts.pop()
    return "".join(parts).rstrip() + " …"
