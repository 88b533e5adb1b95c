"""From the mechanism that dropped traffic to what a person has to do: causes, concrete fixes, notes."""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Evidence, Finding, Note
from reach.ask.asker import Asker
from reach.ask.made import (
    OPEN,
    egress_only_gateway,
    interface_endpoint,
    internet_gateway,
    nat_gateway,
    public_nat_gateway,
    route,
    script,
    target,
    working_nat,
)
from reach.ask.serving import serves_others, serves_translators
from reach.checks.ends import NO_ROUTE
from reach.destinations import Resolved
from reach.dns.services import CELLED
from reach.network import Endpoint, NatGateway, Network, RouteTable, Subnet, Vpc
from reach.pasted import divided
from reach.routes import table_of
from reach.services import Service, by_legacy_host, find
from reach.spellings import spelling_of
from reach.traffic import DST, IPV6, NAT64


def diagnose(network: Network, asker: Asker, resolved: Resolved, finding: Finding) -> Finding:
    """Name the cause behind a missing route, and the commands that mend it with this network's own ids."""
    if finding.reason is not NO_ROUTE or finding.cause == "DEST_NOT_PUBLIC":  # its way back is no NAT gateway's
        return finding
    table = network.things.get(finding.resource)
    if not isinstance(table, RouteTable) or resolved.private or finding.fix not in ("", NO_ROUTE.fix):
        return finding
    asked = finding.traffic.along(DST)  # NAT64's addresses are IPv4 ones behind the NAT gateway
    if serves_translators(network, table, asker.info.subnets) and (asked <= NAT64 or not asked <= IPV6):
        return replace(finding, fix=_translators_way(network, asker, table))
    if resolved.service:
        return _service(network, asker, resolved, finding, table)
    old = _legacy(network, asker, resolved, table)
    if old is not None:
        endpoint, why, fix = old
        shown = (*finding.evidence, endpoint.proof("DnsEntries", list(endpoint.dns_names)))
        return replace(finding, cause="LEGACY_HOSTNAME_NOT_COVERED", why=why, fix=fix, evidence=shown)
    return replace(finding, fix=_way_out(network, table, finding))


def _translators_way(network: Network, asker: Asker, table: RouteTable) -> str:
    """An internet gateway for the NAT gateway's table; where that makes others' subnets public, another NAT gateway."""
    gateway = internet_gateway(network, table.vpc)
    plain = script(gateway, route(table, OPEN[0], target(gateway.id)))
    mine = [s for id in asker.info.subnets if isinstance(s := network.things.get(id), Subnet) and s.vpc == table.vpc]
    found = {t.id: (t, s) for s in mine if isinstance(t := table_of(network, s), RouteTable) and _by_nat(network, t)}
    if not found or not serves_others(network, table):
        return plain
    first = next(iter(found.values()))
    nat = public_nat_gateway(network, table.vpc, first[1].zone, first[0].id)
    line = script(nat, *(route(t, OPEN[0], target(nat.id)) for t, _ in found.values()))
    words = f"Use a NAT gateway in a public subnet (a way to the internet in {table.id} opens its other subnets)"
    return f"{words}: {line}"


def _by_nat(network: Network, table: RouteTable) -> bool:
    """Whether everything goes to a NAT gateway that stands in a subnet."""
    led = next((r.target for r in table.routes or () if r.destination == OPEN[0]), None)
    held = network.things.get(led or "")
    return isinstance(held, NatGateway) and bool(held.subnet)


def _way_out(network: Network, table: RouteTable, finding: Finding) -> str:
    """A default route to the internet for the family of addresses that lacks one."""
    if not finding.traffic.along(DST) <= IPV6:
        return nat_fix(network, table)
    if finding.traffic.along(DST) <= NAT64:
        nat = nat_gateway(network, table.vpc, "", table.id)
        return script(nat, route(table, "64:ff9b::/96", target(nat.id)))
    gateway = egress_only_gateway(network, table.vpc)
    line = script(gateway, route(table, "::/0", target(gateway.id)))
    return line if not gateway.lines else f"Make an egress-only internet gateway and lead IPv6 to it: {line}"


def _or(words: str, other: str) -> str:
    """Two ways to mend it, of which the second may be a command alone."""
    return f"{words}, or: {other}" if divided(other)[0] == "" else f"{words}, or {other[0].lower()}{other[1:]}"


# What makes an SDK call the host of the Region.
REGIONAL = {
    "sts": "Set AWS_STS_REGIONAL_ENDPOINTS=regional in the function's environment, or update the SDK.",
    "sqs": "Update the SDK, or pass endpoint_url=https://{host} to the client.",
}


def _legacy(network: Network, asker: Asker, resolved: Resolved, table: RouteTable) -> tuple[Endpoint, str, str] | None:
    """An old host of a service for which there is an endpoint, that takes only the new one over (SVC-12, SVC-13)."""
    region = asker.info.region
    hosts = [d.label for node in resolved.nodes for d in node]
    for host in hosts:
        service = by_legacy_host(host, region)
        mine = [e for e in network.in_vpc(Endpoint, table.vpc) if service and e.service == service.name]
        if service and mine:
            new = service.host(region)
            why = f"{mine[0].id} takes over {new}, not the old host {host}; {table.id} has no route to that."
            return mine[0], why, REGIONAL[service.name].format(host=new)
    return None


def _service(network: Network, asker: Asker, resolved: Resolved, finding: Finding, table: RouteTable) -> Finding:
    name, region = resolved.service or ("", "")
    off = next((n for n in resolved.notes if n.code == "ENDPOINT_PRIVATE_DNS_OFF"), None)
    service = find(name)
    gateways = [
        e
        for e in network.in_vpc(Endpoint, table.vpc)
        if e.service == name and e.type.lower() == "gateway" and e.state == "available"
    ]
    here = [e for e in gateways if e.service_region == region]
    if here and table.id not in here[0].route_tables:
        fix = f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {here[0].id} --add-route-table-ids {table.id}"
        why = f"{here[0].id} exists for {name}, but {table.id} is not among its route tables."
        shown = here[0].proof("RouteTableIds", list(here[0].route_tables))
        return replace(
            finding,
            cause="GATEWAY_ENDPOINT_NOT_ASSOCIATED",
            why=why,
            fix=fix,
            evidence=(*finding.evidence, shown),
        )
    if gateways and not here:
        why = f"{gateways[0].id} serves {gateways[0].service_region}, not {region}; {table.id} has no other route."
        return replace(finding, cause="GATEWAY_ENDPOINT_OTHER_REGION", why=why, fix=nat_fix(network, table))
    uncovered = next((n for n in resolved.notes if n.code == "HOSTNAME_NOT_COVERED"), None)
    if uncovered is not None and service is not None:
        return _uncovered(network, resolved, finding, table, service, uncovered)
    near = service is not None and service.gateway and asker.vpc is not None and asker.vpc.home.region == region
    instead = _gateway_fix(name, region, table) if near else nat_fix(network, table)
    if off is not None:
        return _private_dns_off(network, asker, finding, table, service, off, instead)
    old = next((n for n in resolved.notes if n.code == "LEGACY_HOSTNAME_NOT_COVERED"), None)
    if old is not None:
        return _old_host(network, resolved, finding, table, old, instead)
    if near:
        return replace(finding, fix=_gateway_fix(name, region, table))
    names = service.endpoint_services(region) if service else ()
    if names and asker.vpc is not None and asker.vpc.home.region == region:
        return replace(finding, fix=_interface_endpoint(network, asker, asker.vpc, resolved, table, names[0]))
    if name in CELLED:
        why = f"{name} has VPC endpoints for its cells' own hosts only, and {table.id} has no route to the internet."
        return replace(finding, why=why, fix=nat_fix(network, table))
    if service is not None and not names and not service.gateway:
        why = f"{name} has no VPC endpoint of any kind, and {table.id} has no route to the internet."
        return replace(finding, cause="SERVICE_HAS_NO_ENDPOINT", why=why, fix=nat_fix(network, table))
    return replace(finding, fix=_way_out(network, table, finding))


def _private_dns_off(
    network: Network, asker: Asker, finding: Finding, table: RouteTable, service: Service | None,
    off: Note, instead: str,
) -> Finding:  # fmt: skip
    """An endpoint that takes no name over in this VPC, and the one switch that keeps it from it (SVC-05, SVC-06)."""
    endpoint = network.things.get(off.resource)
    modify = f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {off.resource}"
    fix = f"{modify} --private-dns-enabled"
    shown: tuple[Evidence, ...] = ()
    if isinstance(endpoint, Endpoint):
        shown = (endpoint.proof("PrivateDnsEnabled", endpoint.private_dns),)
        if service is not None and not service.private_dns:
            fix = instead
        elif endpoint.private_dns and endpoint.inbound_resolver_only:
            fix = f"Give {table.id} a gateway endpoint, or let the private name serve the VPC's own clients too: "
            fix += f"{modify} --dns-options PrivateDnsOnlyForInboundResolverEndpoint=false"
            shown = (endpoint.proof("DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint", True),)
        elif endpoint.private_dns and asker.vpc is not None:
            both = {"Support": asker.vpc.dns_support, "Hostnames": asker.vpc.dns_hostnames}
            which = next((word for word, on in both.items() if on is False), "Hostnames")
            fix = f"aws ec2 modify-vpc-attribute --vpc-id {asker.vpc.id} --enable-dns-{which.lower()}"
            shown = (asker.vpc.proof(f"EnableDns{which}.Value", False),)
    why = f"{off.text} {table.id} has no route to its public addresses."
    return replace(finding, cause=off.code, why=why, fix=fix, evidence=(*finding.evidence, *shown))


def _old_host(
    network: Network, resolved: Resolved, finding: Finding, table: RouteTable, old: Note, instead: str
) -> Finding:
    """A host of S3 that no interface endpoint takes over; a gateway endpoint goes by addresses (SVC-11, U-26)."""
    endpoint = network.things.get(old.resource)
    shown = (endpoint.proof("DnsEntries", list(endpoint.dns_names)),) if isinstance(endpoint, Endpoint) else ()
    fix = _or("Call S3 by the host of its Region", instead)
    if resolved.host == "s3.amazonaws.com":
        fix = _or("Set AWS_S3_US_EAST_1_REGIONAL_ENDPOINT=regional in the function's environment", instead)
    why = f"{old.text} {table.id} has no route to its public addresses."
    return replace(finding, cause=old.code, why=why, fix=fix, evidence=(*finding.evidence, *shown))


def _uncovered(
    network: Network, resolved: Resolved, finding: Finding, table: RouteTable, service: Service, said: Note
) -> Finding:
    """A FIPS or dual-stack host that the endpoint of the usual host leaves public, or the other way round (SVC-03)."""
    endpoint = network.things.get(said.resource)
    region = (resolved.service or ("", ""))[1]
    usual = service.host(region).removeprefix("*.")
    other = "the FIPS host" if isinstance(endpoint, Endpoint) and endpoint.fips else usual
    fix = _or(f"Make the client call {other}, which {said.resource} takes over", nat_fix(network, table))
    why = f"{said.text} {table.id} has no route to its public addresses."
    shown = (endpoint.proof("ServiceName", endpoint.service_name),) if isinstance(endpoint, Endpoint) else ()
    return replace(finding, cause=said.code, why=why, fix=fix, evidence=(*finding.evidence, *shown))


def _interface_endpoint(
    network: Network, asker: Asker, vpc: Vpc, resolved: Resolved, table: RouteTable, service: str
) -> str:
    """An endpoint with a group that admits the sender's, or a route to a NAT gateway that is there."""
    nat = working_nat(network, table.vpc, table.id)
    spelled = spelling_of(resolved.host)
    own = "" if spelled is None or spelled.usual else f", whose PrivateDnsNames must hold {resolved.host}"
    other = nat.id if nat else "a NAT gateway"
    words = f"Give {table.id} a default route to {other}, or make an interface endpoint{own}"
    return f"{words}: {interface_endpoint(vpc, service, asker.info)}"


def _gateway_fix(name: str, region: str, table: RouteTable) -> str:
    return (
        f"aws ec2 create-vpc-endpoint --vpc-id {table.vpc} --service-name com.amazonaws.{region}.{name} "
        f"--route-table-ids {table.id}"
    )


def nat_fix(network: Network, table: RouteTable) -> str:
    """A default route through a NAT gateway that works, or what it takes to get one."""
    zone = next((s.zone for id in table.subnets if isinstance(s := network.get(id), Subnet)), "")
    nat = nat_gateway(network, table.vpc, zone, table.id)
    line = script(nat, route(table, OPEN[0], target(nat.id)))
    return line if not nat.lines else f"Make a NAT gateway and a default route to it in {table.id}: {line}"
