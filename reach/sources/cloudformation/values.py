"""What an evaluated property can be besides plain values: not known yet, or left out."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from reach.sources.cloudformation.document import Table


class Unknown(Struct, frozen=True):
    """A value that nobody knows before deployment: `text` stands for it, `needs` is what would settle it.

    `perhaps`: it may be no value at all, as if it were not written; `only`: the text that it is otherwise, if known.
    """

    text: str
    needs: str
    why: str
    perhaps: bool = False
    only: str = ""

    @property
    def given(self) -> bool:
        """Whether a user can give it with an option; else it is known after deployment only."""
        return self.needs.startswith(("--param", "--ssm", "--export"))


class Blank(list[Any]):
    """What CloudFormation makes of an empty list parameter: one empty item, for functions; a property has none."""


MOST_TEXT = 1_000_000  # characters that a value may become


class Undetermined(Exception):
    """A record cannot be told because something that decides it is not known."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.why)
        self.unknown = unknown


class _NoValue:
    """AWS::NoValue: the property is as if it were not there."""

    def __repr__(self) -> str:
        return "AWS::NoValue"


NO_VALUE = _NoValue()


def unknown_in(value: Any) -> Unknown | None:
    """The first unknown inside a value."""
    if isinstance(value, Unknown):
        return value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return next(filter(None, map(unknown_in, inner)), None)


def text_of(value: Any) -> str | None:
    """A scalar as CloudFormation writes it into text; None for lists and mappings."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    return value.text if isinstance(value, Unknown) else "" if value is None else None


def joined(parts: list[Any], delimiter: str = "") -> str | Unknown | None:
    """Parts as one text, unknown if one of them is; None if one is no scalar.

    Raises
    ------
    OverflowError
        If it would become too long: functions that double a text could fill any memory.
    """
    texts = [text for part in parts if (text := text_of(part)) is not None]
    if len(texts) < len(parts):
        return None
    if sum(map(len, texts)) + len(delimiter) * len(texts) > MOST_TEXT:
        raise OverflowError
    whole = delimiter.join(texts)
    unknown = next((part for part in parts if isinstance(part, Unknown)), None)
    return Unknown(whole, unknown.needs, unknown.why) if unknown else whole


def is_flat(value: Any) -> bool:
    """A scalar or a list of scalars: what one resource may hand to another."""
    return text_of(value) is not None or (isinstance(value, list) and all(text_of(v) is not None for v in value))


def plain(value: Any) -> Any:
    """A value as JSON has it; what is not known is its text."""
    if isinstance(value, Unknown):
        return value.text
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def only_key(value: Any) -> str | None:
    """The function that a mapping calls: its only key, if it may be one."""
    if type(value) is not Table or len(value) != 1:
        return None
    key = next(iter(value))
    return key if key == "Ref" or key.startswith("Fn::") else None
