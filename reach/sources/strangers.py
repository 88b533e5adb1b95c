"""Files that people hand in for a network and that describe none: what each is, and how to make what is read.

What stands in the place of a plan of Terraform is in mistaken.py.
"""

from __future__ import annotations

import os
import re
import shlex
from typing import Any

from reach.errors import SnapshotError

READ = "what is read: a snapshot, outputs of the AWS CLI, a template, terraform show -json"
LOOKED_AT = 50_000  # bytes of a text; what it is shows sooner
SYNTH = "cdk synth, then --from cdk.out"
PACKAGE = "serverless package, then --from .serverless/cloudformation-template-update-stack.json"

# What begins some lines of the text, all of it; what it is then, and what to do.
KINDS = (
    (("provider:", "functions:"), "a file of the Serverless Framework", PACKAGE),
    (("expect:",), "a file of expectations", "reach check -c {path}"),
    (("apiVersion:", "kind:"), "a manifest of Kubernetes", READ),
    ((r"(?:import|from|const)\b.*\baws[-_]cdk",), "code of the CDK", SYNTH),
    ((r"stack_name\s*=",), "a configuration of the SAM CLI", "--from template.yaml"),
    ((r"(?i:resources?)\s*:",), "its section is not spelled Resources, with a capital", "a template has Resources:"),
)


def refuse_text(data: bytes, path: str) -> None:
    """Refuse a text that is neither JSON nor has a template's sections, where it can be told what it is.

    Raises
    ------
    SnapshotError
        With what it looks like, and what to do.
    """
    head = data[:LOOKED_AT]
    if not head.strip() or b"\0" in head or re.match(rb"\s*(?:\{|\[(?![a-z]))", head):
        return  # said by whoever reads JSON
    place = f"{path}:1: this is not JSON"
    if all(not line.strip() or line.lstrip()[:1] == b"#" for line in head.splitlines()):
        raise SnapshotError(f"{place}: it holds comments only", READ)
    for words, what, hint in KINDS:
        found = [re.search(rf"^{word}".encode(), head, re.MULTILINE) for word in words]
        if all(found) and found[0]:
            line = head.count(b"\n", 0, found[0].start()) + 1
            raise SnapshotError(f"{path}:{line}: this is not JSON, and no template: {what}", hint.format(path=path))
    if re.match(rb"[A-Za-z_\"'#-][^\n]*(?:\n|$)", head.lstrip()) and _is_text(head):
        raise SnapshotError(f"{place}, and no template: it has no section Resources:", READ)


def refuse_place(source: str) -> None:
    """Refuse what is no path on this machine, where it can be told what it is.

    Raises
    ------
    SnapshotError
        Saying how to get the file here.
    """
    scheme, _, rest = source.partition("://")
    name = shlex.quote(os.path.basename(rest.partition("?")[0]) or "template.yaml")
    if scheme == "s3":
        raise SnapshotError(f"{source}: only files on this machine are read", f"aws s3 cp {shlex.quote(source)} {name}")
    if scheme in ("http", "https"):
        hint = f"curl -fsSL -o {name} {shlex.quote(source)}"
        raise SnapshotError(f"{source}: only files on this machine are read", hint)
    if scheme in ("file", "fileb"):
        raise SnapshotError(f"{source}: give the path of the file, without {scheme}://", f"--from {shlex.quote(rest)}")
    try:
        leads = os.readlink(source)
    except (OSError, ValueError):  # no link
        return
    what = "a circle of links" if os.path.lexists(os.path.join(os.path.dirname(source), leads)) else "a link to nothing"
    raise SnapshotError(f"{source} is {what}: it leads to {leads}", "give the file itself")


def _is_text(head: bytes) -> bool:
    try:
        head[:1000].decode()
    except UnicodeDecodeError as error:
        return error.start > 990  # cut in the middle of a character
    return True


def of_json(document: Any) -> tuple[str, str] | None:
    """What a JSON document is that holds no network, and what to do; None if that cannot be told.

    >>> of_json({"app": "npx ts-node bin/app.ts"})[1]
    'cdk synth, then --from cdk.out'
    """
    if not isinstance(document, dict):
        return None
    if "TemplateBody" in document:
        text = isinstance(document["TemplateBody"], str)
        query = "--query TemplateBody --output text > t.yaml" if text else "--query TemplateBody > t.json"
        return "what aws cloudformation get-template answers, not the template", f"add to that command: {query}"
    if isinstance(document.get("app"), str):
        return "the configuration of the CDK", SYNTH
    if isinstance(document.get("Parameters"), dict):
        return "a file of parameters", "--from template.yaml --param-file {path}"
    return None
