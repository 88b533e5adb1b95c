"""VPC Lattice: resource configurations, and the resource gateways by which they enter the resource's VPC."""

from __future__ import annotations

from reach.sources.cloudformation.attributes import arn_of
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.vpc import external
from reach.sources.cloudformation.resource import Resource


def resource_gateway(draft: Draft, r: Resource) -> None:
    vpc_id = r.known_text("VpcIdentifier")
    external(draft, r, vpc_id)
    record: Entry = {"id": r.id, "arn": arn_of(r), "name": r.text("Name") or r.logical, "vpcIdentifier": vpc_id}
    record |= {"subnetIds": r.texts("SubnetIds"), "status": "ACTIVE"}
    draft.put("vpc-lattice:ResourceGateways", record, r, arn_of(r))


def configuration(draft: Draft, r: Resource) -> None:
    """A resource that is shared; one within a group has the group's gateway."""
    record = {"id": r.id, "arn": arn_of(r), "name": r.text("Name") or r.logical}
    for name, member in (
        ("ResourceGatewayId", "resourceGatewayId"),
        ("ResourceConfigurationGroupId", "resourceConfigurationGroupId"),
    ):
        if r.has(name):
            record[member] = r.known_text(name).rpartition("/")[2]  # the id, or the ARN that Ref gives
    draft.put("vpc-lattice:ResourceConfigurations", record, r, arn_of(r))
