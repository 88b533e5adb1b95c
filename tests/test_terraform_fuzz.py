"""Whatever stands where in a plan: an answer or an error that names the file, never a traceback, always in time."""

from __future__ import annotations

import copy
import gzip
import json
import subprocess
import sys
import textwrap
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reach.describe import describe
from reach.errors import SnapshotError, TemplateError
from reach.snapshot import document, read_bytes
from reach.sources.terraform import parse_plan, plan, read
from tests.command import run
from tests.test_template_fuzz import paths
from tests.test_template_gaps import at, put
from tests.test_terraform import in_modules, whole

PLANS = {"whole": whole().json(), "modules": in_modules().json()}
PLACES = [(name, path) for name, document in PLANS.items() for path in paths(document) if path]
ODD = (
    *(None, True, 0, -1, 65536, 1.5, "", "x", "10.0.0.0/16", "::/0", "vpc-1", [], {}, [[]], [{}], {"a": {}}, ["a"] * 3),
    *({"references": ["aws_vpc.main.id"]}, {"references": 3}, {"references": [[]]}, {"constant_value": {"x": []}}),
    *(
        {"references": ["module.net.private", "module."]},
        {"references": ["each.value.id", "local.x"]},
        10**30,
        "\u202e",
    ),
)


def complaint(document: Any) -> str:
    """What is wrong with a plan, empty if it can be read and asked."""
    try:
        network = describe(read([parse_plan(json.dumps(document).encode(), "plan.json")]))
    except TemplateError as error:
        return error.message
    for function in network.functions[:1]:
        network.path(function.id, "internet")
    return ""


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(ODD), st.booleans())
def test_any_value_anywhere(place: tuple[str, tuple[Any, ...]], value: Any, remove: bool) -> None:
    name, path = place
    document = put(PLANS[name], path, copy.deepcopy(value))
    if remove and isinstance(path[-1], str):
        del at(document, path[:-1])[path[-1]]
    said = complaint(document)
    assert not said or said.startswith(("plan.json:", "plan.json ")), said


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (("resource_changes", 0, "change", "actions"), 1.5, "actions is not a list of words"),
        (("configuration", "root_module", "resources"), 7, ""),
        (("configuration", "root_module", "module_calls"), [3], ""),
        (("prior_state", "values", "root_module", "resources"), 7, "resources is not a list of objects"),
        (("resource_changes", 0, "change", "after", "cidr_block"), "10.0.0.0/99", "10.0.0.0/99"),
        (("variables",), [], "variables is not an object"),
    ],
)
def test_odd_places(path: tuple[Any, ...], value: Any, said: str) -> None:
    document = copy.deepcopy(PLANS["whole"]) | {"variables": {}}
    at(document, path[:-1])[path[-1]] = value
    found = complaint(document)
    assert said in found
    assert bool(said) == bool(found)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes(data: bytes) -> None:
    with suppress(TemplateError):
        parse_plan(data, "plan.json")


@pytest.mark.parametrize("end", range(0, len(whole().text()), 2999))
def test_a_plan_that_breaks_off(end: int) -> None:
    with pytest.raises(TemplateError, match=r"^plan\.json:1: this is not JSON"):
        parse_plan(whole().text()[:end].encode(), "plan.json")


@pytest.mark.parametrize("depth", [900, 100_000])
@pytest.mark.parametrize("pair", ["[]", "{}"])
@pytest.mark.parametrize("place", ["after_unknown", "expressions"])
def test_nested_without_end(place: str, pair: str, depth: int) -> None:
    document = whole().json()
    held = next(c for c in document["resource_changes"] if c["address"] == "aws_vpc_endpoint.secrets")["change"]
    if place == "after_unknown":
        held["after_unknown"]["subnet_ids"] = "@"
    else:
        rows = document["configuration"]["root_module"]["resources"]
        next(r for r in rows if r["address"] == "aws_vpc_endpoint.secrets")["expressions"]["subnet_ids"] = "@"
    first = pair[0] + ('"a":' if pair == "{}" else "")
    text = json.dumps(document).replace('"@"', first * depth + "1" + pair[1] * depth)
    with pytest.raises(TemplateError, match=r"^plan\.json: the JSON is nested too deeply"):
        read([parse_plan(text.encode(), "plan.json")])


def test_outputs_that_lead_to_each_other_end() -> None:
    """Each of many modules hands on what the next one says, and all of them twice."""
    document = whole().json()
    calls = document["configuration"]["root_module"]["module_calls"]
    names = [f"m{i}" for i in range(40)]
    for one, two in zip(names, [*names[1:], names[0]], strict=True):
        twice = {"references": [f"var.{two}", f"var.{two}x"]}
        calls[one] = {
            "module": {"outputs": {"o": {"expression": twice}}},
            "expressions": {two: twice, f"{two}x": twice},
        }
    rows = document["configuration"]["root_module"]["resources"]
    next(r for r in rows if r["address"] == "aws_vpc_endpoint.secrets")["expressions"]["subnet_ids"] = {
        "references": ["module.m0.o"]
    }
    assert not complaint(document)


def test_a_huge_plan_is_refused_before_it_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "MOST_BYTES", 1000)
    with pytest.raises(TemplateError, match=r"plan\.json has 1,001 bytes: that is more than 1,000"):
        parse_plan(b"{" * 1001, "plan.json")


def test_a_bomb_of_gzip_is_refused_within_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "plan.json.gz"
    path.write_bytes(b"".join(gzip.compress(b" " * 100_000_000, 9) for _ in range(10)))  # a gigabyte of nothing
    code = f"""
        import resource, sys
        resource.setrlimit(resource.RLIMIT_AS, (900_000_000, 900_000_000))
        sys.argv = ["reach", "list", "--from", {str(path)!r}]
        from reach.cli import main
        main()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "of gzip unpack to more than" in done.stderr
    assert "Traceback" not in done.stderr


def test_honest_gzip_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "plan.json.gz"
    path.write_bytes(gzip.compress(whole().text().encode()))
    assert json.loads(read_bytes(path)) == json.loads(whole().text())
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(SnapshotError, match="the gzip data is damaged"):
        read_bytes(path)


@pytest.mark.parametrize(
    ("data", "said", "hint"),
    [
        (b"aws_vpc.main: Refreshing state...\n{}", ":1: this is not JSON", "terraform show -json"),
        (b"PK\x03\x04" + bytes(200), ":1: this is not JSON", "terraform show -json PLANFILE > plan.json"),
        (b"PK\x03\x04\xff\xfe\xfd\x80", ":1: this is not JSON: it is a saved plan", "show -json PLANFILE > plan.json"),
        (b'{"a": 1}{"a": 1}', ":1: this is not JSON", "terraform show -json"),
    ],
)
def test_what_is_no_plan_is_told_how_to_make_one(tmp_path: Path, data: bytes, said: str, hint: str) -> None:
    path = tmp_path / "tf.plan"
    path.write_bytes(data)
    result = run("path", "orders", "--from", str(path))
    assert result.exit_code == 2
    first, second = result.stderr.splitlines()
    assert first.startswith(f"error: {path}{said}")
    assert hint.replace("PLANFILE", str(path)) in second


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16"])
def test_a_plan_that_a_windows_shell_wrote(tmp_path: Path, coding: str) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(whole().text(indent=1).replace("\n", "\r\n").encode(coding))
    result = run("path", "orders", "internet", "--from", str(path))
    assert (result.exit_code, result.stdout.split()[1]) == (0, "REACHABLE"), result.stderr


def test_a_file_without_end_is_refused_within_bounded_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MOST_READ", 1_000_000)
    with pytest.raises(SnapshotError, match=r"/dev/zero has more than 1,000,000 bytes"):
        read_bytes("/dev/zero")
