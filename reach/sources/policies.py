"""The calls that read policies at the far end: of REST APIs behind an execute-api endpoint, of named buckets."""

from __future__ import annotations

from collections.abc import Iterable

from reach.sources.call import Arguments, Call, Data, each, listing

ASKED_BUCKETS = "asked:Buckets"  # not a collection: the buckets that the user named


def _captured(data: Data) -> Iterable[Arguments]:
    """Once, if an endpoint may take the names of APIs over."""
    return [{}] if any("execute-api" in str(e.get("ServiceName")) for e in data.get("VpcEndpoints", ())) else []


def _points(data: Data) -> Iterable[Arguments]:
    """The access points of each named bucket; the account is asked for, and every function tells it."""
    accounts = {str(f.get("FunctionArn")).split(":")[4] for f in data.get("Functions", ()) if f.get("FunctionArn")}
    buckets = [str(b["Bucket"]) for b in data.get(ASKED_BUCKETS, ())]
    return [{"AccountId": account, "Bucket": name} for account in sorted(accounts) for name in buckets]


POLICIES: tuple[Call, ...] = (
    Call("apigateway", "GetRestApis", "apigateway:items", "items", stage=2, plan=_captured, iam="apigateway:GET"),
    *(
        Call("s3", f"GetBucket{what}", key, stage=2, plan=each(ASKED_BUCKETS, "Bucket"), owner="Bucket")
        for what, key in (("Policy", "s3:BucketPolicies"), ("Location", "s3:BucketLocations"))
    ),
    listing("s3control", "ListAccessPoints", "s3control:AccessPointList", stage=2, plan=_points, needs=("Functions",),
            keep=("Name", "NetworkOrigin", "VpcConfiguration", "Bucket", "AccessPointArn", "Alias")),
)  # fmt: skip
