"""Names of AWS services as a VPC sees them: an interface endpoint's private name, a private zone, or the public name.

Order (SVC-04): the most specific private name first (an interface endpoint's own hidden zone), then the
public name, only then the route. Nothing here asks a resolver.
"""

from __future__ import annotations

from dataclasses import replace

from reach.answer import Assumption, Note
from reach.destinations import Destination, Resolved
from reach.dns.zones import by_rule, by_zone, resolver
from reach.network import Endpoint, Gap, Network, PrefixList, Vpc
from reach.placement import of_endpoint
from reach.services import Service
from reach.traffic import IPV4, NOTHING, Ranges, cidr, name_point

HTTPS = Ranges.of(443)


def resolve_service(network: Network, vpc: Vpc | None, service: Service, region: str) -> Resolved:
    """The default host name of an AWS service as seen from a VPC, or from outside (None)."""
    ports = HTTPS if 443 in service.ports else Ranges.of(*service.ports)
    public, assumptions = _public(network, service, region)
    if vpc is None:
        return Resolved((public,), ports, service=(service.name, region))
    host = service.host(region).removeprefix("*.")
    ruled = by_rule(network, vpc, host, ports, resolver(vpc))
    if ruled is not None:
        return replace(ruled, service=(service.name, region))
    notes: list[Note] = []
    mine = [e for e in network.in_vpc(Endpoint, vpc.id) if _serves(e, service, region)]
    taking = [e for e in mine if _captures(network, vpc, e, service, region, notes)]
    assumptions = (*assumptions, *_attributes_assumed(vpc, mine))
    known = Resolved((public,), ports, None, resolver(vpc), tuple(notes), assumptions, service=(service.name, region))
    if taking:
        nodes = tuple(node for endpoint in taking for node in _endpoint_nodes(network, vpc, endpoint))
        return replace(known, nodes=nodes)
    gap = _unseen_endpoints(network, vpc, service, region)
    unseen = Destination("an endpoint", vpc.cidrs & IPV4 or IPV4, exact=False, gap=gap)
    zoned = by_zone(network, vpc, host, ports, resolver(vpc))
    if zoned is not None:
        found = replace(zoned, service=(service.name, region), notes=tuple(notes))
        return found if gap is None else replace(known, nodes=((unseen,),))  # its name would be more specific
    if gap is None:
        return known
    return replace(known, nodes=((*public, unseen),))


def _unseen_endpoints(network: Network, vpc: Vpc, service: Service, region: str) -> Gap | None:
    """Why an endpoint that we cannot see may capture the name; None if there can be none (VPCE-22)."""
    if not service.private_dns or not service.endpoint_services(region):
        return None
    gap = network.gap("VpcEndpoints", vpc.home)
    if gap is None and vpc.owner is not None and vpc.owner != vpc.home.account:
        why = f"{vpc.id} belongs to {vpc.owner}, whose endpoints only the owner can list"
        gap = Gap(vpc.id, "ec2:DescribeVpcEndpoints", why)
    return gap


def _serves(endpoint: Endpoint, service: Service, region: str) -> bool:
    named = endpoint.service_name in service.endpoint_services(region)
    return endpoint.type.lower() == "interface" and (
        named or (endpoint.service == service.name and endpoint.service_region == region)
    )


def _captures(network: Network, vpc: Vpc, endpoint: Endpoint, service: Service, region: str, notes: list[Note]) -> bool:
    """Whether the endpoint's hidden zone takes the default name over (VPCE-15 … VPCE-18, SVC-05, SVC-06)."""
    own = next(iter(endpoint.dns_names), "its own DNS name")
    url = Note(
        "REACHABLE_WITH_ENDPOINT_URL",
        f"A client that sets endpoint_url=https://{own} uses {endpoint.id}.",
        endpoint.id,
    )
    if endpoint.state not in ("available", "partial"):
        text = f"{endpoint.id} is {endpoint.state}: it does not take over the name of {service.name}."
        notes.append(Note("BAD_STATE", text, endpoint.id))
        return False
    if not service.private_dns or not endpoint.private_dns:
        why = f"{service.name} has no private DNS" if not service.private_dns else "its private DNS is off"
        notes += [
            Note(
                "ENDPOINT_PRIVATE_DNS_OFF",
                f"{endpoint.id} exists, but {why}: the name stays public.",
                endpoint.id,
            ),
            url,
        ]
        return False
    if endpoint.inbound_resolver_only:
        text = f"{endpoint.id} answers only clients of inbound resolvers: in the VPC the name stays public."
        notes += [Note("ENDPOINT_PRIVATE_DNS_OFF", text, endpoint.id), url]
        return False
    if vpc.dns_support is False or vpc.dns_hostnames is False:
        off = "enableDnsSupport" if vpc.dns_support is False else "enableDnsHostnames"
        text = f"{endpoint.id} has private DNS, but {off} of {vpc.id} is false: the name stays public."
        notes += [Note("ENDPOINT_PRIVATE_DNS_OFF", text, endpoint.id), url]
        return False
    if service.name == "s3" and service.host(region) == "s3.amazonaws.com":
        text = f"{endpoint.id} does not cover s3.amazonaws.com, which SDKs still call in {region}."
        notes += [Note("LEGACY_HOSTNAME_NOT_COVERED", text, endpoint.id), url]
        return False
    return True


def _attributes_assumed(vpc: Vpc, endpoints: list[Endpoint]) -> tuple[Assumption, ...]:
    if vpc.dns_support is not None or not any(e.private_dns for e in endpoints):
        return ()
    text = f"Both DNS attributes of {vpc.id} are on, as an endpoint with private DNS requires; they were not collected."
    return (Assumption("DNS-3", text),)


def _endpoint_nodes(network: Network, vpc: Vpc, endpoint: Endpoint) -> list[tuple[Destination, ...]]:
    """Every interface of the endpoint: a connection is handed any of them (VPCE-12)."""
    found = of_endpoint(network, endpoint)
    if isinstance(found, Gap) or not found:
        gap = found if isinstance(found, Gap) else Gap(endpoint.id, "ec2:DescribeVpcEndpoints", "it has no interface")
        return [(Destination(endpoint.id, vpc.cidrs & IPV4 or IPV4, exact=False, gap=gap),)]
    return [(Destination(i.id, i.addresses, i, i.exact),) for i in found]


def _public(network: Network, service: Service, region: str) -> tuple[tuple[Destination, ...], tuple[Assumption, ...]]:
    """The service's public addresses: its prefix list's where they are known, else one point for its name."""
    numbers = NOTHING
    named = False
    for listed in network.all(PrefixList):
        if listed.service == (service.name, region):
            named = named or listed.cidrs is None
            for block in listed.cidrs or ():
                numbers = numbers | (cidr(block) & IPV4)
    if numbers:
        return (Destination(service.name, numbers),), ()
    assumptions: tuple[Assumption, ...] = ()
    if named:
        text = f"The entries of the {service.name} prefix list were not collected: rules match it by its name."
        assumptions = (Assumption("RT-14", text),)
    return (Destination(service.name, name_point(f"{service.name}@{region}")),), assumptions
