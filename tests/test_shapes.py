"""reach/shapes.json: generated from botocore, fresh, complete, and what the shipped snapshots fit."""

from __future__ import annotations

import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import botocore
import pytest
from botocore.session import get_session
from botocore.validate import ParamValidator

from reach.snapshot import BARE_SERVICES, NEVER_STORED, names, shapes
from reach.sources.calls import KEYS
from tests.worlds import World

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def make_shapes() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_shapes", ROOT / "tools" / "make_shapes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def fresh(make_shapes: ModuleType) -> dict[str, Any]:
    found: dict[str, Any] = make_shapes.build()
    return found


def test_the_file_is_fresh(make_shapes: ModuleType, fresh: dict[str, Any]) -> None:
    text = (ROOT / "reach" / "shapes.json").read_text(encoding="utf-8")
    if json.loads(text)["botocore"] == botocore.__version__:
        assert make_shapes.render(fresh) == text, "run: make shapes"
    else:  # another botocore may know more members, but the types of those we know stay
        assert widened(shapes()["read"], fresh["read"]) == fresh["read"]


def widened(old: Any, new: Any) -> Any:
    """The new tree, with whatever the old one says differently."""
    if isinstance(old, dict) and isinstance(new, dict):
        return new | {key: widened(old[key], new[key]) for key in old.keys() & new.keys()}
    return [widened(old[0], new[0])] if isinstance(old, list) and isinstance(new, list) else old


def test_every_collection_that_is_read_has_a_tree() -> None:
    assert set(shapes()["read"]) == set(KEYS)
    assert all(shapes()["read"].values())


def test_members_that_describing_reads_are_there() -> None:
    read = shapes()["read"]
    assert read["Vpcs"]["CidrBlockAssociationSet"][0]["CidrBlockState"]["State"] == "s"
    assert read["RouteTables"]["Routes"][0]["NatGatewayId"] == "s"
    assert read["SecurityGroups"]["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == "s"
    assert read["NetworkAcls"]["Entries"][0]["PortRange"] == {"From": "i", "To": "i"}
    assert read["VpcAttributes"]["EnableDnsSupport"] == {"Value": "b"}
    assert read["ManagedPrefixListEntries"] == {
        "Entries": [{"Cidr": "s", "Description": "s"}], "PrefixListId": "s"
    }  # fmt: skip
    assert read["Functions"]["State"] == "s"
    assert read["Functions"]["VpcConfig"]["SubnetIds"] == ["s"]
    assert read["CacheClusters"]["CacheNodes"][0]["Endpoint"]["Port"] == "i"
    assert read["ServerlessCaches"]["SubnetIds"] == ["s"]
    assert read["TransitGatewayRoutes"]["AdditionalRoutesAvailable"] == "b"
    assert read["Instances"]["NetworkInterfaces"][0]["NetworkInterfaceId"] == "s"


def members(tree: Any) -> set[str]:
    if isinstance(tree, dict):
        return {name for name, inner in tree.items() if inner == "-"} | {
            m for inner in tree.values() for m in members(inner)
        }
    return members(tree[0]) if isinstance(tree, list) else set()


def test_what_is_never_stored_is_marked() -> None:
    read = shapes()["read"]
    marked = members({key: tree for key, tree in read.items() if not any(call.keep for call in KEYS[key])})
    assert marked - {"Code"} <= NEVER_STORED
    assert {"Environment", "Code", "MasterUserPassword", "MasterUserSecret"} <= marked


def test_of_a_record_with_settings_all_but_its_network_is_marked() -> None:
    for call in (call for calls in KEYS.values() for call in calls if call.keep):
        tree = shapes()["read"][call.key]
        assert {name for name, inner in tree.items() if inner != "-"} == set(call.keep)


def test_names_of_other_services() -> None:
    assert set(BARE_SERVICES) < set(names())
    assert "Clusters" in names()["memorydb"]
    assert "Firewalls" in names()["network-firewall"]
    assert "ResponseMetadata" not in names()["ec2"]


# -- what is shipped fits botocore's own models ------------------------------------------------------------

SHIPPED = sorted([*ROOT.glob("graphs/*/snapshot.json"), *ROOT.glob("graphs/*/snapshot.json.gz")])


COMPLETED = {  # records that a second call completes -> the shape that has the members of both
    "Functions": "FunctionConfiguration",
    "network-firewall:Firewalls": "DescribeFirewallResponse",
}


def invalid(document: dict[str, Any]) -> list[str]:
    """What botocore itself finds wrong with the records of a snapshot."""
    session, out = get_session(), []
    for regions in document["accounts"].values():
        for collections in regions.values():
            for key, records in collections.items():
                listing = next((call for call in KEYS.get(key, ()) if call.result), None)
                if listing is None or not records:
                    continue
                service = session.get_service_model(listing.service)
                listed, shape = records, None
                if key in COMPLETED:
                    shape = service.shape_for(COMPLETED[key])
                    listed = [{k: v for k, v in record.items() if k not in shape.members} for record in records]
                model = service.operation_model(listing.operation).output_shape
                steps = listing.result.split(".")
                body: Any = listed
                for index, step in enumerate(reversed(steps)):
                    body = {step: [body] if index else body}
                checked = [(body, model)]
                if len(steps) == 1 and model.members[steps[0]].type_name == "structure":  # one record, in no list
                    checked = [({listing.result: record}, model) for record in records]
                if shape is not None:
                    checked += [({k: record[k] for k in record if k in shape.members}, shape) for record in records]
                reports = [ParamValidator().validate(value, model) for value, model in checked]
                out += [f"{key}: {report.generate_report()}" for report in reports if report.has_errors()]
    return out


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_shipped_snapshots_fit_botocore(path: Path) -> None:
    data = path.read_bytes()
    assert invalid(json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)) == []


def test_botocore_finds_what_does_not_fit() -> None:
    w = World()
    vpc = w.vpc("10.0.0.0/16")
    assert invalid(w.document()) == []
    w[vpc]["CidrBlok"] = "10.0.0.0/16"
    assert len(invalid(w.document())) == 1
