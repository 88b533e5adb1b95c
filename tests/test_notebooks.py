"""The notebooks run from top to bottom, and what they show is what they are committed with."""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Callable
from html.parser import HTMLParser
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


def test_every_notebook_shows_a_picture_and_no_error() -> None:
    assert len(NOTEBOOKS) >= 3
    for path in NOTEBOOKS:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
        assert outputs
        assert any("image/svg+xml" in o.get("data", {}) for o in outputs), path.name
        assert not any(o.output_type in ("error",) or o.get("name") == "stderr" for o in outputs), path.name


class Texts(HTMLParser):
    """The text of a page and its pictures' alternatives."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.texts += [value for name, value in attrs if name == "alt" and value]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.filterwarnings("default")
def test_nbconvert_shows_answers_without_running_anything() -> None:
    exporters = pytest.importorskip("nbconvert").exporters
    path = ROOT / "notebooks" / "diagnose.ipynb"
    page, _ = exporters.HTMLExporter().from_filename(str(path))
    found = Texts(page)
    assert "svg" in found.tags or any("PARTIAL" in text for text in found.texts)
    markdown, files = exporters.MarkdownExporter().from_filename(str(path))
    assert "PARTIAL" in markdown or any(name.endswith(".svg") for name in files["outputs"])
