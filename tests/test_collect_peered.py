"""Two accounts and two Regions with peered VPCs, built in moto, read through roles and asked across."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from reach.answer import Verdict
from reach.ask import ask
from reach.describe import describe
from reach.network import Network, NetworkAcl, RouteTable, Vpc
from reach.snapshot import Snapshot, from_document, merge, save
from reach.sources import read
from reach.sources.aws import collect
from tests.aws_account import ACCOUNT, OTHER, REGION, offline

FAR_REGION = "eu-central-1"
ROLES = [f"arn:aws:iam::{account}:role/read" for account in (ACCOUNT, OTHER)]
OK, NO, HM = Verdict.REACHABLE, Verdict.BLOCKED, Verdict.UNKNOWN


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """moto, and nothing of the machine's own AWS configuration."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with mock_aws():
        yield


def client(account: str, region: str = REGION) -> Any:
    """EC2 as a role of that account sees it."""
    role = f"arn:aws:iam::{account}:role/read"
    given = offline().client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    return offline().client(
        "ec2", region_name=region, aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"], aws_session_token=given["SessionToken"],
    )  # fmt: skip


@dataclass(frozen=True)
class Side:
    """One VPC with a subnet, a route table, a group and a running instance."""

    ec2: Any
    vpc: str
    table: str
    group: str
    instance: str
    address: str


def side(account: str, block: str, region: str = REGION) -> Side:
    """Furnish a VPC in an account."""
    ec2 = client(account, region)
    vpc = ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=block.replace("/16", "/24"), AvailabilityZone=f"{region}a")
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet["Subnet"]["SubnetId"])
    group = ec2.create_security_group(GroupName="app", Description="app", VpcId=vpc)["GroupId"]
    image = ec2.describe_images()["Images"][0]["ImageId"]
    made = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet["Subnet"]["SubnetId"],
                             SecurityGroupIds=[group])["Instances"][0]  # fmt: skip
    return Side(ec2, vpc, table, group, made["InstanceId"], made["PrivateIpAddress"])


def join(one: Side, other: Side, account: str, region: str, back: bool = True) -> str:
    """Peer two VPCs, accept, and route both ways (or only there)."""
    pcx = one.ec2.create_vpc_peering_connection(
        VpcId=one.vpc, PeerVpcId=other.vpc, PeerOwnerId=account, PeerRegion=region
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    other.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=pcx)
    one.ec2.create_route(RouteTableId=one.table, DestinationCidrBlock="10.9.0.0/16", VpcPeeringConnectionId=pcx)
    if back:
        other.ec2.create_route(RouteTableId=other.table, DestinationCidrBlock="10.0.0.0/16", VpcPeeringConnectionId=pcx)
    return str(pcx)


def admit(there: Side, port: int, **peer: Any) -> None:
    """An inbound rule."""
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peer}
    there.ec2.authorize_security_group_ingress(GroupId=there.group, IpPermissions=[rule])


BY_ADDRESS = {"IpRanges": [{"CidrIp": "10.0.0.0/16"}]}


def test_peering_across_accounts_read_through_two_roles(aws: None) -> None:
    """PCX-8 SG-8: both accounts in one snapshot; the far group admits an address range on one port."""
    here, there = side(ACCOUNT, "10.0.0.0/16"), side(OTHER, "10.9.0.0/16")
    pcx = join(here, there, OTHER, REGION)
    admit(there, 5432, **BY_ADDRESS)
    network = describe(collect(offline(), role_arns=ROLES))
    assert {v.id: v.home.account for v in network.vpcs} | {here.vpc: ACCOUNT, there.vpc: OTHER} == {
        v.id: v.home.account for v in network.vpcs
    }
    answer = ask(network, here.instance, f"{there.address}:5432")
    assert answer.verdict is OK, answer.headline
    assert pcx in answer.paths[0].via
    (blocker,) = ask(network, here.instance, f"{there.address}:22").blockers
    assert (blocker.code, blocker.resource) == ("ENI_SG_RULES_MISMATCH", there.group)


def test_a_way_back_that_is_missing_in_the_other_account(aws: None) -> None:
    """PCX-4: the request arrives, the reply has no route; the far account's table is to be edited."""
    here, there = side(ACCOUNT, "10.0.0.0/16"), side(OTHER, "10.9.0.0/16")
    join(here, there, OTHER, REGION, back=False)
    admit(there, 5432, **BY_ADDRESS)
    answer = ask(describe(collect(offline(), role_arns=ROLES)), here.instance, f"{there.address}:5432")
    assert [(b.code, b.resource, b.direction.value) for b in answer.blockers] == [
        ("NO_ROUTE_TO_DESTINATION", there.table, "return")
    ]


def test_one_account_alone_leaves_the_other_side_open(aws: None) -> None:
    """PCX-8: unknown, not blocked; reading the other account settles it, in whichever order the files come."""
    here, there = side(ACCOUNT, "10.0.0.0/16"), side(OTHER, "10.9.0.0/16")
    join(here, there, OTHER, REGION)
    admit(there, 5432, **BY_ADDRESS)
    mine, theirs = (collect(offline(), role_arns=[role]) for role in ROLES)
    target = f"{there.address}:5432"
    assert ask(describe(mine), here.instance, target).verdict is HM
    for both in (merge([mine, theirs]), merge([theirs, mine])):
        assert ask(describe(both), here.instance, target).verdict is OK


@pytest.mark.parametrize("by_group", [False, True])
def test_peering_across_regions(aws: None, by_group: bool) -> None:
    """SG-10: two --region of one account; a rule that names a group does not count between Regions."""
    here, there = side(ACCOUNT, "10.0.0.0/16"), side(ACCOUNT, "10.9.0.0/16", FAR_REGION)
    join(here, there, ACCOUNT, FAR_REGION)
    snapshot = document(collect(offline(), regions=[REGION, FAR_REGION]))
    (group,) = (g for g in snapshot["accounts"][ACCOUNT][FAR_REGION]["SecurityGroups"] if g["GroupId"] == there.group)
    peer = {"UserIdGroupPairs": [{"UserId": ACCOUNT, "GroupId": here.group}]} if by_group else BY_ADDRESS
    group["IpPermissions"] = [{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, **peer}]
    answer = ask(describe(from_document(snapshot, "two regions")), here.instance, f"{there.address}:5432")
    assert answer.verdict is (NO if by_group else OK), answer.headline
    assert [b.code for b in answer.blockers] == (["ENI_SG_RULES_MISMATCH"] if by_group else [])


def document(snapshot: Snapshot) -> dict[str, Any]:
    """What would be saved."""
    return {"format": "reach-snapshot/1", "accounts": {a: {r: {k: [dict(x) for x in v] for k, v in keys.items()}
            for r, keys in regions.items()} for a, regions in snapshot.accounts.items()}, "gaps": []}  # fmt: skip


@pytest.mark.parametrize("participant", [ACCOUNT, "999999999999"])
def test_the_owners_record_wins_in_either_order(aws: None, tmp_path: Path, participant: str) -> None:
    """SHR-1: a VPC that both accounts list is the owner's, and so are its tables."""
    here = side(OTHER, "10.0.0.0/16")
    theirs = collect(offline(), role_arns=[ROLES[1]])
    acls = theirs.accounts[OTHER][REGION]["NetworkAcls"]
    acl = next(str(r["NetworkAclId"]) for r in acls if r["VpcId"] == here.vpc)
    shared = {"Vpcs": here.vpc, "RouteTables": here.table, "NetworkAcls": acl}
    seen = {key: [dict(r) for r in theirs.accounts[OTHER][REGION][key] if id in r.values()]
            for key, id in shared.items()}  # fmt: skip
    for record in (r for records in seen.values() for r in records):
        record["OwnerId"] = OTHER
        record["Tags"] = [{"Key": "Name", "Value": "as the participant sees it"}]
    mine = Snapshot(accounts={participant: {REGION: seen}})
    files = []
    for name, snapshot in (("owner", theirs), ("participant", mine)):
        files.append(str(tmp_path / f"{name}.json"))
        save(snapshot, files[-1])
    for order in (files, files[::-1]):
        network: Network = describe(read(order))
        for kind, id in ((Vpc, here.vpc), (RouteTable, here.table), (NetworkAcl, acl)):
            (held,) = (t for t in network.all(kind) if t.id == id)
            assert (held.home.account, held.name) == (OTHER, "")
