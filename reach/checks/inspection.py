"""Gateway Load Balancer endpoints and AWS Network Firewall on the way: who is behind one, and does it let this pass."""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Assumption, Evidence, Finding, Reason, Verdict
from reach.checks.endpoints import installed
from reach.checks.firewall_rules import Engines, Fate
from reach.checks.guard import Findings, Guard, partition, passed, settled_by, undecided
from reach.checks.targets import BAD_STATE, unheard
from reach.flow import Flow
from reach.network import Gap, Network, Subnet, Vpc
from reach.network.firewalls import Firewall, FirewallPolicy
from reach.traffic import Cover, union

_NFW = "https://docs.aws.amazon.com/network-firewall/latest/developerguide/"
_RA = "https://docs.aws.amazon.com/vpc/latest/reachability/"
RULES = Reason(
    code="FIREWALL_RULES_RESTRICTION",
    title="A rule of the Network Firewall drops it",
    why="The stateless rules see each packet on its own, the reply too; what they forward meets the stateful rules, in "
    "the order that the policy sets: pass before drop, or strictly as listed with a default action at the end.",
    fix="Add a pass rule for exactly this traffic, of higher priority than the one that drops it.",
    source=_NFW + "firewall-rules-engines.html",
)
NOT_CHECKED = Reason(
    code="PATH_THROUGH_GWLB_NOT_CHECKED",
    title="What inspects the traffic cannot be looked into",
    why="Appliances behind a Gateway Load Balancer decide by rules that AWS does not know; so do firewall rules in "
    "Suricata's language, lists of host names where the name is not known, managed groups and TLS inspection.",
    fix="Look into the appliance's or the firewall's own log, or ask as if it passed: --inspection assume-pass.",
    source=_RA + "additional-detail-codes.html",
)
IDLE = ("PROVISIONING", "CREATING", "DELETING", "FAILED", "ERROR")  # states of a firewall and of its endpoints
REASONS = (RULES, NOT_CHECKED)


def firewall_of(network: Network, endpoint: str) -> Firewall | None:
    """The Network Firewall whose endpoint it is."""
    return next((f for f in network.all(Firewall) if f.endpoint(endpoint)), None)


def zone(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the service behind an endpoint is in the endpoint's zone (FW-1); `guard.peer` is its subnet."""
    subnet = network.get(guard.peer)
    if not isinstance(subnet, Subnet):
        return passed(flow, guard.resource)
    return installed(network, guard.resource, guard.side, subnet, flow) or passed(flow, guard.resource)


def firewall_state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """A firewall and its endpoint in this zone must be ready (FW-1)."""
    firewall = firewall_of(network, guard.resource)
    held = firewall.endpoint(guard.resource) if firewall else None
    if firewall is None or held is None:
        return passed(flow, guard.resource)
    for path, value in (("FirewallStatus.Status", firewall.status), (f"{held.path}.Status", held.status)):
        if value not in ("READY", "SCALING", "", *IDLE):
            return unheard(network, flow, guard.resource, value)
        if value in IDLE:
            shown = (firewall.proof(path, value),)
            why = f"{firewall.name or firewall.id} is not ready at {guard.resource}: {path} is {value}."
            fix = f"Wait until it is READY: aws network-firewall describe-firewall --firewall-arn {firewall.id}"
            return partition(flow, flow.traffic, guard.resource, BAD_STATE, evidence=shown, why=why, fix=fix)
    return passed(flow, guard.resource, firewall.proof("FirewallStatus.Status", firewall.status))


def request(network: Network, guard: Guard, flow: Flow) -> Findings:
    """What is behind the endpoint and whether it lets the request pass (FW-3 … FW-6)."""
    firewall = firewall_of(network, guard.resource)
    if firewall is None:
        return _third_party(network, guard, flow)
    engines = _engines(network, firewall)
    if isinstance(engines, Gap):
        return _unread(network, guard, flow, engines)
    out: list[Finding] = []
    for fate in engines.stateless(flow):
        onward = engines.stateful(flow.of(fate.traffic)) if fate.word == "forward" else iter((fate,))
        out += [_finding(network, guard, f) for f in onward if f.traffic]
    return tuple(out)


def reply(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Only the stateless engine asks replies anew (FW-4); a connection that the other one never saw is a riddle."""
    firewall = firewall_of(network, guard.resource)
    engines = _engines(network, firewall) if firewall else None
    if engines is None or isinstance(engines, Gap):  # said of the request already
        return passed(flow, guard.resource)
    unseen = union(f.traffic for f in engines.stateless(flow.reply()) if f.word == "pass")
    out: list[Finding] = []
    for fate in engines.stateless(flow):
        seen = replace(fate, traffic=fate.traffic - unseen) if fate.word == "forward" else fate
        why = f"{fate.why} It hands the reply to the stateful rules, which did not see the request."
        riddle = Fate(fate.traffic - seen.traffic, "?", why, fate.evidence)
        out += [_finding(network, guard, f) for f in (seen, riddle) if f.traffic]
    return tuple(out)


def _engines(network: Network, firewall: Firewall) -> Engines | Gap:
    policy = network.get(firewall.policy) if firewall.policy else None
    if not isinstance(policy, FirewallPolicy):
        why = f"the policy of {firewall.name or firewall.id} was not read"
        gap = Gap(firewall.id, "network-firewall:DescribeFirewallPolicy", why)
        return network.pending.get(firewall.policy, gap)
    vpc = network.things.get(firewall.vpc)
    home = Cover(vpc.cidrs, vpc.cidrs) if isinstance(vpc, Vpc) and vpc.cidrs else None
    return Engines(network, policy, home)


def _third_party(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Nobody can know what appliances of somebody else do; it may also be a firewall that was not read."""
    if not flow:
        return ()
    subnet = network.get(guard.peer)
    gap = network.gap("network-firewall:Firewalls", subnet.home) if isinstance(subnet, Subnet) else None
    what = f"{guard.resource} hands the traffic to appliances whose rules AWS does not know"
    more = f", unless it belongs to a Network Firewall: {gap.why}" if gap else ""
    shown = (Evidence(guard.resource, "VpcEndpointType", "GatewayLoadBalancer"),)
    needs = f"what the appliances behind {guard.resource} let pass"
    return (_finding(network, guard, Fate(flow.traffic, "?", f"{what}{more}.", shown, needs)),)


def _unread(network: Network, guard: Guard, flow: Flow, gap: Gap) -> Findings:
    if not flow:
        return ()
    if network.assume_inspected:
        return (_assumed(guard, Fate(flow.traffic, "?", f"{gap.why}.")),)
    return (undecided(flow.traffic, gap, guard.resource),)


def _finding(network: Network, guard: Guard, fate: Fate) -> Finding:
    known = Assumption("FW-6", fate.assumed) if fate.assumed else None
    if fate.word in ("pass", "forward"):
        return Finding(fate.traffic, Verdict.REACHABLE, guard.resource, fate.evidence, assumption=known)
    if fate.word in ("drop", "reject"):
        fix = f"{RULES.fix} {_edited(fate)}"
        found = (fate.traffic, Verdict.BLOCKED, guard.resource, fate.evidence, RULES)
        return Finding(*found, why=fate.why, fix=fix, assumption=known)
    if network.assume_inspected:
        return _assumed(guard, fate)
    needs = fate.needs or f"what {guard.resource} lets pass"
    fix = f"{settled_by(needs)} {NOT_CHECKED.fix}" if ":" in needs else NOT_CHECKED.fix
    return Finding(
        fate.traffic, Verdict.UNKNOWN, guard.resource, fate.evidence, NOT_CHECKED, why=fate.why, fix=fix, needs=needs
    )


def _edited(fate: Fate) -> str:
    """The command that changes what drops it."""
    arn = fate.evidence[0].resource if fate.evidence else ""
    kind = "firewall-policy" if ":firewall-policy/" in arn else "rule-group"
    return f"aws network-firewall update-{kind} --{kind}-arn {arn} …"


def _assumed(guard: Guard, fate: Fate) -> Finding:
    known = Assumption("FW-3", f"{guard.resource} lets it pass, as was asked for. {fate.why}")
    return Finding(fate.traffic, Verdict.REACHABLE, guard.resource, fate.evidence, assumption=known)
