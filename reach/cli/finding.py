"""Which file holds the expectations, and how what it says about sources is meant from where we stand."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from reach.errors import ExpectationsError
from reach.expectations import Expectations, parse_toml, parse_yaml
from reach.expectations.document import LARGEST
from reach.files import read, utf8

if TYPE_CHECKING:
    from reach.cli.where import Where
    from reach.sources.given import Given

NAME, PROJECT, OTHER = "reach.yaml", "pyproject.toml", "reach.yml"
HINT = "write a first one from what holds today: reach check --init --from SRC"


def find(config: str | None) -> Expectations:
    """The file that was named, else reach.yaml, else ``[tool.reach]``, here or further up to the git root.

    Raises
    ------
    ExpectationsError
        If there is none, or it cannot be read.
    """
    if config is not None:
        return _named(Path(config))
    for folder in _upwards(Path.cwd()):
        if (folder / NAME).is_file():
            return parse_yaml(_text(folder / NAME), shown(folder / NAME))
    for folder in _upwards(Path.cwd()):
        if (folder / PROJECT).is_file():
            found = parse_toml(_text(folder / PROJECT), shown(folder / PROJECT))
            if found is not None:
                return found
    near = next((folder / OTHER for folder in _upwards(Path.cwd()) if (folder / OTHER).is_file()), None)
    hint = f"there is {shown(near)}: rename it to {NAME}, or name it: -c {shown(near)}" if near else HINT
    raise ExpectationsError(f"no {NAME} here or above, and no [tool.reach] in a {PROJECT}", hint)


def _named(path: Path) -> Expectations:
    if not path.exists():
        raise ExpectationsError(f"{path}: there is no such file", HINT)
    if path.suffix == ".toml":
        found = parse_toml(_text(path), str(path))
        if found is None:
            raise ExpectationsError(f"{path} has no [tool.reach]", HINT)
        return found
    return parse_yaml(_text(path), str(path))


def _upwards(folder: Path) -> Iterator[Path]:
    for place in (folder, *folder.parents):
        yield place
        if (place / ".git").exists():
            return


def _text(path: Path) -> str:
    try:
        return utf8(read(path, 4 * LARGEST)).decode()
    except OSError as error:
        name = path / NAME if path.is_dir() else NAME
        raise ExpectationsError(f"cannot read {path}: {error.strerror}", f"name the file: -c {name}") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        what = f"{shown(path)}:{line}: this is not UTF-8 text: {error.reason} (byte {error.start})"
        raise ExpectationsError(what, "save the file as UTF-8") from None


def shown(path: Path) -> str:
    """A path as seen from here."""
    try:
        return os.path.relpath(path)
    except ValueError:  # another drive
        return str(path)


def sources_of(expectations: Expectations) -> tuple[str, ...]:
    """`from:` of a file, whose paths are relative to the file."""
    folder = Path(expectations.file).parent
    return tuple(placed(source, folder) for source in expectations.sources)


def given_of(expectations: Expectations, *, replaced: bool) -> Given:
    """`params:` of a file, with the lines that give them.

    Parameters
    ----------
    replaced
        Other sources are read than those of the file: they need not have its parameters.
    """
    from reach.sources.given import given

    values = given(expectations.params)
    places = {name: expectations.place("params", name) for name in values.params}
    return replace(values, places=places, spare=frozenset(places) if replaced else frozenset())


def named_by(expectations: Expectations) -> dict[str, str]:
    """The lines of a file that name its sources."""
    places = (expectations.place("from", source) for source in expectations.sources)
    return dict(zip(sources_of(expectations), places, strict=True))


def new_file(config: str | None) -> Path:
    """Where `--init` writes.

    Raises
    ------
    ExpectationsError
        If something is there already.
    """
    path = Path(config or NAME)
    if path.suffix == ".toml":
        raise ExpectationsError(f"--init writes a {NAME}, not a table of {path}", "name a .yaml file, or none")
    if os.path.lexists(path):
        raise ExpectationsError(f"{path} exists, and is not overwritten", f"check it: reach check -c {path}")
    if not path.parent.is_dir():
        raise ExpectationsError(f"the folder {path.parent} does not exist")
    return path


def as_seen_from(path: Path, sources: Sequence[str]) -> tuple[str, ...]:
    """Sources as a file at `path` has to name them."""
    folder = path.parent.resolve()
    return tuple(_seen(source, folder) for source in sources)


def _seen(source: str, folder: Path) -> str:
    if not is_path(source):
        return source
    name, equals, file = source.partition("=")
    if equals and not Path(source).exists():
        return f"{name}={os.path.relpath(file, folder)}"
    return os.path.relpath(source, folder)


def schema_for(path: Path) -> str:
    """Where an editor finds the JSON Schema: beside the file if reach is installed below it."""
    schema = Path(__file__).resolve().parent.parent / "expectations.schema.json"
    folder = path.parent.resolve()
    return os.path.relpath(schema, folder) if schema.is_relative_to(folder) else str(schema)


def options_besides(where: Where, given: Given) -> str:
    """The options that a network was read with and for which a file has no key; a check of it needs them, too."""
    words = [
        *(("--profile", where.profile) if where.profile else ()),
        *(word for region in where.regions for word in ("--region", region)),
        *(word for role in where.role_arns for word in ("--role-arn", role)),
        *(("--account", where.account) if where.account else ()),
        *(word for answer in where.answers for word in ("--resolve", answer)),
        *(word for name, value in given.ssm.items() for word in ("--ssm", f"{name}={value}")),
        *(word for name, value in given.exports.items() for word in ("--export", f"{name}={value}")),
    ]
    return shlex.join(words)


def is_path(source: str) -> bool:
    return source not in ("aws", "-") and not source.startswith("demo:")


def placed(source: str, folder: Path) -> str:
    """A source as a file in `folder` means it."""
    if not is_path(source):
        return source
    name, equals, path = source.partition("=")
    if equals and "/" not in name and not (folder / source).exists():
        return f"{name}={folder / path}"
    return str(folder / source)
