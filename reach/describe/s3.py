"""S3: the policies, Regions and access points of buckets that somebody asked for; no other bucket is ever read."""

from __future__ import annotations

from collections.abc import Iterator

from reach.describe.records import Section, document, text
from reach.network import Thing
from reach.network.served import AccessPoint, Bucket
from reach.services import partition_of


def read(section: Section) -> Iterator[Thing]:
    """All buckets of which a policy or a location was read, and access points."""
    policies = {text(r, "Bucket"): document(r.get("Policy")) for r in section.rows("s3:BucketPolicies")}
    regions = {text(r, "Bucket"): text(r, "LocationConstraint") for r in section.rows("s3:BucketLocations")}
    for name in sorted({*policies, *regions}):
        region = {"": "us-east-1", "EU": "eu-west-1"}.get(regions[name], regions[name]) if name in regions else ""
        yield Bucket(
            id=f"arn:{partition_of(section.home.region)}:s3:::{name}",
            home=section.home,
            name=name,
            policy=policies.get(name, ""),
            region=region,
        )
    for record in section.rows("s3control:AccessPointList"):
        yield AccessPoint(
            id=text(record, "AccessPointArn"), home=section.home, name=text(record, "Name"),
            bucket=text(record, "Bucket"), alias=text(record, "Alias"),
            vpc=text(record, "VpcConfiguration", "VpcId") if text(record, "NetworkOrigin") == "VPC" else "",
        )  # fmt: skip
