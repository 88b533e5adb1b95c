"""Which host names of a service an interface endpoint's private DNS takes over, and why it does not take the rest."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from reach.checks.endpoints import IDLE
from reach.dns.zones import private_names
from reach.network import Endpoint, EndpointService, Gap, Network, Vpc
from reach.network.domains import plain, within
from reach.services import Service
from reach.spellings import spelling_of

USABLE = ("available", "partial")
OTHERS = ("gateway", "gatewayloadbalancer", "resource", "servicenetwork", "tunnel")  # types that take no service's name
# Services whose endpoints may serve another Region than the one they are in (VPCE-3).
ACROSS_REGIONS = ("s3", "iam", "ecr", "ecr.dkr", "kms", "ecs", "lambda", "firehose", "kinesisanalyticsv2", "route53")


class Opinion(Struct, frozen=True):
    """Whether a name leads to an endpoint; a gap if nothing that was read tells. `code`, `text`: why it does not.

    `assumed`: it was not read which names the endpoint service has.
    """

    taken: bool | Gap
    code: str = ""
    text: str = ""
    assumed: bool = False


def serves(endpoint: Endpoint, service: Service, region: str) -> bool:
    """Whether an interface endpoint is for a service in a Region: its own, or with some services another (VPCE-3).

    One of a type that nobody knows may be as well (IN-4).
    """
    name = endpoint.service_name.removesuffix("-fips")
    if endpoint.type.lower() in OTHERS or endpoint.service_region != region:
        return endpoint.type.lower() not in OTHERS and name in _global(service, region)
    across = endpoint.service_region != endpoint.home.region
    named = name in service.endpoint_services(region) or endpoint.service == service.name
    return named and (not across or service.name in ACROSS_REGIONS)


def _global(service: Service, region: str) -> list[str]:
    """Endpoint services without a Region in their names: com.amazonaws.iam (VPCE-2)."""
    return [name for name in service.endpoint_services(region) if region not in name]


def opinion(network: Network, vpc: Vpc, endpoint: Endpoint, service: Service, region: str, name: str) -> Opinion:
    """Whether the endpoint's hidden zone has a name (VPCE-15 … VPCE-18, SVC-03, SVC-05, SVC-06).

    That an endpoint has its service's usual host is in AWS's guides, and that FIPS hosts mostly have an endpoint
    service of their own. Some have FIPS and dual-stack hosts too; their own record or that of the service says so.
    """
    off = _off(network, vpc, endpoint, service)
    if off is not None:
        return off
    if endpoint.state not in USABLE or endpoint.type.lower() != "interface":
        if endpoint.state not in USABLE:
            return Opinion(network.unheard(endpoint.id, endpoint.state))
        why = f"whether {endpoint.id} takes over {name} is not known: it is of the unknown type {endpoint.type!r}"
        return Opinion(Gap(endpoint.id, "a newer version of reach", why))
    told = network.things.get(endpoint.service_name)
    names = told.names if isinstance(told, EndpointService) else None
    if any(_holds(plain(own), name) for own in (*(names or ()), *endpoint.dns_names) if ".vpce." not in own):
        return Opinion(True)
    host = spelling_of(name)
    if host is None or host.usual:
        return _usual(endpoint, service, region, name)
    if host.fips and endpoint.fips and not host.dual:
        return Opinion(True)
    if names is not None or host.fips or endpoint.fips:
        assumed = names is None and service.name != "s3" and host.fips  # S3's guide rules them out
        return replace(_not_covered(endpoint, name), assumed=assumed)
    why = f"whether {endpoint.id} takes over {name} as well is not known"
    return Opinion(Gap(endpoint.id, "ec2:DescribeVpcEndpointServices", why))


def _off(network: Network, vpc: Vpc, endpoint: Endpoint, service: Service) -> Opinion | None:
    """An endpoint that takes no name over at all."""
    code = "ENDPOINT_PRIVATE_DNS_OFF"
    if endpoint.state in IDLE:
        text = f"{endpoint.id} is {endpoint.state}: it does not take over the name of {service.name}."
        return Opinion(False, "BAD_STATE", text)
    if not service.private_dns or not endpoint.private_dns:
        why = f"{service.name} has no private DNS" if not service.private_dns else "its private DNS is off"
        return Opinion(False, code, f"{endpoint.id} exists, but {why}: the name stays public.")
    if endpoint.inbound_resolver_only:
        why = f"{endpoint.id} answers only clients of inbound resolvers: in the VPC the name stays public."
        return Opinion(False, code, why)
    if not private_names(network, vpc):
        off = "enableDnsSupport" if vpc.dns_support is False else "enableDnsHostnames"
        why = f"{endpoint.id} has private DNS, but {off} of {vpc.id} is false: the name stays public."
        return Opinion(False, code, why)
    return None


def _holds(own: str, name: str) -> bool:
    """Whether a private name, which may begin with a wildcard, is this one."""
    return name == own or (own.startswith("*.") and within(name, own[2:]) and name != own[2:])


def _usual(endpoint: Endpoint, service: Service, region: str, name: str) -> Opinion:
    """The host that SDKs call unless told otherwise; of S3's many spellings only the regional ones (SVC-11)."""
    if service.name == "s3" and not _regional(service, region, name):
        where = f", which SDKs still call in {region}" if name == "s3.amazonaws.com" else ""
        return Opinion(False, "LEGACY_HOSTNAME_NOT_COVERED", f"{endpoint.id} does not cover {name}{where}.")
    return _not_covered(endpoint, name) if endpoint.fips else Opinion(True)


def _regional(service: Service, region: str, name: str) -> bool:
    """Whether it is S3's own name in the Region, or one below it."""
    suffix = service.host("eu-west-1" if region == "us-east-1" else region).partition(".")[2]
    suffix = suffix.replace("eu-west-1", region)
    return any(within(name, f"{word}.{suffix}") for word in ("s3", "s3-accesspoint", "s3-control"))


def _not_covered(endpoint: Endpoint, name: str) -> Opinion:
    text = f"{endpoint.id} takes over other hosts of its service, not {name}: the name stays public."
    return Opinion(False, "HOSTNAME_NOT_COVERED", text)
