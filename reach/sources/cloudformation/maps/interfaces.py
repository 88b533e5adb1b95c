"""Network interfaces and instances, which may forward what others send."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reach.snapshot import Record
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.groups import known, listed, members
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Undetermined, Unknown, text_of, unknown_in

PUBLIC = "AssociatePublicIpAddress"  # all else is there, whatever it is


def interface(draft: Draft, r: Resource) -> None:
    draft.held(r, "SubnetId")
    record = _interface(draft, r, r.id, r.text("SubnetId"), r.get("GroupSet"), r.get("PrivateIpAddress"))
    record["SourceDestCheck"] = r.flag("SourceDestCheck", True)
    record["Status"] = "available"
    record["Description"] = r.text("Description")
    record |= _six(draft, r, {}, record["SubnetId"])
    draft.put("NetworkInterfaces", record, r)


def _interface(draft: Draft, r: Resource, id: str, subnet: str, groups: Any, address: Any) -> Entry:
    held = draft.record(subnet) or draft.bases.get(subnet) or {}
    vpc_id = str(held.get("VpcId", ""))
    record: Entry = {
        "NetworkInterfaceId": id,
        "SubnetId": subnet,
        "OwnerId": r.stack.home.account,
        "InterfaceType": "interface",
        "Groups": members("GroupId", listed(draft, r, "GroupSet", groups, vpc_id)),
        "PrivateIpAddresses": [],
        "SourceDestCheck": True,
        "Status": "in-use",
    }
    record |= {"VpcId": vpc_id} if vpc_id else {}
    if isinstance(address, str) and address:
        record["PrivateIpAddress"] = address
        record["PrivateIpAddresses"] = [{"PrivateIpAddress": address, "Primary": True}]
    if isinstance(address, Unknown):
        draft.world.pending.setdefault(id, address)
    return known(record)


def _six(draft: Draft, r: Resource, first: Entry, subnet: str) -> Entry:
    """Its IPv6 addresses: the given ones, else what stands for those that AWS gives, as asked or as its subnet says."""
    value, count = (first.get(name, r.get(name)) for name in ("Ipv6Addresses", "Ipv6AddressCount"))
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    known = [text for row in rows if isinstance(text := row.get("Ipv6Address"), str)]
    held = draft.record(subnet) or draft.bases.get(subnet) or {}
    by_subnet = draft.assigning.get(subnet, held.get("AssignIpv6AddressOnCreation"))
    asked = [value, count] if value or count is not None else [by_subnet]
    open_ = unknown_in(asked)
    if open_ is not None:
        known.append(r.stack.pend(open_))
        draft.world.pending.setdefault(r.id, open_)  # whose address a neighbour's may be
    elif not known and (held.get("Ipv6Native") or any(text_of(one) not in (None, "", "0", "false") for one in asked)):
        known.append(f"the IPv6 address of {r.logical}")
    return {"Ipv6Addresses": [{"Ipv6Address": text} for text in known]} if known else {}


def perhaps_attached(draft: Draft, r: Resource) -> None:
    """An interface that may be attached to an instance; any, if it is not known which."""
    value = r.get("NetworkInterfaces")
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    named = [r.get("NetworkInterfaceId"), *(row.get("NetworkInterfaceId") for row in rows), unknown_in(value)]
    for record, text in _perhaps(draft, r, [id for id in named if id is not None]):
        record |= {"Status": "in-use", "Attachment": {**(record.get("Attachment") or {}), "Status": text}}


def perhaps_public(draft: Draft, r: Resource) -> None:
    """An interface that may have a public address; any without one, if it is not known which."""
    named = [id for id in (r.get("NetworkInterfaceId"), r.get("InstanceId")) if id is not None]
    for record, text in _perhaps(draft, r, named):
        record.setdefault("Association", {"PublicIp": text})


def _perhaps(draft: Draft, r: Resource, named: list[Any]) -> Iterator[tuple[Entry, str]]:
    """The interfaces that are named, themselves or by their instance, each with what stands for what is not known."""
    open_ = unknown_in(named)
    unknown = r.stack.doubtful.get(r.logical) or open_
    for record in list(_known(draft, r)) if unknown and named else ():
        id, on = record["NetworkInterfaceId"], (record.get("Attachment") or {}).get("InstanceId")
        held = draft.changed(r.stack.home, "NetworkInterfaces", id) if open_ or {id, on} & {*named} else None
        if held is not None and unknown is not None:
            draft.world.pending.setdefault(id, unknown)
            yield held, r.stack.pend(unknown)


def _known(draft: Draft, r: Resource) -> Iterator[Record]:
    """The interfaces that are made here or were there before."""
    yield from draft.every("NetworkInterfaces")
    yield from draft.before(r.stack.home, "NetworkInterfaces").values()


def attachment(draft: Draft, r: Resource) -> None:
    """An interface is attached to an instance."""
    record = draft.changed(r.stack.home, "NetworkInterfaces", r.text("NetworkInterfaceId"))
    if record is not None:
        record["Attachment"] = {"InstanceId": r.text("InstanceId"), "Status": "attached"}
        record["Status"] = "in-use"


def instance(draft: Draft, r: Resource) -> None:
    """An instance with its first interface."""
    record: Entry = {"InstanceId": r.id, "State": {"Name": "running"}, "Tags": r.tags()}
    listed = list(r.rows("NetworkInterfaces"))
    unknown = unknown_in([[value for name, value in row.items() if name != PUBLIC] for row in listed])
    if unknown is not None:
        raise Undetermined(unknown)
    first = next((row for row in listed if str(row.get("DeviceIndex", "0")) == "0"), {})
    existing = first.get("NetworkInterfaceId")
    subnet = first.get("SubnetId", r.get("SubnetId"))
    subnet = r.as_text("SubnetId", subnet) if subnet is not None else ""
    if subnet:
        record["SubnetId"] = subnet
    draft.put("Instances", record, r)
    if existing is not None:
        held = draft.changed(r.stack.home, "NetworkInterfaces", r.as_text("NetworkInterfaces", existing))
        if held is not None:
            held |= {"Attachment": {"InstanceId": r.id, "Status": "attached"}, "Status": "in-use"}
        return
    groups = first.get("GroupSet", r.get("SecurityGroupIds"))
    address = first.get("PrivateIpAddress", r.get("PrivateIpAddress"))
    made = _interface(draft, r, r.part_id("eni", "0"), subnet, groups, address)
    made["SourceDestCheck"] = r.flag("SourceDestCheck", True)
    made |= _six(draft, r, first, subnet)
    made["Attachment"] = {"InstanceId": r.id, "Status": "attached", "DeviceIndex": 0}
    public = first.get(PUBLIC)
    if isinstance(public, Unknown):
        made["Association"] = {"PublicIp": r.stack.pend(public)}
    elif _is_public(draft, public, subnet):
        made["Association"] = {"PublicIp": f"the public address of {r.logical}"}
    draft.put("NetworkInterfaces", made, r)


def _is_public(draft: Draft, wanted: Any, subnet: str) -> bool:
    if wanted is None:
        return bool((draft.record(subnet) or {}).get("MapPublicIpOnLaunch"))
    return text_of(wanted) == "true"


def address(draft: Draft, r: Resource) -> None:
    """An Elastic IP address of an instance or interface."""
    target = r.text("NetworkInterfaceId")
    instance_id = r.text("InstanceId")
    ids = {
        str(record["NetworkInterfaceId"])
        for record in _known(draft, r)
        if record["NetworkInterfaceId"] == target
        or (instance_id and (record.get("Attachment") or {}).get("InstanceId") == instance_id)
    }
    for id in sorted(ids):
        record = draft.changed(r.stack.home, "NetworkInterfaces", id) or draft.record(id)
        if record is not None:
            record["Association"] = {"PublicIp": f"the public address of {r.logical}"}
