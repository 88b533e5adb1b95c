"""What mends transit gateways, VPN connections and other gateways: attachments, their tables, zones and states."""

from __future__ import annotations

from reach.ask.made import Made, destination, kept, new_subnet, route, script, target, works
from reach.ask.remedies.case import Case
from reach.network import Attachment, InternetGateway, Network, RouteTable, Subnet, TransitGateway, VpnConnection
from reach.network.gateways import VpnGateway
from reach.network.transit_gateways import TransitPeering, TransitTable
from reach.traffic import format_addresses
from reach.transits import attachment_of


def unassociated(case: Case) -> str | None:
    """An attachment without a table: one of its gateway's, else a new one."""
    held = case.network.things.get(case.blocker.resource)
    if isinstance(held, TransitPeering):
        gateway = next((s.gateway for s in held.sides if s.table is None), held.sides[0].gateway)
    elif isinstance(held, Attachment):
        gateway = held.gateway
    else:
        return None
    tables = sorted(t.id for t in case.network.all(TransitTable) if t.gateway == gateway)
    table = Made(tables[0]) if tables else _table(gateway)
    line = script(
        table,
        f"aws ec2 associate-transit-gateway-route-table --transit-gateway-attachment-id {held.id} "
        f"--transit-gateway-route-table-id {table.id}",
    )
    return line if not table.lines else f"Associate it with a route table: {line}"


def _table(gateway: str) -> Made:
    command = f"aws ec2 create-transit-gateway-route-table --transit-gateway-id {gateway}"
    return Made("$TGW_RTB", (kept("TGW_RTB", command, "TransitGatewayRouteTable.TransitGatewayRouteTableId"),))


def zone(case: Case) -> str | None:
    """No subnet of the attachment in the sender's zone, or in its parent zone."""
    held, network = case.network.things.get(case.blocker.resource), case.network
    if not isinstance(held, Attachment) or "SUBNET_OF_" not in case.blocker.fix:
        return None
    name = case.blocker.fix.partition("SUBNET_OF_")[2]
    found = next((s for s in network.in_vpc(Subnet, held.resource) if s.zone == name), None)
    subnet = Made(found.id) if found else new_subnet(network, held.resource, name, "SUBNET")
    if subnet is None:
        return None
    command = "aws ec2 modify-transit-gateway-vpc-attachment --transit-gateway-attachment-id"
    return f"Give it a foot in {name}: {script(subnet, f'{command} {held.id} --add-subnet-ids {subnet.id}')}"


def no_route(case: Case) -> str | None:
    """No route in a transit gateway's table, and nobody knows to which attachment it should lead."""
    table = case.network.things.get(case.blocker.resource)
    if not isinstance(table, TransitTable) or "aws " in case.blocker.fix:
        return None
    block = case.subnet.cidr if case.returning and case.subnet else case.address
    mine = [a for a in case.network.all(Attachment) if a.gateway == table.gateway]
    far = case.vpc if case.returning else (case.receiver.vpc if case.receiver else "")
    wanted = attachment_of(case.network, table.gateway, far) if far else None
    others = [p.id for p in case.network.all(TransitPeering) if p.side(table.gateway)]
    leads = wanted.id if wanted else next(iter(others), "") if far else _egress(case.network, mine)
    if not leads:
        return None
    block = block or "0.0.0.0/0"
    return (
        f"Lead it on by {leads}: aws ec2 create-transit-gateway-route --transit-gateway-route-table-id {table.id} "
        f"--transit-gateway-attachment-id {leads} --destination-cidr-block {block}"
    )


def _egress(network: Network, mine: list[Attachment]) -> str:
    """The attachment of a VPC with a NAT gateway."""
    from reach.network import NatGateway

    return next((a.id for a in mine if a.vpc and any(works(n) for n in network.in_vpc(NatGateway, a.vpc))), "")


def attachment(case: Case) -> str | None:
    """A gateway or an attachment that is not attached, or not available."""
    held = case.network.things.get(case.blocker.resource)
    if isinstance(held, InternetGateway) and held.egress_only:
        return _egress_only(case, held)
    if isinstance(held, VpnGateway) and held.state != "available":
        return _vpn_gateway(case, held)
    waits = ("pending", "initiating", "initiatingrequest")
    if isinstance(held, Attachment | TransitPeering) and held.state in waits:
        kind = "peering" if isinstance(held, TransitPeering) else "vpc"
        command = f"aws ec2 describe-transit-gateway-{kind}-attachments --transit-gateway-attachment-ids {held.id}"
        return f"Wait until it is available: {command}"
    if isinstance(held, Attachment) and held.vpc and held.subnets and "aws " not in case.blocker.fix:
        command = f"aws ec2 create-transit-gateway-vpc-attachment --transit-gateway-id {held.gateway}"
        return f"Attach the VPC again: {command} --vpc-id {held.vpc} --subnet-ids {' '.join(held.subnets)}"
    if isinstance(held, TransitPeering) and "aws " not in case.blocker.fix:
        return _peered_again(case, held)
    if isinstance(held, Attachment) and held.type == "vpn":
        command = f"aws ec2 describe-vpn-connections --vpn-connection-ids {held.resource}"
        return f"The attachment is its VPN connection's, which has to be made again: {command}"
    return None


def _peered_again(case: Case, held: TransitPeering) -> str | None:
    """A new peering of two transit gateways, if the data has both."""
    ends = [case.network.things.get(side.gateway) for side in held.sides]
    both = [end for end in ends if isinstance(end, TransitGateway)]
    if len(both) != 2:
        words = "Peer the two transit gateways again; their routes have to be pointed at the new attachment"
        read = f"aws ec2 describe-transit-gateway-peering-attachments --transit-gateway-attachment-ids {held.id}"
        return f"{words}: {read}"
    one, other = both
    command = f"aws ec2 create-transit-gateway-peering-attachment --transit-gateway-id {one.id}"
    command += f" --peer-transit-gateway-id {other.id} --peer-account-id {other.home.account}"
    return f"Peer the two transit gateways again: {command} --peer-region {other.home.region}"


def _egress_only(case: Case, held: InternetGateway) -> str | None:
    """One of another VPC cannot be moved: the VPC gets its own."""
    tables = [(t, r) for t in case.network.in_vpc(RouteTable, case.vpc) for r in t.routes or () if r.target == held.id]
    command = f"aws ec2 create-egress-only-internet-gateway --vpc-id {case.vpc}"
    gateway = Made("$EIGW", (kept("EIGW", command, "EgressOnlyInternetGateway.EgressOnlyInternetGatewayId"),))
    line = script(gateway, *(route(t, r.destination, target(gateway.id)) for t, r in tables[:4]))
    return f"Make {case.vpc} one of its own: {line}"


def _vpn_gateway(case: Case, held: VpnGateway) -> str | None:
    if held.state == "pending":
        return f"Wait until it is available: aws ec2 describe-vpn-gateways --vpn-gateway-ids {held.id}"
    vpc = case.vpc if not case.returning or case.receiver is None else case.receiver.vpc
    made_first = kept("VGW", "aws ec2 create-vpn-gateway --type ipsec.1", "VpnGateway.VpnGatewayId")
    line = script(made_first, f"aws ec2 attach-vpn-gateway --vpn-gateway-id $VGW --vpc-id {vpc}")
    return f"Make a gateway and its VPN connections again, and point the routes at it: {line}"


def state(case: Case) -> str | None:
    """A transit or carrier gateway that does not work at present."""
    held, id = case.network.things.get(case.blocker.resource), case.blocker.resource
    if isinstance(held, TransitGateway) and held.state == "pending":
        return f"Wait until it is available: aws ec2 describe-transit-gateways --transit-gateway-ids {id}"
    tables = [
        (t, r) for t in case.network.all(RouteTable) for r in t.routes or () if r.target == id and r.target != "local"
    ]
    if id.startswith("eni-"):
        return f"Attach it to a running instance: aws ec2 describe-network-interfaces --network-interface-ids {id}"
    if not tables or not id.startswith(("tgw-", "cagw-")):
        return None
    table, dead = tables[0]
    out = f"aws ec2 delete-route --route-table-id {table.id} {destination(dead.destination)}"
    return f"Point {table.id} at a gateway that works; without one, take the route out: {out}"


def vpn(case: Case) -> str | None:
    """A VPN connection that is down is mended at its other end; AWS shows what it sees of the tunnels."""
    held = case.network.things.get(case.blocker.resource)
    if not isinstance(held, VpnConnection):
        return None
    query = "--query 'VpnConnections[].VgwTelemetry'"
    words = "Mend the tunnels at the device at the other end; what AWS sees of them"
    return f"{words}: aws ec2 describe-vpn-connections --vpn-connection-ids {held.id} {query}"


def vpn_route(case: Case) -> str | None:
    """A static route of a VPN connection, for the block that was asked for."""
    if "--destination-cidr-block CIDR" not in case.blocker.fix:
        return None
    found = format_addresses(case.addresses)
    block = case.address or (found[0] if found and len(found) < 4 else "0.0.0.0/0")
    return case.blocker.fix.replace("CIDR", block)
