"""What moto can collect of the other destinations (EFS, MemoryDB, OpenSearch, buckets), asked end to end."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from moto import mock_aws

from reach import Network
from reach.describe import describe
from reach.snapshot import Snapshot
from reach.sources.aws import collect
from tests.aws_account import build, here, offline

DENY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::reports", "arn:aws:s3:::reports/*"],
            "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-other"}},
        }
    ],
}


@pytest.fixture(scope="module")
def found() -> Iterator[tuple[dict[str, str], Snapshot, Network]]:
    """One account with everything, and a bucket that was named."""
    with mock_aws():
        session = offline()
        ids = build(session)
        s3 = session.client("s3", region_name="eu-west-1")
        s3.create_bucket(Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        s3.put_bucket_policy(Bucket="reports", Policy=json.dumps(DENY))
        s3.create_bucket(Bucket="private", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        snapshot = collect(session, buckets=["reports"])
        yield ids, snapshot, describe(snapshot)


def test_the_lists_and_what_they_name_are_read(found: tuple[dict[str, str], Snapshot, Network]) -> None:
    """NEED-04, DST-27, DST-32: each family is an entry that a target can name."""
    ids, snapshot, network = found
    words = {d.word for d in network.databases}
    assert {"memorydb:m", "opensearch:logs", f"efs:{ids['fs']}"} <= words
    (target,) = here(snapshot)["efs:MountTargets"]
    assert (target["MountTargetId"], target["SubnetId"]) == (ids["fsmt"], ids["subneta"])


def test_only_named_buckets_are_read(found: tuple[dict[str, str], Snapshot, Network]) -> None:
    _, snapshot, _ = found
    assert [r["Bucket"] for r in here(snapshot)["s3:BucketPolicies"]] == ["reports"]
    assert "private" not in json.dumps(snapshot.accounts)


def test_a_mount_target_serves_its_own_zone(found: tuple[dict[str, str], Snapshot, Network]) -> None:
    """NEED-04: the function is in two zones, the mount target in one of them."""
    ids, _, network = found
    answer = network.path("attached", f"efs:{ids['fs']}")
    codes = {(b.code, s) for b in answer.blockers for s in b.subnets}
    assert ("NO_MOUNT_TARGET_IN_AZ", ids["subnetb"]) in codes
    assert ("NO_MOUNT_TARGET_IN_AZ", ids["subneta"]) not in codes


def test_a_bucket_policy_that_was_read_refuses(found: tuple[dict[str, str], Snapshot, Network]) -> None:
    """AUTH-22: the function without a VPC comes through no endpoint."""
    _, _, network = found
    answer = network.path("free", "s3://reports")
    assert (answer.verdict, answer.layer) == ("blocked", "authz")
    assert [(b.code, b.cause) for b in answer.blockers] == [("RESOURCE_POLICY_DENIES", "RESOURCE_POLICY_DENIES_PATH")]
    assert network.path("free", "s3://private").verdict == "reachable"


@pytest.mark.parametrize("word", ["memorydb:m", "opensearch:logs"])
def test_a_group_without_rules_is_what_blocks(found: tuple[dict[str, str], Snapshot, Network], word: str) -> None:
    """DST-27, DST-32: moto's groups let nothing in, and that is what the answer says."""
    ids, _, network = found
    answer = network.path("attached", word)
    assert answer.verdict == "blocked"
    assert {b.resource for b in answer.blockers} <= {ids["sg"]}
