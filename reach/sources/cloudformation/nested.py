"""Nested stacks: templates that lie beside the one that names them, never elsewhere, never themselves again."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

from reach.errors import TemplateError
from reach.sources.cloudformation.document import MOST_BYTES
from reach.sources.cloudformation.expansion import written_out
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.stack import Stack
from reach.sources.cloudformation.template import Template, check_dependencies, parse_template
from reach.sources.cloudformation.values import Unknown, joined
from reach.sources.cloudformation.world import MOST_STACKS

TYPES = {"AWS::CloudFormation::Stack": "TemplateURL", "AWS::Serverless::Application": "Location"}
ASSET = "aws:asset:path"  # where the CDK says which file a nested stack is
HASHED = re.compile(r"/([0-9a-f]{64})\.json$")  # a template that the CDK puts into its bucket
DEEPEST = 5  # stacks inside stacks


def add_children(stack: Stack, above: tuple[Path, ...]) -> None:
    """Read the nested stacks of a stack, and theirs; `above` are the files on the way down to it.

    Raises
    ------
    TemplateError
        If one of them lies outside the folder of the top template, or contains itself.
    """
    nested = [logical for logical, r in stack.resources.items() if r.type in TYPES]
    for logical in _in_order(stack, nested):
        resource = stack.resources[logical]
        path = _path_of(resource, above)
        if path is None:
            stack.world.unsee(stack, f"{resource.where}: {_elsewhere(resource)}")
            continue
        if path in above or len(above) >= DEEPEST:
            what = "contains itself" if path in above else f"is more than {DEEPEST} stacks deep"
            raise resource.fail(TYPES[resource.type], f"{what}: {path.name}", "take the circle out of the templates")
        if len(stack.world.stacks) >= MOST_STACKS:
            raise resource.fail(TYPES[resource.type], f"is one of more than {MOST_STACKS} stacks")
        child = Stack(f"{stack.name}-{logical}", _read(path, resource), stack.home, stack.world, _inputs(resource))
        child.template = written_out(child)
        stack.world.room_for(child)
        check_dependencies(child.template)
        child.settle()
        stack.children[logical] = child
        stack.world.stacks.append(child)
        add_children(child, (*above, path))


def _in_order(stack: Stack, nested: list[str]) -> list[str]:
    """Nested stacks, each after those whose outputs it is given."""
    if len(nested) < 2:
        return nested
    place = {logical: number for number, logical in enumerate(check_dependencies(stack.template))}
    return sorted(nested, key=lambda logical: place[logical])


def _inputs(resource: Resource) -> dict[str, Any]:
    given = resource.get("Parameters")
    if isinstance(given, Unknown):
        return {}
    if given is not None and not isinstance(given, dict):
        raise resource.fail("Parameters", "is not a mapping")
    return {name: joined(v, ",") if isinstance(v, list) else v for name, v in (given or {}).items()}


def _elsewhere(resource: Resource) -> str:
    """Why the template of a nested stack is not read, and what to do."""
    url = resource.get(TYPES[resource.type])
    away = f" ({url[:200]})" if isinstance(url, str) and url else ""
    what = f"the nested stack {resource.logical} is not a local file{away}: what it makes is not known"
    return f"{what}; put its template beside this one and name it in {TYPES[resource.type]}" if away else what


def _path_of(resource: Resource, above: tuple[Path, ...]) -> Path | None:
    """The file that a nested stack is; None if it lies in S3 or is not known."""
    metadata = resource.body.get("Metadata")
    asset = metadata.get(ASSET) if isinstance(metadata, dict) else None
    name = asset if isinstance(asset, str) else resource.get(TYPES[resource.type])
    name = _built(name, above[0]) or name
    if isinstance(name, int | float | list) or name == "":
        raise resource.fail(TYPES[resource.type], f"is {name!a}, and must be a template's file or URL")
    if not isinstance(name, str) or "://" in name:
        return None
    root = above[0].parent.resolve()
    try:
        path = Path(os.path.normpath(above[-1].parent.resolve() / name))
        path.stat()
    except FileNotFoundError:
        pass  # said when it is read
    except (OSError, ValueError):  # too long, a null byte
        raise resource.fail(TYPES[resource.type], f"is {name[:60]!a}, which is no name of a file") from None
    if path.is_symlink() or path.resolve() != path or not path.is_relative_to(root):
        text = f"is {name!a}, which leads out of the folder of {above[0].name}"
        if path.is_symlink() and path.resolve().is_relative_to(root):
            text = f"is {name!a}, a link: {'it contains itself' if path.resolve() in above else 'give the file itself'}"
        raise resource.fail(TYPES[resource.type], text, "put the nested template beside or below the first one")
    return path


def _built(name: Any, top: Path) -> str | None:
    """The file behind the address of an asset in S3: the manifest of the CDK's assets beside the template tells it."""
    found = HASHED.search(name.text if isinstance(name, Unknown) else str(name))
    manifest = top.with_name(f"{top.name.removesuffix('.template.json')}.assets.json")
    try:
        if not found or manifest.is_symlink() or manifest.stat().st_size > MOST_BYTES:
            return None
        source = json.loads(manifest.read_bytes())["files"][found.group(1)]["source"]["path"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return source if isinstance(source, str) else None


def _read(path: Path, resource: Resource) -> Template:
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            raise resource.fail(TYPES[resource.type], f"is {path.name}, which is no file", "give the template's file")
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            raise resource.fail(TYPES[resource.type], f"is {path.name}, which is too large to be a template")
        return parse_template(path.read_bytes(), _shown(path, resource))
    except OSError as error:
        text = f"cannot be read: {error.strerror or error} ({path.name})"
        hint = "build the template first (sam build, cdk synth)"
        raise resource.fail(
            TYPES[resource.type], text, "separate folders by /" if "\\" in path.name else hint
        ) from None


def _shown(path: Path, resource: Resource) -> str:
    """The file as the user would name it, from where the parent is."""
    folder = os.path.dirname(resource.stack.template.name)
    parent = Path(folder or ".").resolve()
    return os.path.join(folder, os.path.relpath(path, parent))


__all__ = ["TYPES", "TemplateError", "add_children"]
