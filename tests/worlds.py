"""A builder of small test worlds: snapshot documents with records as AWS returns them. No reach in it.

Every method returns the new resource's id (or name), which the other methods take; `world[id]` is its record.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import Any

from tests.world_members import AclRule, Route, Rule, acl_entry, port_members, route_record
from tests.world_records import Record, tags
from tests.world_senders import Senders
from tests.world_served import Served

SERVICE_LISTS = {
    "s3": ("pl-6da54004", ["3.5.64.0/21", "52.92.0.0/17", "52.218.0.0/17"]),
    "dynamodb": ("pl-6fa54006", ["52.94.24.0/23", "52.119.240.0/21"]),
}
ALLOW_ALL: tuple[AclRule, ...] = ((100, "allow", "-1", None, "0.0.0.0/0"),)
FULL_ACCESS = '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}'


class World(Senders, Served):
    """One account and Region, to be furnished.

    Examples
    --------
    >>> w = World()
    >>> vpc = w.vpc("10.0.0.0/16")
    >>> private, public = w.subnet(vpc, "10.0.1.0/24"), w.subnet(vpc, "10.0.0.0/24")
    >>> igw, nat = w.internet_gateway(vpc), w.nat_gateway(public)
    >>> w.route_table(vpc, [private], [("0.0.0.0/0", nat)])
    'rtb-00000002'
    >>> w.function("orders", [private], [w.security_group(vpc)])
    'orders'
    """

    def __init__(self, region: str = "eu-west-1", account: str = "123456789012") -> None:
        super().__init__(region, account)
        for service, (list_id, cidrs) in SERVICE_LISTS.items():
            self.prefix_list(service, cidrs, id=list_id)

    # -- VPC and subnets -------------------------------------------------------------------------------

    def vpc(
        self,
        cidr: str,
        *,
        secondary: Sequence[str] = (),
        dns_support: bool = True,
        dns_hostnames: bool = True,
        id: str | None = None,
        name: str | None = None,
        **members: Any,
    ) -> str:
        """Make a VPC with main route table, default group, default ACL, DNS attributes and DHCP options."""
        vpc = self.new_id("vpc", id)
        if not self.collections["DhcpOptions"]:
            self._dhcp_options()
        self.add(
            "Vpcs",
            {
                "OwnerId": self.account,
                "InstanceTenancy": "default",
                "CidrBlockAssociationSet": [self._cidr(cidr)],
                "IsDefault": False,
                "VpcId": vpc,
                "State": "available",
                "CidrBlock": cidr,
                "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
                "DhcpOptionsId": self.collections["DhcpOptions"][0]["DhcpOptionsId"],
                **tags(name),
                **members,
            },
            vpc,
        )
        self.add(
            "VpcAttributes",
            {"VpcId": vpc, "EnableDnsSupport": {"Value": dns_support}, "EnableDnsHostnames": {"Value": dns_hostnames}},
        )
        self.route_table(vpc, main=True)
        self._group(vpc, "default", ["self"], None, None)
        self._acl(vpc, ALLOW_ALL, ALLOW_ALL, default=True)
        for block in secondary:
            self.secondary_cidr(vpc, block)
        return vpc

    def secondary_cidr(self, vpc: str, cidr: str, state: str = "associated") -> None:
        """Associate another CIDR; once associated, every route table of the VPC gets its local route."""
        self[vpc]["CidrBlockAssociationSet"].append(self._cidr(cidr, state))
        for table in self._in_vpc("RouteTables", vpc) if state == "associated" else ():
            table["Routes"].insert(1, route_record(cidr, "local", "active", "CreateRouteTable"))

    def subnet(
        self, vpc: str, cidr: str, az: str = "a", *, id: str | None = None, name: str | None = None, **members: Any
    ) -> str:
        """Make a subnet; it starts on the main route table and on the default ACL."""
        subnet = self.new_id("subnet", id)
        self.add(
            "Subnets",
            {
                "AvailabilityZoneId": f"{self.region[:2]}{self.region[3]}{self.region[-1]}-az{ord(az[-1]) - 96}",
                "MapCustomerOwnedIpOnLaunch": False,
                "OwnerId": self.account,
                "AssignIpv6AddressOnCreation": False,
                "Ipv6CidrBlockAssociationSet": [],
                "SubnetArn": self.arn("ec2", f"subnet/{subnet}"),
                "EnableDns64": False,
                "Ipv6Native": False,
                "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
                "SubnetId": subnet,
                "State": "available",
                "VpcId": vpc,
                "CidrBlock": cidr,
                "AvailabilityZone": self.zone(az),
                "AvailableIpAddressCount": ipaddress.ip_network(cidr).num_addresses - 5,
                "DefaultForAz": False,
                "MapPublicIpOnLaunch": False,
                **tags(name),
                **members,
            },
            subnet,
        )
        self._associate_acl(self.default_acl(vpc), subnet)
        return subnet

    def main_table(self, vpc: str) -> str:
        """Return the id of the VPC's main route table."""
        return next(
            str(table["RouteTableId"])
            for table in self._in_vpc("RouteTables", vpc)
            if any(a["Main"] for a in table["Associations"])
        )

    def default_group(self, vpc: str) -> str:
        """Return the id of the VPC's default security group."""
        groups = self._in_vpc("SecurityGroups", vpc)
        return next(str(group["GroupId"]) for group in groups if group["GroupName"] == "default")

    def default_acl(self, vpc: str) -> str:
        """Return the id of the VPC's default network ACL."""
        return next(str(acl["NetworkAclId"]) for acl in self._in_vpc("NetworkAcls", vpc) if acl["IsDefault"])

    # -- routes ----------------------------------------------------------------------------------------

    def route_table(
        self,
        vpc: str,
        subnets: Sequence[str] = (),
        routes: Sequence[Route] = (),
        *,
        main: bool = False,
        gateway: str | None = None,
        id: str | None = None,
        name: str | None = None,
    ) -> str:
        """Make a table with the local routes and then `routes`: (destination, target[, state[, origin]]).

        `subnets` move to it; `main=True` makes it the VPC's main table, `gateway` an edge table.
        """
        table = self.new_id("rtb", id)
        cidrs = [
            c["CidrBlock"] for c in self[vpc]["CidrBlockAssociationSet"] if c["CidrBlockState"]["State"] == "associated"
        ]
        self.add(
            "RouteTables",
            {
                "Associations": [],
                "PropagatingVgws": [],
                "RouteTableId": table,
                "Routes": [route_record(cidr, "local", "active", "CreateRouteTable") for cidr in cidrs],
                "VpcId": vpc,
                "OwnerId": self.account,
                "Tags": tags(name).get("Tags", []),
            },
            table,
        )
        if main:
            self._associate_table(vpc, table, lambda a: bool(a["Main"]), {"Main": True})
        for subnet in subnets:
            self._associate_table(
                vpc, table, lambda a, s=subnet: a.get("SubnetId") == s, {"Main": False, "SubnetId": subnet}
            )
        if gateway is not None:
            self._associate_table(
                vpc, table, lambda a: a.get("GatewayId") == gateway, {"Main": False, "GatewayId": gateway}
            )
        for route in routes:
            self.route(table, *route)
        return table

    def route(
        self, table: str, destination: str, target: str, state: str = "active", origin: str = "CreateRoute"
    ) -> None:
        """Add a route; one with the same destination and target kind 'local' is replaced (RT-7)."""
        routes = self[table]["Routes"]
        new = route_record(destination, target, state, origin)
        routes[:] = [
            r for r in routes if not (r.get("DestinationCidrBlock") == destination and r.get("GatewayId") == "local")
        ] + [new]

    # -- filters ---------------------------------------------------------------------------------------

    def security_group(
        self,
        vpc: str,
        ingress: Sequence[Rule] = (),
        egress: Sequence[Rule] | None = None,
        *,
        id: str | None = None,
        name: str | None = None,
    ) -> str:
        """Make a group. A rule is (protocol, port | (from, to) | None, peer) or "-1" (everything, anywhere).

        A peer is a CIDR, a prefix list, a group, or "self". Egress left out: all is allowed, as AWS does it.
        """
        group = self.new_id("sg", id)
        return self._group(vpc, name or group, ingress, egress, group)

    def ingress(self, group: str, *rules: Rule) -> None:
        """Add rules for traffic that comes in."""
        for rule in rules:
            self._permit(group, "IpPermissions", rule)

    def egress(self, group: str, *rules: Rule) -> None:
        """Add rules for traffic that goes out."""
        for rule in rules:
            self._permit(group, "IpPermissionsEgress", rule)

    def network_acl(
        self,
        vpc: str,
        subnets: Sequence[str] = (),
        inbound: Sequence[AclRule] = (),
        outbound: Sequence[AclRule] = (),
        *,
        id: str | None = None,
    ) -> str:
        """Make an ACL; `subnets` move to it. A rule is (number, "allow" | "deny", protocol, ports, CIDR)."""
        acl = self._acl(vpc, inbound, outbound, default=False, id=id)
        for subnet in subnets:
            self._associate_acl(acl, subnet)
        return acl

    def prefix_list(self, name: str, cidrs: Sequence[str], *, id: str | None = None) -> str:
        """Make a customer's list, or set the entries of AWS's own list for "s3" or "dynamodb"."""
        owned = name in SERVICE_LISTS
        full = f"com.amazonaws.{self.region}.{name}" if owned else name
        entries = [{"Cidr": cidr} for cidr in cidrs]
        if owned and full in self._by_id:
            self[full]["Cidrs"] = list(cidrs)
            list_id = str(self[full]["PrefixListId"])
            self[f"entries of {list_id}"]["Entries"] = entries
            return list_id
        list_id = self.new_id("pl", id)
        owner = "aws" if owned else self.account
        details: Record = {} if owned else {"MaxEntries": max(len(cidrs), 1), "Version": 1}
        self.add(
            "ManagedPrefixLists",
            {
                "PrefixListId": list_id,
                "AddressFamily": "IPv4",
                "State": "create-complete",
                "PrefixListArn": f"arn:{self.partition}:ec2:{self.region}:{owner}:prefix-list/{list_id}",
                "PrefixListName": full,
                **details,
                "Tags": [],
                "OwnerId": "AWS" if owned else self.account,
            },
            list_id,
        )
        self.add("ManagedPrefixListEntries", {"PrefixListId": list_id, "Entries": entries}, f"entries of {list_id}")
        if owned:
            self.add("PrefixLists", {"Cidrs": list(cidrs), "PrefixListId": list_id, "PrefixListName": full}, full)
        return list_id

    # -- gateways --------------------------------------------------------------------------------------

    def internet_gateway(self, vpc: str | None = None, *, id: str | None = None, name: str | None = None) -> str:
        """Make an internet gateway, attached to `vpc` (the API says "available") or to nothing."""
        igw = self.new_id("igw", id)
        attached = [] if vpc is None else [{"State": "available", "VpcId": vpc}]
        self.add(
            "InternetGateways",
            {
                "Attachments": attached,
                "InternetGatewayId": igw,
                "OwnerId": self.account,
                "Tags": tags(name).get("Tags", []),
            },
            igw,
        )
        return igw

    def nat_gateway(
        self,
        subnet: str,
        *,
        state: str = "available",
        connectivity: str = "public",
        address: str | None = None,
        id: str | None = None,
        name: str | None = None,
    ) -> str:
        """Make a zonal NAT gateway with its address, Elastic IP (if public) and interface (unless gone)."""
        nat, private = self.new_id("nat", id), address or self.next_address(subnet)
        where: Record = {"PrivateIp": private, "IsPrimary": True, "Status": "succeeded"}
        if connectivity == "public":
            allocation = self.new_id("eipalloc")
            where |= {
                "AllocationId": allocation,
                "PublicIp": self._public_ip(),
                "AssociationId": self.new_id("eipassoc"),
            }
        if state in ("available", "pending", "deleting"):
            where["NetworkInterfaceId"] = self.interface(
                subnet,
                private,
                type="nat_gateway",
                description=f"Interface for NAT Gateway {nat}",
                requester="amazon-aws",
                public_ip=where.get("PublicIp"),
            )
        if connectivity == "public":
            self._elastic_ip(where)
        self.add(
            "NatGateways",
            {
                "CreateTime": "2026-01-01T00:00:00Z",
                "NatGatewayAddresses": [where],
                "NatGatewayId": nat,
                "State": state,
                "SubnetId": subnet,
                "VpcId": self[subnet]["VpcId"],
                "Tags": tags(name).get("Tags", []),
                "ConnectivityType": connectivity,
                "AvailabilityMode": "zonal",
            },
            nat,
        )
        return nat

    def peering(self, requester: str, accepter: str, status: str = "active", *, id: str | None = None) -> str:
        """Make a peering connection between two VPCs of this world."""
        pcx = self.new_id("pcx", id)
        self.add(
            "VpcPeeringConnections",
            {
                "AccepterVpcInfo": self._peer(accepter),
                "RequesterVpcInfo": self._peer(requester),
                "Status": {"Code": status, "Message": status.capitalize()},
                "Tags": [],
                "VpcPeeringConnectionId": pcx,
            },
            pcx,
        )
        return pcx

    # -- endpoints and functions -----------------------------------------------------------------------

    def gateway_endpoint(
        self,
        vpc: str,
        service: str,
        tables: Sequence[str] = (),
        *,
        state: str = "available",
        id: str | None = None,
        **members: Any,
    ) -> str:
        """Make a gateway endpoint for "s3" or "dynamodb" and its route in each of the tables."""
        vpce = self.new_id("vpce", id)
        self.add(
            "VpcEndpoints",
            {
                **self._endpoint(vpce, "Gateway", vpc, service, state),
                "RouteTableIds": list(tables),
                "SubnetIds": [],
                "Groups": [],
                "PrivateDnsEnabled": False,
                "NetworkInterfaceIds": [],
                "DnsEntries": [],
                **members,
            },
            vpce,
        )
        for table in tables:
            self.route(table, str(self[f"com.amazonaws.{self.region}.{service}"]["PrefixListId"]), vpce)
        return vpce

    def interface_endpoint(
        self,
        vpc: str,
        service: str,
        subnets: Sequence[str],
        groups: Sequence[str] = (),
        *,
        private_dns: bool = True,
        state: str = "available",
        id: str | None = None,
        **members: Any,
    ) -> str:
        """Make an interface endpoint with an interface per subnet; without groups, the VPC's default one."""
        vpce, chosen = self.new_id("vpce", id), list(groups) or [self.default_group(vpc)]
        made = [
            self.interface(
                s,
                None,
                chosen,
                type="vpc_endpoint",
                description=f"VPC Endpoint Interface {vpce}",
                requester="727180483921",
            )
            for s in subnets
        ]
        host = f"{service}.{self.region}.vpce.{self.domain}"
        zones = [self[s]["AvailabilityZone"] for s in subnets]
        names = [f"{vpce}-abcd1234.{host}", *(f"{vpce}-abcd1234-{zone}.{host}" for zone in zones)]
        names += [f"{service}.{self.region}.{self.domain}"] if private_dns else []
        self.add(
            "VpcEndpoints",
            {
                **self._endpoint(vpce, "Interface", vpc, service, state),
                "RouteTableIds": [],
                "SubnetIds": list(subnets),
                "Groups": self._group_ids(chosen),
                "PrivateDnsEnabled": private_dns,
                "NetworkInterfaceIds": made,
                "DnsOptions": {"DnsRecordIpType": "ipv4"},
                "DnsEntries": [{"DnsName": n, "HostedZoneId": "Z38GZ743OKFT7T"} for n in names],
                **members,
            },
            vpce,
        )
        return vpce

    # -- parts of records ------------------------------------------------------------------------------

    def _cidr(self, cidr: str, state: str = "associated") -> Record:
        return {"AssociationId": self.new_id("vpc-cidr-assoc"), "CidrBlock": cidr, "CidrBlockState": {"State": state}}

    def _dhcp_options(self) -> None:
        values = {"domain-name": f"{self.region}.compute.internal", "domain-name-servers": "AmazonProvidedDNS"}
        dopt = self.new_id("dopt")
        self.add(
            "DhcpOptions",
            {
                "OwnerId": self.account,
                "Tags": [],
                "DhcpOptionsId": dopt,
                "DhcpConfigurations": [{"Key": key, "Values": [{"Value": value}]} for key, value in values.items()],
            },
            dopt,
        )

    def _associate_table(self, vpc: str, table: str, same: Any, members: Record) -> None:
        for other in self._in_vpc("RouteTables", vpc):
            other["Associations"] = [a for a in other["Associations"] if not same(a)]
        self[table]["Associations"].append(
            {
                "RouteTableAssociationId": self.new_id("rtbassoc"),
                "RouteTableId": table,
                "AssociationState": {"State": "associated"},
                **members,
            }
        )

    def _group(
        self, vpc: str, name: str, ingress: Sequence[Rule], egress: Sequence[Rule] | None, id: str | None
    ) -> str:
        group = self.new_id("sg", id)
        self.add(
            "SecurityGroups",
            {
                "GroupId": group,
                "IpPermissionsEgress": [],
                "VpcId": vpc,
                "OwnerId": self.account,
                "GroupName": name,
                "SecurityGroupArn": self.arn("ec2", f"security-group/{group}"),
                "Description": name,
                "IpPermissions": [],
            },
            group,
        )
        self.ingress(group, *(("-1", None, "self") if rule == "self" else rule for rule in ingress))
        self.egress(group, *(["-1"] if egress is None else egress))
        return group

    def _permit(self, group: str, direction: str, rule: Rule) -> None:
        """Add one rule; AWS lists the peers of rules with the same protocol and ports in one permission."""
        protocol, ports, peer = ("-1", None, "0.0.0.0/0") if isinstance(rule, str) else rule
        head: Record = {"IpProtocol": protocol, **port_members(protocol, ports)}
        same = [p for p in self[group][direction] if {k: p[k] for k in p if not isinstance(p[k], list)} == head]
        permission = (
            same[0] if same else head | {"UserIdGroupPairs": [], "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": []}
        )
        if not same:
            self[group][direction].append(permission)
        if peer == "self" or peer.startswith("sg-"):
            pair = {"UserId": self.account, "GroupId": group if peer == "self" else peer}
            permission["UserIdGroupPairs"].append(pair)
        elif peer.startswith("pl-"):
            permission["PrefixListIds"].append({"PrefixListId": peer})
        elif ":" in peer:
            permission["Ipv6Ranges"].append({"CidrIpv6": peer})
        else:
            permission["IpRanges"].append({"CidrIp": peer})

    def _acl(
        self, vpc: str, inbound: Sequence[AclRule], outbound: Sequence[AclRule], *, default: bool, id: str | None = None
    ) -> str:
        acl = self.new_id("acl", id)
        last: AclRule = (32767, "deny", "-1", None, "0.0.0.0/0")
        entries = [acl_entry(rule, True) for rule in (*outbound, last)]
        entries += [acl_entry(rule, False) for rule in (*inbound, last)]
        self.add(
            "NetworkAcls",
            {
                "Associations": [],
                "Entries": entries,
                "IsDefault": default,
                "NetworkAclId": acl,
                "Tags": [],
                "VpcId": vpc,
                "OwnerId": self.account,
            },
            acl,
        )
        return acl

    def _associate_acl(self, acl: str, subnet: str) -> None:
        for other in self._in_vpc("NetworkAcls", str(self[acl]["VpcId"])):
            other["Associations"] = [a for a in other["Associations"] if a["SubnetId"] != subnet]
        self[acl]["Associations"].append(
            {"NetworkAclAssociationId": self.new_id("aclassoc"), "NetworkAclId": acl, "SubnetId": subnet}
        )

    def _elastic_ip(self, where: Record) -> None:
        self.add(
            "Addresses",
            {
                "AllocationId": where["AllocationId"],
                "Domain": "vpc",
                "PublicIpv4Pool": "amazon",
                "NetworkBorderGroup": self.region,
                "PublicIp": where["PublicIp"],
                **(
                    {
                        "AssociationId": where["AssociationId"],
                        "NetworkInterfaceId": where["NetworkInterfaceId"],
                        "NetworkInterfaceOwnerId": self.account,
                        "PrivateIpAddress": where["PrivateIp"],
                    }
                    if "NetworkInterfaceId" in where
                    else {}
                ),
            },
        )

    def _peer(self, vpc: str) -> Record:
        return {
            "CidrBlock": self[vpc]["CidrBlock"],
            "OwnerId": self.account,
            "VpcId": vpc,
            "Region": self.region,
            "CidrBlockSet": [{"CidrBlock": c["CidrBlock"]} for c in self[vpc]["CidrBlockAssociationSet"]],
            "PeeringOptions": {"AllowDnsResolutionFromRemoteVpc": False},
        }

    def _endpoint(self, vpce: str, kind: str, vpc: str, service: str, state: str) -> Record:
        return {
            "VpcEndpointId": vpce,
            "VpcEndpointType": kind,
            "VpcId": vpc,
            "State": state,
            "IpAddressType": "ipv4",
            "ServiceName": f"com.amazonaws.{self.region}.{service}",
            "PolicyDocument": FULL_ACCESS,
            "RequesterManaged": False,
            "CreationTimestamp": "2026-01-01T00:00:00Z",
            "Tags": [],
            "OwnerId": self.account,
            "ServiceRegion": self.region,
        }
