"""A picture as shapes with coordinates in points, y downwards; what is laid out and what is painted.

`role` and `of` say what a shape stands for, so that a test can ask where a node or a label is.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from msgspec import Struct

from reach.render.lettering import width
from reach.render.scene import State


class Area(NamedTuple):
    """A rectangle: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def grown(self, by: float) -> Area:
        return Area(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def touches(self, other: Area) -> bool:
        """Whether the two share more than an edge."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: Area) -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


class Box(Struct, frozen=True):
    area: Area
    fill: str | None
    border: str | None
    line: float = 1.2
    dash: tuple[float, ...] = ()
    radius: float = 0
    role: str = ""
    of: str = ""


class Label(Struct, frozen=True):
    """A line of text; `y` is its baseline, `align` left, center or right of `x`."""

    x: float
    y: float
    text: str
    size: float
    colour: str
    bold: bool = False
    mono: bool = False
    align: Literal["left", "center", "right"] = "left"
    role: str = ""
    of: str = ""
    on: str = ""  # the colour behind it

    @property
    def area(self) -> Area:
        """The room of its letters, from the top of capitals to the foot of descenders."""
        wide = width(self.text, self.size, bold=self.bold, mono=self.mono)
        left = self.x - {"left": 0.0, "center": wide / 2, "right": wide}[self.align]
        return Area(left, self.y - 0.76 * self.size, left + wide, self.y + 0.24 * self.size)


class Stretch(Struct, frozen=True):
    """An orthogonal line in some state, with an arrow at its end unless it ends at a cross."""

    points: tuple[tuple[float, float], ...]
    state: State
    arrow: bool = True
    of: str = ""
    colour: str = ""  # where the theme has another than the state


class Disc(Struct, frozen=True):
    """A circle: a badge with its number as label, or the place where traffic ends (`mark` x or ?)."""

    x: float
    y: float
    radius: float
    fill: str
    border: str | None = None
    line: float = 0
    mark: str = ""
    role: str = ""
    of: str = ""

    @property
    def area(self) -> Area:
        r = self.radius
        return Area(self.x - r, self.y - r, self.x + r, self.y + r)


Shape = Box | Label | Stretch | Disc


class Drawing(Struct, frozen=True):
    """Shapes in painting order on a page of `wide` by `high` points."""

    wide: float
    high: float
    page: str
    shapes: tuple[Shape, ...]
