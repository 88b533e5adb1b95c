"""VPC endpoints: are they available, and do they take this protocol."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from reach.answer import Assumption, Evidence, Finding, Note, Reason, Verdict
from reach.checks import encryption, resource_gateways
from reach.checks.ends import UNSUPPORTED
from reach.checks.guard import Findings, Guard, partition, passed, undecided, unreadable
from reach.checks.targets import BAD_STATE, missing, unheard
from reach.flow import Flow
from reach.network import Absent, Endpoint, EndpointService, Gap, Network, PrefixList, Subnet, Vpc
from reach.traffic import ICMP, ICMPV6, IPV4, IPV6, NAMES, TCP, Ranges, cidrs, name_point, together

GATEWAY_PROTOCOL = Reason(
    code="VPCE_GATEWAY_PROTOCOL_RESTRICTION",
    title="A gateway endpoint carries TCP and ping only",
    why="Gateway endpoints for S3 and DynamoDB take TCP and ICMP echo requests, no other protocol.",
    fix="Use HTTPS over TCP.",
    source="https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html",
)
NOT_EXTENSIBLE = Reason(
    code="GATEWAY_ENDPOINT_NOT_EXTENSIBLE",
    title="A gateway endpoint serves only its own VPC",
    why="Traffic that entered the VPC through a peering connection, a transit gateway or a VPN cannot use its "
    "gateway endpoints.",
    fix="Create a gateway endpoint in the sender's own VPC, or use an interface endpoint.",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html",
)
NOT_ITS_ADDRESSES = Reason(
    code="VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION",
    title="A gateway endpoint has only the addresses of its service",
    why="Behind a gateway endpoint is one service in one Region, and what comes out of it comes from the addresses of "
    "that service's prefix list. A route of any other range to the endpoint leads to nobody.",
    fix="Route other ranges elsewhere: AWS itself keeps the endpoint's one route, that of the prefix list.",
    source="https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html",
)
RESOURCE_PROTOCOL = Reason(
    code="PROTOCOL_RESTRICTION",
    title="A resource endpoint carries TCP only",
    why="Endpoints that lead to a resource of VPC Lattice take TCP, no other protocol.",
    fix="Use TCP.",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-resources.html",
)
NO_PING = Reason(
    code="PROTOCOL_RESTRICTION",
    title="An endpoint's interface answers no ping",
    why="The network interfaces of interface endpoints take what is meant for the service; ICMP gets no answer.",
    fix="Test with a TCP connection to the service's port instead of ping.",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
)
ENCRYPTION = Reason(
    code="ENCRYPTION_ENFORCED",
    title="The VPC enforces encryption, and this traffic has none",
    why="In a VPC whose encryption control is in mode enforce, PrivateLink endpoints drop what the application does "
    "not encrypt, such as HTTP on port 80; port 443 counts as encrypted.",
    fix="Use HTTPS on port 443.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html",
)
NOT_THERE = Reason(
    code="VPCE_SERVICE_NOT_INSTALLED_IN_AZ",
    title="The endpoint service is not offered in this Availability Zone",
    why="A few zones take no endpoints for services of another Region.",
    fix="Place the endpoint in subnets of other zones.",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-cross-region-privatelink-support.html",
)
NOT_INSTALLED = Reason(
    code=NOT_THERE.code,
    title="The endpoint's service is not in this Availability Zone",
    why="An endpoint of somebody's own service works in those zones in which the service has a load balancer.",
    fix="Create the endpoint in subnets of zones that the service names, or enable the zone at the load balancer.",
    source="https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html",
)
NEVER_OPENS = Reason(
    code="VPCE_INTRA_VPC_TRAFFIC",
    title="An endpoint opens no connections to the VPC",
    why="Connections are opened towards an endpoint, never by it: the service behind it only answers. What seems to "
    "come from the endpoint's address is a reply.",
    fix="Ask from whoever opens the connection: a function, an instance, or a network interface of its own.",
    source="https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html",
)
REASONS = (
    GATEWAY_PROTOCOL,
    NOT_EXTENSIBLE,
    NOT_ITS_ADDRESSES,
    RESOURCE_PROTOCOL,
    NO_PING,
    ENCRYPTION,
    NOT_THERE,
    NOT_INSTALLED,
    NEVER_OPENS,
)
ONLY_OWN_REGION = ("use1-az3", "usw1-az2", "apne1-az3", "apne2-az2", "apne2-az4")  # zones, by id (VPCE-3)
PLAIN = Ranges.of(80)
IDLE = ("pendingacceptance", "pending", "deleting", "deleted", "rejected", "failed", "expired")


def installed(network: Network, endpoint: str, name: str, subnet: Subnet, flow: Flow) -> Findings:
    """What stops in a zone that the service `name` is not in; nothing if it is there, or nobody knows (FW-1)."""
    service = network.things.get(name)
    if not isinstance(service, EndpointService) or service.serves(subnet) is not False:
        return ()
    zones = ("AvailabilityZoneIds", service.zone_ids) if service.zone_ids else ("AvailabilityZones", service.zones)
    shown = (Evidence(name, zones[0], list(zones[1])),)
    why = f"{endpoint} is in {subnet.zone or subnet.zone_id}, where {name} is not."
    return partition(flow, flow.traffic, endpoint, NOT_INSTALLED, evidence=shown, why=why, fix=NOT_INSTALLED.fix)


def never_opens(network: Network, guard: Guard, flow: Flow) -> Findings:
    """An endpoint's interface as a source, whoever manages it (VPCE-20)."""
    shown = (Evidence(guard.resource, "InterfaceType", flow.sender.type),)
    why = f"{guard.resource} is the interface of an endpoint, which opens no connections."
    return partition(flow, flow.traffic, guard.resource, NEVER_OPENS, evidence=shown, why=why, fix=NEVER_OPENS.fix)


def unread(network: Network, guard: Guard, flow: Flow) -> Findings:
    """An interface of an endpoint that is not in the data: its state, and what it refuses, are not known (VPCE-1)."""
    interface = guard.interface
    gap = network.gap("VpcEndpoints", interface.home) if interface is not None else None
    if gap is None:
        return passed(flow, guard.resource)
    why = f"{guard.resource} belongs to an endpoint, which was not read"
    return unreadable(flow, Gap(guard.resource, "ec2:DescribeVpcEndpoints", why))


def state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the endpoint is available (VPCE-1, IN-2, SVC-09)."""
    endpoint = network.get(guard.resource)
    if not isinstance(endpoint, Endpoint):
        lost = endpoint if isinstance(endpoint, Absent | Gap) else Absent(guard.resource)
        return missing(network, guard, flow, lost)
    proof = endpoint.proof("State", endpoint.state)
    if endpoint.state == "available" and guard.kind == "interface_endpoint":
        return _through(network, endpoint, flow, proof)
    if endpoint.state == "available":
        return passed(flow, endpoint.id, proof)
    if endpoint.state == "partial":  # some of its interfaces work, and which ones cannot be read (SVC-09)
        why = f"{endpoint.id} is only partly available, and which of its interfaces answer cannot be read"
        return unreadable(flow, Gap(endpoint.id, f"{endpoint.id} in state available", why))
    if endpoint.state not in IDLE:
        return unheard(network, flow, endpoint.id, endpoint.state)
    why = f"{endpoint.id} is {endpoint.state}, not available."
    fix = f"Wait until {endpoint.id} is available, or create it anew."
    return partition(flow, flow.traffic, endpoint.id, BAD_STATE, evidence=(proof,), why=why, fix=fix)


def _through(network: Network, endpoint: Endpoint, flow: Flow, proof: Evidence) -> Findings:
    """What an endpoint's interface takes, and what can be known behind it (VPCE-3, VPCE-19 … VPCE-26, ENC-2)."""
    subnet = network.things.get(flow.receiver.subnet) if flow.receiver else None
    across = endpoint.service_region != endpoint.home.region
    if across and isinstance(subnet, Subnet) and subnet.zone_id in ONLY_OWN_REGION:
        shown = (subnet.proof("AvailabilityZoneId", subnet.zone_id),)
        why = f"{endpoint.id} serves {endpoint.service_region}, which no endpoint does in {subnet.zone_id}."
        return partition(flow, flow.traffic, endpoint.id, NOT_THERE, evidence=shown, why=why, fix=NOT_THERE.fix)
    absent = installed(network, endpoint.id, endpoint.service_name, subnet, flow) if isinstance(subnet, Subnet) else ()
    if absent:
        return absent
    stopped = [finding for finding in _refused(network, endpoint, flow, proof) if finding.traffic]
    for finding in stopped:
        flow = flow.of(flow.traffic - finding.traffic)
    return (*stopped, *_behind(network, endpoint, flow, proof))


def _refused(network: Network, endpoint: Endpoint, flow: Flow, proof: Evidence) -> Iterator[Finding]:
    """What its interface does not carry, whoever is behind it (VPCE-19, VPCE-23, ENC-2)."""
    protocol, id = flow.header.protocol, endpoint.id
    tcp = flow.traffic.where(protocol, Ranges.of(TCP))
    vpc = network.things.get(endpoint.vpc)
    stopped = tcp.where(flow.header.dport, PLAIN)
    if isinstance(vpc, Vpc) and (gap := encryption.doubt(network, vpc)):
        yield undecided(stopped, gap)
    elif isinstance(vpc, Vpc) and vpc.encryption == "enforce":
        shown = (vpc.proof("EncryptionControl.Mode", vpc.encryption),)
        why = f"{vpc.id} enforces encryption, so {id} drops plain HTTP."
        yield Finding(stopped, Verdict.BLOCKED, id, shown, ENCRYPTION, why=why, fix=ENCRYPTION.fix)
    if endpoint.type.lower() == "resource":
        why, reason = f"{id} leads to a resource of VPC Lattice and carries TCP only.", RESOURCE_PROTOCOL
        yield Finding(flow.traffic - tcp, Verdict.BLOCKED, id, (proof,), reason, why=why, fix=reason.fix)
    elif endpoint.type.lower() == "interface":
        shown = (endpoint.proof("VpcEndpointType", endpoint.type),)
        pings = flow.traffic.where(protocol, Ranges.of(ICMP, ICMPV6))
        why = f"{flow.receiver.id if flow.receiver else id} is an interface of {id}, which answers no ping."
        yield Finding(pings, Verdict.BLOCKED, id, shown, NO_PING, why=why, fix=NO_PING.fix)


def _behind(network: Network, endpoint: Endpoint, flow: Flow, proof: Evidence) -> Findings:
    """What can be known of whatever an endpoint leads to (VPCE-23 … VPCE-26)."""
    kind = endpoint.type.lower()
    apart = resource_gateways.zones(network, endpoint, flow) if kind == "resource" else ()
    if apart:
        return apart
    if kind == "interface" or (kind == "resource" and endpoint.accessible.lower() == "accessible"):
        found = passed(flow, endpoint.id, proof)
        if kind == "resource":
            subnet = network.things.get(flow.receiver.subnet) if flow.receiver else None
            found = tuple(replace(f, assumption=resource_gateways.reading(network, endpoint, subnet)) for f in found)
        return found if _of_aws(endpoint) else tuple(replace(f, note=_unseen(endpoint)) for f in found)
    if kind not in ("resource", "servicenetwork"):  # Tunnel, and what is newer than this (VPCE-25, IN-4)
        why = f"what an endpoint of the type {endpoint.type} does with a connection is not decided"
        found = unreadable(flow, Gap(endpoint.id, f"what {endpoint.id} does with it", why))
        return tuple(replace(f, reason=UNSUPPORTED, fix=UNSUPPORTED.fix) for f in found)
    told = kind == "resource" and not endpoint.accessible
    needs = "ec2:DescribeVpcEndpointAssociations" if told else f"what lies behind {endpoint.id}"
    said = f" ({endpoint.accessible})" if endpoint.accessible else ""
    why = f"whether what lies behind {endpoint.id} ({endpoint.type}) can be reached is not known{said}"
    return unreadable(flow, Gap(endpoint.id, needs, why))


def _of_aws(endpoint: Endpoint) -> bool:
    """Whether AWS itself is behind it, be it a FIPS variant or a service that is not known here (VPCE-2, VPCE-26)."""
    if endpoint.service:
        return True
    name = endpoint.service_name.removeprefix("cn.")
    return name.startswith("com.amazonaws.") and not name.startswith("com.amazonaws.vpce.")


def _unseen(endpoint: Endpoint) -> Note:
    of_lattice = endpoint.type.lower() == "resource"
    there = endpoint.service_name or ("a resource of VPC Lattice" if of_lattice else "a service without a name")
    text = f"{endpoint.id} leads to {there}, whose servers nobody here can see."
    return Note("ENDPOINT_SERVICE_NOT_VISIBLE", text, endpoint.id)


def _hostnames_off(network: Network, endpoint: Endpoint) -> Note | None:
    """The guides ask for both DNS attributes with a gateway endpoint, and do not say what breaks (VPCE-9)."""
    vpc = network.things.get(endpoint.vpc)
    if not isinstance(vpc, Vpc) or vpc.dns_hostnames is not False:
        return None
    text = f"enableDnsHostnames of {vpc.id} is false, which AWS asks to be on for {endpoint.id}."
    return Note("GATEWAY_ENDPOINT_WITHOUT_DNS_HOSTNAMES", text, endpoint.id)


def gateway_traffic(network: Network, guard: Guard, flow: Flow) -> Findings:
    """TCP and ICMP echo, from inside the VPC (VPCE-6, VPCE-8); a NAT gateway counts as inside (NAT-12)."""
    endpoint = network.get(guard.resource)
    if isinstance(endpoint, Endpoint) and flow.sender.vpc != endpoint.vpc:
        why = f"{endpoint.id} serves only senders in {endpoint.vpc}."
        shown = (endpoint.proof("VpcId", endpoint.vpc),)
        return partition(
            flow, flow.traffic, endpoint.id, NOT_EXTENSIBLE, evidence=shown, why=why, fix=NOT_EXTENSIBLE.fix
        )
    elsewhere = _elsewhere(network, endpoint, flow) if isinstance(endpoint, Endpoint) else ()
    for lost in elsewhere:
        flow = flow.of(flow.traffic - lost.traffic)
    taken = flow.traffic.where(flow.header.protocol, Ranges.of(ICMP, TCP))
    why = f"{guard.resource} carries TCP and ping only."
    fix = GATEWAY_PROTOCOL.fix
    found = partition(flow, flow.traffic - taken, guard.resource, GATEWAY_PROTOCOL, evidence=(), why=why, fix=fix)
    note = _hostnames_off(network, endpoint) if isinstance(endpoint, Endpoint) else None
    if note is not None:
        taken_for = Assumption(
            "VPCE-9", f"Names of the service resolve in {getattr(endpoint, 'vpc', '')} all the same."
        )
        found = tuple(replace(f, note=note, assumption=taken_for) for f in found)
    if not flow.translations:
        return (*elsewhere, *found)
    text = f"{flow.sender.id} may send through {guard.resource} of its own subnet's table."
    return (*elsewhere, *(replace(f, assumption=Assumption("NAT-12", text)) for f in found))


def _elsewhere(network: Network, endpoint: Endpoint, flow: Flow) -> Findings:
    """What stops because it is not for an address of the endpoint's service; nothing if all of it is (VPCE-4)."""
    if not endpoint.service:
        return ()
    lists = [p for p in network.all(PrefixList) if p.service == (endpoint.service, endpoint.service_region)]
    own = cidrs(block for p in lists for block in p.cidrs or ())
    point = name_point(f"{endpoint.service}@{endpoint.service_region}")
    untold = together(family for family in (IPV4, IPV6) if not own & family or any(p.cidrs is None for p in lists))
    vague = flow.to(untold - own)
    strange = flow.to((IPV4 | IPV6 | NAMES) - untold - own - point)
    out: list[Finding] = []
    if strange:
        why = (
            f"{endpoint.id} leads to {endpoint.service} in {endpoint.service_region} alone, which has no such address."
        )
        shown = (endpoint.proof("ServiceName", endpoint.service_name),)
        stopped = Finding(strange.traffic, Verdict.BLOCKED, endpoint.id, shown, NOT_ITS_ADDRESSES)
        out.append(replace(stopped, why=why, fix=NOT_ITS_ADDRESSES.fix))
    if vague:
        why = (
            f"whether the addresses are {endpoint.service}'s is not known: the entries of its prefix list were not read"
        )
        out.append(undecided(vague.traffic, Gap(endpoint.id, "ec2:GetManagedPrefixListEntries", why)))
    return tuple(out)
