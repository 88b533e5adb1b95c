"""What CI systems are given: the action's own script and the hook's own command, run in a temporary repository."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import junitparser
import pytest
import yaml

from reach.cli.check import check
from reach.expectations import parse_toml, parse_yaml
from tests.command import CLEAN, furnished
from tests.schema import packaged, valid

ROOT = Path(__file__).resolve().parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
CHECK = next(step for step in STEPS if step.get("id") == "check")
EXPRESSION = re.compile(r"\$\{\{\s*inputs\.([a-z-]+)\s*\}\}")

HOLDS = "from: [net.json]\nexpect: [{function: orders, can: [internet]}]\n"
FAILS = "from: [net.json]\nexpect: [{function: orders, cannot: [internet]}]\n"
UNSURE = "from: [net.json]\nexpect: [{function: orders, can: ['ledger.corp.internal:5432']}]\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A git repository with a snapshot and expectations, and `reach` on the path."""
    folder = tmp_path / "repo"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    furnished().write(folder / "net.json")
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "reach"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m reach "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return folder


def shell(repository: Path, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
    paths = {"PATH": f"{repository.parent / 'bin'}:{CLEAN['PATH']}", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=repository, env=CLEAN | paths | env, capture_output=True, text=True, check=False, timeout=120
    )


def action(repository: Path, **given: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
    """The script of the action as GitHub's runner starts it, with these inputs, and its outputs."""
    inputs = {name: str(declared["default"]) for name, declared in ACTION["inputs"].items()} | given
    env = {name: EXPRESSION.sub(lambda m: inputs[m[1]], value) for name, value in CHECK["env"].items()}
    script = repository.parent / "script.sh"
    script.write_text(CHECK["run"], encoding="utf-8")
    outputs = repository.parent / "outputs"
    outputs.write_text("", encoding="utf-8")
    env |= {"GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": str(repository.parent / "summary.md")}
    done = shell(repository, "bash", "--noprofile", "--norc", "-eo", "pipefail", str(script), **env)
    return done, dict(line.split("=", 1) for line in outputs.read_text(encoding="utf-8").splitlines())


pytestmark = pytest.mark.skipif(shutil.which("bash") is None or shutil.which("git") is None, reason="no bash, no git")


@pytest.mark.parametrize(
    ("text", "code", "verdict"),
    [(HOLDS, 0, "passed"), (FAILS, 1, "failed"), (UNSURE, 3, "unknown"), ("expect: []", 2, "error")],
)
def test_the_action_says_how_it_went(repository: Path, text: str, code: int, verdict: str) -> None:
    (repository / "reach.yaml").write_text(text, encoding="utf-8")
    done, outputs = action(repository, sarif="out.sarif")
    assert done.returncode == code, done.stderr
    assert outputs == {"exit-code": str(code), "verdict": verdict}
    assert (repository / "out.sarif").exists() is (code != 2)
    if code == 1:
        assert done.stdout.startswith("::error file=reach.yaml,line=2,")
        assert "```mermaid" in (repository.parent / "summary.md").read_text(encoding="utf-8")
        results = json.loads((repository / "out.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
        assert [r["ruleId"] for r in results] == ["MUST_NOT_BE_REACHABLE"]


def test_the_action_hands_its_inputs_on(repository: Path) -> None:
    (repository / "conf dir").mkdir()
    (repository / "conf dir" / "other.yaml").write_text(UNSURE.replace("net.json", "none.json"), encoding="utf-8")
    (repository / "reach.yaml").write_text(FAILS, encoding="utf-8")
    given = {"config": "conf dir/other.yaml", "from": "net.json\n", "args": "--unknown warn"}
    done, outputs = action(repository, **given)
    assert (done.returncode, outputs["verdict"]) == (0, "passed"), done.stderr


def test_arguments_may_stand_on_lines_of_their_own(repository: Path) -> None:
    """All but the first line were dropped without a word; and -v went against the -q of the run for SARIF."""
    (repository / "reach.yaml").write_text(UNSURE, encoding="utf-8")
    done, outputs = action(repository, args="--family-is-no-option\n", sarif="out.sarif")
    assert (done.returncode, outputs["verdict"]) == (2, "error")
    done, outputs = action(repository, args="-v\n--unknown warn\n", sarif="out.sarif")
    assert (done.returncode, outputs) == (0, {"exit-code": "0", "verdict": "passed"}), done.stderr
    assert (repository / "out.sarif").exists()


def test_inputs_are_never_code(repository: Path) -> None:
    (repository / "reach.yaml").write_text(HOLDS, encoding="utf-8")
    evil = '"; touch pwned; $(touch pwned) `touch pwned` *'
    for name in ("config", "from", "args", "sarif"):
        action(repository, **{name: evil})
        assert not (repository / "pwned").exists(), name
    assert all("${{" not in step["run"] for step in STEPS if "run" in step)


def test_every_input_of_the_action_is_used() -> None:
    used = set(re.findall(r"inputs\.([a-z-]+)", json.dumps(STEPS)))
    assert used == set(ACTION["inputs"])
    assert all(step["shell"] == "bash" for step in STEPS if "run" in step)
    assert all("@v" in step["uses"] for step in STEPS if "uses" in step)


def test_the_hook_runs_in_a_repository(repository: Path) -> None:
    (hook,) = HOOKS
    command = shlex.split(hook["entry"])
    for text, code in ((HOLDS, 0), (FAILS, 1), (UNSURE, 3)):
        (repository / "reach.yaml").write_text(text, encoding="utf-8")
        assert shell(repository, *command).returncode == code
    assert hook["pass_filenames"] is False
    assert hook["language"] == "python"


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("reach.yaml", True),
        ("infra/reach.yml", True),
        ("template.yaml", True),
        ("infra/my-template.prod.json", True),
        ("pyproject.toml", True),
        ("src/app.py", False),
        ("breach.yaml", False),
        ("template.txt", False),
    ],
)
def test_the_hook_runs_for_files_that_matter(file: str, wanted: bool) -> None:
    assert bool(re.search(HOOKS[0]["files"], file)) is wanted


# -- the page about all this ------------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE + README, re.MULTILINE | re.DOTALL)


def test_the_examples_of_the_page_are_what_they_say() -> None:
    kinds = {kind for kind, _ in BLOCKS}
    assert {"yaml", "toml", "python", "console"} <= kinds
    for kind, text in BLOCKS:
        if kind == "yaml":
            assert yaml.safe_load(text), text
            if "\nexpect:" in text:
                assert parse_yaml(text, "reach.yaml").expect
                valid(yaml.safe_load(text), packaged("expectations.schema.json"))
        elif kind == "toml" and "[tool.reach" in text:
            assert parse_toml(text, "pyproject.toml") is not None
        elif kind == "python":
            compile(text, "docs/ci.md", "exec")


def example(part: str) -> dict[str, Any]:
    """The configuration on the page that holds these words, parsed."""
    (found,) = [text for kind, text in BLOCKS if kind == "yaml" and part in text]
    return dict(yaml.safe_load(found))


def installer(repository: Path) -> Path:
    """A `pip` that writes down what it is asked for: the package itself is on the path already."""
    asked = repository.parent / "pip.log"
    command = repository.parent / "bin" / "pip"
    command.write_text(f'#!/bin/sh\necho "$@" >> {shlex.quote(str(asked))}\n', encoding="utf-8")
    command.chmod(0o755)
    return asked


COPY = "git+https://github.com/YOUR_ORG/reach"  # as long as there is no release; no organisation can be called so
CASES = [(HOLDS, 0), (FAILS, 1), (UNSURE, 3), ("expect: []", 2)]


@pytest.mark.parametrize(("text", "code"), CASES)
def test_the_commands_of_the_github_example_run(repository: Path, text: str, code: int) -> None:
    steps = example("run: reach check")["jobs"]["reach"]["steps"]
    script = [step["run"] for step in steps if "run" in step]
    asked = installer(repository)
    (repository / "reach.yaml").write_text(text, encoding="utf-8")
    summary = repository.parent / "summary.md"
    for line in script[:-1]:
        assert shell(repository, "bash", "-e", "-c", line).returncode == 0
    done = shell(repository, "bash", "-e", "-c", script[-1], GITHUB_STEP_SUMMARY=str(summary), GITHUB_ACTIONS="true")
    assert done.returncode == code, done.stderr
    assert asked.read_text(encoding="utf-8").split() == ["install", COPY]
    assert summary.exists() is (code != 2)
    assert done.stdout.startswith("::error file=reach.yaml,line=2,") is (code in (1, 3))


@pytest.mark.parametrize(("text", "code"), CASES)
def test_the_commands_of_the_gitlab_example_run(repository: Path, text: str, code: int) -> None:
    job = example("image: python")["reach"]
    asked = installer(repository)
    (repository / "reach.yaml").write_text(text, encoding="utf-8")
    done = shell(repository, "sh", "-e", "-c", "\n".join(job["script"]))
    assert done.returncode == code, done.stderr
    assert asked.read_text(encoding="utf-8").split() == ["install", "--quiet", COPY]
    report = repository / job["artifacts"]["reports"]["junit"]
    assert report.exists() is (code != 2), "the report is where the job says it is"
    if code != 2:
        suite = junitparser.JUnitXml.fromfile(str(report))
        assert (suite.tests, suite.failures) == (1, 1 if code == 1 else 0)


def test_the_action_is_used_as_it_is_declared() -> None:
    (step,) = [s for s in example("YOUR_ORG/reach@main")["jobs"]["reach"]["steps"] if "YOUR_ORG" in s["uses"]]
    assert set(step["with"]) <= set(ACTION["inputs"])


def test_one_place_says_what_to_fill_in() -> None:
    """Before the first example that has it, with a command that leaves none."""
    told = PAGE.index("**What to fill in.**")
    (command,) = [text for kind, text in BLOCKS if kind == "sh" and text.startswith("sed")]
    pattern, new = re.findall(r"s#([^#]+)#([^#]+)#", command)[0]
    pasted = [text for kind, text in BLOCKS if kind == "yaml" and pattern in text]
    assert len(pasted) == 4
    assert all(PAGE.index(text) > told for text in pasted)
    for text in pasted:
        assert "YOUR_ORG" not in text.replace(pattern, new)
    left = re.sub(r"YOUR_ORG/reach", "", PAGE)
    assert "YOUR_ORG" not in left
    assert "OWNER" not in left


def test_the_hook_is_used_as_it_is_declared() -> None:
    (repo,) = example("repo: https")["repos"]
    assert [hook["id"] for hook in repo["hooks"]] == [hook["id"] for hook in HOOKS]


def test_the_page_names_every_format_and_the_real_files() -> None:
    (formats,) = [p for p in check.params if p.name == "format"]
    for name in formats.type.choices:  # type: ignore[attr-defined]
        assert f"`{name}`" in PAGE, name
    for name in ("action.yml", ".pre-commit-hooks.yaml"):
        assert name in PAGE
        assert (ROOT / name).exists()
    assert os.path.exists(ROOT / "reach" / "expectations.schema.json")
    assert HOOKS[0]["id"] in PAGE
    assert set(ACTION["inputs"]) - {"python-version"} <= set(re.findall(r"[a-z-]+(?=:)", PAGE))
