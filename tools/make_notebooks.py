"""Run every notebook of notebooks/ from top to bottom and keep its outputs, without what differs from run to run.

Run by `make notebooks`. A test runs them again and compares.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
ENVIRONMENT = {"NO_COLOR": "1", "COLUMNS": "80", "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}


def executed(path: Path) -> str:
    """The text of a notebook after a run in an empty place of its own.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails.
    """
    notebook: Any = nbformat.read(path, as_version=4)
    with patch.dict(os.environ, ENVIRONMENT):
        NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(ROOT)}}).execute()
    return settled(notebook)


def settled(notebook: Any) -> str:
    """A notebook as text: no times, no versions, cells called by their number."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata = {}
        for output in cell.get("outputs", ()):
            output.pop("metadata", None) if output.output_type == "stream" else output.update(metadata={})
    nbformat.validate(notebook)
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main() -> None:
    """Write what has changed."""
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        text = executed(path)
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
