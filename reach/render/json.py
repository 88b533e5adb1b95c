"""Answers as the JSON document ``reach-answers/1``; `answers.schema.json` describes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from importlib.resources import files
from typing import Any

from reach.answer import Answer

FORMAT = "reach-answers/1"


def document(answers: Sequence[Answer], origins: Iterable[Any], *, version: str) -> dict[str, Any]:
    """The document as Python values.

    Parameters
    ----------
    answers
        In the order in which they were asked; a list even for one question.
    origins
        What was read: anything with `kind`, `name` and `taken` (a timestamp or None).
    version
        Of `reach`.
    """
    return heading(FORMAT, origins, version=version) | {"answers": [answer.to_dict() for answer in answers]}


def heading(kind: str, origins: Iterable[Any], *, version: str) -> dict[str, Any]:
    """What every document of ours begins with: its kind, who wrote it, what was read and when that was taken."""
    read = [{"kind": str(o.kind), "name": str(o.name), "taken": o.taken} for o in origins]
    return {"format": kind, "reach": version, "source": read}


def render_json(answers: Sequence[Answer], origins: Iterable[Any], *, version: str) -> str:
    """The document as text: ASCII, so that any stream carries it and no name can act on a terminal."""
    return dumps(document(answers, origins, version=version))


def dumps(value: dict[str, Any]) -> str:
    """Indented ASCII JSON that ends with a line break."""
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the document.

    >>> schema()["properties"]["format"]["const"]
    'reach-answers/1'
    """
    loaded = json.loads(files("reach").joinpath("answers.schema.json").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded
