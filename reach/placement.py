"""Where functions, databases and endpoints sit: the interfaces that they have, or will have, in which subnets.

An interface that AWS already reports gives its address; one that does not exist yet may get any address of
its subnet (FNSRC-2, ENI-09, DBDST-2). No verdicts here.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from reach.answer import Evidence
from reach.network import (
    Database,
    Endpoint,
    Function,
    Gap,
    Interface,
    NatGateway,
    Network,
    Node,
    SecurityGroup,
    Subnet,
    Thing,
)
from reach.network.senders import Workload
from reach.traffic import IPV4, IPV6, NOTHING, Ranges, together

LAMBDA_DESCRIPTION = "AWS Lambda VPC ENI"
RDS_DESCRIPTION = "RDSNetworkInterface"


def hosts(subnet: Subnet) -> Ranges:
    """The IPv4 addresses of a subnet that an interface can have: AWS keeps the first four and the last."""
    block = subnet.addresses & IPV4
    if not block or block.size < 8:
        return block
    first, last = block.spans[0][0], block.spans[-1][1]
    return block - Ranges.of((first, first + 3), last)


def placed(network: Network, interface: Interface) -> Interface:
    """An interface that gets an address when it is made: at any of its subnet's. One that was read has what it has."""
    subnet = network.get(interface.subnet, interface.home)
    if not isinstance(subnet, Subnet):
        return interface
    told = interface.addresses & IPV4 or not interface.logical
    four = NOTHING if told or subnet.ipv6_native else hosts(subnet)
    six = subnet.addresses & IPV6 if interface.ipv6_open and subnet.ipv6 else NOTHING
    if not four and not six:
        return interface
    return replace(
        interface,
        addresses=interface.addresses | four | six,
        exact=False,
        ipv6=interface.ipv6 | six,
        ipv6_open=interface.ipv6_open if not six or interface.ipv6_open.startswith("${") else "",
    )


def of_function(network: Network, function: Function) -> tuple[Interface, ...]:
    """One interface per configured subnet; in a subnet that cannot be read it may have any address."""
    made = _managed if function.managed else _function_interface
    return tuple(made(network, function, subnet) for subnet in function.subnets)


def is_lambda(interface: Interface) -> bool:
    """Lambda's interfaces by type or description: one that nobody uses any more loses its type (ENI-05, ENI-06)."""
    return interface.type == "lambda" or interface.description.startswith(LAMBDA_DESCRIPTION)


def lambda_interfaces(network: Network, subnet: str, groups: tuple[str, ...]) -> tuple[Interface, ...]:
    """The interfaces that functions with these groups share in a subnet; a description names one of many (ENI-07)."""
    mine = (i for i in network.in_subnet(subnet) if is_lambda(i) and i.groups is not None)
    return tuple(i for i in mine if set(i.groups or ()) == set(groups))


def of_workload(network: Network, workload: Workload) -> tuple[Interface, ...]:
    """One interface per subnet, with any address of it; it is made when the workload starts."""
    given = workload.proof(workload.public_by, "ENABLED") if workload.public_by else None
    return tuple(
        _starting(network, workload, s, workload.groups, workload.groups_field, "workload", given)
        for s in workload.subnets
    )


def _starting(
    network: Network, owner: Thing, subnet_id: str, groups: tuple[str, ...], field: str, type: str,
    given: Evidence | None,
) -> Interface:  # fmt: skip
    found = network.get(subnet_id, owner.home)
    subnet = found if isinstance(found, Subnet) else None
    return Interface(
        id=f"{getattr(owner, 'word', owner.name)}@{subnet_id}", home=owner.home, name=owner.name, where=owner.where,
        subnet=subnet_id, vpc=subnet.vpc if subnet else "", addresses=hosts(subnet) if subnet else IPV4, exact=False,
        groups=groups or None, type=type, of=owner.id, groups_field=field, public_by=given,
        public_ips=tuple(filter(None, (getattr(owner, "public_open", ""),))),
    )  # fmt: skip


def _managed(network: Network, function: Function, subnet_id: str) -> Interface:
    """Managed instances are instances: the subnet decides whether they get a public address (SRC-01)."""
    subnet = network.get(subnet_id, function.home)
    public = isinstance(subnet, Subnet) and subnet.public_ip_on_launch
    given = subnet.proof("MapPublicIpOnLaunch", True) if isinstance(subnet, Subnet) and public else None
    field = "VpcConfig.SecurityGroupIds"
    return _starting(network, function, subnet_id, function.groups, field, "managed_instance", given)


def _function_interface(network: Network, function: Function, subnet_id: str) -> Interface:
    found = network.get(subnet_id, function.home)
    subnet = found if isinstance(found, Subnet) else None
    room = subnet.addresses if subnet else IPV4
    mine = lambda_interfaces(network, subnet_id, function.groups)
    known = NOTHING
    for interface in mine:
        known = known | (interface.addresses & IPV4 & room)
    return Interface(
        id=f"{function.name}@{subnet_id}",
        home=function.home,
        name=function.name,
        where=function.where,
        subnet=subnet_id,
        vpc=subnet.vpc if subnet else function.vpc_config or "",
        addresses=known or (hosts(subnet) if subnet else IPV4),
        exact=bool(known),
        ipv6=_function_ipv6(network, function, subnet),
        denies_igw=any(i.denies_igw for i in mine),
        groups=function.groups or None,  # no function in a VPC is without
        type="lambda",
        public_ips=tuple(sorted({ip for i in mine for ip in i.public_ips})),
        of=function.id,
        groups_field="VpcConfig.SecurityGroupIds",
    )


def _function_ipv6(network: Network, function: Function, subnet: Subnet | None) -> Ranges:
    """Any IPv6 address of the subnet, if the function sends IPv6 and all its subnets are dual-stack (FNSRC-5)."""
    all_subnets = [network.get(id, function.home) for id in function.subnets]
    dual = all(
        isinstance(s, Subnet) and (s.ipv6 or s.ipv6_open or s.ipv6_doubt) and not s.ipv6_native for s in all_subnets
    )
    sends = function.ipv6 or bool(function.ipv6_open)  # where that is open, "ipv6_sender" says so
    return (subnet.addresses & IPV6) | subnet.ipv6_doubt if subnet and sends and dual else NOTHING


def of_node(network: Network, database: Database, node: Node, subnets: tuple[str, ...]) -> tuple[Interface, ...]:
    """The interfaces that one node may have, one per subnet that may hold it."""
    found = [_database_interface(network, database, node, s) for s in subnets]
    placed = [i for i in found if i is not None]
    sure = [i for i in placed if i.exact or not i.id.endswith(f"@{i.subnet}")]
    return tuple(sure or placed)


def _database_interface(network: Network, database: Database, node: Node, subnet_id: str) -> Interface | None:
    subnet = network.get(subnet_id, database.home)
    if not isinstance(subnet, Subnet):
        return None
    mine = _reported(network, database, node, subnet)
    family = IPV6 if database.only_ipv6 or node.only_ipv6 else IPV4
    known = node.addresses & subnet.addresses & family
    for interface in mine:
        known = known | ((interface.addresses | interface.ipv6) & family & subnet.addresses)
    groups = _groups(database, node, mine)
    return Interface(
        id=",".join(i.id for i in mine) if known and mine else f"{database.name}@{subnet_id}",
        home=database.home,
        name=database.name,
        where=database.where,
        subnet=subnet_id,
        vpc=subnet.vpc,
        addresses=known or (subnet.addresses & IPV6 or IPV6 if family is IPV6 else hosts(subnet)),
        exact=bool(known) and (len(mine) == 1 or bool(node.addresses)),
        ipv6=together(i.ipv6 for i in mine) if mine else subnet.addresses & IPV6 if database.dual else NOTHING,
        ipv6_known=bool(mine) or database.dual is not None,
        groups=groups,
        type="network_load_balancer" if groups == () else "database",
        public_ips=tuple(sorted({ip for i in mine for ip in i.public_ips})),
        of=database.id,
        groups_field=database.groups_field,
    )


def _groups(database: Database, node: Node, mine: list[Interface]) -> tuple[str, ...] | None:
    """A node's own groups, else its destination's, else what its interface carries.

    Only a load balancer can do without; a record of anything else in which none counts yet does not tell (DBDST-1).
    """
    own = node.groups if node.groups is not None else database.groups
    if own or (own is not None and database.kind == "load_balancer"):
        return own
    carried = [i.groups for i in mine]
    return carried[0] if carried and all(c == carried[0] for c in carried) else None


# What AWS writes into the description of the interfaces that a service makes (FIND-01).
SIGNATURES: Mapping[str, tuple[str, ...]] = {
    "rds": (RDS_DESCRIPTION, "Network interface for DBProxy {name}"),
    "docdb": (RDS_DESCRIPTION,),
    "neptune": (RDS_DESCRIPTION,),
    "elasticache": ("ElastiCache {node}", "ElastiCache+{node}"),
    "redshift": ("RedshiftNetworkInterface",),
    "opensearch": ("ES {name}",),
    "elbv2": ("ELB app/{name}/{id}", "ELB net/{name}/{id}"),
}


def _reported(network: Network, database: Database, node: Node, subnet: Subnet) -> list[Interface]:
    """Interfaces that AWS reports for this node: by its record, else by description, groups and subnet (FIND-02)."""
    own = network.things.get(node.interface)
    if isinstance(own, Interface) and own.subnet == subnet.id:
        return [own]
    if database.groups is None or node.addresses or network.gap("NetworkInterfaces", subnet.home) is not None:
        return []
    words = {"name": database.name, "node": node.id.split("/")[0], "id": database.id.rpartition("/")[2]}
    signatures = {s.format(**words) for s in SIGNATURES.get(database.service, ())}
    return [
        i
        for i in network.in_subnet(subnet.id)
        if i.groups is not None and set(i.groups) == set(database.groups) and i.description in signatures
    ]


def of_endpoint(network: Network, endpoint: Endpoint) -> tuple[Interface, ...] | Gap:
    """An endpoint's interfaces, one per subnet: each connection is handed any of them (VPCE-12)."""
    if endpoint.subnets is None:
        return Gap(endpoint.id, "ec2:DescribeVpcEndpoints", f"the record of {endpoint.id} has no SubnetIds")
    out: list[Interface] = []
    reported = [network.things.get(i) for i in endpoint.interfaces]
    by_subnet = {i.subnet: i for i in reported if isinstance(i, Interface)}
    for subnet_id in sorted({*endpoint.subnets, *by_subnet}):
        subnet = network.get(subnet_id, endpoint.home)
        if not isinstance(subnet, Subnet):
            return Gap(subnet_id, "ec2:DescribeSubnets", f"subnet {subnet_id} of {endpoint.id} cannot be read")
        real = by_subnet.get(subnet_id)
        family = IPV6 if endpoint.ip_type == "ipv6" else IPV4  # then its names mean IPv6 addresses only (VPCE-19)
        known = real.addresses & family & subnet.addresses if real else NOTHING
        out.append(
            Interface(
                id=real.id if real and known else f"{endpoint.id}@{subnet_id}",
                home=endpoint.home,
                name=endpoint.name,
                where=endpoint.where,
                subnet=subnet_id,
                vpc=endpoint.vpc,
                addresses=known or (subnet.addresses & IPV6 or IPV6 if family is IPV6 else hosts(subnet)),
                exact=bool(known),
                ipv6=_endpoint_ipv6(endpoint, subnet, real),
                ipv6_known=bool(endpoint.ip_type) or real is not None,
                groups=_endpoint_groups(network, endpoint, real),
                type="vpc_endpoint",
                of=endpoint.id,
            )
        )
    return tuple(out)


def _endpoint_ipv6(endpoint: Endpoint, subnet: Subnet, real: Interface | None) -> Ranges:
    """What its interface has, or may get if the endpoint is for IPv6 at all (VPCE-19)."""
    if real is not None:
        return real.ipv6 & subnet.addresses
    return subnet.addresses & IPV6 if endpoint.ip_type in ("ipv6", "dualstack") else NOTHING


def _endpoint_groups(network: Network, endpoint: Endpoint, real: Interface | None) -> tuple[str, ...] | None:
    """The endpoint's own groups, else its interface's, else the VPC's default group (VPCE-13)."""
    if endpoint.groups:
        return endpoint.groups
    if real is not None and real.groups:
        return real.groups
    if endpoint.groups is None:
        return None
    default = [g.id for g in network.in_vpc(SecurityGroup, endpoint.vpc) if g.name == "default"]
    return tuple(default) or None


def of_nat(network: Network, nat: NatGateway) -> Interface | None:
    """A NAT gateway's interface, without a security group (SG-14); a regional one's is in no subnet."""
    if nat.subnet is None and not nat.regional:
        return None
    return Interface(
        id=nat.id,
        home=nat.home,
        name=nat.name,
        subnet=nat.subnet or "",
        vpc=nat.vpc,
        addresses=nat.private,
        exact=nat.private_known,
        groups=(),
        type="nat_gateway",
        public_ips=nat.public_ips,
        of=nat.id,
    )
