"""The branches of one question: one per interface of the source and per place that the target may be."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from reach.ask.asker import Asker
from reach.ask.beyond import astray, beyond
from reach.ask.fold import Branch
from reach.checks.ends import DISCONNECTED
from reach.checks.guard import Guard, partition
from reach.destinations import Destination, Resolved
from reach.flow import Flow
from reach.network import Gap, Interface, Network, Subnet
from reach.ports import Ports
from reach.trace import Trail, answered, departed, outside, trace, trace_to_gap
from reach.traffic import (
    EPHEMERAL,
    ICMP,
    ICMPV6,
    IPV4,
    IPV6,
    NAMES,
    PROTOCOL_NAMES,
    Ranges,
    Traffic,
    box,
    format_addresses,
    public_v4,
)

OF_ENDPOINTS = ("vpc_endpoint", "gateway_load_balancer_endpoint")  # types of interfaces
ECHO_REQUEST, ECHO_REPLY = Ranges.of(8 * 256), Ranges.of(0)
ECHO_REQUEST_V6, ECHO_REPLY_V6 = Ranges.of(128 * 256), Ranges.of(129 * 256)


def branched(
    network: Network,
    asker: Asker,
    resolved: Resolved,
    nodes: Sequence[tuple[Destination, ...]],
    ports: Ports,
) -> list[Branch]:
    """One branch per interface of the source and per place that the target may be."""
    if asker.function is not None and not asker.function.attached:
        return [_unattached(network, asker, resolved, n, d, ports) for n, node in enumerate(nodes) for d in node]
    out = []
    for number, node in enumerate(nodes):
        for destination in node:
            for interface in asker.interfaces:
                if _uses(network, interface, destination):
                    trails = _trails(network, resolved, interface, destination, ports)
                    out.append(Branch(interface.subnet, number, destination, interface, trails))
    served = {b.source.id for b in out if b.source}
    homeless = [i for i in asker.interfaces if i.id not in served] if resolved.database else []
    return [*out, *(_unmounted(network, resolved, i, len(nodes), ports) for i in homeless)]


def _trails(
    network: Network, resolved: Resolved, interface: Interface, destination: Destination, ports: Ports
) -> tuple[Trail, ...]:
    flow = _flow(interface, destination, ports, resolved.said)
    gap = destination.gap or _portless(resolved, ports, destination) or _sourceless(network, interface, destination)
    first = (*resolved.first, *destination.guards)
    if _ipv6_only(network, interface, destination):
        mute = interface.id if interface.id.startswith("eni-") else interface.subnet
        return tuple(departed(network, flow, (*first, Guard("no_ipv4", mute, "interface", interface))))
    if interface.type in OF_ENDPOINTS:
        return tuple(departed(network, flow, (*first, Guard("never_opens", interface.id, "interface", interface))))
    own = destination.built_in
    if own is not None and own.serves(interface):
        taken = flow.traffic.where(flow.header.protocol, own.protocols).where(flow.header.dport, own.ports)
        rest = flow.of(flow.traffic - taken)
        trails = answered(network, flow.of(taken), own.name, first) if taken else ()
        return (*trails, *(trace(network, rest, first) if rest else ()))
    if gap is not None:
        return tuple(trace_to_gap(network, flow, gap, first))
    if destination.nowhere:
        return tuple(departed(network, flow, first))
    trails = trace(network, flow, first)
    inside = destination.inside
    if inside is None and (destination.receiver is not None or destination.within):
        return tuple(b for t in trails for b in astray(network, t, interface, destination))
    return tuple(b for t in trails for b in beyond(network, t, interface, inside)) if inside else trails


def _uses(network: Network, interface: Interface, destination: Destination) -> bool:
    """Whether a sender is handed this destination: some are for their own zone only (NEED-04), or subnet (NEED-05)."""
    subnet = network.things.get(interface.subnet)
    zones = (subnet.zone, subnet.zone_id, subnet.id) if isinstance(subnet, Subnet) else (interface.subnet,)
    return not destination.zone or destination.zone in zones


def _unmounted(network: Network, resolved: Resolved, interface: Interface, number: int, ports: Ports) -> Branch:
    """A sender in a zone, or subnet, without a node of its own."""
    database = resolved.database
    assert database is not None
    guard = Guard("mount_target", database.id, database.hop, peer=interface.subnet)
    there = Destination(database.name, IPV4, gap=database.gap, guards=() if database.gap else (guard,), nowhere=True)
    return Branch(interface.subnet, number, there, interface, _trails(network, resolved, interface, there, ports))


def _portless(resolved: Resolved, ports: Ports, destination: Destination) -> Gap | None:
    """A named resource whose port is not in the data cannot be asked on "its own" port."""
    if resolved.database is None or resolved.ports or ports.ranges != ((0, 65535),):
        return None
    name = resolved.database.name
    return Gap(name, "the port (write it behind the name)", f"the port of {name} is not in the data")


def _ipv6_only(network: Network, interface: Interface, destination: Destination) -> bool:
    """A sender in an IPv6-only subnet, or reported without IPv4 addresses, that is asked to send there (V6-1)."""
    if interface.addresses & IPV4 or destination.addresses <= IPV6:
        return False
    subnet = network.things.get(interface.subnet)
    native = isinstance(subnet, Subnet) and subnet.ipv6_native
    return native or (interface.id.startswith("eni-") and bool(interface.ipv6))


def _sourceless(network: Network, interface: Interface, destination: Destination) -> Gap | None:
    """A sender of which no IPv4 address is known cannot be followed."""
    if interface.addresses & IPV4 or destination.addresses <= IPV6:
        return None
    place = interface.subnet or interface.id
    gap = Gap(place, "ec2:DescribeSubnets", f"{place} has no IPv4 addresses in the data")
    return network.pending.get(interface.id, gap)


def _flow(interface: Interface, destination: Destination, ports: Ports, host: str = "") -> Flow:
    protocol = PROTOCOL_NAMES[ports.protocol]
    sport, dport = EPHEMERAL, Ranges.of(*ports.ranges)
    if protocol == ICMP:  # the sport axis holds the reply's type and code
        sport, dport = ECHO_REPLY, ECHO_REQUEST
    sources = interface.addresses & IPV4 or IPV4  # without any it is a gap
    if destination.addresses <= IPV6:
        sources = interface.ipv6 or IPV6  # without any the guard "ipv6" stops it
        if protocol == ICMP:
            protocol, sport, dport = ICMPV6, ECHO_REPLY_V6, ECHO_REQUEST_V6
    traffic = Traffic((box(Ranges.of(protocol), sources, sport, destination.addresses, dport),))
    return Flow(traffic, interface, destination.receiver, host=host)


def _unattached(
    network: Network, asker: Asker, resolved: Resolved, number: int, destination: Destination, ports: Ports
) -> Branch:
    """A function in Lambda's own network: public destinations work, private ones do not (FNSRC-1, FN-03)."""
    function = asker.function
    assert function is not None
    inside = destination.inside  # then the address that it comes from matters: any public one
    nowhere = Interface(
        id=function.name, home=function.home, name=function.name, subnet="", vpc="",
        addresses=public_v4() if inside else IPV4, exact=inside is None, groups=(), type="lambda", of=function.id,
    )  # fmt: skip
    flow = _flow(nowhere, destination, ports)
    if function.gap is not None:
        return Branch("", number, destination, nowhere, trace_to_gap(network, flow, function.gap))
    ending = "internet" if resolved.service is None else resolved.service[0]
    hidden = destination.gap is None and bool(destination.addresses - (public_v4() | NAMES | IPV6))
    first = (*resolved.first, *destination.guards)
    private = resolved.private or destination.receiver is not None or hidden
    if destination.gap is not None and not private:
        trails = trace_to_gap(network, flow, destination.gap, first)
    elif private:
        asked = next(iter(format_addresses(destination.addresses)), "") if destination.label == "addresses" else ""
        asked = asked.removesuffix("/32")
        what = resolved.database.name if resolved.database else asked or destination.label
        place = (destination.receiver.vpc if destination.receiver else "") or "a VPC"
        why = f"{function.name} is not attached to a VPC; {what} has private addresses in {place}."
        private_one = f"{asked} is a private {'range' if '/' in asked else 'address'}"
        why = f"{function.name} is not attached to a VPC; {private_one}." if asked else why
        fix = "Attach it to private subnets of the VPC that has the address; the internet then takes a NAT gateway."
        shown = (function.proof("VpcConfig.SubnetIds", []),)
        found = partition(flow, flow.traffic, function.arn, DISCONNECTED, evidence=shown, why=why, fix=fix)
        trails = outside(network, flow, what, tuple(replace(f, cause="FUNCTION_NOT_IN_VPC") for f in found))
    else:
        trails = outside(network, flow, ending, (), first)
        if inside:
            trails = tuple(b for t in trails for b in beyond(network, t, nowhere, inside))
    return Branch("", number, destination, nowhere, trails)
