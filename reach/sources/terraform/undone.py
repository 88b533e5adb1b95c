"""What AWS falls back to where a plan takes away what had changed another resource: that one stays, changed back.

Rows that were added to a list go by themselves. Here are members that become again what they were, or what AWS sets.
"""

from __future__ import annotations

from collections.abc import Mapping

from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps import Map
from reach.sources.cloudformation.maps.transit import restored
from reach.sources.cloudformation.resource import Resource

PREFIX = "Undone::"


def dhcp_association(draft: Draft, r: Resource) -> None:
    """The provider then associates AWS's own DHCP options."""
    vpc = draft.changed(r.stack.home, "Vpcs", r.text("VpcId"))
    if vpc is not None:
        vpc["DhcpOptionsId"] = "default"


def encryption(draft: Draft, r: Resource) -> None:
    vpc = draft.changed(r.stack.home, "Vpcs", r.text("VpcId"))
    if vpc is not None:
        vpc.pop("EncryptionControl", None)


def endpoint_part(draft: Draft, r: Resource) -> None:
    """Without its policy an endpoint has the one that lets everything through; without the group that took the place of
    the VPC's default one it has that again. Private DNS stays as it is.
    """
    record = draft.changed(r.stack.home, "VpcEndpoints", r.text("Id"))
    if record is None:
        return
    if r.has("PolicyDocument"):
        record.pop("PolicyDocument", None)
    if r.has("SecurityGroupId") and r.flag("Replaces"):
        groups = draft.before(r.stack.home, "SecurityGroups").values()
        own = (g for g in groups if g.get("VpcId") == record.get("VpcId") and g.get("GroupName") == "default")
        kept = [g for g in record.get("Groups") or () if g.get("GroupId") != r.text("SecurityGroupId")]
        record["Groups"] = [*kept, *({"GroupId": g["GroupId"]} for g in own)]


def association(draft: Draft, r: Resource) -> None:
    """An attachment without an association."""
    home, table, id = r.stack.home, r.text("TransitGatewayRouteTableId"), r.text("TransitGatewayAttachmentId")
    held = draft.changed(home, "TransitGatewayAssociations", table)
    if held is not None:
        rows = held.get("Associations") or ()
        held["Associations"] = [row for row in rows if row.get("TransitGatewayAttachmentId") != id]
    general = draft.changed(home, "TransitGatewayAttachments", id)
    if general is not None and (general.get("Association") or {}).get("TransitGatewayRouteTableId") == table:
        del general["Association"]


def transit_route(draft: Draft, r: Resource) -> None:
    """A static route goes; what it hid of the propagated ones is there again."""
    table = r.text("TransitGatewayRouteTableId")
    routes = draft.changed(r.stack.home, "TransitGatewayRoutes", table)
    if routes is None:
        return
    block = r.block("DestinationCidrBlock")
    routes["Routes"] = [row for row in routes.get("Routes") or () if row.get("DestinationCidrBlock") != block]
    restored(draft, r, table, routes, block)


def transit_list(draft: Draft, r: Resource) -> None:
    """The routes of a prefix list go."""
    routes = draft.changed(r.stack.home, "TransitGatewayRoutes", r.text("TransitGatewayRouteTableId"))
    if routes is not None:
        listed = r.text("PrefixListId")
        routes["Routes"] = [row for row in routes.get("Routes") or () if row.get("PrefixListId") != listed]


def attachment(draft: Draft, r: Resource) -> None:
    _detached(draft, r, r.text("NetworkInterfaceId"))


def _detached(draft: Draft, r: Resource, id: str) -> None:
    record = draft.changed(r.stack.home, "NetworkInterfaces", id)
    if record is not None:
        record.pop("Attachment", None)
        record["Status"] = "available"


def instance(draft: Draft, r: Resource) -> None:
    """Interfaces that are not the instance's own outlive it."""
    for id, held in list(draft.before(r.stack.home, "NetworkInterfaces").items()):
        if (held.get("Attachment") or {}).get("InstanceId") == r.id:
            _detached(draft, r, id)


def address(draft: Draft, r: Resource) -> None:
    """An interface without its Elastic IP address."""
    instance_id = r.text("InstanceId")
    for id, held in list(draft.before(r.stack.home, "NetworkInterfaces").items()):
        mine = instance_id and (held.get("Attachment") or {}).get("InstanceId") == instance_id
        if mine or id == r.text("NetworkInterfaceId"):
            record = draft.changed(r.stack.home, "NetworkInterfaces", id)
            if record is not None:
                record.pop("Association", None)


def role_policy(draft: Draft, r: Resource) -> None:
    names = draft.changed(r.stack.home, "iam:PolicyNames", r.text("RoleName"))
    if names is not None:
        names["PolicyNames"] = [one for one in names.get("PolicyNames") or () if one != r.text("PolicyName")]


def main_table(draft: Draft, r: Resource) -> None:
    """The table that was the main one before is it again; which one that is nobody may know."""
    vpc_id, table, first = r.text("VpcId"), r.text("RouteTableId"), r.text("Original")
    row: Entry = {"Main": True, "RouteTableId": first, "AssociationState": {"State": "associated"}}
    for id, held in list(draft.before(r.stack.home, "RouteTables").items()):
        if held.get("VpcId") == vpc_id and id in (table, first):
            record = draft.changed(r.stack.home, "RouteTables", id)
            if record is not None:
                rows = [one for one in record.get("Associations") or () if not one.get("Main")]
                record["Associations"] = [*rows, row] if id == first else rows


def public_access(draft: Draft, r: Resource) -> None:
    """Block Public Access is off then."""
    home = r.stack.home
    record = {"AwsAccountId": home.account, "AwsRegion": home.region, "InternetGatewayBlockMode": "off"}
    draft.put("VpcBlockPublicAccessOptions", record | {"State": "default-state"}, r)


def list_entry(draft: Draft, r: Resource) -> None:
    record = draft.changed(r.stack.home, "ManagedPrefixListEntries", r.text("PrefixListId"))
    if record is not None:
        record["Entries"] = [row for row in record.get("Entries") or () if row.get("Cidr") != r.block("Cidr")]


def hosted_zone_vpc(draft: Draft, r: Resource) -> None:
    key, id = "route53:HostedZones", r.text("HostedZoneId").rpartition("/")[2]
    for own, held in list(draft.before(r.stack.home, key).items()):
        if own.rpartition("/")[2] == id and any(row.get("VPCId") == r.text("VPCId") for row in held.get("VPCs") or ()):
            record = draft.changed(r.stack.home, key, own)
            if record is not None:
                record["VPCs"] = [row for row in record["VPCs"] if row.get("VPCId") != r.text("VPCId")]


OF = {
    "AWS::EC2::EIP": address,
    "AWS::EC2::EIPAssociation": address,
    "AWS::EC2::Instance": instance,
    "AWS::EC2::NetworkInterfaceAttachment": attachment,
    "AWS::EC2::TransitGatewayRoute": transit_route,
    "AWS::EC2::TransitGatewayRouteTableAssociation": association,
    "AWS::EC2::VPCBlockPublicAccessOptions": public_access,
    "AWS::EC2::VPCDHCPOptionsAssociation": dhcp_association,
    "AWS::EC2::VPCEncryptionControl": encryption,
    "AWS::IAM::RolePolicy": role_policy,
    "Terraform::EndpointPart": endpoint_part,
    "Terraform::HostedZoneVpc": hosted_zone_vpc,
    "Terraform::MainRouteTable": main_table,
    "Terraform::PrefixListEntry": list_entry,
    "Terraform::TransitGatewayPrefixList": transit_list,
}
UNDONE: Mapping[str, tuple[Map, ...]] = {f"{PREFIX}{type_}": (Map(4, make),) for type_, make in OF.items()}
