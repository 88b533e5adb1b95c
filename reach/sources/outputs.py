"""Plain outputs of the AWS CLI: which collection a top-level key is, whose record it is, which account and region.

A file says neither its command nor its account; the keys, the file's name and the records themselves do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from reach.errors import SnapshotError
from reach.snapshot import BARE_SERVICES, Record, check_records, names, shapes
from reach.sources.call import IAM_PREFIX
from reach.sources.calls import KEYS
from reach.sources.single import single

TOKENS = ("NextToken", "nextToken", "Marker", "NextMarker")


class Output(Struct, frozen=True):
    """The records of one collection in one file; `account` and `region` are known if a folder names them."""

    key: str
    records: Sequence[Record]
    file: str
    account: str | None
    region: str | None
    warning: str = ""
    cut: str = ""  # why the collection is not whole


def outputs(document: Any, name: str, file: Path, account: str | None, region: str | None) -> Iterator[Output]:
    """Yield the collections of one CLI output; nothing if it does not come from AWS.

    Raises
    ------
    SnapshotError
        If a record has a wrong type, or a key belongs to several services.
    """
    if not isinstance(document, dict):
        return
    cut = next((f"{name} ends with a {t}: more pages were not saved" for t in TOKENS if document.get(t)), "")
    for key, records, warning in _collections(document, name, file):
        if warning and not records:
            yield Output(key, (), name, account, region, warning, cut=warning)
        else:
            checked = check_records(key, records, name, key)
            yield Output(key, checked, name, account, region, warning, cut)


def _collections(document: dict[str, Any], name: str, file: Path) -> Iterator[tuple[str, Any, str]]:
    """Yield key, records and a warning for each collection of a document."""
    alone = single(document)
    if alone:
        yield (*alone, "")
        return
    owned = _owned(document, name, file)
    if owned:
        yield owned
        return
    for key, value in document.items():
        if key in TOKENS or key in ("ResponseMetadata", "AdditionalRoutesAvailable") or value is None:
            continue
        known = collection_of(key, value, name, file)
        if known is not None:
            yield known, value if isinstance(value, list) or known in BARE_LISTS else [value], ""


BARE_LISTS = frozenset(key for key, calls in KEYS.items() if any(call.result for call in calls)) - {
    "VpcBlockPublicAccessOptions"
}


class Owned(Struct, frozen=True):
    """Answers about one resource that do not name it; the file's name does: `entries.pl-63a5400a.json`."""

    key: str
    member: str
    prefix: str
    owner: str
    ids: bool = False  # they are ids, where another call has records under the same key


TABLE_ID = ("tgw-rtb-", "TransitGatewayRouteTableId")
OWNED = (
    Owned("ManagedPrefixListEntries", "Entries", "pl-", "PrefixListId"),
    Owned("route53:HostedZones", "HostedZoneSummaries", "vpc-", "VPCId"),
    Owned("route53:RecordSets", "ResourceRecordSets", "Z", "HostedZoneId"),
    Owned("efs:MountTargetSecurityGroups", "SecurityGroups", "fsmt-", "MountTargetId", ids=True),
    Owned("route53resolver:FirewallDomains", "Domains", "rslvr-fdl-", "FirewallDomainListId"),
    Owned("TransitGatewayRoutes", "Routes", *TABLE_ID),
    Owned("TransitGatewayAssociations", "Associations", *TABLE_ID),
    Owned("TransitGatewayPropagations", "TransitGatewayRouteTablePropagations", *TABLE_ID),
)


def _owned(document: dict[str, Any], name: str, file: Path) -> tuple[str, list[Record], str] | None:
    for kind in OWNED:
        if kind.member not in document or (kind.ids and not _of_ids(document[kind.member])):
            continue
        owner = document.get(kind.owner) or _id_in(file.name, kind.prefix)
        if owner:
            body = {k: v for k, v in document.items() if k not in TOKENS and k != "ResponseMetadata"}
            return kind.key, [{kind.owner: owner, **body}], ""
        if not _looks_owned(kind, document[kind.member]):
            continue
        example = f"{kind.member.lower()}.{kind.prefix}….json"
        return kind.key, [], f"{name} does not say whose {kind.member} it holds: name the file {example}"
    return None


# One member that AWS always gives tells these lists from those of other services with the same key.
TELLING = {
    "Entries": ("Cidr",),
    "HostedZoneSummaries": ("HostedZoneId",),
    "ResourceRecordSets": ("Type",),
    "Domains": (),
    "SecurityGroups": (),
    "Routes": ("TransitGatewayAttachments", "PrefixListId", "DestinationCidrBlock"),
    "Associations": ("TransitGatewayAttachmentId",),
    "TransitGatewayRouteTablePropagations": ("TransitGatewayAttachmentId",),
}


def _of_ids(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) for v in value)


def _looks_owned(kind: Owned, records: Any) -> bool:
    first = records[0] if isinstance(records, list) and records else {}
    if isinstance(first, dict):
        return not first or any(m in first for m in TELLING[kind.member])
    return kind.ids or not first


def _id_in(name: str, prefix: str) -> str:
    found = re.search(re.escape(prefix) + r"[0-9A-Za-z]+", name)
    return found.group() if found else ""


def collection_of(key: str, value: Any, name: str, file: Path) -> str | None:
    """Return the snapshot's key for a top-level key of an answer, None if AWS has no such list.

    >>> collection_of("Clusters", [], "redshift-clusters.json", Path("redshift-clusters.json"))
    'redshift:Clusters'
    """
    service, colon, rest = key.partition(":")
    if colon:
        return key if key in KEYS or rest in names().get(service, ()) else None
    if key == "Reservations":
        return "Instances"
    if key == "PrefixLists":
        return _prefix_lists(value)
    if key == "items" and (lattice := _lattice(value)):
        return lattice
    if key in SUMMARIES and (listed := _summaries(key, value)):
        return listed
    if key in shapes()["read"]:
        return key
    if not isinstance(value, list) or any(isinstance(item, str) for item in value):
        return None  # a list of names tells nothing about what it names
    owners = [service for service, keys in names().items() if key in keys]
    if not owners:
        return None
    owner = owners[0] if len(owners) == 1 else _service_in(file, owners) or _service_of(value, owners)
    if owner is None and key[0].islower():  # `files`, `items`, `tags`: not a sign of AWS
        return None
    if owner is None:
        shown = ", ".join(owners[:4]) + (", …" if len(owners) > 4 else "")
        text = f"{name}: {key} may come from several services ({shown})"
        raise SnapshotError(text, f"put the service into the file's name: {owners[0]}-{key.lower()}.json")
    return key if owner in BARE_SERVICES else f"{owner}:{key}"


def _prefix_lists(value: Any) -> str:
    """Two calls answer with this key; only one of them tells a list's version and ARN."""
    first = value[0] if isinstance(value, list) and value else None
    managed = isinstance(first, dict) and ("PrefixListArn" in first or "AddressFamily" in first or "State" in first)
    return "ManagedPrefixLists" if managed else "PrefixLists"


LATTICE = {"rcfg-": "vpc-lattice:ResourceConfigurations", "rgw-": "vpc-lattice:ResourceGateways"}


def _lattice(value: Any) -> str | None:
    """Every list of VPC Lattice has the same key; the ids in it tell what is listed."""
    first = value[0] if isinstance(value, list) and value else None
    id = str(first.get("id") or "") if isinstance(first, dict) else ""
    return next((key for prefix, key in LATTICE.items() if id.startswith(prefix)), None)


# Lists of names, whose key is that of the records themselves: the member that tells them, and their collection.
SUMMARIES = {
    "Models": ("ModelArn", "VpcConfig", "sagemaker:ModelSummaries"),
    "applications": ("id", "networkConfiguration", "emr-serverless:applicationSummaries"),
    "NetworkConnectors": ("Arn", "Configuration", "lambda-core:NetworkConnectorSummaries"),
    "mountTargets": ("mountTargetId", "securityGroups", "s3files:mountTargetSummaries"),
}


def _summaries(key: str, value: Any) -> str | None:
    """The collection of a list that only names things, such as `list-models`."""
    has, lacks, listed = SUMMARIES[key]
    named = isinstance(value, list) and all(isinstance(r, dict) and has in r and lacks not in r for r in value)
    return listed if named and value else None


def _service_of(value: Sequence[Any], owners: Sequence[str]) -> str | None:
    """The service whose ARNs the records have themselves."""
    first = value[0] if value and isinstance(value[0], dict) else {}
    arns = [str(v).split(":") for k, v in first.items() if k.lower().endswith("arn") and str(v).startswith("arn:")]
    spaces = {a[2] for a in arns if len(a) > 5}
    found = [o for o in owners if IAM_PREFIX.get(o, o) in spaces]
    return found[0] if len(found) == 1 else None


def _service_in(file: Path, owners: Sequence[str]) -> str | None:
    """Return the longest service name that the file's name has, else the one of a folder above it."""
    for part in (file.stem, *reversed(file.parts[:-1])):
        words = re.split(r"[^a-z0-9]+", part.lower())
        found = [o for o in owners if _within(o.split("-"), words)]
        if found:
            return max(found, key=len)
    return None


def _within(wanted: list[str], words: list[str]) -> bool:
    return any(words[i : i + len(wanted)] == wanted for i in range(len(words)))
