"""Services that moto does not know, or does not page: requests as they leave the client, answers as they come in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto import mock_aws

from reach.describe import describe
from reach.network.senders import Workload
from reach.snapshot import Snapshot
from reach.sources.aws import collect
from tests import wire
from tests.aws_account import ACCOUNT, BUCKET, REGION, build, here, make_bucket, offline


@pytest.fixture(scope="module")
def requests() -> list[AWSPreparedRequest]:
    """What was sent."""
    return []


@pytest.fixture(scope="module")
def snapshot(requests: list[AWSPreparedRequest]) -> Iterator[Snapshot]:
    """What was read."""
    with mock_aws():
        session = offline()
        build(session)
        for service in ("lambda-core", "s3files"):
            session.events.register_first(  # type: ignore[attr-defined]
                f"before-send.{service}", lambda request, **_: requests.append(request)
            )
        yield collect(session)


def asked(requests: list[AWSPreparedRequest], path: str) -> list[dict[str, list[str]]]:
    """The parameters of each request for a path, in the order they were sent."""
    parts = [urlsplit(request.url) for request in requests]
    return [parse_qs(part.query) for part in parts if part.path == path]


def test_connectors_of_both_pages_are_read(snapshot: Snapshot, requests: list[AWSPreparedRequest]) -> None:
    """SRC-02: the list is followed to its end, each connector asked for by its ARN; its role is not stored."""
    assert asked(requests, "/2026-04-04/network-connectors") == [{}, {"Marker": [wire.TOKEN]}]
    arns = {name: wire.connector_arn(name) for name in wire.CONNECTORS}
    assert here(snapshot)["lambda-core:NetworkConnectorSummaries"] == [
        {"Name": name, "Arn": arn} for name, arn in arns.items()
    ]
    assert here(snapshot)["lambda-core:NetworkConnectors"] == [
        {"Name": name, "Arn": arn, "Configuration": {"VpcEgressConfiguration": wire.INSIDE}, "State": "ACTIVE"}
        for name, arn in arns.items()
    ]
    words = {w.word for w in describe(snapshot).all(Workload)}
    assert {word for word in words if word.startswith("microvm:")} == {"microvm:inward", "microvm:outward"}


def test_mounted_file_systems_of_s3_are_read(snapshot: Snapshot, requests: list[AWSPreparedRequest]) -> None:
    """NEED-05: the file system in the ARN of what a function mounts, and the mount targets of both pages."""
    system = {"fileSystemId": [wire.FILE_SYSTEM]}
    assert asked(requests, "/mount-targets") == [system, system | {"nextToken": [wire.TOKEN]}]
    assert here(snapshot)["s3files:fileSystems"] == [{
        "fileSystemArn": f"arn:aws:s3files:{REGION}:{ACCOUNT}:file-system/{wire.FILE_SYSTEM}",
        "fileSystemId": wire.FILE_SYSTEM, "status": "available",
    }]  # fmt: skip
    assert here(snapshot)["s3files:mountTargetSummaries"] == [
        {"mountTargetId": id, "fileSystemId": wire.FILE_SYSTEM} for id in wire.TARGETS
    ]
    targets = here(snapshot)["s3files:mountTargets"]
    assert [(t["mountTargetId"], t["subnetId"], t["securityGroups"]) for t in targets] == [
        (id, "subnet-1", ["sg-1"]) for id in wire.TARGETS
    ]
    assert f"s3files:{wire.FILE_SYSTEM}" in {d.word for d in describe(snapshot).databases}


def test_nothing_else_that_they_tell_is_stored(snapshot: Snapshot) -> None:
    assert "hunter2" not in json.dumps(snapshot.accounts)


def test_access_points_of_both_pages_are_read(snapshot: Snapshot) -> None:
    """The account stands in the host, the bucket in the parameters; moto's own point comes without a hook."""
    session, sent = offline(), []
    make_bucket(session)
    point = "<AccessPoint><Name>{0}</Name><NetworkOrigin>VPC</NetworkOrigin><Bucket>{1}</Bucket></AccessPoint>"

    def answer(request: Any, **_: Any) -> AWSResponse:
        parts = urlsplit(request.url)
        sent.append((parts.hostname, parts.path, parse_qs(parts.query)))
        name, more = ("b", "") if "nextToken" in parts.query else ("a", f"<NextToken>{wire.TOKEN}</NextToken>")
        points = f"<AccessPointList>{point.format(name, BUCKET)}</AccessPointList>{more}"
        return wire.response(request, f"<ListAccessPointsResult>{points}</ListAccessPointsResult>")

    (own,) = here(collect(session, buckets=[BUCKET]))["s3control:AccessPointList"]
    assert (own["Name"], own["NetworkOrigin"], own["Bucket"]) == ("inside", "VPC", BUCKET)
    assert own["VpcConfiguration"] == {"VpcId": "vpc-1"}
    session.events.register_first("before-send.s3-control.ListAccessPoints", answer)  # type: ignore[attr-defined]
    found = collect(session, buckets=[BUCKET])
    assert [(r["Name"], r["Bucket"]) for r in here(found)["s3control:AccessPointList"]] == [
        ("a", BUCKET), ("b", BUCKET)
    ]  # fmt: skip
    host, path = f"{ACCOUNT}.s3-control.{REGION}.amazonaws.com", "/v20180820/accesspoint"
    assert sent == [
        (host, path, {"bucket": [BUCKET]}), (host, path, {"bucket": [BUCKET], "nextToken": [wire.TOKEN]})
    ]  # fmt: skip
