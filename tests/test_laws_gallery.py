"""Laws over the gallery, whose networks hold one of everything: what is not read turns no decided verdict round."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reach import QuestionError
from reach.answer import Answer
from reach.describe import describe
from reach.snapshot import Snapshot
from tests.world_records import Record

GALLERY = sorted((Path(__file__).parent.parent / "graphs").glob("*/snapshot.json"))
DECIDING = ("Routes", "Entries", "Associations", "IpPermissions", "IpPermissionsEgress", "Attachments", "SubnetIds")
Asked = dict[tuple[str, str], Answer]


def asked(document: Record) -> Asked:
    """What a function of a network is told: the internet, services, databases, some interfaces."""
    network = describe(Snapshot(accounts=document["accounts"]))
    targets = ["internet", "s3", *(d.arn for d in network.databases)][:4]
    for data in sections(document):
        targets += [f"{e['NetworkInterfaceId']}:443" for e in data.get("NetworkInterfaces", [])[:2]]
    found: Asked = {}
    for function in network.functions[:1]:
        for target in targets:
            try:
                found[function.arn, target] = network.path(function.arn, target)
            except QuestionError:  # nothing has this name once its records are gone
                continue
    return found


def sections(document: Record) -> list[Record]:
    """The collections of each account and Region."""
    return [data for regions in document["accounts"].values() for data in regions.values()]


def holes(document: Record, number: int) -> Iterator[tuple[str, Record, str]]:
    """What can be missing, one at a time: each collection, and each member that decides of one of its records.

    Which record that is differs from network to network.
    """
    for data in sections(document):
        for key in sorted(k for k in data if data[k]):
            yield key, data, key
            record = data[key][number % len(data[key])]
            for member in (m for m in DECIDING if m in record):
                yield f"{key}[].{member}", record, member


def turned(whole: Asked, poorer: Asked) -> Iterator[str]:
    """Verdicts that say something else with less to go by, and own up to no assumption that makes up for it."""
    for question, answer in poorer.items():
        before = whole.get(question)
        if before is None or answer.verdict in (before.verdict, "unknown"):
            continue
        if not set(answer.assumptions) - set(before.assumptions):
            yield f"{question[1]}: {before.verdict} → {answer.verdict} ({answer.headline})"


@pytest.mark.slow
def test_what_is_not_read_turns_no_verdict_round() -> None:
    wrong, tried = [], 0
    for number, path in enumerate(GALLERY):
        document = json.loads(path.read_bytes())
        whole = asked(document)
        assert whole or not any(data.get("Functions") for data in sections(document)), path
        for what, holder, member in list(holes(document, number)):
            held = holder.pop(member)
            wrong += [f"{path.parent.name} without {what}: {line}" for line in turned(whole, asked(document))]
            holder[member] = held
            tried += 1
    assert not wrong, wrong
    assert tried > 1000
