"""Folders of plain AWS CLI outputs: which key, whose record, which account and region."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reach.errors import SnapshotError
from reach.snapshot import Snapshot
from reach.sources import read
from reach.sources.places import region_of
from tests.worlds import World

ACCOUNT, OTHER, REGION = "123456789012", "222222222222", "eu-west-1"


def folder(path: Path, files: dict[str, Any]) -> Snapshot:
    for name, body in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(body if isinstance(body, str) else json.dumps(body))
    return read([str(path)])


def places(snapshot: Snapshot) -> dict[tuple[str, str], dict[str, Any]]:
    return {(a, r): dict(keys) for a, regions in snapshot.accounts.items() for r, keys in regions.items()}


def only(snapshot: Snapshot) -> dict[str, Any]:
    (found,) = places(snapshot).values()
    return found


SUBNET = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "OwnerId": ACCOUNT, "AvailabilityZone": "eu-west-1a"}


@pytest.mark.parametrize("layout", ["", "eu-west-1/", f"accounts/{ACCOUNT}/eu-west-1/"])
def test_a_world_written_as_single_outputs_reads_like_its_snapshot(tmp_path: Path, layout: str) -> None:
    w = World()
    vpc = w.vpc("10.0.0.0/16")
    private, public = w.subnet(vpc, "10.0.1.0/24"), w.subnet(vpc, "10.0.0.0/24")
    w.route_table(vpc, [private], [("0.0.0.0/0", w.nat_gateway(public))])
    w.function("orders", [private], [w.security_group(vpc)])
    collections = w.document()["accounts"][ACCOUNT][REGION]
    files: dict[str, Any] = {}
    for index, (key, records) in enumerate(collections.items()):
        name = f"{layout}{index}.json"
        if key == "VpcAttributes":  # one call per attribute
            files |= {f"{layout}{r['VpcId']}-{m}.json": {"VpcId": r["VpcId"], m: r[m]}
                      for r in records for m in ("EnableDnsSupport", "EnableDnsHostnames")}  # fmt: skip
        elif key == "ManagedPrefixListEntries":
            files |= {f"{layout}entries.{r['PrefixListId']}.json": {"Entries": r["Entries"]} for r in records}
        elif key == "ManagedPrefixLists":
            files[name] = {"PrefixLists": records}
        elif not key.startswith("TransitGateway"):
            files[name] = {key: records}
    snapshot = folder(tmp_path, files)
    assert snapshot.warnings == ()
    ((account, region),) = places(snapshot)
    assert (account, region) == (ACCOUNT, REGION)
    found = only(snapshot)
    wanted = {key: records for key, records in collections.items() if not key.startswith("TransitGateway")}

    def plain(part: dict[str, Any]) -> dict[str, Any]:
        return {key: sorted(records, key=json.dumps) for key, records in part.items()}

    assert plain(found) == plain(wanted)


def test_the_keys_decide_whatever_the_files_are_called(tmp_path: Path) -> None:
    found = only(folder(tmp_path, {"x.json": {"Subnets": [SUBNET], "Vpcs": [{"VpcId": "vpc-1"}], "NatGateways": []}}))
    assert found == {"Subnets": [SUBNET], "Vpcs": [{"VpcId": "vpc-1"}], "NatGateways": []}


def test_a_single_output_is_a_source_too(tmp_path: Path) -> None:
    (tmp_path / "subnets.json").write_text(json.dumps({"Subnets": [SUBNET]}))
    assert only(read([str(tmp_path / "subnets.json")])) == {"Subnets": [SUBNET]}


def test_functions_from_each_of_the_three_calls(tmp_path: Path) -> None:
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
    listed = {
        "FunctionName": "a",
        "FunctionArn": arn + "a",
        "Timeout": 3,
        "Environment": {"Variables": {"K": "hunter2"}},
    }
    found = folder(tmp_path, {
        "functions.json": {"Functions": [listed]},
        "get-a.json": {"FunctionName": "a", "FunctionArn": arn + "a", "State": "Active"},
        "get-b.json": {"Configuration": {"FunctionName": "b", "FunctionArn": arn + "b"}, "Code": {"Location": "https://"}},
    })  # fmt: skip
    assert only(found)["Functions"] == [
        {"FunctionName": "a", "FunctionArn": arn + "a", "Timeout": 3, "State": "Active"},
        {"FunctionName": "b", "FunctionArn": arn + "b"},
    ]
    assert list(places(found)) == [(ACCOUNT, REGION)]


@pytest.mark.parametrize("value", [True, {"Value": True}])
def test_vpc_attributes_merge_by_vpc(tmp_path: Path, value: Any) -> None:
    found = only(folder(tmp_path, {
        "a.json": {"VpcId": "vpc-1", "EnableDnsSupport": value},
        "b.json": {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": False}},
    }))  # fmt: skip
    assert found["VpcAttributes"] == [
        {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": True}, "EnableDnsHostnames": {"Value": False}}
    ]


ROUTE = {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayAttachments": []}


def test_resource_gateways_and_configurations_are_told_apart_by_their_ids(tmp_path: Path) -> None:
    gateways, configurations = [{"id": "rgw-1", "subnetIds": ["subnet-1"]}], [{"id": "rcfg-1"}]
    others = [{"id": "sn-1", "name": "network"}]  # a service network, which nothing asks for
    files = {"a.json": {"items": gateways}, "b.json": {"items": configurations}, "c.json": {"items": others}}
    held = only(folder(tmp_path, {"s.json": {"Subnets": [SUBNET]}, **files}))
    assert held["vpc-lattice:ResourceGateways"] == gateways
    assert held["vpc-lattice:ResourceConfigurations"] == configurations
    assert len(held) == 3


def test_outputs_that_do_not_name_their_owner_take_it_from_the_file_name(tmp_path: Path) -> None:
    found = only(folder(tmp_path, {
        "entries.pl-63a5400a.json": {"Entries": [{"Cidr": "52.0.0.0/8"}]},
        "routes.tgw-rtb-0a1.json": {"Routes": [ROUTE], "AdditionalRoutesAvailable": False},
        "associations.tgw-rtb-0a1.json": {"Associations": [{"TransitGatewayAttachmentId": "tgw-attach-1"}]},
        "p-tgw-rtb-0a1.json": {"TransitGatewayRouteTablePropagations": []},
    }))  # fmt: skip
    assert found["ManagedPrefixListEntries"] == [{"PrefixListId": "pl-63a5400a", "Entries": [{"Cidr": "52.0.0.0/8"}]}]
    owner = {"TransitGatewayRouteTableId": "tgw-rtb-0a1"}
    assert found["TransitGatewayRoutes"] == [owner | {"Routes": [ROUTE], "AdditionalRoutesAvailable": False}]
    assert found["TransitGatewayAssociations"][0] | owner == found["TransitGatewayAssociations"][0]
    assert found["TransitGatewayPropagations"] == [owner | {"TransitGatewayRouteTablePropagations": []}]


@pytest.mark.parametrize(
    ("body", "key", "action"),
    [
        ({"Entries": [{"Cidr": "52.0.0.0/8"}]}, "ManagedPrefixListEntries", "ec2:GetManagedPrefixListEntries"),
        ({"Routes": [ROUTE]}, "TransitGatewayRoutes", "ec2:SearchTransitGatewayRoutes"),
    ],
)
def test_without_an_owner_a_warning_and_a_gap(tmp_path: Path, body: Any, key: str, action: str) -> None:
    found = folder(tmp_path, {"x.json": body, "subnets.json": {"Subnets": [SUBNET]}})
    assert len(found.warnings) == 1
    assert "x.json does not say whose" in found.warnings[0]
    assert [(gap.account, gap.region, gap.action, gap.keys) for gap in found.gaps] == [
        (ACCOUNT, REGION, action, (key,))
    ]
    assert key not in only(found)


MODEL = {"ModelName": "scores", "ModelArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model/scores"}
BROKER = {"BrokerId": "b-1", "BrokerArn": f"arn:aws:mq:{REGION}:{ACCOUNT}:broker:q:b-1", "BrokerName": "q"}
APP = {"arn": f"arn:aws:emr-serverless:{REGION}:{ACCOUNT}:/applications/00a", "name": "sums"}


@pytest.mark.parametrize(
    ("files", "want"),
    [
        ({"list-models.json": {"Models": [MODEL]}, "describe-model.json": MODEL | {"ExecutionRoleArn": "arn:aws:iam"}},
         {"sagemaker:ModelSummaries": 1, "sagemaker:Models": 1}),
        ({"list-brokers.json": {"BrokerSummaries": [BROKER]}, "describe-broker.json": BROKER | {"SubnetIds": ["s-1"]}},
         {"mq:BrokerSummaries": 1, "mq:Brokers": 1}),
        ({"list-applications.json": {"applications": [APP | {"id": "00a"}]},
          "get-application.json": {"application": APP | {"applicationId": "00a", "networkConfiguration": {}}}},
         {"emr-serverless:applicationSummaries": 1, "emr-serverless:applications": 1}),
        ({"get-environment.json": {"Environment": {"Name": "dags", "NetworkConfiguration": {}}}},
         {"mwaa:Environments": 1}),
        ({"describe-file-systems.json": {"FileSystems": [{"FileSystemId": "fs-1", "FileSystemArn":
              f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/fs-1"}]}}, {"efs:FileSystems": 1}),
        ({"groups.fsmt-1.json": {"SecurityGroups": ["sg-1"]}}, {"efs:MountTargetSecurityGroups": 1}),
        ({"endpoint-service.json": {"serviceName": f"com.amazonaws.{REGION}.dsql-1a2b3c",
              "clusterVpcEndpoint": f"abc.dsql-1a2b3c.{REGION}.on.aws"}}, {"dsql:VpcEndpointServiceNames": 1}),
        ({"x.json": {"CapacityProvider": {"CapacityProviderArn": "arn:aws:lambda:a"}}}, {"CapacityProviders": 1}),
    ],
)  # fmt: skip
def test_answers_about_one_thing_go_where_the_snapshot_has_them(
    tmp_path: Path, files: dict[str, Any], want: dict[str, int]
) -> None:
    found = only(folder(tmp_path, {"subnets.json": {"Subnets": [SUBNET]}, **files}))
    assert {key: len(records) for key, records in found.items() if key != "Subnets"} == want


def test_what_is_listed_and_described_nowhere_is_a_gap(tmp_path: Path) -> None:
    more = {"ModelName": "ranks", "ModelArn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model/ranks"}
    files = {"list-models.json": {"Models": [MODEL, more]}, "describe-model.json": MODEL}
    found = folder(tmp_path, {"subnets.json": {"Subnets": [SUBNET]}, **files})
    assert [(gap.action, gap.keys) for gap in found.gaps] == [("sagemaker:DescribeModel", ("sagemaker:Models",))]
    assert found.gaps[0].error.startswith("ranks: listed")


def test_ids_without_the_name_of_their_owner_are_no_records_of_groups(tmp_path: Path) -> None:
    found = folder(tmp_path, {"subnets.json": {"Subnets": [SUBNET]}, "x.json": {"SecurityGroups": ["sg-1"]}})
    assert "name the file securitygroups.fsmt-….json" in found.warnings[0]
    assert "SecurityGroups" not in only(found)
    assert "SecurityGroups" in only(folder(tmp_path, {"x.json": {"SecurityGroups": []}}))


@pytest.mark.parametrize("token", ["NextToken", "Marker", "NextMarker"])
def test_a_page_that_was_cut_is_partial(tmp_path: Path, token: str) -> None:
    found = folder(tmp_path, {"subnets.json": {"Subnets": [SUBNET], token: "abc"}})
    assert [(gap.action, gap.keys) for gap in found.gaps] == [("ec2:DescribeSubnets", ("Subnets",))]
    assert only(found)["Subnets"] == [SUBNET]
    assert "more pages" in found.warnings[0]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("redshift-clusters.json", "redshift:Clusters"),
        ("memorydb/clusters.json", "memorydb:Clusters"),
        (f"accounts/{ACCOUNT}/{REGION}/memorydb.json", "memorydb:Clusters"),
    ],
)
def test_the_file_or_folder_names_the_service_of_an_ambiguous_key(tmp_path: Path, name: str, key: str) -> None:
    found = only(folder(tmp_path, {name: {"Clusters": [{"ClusterIdentifier": "c"}]}}))
    assert list(found) == [key]


def test_an_ambiguous_key_without_a_service_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError) as caught:
        folder(tmp_path, {"clusters.json": {"Clusters": []}})
    assert "clusters.json: Clusters may come from several services" in caught.value.message
    assert "put the service into the file's name" in (caught.value.hint or "")


def test_a_key_of_one_other_service_carries_its_name(tmp_path: Path) -> None:
    found = only(folder(tmp_path, {"a.json": {"HostedZones": []}, "b.json": {"FlowLogs": []}}))
    assert set(found) == {"route53:HostedZones", "FlowLogs"}


# -- account and region ------------------------------------------------------------------------------------


def arn(service: str, rest: str, account: str = ACCOUNT, region: str = REGION) -> str:
    return f"arn:aws:{service}:{region}:{account}:{rest}"


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"a.json": {"Vpcs": [{"VpcId": "vpc-1"}]}}, ("000000000000", "unknown")),
        ({"a.json": {"Subnets": [SUBNET]}}, (ACCOUNT, REGION)),
        ({"a.json": {"Subnets": [SUBNET | {"AvailabilityZone": "us-west-2-lax-1a"}]}}, (ACCOUNT, "us-west-2")),
        ({"a.json": {"Functions": [{"FunctionArn": arn("lambda", "function:f")}]}}, (ACCOUNT, REGION)),
        ({"a.json": {"CacheClusters": [{"ARN": arn("elasticache", "cluster:c")}]}}, (ACCOUNT, REGION)),
        ({"a.json": {"Vpcs": [{"VpcId": "vpc-1", "OwnerId": ACCOUNT}]}}, (ACCOUNT, "unknown")),
        ({"us-east-2/a.json": {"Vpcs": [{"VpcId": "vpc-1", "OwnerId": ACCOUNT}]}}, (ACCOUNT, "us-east-2")),
        ({f"accounts/{OTHER}/us-east-2/a.json": {"Vpcs": [{"OwnerId": ACCOUNT}]}}, (OTHER, "us-east-2")),
        (
            {"a.json": {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.us-gov-west-1.s3"}]}},
            ("000000000000", "us-gov-west-1"),
        ),
    ],
)
def test_account_and_region_of_one_place(tmp_path: Path, files: dict[str, Any], place: tuple[str, str]) -> None:
    assert list(places(folder(tmp_path, files))) == [place]


def test_several_accounts_and_regions_each_record_by_its_own_else_by_its_vpc(tmp_path: Path) -> None:
    found = places(folder(tmp_path, {
        "vpcs.json": {"Vpcs": [{"VpcId": "vpc-1", "OwnerId": ACCOUNT}, {"VpcId": "vpc-2", "OwnerId": OTHER}]},
        "subnets.json": {"Subnets": [SUBNET, {"SubnetId": "subnet-2", "VpcId": "vpc-2", "OwnerId": OTHER,
                                              "AvailabilityZone": "us-east-1a"}]},
        "nat.json": {"NatGateways": [{"NatGatewayId": f"nat-{n}", "VpcId": f"vpc-{n}"} for n in (1, 2)]},
        "eigw.json": {"EgressOnlyInternetGateways": [{"EgressOnlyInternetGatewayId": "eigw-2",
                                                      "Attachments": [{"VpcId": "vpc-2"}]}]},
        "attributes.json": {"VpcId": "vpc-2", "EnableDnsSupport": {"Value": True}},
    }))  # fmt: skip
    assert set(found) == {(ACCOUNT, REGION), (OTHER, "us-east-1")}
    one, two = found[ACCOUNT, REGION], found[OTHER, "us-east-1"]
    assert [r["NatGatewayId"] for r in one["NatGateways"]] == ["nat-1"]
    assert [r["NatGatewayId"] for r in two["NatGateways"]] == ["nat-2"]
    assert [r["VpcId"] for r in two["Vpcs"]] == ["vpc-2"]
    assert "EgressOnlyInternetGateways" not in one
    assert len(two["EgressOnlyInternetGateways"]) == len(two["VpcAttributes"]) == 1


def test_a_shared_subnet_does_not_take_the_functions_with_it(tmp_path: Path) -> None:
    found = places(folder(tmp_path, {
        "functions.json": {"Functions": [{"FunctionName": "f", "FunctionArn": arn("lambda", "function:f")}]},
        "subnets.json": {"Subnets": [SUBNET | {"OwnerId": OTHER}, SUBNET | {"OwnerId": OTHER, "SubnetId": "subnet-2"}]},
        "nat.json": {"NatGateways": []},
    }))  # fmt: skip
    assert set(found) == {(ACCOUNT, REGION), (OTHER, REGION)}
    assert found[ACCOUNT, REGION]["NatGateways"] == []
    assert "NatGateways" not in found[OTHER, REGION]  # this account does not see them


def test_regions() -> None:
    assert region_of({"AvailabilityZone": "us-gov-west-1b"}) == "us-gov-west-1"
    assert region_of({"ARN": "arn:aws-cn:elasticache:cn-north-1:123456789012:cluster:c"}) == "cn-north-1"
    assert region_of({"Placement": {"AvailabilityZone": "ap-southeast-2a"}}) == "ap-southeast-2"
    assert region_of({"AvailabilityZone": "Multiple", "KmsKeyId": "arn:aws:kms:eu-west-3:1:key/k"}) is None


# -- bad folders -------------------------------------------------------------------------------------------


def test_a_folder_without_aws_json(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="holds no output of the AWS CLI: it has no JSON files"):
        read([str(tmp_path)])
    with pytest.raises(SnapshotError, match="none of its 2 JSON files comes from AWS"):
        folder(tmp_path, {"package.json": {"name": "x", "files": ["a"], "tags": []}, "list.json": [1, 2]})


def test_other_json_among_them_is_a_warning(tmp_path: Path) -> None:
    found = folder(tmp_path, {"package.json": {"name": "x"}, "subnets.json": {"Subnets": [SUBNET]}, ".x/h.json": "{"})
    assert [w.rpartition("/")[2] for w in found.warnings] == [
        "package.json is not the output of an AWS CLI command: ignored"
    ]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"subnets.json": '{"Subnets": ['}, "subnets.json:1: the JSON breaks off here"),
        ({"subnets.json": ""}, "subnets.json is empty"),
        ({"subnets.json": {"Subnets": {}}}, "subnets.json: Subnets: expected a list, found an object"),
        ({"a/b.json": {"Subnets": [{"VpcId": 1}]}}, "b.json: Subnets[0].VpcId: expected a string, found a number"),
        ({"a.json": {"format": "reach-snapshot/1", "accounts": {}}}, "a.json is a snapshot of its own"),
        ({"a.template.json": {"Resources": {"A": {}}}}, "is a CloudFormation template: such files are read one by one"),
    ],
)
def test_broken_files_are_named(tmp_path: Path, files: dict[str, Any], message: str) -> None:
    with pytest.raises(SnapshotError) as caught:
        folder(tmp_path, files)
    assert message in caught.value.message


def test_the_origin_is_the_folder_as_it_was_given(tmp_path: Path) -> None:
    found = folder(tmp_path, {"subnets.json": {"Subnets": [SUBNET]}})
    assert [(origin.kind, origin.name) for origin in found.origins] == [("folder", str(tmp_path))]
