"""The hosts of AWS beside the usual one of each service: FIPS and dual-stack hosts, and those of resources.

The forms are those that SDKs put together from a service's usual host; an odd dual-stack host is in services.json.
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from reach.services import Service, by_host, find, is_region, names, partitions

NEWER = ("on.aws", "on.amazonwebservices.com.cn")  # under which newer hosts of resources stand


class Spelling(Struct, frozen=True):
    """A host of a service, and what is special about it: FIPS, or addresses of both families (SVC-01)."""

    service: Service
    region: str
    fips: bool = False
    dual: bool = False

    @property
    def usual(self) -> bool:
        """Whether it is neither: the host, or one below it, that an SDK calls without being told otherwise."""
        return not (self.fips or self.dual)


@lru_cache(maxsize=1024)
def spelling_of(host: str) -> Spelling | None:
    """Return the service behind a host of AWS, whether that is the usual one, a FIPS or a dual-stack one.

    Examples
    --------
    >>> found = spelling_of("kms-fips.us-east-1.api.aws")
    >>> found.service.name, found.region, found.fips, found.dual
    ('kms', 'us-east-1', True, True)
    """
    host = host.lower().removesuffix(".")
    usual = by_host(host)
    if usual is not None:  # a bucket may be called my-fips
        return Spelling(*usual, dual=".s3.dualstack." in f".{host}")
    plain = re.sub(r"-fips(?=\.)", "", host, count=1).removeprefix("fips.")
    found = by_host(plain) or _dual_host(plain)
    if found is None:
        return None
    dual = ".dualstack." in plain or any(plain.endswith(f".{p['dual']}") for p in partitions())
    return Spelling(*found, fips=plain != host, dual=dual)


def _dual_host(host: str) -> tuple[Service, str] | None:
    """A dual-stack host: mostly the usual one under another suffix."""
    ends = [p for p in partitions() if host.endswith(f".{p['dual']}")]
    for partition in ends:
        found = by_host(f"{host.removesuffix(partition['dual'])}{partition['dns']}")
        if found is not None:
            return found
    if not ends and ".dualstack." not in host:
        return None
    region = next((label for label in host.split(".") if is_region(label)), "")
    homes = [region] if region else [str(p["home"]) for p in partitions()]
    known = (service for name in names() if (service := find(name)) is not None)
    return next(((s, home) for s in known for home in homes if s.dual_host(home) == host), None)


def kind_of(host: str) -> str | None:
    """Return the label that says of what kind the resource behind a host is; None if it is no host of a resource.

    It stands beside the Region, on either side.

    Examples
    --------
    >>> kind_of("orders.c1a2b3c4d5e6.eu-west-1.rds.amazonaws.com"), kind_of("db.c1a2.rds.cn-north-1.amazonaws.com.cn")
    ('rds', 'rds')
    >>> kind_of("vpc-logs-abc.aos.eu-west-1.on.aws"), kind_of("sqs.eu-west-1.amazonaws.com")
    ('aos', None)
    """
    ends = [end for p in partitions() for end in (str(p["dns"]), *NEWER) if host.endswith(f".{end}")]
    labels = host.removesuffix(f".{max(ends, key=len)}").split(".") if ends else []
    if labels and is_region(labels[-1]):
        labels.pop()
    return labels[-1] if len(labels) > 1 else None
