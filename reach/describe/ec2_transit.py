"""EC2: transit gateways, their attachments, associations and route tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reach.describe.records import Record, Section, flag, name_tag, part, rows, text, texts
from reach.network import Attachment, Thing, TransitGateway, TransitRoute, TransitTable


def read(section: Section) -> Iterator[Thing]:
    """All transit gateways of an account and region, with what is attached to them and their routes."""
    for record in section.rows("TransitGateways"):
        yield _gateway(section, record)
    tables = {text(r, "TransitGatewayRouteTableId"): r for r in section.rows("TransitGatewayRouteTables")}
    found = {text(r, "TransitGatewayRouteTableId"): r for r in section.rows("TransitGatewayRoutes")}
    for id in sorted({*tables, *found}):
        yield _table(section, id, tables.get(id, {}), found.get(id))
    yield from _attachments(section)


def _gateway(section: Section, record: Record) -> TransitGateway:
    options = part(record, "Options")
    return TransitGateway(
        id=text(record, "TransitGatewayId"),
        home=section.home,
        name=name_tag(record),
        state=(text(record, "State") or "available").lower(),
        owner=text(record, "OwnerId") or None,
        group_references=text(options, "SecurityGroupReferencingSupport") == "enable",
    )


def _table(section: Section, id: str, record: Record, routes: Record | None) -> TransitTable:
    listed = rows(routes, "Routes") if routes is not None and isinstance(routes.get("Routes"), list | tuple) else None
    return TransitTable(
        id=id,
        home=section.home,
        name=name_tag(record),
        gateway=text(record, "TransitGatewayId"),
        routes=None if listed is None else tuple(_route(i, r) for i, r in enumerate(listed)),
        truncated=routes is not None and flag(routes, "AdditionalRoutesAvailable"),
    )


def _route(index: int, record: Record) -> TransitRoute:
    found = rows(record, "TransitGatewayAttachments")
    return TransitRoute(
        index=index,
        destination=text(record, "DestinationCidrBlock") or text(record, "PrefixListId"),
        static=text(record, "Type").lower() != "propagated",
        state=(text(record, "State") or "active").lower(),
        attachments=tuple(text(a, "TransitGatewayAttachmentId") for a in found),
    )


def _attachments(section: Section) -> Iterator[Attachment]:
    """One Attachment from up to three records: the general one, the VPC's own, and the table's association."""
    general = {text(r, "TransitGatewayAttachmentId"): r for r in section.rows("TransitGatewayAttachments")}
    of_vpc = {text(r, "TransitGatewayAttachmentId"): r for r in section.rows("TransitGatewayVpcAttachments")}
    tables = {
        text(a, "TransitGatewayAttachmentId"): (text(r, "TransitGatewayRouteTableId"), text(a, "State"))
        for r in section.rows("TransitGatewayAssociations")
        for a in rows(r, "Associations")
    }
    for id in sorted({*general, *of_vpc}):
        yield _attachment(section, id, general.get(id, {}), of_vpc.get(id, {}), tables.get(id))


def _attachment(section: Section, id: str, general: Record, vpc: Record, listed: tuple[str, str] | None) -> Attachment:
    own = part(general, "Association")
    table = text(own, "TransitGatewayRouteTableId") or (listed[0] if listed else "")
    state = text(own, "State") or (listed[1] if listed else "")
    options = part(vpc, "Options")
    owner = text(general, "TransitGatewayOwnerId") or section.home.account
    seen = "Association" in general or bool(general) or section.gap("TransitGatewayAssociations") is None
    known = bool(table) or (owner == section.home.account and seen)
    return Attachment(
        id=id,
        home=section.home,
        name=name_tag(vpc) or name_tag(general),
        gateway=text(vpc, "TransitGatewayId") or text(general, "TransitGatewayId"),
        type=(text(general, "ResourceType") or "vpc").lower(),
        resource=text(vpc, "VpcId") or text(general, "ResourceId"),
        state=(text(vpc, "State") or text(general, "State") or "available").lower(),
        subnets=texts(vpc, "SubnetIds") if isinstance(vpc.get("SubnetIds"), list | tuple) else None,
        table=table if state in ("associated", "") and table else None,
        table_known=known,
        appliance_mode=text(options, "ApplianceModeSupport") == "enable",
        group_references=_references(vpc, options),
    )


def merged(one: Attachment, other: Attachment) -> Attachment:
    """The same attachment as two accounts see it: subnets are the VPC owner's, the table the gateway owner's."""
    return replace(
        other,
        subnets=other.subnets if other.subnets is not None else one.subnets,
        table=other.table or one.table,
        table_known=other.table_known or one.table_known,
        type=other.type if other.resource else one.type,
        resource=other.resource or one.resource,
    )


def _references(vpc: Record, options: Record) -> bool | None:
    """Attachments carry group references unless told not to; a record without options does not say (SG-9).

    The API always answers with them: only the general call, and templates, leave them out.
    """
    if not isinstance(vpc.get("Options"), dict):
        return None
    return text(options, "SecurityGroupReferencingSupport") != "disable"
