"""Host names that stand for those that AWS will give: their domain is known, and a private zone may hide it."""

from __future__ import annotations

from reach.sources.cloudformation.resource import Resource

# The domains of services; the region stands at `{r}`, without dashes in short at `{s}`.
DOMAINS = {
    "cache": "{s}.cache",
    "docdb": "{r}.docdb",
    "elb": "{r}.elb",
    "es": "{r}.es",
    "memorydb": "memorydb.{r}",
    "neptune": "{r}.neptune",
    "rds": "{r}.rds",
    "redshift": "{r}.redshift",
    "redshift-serverless": "{r}.redshift-serverless",
}


def host(r: Resource, service: str, name: str, between: str = "") -> str:
    """A name such as ``orders-db.0a1b2c3d4e5f.eu-west-1.rds.amazonaws.com``; `between` goes before the made-up part."""
    region = r.stack.home.region
    continent, *others = region.split("-")  # whatever a user calls a region
    short = continent + "".join(word[:1] for word in others[:-1]) + "".join(others[-1:])
    domain = DOMAINS[service].format(r=region, s=short)
    suffix = "amazonaws.com.cn" if r.stack.partition == "aws-cn" else "amazonaws.com"
    return f"{name}.{between}{r.part_id('x', 'Host')[2:14]}.{domain}.{suffix}".lower()


def database_service(r: Resource) -> str:
    """Under which service's domain a database of the RDS family is."""
    family = r.type.split("::")[1].lower()
    return family if family in ("docdb", "neptune") else "rds"
