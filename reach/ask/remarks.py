"""What stands beside a verdict: the time after a failover, notes, and what was taken for granted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from reach.answer import SEVERITY, AfterFailover, Assumption, Direction, Note, Verdict
from reach.ask.asker import Asker
from reach.ask.branches import branched
from reach.ask.condition import beside_a_success, of_function, own_logs
from reach.ask.explain import blockers
from reach.ask.fold import Branch, fold
from reach.checks.roles import lacking
from reach.destinations import Destination, Resolved
from reach.dns.databases import of_database
from reach.network import Database, Network
from reach.ports import Ports
from reach.traffic import name_point

# What may change a name in a VPC: the rule, the collections that tell of it, and what is assumed without them.
NAMERS = (
    ("DNS-5", ("route53:HostedZones", "route53:HostedZoneSummaries"), "No private hosted zone changes the name"),
    ("DNS-6", ("route53resolver:ResolverRuleAssociations",), "No Resolver rule forwards the name"),
    ("DNS-7", ("route53resolver:FirewallRuleGroupAssociations",), "No DNS Firewall blocks the name"),
)


def failover(
    network: Network, asker: Asker, resolved: Resolved, ports: Ports, now: Verdict
) -> tuple[tuple[Note, ...], AfterFailover | None]:
    """The same question for every other subnet that the database may move to (DST-02, DBDST-2)."""
    if not resolved.failover or resolved.database is None:
        return (), None
    present = {d.receiver.subnet for node in resolved.nodes for d in node if d.receiver}
    elsewhere = tuple(
        node for node in resolved.failover if not all(d.receiver and d.receiver.subnet in present for d in node)
    )
    if not elsewhere:
        return (), None
    branches = branched(network, asker, resolved, elsewhere, ports)
    verdict = fold(branches)
    after = AfterFailover(verdict, blockers(branches))
    if SEVERITY[verdict] <= SEVERITY[now]:
        return (), after
    worse = {
        b.destination.receiver.subnet: b
        for b in branches
        if b.destination.receiver and b.destination.receiver.subnet and b.verdict is not Verdict.REACHABLE
    }
    bad = sorted(worse)
    there = fold([b for b in branches if b.destination.receiver and b.destination.receiver.subnet in worse])
    fares = {Verdict.PARTIAL: "where only a part of this works"}.get(there, f"where it is {there.value}")
    text = f"After a failover {resolved.database.name} may move to {', '.join(bad)}, {fares}."
    return (Note("DEST_FAILOVER_SUBNET", text, bad[0] if bad else resolved.database.name),), after


def beside(
    network: Network, asker: Asker, resolved: Resolved, ports: Ports, branches: Sequence[Branch]
) -> tuple[Note, ...]:
    trailing = tuple(n for b in branches for t in b.trails for n in t.notes)
    return (
        *of_function(network, asker),
        *resolved.notes,
        *trailing,
        *_shadowed(network, asker, resolved, ports, branches),
        *_reader_port(network, asker, resolved, branches),
        *beside_a_success(asker.function, fold(branches)),
        *own_logs(asker.function, resolved.service, fold(branches)),
        *_behind_proxy(network, asker, resolved),
        *_hints(resolved, branches),
    )


def _hints(resolved: Resolved, branches: Sequence[Branch]) -> tuple[Note, ...]:
    """What a client has to do besides, once the way is open (DST-26)."""
    database = resolved.database
    if database is None or fold(branches) is not Verdict.REACHABLE:
        return ()
    return tuple(Note("CLIENT_HINT", hint, database.name) for hint in database.hints)


def _behind_proxy(network: Network, asker: Asker, resolved: Resolved) -> tuple[Note, ...]:
    """The second leg of a proxy: from its own subnets and groups to each database behind it (DST-12, NEED-16)."""
    proxy = resolved.database
    if proxy is None or not proxy.behind:
        return ()
    from reach.ask.remedies.whose import placed

    nodes = of_database(network, proxy, proxy.nodes).nodes
    sender = replace(asker, interfaces=tuple(d.receiver for n in nodes for d in n if d.receiver), function=None)
    out = []
    for name, ails in proxy.behind:
        found = next((d for d in network.all(Database) if d.service == "rds" and d.named(name)), None)
        first = next(iter(blockers(_second_leg(network, sender, found))), None) if found else None
        if first is not None:
            text = f"{proxy.name} cannot reach {name} behind it: {first.why} Fix: {placed(network, sender, first).fix}"
        elif ails:
            text = f"{proxy.name} says of {name} behind it: {ails}."
        else:
            continue
        out.append(Note("PROXY_TO_DB_BLOCKED", text, first.resource if first else proxy.name))
    return tuple(out)


def _second_leg(network: Network, sender: Asker, database: Database) -> list[Branch]:
    to = of_database(network, database, database.nodes)
    return branched(network, sender, to, to.nodes, Ports("tcp", to.ports.spans or ((0, 65535),)))


def _shadowed(
    network: Network, asker: Asker, resolved: Resolved, ports: Ports, branches: Sequence[Branch]
) -> tuple[Note, ...]:
    """A closed endpoint in front of a public path that would work (SVC-08)."""
    findings = [f for b in branches for t in b.trails for h in t.hops for f in h.findings]
    closed = next((f for f in findings if f.cause == "ENDPOINT_SG_CLOSED"), None)
    if closed is None or resolved.service is None or resolved.private:
        return ()
    if any(d.doubt for node in resolved.nodes for d in node):  # it may not take the name over at all
        return ()
    public = Destination("public", name_point("@".join(resolved.service)))
    around = branched(network, asker, replace(resolved, first=()), ((public,),), ports)
    if fold(around) is not Verdict.REACHABLE:
        return ()
    endpoint = next(d.receiver.of for node in resolved.nodes for d in node if d.receiver)
    text = f"{endpoint} takes over the name of {resolved.service[0]}: {_around(around)} would work, but is not used."
    return (Note("ENDPOINT_SHADOWS_NAT", text, endpoint),)


PUBLIC_WAYS = (
    ("gateway_endpoint", "the gateway endpoint {}"),
    ("nat_gateway", "the NAT path over {}"),
    ("internet_gateway", "the public path over {}"),
)


def _around(branches: Sequence[Branch]) -> str:
    """The public path in words: by what it gets out."""
    there = [h for b in branches for t in b.trails for h in t.hops if h.direction is Direction.FORWARD]
    found = ((words, next((h.resource for h in there if h.kind == kind), "")) for kind, words in PUBLIC_WAYS)
    return next((words.format(resource) for words, resource in found if resource), "the public path")


def _reader_port(network: Network, asker: Asker, resolved: Resolved, branches: Sequence[Branch]) -> tuple[Note, ...]:
    """A serverless cache also reads on 6380; closed, that is worth a note (DST-24)."""
    database = resolved.database
    if database is None or not database.note_ports or fold(branches) is not Verdict.REACHABLE:
        return ()
    ports = Ports("tcp", database.note_ports.spans)
    if fold(branched(network, asker, resolved, resolved.nodes, ports)) is Verdict.REACHABLE:
        return ()
    text = f"Port 6380 of {database.name}, which cluster clients use for reads, is not open."
    return (Note("DEST_SG_PORT_MISMATCH", text, database.name),)


def assumptions(
    network: Network, asker: Asker, resolved: Resolved, branches: Sequence[Branch]
) -> tuple[Assumption, ...]:
    out = [*resolved.assumptions]
    out += [a for b in branches for t in b.trails for a in t.assumptions]
    vpc = asker.vpc
    function = asker.function
    if function is not None and function.attached and function.setting_up and lacking(network, function) is None:
        text = f"The role of {function.name} may make network interfaces; not all of its policies were read."
        out.append(Assumption("PERM-01", text))
    if resolved.service is not None and fold(branches) is not Verdict.BLOCKED and _asks_policies(branches):
        text = f"IAM lets {asker.info.id} call {resolved.service[0]}: policies of callers are not evaluated."
        out.append(Assumption("AUTH-03", text))
    if vpc is not None and any(g.check == "resolver" for g in resolved.first):
        if vpc.dns_support is None and not vpc.dns_support_open:
            out.append(Assumption("DNS-2", f"enableDnsSupport of {vpc.id} is on; it was not collected."))
        for rule, keys, text in NAMERS:
            if all(network.gap(key, vpc.home) for key in keys):
                out.append(Assumption(rule, f"{text}; that was not collected."))
        if vpc.dns_servers is None:
            out.append(Assumption("DNS-4", f"{vpc.id} uses the Amazon resolver; its DHCP options were not collected."))
    if vpc is not None and network.gap("Vpcs", vpc.home) is not None:
        out.append(Assumption("FNSRC-7", f"{vpc.id} has default tenancy; ec2:DescribeVpcs was not read."))
        out.append(Assumption("ENC-1", f"{vpc.id} does not enforce encryption; ec2:DescribeVpcs was not read."))
    gateways = any(h.kind == "internet_gateway" for b in branches for t in b.trails for h in t.hops)
    if vpc is not None and vpc.block_mode is None and gateways:
        out.append(Assumption("BPA-1", "VPC Block Public Access is off; its options were not collected."))
    out += _inferred(network, asker, resolved, branches)
    return tuple(dict.fromkeys(out))


def _inferred(network: Network, asker: Asker, resolved: Resolved, branches: Sequence[Branch]) -> Iterator[Assumption]:
    """What a plan does not say outright of anything that this answer rests on."""
    if not network.inferred:
        return
    met = {asker.info.id, asker.info.vpc or "", *asker.info.subnets, *asker.info.security_groups}
    met |= {resolved.database.name} if resolved.database else set()
    for branch in branches:
        for end in filter(None, (branch.source, branch.destination.receiver)):
            met |= {end.id, end.of, end.subnet, *(end.groups or ())}
        for hop in (h for t in branch.trails for h in t.hops):
            met.add(hop.resource)
            for finding in hop.findings:
                met |= {finding.resource, *finding.resources, *(e.resource for e in finding.evidence)}
    for text, ids in network.inferred.items():
        if ids & met:
            yield Assumption("INFERRED", f"{text}.")


def _asks_policies(branches: Sequence[Branch]) -> bool:
    """Whether a policy on the way had a say: then somebody could take a pass for a permission (AUTH-03)."""
    hops = (h for b in branches for t in b.trails for h in t.hops)
    return any(h.kind in ("gateway_endpoint", "interface_endpoint") or h.detail == "policy" for h in hops)
