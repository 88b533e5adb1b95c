"""What a command makes or changes, in the words of both template languages."""

from __future__ import annotations

import json
from typing import Any

from msgspec import Struct


class Json(Struct, frozen=True):
    """A document that stands in a template as it is, such as a policy."""

    document: object


class Text(Struct, frozen=True):
    """A string of any characters, such as a rule in somebody else's language."""

    text: str


class Blocks(Struct, frozen=True):
    """A document that Terraform writes as blocks in blocks."""

    document: dict[str, Any]


Value = str | Text | Blocks | Json | list["Value"] | dict[str, "Value"]  # "$NAME" is what a command before has kept
Member = tuple[str, str, Value]  # CloudFormation name, Terraform name ("" = not in that language), value


class Piece(Struct, frozen=True):
    """What both languages have to say; `of` names the resource if it exists and only these members are to change.

    `kept`: commands behind it name it, by `attribute` in CloudFormation ("" = Ref) and `exported` in Terraform.
    """

    cloudformation: str
    terraform: str
    members: list[Member]
    of: str = ""
    block: str = ""  # the block of the Terraform resource that the members stand in
    kept: bool = False
    attribute: str = ""
    exported: str = "id"
    gone: bool = False  # the resource is to be taken out


def document(text: str) -> Json:
    """A document that a command holds as JSON."""
    try:
        return Json(json.loads(text))
    except ValueError:
        return Json(text)
