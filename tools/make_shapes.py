"""Write reach/shapes.json from botocore's service models: the member tree of every collection that `reach`
reads, and the names of all other list keys that AWS services answer with.

Run with ``make shapes``. What a snapshot never stores is marked here, so that loading drops it too.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import botocore
from botocore.session import Session, get_session

ROOT = Path(__file__).resolve().parent.parent
OUTPUT = ROOT / "reach" / "shapes.json"
sys.path.insert(0, str(ROOT))

from reach.snapshot import BARE_SERVICES, NEVER_STORED  # noqa: E402
from reach.sources.calls import KEYS  # noqa: E402

# Letters for scalars; a structure is an object, a list is a list of one, a map is {"*": type}.
SCALARS = {
    "string": "s", "character": "s", "blob": "s", "integer": "i", "long": "i", "float": "f", "double": "f",
    "boolean": "b", "timestamp": "t",
}  # fmt: skip
NEVER = "-"
SECRET = {"URI": "u"}  # never stored if it names a secret
DOCUMENT = "policyDocumentType"  # text on the wire; boto3 and the CLI hand it over decoded

# Collections of per-resource calls of services whose response keys do not make a name of their own.
OWN_NAMES = {
    "cloudformation": ["CustomResources"],  # of templates: which functions answer for them
    "codebuild": ["ProjectNames"],
    "dsql": ["VpcEndpointServiceNames"],
    "efs": ["MountTargetSecurityGroups"],
    "emr-serverless": ["applicationSummaries"],
    "iam": ["PolicyVersions", "RolePolicies"],
    "kafka": ["BootstrapBrokers", "Nodes"],
    "lambda-core": ["NetworkConnectorSummaries"],
    "mq": ["Brokers"],
    "mwaa": ["EnvironmentNames"],
    "route53": ["RecordSets"],
    "route53resolver": ["FirewallDomains"],
    "s3": ["BucketLocations", "BucketPolicies"],
    "s3files": ["mountTargetSummaries"],
    "sagemaker": ["ModelSummaries"],
    "vpc-lattice": ["ResourceConfigurations", "ResourceGateways"],
}

Tree = Any


def tree(shape: Any, never: frozenset[str] = NEVER_STORED) -> Tree:
    """Return the member tree of a botocore shape."""
    match shape.type_name:
        case "structure":
            return {
                name: NEVER if name in never else SECRET.get(name) or tree(member)
                for name, member in sorted(shape.members.items())
            }
        case "list":
            return [tree(shape.member)]
        case "map":
            return {"*": tree(shape.value)}
        case name:
            return "j" if shape.name == DOCUMENT else SCALARS[name]


def _members(shape: Any, keep: tuple[str, ...]) -> dict[str, Tree]:
    """The tree of a record of which only some members are stored."""
    if not keep:
        return dict(tree(shape))
    return {name: tree(member) if name in keep else NEVER for name, member in shape.members.items()}


def record_tree(session: Session, key: str) -> Tree:
    """Return the tree of one record of a collection, with the members that the owner's call adds."""
    source = KEYS[key]
    members: dict[str, Tree] = {}
    for call in source:
        model = session.get_service_model(call.service).operation_model(call.operation)
        shape: Any = model.output_shape
        for step in call.result.split(".") if call.result else []:
            shape = shape.members[step]
            shape = shape.member if shape.type_name == "list" else shape
        found = _members(shape, call.keep) if shape.type_name == "structure" else {}
        members |= {n: t for n, t in found.items() if n not in ("NextToken", "nextToken", "Marker", "NextMarker")}
        if call.owner:
            members[call.owner] = "s"
    if key == "Functions":
        members["Code"] = NEVER  # the other half of GetFunction, if somebody put it there
    return dict(sorted(members.items()))


def list_keys(session: Session, service: str) -> list[str]:
    """Return the names of the lists that a service's read calls answer with."""
    model = session.get_service_model(service)
    found = set(OWN_NAMES.get(service, ()))
    for name in model.operation_names:
        output = model.operation_model(name).output_shape
        if output is None or not name.startswith(("BatchGet", "Describe", "Get", "List", "Search")):
            continue
        found |= {key for key, shape in output.members.items() if shape.type_name in ("list", "structure")}
    return sorted(found - {"ResponseMetadata"})


def build() -> dict[str, Any]:
    """Return the whole file as plain data."""
    session = get_session()
    services = [*BARE_SERVICES, *sorted(set(session.get_available_services()) - set(BARE_SERVICES))]
    return {
        "botocore": botocore.__version__,
        "read": {key: record_tree(session, key) for key in sorted(KEYS)},
        "names": {service: " ".join(list_keys(session, service)) for service in services},
    }


def render(shapes: dict[str, Any]) -> str:
    """Return the file's text: one line per collection and per service, so that a diff can be read."""

    def lines(part: dict[str, Any]) -> str:
        return ",\n".join(f"{json.dumps(k)}:{json.dumps(v, separators=(',', ':'))}" for k, v in part.items())

    head = f'{{"botocore":{json.dumps(shapes["botocore"])},'
    return f'{head}\n"read":{{\n{lines(shapes["read"])}}},\n"names":{{\n{lines(shapes["names"])}}}}}\n'


def main() -> int:
    """Write the file."""
    OUTPUT.write_text(render(build()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
