"""What a target is over IPv6: addresses of its own, those that DNS64 makes up for it, or none (FN-09, NAT-14).

Whether a public host or service has IPv6 addresses is not in AWS's records, but for dual-stack hosts and the services
whose prefix list has some: that stays unknown.
"""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Assumption
from reach.ask.asker import Asker
from reach.checks.guard import Guard
from reach.destinations import Destination, Resolved
from reach.network import Endpoint, Gap, Interface, Network, PrefixList
from reach.services import find
from reach.spellings import spelling_of
from reach.target import Host, Instance, Internet, NetworkInterface, Target
from reach.traffic import IPV6, NOTHING, PUBLIC_V6, TO_NAT64, Ranges, cidrs

Nodes = tuple[tuple[Destination, ...], ...]


def over_ipv6(network: Network, asker: Asker, target: Target, ipv4: Resolved) -> Nodes:
    """The target's nodes as IPv6 sees them, from what they are over IPv4."""
    if isinstance(target.what, Internet):
        own = asker.vpc.own if asker.vpc else NOTHING
        return ((Destination("internet over IPv6", PUBLIC_V6 - own),),)
    listed = listed_ipv6(network, target, ipv4)
    known = dual_host(target, ipv4) is not None
    nodes = ipv4.nodes
    if known and not listed:
        room = _at_large(network)
        nodes = tuple(
            tuple(replace(d, addresses=room, exact=False) if _public(d, ipv4) else d for d in node) for node in nodes
        )
    hint = _hint(target, ipv4)
    return tuple(tuple(_over(network, asker, target, there, listed, hint) for there in node) for node in nodes)


def _at_large(network: Network) -> Ranges:
    """Where a public host of which nothing else is known may be: in no VPC that was read, and on no list of AWS's."""
    listed = cidrs(c for t in network.all(PrefixList) if t.service for c in t.cidrs or ())
    room = PUBLIC_V6 - listed
    for vpc in network.vpcs:
        room = room - vpc.own
    return room


def _hint(target: Target, ipv4: Resolved) -> str:
    """The host to ask about instead, of a service whose usual one may have no IPv6 address (U-33)."""
    service = find(ipv4.service[0]) if ipv4.service else None
    if service is None or ipv4.service is None or dual_host(target, ipv4) is not None:
        return ""
    host = service.dual_host(ipv4.service[1])
    return f"; SDKs with AWS_USE_DUALSTACK_ENDPOINT=true call {host}: ask about that"


def listed_ipv6(network: Network, target: Target, ipv4: Resolved) -> Ranges:
    """The IPv6 addresses in a service's prefix list, taken for those of its dual-stack host (VPCE-10).

    The usual host of S3 or DynamoDB, spelled out, has none of them.
    """
    if isinstance(target.what, Host) and dual_host(target, ipv4) != target.what.name:
        return NOTHING
    lists = (t for t in network.all(PrefixList) if t.service and t.service == ipv4.service)
    return cidrs(c for t in lists for c in t.cidrs or ()) & IPV6


def assumed(network: Network, target: Target, ipv4: Resolved) -> tuple[Assumption, ...]:
    """That the list tells the truth: AWS's pages disagree on what carries IPv6 to these services (VPCE-10)."""
    if isinstance(target.what, Internet):
        return ()
    if listed_ipv6(network, target, ipv4):
        text = f"{target.what} is called by its dual-stack host, whose IPv6 addresses are those in the prefix list."
        return (Assumption("VPCE-10", text),)
    host = dual_host(target, ipv4)
    if host is None or not any(_public(d, ipv4) for node in ipv4.nodes for d in node):
        return ()
    return (Assumption("FN-09", f"{host} has IPv6 addresses, as SDKs take for granted; which ones nobody says."),)


def dual_host(target: Target, ipv4: Resolved) -> str | None:
    """The host that the target means if that has IPv6 addresses by all that is known (FN-09)."""
    if isinstance(target.what, Host):
        found = spelling_of(target.what.name)
        both = found is not None and (found.dual or (found.usual and found.service.has_ipv6(found.region)))
        return target.what.name if both else None
    service = find(ipv4.service[0]) if ipv4.service else None
    if service is None or ipv4.service is None or not service.has_ipv6(ipv4.service[1]):
        return None
    return service.host(ipv4.service[1]).removeprefix("*.")


def _public(there: Destination, ipv4: Resolved) -> bool:
    """Whether it stands for the public addresses of a service, and for no place in a VPC."""
    return there.receiver is None and there.gap is None and ipv4.service is not None and there.label == ipv4.service[0]


def _over(network: Network, asker: Asker, target: Target, there: Destination, listed: Ranges, hint: str) -> Destination:
    if there.addresses and there.addresses <= IPV6:
        return there  # the name has no other
    if listed and there.receiver is None and there.gap is None:
        return Destination(there.label, listed, guards=there.guards)
    receiver, named = there.receiver, not isinstance(target.what, NetworkInterface | Instance)
    if receiver is not None and receiver.ipv6_open:
        return _unknown(target, replace(there, gap=network.pending.get(receiver.ipv6_open, there.gap)), hint)
    if receiver is None or not receiver.ipv6_known or (there.gap is not None and not receiver.ipv6):
        return _unknown(target, there, hint)
    if receiver.ipv6 and not (named and _answers_ipv4_only(network, receiver)):
        known = receiver.exact and receiver.id.startswith("eni-")
        return Destination(there.label, receiver.ipv6, receiver, exact=known, guards=there.guards)
    made_up = _dns64(network, asker) if named else False
    if made_up is None:
        return _unknown(target, there, hint)
    if made_up:
        return Destination(
            there.label, there.addresses.shifted(TO_NAT64), receiver, there.exact, guards=there.guards
        )  # fmt: skip
    guards = (*there.guards, Guard("no_ipv6", receiver.id, "interface", receiver))
    return Destination(there.label, PUBLIC_V6, receiver, guards=guards, nowhere=True)


def _unknown(target: Target, there: Destination, hint: str) -> Destination:
    why = f"whether {target.what} has IPv6 addresses, and which, is not known{hint}"
    gap = there.gap or Gap(str(target.what), "the IPv6 address of the host", why)
    return Destination(there.label, PUBLIC_V6, exact=False, gap=gap)


def _answers_ipv4_only(network: Network, receiver: Interface) -> bool:
    """An endpoint's names can have IPv4 records only, whatever its interfaces have (VPCE-19)."""
    owner = network.things.get(receiver.of)
    return isinstance(owner, Endpoint) and owner.dns_records == "ipv4"


def _dns64(network: Network, asker: Asker) -> bool | None:
    """Whether the resolver makes up IPv6 addresses for the asker; None where its subnets differ or are not known."""
    found = {getattr(network.get(i.subnet), "dns64", None) for i in asker.interfaces}
    return found.pop() if len(found) == 1 else None
