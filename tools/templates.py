"""The template of each network of the gallery, or why a template cannot say what its page shows."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reach.answer import Answer
    from tools.gallery import Entry

STACK, FILE = "template", "template.yaml"
MADE = "which interfaces AWS makes, and their ids and addresses, is known when they are there"
PUBLIC = "which public addresses AWS gives is known when they are there"
RUNS = "the function runs already: one that a template makes would be refused by the VPC"
KEPT = "AWS itself keeps the routes to gateway endpoints, and a template cannot write another"
NAMES = "which names AWS gives to an endpoint is known when it is there"
REFUSED = "Lambda would not deploy this function; the page shows one that runs already"
# Networks that a template can express, of which it yet cannot tell what the page shows.
NOT_TOLD = {
    "dest-not-public": PUBLIC,
    "encryption-enforced": RUNS,
    "encryption-inspection-unsupported": RUNS,
    "encryption-zone-unsupported": RUNS,
    "endpoint-service-not-visible": NAMES,
    "igw-nat-reflection": PUBLIC,
    "lambda-cannot-receive-connections": MADE,
    "lambda-inbound-rules": MADE,
    "no-possible-destination": MADE,
    "remap-ephemeral-port": MADE,
    "sg-references-not-preserved": PUBLIC,
    "subnet-not-dual-stack": REFUSED,
    "tgw-without-encryption": RUNS,
    "unsupported-component": PUBLIC,
    "vpce-intra-vpc-traffic": MADE,
    "vpce-gateway-egress-source-address-restriction": KEPT,
}


@dataclass(frozen=True)
class Told:
    """The text of a template, or why there is none."""

    text: str = ""
    why: str = ""


def template_of(entry: Entry, snapshot: str, long: Any) -> Told:
    """Write a network as a template, and make sure that it answers what its page shows.

    Raises
    ------
    AssertionError
        If it answers anything else and nobody has said why.
    """
    from tests.template_text import text_of
    from tests.template_writer import Inexpressible, Writer

    document = json.loads(snapshot)
    if document.get("gaps"):
        return Told(why="calls that were denied: a template has none")
    ((_, regions),) = document["accounts"].items()
    ((_, collections),) = regions.items()
    try:
        writer = Writer(collections, STACK)
        text = text_of(writer.write())
    except Inexpressible as why:
        return Told(why=str(why))
    same = told(entry.answer, writer.translated) == _answered(entry, text, writer, long)
    answers = "the same" if same else "otherwise"
    assert same != (entry.slug in NOT_TOLD), f"{entry.slug}: its template answers {answers}"
    return Told(text) if same else Told(why=NOT_TOLD[entry.slug])


def _answered(entry: Entry, text: str, writer: Any, long: Any) -> Any:
    """What the template answers to the question of the page; nothing if it does not know what is asked for."""
    from reach.describe import describe
    from reach.errors import QuestionError
    from reach.sources.cloudformation import File, read
    from reach.sources.given import given
    from tests.scenario import answer_in

    account = {"AWS::AccountId": "123456789012"}
    network = describe(read([File(FILE, text.encode(), STACK)], given(region="eu-west-1", params=account)))
    try:
        if entry.row is None:
            return told(network.path(*map(writer.translated, entry.words)), str)
        who, to, config = (writer.translated(long(t or "")) for t in (entry.row.who, entry.row.to, entry.row.config))
        return told(answer_in(network, replace(entry.row, who=who, to=to, config=config or None)), str)
    except QuestionError:
        return None


def told(answer: Answer, translated: Any) -> Any:
    """What the two have to agree on: verdict, layer, and every blocker with its place."""
    blockers = sorted(
        (b.code, str(b.cause), b.layer.value, translated(b.resource), b.direction.value, b.after or "")
        for b in answer.blockers
    )
    return str(answer.verdict), str(answer.layer), blockers, sorted((b.code, str(b.cause)) for b in answer.unknowns)


def listed(without: dict[str, str]) -> list[str]:
    """The networks without a template, with the reasons, as a table."""
    lines = ["| network | why there is no template |", "|---|---|"]
    return lines + [f"| [{slug}]({slug}/) | {re.sub('[|]', '', why)} |" for slug, why in sorted(without.items())]
