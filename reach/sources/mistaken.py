"""What people give in the place of a plan: Terraform's source, its own files, what it prints; and what to run then."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PLAN = "terraform plan -out tf.plan && terraform show -json tf.plan > plan.json"
SOURCE = "Terraform's source, which does not say what its expressions become"
WORDS = re.compile(
    r'^\s*(?:(?:resource|data)\s+"[\w-]+"\s+"[\w-]+"|(?:module|provider|variable|output)\s+"[\w-]+"|locals|terraform)\s*\{',
    re.MULTILINE,
)
FOR_PEOPLE = re.compile(r"(?:Terraform|OpenTofu) (?:used the selected providers|will perform the following actions)")
ITSELF = re.compile(r'^\s*\{\s*"format_version"', re.MULTILINE)
NEAR = 100_000  # characters at either end of a file that are looked at


def not_json(data: bytes, path: str) -> tuple[str, str]:
    """Say what a file is that is not JSON, and what to do; two empty texts if it has nothing to do with Terraform.

    >>> not_json(b'resource "aws_vpc" "main" {}', "main.tf")[1]
    'terraform plan -out tf.plan && terraform show -json tf.plan > plan.json'
    """
    if data.startswith(b"PK\x03\x04"):
        name = "PLANFILE" if path == "-" else path
        return "it is a saved plan as Terraform itself keeps it", f"terraform show -json {name} > plan.json"
    text = data[:NEAR].decode(errors="replace")
    if Path(path).suffix in (".tf", ".tofu", ".tfvars", ".hcl") or WORDS.search(text):
        return f"it is {SOURCE}", PLAN
    if text.lstrip().startswith('{"@level"'):
        return "it is what terraform plan -json logs, not the plan", PLAN
    if FOR_PEOPLE.search(text):
        return "it is what terraform plan prints for people", PLAN
    itself = ITSELF.search(text)
    if itself is None:
        return "", ""
    line = text.count("\n", 0, itself.start() + len(itself[0]) - len(itself[0].lstrip())) + 1
    hint = "keep only that line; in GitHub Actions: terraform_wrapper: false for hashicorp/setup-terraform"
    return f"other lines stand around the plan at line {line}", hint


def of_terraform(document: Any) -> tuple[str, str]:
    """The same for a JSON document.

    >>> of_terraform({"vpc_id": {"sensitive": False, "type": "string", "value": "vpc-1"}})[0]
    'what terraform output -json prints'
    """
    if isinstance(document, list):
        rows = document and all(isinstance(row, Mapping) and {"address", "change"} <= row.keys() for row in document)
        return ("a part of a plan (resource_changes)", f"give all of it: {PLAN}") if rows else ("", "")
    if not isinstance(document, Mapping):
        return "", ""
    if "provider_schemas" in document:
        return "what terraform providers schema prints", PLAN
    held = document.get("resource")
    if isinstance(held, Mapping) and held and all(isinstance(one, Mapping) for one in held.values()):
        return f"{SOURCE} (in JSON, as cdktf synth writes it)", PLAN
    values = list(document.values())
    if values and all(isinstance(one, Mapping) and {"sensitive", "value"} <= one.keys() for one in values):
        return "what terraform output -json prints", "terraform show -json > state.json"
    return "", ""


def is_source(folder: Path) -> bool:
    """Whether a folder holds Terraform's source."""
    return any(next(folder.glob(f"*.{ending}"), None) for ending in ("tf", "tf.json", "tofu"))
