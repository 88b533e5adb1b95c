"""Errors named after whose input is wrong; each says what, where, why and what to do.

Nothing between Snapshot and Answer raises one of these: the core is total.
"""

from __future__ import annotations

LONGEST = 1000  # characters of a message: it may quote a value of any length


def _shortened(text: str) -> str:
    """A text without its middle, if it is too long to be read: where it begins, and what is wrong at its end."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 250]} [\u2026] {text[-200:]}"


class ReachError(Exception):
    """Base of every error that `reach` raises on purpose.

    Parameters
    ----------
    message
        What is wrong and where (``file:line`` or a key path), in one sentence.
    hint
        What to do about it; printed on lines of its own.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = _shortened(message)
        self.hint = hint

    def __str__(self) -> str:
        return "\n  ".join([self.message, *(self.hint or "").splitlines()])


class SnapshotError(ReachError):
    """A snapshot file or folder cannot be read or has a wrong shape."""


class TemplateError(ReachError):
    """A template or plan cannot be read or evaluated."""


class PolicyError(ReachError):
    """A policy document cannot be read."""


class QuestionError(ReachError):
    """The question names something that is not in the network, or cannot be parsed."""


class ExpectationsError(ReachError):
    """A file of expectations cannot be read, or says something about nothing."""


class AwsError(ReachError):
    """AWS could not be read at all: no credentials, no network, no permission to start."""

    exit_code = 4
