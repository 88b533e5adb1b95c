"""The JSON Schema of reach.yaml, which editors go by, says the same as what reads the file."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import event, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reach import ExpectationsError
from reach.expectations import parse_toml, parse_yaml
from tests.schema import packaged

pytestmark = pytest.mark.smoke

SCHEMA = packaged("expectations.schema.json")
CHECK = Draft202012Validator(SCHEMA)
ROOT = Path(__file__).resolve().parent.parent

# What only reading can tell: what a target is, and that entries say something twice or against each other.
BEYOND = re.compile(
    r"unknown target|cannot read the target|needs a port|a contradiction|cannot .* is here twice|can .* is here twice"
)
GOOD: dict[str, Any] = {
    "version": 1,
    "from": ["template.yaml", "api=api.yaml"],
    "params": {"Cidr": "10.0.0.0/16", "Bits": [4, 4], "Open": True, "Zone": None},
    "expect": [
        {"function": "orders", "can": ["s3", "rds:orders-db"], "cannot": ["internet"], "because": "PCI zone"},
        {"function": ["*-worker", "!old"], "can": "sqs"},
        {"function": 5, "cannot": "internet:22"},
    ],
    "unknown": "fail",
}
SCALARS = st.sampled_from(["", " ", "s3", "fail", "warn", "Fail", "2", "null", "~", 2, 7, 0.5, True, False, None])
ODD = SCALARS | st.lists(SCALARS, max_size=2, unique_by=str) | st.sampled_from([{}, {"a": "b"}, [[]], [{}], [["s3"]]])
KEYS = st.sampled_from(
    ["version", "from", "params", "expect", "unknown", "function", "can", "cannot", "because", "via", ""]
)


def accepted(document: Any) -> tuple[bool, str]:
    """Whether the file is read, and why not."""
    try:
        parse_yaml(json.dumps(document), "reach.yaml")
    except ExpectationsError as error:
        return False, error.message
    return True, ""


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """All places in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, one in inner for p in places(one, (*path, key)))]


def at(document: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        document = document[key]
    return document


def targets(document: Any) -> list[Any]:
    """What a good document has as targets."""
    found = [entry.get(verb, []) for entry in document["expect"] for verb in ("can", "cannot")]
    return [target for some in found for target in (some if isinstance(some, list) else [some])]


@st.composite
def mutants(draw: st.DrawFn) -> Any:
    """A good file with one to three places changed, dropped, added or repeated."""
    document = copy.deepcopy(GOOD)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(places(document)))
        here = at(document, path)
        if isinstance(here, dict) and draw(st.booleans()):
            here[draw(KEYS)] = copy.deepcopy(draw(ODD))
        elif isinstance(here, list) and here and draw(st.booleans()):
            here.append(copy.deepcopy(draw(st.sampled_from(here) | ODD)))
        elif path and draw(st.booleans()):
            del at(document, path[:-1])[path[-1]]
        elif path:
            at(document, path[:-1])[path[-1]] = copy.deepcopy(draw(ODD))
    return document


@settings(max_examples=400)
@given(mutants())
def test_a_file_is_read_if_and_only_if_the_schema_admits_it(document: Any) -> None:
    read, why = accepted(document)
    errors = [f"{e.json_path}: {e.message}" for e in CHECK.iter_errors(document)]
    event(f"read: {read}")
    if why and BEYOND.search(why):
        return
    if read and any(not isinstance(target, str) for target in targets(document)):
        assert errors, "no network has a target that is a number: it is refused once there is one to ask"
        return
    assert read == (not errors), (why, errors, document)


def test_the_file_that_is_changed_is_good() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert accepted(GOOD) == (True, "")
    CHECK.validate(GOOD)


@pytest.mark.parametrize("block", range(2))
def test_the_examples_of_the_page_are_good(block: int) -> None:
    page = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
    if block:
        (text,) = [t for t in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "tool.reach]" in t]
        import tomllib

        assert parse_toml(text, "pyproject.toml")
        CHECK.validate(tomllib.loads(text)["tool"]["reach"])
    else:
        text = next(t for t in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL) if "expect:" in t)
        assert parse_yaml(text, "reach.yaml")
        CHECK.validate(yaml.safe_load(text))
