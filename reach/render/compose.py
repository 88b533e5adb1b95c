"""A scene as a drawing: header, containers, lines, nodes and the numbered list, in painting order."""

from __future__ import annotations

from msgspec.structs import replace

from reach.render.drawing import Area, Box, Disc, Drawing, Label, Shape, Stretch
from reach.render.layout import BADGE_R, NARROWER, PAD, PAGE, plan
from reach.render.lettering import shorten, two_lines, width, wrap
from reach.render.palette import (
    GENERIC,
    PRIVATE_BORDER,
    PUBLIC_BORDER,
    STROKES,
    TABLE_BADGE,
    TILES,
    VERDICT_COLOUR,
    VERDICT_GLYPH,
    VPC_BORDER,
    WHITE,
    Theme,
)
from reach.render.routing import Routing
from reach.render.scene import Line, Node, Scene, State, SubnetBox, VpcBox

WIDEST, NARROWEST, READABLE, LEADING, LIST_SIZE = 900, 430, 760, 15, 8.2
PAGE_END = 6  # below the last line of the list
LIST_AT = 44  # where the text of the list begins
MAP_GAP, MAP_SLOT_GAP = 20, 8  # in the map of a whole VPC, where no line turns between subnets


def compose(scene: Scene, theme: Theme) -> Drawing:
    """Lay a scene out and say what to paint."""
    is_map = scene.verdict is None
    grid = plan(scene, MAP_GAP, MAP_SLOT_GAP, stacked=True) if is_map else plan(scene)
    for node_w, gap, channel in NARROWER:
        if grid.right + PAGE > WIDEST and is_map:
            grid = plan(scene, MAP_GAP, MAP_SLOT_GAP, node_w=node_w, stacked=True)
        elif grid.right + PAGE > WIDEST:
            grid = plan(scene, gap, node_w=node_w, channel=channel)
    longest = max((width(line.text, LIST_SIZE) for line in scene.lines), default=0) + LIST_AT + PAGE + 2
    wide = max(grid.right + PAGE, NARROWEST, min(_header_width(scene), WIDEST), min(longest, READABLE))
    shapes = _header(scene, theme, wide)
    shapes += [s for box in scene.vpcs for s in _vpc(box, grid.vpcs[box.id], theme)]
    shapes += [s for _, zone, area in grid.zones for s in _zone(zone, area, theme)]
    column = grid.node_w + 2 * PAD
    shapes += [s for box in scene.subnets for s in _subnet(box, grid.subnets[box.id], column, scene, theme)]
    nodes = [s for node in scene.nodes for s in _node(node, grid.nodes[node.key], theme)]
    routing = Routing(scene, grid, theme, strict=is_map)
    lines = [_toned(shape, theme) for shape in routing.run()]
    marked = len(lines) - len(routing.marks)
    shapes += [*lines[:marked], *nodes, *lines[marked:]]
    ends = [x for line in routing.lines for x, _ in line.points]
    reach = max([*(a.right for a in routing.taken), *ends], default=0.0)
    wide = max(wide, reach + PAGE)
    bottom = max([grid.bottom, *(a.bottom for a in routing.taken)])
    below, high = listed(scene.lines, bottom + 28, wide, theme)
    return Drawing(wide, high, theme.page, (*shapes, *below))


def _toned(shape: Shape, theme: Theme) -> Shape:
    """A line that nothing passes steps back on a dark page too."""
    off = isinstance(shape, Stretch) and shape.state is State.OFF
    return replace(shape, colour=theme.off_line) if off else shape


# -- header -----------------------------------------------------------------------------------------


def _pill(scene: Scene) -> str:
    return f"{VERDICT_GLYPH[scene.verdict]}  {scene.pill}" if scene.verdict else ""


def _header_width(scene: Scene) -> float:
    pill = width(_pill(scene), 10.5, bold=True) + 18 + 12 if scene.verdict else 0
    return PAGE + pill + width(scene.question, 11, bold=True) + PAGE


def _header(scene: Scene, theme: Theme, wide: float) -> list[Shape]:
    """The verdict's pill and the question: the picture must answer when it is alone in a ticket."""
    out: list[Shape] = []
    x = PAGE - 6.0
    if scene.verdict:
        colour = VERDICT_COLOUR[scene.verdict]
        text = _pill(scene)
        area = Area(x, 12, x + width(text, 10.5, bold=True) + 18, 34)
        out.append(Box(area, colour, None, radius=3, role="pill"))
        out.append(Label(x + 9, 26.7, text, 10.5, WHITE, bold=True, role="verdict", on=colour))
        x = area.right + 12
    text = _question(scene.question, wide - PAGE - x)
    out.append(Label(x, 27, text, 11, theme.ink, bold=True, role="question", on=theme.page))
    return out


def _question(text: str, room: float) -> str:
    """The question; what is too long for it loses its middle, and both ends of the arrow are still named."""
    source, arrow, target = text.rpartition(" → ")
    if width(text, 11, bold=True) <= room or not arrow:
        return shorten(text, room, 11, bold=True)
    room -= width(arrow, 11, bold=True)
    half = max(room / 2, room - width(source, 11, bold=True))
    target = shorten(target, half, 11, bold=True)
    return shorten(source, room - width(target, 11, bold=True), 11, bold=True) + arrow + target


# -- containers -------------------------------------------------------------------------------------


def _tab(area: Area, colour: str) -> Box:
    return Box(Area(area.left, area.top, area.left + 10, area.top + 10), colour, None, role="tab")


def _vpc(box: VpcBox, area: Area, theme: Theme) -> list[Shape]:
    border, title = (STROKES[State.PLAIN].colour, theme.muted) if box.lambda_network else (VPC_BORDER, theme.vpc_title)
    room = area.right - area.left - 15 - 8
    name = shorten(box.title, room * (0.5 if box.detail else 1), 8, bold=True)
    out: list[Shape] = [
        Box(area, theme.vpc, border, 1.2, role="vpc", of=box.id),
        _tab(area, border),
        Label(area.left + 15, area.top + 11, name, 8, title, True, role="title", of=box.id, on=theme.vpc),
    ]
    if box.detail:
        left = room - width(name, 8, bold=True) - 12
        text = shorten(box.detail, left, 6.8, mono=True)
        ink = theme.muted
        out.append(
            Label(
                area.right - 7,
                area.top + 11,
                text,
                6.8,
                ink,
                mono=True,
                align="right",
                role="detail",
                on=theme.vpc,
            )
        )
    return out


def _zone(zone: str, area: Area, theme: Theme) -> list[Shape]:
    room = area.right - area.left - 16
    fits = width(f"Availability Zone {zone}", 8, bold=True) <= room
    text = shorten(f"{'Availability Zone' if fits else 'AZ'} {zone}", room, 8, bold=True)
    return [
        Box(area, None, theme.zone, 1.1, (5, 3), role="zone", of=zone),
        Label(area.left + 8, area.top + 11, text, 8, theme.zone, True, role="title", of=zone, on=theme.vpc),
    ]


def _subnet_title(title: str, room: float) -> str:
    """`Private subnet · NAME`, with less of what its place and colour say too, so that the name has room."""
    kind, dot, name = title.partition(" subnet · ")
    forms = [title, f"{kind} · {name}"] if dot else [title]
    if dot and kind.lower() in name.lower():
        forms.append(name)
    fits = next((f for f in forms if width(f, 8, bold=True) <= room), None)
    if fits is not None or len(forms) != 2:
        return fits or shorten(forms[-1], room, 8, bold=True)
    return f"{kind} · {shorten(name, room - width(f'{kind} · ', 8, bold=True), 8, bold=True)}"


def _subnet(box: SubnetBox, area: Area, column: float, scene: Scene, theme: Theme) -> list[Shape]:
    """A subnet's box. Its title stays over its first column: behind it lines turn."""
    if box.bare:
        return []
    fill, border, ink = (theme.private_fill, PRIVATE_BORDER, theme.private_title)
    if box.public:
        fill, border, ink = (theme.public_fill, PUBLIC_BORDER, theme.public_title)
    if box.public is None:
        fill, border, ink = (theme.ghost_fill, STROKES[State.PLAIN].colour, theme.muted)
    room = column - 15 - 8 - (20 if box.table else 0)
    title = _subnet_title(box.title, room)
    out: list[Shape] = [
        Box(area, fill, border, 1.1, role="subnet", of=box.id),
        _tab(area, border),
        Label(area.left + 15, area.top + 11, title, 8, ink, True, role="title", of=box.id, on=fill),
    ]
    foot = area.bottom - 6
    room = area.right - area.left - 12
    right = shorten(box.cidr, room, 6.8, mono=True)
    if right:
        out.append(Label(area.right - 6, foot, right, 6.8, theme.muted, mono=True, align="right", on=fill))
    shown = any(n.subnet == box.id and n.detail == box.id for n in scene.nodes)
    left = room - width(right, 6.8, mono=True) - 6
    if not shown and left > 30 and not box.id.startswith("?"):
        text = shorten(box.id, left, 6.8, mono=True)
        out.append(Label(area.left + 6, foot, text, 6.8, theme.muted, mono=True, on=fill))
    if box.table:
        out += _number(area.right - 11, area.top + 11, str(box.table), TABLE_BADGE, theme)
    return out


# -- nodes ------------------------------------------------------------------------------------------


def _node(node: Node, area: Area, theme: Theme) -> list[Shape]:
    off = node.state is State.OFF
    stroke = STROKES[node.state]
    fill = theme.off_node if off else theme.node
    dash = stroke.dash if node.state is State.UNKNOWN or node.ghost else ()
    line = 1.1 if off or node.state is State.PLAIN else 2.0
    glyph, tile = TILES.get(node.tile) or TILES.get(node.kind, TILES["unsupported"])
    tile, white = (theme.off_tile, theme.muted) if off else (theme.generic if tile == GENERIC else tile, WHITE)
    size = {1: 11.0, 2: 8.0}.get(len(glyph), 6.8)
    at = Area(area.left + 5, area.top + 5, area.left + 27, area.top + 27)
    ink = theme.muted if off else theme.ink
    middle = (at.left + at.right) / 2, (at.top + at.bottom) / 2 + 0.36 * size
    return [
        Box(area, fill, theme.off_line if off else stroke.colour, line, dash, 4, role="node", of=node.key),
        Box(at, tile, None, radius=2, role="tile"),
        Label(*middle, glyph, size, white, True, align="center", role="glyph", on=tile),
        *_name(node.title, area, ink, fill, node.key),
        _foot(node.detail, area, theme.muted, fill),
    ]


def _name(title: str, area: Area, ink: str, fill: str, key: str) -> list[Shape]:
    """The name, smaller or on two lines if it is long."""
    room = area.right - area.left - 32 - 6
    x = area.left + 32
    for size in (8.5, 7.8, *(() if set(title) & set("-_./ ") else (7.2, 6.8))):  # a lone word is not broken
        if width(title, size, bold=True) <= room:
            return [Label(x, area.top + 19, title, size, ink, True, role="name", of=key, on=fill)]
    rows = two_lines(title, room, 7.4, bold=True)
    return [
        Label(x, area.top + 14 + 10 * i, row, 7.4, ink, True, role="name", of=key, on=fill)
        for i, row in enumerate(rows)
    ]


def _foot(detail: str, area: Area, ink: str, fill: str) -> Label:
    text = shorten(detail, area.right - area.left - 12, 6.8, mono=True)
    return Label(area.left + 6, area.bottom - 8, text, 6.8, ink, mono=True, role="id", on=fill)


# -- list -------------------------------------------------------------------------------------------


def _number(x: float, y: float, text: str, colour: str, theme: Theme) -> list[Shape]:
    size = 7.2 if len(text) < 2 else 6.8
    return [
        Disc(x, y, BADGE_R - 1, colour, role="number"),
        Label(x, y + 0.36 * size, text, size, WHITE, True, align="center", role="number", on=colour),
    ]


def listed(lines: tuple[Line, ...], top: float, wide: float, theme: Theme) -> tuple[list[Shape], float]:
    """The numbered list, and how high the page is with it."""
    out: list[Shape] = []
    y = top
    words = (width(line.label, LIST_SIZE, bold=True) for line in lines)
    left = max(LIST_AT, PAGE + 1 + max(words, default=0) + 6)
    for line in lines:
        if line.label.isdigit():
            colour = TABLE_BADGE if line.state is State.PLAIN else STROKES[line.state].colour
            out += _number(PAGE + 8, y - 3, line.label, colour, theme)
        else:
            out.append(
                Label(
                    PAGE + 1,
                    y,
                    line.label,
                    LIST_SIZE,
                    theme.ink,
                    True,
                    role="word",
                    of=line.label,
                    on=theme.page,
                )
            )
        for row in wrap(line.text, wide - left - PAGE, LIST_SIZE):
            out.append(Label(left, y, row, LIST_SIZE, theme.ink, role="list", of=line.label, on=theme.page))
            y += LEADING
    return out, y + PAGE_END if lines else top - 8
