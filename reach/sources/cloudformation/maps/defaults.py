"""What EC2 adds by itself where a VPC that is there gets its first IPv6 block: the defaults that nobody has changed."""

from __future__ import annotations

from collections.abc import Iterator

from reach.snapshot import Record
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.resource import Resource

V4 = "0.0.0.0/0"
TOLD = ("AvailabilityZone", "AvailabilityZoneId", "AvailableIpAddressCount")  # of a subnet, once it is there


def first_six(draft: Draft, r: Resource, vpc_id: str, action: str, permission: Entry) -> None:
    """Give the default ACL and the groups that let everything out the same for IPv6, where they are as they were made.

    `action` is that of the ACL's entries, what stands for it if the block may not be there; `permission` is the rule.
    """
    home, touched = r.stack.home, []
    for id, acl in draft.before(home, "NetworkAcls").items():
        if acl.get("VpcId") == vpc_id and acl.get("IsDefault"):
            for egress in _as_made(acl):
                touched.append(id)
                entry = {"Egress": egress, "Protocol": "-1", "RuleAction": action, "RuleNumber": 101}
                draft.add("NetworkAcls", id, "Entries", entry | {"Ipv6CidrBlock": "::/0"}, r)
    for id, group in draft.before(home, "SecurityGroups").items():
        if group.get("VpcId") == vpc_id and _lets_all_out(group):
            touched.append(id)
            draft.add("SecurityGroups", id, "IpPermissionsEgress", permission, r)
    if touched:
        named = ", ".join(dict.fromkeys(touched))
        said = f"is the first IPv6 block of {vpc_id}: AWS lets IPv6 through {named} as it does IPv4"
        draft.conclude(r, said, *touched)


def _as_made(acl: Record) -> Iterator[bool]:
    """The directions in which an ACL has the entries that it came with."""
    for egress in (True, False):
        rows = [row for row in acl.get("Entries") or () if row.get("Egress") is egress and "CidrBlock" in row]
        told = [(row["RuleNumber"], row["RuleAction"], row["CidrBlock"], row["Protocol"]) for row in rows]
        if sorted(told) == [(100, "allow", V4, "-1"), (32767, "deny", V4, "-1")]:
            yield egress


def _lets_all_out(group: Record) -> bool:
    rows = group.get("IpPermissionsEgress") or ()
    peers = [[p.get("CidrIp") for p in row.get("IpRanges") or ()] for row in rows]
    others = any(row.get(key) for row in rows for key in ("Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs"))
    return peers == [[V4]] and all(row.get("IpProtocol") == "-1" for row in rows) and not others
