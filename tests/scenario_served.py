"""Destinations beside RDS and ElastiCache, public databases, proxies' second legs, mount targets per zone."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, cut, do, put
from tests.scenario_databases import E_DENIES, GROUP_OF, SHUT_D, SHUT_E
from tests.scenario_ipv6 import dual
from tests.scenario_worlds import ANY, DB, NAT, PRIVATE, acl, admits, endpoint, only

CLOSED: dict[str, Any] = {"want": NO, "code": "SG_HAS_NO_RULES", "cause": "DEST_SG_NO_MATCH", "at": "sg-db"}
NO_WAY: dict[str, Any] = {"want": NO, "code": "NO_ROUTE_TO_DESTINATION", "at": "rtb-fn"}


ALLOW_V4 = ((100, "allow", "-1", None, ANY),)


def opens(port: int) -> Step:
    """The destination's group admits the functions on one port."""
    return admits(("tcp", port, "sg-fn"))


def at(ids: str, about: str, to: str, *steps: Step, world: Steps = PRIVATE, **want: Any) -> Row:
    """A question about something that serves in private subnets."""
    return Row(ids=ids, about=about, world=(*world, *steps), to=to, **want)


MEMORY = do("memorydb_cluster", "sessions", GROUP_OF, ["sg-db"], shards=2)
WAREHOUSE = do("redshift_cluster", "dwh", GROUP_OF, ["sg-db"])
WORKGROUP = do("redshift_workgroup", "adhoc", GROUP_OF, ["sg-db"])
# A cluster in the public subnet, of which the reader is public and the writer is not.
MIXED: Steps = (
    do("security_group", "vpc-1", [("tcp", 5432, ANY)], id="sg-open"),
    do("db_cluster", "mixed-db", ["subnet-p"], ["sg-open"], zones=("a", "a")),
    put("mixed-db-2", PubliclyAccessible=True),
)
DOMAIN = do("opensearch_domain", "logs", GROUP_OF, ["sg-db"])
KAFKA = do("kafka_cluster", "events", GROUP_OF, ["sg-db"])
RABBIT = do("broker", "jobs", ["subnet-d"], ["sg-db"])
ACTIVE = do("broker", "jobs", GROUP_OF, ["sg-db"], engine="ACTIVEMQ")
FILES = do("file_system", "fs-1", ["subnet-d"], ["sg-db"])
FILES_BOTH = do("file_system", "fs-1", GROUP_OF, ["sg-db"])
BALANCER = do("load_balancer", "shop", GROUP_OF, ["sg-db"])

FAMILIES = (
    at("DST-27 DST-21", "MemoryDB: every node of every shard", "memorydb:sessions", MEMORY, opens(6379), want=OK,
       notes=("CLIENT_HINT",)),
    at("DST-27 DST-21", "MemoryDB: a zone is shut off", "memorydb:sessions", MEMORY, opens(6379), SHUT_E, want=PART,
       dimension="nodes", **E_DENIES),
    at("DST-27", "MemoryDB by ARN", "arn:aws:memorydb:eu-west-1:123456789012:cluster/sessions", MEMORY, opens(6379),
       want=OK),
    at("DST-27", "MemoryDB by the cluster's host", "clustercfg.sessions.abc.memorydb.amazonaws.com:6379", MEMORY,
       opens(6379), SHUT_E, want=PART, dimension="nodes", **E_DENIES),
    at("DST-27", "MemoryDB by one node's host: that node alone",
       "sessions-0001-001.sessions.abc.memorydb.amazonaws.com:6379", MEMORY, opens(6379), SHUT_E, want=OK),
    at("DST-27 DST-08", "MemoryDB on another port than the rule's", "memorydb:sessions", MEMORY, want=NO,
       code="ENI_SG_RULES_MISMATCH", cause="DEST_SG_PORT_MISMATCH", at="sg-db"),
    at("DST-27", "MemoryDB whose subnet groups were not read", "memorydb:sessions", MEMORY, opens(6379),
       do("drop", "memorydb:SubnetGroups"), want=HM, code="UNKNOWN_RESOURCE", needs="memorydb:DescribeSubnetGroups"),
    at("DST-30", "DocumentDB has a word of its own", "docdb:docs",
       do("db_cluster", "docs", GROUP_OF, ["sg-db"], engine="docdb", port=27017), opens(27017), want=OK),
    at("DST-30", "DocumentDB is among the records of RDS", "rds:docs",
       do("db_cluster", "docs", GROUP_OF, ["sg-db"], engine="docdb", port=27017), opens(27017), want=OK),
    at("DST-30", "Neptune's readers", "neptune:graph:reader",
       do("db_cluster", "graph", GROUP_OF, ["sg-db"], engine="neptune", port=8182, zones=("a", "b")), opens(8182),
       SHUT_E, want=NO, **E_DENIES),
    at("DST-31", "Redshift: the leader in the cluster's zone", "redshift:dwh", WAREHOUSE, opens(5439), SHUT_E, want=OK,
       notes=("DEST_FAILOVER_SUBNET",)),
    at("DST-31 DST-06", "Redshift that is paused", "redshift:dwh", WAREHOUSE, opens(5439),
       put("dwh", ClusterStatus="paused"), want=NO, code="BAD_STATE", cause="DEST_NOT_AVAILABLE", at="dwh",
       layer="state"),
    at("DST-31", "a Redshift-managed endpoint: where its interface is", "redshift:managed",
       do("redshift_endpoint", "managed", "subnet-e", ["sg-db"]), opens(5439), SHUT_E, want=NO, **E_DENIES),
    at("DST-31", "Redshift Serverless: an interface in each subnet", "redshift-serverless:adhoc", WORKGROUP,
       opens(5439), SHUT_E, want=PART, dimension="nodes", **E_DENIES),
    at("DST-31", "Redshift Serverless, all open", "redshift-serverless:adhoc", WORKGROUP, opens(5439), want=OK),
    at("DST-31", "the Redshift Data API is a service of AWS, whatever the cluster's group says", "redshift-data",
       WAREHOUSE, admits(), endpoint("redshift-data"), want=OK),
    at("DST-32", "OpenSearch inside the VPC", "opensearch:logs", DOMAIN, opens(443), want=OK),
    at("DST-32", "OpenSearch: its nodes are in all of its subnets", "opensearch:logs", DOMAIN, opens(443), SHUT_D,
       want=PART, dimension="nodes", code="SUBNET_ACL_RESTRICTION", at="acl-d"),
    at("DST-32", "OpenSearch by its host", "vpc-logs-abc.eu-west-1.es.amazonaws.com", DOMAIN, opens(443), want=OK),
    at("DST-32", "a public domain is a part of the internet", "opensearch:logs", do("opensearch_domain", "logs"),
       **NO_WAY),
    at("DST-32", "a domain's record tells neither its VPC nor a public endpoint", "opensearch:logs",
       do("opensearch_domain", "logs"), cut("logs", "Endpoint"), world=NAT, want=HM, code="UNKNOWN_RESOURCE",
       needs="es:DescribeDomains"),
    at("DST-32", "a public domain over the NAT gateway", "opensearch:logs", do("opensearch_domain", "logs"), world=NAT,
       want=OK),
    at("DST-32", "a serverless collection without an endpoint is public", "opensearchserverless:vectors",
       do("collection", "vectors"), **NO_WAY),
    at("DST-32", "a serverless collection behind its endpoint", "opensearchserverless:vectors",
       do("collection", "vectors", GROUP_OF, ["sg-db"]), opens(443), want=OK, notes=("CLIENT_HINT",)),
    at("DST-32", "the endpoint of a serverless collection has a group too", "opensearchserverless:vectors",
       do("collection", "vectors", GROUP_OF, ["sg-db"]), admits(), want=NO, code="SG_HAS_NO_RULES",
       cause="ENDPOINT_SG_CLOSED", at="sg-db"),
    at("DST-33", "MSK: every broker", "kafka:events", KAFKA, opens(9098), want=OK),
    at("DST-33", "MSK: one broker is shut off", "kafka:events", KAFKA, opens(9098), SHUT_E, want=PART,
       dimension="nodes", **E_DENIES),
    at("DST-33", "MSK: one broker by its host", "b-1.events.abc.c2.kafka.eu-west-1.amazonaws.com:9098", KAFKA,
       opens(9098), SHUT_E, want=OK),
    at("DST-33 DST-07", "MSK without the list of brokers: the ports of its ways in, the subnets of its clients",
       "kafka:events", do("kafka_cluster", "events", GROUP_OF, ["sg-db"], ports=(), nodes=False), opens(9098), want=OK),
    at("DST-33", "MSK: the group is open for another protocol", "kafka:events", KAFKA, opens(9092), want=NO,
       code="ENI_SG_RULES_MISMATCH", cause="DEST_SG_PORT_MISMATCH", at="sg-db", says="9092"),
    at("DST-34 DST-07", "Amazon MQ: RabbitMQ's port is read from its endpoint", "mq:jobs", RABBIT, opens(5671),
       want=OK),
    at("DST-34", "Amazon MQ by id", "mq:b-jobs", RABBIT, opens(5671), want=OK),
    at("DST-34", "ActiveMQ tells its address, so its subnet is known", "mq:jobs", ACTIVE, opens(61617), SHUT_E,
       want=OK),
    at("DST-34", "ActiveMQ over AMQP", "mq:jobs:5671", ACTIVE, opens(5671), want=OK),
    at("DST-36", "an internal load balancer on its listener's port", "elbv2:shop", BALANCER, opens(443), want=OK,
       notes=("CLIENT_HINT",)),
    at("DST-36", "a load balancer on a port without a listener's rule", "elbv2:shop:8080", BALANCER, opens(443),
       want=NO, code="ENI_SG_RULES_MISMATCH", cause="DEST_SG_PORT_MISMATCH", at="sg-db"),
    at("DST-36", "a network load balancer without groups admits everybody", "elbv2:shop",
       do("load_balancer", "shop", GROUP_OF, None, kind="network"), admits(), want=OK),
    at("DST-36", "an application load balancer whose record lacks its groups", "elbv2:shop",
       do("load_balancer", "shop", GROUP_OF, None), want=HM, code="UNKNOWN_RESOURCE",
       needs="elasticloadbalancing:DescribeLoadBalancers"),
    at("DST-36", "a load balancer by its host", "internal-shop-1.eu-west-1.elb.amazonaws.com", BALANCER, opens(443),
       want=OK),
    at("DST-36", "listeners not read: which port is not known", "elbv2:shop",
       do("load_balancer", "shop", GROUP_OF, ["sg-db"], ports=()), want=HM, code="UNKNOWN_RESOURCE"),
)  # fmt: skip

POSTGRES = opens(5432)
CUSTOM: Step = lambda w: w.add("DBClusterEndpoints", {  # noqa: E731
    "DBClusterEndpointIdentifier": "reports", "DBClusterIdentifier": "orders-db", "EndpointType": "CUSTOM",
    "CustomEndpointType": "ANY", "StaticMembers": ["orders-db-2"], "ExcludedMembers": [], "Status": "available",
    "Endpoint": "reports.cluster-custom-abc.eu-west-1.rds.amazonaws.com"})  # fmt: skip
REPORTS = "reports.cluster-custom-abc.eu-west-1.rds.amazonaws.com"
CLUSTER = do("db_cluster", "orders-db", GROUP_OF, ["sg-db"], zones=("a", "b"))
PROXY: Steps = (
    do("security_group", "vpc-1", [("tcp", 5432, "sg-fn")], id="sg-px"),
    do("db_proxy", "front", ["subnet-d"], ["sg-px"]),
)
FAR: Steps = (
    do("vpc", "10.9.0.0/16", id="vpc-2"),
    do("subnet", "vpc-2", "10.9.1.0/24", id="subnet-x"),
    do("internet_gateway", "vpc-2", id="igw-2"),
    do("route_table", "vpc-2", ["subnet-x"], [(ANY, "igw-2")], id="rtb-x"),
)
EIP = "54.72.0.1/32"  # of nat-1


def far(*rules: Any, **members: Any) -> Steps:
    """A public database in another VPC, whose group has these rules."""
    return (
        *FAR,
        do("security_group", "vpc-2", list(rules), id="sg-x"),
        do("db_instance", "far-db", ["subnet-x"], ["sg-x"], public=True, **members),
    )


RDS = (
    at("DST-11", "a custom endpoint stands for the members that it names", "rds:endpoint/reports", CLUSTER, CUSTOM,
       SHUT_E, want=NO, **E_DENIES),
    at("DST-11", "a custom endpoint by its host", "reports.cluster-custom-abc.eu-west-1.rds.amazonaws.com:5432",
       CLUSTER, CUSTOM, SHUT_D, want=OK, notes=("DEST_FAILOVER_SUBNET",)),
    *(at("DST-11", f"a custom endpoint by a host that only the cluster tells: {about}", f"{REPORTS}:5432", CLUSTER,
         do("drop", "DBClusterEndpoints"), put("orders-db", CustomEndpoints=[REPORTS]), *steps, **want)
      for about, steps, want in (
          ("any of its members may be meant, and all are alike", (), {"want": OK}),
          ("of its members one is shut off", (SHUT_E,), {"want": HM, "code": "UNKNOWN_RESOURCE"}),
          ("no member admits the function", (admits(),), CLOSED))),
    at("DST-11", "a custom endpoint by a host that nothing tells", f"{REPORTS}:5432", CLUSTER,
       do("drop", "DBClusterEndpoints"), world=NAT, want=HM, code="UNKNOWN_RESOURCE",
       needs="rds:DescribeDBClusterEndpoints"),
    at("DST-11", "a custom endpoint by name, where none was read", "rds:endpoint/reports", CLUSTER,
       do("drop", "DBClusterEndpoints"), want=HM, code="UNKNOWN_RESOURCE", needs="rds:DescribeDBClusterEndpoints"),
    at("DST-11", "a custom endpoint by a name that only its host tells", "rds:endpoint/reports", CLUSTER,
       do("drop", "DBClusterEndpoints"), put("orders-db", CustomEndpoints=[REPORTS]), want=OK),
    at("DST-11 DST-06", "the endpoint is available, its cluster is stopped", "rds:endpoint/reports", CLUSTER, CUSTOM,
       put("orders-db", Status="stopped"), want=NO, code="BAD_STATE", cause="DEST_NOT_AVAILABLE", at="orders-db",
       layer="state"),
    *(at("DST-10", f"the listener of an availability group has a port of its own, {about}", "lis.abc.eu-west-1.rds"
         ".amazonaws.com", DB, put("orders-db", ListenerEndpoint={"Address": "LIS.abc.eu-west-1.rds.amazonaws.com",
                                                                  "Port": 1444}), *steps, **want)
      for about, steps, want in (("which is closed", (), {"want": NO, "code": "ENI_SG_RULES_MISMATCH", "at": "sg-db",
                                                          "cause": "DEST_SG_PORT_MISMATCH", "says": "tcp/1444"}),
                                 ("which is open", (opens(1444),), {"want": OK}))),
    at("DST-12 NEED-16 U-37", "the function reaches the proxy, the proxy not the database", "rds:proxy/front",
       *PROXY, DB, do("proxy_targets", "front", "orders-db"), want=OK, notes=("PROXY_TO_DB_BLOCKED",)),
    at("DST-12 U-37", "the proxy reaches the database too", "rds:proxy/front", *PROXY, DB,
       admits(("tcp", 5432, "sg-px")), do("proxy_targets", "front", "orders-db"), want=OK,
       never=("PROXY_TO_DB_BLOCKED",)),
    at("DST-12 U-37", "the proxy itself says that its target is out of reach", "rds:proxy/front", *PROXY, DB,
       admits(("tcp", 5432, "sg-px")),
       do("proxy_targets", "front", "orders-db", state="UNAVAILABLE", reason="UNREACHABLE"), want=OK,
       notes=("PROXY_TO_DB_BLOCKED",)),
    at("DST-12 U-38 FN-03", "a proxy is never public: a function without a VPC", "rds:proxy/front", *PROXY, who="free",
       want=NO, code="DISCONNECTED_VPCS", cause="FUNCTION_NOT_IN_VPC"),
    at("DST-12 U-38", "a proxy in another VPC", "rds:proxy/there", *FAR,
       do("security_group", "vpc-2", ["-1"], id="sg-x"), do("db_proxy", "there", ["subnet-x"], ["sg-x"]), **NO_WAY),
    at("DST-12", "a further endpoint of a proxy has subnets and groups of its own", "rds:endpoint/reads", *PROXY,
       lambda w: w.add("DBProxyEndpoints", {
           "DBProxyEndpointName": "reads", "DBProxyName": "front", "Status": "available", "VpcId": "vpc-1",
           "VpcSubnetIds": ["subnet-e"], "VpcSecurityGroupIds": ["sg-db"], "IsDefault": False,
           "Endpoint": "reads.endpoint.proxy-abc.eu-west-1.rds.amazonaws.com"}), SHUT_E, want=NO, **E_DENIES),
    at("DST-15", "the Data API is a service of AWS, whatever the cluster's group says", "rds-data", CLUSTER, admits(),
       endpoint("rds-data"), want=OK),
    at("DST-16", "an express cluster has no place in a VPC: it takes a NAT gateway", "rds:orders-db",
       do("db_cluster", "orders-db", GROUP_OF, ["sg-db"], VPCNetworkingEnabled=False,
          InternetAccessGatewayEnabled=True), **NO_WAY),
    at("DST-16", "an express cluster over the NAT gateway, whatever groups its record has", "rds:orders-db",
       do("db_cluster", "orders-db", GROUP_OF, ["sg-db"], VPCNetworkingEnabled=False), admits(), world=NAT, want=OK),
    at("DST-16", "without the flags it is a classic cluster", "rds:orders-db", CLUSTER, want=OK),
    at("DST-17", "DSQL is public", "dsql:abc123", do("dsql_cluster", "abc123"), **NO_WAY),
    at("DST-17", "DSQL over the NAT gateway", "dsql:abc123", do("dsql_cluster", "abc123"), world=NAT, want=OK),
    at("DST-17", "DSQL: the endpoint of the management API gives no access to data", "dsql:abc123",
       do("dsql_cluster", "abc123"), endpoint("dsql"), **NO_WAY),
    at("DST-17", "DSQL: the endpoint of the cluster's own service", "dsql:abc123", do("dsql_cluster", "abc123"),
       do("security_group", "vpc-1", [("tcp", 5432, "sg-fn")], id="sg-dsql"),
       endpoint("dsql-abc123", group="sg-dsql"), want=OK),
    at("DST-17 IN-4", "DSQL: its endpoint is in a state that nobody knows: it may take the name over, or not",
       "dsql:abc123", do("dsql_cluster", "abc123"), endpoint("dsql-abc123"), put("vpce-i", State="dozing"),
       world=NAT, want=HM, code="UNKNOWN_RESOURCE"),
    at("DST-17 VPCE-1", "DSQL: an endpoint that is not up yet leaves the name public", "dsql:abc123",
       do("dsql_cluster", "abc123"), endpoint("dsql-abc123"), put("vpce-i", State="pending"), world=NAT,
       want=OK),
    at("DST-17", "DSQL: which endpoint is the cluster's was not read", "dsql:abc123",
       do("dsql_cluster", "abc123", service=False), endpoint("dsql-abc123"), want=HM, code="UNKNOWN_RESOURCE"),
    at("DST-17", "DSQL: the endpoints of the VPC were not read, and one may take the name over", "dsql:abc123",
       do("dsql_cluster", "abc123"), do("drop", "VpcEndpoints"), world=NAT, want=HM, code="UNKNOWN_RESOURCE",
       needs="ec2:DescribeVpcEndpoints"),
    at("DBDST-4", "a public database behind an internet gateway whose attachments were not read", "rds:far-db",
       *far(("tcp", 5432, ANY)), cut("igw-2", "Attachments"), world=NAT, want=HM, code="UNKNOWN_RESOURCE",
       needs="ec2:DescribeInternetGateways", back=True),
    at("DBDST-4 DST-13", "a public database in another VPC admits the NAT gateway's address", "rds:far-db",
       *far(("tcp", 5432, EIP)), world=NAT, want=OK),
    at("DBDST-4 PCX-7", "in a peered VPC that keeps its private names to itself", "rds:far-db",
       *far(("tcp", 5432, "10.0.0.0/16")), do("peering", "vpc-1", "vpc-2", id="pcx-1"),
       lambda w: w["pcx-1"]["AccepterVpcInfo"].update(PeeringOptions={"AllowDnsResolutionFromRemoteVpc": False}),
       world=NAT, want=NO, code="ENI_SG_RULES_MISMATCH", cause="DEST_SG_NO_MATCH", at="sg-x",
       says="over pcx-1 it could be private (AllowDnsResolutionFromRemoteVpc of its accepter)"),
    at("DBDST-4 DST-13", "over the internet a rule that names a group admits nobody", "rds:far-db",
       *far(("tcp", 5432, "sg-fn")), world=NAT, want=NO, code="SG_REFERENCES_NOT_PRESERVED",
       cause="DEST_SG_NO_MATCH", at="sg-x"),
    at("DBDST-4 DST-13", "a public database in a subnet that leads nowhere", "rds:far-db", *far(("tcp", 5432, ANY)),
       put("rtb-x", Routes=[{"DestinationCidrBlock": "10.9.0.0/16", "GatewayId": "local", "State": "active",
                             "Origin": "CreateRouteTable"}]),
       world=NAT, want=NO, code="NO_ROUTE_TO_DESTINATION", cause="DEST_NOT_PUBLIC", at="rtb-x", back=True,
       says="create-route --route-table-id rtb-x --destination-cidr-block 0.0.0.0/0 --gateway-id igw-"),
    at("DBDST-4", "a public database in another VPC, and no way to the internet", "rds:far-db",
       *far(("tcp", 5432, ANY)), **NO_WAY),
    at("DST-13 PCX-5 U-35", "over a peering connection without DNS resolution the name stays public", "rds:far-db",
       *far(("tcp", 5432, "10.0.0.0/16")), do("peering", "vpc-1", "vpc-2", id="pcx-1"),
       do("route", "rtb-fn", "10.9.0.0/16", "pcx-1"), do("route", "rtb-x", "10.0.0.0/16", "pcx-1"), world=NAT,
       want=NO, code="ENI_SG_RULES_MISMATCH", cause="DEST_SG_NO_MATCH", at="sg-x"),
    at("DST-13 U-35", "over a peering connection with DNS resolution it is the private address", "rds:far-db",
       *far(("tcp", 5432, "10.0.0.0/16")), do("peering", "vpc-1", "vpc-2", id="pcx-1"),
       do("route", "rtb-fn", "10.9.0.0/16", "pcx-1"), do("route", "rtb-x", "10.0.0.0/16", "pcx-1"),
       lambda w: w["pcx-1"]["AccepterVpcInfo"]["PeeringOptions"].update(AllowDnsResolutionFromRemoteVpc=True),
       want=OK),
    at("DST-13", "whether the peering connection resolves privately was not read", "rds:far-db",
       *far(("tcp", 5432, "10.0.0.0/16")), do("peering", "vpc-1", "vpc-2", id="pcx-1"),
       do("route", "rtb-fn", "10.9.0.0/16", "pcx-1"), do("route", "rtb-x", "10.0.0.0/16", "pcx-1"),
       lambda w: w["pcx-1"]["AccepterVpcInfo"].pop("PeeringOptions"), want=HM, code="UNKNOWN_RESOURCE",
       needs="ec2:DescribeVpcPeeringConnections"),
    at("ST-06 DBDST-4", "whether the last update holds is not known, but the database admits nobody either way",
       "rds:far-db", *far(("tcp", 5432, "sg-fn")), put("orders", LastUpdateStatus="Failed"), world=NAT, want=NO,
       code="SG_REFERENCES_NOT_PRESERVED", cause="DEST_SG_NO_MATCH", at="sg-x"),
    at("DST-13", "in its own VPC a public database has its private address", "rds:open-db",
       do("db_instance", "open-db", ["subnet-d"], ["sg-db"], public=True), want=OK),
    at("FN-05 DST-11", "a cluster's writer is private, whatever its reader is", "rds:mixed-db", *MIXED, world=NAT,
       who="free", want=NO, code="DISCONNECTED_VPCS", cause="FUNCTION_NOT_IN_VPC"),
    at("FN-05 DST-11", "its reader is public", "rds:mixed-db:reader", *MIXED, world=NAT, who="free", want=OK),
    at("FN-05 DST-11", "whether its writer is public was not read", "rds:mixed-db", *MIXED, do("drop", "DBInstances"),
       world=NAT, who="free", want=HM, code="UNKNOWN_RESOURCE", needs="rds:DescribeDBInstances"),
    at("FN-05", "a function without a VPC and a public database that admits everybody", "rds:far-db",
       *far(("tcp", 5432, ANY)), world=NAT, who="free", want=OK),
    at("FN-05", "a public database that admits one office: whether Lambda comes from there is not known", "rds:far-db",
       *far(("tcp", 5432, "203.0.113.0/24")), world=NAT, who="free", want=NO, code="ENI_SG_RULES_MISMATCH",
       cause="DEST_SG_NO_MATCH", at="sg-x", says="SecurityGroupIds=$SG"),
    at("FN-05", "a public database that admits a part of the internet: where Lambda comes from is not known",
       "rds:far-db", *far(("tcp", 5432, "52.0.0.0/8")), world=NAT, who="free", want=HM, code="UNKNOWN_RESOURCE"),
)  # fmt: skip

# What has IPv6 addresses only, by how its record says so.
SIX_ONLY = (
    ("a cache", "elasticache:sessions", do("cache_cluster", "sessions", ["subnet-d"], ["sg-db"], engine="redis"),
     "sessions", {"NetworkType": "ipv6"}, 6379),
    ("a serverless cache", "elasticache:sessions", do("serverless_cache", "sessions", ["subnet-d"], ["sg-db"]),
     "sessions", {"NetworkType": "ipv6"}, (6379, 6380)),
    ("MemoryDB", "memorydb:sessions", do("memorydb_cluster", "sessions", ["subnet-d"], ["sg-db"]), "sessions",
     {"NetworkType": "ipv6"}, 6379),
    ("a proxy", "rds:proxy/front", do("db_proxy", "front", ["subnet-d"], ["sg-db"]), "front",
     {"EndpointNetworkType": "IPV6"}, 5432),
    ("a mount target", "efs:fs-1", do("file_system", "fs-1", ["subnet-d"], ["sg-db"]), "fsmt-000000011",
     {"IpAddressType": "IPV6_ONLY"}, 2049),
)  # fmt: skip
SENDS_SIX: Steps = (dual("subnet-a", "subnet-d"), only(("-1", None, ANY), ("-1", None, "::/0")),
                   do("function", "six", ["subnet-a"], ["sg-fn"], ipv6=True))  # fmt: skip
OVER_SIX_ONLY = (
    *(at("DST-26 FN-08", f"{what} that has IPv6 addresses only, and a function without", to, make, put(id, **says),
         admits(("tcp", port, "sg-fn")), want=NO, code="SOURCE_HAS_NO_IPV6", cause="LAMBDA_IPV6_NOT_ENABLED",
         at="orders") for what, to, make, id, says, port in SIX_ONLY),
    *(at("DST-26 FN-08", f"{what} that has IPv6 addresses only, and a function that has some", to, make,
         put(id, **says), admits(("tcp", port, "sg-fn")), *SENDS_SIX, who="six", want=OK)
      for what, to, make, id, says, port in SIX_ONLY),
    at("DST-26 NACL-12", "a cache that has IPv6 addresses only, behind an ACL without entries for it",
       "elasticache:sessions", SIX_ONLY[0][2], put("sessions", NetworkType="ipv6"), opens(6379), *SENDS_SIX,
       acl("subnet-d", ALLOW_V4, ALLOW_V4), who="six", want=NO, code="SUBNET_ACL_RESTRICTION", at="acl-d",
       more=("SUBNET_ACL_RESTRICTION",)),
    at("DST-36 DST-26", "a load balancer that has public IPv6 addresses only", "elbv2:shop:443", BALANCER, opens(443),
       put("shop", Scheme="internet-facing", IpAddressType="dualstack-without-public-ipv4"), world=NAT, want=NO,
       code="SOURCE_HAS_NO_IPV6", cause="LAMBDA_IPV6_NOT_ENABLED", at="orders"),
    at("DST-16", "an instance of an express cluster has no place in a VPC either", "rds:instance/orders-db-1",
       do("db_cluster", "orders-db", GROUP_OF, ["sg-db"], VPCNetworkingEnabled=False), **NO_WAY),
)  # fmt: skip

MOUNTS = (
    at("NEED-04 U-31", "a mount target in the function's zone", "efs:fs-1", FILES, opens(2049), want=OK),
    at("NEED-04 U-31", "its group lets no NFS in", "efs:fs-1", FILES, want=NO, code="ENI_SG_RULES_MISMATCH",
       cause="DEST_SG_PORT_MISMATCH", at="sg-db"),
    at("NEED-04 U-31", "no mount target in one of two zones", "efs:fs-1", FILES, opens(2049), who="both", want=PART,
       code="NO_MOUNT_TARGET_IN_AZ", at="fs-1", subnets=("subnet-b",), dimension="subnets", says="create-mount-target"),
    at("NEED-04", "each zone uses its own mount target", "efs:fs-1", FILES_BOTH, opens(2049), SHUT_E, who="both",
       want=PART, dimension="subnets", subnets=("subnet-b",), **E_DENIES),
    at("NEED-04", "the other zone's mount target does not matter", "efs:fs-1", FILES_BOTH, opens(2049), SHUT_E,
       want=OK),
    at("NEED-04", "a mount target that is still being created is none", "efs:fs-1", FILES, opens(2049),
       put("fsmt-000000011", LifeCycleState="creating"), want=NO, code="NO_MOUNT_TARGET_IN_AZ", at="fs-1"),
    at("NEED-04 FIND-01", "groups by the mount target's interface", "efs:fs-1",
       do("file_system", "fs-1", ["subnet-d"], ["sg-db"], eni=True), opens(2049), want=OK),
    at("NEED-04", "groups not read", "efs:fs-1", FILES, opens(2049),
       lambda w: w.collections["efs:MountTargetSecurityGroups"].clear(), want=HM, code="UNKNOWN_RESOURCE",
       needs="elasticfilesystem:DescribeMountTargetSecurityGroups"),
    at("NEED-04", "mount targets not read", "efs:fs-1", FILES, do("drop", "efs:MountTargets"), want=HM,
       code="UNKNOWN_RESOURCE", needs="elasticfilesystem:DescribeMountTargets"),
    at("NEED-04", "by access point", "efs:fsap-1", FILES, opens(2049), want=OK),
)  # fmt: skip
SERVED = (*FAMILIES, *RDS, *OVER_SIX_ONLY, *MOUNTS)
