"""Write reach/properties.json: what CloudFormation takes in the resource types that `reach` reads, by name.

The source is the CloudFormation registry's resource schemas as cfn-lint (MIT-0) carries them. Run with
``pip install cfn-lint`` in an environment of its own, then ``make properties``; the names change rarely.
"""

from __future__ import annotations

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "reach" / "properties.json"
sys.path.insert(0, str(ROOT))

from samtranslator.model.sam_resources import SamFunction  # noqa: E402

from reach.sources.cloudformation.maps import MAPS  # noqa: E402

SCHEMAS = "cfnlint/data/schemas"
REGION = "us-east-1"
ANYTHING = 0  # a scalar, a document, a map of free names: nothing in it is checked
Tree = Any


def tree(schema: dict[str, Any], whole: dict[str, Any], within: tuple[str, ...] = ()) -> Tree:
    """The names that may stand in a mapping, each with what may stand in it; of a list, in each of its items."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return ANYTHING if name in within else tree(whole["definitions"][name], whole, (*within, name))
    if "items" in schema:
        return tree(schema["items"], whole, within)
    found: dict[str, Tree] = {}
    for part in (schema, *(one for word in ("allOf", "anyOf", "oneOf") for one in schema.get(word, ()))):
        if part.get("patternProperties") or part.get("additionalProperties") not in (None, False):
            return ANYTHING
        if part is not schema and ("$ref" in part or "items" in part):
            other = tree(part, whole, within)
            if not isinstance(other, dict):
                return ANYTHING
            found |= other
        found |= {name: tree(inner, whole, within) for name, inner in part.get("properties", {}).items()}
    return found or ANYTHING


def read(wheel: Path) -> dict[str, Any]:
    """The whole document, from a wheel of cfn-lint."""
    with zipfile.ZipFile(wheel) as archive:
        hashes = json.loads(archive.read(f"{SCHEMAS}/providers/{REGION}.json"))
        whole = {
            type_: json.loads(archive.read(f"{SCHEMAS}/resources/{hashes[type_]}.json"))
            for type_ in MAPS
            if type_ in hashes
        }
    trees = {type_: tree(schema, schema) for type_, schema in whole.items()}
    own = dict.fromkeys(SamFunction.property_types, ANYTHING)
    trees["AWS::Serverless::Function"] = own | {"VpcConfig": trees["AWS::Lambda::Function"]["VpcConfig"]}
    types: dict[str, list[str]] = {}
    for type_ in sorted(hashes):
        space, _, name = type_.rpartition("::")
        if type_.startswith("AWS::") and name != "MODULE":
            types.setdefault(space, []).append(name)
    return {
        "source": wheel.name.split("-py3")[0],
        "types": types,
        "properties": trees,
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: pip download --no-deps cfn-lint, then: python tools/make_properties.py cfn_lint-….whl")
    OUTPUT.write_text(
        json.dumps(read(Path(sys.argv[1])), sort_keys=True, separators=(",", ":")) + "\n", encoding="utf-8"
    )
