"""Snapshot: AWS's own words about some accounts and regions, and what was denied. Load, check, save, merge.

It knows the shapes of AWS's records (`shapes.json`), not what they mean.
"""

from __future__ import annotations

import difflib
import gzip
import json
import os
import stat
import sys
import tempfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from reach.errors import SnapshotError

FORMAT = "reach-snapshot/1"
Record = Mapping[str, Any]
Collections = Mapping[str, Sequence[Record]]

# Services whose response keys stand bare; those of every other service carry its boto3 name: `memorydb:Clusters`.
BARE_SERVICES = ("ec2", "lambda", "rds", "elasticache")

# INVARIANT: no member of these names, however deep, is ever written to a snapshot.
NEVER_STORED = frozenset(
    "AuthToken CustomerGatewayConfiguration Environment MasterUserPassword MasterUserSecret Passwords PreSharedKey"
    " SecretArn TdeCredentialArn TdeCredentialPassword UserData".split()
)

# The members that name a record, for those collections where it is not obvious that whole records are compared.
IDENTITY: Mapping[str, tuple[str, ...]] = {
    "Addresses": ("AllocationId", "PublicIp"),
    "CacheClusters": ("CacheClusterId",),
    "CacheSubnetGroups": ("CacheSubnetGroupName",),
    "DBClusters": ("DBClusterIdentifier",),
    "DBInstances": ("DBInstanceIdentifier",),
    "DBProxies": ("DBProxyName",),
    "DBSubnetGroups": ("DBSubnetGroupName",),
    "DhcpOptions": ("DhcpOptionsId",),
    "EgressOnlyInternetGateways": ("EgressOnlyInternetGatewayId",),
    "Functions": ("FunctionName", "Version"),
    "Instances": ("InstanceId",),
    "InternetGateways": ("InternetGatewayId",),
    "ManagedPrefixListEntries": ("PrefixListId",),
    "ManagedPrefixLists": ("PrefixListId",),
    "NatGateways": ("NatGatewayId",),
    "NetworkAcls": ("NetworkAclId",),
    "NetworkInterfaces": ("NetworkInterfaceId",),
    "PrefixLists": ("PrefixListId",),
    "ReplicationGroups": ("ReplicationGroupId",),
    "RouteTables": ("RouteTableId",),
    "SecurityGroups": ("GroupId",),
    "ServerlessCaches": ("ServerlessCacheName",),
    "Subnets": ("SubnetId",),
    "TransitGatewayAssociations": ("TransitGatewayRouteTableId",),
    "TransitGatewayAttachments": ("TransitGatewayAttachmentId",),
    "TransitGatewayPeeringAttachments": ("TransitGatewayAttachmentId",),
    "TransitGatewayPrefixListReferences": ("TransitGatewayRouteTableId",),
    "TransitGatewayPropagations": ("TransitGatewayRouteTableId",),
    "TransitGatewayRouteTables": ("TransitGatewayRouteTableId",),
    "TransitGatewayRoutes": ("TransitGatewayRouteTableId",),
    "TransitGatewayVpcAttachments": ("TransitGatewayAttachmentId",),
    "TransitGateways": ("TransitGatewayId",),
    "VpcAttributes": ("VpcId",),
    "VpcBlockPublicAccessExclusions": ("ExclusionId",),
    "VpcBlockPublicAccessOptions": ("AwsAccountId", "AwsRegion"),
    "VpcEndpoints": ("VpcEndpointId",),
    "VpcPeeringConnections": ("VpcPeeringConnectionId",),
    "Vpcs": ("VpcId",),
    "VpnGateways": ("VpnGatewayId",),
}


@dataclass(frozen=True, slots=True)
class Origin:
    """What one source was: `kind` is aws, snapshot, folder or demo; `name` as the user gave it."""

    kind: str
    name: str
    taken: str | None = None


@dataclass(frozen=True, slots=True)
class SnapshotGap:
    """A call that was denied or broke off, and the collections that are missing or partial because of it."""

    account: str
    region: str
    action: str
    keys: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Records by account, region and AWS's response key; an absent key was not collected.

    Examples
    --------
    >>> parse('{"format": "reach-snapshot/1", "accounts": {"123456789012": {"eu-west-1": {"Vpcs": []}}}}', "net.json")
    Snapshot(accounts={'123456789012': {'eu-west-1': {'Vpcs': []}}}, gaps=(), taken=None, source='aws', \
origins=(Origin(kind='snapshot', name='net.json', taken=None),), warnings=())
    """

    accounts: Mapping[str, Mapping[str, Collections]]
    gaps: tuple[SnapshotGap, ...] = ()
    taken: str | None = None
    source: str = "aws"
    origins: tuple[Origin, ...] = ()
    warnings: tuple[str, ...] = field(default=())


def load(path: str | Path) -> Snapshot:
    """Read a snapshot file; gzip is recognised, ``-`` is standard input.

    Raises
    ------
    SnapshotError
        If it cannot be read or is not a snapshot.
    """
    return parse(read_bytes(path), str(path))


def read_bytes(path: str | Path) -> bytes:
    """The bytes of a file or of standard input, unpacked if they are gzip."""
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else Path(path).read_bytes()
        return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SnapshotError(f"{path}: the gzip data is damaged ({error})", "take the snapshot again") from None
    except FileNotFoundError:
        raise SnapshotError(f"{path}: there is no such file") from None
    except OSError as error:
        raise SnapshotError(f"{path} cannot be read: {error.strerror or error}") from None


def parse(text: str | bytes, name: str) -> Snapshot:
    """Check one JSON document; `name` stands for it in messages and as the origin.

    Raises
    ------
    SnapshotError
        With the file, the key path and what was expected there.
    """
    return from_document(parse_json(text, name), name)


def parse_json(text: str | bytes, name: str) -> Any:
    """Parse JSON, or say where it breaks."""
    if not text.strip(b" \t\r\n" if isinstance(text, bytes) else None):  # type: ignore[arg-type]
        raise SnapshotError(f"{name} is empty", "make a snapshot with: reach snapshot -o net.json")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if not error.doc[error.pos :].strip():
            raise SnapshotError(f"{name}:{error.lineno}: the JSON breaks off here: the file is truncated") from None
        what = f"{name}:{error.lineno}: this is not JSON: {error.msg} at column {error.colno}"
        raise SnapshotError(what) from None
    except UnicodeDecodeError as error:
        raise SnapshotError(f"{name} is not text: {error.reason} at byte {error.start}") from None
    except RecursionError:
        raise SnapshotError(f"{name}: the JSON is nested too deeply to be a snapshot") from None


def from_document(document: Any, name: str) -> Snapshot:
    """Check a parsed snapshot. The document's records are used as they are, not copied."""
    top = _an(dict, document, name, "")
    if top.get("format", FORMAT) != FORMAT:
        hint = f"this version of reach reads {FORMAT!r}"
        raise SnapshotError(f"{name}: format is {top['format']!r}, which is not known", hint)
    if "accounts" not in top:
        keys = ", ".join(sorted(map(str, top))[:5]) or "none"
        hint = "make a snapshot with: reach snapshot -o net.json"
        raise SnapshotError(f"{name}: 'accounts' is missing, so this is not a snapshot; its keys: {keys}", hint)
    warnings: dict[str, None] = {}
    accounts: dict[str, dict[str, Collections]] = {}
    for account, regions in _an(dict, top["accounts"], name, "accounts").items():
        accounts[account] = {}
        for region, collections in _an(dict, regions, name, f"accounts.{account}").items():
            place = f"accounts.{account}.{region}"
            collections = _an(dict, collections, name, place)
            accounts[account][region] = check_collections(collections, name, place + ".", warnings)
    found = enumerate(_an(list, top.get("gaps") or [], name, "gaps"))
    taken = None if top.get("taken") is None else _an(str, top["taken"], name, "taken")
    return Snapshot(
        accounts=accounts,
        gaps=tuple(_gap(gap, name, f"gaps[{index}]") for index, gap in found),
        taken=taken,
        source=_an(str, top.get("source") or "aws", name, "source"),
        origins=(Origin("snapshot", name, taken),),
        warnings=tuple(warnings),
    )


def _gap(gap: Any, name: str, path: str) -> SnapshotGap:
    gap = _an(dict, gap, name, path)
    words = [_an(str, gap.get(key), name, f"{path}.{key}") for key in ("account", "region", "action")]
    keys = [_an(str, k, name, f"{path}.keys[{i}]") for i, k in enumerate(_an(list, gap.get("keys"), name, f"{path}.keys"))]
    return SnapshotGap(words[0], words[1], words[2], tuple(keys), _an(str, gap.get("error") or "", name, f"{path}.error"))


# -- checking against shapes.json --------------------------------------------------------------------------

WORDS = {str: "a string", int: "a number", float: "a number", bool: "true or false", dict: "an object", list: "a list",
         type(None): "null"}  # fmt: skip
LETTERS: Mapping[str, tuple[frozenset[type], str]] = {
    "s": (frozenset((str,)), "a string"),
    "i": (frozenset((int,)), "a whole number"),
    "f": (frozenset((int, float)), "a number"),
    "b": (frozenset((bool,)), "true or false"),
    "t": (frozenset((str, int, float)), "a time"),
}


class _Misfit(Exception):
    """A value of the wrong type; the path grows from the inside out."""

    def __init__(self, expected: str, found: Any) -> None:
        super().__init__(expected)
        self.path = ""
        self.text = f"expected {expected}, found {WORDS.get(type(found), type(found).__name__)}"

    def within(self, step: str) -> _Misfit:
        self.path = step + self.path
        return self


def _an(kind: type, value: Any, name: str, path: str) -> Any:
    """The value, if it is of this type."""
    if type(value) is kind:
        return value
    raise SnapshotError(f"{name}: {path or 'the document'}: {_Misfit(WORDS[kind], value).text}")


@cache
def shapes() -> Mapping[str, Any]:
    """The member trees of what is read, and the names of all other list keys, per service."""
    return json.loads(Path(__file__).with_name("shapes.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@cache
def names() -> Mapping[str, frozenset[str]]:
    """The keys of each service's answers, by boto3 name."""
    return {service: frozenset(keys.split()) for service, keys in shapes()["names"].items()}


def check_collections(found: dict[str, Any], name: str, place: str, warnings: dict[str, None]) -> dict[str, list[Record]]:
    """Check the collections of one region: types, and keys that nobody knows (a warning)."""
    out: dict[str, list[Record]] = {}
    for key, records in found.items():
        if records is None:
            continue
        if not known_key(key):
            warnings[f"{name}: {place}{key} is not a key of AWS's answers that reach knows{_meant(key)}"] = None
            if type(records) is not list:
                continue
        checked = check_records("Instances" if key == "Reservations" else key, records, name, place + key)
        out.setdefault("Instances" if key == "Reservations" else key, []).extend(checked)
    return out


def check_records(key: str, records: Any, name: str, path: str) -> list[Record]:
    """Check the records of one collection in place: drop what is null or never stored, refuse wrong types."""
    tree = shapes()["read"].get(key, {})
    records = [r for r in _an(list, records, name, path) if r is not None]
    if key == "Instances":  # DescribeInstances groups them
        records = [i for r in records for i in (r["Instances"] if type(r) is dict and type(r.get("Instances")) is list else [r])]
    try:
        for index, record in enumerate(records):
            if key == "VpcAttributes" and type(record) is dict:
                record.update({k: {"Value": v} for k, v in record.items() if type(v) is bool})
            try:
                _fit(record, tree)
            except _Misfit as misfit:
                raise misfit.within(f"[{index}]") from None
    except _Misfit as misfit:
        raise SnapshotError(f"{name}: {path}{misfit.path}: {misfit.text}") from None
    return records


def _fit(value: Any, tree: Any) -> None:
    """Hold a value against its tree. Absent and unknown members are fine: AWS adds some every month."""
    if type(tree) is dict:
        if type(value) is not dict:
            raise _Misfit("an object", value)
        _fit_members(value, tree)
    elif type(tree) is list:
        if type(value) is not list:
            raise _Misfit("a list", value)
        inner = tree[0]
        for index, item in enumerate(value):
            try:
                _fit(item, inner)
            except _Misfit as misfit:
                raise misfit.within(f"[{index}]") from None
    elif type(value) not in LETTERS[tree][0]:
        raise _Misfit(LETTERS[tree][1], value)


def _fit_members(value: dict[str, Any], tree: dict[str, Any]) -> None:
    any_key = tree.get("*")
    doomed = []
    for name, member in value.items():
        if member is None:
            doomed.append(name)
            continue
        wanted = tree.get(name, any_key)
        if wanted is None or (wanted == "s" and type(member) is str):
            continue
        if wanted == "-":
            doomed.append(name)
            continue
        try:
            _fit(member, wanted)
        except _Misfit as misfit:
            raise misfit.within(f".{name}") from None
    for name in doomed:
        del value[name]


def known_key(key: str) -> bool:
    """Whether a top-level key is one of AWS's, or of the per-resource lists.

    >>> known_key("Vpcs"), known_key("memorydb:Clusters"), known_key("Vpc")
    (True, True, False)
    """
    service, colon, rest = key.partition(":")
    if colon:
        return rest in names().get(service, ())
    return key in shapes()["read"] or any(key in names()[service] for service in BARE_SERVICES)


def _meant(key: str) -> str:
    owners = sorted(service for service, keys in names().items() if key in keys)
    known = [*shapes()["read"], *(f"{service}:{key}" for service in owners)]
    close = [f"{service}:{key}" for service in owners][:3] or difflib.get_close_matches(key, known, n=1)
    return f"; did you mean {' or '.join(map(repr, close))}?" if close else ""


# -- saving --------------------------------------------------------------------------------------------------


def save(snapshot: Snapshot, path: str | Path) -> None:
    """Write a file that is either the old one or the whole new one; gzip if the name ends in ``.gz``.

    The same snapshot gives the same bytes.

    Raises
    ------
    SnapshotError
        If it cannot be written.
    """
    text = "".join(lines(snapshot)).encode()
    data = gzip.compress(text, mtime=0) if str(path).endswith(".gz") else text
    target = Path(os.path.realpath(path))  # a link stays a link
    try:
        if target.exists() and not target.is_file():  # a device or a pipe
            target.write_bytes(data)
            return
        mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(temporary, mode)
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise SnapshotError(f"{path} cannot be written: {error.strerror or error}") from None


def lines(snapshot: Snapshot) -> Iterator[str]:
    """The document as text, one record per line, so that two snapshots can be compared with diff."""
    gaps = [{"account": g.account, "region": g.region, "action": g.action, "keys": list(g.keys), "error": g.error}
            for g in snapshot.gaps]  # fmt: skip
    head = {"format": FORMAT, "taken": snapshot.taken, "source": snapshot.source}
    yield "{" + "".join(f"{_json(key)}: {_json(value)},\n" for key, value in head.items()) + '"accounts": {'
    for first, (account, regions) in _numbered(snapshot.accounts):
        yield f"{first}\n{_json(account)}: {{"
        for first, (region, collections) in _numbered(regions):
            yield f"{first}\n {_json(region)}: {{"
            for first, (key, records) in _numbered(collections):
                rows = ",".join(f"\n   {_json(stripped(record))}" for record in records)
                yield f"{first}\n  {_json(key)}: [{rows}]"
            yield "}"
        yield "}"
    yield '},\n"gaps": [' + ",".join(f"\n {_json(gap)}" for gap in gaps) + "]}\n"


def _numbered(part: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, Any]]]:
    return ((("," if index else ""), item) for index, item in enumerate(sorted(part.items())))


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def stripped(value: Any) -> Any:
    """A record without what is never stored."""
    if isinstance(value, Mapping):
        return {k: stripped(v) for k, v in value.items() if k not in NEVER_STORED}
    return [stripped(v) for v in value] if isinstance(value, list | tuple) else value


# -- merging -------------------------------------------------------------------------------------------------


def merge(snapshots: Sequence[Snapshot]) -> Snapshot:
    """Lay snapshots over each other from left to right: of two records with one id the later counts.

    A collection that one of them read whole is not a gap any more. Records that several accounts see
    (a shared subnet) stay with each account; that the owner's word counts is decided by who reads them.
    """
    if len(snapshots) == 1:
        return snapshots[0]
    accounts: dict[str, dict[str, dict[str, dict[Any, Record]]]] = {}
    whole: set[tuple[str, str, str]] = set()
    for snapshot in snapshots:
        broken = {(g.account, g.region, key) for g in snapshot.gaps for key in g.keys}
        for account, region, key, records in _collections(snapshot):
            into = accounts.setdefault(account, {}).setdefault(region, {}).setdefault(key, {})
            into.update({identity(key, record): record for record in records})
            if (account, region, key) not in broken:
                whole.add((account, region, key))
    gaps = (replace(g, keys=tuple(k for k in g.keys if (g.account, g.region, k) not in whole))
            for s in snapshots for g in s.gaps)  # fmt: skip
    return Snapshot(
        accounts={
            account: {
                region: {key: list(found.values()) for key, found in keys.items()} for region, keys in regions.items()
            }
            for account, regions in accounts.items()
        },
        gaps=tuple(dict.fromkeys(g for g in gaps if g.keys)),
        taken=max((s.taken for s in snapshots if s.taken), default=None),
        source=snapshots[-1].source if snapshots else "aws",
        origins=tuple(origin for s in snapshots for origin in s.origins),
        warnings=tuple(dict.fromkeys(w for s in snapshots for w in s.warnings)),
    )


def _collections(snapshot: Snapshot) -> Iterator[tuple[str, str, str, Sequence[Record]]]:
    for account, regions in snapshot.accounts.items():
        for region, collections in regions.items():
            for key, records in collections.items():
                yield account, region, key, records


def identity(key: str, record: Record) -> Any:
    """What makes a record of a collection the same one; of an unknown collection, all of it."""
    words = tuple(str(record[member]) for member in IDENTITY.get(key, ()) if record.get(member))
    return words or _json(record)
