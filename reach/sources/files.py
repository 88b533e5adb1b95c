"""Files that describe a network: a snapshot, or one or many plain outputs of the AWS CLI; recognised by content."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reach.errors import SnapshotError
from reach.files import utf8
from reach.snapshot import Snapshot, from_document, parse_json, read_bytes
from reach.sources.cloudformation import File, is_assembly, templates_of
from reach.sources.cloudformation.document import MOST_BYTES, too_large
from reach.sources.outputs import Output, outputs
from reach.sources.places import gather
from reach.sources.strangers import of_json, refuse_text

if TYPE_CHECKING:
    from reach.sources.terraform.plan import Plan

HINT = "make a snapshot with: reach snapshot -o net.json"
LOOKED_AT = 1000  # bytes of a file that tell what it is
LARGE = 50_000_000
ZIP = b"PK\x03\x04"
TEMPLATE_WORDS = ("AWSTemplateFormatVersion", "Transform", "Resources")
SECTION = re.compile(rf"""^[ ]*["']?(?:{"|".join(TEMPLATE_WORDS)})["']?\s*:""".encode(), re.MULTILINE)


def read_path(path: str, stack: str | None = None) -> Snapshot | list[File] | Plan:
    """Read a file, a folder, or standard input (``-``); templates and plans are given back, to be read together.

    Parameters
    ----------
    stack
        The name of the stack, if it is a template.

    Raises
    ------
    SnapshotError
        If it cannot be read, or is nothing that describes a network.
    """
    if path != "-" and Path(path).is_dir():
        return list(templates_of(path)) if is_assembly(Path(path)) else read_folder(path)
    data = utf8(read_bytes(path))
    is_json = re.match(rb"\s*(?:\{|\[(?![a-z]))", data[:LOOKED_AT]) is not None  # a table of TOML begins with `[a`
    if not is_json and len(data) > MOST_BYTES and data[:4] != ZIP:  # before anything is looked for in it
        raise too_large(data, path)
    if not is_json and _is_yaml_template(data):
        return [File(path, data, stack)]
    if is_json and len(data) > LARGE and b'"format_version"' in data[:LOOKED_AT]:
        from reach.sources.terraform.plan import refuse_huge

        refuse_huge(data, path)
    document = _parsed(data, path)
    if _is_template(document):
        return [File(path, data, stack)]
    if isinstance(document, dict) and ("accounts" in document or "format" in document):
        return from_document(document, path)
    if _is_plan(document):
        from reach.sources.terraform import parse_plan

        return parse_plan(data, path, document)
    refusal = foreign(document)
    if refusal:
        raise SnapshotError(f"{path} is {refusal}", HINT)
    from reach.sources.mistaken import of_terraform

    what, instead = of_terraform(document)
    if what:
        raise SnapshotError(f"{path} is {what}", instead)
    found = list(outputs(document, path, Path(path), None, None))
    if not found:
        told = of_json(document)
        if told:
            raise SnapshotError(f"{path} is {told[0]}", told[1].format(path=path))
        keys = ", ".join(sorted(document)[:5]) if isinstance(document, dict) else "none, it is not an object"
        text = f"{path} is neither a snapshot nor the output of an AWS CLI command"
        raise SnapshotError(text, f"its keys: {keys or 'none'}; {HINT}")
    return gather(found, path, "snapshot")


def _parsed(data: bytes, path: str) -> Any:
    """A JSON document, or what was given in its place."""
    try:
        return parse_json(data, path)
    except SnapshotError:
        from reach.sources.mistaken import not_json

        what, instead = not_json(data, path)
        if what:
            raise SnapshotError(f"{path}:1: this is not JSON: {what}", instead) from None
        refuse_text(data, path)
        raise


def read_folder(path: str) -> Snapshot:
    """Read every ``*.json`` below a folder: ``X.json``, ``<region>/X.json``, ``accounts/<id>/<region>/X.json``.

    Raises
    ------
    SnapshotError
        If a file is broken, a key is ambiguous, or nothing in it comes from AWS.
    """
    root = Path(path)
    found: list[Output] = []
    strangers: list[str] = []
    refusals: list[str] = []
    files = sorted(p for p in root.rglob("*.json") if p.is_file() and not _hidden(p.relative_to(root)))
    for file in files:
        document = parse_json(read_bytes(file), str(file))
        if isinstance(document, dict) and str(document.get("format", "")).startswith("reach-snapshot/"):
            raise SnapshotError(f"{file} is a snapshot of its own", f"give it by itself: --from {file}")
        refusal = foreign(document)
        region, account = place_of(file.relative_to(root))
        some = [] if refusal else list(outputs(document, str(file), file, account, region))
        found += some
        if refusal:
            refusals.append(f"{file} is {refusal}")
        elif not some and document != {}:
            strangers.append(f"{file} is not the output of an AWS CLI command: ignored")
    if not found:
        raise _nothing(path, files, refusals)
    return gather(found, path, "folder", (*strangers, *(f"{text}: ignored" for text in refusals)))


def _nothing(path: str, files: list[Path], refusals: list[str]) -> SnapshotError:
    if refusals:
        return SnapshotError(
            f"{refusals[0]}: such files are read one by one", f"--from {refusals[0].split(' is a ')[0]}"
        )
    from reach.sources.mistaken import PLAN, SOURCE, is_source

    if is_source(Path(path)):
        return SnapshotError(f"the folder {path} holds {SOURCE}", f"run in it: {PLAN}")
    what = f"none of its {len(files)} JSON files comes from AWS" if files else "it has no JSON files"
    hint = f"aws ec2 describe-vpcs > {Path(path) / 'vpcs.json'}   (and so on), or {HINT}"
    return SnapshotError(f"the folder {path} holds no output of the AWS CLI: {what}", hint)


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")
ACCOUNT = re.compile(r"\d{12}")


def place_of(path: Path) -> tuple[str | None, str | None]:
    """Return the region and account that the folders of a file name.

    >>> place_of(Path("accounts/123456789012/eu-west-1/vpcs.json"))
    ('eu-west-1', '123456789012')
    """
    folders = path.parts[:-1]
    region = next((part for part in reversed(folders) if REGION.fullmatch(part)), None)
    return region, next((part for part in reversed(folders) if ACCOUNT.fullmatch(part)), None)


def foreign(document: Any) -> str:
    """Say what a document is that describes a network, but not in AWS's answers."""
    if not isinstance(document, Mapping):
        return ""
    if _is_template(document):
        return "a CloudFormation template"
    if _is_plan(document):
        return "a Terraform plan or state"
    if str(document.get("format", "")).startswith("reach-"):
        return f"a {document['format']} document, not a snapshot"
    return ""


def _is_plan(document: Any) -> bool:
    """Whether a JSON document is a plan or state of Terraform."""
    if not isinstance(document, Mapping) or "accounts" in document:
        return False
    words = ("planned_values", "resource_changes", "prior_state")
    nothing = document.keys() == {"format_version"}  # `terraform show -json` without a state
    return nothing or "terraform_version" in document or any(word in document for word in words)


def _is_template(document: Any) -> bool:
    return isinstance(document, Mapping) and any(
        word in document and "accounts" not in document for word in TEMPLATE_WORDS
    )


def _is_yaml_template(data: bytes) -> bool:
    """Whether it is YAML with one of a template's sections; all of them may be indented, or stand in quotes."""
    return SECTION.search(data) is not None
