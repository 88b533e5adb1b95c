"""The gallery's templates give the answers of its captured snapshots (TPL-01, TPL-02)."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

import reach
from tests.templated import network_of

GRAPHS = Path(__file__).resolve().parent.parent / "graphs"
SLUGS = sorted(path.parent.name for path in GRAPHS.glob("*/template.yaml"))
TARGETS = (
    *("internet", "s3", "dynamodb", "s3@eu-west-2", "sqs", "secretsmanager", "sts", "rds:orders-db"),
    *("internet:*", "10.0.0.1:443", "172.31.9.9:443"),
)


def test_the_two_samples_are_there() -> None:
    assert {"vpc-private", "vpc-privatepublic"} <= set(SLUGS)


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
