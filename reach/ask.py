"""One question, start to finish: who asks, for what; trace every branch; fold; explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from reach.aim import resolve
from reach.answer import Answer, Finding, Note, Verdict
from reach.asker import Asker, askers, planned
from reach.branches import branched
from reach.destinations import Resolved
from reach.diagnosis import diagnose
from reach.errors import QuestionError
from reach.explain import blockers, headline, layer_of, paths, unknowns
from reach.fold import Branch, asked, dimension, fold, shadow
from reach.judge import judged
from reach.nameservers import asked_servers
from reach.network import Database, Network
from reach.ports import Ports
from reach.remarks import assumptions, beside, failover
from reach.request import asked_of
from reach.target import Address, Target, parse
from reach.traffic import Traffic
from reach.vpc_config import VpcConfig


def ask(network: Network, source: str, target: str, family: str = "4", actions: tuple[str, ...] = ()) -> Answer:
    """Ask one question; a glob that names several sources is an error here.

    Raises
    ------
    QuestionError
        If the words cannot be read, name nothing, or name several sources.
    """
    found = askers(network, source)
    if len(found) > 1:
        names = ", ".join(a.words for a in found)
        raise QuestionError(f"{source!r} names {len(found)} functions or versions", f"ask one of: {names}")
    return question(network, found[0], parse(target), family, actions)


def ask_all(
    network: Network,
    source: str,
    targets: Sequence[str] = (),
    *,
    region: str | None = None,
    account: str | None = None,
    family: str = "4",
    actions: tuple[str, ...] = (),
    vpc_config: VpcConfig | None = None,
) -> tuple[Answer, ...]:
    """Every source that the words name × every target; without targets the usual ones.

    `vpc_config` asks about a function that has this configuration, whether it exists yet or not.
    """
    if vpc_config is not None:
        network = planned(network, source, vpc_config, region=region, account=account)
    out = []
    parsed = [parse(t) for t in targets]
    for asker in askers(network, source, region=region, account=account):
        for target in parsed or [parse(t) for t in default_targets(network, asker)]:
            out.append(question(network, asker, target, family, actions))
    return tuple(out)


def default_targets(network: Network, asker: Asker) -> tuple[str, ...]:
    """internet, s3, dynamodb, then the databases and caches of the function's VPC."""
    usual = ["internet", "s3", "dynamodb"]
    if asker.vpc is None:
        return tuple(usual)
    mine = [d for d in network.databases if _vpc_of(network, d) == asker.vpc.id]
    named = {d.word: d.hop for d in mine}
    return tuple(usual + sorted(named, key=lambda word: (named[word] == "cache", word)))


def _vpc_of(network: Network, database: Database) -> str | None:
    if database.vpc:
        return database.vpc
    subnets = [s for node in database.nodes for s in node.now or ()]
    return next((getattr(network.things.get(s), "vpc", None) for s in subnets), None)


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of the traffic of one question, before anybody explains it."""

    resolved: Resolved
    ports: Ports
    network: Network  # in which it was traced
    branches: list[Branch]
    notes: tuple[Note, ...] = ()  # what policies on the way leave open


def follow(
    network: Network, asker: Asker, target: Target, family: str = "4", actions: tuple[str, ...] = ()
) -> Followed:
    """Trace the traffic of one parsed question to wherever the target may be."""
    resolved = resolve(network, asker, target, family)
    ports = _ports(target, resolved)
    resolved = asked_servers(resolved.network or network, asker, resolved)
    seen = resolved.network or network
    branches = branched(seen, asker, resolved, resolved.nodes, ports)
    if resolved.service is None:
        return Followed(resolved, ports, seen, branches)
    return Followed(resolved, ports, seen, *judged(seen, asker, asked_of(target, resolved.service, actions), branches))


def settle(network: Network, asker: Asker, target: Target) -> tuple[Verdict, str | None]:
    """The verdict of a question and the code of what explains it, without the explanation."""
    branches = follow(network, asker, target).branches
    verdict = fold(branches)
    if verdict is Verdict.REACHABLE:
        return verdict, None
    first = (unknowns(branches, verdict) if verdict is Verdict.UNKNOWN else blockers(branches))[:1]
    return verdict, first[0].code if first else None


def question(
    network: Network, asker: Asker, target: Target, family: str = "4", actions: tuple[str, ...] = ()
) -> Answer:
    """Answer one parsed question; `actions` are what the caller wants to do there."""
    followed = follow(network, asker, target, family, actions)
    resolved, ports, seen = followed.resolved, followed.ports, followed.network
    branches = [_diagnosed(network, asker, resolved, b) for b in followed.branches]
    verdict = fold(branches)
    canonical = target.canonical(ports)
    found = blockers(branches)
    open_questions = unknowns(branches, verdict)
    notes, after = failover(seen, asker, resolved, ports, verdict)
    notes = (*notes, *followed.notes, *beside(network, asker, resolved, ports, branches))
    notes = (*notes, *_ipv6(network, asker, target, family))
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
        assumptions=assumptions(network, asker, resolved, branches),
        dimension=kind,
        network=network,
    )


def _ports(target: Target, resolved: Resolved) -> Ports:
    if target.ports is not None:
        return target.ports
    return Ports("tcp", resolved.ports.spans or ((0, 65535),))


def _part(branches: Sequence[Branch], verdict: Verdict) -> Traffic:
    return shadow(t for b in branches for t in b.trails if t.verdict is verdict)


def _diagnosed(network: Network, asker: Asker, resolved: Resolved, branch: Branch) -> Branch:
    def of(finding: Finding) -> Finding:
        return diagnose(network, asker, resolved, finding) if finding.verdict is Verdict.BLOCKED else finding

    trails = tuple(
        replace(t, hops=tuple(replace(h, findings=tuple(of(f) for f in h.findings)) for h in t.hops))
        for t in branch.trails
    )
    return replace(branch, trails=trails)


def _ipv6(network: Network, asker: Asker, target: Target, family: str) -> tuple[Note, ...]:
    """The verdict over IPv6, for a function that sends it and was asked about IPv4."""
    if family != "4" or asker.function is None or not asker.function.ipv6 or isinstance(target.what, Address):
        return ()
    over = question(network, asker, target, "6")
    why = f": {over.blockers[0].title[0].lower()}{over.blockers[0].title[1:]}" if over.blockers else ""
    return (Note("IPV6_VERDICT", f"Over IPv6 {target.what} is {over.verdict.value}{why}.", asker.function.name),)
