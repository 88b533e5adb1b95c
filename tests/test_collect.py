"""Reading one account in moto: all of it, then every call on its own, refused, broken off, in pages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session
from botocore.validate import ParamValidator
from moto import mock_aws

from reach.describe import describe
from reach.snapshot import NEVER_STORED, Snapshot, load, save
from reach.sources import aws
from reach.sources.calls import TABLE, WHO_AM_I, policy
from tests.aws_account import (
    ACCOUNT,
    BUCKET,
    MOTO_LACKS,
    REGION,
    answering,
    build,
    here,
    make_bucket,
    offline,
    refusing,
    some,
    timeless,
)


def collect(session: boto3.session.Session, *, tags: bool = False) -> Snapshot:
    """Everything, so that no call is left out that somebody has to ask for."""
    return aws.collect(session, tags=tags, buckets=[BUCKET])


@pytest.fixture(scope="module")
def world() -> Iterator[dict[str, str]]:
    """The ids of one account that all tests only read."""
    with mock_aws():
        make_bucket(offline())
        yield build(offline())


@pytest.fixture(scope="module")
def snapshot(world: dict[str, str]) -> Snapshot:
    """What is read of it."""
    return collect(offline())


# -- the whole world ---------------------------------------------------------------------------------------


def test_the_world_that_was_built_is_read(world: dict[str, str], snapshot: Snapshot, tmp_path: Path) -> None:
    assert {gap.action for gap in snapshot.gaps} == MOTO_LACKS
    zones = {r["VPCId"]: r["HostedZoneSummaries"] for r in here(snapshot)["route53:HostedZones"]}
    assert [z["HostedZoneId"] for z in zones[world["vpc"]]] == [world["zone"]]
    (records,) = some(snapshot, "route53:RecordSets", "ResourceRecordSets")
    assert {r["Name"] for r in records} >= {"db.corp.example.", "www.corp.example."}
    assert "onprem.example." in some(snapshot, "route53resolver:ResolverRules", "DomainName")
    assert some(snapshot, "route53resolver:FirewallDomains", "FirewallDomainListId") == ["rslvr-fdl-1"]
    assert set(here(snapshot)) == {call.key for call in TABLE} - {key for gap in snapshot.gaps for key in gap.keys}
    assert world["vpc"] in some(snapshot, "Vpcs", "VpcId")
    assert {world["subneta"], world["subnetb"]} < set(some(snapshot, "Subnets", "SubnetId"))
    (table,) = [r for r in here(snapshot)["RouteTables"] if r["RouteTableId"] == world["rtb"]]
    assert {r.get("NatGatewayId") for r in table["Routes"]} > {world["nat"]}
    assert some(snapshot, "NatGateways", "NatGatewayId") == [world["nat"]]
    assert some(snapshot, "InternetGateways", "InternetGatewayId") == [world["igw"]]
    assert world["vpce"] in some(snapshot, "VpcEndpoints", "VpcEndpointId")
    assert some(snapshot, "Instances", "InstanceId") == [world["instance"]]
    assert some(snapshot, "Functions", "FunctionName") == ["attached", "free"]
    assert some(snapshot, "DBInstances", "DBInstanceIdentifier") == ["db"]
    assert some(snapshot, "CacheClusters", "CacheClusterId") == ["c"]
    routes = [r for r in here(snapshot)["TransitGatewayRoutes"] if r["TransitGatewayRouteTableId"] == world["tgw-rtb"]]
    assert [(r["DestinationCidrBlock"], r["State"]) for r in routes[0]["Routes"]] == [("10.9.0.0/16", "blackhole")]
    # DNS attributes of the VPC that is used, not of the default one that is empty.
    assert here(snapshot)["VpcAttributes"] == [
        {"VpcId": world["vpc"], "EnableDnsHostnames": {"Value": False}, "EnableDnsSupport": {"Value": True}}
    ]
    # moto's DescribePrefixLists has no Cidrs: then the entries of s3 and dynamodb are read, of no other list.
    names = {r["PrefixListId"]: r["PrefixListName"] for r in here(snapshot)["ManagedPrefixLists"]}
    entries = {names[r["PrefixListId"]]: r["Entries"] for r in here(snapshot)["ManagedPrefixListEntries"]}
    assert {name.rpartition(".")[2] for name in entries} == {"s3", "dynamodb"}
    assert all(entry["Cidr"] for found in entries.values() for entry in found)

    save(snapshot, tmp_path / "net.json.gz")
    again = load(tmp_path / "net.json.gz")
    assert (again.accounts, again.gaps, again.warnings) == (snapshot.accounts, snapshot.gaps, ())


def test_nothing_secret_and_of_tags_only_the_name(snapshot: Snapshot) -> None:
    text = json.dumps(snapshot.accounts)
    assert "hunter2" not in text
    assert not re.findall("|".join(f'"{name}"' for name in NEVER_STORED), text)
    assert '"ResponseMetadata"' not in text
    assert '{"Key": "Name", "Value": "main"}' in text
    assert '"Owner", "Value": "hunter2"' in json.dumps(collect(offline(), tags=True).accounts)


def test_tags_of_functions_are_read_when_all_tags_are_wanted(world: dict[str, str], tmp_path: Path) -> None:
    called: set[str] = set()
    session = offline()
    session.events.register_first("before-call.*.*", lambda model, **_: called.add(model.name))  # type: ignore[attr-defined]
    save(collect(session, tags=True), tmp_path / "net.json")
    assert called - {a.partition(":")[2] for a in policy()["Statement"][0]["Action"]} == {"GetResources"}
    more, usual = (set(policy(tags=tags)["Statement"][0]["Action"]) for tags in (True, False))
    assert more - usual == {"tag:GetResources"}
    tags = {f.name: f.tags for f in describe(load(tmp_path / "net.json")).functions}
    assert tags == {"attached": (("team", "attached team"),), "free": (("team", "free team"),)}
    assert {f.tags for f in describe(collect(offline())).functions} == {None}


def test_tags_that_may_not_be_read_are_a_gap(world: dict[str, str]) -> None:
    session = refusing("resourcegroupstaggingapi:GetResources", "AccessDeniedException")
    snapshot = collect(session, tags=True)
    assert "tag:GetResources" in {gap.action for gap in snapshot.gaps}
    assert {f.tags for f in describe(snapshot).functions} == {None}


def test_times_are_iso_8601_in_utc(snapshot: Snapshot) -> None:
    (database,) = here(snapshot)["DBInstances"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", database["InstanceCreateTime"])


def test_records_are_sorted_and_two_readings_are_equal(snapshot: Snapshot) -> None:
    again = collect(offline())
    assert timeless(again) == timeless(snapshot)
    assert some(snapshot, "Subnets", "SubnetId") == sorted(some(snapshot, "Subnets", "SubnetId"))


def _answers(result: str, records: list[Any], shape: Any) -> list[Any]:
    """The answers that hold these records: one with a list, or one for each record."""
    *steps, last = result.split(".")
    if not steps and shape.members[last].type_name == "structure":
        return [{last: record} for record in records]
    body: Any = {last: records}
    for step in reversed(steps):
        body = {step: [body]}
    return [body]


def test_what_is_collected_fits_botocores_own_models(snapshot: Snapshot) -> None:
    found, session = here(snapshot), get_session()
    checked = 0
    for call in TABLE:
        if not call.result or call.key not in found:
            continue
        shape = session.get_service_model(call.service).operation_model(call.operation).output_shape
        records = found[call.key]
        if call.key == "network-firewall:Firewalls":  # completed by what describes each
            records = [{k: record[k] for k in ("FirewallName", "FirewallArn")} for record in records]
        for body in _answers(call.result, records, shape):
            # Times are text in a snapshot, which the validator takes; everything else must fit.
            report = ParamValidator().validate(body, shape).generate_report().splitlines()
            # Of some records only a part is stored.
            wrong = [line for line in report if not (call.keep and line.startswith("Missing required parameter"))]
            assert not wrong, f"{call.action}: {wrong}"
        checked += len(found[call.key])
    assert checked > 30


# -- each call on its own ----------------------------------------------------------------------------------


ACTIONS = sorted({call.action for call in TABLE})
# What is asked only about resources that this account does not have, or that moto cannot list.
UNCALLED = {
    "network-firewall:DescribeRuleGroup",  # moto does not tell the policy
    "lambda:GetCapacityProvider",
    "rds:DescribeDBProxyEndpoints",
    "rds:DescribeDBProxyTargets",
    "rds:DescribeDBClusterEndpoints",
    "redshift:DescribeClusterSubnetGroups",
    "aoss:BatchGetVpcEndpoint",
    "kafka:GetBootstrapBrokers",
    "kafka:ListNodes",
    "mq:DescribeBroker",
    "elasticfilesystem:DescribeMountTargetSecurityGroups",
    "elasticloadbalancing:DescribeListeners",
    "dsql:GetVpcEndpointServiceName",
    "ec2:DescribeAvailabilityZones",
    "ec2:DescribeSecurityGroupVpcAssociations",
    "ec2:DescribeStaleSecurityGroups",
    "apigateway:GET",
}


# What such a call says goes into a collection that another has begun.
SECOND_CALLS = {
    "lambda:GetFunctionConfiguration": {"Functions"},
    "network-firewall:DescribeFirewall": {"network-firewall:Firewalls"},
}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_refused_call_is_a_gap_and_nothing_else_is_lost(world: dict[str, str], action: str) -> None:
    snapshot = collect(refusing(action))
    own = [call for call in TABLE if call.action == action]
    if action in UNCALLED:  # nothing in this account makes it necessary
        assert {gap.action for gap in snapshot.gaps} == MOTO_LACKS
        return
    (gap,) = [gap for gap in snapshot.gaps if gap.error == "AccessDenied"]
    assert (gap.account, gap.region, gap.action) == (ACCOUNT, REGION, action)
    assert {call.key for call in own} <= set(gap.keys)
    lost = {call.key for call in TABLE} - set(here(snapshot))
    assert lost == {key for gap in snapshot.gaps for key in gap.keys} - (SECOND_CALLS.get(action, set()))


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("403", "AccessDenied"),
        ("UnauthorizedOperation", "UnauthorizedOperation"),
        ("RequestLimitExceeded",) * 2,
        ("404",) * 2,
    ],
)
def test_the_gap_names_the_error(world: dict[str, str], error: str, shown: str) -> None:
    snapshot = collect(refusing("ec2:DescribeNatGateways", error))
    assert [gap.error for gap in snapshot.gaps if gap.action == "ec2:DescribeNatGateways"] == [shown]
    assert "NatGateways" not in here(snapshot)


def test_a_resource_that_vanished_meanwhile_is_no_gap(world: dict[str, str]) -> None:
    snapshot = collect(refusing("lambda:GetFunctionConfiguration", "ResourceNotFoundException"))
    assert {gap.action for gap in snapshot.gaps} == MOTO_LACKS
    assert some(snapshot, "Functions", "FunctionName") == ["attached", "free"]


def test_one_of_several_per_resource_calls_refused_is_partial(world: dict[str, str]) -> None:
    snapshot = collect(refusing("ec2:GetManagedPrefixListEntries", after=1))
    assert len(here(snapshot)["ManagedPrefixListEntries"]) == 1
    assert [gap.keys for gap in snapshot.gaps if gap.error == "AccessDenied"] == [("ManagedPrefixListEntries",)]


def pages(params: dict[str, Any]) -> dict[str, Any]:
    token = params["body"].get("NextToken")
    ids = ["nat-1"] if token is None else ["nat-2"]
    more = {} if token else {"NextToken": "page two"}
    return {"NatGateways": [{"NatGatewayId": id} for id in ids], **more}


def test_all_pages_are_read(world: dict[str, str]) -> None:
    snapshot = collect(answering("ec2:DescribeNatGateways", pages))
    assert some(snapshot, "NatGateways", "NatGatewayId") == ["nat-1", "nat-2"]


def test_a_listing_that_breaks_off_is_data_and_a_gap(world: dict[str, str]) -> None:
    def broken(params: dict[str, Any]) -> dict[str, Any]:
        if params["body"].get("NextToken"):
            raise ClientError({"Error": {"Code": "RequestLimitExceeded"}}, "DescribeNatGateways")
        return pages(params)

    snapshot = collect(answering("ec2:DescribeNatGateways", broken))
    assert some(snapshot, "NatGateways", "NatGatewayId") == ["nat-1"]
    assert [g.error for g in snapshot.gaps if g.keys == ("NatGateways",)] == ["RequestLimitExceeded"]


def test_a_listing_that_offers_the_same_page_again_ends_with_a_gap(world: dict[str, str]) -> None:
    snapshot = collect(answering("ec2:DescribeNatGateways", lambda _: {"NatGateways": [], "NextToken": "again"}))
    assert [g.error for g in snapshot.gaps if g.keys == ("NatGateways",)] == ["PaginationError"]


def test_pages_of_one_record_are_joined(world: dict[str, str]) -> None:
    def entries(params: dict[str, Any]) -> dict[str, Any]:
        last = params["body"].get("NextToken")
        return {"Entries": [{"Cidr": "10.0.0.0/8" if last else "11.0.0.0/8"}], **({} if last else {"NextToken": "x"})}

    snapshot = collect(answering("ec2:GetManagedPrefixListEntries", entries))
    assert [len(found) for found in some(snapshot, "ManagedPrefixListEntries", "Entries")] == [2, 2]


def test_the_policy_names_exactly_the_calls_that_are_made(world: dict[str, str]) -> None:
    called: set[str] = set()
    actions = {(call.service, call.operation): call.action for call in TABLE}

    def record(model: Any, **_: Any) -> None:
        called.add(actions.get((model.service_model.service_name, model.name), WHO_AM_I))

    session = offline()
    session.events.register_first("before-call.*.*", record)  # type: ignore[attr-defined]
    collect(session)
    assert called | UNCALLED == set(policy()["Statement"][0]["Action"])
    assert not called & UNCALLED


@pytest.mark.parametrize("error", ["AccessDenied", "404"])
def test_without_sts_the_records_tell_the_account(world: dict[str, str], error: str) -> None:
    assert list(collect(refusing("sts:GetCallerIdentity", error)).accounts) == [ACCOUNT]
