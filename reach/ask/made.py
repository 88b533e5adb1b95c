"""What a fix needs besides: an id of this network where there is one, else the commands that make it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from shlex import quote

from msgspec import Struct

from reach.answer import SourceInfo
from reach.network import (
    Function,
    InternetGateway,
    NatGateway,
    Network,
    Route,
    RouteTable,
    Subnet,
    Vpc,
)
from reach.routes import table_of
from reach.traffic import cidr, cidrs

LIVE = ("available", "attached")
OPEN = ("0.0.0.0/0", "::/0")
Block = IPv4Network | IPv6Network


class Made(Struct, frozen=True):
    """Something by its id or shell variable, and the commands that make it first, if it is not there."""

    id: str
    lines: tuple[str, ...] = ()


def script(*steps: Made | str) -> str:
    """One line for a shell: everything that is made on the way, once, then the commands themselves.

    >>> script(Made("$A", ("A=$(aws ec2 allocate-address --domain vpc)",)), "aws ec2 describe-addresses ")
    'A=$(aws ec2 allocate-address --domain vpc) && aws ec2 describe-addresses '
    """
    lines = [line for step in steps for line in (step.lines if isinstance(step, Made) else (step,))]
    return " && ".join(dict.fromkeys(lines))


def kept(variable: str, command: str, answer: str) -> str:
    """A command whose answer is kept in a shell variable."""
    return f"{variable}=$({command} --query {answer} --output text)"


# -- routes ------------------------------------------------------------------------------------------------


def route(table: RouteTable, block: str, target: str) -> str:
    """The command that puts a route into a table, over the one for the same block if there is one."""
    verb = "replace-route" if any(r.destination == block for r in table.routes or ()) else "create-route"
    return f"aws ec2 {verb} --route-table-id {table.id} {destination(block)} {target}"


def destination(block: str) -> str:
    """How the command line names a route's destination of this kind."""
    if block.startswith("pl-"):
        return f"--destination-prefix-list-id {block}"
    return f"--destination-{'ipv6-' if ':' in block else ''}cidr-block {block}"


def target(id: str) -> str:
    """How it names a route's target of this kind.

    >>> target("pcx-1")
    '--vpc-peering-connection-id pcx-1'
    """
    kinds = (
        ("nat-", "nat-gateway-id"), ("$NAT", "nat-gateway-id"), ("pcx-", "vpc-peering-connection-id"),
        ("$PCX", "vpc-peering-connection-id"), ("tgw-", "transit-gateway-id"), ("vpce-", "vpc-endpoint-id"),
        ("eni-", "network-interface-id"), ("eigw-", "egress-only-internet-gateway-id"),
        ("$EIGW", "egress-only-internet-gateway-id"),
    )  # fmt: skip
    return f"--{next((name for prefix, name in kinds if id.startswith(prefix)), 'gateway-id')} {id}"


# -- the VPC's ways out -----------------------------------------------------------------------------------


def internet_gateway(network: Network, vpc: str) -> Made:
    """The VPC's internet gateway, or a new one."""
    for gateway in network.all(InternetGateway):
        if not gateway.egress_only and any(v == vpc and s in LIVE for v, s in gateway.attachments or ()):
            return Made(gateway.id)
    made = kept("IGW", "aws ec2 create-internet-gateway", "InternetGateway.InternetGatewayId")
    return Made("$IGW", (made, f"aws ec2 attach-internet-gateway --internet-gateway-id $IGW --vpc-id {vpc}"))


def egress_only_gateway(network: Network, vpc: str) -> Made:
    """The VPC's egress-only internet gateway, or a new one."""
    for gateway in network.all(InternetGateway):
        if gateway.egress_only and any(v == vpc and s in LIVE for v, s in gateway.attachments or ()):
            return Made(gateway.id)
    command = f"aws ec2 create-egress-only-internet-gateway --vpc-id {vpc}"
    return Made("$EIGW", (kept("EIGW", command, "EgressOnlyInternetGateway.EgressOnlyInternetGatewayId"),))


def elastic_ip() -> Made:
    """A new Elastic IP; those of the account are not read."""
    return Made("$EIP", (kept("EIP", "aws ec2 allocate-address --domain vpc", "AllocationId"),))


def default_route(network: Network, subnet: Subnet) -> Route | None:
    """The route of a subnet's table that takes IPv4 traffic to anywhere."""
    table = table_of(network, subnet)
    routes = (table.routes or ()) if isinstance(table, RouteTable) else ()
    return next((r for r in routes if r.destination == OPEN[0] and r.state != "blackhole"), None)


def is_public(network: Network, subnet: Subnet) -> bool:
    """Whether its table sends everything to an internet gateway that is there."""
    route = default_route(network, subnet)
    gateway = network.things.get(route.target or "") if route else None
    return isinstance(gateway, InternetGateway) and any(v == subnet.vpc for v, _ in gateway.attachments or ())


def behind_nat(network: Network, subnet: Subnet) -> bool:
    """Whether its table sends everything to a public NAT gateway that works, in another subnet."""
    route = default_route(network, subnet)
    nat = network.things.get(route.target or "") if route else None
    return isinstance(nat, NatGateway) and works(nat) and nat.subnet != subnet.id


def works(nat: NatGateway) -> bool:
    """Whether it leads to the internet."""
    return nat.state == "available" and nat.connectivity == "public"


def by_zone(subnets: Iterable[Subnet], zone: str) -> list[Subnet]:
    """Those of a zone first."""
    return sorted(subnets, key=lambda s: (s.zone != zone, s.id))


def public_subnet(network: Network, vpc: str, zone: str, without: str = "") -> Made | None:
    """A public subnet, in this zone if there is one, whose table is not `without`; None if there is no room for one."""
    mine = by_zone(network.in_vpc(Subnet, vpc), zone)
    for subnet in mine:
        table = table_of(network, subnet)
        if is_public(network, subnet) and isinstance(table, RouteTable) and table.id != without:
            return Made(subnet.id)
    gateway, fresh = internet_gateway(network, vpc), new_subnet(network, vpc, zone, "PUBLIC")
    if fresh is None:
        return None
    return Made(fresh.id, (*gateway.lines, *fresh.lines, *_with_table(vpc, "PUBLIC", gateway.id)))


def new_subnet(network: Network, vpc: str, zone: str, variable: str, size: int = 28) -> Made | None:
    """A new subnet in a block of the VPC that is free; None if none is, or that cannot be known."""
    block = next(free_blocks(network, vpc, size), None) if variable != "PRIVATE" else _second(network, vpc, size)
    if block is None:
        return None
    where = f" --availability-zone {zone}" if zone else ""
    command = f"aws ec2 create-subnet --vpc-id {vpc} --cidr-block {block}{where}"
    return Made(f"${variable}", (kept(variable, command, "Subnet.SubnetId"),))


def _second(network: Network, vpc: str, size: int) -> str | None:
    """The block after the one that a public subnet would take in the same fix."""
    found = list(_first(free_blocks(network, vpc, size), 2))
    return found[1] if len(found) > 1 else None


def _first(blocks: Iterator[str], count: int) -> Iterator[str]:
    for _, block in zip(range(count), blocks, strict=False):
        yield block


def _with_table(vpc: str, variable: str, leads: str) -> tuple[str, ...]:
    """A route table of its own for a subnet that is made, and where it leads."""
    table = kept(f"{variable}_RTB", f"aws ec2 create-route-table --vpc-id {vpc}", "RouteTable.RouteTableId")
    routed = f"aws ec2 create-route --route-table-id ${variable}_RTB {destination(OPEN[0])} {target(leads)}"
    return (
        table,
        f"aws ec2 associate-route-table --route-table-id ${variable}_RTB --subnet-id ${variable}",
        routed,
    )


def free_blocks(network: Network, vpc: str, size: int) -> Iterator[str]:
    """IPv4 blocks of this size that no subnet of the VPC has; none if its subnets were not all read."""
    held = network.things.get(vpc)
    if not isinstance(held, Vpc) or network.gap("Subnets", held.home) is not None:
        return
    taken = cidrs(str(block) for block in _blocks(s.cidr for s in network.in_vpc(Subnet, vpc)))
    step = 2 ** (32 - size)
    for block in _blocks(held.cidr_texts):
        for first, last in (cidr(str(block)) - taken).spans if block.version == 4 else ():
            for start in range(-(-first // step) * step, last - step + 2, step):
                yield f"{ip_address(start)}/{size}"


def free_ipv6(network: Network, vpc: str) -> Iterator[str]:
    """IPv6 blocks of 64 bits that no subnet of the VPC has."""
    held = network.things.get(vpc)
    mine = network.in_vpc(Subnet, vpc)
    for block in _blocks(held.cidr_texts if isinstance(held, Vpc) else ()):
        if block.version == 6 and block.prefixlen <= 64:
            parts = (part for part, _ in zip(block.subnets(new_prefix=64), range(4096), strict=False))
            yield from (str(p) for p in parts if not any(_holds(s, p) for s in mine))


def _holds(subnet: Subnet, block: Block) -> bool:
    return bool(subnet.addresses & cidr(str(block)))


def _blocks(texts: Iterable[str]) -> list[Block]:
    out: list[Block] = []
    for text in texts:
        try:
            out.append(ip_network(text, strict=False))
        except ValueError:  # a template leaves it open
            continue
    return out


def nat_gateway(network: Network, vpc: str, zone: str, table: str = "") -> Made:
    """A public NAT gateway that works, or a new one.

    `table` is the route table that is to lead to it: the gateway must not stand in a subnet of it.
    """
    nat = working_nat(network, vpc, table)
    return Made(nat.id) if nat else new_nat_gateway(network, vpc, zone, table)


def working_nat(network: Network, vpc: str, table: str) -> NatGateway | None:
    """A public NAT gateway that works and stands in no subnet of a route table."""
    held = network.things.get(table)
    mine = held.subnets if isinstance(held, RouteTable) else ()
    return next((n for n in network.in_vpc(NatGateway, vpc) if works(n) and n.subnet not in mine), None)


def public_nat_gateway(network: Network, vpc: str, zone: str, table: str) -> Made:
    """One that works and stands in a public subnet, or a new one."""
    for nat in network.in_vpc(NatGateway, vpc):
        place = network.things.get(nat.subnet or "")
        if works(nat) and isinstance(place, Subnet) and is_public(network, place):
            return Made(nat.id)
    return new_nat_gateway(network, vpc, zone, table)


def new_nat_gateway(network: Network, vpc: str, zone: str, table: str = "") -> Made:
    """A NAT gateway in a public subnet; where there is no room for one, a regional one, which needs none."""
    subnet, address = public_subnet(network, vpc, zone, table), elastic_ip()
    ready = "aws ec2 wait nat-gateway-available --nat-gateway-ids $NAT"
    if subnet is None:
        gateway = internet_gateway(network, vpc)
        command = f"aws ec2 create-nat-gateway --vpc-id {vpc} --availability-mode regional"
        return Made("$NAT", (*gateway.lines, kept("NAT", command, "NatGateway.NatGatewayId"), ready))
    command = f"aws ec2 create-nat-gateway --subnet-id {subnet.id} --allocation-id {address.id}"
    made = kept("NAT", command, "NatGateway.NatGatewayId")
    return Made("$NAT", (*subnet.lines, *address.lines, made, ready))


def private_subnets(network: Network, vpc: str, zone: str) -> Made | None:
    """Subnets that a NAT gateway serves, else one that is made for it; ids joined by commas."""
    served = [s for s in network.in_vpc(Subnet, vpc) if behind_nat(network, s)]
    if served:
        return Made(",".join(s.id for s in served))
    subnet = new_subnet(network, vpc, zone, "PRIVATE")
    if subnet is None:
        return None
    nat = nat_gateway(network, vpc, zone)
    return Made(subnet.id, (*nat.lines, *subnet.lines, *_with_table(vpc, "PRIVATE", nat.id)))


# -- what a function needs --------------------------------------------------------------------------------


def security_group(vpc: str, name: str, why: str) -> Made:
    """A new security group, which lets everything out and nothing in."""
    command = f"aws ec2 create-security-group --group-name {quote(name)} --description {quote(why)} --vpc-id {vpc}"
    return Made("$SG", (kept("SG", command, "GroupId"),))


def interface_endpoint(vpc: Vpc, service: str, sender: SourceInfo) -> str:
    """An endpoint in the sender's subnets, with private DNS and a group that admits the sender's."""
    group = security_group(vpc.id, f"{sender.name}-endpoint"[:200], "what may call the endpoint")
    named = [f"aws ec2 modify-vpc-attribute --vpc-id {vpc.id} --enable-dns-hostnames"]
    admits = "aws ec2 authorize-security-group-ingress --group-id $SG --protocol tcp --port 443 --source-group"
    return script(
        *(named if vpc.dns_hostnames is False else ()),  # without it AWS refuses an endpoint with private DNS
        group,
        *(f"{admits} {one}" for one in sender.security_groups[:1]),
        f"aws ec2 create-vpc-endpoint --vpc-endpoint-type Interface --vpc-id {vpc.id} --service-name {service} "
        f"--subnet-ids {' '.join(sender.subnets)} --security-group-ids {group.id} --private-dns-enabled",
    )


def update(function: Function, subnets: str, groups: str, *, ipv6: bool = False) -> str:
    """The command that gives a function another network; ids joined by commas."""
    flag = ",Ipv6AllowedForDualStack=true" if ipv6 else ""
    return (
        f"aws lambda update-function-configuration --function-name {quote(function.name)} "
        f"--vpc-config SubnetIds={subnets},SecurityGroupIds={groups}{flag}"
    )
