"""The shape of a scenario row: rule ids, a world as a list of steps, a question, and what the rules demand of it.

Expectations are written from the rules, never from what the engine prints.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from reach import Network, Verdict
from reach.answer import Answer, Blocker
from reach.ask import ask
from reach.ask.asker import planned
from reach.describe import describe
from reach.render.json import document
from reach.snapshot import parse
from reach.told import told
from reach.vpc_config import read
from tests.schema import validate_answers
from tests.worlds import World

OK, NO, PART, HM = Verdict.REACHABLE, Verdict.BLOCKED, Verdict.PARTIAL, Verdict.UNKNOWN
Step = Callable[[World], object]
Steps = tuple[Step, ...]


def do(method: str, *args: Any, **members: Any) -> Step:
    """A step that calls a method of the world builder, with records of its own: later steps change them."""
    return lambda world: getattr(world, method)(*deepcopy(args), **deepcopy(members))


def put(id: str, **members: Any) -> Step:
    """A step that overwrites members of a record."""
    return lambda world: world[id].update(members)


def cut(id: str, *members: str) -> Step:
    """A step that removes members of a record, as if an old API or a template had left them out."""
    return lambda world: [world[id].pop(member) for member in members]


def put_in(id: str, member: str, index: int, **members: Any) -> Step:
    """A step that overwrites members of one structure in a record's list."""
    return lambda world: world[id][member][index].update(members)


def forget(key: str, id: str) -> Step:
    """A step that removes one record from a collection that was read whole."""
    return lambda world: world.collections[key].remove(world[id])


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One scenario. `code`, `at`, `cause`, `back`, `layer` describe the first blocker (or unknown).

    `more` are the codes of all further ones in order ("*": no rule says which). `notes` must be present, `never`
    must not be.
    `via` is the way of every path. `facts` are (attribute, value) of the first blocker or unknown.
    """

    ids: str
    about: str
    world: Steps
    to: str
    want: Verdict
    who: str = "orders"
    family: str = "4"
    actions: tuple[str, ...] = ()
    config: str | None = None
    resolve: tuple[tuple[str, str], ...] = ()
    code: str | None = None
    at: str | None = None
    cause: str | None = None
    back: bool = False
    layer: str = "net"
    more: tuple[str, ...] = ()
    needs: str | None = None
    subnets: tuple[str, ...] | None = None
    dimension: str | None = None
    via: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    assumes: tuple[str, ...] = ()
    says: str = ""

    def __str__(self) -> str:
        return f"{self.ids}: {self.about}"


def rows(*tables: Iterable[Row]) -> list[Any]:
    """The rows of some tables as pytest parameters, named by their rule ids."""
    return [pytest.param(row, id=str(row)) for table in tables for row in table]


def build(steps: Steps) -> World:
    """Take the steps in order."""
    world = World()
    for step in steps:
        step(world)
    return world


@cache
def network(steps: Steps) -> Network:
    """The world as reach reads it."""
    return describe(parse(json.dumps(build(steps).document()), "world"))


@cache
def answer(row: Row) -> Answer:
    """The engine's answer to a row's question, about the function as it is or as `config` would have it."""
    return answer_in(network(row.world), row)


def answer_in(world: Network, row: Row) -> Answer:
    """The same in a given network."""
    if row.config is not None:
        world = planned(world, row.who, read(row.config))
    return ask(told(world, dict(row.resolve)), row.who, row.to, row.family, row.actions)


def check(row: Row) -> None:
    """Compare the answer with the row, and its JSON with the schema."""
    got = answer(row)
    validate_answers(document([got], [], version="0"))
    shown = f"\n{got.headline}\n{summary(got)}"
    assert got.verdict is row.want, shown
    listed = got.unknowns if row.want is HM else got.blockers
    codes = [b.code for b in listed]
    wanted = [row.code, *row.more] if row.code else []
    assert codes[: len(wanted) - 1] == wanted[:-1] if row.more == ("*",) else codes == wanted, shown
    if row.want is OK:
        assert (got.layer, got.blockers, got.unknowns) == (None, (), ()), shown
    else:
        assert row.code, "a row that is not reachable names its code"
        _first(row, listed[0], shown)
        assert got.layer == row.layer, shown
    _around(row, got, shown)


def _first(row: Row, first: Blocker, shown: str) -> None:
    want: dict[str, Any] = {"cause": row.cause, "direction": "return" if row.back else "forward", "layer": row.layer}
    if row.cause == "*":  # no rule says which diagnosis it is
        del want["cause"]
    optional = {"resource": row.at, "needs": row.needs, "subnets": row.subnets}
    want |= {key: value for key, value in optional.items() if value is not None}
    assert {key: getattr(first, key) for key in want} == want, shown
    assert row.says in first.why + first.fix, shown
    assert all((first.title, first.why, first.fix)), shown
    assert row.want is HM or first.evidence or first.code in WITHOUT_EVIDENCE, shown


# Refusals by the packet itself (protocol, address family, class of address): no AWS field says so.
WITHOUT_EVIDENCE = {
    "PROTOCOL_RESTRICTION", "VPCE_GATEWAY_PROTOCOL_RESTRICTION", "NO_POSSIBLE_DESTINATION",
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS",
    "GATEWAY_ENDPOINT_NOT_EXTENSIBLE",
    "LAMBDA_CANNOT_RECEIVE_CONNECTIONS", "ROUTING_LOOP",
}  # fmt: skip


def _around(row: Row, got: Answer, shown: str) -> None:
    noted = {n.code for n in got.notes}
    assert set(row.notes) <= noted, f"{noted}{shown}"
    assert not set(row.never) & noted, f"{noted}{shown}"
    assert set(row.assumes) <= {a.rule for a in got.assumptions}, f"{got.assumptions}{shown}"
    if row.via is not None:
        assert {p.via for p in got.paths} == {row.via}, shown
    if row.dimension is not None:
        assert got.dimension == row.dimension, shown


def summary(got: Answer) -> str:
    """What a failed row shows."""
    lines = [f"{got.verdict} {got.layer} {got.dimension}"]
    lines += [
        f"  {b.code} cause={b.cause} at={b.resource} {b.direction} {b.layer} after={b.after} {b.subnets} "
        f"needs={b.needs}: {b.why}"
        for b in (*got.blockers, *got.unknowns)
    ]
    lines += [f"  via {p.subnet} {p.verdict} {p.via} → {p.end}" for p in got.paths]
    lines += [f"  note {n.code}: {n.text}" for n in got.notes]
    lines += [f"  assumes {a.rule}: {a.text}" for a in got.assumptions]
    return "\n".join(lines)
