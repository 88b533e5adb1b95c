"""VPC Lattice: resource configurations, and the resource gateways by which they enter the resource's VPC."""

from __future__ import annotations

from collections.abc import Iterator

from reach.describe.records import Record, Section, text, texts
from reach.network import ResourceConfiguration, ResourceGateway, Thing


def read(section: Section) -> Iterator[Thing]:
    """All resource configurations and resource gateways of an account and region."""
    for record in section.rows("vpc-lattice:ResourceConfigurations"):
        yield ResourceConfiguration(
            id=text(record, "id") or configuration_in(text(record, "arn")),
            home=section.home,
            name=text(record, "name"),
            gateway=text(record, "resourceGatewayId"),
            group=text(record, "resourceConfigurationGroupId"),
        )
    for record in section.rows("vpc-lattice:ResourceGateways"):
        yield _gateway(section, record)


def _gateway(section: Section, record: Record) -> ResourceGateway:
    listed = isinstance(record.get("subnetIds"), list | tuple)
    return ResourceGateway(
        id=text(record, "id"),
        home=section.home,
        name=text(record, "name"),
        vpc=text(record, "vpcIdentifier") or text(record, "vpcId"),
        subnets=texts(record, "subnetIds") if listed else None,
        status=text(record, "status").lower(),
    )


def configuration_in(arn: str) -> str:
    """The id in a resource configuration's ARN; empty if it is the ARN of something else.

    >>> configuration_in("arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/rcfg-0a1")
    'rcfg-0a1'
    """
    kind, _, id = arn.rpartition(":")[2].partition("/")
    return id if kind == "resourceconfiguration" else ""
