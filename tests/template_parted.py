"""A template in two parts: what is there already, as a network of its own, and what is laid over it. No reach in it.

What refers to something that comes later comes later too. The part that is there is named by its ids, as parameters do.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

Body = dict[str, Any]
FUNCTION = "AWS::Lambda::Function"

# What nothing refers to and a VPC has to have before others can be made.
FIRST = ("AWS::EC2::VPCGatewayAttachment", "AWS::EC2::VPCCidrBlock")
AFTER_THEM = ("AWS::EC2::NatGateway", "AWS::EC2::Subnet", "AWS::EC2::Route", "AWS::EC2::NetworkAcl")
AFTER_THEM += ("AWS::EC2::SecurityGroup", "AWS::EC2::VPCPeeringConnection", "AWS::EC2::RouteTable")


class Parts:
    """The resources of a template, and who names whom."""

    def __init__(self, resources: Mapping[str, Body], ids: Mapping[str, str]) -> None:
        self.resources = resources
        self.ids = ids  # what `Ref` gives, by logical id; of attributes by `LogicalId.Attribute`
        self.named = {name: {what.partition(".")[0] for what in _references(body)} for name, body in resources.items()}

    def later(self, seeds: set[str]) -> set[str]:
        """The seeds, with all that comes after them."""
        found, before = set(seeds), -1
        while len(found) != before:
            before = len(found)
            first = any(self.resources[name]["Type"] in FIRST for name in found)
            for name, body in self.resources.items():
                if self.named[name] & found or (first and body["Type"] in AFTER_THEM):
                    found.add(name)
            for name in list(found):  # of what is there only ids can be given
                open_ = (w for w in _references(self.resources[name]) if w not in self.ids)
                found |= {what.partition(".")[0] for what in open_} & self.resources.keys()
        return found

    def drawn(self, dice: random.Random) -> tuple[Body, Body]:
        """The template of what is there, and that of what is laid over it; functions are of either."""
        names = sorted(self.resources)
        functions = {name for name in names if self.resources[name]["Type"] == FUNCTION}
        seeds = {*dice.sample(names, min(len(names), dice.choice((1, 1, 2, 4)))), *dice.choice((functions, ()))}
        over = self.later(seeds)
        there = {name: body for name, body in self.resources.items() if name not in over}
        known = {what: id for what, id in self.ids.items() if what.partition(".")[0] in there}
        laid = {name: _given(self.resources[name], known) for name in sorted(over)}
        return {"Resources": there}, {"Resources": laid}


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "Ref":
                yield str(inner)
            elif key == "Fn::GetAtt":
                yield ".".join(inner) if isinstance(inner, list) else str(inner)
            elif key == "Fn::Sub":
                text = inner if isinstance(inner, str) else inner[0]
                yield from (part.partition("}")[0] for part in text.split("${")[1:])
            else:
                yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _given(value: Any, known: Mapping[str, str]) -> Any:
    """The value with ids of what is there in the places of the references to it."""
    if isinstance(value, list):
        return [_given(inner, known) for inner in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((key, inner),) = value.items()
        what = ".".join(inner) if key == "Fn::GetAtt" and isinstance(inner, list) else inner
        if key in ("Ref", "Fn::GetAtt") and isinstance(what, str) and what in known:
            return known[what]
        if key == "Fn::Sub" and isinstance(inner, str):
            for name, id in known.items():
                inner = inner.replace("${" + name + "}", id)
            return {"Fn::Sub": inner} if "${" in inner else inner
    return {key: _given(inner, known) for key, inner in value.items()}
