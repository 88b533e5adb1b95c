"""A small account built through boto3 in moto, and sessions whose calls fail or answer as a test wants."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError
from botocore.session import get_session

from reach.snapshot import Snapshot
from reach.sources.calls import TABLE
from tests import wire

ACCOUNT, OTHER, REGION = "123456789012", "222222222222", "eu-west-1"
BUCKET = "reports"
# What moto cannot answer (NotImplementedError, or 404 and 500 from its server).
MOTO_LACKS = {
    "ec2:DescribeVpcBlockPublicAccessOptions",
    "ec2:DescribeVpcBlockPublicAccessExclusions",
    "elasticache:DescribeServerlessCaches",
    "aoss:ListVpcEndpoints",
    "dsql:ListClusters",
    "servicequotas:GetServiceQuota",
    "redshift-serverless:ListWorkgroups",
    "redshift:DescribeEndpointAccess",
    "network-firewall:DescribeFirewallPolicy",
    "ec2:DescribeVpcEndpointServices",
}
# Nor these, whose answers are made necessary by other answers: here they are our own, in the shape of AWS's.
OURS: dict[str, Any] = {
    "ec2.DescribeVpcEndpointAssociations": {
        "VpcEndpointAssociations": [{"Id": "vpce-rsc-asc-1", "AssociatedResourceAccessibility": "Accessible"}]
    },
    "vpc-lattice.ListResourceConfigurations": {
        "items": [{"id": "rcfg-0a1b2c3d4e5f60718", "resourceGatewayId": "rgw-0a1b2c3d4e5f60718"}]
    },
    "vpc-lattice.ListResourceGateways": {
        "items": [{"id": "rgw-0a1b2c3d4e5f60718", "subnetIds": ["subnet-0a1b2c3d4e5f60718"]}]
    },
    "route53resolver.ListFirewallRuleGroupAssociations": {
        "FirewallRuleGroupAssociations": [
            {"Id": "rslvr-frgassoc-1", "FirewallRuleGroupId": "rslvr-frg-1", "VpcId": "vpc-1", "Priority": 101}
        ]
    },
    "route53resolver.ListFirewallRules": {
        "FirewallRules": [
            {"FirewallRuleGroupId": "rslvr-frg-1", "FirewallDomainListId": f"rslvr-fdl-{n}", "Priority": n}
            for n in (1, 2)
        ]
    },
    "route53resolver.ListFirewallDomainLists": {
        "FirewallDomainLists": [{"Id": "rslvr-fdl-1"}, {"Id": "rslvr-fdl-2", "ManagedOwnerName": "AWS"}]
    },
    "route53resolver.ListFirewallDomains": {"Domains": ["example.com."]},
    "mwaa.ListEnvironments": {"Environments": ["flows"]},
    "mwaa.GetEnvironment": {
        "Environment": {"Name": "flows", "AirflowConfigurationOptions": {"password": "hunter2"}}
        | {"NetworkConfiguration": {"SubnetIds": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}}
    },
    "apprunner.ListVpcConnectors": {"VpcConnectors": [{"VpcConnectorName": "outward", "Subnets": ["subnet-1"]}]},
}


LOADER = get_session().get_component("data_loader")


def offline() -> boto3.session.Session:
    """A session with credentials of its own, whatever the environment says."""
    core = get_session()
    core.register_component("data_loader", LOADER)  # the models are read once, not once per session
    session = boto3.session.Session("testing", "testing", region_name=REGION, botocore_session=core)
    for operation, answer in OURS.items():
        session.events.register(f"before-call.{operation}", _fixed(answer))  # type: ignore[attr-defined]
    for service in ("lambda-core", "s3files"):
        session.events.register_first(f"before-send.{service}", wire.answer)  # type: ignore[attr-defined]
    session.events.register("after-call.lambda.ListFunctions", wire.mount)  # type: ignore[attr-defined]
    return session


def _fixed(answer: dict[str, Any]) -> Callable[..., Any]:
    head = type("H", (), {"status_code": 200, "headers": {}})()
    return lambda **_: (head, answer | {"ResponseMetadata": {"HTTPStatusCode": 200}})


def code() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.py", "")
    return buffer.getvalue()


def build(session: Any, region: str = REGION) -> dict[str, str]:
    """A VPC with something of everything; returns the ids."""
    ec2, iam, functions = (session.client(name, region_name=region) for name in ("ec2", "iam", "lambda"))
    rds, cache = session.client("rds", region_name=region), session.client("elasticache", region_name=region)
    ids: dict[str, str] = {}
    name = [{"Key": "Name", "Value": "main"}, {"Key": "Owner", "Value": "hunter2"}]
    ids["vpc"] = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": name}])[
        "Vpc"
    ]["VpcId"]
    for index, zone in enumerate("ab"):
        ids["subnet" + zone] = ec2.create_subnet(
            VpcId=ids["vpc"], CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=region + zone
        )["Subnet"]["SubnetId"]
    ids["igw"] = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=ids["igw"], VpcId=ids["vpc"])
    eip = ec2.allocate_address(Domain="vpc")["AllocationId"]
    ids["nat"] = ec2.create_nat_gateway(SubnetId=ids["subneta"], AllocationId=eip)["NatGateway"]["NatGatewayId"]
    ids["rtb"] = ec2.create_route_table(VpcId=ids["vpc"])["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=ids["rtb"], DestinationCidrBlock="0.0.0.0/0", NatGatewayId=ids["nat"])
    ids["vpce"] = ec2.create_vpc_endpoint(
        VpcId=ids["vpc"],
        ServiceName=f"com.amazonaws.{region}.s3",
        RouteTableIds=[ids["rtb"]],
        VpcEndpointType="Gateway",
    )["VpcEndpoint"]["VpcEndpointId"]
    ec2.create_vpc_endpoint(
        VpcId=ids["vpc"], VpcEndpointType="ServiceNetwork", SubnetIds=[ids["subneta"]], ServiceName="lattice",
        ServiceNetworkArn="arn:aws:vpc-lattice:::servicenetwork/sn-1",
    )  # fmt: skip
    ec2.create_vpc_endpoint(
        VpcId=ids["vpc"], VpcEndpointType="Resource", SubnetIds=[ids["subneta"]], ServiceName="resource",
        ResourceConfigurationArn="arn:aws:vpc-lattice:::resourceconfiguration/rcfg-1",
    )  # fmt: skip
    zones, resolver = (session.client(name, region_name=region) for name in ("route53", "route53resolver"))
    home = {"VPCRegion": region, "VPCId": ids["vpc"]}
    zone = zones.create_hosted_zone(
        Name="corp.example", VPC=home, CallerReference=f"z{region}", HostedZoneConfig={"PrivateZone": True}
    )["HostedZone"]["Id"]
    ids["zone"] = zone.rpartition("/")[2]
    for name in ("db", "www"):
        record = {"Name": f"{name}.corp.example", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.1.9"}]}
        zones.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
        )
    outbound = resolver.create_resolver_endpoint(
        CreatorRequestId="e", Name="e", Direction="OUTBOUND", SecurityGroupIds=[default_group(ec2, ids["vpc"])],
        IpAddresses=[{"SubnetId": ids["subneta"]}, {"SubnetId": ids["subnetb"]}],
    )["ResolverEndpoint"]["Id"]  # fmt: skip
    rule = resolver.create_resolver_rule(
        CreatorRequestId="r", Name="r", RuleType="FORWARD", DomainName="onprem.example", ResolverEndpointId=outbound,
        TargetIps=[{"Ip": "172.16.0.53", "Port": 53}],
    )["ResolverRule"]["Id"]  # fmt: skip
    resolver.associate_resolver_rule(ResolverRuleId=rule, Name="a", VPCId=ids["vpc"])
    ids["gwlbe"] = ec2.create_vpc_endpoint(
        VpcId=ids["vpc"],
        ServiceName=f"com.amazonaws.vpce.{region}.vpce-svc-0a1b2c3d4e5f60718",
        SubnetIds=[ids["subnetb"]],
        VpcEndpointType="GatewayLoadBalancer",
    )["VpcEndpoint"]["VpcEndpointId"]
    ec2.create_route(RouteTableId=ids["rtb"], DestinationCidrBlock="198.18.0.0/15", GatewayId=ids["gwlbe"])
    session.client("network-firewall", region_name=region).create_firewall(
        FirewallName="fw",
        FirewallPolicyArn=f"arn:aws:network-firewall:{region}:{ACCOUNT}:firewall-policy/fwp",
        VpcId=ids["vpc"],
        SubnetMappings=[{"SubnetId": ids["subnetb"]}],
    )
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ids["instance"] = ec2.run_instances(
        ImageId=image, MinCount=1, MaxCount=1, SubnetId=ids["subneta"], UserData="hunter2"
    )["Instances"][0]["InstanceId"]
    ec2.create_route(RouteTableId=ids["rtb"], DestinationCidrBlock="192.168.0.0/16", InstanceId=ids["instance"])
    carrier = ec2.create_carrier_gateway(VpcId=ids["vpc"])["CarrierGateway"]["CarrierGatewayId"]
    ec2.create_route(RouteTableId=ids["rtb"], DestinationCidrBlock="192.0.0.0/24", CarrierGatewayId=carrier)
    customer = ec2.create_customer_gateway(Type="ipsec.1", PublicIp="198.51.100.1", BgpAsn=65000)["CustomerGateway"]
    vgw = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.create_vpn_connection(Type="ipsec.1", CustomerGatewayId=customer["CustomerGatewayId"], VpnGatewayId=vgw)
    ids["sg"] = ec2.create_security_group(GroupName="g", Description="g", VpcId=ids["vpc"])["GroupId"]
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=ids["vpc"], SubnetIds=[ids["subneta"]])
    table = ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    ids["tgw-rtb"] = table["TransitGatewayRouteTableId"]
    ec2.create_transit_gateway_route(
        DestinationCidrBlock="10.9.0.0/16", TransitGatewayRouteTableId=ids["tgw-rtb"], Blackhole=True
    )
    try:
        role = iam.get_role(RoleName="r")["Role"]["Arn"]
    except ClientError:
        role = iam.create_role(RoleName="r", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        logs = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [logs]})
        iam.put_role_policy(RoleName="r", PolicyName="inline", PolicyDocument=policy)
        own = iam.create_policy(PolicyName="own", PolicyDocument=policy)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="r", PolicyArn=own)
    subnets = [ids["subneta"], ids["subnetb"]]
    for function, config in (
        ("attached", {"SubnetIds": subnets, "SecurityGroupIds": [ids["sg"]]}), ("free", {}),
    ):  # fmt: skip
        functions.create_function(
            FunctionName=function, Role=role, Handler="a.b", Runtime="python3.12", Code={"ZipFile": code()},
            VpcConfig=config, Environment={"Variables": {"PASSWORD": "hunter2"}}, Tags={"team": f"{function} team"},
        )  # fmt: skip
    functions.publish_version(FunctionName="attached")
    functions.create_alias(FunctionName="attached", Name="live", FunctionVersion="1")
    rds.create_db_subnet_group(DBSubnetGroupName="d", DBSubnetGroupDescription="d", SubnetIds=subnets)
    rds.create_db_instance(
        DBInstanceIdentifier="db", Engine="postgres", DBInstanceClass="db.t3.micro", MasterUsername="u",
        MasterUserPassword="hunter2hunter2", AllocatedStorage=20, DBSubnetGroupName="d",
    )  # fmt: skip
    cache.create_cache_subnet_group(CacheSubnetGroupName="c", CacheSubnetGroupDescription="c", SubnetIds=subnets)
    cache.create_cache_cluster(CacheClusterId="c", Engine="memcached", NumCacheNodes=1, CacheNodeType="cache.t3.micro")
    return ids | _others(session, region, ids, subnets)


def _others(session: Any, region: str, ids: dict[str, str], subnets: list[str]) -> dict[str, str]:
    """A MemoryDB cluster, an EFS file system with a mount target, an OpenSearch domain."""
    memory, files, search = (session.client(s, region_name=region) for s in ("memorydb", "efs", "opensearch"))
    memory.create_subnet_group(SubnetGroupName="m", SubnetIds=subnets)
    memory.create_cluster(
        ClusterName="m", NodeType="db.t4g.small", ACLName="open-access", SubnetGroupName="m",
        SecurityGroupIds=[ids["sg"]],
    )  # fmt: skip
    system = files.create_file_system(CreationToken="f")["FileSystemId"]
    target = files.create_mount_target(FileSystemId=system, SubnetId=subnets[0], SecurityGroups=[ids["sg"]])
    search.create_domain(
        DomainName="logs", VPCOptions={"SubnetIds": subnets[:1], "SecurityGroupIds": [ids["sg"]]},
    )  # fmt: skip
    _running(session, region, ids["sg"], subnets)
    return {"fs": system, "fsmt": target["MountTargetId"]}


def _running(session: Any, region: str, group: str, subnets: list[str]) -> None:
    """A service, a build project and a connection of jobs, each with something that must not be stored."""
    ecs, builds, jobs = (session.client(s, region_name=region) for s in ("ecs", "codebuild", "glue"))
    spark = session.client("emr-serverless", region_name=region)
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(
        family="web",
        networkMode="awsvpc",
        containerDefinitions=[
            {"name": "web", "image": "web", "memory": 64, "environment": [{"name": "PASSWORD", "value": "hunter2"}]}
        ],
    )
    ecs.create_service(
        cluster="shop",
        serviceName="web",
        taskDefinition="web",
        desiredCount=0,
        networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group]}},
    )
    builds.create_project(
        name="build",
        source={"type": "S3", "location": "bucket/path", "buildspec": "hunter2"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "i",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": [{"name": "PASSWORD", "value": "hunter2"}],
        },
        serviceRole=session.client("iam", region_name=region).get_role(RoleName="r")["Role"]["Arn"],
        vpcConfig={"vpcId": "vpc-1", "subnets": subnets[:1], "securityGroupIds": [group]},
    )
    jobs.create_connection(
        ConnectionInput={
            "Name": "lake",
            "ConnectionType": "JDBC",
            "ConnectionProperties": {"PASSWORD": "hunter2"},
            "PhysicalConnectionRequirements": {"SubnetId": subnets[0], "SecurityGroupIdList": [group]},
        }
    )
    session.client("sagemaker", region_name=region).create_model(
        ModelName="score",
        ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/r",
        PrimaryContainer={"Image": "i", "Environment": {"PASSWORD": "hunter2"}, "ModelDataUrl": "s3://hunter2/model"},
        VpcConfig={"Subnets": subnets, "SecurityGroupIds": [group]},
    )
    spark.create_application(
        name="spark",
        releaseLabel="emr-7.0.0",
        type="SPARK",
        networkConfiguration={"subnetIds": subnets, "securityGroupIds": [group]},
    )


def make_bucket(session: Any) -> None:
    """A bucket with a policy and an access point."""
    s3, control = (session.client(name, region_name=REGION) for name in ("s3", "s3control"))
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({"Version": "2012-10-17", "Statement": []}))
    control.create_access_point(AccountId=ACCOUNT, Name="inside", Bucket=BUCKET, VpcConfiguration={"VpcId": "vpc-1"})


def default_group(ec2: Any, vpc: str) -> str:
    found = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"]
    return str(next(g["GroupId"] for g in found if g["GroupName"] == "default"))


def here(snapshot: Snapshot, account: str = ACCOUNT, region: str = REGION) -> Any:
    return snapshot.accounts[account][region]


def some(snapshot: Snapshot, key: str, member: str) -> list[Any]:
    return [record.get(member) for record in here(snapshot)[key]]


def api_of(action: str) -> tuple[str, str]:
    """The boto3 service and the operation of an IAM action: a few services have another prefix in IAM."""
    known = {call.action: (call.service, call.operation) for call in TABLE}
    service, _, operation = action.partition(":")
    return known.get(action, (service, operation))


def refusing(action: str, error: str = "AccessDenied", after: int = 0) -> boto3.session.Session:
    """A session whose calls of one operation fail, after some that work."""
    session = offline()
    count = iter(range(10**6))

    def refuse(model: Any, **_: Any) -> None:
        if next(count) >= after:
            raise ClientError({"Error": {"Code": error, "Message": "no"}}, model.name)

    service, operation = api_of(action)
    hyphenized = get_session().get_service_model(service).service_id.hyphenize()
    session.events.register_first(f"before-call.{hyphenized}.{operation}", refuse)  # type: ignore[attr-defined]
    return session


def answering(action: str, answers: Callable[[dict[str, Any]], dict[str, Any]]) -> boto3.session.Session:
    """A session in which one operation's answers are our own; `answers` sees the request's body."""
    session = offline()
    head = type("H", (), {"status_code": 200, "headers": {}})()
    service, operation = api_of(action)
    hyphenized = get_session().get_service_model(service).service_id.hyphenize()

    def answer(params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        return head, answers(params) | {"ResponseMetadata": {"HTTPStatusCode": 200}}

    session.events.register_first(f"before-call.{hyphenized}.{operation}", answer)  # type: ignore[attr-defined]
    return session


MADE_UP = ("LatestRestorableTime", "SizeInBytes")


def timeless(snapshot: Snapshot) -> Any:
    """The records of a snapshot without the members that moto makes up anew at every call."""
    text = json.dumps(snapshot.accounts)
    return json.loads(text, object_hook=lambda part: {k: v for k, v in part.items() if k not in MADE_UP})
