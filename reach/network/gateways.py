"""The nouns at the edges of a VPC: internet, NAT, VPN, carrier, resource gateways, and what an account blocks there."""

from __future__ import annotations

from reach.network.things import Subnet, Thing
from reach.traffic import NOTHING, Ranges


class InternetGateway(Thing, frozen=True, kw_only=True):
    attachments: tuple[tuple[str, str], ...] | None  # (vpc, state); None = the record lacks them
    egress_only: bool = False


class NatGateway(Thing, frozen=True, kw_only=True):
    """A zonal one lives in a subnet, a regional one in none: it has a route table of its own and serves zones."""

    vpc: str
    subnet: str | None
    state: str
    connectivity: str = "public"
    availability: str = "zonal"
    public_ips: tuple[str, ...] = ()
    private: Ranges = NOTHING  # its addresses; the whole subnet (regional: VPC) when they are not credible
    private_known: bool = True
    unclear: str = ""  # the status of an address that may be one to send from or not
    failure: str = ""
    table: str | None = None  # of a regional one
    zones: tuple[tuple[str, str], ...] | None = None  # (zone id, zone name) that a regional one serves
    automatic: bool | None = None  # a regional one follows the interfaces into new zones
    proxies: tuple[str, ...] = ()  # proxy appliances that are attached

    @property
    def regional(self) -> bool:
        return self.availability == "regional"

    def serves(self, subnet: Subnet) -> bool | None:
        """Whether a regional one is registered in the subnet's zone; None if either is not known."""
        if self.zones is None or not (subnet.zone_id or subnet.zone):
            return None
        return any(subnet.zone_id == id if subnet.zone_id and id else subnet.zone == name for id, name in self.zones)


class VpnGateway(Thing, frozen=True, kw_only=True):
    """A virtual private gateway: the VPC's end of Site-to-Site VPN and Direct Connect."""

    state: str
    attachments: tuple[tuple[str, str], ...] | None  # (vpc, state); None = the record lacks them


class VpnConnection(Thing, frozen=True, kw_only=True):
    """A Site-to-Site VPN of a virtual private gateway (`gateway`) or of a transit gateway."""

    gateway: str
    state: str
    static: bool | None  # False: BGP, whose routes cannot be read; None = not in the record
    routes: tuple[tuple[str, str], ...] | None  # (destination, state) of static routing
    tunnels: tuple[str, ...] = ()  # the status of each tunnel

    @property
    def fault(self) -> tuple[str, str] | None:
        """Why it carries nothing now, as the AWS field and its value; None if it may (VGW-1)."""
        if self.state != "available":
            return "State", self.state
        if self.tunnels and all(status == "DOWN" for status in self.tunnels):
            return "VgwTelemetry[].Status", ", ".join(self.tunnels)
        return None


class CarrierGateway(Thing, frozen=True, kw_only=True):
    """The way from a Wavelength Zone to the carrier's network; what it does with traffic is not modelled."""

    vpc: str
    state: str


class Exclusion(Thing, frozen=True, kw_only=True):
    """An exclusion from VPC Block Public Access, for a VPC or one subnet."""

    resource_arn: str
    mode: str
    state: str

    def covers(self, vpc: str, subnet: str) -> bool:
        """Whether it is about this subnet or its VPC."""
        return self.resource_arn.rpartition("/")[2] in (vpc, subnet)


class ResourceConfiguration(Thing, frozen=True, kw_only=True):
    """A resource that VPC Lattice shares. One within a group has the group's gateway (VPCE-23)."""

    gateway: str
    group: str = ""


class ResourceGateway(Thing, frozen=True, kw_only=True):
    """Where what VPC Lattice carries enters the VPC of a resource; `subnets` None: the record lacks them."""

    vpc: str
    subnets: tuple[str, ...] | None
    status: str = ""
