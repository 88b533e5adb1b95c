"""What else serves in test worlds: MemoryDB, Redshift, OpenSearch, MSK, Amazon MQ, EFS, load balancers, DSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.world_databases import Databases
from tests.world_records import Record


class Served(Databases):
    """Records with brokers, warehouses, file systems and load balancers."""

    def memorydb_cluster(
        self,
        name: str,
        subnets: Sequence[str],
        groups: Sequence[str],
        *,
        zones: Sequence[str] = ("a", "b"),
        shards: int = 1,
        **members: Any,
    ) -> str:
        """Make a cluster with a node in each zone for every shard."""
        self.add(
            "memorydb:SubnetGroups",
            {
                "Name": f"{name}-subnets",
                "VpcId": self[subnets[0]]["VpcId"],
                "Subnets": [
                    {"Identifier": s, "AvailabilityZone": {"Name": self[s]["AvailabilityZone"]}} for s in subnets
                ],
            },
        )
        nodes = [
            [
                {
                    "Name": f"{name}-{shard:04d}-{number:03d}",
                    "Status": "available",
                    "AvailabilityZone": self.zone(az),
                    "Endpoint": {
                        "Address": f"{name}-{shard:04d}-{number:03d}.{name}.abc.memorydb.amazonaws.com",
                        "Port": 6379,
                    },
                }
                for number, az in enumerate(zones, 1)
            ]
            for shard in range(1, shards + 1)
        ]
        self.add(
            "memorydb:Clusters",
            {
                "Name": name,
                "Status": "available",
                "NumberOfShards": shards,
                "Engine": "valkey",
                "Shards": [{"Name": f"{i:04d}", "Status": "available", "Nodes": n} for i, n in enumerate(nodes, 1)],
                "ClusterEndpoint": {"Address": f"clustercfg.{name}.abc.memorydb.amazonaws.com", "Port": 6379},
                "SecurityGroups": [{"SecurityGroupId": g, "Status": "active"} for g in groups],
                "SubnetGroupName": f"{name}-subnets",
                "TLSEnabled": True,
                "ARN": self.arn("memorydb", f"cluster/{name}"),
                **members,
            },
            name,
        )
        return name

    def redshift_cluster(
        self,
        name: str,
        subnets: Sequence[str],
        groups: Sequence[str],
        *,
        az: str = "a",
        public: bool = False,
        **members: Any,
    ) -> str:
        """Make a cluster whose leader is in zone `az`."""
        self.add(
            "redshift:ClusterSubnetGroups",
            {
                "ClusterSubnetGroupName": f"{name}-subnets",
                "VpcId": self[subnets[0]]["VpcId"],
                "Subnets": [
                    {"SubnetIdentifier": s, "SubnetAvailabilityZone": {"Name": self[s]["AvailabilityZone"]}}
                    for s in subnets
                ],
            },
        )
        self.add(
            "redshift:Clusters",
            {
                "ClusterIdentifier": name,
                "ClusterStatus": "available",
                "VpcId": self[subnets[0]]["VpcId"],
                "Endpoint": {"Address": f"{name}.abc.{self.region}.redshift.amazonaws.com", "Port": 5439},
                "VpcSecurityGroups": [{"VpcSecurityGroupId": g, "Status": "active"} for g in groups],
                "ClusterSubnetGroupName": f"{name}-subnets",
                "AvailabilityZone": self.zone(az),
                "PubliclyAccessible": public,
                "EnhancedVpcRouting": False,
                **members,
            },
            name,
        )
        return name

    def redshift_workgroup(self, name: str, subnets: Sequence[str], groups: Sequence[str], **members: Any) -> str:
        """Make a serverless workgroup with an interface in each subnet."""
        ports = [
            {
                "networkInterfaceId": self.new_id("eni"),
                "subnetId": s,
                "privateIpAddress": self.next_address(s),
                "availabilityZone": self[s]["AvailabilityZone"],
            }
            for s in subnets
        ]
        vpc = self[subnets[0]]["VpcId"]
        self.add(
            "redshift-serverless:workgroups",
            {
                "workgroupName": name,
                "status": "AVAILABLE",
                "port": 5439,
                "securityGroupIds": list(groups),
                "subnetIds": list(subnets),
                "publiclyAccessible": False,
                "workgroupArn": self.arn("redshift-serverless", f"workgroup/{name}"),
                "endpoint": {
                    "address": f"{name}.{self.account}.{self.region}.redshift-serverless.amazonaws.com",
                    "port": 5439,
                    "vpcEndpoints": [{"vpcEndpointId": "vpce-rs", "vpcId": vpc, "networkInterfaces": ports}],
                },
                **members,
            },
            name,
        )
        return name

    def redshift_endpoint(self, name: str, subnet: str, groups: Sequence[str]) -> str:
        """Make a Redshift-managed endpoint with one interface."""
        port = {
            "NetworkInterfaceId": self.new_id("eni"),
            "SubnetId": subnet,
            "PrivateIpAddress": self.next_address(subnet),
        }
        self.add(
            "redshift:EndpointAccessList",
            {
                "EndpointName": name,
                "EndpointStatus": "active",
                "Port": 5439,
                "Address": f"{name}.endpoint.{self.region}.redshift.amazonaws.com",
                "VpcSecurityGroups": [{"VpcSecurityGroupId": g, "Status": "active"} for g in groups],
                "VpcEndpoint": {
                    "VpcEndpointId": "vpce-rs",
                    "VpcId": self[subnet]["VpcId"],
                    "NetworkInterfaces": [port],
                },
            },
            name,
        )
        return name

    def opensearch_domain(
        self, name: str, subnets: Sequence[str] = (), groups: Sequence[str] = (), **members: Any
    ) -> str:
        """Make a domain, inside the VPC if it has subnets, else a public one."""
        host = f"{name}-abc.{self.region}.es.amazonaws.com"
        inside: Record = {"Endpoint": f"search-{host}"}
        if subnets:
            inside = {
                "Endpoints": {"vpc": f"vpc-{host}"},
                "VPCOptions": {
                    "VPCId": self[subnets[0]]["VpcId"],
                    "SubnetIds": list(subnets),
                    "SecurityGroupIds": list(groups),
                    "AvailabilityZones": [self[s]["AvailabilityZone"] for s in subnets],
                },
            }
        self.add(
            "opensearch:DomainStatusList",
            {
                "DomainName": name,
                "DomainId": f"{self.account}/{name}",
                "ARN": self.arn("es", f"domain/{name}"),
                "ClusterConfig": {},
                "Deleted": False,
                "DomainProcessingStatus": "Active",
                **inside,
                **members,
            },
            name,
        )
        return name

    def collection(self, name: str, endpoint: Sequence[str] = (), groups: Sequence[str] = ()) -> str:
        """Make a serverless collection, and its endpoint `vpce-aoss` if there are subnets for one."""
        self.add(
            "opensearchserverless:collectionSummaries",
            {"id": f"{name}0id", "name": name, "status": "ACTIVE", "arn": self.arn("aoss", f"collection/{name}0id")},
            name,
        )
        if endpoint:
            self.add(
                "opensearchserverless:vpcEndpointDetails",
                {
                    "id": "vpce-aoss",
                    "name": "aoss",
                    "vpcId": self[endpoint[0]]["VpcId"],
                    "subnetIds": list(endpoint),
                    "securityGroupIds": list(groups),
                    "status": "ACTIVE",
                },
                "vpce-aoss",
            )
        return name

    def kafka_cluster(
        self,
        name: str,
        subnets: Sequence[str],
        groups: Sequence[str],
        *,
        ports: Sequence[int] = (9098,),
        nodes: bool = True,
        **members: Any,
    ) -> str:
        """Make a provisioned cluster with a broker in each subnet."""
        arn = self.arn("kafka", f"cluster/{name}/1a2b-1")
        hosts = [f"b-{n}.{name}.abc.c2.kafka.{self.region}.amazonaws.com" for n in range(1, len(subnets) + 1)]
        self.add(
            "kafka:ClusterInfoList",
            {
                "ClusterArn": arn,
                "ClusterName": name,
                "ClusterType": "PROVISIONED",
                "State": "ACTIVE",
                "Provisioned": {
                    "NumberOfBrokerNodes": len(subnets),
                    "BrokerNodeGroupInfo": {
                        "ClientSubnets": list(subnets),
                        "SecurityGroups": list(groups),
                        "InstanceType": "kafka.t3.small",
                    },
                    "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}, "Scram": {"Enabled": False}}},
                },
                **members,
            },
            name,
        )
        words = {9092: "", 9094: "Tls", 9096: "SaslScram", 9098: "SaslIam"}
        self.add(
            "kafka:BootstrapBrokers",
            {"ClusterArn": arn}
            | {f"BootstrapBrokerString{words[p]}": ",".join(f"{h}:{p}" for h in hosts) for p in ports},
            f"brokers of {name}",
        )
        if nodes:
            self.add(
                "kafka:Nodes",
                {
                    "ClusterArn": arn,
                    "NodeInfoList": [
                        {
                            "NodeType": "BROKER",
                            "BrokerNodeInfo": {
                                "BrokerId": float(n),
                                "ClientSubnet": s,
                                "Endpoints": [hosts[n - 1]],
                                "ClientVpcIpAddress": self.next_address(s),
                            },
                        }
                        for n, s in enumerate(subnets, 1)
                    ],
                },
            )
        return name

    def broker(
        self,
        name: str,
        subnets: Sequence[str],
        groups: Sequence[str],
        *,
        engine: str = "RABBITMQ",
        public: bool = False,
        **members: Any,
    ) -> str:
        """Make an Amazon MQ broker; ActiveMQ tells its addresses."""
        host = f"b-{name}.mq.{self.region}.on.aws"
        ends = [f"amqps://{host}:5671"] if engine == "RABBITMQ" else [f"ssl://{host}:61617", f"amqp+ssl://{host}:5671"]
        where: Record = {} if engine == "RABBITMQ" else {"IpAddress": self.next_address(subnets[0])}
        self.add(
            "mq:Brokers",
            {
                "BrokerArn": self.arn("mq", f"broker:{name}:b-{name}"),
                "BrokerId": f"b-{name}",
                "BrokerName": name,
                "BrokerState": "RUNNING",
                "EngineType": engine,
                "PubliclyAccessible": public,
                "BrokerInstances": [{"Endpoints": ends, "ConsoleURL": f"https://{host}", **where}],
                "SecurityGroups": list(groups),
                "SubnetIds": list(subnets),
                **members,
            },
            name,
        )
        return name

    def file_system(
        self, id: str, subnets: Sequence[str], groups: Sequence[str], *, eni: bool = False, policy: str | None = None
    ) -> str:
        """Make a file system with a mount target per subnet, and an access point `fsap-…` of the same number."""
        arn = self.arn("elasticfilesystem", f"file-system/{id}")
        self.add(
            "efs:FileSystems",
            {
                "FileSystemId": id,
                "FileSystemArn": arn,
                "LifeCycleState": "available",
                "OwnerId": self.account,
                "NumberOfMountTargets": len(subnets),
                "CreationToken": id,
                "PerformanceMode": "generalPurpose",
                "CreationTime": "2026-01-01T00:00:00Z",
                "SizeInBytes": {"Value": 6144},
                "Tags": [],
            },
            id,
        )
        point = id.replace("fs-", "fsap-")
        if policy is not None:
            self.add("efs:FileSystemPolicies", {"FileSystemId": id, "Policy": policy})
        self.add(
            "efs:AccessPoints",
            {
                "AccessPointId": point,
                "FileSystemId": id,
                "LifeCycleState": "available",
                "AccessPointArn": self.arn("elasticfilesystem", f"access-point/{point}"),
            },
        )
        for number, subnet in enumerate(subnets, 1):
            target, address = f"fsmt-0000000{id[3:]}{number}", self.next_address(subnet)
            port: Record = {}
            if eni:
                port = {
                    "NetworkInterfaceId": self.interface(
                        subnet, address, groups, description=f"EFS mount target for {id} ({target})", requester="efs"
                    )
                }
            self.add(
                "efs:MountTargets",
                {
                    "MountTargetId": target,
                    "FileSystemId": id,
                    "SubnetId": subnet,
                    "LifeCycleState": "available",
                    "IpAddress": address,
                    "AvailabilityZoneName": self[subnet]["AvailabilityZone"],
                    "AvailabilityZoneId": self[subnet]["AvailabilityZoneId"],
                    "VpcId": self[subnet]["VpcId"],
                    "OwnerId": self.account,
                    **port,
                },
                target,
            )
            if not eni:
                self.add(
                    "efs:MountTargetSecurityGroups",
                    {"MountTargetId": target, "SecurityGroups": list(groups)},
                    f"groups of {target}",
                )
        return id

    def s3_file_system(self, id: str, subnets: Sequence[str], groups: Sequence[str]) -> str:
        """Make an S3 file system with a mount target per subnet."""
        self.add(
            "s3files:fileSystems",
            {
                "fileSystemId": id,
                "fileSystemArn": self.arn("s3files", f"file-system/{id}"),
                "status": "available",
                "ownerId": self.account,
            },
            id,
        )
        for number, subnet in enumerate(subnets, 1):
            target = f"fsmt-{id[3:]}{number}"
            self.add(
                "s3files:mountTargets",
                {
                    "mountTargetId": target,
                    "fileSystemId": id,
                    "subnetId": subnet,
                    "status": "available",
                    "ipv4Address": self.next_address(subnet),
                    "vpcId": self[subnet]["VpcId"],
                    "ownerId": self.account,
                    "availabilityZoneId": self[subnet]["AvailabilityZoneId"],
                    "securityGroups": list(groups),
                },
                target,
            )
        return id

    def load_balancer(
        self,
        name: str,
        subnets: Sequence[str],
        groups: Sequence[str] | None,
        *,
        ports: Sequence[int] = (443,),
        kind: str = "application",
        scheme: str = "internal",
        **members: Any,
    ) -> str:
        """Make a load balancer with a listener per port; a network one may have no groups (None)."""
        arn = self.arn("elasticloadbalancing", f"loadbalancer/{kind[:3]}/{name}/50dc6c495c0c9188")
        self.add(
            "elbv2:LoadBalancers",
            {
                "LoadBalancerArn": arn,
                "LoadBalancerName": name,
                "Scheme": scheme,
                "Type": kind,
                "DNSName": f"{'internal-' if scheme == 'internal' else ''}{name}-1.{self.region}.elb.amazonaws.com",
                "VpcId": self[subnets[0]]["VpcId"],
                "State": {"Code": "active"},
                "IpAddressType": "ipv4",
                "AvailabilityZones": [
                    {"ZoneName": self[s]["AvailabilityZone"], "SubnetId": s, "LoadBalancerAddresses": []}
                    for s in subnets
                ],
                **({} if groups is None else {"SecurityGroups": list(groups)}),
                **members,
            },
            name,
        )
        for port in ports:
            self.add(
                "elbv2:Listeners",
                {
                    "ListenerArn": f"{arn}/{port}".replace("loadbalancer", "listener"),
                    "LoadBalancerArn": arn,
                    "Port": port,
                    "Protocol": "HTTPS",
                },
            )
        return name

    def dsql_cluster(self, id: str, service: bool = True) -> str:
        """Make a DSQL cluster, with the name of its endpoint service if that was asked for."""
        self.add("dsql:clusters", {"identifier": id, "arn": self.arn("dsql", f"cluster/{id}")}, id)
        if service:
            self.add(
                "dsql:VpcEndpointServiceNames",
                {
                    "identifier": id,
                    "serviceName": f"com.amazonaws.{self.region}.dsql-abc123",
                    "clusterVpcEndpoint": f"{id}.dsql-abc123.{self.region}.on.aws",
                },
            )
        return id

    def proxy_targets(self, proxy: str, *instances: str, state: str = "AVAILABLE", reason: str = "") -> None:
        """Say which instances a proxy connects to, and how they are."""
        health = {"State": state, **({"Reason": reason} if reason else {})}
        self.add(
            "DBProxyTargets",
            {
                "DBProxyName": proxy,
                "Targets": [
                    {"RdsResourceId": i, "Type": "RDS_INSTANCE", "Port": 5432, "TargetHealth": health}
                    for i in instances
                ],
            },
        )
