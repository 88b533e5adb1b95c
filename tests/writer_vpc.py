"""VPCs, subnets, route tables, ACLs, groups, internet and NAT gateways, interfaces, as resources of a template.

A template cannot make another table the main one: subnets without a table of their own are associated with it.
"""

from __future__ import annotations

from typing import Any

from tests.writer_base import Base, Inexpressible, Record, logical, name_of

SIDES = (("IpPermissions", "Source", "Ingress"), ("IpPermissionsEgress", "Destination", "Egress"))
TARGETS = (
    *("GatewayId", "NatGatewayId", "NetworkInterfaceId", "InstanceId", "TransitGatewayId", "VpcPeeringConnectionId"),
    *("EgressOnlyInternetGatewayId", "CarrierGatewayId", "LocalGatewayId", "CoreNetworkArn"),
)
DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
ICMP = ("1", "58")


class Vpcs(Base):
    """What a VPC consists of."""

    def vpcs(self) -> None:
        attributes = {a["VpcId"]: a for a in self.rows("VpcAttributes")}
        for vpc in self.rows("Vpcs"):
            id = vpc["VpcId"]
            dns = attributes.get(id, {})
            self.own(id, "EC2::VPC", CidrBlock=vpc["CidrBlock"], InstanceTenancy=vpc["InstanceTenancy"],
                     EnableDnsSupport=dns.get("EnableDnsSupport", {}).get("Value", True),
                     EnableDnsHostnames=dns.get("EnableDnsHostnames", {}).get("Value", False),
                     Tags=name_of(vpc))  # fmt: skip
            for number, more in enumerate(vpc["CidrBlockAssociationSet"][1:]):
                self.put(f"{logical(id)}Block{number}", "EC2::VPCCidrBlock",
                         VpcId=self.ref(id), CidrBlock=more["CidrBlock"])  # fmt: skip
            for number, more in enumerate(vpc.get("Ipv6CidrBlockAssociationSet") or ()):
                self.put(f"{logical(id)}SixBlock{number}", "EC2::VPCCidrBlock", VpcId=self.ref(id),
                         Ipv6CidrBlock=more["Ipv6CidrBlock"], Ipv6Pool="ipv6pool-ec2-0a1b2c3d4e5f60718")  # fmt: skip
            if vpc.get("EncryptionControl"):
                self._encryption(id, vpc["EncryptionControl"])
        self._dhcp()
        for subnet in self.rows("Subnets"):
            self._subnet(subnet)
        for options in self.rows("VpcBlockPublicAccessOptions"):
            if options["InternetGatewayBlockMode"] != "off":
                self.put("PublicAccess", "EC2::VPCBlockPublicAccessOptions",
                         InternetGatewayBlockMode=options["InternetGatewayBlockMode"])  # fmt: skip
        for exclusion in self.rows("VpcBlockPublicAccessExclusions"):
            if exclusion["State"].startswith("delete"):
                continue
            what = exclusion["ResourceArn"].rpartition("/")[2]
            member = "VpcId" if what.startswith("vpc-") else "SubnetId"
            self.own(exclusion["ExclusionId"], "EC2::VPCBlockPublicAccessExclusion", **{member: self.ref(what)},
                     InternetGatewayExclusionMode=exclusion["InternetGatewayExclusionMode"])  # fmt: skip

    def _encryption(self, id: str, control: Record) -> None:
        spared = control.get("ResourceExclusions") or {}
        self.put(f"{logical(id)}Encryption", "EC2::VPCEncryptionControl", VpcId=self.ref(id), Mode=control["Mode"],
                 **{f"{what}ExclusionInput": "enable" for what, told in spared.items() if told["State"] == "enabled"},
                 )  # fmt: skip

    def _dhcp(self) -> None:
        for options in self.rows("DhcpOptions"):
            id = options["DhcpOptionsId"]
            servers = [v["Value"] for c in options["DhcpConfigurations"] if c["Key"] == "domain-name-servers"
                       for v in c["Values"]]  # fmt: skip
            if servers in ([], ["AmazonProvidedDNS"]):
                continue
            self.own(id, "EC2::DHCPOptions", DomainNameServers=servers)
            for vpc in self.rows("Vpcs"):
                if vpc["DhcpOptionsId"] == id:
                    self.put(f"{logical(id)}Of{logical(vpc['VpcId'])}", "EC2::VPCDHCPOptionsAssociation",
                             VpcId=self.ref(vpc["VpcId"]), DhcpOptionsId=self.ref(id))  # fmt: skip

    def _subnet(self, subnet: Record) -> None:
        zone: Record = {"AvailabilityZone": subnet["AvailabilityZone"]}
        if not subnet.get("AvailabilityZoneId", "euw1-").startswith("euw1-"):
            zone = {"AvailabilityZoneId": subnet["AvailabilityZoneId"]}
        six = [a["Ipv6CidrBlock"] for a in subnet.get("Ipv6CidrBlockAssociationSet") or ()]
        native = subnet.get("Ipv6Native") or None
        self.own(subnet["SubnetId"], "EC2::Subnet", VpcId=self.ref(subnet["VpcId"]), **zone,
                 CidrBlock=None if native else subnet["CidrBlock"], Ipv6CidrBlock=six[0] if six else None,
                 Ipv6Native=native, EnableDns64=subnet.get("EnableDns64") or None,
                 OutpostArn=subnet.get("OutpostArn"), MapPublicIpOnLaunch=subnet.get("MapPublicIpOnLaunch") or None,
                 Tags=name_of(subnet))  # fmt: skip

    def internet(self) -> None:
        for gateway in self.rows("InternetGateways"):
            id = gateway["InternetGatewayId"]
            self.own(id, "EC2::InternetGateway", Tags=name_of(gateway))
            for attached in gateway["Attachments"]:
                self.put(f"{logical(id)}Attached", "EC2::VPCGatewayAttachment",
                         VpcId=self.ref(attached["VpcId"]), InternetGatewayId=self.ref(id))  # fmt: skip
        for gateway in self.rows("EgressOnlyInternetGateways"):
            id = gateway["EgressOnlyInternetGatewayId"]
            self.own(id, "EC2::EgressOnlyInternetGateway", VpcId=self.ref(gateway["Attachments"][0]["VpcId"]))
        for nat in self.rows("NatGateways"):
            self._nat(nat)

    def _nat(self, nat: Record) -> None:
        id, kind = nat["NatGatewayId"], nat["ConnectivityType"]
        more: Record = {"ConnectivityType": kind}
        if nat.get("AttachedAppliances"):
            raise Inexpressible("a proxy is attached to a NAT gateway by calls, not by a template")
        if nat.get("AvailabilityMode", "zonal") not in ("zonal", "regional"):
            raise Inexpressible("a NAT gateway of a mode that no template knows")
        if kind == "public":
            self.put(f"{logical(id)}Address", "EC2::EIP", Domain="vpc")
            more["AllocationId"] = {"Fn::GetAtt": [f"{logical(id)}Address", "AllocationId"]}
        if nat.get("AvailabilityMode") == "regional":
            address = more.pop("AllocationId")
            zones = sorted({a["AvailabilityZone"] for a in nat["NatGatewayAddresses"]})
            rows = [{"AvailabilityZone": zone, "AllocationIds": [address]} for zone in zones]
            more |= {"AvailabilityMode": "regional", "VpcId": self.ref(nat["VpcId"])}
            more |= {"AvailabilityZoneAddresses": rows} if nat["AutoProvisionZones"] == "disabled" else {}
            self.ids[nat["RouteTableId"]] = self.made(nat["RouteTableId"], f"{logical(id)}/NatGatewayRouteTable")
            self.references[nat["RouteTableId"]] = {"Fn::GetAtt": [logical(id), "RouteTableId"]}
        else:
            more |= {"SubnetId": self.ref(nat["SubnetId"])}
            more |= {"PrivateIpAddress": nat["NatGatewayAddresses"][0].get("PrivateIp")}
        self.own(id, "EC2::NatGateway", **more, Tags=name_of(nat))

    def acls(self) -> None:
        for acl in self.rows("NetworkAcls"):
            id, vpc = acl["NetworkAclId"], acl["VpcId"]
            if any(e["RuleAction"] not in ("allow", "deny") for e in acl["Entries"] or ()):
                raise Inexpressible("an entry of a network ACL with an action that no template knows")
            if acl["IsDefault"]:
                if len(acl["Entries"]) not in (4, 6, 8) or any(
                    e["RuleNumber"] not in (100, 101, 32767, 32768) for e in acl["Entries"]
                ):
                    raise Inexpressible("the default network ACL of a VPC has other entries than it comes with")
                self.ids[id] = self.made(id, f"{logical(vpc)}/DefaultNetworkAcl")
                self.references[id] = {"Fn::GetAtt": [logical(vpc), "DefaultNetworkAcl"]}
                continue
            self.own(id, "EC2::NetworkAcl", VpcId=self.ref(vpc), Tags=name_of(acl))
            for number, entry in enumerate(e for e in acl["Entries"] if e["RuleNumber"] < 32767):
                row = {k: v for k, v in entry.items() if k != "IcmpTypeCode"}
                if entry["Protocol"] in ICMP and "IcmpTypeCode" in entry:
                    row["Icmp"] = entry["IcmpTypeCode"]
                self.put(f"{logical(id)}Entry{number}", "EC2::NetworkAclEntry", NetworkAclId=self.ref(id), **row)
            for association in acl["Associations"]:
                self.put(f"{logical(id)}Of{logical(association['SubnetId'])}", "EC2::SubnetNetworkAclAssociation",
                         NetworkAclId=self.ref(id), SubnetId=self.ref(association["SubnetId"]))  # fmt: skip

    def prefix_lists(self) -> None:
        entries = {r["PrefixListId"]: r["Entries"] for r in self.rows("ManagedPrefixListEntries")}
        for listed in self.rows("ManagedPrefixLists"):
            if listed["OwnerId"] != "AWS":
                id = listed["PrefixListId"]
                self.own(id, "EC2::PrefixList", PrefixListName=listed["PrefixListName"], MaxEntries=10,
                         AddressFamily=listed.get("AddressFamily", "IPv4"),
                         Entries=[{"Cidr": e["Cidr"]} for e in entries[id]])  # fmt: skip

    def groups(self) -> None:
        for group in self.rows("SecurityGroups"):
            id, vpc = group["GroupId"], group["VpcId"]
            if group["GroupName"] == "default":
                self.ids[id] = self.made(id, f"{logical(vpc)}/DefaultSecurityGroup")
                self.references[id] = {"Fn::GetAtt": [logical(vpc), "DefaultSecurityGroup"]}
                continue
            if not group["IpPermissionsEgress"]:
                raise Inexpressible("a group that lets nothing out: CloudFormation gives every group an egress rule")
            egress = [rule for p in group["IpPermissionsEgress"] for rule in self._rules(p, "Destination", False)]
            everything = any(r["IpProtocol"] == "-1" and r["CidrIp"] == "0.0.0.0/0" for r in egress if "CidrIp" in r)
            if everything and any(p["UserIdGroupPairs"] for p in group["IpPermissionsEgress"]):
                raise Inexpressible("all egress beside a rule on its own, for which CloudFormation may take it away")
            # Without a rule inside it everything is let out; rules that name groups stand as resources of their own.
            egress = egress or [{"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}]
            self.own(id, "EC2::SecurityGroup", VpcId=self.ref(vpc), GroupDescription="x", SecurityGroupEgress=egress)
        for group in self.rows("SecurityGroups"):
            for side, word, kind in SIDES:
                permissions = [] if group["GroupName"] == "default" else group[side]
                rules = [r for p in permissions for r in self._rules(p, word, True)]
                if kind == "Ingress":
                    rules += [r for p in permissions for r in self._rules(p, word, False)]
                for number, rule in enumerate(rules):
                    self.put(f"{logical(group['GroupId'])}{kind}{number}", f"EC2::SecurityGroup{kind}",
                             GroupId=self.ref(group["GroupId"]), **rule)  # fmt: skip

    def _rules(self, permission: Record, word: str, of_groups: bool) -> list[dict[str, Any]]:
        """The rules of one permission: those that name groups, or the others."""
        base = {k: permission[k] for k in ("IpProtocol", "FromPort", "ToPort") if k in permission}
        if of_groups:
            pairs = permission["UserIdGroupPairs"]
            owner = {"SourceSecurityGroupOwnerId": None} if word == "Source" else {}
            return [base | {f"{word}SecurityGroupId": self.ref(p["GroupId"])} | owner for p in pairs]
        return [
            *(base | {"CidrIp": r["CidrIp"]} for r in permission["IpRanges"]),
            *(base | {"CidrIpv6": r["CidrIpv6"]} for r in permission["Ipv6Ranges"]),
            *(base | {f"{word}PrefixListId": self.ref(r["PrefixListId"])} for r in permission["PrefixListIds"]),
        ]

    def tables(self) -> None:
        explicit = {a["SubnetId"] for t in self.rows("RouteTables") for a in t["Associations"] if "SubnetId" in a}
        for table in self.rows("RouteTables"):
            id = table["RouteTableId"]
            subnets = [a["SubnetId"] for a in table["Associations"] if "SubnetId" in a]
            if any(a["Main"] for a in table["Associations"]):
                here = [s["SubnetId"] for s in self.rows("Subnets") if s["VpcId"] == table["VpcId"]]
                subnets += [s for s in here if s not in explicit]
            if id not in self.ids:
                self.own(id, "EC2::RouteTable", VpcId=self.ref(table["VpcId"]), Tags=name_of(table))
            for subnet in subnets:
                self.put(f"{logical(id)}Of{logical(subnet)}", "EC2::SubnetRouteTableAssociation",
                         RouteTableId=self.ref(id), SubnetId=self.ref(subnet))  # fmt: skip
            for gateway in (a["GatewayId"] for a in table["Associations"] if "GatewayId" in a):
                self.put(f"{logical(id)}Of{logical(gateway)}", "EC2::GatewayRouteTableAssociation",
                         RouteTableId=self.ref(id), GatewayId=self.ref(gateway))  # fmt: skip
            if table.get("PropagatingVgws"):
                for vgw in table["PropagatingVgws"]:
                    self.put(f"{logical(id)}From{logical(vgw['GatewayId'])}", "EC2::VPNGatewayRoutePropagation",
                             RouteTableIds=[self.ref(id)], VpnGatewayId=self.ref(vgw["GatewayId"]))  # fmt: skip

    def routes(self) -> None:
        found = [e for e in self.rows("VpcEndpoints") if e["VpcEndpointType"] == "Gateway"]
        gateways = {e["VpcEndpointId"]: e["RouteTableIds"] for e in found}
        nat_tables = {n.get("RouteTableId"): n for n in self.rows("NatGateways")}
        for table in self.rows("RouteTables"):
            for number, route in enumerate(table["Routes"]):
                target = next((key for key in TARGETS if key in route), "")
                if not target:
                    raise Inexpressible("a route without a target that CloudFormation could name")
                if route[target] == "local" and route.get("Origin") == "CreateRouteTable":
                    continue
                if route.get("Origin") == "CreateRouteTable":
                    raise Inexpressible("a local route that leads elsewhere: a template cannot replace it")
                if route[target] in gateways:
                    if table["RouteTableId"] not in gateways[route[target]]:
                        raise Inexpressible("a route to a gateway endpoint that is not associated with its table")
                    continue
                if table["RouteTableId"] in nat_tables and route.get("DestinationCidrBlock") == "0.0.0.0/0":
                    if not str(route[target]).startswith("igw-"):
                        raise Inexpressible("another way out of a regional NAT gateway than the one that AWS writes")
                    continue
                key = "VpcEndpointId" if str(route[target]).startswith("vpce-") else target
                destination = next(d for d in DESTINATIONS if d in route)
                way = {destination: self.ref(route[destination]), key: self.ref(route[target])}
                self.put(f"{logical(table['RouteTableId'])}Route{number}", "EC2::Route",
                         RouteTableId=self.ref(table["RouteTableId"]), **way)  # fmt: skip

    def interfaces(self) -> None:
        """Interfaces that people make; those of services come with what they are for."""
        hosts = {i["InstanceId"] for i in self.rows("Instances")}
        for eni in self.rows("NetworkInterfaces"):
            if eni["InterfaceType"] != "interface" or eni.get("RequesterManaged"):
                continue
            id = eni["NetworkInterfaceId"]
            if (eni.get("Attachment") or {}).get("Status", "attached") != "attached":
                raise Inexpressible("an interface whose attachment is being made or undone")
            if len(eni.get("PrivateIpAddresses") or ()) > 1:
                raise Inexpressible("an interface with several private IPv4 addresses: of a template's one is read")
            six = [a["Ipv6Address"] for a in eni.get("Ipv6Addresses") or ()]
            self.own(id, "EC2::NetworkInterface", SubnetId=self.ref(eni["SubnetId"]),
                     PrivateIpAddress=eni["PrivateIpAddress"], Ipv6Addresses=[{"Ipv6Address": a} for a in six] or None,
                     GroupSet=self.refs([g["GroupId"] for g in eni["Groups"]]),
                     SourceDestCheck=eni.get("SourceDestCheck", True))  # fmt: skip
            if eni["Status"] == "in-use":
                host = (eni.get("Attachment") or {}).get("InstanceId")
                hosts |= {host} if host else set()
                self._host(eni, host or f"i-of-{id}")
            if eni.get("Association"):
                self.put(f"{logical(id)}Address", "EC2::EIP", Domain="vpc")
                self.put(f"{logical(id)}Addressed", "EC2::EIPAssociation", NetworkInterfaceId=self.ref(id),
                         AllocationId={"Fn::GetAtt": [f"{logical(id)}Address", "AllocationId"]})  # fmt: skip
        if hosts - self.ids.keys():
            raise Inexpressible("an instance without an interface")

    def _host(self, eni: Record, host: str) -> None:
        states = {i["InstanceId"]: i["State"]["Name"] for i in self.rows("Instances")}
        if states.get(host, "running") != "running":
            raise Inexpressible(f"an instance is {states[host]}: that is told by the account, not by a template")
        if host in self.ids:
            raise Inexpressible("an instance with several interfaces")
        self.own(host, "EC2::Instance", ImageId="ami-0a1b2c3d4e5f60718", InstanceType="t4g.nano",
                 NetworkInterfaces=[{"NetworkInterfaceId": self.ref(eni["NetworkInterfaceId"]), "DeviceIndex": "0"}],
                 )  # fmt: skip
