"""Snapshot documents: what loads, what is refused and with which words, saving, merging."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from reach.errors import SnapshotError
from reach.snapshot import Snapshot, SnapshotGap, load, merge, parse, save
from reach.sources import read
from tests.worlds import World

ACCOUNT, REGION = "123456789012", "eu-west-1"
Collections = dict[str, Any]


def document(collections: Any, **more: Any) -> str:
    return json.dumps({"format": "reach-snapshot/1", "accounts": {ACCOUNT: {REGION: collections}}, **more})


def of(collections: Collections, *gaps: tuple[str, str], name: str = "a.json", taken: str | None = None) -> Snapshot:
    found = [
        {"account": ACCOUNT, "region": REGION, "action": action, "keys": [key], "error": "AccessDenied"}
        for action, key in gaps
    ]
    return parse(document(collections, gaps=found, taken=taken), name)


def here(snapshot: Snapshot) -> Any:
    return snapshot.accounts[ACCOUNT][REGION]


def world() -> World:
    w = World()
    vpc = w.vpc("10.0.0.0/16", name="main")
    subnet = w.subnet(vpc, "10.0.1.0/24")
    w.function("orders", [subnet], [w.security_group(vpc)])
    w.drop("NatGateways")
    return w


# -- reading -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["net.json", "net.json.gz"])
def test_what_was_saved_loads_as_it_was(tmp_path: Path, name: str) -> None:
    first = load(world().write(tmp_path / name))
    save(first, tmp_path / f"again-{name}")
    again = load(tmp_path / f"again-{name}")
    assert (again.accounts, again.gaps, again.taken) == (first.accounts, first.gaps, first.taken)
    assert again.gaps[0].action == "ec2:DescribeNatGateways"
    assert again.origins[0].kind == "snapshot"
    assert (tmp_path / f"again-{name}").read_bytes()[:2] == (b"\x1f\x8b" if name.endswith("gz") else b'{"')


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    data = gzip.compress(document({"Vpcs": []}).encode())
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    assert here(read(["-"])) == {"Vpcs": []}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_shells_write(encoding: str) -> None:
    assert here(parse(document({"Vpcs": []}).encode(encoding), "net.json")) == {"Vpcs": []}


REFUSED = {
    "": "net.json is empty",
    "  \n": "net.json is empty",
    '{"accounts": {\n "1234': "net.json:2: the JSON breaks off here: the file is truncated",
    '{"accounts": {},\n': "net.json:2: the JSON breaks off here: the file is truncated",
    '{"accounts": {}}x': "net.json:1: this is not JSON: Extra data at column 17",
    "[" * 100_000: "net.json: the JSON is nested too deeply",
    "[]": "net.json: the document: expected an object, found a list",
    "{}": "net.json is not a snapshot: 'accounts' is missing",
    '{"format": "reach-snapshot/9", "accounts": {}}': "net.json: format is 'reach-snapshot/9'",
    '{"accounts": []}': "net.json: accounts: expected an object, found a list",
    '{"accounts": {"1": []}}': "net.json: accounts.1: expected an object, found a list",
    '{"accounts": {"1": {"r": []}}}': "net.json: accounts.1.r: expected an object, found a list",
    '{"accounts": {}, "gaps": {}}': "net.json: gaps: expected a list, found an object",
    '{"accounts": {}, "gaps": [{"account": "1"}]}': "net.json: gaps[0].region: expected a string, found null",
    '{"accounts": {}, "taken": 5}': "net.json: taken: expected a string, found a number",
}


@pytest.mark.parametrize(("text", "message"), REFUSED.items(), ids=range(len(REFUSED)))
def test_refused_documents_say_where(text: str, message: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        parse(text, "net.json")
    assert caught.value.message.startswith(message)


WRONG: list[tuple[Collections, str]] = [
    ({"Vpcs": {}}, "Vpcs: expected a list, found an object"),
    ({"Vpcs": ["vpc-1"]}, "Vpcs[0]: expected an object, found a string"),
    ({"Vpcs": [{}, {"VpcId": 5}]}, "Vpcs[1].VpcId: expected a string, found a number"),
    ({"Subnets": [{}, {}, {}, {"CidrBlock": ["10.0.0.0/8"]}]}, "Subnets[3].CidrBlock: expected a string, found a list"),
    ({"RouteTables": [{"Routes": {}}]}, "RouteTables[0].Routes: expected a list, found an object"),
    (
        {"RouteTables": [{"Routes": [{}, {"GatewayId": False}]}]},
        "RouteTables[0].Routes[1].GatewayId: expected a string, found true or false",
    ),
    (
        {"NetworkAcls": [{"Entries": [{"PortRange": {"From": "22"}}]}]},
        "NetworkAcls[0].Entries[0].PortRange.From: expected a whole number, found a string",
    ),
    (
        {"NetworkAcls": [{"Entries": [{"RuleNumber": True}]}]},
        "NetworkAcls[0].Entries[0].RuleNumber: expected a whole number, found true or false",
    ),
    (
        {"Functions": [{"VpcConfig": {"SubnetIds": ["subnet-1", 2]}}]},
        "Functions[0].VpcConfig.SubnetIds[1]: expected a string, found a number",
    ),
    (
        {"VpcAttributes": [{"EnableDnsSupport": {"Value": "true"}}]},
        "VpcAttributes[0].EnableDnsSupport.Value: expected true or false, found a string",
    ),
    (
        {"ManagedPrefixListEntries": [{"PrefixListId": "pl-1", "Entries": [{"Cidr": 10}]}]},
        "ManagedPrefixListEntries[0].Entries[0].Cidr: expected a string, found a number",
    ),
    (
        {"TransitGatewayRoutes": [{"AdditionalRoutesAvailable": 1}]},
        "TransitGatewayRoutes[0].AdditionalRoutesAvailable: expected true or false, found a number",
    ),
    (
        {"DBInstances": [{"Endpoint": {"Port": "5432"}}]},
        "DBInstances[0].Endpoint.Port: expected a whole number, found a string",
    ),
]


@pytest.mark.parametrize(("collections", "message"), WRONG, ids=[message for _, message in WRONG])
def test_wrong_types_name_the_key_path(collections: Collections, message: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        of(collections)
    assert caught.value.message == f"a.json: accounts.{ACCOUNT}.{REGION}.{message}"


def test_null_is_absent_and_what_is_unknown_stays() -> None:
    vpc = {"VpcId": "vpc-1", "CidrBlock": None, "InventedByAwsLater": {"a": 1}}
    found = here(of({"Vpcs": [vpc, None], "Subnets": None}))
    assert found == {"Vpcs": [{"VpcId": "vpc-1", "InventedByAwsLater": {"a": 1}}]}


def test_attributes_may_be_plain_booleans_and_reservations_are_instances() -> None:
    found = here(of({"VpcAttributes": [{"VpcId": "vpc-1", "EnableDnsSupport": True}],
                     "Reservations": [{"OwnerId": ACCOUNT, "Instances": [{"InstanceId": "i-1"}]}]}))  # fmt: skip
    assert found["VpcAttributes"] == [{"VpcId": "vpc-1", "EnableDnsSupport": {"Value": True}}]
    assert found["Instances"] == [{"InstanceId": "i-1"}]


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("Subnet", "; did you mean 'Subnets'?"),
        ("Clusters", "memorydb:Clusters"),
        ("memorydb:Cluster", "did you mean 'memorydb:Clusters'?"),
        ("memoridb:Clusters", "did you mean 'memorydb'?"),
        ("Zzzzqq", "answers"),
    ],
)
def test_unknown_keys_warn(key: str, meant: str) -> None:
    (warning,) = of({key: []}).warnings
    assert f"{REGION}.{key} is not a known key of AWS's answers" in warning
    assert meant in warning


@pytest.mark.parametrize("key", ["memorydb:Clusters", "route53:HostedZones", "route53:RecordSets",
                                 "network-firewall:Firewalls", "s3:BucketPolicies", "FlowLogs"])  # fmt: skip
def test_other_services_carry_their_name(key: str) -> None:
    assert of({key: []}).warnings == ()


def test_secrets_of_a_foreign_file_are_dropped_when_it_is_read() -> None:
    function = {
        "FunctionName": "f",
        "Environment": {"Variables": {"PASSWORD": "hunter2"}},
        "Code": {"Location": "https://"},
    }
    database = {"DBInstanceIdentifier": "d", "PendingModifiedValues": {"MasterUserPassword": "hunter2"}}
    found = here(of({"Functions": [function], "DBInstances": [database]}))
    assert found["Functions"] == [{"FunctionName": "f"}]
    assert found["DBInstances"] == [{"DBInstanceIdentifier": "d", "PendingModifiedValues": {}}]


# -- saving ------------------------------------------------------------------------------------------------


def test_the_same_snapshot_gives_the_same_bytes(tmp_path: Path) -> None:
    snapshot = parse(json.dumps(world().document()), "a.json")
    turned = Snapshot({a: {r: dict(reversed(k.items())) for r, k in rs.items()} for a, rs in snapshot.accounts.items()},
                      snapshot.gaps, snapshot.taken)  # fmt: skip
    for name in ("a.json.gz", "b.json.gz"):
        save(snapshot if name == "a.json.gz" else turned, tmp_path / name)
    assert (tmp_path / "a.json.gz").read_bytes() == (tmp_path / "b.json.gz").read_bytes()


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "net.json"
    target.write_text("old")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(SnapshotError, match=r"net\.json cannot be written: No space left"):
        save(of({"Vpcs": []}), target)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["net.json"]


def test_nothing_secret_is_saved_whatever_the_snapshot_holds(tmp_path: Path) -> None:
    function = {"FunctionName": "f", "Environment": {"Variables": {"PASSWORD": "hunter2"}}}
    save(Snapshot({ACCOUNT: {REGION: {"Functions": [function]}}}), tmp_path / "net.json")
    assert "hunter2" not in (tmp_path / "net.json").read_text()


def test_messages_of_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="there is no such file"):
        load(tmp_path / "none.json")
    (tmp_path / "half.json.gz").write_bytes(gzip.compress(b"{}" * 1000)[:20])
    with pytest.raises(SnapshotError, match="the gzip data is damaged"):
        load(tmp_path / "half.json.gz")
    with pytest.raises(SnapshotError, match="cannot be written"):
        save(of({}), tmp_path / "no" / "folder.json")


# -- merging -----------------------------------------------------------------------------------------------


def test_the_later_file_wins_and_others_are_added() -> None:
    first = of({"Vpcs": [{"VpcId": "vpc-1", "State": "pending"}, {"VpcId": "vpc-2"}], "Subnets": []})
    later = of({"Vpcs": [{"VpcId": "vpc-1", "State": "available"}, {"VpcId": "vpc-3"}]}, name="b.json", taken="2026")
    found = merge([first, later])
    assert here(found) == {
        "Vpcs": [{"VpcId": "vpc-1", "State": "available"}, {"VpcId": "vpc-2"}, {"VpcId": "vpc-3"}],
        "Subnets": [],
    }
    assert [origin.name for origin in found.origins] == ["a.json", "b.json"]
    assert found.taken == "2026"


@pytest.mark.parametrize("turned", [False, True])
def test_data_beats_a_gap_in_either_order(turned: bool) -> None:
    whole = of({"NatGateways": [{"NatGatewayId": "nat-1"}]})
    gap = of({"Vpcs": []}, ("ec2:DescribeNatGateways", "NatGateways"), ("ec2:DescribeSubnets", "Subnets"))
    found = merge([gap, whole] if turned else [whole, gap])
    assert [g.keys for g in found.gaps] == [("Subnets",)]
    assert here(found)["NatGateways"] == [{"NatGatewayId": "nat-1"}]


def test_two_partial_readings_stay_partial() -> None:
    some = of({"NatGateways": [{"NatGatewayId": "nat-1"}]}, ("ec2:DescribeNatGateways", "NatGateways"))
    others = of({"NatGateways": [{"NatGatewayId": "nat-2"}]}, ("ec2:DescribeNatGateways", "NatGateways"))
    found = merge([some, others])
    assert found.gaps == (SnapshotGap(ACCOUNT, REGION, "ec2:DescribeNatGateways", ("NatGateways",), "AccessDenied"),)
    assert len(here(found)["NatGateways"]) == 2


def test_a_gap_elsewhere_stays() -> None:
    gap = of({}, ("ec2:DescribeNatGateways", "NatGateways"))
    elsewhere = parse(json.dumps({"accounts": {ACCOUNT: {"us-east-1": {"NatGateways": []}}}}), "b.json")
    assert merge([gap, elsewhere]).gaps == gap.gaps


@pytest.mark.parametrize("turned", [False, True])
def test_the_owners_record_of_a_shared_subnet_wins(turned: bool) -> None:
    from reach.describe import describe

    other = "222222222222"
    shared = {"SubnetId": "subnet-1", "OwnerId": other, "VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"}
    seen = of({"Subnets": [shared]})
    own = parse(
        json.dumps({"accounts": {other: {REGION: {"Subnets": [shared | {"CidrBlock": "10.9.0.0/24"}]}}}}), "b.json"
    )
    network = describe(merge([own, seen] if turned else [seen, own]))
    assert getattr(network["subnet-1"], "cidr", None) == "10.9.0.0/24"


# -- sources -----------------------------------------------------------------------------------------------


def test_built_in_networks() -> None:
    found = read(["demo:vpc-private"])
    assert [(origin.kind, origin.name) for origin in found.origins] == [("demo", "vpc-private")]
    assert found.warnings == ()
    with pytest.raises(SnapshotError) as caught:
        read(["demo:vpc-privat"])
    assert "no built-in network 'vpc-privat'" in caught.value.message
    assert "did you mean vpc-private" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.json", '{"format": "reach-answers/1", "answers": []}', "format is 'reach-answers/1'"),
        ("x.json", '{"foo": 1}', "is neither a snapshot nor the output of an AWS CLI command"),
        ("x.yaml", "foo: 1", "this is not JSON"),
    ],
)
def test_what_is_not_a_snapshot_is_named(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(SnapshotError) as caught:
        read([str(tmp_path / name)])
    assert message in caught.value.message
    assert name in caught.value.message


def test_a_source_that_does_not_exist() -> None:
    with pytest.raises(SnapshotError, match="there is no such file or folder"):
        read(["nowhere.json"])
    with pytest.raises(SnapshotError, match="did you mean 'demo:vpc-private'"):
        read(["demo/vpc-private"])
