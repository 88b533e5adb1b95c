"""Whoever forwards on the way and keeps state: do request and reply both come by, and does it stand where it may."""

from __future__ import annotations

from reach.answer import Evidence, Finding, Reason, Verdict
from reach.checks.ends import ASYMMETRIC, UNSUPPORTED
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.checks.transit import parted
from reach.flow import Flow
from reach.network import Attachment, Gap, Interface, Network, RouteTable, Subnet
from reach.routes import table_of
from reach.traffic import IPV6

_EDGE = "https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html"
REDIRECTED = Reason(
    code="INGRESS_RTB_TRAFFIC_REDIRECTION",
    title="The gateway's route table sends the replies through a middlebox that the request went past",
    why="A route table of the internet gateway's own turns what comes in for a subnet to an appliance or endpoint. "
    "If that subnet's table leads straight to the gateway, requests and replies take different ways, which AWS "
    "does not support.",
    fix="Point the subnet's default route at the same middlebox, or remove the route from the gateway's table.",
    source=_EDGE,
)
NO_PUBLIC_IP = Reason(
    code="INGRESS_RTB_NO_PUBLIC_IP",
    title="The appliance behind the gateway's route table has no public address",
    why="What an internet gateway hands to a network interface by a route table of its own must find an interface "
    "that is attached to a running instance and has a public IPv4 address.",
    fix="aws ec2 associate-address --network-interface-id ENI --allocation-id EIPALLOC",
    source=_EDGE,
)
REASONS = (REDIRECTED, NO_PUBLIC_IP)


def request_seen(network: Network, guard: Guard, flow: Flow) -> Findings:
    """A reply may only pass a middlebox that its request passed (RT-17, RET-6, FW-2).

    `guard.peer` is the table that sends it there, `guard.side` the gateway that the table belongs to, if to any.
    """
    if guard.resource in flow.inspected or not flow:
        return passed(flow, guard.resource)
    shown = _routes(network, guard.peer, f"leads to {guard.resource}")
    if guard.side:
        own = _own_table(network, flow)
        why = (
            f"{guard.peer}, the route table of {guard.side}, sends replies for {flow.sender.subnet} to "
            f"{guard.resource}; the request went to {guard.side} without passing it."
        )
        fix = (
            f"Take the route out of {guard.peer}, or send the request the same way: aws ec2 replace-route "
            f"--route-table-id {own} {_everything(flow)} {_option(guard.resource)}"
        )
        return _stop(flow, guard.peer, REDIRECTED, shown, why, fix)
    elsewhere = parted(network, flow, guard.resource, flow.inspected)
    if elsewhere is not None:
        return (elsewhere,)
    why = f"{guard.peer} sends the reply to {guard.resource}, through which the request did not come."
    return _stop(flow, guard.peer, ASYMMETRIC, shown, why, ASYMMETRIC.fix)


def reply_seen(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Every middlebox that saw the request must have seen the reply when it arrives (RET-6, FW-2)."""
    if not flow.missed or not flow:
        return passed(flow, guard.resource)
    missed = flow.missed[-1]
    elsewhere = parted(network, flow, missed, flow.met)
    if elsewhere is not None:
        return (elsewhere,)
    subnet = network.get(flow.sender.subnet)
    block = subnet.cidr if isinstance(subnet, Subnet) else "the sender's subnet"
    way = _skipping(network, flow, missed) or flow.router or guard.resource
    straight = _straight(network, flow, missed, way)
    if straight is not None:
        return straight
    shown = _routes(network, way, f"no route for {block} through {missed}")
    why = f"The request went through {missed}, which keeps state of it; {way} sends the reply past it."
    table = way if way.startswith("rtb-") else "EDGE_TABLE"
    fix = f"aws ec2 create-route --route-table-id {table} --destination-cidr-block {block} {_option(missed)}"
    if table != way:
        fix = f"Give {way} a route table of its own (aws ec2 associate-route-table --gateway-id {way} …), then {fix}"
    return _stop(flow, way, ASYMMETRIC, shown, why, fix)


def _skipping(network: Network, flow: Flow, missed: str) -> str:
    """The receiver's own table, where the middlebox stands in the receiver's VPC and not in the sender's."""
    receiver, box = flow.receiver, network.things.get(missed)
    if receiver is None or getattr(box, "vpc", "") != receiver.vpc or receiver.vpc == flow.sender.vpc:
        return ""
    place = network.get(receiver.subnet)
    table = table_of(network, place) if isinstance(place, Subnet) else None
    return table.id if isinstance(table, RouteTable) else ""


def _straight(network: Network, flow: Flow, missed: str, way: str) -> Findings | None:
    """What comes in by a peering or an attachment goes straight to its subnet: the sender's table leads astray."""
    attachment = network.things.get(way)
    to = attachment.gateway if isinstance(attachment, Attachment) else way
    table = network.things.get(_own_table(network, flow))
    led = [r for r in table.routes or () if r.target == missed] if isinstance(table, RouteTable) else []
    if not to.startswith(("pcx-", "tgw-")) or not isinstance(table, RouteTable) or not led:
        return None
    kind = "vpc-peering-connection" if to.startswith("pcx-") else "transit-gateway"
    why = f"{table.id} sends the request through {missed}, which keeps state of it; {way} sends the reply past it."
    over = "ipv6-cidr-block" if ":" in led[0].destination else "cidr-block"
    over = "prefix-list-id" if led[0].is_prefix_list else over
    words = f"--route-table-id {table.id} --destination-{over} {led[0].destination} --{kind}-id {to}"
    shown = (table.proof(f"Routes[{led[0].index}]", led[0].text),)
    return _stop(flow, table.id, ASYMMETRIC, shown, why, f"aws ec2 replace-route {words}")


def subnet(network: Network, guard: Guard, flow: Flow) -> Findings:
    """A middlebox in the subnet of the sender or the receiver is not supported: nobody can tell (RT-18).

    `guard.peer` is its subnet.
    """
    place = network.get(guard.peer)
    if not isinstance(place, Subnet):
        return passed(flow, guard.resource)
    inside = flow.traffic if flow.sender.subnet == guard.peer else flow.to(place.addresses).traffic
    out = passed(flow.of(flow.traffic - inside), guard.resource)
    if not inside:
        return out
    end = "sender" if flow.sender.subnet == guard.peer else "receiver"
    why = f"{guard.resource} is in {guard.peer}, the subnet of the {end}: AWS does not support a middlebox there."
    needs = f"a subnet of its own for {guard.resource}"
    fix = f"Put {guard.resource} into a subnet of its own and route both directions through it."
    shown = (Evidence(guard.resource, "SubnetId", guard.peer),)
    unsure = Finding(inside, Verdict.UNKNOWN, guard.resource, shown, UNSUPPORTED, why=why, fix=fix, needs=needs)
    return (*out, unsure)


def ingress_target(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Behind an internet gateway's own table an appliance needs a public address (RT-16)."""
    interface = network.get(guard.resource)
    told = interface.public_ips if isinstance(interface, Interface) else ()
    open_ = next((network.pending[ip] for ip in told if ip in network.pending), None)
    if open_ is not None:
        return unreadable(flow, open_)  # a template leaves open whether it gets one
    if not isinstance(interface, Interface) or told:
        return passed(flow, guard.resource)
    shown = (interface.proof("Association.PublicIp", None),)
    why = f"{guard.peer} sends what comes in to {interface.id}, which has no public IPv4 address."
    fix = NO_PUBLIC_IP.fix.replace(" ENI ", f" {interface.id} ")
    return partition(flow, flow.traffic, interface.id, NO_PUBLIC_IP, evidence=shown, why=why, fix=fix)


def _stop(flow: Flow, resource: str, reason: Reason, shown: tuple[Evidence, ...], why: str, fix: str) -> Findings:
    return partition(flow, flow.traffic, resource, reason, evidence=shown, why=why, fix=fix)


def _routes(network: Network, id: str, otherwise: str) -> tuple[Evidence, ...]:
    table = network.things.get(id)
    if isinstance(table, RouteTable):
        return (table.proof("Routes", [r.text for r in table.routes or ()]),)
    return (Evidence(id, "-", otherwise),)


def _own_table(network: Network, flow: Flow) -> str:
    place = network.get(flow.sender.subnet)
    found = table_of(network, place) if isinstance(place, Subnet) else Gap("", "", "")
    return found.id if isinstance(found, RouteTable) else "RTB"


def _everything(flow: Flow) -> str:
    far = flow.traffic.along(flow.header.src)
    return "--destination-ipv6-cidr-block ::/0" if far and far <= IPV6 else "--destination-cidr-block 0.0.0.0/0"


def _option(middlebox: str) -> str:
    """How the command line names a route's target of this kind."""
    name = "--vpc-endpoint-id" if middlebox.startswith("vpce-") else "--network-interface-id"
    return f"{name} {middlebox}"
