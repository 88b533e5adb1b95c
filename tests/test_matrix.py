"""The matrix: every cell is what `path` says, asked once per class, and shown in every format."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

import reach
from reach import Network, QuestionError, ReachError, Verdict
from reach import matrix as module
from reach.describe import describe
from reach.matrix import Matrix, matrix
from reach.network import Database, Function
from reach.render.matrix import matrix_bundle, tally
from reach.snapshot import parse
from tests.command import furnished, run
from tests.law_worlds import networks
from tests.scenario import Steps, do, network
from tests.scenario_worlds import CACHE, DB, NAT, PEER, S3_ROUTED, THERE
from tests.schema import packaged, valid
from tests.worlds import World

TWINS: Steps = (
    *NAT,
    DB,
    CACHE,
    S3_ROUTED,
    *PEER,
    THERE,
    do("function", "orders2", ["subnet-a"], ["sg-fn"], Role="arn:aws:iam::123456789012:role/orders"),
    do("function", "=evil", ["subnet-a"], ["sg-fn"], Role="arn:aws:iam::123456789012:role/orders"),
    do("function", "free2", unattached="empty", Role="arn:aws:iam::123456789012:role/free"),
    do("security_group", "vpc-1", [("tcp", 5432, "10.0.0.0/16")], id="sg-open"),
    do("db_instance", "twin-a", ["subnet-e"], ["sg-open"]),
    do("db_instance", "twin-b", ["subnet-e"], ["sg-open"]),
)


def disagreements(net: Network, found: Matrix) -> list[str]:
    out = []
    for cell in found:
        answer = net.path(cell.function, cell.target)
        first = answer.first if answer.verdict is not Verdict.REACHABLE else None
        if (cell.verdict, cell.code) != (answer.verdict, first.code if first else None):
            out.append(f"{cell.function} → {cell.target}: {cell.verdict} {cell.code}, path says {answer.verdict}")
    return out


@pytest.mark.parametrize("world", [TWINS, NAT, (*NAT, DB)], ids=["twins", "nat", "db"])
def test_every_cell_is_what_path_says(world: Steps) -> None:
    net = network(world)
    found = net.matrix()
    assert len(found) == len(net.functions) * (3 + len(net.databases))
    assert disagreements(net, found) == []


@settings(max_examples=25)
@given(networks())
def test_every_cell_of_any_network_is_what_path_says(net: Network) -> None:
    if not net.functions:
        with pytest.raises(QuestionError):
            net.matrix()
        return
    doubled = net.changed(*(twin(f) for f in net.functions), *(twin(d) for d in net.databases))
    assert disagreements(doubled, doubled.matrix()) == []


def twin(thing: Function | Database) -> Function | Database:
    """The same under another name."""
    return replace(thing, id=f"{thing.id}-2", arn=f"{thing.arn}-2", name=f"{thing.name}-2")


def test_functions_and_destinations_that_differ_in_names_share_one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    settle = module.settle

    def counted(net: Network, asker: Any, target: Any) -> Any:
        asked.append((asker.info.name, str(target)))
        return settle(net, asker, target)

    monkeypatch.setattr(module, "settle", counted)
    found = network(TWINS).matrix()
    assert len(asked) == len(set(asked)) == len(found.verdicts)
    kinds = {row.function: row.kind for row in found.rows}
    assert kinds["orders"] == kinds["orders2"] == kinds["=evil"] != kinds["both"]
    assert kinds["free"] == kinds["free2"]
    columns = {column.target: column.kind for column in found.columns}
    assert columns["rds:twin-a"] == columns["rds:twin-b"] != columns["rds:orders-db"]
    assert sum(found.counts().values()) == len(found)


def test_targets_can_be_chosen() -> None:
    found = matrix(network(TWINS), ("internet:22", "10.9.1.9:5432", "internet:22"))
    assert [c.target for c in found.columns] == ["internet:22", "10.9.1.9:5432"]
    assert disagreements(network(TWINS), found) == []
    with pytest.raises(QuestionError, match="s4"):
        network(TWINS).matrix("s4")


def test_a_cell_has_its_answer() -> None:
    found = reach.demo("private").matrix()
    cell = found.cell("orders", "internet")
    assert cell.verdict is cell.answer.verdict is Verdict.BLOCKED
    assert cell.code == cell.answer.blockers[0].code
    with pytest.raises(QuestionError, match="no function 'x'"):
        found.cell("x", "internet")
    with pytest.raises(QuestionError, match="no target 'x'"):
        found.cell("orders", "x")


def test_equal_names_are_told_apart() -> None:
    net = describe(parse(json.dumps(doubled()), "world"))
    found = net.matrix()
    assert [r.function for r in found.rows] == [f"123456789012/{r}/orders" for r in ("eu-west-1", "us-east-1")]
    assert len({c.target for c in found.columns}) == len(found.columns) == 5
    assert disagreements(net, found) == []


def doubled() -> dict[str, Any]:
    document: dict[str, Any] = {}
    for region in ("eu-west-1", "us-east-1"):
        world = World(region)
        vpc = world.vpc("10.0.0.0/16", id=f"vpc-{region}")
        subnet = world.subnet(vpc, "10.0.1.0/24", id=f"subnet-{region}")
        group = world.security_group(vpc, [("tcp", 5432, "10.0.0.0/16")], id=f"sg-{region}")
        world.function("orders", [subnet], [group])
        world.db_instance("orders-db", [subnet], [group])
        made = world.document()
        document = document or made
        document["accounts"]["123456789012"][region] = made["accounts"]["123456789012"][region]
    return document


# -- formats ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(furnished().write(tmp_path_factory.mktemp("net") / "net.json"))


def test_text_shows_the_grid_and_the_reasons(net: str) -> None:
    result = run("matrix", "--from", net)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "3 functions × 4 targets"
    grid = {line.split()[0]: line.split()[1:] for line in lines if line.startswith("  ") and line[-1] in "✓✕"}
    assert grid["orders"] == ["✓", "✓", "✓", "✓"]
    assert grid["thumbnailer"] == ["✕", "✕", "✕", "✓"]
    assert grid["loner"] == ["✓", "✓", "✓", "✕"]
    assert "✕ BLOCKED    IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS" in lines
    assert "  thumbnailer → internet, s3, dynamodb" in lines
    assert lines[-1] == "8 reachable, 4 blocked"
    quiet = run("matrix", "--from", net, "-q").stdout
    assert "IGW_" not in quiet
    assert "✕" in quiet


def test_json_is_by_class_and_expands(net: str) -> None:
    short = json.loads(run("matrix", "--from", net, "-f", "json").stdout)
    long = json.loads(run("matrix", "--from", net, "-f", "json", "--expand").stdout)
    for document in (short, long):
        valid(document, packaged("matrix.schema.json"))
    functions = {f["function"]: f["class"] for f in short["functions"]}
    targets = {t["target"]: t["class"] for t in short["targets"]}
    verdicts = {(v["functions"], v["targets"]): (v["verdict"], v["code"]) for v in short["verdicts"]}
    assert len(long["cells"]) == len(functions) * len(targets)
    for cell in long["cells"]:
        kinds = functions[cell["function"]], targets[cell["target"]]
        assert verdicts[kinds] == (cell["verdict"], cell["code"])
    assert run("matrix", "--from", net, "--expand").exit_code == 2


def test_csv_and_markdown_have_every_cell(net: str) -> None:
    rows = list(csv.DictReader(io.StringIO(run("matrix", "--from", net, "-f", "csv").stdout)))
    assert len(rows) == 12
    assert {(r["function"], r["target"]): r["verdict"] for r in rows}["loner", "rds:orders-db"] == "blocked"
    table = run("matrix", "--from", net, "-f", "markdown", "--to", "internet", "--to", "s3").stdout.splitlines()
    assert table[0] == "| function | internet | s3 |"
    assert len(table) == 5


def test_exit_codes(net: str, tmp_path: Path) -> None:
    assert run("matrix", "--from", net, "--to", "rds:orders-db").exit_code == 1
    assert run("matrix", "--from", net, "--to", "s4").exit_code == 2
    assert run("matrix", "--from", "demo:nat").exit_code == 0
    world = furnished()
    world.collections["Functions"].clear()
    result = run("matrix", "--from", str(world.write(tmp_path / "net.json")))
    assert result.exit_code == 2
    assert "no functions at all" in result.stderr


def test_wide_and_hostile_matrices_stay_on_the_page() -> None:
    from reach.render.matrix import write_matrix
    from reach.render.terminal import Page, width

    wide = matrix(network(TWINS), [f"10.9.1.9:{port}" for port in range(1, 60)])
    page = Page()
    write_matrix(page, wide)
    assert max(width(line) for line in page.plain().splitlines()) <= 80 + len(" and 2 like it")
    assert "=evil" in page.plain()


def test_notebooks_get_a_table() -> None:
    found = network(TWINS).matrix()
    bundle = matrix_bundle(found)
    assert bundle == found._repr_mimebundle_()
    assert bundle["text/html"].count("<tr>") == len(found.rows) + 1
    assert tally(found) in bundle["text/html"]


@pytest.mark.skipif(importlib.util.find_spec("pandas") is None, reason="the extra pandas is not installed")
def test_dataframe() -> None:
    frame = network(TWINS).matrix().to_dataframe()
    assert frame.loc["orders", "internet"] == "reachable"
    assert (frame.index.name, frame.columns.name) == ("function", "target")


def test_without_pandas_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ReachError, match="needs pandas") as caught:
        network(NAT).matrix().to_dataframe()
    assert caught.value.hint == "pip install pandas"
