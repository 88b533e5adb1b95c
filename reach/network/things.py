"""The nouns of the world, frozen, in AWS's words; what was not collected is a Gap, what is not there is Absent.

Nothing here knows the key names of AWS's records (describe/ does) or decides anything (checks/ does).
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from reach.answer import Evidence
from reach.traffic import NOTHING, Ranges


class Gap(Struct, frozen=True):
    """Something that was not collected, was denied, or is not known yet: unknown, never empty."""

    resource: str
    needs: str  # IAM action, or the parameter that would settle it
    why: str
    fix: str = ""  # what to do, where the permission for `needs` does not help

    @property
    def given(self) -> bool:
        """Whether a user settles it with an option of a template: a parameter, an export, an SSM parameter."""
        return self.needs.startswith(("--param", "--export", "--ssm"))


class Absent(Struct, frozen=True):
    """Something that was looked for where everything was collected, and is not there."""

    resource: str


class Home(Struct, frozen=True):
    """The account and region that a record was read from."""

    account: str
    region: str


class Thing(Struct, frozen=True, kw_only=True):
    """Anything with an id. `name` is its Name tag or own name, hostile text until a renderer escapes it."""

    id: str
    home: Home
    name: str = ""
    logical: str = ""  # STACK/LogicalId in a template
    construct: str = ""  # its path in the CDK's tree
    where: str | None = None  # file:line in a template
    owner: str | None = None  # the account that it belongs to; None = its record does not say
    lines: tuple[tuple[str, str], ...] = ()  # (key path, file:line) of parts that stand elsewhere than the whole

    def proof(self, key_path: str, value: Any) -> Evidence:
        """Evidence that quotes a field of this thing's own AWS record."""
        parts = (where for path, where in self.lines if key_path.startswith(path))
        return Evidence(self.id, key_path, value, next(parts, self.where))


class Vpc(Thing, frozen=True, kw_only=True):
    cidrs: Ranges = NOTHING  # associated IPv4 and IPv6 blocks
    cidr_texts: tuple[str, ...] = ()
    first_block: str = ""  # the IPv4 block that it was made with
    perhaps: Ranges = NOTHING  # blocks that it may have, as a template leaves it open; empty if those may be any
    perhaps_by: str = ""  # what stands for that
    tenancy: str = "default"
    state: str = ""  # "" = not in the record
    encryption: str = ""  # mode of its encryption control that is in force: monitor, enforce
    encryption_doubt: str = ""  # why it cannot be told whether it enforces
    encryption_control: str = ""  # its id
    encryption_spares_lambda: bool | None = False  # None = changing
    encryption_spares_peering: bool | None = None  # None = not in the record, or changing
    dns_support: bool | None = None  # None = not collected
    dns_hostnames: bool | None = None
    dns_support_open: str = ""  # what stands for it, where that is not known before deployment
    dns_hostnames_open: str = ""
    dns_servers: tuple[str, ...] | None = None  # None = not collected, () = Amazon's
    dhcp_options: str | None = None
    block_mode: str | None = None  # of VPC Block Public Access; None = not collected
    block_field: str = "VpcBlockPublicAccessOptions.InternetGatewayBlockMode"  # where that stands
    block_changing: bool = False

    @property
    def own(self) -> Ranges:
        """The blocks that it has, or may have."""
        return self.cidrs | self.perhaps


class Subnet(Thing, frozen=True, kw_only=True):
    vpc: str
    cidr: str  # IPv4 block as AWS prints it
    addresses: Ranges  # IPv4 and associated IPv6 blocks
    zone: str = ""
    zone_id: str = ""
    zone_open: str = ""  # what stands for its zone where that is not known before deployment; the same = the same zone
    parent_zone: tuple[str, str] | None = None  # (id, name) of a Local Zone's parent; None = not known
    ipv6: bool = False
    ipv6_open: str = ""  # what stands for whether it is, where that is not known before deployment
    ipv6_doubt: Ranges = NOTHING  # blocks whose association is in a state that nobody knows
    ipv6_native: bool = False
    dns64: bool = False  # names without IPv6 addresses get one that stands for their IPv4 address
    ipv6_private: bool = False  # addresses that are never advertised to the internet
    public_ip_on_launch: bool = False
    free_addresses: int | None = None
    state: str = ""  # "" = not in the record
    outpost: str = ""


class Route(Struct, frozen=True):
    """One route of a table. `destination` is a CIDR or a prefix list id; `target` an id, `local`, or None."""

    index: int
    destination: str
    target: str | None
    target_key: str  # AWS's member, e.g. NatGatewayId
    state: str = "active"
    origin: str = "CreateRoute"

    @property
    def is_prefix_list(self) -> bool:
        return self.destination.startswith("pl-")

    @property
    def is_open(self) -> bool:
        """Whether it stands in a template that leaves its destination open: that may be any block."""
        return self.is_prefix_list and "${" in self.destination

    @property
    def may_divert(self) -> bool:
        """Whether it may be more specific than the local route, as far as its target tells (RT-6, RT-7)."""
        return (self.target or "${").startswith(("nat-", "eni-", "i-", "vpce-", "${"))

    @property
    def text(self) -> str:
        """The route in one glance: 0.0.0.0/0 → nat-….

        >>> Route(0, "0.0.0.0/0", "igw-1", "GatewayId").text
        '0.0.0.0/0 → igw-1'
        """
        gone = " (blackhole)" if self.state == "blackhole" else ""
        return f"{self.destination} → {self.target or self.target_key or '?'}{gone}"

    @property
    def propagated(self) -> bool:
        return self.origin == "EnableVgwRoutePropagation" or self.advertised

    @property
    def advertised(self) -> bool:
        """Whether a Route Server wrote it (RT-21)."""
        return self.origin == "Advertisement"


class RouteTable(Thing, frozen=True, kw_only=True):
    vpc: str
    main: bool
    subnets: tuple[str, ...]  # explicitly associated
    gateways: tuple[str, ...] = ()
    routes: tuple[Route, ...] | None = None  # None = the record lacks them
    associations_known: bool = True


class GroupRule(Struct, frozen=True):
    """One permission of a security group: what protocol and ports, and which peers."""

    path: str  # "IpPermissions[0]"
    protocols: Ranges
    ports: Ranges  # of the destination; ICMP: type * 256 + code
    cidrs: tuple[str, ...] = ()
    prefix_lists: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    stale_groups: tuple[str, ...] = ()
    text: str = ""  # "tcp/443 to 0.0.0.0/0"
    unclear: str = ""  # a protocol that nobody knows: what the rule allows cannot be told


class SecurityGroup(Thing, frozen=True, kw_only=True):
    vpc: str | None
    ingress: tuple[GroupRule, ...] | None
    egress: tuple[GroupRule, ...] | None
    associated: tuple[str, ...] = ()  # further VPCs whose interfaces may carry it


class AclEntry(Struct, frozen=True):
    path: str  # "Entries[2]"
    number: int
    egress: bool
    allow: bool
    protocols: Ranges
    ports: Ranges
    cidr: str
    text: str = ""
    open: str = ""  # what stands for what it does, where that is not known before deployment


class NetworkAcl(Thing, frozen=True, kw_only=True):
    vpc: str
    default: bool
    subnets: tuple[str, ...] | None  # None = associations not in the record
    entries: tuple[AclEntry, ...] | None


class PrefixList(Thing, frozen=True, kw_only=True):
    """A list of CIDRs. `cidrs` is None when its entries are not known; `service` for AWS's own lists."""

    cidrs: tuple[str, ...] | None
    family: str = ""  # IPv4 or IPv6; "" = not told
    service: tuple[str, str] | None = None  # (boto3 name, region)
    inferred: bool = False  # known only from the routes of a gateway endpoint


class Interface(Thing, frozen=True, kw_only=True):
    """A network interface, real (eni-…) or one that a function, database or endpoint will have.

    `exact` False: it has one of `addresses`, we do not know which. `groups` None: not known.
    """

    subnet: str
    vpc: str
    addresses: Ranges
    exact: bool = True
    groups: tuple[str, ...] | None = ()
    type: str = "interface"
    description: str = ""
    requester: str = ""
    status: str = "in-use"
    attachment: str = ""  # its state, where the record has one
    public_ips: tuple[str, ...] = ()
    paired: Ranges = NOTHING  # those of its private addresses that have a public one, where that is told
    public_by: Evidence | None = None  # what gives it a public IPv4 address, not known yet, when it starts
    instance: str | None = None
    private_dns_names: tuple[str, ...] = ()
    of: str = ""  # id of the function, database, endpoint, NAT gateway it belongs to
    groups_field: str = "Groups"
    source_dest_check: bool | None = None
    ipv6: Ranges = NOTHING  # what it sends IPv6 from; empty if it sends none
    ipv6_known: bool = True  # whether that is so, or just not told
    ipv6_open: str = ""  # stands for an address that AWS gives later; begins with "${" if nobody knows whether it does
    denies_igw: bool = False  # DenyAllIgwTraffic


class Instance(Thing, frozen=True, kw_only=True):
    state: str


class Endpoint(Thing, frozen=True, kw_only=True):
    """A VPC endpoint of any type."""

    type: str  # Gateway, Interface, GatewayLoadBalancer, …
    vpc: str
    service_name: str
    service: str | None  # boto3 name, if it is an AWS service
    service_region: str
    state: str
    route_tables: tuple[str, ...] = ()
    subnets: tuple[str, ...] | None = ()
    groups: tuple[str, ...] | None = ()
    interfaces: tuple[str, ...] = ()
    private_dns: bool = False
    inbound_resolver_only: bool = False
    dns_names: tuple[str, ...] = ()
    ip_type: str = "ipv4"  # ipv4, ipv6, dualstack
    dns_records: str = ""  # ipv4, ipv6, dualstack, service-defined
    accessible: str = ""  # what is said of the resource behind it; "" = nothing
    resources: tuple[str, ...] = ()  # ids of the VPC Lattice resource configurations that it leads to
    policy: str = ""  # as text; "" is full access (AUTH-01)

    @property
    def fips(self) -> bool:
        """Whether it is for the FIPS hosts of its service, for which some have an endpoint service apart (SVC-03)."""
        return self.service_name.endswith("-fips")


class Peering(Thing, frozen=True, kw_only=True):
    status: str
    sides: tuple[tuple[str, Ranges, Home], ...]  # (vpc, its CIDRs, where it lives)
    options: tuple[tuple[str, bool], ...] = ()  # (vpc, AllowDnsResolutionFromRemoteVpc), where it is told

    def resolves_privately(self, vpc: str) -> bool | None:
        """Whether the other side resolves public names of this VPC to private addresses (DST-13)."""
        return dict(self.options).get(vpc)
