"""Names of AWS services: the public addresses, or the interface endpoint whose private DNS takes the name over."""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Assumption, Note
from reach.destinations import Destination, Resolved
from reach.dns.zones import private_names
from reach.domains import plain, within
from reach.network import Endpoint, Gap, Network, PrefixList, Vpc
from reach.placement import of_endpoint
from reach.services import Service
from reach.traffic import IPV4, IPV6, NOTHING, Ranges, cidr, name_point

HTTPS = Ranges.of(443)
USABLE = ("available", "partial")
# Services whose endpoints may serve another Region than the one they are in (VPCE-3).
ACROSS_REGIONS = ("s3", "iam", "ecr", "ecr.dkr", "kms", "ecs", "lambda", "firehose", "kinesisanalyticsv2", "route53")


def host_of(service: Service, region: str) -> str:
    """The name that clients call; of hosts that begin with an API or account, what all have in common."""
    return plain(service.host(region).removeprefix("*."))


def of_service(
    network: Network, vpc: Vpc | None, service: Service, region: str, name: str = "", type: str = "A"
) -> Resolved:
    """What a service's name means without private zones of one's own: an endpoint, else its public addresses."""
    ports = HTTPS if 443 in service.ports else Ranges.of(*service.ports)
    public, assumptions = _public(network, service, region, type)
    known = Resolved((public,), ports, assumptions=assumptions, service=(service.name, region))
    if vpc is None:
        return known
    host = host_of(service, region)
    notes: list[Note] = []
    mine = [e for e in network.in_vpc(Endpoint, vpc.id) if serves(e, service, region)]
    taking = [e for e in mine if _captures(network, vpc, e, service, region, name or host, notes)]
    known = replace(known, notes=tuple(notes))
    if taking:
        nodes = tuple(node for endpoint in taking for node in endpoint_nodes(network, vpc, endpoint, type))
        return replace(known, nodes=nodes, zone=host)
    gap = _unseen_endpoints(network, vpc, service, region)
    if gap is None:
        return known
    unseen = Destination("an endpoint", vpc.cidrs & IPV4 or IPV4, exact=False, gap=gap)
    return replace(known, nodes=((*public, unseen),), perhaps=unseen)


def _unseen_endpoints(network: Network, vpc: Vpc, service: Service, region: str) -> Gap | None:
    """Why an endpoint that we cannot see may capture the name; None if there can be none (VPCE-22, SHR-2)."""
    if not service.private_dns or not service.endpoint_services(region):
        return None
    gap = network.gap("VpcEndpoints", vpc.home)
    if gap is None and vpc.owner is not None and vpc.owner != vpc.home.account:
        why = f"{vpc.id} belongs to {vpc.owner}, whose endpoints only the owner can list"
        gap = Gap(vpc.id, "ec2:DescribeVpcEndpoints", why)
    return gap


def serves(endpoint: Endpoint, service: Service, region: str) -> bool:
    """Whether an interface endpoint is for a service in a Region: its own, or with some services another (VPCE-3)."""
    if endpoint.type.lower() != "interface" or endpoint.service_region != region:
        return endpoint.type.lower() == "interface" and endpoint.service_name in _global(service, region)
    across = endpoint.service_region != endpoint.home.region
    named = endpoint.service_name in service.endpoint_services(region) or endpoint.service == service.name
    return named and (not across or service.name in ACROSS_REGIONS)


def _global(service: Service, region: str) -> list[str]:
    """Endpoint services without a Region in their names: com.amazonaws.iam (VPCE-2)."""
    return [name for name in service.endpoint_services(region) if region not in name]


def _captures(
    network: Network, vpc: Vpc, endpoint: Endpoint, service: Service, region: str, name: str, notes: list[Note]
) -> bool:
    """Whether the endpoint's hidden zone takes the name over (VPCE-15 … VPCE-18, SVC-05, SVC-06)."""
    code, text = _why_not(network, vpc, endpoint, service, region, name)
    if code:
        notes.append(Note(code, text, endpoint.id))
        own = next(iter(endpoint.dns_names), "its own DNS name")
        if endpoint.state in USABLE:
            text = f"A client that sets endpoint_url=https://{own} uses {endpoint.id}."
            notes.append(Note("REACHABLE_WITH_ENDPOINT_URL", text, endpoint.id))
    return not code


def _why_not(
    network: Network, vpc: Vpc, endpoint: Endpoint, service: Service, region: str, name: str
) -> tuple[str, str]:
    """The code and text of a note that says why an endpoint does not take a name over; empty if it does."""
    if endpoint.state not in USABLE:
        return "BAD_STATE", f"{endpoint.id} is {endpoint.state}: it does not take over the name of {service.name}."
    if not service.private_dns or not endpoint.private_dns:
        why = f"{service.name} has no private DNS" if not service.private_dns else "its private DNS is off"
        return "ENDPOINT_PRIVATE_DNS_OFF", f"{endpoint.id} exists, but {why}: the name stays public."
    if endpoint.inbound_resolver_only:
        why = f"{endpoint.id} answers only clients of inbound resolvers: in the VPC the name stays public."
        return "ENDPOINT_PRIVATE_DNS_OFF", why
    if not private_names(network, vpc):
        off = "enableDnsSupport" if vpc.dns_support is False else "enableDnsHostnames"
        why = f"{endpoint.id} has private DNS, but {off} of {vpc.id} is false: the name stays public."
        return "ENDPOINT_PRIVATE_DNS_OFF", why
    if service.name == "s3" and not _covered(service, region, name):
        where = f", which SDKs still call in {region}" if name == "s3.amazonaws.com" else ""
        return "LEGACY_HOSTNAME_NOT_COVERED", f"{endpoint.id} does not cover {name}{where}."
    return "", ""


def _covered(service: Service, region: str, name: str) -> bool:
    """Of S3's many spellings an endpoint takes over the regional ones, also behind a bucket (SVC-11)."""
    suffix = service.host("eu-west-1" if region == "us-east-1" else region).partition(".")[2]
    suffix = suffix.replace("eu-west-1", region)
    return any(within(name, f"{word}.{suffix}") for word in ("s3", "s3-accesspoint", "s3-control"))


def endpoint_nodes(
    network: Network, vpc: Vpc, endpoint: Endpoint, type: str = "A", name: str = ""
) -> list[tuple[Destination, ...]]:
    """Every interface of the endpoint: a connection is handed any of them (VPCE-12); a zonal name means one."""
    found = of_endpoint(network, endpoint)
    if isinstance(found, Gap) or not found:
        gap = found if isinstance(found, Gap) else Gap(endpoint.id, "ec2:DescribeVpcEndpoints", "it has no interface")
        return [(Destination(endpoint.id, vpc.cidrs & IPV4 or IPV4, exact=False, gap=gap),)]
    return [(Destination(i.id, i.addresses, i, i.exact),) for i in found]


def _public(
    network: Network, service: Service, region: str, type: str
) -> tuple[tuple[Destination, ...], tuple[Assumption, ...]]:
    """The service's public addresses: its prefix list's where they are known, else one point for its name."""
    family = IPV6 if type == "AAAA" else IPV4
    numbers = NOTHING
    named = False
    for listed in network.all(PrefixList):
        if listed.service == (service.name, region):
            named = named or listed.cidrs is None
            for block in listed.cidrs or ():
                numbers = numbers | (cidr(block) & family)
    if numbers:
        return (Destination(service.name, numbers),), ()
    if type == "AAAA":
        why = f"whether {service.name} has IPv6 addresses, and which, is not known"
        gap = Gap(service.name, "the IPv6 address of the host", why)
        return (Destination(service.name, IPV6, exact=False, gap=gap),), ()
    assumptions: tuple[Assumption, ...] = ()
    if named:
        text = f"The entries of the {service.name} prefix list were not collected: rules match it by its name."
        assumptions = (Assumption("RT-14", text),)
    return (Destination(service.name, name_point(f"{service.name}@{region}")),), assumptions
