"""A writer: a network as AWS answers it, as a CloudFormation template, and what its ids become there. No reach in it.

What a template cannot say raises `Inexpressible`, with what it is and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_network
from typing import Any

from tests.writer_base import Inexpressible, Record
from tests.writer_gateways import Gateways
from tests.writer_names import Names
from tests.writer_senders import Senders
from tests.writer_served import Served
from tests.writer_vpc import Vpcs

__all__ = ["Inexpressible", "Writer"]

# Collections that the writer has words for, and those that follow from them or that only AWS tells.
WRITTEN = frozenset(
    {
        *("Aliases", "CapacityProviders", "DBInstances", "DBProxies", "DBProxyTargets", "DBSubnetGroups"),
        *("DhcpOptions", "EgressOnlyInternetGateways", "EventSourceMappings", "Functions", "Instances"),
        *("InternetGateways", "ManagedPrefixListEntries", "ManagedPrefixLists", "NatGateways", "NetworkAcls"),
        *("NetworkInterfaces", "RouteTables", "SecurityGroups", "ServerlessCaches", "Subnets", "TransitGateways"),
        *("TransitGatewayAttachments", "TransitGatewayRouteTables", "TransitGatewayRoutes", "Versions"),
        *("TransitGatewayVpcAttachments", "VpcAttributes", "VpcBlockPublicAccessExclusions", "VpcEndpoints"),
        *("VpcBlockPublicAccessOptions", "VpcPeeringConnections", "Vpcs", "VpnConnections", "VpnGateways"),
        *("apigateway:items", "ecs:services", "efs:AccessPoints", "efs:FileSystems", "efs:MountTargets"),
        *("efs:MountTargetSecurityGroups", "iam:AttachedPolicies", "iam:PolicyNames", "iam:RolePolicies"),
        *("kafka:ClusterInfoList", "network-firewall:FirewallPolicies", "network-firewall:Firewalls"),
        *("network-firewall:RuleGroups", "route53:HostedZones", "route53:RecordSets", "s3:BucketPolicies"),
        *("route53resolver:FirewallDomainLists", "route53resolver:FirewallDomains", "route53resolver:FirewallRules"),
        *("route53resolver:FirewallRuleGroupAssociations", "route53resolver:ResolverRuleAssociations"),
        *("route53resolver:ResolverRules", "sagemaker:Models"),
        # told by AWS alone
        *("Addresses", "AvailabilityZones", "PrefixLists", "kafka:BootstrapBrokers", "kafka:Nodes"),
        *("TransitGatewayAssociations", "TransitGatewayPropagations", "s3:BucketLocations"),
    }
)
# What the account tells of what runs, by collection: the member, what it is as planned, and what it is called.
RUNNING = {
    "DBInstances": (("DBInstanceStatus", "available"),),
    "NatGateways": (("State", "available"),),
    "VpcEndpoints": (("State", "available"),),
    "TransitGatewayVpcAttachments": (("State", "available"),),
    "VpnGateways": (("State", "available"),),
}


class Writer(Vpcs, Gateways, Served, Names, Senders):
    """Resources of a template, by logical id.

    Examples
    --------
    >>> Writer({}).write()
    {'Resources': {}}
    """

    def __init__(self, data: Mapping[str, Sequence[Record]], stack: str = "one") -> None:
        super().__init__(data, stack)
        self._refuse()

    def write(self) -> dict[str, Any]:
        self.vpcs()
        self.prefix_lists()
        self.internet()
        self.vpn()
        self.peerings()
        self.groups()
        self.acls()
        self.transit()
        self.interfaces()
        self.firewalls()
        self.tables()
        self.endpoints()
        self.routes()
        self.databases()
        self.caches()
        self.streams()
        self.files()
        self.zones()
        self.policies()
        self.functions()
        self.others()
        return {"Resources": self.resources}

    def _refuse(self) -> None:
        """What only a running account tells, or other accounts: nothing of that is in a template."""
        unwritten = sorted(key for key, records in self.data.items() if records and key not in WRITTEN)
        if unwritten:
            raise Inexpressible(f"{', '.join(unwritten)}: that is told by the account, not by a template")
        for key, members in RUNNING.items():
            for record in self.rows(key):
                for member, planned in members:
                    state = record.get(member, planned)
                    if state != planned:
                        raise Inexpressible(f"{key} whose {member} is {state}: that is told at run time")
        for peering in self.rows("VpcPeeringConnections"):
            if peering["Status"]["Code"] != "active":
                raise Inexpressible("a peering connection that is not active: that is told at run time")
        for gateway in self.rows("InternetGateways"):
            if any(a["State"] not in ("available", "attached") for a in gateway["Attachments"]):
                raise Inexpressible("a gateway that is not attached yet: that is told at run time")
        self._refuse_parts()

    def _refuse_parts(self) -> None:
        for table in self.rows("RouteTables"):
            if any(route.get("State", "active") != "active" for route in table["Routes"]):
                raise Inexpressible("a route whose target is gone: a template has no such target")
            if any(route.get("Origin") in ("EnableVgwRoutePropagation", "Advertisement") for route in table["Routes"]):
                raise Inexpressible("routes that come by BGP: they are told at run time")
        for subnet in self.rows("Subnets"):
            size = ip_network(subnet["CidrBlock"]).num_addresses
            if subnet.get("AvailableIpAddressCount", size) * 4 < size:
                raise Inexpressible("how many addresses of a subnet are free: that is told at run time")
        owned = [r for key in ("Vpcs", "Subnets", "SecurityGroups") for r in self.rows(key)]
        owners = {record["OwnerId"] for record in owned if "OwnerId" in record}
        if len(owners) > 1:
            raise Inexpressible("what another account owns")
        for group in self.rows("SecurityGroups"):
            pairs = [p for side in ("IpPermissions", "IpPermissionsEgress") for r in group[side]
                     for p in r["UserIdGroupPairs"]]  # fmt: skip
            if any(pair.get("PeeringStatus") or pair.get("VpcId") for pair in pairs):
                raise Inexpressible("a reference to a group that is gone: a template has no such group")
