"""The nouns of transit gateways: what is attached to them, their peerings, and their route tables."""

from __future__ import annotations

from msgspec import Struct

from reach.network.things import Thing


class TransitGateway(Thing, frozen=True, kw_only=True):
    state: str
    group_references: bool = False
    encrypts: bool = False
    dns: bool | None = None  # whether public names mean private addresses across it; None = not in the data


class Attachment(Thing, frozen=True, kw_only=True):
    """What is attached to a transit gateway; for a VPC with one subnet per zone.

    `table` None: no route table is associated; `table_known` False: that was not collected.
    """

    gateway: str
    type: str  # vpc, vpn, direct-connect-gateway, …
    resource: str
    state: str
    subnets: tuple[str, ...] | None
    table: str | None
    table_known: bool = True
    told: str = ""  # a state of the association that says neither yes nor no
    appliance_mode: bool | None = False  # None = not in the data, here and below
    group_references: bool | None = True
    ipv6: bool | None = False
    dns: bool | None = True

    @property
    def vpc(self) -> str:
        return self.resource if self.type == "vpc" else ""


class TransitSide(Struct, frozen=True):
    """One of two peered transit gateways, and the table in which it looks up what comes in from the other."""

    gateway: str
    table: str | None = None
    table_known: bool = False
    told: str = ""  # as of an attachment


class TransitPeering(Thing, frozen=True, kw_only=True):
    """A peering attachment. Gateways of two Regions know it by the same id, those of one Region by an id each.

    `twin`: the other gateway's id for it, where it has one of its own and this side's record tells.
    """

    state: str
    sides: tuple[TransitSide, ...]
    twin: str = ""

    def side(self, gateway: str) -> TransitSide | None:
        """The side of a gateway."""
        return next((s for s in self.sides if s.gateway == gateway), None)

    def beyond(self, gateway: str) -> TransitSide | None:
        """The side that is not this gateway's."""
        return next((s for s in self.sides if s.gateway != gateway), None)


class TransitRoute(Struct, frozen=True):
    """One route. `listed`: the prefix list whose block it is; `destination` is that list if no block is told."""

    index: int
    destination: str
    static: bool
    state: str
    attachments: tuple[str, ...]
    listed: str = ""
    types: tuple[str, ...] = ()  # of the attachments


class TransitTable(Thing, frozen=True, kw_only=True):
    gateway: str
    routes: tuple[TransitRoute, ...] | None  # None = not read
    truncated: bool = False
    propagating: tuple[str, ...] | None = None  # attachments that propagate into it; None = not read
