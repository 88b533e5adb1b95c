"""A writer: a CloudFormation template of a network, said as a Terraform plan, in any of the ways people write it.

What differs is drawn: rules and routes inside or beside, in the words of provider 4, 5 or 6, modules, `count` and
`for_each`. No reach in it.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from typing import Any

from tests.terraform_plans import Module, PlanOf
from tests.writer_base import Inexpressible

Body = dict[str, Any]
PARTS = ("", "/DefaultNetworkAcl", "/DefaultSecurityGroup", "/MainRouteTable", "/NatGatewayRouteTable")
ATTRIBUTES = {
    "AllocationId": "id",
    "DefaultNetworkAcl": "default_network_acl_id",
    "DefaultSecurityGroup": "default_security_group_id",
}
# Terraform's type and attributes, of what both say in the same shape.
SIMPLE: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "EC2::VPC": ("aws_vpc", {"CidrBlock": "cidr_block", "InstanceTenancy": "instance_tenancy",
                             "EnableDnsSupport": "enable_dns_support", "EnableDnsHostnames": "enable_dns_hostnames"}),
    "EC2::VPCBlockPublicAccessExclusion": (
        "aws_vpc_block_public_access_exclusion",
        {"VpcId": "vpc_id", "SubnetId": "subnet_id", "InternetGatewayExclusionMode": "internet_gateway_exclusion_mode"},
    ),
    "EC2::VPCBlockPublicAccessOptions": (
        "aws_vpc_block_public_access_options", {"InternetGatewayBlockMode": "internet_gateway_block_mode"},
    ),
    "EC2::SubnetRouteTableAssociation": (
        "aws_route_table_association", {"RouteTableId": "route_table_id", "SubnetId": "subnet_id"},
    ),
    "EC2::VPCEndpoint": (
        "aws_vpc_endpoint",
        {"VpcEndpointType": "vpc_endpoint_type", "VpcId": "vpc_id", "ServiceName": "service_name",
         "RouteTableIds": "route_table_ids", "SubnetIds": "subnet_ids", "SecurityGroupIds": "security_group_ids",
         "PrivateDnsEnabled": "private_dns_enabled"},
    ),
    "RDS::DBSubnetGroup": ("aws_db_subnet_group", {"DBSubnetGroupName": "name", "SubnetIds": "subnet_ids"}),
    "RDS::DBInstance": (
        "aws_db_instance",
        {"Engine": "engine", "DBInstanceIdentifier": "identifier", "Port": "port", "AvailabilityZone":
         "availability_zone", "VPCSecurityGroups": "vpc_security_group_ids", "NetworkType": "network_type"},
    ),
}  # fmt: skip
SUBNET = {"CidrBlock": "cidr_block", "AvailabilityZone": "availability_zone"}
ROUTE = {"GatewayId": "gateway_id", "NatGatewayId": "nat_gateway_id"}
OF_VPC = {"cidr_blocks": "cidr_ipv4", "ipv6_cidr_blocks": "cidr_ipv6"}
LEFT_OUT = {"DBInstanceClass", "DBSubnetGroupDescription", "DBSubnetGroupName"}


class PlanWriter:
    """The plan of a template's document; `ids` are its ids by those of the template.

    `bold` also writes inside what cannot be told apart there: two groups, or two gateways of one kind.
    """

    def __init__(self, document: Body, choose: random.Random, *, bold: bool = False) -> None:
        self.bold = bold
        self.given: dict[str, tuple[str, Body]] = {
            name: (row["Type"].removeprefix("AWS::"), row.get("Properties", {}))
            for name, row in document["Resources"].items()
        }
        self.choose = choose
        self.plan = PlanOf()
        self.at: dict[str, tuple[str, str, Any]] = {}  # by logical id: type, name, key
        place = choose.choice((None, "module.net", 'module.net["blue"]', "module.net[0]"))
        self.module, self.place = (None, "") if place is None else (Module(), place)

    def write(self) -> PlanOf:
        self._subnets()
        for name, (type_, body) in self.given.items():
            self._one(name, type_, body)
        if self.module is not None:
            loop = ["local.names"] if "[" in self.place else []
            self.plan.call("net", self.module, {}, loop=loop)
        return self.plan

    def ids(self, of_template: Mapping[str, str]) -> dict[str, str]:
        """What the ids of a snapshot are in the plan, from what they are in the template."""
        made: dict[str, str] = {}
        for logical in self.given:
            for part in PARTS:
                digest = hashlib.sha1(f"one/{logical}{part}".encode()).hexdigest()[:17]
                made[digest] = f"terraform/{self._address(logical)}{part}" if logical in self.at else ""
        out = {}
        for id, told in of_template.items():
            prefix, _, digest = told.rpartition("-")
            if made.get(digest):
                out[id] = f"{prefix}-{hashlib.sha1(made[digest].encode()).hexdigest()[:17]}"
        return out

    def _address(self, logical: str) -> str:
        type_, name, key = self.at[logical]
        index = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
        return f"{self.place}.{type_}.{name}{index}" if self.place else f"{type_}.{name}{index}"

    # -- values -------------------------------------------------------------------------------------------

    def _reference(self, value: Any) -> str | None:
        """A reference of Terraform's, None if it is a plain value."""
        if not isinstance(value, dict):
            return None
        logical, attribute = value.get("Ref"), "id"
        if logical is None:
            logical, told = value["Fn::GetAtt"]
            if told not in ATTRIBUTES:
                raise Inexpressible(f"GetAtt of {told}")
            attribute = ATTRIBUTES[told]
        return f"{self._address_of_reference(logical)}.{attribute}"

    def _address_of_reference(self, logical: str) -> str:
        if logical not in self.at:
            self._name(logical)
        type_, name, key = self.at[logical]
        index = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
        return f"{type_}.{name}{index}"

    def _name(self, logical: str) -> None:
        type_ = self.given[logical][0]
        terraform = {
            "EC2::EIP": "aws_eip", "EC2::InternetGateway": "aws_internet_gateway", "EC2::NatGateway": "aws_nat_gateway",
            "EC2::NetworkAcl": "aws_network_acl", "EC2::RouteTable": "aws_route_table",
            "EC2::SecurityGroup": "aws_security_group", "Lambda::Function": "aws_lambda_function",
        }.get(type_) or SIMPLE[type_][0]  # fmt: skip
        self.at[logical] = (terraform, logical.lower(), None)

    def _split(self, attributes: Body) -> tuple[Body, Body]:
        """What is known, and what refers to something."""
        known: Body = {}
        refs: Body = {}
        for name, value in attributes.items():
            found = [self._reference(v) for v in value] if isinstance(value, list) else self._reference(value)
            if isinstance(found, list) and any(found):
                refs[name] = tuple(str(one) for one in found)
            elif isinstance(found, str):
                refs[name] = found
            else:
                known[name] = value
        return known, refs

    def _put(self, type_: str, name: str, attributes: Body, blocks: Body | None = None, **more: Any) -> None:
        known, refs = self._split(attributes)
        for block, rows in (blocks or {}).items():
            if rows:
                parts = [self._split(row) for row in rows]
                if any(r for _, r in parts):
                    refs[block] = parts
                else:
                    known[block] = [k for k, _ in parts]
        self.plan.resource(type_, name, known, refs, module=self.module, at=(self.place,), **more)

    def _mine(self, type_: str, attribute: str, logical: str) -> list[Body]:
        """The resources of a type that are about one other."""
        return [body for told, body in self.given.values() if told == type_ and body.get(attribute) == {"Ref": logical}]

    # -- resources ----------------------------------------------------------------------------------------

    def _subnets(self) -> None:
        """Each on its own, or one resource with `count` or `for_each`."""
        every = {n: body for n, (type_, body) in self.given.items() if type_ == "EC2::Subnet"}
        if any(body.keys() - {"VpcId", "Tags", *SUBNET} for body in every.values()):
            raise Inexpressible("a subnet of another kind")
        vpcs = {str(body["VpcId"]) for body in every.values()}
        style = self.choose.choice(("alone", "count", "for_each")) if len(vpcs) == 1 else "alone"
        keys: list[Any] = [None] * len(every)
        if style != "alone":
            keys = [*range(len(every))] if style == "count" else [f"s.{n}" for n in range(len(every))]
        for (logical, body), key in zip(every.items(), keys, strict=True):
            self.at[logical] = ("aws_subnet", logical.lower() if key is None else "all", key)
            if key is None:
                self._put(
                    "aws_subnet", logical.lower(), {a: body[p] for p, a in SUBNET.items()} | {"vpc_id": body["VpcId"]}
                )
        if style != "alone" and every:
            each = [{a: body[p] for p, a in SUBNET.items()} for body in every.values()]
            self._put("aws_subnet", "all", {"vpc_id": next(iter(every.values()))["VpcId"]}, keys=keys, each=each)

    def _one(self, logical: str, type_: str, body: Body) -> None:
        if type_ in SIMPLE:
            terraform, attributes = SIMPLE[type_]
            strange = body.keys() - attributes.keys() - LEFT_OUT
            if strange:
                raise Inexpressible(f"{type_} with {strange}")
            found = {attributes[p]: v for p, v in body.items() if p in attributes}
            if type_ == "RDS::DBInstance":
                found["db_subnet_group_name"] = self.given[body["DBSubnetGroupName"]["Ref"]][1]["DBSubnetGroupName"]
            self.at.setdefault(logical, (terraform, logical.lower(), None))
            self._put(terraform, logical.lower(), found)
            return
        method = getattr(self, "_" + type_.partition("::")[2].lower(), None)
        if method is None:
            raise Inexpressible(type_)
        if type_ not in WITHIN:
            self._address_of_reference(logical)
        method(logical, body)

    def _nothing(self, logical: str, body: Body) -> None:
        """Written with what it is part of."""

    _subnet = _subnetnetworkaclassociation = _networkaclentry = _nothing
    _route = _securitygroupegress = _securitygroupingress = _vpcgatewayattachment = _nothing

    def _eip(self, logical: str, body: Body) -> None:
        self._put("aws_eip", logical.lower(), self.choose.choice(({"vpc": True}, {"domain": "vpc"})))

    def _internetgateway(self, logical: str, body: Body) -> None:
        attached = self._mine("EC2::VPCGatewayAttachment", "InternetGatewayId", logical)
        beside = self.choose.random() < 0.5
        self._put(
            "aws_internet_gateway", logical.lower(), {} if beside or not attached else {"vpc_id": attached[0]["VpcId"]}
        )
        for row in attached if beside else ():
            both = {"internet_gateway_id": {"Ref": logical}, "vpc_id": row["VpcId"]}
            self._put("aws_internet_gateway_attachment", logical.lower(), both)

    def _natgateway(self, logical: str, body: Body) -> None:
        words = {
            "ConnectivityType": "connectivity_type", "AllocationId": "allocation_id", "SubnetId": "subnet_id",
            "PrivateIpAddress": "private_ip", "AvailabilityMode": "availability_mode", "VpcId": "vpc_id",
        }  # fmt: skip
        rows = [{"availability_zone": row["AvailabilityZone"], "allocation_ids": row["AllocationIds"]}
                for row in body.get("AvailabilityZoneAddresses", ())]  # fmt: skip
        found = {a: body[p] for p, a in words.items() if p in body}
        self._put("aws_nat_gateway", logical.lower(), found, {"availability_zone_address": rows})

    def _routetable(self, logical: str, body: Body) -> None:
        routes = self._mine("EC2::Route", "RouteTableId", logical)
        targets = [{a: r[p] for p, a in ROUTE.items() if p in r} for r in routes]
        if not all(targets):
            raise Inexpressible("a route to something else")
        named = [str(t) for t in targets]
        # Two ways of one kind inside one table cannot be told apart in a plan.
        alike = len(set(named)) > 1 and len({a for t in targets for a in t}) < len(set(named))
        inside = (self.bold or not alike) and self.choose.random() < 0.5
        rows = [{"cidr_block": r["DestinationCidrBlock"], **t} for r, t in zip(routes, targets, strict=True)]
        self._put("aws_route_table", logical.lower(), {"vpc_id": body["VpcId"]}, {"route": rows} if inside else None)
        for number, (route, target) in enumerate(zip(routes, targets, strict=True)):
            if not inside:
                way = {"destination_cidr_block": route["DestinationCidrBlock"], **target}
                self._put("aws_route", f"{logical.lower()}{number}", {"route_table_id": {"Ref": logical}, **way})

    def _networkacl(self, logical: str, body: Body) -> None:
        entries = self._mine("EC2::NetworkAclEntry", "NetworkAclId", logical)
        subnets = [a["SubnetId"] for a in self._mine("EC2::SubnetNetworkAclAssociation", "NetworkAclId", logical)]
        inside, listed = self.choose.random() < 0.5, self.choose.random() < 0.5
        rows: dict[str, list[Body]] = {"ingress": [], "egress": []}
        for entry in entries if inside else ():
            told = {"rule_no": entry["RuleNumber"], "action": entry["RuleAction"]}
            rows["egress" if entry["Egress"] else "ingress"].append(told | self._entry(entry))
        found = {"vpc_id": body["VpcId"], **({"subnet_ids": subnets} if listed and subnets else {})}
        self._put("aws_network_acl", logical.lower(), found, rows)
        own = {"network_acl_id": {"Ref": logical}}
        for number, entry in enumerate(() if inside else entries):
            told = {"rule_number": entry["RuleNumber"], "rule_action": entry["RuleAction"], "egress": entry["Egress"]}
            self._put("aws_network_acl_rule", f"{logical.lower()}{number}", own | told | self._entry(entry))
        for number, subnet in enumerate(() if listed else subnets):
            self._put("aws_network_acl_association", f"{logical.lower()}{number}", own | {"subnet_id": subnet})

    def _entry(self, entry: Body) -> Body:
        if "Icmp" in entry:
            raise Inexpressible("an entry for ICMP")
        words = {"6": "tcp", "17": "udp", "-1": "all"}
        every = {"From": 0, "To": 0 if entry["Protocol"] == "-1" else 65535}
        ports = entry.get("PortRange", every)
        protocol = self.choose.choice((entry["Protocol"], words.get(entry["Protocol"], entry["Protocol"])))
        blocks = {"CidrBlock": "cidr_block", "Ipv6CidrBlock": "ipv6_cidr_block"}
        where = {attribute: entry[name] for name, attribute in blocks.items() if name in entry}
        return {"protocol": protocol, "from_port": ports["From"], "to_port": ports["To"], **where}

    def _securitygroup(self, logical: str, body: Body) -> None:
        rules = [("egress", rule) for rule in body.get("SecurityGroupEgress", ())]
        rules += [("egress", rule) for rule in self._mine("EC2::SecurityGroupEgress", "GroupId", logical)]
        rules += [("ingress", rule) for rule in self._mine("EC2::SecurityGroupIngress", "GroupId", logical)]
        found = {"name": logical, "vpc_id": body["VpcId"]}
        style = self.choose.choice(("inside", "rules", "rules of a VPC"))
        for side in ("ingress", "egress"):  # two groups inside one cannot be told apart in a plan
            if not self.bold and len({str(_peer(r)) for s, r in rules if s == side and isinstance(_peer(r), dict)}) > 1:
                style = "rules"
        rows = {side: [self._inside(rule) for s, rule in rules if s == side] for side in ("ingress", "egress")}
        self._put("aws_security_group", logical.lower(), found, rows if style == "inside" else None)
        for number, (side, rule) in enumerate(() if style == "inside" else rules):
            name = f"{logical.lower()}{number}"
            if style == "rules":
                told = {"type": side, "security_group_id": {"Ref": logical}, **self._beside(rule)}
                self._put("aws_security_group_rule", name, told)
            else:
                told = {"security_group_id": {"Ref": logical}, **self._of_vpc(rule)}
                self._put(f"aws_vpc_security_group_{side}_rule", name, told)

    def _inside(self, rule: Body) -> Body:
        peer = _peer(rule)
        return _ports(rule, "protocol", zero=True) | (
            {"security_groups": [peer]} if isinstance(peer, dict) else _cidr(rule)
        )

    def _beside(self, rule: Body) -> Body:
        peer = _peer(rule)
        named = {"source_security_group_id": peer} if isinstance(peer, dict) else _cidr(rule)
        return _ports(rule, "protocol", zero=True) | named

    def _of_vpc(self, rule: Body) -> Body:
        peer = _peer(rule)
        named = {"referenced_security_group_id": peer}
        if not isinstance(peer, dict):
            named = {OF_VPC[name]: blocks[0] for name, blocks in _cidr(rule).items()}
        return _ports(rule, "ip_protocol", zero=False) | named

    def _function(self, logical: str, body: Body) -> None:
        config = body.get("VpcConfig") or {}
        if config.get("Ipv6AllowedForDualStack"):
            raise Inexpressible("a function with IPv6")
        row = {"subnet_ids": config.get("SubnetIds", []), "security_group_ids": config.get("SecurityGroupIds", [])}
        found = {"function_name": body["FunctionName"], "role": body["Role"]}
        self._put("aws_lambda_function", logical.lower(), found, {"vpc_config": [row] if config else []})


WITHIN = {
    *("EC2::Subnet", "EC2::SubnetNetworkAclAssociation", "EC2::NetworkAclEntry", "EC2::Route"),
    *("EC2::SecurityGroupEgress", "EC2::SecurityGroupIngress", "EC2::VPCGatewayAttachment"),
}


def _peer(rule: Body) -> Any:
    return rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")


def _cidr(rule: Body) -> Body:
    for name, attribute in (("CidrIp", "cidr_blocks"), ("CidrIpv6", "ipv6_cidr_blocks")):
        if name in rule:
            return {attribute: [rule[name]]}
    raise Inexpressible("a rule for something else than addresses and groups")


def _ports(rule: Body, protocol: str, *, zero: bool) -> Body:
    """Inside and beside a group ports are required; a rule of a VPC leaves them out for all protocols."""
    found = {protocol: rule["IpProtocol"]}
    if rule["IpProtocol"] != "-1" or zero:
        found |= {"from_port": rule.get("FromPort", 0), "to_port": rule.get("ToPort", 0)}
    return found
