"""What its other side has to accept: peerings, attachments, endpoints. Accepted is only what a plan says is accepted:
by `auto_accept`, by an accepter, or by the state of what exists. Else nobody knows whether somebody will accept it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reach.sources.cloudformation.draft import Draft
from reach.sources.cloudformation.maps import Map
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Unknown
from reach.sources.terraform.plan import Instance
from reach.sources.terraform.references import References

UNTOLD = "unspecified"
NEEDS = "auto_accept = true, an accepter in one of the plans, or the network after terraform apply (--from aws)"
# What accepts, by what it accepts: the accepter and its attribute with the id.
ACCEPTERS = {
    "aws_ec2_transit_gateway_peering_attachment": (
        "aws_ec2_transit_gateway_peering_attachment_accepter",
        "transit_gateway_attachment_id",
    ),
    "aws_ec2_transit_gateway_vpc_attachment": (
        "aws_ec2_transit_gateway_vpc_attachment_accepter",
        "transit_gateway_attachment_id",
    ),
    "aws_vpc_endpoint": ("aws_vpc_endpoint_connection_accepter", "vpc_endpoint_id"),
    "aws_vpc_peering_connection": ("aws_vpc_peering_connection_accepter", "vpc_peering_connection_id"),
}
# What accepts something is called as that is.
SHARED = dict(ACCEPTERS.values())
ALWAYS = ("aws_ec2_transit_gateway_peering_attachment_accepter", "aws_ec2_transit_gateway_vpc_attachment_accepter",
          "aws_vpc_endpoint_connection_accepter")  # fmt: skip
STATES = {"aws_vpc_peering_connection": "accept_status"}  # of the others it is `state`

Part = tuple[str, str, dict[str, Any]]


def acceptance(refs: References, i: Instance, own: str) -> Iterator[Part]:
    """What a plan says of the acceptance of one of its resources."""
    told = refs.whole(i, STATES.get(i.type, "state")) if i.before else None
    known = {"State": told} if isinstance(told, str) and told else {}
    if _accepted(refs, i, own):
        known = {"State": "active" if i.type == "aws_vpc_peering_connection" else "available"}
    yield "acceptance", f"Terraform::{_kind(i)}Acceptance", {"Id": own, "Address": i.address, **known}
    if i.type == "aws_vpc_peering_connection":
        yield "options", "Terraform::PeeringOptions", {"Id": own, **_sides(refs, i, own)}


def _sides(refs: References, i: Instance, own: str) -> dict[str, Any]:
    """Whether each side resolves the other's public names privately: said by the peering, its accepter, its options."""
    attribute = "vpc_peering_connection_id"
    types = (ACCEPTERS[i.type][0], f"{i.type}_options")
    others = [o for o in refs.plan.instances if o.type in types and refs.get(o, attribute) == own]
    out: dict[str, Any] = {}
    for name in ("requester", "accepter"):
        for one in (i, *others):
            rows = refs.rows(one, name)
            found = rows if isinstance(rows, Unknown) else refs.get(one, name, 0, OPTION) if rows else None
            if found is not None:
                out[name.title()] = found
    return out


OPTION = "allow_remote_vpc_dns_resolution"


def _kind(i: Instance) -> str:
    return {"aws_vpc_endpoint": "Endpoint", "aws_vpc_peering_connection": "Peering"}.get(i.type, "Attachment")


def _accepted(refs: References, i: Instance, own: str) -> bool:
    if refs.get(i, "auto_accept") is True:
        return True
    type_, attribute = ACCEPTERS[i.type]
    accepters = (o for o in refs.plan.instances if o.type == type_ and refs.get(o, attribute) == own)
    return any(o.type in ALWAYS or refs.get(o, "auto_accept") is True for o in accepters)


def _open(draft: Draft, r: Resource, what: str) -> None:
    why = f"nothing in {r.stack.template.name} accepts {r.text('Address')}, {what}"
    draft.world.pending.setdefault(r.text("Id"), Unknown(r.text("Id"), NEEDS, why))


def peering(draft: Draft, r: Resource) -> None:
    """A peering connection carries nothing until its other side has accepted it (PCX-1)."""
    record = draft.record(r.text("Id"))
    if record is None:
        return
    record["Status"] = {"Code": r.text("State", UNTOLD)}
    if not r.has("State"):
        _open(draft, r, "and a peering connection carries nothing before it is accepted")


def attachment(draft: Draft, r: Resource) -> None:
    """A transit gateway takes the VPCs of its own account; others, and other gateways, it has to accept (TGW-11)."""
    id, state = r.text("Id"), r.text("State")
    found = [one for key in ATTACHMENTS for one in draft.every(key) if one["TransitGatewayAttachmentId"] == id]
    if not state and not any(_needs_consent(draft, r, one) for one in found):
        return
    for one in found:
        one["State"] = state or UNTOLD
    if not state:
        _open(draft, r, "which its transit gateway has to")


ATTACHMENTS = ("TransitGatewayAttachments", "TransitGatewayPeeringAttachments", "TransitGatewayVpcAttachments")


def _needs_consent(draft: Draft, r: Resource, one: Mapping[str, Any]) -> bool:
    if "AccepterTgwInfo" in one:
        return True
    id = str(one.get("TransitGatewayId"))
    gateway = draft.record(id) or draft.bases.get(id)
    if gateway is None or gateway.get("OwnerId", r.stack.home.account) == r.stack.home.account:
        return False
    return bool((gateway.get("Options") or {}).get("AutoAcceptSharedAttachments") != "enable")


def endpoint(draft: Draft, r: Resource) -> None:
    """An endpoint of a service of somebody's own may have to be accepted there; AWS's services need nobody."""
    record = draft.record(r.text("Id"))
    if record is None:
        return
    if r.has("State"):
        record["State"] = r.text("State")
    elif ".vpce-svc-" in str(record.get("ServiceName")):
        record["State"] = UNTOLD
        _open(draft, r, "and whether its service asks for that is not known")


def options(draft: Draft, r: Resource) -> None:
    """Whether either side of a peering resolves public names of the other to private addresses (DST-13)."""
    record = draft.record(r.text("Id"))
    if record is not None:
        for side in ("Requester", "Accepter"):
            if not isinstance(r.get(side), Unknown):
                record[f"{side}VpcInfo"]["PeeringOptions"] = {"AllowDnsResolutionFromRemoteVpc": r.flag(side)}


ACCEPTED: Mapping[str, tuple[Map, ...]] = {
    "Terraform::AttachmentAcceptance": (Map(4, attachment),),
    "Terraform::EndpointAcceptance": (Map(5, endpoint),),
    "Terraform::PeeringAcceptance": (Map(4, peering),),
    "Terraform::PeeringOptions": (Map(4, options),),
}
