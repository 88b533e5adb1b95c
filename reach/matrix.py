"""Every function × every destination, asked once per class of functions and of destinations.

Functions that differ in nothing but their names send the same packets; destinations that differ in nothing
but their names are the same question. One of each class is traced by the code that answers `path`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Answer, SourceInfo, Verdict
from reach.ask import ask, settle
from reach.ask.asker import Asker, askers, named
from reach.errors import QuestionError, ReachError
from reach.network import Database, Network
from reach.placement import of_node
from reach.target import Target, parse

if TYPE_CHECKING:
    from matplotlib.figure import Figure

USUAL = ("internet", "s3", "dynamodb")


class Row(Struct, frozen=True):
    """A function: the words that mean it alone, who it is, and its class."""

    function: str
    source: SourceInfo
    kind: int


class Column(Struct, frozen=True):
    """A destination: the words that mean it alone, and its class."""

    target: str
    kind: int


class Cell(Struct, frozen=True):
    """The verdict on one function and one destination, and the code of what explains it."""

    function: str
    target: str
    verdict: Verdict
    code: str | None
    network: Network

    @property
    def answer(self) -> Answer:
        """The whole answer, asked when it is wanted."""
        return ask(self.network, self.function, self.target)


class Matrix(Struct, frozen=True):
    """Verdicts by class: `verdicts[row.kind, column.kind]` is the verdict and its code.

    Examples
    --------
    >>> import reach
    >>> reach.demo("nat").matrix().cell("orders", "internet").verdict
    <Verdict.REACHABLE: 'reachable'>
    """

    rows: tuple[Row, ...]
    columns: tuple[Column, ...]
    verdicts: Mapping[tuple[int, int], tuple[Verdict, str | None]]
    network: Network

    def cell(self, function: str, target: str) -> Cell:
        """One cell, by the words of its row and column.

        Raises
        ------
        QuestionError
            If there is no such row or column.
        """
        row = next((r for r in self.rows if r.function == function), None)
        column = next((c for c in self.columns if c.target == target), None)
        if row is None or column is None:
            what = f"function {function!a}" if row is None else f"target {target!a}"
            known = [r.function for r in self.rows] if row is None else [c.target for c in self.columns]
            raise QuestionError(f"the matrix has no {what}", f"it has: {', '.join(known[:8])}")
        return self._cell(row, column)

    def _cell(self, row: Row, column: Column) -> Cell:
        return Cell(row.function, column.target, *self.verdicts[row.kind, column.kind], self.network)

    def __iter__(self) -> Iterator[Cell]:
        """Every cell, row by row; made as they are asked for."""
        return (self._cell(row, column) for row in self.rows for column in self.columns)

    def __len__(self) -> int:
        return len(self.rows) * len(self.columns)

    def counts(self) -> dict[Verdict, int]:
        """How many cells have each verdict, without making them."""
        rows, columns = Counter(r.kind for r in self.rows), Counter(c.kind for c in self.columns)
        seen: Counter[Verdict] = Counter()
        for (row, column), (verdict, _) in self.verdicts.items():
            seen[verdict] += rows[row] * columns[column]
        return {verdict: seen[verdict] for verdict in Verdict}

    def to_dict(self, *, expand: bool = False) -> dict[str, Any]:
        """Rows, columns and verdicts by class; with `expand` every cell instead of the verdicts."""
        out: dict[str, Any] = {
            "functions": [
                {
                    "function": row.function,
                    "arn": row.source.arn,
                    "account": row.source.account,
                    "region": row.source.region,
                    "class": row.kind,
                }
                for row in self.rows
            ],
            "targets": [{"target": column.target, "class": column.kind} for column in self.columns],
        }
        if expand:
            cells = [
                {"function": c.function, "target": c.target, "verdict": c.verdict.value, "code": c.code} for c in self
            ]
            return out | {"cells": cells}
        verdicts = [
            {"functions": row, "targets": column, "verdict": verdict.value, "code": code}
            for (row, column), (verdict, code) in self.verdicts.items()
        ]
        return out | {"verdicts": verdicts}

    def to_dataframe(self) -> Any:
        """A pandas DataFrame: functions as the index, targets as columns, verdicts as text; needs pandas.

        Raises
        ------
        ReachError
            If pandas is not installed.
        """
        try:
            import pandas as pd  # type: ignore[import-untyped, import-not-found, unused-ignore]
        except ImportError:
            raise ReachError("a DataFrame needs pandas", "pip install pandas") from None
        values = [[self.verdicts[r.kind, c.kind][0].value for c in self.columns] for r in self.rows]
        index = pd.Index([row.function for row in self.rows], name="function")
        return pd.DataFrame(values, index=index, columns=pd.Index([c.target for c in self.columns], name="target"))

    def figure(self, *, theme: str = "light") -> Figure:
        """The matrix as a matplotlib figure, at most 900 points wide; ``theme`` is ``light`` or ``dark``.

        Of more than 24 functions those that fare alike share a row; what finds no room is told as a number.
        """
        from reach.render.diagram import matrix_figure

        return matrix_figure(self, theme)

    def diagram(self, path: str, *, theme: str = "light") -> None:
        """Write that picture: .svg, .png, .pdf, or .html for the page, by suffix.

        Raises
        ------
        QuestionError
            If the suffix is another one.
        ReachError
            If it cannot be written.
        """
        from reach.render.diagram import write_matrix

        write_matrix(self, path, theme)

    def report(self, path: str) -> None:
        """Write the page of the matrix: one HTML file with every cell explained.

        Raises
        ------
        ReachError
            If it cannot be written.
        """
        from reach.render.diagram import write_page

        write_page(self, path)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from reach.render.matrix import matrix_bundle

        return matrix_bundle(self)


def matrix(
    network: Network,
    targets: Sequence[str] = (),
    *,
    region: str | None = None,
    account: str | None = None,
) -> Matrix:
    """Ask for every function; without targets for internet, s3, dynamodb, and all that serves in a VPC.

    Raises
    ------
    QuestionError
        If a target cannot be read or is not in the network, or there is no function.
    """
    found = named(askers(network, "*", region=region, account=account))
    wanted = [(words, parse(words)) for words in dict.fromkeys(targets or (*USUAL, *served(network)))]
    row_kinds = _kinds(_of_asker(asker) for _, asker in found)
    column_kinds = _kinds(_of_target(network, target) for _, target in wanted)
    first_row = {kind: asker for kind, (_, asker) in reversed([*zip(row_kinds, found, strict=True)])}
    first_column = {kind: target for kind, (_, target) in reversed([*zip(column_kinds, wanted, strict=True)])}
    return Matrix(
        rows=tuple(Row(words, asker.info, kind) for kind, (words, asker) in zip(row_kinds, found, strict=True)),
        columns=tuple(Column(words, kind) for kind, (words, _) in zip(column_kinds, wanted, strict=True)),
        verdicts={
            (row, column): settle(network, first_row[row], first_column[column])
            for row in sorted(first_row)
            for column in sorted(first_column)
        },
        network=network,
    )


def served(network: Network) -> list[str]:
    """What serves in a VPC, each by the shortest words that mean it alone; databases first, caches last."""
    count = Counter(d.word for d in network.databases)
    found = [(d.hop == "cache", d.word if count[d.word] == 1 else d.arn or d.word) for d in network.databases]
    return [words for _, words in sorted(found)]


# -- classes ----------------------------------------------------------------------------------------------


def _kinds(keys: Iterable[Hashable]) -> list[int]:
    """Numbers of the classes in the order in which they are met."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(key, len(numbers)) for key in keys]


def _of_asker(asker: Asker) -> Hashable:
    """All of a function but its names. What a later version reads makes classes finer, never wrong."""
    function = asker.function
    if function is None:
        return asker.info
    nameless = replace(
        function, id="", arn="", name="", where=None, qualifier="", logical="", timeout=None, tags=None,
        state_reason=None,
    )  # fmt: skip
    return nameless, tuple(replace(i, id="", name="", where=None, of="") for i in asker.interfaces)


def _of_target(network: Network, target: Target) -> Hashable:
    """The words themselves, but of something in a VPC all except its names: where it sits, and what it lets in."""
    words = str(target.what)
    mine = [d for d in network.databases if words in (d.word, d.arn)]
    return (target.ports, _nameless(network, mine[0])) if len(mine) == 1 else target


def _nameless(network: Network, database: Database) -> Hashable:
    places = tuple(
        (
            tuple((i.subnet, i.addresses, i.exact, i.groups) for i in of_node(network, database, node, node.now or ())),
            replace(node, id="", host=""),
        )
        for node in database.nodes
    )
    return places, replace(
        database, id="", arn="", name="", where=None, aliases=(), nodes=(), reader_nodes=(), engine="", hints=(),
        reader_hosts=(), hosts=(), member_of=None,
    )  # fmt: skip
