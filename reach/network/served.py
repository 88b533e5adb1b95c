"""The nouns for what serves inside a VPC: databases, caches, brokers, file systems, load balancers, and their nodes.

All families reduce to the same value (DST-01): where it is now and after a failover, which ports, which groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Evidence
from reach.network.things import Gap, Thing
from reach.traffic import NOTHING, Ranges

# kind → the word before its name in a target (the boto3 service), and what people call it.
KINDS: Mapping[str, tuple[str, str]] = {
    "db_cluster": ("rds", "cluster"),
    "db_instance": ("rds", "database"),
    "db_proxy": ("rds", "proxy"),
    "db_endpoint": ("rds", "endpoint"),
    "replication_group": ("elasticache", "cache"),
    "cache_cluster": ("elasticache", "cache"),
    "serverless_cache": ("elasticache", "cache"),
    "memorydb_cluster": ("memorydb", "cache"),
    "redshift_cluster": ("redshift", "warehouse"),
    "redshift_endpoint": ("redshift", "endpoint"),
    "redshift_workgroup": ("redshift-serverless", "warehouse"),
    "opensearch_domain": ("opensearch", "domain"),
    "kafka_cluster": ("kafka", "cluster"),
    "broker": ("mq", "broker"),
    "file_system": ("efs", "file system"),
    "s3_file_system": ("s3files", "file system"),
    "load_balancer": ("elbv2", "load balancer"),
    "dsql_cluster": ("dsql", "cluster"),
    "collection": ("opensearchserverless", "collection"),
}
ENGINE_SERVICES = ("docdb", "neptune")  # they share the records of RDS (DST-30)
CACHES = ("elasticache", "memorydb")
RDS_KEYS = ("DBClusters", "DBInstances", "DBProxies")
# word → the collections that hold what it names.
COLLECTIONS: Mapping[str, tuple[str, ...]] = {
    "rds": RDS_KEYS,
    "docdb": RDS_KEYS,
    "neptune": RDS_KEYS,
    "elasticache": ("ReplicationGroups", "CacheClusters", "ServerlessCaches"),
    "memorydb": ("memorydb:Clusters",),
    "redshift": ("redshift:Clusters", "redshift:EndpointAccessList"),
    "redshift-serverless": ("redshift-serverless:workgroups",),
    "opensearch": ("opensearch:DomainStatusList",),
    "opensearchserverless": ("opensearchserverless:collectionSummaries",),
    "kafka": ("kafka:ClusterInfoList",),
    "mq": ("mq:Brokers",),
    "efs": ("efs:MountTargets",),
    "s3files": ("s3files:mountTargets",),
    "elbv2": ("elbv2:LoadBalancers",),
    "dsql": ("dsql:clusters",),
}
READERS = ("rds", "docdb", "neptune", "elasticache")  # words that take `:reader`


class Node(Struct, frozen=True):
    """One server of a destination: the subnets that can hold it now, and after a failover.

    `now` None: the subnets cannot be read (a Gap says why). `addresses`: its own, where its record tells them.
    """

    id: str
    now: tuple[str, ...] | None
    robust: tuple[str, ...] | None
    role: str = ""
    gap: Gap | None = None
    zone: str = ""
    host: str = ""  # its own name, where it has one beside the destination's
    addresses: Ranges = NOTHING
    interface: str = ""  # the id of its network interface, where its record tells it
    groups: tuple[str, ...] | None = None  # its own, where they are not its destination's
    public: bool | Gap | None = None  # has a public address; None = as its destination
    only_ipv6: bool = False  # it has no IPv4 address, whatever its destination has
    instance: str = ""  # the id of the database that it is by itself, whose status counts too


class Database(Thing, frozen=True, kw_only=True):
    """What serves inside a VPC: a database, cache, warehouse, search domain, broker, file system, load balancer.

    `nodes`: all must answer, the client is handed any of them. `ports`: the one(s) that decide.
    """

    kind: str  # a key of KINDS
    arn: str
    vpc: str | None
    status: str | None
    status_field: str
    ports: Ranges
    groups: tuple[str, ...] | None
    groups_field: str
    nodes: tuple[Node, ...]
    reader_nodes: tuple[Node, ...] = ()
    hosts: tuple[str, ...] = ()
    reader_hosts: tuple[str, ...] = ()  # those of `hosts` that mean the readers
    reader_ports: Ranges = NOTHING  # where they listen, if elsewhere
    host_ports: tuple[tuple[str, Ranges], ...] = ()  # those of `hosts` that mean other ports
    engine: str = ""
    dual: bool | None = None  # it has IPv6 addresses too; None = not told
    only_ipv6: bool = False  # it has no others: its name means IPv6 addresses only (DST-26)
    public: bool = False  # its name resolves to a public address outside its VPC (DST-13)
    outside: bool = False  # it has no place in a VPC at all: a public endpoint (DST-16, DST-17, DST-32)
    same_zone: bool = False  # a client uses the node of its own zone only (NEED-04)
    same_subnet: bool = False  # or that of its own subnet (NEED-05)
    behind: tuple[tuple[str, str], ...] | None = None  # what a proxy connects to, and what ails it (DST-12)
    private_service: str = ""  # the endpoint service that takes its name over (DST-17)
    aliases: tuple[str, ...] = ()  # further names and ids that people know it by
    told_by: str = ""  # the IAM action whose answer has its groups
    member_of: str | None = None  # a cluster's instance, a replication group's node
    note_ports: Ranges = NOTHING  # asked only for a note
    policy: str | None = None  # of a file system: "" if it has none of its own, None if that was not read (PERM-08)
    lapsed: tuple[str, ...] = ()  # subnets of its group that AWS itself calls something else than active (DST-10)
    hints: tuple[str, ...] = ()  # what a client has to do besides, such as TLS: no verdict
    gap: Gap | None = None

    @property
    def service(self) -> str:
        """The word before its name in a target; the boto3 name of its service."""
        engine = next((s for s in ENGINE_SERVICES if self.engine.startswith(s)), "")
        service = KINDS[self.kind][0]
        return engine if engine and service == "rds" else service

    def named(self, name: str) -> bool:
        """Whether this is one of its names."""
        return name in (self.name, self.arn, self.id, *self.aliases)

    @property
    def word(self) -> str:
        """How a target names it."""
        return f"{self.service}:{self.name or self.id}"

    @property
    def hop(self) -> str:
        """The kind of the hop that shows it."""
        return "cache" if self.service in CACHES else "database"


class Bucket(Thing, frozen=True, kw_only=True):
    """An S3 bucket by its ARN; `policy` as text, "" if it has none; `region` "" if it is not known."""

    policy: str = ""
    region: str = ""


class RestApi(Thing, frozen=True, kw_only=True):
    """A REST API of API Gateway; its id is `api:` and AWS's own."""

    types: tuple[str, ...]  # PRIVATE, REGIONAL, EDGE
    policy: str = ""
    endpoints: tuple[str, ...] = ()

    def proof(self, key_path: str, value: Any) -> Evidence:
        """Evidence that quotes a field of its record, under AWS's own id."""
        return replace(super().proof(key_path, value), resource=self.id.removeprefix("api:"))


class AccessPoint(Thing, frozen=True, kw_only=True):
    """An S3 access point by its ARN. With a `vpc` it takes only requests through an endpoint in that VPC (AUTH-27)."""

    bucket: str
    alias: str = ""
    vpc: str = ""
