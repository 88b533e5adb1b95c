"""EC2: internet and NAT gateways, VPC endpoints, peering connections."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from reach.describe.records import (
    Record,
    Section,
    deciding_rows,
    document,
    flag,
    name_tag,
    part,
    rows,
    text,
    texts,
    word,
)
from reach.describe.vpclattice import configuration_in
from reach.network import Endpoint, EndpointService, Home, InternetGateway, NatGateway, Peering, Subnet, Thing, Vpc
from reach.network.domains import plain
from reach.services import by_endpoint_service
from reach.traffic import IPV4, NOTHING, cidrs


def read(section: Section) -> Iterator[Thing]:
    """All gateways, endpoints and peerings of an account and region."""
    for record in section.rows("InternetGateways"):
        yield _internet_gateway(section, record, "InternetGatewayId", egress_only=False)
    for record in section.rows("EgressOnlyInternetGateways"):
        yield _internet_gateway(section, record, "EgressOnlyInternetGatewayId", egress_only=True)
    for record in section.rows("NatGateways"):
        yield _nat_gateway(section, record)
    led: dict[str, list[Record]] = {}
    for record in section.rows("VpcEndpointAssociations"):
        led.setdefault(text(record, "VpcEndpointId"), []).append(record)
    for record in section.rows("VpcEndpoints"):
        yield _endpoint(section, record, led.get(text(record, "VpcEndpointId"), []))
    for record in section.rows("ServiceDetails"):
        yield _endpoint_service(section, record)
    for record in section.rows("VpcPeeringConnections"):
        yield _peering(section, record)


def _endpoint_service(section: Section, record: Record) -> EndpointService:
    found = deciding_rows(record, "PrivateDnsNames")
    return EndpointService(
        id=text(record, "ServiceName"),
        home=section.home,
        zones=texts(record, "AvailabilityZones"),
        zone_ids=texts(record, "AvailabilityZoneIds"),
        names=None if found is None else tuple(plain(text(n, "PrivateDnsName")) for n in found),
        policed=record.get("VpcEndpointPolicySupported") is not False,
    )


def _internet_gateway(section: Section, record: Record, key: str, egress_only: bool) -> InternetGateway:
    found = deciding_rows(record, "Attachments")
    return InternetGateway(
        id=text(record, key),
        home=section.home,
        owner=text(record, "OwnerId") or None,
        name=name_tag(record),
        attachments=None if found is None else tuple((text(a, "VpcId"), word(a, "State")) for a in found),
        egress_only=egress_only,
    )


# States of a NAT gateway's address other than the one in which it is used (NAT-3).
UNUSED = ("assigning", "unassigning", "associating", "disassociating", "failed")


def _nat_gateway(section: Section, record: Record) -> NatGateway:
    addresses = rows(record, "NatGatewayAddresses")
    live = [a for a in addresses if text(a, "Status") in ("", "succeeded")]
    unclear = (text(a, "Status") for a in addresses if a not in live and text(a, "Status") not in UNUSED)
    private = cidrs(text(address, "PrivateIp") for address in live)
    connectivity = (text(record, "ConnectivityType") or "public").lower()
    return NatGateway(
        id=text(record, "NatGatewayId"),
        home=section.home,
        name=name_tag(record),
        vpc=text(record, "VpcId"),
        subnet=text(record, "SubnetId") or None,
        state=word(record, "State") or "available",
        connectivity=connectivity,
        availability=(text(record, "AvailabilityMode") or "zonal").lower(),
        # a private one sends nothing to the internet, whatever its record may list (NAT-2)
        public_ips=tuple(text(a, "PublicIp") for a in live if text(a, "PublicIp") and connectivity != "private"),
        private=private,
        unclear=next(unclear, ""),
        failure=text(record, "FailureCode"),
        table=text(record, "RouteTableId") or None,
        zones=_zones(live),
        automatic=_automatic(record),
        proxies=tuple(_proxies(record)),
    )


def _zones(addresses: list[Record]) -> tuple[tuple[str, str], ...] | None:
    """Where a regional NAT gateway is registered: its addresses say so, if they say anything of zones (NAT-6)."""
    named = {(text(a, "AvailabilityZoneId"), text(a, "AvailabilityZone")) for a in addresses}
    return None if not named or ("", "") in named else tuple(sorted(named))


def _automatic(record: Record) -> bool | None:
    mode = text(record, "AutoProvisionZones")
    return mode == "enabled" if mode in ("enabled", "disabled") else None


def _proxies(record: Record) -> Iterator[str]:
    for appliance in rows(record, "AttachedAppliances"):
        gone = text(appliance, "AttachmentState") in ("detached", "attach-failed")
        if text(appliance, "Type") == "network-firewall-proxy" and not gone:
            yield text(appliance, "ApplianceArn") or text(appliance, "VpcEndpointId")


def addressed_nats(things: Mapping[str, Thing]) -> dict[str, Thing]:
    """NAT gateways whose private address is not one of their subnet's get the whole subnet instead.

    A record can lag or be made up; replies are delivered by that address, so it must be credible. A regional
    one is in no subnet: it may have any address of its VPC.
    """
    out: dict[str, Thing] = {}
    for nat in [t for t in things.values() if isinstance(t, NatGateway)]:
        if nat.subnet is None and nat.regional:
            vpc = things.get(nat.vpc)
            block = vpc.cidrs & IPV4 if isinstance(vpc, Vpc) else NOTHING
            out[nat.id] = replace(nat, private=block or IPV4, private_known=False)
            continue
        subnet = things.get(nat.subnet or "")
        room = subnet.addresses & IPV4 if isinstance(subnet, Subnet) else NOTHING
        if room and not (nat.private and nat.private <= room):
            out[nat.id] = replace(nat, private=room, private_known=False)
    return out


def _endpoint(section: Section, record: Record, led: list[Record]) -> Endpoint:
    """An endpoint; `led` are its associations with resources and service networks of VPC Lattice."""
    name = text(record, "ServiceName")
    service = by_endpoint_service(name)
    options = part(record, "DnsOptions")
    groups = deciding_rows(record, "Groups")
    entries = [*rows(record, "DnsEntries"), *(part(a, k) for a in led for k in ("DnsEntry", "PrivateDnsEntry"))]
    said = {text(a, "AssociatedResourceAccessibility") or text(a, "FailureCode") for a in led}
    arns = (text(record, "ResourceConfigurationArn"), *(text(a, "AssociatedResourceArn") for a in led))
    kind = text(record, "VpcEndpointType") or ("Interface" if texts(record, "SubnetIds") else "Gateway")
    return Endpoint(
        id=text(record, "VpcEndpointId"),
        home=section.home,
        owner=text(record, "OwnerId") or None,
        name=name_tag(record),
        type=kind,
        vpc=text(record, "VpcId"),
        service_name=name,
        service=service.name if service else None,
        service_region=text(record, "ServiceRegion") or _region_in(name) or section.home.region,
        state=word(record, "State") or "available",
        route_tables=texts(record, "RouteTableIds"),
        subnets=texts(record, "SubnetIds") if isinstance(record.get("SubnetIds"), list | tuple) else None,
        groups=None if groups is None else tuple(text(g, "GroupId") for g in groups),
        interfaces=texts(record, "NetworkInterfaceIds"),
        private_dns=flag(record, "PrivateDnsEnabled"),
        inbound_resolver_only=flag(options, "PrivateDnsOnlyForInboundResolverEndpoint"),
        policy=document(record.get("PolicyDocument")),
        dns_names=tuple(host for entry in entries if (host := text(entry, "DnsName"))),
        ip_type=text(record, "IpAddressType").lower() or "ipv4",
        dns_records=text(options, "DnsRecordIpType").lower(),
        accessible=", ".join(sorted(said)),
        resources=tuple(sorted({configuration_in(arn) for arn in arns} - {""})),
    )


def _region_in(service_name: str) -> str:
    """The region that a name such as com.amazonaws.eu-west-1.s3 speaks of, if it does."""
    return next((p for p in service_name.split(".") if p.count("-") >= 2 and p[-1:].isdigit()), "")


def _peering(section: Section, record: Record) -> Peering:
    sides, options = [], []
    for key in ("RequesterVpcInfo", "AccepterVpcInfo"):
        info = part(record, key)
        allows = part(info, "PeeringOptions").get("AllowDnsResolutionFromRemoteVpc")
        options += [(text(info, "VpcId"), allows)] if isinstance(allows, bool) else []
        blocks = [text(b, "CidrBlock") for b in rows(info, "CidrBlockSet")]
        blocks = blocks or [text(info, "CidrBlock")]
        blocks += [text(b, "Ipv6CidrBlock") for b in rows(info, "Ipv6CidrBlockSet")]
        where = Home(text(info, "OwnerId") or section.home.account, text(info, "Region") or section.home.region)
        sides.append((text(info, "VpcId"), cidrs(blocks), where))
    return Peering(
        id=text(record, "VpcPeeringConnectionId"),
        home=section.home,
        name=name_tag(record),
        status=(text(record, "Status", "Code") or "active").lower(),
        sides=tuple(sides),
        options=tuple(options),
    )
