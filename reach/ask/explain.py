"""From trails to what an answer lists: paths, blockers, unknowns, the headline."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from reach.answer import Blocker, Direction, Evidence, Finding, Hop, Layer, Path, Verdict
from reach.ask.fold import Branch, shadow
from reach.checks.guard import UNKNOWN_RESOURCE, is_action, settled_by
from reach.network import Gap, Network
from reach.pasted import JOINED, steps
from reach.snapshot import ELSEWHERE, PLANNED
from reach.trace import Trail
from reach.traffic import DPORT, DST, format_addresses, format_ports

VIA = (
    "route_table",
    "nat_gateway",
    "internet_gateway",
    "egress_only_internet_gateway",
    "gateway_endpoint",
    "interface_endpoint",
    "vpc_peering_connection",
    "nat_instance",
    "gateway_load_balancer_endpoint",
    "network_firewall",
    "virtual_private_gateway",
    "transit_gateway",
    "transit_gateway_attachment",
)
LAYERS = {layer: i for i, layer in enumerate(Layer)}
WIDTH = 80
COMMAND = re.compile(r"(?:^|(?<=: ))aws [^()…]*$")  # at the end of a fix


def paths(branches: Sequence[Branch]) -> tuple[Path, ...]:
    """One path per subnet and fate; trails that went the same way are one path."""
    merged: dict[object, list[Trail]] = {}
    for branch in branches:
        for trail in branch.trails:
            codes = tuple(tuple(f.code for f in h.findings) for h in trail.hops)
            steps = (codes, *((h.resource, h.kind, h.direction, h.detail) for h in trail.hops))
            key = (branch.subnet, trail.verdict, trail.end, steps)
            merged.setdefault(key, []).append(trail)
    out = [_path(key[0], trails) for key, trails in merged.items()]  # type: ignore[index]
    return tuple(sorted(out, key=lambda p: (p.subnet or "", -_RANK[p.verdict], p.addresses, p.ports)))


_RANK = {Verdict.BLOCKED: 3, Verdict.UNKNOWN: 2, Verdict.PARTIAL: 1, Verdict.REACHABLE: 0}


def _path(subnet: str, trails: list[Trail]) -> Path:
    first = trails[0]
    traffic = shadow(trails)
    via = [h.resource for h in first.hops if h.direction is Direction.FORWARD and h.kind in VIA]
    return Path(
        subnet=subnet or None,
        verdict=first.verdict,
        addresses=tuple(format_addresses(traffic.along(DST))),
        ports=tuple(format_ports(traffic.along(DPORT))),
        via=tuple(dict.fromkeys(via)),
        end=first.end,
        hops=first.hops,
        traffic=traffic,
    )


def _found(branches: Sequence[Branch], verdict: Verdict) -> Iterator[tuple[Branch, Hop, Finding, str | None]]:
    """Findings of one verdict in walking order, with the code that had already dropped the traffic."""
    for branch in branches:
        for trail in branch.trails:
            after: str | None = None
            for hop in trail.hops:
                for finding in hop.findings:
                    if finding.verdict is verdict:
                        yield branch, hop, finding, after
                    if finding.verdict is Verdict.BLOCKED:
                        after = after or finding.code


def blockers(branches: Sequence[Branch]) -> tuple[Blocker, ...]:
    """Every blocked finding on any branch, merged; the first is what the user meets first."""
    return _merged(_found(branches, Verdict.BLOCKED))


def unlooked(gap: Gap) -> Blocker:
    """A question that could not even be asked, because what it is about is not known."""
    return Blocker(
        code=UNKNOWN_RESOURCE.code, cause=None, layer=UNKNOWN_RESOURCE.layer, resource=gap.resource,
        resources=(gap.resource,), direction=Direction.FORWARD, subnets=(), after=None, title=UNKNOWN_RESOURCE.title,
        why=f"{gap.why}.", fix=settled_by(gap.needs), evidence=(Evidence(gap.resource, "-", gap.why),),
        needs=gap.needs,
    )  # fmt: skip


def unknowns(branches: Sequence[Branch], verdict: Verdict) -> tuple[Blocker, ...]:
    """Everything that could not be decided and what would settle it."""
    found = _merged(_found(branches, Verdict.UNKNOWN))
    if verdict is Verdict.UNKNOWN:
        found = tuple(sorted((*_doubted(branches), *found), key=lambda b: LAYERS[b.layer]))
    if found or verdict is not Verdict.UNKNOWN:
        return found
    if not branches:  # a name whose records hold no address
        return (unlooked(Gap("the name", "its address", "no record of the name holds an address")),)
    return (_which_world(branches),)


def not_yet(network: Network, found: tuple[Blocker, ...]) -> tuple[Blocker, ...]:
    """Of what is only planned nobody can be allowed to read more: the account tells, once it is there."""
    if not network.origins or any(str(o.kind) not in PLANNED for o in network.origins):
        return found
    told = settled_by(ELSEWHERE)
    return tuple(replace(b, needs=ELSEWHERE, fix=told) if is_action(b.needs or "") else b for b in found)


def _doubted(branches: Sequence[Branch]) -> Iterator[Blocker]:
    """Facts that decide which way is taken, where the ways end differently."""
    doubts = {fact: doubt for b in branches for fact, doubt in b.doubts.items()}
    for fact, doubt in sorted(doubts.items()):
        yield Blocker(
            code=doubt.reason.code,
            cause=None,
            layer=doubt.reason.layer,
            resource=doubt.resource,
            resources=(doubt.resource,),
            direction=doubt.direction,
            subnets=tuple(sorted({b.subnet for b in branches if b.subnet and fact in b.doubts})),
            after=None,
            title=doubt.reason.title,
            why=doubt.why,
            fix=doubt.fix,
            evidence=doubt.evidence,
            needs=doubt.needs or fact,
        )


def _which_world(branches: Sequence[Branch]) -> Blocker:
    """Nothing on the way is unknown, but where one end sits is, and it matters."""
    placed = [b for b in branches if not b.destination.exact or len({id(x.destination) for x in branches}) > 1]
    source = next((b.source for b in branches if b.source and not b.source.exact), None)
    name = source.name or source.id if source else branches[0].subnet
    label = placed[0].destination.label if placed else branches[0].subnet or name
    between = next((id for b in branches for id in b.unplaced if b.hangs_on(id)), None)
    if between is not None:
        placed, source, name, label = [], None, between, between
    what = f"which address and subnet {label} has" if placed else f"which address {name} gets"
    why = f"It depends on {what}: some of the possible ones work, others do not."
    needs = "ec2:DescribeNetworkInterfaces"
    fix = f"Read the network interfaces ({needs}), or make all of the possible subnets alike."
    if between is not None:
        fix = f"Admit every address of the subnet of {between}, or read the network interfaces ({needs})."
    doubt = next((b.destination.doubt for b in placed if b.destination.doubt), None)
    if doubt is not None:
        why, needs, fix = (
            f"{doubt.why[0].upper()}{doubt.why[1:]}, and it matters.",
            doubt.needs,
            settled_by(doubt.needs),
        )
    elif source and not source.subnet and not placed:
        needs = "a source address that is known"
        fix = f"Attach {name} to a VPC with a NAT gateway, whose address can be allowed."
    return Blocker(
        code=UNKNOWN_RESOURCE.code,
        cause=None,
        layer=Layer.NET,
        resource=label,
        resources=(label,),
        direction=Direction.FORWARD,
        subnets=tuple(sorted({b.subnet for b in branches if b.subnet})),
        after=None,
        title=UNKNOWN_RESOURCE.title,
        why=why,
        fix=fix,
        evidence=(),
        needs=needs,
    )


def _merged(found: Iterator[tuple[Branch, Hop, Finding, str | None]]) -> tuple[Blocker, ...]:
    out: dict[object, Blocker] = {}
    order: dict[object, tuple[int, int, bool, int]] = {}
    for branch, hop, finding, after in found:
        reason = finding.reason
        if reason is None:
            continue
        key = (reason.code, finding.cause, finding.resource, hop.direction, reason.layer)
        known = out.get(key)
        subnets = {branch.subnet} | set(known.subnets if known else ())
        first = known if known and (known.after is None or after is not None) else None
        out[key] = Blocker(
            code=reason.code,
            cause=finding.cause,
            layer=reason.layer,
            resource=finding.resource,
            resources=finding.resources or (finding.resource,),
            direction=hop.direction,
            subnets=tuple(sorted(s for s in subnets if s)),
            after=first.after if first else after,
            title=reason.title,
            why=first.why if first else finding.why or reason.why,
            fix=_fixes(first, branch.subnet, finding.fix or reason.fix),
            evidence=first.evidence if first else finding.evidence,
            needs=first.needs if first else finding.needs,
        )
        place = (
            LAYERS[reason.layer],
            int(hop.direction is Direction.RETURN),
            out[key].after is not None,
            len(order),
        )
        order[key] = (*place[:3], order[key][3]) if key in order else place
    return tuple(out[k] for k in sorted(out, key=lambda k: order[k]))


def _fixes(first: Blocker | None, subnet: str, fix: str) -> str:
    """What mends it; where another subnet needs a command of its own, one after the other."""
    if first is None:
        return fix
    mine, more = COMMAND.search(first.fix), COMMAND.search(fix)
    if subnet in first.subnets or not (mine and more) or more.group() in steps(mine.group()):
        return first.fix
    return JOINED.join((first.fix, more.group()))


def layer_of(verdict: Verdict, found: Sequence[Blocker], open_questions: Sequence[Blocker]) -> Layer | None:
    """The layer that gives the verdict: the first of what is listed."""
    if verdict is Verdict.REACHABLE:
        return None
    listed = open_questions if verdict is Verdict.UNKNOWN else found
    return listed[0].layer if listed else Layer.NET


def headline(
    source: str,
    target: str,
    verdict: Verdict,
    branches: Sequence[Branch],
    found: Sequence[Blocker],
    open_questions: Sequence[Blocker],
    dimension: str | None,
) -> str:
    """The fact in at most 80 columns."""
    subnets = sorted({b.subnet for b in branches if b.subnet})
    match verdict:
        case Verdict.REACHABLE:
            tail = (
                f" from {'all ' if len(subnets) > 1 else ''}{len(subnets)} subnet{'s' * (len(subnets) > 1)}"
                if subnets
                else ""
            )
            text = f"{source} reaches {target}{tail}"
        case Verdict.BLOCKED:
            why = found[0].title if found else "blocked"
            begun = why if why[1:2].isupper() else why[0].lower() + why[1:]  # an abbreviation keeps its capitals
            text = f"{source} cannot reach {target}: {begun}"
        case Verdict.PARTIAL:
            bad = sorted({b.subnet for b in branches if b.subnet and b.verdict is not Verdict.REACHABLE})
            what = f"fails from {', '.join(bad)}" if dimension == "subnets" else f"some {dimension} fail"
            text = f"{source} reaches {target} only in part: {what}"
        case Verdict.UNKNOWN:
            why = f"needs {open_questions[0].needs}" if open_questions else "not decided"
            text = f"{source} to {target} is unknown: {why}"
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"
