"""What a user gives to files that leave something open: parameters, SSM parameters, exports, the region."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from reach.errors import QuestionError, TemplateError
from reach.files import read

FORMS = 'a list of {"ParameterKey": …, "ParameterValue": …}, {"Parameters": {…}}, or a plain mapping'


class Given(Struct, frozen=True):
    """Values by name; `STACK:Name` is for one stack only, `Name` for every stack that declares it."""

    params: Mapping[str, str] = field(default_factory=dict)
    ssm: Mapping[str, str] = field(default_factory=dict)
    exports: Mapping[str, str] = field(default_factory=dict)
    region: str | None = None
    places: Mapping[str, str] = field(default_factory=dict)  # the file and line that give a parameter, if one does
    spare: frozenset[str] = frozenset()  # parameters that no template need have

    def placed(self, name: str, what: str) -> str:
        """A sentence about a parameter, with the place that gives it."""
        return f"{self.places[name]}: {what}" if name in self.places else what

    @property
    def of_templates(self) -> tuple[str, ...]:
        """What only templates take; the pseudo parameters say something about plans, too."""
        params = tuple(name for name in self.params if not name.startswith("AWS::"))
        return (*params, *self.ssm, *self.exports)


def given(
    params: Mapping[str, Any] | None = None,
    *,
    files: Iterable[str | Path] = (),
    ssm: Mapping[str, Any] | None = None,
    exports: Mapping[str, Any] | None = None,
    region: str | None = None,
) -> Given:
    """Put together what was given; a parameter on its own beats one in a file, a later file an earlier one.

    >>> given({"Subnets": ["subnet-1", "subnet-2"], "Port": 5432, "Public": False}).params["Subnets"]
    'subnet-1,subnet-2'

    Raises
    ------
    TemplateError
        If a file of parameters cannot be read.
    """
    merged: dict[str, str] = {}
    for file in files:
        merged |= read_parameters(file)
    merged |= {name: _word(value) for name, value in (params or {}).items()}
    return Given(merged, _words(ssm), _words(exports), region)


def pairs(option: str, words: Sequence[str]) -> dict[str, str]:
    """`K=V` of a repeated option as a mapping.

    >>> pairs("--param", ["VpcCidr=10.0.0.0/16", "Tag=a=b"])
    {'VpcCidr': '10.0.0.0/16', 'Tag': 'a=b'}

    Raises
    ------
    QuestionError
        If one has no `=`.
    """
    out: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise QuestionError(f"{option} {word!a} has no name and value", f"like {option} NAME=VALUE")
        out[name] = value
    return out


def read_parameters(path: str | Path) -> dict[str, str]:
    """Read a file of parameters in the forms of the AWS CLI, of CodePipeline and of the CDK.

    Raises
    ------
    TemplateError
        If it cannot be read or has another form.
    """
    from reach.sources.cloudformation.document import MOST_BYTES, line_in, parse_document

    try:
        data = read(str(path).removeprefix("file://"), MOST_BYTES)  # as the AWS CLI takes it
    except OSError as error:
        raise TemplateError(f"{path} cannot be read: {error.strerror or error}") from None
    document = parse_document(data, str(path))
    if isinstance(document, dict) and isinstance(document.get("Parameters"), dict):
        document = document["Parameters"]
    out: dict[str, str] = {}
    if isinstance(document, list):
        for index, entry in enumerate(document):
            out |= _entry(entry, f"{path}:{line_in(document, index, 1)}")
    elif isinstance(document, dict):
        for name, value in document.items():
            inner = value.items() if isinstance(value, dict) else ()  # {STACK: {Name: value}}
            out |= {f"{name}:{key}": _word(v) for key, v in inner} or {name: _word(value)}
    else:
        raise TemplateError(f"{path} holds no parameters", FORMS)
    return out


def _entry(entry: Any, where: str) -> dict[str, str]:
    if isinstance(entry, str) and "=" in entry:
        return pairs("--param-file", [entry])
    if not isinstance(entry, dict) or "ParameterKey" not in entry:
        raise TemplateError(f"{where}: this is no parameter", FORMS)
    if "ParameterValue" not in entry:  # UsePreviousValue: it stands in the account, not here
        return {}
    return {str(entry["ParameterKey"]): _word(entry["ParameterValue"])}


def _words(found: Mapping[str, Any] | None) -> dict[str, str]:
    return {name: _word(value) for name, value in (found or {}).items()}


def _word(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ",".join(_word(part) for part in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value) if isinstance(value, dict) else "" if value is None else str(value)
