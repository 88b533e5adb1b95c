"""Colours, tiles and glyphs of every picture: what a state, a kind of component and a theme look like.

Hues carry AWS's icon conventions (VPC purple, private teal, public green); a state is never told by its
colour alone, see `Stroke`. Text colours keep a contrast of at least 4.5:1 against what they stand on.
"""

from __future__ import annotations

from msgspec import Struct

from reach.answer import Verdict
from reach.errors import QuestionError
from reach.render.scene import State

WHITE = "#FFFFFF"


class Stroke(Struct, frozen=True):
    """How a line of some state is drawn; the dash tells the state without its colour."""

    colour: str
    width: float
    dash: tuple[float, ...] = ()


STROKES = {
    State.OK: Stroke("#0072B2", 2.4),
    State.BLOCKED: Stroke("#C4320A", 2.4, (4, 2)),
    State.PARTIAL: Stroke("#8A5A00", 2.4, (8, 2, 2, 2)),
    State.UNKNOWN: Stroke("#6B7280", 2.0, (1.2, 2.2)),
    State.OFF: Stroke("#B6BEC9", 1.4, (1.2, 2.2)),
    State.PLAIN: Stroke("#6B7280", 1.2),
}

VERDICT_STATE = {
    Verdict.REACHABLE: State.OK,
    Verdict.BLOCKED: State.BLOCKED,
    Verdict.UNKNOWN: State.UNKNOWN,
    Verdict.PARTIAL: State.PARTIAL,
}
VERDICT_COLOUR = {
    Verdict.REACHABLE: "#0072B2",
    Verdict.BLOCKED: "#C4320A",
    Verdict.PARTIAL: "#8A5A00",
    Verdict.UNKNOWN: "#6B7280",
}
VERDICT_GLYPH = {
    Verdict.REACHABLE: "✓",
    Verdict.BLOCKED: "✕",
    Verdict.PARTIAL: "◐",
    Verdict.UNKNOWN: "?",
}

COMPUTE, NETWORK, DATABASE, STORAGE = "#B85600", "#8048F0", "#B91FC1", "#4F6B0B"
SECURITY, MESSAGES, GENERIC = "#C7131F", "#C2185B", "#232F3E"
TILES = {
    "function": ("λ", COMPUTE),
    "nat_gateway": ("NAT", NETWORK),
    "nat_instance": ("NAT", COMPUTE),
    "gateway_load_balancer_endpoint": ("LB", NETWORK),
    "network_firewall": ("FW", SECURITY),
    "internet_gateway": ("IGW", NETWORK),
    "egress_only_internet_gateway": ("EIG", NETWORK),
    "virtual_private_gateway": ("VGW", NETWORK),
    "vpn_connection": ("VPN", NETWORK),
    "transit_gateway": ("TGW", NETWORK),
    "gateway_endpoint": ("EP", NETWORK),
    "interface_endpoint": ("EP", NETWORK),
    "vpc_peering_connection": ("PCX", NETWORK),
    "interface": ("ENI", GENERIC),
    "database": ("DB", DATABASE),
    "cache": ("CA", DATABASE),
    "file_system": ("EFS", STORAGE),
    "s3_file_system": ("S3", STORAGE),
    "load_balancer": ("LB", NETWORK),
    "kafka_cluster": ("MSK", NETWORK),
    "opensearch_domain": ("OS", NETWORK),
    "collection": ("OS", NETWORK),
    "redshift_cluster": ("RS", NETWORK),
    "redshift_endpoint": ("RS", NETWORK),
    "redshift_workgroup": ("RS", NETWORK),
    "broker": ("MQ", MESSAGES),
    "internet": ("www", GENERIC),
    "service": ("AWS", GENERIC),
    "s3": ("S3", STORAGE),
    "dynamodb": ("DDB", DATABASE),
    "more": ("…", GENERIC),
    "unsupported": ("?", GENERIC),
}


class Theme(Struct, frozen=True):
    """What changes between light and dark: page, inks and fills; the strokes stay."""

    page: str
    ink: str
    muted: str
    node: str
    off_node: str
    off_line: str
    off_tile: str
    vpc: str
    vpc_title: str
    private_fill: str
    private_title: str
    public_fill: str
    public_title: str
    zone: str
    ghost_fill: str
    tint: float  # how much of a verdict's colour its cell has
    generic: str  # the tile of what is nobody's service
    said: dict[State, str]  # the ink of a tag beside a line of that state


VPC_BORDER, PRIVATE_BORDER, PUBLIC_BORDER, TABLE_BADGE = "#8C4FFF", "#00A4A6", "#7AA116", "#6B2FD9"

THEMES = {
    "light": Theme(
        page="#FFFFFF",
        ink="#16191F",
        muted="#545B64",
        node="#FFFFFF",
        off_node="#F7F8FA",
        off_line="#B6BEC9",
        off_tile="#DDE1E7",
        vpc="#FFFFFF",
        vpc_title="#6B2FD9",
        private_fill="#E6F6F6",
        private_title="#00696B",
        public_fill="#F2F8E5",
        public_title="#4F6B0B",
        zone="#5A6B86",
        ghost_fill="#FFFFFF",
        tint=0.1,
        generic=GENERIC,
        said={
            State.OK: "#0072B2",
            State.BLOCKED: "#C4320A",
            State.PARTIAL: "#8A5A00",
            State.UNKNOWN: "#545B64",
            State.OFF: "#545B64",
            State.PLAIN: "#545B64",
        },
    ),
    "dark": Theme(
        page="#16191F",
        ink="#F2F3F3",
        muted="#B6BEC9",
        node="#232A35",
        off_node="#1B2029",
        off_line="#5B6675",
        off_tile="#2F3846",
        vpc="#16191F",
        vpc_title="#BF9BFF",
        private_fill="#0F2B2E",
        private_title="#5FD6D8",
        public_fill="#222C12",
        public_title="#B4D760",
        zone="#9FB0CC",
        ghost_fill="#16191F",
        tint=0.28,
        generic="#4A5A70",
        said={
            State.OK: "#6CBDF0",
            State.BLOCKED: "#FF9273",
            State.PARTIAL: "#F0C05A",
            State.UNKNOWN: "#B6BEC9",
            State.OFF: "#B6BEC9",
            State.PLAIN: "#B6BEC9",
        },
    ),
}


def theme_named(name: str) -> Theme:
    """The theme of that name.

    Raises
    ------
    reach.errors.QuestionError
        If there is none.
    """
    if name not in THEMES:
        raise QuestionError(f"no theme {name!r}", f"themes: {', '.join(THEMES)}")
    return THEMES[name]


def mixed(colour: str, page: str, part: float) -> str:
    """So much of a colour on a page.

    >>> mixed("#000000", "#FFFFFF", 0.5)
    '#808080'
    """
    both = ((int(colour[i : i + 2], 16), int(page[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a * part + b * (1 - part)):02X}" for a, b in both)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours, 1 to 21.

    >>> round(contrast("#000000", "#FFFFFF"))
    21
    """
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
