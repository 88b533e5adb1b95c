"""The inbound side of a public address: in by an internet gateway, and back by the same way."""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Finding, Verdict
from reach.checks.ends import AMBIGUOUS, BAD_ROUTE, NO_ROUTE, UNSUPPORTED
from reach.checks.guard import Findings, Guard, partition, undecided, unreadable
from reach.checks.middleboxes import REDIRECTED
from reach.flow import Flow
from reach.network import Endpoint, Gap, InternetGateway, Network, Route, RouteTable, Subnet
from reach.routes import Chosen, Rivals, Undecided, choices, table_of
from reach.traffic import IPV6, Traffic


def way_back(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Partition replies by whether the subnet's table sends them to an attached internet gateway (DBDST-4, IGW-2)."""
    subnet = network.get(guard.resource)
    table = table_of(network, subnet) if isinstance(subnet, Subnet) else subnet
    if not isinstance(table, RouteTable) or not isinstance(subnet, Subnet):
        why = table.why if isinstance(table, Gap) else f"the route table of {guard.resource} is not in the data"
        needs = table.needs if isinstance(table, Gap) else "ec2:DescribeRouteTables"
        return unreadable(flow, Gap(guard.resource, needs, why))
    out: list[Findings] = []
    for choice in choices(network, table):
        part = flow.to(choice.covers)
        if not part:
            continue
        if isinstance(choice, Undecided):
            out.append((undecided(part.traffic, choice.gap),))
        elif isinstance(choice, Rivals):
            each = [_along(network, part, table, subnet, route) for route in choice.routes]
            alike = len({f.verdict for found in each for f in found}) == 1
            out.append(each[0] if alike else (_either(part, table, choice),))
        else:
            out.append(_along(network, part, table, subnet, choice.route if isinstance(choice, Chosen) else None))
    return tuple(f for found in out for f in found)


def _along(network: Network, part: Flow, table: RouteTable, subnet: Subnet, route: Route | None) -> Findings:
    """What becomes of replies by one route."""
    target = network.get(route.target or "", table.home) if route else None
    if isinstance(target, InternetGateway) and target.attachments is None:
        why = f"the record of {target.id} has no Attachments"
        target = Gap(target.id, "ec2:DescribeInternetGateways", why)
    if route and route.state == "blackhole":
        return (_dead(part, table, route),)
    if route and route.state != "active":
        why = f"{table.id} lists {route.text} in the unknown state {route.state!r}"
        return (undecided(part.traffic, Gap(table.id, "a known State", why)),)
    if isinstance(target, Gap):
        return (undecided(part.traffic, target),)
    if route and _inspects(network, route):
        return (_uninspected(part, table, route),)
    if isinstance(target, InternetGateway) and not target.egress_only and _leads_out(target, subnet.vpc):
        return _redirected(network, part, target, subnet) or _routed(network, part, table, route, opens=True)
    return _routed(network, part, table, route, opens=False)


def _either(part: Flow, table: RouteTable, rivals: Rivals) -> Finding:
    """One of several routes, whose ends differ (RT-9)."""
    words = " and ".join(route.text for route in rivals.routes)
    why = f"{table.id} lists {words}: the prefix lists overlap, AWS picks one of the routes and keeps it."
    shown = tuple(table.proof(f"Routes[{route.index}]", route.text) for route in rivals.routes)
    found = (part.traffic, Verdict.UNKNOWN, table.id, shown, AMBIGUOUS)
    return Finding(*found, why=why, fix=AMBIGUOUS.fix, needs="a single route")


def _dead(part: Flow, table: RouteTable, route: Route) -> Finding:
    """A blackhole drops the replies, whatever its target has become since (RT-10)."""
    why = f"{table.id} sends {route.destination} to {route.target or 'a target that is gone'}, which is a blackhole."
    shown = (table.proof(f"Routes[{route.index}].State", route.state),)
    return Finding(part.traffic, Verdict.BLOCKED, table.id, shown, BAD_ROUTE, why=why, fix=BAD_ROUTE.fix)


def _inspects(network: Network, route: Route) -> bool:
    """Whether a route hands the replies to something that may have let the request in: an appliance or a firewall."""
    target = network.things.get(route.target or "")
    endpoint = isinstance(target, Endpoint) and target.type.lower() == "gatewayloadbalancer"
    return endpoint or (route.target or "").startswith(("eni-", "i-")) or route.target_key == "IpAddress"


def _uninspected(part: Flow, table: RouteTable, route: Route) -> Finding:
    """Behind a firewall both directions depend on the gateway's own table, which is not followed inwards."""
    why = f"{table.id} sends the replies to {route.target}: whether the request came in through it is not decided."
    shown = (table.proof(f"Routes[{route.index}]", route.target),)
    needs = f"what {route.target} does with connections from outside"
    found = (part.traffic, Verdict.UNKNOWN, table.id, shown, UNSUPPORTED)
    return Finding(*found, why=why, fix=UNSUPPORTED.fix, needs=needs)


def _redirected(network: Network, part: Flow, gateway: InternetGateway, subnet: Subnet) -> Findings:
    """The gateway's own table may hand what comes in to a middlebox that the replies go past (RT-17)."""
    edge = next((t for t in network.in_vpc(RouteTable, subnet.vpc) if gateway.id in t.gateways), None)
    mine = part.receiver.addresses & subnet.addresses if part.receiver else subnet.addresses
    led = [c for c in choices(network, edge) if c.covers & mine] if edge else []
    away = [c.route for c in led if isinstance(c, Chosen) and c.route.target != "local"]
    if edge is None or not led or (not away and all(isinstance(c, Chosen) for c in led)):
        return ()
    if len(away) < len(led):
        why = f"whether {edge.id}, the route table of {gateway.id}, leads straight to {subnet.id} is not known"
        return unreadable(part, Gap(edge.id, f"the address in {subnet.id}", why))
    why = f"{edge.id}, the route table of {gateway.id}, hands what comes in for {subnet.id} to {away[0].target}; "
    why += f"the replies go straight to {gateway.id}."
    shown = (edge.proof(f"Routes[{away[0].index}]", away[0].text),)
    return partition(part, part.traffic, edge.id, REDIRECTED, evidence=shown, why=why, fix=REDIRECTED.fix)


def _leads_out(gateway: InternetGateway, vpc: str) -> bool:
    return any(v == vpc and state in ("attached", "available") for v, state in gateway.attachments or ())


def _routed(network: Network, part: Flow, table: RouteTable, route: Route | None, *, opens: bool) -> Findings:
    field = "Routes" if route is None else f"Routes[{route.index}]"
    shown = (table.proof(field, route.target if route else [r.destination for r in table.routes or ()]),)
    stopped = Traffic() if opens else part.traffic
    mine = [g.id for g in network.all(InternetGateway) if not g.egress_only and _leads_out(g, table.vpc)]
    gateway = next(iter(mine), "IGW")
    why = f"{table.id} does not lead back to the internet, so a public address in its subnets answers nobody outside."
    first = "" if mine else f"Attach an internet gateway to {table.vpc}, then: "
    six = part.destinations <= IPV6
    block = "--destination-ipv6-cidr-block ::/0" if six else "--destination-cidr-block 0.0.0.0/0"
    words = f"--route-table-id {table.id} {block} --gateway-id {gateway}"
    fix = f"{first}aws ec2 create-route {words}"
    found = partition(part, stopped, table.id, NO_ROUTE, evidence=shown, why=why, fix=fix)
    return tuple(replace(f, cause="DEST_NOT_PUBLIC") if f.verdict is Verdict.BLOCKED else f for f in found)
