"""Databases that a template leaves to AWS: replicas, subnet groups of others, groups named in a default VPC."""

from __future__ import annotations

from typing import Any

import pytest

from reach.describe import describe
from reach.errors import TemplateError
from reach.snapshot import merge
from reach.sources.cloudformation import File, read
from reach.sources.given import given
from tests.templated import ONE_VPC, network_of, records, snapshot_of

REGION = "eu-west-1"
HEAD = f"""
Parameters: {{Open: {{Type: String}}}}
Resources:{ONE_VPC}
  Subnets: {{Type: "AWS::RDS::DBSubnetGroup", Properties: {{SubnetIds: [!Ref Subnet]}}}}
  Guard:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 5433, ToPort: 5433, CidrIp: 10.0.0.0/16}}]
"""
MAIN = """
  Main:
    Type: AWS::RDS::DBInstance
    Properties: {Engine: postgres, Port: 5433, DBSubnetGroupName: !Ref Subnets, VPCSecurityGroups: [!Ref Guard]}
"""


def instance(name: str, **properties: str) -> str:
    inner = ", ".join(f"{key}: {value}" for key, value in properties.items())
    return f"  {name}: {{Type: 'AWS::RDS::DBInstance', Properties: {{{inner}, VPCSecurityGroups: [!Ref Guard]}}}}\n"


@pytest.mark.parametrize("source", ["!Ref Main", "Main", "!GetAtt Main.DBInstanceArn"])
@pytest.mark.parametrize("first", [True, False])
def test_a_replica_is_where_its_source_is_and_listens_as_it_does(source: str, first: bool) -> None:
    replica = instance("Copy", SourceDBInstanceIdentifier=source)
    network = network_of(HEAD + (replica + MAIN if first else MAIN + replica))
    assert network.path("orders", "rds:Copy:5433").verdict == "reachable"
    assert network.path("orders", "rds:Copy").asked == network.path("orders", "rds:Main").asked
    assert network.path("orders", "rds:Copy:5432").blockers[0].code == "ENI_SG_RULES_MISMATCH"


def test_a_replica_of_a_replica_too() -> None:
    more = instance("Copy", SourceDBInstanceIdentifier="!Ref Main") + instance(
        "Third", SourceDBInstanceIdentifier="!Ref Copy"
    )
    assert network_of(HEAD + MAIN + more).path("orders", "rds:Third:5433").verdict == "reachable"


def test_replicas_in_a_circle_end() -> None:
    more = instance("A", SourceDBInstanceIdentifier="B") + instance("B", SourceDBInstanceIdentifier="A")
    with pytest.raises(TemplateError, match="values lead to values"):
        snapshot_of(HEAD + more)


def test_a_replica_with_a_subnet_group_is_in_that() -> None:
    text = HEAD + MAIN + instance("Copy", SourceDBInstanceIdentifier="!Ref Main", DBSubnetGroupName="other")
    (_, copy) = records(snapshot_of(text), "DBInstances")
    assert copy["DBSubnetGroup"]["DBSubnetGroupName"] == "other"
    assert copy["Endpoint"]["Port"] == 5433


def test_a_replica_of_what_is_there_already() -> None:
    """Over a snapshot it has the subnet group, the engine and the port that its source has there."""
    base = snapshot_of(HEAD + MAIN)
    ids = {key: records(base, name)[index][id] for key, name, index, id in (
        ("vpc", "Vpcs", 0, "VpcId"), ("group", "SecurityGroups", 1, "GroupId"))}  # fmt: skip
    text = f"""
Resources:
  Copy:
    Type: AWS::RDS::DBInstance
    Properties: {{SourceDBInstanceIdentifier: Main, VPCSecurityGroups: [{ids["group"]}]}}
"""
    snapshot = read([File("two.yaml", text.encode(), "two")], given(region=REGION), base)
    copy = next(r for r in records(snapshot, "DBInstances") if r["DBInstanceIdentifier"] == "Copy")
    assert copy["DBSubnetGroup"]["VpcId"] == ids["vpc"]
    assert (copy["Engine"], copy["Endpoint"]["Port"]) == ("postgres", 5433)


AWS = "--from aws, or a snapshot that has it"
# What says where a database is, and what the user has to give for it.
NEEDED = [
    (instance("Db", Engine="postgres", DBSubnetGroupName="existing"), "rds:Db", AWS),
    (instance("Db", Engine="postgres", DBSubnetGroupName="!Ref Open"), "rds:Db", "--param Open=…"),
    (instance("Db", Engine="postgres"), "rds:Db", "DBSubnetGroupName"),
    (instance("Db", SourceDBInstanceIdentifier="existing"), "rds:Db:5432", AWS),
    (instance("Db", SourceDBInstanceIdentifier="!Ref Open"), "rds:Db:5432", "--param Open=…"),
    ("  Db: {Type: 'AWS::Redshift::Cluster', Properties: {ClusterSubnetGroupName: existing, "
     "VpcSecurityGroupIds: [!Ref Guard]}}\n", "redshift:Db", AWS),
    ("  Db: {Type: 'AWS::MemoryDB::Cluster', Properties: {SubnetGroupName: !Ref Open, "
     "SecurityGroupIds: [!Ref Guard]}}\n", "memorydb:Db", "--param Open=…"),
    ("  Db: {Type: 'AWS::MemoryDB::Cluster', Properties: {SubnetGroupName: existing, "
     "SecurityGroupIds: [!Ref Guard]}}\n", "memorydb:Db", AWS),
    ("  Db: {Type: 'AWS::ElastiCache::CacheCluster', Properties: {CacheSubnetGroupName: existing, Engine: redis, "
     "VpcSecurityGroupIds: [!Ref Guard]}}\n", "elasticache:Db", AWS),
    ("  Db: {Type: 'AWS::RDS::DBProxy', Properties: {EngineFamily: POSTGRESQL, VpcSubnetIds: [subnet-1], "
     "VpcSecurityGroupIds: [!Ref Guard]}}\n", "rds:Db", AWS),
]  # fmt: skip


@pytest.mark.parametrize(("text", "target", "needs"), NEEDED, ids=[f"{t}-{i}" for i, (_, t, _) in enumerate(NEEDED)])
def test_where_a_database_is_needs_what_the_user_can_give(text: str, target: str, needs: str) -> None:
    answer = network_of(HEAD + text).path("orders", target)
    assert answer.verdict == "unknown"
    assert needs in {unknown.needs for unknown in answer.unknowns}
    calls = ("ec2:", "elasticache:", "memorydb:", "rds:", "redshift:")
    assert not [unknown.needs for unknown in answer.unknowns if unknown.needs.startswith(calls)]


NAMED: dict[str, Any] = {
    "by its name": "web",
    "by a reference, which gives the name": "!Ref Web",
}
DEFAULT = """
Resources:
  Web: {{Type: "AWS::EC2::SecurityGroup", Properties: {{GroupDescription: x, GroupName: web}}}}
  Db:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: x
      SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 1, ToPort: 1, SourceSecurityGroupName: {name}}}]
  Own:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {{GroupName: !Ref Db, IpProtocol: tcp, FromPort: 2, ToPort: 2, SourceSecurityGroupName: {name}}}
"""


@pytest.mark.parametrize("name", NAMED.values(), ids=NAMED)
def test_groups_of_a_default_vpc_may_be_named(name: str) -> None:
    web, db = records(snapshot_of(DEFAULT.format(name=name)), "SecurityGroups")
    peers = [rule["UserIdGroupPairs"][0]["GroupId"] for rule in db["IpPermissions"]]
    assert peers == [web["GroupId"]] * 2


def test_a_group_of_the_default_vpc_that_no_template_makes_is_not_known() -> None:
    _, db = records(snapshot_of(DEFAULT.format(name="default")), "SecurityGroups")
    assert not any(rule["UserIdGroupPairs"] for rule in db["IpPermissions"])
    lists = {entry["PrefixListId"] for rule in db["IpPermissions"] for entry in rule["PrefixListIds"]}
    assert len(lists) == 1  # one that stands for whomever it admits
    missing = DEFAULT.format(name="web").replace("GroupName: !Ref Db", "GroupName: elsewhere")
    assert len(records(snapshot_of(missing), "SecurityGroups")[1]["IpPermissions"]) == 1


@pytest.mark.parametrize("rule", [
    "SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 1, ToPort: 1, SourceSecurityGroupName: web}]",
])  # fmt: skip
def test_names_of_groups_are_refused_in_another_vpc(rule: str) -> None:
    """As EC2 does."""
    group = f"  G: {{Type: 'AWS::EC2::SecurityGroup', Properties: {{VpcId: !Ref Vpc, {rule}}}}}\n"
    with pytest.raises(TemplateError, match="a rule of G names no peer that works in a VPC"):
        snapshot_of("Resources:" + ONE_VPC + group)


def test_where_a_subnet_group_is_laid_over_an_account() -> None:
    """What was needed settles it."""
    base = snapshot_of(HEAD)
    group = next(g["GroupId"] for g in records(base, "SecurityGroups") if g["GroupName"] != "default")
    name = records(base, "DBSubnetGroups")[0]["DBSubnetGroupName"]
    text = f"Resources:\n{instance('Db', Engine='postgres', Port='5433', DBSubnetGroupName=name)}"
    snapshot = read([File("two.yaml", text.replace("!Ref Guard", group).encode(), "two")], given(region=REGION), base)
    network = describe(merge([base, snapshot]))
    assert [db.vpc for db in network.databases] == [records(base, "Vpcs")[0]["VpcId"]]
