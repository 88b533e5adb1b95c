"""DNS servers that a VPC's DHCP options name: whether port 53 there is open, asked before any name is (DNS-4).

Queries go over UDP; TCP serves for answers that are too long for that, so a closed TCP port is only worth a note.
"""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Blocker, Note, Verdict
from reach.ask.asker import Asker
from reach.ask.branches import branched
from reach.ask.explain import blockers, unknowns
from reach.ask.fold import fold
from reach.checks.guard import Guard
from reach.destinations import Resolved, of_addresses
from reach.network import Network, Vpc
from reach.ports import Ports
from reach.traffic import Ranges, cidr


def asked_servers(network: Network, asker: Asker, resolved: Resolved) -> Resolved:
    """Put a guard before the name for each interface of the asker that reaches none of its DNS servers."""
    vpc = asker.vpc
    named = any(g.check == "resolver" for g in resolved.first)
    if vpc is None or not vpc.dns_servers or not named:
        return resolved
    guards = []
    slow: list[str] = []
    for interface in asker.interfaces:
        alone = replace(asker, interfaces=(interface,))
        asked = [_way(network, vpc, alone, server, "udp") for server in vpc.dns_servers]
        closed = [stopped for verdict, stopped in asked if verdict is Verdict.BLOCKED]
        unheard = [open_ for verdict, open_ in asked if verdict is Verdict.UNKNOWN and open_]
        if len(closed) == len(asked):
            guards.append(Guard("servers_unreachable", vpc.id, "dns", interface, closed=closed[0]))
        elif unheard and len(closed) + len(unheard) == len(asked) and network.told:  # else the name is not known anyway
            guards.append(Guard("servers_unreachable", vpc.id, "dns", interface, side="unheard", closed=unheard[0]))
        elif all(_way(network, vpc, alone, s, "tcp")[0] is Verdict.BLOCKED for s in vpc.dns_servers):
            slow.append(interface.subnet)
    text = f"TCP 53 of the DNS servers is closed from {', '.join(slow)}: answers too long for UDP are lost."
    notes = (Note("CUSTOM_DNS_TCP_CLOSED", text, vpc.id),) if slow else ()
    return replace(resolved, first=(*guards, *resolved.first), notes=(*resolved.notes, *notes))


def _way(
    network: Network, vpc: Vpc, asker: Asker, server: str, protocol: str
) -> tuple[Verdict, tuple[Blocker, ...]]:
    """Whether a server is reached, with what blocks the way or leaves it open; Amazon's own always is (DNS-1)."""
    address = cidr(server)
    if not address:
        return Verdict.REACHABLE, ()
    there = Resolved(of_addresses(network, vpc, address), Ranges.of(53))
    branches = branched(network, asker, there, there.nodes, Ports(protocol, ((53, 53),)))
    verdict = fold(branches)
    if verdict is not Verdict.BLOCKED:
        return verdict, unknowns(branches, verdict) if verdict is Verdict.UNKNOWN else ()
    from reach.ask.remedies import remedied

    return verdict, tuple(remedied(network, asker, there, blocker) for blocker in blockers(branches))
