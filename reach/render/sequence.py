"""What stands left of what: traffic goes to the right, between VPCs and between the columns of one.

Ways that lead in a circle have no such order; there the way that was drawn first counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from reach.render.scene import Edge, Node, Scene

Pair = tuple[str, str]


def sequence(scene: Scene) -> list[str | list[Node]]:
    """VPCs by id and stacks of nodes outside them, from left to right.

    What stands outside comes as late as it may: before a VPC only if it leads there.
    """
    home = {b.id: b.vpc for b in scene.subnets}
    unit = {n.key: n.border_of or home.get(n.subnet or "", n.key) for n in scene.nodes}
    pairs = _forward((unit[e.source], unit[e.target]) for e in scene.edges if e.target and not e.reply and not e.joins)
    outside = {n.key: n for n in scene.nodes if unit[n.key] == n.key}
    out: list[str | list[Node]] = []
    for vpc in _sorted([v.id for v in scene.vpcs], pairs):
        ahead = [key for key in outside if _leads(key, vpc, pairs)]
        out += _stacks([outside.pop(key) for key in ahead], pairs)
        out.append(vpc)
    return [*out, *_stacks(list(outside.values()), pairs)]


def to_the_right(nodes: Iterable[Node], edges: Iterable[Edge], vpc_of: Callable[[str], str]) -> tuple[Node, ...]:
    """The same nodes, each in a column behind all nodes of its VPC that lead to it."""
    placed = {n.key: n for n in nodes}
    homes = {n.key: vpc_of(n.subnet) for n in placed.values() if n.subnet}
    inner = ((e.source, e.target) for e in edges if e.target and not e.reply)
    pairs = _forward((a, b) for a, b in inner if a in homes and homes[a] == homes.get(b))
    for key in _sorted(list(placed), pairs):
        behind = [placed[a].column + 1 for a, b in pairs if b == key]
        placed[key] = replace(placed[key], column=max([placed[key].column, *behind]))
    return tuple(placed.values())


def _forward(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs without those that would close a circle."""
    out: list[Pair] = []
    for one, other in pairs:
        if one != other and (one, other) not in out and not _leads(other, one, out):
            out.append((one, other))
    return out


def _leads(start: str, end: str, pairs: list[Pair]) -> bool:
    seen, todo = {start}, [start]
    while todo:
        at = todo.pop()
        if at == end:
            return True
        todo += [b for a, b in pairs if a == at and b not in seen]
        seen |= set(todo)
    return False


def _sorted(keys: list[str], pairs: list[Pair]) -> list[str]:
    """In the order given, but nothing before what leads to it."""
    out: list[str] = []
    left = list(keys)
    while left:
        out.append(next(k for k in left if not any(o != k and _leads(o, k, pairs) for o in left)))
        left.remove(out[-1])
    return out


def _stacks(nodes: list[Node], pairs: list[Pair]) -> list[str | list[Node]]:
    """Nodes in stacks, one behind the other where one leads to the other."""
    out: list[str | list[Node]] = []
    left = list(nodes)
    while left:
        first = [n for n in left if not any((o.key, n.key) in pairs for o in left)]
        out.append(first)
        left = [n for n in left if n not in first]
    return out
