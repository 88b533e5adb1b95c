"""A drawing as a matplotlib Figure, and a Figure as bytes that are the same every time.

No pyplot and no axes: the shapes are put on the figure itself, in points, y downwards.
"""

from __future__ import annotations

import io
import re
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch, Polygon
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from reach.render.drawing import Area, Box, Disc, Drawing, Label, Stretch
from reach.render.lettering import MONO, SANS, lacks
from reach.render.palette import STROKES

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.transforms import Transform

# What a browser without these fonts may take instead: faces of the same width.
FALLBACKS = {f"'{SANS}'": f"'{SANS}', Verdana, sans-serif", f"'{MONO}'": f"'{MONO}', Menlo, monospace"}
# Fonts of common systems with the letters of further scripts; a picture of plain names never meets them.
WIDER = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Source Han Sans SC", "PingFang SC", "Hiragino Sans", "Microsoft YaHei"),
    *("Yu Gothic", "Apple SD Gothic Neo", "Malgun Gothic", "WenQuanYi Zen Hei", "Droid Sans Fallback"),
    *("Noto Sans Devanagari", "Noto Sans Thai", "Noto Sans Bengali", "Noto Sans Tamil", "Nirmala UI"),
    *("Kohinoor Devanagari", "Arial Unicode MS"),
    *("Noto Emoji", "Symbola", "Segoe UI Symbol"),
)
LEFT_TO_RIGHT = "\u200e"
_LETTERS = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"  # of Hebrew, Arabic and their relatives
_LEFTWARD = re.compile(f"[{_LETTERS}](?:[{_LETTERS} _.-]*[{_LETTERS}])?")
BEND = 0.5523  # of a circle's quarter, for Bézier corners


class Picture(Figure):
    """A figure whose letters are as wide as they were measured: hinting can stretch a line out of the page."""

    def draw(self, renderer: Any) -> None:
        with rc_context({"text.hinting": "no_hinting"}):
            super().draw(renderer)

    def get_tightbbox(self, *args: Any, **options: Any) -> Any:
        with rc_context({"text.hinting": "no_hinting"}):  # what is measured here is kept for drawing
            return super().get_tightbbox(*args, **options)


def paint(drawing: Drawing) -> Figure:
    """Put the shapes of a drawing on a figure, whatever resolution it is saved at."""
    figure = Picture(figsize=(drawing.wide / 72, drawing.high / 72), facecolor=drawing.page, dpi=100)
    points = Affine2D().scale(1 / 72, -1 / 72).translate(0, drawing.high / 72) + figure.dpi_scale_trans
    for order, shape in enumerate(drawing.shapes):
        for artist in _artists(shape, points):
            artist.set_zorder(order)
            artist.set_clip_on(False)
            figure.add_artist(artist)
    return figure


def _artists(shape: Box | Label | Stretch | Disc, points: Transform) -> list[Artist]:
    match shape:
        case Box():
            return [_box(shape, points)]
        case Label():
            return [_label(shape, points)]
        case Stretch():
            return _stretch(shape, points)
        case Disc():
            return _disc(shape, points)


def _box(box: Box, points: Transform) -> Artist:
    return PathPatch(
        _rounded(box.area, box.radius),
        facecolor=box.fill or "none",
        edgecolor=box.border or "none",
        linewidth=box.line if box.border else 0,
        linestyle=_dashes(box.dash, box.line),
        transform=points,
    )


def _dashes(dash: tuple[float, ...], line: float) -> Any:
    """matplotlib counts dashes in line widths, we in points."""
    return (0, tuple(d / line for d in dash)) if dash else "-"


def _rounded(area: Area, r: float) -> Path:
    left, top, right, bottom = area
    if not r:
        return Path([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], closed=True)
    k = r * (1 - BEND)
    corners = [
        (Path.MOVETO, (left + r, top)),
        (Path.LINETO, (right - r, top)),
        *((Path.CURVE4, p) for p in ((right - k, top), (right, top + k), (right, top + r))),
        (Path.LINETO, (right, bottom - r)),
        *((Path.CURVE4, p) for p in ((right, bottom - k), (right - k, bottom), (right - r, bottom))),
        (Path.LINETO, (left + r, bottom)),
        *((Path.CURVE4, p) for p in ((left + k, bottom), (left, bottom - k), (left, bottom - r))),
        (Path.LINETO, (left, top + r)),
        *((Path.CURVE4, p) for p in ((left, top + k), (left + k, top), (left + r, top))),
        (Path.CLOSEPOLY, (left + r, top)),
    ]
    return Path([p for _, p in corners], [c for c, _ in corners])


def _label(label: Label, points: Transform) -> Artist:
    text = directed(label.text)
    return Text(
        label.x,
        label.y,
        text,
        color=label.colour,
        fontsize=label.size,
        fontweight="bold" if label.bold else "normal",
        fontfamily=_families(text, label.bold, label.mono),
        horizontalalignment=label.align,
        verticalalignment="baseline",
        parse_math=False,  # a name with two dollar signs is a name
        transform=points,
    )


def directed(text: str) -> str:
    """A line that runs from left to right, whatever letters its names are of.

    Without marks a line that begins with an Arabic name is set from right to left: `A → internet` becomes
    `internet → A`, and addresses behind such a name change places with it.

    >>> directed("orders → internet")
    'orders → internet'
    """
    found = _LEFTWARD.sub(lambda name: f"{name[0]}{LEFT_TO_RIGHT}", text)
    return text if found == text else LEFT_TO_RIGHT + found


def _families(text: str, bold: bool, mono: bool) -> list[str]:
    """The font of a label, and behind it those of this machine that have letters which it lacks."""
    own = [MONO, SANS] if mono else [SANS]
    if not lacks(text, bold=bold, mono=mono):
        return own[:1]
    return [*own, *_installed()]


@cache
def _installed() -> tuple[str, ...]:
    from matplotlib.font_manager import fontManager

    names = {font.name for font in fontManager.ttflist}
    return tuple(name for name in WIDER if name in names)


def _stretch(stretch: Stretch, points: Transform) -> list[Artist]:
    stroke = STROKES[stretch.state]
    colour = stretch.colour or stroke.colour
    way = list(stretch.points)
    out: list[Artist] = []
    if stretch.arrow:
        (x0, y0), (x, y) = way[-2:]
        dx, dy = _sign(x - x0), _sign(y - y0)
        way[-1] = (x - 8 * dx, y - 8 * dy)
        head = [
            (x, y),
            (x - 9 * dx - 5 * dy, y - 9 * dy - 5 * dx),
            (x - 9 * dx + 5 * dy, y - 9 * dy + 5 * dx),
        ]
        out.append(Polygon(head, closed=True, facecolor=colour, linewidth=0, transform=points))
    out.insert(
        0,
        PathPatch(
            Path(way),
            facecolor="none",
            edgecolor=colour,
            linewidth=stroke.width,
            linestyle=_dashes(stroke.dash if stroke.dash != (4, 2) else (8, 4), stroke.width),
            capstyle="butt",
            joinstyle="miter",
            transform=points,
        ),
    )
    return out


def _sign(value: float) -> int:
    return (value > 0.01) - (value < -0.01)


def _disc(disc: Disc, points: Transform) -> list[Artist]:
    circle = Circle(
        (disc.x, disc.y),
        disc.radius,
        facecolor=disc.fill,
        edgecolor=disc.border or "none",
        linewidth=disc.line,
        transform=points,
    )
    if not disc.mark:
        return [circle]
    if disc.mark == "?":
        sign = Label(disc.x, disc.y + 4, "?", 11, "#FFFFFF", bold=True, align="center")
        return [circle, _label(sign, points)]
    r = disc.radius * 0.45
    x, y = disc.x, disc.y
    arms = Path([(x - r, y - r), (x + r, y + r), (x - r, y + r), (x + r, y - r)], [1, 2, 1, 2])
    cross = PathPatch(arms, edgecolor=disc.border, facecolor="none", linewidth=2.8, capstyle="round", transform=points)
    return [circle, cross]


# -- bytes ------------------------------------------------------------------------------------------


def svg_text(figure: Figure, title: str, desc: str) -> str:
    """The figure as SVG with an accessible name and description; the same figure gives the same text.

    Parameters
    ----------
    title, desc
        Plain text; becomes the first children ``<title>`` and ``<desc>``.
    """
    raw = _saved(figure, "svg", {"Date": None, "Creator": None, "Format": None, "Type": None}).decode()
    raw = re.sub(r" *<metadata>.*?</metadata>\n?", "", raw, flags=re.S)
    for name in WIDER:  # the viewer has fonts of its own, and the bytes are the same everywhere
        raw = raw.replace(f", '{name}'", "")
    for family, families in FALLBACKS.items():
        raw = raw.replace(family, families)
    start = raw.index("<svg")
    end = raw.index(">", start)
    name = f'<title id="t">{escape(title)}</title>\n <desc id="d">{escape(desc)}</desc>'
    head = raw[start:end].replace("<svg", '<svg role="img" aria-labelledby="t d"', 1)
    return f"{raw[:start]}{head}>\n {name}{raw[end + 1 :]}"


def png_bytes(figure: Figure, desc: str) -> bytes:
    """The figure as PNG at twice its size, with its description as text chunk."""
    latin = desc.encode("latin-1", "replace").decode("latin-1")
    return _saved(figure, "png", {"Software": None, "Description": latin}, dpi=144)


def pdf_bytes(figure: Figure, title: str) -> bytes:
    """The figure as PDF."""
    return _saved(figure, "pdf", {"Title": title, "CreationDate": None, "Creator": None, "Producer": None})


def _saved(figure: Figure, format: str, metadata: dict[str, Any], dpi: float | None = None) -> bytes:
    out = io.BytesIO()
    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "reach",
        "pdf.fonttype": 42,
        "path.simplify": False,
    }
    with rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(out, format=format, metadata=metadata, dpi=dpi or 72, facecolor=figure.get_facecolor())
    return out.getvalue()
