"""A writer: a network as AWS answers it, as a CloudFormation template, and what its ids become there. No reach in it.

What a template cannot say raises `Inexpressible`, with what it is and why.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from tests.writer_base import Inexpressible
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
        "efs:FileSystemPolicies",
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
# What the account tells of what runs: by collection the way to a state, and what it is as planned.
RUNNING: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "DBInstances": (("DBInstanceStatus", ("available",)), ("VpcSecurityGroups[].Status", ("active",))),
    "EgressOnlyInternetGateways": (("Attachments[].State", ("attached",)),),
    "InternetGateways": (("Attachments[].State", ("available", "attached")),),
    "NatGateways": (("State", ("available",)), ("NatGatewayAddresses[].Status", ("succeeded",))),
    "RouteTables": (("Associations[].AssociationState.State", ("associated",)),),
    "Subnets": (("State", ("available",)),),
    "TransitGatewayAttachments": (("State", ("available",)), ("Association.State", ("associated",))),
    "TransitGatewayVpcAttachments": (("State", ("available",)),),
    "TransitGateways": (("State", ("available",)),),
    "VpcBlockPublicAccessExclusions": (
        ("State", ("create-complete", "update-complete", "delete-complete", "delete-in-progress")),
    ),
    "VpcBlockPublicAccessOptions": (("State", ("update-complete", "default-state")),),
    "VpcEndpoints": (("State", ("available",)),),
    "VpcPeeringConnections": (("Status.Code", ("active",)),),
    "Vpcs": (
        ("EncryptionControl.State", ("available",)),
        ("CidrBlockAssociationSet[].CidrBlockState.State", ("associated",)),
    ),
    "VpnConnections": (("State", ("available",)), ("Routes[].State", ("available",))),
    "VpnGateways": (("State", ("available",)), ("VpcAttachments[].State", ("attached",))),
    "efs:MountTargets": (("LifeCycleState", ("available",)),),
}


def at(record: Any, path: str) -> list[Any]:
    """What stands at a path in a record, in every row where it leads through a list.

    >>> at({"A": [{"B": 1}, {}]}, "A[].B"), at({}, "A.B")
    ([1], [])
    """
    found = [record]
    for step in path.split("."):
        name, listed = step.removesuffix("[]"), step.endswith("[]")
        inner = [one[name] for one in found if isinstance(one, dict) and one.get(name) is not None]
        found = [row for rows in inner for row in rows] if listed else inner
    return found


class Writer(Vpcs, Gateways, Served, Names, Senders):
    """Resources of a template, by logical id.

    Examples
    --------
    >>> Writer({}).write()
    {'Resources': {}}
    """

    def write(self) -> dict[str, Any]:
        try:
            return self._whole()
        except KeyError as missing:
            raise Inexpressible(f"a record without {missing}: it was not read whole") from None

    def _whole(self) -> dict[str, Any]:
        self._refuse()
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
        for key, states in RUNNING.items():
            for path, planned in states:
                for state in (state for record in self.rows(key) for state in at(record, path)):
                    if state not in planned:
                        name = path.replace("[]", "").replace(".", " ")
                        raise Inexpressible(f"{key} whose {name} is {state}: that is told at run time")
        self._refuse_parts()

    def _refuse_parts(self) -> None:
        for vpc in self.rows("Vpcs"):
            mode = (vpc.get("BlockPublicAccessStates") or {}).get("InternetGatewayBlockMode", "off")
            if mode != "off" and not self.rows("VpcBlockPublicAccessOptions"):
                raise Inexpressible("Block Public Access of another account, which a VPC's record shows alone")
        listed = [a["SubnetId"] for acl in self.rows("NetworkAcls") for a in acl.get("Associations") or ()]
        if sorted(listed) != sorted(s["SubnetId"] for s in self.rows("Subnets")):
            raise Inexpressible("a subnet without a network ACL, or with two: it was not read whole")
        mains = [t["VpcId"] for t in self.rows("RouteTables") for a in t.get("Associations") or () if a.get("Main")]
        if sorted(mains) != sorted(v["VpcId"] for v in self.rows("Vpcs")):
            raise Inexpressible("a VPC without a main route table: it was not read whole")
        for held in self.rows("s3:BucketLocations"):
            if held.get("LocationConstraint") != "eu-west-1":
                raise Inexpressible("a bucket in another Region: a stack is in one")
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
