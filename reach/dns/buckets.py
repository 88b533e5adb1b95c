"""A bucket's global host, `BUCKET.s3.amazonaws.com`: DNS leads it to the Region that the bucket is in (SVC-11).

Until that is known everywhere, some hours after the bucket was made, it leads to us-east-1, which redirects; for
buckets in Regions that are younger than the rule it leads there for good and is refused. Interface endpoints never take
it over.
"""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Assumption, Note
from reach.destinations import Resolved
from reach.dns.services import of_service
from reach.network import Gap, Network, Vpc
from reach.network.served import Bucket
from reach.services import Service

GLOBAL = ".s3.amazonaws.com"
FIRST = "us-east-1"
# The Regions from before 20 March 2019: only their buckets does DNS lead to.
EARLY = frozenset(
    [
        *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
        *("eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1"),
        *("ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2"),
    ]
)


def of_global_host(network: Network, vpc: Vpc | None, s3: Service, host: str, type: str = "A") -> Resolved:
    """What the host means: the public addresses of S3 in the bucket's Region, or in one of two that it may be in."""
    name = host.removesuffix(GLOBAL)
    found = network.things.get(f"arn:aws:s3:::{name}")
    region = found.region if isinstance(found, Bucket) else ""
    here = vpc.home.region if vpc else FIRST
    if region:
        return _known(network, vpc, s3, host, region, type)
    first = of_service(network, vpc, s3, FIRST, host, type)
    if here == FIRST or here not in EARLY:
        text = f"The bucket {name} is in {FIRST}; its location was not read (reach snapshot --bucket {name})."
        return replace(first, assumptions=(*first.assumptions, Assumption("U-18", text)))
    near = of_service(network, vpc, s3, here, host, type)
    why = f"the Region of the bucket, to which {host} leads, was not read: {here}, {FIRST} or another"
    doubt = Gap(host, f"the Region of the bucket (reach snapshot --bucket {name})", why)
    places = tuple(replace(d, doubt=doubt) for found in (near, first) for node in found.nodes for d in node)
    return replace(
        near,
        nodes=(places,),
        notes=tuple(dict.fromkeys((*near.notes, *first.notes))),
        assumptions=tuple(dict.fromkeys((*near.assumptions, *first.assumptions))),
        perhaps=None,
    )


def _known(network: Network, vpc: Vpc | None, s3: Service, host: str, region: str, type: str) -> Resolved:
    if region not in EARLY:
        there = of_service(network, vpc, s3, FIRST, host, type)
        name = host.removesuffix(GLOBAL)
        text = f"{name} is in {region}, whose buckets {host} does not serve: {FIRST} answers 400 Bad Request. "
        text += f"Call {name}.s3.{region}.amazonaws.com."
        return replace(there, notes=(*there.notes, Note("LEGACY_HOSTNAME_NOT_COVERED", text, name)))
    there = of_service(network, vpc, s3, region, host, type)
    if region == FIRST:
        return there
    text = f"DNS leads {host} to {region} by now; in the first hours of a bucket it leads to {FIRST}, which redirects."
    return replace(there, assumptions=(*there.assumptions, Assumption("SVC-11", text)))
