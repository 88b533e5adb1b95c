"""What mends the way out: NAT and internet gateways, public addresses, and middleboxes before them."""

from __future__ import annotations

from shlex import quote

from reach.ask.made import (
    OPEN,
    destination,
    egress_only_gateway,
    elastic_ip,
    internet_gateway,
    kept,
    nat_gateway,
    new_nat_gateway,
    private_subnets,
    route,
    script,
    target,
    update,
    working_nat,
)
from reach.ask.remedies.case import Case
from reach.network import Attachment, Function, Interface, NatGateway, Route, RouteTable, Subnet
from reach.network.senders import Workload
from reach.routes import table_of
from reach.traffic import Ranges, public_v4

# -- NAT and internet gateways ----------------------------------------------------------------------------


def dead_nat(case: Case) -> str | None:
    """A NAT gateway that is down: every route to it gets another one."""
    nat = case.network.things.get(case.blocker.resource)
    if not isinstance(nat, NatGateway):
        return None
    if nat.state == "pending":
        return f"Wait until it is available: aws ec2 wait nat-gateway-available --nat-gateway-ids {nat.id}"
    return _other_nat(case, nat, "Send the traffic through a NAT gateway that works")


def private_nat(case: Case, nat: NatGateway) -> str | None:
    """A private one at an internet gateway."""
    return _other_nat(case, nat, "Send the traffic through a public NAT gateway")


def _other_nat(case: Case, nat: NatGateway, words: str) -> str | None:
    routes = [(t, r) for t in case.network.in_vpc(RouteTable, nat.vpc) for r in t.routes or () if r.target == nat.id]
    if not routes:
        return None
    other = nat_gateway(case.network, nat.vpc, case.zone, routes[0][0].id)
    if other.id == nat.id:
        other = new_nat_gateway(case.network, nat.vpc, case.zone, routes[0][0].id)
    line = script(other, *(route(t, r.destination, target(other.id)) for t, r in routes[:4]))
    return f"{words}: {line}"


def own_nat(case: Case) -> str | None:
    """A NAT gateway of the sender's own VPC instead of another network's."""
    table = _senders_table(case)
    if table is None or not case.addresses or not _public(case.addresses):
        return None
    nat = nat_gateway(case.network, table.vpc, case.zone, table.id)
    return f"Give {table.vpc} a way out of its own: {script(nat, route(table, OPEN[0], target(nat.id)))}"


def _public(addresses: Ranges) -> bool:
    return bool(addresses & public_v4())


def _senders_table(case: Case) -> RouteTable | None:
    found = table_of(case.network, case.subnet) if case.subnet else None
    return found if isinstance(found, RouteTable) else None


def loop(case: Case) -> str | None:
    """A NAT gateway whose own subnet leads back to it."""
    table = case.table
    if table is None:
        return None
    nats = {n.id for n in case.network.all(NatGateway)}
    held = next((r for r in table.routes or () if r.target in nats), None)
    if held is None:
        led = _named(table, case.blocker.why)
        out = f"aws ec2 delete-route --route-table-id {table.id} {destination(led.destination)}" if led else ""
        return f"Take the route that leads back out of {table.id}: {out}" if out else None
    nat = new_nat_gateway(case.network, table.vpc, case.zone, table.id)
    line = script(nat, route(table, held.destination, target(nat.id)))
    return f"Put a NAT gateway into a public subnet, whose table leads to an internet gateway: {line}"


def no_public_address(case: Case) -> str | None:
    """A sender without a public address at an internet gateway."""
    network, sender = case.network, case.asker
    shown = case.blocker.evidence[0].resource if case.blocker.evidence else ""
    record = network.things.get(shown)
    if isinstance(record, NatGateway):
        return private_nat(case, record)
    if sender.info.kind == "instance" and not isinstance(record, Interface):
        record = next((i for i in sender.interfaces if i.id.startswith("eni-")), record)
    if isinstance(record, Interface):
        address = elastic_ip()
        command = f"aws ec2 associate-address --network-interface-id {record.id} --allocation-id {address.id}"
        first = case.blocker.why.partition(" of ")[0]  # of several addresses the one that has none
        command += f" --private-ip-address {first}" if first.replace(".", "").isdigit() else ""
        return f"Give it an Elastic IP: {script(address, command)}"
    if case.blocker.evidence and case.blocker.evidence[0].field == "VpcId":
        return _central_egress(case)
    if isinstance(sender.workload, Workload):
        return _moved_workload(case, sender.workload)
    if sender.function is not None:
        return _moved(case, sender.function)
    return None


def unsupported(case: Case) -> str | None:
    """An Elastic IP on a function's interface: a NAT gateway is what AWS supports."""
    named = (case.blocker.needs or "").startswith("a supported way out")
    return _moved(case, case.function) if named and case.function else None


def _moved(case: Case, function: Function) -> str | None:
    subnets = private_subnets(case.network, case.vpc, case.zone)
    if subnets is None:
        return None
    line = script(subnets, update(function, subnets.id, ",".join(function.groups)))
    nat = working_nat(case.network, case.vpc, "")
    there = f" (there is {nat.id})" if nat and subnets.lines else ""
    return f"Move {function.name} to private subnets whose route table sends 0.0.0.0/0 to a NAT gateway{there}: {line}"


def _moved_workload(case: Case, workload: Workload) -> str | None:
    """By the command of its kind; those that cannot be moved are made again."""
    subnets = private_subnets(case.network, case.vpc, case.zone)
    kind, _, name = workload.word.partition(":")
    if subnets is None:
        return None
    words = f"Run {workload.word} in private subnets whose route table sends 0.0.0.0/0 to a NAT gateway"
    groups = ",".join(workload.groups)
    if kind == "ecs":
        cluster, _, service = name.partition("/")
        config = f"awsvpcConfiguration={{subnets=[{subnets.id}],securityGroups=[{groups}]}}"
        command = f"aws ecs update-service --cluster {quote(cluster)} --service {quote(service)} "
        return f"{words}: {script(subnets, command + f'--network-configuration {_shell(config)}')}"
    if kind == "codebuild":
        config = f"vpcId={case.vpc},subnets=[{subnets.id}],securityGroupIds=[{groups}]"
        command = f"aws codebuild update-project --name {quote(name)} --vpc-config {_shell(config)}"
        return f"{words}: {script(subnets, command)}"
    return _routed_privately(case, words)


def _routed_privately(case: Case, words: str) -> str | None:
    """What cannot be moved stays in its subnet, which becomes a private one."""
    subnet = case.subnet
    if subnet is None:
        return None
    table = _senders_table(case)
    nat = nat_gateway(case.network, subnet.vpc, subnet.zone, table.id if table else "")
    private = kept("RTB", f"aws ec2 create-route-table --vpc-id {subnet.vpc}", "RouteTable.RouteTableId")
    routed = f"aws ec2 create-route --route-table-id $RTB {destination(OPEN[0])} {target(nat.id)}"
    given = f"aws ec2 associate-route-table --route-table-id $RTB --subnet-id {subnet.id}"
    return f"{words}, or make {subnet.id} private: {script(nat, private, routed, given)}"


def _shell(text: str) -> str:
    """One word of a shell in which variables are still read."""
    return f'"{text}"'


def _central_egress(case: Case) -> str | None:
    """Traffic of other VPCs at an internet gateway: the table that it came by needs a NAT gateway."""
    gateway = case.blocker.resource
    tables = [t for t in case.network.all(RouteTable) if any(r.target == gateway for r in t.routes or ())]
    feet = {id for a in case.network.all(Attachment) for id in a.subnets or ()}
    table = next((t for t in tables if set(t.subnets) & feet), None)
    if table is None:
        return None
    nat = nat_gateway(case.network, table.vpc, case.zone, table.id)
    return f"Let {table.id} send it through a NAT gateway: {script(nat, route(table, OPEN[0], target(nat.id)))}"


def native_ipv6(case: Case) -> str | None:
    """IPv6 at a NAT gateway: an egress-only internet gateway carries it."""
    table = _senders_table(case)
    if table is None or not case.blocker.resource.startswith("nat-"):
        return None
    gateway = egress_only_gateway(case.network, table.vpc)
    line = script(gateway, route(table, "::/0", target(gateway.id)))
    return f"Route ::/0 to an egress-only internet gateway: {line}"


def own_egress_only(case: Case) -> str | None:
    """IPv6 of another VPC at an egress-only internet gateway: the sender's VPC needs its own."""
    table = _senders_table(case)
    if table is None:
        return None
    gateway = egress_only_gateway(case.network, table.vpc)
    line = script(gateway, route(table, "::/0", target(gateway.id)))
    return f"Give {table.vpc} an egress-only internet gateway of its own: {line}"


def not_public(case: Case) -> str | None:
    """A public address in a subnet that does not lead out."""
    table = case.table
    if table is None:
        return None
    gateway = internet_gateway(case.network, table.vpc)
    block = OPEN[1] if OPEN[1] in case.blocker.fix else OPEN[0]
    return script(gateway, route(table, block, target(gateway.id)))


def appliance_address(case: Case) -> str | None:
    """An appliance behind a gateway's route table needs a public address."""
    address = elastic_ip()
    id = case.blocker.resource
    return script(address, f"aws ec2 associate-address --network-interface-id {id} --allocation-id {address.id}")


def zone_of_nat(case: Case) -> str | None:
    """A zone more for a regional NAT gateway."""
    address, nat = elastic_ip(), case.blocker.resource
    if not case.zone:
        return None
    command = f"aws ec2 associate-nat-gateway-address --nat-gateway-id {nat} --availability-zone {case.zone} "
    line = script(address, f"{command}--allocation-ids {address.id}")
    return f"Give {nat} an Elastic IP for {case.zone}: {line}"


# -- middleboxes ------------------------------------------------------------------------------------------


def asymmetric(case: Case) -> str | None:
    """Request and reply past different middleboxes: the table that skips one gets the route to it."""
    blocker, network = case.blocker, case.network
    if blocker.fix.startswith("aws ") or not blocker.evidence:
        return None
    if blocker.fix.startswith("Give ") and "EDGE_TABLE" in blocker.fix:
        return _edge_table(case)
    table, own = case.table, _senders_table(case)
    receiver = case.receiver
    place = network.get(receiver.subnet) if receiver and receiver.subnet else None
    led = _named(table, blocker.why) if table else None
    if table is None or led is None:
        return None
    translates = (led.target or "").startswith("nat-")  # which keeps replies for itself
    if own is not None and isinstance(place, Subnet) and place.vpc == own.vpc and not translates:
        line = route(own, place.cidr, target(led.target or ""))
        return f"Send the request through {led.target} too: {line}"
    return f"Take the route out: aws ec2 delete-route --route-table-id {table.id} {destination(led.destination)}"


def _named(table: RouteTable, why: str) -> Route | None:
    """The route whose target is named in the explanation."""
    return next((r for r in table.routes or () if r.target != "local" and (r.target or "-") in why), None)


def _edge_table(case: Case) -> str | None:
    """A route table for the internet gateway itself."""
    gateway, _, rest = case.blocker.fix.removeprefix("Give ").partition(" ")
    options = rest.partition("--route-table-id EDGE_TABLE ")[2]
    if not options or not case.vpc:
        return None
    table = kept("EDGE", f"aws ec2 create-route-table --vpc-id {case.vpc}", "RouteTable.RouteTableId")
    associated = f"aws ec2 associate-route-table --gateway-id {gateway} --route-table-id $EDGE"
    line = script(table, associated, f"aws ec2 create-route --route-table-id $EDGE {options}")
    return f"Give {gateway} a route table of its own: {line}"


def redirected(case: Case) -> str | None:
    """A gateway's own table leads to a middlebox that the subnet's table goes past."""
    table = case.network.things.get(case.blocker.resource)
    if "aws " in case.blocker.fix or not isinstance(table, RouteTable):
        return None
    led = _named(table, case.blocker.why)
    receiver = case.receiver
    place = case.network.get(receiver.subnet) if receiver and receiver.subnet else None
    own = table_of(case.network, place) if isinstance(place, Subnet) else None
    if led is None or not isinstance(own, RouteTable):
        return None
    line = route(own, OPEN[0], target(led.target or ""))
    return f"Point the subnet's default route at the same middlebox, or take the route out of {table.id}: {line}"


def ambiguous(case: Case) -> str | None:
    """Two overlapping prefix lists: both routes get one target."""
    table = case.table
    lists = [r for r in table.routes or () if r.is_prefix_list and r.destination in case.blocker.why] if table else []
    if table is None or len(lists) < 2 or not lists[0].target:
        return None
    line = route(table, lists[1].destination, target(lists[0].target))
    return f"Make the lists disjoint, or give both routes the same target: {line}"
