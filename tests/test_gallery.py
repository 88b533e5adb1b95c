"""The gallery is what `make graphs` writes, and what the documents print is what the command prints."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path

import matplotlib
import pytest
from click.testing import CliRunner

import reach
from reach.cli import reach as command_line

ROOT = Path(__file__).resolve().parent.parent
GRAPHS = ROOT / "graphs"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
PINNED = re.search(r"^matplotlib==(.+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)


def test_generated_files_are_current(tmp_path: Path) -> None:
    generated: dict[str, str] = runpy.run_path(str(ROOT / "tools" / "make_graphs.py"))["generate"](tmp_path)
    pinned = PINNED is not None and matplotlib.__version__ == PINNED[1]
    assert len(generated) > 8
    for name, text in generated.items():
        if name.endswith(".svg") and not pinned:
            continue  # another matplotlib draws other bytes; the geometry tests still hold
        assert (GRAPHS / name).read_text() == text, f"{name} is stale: run make graphs"


def test_every_network_is_in_the_gallery_and_loads() -> None:
    folders = {p.parent.name for p in GRAPHS.glob("*/snapshot.json")}
    assert folders == {p.parent.name for p in GRAPHS.glob("*/README.md")}
    for slug in folders:
        assert reach.demo(slug).functions


def blocks() -> list[tuple[str, str, list[str]]]:
    """Every `$ reach …` on a built-in network that a document shows, with the lines that it shows of the output."""
    out = []
    for document in DOCUMENTS:
        for block in re.findall(r"```console\n(.*?)```", document.read_text(), re.DOTALL):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, *shown = part.splitlines()
                if command.startswith("reach ") and "--from demo:" in command:
                    out.append((document.name, command, shown))
    return out


@pytest.mark.parametrize(("document", "command", "shown"), blocks(), ids=lambda value: str(value)[:40])
def test_documents_show_what_the_command_prints(
    document: str, command: str, shown: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # some write a file
    result = CliRunner().invoke(command_line, shlex.split(command)[1:])
    printed = result.stdout.splitlines()
    wanted = [line for line in shown if line.strip() and line.strip() != "…"]
    assert printed[: len(wanted)] == wanted, document


def test_the_documents_show_some_commands() -> None:
    assert len(blocks()) >= 1


PYTHON = [
    (document.name, block)
    for document in DOCUMENTS
    for block in re.findall(r"```python\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
    if "reach.demo(" in block and "net.json" not in block
]


@pytest.mark.parametrize(("document", "block"), PYTHON, ids=[name for name, _ in PYTHON])
def test_python_in_the_documents_runs(document: str, block: str) -> None:
    exec(compile(block, document, "exec"), {})


def test_links_between_documents_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_demos_have_short_names() -> None:
    assert repr(reach.demo("nat")) == repr(reach.demo("vpc-privatepublic"))
    assert reach.demo("nat").path("orders", "internet").verdict is reach.Verdict.REACHABLE
