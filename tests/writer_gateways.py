"""VPN, peering, transit gateways, endpoints, firewalls, as resources of a template."""

from __future__ import annotations

import json
from typing import Any

from tests.writer_base import Base, Inexpressible, Record, logical

FULL_ACCESS = [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]


def kind_of(endpoint: Record) -> str | None:
    """Which addresses an endpoint has, where that is not the usual kind."""
    found = endpoint.get("IpAddressType", "ipv4")
    return found if found != "ipv4" else None


class Gateways(Base):
    """What leads out of a VPC, and what stands in the way."""

    def vpn(self) -> None:
        for gateway in self.rows("VpnGateways"):
            id = gateway["VpnGatewayId"]
            self.own(id, "EC2::VPNGateway", Type="ipsec.1")
            for attached in gateway["VpcAttachments"]:
                self.put(f"{logical(id)}Attached", "EC2::VPCGatewayAttachment", VpnGatewayId=self.ref(id),
                         VpcId=self.ref(attached["VpcId"]))  # fmt: skip
        for connection in self.rows("VpnConnections"):
            if any(t["Status"] != "UP" for t in connection.get("VgwTelemetry") or ()):
                raise Inexpressible("tunnels of a VPN connection that are down: that is told at run time")
            id = connection["VpnConnectionId"]
            self.own(id, "EC2::VPNConnection", Type="ipsec.1", CustomerGatewayId="cgw-0a1b2c3d4e5f60718",
                     VpnGatewayId=self.ref(connection["VpnGatewayId"]),
                     StaticRoutesOnly=connection["Options"]["StaticRoutesOnly"])  # fmt: skip
            for number, route in enumerate(connection["Routes"]):
                self.put(f"{logical(id)}Route{number}", "EC2::VPNConnectionRoute", VpnConnectionId=self.ref(id),
                         DestinationCidrBlock=route["DestinationCidrBlock"])  # fmt: skip

    def peerings(self) -> None:
        for peering in self.rows("VpcPeeringConnections"):
            sides = [peering[key]["VpcId"] for key in ("RequesterVpcInfo", "AccepterVpcInfo")]
            regions = {peering[key].get("Region", "eu-west-1") for key in ("RequesterVpcInfo", "AccepterVpcInfo")}
            if regions != {"eu-west-1"}:
                raise Inexpressible("a peering connection between Regions: a stack is in one")
            if any(side not in self.ids for side in sides):
                raise Inexpressible("a peering connection with a VPC that the network does not hold")
            self.own(peering["VpcPeeringConnectionId"], "EC2::VPCPeeringConnection",
                     VpcId=self.ref(sides[0]), PeerVpcId=self.ref(sides[1]))  # fmt: skip

    def transit(self) -> None:
        """Gateways without default tables: who is associated with which, and what is in them, is written out."""
        for gateway in self.rows("TransitGateways"):
            options = gateway.get("Options") or {}
            kept = {k: v for k, v in options.items() if k in ("SecurityGroupReferencingSupport", "DnsSupport")}
            self.own(gateway["TransitGatewayId"], "EC2::TransitGateway", DefaultRouteTableAssociation="disable",
                     DefaultRouteTablePropagation="disable", **({"DnsSupport": "enable"} | kept))  # fmt: skip
        general = {a["TransitGatewayAttachmentId"]: a for a in self.rows("TransitGatewayAttachments")}
        for attached in self.rows("TransitGatewayVpcAttachments"):
            options = {"DnsSupport": "enable", "SecurityGroupReferencingSupport": "enable"} | attached["Options"]
            self.own(attached["TransitGatewayAttachmentId"], "EC2::TransitGatewayVpcAttachment",
                     TransitGatewayId=self.ref(attached["TransitGatewayId"]), VpcId=self.ref(attached["VpcId"]),
                     SubnetIds=self.refs(attached["SubnetIds"]), Options=options)  # fmt: skip
        if set(general) != {a["TransitGatewayAttachmentId"] for a in self.rows("TransitGatewayVpcAttachments")}:
            raise Inexpressible("an attachment of a transit gateway that is no VPC's")
        for table in self.rows("TransitGatewayRouteTables"):
            id = table["TransitGatewayRouteTableId"]
            self.own(id, "EC2::TransitGatewayRouteTable", TransitGatewayId=self.ref(table["TransitGatewayId"]))
        for id, attachment in general.items():
            table = (attachment.get("Association") or {}).get("TransitGatewayRouteTableId")
            if table is not None:
                self.put(f"{logical(id)}Associated", "EC2::TransitGatewayRouteTableAssociation",
                         TransitGatewayAttachmentId=self.ref(id), TransitGatewayRouteTableId=self.ref(table),
                         )  # fmt: skip
        self._transit_routes()

    def _transit_routes(self) -> None:
        blocks = {v["VpcId"]: {a["CidrBlock"] for a in v["CidrBlockAssociationSet"]} for v in self.rows("Vpcs")}
        vpcs = {a["TransitGatewayAttachmentId"]: a["VpcId"] for a in self.rows("TransitGatewayVpcAttachments")}
        for held in self.rows("TransitGatewayRoutes"):
            id = held["TransitGatewayRouteTableId"]
            if held.get("AdditionalRoutesAvailable"):
                raise Inexpressible("a transit gateway has more routes than were read")
            propagating: dict[str, set[str]] = {}
            for number, route in enumerate(held["Routes"]):
                ways = [a["TransitGatewayAttachmentId"] for a in route.get("TransitGatewayAttachments") or ()]
                if len(ways) > 1:
                    raise Inexpressible("a route of a transit gateway over several attachments")
                if route["Type"] == "propagated":
                    propagating.setdefault(ways[0], set()).add(route["DestinationCidrBlock"])
                    continue
                to: Record = {"Blackhole": True} if route["State"] == "blackhole" else {}
                to |= {"TransitGatewayAttachmentId": self.ref(ways[0])} if ways and not to else {}
                self.put(f"{logical(id)}Route{number}", "EC2::TransitGatewayRoute",
                         TransitGatewayRouteTableId=self.ref(id), DestinationCidrBlock=route["DestinationCidrBlock"],
                         **to)  # fmt: skip
            for way, found in propagating.items():
                if found != blocks.get(vpcs.get(way, "")):
                    raise Inexpressible("a VPC propagates other routes to a transit gateway than its own blocks")
                self.put(f"{logical(id)}From{logical(way)}", "EC2::TransitGatewayRouteTablePropagation",
                         TransitGatewayRouteTableId=self.ref(id), TransitGatewayAttachmentId=self.ref(way),
                         )  # fmt: skip

    def endpoints(self) -> None:
        walls = {a["EndpointId"]: f["FirewallName"] for f, a in self._attachments()}
        for endpoint in self.rows("VpcEndpoints"):
            id, kind = endpoint["VpcEndpointId"], endpoint["VpcEndpointType"]
            if id in walls:
                continue
            if kind == "Dozing":
                raise Inexpressible("an endpoint of a type that nobody knows")
            if endpoint.get("ServiceRegion", "eu-west-1") != "eu-west-1" and kind == "Gateway":
                raise Inexpressible("a gateway endpoint for another Region, which AWS makes for nobody")
            more: Record = {"PolicyDocument": self._policy(endpoint)}
            if kind == "Gateway":
                more["RouteTableIds"] = self.refs(endpoint["RouteTableIds"])
            else:
                groups = self.refs([g["GroupId"] for g in endpoint["Groups"]])
                more |= {"SubnetIds": self.refs(endpoint["SubnetIds"]), "SecurityGroupIds": groups or None}
            if kind == "Interface":
                options = dict(endpoint.get("DnsOptions") or {})
                inbound = options.get("PrivateDnsOnlyForInboundResolverEndpoint")
                if inbound is not None:  # CloudFormation has words for it
                    word = "OnlyInboundResolver" if inbound else "AllResolvers"
                    options["PrivateDnsOnlyForInboundResolverEndpoint"] = word
                more |= {"PrivateDnsEnabled": endpoint["PrivateDnsEnabled"], "DnsOptions": options or None}
                more |= {"IpAddressType": kind_of(endpoint)}
            region = endpoint.get("ServiceRegion", "eu-west-1")
            self.own(id, "EC2::VPCEndpoint", VpcEndpointType=kind, VpcId=self.ref(endpoint["VpcId"]),
                     ServiceName=endpoint["ServiceName"], ServiceRegion=region if region != "eu-west-1" else None,
                     **more)  # fmt: skip

    def _policy(self, endpoint: Record) -> Any:
        text = endpoint.get("PolicyDocument", "")
        if text and not text.startswith("{"):
            raise Inexpressible("a policy that is none")
        document = json.loads(text) if text else None
        if document is None or document.get("Statement") == FULL_ACCESS:
            return None  # what AWS writes itself
        return self.replaced(document)

    def _attachments(self) -> list[tuple[Record, Record]]:
        return [(f, state["Attachment"]) for f in self.rows("network-firewall:Firewalls")
                for state in f["FirewallStatus"]["SyncStates"].values()]  # fmt: skip

    def firewalls(self) -> None:
        for group in self.rows("network-firewall:RuleGroups"):
            told = group["RuleGroupResponse"]
            self.named(told["RuleGroupArn"], told["RuleGroupName"], "NetworkFirewall::RuleGroup",
                       RuleGroupName=told["RuleGroupName"], Type=told["Type"], Capacity=100,
                       RuleGroup=group["RuleGroup"])  # fmt: skip
        for policy in self.rows("network-firewall:FirewallPolicies"):
            told = policy["FirewallPolicyResponse"]
            self.named(told["FirewallPolicyArn"], told["FirewallPolicyName"], "NetworkFirewall::FirewallPolicy",
                       FirewallPolicyName=told["FirewallPolicyName"],
                       FirewallPolicy=self.replaced(policy["FirewallPolicy"]))  # fmt: skip
        for wall in self.rows("network-firewall:Firewalls"):
            states = [a for f, a in self._attachments() if f is wall]
            if len(states) > 1:
                raise Inexpressible("the order in which AWS lists the endpoints of a firewall")
            if wall["FirewallStatus"]["Status"] != "READY" or states[0]["Status"] != "READY":
                raise Inexpressible("a firewall that is not ready: that is told at run time")
            inner, name = wall["Firewall"], wall["FirewallName"]
            self.named(wall["FirewallArn"], name, "NetworkFirewall::Firewall", FirewallName=name,
                       FirewallPolicyArn=self.ref(inner["FirewallPolicyArn"]), VpcId=self.ref(inner["VpcId"]),
                       SubnetMappings=[{"SubnetId": self.ref(states[0]["SubnetId"])}])  # fmt: skip
            endpoint, subnet = states[0]["EndpointId"], self.ids[states[0]["SubnetId"]]
            self.ids[endpoint] = self.made(endpoint, f"{logical(name)}/Endpoint/{subnet}")
            first = {"Fn::Select": [0, {"Fn::GetAtt": [logical(name), "EndpointIds"]}]}
            self.references[endpoint] = {"Fn::Select": [1, {"Fn::Split": [":", first]}]}
