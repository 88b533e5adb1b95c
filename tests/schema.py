"""Validation of `reach-answers/1` documents, for every test that makes one."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

from reach.render.json import schema


@lru_cache(maxsize=1)
def validator() -> Draft202012Validator:
    Draft202012Validator.check_schema(schema())
    return Draft202012Validator(schema())


def validate_answers(doc: Any) -> None:
    """Fail with every place where `doc` departs from the schema.

    >>> validate_answers({"format": "reach-answers/1", "reach": "0.1.0", "source": [], "answers": []})
    """
    errors = sorted(validator().iter_errors(doc), key=lambda e: list(map(str, e.absolute_path)))
    assert not errors, "\n".join(f"{e.json_path}: {e.message}" for e in errors)


def packaged(name: str) -> dict[str, Any]:
    """A JSON Schema that the package ships."""
    loaded: dict[str, Any] = json.loads(files("reach").joinpath(name).read_text(encoding="utf-8"))
    return loaded


def valid(document: Any, schema: dict[str, Any]) -> None:
    """Fail with every place where `document` departs from `schema`."""
    Draft202012Validator.check_schema(schema)
    errors = [f"{e.json_path}: {e.message}" for e in Draft202012Validator(schema).iter_errors(document)]
    assert not errors, "\n".join(errors)
