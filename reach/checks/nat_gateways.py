"""NAT gateways: are they up, and which protocols and senders do they take."""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Assumption, Note, Reason
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.checks.targets import BAD_STATE, PROTOCOL, lost, missing
from reach.flow import Flow
from reach.network import Absent, Gap, NatGateway, Network, Subnet, Thing
from reach.traffic import ICMP, IPV6, NAT64, TCP, UDP, Ranges, format_addresses

NAT_SOURCE = Reason(
    code="NGW_REQUIRES_SOURCE_IN_VPC",
    title="The NAT gateway does not serve this sender",
    why="A NAT gateway serves interfaces of its own VPC and traffic that arrives through a transit gateway, "
    "not through a peering connection or a VPN.",
    fix="Use a NAT gateway in the sender's own VPC.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
)
ZONE = Reason(
    code="REGIONAL_NGW_ROUTE_AZ_RESTRICTION",
    title="The regional NAT gateway does not serve this zone",
    why="A regional NAT gateway whose zones are chosen by hand serves only those in which it has an address. One "
    "that provisions zones by itself follows the interfaces of the VPC.",
    fix="Associate an Elastic IP for the zone, or let the gateway provision zones by itself.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html",
)
# What a NAT gateway changes, said where the receiver is a host of one's own, whose rules meet the new header.
REASSIGNED = Reason(
    code="NGW_SOURCE_ADDRESS_REASSIGN",
    title="Behind the NAT gateway the sender is its private address",
    why="Groups and ACLs of a private receiver see the NAT gateway's address; rules that name the sender's group or "
    "range do not fit any more.",
    fix="Allow the NAT gateway's address, or route the private range past it.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
)
REMAPPED = Reason(
    code="REMAP_EPHEMERAL_PORT",
    title="Behind the NAT gateway the source port is another one",
    why="A NAT gateway sends from ports 1024-65535 whatever the sender's port was: ACLs have to let replies back to "
    "all of them.",
    fix="Open 1024-65535 to the NAT gateway's subnet in ACLs that see the replies.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
)
REASONS = (NAT_SOURCE, ZONE, REASSIGNED, REMAPPED)
CROSSED = "AVAILABILITY_ZONE_CROSSED"


def state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the NAT gateway is available (NAT-1, RT-11)."""
    nat = network.get(guard.resource)
    if not isinstance(nat, NatGateway):
        return missing(network, guard, flow, lost(nat, guard.resource))
    proof = nat.proof("State", nat.state)
    for field, value, known in (
        ("ConnectivityType", nat.connectivity, ("public", "private")),
        ("AvailabilityMode", nat.availability, ("zonal", "regional")),
    ):
        if nat.state == "available" and value not in known:
            return unreadable(flow, Gap(nat.id, f"a known {field}", f"{nat.id} has the unknown {field} {value!r}"))
    if nat.state == "available":
        text = f"{nat.id} sends on from ports 1024-65535, whatever the sender's port was."
        note = Note(REMAPPED.code, text, nat.id) if flow.receiver else None
        return tuple(replace(f, note=note) for f in passed(flow, nat.id, proof))
    if nat.state not in ("pending", "failed", "deleting", "deleted"):
        return unreadable(flow, Gap(nat.id, "a known State", f"{nat.id} is in the unknown state {nat.state!r}"))
    transient = " It is being removed and may still pass traffic for a moment." if nat.state == "deleting" else ""
    failure = f" ({nat.failure})" if nat.failure else ""
    return partition(
        flow,
        flow.traffic,
        nat.id,
        BAD_STATE,
        evidence=(proof,),
        why=f"{nat.id} is {nat.state}{failure}.{transient}",
        fix="Create a NAT gateway in a public subnet and replace the route: aws ec2 replace-route --route-table-id "
        f"{guard.peer or 'RTB'} --destination-cidr-block 0.0.0.0/0 --nat-gateway-id NEW_NAT_ID",
    )


def traffic(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Which protocols and senders a NAT gateway takes (NAT-7, NAT-10)."""
    nat = network.get(guard.resource)
    carried = Ranges.of(ICMP, TCP, UDP)
    stopped = flow.traffic - flow.traffic.where(flow.header.protocol, carried)
    by_transit = any(id.startswith("tgw-") for id in flow.crossed)
    if isinstance(nat, NatGateway) and flow.sender.vpc != nat.vpc and not by_transit:
        why = f"{nat.id} in {nat.vpc} does not serve senders of {flow.sender.vpc}."
        shown = (nat.proof("VpcId", nat.vpc),)
        return partition(flow, flow.traffic, nat.id, NAT_SOURCE, evidence=shown, why=why, fix=NAT_SOURCE.fix)
    ipv6 = flow.to(IPV6)
    if ipv6:
        return (*_ipv6(guard, ipv6), *traffic(network, guard, flow.of(flow.traffic - ipv6.traffic)))
    why = f"{guard.resource} carries TCP, UDP and ICMP only."
    found = partition(flow, stopped, guard.resource, PROTOCOL, evidence=(), why=why, fix=PROTOCOL.fix)
    says = _from_spokes(guard.resource, flow) if by_transit else None
    note = _proxied(nat) or (_reassigned(nat) if flow.receiver and isinstance(nat, NatGateway) else None)
    return tuple(replace(f, note=note, assumption=says) for f in found)


def _reassigned(nat: NatGateway) -> Note:
    """What a private receiver sees of the sender (NAT-8, NAT-13)."""
    known = nat.private_known and not nat.regional
    address = f" ({', '.join(format_addresses(nat.private)).replace('/32', '')})" if known else ""
    return Note(REASSIGNED.code, f"{nat.id} sends on with its own private address{address} as the sender's.", nat.id)


def _proxied(nat: Thing | Absent | Gap) -> Note | None:
    """A proxy that clients must address by name stops nothing that goes around it (NAT-15)."""
    if not isinstance(nat, NatGateway) or not nat.proxies:
        return None
    text = f"{nat.id} has the proxy {nat.proxies[0]}: only clients that are told its name send through it."
    return Note("NAT_GATEWAY_PROXY", text, nat.id)


def _ipv6(guard: Guard, flow: Flow) -> Findings:
    """NAT64 is translated, native IPv6 does not pass a NAT gateway (NAT-14)."""
    synthesised = flow.to(NAT64)
    native = flow.of(flow.traffic - synthesised.traffic)
    carried = synthesised.traffic.where(flow.header.protocol, Ranges.of(TCP, UDP))
    pings = synthesised.of(synthesised.traffic - carried)
    out = passed(flow.of(carried), guard.resource)
    why = (
        f"whether {guard.resource} translates other protocols than TCP and UDP between IPv6 and IPv4 is not documented"
    )
    out = (*out, *unreadable(pings, Gap(guard.resource, "a TCP or UDP question", why)))
    why = f"{guard.resource} does not carry native IPv6 to the internet."
    fix = "Route ::/0 to an egress-only internet gateway."
    return (*out, *partition(native, native.traffic, guard.resource, PROTOCOL, evidence=(), why=why, fix=fix))


def cross_zone(network: Network, nat: NatGateway, subnet: Subnet) -> Note | None:
    """A NAT gateway of another zone works, but depends on that zone (NAT-16)."""
    other = network.get(nat.subnet or "")
    if isinstance(other, Subnet) and other.zone and subnet.zone and other.zone != subnet.zone:
        text = f"{subnet.id} ({subnet.zone}) uses {nat.id} in {other.zone}: it depends on that zone and pays to cross."
        return Note(CROSSED, text, nat.id)
    return None


def zone(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether a regional NAT gateway serves the sender's zone; `guard.peer` is the subnet (NAT-6)."""
    nat, subnet = network.get(guard.resource), network.get(guard.peer)
    if not isinstance(nat, NatGateway) or not nat.regional:
        return passed(flow, guard.resource)
    here = nat.serves(subnet) if isinstance(subnet, Subnet) else None
    where = (subnet.zone or subnet.zone_id) if isinstance(subnet, Subnet) else guard.peer
    if here or nat.automatic:
        note = None if here is not False else Note(CROSSED, f"{nat.id} has not expanded to {where} yet.", nat.id)
        return tuple(replace(f, note=note) for f in passed(flow, nat.id))
    if isinstance(subnet, Subnet) and not where:  # a template leaves it open, or it was not read
        why = f"the zone of {subnet.id} is not known, and {nat.id} need not serve every zone"
        return unreadable(flow, network.pending.get(subnet.zone_open, Gap(subnet.id, "ec2:DescribeSubnets", why)))
    if here is None or nat.automatic is None:
        why = f"whether {nat.id} serves {where} is not in the data"
        return unreadable(flow, Gap(nat.id, "ec2:DescribeNatGateways", why))
    why = f"{nat.id} is regional with zones chosen by hand, and {where}, the zone of {guard.peer}, is none of them."
    fix = (
        f"Give {nat.id} an Elastic IP for {where}: aws ec2 associate-nat-gateway-address --nat-gateway-id "
        f"{nat.id} --availability-zone {where} --allocation-ids EIP"
    )
    shown = (
        nat.proof("AutoProvisionZones", "disabled"),
        nat.proof("NatGatewayAddresses[].AvailabilityZone", [name or id for id, name in nat.zones or ()]),
    )
    assumed = Assumption("NAT-6", f"{nat.id} does not serve zones in which it is not registered.")
    found = partition(flow, flow.traffic, nat.id, ZONE, evidence=shown, why=why, fix=fix)
    return tuple(replace(f, assumption=assumed) for f in found)


def _from_spokes(nat: str, flow: Flow) -> Assumption:
    """One guide of AWS names only senders of the same VPC, the other describes central egress (NAT-10)."""
    return Assumption("NAT-10", f"{nat} serves senders of {flow.sender.vpc} that come through {flow.crossed[-1]}.")
