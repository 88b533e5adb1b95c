"""VPCs and what is made with them, their address blocks and DHCP options, subnets."""

from __future__ import annotations

from msgspec.structs import replace

from reach.snapshot import ELSEWHERE, Record
from reach.sources.cloudformation.attributes import AFTER, ipv6_block_of
from reach.sources.cloudformation.draft import OF_A_VPC, Draft, Entry, who_tells
from reach.sources.cloudformation.maps.defaults import TOLD, first_six
from reach.sources.cloudformation.maps.stand_ins import any_block, block_in
from reach.sources.cloudformation.maps.zones import zone
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.stack import Home
from reach.sources.cloudformation.values import Undetermined, Unknown, plain, unknown_in

# What an encryption control may leave out.
SPARED = (
    *("EgressOnlyInternetGateway", "ElasticFileSystem", "InternetGateway", "Lambda", "NatGateway"),
    *("VirtualPrivateGateway", "VpcLattice", "VpcPeering"),
)


def associated(block: str, key: str, id: str, state: str = "associated") -> Entry:
    """A CIDR block as VPCs and subnets list it; of one that may not be there the state is what stands for that."""
    return {"AssociationId": id, key: block, f"{key}State": {"State": state}}


def state_of(row: Record, key: str) -> str:
    """The state of a CIDR block."""
    return str((row.get(f"{key}State") or {}).get("State") or "associated")


def _six(owner: Record | None) -> str:
    """The state of a VPC's IPv6 block, "associated" if one is there for sure; empty if it has none."""
    rows = (owner or {}).get("Ipv6CidrBlockAssociationSet") or ()
    states = {state_of(row, "Ipv6CidrBlock") for row in rows}
    return "associated" if "associated" in states else min(states, default="")


def vpc(draft: Draft, r: Resource) -> None:
    """A VPC and its DNS attributes."""
    block = r.block("CidrBlock")
    if not block:
        why = f"the CIDR block of {r.logical} ({r.where}) comes from a pool"
        raise Undetermined(Unknown("${" + f"{r.logical}.CidrBlock" + "}", AFTER, why))
    record = {
        "VpcId": r.id,
        "OwnerId": r.stack.home.account,
        "State": "available",
        "CidrBlock": block,
        "CidrBlockAssociationSet": [associated(block, "CidrBlock", r.part_id("vpc-cidr-assoc"))],
        "Ipv6CidrBlockAssociationSet": [],
        "InstanceTenancy": r.known_text("InstanceTenancy", "default"),
        "IsDefault": False,
        "DhcpOptionsId": "default",
        "Tags": r.tags(),
    }
    draft.put("Vpcs", record, r)
    attributes: Entry = {"VpcId": r.id}
    for name, usual in (("EnableDnsSupport", True), ("EnableDnsHostnames", False)):
        value = r.get(name)
        left = replace(value, text=f"${{{name} of {r.id}}}") if isinstance(value, Unknown) else None
        attributes[name] = {"Value": r.stack.pend(left) if left else r.flag(name, usual)}
    draft.put("VpcAttributes", attributes, r)


def vpc_block(draft: Draft, r: Resource) -> None:
    """Another CIDR block of a VPC; every route table that is there gets a local route for it."""
    key = "CidrBlock" if r.has("CidrBlock") else "Ipv6CidrBlock"
    id = r.known_text("VpcId")
    block = r.block("CidrBlock") if r.has("CidrBlock") else _ipv6_block(draft, r, id)
    _give(draft, r, id, associated(block, key, r.part_id("vpc-cidr-assoc")), key)


def perhaps_block(draft: Draft, r: Resource) -> None:
    """A block that a VPC may have: what goes there is local or takes another route. It may be any block, too."""
    key = "CidrBlock" if r.has("CidrBlock") else "Ipv6CidrBlock"
    named = r.get("VpcId")
    block: str | Unknown = ""
    try:
        block = r.block("CidrBlock") if r.has("CidrBlock") else _ipv6_block(draft, r, plain(named))
    except Undetermined as why:
        block = why.unknown
    doubt = r.stack.doubtful.get(r.logical) or unknown_in([block, named])
    if doubt is None:
        return
    listed = unknown_list(draft, block, r, "IPv4" if key == "CidrBlock" else "IPv6")
    row = associated(listed, key, r.part_id("vpc-cidr-assoc"), r.stack.pend(doubt))
    for id in one_or_all(draft, r, "VpcId"):
        _give(draft, r, id, row, key)


def _give(draft: Draft, r: Resource, id: str, row: Entry, key: str) -> None:
    owner = draft.changed(r.stack.home, "Vpcs", id)
    if owner is None:
        external(draft, r, id)
        return
    if key == "Ipv6CidrBlock" and id in draft.before(r.stack.home, "Vpcs") and not _six(owner):
        state = state_of(row, key)
        rule = permission("-1", **_six_peers(draft, r, state))
        first_six(draft, r, id, "allow" if state == "associated" else state, rule)
    owner.setdefault(f"{key}AssociationSet", []).append(row)
    for table, held in draft.before(r.stack.home, "RouteTables").items():
        if held.get("VpcId") == id:
            draft.add("RouteTables", table, "Routes", _local_route(row, key), r)


def _local_route(row: Record, key: str) -> Entry:
    """The local route for a block of the VPC; of one that may not be there nobody knows where it leads."""
    state, block = state_of(row, key), str(row[key])
    member = "DestinationPrefixListId" if block.startswith("pl-") else f"Destination{key}"
    return route(member, block, "local" if state == "associated" else state, "CreateRouteTable")


def unknown_list(draft: Draft, value: str | Unknown, r: Resource, family: str = "") -> str:
    """A prefix list whose entries nobody knows, for a block that nobody knows."""
    if isinstance(value, str):
        return value
    listed = value.text if value.text.startswith("pl-") else f"pl-{value.text}"
    listed += f" {family}" if family else ""
    draft.world.pending.setdefault(listed, value)
    if family and draft.record(listed) is None:
        record = {"PrefixListId": listed, "AddressFamily": family, "OwnerId": r.stack.home.account}
        draft.put("ManagedPrefixLists", record | {"PrefixListName": listed, "State": "create-complete"}, r)
    return listed


def _ipv6_block(draft: Draft, r: Resource, vpc_id: str) -> str:
    block = ipv6_block_of(r)
    if block is None or isinstance(block, Unknown):
        raise Undetermined(block or Unknown("${" + r.logical + "}", AFTER, f"{r.logical} has no known block"))
    if r.flag("AmazonProvidedIpv6CidrBlock"):
        draft.warn(f"{r.where}: {block} stands for the IPv6 block that Amazon will give to {vpc_id}")
    return str(block)


def encryption(draft: Draft, r: Resource) -> None:
    """A VPC's encryption control, with what it does not concern."""
    for name in SPARED:
        r.known(f"{name}ExclusionInput")
    _control(draft, r, r.known_text("VpcId"), r.known_text("Mode", "monitor"))


def _control(draft: Draft, r: Resource, vpc_id: str, mode: str) -> None:
    owner = draft.changed(r.stack.home, "Vpcs", vpc_id)
    if owner is None:
        external(draft, r, vpc_id)
        return
    told = {name: r.get(f"{name}ExclusionInput") for name in SPARED}
    spared = {
        name: {"State": "enabled" if value == "enable" else "disabled"}
        for name, value in told.items()
        if not isinstance(value, Unknown)
    }
    owner["EncryptionControl"] = {"Mode": mode, "State": "available", "ResourceExclusions": spared}


def perhaps_encrypted(draft: Draft, r: Resource) -> None:
    """A VPC that may enforce encryption; one whose control would only watch does not in either case."""
    mode = r.get("Mode") or "monitor"
    unknown = r.stack.doubtful.get(r.logical) or unknown_in([r.get(name) for name in ("VpcId", "Mode", *r.props)])
    if unknown and mode != "monitor":
        for id in one_or_all(draft, r, "VpcId"):
            _control(draft, r, id, r.stack.pend(unknown))


def one_or_all(draft: Draft, r: Resource, name: str) -> list[str]:
    """The VPC that a property names; where that is not known it may be any."""
    named, home = r.get(name), r.stack.home
    every = {str(one["VpcId"]) for one in (*draft.rows(home, "Vpcs"), *draft.before(home, "Vpcs").values())}
    return sorted(every) if isinstance(named, Unknown) else [r.as_text(name, named)]


def implicit(draft: Draft, r: Resource) -> None:
    """The main route table, the default group and the default ACL that come with a VPC."""
    owner = draft.record(r.id)
    if owner is None or r.id in draft.bases:  # the network below has them already
        return
    main = r.part_id("rtb", "MainRouteTable")
    association = {
        "RouteTableAssociationId": r.part_id("rtbassoc", "MainRouteTable"),
        "RouteTableId": main,
        "Main": True,
        "AssociationState": {"State": "associated"},
    }
    draft.put("RouteTables", table_record(draft, r, main, r.id, [association]), r)
    group = r.part_id("sg", "DefaultSecurityGroup")
    pair = {"GroupId": group, "UserId": r.stack.home.account}
    record = {
        "GroupId": group,
        "GroupName": "default",
        "Description": "default VPC security group",
        "OwnerId": r.stack.home.account,
        "VpcId": r.id,
        "IpPermissions": [permission("-1", UserIdGroupPairs=[pair])],
        "IpPermissionsEgress": open_egress(draft, r, owner),
    }
    draft.put("SecurityGroups", record, r)
    acl = {
        "NetworkAclId": r.part_id("acl", "DefaultNetworkAcl"),
        "VpcId": r.id,
        "IsDefault": True,
        "OwnerId": r.stack.home.account,
        "Associations": [],
        "Entries": [*acl_ends(owner, "allow", 100), *acl_ends(owner, "deny", 32767)],
        "Tags": named(f"default ACL of {r.logical}"),
    }
    draft.put("NetworkAcls", acl, r)


def named(name: str) -> list[Entry]:
    return [{"Key": "Name", "Value": name}]


def permission(protocol: str, **peers: list[Entry]) -> Entry:
    return {
        "IpProtocol": protocol,
        "IpRanges": [],
        "Ipv6Ranges": [],
        "PrefixListIds": [],
        "UserIdGroupPairs": [],
        **peers,
    }


def open_egress(draft: Draft, r: Resource, owner: Record | None) -> list[Entry]:
    """What EC2 lets out of a new group: everything, over IPv6 too if the VPC has it."""
    return [permission("-1", IpRanges=[{"CidrIp": "0.0.0.0/0"}], **_six_peers(draft, r, _six(owner)))]


def _six_peers(draft: Draft, r: Resource, six: str) -> dict[str, list[Entry]]:
    """Everybody over IPv6, as far as the VPC has it."""
    perhaps = draft.world.pending.get(six)
    return {
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}] if six == "associated" else [],
        "PrefixListIds": [{"PrefixListId": unknown_list(draft, perhaps, r, "IPv6")}] if perhaps else [],
    }


def acl_ends(owner: Record | None, action: str, number: int) -> list[Entry]:
    """The entries that EC2 itself makes in an ACL, in both directions; over IPv6 if the VPC has it."""
    six = _six(owner)
    blocks = [("CidrBlock", "0.0.0.0/0", number, action)]
    if six:
        blocks.append(("Ipv6CidrBlock", "::/0", number + 1, action if six == "associated" or action == "deny" else six))
    return [
        {"Egress": egress, "Protocol": "-1", "RuleAction": does, "RuleNumber": rule, key: block}
        for egress in (True, False)
        for key, block, rule, does in blocks
    ]


def table_record(draft: Draft, r: Resource, id: str, vpc_id: str, associations: list[Entry]) -> Entry:
    """A route table with the local routes of its VPC."""
    return {
        "RouteTableId": id,
        "VpcId": vpc_id,
        "OwnerId": r.stack.home.account,
        "Associations": associations,
        "PropagatingVgws": [],
        "Routes": _local(draft, r, vpc_id),
        "Tags": r.tags() if r.type == "AWS::EC2::RouteTable" else named(f"main table of {r.logical}"),
    }


def route(key: str, block: str, gateway: str, origin: str = "CreateRoute", target: str = "GatewayId") -> Entry:
    return {key: block, target: gateway, "Origin": origin, "State": "active"}


def _local(draft: Draft, r: Resource, vpc_id: str) -> list[Entry]:
    owner = draft.record(vpc_id) or draft.bases.get(vpc_id)
    if owner is None:
        external(draft, r, vpc_id)
        listed = f"pl-local-of-{vpc_id}"
        why = f"the CIDR blocks of {vpc_id}, in which {r.logical} ({r.where}) lies, are not in the template"
        left = draft.world.pending.get(vpc_id)  # as something that decides about the VPC is open
        draft.world.pending.setdefault(listed, left or Unknown(listed, ELSEWHERE, why))
        return [route("DestinationPrefixListId", listed, "local", "CreateRouteTable")]
    keys = ("CidrBlock", "Ipv6CidrBlock")
    return [_local_route(row, key) for key in keys for row in owner.get(f"{key}AssociationSet") or ()]


def external(draft: Draft, r: Resource, vpc_id: str) -> None:
    """A VPC that no stack makes holds more than the stacks know: none of what is in it is known whole."""
    if draft.record(vpc_id) is not None or vpc_id in draft.bases:
        return
    known = draft.world.pending.get(vpc_id)
    why = known.why if known else f"{vpc_id}, which {r.logical} ({r.where}) names, is not made by the template"
    unknown = Unknown(vpc_id, known.needs if known else who_tells(vpc_id), why)
    draft.world.pending.setdefault(vpc_id, unknown)
    for key in OF_A_VPC:
        draft.partial.setdefault((r.stack.home.account, r.stack.home.region, key), unknown)


def subnet(draft: Draft, r: Resource) -> None:
    """A subnet; its zone may stay open, its block may not."""
    vpc_id = r.known_text("VpcId")
    external(draft, r, vpc_id)
    block, native = r.block("CidrBlock"), r.flag("Ipv6Native")
    if not block and not native:
        why = f"the CIDR block of {r.logical} ({r.where}) comes from a pool"
        raise Undetermined(Unknown("${" + f"{r.logical}.CidrBlock" + "}", AFTER, why))
    record = {
        "SubnetId": r.id,
        "SubnetArn": r.arn("ec2", f"subnet/{r.id}"),
        "VpcId": vpc_id,
        "OwnerId": r.stack.home.account,
        "State": "available",
        "MapPublicIpOnLaunch": r.flag("MapPublicIpOnLaunch"),
        "EnableDns64": r.flag("EnableDns64"),
        "Ipv6Native": native,
        "Ipv6CidrBlockAssociationSet": [],
        "Tags": r.tags(),
    }
    if block:
        record["CidrBlock"] = block
    assigns = r.get("AssignIpv6AddressOnCreation")
    if isinstance(assigns, Unknown):
        draft.assigning[r.id] = assigns
    else:
        record["AssignIpv6AddressOnCreation"] = r.flag("AssignIpv6AddressOnCreation")
    held = draft.bases.get(r.id, {}) if r.body.get("Again") else {}  # what the template leaves open AWS has told
    for member in ("AvailabilityZone", "AvailabilityZoneId"):
        if r.has(member) and (isinstance(r.get(member), str) or member not in held):
            record[member] = zone(draft, r, member)
    record = draft.put("Subnets", {key: held[key] for key in TOLD if key in held} | record, r)
    if held.get("Ipv6CidrBlockAssociationSet"):
        record["Ipv6CidrBlockAssociationSet"] = list(held["Ipv6CidrBlockAssociationSet"])
        return
    six = [r.get(name) for name in ("Ipv6CidrBlock", "Ipv6IpamPoolId")]
    perhaps = next((one for one in six if isinstance(one, Unknown) and (one.perhaps or one.given)), None)
    if any(one is not None for one in six):
        subnet_block(draft, r, r.id, r.stack.pend(perhaps) if perhaps else "associated")


def subnet_block(draft: Draft, r: Resource, id: str = "", state: str = "associated") -> None:
    """The IPv6 block of a subnet."""
    block = r.get("Ipv6CidrBlock")
    block = block.only or block if isinstance(block, Unknown) else block
    of = id or r.text("SubnetId")
    if not isinstance(block, str):  # of a pool, or what AWS will give
        block = block_in(draft, of) or any_block(r)
        draft.warn(f"{r.where}: {block} stands for an IPv6 block that is not known yet")
    own = r.part_id("subnet-cidr-assoc")
    row = associated(r.as_block("Ipv6CidrBlock", str(block)), "Ipv6CidrBlock", own, state)
    draft.add("Subnets", of, "Ipv6CidrBlockAssociationSet", row, r)


def perhaps_six(draft: Draft, r: Resource) -> None:
    """An IPv6 block that a subnet may have."""
    doubt = r.stack.doubtful.get(r.logical)
    if doubt is not None:
        subnet_block(draft, r, "", r.stack.pend(doubt))


def dhcp_options(draft: Draft, r: Resource) -> None:
    """A DHCP option set; only its DNS servers matter."""
    r.known("DomainNameServers")
    servers = [{"Value": text} for text in r.texts("DomainNameServers")]
    configurations = [{"Key": "domain-name-servers", "Values": servers}] if servers else []
    record = {"DhcpOptionsId": r.id, "OwnerId": r.stack.home.account, "DhcpConfigurations": configurations}
    draft.put("DhcpOptions", record, r)


def dhcp_association(draft: Draft, r: Resource) -> None:
    owner = draft.changed(r.stack.home, "Vpcs", r.known_text("VpcId"))
    if owner is None:
        external(draft, r, r.known_text("VpcId"))
    else:
        owner["DhcpOptionsId"] = r.text("DhcpOptionsId")


def perhaps_dhcp(draft: Draft, r: Resource) -> None:
    """Which DHCP options a VPC will have is not known."""
    unknown = r.stack.doubtful.get(r.logical) or unknown_in([r.get("VpcId"), r.get("DhcpOptionsId")])
    for id in one_or_all(draft, r, "VpcId"):
        owner = draft.changed(r.stack.home, "Vpcs", id)
        if owner is not None and unknown is not None:
            owner["DhcpOptionsId"] = r.stack.pend(unknown)


def unassociated(draft: Draft, home: Home) -> None:
    """Subnets that no other ACL names have their VPC's default one."""
    taken = {a["SubnetId"] for acl in draft.every("NetworkAcls") for a in acl.get("Associations", ())}
    taken |= {a.row.get("SubnetId") for a in draft.additions if a.key == "NetworkAcls"}
    new = [one for one in draft.rows(home, "Subnets") if one["SubnetId"] not in draft.before(home, "Subnets")]
    for one in new:
        if draft.doubtful & {one["SubnetId"], "*"} or one["SubnetId"] in taken:
            continue
        known = (*draft.every("NetworkAcls"), *draft.before(home, "NetworkAcls").values())
        default = next((a for a in known if a["IsDefault"] and a["VpcId"] == one["VpcId"]), None)
        if default is not None:
            suffix = one["SubnetId"].partition("-")[2]
            row = {
                "NetworkAclAssociationId": f"aclassoc-{suffix}",
                "NetworkAclId": default["NetworkAclId"],
                "SubnetId": one["SubnetId"],
            }
            draft.join("NetworkAcls", default["NetworkAclId"], "Associations", row, home)
