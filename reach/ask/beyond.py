"""Behind a public address: from the internet to the interface that has it, and the replies back out (DBDST-4, FN-05).

A way to a public address is first followed to the internet; what is added here is the other end.
"""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Assumption, Direction, Hop, Note, Verdict
from reach.checks.guard import Guard, undecided
from reach.links import arrival
from reach.network import Gap, Interface, NatGateway, Network
from reach.trace import Trail, past
from reach.traffic import EPHEMERAL, SENT, cidrs


def beyond(network: Network, trail: Trail, start: Interface, receiver: Interface) -> tuple[Trail, ...]:
    """A trail that arrived at the internet goes on to the interface there, also if it was dropped or in doubt before.

    A doubt about the sender, such as a failed update, hides no refusal of the other end (ST-06).
    """
    if trail.verdict is not Verdict.REACHABLE and not _out(trail):
        return (trail,)
    flow = replace(trail.flow, header=SENT, translations=(), sender=start, receiver=receiver)
    source = _seen_from_outside(network, trail, start)
    if isinstance(source, Gap):
        hop = Hop(source.resource, "internet", Direction.FORWARD, source.why, (undecided(flow.traffic, source),))
        return (replace(trail.then(hop, flow), end=source.resource),)
    trail = _reflected(network, trail, source, receiver)
    flow = replace(flow, groups_kept=False) if source is start else flow.translated(source, EPHEMERAL)
    there = (
        Guard("public_access", receiver.vpc, "internet_gateway", peer=receiver.subnet),
        Guard("acl", receiver.subnet, "network_acl", side="inbound"),
        *arrival(network, receiver),
    )
    back = (
        Guard("acl", receiver.subnet, "network_acl", side="outbound"),
        Guard("way_back", receiver.subnet, "route_table"),
    )
    arrived = past(network, there, replace(trail, flow=flow, end=receiver.id), Direction.FORWARD)
    return tuple(
        done for one in arrived for done in past(network, back, replace(one, flow=one.flow.reply()), Direction.RETURN)
    )


def _out(trail: Trail) -> bool:
    """Whether the way there led to the internet, whatever became of it on the way."""
    return any(h.kind == "internet" and h.direction is Direction.FORWARD for h in trail.hops)


def _reflected(network: Network, trail: Trail, source: Interface, receiver: Interface) -> Trail:
    """Out by an internet gateway and in again by the same one, which AWS does not describe (IGW-9)."""
    sender = network.things.get(source.id)
    if getattr(sender, "vpc", "") != receiver.vpc and source.vpc != receiver.vpc:
        return trail
    text = f"The way to {receiver.id} leads out of {receiver.vpc} and in again by its public address."
    known = Assumption("IGW-9", f"{receiver.vpc}'s internet gateway hands back what is sent to its own addresses.")
    note = Note("IGW_NAT_REFLECTION", text, receiver.id)
    return replace(trail, notes=(*trail.notes, note), assumptions=(*trail.assumptions, known))


def _seen_from_outside(network: Network, trail: Trail, start: Interface) -> Interface | Gap:
    """Who the traffic comes from on the internet: the last translator's public addresses, else the sender's own."""
    if not start.subnet:
        return start  # in Lambda's own network: any public address
    kinds = ("nat_gateway", "nat_instance")
    way = [h for h in trail.hops if h.direction is Direction.FORWARD and h.kind in kinds]
    by = network.things.get(way[-1].resource) if way else start
    public = cidrs(by.public_ips) if isinstance(by, NatGateway | Interface) else cidrs(())
    if not public:
        who = way[-1].resource if way else start.id
        return Gap(who, "ec2:DescribeAddresses", f"the public address of {who} is not known")
    return Interface(id=by.id if by else start.id, home=start.home, subnet="", vpc="", addresses=public, type="public")
