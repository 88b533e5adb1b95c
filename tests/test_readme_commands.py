"""The two commands of the README, taken out of it and run in a temporary clone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DRAWINGS = {".svg", ".png", ".pdf"}


def readme_commands(readme: str) -> list[str]:
    """The make commands in the first ```sh block, without comments."""
    block = re.search(r"^```sh\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    lines = block[1].splitlines() if block else []
    return [line.partition("#")[0].strip() for line in lines if line.startswith("make ")]


def git(*arguments: str) -> str:
    done = subprocess.run(["git", "-C", ROOT, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def clone(to: Path) -> None:
    """Clone the repository as the next commit would have it: what is edited here is what gets tested."""
    git("clone", "--quiet", "--no-checkout", str(ROOT), str(to))
    for name in git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0"):
        if name and (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def stranger() -> dict[str, str]:
    """The environment without what this run of make and pytest left in it; the inner run knows it is nested."""
    left = ("MAKE", "MFLAGS", "PYTEST_", "PYTHON", "VIRTUAL_ENV", "COV_", "REACH_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(left)}
    return kept | {"REACH_NESTED": "1", "PYTHON": getattr(sys, "_base_executable", sys.executable)}


def run(command: str, folder: Path) -> str:
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=stranger(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout[-4000:]}"
    return done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout (an sdist?): nothing to clone")
def test_the_two_commands_work_in_a_fresh_clone(tmp_path: Path) -> None:
    demo, test = commands = readme_commands((ROOT / "README.md").read_text(encoding="utf-8"))
    assert commands == ["make demo", "make test"]
    fresh = tmp_path / "clone"
    clone(fresh)

    said = run(demo, fresh)
    pictures = [path for path in (fresh / "out").rglob("*") if path.suffix in DRAWINGS]
    assert pictures, said
    assert all(path.stat().st_size > 0 for path in pictures)
    silent = [word for word in ("reachable", "partial", "blocked", "unknown") if word not in said.lower()]
    assert not silent, f"the demo does not show {silent}:\n{said}"

    summary = run(test, fresh).rstrip().splitlines()[-1]
    assert re.search(r"\b[1-9]\d* passed\b", summary), summary
    assert not re.search(r"\b(failed|error)", summary), summary
