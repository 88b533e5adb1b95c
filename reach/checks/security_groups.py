"""Security groups: allow rules of all groups of an interface in union; only the first packet is asked."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from reach.answer import Finding, Reason, Verdict
from reach.checks.guard import Findings, Guard, passed, undecided
from reach.checks.references import CARRIED, SUPPORT, carried_in, carried_out
from reach.checks.refusals import Rules, Side, proof, refused
from reach.flow import Flow
from reach.network import Database, Endpoint, Function, Gap, GroupRule, Interface, Network, SecurityGroup
from reach.traffic import (
    ANY_PORT,
    ANY_PROTOCOL,
    LINE,
    NAMES,
    NOTHING,
    Cover,
    Ranges,
    Traffic,
    public_v4,
    union,
)

_SG_PAGE = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"

MISMATCH = Reason(
    code="ENI_SG_RULES_MISMATCH",
    title="No security group rule allows it",
    why="Security groups only allow. The rules of all groups of an interface are taken together, outbound at "
    "the sender and inbound at the receiver; what none of them names is dropped.",
    fix="Add a rule for exactly this protocol, port and peer to one of the interface's groups.",
    source=_SG_PAGE,
)
NO_RULES = Reason(
    code="SG_HAS_NO_RULES",
    title="The security groups have no rule at all in this direction",
    why="A group without an outbound rule lets nothing out, one without an inbound rule lets nothing in. "
    "Terraform removes the default outbound rule of a group that it creates.",
    fix="Add a rule for the protocol, port and peer that is needed.",
    source=_SG_PAGE,
)
NOT_PRESERVED = Reason(
    code="SG_REFERENCES_NOT_PRESERVED",
    title="The rule names a group, but the sender's group is lost on the way",
    why="A rule that refers to a group matches by the private address of the group's interfaces. A NAT gateway, "
    "an appliance or a load balancer on the way puts its own address there.",
    fix="Route the traffic directly, or allow the translator's address instead of the group.",
    source=_SG_PAGE,
)
STALE = Reason(
    code="STALE_SG_REFERENCE",
    title="The rule refers to a group that is gone",
    why="A rule whose referenced group or peering connection was deleted stays in the list but matches nothing.",
    fix="Replace the stale rule by one that names the group in use now.",
    source="https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html",
)
PEERED_GROUPS = Reason(
    code="UNKNOWN_PEERED_SGS",
    title="The groups at the other end are not known",
    why="Only a rule that refers to a group could allow this, and which groups the interface at the other end "
    "carries cannot be read.",
    fix="Read the other account too (repeat --from or --role-arn), or allow the address range instead.",
    source="https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html",
)
REASONS = (MISMATCH, NO_RULES, NOT_PRESERVED, STALE, PEERED_GROUPS, SUPPORT)


def egress(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Partition the flow by whether the sender's groups let it out (SG-1, SG-3 … SG-6, SG-8)."""
    carriage = carried_out(network, flow.sender.vpc, flow.receiver.vpc) if flow.receiver else CARRIED
    here = guard.interface.vpc if guard.interface else ""
    side = Side("outbound", "IpPermissionsEgress", flow.header.dst, flow.receiver, True, carriage, here)
    return _ask(network, guard, flow, side)


def ingress(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Partition the flow by whether the receiver's groups let it in (SG-1, SG-4 … SG-7)."""
    carriage = carried_in(network, flow, guard.interface) if guard.interface else CARRIED
    here = guard.interface.vpc if guard.interface else ""
    side = Side("inbound", "IpPermissions", flow.header.src, flow.sender, flow.groups_kept, carriage, here)
    return _ask(network, guard, flow, side)


def _ask(network: Network, guard: Guard, flow: Flow, side: Side) -> Findings:
    interface = guard.interface
    if interface is None or not flow:
        return passed(flow, guard.resource)
    if not interface.groups:
        return (undecided(flow.traffic, _unread_groups(network, interface)),)
    groups, gaps = _groups(network, interface)
    rules = [(g, r) for g in groups for r in _rules(g, side)]
    gaps += [
        Gap(g.id, "ec2:DescribeSecurityGroups", f"the record of {g.id} has no {side.members}")
        for g in groups
        if (g.ingress if side.members == "IpPermissions" else g.egress) is None
    ]
    must, may, hits, doubt = _allowed(network, flow, side, rules)
    out: list[Finding] = []
    if must:
        out.append(Finding(must, Verdict.REACHABLE, _first(hits, interface), tuple(proof(g, r) for g, r in hits)))
    left = flow.traffic - must
    if gaps and left:
        return (*out, undecided(left, gaps[0]))
    vague = left & may
    if vague:
        out.append(_vague(vague, interface, side, doubt))
    stopped = flow.of(left - may)
    for part, reason, cause in _diagnoses(network, stopped, interface, side, rules):
        out.append(refused(network, stopped.of(part), interface, side, rules, reason, cause))
    return tuple(out)


def _unread_groups(network: Network, interface: Interface) -> Gap:
    """Whose record should have said which groups an interface carries: its own, or that of what it belongs to."""
    owner = network.things.get(interface.of)
    names = (owner.name, getattr(owner, "source", "")) if owner else ()
    told = next((network.pending[n] for n in names if n in network.pending), None)  # by the file that describes it
    if told is not None and owner is not None:
        return told
    if isinstance(owner, Database):
        return Gap(owner.name, owner.told_by, f"the record of {owner.name} has no {owner.groups_field}")
    if isinstance(owner, Function):
        why = f"the VpcConfig of {owner.name} has no SecurityGroupIds"
        return Gap(owner.name, "lambda:GetFunctionConfiguration", why)
    if isinstance(owner, Endpoint):
        return Gap(owner.id, "ec2:DescribeVpcEndpoints", f"the record of {owner.id} has no Groups")
    there = (network.pending.get(i.id) for i in network.in_subnet(interface.subnet))
    for unread in (network.gap("NetworkInterfaces", interface.home), *there):
        if unread is not None and unread.given:
            return unread  # whose interface has the address hangs on that
    return Gap(interface.id, "ec2:DescribeNetworkInterfaces", f"the security groups of {interface.id} are not known")


def _groups(network: Network, interface: Interface) -> tuple[list[SecurityGroup], list[Gap]]:
    """The groups in the data, and a gap for each that is not (SG-16: never "no rules")."""
    found: list[SecurityGroup] = []
    gaps: list[Gap] = []
    for id in interface.groups or ():
        thing = network.get(id, interface.home)
        if isinstance(thing, SecurityGroup):
            found.append(thing)
        else:
            why = thing.why if isinstance(thing, Gap) else f"{id} is named by {interface.id} but not in the data"
            gaps.append(Gap(id or interface.id, "ec2:DescribeSecurityGroups", why))
    return found, gaps


def _rules(group: SecurityGroup, side: Side) -> tuple[GroupRule, ...]:
    return (group.ingress if side.members == "IpPermissions" else group.egress) or ()


def _allowed(network: Network, flow: Flow, side: Side, rules: Rules) -> tuple[Traffic, Traffic, Rules, Gap | None]:
    must: list[Traffic] = []
    may: list[Traffic] = []
    hits: Rules = []
    doubt: Gap | None = None
    public: dict[tuple[Ranges, Ranges], Ranges] = {}
    for group, rule in rules:
        cover, gap = _peers(network, group, rule, side)
        surely = flow.matching(rule.protocols, rule.ports, side.peer_axis, cover.must)
        if surely:
            must.append(surely)
            hits.append((group, rule))
        possibly = flow.matching(rule.protocols, rule.ports, side.peer_axis, cover.may)
        if possibly:
            may.append(possibly)
            doubt = doubt or gap
        key = (rule.protocols, rule.ports)
        public[key] = public.get(key, NOTHING) | cover.must
    for (protocols, ports), covered in public.items():
        if public_v4() <= covered:  # all of the internet in pieces also holds every name
            must.append(flow.matching(protocols, ports, side.peer_axis, NAMES))
    return union(must), union(may), hits, doubt


def _peers(network: Network, group: SecurityGroup, rule: GroupRule, side: Side) -> tuple[Cover, Gap | None]:
    """Which addresses at the other end a rule names (SG-5, SG-6, SG-12)."""
    cover, doubt = Cover(), None
    for peer in (*rule.cidrs, *rule.prefix_lists):
        part, gap = network.cover(peer, group.home)
        cover, doubt = cover | part, doubt or gap
    named = side.groups_kept and side.carriage.possible
    if rule.groups and side.peer is not None and not named:
        doubt = doubt or _associated(network, group, rule, side)
        cover = cover | Cover(NOTHING, LINE if _associated(network, group, rule, side) else NOTHING)
    elif rule.groups and side.peer is not None:
        if side.peer.groups is None:
            cover = cover | Cover(NOTHING, LINE)
            seen = side.peer.id in network.things
            who = side.peer.id if seen else f"whoever has the address in {side.peer.vpc}"
            why = f"the security groups of {who} are not known"
            doubt = doubt or Gap(side.peer.id, "ec2:DescribeNetworkInterfaces", why)
        elif set(rule.groups) & set(side.peer.groups):
            cover = cover | Cover(LINE if side.carriage.surely else NOTHING, LINE)
            doubt = doubt or side.carriage.gap
        elif open_ := next((g for g in side.peer.groups if g.startswith("${") and g in network.pending), ""):
            cover = cover | Cover(NOTHING, LINE)  # it may be any group
            doubt = doubt or network.pending[open_]
    if rule.unclear:
        why = f"{group.id} has a rule for the unknown {rule.unclear}"
        return Cover(NOTHING, cover.may), Gap(group.id, "a known IpProtocol", why)
    return cover, doubt


def _associated(network: Network, group: SecurityGroup, rule: GroupRule, side: Side) -> Gap | None:
    """A group that is used in both VPCs counts as each one's own; whether from afar is not documented (SG-15)."""
    if not side.groups_kept or side.peer is None:
        return None
    for id in sorted(set(rule.groups) & set(side.peer.groups or ())):
        named = network.things.get(id)
        both = {side.vpc, side.peer.vpc}
        if isinstance(named, SecurityGroup) and len(both) == 2 and both <= {named.vpc, *named.associated}:
            why = f"{id} belongs to both {side.vpc} and {side.peer.vpc}, but between them: {side.carriage.why}"
            return Gap(group.id, "a rule by address range", why)
    return None


def _first(hits: Rules, interface: Interface) -> str:
    return hits[0][0].id if hits else (interface.groups or ("",))[0]


def _vague(traffic: Traffic, interface: Interface, side: Side, doubt: Gap | None) -> Finding:
    gap = doubt or Gap(
        (interface.groups or ("",))[0],
        "the addresses behind the name",
        "the rules name only a part of the public addresses, and the name's addresses are not known",
    )
    found = undecided(traffic, gap, (interface.groups or ("",))[0])
    if side.peer is not None and gap.resource == side.peer.id and side.peer.vpc != interface.vpc:
        return replace(found, reason=PEERED_GROUPS, fix=PEERED_GROUPS.fix)
    return found


def _diagnoses(
    network: Network,
    flow: Flow,
    interface: Interface,
    side: Side,
    rules: Rules,
) -> Iterator[tuple[Traffic, Reason, str | None]]:
    """Partition what is stopped by the code, with the kind of mismatch at a destination (DST-08)."""
    cause = None
    if side.word == "inbound":
        cause = "ENDPOINT_SG_CLOSED" if interface.type == "vpc_endpoint" else "DEST_SG_NO_MATCH"
    if not rules:
        if flow:
            yield flow.traffic, NO_RULES, cause
        return
    first = flow.translations[0].sender if flow.translations else flow.sender
    lost = set(first.groups or ()) if side.word == "inbound" and not side.groups_kept else set()
    unpreserved = [r for _, r in rules if set(r.groups) & lost]
    stale = [r for _, r in rules if r.stale_groups]
    theirs = side.theirs if side.word == "inbound" and not side.carriage.surely else frozenset()
    by_transit = any(id.startswith("tgw-") for id in flow.crossed)
    uncarried = [r for _, r in rules if by_transit and side.groups_kept and set(r.groups) & theirs]
    left = flow
    for reason, named in ((NOT_PRESERVED, unpreserved), (SUPPORT, uncarried), (STALE, stale)):
        part = union(left.matching(r.protocols, r.ports, side.peer_axis, LINE) for r in named)
        if part:
            yield part, reason, cause
            left = left.of(left.traffic - part)
    admits_peer = any(
        left.matching(ANY_PROTOCOL, ANY_PORT, side.peer_axis, _peers(network, g, r, side)[0].must) for g, r in rules
    )
    if cause == "DEST_SG_NO_MATCH" and admits_peer:
        cause = "DEST_SG_PORT_MISMATCH"
    if left:
        yield left.traffic, MISMATCH, cause
