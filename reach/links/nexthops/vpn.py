"""Ways out of AWS other than the internet: virtual private gateways, the VPN connections behind them, carriers.

What AWS describes ends at the customer's gateway: up to there it is decided, beyond it nothing is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reach.answer import Assumption, Verdict
from reach.checks.ends import LEAVES_AWS, NO_ROUTE, UNSUPPORTED
from reach.checks.guard import Guard
from reach.checks.targets import BAD_STATE
from reach.checks.virtual_gateways import DOWN, VPN_IPV6
from reach.links.steps import FORWARD, End, Link, Place, Step, Turn
from reach.network import CarrierGateway, Network, VpnConnection, VpnGateway
from reach.traffic import IPV6, LINE, NOTHING, Cover, Ranges, cidr_cover

KIND = "virtual_private_gateway"
GONE = ("deleted", "deleting")


def follow(network: Network, turn: Turn) -> Iterator[Step]:
    """Into a virtual private gateway that is attached, with a private address of the VPC (VGW-1, VGW-3)."""
    guards = (
        Guard("vgw_attached", turn.target, KIND, peer=turn.table.vpc),
        Guard("vgw_source", turn.target, KIND, peer=turn.table.vpc),
    )
    yield Link(turn.to(turn.target, KIND, turn.table.vpc), turn.covers, guards, turn.because)


def behind(network: Network, place: Place) -> Iterator[Step]:
    """Out of a virtual private gateway: by VPN connections as far as they know, or Direct Connect (VGW-1 … VGW-5)."""
    gateway = network.things.get(place.resource)
    homes = (gateway.home,) if isinstance(gateway, VpnGateway) else network.homes
    gap = next((g for home in homes if (g := network.gap("VpnConnections", home)) is not None), None)
    mine = [c for c in network.all(VpnConnection) if c.gateway == place.resource and c.state not in GONE]
    live = [c for c in mine if c.fault is None]
    if gap is not None or not mine or place.direction is not FORWARD:
        what = " or ".join(c.id for c in live) or "a VPN or Direct Connect"
        yield _leaves(place, LINE, what, gap.needs if gap else "")
        return
    lone = Assumption("VGW-1", f"No Direct Connect leads to {place.resource} beside its VPN; that was not read.")
    if not live:
        yield _down(mine, LINE, lone)
        return
    yield _ipv6(live, place, lone)
    known = _known(live)
    what = " or ".join(c.id for c in live)
    yield _leaves(place, known.may - IPV6, what)
    left = LINE - IPV6 - known.may
    if left:
        yield _unrouted(live, place, left, lone)


def _known(live: Sequence[VpnConnection]) -> Cover:
    """Where VPN connections may lead: their static routes; anywhere with BGP, whose routes cannot be read (VGW-2)."""
    if any(c.static is not True or c.routes is None for c in live):
        return Cover(NOTHING, LINE)
    found = Cover()
    for connection in live:
        for destination, state in connection.routes or ():
            if state in ("available", "pending"):
                cover = cidr_cover(destination)
                found = found | (cover if state == "available" else Cover(NOTHING, cover.may))
    return found


def _leaves(place: Place, covers: Ranges, what: str, needs: str = "") -> End:
    why = f"The traffic leaves AWS by {place.resource} ({what}): what lies behind it is not described to AWS."
    needs = needs or f"what is behind {place.resource}"
    return End(covers, Verdict.UNKNOWN, place.resource, KIND, LEAVES_AWS, "", why, LEAVES_AWS.fix, (), needs)


def _down(mine: Sequence[VpnConnection], covers: Ranges, lone: Assumption) -> End:
    faults = [(c, *c.fault) for c in mine if c.fault]
    names = ", ".join(f"{c.id} ({field} {value})" for c, field, value in faults)
    shown = tuple(c.proof(field, value) for c, field, value in faults)
    id, why = faults[0][0].id, f"No VPN connection of {mine[0].gateway} is up: {names}."
    return End(covers, Verdict.BLOCKED, id, KIND, DOWN, "", why, DOWN.fix, shown, assumption=lone)


def _ipv6(live: Sequence[VpnConnection], place: Place, lone: Assumption) -> End:
    why = f"A VPN connection of a virtual private gateway carries no IPv6, and {place.resource} has {live[0].id}."
    shown = (live[0].proof("VpnGatewayId", live[0].gateway),)
    found = (place.resource, KIND, VPN_IPV6, "", why, VPN_IPV6.fix, shown)
    return End(IPV6, Verdict.BLOCKED, *found, assumption=lone)


def _unrouted(live: Sequence[VpnConnection], place: Place, covers: Ranges, lone: Assumption) -> End:
    names = ", ".join(c.id for c in live)
    why = f"{place.resource} knows no way there: {names} has static routing and no route for it."
    fix = f"aws ec2 create-vpn-connection-route --vpn-connection-id {live[0].id} --destination-cidr-block CIDR"
    shown = tuple(c.proof("Routes", [d for d, _ in c.routes or ()]) for c in live)
    found = (place.resource, KIND, NO_ROUTE, "", why, fix, shown)
    return End(covers, Verdict.BLOCKED, *found, assumption=lone)


def follow_carrier(network: Network, turn: Turn) -> Iterator[Step]:
    """A carrier gateway of a Wavelength Zone: not modelled but for its state (IGW-10)."""
    gateway = network.get(turn.target, turn.table.home)
    if isinstance(gateway, CarrierGateway) and gateway.state != "available":
        shown = (gateway.proof("State", gateway.state),)
        why = f"{gateway.id} is {gateway.state}, not available."
        found = (gateway.id, "unsupported", BAD_STATE, turn.because.detail, why, BAD_STATE.fix, shown)
        yield End(turn.covers, Verdict.BLOCKED, *found)
        return
    why = f"{turn.table.id} sends {turn.route.destination} to {turn.target}, into a carrier's network: not decided."
    yield turn.undecided(why, UNSUPPORTED)
