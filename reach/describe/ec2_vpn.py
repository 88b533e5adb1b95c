"""EC2: virtual private gateways, Site-to-Site VPN connections, carrier gateways."""

from __future__ import annotations

from collections.abc import Iterator

from reach.describe.records import Record, Section, deciding_rows, name_tag, part, rows, text
from reach.network import CarrierGateway, Thing, VpnConnection, VpnGateway


def read(section: Section) -> Iterator[Thing]:
    """All gateways of an account and region that lead out of AWS by other ways than the internet."""
    for record in section.rows("VpnGateways"):
        yield _gateway(section, record)
    for record in section.rows("VpnConnections"):
        yield _connection(section, record)
    for record in section.rows("CarrierGateways"):
        yield CarrierGateway(
            id=text(record, "CarrierGatewayId"),
            home=section.home,
            name=name_tag(record),
            vpc=text(record, "VpcId"),
            state=(text(record, "State") or "available").lower(),
        )


def _gateway(section: Section, record: Record) -> VpnGateway:
    found = deciding_rows(record, "VpcAttachments")
    return VpnGateway(
        id=text(record, "VpnGatewayId"),
        home=section.home,
        name=name_tag(record),
        state=(text(record, "State") or "available").lower(),
        attachments=None if found is None else tuple((text(a, "VpcId"), text(a, "State").lower()) for a in found),
    )


def _connection(section: Section, record: Record) -> VpnConnection:
    routes = deciding_rows(record, "Routes")
    static = part(record, "Options").get("StaticRoutesOnly")
    return VpnConnection(
        id=text(record, "VpnConnectionId"),
        home=section.home,
        name=name_tag(record),
        gateway=text(record, "VpnGatewayId") or text(record, "TransitGatewayId"),
        state=(text(record, "State") or "available").lower(),
        static=static if isinstance(static, bool) else None,
        routes=None
        if routes is None
        else tuple((text(r, "DestinationCidrBlock"), (text(r, "State") or "available").lower()) for r in routes),
        tunnels=tuple(text(t, "Status").upper() for t in rows(record, "VgwTelemetry")),
    )
