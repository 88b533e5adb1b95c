"""The gallery's templates give the answers of its snapshots (TPL-01, TPL-02)."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import reach
from reach.cli import reach as command_line
from tests.template_writer import Writer
from tests.templated import network_of

GRAPHS = Path(__file__).resolve().parent.parent / "graphs"
EVERY = sorted(path.parent.name for path in GRAPHS.glob("*/template.yaml"))
SLUGS = ["vpc-private", "vpc-privatepublic"]
TARGETS = (
    *("internet", "s3", "dynamodb", "s3@eu-west-2", "sqs", "secretsmanager", "sts", "rds:orders-db"),
    *("internet:*", "10.0.0.1:443", "172.31.9.9:443"),
)


def test_every_network_has_a_template_or_a_reason() -> None:
    index = (GRAPHS / "README.md").read_text().partition("## Snapshots alone")[2]
    without = set(re.findall(r"^\| \[([\w-]+)\]", index, re.MULTILINE))
    every = {path.parent.name for path in GRAPHS.glob("*/snapshot.json")}
    assert every - set(EVERY) == without
    assert len(EVERY) > 80
    assert set(SLUGS) <= set(EVERY)


def asked(slug: str) -> list[str]:
    """What the page of a network asks, behind `reach path`."""
    found = re.search(r"^\$ reach path (.*) --from demo:", (GRAPHS / slug / "README.md").read_text(), re.MULTILINE)
    assert found
    return shlex.split(found[1])


def answered(words: list[str], source: str, ids: Writer) -> Any:
    """An answer of the command: its verdict, layer and blockers, with the ids that the template has."""
    place = ("--region", "eu-west-1", "--param", "AWS::AccountId=123456789012") if source.endswith(".yaml") else ()
    done = CliRunner().invoke(command_line, ["path", *words, "--from", source, *place, "-f", "json", "-q"])
    assert done.exit_code in (0, 1, 3), done.output
    (answer,) = json.loads(done.stdout)["answers"]
    members = ("code", "cause", "layer", "direction", "after")
    found = [[[b[m] for m in members] for b in answer[kind]] for kind in ("blockers", "unknowns")]
    at = sorted(ids.translated(b["resource"]) for b in answer["blockers"])
    return answer["verdict"], answer["layer"], [sorted(map(str, part)) for part in found], at


@pytest.mark.parametrize("slug", sorted(set(EVERY) - set(SLUGS)))
def test_a_template_answers_what_the_page_shows(slug: str) -> None:
    document = json.loads((GRAPHS / slug / "snapshot.json").read_text())
    ((_, regions),) = document["accounts"].items()
    writer = Writer(next(iter(regions.values())), "template")
    writer.write()
    words, folder = asked(slug), GRAPHS / slug
    theirs = [writer.translated(word) for word in words]
    found = answered(theirs, str(folder / "template.yaml"), writer)
    assert found == answered(words, str(folder / "snapshot.json"), writer)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("slug", SLUGS)
def test_the_same_answers(slug: str, target: str) -> None:
    found = []
    for name in ("template.yaml", "snapshot.json"):
        network = reach.load(GRAPHS / slug / name, region="eu-west-1")
        (function,) = network.functions
        if target.startswith("rds:") and not network.databases:
            return
        answer = network.path(function.name, target)
        blockers = [(b.code, b.cause, b.layer, b.direction, len(b.subnets), b.after) for b in answer.blockers]
        hops = Counter((h.kind, h.direction) for p in answer.paths for h in p.hops)
        found.append((answer.verdict, answer.layer, blockers, hops))
    assert found[0] == found[1]


@pytest.mark.parametrize("target", ["8.8.8.8:53/udp", "52.1.2.3:8443"])
@pytest.mark.parametrize("slug", SLUGS)
def test_public_addresses_may_be_of_a_list_that_is_not_in_the_template(slug: str, target: str) -> None:
    """Which addresses S3 and DynamoDB have is in no template: an address that might be one is not decided."""
    (template, snapshot) = (
        reach.load(GRAPHS / slug / name, region="eu-west-1").path("orders", target)
        for name in ("template.yaml", "snapshot.json")
    )
    assert template.verdict == "unknown" != snapshot.verdict
    assert all("is told by AWS, not by templates" in u.why for u in template.unknowns)


# TPL-01 and TPL-02 say what the two samples answer.
EXPECTED = {
    "vpc-private": {
        **dict.fromkeys(("s3", "dynamodb", "rds:orders-db"), "reachable"),
        **dict.fromkeys(("internet", "s3@eu-west-2", "sqs", "secretsmanager", "sts"), "blocked"),
    },
    "vpc-privatepublic": dict.fromkeys(
        ("internet", "s3", "dynamodb", "s3@eu-west-2", "sqs", "secretsmanager", "sts", "rds:orders-db"), "reachable"
    ),
}


@pytest.mark.parametrize(("slug", "target"), [(s, t) for s in EXPECTED for t in EXPECTED[s]])
def test_the_samples(slug: str, target: str) -> None:
    network = reach.load(GRAPHS / slug / "template.yaml")
    assert network.path("orders", target).verdict == EXPECTED[slug][target]


def test_gateway_endpoints_beat_the_nat_gateway() -> None:
    """TPL-02: S3 leaves by its endpoint, everything else by the NAT gateway."""
    network = reach.load(GRAPHS / "vpc-privatepublic" / "template.yaml")
    for target, kind in (("s3", "gateway_endpoint"), ("sqs", "nat_gateway")):
        for path in network.path("orders", target).paths:
            assert kind in {hop.kind for hop in path.hops}, target
            assert ("nat_gateway" in {hop.kind for hop in path.hops}) == (kind == "nat_gateway")


def test_a_function_in_the_public_subnet() -> None:
    """TPL-02: no way out for a function there (FN-06), and no endpoint route either."""
    text = (GRAPHS / "vpc-privatepublic" / "template.yaml").read_text()
    moved = text.replace("SubnetIds: [!Ref privateSubnet1, !Ref privateSubnet2]\n        SecurityGroupIds",
                         "SubnetIds: [!Ref publicSubnet1]\n        SecurityGroupIds")  # fmt: skip
    assert moved != text
    network = network_of(moved)
    for target in ("internet", "s3"):
        answer = network.path("orders", target)
        assert answer.verdict == "blocked"
        assert answer.blockers[0].cause == "LAMBDA_ENI_HAS_NO_PUBLIC_IP"
