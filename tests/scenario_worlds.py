"""The worlds that scenario rows start from, as steps; rows append the one thing that is different."""

from __future__ import annotations

from typing import Any

from tests.scenario import Step, Steps, do
from tests.world_members import AclRule, Rule

ANY = "0.0.0.0/0"
HOST = "93.184.216.34"  # somewhere on the internet
OPEN: tuple[AclRule, ...] = ((100, "allow", "-1", None, ANY),)
HIGH: tuple[AclRule, ...] = ((100, "allow", "tcp", (1024, 65535), ANY),)
DENY_ALL: tuple[AclRule, ...] = ()

# Two subnets for functions, two for databases, each pair in zones a and b; nothing leads out.
PRIVATE: Steps = (
    do("vpc", "10.0.0.0/16", id="vpc-1"),
    do("subnet", "vpc-1", "10.0.1.0/24", "a", id="subnet-a"),
    do("subnet", "vpc-1", "10.0.2.0/24", "b", id="subnet-b"),
    do("subnet", "vpc-1", "10.0.3.0/24", "a", id="subnet-d"),
    do("subnet", "vpc-1", "10.0.4.0/24", "b", id="subnet-e"),
    do("route_table", "vpc-1", ["subnet-a", "subnet-b"], id="rtb-fn"),
    do("route_table", "vpc-1", ["subnet-d", "subnet-e"], id="rtb-db"),
    do("security_group", "vpc-1", id="sg-fn"),
    do("security_group", "vpc-1", [("tcp", 5432, "sg-fn")], id="sg-db"),
    do("function", "orders", ["subnet-a"], ["sg-fn"]),
    do("function", "both", ["subnet-a", "subnet-b"], ["sg-fn"]),
    do("function", "free", unattached="empty"),
)
# The same with a public subnet, an internet gateway and a NAT gateway that the functions' table leads to.
PUBLIC_HALF: Steps = (
    do("subnet", "vpc-1", "10.0.0.0/24", "a", id="subnet-p", MapPublicIpOnLaunch=True),
    do("internet_gateway", "vpc-1", id="igw-1"),
    do("route_table", "vpc-1", ["subnet-p"], [(ANY, "igw-1")], id="rtb-p"),
    do("nat_gateway", "subnet-p", id="nat-1"),
)
NO_DEFAULT: Steps = (*PRIVATE, *PUBLIC_HALF)  # all the parts, but the functions' table does not use them
NAT: Steps = (*NO_DEFAULT, do("route", "rtb-fn", ANY, "nat-1"))
NAT_WAY = ("rtb-fn", "nat-1", "rtb-p", "igw-1")

DB: Step = do("db_instance", "orders-db", ["subnet-d"], ["sg-db"], eni=True)
DB_HERE: Step = do("db_instance", "orders-db", ["subnet-a"], ["sg-db"], eni=True)
DB_BOTH: Step = do("db_instance", "orders-db", ["subnet-d", "subnet-e"], ["sg-db"])  # zone a, interface not reported
CACHE: Step = do("cache_cluster", "sessions", ["subnet-d"], ["sg-db"], engine="redis", eni=True)
S3_ROUTED: Step = do("gateway_endpoint", "vpc-1", "s3", ["rtb-fn"], id="vpce-s3")

# A second VPC, peered, with a host at 10.9.1.9 that admits the first VPC's addresses.
PEER: Steps = (
    do("vpc", "10.9.0.0/16", id="vpc-2"),
    do("subnet", "vpc-2", "10.9.1.0/24", "a", id="subnet-x"),
    do("route_table", "vpc-2", ["subnet-x"], id="rtb-x"),
    do("security_group", "vpc-2", [("tcp", 5432, "10.0.0.0/16")], id="sg-x"),
    do("interface", "subnet-x", "10.9.1.9", ["sg-x"], id="eni-x"),
    do("peering", "vpc-1", "vpc-2", id="pcx-1"),
)
THERE: Step = do("route", "rtb-fn", "10.9.0.0/16", "pcx-1")
BACK: Step = do("route", "rtb-x", "10.0.0.0/16", "pcx-1")


def only(*egress: Rule) -> Step:
    """The functions' group with exactly these outbound rules."""

    def change(world: Any) -> None:
        world["sg-fn"]["IpPermissionsEgress"].clear()
        world.egress("sg-fn", *egress)

    return change


def admits(*ingress: Rule) -> Step:
    """The database's group with exactly these inbound rules."""

    def change(world: Any) -> None:
        world["sg-db"]["IpPermissions"].clear()
        world.ingress("sg-db", *ingress)

    return change


def acl(subnet: str, inbound: tuple[AclRule, ...] = OPEN, outbound: tuple[AclRule, ...] = OPEN) -> Step:
    """A network ACL `acl-<subnet's letter>` of one subnet's own."""
    return do("network_acl", "vpc-1", [subnet], inbound, outbound, id=f"acl-{subnet[-1]}")


def endpoint(
    service: str = "secretsmanager", subnets: tuple[str, ...] = ("subnet-a",), *, group: str = "sg-vpce", **members: Any
) -> Step:
    """An interface endpoint `vpce-i` whose group `sg-vpce` admits 443 from the functions' group."""

    def change(world: Any) -> None:
        if group == "sg-vpce":
            world.security_group("vpc-1", [("tcp", 443, "sg-fn")], id="sg-vpce")
        world.interface_endpoint("vpc-1", service, list(subnets), [group] if group else [], id="vpce-i", **members)

    return change


def dns(support: bool = True, hostnames: bool = True) -> Step:
    """The first VPC's two DNS attributes."""

    def change(world: Any) -> None:
        world.collections["VpcAttributes"][0].update(
            EnableDnsSupport={"Value": support}, EnableDnsHostnames={"Value": hostnames}
        )

    return change


def unseen(vpc: str) -> Step:
    """A VPC of an account that was not read: nothing of it is in the data."""

    def change(world: Any) -> None:
        for key in (
            "Vpcs",
            "VpcAttributes",
            "Subnets",
            "RouteTables",
            "NetworkInterfaces",
            "SecurityGroups",
            "NetworkAcls",
        ):
            world.collections[key][:] = [r for r in world.collections[key] if r["VpcId"] != vpc]

    return change


def resolvers(*servers: str) -> Step:
    """The DNS servers of the VPC's DHCP options."""

    def change(world: Any) -> None:
        values = [{"Value": server} for server in servers]
        world.collections["DhcpOptions"][0]["DhcpConfigurations"] = [{"Key": "domain-name-servers", "Values": values}]

    return change
