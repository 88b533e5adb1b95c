"""Five VPCs with their functions, databases and caches, made through boto3; run as a script, it prints their ids.

It is a process of its own in the tests, so that `reach` meets what it made through the API alone. Moto is told
here what it forgets of its own accord (see `_default_group`); what it cannot be told, the tests mend afterwards.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from dataclasses import dataclass, field
from typing import Any

import boto3

REGION = "eu-west-1"
ZONES = ("eu-west-1a", "eu-west-1b")
SECRET = "correct-horse-battery-staple"  # an environment variable's value: must not leave the account
CODE_BUCKET, IMAGE = "deployment-artefacts", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/thumbnails:7"
POSTGRES, REDIS, EVERY_PORT = 5432, 6379, (0, 65535)
INBOUND, OUTBOUND = False, True  # `Egress` of an entry


def zipped() -> bytes:
    """The smallest deployment package."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("app.py", "def handler(event, context): ...\n")
    return out.getvalue()


@dataclass
class Builder:
    """Makes resources in one region and remembers their ids by a name of ours."""

    session: Any
    ids: dict[str, str] = field(default_factory=dict)
    groups_of: dict[str, list[str]] = field(default_factory=dict)  # of caches: moto does not say
    lists: dict[str, str] = field(default_factory=dict)
    zone_of: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ec2 = self.session.client("ec2", region_name=REGION)
        self.rds = self.session.client("rds", region_name=REGION)
        self.caches = self.session.client("elasticache", region_name=REGION)
        self.functions = self.session.client("lambda", region_name=REGION)
        owned = self.ec2.describe_managed_prefix_lists()["PrefixLists"]
        self.lists = {pl["PrefixListName"].rpartition(".")[2]: pl["PrefixListId"] for pl in owned}
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = self.session.client("iam", region_name=REGION).create_role(
            RoleName="app", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        )
        self.role = role["Role"]["Arn"]
        bucket = self.session.client("s3", region_name=REGION)
        bucket.create_bucket(Bucket=CODE_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        bucket.put_object(Bucket=CODE_BUCKET, Key="orders.zip", Body=zipped())

    # -- the network ---------------------------------------------------------------------------------------------

    def vpc(self, name: str, cidr: str) -> None:
        """A VPC with an internet gateway; its default group and main table get names too."""
        vpc = self.ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        self.ids[name] = vpc
        here = [{"Name": "vpc-id", "Values": [vpc]}]
        self.ids[f"{name}/main"] = self.ec2.describe_route_tables(Filters=here)["RouteTables"][0]["RouteTableId"]
        self._default_group(name, here)
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        self.ids[f"{name}/igw"] = gateway

    def _default_group(self, name: str, here: list[dict[str, Any]]) -> None:
        """On AWS the default group admits itself; moto's has no rule at all, so the rule is made here."""
        group = self.ec2.describe_security_groups(Filters=here)["SecurityGroups"][0]
        assert group["GroupName"] == "default"
        self.ids[f"{name}/default"] = group["GroupId"]
        if not group["IpPermissions"]:
            self.admit(f"{name}/default", f"{name}/default")

    def subnet(self, name: str, cidr: str, zone: int = 0, table: str = "") -> None:
        """`vpc/name`: a subnet, associated with a table if it is not to have the main one."""
        vpc = self.ids[name.partition("/")[0]]
        made = self.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=ZONES[zone])
        self.ids[name] = made["Subnet"]["SubnetId"]
        self.zone_of[self.ids[name]] = ZONES[zone]
        if table:
            self.ec2.associate_route_table(RouteTableId=self.ids[table], SubnetId=self.ids[name])

    def table(self, name: str, default: str = "") -> None:
        """A route table; `default` is the gateway or NAT gateway of its 0.0.0.0/0."""
        vpc = self.ids[name.partition("/")[0]]
        self.ids[name] = self.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        if default:
            self.default_route(name, default)

    def default_route(self, table: str, to: str) -> None:
        """Add 0.0.0.0/0 to a table."""
        member = "NatGatewayId" if self.ids[to].startswith("nat-") else "GatewayId"
        target = {member: self.ids[to]}
        self.ec2.create_route(RouteTableId=self.ids[table], DestinationCidrBlock="0.0.0.0/0", **target)

    def nat(self, name: str, subnet: str) -> None:
        """A public NAT gateway with its Elastic IP."""
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        made = self.ec2.create_nat_gateway(SubnetId=self.ids[subnet], AllocationId=address)
        self.ids[name] = made["NatGateway"]["NatGatewayId"]

    def endpoint(self, name: str, service: str, *tables: str) -> None:
        """A gateway endpoint with its route in each of the tables."""
        made = self.ec2.create_vpc_endpoint(
            VpcId=self.ids[name.partition("/")[0]],
            ServiceName=f"com.amazonaws.{REGION}.{service}",
            VpcEndpointType="Gateway",
            RouteTableIds=[self.ids[table] for table in tables],
        )
        self.ids[name] = made["VpcEndpoint"]["VpcEndpointId"]

    def acl(self, name: str, subnet: str, *entries: tuple[int, bool, str, tuple[int, int]]) -> None:
        """A network ACL for a subnet; an entry allows TCP: (number, direction, CIDR, ports)."""
        made = self.ec2.create_network_acl(VpcId=self.ids[name.partition("/")[0]])["NetworkAcl"]
        self.ids[name] = made["NetworkAclId"]
        for number, egress, cidr, (first, last) in entries:
            self.ec2.create_network_acl_entry(
                NetworkAclId=self.ids[name],
                RuleNumber=number,
                Egress=egress,
                RuleAction="allow",
                Protocol="6",
                CidrBlock=cidr,
                PortRange={"From": first, "To": last},
            )
        here = [{"Name": "association.subnet-id", "Values": [self.ids[subnet]]}]
        acls = self.ec2.describe_network_acls(Filters=here)["NetworkAcls"]
        (old,) = [a for acl in acls for a in acl["Associations"] if a["SubnetId"] == self.ids[subnet]]
        association = old["NetworkAclAssociationId"]
        self.ec2.replace_network_acl_association(AssociationId=association, NetworkAclId=self.ids[name])

    def group(self, name: str, *, open_out: bool = True) -> None:
        """A security group; without `open_out` the rule that every new group has is revoked."""
        vpc = self.ids[name.partition("/")[0]]
        made = self.ec2.create_security_group(GroupName=name.replace("/", "-"), Description="for a test", VpcId=vpc)
        self.ids[name] = made["GroupId"]
        if not open_out:
            everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
            self.ec2.revoke_security_group_egress(GroupId=made["GroupId"], IpPermissions=everything)

    def admit(self, group: str, source: str, port: int | None = None) -> None:
        """Let members of another group in."""
        self.ec2.authorize_security_group_ingress(GroupId=self.ids[group], IpPermissions=[self._to(source, port)])

    def let_out(self, group: str, to: str, port: int) -> None:
        """Let members of a group send to another group or to a prefix list ("pl:s3")."""
        self.ec2.authorize_security_group_egress(GroupId=self.ids[group], IpPermissions=[self._to(to, port)])

    def _to(self, peer: str, port: int | None) -> dict[str, Any]:
        head = {"IpProtocol": "-1"} if port is None else {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        if peer.startswith("pl:"):
            return {**head, "PrefixListIds": [{"PrefixListId": self.lists[peer.removeprefix("pl:")]}]}
        return {**head, "UserIdGroupPairs": [{"GroupId": self.ids[peer]}]}

    # -- what talks over it --------------------------------------------------------------------------------------

    def function(self, name: str, subnets: list[str], groups: list[str], code: dict[str, str] | None = None) -> None:
        """A function with an environment variable; no subnets: not attached to a VPC."""
        config = {
            "SubnetIds": [self.ids[subnet] for subnet in subnets],
            "SecurityGroupIds": [self.ids[group] for group in groups],
        }
        package: dict[str, Any] = {"Runtime": "python3.13", "Handler": "app.handler"}
        if code:
            package = {"PackageType": "Image"}
        self.functions.create_function(
            FunctionName=name,
            Role=self.role,
            Code=code or {"S3Bucket": CODE_BUCKET, "S3Key": "orders.zip"},
            Environment={"Variables": {"PASSWORD": SECRET}},
            **package,
            **({"VpcConfig": config} if subnets else {}),
        )

    def data(self, name: str, subnets: list[str], groups: list[str]) -> None:
        """A PostgreSQL instance `<name>-db` in the first zone, and the subnet groups for it and a cache."""
        ids = [self.ids[subnet] for subnet in subnets]
        described = {"SubnetIds": ids}
        self.rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription="for a test", **described)
        self.caches.create_cache_subnet_group(
            CacheSubnetGroupName=name, CacheSubnetGroupDescription="for a test", **described
        )
        self.rds.create_db_instance(
            DBInstanceIdentifier=f"{name}-db",
            Engine="postgres",
            DBInstanceClass="db.t4g.micro",
            AllocatedStorage=20,
            AvailabilityZone=ZONES[0],
            DBSubnetGroupName=name,
            MasterUsername="admin1",
            MasterUserPassword=SECRET,
            VpcSecurityGroupIds=[self.ids[group] for group in groups],
        )

    def cache(self, vpc: str, groups: list[str]) -> None:
        """A Redis cluster `<vpc>-cache` of one node."""
        name = f"{vpc}-cache"
        self.groups_of[name] = [self.ids[group] for group in groups]
        self.caches.create_cache_cluster(
            CacheClusterId=name,
            Engine="redis",
            CacheNodeType="cache.t4g.micro",
            NumCacheNodes=1,
            CacheSubnetGroupName=vpc,
            SecurityGroupIds=self.groups_of[name],
            PreferredAvailabilityZone=ZONES[0],
        )

    def replication_group(self, vpc: str, groups: list[str]) -> None:
        """A Redis replication group `<vpc>-redis`."""
        name = f"{vpc}-redis"
        self.groups_of[name] = [self.ids[group] for group in groups]
        self.caches.create_replication_group(
            ReplicationGroupId=name,
            ReplicationGroupDescription="for a test",
            Engine="redis",
            CacheNodeType="cache.t4g.micro",
            NumCacheClusters=1,
            CacheSubnetGroupName=vpc,
            SecurityGroupIds=self.groups_of[name],
        )

    def names(self, vpc: str, subnets: list[str]) -> None:
        """A private zone corp.example with one record, and a rule that forwards onprem.example."""
        zones = self.session.client("route53", region_name=REGION)
        self.ec2.modify_vpc_attribute(VpcId=self.ids[vpc], EnableDnsHostnames={"Value": True})
        made = zones.create_hosted_zone(
            Name="corp.example",
            CallerReference=vpc,
            VPC={"VPCRegion": REGION, "VPCId": self.ids[vpc]},
            HostedZoneConfig={"PrivateZone": True},
        )
        zone = made["HostedZone"]["Id"]
        record = {"Name": "api.corp.example", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "93.184.216.34"}]}
        changes = [{"Action": "CREATE", "ResourceRecordSet": record}]
        zones.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
        self.ids[f"{vpc}/zone"] = zone.rpartition("/")[2]
        resolver = self.session.client("route53resolver", region_name=REGION)
        way_out = resolver.create_resolver_endpoint(
            CreatorRequestId=vpc,
            Direction="OUTBOUND",
            SecurityGroupIds=[self.ids[f"{vpc}/default"]],
            IpAddresses=[{"SubnetId": self.ids[name]} for name in subnets],
        )
        rule = resolver.create_resolver_rule(
            CreatorRequestId=vpc,
            RuleType="FORWARD",
            DomainName="onprem.example",
            ResolverEndpointId=way_out["ResolverEndpoint"]["Id"],
            TargetIps=[{"Ip": "172.16.0.53", "Port": 53}],
        )
        self.ids[f"{vpc}/rule"] = rule["ResolverRule"]["Id"]
        resolver.associate_resolver_rule(ResolverRuleId=self.ids[f"{vpc}/rule"], VPCId=self.ids[vpc])


def build(session: Any) -> dict[str, Any]:
    """Make everything; return the ids by name, what moto does not tell, and what it tells that is nobody's business."""
    world = Builder(session)
    for make in (_working, _nat_deleted, _nat_misplaced, _acls, _isolated):
        make(world)
    world.function("loner", [], [])
    listed = world.functions.list_functions()["Functions"]
    return {
        "ids": world.ids,
        "groups_of": world.groups_of,
        "zone_of": world.zone_of,
        "vpc_of": {f["FunctionName"]: _vpc_of(world, f) for f in listed if "VpcConfig" in f},
        "told": [world.functions.get_function(FunctionName=f["FunctionName"]) for f in listed],
    }


def _vpc_of(world: Builder, function: dict[str, Any]) -> str:
    """Where its subnets are; moto says vpc-123abc of every function."""
    return str(world.ec2.describe_subnets(SubnetIds=function["VpcConfig"]["SubnetIds"])["Subnets"][0]["VpcId"])


def _working(world: Builder) -> None:
    """A NAT gateway that works, endpoints for S3 and DynamoDB, and functions with wide and narrow groups."""
    world.vpc("main", "10.0.0.0/16")
    world.table("main/public-table", "main/igw")
    world.subnet("main/public", "10.0.0.0/24", table="main/public-table")
    world.nat("main/nat", "main/public")
    world.table("main/private-table", "main/nat")
    world.table("main/plain-table", "main/nat")  # its S3 and DynamoDB traffic takes the NAT gateway
    world.subnet("main/a", "10.0.1.0/24", 0, "main/private-table")
    world.subnet("main/b", "10.0.2.0/24", 1, "main/private-table")
    world.subnet("main/plain", "10.0.3.0/24", 1, "main/plain-table")
    world.endpoint("main/s3", "s3", "main/private-table")
    world.endpoint("main/dynamodb", "dynamodb", "main/private-table")
    for name in ("to-db", "to-s3", "sealed"):
        world.group(f"main/{name}", open_out=False)
    world.group("main/data")
    world.admit("main/data", "main/to-db", POSTGRES)
    world.admit("main/data", "main/to-s3", POSTGRES)
    world.admit("main/data", "main/to-s3", REDIS)
    world.let_out("main/to-db", "main/data", POSTGRES)
    world.let_out("main/to-s3", "pl:s3", 443)
    world.function("nat-orders", ["main/a", "main/b"], ["main/default"])
    world.function("plain-orders", ["main/plain"], ["main/default"])
    world.function("public-orders", ["main/public"], ["main/default"])
    world.function("db-only", ["main/a"], ["main/to-db"])
    world.function("s3-only", ["main/a"], ["main/to-s3"])
    world.function("sealed", ["main/a"], ["main/sealed"], {"ImageUri": IMAGE})
    world.data("main", ["main/a", "main/b"], ["main/default", "main/data"])
    world.cache("main", ["main/default", "main/data"])
    world.replication_group("main", ["main/default", "main/data"])
    world.names("main", ["main/a", "main/b"])


def _furnish(world: Builder, vpc: str, subnets: list[str]) -> None:
    """A group for functions, and a database and a cache that admit its members."""
    world.group(f"{vpc}/functions")
    world.group(f"{vpc}/data")
    world.admit(f"{vpc}/data", f"{vpc}/functions", POSTGRES)
    world.admit(f"{vpc}/data", f"{vpc}/functions", REDIS)
    world.data(vpc, subnets, [f"{vpc}/data"])
    world.cache(vpc, [f"{vpc}/data"])


def _nat_deleted(world: Builder) -> None:
    """The NAT gateway is gone, its route is not; S3 has an endpoint, DynamoDB has none."""
    world.vpc("gone", "10.1.0.0/16")
    world.table("gone/public-table", "gone/igw")
    world.subnet("gone/public", "10.1.0.0/24", table="gone/public-table")
    world.nat("gone/nat", "gone/public")
    world.table("gone/private-table", "gone/nat")
    world.subnet("gone/a", "10.1.1.0/24", 0, "gone/private-table")
    world.subnet("gone/b", "10.1.2.0/24", 1, "gone/private-table")
    world.endpoint("gone/s3", "s3", "gone/private-table")
    world.ec2.delete_nat_gateway(NatGatewayId=world.ids["gone/nat"])
    _furnish(world, "gone", ["gone/a", "gone/b"])
    world.function("gone-orders", ["gone/a", "gone/b"], ["gone/functions"])


def _nat_misplaced(world: Builder) -> None:
    """A NAT gateway in a subnet without a way out, and one in the subnet that it serves."""
    world.vpc("inner", "10.2.0.0/16")
    world.subnet("inner/middle", "10.2.0.0/24")  # on the main table: the local route, nothing else
    world.nat("inner/nat", "inner/middle")
    world.table("inner/private-table", "inner/nat")
    world.subnet("inner/a", "10.2.1.0/24", 0, "inner/private-table")
    world.table("inner/loop-table")
    world.subnet("inner/loop", "10.2.2.0/24", 1, "inner/loop-table")
    world.nat("inner/loop-nat", "inner/loop")
    world.default_route("inner/loop-table", "inner/loop-nat")
    _furnish(world, "inner", ["inner/a", "inner/loop"])
    world.function("inner-orders", ["inner/a"], ["inner/functions"])
    world.function("loop-orders", ["inner/loop"], ["inner/functions"])


def _acls(world: Builder) -> None:
    """A NAT gateway that works, and network ACLs that do not let all replies through."""
    world.vpc("acl", "10.3.0.0/16")
    world.table("acl/public-table", "acl/igw")
    world.subnet("acl/public", "10.3.0.0/24", table="acl/public-table")
    world.nat("acl/nat", "acl/public")
    world.table("acl/private-table", "acl/nat")
    for name, third, zone in (("deaf", 1, 1), ("narrow", 2, 1), ("mute", 3, 0), ("open", 4, 0)):
        world.subnet(f"acl/{name}", f"10.3.{third}.0/24", zone, "acl/private-table")
    world.endpoint("acl/s3", "s3", "acl/private-table")
    anyone, inside = "0.0.0.0/0", "10.3.0.0/16"
    sends = (100, OUTBOUND, anyone, EVERY_PORT)
    world.acl("acl/deaf-acl", "acl/deaf", sends, (100, INBOUND, inside, EVERY_PORT))
    world.acl("acl/narrow-acl", "acl/narrow", sends, (100, INBOUND, anyone, (32768, 65535)))
    # The second database's subnet hears everything and answers nobody above port 1023.
    hears = (100, INBOUND, anyone, EVERY_PORT)
    world.acl("acl/mute-acl", "acl/mute", hears, (100, OUTBOUND, anyone, (0, 1023)))
    _furnish(world, "acl", ["acl/open"])
    world.data("mute", ["acl/mute"], ["acl/data"])
    world.function("deaf-orders", ["acl/deaf"], ["acl/functions"])
    world.function("narrow-orders", ["acl/narrow"], ["acl/functions"])
    world.function("half-orders", ["acl/open", "acl/deaf"], ["acl/functions"])


def _isolated(world: Builder) -> None:
    """No NAT gateway at all: one private subnet has the endpoints, the other has not."""
    world.vpc("bare", "10.4.0.0/16")
    world.table("bare/endpoint-table")
    world.table("bare/local-table")
    world.subnet("bare/a", "10.4.1.0/24", 0, "bare/endpoint-table")
    world.subnet("bare/b", "10.4.2.0/24", 1, "bare/local-table")
    world.endpoint("bare/s3", "s3", "bare/endpoint-table")
    world.endpoint("bare/dynamodb", "dynamodb", "bare/endpoint-table")
    _furnish(world, "bare", ["bare/a", "bare/b"])
    world.function("bare-orders", ["bare/a"], ["bare/functions"])
    world.function("local-orders", ["bare/b"], ["bare/functions"])


if __name__ == "__main__":
    json.dump(build(boto3.Session()), sys.stdout, default=str)
