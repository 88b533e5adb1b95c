"""What a remedy is asked about: a blocker with everything that is known around it."""

from __future__ import annotations

from msgspec import Struct

from reach.answer import Blocker, Direction
from reach.ask.asker import Asker
from reach.destinations import Resolved
from reach.network import Function, Interface, Network, RouteTable, Subnet
from reach.routes import table_of
from reach.traffic import Ranges, format_addresses


class Case(Struct, frozen=True):
    """One blocker, and the question that it is an answer to."""

    network: Network
    asker: Asker
    resolved: Resolved
    blocker: Blocker

    @property
    def returning(self) -> bool:
        return self.blocker.direction is Direction.RETURN

    @property
    def function(self) -> Function | None:
        return self.asker.function

    @property
    def subnet(self) -> Subnet | None:
        """The first of the sender's subnets that it is about."""
        mine = (*self.blocker.subnets, *self.asker.info.subnets)
        return next((s for id in mine if isinstance(s := self.network.get(id), Subnet)), None)

    @property
    def vpc(self) -> str:
        """The sender's VPC."""
        return self.subnet.vpc if self.subnet else self.asker.vpc.id if self.asker.vpc else ""

    @property
    def zone(self) -> str:
        return self.subnet.zone if self.subnet else ""

    @property
    def table(self) -> RouteTable | None:
        """The route table that it is about, else that of the sender's subnet."""
        held = self.network.things.get(self.blocker.resource)
        if isinstance(held, RouteTable):
            return held
        found = table_of(self.network, self.subnet) if self.subnet else None
        return found if isinstance(found, RouteTable) else None

    @property
    def receiver(self) -> Interface | None:
        """Where the traffic is to go, if that is an interface that is known."""
        return next((d.receiver for node in self.resolved.nodes for d in node if d.receiver), None)

    @property
    def addresses(self) -> Ranges:
        """What was asked for."""
        out = Ranges()
        for node in self.resolved.nodes:
            for destination in node:
                out = out | destination.addresses
        return out

    @property
    def address(self) -> str:
        """The one address or block that was asked for, as AWS writes it; "" if there are several."""
        found = format_addresses(self.addresses)
        return found[0] if len(found) == 1 and (found[0][0].isdigit() or ":" in found[0]) else ""
