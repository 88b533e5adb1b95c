"""Paths that say the same thing, told once: by what happens on them, then by where they start."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from msgspec import Struct

from reach.answer import Answer, Hop, Path, Verdict

ALWAYS_THERE = {"function", "interface", "subnet"}  # differ between subnets even where the story is the same


class Group(Struct, frozen=True):
    """Paths with one story. `addresses` and `ports` are empty where the group has all that was asked."""

    verdict: Verdict
    subnets: tuple[str, ...]
    addresses: tuple[str, ...]
    ports: tuple[str, ...]
    via: tuple[str, ...]
    end: str
    hops: tuple[Hop, ...]

    @property
    def shape(self) -> tuple[object, ...]:
        """Equal for groups that differ only in which table or gateway stands on the way."""
        story = [(h.kind, h.direction, h.verdict, h.findings and h.findings[0].code) for h in self.hops]
        return self.verdict, tuple(step for step in story if step[0] not in ALWAYS_THERE)


def groups_of(answer: Answer, *, verbose: bool = False) -> tuple[Group, ...]:
    """Group the paths of an answer, in their own order; `verbose` tells ACLs that admit it apart, too."""
    by_story: dict[tuple[object, ...], list[Path]] = {}
    for path in answer.paths:
        by_story.setdefault((path.verdict, path.subnet, _story(path, verbose)), []).append(path)
    merged: dict[tuple[object, ...], Group] = {}
    for paths in by_story.values():
        group = _merge(paths, answer)
        key = (group.verdict, group.addresses, group.ports, _story(paths[0], verbose))
        known = merged.get(key)
        merged[key] = _join(known, group) if known else group
    return tuple(merged.values())


def _story(path: Path, verbose: bool) -> tuple[object, ...]:
    told = [hop for hop in path.hops if hop.kind not in ALWAYS_THERE]
    if not verbose:
        told = [hop for hop in told if hop.kind != "network_acl" or hop.verdict is not Verdict.REACHABLE]
    return tuple((hop.kind, hop.resource, hop.direction, hop.verdict, hop.detail) for hop in told)


def _merge(paths: list[Path], answer: Answer) -> Group:
    first = paths[0]
    addresses = _unless_all((p.addresses for p in paths), (asked.addresses for asked in answer.asked))
    ports = _unless_all((p.ports for p in paths), (asked.ports for asked in answer.asked))
    subnets = (first.subnet,) if first.subnet else ()
    return Group(first.verdict, subnets, addresses, ports, first.via, first.end, first.hops)


def _unless_all(these: Iterable[tuple[str, ...]], asked: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(chain.from_iterable(these)))
    return () if set(found) == set(chain.from_iterable(asked)) else found


def _join(one: Group, other: Group) -> Group:
    subnets = one.subnets + tuple(s for s in other.subnets if s not in one.subnets)
    return Group(one.verdict, subnets, one.addresses, one.ports, one.via, one.end, one.hops)
