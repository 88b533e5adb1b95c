"""IAM policies, evaluated in three values: what is not known stays unknown. Pure; it knows no network."""

from reach.policy.document import FULL_ACCESS, Condition, Document, Statement, Unreadable, joined, parse
from reach.policy.evaluate import Decision, Match, Outcome, Test, evaluate
from reach.policy.request import (
    ABSENT,
    UNDECIDED,
    Absent,
    Key,
    Principal,
    Request,
    Text,
    Undecided,
    Unknown,
    Values,
    many,
    one,
)
from reach.policy.truth import Truth

__all__ = [
    "ABSENT",
    "FULL_ACCESS",
    "UNDECIDED",
    "Absent",
    "Condition",
    "Decision",
    "Document",
    "Key",
    "Match",
    "Outcome",
    "Principal",
    "Request",
    "Statement",
    "Test",
    "Text",
    "Truth",
    "Undecided",
    "Unknown",
    "Unreadable",
    "Values",
    "evaluate",
    "joined",
    "many",
    "one",
    "parse",
]
