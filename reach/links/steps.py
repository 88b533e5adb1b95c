"""Places, the routes taken there, and the steps that lead from them: the values that links are made of."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Assumption, Direction, Evidence, Note, Reason, Verdict
from reach.checks.ends import NOBODY, UNSUPPORTED
from reach.checks.guard import READ_AGAIN, READ_OWNER, UNKNOWN_RESOURCE, Guard, settled_by
from reach.flow import Doubt
from reach.network import Absent, Gap, Interface, Route, RouteTable, Thing
from reach.traffic import Ranges, cidr

FORWARD, RETURN = Direction.FORWARD, Direction.RETURN
# A participant of a shared VPC may not list these, whatever its permissions (SHR-2).
OF_THE_OWNER = ("ec2:DescribeNatGateways", "ec2:DescribeVpcEndpoints")


class Place(Struct, frozen=True):
    """Where traffic is, and the side it came in by: the next hop can depend on that.

    `entering` tells a subnet reached through its router from the same subnet left by one of its interfaces,
    `came_by` is on the way back the last peering or transit gateway that was crossed on the way there.
    """

    resource: str
    kind: str  # as Hop.kind
    came_from: str = ""
    direction: Direction = FORWARD
    entering: bool = False
    came_by: str = ""


class Because(Struct, frozen=True):
    """Why these destinations go this way: a readable detail and the field that proves it."""

    covers: Ranges
    detail: str
    evidence: tuple[Evidence, ...] = ()
    note: Note | None = None
    assumption: Assumption | None = None


class Link(Struct, frozen=True):
    """Traffic to `covers` goes on to `to`, if the guards let it.

    `translator` rewrites its source there; `inspector` keeps state of it without rewriting, so that the reply
    must come by there too. Where both are named, only senders without a public address are rewritten. `shift`:
    how far the translator moves the destination on the address line, as NAT64 does.
    """

    to: Place
    covers: Ranges
    guards: tuple[Guard, ...] = ()
    because: Because | None = None
    translator: Interface | None = None
    inspector: str = ""
    note: Note | None = None
    assumption: Assumption | None = None
    shift: int = 0


class End(Struct, frozen=True):
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
    assumption: Assumption | None = None
    note: Note | None = None


class Fork(Struct, frozen=True):
    """Traffic to `covers` takes one of several ways, whichever its own `covers`.

    Each connection is given one of them; or it is always the same one, and `doubt` is the fact that would tell.
    `kept`: replies that come to the same place are given the way of their request.
    """

    covers: Ranges
    ways: tuple[Step, ...]
    doubt: Doubt | None = None
    kept: bool = False
    note: Note | None = None


Step = Link | End | Fork


def passed_over(table: RouteTable, covers: Ranges) -> Assumption | None:
    """A route in state filtered is taken not to be installed; AWS does not say what the state means (RT-10)."""
    found = next((r for r in table.routes or () if r.state == "filtered" and cidr(r.destination) & covers), None)
    text = f"The route {found.text} of {table.id} is filtered, and so not in use." if found else ""
    return Assumption("RT-10", text) if found else None


def ways(step: Step) -> tuple[Link | End, ...]:
    """A step without its forks."""
    return tuple(w for way in step.ways for w in ways(way)) if isinstance(step, Fork) else (step,)


class Turn(Struct, frozen=True):
    """A route that traffic takes: from which place, by which table, for which destinations, and for whom."""

    place: Place
    table: RouteTable
    route: Route
    covers: Ranges
    toward: Interface | None = None  # the receiver; on the way back the one that the reply is for
    beside: Note | None = None  # what is said of a route that is not taken

    @property
    def target(self) -> str:
        return self.route.target or ""

    @property
    def returning(self) -> bool:
        return self.place.direction is RETURN

    @property
    def because(self) -> Because:
        route, table = self.route, self.table
        shown = (table.proof(f"Routes[{route.index}].{route.target_key or 'GatewayId'}", route.target),)
        if not route.advertised:
            return Because(self.covers, route.text, shown, self.beside, passed_over(table, self.covers))
        text = f"A Route Server put {route.text} into {table.id}; it may be gone when the appliance is."
        rank = f"A Route Server's route in {table.id} ranks as a propagated one, but may be more specific than local."
        return Because(self.covers, route.text, shown, Note("DYNAMIC_ROUTE", text, table.id), Assumption("RT-21", rank))

    def to(self, resource: str, kind: str, came_from: str) -> Place:
        """The place behind the turn, in the same direction."""
        return Place(resource, kind, came_from, self.place.direction)

    def stopped(self, reason: Reason, why: str, fix: str = "", resource: str = "", kind: str = "route_table") -> End:
        """The end of it: by default the route table's doing, which is what would be edited."""
        id = resource or self.table.id
        found = (self.because.detail, why, fix or reason.fix, self.because.evidence)
        return End(self.covers, Verdict.BLOCKED, id, kind, reason, *found)

    def undecided(self, why: str, reason: Reason = UNSUPPORTED, resource: str = "") -> End:
        """No verdict, since it is not modelled what the target does."""
        id = resource or self.target
        found = (self.because.detail, why, reason.fix, self.because.evidence, f"what {id} does with the traffic")
        return End(self.covers, Verdict.UNKNOWN, id, "unsupported", reason, *found)

    def lost(self, found: Thing | Absent | Gap | None, action: str, kind: str) -> End:
        """No verdict, since the record of the target is not in the data."""
        gap = found if isinstance(found, Gap) else None
        why = gap.why if gap else f"{self.target} is the target of an active route but was not collected"
        end = unreadable(self.covers, self.target, gap.needs if gap else action, why, kind)
        owner = self.table.owner
        if owner and owner != self.table.home.account and action in OF_THE_OWNER:
            why = f"{self.table.vpc} is shared by {owner}, and only the owner can list {self.target}"
            shown = (Evidence(self.target, "-", why),)
            return replace(end, why=f"{why}.", fix=READ_OWNER.format(owner), evidence=shown)
        return replace(end, fix=READ_AGAIN) if isinstance(found, Absent) else end


def nobody(covers: Ranges, resource: str) -> End:
    why = f"No network interface in {resource} has this address."
    return End(covers, Verdict.BLOCKED, resource, "subnet", NOBODY, why=why, fix=NOBODY.fix)


def unreadable(covers: Ranges, resource: str, needs: str, why: str, kind: str, guards: tuple[Guard, ...] = ()) -> End:
    evidence = (Evidence(resource, "-", why),)
    fix = settled_by(needs)
    return End(covers, Verdict.UNKNOWN, resource, kind, UNKNOWN_RESOURCE, "", f"{why}.", fix, evidence, needs, guards)
