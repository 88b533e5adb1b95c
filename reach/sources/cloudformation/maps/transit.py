"""Transit gateways: attachments, route tables, what is associated with them and propagates to them."""

from __future__ import annotations

from reach.snapshot import ELSEWHERE
from reach.sources.cloudformation.attributes import AFTER
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.vpc import state_of
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.stack import Home
from reach.sources.cloudformation.values import Unknown, unknown_in

OWN_TABLE = "DefaultRouteTable"
UNTOLD = "unspecified"  # an option that the template leaves to AWS: it is not taken for what the API defaults to


def gateway(draft: Draft, r: Resource) -> None:
    """A transit gateway, with its default route table unless that is switched off."""
    options = {
        key: r.known_text(key, "enable") for key in ("DefaultRouteTableAssociation", "DefaultRouteTablePropagation")
    }
    options["SecurityGroupReferencingSupport"] = r.known_text("SecurityGroupReferencingSupport", "disable")
    options["DnsSupport"] = r.known_text("DnsSupport", UNTOLD)
    encrypts = "enabled" if r.known_text("EncryptionSupport", "disable") == "enable" else "disabled"
    own = r.part_id("tgw-rtb", OWN_TABLE)
    if "enable" in (options["DefaultRouteTableAssociation"], options["DefaultRouteTablePropagation"]):
        options |= {"AssociationDefaultRouteTableId": own, "PropagationDefaultRouteTableId": own}
        _table(draft, r, own, r.id, default=True)
    record = {
        "TransitGatewayId": r.id,
        "State": "available",
        "OwnerId": r.stack.home.account,
        "Options": options | {"EncryptionSupport": {"EncryptionState": encrypts}},
        "Tags": r.tags(),
    }
    draft.put("TransitGateways", record, r)


def table(draft: Draft, r: Resource) -> None:
    _table(draft, r, r.id, r.text("TransitGatewayId"), default=False)


def _table(draft: Draft, r: Resource, id: str, gateway_id: str, default: bool) -> None:
    record = {
        "TransitGatewayRouteTableId": id,
        "TransitGatewayId": gateway_id,
        "State": "available",
        "DefaultAssociationRouteTable": default,
        "DefaultPropagationRouteTable": default,
    }
    draft.put("TransitGatewayRouteTables", record, r)
    home = r.stack.home
    draft.collection(home, "TransitGatewayRoutes").append(
        {"TransitGatewayRouteTableId": id, "Routes": [], "AdditionalRoutesAvailable": False}
    )
    draft.collection(home, "TransitGatewayAssociations").append({"TransitGatewayRouteTableId": id, "Associations": []})
    propagations = {"TransitGatewayRouteTableId": id, "TransitGatewayRouteTablePropagations": []}
    draft.collection(home, "TransitGatewayPropagations").append(propagations)


def attachment(draft: Draft, r: Resource) -> None:
    """A VPC's attachment: by default it joins the gateway's default table, and its CIDRs are propagated there."""
    gateway_id, vpc_id = r.text("TransitGatewayId"), r.known_text("VpcId")
    options = r.known_part("Options")
    common: Entry = {"TransitGatewayAttachmentId": r.id, "TransitGatewayId": gateway_id, "State": "available"}
    own = common | {"VpcId": vpc_id, "VpcOwnerId": r.stack.home.account, "SubnetIds": r.texts("SubnetIds")}
    own["Options"] = {"DnsSupport": UNTOLD} | {key: str(value) for key, value in options.items()}
    draft.put("TransitGatewayVpcAttachments", own, r)
    join_defaults(draft, r, common | {"ResourceType": "vpc", "ResourceId": vpc_id})


def connect(draft: Draft, r: Resource) -> None:
    """A Connect attachment, on top of another: its routes come by BGP."""
    id = r.text("TransportTransitGatewayAttachmentId")
    under = _general(draft, r.stack.home, id) or {}
    general: Entry = {"TransitGatewayAttachmentId": r.id, "TransitGatewayId": str(under.get("TransitGatewayId", ""))}
    join_defaults(draft, r, general | {"State": "available", "ResourceType": "connect", "ResourceId": id})


def vpn(draft: Draft, r: Resource) -> None:
    """The attachment that comes with a VPN connection to a transit gateway."""
    general = {"TransitGatewayAttachmentId": r.part_id("tgw-attach"), "TransitGatewayId": r.text("TransitGatewayId")}
    join_defaults(draft, r, general | {"State": "available", "ResourceType": "vpn", "ResourceId": r.id})


def join_defaults(draft: Draft, r: Resource, general: Entry) -> None:
    """Put an attachment; unless it or its gateway say otherwise it joins the gateway's default tables."""
    home, id = r.stack.home, str(general["TransitGatewayAttachmentId"])
    gateway_id = str(general["TransitGatewayId"])
    held = draft.record(gateway_id) or draft.before(home, "TransitGateways").get(gateway_id)
    if held is None:  # a gateway of somebody else: which table it associates is not known
        why = f"{gateway_id}, to which {r.logical} ({r.where}) attaches, is not made by the template"
        draft.miss(r, Unknown(gateway_id, ELSEWHERE, why), "TransitGatewayAssociations", id=gateway_id)
        return
    draft.put("TransitGatewayAttachments", general | {"TransitGatewayOwnerId": held.get("OwnerId", home.account)}, r)
    found = held.get("Options") or {}
    if found.get("DefaultRouteTableAssociation") == "enable" and r.flag("DefaultRouteTableAssociation", True):
        _associate(draft, r, found["AssociationDefaultRouteTableId"], id)
    if found.get("DefaultRouteTablePropagation") == "enable" and r.flag("DefaultRouteTablePropagation", True):
        _propagate(draft, r, found["PropagationDefaultRouteTableId"], id)


def _general(draft: Draft, home: Home, id: str) -> Entry | None:
    """What an attachment is attached to, made here or there before."""
    rows = draft.every("TransitGatewayAttachments")
    own = next((row for row in rows if row["TransitGatewayAttachmentId"] == id), None)
    return own or draft.changed(home, "TransitGatewayAttachments", id)


def _resource(general: Entry | None) -> Entry:
    return {key: general[key] for key in ("ResourceId", "ResourceType") if general and key in general}


def perhaps_associated(draft: Draft, r: Resource) -> None:
    """An attachment that a table may be looked up for, nobody knows which; any attachment, if it is not known which."""
    named = r.get("TransitGatewayAttachmentId")
    unknown = r.stack.doubtful.get(r.logical) or unknown_in([named, r.get("TransitGatewayRouteTableId")])
    home, key = r.stack.home, "TransitGatewayAttachments"
    if unknown is None:
        return
    ids = [r.as_text("TransitGatewayAttachmentId", named)]
    if isinstance(named, Unknown):
        held = (*draft.rows(home, key), *draft.before(home, key).values())
        ids = sorted({str(one["TransitGatewayAttachmentId"]) for one in held})
    for id in ids:
        general = _general(draft, home, id)
        if general is not None:
            general["Association"] = {"State": r.stack.pend(unknown)}
            draft.world.pending.setdefault(id, unknown)


def _associate(draft: Draft, r: Resource, table_id: str, attachment_id: str) -> None:
    held = draft.changed(r.stack.home, "TransitGatewayAssociations", table_id)
    general = _general(draft, r.stack.home, attachment_id)
    if general is not None:
        general["Association"] = {"TransitGatewayRouteTableId": table_id, "State": "associated"}
    if held is not None:
        row = {"TransitGatewayAttachmentId": attachment_id, **_resource(general), "State": "associated"}
        held.setdefault("Associations", []).append(row)


def _propagate(draft: Draft, r: Resource, table_id: str, attachment_id: str) -> None:
    """The blocks of a VPC appear in the table; of what else is attached nobody knows what it propagates."""
    home = r.stack.home
    general = _general(draft, home, attachment_id)
    held = draft.changed(home, "TransitGatewayPropagations", table_id)
    routes = draft.changed(home, "TransitGatewayRoutes", table_id)
    if held is not None:
        row = {"TransitGatewayAttachmentId": attachment_id, **_resource(general), "State": "enabled"}
        held.setdefault("TransitGatewayRouteTablePropagations", []).append(row)
    vpc_id = str((general or {}).get("ResourceId", ""))
    owner = draft.record(vpc_id) or draft.before(home, "Vpcs").get(vpc_id)
    if routes is None:
        return
    if owner is None or (general or {}).get("ResourceType") != "vpc":
        routes["AdditionalRoutesAvailable"] = True
        return
    attached = [{"TransitGatewayAttachmentId": attachment_id, **_resource(general)}]
    kept = routes.setdefault("Routes", [])
    static = {row.get("DestinationCidrBlock") for row in kept if row.get("Type") == "static"}
    for key in ("CidrBlock", "Ipv6CidrBlock"):
        for association in owner.get(f"{key}AssociationSet") or ():
            if association[key] in static:
                continue
            state = state_of(association, key)
            if association[key].startswith("pl-"):  # nor is it known which block that is
                routes["AdditionalRoutesAvailable"] = True
            else:
                doubt = [{"TransitGatewayAttachmentId": state}]
                way = attached if state == "associated" else doubt
                kept.append(_row(association[key], way, "propagated", "active"))


def _row(block: str, attached: list[Entry], type_: str, state: str) -> Entry:
    return {"DestinationCidrBlock": block, "TransitGatewayAttachments": attached, "Type": type_, "State": state}


def association(draft: Draft, r: Resource) -> None:
    _associate(draft, r, r.text("TransitGatewayRouteTableId"), r.text("TransitGatewayAttachmentId"))


def propagation(draft: Draft, r: Resource) -> None:
    _propagate(draft, r, r.text("TransitGatewayRouteTableId"), r.text("TransitGatewayAttachmentId"))


def route(draft: Draft, r: Resource) -> None:
    """A static route of a transit gateway's table."""
    routes = draft.changed(r.stack.home, "TransitGatewayRoutes", r.text("TransitGatewayRouteTableId"))
    if routes is None:
        return
    id = r.text("TransitGatewayAttachmentId")
    attached = [{"TransitGatewayAttachmentId": id, **_resource(_general(draft, r.stack.home, id))}] if id else []
    state = "blackhole" if r.flag("Blackhole") else "active"
    block = r.block("DestinationCidrBlock")
    kept = [row for row in routes.get("Routes") or () if row.get("DestinationCidrBlock") != block]
    routes["Routes"] = [*kept, _row(block, attached, "static", state)]  # static beats propagated


def restored(draft: Draft, r: Resource, table_id: str, routes: Entry, block: str) -> None:
    """Put the route of a block back that is propagated to a table, and that a static one had hidden."""
    home = r.stack.home
    held = draft.before(home, "TransitGatewayPropagations").get(table_id) or {}
    for row in held.get("TransitGatewayRouteTablePropagations") or ():
        id = str(row.get("TransitGatewayAttachmentId"))
        general = draft.before(home, "TransitGatewayAttachments").get(id) or {}
        owner = draft.before(home, "Vpcs").get(str(general.get("ResourceId"))) or {}
        if any(one.get("CidrBlock") == block for one in owner.get("CidrBlockAssociationSet") or ()):
            attached: list[Entry] = [{"TransitGatewayAttachmentId": id, **_resource(dict(general))}]
            routes["Routes"] = [*routes["Routes"], _row(block, attached, "propagated", "active")]


def lost_route(draft: Draft, r: Resource) -> None:
    """A route that is not known may be for any part of the traffic: nothing that the table says holds for sure."""
    table = r.text("TransitGatewayRouteTableId")
    routes = draft.changed(r.stack.home, "TransitGatewayRoutes", table)
    found = [routes] if routes is not None else list(draft.every("TransitGatewayRoutes"))
    why = f"{r.logical} ({r.where}) is a route of it that is not known before deployment"
    open_ = r.stack.doubtful.get(r.logical) or unknown_in([r.get(name) for name in r.props])
    for one in found:
        id = str(one["TransitGatewayRouteTableId"])
        draft.lost.append((one, "Routes", id, open_ or Unknown(id, AFTER, why)))


def peering(draft: Draft, r: Resource) -> None:
    """An attachment to a transit gateway elsewhere."""
    gateway_id = r.text("TransitGatewayId")
    common: Entry = {"TransitGatewayAttachmentId": r.id, "State": "available"}
    record = common | {
        "RequesterTgwInfo": {"TransitGatewayId": gateway_id, "Region": r.stack.home.region},
        "AccepterTgwInfo": {"TransitGatewayId": r.text("PeerTransitGatewayId"), "Region": r.text("PeerRegion")},
    }
    draft.put("TransitGatewayPeeringAttachments", record, r)
    general = common | {"TransitGatewayId": gateway_id, "ResourceType": "peering"}
    general |= {"ResourceId": r.text("PeerTransitGatewayId"), "TransitGatewayOwnerId": r.stack.home.account}
    draft.put("TransitGatewayAttachments", general, r)
