"""What mends a way: attachments, routes, NAT and internet gateways, peering connections, addresses, middleboxes."""

from __future__ import annotations

from reach.ask.made import (
    OPEN,
    Made,
    by_zone,
    destination,
    internet_gateway,
    is_public,
    kept,
    nat_gateway,
    new_subnet,
    route,
    script,
    security_group,
    target,
    update,
)
from reach.ask.remedies.case import Case
from reach.network import (
    Attachment,
    Endpoint,
    Function,
    Network,
    Peering,
    Route,
    RouteTable,
    SecurityGroup,
    Subnet,
    Vpc,
)
from reach.pasted import divided
from reach.routes import table_of
from reach.traffic import IPV6, cidr

# -- routes -----------------------------------------------------------------------------------------------


def no_route(case: Case) -> str | None:
    """Between networks: the route, and the connection if there is none. What is public, diagnosis.py mends."""
    table = case.table
    if table is None or case.blocker.cause is not None or "aws " in case.blocker.fix:
        return None
    if case.blocker.resource.startswith("vgw-"):
        return None
    here, far, block = table.vpc, _far_vpc(case), _far_block(case)
    if here == far:
        words = f"{here} has no local route for it yet; wait until the block is associated"
        return f"{words}: aws ec2 describe-vpcs --vpc-ids {here}"
    return _towards(case.network, table, here, far, block) if block else None


def _far_vpc(case: Case) -> str:
    """The VPC that the traffic is for: the sender's on the way back."""
    if case.returning:
        return case.vpc
    if case.receiver and case.receiver.vpc:
        return case.receiver.vpc
    held = [v for v in case.network.all(Vpc) if v.cidrs and case.addresses <= v.cidrs]
    return held[0].id if len(held) == 1 else ""


def _far_block(case: Case) -> str:
    """The block that a route there needs: the whole VPC's where it is known."""
    subnet = case.subnet if case.returning else None
    receiver = None if case.returning else case.receiver
    place = subnet or (case.network.get(receiver.subnet) if receiver and receiver.subnet else None)
    six = bool(case.addresses) and case.addresses <= IPV6
    if isinstance(place, Subnet) and not six:
        vpc = case.network.things.get(place.vpc)
        blocks = [b for b in (vpc.cidr_texts if isinstance(vpc, Vpc) else ()) if cidr(place.cidr) <= cidr(b)]
        return blocks[0] if blocks else place.cidr
    return case.address


def _towards(network: Network, table: RouteTable, here: str, far: str, block: str) -> str | None:
    """A route by the peering connection or transit gateway that joins two VPCs, else by a new connection."""
    if not far or far == here:
        return None
    peering = next((p for p in network.all(Peering) if p.status == "active" and _joined(p) == {here, far}), None)
    if peering is not None:
        return route(table, block, target(peering.id))
    ends = [{a.gateway for a in network.all(Attachment) if a.vpc == vpc} for vpc in (here, far)]
    shared = sorted(ends[0] & ends[1])
    if shared:
        return route(table, block, target(shared[0]))
    return _connected(network, here, far)


def _joined(peering: Peering) -> set[str]:
    return {vpc for vpc, _, _ in peering.sides}


def _connected(network: Network, here: str, far: str) -> str | None:
    """A new peering connection and a route to it in every table of either side."""
    one, other = network.things.get(here), network.things.get(far)
    if not isinstance(one, Vpc) or not isinstance(other, Vpc) or one.cidrs & other.cidrs:
        return None
    made_first = _new_peering(one, other)
    routes = []
    for mine, theirs in ((one, other), (other, one)):
        for table in network.in_vpc(RouteTable, mine.id):
            routes += [route(table, block, target(made_first.id)) for block in theirs.cidr_texts[:1]]
    return script(made_first, *routes[:8])


def _new_peering(one: Vpc, other: Vpc) -> Made:
    apart = f" --peer-owner-id {other.home.account}" if other.home.account != one.home.account else ""
    apart += f" --peer-region {other.home.region}" if other.home.region != one.home.region else ""
    command = f"aws ec2 create-vpc-peering-connection --vpc-id {one.id} --peer-vpc-id {other.id}{apart}"
    accepted = "aws ec2 accept-vpc-peering-connection --vpc-peering-connection-id $PCX"
    return Made("$PCX", (kept("PCX", command, "VpcPeeringConnection.VpcPeeringConnectionId"), accepted))


def disconnected(case: Case) -> str | None:
    """An unattached function: a subnet and a group of the destination's VPC."""
    function = case.function
    vpc = (case.receiver.vpc if case.receiver else "") or _far_vpc(case)
    return _attached(case, function, vpc, "Attach it") if function and vpc else None


def _attached(case: Case, function: Function, vpc: str, words: str, *admits: str) -> str | None:
    """A private subnet, near the destination if it can be, and a new group, which `admits` may name as $SG."""
    zone = ""
    place = case.network.get(case.receiver.subnet) if case.receiver and case.receiver.subnet else None
    if isinstance(place, Subnet):
        zone = place.zone
    mine = [s for s in by_zone(case.network.in_vpc(Subnet, vpc), zone) if not is_public(case.network, s)]
    subnet = Made(mine[0].id) if mine else new_subnet(case.network, vpc, zone, "PRIVATE")
    if subnet is None:
        return None
    group = security_group(vpc, f"{function.name}-lambda", "what the function sends")
    line = script(subnet, group, *admits, update(function, subnet.id, group.id))
    return f"{words} (for the internet it then needs a NAT gateway): {line}"


def attached_first(case: Case) -> str | None:
    """A public database that would have to admit everybody: inside its VPC a rule can name the function's group."""
    function, group = case.function, case.network.things.get(case.blocker.resource)
    if function is None or function.attached or not isinstance(group, SecurityGroup) or not group.vpc:
        return None
    if case.resolved.database is None or not case.resolved.database.public:
        return None  # an address stays public inside the VPC; a name of these means the private one there
    rule = divided(case.blocker.fix)[1].partition(f" --cidr {OPEN[0]}")[0]
    vpc = case.network.things.get(group.vpc)
    if "--port" not in rule or not isinstance(vpc, Vpc) or vpc.home != function.home:
        return None
    admits = f"let {group.id} admit its group, rather than {OPEN[0]}, which is anybody"
    words = f"Attach {function.name} to {vpc.id} and {admits}"
    return _attached(case, function, vpc.id, words, f"{rule} --source-group $SG")


def private_destination(case: Case) -> str | None:
    """The default route sends a private range to an internet gateway: a route of its own has to come first."""
    table, block = case.table, _far_block(case)
    found = _towards(case.network, table, table.vpc, _far_vpc(case), block) if table and block else None
    return f"Route {block} to what connects the two networks: {found}" if found else None


def dead_route(case: Case) -> str | None:
    """A blackhole: another target of the same kind, else no route."""
    table = case.table
    if table is None:
        return None
    dead = [r for r in table.routes or () if r.state == "blackhole"]
    held = next((r for r in dead if f"sends {r.destination} to" in case.blocker.why), None)
    if held is None:
        return None
    instead = _instead(case, table, held)
    if instead is None:
        out = f"aws ec2 delete-route --route-table-id {table.id} {destination(held.destination)}"
        return f"Take the dead route out: {out}"
    return f"Give it a target that is there: {script(instead, route(table, held.destination, target(instead.id)))}"


def _instead(case: Case, table: RouteTable, held: Route) -> Made | None:
    """Another target of the kind that is gone."""
    gone, network = held.target or "", case.network
    if gone.startswith("nat-") or (not gone and held.destination in OPEN):
        return nat_gateway(network, table.vpc, case.zone, table.id)
    if gone.startswith("igw-") and held.destination in OPEN:
        return internet_gateway(network, table.vpc)
    if gone.startswith("pcx-"):
        far = _far_vpc(case)
        joined = {table.vpc, far}
        peering = next((p for p in network.all(Peering) if p.status == "active" and _joined(p) == joined), None)
        one, other = network.things.get(table.vpc), network.things.get(far)
        if peering is not None:
            return Made(peering.id)
        if isinstance(one, Vpc) and isinstance(other, Vpc) and one.id != other.id:
            return _new_peering(one, other)
    return None


# -- peering ----------------------------------------------------------------------------------------------


def dead_peering(case: Case) -> str | None:
    """A peering connection that will not come back: a new one, with the routes of both sides."""
    peering = case.network.things.get(case.blocker.resource)
    if not isinstance(peering, Peering) or peering.status == "pending-acceptance":
        return None
    if peering.status in ("initiating-request", "provisioning"):
        read = f"aws ec2 describe-vpc-peering-connections --vpc-peering-connection-ids {peering.id}"
        return f"Wait until it is active: {read}"
    sides = [case.network.things.get(vpc) for vpc, _, _ in peering.sides]
    if len(sides) != 2 or not all(isinstance(side, Vpc) for side in sides):
        return None
    one, other = (side for side in sides if isinstance(side, Vpc))
    again = _new_peering(one, other)
    tables = [(t, r) for t in case.network.all(RouteTable) for r in t.routes or () if r.target == peering.id]
    line = script(again, *(route(t, r.destination, target(again.id)) for t, r in tables[:8]))
    return f"Create the peering connection again and point the routes of both sides at it: {line}"


def nobody(case: Case) -> str | None:
    """No interface has the address; which have some, AWS tells."""
    inside = case.blocker.resource.startswith(("vpc-", "subnet-"))
    if not inside or not case.address.endswith(("/32", "/128")):
        return None
    field = "ipv6-addresses.ipv6-address" if ":" in case.address else "addresses.private-ip-address"
    read = f"aws ec2 describe-network-interfaces --filters Name={field},Values={case.address.partition('/')[0]}"
    words = "Check the address; where another network has the same range, one of the two has to change"
    return f"{words}. Who has it: {read}"


def own_gateway_endpoint(case: Case) -> str | None:
    """A gateway endpoint serves only its own VPC: the sender's gets one."""
    endpoint = case.network.things.get(case.blocker.resource)
    table = table_of(case.network, case.subnet) if case.subnet else None
    if not isinstance(table, RouteTable) or not isinstance(endpoint, Endpoint):
        return None
    return (
        f"Give {table.vpc} a gateway endpoint of its own: aws ec2 create-vpc-endpoint --vpc-id {table.vpc} "
        f"--service-name {endpoint.service_name} --route-table-ids {table.id}"
    )
