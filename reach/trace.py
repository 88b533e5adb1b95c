"""Follow traffic along links, splitting it at every guard, there and back. Knows nothing of AWS.

LAW: the trails of a walk partition the traffic that it was given; none gets lost, none is counted twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Assumption, Direction, Finding, Hop, Note, Verdict, in_series
from reach.checks import CHECKS
from reach.checks.ends import LOOP
from reach.checks.guard import Guard, named, undecided
from reach.flow import Flow
from reach.links import arrival, departure, links
from reach.links.steps import Because, End, Fork, Link, Place, Step
from reach.network import Gap, Interface, Network
from reach.traffic import EPHEMERAL, IPV4, IPV6, Ranges, Traffic, union

# After these refusals there is no next hop to ask.
FINAL = frozenset(
    {
        *("ipv6", "no_ipv6", "no_ipv4", "gateway_endpoint_traffic", "peering_addresses", "request_seen"),
        *("igw_attached", "igw_source", "igw_destination", "ipv6_source", "mount_target"),
    }
)
REVISITED_IS_A_LOOP = (
    *("nat_gateway", "nat_instance", "vpc_peering_connection", "transit_gateway"),
    *("gateway_load_balancer_endpoint", "network_firewall"),
)
# Their consent is not worth a hop; their refusal is.
SILENT = frozenset(
    {
        "tenancy",
        "attachment",
        "isolation",
        "function_protocol",
        "ipv6",
        "ipv6_source",
        "nat_traffic",
        "nat_zone",
        "igw_destination",
        "public_access",
        "resolver",
        "request_seen",
        "reply_seen",
        "middlebox_subnet",
        "ingress_target",
        "same_way_back",
        "transit_ipv6",
        "transit_symmetry",
        "gwlb_zone",
        "zone_encryption",
    }
)


class Trail(Struct, frozen=True):
    """One part of the traffic and what happened to it so far."""

    flow: Flow
    hops: tuple[Hop, ...] = ()
    end: str = ""  # where the way there ended
    visited: frozenset[tuple[str, Direction]] = frozenset()
    notes: tuple[Note, ...] = ()
    assumptions: tuple[Assumption, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """Hops in series: the worst counts."""
        return in_series(h.verdict for h in self.hops)

    def then(self, hop: Hop, flow: Flow | None = None) -> Trail:
        """One hop further, perhaps with only a part of the packets; one component is one hop."""
        last = self.hops[-1] if self.hops else None
        if last and (last.resource, last.kind, last.direction) == (hop.resource, hop.kind, hop.direction):
            detail = last.detail if hop.detail in last.detail else "; ".join(d for d in (last.detail, hop.detail) if d)
            joined = replace(last, detail=detail, findings=(*last.findings, *hop.findings))
            return replace(self, hops=(*self.hops[:-1], joined), flow=flow or self.flow)
        return replace(self, hops=(*self.hops, hop), flow=flow or self.flow)


def trace(network: Network, flow: Flow, first: tuple[Guard, ...] = ()) -> tuple[Trail, ...]:
    """Everything that happens to `flow` on its way from its sender, and to the replies.

    `first` are guards that stand before the sender's own, such as the resolver that a name needs.
    """
    start = flow.sender
    place = Place(start.subnet, "subnet", start.id)
    out: list[Trail] = []
    for trail in departed(network, flow, first):
        out += [trail] if trail.end else _walk(network, place, trail, start)
    return tuple(replace(t, flow=t.flow.as_sent()) for t in out)


def answered(network: Network, flow: Flow, by: str, first: tuple[Guard, ...] = ()) -> tuple[Trail, ...]:
    """Answered by AWS where the sender is: no group, ACL or route is asked, in either direction (SG-13, NACL-10)."""
    hop = Hop(by, "service", Direction.FORWARD, "answered by AWS itself")
    found = departed(network, flow, first, filtered=False)
    return tuple(t if t.end else replace(t.then(hop), end=by) for t in found)


def trace_to_gap(network: Network, flow: Flow, gap: Gap, first: tuple[Guard, ...] = ()) -> tuple[Trail, ...]:
    """As `trace` for a destination that cannot be placed: only what stands at the sender can be asked."""
    out = []
    for trail in departed(network, flow, first):
        if trail.end:
            out.append(trail)
            continue
        finding = named(network, undecided(trail.flow.traffic, gap))
        hop = Hop(gap.resource, "unsupported", Direction.FORWARD, finding.evidence[0].value, (finding,))
        out.append(replace(trail.then(hop), end=gap.resource))
    return tuple(out)


def outside(
    network: Network, flow: Flow, end: str, refusals: tuple[Finding, ...], first: tuple[Guard, ...] = ()
) -> tuple[Trail, ...]:
    """The trails of a sender outside any VPC: to a public end, or refused at once."""
    out = []
    for trail in departed(network, flow, first):
        if refusals:
            hop = Hop(refusals[0].resource, "function", Direction.FORWARD, "", refusals)
        else:
            hop = Hop(end, "internet" if end == "internet" else "service", Direction.FORWARD)
        out.append(replace(trail.then(hop), end=end if not refusals else refusals[0].resource))
    return tuple(out)


def departed(network: Network, flow: Flow, first: tuple[Guard, ...], filtered: bool = True) -> tuple[Trail, ...]:
    """Out of the sender and no further: can it run, does the name resolve, do its groups (if asked) let it send."""
    start = flow.sender
    kind = "function" if start.type in ("lambda", "managed_instance") else "interface"
    where = f"in {start.subnet}" if start.subnet else "not attached to a VPC"
    name = start.name if kind == "function" and start.name else start.id
    trails = [Trail(flow, (Hop(name, kind, Direction.FORWARD, where),))]
    guards = tuple(g for g in departure(network, start) if filtered or g.kind != "security_group")
    states = tuple(g for g in guards if g.kind == "function")
    for guard in (*states, *first, *(g for g in guards if g.kind != "function")):
        trails = [t for trail in trails for t in _asked_at_departure(network, guard, trail)]
    return tuple(trails)


def _asked_at_departure(network: Network, guard: Guard, trail: Trail) -> Iterator[Trail]:
    """As `_asked`; a sender that has no packet of this kind at all ends the walk before it begins."""
    if trail.end:
        yield trail
        return
    for t, ended in _asked(network, guard, trail, Direction.FORWARD):
        yield replace(t, end=t.hops[-1].resource) if ended else t


def _asked(network: Network, guard: Guard, trail: Trail, direction: Direction) -> Iterator[tuple[Trail, bool]]:
    """Split a trail by a guard's findings; True where the walk ends with the refusal."""
    for found in CHECKS[guard.check](network, guard, trail.flow):
        finding = named(network, found)
        flow = trail.flow.of(finding.traffic)
        told = _noted(trail, finding)
        if finding.verdict is Verdict.REACHABLE and guard.check in SILENT:
            yield replace(told, flow=flow), False
            continue
        hop = Hop(finding.resource or guard.resource, guard.kind, direction, _detail(guard, finding), (finding,))
        ended = finding.verdict is Verdict.BLOCKED and guard.check in FINAL
        yield told.then(hop, flow), ended


def past(network: Network, guards: tuple[Guard, ...], trail: Trail, direction: Direction) -> tuple[Trail, ...]:
    """A trail past some guards, one after the other; none of them chooses the next hop."""
    trails = [trail]
    for guard in guards:
        trails = [t for one in trails for t, _ in _asked(network, guard, one, direction)]
    return tuple(trails)


VERBS = {Verdict.REACHABLE: " allows", Verdict.BLOCKED: " has"}  # of a group and its rules; else why nobody knows


def _detail(guard: Guard, finding: Finding) -> str:
    said = "; ".join(str(e.value) for e in finding.evidence if isinstance(e.value, str))
    if guard.kind == "security_group":
        way = "egress" if guard.check == "egress" else "ingress"
        verb = VERBS.get(finding.verdict, ":")
        return f"{way}{verb} {said}" if said else way
    if guard.check == "acl":
        return f"{guard.side} of {guard.resource}: {said}" if said else f"{guard.side} of {guard.resource}"
    return said


def _walk(network: Network, place: Place, trail: Trail, start: Interface) -> Iterator[Trail]:
    """From a place on, until delivered, stopped or undecidable; then the replies."""
    toward = trail.flow.receiver if place.direction is Direction.FORWARD else trail.flow.sender
    for step in links(network, place, toward):
        part = trail.flow.to(step.covers)
        if not part:
            continue
        for way, here in _forked(place, step, replace(trail, flow=part)):
            if isinstance(way, End):
                yield from _ended(network, place, way, here, start)
            else:
                yield from _onward(network, place, way, here, start)


def _forked(place: Place, step: Step, trail: Trail) -> Iterator[tuple[Link | End, Trail]]:
    """The ways of a fork, each with its own share of the packets; replies may be bound to the way of their request."""
    if not isinstance(step, Fork):
        yield step, trail
        return
    trail = _noted(trail, step)
    taken = dict(trail.flow.picked).get(place.resource) if step.kept else None
    same = next((w for w in step.ways if isinstance(w, Link) and w.to.resource == taken), None)
    if same is not None:
        yield same, trail
        return
    for number, way in enumerate(step.ways):
        part = trail.flow.forked(number, len(step.ways), step.doubt)
        if step.kept and isinstance(way, Link):
            part = replace(part, picked=(*part.picked, (place.resource, way.to.resource)))
        if part:
            yield from _forked(place, way, replace(trail, flow=part))


def _onward(network: Network, place: Place, link: Link, trail: Trail, start: Interface) -> Iterator[Trail]:
    trail = _noted(trail, link)
    if place.kind != "subnet":
        trail = replace(trail, flow=replace(trail.flow, router=place.resource))
    if link.because and link.because.detail:
        trail = _noted(trail, link.because)
        passed = Finding(trail.flow.traffic, Verdict.REACHABLE, place.resource, link.because.evidence)
        trail = trail.then(Hop(place.resource, place.kind, place.direction, link.because.detail, (passed,)))
    trails = [trail]
    for guard in link.guards:
        split = [pair for t in trails for pair in _asked(network, guard, t, place.direction)]
        for t, ended in split:
            if ended:
                yield from _far_end(network, replace(t, end=t.end or guard.resource), start, place)
        trails = [t for t, ended in split if not ended]
    for t in trails:
        yield from _arrive(network, place, link, t, start)


def _noted(trail: Trail, by: Link | Because | Finding | Fork) -> Trail:
    notes = (*trail.notes, by.note) if by.note else trail.notes
    says = None if isinstance(by, Fork) else by.assumption
    known = (*trail.assumptions, says) if says else trail.assumptions
    return replace(trail, notes=notes, assumptions=known)


def _arrive(network: Network, place: Place, link: Link, trail: Trail, start: Interface) -> Iterator[Trail]:
    to = link.to
    if to.kind in REVISITED_IS_A_LOOP:
        # A transit gateway may be crossed again from another attachment, as on the way through an inspection VPC.
        key = (f"{to.resource} {to.came_from}" if to.kind == "transit_gateway" else to.resource, to.direction)
        if key in trail.visited:
            yield from _far_end(network, _looped(trail, to), start, to)
            return
        trail = replace(trail, visited=trail.visited | {key})
    if to.kind in ("transit_gateway", "vpc_peering_connection"):
        trail = replace(trail, flow=trail.flow.crossing(to.resource, to.direction is Direction.RETURN))
    trail = replace(trail, flow=_past(link, trail.flow, place.came_from))
    if to.kind == "interface":
        yield from _at_interface(network, to, trail, start)
    else:
        yield from _walk(network, to, _shown(trail, to), start)


def _past(link: Link, flow: Flow, entered: str) -> Flow:
    """Behind whoever translates or inspects at a link."""
    if link.translator is not None and not (link.inspector and flow.sender.public_ips):
        return flow.translated(link.translator, EPHEMERAL, entered, link.shift)
    if link.inspector:
        back = link.to.direction is Direction.RETURN
        return flow.recognised_by(link.inspector) if back else flow.inspected_by(link.inspector)
    return flow


def _shown(trail: Trail, to: Place) -> Trail:
    """Gateways show as hops of their own even where no guard of theirs had anything to say."""
    silent = {"internet", "service"} if to.direction is Direction.FORWARD else set()
    if to.kind in silent:
        return trail.then(Hop(to.resource, to.kind, to.direction, ""))
    return trail


def _at_interface(network: Network, to: Place, trail: Trail, start: Interface) -> Iterator[Trail]:
    if to.direction is Direction.RETURN:
        if trail.flow.translations:  # the reply is at its translator: give it back its first destination
            kind = "nat_gateway" if trail.flow.sender.type == "nat_gateway" else "nat_instance"
            here = Place(trail.flow.sender.id, kind, trail.flow.translations[-1].entered, Direction.RETURN)
            yield from _walk(network, here, replace(trail, flow=trail.flow.undone()), start)
        else:
            yield trail
        return
    receiver = trail.flow.receiver
    trails = [trail]
    for guard in arrival(network, receiver) if receiver else ():
        trails = [t for trail in trails for t, _ in _asked(network, guard, trail, Direction.FORWARD)]
    for t in trails:
        yield from _delivered(network, to, t, start)


def _delivered(network: Network, place: Place, trail: Trail, start: Interface) -> Iterator[Trail]:
    """The way there is done: send the replies back."""
    trail = replace(trail, end=place.resource)
    back = replace(trail, flow=trail.flow.reply())
    if place.kind == "interface" and trail.flow.receiver is not None:
        by = trail.flow.crossed[-1] if trail.flow.crossed else ""
        here = Place(trail.flow.receiver.subnet, "subnet", place.resource, Direction.RETURN, came_by=by)
    else:
        here = replace(place, direction=Direction.RETURN)
    yield from _walk(network, here, back, start)


def _ended(network: Network, place: Place, end: End, trail: Trail, start: Interface) -> Iterator[Trail]:
    if end.reason is None:
        yield from _delivered(network, place, trail, start)
        return
    trails = [replace(trail, assumptions=(*trail.assumptions, *([end.assumption] if end.assumption else [])))]
    for guard in end.guards:
        trails = [t for trail in trails for t, _ in _asked(network, guard, trail, place.direction)]
    for t in trails:
        finding = Finding(
            t.flow.traffic,
            end.verdict,
            end.resource,
            end.evidence,
            end.reason,
            resources=(end.resource,),
            why=end.why,
            fix=end.fix,
            needs=end.needs,
            note=end.note,
        )
        finding = named(network, finding)
        done = _noted(t, finding).then(Hop(end.resource, end.kind, place.direction, end.detail, (finding,)))
        done = replace(done, end=done.end or end.resource)
        yield from _far_end(network, done, start, place)


def _looped(trail: Trail, to: Place) -> Trail:
    last = next((h for h in reversed(trail.hops) if h.kind == "route_table"), None)
    table = last.resource if last else to.resource
    proof = tuple(e for f in last.findings for e in f.evidence) if last else ()
    why = f"{table} leads back to {to.resource}, where the traffic has already been."
    finding = Finding(trail.flow.traffic, Verdict.BLOCKED, table, proof, LOOP, why=why, fix=LOOP.fix)
    return replace(trail.then(Hop(table, "route_table", to.direction, "loop", (finding,))), end=to.resource)


def _far_end(network: Network, trail: Trail, start: Interface, place: Place) -> Iterator[Trail]:
    """The way ended early: still ask the receiver's ACL and groups once, if it is in the sender's VPC.

    Not where the packets are not addressed to it yet: a translator was still to come, and its address with it.
    """
    receiver = trail.flow.receiver
    if place.direction is Direction.RETURN or receiver is None or receiver.vpc != start.vpc:
        yield trail
        return
    if not trail.flow.destinations <= receiver.addresses | receiver.ipv6:
        yield trail
        return
    acl = (Guard("acl", receiver.subnet, "network_acl", side="inbound"),) if receiver.subnet != start.subnet else ()
    unknown = trail.hops[-1].verdict is Verdict.UNKNOWN  # what comes after it may have another sender
    trails = [trail]
    for guard in (*acl, *arrival(network, receiver)):
        ask = _asked_of_any if unknown else _asked_of_this
        trails = [t for one in trails for t in ask(network, guard, one)]
    yield from trails


def _asked_of_this(network: Network, guard: Guard, trail: Trail) -> Iterator[Trail]:
    for t, _ in _asked(network, guard, trail, Direction.FORWARD):
        yield t


def _asked_of_any(network: Network, guard: Guard, trail: Trail) -> Iterator[Trail]:
    """Only what the guard refuses whoever the sender is: behind a gap a translator may stand."""
    flow = trail.flow
    whole = IPV6 if flow.destinations <= IPV6 else IPV4
    anyone = replace(flow.sender, groups=None, addresses=whole)
    widest = Traffic(tuple((*b[: flow.header.src], whole, *b[flow.header.src + 1 :]) for b in flow.traffic.boxes))
    found = CHECKS[guard.check](network, guard, replace(flow, traffic=widest, sender=anyone, groups_kept=True))
    admitted = union(f.traffic for f in found if f.verdict is not Verdict.BLOCKED)
    for finding in found:
        sure = finding.traffic - _from_anyone(admitted, flow.header.src, whole)
        part = flow.traffic & sure if finding.verdict is Verdict.BLOCKED else Traffic()
        if part:
            stopped = replace(finding, traffic=part)
            hop = Hop(finding.resource, guard.kind, Direction.FORWARD, _detail(guard, finding), (stopped,))
            yield trail.then(hop, flow.of(part))
            flow = flow.of(flow.traffic - part)
    if flow:
        yield replace(trail, flow=flow)


def _from_anyone(admitted: Traffic, src: int, whole: Ranges) -> Traffic:
    """The packets of which some sender's are admitted."""
    return union(Traffic(((*b[:src], whole, *b[src + 1 :]),)) for b in admitted.boxes)
