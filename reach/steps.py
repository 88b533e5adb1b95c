"""Places, and the steps that lead from them: the values that links are made of."""

from __future__ import annotations

from dataclasses import dataclass

from reach.answer import Assumption, Direction, Evidence, Note, Reason, Verdict
from reach.checks.ends import NOBODY
from reach.checks.guard import UNKNOWN_RESOURCE, Guard, settled_by
from reach.network import Interface
from reach.traffic import Ranges

FORWARD, RETURN = Direction.FORWARD, Direction.RETURN


@dataclass(frozen=True, slots=True)
class Place:
    """Where traffic is, and the side it came in by: the next hop can depend on that.

    `entering` tells a subnet reached through its router from the same subnet left by one of its interfaces.
    """

    resource: str
    kind: str  # as Hop.kind
    came_from: str = ""
    direction: Direction = FORWARD
    entering: bool = False


@dataclass(frozen=True, slots=True)
class Because:
    """Why these destinations go this way: a readable detail and the field that proves it."""

    covers: Ranges
    detail: str
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """Traffic to `covers` goes on to `to`, if the guards let it. `translator` rewrites its source there."""

    to: Place
    covers: Ranges
    guards: tuple[Guard, ...] = ()
    because: Because | None = None
    translator: Interface | None = None
    note: Note | None = None
    assumption: Assumption | None = None


@dataclass(frozen=True, slots=True)
class End:
    """Traffic to `covers` goes no further: delivered (no reason), stopped, or not decidable."""

    covers: Ranges
    verdict: Verdict
    resource: str
    kind: str
    reason: Reason | None = None
    detail: str = ""
    why: str = ""
    fix: str = ""
    evidence: tuple[Evidence, ...] = ()
    needs: str | None = None
    guards: tuple[Guard, ...] = ()


Step = Link | End


def nobody(covers: Ranges, resource: str) -> End:
    why = f"No network interface in {resource} has this address."
    return End(covers, Verdict.BLOCKED, resource, "subnet", NOBODY, why=why, fix=NOBODY.fix)


def unreadable(covers: Ranges, resource: str, needs: str, why: str, kind: str, guards: tuple[Guard, ...] = ()) -> End:
    evidence = (Evidence(resource, "-", why),)
    fix = settled_by(needs)
    return End(covers, Verdict.UNKNOWN, resource, kind, UNKNOWN_RESOURCE, "", f"{why}.", fix, evidence, needs, guards)
