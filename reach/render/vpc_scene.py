"""What the map of a VPC shows, or of several joined ones: subnets by zone, gateways, route tables by number.

With answers each function carries its verdict towards one target.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from reach.answer import SEVERITY, Answer, Verdict
from reach.errors import QuestionError
from reach.network import Network, RouteTable, Subnet, Vpc
from reach.render.palette import VERDICT_GLYPH
from reach.render.place import public_subnets, subnet_box, vpc_box
from reach.render.scene import Line, Node, Scene, State, SubnetBox, clean
from reach.render.vpc_parts import Answers, border, joined, joins, outside, residents, tag_in, ways_out

MOST_VPCS, MOST_ZONES, MOST_SUBNETS, MOST_NAMED = 3, 6, 9, 8
PRIVATE_COLUMNS, PUBLIC_COLUMN = 2, 2
Asked = str | Sequence[str] | None


def vpcs_of_question(network: Network, vpc: Asked) -> tuple[str, ...]:
    """The VPCs to draw: those named by id or name, else the only one or the only one with functions.

    With the latter come the VPCs that it is joined to.

    Raises
    ------
    reach.errors.QuestionError
        If there is no such VPC, or several and none is named.
    """
    if vpc is not None and (isinstance(vpc, str) or vpc):
        asked = [vpc] if isinstance(vpc, str) else vpc
        return tuple(dict.fromkeys(_named(network, word) for word in asked))
    ids = {v.id for v in network.vpcs}
    homes = {s.vpc for s in network.all(Subnet) for f in network.functions if s.id in f.subnets}
    for choice in (ids, homes & ids):
        if len(choice) == 1:
            home = choice.pop()
            return (home, *sorted((joined(network, home) - {home}) & ids))[:MOST_VPCS]
    if not ids:
        raise QuestionError("there is no VPC to draw", "read a network that has one, or name SOURCE and TARGET")
    if len(ids) <= MOST_VPCS and all({v} | joined(network, v) == ids for v in ids):
        return tuple(sorted(ids))
    raise QuestionError(f"there are {len(ids)} VPCs", f"choose with --vpc: {_listed(network.vpcs)}")


def _named(network: Network, word: str) -> str:
    named = [v.id for v in network.vpcs if word in (v.id, v.name)]
    if len(named) == 1:
        return named[0]
    what = "several VPCs are called" if named else "no VPC"
    raise QuestionError(f"{what} {clean(word)!r}", f"VPCs: {_listed(network.vpcs)}")


def _listed(vpcs: Iterable[Vpc]) -> str:
    every = [clean(f"{v.id} ({v.name})" if v.name else v.id) for v in vpcs]
    return ", ".join(every[:12]) + (f" and {len(every) - 12} more" if len(every) > 12 else "")


def vpc_scene(network: Network, vpc: Asked = None, answers: Sequence[Answer] = ()) -> Scene:
    """The scene of VPCs as a whole.

    Parameters
    ----------
    vpc
        Which, by id or name; None: see `vpcs_of_question`.
    answers
        How functions fare towards one target, from ``Network.path``; their nodes say so.
    """
    ids = vpcs_of_question(network, vpc)
    told = _by_function(network, answers)
    lines = _verdicts(answers)
    boxes: list[SubnetBox] = []
    nodes: list[Node] = []
    edges = []
    left_out = []
    used: dict[str, int] = {}
    for id in ids:
        numbers, tables = _tables(network, id, used)
        lines += tables
        mine, rest = _boxes(network, id, numbers, told)
        left_out += rest
        boxes += mine
        gates = border(network, id, ids)
        nodes += [n for b in mine for n in residents(network, b.id, told)]
        nodes += gates
        edges += list(ways_out(network, id, {b.id for b in mine}, gates))
    beyond, ways = outside([n for n in nodes if n.border_of])
    nodes += beyond
    edges += [*ways, *joins(nodes)]
    shown = {n.key for n in nodes}
    left_out += _not_drawn(network, ids)
    lines += [Line("Also", text) for text in left_out]
    return Scene(
        question=_question(network, ids, answers),
        verdict=None,
        pill="",
        vpcs=tuple(vpc_box(network, id) for id in ids),
        subnets=tuple(boxes),
        nodes=tuple(nodes),
        edges=tuple(e for e in edges if e.source in shown and e.target in shown),
        lines=tuple(lines),
        description="\n".join(_described(boxes, nodes, lines)),
    )


def overview_scene(network: Network) -> Scene:
    """The scene of a whole network: as many of its VPCs as a page holds, and which ones it leaves out.

    Raises
    ------
    reach.errors.QuestionError
        If there is no VPC, or one word means several.
    """
    try:
        ids = vpcs_of_question(network, None)
    except QuestionError:
        if not network.vpcs:
            raise
        ids = _busiest(network)
    scene = vpc_scene(network, ids)
    told = {*ids, *(near for id in ids for near in joined(network, id))}
    rest = [v for v in network.vpcs if v.id not in told]
    if not rest:
        return scene
    line = Line("Also", clean(f"{len(rest)} more VPC{'' if len(rest) == 1 else 's'}: {_listed(rest)}: not drawn"))
    return replace(scene, lines=(*scene.lines, line), description=f"{scene.description}\nAlso: {line.text}")


def _busiest(network: Network) -> tuple[str, ...]:
    """The VPC with the most functions, those that it is joined to, then the next ones."""
    homes = {s.id: s.vpc for s in network.all(Subnet)}
    busy = Counter(vpc for f in network.functions for vpc in {homes.get(s, "") for s in f.subnets})
    ranked = sorted({v.id for v in network.vpcs}, key=lambda id: (-busy[id], id))
    near = joined(network, ranked[0])
    return tuple(sorted(ranked, key=lambda id: (id != ranked[0], id not in near))[:MOST_VPCS])


def _question(network: Network, ids: Sequence[str], answers: Sequence[Answer]) -> str:
    """What the map is of: names, with the id if it is one VPC, and the target if there is one."""
    titles = [vpc_box(network, id).title for id in ids]
    each = [f"VPC {id}" if title == "VPC" else title for id, title in zip(ids, titles, strict=True)]
    named = f"{titles[0]} ({ids[0]})" if len(ids) == 1 and titles[0] != "VPC" else ", ".join(each)
    target = next((a.target for a in answers), "")
    return clean(f"{named} → {target}" if target else named)


def _not_drawn(network: Network, ids: Sequence[str]) -> Iterator[str]:
    """The VPCs that are joined to those of the map."""
    for id in ids:
        rest = sorted(joined(network, id) - set(ids))
        if rest:
            more = f" and {len(rest) - MOST_NAMED} more" if len(rest) > MOST_NAMED else ""
            yield clean(f"{id} is joined to {', '.join(rest[:MOST_NAMED])}{more}: not drawn")


# -- verdicts ---------------------------------------------------------------------------------------


def _by_function(network: Network, answers: Sequence[Answer]) -> Answers:
    by_arn = {a.source.arn: a for a in answers if a.source.arn}
    return {f.id: by_arn[f.arn] for f in network.functions if f.arn in by_arn}


def _verdicts(answers: Sequence[Answer]) -> list[Line]:
    """Who fares how, the worst first."""
    out = []
    for verdict in sorted(Verdict, key=lambda v: -SEVERITY[v]):
        told = [_told(a) for a in answers if a.verdict is verdict]
        if told:
            more = f" and {len(told) - MOST_NAMED} more" if len(told) > MOST_NAMED else ""
            text = clean(f"{verdict.value}: {', '.join(told[:MOST_NAMED])}{more}")
            out.append(Line(VERDICT_GLYPH[verdict], text, State.PLAIN))
    return out


def _told(answer: Answer) -> str:
    about = tag_in(answer) or ("" if answer.source.subnets else "in no VPC")
    return clean(f"{answer.source.name} ({about})" if about else answer.source.name)


def _described(boxes: Iterable[SubnetBox], nodes: Iterable[Node], lines: Iterable[Line]) -> Iterator[str]:
    nodes = list(nodes)
    for box in boxes:
        inside = ", ".join(f"{n.title} ({n.detail})" for n in nodes if n.subnet == box.id)
        yield f"{box.zone} {box.title} {box.id} {box.cidr}, route table {box.table}: {inside or 'empty'}"
    for node in nodes:
        if node.subnet is None:
            yield f"{node.title} {node.detail}"
    for line in lines:
        yield f"{line.label}: {line.text}"


# -- subnets and their tables -----------------------------------------------------------------------


def _tables(network: Network, vpc: str, used: dict[str, int]) -> tuple[dict[str, int], list[Line]]:
    """The number of each subnet's route table, counted on in `used`, and what the tables say."""
    tables = network.in_vpc(RouteTable, vpc)
    main = next((t for t in tables if t.main), None)
    own = {s: t for t in tables for s in t.subnets}
    lines: list[Line] = []
    numbers: dict[str, int] = {}
    for subnet in _sorted(network.in_vpc(Subnet, vpc)):
        table = own.get(subnet.id, main)
        if table is None:
            continue
        if table.id not in used:
            used[table.id] = len(used) + 1
            lines.append(Line(str(used[table.id]), _table_text(table), State.PLAIN))
        numbers[subnet.id] = used[table.id]
    return numbers, lines


def _table_text(table: RouteTable) -> str:
    name = f" {table.name}" if table.name and table.name != table.id else ""
    main = " (main)" if table.main else ""
    if table.routes is None:
        return clean(f"{table.id}{name}{main}: routes not known")
    routes = [
        f"{r.destination} → {r.target or 'nothing'}{' (blackhole)' if r.state == 'blackhole' else ''}"
        for r in table.routes
    ]
    return clean(f"{table.id}{name}{main}: {';  '.join(routes) or 'no routes'}")


def _sorted(subnets: Iterable[Subnet]) -> list[Subnet]:
    return sorted(subnets, key=lambda s: (s.zone, s.addresses.spans[:1], s.id))


def _boxes(network: Network, vpc: str, tables: dict[str, int], told: Answers) -> tuple[list[SubnetBox], list[str]]:
    """The subnets, public ones in the last column; those that hold something first if there are too many."""
    public = public_subnets(network, vpc)
    busy = {s.id for s in network.in_vpc(Subnet, vpc) if residents(network, s.id, told)}
    by_zone: dict[str, list[Subnet]] = {}
    for subnet in _sorted(network.in_vpc(Subnet, vpc)):
        by_zone.setdefault(subnet.zone, []).append(subnet)
    boxes: list[SubnetBox] = []
    left_out = []
    any_public = any(public.values())
    busy_first = sorted(by_zone, key=lambda z: not any(s.id in busy for s in by_zone[z]))
    for zone in busy_first[MOST_ZONES:]:
        rest = [s.id for s in by_zone.pop(zone)]
        left_out.append(clean(f"{zone or 'no zone'}: {', '.join(rest)}: not drawn"))
    for zone, subnets in by_zone.items():
        kept = sorted(subnets, key=lambda s: s.id not in busy)[:MOST_SUBNETS]
        if len(subnets) > len(kept):
            rest = [s.id for s in subnets if s not in kept]
            left_out.append(clean(f"{len(rest)} more subnets in {zone}: {', '.join(rest)}"))
        count = 0
        for subnet in (s for s in subnets if s in kept):
            box = replace(subnet_box(subnet, public.get(subnet.id)), table=tables.get(subnet.id))
            if public.get(subnet.id):
                boxes.append(replace(box, column=PUBLIC_COLUMN))
                continue
            boxes.append(replace(box, column=count % (PRIVATE_COLUMNS if any_public else PUBLIC_COLUMN + 1)))
            count += 1
    return _packed(boxes), left_out


def _packed(boxes: list[SubnetBox]) -> list[SubnetBox]:
    """The same boxes without empty columns."""
    used = sorted({b.column for b in boxes if b.column is not None})
    return [replace(b, column=used.index(b.column)) if b.column is not None else b for b in boxes]
