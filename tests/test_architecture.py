"""The shape of the package: imports run one way, heavy libraries stay in their rooms, files stay short."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

import pytest

pytestmark = pytest.mark.smoke

PACKAGE = Path(__file__).resolve().parent.parent / "reach"

# LAW: a module imports from rooms before its own only. A new one gets its place here and in ARCHITECTURE.md.
ORDER = [
    "errors",
    "files",
    "traffic",
    "permission",
    "answer",
    "pasted",
    "network.collected",
    "network.things",
    "network.gateways",
    "network.firewall_terms",
    "network.domains",
    "network.firewalls",
    "network.served",
    "network.senders",
    "network.transit_gateways",
    "network",
    "snapshot",
    "services",
    "spellings",
    "engines",
    "policy",
    "describe",
    "flow",
    "placement",
    "interfaces",
    "routes",
    "transits",
    "checks",
    "links.joining",
    "links.steps",
    "links.nexthops",
    "links.rivals",
    "links.routed",
    "links",
    "trace",
    "graph",
    "ports",
    "told",
    "target",
    "built_in",
    "destinations",
    "dns",
    "vpc_config",
    "ask.asker",
    "ask.needs",
    "ask.beyond",
    "ask.fold",
    "ask.branches",
    "ask.request",
    "ask.amend",
    "ask.ruling",
    "ask.judge",
    "ask.mounting",
    "ask.explain",
    "ask.made",
    "ask.remedies",
    "ask.serving",
    "ask.diagnosis",
    "ask.condition",
    "ask.nameservers",
    "ask.remarks",
    "ask.dualstack",
    "ask.aim",
    "ask",
    "deployment",
    "expectations",
    "matrix",
    "render",
    "cli",
    "__init__",
    "__main__",
]
ORDER += ["pytest_plugin"]  # fixtures for other people's tests
RANK = {name: rank for rank, name in enumerate(ORDER)}
# Beside the chain: makers of snapshots, used by the command line and the public face alone.
BESIDE = {"sources": {"sources", "errors", "files", "snapshot", "services", "engines"}}
USES_BESIDE = {"sources", "cli", "__init__", "__main__"}
# The public face on the nouns (`network.path()`, `answer.figure()`): methods that open a later chapter when called.
DOORS = {
    "network": {"graph", "ask", "told", "matrix", "render"},
    "answer": {"render"},
    "matrix": {"render"},
}

HEAVY = {"boto3", "botocore", "networkx", "matplotlib", "rich"}


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement: who, what, where, and whether it runs when the module is loaded."""

    module: str
    imports: str
    line: int
    lazy: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.imports}"


def dotted(path: Path) -> str:
    """`reach/checks/acl.py` → `reach.checks.acl`; a package is called `reach.checks.__init__`."""
    return ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)


def targets(node: ast.Import | ast.ImportFrom, module: str) -> Iterator[str]:
    """The modules that a statement names, absolute; `from reach import dns` names reach.dns."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
        return
    base = node.module or ""
    if node.level:
        base = ".".join([*module.split(".")[: -node.level], *filter(None, [node.module])])
    if base == "reach":
        yield from (f"reach.{alias.name}" if exists(alias.name) else "reach.__init__" for alias in node.names)
    else:
        yield base


def exists(name: str) -> bool:
    return (PACKAGE / f"{name}.py").exists() or (PACKAGE / name).is_dir()


def for_types_only(node: ast.AST) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}


def imports_in(tree: ast.AST, module: str, lazy: bool = False) -> Iterator[Import]:
    """Every import that ever runs; those for type checkers are none."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (Import(module, name, node.lineno, lazy) for name in targets(node, module))
        elif for_types_only(node):
            yield from imports_in(ast.Module(body=node.orelse, type_ignores=[]), module, lazy)
        else:
            inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from imports_in(node, module, inside)


def chapter(module: str) -> str:
    """`reach.checks.acl` → `checks`; `reach.ask.fold` → `ask.fold`, which has its own place; `reach` → `__init__`."""
    parts = [*module.split("."), "__init__"]
    own = ".".join(parts[1:3])
    return own if own in RANK else parts[1]


FILES = sorted(PACKAGE.rglob("*.py"))
IMPORTS = [found for path in FILES for found in imports_in(ast.parse(path.read_text(encoding="utf-8")), dotted(path))]
INTERNAL = [found for found in IMPORTS if found.imports.split(".")[0] == "reach"]


def allowed(found: Import) -> bool:
    importer, imported = chapter(found.module), chapter(found.imports)
    if imported == "__init__":  # the version and the public face: for those at the very end, or within a function
        return importer in {"cli", "__init__", "__main__"} or found.lazy
    if importer in BESIDE:
        return imported in BESIDE[importer]
    if imported in BESIDE:
        return importer in USES_BESIDE
    if found.lazy and imported in DOORS.get(importer, ()):
        return True
    return RANK.get(imported, len(ORDER)) <= RANK.get(importer, -1)


def test_every_module_has_a_place() -> None:
    assert sorted({chapter(dotted(path)) for path in FILES} - RANK.keys() - BESIDE.keys()) == []


def test_the_map_names_every_room_in_the_order_of_the_chain() -> None:
    text = (PACKAGE.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    place: dict[str, int] = {}  # of a room, that of the first of its modules
    for rank, name in enumerate(ORDER):
        place.setdefault(name.partition(".")[0], rank)
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    rows = [re.findall(r"`(\w+)(?:\.py|/)`", cell) for cell in cells]
    named = {room for row in rows for room in row}
    assert sorted({*place, *BESIDE} - {*named, "__init__", "__main__"}) == []
    first = [min(place[room] for room in row if room in place) for row in rows if any(room in place for room in row)]
    assert first == sorted(first), "the rows are not in reading order"


def test_imports_run_one_way() -> None:
    assert INTERNAL, "the parser finds no imports"
    assert [str(found) for found in INTERNAL if not allowed(found)] == []


def test_heavy_libraries_stay_in_their_rooms() -> None:
    for found in IMPORTS:
        match found.imports.split(".")[0]:
            case "dataclasses":
                raise AssertionError(f"{found}: values are msgspec Structs, see ARCHITECTURE.md")
            case "boto3" | "botocore":
                assert found.module == "reach.sources.aws", found
            case "matplotlib":
                assert chapter(found.module) == "render", found
                assert not found.imports.startswith("matplotlib.pyplot"), f"{found}: pyplot has global state"
            case "networkx":
                assert found.lazy, f"{found} when it is loaded"


@pytest.mark.parametrize("path", FILES, ids=dotted)
def test_modules_stay_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


@pytest.mark.parametrize("path", FILES, ids=dotted)
def test_modules_say_what_they_know(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree) or not tree.body


def test_help_loads_nothing_heavy() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "reach", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Usage" in done.stdout
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "reach.cli" in loaded, "importtime printed nothing"
    assert {name.split(".")[0] for name in loaded} & HEAVY == set()
