"""Transit gateways: attachments, route tables, what is associated with them and propagates to them."""

from __future__ import annotations

from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.resource import Resource

OWN_TABLE = "DefaultRouteTable"
UNTOLD = "unspecified"  # an option that the template leaves to AWS: it is not taken for what the API defaults to


def gateway(draft: Draft, r: Resource) -> None:
    """A transit gateway, with its default route table unless that is switched off."""
    options = {
        key: r.known_text(key, "enable") for key in ("DefaultRouteTableAssociation", "DefaultRouteTablePropagation")
    }
    options["SecurityGroupReferencingSupport"] = r.known_text("SecurityGroupReferencingSupport", "disable")
    options["DnsSupport"] = r.known_text("DnsSupport", UNTOLD)
    own = r.part_id("tgw-rtb", OWN_TABLE)
    if "enable" in (options["DefaultRouteTableAssociation"], options["DefaultRouteTablePropagation"]):
        options |= {"AssociationDefaultRouteTableId": own, "PropagationDefaultRouteTableId": own}
        _table(draft, r, own, r.id, default=True)
    record = {
        "TransitGatewayId": r.id,
        "State": "available",
        "OwnerId": r.stack.home.account,
        "Options": options,
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
    general = common | {"ResourceType": "vpc", "ResourceId": vpc_id, "TransitGatewayOwnerId": r.stack.home.account}
    draft.put("TransitGatewayAttachments", general, r)
    held = draft.record(gateway_id)
    if held is None:
        return
    found = held["Options"]
    if found["DefaultRouteTableAssociation"] == "enable" and r.flag("DefaultRouteTableAssociation", True):
        _associate(draft, found["AssociationDefaultRouteTableId"], r.id, vpc_id)
    if found["DefaultRouteTablePropagation"] == "enable" and r.flag("DefaultRouteTablePropagation", True):
        _propagate(draft, found["PropagationDefaultRouteTableId"], r.id, vpc_id)


def _rows(draft: Draft, key: str, id: str) -> Entry | None:
    return next((row for row in draft.every(key) if row["TransitGatewayRouteTableId"] == id), None)


def _associate(draft: Draft, table_id: str, attachment_id: str, vpc_id: str) -> None:
    held = _rows(draft, "TransitGatewayAssociations", table_id)
    for general in draft.every("TransitGatewayAttachments"):
        if general["TransitGatewayAttachmentId"] == attachment_id:
            general["Association"] = {"TransitGatewayRouteTableId": table_id, "State": "associated"}
    if held is not None:
        row = {"TransitGatewayAttachmentId": attachment_id, "ResourceId": vpc_id, "ResourceType": "vpc"}
        held["Associations"].append(row | {"State": "associated"})


def _propagate(draft: Draft, table_id: str, attachment_id: str, vpc_id: str) -> None:
    """The blocks of the VPC appear in the table."""
    held = _rows(draft, "TransitGatewayPropagations", table_id)
    routes = _rows(draft, "TransitGatewayRoutes", table_id)
    if held is not None:
        row = {"TransitGatewayAttachmentId": attachment_id, "ResourceId": vpc_id, "ResourceType": "vpc"}
        held["TransitGatewayRouteTablePropagations"].append(row | {"State": "enabled"})
    owner = draft.record(vpc_id)
    if routes is None:
        return
    if owner is None:  # what it propagates is not known
        routes["AdditionalRoutesAvailable"] = True
        return
    blocks = [a["CidrBlock"] for a in owner["CidrBlockAssociationSet"]]
    blocks += [a["Ipv6CidrBlock"] for a in owner["Ipv6CidrBlockAssociationSet"]]
    attached = [{"TransitGatewayAttachmentId": attachment_id, "ResourceId": vpc_id, "ResourceType": "vpc"}]
    for block in blocks:
        routes["Routes"].append(_row(block, attached, "propagated", "active"))


def _row(block: str, attached: list[Entry], type_: str, state: str) -> Entry:
    return {"DestinationCidrBlock": block, "TransitGatewayAttachments": attached, "Type": type_, "State": state}


def association(draft: Draft, r: Resource) -> None:
    id = r.text("TransitGatewayAttachmentId")
    held = draft.record(id) or {}
    vpc_id = str(held.get("VpcId", held.get("ResourceId", "")))
    _associate(draft, r.text("TransitGatewayRouteTableId"), id, vpc_id)


def propagation(draft: Draft, r: Resource) -> None:
    id = r.text("TransitGatewayAttachmentId")
    held = draft.record(id) or {}
    vpc_id = str(held.get("VpcId", held.get("ResourceId", "")))
    _propagate(draft, r.text("TransitGatewayRouteTableId"), id, vpc_id)


def route(draft: Draft, r: Resource) -> None:
    """A static route of a transit gateway's table."""
    routes = _rows(draft, "TransitGatewayRoutes", r.text("TransitGatewayRouteTableId"))
    if routes is None:
        return
    id = r.text("TransitGatewayAttachmentId")
    attached = [{"TransitGatewayAttachmentId": id, "ResourceType": "vpc"}] if id else []
    state = "blackhole" if r.flag("Blackhole") else "active"
    block = r.block("DestinationCidrBlock")
    kept = [row for row in routes["Routes"] if row["DestinationCidrBlock"] != block]  # static beats propagated
    routes["Routes"] = [*kept, _row(block, attached, "static", state)]


def lost_route(draft: Draft, r: Resource) -> None:
    """A route that is not known may lead anywhere."""
    routes = _rows(draft, "TransitGatewayRoutes", r.text("TransitGatewayRouteTableId"))
    if routes is not None:
        routes["AdditionalRoutesAvailable"] = True


def peering(draft: Draft, r: Resource) -> None:
    """An attachment to a transit gateway elsewhere."""
    gateway_id = r.text("TransitGatewayId")
    common: Entry = {"TransitGatewayAttachmentId": r.id, "State": "available"}
    record = common | {
        "RequesterTgwInfo": {"TransitGatewayId": gateway_id, "Region": r.stack.home.region},
        "AccepterTgwInfo": {"TransitGatewayId": r.text("PeerTransitGatewayId"), "Region": r.text("PeerRegion")},
    }
    draft.put("TransitGatewayPeeringAttachments", record, r)
    general = common | {
        "TransitGatewayId": gateway_id,
        "ResourceType": "peering",
        "ResourceId": r.text("PeerTransitGatewayId"),
    }
    draft.put("TransitGatewayAttachments", general | {"TransitGatewayOwnerId": r.stack.home.account}, r)
