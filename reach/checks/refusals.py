"""What the refusal of an interface's security groups says: why, and the command that would admit the traffic."""

from __future__ import annotations

from msgspec import Struct

from reach.answer import Evidence, Finding, Reason, Verdict
from reach.checks.references import CARRIED, SUPPORT, Carriage
from reach.flow import Flow
from reach.network import GroupRule, Interface, Network, SecurityGroup, Subnet, Thing
from reach.permission import permission_text
from reach.traffic import IPV6, cidr, format_addresses, format_ports

Rules = list[tuple[SecurityGroup, GroupRule]]


class Side(Struct, frozen=True):
    """Outbound at the sender or inbound at the receiver: which rules, which end of the packet they name."""

    word: str  # "outbound" or "inbound"
    members: str  # AWS's key of the rules
    peer_axis: int
    peer: Interface | None
    groups_kept: bool
    carriage: Carriage = CARRIED  # whether groups of the other end's VPC can be named at all
    vpc: str = ""  # on this side

    @property
    def nameable(self) -> tuple[str, ...]:
        """The other end's groups, if a rule that names one would surely match."""
        return (self.peer.groups or ()) if self.peer and self.groups_kept and self.carriage.surely else ()

    @property
    def theirs(self) -> frozenset[str]:
        """The other end's groups, whether rules can name them or not."""
        return frozenset(self.peer.groups or ()) if self.peer else frozenset()


def proof(group: SecurityGroup, rule: GroupRule) -> Evidence:
    """A rule as evidence."""
    return group.proof(rule.path, rule.text)


def refused(
    network: Network, flow: Flow, interface: Interface, side: Side, rules: Rules, reason: Reason, cause: str | None
) -> Finding:
    """The finding for traffic that no rule of the interface's groups admits."""
    groups = interface.groups or ()
    shown = [proof(g, r) for g, r in rules] or [
        thing.proof(side.members, []) for g in groups if isinstance(thing := network.things.get(g), Thing)
    ]
    return Finding(
        flow.traffic,
        Verdict.BLOCKED,
        groups[0],
        tuple(shown[:8]),
        reason,
        cause=cause,
        resources=tuple(groups),
        why=_why(flow, groups, side, rules, cause),
        fix=_fix(network, flow, groups[0], side, reason),
    )


def _why(flow: Flow, groups: tuple[str, ...], side: Side, rules: Rules, cause: str | None) -> str:
    listed = "; ".join(f"{g.id}: {r.text}" for g, r in rules[:4]) or f"no {side.word} rule"
    if cause == "DEST_SG_PORT_MISMATCH":
        other = "for another ICMP type" if _asked(flow).startswith("icmp") else "on another port"
        return f"The {side.word} rules of {', '.join(groups)} admit this source, but {other}: {listed}."
    why = f"No {side.word} rule of {', '.join(groups)} allows {_asked(flow)} ({listed})"
    named = {g for _, r in rules for g in r.groups} & side.theirs
    if named and side.groups_kept and side.carriage.why:
        why += f"; a rule that names {', '.join(sorted(named))} does not count: {side.carriage.why}"
    return f"{why}."


def _fix(network: Network, flow: Flow, group: str, side: Side, reason: Reason) -> str:
    towards = "to" if side.word == "outbound" else "from"
    peer = next(iter(side.nameable), "")
    rule = _command(network, group, flow, side, peer)
    if reason is SUPPORT and side.carriage.fix:
        return f"Allow the sender's addresses in {group}, or let its group count: {side.carriage.fix}"
    whom = peer or _block(network, flow, side)
    if towards == "from" and whom in ("0.0.0.0/0", "::/0"):  # which address it will be is not known
        whom += ", which is anybody,"
    return f"Allow {_asked(flow)} {towards} {whom} in {group}: {rule}"


def _asked(flow: Flow) -> str:
    """How a person would name this traffic: ``tcp/5432``."""
    return permission_text(flow.traffic.along(flow.header.protocol), flow.ports)


def _block(network: Network, flow: Flow, side: Side) -> str:
    """The address range that a rule would have to name: one address, else the subnet that it is in."""
    peers = flow.traffic.along(side.peer_axis)
    texts = format_addresses(peers)
    subnet = network.get(side.peer.subnet) if side.peer else None
    if len(texts) > 1 and isinstance(subnet, Subnet):
        blocks = (subnet.cidr, *format_addresses(subnet.addresses & IPV6))
        if block := next((b for b in blocks if peers <= cidr(b)), ""):
            return block
    numbered = len(texts) == 1 and (texts[0][0].isdigit() or ":" in texts[0])  # a name has no number to write down
    return texts[0] if numbered else "::/0" if peers <= IPV6 else "0.0.0.0/0"


def _command(network: Network, group: str, flow: Flow, side: Side, peer: str) -> str:
    """The AWS CLI command that adds the rule."""
    protocol, _, port = _asked(flow).split(",")[0].partition("/")
    protocol = protocol.split()[0]
    spans = _spans(flow) if port else [("-1", "-1")]  # of ICMP every type and code
    block = _block(network, flow, side)
    verb = "egress" if side.word == "outbound" else "ingress"
    command = f"aws ec2 authorize-security-group-{verb} --group-id {group}"
    foreign = _owner(network, peer, group)
    if verb == "ingress" and not foreign and ":" not in block and len(spans) == 1:
        whom = f"--source-group {peer}" if peer else f"--cidr {block}"
        return f"{command} --protocol {protocol} --port {'-'.join(dict.fromkeys(spans[0])) if port else '-1'} {whom}"
    member = "Ipv6Ranges=[{CidrIpv6=" if ":" in block else "IpRanges=[{CidrIp="
    pair = f"UserIdGroupPairs=[{{GroupId={peer}{foreign}}}]" if peer else f"{member}{block}}}]"
    rules = " ".join(f"'IpProtocol={protocol},FromPort={first},ToPort={last},{pair}'" for first, last in spans)
    return f"{command} --ip-permissions {rules}"


def _spans(flow: Flow) -> list[tuple[str, str]]:
    """First and last port of each range; a range of one port has it twice."""
    return [(first, last or first) for first, _, last in (p.partition("-") for p in format_ports(flow.ports))]


def _owner(network: Network, peer: str, group: str) -> str:
    """The account that a reference has to name, if it is not the group's own."""
    held, own = network.things.get(peer), network.things.get(group)
    if held is None or own is None or held.home.account == own.home.account:
        return ""
    return f",UserId={held.home.account}"
