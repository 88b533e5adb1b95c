"""Answers over HTTP of services that moto does not know: what the client sends is read, and what it is told is parsed.

Both lists have two pages. A request that AWS would not understand is not found.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

PLACE = "eu-west-1:123456789012"
FILE_SYSTEM = "fs-0a1b2c3d4e5f60718"
ACCESS_POINT = f"arn:aws:s3files:{PLACE}:file-system/{FILE_SYSTEM}/access-point/fsap-0a1b2c3d4e5f60718"
TARGETS = ("fsmt-0a1b2c3d4e5f60711", "fsmt-0a1b2c3d4e5f60712")
CONNECTORS = ("inward", "outward")
TOKEN = "page two +/="  # a token may hold what a URL must not
INSIDE = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
ROLE = "arn:aws:iam::123456789012:role/hunter2"

Found = dict[str, Any]


def connector_arn(name: str) -> str:
    return f"arn:aws:lambda:{PLACE}:network-connector:{name}"


def _connector(name: str) -> Found:
    return {"Name": name, "Arn": connector_arn(name), "State": "ACTIVE"}


def _target(id: str) -> Found:
    return {"mountTargetId": id, "fileSystemId": FILE_SYSTEM, "subnetId": "subnet-1", "ownerId": "123456789012"}


PATHS: dict[str, Found] = {
    f"/file-systems/{FILE_SYSTEM}": {
        "fileSystemArn": f"arn:aws:s3files:{PLACE}:file-system/{FILE_SYSTEM}", "fileSystemId": FILE_SYSTEM,
        "status": "available", "bucket": "arn:aws:s3:::hunter2", "roleArn": ROLE,
    },
    **{f"/mount-targets/{id}": _target(id) | {"securityGroups": ["sg-1"]} for id in TARGETS},
    **{
        f"/2026-04-04/network-connectors/{connector_arn(name)}": _connector(name)
        | {"Configuration": {"VpcEgressConfiguration": INSIDE}, "OperatorRole": ROLE}
        for name in CONNECTORS
    },
}  # fmt: skip
# The path of a list, what else is asked for, how the next page is asked for and offered, and both pages.
LISTS = (
    ("/2026-04-04/network-connectors", {}, "Marker", "NextMarker", "NetworkConnectors",
     [_connector(name) | {"Id": name, "Type": "VPC_EGRESS"} for name in CONNECTORS]),
    ("/mount-targets", {"fileSystemId": FILE_SYSTEM}, "nextToken", "nextToken", "mountTargets",
     [_target(id) for id in TARGETS]),
)  # fmt: skip


def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    """What AWS says to a request."""
    parts = urlsplit(request.url)
    found = _found(unquote(parts.path), dict(parse_qsl(parts.query))) if request.method == "GET" else None
    return response(request, json.dumps(found or {}), 404 if found is None else 200)


def response(request: AWSPreparedRequest, text: str, status: int = 200) -> AWSResponse:
    return AWSResponse(request.url, status, {"content-type": "application/json"}, _Raw(text))


def _found(path: str, query: dict[str, str]) -> Found | None:
    for list_path, given, ask, offer, key, records in LISTS:
        if path == list_path and query == given:
            return {key: records[:1], offer: TOKEN}
        if path == list_path and query == given | {ask: TOKEN}:
            return {key: records[1:]}
    return None if query else PATHS.get(path)


def mount(parsed: Found, **_: Any) -> None:
    """Moto keeps no file system of a function: the one called attached mounts one of S3 Files."""
    for function in parsed.get("Functions", ()):
        if function["FunctionName"] == "attached":
            function["FileSystemConfigs"] = [{"Arn": ACCESS_POINT, "LocalMountPath": "/mnt/reports"}]


class _Raw:
    """A body that is read once."""

    def __init__(self, text: str) -> None:
        self.text = text

    def stream(self, **_: Any) -> list[bytes]:
        return [self.text.encode()]
