"""Answers as text: verdict, hops, cause, evidence, fix; at most 80 columns wide.

Computes nothing: what is grouped here are lines that would say the same thing twice.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

from reach.answer import AfterFailover, Answer, Blocker, Direction, Evidence, Hop, Layer, Verdict
from reach.network import Network
from reach.pasted import divided, steps
from reach.render.grouping import Group, groups_of
from reach.render.planned import InFile, in_its_file
from reach.render.snippets import snippets
from reach.render.terminal import Page, Span, width

Detail = Literal["quiet", "compact", "normal", "verbose"]

GLYPH = {Verdict.REACHABLE: "✓", Verdict.PARTIAL: "◐", Verdict.BLOCKED: "✕", Verdict.UNKNOWN: "?"}
STYLE = {
    Verdict.REACHABLE: "bold green",
    Verdict.PARTIAL: "bold yellow",
    Verdict.BLOCKED: "bold red",
    Verdict.UNKNOWN: "bold magenta",
}
DIM = "dim"
LABEL = {
    "function": "λ",
    "interface": "ENI",
    "instance": "EC2",
    "subnet": "NET",
    "security_group": "SG",
    "network_acl": "ACL",
    "route_table": "RT",
    "nat_gateway": "NAT",
    "nat_instance": "NAT",
    "gateway_load_balancer_endpoint": "GWLBE",
    "network_firewall": "FW",
    "internet_gateway": "IGW",
    "egress_only_internet_gateway": "EIGW",
    "virtual_private_gateway": "VGW",
    "transit_gateway": "TGW",
    "transit_gateway_attachment": "ATT",
    "transit_gateway_route_table": "TGWRT",
    "gateway_endpoint": "VPCE",
    "interface_endpoint": "VPCE",
    "vpc_peering_connection": "PCX",
    "database": "DB",
    "cache": "CACHE",
    "dns": "DNS",
    "internet": "WWW",
    "service": "AWS",
    "unsupported": "?",
}
GUARDS = {"security_group", "network_acl", "subnet", "interface"}  # stand beside a hop, not in the count
QUIET_GUARDS = {"network_acl", "subnet", "interface"}  # shown when they matter
VERDICT_COLUMN = 13
WORKING = "available"  # a state that is no part of the reason
MOST_IDS = 3  # of a list of subnets or addresses
NAME_COLUMN = 24  # subnet-0123456789abcdef0


def render_text(answer: Answer, *, detail: Detail = "normal", ascii: bool = False) -> str:
    """One answer as plain text.

    Parameters
    ----------
    answer
        What was found.
    detail
        ``quiet``: the verdict line; ``compact``: the cause without hops; ``verbose``: every guard, and the
        way back.
    ascii
        Use no character beyond ASCII.
    """
    page = Page(ascii=ascii)
    write_answer(page, answer, detail)
    return page.plain()


def write_answers(page: Page, answers: Sequence[Answer], detail: Detail = "normal") -> None:
    """Several answers, and at the end how many of each verdict."""
    for answer in answers:
        if detail != "quiet":
            page.gap()
        write_answer(page, answer, detail)
    if len(answers) > 1 and detail != "quiet":
        page.gap()
        page.line((tally(answers), "bold"))


def tally(answers: Sequence[Answer]) -> str:
    """How often each verdict occurs, e.g. ``2 reachable, 1 blocked``."""
    seen = Counter(answer.verdict for answer in answers)
    return ", ".join(f"{seen[v]} {v.value}" for v in Verdict if seen[v])


def write_answer(page: Page, answer: Answer, detail: Detail = "normal") -> None:
    """One answer onto a page."""
    first, others = _causes(answer)
    if detail == "quiet":
        page.line(*_verdict(answer.verdict), (_question(answer) + _tag(first), ""))
        return
    page.hang(_verdict(answer.verdict), _question(answer) + _part_that_works(answer) + _tag(first), "bold")
    _write_groups(page, answer, detail)
    if first:
        _write_cause(page, first, detail, answer.network)
    for other in others:
        page.hang([_label("also")], _one_line(other, answer))
    if answer.after_failover and not _same(answer, answer.after_failover):
        _write_failover(page, answer)
    if detail != "compact":
        for note in (n for n in answer.notes if first is None or n.text not in first.why):  # said above
            page.hang([_label("note:")], note.text)
        for assumption in answer.assumptions:
            page.hang([_label("assumed:")], f"{assumption.text} ({assumption.rule})")


def render_way(answer: Answer) -> str:
    """What gets through, as plain text."""
    page = Page()
    write_way(page, answer)
    return page.plain()


def write_way(page: Page, answer: Answer, detail: Detail = "normal") -> None:
    """Only what gets through, hop by hop: for somebody who wants it closed, what is in the way is no news."""
    page.hang(_verdict(answer.verdict), _question(answer) + _part_that_works(answer), "bold")
    _write_groups(page, answer, detail, only=Verdict.REACHABLE)


def _verdict(verdict: Verdict) -> list[Span]:
    word = f"{GLYPH[verdict]} {verdict.value.upper()}"
    return [(word.ljust(VERDICT_COLUMN), STYLE[verdict])]


def _question(answer: Answer) -> str:
    return f"{answer.source.name} → {answer.target}"


def _part_that_works(answer: Answer) -> str:
    """`  (1 of 2 subnets)` where the subnet decides, else what does, such as `  (by addresses)`."""
    if answer.verdict is Verdict.PARTIAL and answer.dimension not in (None, "subnets"):
        return f"  (by {answer.dimension})"
    verdicts: dict[str | None, set[Verdict]] = {}
    for path in answer.paths:
        verdicts.setdefault(path.subnet, set()).add(path.verdict)
    if answer.verdict is not Verdict.PARTIAL or len(verdicts) < 2 or None in verdicts:
        return ""
    works = sum(seen == {Verdict.REACHABLE} for seen in verdicts.values())
    return f"  ({works} of {len(verdicts)} subnets)"


def _tag(first: Blocker | None) -> str:
    return f"  [{first.code}]" if first else ""


def _causes(answer: Answer) -> tuple[Blocker | None, list[Blocker]]:
    """What explains the verdict first, then everything else that would have to be mended or known."""
    if answer.verdict is Verdict.UNKNOWN:
        every = [*answer.unknowns, *answer.blockers]
    else:
        every = [*answer.blockers, *answer.unknowns]
    return (every[0], every[1:]) if every else (None, [])


def _label(word: str) -> Span:
    return f"  {word:<8} ", DIM


# -- hops ------------------------------------------------------------------------------------------


def _write_groups(page: Page, answer: Answer, detail: Detail, only: Verdict | None = None) -> None:
    """The stories one after the other; one that only repeats another with other ids takes one line."""
    verbose = detail == "verbose"
    groups = [g for g in groups_of(answer, verbose=verbose) if only in (None, g.verdict)]
    shown: set[tuple[object, ...]] = set()
    for group in groups:
        mark = [(f"  {GLYPH[group.verdict]} ", STYLE[group.verdict])]
        words = _part(group, answer) if len(groups) > 1 or only else ""
        if detail == "compact":
            page.hang(mark, f"{words}: {_chain(group)}" if words else _chain(group))
        elif group.shape in shown and not verbose:
            page.hang(mark, f"{words}: likewise, {_chain(group)}")
        else:
            if words:
                page.hang(mark, words)
            _write_hops(page, group, "" if words else _some(group.subnets, answer), verbose=verbose)
        shown.add(group.shape)


def _part(group: Group, answer: Answer) -> str:
    """Which part of the traffic a group is."""
    words = [f"from {_some(group.subnets, answer)}"] if group.subnets else []
    words += [f"to {_few(group.addresses)}"] if group.addresses else []
    words += [f"ports {_few(group.ports)}"] if group.ports else []
    return " ".join(words) or "or"


def _chain(group: Group) -> str:
    if group.verdict is Verdict.BLOCKED:
        return f"ends at {group.end}"
    return f"through {' → '.join(group.via)}" if group.via else f"to {group.end}"


def _write_hops(page: Page, group: Group, subnets: str, *, verbose: bool) -> None:
    there = [h for h in group.hops if h.direction is Direction.FORWARD]
    back = [h for h in group.hops if h.direction is Direction.RETURN]
    number = 0
    for hop in _walked(there, verbose):
        counted = hop.kind not in GUARDS
        number += counted
        _write_hop(page, hop, str(number) if counted else "", _where(hop, group, subnets))
    matters = any(hop.verdict is not Verdict.REACHABLE for hop in back)
    if (verbose or matters) and back and not _ended(there):
        page.line(("    and back", DIM))
        for hop in _walked(back, verbose):
            counted = hop.kind not in GUARDS
            number += counted
            _write_hop(page, hop, str(number) if counted else "", hop.detail)


def _ended(hops: Sequence[Hop]) -> bool:
    return any(hop.verdict is Verdict.BLOCKED for hop in hops)


def _walked(hops: Sequence[Hop], verbose: bool) -> Iterator[Hop]:
    """The hops worth a line, up to the one that drops all; what would have dropped it too is told below."""
    last: Hop | None = None
    for at, hop in enumerate(hops, start=1):
        end = at == len(hops) and hop.kind == "interface" and hop.direction is Direction.FORWARD
        quiet = hop.kind in QUIET_GUARDS and hop.verdict is Verdict.REACHABLE and not end
        same = last and (last.kind, last.resource, last.detail) == (hop.kind, hop.resource, hop.detail)
        if verbose or not (quiet or same):
            yield hop
            last = hop
        if hop.verdict is Verdict.BLOCKED and not verbose:
            return


def _write_hop(page: Page, hop: Hop, number: str, says: str) -> None:
    bad = hop.verdict is not Verdict.REACHABLE
    mark = GLYPH[hop.verdict] if bad else number
    style = STYLE[hop.verdict] if bad else ""
    reason = next((f.reason for f in hop.findings if f.verdict is not Verdict.REACHABLE and f.reason), None)
    if reason:
        says = f"{reason.title} ({says})" if says and not says.startswith(WORKING) else reason.title
    label = page.safe(LABEL.get(hop.kind, hop.kind))  # escaped first: 'fn' is wider than what it stands for
    head = [(f"  {mark:>2} ", style), (f"{label:<5} ", DIM)]
    if width(page.safe(hop.resource)) > NAME_COLUMN + 10:  # no room for more beside it
        page.hang(head, hop.resource, style)
        if says:
            page.hang([(" " * len("   1 VPCE  "), "")], says, style)
        return
    page.hang([*head, (hop.resource.ljust(NAME_COLUMN) + " ", style)], says, style)


def _where(hop: Hop, group: Group, subnets: str) -> str:
    """The function's place: one hop stands for all subnets of its group, so its own detail would name one."""
    if hop.kind != "function" or not group.subnets:
        return hop.detail
    return f"in {subnets}" if subnets else ""


def _some(subnets: Sequence[str], answer: Answer) -> str:
    return _few([_placed(subnet, answer) for subnet in subnets])


def _placed(subnet: str, answer: Answer) -> str:
    """The subnet with its zone, if the network says it."""
    thing = answer.network[subnet] if answer.network is not None else None
    zone = getattr(thing, "zone", "")
    return f"{subnet} ({zone})" if zone else subnet


def _few(words: Sequence[str]) -> str:
    more = f" and {len(words) - MOST_IDS} more" if len(words) > MOST_IDS else ""
    return ", ".join(words[:MOST_IDS]) + more


# -- causes ----------------------------------------------------------------------------------------


# What a person sees when it happens, by layer.
SYMPTOMS = {
    Layer.STATE: "the invocation fails before any code runs, or nothing listens",
    Layer.DNS: "name errors such as ENOTFOUND or 'could not resolve host'",
    Layer.NET: "a time-out: connections hang until 'Task timed out'",
    Layer.AUTHZ: "an answer: 403 AccessDenied or Forbidden",
}


def _write_cause(page: Page, blocker: Blocker, detail: Detail, network: Network | None) -> None:
    if detail == "verbose" and not blocker.needs:
        page.hang([_label("symptom")], SYMPTOMS[blocker.layer])
    page.hang([_label("because")], blocker.why or blocker.title)
    if detail != "compact":
        proofs = [e for e in blocker.evidence if e.field not in ("", "-") or f"{e.value}." != blocker.why]
        for number, evidence in enumerate(proofs):
            page.hang([_label("" if number else "seen")], _quote(evidence))
    if blocker.needs:
        page.hang([_label("needs")], blocker.needs)
    planned = in_its_file(network, blocker.resource, blocker.fix)
    if blocker.fix:
        _write_fix(page, blocker.fix, planned)
    if detail == "verbose" and planned is None:
        for text in snippets(blocker.fix) or ():
            page.gap()
            _write_lines(page, text)
    if detail != "compact":
        page.hang([_label("more")], f"reach explain {blocker.cause or blocker.code}")


def _write_lines(page: Page, text: str) -> None:
    for line in text.splitlines():
        page.line(("    " + line, ""))


def _write_fix(page: Page, fix: str, planned: InFile | None) -> None:
    """Words wrap; the commands at the end stand by themselves, each on a line, so that they can be copied.

    Of what is `planned` its file says it, as there is nothing yet that a command could name.
    """
    words, line = divided(fix)
    page.hang([_label("fix")], words or (f"In {planned.name}:" if planned else ""))
    if planned is not None:
        _write_lines(page, planned.text)
        return
    *first, last = steps(line)
    for command in [f"{one} &&" for one in first] + ([last] if last else []):
        page.command(command)


def _quote(evidence: Evidence) -> str:
    value = evidence.value
    value = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    where = f" ({evidence.where})" if evidence.where else ""
    field = f" {evidence.field} =" if evidence.field not in ("", "-") else ":"  # a gap has no field
    return f"{evidence.resource}{field} {value}{where}"


def _one_line(blocker: Blocker, answer: Answer) -> str:
    """`CODE resource (on the way back; after CODE): title`."""
    facts = ["on the way back"] if blocker.direction is Direction.RETURN else []
    if 0 < len(blocker.subnets) < len(answer.source.subnets):
        facts.append(f"from {_few(blocker.subnets)}")
    if blocker.after:
        facts.append(f"after {blocker.after}")
    if blocker.needs:
        facts.append(f"needs {blocker.needs}")
    beside = f" ({'; '.join(facts)})" if facts else ""
    return f"{blocker.code} {blocker.resource}{beside}: {blocker.title}"


def _same(answer: Answer, later: AfterFailover) -> bool:
    """Whether what is in the way now is in the way then, and nothing else."""
    now, then = ({(b.code, b.cause, b.resource) for b in found} for found in (answer.blockers, later.blockers))
    return bool(now) and now == then and answer.verdict is later.verdict


def _write_failover(page: Page, answer: Answer) -> None:
    later = answer.after_failover
    assert later is not None
    why = "; ".join(_one_line(b, answer) for b in later.blockers)
    text = f"{GLYPH[later.verdict]} {later.verdict.value}" + (f": {why}" if why else "")
    page.hang([("  after failover: ", DIM)], text)
