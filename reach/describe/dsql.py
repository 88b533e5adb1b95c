"""Aurora DSQL: public endpoints, which an interface endpoint of the cluster's own service takes over (DST-17)."""

from __future__ import annotations

from collections.abc import Iterator

from reach.describe.records import Record, Section, text
from reach.network import Database, Thing
from reach.traffic import Ranges


def read(section: Section) -> Iterator[Thing]:
    """All clusters of an account and region."""
    services = {text(r, "identifier"): r for r in section.rows("dsql:VpcEndpointServiceNames")}
    for record in section.rows("dsql:clusters"):
        yield _cluster(section, record, services.get(text(record, "identifier"), {}))


def _cluster(section: Section, record: Record, service: Record) -> Database:
    id, region, account = text(record, "identifier"), section.home.region, section.home.account
    arn = text(record, "arn") or f"arn:aws:dsql:{region}:{account}:cluster/{id}"
    hosts = (f"{id}.dsql.{region}.on.aws", text(service, "clusterVpcEndpoint"))
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=id,
        kind="dsql_cluster",
        vpc=None,
        status=None,
        status_field="status",
        ports=Ranges.of(5432),
        groups=None,
        groups_field="",
        nodes=(),
        hosts=tuple(h for h in hosts if h),
        engine="dsql",
        outside=True,
        private_service=text(service, "serviceName") or f"com.amazonaws.{region}.dsql-*",
        told_by="dsql:ListClusters",
    )
