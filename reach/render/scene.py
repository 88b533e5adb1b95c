"""What a picture shows, before anybody decides where: VPCs, subnets, nodes, edges, numbered lines.

Values only, in plain text that is not escaped yet. The figure, Mermaid and DOT are all drawn from a Scene.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from msgspec import Struct

from reach.answer import Verdict

LONGEST = 300  # a name longer than this tells nobody more


class State(StrEnum):
    """How a node or edge fares: passed, the place of the block, not known, not reached, or merely there.

    A function of a map may pass in part.
    """

    OK = "ok"
    BLOCKED = "blocked"
    PARTIAL = "partial"
    UNKNOWN = "unknown"
    OFF = "off"
    PLAIN = "plain"


class VpcBox(Struct, frozen=True):
    """A VPC; `lambda_network` marks the network of a function that is attached to none."""

    id: str
    title: str
    detail: str = ""
    lambda_network: bool = False


class SubnetBox(Struct, frozen=True):
    """A subnet. `public`: it has a route to an internet gateway; None: not known.

    `table` is the number of its route table in the list below.
    """

    id: str
    vpc: str
    zone: str
    title: str
    cidr: str = ""
    public: bool | None = False
    table: int | None = None
    bare: bool = False  # takes room, draws no border
    column: int | None = None  # where the whole VPC's map wants it


class Node(Struct, frozen=True):
    """A component. It stands in a subnet, else on the border of a VPC, else outside."""

    key: str
    kind: str
    title: str
    detail: str = ""
    state: State = State.OK
    subnet: str | None = None
    border_of: str | None = None
    column: int = 0
    ghost: bool = False  # may also be here
    tile: str = ""  # what its tile shows, if its kind does not say


class Edge(Struct, frozen=True):
    """A step from node to node; without `target` it ends at its cross. `reply`: on the way back."""

    source: str
    target: str | None
    state: State = State.OK
    badge: int | None = None
    tag: str = ""
    reply: bool = False
    joins: bool = False  # the two ends are sides of one thing: no direction, no arrow


class Line(Struct, frozen=True):
    """One line of the list below: a number of a badge, or a word such as Fix."""

    label: str
    text: str
    state: State = State.OK


class Scene(Struct, frozen=True):
    """All that a picture shows. `verdict` is None for the map of a VPC."""

    question: str
    verdict: Verdict | None
    pill: str
    vpcs: tuple[VpcBox, ...]
    subnets: tuple[SubnetBox, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    lines: tuple[Line, ...]
    description: str

    def node(self, key: str) -> Node:
        return next(n for n in self.nodes if n.key == key)

    @property
    def title(self) -> str:
        """The accessible name: the question and its verdict."""
        return f"{self.question}: {self.pill}" if self.verdict else self.question


def clean(text: object, longest: int = LONGEST) -> str:
    """Hostile text as one printable line: no control, bidirectional or unassigned characters.

    >>> clean("a\\nb\\u202ec\\x00")
    'a bc'
    """
    out: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", str(text)[: 4 * longest]):
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if char.isspace():
            out.append(" ")
        elif category[0] != "C" and marks <= 2:
            out.append(char)
    line = re.sub(" +", " ", "".join(out)).strip()
    return line if len(line) <= longest else line[: longest - 1] + "…"
