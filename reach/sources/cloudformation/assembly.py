"""A `cdk.out` folder: which templates its manifest lists, under which names, for which accounts and regions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from reach.errors import TemplateError
from reach.files import read
from reach.sources.cloudformation.document import MOST_BYTES

MANIFEST = "manifest.json"
STACK, STAGE = "aws:cloudformation:stack", "cdk:cloud-assembly"
ENVIRONMENT = re.compile(r"aws://([^/]+)/([^/]+)")
DEEPEST = 5  # stages inside stages


class File(Struct, frozen=True):
    """One template to read, with what is known of where it goes; None is not known."""

    path: str
    data: bytes | None = None
    stack: str | None = None
    account: str | None = None
    region: str | None = None


def is_assembly(folder: Path) -> bool:
    """Whether a folder is the output of `cdk synth`."""
    try:
        return b'"artifacts"' in read(folder / MANIFEST, MOST_BYTES)
    except OSError:
        return False


def templates_of(folder: str, depth: int = 0) -> Iterator[File]:
    """Yield the stacks of a cloud assembly in the order of their names, those of its stages too.

    Raises
    ------
    TemplateError
        If the manifest is broken, or names files outside the folder.
    """
    manifest = _manifest(Path(folder) / MANIFEST)
    found = 0
    for name, artifact in sorted(manifest.items()):
        if not isinstance(artifact, dict):
            continue
        properties = artifact.get("properties")
        properties = properties if isinstance(properties, dict) else {}
        if artifact.get("type") == STACK:
            found += 1
            account, region = _environment(artifact.get("environment"))
            path = _inside(folder, properties.get("templateFile"), name)
            stack = artifact.get("displayName") or properties.get("stackName") or name
            yield File(path, None, str(stack), account, region)
        elif artifact.get("type") == STAGE and depth < DEEPEST:
            found += 1
            yield from templates_of(_inside(folder, properties.get("directoryName"), name), depth + 1)
    if not found and not depth:
        raise TemplateError(f"{folder} has no stacks", "run cdk synth again")


def _manifest(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(read(path, MOST_BYTES))
    except OSError as error:
        raise TemplateError(f"{path} cannot be read: {error.strerror or error}", "run cdk synth again") from None
    except (ValueError, RecursionError) as error:
        raise TemplateError(f"{path}: this is not JSON: {error}", "run cdk synth again") from None
    artifacts = document.get("artifacts") if isinstance(document, dict) else None
    if not isinstance(artifacts, dict):
        raise TemplateError(f"{path} has no artifacts", "run cdk synth again")
    return artifacts


def _environment(text: Any) -> tuple[str | None, str | None]:
    """Account and region of `aws://ACCOUNT/REGION`; `unknown-…` is what nobody has said.

    >>> _environment("aws://123456789012/eu-west-1"), _environment("aws://unknown-account/eu-west-1")
    (('123456789012', 'eu-west-1'), (None, 'eu-west-1'))
    """
    found = ENVIRONMENT.fullmatch(str(text))
    if not found:
        return None, None
    account, region = found.groups()
    return (
        None if account.startswith("unknown") else account,
        None if region.startswith("unknown") else region,
    )


def _inside(folder: str, name: Any, artifact: str) -> str:
    root = Path(folder).resolve()
    path = Path(folder) / str(name)
    if not isinstance(name, str) or not path.resolve().is_relative_to(root) or path.resolve() == root:
        where = f"{Path(folder) / MANIFEST}: {artifact}"
        raise TemplateError(f"{where} names {name!a}, which is no file in the folder", "run cdk synth again")
    return str(path)
