"""The calls that read policies at the far end: of REST APIs behind an execute-api endpoint, of named buckets."""

from __future__ import annotations

from collections.abc import Iterable

from reach.sources.call import Arguments, Call, Data, each

ASKED_BUCKETS = "asked:Buckets"  # not a collection: the buckets that the user named


def _captured(data: Data) -> Iterable[Arguments]:
    """Once, if an endpoint may take the names of APIs over."""
    return [{}] if any("execute-api" in str(e.get("ServiceName")) for e in data.get("VpcEndpoints", ())) else []


POLICIES: tuple[Call, ...] = (
    Call("apigateway", "GetRestApis", "apigateway:items", "items", stage=2, plan=_captured, iam="apigateway:GET"),
    *(
        Call("s3", f"GetBucket{what}", key, stage=2, plan=each(ASKED_BUCKETS, "Bucket"), owner="Bucket")
        for what, key in (("Policy", "s3:BucketPolicies"), ("Location", "s3:BucketLocations"))
    ),
)
