"""What each type of resource decides, told by answers: a table of fragments beside one VPC."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.templated import network_of

BASE = """
Resources:
  Vpc: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: eu-west-1a}
  Public:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: eu-west-1a}
  Wide:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupDescription: x
      SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]
  Shut: {Type: "AWS::EC2::SecurityGroup", Properties: {VpcId: !Ref Vpc, GroupDescription: x}}
  Gateway: {Type: "AWS::EC2::InternetGateway"}
  GatewayOf: {Type: "AWS::EC2::VPCGatewayAttachment", Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Table: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Vpc}}
  TableOf:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
  PublicTable: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Vpc}}
  PublicTableOf:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Public, RouteTableId: !Ref PublicTable}
  Out:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref PublicTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
  Function:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: orders, VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Wide]}}
"""
NAT = """
  Eip: {Type: "AWS::EC2::EIP"}
  Nat: {Type: "AWS::EC2::NatGateway", Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Eip.AllocationId}}
"""
ROUTE = """
  Way: {{Type: "AWS::EC2::Route", Properties: {{RouteTableId: !Ref Table, DestinationCidrBlock: {block}, {target}}}}}
"""
BY_NAT = NAT + ROUTE.format(block="0.0.0.0/0", target="NatGatewayId: !Ref Nat")
REGIONAL = """
  Nat:
    Type: AWS::EC2::NatGateway
    DependsOn: GatewayOf
    Properties:
      AvailabilityMode: regional
      VpcId: !Ref Vpc
""" + ROUTE.format(block="0.0.0.0/0", target="NatGatewayId: !Ref Nat")
FIREWALL = (
    NAT
    + """
  Guarded:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.9.0/24, AvailabilityZone: eu-west-1a}
  GuardedTable: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Vpc}}
  GuardedTableOf:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Guarded, RouteTableId: !Ref GuardedTable}
  GuardedWay:
    Type: AWS::EC2::Route
    Properties: {RouteTableId: !Ref GuardedTable, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}
  Back:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref PublicTable
      DestinationCidrBlock: 10.0.1.0/24
      VpcEndpointId: !Select [1, !Split [":", !Select [0, !GetAtt Wall.EndpointIds]]]
  Way:
    Type: AWS::EC2::Route
    Properties:
      RouteTableId: !Ref Table
      DestinationCidrBlock: 0.0.0.0/0
      VpcEndpointId: !Select [1, !Split [":", !Select [0, !GetAtt Wall.EndpointIds]]]
  Wall:
    Type: AWS::NetworkFirewall::Firewall
    Properties: {FirewallName: wall, FirewallPolicyArn: !Ref Rules, VpcId: !Ref Vpc, SubnetMappings: [%s]}
  Rules:
    Type: AWS::NetworkFirewall::FirewallPolicy
    Properties:
      FirewallPolicyName: rules
      FirewallPolicy:
        StatelessDefaultActions: ["%s"]
        StatelessFragmentDefaultActions: ["aws:drop"]
        StatelessRuleGroupReferences: [{ResourceArn: !Ref Group, Priority: "10"}]
  Group:
    Type: AWS::NetworkFirewall::RuleGroup
    Properties:
      RuleGroupName: group
      Type: STATELESS
      Capacity: 10
      RuleGroup:
        RulesSource:
          StatelessRulesAndCustomActions:
            StatelessRules:
              - Priority: 1
                RuleDefinition:
                  Actions: ["aws:drop"]
                  MatchAttributes: {Protocols: [6], DestinationPorts: [{FromPort: %s, ToPort: "443"}]}
"""
)
ONE = "{SubnetId: !Ref Guarded}"
ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: orders, AssumeRolePolicyDocument: {}, Policies: [%s], ManagedPolicyArns: [%s]}
"""
OWN = "{PolicyName: own, PolicyDocument: {Statement: [{Effect: Allow, Action: %s, Resource: %s}]}}"
VPC_ACCESS = '"arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"'
S3 = """
  S3:
    Type: AWS::EC2::VPCEndpoint
    Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.eu-west-1.s3, RouteTableIds: [!Ref Table]}
  Reports: {Type: "AWS::S3::Bucket", Properties: {BucketName: reports}}
  Rules:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Reports
      PolicyDocument:
        Statement: [{Effect: Deny, Principal: "*", Action: "s3:*", Resource: [!GetAtt Reports.Arn,
                     !Sub "${Reports.Arn}/*"], Condition: {StringNotEquals: {"aws:SourceVpce": %s}}}]
"""
HUB = """
  Hub: {Type: "AWS::EC2::TransitGateway"}
  Here:
    Type: AWS::EC2::TransitGatewayVpcAttachment
    Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref Vpc, SubnetIds: [!Ref Subnet]}
  Far: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.9.0.0/16}}
  FarSubnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Far, CidrBlock: 10.9.0.0/24, AvailabilityZone: eu-west-1a}
  There:
    Type: AWS::EC2::TransitGatewayVpcAttachment
    Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref Far, SubnetIds: [!Ref FarSubnet]}
  FarTable: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref Far}}
  FarTableOf:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref FarSubnet, RouteTableId: !Ref FarTable}
  FarBack:
    Type: AWS::EC2::Route
    DependsOn: There
    Properties: {RouteTableId: !Ref FarTable, DestinationCidrBlock: 10.0.0.0/16, TransitGatewayId: !Ref Hub}
  FarGroup:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: !Ref Far, GroupDescription: x, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}
  FarHost:
    Type: AWS::EC2::Instance
    Properties: {SubnetId: !Ref FarSubnet, SecurityGroupIds: [!Ref FarGroup], PrivateIpAddress: 10.9.0.9}
""" + ROUTE.format(block="10.9.0.0/16", target="TransitGatewayId: !Ref Hub")
HOLE = """
  Hole:
    Type: AWS::EC2::TransitGatewayRoute
    Properties: {TransitGatewayRouteTableId: %s, DestinationCidrBlock: 10.9.0.0/16, Blackhole: true}
"""
OWN_TABLE = """
  Own: {Type: "AWS::EC2::TransitGatewayRouteTable", Properties: {TransitGatewayId: !Ref Hub}}
  OwnOf:
    Type: AWS::EC2::TransitGatewayRouteTableAssociation
    Properties: {TransitGatewayAttachmentId: !Ref Here, TransitGatewayRouteTableId: !Ref Own}
  OwnFrom:
    Type: AWS::EC2::TransitGatewayRouteTablePropagation
    Properties: {TransitGatewayAttachmentId: !Ref There, TransitGatewayRouteTableId: !Ref Own}
"""
APART = HUB.replace(
    '  Hub: {Type: "AWS::EC2::TransitGateway"}',
    '  Hub: {Type: "AWS::EC2::TransitGateway", Properties: {DefaultRouteTableAssociation: disable}}',
)
SERVED = """
  Served:
    Type: AWS::{type}
    Properties: {{{properties}}}
"""


def served(type: str, properties: str, more: str = "") -> str:
    return SERVED.format(type=type, properties=properties) + more


def network(subnets: str, groups: str, group: str) -> str:
    return f"{subnets}: [!Ref Subnet], {groups}: [!Ref {group}]"


@dataclass(frozen=True)
class Row:
    """Resources beside the base; who asks for what; the verdict, and the code or cause that comes first."""

    about: str
    more: str
    to: str
    want: str
    code: str = ""
    who: str = "orders"
    words: tuple[str, str] = ("", "")  # of the base, replaced

    def __str__(self) -> str:
        return self.about


ESM = """
  Stream:
    Type: AWS::MSK::Cluster
    Properties:
      ClusterName: stream
      BrokerNodeGroupInfo: {ClientSubnets: [!Ref Subnet], SecurityGroups: [!Ref Wide]}
      ClientAuthentication: {Sasl: {Iam: {Enabled: true}}}
  Poller:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref Function, EventSourceArn: !Ref Stream}
"""
WITH_ROLE = ("FunctionName: orders,", "FunctionName: orders, Role: !GetAtt Role.Arn,")
MANAGED = ("VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Wide]}}",
           "CapacityProviderConfig: {LambdaManagedInstancesCapacityProviderConfig: "
           "{CapacityProviderArn: !GetAtt Provider.Arn}}}")  # fmt: skip
PROVIDER = """
  Provider:
    Type: AWS::Lambda::CapacityProvider
    Properties:
      CapacityProviderName: p
      PermissionsConfig: {}
      VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Wide]}
"""
ROWS = (
    # -- firewalls
    Row("a rule of a firewall drops", FIREWALL % (ONE, "aws:pass", "443"), "internet", "blocked",
        "FIREWALL_RULES_RESTRICTION"),
    Row("a firewall passes what no rule drops", FIREWALL % (ONE, "aws:pass", "442"), "internet:80", "reachable"),
    Row("a firewall whose rules are not known", FIREWALL % (ONE, "aws:pass", "!ImportValue port"), "internet",
        "unknown", "PATH_THROUGH_GWLB_NOT_CHECKED"),
    Row("the endpoints of two zones stand in no order",
        FIREWALL % (f"{ONE}, {{SubnetId: !Ref Public}}", "aws:pass", "1"), "internet", "unknown", "UNKNOWN_RESOURCE"),
    # -- NAT gateways
    Row("a NAT gateway", BY_NAT, "internet", "reachable"),
    Row("a regional NAT gateway finds its zones and its way out", REGIONAL, "internet", "reachable"),
    Row("a regional NAT gateway that has not this zone",
        REGIONAL.replace("      VpcId: !Ref Vpc\n", "      VpcId: !Ref Vpc\n      AvailabilityZoneAddresses:\n"
                         "        - {AvailabilityZone: eu-west-1b, AllocationIds: [eipalloc-1]}\n"),
        "internet", "blocked", "REGIONAL_NGW_ROUTE_AZ_RESTRICTION"),
    # -- transit gateways
    Row("by default attachments are associated and propagate", HUB, "10.9.0.9:443", "reachable"),
    Row("a static route beats what is propagated", HUB + OWN_TABLE + HOLE % "!Ref Own",
        "10.9.0.9:443", "blocked", "TGW_RTB_BAD_STATE_ROUTE"),
    Row("without an association", APART, "10.9.0.9:443", "blocked", "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"),
    Row("a gateway of somebody else", HUB.replace("!Ref Hub", "tgw-0far"), "10.9.0.9:443", "unknown",
        "UNKNOWN_RESOURCE"),
    # -- encryption, Block Public Access
    Row("encryption is enforced, Lambda is not spared", BY_NAT + """
  Sealed: {Type: "AWS::EC2::VPCEncryptionControl", Properties: {VpcId: !Ref Vpc, Mode: enforce}}
""", "internet", "blocked", "DISALLOWED_BY_VPC_ENCRYPTION_CONTROL"),
    Row("public access is blocked", BY_NAT + """
  Shield: {Type: "AWS::EC2::VPCBlockPublicAccessOptions", Properties: {InternetGatewayBlockMode: block-bidirectional}}
""", "internet", "blocked", "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"),
    # -- names
    Row("a private zone hides the database's name", served(
        "RDS::DBInstance", "DBInstanceIdentifier: db, Engine: postgres, VPCSecurityGroups: [!Ref Wide], "
        "DBSubnetGroupName: !Ref Subnets", """
  Subnets: {Type: "AWS::RDS::DBSubnetGroup", Properties: {SubnetIds: [!Ref Subnet]}}
  Zone:
    Type: AWS::Route53::HostedZone
    Properties: {Name: rds.amazonaws.com, VPCs: [{VPCId: !Ref Vpc, VPCRegion: eu-west-1}]}
"""), "rds:db", "blocked", "DNS_NXDOMAIN"),
    Row("a Resolver rule forwards", BY_NAT + """
  Forward:
    Type: AWS::Route53Resolver::ResolverRule
    Properties: {RuleType: FORWARD, DomainName: amazonaws.com, TargetIps: [{Ip: 10.0.0.53}]}
  ForwardOf:
    Type: AWS::Route53Resolver::ResolverRuleAssociation
    Properties: {ResolverRuleId: !Ref Forward, VPCId: !Ref Vpc}
""", "sqs", "unknown"),
    # -- policies and roles
    Row("the role cannot make interfaces", BY_NAT + ROLE % (OWN % ("sqs:*", '"*"'), ""), "internet", "blocked",
        "ROLE_LACKS_ENI_PERMISSIONS", words=WITH_ROLE),
    Row("AWS's policy for functions in VPCs", BY_NAT + ROLE % ("", VPC_ACCESS), "internet", "reachable",
        words=WITH_ROLE),
    Row("a policy of its own beside the role", BY_NAT + ROLE % ("", "") + """
  Beside:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: b
      Roles: [!Ref Role]
      PolicyDocument: {Statement: [{Effect: Allow, Action: "*", Resource: "*"}]}
""", "internet", "reachable", words=WITH_ROLE),
    Row("a policy that is not known says nothing of the role",
        BY_NAT + ROLE % (OWN % ("sqs:*", "!ImportValue other"), ""), "internet", "reachable", words=WITH_ROLE),
    Row("a bucket that wants another endpoint", S3 % "vpce-other", "s3://reports", "blocked",
        "RESOURCE_POLICY_DENIES_PATH"),
    Row("a bucket that wants this endpoint", S3 % "!Ref S3", "s3://reports", "reachable"),
    Row("a bucket policy that is not known", S3 % "!ImportValue other", "s3://reports", "reachable"),
    # -- what serves in a VPC
    *(
        Row(f"{to}, which admits {want}", served(type_, properties.format(group=group), more), to, want, code)
        for group, want, code in (("Wide", "reachable", ""), ("Shut", "blocked", "SG_HAS_NO_RULES"))
        for type_, properties, more, to in (
            ("RedshiftServerless::Workgroup", "WorkgroupName: w, NamespaceName: n, SubnetIds: [!Ref Subnet], "
             "SecurityGroupIds: [!Ref {group}]", "", "redshift-serverless:w"),
            ("Redshift::EndpointAccess", "EndpointName: e, ClusterIdentifier: c, SubnetGroupName: !Ref Subnets, "
             "VpcSecurityGroupIds: [!Ref {group}]",
             '\n  Subnets: {Type: "AWS::Redshift::ClusterSubnetGroup", Properties: {SubnetIds: [!Ref Subnet]}}\n',
             "redshift:e"),
            ("MSK::ServerlessCluster", "ClusterName: k, VpcConfigs: [{{SubnetIds: [!Ref Subnet], "
             "SecurityGroups: [!Ref {group}]}}]", "", "kafka:k"),
            ("Elasticsearch::Domain", "DomainName: d, VPCOptions: {{SubnetIds: [!Ref Subnet], "
             "SecurityGroupIds: [!Ref {group}]}}", "", "opensearch:d"),
            ("RDS::DBProxyEndpoint", "DBProxyEndpointName: reader, DBProxyName: !Ref Pool, "
             "VpcSubnetIds: [!Ref Subnet], VpcSecurityGroupIds: [!Ref {group}]",
             '\n  Pool: {Type: "AWS::RDS::DBProxy", Properties: {DBProxyName: pool, EngineFamily: POSTGRESQL, '
             "VpcSubnetIds: [!Ref Subnet]}}\n", "rds:reader"),
        )
    ),
    # -- what else sends
    *(
        Row(f"{who} sends", BY_NAT + served(type_, properties, ""), "internet", "reachable", who=who)
        for type_, properties, who in (
            ("ECS::Service", "ServiceName: web, Cluster: shop, NetworkConfiguration: {AwsvpcConfiguration: {"
             + network("Subnets", "SecurityGroups", "Wide") + "}}", "ecs:shop/web"),
            ("CodeBuild::Project", "Name: b, VpcConfig: {" + network("Subnets", "SecurityGroupIds", "Wide") + "}",
             "codebuild:b"),
            ("Glue::Connection", "ConnectionInput: {Name: g, PhysicalConnectionRequirements: {SubnetId: !Ref Subnet, "
             "SecurityGroupIdList: [!Ref Wide]}}", "glue:g"),
            ("SageMaker::Model", "ModelName: m, VpcConfig: {" + network("Subnets", "SecurityGroupIds", "Wide") + "}",
             "sagemaker:m"),
            ("AppRunner::VpcConnector", "VpcConnectorName: a, " + network("Subnets", "SecurityGroups", "Wide"),
             "apprunner:a"),
            ("Synthetics::Canary", "Name: c, VPCConfig: {" + network("SubnetIds", "SecurityGroupIds", "Wide") + "}",
             "synthetics:c"),
            ("MWAA::Environment", "Name: e, NetworkConfiguration: {"
             + network("SubnetIds", "SecurityGroupIds", "Wide") + "}", "mwaa:e"),
            ("EMRServerless::Application", "Name: s, NetworkConfiguration: {"
             + network("SubnetIds", "SecurityGroupIds", "Wide") + "}", "emr-serverless:s"),
        )
    ),
    Row("a service without groups has the VPC's default one", served(
        "ECS::Service", "ServiceName: web, Cluster: shop, NetworkConfiguration: {AwsvpcConfiguration: "
        "{Subnets: [!Ref Subnet]}}"), "10.0.1.9:443", "unknown", who="ecs:shop/web"),
    Row("a poller is where its source is", BY_NAT + ESM, "internet", "reachable", who="esm:*"),
    Row("a function on managed instances", BY_NAT + PROVIDER, "internet", "reachable", words=MANAGED),
)  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_what_a_type_decides(row: Row) -> None:
    net = network_of((BASE.replace(*row.words) if row.words[0] else BASE) + row.more)
    who = next((t.name for t in net if t.name and row.who == "esm:*" and "event-source" in t.id), row.who)
    who = f"esm:{who}" if row.who == "esm:*" else who
    answer = net.path(who, row.to)
    first = answer.first
    assert answer.verdict == row.want, (answer.headline, first)
    if row.code:
        assert first is not None
        assert row.code in (first.code, first.cause)
