"""A small writer: a test world as a CloudFormation template, and what its ids become there. No reach in it.

A template cannot make another table the main one: subnets without a table of their own are associated with it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from tests.world_records import Record
from tests.worlds import World

STACK = "one"
SIDES = (("IpPermissions", "Source", "Ingress"), ("IpPermissionsEgress", "Destination", "Egress"))
TARGETS = ("GatewayId", "NatGatewayId", "NetworkInterfaceId", "TransitGatewayId", "VpcPeeringConnectionId")


def logical(id: str) -> str:
    return "".join(part.title() for part in id.split("-"))


def made(id: str, name: str = "") -> str:
    """The id in place of this one (docs/templates.md says how they are made: prefix and digest)."""
    digest = hashlib.sha1(f"{STACK}/{name or logical(id)}".encode()).hexdigest()[:17]
    return f"{id.rpartition('-')[0]}-{digest}"


class Writer:
    """Resources of a template, by logical id."""

    def __init__(self, world: World) -> None:
        self.data = world.collections
        self.resources: dict[str, Any] = {}
        self.ids: dict[str, str] = {}

    def put(self, name: str, type_: str, **properties: Any) -> None:
        assert name not in self.resources
        self.resources[name] = {"Type": type_, "Properties": properties}

    def own(self, id: str, type_: str, **properties: Any) -> None:
        self.ids[id] = made(id)
        self.put(logical(id), type_, **properties)

    def ref(self, id: str) -> Any:
        if id in self.defaults:
            return {"Fn::GetAtt": [logical(self.defaults[id]), "DefaultSecurityGroup"]}
        return {"Ref": logical(id)} if logical(id) in self.resources or id in self.ids else id

    def write(self) -> dict[str, Any]:
        self._vpcs()
        for gateway in self.data["InternetGateways"]:
            id = gateway["InternetGatewayId"]
            self.own(id, "AWS::EC2::InternetGateway")
            for attached in gateway["Attachments"]:
                self.put(f"{logical(id)}Attached", "AWS::EC2::VPCGatewayAttachment",
                         VpcId=self.ref(attached["VpcId"]), InternetGatewayId={"Ref": logical(id)})  # fmt: skip
        for nat in self.data["NatGateways"]:
            self._nat(nat)
        self._acls()
        self._groups()
        self._tables()
        for endpoint in self.data["VpcEndpoints"]:
            assert endpoint["VpcEndpointType"] == "Gateway"
            id = endpoint["VpcEndpointId"]
            self.own(id, "AWS::EC2::VPCEndpoint", VpcId=self.ref(endpoint["VpcId"]),
                     ServiceName=endpoint["ServiceName"],
                     RouteTableIds=[self.ref(t) for t in endpoint["RouteTableIds"]])  # fmt: skip
        self._databases()
        for function in self.data["Functions"]:
            config = function["VpcConfig"]
            self.put("Function", "AWS::Lambda::Function", FunctionName=function["FunctionName"], VpcConfig={
                "SubnetIds": [self.ref(s) for s in config["SubnetIds"]],
                "SecurityGroupIds": [self.ref(g) for g in config["SecurityGroupIds"]],
            })  # fmt: skip
        return {"Resources": self.resources}

    def _vpcs(self) -> None:
        self.defaults: dict[str, str] = {}
        attributes = {a["VpcId"]: a for a in self.data["VpcAttributes"]}
        for vpc in self.data["Vpcs"]:
            id = vpc["VpcId"]
            dns = attributes[id]
            self.own(id, "AWS::EC2::VPC", CidrBlock=vpc["CidrBlock"], InstanceTenancy=vpc["InstanceTenancy"],
                     EnableDnsSupport=dns["EnableDnsSupport"]["Value"],
                     EnableDnsHostnames=str(dns["EnableDnsHostnames"]["Value"]).lower())  # fmt: skip
            for number, more in enumerate(vpc["CidrBlockAssociationSet"][1:]):
                self.put(f"{logical(id)}Block{number}", "AWS::EC2::VPCCidrBlock",
                         VpcId=self.ref(id), CidrBlock=more["CidrBlock"])  # fmt: skip
        for subnet in self.data["Subnets"]:
            self.own(subnet["SubnetId"], "AWS::EC2::Subnet", VpcId=self.ref(subnet["VpcId"]),
                     CidrBlock=subnet["CidrBlock"], AvailabilityZone=subnet["AvailabilityZone"])  # fmt: skip

    def _nat(self, nat: Record) -> None:
        id = nat["NatGatewayId"]
        more: dict[str, Any] = {"ConnectivityType": nat["ConnectivityType"]}
        if nat["ConnectivityType"] == "public":
            self.put(f"{logical(id)}Address", "AWS::EC2::EIP", Domain="vpc")
            more["AllocationId"] = {"Fn::GetAtt": f"{logical(id)}Address.AllocationId"}
        self.own(id, "AWS::EC2::NatGateway", SubnetId=self.ref(nat["SubnetId"]),
                 PrivateIpAddress=nat["NatGatewayAddresses"][0]["PrivateIp"], **more)  # fmt: skip

    def _acls(self) -> None:
        for acl in self.data["NetworkAcls"]:
            id, vpc = acl["NetworkAclId"], acl["VpcId"]
            if acl["IsDefault"]:
                assert len(acl["Entries"]) == 4
                self.ids[id] = made(id, f"{logical(vpc)}/DefaultNetworkAcl")
                continue
            self.own(id, "AWS::EC2::NetworkAcl", VpcId=self.ref(vpc))
            for number, entry in enumerate(e for e in acl["Entries"] if e["RuleNumber"] != 32767):
                self.put(f"{logical(id)}Entry{number}", "AWS::EC2::NetworkAclEntry", NetworkAclId=self.ref(id),
                         **{k: v for k, v in entry.items() if k != "IcmpTypeCode"})  # fmt: skip
            for association in acl["Associations"]:
                self.put(f"{logical(id)}Of{logical(association['SubnetId'])}", "AWS::EC2::SubnetNetworkAclAssociation",
                         NetworkAclId=self.ref(id), SubnetId=self.ref(association["SubnetId"]))  # fmt: skip

    def _groups(self) -> None:
        for group in self.data["SecurityGroups"]:
            id, vpc = group["GroupId"], group["VpcId"]
            if group["GroupName"] == "default":
                self.ids[id] = made(id, f"{logical(vpc)}/DefaultSecurityGroup")
                self.defaults[id] = vpc
            else:
                egress = [rule for p in group["IpPermissionsEgress"] for rule in self._rules(p, "Destination", False)]
                self.own(id, "AWS::EC2::SecurityGroup", VpcId=self.ref(vpc), GroupDescription="x",
                         SecurityGroupEgress=egress)  # fmt: skip
        for group in self.data["SecurityGroups"]:
            for side, word, kind in SIDES:
                permissions = [] if group["GroupName"] == "default" else group[side]
                rules = [r for p in permissions for r in self._rules(p, word, True)]
                if kind == "Ingress":
                    rules += [r for p in permissions for r in self._rules(p, word, False)]
                for number, rule in enumerate(rules):
                    self.put(f"{logical(group['GroupId'])}{kind}{number}", f"AWS::EC2::SecurityGroup{kind}",
                             GroupId=self.ref(group["GroupId"]), **rule)  # fmt: skip

    def _rules(self, permission: Record, word: str, of_groups: bool) -> list[dict[str, Any]]:
        """The rules of one permission: those that name groups, or the others."""
        base = {k: permission[k] for k in ("IpProtocol", "FromPort", "ToPort") if k in permission}
        if of_groups:
            pairs = permission["UserIdGroupPairs"]
            return [base | {f"{word}SecurityGroupId": self.ref(p["GroupId"])} for p in pairs]
        return [base | {"CidrIp": r["CidrIp"]} for r in permission["IpRanges"]]

    def _tables(self) -> None:
        explicit = {a["SubnetId"] for t in self.data["RouteTables"] for a in t["Associations"] if "SubnetId" in a}
        for table in self.data["RouteTables"]:
            id = table["RouteTableId"]
            self.own(id, "AWS::EC2::RouteTable", VpcId=self.ref(table["VpcId"]))
            subnets = [a["SubnetId"] for a in table["Associations"] if "SubnetId" in a]
            if any(a["Main"] for a in table["Associations"]):
                here = [s["SubnetId"] for s in self.data["Subnets"] if s["VpcId"] == table["VpcId"]]
                subnets += [s for s in here if s not in explicit]
            for subnet in subnets:
                self.put(f"{logical(id)}Of{logical(subnet)}", "AWS::EC2::SubnetRouteTableAssociation",
                         RouteTableId=self.ref(id), SubnetId=self.ref(subnet))  # fmt: skip
            for number, route in enumerate(table["Routes"]):
                target = next(key for key in TARGETS if key in route)
                if route[target] == "local" or route[target].startswith("vpce-"):
                    continue
                way = {"DestinationCidrBlock": route["DestinationCidrBlock"], target: self.ref(route[target])}
                self.put(f"{logical(id)}Route{number}", "AWS::EC2::Route", RouteTableId=self.ref(id), **way)

    def _databases(self) -> None:
        for group in self.data["DBSubnetGroups"]:
            self.put(logical(group["DBSubnetGroupName"]), "AWS::RDS::DBSubnetGroup", DBSubnetGroupDescription="x",
                     DBSubnetGroupName=group["DBSubnetGroupName"],
                     SubnetIds=[self.ref(s["SubnetIdentifier"]) for s in group["Subnets"]])  # fmt: skip
        for database in self.data["DBInstances"]:
            self.put(logical(database["DBInstanceIdentifier"]), "AWS::RDS::DBInstance", Engine=database["Engine"],
                     DBInstanceIdentifier=database["DBInstanceIdentifier"], Port=str(database["Endpoint"]["Port"]),
                     DBSubnetGroupName={"Ref": logical(database["DBSubnetGroup"]["DBSubnetGroupName"])},
                     VPCSecurityGroups=[self.ref(g["VpcSecurityGroupId"]) for g in database["VpcSecurityGroups"]],
                     **{k: database[k] for k in ("AvailabilityZone",) if k in database})  # fmt: skip
