"""The gallery is what `make graphs` writes, and its pages show what the command prints."""

from __future__ import annotations

import json
import re
import runpy
import shlex
from pathlib import Path

import matplotlib
import pytest
from click.testing import CliRunner

import reach
from reach.checks import CATALOGUE
from reach.cli import reach as command_line
from tests import deployments

ROOT = Path(__file__).resolve().parent.parent
GRAPHS = ROOT / "graphs"
PINNED = re.search(r"^matplotlib==(.+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)


@pytest.mark.slow
def test_generated_files_are_current() -> None:
    generated: dict[str, str] = runpy.run_path(str(ROOT / "tools" / "make_graphs.py"))["generate"]()
    pinned = PINNED is not None and matplotlib.__version__ == PINNED[1]
    assert len(generated) > 8
    for name, text in generated.items():
        if name.endswith(".svg") and not pinned:
            continue  # another matplotlib draws other bytes; the geometry tests still hold
        assert (GRAPHS / name).read_text() == text, f"{name} is stale: run make graphs"
    made = {Path(name).parent.name for name in generated} - {""}
    assert {path.name for path in GRAPHS.iterdir() if path.is_dir()} == made


def pages() -> list[tuple[str, str, str]]:
    """Every network of the gallery with the command of its page and what that shows."""
    found = []
    for page in sorted(GRAPHS.glob("*/README.md")):
        block = re.search(r"```console\n\$ (.*?)\n(.*?)```", page.read_text(), re.DOTALL)
        assert block, page
        found.append((page.parent.name, block[1], block[2]))
    return found


@pytest.mark.parametrize(("slug", "command", "shown"), pages(), ids=[slug for slug, _, _ in pages()])
def test_pages_show_what_the_command_prints(slug: str, command: str, shown: str) -> None:
    result = CliRunner().invoke(command_line, shlex.split(command)[1:])
    assert result.stdout.strip() == shown.strip()
    assert f"demo:{slug}" in command


def test_every_code_of_a_path_has_a_network_that_shows_it() -> None:
    """Codes of policies for deployment are of no path: `reach policy` names them."""
    commands: dict[str, str] = json.loads((GRAPHS / "codes.json").read_text())
    assert set(CATALOGUE) - set(commands) <= {code for case in deployments.CASES for code in deployments.codes(case)}
    for code, command in commands.items():
        words = CliRunner().invoke(command_line, ["explain", code]).stdout
        assert command in words


def test_demos_have_short_names() -> None:
    assert repr(reach.demo("nat")) == repr(reach.demo("vpc-privatepublic"))
    assert reach.demo("nat").path("orders", "internet").verdict is reach.Verdict.REACHABLE
