"""Whatever stands where in a template: an answer or an error that says where, never a traceback."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reach.errors import TemplateError
from reach.sources.cloudformation.document import parse_document
from tests.templated import TEMPLATES, network_of
from tests.test_template_gaps import at, put

WIDE = json.loads(json.dumps(parse_document((TEMPLATES / "wide.yaml").read_bytes(), "wide.yaml")))
ODD = (
    *(None, True, 0, -1, 65536, 1.5, "", "x", "10.0.0.0/16", "::/0", "${Vpc}", "{{resolve:ssm:x}}", [], {}, [[]]),
    *([{}], {"a": {}}, {"Ref": "Vpc"}, {"Ref": "Nowhere"}, {"Ref": []}, {"Ref": "AWS::NoValue"}, {"Fn::GetAtt": "Vpc"}),
    *({"Fn::GetAtt": ["Database", "Endpoint.Port"]}, {"Fn::Sub": "${Vpc.DefaultSecurityGroup}"}, {"Fn::Sub": [1, 2]}),
    *({"Fn::If": ["IsPublic", {"Ref": "AWS::NoValue"}, 1]}, {"Fn::If": []}, {"Fn::Select": [0, []]}),
    *({"Fn::Cidr": ["10.0.0.0/16", 1, 40]}, {"Fn::Join": ["", [[]]]}, {"Fn::Split": ["", "a"]}, {"Fn::GetAZs": {}}),
    *({"Fn::ImportValue": "x"}, {"Fn::Transform": 1}, {"Fn::FindInMap": ["Ports", "postgres", "port"]}, "9" * 400),
    *({"Fn::Length": {}}, {"Fn::ToJsonString": [{}]}, {"Fn::Base64": []}, {"Condition": "IsPublic"}, "\ud7ff\u202e"),
)  # fmt: skip


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(p for key, part in inner for p in paths(part, (*path, key)))]


def complaint(text: Any) -> str:
    """What is wrong with a template, empty if it can be read and asked."""
    try:
        network = network_of(text)
    except TemplateError as error:
        return error.message
    if any(function.name == "orders" for function in network.functions):
        network.path("orders", "internet")
    return ""


PLACES = [path for path in paths(WIDE) if path]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(PLACES), st.sampled_from(ODD), st.booleans())
def test_any_value_anywhere(place: tuple[Any, ...], value: Any, remove: bool) -> None:
    document = put(WIDE, place, copy.deepcopy(value))
    if remove and isinstance(place[-1], str):
        del at(document, place[:-1])[place[-1]]
    said = complaint(document)
    assert not said or said.startswith("one.yaml:") or said.startswith("one.yaml "), said


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes(data: bytes) -> None:
    with suppress(TemplateError):
        parse_document(data, "t.yaml")


@pytest.mark.parametrize("end", range(0, len((TEMPLATES / "wide.yaml").read_bytes()), 1993))
def test_a_file_that_breaks_off(end: int) -> None:
    text = (TEMPLATES / "wide.yaml").read_text()[:end]
    said = complaint(text)
    assert not said or said.startswith("one.yaml:"), said
