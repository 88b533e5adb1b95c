"""Ask what a file expects of a network."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from msgspec.structs import replace

from reach.answer import Answer
from reach.ask import answered, question
from reach.ask.asker import Asker, named
from reach.ask.needs import needs
from reach.errors import ExpectationsError, QuestionError
from reach.expectations.outcome import Outcome, Status, Verb, status_of
from reach.expectations.patterns import Scope, key, matched, unlisted
from reach.expectations.reading import Claim, Expectation, Expectations
from reach.network import Gap, Home, Network
from reach.network.served import COLLECTIONS
from reach.ports import ALL_PORTS, Ports
from reach.target import Database, Host, Internet, Target, parse

EVERY_PORT = (Ports("tcp", (ALL_PORTS,)), Ports("udp", (ALL_PORTS,)))
HTTPS = Ports.of(443)


def evaluate(
    network: Network,
    expectations: Expectations,
    *,
    region: str | None = None,
    account: str | None = None,
    with_needs: bool = False,
) -> tuple[Outcome, ...]:
    """Every function that a pattern means × every target, in the order of the file; then what they need besides.

    Raises
    ------
    ExpectationsError
        If a pattern matches nothing, a target is not in the network, or two expectations contradict each
        other; all of that is known before anything is asked.
    """
    scope = Scope(network, expectations.file, region, account)
    asked = list(_expanded(scope, expectations))
    _refuse_contradictions(scope, asked)
    names = _names(asked)
    out = [_outcome(scope, names, *one) for one in asked]
    if with_needs:
        out += _needed(scope, expectations, names, {(key(a), str(t)) for _, a, c, t in asked if c.verb is Verb.CAN})
    return (*out, *(o for entry in expectations.expect for o in _unlisted(scope, entry)))


def _names(asked: Sequence[Asked]) -> Mapping[str, str]:
    """What to call each function: its name, or, where several have it, its account and Region as well."""
    every = {key(asker): asker for _, asker, _, _ in asked}
    return {key(asker): name for name, asker in named(tuple(every.values()))}


def _needed(
    scope: Scope, expectations: Expectations, names: Mapping[str, str], known: set[tuple[str, str]]
) -> Iterator[Outcome]:
    """What the functions of the file need besides is expected of them too, and of what polls for them."""
    for entry in expectations.expect:
        for asker in matched(scope, entry.functions):
            for need in needs(scope.network, asker):
                if (key(need.who), need.words) in known:
                    continue
                known.add((key(need.who), need.words))
                answers = (answered(scope.network, need),)
                who = names.get(key(need.who), need.who.info.name)
                yield Outcome(
                    file=scope.file, line=entry.functions[0][1], verb=Verb.CAN, function=who,
                    target=need.words, because=need.why, answers=answers, status=status_of(Verb.CAN, answers),
                )  # fmt: skip


Asked = tuple[Expectation, Asker, Claim, Target]


def _expanded(scope: Scope, expectations: Expectations) -> Iterator[Asked]:
    """Patterns may overlap: what two of them ask is asked once."""
    seen: set[object] = set()
    for entry in expectations.expect:
        found = matched(scope, entry.functions)
        for claim in entry.claims:
            targets = _targets(scope, claim, found)
            for asker in found:
                for target in targets:
                    if (key(asker), claim.verb, target) not in seen:
                        seen.add((key(asker), claim.verb, target))
                        yield entry, asker, claim, target


def _targets(scope: Scope, claim: Claim, askers: Sequence[Asker]) -> tuple[Target, ...]:
    wanted = claim.target
    if isinstance(wanted, Target):
        return (wanted,)
    mine = [d for d in scope.network.databases if d.service == wanted.service]
    found = sorted({d.word for d in mine if fnmatchcase(d.name, wanted.pattern)})
    if not found and not _unlisted_targets(scope, claim, askers):
        known = ", ".join(sorted({d.word for d in mine})[:8]) or f"there is no {wanted.service}:NAME at all"
        api = f"\nfor the API of the service itself write {wanted.service}" if wanted.pattern == "*" else ""
        raise ExpectationsError(f"{scope.file}:{claim.line}: {claim.typed!a} matches nothing", f"known: {known}{api}")
    ports = f":{wanted.ports}" if wanted.ports else ""
    return tuple(parse(word + ports) for word in found)


# -- contradictions ---------------------------------------------------------------------------------------


def _refuse_contradictions(scope: Scope, asked: list[Asked]) -> None:
    cans: dict[object, list[tuple[Claim, Target]]] = {}
    for _, asker, claim, target in asked:
        if claim.verb is Verb.CAN:
            cans.setdefault((key(asker), target.what), []).append((claim, target))
    for _, asker, claim, target in asked:
        for other, wanted in cans.get((key(asker), target.what), ()) if claim.verb is Verb.CANNOT else ():
            if _overlap(scope, wanted, target):
                second, first = sorted((claim, other), key=lambda c: -c.line)
                raise ExpectationsError(
                    f"{scope.file}:{second.line}: a contradiction: {asker.info.name} {second.verb} {second.typed}, "
                    f"and {first.verb} {first.typed}",
                    f'first on line {first.line}; "!name" keeps a function out of a pattern',
                )


def _overlap(scope: Scope, can: Target, cannot: Target) -> bool:
    """Whether a packet is in both; without ports `cannot` means all, and `can` the target's own."""
    if cannot.ports is None:
        return True
    own = can.ports or _own_ports(scope, can)
    pairs = ((a, b) for a in own.ranges for b in cannot.ports.ranges)
    return own.protocol == cannot.ports.protocol and any(a[0] <= b[1] and b[0] <= a[1] for a, b in pairs)


def _own_ports(scope: Scope, target: Target) -> Ports:
    wanted = target.what.name if isinstance(target.what, Database) else None
    known = next((d for d in scope.network.databases if wanted is not None and d.named(wanted)), None)
    return Ports("tcp", known.ports.spans) if known else HTTPS


# -- asking -----------------------------------------------------------------------------------------------


def _outcome(
    scope: Scope, names: Mapping[str, str], entry: Expectation, asker: Asker, claim: Claim, target: Target
) -> Outcome:
    try:
        answers = tuple(answers_for(scope.network, asker, claim.verb, target))
    except QuestionError as error:
        raise ExpectationsError(f"{scope.file}:{claim.line}: {error.message}", error.hint) from None
    status = status_of(claim.verb, answers)
    return Outcome(
        file=scope.file,
        line=claim.line,
        verb=claim.verb,
        function=names[key(asker)],
        target=target.typed,
        because=entry.because,
        answers=answers,
        status=status,
    )


def answers_for(network: Network, asker: Asker, verb: Verb, target: Target) -> Iterator[Answer]:
    """`can` asks for the target's own ports; `cannot` without a port for every TCP and UDP port.

    A gate that is about the internet, or about a host that may have any address, is not passed by looking
    away from IPv6.
    """
    if verb is Verb.CAN:
        yield question(network, asker, target)
        return
    sends = asker.function is not None and (asker.function.ipv6 or asker.function.ipv6_open)
    ipv6 = sends and isinstance(target.what, Internet | Host)
    for ports in (target.ports,) if target.ports else EVERY_PORT:
        yield question(network, asker, replace(target, ports=ports), "both" if ipv6 else "4")


def _unlisted(scope: Scope, entry: Expectation) -> Iterator[Outcome]:
    """A pattern may mean more than could be listed: nobody knows whether it holds for that."""
    every = ", ".join(dict.fromkeys(c.typed for c in entry.claims))
    for pattern, line, gap in unlisted(scope, entry.functions):
        yield _of_gap(scope, entry, entry.claims[0].verb, (pattern, every, line), "functions", gap)
    for claim in entry.claims:
        for gap in _unlisted_targets(scope, claim, matched(scope, entry.functions)):
            asked = (", ".join(pattern for pattern, _ in entry.functions), claim.typed, claim.line)
            yield _of_gap(scope, entry, claim.verb, asked, f"{claim.typed.partition(':')[0]} targets", gap)


def _unlisted_targets(scope: Scope, claim: Claim, askers: Sequence[Asker]) -> list[Gap]:
    """Why a pattern of targets may mean more of them: a call was refused, broke off, or was not made where they run."""
    wanted = claim.target
    if isinstance(wanted, Target):
        return []
    keys = COLLECTIONS.get(wanted.service, ())
    refused = [gap for (_, _, of), gap in sorted(scope.network.gaps.items()) if of in keys]
    homes = sorted({Home(a.info.account, a.info.region) for a in askers}, key=lambda h: (h.account, h.region))
    unread = (scope.network.gap(of, home) for home in homes for of in keys)
    return [*refused, *(gap for gap in unread if gap is not None)][:1]


def _of_gap(scope: Scope, entry: Expectation, verb: Verb, asked: tuple[str, str, int], what: str, gap: Gap) -> Outcome:
    function, target, line = asked
    return Outcome(
        file=scope.file,
        line=line,
        verb=verb,
        function=function,
        target=target,
        because=entry.because,
        answers=(),
        status=Status.UNKNOWN,
        why=f"There may be more {what}: {gap.why}.",
        needs=gap.needs,
    )
