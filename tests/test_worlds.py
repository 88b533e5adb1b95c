"""Test worlds hold only what AWS could return: every record is valid against botocore's output shapes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from tests.aws_account import api_of
from tests.world_records import ACTIONS
from tests.worlds import World

# Calls made once per resource: a record is the whole answer.
PER_RESOURCE = {
    "VpcAttributes": "VpcId",
    "ManagedPrefixListEntries": "PrefixListId",
    "DBProxyTargets": "DBProxyName",
    "kafka:BootstrapBrokers": "ClusterArn",
    "kafka:Nodes": "ClusterArn",
    "mq:Brokers": "",
    "efs:MountTargetSecurityGroups": "MountTargetId",
    "efs:FileSystemPolicies": "",
    "dsql:VpcEndpointServiceNames": "identifier",
}


def furnished() -> World:
    """Return a world with one of everything that the builder makes."""
    w = World()
    vpc = w.vpc("10.0.0.0/16", secondary=["10.1.0.0/16"], name="main")
    w.secondary_cidr(vpc, "10.2.0.0/16", state="failed")
    a, b, pub = (w.subnet(vpc, f"10.0.{n}.0/24", az, name=f"net-{n}") for n, az in enumerate("abc"))
    igw, nat = w.internet_gateway(vpc, name="door"), w.nat_gateway(pub, name="nat")
    w.nat_gateway(a, connectivity="private", address="10.0.0.77")
    w.nat_gateway(pub, state="deleted")
    w.internet_gateway()
    own = w.prefix_list("offices", ["198.51.100.0/24"])
    w.prefix_list("s3", ["52.218.0.0/17"])
    routes = [("0.0.0.0/0", nat), (own, nat), ("192.168.0.0/16", "vgw-1", "active", "EnableVgwRoutePropagation")]
    table = w.route_table(vpc, [a, b], routes, name="private")
    w.route_table(vpc, [pub], [("0.0.0.0/0", igw), ("10.0.1.0/24", "eni-1", "blackhole"), ("::/0", igw)])
    w.route_table(vpc, gateway=igw)
    sg = w.security_group(
        vpc, [("tcp", (1, 2), "self"), ("icmp", None, "10.0.0.0/8"), ("50", None, "::/0")], name="app"
    )
    w.egress(sg, ("tcp", 443, own), ("tcp", 443, w.default_group(vpc)))
    w.network_acl(vpc, [a], [(100, "allow", "tcp", (1024, 65535), "0.0.0.0/0")], [(90, "deny", "icmp", None, "::/0")])
    w.function("orders", [a, b], [sg], ipv6=True)
    for spelling in ("absent", "empty", "empty-vpc"):
        w.function(f"free-{spelling}", unattached=spelling)
    w.gateway_endpoint(vpc, "s3", [table])
    w.interface_endpoint(vpc, "secretsmanager", [a, b], [sg])
    w.interface_endpoint(vpc, "sqs", [a], private_dns=False)
    w.db_instance("orders-db", [a, b], [sg], az="b", eni=True, MultiAZ=True)
    w.db_cluster("ledger", [a, b], [sg], zones=["a", "b"], eni=True)
    w.db_proxy("pool", [a, b], [sg])
    w.cache_cluster("pages", [a, b], [sg], zones=["a", "b"], eni=True)
    w.replication_group("sessions", [a, b], [sg])
    w.replication_group("shards", [a, b], [sg], cluster_mode=True, shards=2)
    w.serverless_cache("burst", [a, b], [sg])
    w.memorydb_cluster("fast", [a, b], [sg])
    w.redshift_cluster("dwh", [a, b], [sg])
    w.redshift_endpoint("dwh-door", a, [sg])
    w.redshift_workgroup("adhoc", [a, b], [sg])
    w.opensearch_domain("logs", [a, b], [sg])
    w.opensearch_domain("public-logs")
    w.collection("vectors", [a], [sg])
    w.kafka_cluster("events", [a, b], [sg])
    w.broker("jobs", [a], [sg])
    w.broker("old-jobs", [a, b], [sg], engine="ACTIVEMQ")
    w.file_system("fs-1", [a, b], [sg], policy='{"Version": "2012-10-17", "Statement": []}')
    w.file_system("fs-2", [a], [sg], eni=True)
    w.load_balancer("shop", [a, b], [sg])
    w.load_balancer("wire", [a, b], None, kind="network")
    w.dsql_cluster("abc123")
    w.proxy_targets("pool", "orders-db")
    w.add("DBClusterEndpoints", {"DBClusterEndpointIdentifier": "reports", "EndpointType": "CUSTOM"})
    w.add("DBProxyEndpoints", {"DBProxyEndpointName": "reads", "DBProxyName": "pool"})
    w.interface(a, "10.0.0.17", [sg], type="lambda")
    w.interface(pub, None, [sg], public_ip="54.1.2.3", instance="i-1")
    w.interface(pub, None, [sg], status="available")
    w.peering(vpc, w.vpc("10.9.0.0/16"))
    return w


def shape_of(key: str) -> Any:
    """Return botocore's shape of one record of a collection."""
    service, operation = api_of(ACTIONS[key])
    model = botocore.session.get_session().get_service_model(service)
    output: Any = model.operation_model(operation).output_shape
    if key in PER_RESOURCE:
        return output
    return output.members["PrefixLists" if key == "ManagedPrefixLists" else key.rpartition(":")[2]].member


@pytest.mark.parametrize("key", [key for key, records in furnished().collections.items() if records])
def test_records_are_what_aws_returns(key: str) -> None:
    shape = shape_of(key)
    # The owner's id is added by whoever made the call.
    added = {PER_RESOURCE[key]} - {"VpcId"} if key in PER_RESOURCE else set()
    for kept in furnished().collections[key]:
        record = {k: v for k, v in kept.items() if k not in added}
        report = ParamValidator().validate(record, shape)
        assert not report.has_errors(), (report.generate_report(), record)


def test_the_builder_makes_something_for_every_kind_it_offers() -> None:
    empty = {key for key, records in furnished().collections.items() if not records}
    transit = {key for key in ACTIONS if key.startswith("TransitGateway")}
    assert empty == transit | {"EgressOnlyInternetGateways"}


def test_each_subnet_has_one_acl_and_each_vpc_one_main_table_and_default_group() -> None:
    w = furnished()
    subnets = [a["SubnetId"] for acl in w.collections["NetworkAcls"] for a in acl["Associations"]]
    assert sorted(subnets) == sorted(s["SubnetId"] for s in w.collections["Subnets"])
    for vpc in w.collections["Vpcs"]:
        tables = [t for t in w.collections["RouteTables"] if t["VpcId"] == vpc["VpcId"]]
        assert sum(a["Main"] for t in tables for a in t["Associations"]) == 1
        assert w[w.default_group(vpc["VpcId"])]["IpPermissions"][0]["UserIdGroupPairs"]
        assert w[w.default_acl(vpc["VpcId"])]["IsDefault"] is True


def test_rules_with_the_same_protocol_and_ports_share_a_permission() -> None:
    w = World()
    group = w.security_group(w.vpc("10.0.0.0/16"), [("tcp", 443, "10.0.0.0/8"), ("tcp", 443, "self")], [])
    permission = w[group]["IpPermissions"]
    assert len(permission) == 1
    assert permission[0]["IpRanges"] == [{"CidrIp": "10.0.0.0/8"}]
    assert permission[0]["UserIdGroupPairs"] == [{"UserId": w.account, "GroupId": group}]
    assert w[group]["IpPermissionsEgress"] == []


def test_a_dropped_collection_is_absent_and_has_a_gap() -> None:
    w = furnished()
    w.drop("NatGateways", "DBInstances")
    document = w.document()
    assert "NatGateways" not in document["accounts"]["123456789012"]["eu-west-1"]
    assert [(g["action"], g["keys"], g["error"]) for g in document["gaps"]] == [
        ("ec2:DescribeNatGateways", ["NatGateways"], "UnauthorizedOperation"),
        ("rds:DescribeDBInstances", ["DBInstances"], "AccessDeniedException"),
    ]


def test_the_same_calls_make_the_same_document_and_files_hold_it(tmp_path: Path) -> None:
    document = furnished().document()
    assert document == furnished().document()
    assert json.loads(furnished().write(tmp_path / "net.json").read_text()) == document
    assert json.loads(gzip.decompress(furnished().write(tmp_path / "net.json.gz").read_bytes())) == document
