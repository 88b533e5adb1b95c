"""What polls for functions sends from the network of its source; and what nobody has to reach."""

from __future__ import annotations

from typing import Any

from tests.scenario import NO, OK, Row, Step, Steps, do, put
from tests.scenario_workloads import REGION, record
from tests.scenario_worlds import ANY, DB, NAT, PRIVATE, admits

TWO = ["subnet-d", "subnet-e"]
KAFKA: Steps = (
    do("kafka_cluster", "events", TWO, ["sg-db"]),
    record("EventSourceMappings", UUID="0a1b", EventSourceArn=REGION.format("kafka", "cluster/events/1a2b-1")),
)
RABBIT: Steps = (
    do("broker", "jobs", ["subnet-d"], ["sg-db"]),
    record("EventSourceMappings", UUID="0b2c", EventSourceArn=REGION.format("mq", "broker:jobs:b-jobs")),
)
DOCUMENTS: Steps = (
    do("db_cluster", "docs", TWO, ["sg-db"], engine="docdb", port=27017),
    record("EventSourceMappings", UUID="0d3e", EventSourceArn=REGION.format("rds", "cluster:docs")),
)
OUT: Step = do("route", "rtb-db", ANY, "nat-1")
SHUT_IN: dict[str, Any] = {"want": NO, "code": "NO_ROUTE_TO_DESTINATION", "at": "rtb-db"}


def polled(ids: str, about: str, source: Steps, who: str, to: str, *steps: Step, world: Steps = PRIVATE,
           **want: Any) -> Row:  # fmt: skip
    """A question that a poller's network decides."""
    return Row(ids=ids, about=about, world=(*world, *source, *steps), who=who, to=to, **want)


POLLERS = (
    polled("NEED-07", "the cluster's group has to admit itself", KAFKA, "esm:0a1b", "kafka:events",
           admits(("tcp", 9098, "sg-db")), want=OK),
    polled("NEED-07 U-32", "a cluster's group that admits the functions only", KAFKA, "esm:0a1b", "kafka:events",
           admits(("tcp", 9098, "sg-fn")), want=NO, code="ENI_SG_RULES_MISMATCH", at="sg-db", cause="*"),
    *(polled("U-32 NEED-06", f"no way from the cluster's subnets to {service}", KAFKA, "esm:0a1b", service,
             world=NAT, cause="*", **SHUT_IN) for service in ("lambda", "sts")),
    polled("U-32 NEED-06", "with one", KAFKA, "esm:0a1b", "sts", OUT, world=NAT, want=OK,
           via=("rtb-db", "nat-1", "rtb-p", "igw-1")),
    polled("NEED-10", "a broker's mapping polls from the broker's subnets", RABBIT, "esm:0b2c", "secretsmanager",
           world=NAT, cause="*", **SHUT_IN),
    polled("NEED-10", "with a way out", RABBIT, "esm:0b2c", "secretsmanager", OUT, world=NAT, want=OK),
    polled("NEED-11", "a mapping of DocumentDB polls from the cluster's subnets", DOCUMENTS, "esm:0d3e", "lambda",
           world=NAT, cause="*", **SHUT_IN),
    polled("NEED-11", "and sends with the cluster's groups", DOCUMENTS, "esm:0d3e", "docdb:docs",
           admits(("tcp", 27017, "sg-db")), want=OK),
)  # fmt: skip
UNASKED = (
    Row(ids="NEED-03 NEED-15 NEED-18", about="neither KMS nor STS has to be reachable for a database to be",
        world=(*PRIVATE, DB), to="rds:orders-db", want=OK),
    Row(ids="ST-10", about="a function in no VPC that is being set up waits for no network", who="free",
        world=(*PRIVATE, put("free", State="Pending", StateReasonCode="Creating")), to="internet", want=OK),
)  # fmt: skip
