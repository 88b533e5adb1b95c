"""Network ACLs: ordered, stateless, asked wherever traffic enters or leaves a subnet; the reply too."""

from __future__ import annotations

from reach.answer import Evidence, Finding, Reason, Verdict
from reach.checks.guard import Findings, Guard, undecided, unreadable
from reach.flow import Flow
from reach.network import AclEntry, Gap, Network, NetworkAcl, Subnet
from reach.permission import permission_text
from reach.traffic import IPV6, Ranges, Traffic, cidr_cover, format_addresses, format_ports

ACL = Reason(
    code="SUBNET_ACL_RESTRICTION",
    title="The subnet's network ACL does not admit it",
    why="A network ACL is asked each time traffic enters or leaves a subnet: rules in ascending number, the first "
    "match decides, and what no rule names is denied. It keeps no state, so the reply needs a rule of its own for "
    "the client's ephemeral ports 1024-65535.",
    fix="Add an allow rule with a lower number than the denying one; for replies open TCP 1024-65535.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html",
)
REASONS = (ACL,)


def acl_of(network: Network, subnet: Subnet) -> NetworkAcl | Gap:
    """The one ACL of a subnet: the one that lists it, else the VPC's default (NACL-1)."""
    for acl in network.naming(NetworkAcl, subnet.id, subnet.vpc):
        return acl
    found = network.in_vpc(NetworkAcl, subnet.vpc)
    gap = network.gap("NetworkAcls", subnet.home)
    if gap is not None:
        return Gap(f"network ACL of {subnet.id}", gap.needs, gap.why)
    vague = next((a for a in found if a.subnets is None), None)
    if vague is not None:
        return Gap(vague.id, "ec2:DescribeNetworkAcls", f"the record of {vague.id} has no readable Associations")
    default = next((a for a in found if a.default), None)
    return default or Gap(f"network ACL of {subnet.id}", "ec2:DescribeNetworkAcls", f"no network ACL names {subnet.id}")


def check(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Partition the flow by the first matching entry (NACL-2, NACL-5, NACL-6).

    `guard.resource` is the subnet; inbound entries name the source, outbound ones the destination.
    """
    subnet = network.get(guard.resource)
    if not isinstance(subnet, Subnet):
        return unreadable(flow, Gap(guard.resource, "ec2:DescribeSubnets", f"{guard.resource} cannot be read"))
    acl = acl_of(network, subnet)
    if isinstance(acl, Gap):
        return unreadable(flow, acl)
    if acl.entries is None:
        return unreadable(
            flow, Gap(acl.id, "ec2:DescribeNetworkAcls", f"the record of {acl.id} has no Entries that can be read")
        )
    outbound = guard.side == "outbound"
    entries = [e for e in acl.entries if e.egress == outbound]
    return _first_match(network, acl, subnet, entries, flow, outbound)


def _first_match(
    network: Network, acl: NetworkAcl, subnet: Subnet, entries: list[AclEntry], flow: Flow, outbound: bool
) -> Findings:
    axis = flow.header.dst if outbound else flow.header.src
    left = flow.traffic
    allowed, denied, vague = Traffic(), Traffic(), Traffic()
    allowing: list[AclEntry] = []
    denying: list[AclEntry] = []
    maybe: dict[bool, Traffic] = {True: Traffic(), False: Traffic()}
    opened: list[Finding] = []
    for entry in entries:
        if not left:
            break
        cover = cidr_cover(entry.cidr)
        if entry.open:  # it is there or not, does this or that: nobody knows yet
            hit = left & flow.matching(entry.protocols, entry.ports, axis, cover.may)
            left = left - hit
            why = f"what {entry.path} of {acl.id} does is not known before deployment"
            opened += unreadable(flow.of(hit), network.pending.get(entry.open, Gap(acl.id, entry.open, why)))
            continue
        hit = left & flow.matching(entry.protocols, entry.ports, axis, cover.must)
        if hit:
            doubtful = hit & maybe[not entry.allow]  # an earlier entry may have decided otherwise
            sure = hit - doubtful
            vague = vague | doubtful
            left = left - hit
            if sure:
                (allowing if entry.allow else denying).append(entry)
                allowed, denied = (allowed | sure, denied) if entry.allow else (allowed, denied | sure)
        half = left & flow.matching(entry.protocols, entry.ports, axis, cover.may)
        if half:
            maybe[entry.allow] = maybe[entry.allow] | half
    doubtful = left & maybe[True]  # the implicit deny at the end
    vague, denied = vague | doubtful, denied | (left - doubtful)
    return (*opened, *_findings(acl, subnet, flow, outbound, (allowed, allowing), (denied, denying), vague))


def _findings(
    acl: NetworkAcl,
    subnet: Subnet,
    flow: Flow,
    outbound: bool,
    allowed: tuple[Traffic, list[AclEntry]],
    denied: tuple[Traffic, list[AclEntry]],
    vague: Traffic,
) -> Findings:
    out: list[Finding] = []
    if allowed[0]:
        out.append(Finding(allowed[0], Verdict.REACHABLE, acl.id, tuple(acl.proof(e.path, e.text) for e in allowed[1])))
    if denied[0]:
        out.append(_denied(acl, subnet, flow.of(denied[0]), outbound, denied[1]))
    if vague:
        why = f"rules of {acl.id} name a part of the public addresses, and the name's addresses are not known"
        out.append(undecided(vague, Gap(acl.id, "the addresses behind the name", why)))
    return tuple(out)


def _denied(acl: NetworkAcl, subnet: Subnet, flow: Flow, outbound: bool, entries: list[AclEntry]) -> Finding:
    side = "outbound" if outbound else "inbound"
    ports = ",".join(format_ports(flow.ports))
    by = "; ".join(e.text for e in entries) or "no rule allows it"
    evidence = tuple(acl.proof(e.path, e.text) for e in entries) or (Evidence(acl.id, "Entries", f"no {side} rule"),)
    flag = "--egress" if outbound else "--ingress"
    return Finding(
        flow.traffic,
        Verdict.BLOCKED,
        acl.id,
        evidence,
        ACL,
        why=f"{acl.id} denies {side} traffic of {subnet.id} to port {ports} ({by}).",
        fix=f"Allow it before the denying rule: aws ec2 create-network-acl-entry --network-acl-id {acl.id} {flag} "
        f"--rule-number {_free_number(acl, outbound)} {_what(flow)} "
        f"{_whom(flow.destinations if outbound else flow.sources)} --rule-action allow",
    )


def _what(flow: Flow) -> str:
    """Protocol and ports as the AWS CLI takes them; ICMP has types and codes, and no name for that of IPv6."""
    asked = permission_text(flow.traffic.along(flow.header.protocol), flow.ports)
    protocol = asked.partition("/")[0].split()[0]
    if protocol.startswith("icmp"):
        return f"--protocol {'58' if protocol == 'icmpv6' else '1'} --icmp-type-code Type=-1,Code=-1"
    if protocol not in ("tcp", "udp"):
        return "--protocol -1"
    first, last = _span(flow)
    return f"--protocol {protocol} --port-range From={first},To={last}"


def _whom(peers: Ranges) -> str:
    """The block that the entry has to name: the one address that is asked about, else all of its family."""
    texts = format_addresses(peers)
    one = texts[0] if len(texts) == 1 and (texts[0][0].isdigit() or ":" in texts[0]) else ""
    if ":" in one or (peers and peers <= IPV6):
        return f"--ipv6-cidr-block {one or '::/0'}"
    return f"--cidr-block {one or '0.0.0.0/0'}"


def _span(flow: Flow) -> tuple[int, int]:
    ports = flow.ports.spans
    return (ports[0][0], ports[-1][1]) if ports else (0, 65535)


def _free_number(acl: NetworkAcl, outbound: bool) -> int:
    """A rule number below all others of this direction."""
    used = {e.number for e in acl.entries or () if e.egress == outbound}
    first = min(used, default=101)
    return max(1, next((n for n in range(min(first - 1, 90), 0, -1) if n not in used), 1))
