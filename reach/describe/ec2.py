"""EC2: VPCs and their DNS settings, subnets, route tables, network interfaces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypedDict

from msgspec.structs import replace

from reach.describe.records import Record, Section, deciding_rows, flag, name_tag, number, part, rows, text, word
from reach.network import Exclusion, Instance, Interface, Route, RouteTable, Subnet, Thing, Vpc
from reach.traffic import NOTHING, Ranges, cidr, cidrs, together

# The member of a Route that names its target, in no particular order: exactly one is set.
TARGET_KEYS = (
    "GatewayId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "InstanceId",
    "TransitGatewayId",
    "VpcPeeringConnectionId",
    "EgressOnlyInternetGatewayId",
    "LocalGatewayId",
    "CarrierGatewayId",
    "CoreNetworkArn",
    "OdbNetworkArn",
    "IpAddress",
)
APART = ("associating", "disassociating", "disassociated", "failing", "failed")  # states of a block that is not there
AMAZON_DNS = ("AmazonProvidedDNS", "169.254.169.253", "fd00:ec2::253")


def read(section: Section) -> Iterator[Thing]:
    """All VPCs, subnets, route tables and interfaces of an account and region."""
    attributes = {text(r, "VpcId"): r for r in section.rows("VpcAttributes")}
    for record in section.rows("Vpcs"):
        yield _vpc(section, record, attributes.get(text(record, "VpcId"), {}))
    if "Vpcs" not in section.collections:  # what is known of them all the same
        for vpc_id, record in attributes.items():
            yield _vpc(section, {"VpcId": vpc_id}, record)
    parents = _parent_zones(section)
    for record in section.rows("Subnets"):
        yield replace(_subnet(section, record), parent_zone=parents.get(text(record, "AvailabilityZone")))
    for record in section.rows("RouteTables"):
        yield _route_table(section, record)
    homes = {text(r, "SubnetId"): text(r, "VpcId") for r in section.rows("Subnets")}
    for record in section.rows("NetworkInterfaces"):
        yield _interface(section, record, homes.get(text(record, "SubnetId"), ""))
    for record in section.rows("Instances"):
        state = text(record, "State", "Name") or "running"
        yield Instance(id=text(record, "InstanceId"), home=section.home, name=name_tag(record), state=state)
    for record in section.rows("VpcBlockPublicAccessExclusions"):
        yield Exclusion(
            id=text(record, "ExclusionId"),
            home=section.home,
            resource_arn=text(record, "ResourceArn"),
            mode=text(record, "InternetGatewayExclusionMode").lower(),
            state=text(record, "State").lower(),
        )


def _vpc(section: Section, record: Record, attributes: Record) -> Vpc:
    blocks = [
        text(a, "CidrBlock")
        for a in rows(record, "CidrBlockAssociationSet")
        if text(a, "CidrBlockState", "State") in ("associated", "")
    ]
    if text(record, "CidrBlock") and not blocks:
        blocks = [text(record, "CidrBlock")]
    blocks += [
        text(a, "Ipv6CidrBlock")
        for a in rows(record, "Ipv6CidrBlockAssociationSet")
        if text(a, "Ipv6CidrBlockState", "State") in ("associated", "")
    ]
    return Vpc(
        id=text(record, "VpcId"),
        home=section.home,
        name=name_tag(record),
        cidrs=cidrs(blocks),
        cidr_texts=tuple(blocks),
        first_block=text(record, "CidrBlock"),
        **_perhaps(record),
        owner=text(record, "OwnerId") or None,
        tenancy=text(record, "InstanceTenancy") or "default",
        state=text(record, "State").lower(),
        encryption_control=text(record, "EncryptionControl", "VpcEncryptionControlId"),
        encryption_spares_lambda=_spared(part(record, "EncryptionControl"), "Lambda", untold=False),
        encryption_spares_peering=_spared(part(record, "EncryptionControl"), "VpcPeering", untold=None),
        dns_support=_attribute(attributes, "EnableDnsSupport"),
        dns_hostnames=_attribute(attributes, "EnableDnsHostnames"),
        dns_support_open=_open_attribute(attributes, "EnableDnsSupport"),
        dns_hostnames_open=_open_attribute(attributes, "EnableDnsHostnames"),
        dns_servers=_dns_servers(section, record, blocks),
        dhcp_options=text(record, "DhcpOptionsId") or None,
        **_encryption(part(record, "EncryptionControl")),
        **_block(section, record),
    )


class Perhaps(TypedDict, total=False):
    """The members of a Vpc that tell of blocks that it may have."""

    perhaps: Ranges
    perhaps_by: str


def _perhaps(record: Record) -> Perhaps:
    """Blocks whose state is a text in the place of one that is not known before deployment."""
    found = [
        (state, text(a, key))
        for key in ("CidrBlock", "Ipv6CidrBlock")
        for a in rows(record, f"{key}AssociationSet")
        if (state := text(a, f"{key}State", "State")).startswith("${")
    ]
    blocks = [cidr(block) for _, block in found]
    return Perhaps(perhaps=together(blocks) if all(blocks) else NOTHING, perhaps_by=found[0][0]) if found else {}


def implied_vpcs(things: Mapping[str, Thing]) -> dict[str, Thing]:
    """VPCs that only their subnets and local routes tell about: DescribeVpcs is never needed for a verdict."""
    out: dict[str, Thing] = {}
    for subnet in [t for t in things.values() if isinstance(t, Subnet)]:
        held = things.get(subnet.vpc)
        if not subnet.vpc or (isinstance(held, Vpc) and held.cidrs):
            continue
        known = out.get(subnet.vpc, held)
        if not isinstance(known, Vpc):
            known = Vpc(id=subnet.vpc, home=subnet.home)
        owner = known.owner if known.owner not in (None, known.home.account) else subnet.owner  # whoever shares it
        out[subnet.vpc] = replace(known, cidrs=known.cidrs | subnet.addresses, owner=owner)
    for table in [t for t in things.values() if isinstance(t, RouteTable)]:
        vpc = out.get(table.vpc)
        local = [r.destination for r in table.routes or () if r.target == "local"]
        if isinstance(vpc, Vpc):
            out[vpc.id] = replace(
                vpc, cidrs=vpc.cidrs | cidrs(local), cidr_texts=tuple(sorted({*vpc.cidr_texts, *local}))
            )
    return out


class Encryption(TypedDict):
    """The members of a Vpc that tell whether it enforces encryption."""

    encryption: str
    encryption_doubt: str


def _encryption(control: Record) -> Encryption:
    """The mode in force. While a change to or from enforce is under way, or in words that nobody knows, either may
    be (IN-4)."""
    mode, state = word(control, "Mode"), word(control, "State")
    if mode.startswith("${"):  # not known before deployment
        return Encryption(encryption=mode, encryption_doubt="")
    if state in ("available", "") and mode in ("", "monitor", "enforce"):
        return Encryption(encryption=mode, encryption_doubt="")
    begun = mode in ("", "monitor") and state in ("creating", "deleting", "delete-failed")
    if state in ("deleted", "enforce-failed") or begun:  # it never enforced, or does so no more
        return Encryption(encryption="", encryption_doubt="")
    doubt = f"its encryption control is in mode {mode or 'none'!r} and state {state or 'none'!r}"
    return Encryption(encryption="", encryption_doubt=doubt)


def _spared(control: Record, what: str, untold: bool | None) -> bool | None:
    """Whether it excludes a kind of resource; None while that changes."""
    told = {"enabled": True, "disabled": False, "": untold}
    return told.get(text(part(control, "ResourceExclusions"), what, "State").lower())


class Block(TypedDict, total=False):
    """The members of a Vpc that tell of Block Public Access."""

    block_mode: str | None
    block_field: str
    block_changing: bool


def _block(section: Section, vpc: Record) -> Block:
    """The setting of the owner's account; the VPC's own field is the fallback, for others the only word (BPA-1)."""
    own = text(vpc, "OwnerId") in ("", section.home.account)
    options = next(section.rows("VpcBlockPublicAccessOptions"), {}) if own else {}
    mode = word(options, "InternetGatewayBlockMode")
    if mode:
        changing = text(options, "State") == "update-in-progress"
        return Block(block_mode=mode, block_changing=changing)
    mode = text(vpc, "BlockPublicAccessStates", "InternetGatewayBlockMode").lower()
    return Block(block_mode=mode or None, block_field="BlockPublicAccessStates.InternetGatewayBlockMode")


def _attribute(attributes: Record, key: str) -> bool | None:
    value = attributes.get(key)
    value = part(attributes, key).get("Value") if not isinstance(value, bool) else value
    return value if isinstance(value, bool) else None


def _open_attribute(attributes: Record, key: str) -> str:
    value = text(attributes, key, "Value")
    return value if value.startswith("${") else ""


def _dns_servers(section: Section, vpc: Record, blocks: list[str]) -> tuple[str, ...] | None:
    """The VPC's own DNS servers: () = Amazon's, None = the option set cannot be read."""
    set_id = text(vpc, "DhcpOptionsId")
    if set_id in ("", "default"):
        return () if set_id else None
    options = next((o for o in section.rows("DhcpOptions") if text(o, "DhcpOptionsId") == set_id), None)
    if options is None:
        return None
    servers = [
        text(value, "Value")
        for entry in rows(options, "DhcpConfigurations")
        if text(entry, "Key") == "domain-name-servers"
        for value in rows(entry, "Values")
    ]
    first = cidr(blocks[0]).spans[0][0] + 2 if blocks and cidr(blocks[0]) else None
    others = [s for s in servers if s not in AMAZON_DNS and cidr(s) != Ranges.of(first or 0)]
    return tuple([*others, *AMAZON_DNS[:1]] if others and len(others) < len(servers) else others)


def _parent_zones(section: Section) -> dict[str, tuple[str, str]]:
    """The id and name of the parent of each Local Zone (TGW-2)."""
    zones = section.rows("AvailabilityZones")
    return {
        text(z, "ZoneName"): (text(z, "ParentZoneId"), text(z, "ParentZoneName"))
        for z in zones
        if text(z, "ParentZoneName") or text(z, "ParentZoneId")
    }


def _subnet(section: Section, record: Record) -> Subnet:
    associations = rows(record, "Ipv6CidrBlockAssociationSet")
    states = [(text(a, "Ipv6CidrBlock"), text(a, "Ipv6CidrBlockState", "State")) for a in associations]
    ipv6 = [block for block, state in states if state in ("associated", "")]
    doubt = [block for block, state in states if state not in ("associated", "", *APART) and state[:2] != "${"]
    perhaps = {state: text(a, "Ipv6CidrBlock") for a in associations if (state := _open_state(a))}
    return Subnet(
        id=text(record, "SubnetId"),
        home=section.home,
        name=name_tag(record),
        vpc=text(record, "VpcId"),
        cidr=text(record, "CidrBlock"),
        addresses=cidrs([text(record, "CidrBlock"), *ipv6, *perhaps.values()]),
        **_zone(record),
        owner=text(record, "OwnerId") or None,
        ipv6=bool(ipv6),
        ipv6_open="" if ipv6 else min(perhaps, default=""),
        ipv6_doubt=cidrs(doubt),
        ipv6_native=flag(record, "Ipv6Native"),
        dns64=flag(record, "EnableDns64"),
        ipv6_private=any(text(a, "Ipv6AddressAttribute") == "private" for a in associations),
        public_ip_on_launch=flag(record, "MapPublicIpOnLaunch"),
        free_addresses=number(record, "AvailableIpAddressCount"),
        state=text(record, "State").lower(),
        outpost=text(record, "OutpostArn"),
    )


class Zone(TypedDict):
    """The members of a Subnet that tell of its zone."""

    zone: str
    zone_id: str
    zone_open: str


def _zone(record: Record) -> Zone:
    name, id = text(record, "AvailabilityZone"), text(record, "AvailabilityZoneId")
    known = ["" if told.startswith("${") else told for told in (name, id)]
    left = next((told for told in (name, id) if told.startswith("${")), "")
    return Zone(zone=known[0], zone_id=known[1], zone_open="" if any(known) else left)


def _open_state(association: Record) -> str:
    """The text in the place of a state that is not known before deployment."""
    state = text(association, "Ipv6CidrBlockState", "State")
    return state if state.startswith("${") else ""


ASSOCIATED = ("associated", "associating", "")  # states in which a table governs what it is associated with
DISASSOCIATED = ("disassociating", "disassociated", "failed")


def _route_table(section: Section, record: Record) -> RouteTable:
    associations = deciding_rows(record, "Associations")
    states = [text(a, "AssociationState", "State") for a in associations or ()]
    live = [a for a, state in zip(associations or (), states, strict=True) if state in ASSOCIATED]
    found = deciding_rows(record, "Routes")
    return RouteTable(
        id=text(record, "RouteTableId"),
        home=section.home,
        owner=text(record, "OwnerId") or None,
        name=name_tag(record),
        vpc=text(record, "VpcId"),
        main=any(flag(a, "Main") for a in live),
        subnets=tuple(text(a, "SubnetId") for a in live if text(a, "SubnetId")),
        gateways=tuple(text(a, "GatewayId") for a in live if text(a, "GatewayId")),
        routes=None if found is None else tuple(_route(i, r) for i, r in enumerate(found)),
        associations_known=associations is not None and set(states) <= {*ASSOCIATED, *DISASSOCIATED},
    )


def _route(index: int, record: Record) -> Route:
    # An instance route carries both InstanceId and NetworkInterfaceId: the interface is the hop.
    key = next((k for k in TARGET_KEYS if text(record, k)), "") or _new_key(record)
    return Route(
        index=index,
        destination=text(record, "DestinationCidrBlock")
        or text(record, "DestinationIpv6CidrBlock")
        or text(record, "DestinationPrefixListId"),
        target=text(record, key) or None if key else None,
        target_key=key,
        state=(text(record, "State") or "active").lower(),
        origin=text(record, "Origin") or "CreateRoute",
    )


def _new_key(record: Record) -> str:
    """The member that names a target of a kind that AWS has added since (RT-13, IN-4)."""
    others = ("State", "Origin", "InstanceOwnerId")
    found = (k for k, v in record.items() if isinstance(v, str) and k not in others)
    return next((k for k in found if not k.startswith("Destination")), "")


def _interface(section: Section, record: Record, vpc: str) -> Interface:
    addresses = [text(a, "PrivateIpAddress") for a in rows(record, "PrivateIpAddresses")]
    addresses += [text(record, "PrivateIpAddress")]
    addresses += [text(a, "Ipv6Address") for a in rows(record, "Ipv6Addresses")]
    public = [text(a, "Association", "PublicIp") for a in rows(record, "PrivateIpAddresses")]
    public += [text(record, "Association", "PublicIp")]
    paired = [text(a, "PrivateIpAddress") for a in rows(record, "PrivateIpAddresses") if a.get("Association")]
    ipv6 = [text(a, "Ipv6Address") for a in rows(record, "Ipv6Addresses")]
    later = next((a for a in ipv6 if a and not cidr(a)), "")
    known_groups = isinstance(record.get("Groups"), list | tuple)
    return Interface(
        id=text(record, "NetworkInterfaceId"),
        home=section.home,
        owner=text(record, "OwnerId") or None,
        name=name_tag(record),
        subnet=text(record, "SubnetId"),
        vpc=text(record, "VpcId") or vpc,
        addresses=cidrs([a for a in addresses if cidr(a)]),
        groups=tuple(text(g, "GroupId") for g in rows(record, "Groups")) if known_groups else None,
        type=(text(record, "InterfaceType") or "interface").lower(),
        description=text(record, "Description"),
        requester=text(record, "RequesterId"),
        status=text(record, "Status") or "in-use",
        attachment=text(record, "Attachment", "Status"),
        public_ips=tuple(sorted({p for p in public if p})),
        paired=cidrs([a for a in paired if a]),
        instance=text(record, "Attachment", "InstanceId") or None,
        private_dns_names=tuple(sorted({n for n in (text(record, "PrivateDnsName"),) if n})),
        of=text(record, "Attachment", "InstanceId"),
        ipv6=cidrs([a for a in ipv6 if cidr(a)]),
        ipv6_open=later,
        denies_igw=flag(record, "DenyAllIgwTraffic"),
        source_dest_check=check if isinstance(check := record.get("SourceDestCheck"), bool) else None,
    )
