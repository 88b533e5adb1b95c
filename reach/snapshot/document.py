"""A snapshot as a JSON document: reading, checking and writing it."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from reach.errors import SnapshotError
from reach.files import read, replace, up_to
from reach.snapshot.records import FORMAT, Collections, Origin, Snapshot, SnapshotGap, never_stored
from reach.snapshot.shapes import an, check_collections


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
        data = read(path, MOST_READ)
        if len(data) > MOST_READ:
            raise SnapshotError(f"{path} has more than {MOST_READ:,} bytes", "give several smaller files, or a folder")
        return unpacked(data, str(path)) if data[:2] == b"\x1f\x8b" else data
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise SnapshotError(
            f"{path}: the gzip data is damaged ({error})", "make the file again: it was not written to its end"
        ) from None
    except FileNotFoundError:
        raise SnapshotError(f"{path}: there is no such file") from None
    except OSError as error:
        raise SnapshotError(f"{path} cannot be read: {error.strerror or error}") from None


# AWS's records become 20 to 60 times smaller; what unpacks to far more is made to fill the memory.
MOST_UNPACKED, MOST_RATIO = 64_000_000, 200
MOST_READ = 300_000_000  # bytes of any file
MOST_VALUES = 20_000_000  # in one JSON document: Python takes up to a hundred bytes for each


def unpacked(data: bytes, name: str) -> bytes:
    """What gzip packed, unless it grows beyond all measure.

    Raises
    ------
    SnapshotError
        If it does.
    """
    most = min(max(MOST_UNPACKED, MOST_RATIO * len(data)), MOST_READ)
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        out = up_to(file.read, most)
    if len(out) > most:
        raise SnapshotError(
            f"{name}: its {len(data):,} bytes of gzip unpack to more than {most:,}", "unpack it yourself"
        )
    return out


def parse(text: str | bytes, name: str) -> Snapshot:
    """Check one JSON document; `name` stands for it in messages and as the origin.

    Raises
    ------
    SnapshotError
        With the file, the key path and what was expected there.
    """
    return from_document(parse_json(text, name), name)


COMMA = "look for a comma, a quote or a bracket too many or too few there and in the line before"
READ = "what is read: a snapshot, outputs of the AWS CLI, a template, terraform show -json"


def parse_json(text: str | bytes, name: str) -> Any:
    """Parse JSON, or say where it breaks."""
    if not text.strip(b" \t\r\n" if isinstance(text, bytes) else None):  # type: ignore[arg-type]
        what = "standard input" if name == "-" else name
        raise SnapshotError(f"{what} is empty", "make a snapshot with: reach snapshot -o net.json")
    comma, brace = (",", "{") if isinstance(text, str) else (b",", b"{")
    if len(text) > MOST_VALUES and text.count(comma) + text.count(brace) > MOST_VALUES:  # type: ignore[arg-type]
        raise SnapshotError(f"{name} holds more than {MOST_VALUES:,} values", "give several smaller files")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        if not error.doc[error.pos :].strip() or error.msg.startswith("Unterminated string"):
            raise SnapshotError(f"{name}:{error.lineno}: the JSON breaks off here: the file is truncated") from None
        what = f"{name}:{error.lineno}: this is not JSON: {error.msg} at column {error.colno}"
        packed = error.doc.startswith("PK\x03\x04")  # a zip file, which a plan of Terraform itself is
        within = error.pos > 1 and error.msg.startswith(("Expecting property", "Expecting ',' delimiter"))
        hint = COMMA if within else "terraform show -json PLANFILE > plan.json" if packed else READ
        raise SnapshotError(what, hint) from None
    except UnicodeDecodeError as error:
        packed = error.object.startswith(b"PK\x03\x04")
        hint = "terraform show -json PLANFILE > plan.json" if packed else READ
        raise SnapshotError(f"{name} is not text: {error.reason} at byte {error.start}", hint) from None
    except RecursionError:
        raise SnapshotError(f"{name}: the JSON is nested too deeply to be a snapshot") from None
    except ValueError:  # Python counts the digits of a number before it reads them
        raise SnapshotError(f"{name}: a number in the JSON has more than 4,300 digits", READ) from None


def from_document(document: Any, name: str) -> Snapshot:
    """Check a parsed snapshot. The document's records are used as they are, not copied."""
    top = an(dict, document, name, "")
    if top.get("format", FORMAT) != FORMAT:
        hint = f"this version of reach reads {FORMAT!r}"
        raise SnapshotError(f"{name}: format is {top['format']!r}, which is not known", hint)
    if "accounts" not in top:
        hint = f"its keys: {', '.join(sorted(top)[:5]) or 'none'}; make a snapshot with: reach snapshot -o net.json"
        raise SnapshotError(f"{name} is not a snapshot: 'accounts' is missing", hint)
    warnings: dict[str, None] = {}
    accounts: dict[str, dict[str, Collections]] = {}
    for account, regions in an(dict, top["accounts"], name, "accounts").items():
        accounts[account] = {}
        for region, collections in an(dict, regions, name, f"accounts.{account}").items():
            place = f"accounts.{account}.{region}"
            found = an(dict, collections, name, place)
            accounts[account][region] = check_collections(found, name, place + ".", warnings)
    gaps = enumerate(an(list, [] if top.get("gaps") is None else top["gaps"], name, "gaps"))
    taken = None if top.get("taken") is None else an(str, top["taken"], name, "taken")
    return Snapshot(
        accounts=accounts,
        gaps=tuple(_gap(gap, name, f"gaps[{index}]") for index, gap in gaps),
        taken=taken,
        source=an(str, top.get("source") or "aws", name, "source"),
        origins=(Origin("snapshot", name, taken),),
        warnings=tuple(warnings),
    )


def _gap(gap: Any, name: str, path: str) -> SnapshotGap:
    gap = an(dict, gap, name, path)
    account, region, action = (an(str, gap.get(k), name, f"{path}.{k}") for k in ("account", "region", "action"))
    listed = enumerate(an(list, gap.get("keys"), name, f"{path}.keys"))
    keys = tuple(an(str, key, name, f"{path}.keys[{index}]") for index, key in listed)
    return SnapshotGap(account, region, action, keys, an(str, gap.get("error") or "", name, f"{path}.error"))


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
    try:
        replace(path, data, private=True)
    except OSError as error:
        raise SnapshotError(f"{path} cannot be written: {error.strerror or error}") from None


def lines(snapshot: Snapshot) -> Iterator[str]:
    """The document as text, one record per line, so that two snapshots can be compared with diff."""
    head = {"format": FORMAT, "taken": snapshot.taken, "source": snapshot.source}
    yield "{" + "".join(f"{_json(key)}: {_json(value)},\n" for key, value in head.items()) + '"accounts": {'
    for comma, account, regions in _members(snapshot.accounts):
        yield f"{comma}\n{account}: {{"
        for comma_, region, collections in _members(regions):
            yield f"{comma_}\n {region}: {{"
            for comma__, key, records in _members(collections):
                rows = ",".join(f"\n   {_json(stripped(record))}" for record in records)
                yield f"{comma__}\n  {key}: [{rows}]"
            yield "}"
        yield "}"
    yield '},\n"gaps": [' + ",".join(f"\n {_json(asdict(gap))}" for gap in snapshot.gaps) + "]}\n"


def _members(part: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    return (("," if index else "", _json(key), value) for index, (key, value) in enumerate(sorted(part.items())))


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def stripped(value: Any) -> Any:
    """A record without what is never stored."""
    if isinstance(value, Mapping):
        return {k: stripped(v) for k, v in value.items() if not never_stored(k, v)}
    return [stripped(v) for v in value] if isinstance(value, list | tuple) else value
