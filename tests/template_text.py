"""A template as YAML that people would write: short tags, short lists in one line."""

from __future__ import annotations

from typing import Any

import yaml

SHORT = {"Ref": "!Ref", "Fn::GetAtt": "!GetAtt", "Fn::Sub": "!Sub"}
LISTS = {"Fn::Select": "!Select", "Fn::Split": "!Split"}


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _mapping(dumper: _Dumper, data: dict[str, Any]) -> yaml.Node:
    key = next(iter(data)) if len(data) == 1 else ""
    if key in SHORT:
        value = data[key]
        return dumper.represent_scalar(SHORT[key], ".".join(value) if isinstance(value, list) else value)
    if key in LISTS:
        return dumper.represent_sequence(LISTS[key], data[key], flow_style=True)
    node = dumper.represent_mapping("tag:yaml.org,2002:map", data.items())
    node.flow_style = all(isinstance(inner, yaml.ScalarNode) for _, inner in node.value) and len(data) < 3
    return node


def _listed(dumper: _Dumper, data: list[Any]) -> yaml.Node:
    node = dumper.represent_sequence("tag:yaml.org,2002:seq", data)
    node.flow_style = all(isinstance(inner, yaml.ScalarNode) for inner in node.value)
    return node


_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _listed)


def text_of(template: dict[str, Any]) -> str:
    """The text of a template.

    >>> print(text_of({"Resources": {"A": {"Type": "T", "Properties": {"B": {"Ref": "C"}}}}}), end="")
    AWSTemplateFormatVersion: '2010-09-09'
    Resources:
      A:
        Type: T
        Properties: {B: !Ref 'C'}
    """
    whole = {"AWSTemplateFormatVersion": "2010-09-09", **template}
    return yaml.dump(whole, Dumper=_Dumper, sort_keys=False, width=116, allow_unicode=True)
