"""Databases, caches, streams, file systems, as resources of a template."""

from __future__ import annotations

import json

from tests.writer_base import Base, Inexpressible, Record, logical


class Served(Base):
    """What serves in a VPC."""

    def databases(self) -> None:
        for group in self.rows("DBSubnetGroups"):
            self.put(logical(group["DBSubnetGroupName"]), "RDS::DBSubnetGroup", DBSubnetGroupDescription="x",
                     DBSubnetGroupName=group["DBSubnetGroupName"],
                     SubnetIds=[self.ref(s["SubnetIdentifier"]) for s in group["Subnets"]])  # fmt: skip
        for database in self.rows("DBInstances"):
            name = database["DBInstanceIdentifier"]
            self.named(name, name, "RDS::DBInstance", Engine=database["Engine"], DBInstanceIdentifier=name,
                       DBInstanceClass=database.get("DBInstanceClass"), Port=str(database["Endpoint"]["Port"]),
                       DBSubnetGroupName={"Ref": logical(database["DBSubnetGroup"]["DBSubnetGroupName"])},
                       VPCSecurityGroups=self.refs([g["VpcSecurityGroupId"] for g in database["VpcSecurityGroups"]]),
                       AvailabilityZone=database.get("AvailabilityZone"),
                       PubliclyAccessible=database.get("PubliclyAccessible") or None,
                       NetworkType=database.get("NetworkType"))  # fmt: skip
        behind = {t["DBProxyName"]: t["Targets"] for t in self.rows("DBProxyTargets")}
        for proxy in self.rows("DBProxies"):
            name = proxy["DBProxyName"]
            self.named(name, name, "RDS::DBProxy", DBProxyName=name, EngineFamily=proxy["EngineFamily"],
                       VpcSubnetIds=self.refs(proxy["VpcSubnetIds"]), RoleArn="arn:aws:iam::123456789012:role/proxy",
                       VpcSecurityGroupIds=self.refs(proxy["VpcSecurityGroupIds"]),
                       EndpointNetworkType=proxy.get("EndpointNetworkType"),
                       Auth=[{"AuthScheme": "SECRETS"}])  # fmt: skip
            if name in behind:
                self._behind(name, behind[name])

    def _behind(self, proxy: str, targets: list[Record]) -> None:
        if any((t.get("TargetHealth") or {}).get("State", "AVAILABLE") != "AVAILABLE" for t in targets):
            raise Inexpressible("the health of a proxy's targets: that is told at run time")
        self.put(f"{logical(proxy)}Targets", "RDS::DBProxyTargetGroup", DBProxyName=self.ref(proxy),
                 TargetGroupName="default", DBInstanceIdentifiers=self.refs([t["RdsResourceId"] for t in targets]),
                 )  # fmt: skip

    def caches(self) -> None:
        for cache in self.rows("ServerlessCaches"):
            name = cache["ServerlessCacheName"]
            self.named(name, name, "ElastiCache::ServerlessCache", ServerlessCacheName=name, Engine=cache["Engine"],
                       SubnetIds=self.refs(cache["SubnetIds"]), SecurityGroupIds=self.refs(cache["SecurityGroupIds"]),
                       NetworkType=cache.get("NetworkType"))  # fmt: skip

    def streams(self) -> None:
        for cluster in self.rows("kafka:ClusterInfoList"):
            given = cluster["Provisioned"]
            info = given["BrokerNodeGroupInfo"]
            name = cluster["ClusterName"]
            self.named(cluster["ClusterArn"], name, "MSK::Cluster", ClusterName=name, KafkaVersion="3.6.0",
                       NumberOfBrokerNodes=len(info["ClientSubnets"]),
                       BrokerNodeGroupInfo={
                           "InstanceType": "kafka.m5.large",
                           "ClientSubnets": self.refs(info["ClientSubnets"]),
                           "SecurityGroups": self.refs(info["SecurityGroups"]),
                       },
                       ClientAuthentication={"Sasl": {"Iam": {"Enabled": True}}})  # fmt: skip

    def files(self) -> None:
        groups = {g["MountTargetId"]: g["SecurityGroups"] for g in self.rows("efs:MountTargetSecurityGroups")}
        policies = {p["FileSystemId"]: p["Policy"] for p in self.rows("efs:FileSystemPolicies")}
        if not all(p.startswith("{") for p in policies.values()):
            raise Inexpressible("a policy that is none")
        for system in self.rows("efs:FileSystems"):
            own = policies.get(system["FileSystemId"])
            self.own(system["FileSystemId"], "EFS::FileSystem",
                     FileSystemPolicy=self.replaced(json.loads(own)) if own else None)  # fmt: skip
        for target in self.rows("efs:MountTargets"):
            self.own(target["MountTargetId"], "EFS::MountTarget", FileSystemId=self.ref(target["FileSystemId"]),
                     SubnetId=self.ref(target["SubnetId"]), IpAddress=target["IpAddress"],
                     IpAddressType=target.get("IpAddressType"),
                     SecurityGroups=self.refs(groups[target["MountTargetId"]]))  # fmt: skip
        for point in self.rows("efs:AccessPoints"):
            self.own(point["AccessPointId"], "EFS::AccessPoint", FileSystemId=self.ref(point["FileSystemId"]))
