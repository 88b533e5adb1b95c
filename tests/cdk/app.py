"""The CDK app whose `cdk synth` output is kept in cdk.out beside it: a network, its data, and three functions.

To make it again (the templates only; assets are of no interest here):

    python -m venv venv && venv/bin/pip install aws-cdk-lib constructs
    venv/bin/python app.py
    find cdk.out -mindepth 1 ! -name '*.template.json' ! -name manifest.json -exec rm -rf {} +
"""

from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_rds as rds

OUT = Path(__file__).resolve().parent / "cdk.out"
# Also what `cdk init` writes into a new project: the default group of each VPC loses its rules.
ZONES = "availability-zones:account=123456789012:region=eu-west-1"  # what a lookup would have written here
CONTEXT = {"@aws-cdk/aws-ec2:restrictDefaultSecurityGroup": True, ZONES: ["eu-west-1a", "eu-west-1b", "eu-west-1c"]}
app = cdk.App(outdir=str(OUT), context=CONTEXT)
env = cdk.Environment(account="123456789012", region="eu-west-1")

network = cdk.Stack(app, "Network", env=env)
vpc = ec2.Vpc(
    network,
    "Vpc",
    ip_addresses=ec2.IpAddresses.cidr("10.20.0.0/16"),
    max_azs=2,
    nat_gateways=1,
    subnet_configuration=[
        ec2.SubnetConfiguration(name="public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24),
        ec2.SubnetConfiguration(name="private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=24),
        ec2.SubnetConfiguration(name="isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24),
    ],
)
isolated = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
vpc.add_interface_endpoint("Secrets", service=ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER, subnets=isolated)

data = cdk.Stack(app, "Data", env=env)
database = rds.DatabaseInstance(
    data,
    "Orders",
    engine=rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_16),
    instance_identifier="orders-db",
    vpc=vpc,
    vpc_subnets=isolated,
)
cache_group = ec2.SecurityGroup(data, "CacheGroup", vpc=vpc, allow_all_outbound=False)
cache_subnets = elasticache.CfnSubnetGroup(
    data,
    "CacheSubnets",
    description="cache",
    subnet_ids=vpc.select_subnets(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED).subnet_ids,
)
elasticache.CfnReplicationGroup(
    data,
    "Sessions",
    replication_group_id="sessions",
    replication_group_description="sessions",
    engine="valkey",
    cache_node_type="cache.t4g.micro",
    num_cache_clusters=2,
    automatic_failover_enabled=True,
    cache_subnet_group_name=cache_subnets.ref,
    security_group_ids=[cache_group.security_group_id],
)

application = cdk.Stack(app, "App", env=env)


def function(name: str, subnets: ec2.SubnetSelection, **more: object) -> lambda_.Function:
    return lambda_.Function(
        application,
        name.title(),
        function_name=name,
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context):\n    return None\n"),
        vpc=vpc,
        vpc_subnets=subnets,
        **more,
    )


orders = function("orders", ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS))
reports = function("reports", isolated)
public = function("mailer", ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC), allow_public_subnet=True)
# From the database's side, in the functions' stack: the other way round the stacks would need each other.
for name, one in (("Orders", orders), ("Reports", reports)):
    ec2.CfnSecurityGroupIngress(
        application,
        f"{name}ToDatabase",
        group_id=database.connections.security_groups[0].security_group_id,
        source_security_group_id=one.connections.security_groups[0].security_group_id,
        ip_protocol="tcp",
        from_port=cdk.Token.as_number(database.instance_endpoint.port),
        to_port=cdk.Token.as_number(database.instance_endpoint.port),
    )
ec2.CfnSecurityGroupIngress(
    application,
    "OrdersToCache",
    group_id=cache_group.security_group_id,
    source_security_group_id=orders.connections.security_groups[0].security_group_id,
    ip_protocol="tcp",
    from_port=6379,
    to_port=6379,
)
app.synth()
