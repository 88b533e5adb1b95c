"""The notebooks run from top to bottom, and what they show is what they are committed with."""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib
import pytest

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbclient")

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PINNED = re.search(r"^matplotlib==(.+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
PICTURES = ("image/svg+xml", "image/png", "text/html")  # what another matplotlib draws a little differently


@pytest.fixture(scope="module")
def executed() -> Callable[[Path], str]:
    found: Callable[[Path], str] = runpy.run_path(str(ROOT / "tools" / "make_notebooks.py"))["executed"]
    return found


def shown(text: str, with_pictures: bool) -> Any:
    """A notebook without what depends on the version of the drawing library, if it is another one."""
    notebook = json.loads(text)
    for cell in notebook["cells"] if not with_pictures else ():
        for output in cell.get("outputs", ()):
            for kind in PICTURES:
                output.get("data", {}).pop(kind, None)
    return notebook


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_current(path: Path, executed: Callable[[Path], str]) -> None:
    pinned = PINNED is not None and matplotlib.__version__ == PINNED[1]
    committed = path.read_text(encoding="utf-8")
    assert shown(executed(path), pinned) == shown(committed, pinned), f"{path.name} is stale: run make notebooks"


def test_every_notebook_shows_pictures_and_no_error() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["diagnose", "diagrams", "explore", "template"]
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
        pictures = [o for o in outputs if "image/svg+xml" in o.get("data", {})]
        assert len(pictures) >= 2, path.name
        assert not any(o.output_type in ("error",) or o.get("name") == "stderr" for o in outputs), path.name


def test_notebooks_are_written_to_be_read() -> None:
    """A title first, words before every piece of code, and nothing of the machine that they ran on."""
    for path in NOTEBOOKS:
        cells = nbformat.read(path, as_version=4).cells
        assert cells[0].cell_type == "markdown"
        assert cells[0].source.startswith("# ")
        assert {before.cell_type for before, cell in pairwise(cells) if cell.cell_type == "code"} == {"markdown"}
        assert not re.search(r"/tmp/|/home/|/root/|/Users/|/var/folders", path.read_text(encoding="utf-8")), path.name
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", "\n".join(c.source for c in cells)):
            assert (path.parent / target).exists(), f"{path.name} links to {target}"


def test_every_kind_of_value_is_shown_somewhere() -> None:
    """Network, Answer, Path, Matrix, and the page inline."""
    text = "".join(path.read_text(encoding="utf-8") for path in NOTEBOOKS)
    for shown in ("Map of the VPC", "REACHABLE", "From subnet-", "function × ", "<iframe title="):
        assert shown in text, shown


class Texts(HTMLParser):
    """The text of a page and its pictures' alternatives."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.pictures = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.pictures += tag == "svg" or any(n == "src" and (v or "").startswith("data:image/svg") for n, v in attrs)
        self.texts += [value for name, value in attrs if name == "alt" and value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nbconvert_shows_what_was_shown_without_running_anything(path: Path) -> None:
    exporters = pytest.importorskip("nbconvert").exporters
    page, _ = exporters.HTMLExporter().from_filename(str(path))
    found = Texts(page)
    assert found.pictures >= 2
    assert any(word in text for text in found.texts for word in ("REACHABLE", "PARTIAL", "BLOCKED"))
    _, files = exporters.MarkdownExporter().from_filename(str(path))
    assert sum(name.endswith(".svg") for name in files["outputs"]) >= 2
