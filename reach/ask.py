"""One question, start to finish: who asks, for what; trace every branch; fold; explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reach.aim import resolve
from reach.answer import SEVERITY, AfterFailover, Answer, Assumption, Finding, Note, Verdict
from reach.asker import Asker, askers
from reach.checks.ends import DISCONNECTED
from reach.checks.guard import Guard, partition
from reach.destinations import Destination, Resolved, of_addresses
from reach.diagnosis import diagnose, of_function
from reach.errors import QuestionError
from reach.explain import blockers, headline, layer_of, paths, unknowns
from reach.flow import Flow
from reach.fold import Branch, asked, dimension, fold, shadow
from reach.network import Database, Gap, Interface, Network
from reach.ports import Ports
from reach.target import Address, Target, parse
from reach.trace import outside, trace, trace_to_gap
from reach.traffic import (
    EPHEMERAL,
    ICMP,
    IPV4,
    IPV6,
    NAMES,
    PROTOCOL_NAMES,
    Ranges,
    Traffic,
    box,
    cidr,
    name_point,
    public_v4,
)

ECHO_REQUEST, ECHO_REPLY = Ranges.of(8 * 256), Ranges.of(0)


def ask(network: Network, source: str, target: str, family: str = "4") -> Answer:
    """Ask one question; a glob that names several sources is an error here.

    Raises
    ------
    QuestionError
        If the words cannot be read, name nothing, or name several sources.
    """
    found = askers(network, source)
    if len(found) > 1:
        names = ", ".join(a.info.id for a in found)
        raise QuestionError(f"{source!r} names {len(found)} functions", f"ask one of: {names}")
    return question(network, found[0], parse(target), family)


def ask_all(
    network: Network,
    source: str,
    targets: Sequence[str] = (),
    *,
    region: str | None = None,
    account: str | None = None,
    family: str = "4",
) -> tuple[Answer, ...]:
    """Every source that the words name × every target; without targets the usual ones."""
    out = []
    parsed = [parse(t) for t in targets]
    for asker in askers(network, source, region=region, account=account):
        for target in parsed or [parse(t) for t in default_targets(network, asker)]:
            out.append(question(network, asker, target, family))
    return tuple(out)


def default_targets(network: Network, asker: Asker) -> tuple[str, ...]:
    """internet, s3, dynamodb, then the databases and caches of the function's VPC."""
    usual = ["internet", "s3", "dynamodb"]
    if asker.vpc is None:
        return tuple(usual)
    mine = [d for d in network.databases if _vpc_of(network, d) == asker.vpc.id]
    named = [f"{'elasticache' if d.is_cache else 'rds'}:{d.name}" for d in mine]
    return tuple(usual + sorted(set(named), key=lambda n: (not n.startswith("rds:"), n)))


def _vpc_of(network: Network, database: Database) -> str | None:
    if database.vpc:
        return database.vpc
    subnets = [s for node in database.nodes for s in node.now or ()]
    return next((getattr(network.things.get(s), "vpc", None) for s in subnets), None)


def question(network: Network, asker: Asker, target: Target, family: str = "4") -> Answer:
    """Answer one parsed question."""
    resolved = resolve(network, asker, target, family)
    ports = _ports(target, resolved)
    resolved = _with_servers(resolved.network or network, asker, resolved)
    seen = resolved.network or network
    branches = _branches(seen, asker, resolved, resolved.nodes, ports)
    branches = [_diagnosed(network, asker, resolved, b) for b in branches]
    verdict = fold(branches)
    canonical = target.canonical(ports)
    found = blockers(branches)
    open_questions = unknowns(branches, verdict)
    notes, after = _failover(seen, asker, resolved, ports, verdict)
    notes = (*notes, *_notes(network, asker, resolved, ports, branches), *_ipv6(network, asker, target, family))
    layer = layer_of(verdict, found, open_questions)
    kind = dimension(branches, isinstance(target.what, Address)) if verdict is Verdict.PARTIAL else None
    return Answer(
        source=asker.info,
        target=canonical,
        target_as_typed=target.typed,
        verdict=verdict,
        layer=layer,
        headline=headline(asker.info.id, canonical, verdict, branches, found, open_questions, kind),
        asked=asked(shadow(t for b in branches for t in b.trails)),
        delivered=asked(_part(branches, Verdict.REACHABLE)),
        lost=asked(_part(branches, Verdict.BLOCKED)),
        undecided=asked(_part(branches, Verdict.UNKNOWN)),
        paths=paths(branches),
        blockers=found,
        unknowns=open_questions,
        after_failover=after,
        notes=tuple(dict.fromkeys(notes)),
        assumptions=_assumptions(network, asker, resolved, branches),
        dimension=kind,
        network=network,
    )


def _with_servers(network: Network, asker: Asker, resolved: Resolved) -> Resolved:
    """If the VPC has DNS servers of its own, a name resolves only where one of them can be reached (DNS-4)."""
    servers = asker.vpc.dns_servers if asker.vpc and any(g.check == "resolver" for g in resolved.first) else ()
    if not servers or asker.vpc is None:
        return resolved
    closed = []
    for server in servers:
        there = Resolved(of_addresses(network, asker.vpc, cidr(server)), Ranges.of(53))
        ways = [_branches(network, asker, there, there.nodes, Ports(p, ((53, 53),))) for p in ("udp", "tcp")]
        if all(fold(w) is Verdict.BLOCKED for w in ways):
            found = blockers(ways[0])
            closed.append(found[0].why if found else server)
    if len(closed) < len(servers):
        return resolved
    guard = Guard("servers_unreachable", asker.vpc.id, "dns", peer=closed[0].rstrip("."))
    return replace(resolved, first=(guard, *resolved.first))


def _ports(target: Target, resolved: Resolved) -> Ports:
    if target.ports is not None:
        return target.ports
    return Ports("tcp", resolved.ports.spans or ((0, 65535),))


def _part(branches: Sequence[Branch], verdict: Verdict) -> Traffic:
    return shadow(t for b in branches for t in b.trails if t.verdict is verdict)


def _branches(
    network: Network,
    asker: Asker,
    resolved: Resolved,
    nodes: Sequence[tuple[Destination, ...]],
    ports: Ports,
) -> list[Branch]:
    """One branch per interface of the source and per place that the target may be."""
    if asker.function is not None and not asker.function.attached:
        return [_unattached(network, asker, resolved, n, d, ports) for n, node in enumerate(nodes) for d in node]
    out = []
    for number, node in enumerate(nodes):
        for destination in node:
            for interface in asker.interfaces:
                flow = _flow(interface, destination, ports)
                gap = destination.gap or _portless(resolved, ports, destination) or _sourceless(interface, destination)
                if gap is not None:
                    trails = trace_to_gap(network, flow, gap, resolved.first)
                else:
                    trails = trace(network, flow, resolved.first)
                out.append(Branch(interface.subnet, number, destination, interface, trails))
    return out


def _portless(resolved: Resolved, ports: Ports, destination: Destination) -> Gap | None:
    """A named resource whose port is not in the data cannot be asked on "its own" port."""
    if resolved.database is None or resolved.ports or ports.ranges != ((0, 65535),):
        return None
    name = resolved.database.name
    return Gap(name, "the port (write it behind the name)", f"the port of {name} is not in the data")


def _sourceless(interface: Interface, destination: Destination) -> Gap | None:
    """A sender of which no IPv4 address is known cannot be followed."""
    if interface.addresses & IPV4 or destination.addresses <= IPV6:
        return None
    place = interface.subnet or interface.id
    return Gap(place, "ec2:DescribeSubnets", f"{place} has no IPv4 addresses in the data")


def _flow(interface: Interface, destination: Destination, ports: Ports) -> Flow:
    protocol = PROTOCOL_NAMES[ports.protocol]
    sport, dport = EPHEMERAL, Ranges.of(*ports.ranges)
    if protocol == ICMP:  # the sport axis holds the reply's type and code
        sport, dport = ECHO_REPLY, ECHO_REQUEST
    sources = interface.addresses & IPV4 or IPV4  # without any it is a gap
    if destination.addresses <= IPV6:
        sources = interface.ipv6 or IPV6  # without any the guard "ipv6" stops it
    traffic = Traffic((box(Ranges.of(protocol), sources, sport, destination.addresses, dport),))
    return Flow(traffic, interface, destination.receiver)


def _unattached(
    network: Network, asker: Asker, resolved: Resolved, number: int, destination: Destination, ports: Ports
) -> Branch:
    """A function in Lambda's own network: public destinations work, private ones do not (FNSRC-1, FN-03)."""
    function = asker.function
    assert function is not None
    nowhere = Interface(
        id=function.name, home=function.home, name=function.name, subnet="", vpc="", addresses=IPV4,
        groups=(), type="lambda", of=function.id,
    )  # fmt: skip
    flow = _flow(nowhere, destination, ports)
    if function.gap is not None:
        return Branch("", number, destination, nowhere, trace_to_gap(network, flow, function.gap))
    ending = "internet" if resolved.service is None else resolved.service[0]
    hidden = destination.gap is None and bool(destination.addresses - (public_v4() | NAMES | IPV6))
    private = resolved.private or destination.receiver is not None or hidden
    if destination.gap is not None and not private:
        trails = trace_to_gap(network, flow, destination.gap, resolved.first)
    elif private:
        what = resolved.database.name if resolved.database else destination.label
        place = (destination.receiver.vpc if destination.receiver else "") or "a VPC"
        why = f"{function.name} is not attached to a VPC; {what} has private addresses in {place}."
        fix = _attach(network, function.name, destination)
        shown = (function.proof("VpcConfig.SubnetIds", []),)
        found = partition(flow, flow.traffic, function.arn, DISCONNECTED, evidence=shown, why=why, fix=fix)
        trails = outside(network, flow, what, tuple(replace(f, cause="FUNCTION_NOT_IN_VPC") for f in found))
    else:
        trails = outside(network, flow, ending, (), resolved.first)
    return Branch("", number, destination, nowhere, trails)


def _attach(network: Network, name: str, destination: Destination) -> str:
    receiver = destination.receiver
    subnet = (receiver.subnet if receiver else "") or "SUBNET"
    return (
        f"aws lambda update-function-configuration --function-name {name} --vpc-config "
        f"SubnetIds={subnet},SecurityGroupIds=SG (then the function needs a NAT gateway for the internet)"
    )


def _diagnosed(network: Network, asker: Asker, resolved: Resolved, branch: Branch) -> Branch:
    def of(finding: Finding) -> Finding:
        return diagnose(network, asker, resolved, finding) if finding.verdict is Verdict.BLOCKED else finding

    trails = tuple(
        replace(t, hops=tuple(replace(h, findings=tuple(of(f) for f in h.findings)) for h in t.hops))
        for t in branch.trails
    )
    return replace(branch, trails=trails)


def _failover(
    network: Network, asker: Asker, resolved: Resolved, ports: Ports, now: Verdict
) -> tuple[tuple[Note, ...], AfterFailover | None]:
    """The same question for every subnet that the database may move to (DST-02)."""
    if not resolved.failover or resolved.database is None:
        return (), None
    present = {d.receiver.subnet for node in resolved.nodes for d in node if d.receiver}
    future = {d.receiver.subnet for node in resolved.failover for d in node if d.receiver}
    if future <= present:
        return (), None
    branches = _branches(network, asker, resolved, resolved.failover, ports)
    verdict = fold(branches)
    after = AfterFailover(verdict, blockers(branches))
    if SEVERITY[verdict] <= SEVERITY[now]:
        return (), after
    bad = sorted(
        {
            b.destination.receiver.subnet
            for b in branches
            if b.destination.receiver and b.destination.receiver.subnet and b.verdict is not Verdict.REACHABLE
        }
    )
    text = f"After a failover {resolved.database.name} may move to {', '.join(bad)}, where it is {verdict.value}."
    return (Note("DEST_FAILOVER_SUBNET", text, bad[0] if bad else resolved.database.name),), after


def _notes(
    network: Network, asker: Asker, resolved: Resolved, ports: Ports, branches: Sequence[Branch]
) -> tuple[Note, ...]:
    trailing = tuple(n for b in branches for t in b.trails for n in t.notes)
    return (
        *of_function(network, asker, resolved),
        *resolved.notes,
        *trailing,
        *_shadowed(network, asker, resolved, ports, branches),
        *_reader_port(network, asker, resolved, branches),
    )


def _ipv6(network: Network, asker: Asker, target: Target, family: str) -> tuple[Note, ...]:
    """The verdict over IPv6, for a function that sends it and was asked about IPv4."""
    if family != "4" or asker.function is None or not asker.function.ipv6 or isinstance(target.what, Address):
        return ()
    over = question(network, asker, target, "6")
    why = f": {over.blockers[0].title[0].lower()}{over.blockers[0].title[1:]}" if over.blockers else ""
    return (Note("IPV6_VERDICT", f"Over IPv6 {target.what} is {over.verdict.value}{why}.", asker.function.name),)


def _shadowed(
    network: Network, asker: Asker, resolved: Resolved, ports: Ports, branches: Sequence[Branch]
) -> tuple[Note, ...]:
    """A closed endpoint in front of a public path that would work (SVC-08)."""
    findings = [f for b in branches for t in b.trails for h in t.hops for f in h.findings]
    closed = next((f for f in findings if f.cause == "ENDPOINT_SG_CLOSED"), None)
    if closed is None or resolved.service is None:
        return ()

    public = Destination("public", name_point("@".join(resolved.service)))
    around = _branches(network, asker, replace(resolved, first=()), ((public,),), ports)
    if fold(around) is not Verdict.REACHABLE:
        return ()
    endpoint = next(d.receiver.of for node in resolved.nodes for d in node if d.receiver)
    text = f"{endpoint} takes over the name of {resolved.service[0]}: the NAT path would work, but is not used."
    return (Note("ENDPOINT_SHADOWS_NAT", text, endpoint),)


def _reader_port(network: Network, asker: Asker, resolved: Resolved, branches: Sequence[Branch]) -> tuple[Note, ...]:
    """A serverless cache also reads on 6380; closed, that is worth a note (DST-24)."""
    database = resolved.database
    if database is None or not database.note_ports or fold(branches) is not Verdict.REACHABLE:
        return ()
    ports = Ports("tcp", database.note_ports.spans)
    if fold(_branches(network, asker, resolved, resolved.nodes, ports)) is Verdict.REACHABLE:
        return ()
    text = f"Port 6380 of {database.name}, which cluster clients use for reads, is not open."
    return (Note("DEST_SG_PORT_MISMATCH", text, database.name),)


def _assumptions(
    network: Network, asker: Asker, resolved: Resolved, branches: Sequence[Branch]
) -> tuple[Assumption, ...]:
    out = [*resolved.assumptions]
    out += [a for b in branches for t in b.trails for a in t.assumptions]
    vpc = asker.vpc
    if vpc is not None and any(g.check == "resolver" for g in resolved.first):
        if vpc.dns_support is None:
            out.append(Assumption("DNS-2", f"enableDnsSupport of {vpc.id} is on; it was not collected."))
        if resolved.database is None and not network.has_collected(
            "route53:HostedZones", "route53:HostedZoneSummaries"
        ):
            text = "No private hosted zone, Resolver rule or DNS Firewall changes the name; they were not collected."
            out.append(Assumption("DNS-5", text))
        if vpc.dns_servers is None:
            out.append(Assumption("DNS-4", f"{vpc.id} uses the Amazon resolver; its DHCP options were not collected."))
    if vpc is not None and network.gap("Vpcs", vpc.home) is not None:
        out.append(Assumption("FNSRC-7", f"{vpc.id} has default tenancy; ec2:DescribeVpcs was not read."))
    gateways = any(h.kind == "internet_gateway" for b in branches for t in b.trails for h in t.hops)
    if vpc is not None and vpc.block_mode is None and gateways:
        out.append(Assumption("BPA-1", "VPC Block Public Access is off; its options were not collected."))
    return tuple(dict.fromkeys(out))
