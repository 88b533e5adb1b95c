"""One question, start to finish: who asks, for what; trace every branch; fold; explain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Answer, Blocker, Finding, Note, Verdict
from reach.ask.aim import resolve
from reach.ask.asker import Asker, askers, planned
from reach.ask.branches import branched
from reach.ask.diagnosis import diagnose
from reach.ask.explain import blockers, headline, layer_of, not_yet, paths, unknowns, unlooked
from reach.ask.fold import Branch, asked, dimension, fold, shadow
from reach.ask.judge import judged
from reach.ask.mounting import mounted
from reach.ask.nameservers import asked_servers
from reach.ask.needs import Need, needed, needs
from reach.ask.remarks import assumptions, beside, failover
from reach.ask.request import asked_of, polls_with
from reach.destinations import Resolved
from reach.errors import QuestionError
from reach.network import Database, Gap, Network
from reach.ports import Ports
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
    with_needs: bool = False,
) -> tuple[Answer, ...]:
    """Every source that the words name × every target; without targets the usual ones.

    `vpc_config` asks about a function that has this configuration, whether it exists yet or not; `with_needs` adds
    what each function needs besides, and what polls for it.
    """
    if vpc_config is not None:
        network = planned(network, source, vpc_config, region=region, account=account)
    out: list[Answer] = []
    known: set[tuple[str, str]] = set()
    parsed = [parse(t) for t in targets]
    for asker in askers(network, source, region=region, account=account):
        mine = parsed or [parse(t) for t in default_targets(network, asker)]
        out += [question(network, asker, target, family, actions) for target in mine]
        if with_needs:
            known |= {(asker.words, str(target)) for target in mine}
            out += besides(network, asker, family, known)
    return tuple(out)


def besides(network: Network, asker: Asker, family: str, known: set[tuple[str, str]]) -> Iterator[Answer]:
    """One answer for each need but those that are `known`, to which it is added: the words of source and target."""
    for need in needs(network, asker):
        if (need.who.words, need.words) not in known:
            known.add((need.who.words, need.words))
            yield answered(network, need, family)


def answered(network: Network, need: Need, family: str = "4") -> Answer:
    """Whether a need is met; unknown where it could not be looked up."""
    gap = need.gap
    if need.target is not None:
        try:
            return question(network, need.who, need.target, family, need.actions)
        except QuestionError as error:
            gap = Gap(need.words, "a source that holds it", error.message)
    assert gap is not None
    open_ = unlooked(gap)
    info = need.who.info
    return Answer(
        source=info, target=need.words, target_as_typed=need.words, verdict=Verdict.UNKNOWN, layer=open_.layer,
        headline=f"{info.id}: whether it reaches {need.words} cannot be told"[:80], asked=(), delivered=(), lost=(),
        undecided=(), paths=(), blockers=(), unknowns=(open_,), network=network,
        notes=(Note("NEEDED_BESIDES", f"{need.why} ({need.rule}).", info.id),),
    )  # fmt: skip


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


class Followed(Struct, frozen=True):
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
        return Followed(resolved, ports, seen, *mounted(seen, asker, resolved.database, actions, branches))
    asked_for = asked_of(target, resolved.service, actions or polls_with(asker, resolved.service[0]))
    return Followed(resolved, ports, seen, *judged(seen, asker, asked_for, branches))


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
    found = _beside_the_name(_mended(seen, asker, resolved, blockers(branches)), resolved)
    open_questions = _mended(seen, asker, resolved, not_yet(seen, unknowns(branches, verdict)))
    notes, after = failover(seen, asker, resolved, ports, verdict)
    if after is not None:
        after = replace(after, blockers=_mended(seen, asker, resolved, after.blockers))
    notes = (*notes, *followed.notes, *beside(network, asker, resolved, ports, branches))
    notes = (*notes, *_ipv6(network, asker, target, family), *needed(network, asker, target))
    layer = layer_of(verdict, found, open_questions)
    listed = {(b.code, b.resource) for b in open_questions}
    kind = dimension(branches, isinstance(target.what, Address)) if verdict is Verdict.PARTIAL else None
    answer = Answer(
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
        paths=(),
        blockers=found,
        unknowns=open_questions,
        after_failover=after,
        notes=tuple(n for n in dict.fromkeys(notes) if (n.code, n.resource) not in listed),
        assumptions=assumptions(network, asker, resolved, branches),
        dimension=kind,
        network=network,
    )
    return replace(answer, paths=tuple(replace(path, of=answer) for path in paths(branches)))


def _ports(target: Target, resolved: Resolved) -> Ports:
    if target.ports is not None:
        return target.ports
    return Ports("tcp", resolved.ports.spans or ((0, 65535),))


def _part(branches: Sequence[Branch], verdict: Verdict) -> Traffic:
    return shadow(t for b in branches for t in b.trails if t.verdict is verdict)


def _mended(network: Network, asker: Asker, resolved: Resolved, found: tuple[Blocker, ...]) -> tuple[Blocker, ...]:
    """With the fixes that this network's ids make; nothing of it is loaded where nothing is in the way."""
    if not found:
        return ()
    from reach.ask.remedies import remedied

    return tuple(remedied(network, asker, resolved, blocker) for blocker in found)


def _beside_the_name(found: tuple[Blocker, ...], resolved: Resolved) -> tuple[Blocker, ...]:
    """The first blocker also says what the name could mean instead: that way is often the one that was meant."""
    if not found or not resolved.aside:
        return found
    return (replace(found[0], why=f"{found[0].why} {resolved.aside}"), *found[1:])


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
    function = asker.function
    if family != "4" or function is None or isinstance(target.what, Address):
        return ()
    if not (function.ipv6 or function.ipv6_open):
        return ()
    over = question(network, asker, target, "6")
    why = f": {over.blockers[0].title[0].lower()}{over.blockers[0].title[1:]}" if over.blockers else ""
    return (Note("IPV6_VERDICT", f"Over IPv6 {target.what} is {over.verdict.value}{why}.", function.name),)
