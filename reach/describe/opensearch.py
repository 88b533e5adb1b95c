"""OpenSearch: domains inside a VPC or public, serverless collections and the endpoints to them (DST-32)."""

from __future__ import annotations

from collections.abc import Iterator

from reach.describe.nodes import in_each
from reach.describe.records import Record, Section, flag, part, text, texts
from reach.network import Database, Endpoint, Gap, Thing
from reach.traffic import Ranges

HTTPS = Ranges.of(443)
SERVERLESS = "opensearchserverless"  # stands for the service name of its own endpoints, which EC2 does not list


def read(section: Section) -> Iterator[Thing]:
    """All domains, collections and endpoints of an account and region."""
    for record in section.rows("opensearch:DomainStatusList"):
        yield _domain(section, record)
    for record in section.rows("opensearchserverless:collectionSummaries"):
        yield _collection(section, record)
    for record in section.rows("opensearchserverless:vpcEndpointDetails"):
        yield _endpoint(section, record)


def _domain(section: Section, record: Record) -> Database:
    """A domain inside a VPC has nodes in each of its subnets; one without a VPC is a public endpoint."""
    name = text(record, "DomainName")
    options = part(record, "VPCOptions")
    endpoints = part(record, "Endpoints")
    inside = bool(text(options, "VPCId") or texts(options, "SubnetIds") or text(endpoints, "vpc"))
    public = bool(text(record, "Endpoint") or text(record, "EndpointV2"))
    gap = Gap(name, "es:DescribeDomains", f"the subnets of {name} are not in the record")
    arn = text(record, "ARN") or f"arn:aws:es:{section.home.region}:{section.home.account}:domain/{name}"
    hosts = [text(record, "Endpoint"), text(record, "EndpointV2"), *(v for v in endpoints.values() if v)]
    status = "deleting" if flag(record, "Deleted") else text(record, "DomainProcessingStatus").lower()
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=name,
        kind="opensearch_domain",
        vpc=text(options, "VPCId") or None,
        status=status or None,
        status_field="DomainProcessingStatus",
        ports=HTTPS,
        groups=texts(options, "SecurityGroupIds") if "SecurityGroupIds" in options else None,
        groups_field="VPCOptions.SecurityGroupIds",
        nodes=in_each(name, texts(options, "SubnetIds"), gap) if inside or not public else (),
        hosts=tuple(sorted({h for h in hosts if isinstance(h, str) and h})),
        engine=text(record, "EngineVersion") or "opensearch",
        outside=public and not inside,  # without either its record does not tell
        told_by="es:DescribeDomains",
    )


def _collection(section: Section, record: Record) -> Database:
    id, region, account = text(record, "id"), section.home.region, section.home.account
    arn = text(record, "arn") or f"arn:aws:aoss:{region}:{account}:collection/{id}"
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=text(record, "name") or id,
        kind="collection",
        vpc=None,
        status=text(record, "status").lower() or None,
        status_field="status",
        ports=HTTPS,
        groups=None,
        groups_field="",
        nodes=(),
        hosts=(f"{id}.{region}.aoss.amazonaws.com",) if id else (),
        engine="opensearch",
        outside=True,
        private_service=SERVERLESS,
        aliases=(id,),
        told_by="aoss:ListCollections",
        hints=("The collection's network policy has to admit this way too; it is not read.",),
    )


def _endpoint(section: Section, record: Record) -> Endpoint:
    """An endpoint that OpenSearch Serverless manages; it takes the names of all collections over in its VPC."""
    state = text(record, "status").lower()
    return Endpoint(
        id=text(record, "id"),
        home=section.home,
        name=text(record, "name"),
        type="Interface",
        vpc=text(record, "vpcId"),
        service_name=SERVERLESS,
        service=None,
        service_region=section.home.region,
        state="available" if state == "active" else state or "available",
        subnets=texts(record, "subnetIds") if "subnetIds" in record else None,
        groups=texts(record, "securityGroupIds") if "securityGroupIds" in record else None,
        private_dns=True,
    )
