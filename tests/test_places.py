"""Where CI formats say that something is: files by their place in the repository, wherever reach is run."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest

from reach.render.case import relative, uri
from tests.command import furnished, run

EXPECT = "from: [../nets/net.json]\nexpect: [{function: orders, cannot: [internet]}]\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with expectations in a folder of their own."""
    for name in (".git", "nets", "in fra/deep"):
        (tmp_path / "repo" / name).mkdir(parents=True)
    furnished().write(tmp_path / "repo" / "nets" / "net.json")
    (tmp_path / "repo" / "in fra" / "reach.yaml").write_text(EXPECT, encoding="utf-8")
    for name in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "repo"


def artifact(result: dict[str, Any]) -> Any:
    return result["locations"][0]["physicalLocation"]["artifactLocation"]


@pytest.mark.parametrize(
    ("folder", "arguments"), [(".", ("-c", "in fra/reach.yaml")), ("in fra", ()), ("in fra/deep", ())]
)
def test_files_are_named_from_the_root_of_the_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch, folder: str, arguments: tuple[str, ...]
) -> None:
    """A step with a working-directory annotates the same file as one without."""
    monkeypatch.chdir(repository / folder)
    github = run("check", *arguments, "-f", "github")
    assert github.stdout.startswith("::error file=in fra/reach.yaml,line=2,"), github.output
    (suite,) = ET.fromstring(run("check", *arguments, "-f", "junit").stdout)
    (case,) = suite
    assert suite.get("name") == "in fra/reach.yaml: orders"
    assert (case.get("file"), case.get("line")) == ("in fra/reach.yaml", "2")
    (result,) = json.loads(run("check", *arguments, "-f", "sarif").stdout)["runs"][0]["results"]
    assert artifact(result) == {"uri": "in%20fra/reach.yaml", "uriBaseId": "%SRCROOT%"}


@pytest.mark.parametrize(
    ("workspace", "meant"), [(".", "in fra/reach.yaml"), ("in fra", "reach.yaml"), ("../other", "reach.yaml")]
)
def test_without_git_the_ci_system_says_where_the_root_is(
    repository: Path, monkeypatch: pytest.MonkeyPatch, workspace: str, meant: str
) -> None:
    (repository / ".git").rmdir()
    (repository.parent / "other").mkdir()
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository / workspace))
    monkeypatch.chdir(repository / "in fra")
    assert relative("reach.yaml") == meant


def test_what_lies_outside_is_named_whole(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "in fra")
    outside = repository.parent / "net work.json"
    assert uri("../../net work.json") == uri(str(outside)) == outside.as_uri()
    assert relative(str(outside)) == outside.as_posix()
    monkeypatch.chdir(repository.parent)
    assert uri("../x.json").startswith("file:///")


@pytest.mark.parametrize("source", ["demo:vpc-private", "-"])
def test_code_scanning_is_given_a_place_for_every_result(repository: Path, source: str) -> None:
    """It refuses the whole file for one result that has none, and no file was read here."""
    net = (repository / "nets" / "net.json").read_text(encoding="utf-8")
    asked = run(
        "path", "orders", "dynamodb:80", "ledger.corp.internal:5432", "--from", source, "-f", "sarif", stdin=net
    )
    results = json.loads(asked.stdout)["runs"][0]["results"]
    assert results
    for result in results:
        assert artifact(result) == {"uri": "orders", "uriBaseId": "%SRCROOT%"}
        assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}


def test_each_command_of_a_fix_stands_on_a_line_of_its_own() -> None:
    """In an annotation and in code scanning; a page of text wraps them itself, and says them once."""
    asked = ("path", "orders", "internet", "--from", "demo:vpc-private")
    said = run(*asked, "-f", "github").stdout.splitlines()[0].split("%0A")
    assert said[1].startswith("Fix: Make a NAT gateway")
    assert all(line.endswith(" &&") for line in said[2:-1])
    assert [line.split("aws ")[1].split()[1] for line in said[2:4]] == [
        "create-internet-gateway",
        "attach-internet-gateway",
    ]
    (result,) = json.loads(run(*asked, "-f", "sarif").stdout)["runs"][0]["results"]
    assert result["message"]["text"].splitlines() == [
        line.replace("%25", "%") for line in [said[0].split("::")[2], *said[1:]]
    ]
    assert run(*asked, "-f", "junit").stdout.count("attach-internet-gateway") == 1
