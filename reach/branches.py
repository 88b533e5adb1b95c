"""The branches of one question: one per interface of the source and per place that the target may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reach.asker import Asker
from reach.checks.ends import DISCONNECTED
from reach.checks.guard import partition
from reach.destinations import Destination, Resolved
from reach.flow import Flow
from reach.fold import Branch
from reach.network import Gap, Interface, Network
from reach.ports import Ports
from reach.trace import departed, outside, trace, trace_to_gap
from reach.traffic import EPHEMERAL, ICMP, IPV4, IPV6, NAMES, PROTOCOL_NAMES, Ranges, Traffic, box, public_v4

ECHO_REQUEST, ECHO_REPLY = Ranges.of(8 * 256), Ranges.of(0)


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
                flow = _flow(interface, destination, ports)
                gap = destination.gap or _portless(resolved, ports, destination) or _sourceless(interface, destination)
                first = (*resolved.first, *destination.guards)
                if gap is not None:
                    trails = trace_to_gap(network, flow, gap, first)
                elif destination.nowhere:
                    trails = departed(network, flow, first)
                else:
                    trails = trace(network, flow, first)
                out.append(Branch(interface.subnet, number, destination, interface, trails))
    return out


def _portless(resolved: Resolved, ports: Ports, destination: Destination) -> Gap | None:
    """A named resource whose port is not in the data cannot be asked on "its own" port."""
    if resolved.database is None or resolved.ports or ports.ranges != ((0, 65535),):
        return None
    name = resolved.database.name
    return Gap(name, "the port (write it behind the name)", f"the port of {name} is not in the data")


def _sourceless(interface: Interface, destination: Destination) -> Gap | None:
    """A sender of which no IPv4 address is known cannot be followed."""
    if interface.addresses & IPV4 or destination.addresses <= IPV6:
        return None
    place = interface.subnet or interface.id
    return Gap(place, "ec2:DescribeSubnets", f"{place} has no IPv4 addresses in the data")


def _flow(interface: Interface, destination: Destination, ports: Ports) -> Flow:
    protocol = PROTOCOL_NAMES[ports.protocol]
    sport, dport = EPHEMERAL, Ranges.of(*ports.ranges)
    if protocol == ICMP:  # the sport axis holds the reply's type and code
        sport, dport = ECHO_REPLY, ECHO_REQUEST
    sources = interface.addresses & IPV4 or IPV4  # without any it is a gap
    if destination.addresses <= IPV6:
        sources = interface.ipv6 or IPV6  # without any the guard "ipv6" stops it
    traffic = Traffic((box(Ranges.of(protocol), sources, sport, destination.addresses, dport),))
    return Flow(traffic, interface, destination.receiver)


def _unattached(
    network: Network, asker: Asker, resolved: Resolved, number: int, destination: Destination, ports: Ports
) -> Branch:
    """A function in Lambda's own network: public destinations work, private ones do not (FNSRC-1, FN-03)."""
    function = asker.function
    assert function is not None
    nowhere = Interface(
        id=function.name, home=function.home, name=function.name, subnet="", vpc="", addresses=IPV4,
        groups=(), type="lambda", of=function.id,
    )  # fmt: skip
    flow = _flow(nowhere, destination, ports)
    if function.gap is not None:
        return Branch("", number, destination, nowhere, trace_to_gap(network, flow, function.gap))
    ending = "internet" if resolved.service is None else resolved.service[0]
    hidden = destination.gap is None and bool(destination.addresses - (public_v4() | NAMES | IPV6))
    private = resolved.private or destination.receiver is not None or hidden
    if destination.gap is not None and not private:
        trails = trace_to_gap(network, flow, destination.gap, resolved.first)
    elif private:
        what = resolved.database.name if resolved.database else destination.label
        place = (destination.receiver.vpc if destination.receiver else "") or "a VPC"
        why = f"{function.name} is not attached to a VPC; {what} has private addresses in {place}."
        fix = _attach(network, function.name, destination)
        shown = (function.proof("VpcConfig.SubnetIds", []),)
        found = partition(flow, flow.traffic, function.arn, DISCONNECTED, evidence=shown, why=why, fix=fix)
        trails = outside(network, flow, what, tuple(replace(f, cause="FUNCTION_NOT_IN_VPC") for f in found))
    else:
        trails = outside(network, flow, ending, (), resolved.first)
    return Branch("", number, destination, nowhere, trails)


def _attach(network: Network, name: str, destination: Destination) -> str:
    receiver = destination.receiver
    subnet = (receiver.subnet if receiver else "") or "SUBNET"
    return (
        f"aws lambda update-function-configuration --function-name {name} --vpc-config "
        f"SubnetIds={subnet},SecurityGroupIds=SG (then the function needs a NAT gateway for the internet)"
    )
