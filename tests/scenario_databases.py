"""Databases and caches: where they are, whether they listen, which nodes a client needs."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, cut, do, put
from tests.scenario_worlds import (
    ANY,
    CACHE,
    DB,
    DB_BOTH,
    DENY_ALL,
    HIGH,
    NAT,
    PRIVATE,
    acl,
    admits,
    endpoint,
    only,
)
from tests.worlds import World

SHUT_E = acl("subnet-e", DENY_ALL, HIGH)  # the database subnet of zone b
SHUT_D = acl("subnet-d", DENY_ALL, HIGH)
E_DENIES: dict[str, Any] = {"code": "SUBNET_ACL_RESTRICTION", "at": "acl-e"}
ARN = "arn:aws:rds:eu-west-1:123456789012:db:orders-db"
GROUP_OF = ("subnet-d", "subnet-e")


def db(ids: str, about: str, *steps: Step, to: str = "rds:orders-db", **want: Any) -> Row:
    """A question about a database in private subnets."""
    return Row(ids=ids, about=about, world=(*PRIVATE, *steps), to=to, **want)


def status(ids: str, word: str, **want: Any) -> Row:
    """A database in one status."""
    return db(ids, f"status {word}", DB, put("orders-db", DBInstanceStatus=word), **want)


DOWN: dict[str, Any] = {"want": NO, "code": "BAD_STATE", "cause": "DEST_NOT_AVAILABLE", "at": "orders-db",
                        "layer": "state"}  # fmt: skip
UNCLEAR: dict[str, Any] = {"want": HM, "code": "UNKNOWN_RESOURCE", "at": "orders-db", "layer": "state"}

GONE = {"SubnetIdentifier": "subnet-gone", "SubnetAvailabilityZone": {"Name": "eu-west-1a"}, "SubnetStatus": "Active"}


def lists_gone(world: World) -> None:
    """The subnet group still lists a subnet that was deleted, in zone a."""
    world["orders-db"]["DBSubnetGroup"]["Subnets"].append(dict(GONE))


def lapses(subnet: str) -> Step:
    """A subnet of the group that RDS itself does not call active."""
    return lambda world: [s.update(SubnetStatus="Inactive") for s in world["orders-db"]["DBSubnetGroup"]["Subnets"]
                          if s["SubnetIdentifier"] == subnet]  # fmt: skip


RDS = (
    db("DST-10", "a deleted subnet that its group still lists holds no database", DB_BOTH,
       lists_gone, want=OK, notes=("DEST_SUBNET_GONE",), never=("DEST_FAILOVER_SUBNET",)),
    db("DST-10", "the list of subnets broke off: whether it is there is not known", DB_BOTH,
       lists_gone, do("partial", "Subnets"), want=HM, code="UNKNOWN_RESOURCE",
       needs="ec2:DescribeSubnets", never=("DEST_SUBNET_GONE",)),
    db("DST-10", "its interface is reported: the deleted subnet does not matter now", DB,
       lists_gone, want=OK, notes=("DEST_SUBNET_GONE",)),
    db("DST-10", "its only subnet was deleted: where it is cannot be told", DB_BOTH,
       lambda w: w["orders-db"]["DBSubnetGroup"].update(Subnets=[dict(GONE)]), want=HM, code="UNKNOWN_RESOURCE",
       at="subnet-gone", needs="a fresh read of it and of the subnets", notes=("DEST_SUBNET_GONE",)),
    db("DST-10 DST-02", "a deleted subnet in the other zone is no place for a failover", DB_BOTH,
       lambda w: w["orders-db"]["DBSubnetGroup"]["Subnets"][1].update(SubnetIdentifier="subnet-gone"), SHUT_E,
       want=OK, notes=("DEST_SUBNET_GONE",), never=("DEST_FAILOVER_SUBNET",)),
    db("DST-10", "a subnet that RDS does not call active", DB_BOTH, lapses("subnet-e"), want=OK,
       notes=("DEST_SUBNET_GONE",)),
    db("DST-10", "a subnet group whose subnets are all there", DB_BOTH, want=OK, never=("DEST_SUBNET_GONE",)),
    db("DST-11 DST-10", "a cluster's group lists a deleted subnet",
       do("db_cluster", "orders-db", GROUP_OF, ["sg-db"]),
       lambda w: w.collections["DBSubnetGroups"][0]["Subnets"].append(dict(GONE)), want=OK,
       notes=("DEST_SUBNET_GONE",)),
    db("DBDST-1 DST-10 DST-01", "an instance by name, on its own port", DB, want=OK),
    db("DBDST-1 DST-10", "by ARN", DB, to="arn:aws:rds:eu-west-1:123456789012:db:orders-db", want=OK),
    db("DBDST-1 DST-10", "on a port that it does not listen on", DB, to="rds:orders-db:22", want=NO,
       code="ENI_SG_RULES_MISMATCH", cause="DEST_SG_PORT_MISMATCH", at="sg-db"),
    *(db("DBDST-1 DST-10", f"what is asked for, {what}, was not read", DB, do("drop", "DBInstances"), to=to, want=HM,
         code="UNKNOWN_RESOURCE", at=at, needs="rds:DescribeDBInstances")
      for what, to, at in (("by name", "rds:orders-db", "orders-db"), ("as an instance", "rds:instance/orders-db",
                           "orders-db"), ("by ARN", ARN, ARN))),
    db("DBDST-1 DST-10", "what is asked for was not read, and nothing gets out anyway", DB, do("drop", "DBInstances"),
       only(), want=NO, code="SG_HAS_NO_RULES", at="sg-fn"),
    Row(ids="DBDST-1 DST-10", about="what is asked for by a function in no VPC was not read", to="rds:orders-db",
        world=(*NAT, DB, do("drop", "DBInstances")), who="free", want=HM, code="UNKNOWN_RESOURCE",
        needs="rds:DescribeDBInstances"),
    db("DBDST-3 DST-03", "function's group, both ACLs, the database's group", DB, want=OK, via=("rtb-fn",)),
    db("DBDST-2 DST-02 DST-10", "the group's subnets in its zone count now, the others after failover",
       DB_BOTH, SHUT_E, want=OK, notes=("DEST_FAILOVER_SUBNET",)),
    db("DST-02 FIND-04", "its interface tells where it is now, the group where it may be after a failover",
       do("db_instance", "orders-db", ["subnet-d", "subnet-e"], ["sg-db"], eni=True), SHUT_E, want=OK,
       notes=("DEST_FAILOVER_SUBNET",)),
    db("DBDST-2 DST-02", "after a failover all is alike", DB_BOTH, want=OK, never=("DEST_FAILOVER_SUBNET",)),
    db("DBDST-2 DST-02", "blocked now is blocked, whatever comes after failover", DB_BOTH, SHUT_D, want=NO,
       code="SUBNET_ACL_RESTRICTION", at="acl-d", never=("DEST_FAILOVER_SUBNET",)),
    db("DBDST-2 DST-02 FIND-03", "two subnets in its zone, interface not reported: which one is not known",
       do("subnet", "vpc-1", "10.0.5.0/24", "a", id="subnet-d2"),
       do("db_instance", "orders-db", ["subnet-d", "subnet-d2"], ["sg-db"]), SHUT_D,
       want=HM, code="UNKNOWN_RESOURCE",
       needs="ec2:DescribeNetworkInterfaces"),
    db("DBDST-2 FIND-03", "two subnets in its zone that are alike: decided all the same",
       do("subnet", "vpc-1", "10.0.5.0/24", "a", id="subnet-d2"),
       do("db_instance", "orders-db", ["subnet-d", "subnet-d2"], ["sg-db"]), want=OK),
    db("DBDST-2 FIND-01 FIND-02", "its interface is reported: that subnet and address count",
       do("subnet", "vpc-1", "10.0.5.0/24", "a", id="subnet-d2"),
       do("db_instance", "orders-db", ["subnet-d2", "subnet-d"], ["sg-db"], eni=True), SHUT_D,
       want=OK, notes=("DEST_FAILOVER_SUBNET",)),
    db("FIND-02", "an interface with other groups is not the database's",
       do("subnet", "vpc-1", "10.0.5.0/24", "a", id="subnet-d2"),
       do("db_instance", "orders-db", ["subnet-d", "subnet-d2"], ["sg-db"]),
       do("interface", "subnet-d2", None, ["sg-fn"], description="RDSNetworkInterface"), SHUT_D,
       want=HM, code="UNKNOWN_RESOURCE"),
    db("FIND-02", "two interfaces fit: both are candidates, and they differ",
       do("subnet", "vpc-1", "10.0.5.0/24", "a", id="subnet-d2"),
       do("db_instance", "orders-db", ["subnet-d", "subnet-d2"], ["sg-db"]),
       do("interface", "subnet-d", None, ["sg-db"], description="RDSNetworkInterface"),
       do("interface", "subnet-d2", None, ["sg-db"], description="RDSNetworkInterface"), SHUT_D,
       want=HM, code="UNKNOWN_RESOURCE"),
    db("DBDST-2 DST-02", "zone not known: any subnet of the group", DB_BOTH, cut("orders-db", "AvailabilityZone"),
       SHUT_E, want=HM, code="UNKNOWN_RESOURCE", needs="ec2:DescribeNetworkInterfaces"),
    db("DST-10", "the standby's zone does not serve", DB_BOTH, put("orders-db", MultiAZ=True,
       SecondaryAvailabilityZone="eu-west-1b"), SHUT_E, want=OK, notes=("DEST_FAILOVER_SUBNET",)),
    db("DST-04", "a membership that is still being added admits nobody", DB,
       do("security_group", "vpc-1", [], id="sg-old"),
       put("orders-db", VpcSecurityGroups=[{"VpcSecurityGroupId": "sg-db", "Status": "adding"},
                                           {"VpcSecurityGroupId": "sg-old", "Status": "active"}]),
       want=NO, code="SG_HAS_NO_RULES", cause="DEST_SG_NO_MATCH", at="sg-old"),
    *(db("DBDST-1 DST-04", f"{what}: which groups count is not known", DB, put("orders-db", VpcSecurityGroups=groups),
         want=HM, code="UNKNOWN_RESOURCE", needs="rds:DescribeDBInstances")
      for what, groups in (("its only group is being taken off",
                            [{"VpcSecurityGroupId": "sg-db", "Status": "removing"}]),
                           ("a record that lists no group", []))),
    db("DST-04 SG-1", "several groups are united", do("security_group", "vpc-1", [], id="sg-old"),
       do("db_instance", "orders-db", ["subnet-d"], ["sg-old", "sg-db"]), want=OK),
    db("DST-05", "legacy database groups do not count", DB, admits(),
       put("orders-db", DBSecurityGroups=[{"DBSecurityGroupName": "default", "Status": "active"}]),
       want=NO, code="SG_HAS_NO_RULES", cause="DEST_SG_NO_MATCH", at="sg-db"),
    *(status("DST-06 DBDST-7", word, want=OK) for word in (
        "available", "backing-up", "modifying", "configuring-enhanced-monitoring", "storage-optimization",
        "storage-full", "upgrading", "maintenance", "Available")),
    *(status("DST-06 DBDST-7", word, **DOWN) for word in (
        "creating", "starting", "stopping", "stopped", "deleting", "failed", "restore-error", "incompatible-network",
        "incompatible-parameters", "inaccessible-encryption-credentials-recoverable")),
    *(status("DST-06 DBDST-7", word, **UNCLEAR) for word in ("rebooting", "pondering")),
    db("DST-06", "a database that is stopped behind a group that is closed: the status comes first", DB, admits(),
       put("orders-db", DBInstanceStatus="stopped"), **DOWN | {"more": ("SG_HAS_NO_RULES",)}),
    db("DST-07", "no endpoint yet: the engine's port", DB, cut("orders-db", "Endpoint"), want=OK),
    db("DST-07", "no endpoint yet: another engine's port", DB, cut("orders-db", "Endpoint"),
       put("orders-db", Engine="mysql"), want=NO, code="ENI_SG_RULES_MISMATCH", cause="DEST_SG_PORT_MISMATCH",
       at="sg-db"),
    db("DST-08", "the rule names another port", DB, admits(("tcp", 3306, "sg-fn")), want=NO,
       code="ENI_SG_RULES_MISMATCH", cause="DEST_SG_PORT_MISMATCH", at="sg-db", says="3306"),
    db("DST-08", "the rule names another source", DB, admits(("tcp", 5432, "192.168.0.0/16")), want=NO,
       code="ENI_SG_RULES_MISMATCH", cause="DEST_SG_NO_MATCH", at="sg-db"),
    db("DST-11", "a cluster means its writer", do("db_cluster", "orders-db", GROUP_OF, ["sg-db"], zones=("a", "b")),
       SHUT_E, want=OK, notes=("DEST_FAILOVER_SUBNET",)),
    db("DST-11", "a cluster's readers are asked by name",
       do("db_cluster", "orders-db", GROUP_OF, ["sg-db"], zones=("a", "b")), SHUT_E, to="rds:orders-db:reader",
       want=NO, **E_DENIES),
    *(db("DST-06 DST-11", f"the cluster is up, its writer is {word}",
         do("db_cluster", "orders-db", GROUP_OF, ["sg-db"], zones=("a", "b")),
         put("orders-db-1", DBInstanceStatus=word), **want)
      for word, want in (("stopped", {**DOWN, "at": "orders-db-1"}), ("rebooting", {**UNCLEAR, "at": "orders-db-1"}))),
    db("DST-06 DST-11", "a reader that is being made gets no connections yet",
       do("db_cluster", "orders-db", GROUP_OF, ["sg-db"], zones=("a", "b")),
       put("orders-db-2", DBInstanceStatus="creating"), to="rds:orders-db:reader", want=OK),
    db("DST-11", "of two readers one is shut off",
       do("subnet", "vpc-1", "10.0.5.0/24", "c", id="subnet-c"),
       do("db_cluster", "orders-db", (*GROUP_OF, "subnet-c"), ["sg-db"], zones=("a", "b", "c")), SHUT_E,
       to="rds:orders-db:reader", want=PART, dimension="nodes", **E_DENIES),
    db("DST-11", "without readers the reader is the writer",
       do("db_cluster", "orders-db", GROUP_OF, ["sg-db"]), to="rds:orders-db:reader", want=OK),
    db("DBDST-1 DST-12", "a proxy listens on its family's port in each of its subnets",
       do("db_proxy", "orders-db", GROUP_OF, ["sg-db"]), want=OK),
    db("DST-12", "a proxy in two subnets of which one is shut", do("db_proxy", "orders-db", GROUP_OF, ["sg-db"]),
       SHUT_E, want=PART, dimension="nodes", **E_DENIES),
    Row(ids="DBDST-4", about="a public database in another VPC, in a subnet that leads nowhere", to="rds:far-db",
        world=(*NAT, do("vpc", "10.9.0.0/16", id="vpc-2"), do("subnet", "vpc-2", "10.9.1.0/24", id="subnet-x"),
               do("security_group", "vpc-2", ["-1"], id="sg-x"),
               do("db_instance", "far-db", ["subnet-x"], ["sg-x"], public=True)),
        want=NO, code="NO_ROUTE_TO_DESTINATION", cause="DEST_NOT_PUBLIC", back=True),
    db("DBDST-4", "a private database in another VPC without any link", do("vpc", "10.9.0.0/16", id="vpc-2"),
       do("subnet", "vpc-2", "10.9.1.0/24", id="subnet-x"), do("security_group", "vpc-2", ["-1"], id="sg-x"),
       do("db_instance", "far-db", ["subnet-x"], ["sg-x"]), to="rds:far-db", want=NO,
       code="NO_ROUTE_TO_DESTINATION", at="rtb-fn"),
)  # fmt: skip

REDIS = admits(("tcp", 6379, "sg-fn"))
MEMCACHED = admits(("tcp", 11211, "sg-fn"))


def cache(ids: str, about: str, *steps: Step, **want: Any) -> Row:
    """A question about a cache."""
    return db(ids, about, *steps, to="elasticache:sessions", **want)


CACHES = (
    cache("DBDST-5 DST-20", "a single node on its default port", CACHE, REDIS, want=OK),
    cache("DBDST-5 DST-08", "a group open for PostgreSQL's port", CACHE, want=NO, code="ENI_SG_RULES_MISMATCH",
          cause="DEST_SG_PORT_MISMATCH", at="sg-db"),
    cache("DST-20 DST-22", "cluster mode disabled: the primary's zone, groups of the member clusters", REDIS,
          do("replication_group", "sessions", GROUP_OF, ["sg-db"]), SHUT_E, want=OK, notes=("DEST_FAILOVER_SUBNET",)),
    cache("DST-21 DBDST-5", "cluster mode enabled: every node counts", REDIS,
          do("replication_group", "sessions", GROUP_OF, ["sg-db"], cluster_mode=True, shards=2), SHUT_E,
          want=PART, dimension="nodes", **E_DENIES),
    cache("DST-21 DBDST-5", "cluster mode enabled: all nodes answer", REDIS,
          do("replication_group", "sessions", GROUP_OF, ["sg-db"], cluster_mode=True, shards=2), want=OK),
    cache("DST-22", "the member clusters were not read: neither groups nor subnets are known", REDIS,
          do("replication_group", "sessions", GROUP_OF, ["sg-db"]), do("drop", "CacheClusters"),
          want=HM, code="UNKNOWN_RESOURCE", needs="elasticache:DescribeCacheClusters"),
    cache("DST-23 DBDST-5", "Memcached: each node is asked", MEMCACHED,
          do("cache_cluster", "sessions", GROUP_OF, ["sg-db"], zones=("a", "b")), SHUT_E, want=PART,
          dimension="nodes", **E_DENIES),
    cache("DST-23", "Memcached on its port", MEMCACHED,
          do("cache_cluster", "sessions", GROUP_OF, ["sg-db"], zones=("a", "b")), want=OK),
    cache("DST-24 DBDST-5", "serverless: 6379 decides, a closed 6380 is noted", REDIS,
          do("serverless_cache", "sessions", GROUP_OF, ["sg-db"]), want=OK, notes=("DEST_SG_PORT_MISMATCH",)),
    db("DST-24", "serverless: reads have a port of their own", REDIS,
       do("serverless_cache", "sessions", GROUP_OF, ["sg-db"]), to="elasticache:sessions:reader", want=NO,
       code="ENI_SG_RULES_MISMATCH", cause="DEST_SG_PORT_MISMATCH", at="sg-db", says="tcp/6380"),
    db("DST-24", "serverless: reads where their port is open", admits(("tcp", 6380, "sg-fn")),
       do("serverless_cache", "sessions", GROUP_OF, ["sg-db"]), to="elasticache:sessions:reader", want=OK),
    cache("DST-24", "serverless: both ports open", admits(("tcp", (6379, 6380), "sg-fn")),
          do("serverless_cache", "sessions", GROUP_OF, ["sg-db"]), want=OK, never=("DEST_SG_PORT_MISMATCH",)),
    cache("DST-22", "the cache's subnet group lists a deleted subnet",
          REDIS, do("cache_cluster", "sessions", ["subnet-d"], ["sg-db"], engine="redis"),
          lambda w: w.collections["CacheSubnetGroups"][0]["Subnets"].append(dict(GONE)), want=OK,
          notes=("DEST_SUBNET_GONE",)),
    cache("DST-24", "serverless Memcached has one port", MEMCACHED,
          do("serverless_cache", "sessions", GROUP_OF, ["sg-db"], engine="memcached"), want=OK,
          never=("DEST_SG_PORT_MISMATCH",)),
    cache("DST-24", "serverless: an endpoint in each of its subnets", REDIS,
          do("serverless_cache", "sessions", GROUP_OF, ["sg-db"]), SHUT_E, want=PART, dimension="nodes", **E_DENIES),
    cache("DST-25", "the elasticache endpoint is for the API and opens no cache", CACHE, endpoint("elasticache"),
          want=NO, code="ENI_SG_RULES_MISMATCH", cause="DEST_SG_PORT_MISMATCH", at="sg-db"),
    cache("DST-26", "TLS flags change no verdict", CACHE, REDIS,
          put("sessions", TransitEncryptionEnabled=True, TransitEncryptionMode="required", AuthTokenEnabled=True),
          want=OK),
    cache("DST-06", "a cache that is being created", CACHE, REDIS, put("sessions", CacheClusterStatus="creating"),
          want=NO, code="BAD_STATE", cause="DEST_NOT_AVAILABLE", at="sessions", layer="state"),
    cache("DST-06", "a cache that is rebooting", CACHE, REDIS,
          put("sessions", CacheClusterStatus="rebooting cluster nodes"),
          want=HM, code="UNKNOWN_RESOURCE", at="sessions", layer="state"),
    *(cache("DST-06", f"a cache that is {word}", CACHE, REDIS, put("sessions", CacheClusterStatus=word), want=OK)
      for word in ("modifying", "snapshotting")),
    cache("FIND-01", "a cache's interface by its description", REDIS,
          do("subnet", "vpc-1", "10.0.5.0/24", "a", id="subnet-d2"),
          do("cache_cluster", "sessions", ["subnet-d2", "subnet-d"], ["sg-db"], engine="redis", eni=True), SHUT_D,
          want=OK),
    cache("DBDST-6", "a cache is reachable over a peering connection", do("vpc", "10.9.0.0/16", id="vpc-2"),
          do("subnet", "vpc-2", "10.9.1.0/24", id="subnet-x"),
          do("route_table", "vpc-2", ["subnet-x"], id="rtb-x"), do("peering", "vpc-1", "vpc-2", id="pcx-1"),
          do("route", "rtb-fn", "10.9.0.0/16", "pcx-1"), do("route", "rtb-x", "10.0.0.0/16", "pcx-1"),
          do("security_group", "vpc-2", [("tcp", 6379, "10.0.0.0/16")], id="sg-x"),
          do("cache_cluster", "sessions", ["subnet-x"], ["sg-x"], engine="redis"), want=OK),
    cache("DBDST-6", "a cache in another VPC and no private way: the NAT gateway does not help",
          do("vpc", "10.9.0.0/16", id="vpc-2"), do("subnet", "vpc-2", "10.9.1.0/24", id="subnet-x"),
          do("security_group", "vpc-2", [("tcp", 6379, ANY)], id="sg-x"),
          do("cache_cluster", "sessions", ["subnet-x"], ["sg-x"], engine="redis"), want=NO,
          code="NO_ROUTE_TO_DESTINATION", at="rtb-fn"),
)  # fmt: skip
