"""Security groups, network ACLs, prefix lists: each also with rules that stand as resources of their own."""

from __future__ import annotations

from typing import Any

from reach.snapshot import Record
from reach.sources.cloudformation.attributes import AFTER
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.groups import DEFAULT_VPC, by_name
from reach.sources.cloudformation.maps.vpc import acl_ends, external, open_egress, permission, unknown_list
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Undetermined, Unknown, unknown_in

NUMBERED = {"tcp": "6", "udp": "17", "icmp": "1"}
ANY = "*"
SIDES = {
    "IpPermissions": ("SourceSecurityGroupId", "SourcePrefixListId", "SourceSecurityGroupOwnerId"),
    "IpPermissionsEgress": ("DestinationSecurityGroupId", "DestinationPrefixListId", ""),
}


def security_group(draft: Draft, r: Resource) -> None:
    """A group; without egress rules inside it, EC2 lets everything out."""
    vpc_id = r.known_text("VpcId") or _default_vpc(draft, r)
    external(draft, r, vpc_id)
    record: Entry = {
        "GroupId": r.id,
        "GroupName": r.text("GroupName") or f"{r.stack.name}-{r.logical}",
        "Description": r.text("GroupDescription"),
        "OwnerId": r.stack.home.account,
        "VpcId": vpc_id,
        "IpPermissions": [],
        "IpPermissionsEgress": [],
        "Tags": r.tags(),
    }
    draft.put("SecurityGroups", record, r)
    if not r.get("SecurityGroupEgress") and r.flag("DefaultEgress", True):  # which Terraform takes away
        record["IpPermissionsEgress"] = open_egress(draft, r, draft.record(vpc_id) or draft.bases.get(vpc_id))
        draft.open_out[r.id] = list(record["IpPermissionsEgress"])
    rules_of(draft, r, record)


def rules_of(draft: Draft, r: Resource, record: Entry) -> None:
    """The rules that are written inside a group."""
    for member, name in (("IpPermissions", "SecurityGroupIngress"), ("IpPermissionsEgress", "SecurityGroupEgress")):
        try:
            record[member] += [rule(draft, r, name, row, member) for row in r.rows(name)]
        except Undetermined as why:
            draft.lose("SecurityGroups", record["GroupId"], member, why.unknown, r)
        _rule_lines(draft, r, member, name)


def _rule_lines(draft: Draft, r: Resource, member: str, name: str) -> None:
    """Rules inside a group have lines of their own, where they are written out one by one."""
    written = r.props.get(name)
    lines = getattr(written, "lines", None)
    record = draft.record(r.id)
    if isinstance(lines, list) and record is not None and len(lines) == len(record[member]):
        for index, line in enumerate(lines):
            draft.places[f"{r.id} {member}[{index}]"] = f"{r.stack.template.name}:{line}"


def _default_vpc(draft: Draft, r: Resource) -> str:
    unknown = Unknown(DEFAULT_VPC, "VpcId", f"{r.logical} ({r.where}) is made in the account's default VPC")
    return r.stack.pend(unknown)


def ingress(draft: Draft, r: Resource) -> None:
    _own_rule(draft, r, "IpPermissions")


def egress(draft: Draft, r: Resource) -> None:
    _no_longer_open(draft, r, None)
    _own_rule(draft, r, "IpPermissionsEgress")


def perhaps_ingress(draft: Draft, r: Resource) -> None:
    _perhaps_rule(draft, r, "IpPermissions")


def perhaps_egress(draft: Draft, r: Resource) -> None:
    _no_longer_open(draft, r, r.stack.doubtful.get(r.logical))
    _perhaps_rule(draft, r, "IpPermissionsEgress")


def _no_longer_open(draft: Draft, r: Resource, doubt: Unknown | None) -> None:
    """With a rule of its own, CloudFormation takes away what lets everything out of a group; Terraform does not.

    EC2's own rule is gone: an earlier edition of AWS's guide to this type says so, and the CDK relies on it. Of one
    that somebody wrote, people report the same, and AWS says nothing.
    """
    id = r.text("GroupId")
    if "Spelling" in r.body or not (draft.record(id) or id in draft.before(r.stack.home, "SecurityGroups")):
        return
    record = draft.record(id) or {}
    if doubt is None and id in draft.open_out:
        gone = draft.open_out[id]
        if gone:
            draft.conclude(r, f"takes away EC2's own rule, which lets everything out of {id}", id)
        record["IpPermissionsEgress"] = [row for row in record["IpPermissionsEgress"] if row not in gone]
        draft.open_out[id] = []
        return
    rows = draft.open_out.get(id)
    if rows is None:
        held = record or draft.before(r.stack.home, "SecurityGroups")[id]
        if not any(_lets_all_out(row) for row in held.get("IpPermissionsEgress") or ()):
            return
        record = draft.changed(r.stack.home, "SecurityGroups", id) or record
        rows = [row for row in record["IpPermissionsEgress"] if _lets_all_out(row)]
    why = f"CloudFormation may take away what lets everything out of {id} when it makes {r.logical} ({r.where})"
    unknown = doubt or Unknown("${all egress of " + id + "}", AFTER, why)
    for row in rows:
        row.update(permission("-1", PrefixListIds=[{"PrefixListId": unknown_list(draft, unknown, r)}]))


def _lets_all_out(row: Record) -> bool:
    return row.get("IpProtocol") == "-1" and any(b.get("CidrIp") == "0.0.0.0/0" for b in row.get("IpRanges") or ())


def _perhaps_rule(draft: Draft, r: Resource, member: str) -> None:
    """A rule that may be there: nobody knows whom it admits, but on its own ports only."""
    doubt, group = r.stack.doubtful.get(r.logical), r.get("GroupId")
    unknown = doubt or unknown_in([r.get(name) for name in r.props])
    row = {name: value for name in r.props if (value := r.get(name)) is not None}
    peers = ("CidrIp", "CidrIpv6", *SIDES[member][:2])
    told = isinstance(group, str) and any(row.get(key) is not None for key in peers)  # a plan may defer any of it
    try:
        made = rule(draft, r, r.type, row, member) if doubt and told else None
    except Undetermined:
        made = None
    if made is not None and doubt is not None:
        ports = {key: made[key] for key in ("FromPort", "ToPort") if key in made}
        anybody = [{"PrefixListId": unknown_list(draft, doubt, r)}]
        open_ = permission(made["IpProtocol"], PrefixListIds=anybody) | ports
        draft.add("SecurityGroups", str(group), member, open_, r)
    elif unknown is not None:
        draft.lose("SecurityGroups", r.text("GroupId"), member, unknown, r)


def _own_rule(draft: Draft, r: Resource, member: str) -> None:
    row = {name: value for name in r.props if (value := r.get(name)) is not None}
    named = by_name(draft, r, DEFAULT_VPC, row.get("GroupName")) if not r.has("GroupId") else None
    if named is None and not r.has("GroupId"):
        said = f"the rule {r.logical} has no {r.word('GroupId')}"
        raise r.stack.fail(r.line, said, "group names work in a default VPC only")
    if isinstance(named, Unknown):
        draft.miss(r, named, "SecurityGroups")
        return
    draft.add("SecurityGroups", named or r.text("GroupId"), member, rule(draft, r, r.type, row, member), r)


def rule(draft: Draft, r: Resource, name: str, row: dict[str, Any], member: str) -> Entry:
    """One permission; a peer that is not known is a list whose entries nobody knows."""
    group, listed, owner = SIDES[member]
    unknown = unknown_in([row.get(key) for key in ("IpProtocol", "FromPort", "ToPort")])
    if unknown:
        raise Undetermined(unknown)
    out = permission(r.as_text(name, row.get("IpProtocol", "-1")).lower())
    for port in ("FromPort", "ToPort"):
        if row.get(port) is not None:
            out[port] = r.as_number(name, row[port])
    for key, holder, inner in (("CidrIp", "IpRanges", "CidrIp"), ("CidrIpv6", "Ipv6Ranges", "CidrIpv6")):
        block = row.get(key)
        if isinstance(block, Unknown):
            out["PrefixListIds"].append({"PrefixListId": unknown_list(draft, block, r)})
        elif block is not None:
            out[holder].append({inner: r.as_block(name, r.as_text(name, block))})
    if row.get(listed) is not None:
        id = row[listed]
        id = unknown_list(draft, id, r) if isinstance(id, Unknown) else r.as_text(name, id)
        out["PrefixListIds"].append({"PrefixListId": id})
    if row.get(group) is not None:
        _peer(draft, r, out, name, row[group], row.get(owner))
    elif row.get("SourceSecurityGroupName") is not None:
        held = draft.record(r.text("GroupId") or r.id) or {}
        peer = by_name(draft, r, str(held.get("VpcId", DEFAULT_VPC)), row["SourceSecurityGroupName"])
        if peer is not None:
            _peer(draft, r, out, name, peer, row.get(owner))
    if not any(out[key] for key in ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")):
        text = f"a rule of {r.logical} names no peer that works in a VPC"
        raise r.stack.fail(r.line_of(name), text, f"like {r.word('CidrIp')}: 10.0.0.0/16")
    return out


def _peer(draft: Draft, r: Resource, out: Entry, name: str, group: Any, owner: Any) -> None:
    """A rule that names a group; one that is not known may be of anybody."""
    if isinstance(group, Unknown):
        out["PrefixListIds"].append({"PrefixListId": unknown_list(draft, group, r)})
        return
    account = r.as_text(name, owner) if owner else r.stack.home.account
    out["UserIdGroupPairs"].append({"GroupId": r.as_text(name, group), "UserId": account})


def closed_default_group(draft: Draft, r: Resource) -> None:
    """The CDK's custom resource that takes all rules out of a VPC's default group."""
    record = draft.record(r.text("DefaultSecurityGroupId"))
    if record is not None:
        record["IpPermissions"], record["IpPermissionsEgress"] = [], []


def network_acl(draft: Draft, r: Resource) -> None:
    vpc_id = r.known_text("VpcId")
    external(draft, r, vpc_id)
    record = {
        "NetworkAclId": r.id,
        "VpcId": vpc_id,
        "IsDefault": False,
        "OwnerId": r.stack.home.account,
        "Associations": list(draft.bases.get(r.id, {}).get("Associations") or ()),
        "Entries": acl_ends(draft.record(vpc_id) or draft.bases.get(vpc_id), "deny", 32767),
        "Tags": r.tags(),
    }
    draft.put("NetworkAcls", record, r)


def acl_entry(draft: Draft, r: Resource) -> None:
    """A numbered entry."""
    draft.add("NetworkAcls", r.text("NetworkAclId"), "Entries", _entry(r), r)


def perhaps_entry(draft: Draft, r: Resource) -> None:
    """An entry that may be there decides about its own traffic alone, and so does one of which a part is not known."""
    doubt, acl = r.stack.doubtful.get(r.logical), r.get("NetworkAclId")
    unknown = doubt or unknown_in([r.get(name) for name in r.props])
    whole = r.has("RuleNumber") and r.has("RuleAction")  # of what a plan defers all may be left out
    try:
        row = _widest(r) if whole and isinstance(acl, str) else None
    except Undetermined:  # its place among the others
        row = None
    if row is not None and unknown is not None:
        draft.add("NetworkAcls", str(acl), "Entries", row | {"RuleAction": r.stack.pend(unknown)}, r)
    elif unknown is not None:
        draft.lose("NetworkAcls", r.text("NetworkAclId"), "Entries", unknown, r)


def _widest(r: Resource) -> Entry:
    """All that an entry may be about."""
    number = r.number("RuleNumber")
    row: Entry = {"RuleNumber": number, "Egress": r.flag("Egress"), "Protocol": "-1"}
    for key, everywhere in (("CidrBlock", "0.0.0.0/0"), ("Ipv6CidrBlock", "::/0")):
        if r.has(key):
            row[key] = everywhere if unknown_in(r.get(key)) else r.block(key)
    return row if unknown_in([r.get(name) for name in ("Protocol", "PortRange", "Icmp")]) else row | _about(r)


def _entry(r: Resource) -> Entry:
    number = r.number("RuleNumber")
    action = r.known_text("RuleAction").lower()
    if number is None or action not in ("allow", "deny"):
        words = f"needs a {r.word('RuleNumber')}; its {r.word('RuleAction')} is allow or deny"
        raise r.stack.fail(r.line, f"the entry {r.logical} {words}")
    row: Entry = {
        "RuleNumber": number,
        "RuleAction": action,
        "Egress": r.flag("Egress"),
        **_about(r),
    }
    for key in ("CidrBlock", "Ipv6CidrBlock"):
        if r.has(key):
            row[key] = r.block(key)
    return row


def _about(r: Resource) -> Entry:
    """The protocol of an entry, with its ports or types."""
    protocol = r.known_text("Protocol", "-1")
    row: Entry = {"Protocol": NUMBERED.get(protocol.lower(), protocol)}
    ports, icmp = r.known_part("PortRange"), r.known_part("Icmp")
    if ports:
        row["PortRange"] = {k: r.as_number("PortRange", ports[k]) for k in ("From", "To") if k in ports}
    if icmp:
        row["IcmpTypeCode"] = {k: r.as_number("Icmp", icmp[k]) for k in ("Type", "Code") if k in icmp}
    return row


def acl_association(draft: Draft, r: Resource) -> None:
    """A subnet moves to an ACL: it leaves the one that it had."""
    acl = r.text("NetworkAclId")
    subnet = r.known_text("SubnetId")
    draft.leave("NetworkAcls", acl, "SubnetId", r)
    row = {"NetworkAclAssociationId": r.part_id("aclassoc"), "NetworkAclId": acl, "SubnetId": subnet}
    draft.add("NetworkAcls", acl, "Associations", row, r)


def perhaps_associated(draft: Draft, r: Resource) -> None:
    """A subnet that may have this ACL cannot be said to have the default one; any subnet, if it is not known which."""
    subnet = r.get("SubnetId")
    draft.doubtful.add(subnet if isinstance(subnet, str) else ANY)
    draft.perhaps_leave("NetworkAcls", "NetworkAclId", "SubnetId", r)


def prefix_list(draft: Draft, r: Resource) -> None:
    """A customer's prefix list; without its entries if one of them is not known."""
    record = {
        "PrefixListId": r.id,
        "PrefixListName": r.text("PrefixListName"),
        "PrefixListArn": r.arn("ec2", f"prefix-list/{r.id}"),
        "AddressFamily": r.text("AddressFamily", "IPv4"),
        "OwnerId": r.stack.home.account,
        "State": "create-complete",
        "Tags": r.tags(),
    }
    draft.put("ManagedPrefixLists", record, r)
    try:
        entries = [{"Cidr": _cidr_of(r, row)} for row in r.rows("Entries")]
    except Undetermined as why:
        draft.world.pending.setdefault(r.id, why.unknown)
        return
    draft.put("ManagedPrefixListEntries", {"PrefixListId": r.id, "Entries": entries}, r)


def _cidr_of(r: Resource, row: dict[str, Any]) -> str:
    value = row.get("Cidr")
    if isinstance(value, Unknown):
        raise Undetermined(value)
    return r.as_block("Entries", r.as_text("Entries", value))


def in_another_vpc(draft: Draft, r: Resource) -> None:
    """A group that may be used in a second VPC."""
    record = {"GroupId": r.text("GroupId"), "VpcId": r.known_text("VpcId"), "VpcOwnerId": r.stack.home.account}
    draft.put("SecurityGroupVpcAssociations", record | {"State": "associated"}, r)
