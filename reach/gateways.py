"""The nouns at the edge of a VPC: internet and NAT gateways, and what an account blocks there."""

from __future__ import annotations

from dataclasses import dataclass

from reach.things import Thing
from reach.traffic import NOTHING, Ranges


@dataclass(frozen=True, slots=True, kw_only=True)
class InternetGateway(Thing):
    attachments: tuple[tuple[str, str], ...] | None  # (vpc, state); None = the record lacks them
    egress_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NatGateway(Thing):
    vpc: str
    subnet: str | None
    state: str
    connectivity: str = "public"
    availability: str = "zonal"
    public_ips: tuple[str, ...] = ()
    private: Ranges = NOTHING  # its addresses; the whole subnet when they are not credible
    private_known: bool = True
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion(Thing):
    """An exclusion from VPC Block Public Access, for a VPC or one subnet."""

    resource_arn: str
    mode: str
    state: str

    def covers(self, vpc: str, subnet: str) -> bool:
        """Whether it is about this subnet or its VPC."""
        return self.resource_arn.rpartition("/")[2] in (vpc, subnet)
