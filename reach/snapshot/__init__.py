"""Snapshot: AWS's own words about some accounts and regions, and what was denied. Load, check, save, merge.

It knows the shapes of AWS's records (`shapes.json`), not what they mean.
"""

from __future__ import annotations

from reach.snapshot.changes import PARTS, changes
from reach.snapshot.document import (
    from_document,
    lines,
    load,
    parse,
    parse_json,
    read_bytes,
    save,
    stripped,
)
from reach.snapshot.merging import merge
from reach.snapshot.records import (
    BARE_SERVICES,
    ELSEWHERE,
    FORMAT,
    IDENTITY,
    NEVER_STORED,
    PLANNED,
    Addition,
    Collections,
    Origin,
    Pending,
    Record,
    Removal,
    Snapshot,
    SnapshotGap,
    identity,
    never_stored,
)
from reach.snapshot.shapes import check_collections, check_records, known_key, names, shapes

__all__ = [
    "BARE_SERVICES",
    "ELSEWHERE",
    "FORMAT",
    "IDENTITY",
    "NEVER_STORED",
    "PARTS",
    "PLANNED",
    "Addition",
    "Collections",
    "Origin",
    "Pending",
    "Record",
    "Removal",
    "Snapshot",
    "SnapshotGap",
    "changes",
    "check_collections",
    "check_records",
    "from_document",
    "identity",
    "known_key",
    "lines",
    "load",
    "merge",
    "names",
    "never_stored",
    "parse",
    "parse_json",
    "read_bytes",
    "save",
    "shapes",
    "stripped",
]
