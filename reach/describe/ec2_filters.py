"""EC2: security groups, network ACLs, prefix lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from reach.describe.records import Record, Section, deciding_rows, flag, name_tag, number, rows, text
from reach.network import (
    AclEntry,
    Endpoint,
    GroupRule,
    NetworkAcl,
    PrefixList,
    RouteTable,
    SecurityGroup,
    Thing,
)
from reach.permission import permission_text
from reach.services import by_prefix_list
from reach.traffic import (
    ANY_PORT,
    ANY_PROTOCOL,
    ICMP,
    ICMPV6,
    NOTHING,
    PROTOCOL_NAMES,
    TCP,
    UDP,
    Ranges,
    cidr,
)


def read(section: Section) -> Iterator[Thing]:
    """All groups, ACLs and prefix lists of an account and region."""
    stale = _stale(section)
    associations = list(section.rows("SecurityGroupVpcAssociations"))
    for record in section.rows("SecurityGroups"):
        yield _group(section, record, stale.get(text(record, "GroupId"), frozenset()), associations)
    for record in section.rows("NetworkAcls"):
        yield _acl(section, record)
    yield from _prefix_lists(section)


def _group(section: Section, record: Record, stale: frozenset[str], associations: list[Record]) -> SecurityGroup:
    id = text(record, "GroupId")
    return SecurityGroup(
        id=id,
        home=section.home,
        owner=text(record, "OwnerId") or None,
        name=text(record, "GroupName") or name_tag(record),
        vpc=text(record, "VpcId") or None,
        ingress=_rules(record, "IpPermissions", "from", stale),
        egress=_rules(record, "IpPermissionsEgress", "to", stale),
        associated=tuple(
            text(a, "VpcId")
            for a in associations
            if text(a, "GroupId") == id and text(a, "State").lower() == "associated"
        ),
    )


def _stale(section: Section) -> dict[str, frozenset[str]]:
    """Per group, the groups in its rules that DescribeStaleSecurityGroups calls stale (SG-11)."""
    out: dict[str, frozenset[str]] = {}
    for record in section.rows("StaleSecurityGroupSet"):
        pairs = [
            pair
            for key in ("StaleIpPermissions", "StaleIpPermissionsEgress")
            for permission in rows(record, key)
            for pair in rows(permission, "UserIdGroupPairs")
        ]
        out[text(record, "GroupId")] = frozenset(filter(None, (text(p, "GroupId") for p in pairs)))
    return out


def _rules(record: Record, key: str, word: str, stale: frozenset[str]) -> tuple[GroupRule, ...] | None:
    found = deciding_rows(record, key)
    own = text(record, "OwnerId")
    return None if found is None else tuple(_rule(f"{key}[{i}]", r, word, own, stale) for i, r in enumerate(found))


def _rule(path: str, record: Record, word: str, own: str, stale: frozenset[str]) -> GroupRule:
    named = text(record, "IpProtocol")
    protocols, ports = _permission(named, number(record, "FromPort"), number(record, "ToPort"))
    unclear = "" if protocols else f"protocol {named!r}"
    cidrs = [text(r, "CidrIp") for r in rows(record, "IpRanges")]
    cidrs += [text(r, "CidrIpv6") for r in rows(record, "Ipv6Ranges")]
    pairs = [p for p in rows(record, "UserIdGroupPairs") if _named(p)]
    gone = [_named(p) for p in pairs if _is_stale(p, stale)]
    lists = [text(p, "PrefixListId") for p in rows(record, "PrefixListIds")]
    shown = [_shown(p, own) for p in pairs if _named(p) not in gone]
    shown += [f"{_named(p)} (stale)" for p in pairs if _named(p) in gone]
    peers = [p for p in (*cidrs, *lists, *shown) if p]
    return GroupRule(
        path=path,
        protocols=protocols or ANY_PROTOCOL,
        ports=ports,
        unclear=unclear,
        cidrs=tuple(c for c in cidrs if c),
        prefix_lists=tuple(p for p in lists if p),
        groups=tuple(g for p in pairs if (g := _named(p)) not in gone),
        stale_groups=tuple(gone),
        text=f"{unclear or permission_text(protocols, ports)} {word} {', '.join(peers) or 'nobody'}",
    )


def _named(pair: Record) -> str:
    """The group of a reference; tools write ``account/sg-id`` for one of another account."""
    return text(pair, "GroupId").rpartition("/")[2]


def _shown(pair: Record, own: str) -> str:
    """A reference as people read it: with the account, if that is another one."""
    account = text(pair, "GroupId").rpartition("/")[0] or text(pair, "UserId")
    return _named(pair) if account in ("", own) or not own else f"{account}/{_named(pair)}"


def _is_stale(pair: Record, stale: frozenset[str]) -> bool:
    """The peering is gone, or the group in another VPC: then AWS leaves the account out (SG-11)."""
    elsewhere = text(pair, "VpcId") or text(pair, "VpcPeeringConnectionId")
    deleted = bool(elsewhere) and not text(pair, "UserId") and "/" not in text(pair, "GroupId")
    return text(pair, "PeeringStatus") not in ("", "active") or deleted or _named(pair) in stale


def _permission(protocol: str, first: int | None, last: int | None) -> tuple[Ranges, Ranges]:
    """Protocols and destination ports; for ICMP the type and code take the ports' place."""
    protocols = _protocol(protocol)
    if protocols in (Ranges.of(ICMP), Ranges.of(ICMPV6)):
        return protocols, icmp_points(first, last)
    if protocols in (Ranges.of(TCP), Ranges.of(UDP)) and first is not None and last is not None and first >= 0:
        return protocols, Ranges.of((first, last)) if first <= last else NOTHING
    return protocols, ANY_PORT


def _protocol(word: str) -> Ranges:
    word = word.lower()
    if word in ("-1", "all"):
        return ANY_PROTOCOL
    if word in PROTOCOL_NAMES:
        return Ranges.of(PROTOCOL_NAMES[word])
    return Ranges.of(int(word)) if word.isdecimal() and int(word) < 256 else NOTHING


def icmp_points(type_: int | None, code: int | None) -> Ranges:
    """ICMP type and code on the port axis: type * 256 + code, -1 or absent = any."""
    if type_ is None or type_ < 0:
        return ANY_PORT
    return (
        Ranges.of(type_ * 256 + code) if code is not None and code >= 0 else Ranges.of((type_ * 256, type_ * 256 + 255))
    )


def _acl(section: Section, record: Record) -> NetworkAcl:
    entries = deciding_rows(record, "Entries")
    associations = deciding_rows(record, "Associations")
    return NetworkAcl(
        id=text(record, "NetworkAclId"),
        home=section.home,
        owner=text(record, "OwnerId") or None,
        name=name_tag(record),
        vpc=text(record, "VpcId"),
        default=flag(record, "IsDefault"),
        subnets=None if associations is None else tuple(text(a, "SubnetId") for a in associations),
        entries=None if entries is None or not all(map(_readable, entries)) else _entries(entries),
    )


def _readable(entry: Record) -> bool:
    """Whether it can be told what an entry is about; one that cannot might deny anything."""
    block = text(entry, "CidrBlock") or text(entry, "Ipv6CidrBlock")
    told = isinstance(entry.get("Egress"), bool) and number(entry, "RuleNumber") is not None
    action = text(entry, "RuleAction")
    decided = told and (action.lower() in ("allow", "deny") or action.startswith("${"))
    return decided and bool(_protocol(text(entry, "Protocol"))) and bool(cidr(block))


def _entries(records: list[Record]) -> tuple[AclEntry, ...]:
    found = [_entry(f"Entries[{i}]", r) for i, r in enumerate(records)]
    return tuple(sorted(found, key=lambda e: (e.egress, e.number)))


def _entry(path: str, record: Record) -> AclEntry:
    ports = record.get("PortRange") or {}
    icmp = record.get("IcmpTypeCode") or {}
    protocols = _protocol(text(record, "Protocol"))
    if protocols in (Ranges.of(ICMP), Ranges.of(ICMPV6)):
        span = icmp_points(number(icmp, "Type"), number(icmp, "Code"))
    else:
        _, span = _permission(text(record, "Protocol"), number(ports, "From"), number(ports, "To"))
    block = text(record, "CidrBlock") or text(record, "Ipv6CidrBlock")
    action = text(record, "RuleAction")
    allow = action.lower() == "allow"
    rule = number(record, "RuleNumber")
    shown = "*" if rule == 32767 else str(rule)
    return AclEntry(
        path=path,
        number=32767 if rule is None else rule,
        egress=flag(record, "Egress"),
        allow=allow,
        protocols=protocols,
        ports=span,
        cidr=block,
        text=f"rule {shown} {'allows' if allow else 'denies'} {permission_text(protocols, span)} {block}",
        open=action if action.startswith("${") else "",
    )


def _prefix_lists(section: Section) -> Iterator[PrefixList]:
    entries = {text(r, "PrefixListId"): deciding_rows(r, "Entries") for r in section.rows("ManagedPrefixListEntries")}
    records: dict[str, Record] = {}
    for key in ("PrefixLists", "ManagedPrefixLists"):
        for record in section.rows(key):
            records[text(record, "PrefixListId")] = {
                **records.get(text(record, "PrefixListId"), {}),
                **record,
            }
    for id in sorted({*records, *entries}):
        record = records.get(id, {})
        known = entries.get(id)
        cidrs: tuple[str, ...] | None = tuple(c for c in record.get("Cidrs") or () if isinstance(c, str)) or None
        if known is not None:
            cidrs = tuple(text(e, "Cidr") for e in known)
        found = by_prefix_list(text(record, "PrefixListName"))
        yield PrefixList(
            id=id,
            home=section.home,
            name=text(record, "PrefixListName"),
            cidrs=cidrs,
            family=text(record, "AddressFamily"),
            owner=text(record, "OwnerId") or None,
            service=(found[0].name, found[1]) if found else None,
        )


def inferred_lists(things: Mapping[str, Thing]) -> dict[str, Thing]:
    """Prefix lists that only the route of a gateway endpoint tells about (RT-15)."""
    out: dict[str, Thing] = {}
    for table in [t for t in things.values() if isinstance(t, RouteTable)]:
        for route in table.routes or ():
            endpoint = things.get(route.target or "")
            if not (route.is_prefix_list and isinstance(endpoint, Endpoint) and endpoint.service):
                continue
            known = things.get(route.destination)
            if isinstance(known, PrefixList) and known.service:
                continue
            service = (endpoint.service, endpoint.service_region)
            blank = PrefixList(id=route.destination, home=table.home, cidrs=None, inferred=True)
            base = known if isinstance(known, PrefixList) else blank
            out[route.destination] = replace(base, service=service)
    return out
