"""The JSON Schema admits every document that is written, and nothing beside it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reach.render.json import document, render_json, schema

from . import answers as made
from .schema import validate_answers, validator

pytestmark = pytest.mark.smoke

ORIGIN = SimpleNamespace(kind="snapshot", name="net.json", taken="2026-11-22T10:00:00Z")
DOCUMENT = document(made.EVERY, (ORIGIN,), version="0.1.0")


def test_every_answer_is_valid() -> None:
    validate_answers(json.loads(json.dumps(DOCUMENT)))


def test_text_is_the_document_in_ascii() -> None:
    text = render_json(made.EVERY, (ORIGIN,), version="0.1.0")
    assert text.isascii()
    assert text.endswith("}\n")
    assert json.loads(text) == json.loads(json.dumps(DOCUMENT))


def test_the_document_has_the_members_of_the_design() -> None:
    assert list(DOCUMENT) == ["format", "reach", "source", "answers"]
    assert DOCUMENT["source"] == [{"kind": "snapshot", "name": "net.json", "taken": "2026-11-22T10:00:00Z"}]
    assert " ".join(DOCUMENT["answers"][0]) == (
        "source target target_as_typed verdict layer headline asked delivered lost undecided paths blockers"
        " unknowns after_failover notes assumptions"
    )


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every object in a document, by the way to it."""
    if isinstance(value, dict):
        # The value of evidence is AWS's own and may be anything.
        yield at
        for key, inner in value.items():
            yield from places(inner, (*at, key)) if key != "value" else ()
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, (*at, index))


def reached(document: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        document = document[step]
    return document


def kinds() -> dict[tuple[str, ...], tuple[Any, ...]]:
    """One place of each shape: `answers.paths.hops` once, not for every hop."""
    out: dict[tuple[str, ...], tuple[Any, ...]] = {}
    for way in places(DOCUMENT):
        out.setdefault(tuple(step for step in way if isinstance(step, str)), way)
    return out


KINDS = kinds()


def test_every_kind_of_object_occurs() -> None:
    names = {kind[-1] for kind in KINDS if kind}
    assert " ".join(sorted(names)) == (
        "after_failover answers asked assumptions blockers delivered evidence findings hops lost notes paths"
        " source undecided unknowns"
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: ".".join(kind) or "document")
def test_nothing_may_be_added_to_any_object(kind: tuple[str, ...]) -> None:
    changed = copy.deepcopy(json.loads(json.dumps(DOCUMENT)))
    reached(changed, KINDS[kind])["surprise"] = 1
    assert any("surprise" in error.message for error in validator().iter_errors(changed))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: ".".join(kind) or "document")
def test_nothing_may_be_missing_from_any_object(kind: tuple[str, ...]) -> None:
    for member in reached(DOCUMENT, KINDS[kind]):
        changed = copy.deepcopy(json.loads(json.dumps(DOCUMENT)))
        del reached(changed, KINDS[kind])[member]
        assert list(validator().iter_errors(changed)), member


@pytest.mark.parametrize(
    ("way", "value"),
    [
        (("format",), "reach-answers/2"),
        (("answers", 0, "verdict"), "ok"),
        (("answers", 0, "layer"), "net"),  # null when reachable
        (("answers", 1, "layer"), None),
        (("answers", 1, "blockers"), []),  # blocked by nothing
        (("answers", 2, "blockers"), []),
        (("answers", 3, "unknowns"), []),
        (("answers", 0, "source", "kind"), "lambda"),
        (("answers", 1, "blockers", 0, "code"), "no-public-ip"),
        (("answers", 1, "blockers", 0, "direction"), "back"),
        (("answers", 1, "paths", 0, "ports"), ["https"]),
        (("answers", 1, "paths", 0, "ports"), ["443", "443"]),
        (("answers", 1, "paths", 0, "hops", 0, "kind"), "Route table"),
        (("source", 0, "taken"), 5),
    ],
)
def test_refuses(way: tuple[Any, ...], value: Any) -> None:
    changed = copy.deepcopy(json.loads(json.dumps(DOCUMENT)))
    reached(changed, way[:-1])[way[-1]] = value
    with pytest.raises(AssertionError):
        validate_answers(changed)


def test_every_object_of_the_schema_is_closed_and_explains_itself() -> None:
    shapes = [schema(), *schema()["$defs"].values()]
    objects = [shape for shape in shapes if shape.get("type") == "object"]
    assert len(objects) == 14
    assert all(shape["additionalProperties"] is False and shape["description"] for shape in objects)


def test_the_example_of_the_documentation_is_valid() -> None:
    page = (Path(__file__).resolve().parent.parent / "docs" / "json.md").read_text(encoding="utf-8")
    examples = [block.partition("```")[0] for block in page.split("```json\n")[1:]]
    assert len(examples) == 1
    validate_answers(json.loads(examples[0]))
