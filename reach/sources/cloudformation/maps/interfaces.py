"""Network interfaces and instances, which may forward what others send."""

from __future__ import annotations

from typing import Any

from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.groups import known, listed, members
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Unknown, text_of


def interface(draft: Draft, r: Resource) -> None:
    draft.held(r, "SubnetId")
    record = _interface(draft, r, r.id, r.text("SubnetId"), r.get("GroupSet"), r.get("PrivateIpAddress"))
    record["SourceDestCheck"] = r.flag("SourceDestCheck", True)
    record["Status"] = "available"
    record["Description"] = r.text("Description")
    record |= _six(r, r.get("Ipv6Addresses"))
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
    return known(record)


def _six(r: Resource, value: Any) -> Entry:
    """IPv6 addresses that the template gives; how many AWS gives is not which."""
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    known = [{"Ipv6Address": row["Ipv6Address"]} for row in rows if isinstance(row.get("Ipv6Address"), str)]
    return {"Ipv6Addresses": known} if known else {}


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
    made |= _six(r, first.get("Ipv6Addresses", r.get("Ipv6Addresses")))
    made["Attachment"] = {"InstanceId": r.id, "Status": "attached", "DeviceIndex": 0}
    if _is_public(draft, first.get("AssociatePublicIpAddress"), subnet):
        made["Association"] = {"PublicIp": f"the public address of {r.logical}"}
    draft.put("NetworkInterfaces", made, r)


def _is_public(draft: Draft, wanted: Any, subnet: str) -> bool:
    if wanted is None or isinstance(wanted, Unknown):
        return bool((draft.record(subnet) or {}).get("MapPublicIpOnLaunch"))
    return text_of(wanted) == "true"


def address(draft: Draft, r: Resource) -> None:
    """An Elastic IP address of an instance or interface."""
    target = r.text("NetworkInterfaceId")
    instance_id = r.text("InstanceId")
    known = (*draft.every("NetworkInterfaces"), *draft.before(r.stack.home, "NetworkInterfaces").values())
    ids = {
        str(record["NetworkInterfaceId"])
        for record in known
        if record["NetworkInterfaceId"] == target
        or (instance_id and (record.get("Attachment") or {}).get("InstanceId") == instance_id)
    }
    for id in sorted(ids):
        record = draft.changed(r.stack.home, "NetworkInterfaces", id) or draft.record(id)
        if record is not None:
            record["Association"] = {"PublicIp": f"the public address of {r.logical}"}
