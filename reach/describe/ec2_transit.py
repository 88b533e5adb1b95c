"""EC2: transit gateways, their attachments and peerings, associations and route tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from reach.describe.records import Record, Section, flag, name_tag, part, rows, text, texts
from reach.network import (
    Attachment,
    Thing,
    TransitGateway,
    TransitPeering,
    TransitRoute,
    TransitSide,
    TransitTable,
)

ASSOCIATION = ("associating", "associated", "disassociating", "disassociated", "")  # any other may be in force (IN-4)
CARRIES = ("available", "modifying", "rollingback")  # TGW-1


def read(section: Section) -> Iterator[Thing]:
    """All transit gateways of an account and region, with what is attached to them and their routes."""
    for record in section.rows("TransitGateways"):
        yield _gateway(section, record)
    tables = _by_table(section, "TransitGatewayRouteTables")
    found = _by_table(section, "TransitGatewayRoutes")
    propagations = _by_table(section, "TransitGatewayPropagations")
    for id in sorted({*tables, *found}):
        yield _table(section, id, tables.get(id, {}), found.get(id), propagations.get(id))
    yield from _attachments(section)


def _by_table(section: Section, key: str) -> dict[str, Record]:
    return {text(r, "TransitGatewayRouteTableId"): r for r in section.rows(key)}


def _gateway(section: Section, record: Record) -> TransitGateway:
    options = part(record, "Options")
    return TransitGateway(
        id=text(record, "TransitGatewayId"),
        home=section.home,
        name=name_tag(record),
        state=(text(record, "State") or "available").lower(),
        owner=text(record, "OwnerId") or None,
        group_references=text(options, "SecurityGroupReferencingSupport") == "enable",
        encrypts=text(part(options, "EncryptionSupport"), "EncryptionState") == "enabled",
        dns=_option(record, "DnsSupport", True),
    )


def _table(
    section: Section, id: str, record: Record, routes: Record | None, propagations: Record | None
) -> TransitTable:
    listed = rows(routes, "Routes") if routes is not None and isinstance(routes.get("Routes"), list | tuple) else None
    sources = rows(propagations or {}, "TransitGatewayRouteTablePropagations")
    return TransitTable(
        id=id,
        home=section.home,
        name=name_tag(record),
        gateway=text(record, "TransitGatewayId"),
        routes=None if listed is None else tuple(_route(i, r) for i, r in enumerate(listed)),
        truncated=routes is not None and flag(routes, "AdditionalRoutesAvailable"),
        propagating=None
        if propagations is None
        else tuple(text(p, "TransitGatewayAttachmentId") for p in sources if text(p, "State") in ("enabled", "")),
    )


def _route(index: int, record: Record) -> TransitRoute:
    found = rows(record, "TransitGatewayAttachments")
    return TransitRoute(
        index=index,
        destination=text(record, "DestinationCidrBlock") or text(record, "PrefixListId"),
        static=text(record, "Type").lower() != "propagated",
        state=(text(record, "State") or "active").lower(),
        attachments=tuple(text(a, "TransitGatewayAttachmentId") for a in found),
        listed=text(record, "PrefixListId"),
        types=tuple(text(a, "ResourceType").lower() for a in found),
    )


def _attachments(section: Section) -> Iterator[Thing]:
    """One thing from up to four records: the general one, the VPC's or the peering's own, the table's association."""
    general = _by_id(section, "TransitGatewayAttachments")
    of_vpc = _by_id(section, "TransitGatewayVpcAttachments")
    peerings = {id: r for id, r in _by_id(section, "TransitGatewayPeeringAttachments").items() if _is_peering(r)}
    listed = _associations(section)
    twins = _twins(peerings.values())
    for id in sorted({*general, *of_vpc, *peerings}):
        record = general.get(id, {})
        if id in peerings or text(record, "ResourceType").lower() == "peering":
            own = peerings.get(id) or next((r for r in peerings.values() if twins.get(id, "-") in _ids(r)), {})
            yield _peering(section, id, record, own, listed.get(id, []), twins.get(id, ""))
        else:
            yield _attachment(section, id, record, of_vpc.get(id, {}), listed.get(id, []))


def _by_id(section: Section, key: str) -> dict[str, Record]:
    return {text(r, "TransitGatewayAttachmentId"): r for r in section.rows(key)}


def _is_peering(record: Record) -> bool:
    """Emulators list attachments of other types here as well."""
    return isinstance(record.get("RequesterTgwInfo"), Mapping)


def _ids(record: Record) -> tuple[str, str]:
    """A peering's id as the requester's gateway knows it, and as the accepter's does: in one Region two."""
    first = text(record, "TransitGatewayAttachmentId")
    return first, text(record, "AccepterTransitGatewayAttachmentId") or first


def _twins(peerings: Iterable[Record]) -> dict[str, str]:
    """For each id that is one gateway's alone, the other gateway's."""
    pairs = [_ids(record) for record in peerings]
    return {one: other for a, b in pairs if a != b for one, other in ((a, b), (b, a))}


class _Associated(Struct, frozen=True):
    """That a table is looked up for an attachment, as the table's own call tells."""

    table: str
    gateway: str
    state: str


def _associations(section: Section) -> dict[str, list[_Associated]]:
    gateways = {id: text(r, "TransitGatewayId") for id, r in _by_table(section, "TransitGatewayRouteTables").items()}
    out: dict[str, list[_Associated]] = {}
    for record in section.rows("TransitGatewayAssociations"):
        table = text(record, "TransitGatewayRouteTableId")
        for row in rows(record, "Associations"):
            found = _Associated(table, gateways.get(table, ""), text(row, "State"))
            out.setdefault(text(row, "TransitGatewayAttachmentId"), []).append(found)
    return out


def _association(
    section: Section, general: Record, owner: str, listed: list[_Associated]
) -> tuple[str | None, bool, str]:
    """The associated table, whether it is known that there is no other, and a state that says neither."""
    own = part(general, "Association")
    first = listed[0] if listed else _Associated("", "", "")
    table = text(own, "TransitGatewayRouteTableId") or first.table
    state = text(own, "State") or first.state
    seen = bool(general) or section.gap("TransitGatewayAssociations") is None
    known = state in ASSOCIATION and (bool(table) or (owner == section.home.account and seen))
    return (table if state in ("associated", "") and table else None), known, "" if state in ASSOCIATION else state


def _attachment(section: Section, id: str, general: Record, vpc: Record, listed: list[_Associated]) -> Attachment:
    owner = text(general, "TransitGatewayOwnerId") or section.home.account
    table, known, told = _association(section, general, owner, listed)
    return Attachment(
        id=id,
        home=section.home,
        name=name_tag(vpc) or name_tag(general),
        gateway=text(vpc, "TransitGatewayId") or text(general, "TransitGatewayId"),
        type=(text(general, "ResourceType") or "vpc").lower(),
        resource=text(vpc, "VpcId") or text(general, "ResourceId"),
        state=_worse(text(vpc, "State"), text(general, "State")),
        subnets=texts(vpc, "SubnetIds") if isinstance(vpc.get("SubnetIds"), list | tuple) else None,
        table=table,
        table_known=known,
        told=told,
        appliance_mode=_option(vpc, "ApplianceModeSupport", False),
        group_references=_option(vpc, "SecurityGroupReferencingSupport", True),
        ipv6=_option(vpc, "Ipv6Support", False),
        dns=_option(vpc, "DnsSupport", True),
    )


def _worse(one: str, other: str) -> str:
    """The state as two calls tell it: one of them may know already that the attachment is going away (RT-11)."""
    told = [state.lower() for state in (one, other) if state]
    return next((state for state in told if state not in CARRIES), told[0] if told else "available")


def _option(record: Record, key: str, default: bool) -> bool | None:
    """An option that has a default; a record without options does not say (SG-9).

    The API always answers with them: only the general call, and templates, leave them out.
    """
    if not isinstance(record.get("Options"), Mapping):
        return None
    value = text(part(record, "Options"), key)
    return {"enable": True, "disable": False, "": default}.get(value)


def _peering(
    section: Section, id: str, general: Record, peering: Record, listed: list[_Associated], twin: str
) -> TransitPeering:
    """A peering as this account and Region see it: of the far side it is known only which gateway it is (TGW-11)."""
    infos = [part(peering, key) for key in ("RequesterTgwInfo", "AccepterTgwInfo")]
    requester, accepter = (text(i, "TransitGatewayId") for i in infos)
    ours = text(general, "TransitGatewayId")
    if twin and not ours:
        ours = accepter if id == _ids(peering)[1] else requester
    ends = [requester, accepter, ours, text(general, "ResourceId")]
    here = {text(r, "TransitGatewayId"): text(r, "OwnerId") for r in section.rows("TransitGateways")}
    return TransitPeering(
        id=id,
        home=section.home,
        name=name_tag(peering) or name_tag(general),
        state=_worse(text(peering, "State"), text(general, "State")),
        sides=tuple(
            TransitSide(end)
            if twin and end != ours
            else _side(section, end, general if end == ours else {}, here.get(end, "-"), listed)
            for end in dict.fromkeys(filter(None, ends))
        ),
        twin=twin,
    )


def _side(section: Section, gateway: str, general: Record, owner: str, listed: list[_Associated]) -> TransitSide:
    """One side; `owner` says who owns that gateway, a dash that it is not in this account and Region."""
    mine = [a for a in listed if a.gateway in (gateway, "") and owner != "-"]
    if owner == "-" and not general:
        return TransitSide(gateway)
    return TransitSide(gateway, *_association(section, general, owner or section.home.account, mine))


def merged(one: Thing, other: Thing) -> Thing:
    """The same attachment, or table, as two accounts or Regions see it."""
    if isinstance(one, TransitPeering) and isinstance(other, TransitPeering):
        sides = {s.gateway: s for s in one.sides}
        for side in other.sides:
            known = sides.get(side.gateway)
            if known is None or side.table_known or not known.table_known:
                sides[side.gateway] = side
        state = _worse(other.state, one.state)
        return replace(other, state=state, sides=tuple(sides.values()), twin=other.twin or one.twin)
    if isinstance(one, Attachment) and isinstance(other, Attachment):
        return _joined(one, other)
    if isinstance(one, TransitTable) and isinstance(other, TransitTable):
        read = other if other.routes is not None else one
        propagating = other.propagating if other.propagating is not None else one.propagating
        return replace(read, gateway=other.gateway or one.gateway, name=other.name or one.name, propagating=propagating)
    return other


def _joined(one: Attachment, other: Attachment) -> Attachment:
    """Subnets and options are the VPC owner's to tell, the table the gateway owner's."""
    vpc = other if other.subnets is not None else one
    return replace(
        other,
        state=_worse(other.state, one.state),
        subnets=vpc.subnets,
        appliance_mode=vpc.appliance_mode,
        group_references=vpc.group_references,
        ipv6=vpc.ipv6,
        dns=vpc.dns,
        table=other.table or one.table,
        table_known=other.table_known or one.table_known,
        told=other.told or one.told,
        type=other.type if other.resource else one.type,
        resource=other.resource or one.resource,
    )
