"""What the page's script reads: the table, the explanations, the pictures, as one JSON value."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reach.answer import SEVERITY, Answer, Blocker, Evidence, Hop, Path, Verdict
from reach.errors import QuestionError
from reach.network import Network
from reach.pasted import divided
from reach.render.commands import LONGEST
from reach.render.page.sheet import Sheet
from reach.render.planned import LANGUAGES, in_its_file
from reach.render.scene import clean
from reach.render.snippets import snippets
from reach.render.text import SYMPTOMS
from reach.render.vpc_scene import Asked

MOST_PICTURES = 150  # of answers; a picture is some 15 KB, and the hops are always there in words
MOST_MAPS = 25


def page_data(sheet: Sheet, network: Network | None, vpc: Asked = None) -> dict[str, Any]:
    """The value behind the page."""
    kept = _kept(sheet)
    numbers = {id(answer): at for at, answer in enumerate(kept)}
    pictures = [_picture(answer) for answer in kept[:MOST_PICTURES]]
    maps, unmapped = _maps(network, vpc)
    return {
        "sources": _sources(network),
        "summary": _summary(sheet),
        "functions": [[clean(name), clean(home), row] for name, home, row in sheet.functions],
        "targets": [clean(target) for target in sheet.targets],
        "rows": sheet.rows,
        "cells": [[c.verdict.value, clean(c.code), numbers.get(id(c.answer), -1)] for c in sheet.cells],
        "answers": [_answer(answer, at if at < len(pictures) else -1) for at, answer in enumerate(kept)],
        "pictures": pictures,
        "maps": maps,
        "unmapped": unmapped,
        "gaps": _gaps(network),
        "assumptions": _assumptions(kept),
    }


def embedded(data: Mapping[str, Any]) -> str:
    """JSON that no name can break out of its element with."""
    text = json.dumps(data, separators=(",", ":"), sort_keys=True)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _kept(sheet: Sheet) -> list[Answer]:
    """The answers that the page explains, the worst first."""
    found = {id(c.answer): c.answer for c in sheet.cells if c.answer is not None}
    return sorted(found.values(), key=lambda a: -SEVERITY[a.verdict])


def _sources(network: Network | None) -> str:
    read = (
        [clean(f"{o.kind} {o.name}{f' of {o.taken}' if o.taken else ''}") for o in network.origins] if network else []
    )
    return f"Read from {', '.join(read)}." if read else ""


def _summary(sheet: Sheet) -> str:
    """How often each verdict occurs."""
    many = Counter(row for _, _, row in sheet.functions)
    count: Counter[Verdict] = Counter()
    for row, times in many.items():
        for cell in sheet.rows[row]:
            count[sheet.cells[cell].verdict] += times
    return ", ".join(f"{count[v]:,} {v.value}" for v in sorted(Verdict, key=lambda v: -SEVERITY[v]) if count[v])


# -- answers ----------------------------------------------------------------------------------------


def _answer(answer: Answer, picture: int) -> dict[str, Any]:
    return {
        "source": clean(answer.source.id),
        "headline": clean(answer.headline),
        "picture": picture,
        "blockers": [_blocker(b, answer.network) for b in answer.blockers],
        "unknowns": [_blocker(b, answer.network) for b in answer.unknowns],
        "after": answer.after_failover.verdict.value if answer.after_failover else "",
        "paths": [_path(p) for p in answer.paths],
        "notes": [clean(n.text) for n in answer.notes],
        "assumptions": [clean(f"{a.text} ({a.rule})") for a in answer.assumptions],
    }


def _blocker(blocker: Blocker, network: Network | None) -> dict[str, Any]:
    fix, planned = clean(blocker.fix, LONGEST), in_its_file(network, blocker.resource, blocker.fix)
    made = snippets(blocker.fix) if planned is None else None
    return {
        "code": blocker.code,
        "title": clean(blocker.title),
        "why": clean(blocker.why),
        "symptom": "" if blocker.needs else SYMPTOMS[blocker.layer],
        "fix": divided(fix)[0] if planned else fix,
        "snippets": [[planned.name, planned.text]] if planned else list(zip(LANGUAGES, made or (), strict=False)),
        "needs": clean(blocker.needs or ""),
        "after": blocker.after or "",
        "evidence": [_evidence(e) for e in blocker.evidence],
    }


def _evidence(one: Evidence) -> list[str]:
    return [clean(one.resource), clean(one.field), clean(json.dumps(one.value, default=str, ensure_ascii=False))]


def _path(path: Path) -> dict[str, Any]:
    return {
        "subnet": clean(path.subnet or ""),
        "verdict": path.verdict.value,
        "hops": [_hop(hop) for hop in path.hops],
    }


def _hop(hop: Hop) -> list[str]:
    kind = hop.kind.replace("_", " ")
    return [hop.direction.value, kind, clean(hop.resource), clean(hop.detail), hop.verdict.value]


def _picture(answer: Answer) -> str:
    from reach.render.diagram import path_svg

    return as_image(path_svg(answer))


def as_image(svg: str) -> str:
    """A picture as an address of its own: nothing in it can reach the page."""
    return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"


# -- the network ------------------------------------------------------------------------------------


def _maps(network: Network | None, only: Asked) -> tuple[list[tuple[str, str]], str]:
    """The maps of the VPCs that hold functions first, and what was left out."""
    from reach.render.diagram import vpc_svg

    if network is None:
        return [], ""
    if only is not None:
        title = only if isinstance(only, str) else ", ".join(only)
        return [(clean(title), as_image(vpc_svg(network, only)))], ""
    busy = {getattr(network.things.get(s), "vpc", "") for f in network.functions for s in f.subnets}
    wanted = sorted(network.vpcs, key=lambda v: (v.id not in busy, v.id))
    maps = []
    for vpc in wanted[:MOST_MAPS]:
        title = f"VPC {vpc.name} ({vpc.id})" if vpc.name else vpc.id
        try:
            maps.append((clean(title), as_image(vpc_svg(network, vpc.id))))
        except QuestionError:  # two accounts, one id: the map could not say which
            continue
    rest = len(wanted) - len(maps)
    return maps, f"{rest} more VPCs are not drawn: reach diagram --vpc ID draws one of them." if rest else ""


def _gaps(network: Network | None) -> list[str]:
    found = sorted(network.gaps.items()) if network else []
    return [clean(f"{account}/{region} {key}: {gap.why} (needs {gap.needs})") for (account, region, key), gap in found]


def _assumptions(answers: Sequence[Answer]) -> list[str]:
    told: Iterable[str] = (f"{a.text} ({a.rule})" for answer in answers for a in answer.assumptions)
    return [clean(text) for text in sorted(set(told))]
