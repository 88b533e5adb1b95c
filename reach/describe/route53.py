"""Route 53: private hosted zones, the VPCs they are associated with, and their records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

from msgspec.structs import replace

from reach.describe.records import Record, Section, deciding_rows, flag, number, part, rows, text
from reach.network import Thing
from reach.network.domains import HostedZone, RecordSet, plain

KEYS = ("route53:HostedZones", "route53:HostedZoneSummaries")
# What makes Route 53 choose between record sets of one name and type, other than where the client is.
POLICIES = {"Weight": "weighted", "MultiValueAnswer": "multivalue", "Failover": "failover"}
PLACES = ("Region", "GeoLocation", "GeoProximityLocation", "CidrRoutingConfig")


def read(section: Section) -> Iterator[Thing]:
    """All private zones that an account's VPCs are associated with."""
    held = {_bare(text(r, "HostedZoneId")): r for r in section.rows("route53:RecordSets")}
    for key in KEYS:
        for record in section.rows(key):
            summaries = rows(record, "HostedZoneSummaries") or [record]  # or one answer per VPC, kept whole
            for summary in summaries:
                yield from _zone(section, {"VPCId": record.get("VPCId"), **summary}, held)


def _zone(section: Section, record: Record, held: dict[str, Record]) -> Iterator[HostedZone]:
    zone = part(record, "HostedZone") or record  # as GetHostedZone answers
    listed = part(zone, "Config")  # a zone that was asked for by its VPC has none, and is private
    if (listed and listed.get("PrivateZone") is not True) or _of_endpoint(record):
        return
    id = _bare(text(zone, "Id") or text(zone, "HostedZoneId"))
    records = held.get(id)
    vpcs = [text(v, "VPCId") for v in rows(record, "VPCs")] or [text(record, "VPCId")]
    known = tuple(sorted({v for v in vpcs if v}))
    yield HostedZone(
        id=id,
        home=section.home,
        name=text(zone, "Name"),
        **_domain(text(zone, "Name")),
        vpcs=known or None,
        records=None if records is None else _records(records),
        whole=not (records and flag(records, "IsTruncated")),
    )


class Domain(TypedDict):
    """The members of a HostedZone that tell what names are in it."""

    domain: str
    open: bool


def _domain(name: str) -> Domain:
    """Of a name that a template leaves open, the domain that it is in for sure."""
    _, brace, rest = plain(name).rpartition("}")
    return Domain(domain=rest.partition(".")[2] if brace else plain(name), open=bool(brace))


def _of_endpoint(record: Record) -> bool:
    """The hidden zone of an interface endpoint: the endpoint itself says what it answers."""
    return text(record, "Owner", "OwningService").startswith("vpce")


def _bare(id: str) -> str:
    return id.rpartition("/")[2]


def _records(held: Record) -> tuple[RecordSet, ...] | None:
    sets = deciding_rows(held, "ResourceRecordSets")
    return None if sets is None else tuple(_record(i, one) for i, one in enumerate(sets))


def _record(index: int, one: Record) -> RecordSet:
    policy = next((word for member, word in POLICIES.items() if member in one), "")
    policy = policy or next((member for member in PLACES if member in one), "")
    return RecordSet(
        path=f"ResourceRecordSets[{index}]",
        name=plain(text(one, "Name")),
        type=text(one, "Type").upper(),
        values=tuple(text(r, "Value") for r in rows(one, "ResourceRecords")),
        alias=plain(text(one, "AliasTarget", "DNSName")),
        alias_zone=_bare(text(one, "AliasTarget", "HostedZoneId")),
        policy=policy,
        weight=number(one, "Weight"),
    )


def merged(known: HostedZone, more: HostedZone) -> HostedZone:
    """What several VPCs and accounts say about one zone: only its owner can list its records."""
    vpcs = (
        None if known.vpcs is None and more.vpcs is None else tuple(sorted({*(known.vpcs or ()), *(more.vpcs or ())}))
    )
    if known.records is None or (more.whole and not known.whole and more.records is not None):
        return replace(more, vpcs=vpcs)
    return replace(known, vpcs=vpcs)
