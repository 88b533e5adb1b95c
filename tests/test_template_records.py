"""What templates make, as AWS would answer it: every type, valid against botocore's models, placed and reproducible."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import reach
from reach.network import Attachment, Endpoint, ResourceConfiguration, ResourceGateway, Subnet, TransitGateway
from reach.snapshot import check_collections
from reach.sources.calls import KEYS
from reach.sources.cloudformation.maps import MAPS, matters
from reach.sources.cloudformation.sam import BECOMES
from tests.command import call, run
from tests.templated import ONE_VPC, TEMPLATES, network_of, records, snapshot_of
from tests.test_shapes import invalid

ROOT = Path(__file__).resolve().parent.parent
WIDE = (TEMPLATES / "wide.yaml").read_text()
# Made by a macro, a custom resource or SAM, or tested where its family is.
ELSEWHERE = {"Custom::VpcRestrictDefaultSG", "AWS::Lambda::NetworkConnector"}


def test_every_type_is_in_the_wide_template() -> None:
    missing = {type_ for type_ in MAPS if f"Type: {type_}\n" not in WIDE and f'Type: "{type_}"' not in WIDE}
    assert missing - ELSEWHERE - set(BECOMES.values()) == set()


def test_records_fit_botocore() -> None:
    found = snapshot_of(WIDE)
    document = {"accounts": json.loads(json.dumps(found.accounts))}
    # What AWS always answers and nobody reads (an owner, a size, a time) is left out.
    wrong = [line for report in invalid(document) for line in report.splitlines() if "Missing required" not in line]
    assert wrong == []
    for regions in document["accounts"].values():
        for collections in regions.values():
            warnings: dict[str, None] = {}
            made = {key: found for key, found in collections.items() if found}
            check_collections(made, "wide.yaml", "", warnings)
            # ListFirewallDomains answers one list; its records have a key of their own here.
            assert [w for w in warnings if "FirewallDomains " not in w] == []


def test_the_same_template_gives_the_same_snapshot() -> None:
    assert snapshot_of(WIDE) == snapshot_of(WIDE)


@pytest.mark.parametrize(
    ("key", "number"),
    [
        *(("Vpcs", 2), ("Subnets", 3), ("RouteTables", 6), ("NetworkAcls", 3), ("SecurityGroups", 4)),
        *(("NatGateways", 2), ("InternetGateways", 1), ("EgressOnlyInternetGateways", 1), ("VpcEndpoints", 5)),
        *(
            ("Functions", 1),
            ("Versions", 2),
            ("Aliases", 2),
            ("DBInstances", 4),
            ("DBClusters", 3),
            ("DBProxies", 1),
            ("CacheClusters", 5),
        ),
        *(("ReplicationGroups", 1), ("ServerlessCaches", 1), ("VpcPeeringConnections", 1), ("TransitGateways", 1)),
        *(("TransitGatewayVpcAttachments", 2), ("TransitGatewayRouteTables", 2), ("NetworkInterfaces", 2)),
        *(("Instances", 1), ("VpcBlockPublicAccessExclusions", 1), ("route53:HostedZones", 1)),
    ],
)
def test_how_many(key: str, number: int) -> None:
    assert len(records(snapshot_of(WIDE), key)) == number


SERVED = {
    "docdb:papers": "27017",
    "neptune:graph": "8182",
    "memorydb:memory": "6379",
    "redshift:warehouse": "5439",
    "opensearch:inner": "443",
    "mq:queue": "5671",
    "kafka:stream": "9098",
    "efs:Files": "2049",
    "elbv2:inside": "443",
}


@pytest.mark.parametrize(("target", "port"), SERVED.items())
def test_what_else_serves_in_a_vpc(target: str, port: str) -> None:
    """The group of the function names none of them: its rule is what is missing, on the service's own port."""
    network = network_of(WIDE)
    answer = network.path("orders", target)
    assert answer.target.endswith(f":{port}")
    first = answer.blockers[0]
    assert first.code == "ENI_SG_RULES_MISMATCH"
    group = "one/Group" if port != "443" else "one/DataGroup"
    assert first.resource == next(t.id for t in network if t.logical == group)


LATTICE = """
  In:
    Type: AWS::VpcLattice::ResourceGateway
    Properties: {Name: in, VpcIdentifier: !Ref Vpc, SubnetIds: [!Ref Subnet]}
  One:
    Type: AWS::VpcLattice::ResourceConfiguration
    Properties: {Name: one, ResourceConfigurationType: SINGLE, ResourceGatewayId: %s}
  Led:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcEndpointType: Resource, VpcId: !Ref Vpc, SubnetIds: [!Ref Subnet], ResourceConfigurationArn: %s}
"""


@pytest.mark.parametrize("gateway", ["!GetAtt In.Id", "!Ref In", "!GetAtt In.Arn"])
@pytest.mark.parametrize("one", ["!GetAtt One.Arn", "!Ref One"])
def test_what_vpc_lattice_shares_is_wired_to_its_gateway_and_endpoint(gateway: str, one: str) -> None:
    """`Ref` gives the ARN; the gateway may be named by that or by its id (VPCE-23)."""
    network = network_of("Resources:" + ONE_VPC + LATTICE % (gateway, one))
    (way,) = network.all(ResourceGateway)
    (shared,) = network.all(ResourceConfiguration)
    (endpoint,) = network.all(Endpoint)
    (subnet,) = network.all(Subnet)
    assert (way.subnets, way.vpc, way.where) == ((subnet.id,), subnet.vpc, "one.yaml:14")
    assert (endpoint.resources, shared.gateway) == ((shared.id,), way.id)


# Collections that no template fills, and why; all others stand in the wide template's snapshot.
NOT_OF_TEMPLATES = {
    "as AWS keeps them": {"AvailabilityZones", "PrefixLists", "service-quotas:Quotas", "iam:Policies"},
    "told at run time": {
        *("StaleSecurityGroupSet", "VpcEndpointAssociations", "dsql:VpcEndpointServiceNames"),
        *("kafka:BootstrapBrokers", "kafka:Nodes"),
    },
    "names that lead to the records themselves": {
        *("codebuild:ProjectNames", "ecs:clusterArns", "ecs:serviceArns", "emr-serverless:applicationSummaries"),
        *("lambda-core:NetworkConnectorSummaries", "mq:BrokerSummaries", "mwaa:EnvironmentNames"),
        *("opensearch:DomainNames", "opensearchserverless:vpcEndpointSummaries", "sagemaker:ModelSummaries"),
    },
    "made by a macro, tested where it is": {"lambda-core:NetworkConnectors"},
    "CloudFormation has no such resource": {"DBClusterEndpoints"},
    "only named where it could matter": {
        *("s3files:fileSystems", "s3files:mountTargetSummaries", "s3files:mountTargets"),  # AWS::S3Files::
        *("s3control:AccessPointList", "secretsmanager:SecretList"),
    },
}


def test_every_collection_of_a_snapshot_is_made_by_templates_or_says_why_not() -> None:
    found = snapshot_of(WIDE)
    places = [held for regions in found.accounts.values() for held in regions.values()]
    made = {key for held in places for key, listed in held.items() if listed}
    assert set(KEYS) - made == {key for keys in NOT_OF_TEMPLATES.values() for key in keys}


def test_what_comes_with_a_vpc() -> None:
    """The main table, the default group with its own rule, the default ACL (TPL-04)."""
    found = snapshot_of("Resources:" + ONE_VPC)
    (group,) = records(found, "SecurityGroups")
    assert group["IpPermissions"][0]["UserIdGroupPairs"][0]["GroupId"] == group["GroupId"]
    assert group["IpPermissionsEgress"][0]["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]
    (table,) = records(found, "RouteTables")
    assert table["Associations"][0]["Main"] is True
    (acl,) = records(found, "NetworkAcls")
    assert [(e["RuleNumber"], e["RuleAction"]) for e in acl["Entries"] if e["Egress"]] == [
        (100, "allow"),
        (32767, "deny"),
    ]
    assert [a["SubnetId"] for a in acl["Associations"]] == [records(found, "Subnets")[0]["SubnetId"]]
    assert records(found, "Functions")[0]["VpcConfig"]["SecurityGroupIds"] == [group["GroupId"]]


def test_dns_attributes_default_as_cloudformation_has_them() -> None:
    """Support on, host names off (TPL-03): a gateway endpoint works all the same."""
    network = network_of(
        "Resources:" + ONE_VPC + "\n  S3:\n    Type: AWS::EC2::VPCEndpoint\n    Properties:\n"
        "      VpcId: !Ref Vpc\n      ServiceName: com.amazonaws.eu-west-1.s3\n      RouteTableIds: [!Ref Table]\n"
        "  Table: {Type: 'AWS::EC2::RouteTable', Properties: {VpcId: !Ref Vpc}}\n"
        "  TableOf:\n    Type: AWS::EC2::SubnetRouteTableAssociation\n"
        "    Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}\n"
    )
    (vpc,) = network.vpcs
    assert (vpc.dns_support, vpc.dns_hostnames) == (True, False)
    assert network.path("orders", "s3").verdict == "reachable"


def test_evidence_has_file_and_line() -> None:
    network = network_of(WIDE)
    lines = WIDE.splitlines()
    table = next(t for t in network if t.logical == "one/PrivateTable")
    assert table.where == f"one.yaml:{lines.index('  PrivateTable:') + 1}"
    nat = next(i for i, route in enumerate(table.routes) if route.target_key == "NatGatewayId")  # type: ignore[attr-defined]
    assert table.proof(f"Routes[{nat}].State", "active").where == f"one.yaml:{lines.index('  NatRoute:') + 1}"
    group = next(t for t in network if t.logical == "one/Group")
    inline = next(i for i, line in enumerate(lines) if "FromPort: 443," in line) + 1
    assert group.proof("IpPermissionsEgress[0]", "").where == f"one.yaml:{inline}"


def test_types_that_are_not_read_are_named_if_they_could_matter() -> None:
    warnings = snapshot_of(WIDE).warnings
    named = [w for w in warnings if "not read" in w]
    assert named == [w for w in named if "AWS::S3::Bucket" not in w]
    assert not matters("AWS::S3::Bucket")
    assert not matters("AWS::RDS::DBParameterGroup")
    assert matters("AWS::NetworkFirewall::TLSInspectionConfiguration")
    assert matters("Custom::Anything")
    assert any("AWS::EC2::ClientVpnEndpoint (2)" in w for w in snapshot_of(
        "Resources: {A: {Type: 'AWS::EC2::ClientVpnEndpoint'}, B: {Type: 'AWS::EC2::ClientVpnEndpoint'}}"
    ).warnings)  # fmt: skip


EXISTING = """
Parameters: {Subnets: {Type: CommaDelimitedList}, Vpc: {Type: String}}
Resources:
  Group: {Type: "AWS::EC2::SecurityGroup", Properties: {GroupDescription: x, VpcId: !Ref Vpc}}
  Api:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: api, VpcConfig: {SubnetIds: !Ref Subnets, SecurityGroupIds: [!Ref Group]}}
"""


def test_what_exists_elsewhere_is_a_gap_until_it_is_read() -> None:
    given = {"Subnets": "subnet-0private1,subnet-0private2", "Vpc": "vpc-0a1privpub"}
    answer = network_of(EXISTING, params=given).path("api", "internet")
    assert answer.verdict == "unknown"
    assert {u.needs for u in answer.unknowns} == {"--from aws, or a snapshot that has it"}
    assert any("subnet-0private1 is not made by the template" in u.why for u in answer.unknowns)


def test_a_template_over_the_network_that_it_goes_into(tmp_path: Path) -> None:
    path = tmp_path / "api.yaml"
    path.write_text(EXISTING)
    given = {"Subnets": ["subnet-0private1", "subnet-0private2"], "Vpc": "vpc-0a1privpub"}
    network = reach.load("demo:nat", path, params=given)
    assert network.path("api", "internet").verdict == "reachable"
    assert network.path("orders", "internet").verdict == "reachable"
    assert {f.home.region for f in network.functions} == {"eu-west-1"}


GATEWAY = """
Parameters: {Vpc: {Type: String, Default: vpc-0a1privpub}, Table: {Type: String, Default: rtb-0private}}
Resources:
  S3:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, ServiceName: !Sub "com.amazonaws.${AWS::Region}.s3", RouteTableIds: [!Ref Table]}
"""


def base(tmp_path: Path, *without: str) -> Path:
    """The demo network without endpoints, and without some collections."""
    document = json.loads((ROOT / "graphs" / "vpc-privatepublic" / "snapshot.json").read_text())
    held = document["accounts"]["123456789012"]["eu-west-1"]
    held["VpcEndpoints"] = []
    for table in held["RouteTables"]:
        table["Routes"] = [route for route in table["Routes"] if "DestinationPrefixListId" not in route]
    for key in without:
        del held[key]
    path = tmp_path / "net.json"
    path.write_text(json.dumps(document))
    return path


S3_LISTS = ("PrefixLists", "ManagedPrefixLists", "ManagedPrefixListEntries")


@pytest.mark.parametrize(
    ("without", "target", "verdict", "end"),
    [
        ((), "s3", "reachable", "vpce"),
        ((), "52.218.1.1:443", "reachable", "vpce"),
        ((), "8.8.8.8:443", "reachable", "igw"),
        (("PrefixLists",), "52.218.1.1:443", "reachable", "vpce"),
        (S3_LISTS, "s3", "reachable", "vpce"),
        (S3_LISTS, "bucket.s3.eu-west-1.amazonaws.com", "reachable", "vpce"),
        (S3_LISTS, "internet", "reachable", "igw"),
        (S3_LISTS, "sqs", "reachable", "igw"),
        (S3_LISTS, "52.218.1.1:443", "unknown", "rtb"),
        (S3_LISTS, "8.8.8.8:443", "unknown", "rtb"),
    ],
)
def test_a_gateway_endpoint_over_a_network(
    tmp_path: Path, without: tuple[str, ...], target: str, verdict: str, end: str
) -> None:
    """Its route is by AWS's own list where that was read; else only a bare address is not decided, and says why."""
    (tmp_path / "s3.yaml").write_text(GATEWAY)
    answer = reach.load(base(tmp_path, *without), tmp_path / "s3.yaml").path("orders", target)
    assert answer.verdict == verdict, answer.to_text()
    assert {path.via[-1].partition("-")[0] for path in answer.paths} == {end}
    for unknown in answer.unknowns:
        assert unknown.needs == "ec2:GetManagedPrefixListEntries"
        assert "which addresses com.amazonaws.eu-west-1.s3 holds is told by AWS" in unknown.why


def test_what_is_there_is_not_said_to_be_missing(tmp_path: Path) -> None:
    """An id that a template names and the network below has is no gap, whatever else is not known."""
    (tmp_path / "s3.yaml").write_text(GATEWAY)
    assert "rtb-0private" not in reach.load(base(tmp_path), tmp_path / "s3.yaml").pending


def test_what_a_template_adds_to_others(tmp_path: Path) -> None:
    path = tmp_path / "closing.yaml"
    path.write_text(
        "Resources:\n  Way:\n    Type: AWS::EC2::Route\n    Properties:\n      RouteTableId: rtb-0private\n"
        "      DestinationCidrBlock: 52.0.0.0/8\n      NetworkInterfaceId: eni-0gone\n"
    )
    before = reach.load("demo:nat").path("orders", "52.1.2.3:443")
    after = reach.load("demo:nat", path).path("orders", "52.1.2.3:443")
    assert (before.verdict, after.verdict) == ("reachable", "unknown")


def test_a_gap_stays_a_gap_under_a_template(tmp_path: Path) -> None:
    document = json.loads((ROOT / "graphs" / "vpc-privatepublic" / "snapshot.json").read_text())
    del document["accounts"]["123456789012"]["eu-west-1"]["NatGateways"]
    (tmp_path / "net.json").write_text(json.dumps(document))
    (tmp_path / "t.yaml").write_text("Resources:" + ONE_VPC.replace("orders", "other"))
    network = reach.load(tmp_path / "net.json", tmp_path / "t.yaml")
    answer = network.path("orders", "internet")
    assert (answer.verdict, answer.unknowns[0].needs) == ("unknown", "ec2:DescribeNatGateways")


# -- as the command reads them -----------------------------------------------------------------------------


def test_names_of_functions(tmp_path: Path) -> None:
    body = "Resources:" + ONE_VPC.replace("      FunctionName: orders\n", "")
    (tmp_path / "a.yaml").write_text(body)
    (tmp_path / "b.yaml").write_text(body)
    both = ("--from", f"first={tmp_path / 'a.yaml'}", "--from", f"second={tmp_path / 'b.yaml'}")
    listed = run("list", "functions", "-q", *both)
    assert listed.stdout.split() == ["Function", "second-Function"]
    for name in ("Function", "first/Function", "second/Function", "second-Function", "*-Function"):
        assert run("path", name, "internet", "-q", *both).exit_code == 1, name
    wrong = run("path", "third/Function", "internet", *both)
    assert wrong.exit_code == 2


def test_the_command_takes_templates(tmp_path: Path) -> None:
    text = "Parameters: {Cidr: {Type: String}}\nResources:" + ONE_VPC.replace("10.0.1.0/24", "!Ref Cidr")
    (tmp_path / "t.yaml").write_text(text)
    (tmp_path / "p.json").write_text('[{"ParameterKey": "Cidr", "ParameterValue": "10.0.1.0/24"}]')
    (tmp_path / "cdk.json").write_text('{"t": {"Cidr": "10.0.1.0/24"}}')
    (tmp_path / "pipeline.json").write_text('{"Parameters": {"Cidr": "10.0.1.0/24"}}')
    asked = ("path", "orders", "internet", "-f", "json", "--from", "t.yaml")
    assert call(*asked, cwd=tmp_path).returncode == 3
    for more in (["--param", "Cidr=10.0.1.0/24"], ["--param-file", "p.json"], ["--param-file", "cdk.json"],
                 ["--param-file", "pipeline.json"]):  # fmt: skip
        done = call(*asked, *more, cwd=tmp_path)
        assert done.returncode == 1, done.stderr
        blocker = json.loads(done.stdout)["answers"][0]["blockers"][0]
        assert blocker["evidence"][0]["where"].startswith("t.yaml:")
    assert b"t.yaml" in done.stderr
    assert call(*asked[:-1], "-", "--param", "Cidr=10.0.1.0/24", stdin=text.encode()).returncode == 1
    unknown = call("path", "orders", "internet", "--from", "t.yaml", cwd=tmp_path)
    assert b"--param Cidr=" in unknown.stdout
    assert (
        b"note: the parameter Cidr (t.yaml:1) has no value and no default: give it with --param Cidr=" in unknown.stderr
    )


def test_json_templates(tmp_path: Path) -> None:
    body = {
        "Resources": {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            "Subnet": {
                "Type": "AWS::EC2::Subnet",
                "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"},
            },
            "Api": {"Type": "AWS::Lambda::Function", "Properties": {"VpcConfig": {
                "SubnetIds": [{"Ref": "Subnet"}],
                "SecurityGroupIds": [{"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]}],
            }}},
        }
    }  # fmt: skip
    path = tmp_path / "t.template"
    for indent in (None, 2, "\t"):
        path.write_text(json.dumps(body, indent=indent))
        assert reach.load(path).path("Api", "internet").verdict == "blocked"


@pytest.mark.parametrize(("written", "dns"), [("", None), ("DnsSupport: enable", True), ("DnsSupport: disable", False)])
def test_dns_support_of_a_transit_gateway_is_what_the_template_says(written: str, dns: bool | None) -> None:
    """Of gateway and attachment alike: what is left to AWS is not known before it is made (TGW-13)."""
    text = "Resources:" + ONE_VPC + TRANSIT.format(written=written)
    things = list(network_of(text))
    assert [t.dns for t in things if isinstance(t, TransitGateway)] == [dns]
    assert [t.dns for t in things if isinstance(t, Attachment)] == [dns]


TRANSIT = """
  Hub: {{Type: "AWS::EC2::TransitGateway", Properties: {{{written}}}}}
  Spoke:
    Type: AWS::EC2::TransitGatewayVpcAttachment
    Properties: {{TransitGatewayId: !Ref Hub, VpcId: !Ref Vpc, SubnetIds: [!Ref Subnet], Options: {{{written}}}}}
"""
