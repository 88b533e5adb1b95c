"""Names of AWS services: the public addresses, or the interface endpoint whose private DNS takes the name over."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from reach.answer import Assumption, Note
from reach.checks.endpoints import IDLE
from reach.checks.guard import READ_OWNER
from reach.destinations import Destination, Resolved, at_endpoint
from reach.dns.takeover import USABLE, Opinion, opinion, serves
from reach.network import Endpoint, Gap, Network, PrefixList, Vpc
from reach.network.domains import plain, within
from reach.services import Service
from reach.spellings import spelling_of
from reach.traffic import IPV4, IPV6, NOTHING, Ranges, cidr, name_point

HTTPS = Ranges.of(443)
CELLED = ("timestream-query", "timestream-write")


def host_of(service: Service, region: str) -> str:
    """The name that clients call; of hosts that begin with an API or account, what all have in common."""
    return plain(service.host(region).removeprefix("*."))


def of_service(
    network: Network, vpc: Vpc | None, service: Service, region: str, name: str = "", type: str = "A"
) -> Resolved:
    """What a service's name means without private zones of one's own: an endpoint, else its public addresses."""
    ports = HTTPS if 443 in service.ports else Ranges.of(*service.ports)
    public, assumptions = _public(network, service, region, type, name)
    host = host_of(service, region)
    who = (service.name, region)
    known = Resolved((public,), ports, assumptions=assumptions, service=who, host=name or host)
    if vpc is None:
        return known
    mine = [e for e in network.in_vpc(Endpoint, vpc.id) if serves(e, service, region)]
    said = [(e, opinion(network, vpc, e, service, region, name or host)) for e in mine]
    taken_for = tuple(_assumed(e, name) for e, o in said if o.assumed)
    notes = tuple(n for e, o in said for n in _notes(e, o))
    known = replace(known, notes=notes, assumptions=(*assumptions, *taken_for))
    taking = [e for e, o in said if o.taken is True]
    if taking:
        nodes = tuple(node for endpoint in taking for node in at_endpoint(network, endpoint))
        return replace(known, nodes=nodes, zone=host if not name or within(name, host) else name)
    perhaps = next(((e, o.taken) for e, o in said if isinstance(o.taken, Gap)), None)
    if perhaps is not None:  # its interfaces or the public addresses, whichever it is
        found = at_endpoint(network, perhaps[0])
        either = tuple(tuple(replace(d, doubt=perhaps[1]) for d in (*node, *public)) for node in found)
        return replace(known, nodes=either)
    gap = _of_cells(network, vpc, service) or _unseen_endpoints(network, vpc, service, region)
    if gap is None:
        return known
    unseen = Destination("an endpoint", vpc.cidrs & IPV4 or IPV4, exact=False, gap=gap)
    return replace(known, nodes=((*public, unseen),), perhaps=unseen)


def _notes(endpoint: Endpoint, said: Opinion) -> Iterator[Note]:
    """Why an endpoint does not take a name over, and how it can be used all the same."""
    if not said.code:
        return
    yield Note(said.code, said.text, endpoint.id)
    if endpoint.state in USABLE:
        own = next(iter(endpoint.dns_names), "its own DNS name")
        own = own.replace("*.", "bucket.", 1) if own.startswith("*.") else own  # as S3's guide has it
        text = f"A client that sets endpoint_url=https://{own} uses {endpoint.id}."
        yield Note("REACHABLE_WITH_ENDPOINT_URL", text, endpoint.id)


def _assumed(endpoint: Endpoint, name: str) -> Assumption:
    """FIPS hosts, where the names of the endpoint service were not read (SVC-03)."""
    what = f"{endpoint.service_name} has no private name for {name}, for which there are endpoint services of their own"
    return Assumption("SVC-03", f"{what}; ec2:DescribeVpcEndpointServices was not read.")


def _of_cells(network: Network, vpc: Vpc, service: Service) -> Gap | None:
    """An endpoint of a cell of Timestream: its clients are sent on to some cell's own host (U-46)."""
    if not service.name.startswith(CELLED):
        return None
    mine = (e for e in network.in_vpc(Endpoint, vpc.id) if ".timestream." in e.service_name and e.state not in IDLE)
    one = next(mine, None)
    if one is None:
        return network.gap("VpcEndpoints", vpc.home)
    why = f"{service.name} sends its clients on to a cell's host, and whether {one.id} is of that cell is not known"
    return Gap(one.id, "the cell's host as target (aws timestream-query describe-endpoints tells it)", why)


def _unseen_endpoints(network: Network, vpc: Vpc, service: Service, region: str) -> Gap | None:
    """Why an endpoint that we cannot see may capture the name; None if there can be none (VPCE-22, SHR-2)."""
    if not service.private_dns or not service.endpoint_services(region):
        return None
    gap = network.gap("VpcEndpoints", vpc.home)
    if gap is None and vpc.owner is not None and vpc.owner != vpc.home.account:
        why = f"{vpc.id} belongs to {vpc.owner}, whose endpoints only the owner can list"
        gap = Gap(vpc.id, "ec2:DescribeVpcEndpoints", why, READ_OWNER.format(vpc.owner))
    return gap


def _public(
    network: Network, service: Service, region: str, type: str, name: str
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
        return (Destination(service.name, numbers),), _listed_too(service, region, name)
    if type == "AAAA":
        why = f"whether {service.name} has IPv6 addresses, and which, is not known"
        gap = Gap(service.name, "the IPv6 address of the host", why)
        return (Destination(service.name, IPV6, exact=False, gap=gap),), ()
    assumptions: tuple[Assumption, ...] = ()
    if named:
        text = f"The entries of the {service.name} prefix list were not collected: rules match it by its name."
        assumptions = (Assumption("RT-14", text),)
    return (Destination(service.name, name_point(f"{service.name}@{region}")),), assumptions


def _listed_too(service: Service, region: str, name: str) -> tuple[Assumption, ...]:
    """That a prefix list has a FIPS or dual-stack host's addresses as well is nowhere written (SVC-15)."""
    host = spelling_of(name) if name else None
    if host is None or host.usual:
        return ()
    text = f"The addresses of {name} are in the prefix list of {service.name} in {region}, as those of its usual host."
    return (Assumption("SVC-15", text),)
