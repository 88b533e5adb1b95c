"""From responses of the API to records of a snapshot: pages joined, times as text, nothing that is never stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from reach.snapshot import Record, identity, never_stored
from reach.sources.call import Call

# The parameter that asks for the next page, and the member that offers it.
TOKENS = (
    ("NextToken", "NextToken"),
    ("nextToken", "nextToken"),
    ("position", "position"),
    ("PaginationToken", "PaginationToken"),
    ("Marker", "NextMarker"),
    ("Marker", "Marker"),
)
NEXT_RECORD = (
    ("StartRecordName", "NextRecordName"),
    ("StartRecordType", "NextRecordType"),
    ("StartRecordIdentifier", "NextRecordIdentifier"),
)
NO_RECORD = {"ResponseMetadata", *(member for _, member in (*TOKENS, *NEXT_RECORD))}
TAG_LISTS = ("Tags", "TagList", "TagSet")


# Error codes that say "I do not know who you are", in the spellings of the four protocols, and of a Region
# that the account has not enabled.
WHO_ARE_YOU = frozenset(
    [
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "OptInRequired",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    ]
)
# What was deleted since it was listed, or never was there.
GONE = ("ResourceNotFoundException", "NoSuchHostedZone", "NoSuchBucketPolicy", "PolicyNotFound")
EXPIRED = ("ExpiredToken", "ExpiredTokenException", "RequestExpired")


def next_page(response: Record, parameters: Iterable[str]) -> dict[str, str]:
    """Return the argument that asks for the page after this response, empty after the last one.

    >>> next_page({"NextMarker": "abc"}, ["Marker"])
    {'Marker': 'abc'}
    """
    known = set(parameters)
    if response.get("IsTruncated") and response.get("NextRecordName"):  # as Route 53 lists records
        return {ask: str(response[m]) for ask, m in NEXT_RECORD if response.get(m)}
    return next(({ask: str(response[m])} for ask, m in TOKENS if response.get(m) and ask in known), {})


def records_of(call: Call, arguments: Mapping[str, Any], pages: Sequence[Record], *, tags: bool) -> list[Record]:
    """Return what the pages of one call say, as records of its collection."""
    if not call.result:
        owner = {call.owner: arguments[call.owner]} if call.owner else {}
        return [clean({**_kept(_joined(pages), call.keep), **owner}, tags=tags)]
    found: list[Any] = list(pages)
    for step in call.result.split("."):
        found = [inner for part in found for inner in _listed(part.get(step))]
    return [clean(_kept(record, call.keep), tags=tags) for record in found]


def _kept(record: Record, members: tuple[str, ...]) -> Record:
    return {name: record[name] for name in members if name in record} if members else record


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _joined(pages: Sequence[Record]) -> dict[str, Any]:
    """One record of several pages: lists one after the other, anything else as the last page says."""
    out: dict[str, Any] = {}
    for page in pages:
        for member, value in page.items():
            if member not in NO_RECORD:
                out[member] = [*out.get(member, ()), *value] if isinstance(value, list) else value
    return out


def clean(value: Any, *, tags: bool = False) -> Any:
    """A value as JSON has it, without what is never stored; of tags only Name, unless all are wanted.

    >>> clean({"Environment": {"Variables": {"KEY": "secret"}}, "Tags": [{"Key": "Name", "Value": "a"}]})
    {'Tags': [{'Key': 'Name', 'Value': 'a'}]}
    """
    if isinstance(value, Mapping):
        return {name: _member(name, inner, tags) for name, inner in value.items() if not never_stored(name, inner)}
    if isinstance(value, list | tuple):
        return [clean(inner, tags=tags) for inner in value]
    return timestamp(value) if isinstance(value, datetime) else value


def _member(name: str, value: Any, tags: bool) -> Any:
    if name in TAG_LISTS and not tags and isinstance(value, list):
        value = [tag for tag in value if isinstance(tag, Mapping) and tag.get("Key") == "Name"]
    return clean(value, tags=tags)


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC; AWS's times without a zone are UTC."""
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")


def in_order(key: str, records: Iterable[Record]) -> list[Record]:
    """Records by id, each once; what two calls say about one resource is put together."""
    out: dict[Any, Record] = {}
    for record in records:
        name = identity(key, record)
        out[name] = {**out.get(name, {}), **record}
    return [out[name] for name in sorted(out, key=str)]


def owners(collections: Mapping[str, Sequence[Record]]) -> Iterator[str]:
    """Yield account ids from records that nobody sees in another account, the surest first."""
    for record in collections.get("Functions", ()):
        yield str(record.get("FunctionArn")).split(":")[4:5][0] if record.get("FunctionArn") else ""
    for key in ("NetworkInterfaces", "SecurityGroups", "Vpcs", "Subnets"):
        yield from (str(record.get("OwnerId") or "") for record in collections.get(key, ()))
