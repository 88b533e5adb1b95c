"""The inbound side of a public address: its subnet has to lead back to the sender through an internet gateway."""

from __future__ import annotations

from dataclasses import replace

from reach.answer import Verdict
from reach.checks.ends import NO_ROUTE
from reach.checks.guard import Findings, Guard, partition, undecided, unreadable
from reach.flow import Flow
from reach.network import Gap, InternetGateway, Network, RouteTable, Subnet
from reach.routes import Chosen, Undecided, choices, table_of


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
            continue
        target = network.get(choice.route.target or "", table.home) if isinstance(choice, Chosen) else None
        if isinstance(target, InternetGateway) and target.attachments is None:
            why = f"the record of {target.id} has no Attachments"
            target = Gap(target.id, "ec2:DescribeInternetGateways", why)
        if isinstance(target, Gap):
            out.append((undecided(part.traffic, target),))
        else:
            opens = isinstance(target, InternetGateway) and not target.egress_only and _leads_out(target, subnet.vpc)
            out.append(_routed(part, table, choice.route if isinstance(choice, Chosen) else None, opens))
    return tuple(f for found in out for f in found)


def _leads_out(gateway: InternetGateway, vpc: str) -> bool:
    return any(v == vpc and state in ("attached", "available") for v, state in gateway.attachments or ())


def _routed(part: Flow, table: RouteTable, route: object, opens: bool) -> Findings:
    index = getattr(route, "index", None)
    field = "Routes" if index is None else f"Routes[{index}]"
    shown = (table.proof(field, getattr(route, "target", None) or [r.destination for r in table.routes or ()]),)
    stopped = part.traffic - part.traffic if opens else part.traffic
    why = f"{table.id} does not lead back to the internet, so a public address in its subnets answers nobody outside."
    fix = f"aws ec2 create-route --route-table-id {table.id} --destination-cidr-block 0.0.0.0/0 --gateway-id IGW"
    found = partition(part, stopped, table.id, NO_ROUTE, evidence=shown, why=why, fix=fix)
    return tuple(replace(f, cause="DEST_NOT_PUBLIC") if f.verdict is Verdict.BLOCKED else f for f in found)
