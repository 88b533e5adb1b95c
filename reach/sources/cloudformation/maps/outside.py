"""What is outside VPCs and still decides: buckets with their policies, REST APIs, DSQL, OpenSearch Serverless."""

from __future__ import annotations

import json
from typing import Any

from reach.sources.cloudformation.attributes import arn_of
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.groups import groups, known
from reach.sources.cloudformation.maps.vpc import external
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Undetermined, plain, unknown_in


def policy_text(value: Any) -> str:
    """A policy as AWS answers it: JSON in a text.

    Raises
    ------
    Undetermined
        If something in it is not known: it may deny or allow anything.
    """
    unknown = unknown_in(value)
    if unknown:
        raise Undetermined(unknown)
    return value if isinstance(value, str) else json.dumps(plain(value), sort_keys=True)


def bucket(draft: Draft, r: Resource) -> None:
    """A bucket is in the stack's region; us-east-1 has no name there."""
    region = r.stack.home.region
    record = {"Bucket": r.id} | ({} if region == "us-east-1" else {"LocationConstraint": region})
    draft.put("s3:BucketLocations", record, r, arn_of(r))


def bucket_policy(draft: Draft, r: Resource) -> None:
    policy = policy_text(r.get("PolicyDocument"))
    draft.put("s3:BucketPolicies", {"Bucket": r.known_text("Bucket"), "Policy": policy}, r)


def undecided_policy(draft: Draft, r: Resource) -> None:
    """A bucket whose policy is not known has one that cannot be read."""
    record = {"Bucket": r.text("Bucket"), "Policy": "not known"}
    draft.put("s3:BucketPolicies", record, r)


def system_policy(draft: Draft, r: Resource) -> None:
    """A file system's own policy, which is one of its properties; Terraform has a resource for it."""
    if r.has("FileSystemPolicy"):
        id = r.text("FileSystemId") if r.has("FileSystemId") else r.id
        record = {"FileSystemId": id, "Policy": policy_text(r.get("FileSystemPolicy"))}
        draft.put("efs:FileSystemPolicies", record, r)


def undecided_system_policy(draft: Draft, r: Resource) -> None:
    """A file system whose policy is not known has one that cannot be read."""
    id = r.text("FileSystemId") if r.has("FileSystemId") else r.id
    draft.put("efs:FileSystemPolicies", {"FileSystemId": id, "Policy": "not known"}, r)


def rest_api(draft: Draft, r: Resource) -> None:
    config = r.part("EndpointConfiguration")
    open_ = unknown_in(config.get("Types"))
    if open_:  # which decides whether it is private
        raise Undetermined(open_)
    inner = {
        member: r.texts_in("EndpointConfiguration", config.get(name))
        for member, name in (("types", "Types"), ("vpcEndpointIds", "VpcEndpointIds"))
    }
    record: Entry = {"id": r.id, "name": r.text("Name") or r.logical, "endpointConfiguration": inner}
    if r.has("Policy"):
        record["policy"] = policy_text(r.get("Policy"))
    draft.put("apigateway:items", record, r, f"api:{r.id}")


def dsql_cluster(draft: Draft, r: Resource) -> None:
    arn = arn_of(r)
    draft.put("dsql:clusters", {"identifier": r.id, "arn": arn}, r, arn)


def collection(draft: Draft, r: Resource) -> None:
    arn = arn_of(r)
    record = {"id": r.id, "name": r.text("Name") or r.logical, "arn": arn, "status": "ACTIVE"}
    draft.put("opensearchserverless:collectionSummaries", record, r, arn)


def search_endpoint(draft: Draft, r: Resource) -> None:
    """An endpoint that OpenSearch Serverless manages."""
    vpc_id = r.known_text("VpcId")
    external(draft, r, vpc_id)
    record = {
        "id": r.id,
        "name": r.text("Name"),
        "vpcId": vpc_id,
        "subnetIds": r.texts("SubnetIds"),
        "securityGroupIds": groups(draft, r, "SecurityGroupIds", vpc_id),
        "status": "ACTIVE",
    }
    draft.put("opensearchserverless:vpcEndpointDetails", known(record), r)
